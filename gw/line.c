/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/line_int.h"

#include "core/bytes.h"
#include "core/container.h"
#include "gw/about.h"
#include "gw/drain.h"
#include "gw/bridge.h"
#include "gw/dial.h"
#include "gw/filter.h"
#include "gw/history.h"
#include "gw/random.h"
#include "gw/resume.h"
#include "gw/route_ask.h"
#include "gw/service.h"
#include "gw/text.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A switched circuit whose far end does not begin with PPP is cleared. */
#define LINE_IDLE (30 * UINT64_C(1000000))
/* RFC 2661 6.13: WEN is sent not more than once every 60 seconds. */
#define LINE_ERRORS (60 * UINT64_C(1000000))

struct lines *lines_new(struct gw *gw)
{
	struct lines *l = calloc(1, sizeof(*l));
	uint8_t key[16];
	uint64_t secret;

	if (!l)
		return NULL;
	l->gw = gw;
	gw_random(key, sizeof(key));
	gw_random(&secret, sizeof(secret));
	INIT_LLIST_HEAD(&l->list);
	htab_init(&l->by_channel, secret);
	idtab_init(&l->number, key, UINT16_MAX);
	return l;
}

struct line *line_on(const struct gw *gw, l2tp_channel c)
{
	struct hnode *n = htab_first(&gw->lines->by_channel, c);

	return n ? IST_CONTAINER_OF(n, struct line, node) : NULL;
}

/* The caller may be inside a function that holds l: memory goes with the next turn of the loop. */
static void line_leave(struct line *l, uint64_t now)
{
	line_ask_no_more(l);
	l->left = true;
	htab_del(&l->all->by_channel, &l->node);
	loop_set(l->all->gw->loop, &l->idle, now);
}

static void line_forget(struct line *l)
{
	line_ask_no_more(l);
	loop_cancel(l->all->gw->loop, &l->idle);
	loop_cancel(l->all->gw->loop, &l->errors);
	route_way_end(l->all->gw, &l->way);
	line_number_give(l->all->gw, &l->number);
	htab_del(&l->all->by_channel, &l->node);
	llist_del(&l->entry);
	origin_forget(&l->origin);
	free(l);
}

void lines_free(struct lines *all)
{
	struct line *l, *next;

	if (!all)
		return;
	llist_for_each_entry_safe(l, next, &all->list, entry) line_forget(l);
	htab_free(&all->by_channel);
	idtab_free(&all->number);
	free(all);
}

/* --- where its PPP goes ----------------------------------------------------------------------- */

/* At most one is set: the section's own service or join comes before any route, and with `lcp =
 * proxy` the route is found when the client has named itself. */
struct line_end {
	struct gw_service *service;
	const struct cfg_join *join;
	const struct cfg_lcp *lcp;
	const struct cfg_route *route;
	uint32_t speed; /* of the circuit's section, bit/s; 0 = not known */
};

/* What a route may ask about the circuit; circuit is the caller's memory, GW_TEXT_MAX octets. */
static struct route_what line_what(const struct gw_port *p, const struct ist_addr *peer,
				   const struct leg_origin *o, char *circuit)
{
	p->cfg->transport->addr_format(peer, circuit, GW_TEXT_MAX);
	return (struct route_what){.port = p->cfg,
				   .circuit = circuit,
				   .called = o->called,
				   .calling = o->calling,
				   .access = o->access,
				   .access_len = o->access_len};
}

bool line_what_of(const struct line *l, struct route_what *what, char *circuit)
{
	struct gw *gw = l->all->gw;
	const struct gw_port *p = port_by_number(gw, dp_channel_port(l->channel));
	struct ist_addr peer;

	if (!p || !dp_channel_peer(gw->dp, l->channel, &peer))
		return false;
	*what = line_what(p, &peer, &l->origin, circuit);
	return true;
}

static struct line_end line_end_for(struct gw *gw, const struct gw_port *p,
				    const struct ist_addr *peer, const struct leg_origin *o)
{
	const struct cfg_circuit *c = port_circuit(p, peer);
	const struct cfg_accept *a = c ? NULL : port_accept(p, peer);
	const struct cfg_service *s = c ? c->service : a ? a->service : NULL;
	const struct cfg_join *j = c ? &c->join : a ? &a->join : NULL;
	const struct cfg_lcp *lcp = c ? &c->lcp : a ? &a->lcp : NULL;
	char circuit[GW_TEXT_MAX];
	struct route_what what = line_what(p, peer, o, circuit);

	if (s)
		return (struct line_end){.service = service_of(gw, s)};
	if (j && j->port)
		return (struct line_end){.join = j};
	if (lcp && lcp->proxy)
		return (struct line_end){.lcp = lcp, .speed = c ? c->speed : a->speed};
	/* A circuit that no section lists is for nobody. */
	return (struct line_end){.route = c || a ? route_find(gw->cfg, &what) : NULL,
				 .speed = c   ? c->speed
					  : a ? a->speed
					      : 0};
}

static const char *line_text(const char *text)
{
	return text && *text ? text : NULL;
}

/* Its texts are the event's. */
static struct leg_origin line_origin_of(const struct ist_attrs *a)
{
	struct leg_origin o = {.called = line_text(a->called),
			       .calling = line_text(a->calling),
			       .sub_address = line_text(a->sub_address),
			       .speed = {a->tx_bps, a->rx_bps},
			       .number = a->number,
			       .async = a->async};

	if (a->access_line && a->access_line_len <= LEG_LINE_MAX) {
		o.access = a->access_line;
		o.access_len = (uint16_t)a->access_line_len;
	}
	return o;
}

/* What the medium does not know the section may. */
static void line_set_speed(struct dp_speed *speed, uint32_t bps)
{
	speed->tx_bps = speed->tx_bps ? speed->tx_bps : bps;
	speed->rx_bps = speed->rx_bps ? speed->rx_bps : bps;
}

/* --- joins ------------------------------------------------------------------------------------ */

bool line_number_take(struct gw *gw, struct line_number *n,
		      void (*frame)(struct line_number *n, const uint8_t *frame, size_t len,
				    uint64_t now),
		      uint64_t now)
{
	uint32_t fresh = gw->lines->number.ids.fresh;

	n->frame = frame;
	n->n = idtab_take(&gw->lines->number, n, now);
	if (gw->lines->number.ids.fresh != fresh)
		resume_line_number(gw->resume);
	return n->n;
}

void line_number_give(struct gw *gw, struct line_number *n)
{
	if (n->n)
		idtab_give(&gw->lines->number, n->n, loop_now(gw->loop));
	n->n = 0;
}

void line_without_leg(struct line *l)
{
	line_number_give(l->all->gw, &l->number);
	l->leg = NULL;
}

/* New errors of the line since the last look. */
static void line_on_errors(void *ctx, uint64_t now)
{
	struct line *l = ctx;
	uint32_t errors[IST_ERRORS];

	if (!l->leg || !dp_line_errors(l->all->gw->dp, l->channel, errors))
		return;
	if (memcmp(errors, l->told, sizeof(errors)))
		join_errors(l->leg, errors, now);
	memcpy(l->told, errors, sizeof(errors));
	loop_set(l->all->gw->loop, &l->errors, now + LINE_ERRORS);
}

void line_joined(struct line *l, uint64_t now)
{
	l->joined = true;
	memset(l->told, 0, sizeof(l->told));
	if (l->way.begun)
		loop_set(l->all->gw->loop, &l->errors, now + LINE_ERRORS);
	if (l->owner && l->owner->up)
		l->owner->up(l->owner_ctx, now);
}

static void line_on_up(void *ctx, uint64_t now)
{
	line_joined(ctx, now);
}

/* The leg has let the channel go, and has cleared a switched circuit unless it never started: then
 * the circuit is still there for the next peer. */
void line_join_gone(struct line *l, const struct leg_end *why, uint64_t now)
{
	static const struct ist_cause refused = {.kind = IST_CAUSE_REFUSED,
						 .words = "no peer takes the call"};
	bool again = l->way.begun && !l->joined && why->cause != LEG_BY_OPERATOR &&
		     why->cause != LEG_BY_SHUTDOWN && !l->lost &&
		     route_way_refused(l->all->gw, &l->way, why, now);
	char name[GW_TEXT_MAX];

	/* The leg remembers the circuit's name, which the port may have forgotten by now. */
	gw_log_peer(about_leg(l->leg), GW_LOG_CALL, LOGL_INFO, l->channel, now, "%s: ended: %s",
		    leg_text(name, sizeof(name), l->leg), why->words);
	line_without_leg(l);
	if (again && line_place_call(l, now))
		return;
	if ((l->way.begun || l->waits) && !l->joined && !l->lost)
		dp_disconnect(l->all->gw->dp, l->channel, &refused);
	route_way_end(l->all->gw, &l->way);
	l->waits = false;
	if (l->switched)
		line_leave(l, now);
	if (l->owner && l->owner->gone)
		l->owner->gone(l->owner_ctx, why, now);
	l->owner = NULL;
}

static void line_on_gone(void *ctx, const struct leg_end *why, uint64_t now)
{
	line_join_gone(ctx, why, now);
}

const struct join_owner line_owner = {.up = line_on_up, .gone = line_on_gone, .save = line_save};

struct leg *line_leg_made(struct line *l)
{
	struct leg *leg = leg_line_new(l->all->gw, l->channel, l->number.n, &l->origin, l->is_up);

	if (leg)
		leg_take_filters(leg, LEG_FILTERS_CIRCUIT, l->filters);
	return leg;
}

/* A line has its number only while it has a leg. */
void line_number_frame(struct line_number *n, const uint8_t *frame, size_t len, uint64_t now)
{
	leg_line_rx(IST_CONTAINER_OF(n, struct line, number)->leg, frame, len, now);
}

struct leg *line_leg_new(struct line *l, uint64_t now)
{
	struct lines *all = l->all;

	l->leg = line_number_take(all->gw, &l->number, line_number_frame, now) ? line_leg_made(l)
									       : NULL;
	l->joined = l->lost = false;
	return l->leg;
}

bool line_start_join(struct line *l, struct join *j, uint64_t now)
{
	if (!j) {
		line_without_leg(l);
		return false;
	}
	loop_cancel(l->all->gw->loop, &l->idle);
	join_start(j, now);
	return l->leg;
}

static void line_serve(struct line *l, struct gw_service *s, uint64_t now)
{
	struct gw *gw = l->all->gw;
	struct leg *server = leg_server_new(gw, s);

	line_start_join(l, join_new(gw->joins, line_leg_new(l, now), server, &line_owner, l, now),
			now);
}

/* The call is the first leg: while no peer has taken it the line has not started, and what its far
 * end sends waits in the join. */
static bool line_call_peer(struct line *l, const struct cfg_peer *peer, const char **words,
			   uint64_t now)
{
	struct gw *gw = l->all->gw;
	struct l2tp_call *call = dial_call(gw, peer, now, words);
	struct join *j;
	struct leg *to;

	if (!call)
		return false;
	to = l->proxy ? line_proxy_leg(l) : line_leg_new(l, now);
	j = join_new(gw->joins, leg_call_placed(gw, call, peer, &l->origin), to,
		     l->proxy ? &line_proxy_call : &line_owner, l, now);
	if (j) {
		join_explain(j, l->way.why);
		leg_take_filters(to, LEG_FILTERS_SECTION, filters_of(gw, l->way.route->filter));
		leg_take_rates(to, LEG_RATES_SECTION, &l->way.route->rates);
	} else {
		dial_abandon(call, words, now);
	}
	return (l->proxy ? line_proxy_start : line_start_join)(l, j, now);
}

static void line_not_called(struct line *l, const struct cfg_peer *peer, const char *words,
			    uint64_t now)
{
	struct leg_end why = leg_end(LEG_BY_RESOURCES, words);
	struct log_about about = about_channel(l->all->gw, l->channel);
	char where[GW_TEXT_MAX], name[GW_TEXT_MAX];

	route_way_unreached(&l->way, words);
	port_channel_text(where, sizeof(where), l->all->gw, l->channel);
	about.peer = peer->name;
	gw_log_peer(about, GW_LOG_CALL, LOGL_NOTICE, l->channel, now,
		    "line (%s): route %s: no call to peer %s: %s", where, l->way.route->name,
		    peer->name, words);
	snprintf(name, sizeof(name), "%s, to %s", l->way.route->name, peer->name);
	history_not_begun(l->all->gw, l->channel, now, "line by route", name, where, &why);
}

bool line_place_call(struct line *l, uint64_t now)
{
	const struct cfg_peer *peer;
	const char *words = "";

	/* The way is over when the call has ended at once, and for good. */
	while (l->way.begun && (peer = route_way_next(l->all->gw, &l->way, now))) {
		if (line_call_peer(l, peer, &words, now))
			return true;
		line_not_called(l, peer, words, now);
	}
	return false;
}

bool line_route(struct line *l, const struct route_what *what, uint64_t now)
{
	struct gw *gw = l->all->gw;

	if (!route_way_begin(gw, &l->way, what))
		return false;
	if (route_asks(&l->way) ? line_ask(l, what, now) : line_place_call(l, now))
		return true;
	route_way_end(gw, &l->way);
	return false;
}

static bool line_is_configure_request(const uint8_t *frame, size_t len)
{
	struct rd r = rd_init(frame, len);
	uint16_t proto = rd_u16(&r);

	return rd_u8(&r) == 1 && !r.bad && proto == PPP_LCP;
}

/* By its first frame: it has a leg after that, or cannot have one.  A service or a peer is for a
 * link that begins; a join passes on every frame, since the link may be older than we are. */
static void line_begin(struct line *l, const uint8_t *frame, size_t len, uint64_t now)
{
	struct gw *gw = l->all->gw;
	const struct gw_port *p = port_by_number(gw, dp_channel_port(l->channel));
	char circuit[GW_TEXT_MAX];
	struct route_what what;
	struct line_end end;
	struct ist_addr peer;

	if (!p || !dp_channel_peer(gw->dp, l->channel, &peer))
		return;
	end = line_end_for(gw, p, &peer, &l->origin);
	if (end.join) {
		bridge_begin(l, end.join, now);
		return;
	}
	if (!line_is_configure_request(frame, len))
		return;
	if (end.service) {
		line_serve(l, end.service, now);
		return;
	}
	line_set_speed(&l->origin.speed, end.speed);
	if (end.lcp) {
		line_proxy_begin(l, end.lcp, now);
		return;
	}
	what = line_what(p, &peer, &l->origin, circuit);
	if (end.route && now >= l->ask_after)
		line_route(l, &what, now);
}

static bool line_may_begin(const struct gw *gw, const struct gw_port *p)
{
	return p && gw->phase == GW_RUNNING && !drain_why(gw, p->cfg, NULL, 0);
}

void line_unclaimed(struct gw *gw, l2tp_channel from, const uint8_t *frame, size_t len,
		    uint64_t now)
{
	struct line *l = line_on(gw, from);

	if (l && line_asks(l)) {
		line_keep_early(l, frame, len);
		return;
	}
	if (l && !l->leg && line_may_begin(gw, port_by_number(gw, dp_channel_port(from))))
		line_begin(l, frame, len, now);
	if (l && l->leg)
		leg_line_rx(l->leg, frame, len, now);
	else if (l && line_asks(l))
		line_keep_early(l, frame, len);
	else
		gw->joins->drop[JOIN_D_NO_LINE]++;
}

struct leg *line_leg(struct gw *gw, uint16_t number)
{
	struct line_number *n = idtab_get(&gw->lines->number, number);

	return n && n->frame == line_number_frame ? IST_CONTAINER_OF(n, struct line, number)->leg
						  : NULL;
}

void line_punted(struct gw *gw, uint16_t number, const uint8_t *frame, size_t len, uint64_t now)
{
	struct line_number *n = idtab_get(&gw->lines->number, number);

	if (n)
		n->frame(n, frame, len, now);
	else
		gw->joins->drop[JOIN_D_NO_LINE]++;
}

/* --- the circuit ------------------------------------------------------------------------------ */

static void line_on_idle(void *ctx, uint64_t now)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_TIMEOUT,
					     .words = "no Configure-Request"};
	struct line *l = ctx;

	(void)now;
	if (!l->left)
		dp_disconnect(l->all->gw->dp, l->channel, &why);
	line_forget(l);
}

struct line *line_make(struct gw *gw, l2tp_channel c, bool switched,
		       const struct leg_origin *origin, const struct cfg_filter *cfg, uint64_t now)
{
	struct line *l = line_on(gw, c);

	if (l)
		return l;
	l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	l->all = gw->lines;
	l->channel = c;
	l->switched = switched;
	origin_take(&l->origin, origin);
	l->filters = cfg ? filters_of(gw, cfg) : NULL;
	loop_timer_init(&l->idle, line_on_idle, l);
	loop_timer_init(&l->errors, line_on_errors, l);
	llist_add_tail(&l->entry, &gw->lines->list);
	htab_add(&gw->lines->by_channel, &l->node, c);
	if (switched)
		loop_set(gw->loop, &l->idle, now + LINE_IDLE);
	return l;
}

/* Of the section that names the circuit, or else lets it in. */
const struct cfg_filter *line_filters(const struct gw_port *p, const struct ist_addr *peer)
{
	const struct cfg_circuit *c = p ? port_circuit(p, peer) : NULL;
	const struct cfg_accept *a = p && !c ? port_accept(p, peer) : NULL;

	return c ? c->filter : a ? a->filter : NULL;
}

bool line_offered(struct gw *gw, l2tp_channel c, const struct ist_attrs *a, uint64_t now)
{
	const struct gw_port *p = port_by_number(gw, dp_channel_port(c));
	struct leg_origin origin = line_origin_of(a);
	struct line_end end = {0};

	if (line_may_begin(gw, p))
		end = line_end_for(gw, p, &a->peer, &origin);
	if (end.join && !bridge_may_begin(gw, end.join))
		return false;
	if ((!end.service && !end.join && !end.lcp && !end.route) ||
	    !line_make(gw, c, true, &origin, line_filters(p, &a->peer), now))
		return false;
	dp_answer(gw->dp, c);
	return true;
}

void line_up(struct gw *gw, l2tp_channel c, const struct ist_attrs *a, uint64_t now)
{
	struct leg_origin origin = line_origin_of(a);
	struct line *l =
		line_make(gw, c, !a->permanent, &origin,
			  line_filters(port_by_number(gw, dp_channel_port(c)), &a->peer), now);

	if (!l)
		return;
	origin_take(&l->origin, &origin); /* more may be known than when it was offered */
	l->switched = !a->permanent;
	l->is_up = true;
	if (!l->leg)
		return;
	join_changed(l->leg); /* the channel's ticket is in its record */
	leg_line_up(l->leg, now);
}

static struct leg_end line_why(const struct ist_cause *why)
{
	struct leg_end e =
		leg_end(LEG_BY_LOSS, why && why->words ? why->words : "the circuit is down");

	e.circuit_kind = why ? why->kind : IST_CAUSE_NONE;
	e.circuit_cause = why ? why->cause : 0;
	return e;
}

void line_down(struct gw *gw, l2tp_channel c, const struct ist_cause *why, bool forever,
	       uint64_t now)
{
	struct line *l = line_on(gw, c);
	struct leg_end end = line_why(why);

	if (!l)
		return;
	l->is_up = false;
	line_ask_no_more(l);
	if (l->leg) {
		l->lost = true;
		l->switched |= forever; /* forgotten when its join has gone */
		leg_line_lost(l->leg, &end, now);
	} else if (forever) {
		line_leave(l, now);
	}
}

void lines_lose_port(struct gw *gw, unsigned port, uint64_t now)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_LINK, .words = "the port failed"};
	struct line *l, *next;

	llist_for_each_entry_safe(l, next, &gw->lines->list,
				  entry) if (dp_channel_port(l->channel) == port)
		line_down(gw, l->channel, &why, true, now);
}

void line_mtu_changed(struct gw *gw, l2tp_channel c)
{
	struct line *l = line_on(gw, c);

	if (l && l->leg)
		leg_line_mtu_changed(l->leg);
}

/* --- lines we dial ---------------------------------------------------------------------------- */

/* NULL, so that it can be returned. */
static struct line *line_cannot(struct line_fail *fail, int err, const char *words)
{
	*fail = (struct line_fail){err, words};
	return NULL;
}

/* Why a transport does not connect. */
static const char *line_words(int err)
{
	static const struct {
		int err;
		const char *words;
	} rows[] = {
		{EBUSY, "the line is busy"},
		{EDESTADDRREQ, "the line calls a number, and there is none"},
		{EOPNOTSUPP, "the line calls no numbers"},
		{EAFNOSUPPORT, "the line calls no sub-address"},
		{ENOLINK, "the circuit is down"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].err == err)
			return rows[i].words;
	return strerror(err);
}

struct line *line_reach(struct gw *gw, const struct line_to *where, struct line_fail *fail,
			uint64_t now)
{
	struct gw_port *p = &gw->port[where->port - gw->cfg->port];
	const struct cfg_circuit *to_circuit;
	struct leg_origin none = {0};
	struct ist_addr to = {0};
	l2tp_channel c = 0;
	struct line *l;
	bool switched;
	int rc;

	if (p->number < 0)
		return line_cannot(fail, ENETDOWN, "its port is not open");
	if (p->cfg->transport->addr_parse(&to, where->address))
		return line_cannot(fail, EINVAL, "the address is wrong");
	switched = port_calls(p, &to);
	if (!switched && !port_circuit_up(p, &to))
		return line_cannot(fail, ENOLINK, "the circuit is down");
	rc = dp_connect(gw->dp, (unsigned)p->number, &to, where->sub_address, IST_PAYLOAD_PPP, &c);
	if (rc < 0)
		return line_cannot(fail, -rc, line_words(-rc));
	to_circuit = port_circuit(p, &to);
	/* Permanent circuits of such a port have a line from their first report on. */
	l = line_make(gw, c, switched, &none, to_circuit ? to_circuit->filter : NULL, now);
	if (!l)
		return line_cannot(fail, ENOMEM, "out of memory");
	if (l->leg)
		return line_cannot(fail, EBUSY, "the circuit has a join already");
	l->is_up |= !l->switched;
	if (to_circuit)
		line_set_speed(&l->origin.speed, to_circuit->speed);
	return l;
}

bool line_is_joined(struct gw *gw, const struct gw_port *p, const struct ist_addr *a)
{
	const struct line *l;
	struct ist_addr b;

	llist_for_each_entry(l, &gw->lines->list, entry)
	{
		if (l->leg && (int)dp_channel_port(l->channel) == p->number &&
		    dp_channel_peer(gw->dp, l->channel, &b) && !memcmp(a, &b, sizeof(b)))
			return true;
	}
	return false;
}

struct join *line_dial(struct gw *gw, const struct line_to *to, struct leg *(*make)(void *ctx),
		       const struct join_owner *owner, void *ctx, struct line_fail *fail,
		       uint64_t now)
{
	struct line *l = line_reach(gw, to, fail, now);
	struct join *j;

	if (!l)
		return NULL;
	l->owner = owner;
	l->owner_ctx = ctx;
	j = join_new(gw->joins, line_leg_new(l, now), make(ctx), &line_owner, l, now);
	if (j) {
		loop_cancel(gw->loop, &l->idle);
		return j;
	}
	line_cannot(fail, ENOMEM, "out of memory");
	l->owner = NULL;
	line_without_leg(l);
	return NULL;
}

/* --- what there is ---------------------------------------------------------------------------- */

void lines_each(struct gw *gw, void (*each)(void *ctx, const struct line_view *line), void *ctx)
{
	const struct line *l;

	llist_for_each_entry(l, &gw->lines->list, entry)
	{
		struct line_view v = {l->number.n, l->channel, l->switched, &l->origin, l->leg};

		each(ctx, &v);
	}
}

unsigned lines_joined(const struct gw *gw)
{
	const struct line *l;
	unsigned n = 0;

	llist_for_each_entry(l, &gw->lines->list, entry) n += l->leg != NULL;
	return n;
}
