/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entry in the data plane exists before our session id is on the wire, since data may overtake
 * the message that completes the call: until the call is up its frames are punted, and the join
 * keeps the first few.
 */
#include "core/phb.h"
#include "gw/gw.h"
#include "gw/legs/call_end.h"
#include "gw/legs/leg_call.h"
#include "gw/legs/legs.h"
#include "gw/legs/proxy_avp.h"
#include "gw/legs/relay.h"
#include "gw/tunnel_acct.h"
#include <stdio.h>
#include <stdlib.h>

/* False without memory. */
static bool leg_call_has_more(struct leg_call *c)
{
	if (!c->more)
		c->more = calloc(1, sizeof(*c->more));
	return c->more;
}

static void leg_call_entry_init(struct leg_call *c, struct gw *gw)
{
	const struct cfg_peer *peer = c->peer;
	struct l2tp_tunnel_info t;
	struct l2tp_call_info i;
	struct dp_call entry;

	l2tp_call_info(c->call, &i);
	l2tp_tunnel_info(i.tunnel, &t);
	entry = (struct dp_call){
		.tid = t.local_id,
		.sid = i.local_id,
		.channel = t.channel,
		.mode = DP_PUNT,
		.ff03 = true,
		.no_address = peer->ff03 == CFG_FF03_NO,
		.dscp = peer->dscp == CFG_DSCP_COPY   ? DP_DSCP_COPY
			: peer->dscp == CFG_DSCP_PEER ? 0
						      : peer->dscp,
		.discard = peer->discard,
		.data = {.peer_tid = t.peer_id,
			 .peer_sid = i.peer_id,
			 .lns = i.we_are_lns,
			 .send_seq = i.we_are_lns && peer->sequencing,
			 .required = !i.we_are_lns && peer->sequencing_required,
			 .send_length = peer->length_bit,
			 .reorder = peer->reorder,
			 .reorder_timeout = peer->reorder_timeout},
	};
	leg_entry_init(&c->entry, gw, &entry);
	c->entry.ff03 = peer->ff03;
}

/* What the engine has learnt since: the peer's ids, the channel a reply came from, and whether ICCN
 * demanded sequencing.  False = nothing that the data plane does not know. */
static bool leg_call_entry_update(struct leg_call *c)
{
	const struct dp_call was = c->entry.c;
	struct l2tp_tunnel_info t;
	struct l2tp_call_info i;

	l2tp_call_info(c->call, &i);
	l2tp_tunnel_info(i.tunnel, &t);
	c->entry.c.channel = t.channel;
	c->entry.c.data.peer_tid = t.peer_id;
	c->entry.c.data.peer_sid = i.peer_id;
	if (i.sequencing_required)
		c->entry.c.data.required = true;
	if (c->entry.c.data.lns && c->entry.c.data.required)
		c->entry.c.data.send_seq = true;
	return !c->entry.in_table || memcmp(&was, &c->entry.c, sizeof(was));
}

void leg_call_tunnel_up(struct leg *l)
{
	struct leg_call *c = leg_call_of(l);
	struct l2tp_tunnel_info t;
	struct l2tp_call_info i;

	l2tp_call_info(c->call, &i);
	l2tp_tunnel_info(i.tunnel, &t);
	if (t.local_id != c->entry.c.tid)
		leg_entry_move(&c->entry, t.local_id);
}

/* Remove the call from the data plane and the engine, which call us no more after this. */
static void leg_call_detach(struct leg_call *c)
{
	if (c->call)
		tunnel_acct_read(c->entry.gw, c->entry.c.tid, c->entry.c.sid);
	leg_entry_del(&c->entry);
	if (c->call)
		l2tp_call_set_user(c->call, NULL);
	c->call = NULL;
}

/* --- ending ----------------------------------------------------------------------------------- */

/* For what is passed on of the other call of a switch. */
static struct relay_to leg_call_relay_to(const struct leg_call *c)
{
	return (struct relay_to){.peer = c->peer,
				 .tid = c->entry.c.tid,
				 .sid = c->entry.c.sid,
				 .gw = c->entry.gw,
				 .channel = c->entry.c.channel,
				 .source = c->entry.source};
}

/* The CDN of the other call of a switch goes on whole: causes may be several (RFC 3145 3.4). */
static void leg_call_hang_up(const struct leg_call *c, struct l2tp_call *call,
			     const struct leg_end *why, uint64_t now)
{
	const struct l2tp_msg *cdn = c->other && why->has_cdn ? c->entry.gw->cdn : NULL;
	struct l2tp_result r = call_end_result(why);
	uint8_t value[CALL_END_CAUSE];
	struct l2tp_avp avp[L2TP_MSG_AVPS];
	struct relay_to to = leg_call_relay_to(c);
	unsigned n = relay_pick(cdn, &to, avp, now);

	if (!cdn && why->has_ppp)
		avp[n++] = call_end_cause(value, why);
	l2tp_call_hangup(call, &r, avp, n, now);
}

static void call_stop(struct leg *l, const struct leg_end *why, uint64_t now)
{
	struct leg_call *c = leg_call_of(l);
	struct l2tp_call *call = c->call;

	leg_call_detach(c);
	if (call)
		leg_call_hang_up(c, call, why, now);
	join_leg_gone(l, why, now);
}

static void leg_call_free(struct leg *l)
{
	struct leg_call *c = leg_call_of(l);

	leg_call_detach(c);
	leg_entry_free(&c->entry);
	origin_drop(c->from);
	free(c->more);
	free(c);
}

/* --- starting --------------------------------------------------------------------------------- */

/* --- the per-hop behavior of a call: RFC 3308 section 4 --- */

/* One that is ours to ask for. */
static bool leg_call_has_phb(const struct leg_call *c)
{
	return c->peer->dscp && c->peer->dscp < CFG_DSCP_COPY;
}

void leg_call_asks_phb(struct leg *l, int asked)
{
	struct leg_call *c = leg_call_of(l);

	c->asked = (int16_t)asked;
	if (c->peer->dscp == CFG_DSCP_PEER && c->asked >= 0)
		c->entry.c.dscp = (uint8_t)c->asked;
}

/* The answer to a request for a behavior is what we will use; one without it says that we do not
 * know of them.  reply: that of the other call of a switch; or NULL. */
static void leg_call_answer(struct leg_call *c, const struct l2tp_msg *reply, uint64_t now)
{
	bool agreed = c->asked != PHB_NONE &&
		      (leg_call_has_phb(c) || (c->peer->dscp == CFG_DSCP_PEER && c->asked >= 0));
	uint8_t phb[2];
	struct l2tp_avp avp[L2TP_MSG_AVPS + 1];
	struct relay_to to = leg_call_relay_to(c);
	unsigned n = relay_pick(reply, &to, avp, now);

	if (agreed)
		avp[n++] = phb_avp(L2TP_AVP_SESSION_DS, c->entry.c.dscp, phb);
	l2tp_call_answer(c->call, avp, n, now);
}

/* What the answer to ours says.  A peer without an answer leaves us our own; what we have no
 * codepoint for we cannot use. */
static bool leg_call_takes_phb(struct leg_call *c, const struct l2tp_msg *icrp)
{
	int dscp = leg_call_has_phb(c) ? phb_find(icrp, L2TP_AVP_SESSION_DS) : PHB_NONE;

	if (dscp >= 0)
		c->entry.c.dscp = (uint8_t)dscp;
	return dscp != PHB_UNKNOWN;
}

static void leg_call_place(struct leg_call *c, const struct l2tp_avps *icrq, uint64_t now)
{
	struct relay_to to = leg_call_relay_to(c);
	struct origin_avps out = {.n = 0};
	uint8_t value[2];
	struct l2tp_avp phb = phb_avp(L2TP_AVP_SESSION_DS, c->peer->dscp, value);

	if (icrq)
		out.n = relay_copied(icrq, &to, out.avp, now);
	else if (c->has_origin)
		origin_icrq(&out, c->from);
	if (leg_call_has_phb(c))
		origin_relay(&out, &phb, 1);
	origin_add(&out, c->peer);
	l2tp_call_place(c->call, c->out ? L2TP_OUTGOING : L2TP_INCOMING, out.avp, out.n, now);
}

static void leg_call_fail(struct leg_call *c, uint64_t now)
{
	struct leg_end why = leg_end(LEG_BY_RESOURCES, "no room for the call");

	call_stop(&c->leg, &why, now);
}

/* RFC 3308 section 4: the CDN has Result Code 12. */
static void leg_call_refuse_phb(struct leg_call *c, uint64_t now)
{
	struct leg_end why =
		leg_end_cdn("the peer's per-hop behavior is unknown here", L2TP_CDN_SESSION_DS);

	call_stop(&c->leg, &why, now);
}

/* A call whose ICCN is here sends frames already: the join keeps the first few. */
static void leg_call_place_switched(struct leg_call *c, uint64_t now)
{
	if (c->other->connected && leg_entry_set(&c->other->entry) < 0)
		leg_call_fail(c, now);
	else
		leg_call_place(c, c->more ? c->more->icrq : NULL, now);
}

static void leg_call_connect(struct leg_call *c, const struct l2tp_msg *iccn, uint64_t now);

/* --- outgoing calls --------------------------------------------------------------------------- */

/* RFC 2661 6.9: what is not given is left to the engine. */
static void leg_call_ask(struct leg_call *c, uint64_t now)
{
	struct origin_avps out = {.n = 0};
	uint8_t value[2];
	struct l2tp_avp phb = phb_avp(L2TP_AVP_SESSION_DS, c->peer->dscp, value);

	origin_ocrq(&out, &c->more->ask);
	if (leg_call_has_phb(c))
		origin_relay(&out, &phb, 1);
	origin_add(&out, c->peer);
	l2tp_call_place(c->call, L2TP_OUTGOING, out.avp, out.n, now);
}

/* What the line does not know of whom it has called the request has said. */
static void leg_call_asked_for(struct leg_call *c)
{
	struct leg_origin from = *c->from;

	if (from.called)
		return;
	from.called = c->more->ask.called;
	from.sub_address = c->more->ask.sub_address;
	c->from = origin_keep(c->from, &from);
}

static void leg_call_learn(struct leg_call *c, const struct l2tp_avp *avp, unsigned n)
{
	struct leg_origin from = *c->from;
	struct origin_room room;

	origin_read(&from, &room, avp, n);
	c->from = origin_keep(c->from, &from);
}

/* The line is up: OCCN. */
static void leg_call_line_up(struct leg_call *c, uint64_t now)
{
	const struct leg_origin *line = leg_line_origin(join_other(&c->leg));
	const char *wrong = leg_out_wrong(&c->more->ask, line);
	struct leg_end why;

	if (wrong) {
		why = leg_end_cdn(wrong, L2TP_CDN_NO_FACILITIES_PERM);
		call_stop(&c->leg, &why, now);
		return;
	}
	c->has_origin = true;
	c->from = origin_keep(c->from, line);
	leg_call_asked_for(c);
	leg_call_entry_update(c);
	if (leg_entry_set(&c->entry) < 0)
		leg_call_fail(c, now);
	else
		leg_call_connect(c, NULL, now);
}

static void leg_call_out_start(struct leg_call *c, uint64_t now)
{
	if (!c->placed)
		leg_call_line_up(c, now);
	else if (leg_entry_set(&c->entry) < 0)
		leg_call_fail(c, now);
	else
		leg_call_ask(c, now);
}

/* --- any call --------------------------------------------------------------------------------- */

static void call_start(struct leg *l, uint64_t now)
{
	struct leg_call *c = leg_call_of(l);

	if (c->connected)
		join_leg_up(l, now);
	else if (c->out && !c->other)
		leg_call_out_start(c, now);
	else if (leg_entry_set(&c->entry) < 0)
		leg_call_fail(c, now);
	else if (c->placed && c->other)
		leg_call_place_switched(c, now);
	else if (c->placed)
		leg_call_place(c, NULL, now);
	else
		leg_call_answer(c, NULL, now);
}

/* RFC 2661 4.4.4: speeds as the LAC sees them, transmitting to the remote system.  The remote
 * system of a call we place is what is behind the line, or our own PPP: then the line is the
 * circuit under the tunnel, seen from its other end. */
static void leg_call_speeds(const struct leg_call *c, struct origin_avps *out)
{
	struct dp_speed circuit = dp_channel_speed(c->entry.gw->dp, c->entry.c.channel);

	if (c->has_origin)
		origin_speeds(out, c->from->speed.tx_bps, c->from->speed.rx_bps);
	else
		origin_speeds(out, circuit.rx_bps, circuit.tx_bps);
}

/* What our PPP on the line has come to (RFC 2661 4.4.5). */
static void leg_call_proxy(const struct leg_call *c, struct proxy_avp_out *proxy)
{
	struct ppp_proxy x;

	proxy->n = 0;
	if (c->from->proxy && leg_proxy_state(c->from->proxy, &x))
		proxy_avp_write(proxy, &x);
}

/* ICCN of a call that is placed: what is known of the line, or what the ICCN of the call that is
 * switched says (RELAY rows of core/avp_table.c).  Sequencing Required is ours to say on either
 * side. */
static void leg_call_connect(struct leg_call *c, const struct l2tp_msg *iccn, uint64_t now)
{
	struct relay_to to = leg_call_relay_to(c);
	struct origin_avps out = {.n = 0};
	struct proxy_avp_out proxy;

	if (iccn) {
		out.n = relay_pick(iccn, &to, out.avp, now);
	} else if (c->more && c->more->iccn) {
		out.n = relay_copied(c->more->iccn, &to, out.avp, now);
	} else {
		leg_call_speeds(c, &out);
		if (c->has_origin)
			origin_iccn(&out, c->from);
		leg_call_proxy(c, &proxy);
		origin_relay(&out, proxy.avp, proxy.n);
	}
	origin_add(&out, c->peer);
	if (c->peer->sequencing_required && out.n < ORIGIN_AVPS)
		out.avp[out.n++] =
			(struct l2tp_avp){.type = L2TP_AVP_SEQUENCING_REQUIRED, .mandatory = true};
	l2tp_call_connected(c->call, out.avp, out.n, now);
}

static void leg_call_on_replied(struct leg_call *c, const struct l2tp_event *ev)
{
	leg_call_entry_update(c);
	if (!leg_call_takes_phb(c, ev->msg)) {
		leg_call_refuse_phb(c, ev->now);
	} else if (leg_entry_set(&c->entry) < 0) {
		leg_call_fail(c, ev->now);
	} else if (c->out && !c->other) {
		return; /* the LAC says OCCN when the line is up */
	} else if (!c->other || c->other->connected) {
		leg_call_connect(c, NULL, ev->now);
	} else if (leg_entry_set(&c->other->entry) < 0) {
		leg_call_fail(c, ev->now);
	} else {
		leg_call_answer(c->other, ev->msg, ev->now);
	}
}

static void leg_call_up_saying(struct leg_call *c, const struct l2tp_msg *iccn, uint64_t now)
{
	struct gw *gw = c->entry.gw;

	gw->iccn = iccn;
	gw->iccn_of = &c->leg;
	join_leg_up(&c->leg, now);
	gw->iccn = NULL;
	gw->iccn_of = NULL;
}

static void leg_call_on_up(struct leg_call *c, const struct l2tp_event *ev)
{
	uint32_t framing = 0;

	if (ev->msg) {
		l2tp_msg_u32(ev->msg, L2TP_IETF, L2TP_AVP_FRAMING_TYPE, &framing);
		leg_call_learn(c, ev->msg->avp, ev->msg->n);
		if (c->other)
			leg_call_learn(c->other, ev->msg->avp, ev->msg->n);
	}
	c->async = framing & L2TP_FRAMING_ASYNC;
	if (leg_call_entry_update(c) && leg_entry_set(&c->entry) < 0) {
		leg_call_fail(c, ev->now);
	} else if (c->other && ev->msg) {
		/* ICCN or OCCN goes on in the other call; that it has left is said next. */
		c->connected = true;
		leg_call_connect(c->other, ev->msg, ev->now);
	} else if (c->other && c->out) {
		c->connected = true;
		join_leg_up(&c->other->leg, ev->now);
	} else {
		leg_call_up_saying(c, c->placed ? NULL : ev->msg, ev->now);
	}
}

static void leg_call_on_down(struct leg_call *c, const struct l2tp_event *ev)
{
	struct leg_end why = call_end_why(ev, c->entry.gw->lost_why);

	leg_call_detach(c);
	join_leg_gone(&c->leg, &why, ev->now);
}

/* What came hidden goes on hidden. */
static void leg_call_hide_info(struct leg_call *c, const struct l2tp_avp *a)
{
	if (a && a->hidden && c->other && c->other->call)
		l2tp_call_hide_info(c->other->call);
}

/* RFC 2661 4.4.6: two reserved octets, send and receive ACCM. */
static void leg_call_on_sli(struct leg_call *c, const struct l2tp_event *ev)
{
	const struct l2tp_avp *a = l2tp_msg_find(ev->msg, L2TP_IETF, L2TP_AVP_ACCM);
	struct rd r = rd_init(a ? a->val : NULL, a ? a->len : 0);
	uint32_t send, receive;

	leg_call_hide_info(c, a);
	rd_u16(&r);
	send = rd_u32(&r);
	receive = rd_u32(&r);
	if (a && !r.bad && c->leg.join)
		join_accm(&c->leg, send, receive, ev->now);
}

static void leg_call_on_wen(struct leg_call *c, const struct l2tp_event *ev)
{
	const struct l2tp_avp *a = l2tp_msg_find(ev->msg, L2TP_IETF, L2TP_AVP_CALL_ERRORS);
	struct rd r = rd_init(a ? a->val : NULL, a ? a->len : 0);
	uint32_t errors[IST_ERRORS];

	leg_call_hide_info(c, a);
	rd_u16(&r);
	for (unsigned i = 0; i < IST_ERRORS; i++)
		errors[i] = rd_u32(&r);
	if (!a || r.bad)
		return;
	if (leg_call_has_more(c)) {
		c->more->has_wen = true;
		memcpy(c->more->wen, errors, sizeof(errors));
	}
	if (c->leg.join)
		join_errors(&c->leg, errors, ev->now);
}

static void leg_call_tell_waiter(struct leg_call *c, const struct l2tp_event *ev)
{
	if (ev->kind == L2TP_EV_CALL_UP)
		c->waiter->up(c->waiter_ctx, ev->msg, ev->now);
	else if (ev->kind == L2TP_EV_CALL_DOWN)
		c->waiter->down(c->waiter_ctx, ev->now);
}

void leg_call_event(struct leg *l, const struct l2tp_event *ev)
{
	static void (*const handler[])(struct leg_call * c, const struct l2tp_event *ev) = {
		[L2TP_EV_CALL_REPLIED] = leg_call_on_replied,
		[L2TP_EV_CALL_UP] = leg_call_on_up,
		[L2TP_EV_CALL_DOWN] = leg_call_on_down,
		[L2TP_EV_SLI] = leg_call_on_sli,
		[L2TP_EV_WEN] = leg_call_on_wen,
	};

	if (leg_call_of(l)->waiter)
		leg_call_tell_waiter(leg_call_of(l), ev);
	else if (ev->kind < sizeof(handler) / sizeof(handler[0]) && handler[ev->kind])
		handler[ev->kind](leg_call_of(l), ev);
}

/* --- frames ----------------------------------------------------------------------------------- */

void leg_call_rx(struct leg *l, const uint8_t *frame, size_t len, uint64_t now)
{
	bool early = l->state == LEG_STARTING || leg_call_of(l)->connected;

	if (!l->join)
		leg_call_of(l)->entry.gw->joins->drop[JOIN_D_NOT_UP]++;
	else if (early || l->state == LEG_UP)
		join_frame(l, frame, len, now);
	else
		join_drop(l, JOIN_D_NOT_UP);
}

static struct leg_entry *call_entry(struct leg *l)
{
	return &leg_call_of(l)->entry;
}

void leg_call_mtu_changed(struct leg *l)
{
	leg_entry_mtu_changed(&leg_call_of(l)->entry);
}

const char *leg_call_sequence(struct leg *l, bool on)
{
	struct leg_call *c = leg_call_of(l);

	if (!c->entry.c.data.lns)
		return "only the LNS says whether data is sequenced, and we are the LAC";
	if (!on && c->entry.c.data.required)
		return "the LAC has demanded sequencing for all of the call";
	c->entry.c.data.send_seq = on;
	return !c->entry.in_table || leg_entry_set(&c->entry) == 0 ? NULL : "no room for the call";
}

/* The engine sends SLI as LNS only.  A terminal knows an ACCM of every link, which is news to the
 * LAC of an asynchronous line only; what comes from another call is passed on. */
static void call_accm(struct leg *l, uint32_t send, uint32_t receive, uint64_t now)
{
	struct leg_call *c = leg_call_of(l);

	if (c->call && (c->async || c->other))
		l2tp_call_send_sli(c->call, send, receive, now);
}

/* As LAC only, and once a minute; the counts are since the call began, so none is lost. */
static void call_errors(struct leg *l, const uint32_t errors[IST_ERRORS], uint64_t now)
{
	struct leg_call *c = leg_call_of(l);

	if (c->call)
		l2tp_call_send_wen(c->call, errors, now);
}

static uint16_t call_mtu(const struct leg *l)
{
	return leg_entry_carries(&((const struct leg_call *)l)->entry);
}

static const struct leg_ops call_ops = {
	.kind = LEG_CALL,
	.name = "call",
	.start = call_start,
	.stop = call_stop,
	.lost = call_stop,
	.frame = leg_entry_frame,
	.network = leg_entry_on_network,
	.entry = call_entry,
	.accm = call_accm,
	.errors = call_errors,
	.mtu = call_mtu,
	.save = leg_call_save,
	.resume = leg_call_go_on,
	.free = leg_call_free,
};

struct leg *leg_call_new(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer,
			 bool placed)
{
	struct leg_call *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->leg.ops = &call_ops;
	c->peer = peer;
	c->call = call;
	c->placed = placed;
	c->asked = PHB_NONE;
	c->from = &origin_nothing;
	leg_call_entry_init(c, gw);
	l2tp_call_set_user(call, &c->leg);
	return &c->leg;
}

struct leg *leg_call_offered(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer)
{
	return leg_call_new(gw, call, peer, false);
}

struct leg *leg_call_placed(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer,
			    const struct leg_origin *from)
{
	struct leg *l = leg_call_new(gw, call, peer, true);

	if (l && from) {
		leg_call_of(l)->has_origin = true;
		leg_call_of(l)->from = origin_keep(leg_call_of(l)->from, from);
	}
	return l;
}

void leg_call_line(struct leg *l, const struct l2tp_avp *avp, unsigned n)
{
	leg_call_learn(leg_call_of(l), avp, n);
}

void leg_call_hold(struct leg *l, const struct leg_call_waiter *waiter, void *ctx)
{
	leg_call_of(l)->waiter = waiter;
	leg_call_of(l)->waiter_ctx = ctx;
}

void leg_call_wait(struct leg *l, const struct leg_call_waiter *waiter, void *ctx, uint64_t now)
{
	leg_call_hold(l, waiter, ctx);
	leg_call_answer(leg_call_of(l), NULL, now);
}

bool leg_call_claim(struct ppp_auth_claim *out, const struct l2tp_msg *iccn)
{
	struct proxy_avp_in in;
	bool there = !proxy_avp_read(&in, iccn) && in.x.claim;

	if (there)
		*out = in.claim;
	explicit_bzero(&in, sizeof(in));
	return there;
}

static struct leg *leg_call_out(struct leg *l, const struct leg_out *what)
{
	struct leg_call *c = l ? leg_call_of(l) : NULL;

	if (!l)
		return NULL;
	if (!leg_call_has_more(c)) {
		leg_call_free(l);
		return NULL;
	}
	c->more->ask = *what;
	c->out = true;
	leg_call_asked_for(c);
	return l;
}

/* The engine does not know which way a call goes before it is placed. */
static void leg_call_be_lns(struct leg_call *c)
{
	c->out = true;
	c->entry.c.data.lns = true;
	c->entry.c.data.send_seq = c->peer->sequencing;
	c->entry.c.data.required = false;
}

struct leg *leg_call_asked(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer,
			   const struct leg_out *what)
{
	struct leg *l = leg_call_out(leg_call_new(gw, call, peer, true), what);

	if (l)
		leg_call_be_lns(leg_call_of(l));
	return l;
}

struct leg *leg_call_wanted(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer,
			    const struct leg_out *what)
{
	return leg_call_out(leg_call_new(gw, call, peer, false), what);
}

void leg_call_agree(struct leg *l, uint64_t now)
{
	leg_call_answer(leg_call_of(l), NULL, now);
}

struct leg *leg_call_switched(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer,
			      struct leg *in, const struct l2tp_avps *icrq,
			      const struct l2tp_avps *iccn)
{
	const struct l2tp_avps *const said[] = {icrq, iccn};
	struct leg *l = leg_call_new(gw, call, peer, true);
	struct l2tp_call_info i;

	if (l && !leg_call_has_more(leg_call_of(l))) {
		leg_call_free(l);
		l = NULL;
	}
	if (!l)
		return NULL;
	l2tp_call_info(leg_call_of(in)->call, &i);
	if (i.kind == L2TP_OUTGOING) {
		leg_call_of(in)->out = true;
		leg_call_be_lns(leg_call_of(l));
	}
	for (unsigned k = 0; k < 2 && said[k]; k++) {
		leg_call_line(l, said[k]->avp, said[k]->n);
		leg_call_line(in, said[k]->avp, said[k]->n);
	}
	leg_call_of(l)->more->icrq = icrq;
	leg_call_of(l)->more->iccn = iccn;
	leg_call_of(l)->other = leg_call_of(in);
	leg_call_of(in)->other = leg_call_of(l);
	leg_call_of(in)->connected = iccn;
	if (iccn)
		leg_call_entry_update(leg_call_of(in));
	return l;
}

struct l2tp_call *leg_call_let_go(struct leg *l)
{
	struct leg_call *c = leg_call_of(l);
	struct l2tp_call *call = c->call;

	leg_call_detach(c);
	return call;
}

const struct l2tp_msg *leg_call_iccn(const struct leg *l)
{
	const struct gw *gw = l->ops == &call_ops ? ((const struct leg_call *)l)->entry.gw : NULL;

	return gw && gw->iccn_of == l ? gw->iccn : NULL;
}

const struct leg_origin *leg_call_origin(const struct leg *l)
{
	return ((const struct leg_call *)l)->from;
}

const struct dp_call *leg_call_entry(const struct leg *l)
{
	return &((const struct leg_call *)l)->entry.c;
}

const uint32_t *leg_call_wen(const struct leg *l)
{
	const struct leg_call_more *more = ((const struct leg_call *)l)->more;

	return more && more->has_wen ? more->wen : NULL;
}

struct leg *leg_of_call(const struct l2tp_call *c)
{
	struct l2tp_call_info i;

	l2tp_call_info(c, &i);
	return i.user;
}
