/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A terminal as server: asks AAA who comes in, gives addresses of the service's pool (or the user's
 * own one) and takes them back.  Everything it holds of others is in struct leg_server and is given
 * back in one place.
 */
#include "gw/about.h"
#include "gw/event.h"
#include "gw/legs/leg_server.h"

#include "core/htab.h"
#include "gw/aaa/aaa.h"
#include "gw/device.h"
#include "gw/filter.h"
#include "gw/legs/leg_entry.h"
#include "gw/legs/proxy_avp.h"
#include "gw/legs/ra.h"
#include "gw/log_id.h"
#include "gw/peer.h"
#include "gw/port.h"
#include "gw/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND UINT64_C(1000000)

/* RFC 4861 6.2.4: the first few close together, since one may be lost or come too early; a
 * solicitation is answered at once, or ADVERT_MIN after the last one: the client may not have been
 * ready for that. */
static const uint64_t advert_gaps[] = {3 * SECOND, 10 * SECOND, 16 * SECOND, 300 * SECOND};
#define ADVERT_MIN  (SECOND / 10)
#define ADVERT_GAPS (sizeof(advert_gaps) / sizeof(advert_gaps[0]))

/* While he has IPv6, and something to learn of us. */
struct leg_adverts {
	struct loop_timer timer;
	unsigned sent;
	bool solicited; /* the next one answers a solicitation */
	uint64_t last;	/* when it was sent */
};

/* --- log ------------------------------------------------------------------------------------- */

/* The address of the far end stands before what it has chosen, its name. */
static void leg_server_log_refused(const struct leg_server *s, const char *why, uint64_t now)
{
	const struct leg_entry *e = leg_server_entry(s);
	char name[GW_LEG_NAME], from[GW_LEG_NAME], words[GW_TEXT_MAX];

	EVENT(USER_REFUSED, about_leg(&s->t.leg), why);
	gw_log_peer(about_event(LOG_ID_REFUSED, about_leg(&s->t.leg)), GW_LOG_AAA, LOGL_NOTICE,
		    e->source, now, "%s: refused%s: user %s: %s",
		    leg_entry_name(name, sizeof(name), e), leg_entry_from(from, sizeof(from), e),
		    leg_terminal_name(&s->t), gw_printable(words, sizeof(words), why, strlen(why)));
}

/* ", 10.64.0.2, 2001:db8:64:1::/64": what is set aside for the client. */
static const char *leg_server_addresses(char *buf, size_t cap, const struct leg_server *s)
{
	struct cfg_prefix p = {.v6 = true, .bits = 64};
	char v4[GW_TEXT_MAX] = "", v6[GW_TEXT_MAX] = "";

	memcpy(p.addr, s->prefix6, sizeof(p.addr));
	if (s->given4)
		gw_ip4_text(v4, sizeof(v4), s->given4);
	if (s->has6)
		gw_prefix_text(v6, sizeof(v6), &p);
	snprintf(buf, cap, "%s%s%s%s", *v4 ? ", " : "", v4, *v6 ? ", " : "", v6);
	return buf;
}

/* At the first NCP that opens. */
static void leg_server_log_in(struct leg_server *s, uint64_t now)
{
	const struct leg_entry *e = leg_server_entry(s);
	char name[GW_LEG_NAME], from[GW_LEG_NAME], has[2 * GW_TEXT_MAX];

	/* a link may start again, and with another user */
	if (s->let_in && s->let_in_as == leg_server_source(s))
		return;
	s->let_in = now;
	s->let_in_as = leg_server_source(s);
	if (!leg_limit_start(&s->limit, &s->t, s->limits.idle, s->limits.session, now, now)) {
		struct leg_end why = leg_end(LEG_BY_RESOURCES, "out of memory");

		leg_terminal_close(&s->t, &why, now);
	}
	EVENT(USER_IN, about_leg(&s->t.leg), NULL);
	gw_log_session(about_event(LOG_ID_LOG_IN, about_leg(&s->t.leg)), GW_LOG_AAA, LOGL_NOTICE,
		       leg_server_source(s), now, "%s: %s let in%s%s",
		       leg_entry_name(name, sizeof(name), e), leg_terminal_user(&s->t),
		       leg_entry_from(from, sizeof(from), e),
		       leg_server_addresses(has, sizeof(has), s));
}

static void leg_server_log_out(struct leg_server *s, uint64_t now)
{
	char name[GW_LEG_NAME], from[GW_LEG_NAME], has[2 * GW_TEXT_MAX], time[GW_TEXT_MAX];
	const struct leg_entry *e;
	struct dp_call_stats n;

	if (!s->let_in) /* nor has it a join, perhaps */
		return;
	e = leg_server_entry(s);
	leg_entry_stats(e, &n);
	EVENT(USER_OUT, about_leg(&s->t.leg),
	      s->t.end && *s->t.end->words ? s->t.end->words : "the gateway ends");
	gw_log_session(
		about_event(LOG_ID_LOG_OUT, about_leg(&s->t.leg)), GW_LOG_AAA, LOGL_NOTICE,
		leg_server_source(s), now, "%s: %s out%s%s, after %s, %llu octets in, %llu out: %s",
		leg_entry_name(name, sizeof(name), e), leg_terminal_user(&s->t),
		leg_entry_from(from, sizeof(from), e), leg_server_addresses(has, sizeof(has), s),
		gw_duration_text(time, sizeof(time), now - s->let_in),
		(unsigned long long)n.rx_octets, (unsigned long long)n.tx_octets,
		s->t.end && *s->t.end->words ? s->t.end->words : "the gateway ends");
	s->let_in = 0;
}

/* --- authentication and addresses --------------------------------------------------------------- */

static uint64_t leg_server_limit(uint64_t of_user, uint64_t of_service)
{
	if (of_user == CFG_OF_SERVICE)
		return of_service;
	return of_user < LEG_LIMIT_MOST ? of_user : LEG_LIMIT_MOST;
}

void leg_server_set_limits(struct leg_server *s, uint64_t idle, uint64_t session)
{
	const struct cfg_service *cfg = s->service->cfg;

	s->limits = (struct leg_limits){
		.idle = leg_server_limit(idle, cfg->idle),
		.session = leg_server_limit(session, cfg->session),
		.idle_of_user = idle != CFG_OF_SERVICE,
		.session_of_user = session != CFG_OF_SERVICE,
	};
}

/* What the user who was let in may do.  NULL, or why it cannot be enforced. */
static const char *leg_server_authorize(struct leg_server *s, const struct aaa_answer *a)
{
	const char *why;

	s->filters = a->filter ? filters_of(s->t.gw, a->filter) : NULL;
	s->fixed4 = a->address4 ? a->address4 : leg_server_own(s).address4;
	leg_server_set_limits(s, a->idle, a->session);
	why = leg_grant_take(s, a->grant);
	if (!why && !(leg_take_filters(join_other(&s->t.leg), LEG_FILTERS_USER, s->filters) &&
		      leg_take_rates(join_other(&s->t.leg), LEG_RATES_USER, &a->rates)))
		why = "out of memory";
	return why;
}

/* NULL without memory. */
static struct leg_link *server_link(struct leg_terminal *t)
{
	struct leg_server *s = leg_server_of(t);

	if (!s->link)
		s->link = calloc(1, sizeof(*s->link));
	return s->link;
}

static void leg_server_leave_bundle(struct leg_server *s, const struct leg_end *why, uint64_t now)
{
	if (s->link)
		leg_bundle_leave(s->link, why, now);
}

/* Whom the answer lets in sends by the link as soon as it is there. */
static void leg_server_expect(struct leg_server *s)
{
	const struct leg_bundle_for of = {.who = s->service};
	struct ppp_link agreed;

	if (ppp_auth_waits(s->t.ppp, s->serial) && leg_bundle_wants(&s->t, &agreed) &&
	    server_link(&s->t))
		leg_bundle_expect(s->link, &s->t, &of);
}

static void leg_server_forget_eap(struct leg_server *s)
{
	free(s->eap);
	s->eap = NULL;
}

/* The server has more to ask the peer.  False: that cannot be. */
static bool leg_server_pass_eap(struct leg_server *s, const struct aaa_answer *a, uint64_t now)
{
	if (!s->eap)
		s->eap = malloc(sizeof(*s->eap));
	if (!s->eap)
		return false;
	*s->eap = *a->state;
	return ppp_auth_eap(s->t.ppp, s->serial, a->eap.p, a->eap.left, now);
}

static void leg_server_judged(struct leg_server *s, const struct aaa_answer *a, uint64_t now)
{
	const char *message = a->message, *why = a->ok ? leg_server_authorize(s, a) : message;
	bool ok = a->ok && !why;

	if (a->ok && !ok)
		message = "not authorized";
	if (!ok) {
		s->fixed4 = leg_server_own(s).address4;
		leg_server_log_refused(s, why ? why : "not let in", now);
	}
	if (ok) {
		leg_acct_let_in(s, a->said, now);
		leg_acct_tell_link(s);
		leg_server_expect(s);
	}
	ppp_auth_answer(s->t.ppp, s->serial, ok, &a->reply, message, now);
}

static void leg_server_on_answer(void *ctx, const struct aaa_answer *a, uint64_t now)
{
	static const struct aaa_answer unfit = {.message = "the server's EAP cannot be passed on"};
	struct leg_server *s = ctx;

	s->ask = NULL;
	if (!a->eap.left || !leg_server_pass_eap(s, a, now)) {
		leg_server_forget_eap(s);
		leg_server_judged(s, a->eap.left ? &unfit : a, now);
	}
	leg_terminal_touch(&s->t);
}

static const char *server_section(const struct leg_terminal *t)
{
	return ((const struct leg_server *)t)->service->cfg->name;
}

const struct leg_origin *leg_server_origin(const struct leg_server *s)
{
	const struct leg *far = join_other(&s->t.leg);

	switch (far->ops->kind) {
	case LEG_CALL:
		return leg_call_origin(far);
	case LEG_LINE:
		return leg_line_origin(far);
	default:
		return NULL;
	}
}

static void server_auth(struct leg_terminal *t, const struct ppp_auth_claim *claim, uint64_t now)
{
	struct leg_server *s = leg_server_of(t);
	const char *why = leg_realm_choose(s, claim);
	struct aaa_question q = {.claim = claim, .service = s->service->cfg};
	const struct leg_origin *origin = leg_server_origin(s);
	char text[GW_TEXT_MAX];
	l2tp_channel from = leg_server_entry(s)->c.channel;

	/* Two ports can have circuits of the same address. */
	q.source = htab_key(peer_channel_source(t->gw, from), dp_channel_port(from));
	q.source_text = port_channel_text(text, sizeof(text), t->gw, from);
	q.about = about_leg(&s->t.leg);
	q.medium = leg_acct_medium(s);
	if (origin) {
		q.called = origin->called;
		q.calling = origin->calling;
		q.access = origin->access;
		q.access_len = origin->access_len;
	}
	aaa_cancel(s->ask);
	s->serial = claim->serial;
	if (claim->eap_begins)
		leg_server_forget_eap(s);
	q.state = s->eap;
	q.mtu = t->net.mtu;
	s->ask = why ? NULL : aaa_ask(t->gw->aaa, &q, leg_server_on_answer, s, now);
	if (why)
		leg_server_log_refused(s, why, now);
	if (!s->ask)
		ppp_auth_verdict(t->ppp, false, NULL, why ? "not authorized" : NULL, now);
}

/* --- multilink -------------------------------------------------------------------------------- */

bool leg_server_keep_rates(struct leg_server *s, const struct cfg_rates *r)
{
	bool says = false;

	for (unsigned i = 0; r && i < CFG_RATES; i++)
		says |= r->bps[i] != CFG_OF_SERVICE;
	free(s->rates);
	s->rates = says ? malloc(sizeof(*r)) : NULL;
	if (s->rates)
		*s->rates = *r;
	return s->rates || !says;
}

/* NULL = nothing; false without memory. */
static bool leg_server_keep_own(struct leg_server *s, const struct leg_own *own)
{
	free(s->own);
	s->own = own ? malloc(sizeof(*own)) : NULL;
	if (s->own)
		*s->own = *own;
	return s->own || !own;
}

static struct leg *leg_server_network(struct leg_terminal *first)
{
	struct leg_server *s = leg_server_of(first), *of;
	struct leg *l = leg_server_new(first->gw, s->service);

	if (!l)
		return NULL;
	of = (struct leg_server *)l;
	of->of_bundle = true;
	of->fixed4 = s->fixed4;
	of->limits = s->limits;
	of->filters = s->filters;
	if (leg_server_keep_own(of, s->own) &&
	    leg_server_keep_rates(of, leg_server_entry(s)->rates[LEG_RATES_USER]) &&
	    leg_terminal_set_name(&of->t, leg_terminal_name(first)) && leg_grant_give(of, s)) {
		leg_acct_move(of, s);
		return l;
	}
	l->ops->free(l);
	return NULL;
}

void leg_server_count(struct leg_server *s, bool is_client)
{
	if (is_client != s->is_client)
		s->service->clients += is_client ? 1 : -1;
	s->is_client = is_client;
}

/* Its filters and rates are the bundle's, which sees the packets. */
static void leg_server_join_bundle(struct leg_server *s, const struct ppp_link *agreed,
				   uint64_t now)
{
	const struct leg_bundle_for of = {.who = s->service,
					  .network = leg_server_network,
					  .links = s->grant ? s->grant->links : 0};
	const struct leg_entry *e = leg_server_entry(s);
	char name[GW_LEG_NAME], from[GW_LEG_NAME];
	const char *words;

	leg_take_filters(join_other(&s->t.leg), LEG_FILTERS_SECTION, NULL);
	leg_take_filters(join_other(&s->t.leg), LEG_FILTERS_USER, NULL);
	leg_server_give_addresses_back(s);
	ppp_join_bundle(s->t.ppp, now);
	words = server_link(&s->t) ? leg_bundle_join(s->link, &s->t, &of, agreed, now)
				   : "no memory for a bundle";
	leg_take_rates(join_other(&s->t.leg), LEG_RATES_SECTION, NULL);
	leg_take_rates(join_other(&s->t.leg), LEG_RATES_USER, NULL);
	if (words) {
		struct leg_end why = leg_end(LEG_BY_MISMATCH, words);

		leg_server_log_refused(s, words, now);
		leg_terminal_close(&s->t, &why, now);
		return;
	}
	leg_server_count(s, false);
	gw_log_session(about_leg(&s->t.leg), GW_LOG_AAA, LOGL_NOTICE, leg_server_source(s), now,
		       "%s: %s is link %u of bundle %u%s", leg_entry_name(name, sizeof(name), e),
		       leg_terminal_user(&s->t), s->link->no + 1, s->t.net.bundle,
		       leg_entry_from(from, sizeof(from), e));
	join_leg_up(&s->t.leg, now);
}

static void server_leaves(struct leg_terminal *t, const struct leg_end *why, uint64_t now)
{
	leg_server_leave_bundle(leg_server_of(t), why, now);
	leg_server_count(leg_server_of(t), true);
}

static void leg_server_start_network(struct leg_server *s, uint64_t now)
{
	struct leg_terminal *t = &s->t;
	const struct cfg_service *cfg = s->service->cfg;
	struct ppp_addresses a = {.local4 = cfg->local4,
				  .dns4 = {cfg->dns4[0], cfg->dns4[1]},
				  .local_iid = s->service->iid};

	if (!leg_sessions_may_begin(s, now)) {
		struct leg_end why = leg_end(LEG_BY_AUTH, "logged in already");

		leg_server_log_refused(s, "he is logged in already", now);
		leg_terminal_close(t, &why, now);
		return;
	}
	if (!leg_server_have_addresses(s)) {
		struct leg_end why = leg_end(LEG_BY_RESOURCES, "no address left");

		leg_server_log_refused(s, leg_server_why_none(s), now);
		leg_terminal_close(t, &why, now);
		return;
	}
	a.peer4 = s->given4;
	leg_grant_addresses(s, &a);
	ppp_start_network(t->ppp, &a, now);
}

static void server_auth_ok(struct leg_terminal *t, uint64_t now)
{
	struct leg_server *s = leg_server_of(t);
	struct ppp_link agreed;

	if (leg_bundle_wants(t, &agreed))
		leg_server_join_bundle(s, &agreed, now);
	else
		leg_server_start_network(s, now);
}

/* The networks behind the client lead to it while its network protocol is open. */
static void leg_server_lead(struct leg_server *s, bool v6, bool here)
{
	const struct leg_own own = leg_server_own(s);
	const struct dp_call *c;

	if (s->has_network[v6] == here)
		return;
	s->has_network[v6] = here;
	c = &leg_server_entry(s)->c;
	for (unsigned i = 0; i < own.routes; i++) {
		struct dp_prefix to = device_network(&own.route[i]);

		if (to.v6 == v6)
			dp_tun_route(s->t.gw->dp, s->t.net.tun, &to, here ? c->tid : 0,
				     here ? c->sid : 0);
	}
	leg_grant_lead(s, v6, here ? c : NULL);
	if (v6)
		leg_dhcp6_lead(s, here ? c : NULL);
}

static void server_ip4(struct leg_terminal *t, const struct ppp_addresses *addr, bool up)
{
	t->net.peer4 = up ? addr->peer4 : 0;
	leg_server_lead(leg_server_of(t), false, up);
	if (up) {
		leg_server_log_in(leg_server_of(t), loop_now(t->gw->loop));
		leg_acct_up(leg_server_of(t), loop_now(t->gw->loop));
	}
}

static void server_ip6(struct leg_terminal *t, const struct ppp_addresses *addr, bool up)
{
	struct leg_server *s = leg_server_of(t);

	leg_server_lead(s, true, up);
	t->net.peer_iid = up ? addr->peer_iid : 0;
	t->net.has_peer6 = up && s->has6;
	memcpy(t->net.peer6, s->prefix6, sizeof(t->net.peer6));
	if (up) {
		leg_server_log_in(s, loop_now(t->gw->loop));
		leg_acct_up(s, loop_now(t->gw->loop));
	}
}

static void leg_server_advertise(void *ctx, uint64_t now)
{
	struct leg_server *s = ctx;
	uint8_t frame[2 + RA_MAX] = {0, PPP_IPV6};
	struct leg_adverts *a = s->adverts;
	unsigned gap = a->sent < ADVERT_GAPS ? a->sent : ADVERT_GAPS - 1;
	const struct cfg_service *cfg = s->service->cfg;
	struct ra ra = {.iid = leg_terminal_addresses(&s->t).local_iid,
			.prefix = s->has6 ? s->prefix6 : NULL,
			.mtu = s->t.net.mtu,
			.domains = cfg->domains,
			.domains_len = cfg->domains_len,
			.dhcp6 = cfg->dhcpv6};

	ra.dns_n = leg_dhcp6_dns(s, &ra.dns);
	a->sent++;
	a->solicited = false;
	a->last = now;
	loop_set(s->t.gw->loop, &a->timer, now + advert_gaps[gap]);
	join_frame(&s->t.leg, frame, 2 + ra_build(frame + 2, &ra), now);
}

static void leg_server_advertise_at(struct leg_server *s, uint64_t when)
{
	s->adverts->solicited = true;
	loop_set(s->t.gw->loop, &s->adverts->timer, when);
}

/* He has something to learn of us: his /64, or that the way out is here, for a prefix that is
 * delegated to him. */
static bool leg_server_advertises(const struct leg_server *s)
{
	return s->t.net.ip6 && (s->has6 || leg_dhcp6_delegates(s));
}

/* Without memory his next solicitation is another chance. */
static void leg_server_begin_adverts(struct leg_server *s, uint64_t now)
{
	s->adverts = calloc(1, sizeof(*s->adverts));
	if (!s->adverts)
		return;
	loop_timer_init(&s->adverts->timer, leg_server_advertise, s);
	leg_server_advertise(s, now);
}

static void leg_server_end_adverts(struct leg_server *s)
{
	if (s->adverts)
		loop_cancel(s->t.gw->loop, &s->adverts->timer);
	free(s->adverts);
	s->adverts = NULL;
}

static void server_told(struct leg_terminal *t)
{
	struct leg_server *s = leg_server_of(t);

	if (!leg_server_advertises(s))
		leg_server_end_adverts(s);
	else if (!s->adverts)
		leg_server_begin_adverts(s, loop_now(t->gw->loop));
}

static bool server_ip6_packet(struct leg_terminal *t, const uint8_t *pkt, size_t len, uint64_t now)
{
	struct leg_server *s = leg_server_of(t);

	if (!ra_looks_like_solicitation(pkt, len))
		return leg_dhcp6_packet(s, pkt, len, now);
	if (!leg_server_advertises(s) || !ra_is_solicitation(pkt, len))
		join_drop(&t->leg, JOIN_D_IPV6);
	else if (!s->adverts)
		leg_server_begin_adverts(s, now);
	else if (now >= s->adverts->last + ADVERT_MIN)
		leg_server_advertise(s, now);
	else if (s->adverts->solicited)
		join_drop(&t->leg, JOIN_D_SOLICITATION);
	else
		leg_server_advertise_at(s, s->adverts->last + ADVERT_MIN);
	return true;
}

static void server_release(struct leg_terminal *t)
{
	struct leg_server *s = leg_server_of(t);

	leg_server_end_adverts(s);
	leg_limit_stop(s->limit);
	aaa_cancel(s->ask);
	s->ask = NULL;
	leg_server_forget_eap(s);
	leg_server_leave_bundle(s, leg_terminal_ended(t), loop_now(t->gw->loop));
	leg_server_log_out(s, loop_now(t->gw->loop));
	leg_acct_end(s, loop_now(t->gw->loop));
	leg_server_lead(s, false, false);
	leg_server_lead(s, true, false);
	leg_server_give_addresses_back(s);
	leg_grant_drop(s);
	leg_server_wants_nothing(s);
	leg_limit_free(s->limit);
	s->limit = NULL;
	leg_server_forget_before(s);
	leg_login_drop_rare(s);
	leg_server_count(s, false);
}

/* --- proxy LCP and authentication --------------------------------------------------------------- */

/* What is taken over of a LAC (RFC 2661 4.4.5, 9.5), and whether the call depends on it. */
static const struct {
	bool lcp, authentication, must;
} leg_server_policies[] = {
	[CFG_PROXY_RENEGOTIATE] = {false, false, false},
	[CFG_PROXY_AUTHENTICATE] = {true, false, false},
	[CFG_PROXY_ACCEPT] = {true, true, false},
	[CFG_PROXY_REQUIRE] = {true, true, true},
};

/* NULL, or words saying why what the LAC says will not do. */
static const char *leg_server_take_over(struct leg_server *s, const struct l2tp_msg *iccn,
					uint64_t now)
{
	const struct cfg_service *cfg = s->service->cfg;
	struct proxy_avp_in in;
	const char *words = proxy_avp_read(&in, iccn);

	if (words)
		s->t.gw->ppp_count[PPP_R_PROXY]++;
	else if (!leg_server_policies[cfg->proxy].authentication)
		in.x.claim = NULL;
	else if (leg_server_policies[cfg->proxy].must && cfg->ppp.n_auth && !in.x.claim)
		words = "no proxy authentication";
	if (!words)
		words = ppp_open_proxied(s->t.ppp, &in.x, now);
	explicit_bzero(&in, sizeof(in));
	return words;
}

static bool leg_server_has_proxy(const struct l2tp_msg *iccn)
{
	return iccn && (l2tp_msg_find(iccn, L2TP_IETF, L2TP_AVP_LAST_TX_LCP_CONFREQ) ||
			l2tp_msg_find(iccn, L2TP_IETF, L2TP_AVP_LAST_RX_LCP_CONFREQ));
}

/* PPP begins with what the LAC has come to, or anew.  False: it must not begin anew. */
static bool leg_server_begin(struct leg_server *s, uint64_t now)
{
	const struct l2tp_msg *iccn = leg_call_iccn(join_other(&s->t.leg));
	const struct leg_entry *e = leg_server_entry(s);
	const char *words = leg_server_has_proxy(iccn) ? NULL : "no proxy LCP";
	unsigned policy = s->service->cfg->proxy;
	char name[GW_LEG_NAME], from[GW_LEG_NAME];

	if (leg_server_policies[policy].lcp && !words) {
		words = leg_server_take_over(s, iccn, now);
		if (!words)
			return true;
		gw_log_peer(about_leg(&s->t.leg), GW_LOG_PPP, LOGL_NOTICE, e->source, now,
			    "%s: proxy LCP not taken over%s: %s",
			    leg_entry_name(name, sizeof(name), e),
			    leg_entry_from(from, sizeof(from), e), words);
	}
	/* A line has no LAC that could have had LCP. */
	if (leg_server_policies[policy].must && e->c.tid) {
		struct leg_end why = leg_end(LEG_BY_MISMATCH, words);

		leg_terminal_lost(&s->t.leg, &why, now);
		return false;
	}
	ppp_open(s->t.ppp, now);
	return true;
}

/* False: it does not begin. */
static bool leg_server_open(struct leg_server *s, uint64_t now)
{
	if (!s->of_bundle)
		return leg_server_begin(s, now);
	ppp_open_bundle(s->t.ppp, leg_bundle_agreed(join_other(&s->t.leg)), now);
	return true;
}

static void server_start(struct leg *l, uint64_t now)
{
	struct leg_server *s = (struct leg_server *)l;
	const struct cfg_service *cfg = s->service->cfg;
	struct gw *gw = s->t.gw;

	leg_take_filters(join_other(l), LEG_FILTERS_SECTION, filters_of(gw, cfg->filter));
	leg_take_rates(join_other(l), LEG_RATES_SECTION, &cfg->rates);
	if (s->of_bundle) {
		leg_take_filters(join_other(l), LEG_FILTERS_USER, s->filters);
		leg_take_rates(join_other(l), LEG_RATES_USER, s->rates);
	}
	leg_entry_discard(join_other(l)->ops->entry(join_other(l)), cfg->discard);
	if (!leg_terminal_make(&s->t, &cfg->ppp, cfg->mtu)) {
		struct leg_end why = leg_end(LEG_BY_RESOURCES, "out of memory");

		leg_terminal_stop(l, &why, now);
	} else if (leg_server_open(s, now)) {
		leg_terminal_touch(&s->t);
	}
}

static void leg_server_free(struct leg *l)
{
	struct leg_server *s = (struct leg_server *)l;
	void *const rare[] = {s->own, s->rates, s->link};

	leg_terminal_free(l);
	for (size_t i = 0; i < sizeof(rare) / sizeof(*rare); i++)
		free(rare[i]);
}

static const struct leg_ops server_ops = {
	.kind = LEG_SERVER,
	.name = "server",
	.start = server_start,
	.stop = leg_terminal_stop,
	.lost = leg_terminal_lost,
	.frame = leg_terminal_frame,
	.mtu = leg_terminal_mtu,
	.save = leg_server_save,
	.resume = leg_server_go_on,
	.free = leg_server_free,
};
static const struct leg_role server_role = {
	.ops = &server_ops,
	.section = server_section,
	.auth = server_auth,
	.auth_ok = server_auth_ok,
	.ip4 = server_ip4,
	.ip6 = server_ip6,
	.may_have4 = leg_server_may_have4,
	.told = server_told,
	.ip6_packet = server_ip6_packet,
	.link = server_link,
	.leaves = server_leaves,
	.release = server_release,
};

struct leg *leg_server_new(struct gw *gw, struct gw_service *service)
{
	struct leg_server *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->t.leg.ops = &server_ops;
	s->t.role = &server_role;
	s->t.gw = gw;
	s->t.net.tun = service->tun;
	s->service = s->entered = service;
	leg_server_wants_nothing(s);
	leg_server_set_limits(s, CFG_OF_SERVICE, CFG_OF_SERVICE);
	leg_server_count(s, true);
	return &s->t.leg;
}

bool leg_server_give(struct leg *l, const struct leg_own *own)
{
	struct leg_server *s = (struct leg_server *)l;

	s->fixed4 = own->address4;
	return leg_server_keep_own(s, own);
}

const struct leg_limits *leg_server_limits(const struct leg *l)
{
	return l->ops == &server_ops ? &((const struct leg_server *)l)->limits : NULL;
}
