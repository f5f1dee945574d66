/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/switch.h"

#include "gw/dial.h"
#include "gw/legs/legs.h"
#include "gw/route_way.h"
#include <osmocom/core/linuxlist.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One call on its way: alive until the join it has become is gone. */
struct switching {
	struct llist_head entry;
	struct gw *gw;
	struct route_way way;
	const struct cfg_peer *from;
	struct leg *in; /* of the call that is offered */
	bool joined;
	unsigned avps; /* of the ICRQ, passed on */
	struct l2tp_avp avp[L2TP_MSG_AVPS];
	uint8_t value[L2TP_MSG_MAX];
};

static void switch_free(struct switching *s)
{
	route_way_end(s->gw, &s->way);
	llist_del(&s->entry);
	free(s);
}

void switches_free(struct gw *gw)
{
	struct switching *s, *next;

	llist_for_each_entry_safe(s, next, &gw->switches, entry) switch_free(s);
}

static void switch_keep(struct switching *s, const struct l2tp_msg *m)
{
	struct wr w = wr_init(s->value, sizeof(s->value));

	s->avps = leg_call_relayed(m, s->avp);
	for (unsigned i = 0; i < s->avps; i++) {
		const uint8_t *val = s->avp[i].val;

		s->avp[i].val = s->value + w.len;
		wr_bytes(&w, val, s->avp[i].len);
	}
}

/* As a text of at most 64 octets; "" when it is not in the message. */
static const char *switch_number(const struct l2tp_msg *m, uint16_t type, char out[65])
{
	const struct l2tp_avp *a = l2tp_msg_find(m, L2TP_IETF, type);

	snprintf(out, 65, "%.*s", a ? (int)a->len : 0, a ? (const char *)a->val : "");
	return *out ? out : NULL;
}

static void switch_refuse(struct l2tp_call *call, const struct leg_end *why, uint64_t now)
{
	struct l2tp_result r = {.result = L2TP_CDN_NO_FACILITIES_TEMP};

	if (why->has_cdn)
		r = (struct l2tp_result){.result = why->cdn_result, .error = why->cdn_error};
	snprintf(r.text, sizeof(r.text), "%s", why->words);
	l2tp_call_hangup(call, &r, NULL, 0, now);
}

static void switch_again(struct switching *s, struct l2tp_call *in, const struct leg_end *last,
			 uint64_t now);

static void switch_on_up(void *ctx, uint64_t now)
{
	(void)now;
	((struct switching *)ctx)->joined = true;
}

static void switch_on_gone(void *ctx, const struct leg_end *why, uint64_t now)
{
	struct switching *s = ctx;
	struct l2tp_call *in = s->joined ? NULL : leg_call_let_go(s->in);

	if (in)
		switch_again(s, in, why, now);
	else
		switch_free(s);
}

static const struct join_owner switch_owner = {.up = switch_on_up, .gone = switch_on_gone};

/* A join of a call to this peer with the one that is offered; NULL with *words. */
static struct join *switch_join(struct switching *s, struct l2tp_call *in,
				const struct cfg_peer *peer, const char **words, uint64_t now)
{
	struct gw *gw = s->gw;
	struct l2tp_call *out = dial_call(gw, peer, now, words);
	struct leg *to = NULL;
	struct join *j;

	if (!out)
		return NULL;
	s->in = leg_call_offered(gw, in, s->from);
	if (s->in)
		to = leg_call_switched(gw, out, peer, s->in, s->avp, s->avps);
	j = join_new(gw->joins, to, s->in, &switch_owner, s, now);
	if (j)
		join_explain(j, s->way.why);
	else
		dial_abandon(out, words, now);
	return j;
}

/* With the next peer that can be reached; none: the call is refused as the last one refused it. */
static void switch_try(struct switching *s, struct l2tp_call *in, const struct leg_end *last,
		       uint64_t now)
{
	const char *words = "no peer of the route can be called";
	const struct cfg_peer *peer;
	struct join *j = NULL;
	struct leg_end why;

	while (!j && (peer = route_way_next(s->gw, &s->way, now))) {
		j = switch_join(s, in, peer, &words, now);
		if (!j)
			route_way_unreached(&s->way, words);
	}
	if (j) {
		join_start(j, now);
		return;
	}
	why = last ? *last : leg_end(LEG_BY_RESOURCES, words);
	switch_refuse(in, &why, now);
	switch_free(s);
}

static void switch_again(struct switching *s, struct l2tp_call *in, const struct leg_end *last,
			 uint64_t now)
{
	if (route_way_refused(s->gw, &s->way, last, now)) {
		switch_try(s, in, last, now);
		return;
	}
	switch_refuse(in, last, now);
	switch_free(s);
}

bool switch_offered(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer,
		    const struct l2tp_msg *msg, uint64_t now)
{
	char called[65], calling[65];
	struct route_what what = {.peer = peer,
				  .called = switch_number(msg, L2TP_AVP_CALLED_NUMBER, called),
				  .calling = switch_number(msg, L2TP_AVP_CALLING_NUMBER, calling)};
	struct leg_end why = leg_end(LEG_BY_RESOURCES, "out of memory");
	struct route_way way;
	struct switching *s;

	if (!route_way_begin(gw, &way, &what))
		return false;
	s = calloc(1, sizeof(*s));
	if (!s) {
		route_way_end(gw, &way);
		switch_refuse(call, &why, now);
		return true;
	}
	llist_add_tail(&s->entry, &gw->switches);
	s->gw = gw;
	s->way = way;
	s->from = peer;
	switch_keep(s, msg);
	switch_try(s, call, NULL, now);
	return true;
}
