/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Joins of legs that only remember what they were asked. */
#include "gw/legs/join.h"
#include "tests/gw/clock.h"
#include "tests/harness.h"

#include <stdlib.h>
#include <string.h>

struct probe {
	struct leg leg;
	unsigned starts, stops, losses, frames, networks, *freed;
	bool slow; /* stop() does not end it at once */
	struct leg_end why;
};

static struct probe *join_of(struct leg *l)
{
	return (struct probe *)l;
}

static void p_start(struct leg *l, uint64_t now)
{
	(void)now;
	join_of(l)->starts++;
}

static void p_stop(struct leg *l, const struct leg_end *why, uint64_t now)
{
	join_of(l)->stops++;
	join_of(l)->why = *why;
	if (!join_of(l)->slow)
		join_leg_gone(l, why, now);
}

static void p_lost(struct leg *l, const struct leg_end *why, uint64_t now)
{
	join_of(l)->losses++;
	join_leg_gone(l, why, now);
}

static void p_frame(struct leg *l, const uint8_t *frame, size_t len, uint64_t now)
{
	(void)frame;
	(void)len;
	(void)now;
	join_of(l)->frames++;
}

static void p_network(struct leg *l, const struct leg_network *n)
{
	(void)n;
	join_of(l)->networks++;
}

static void p_free(struct leg *l)
{
	++*join_of(l)->freed;
	free(l);
}

#define OPS(k, nw)                                                                       \
	{                                                                                \
		.kind = k, .name = #k, .start = p_start, .stop = p_stop, .lost = p_lost, \
		.frame = p_frame, .network = nw, .free = p_free                          \
	}
static const struct leg_ops kinds[LEG_KINDS] = {
	[LEG_CALL] = OPS(LEG_CALL, p_network),
	[LEG_SERVER] = OPS(LEG_SERVER, NULL),
	[LEG_CLIENT] = OPS(LEG_CLIENT, NULL),
};

static struct loop *loop;
static struct join_list *list;
static unsigned freed, ups, gones;
static struct leg_end gone_why;
static struct join *join;
static struct probe *a, *b;

static void join_on_up(void *ctx, uint64_t now)
{
	(void)ctx;
	(void)now;
	ups++;
}

static void join_on_gone(void *ctx, const struct leg_end *why, uint64_t now)
{
	(void)ctx;
	(void)now;
	gones++;
	gone_why = *why;
}

static const struct join_owner owner = {.up = join_on_up, .gone = join_on_gone};

static struct probe *probe(enum leg_kind kind)
{
	struct probe *p = calloc(1, sizeof(*p));

	p->leg.ops = &kinds[kind];
	p->freed = &freed;
	return p;
}

static void join_set_up(enum leg_kind second)
{
	clock_us = 100;
	freed = ups = gones = 0;
	loop = loop_new(clock_now);
	list = join_list_new(loop);
	a = probe(LEG_CALL);
	b = probe(second);
	join = join_new(list, &a->leg, &b->leg, &owner, NULL, 100);
}

static void join_tear_down(void)
{
	clock_until(loop, clock_us);
	CU_ASSERT_EQUAL(freed, 2);
	CU_ASSERT_EQUAL(list->n, 0);
	CU_ASSERT_EQUAL(gones, 1);
	join_list_free(list);
	loop_free(loop);
}

static void both_up(void)
{
	join_start(join, 100);
	join_leg_up(&a->leg, 100);
	join_leg_up(&b->leg, 100);
}

static void second_starts_when_first_is_up(void)
{
	struct leg_end why = leg_end(LEG_BY_OPERATOR, NULL);

	join_set_up(LEG_SERVER);
	CU_ASSERT_EQUAL(a->starts, 0);
	join_start(join, 100);
	CU_ASSERT_EQUAL(a->starts, 1);
	CU_ASSERT_EQUAL(b->starts, 0);
	join_leg_up(&a->leg, 100);
	CU_ASSERT_EQUAL(b->starts, 1);
	CU_ASSERT_EQUAL(ups, 0);
	join_leg_up(&b->leg, 100);
	join_leg_up(&b->leg, 100);
	CU_ASSERT_EQUAL(ups, 1);
	join_cut(join, &why, 100);
	join_tear_down();
}

/* Every row of the table: which leg goes, how the other one ends. */
static void when_one_goes(void)
{
	static const struct {
		enum leg_kind second;
		bool first_goes;
		unsigned stops, losses; /* of the other */
	} rows[] = {
		/* CDN or tunnel gone: PPP has nobody to talk to */
		{LEG_SERVER, true, 0, 1},
		{LEG_CLIENT, true, 0, 1},
		/* PPP has ended: the peer gets a CDN */
		{LEG_SERVER, false, 1, 0},
		{LEG_CLIENT, false, 1, 0},
	};
	struct leg_end why = leg_end(LEG_BY_AUTH, "wrong password");
	unsigned i;

	CU_ASSERT_EQUAL(sizeof(rows) / sizeof(rows[0]), join_table_len);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct probe *other;

		join_set_up(rows[i].second);
		both_up();
		other = rows[i].first_goes ? b : a;
		join_leg_gone(rows[i].first_goes ? &a->leg : &b->leg, &why, 100);
		CU_ASSERT_EQUAL(other->stops, rows[i].stops);
		CU_ASSERT_EQUAL(other->losses, rows[i].losses);
		CU_ASSERT_STRING_EQUAL(gone_why.words, "wrong password");
		CU_ASSERT_EQUAL(freed, 0); /* not while a leg's function may be running */
		join_tear_down();
	}
}

static void a_leg_that_never_started_just_goes(void)
{
	struct leg_end why = leg_end(LEG_BY_LOSS, NULL);

	join_set_up(LEG_SERVER);
	join_start(join, 100);
	join_leg_gone(&a->leg, &why, 100);
	CU_ASSERT_EQUAL(b->stops + b->losses + b->starts, 0);
	join_tear_down();
}

static void end_is_terminal_first_and_waits_for_it(void)
{
	struct leg_end why = leg_end(LEG_BY_OPERATOR, "cleared"), other = leg_end(LEG_BY_PEER, "x");

	join_set_up(LEG_CLIENT);
	both_up();
	b->slow = true;
	join_end(join, &why, 100);
	join_end(join, &why, 100);
	CU_ASSERT_EQUAL(b->stops, 1);
	CU_ASSERT_EQUAL(a->stops, 0);
	/* Frames still pass: Terminate-Request and its answer. */
	join_frame(&b->leg, (const uint8_t *)"x", 1, 100);
	join_frame(&a->leg, (const uint8_t *)"x", 1, 100);
	CU_ASSERT_EQUAL(a->frames, 1);
	CU_ASSERT_EQUAL(b->frames, 1);
	join_leg_gone(&b->leg, &other, 100);
	CU_ASSERT_EQUAL(a->stops, 1);
	/* What is told is why it was ended, not how the far end agreed. */
	CU_ASSERT_STRING_EQUAL(gone_why.words, "cleared");
	join_tear_down();
}

static void cut_does_not_wait(void)
{
	struct leg_end why = leg_end(LEG_BY_SHUTDOWN, NULL);

	join_set_up(LEG_CLIENT);
	both_up();
	b->slow = true;
	join_end(join, &why, 100);
	join_cut(join, &why, 100);
	CU_ASSERT_EQUAL(b->losses, 1);
	CU_ASSERT_EQUAL(a->stops, 1);
	join_tear_down();
}

static void said_after_the_end_changes_nothing(void)
{
	struct leg_end why = leg_end(LEG_BY_LOSS, NULL);

	join_set_up(LEG_SERVER);
	both_up();
	join_leg_gone(&a->leg, &why, 100);
	join_leg_gone(&a->leg, &why, 100);
	join_leg_gone(&b->leg, &why, 100);
	join_leg_up(&b->leg, 100);
	join_frame(&a->leg, (const uint8_t *)"x", 1, 100);
	CU_ASSERT_EQUAL(b->frames, 0);
	CU_ASSERT_EQUAL(ups, 1);
	join_tear_down();
}

static void network_reaches_the_call_only_while_it_is_up(void)
{
	struct leg_network n = {.ff03 = true};
	struct leg_end why = leg_end(LEG_BY_LOSS, NULL);

	join_set_up(LEG_SERVER);
	join_start(join, 100);
	join_network(&b->leg, &n);
	CU_ASSERT_EQUAL(a->networks, 0);
	join_leg_up(&a->leg, 100);
	join_network(&b->leg, &n);
	CU_ASSERT_EQUAL(a->networks, 1);
	join_network(&a->leg, &n); /* a terminal has no fast path of its own */
	join_cut(join, &why, 100);
	join_network(&b->leg, &n);
	CU_ASSERT_EQUAL(a->networks, 1);
	join_tear_down();
}

static void no_leg_no_join(void)
{
	join_set_up(LEG_SERVER);
	CU_ASSERT_PTR_NULL(join_new(list, &probe(LEG_CALL)->leg, NULL, NULL, NULL, 0));
	CU_ASSERT_PTR_NULL(join_new(list, NULL, &probe(LEG_CALL)->leg, NULL, NULL, 0));
	CU_ASSERT_EQUAL(freed, 2);
	join_list_free(list);
	CU_ASSERT_EQUAL(freed, 4);
	loop_free(loop);
}

static void frames_that_cannot_pass_are_counted(void)
{
	struct leg_end why = leg_end(LEG_BY_OPERATOR, NULL);
	const uint64_t *drop;

	join_set_up(LEG_SERVER);
	drop = list->drop;
	join_start(join, 100);
	join_frame(&a->leg, (const uint8_t *)"x", 1, 100);
	CU_ASSERT_EQUAL(drop[JOIN_D_OTHER_NOT_UP], 1);
	CU_ASSERT_EQUAL(b->frames, 0);
	join_leg_up(&a->leg, 100);
	join_frame(&a->leg, (const uint8_t *)"x", 1, 100);
	CU_ASSERT_EQUAL(drop[JOIN_D_OTHER_NOT_UP], 1);
	CU_ASSERT_EQUAL(b->frames, 1);
	join_cut(join, &why, 100);
	join_frame(&a->leg, (const uint8_t *)"x", 1, 100);
	CU_ASSERT_EQUAL(drop[JOIN_D_OTHER_NOT_UP], 2);
	CU_ASSERT_EQUAL(b->frames, 1);
	join_tear_down();
}

static void every_drop_has_a_key_and_words(void)
{
	for (unsigned i = 0; i < JOIN_D_COUNT; i++) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(join_drops[i].key);
		CU_ASSERT_TRUE(*join_drops[i].key && *join_drops[i].words);
	}
}

static const struct test_case cases[] = {
	{"second_starts_when_first_is_up", second_starts_when_first_is_up},
	{"when_one_goes", when_one_goes},
	{"a_leg_that_never_started_just_goes", a_leg_that_never_started_just_goes},
	{"end_is_terminal_first_and_waits_for_it", end_is_terminal_first_and_waits_for_it},
	{"cut_does_not_wait", cut_does_not_wait},
	{"said_after_the_end_changes_nothing", said_after_the_end_changes_nothing},
	{"network_reaches_the_call_only_while_it_is_up",
	 network_reaches_the_call_only_while_it_is_up},
	{"no_leg_no_join", no_leg_no_join},
	{"frames_that_cannot_pass_are_counted", frames_that_cannot_pass_are_counted},
	{"every_drop_has_a_key_and_words", every_drop_has_a_key_and_words},
	{NULL, NULL},
};
const struct test_suite suite_join = {"join", cases};
