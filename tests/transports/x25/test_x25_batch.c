/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SDUs that wait for the host: how many, in which order, and whose. */
#include "tests/transports/x25/x25_pair.h"
#include "transports/x25/x25_port.h"

/* A call between two ports; SDUs are added at dce by hand. */
struct batch_rig {
	struct pair p;
	struct ist_port *port;
	ist_channel a, b; /* at dte, at dce */
};

static void batch_open(struct batch_rig *g)
{
	pair_open(&g->p, "pseudo-header", NULL, NULL);
	CU_ASSERT_FATAL(pair_call(&g->p, "3111", IST_PAYLOAD_L2TP, &g->a, &g->b));
	g->port = g->p.dce.port;
}

static void batch_close(struct batch_rig *g)
{
	pair_close(&g->p);
}

static void batch_add(struct batch_rig *g, unsigned number, uint32_t len)
{
	static uint8_t sdu[X25_BATCH_ROOM + 1];

	memset(sdu, 0, len);
	sdu[0] = (uint8_t)number;
	x25_batch_add(g->port, g->b, sdu, len);
	memset(sdu, 0xee, len); /* it is not there any more */
}

/* Exactly these are reported, in order. */
static void batch_got(struct batch_rig *g, unsigned first, unsigned n, uint32_t len)
{
	CU_ASSERT_EQUAL(fake_pending(&g->p.dce, FAKE_FRAME), n);
	for (unsigned i = 0; i < n; i++) {
		struct fake_event *e = fake_take(&g->p.dce, FAKE_FRAME);

		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_EQUAL(e->channel, g->b);
		CU_ASSERT_EQUAL(e->len, len);
		CU_ASSERT_EQUAL(e->data[0], (uint8_t)(first + i));
		CU_ASSERT(len == 1 || e->data[len - 1] == 0);
		fake_free(e);
	}
}

static void as_many_as_there_are_places(void)
{
	static struct batch_rig g;

	batch_open(&g);
	for (unsigned i = 0; i < X25_BATCH; i++)
		batch_add(&g, i, 1);
	batch_got(&g, 0, 0, 1);
	batch_add(&g, X25_BATCH, 1);
	batch_got(&g, 0, X25_BATCH, 1);
	x25_batch_report(g.port);
	batch_got(&g, X25_BATCH, 1, 1);
	x25_batch_report(g.port); /* nothing waits */
	batch_got(&g, 0, 0, 1);
	batch_close(&g);
}

/* To the last octet of the room, and again from its first. */
static void as_many_as_there_is_room_for(void)
{
	static struct batch_rig g;
	const uint32_t quarter = X25_BATCH_ROOM / 4;

	batch_open(&g);
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 4; i++)
			batch_add(&g, i, quarter);
		batch_got(&g, 0, 0, quarter);
		batch_add(&g, 4, 1);
		batch_got(&g, 0, 4, quarter);
		x25_batch_report(g.port);
		batch_got(&g, 4, 1, 1);
	}
	for (unsigned i = 0; i < 3; i++)
		batch_add(&g, i, quarter);
	batch_add(&g, 3, quarter + 1);
	batch_got(&g, 0, 3, quarter);
	x25_batch_report(g.port);
	batch_got(&g, 3, 1, quarter + 1);
	batch_close(&g);
}

/* What is noted of a circuit before an SDU goes before it, and after what waits already. */
static void reports_keep_their_order(void)
{
	static struct batch_rig g;
	struct fake_event *e;

	batch_open(&g);
	batch_add(&g, 1, 1);
	x25_circuit_note(g.port, x25_circuit_get(g.port, g.b), X25_NOTE_WRITABLE);
	batch_got(&g, 0, 0, 1);
	batch_add(&g, 2, 1);
	e = g.p.dce.first;
	CU_ASSERT(e && e->kind == FAKE_FRAME && e->data[0] == 1);
	e = e ? e->next : NULL;
	CU_ASSERT(e && e->kind == FAKE_WRITABLE && !e->next);
	fake_forget(&g.p.dce);
	x25_batch_report(g.port);
	batch_got(&g, 2, 1, 1);
	batch_close(&g);
}

/* The host ends the channel. */
static void batch_ends(struct fake_host *h, const struct fake_event *e)
{
	if (e->kind == FAKE_FRAME || e->kind == FAKE_WRITABLE)
		h->tr->disconnect(h->port, e->channel, NULL);
	h->on_event = NULL;
}

/* From inside a report that an SDU has brought about: there is no SDU for that channel then. */
static void ended_meanwhile(void)
{
	static struct batch_rig g;

	for (unsigned i = 0; i < 3; i++) {
		batch_open(&g);
		if (i == 0)
			x25_circuit_note(g.port, x25_circuit_get(g.port, g.b), X25_NOTE_WRITABLE);
		for (unsigned n = 0; i == 1 && n < X25_BATCH; n++)
			batch_add(&g, n, 1);
		if (i == 2)
			batch_add(&g, 0, X25_BATCH_ROOM);
		g.p.dce.on_event = batch_ends;
		batch_add(&g, 99, 1);
		CU_ASSERT_PTR_NULL(g.p.dce.on_event);
		fake_forget(&g.p.dce);
		x25_batch_report(g.port);
		batch_got(&g, 0, 0, 1);
		batch_close(&g);
	}
}

/* Nobody has this channel. */
static void for_no_channel(void)
{
	static struct batch_rig g;

	batch_open(&g);
	x25_batch_add(g.port, g.b + 1, (const uint8_t *)"x", 1);
	x25_batch_report(g.port);
	batch_got(&g, 0, 0, 1);
	batch_close(&g);
}

static const struct test_case cases[] = {
	{"as_many_as_there_are_places", as_many_as_there_are_places},
	{"as_many_as_there_is_room_for", as_many_as_there_is_room_for},
	{"reports_keep_their_order", reports_keep_their_order},
	{"ended_meanwhile", ended_meanwhile},
	{"for_no_channel", for_no_channel},
	{NULL, NULL},
};
const struct test_suite suite_x25_batch = {"x25_batch", cases};
