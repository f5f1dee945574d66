/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which calls the XDP program carries, told to its maps as entries are set.  Control writes the
 * maps, so data has no right to them; and they are not of this process: while control or data is
 * dead the program goes on, and the next control finds there what the calls have counted.
 *
 * Counters: those of the maps are added to what the worker has counted.  When a call becomes slow
 * they go to its slot at the door, so nothing is counted twice or lost.
 */
#define _DEFAULT_SOURCE
#include "gw/dp/dp_int.h"
#include "gw/dp/fast.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DP_FAST_TTL 64u /* where the kernel does not say */

struct dp_fast {
	struct xdp_table *table;
	int fd[XDP_FDS];
	uint8_t ttl; /* of what sockets of this host send */
};

static const int *dp_fast_maps;

void dp_fast_by(const int *fd)
{
	dp_fast_maps = fd;
}

static uint8_t dp_fast_ttl(void)
{
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), ttl = 0;
	socklen_t len = sizeof(ttl);

	if (sock < 0)
		return DP_FAST_TTL;
	if (getsockopt(sock, IPPROTO_IP, IP_TTL, &ttl, &len) < 0 || ttl < 1 || ttl > UINT8_MAX)
		ttl = DP_FAST_TTL;
	close(sock);
	return (uint8_t)ttl;
}

void dp_fast_begin(struct dp *dp)
{
	struct dp_fast *f = dp_fast_maps ? calloc(1, sizeof(*f)) : NULL;

	if (!f)
		return;
	memcpy(f->fd, dp_fast_maps, sizeof(f->fd));
	f->table = xdp_table_new(f->fd);
	f->ttl = dp_fast_ttl();
	if (f->table)
		dp->fast = f;
	else
		free(f);
}

void dp_fast_end(struct dp *dp)
{
	if (!dp->fast)
		return;
	xdp_table_free(dp->fast->table);
	free(dp->fast);
	dp->fast = NULL;
}

/* --- entries ---------------------------------------------------------------------------------- */

static uint16_t dp_fast_tid(const struct dp_entry *e)
{
	return (uint16_t)(e->key >> 16);
}

static uint16_t dp_fast_sid(const struct dp_entry *e)
{
	return (uint16_t)e->key;
}

/* With its place in the maps, though it may be held back. */
static bool dp_fast_has(const struct dp *dp, const struct dp_entry *e)
{
	return dp->fast && xdp_table_has(dp->fast->table, dp_fast_sid(e), dp_fast_tid(e));
}

/* Asked for once: a device keeps its index until somebody removes it. */
static uint32_t dp_fast_tun(const struct dp *dp, uint32_t no)
{
	struct dp_tun *t = dp_tun_get(dp, no);

	if (!t || dp_tun_gone(dp, no))
		return 0;
	if (!t->ifindex)
		t->ifindex = if_nametoindex(t->name);
	return t->ifindex;
}

static void dp_fast_way(const struct dp *dp, const struct dp_call *c, struct fast_way *out)
{
	const struct dp_port *p = &dp->port[dp_channel_port(c->channel)];

	*out = (struct fast_way){
		.on = p->accelerated,
		.secured = p->secured,
		.ttl = dp->fast->ttl,
	};
	if (!out->on)
		return;
	out->ipv4 = dp_chan_udp4(dp, c->channel, out);
	out->tun = c->tun ? dp_fast_tun(dp, c->tun) : 0;
}

/* Why the calls of a port are held back, or FAST. */
static enum fast_why dp_fast_holds(const struct dp_port *p)
{
	return p->tapped ? FAST_CAPTURE : p->impaired ? FAST_IMPAIR : FAST_FAST;
}

static enum fast_why dp_fast_put(struct dp *dp, const struct dp_entry *e, const struct xdp_call *c)
{
	const enum fast_why held = dp_fast_holds(&dp->port[e->port]);
	int rc = xdp_table_set(dp->fast->table, dp_fast_sid(e), c);

	if (!rc && held != FAST_FAST)
		xdp_table_hold_back(dp->fast->table, dp_fast_sid(e), true);
	if (rc)
		return rc == -EEXIST ? FAST_TWIN : FAST_FULL;
	return held;
}

/* What has been carried is the slot's from now on. */
static void dp_fast_slow(struct dp *dp, const struct dp_entry *e)
{
	struct call_rare *n;
	struct xdp_count last;

	xdp_table_del(dp->fast->table, dp_fast_sid(e), &last);
	n = door_rare_mine(dp->door, e->slot);
	atomic_fetch_add(&n->fast_rx_frames, last.rx_frames);
	atomic_fetch_add(&n->fast_rx_octets, last.rx_octets);
	atomic_fetch_add(&n->fast_tx_frames, last.tx_frames);
	atomic_fetch_add(&n->fast_tx_octets, last.tx_octets);
	if (last.last_rx > count_get(&n->fast_last_rx))
		atomic_store(&n->fast_last_rx, last.last_rx);
}

void dp_fast_set(struct dp *dp, struct dp_entry *e, const struct dp_call *want)
{
	struct xdp_call c;
	struct fast_way way;

	if (!dp->fast)
		return;
	e->fast = FAST_LINE;
	if (!want->tid)
		return;
	e->port = (uint8_t)dp_channel_port(want->channel);
	dp_fast_way(dp, want, &way);
	e->fast = (uint8_t)fast_entry(want, &way, &c);
	if (e->fast == FAST_FAST)
		e->fast = (uint8_t)dp_fast_put(dp, e, &c);
	else if (dp_fast_has(dp, e))
		dp_fast_slow(dp, e);
}

void dp_fast_del(struct dp *dp, const struct dp_entry *e)
{
	if (dp_fast_has(dp, e))
		xdp_table_del(dp->fast->table, dp_fast_sid(e), NULL);
}

struct dp_fast_port {
	struct dp *dp;
	unsigned port;
};

static void dp_fast_hold_entry(void *ctx, uint64_t key, uintptr_t v)
{
	const struct dp_fast_port *p = ctx;
	struct dp_entry *e = (struct dp_entry *)v;
	const enum fast_why held = dp_fast_holds(&p->dp->port[p->port]);

	(void)key;
	if (!e || e->port != p->port || !dp_fast_has(p->dp, e))
		return;
	xdp_table_hold_back(p->dp->fast->table, dp_fast_sid(e), held != FAST_FAST);
	e->fast = (uint8_t)held;
}

static void dp_fast_hold(struct dp *dp, unsigned port)
{
	if (dp->fast)
		map_each(&dp->entries, dp_fast_hold_entry, &(struct dp_fast_port){dp, port});
}

void dp_fast_tap(struct dp *dp, unsigned port, bool on)
{
	dp->port[port].tapped = on;
	dp_fast_hold(dp, port);
}

void dp_fast_impair(struct dp *dp, unsigned port, bool on)
{
	bool was = dp->port[port].impaired;

	dp->port[port].impaired = on;
	if (was != on)
		dp_fast_hold(dp, port);
}

/* --- after a life before ---------------------------------------------------------------------- */

#define DP_FAST_IDS (XDP_IDS / 8)

struct dp_fast_seen {
	struct dp *dp;
	uint8_t bit[DP_FAST_IDS];
};

static void dp_fast_see(void *ctx, uint64_t key, uintptr_t v)
{
	struct dp_fast_seen *s = ctx;
	const struct dp_entry *e = (const struct dp_entry *)v;

	(void)key;
	if (e && dp_fast_has(s->dp, e))
		s->bit[dp_fast_sid(e) / 8] |= (uint8_t)(1u << dp_fast_sid(e) % 8);
}

void dp_fast_sweep(struct dp *dp)
{
	struct dp_fast_seen s = {.dp = dp};

	if (!dp->fast)
		return;
	map_each(&dp->entries, dp_fast_see, &s);
	for (unsigned sid = 1; sid < XDP_IDS; sid++)
		if (!(s.bit[sid / 8] >> sid % 8 & 1))
			xdp_table_del(dp->fast->table, (uint16_t)sid, NULL);
}

/* --- what it has counted ---------------------------------------------------------------------- */

void dp_fast_add(const struct dp *dp, const struct dp_entry *e, struct dp_call_stats *to)
{
	static const struct call_rare none;
	const struct call_rare *there = door_rare(dp->door, e->slot), *n = there ? there : &none;
	struct xdp_count c = {0};
	uint64_t last = count_get(&n->fast_last_rx);

	if (dp_fast_has(dp, e))
		xdp_table_count(dp->fast->table, dp_fast_sid(e), &c);
	to->rx_frames += count_get(&n->fast_rx_frames) + c.rx_frames;
	to->rx_octets += count_get(&n->fast_rx_octets) + c.rx_octets;
	to->tx_frames += count_get(&n->fast_tx_frames) + c.tx_frames;
	to->tx_octets += count_get(&n->fast_tx_octets) + c.tx_octets;
	last = c.last_rx > last ? c.last_rx : last;
	to->last_rx = last > to->last_rx ? last : to->last_rx;
}

uint64_t dp_fast_heard(const struct dp *dp, uint16_t tid)
{
	return dp->fast ? xdp_table_heard(dp->fast->table, tid) : 0;
}

bool dp_call_fast(const struct dp *dp, uint16_t tid, uint16_t sid, const char **why)
{
	const struct dp_entry *e = dp_entry_find(dp, tid, sid);
	enum fast_why is = dp->fast && e ? (enum fast_why)e->fast : FAST_COUNT;

	if (is == FAST_FAST && xdp_table_sequenced(dp->fast->table, sid))
		is = FAST_SEQUENCE;
	*why = is < FAST_COUNT ? fast_words(is) : NULL;
	return is == FAST_FAST;
}

bool dp_fast_reason(const struct dp *dp, unsigned i, struct dp_fast_reason *out)
{
	const unsigned why = XDP_W_FAST + 1 + i;

	if (!dp->fast || why >= XDP_W_COUNT)
		return false;
	*out = (struct dp_fast_reason){xdp_reasons[why].key, xdp_reasons[why].words,
				       xdp_table_passed(dp->fast->table, why)};
	return true;
}

bool dp_fast_loaded(const struct dp *dp)
{
	return dp->fast;
}

bool dp_fast_device(const struct dp *dp, uint32_t ifindex)
{
	return dp->fast && xdp_table_has_device(dp->fast->table, ifindex);
}

void dp_fast_device_is(struct dp *dp, uint32_t ifindex, const uint8_t mac[6])
{
	if (dp->fast)
		xdp_table_device_is(dp->fast->table, ifindex, mac);
}
