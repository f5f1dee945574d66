/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/transports/x25/lapb_end.h"

#include <stdlib.h>
#include <string.h>

static void lapb_end_tx(void *ctx, const uint8_t *frame, size_t len)
{
	struct end *e = ctx;

	recorder_add(&e->sent, frame, len);
}

static void lapb_end_deliver(void *ctx, const uint8_t *data, size_t len)
{
	struct end *e = ctx;

	CU_ASSERT_FATAL(e->gots < 64);
	memcpy(e->got[e->gots], data, len);
	e->got_len[e->gots++] = len;
}

static void lapb_end_report(void *ctx, enum lapb_report r)
{
	struct end *e = ctx;

	if (e->n_reports < 64)
		e->reports[e->n_reports++] = r;
}

static const struct lapb_ops ops = {lapb_end_tx, lapb_end_deliver, lapb_end_report};

struct end *lapb_make(bool dce, bool extended, bool passive, uint8_t k)
{
	struct end *e = calloc(1, sizeof(*e));
	struct lapb_config c;

	lapb_config_default(&c);
	c.dce = dce;
	c.extended = extended;
	c.passive = passive;
	c.k = k;
	e->store = calloc(1, lapb_store_size(&c));
	lapb_init(&e->l, &c, &ops, e, e->store);
	return e;
}

void lapb_drop(struct end *e)
{
	free(e->store);
	free(e);
}

void test_lapb_rx(struct end *e, const char *hex, uint64_t now)
{
	uint8_t buf[64];
	size_t n = test_hex(buf, sizeof(buf), hex);

	lapb_rx(&e->l, buf, n, now);
	lapb_settle(&e->l);
}

void lapb_expect(struct end *e, const char *hex)
{
	recorder_expect(&e->sent, hex);
}

struct end *lapb_up_as_dce(bool extended, uint8_t k)
{
	struct end *e = lapb_make(true, extended, true, k);

	lapb_start(&e->l, 0);
	test_lapb_rx(e, extended ? "017f" : "013f", 0);
	lapb_expect(e, "0173");
	CU_ASSERT_EQUAL(e->l.state, LAPB_UP);
	e->n_reports = 0;
	return e;
}

struct end *lapb_up_dce(void)
{
	return lapb_up_as_dce(false, 7);
}
