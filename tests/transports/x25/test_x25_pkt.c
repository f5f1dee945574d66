/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/x25/x25_pkt.h"
#include <stdio.h>

#include "tests/harness.h"

#include <string.h>

static void encodes_to(const struct x25_pkt *p, const char *hex)
{
	uint8_t buf[300], want[300];
	size_t n = test_hex(want, sizeof(want), hex);
	struct wr w = wr_init(buf, sizeof(buf));

	CU_ASSERT_TRUE(x25_encode(&w, p));
	ASSERT_OCTETS(buf, w.len, want, n);
}

static uint8_t decodes(struct x25_pkt *p, const char *hex, bool extended)
{
	static uint8_t buf[600];
	size_t n = test_hex(buf, sizeof(buf), hex);

	return x25_decode(p, buf, n, extended);
}

/* A Call of a Linux kernel: called 5555, calling 1111, packet size 256, window 7, SNAP call user
 * data. */
static const char kernel_call[] = "10010b 44 5555 1111 06 420808 430707 80 00005e0007";

static void call_of_a_kernel(void)
{
	struct x25_pkt p, q = {.type = X25_CALL,
			       .lci = 1,
			       .called = "5555",
			       .calling = "1111",
			       .fac = {.given = X25_FAC_SIZE | X25_FAC_WINDOW,
				       .size_called = 8,
				       .size_calling = 8,
				       .window_called = 7,
				       .window_calling = 7},
			       .data = (const uint8_t *)"\x80\x00\x00\x5e\x00\x07",
			       .len = 6};

	CU_ASSERT_EQUAL(decodes(&p, kernel_call, false), 0);
	CU_ASSERT_EQUAL(p.type, X25_CALL);
	CU_ASSERT_EQUAL(p.lci, 1);
	CU_ASSERT_STRING_EQUAL(p.called, "5555");
	CU_ASSERT_STRING_EQUAL(p.calling, "1111");
	CU_ASSERT_EQUAL(p.fac.given, X25_FAC_SIZE | X25_FAC_WINDOW);
	CU_ASSERT_EQUAL(p.fac.size_called, 8);
	CU_ASSERT_EQUAL(p.fac.window_calling, 7);
	ASSERT_OCTETS(p.data, p.len, "\x80\x00\x00\x5e\x00\x07", 6);
	encodes_to(&q, kernel_call);
}

/* Into every room that is too small, and into the one that fits. */
static void what_does_not_fit_is_not_encoded(void)
{
	struct x25_pkt p = {.type = X25_CALL,
			    .lci = 1,
			    .called = "5555",
			    .calling = "111",
			    .fac = {.given = X25_FAC_REVERSE | X25_FAC_SIZE | X25_FAC_NUI,
				    .size_called = 8,
				    .size_calling = 9,
				    .nui_len = 2,
				    .nui = "me"},
			    .data = (const uint8_t *)"\xcf",
			    .len = 1};
	uint8_t want[40], buf[40];
	size_t n = test_hex(want, sizeof(want), "10010b 34 55551110 09 0101 420809 c6026d65 cf");

	for (size_t room = 0; room <= n; room++) {
		struct wr w = wr_init(buf, room);

		memset(buf, 0xee, sizeof(buf));
		CU_ASSERT_EQUAL(x25_encode(&w, &p), room == n);
		for (size_t i = room; i < sizeof(buf); i++)
			CU_ASSERT_EQUAL(buf[i], 0xee);
	}
	ASSERT_OCTETS(buf, n, want, n);
}

/* A Network User Identification of 32 octets is kept, one more is refused. */
static void the_longest_network_user_identification(void)
{
	static const uint8_t call[] = {0x10, 0x01, 0x0b, 0x00};

	for (uint8_t len = 32; len <= 33; len++) {
		uint8_t pkt[4 + 3 + 33];
		struct x25_pkt p;

		memcpy(pkt, call, sizeof(call));
		memset(pkt + 4, 'n', sizeof(pkt) - 4);
		pkt[4] = (uint8_t)(2 + len);
		pkt[5] = 0xc6;
		pkt[6] = len;
		CU_ASSERT_EQUAL(x25_decode(&p, pkt, 7u + len, false),
				len == 32 ? 0 : X25_DIAG_FACILITY_LENGTH);
		if (len == 32) {
			CU_ASSERT_EQUAL(p.fac.given, X25_FAC_NUI);
			ASSERT_OCTETS(p.fac.nui, p.fac.nui_len, pkt + 7, 32);
		}
	}
}

static void odd_addresses_share_an_octet(void)
{
	struct x25_pkt p, q = {.type = X25_CALL, .lci = 0xabc, .called = "123", .calling = "45678"};

	encodes_to(&q, "1abc0b 53 12345678 00");
	CU_ASSERT_EQUAL(decodes(&p, "1abc0b 53 12345678 00", false), 0);
	CU_ASSERT_STRING_EQUAL(p.called, "123");
	CU_ASSERT_STRING_EQUAL(p.calling, "45678");
	q.calling[4] = '\0'; /* an odd sum is filled with a zero */
	encodes_to(&q, "1abc0b 43 12345670 00");
}

static void accepted_long_and_short(void)
{
	struct x25_pkt p, q = {.type = X25_CALL_ACCEPTED, .lci = 1};

	encodes_to(&q, "10010f");
	CU_ASSERT_EQUAL(decodes(&p, "10010f", false), 0);
	CU_ASSERT_EQUAL(decodes(&p, "10010f 00", false), 0);
	CU_ASSERT_EQUAL(decodes(&p, "10010f 00 06 420707 430202", false), 0);
	CU_ASSERT_EQUAL(p.fac.size_called, 7);
	CU_ASSERT_EQUAL(p.fac.window_called, 2);
	/* the least and the most of each */
	CU_ASSERT_EQUAL(decodes(&p, "10010f 00 06 42040c 43017f", false), 0);
	CU_ASSERT_TRUE(p.fac.size_called == 4 && p.fac.size_calling == 12);
	CU_ASSERT_TRUE(p.fac.window_called == 1 && p.fac.window_calling == 127);
	CU_ASSERT_EQUAL(decodes(&p, "10010f 00 06 420c04 437f01", false), 0);
	CU_ASSERT_TRUE(p.fac.size_called == 12 && p.fac.size_calling == 4);
	CU_ASSERT_TRUE(p.fac.window_called == 127 && p.fac.window_calling == 1);
	CU_ASSERT_EQUAL(decodes(&p, "10010b", false), X25_DIAG_TOO_SHORT);
	CU_ASSERT_EQUAL(decodes(&p, "10010b 00", false), X25_DIAG_FACILITY_LENGTH);
}

static void data_modulo_8_and_128(void)
{
	struct x25_pkt p, q = {.type = X25_DATA,
			       .lci = 1,
			       .ps = 1,
			       .pr = 2,
			       .m = true,
			       .data = (const uint8_t *)"ab",
			       .len = 2};

	encodes_to(&q, "100152 6162");
	CU_ASSERT_EQUAL(decodes(&p, "100152 6162", false), 0);
	CU_ASSERT_TRUE(p.type == X25_DATA && p.ps == 1 && p.pr == 2 && p.m && p.len == 2 && !p.q);
	q.extended = true;
	q.ps = 100;
	q.pr = 127;
	encodes_to(&q, "2001 c8 ff 6162");
	CU_ASSERT_EQUAL(decodes(&p, "e001 c8 ff 6162", true), 0);
	CU_ASSERT_TRUE(p.ps == 100 && p.pr == 127 && p.m && p.q && p.d);
}

static void flow_control_modulo_8_and_128(void)
{
	static const struct {
		enum x25_type t;
		const char *mod8, *mod128;
	} rows[] = {
		{X25_RR, "1001a1", "2001010a"},
		{X25_RNR, "1001a5", "2001050a"},
		{X25_REJ, "1001a9", "2001090a"},
	};

	for (size_t i = 0; i < 3; i++) {
		struct x25_pkt p, q = {.type = rows[i].t, .lci = 1, .pr = 5};

		encodes_to(&q, rows[i].mod8);
		CU_ASSERT_EQUAL(decodes(&p, rows[i].mod8, false), 0);
		CU_ASSERT_TRUE(p.type == rows[i].t && p.pr == 5);
		q.extended = true;
		encodes_to(&q, rows[i].mod128);
		CU_ASSERT_EQUAL(decodes(&p, rows[i].mod128, true), 0);
		CU_ASSERT_TRUE(p.type == rows[i].t && p.pr == 5);
	}
}

static void the_other_packets(void)
{
	static const struct {
		struct x25_pkt p;
		const char *hex;
	} rows[] = {
		{{.type = X25_RESTART, .cause = 7, .diag = 0}, "1000fb0700"},
		{{.type = X25_RESTART_CONF}, "1000ff"},
		{{.type = X25_CLEAR, .lci = 1, .cause = 0x13, .diag = 26}, "100113131a"},
		{{.type = X25_CLEAR_CONF, .lci = 1}, "100117"},
		{{.type = X25_RESET, .lci = 1, .cause = 5, .diag = 1}, "10011b0501"},
		{{.type = X25_RESET_CONF, .lci = 1}, "10011f"},
		{{.type = X25_INTERRUPT_CONF, .lci = 1}, "100127"},
		{{.type = X25_DIAGNOSTIC,
		  .diag = 36,
		  .data = (const uint8_t *)"\x10\x05\x01",
		  .len = 3},
		 "1000f124 100501"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct x25_pkt p;

		encodes_to(&rows[i].p, rows[i].hex);
		CU_ASSERT_EQUAL(decodes(&p, rows[i].hex, false), 0);
		CU_ASSERT_EQUAL(p.type, rows[i].p.type);
		CU_ASSERT_EQUAL(p.cause, rows[i].p.cause);
		CU_ASSERT_EQUAL(p.diag, rows[i].p.diag);
	}
	{
		struct x25_pkt p;

		CU_ASSERT_EQUAL(decodes(&p, "10011300", false), 0); /* without diagnostic */
		CU_ASSERT_EQUAL(decodes(&p, "10012311", false), 0); /* interrupt, one octet */
		CU_ASSERT_EQUAL(p.type, X25_INTERRUPT);
	}
}

/* Each mistake has its diagnostic (X.25 annex E). */
static void mistakes_have_diagnostics(void)
{
	static const struct {
		const char *hex;
		uint8_t diag;
	} rows[] = {
		{"", X25_DIAG_TOO_SHORT},
		{"1001", X25_DIAG_TOO_SHORT},
		{"200101", X25_DIAG_GFI},
		{"0001a1", X25_DIAG_GFI},
		{"9001a1", X25_DIAG_GFI}, /* Q on RR */
		{"100153", X25_DIAG_UNIDENTIFIABLE},
		{"1001fb00", X25_DIAG_LCI_NOT_ZERO},
		{"1001a100", X25_DIAG_TOO_LONG},
		{"10011f00", X25_DIAG_TOO_LONG},
		{"100113", X25_DIAG_TOO_SHORT},
		{"10011b", X25_DIAG_TOO_SHORT},
		{"10011b000000", X25_DIAG_TOO_LONG},
		{"100123", X25_DIAG_TOO_SHORT},
		{"10010b 44 5555", X25_DIAG_TOO_SHORT},
		{"10010b 04 555a 00", X25_DIAG_CALLED_ADDRESS},
		{"10010b 40 555a 00", X25_DIAG_CALLING_ADDRESS},
		{"10010b 00 04 4207", X25_DIAG_FACILITY_LENGTH},
		{"10010b 00 02 4207", X25_DIAG_FACILITY_LENGTH},
		{"10010b 00 03 420307", X25_DIAG_FACILITY_VALUE},
		{"10010b 00 03 420d07", X25_DIAG_FACILITY_VALUE},
		{"10010b 00 03 420703", X25_DIAG_FACILITY_VALUE},
		{"10010b 00 03 42070d", X25_DIAG_FACILITY_VALUE},
		{"10010b 00 03 430002", X25_DIAG_FACILITY_VALUE},
		{"10010b 00 03 438002", X25_DIAG_FACILITY_VALUE},
		{"10010b 00 03 430200", X25_DIAG_FACILITY_VALUE},
		{"10010b 00 03 430280", X25_DIAG_FACILITY_VALUE},
		{"10010b 00 02 c605", X25_DIAG_FACILITY_LENGTH},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct x25_pkt p;

		CU_ASSERT_EQUAL(decodes(&p, rows[i].hex, false), rows[i].diag);
	}
}

static void facilities_pass_both_ways(void)
{
	struct x25_pkt p, q = {.type = X25_CALL, .lci = 1, .called = "1"};

	CU_ASSERT_EQUAL(decodes(&p,
				"10010b 01 10 14 01c1 02ab 0312 420a09 430403 c603 616263 4401 ff",
				false),
			0);
	CU_ASSERT_EQUAL(p.fac.given, X25_FAC_REVERSE | X25_FAC_FAST | X25_FAC_FAST_RESTRICTED |
					     X25_FAC_THROUGHPUT | X25_FAC_CUG | X25_FAC_SIZE |
					     X25_FAC_WINDOW | X25_FAC_NUI);
	CU_ASSERT_EQUAL(p.fac.throughput_called, 10);
	CU_ASSERT_EQUAL(p.fac.throughput_calling, 11);
	CU_ASSERT_EQUAL(p.fac.size_called, 10);
	CU_ASSERT_EQUAL(p.fac.size_calling, 9);
	ASSERT_OCTETS(p.fac.nui, p.fac.nui_len, "abc", 3);
	q.fac = p.fac;
	encodes_to(&q, "10010b 01 10 11 01c1 02ab 0312 420a09 430403 c603 616263");
	/* what follows a marker belongs to another network */
	CU_ASSERT_EQUAL(decodes(&p, "10010b 01 10 05 0000 42ffff", false), 0);
	CU_ASSERT_EQUAL(p.fac.given, 0);
}

/* X.25 annex G: behind the marker 00 0f stand the facilities of DTEs, c9 is the called address
 * extension: use and number of digits, then the digits. */
static void called_address_extension(void)
{
	static const struct {
		const char *facilities, *sub;
	} rows[] = {
		{"07 000f c903 83 12 30", "123"}, /* another address than of OSI */
		{"07 000f c903 04 ab cd", "abcd"},
		{"0b 000f cb02 81 70 c903 82 45 00", "45"}, /* behind the calling one */
		{"0d 0000 c902 81 10 000f c903 82 20 00", "20"},
		{"0a 420707 000f c903 82 45 00", "45"},
		/* of another network, without the marker, without digits, cut off, too many */
		{"07 0000 c903 83 12 30", ""},
		{"05 c903 83 12 30", ""},
		{"05 000f c901 80", ""},
		{"04 000f c900", ""},
		{"06 000f c902 83 12", ""},
		{"06 000f c903 83 12", ""},
		{"1a 000f c916 a9 0000000000000000000000000000000000000000 00", ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char hex[100];
		struct x25_pkt p;

		snprintf(hex, sizeof(hex), "10010b 01 10 %s", rows[i].facilities);
		CU_ASSERT_EQUAL(decodes(&p, hex, false), 0);
		CU_ASSERT_STRING_EQUAL(p.fac.sub, rows[i].sub);
	}
}

static void called_address_extension_of_ours(void)
{
	struct x25_pkt q = {.type = X25_CALL, .lci = 1, .called = "1", .fac = {.sub = "12f"}};

	encodes_to(&q, "10010b 01 10 07 000f c903 83 12f0");
	memset(q.fac.sub, '9', X25_SUB);
	encodes_to(&q, "10010b 01 10 19 000f c915 a8 9999999999999999999999999999999999999999");
	CU_ASSERT_TRUE(x25_sub_ok(q.fac.sub));
	CU_ASSERT_TRUE(x25_sub_ok("0"));
	CU_ASSERT_FALSE(x25_sub_ok(""));
	CU_ASSERT_FALSE(x25_sub_ok("1A"));
	CU_ASSERT_FALSE(x25_sub_ok("12345678901234567890123456789012345678901"));
}

static void throughput_classes(void)
{
	CU_ASSERT_EQUAL(x25_throughput_bps(7), 1200);
	CU_ASSERT_EQUAL(x25_throughput_bps(10), 9600);
	CU_ASSERT_EQUAL(x25_throughput_bps(13), 64000);
	CU_ASSERT_EQUAL(x25_throughput_bps(99), 0);
	CU_ASSERT_EQUAL(x25_throughput_class(9600), 10);
	CU_ASSERT_EQUAL(x25_throughput_class(18000), 10);
	CU_ASSERT_EQUAL(x25_throughput_class(2000000), 13);
	CU_ASSERT_EQUAL(x25_throughput_class(10), 3);
}

static void x25_pkt_words(void)
{
	CU_ASSERT_STRING_EQUAL(x25_type_name(X25_CALL_ACCEPTED), "Call Accepted");
}

/* Random octets, and good packets with octets changed: no crash, no pointer outside. */
static void x25_pkt_hostile_octets(void)
{
	uint64_t seed = test_seed();
	uint8_t buf[64];

	for (int i = 0; i < 200000; i++) {
		size_t n = test_rand(&seed) % sizeof(buf);
		struct x25_pkt p;

		for (size_t j = 0; j < n; j++)
			buf[j] = (uint8_t)test_rand(&seed);
		if (n > 2 && i & 1)
			buf[0] = (uint8_t)(0x10 | (buf[0] & 0x0f)), buf[2] = 0x0b;
		if (!x25_decode(&p, buf, n, i & 2) && p.len)
			CU_ASSERT_FATAL(p.data >= buf && p.data + p.len <= buf + n);
	}
}

static const struct test_case cases[] = {
	{"call_of_a_kernel", call_of_a_kernel},
	{"what_does_not_fit_is_not_encoded", what_does_not_fit_is_not_encoded},
	{"the_longest_network_user_identification", the_longest_network_user_identification},
	{"odd_addresses_share_an_octet", odd_addresses_share_an_octet},
	{"accepted_long_and_short", accepted_long_and_short},
	{"data_modulo_8_and_128", data_modulo_8_and_128},
	{"flow_control_modulo_8_and_128", flow_control_modulo_8_and_128},
	{"the_other_packets", the_other_packets},
	{"mistakes_have_diagnostics", mistakes_have_diagnostics},
	{"facilities_pass_both_ways", facilities_pass_both_ways},
	{"called_address_extension", called_address_extension},
	{"called_address_extension_of_ours", called_address_extension_of_ours},
	{"throughput_classes", throughput_classes},
	{"words", x25_pkt_words},
	{"hostile_octets", x25_pkt_hostile_octets},
	{NULL, NULL},
};
const struct test_suite suite_x25_pkt = {"x25_pkt", cases};
