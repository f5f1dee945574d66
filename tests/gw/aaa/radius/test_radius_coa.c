/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests for changes and their answers; their proofs are made by Python's hashlib and hmac after
 * the formulas of RFC 5176 sections 2.3 and 3.4.  Attributes are typed from the RFCs. */
#include "gw/aaa/radius/radius_coa.h"
#include "tests/harness.h"

#define SECRET "xyzzy5461"

static uint8_t octets[RADIUS_MAX + 8], answer[RADIUS_MAX];
static struct radius_packet p;
static struct radius_coa got;

/* RFC 5176 2.3, 3.1: User-Name "ann", Event-Timestamp, two Proxy-State. */
static const char disconnect[] =
	"28070038 7b73d14bf3933489b6908c594255858c 5012 850d04a80eddcecf28cca6a1ec4b6b68 "
	"0105616e6e 370665920080 2104aabb 2103cc";
/* Framed-IP-Address, State, Session-Timeout. */
static const char change[] = "2b090037 2e1d4626dc077a76c8aee0f4dc31b85f 5012 "
			     "0778270f31ce5f26e8782e0f71f93891 08060a400002 1805010203 "
			     "1b0600000e10";

static void coa_open(const char *hex)
{
	CU_ASSERT_TRUE_FATAL(radius_open(&p, octets, test_hex(octets, sizeof(octets), hex)));
}

/* A request with these attributes; its proof is nobody's. */
static enum radius_refusal coa_of(enum radius_code code, const char *attrs)
{
	size_t n = test_hex(octets + RADIUS_HEAD, RADIUS_MAX - RADIUS_HEAD, attrs) + RADIUS_HEAD;

	memset(octets, 0, RADIUS_HEAD);
	octets[0] = (uint8_t)code;
	octets[2] = (uint8_t)(n >> 8);
	octets[3] = (uint8_t)n;
	CU_ASSERT_TRUE_FATAL(radius_open(&p, octets, n));
	return radius_coa_read(&got, &p);
}

#define ANN	"0105616e6e"
#define CHANGED "1b0600000e10"

static void coa_answered(enum radius_refusal r, const char *hex)
{
	uint8_t want[512];
	size_t n = test_hex(want, sizeof(want), hex),
	       len = radius_coa_answer(&p, r, SECRET, answer);

	ASSERT_OCTETS(answer, len, want, n);
}

static void a_disconnect_request_and_its_answers(void)
{
	coa_open(disconnect);
	CU_ASSERT_EQUAL(radius_prove_request(&p, SECRET, 9), RADIUS_PROVED);
	CU_ASSERT_EQUAL(radius_coa_stamp(&p), 0x65920080);
	CU_ASSERT_EQUAL(radius_coa_read(&got, &p), RADIUS_DONE);
	CU_ASSERT_TRUE(got.disconnect);
	CU_ASSERT_EQUAL(got.has, COA_USER | COA_STAMP);
	ASSERT_OCTETS(got.user.p, got.user.left, "ann", 3);
	/* 2.1: Acct-Terminate-Cause 6; 3.1: Proxy-State as it was */
	coa_answered(RADIUS_DONE, "29070033 1b34500bb18b9420dafe706671646767 5012 "
				  "0f63b07410262984ed869c5797b7f72a 310600000006 2104aabb 2103cc");
	coa_answered(RADIUS_R_NOT_FOUND,
		     "2a070033 f3533328b49a816029b192e14869855c 5012 "
		     "0d01e660faf5c6352787c002f65660f8 6506000001f7 2104aabb 2103cc");
}

static void a_change_request_and_its_answers(void)
{
	coa_open(change);
	CU_ASSERT_EQUAL(radius_prove_request(&p, SECRET, 9), RADIUS_PROVED);
	CU_ASSERT_EQUAL(radius_coa_stamp(&p), 0);
	CU_ASSERT_EQUAL(radius_coa_read(&got, &p), RADIUS_DONE);
	CU_ASSERT_FALSE(got.disconnect);
	CU_ASSERT_EQUAL(got.has, COA_ADDRESS4 | COA_STATE | COA_SESSION);
	CU_ASSERT_EQUAL(got.address4, 0x0a400002);
	CU_ASSERT_EQUAL(got.session, 3600);
	/* 3.3: State as it was */
	coa_answered(RADIUS_DONE, "2c09002b e3f25c66f8d606b980c5b140df2702e6 5012 "
				  "9cab3a74ff12f8c2cc79101bffd0f22c 1805010203");
	coa_answered(RADIUS_R_UNSUPPORTED_SERVICE,
		     "2d090031 14343057b625f1cc33a26688c832616f 5012 "
		     "a22bd997d1bfc05dea99ffaf79409dd2 650600000195 1805010203");
}

/* 3.3: there is one State at most. */
static void a_state_is_given_back_once(void)
{
	struct radius_packet q;
	struct radius_walk at;
	struct radius_value v;
	unsigned n = 0;

	CU_ASSERT_EQUAL(coa_of(RADIUS_COA_REQUEST, ANN CHANGED "180301180302"),
			RADIUS_R_INVALID_REQUEST);
	CU_ASSERT_TRUE_FATAL(radius_open(
		&q, answer, radius_coa_answer(&p, RADIUS_R_INVALID_REQUEST, SECRET, answer)));
	for (at = radius_walk(&q); radius_next(&at, &v);)
		n += v.name == RADIUS_STATE;
	CU_ASSERT_EQUAL(n, 1);
}

static void each_key_is_read(void)
{
	CU_ASSERT_EQUAL(coa_of(RADIUS_DISCONNECT_REQUEST,
			       ANN "0406c0000201 2005676174 08060a400002 1e04 3432 1f05 313233 "
				   "2c12 30303030303030303030303030303261 3204 6d31 5704 6330 "
				   "5f12 20010db8000000000000000000000001 600a 0002000000000007 "
				   "6110 002c 20010db80088ffffffffffff"),
			RADIUS_DONE);
	CU_ASSERT_EQUAL(got.has,
			COA_KEYS | COA_NAS_ADDRESS4 | COA_NAS_ADDRESS6 | COA_NAS_IDENTIFIER);
	CU_ASSERT_EQUAL(got.nas4, 0xc0000201);
	CU_ASSERT_EQUAL(got.nas6[0], 0x20);
	CU_ASSERT_EQUAL(got.nas6[15], 1);
	ASSERT_OCTETS(got.nas_identifier.p, got.nas_identifier.left, "gat", 3);
	ASSERT_OCTETS(got.called.p, got.called.left, "42", 2);
	ASSERT_OCTETS(got.calling.p, got.calling.left, "123", 3);
	ASSERT_OCTETS(got.session_id.p, got.session_id.left, "000000000000002a", 16);
	ASSERT_OCTETS(got.multi_id.p, got.multi_id.left, "m1", 2);
	ASSERT_OCTETS(got.port_id.p, got.port_id.left, "c0", 2);
	CU_ASSERT_EQUAL(got.iid, 0x0002000000000007);
	CU_ASSERT_EQUAL(got.prefix6_bits, 44); /* and no bit behind them */
	ASSERT_OCTETS(got.prefix6, 8, "\x20\x01\x0d\xb8\x00\x80\x00\x00", 8);
}

static void each_change_is_read(void)
{
	CU_ASSERT_EQUAL(coa_of(RADIUS_COA_REQUEST,
			       ANN "0b05 776562 1c060000003c 550600000258 1904 c1c2 1903 c3 "
				   "060600000002 070600000001 1d0600000000 "
				   "1a0c0000372a0706000f4240 1a0c0000372a08060000fde8" CHANGED),
			RADIUS_DONE);
	CU_ASSERT_EQUAL(got.has & COA_CHANGES, COA_CHANGES);
	CU_ASSERT_PTR_EQUAL(got.packet, &p);
	CU_ASSERT_EQUAL(got.idle, 60);
	CU_ASSERT_EQUAL(got.interim, 600);
	ASSERT_OCTETS(got.classes, got.classes_len, "\x02\xc1\xc2\x01\xc3", 5);
}

static void what_is_refused(void)
{
	static const struct {
		enum radius_code code;
		const char *attrs;
		enum radius_refusal refusal;
		enum radius_name wrong;
	} rows[] = {
		/* 3: only what identifies is in a Disconnect-Request */
		{RADIUS_DISCONNECT_REQUEST, ANN CHANGED, RADIUS_R_UNSUPPORTED_ATTRIBUTE,
		 RADIUS_SESSION_TIMEOUT},
		/* 3.2: no Service-Type in it, 405 never of it */
		{RADIUS_DISCONNECT_REQUEST, ANN "060600000011", RADIUS_R_UNSUPPORTED_ATTRIBUTE,
		 RADIUS_SERVICE_TYPE},
		{RADIUS_DISCONNECT_REQUEST, "0406c0000201", RADIUS_R_MISSING_ATTRIBUTE,
		 RADIUS_NAMES},
		{RADIUS_DISCONNECT_REQUEST, ANN "310600000001", RADIUS_R_INVALID_VALUE,
		 RADIUS_ACCT_TERMINATE_CAUSE},
		{RADIUS_DISCONNECT_REQUEST, ANN "310600000006", RADIUS_DONE, RADIUS_NAMES},
		/* 3.2: Authorize Only (17) */
		{RADIUS_COA_REQUEST, ANN "060600000011 1803 01", RADIUS_R_UNSUPPORTED_SERVICE,
		 RADIUS_SERVICE_TYPE},
		{RADIUS_COA_REQUEST, ANN, RADIUS_R_MISSING_ATTRIBUTE, RADIUS_NAMES},
		{RADIUS_COA_REQUEST, CHANGED, RADIUS_R_MISSING_ATTRIBUTE, RADIUS_NAMES},
		{RADIUS_COA_REQUEST, ANN CHANGED "2b06 00000001", RADIUS_R_UNSUPPORTED_ATTRIBUTE,
		 RADIUS_ACCT_OUTPUT_OCTETS},
		{RADIUS_COA_REQUEST, ANN CHANGED "59 03 41", RADIUS_R_UNSUPPORTED_ATTRIBUTE,
		 RADIUS_NAMES},
		{RADIUS_COA_REQUEST, ANN CHANGED "1a0c 00000009 c8 06 61626364",
		 RADIUS_R_UNSUPPORTED_ATTRIBUTE, RADIUS_NAMES},
		{RADIUS_COA_REQUEST, ANN CHANGED CHANGED, RADIUS_R_INVALID_REQUEST,
		 RADIUS_SESSION_TIMEOUT},
		{RADIUS_COA_REQUEST, ANN ANN CHANGED, RADIUS_R_INVALID_REQUEST, RADIUS_USER_NAME},
		{RADIUS_COA_REQUEST, ANN "070600000002", RADIUS_R_INVALID_VALUE,
		 RADIUS_FRAMED_PROTOCOL},
		{RADIUS_COA_REQUEST, ANN "1d0600000001", RADIUS_R_INVALID_VALUE,
		 RADIUS_TERMINATION_ACTION},
		/* RFC 2869 5.16 */
		{RADIUS_COA_REQUEST, ANN "55060000003b", RADIUS_R_INVALID_VALUE,
		 RADIUS_ACCT_INTERIM_INTERVAL},
		{RADIUS_COA_REQUEST, "6104 0000" CHANGED, RADIUS_R_INVALID_VALUE,
		 RADIUS_FRAMED_IPV6_PREFIX},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CU_ASSERT_EQUAL(coa_of(rows[i].code, rows[i].attrs), rows[i].refusal);
		CU_ASSERT_EQUAL(got.wrong, rows[i].wrong);
	}
}

/* Three of 253 octets are more than are kept. */
static void classes_have_a_limit(void)
{
	char attrs[4000] = ANN;

	for (unsigned i = 0; i < 3; i++) {
		strcat(attrs, "19ff");
		for (unsigned k = 0; k < 253; k++)
			strcat(attrs, "c1");
		CU_ASSERT_EQUAL(coa_of(RADIUS_COA_REQUEST, attrs),
				i < 2 ? RADIUS_DONE : RADIUS_R_RESOURCES);
	}
}

/* What it has to give back may leave no room for the rest. */
static void an_answer_that_does_not_fit(void)
{
	char attrs[9000] = ANN;

	for (unsigned i = 0; i < 15; i++) {
		strcat(attrs, "21ff");
		for (unsigned k = 0; k < 253; k++)
			strcat(attrs, "aa");
	}
	strcat(attrs, "21ec");
	for (unsigned k = 0; k < 234; k++)
		strcat(attrs, "aa");
	coa_of(RADIUS_DISCONNECT_REQUEST, attrs);
	CU_ASSERT_EQUAL(p.len, 20 + 5 + 15 * 255 + 236);
	CU_ASSERT_EQUAL(radius_coa_answer(&p, RADIUS_DONE, SECRET, answer), 0);
}

/* RFC 5176 3.5 */
static void numbers_of_causes(void)
{
	static const uint16_t want[RADIUS_REFUSALS] = {
		[RADIUS_R_UNSUPPORTED_ATTRIBUTE] = 401,
		[RADIUS_R_MISSING_ATTRIBUTE] = 402,
		[RADIUS_R_NAS_MISMATCH] = 403,
		[RADIUS_R_INVALID_REQUEST] = 404,
		[RADIUS_R_UNSUPPORTED_SERVICE] = 405,
		[RADIUS_R_INVALID_VALUE] = 407,
		[RADIUS_R_NOT_FOUND] = 503,
		[RADIUS_R_RESOURCES] = 506,
	};

	for (unsigned i = 0; i < RADIUS_REFUSALS; i++)
		CU_ASSERT_EQUAL(radius_refusals[i].number, want[i]);
	CU_ASSERT_STRING_EQUAL(radius_refusals[RADIUS_DONE].words, "done");
}

static const struct test_case cases[] = {
	{"a_disconnect_request_and_its_answers", a_disconnect_request_and_its_answers},
	{"a_change_request_and_its_answers", a_change_request_and_its_answers},
	{"a_state_is_given_back_once", a_state_is_given_back_once},
	{"each_key_is_read", each_key_is_read},
	{"each_change_is_read", each_change_is_read},
	{"what_is_refused", what_is_refused},
	{"classes_have_a_limit", classes_have_a_limit},
	{"an_answer_that_does_not_fit", an_answer_that_does_not_fit},
	{"numbers_of_causes", numbers_of_causes},
	{NULL, NULL},
};
const struct test_suite suite_radius_coa = {"radius_coa", cases};
