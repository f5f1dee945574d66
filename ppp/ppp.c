/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One link as its owner sees it: life, the calls of the contract, which protocol goes to which
 * part, timers, and the delivery of events.  link.c moves the phases.
 */
#include "ppp/ppp.h"

#include "ppp/ipcp.h"
#include "ppp/ipv6cp.h"
#include "ppp/lcp.h"
#include "ppp/link.h"

#include <assert.h>
#include <stdlib.h>

/* --- events ----------------------------------------------------------------------------------- */

static void ppp_deliver(struct ppp *p)
{
	while (p->q_head != p->q_tail) {
		unsigned at = p->q_head++ % PPP_EVENT_QUEUE;
		struct ppp_event ev = {
			.kind = (enum ppp_event_kind)p->queue[at].kind,
			.why = (enum ppp_why)p->queue[at].why,
			.auth = p->auth.claim,
			.addr = &p->addr,
			.link = &p->link,
			.message = p->message && *p->message ? p->message : NULL,
			.now = p->now,
		};

		/* The link went down before the owner could judge the claim. */
		if (ev.kind == PPP_EV_AUTH && !p->auth.pending)
			continue;
		p->ops->event(p->ctx, &ev);
	}
}

static void ppp_enter(struct ppp *p, uint64_t now)
{
	assert(!p->rests);
	p->depth++;
	p->now = now;
}

static void ppp_leave(struct ppp *p)
{
	ppp_link_keep(p);
	if (p->depth == 1) {
		ppp_deliver(p);
		auth_tidy(&p->auth);
	}
	ppp_link_keep(p);
	p->depth--;
}

/* --- receiving -------------------------------------------------------------------------------- */

static void ppp_rx_lcp(struct ppp *p, struct rd r)
{
	lcp_rx(p, r);
}

static void ppp_rx_auth(struct ppp *p, struct rd r, uint16_t proto,
			void (*rx)(struct ppp *, struct rd))
{
	static const uint16_t speaks[PPP_AUTHS] = {
		[PPP_AUTH_PAP] = PPP_PAP,
		[PPP_AUTH_CHAP_MD5] = PPP_CHAP,
		[PPP_AUTH_MSCHAPV2] = PPP_CHAP,
		[PPP_AUTH_EAP] = PPP_EAP,
	};

	if (p->lcp.state == FSM_OPENED && speaks[p->auth.method] == proto)
		rx(p, r);
	else
		ppp_link_count(p, PPP_R_PHASE);
}

static void ppp_rx_pap(struct ppp *p, struct rd r)
{
	ppp_rx_auth(p, r, PPP_PAP, auth_rx_pap);
}

static void ppp_rx_chap(struct ppp *p, struct rd r)
{
	ppp_rx_auth(p, r, PPP_CHAP, auth_rx_chap);
}

static void ppp_rx_eap(struct ppp *p, struct rd r)
{
	ppp_rx_auth(p, r, PPP_EAP, auth_rx_eap);
}

static void ppp_rx_unknown(struct ppp *p, struct rd r, uint16_t proto)
{
	if (p->phase != PHASE_NETWORK) {
		ppp_link_count(p, PPP_R_PHASE);
		return;
	}
	ppp_link_count(p, PPP_R_PROTO);
	lcp_reject_protocol(p, proto, r.p, r.left);
}

static void ppp_rx_ncp(struct ppp *p, struct rd r, struct cp *c)
{
	if (p->phase == PHASE_NETWORK && c->enabled)
		cp_rx(p, c, r);
	else
		ppp_rx_unknown(p, r, c->def->proto);
}

static void ppp_rx_ipcp(struct ppp *p, struct rd r)
{
	ppp_rx_ncp(p, r, &p->ipcp);
}

static void ppp_rx_ipv6cp(struct ppp *p, struct rd r)
{
	ppp_rx_ncp(p, r, &p->ipv6cp);
}

static void ppp_rx_network(struct ppp *p, struct rd r)
{
	(void)r;
	ppp_link_count(p, PPP_R_CLOSED_NCP);
}

static const struct {
	uint16_t proto;
	void (*rx)(struct ppp *p, struct rd r);
} protocols[] = {
	{PPP_LCP, ppp_rx_lcp},	     {PPP_PAP, ppp_rx_pap},	 {PPP_CHAP, ppp_rx_chap},
	{PPP_EAP, ppp_rx_eap},	     {PPP_IPCP, ppp_rx_ipcp},	 {PPP_IP, ppp_rx_network},
	{PPP_IPV6CP, ppp_rx_ipv6cp}, {PPP_IPV6, ppp_rx_network},
};

static void ppp_dispatch(struct ppp *p, struct rd r)
{
	uint16_t proto = rd_u16(&r);

	if (r.bad) {
		ppp_link_count(p, PPP_R_SHORT);
		return;
	}
	if (p->phase == PHASE_DEAD) {
		ppp_link_count(p, PPP_R_STATE);
		return;
	}
	for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++) {
		if (protocols[i].proto == proto) {
			protocols[i].rx(p, r);
			return;
		}
	}
	ppp_rx_unknown(p, r, proto);
}

void ppp_rx(struct ppp *p, const uint8_t *frame, size_t len, uint64_t now)
{
	ppp_enter(p, now);
	if (ppp_timer_is_set(p, TIMER_RESUME))
		ppp_link_resume(p);
	ppp_dispatch(p, rd_init(frame, len));
	ppp_leave(p);
}

/* --- time ------------------------------------------------------------------------------------- */

static void ppp_lcp_timeout(struct ppp *p)
{
	cp_timeout(p, &p->lcp);
}

static void ppp_ipcp_timeout(struct ppp *p)
{
	cp_timeout(p, &p->ipcp);
}

static void ppp_ipv6cp_timeout(struct ppp *p)
{
	cp_timeout(p, &p->ipv6cp);
}

static void (*const timeouts[TIMERS])(struct ppp *p) = {
	[TIMER_LCP] = ppp_lcp_timeout,		[TIMER_IPCP] = ppp_ipcp_timeout,
	[TIMER_IPV6CP] = ppp_ipv6cp_timeout,	[TIMER_ECHO] = lcp_echo_timeout,
	[TIMER_AUTH_RETRY] = auth_retry,	[TIMER_AUTH_LIMIT] = auth_limit,
	[TIMER_RECHALLENGE] = auth_rechallenge, [TIMER_LOGIN] = ppp_link_login_timeout,
	[TIMER_RESUME] = ppp_link_resume,
};

void ppp_expire(struct ppp *p, uint64_t now)
{
	enum timer_kind k;

	ppp_enter(p, now);
	while (k = ppp_timer_first(p), ppp_timer_is_set(p, k) && p->when[k] <= now) {
		ppp_timer_cancel(p, k);
		timeouts[k](p);
	}
	ppp_leave(p);
}

uint64_t ppp_deadline(const struct ppp *p)
{
	struct ppp room;

	p = ppp_look(p, &room);
	return p->when[ppp_timer_first(p)];
}

/* --- the owner's wishes ----------------------------------------------------------------------- */

struct ppp *ppp_new(const struct ppp_config *cfg, const struct ppp_ops *ops, void *ctx)
{
	struct ppp *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	if (cfg->keep_requests)
		p->requests = calloc(1, sizeof(*p->requests));
	p->cfg = ppp_config_share(cfg);
	if (!p->cfg || (cfg->keep_requests && !p->requests)) {
		ppp_config_unshare(p->cfg);
		free(p->requests);
		free(p);
		return NULL;
	}
	for (unsigned k = 0; k < TIMERS; k++)
		ppp_timer_cancel(p, (enum timer_kind)k);
	p->ops = ops;
	p->ctx = ctx;
	p->link.peer_mru = PPP_MRU_DEFAULT;
	cp_init(&p->lcp, &lcp_def, TIMER_LCP);
	cp_init(&p->ipcp, &ipcp_def, TIMER_IPCP);
	cp_init(&p->ipv6cp, &ipv6cp_def, TIMER_IPV6CP);
	return p;
}

void ppp_drop(struct ppp *p)
{
	auth_stop(p);
	auth_tidy(&p->auth);
	ppp_config_unshare(p->cfg);
	cp_forget_request(&p->lcp);
	cp_forget_request(&p->ipcp);
	cp_forget_request(&p->ipv6cp);
	free(p->requests);
	free(p->message);
	free(p->bye);
	explicit_bzero(p, sizeof(*p));
}

void ppp_free(struct ppp *p)
{
	if (!p)
		return;
	if (p->rests) {
		ppp_rest_free(p);
		return;
	}
	ppp_drop(p);
	free(p);
}

static void ppp_start(struct ppp *p)
{
	p->phase = PHASE_ESTABLISH;
	p->why = PPP_WHY_NONE;
	ppp_link_forget_message(p);
	ppp_link_say(p, NULL);
	p->was_up = p->bundle = p->member = false;
	memset(&p->link, 0, sizeof(p->link));
	p->link.peer_mru = PPP_MRU_DEFAULT;
}

void ppp_open(struct ppp *p, uint64_t now)
{
	if (p->phase != PHASE_DEAD)
		return;
	ppp_enter(p, now);
	ppp_start(p);
	if (p->cfg->passive) {
		cp_open_passive(&p->lcp);
	} else {
		cp_event(p, &p->lcp, FSM_OPEN, NULL);
		cp_event(p, &p->lcp, FSM_UP, NULL);
	}
	ppp_leave(p);
}

const char *ppp_open_proxied(struct ppp *p, const struct ppp_proxy *x, uint64_t now)
{
	const char *words;

	if (p->phase != PHASE_DEAD || !p->cfg->server || !x->last_tx.p || !x->last_rx.p)
		return "no proxy LCP";
	ppp_enter(p, now);
	ppp_start(p);
	words = lcp_adopt(p, x);
	if (words) {
		ppp_timer_cancel(p, TIMER_LOGIN);
		p->phase = PHASE_DEAD;
	}
	ppp_leave(p);
	return words;
}

bool ppp_is_multilink(const struct ppp_link *l)
{
	return l->our_mrru && l->peer_mrru;
}

void ppp_join_bundle(struct ppp *p, uint64_t now)
{
	(void)now;
	if (p->phase != PHASE_AUTHENTICATE || !p->auth.done)
		return;
	p->phase = PHASE_NETWORK;
	p->member = true;
}

void ppp_open_bundle(struct ppp *p, const struct ppp_link *l, uint64_t now)
{
	if (p->phase != PHASE_DEAD)
		return;
	ppp_enter(p, now);
	ppp_start(p);
	p->bundle = true;
	lcp_open_bundle(p, l);
	ppp_leave(p);
}

static struct rd ppp_request(const struct lcp_request *r)
{
	return r->len <= PPP_OPTIONS_MAX ? rd_init(r->octets, r->len) : rd_init(NULL, 0);
}

bool ppp_get_proxy(const struct ppp *p, struct ppp_proxy *out)
{
	struct ppp room;

	p = ppp_look(p, &room);
	if (!p->requests || p->lcp.state != FSM_OPENED)
		return false;
	*out = (struct ppp_proxy){.first_rx = ppp_request(&p->requests->first),
				  .last_tx = cp_request(&p->lcp),
				  .last_rx = ppp_request(&p->requests->last),
				  .claim = p->auth.pending ? p->auth.claim : NULL,
				  .unasked = p->link.auth == PPP_AUTH_NONE};
	return true;
}

void ppp_close(struct ppp *p, uint64_t now)
{
	ppp_enter(p, now);
	ppp_link_close(p, PPP_WHY_LOCAL);
	ppp_leave(p);
}

void ppp_close_saying(struct ppp *p, const char *words, uint64_t now)
{
	ppp_link_say(p, words);
	ppp_close(p, now);
}

void ppp_lower_down(struct ppp *p, uint64_t now)
{
	ppp_enter(p, now);
	if (p->phase != PHASE_DEAD) {
		if (p->why == PPP_WHY_NONE)
			p->why = PPP_WHY_LOWER;
		cp_event(p, &p->lcp, FSM_DOWN, NULL);
		ppp_link_dead(p);
	}
	ppp_leave(p);
}

void ppp_auth_verdict(struct ppp *p, bool ok, const struct ppp_auth_reply *reply,
		      const char *message, uint64_t now)
{
	if (!p->auth.pending)
		return;
	ppp_enter(p, now);
	auth_verdict(p, ok, reply, message);
	ppp_leave(p);
}

bool ppp_auth_waits(const struct ppp *p, uint32_t serial)
{
	struct ppp room;

	p = ppp_look(p, &room);
	return p->auth.pending && serial == p->auth.serial;
}

void ppp_auth_answer(struct ppp *p, uint32_t serial, bool ok, const struct ppp_auth_reply *reply,
		     const char *message, uint64_t now)
{
	if (ppp_auth_waits(p, serial))
		ppp_auth_verdict(p, ok, reply, message, now);
}

bool ppp_auth_eap(struct ppp *p, uint32_t serial, const uint8_t *packet, size_t len, uint64_t now)
{
	bool ok;

	if (!ppp_auth_waits(p, serial))
		return false;
	ppp_enter(p, now);
	ok = auth_eap_ask(p, packet, len);
	ppp_leave(p);
	return ok;
}

void ppp_start_network(struct ppp *p, const struct ppp_addresses *a, uint64_t now)
{
	if (p->phase != PHASE_AUTHENTICATE || !p->auth.done)
		return;
	ppp_enter(p, now);
	p->given = *a;
	p->ipcp.enabled = p->cfg->ipv4 && a->peer4;
	ppp_link_enable_ipv6(p);
	ppp_link_start_ncps(p);
	ppp_leave(p);
}

bool ppp_get_echo(const struct ppp *p, struct ppp_echo *out)
{
	struct ppp room;
	bool open;

	p = ppp_look(p, &room);
	open = p->lcp.state == FSM_OPENED;
	*out = (struct ppp_echo){0};
	if (open)
		*out = (struct ppp_echo){p->link.our_magic, p->link.peer_magic};
	return open;
}

void ppp_get_info(const struct ppp *p, struct ppp_info *out)
{
	static const char *const phases[PHASES] = {
		"dead", "establish", "authenticate", "network", "terminate",
	};
	struct ppp room;

	p = ppp_look(p, &room);
	memset(out, 0, sizeof(*out));
	out->phase = phases[p->phase];
	out->lcp = fsm_state_name((enum fsm_state)p->lcp.state);
	out->ipcp = fsm_state_name((enum fsm_state)p->ipcp.state);
	out->ipv6cp = p->cfg->ipv6 && p->phase == PHASE_NETWORK && !ppp_carries_ipv6(p)
			      ? "not opened (MRU under 1280)"
			      : fsm_state_name((enum fsm_state)p->ipv6cp.state);
	out->link = p->link;
	out->addr = p->addr;
	if (p->auth.name)
		memcpy(out->peer_name, p->auth.name, p->auth.name_len);
	out->ip4_up = p->ip4_up;
	out->ip6_up = p->ip6_up;
}

void ppp_add_counters(const struct ppp *p, uint64_t to[PPP_R_COUNT])
{
	struct ppp room;

	p = ppp_look(p, &room);
	for (unsigned i = 0; i < PPP_R_COUNT; i++)
		to[i] += p->counters[i];
}
