/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three const tables: what the engine asks of us (l2tp_ops), what the data plane reports (dp_ops),
 * and what each engine event leads to.  Policy is taken from the configuration here and copied
 * where it goes; nothing else in this file remembers anything.
 *
 * `peer` is called from inside the engine: it looks, and calls nothing of the engine's back.
 */
#include "gw/bind.h"

#include "core/phb.h"
#include "gw/about.h"
#include "gw/client.h"
#include "gw/dialout.h"
#include "gw/drain.h"
#include "gw/event.h"
#include "gw/history.h"
#include "gw/keep.h"
#include "gw/kept.h"
#include "gw/legs/legs.h"
#include "gw/line.h"
#include "gw/log_id.h"
#include "gw/operator/operator.h"
#include "gw/outgoing.h"
#include "gw/peer.h"
#include "gw/port.h"
#include "gw/recent.h"
#include "gw/random.h"
#include "gw/resume.h"
#include "gw/service.h"
#include "gw/switch.h"
#include "gw/text.h"
#include "gw/trace.h"
#include "gw/trial.h"
#include "gw/tunnel_acct.h"
#include <stdio.h>
#include <string.h>

static bool bind_op_peer(void *ctx, l2tp_channel from, const uint8_t *host, size_t len,
			 struct l2tp_peer_answer *out)
{
	struct gw *gw = ctx;
	const struct cfg_peer *peer = peer_choose(gw, from, host, len);
	uint64_t source = peer_channel_source(gw, from);
	char where[GW_TEXT_MAX], who[GW_TEXT_MAX];

	if (!peer || gw->phase != GW_RUNNING) {
		gw_log_stranger(about_channel(gw, from), GW_LOG_TUNNEL, LOGL_NOTICE, source,
				loop_now(gw->loop), "no peer section for host name \"%s\" from %s",
				gw_word(who, sizeof(who), host, len),
				port_channel_text(where, sizeof(where), gw, from));
		history_add(gw->history, HISTORY_STRANGERS, loop_now(gw->loop), "tunnel", where,
			    who, "no peer section for this host name");
		return false;
	}
	peer_answer(out, peer, source);
	return true;
}

/* --- engine events ---------------------------------------------------------------------------- */

static const char *bind_peer_name(const struct l2tp_tunnel_info *i)
{
	const struct cfg_peer *p = i->peer;

	return p ? p->name : "?";
}

static void bind_each_leg(struct l2tp_tunnel *t, void (*action)(struct leg *l))
{
	for (struct l2tp_call *call = NULL; (call = l2tp_call_next(t, call));) {
		struct l2tp_call_info i;

		l2tp_call_info(call, &i);
		if (i.user)
			action(i.user);
	}
}

/* Nothing is known of it but its address? */
static bool bind_is_stranger(const struct l2tp_tunnel_info *i)
{
	const struct cfg_peer *p = i->peer;

	return p && p->anybody && !i->initiator;
}

/* A line about a tunnel that is or was up. */
#define BIND_LOG(about, category, level, gw, i, now, ...)                                  \
	do {                                                                               \
		uint64_t source_ = peer_channel_source(gw, (i)->channel);                  \
                                                                                           \
		if (bind_is_stranger(i))                                                   \
			gw_log_peer(about, category, level, source_, now, __VA_ARGS__);    \
		else                                                                       \
			gw_log_session(about, category, level, source_, now, __VA_ARGS__); \
	} while (0)

static void bind_on_tunnel_up(struct gw *gw, const struct l2tp_event *ev)
{
	struct l2tp_tunnel_info i;
	char where[GW_TEXT_MAX], host[GW_TEXT_MAX];

	l2tp_tunnel_info(ev->tunnel, &i);
	keep_tunnel_up(gw->keep, i.channel);
	l2tp_tunnel_set_user(ev->tunnel, gw->keep);
	bind_each_leg(ev->tunnel, leg_call_tunnel_up);
	EVENT(TUNNEL_UP, about_tunnel(gw, &i), NULL);
	BIND_LOG(about_event(LOG_ID_TUNNEL_UP, about_tunnel(gw, &i)), GW_LOG_TUNNEL, LOGL_NOTICE,
		 gw, &i, ev->now, "tunnel %u: up with %s (%s) on %s", i.local_id,
		 bind_peer_name(&i), gw_word(host, sizeof(host), i.peer_host, strlen(i.peer_host)),
		 port_channel_text(where, sizeof(where), gw, i.channel));
}

/* For `show history failures`. */
static void bind_tunnel_failed(struct gw *gw, const struct l2tp_event *ev,
			       const struct l2tp_tunnel_info *i, uint64_t source, const char *where,
			       const char *why)
{
	char what[GW_TEXT_MAX];

	snprintf(what, sizeof(what), "tunnel %u (%s)", i->local_id, bind_peer_name(i));
	history_add(gw->history, source, ev->now, what, where, NULL, why);
}

/* A line about a tunnel that never was up: who has not proved the secret is refused (the filter of
 * gw/fail2ban reads this line), others have not come to that point. */
static void bind_log_not_up(struct gw *gw, const struct l2tp_event *ev,
			    const struct l2tp_tunnel_info *i, const char *why)
{
	uint64_t source = peer_channel_source(gw, i->channel);
	char where[GW_TEXT_MAX], host[GW_TEXT_MAX];
	bool refused = ev->by == L2TP_BY_US && !i->initiator &&
		       ev->result.result == L2TP_STOP_NOT_AUTHORIZED;

	port_channel_text(where, sizeof(where), gw, i->channel);
	gw_word(host, sizeof(host), i->peer_host, strlen(i->peer_host));
	bind_tunnel_failed(gw, ev, i, refused || i->initiator ? source : HISTORY_STRANGERS, where,
			   why);
	if (refused)
		gw_log_peer(about_tunnel(gw, i), GW_LOG_TUNNEL, LOGL_NOTICE, source, ev->now,
			    "tunnel %u: refused from %s: peer %s, host name %s: %s", i->local_id,
			    where, bind_peer_name(i), host, why);
	else
		gw_log_stranger(about_tunnel(gw, i), GW_LOG_TUNNEL, LOGL_NOTICE, source, ev->now,
				"tunnel %u: not up with %s (%s) on %s: %s", i->local_id,
				bind_peer_name(i), host, where, why);
}

static void bind_on_tunnel_down(struct gw *gw, const struct l2tp_event *ev)
{
	char why[GW_TEXT_MAX], where[GW_TEXT_MAX];
	struct l2tp_tunnel_info i;

	l2tp_tunnel_info(ev->tunnel, &i);
	drain_tunnel_down(gw, i.local_id);
	gw_result_text(why, sizeof(why), &ev->result, true);
	trial_tunnel_down(gw, i.local_id, why, ev->now);
	if (i.user) { /* it was up, so keep counts it */
		uint64_t source = peer_channel_source(gw, i.channel);

		port_channel_text(where, sizeof(where), gw, i.channel);
		EVENT(TUNNEL_DOWN, about_tunnel(gw, &i), why);
		BIND_LOG(about_event(LOG_ID_TUNNEL_DOWN, about_tunnel(gw, &i)), GW_LOG_TUNNEL,
			 LOGL_NOTICE, gw, &i, ev->now, "tunnel %u: down with %s on %s: %s",
			 i.local_id, bind_peer_name(&i), where, why);
		if (ev->result.result != L2TP_STOP_GENERAL_CLEAR &&
		    ev->result.result != L2TP_STOP_SHUTTING_DOWN)
			bind_tunnel_failed(gw, ev, &i, source, where, why);
		keep_tunnel_down(gw->keep, i.channel, ev->now);
		return;
	}
	bind_log_not_up(gw, ev, &i, why);
	if (port_switched(gw, i.channel)) /* its switched call must be cleared */
		keep_unused(gw->keep, i.channel, ev->now);
}

static void bind_refuse(struct l2tp_call *c, enum l2tp_cdn_result result, const char *words,
			uint64_t now)
{
	struct l2tp_result r = {.result = (uint16_t)result};

	snprintf(r.text, sizeof(r.text), "%s", words);
	l2tp_call_hangup(c, &r, NULL, 0, now);
}

static void bind_on_offered(struct gw *gw, const struct l2tp_event *ev)
{
	const struct cfg_peer *peer;
	struct l2tp_tunnel_info t;
	struct gw_service *service;
	char where[GW_TEXT_MAX];
	struct l2tp_call_info c;
	const char *words;
	struct leg *in;
	struct join *j;

	l2tp_tunnel_info(ev->tunnel, &t);
	l2tp_call_info(ev->call, &c);
	peer = t.peer;
	words = drain_why_offered(gw, &t);
	if (words) {
		history_call(gw, ev->call, ev->now, words);
		bind_refuse(ev->call, L2TP_CDN_NO_FACILITIES_TEMP, words, ev->now);
		return;
	}
	if (gw->phase != GW_RUNNING) {
		bind_refuse(ev->call, L2TP_CDN_NO_FACILITIES_TEMP, "shutting down", ev->now);
		return;
	}
	if (peer && c.kind == L2TP_OUTGOING) {
		dialout_offered(gw, ev->call, peer, ev->msg, ev->now);
		return;
	}
	service = peer && peer->service ? service_of(gw, peer->service) : NULL;
	if (peer && !service && switch_offered(gw, ev->call, peer, ev->msg, ev->now))
		return;
	if (!service) {
		gw_log_peer(about_call(gw, &t, &c), GW_LOG_CALL, LOGL_NOTICE,
			    peer_channel_source(gw, t.channel), ev->now,
			    "call %u/%u: not taken from %s: peer %s has no service and no route",
			    t.local_id, c.local_id,
			    port_channel_text(where, sizeof(where), gw, t.channel),
			    bind_peer_name(&t));
		history_call(gw, ev->call, ev->now, "the peer has no service and no route");
		bind_refuse(ev->call, L2TP_CDN_NO_FACILITIES_PERM, "not offered here", ev->now);
		return;
	}
	in = leg_call_offered(gw, ev->call, peer);
	if (in) {
		leg_call_asks_phb(in, phb_find(ev->msg, L2TP_AVP_SESSION_DS));
		leg_call_line(in, ev->msg->avp, ev->msg->n);
	}
	j = join_new(gw->joins, in, leg_server_new(gw, service), NULL, NULL, ev->now);
	if (j) {
		join_start(j, ev->now);
		return;
	}
	history_call(gw, ev->call, ev->now, "out of memory");
	bind_refuse(ev->call, L2TP_CDN_NO_FACILITIES_TEMP, "out of memory", ev->now);
}

/* Whoever has asked for events (gw/event.h). */
static void bind_tell_call(struct gw *gw, const struct l2tp_event *ev,
			   const struct l2tp_tunnel_info *t, const struct l2tp_call_info *c)
{
	char why[GW_TEXT_MAX];

	if (ev->kind == L2TP_EV_CALL_UP)
		EVENT(CALL_UP, about_call(gw, t, c), NULL);
	else if (ev->kind == L2TP_EV_CALL_DOWN)
		EVENT(CALL_DOWN, about_call(gw, t, c),
		      gw_result_text(why, sizeof(why), &ev->result, false));
}

static void bind_on_call(struct gw *gw, const struct l2tp_event *ev)
{
	char why[GW_TEXT_MAX], where[GW_TEXT_MAX];
	struct l2tp_tunnel_info t;
	struct l2tp_call_info c;

	l2tp_call_info(ev->call, &c);
	l2tp_tunnel_info(ev->tunnel, &t);
	port_channel_text(where, sizeof(where), gw, t.channel);
	bind_tell_call(gw, ev, &t, &c);
	if (ev->kind == L2TP_EV_CALL_UP)
		BIND_LOG(about_call(gw, &t, &c), GW_LOG_CALL, LOGL_INFO, gw, &t, ev->now,
			 "call %u/%u: up with %s", t.local_id, c.local_id, where);
	else if (ev->kind == L2TP_EV_CALL_DOWN)
		BIND_LOG(about_call(gw, &t, &c), GW_LOG_CALL, LOGL_INFO, gw, &t, ev->now,
			 "call %u/%u: down with %s: %s", t.local_id, c.local_id, where,
			 gw_result_text(why, sizeof(why), &ev->result, false));
	if (!c.user)
		return;
	gw->cdn = ev->kind == L2TP_EV_CALL_DOWN ? ev->msg : NULL;
	leg_call_event(c.user, ev);
	gw->cdn = NULL;
}

static void bind_on_reauth(struct gw *gw, const struct l2tp_event *ev)
{
	struct l2tp_tunnel_info i;

	l2tp_tunnel_info(ev->tunnel, &i);
	GW_LOG(about_tunnel(gw, &i), TUNNEL, ev->ok ? LOGL_INFO : LOGL_ERROR,
	       "tunnel %u: peer %s %s\n", i.local_id, bind_peer_name(&i),
	       ev->ok ? "has authenticated again" : "failed to authenticate again");
}

static void bind_on_malformed(struct gw *gw, const struct l2tp_event *ev)
{
	struct l2tp_tunnel_info i;

	l2tp_tunnel_info(ev->tunnel, &i);
	gw_log_peer(about_tunnel(gw, &i), GW_LOG_TUNNEL, LOGL_NOTICE,
		    peer_channel_source(gw, i.channel), ev->now,
		    "tunnel %u: peer %s sends malformed attributes, which are ignored: %s",
		    i.local_id, bind_peer_name(&i), l2tp_reasons[ev->why].words);
}

static void bind_on_ping(struct gw *gw, const struct l2tp_event *ev)
{
	struct l2tp_tunnel_info i;

	l2tp_tunnel_info(ev->tunnel, &i);
	trial_pinged(gw, i.local_id, ev->now);
}

/* For the line behind the call: the other leg is told. */
static void bind_on_link_info(struct gw *gw, const struct l2tp_event *ev)
{
	bool sli = ev->kind == L2TP_EV_SLI;
	const struct l2tp_avp *a =
		l2tp_msg_find(ev->msg, L2TP_IETF, sli ? L2TP_AVP_ACCM : L2TP_AVP_CALL_ERRORS);
	struct l2tp_tunnel_info t;
	struct l2tp_call_info c;
	char text[GW_TEXT_MAX] = "";

	l2tp_tunnel_info(ev->tunnel, &t);
	l2tp_call_info(ev->call, &c);
	if (a)
		l2tp_avp_format(a, text, sizeof(text));
	gw_log_peer(about_call(gw, &t, &c), GW_LOG_CALL, LOGL_DEBUG,
		    peer_channel_source(gw, t.channel), ev->now, "call %u/%u: %s received: %s",
		    t.local_id, c.local_id, sli ? "SLI" : "WEN", text);
	if (c.user)
		leg_call_event(c.user, ev);
}

static void bind_op_event(void *ctx, const struct l2tp_event *ev)
{
	static void (*const handler[])(struct gw * gw, const struct l2tp_event *ev) = {
		[L2TP_EV_TUNNEL_UP] = bind_on_tunnel_up,
		[L2TP_EV_TUNNEL_DOWN] = bind_on_tunnel_down,
		[L2TP_EV_CALL_OFFERED] = bind_on_offered,
		[L2TP_EV_CALL_REPLIED] = bind_on_call,
		[L2TP_EV_CALL_UP] = bind_on_call,
		[L2TP_EV_CALL_DOWN] = bind_on_call,
		[L2TP_EV_SLI] = bind_on_link_info,
		[L2TP_EV_WEN] = bind_on_link_info,
		[L2TP_EV_REAUTH] = bind_on_reauth,
		[L2TP_EV_MALFORMED] = bind_on_malformed,
		[L2TP_EV_PING] = bind_on_ping,
	};

	tunnel_acct_event(ctx, ev);
	handler[ev->kind](ctx, ev);
}

static void bind_op_refused(void *ctx, struct l2tp_tunnel *t, const struct l2tp_msg *msg,
			    uint64_t now)
{
	tunnel_acct_refused(ctx, t, msg, now);
}

static enum l2tp_tx bind_op_tx(void *ctx, l2tp_channel to, const uint8_t *pkt, size_t len,
			       uint64_t cookie, uint8_t dscp)
{
	const struct gw *gw = ctx;

	recent_add(true, to, pkt, len, loop_now(gw->loop));
	if (trace_on())
		trace_l2tp(ctx, to, true, pkt, len);
	return dp_send(gw->dp, to, pkt, len, cookie, dscp);
}

static void bind_op_random(void *ctx, void *buf, size_t len)
{
	(void)ctx;
	gw_random(buf, len);
}

static uint64_t bind_op_heard(void *ctx, uint16_t local_id)
{
	return dp_tunnel_heard(((struct gw *)ctx)->dp, local_id);
}

const struct l2tp_ops bind_engine_ops = {
	.tx = bind_op_tx,
	.event = bind_op_event,
	.refused = bind_op_refused,
	.peer = bind_op_peer,
	.random = bind_op_random,
	.heard = bind_op_heard,
	.keep = resume_keep,
};

/* --- data plane reports ----------------------------------------------------------------------- */

static void bind_dp_control(void *ctx, l2tp_channel from, const uint8_t *pkt, size_t len,
			    uint64_t now)
{
	recent_add(false, from, pkt, len, now);
	if (trace_on())
		trace_l2tp(ctx, from, false, pkt, len);
	l2tp_engine_rx(((struct gw *)ctx)->engine, from, pkt, len, now);
}

static void bind_dp_ppp(void *ctx, uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len,
			uint64_t now)
{
	struct gw *gw = ctx;
	struct l2tp_tunnel *t = tid ? l2tp_tunnel_by_id(gw->engine, tid) : NULL;
	struct l2tp_call *c = t ? l2tp_call_by_id(t, sid) : NULL;
	struct l2tp_call_info i = {0};

	if (c)
		l2tp_call_info(c, &i);
	if (!tid)
		line_punted(gw, sid, frame, len, now);
	else if (i.user)
		leg_call_rx(i.user, frame, len, now);
	else
		gw->joins->drop[JOIN_D_NO_CALL]++;
}

/* RFC 2661 5.4 leaves the peer no choice, and the call seems dead to its user. */
static void bind_dp_unsequenced(void *ctx, uint16_t tid, uint16_t sid, uint64_t now)
{
	struct gw *gw = ctx;
	struct l2tp_tunnel *t = l2tp_tunnel_by_id(gw->engine, tid);
	struct l2tp_tunnel_info i;

	if (!t)
		return;
	l2tp_tunnel_info(t, &i);
	gw_log_peer(about_tunnel(gw, &i), GW_LOG_CALL, LOGL_NOTICE, tid, now,
		    "call %u/%u: peer %s sends data without sequence numbers, which are required: "
		    "dropped",
		    tid, sid, bind_peer_name(&i));
}

static void bind_dp_absent(void *ctx, const uint8_t *pkt, size_t len, uint64_t now)
{
	outgoing_absent(ctx, pkt, len, now);
}

static void bind_dp_line(void *ctx, l2tp_channel from, const uint8_t *frame, size_t len,
			 uint64_t now)
{
	line_unclaimed(ctx, from, frame, len, now);
}

/* Does the configuration have a circuit or accept section for it, which carries that? */
static bool bind_lets_in(const struct gw_port *p, const struct ist_attrs *a)
{
	const struct cfg_circuit *c = port_circuit(p, &a->peer);
	const struct cfg_accept *acc = c ? NULL : port_accept(p, &a->peer);

	return (c ? c->config.payloads : acc ? acc->payloads : 0) & 1u << a->payload;
}

static void bind_dp_offer(void *ctx, l2tp_channel c, const struct ist_attrs *a, uint64_t now)
{
	static const struct ist_cause no = {.kind = IST_CAUSE_REFUSED, .words = "not configured"};
	struct gw *gw = ctx;
	const struct gw_port *p = port_by_number(gw, dp_channel_port(c));
	struct leg_end why = leg_end(LEG_BY_RESOURCES, no.words);
	char text[128] = "?";

	if (p && gw->phase == GW_RUNNING && a->payload == IST_PAYLOAD_L2TP && bind_lets_in(p, a)) {
		dp_answer(gw->dp, c);
		keep_unused(gw->keep, c, now);
		return;
	}
	if (a->payload == IST_PAYLOAD_PPP && line_offered(gw, c, a, now))
		return;
	if (p) {
		p->cfg->transport->addr_format(&a->peer, text, sizeof(text));
		gw_log_peer(about_channel(gw, c), GW_LOG_PORT, LOGL_NOTICE,
			    peer_source(p->cfg->transport, &a->peer), now,
			    "port %s: circuit from %s refused: %s", p->cfg->config.name, text,
			    no.words);
		history_not_begun(gw, HISTORY_STRANGERS, now, "circuit on", p->cfg->config.name,
				  text, &why);
	}
	dp_refuse(gw->dp, c, &no);
}

static void bind_mark_circuit(struct gw_port *p, l2tp_channel c, bool up)
{
	struct ist_addr a;

	if (dp_channel_peer(p->gw->dp, c, &a))
		port_circuit_set(p, &a, up);
}

static void bind_dp_up(void *ctx, l2tp_channel c, const struct ist_attrs *a, uint64_t now)
{
	struct gw *gw = ctx;
	struct gw_port *p = port_by_number(gw, dp_channel_port(c));
	char where[GW_TEXT_MAX];

	if (p) {
		p->wait = PORT_WAIT_FIRST;
		bind_mark_circuit(p, c, true);
	}
	EVENT(CIRCUIT_UP, about_channel(gw, c), NULL);
	if (a && a->payload == IST_PAYLOAD_PPP)
		line_up(gw, c, a, now);
	else
		l2tp_engine_channel(gw->engine, c, true, now);
	/* Strangers can make any number of channels that are not permanent; no client waits for
	 * one. */
	if (!a || !a->permanent)
		return;
	gw_log_session(about_channel(gw, c), GW_LOG_PORT, LOGL_NOTICE, c, now, "channel %s: up",
		       port_channel_text(where, sizeof(where), gw, c));
	clients_channel_up(gw, now);
}

void bind_channel_lost(struct gw *gw, l2tp_channel c, const struct ist_cause *why, uint64_t now)
{
	gw->lost_why = why ? why->words : NULL;
	l2tp_engine_channel_lost(gw->engine, c, now);
	gw->lost_why = NULL;
	keep_lost(gw->keep, c);
}

static void bind_dp_down(void *ctx, l2tp_channel c, const struct ist_cause *why, bool forever,
			 uint64_t now)
{
	struct gw *gw = ctx;
	struct gw_port *p = port_by_number(gw, dp_channel_port(c));
	char where[GW_TEXT_MAX];

	if (p)
		bind_mark_circuit(p, c, false);
	EVENT(CIRCUIT_DOWN, about_channel(gw, c), why ? why->words : NULL);
	/* A stranger's channel is given to others as often as strangers come. */
	gw_log_peer(about_channel(gw, c), GW_LOG_PORT, forever ? LOGL_DEBUG : LOGL_NOTICE, c, now,
		    "channel %s: down%s%s", port_channel_text(where, sizeof(where), gw, c),
		    why && why->words ? ": " : "", why && why->words ? why->words : "");
	line_down(gw, c, why, forever, now);
	if (forever)
		bind_channel_lost(gw, c, why, now);
	else
		l2tp_engine_channel(gw->engine, c, false, now);
}

void bind_channel_mtu(struct gw *gw, l2tp_channel c)
{
	struct l2tp_tunnel *t = NULL;

	line_mtu_changed(gw, c);
	while ((t = l2tp_tunnel_on(gw->engine, c, t)))
		bind_each_leg(t, leg_call_mtu_changed);
}

static void bind_dp_mtu(void *ctx, l2tp_channel c, uint32_t mtu, uint64_t now)
{
	struct gw *gw = ctx;
	char where[GW_TEXT_MAX];

	gw_log_peer(about_channel(gw, c), GW_LOG_PORT, LOGL_NOTICE, c, now,
		    "channel %s: frames of %u octets now",
		    port_channel_text(where, sizeof(where), gw, c), mtu);
	bind_channel_mtu(gw, c);
}

static void bind_dp_port_failed(void *ctx, unsigned port, int err, const char *words, uint64_t now)
{
	lines_lose_port(ctx, port, now);
	port_failed(ctx, port, err, words, now);
}

static void bind_dp_sent(void *ctx, uint64_t cookie, uint64_t now)
{
	l2tp_engine_sent(((struct gw *)ctx)->engine, cookie, now);
}

static void bind_dp_log(void *ctx, unsigned port, int level, const char *text)
{
	static const int levels[] = {LOGL_FATAL, LOGL_FATAL,  LOGL_FATAL, LOGL_ERROR,
				     LOGL_ERROR, LOGL_NOTICE, LOGL_INFO,  LOGL_DEBUG};
	struct gw *gw = ctx;
	const struct gw_port *p = port_by_number(gw, port);

	gw_log_peer(LOG_ABOUT(.port = p ? p->cfg->config.name : NULL), GW_LOG_TRANSPORT,
		    levels[level < 0 || level > 7 ? 7 : level], port, loop_now(gw->loop),
		    "port %s: %s", p ? p->cfg->config.name : "?", text);
}

static void bind_dp_copy(void *ctx, uint16_t tid, uint16_t sid, bool outbound, const uint8_t *frame,
			 size_t len)
{
	const struct leg *l = leg_by_key(ctx, (uint32_t)tid << 16 | sid);

	if (l && trace_on())
		trace_copied(l, outbound, frame, len);
}

static void bind_dp_tap(void *ctx, unsigned port, bool outbound, uint16_t link_type,
			const uint8_t *frame, size_t len, uint64_t when)
{
	if (trace_on())
		trace_frame(ctx, port, outbound, link_type, frame, len);
	capture_tap(ctx, port, outbound, link_type, frame, len, when);
}

static void bind_dp_leaving(void *ctx)
{
	resume_write(((struct gw *)ctx)->resume);
}

const struct dp_ops bind_dp_ops = {
	.control = bind_dp_control,
	.ppp = bind_dp_ppp,
	.unsequenced = bind_dp_unsequenced,
	.line = bind_dp_line,
	.absent = bind_dp_absent,
	.offer = bind_dp_offer,
	.up = bind_dp_up,
	.down = bind_dp_down,
	.mtu = bind_dp_mtu,
	.port_failed = bind_dp_port_failed,
	.sent = bind_dp_sent,
	.log = bind_dp_log,
	.copy = bind_dp_copy,
	.tap = bind_dp_tap,
	.gone = kept_data_gone,
	.leaving = bind_dp_leaving,
};
