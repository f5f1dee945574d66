/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two ends of LAPB for hours of simulated time on a line that loses frames, sends them twice and
 * changes their order.  Both sides send all the time, numbered messages; what arrives is in order,
 * once, and complete, unless an end has been told of a reset.  A link that makes no progress fails
 * the test.
 *
 * LAPB is made for a line that keeps order.  A frame that comes so late that the numbers have gone
 * round is taken for another, and no LAPB can notice.  Here a frame lets two others pass at most,
 * and where the order changes the window is smaller than the modulus by more than that.  For the
 * same reason none of the frames that set up or reset the link passes another.
 */
#include "transports/kit/delay.h"
#include "transports/kit/impair.h"
#include "transports/x25/lapb.h"

#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S     UINT64_C(1000000)
#define STUCK (300 * S) /* without progress: longer than N2 tries */
#define FRAME 1000u	/* us that a frame takes on the line */
#define LATE  2500u	/* us that one comes late: two others pass it */
#define MANY  10000u	/* messages each way */

struct end {
	struct lapb l;
	void *store;
	struct line *line;
	struct end *far;
	struct impair impair; /* of what this end sends */
	uint64_t free_at;     /* when the line takes its next frame */
	uint32_t sent, next;  /* next: the least that may come now */
	bool told;	      /* of a reset since the last message: some may be missing */
	uint32_t got, resets; /* resets: of a link that has carried something */
};

struct line {
	struct end end[2];
	struct delay_queue held;
	uint64_t now, progress;
};

static void lapb_line_tx(void *ctx, const uint8_t *frame, size_t len)
{
	struct end *e = ctx;
	struct line *n = e->line;
	uint64_t due[2];
	uint64_t guard = (frame[1] & 3) == 3 ? LATE + 1 : 0; /* unnumbered */
	unsigned copies;

	e->free_at = (e->free_at > n->now ? e->free_at : n->now) + FRAME + guard;
	copies = impair_plan(&e->impair, e->free_at, due);
	e->free_at += guard;
	while (copies--)
		CU_ASSERT_FATAL(delay_push(&n->held, due[copies], (uint32_t)(e->far - n->end), NULL,
					   0, frame, (uint32_t)len));
}

static void lapb_line_deliver(void *ctx, const uint8_t *data, size_t len)
{
	struct end *e = ctx;
	uint32_t number;

	CU_ASSERT_EQUAL_FATAL(len, sizeof(number));
	memcpy(&number, data, sizeof(number));
	if (number != e->next)
		CU_ASSERT_TRUE_FATAL(e->told && number > e->next);
	e->next = number + 1;
	e->told = false;
	e->got++;
	e->line->progress = e->line->now;
}

static void lapb_line_report(void *ctx, enum lapb_report r)
{
	struct end *e = ctx;

	if (r == LAPB_R_WRITABLE)
		return;
	e->told = true;
	e->resets += e->got > 0;
}

static const struct lapb_ops ops = {lapb_line_tx, lapb_line_deliver, lapb_line_report};

static void lapb_line_send_all(struct line *n)
{
	for (int i = 0; i < 2; i++) {
		struct end *e = &n->end[i];

		while (lapb_send(&e->l, (const uint8_t *)&e->sent, sizeof(e->sent), n->now))
			e->sent++;
	}
}

/* To the next moment at which something happens. */
static void lapb_line_step(struct line *n)
{
	uint64_t at = delay_next(&n->held);
	struct delayed *d;

	for (int i = 0; i < 2; i++)
		if (lapb_deadline(&n->end[i].l) < at)
			at = lapb_deadline(&n->end[i].l);
	CU_ASSERT_FATAL(at != UINT64_MAX);
	n->now = at > n->now ? at : n->now;
	CU_ASSERT_FATAL(n->now < n->progress + STUCK);
	while ((d = delay_pop(&n->held, n->now))) {
		lapb_rx(&n->end[d->tag].l, d->data, d->len, n->now);
		lapb_settle(&n->end[d->tag].l);
		free(d);
	}
	for (int i = 0; i < 2; i++)
		lapb_expire(&n->end[i].l, n->now);
	lapb_line_send_all(n);
}

struct bad {
	bool extended;
	uint8_t k;
	uint32_t loss, duplicate, reorder; /* parts in a million */
	bool cut;			   /* the line goes away now and then */
};

static void lapb_line_begin(struct line *n, const struct bad *b, uint64_t *seed)
{
	for (int i = 0; i < 2; i++) {
		struct end *e = &n->end[i];
		struct lapb_config c;

		lapb_config_default(&c);
		c.dce = i;
		c.extended = b->extended;
		c.k = b->k;
		c.n1 = sizeof(uint32_t);
		e->line = n;
		e->far = &n->end[!i];
		e->impair = (struct impair){.loss = b->loss,
					    .duplicate = b->duplicate,
					    .reorder = b->reorder,
					    .delay = 20000,
					    .reorder_by = LATE,
					    .state = test_rand(seed)};
		e->store = malloc(lapb_store_size(&c));
		CU_ASSERT_PTR_NOT_NULL_FATAL(e->store);
		lapb_init(&e->l, &c, &ops, e, e->store);
	}
	n->held.max = 100000;
	for (int i = 0; i < 2; i++)
		lapb_start(&n->end[i].l, 0);
}

static uint64_t resent(const struct line *n)
{
	return n->end[0].l.count[LAPB_C_RESENT] + n->end[1].l.count[LAPB_C_RESENT];
}

static void lapb_line_run(const struct bad *b, uint32_t messages, uint64_t *seed)
{
	struct line *n = calloc(1, sizeof(*n));

	lapb_line_begin(n, b, seed);
	while (n->end[0].got < messages || n->end[1].got < messages) {
		lapb_line_step(n);
		if (b->cut && test_rand(seed) % 5000 == 0) {
			struct end *e = &n->end[test_rand(seed) % 2];

			delay_clear(&n->held);
			lapb_line_down(&e->l);
			lapb_start(&e->l, n->now);
		}
	}
	if (!b->loss && !b->duplicate && !b->reorder && !b->cut)
		CU_ASSERT_EQUAL(resent(n), 0);
	if (b->loss < 100000 && !b->duplicate && !b->reorder && !b->cut)
		CU_ASSERT_EQUAL(n->end[0].resets + n->end[1].resets, 0);
	delay_clear(&n->held);
	free(n->end[0].store);
	free(n->end[1].store);
	free(n);
}

/* Windows of both modulos on this line. */
static void lapb_line_run_all(struct bad b)
{
	static const struct {
		bool extended;
		uint8_t k;
	} rows[] = {{false, 7}, {false, 4}, {false, 1}, {true, 20}, {true, 127}, {true, 120}};

	uint64_t seed = test_seed();

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		b.extended = rows[i].extended;
		b.k = rows[i].k;
		if (!b.reorder || b.k + 3 < (b.extended ? 128 : 8))
			lapb_line_run(&b, MANY, &seed);
	}
}

static void a_clean_line(void)
{
	lapb_line_run_all((struct bad){0});
}

static void loss(void)
{
	lapb_line_run_all((struct bad){.loss = 50000});
}

static void half_of_all_lost(void)
{
	static const struct bad rows[] = {{.k = 7, .loss = 500000},
					  {.k = 20, .extended = true, .loss = 500000}};

	uint64_t seed = test_seed();

	for (size_t i = 0; i < 2; i++)
		lapb_line_run(&rows[i], MANY / 20, &seed);
}

static void frames_twice(void)
{
	lapb_line_run_all((struct bad){.duplicate = 2000});
}

static void another_order(void)
{
	lapb_line_run_all((struct bad){.reorder = 20000});
}

static void all_at_once(void)
{
	lapb_line_run_all((struct bad){.loss = 20000, .duplicate = 2000, .reorder = 10000});
}

static void the_line_is_cut(void)
{
	lapb_line_run_all((struct bad){.loss = 20000, .cut = true});
}

static const struct test_case cases[] = {
	{"a_clean_line", a_clean_line},		{"loss", loss},
	{"half_of_all_lost", half_of_all_lost}, {"frames_twice", frames_twice},
	{"another_order", another_order},	{"all_at_once", all_at_once},
	{"the_line_is_cut", the_line_is_cut},	{NULL, NULL},
};
const struct test_suite suite_lapb_line = {"lapb_line", cases};
