/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPV6CP, RFC 5072 section 4.1: each side brings its own interface identifier; zero, or the same as
 * ours, is answered by a Nak with another.  A server that was told which one the peer shall have
 * insists on it.  Identifiers that we invent have the "u" bit clear: they are not globally unique.
 */
#include "ppp/ipv6cp.h"

#include "ppp/link.h"

#define UNIVERSAL_BIT 0x0200000000000000u

static uint64_t ipv6cp_fresh_id(struct ppp *p)
{
	uint64_t id = ppp_link_random32(p);

	id = (id << 32 | ppp_link_random32(p)) & ~UNIVERSAL_BIT;
	if (!id || id == p->ipv6cp_vars.local)
		id = (p->ipv6cp_vars.local + 1) & ~UNIVERSAL_BIT;
	return id ? id : 1;
}

static bool ipv6cp_insists(const struct ppp *p)
{
	return p->cfg->server && p->given.peer_iid;
}

static enum cp_verdict ipv6cp_id_judge(struct ppp *p, struct rd v)
{
	uint64_t id = rd_u64(&v);

	p->ipv6cp_vars.peer = id;
	if (ipv6cp_insists(p))
		return id == p->given.peer_iid ? CP_ACK : CP_NAK;
	return id && id != p->ipv6cp_vars.local ? CP_ACK : CP_NAK;
}

static bool ipv6cp_id_suggest(struct ppp *p, struct wr *w)
{
	p->ipv6cp_vars.suggested = ipv6cp_insists(p) ? p->given.peer_iid : ipv6cp_fresh_id(p);
	wr_u64(w, p->ipv6cp_vars.suggested);
	return true;
}

static bool ipv6cp_id_needed(const struct ppp *p)
{
	return p->cfg->server;
}

static bool ipv6cp_id_ask(struct ppp *p, struct wr *w)
{
	wr_u64(w, p->ipv6cp_vars.local);
	return true;
}

/* The server keeps an assigned identifier. Otherwise the peer's suggestion is taken, unless it is
 * zero, the one we sent, or the one we have just suggested to the peer. */
static void ipv6cp_id_nakked(struct ppp *p, struct rd v)
{
	uint64_t id = rd_u64(&v);

	if (p->cfg->server && p->given.local_iid)
		return;
	if (!id || id == p->ipv6cp_vars.local || id == p->ipv6cp_vars.suggested)
		id = ipv6cp_fresh_id(p);
	p->ipv6cp_vars.local = id;
}

static const struct cp_option options[] = {
	{IPV6CP_INTERFACE_ID, 8, 8, ipv6cp_id_judge, ipv6cp_id_suggest, ipv6cp_id_needed,
	 ipv6cp_id_ask, ipv6cp_id_nakked, NULL, NULL},
};

static void ipv6cp_begin(struct ppp *p)
{
	p->ipv6cp_vars.suggested = 0;
	p->ipv6cp_vars.local = p->given.local_iid ? p->given.local_iid : ipv6cp_fresh_id(p);
}

static void ipv6cp_fresh(struct ppp *p)
{
	p->ipv6cp_vars.peer = 0;
}

static void ipv6cp_commit(struct ppp *p)
{
	p->addr.peer_iid = ipv6cp_insists(p) ? p->given.peer_iid : p->ipv6cp_vars.peer;
}

/* A peer that would not name an identifier gets one from us. */
static void ipv6cp_up(struct ppp *p)
{
	p->addr.local_iid = p->ipv6cp_vars.local;
	if (!p->addr.peer_iid)
		p->addr.peer_iid = ipv6cp_fresh_id(p);
	p->ip6_up = true;
	ppp_link_emit(p, PPP_EV_IP6_UP);
}

static void ipv6cp_down(struct ppp *p)
{
	p->ip6_up = false;
	ppp_link_emit(p, PPP_EV_IP6_DOWN);
}

const struct cp_def ipv6cp_def = {
	.proto = PPP_IPV6CP,
	.options = options,
	.n_options = sizeof(options) / sizeof(*options),
	.begin = ipv6cp_begin,
	.fresh = ipv6cp_fresh,
	.commit = ipv6cp_commit,
	.up = ipv6cp_up,
	.down = ipv6cp_down,
	.finished = ppp_link_ncp_finished,
};
