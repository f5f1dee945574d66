/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Claims as attributes after RFC 2865 sections 5 and 7, and RFC 2548 section 2.3. */
#include "gw/aaa/aaa_radius.h"
#include "tests/gw/radius_far.h"
#include "tests/harness.h"

#include <nettle/md5.h>
#include <stdio.h>
#include <string.h>

#define SEC UINT64_C(1000000)

static uint8_t buf[RADIUS_ATTRS_MAX];
static struct ppp_auth_claim claim;
static struct radius_question out;

static bool radius_question_of(enum ppp_auth method, const char *challenge, const char *response)
{
	struct aaa_question q = {.claim = &claim, .source_text = "wan 192.0.2.1:1701"};

	claim.method = method;
	claim.name_len = (uint16_t)strlen(claim.name);
	claim.challenge_len =
		(uint8_t)test_hex(claim.challenge, sizeof(claim.challenge), challenge);
	claim.response_len = (uint8_t)test_hex(claim.response, sizeof(claim.response), response);
	return aaa_radius_question(&q, "gate", buf, &out);
}

/* NAS-Identifier, NAS-Port-Type Virtual, NAS-Port-Id, Service-Type Framed, Framed-Protocol PPP */
#define REST                                                                               \
	"200667617465 3d0600000005 571477616e203139322e302e322e313a31373031 060600000002 " \
	"070600000001"

static void radius_question_is(const char *hex)
{
	uint8_t want[512];
	size_t n = test_hex(want, sizeof(want), hex);

	CU_ASSERT_EQUAL(out.code, RADIUS_ACCESS_REQUEST);
	ASSERT_OCTETS(out.attrs, out.len, want, n);
}

static void radius_pap(void)
{
	claim = (struct ppp_auth_claim){.name = "nemo"};
	CU_ASSERT_TRUE(radius_question_of(PPP_AUTH_PAP, "", "617263"));
	radius_question_is("01066e656d6f" REST);
	ASSERT_OCTETS(out.password, out.password_len, "arc", 3);
	claim.response_len = 129;
	CU_ASSERT_FALSE(
		aaa_radius_question(&(struct aaa_question){.claim = &claim}, "g", buf, &out));
}

static void rfc2865_7_2_radius_chap(void)
{
	claim = (struct ppp_auth_claim){.name = "flopsy", .id = 22};
	CU_ASSERT_TRUE(radius_question_of(PPP_AUTH_CHAP_MD5, "2aee86f08d0d55969ca5978e0d3367a2",
					  "e97557c316185895f293ff6344077275"));
	radius_question_is("0108666c6f707379 031316e97557c316185895f293ff6344077275"
			   "3c122aee86f08d0d55969ca5978e0d3367a2" REST);
	CU_ASSERT_PTR_NULL(out.password);
	CU_ASSERT_FALSE(radius_question_of(PPP_AUTH_CHAP_MD5, "2aee86f08d0d55969ca5978e0d3367a2",
					   "e97557c316185895f293ff63440772"));
}

/* The names and octets of RFC 2759 section 9.2 */
#define MS_CHALLENGE "5b5d7c7d7b3f2f3e3c2c602132262628"
#define MS_PEER	     "21402324255e262a28295f2b3a337c7e"
#define MS_RESPONSE  "82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df"

static void rfc2548_2_3_radius_mschap(void)
{
	claim = (struct ppp_auth_claim){.name = "User", .id = 7};
	CU_ASSERT_TRUE(radius_question_of(PPP_AUTH_MSCHAPV2, MS_CHALLENGE,
					  MS_PEER "0000000000000000" MS_RESPONSE "04"));
	radius_question_is("010655736572 1a1800000137 0b12" MS_CHALLENGE
			   "1a3a00000137 1934 0704" MS_PEER "0000000000000000" MS_RESPONSE REST);
	CU_ASSERT_FALSE(radius_question_of(PPP_AUTH_MSCHAPV2, MS_CHALLENGE, MS_PEER));
	CU_ASSERT_FALSE(radius_question_of(PPP_AUTH_MSCHAPV2, "5b5d",
					   MS_PEER "0000000000000000" MS_RESPONSE "04"));
}

/* RFC 2865 5.30 and 5.31 */
static void numbers_of_the_line_are_told(void)
{
	struct aaa_question q = {.claim = &claim, .called = "2001", .calling = "4711"};

	claim = (struct ppp_auth_claim){.name = "u", .name_len = 1, .method = PPP_AUTH_PAP};
	CU_ASSERT_TRUE(aaa_radius_question(&q, "g", buf, &out));
	radius_question_is("010375 200367 3d0600000005 1e0632303031 1f0634373131 060600000002 "
			   "070600000001");
	q.called = "";
	CU_ASSERT_TRUE(aaa_radius_question(&q, "g", buf, &out));
	radius_question_is("010375 200367 3d0600000005 1f0634373131 060600000002 070600000001");
	/* RFC 4679 3.3.1 and 3.3.3, of a kbit/s */
	q = (struct aaa_question){.claim = &claim,
				  .access = (const uint8_t *)"\1\2m1\x81\4\0\0\0\1",
				  .access_len = 10};
	CU_ASSERT_TRUE(aaa_radius_question(&q, "g", buf, &out));
	radius_question_is("010375 200367 3d0600000005 060600000002 070600000001 "
			   "1a0a00000de901046d31 1a0c00000de98106000003e8");
}

static void a_claim_without_a_name_or_method_is_not_asked(void)
{
	claim = (struct ppp_auth_claim){.name = ""};
	CU_ASSERT_FALSE(radius_question_of(PPP_AUTH_PAP, "", "61"));
	strcpy(claim.name, "u");
	CU_ASSERT_FALSE(radius_question_of(PPP_AUTH_NONE, "", ""));
}

/* --- answers ----------------------------------------------------------------------------------- */

static struct aaa_answer answer;
static const char *why;
static struct grant_draft draft;
static uint8_t request[RADIUS_AUTH];

static bool radius_answer_of(uint8_t code, const char *attrs, enum ppp_auth method)
{
	uint8_t octets[RADIUS_MAX];
	struct radius_answer a = {.request = request, .secret = "xyzzy5461"};

	radius_far_make(&a.packet, octets, (enum radius_code)code, attrs);
	claim.method = method;
	return aaa_radius_answer(&a, &claim, &answer, &draft, &why);
}

static bool radius_accept_of(const char *attrs)
{
	return radius_answer_of(RADIUS_ACCESS_ACCEPT, attrs, PPP_AUTH_PAP);
}

static void what_an_accept_says(void)
{
	CU_ASSERT_TRUE(radius_accept_of(""));
	CU_ASSERT_TRUE(answer.ok);
	CU_ASSERT_EQUAL(answer.address4, 0);
	CU_ASSERT_EQUAL(answer.session, CFG_OF_SERVICE);
	CU_ASSERT_EQUAL(answer.idle, CFG_OF_SERVICE);
	CU_ASSERT_TRUE(radius_accept_of("08060a400007 1b0600000e10 1c060000003c 060600000002 "
					"070600000001"));
	CU_ASSERT_EQUAL(answer.address4, 0x0a400007);
	CU_ASSERT_EQUAL(answer.session, 3600 * SEC);
	CU_ASSERT_EQUAL(answer.idle, 60 * SEC);
	/* RFC 2865 5.8: the two that are no addresses */
	CU_ASSERT_TRUE(radius_accept_of("0806ffffffff"));
	CU_ASSERT_EQUAL(answer.address4, 0);
	CU_ASSERT_TRUE(radius_accept_of("0806fffffffe"));
	CU_ASSERT_EQUAL(answer.address4, 0);
}

static void what_is_no_ppp_is_a_refusal(void)
{
	CU_ASSERT_FALSE(radius_accept_of("060600000001"));
	CU_ASSERT_STRING_EQUAL(why, "a Service-Type that is not Framed");
	CU_ASSERT_FALSE(radius_accept_of("070600000002"));
	CU_ASSERT_STRING_EQUAL(why, "a Framed-Protocol that is not PPP");
	CU_ASSERT_FALSE(radius_answer_of(RADIUS_ACCESS_REJECT, "120361", PPP_AUTH_PAP) ||
			answer.ok);
	CU_ASSERT_STRING_EQUAL(why, "refused by the server");
	CU_ASSERT_FALSE(radius_answer_of(RADIUS_ACCESS_CHALLENGE, "", PPP_AUTH_PAP) || answer.ok);
}

#define SUCCESS                                                      \
	"533d343037413535383931313546443044363230394635313046453943" \
	"30343536363933324344413536"

static bool radius_success_of(const char *attr)
{
	return radius_answer_of(RADIUS_ACCESS_ACCEPT, attr, PPP_AUTH_MSCHAPV2);
}

static void rfc2759_9_2_success(void)
{
	claim.id = 7;
	CU_ASSERT_TRUE(radius_success_of("1a33 00000137 1a2d 07" SUCCESS));
	CU_ASSERT_STRING_EQUAL(answer.reply.success, "S=407A5589115FD0D6209F510FE9C04566932CDA56");
	CU_ASSERT_FALSE(radius_success_of(""));
	CU_ASSERT_STRING_EQUAL(why, "no MS-CHAP2-Success");
	claim.id = 8;
	CU_ASSERT_FALSE(radius_success_of("1a33 00000137 1a2d 07" SUCCESS));
	CU_ASSERT_STRING_EQUAL(why, "a MS-CHAP2-Success of another response");
	/* "S=" and 40 times g */
	CU_ASSERT_FALSE(radius_success_of("1a33 00000137 1a2d 08 533d"
					  "67676767676767676767676767676767676767676767676767676767"
					  "676767676767676767676767"));
	CU_ASSERT_STRING_EQUAL(why, "a MS-CHAP2-Success with other than digits");
}

/* RFC 2548 2.4.2, RFC 2868 3.5: MD5 of secret, authenticator and salt hides 16 octets a time. */
static void rfc2548_2_4_2_keys(void)
{
	static const uint8_t plain[] = {16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
	uint8_t block[32] = {0}, mask[16];
	char hex[200];
	struct md5_ctx md5;
	int n;

	memcpy(block, plain, sizeof(plain));
	for (unsigned at = 0; at < 32; at += 16) {
		md5_init(&md5);
		md5_update(&md5, 9, (const uint8_t *)"xyzzy5461");
		if (at)
			md5_update(&md5, 16, block);
		else
			md5_update(&md5, 16, request);
		if (!at)
			md5_update(&md5, 2, (const uint8_t *)"\x80\x01");
		md5_digest(&md5, 16, mask);
		for (unsigned i = 0; i < 16; i++)
			block[at + i] ^= mask[i];
	}
	n = snprintf(hex, sizeof(hex), "1a2a00000137 1024 8001");
	for (unsigned i = 0; i < 32; i++)
		n += snprintf(hex + n, sizeof(hex) - (size_t)n, "%02x", block[i]);
	CU_ASSERT_TRUE(radius_accept_of(hex));
	request[0] ^= 1;
	CU_ASSERT_FALSE(radius_accept_of(hex));
	CU_ASSERT_STRING_EQUAL(why, "a key that the secret does not reveal");
	request[0] ^= 1;
}

/* RFC 2548 2.1.5; words of a Reply-Message come first. */
static void rfc2548_2_1_5_error(void)
{
	/* "E=648 R=1 C=00 V=3 M=late" */
	static const char error[] = "1a22 00000137 021c 07"
				    "453d36343820523d3120433d303020563d33204d3d6c617465";
	char both[sizeof(error) + 20];

	CU_ASSERT_FALSE(radius_answer_of(RADIUS_ACCESS_REJECT, error, PPP_AUTH_MSCHAPV2));
	CU_ASSERT_EQUAL(answer.reply.error, 648);
	CU_ASSERT_STRING_EQUAL(answer.message, "late");
	snprintf(both, sizeof(both), "12036e %s", error);
	CU_ASSERT_FALSE(radius_answer_of(RADIUS_ACCESS_REJECT, both, PPP_AUTH_MSCHAPV2));
	CU_ASSERT_STRING_EQUAL(answer.message, "n");
	CU_ASSERT_EQUAL(answer.reply.error, 648);
	/* a number that is none */
	CU_ASSERT_FALSE(radius_answer_of(
		RADIUS_ACCESS_REJECT, "1a10 00000137 020a 07 453d3939393939", PPP_AUTH_MSCHAPV2));
	CU_ASSERT_EQUAL(answer.reply.error, 0);
}

static const struct test_case cases[] = {
	{"radius_pap", radius_pap},
	{"rfc2865_7_2_radius_chap", rfc2865_7_2_radius_chap},
	{"rfc2548_2_3_radius_mschap", rfc2548_2_3_radius_mschap},
	{"numbers_of_the_line_are_told", numbers_of_the_line_are_told},
	{"a_claim_without_a_name_or_method_is_not_asked",
	 a_claim_without_a_name_or_method_is_not_asked},
	{"what_an_accept_says", what_an_accept_says},
	{"what_is_no_ppp_is_a_refusal", what_is_no_ppp_is_a_refusal},
	{"rfc2759_9_2_success", rfc2759_9_2_success},
	{"rfc2548_2_4_2_keys", rfc2548_2_4_2_keys},
	{"rfc2548_2_1_5_error", rfc2548_2_1_5_error},
	{NULL, NULL},
};
const struct test_suite suite_aaa_radius = {"aaa_radius", cases};
