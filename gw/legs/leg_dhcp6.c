/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DHCPv6 with the client of a terminal as server: messages go to gw/dhcp6/, and what it delegates
 * comes from RADIUS or a pool, with a route to the client.  A prefix is set aside when he first
 * asks for one, and one that RADIUS has granted to him as soon as he has IPv6: he may have it
 * configured.  It is his until his call ends, also when he releases it, so that he has the same
 * one when he asks again.
 */
#include "gw/legs/leg_server.h"

#include "gw/dhcp6/dhcp6.h"
#include "gw/ip/ip.h"
#include "gw/legs/ra.h"
#include "gw/network.h"
#include "gw/text.h"

#include <stdlib.h>

#define SECOND UINT64_C(1000000)
/* What a client sends when his link comes up, several times over. */
#define MESSAGES     20u
#define MESSAGES_PER (10 * SECOND)
/* The longest prefix that the data plane leads by. */
#define BITS_MAX 64u

struct leg_dhcp6 {
	struct dhcp6_lease lease;
	struct addrpool *from; /* the prefix is taken of it; NULL = not yet in this life */
	struct network_hold hold;
	uint64_t since; /* of the messages counted in n */
	unsigned n;
	bool told; /* why there is no prefix for him */
};

static bool leg_dhcp6_make(struct leg_server *s)
{
	if (!s->dhcp6)
		s->dhcp6 = calloc(1, sizeof(*s->dhcp6));
	return s->dhcp6;
}

static struct cfg_prefix leg_dhcp6_prefix(const struct leg_dhcp6 *d)
{
	struct cfg_prefix p = {.v6 = true, .bits = d->lease.prefix.bits};

	memcpy(p.addr, d->lease.prefix.addr, sizeof(p.addr));
	return p;
}

/* --- the prefix -------------------------------------------------------------------------------- */

bool leg_dhcp6_delegates(const struct leg_server *s)
{
	const struct leg_server_want *w = &s->taken_as->w;

	return s->service->cfg->dhcpv6 &&
	       (w->delegated.bits || (w->pool_pd && addrpool_delegates(w->pool_pd)));
}

/* A granted one that the pool does not have is set aside in the service's, which may. */
static struct addrpool *leg_dhcp6_pool_of(const struct leg_server *s, const struct cfg_prefix *p)
{
	struct addrpool *pool = s->taken_as->w.pool_pd;

	return addrpool_covers_prefix(pool, p) ? pool : s->service->pool;
}

static void leg_dhcp6_give_back(struct leg_server *s)
{
	const struct cfg_prefix p = leg_dhcp6_prefix(s->dhcp6);

	network_give(s->t.gw, &s->dhcp6->hold);
	if (s->dhcp6->from)
		addrpool_give_prefix(s->dhcp6->from, &p);
	leg_server_pool_news(s, s->dhcp6->from);
	s->dhcp6->from = NULL;
	s->dhcp6->lease = (struct dhcp6_lease){.duid_len = 0};
}

static bool leg_dhcp6_route(struct leg_server *s, const struct dp_call *c)
{
	const struct cfg_prefix p = leg_dhcp6_prefix(s->dhcp6);

	network_give(s->t.gw, &s->dhcp6->hold);
	return network_take(s->t.gw, &s->dhcp6->hold, s->t.net.tun, &p, c->tid, c->sid);
}

/* NULL, or why there is none for him. */
static const char *leg_dhcp6_take(struct leg_server *s)
{
	const struct leg_server_want *w = &s->taken_as->w;
	struct leg_dhcp6 *d = s->dhcp6;
	struct cfg_prefix p = w->delegated;

	if (p.bits) {
		d->from = leg_dhcp6_pool_of(s, &p);
		if (!addrpool_take_prefix_fixed(d->from, &p))
			d->from = NULL;
	} else if (w->pool_pd && addrpool_take_prefix(w->pool_pd, &p)) {
		d->from = w->pool_pd;
	}
	leg_server_pool_news(s, w->pool_pd);
	if (!d->from)
		return p.bits ? "his prefix is in use" : "the pool has none left";
	d->lease.prefix.bits = p.bits;
	memcpy(d->lease.prefix.addr, p.addr, sizeof(p.addr));
	if (leg_dhcp6_route(s, &leg_server_entry(s)->c))
		return NULL;
	leg_dhcp6_give_back(s);
	return "nothing leads to it";
}

static void leg_dhcp6_log(struct leg_server *s, const char *why, uint64_t now)
{
	const struct leg_entry *e = leg_server_entry(s);
	char name[GW_LEG_NAME], from[GW_LEG_NAME], text[GW_TEXT_MAX];
	const struct cfg_prefix p = leg_dhcp6_prefix(s->dhcp6);

	if (why)
		gw_log_peer(about_leg(&s->t.leg), GW_LOG_AAA, LOGL_NOTICE, e->source, now,
			    "%s: no prefix is delegated to %s%s: %s",
			    leg_entry_name(name, sizeof(name), e), leg_terminal_user(&s->t),
			    leg_entry_from(from, sizeof(from), e), why);
	else
		gw_log_session(about_leg(&s->t.leg), GW_LOG_AAA, LOGL_NOTICE, leg_server_source(s),
			       now, "%s: %s is delegated to %s%s",
			       leg_entry_name(name, sizeof(name), e),
			       gw_prefix_text(text, sizeof(text), &p), leg_terminal_user(&s->t),
			       leg_entry_from(from, sizeof(from), e));
}

/* He has one, if there is one for him. */
static void leg_dhcp6_have(struct leg_server *s, uint64_t now)
{
	struct leg_dhcp6 *d = s->dhcp6;
	const char *why;

	if (d->from)
		return;
	why = leg_dhcp6_take(s);
	if (!why || !d->told)
		leg_dhcp6_log(s, why, now);
	d->told = why;
	if (why)
		return;
	join_changed(&s->t.leg);
	acct_session_changed(s->acct, now);
}

void leg_dhcp6_lead(struct leg_server *s, const struct dp_call *c)
{
	if (!c) {
		if (s->dhcp6)
			network_give(s->t.gw, &s->dhcp6->hold);
	} else if (s->dhcp6 && s->dhcp6->from) {
		leg_dhcp6_route(s, c);
	} else if (s->taken_as->w.delegated.bits && leg_dhcp6_make(s)) {
		leg_dhcp6_have(s, loop_now(s->t.gw->loop));
	}
}

void leg_dhcp6_end(struct leg_server *s)
{
	if (s->dhcp6)
		leg_dhcp6_give_back(s);
	free(s->dhcp6);
	s->dhcp6 = NULL;
}

/* --- messages ---------------------------------------------------------------------------------- */

unsigned leg_dhcp6_dns(const struct leg_server *s, const uint8_t (**out)[16])
{
	const struct cfg_service *cfg = s->service->cfg;
	const bool granted = s->grant && s->grant->dns6s;

	*out = granted ? s->grant->dns6 : cfg->dns6;
	return granted ? s->grant->dns6s : cfg->dns6s;
}

static void leg_dhcp6_says(const struct leg_server *s, struct dhcp6_says *out)
{
	const struct cfg_service *cfg = s->service->cfg;

	*out = (struct dhcp6_says){.domains = cfg->domains,
				   .domains_len = cfg->domains_len,
				   .preferred = RA_PREFIX_PREFERRED,
				   .valid = RA_PREFIX_LIFETIME};
	dhcp6_server_duid(out->duid, s->t.gw->cfg->host_name);
	out->dns_n = leg_dhcp6_dns(s, &out->dns);
	if (!s->has6)
		return;
	out->on_link.bits = 64;
	memcpy(out->on_link.addr, s->prefix6, sizeof(out->on_link.addr));
}

/* RFC 8415 section 17: he asks from his link-local address, which IPV6CP has agreed on. */
static bool leg_dhcp6_is_from_client(const struct leg_server *s, const uint8_t *src)
{
	struct rd r = rd_init(src, 16);

	return rd_u64(&r) == UINT64_C(0xfe80) << 48 &&
	       rd_u64(&r) == leg_terminal_addresses(&s->t).peer_iid;
}

static bool leg_dhcp6_may(struct leg_dhcp6 *d, uint64_t now)
{
	if (now - d->since >= MESSAGES_PER) {
		d->since = now;
		d->n = 0;
	}
	if (d->n == MESSAGES)
		return false;
	d->n++;
	return true;
}

/* frame: with room in front of the message for the headers. */
static void leg_dhcp6_send(struct leg_server *s, uint8_t *frame, size_t len, const uint8_t *to,
			   uint64_t now)
{
	const uint64_t iid = leg_terminal_addresses(&s->t).local_iid;
	uint8_t ours[16] = {0xfe, 0x80};
	const struct udp6 u = {.src = ours, .dst = to, .from = DHCP6_SERVER, .to = DHCP6_CLIENT};

	wr_put32(ours + 8, (uint32_t)(iid >> 32));
	wr_put32(ours + 12, (uint32_t)iid);
	wr_put16(frame, PPP_IPV6);
	join_frame(&s->t.leg, frame, 2 + udp6_put_head(frame + 2, &u, len), now);
}

static void leg_dhcp6_handle(struct leg_server *s, const struct udp6 *u, uint64_t now)
{
	uint8_t frame[2 + UDP6_HLEN + DHCP6_MAX];
	struct leg_dhcp6 *d = s->dhcp6;
	struct dhcp6_lease before;
	struct dhcp6_says says;
	struct dhcp6_msg m;
	size_t n;

	leg_dhcp6_says(s, &says);
	if (!dhcp6_read(&m, &says, u->payload.p, u->payload.left, u->dst[0] != 0xff)) {
		join_drop(&s->t.leg, JOIN_D_DHCP6);
		return;
	}
	if (dhcp6_asks_prefix(&m) && leg_dhcp6_delegates(s))
		leg_dhcp6_have(s, now);
	before = d->lease;
	n = dhcp6_answer(&d->lease, &says, &m, now, frame + 2 + UDP6_HLEN);
	if (memcmp(&before, &d->lease, sizeof(before)) != 0)
		join_changed(&s->t.leg);
	if (n)
		leg_dhcp6_send(s, frame, n, u->src, now);
	else
		join_drop(&s->t.leg, JOIN_D_DHCP6_UNANSWERED);
}

bool leg_dhcp6_packet(struct leg_server *s, const uint8_t *pkt, size_t len, uint64_t now)
{
	struct udp6 u;

	if (!ip6_is_for_dhcp_server(pkt, len))
		return false;
	if (!s->service->cfg->dhcpv6 || !udp6_parse(&u, pkt, len) ||
	    !leg_dhcp6_is_from_client(s, u.src))
		join_drop(&s->t.leg, JOIN_D_DHCP6);
	else if (!leg_dhcp6_make(s) || !leg_dhcp6_may(s->dhcp6, now))
		join_drop(&s->t.leg, JOIN_D_DHCP6_LIMIT);
	else
		leg_dhcp6_handle(s, &u, now);
	return true;
}

/* --- in another life --------------------------------------------------------------------------- */

void leg_dhcp6_save(const struct leg_server *s, struct wr *w)
{
	const struct dhcp6_lease *l = leg_dhcp6_lease(s);

	wr_u8(w, l ? l->prefix.bits : 0);
	if (!l)
		return;
	wr_bytes(w, l->prefix.addr, sizeof(l->prefix.addr));
	wr_u32(w, l->iaid);
	wr_u64(w, l->until);
	wr_u8(w, l->duid_len);
	wr_bytes(w, l->duid, l->duid_len);
}

static void leg_dhcp6_read_lease(struct rd *r, struct dhcp6_lease *l)
{
	const uint8_t *addr = rd_take(r, sizeof(l->prefix.addr)), *duid;

	l->iaid = rd_u32(r);
	l->until = rd_u64(r);
	l->duid_len = rd_u8(r);
	duid = rd_take(r, l->duid_len);
	if (!addr || !duid || l->prefix.bits > BITS_MAX || l->duid_len > DHCP6_DUID_MAX) {
		rd_fail(r);
		return;
	}
	memcpy(l->prefix.addr, addr, 8);
	memcpy(l->duid, duid, l->duid_len);
}

/* A record of an older release ends before it. */
bool leg_dhcp6_read(struct leg_server *s, struct rd *r)
{
	uint8_t bits = r->left ? rd_u8(r) : 0;

	if (!bits)
		return !r->bad;
	if (!leg_dhcp6_make(s))
		return false;
	s->dhcp6->lease.prefix.bits = bits;
	leg_dhcp6_read_lease(r, &s->dhcp6->lease);
	return !r->bad;
}

/* One of a pool that has others today may be anybody's. */
bool leg_dhcp6_take_again(struct leg_server *s)
{
	const struct leg_server_want *w = &s->taken_as->w;
	struct leg_dhcp6 *d = s->dhcp6;
	struct cfg_prefix p;
	bool ours;

	if (!d)
		return true;
	p = leg_dhcp6_prefix(d);
	ours = w->delegated.bits ? cfg_same_prefix(&p, &w->delegated)
				 : addrpool_has_prefix(w->pool_pd, &p);
	d->from = leg_dhcp6_pool_of(s, &p);
	if (!ours || !addrpool_take_prefix_fixed(d->from, &p))
		d->from = NULL;
	return d->from;
}

void leg_dhcp6_left(const struct leg_server *s)
{
	const struct cfg_prefix p = s->dhcp6 ? leg_dhcp6_prefix(s->dhcp6) : (struct cfg_prefix){0};

	if (p.bits)
		network_left(s->t.gw, s->t.net.tun, &p);
}

/* --- shown ------------------------------------------------------------------------------------- */

const struct dhcp6_lease *leg_dhcp6_lease(const struct leg_server *s)
{
	return s->dhcp6 && s->dhcp6->from ? &s->dhcp6->lease : NULL;
}

const char *leg_dhcp6_pool(const struct leg_server *s)
{
	return leg_dhcp6_lease(s) && !s->taken_as->w.delegated.bits ? addrpool_name(s->dhcp6->from)
								    : NULL;
}
