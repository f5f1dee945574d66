/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/switch.h"

#include "core/container.h"
#include "core/htab.h"
#include "core/phb.h"
#include "gw/about.h"
#include "gw/dial.h"
#include "gw/filter.h"
#include "gw/history.h"
#include "gw/legs/legs.h"
#include "gw/peer.h"
#include "gw/port.h"
#include "gw/random.h"
#include "gw/resume.h"
#include "gw/route_ask.h"
#include "gw/text.h"
#include <osmocom/core/linuxlist.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct switches {
	struct llist_head list;
	struct htab by_serial; /* of those that have no join yet */
};

/* One call on its way: alive until the join it has become is gone. */
struct switching {
	struct llist_head entry;
	struct hnode same; /* in by_serial */
	struct gw *gw;
	const struct cfg_peer *from;
	struct route_way way;
	struct leg *in; /* of the call that is offered */
	bool outgoing;
	int asked;  /* of the call that is offered: as leg_call_asks_phb() takes it */
	bool waits; /* `in` has no join and is freed here; a join frees its own */
	const struct ppp_auth_claim *claim; /* while ICCN is handled: its user's; or NULL */
	struct l2tp_avps *icrq, *iccn; /* passed on; NULL once the join is up, iccn also before */
};

/* --- all of them ------------------------------------------------------------------------------- */

struct switches *switches_new(void)
{
	struct switches *all = calloc(1, sizeof(*all));
	uint64_t secret;

	if (!all)
		return NULL;
	gw_random(&secret, sizeof(secret));
	INIT_LLIST_HEAD(&all->list);
	htab_init(&all->by_serial, secret);
	return all;
}

static void switch_drop_relays(struct switching *s)
{
	htab_del(&s->gw->switches->by_serial, &s->same);
	free(s->icrq);
	free(s->iccn);
	s->icrq = s->iccn = NULL;
}

static void switch_free(struct switching *s)
{
	route_way_end(s->gw, &s->way);
	switch_drop_relays(s);
	llist_del(&s->entry);
	free(s);
}

static void switch_free_leg(struct switching *s)
{
	s->in->ops->free(s->in);
	s->in = NULL;
	s->waits = false;
}

void switches_free(struct switches *all)
{
	struct switching *s, *next;

	if (!all)
		return;
	llist_for_each_entry_safe(s, next, &all->list, entry)
	{
		if (s->waits)
			switch_free_leg(s);
		switch_free(s);
	}
	htab_free(&all->by_serial);
	free(all);
}

/* --- what the call says ------------------------------------------------------------------------ */

/* As a text of at most cap octets with its NUL; NULL when it is not there or empty. */
static const char *switch_text(const struct l2tp_avps *r, uint16_t type, char *out, size_t cap)
{
	const struct l2tp_avp *a = relay_find(r, L2TP_IETF, type);

	snprintf(out, cap, "%.*s", a ? (int)a->len : 0, a ? (const char *)a->val : "");
	return *out ? out : NULL;
}

static uint32_t switch_serial(const struct l2tp_avps *r)
{
	const struct l2tp_avp *a = relay_find(r, L2TP_IETF, L2TP_AVP_CALL_SERIAL_NUMBER);
	struct rd rd = rd_init(a ? a->val : NULL, a ? a->len : 0);

	return rd_u32(&rd);
}

static bool switch_same_avp(const struct l2tp_avps *a, const struct l2tp_avps *b, uint16_t type)
{
	const struct l2tp_avp *x = relay_find(a, L2TP_IETF, type);
	const struct l2tp_avp *y = relay_find(b, L2TP_IETF, type);

	if (!x || !y)
		return x == y;
	return x->len == y->len && (!x->len || !memcmp(x->val, y->val, x->len));
}

static bool switch_same_call(const struct l2tp_avps *a, const struct l2tp_avps *b)
{
	return switch_serial(a) == switch_serial(b) &&
	       switch_same_avp(a, b, L2TP_AVP_CALLED_NUMBER) &&
	       switch_same_avp(a, b, L2TP_AVP_CALLING_NUMBER);
}

/* --- loops ------------------------------------------------------------------------------------- */

#define ID_LEN sizeof(((struct gw *)0)->id)

/* The list of gateways behind the one we got, or NULL with words: the call has been here, or has
 * been about too long.  A list that is not made of whole ids is not ours, and begins anew. */
static const struct l2tp_avp *switch_passed(const struct gw *gw, const struct l2tp_msg *icrq,
					    struct l2tp_avp *out, uint8_t *list, const char **words)
{
	const struct l2tp_avp *a =
		l2tp_msg_find(icrq, L2TP_EXAMPLE_VENDOR, L2TP_AVP_GATEWAYS_PASSED);
	size_t len = a && a->len % ID_LEN == 0 ? a->len : 0;

	*words = "loop: this gateway has switched the call before";
	for (size_t at = 0; at < len; at += ID_LEN)
		if (!memcmp(a->val + at, gw->id, ID_LEN))
			return NULL;
	*words = "loop: too many gateways have switched the call";
	if (len >= SWITCH_PASSED_MAX * ID_LEN)
		return NULL;
	if (len)
		memcpy(list, a->val, len);
	memcpy(list + len, gw->id, ID_LEN);
	*out = (struct l2tp_avp){.vendor = L2TP_EXAMPLE_VENDOR,
				 .type = L2TP_AVP_GATEWAYS_PASSED,
				 .val = list,
				 .len = (uint16_t)(len + ID_LEN)};
	return out;
}

/* How many such calls are on their way without a join. */
static unsigned switch_same_calls(struct switches *all, const struct l2tp_avps *icrq)
{
	struct hnode *n = htab_first(&all->by_serial, switch_serial(icrq));
	unsigned same = 0;

	for (; n; n = htab_more(n))
		same += switch_same_call(IST_CONTAINER_OF(n, struct switching, same)->icrq, icrq);
	return same;
}

/* --- refusing ---------------------------------------------------------------------------------- */

static void switch_refuse(struct gw *gw, struct l2tp_call *call, uint16_t deflt,
			  const struct leg_end *why, const char *way, uint64_t now)
{
	struct l2tp_result r = call_end_result(why);
	struct l2tp_avp avp[L2TP_MSG_AVPS];
	struct l2tp_tunnel_info t;
	struct l2tp_call_info c;
	struct relay_to to;

	if (!why->has_cdn)
		r.result = deflt;
	l2tp_call_info(call, &c);
	l2tp_tunnel_info(c.tunnel, &t);
	to = (struct relay_to){.peer = t.peer,
			       .tid = t.local_id,
			       .sid = c.local_id,
			       .gw = gw,
			       .channel = t.channel,
			       .source = peer_channel_source(gw, t.channel)};
	gw_log_peer(about_call(gw, &t, &c), GW_LOG_CALL, LOGL_NOTICE, to.source, now,
		    "call %u/%u: not switched: %s%s%s", t.local_id, c.local_id, why->words,
		    *way ? ": " : "", way);
	history_call(gw, call, now, why->words);
	l2tp_call_hangup(call, &r, avp, relay_pick(why->has_cdn ? gw->cdn : NULL, &to, avp, now),
			 now);
}

static void switch_give_up(struct switching *s, struct l2tp_call *in, const struct leg_end *why,
			   uint64_t now)
{
	/* RFC 2661 4.4.2: for an LNS we are the LAC, who has had no time left. */
	bool late = s->outgoing && why->cause == LEG_BY_TIMEOUT;

	switch_refuse(s->gw, in, late ? L2TP_CDN_TIMEOUT : L2TP_CDN_NO_FACILITIES_TEMP, why,
		      s->way.why, now);
	switch_free(s);
}

static void switch_refuse_loop(struct switching *s, struct l2tp_call *in, const char *words,
			       uint64_t now)
{
	struct leg_end why = leg_end(LEG_BY_RESOURCES, words);

	switch_refuse(s->gw, in, L2TP_CDN_NO_FACILITIES_PERM, &why, s->way.why, now);
	switch_free(s);
}

/* --- the next peer ----------------------------------------------------------------------------- */

static struct leg *switch_leg_offered(const struct switching *s, struct l2tp_call *in)
{
	struct leg *l = leg_call_offered(s->gw, in, s->from);

	if (l)
		leg_call_asks_phb(l, s->asked);
	return l;
}

static void switch_on_gone(void *ctx, const struct leg_end *why, uint64_t now);

static void switch_on_up(void *ctx, uint64_t now)
{
	(void)now;
	switch_drop_relays(ctx);
}

static bool switch_save(void *ctx, struct wr *w)
{
	route_way_save(w, &((const struct switching *)ctx)->way);
	return true;
}

static const struct join_owner switch_owner = {
	.up = switch_on_up, .gone = switch_on_gone, .save = switch_save};

/* A join of a call to this peer with the one that is offered; NULL with *words. */
static struct join *switch_join(struct switching *s, struct l2tp_call *in,
				const struct cfg_peer *peer, const char **words, uint64_t now)
{
	struct gw *gw = s->gw;
	struct l2tp_call *out =
		s->outgoing ? dial_call_of(gw, peer, now, words) : dial_call(gw, peer, now, words);
	struct leg *to = NULL;
	struct join *j;

	if (!out)
		return NULL;
	s->in = switch_leg_offered(s, in);
	if (s->in)
		to = leg_call_switched(gw, out, peer, s->in, s->icrq, s->iccn);
	j = join_new(gw->joins, to, s->in, &switch_owner, s, now);
	if (j) {
		join_explain(j, s->way.why);
		leg_take_filters(s->in, LEG_FILTERS_SECTION, filters_of(gw, s->way.route->filter));
		leg_take_rates(s->in, LEG_RATES_SECTION, &s->way.route->rates);
		return j;
	}
	s->in = NULL;
	dial_abandon(out, words, now);
	return NULL;
}

/* NULL, or words.  What is left out of an OCRQ the engine would make up (RFC 2661 6.9): the call
 * would go to another number, or with other bounds. */
static const char *switch_not_for(const struct switching *s, const struct cfg_peer *peer)
{
	return s->outgoing && !relay_is_whole(s->icrq, peer)
		       ? "the request came hidden, and the peer has no secret to hide it with"
		       : NULL;
}

/* With the next peer that can be reached; none: the call is refused as the last one refused it. */
static void switch_try(struct switching *s, struct l2tp_call *in, const struct leg_end *last,
		       uint64_t now)
{
	const char *words = "no peer of the route can be called", *not_for = NULL;
	const struct cfg_peer *peer;
	struct join *j = NULL;
	struct leg_end why;

	while (!j && (peer = route_way_next(s->gw, &s->way, now))) {
		not_for = switch_not_for(s, peer);
		j = not_for ? NULL : switch_join(s, in, peer, &words, now);
		if (!j)
			route_way_unreached(&s->way, not_for ? not_for : words);
	}
	if (j) {
		join_start(j, now);
		return;
	}
	if (s->way.came_from && !s->way.peer) {
		switch_refuse_loop(s, in, "loop: the route leads back to where the call came from",
				   now);
		return;
	}
	why = leg_end(LEG_BY_RESOURCES, words);
	if (last)
		why = *last;
	else if (not_for)
		why = leg_end_cdn(not_for, L2TP_CDN_NO_FACILITIES_PERM);
	switch_give_up(s, in, &why, now);
}

static void switch_on_gone(void *ctx, const struct leg_end *why, uint64_t now)
{
	struct switching *s = ctx;
	struct l2tp_call *in = leg_call_let_go(s->in); /* NULL once it has been started */

	if (!in)
		switch_free(s);
	else if (route_way_refused(s->gw, &s->way, why, now))
		switch_try(s, in, why, now);
	else
		switch_give_up(s, in, why, now);
}

/* --- servers that say to whom ------------------------------------------------------------------ */

static void switch_waiter_down(void *ctx, uint64_t now);
static struct route_what switch_what(const struct switching *s, char called[65], char calling[65],
				     char user[256]);

static void switch_on_hold_up(void *ctx, const struct l2tp_msg *iccn, uint64_t now)
{
	(void)ctx, (void)iccn, (void)now;
}

static const struct leg_call_waiter switch_on_hold = {switch_on_hold_up, switch_waiter_down};

static void switch_answered(void *ctx, bool ok, const char *message, uint64_t now)
{
	struct switching *s = ctx;
	struct l2tp_call *in = leg_call_let_go(s->in);
	struct leg_end why =
		message ? leg_end_cdn("refused by RADIUS", L2TP_CDN_ADMINISTRATIVE)
			: leg_end(LEG_BY_RESOURCES, "RADIUS names nobody who takes the call");

	switch_free_leg(s);
	if (ok && s->gw->phase == GW_RUNNING)
		switch_try(s, in, NULL, now);
	else
		switch_give_up(s, in, &why, now);
}

/* Of a circuit far away its own gateway can ask. */
static bool switch_ask_servers(struct switching *s, struct l2tp_call *in, uint64_t now)
{
	char called[65], calling[65], user[256], where[GW_TEXT_MAX];
	struct route_what what = switch_what(s, called, calling, user);
	struct l2tp_tunnel_info t;
	struct l2tp_call_info c;
	struct route_question q = {.what = &what, .claim = s->claim};

	s->claim = NULL;
	l2tp_call_info(in, &c);
	l2tp_tunnel_info(c.tunnel, &t);
	q.about = about_call(s->gw, &t, &c);
	q.source = peer_channel_source(s->gw, t.channel);
	q.source_text = port_channel_text(where, sizeof(where), s->gw, t.channel);
	return route_ask(s->gw, &s->way, &q, switch_answered, s, now);
}

static void switch_ask(struct switching *s, struct l2tp_call *in, uint64_t now)
{
	struct leg_end why = leg_end(LEG_BY_RESOURCES, "RADIUS cannot be asked");

	s->in = switch_leg_offered(s, in);
	s->waits = s->in;
	if (s->waits)
		leg_call_hold(s->in, &switch_on_hold, s);
	if (s->waits && switch_ask_servers(s, in, now))
		return;
	if (s->waits) {
		leg_call_let_go(s->in);
		switch_free_leg(s);
	}
	switch_give_up(s, in, &why, now);
}

/* The way has begun. */
static void switch_go(struct switching *s, struct l2tp_call *in, uint64_t now)
{
	if (route_asks(&s->way))
		switch_ask(s, in, now);
	else
		switch_try(s, in, NULL, now);
}

/* --- calls whose user decides ------------------------------------------------------------------ */

static struct route_what switch_what(const struct switching *s, char called[65], char calling[65],
				     char user[256])
{
	return (struct route_what){
		.peer = s->from,
		.outgoing = s->outgoing,
		.called = switch_text(s->icrq, L2TP_AVP_CALLED_NUMBER, called, 65),
		.calling = switch_text(s->icrq, L2TP_AVP_CALLING_NUMBER, calling, 65),
		.user = switch_text(s->iccn, L2TP_AVP_PROXY_AUTHEN_NAME, user, 256)};
}

/* ICCN is here.  Without a user in it only routes fit that ask for none. */
static void switch_waiter_up(void *ctx, const struct l2tp_msg *iccn, uint64_t now)
{
	struct leg_end none = leg_end(LEG_BY_RESOURCES, "no route for this user");
	struct switching *s = ctx;
	struct l2tp_call *in = leg_call_let_go(s->in);
	char called[65], calling[65], user[256];
	struct ppp_auth_claim claim;
	struct route_what what;

	switch_free_leg(s);
	s->claim = leg_call_claim(&claim, iccn) ? &claim : NULL;
	s->iccn = relay_new(iccn, NULL);
	if (!s->iccn)
		none = leg_end(LEG_BY_RESOURCES, "out of memory");
	what = switch_what(s, called, calling, user);
	if (!s->iccn || !route_way_begin(s->gw, &s->way, &what))
		switch_give_up(s, in, &none, now);
	else
		switch_go(s, in, now);
	explicit_bzero(&claim, sizeof(claim));
}

static void switch_waiter_down(void *ctx, uint64_t now)
{
	struct switching *s = ctx;

	(void)now;
	leg_call_let_go(s->in);
	switch_free_leg(s);
	switch_free(s);
}

static const struct leg_call_waiter switch_waiter = {switch_waiter_up, switch_waiter_down};

static void switch_wait(struct switching *s, struct l2tp_call *in, uint64_t now)
{
	struct leg_end why = leg_end(LEG_BY_RESOURCES, "out of memory");

	s->in = switch_leg_offered(s, in);
	s->waits = s->in;
	if (s->waits)
		leg_call_wait(s->in, &switch_waiter, s, now);
	else
		switch_give_up(s, in, &why, now);
}

/* --- offered ----------------------------------------------------------------------------------- */

/* NULL without memory. */
static struct switching *switch_new(struct gw *gw, const struct cfg_peer *from,
				    const struct l2tp_msg *icrq, const struct l2tp_avp *passed)
{
	struct switching *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->gw = gw;
	s->from = from;
	s->outgoing = icrq->type == L2TP_OCRQ;
	s->asked = phb_find(icrq, L2TP_AVP_SESSION_DS);
	s->icrq = relay_new(icrq, passed);
	if (!s->icrq) {
		free(s);
		return NULL;
	}
	llist_add_tail(&s->entry, &gw->switches->list);
	return s;
}

/* The call goes by a route, now or when its user is known.  loop: why it does not, NULL = it may.
 */
static void switch_begin(struct switching *s, struct l2tp_call *call, const char *loop, bool waits,
			 uint64_t now)
{
	if (!loop && switch_same_calls(s->gw->switches, s->icrq) >= SWITCH_SAME_MAX)
		loop = "loop: the same call is on its way several times";
	if (loop) {
		switch_refuse_loop(s, call, loop, now);
		return;
	}
	htab_add(&s->gw->switches->by_serial, &s->same, switch_serial(s->icrq));
	if (waits)
		switch_wait(s, call, now);
	else
		switch_go(s, call, now);
}

/* For an offered ICRQ or OCRQ; NULL after refusing the call without memory.  *loop: why it must not
 * go on, or NULL. */
static struct switching *switch_make(struct gw *gw, struct l2tp_call *call,
				     const struct cfg_peer *peer, const struct l2tp_msg *msg,
				     const char **loop, uint64_t now)
{
	struct leg_end why = leg_end(LEG_BY_RESOURCES, "out of memory");
	uint8_t list[(SWITCH_PASSED_MAX + 1) * ID_LEN];
	struct l2tp_avp avp;
	const struct l2tp_avp *passed = switch_passed(gw, msg, &avp, list, loop);
	struct switching *s = switch_new(gw, peer, msg, passed);

	if (passed)
		*loop = NULL;
	if (!s)
		switch_refuse(gw, call, L2TP_CDN_NO_FACILITIES_TEMP, &why, "", now);
	return s;
}

bool switch_offered(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer,
		    const struct l2tp_msg *msg, uint64_t now)
{
	char called[65], calling[65], user[256];
	struct route_what what;
	const char *loop;
	struct switching *s = switch_make(gw, call, peer, msg, &loop, now);
	bool waits;

	if (!s)
		return true;
	what = switch_what(s, called, calling, user);
	waits = route_waits_for_user(gw->cfg, &what);
	if (!waits && !route_way_begin(gw, &s->way, &what)) {
		switch_free(s);
		return false;
	}
	switch_begin(s, call, loop, waits, now);
	return true;
}

void switch_outgoing(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer,
		     const struct l2tp_msg *msg, struct route_way *way, uint64_t now)
{
	const char *loop;
	struct switching *s = switch_make(gw, call, peer, msg, &loop, now);

	if (!s) {
		route_way_end(gw, way);
		return;
	}
	s->way = *way;
	switch_begin(s, call, loop, false, now);
}

/* --- going on in another life ------------------------------------------------------------------ */

static struct switching *switch_recall(struct resume_from *f, struct leg *in)
{
	struct switching *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->gw = f->gw;
	s->in = in;
	llist_add_tail(&s->entry, &f->gw->switches->list);
	route_way_recall(f->gw, &f->owner, &s->way);
	if (s->way.route) {
		leg_take_filters(in, LEG_FILTERS_SECTION, filters_of(f->gw, s->way.route->filter));
		leg_take_rates(in, LEG_RATES_SECTION, &s->way.route->rates);
	}
	return s;
}

struct join *switch_resume(struct resume_from *f)
{
	struct leg *out = leg_call_resume(f->gw, &f->leg[0], &f->words);
	struct leg *in = out ? leg_call_resume(f->gw, &f->leg[1], &f->words) : NULL;
	struct switching *s = in ? switch_recall(f, in) : NULL;
	struct join *j;

	if (!s) {
		if (in)
			in->ops->free(in);
		if (out)
			out->ops->free(out);
		return NULL;
	}
	leg_call_resume_switched(out, in);
	j = join_new(f->gw->joins, out, in, &switch_owner, s, f->now);
	f->words = "out of memory";
	if (!j)
		switch_free(s);
	return j;
}
