/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The phases of RFC 1661 section 3.  LCP, authentication and the NCPs each do their own part and
 * report to the functions here, which alone move the phase, queue events and choose the reason that
 * the owner is told at the end.
 */
#include "ppp/link.h"

#include "ppp/lcp.h"

#include <stdio.h>
#include <stdlib.h>

#define IPV6_MTU_MIN 1280u /* RFC 8200 section 5 */

void ppp_link_wipe(void *octets, size_t len)
{
	if (octets)
		explicit_bzero(octets, len);
	free(octets);
}

void ppp_link_count(struct ppp *p, enum ppp_reason r)
{
	p->counters[r]++;
}

uint32_t ppp_link_random32(struct ppp *p)
{
	uint32_t v;

	p->ops->random(p->ctx, &v, sizeof(v));
	return v;
}

size_t ppp_link_tx_room(const struct ppp *p)
{
	size_t n = p->link.peer_mru < p->cfg->mtu ? p->link.peer_mru : p->cfg->mtu;

	if (n < PPP_MRU_MIN)
		return PPP_MRU_MIN;
	return n < PPP_TX_MAX ? n : PPP_TX_MAX;
}

void ppp_link_send(struct ppp *p, uint16_t proto, const void *info, size_t len)
{
	uint8_t buf[2 + PPP_TX_MAX];
	struct wr w = wr_init(buf, sizeof(buf));

	wr_u16(&w, proto);
	wr_bytes(&w, info, len);
	ppp_link_keep(p);
	if (!w.bad)
		p->ops->tx(p->ctx, buf, w.len);
	if (proto == PPP_PAP)
		explicit_bzero(buf, sizeof(buf));
}

void ppp_link_keep_message(struct ppp *p, struct rd text)
{
	size_t n = text.left < PPP_MESSAGE_MAX ? text.left : PPP_MESSAGE_MAX;

	free(p->message);
	p->message = malloc(n + 1);
	for (size_t i = 0; p->message && i < n; i++)
		p->message[i] = text.p[i] >= 0x20 && text.p[i] < 0x7f ? (char)text.p[i] : '.';
	if (p->message)
		p->message[n] = 0;
}

void ppp_link_forget_message(struct ppp *p)
{
	free(p->message);
	p->message = NULL;
}

void ppp_link_say(struct ppp *p, const char *words)
{
	free(p->bye);
	p->bye = words && *words ? malloc(PPP_BYE_MAX + 1) : NULL;
	if (p->bye)
		snprintf(p->bye, PPP_BYE_MAX + 1, "%s", words);
}

/* --- timers ----------------------------------------------------------------------------------- */

bool ppp_timer_is_set(const struct ppp *p, enum timer_kind k)
{
	return p->when[k] != DEADLINE_NEVER;
}

void ppp_timer_set(struct ppp *p, enum timer_kind k, uint64_t when)
{
	p->when[k] = when;
}

void ppp_timer_cancel(struct ppp *p, enum timer_kind k)
{
	p->when[k] = DEADLINE_NEVER;
}

enum timer_kind ppp_timer_first(const struct ppp *p)
{
	unsigned first = 0;

	for (unsigned k = 1; k < TIMERS; k++)
		if (p->when[k] < p->when[first])
			first = k;
	return (enum timer_kind)first;
}

/* One call makes a handful of events and they leave before the next; the queue cannot fill unless
 * the owner's handler itself goes round in circles, and then losing the tail ends that. */
void ppp_link_emit(struct ppp *p, enum ppp_event_kind kind)
{
	if (p->q_tail - p->q_head == PPP_EVENT_QUEUE)
		return;
	p->queue[p->q_tail % PPP_EVENT_QUEUE].kind = (uint8_t)kind;
	p->queue[p->q_tail % PPP_EVENT_QUEUE].why = (uint8_t)p->why;
	p->q_tail++;
}

/* --- limits of the link -----------------------------------------------------------------------
 */

void ppp_link_login_begins(struct ppp *p)
{
	if (!ppp_timer_is_set(p, TIMER_LOGIN))
		ppp_timer_set(p, TIMER_LOGIN, p->now + p->cfg->auth_timeout);
}

void ppp_link_login_timeout(struct ppp *p)
{
	if (p->lcp_vars.auth_disagreed)
		ppp_link_close(p, PPP_WHY_AUTH_REFUSED);
	else
		ppp_link_close(p, p->was_up ? PPP_WHY_AUTH_TIMEOUT : PPP_WHY_NO_ANSWER);
}

bool ppp_carries_ipv6(const struct ppp *p)
{
	struct ppp room;

	p = ppp_look(p, &room);
	return p->link.peer_mru >= IPV6_MTU_MIN && p->link.our_mru >= IPV6_MTU_MIN &&
	       p->cfg->mtu >= IPV6_MTU_MIN;
}

void ppp_link_enable_ipv6(struct ppp *p)
{
	p->ipv6cp.enabled = p->cfg->ipv6 && ppp_carries_ipv6(p);
	if (p->cfg->ipv6 && !p->ipv6cp.enabled)
		ppp_link_count(p, PPP_R_SMALL_MRU);
}

/* --- phases ----------------------------------------------------------------------------------- */

static struct cp *const *link_ncps(struct ppp *p, struct cp *list[3])
{
	list[0] = &p->ipcp;
	list[1] = &p->ipv6cp;
	list[2] = NULL;
	return list;
}

void ppp_link_start_ncps(struct ppp *p)
{
	struct cp *list[3];

	p->phase = PHASE_NETWORK;
	memset(&p->addr, 0, sizeof(p->addr));
	for (struct cp *const *c = link_ncps(p, list); *c; c++) {
		if (!(*c)->enabled)
			continue;
		cp_event(p, *c, FSM_OPEN, NULL);
		cp_event(p, *c, FSM_UP, NULL);
	}
	if (!p->ipcp.enabled && !p->ipv6cp.enabled)
		ppp_link_close(p, PPP_WHY_NO_NETWORK);
}

void ppp_link_lcp_up(struct ppp *p)
{
	p->phase = PHASE_AUTHENTICATE;
	p->was_up = true;
	p->why = PPP_WHY_NONE;
	ppp_link_forget_message(p);
	ppp_link_emit(p, PPP_EV_LCP_UP);
	if (p->claimed)
		auth_take_over(p, p->link.auth, p->claimed);
	else
		auth_start(p, p->link.auth);
}

/* The reason is kept: it may come back up, or this may be the end. */
void ppp_link_lcp_down(struct ppp *p)
{
	struct cp *list[3];

	for (struct cp *const *c = link_ncps(p, list); *c; c++) {
		if ((*c)->state == FSM_OPENED)
			cp_event(p, *c, FSM_DOWN, NULL);
		cp_reset(p, *c);
		(*c)->enabled = false;
	}
	auth_stop(p);
	if (p->member)
		ppp_link_emit(p, PPP_EV_LCP_DOWN);
	p->member = false;
	p->phase = p->lcp.state == FSM_CLOSING || p->lcp.state == FSM_STOPPING ? PHASE_TERMINATE
									       : PHASE_ESTABLISH;
	p->link.peer_mru = PPP_MRU_DEFAULT;
}

void ppp_link_dead(struct ppp *p)
{
	p->phase = PHASE_DEAD;
	cp_reset(p, &p->lcp);
	ppp_timer_cancel(p, TIMER_LOGIN);
	ppp_timer_cancel(p, TIMER_RESUME);
	ppp_link_emit(p, PPP_EV_DOWN);
}

void ppp_link_lcp_finished(struct ppp *p)
{
	if (p->why == PPP_WHY_NONE)
		p->why = p->lcp_vars.auth_disagreed ? PPP_WHY_AUTH_REFUSED : PPP_WHY_NO_ANSWER;
	ppp_link_dead(p);
}

void ppp_link_close(struct ppp *p, enum ppp_why why)
{
	if (p->phase == PHASE_DEAD)
		return;
	if (p->why == PPP_WHY_NONE)
		p->why = why;
	if (p->bundle) {
		cp_event(p, &p->lcp, FSM_DOWN, NULL);
		ppp_link_dead(p);
		return;
	}
	cp_event(p, &p->lcp, FSM_CLOSE, NULL);
	if (p->lcp.state == FSM_CLOSED)
		ppp_link_dead(p);
	else if (p->phase != PHASE_DEAD)
		p->phase = PHASE_TERMINATE;
}

void ppp_link_authenticated(struct ppp *p)
{
	ppp_timer_cancel(p, TIMER_LOGIN);
	ppp_link_emit(p, PPP_EV_AUTH_OK);
	if (p->cfg->server || (!p->bundle && ppp_is_multilink(&p->link)))
		return;
	memset(&p->given, 0, sizeof(p->given));
	p->given.local4 = p->cfg->want_ip4;
	p->ipcp.enabled = p->cfg->ipv4;
	ppp_link_enable_ipv6(p);
	ppp_link_start_ncps(p);
}

static bool link_in_use(const struct cp *c)
{
	return c->enabled && c->state > FSM_STOPPED;
}

void ppp_link_ncp_finished(struct ppp *p)
{
	if (p->phase == PHASE_NETWORK && !link_in_use(&p->ipcp) && !link_in_use(&p->ipv6cp))
		ppp_link_close(p, PPP_WHY_NO_NETWORK);
}

void ppp_link_protocol_rejected(struct ppp *p, uint16_t proto)
{
	struct cp *list[3];

	if (p->phase == PHASE_AUTHENTICATE &&
	    (proto == PPP_PAP || proto == PPP_CHAP || proto == PPP_EAP)) {
		ppp_link_close(p, PPP_WHY_AUTH_REFUSED);
		return;
	}
	for (struct cp *const *c = link_ncps(p, list); *c; c++)
		if ((*c)->def->proto == proto && link_in_use(*c))
			cp_event(p, *c, FSM_RXJ_MINUS, NULL);
}
