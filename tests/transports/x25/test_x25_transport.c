/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses, patterns, captures, and handles that are stale or were never given. */
#include "tests/transports/x25/x25_pair.h"

#include <errno.h>

#define L2TP IST_PAYLOAD_L2TP

static void x25_transport_addresses(void)
{
	static const char *const good[] = {"1", "3110", "123456789012345"};
	static const char *const bad[] = {"", "x", "31 10", "31-10", "1234567890123456", "3110*"};
	struct ist_addr a;
	char text[40];

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		CU_ASSERT_EQUAL(x25_transport.addr_parse(&a, good[i]), 0);
		CU_ASSERT_EQUAL(x25_transport.addr_format(&a, text, sizeof(text)),
				(int)strlen(good[i]));
		CU_ASSERT_STRING_EQUAL(text, good[i]);
		ASSERT_OCTETS(a.data, a.len, good[i], strlen(good[i]));
		CU_ASSERT_FALSE(a.data[a.len] || a.data[sizeof(a.data) - 1]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		CU_ASSERT_EQUAL(x25_transport.addr_parse(&a, bad[i]), -EINVAL);
}

static void patterns(void)
{
	static const struct {
		const char *addr, *pattern;
		bool match;
	} rows[] = {
		{"31101234", "3110*", true},
		{"3110", "3110*", true},
		{"311", "3110*", false},
		{"31101234", "*", true},
		{NULL, "*", true},
		{NULL, "3*", false},
		{"31101234", "31101234", true},
		{"31101234", "3110", false},
		{"3110", "31101234", false},
		{"31101234", "31*34", false},
		{"31", "", false},
		{"31101234", "*1234", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ist_addr a = {0};

		if (rows[i].addr)
			CU_ASSERT_EQUAL(x25_transport.addr_parse(&a, rows[i].addr), 0);
		CU_ASSERT_EQUAL(x25_transport.addr_match(&a, rows[i].pattern), rows[i].match);
	}
}

struct taps {
	unsigned in, out;
	char dissector[5];
	uint8_t last[64];
	size_t len;
	uint16_t type;
};

static void x25_transport_on_tap(void *arg, bool outbound, uint16_t link_type, const uint8_t *frame,
				 size_t len)
{
	struct taps *t = arg;

	*(outbound ? &t->out : &t->in) += 1;
	t->type = link_type;
	/* dissector, direction, end */
	CU_ASSERT_FATAL(len >= 20 && len - 20 <= sizeof(t->last));
	memcpy(t->dissector, frame + 4, 4);
	CU_ASSERT_EQUAL(frame[15], outbound ? 0 : 1);
	t->len = len - 20;
	memcpy(t->last, frame + 20, t->len);
}

static void captures(void)
{
	struct taps taps = {0};
	struct typed t;
	struct pair p;
	ist_channel c;

	typed_open(&t, (const char *const[]){"lci-two-way=1-1", "negotiate=no", NULL});
	t.h.on_tap = x25_transport_on_tap;
	t.h.tap_arg = &taps;
	CU_ASSERT_EQUAL(fake_connect(&t.h, "5", L2TP, &c), 0);
	CU_ASSERT_EQUAL(taps.out, 0); /* nobody captures */
	t.h.tap_on = true;
	typed_rx(&t, "10010f");
	CU_ASSERT_EQUAL(taps.in, 1);
	CU_ASSERT_EQUAL(taps.type, 252);
	CU_ASSERT_STRING_EQUAL(taps.dissector, "x.25");
	ASSERT_OCTETS(taps.last, taps.len, "\x10\x01\x0f", 3);
	CU_ASSERT_EQUAL(fake_send(&t.h, c, "a", 1), 1);
	CU_ASSERT_EQUAL(taps.out, 1);
	ASSERT_OCTETS(taps.last, taps.len, "\x10\x01\x00\x61", 4);
	typed_close(&t);

	pair_open(&p, "lapb", NULL, NULL);
	p.dte.on_tap = x25_transport_on_tap;
	p.dte.tap_arg = &taps;
	p.dte.tap_on = true;
	CU_ASSERT_EQUAL(fake_connect(&p.dte, "5", L2TP, &c), 0);
	CU_ASSERT_STRING_EQUAL(taps.dissector, "lapb");
	pair_close(&p);
}

static void handles_of_nobody(void)
{
	static const ist_channel wrong[] = {0, 1, 0x10000, 0x10001, 0x1ffff, 0xffffffff};
	struct typed t;

	typed_open(&t, NULL);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		CU_ASSERT_EQUAL(fake_send(&t.h, wrong[i], "x", 1), -ESTALE);
		CU_ASSERT_EQUAL(fake_answer(&t.h, wrong[i]), -ESTALE);
		CU_ASSERT_EQUAL(fake_refuse(&t.h, wrong[i]), -ESTALE);
		fake_disconnect(&t.h, wrong[i]);
	}
	CU_ASSERT_EQUAL(fake_count(&t.h, "tx-stale"), 6);
	typed_nothing(&t);
	typed_close(&t);
}

/* A slot is used again only after all others, and with another handle. */
static void handles_come_again_late(void)
{
	ist_channel first, c = 0;
	struct typed t;

	typed_open(&t, (const char *const[]){"hold-down=0", "lci-two-way=1-4095", NULL});
	CU_ASSERT_EQUAL(fake_connect(&t.h, "5", L2TP, &first), 0);
	fake_disconnect(&t.h, first);
	for (unsigned i = 0; i < 100; i++) {
		CU_ASSERT_EQUAL(fake_connect(&t.h, "5", L2TP, &c), 0);
		CU_ASSERT_NOT_EQUAL(c, first);
		if (i < 14)
			CU_ASSERT_NOT_EQUAL(c & 0xffff, first & 0xffff);
		fake_disconnect(&t.h, c);
		fake_run(&t.h, fake_now);
		t.pkts = 0;
	}
	typed_close(&t);
}

static const struct test_case cases[] = {
	{"addresses", x25_transport_addresses},
	{"patterns", patterns},
	{"captures", captures},
	{"handles_of_nobody", handles_of_nobody},
	{"handles_come_again_late", handles_come_again_late},
	{NULL, NULL},
};
const struct test_suite suite_x25_transport = {"x25_transport", cases};
