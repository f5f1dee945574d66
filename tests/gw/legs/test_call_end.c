/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/legs/call_end.h"
#include "core/msg.h"
#include "gw/legs/legs.h"
#include "tests/harness.h"
#include <stdio.h>
#include <string.h>

/* RFC 2661 4.4.2: 1 lost carrier, 3 administrative, 4 no facilities for now, 11 no framing. */
static void each_cause_has_a_result(void)
{
	static const uint16_t want[LEG_CAUSES] = {
		[LEG_BY_OPERATOR] = 3,	[LEG_BY_SHUTDOWN] = 3,	[LEG_BY_PEER] = 3,
		[LEG_BY_LOSS] = 1,	[LEG_BY_TIMEOUT] = 1,	[LEG_BY_AUTH] = 3,
		[LEG_BY_MISMATCH] = 11, [LEG_BY_RESOURCES] = 4, [LEG_BY_LIMIT] = 3,
		[LEG_BY_ANOTHER] = 3,
	};

	for (unsigned i = 0; i < LEG_CAUSES; i++) {
		struct leg_end why = {.cause = (enum leg_cause)i, .words = "some words"};
		struct l2tp_result r = call_end_result(&why);

		CU_ASSERT_EQUAL(call_end_results[i], want[i]);
		CU_ASSERT_EQUAL(r.result, want[i]);
		CU_ASSERT_EQUAL(r.error, 0);
		CU_ASSERT_STRING_EQUAL(r.text, "some words");
	}
}

static void a_cdn_goes_on_as_it_is(void)
{
	static const struct leg_end why = {.cause = LEG_BY_PEER,
					   .has_cdn = true,
					   .cdn_result = 2,
					   .cdn_error = 6,
					   .cdn_text = "theirs",
					   .words = "ours"};
	struct l2tp_result r = call_end_result(&why);

	CU_ASSERT_EQUAL(r.result, 2);
	CU_ASSERT_EQUAL(r.error, 6);
	CU_ASSERT_STRING_EQUAL(r.text, "theirs");
}

/* RFC 3145 section 2: attribute 46, M is 0; code, control protocol, direction, message. */
static void rfc3145_2_the_cause_is_written(void)
{
	struct leg_end why = {.has_ppp = true,
			      .ppp_code = 13,
			      .ppp_proto = 0xc223,
			      .ppp_direction = 2,
			      .words = "late"};
	uint8_t out[CALL_END_CAUSE], want[20];
	struct l2tp_avp a = call_end_cause(out, &why);

	CU_ASSERT_EQUAL(a.vendor, 0);
	CU_ASSERT_EQUAL(a.type, 46);
	CU_ASSERT_FALSE(a.mandatory || a.hidden);
	ASSERT_OCTETS(a.val, a.len, want, test_hex(want, sizeof(want), "000d c223 02 6c617465"));
	why.words[0] = '\0';
	a = call_end_cause(out, &why);
	ASSERT_OCTETS(a.val, a.len, want, test_hex(want, sizeof(want), "000d c223 02"));
	memset(why.words, 'x', sizeof(why.words) - 1); /* as many as there may be */
	a = call_end_cause(out, &why);
	CU_ASSERT_EQUAL(a.len, 5 + 127);
	CU_ASSERT_EQUAL(a.val[a.len - 1], 'x');
}

static void who_ended_it(void)
{
	static const struct {
		enum l2tp_side by;
		const char *lost;
		enum leg_cause cause;
		bool has_cdn;
		const char *words;
	} rows[] = {
		{L2TP_BY_US, "gone", LEG_BY_OPERATOR, false, "loss of carrier (modem)"},
		{L2TP_BY_PEER, "gone", LEG_BY_PEER, true, "loss of carrier (modem)"},
		{L2TP_BY_TIMEOUT, "gone", LEG_BY_TIMEOUT, false, "loss of carrier (modem)"},
		{L2TP_BY_CHANNEL, NULL, LEG_BY_LOSS, false, "loss of carrier (modem)"},
		{L2TP_BY_CHANNEL, "gone", LEG_BY_LOSS, false, "gone"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct l2tp_event ev = {.kind = L2TP_EV_CALL_DOWN,
					.by = rows[i].by,
					.result = {.result = 1, .text = "modem"}};
		struct leg_end why = call_end_why(&ev, rows[i].lost);

		CU_ASSERT_EQUAL(why.cause, rows[i].cause);
		CU_ASSERT_EQUAL(why.has_cdn, rows[i].has_cdn);
		CU_ASSERT_STRING_EQUAL(why.words, rows[i].words);
		CU_ASSERT_EQUAL(why.cdn_result, 1);
		CU_ASSERT_EQUAL(why.cdn_error, 0);
		CU_ASSERT_STRING_EQUAL(why.cdn_text, "modem");
		CU_ASSERT_FALSE(why.has_ppp);
	}
}

/* The three numbers, or nothing. */
static void rfc3145_2_the_cause_is_read(void)
{
	static const struct {
		const char *hex;
		bool has;
		uint16_t code, proto;
		uint8_t direction;
	} rows[] = {
		{"000d c223 02 6c617465", true, 13, 0xc223, 2},
		{"0007 c021 01", true, 7, 0xc021, 1},
		{"0007 c021", false, 0, 0, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static struct l2tp_msg cdn;
		struct l2tp_event ev = {
			.by = L2TP_BY_PEER, .msg = &cdn, .result = {.result = 2, .error = 3}};
		uint8_t octets[20];
		struct leg_end why;

		cdn = (struct l2tp_msg){.type = L2TP_CDN, .n = 1};
		cdn.avp[0].type = L2TP_AVP_PPP_DISCONNECT_CAUSE;
		cdn.avp[0].val = octets;
		cdn.avp[0].len = (uint16_t)test_hex(octets, sizeof(octets), rows[i].hex);
		why = call_end_why(&ev, NULL);
		CU_ASSERT_EQUAL(why.cdn_error, 3);
		CU_ASSERT_EQUAL(why.has_ppp, rows[i].has);
		if (!rows[i].has)
			continue;
		CU_ASSERT_EQUAL(why.ppp_code, rows[i].code);
		CU_ASSERT_EQUAL(why.ppp_proto, rows[i].proto);
		CU_ASSERT_EQUAL(why.ppp_direction, rows[i].direction);
		cdn.n = 0;
		CU_ASSERT_FALSE(call_end_why(&ev, NULL).has_ppp);
	}
}

static const struct test_case cases[] = {
	{"each_cause_has_a_result", each_cause_has_a_result},
	{"a_cdn_goes_on_as_it_is", a_cdn_goes_on_as_it_is},
	{"rfc3145_2_the_cause_is_written", rfc3145_2_the_cause_is_written},
	{"who_ended_it", who_ended_it},
	{"rfc3145_2_the_cause_is_read", rfc3145_2_the_cause_is_read},
	{NULL, NULL},
};
const struct test_suite suite_call_end = {"call_end", cases};
