/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Joins of legs that only remember what they were asked. */
#include "gw/gw.h"
#include "gw/legs/join.h"
#include "gw/legs/leg_entry.h"
#include "tests/gw/bench.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <stdlib.h>
#include <string.h>

struct probe {
	struct leg leg;
	struct leg_entry entry; /* of a call or a line */
	uint8_t last;		/* octet of the last frame */
	bool overtaken;		/* frames went past us when it came */
	unsigned starts, stops, losses, frames, networks, *freed;
	bool slow;    /* stop() does not end it at once */
	bool instant; /* is up as soon as it is started */
	struct leg_end why;
};

static struct probe *join_of(struct leg *l)
{
	return (struct probe *)l;
}

static void p_start(struct leg *l, uint64_t now)
{
	join_of(l)->starts++;
	if (join_of(l)->instant)
		join_leg_up(l, now);
}

static void p_stop(struct leg *l, const struct leg_end *why, uint64_t now)
{
	join_of(l)->stops++;
	CU_ASSERT_EQUAL(l->state, LEG_STOPPING);
	join_of(l)->why = *why;
	if (!join_of(l)->slow)
		join_leg_gone(l, why, now);
}

static void p_lost(struct leg *l, const struct leg_end *why, uint64_t now)
{
	join_of(l)->losses++;
	CU_ASSERT_EQUAL(l->state, LEG_STOPPING);
	join_leg_gone(l, why, now);
}

static void p_frame(struct leg *l, const uint8_t *frame, size_t len, uint64_t now)
{
	(void)now;
	join_of(l)->frames++;
	join_of(l)->last = len ? frame[0] : 0;
	join_of(l)->overtaken = join_of(l)->entry.c.mode == DP_FORWARD;
}

static void p_network(struct leg *l, const struct leg_network *n)
{
	(void)n;
	join_of(l)->networks++;
}

static struct leg_entry *p_entry(struct leg *l)
{
	return &join_of(l)->entry;
}

static void p_free(struct leg *l)
{
	++*join_of(l)->freed;
	free(l);
}

#define OPS(k, nw, en)                                                                   \
	{                                                                                \
		.kind = k, .name = #k, .start = p_start, .stop = p_stop, .lost = p_lost, \
		.frame = p_frame, .network = nw, .entry = en, .free = p_free             \
	}
static const struct leg_ops kinds[LEG_KINDS] = {
	[LEG_CALL] = OPS(LEG_CALL, p_network, p_entry),
	[LEG_LINE] = OPS(LEG_LINE, p_network, p_entry),
	[LEG_SERVER] = OPS(LEG_SERVER, NULL, NULL),
	[LEG_CLIENT] = OPS(LEG_CLIENT, NULL, NULL),
	[LEG_PROXY] = OPS(LEG_PROXY, NULL, NULL),
	[LEG_BUNDLE] = OPS(LEG_BUNDLE, p_network, p_entry),
};

static struct loop *loop;
static struct join_list *list;
static struct gw no_gw;
static uint16_t sids;
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
	leg_entry_init(&p->entry, &no_gw,
		       &(struct dp_call){.tid = (uint16_t)(kind == LEG_CALL), .sid = ++sids});
	p->freed = &freed;
	return p;
}

static void join_set_up_kinds(enum leg_kind first, enum leg_kind second)
{
	fake_reset();
	clock_us = 100;
	freed = ups = gones = 0;
	loop = loop_new(clock_now);
	list = join_list_new(loop);
	a = probe(first);
	b = probe(second);
	join = join_new(list, &a->leg, &b->leg, &owner, NULL, 100);
}

static void join_set_up(enum leg_kind second)
{
	join_set_up_kinds(LEG_CALL, second);
}

static void join_tear_down(void)
{
	clock_until(loop, clock_us);
	CU_ASSERT_EQUAL(freed, 2);
	CU_ASSERT_EQUAL(list->n, 0);
	CU_ASSERT_EQUAL(list->gone, 1);
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

/* Legs that no row of the table joins: the far end of the other one may be there still. */
static void a_pair_without_a_row(void)
{
	struct leg_end why = leg_end(LEG_BY_PEER, "gone");

	join_set_up_kinds(LEG_BUNDLE, LEG_CALL);
	both_up();
	join_leg_gone(&a->leg, &why, 100);
	CU_ASSERT_EQUAL(b->stops, 1);
	CU_ASSERT_EQUAL(b->losses, 0);
	join_tear_down();
}

static enum join_then join_row_then(enum leg_kind gone, enum leg_kind other)
{
	unsigned i = 0;

	while (i < join_table_len && (join_table[i].gone != gone || join_table[i].other != other))
		i++;
	CU_ASSERT_FATAL(i < join_table_len);
	return join_table[i].then;
}

/* Every row of the table: which leg goes, how the other one ends. */
static void when_one_goes(void)
{
	static const struct {
		enum leg_kind goes, other;
		unsigned stops, losses; /* of the other */
	} rows[] = {
		/* CDN, tunnel or circuit gone: PPP has nobody to talk to */
		{LEG_CALL, LEG_SERVER, 0, 1},
		{LEG_CALL, LEG_CLIENT, 0, 1},
		{LEG_LINE, LEG_SERVER, 0, 1},
		{LEG_LINE, LEG_CLIENT, 0, 1},
		{LEG_LINE, LEG_PROXY, 0, 1},
		{LEG_BUNDLE, LEG_SERVER, 0, 1},
		{LEG_BUNDLE, LEG_CLIENT, 0, 1},
		/* PPP has ended: the peer gets a CDN, the circuit is cleared */
		{LEG_SERVER, LEG_CALL, 1, 0},
		{LEG_CLIENT, LEG_CALL, 1, 0},
		{LEG_SERVER, LEG_LINE, 1, 0},
		{LEG_CLIENT, LEG_LINE, 1, 0},
		{LEG_PROXY, LEG_LINE, 1, 0},
		{LEG_SERVER, LEG_BUNDLE, 1, 0},
		{LEG_CLIENT, LEG_BUNDLE, 1, 0},
		/* RFC 2661 5.7: the far end of what is left is told */
		{LEG_CALL, LEG_CALL, 1, 0},
		{LEG_CALL, LEG_LINE, 1, 0},
		{LEG_LINE, LEG_CALL, 1, 0},
		{LEG_LINE, LEG_LINE, 1, 0},
	};
	struct leg_end why = leg_end(LEG_BY_AUTH, "wrong password");
	unsigned i;

	CU_ASSERT_EQUAL(sizeof(rows) / sizeof(rows[0]), join_table_len);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		join_set_up_kinds(rows[i].goes, rows[i].other);
		both_up();
		join_leg_gone(&a->leg, &why, 100);
		CU_ASSERT_EQUAL(b->stops, rows[i].stops);
		CU_ASSERT_EQUAL(b->losses, rows[i].losses);
		CU_ASSERT_EQUAL(join_row_then(rows[i].goes, rows[i].other),
				rows[i].losses ? JOIN_THEN_LOST : JOIN_THEN_STOP);
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
	static const uint8_t x[JOIN_EARLY_LEN + 1] = "x";
	struct leg_end why = leg_end(LEG_BY_OPERATOR, NULL);
	const uint64_t *drop;

	join_set_up(LEG_SERVER);
	drop = list->drop;
	both_up();
	join_frame(&a->leg, x, 1, 100);
	CU_ASSERT_EQUAL(b->frames, 1);
	CU_ASSERT_EQUAL(drop[JOIN_D_OTHER_NOT_UP], 0);
	join_cut(join, &why, 100);
	join_frame(&a->leg, x, 1, 100);
	CU_ASSERT_EQUAL(drop[JOIN_D_OTHER_NOT_UP], 1);
	CU_ASSERT_EQUAL(b->frames, 1);
	join_tear_down();
}

/* Four frames of at most 1600 octets wait for the other leg: a terminal answers from its start on,
 * a call or a line when it is up. */
static void early_frames_wait(void)
{
	static const enum leg_kind kinds_of_other[] = {LEG_SERVER, LEG_CALL, LEG_LINE};
	static const uint8_t x[JOIN_EARLY_LEN + 1] = "x";
	struct leg_end why = leg_end(LEG_BY_OPERATOR, NULL);
	const uint64_t *drop;

	for (unsigned k = 0; k < 3; k++) {
		bool terminal = kinds_of_other[k] == LEG_SERVER;

		join_set_up_kinds(LEG_LINE, kinds_of_other[k]);
		drop = list->drop;
		join_start(join, 100);
		join_frame(&a->leg, x, sizeof(x), 100);
		CU_ASSERT_EQUAL(drop[JOIN_D_EARLY], 1);
		for (uint8_t i = 1; i <= JOIN_EARLY_MAX; i++)
			join_frame(&a->leg, &i, 1, 100);
		CU_ASSERT_EQUAL(drop[JOIN_D_EARLY], 1);
		join_frame(&a->leg, x, 1, 100);
		CU_ASSERT_EQUAL(drop[JOIN_D_EARLY], 2);
		CU_ASSERT_EQUAL(b->frames, 0);
		join_leg_up(&a->leg, 100);
		CU_ASSERT_EQUAL(b->frames, terminal ? 4 : 0);
		join_leg_up(&b->leg, 100);
		CU_ASSERT_EQUAL(b->frames, 4);
		CU_ASSERT_EQUAL(b->last, 4); /* in order */
		CU_ASSERT(!b->overtaken);
		join_cut(join, &why, 100);
		CU_ASSERT_EQUAL(drop[JOIN_D_NOT_UP], 0);
		join_tear_down();
	}
}

static void early_frames_of_a_join_that_ends(void)
{
	struct leg_end why = leg_end(LEG_BY_OPERATOR, NULL);

	join_set_up_kinds(LEG_LINE, LEG_CALL);
	join_start(join, 100);
	join_frame(&a->leg, (const uint8_t *)"x", 1, 100);
	join_frame(&a->leg, (const uint8_t *)"x", 1, 100);
	join_cut(join, &why, 100);
	join_frame(&a->leg, (const uint8_t *)"x", 1, 100);
	CU_ASSERT_EQUAL(list->drop[JOIN_D_OTHER_NOT_UP], 1);
	clock_until(loop, clock_us);
	CU_ASSERT_EQUAL(list->drop[JOIN_D_NOT_UP], 2);
	join_tear_down();
}

/* Two legs that are no terminals: the data plane carries the frames. */
static void frames_go_from_leg_to_leg(void)
{
	struct leg_end why = leg_end(LEG_BY_OPERATOR, NULL);
	struct dp_call line = {.sid = 7, .no_address = true};
	struct dp_call call = {.tid = 2, .sid = 3};
	const struct dp_call *e;

	join_set_up_kinds(LEG_LINE, LEG_CALL);
	leg_entry_init(&a->entry, &no_gw, &line);
	leg_entry_init(&b->entry, &no_gw, &call);
	join_start(join, 100);
	join_leg_up(&a->leg, 100);
	CU_ASSERT_PTR_NULL(fake_entry(0, 7));
	join_leg_up(&b->leg, 100);
	e = fake_entry(0, 7);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_TRUE(e->mode == DP_FORWARD && e->to_tid == 2 && e->to_sid == 3);
	CU_ASSERT_TRUE(e->no_address);
	e = fake_entry(2, 3);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_TRUE(e->mode == DP_FORWARD && e->to_tid == 0 && e->to_sid == 7);
	CU_ASSERT_TRUE(e->ff03 && e->mirror_ff03 && !e->no_address);
	join_cut(join, &why, 100);
	join_tear_down();
}

static void states_and_causes_have_names(void)
{
	static const char *const states[] = {"idle", "starting", "up", "stopping", "gone", "?"};
	static const char *const causes[] = {
		"operator",   "shutting down",	"peer",	    "lost",
		"timeout",    "authentication", "mismatch", "resources",
		"time limit", "another log-in", "?"};

	for (unsigned i = 0; i <= LEG_STATES; i++)
		CU_ASSERT_STRING_EQUAL(leg_state_name((enum leg_state)i), states[i]);
	for (unsigned i = 0; i <= LEG_CAUSES; i++) {
		CU_ASSERT_STRING_EQUAL(leg_cause_name((enum leg_cause)i), causes[i]);
		CU_ASSERT_STRING_EQUAL(leg_end((enum leg_cause)i, NULL).words, causes[i]);
		CU_ASSERT_STRING_EQUAL(leg_end((enum leg_cause)i, "words").words, "words");
		CU_ASSERT_EQUAL(leg_end((enum leg_cause)i, NULL).cause, i);
	}
}

static void an_end_with_a_result_code(void)
{
	struct leg_end e = leg_end_cdn("too slow", 5);

	CU_ASSERT_EQUAL(e.cause, LEG_BY_MISMATCH);
	CU_ASSERT_TRUE(e.has_cdn && e.cdn_result == 5 && !e.cdn_error && !e.has_ppp);
	CU_ASSERT_STRING_EQUAL(e.words, "too slow");
	CU_ASSERT_STRING_EQUAL(e.cdn_text, "too slow");
}

/* What the second leg says before the first is up, and a reason that is given twice. */
static void the_second_leg_may_speak_first(void)
{
	struct leg_end why = leg_end(LEG_BY_OPERATOR, NULL);

	join_set_up_kinds(LEG_CALL, LEG_LINE);
	join_frame(&b->leg, (const uint8_t *)"y", 1, 100);
	join_explain(join, "first");
	join_explain(join, "second");
	CU_ASSERT_STRING_EQUAL(join->reason, "second");
	join_start(join, 100);
	CU_ASSERT_EQUAL(a->frames, 0);
	join_leg_up(&a->leg, 100);
	CU_ASSERT_EQUAL(a->frames, 1);
	CU_ASSERT_EQUAL(a->last, 'y');
	CU_ASSERT_FALSE(a->overtaken);
	join_cut(join, &why, 100);
	join_tear_down();
}

/* The second leg is up within its start: what waited comes before the frames that the data plane
 * carries from then on, either way. */
static void a_leg_that_is_up_at_once(void)
{
	struct leg_end why = leg_end(LEG_BY_OPERATOR, NULL);

	join_set_up_kinds(LEG_CALL, LEG_LINE);
	b->instant = true;
	join_frame(&b->leg, (const uint8_t *)"y", 1, 100);
	join_frame(&a->leg, (const uint8_t *)"x", 1, 100);
	join_start(join, 100);
	join_leg_up(&a->leg, 100);
	CU_ASSERT_EQUAL(ups, 1);
	CU_ASSERT_TRUE(a->frames == 1 && a->last == 'y' && !a->overtaken);
	CU_ASSERT_TRUE(b->frames == 1 && b->last == 'x' && !b->overtaken);
	CU_ASSERT_EQUAL(a->entry.c.mode, DP_FORWARD);
	join_cut(join, &why, 100);
	join_tear_down();
}

/* ACCM and errors of a line reach the other leg while it is up, where that knows of them. */
static unsigned accms, errors_told;

static void p_accm(struct leg *l, uint32_t send, uint32_t receive, uint64_t now)
{
	CU_ASSERT_TRUE(l == &b->leg && send == 1 && receive == 2 && now == 100);
	accms++;
}

static void p_errors(struct leg *l, const uint32_t errors[IST_ERRORS], uint64_t now)
{
	CU_ASSERT_TRUE(l == &b->leg && errors[0] == 7 && now == 100);
	errors_told++;
}

static void what_is_learnt_of_a_line_goes_on(void)
{
	static const uint32_t errors[IST_ERRORS] = {7};
	struct leg_end why = leg_end(LEG_BY_OPERATOR, NULL);
	struct leg_ops ops = kinds[LEG_CALL];

	ops.accm = p_accm;
	ops.errors = p_errors;
	accms = errors_told = 0;
	join_set_up_kinds(LEG_LINE, LEG_CALL);
	b->leg.ops = &ops;
	join_start(join, 100);
	join_leg_up(&a->leg, 100);
	join_accm(&a->leg, 1, 2, 100);
	join_errors(&a->leg, errors, 100);
	CU_ASSERT_EQUAL(accms + errors_told, 0);
	join_leg_up(&b->leg, 100);
	join_accm(&a->leg, 1, 2, 100);
	CU_ASSERT_EQUAL(accms, 1);
	join_errors(&a->leg, errors, 100);
	CU_ASSERT_EQUAL(errors_told, 1);
	join_accm(&b->leg, 1, 2, 100); /* a line of this test knows nothing of them */
	join_errors(&b->leg, errors, 100);
	join_cut(join, &why, 100);
	join_accm(&a->leg, 1, 2, 100);
	CU_ASSERT_EQUAL(accms + errors_told, 2);
	join_tear_down();
}

/* The far end has said why before the leg goes; a later reason of ours does not replace it. */
static void an_announced_end_keeps_its_reason(void)
{
	struct leg_end said = leg_end(LEG_BY_PEER, "quota"), why = leg_end(LEG_BY_LOSS, "gone");

	join_set_up(LEG_SERVER);
	both_up();
	join_leg_ends(&b->leg, &said);
	CU_ASSERT_TRUE(join->announced);
	join_leg_gone(&a->leg, &why, 100);
	CU_ASSERT_STRING_EQUAL(gone_why.words, "quota");
	join_tear_down();

	join_set_up(LEG_SERVER);
	both_up();
	join_leg_ends(&b->leg, &said);
	join_leg_recovers(&b->leg);
	CU_ASSERT_FALSE(join->announced);
	join_leg_gone(&a->leg, &why, 100);
	join_leg_ends(&b->leg, &said);
	CU_ASSERT_FALSE(join->announced);
	CU_ASSERT_STRING_EQUAL(gone_why.words, "gone");
	CU_ASSERT_STRING_EQUAL(join->why->words, "gone");
	join_tear_down();
}

/* Without memory a frame that would wait is dropped. */
static void no_memory_for_an_early_frame(void)
{
	struct leg_end why = leg_end(LEG_BY_OPERATOR, NULL);

	join_set_up_kinds(LEG_LINE, LEG_CALL);
	join_start(join, 100);
	heap_refuse(0);
	join_frame(&a->leg, (const uint8_t *)"x", 1, 100);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(list->drop[JOIN_D_EARLY], 1);
	CU_ASSERT_PTR_NULL(join->early);
	join_cut(join, &why, 100);
	join_tear_down();
	heap_refuse(0);
	CU_ASSERT_PTR_NULL(join_list_new(NULL));
	CU_ASSERT_TRUE(heap_refused());
	join_list_free(NULL);
}

static void every_drop_has_a_key_and_words(void)
{
	for (unsigned i = 0; i < JOIN_D_COUNT; i++) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(join_drops[i].key);
		CU_ASSERT_TRUE(*join_drops[i].key && *join_drops[i].words);
	}
}

static const struct test_case cases[] = {
	{"a_pair_without_a_row", a_pair_without_a_row},
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
	{"early_frames_wait", early_frames_wait},
	{"early_frames_of_a_join_that_ends", early_frames_of_a_join_that_ends},
	{"frames_go_from_leg_to_leg", frames_go_from_leg_to_leg},
	{"states_and_causes_have_names", states_and_causes_have_names},
	{"an_end_with_a_result_code", an_end_with_a_result_code},
	{"the_second_leg_may_speak_first", the_second_leg_may_speak_first},
	{"a_leg_that_is_up_at_once", a_leg_that_is_up_at_once},
	{"what_is_learnt_of_a_line_goes_on", what_is_learnt_of_a_line_goes_on},
	{"an_announced_end_keeps_its_reason", an_announced_end_keeps_its_reason},
	{"no_memory_for_an_early_frame", no_memory_for_an_early_frame},
	{"every_drop_has_a_key_and_words", every_drop_has_a_key_and_words},
	{NULL, NULL},
};
const struct test_suite suite_join = {"join", cases};
