/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A link as a record, for the process that goes on with it.  A record has a type, a version, its
 * length and the fields of struct save in their order; later versions append, and a reader skips
 * what it does not know.  It is read as if a stranger had written it.
 *
 * Which instant a record shows matters: it is written before a frame leaves that goes beyond it, so
 * the peer can be ahead of it by no more than that frame.  Towards a peer that has come further, or
 * not so far, an LCP or NCP that starts again is legal in every state (RFC 1661 4.1: RCR in
 * Opened), and only what is over on both sides is taken as it is.
 */
#include "ppp/link.h"

#define SAVE_TYPE    0x70u
#define SAVE_VERSION 1u

enum save_state {
	SAVE_NONE,
	SAVE_LCP,     /* LCP or authentication not over: LCP starts again */
	SAVE_PASSIVE, /* still waiting for the peer's first Configure-Request */
	SAVE_NETWORK,
	SAVE_MEMBER, /* of a bundle */
	SAVE_STATES,
};

enum save_ncp {
	SAVE_NCP_OFF,
	SAVE_NCP_UNSURE, /* starts again */
	SAVE_NCP_OPEN,
	SAVE_NCP_CLOSED,
	SAVE_NCP_STOPPED,
	SAVE_NCP_STATES,
};

enum save_flag {
	SAVE_SERVER = 1 << 0,
	SAVE_BUNDLE = 1 << 1,
	SAVE_NO_ECHO = 1 << 2, /* the peer rejected the code */
	SAVE_ANSWERED =
		1 << 3, /* server: the last claim has its answer, which may be wanted again */
};

enum save_compression {
	SAVE_TX_ACFC = 1 << 0,
	SAVE_TX_PFC = 1 << 1,
	SAVE_RX_ACFC = 1 << 2,
	SAVE_RX_PFC = 1 << 3,
	SAVE_TX_SHORT = 1 << 4,
	SAVE_RX_SHORT = 1 << 5,
};

struct save {
	uint8_t state, flags;
	uint8_t ipcp, ipv6cp;				      /* enum save_ncp */
	uint8_t lcp_id, ipcp_id, ipv6cp_id, auth_id, echo_id; /* the last Identifiers used */
	uint8_t answer_code;
	struct ppp_link link;
	struct ppp_addresses given, addr;
	struct rd name, answer;
};

/* --- what there is to keep --------------------------------------------------------------------- */

static enum save_state save_state(const struct ppp *p)
{
	enum fsm_state lcp = (enum fsm_state)p->lcp.state;

	if (p->phase == PHASE_DEAD || p->phase == PHASE_TERMINATE || p->auth.refused)
		return SAVE_NONE;
	if (lcp == FSM_OPENED && p->phase == PHASE_NETWORK)
		return p->member ? SAVE_MEMBER : SAVE_NETWORK;
	if (p->bundle || lcp == FSM_CLOSED || lcp == FSM_CLOSING || lcp == FSM_STOPPING)
		return SAVE_NONE;
	return lcp == FSM_STOPPED ? SAVE_PASSIVE : SAVE_LCP;
}

/* Ends what has been begun: no answer is waited for by another process. */
static enum save_ncp save_ncp(const struct cp *c, bool up)
{
	if (!c->enabled)
		return SAVE_NCP_OFF;
	if (c->state == FSM_OPENED)
		return up ? SAVE_NCP_OPEN : SAVE_NCP_UNSURE;
	if (c->state == FSM_CLOSED || c->state == FSM_CLOSING)
		return SAVE_NCP_CLOSED;
	return c->state == FSM_STOPPED || c->state == FSM_STOPPING ? SAVE_NCP_STOPPED
								   : SAVE_NCP_UNSURE;
}

static uint8_t save_flags(const struct ppp *p)
{
	return (uint8_t)((p->cfg->server ? SAVE_SERVER : 0) | (p->bundle ? SAVE_BUNDLE : 0) |
			 (p->lcp_vars.no_echo ? SAVE_NO_ECHO : 0) |
			 (p->cfg->server && p->auth.answered ? SAVE_ANSWERED : 0));
}

/* What a new record would be for.  Identifiers alone are not: those of a record are good enough to
 * begin behind, but that of a Challenge must not come twice. */
static uint32_t save_mark(const struct ppp *p)
{
	enum save_state state = save_state(p);

	if (state != SAVE_NETWORK && state != SAVE_MEMBER)
		return state;
	return state | (uint32_t)save_ncp(&p->ipcp, p->ip4_up) << 4 |
	       (uint32_t)save_ncp(&p->ipv6cp, p->ip6_up) << 8 | (uint32_t)save_flags(p) << 12 |
	       (uint32_t)p->auth.id << 20;
}

void ppp_link_keep(struct ppp *p)
{
	uint32_t mark;

	if (!p->ops->keep)
		return;
	mark = save_mark(p);
	if (mark == p->kept)
		return;
	p->kept = mark;
	p->ops->keep(p->ctx);
}

static void save_collect(const struct ppp *p, struct save *s)
{
	const struct auth *a = &p->auth;
	bool answered = p->cfg->server && a->answered;

	*s = (struct save){
		.state = (uint8_t)save_state(p),
		.flags = save_flags(p),
		.ipcp = (uint8_t)save_ncp(&p->ipcp, p->ip4_up),
		.ipv6cp = (uint8_t)save_ncp(&p->ipv6cp, p->ip6_up),
		.lcp_id = p->lcp.id,
		.ipcp_id = p->ipcp.id,
		.ipv6cp_id = p->ipv6cp.id,
		.auth_id = a->id,
		.echo_id = p->lcp_vars.echo_id,
		.answer_code = answered ? a->answer_code : 0,
		.link = p->link,
		.given = p->given,
		.addr = p->addr,
		.name = rd_init(a->name, a->name_len),
		.answer = rd_init(a->answer, answered ? a->answer_len : 0),
	};
}

/* --- writing ----------------------------------------------------------------------------------- */

static void save_put_link(struct wr *w, const struct ppp_link *l)
{
	wr_u16(w, l->peer_mru);
	wr_u16(w, l->our_mru);
	wr_u16(w, l->peer_mrru);
	wr_u16(w, l->our_mrru);
	wr_u32(w, l->tx_accm);
	wr_u32(w, l->rx_accm);
	wr_u32(w, l->our_magic);
	wr_u32(w, l->peer_magic);
	wr_u8(w, (uint8_t)((l->tx_acfc ? SAVE_TX_ACFC : 0) | (l->tx_pfc ? SAVE_TX_PFC : 0) |
			   (l->rx_acfc ? SAVE_RX_ACFC : 0) | (l->rx_pfc ? SAVE_RX_PFC : 0) |
			   (l->tx_short ? SAVE_TX_SHORT : 0) | (l->rx_short ? SAVE_RX_SHORT : 0)));
	wr_u8(w, (uint8_t)l->auth);
	wr_u8(w, l->endpoint.len);
	wr_bytes(w, l->endpoint.octets, l->endpoint.len);
}

static void save_put_addresses(struct wr *w, const struct ppp_addresses *a)
{
	wr_u32(w, a->local4);
	wr_u32(w, a->peer4);
	wr_u32(w, a->dns4[0]);
	wr_u32(w, a->dns4[1]);
	wr_u64(w, a->local_iid);
	wr_u64(w, a->peer_iid);
}

static void save_put(struct wr *w, const struct save *s)
{
	wr_u8(w, SAVE_TYPE);
	wr_u8(w, SAVE_VERSION);
	wr_u16(w, 0);
	wr_u8(w, s->state);
	wr_u8(w, s->flags);
	wr_u8(w, s->ipcp);
	wr_u8(w, s->ipv6cp);
	wr_u8(w, s->lcp_id);
	wr_u8(w, s->ipcp_id);
	wr_u8(w, s->ipv6cp_id);
	wr_u8(w, s->auth_id);
	wr_u8(w, s->echo_id);
	wr_u8(w, s->answer_code);
	save_put_link(w, &s->link);
	save_put_addresses(w, &s->given);
	save_put_addresses(w, &s->addr);
	wr_u8(w, (uint8_t)s->name.left);
	wr_bytes(w, s->name.p, s->name.left);
	wr_u16(w, (uint16_t)s->answer.left);
	wr_bytes(w, s->answer.p, s->answer.left);
	wr_patch16(w, 2, (uint16_t)w->len);
}

size_t ppp_save(const struct ppp *p, uint8_t *buf, size_t cap)
{
	struct wr w = wr_init(buf, cap);
	struct ppp room;
	struct save s;

	save_collect(ppp_look(p, &room), &s);
	if (s.state == SAVE_NONE)
		return 0;
	save_put(&w, &s);
	return w.bad ? 0 : w.len;
}

/* --- reading ----------------------------------------------------------------------------------- */

static void save_get_link(struct rd *r, struct ppp_link *l)
{
	struct rd endpoint;
	uint8_t bits;

	l->peer_mru = rd_u16(r);
	l->our_mru = rd_u16(r);
	l->peer_mrru = rd_u16(r);
	l->our_mrru = rd_u16(r);
	l->tx_accm = rd_u32(r);
	l->rx_accm = rd_u32(r);
	l->our_magic = rd_u32(r);
	l->peer_magic = rd_u32(r);
	bits = rd_u8(r);
	l->tx_acfc = bits & SAVE_TX_ACFC;
	l->tx_pfc = bits & SAVE_TX_PFC;
	l->rx_acfc = bits & SAVE_RX_ACFC;
	l->rx_pfc = bits & SAVE_RX_PFC;
	l->tx_short = bits & SAVE_TX_SHORT;
	l->rx_short = bits & SAVE_RX_SHORT;
	l->auth = (enum ppp_auth)rd_u8(r);
	endpoint = rd_sub(r, rd_u8(r));
	if (endpoint.left > sizeof(l->endpoint.octets)) {
		rd_fail(r);
		return;
	}
	l->endpoint.len = (uint8_t)endpoint.left;
	if (endpoint.left)
		memcpy(l->endpoint.octets, endpoint.p, endpoint.left);
}

static void save_get_addresses(struct rd *r, struct ppp_addresses *a)
{
	a->local4 = rd_u32(r);
	a->peer4 = rd_u32(r);
	a->dns4[0] = rd_u32(r);
	a->dns4[1] = rd_u32(r);
	a->local_iid = rd_u64(r);
	a->peer_iid = rd_u64(r);
}

static bool save_get(struct rd r, struct save *s)
{
	uint8_t type = rd_u8(&r), version = rd_u8(&r);
	uint16_t length = rd_u16(&r);

	memset(s, 0, sizeof(*s));
	if (r.bad || type != SAVE_TYPE || version != SAVE_VERSION || length < 4)
		return false;
	r = rd_sub(&r, length - 4u);
	s->state = rd_u8(&r);
	s->flags = rd_u8(&r);
	s->ipcp = rd_u8(&r);
	s->ipv6cp = rd_u8(&r);
	s->lcp_id = rd_u8(&r);
	s->ipcp_id = rd_u8(&r);
	s->ipv6cp_id = rd_u8(&r);
	s->auth_id = rd_u8(&r);
	s->echo_id = rd_u8(&r);
	s->answer_code = rd_u8(&r);
	save_get_link(&r, &s->link);
	save_get_addresses(&r, &s->given);
	save_get_addresses(&r, &s->addr);
	s->name = rd_sub(&r, rd_u8(&r));
	s->answer = rd_sub(&r, rd_u16(&r));
	return !r.bad;
}

static bool save_link_possible(const struct ppp_link *l)
{
	return (unsigned)l->auth < PPP_AUTHS && l->peer_mru >= PPP_MRU_MIN &&
	       l->our_mru >= PPP_MRU_MIN && (!l->peer_mrru || l->peer_mrru >= PPP_MRU_MIN) &&
	       (!l->our_mrru || l->our_mrru >= PPP_MRU_MIN);
}

static bool save_ncps_possible(const struct save *s)
{
	bool server = s->flags & SAVE_SERVER;

	if (s->ipcp >= SAVE_NCP_STATES || s->ipv6cp >= SAVE_NCP_STATES)
		return false;
	if (s->state == SAVE_MEMBER)
		return s->ipcp == SAVE_NCP_OFF && s->ipv6cp == SAVE_NCP_OFF &&
		       !(s->flags & SAVE_BUNDLE);
	if (server && s->ipcp != SAVE_NCP_OFF && !s->given.peer4)
		return false;
	if (s->ipcp == SAVE_NCP_OPEN &&
	    (server ? s->addr.peer4 != s->given.peer4 : !s->addr.local4))
		return false;
	return s->ipv6cp != SAVE_NCP_OPEN || (s->addr.local_iid && s->addr.peer_iid);
}

static bool save_possible(const struct save *s, const struct ppp_config *cfg)
{
	if (s->state == SAVE_NONE || s->state >= SAVE_STATES ||
	    !(s->flags & SAVE_SERVER) != !cfg->server)
		return false;
	if (s->state == SAVE_LCP || s->state == SAVE_PASSIVE)
		return !(s->flags & SAVE_BUNDLE);
	return save_link_possible(&s->link) && save_ncps_possible(s) &&
	       s->answer.left <= AUTH_TEXT_MAX;
}

/* --- restoring --------------------------------------------------------------------------------- */

/* A moment of an interval that begins now, so that links which are restored together do not speak
 * together. */
static uint64_t save_moment(struct ppp *p, uint64_t interval)
{
	uint64_t high = (uint64_t)ppp_link_random32(p) << 32;

	return p->now + 1 + (high | ppp_link_random32(p)) % interval;
}

static bool save_may_challenge(const struct ppp *p)
{
	return p->cfg->server &&
	       (p->link.auth == PPP_AUTH_CHAP_MD5 || p->link.auth == PPP_AUTH_MSCHAPV2);
}

static void save_restore_auth(struct ppp *p, const struct save *s)
{
	struct auth *a = &p->auth;

	a->method = (uint8_t)p->link.auth;
	a->done = true;
	a->answered = s->flags & SAVE_ANSWERED;
	a->answer_code = s->answer_code;
	auth_keep_answer(a, s->answer.p, s->answer.left);
	auth_claim_name(p, s->name);
	auth_tidy(a);
	if (a->answered && save_may_challenge(p) && p->cfg->rechallenge)
		ppp_timer_set(p, TIMER_RECHALLENGE, save_moment(p, p->cfg->rechallenge));
}

static void save_restore_lcp(struct ppp *p, const struct save *s)
{
	p->link = s->link;
	p->bundle = s->flags & SAVE_BUNDLE;
	p->member = s->state == SAVE_MEMBER;
	p->lcp.state = FSM_OPENED;
	p->lcp.answered = true;
	p->lcp.counter = p->cfg->max_configure;
	p->lcp_vars.magic = s->link.our_magic;
	p->lcp_vars.no_echo = s->flags & SAVE_NO_ECHO;
	if (p->cfg->echo_interval && !p->bundle)
		ppp_timer_set(p, TIMER_ECHO, save_moment(p, p->cfg->echo_interval));
}

/* wanted: by the configuration as it is now. */
static void save_restore_ncp(struct ppp *p, struct cp *c, enum save_ncp was, bool wanted)
{
	static const uint8_t states[SAVE_NCP_STATES] = {
		[SAVE_NCP_OFF] = FSM_INITIAL,	  [SAVE_NCP_UNSURE] = FSM_STARTING,
		[SAVE_NCP_OPEN] = FSM_OPENED,	  [SAVE_NCP_CLOSED] = FSM_CLOSED,
		[SAVE_NCP_STOPPED] = FSM_STOPPED,
	};

	if (was == SAVE_NCP_OFF || (was == SAVE_NCP_UNSURE && !wanted))
		return;
	c->enabled = true;
	c->answered = true;
	c->counter = p->cfg->max_configure;
	c->state = states[was];
}

static void save_restore_network(struct ppp *p, const struct save *s)
{
	p->given = s->given;
	p->addr = s->addr;
	p->ipcp_vars.local4 = s->addr.local4;
	p->ipcp_vars.peer4 = s->addr.peer4;
	memcpy(p->ipcp_vars.dns4, s->addr.dns4, sizeof(p->ipcp_vars.dns4));
	p->ipv6cp_vars.local = s->addr.local_iid;
	p->ipv6cp_vars.peer = s->addr.peer_iid;
	save_restore_ncp(p, &p->ipcp, (enum save_ncp)s->ipcp, p->cfg->ipv4);
	if (ppp_carries_ipv6(p)) /* an mtu can have become smaller */
		save_restore_ncp(p, &p->ipv6cp, (enum save_ncp)s->ipv6cp, p->cfg->ipv6);
	p->ip4_up = p->ipcp.state == FSM_OPENED;
	p->ip6_up = p->ipv6cp.state == FSM_OPENED;
}

static void save_restore(struct ppp *p, const struct save *s)
{
	p->lcp.id = s->lcp_id;
	p->ipcp.id = s->ipcp_id;
	p->ipv6cp.id = s->ipv6cp_id;
	p->auth.id = s->auth_id;
	p->lcp_vars.echo_id = s->echo_id;
	p->phase = PHASE_ESTABLISH;
	if (s->state == SAVE_PASSIVE) {
		cp_open_passive(&p->lcp);
		return;
	}
	ppp_timer_set(p, TIMER_RESUME, p->now);
	if (s->state == SAVE_LCP) {
		p->lcp.state = FSM_STARTING;
		return;
	}
	p->phase = PHASE_NETWORK;
	save_restore_lcp(p, s);
	save_restore_auth(p, s);
	if (!p->member)
		save_restore_network(p, s);
}

struct ppp *ppp_restore(const struct ppp_config *cfg, const struct ppp_ops *ops, void *ctx,
			const uint8_t *rec, size_t len, uint64_t now)
{
	struct save s;
	struct ppp *p;

	if (!save_get(rd_init(rec, len), &s) || !save_possible(&s, cfg))
		return NULL;
	p = ppp_new(cfg, ops, ctx);
	if (!p)
		return NULL;
	p->now = now;
	save_restore(p, &s);
	p->kept = save_mark(p);
	return p;
}

static void save_resume_network(struct ppp *p)
{
	struct cp *const ncps[] = {&p->ipcp, &p->ipv6cp};

	for (unsigned i = 0; i < 2; i++)
		if (ncps[i]->state == FSM_STARTING)
			cp_event(p, ncps[i], FSM_UP, NULL);
	if (save_may_challenge(p) && !p->auth.answered)
		auth_rechallenge(p);
	if (!p->member)
		ppp_link_ncp_finished(p);
}

void ppp_link_resume(struct ppp *p)
{
	ppp_timer_cancel(p, TIMER_RESUME);
	if (p->lcp.state == FSM_STARTING)
		cp_event(p, &p->lcp, FSM_UP, NULL);
	else if (p->lcp.state == FSM_OPENED)
		save_resume_network(p);
}
