/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is watched is a short list, gone through for each message.  A message is put into words only
 * when somebody gets it; of those without a name the octets are kept, which costs a copy.
 */
#include "gw/trace.h"

#include "core/data.h"
#include "gw/about.h"
#include "gw/legs/legs.h"
#include "gw/lns.h"
#include "gw/peer.h"
#include "gw/port.h"
#include "gw/trace_ring.h"
#include "gw/words/words.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *const trace_kind_names[TRACE_KINDS] = {
	[TRACE_USER] = "user",
	[TRACE_PEER] = "peer",
	[TRACE_TUNNEL] = "tunnel",
	[TRACE_PORT] = "port",
};

static struct watch {
	struct trace_to *to;
	enum trace_kind kind;
	uint16_t tunnel;
	char who[TRACE_WHO_MAX + 1];
} watches[TRACE_WATCHES_MAX];
unsigned trace_watches;
static unsigned user_watches;	/* of these */
static struct trace_ring *ring; /* while there are some */

/* --- who gets it --------------------------------------------------------------------------------- */

static bool trace_same(const char *a, const char *b)
{
	return a && !strcmp(a, b);
}

/* A peer, or one that is made of its section, "core@192.0.2.9" (gw/lns.h). */
static bool trace_same_peer(const char *peer, const char *who)
{
	size_t len = strlen(who);

	return peer && !strncmp(peer, who, len) && (!peer[len] || peer[len] == '@');
}

static bool watch_sees(const struct watch *w, const struct log_about *a)
{
	switch (w->kind) {
	case TRACE_USER:
		return trace_same(a->user, w->who);
	case TRACE_PEER:
		return trace_same_peer(a->peer, w->who);
	case TRACE_TUNNEL:
		return a->tunnel == w->tunnel;
	default:
		return trace_same(a->port, w->who);
	}
}

bool trace_sees(struct log_about a)
{
	for (unsigned i = 0; i < trace_watches; i++)
		if (watch_sees(&watches[i], &a))
			return true;
	return false;
}

struct trace_whom {
	unsigned n;
	struct trace_to *to[TRACE_WATCHES_MAX];
};

/* Each that watches it, once, and has room. */
static bool trace_whom(struct trace_whom *out, const struct log_about *a)
{
	struct trace_to *seen[TRACE_WATCHES_MAX];
	unsigned asked = 0, k;

	out->n = 0;
	for (unsigned i = 0; i < trace_watches; i++) {
		if (!watch_sees(&watches[i], a))
			continue;
		for (k = 0; k < asked && seen[k] != watches[i].to; k++)
			;
		if (k < asked)
			continue;
		seen[asked++] = watches[i].to;
		if (watches[i].to->takes(watches[i].to))
			out->to[out->n++] = watches[i].to;
	}
	return out->n;
}

/* --- lines --------------------------------------------------------------------------------------- */

static int64_t trace_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* "12:01:02.345 call 7/9 (ann) < " */
static void trace_head(struct words *w, int64_t when, const struct log_about *a, const char *way)
{
	time_t second = (time_t)(when / 1000000);
	struct tm tm = {0};

	localtime_r(&second, &tm);
	w->len = 0;
	words_add(w, "%02d:%02d:%02d.%03u ", tm.tm_hour, tm.tm_min, tm.tm_sec,
		  (unsigned)(when / 1000 % 1000));
	if (a->call)
		words_add(w, "call %u/%u", a->tunnel, a->call);
	else if (a->line)
		words_add(w, "line %u", a->line);
	else if (a->tunnel)
		words_add(w, "tunnel %u", a->tunnel);
	else if (a->port)
		words_add(w, "port %s", a->port);
	else
		words_add(w, "user");
	if (a->user || (a->peer && !a->line))
		words_add(w, " (%s)", a->user ? a->user : a->peer);
	words_add(w, " %s ", way);
}

static void trace_say(const struct trace_whom *whom, const struct words *w)
{
	for (unsigned i = 0; i < whom->n; i++)
		whom->to[i]->line(whom->to[i], w->text);
}

static const char *trace_way(bool out)
{
	return out ? ">" : "<";
}

/* --- messages ------------------------------------------------------------------------------------ */

static struct words line;
static struct l2tp_msg message;

/* A control message of L2TP, or a PPP frame. */
struct trace_seen {
	int64_t when;
	bool l2tp, out;
	const uint8_t *octets;
	size_t len;
};

/* secret: of the tunnel, NULL = none. */
static void trace_say_message(const struct trace_whom *whom, const struct log_about *a,
			      const struct l2tp_secret *secret, const struct trace_seen *m)
{
	trace_head(&line, m->when, a, trace_way(m->out));
	if (m->l2tp)
		words_l2tp(&line, m->octets, m->len, secret, &message);
	else
		words_ppp(&line, m->octets, m->len);
	trace_say(whom, &line);
}

static uint32_t trace_key(const struct log_about *a)
{
	return a->line ? a->line : (uint32_t)a->tunnel << 16 | a->call;
}

/* Of somebody whose name is not known yet. */
static void trace_keep(const struct log_about *a, const struct trace_seen *m)
{
	struct trace_kept *k = trace_ring_put(ring);

	k->key = trace_key(a);
	k->l2tp = m->l2tp;
	k->out = m->out;
	k->when = m->when;
	k->len = m->len;
	memcpy(k->octets, m->octets, m->len);
}

/* --- L2TP ---------------------------------------------------------------------------------------- */

static bool trace_peek(const struct l2tp_hdr *h, uint16_t type, uint16_t *out)
{
	return l2tp_msg_peek_u16(h->payload, h->len, L2TP_IETF, type, out);
}

/* What we send bears the peer's ids. */
static struct l2tp_tunnel *trace_tunnel(struct gw *gw, l2tp_channel c, bool out,
					const struct l2tp_hdr *h)
{
	uint16_t id;

	if (!out)
		return h->tid ? l2tp_tunnel_by_id(gw->engine, h->tid) : NULL;
	if (trace_peek(h, L2TP_AVP_ASSIGNED_TUNNEL_ID, &id))
		return l2tp_tunnel_by_id(gw->engine, id);
	return h->tid ? l2tp_tunnel_by_peer_id(gw->engine, c, h->tid) : NULL;
}

static struct l2tp_call *trace_call(struct l2tp_tunnel *t, bool out, const struct l2tp_hdr *h)
{
	uint16_t id;

	if (!out)
		return h->sid ? l2tp_call_by_id(t, h->sid) : NULL;
	if (trace_peek(h, L2TP_AVP_ASSIGNED_SESSION_ID, &id))
		return l2tp_call_by_id(t, id);
	return h->sid ? l2tp_call_by_peer_id(t, h->sid) : NULL;
}

/* An SCCRQ: which section will have it? */
static const struct cfg_peer *trace_newcomer(struct gw *gw, l2tp_channel c,
					     const struct l2tp_hdr *h)
{
	size_t len;
	const uint8_t *host =
		l2tp_msg_peek(h->payload, h->len, L2TP_IETF, L2TP_AVP_HOST_NAME, &len);

	return host ? peer_choose(gw, c, host, len) : NULL;
}

struct trace_l2tp {
	struct log_about about;
	const struct cfg_peer *peer;
	bool of_call;
};

static void trace_l2tp_about(struct trace_l2tp *x, struct gw *gw, l2tp_channel c, bool out,
			     const struct l2tp_hdr *h)
{
	struct l2tp_tunnel *t = trace_tunnel(gw, c, out, h);
	struct l2tp_call *call = t ? trace_call(t, out, h) : NULL;
	struct l2tp_tunnel_info i;
	struct l2tp_call_info ci;
	uint16_t type;

	x->of_call = h->sid || call ||
		     (trace_peek(h, L2TP_AVP_MESSAGE_TYPE, &type) && type < L2TP_MSG_TYPES &&
		      l2tp_msg_table[type].about_call);
	if (!t) {
		x->about = about_channel(gw, c);
		x->peer = trace_newcomer(gw, c, h);
		x->about.peer = x->peer ? x->peer->name : NULL;
		return;
	}
	l2tp_tunnel_info(t, &i);
	x->peer = i.peer;
	x->about = about_tunnel(gw, &i);
	if (!call)
		return;
	l2tp_call_info(call, &ci);
	x->about = about_call(gw, &i, &ci);
}

void trace_l2tp(struct gw *gw, l2tp_channel c, bool out, const uint8_t *pkt, size_t len)
{
	const struct trace_seen seen = {trace_now(), true, out, pkt, len};
	struct trace_l2tp x = {.peer = NULL};
	struct trace_whom whom;
	struct l2tp_hdr h;

	if (l2tp_hdr_decode(&h, pkt, len) != L2TP_HDR_IS_CONTROL)
		return;
	trace_l2tp_about(&x, gw, c, out, &h);
	if (trace_whom(&whom, &x.about))
		trace_say_message(&whom, &x.about, x.peer ? &x.peer->policy.secret : NULL, &seen);
	if (ring && x.of_call && x.about.tunnel && !x.about.user && len <= TRACE_KEPT_MAX)
		trace_keep(&x.about, &seen);
}

/* --- PPP ----------------------------------------------------------------------------------------- */

void trace_ppp(const struct leg *l, bool out, const uint8_t *frame, size_t len)
{
	const struct trace_seen seen = {trace_now(), false, out, frame, len};
	struct trace_whom whom;
	struct log_about a;

	a = about_leg(l);
	if (trace_whom(&whom, &a))
		trace_say_message(&whom, &a, NULL, &seen);
	if (ring && !a.user && len <= TRACE_KEPT_MAX)
		trace_keep(&a, &seen);
}

static bool trace_is_terminal(const struct leg *l)
{
	struct leg_terminal_view v;

	return leg_terminal_view(l, &v);
}

static void trace_say_ppp(const struct leg *l, bool out, const uint8_t *frame, size_t len)
{
	const struct trace_seen seen = {trace_now(), false, out, frame, len};
	const struct log_about a = about_leg(l);
	struct trace_whom whom;

	if (trace_whom(&whom, &a))
		trace_say_message(&whom, &a, NULL, &seen);
}

/* RFC 1661 section 2: protocols from here on are not of the network. */
#define TRACE_PPP_CONTROL 0x80u

void trace_passed(const struct leg *from, const uint8_t *frame, size_t len)
{
	const struct leg *to = join_other(from);

	if (len < 2 || frame[0] < TRACE_PPP_CONTROL || trace_is_terminal(from) ||
	    trace_is_terminal(to))
		return;
	trace_say_ppp(from, false, frame, len);
	trace_say_ppp(to, true, frame, len);
}

void trace_copied(const struct leg *l, bool out, const uint8_t *frame, size_t len)
{
	if (!l->join || trace_is_terminal(join_other(l)))
		trace_say_ppp(l, out, frame, len);
	else
		trace_passed(l, frame, len);
}

/* --- those who have a name now ------------------------------------------------------------------- */

struct trace_named {
	struct gw *gw;
	struct log_about about;
	const struct l2tp_secret *secret;
	uint16_t peer_sid;
};

/* A request has no session yet, but for the one that it assigns, which may be hidden. */
static bool trace_assigns(const struct trace_kept *k, const struct trace_named *n)
{
	struct words unused = {0};
	uint16_t id;

	words_l2tp(&unused, k->octets, k->len, n->secret, &message);
	return l2tp_msg_u16(&message, L2TP_IETF, L2TP_AVP_ASSIGNED_SESSION_ID, &id) &&
	       id == (k->out ? n->about.call : n->peer_sid);
}

static bool trace_is_of(const struct trace_kept *k, const void *ctx)
{
	const struct trace_named *n = ctx;

	return k->key == trace_key(&n->about) ||
	       (k->l2tp && n->about.call && k->key == (uint32_t)n->about.tunnel << 16 &&
		trace_assigns(k, n));
}

static void trace_named_find(struct trace_named *n)
{
	struct l2tp_tunnel *t =
		n->about.tunnel ? l2tp_tunnel_by_id(n->gw->engine, n->about.tunnel) : NULL;
	struct l2tp_call *c = t ? l2tp_call_by_id(t, n->about.call) : NULL;
	struct l2tp_tunnel_info i;
	struct l2tp_call_info ci;

	if (!c)
		return;
	l2tp_tunnel_info(t, &i);
	l2tp_call_info(c, &ci);
	n->secret = i.peer ? &((const struct cfg_peer *)i.peer)->policy.secret : NULL;
	n->peer_sid = ci.peer_id;
}

/* Whoever watches the user only has not seen them. */
static void trace_whom_by_name(struct trace_whom *out, const struct log_about *a)
{
	const struct log_about name = {.user = a->user},
			       rest = {.tunnel = a->tunnel, .peer = a->peer, .port = a->port};

	out->n = 0;
	for (unsigned i = 0; i < trace_watches; i++) {
		const struct watch *w = &watches[i];
		bool had = false;

		if (w->kind != TRACE_USER || !watch_sees(w, &name))
			continue;
		for (unsigned k = 0; k < trace_watches; k++)
			had = had || (watches[k].to == w->to && watch_sees(&watches[k], &rest));
		if (!had && w->to->takes(w->to))
			out->to[out->n++] = w->to;
	}
}

static void trace_say_kept(const struct trace_named *n, const struct trace_kept *k)
{
	const struct trace_seen seen = {k->when, k->l2tp, k->out, k->octets, k->len};
	struct trace_whom whom;

	trace_whom_by_name(&whom, &n->about);
	if (whom.n)
		trace_say_message(&whom, &n->about, n->secret, &seen);
}

void trace_named(struct gw *gw, const struct leg *l)
{
	struct trace_named n = {.gw = gw};
	struct trace_kept *k;

	if (l->join)
		join_watch(l->join);
	n.about = about_leg(l);
	if (!ring || !n.about.user)
		return;
	trace_named_find(&n);
	while ((k = trace_ring_take(ring, trace_is_of, &n))) {
		trace_say_kept(&n, k);
		explicit_bzero(k->octets, k->len);
	}
}

/* --- RADIUS -------------------------------------------------------------------------------------- */

/* Questions about those who are watched, so that the answers are found, which name nobody. */
static struct asked {
	const void *socket; /* NULL = none */
	uint8_t id;
	char user[TRACE_WHO_MAX + 1];
} asked[32];
static unsigned asked_next;

static struct asked *trace_asked(const void *socket, uint8_t id)
{
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
		if (asked[i].socket == socket && asked[i].id == id)
			return &asked[i];
	return NULL;
}

static void trace_ask(const void *socket, uint8_t id, const char *user)
{
	struct asked *q = &asked[asked_next++ % (sizeof(asked) / sizeof(asked[0]))];

	q->socket = socket;
	q->id = id;
	snprintf(q->user, sizeof(q->user), "%s", user);
}

static void trace_radius_say(const char *server, bool out, const uint8_t *pkt, size_t len,
			     const char *user)
{
	const struct log_about a = {.user = user};
	struct trace_whom whom;

	if (!trace_whom(&whom, &a))
		return;
	trace_head(&line, trace_now(), &a, trace_way(out));
	words_add(&line, "RADIUS %s %s ", out ? "to" : "from", server);
	words_radius(&line, pkt, len);
	trace_say(&whom, &line);
}

void trace_radius(const void *socket, const char *server, bool out, const uint8_t *pkt, size_t len)
{
	struct asked *q = len > 1 ? trace_asked(socket, pkt[1]) : NULL;
	char user[TRACE_WHO_MAX + 1];

	if (!words_radius_is_request(pkt, len)) {
		if (q)
			trace_radius_say(server, out, pkt, len, q->user);
		return;
	}
	if (q)
		q->socket = NULL;
	if (!words_radius_user(user, sizeof(user), pkt, len) ||
	    !trace_sees(LOG_ABOUT(.user = user)))
		return;
	trace_ask(socket, pkt[1], user);
	trace_radius_say(server, out, pkt, len, user);
}

/* --- ports and the log --------------------------------------------------------------------------- */

void trace_frame(struct gw *gw, unsigned port, bool out, uint16_t link_type, const uint8_t *frame,
		 size_t len)
{
	const struct gw_port *p = port_by_number(gw, port);
	const struct log_about a = {.port = p ? p->cfg->config.name : NULL};
	struct trace_whom whom;

	if (!trace_sees(a))
		return;
	trace_head(&line, trace_now(), &a, trace_way(out));
	if (words_medium(&line, link_type, frame, len) && trace_whom(&whom, &a))
		trace_say(&whom, &line);
}

void trace_log(const struct log_line *l)
{
	struct trace_whom whom;

	if (!trace_whom(&whom, &l->about))
		return;
	trace_head(&line, trace_now(), &l->about, "-");
	words_add(&line, "%s %s: %s", l->category, l->level, l->words);
	trace_say(&whom, &line);
}

/* --- what is watched ----------------------------------------------------------------------------- */

static const char *trace_wrong(struct gw *gw, enum trace_kind kind, const char *who, uint16_t *id)
{
	if (strlen(who) > TRACE_WHO_MAX)
		return "the name is too long";
	if (kind == TRACE_PEER && !lns_named(gw, who))
		return "no such peer";
	if (kind == TRACE_PORT && !port_named(gw, who))
		return "no such port";
	if (kind != TRACE_TUNNEL)
		return NULL;
	*id = (uint16_t)atoi(who);
	return l2tp_tunnel_by_id(gw->engine, *id) ? NULL : "no such tunnel";
}

static struct watch *trace_find(const struct trace_to *to, enum trace_kind kind, const char *who)
{
	for (unsigned i = 0; i < trace_watches; i++)
		if (watches[i].to == to && watches[i].kind == kind && !strcmp(watches[i].who, who))
			return &watches[i];
	return NULL;
}

/* What data copies follows from who is watched. */
static void trace_settle(struct gw *gw)
{
	struct join *j;

	if (!gw->joins)
		return;
	llist_for_each_entry(j, &gw->joins->head, entry) join_watch(j);
}

const char *trace_begin(struct gw *gw, struct trace_to *to, enum trace_kind kind, const char *who)
{
	uint16_t id = 0;
	const char *wrong = trace_wrong(gw, kind, who, &id);
	struct watch *w = &watches[trace_watches];

	if (wrong || trace_find(to, kind, who))
		return wrong;
	if (trace_watches == TRACE_WATCHES_MAX)
		return "as many as can be are watched already";
	if (kind == TRACE_USER && !ring && !(ring = trace_ring_new()))
		return "out of memory";
	if (kind == TRACE_PORT && !port_tap(port_named(gw, who), true))
		return "out of memory";
	*w = (struct watch){.to = to, .kind = kind, .tunnel = id};
	snprintf(w->who, sizeof(w->who), "%s", who);
	user_watches += kind == TRACE_USER;
	trace_watches++;
	trace_settle(gw);
	return NULL;
}

static void trace_drop(struct gw *gw, struct watch *w)
{
	if (w->kind == TRACE_PORT)
		port_tap(port_named(gw, w->who), false);
	if (w->kind == TRACE_USER && !--user_watches) {
		trace_ring_free(ring);
		ring = NULL;
	}
	*w = watches[--trace_watches];
	if (!trace_watches)
		memset(asked, 0, sizeof(asked));
}

bool trace_end(struct gw *gw, struct trace_to *to, enum trace_kind kind, const char *who)
{
	struct watch *w = trace_find(to, kind, who);

	if (!w)
		return false;
	trace_drop(gw, w);
	trace_settle(gw);
	return true;
}

void trace_end_all(struct gw *gw, const struct trace_to *to)
{
	for (unsigned i = trace_watches; i-- > 0;)
		if (!to || watches[i].to == to)
			trace_drop(gw, &watches[i]);
	trace_settle(gw);
}

bool trace_watch(unsigned n, enum trace_kind *kind, const char **who, const struct trace_to **to)
{
	if (n >= trace_watches)
		return false;
	*kind = watches[n].kind;
	*who = watches[n].who;
	*to = watches[n].to;
	return true;
}
