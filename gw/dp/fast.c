/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the program cannot do makes a call slow while it lasts: there is a row for each.  FULL,
 * TWIN, CAPTURE and IMPAIR are the table's own affair, and numbers that the far end sends by itself
 * the program's.
 */
#include "gw/dp/fast.h"

#include "core/bytes.h"

#include <string.h>

const char *fast_words(enum fast_why why)
{
	static const char *const words[FAST_COUNT] = {
#define X(sym, text) [FAST_##sym] = text,
		FAST_WHYS(X)
#undef X
	};

	return why < FAST_COUNT ? words[why] : "?";
}

static bool fast_has4(const struct dp_call *c)
{
	return c->ip4 && c->peer4;
}

static bool fast_has6(const struct dp_call *c)
{
	return c->ip6 && c->has_peer6;
}

static bool fast_is_off(const struct dp_call *c, const struct fast_way *way)
{
	(void)c;
	return !way->on;
}

static bool fast_is_line(const struct dp_call *c, const struct fast_way *way)
{
	(void)way;
	return !c->tid;
}

static bool fast_is_elsewhere(const struct dp_call *c, const struct fast_way *way)
{
	(void)c;
	return !way->ipv4;
}

static bool fast_is_secured(const struct dp_call *c, const struct fast_way *way)
{
	(void)c;
	return way->secured;
}

static bool fast_is_no_server(const struct dp_call *c, const struct fast_way *way)
{
	(void)way;
	return c->mode != DP_TERMINAL || c->client || c->bundle.mrru;
}

static bool fast_is_nobody(const struct dp_call *c, const struct fast_way *way)
{
	(void)way;
	return !fast_has4(c) && !fast_has6(c);
}

static bool fast_has_no_tun(const struct dp_call *c, const struct fast_way *way)
{
	return !c->tun || !way->tun;
}

static bool fast_is_sequenced(const struct dp_call *c, const struct fast_way *way)
{
	(void)way;
	return c->data.send_seq || c->data.required;
}

static bool fast_has_filter(const struct dp_call *c, const struct fast_way *way)
{
	(void)way;
	for (unsigned i = 0; i < DP_FILTERS; i++)
		if (c->filter[i])
			return true;
	return false;
}

static bool fast_has_rate(const struct dp_call *c, const struct fast_way *way)
{
	(void)way;
	return c->rate[DP_RATE_UP] || c->rate[DP_RATE_DOWN];
}

static bool fast_is_watched(const struct dp_call *c, const struct fast_way *way)
{
	(void)way;
	return c->watched;
}

static const struct {
	enum fast_why why;
	bool (*is)(const struct dp_call *c, const struct fast_way *way);
} fast_rows[] = {
	{FAST_OFF, fast_is_off},	  {FAST_LINE, fast_is_line},
	{FAST_MEDIUM, fast_is_elsewhere}, {FAST_IPSEC, fast_is_secured},
	{FAST_MODE, fast_is_no_server},	  {FAST_NCP, fast_is_nobody},
	{FAST_TUN, fast_has_no_tun},	  {FAST_SEQUENCE, fast_is_sequenced},
	{FAST_FILTER, fast_has_filter},	  {FAST_RATE, fast_has_rate},
	{FAST_COPY, fast_is_watched},
};

/* NETS always: a source that is not the client's is for a worker to judge, who knows which networks
 * lie behind the client. */
static uint16_t fast_flags(const struct dp_call *c)
{
	const bool ff03 = c->ff03 && !c->no_address;

	return (uint16_t)((fast_has4(c) ? XDP_IP4 : 0) | (fast_has6(c) ? XDP_IP6 : 0) |
			  (c->data.send_length ? XDP_LENGTH : 0) | (ff03 ? XDP_FF03 : 0) |
			  (ff03 && c->mirror_ff03 ? XDP_MIRROR : 0) | (c->pfc ? XDP_PFC : 0) |
			  (c->dscp == DP_DSCP_COPY ? XDP_COPY_DSCP : 0) | XDP_NETS);
}

static __be16 fast_net16(uint16_t v)
{
	__be16 out;

	wr_put16((uint8_t *)&out, v);
	return out;
}

enum fast_why fast_entry(const struct dp_call *c, const struct fast_way *way, struct xdp_call *out)
{
	for (unsigned i = 0; i < sizeof(fast_rows) / sizeof(fast_rows[0]); i++)
		if (fast_rows[i].is(c, way))
			return fast_rows[i].why;
	memset(out, 0, sizeof(*out));
	memcpy(&out->local, way->local, 4);
	memcpy(&out->far, way->far, 4);
	out->local_port = fast_net16(way->local_port);
	out->far_port = fast_net16(way->far_port);
	out->tid = fast_net16(c->tid);
	out->peer_tid = fast_net16(c->data.peer_tid);
	out->peer_sid = fast_net16(c->data.peer_sid);
	out->flags = fast_flags(c);
	out->mtu = c->mtu;
	out->tos = c->dscp < DP_DSCP_COPY ? (uint8_t)(c->dscp << 2) : 0;
	out->ttl = way->ttl;
	out->tun = way->tun;
	wr_put32((uint8_t *)&out->peer4, c->peer4);
	memcpy(out->peer6, c->peer6, sizeof(out->peer6));
	return FAST_FAST;
}
