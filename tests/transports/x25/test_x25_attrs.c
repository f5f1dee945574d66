/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host is told of a call: addresses, user data and rates, as the Call has them. */
#include "tests/transports/x25/x25_pair.h"
#include "transports/x25/x25_transport.h"

#include <errno.h>
#include <stddef.h>

#define L2TP IST_PAYLOAD_L2TP

static void same_text(const char *got, const char *want)
{
	CU_ASSERT_EQUAL(!got, !want);
	if (got && want)
		CU_ASSERT_STRING_EQUAL(got, want);
}

/* The offer and the `up` that follows say the same: addresses and user data of the Call. */
static void attributes_of_a_call_to_us(void)
{
	static const struct {
		const char *call, *called, *calling, *user_data, *sub;
	} rows[] = {
		{"10010b 44 3110 5555 00 80 00005e0007", "3110", "5555", "", NULL},
		{"10010b 44 3110 5555 00 80 00005e0007 6162", "3110", "5555", "6162", NULL},
		{"10010b 44 3110 5555 00 00 31", "3110", "5555", "31", NULL},
		{"10010b 44 3110 5555 00 cf 112233", "3110", "5555", "112233", NULL},
		{"10010b 04 3110 00 cf", "3110", NULL, "", NULL},
		{"10010b 40 5555 00 cf", NULL, "5555", "", NULL},
		{"10010b 00 00 cf 000102030405060708090a0b0c0d0e", NULL, NULL,
		 "000102030405060708090a0b0c0d0e", NULL}, /* 16 octets in all */
		{"10010b 44 3110 5555 07 000fc9038345 60 cf", "3110", "5555", "", "456"},
	};

	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(*rows); i++) {
		struct fake_event *e;
		uint8_t want[16];
		size_t len = test_hex(want, sizeof(want), rows[i / 2].user_data);
		struct typed t;

		typed_open(&t, NULL);
		typed_rx(&t, rows[i / 2].call);
		if (i & 1)
			CU_ASSERT_EQUAL(fake_answer(&t.h, fake_channel(&t.h, FAKE_OFFER)), 0);
		fake_run(&t.h, fake_now + 1000);
		e = fake_take(&t.h, i & 1 ? FAKE_UP : FAKE_OFFER);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		same_text(e->attrs.called, rows[i / 2].called);
		same_text(e->attrs.calling, rows[i / 2].calling);
		same_text(e->attrs.sub_address, rows[i / 2].sub);
		CU_ASSERT_EQUAL(!e->attrs.user_data, !len);
		ASSERT_OCTETS(e->attrs.user_data, e->attrs.user_data_len, want, len);
		CU_ASSERT_EQUAL(e->attrs.tx_bps + e->attrs.rx_bps, 0); /* none was said */
		CU_ASSERT_EQUAL(e->attrs.number, 1);
		CU_ASSERT_FALSE(e->attrs.async);
		fake_free(e);
		typed_close(&t);
	}
}

static void attributes_of_our_call(void)
{
	struct fake_event *e;
	struct typed t;
	ist_channel c;

	typed_open(&t, (const char *const[]){"lci-two-way=1-1", NULL});
	CU_ASSERT_EQUAL(fake_connect(&t.h, "5555", L2TP, &c), 0);
	typed_rx(&t, "10010f");
	e = fake_take(&t.h, FAKE_UP);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	same_text(e->attrs.called, "5555");
	same_text(e->attrs.calling, "3110");
	CU_ASSERT_EQUAL(e->attrs.user_data_len, 0);
	CU_ASSERT_EQUAL(e->attrs.tx_bps + e->attrs.rx_bps, 0);
	fake_free(e);
	typed_close(&t);
}

/* What the host calls behind the number is in the Call, and told again when it is up. */
static void sub_address_of_our_call(void)
{
	struct ist_attrs a = {.size = sizeof(a), .sub_address = "456"};
	struct ist_addr to = {0};
	struct fake_event *e;
	struct typed t;
	ist_channel c;

	CU_ASSERT_FATAL(!x25_transport.addr_parse(&to, "5555"));
	typed_open(&t, (const char *const[]){"lci-two-way=1-1", NULL});
	CU_ASSERT_EQUAL(x25_transport.connect(t.h.port, &to, L2TP, &a, &c), 0);
	typed_rx(&t, "10010f");
	e = fake_take(&t.h, FAKE_UP);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	same_text(e->attrs.sub_address, "456");
	fake_free(e);
	typed_close(&t);
	typed_open(&t, (const char *const[]){"lci-two-way=1-1", NULL});
	a.sub_address = "4x6"; /* X.25 has no such digit */
	CU_ASSERT_EQUAL(x25_transport.connect(t.h.port, &to, L2TP, &a, &c), -EINVAL);
	a.size = offsetof(struct ist_attrs, sub_address); /* a host that does not know of it */
	CU_ASSERT_EQUAL(x25_transport.connect(t.h.port, &to, L2TP, &a, &c), 0);
	typed_close(&t);
}

/* X.25 table 7-1: class and bit/s, the other classes are reserved. */
static const struct {
	const char *call; /* the class from the called side (us), then the one to it */
	uint64_t from_called, from_calling;
} throughputs[] = {
	{"10010b 44 3110 5555 02 023d cf", 75, 64000},
	{"10010b 44 3110 5555 02 024c cf", 150, 48000},
	{"10010b 44 3110 5555 02 025b cf", 300, 19200},
	{"10010b 44 3110 5555 02 026a cf", 600, 9600},
	{"10010b 44 3110 5555 02 0279 cf", 1200, 4800},
	{"10010b 44 3110 5555 02 0288 cf", 2400, 2400},
	{"10010b 44 3110 5555 02 0297 cf", 4800, 1200},
	{"10010b 44 3110 5555 02 02a6 cf", 9600, 600},
	{"10010b 44 3110 5555 02 02b5 cf", 19200, 300},
	{"10010b 44 3110 5555 02 02c4 cf", 48000, 150},
	{"10010b 44 3110 5555 02 02d3 cf", 64000, 75},
	{"10010b 44 3110 5555 02 0202 cf", 0, 0},
	{"10010b 44 3110 5555 02 02ef cf", 0, 0},
};

static void rates_of_a_call_to_us(void)
{
	for (size_t i = 0; i < sizeof(throughputs) / sizeof(*throughputs); i++) {
		struct typed t;

		typed_open(&t, NULL);
		typed_rx(&t, throughputs[i].call);
		pair_rates(&t.h, FAKE_OFFER, throughputs[i].from_called,
			   throughputs[i].from_calling);
		typed_close(&t);
	}
}

/* Class 10, 9600 bit/s, is asked for; the answer lowers one direction, or says nothing. */
static void rates_of_our_call(void)
{
	static const struct {
		const char *answer;
		uint64_t tx, rx;
	} rows[] = {
		{"10010f", 9600, 9600},
		{"10010f 00 02 029a", 9600, 4800}, /* called 4800, calling 9600 */
		{"10010f 00 02 02a9", 4800, 9600},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct typed t;
		ist_channel c;

		typed_open(&t, (const char *const[]){"lci-two-way=1-1", "throughput=9600", NULL});
		CU_ASSERT_EQUAL(fake_connect(&t.h, "5555", L2TP, &c), 0);
		typed_rx(&t, rows[i].answer);
		pair_rates(&t.h, FAKE_UP, rows[i].tx, rows[i].rx);
		typed_close(&t);
	}
}

/* Over LAPB both ends know what was agreed on: the lower of two subscriptions, each its way. */
static void rates_over_lapb(void)
{
	static const char *const fast[] = {"throughput=64000", NULL};
	static const char *const slow[] = {"throughput=9600", NULL};
	ist_channel a;
	struct pair p;

	pair_open(&p, "lapb", fast, slow);
	CU_ASSERT_EQUAL(fake_connect(&p.dte, "3111", L2TP, &a), 0);
	pair_run(&p);
	CU_ASSERT_EQUAL(fake_answer(&p.dce, fake_channel(&p.dce, FAKE_OFFER)), 0);
	pair_run(&p);
	for (int i = 0; i < 2; i++) {
		pair_rates(i ? &p.dce : &p.dte, FAKE_UP, 9600, 9600);
	}
	pair_close(&p);
}

/* A permanent circuit has no Call: nothing is known, nothing is said. */
static void attributes_of_a_permanent_circuit(void)
{
	struct fake_event *e;
	struct pair p;

	pair_open(&p, "lapb", (const char *const[]){"throughput=9600", "@1 l2tp", NULL},
		  (const char *const[]){"@1 l2tp", NULL});
	e = fake_take(&p.dte, FAKE_UP);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_PTR_NULL(e->attrs.called);
	CU_ASSERT_PTR_NULL(e->attrs.calling);
	CU_ASSERT_PTR_NULL(e->attrs.user_data);
	CU_ASSERT_EQUAL(e->attrs.user_data_len + e->attrs.tx_bps + e->attrs.rx_bps, 0);
	fake_free(e);
	pair_close(&p);
}

static const struct test_case cases[] = {
	{"attributes_of_a_call_to_us", attributes_of_a_call_to_us},
	{"attributes_of_our_call", attributes_of_our_call},
	{"sub_address_of_our_call", sub_address_of_our_call},
	{"attributes_of_a_permanent_circuit", attributes_of_a_permanent_circuit},
	{"rates_of_a_call_to_us", rates_of_a_call_to_us},
	{"rates_of_our_call", rates_of_our_call},
	{"rates_over_lapb", rates_over_lapb},
	{NULL, NULL},
};
const struct test_suite suite_x25_attrs = {"x25_attrs", cases};
