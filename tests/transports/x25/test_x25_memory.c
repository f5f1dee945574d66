/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that runs out while a port works: what cannot be held is refused, counted, and the next
 * one is served. */
#include "tests/heap.h"
#include "tests/transports/x25/x25_end.h"
#include "transports/x25/x25_transport.h"

#include <errno.h>

/* --- the packet layer ------------------------------------------------------------------------- */

static struct x25_config x25_memory_three_pvcs(void)
{
	struct x25_config c;

	x25_config_default(&c, true);
	c.pvc = 3;
	c.lci_low = 4;
	c.lci_high = 8;
	return c;
}

static void a_permanent_circuit_without_memory(void)
{
	struct x25_config c = x25_memory_three_pvcs();
	struct end *e = make(&c);

	x25_up(&e->x, 0);
	heap_refuse(1);
	rx(e, "1000ff", 0);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(last(e)->kind, X25_READY);
	CU_ASSERT_EQUAL(x25_state(&e->x, 1), X25_P4_DATA);
	CU_ASSERT_EQUAL(x25_state(&e->x, 2), X25_P1_READY);
	CU_ASSERT_EQUAL(x25_state(&e->x, 3), X25_P4_DATA);
	CU_ASSERT_EQUAL(e->x.used, 2);
	rx(e, "1000fb0000", 0); /* the next restart makes it */
	CU_ASSERT_EQUAL(x25_state(&e->x, 2), X25_P4_DATA);
	CU_ASSERT_EQUAL(e->x.used, 3);
	drop(e);
}

/* Network congestion is a DCE's cause; a DTE has none (X.25 5.2.4.1). */
static void a_call_to_us_without_memory(void)
{
	for (int dce = 0; dce < 2; dce++) {
		struct end *e = ready(dce);
		const char *call = dce ? "10100b 00 00 cf" : "10010b 00 00 cf";

		heap_refuse(0);
		rx(e, call, 0);
		CU_ASSERT_TRUE(heap_refused());
		expect(e, dce ? "1010130500" : "1001130000");
		CU_ASSERT_EQUAL(e->x.count[X25_C_CALLS_IN], 1);
		CU_ASSERT_EQUAL(e->x.count[X25_C_CLEARS_TX], 1);
		CU_ASSERT_EQUAL(e->n_reports, 0);
		CU_ASSERT_EQUAL(e->x.used, 0);
		rx(e, call, 0);
		CU_ASSERT_EQUAL(last(e)->kind, X25_INCOMING);
		drop(e);
	}
}

static void a_call_of_ours_without_memory(void)
{
	struct end *e = ready(false);

	heap_refuse(0);
	CU_ASSERT_EQUAL(x25_call(&e->x, "1", "", "", NULL, 0, 0), 0);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(e->sent.outs, 0);
	CU_ASSERT_EQUAL(e->x.count[X25_C_CALLS_OUT], 0);
	CU_ASSERT_EQUAL(x25_call(&e->x, "1", "", "", NULL, 0, 0), 16);
	drop(e);
}

/* A packet out of place is an error also when the Clear cannot be remembered. */
static void an_error_on_a_free_channel_without_memory(void)
{
	struct end *e = ready(false);

	heap_refuse(0);
	rx(e, "100101", 0);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(e->sent.outs, 0);
	CU_ASSERT_EQUAL(e->x.count[X25_C_PROTOCOL], 1);
	rx(e, "100101", 0);
	expect(e, "1001130014");
	drop(e);
}

static void an_interface_without_memory(void)
{
	struct x25_config c = x25_memory_three_pvcs();
	struct x25 x;

	heap_refuse(0);
	CU_ASSERT_EQUAL(x25_init(&x, &c, NULL, NULL), -ENOMEM);
	CU_ASSERT_TRUE(heap_refused());
	x25_free(&x);
	c.size = 3;
	CU_ASSERT_EQUAL(x25_init(&x, &c, NULL, NULL), -EINVAL);
}

static const struct test_case cases[] = {
	{"a_permanent_circuit_without_memory", a_permanent_circuit_without_memory},
	{"a_call_to_us_without_memory", a_call_to_us_without_memory},
	{"a_call_of_ours_without_memory", a_call_of_ours_without_memory},
	{"an_error_on_a_free_channel_without_memory", an_error_on_a_free_channel_without_memory},
	{"an_interface_without_memory", an_interface_without_memory},
	{NULL, NULL},
};
const struct test_suite suite_x25_memory = {"x25_memory", cases};
