/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPCP.  The server Naks any other address or name server than the assigned one, unless its owner
 * lets the peer have it, and Rejects the option when none is assigned. The client asks for the
 * configured address, or for 0.0.0.0, and takes the one in the Nak.  IP-Compression and the
 * deprecated IP-Addresses have no row and are rejected.
 */
#include "ppp/ipcp.h"

#include "ppp/link.h"

/* --- IP-Address (RFC 1332 3.3) ---------------------------------------------------------------- */

static enum cp_verdict ipcp_address_judge(struct ppp *p, struct rd v)
{
	uint32_t a = rd_u32(&v);

	p->ipcp_vars.peer4 = a;
	if (!p->cfg->server)
		return a ? CP_ACK : CP_REJECT;
	if (a && a != p->given.peer4 && p->ops->may_have4 && p->ops->may_have4(p->ctx, a))
		p->given.peer4 = a;
	return a == p->given.peer4 ? CP_ACK : CP_NAK;
}

static bool ipcp_address_suggest(struct ppp *p, struct wr *w)
{
	wr_u32(w, p->given.peer4);
	return p->cfg->server;
}

static bool ipcp_address_needed(const struct ppp *p)
{
	return p->cfg->server;
}

static bool ipcp_address_ask(struct ppp *p, struct wr *w)
{
	wr_u32(w, p->ipcp_vars.local4);
	return !p->cfg->server || p->ipcp_vars.local4;
}

static void ipcp_address_nakked(struct ppp *p, struct rd v)
{
	uint32_t a = rd_u32(&v);

	if (!p->cfg->server && a)
		p->ipcp_vars.local4 = a;
}

/* --- DNS (RFC 1877 1.1 and 1.3) --------------------------------------------------------------- */

static enum cp_verdict ipcp_dns_judge(struct ppp *p, struct rd v, unsigned i)
{
	if (!p->cfg->server || !p->given.dns4[i])
		return CP_REJECT;
	return rd_u32(&v) == p->given.dns4[i] ? CP_ACK : CP_NAK;
}

static bool ipcp_dns_suggest(struct ppp *p, struct wr *w, unsigned i)
{
	wr_u32(w, p->given.dns4[i]);
	return p->cfg->server && p->given.dns4[i];
}

static bool ipcp_dns_ask(struct ppp *p, struct wr *w, unsigned i)
{
	wr_u32(w, p->ipcp_vars.dns4[i]);
	return !p->cfg->server;
}

static void ipcp_dns_nakked(struct ppp *p, struct rd v, unsigned i)
{
	p->ipcp_vars.dns4[i] = rd_u32(&v);
}

#define DNS(i)                                                            \
	static enum cp_verdict dns##i##_judge(struct ppp *p, struct rd v) \
	{                                                                 \
		return ipcp_dns_judge(p, v, i);                           \
	}                                                                 \
	static bool dns##i##_suggest(struct ppp *p, struct wr *w)         \
	{                                                                 \
		return ipcp_dns_suggest(p, w, i);                         \
	}                                                                 \
	static bool dns##i##_ask(struct ppp *p, struct wr *w)             \
	{                                                                 \
		return ipcp_dns_ask(p, w, i);                             \
	}                                                                 \
	static void dns##i##_nakked(struct ppp *p, struct rd v)           \
	{                                                                 \
		ipcp_dns_nakked(p, v, i);                                 \
	}
DNS(0)
DNS(1)

static const struct cp_option options[] = {
	{IPCP_ADDRESS, 4, 4, ipcp_address_judge, ipcp_address_suggest, ipcp_address_needed,
	 ipcp_address_ask, ipcp_address_nakked, NULL, NULL},
	{IPCP_DNS1, 4, 4, dns0_judge, dns0_suggest, NULL, dns0_ask, dns0_nakked, NULL, NULL},
	{IPCP_DNS2, 4, 4, dns1_judge, dns1_suggest, NULL, dns1_ask, dns1_nakked, NULL, NULL},
};

static void ipcp_begin(struct ppp *p)
{
	p->ipcp_vars.local4 = p->given.local4;
	memset(p->ipcp_vars.dns4, 0, sizeof(p->ipcp_vars.dns4));
}

static void ipcp_fresh(struct ppp *p)
{
	p->ipcp_vars.peer4 = 0;
}

static void ipcp_commit(struct ppp *p)
{
	p->addr.peer4 = p->cfg->server ? p->given.peer4 : p->ipcp_vars.peer4;
}

static void ipcp_learn(struct ppp *p)
{
	p->addr.local4 = cp_asked(&p->ipcp, IPCP_ADDRESS) ? p->ipcp_vars.local4 : p->given.local4;
	p->addr.dns4[0] = cp_asked(&p->ipcp, IPCP_DNS1) ? p->ipcp_vars.dns4[0] : 0;
	p->addr.dns4[1] = cp_asked(&p->ipcp, IPCP_DNS2) ? p->ipcp_vars.dns4[1] : 0;
}

/* A client that was given no address has no use for IP. */
static void ipcp_up(struct ppp *p)
{
	if (p->cfg->server) {
		p->addr.local4 = p->given.local4;
		memcpy(p->addr.dns4, p->given.dns4, sizeof(p->addr.dns4));
	} else {
		ipcp_learn(p);
		if (!p->addr.local4) {
			cp_event(p, &p->ipcp, FSM_CLOSE, NULL);
			return;
		}
	}
	p->ip4_up = true;
	ppp_link_emit(p, PPP_EV_IP4_UP);
}

static void ipcp_down(struct ppp *p)
{
	if (!p->ip4_up)
		return;
	p->ip4_up = false;
	ppp_link_emit(p, PPP_EV_IP4_DOWN);
}

const struct cp_def ipcp_def = {
	.proto = PPP_IPCP,
	.options = options,
	.n_options = sizeof(options) / sizeof(*options),
	.begin = ipcp_begin,
	.fresh = ipcp_fresh,
	.commit = ipcp_commit,
	.up = ipcp_up,
	.down = ipcp_down,
	.finished = ppp_link_ncp_finished,
};
