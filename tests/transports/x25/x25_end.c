/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/transports/x25/x25_end.h"

#include <stdlib.h>
#include <string.h>

static void x25_end_tx(void *ctx, const uint8_t *pkt, size_t len)
{
	struct end *e = ctx;

	recorder_add(&e->sent, pkt, len);
}

static void x25_end_report(void *ctx, const struct x25_report *r)
{
	struct end *e = ctx;

	if (r->kind == X25_SDU) {
		memcpy(e->sdu, r->data, r->len);
		e->sdu_len = r->len;
		e->sdus++;
	}
	if (e->n_reports < 64)
		e->reports[e->n_reports++] = *r;
}

static const struct x25_ops ops = {x25_end_tx, x25_end_report};

struct end *make(const struct x25_config *c)
{
	struct end *e = calloc(1, sizeof(*e));

	CU_ASSERT_EQUAL_FATAL(x25_init(&e->x, c, &ops, e), 0);
	return e;
}

void drop(struct end *e)
{
	x25_free(&e->x);
	free(e);
}

void rx(struct end *e, const char *hex, uint64_t now)
{
	uint8_t buf[300];
	size_t n = test_hex(buf, sizeof(buf), hex);

	x25_rx(&e->x, buf, n, now);
	x25_settle(&e->x);
}

void expect(struct end *e, const char *hex)
{
	recorder_expect(&e->sent, hex);
}

const struct x25_report *last(const struct end *e)
{
	CU_ASSERT_FATAL(e->n_reports > 0);
	return &e->reports[e->n_reports - 1];
}

struct end *started(const struct x25_config *c)
{
	struct end *e = make(c);

	x25_up(&e->x, 0);
	expect(e, c->dce ? "1000fb0700" : "1000fb0000");
	rx(e, "1000ff", 0);
	CU_ASSERT_EQUAL(last(e)->kind, X25_READY);
	e->n_reports = 0;
	return e;
}

struct end *ready(bool dce)
{
	struct x25_config c;

	x25_config_default(&c, dce);
	c.lci_high = 16;
	return started(&c);
}

void call_up(struct end *e)
{
	rx(e, "10010b 44 5555 1111 06 420707 430202 80 00005e0007", 0);
	CU_ASSERT_EQUAL(last(e)->kind, X25_INCOMING);
	CU_ASSERT_TRUE(x25_accept(&e->x, 1, 0));
	expect(e, "10010f 00 06 420707 430202");
	CU_ASSERT_EQUAL(last(e)->kind, X25_CONNECTED);
	e->n_reports = 0;
}

struct end *in_call(bool dce)
{
	struct end *e = ready(dce);

	call_up(e);
	return e;
}
