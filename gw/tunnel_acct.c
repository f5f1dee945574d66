/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/tunnel_acct.h"

#include "gw/aaa/aaa.h"
#include "gw/legs/legs.h"
#include "gw/lns.h"
#include "gw/port.h"
#include "gw/text.h"

#include <stdio.h>
#include <string.h>

/* Tunnels by their id, calls by both; a call's own id is never 0. */
static uint64_t tunnel_acct_tag(uint16_t tid, uint16_t sid)
{
	return (uint64_t)tid << 16 | sid;
}

static struct acct_session *tunnel_acct_find(struct gw *gw, uint16_t tid, uint16_t sid)
{
	return acct_session_tagged(gw->acct, tunnel_acct_tag(tid, sid));
}

static const struct cfg_radius *tunnel_acct_radius(const struct l2tp_tunnel_info *i)
{
	const struct cfg_peer *peer = i->peer;

	return peer ? peer->radius : NULL;
}

/* --- what is known ------------------------------------------------------------------------------ */

/* The peer's request for a call that has no leg: during its event. */
static const struct l2tp_msg *tunnel_acct_request;
/* Its join is being freed, the other leg is gone already: nothing but counters is asked for. */
static bool tunnel_acct_leaves;

struct tunnel_acct_text {
	struct l2tp_tunnel_info tunnel;
	char circuit[GW_TEXT_MAX], connection[16], multi[RADIUS_ACCT_ID];
	struct tunnel_ends ends;
	struct leg_origin from;
	struct origin_room said;
};

static void tunnel_acct_origin(const struct leg *l, struct acct_now *out,
			       struct tunnel_acct_text *text)
{
	const struct leg_origin *from = l ? leg_call_origin(l) : NULL;
	uint32_t serial = 0;

	if (!from && tunnel_acct_request) {
		text->from = (struct leg_origin){.number = 0};
		origin_read(&text->from, &text->said, tunnel_acct_request->avp,
			    tunnel_acct_request->n);
		l2tp_msg_u32(tunnel_acct_request, L2TP_IETF, L2TP_AVP_CALL_SERIAL_NUMBER, &serial);
		snprintf(text->connection, sizeof(text->connection), "%u", serial);
		from = &text->from;
	}
	if (!from)
		return;
	out->facts.called = from->called;
	out->facts.calling = from->calling;
	out->facts.access = from->access;
	out->facts.access_len = from->access_len;
}

static void tunnel_acct_calls(struct gw *gw, struct l2tp_call *call, struct acct_now *out,
			      struct tunnel_acct_text *text)
{
	struct leg *l = call ? leg_of_call(call) : NULL;
	uint16_t tid = text->tunnel.local_id;
	struct l2tp_call_info i;
	struct dp_call_stats n;

	tunnel_acct_origin(l, out, text);
	if (!call)
		return;
	l2tp_call_info(call, &i);
	out->facts.port = (uint32_t)tid << 16 | i.local_id;
	snprintf(text->connection, sizeof(text->connection), "%u", i.serial);
	if (l && i.state != L2TP_C_IDLE && !tunnel_acct_leaves)
		leg_acct_who(l, &out->facts);
	if (!dp_call_stats(gw->dp, tid, i.local_id, &n))
		return;
	out->counts = (struct radius_acct_counts){.in_octets = n.rx_octets,
						  .out_octets = n.tx_octets,
						  .in_packets = n.rx_frames,
						  .out_packets = n.tx_frames,
						  .lost = n.seq_lost};
}

/* Who of both is the LAC a call says; a tunnel is the one's who has opened it. */
static bool tunnel_acct_we_are_lns(const struct l2tp_tunnel_info *t, const struct l2tp_call *call)
{
	struct l2tp_call_info i;

	if (!call)
		return !t->initiator;
	l2tp_call_info(call, &i);
	return i.we_are_lns;
}

static void tunnel_acct_ask(void *ctx, uint64_t tag, struct acct_now *out)
{
	static struct tunnel_acct_text text;
	struct gw *gw = ctx;
	struct l2tp_tunnel *t = l2tp_tunnel_by_id(gw->engine, (uint16_t)(tag >> 16));
	const struct cfg_peer *peer;
	const char *ours;
	struct l2tp_call *call = t ? l2tp_call_by_id(t, (uint16_t)tag) : NULL;

	if (!t)
		return;
	l2tp_tunnel_info(t, &text.tunnel);
	out->facts.port_type = RADIUS_PORT_VIRTUAL;
	out->facts.port_id =
		port_channel_text(text.circuit, sizeof(text.circuit), gw, text.tunnel.channel);
	snprintf(text.connection, sizeof(text.connection), "%u", text.tunnel.local_id);
	radius_acct_id(text.multi, acct_session_id(tunnel_acct_find(gw, text.tunnel.local_id, 0)));
	out->facts.multi = text.multi;
	tunnel_acct_calls(gw, call, out, &text);
	port_tunnel_ends(gw, text.tunnel.channel, &text.ends);
	peer = text.tunnel.peer;
	ours = peer ? peer->policy.host_name : gw->cfg->host_name;
	out->facts.tunnel = (struct radius_acct_tunnel){.here = true,
							.medium = text.ends.medium,
							.client = text.ends.near,
							.server = text.ends.far,
							.client_name = ours,
							.server_name = text.tunnel.peer_host,
							.connection = text.connection,
							.assignment = lns_assignment(gw, peer)};
	if (!tunnel_acct_we_are_lns(&text.tunnel, call))
		return;
	out->facts.tunnel.client = text.ends.far;
	out->facts.tunnel.server = text.ends.near;
	out->facts.tunnel.client_name = text.tunnel.peer_host;
	out->facts.tunnel.server_name = ours;
}

/* --- when --------------------------------------------------------------------------------------- */

/* RFC 2866 5.10, of who has ended it. */
static const uint8_t tunnel_acct_causes[] = {
	[L2TP_BY_US] = RADIUS_CAUSE_ADMIN_RESET,
	[L2TP_BY_PEER] = RADIUS_CAUSE_USER_REQUEST,
	[L2TP_BY_TIMEOUT] = RADIUS_CAUSE_LOST_SERVICE,
	[L2TP_BY_CHANNEL] = RADIUS_CAUSE_LOST_CARRIER,
};

static enum radius_acct_cause tunnel_acct_cause(const struct l2tp_event *ev)
{
	if (!ev->call && ev->result.result == L2TP_STOP_SHUTTING_DOWN)
		return RADIUS_CAUSE_ADMIN_REBOOT;
	if (ev->call && ev->result.result == L2TP_CDN_LOST_CARRIER)
		return RADIUS_CAUSE_LOST_CARRIER;
	return (enum radius_acct_cause)tunnel_acct_causes[ev->by];
}

/* NULL = nobody is told. */
static struct acct_session *tunnel_acct_new(struct gw *gw, const struct l2tp_event *ev)
{
	struct l2tp_tunnel_info t;
	struct l2tp_call_info c;
	struct leg *l = ev->kind == L2TP_EV_CALL_REPLIED ? leg_of_call(ev->call) : NULL;
	struct rd user = l ? leg_acct_who_asked(l) : rd_init(NULL, 0);

	l2tp_tunnel_info(ev->tunnel, &t);
	if (!tunnel_acct_radius(&t))
		return NULL;
	if (!ev->call)
		return acct_session_new_of(gw->acct, tunnel_acct_radius(&t), ACCT_OF_TUNNEL,
					   tunnel_acct_tag(t.local_id, 0), user, tunnel_acct_ask,
					   gw);
	l2tp_call_info(ev->call, &c);
	return acct_session_new_of(gw->acct, tunnel_acct_radius(&t), ACCT_OF_LINK,
				   tunnel_acct_tag(t.local_id, c.local_id), user, tunnel_acct_ask,
				   gw);
}

static struct acct_session *tunnel_acct_of(struct gw *gw, const struct l2tp_event *ev)
{
	struct l2tp_tunnel_info t;
	struct l2tp_call_info c = {0};

	l2tp_tunnel_info(ev->tunnel, &t);
	if (ev->call)
		l2tp_call_info(ev->call, &c);
	return tunnel_acct_find(gw, t.local_id, c.local_id);
}

/* It may be refused before it has a leg. */
static void tunnel_acct_offered(struct gw *gw, const struct l2tp_event *ev)
{
	tunnel_acct_request = ev->msg;
	acct_session_learn(tunnel_acct_new(gw, ev));
	tunnel_acct_request = NULL;
}

/* The one whom our PPP has asked is known until its ICCN goes. */
static void tunnel_acct_replied(struct gw *gw, const struct l2tp_event *ev)
{
	acct_session_learn(tunnel_acct_new(gw, ev));
}

static void tunnel_acct_up(struct gw *gw, const struct l2tp_event *ev)
{
	struct acct_session *s = tunnel_acct_of(gw, ev);

	acct_session_start(s ? s : tunnel_acct_new(gw, ev), ev->now);
}

/* A call's octets are its tunnel's too. */
static void tunnel_acct_down(struct gw *gw, const struct l2tp_event *ev)
{
	struct acct_session *s = tunnel_acct_of(gw, ev);
	const struct l2tp_event tunnel = {.tunnel = ev->tunnel};

	s = s ? s : tunnel_acct_new(gw, ev);
	acct_session_reject(s, tunnel_acct_cause(ev), ev->now);
	acct_session_stop(s, tunnel_acct_cause(ev), ev->now);
	if (ev->call)
		acct_session_add(tunnel_acct_of(gw, &tunnel), s);
	acct_session_free(s);
}

void tunnel_acct_event(struct gw *gw, const struct l2tp_event *ev)
{
	static void (*const handler[])(struct gw * gw, const struct l2tp_event *ev) = {
		[L2TP_EV_TUNNEL_UP] = tunnel_acct_up,
		[L2TP_EV_TUNNEL_DOWN] = tunnel_acct_down,
		[L2TP_EV_CALL_OFFERED] = tunnel_acct_offered,
		[L2TP_EV_CALL_REPLIED] = tunnel_acct_replied,
		[L2TP_EV_CALL_UP] = tunnel_acct_up,
		[L2TP_EV_CALL_DOWN] = tunnel_acct_down,
	};

	if (ev->kind < sizeof(handler) / sizeof(handler[0]) && handler[ev->kind])
		handler[ev->kind](gw, ev);
}

/* Of no call that there is. */
#define TUNNEL_ACCT_NO_CALL (UINT64_C(1) << 48)

void tunnel_acct_refused(struct gw *gw, struct l2tp_tunnel *t, const struct l2tp_msg *msg,
			 uint64_t now)
{
	struct l2tp_tunnel_info i;
	struct acct_session *s;

	l2tp_tunnel_info(t, &i);
	if (!tunnel_acct_radius(&i))
		return;
	s = acct_session_new_of(gw->acct, tunnel_acct_radius(&i), ACCT_OF_LINK,
				TUNNEL_ACCT_NO_CALL | tunnel_acct_tag(i.local_id, 0),
				rd_init(NULL, 0), tunnel_acct_ask, gw);
	tunnel_acct_request = msg;
	acct_session_reject(s, RADIUS_CAUSE_SERVICE_UNAVAILABLE, now);
	tunnel_acct_request = NULL;
	acct_session_free(s);
}

void tunnel_acct_learn(struct gw *gw, uint16_t tid, uint16_t sid)
{
	acct_session_learn(tunnel_acct_find(gw, tid, sid));
}

void tunnel_acct_read(struct gw *gw, uint16_t tid, uint16_t sid)
{
	tunnel_acct_leaves = true;
	acct_session_read_now(tunnel_acct_find(gw, tid, sid));
	tunnel_acct_leaves = false;
}

static void tunnel_acct_resume_one(struct gw *gw, struct l2tp_tunnel *t)
{
	struct l2tp_tunnel_info i;
	struct l2tp_call *c = NULL;
	struct l2tp_call_info call;

	l2tp_tunnel_info(t, &i);
	acct_session_claim_tag(gw->acct, tunnel_acct_tag(i.local_id, 0), tunnel_acct_ask, gw);
	while ((c = l2tp_call_next(t, c))) {
		l2tp_call_info(c, &call);
		acct_session_claim_tag(gw->acct, tunnel_acct_tag(i.local_id, call.local_id),
				       tunnel_acct_ask, gw);
	}
}

void tunnel_acct_resume(struct gw *gw)
{
	struct l2tp_tunnel *t = NULL;

	while ((t = l2tp_tunnel_next(gw->engine, t)))
		tunnel_acct_resume_one(gw, t);
}
