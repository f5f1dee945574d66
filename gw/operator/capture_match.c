/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which frames are of a capture.  L2TP that was received has our ids, that was sent the peer's,
 * which another peer may have given too: where the frames of a tunnel come from, the first one
 * says.  On X.25 all of a virtual circuit is taken once it is known, since a message may be in
 * several packets.
 */
#include "gw/operator/capture.h"

#include "gw/legs/legs.h"
#include "gw/port.h"
#include "gw/text.h"
#include "ppp/frame.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- what is meant --------------------------------------------------------------------------------- */

static struct capture_target *capture_add_target(struct capture *c, struct gw_port *port,
						 enum capture_means means)
{
	struct capture_target *t = &c->target[c->targets];

	if (!port || c->targets == CAPTURE_TARGETS)
		return NULL;
	c->targets++;
	*t = (struct capture_target){.means = means, .port = port};
	return t;
}

static bool capture_has_leg(const struct capture *c, const struct leg *l)
{
	for (unsigned i = 0; i < c->targets; i++)
		if (c->target[i].leg == l)
			return true;
	return false;
}

/* A call or a line; nothing for our PPP. */
static void capture_add_leg(struct gw *gw, struct capture *c, const struct leg *l)
{
	const struct dp_call *e = l->ops->kind == LEG_CALL   ? leg_call_entry(l)
				  : l->ops->kind == LEG_LINE ? leg_line_entry(l)
							     : NULL;
	struct capture_target *t;

	if (!e || !e->channel || capture_has_leg(c, l))
		return;
	t = capture_add_target(c, port_by_number(gw, dp_channel_port(e->channel)),
			       e->tid ? CAPTURE_SESSION : CAPTURE_NUMBER);
	if (!t)
		return;
	t->leg = l;
	t->key = leg_key(l);
	t->tid = e->tid;
	t->sid = e->sid;
	if (e->tid)
		return;
	t->number = leg_line_origin(l)->number;
	if (!t->number)
		t->means = CAPTURE_ALL; /* a line that is the whole of its port */
}

/* Both legs, and of a bundle each of its links. */
static void capture_add_join(struct gw *gw, struct capture *c, const struct leg *l)
{
	const struct leg *legs[] = {l, l->join ? join_other(l) : NULL};

	for (unsigned i = 0; i < 2 && legs[i]; i++) {
		struct leg_bundle_view v;

		capture_add_leg(gw, c, legs[i]);
		if (!leg_bundle_view(legs[i], &v))
			continue;
		for (unsigned k = 0; k < v.links; k++)
			if (v.link[k])
				capture_add_leg(gw, c, v.link[k]);
	}
}

static const char *capture_aim_call(struct gw *gw, struct capture *c, const char *who)
{
	unsigned tid = 0, sid = 0;
	struct l2tp_tunnel *t;
	struct l2tp_call *call;
	struct leg *l;
	char rest;

	if (sscanf(who, "%5u %5u%c", &tid, &sid, &rest) != 2 || tid > UINT16_MAX ||
	    sid > UINT16_MAX)
		return "a call is named by our Tunnel ID and our Session ID";
	t = l2tp_tunnel_by_id(gw->engine, (uint16_t)tid);
	call = t ? l2tp_call_by_id(t, (uint16_t)sid) : NULL;
	l = call ? leg_of_call(call) : NULL;
	if (l)
		capture_add_join(gw, c, l);
	return c->targets ? NULL : "no such call";
}

static const char *capture_aim_tunnel(struct gw *gw, struct capture *c, const char *who)
{
	struct capture_target *to;
	struct l2tp_tunnel_info i;
	struct l2tp_tunnel *t;
	unsigned tid = 0;
	char rest;

	if (sscanf(who, "%5u%c", &tid, &rest) != 1 || tid > UINT16_MAX)
		return "a tunnel is named by our Tunnel ID";
	t = l2tp_tunnel_by_id(gw->engine, (uint16_t)tid);
	if (!t)
		return "no such tunnel";
	l2tp_tunnel_info(t, &i);
	to = capture_add_target(c, port_by_number(gw, dp_channel_port(i.channel)), CAPTURE_IDS);
	if (!to)
		return "its port is not open";
	to->tid = i.local_id;
	return NULL;
}

static const char *capture_aim_user(struct gw *gw, struct capture *c, const char *who)
{
	const struct leg_login_name name = {.by = LEG_LOGIN_USER, .user = who};

	for (struct leg *l = leg_login_next(gw, &name, NULL); l; l = leg_login_next(gw, &name, l))
		capture_add_join(gw, c, l);
	return c->targets ? NULL : "no log-in of that name";
}

static const char *capture_aim_port(struct gw *gw, struct capture *c, const char *who)
{
	struct gw_port *p = port_named(gw, who);

	if (!p)
		return "no such port";
	if (p->number < 0)
		return "the port is not open";
	capture_add_target(c, p, CAPTURE_ALL);
	return NULL;
}

/* "100", "8/48": a number as frames have it.  An address of UDP stays as it is. */
static void capture_aim_number(struct capture_target *t, const char *text)
{
	unsigned a, b;
	char rest;

	if (sscanf(text, "%3u/%5u%c", &a, &b, &rest) == 2) {
		t->number = a << 16 | b;
	} else if (sscanf(text, "%8u%c", &a, &rest) == 1) {
		t->number = a;
	} else {
		t->means = CAPTURE_FAR;
		snprintf(t->far, sizeof(t->far), "%s", text);
	}
}

static const char *capture_aim_circuit(struct gw *gw, struct capture *c, const char *who)
{
	char port[CAPTURE_WHAT];
	const char *address = strchr(who, ' ');
	const char *words;

	if (!address || !address[1])
		return "a circuit is named by its port and its address there";
	snprintf(port, sizeof(port), "%.*s", (int)(address - who), who);
	words = capture_aim_port(gw, c, port);
	if (words)
		return words;
	c->target[0].means = CAPTURE_NUMBER;
	capture_aim_number(&c->target[0], address + 1);
	return NULL;
}

const char *capture_aim(struct gw *gw, struct capture *c, const struct capture_wish *wish)
{
	static const char *(*const aims[CAPTURE_KINDS])(struct gw * gw, struct capture * c,
							const char *who) = {
		[CAPTURE_CALL] = capture_aim_call,	 [CAPTURE_TUNNEL] = capture_aim_tunnel,
		[CAPTURE_USER] = capture_aim_user,	 [CAPTURE_PORT] = capture_aim_port,
		[CAPTURE_CIRCUIT] = capture_aim_circuit,
	};

	return aims[wish->kind](gw, c, wish->who);
}

/* --- is this frame meant? -------------------------------------------------------------------------- */

static void capture_learn_ids(struct gw *gw, struct capture_target *t)
{
	struct l2tp_tunnel *tunnel;
	struct l2tp_call *call;
	struct l2tp_tunnel_info i;
	struct l2tp_call_info ci;

	if (t->peer_tid && (t->peer_sid || !t->sid))
		return;
	tunnel = l2tp_tunnel_by_id(gw->engine, t->tid);
	call = tunnel && t->sid ? l2tp_call_by_id(tunnel, t->sid) : NULL;
	if (tunnel) {
		l2tp_tunnel_info(tunnel, &i);
		t->peer_tid = i.peer_id;
	}
	if (call) {
		l2tp_call_info(call, &ci);
		t->peer_sid = ci.peer_id;
	}
}

static bool capture_has_ids(const struct capture_target *t, const struct inside *in, bool outbound)
{
	uint16_t tid, sid;

	if (!inside_ids(in, &tid, &sid) || !tid || tid != (outbound ? t->peer_tid : t->tid))
		return false;
	return t->means == CAPTURE_IDS || (sid && sid == (outbound ? t->peer_sid : t->sid));
}

static bool capture_comes_from(const struct capture_target *t, const struct inside *in)
{
	return in->on_circuit ? in->number == t->at : !memcmp(&in->far, &t->from, sizeof(t->from));
}

/* On a connection of XOT any number stands for its circuit. */
static bool capture_is_of_circuit(const struct capture_target *t, const struct inside *in)
{
	return in->line == t->line && (in->line || in->number == t->at);
}

/* All that its circuit has, until that is somebody else's. */
static bool capture_is_of_found(struct capture_target *t, const struct inside *in)
{
	const bool same = capture_is_of_circuit(t, in);

	if (in->begins && (same || (in->line == t->line && !in->number)))
		t->found = false;
	return same;
}

static bool capture_is_of_tunnel(struct gw *gw, struct capture_target *t, const struct inside *in,
				 bool outbound)
{
	if (t->found && in->on_x25)
		return capture_is_of_found(t, in);
	capture_learn_ids(gw, t);
	if (!capture_has_ids(t, in, outbound) || (t->found && !capture_comes_from(t, in)))
		return false;
	if (!t->found && !outbound) {
		t->found = true;
		t->at = in->number;
		t->line = in->line;
		t->from = in->far;
	}
	return true;
}

/* PPP of a PVC that is multiplexed by VC is tapped without the PVC, so it is known only where there
 * is no other. */
static bool capture_is_number(const struct capture_target *t, const struct inside *in)
{
	if (in->on_circuit)
		return in->number == t->number;
	return in->what != INSIDE_NOTHING && t->port->cfg->circuits == 1;
}

/* The mark of a security association is no part of what is on the wire. */
static bool capture_is_far(const struct capture_target *t, const struct inside *in)
{
	char text[REPLAY_END_TEXT];

	replay_end_text(&in->far, false, text, sizeof(text));
	return !in->on_circuit && in->what == INSIDE_L2TP && strlen(text) == strcspn(t->far, "#") &&
	       !strncmp(text, t->far, strlen(text));
}

static bool capture_is_of(struct gw *gw, struct capture_target *t, const struct inside *in,
			  bool outbound)
{
	switch (t->means) {
	case CAPTURE_ALL:
		return true;
	case CAPTURE_NUMBER:
		return capture_is_number(t, in);
	case CAPTURE_FAR:
		return capture_is_far(t, in);
	case CAPTURE_SESSION:
	case CAPTURE_IDS:
		return capture_is_of_tunnel(gw, t, in, outbound);
	}
	return false;
}

struct capture_target *capture_match(struct gw *gw, struct capture *c, struct gw_port *port,
				     const struct inside *in, bool outbound)
{
	for (unsigned i = 0; i < c->targets; i++)
		if (c->target[i].port == port && capture_is_of(gw, &c->target[i], in, outbound))
			return &c->target[i];
	return NULL;
}

/* --- the filter ------------------------------------------------------------------------------------ */

/* As on DLT_PPP: with its whole head, whatever was compressed. */
static bool capture_filter_takes(const struct capture *c, const struct inside *in)
{
	static uint8_t ppp[PCAPNG_SNAP + PPP_HEAD_MAX];
	static const struct ppp_framing whole = {.address = true};
	uint16_t proto;
	struct rd r;
	size_t head;

	if (!inside_ppp(in, &r) || !ppp_frame_split(&r, &proto))
		return false;
	head = ppp_frame_head(ppp, proto, &whole);
	memcpy(ppp + head, r.p, r.left);
	return bpf_filter(c->filter.insn, ppp, (u_int)(head + r.left), (u_int)(head + r.left));
}

bool capture_fits(const struct capture *c, const struct inside *in)
{
	struct inside_flow *f = in->flow;
	bool first = !f || in->have <= in->len;

	if (!c->filter.insn)
		return true;
	if (in->lost)
		return false;
	if (!first)
		return f->fits; /* as the packet that the PDU began in */
	if (f)
		f->fits = capture_filter_takes(c, in);
	return f ? f->fits : capture_filter_takes(c, in);
}

/* --- comments -------------------------------------------------------------------------------------- */

static void capture_put_leg(char *buf, const struct leg *l)
{
	struct log_about a = about_leg(l);
	char one[100], other[100], user[GW_TEXT_MAX];

	leg_text(one, sizeof(one), l);
	snprintf(buf, CAPTURE_COMMENT, "%s", one);
	if (a.peer)
		snprintf(buf + strlen(buf), CAPTURE_COMMENT - strlen(buf), ", tunnel %u of peer %s",
			 a.tunnel, a.peer);
	if (a.user)
		snprintf(buf + strlen(buf), CAPTURE_COMMENT - strlen(buf), ", user %s",
			 gw_printable(user, sizeof(user), a.user, strlen(a.user)));
	if (l->join)
		snprintf(buf + strlen(buf), CAPTURE_COMMENT - strlen(buf), ", join %s = %s", one,
			 leg_text(other, sizeof(other), join_other(l)));
}

/* A call that has not been named in this capture, or not lately. */
static const struct leg *capture_unnamed(struct gw *gw, struct capture *c, const struct inside *in,
					 bool outbound)
{
	uint16_t tid, sid;
	uint32_t key, *seen;
	const struct leg *l;

	if (outbound || !inside_ids(in, &tid, &sid) || !sid)
		return NULL;
	key = (uint32_t)tid << 16 | sid;
	seen = &c->seen[(key ^ key >> 16) % (sizeof(c->seen) / sizeof(c->seen[0]))];
	l = *seen == key ? NULL : leg_by_key(gw, key);
	if (!l || !l->join)
		return NULL;
	*seen = key;
	return l;
}

/* What was said of the call or line may change as long as it speaks of itself. */
static bool capture_may_change(const struct capture_target *t, const struct inside *in)
{
	uint16_t proto;
	struct rd r;

	return !*t->said || inside_control(in, &r) ||
	       (inside_ppp(in, &r) && ppp_frame_split(&r, &proto) && proto >= PPP_LCP);
}

/* It may have gone, so it is looked up anew. */
static const struct leg *capture_leg_of(struct gw *gw, const struct capture_target *t)
{
	const struct leg *l = leg_by_key(gw, t->key);

	return l == t->leg ? l : NULL;
}

bool capture_comment(struct gw *gw, struct capture *c, struct capture_target *t,
		     const struct inside *in, bool outbound, char comment[CAPTURE_COMMENT])
{
	bool named = t->leg, asks = !named || capture_may_change(t, in);
	const struct leg *l = !asks   ? NULL
			      : named ? capture_leg_of(gw, t)
				      : capture_unnamed(gw, c, in, outbound);

	if (!l || !l->join)
		return false;
	capture_put_leg(comment, l);
	if (!named)
		return true;
	if (!strcmp(comment, t->said))
		return false;
	snprintf(t->said, sizeof(t->said), "%s", comment);
	return true;
}
