/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a call agrees on (X.25 6.12, 6.13, 6.16; RFC 1356 3.12, 3.13), in both directions. */
#include "tests/transports/x25/x25_end.h"

#include <stdio.h>
#include <string.h>

struct flow {
	uint16_t size_in, size_out;
	uint8_t window_in, window_out;
};

static void agreed(const struct end *e, const struct flow *want)
{
	struct x25_vc_info v;

	CU_ASSERT_TRUE_FATAL(x25_info(&e->x, 1, &v));
	CU_ASSERT_EQUAL(v.size_in, want->size_in);
	CU_ASSERT_EQUAL(v.size_out, want->size_out);
	CU_ASSERT_EQUAL(v.window_in, want->window_in);
	CU_ASSERT_EQUAL(v.window_out, want->window_out);
}

/* Ours want 1024 octets (0a) and a window of 7; the answer never passes 128 (07) and 2. */
static void calls_to_us(void)
{
	static const struct {
		const char *facilities, *answer;
		struct flow flow;
	} rows[] = {
		{"00", "06 420707 430202", {128, 128, 2, 2}}, /* nothing asked: the defaults */
		{"06 420a0a 430707", "06 420a0a 430707", {1024, 1024, 7, 7}},
		{"06 420c0c 430707", "06 420a0a 430707", {1024, 1024, 7, 7}}, /* 4096 is too much */
		{"06 420809 430304", "06 420809 430304", {512, 256, 4, 3}},   /* each way its own */
		{"06 420404 430101", "06 420404 430101", {16, 16, 1, 1}},   /* less is not raised */
		{"06 420707 437f7f", "06 420707 430707", {128, 128, 7, 7}}, /* modulo 8 ends at 7 */
		{"03 420808", "06 420808 430202", {256, 256, 2, 2}},
		{"03 430505", "06 420707 430505", {128, 128, 5, 5}},
		/* what we do not know: class A to D, and what follows each kind of marker */
		{"02 0401", "06 420707 430202", {128, 128, 2, 2}},
		{"03 490064", "06 420707 430202", {128, 128, 2, 2}},
		{"04 8a112233", "06 420707 430202", {128, 128, 2, 2}},
		{"04 c4021234", "06 420707 430202", {128, 128, 2, 2}},
		{"05 420808 0000", "06 420808 430202", {256, 256, 2, 2}},
		{"08 420808 00ff 420c0c", "06 420808 430202", {256, 256, 2, 2}},
		/* address extensions, 20 digits called and calling, behind the marker 00 0f */
		{"1f 420808 000f c90b 1447000580000056000000 cb0b 144700058000005600ff00",
		 NULL,
		 {256, 256, 2, 2}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct end *e = ready(true);
		char call[200], answer[64];

		snprintf(call, sizeof(call), "10010b 00 %s cf", rows[i].facilities);
		snprintf(answer, sizeof(answer), "10010f 00 %s",
			 rows[i].answer ? rows[i].answer : "06 420808 430202");
		rx(e, call, 0);
		CU_ASSERT_EQUAL_FATAL(e->n_reports, 1);
		CU_ASSERT_EQUAL(last(e)->kind, X25_INCOMING);
		CU_ASSERT_TRUE(x25_accept(&e->x, 1, 0));
		expect(e, answer);
		agreed(e, &rows[i].flow);
		drop(e);
	}
}

/* We ask for 1024 and 7 (0a, 07): what is answered lies between that and 128 and 2. */
static void answers_to_us(void)
{
	static const struct {
		const char *answer;
		bool ok;
		struct flow flow;
	} rows[] = {
		{"10010f", true, {1024, 1024, 7, 7}}, /* as asked */
		{"10010f 00", true, {1024, 1024, 7, 7}},
		{"10010f 00 00", true, {1024, 1024, 7, 7}},
		{"10010f 00 06 420a0a 430707", true, {1024, 1024, 7, 7}},
		{"10010f 00 06 420708 430203", true, {128, 256, 2, 3}},
		{"10010f 00 03 420b0a", false, {0, 0, 0, 0}},
		{"10010f 00 03 420a06", false, {0, 0, 0, 0}},
		{"10010f 00 03 430107", false, {0, 0, 0, 0}},
		{"10010f 00 03 430708", false, {0, 0, 0, 0}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct end *e = ready(true);

		CU_ASSERT_EQUAL(x25_call(&e->x, "1", "2", "", "\xcf", 1, 0), 1);
		expect(e, "10010b 11 12 06 420a0a 430707 cf");
		rx(e, rows[i].answer, 0);
		CU_ASSERT_EQUAL(last(e)->kind, rows[i].ok ? X25_CONNECTED : X25_CLEARED);
		if (rows[i].ok)
			agreed(e, &rows[i].flow);
		else
			expect(e, "1001131342"); /* diagnostic 66 */
		drop(e);
	}
}

/* Ours is 9600 bit/s, class 10 (0a): more is lowered, less is kept, none asked for is none
 * answered. */
static void throughput_goes_down(void)
{
	static const struct {
		const char *facilities, *answer;
		uint8_t called, calling; /* as our user hears it */
	} calls[] = {
		{"00", "10010f 00 00", 0, 0},
		{"02 02cd", "10010f 00 02 02aa", 10, 10},
		{"02 027d", "10010f 00 02 027a", 7, 10},
	};
	static const struct {
		const char *answer;
		bool ok;
	} answers[] = {{"10010f", true},
		       {"10010f 00 02 02aa", true},
		       {"10010f 00 02 0277", true},
		       {"10010f 00 02 02ba", false},
		       {"10010f 00 02 02ab", false}};
	struct x25_config c;

	x25_config_default(&c, true);
	c.flow_facilities = false;
	c.throughput = 10;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		struct end *e = started(&c);
		char call[64];

		snprintf(call, sizeof(call), "10010b 00 %s cf", calls[i].facilities);
		rx(e, call, 0);
		CU_ASSERT_EQUAL(last(e)->kind, X25_INCOMING);
		CU_ASSERT_TRUE(x25_accept(&e->x, 1, 0));
		if (calls[i].called)
			expect(e, calls[i].answer);
		else
			expect(e, "10010f");
		drop(e);
	}
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		struct end *e = started(&c);

		CU_ASSERT_EQUAL(x25_call(&e->x, "1", "", "", "\xcf", 1, 0), 1);
		expect(e, "10010b 01 10 02 02aa cf");
		rx(e, answers[i].answer, 0);
		CU_ASSERT_EQUAL(last(e)->kind, answers[i].ok ? X25_CONNECTED : X25_CLEARED);
		if (!answers[i].ok)
			expect(e, "1001131342");
		drop(e);
	}
}

/* Not restricted and restricted; the call is never offered. */
static void fast_select_is_refused(void)
{
	for (int dce = 0; dce < 2; dce++) {
		static const char *const calls[] = {"10010b 00 02 0180", "10010b 00 02 01c0",
						    "10010b 00 02 0181 8000005e0007"};

		for (size_t i = 0; i < 3; i++) {
			struct end *e = ready(dce);

			rx(e, calls[i], 0);
			expect(e,
			       dce ? "1001132900" : "10011300a4"); /* cause 29, or diagnostic 164 */
			CU_ASSERT_EQUAL(e->n_reports, 0);
			CU_ASSERT_EQUAL(e->x.count[X25_C_FAST_SELECT], 1);
			rx(e, "100117", 0);
			CU_ASSERT_EQUAL(x25_state(&e->x, 1), X25_P1_READY);
			drop(e);
		}
	}
}

/* D in a call asks whether D may be used: the answer is no, by D = 0 (X.25 4.3.3); used all the
 * same, it is a reset with ISO 8208's diagnostic 166. */
static void the_d_bit_is_refused(void)
{
	for (int dce = 0; dce < 2; dce++) {
		struct end *e = ready(dce);

		rx(e, "50010b 00 06 420707 430202 cf", 0);
		CU_ASSERT_EQUAL(last(e)->kind, X25_INCOMING);
		CU_ASSERT_TRUE(x25_accept(&e->x, 1, 0));
		expect(e, "10010f 00 06 420707 430202");
		rx(e, "500100 41", 0);
		expect(e, dce ? "10011b05a6" : "10011b00a6");
		CU_ASSERT_EQUAL(e->sdus, 0);
		CU_ASSERT_EQUAL(e->x.count[X25_C_D_BIT], 1);
		rx(e, "10011f", 0);
		rx(e, "100100 41", 0);
		CU_ASSERT_EQUAL(e->sdus, 1);
		drop(e);
	}
}

/* A Call that cannot be read is refused: what is wrong with facilities is their fault, the rest
 * procedure. */
static void calls_that_cannot_be_read(void)
{
	static const struct {
		const char *call, *dce, *dte;
	} rows[] = {
		{"10010b 00 03 420307", "1001130342", "1001130042"}, /* 8 octets: 66 */
		{"10010b 00 03 430002", "1001130342", "1001130042"}, /* no window: 66 */
		{"10010b 00 04 4207", "1001130345", "1001130045"},   /* cut off: 69 */
		{"10010b 00 02 4207", "1001130345", "1001130045"},
		{"10010b 04 555a 00", "1001131343", "1001130043"}, /* called: 67 */
		{"10010b 40 555a 00", "1001131344", "1001130044"}, /* calling: 68 */
		{"10010b", "1001131326", "1001130026"},		   /* 38 */
		{"10010b 00 00 0102030405060708090a0b0c0d0e0f1011", "1001131327",
		 "1001130027"}, /* 17 octets of user data: 39 */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (int dce = 0; dce < 2; dce++) {
			struct end *e = ready(dce);

			rx(e, rows[i].call, 0);
			expect(e, dce ? rows[i].dce : rows[i].dte);
			CU_ASSERT_EQUAL(e->n_reports, 0);
			drop(e);
		}
}

/* Closed user group and network user id go through as they are. */
static void groups_and_users_are_passed(void)
{
	struct x25_config c;
	struct end *e;

	x25_config_default(&c, false);
	c.lci_high = 1;
	c.flow_facilities = false;
	c.ask = (struct x25_facilities){.given = X25_FAC_CUG | X25_FAC_NUI | X25_FAC_REVERSE,
					.cug = {0x47, 0x12, 0x34},
					.nui_len = 2,
					.nui = "me"};
	e = started(&c);
	CU_ASSERT_EQUAL(x25_call(&e->x, "1", "", "", "\xcf", 1, 0), 1);
	expect(e, "10010b 01 10 09 0101 471234 c6026d65 cf");
	rx(e, "10010f 00 03 471234", 0);
	CU_ASSERT_EQUAL(last(e)->kind, X25_CONNECTED);
	drop(e);
	e = ready(false);
	rx(e, "10010b 00 09 0307 c6026d65 420707 cf", 0);
	CU_ASSERT_EQUAL(last(e)->kind,
			X25_INCOMING); /* somebody else's group: the network's to judge */
	drop(e);
}

static const struct test_case cases[] = {
	{"calls_to_us", calls_to_us},
	{"answers_to_us", answers_to_us},
	{"throughput_goes_down", throughput_goes_down},
	{"rfc1356_3_13_fast_select_is_refused", fast_select_is_refused},
	{"rfc1356_3_13_the_d_bit_is_refused", the_d_bit_is_refused},
	{"calls_that_cannot_be_read", calls_that_cannot_be_read},
	{"groups_and_users_are_passed", groups_and_users_are_passed},
	{NULL, NULL},
};
const struct test_suite suite_x25_agree = {"x25_agree", cases};
