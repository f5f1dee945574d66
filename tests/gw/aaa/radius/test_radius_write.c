/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets of RFC 2865 section 7 and RFC 5997 section 6, behind the Message-Authenticator that ours
 * begin with; where an RFC has none, made by Python's hashlib and hmac after the RFC's formula. */
#include "gw/aaa/radius/radius.h"
#include "tests/harness.h"

#define SECRET	   "xyzzy5461"
#define SECRET_LEN 9u
#define PROOF_END  (RADIUS_HEAD + 18u)

static uint8_t buf[RADIUS_MAX + 1], auth[RADIUS_AUTH];
static struct radius_writer b;

static void write_begin(enum radius_code code, uint8_t id, const char *hex)
{
	test_hex(auth, sizeof(auth), hex);
	radius_begin(&b, buf, sizeof(buf), code, id, auth);
}

static void write_same(size_t len, size_t from, const char *hex)
{
	uint8_t want[512];
	size_t n = test_hex(want, sizeof(want), hex);

	CU_ASSERT_TRUE_FATAL(len >= from);
	ASSERT_OCTETS(buf + from, len - from, want, n);
}

static void rfc2865_7_1_password(void)
{
	size_t len;

	write_begin(RADIUS_ACCESS_REQUEST, 0, "0f403f9473978057bd83d5cb98f4227a");
	radius_put_text(&b, RADIUS_USER_NAME, "nemo");
	radius_put_password(&b, "arctangent", 10, SECRET, SECRET_LEN);
	radius_put_u32(&b, RADIUS_NAS_IP_ADDRESS, 0xc0a80110);
	radius_put_u32(&b, RADIUS_NAS_PORT, 3);
	len = radius_end(&b, SECRET, SECRET_LEN);
	CU_ASSERT_EQUAL(len, 56 + 18);
	write_same(20, 0, "0100004a 0f403f9473978057bd83d5cb98f4227a");
	write_same(len, PROOF_END,
		   "01066e656d6f 02120dbe708d93d413ce3196e43f782a0aee 0406c0a80110 050600000003");
}

static void rfc2865_7_2_chap(void)
{
	size_t len;
	uint8_t proof[17];

	test_hex(proof, sizeof(proof), "16e97557c316185895f293ff63440772 75");
	write_begin(RADIUS_ACCESS_REQUEST, 1, "2aee86f08d0d55969ca5978e0d3367a2");
	radius_put_text(&b, RADIUS_USER_NAME, "flopsy");
	radius_put(&b, RADIUS_CHAP_PASSWORD, proof, sizeof(proof));
	len = radius_end(&b, SECRET, SECRET_LEN);
	write_same(len, PROOF_END, "0108666c6f707379 031316e97557c316185895f293ff6344077275");
}

static void rfc5997_6_status(void)
{
	write_begin(RADIUS_STATUS_SERVER, 218, "8a54f4686fb394c52866e302185d0623");
	write_same(
		radius_end(&b, SECRET, SECRET_LEN), 0,
		"0cda0026 8a54f4686fb394c52866e302185d0623 5012 5a665e2e1e8411f3e243822097c84fa3");
	write_begin(RADIUS_STATUS_SERVER, 179, "925f6b66dd5fed571fcb1db7ad388260");
	write_same(
		radius_end(&b, SECRET, SECRET_LEN), 0,
		"0cb30026 925f6b66dd5fed571fcb1db7ad388260 5012 e8d6eabda910875cd91fdade26367858");
}

static void rfc2866_accounting(void)
{
	radius_begin(&b, buf, sizeof(buf), RADIUS_ACCOUNTING_REQUEST, 5, NULL);
	radius_put_u32(&b, RADIUS_ACCT_STATUS_TYPE, 1);
	write_same(radius_end(&b, SECRET, SECRET_LEN), 0,
		   "0405001a 38b54a38663b11d65fc07f4ee21a1430 280600000001");
}

static void rfc5176_an_answer(void)
{
	write_begin(RADIUS_COA_ACK, 9, "0102030405060708090a0b0c0d0e0f10");
	radius_put_u32(&b, RADIUS_ERROR_CAUSE, 201);
	write_same(
		radius_end(&b, SECRET, SECRET_LEN), 0,
		"2c09002c e6848407eb712f9ea57d856188ba79de 5012 27799724ac47e8168a0cbd9e9765cfc2 "
		"6506000000c9");
}

static void passwords_of_every_length(void)
{
	char password[RADIUS_PASSWORD + 1];
	struct radius_packet p;

	memset(password, 'x', sizeof(password));
	for (size_t n = 0; n <= RADIUS_PASSWORD; n++) {
		size_t len;

		write_begin(RADIUS_ACCESS_REQUEST, 1, "2aee86f08d0d55969ca5978e0d3367a2");
		radius_put_password(&b, password, n, SECRET, SECRET_LEN);
		len = radius_end(&b, SECRET, SECRET_LEN);
		CU_ASSERT_EQUAL(len, PROOF_END + 2 + (n ? (n + 15) / 16 * 16 : 16));
		CU_ASSERT_TRUE(radius_open(&p, buf, len));
	}
	write_begin(RADIUS_ACCESS_REQUEST, 1, "2aee86f08d0d55969ca5978e0d3367a2");
	radius_put_password(&b, password, RADIUS_PASSWORD + 1, SECRET, SECRET_LEN);
	CU_ASSERT_EQUAL(radius_end(&b, SECRET, SECRET_LEN), 0);
	/* nothing to mask it with */
	radius_begin(&b, buf, sizeof(buf), RADIUS_ACCOUNTING_REQUEST, 5, NULL);
	radius_put_password(&b, password, 1, SECRET, SECRET_LEN);
	CU_ASSERT_EQUAL(radius_end(&b, SECRET, SECRET_LEN), 0);
}

static void one_of_a_vendor(void)
{
	write_begin(RADIUS_ACCESS_REQUEST, 1, "2aee86f08d0d55969ca5978e0d3367a2");
	radius_put(&b, RADIUS_MS_CHAP_CHALLENGE, "01234567", 8);
	write_same(radius_end(&b, SECRET, SECRET_LEN), PROOF_END,
		   "1a10 00000137 0b0a 3031323334353637");
}

static void text_is_cut_and_values_are_not(void)
{
	char text[300];

	memset(text, 'x', sizeof(text));
	text[299] = '\0';
	write_begin(RADIUS_ACCESS_REQUEST, 1, "2aee86f08d0d55969ca5978e0d3367a2");
	radius_put_text(&b, RADIUS_USER_NAME, text);
	radius_put_text(&b, RADIUS_USER_NAME, "");
	radius_put_text(&b, RADIUS_USER_NAME, NULL);
	CU_ASSERT_EQUAL(radius_end(&b, SECRET, SECRET_LEN), PROOF_END + 255);
	write_begin(RADIUS_ACCESS_REQUEST, 1, "2aee86f08d0d55969ca5978e0d3367a2");
	radius_put(&b, RADIUS_CHAP_PASSWORD, text, 16);
	CU_ASSERT_EQUAL(radius_end(&b, SECRET, SECRET_LEN), 0);
}

static void what_does_not_fit_is_no_packet(void)
{
	for (size_t cap = 0; cap < PROOF_END + 6; cap++) {
		memset(buf, 0xa5, sizeof(buf));
		radius_begin(&b, buf, cap, RADIUS_ACCESS_REQUEST, 1, auth);
		radius_put_text(&b, RADIUS_USER_NAME, "nemo");
		CU_ASSERT_EQUAL(radius_end(&b, SECRET, SECRET_LEN), 0);
		CU_ASSERT_EQUAL(buf[cap], 0xa5);
	}
	radius_begin(&b, buf, sizeof(buf), RADIUS_ACCESS_REQUEST, 1, auth);
	for (unsigned i = 0; i < 17; i++) {
		static const uint8_t class[253];

		radius_put(&b, RADIUS_CLASS, class, sizeof(class));
	}
	CU_ASSERT_EQUAL(radius_end(&b, SECRET, SECRET_LEN), 0);
}

static const struct test_case cases[] = {
	{"rfc2865_7_1_password", rfc2865_7_1_password},
	{"rfc2865_7_2_chap", rfc2865_7_2_chap},
	{"rfc5997_6_status", rfc5997_6_status},
	{"rfc2866_accounting", rfc2866_accounting},
	{"rfc5176_an_answer", rfc5176_an_answer},
	{"passwords_of_every_length", passwords_of_every_length},
	{"one_of_a_vendor", one_of_a_vendor},
	{"text_is_cut_and_values_are_not", text_is_cut_and_values_are_not},
	{"what_does_not_fit_is_no_packet", what_does_not_fit_is_no_packet},
	{NULL, NULL},
};
const struct test_suite suite_radius_write = {"radius_write", cases};
