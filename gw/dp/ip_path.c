/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The IP path of a terminal leg: packets between a call and the TUN device behind it.
 *
 * Towards the TUN a packet of a client we serve must bear that client's address: its IPv4 address,
 * an address in its /64, or its link-local one.  From the TUN the destination names the call; a
 * packet above the call's MTU is cut (IPv4 without DF) or answered by ICMP, and the MSS of TCP SYNs
 * is held down both ways so that this is rare.  A device of a client leg has one call, and
 * addresses are not checked.
 */
#include "gw/dp/data.h"
#include "gw/dp/gather.h"
#include "gw/dp/tun_super.h"
#include "gw/ip/ip.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define TUN_PACKET 65600u /* octets of a packet: IPv6 has 40 more than its length field says */
#define TUN_TURN   256u	  /* packets and super-packets that are read before others get their turn */
#define ICMP_RATE  100u
#define ICMP_BURST 50u
/* packets that are told of, of one device */
#define ABSENT_RATE  20u
#define ABSENT_BURST 16u

/* --- from the call to the TUN ----------------------------------------------------------------- */

static bool ip_path_source4_ok(const struct call *c, uint32_t src)
{
	return src && (src == c->c.peer4 || prefixtab_get(&c->tun->route4, (uint64_t)src << 32) ==
						    call_key(c->c.tid, c->c.sid));
}

static bool ip_path_source6_ok(const struct call *c, const uint8_t *src)
{
	uint64_t prefix = addr6_prefix(src);

	if (addr6_is_link_local(src))
		return addr6_iid(src) == c->c.peer_iid;
	return (c->c.has_peer6 && prefix == addr6_prefix(c->c.peer6)) ||
	       prefixtab_get(&c->tun->route6, prefix) == call_key(c->c.tid, c->c.sid);
}

/* Receive memory is not ours to change: a SYN to be clamped is copied. */
static const uint8_t *ip_path_clamped(struct worker *w, const uint8_t *pkt, size_t len, size_t tcp,
				      size_t at, uint16_t mss)
{
	uint8_t *copy = worker_scratch(w, len);

	if (!copy) {
		tx_flush(w);
		copy = worker_scratch(w, len);
	}
	memcpy(copy, pkt, len);
	ip_mss_clamp(copy, tcp, at, mss);
	return copy;
}

static void ip_path_rx4(struct worker *w, struct call *c, const uint8_t *pkt, size_t len)
{
	struct ip4 ip;
	size_t at;

	if (!ip4_parse(&ip, pkt, len)) {
		call_drop(w, c, DP_R_BAD_IP);
		return;
	}
	if (!c->c.client && !ip_path_source4_ok(c, ip.src)) {
		call_drop(w, c, DP_R_SPOOF);
		return;
	}
	at = ip4_mss_find(&ip, pkt, c->c.mtu);
	if (at)
		pkt = ip_path_clamped(w, pkt, ip.len, ip.hlen, at, (uint16_t)(c->c.mtu - 40));
	gather_packet(w, c->tun, pkt, ip.len);
}

static void ip_path_rx6(struct worker *w, struct call *c, const uint8_t *pkt, size_t len)
{
	struct ip6 ip;
	size_t at;

	if (!ip6_parse(&ip, pkt, len)) {
		call_drop(w, c, DP_R_BAD_IP);
		return;
	}
	if (!c->c.client && ip6_has_no_address_yet(&ip, pkt)) {
		/* no other host on this link could have the address */
		call_drop(w, c, DP_R_UNSPECIFIED);
		return;
	}
	if (!c->c.client && !ip_path_source6_ok(c, ip.src)) {
		call_drop(w, c, DP_R_SPOOF);
		return;
	}
	at = ip6_mss_find(&ip, pkt, c->c.mtu);
	if (at)
		pkt = ip_path_clamped(w, pkt, ip.len, ip.at, at, (uint16_t)(c->c.mtu - 60));
	gather_packet(w, c->tun, pkt, ip.len);
}

void ip_path_rx(struct worker *w, struct call *c, bool v6, const uint8_t *pkt, size_t len)
{
	if (filter_has(c, DP_FILTER_IP_IN) && !filter_run(w, c, DP_FILTER_IP_IN, pkt, len))
		return;
	if (!call_rate_allows(w, c, DP_RATE_UP, len))
		return;
	if (!c->tun)
		worker_drop(w, DP_R_TUN_WRITE);
	else if (v6)
		ip_path_rx6(w, c, pkt, len);
	else
		ip_path_rx4(w, c, pkt, len);
}

/* --- from the TUN to the call ----------------------------------------------------------------- */

static bool ip_path_may_answer(struct worker *w)
{
	if (bucket_take(&w->icmp_tokens, &w->icmp_refilled, w->now, ICMP_RATE, ICMP_BURST))
		return true;
	worker_drop(w, DP_R_ICMP_LIMIT);
	return false;
}

static void ip_path_answer(struct worker *w, const struct call *c, const uint8_t *pkt, size_t len)
{
	count_add(&w->n->made, 1);
	gather_now(w, c->tun, pkt, len);
}

static void ip_path_fragment(struct worker *w, struct call *c, const struct ip4 *ip,
			     const uint8_t *pkt)
{
	uint8_t *out;
	size_t len;

	count_add(&w->n->fragmented, 1);
	for (unsigned i = 0;; i++) {
		/* The flush that makes room has sent the fragments before. */
		out = worker_scratch(w, c->c.mtu);
		if (!out) {
			tx_flush(w);
			out = worker_scratch(w, c->c.mtu);
		}
		len = ip4_fragment(out, ip, pkt, c->c.mtu, i);
		if (!len && !i)
			call_drop(w, c, DP_R_TOO_BIG); /* not even its header fits */
		if (!len)
			return;
		count_add(&w->n->made, i > 0);
		tx_frame(w, c, PPP_IP, out, len);
	}
}

static void ip_path_tx4(struct worker *w, struct call *c, uint8_t *pkt, size_t len)
{
	uint8_t error[IP_ERROR_MAX];
	struct ip4 ip;
	size_t at;

	if (!ip4_parse(&ip, pkt, len)) {
		call_drop(w, c, DP_R_BAD_IP);
		return;
	}
	at = ip4_mss_find(&ip, pkt, c->c.mtu);
	if (at)
		ip_mss_clamp(pkt, ip.hlen, at, (uint16_t)(c->c.mtu - 40));
	if (ip.len <= c->c.mtu) {
		tx_frame(w, c, PPP_IP, pkt, ip.len);
		return;
	}
	if (!(ip.frag & IP4_DF)) {
		ip_path_fragment(w, c, &ip, pkt);
		return;
	}
	call_drop(w, c, DP_R_TOO_BIG);
	len = ip4_too_big(error, &ip, pkt, c->c.mtu);
	if (len && ip_path_may_answer(w))
		ip_path_answer(w, c, error, len);
}

static void ip_path_tx6(struct worker *w, struct call *c, uint8_t *pkt, size_t len)
{
	uint8_t error[IP_ERROR_MAX];
	struct ip6 ip;
	size_t at;

	if (!ip6_parse(&ip, pkt, len)) {
		call_drop(w, c, DP_R_BAD_IP);
		return;
	}
	at = ip6_mss_find(&ip, pkt, c->c.mtu);
	if (at)
		ip_mss_clamp(pkt, ip.at, at, (uint16_t)(c->c.mtu - 60));
	if (ip.len <= c->c.mtu) {
		tx_frame(w, c, PPP_IPV6, pkt, ip.len);
		return;
	}
	call_drop(w, c, DP_R_TOO_BIG);
	len = ip6_too_big(error, &ip, pkt, c->c.mtu);
	if (len && ip_path_may_answer(w))
		ip_path_answer(w, c, error, len);
}

void ip_path_tx(struct worker *w, struct call *c, uint8_t *pkt, size_t len)
{
	bool v6 = len && pkt[0] >> 4 == 6;

	if (c->c.mode != DP_TERMINAL || !(v6 ? c->c.ip6 : c->c.ip4))
		call_drop(w, c, DP_R_NOT_OPEN);
	else if (filter_has(c, DP_FILTER_IP_OUT) && !filter_run(w, c, DP_FILTER_IP_OUT, pkt, len))
		return;
	else if (!call_rate_allows(w, c, DP_RATE_DOWN, len))
		return;
	else if (v6)
		ip_path_tx6(w, c, pkt, len);
	else
		ip_path_tx4(w, c, pkt, len);
}

/* --- the TUN ---------------------------------------------------------------------------------- */

static size_t ip_path_aligned(size_t n)
{
	return (n + 15) & ~(size_t)15;
}

static uint32_t ip_path_find_call4(const struct data_tun *t, uint32_t dst)
{
	uint32_t key = addrtab_get4(&t->addr, dst);

	return key ? key : prefixtab_get(&t->route4, (uint64_t)dst << 32);
}

static uint32_t ip_path_find_call6(const struct data_tun *t, const uint8_t *dst)
{
	uint32_t key = dst ? addrtab_get6(&t->addr, dst) : 0;

	return key || !dst ? key : prefixtab_get(&t->route6, addr6_prefix(dst));
}

static uint32_t ip_path_find_call(const struct data_tun *t, const uint8_t *pkt, size_t len)
{
	uint32_t client = atomic_load_explicit(&t->client, memory_order_relaxed), dst;
	struct rd r = rd_init(pkt, len);

	if (client)
		return client;
	if (len && pkt[0] >> 4 == 6) {
		rd_skip(&r, 24);
		return ip_path_find_call6(t, rd_take(&r, 16));
	}
	rd_skip(&r, 16);
	dst = rd_u32(&r);
	return r.bad ? 0 : ip_path_find_call4(t, dst);
}

/* A client that the control thread may have called: it is told, and keeps the packet; or there is
 * no room to tell it, which is counted.  False: not now. */
static bool ip_path_tell_absent(struct worker *w, struct data_tun *t, const uint8_t *pkt,
				size_t len)
{
	if (!bucket_take(&t->absent_tokens, &t->absent_refilled, w->now, ABSENT_RATE, ABSENT_BURST))
		return false;
	tell_frame(w, &w->ppp, DP_R_PPP_RING, 0, 0, pkt, len, NULL, 0);
	return true;
}

static void ip_path_one_packet(struct worker *w, struct data_tun *t, uint32_t call, uint8_t *pkt,
			       size_t len)
{
	struct call *c = NULL;

	count_add(&w->n->tun_rx, 1);
	if (call == DATA_TUN_ABSENT && ip_path_tell_absent(w, t, pkt, len))
		return;
	if (call)
		c = calltab_get(&w->data->tab, (uint16_t)(call >> 16), (uint16_t)call);
	if (!c)
		worker_drop(w, DP_R_NO_ROUTE);
	else if (c->st->home != w)
		tx_pass_on(w, c->st->home, &(struct pair_rec){.call = call, .kind = PAIR_IP}, pkt,
			   len, NULL, 0);
	else
		ip_path_tx(w, c, pkt, len);
}

/* A super-packet at pkt, cut to the room behind it.  How much of w->packets is used then. */
static size_t ip_path_cut(struct worker *w, struct data_tun *t, const uint8_t *pkt, size_t len,
			  const struct tun_cut *cut)
{
	const size_t first = ip_path_aligned((size_t)(pkt - w->packets) + len);
	const uint32_t call = ip_path_find_call(t, pkt, len); /* all have its destination */
	struct ip_super s;
	size_t used = first, n;
	unsigned i = 0;

	if (!ip_super_parse(&s, pkt, len, cut->udp, cut->size)) {
		count_add(&w->n->tun_rx, 1);
		worker_drop(w, DP_R_BAD_IP);
		return first;
	}
	do {
		if (WORKER_PACKETS - used < s.hlen + s.size) {
			tx_flush(w);
			used = first;
		}
		n = ip_super_cut(&s, i++, w->packets + used);
		if (n)
			ip_path_one_packet(w, t, call, w->packets + used, n);
		used += ip_path_aligned(n);
	} while (n);
	count_add(&w->n->tun_cut, i - 1);
	return used;
}

/* Packets that have been read, and wait until what their calls need has been fetched. */
struct ip_path_some {
	uint8_t *pkt[CALLTAB_AHEAD];
	size_t len[CALLTAB_AHEAD];
	uint32_t call[CALLTAB_AHEAD];
	unsigned n;
};

static void ip_path_go_on(struct worker *w, struct data_tun *t, struct ip_path_some *s)
{
	if (s->n > 1)
		calltab_look_ahead(&w->data->tab, s->call, s->n);
	for (unsigned i = 0; i < s->n; i++)
		ip_path_one_packet(w, t, s->call[i], s->pkt[i], s->len[i]);
	s->n = 0;
}

static void ip_path_add(struct worker *w, struct data_tun *t, struct ip_path_some *s, uint8_t *pkt,
			size_t len)
{
	s->call[s->n] = ip_path_find_call(t, pkt, len);
	s->pkt[s->n] = pkt;
	s->len[s->n++] = len;
	if (s->n == CALLTAB_AHEAD || !calltab_is_large(&w->data->tab))
		ip_path_go_on(w, t, s);
}

static ssize_t ip_path_read_one(struct worker *w, struct data_tun *t, struct ip_path_some *some,
				size_t *used)
{
	uint8_t *pkt = w->packets + *used + TUN_FRONT;
	struct tun_cut cut;
	ssize_t n = tun_super_read(t->fd, t->offload, pkt, TUN_PACKET, &cut);

	if (n < 0)
		return n;
	if (!n) {
		count_add(&w->n->tun_rx, 1);
		worker_drop(w, DP_R_BAD_IP);
	} else if (cut.size) {
		ip_path_go_on(w, t, some);
		*used = ip_path_cut(w, t, pkt, (size_t)n, &cut);
	} else {
		ip_path_add(w, t, some, pkt, (size_t)n);
		*used += ip_path_aligned(TUN_FRONT + (size_t)n);
	}
	return n;
}

static bool ip_path_has_room(size_t used)
{
	return WORKER_PACKETS - used >= 2 * (TUN_FRONT + TUN_PACKET);
}

void ip_path_read(void *arg, unsigned ready)
{
	struct data_tun *t = arg;
	struct worker *w = t->home;
	struct ip_path_some some;
	size_t used = 0;
	ssize_t n = 0;
	int err;

	(void)ready;
	some.n = 0;
	/* Behind a super-packet there is room for a packet cut out of it. */
	for (unsigned i = 0; i < TUN_TURN && ip_path_has_room(used); i++) {
		n = ip_path_read_one(w, t, &some, &used);
		if (n < 0)
			break;
		if (!w->tx.n && !some.n)
			used = 0; /* all that was read has been sent */
	}
	err = n < 0 ? errno : EAGAIN;
	ip_path_go_on(w, t, &some);
	tx_flush(w);
	if (err != EAGAIN && err != EINTR) {
		/* The device has been removed from outside; it would stay readable. */
		worker_unwatch(w, t->watch);
		t->watch = NULL;
		atomic_store(&t->gone, true);
		atomic_store(&w->data->door->tun_gone[t->no % DOOR_TUNS], t->no);
		worker_drop(w, DP_R_TUN_READ); /* counted last: then control can ask */
	}
}
