/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The authentication phase from both sides, whatever the method, and what proves a claim. */
#include "tests/harness.h"
#include "tests/ppp/lone.h"

#include <string.h>

static void limit_of_the_whole_phase(void)
{
	struct lone l;

	lone_auth(&l, true, PPP_AUTH_PAP, 30 * SEC);
	lone_wait(&l, 29 * SEC);
	CU_ASSERT(lone_phase_is(&l, "authenticate"));
	lone_wait(&l, 1 * SEC);
	CU_ASSERT(lone_phase_is(&l, "terminate"));
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_TIMEOUT);
	/* too late */
	ppp_auth_verdict(l.ppp, true, NULL, NULL, l.now);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 0);
	lone_free(&l);
}

/* The link is renegotiated while the owner thinks: the old verdict is not the new claim's. */
static void verdict_of_an_older_claim(void)
{
	struct lone l;
	uint32_t old;

	lone_auth(&l, true, PPP_AUTH_PAP, 30 * SEC);
	lone_rx(&l, LONE_PAP("07"));
	old = l.claim.serial;
	lone_rx(&l, "c021 01 09 0004");
	CU_ASSERT(lone_sent(&l, "c021 01 02 000e 0304c023 050602020202"));
	lone_rx(&l, "c021 02 02 000e 0304c023 050602020202");
	CU_ASSERT_FALSE(ppp_auth_waits(l.ppp, old));
	ppp_auth_answer(l.ppp, old, true, NULL, NULL, l.now);
	lone_rx(&l, "c023 01 08 0008 01 78 01 79");
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 2);
	CU_ASSERT_NOT_EQUAL(l.claim.serial, old);
	CU_ASSERT_FALSE(ppp_auth_waits(l.ppp, old));
	CU_ASSERT_TRUE(ppp_auth_waits(l.ppp, l.claim.serial));
	ppp_auth_answer(l.ppp, old, true, NULL, NULL, l.now);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 0);
	ppp_auth_answer(l.ppp, l.claim.serial, true, NULL, NULL, l.now);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 1);
	lone_free(&l);
}

/* The other method's packets, and any before LCP is open, are not for us. */
static void packets_of_another_method(void)
{
	struct lone l;

	lone_auth(&l, true, PPP_AUTH_CHAP_MD5, 30 * SEC);
	lone_rx(&l, LONE_PAP("07"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 0);
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_PHASE), 1);
	lone_free(&l);

	lone_init(&l, true);
	lone_open(&l);
	lone_rx(&l, LONE_PAP("07"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 0);
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_PHASE), 1);
	lone_free(&l);
}

static void protocol_reject_of_the_method(void)
{
	struct lone l;

	lone_auth(&l, true, PPP_AUTH_CHAP_MD5, 30 * SEC);
	lone_rx(&l, "c021 08 01 0006 c223");
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_REFUSED);
	lone_free(&l);
}

/* RFC 2759 9.2, the whole exchange as the server sees it. */
static void rfc2759_9_2_claim_checked(void)
{
	struct ppp_auth_claim c = {.method = PPP_AUTH_MSCHAPV2, .name = "User", .name_len = 4};
	struct ppp_auth_reply reply;

	c.challenge_len = (uint8_t)test_hex(c.challenge, 64, "5B5D7C7D7B3F2F3E3C2C602132262628");
	c.response_len = (uint8_t)test_hex(c.response, 255,
					   "21402324255E262A28295F2B3A337C7E 0000000000000000"
					   "82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF 00");
	CU_ASSERT(ppp_auth_check(&c, "clientPass", 10, &reply));
	CU_ASSERT_STRING_EQUAL(reply.success, "S=407A5589115FD0D6209F510FE9C04566932CDA56");
	CU_ASSERT(!ppp_auth_check(&c, "clientpass", 10, &reply));
	CU_ASSERT_STRING_EQUAL(reply.success, "");
	for (unsigned n = 0; n < 256; n++) {
		c.response_len = (uint8_t)n;
		CU_ASSERT_EQUAL(ppp_auth_check(&c, "clientPass", 10, NULL), n == 49);
	}
	c.response_len = 49;
	c.challenge_len = 15;
	CU_ASSERT(!ppp_auth_check(&c, "clientPass", 10, NULL));
	c.method = PPP_AUTH_NONE;
	CU_ASSERT(!ppp_auth_check(&c, "clientPass", 10, NULL));
}

static void pap_check(void)
{
	struct ppp_auth_claim c = {.method = PPP_AUTH_PAP, .response_len = 6};

	memcpy(c.response, "secret", 6);
	CU_ASSERT(ppp_auth_check(&c, "secret", 6, NULL));
	CU_ASSERT(!ppp_auth_check(&c, "secret", 5, NULL));
	CU_ASSERT(!ppp_auth_check(&c, "secrets", 7, NULL));
	CU_ASSERT(!ppp_auth_check(&c, "", 0, NULL));
	c.response_len = 0;
	CU_ASSERT(ppp_auth_check(&c, "", 0, NULL));
}

static void names_of_methods(void)
{
	CU_ASSERT_STRING_EQUAL(ppp_auth_name(PPP_AUTH_NONE), "none");
	CU_ASSERT_STRING_EQUAL(ppp_auth_name(PPP_AUTH_PAP), "pap");
	CU_ASSERT_STRING_EQUAL(ppp_auth_name(PPP_AUTH_CHAP_MD5), "chap");
	CU_ASSERT_STRING_EQUAL(ppp_auth_name(PPP_AUTH_MSCHAPV2), "mschapv2");
	CU_ASSERT_STRING_EQUAL(ppp_auth_name(PPP_AUTHS), "?");
}

static const struct test_case cases[] = {
	{"rfc2759_9_2_claim_checked", rfc2759_9_2_claim_checked},
	{"limit_of_the_whole_phase", limit_of_the_whole_phase},
	{"verdict_of_an_older_claim", verdict_of_an_older_claim},
	{"packets_of_another_method", packets_of_another_method},
	{"protocol_reject_of_the_method", protocol_reject_of_the_method},
	{"pap_check", pap_check},
	{"names_of_methods", names_of_methods},
	{NULL, NULL},
};
const struct test_suite suite_auth = {"auth", cases};
