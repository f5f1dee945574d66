/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The authentication phase from both sides, and PAP (RFC 1334), CHAP (RFC 1994) and MS-CHAPv2
 * (RFC 2759) packet by packet.
 */
#include "ppp/mschap.h"
#include "tests/harness.h"
#include "tests/ppp/lone.h"

#include <stdio.h>
#include <string.h>

static void start_patient(struct lone *l, bool server, enum ppp_auth method, uint64_t limit)
{
	static const char *const options[PPP_AUTHS] = {
		[PPP_AUTH_PAP] = "c021 01 01 000e 0304c023 0506a0a0a0a0",
		[PPP_AUTH_CHAP_MD5] = "c021 01 01 000f 0305c22305 0506a0a0a0a0",
		[PPP_AUTH_MSCHAPV2] = "c021 01 01 000f 0305c22381 0506a0a0a0a0",
	};

	lone_init(l, server);
	l->cfg.n_auth = 1;
	l->cfg.auth[0] = (uint8_t)method;
	l->cfg.auth_timeout = limit;
	strcpy(l->cfg.name, server ? "gw" : "User");
	strcpy(l->cfg.secret, server ? "" : "clientPass");
	if (server) {
		lone_lcp_up(l);
		return;
	}
	lone_open(l);
	lone_rx(l, "c021 02 01 000a 050601010101");
	lone_skip(l);
	lone_rx(l, options[method]);
	l->n_read++; /* the Ack */
	CU_ASSERT(lone_lcp_is(l, "Opened"));
}

static void test_auth_start(struct lone *l, bool server, enum ppp_auth method)
{
	start_patient(l, server, method, 30 * SEC);
}

/* --- PAP -------------------------------------------------------------------------------------- */

#define PAP_USER_SECRET(id) "c023 01 " id " 0010 04 75736572 06 736563726574"

static void rfc1334_server_accepts_and_says_so_again(void)
{
	struct lone l;

	test_auth_start(&l, true, PPP_AUTH_PAP);
	CU_ASSERT(lone_quiet(&l));
	lone_rx(&l, PAP_USER_SECRET("07"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
	CU_ASSERT_EQUAL(l.claim.method, PPP_AUTH_PAP);
	CU_ASSERT_STRING_EQUAL(l.claim.name, "user");
	CU_ASSERT_EQUAL(l.claim.name_len, 4);
	ASSERT_OCTETS(l.claim.response, l.claim.response_len, "secret", 6);
	CU_ASSERT(!l.claim.again);
	/* asked once, though the peer repeats itself; the answer goes to its last Identifier */
	lone_rx(&l, PAP_USER_SECRET("08"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
	CU_ASSERT(lone_quiet(&l));
	ppp_auth_verdict(l.ppp, true, NULL, "hi", l.now);
	CU_ASSERT(lone_sent(&l, "c023 02 08 0007 02 6869"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 1);
	/* 2.2.1: a Request after that gets the same reply */
	lone_rx(&l, PAP_USER_SECRET("09"));
	CU_ASSERT(lone_sent(&l, "c023 02 09 0007 02 6869"));
	lone_rx(&l, "c023 01 0a 0008 01 78 01 79");
	CU_ASSERT(lone_sent(&l, "c023 02 0a 0007 02 6869"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 1);
	lone_free(&l);
}

static void rfc1334_server_refuses_and_closes(void)
{
	struct lone l;

	test_auth_start(&l, true, PPP_AUTH_PAP);
	lone_rx(&l, PAP_USER_SECRET("07"));
	/* another claim while the first is judged does not ride on its verdict */
	lone_rx(&l, "c023 01 08 0008 01 78 01 79");
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_STATE), 1);
	ppp_auth_verdict(l.ppp, false, NULL, NULL, l.now);
	CU_ASSERT(lone_sent(&l, "c023 03 07 0005 00"));
	CU_ASSERT(lone_sent(&l, "c021 05 ?? 0004"));
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_FAILED);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 0);
	lone_free(&l);
}

static void rfc1334_lengths(void)
{
	static const char *const bad[] = {
		"c023",
		"c023 01 01",
		"c023 01 01 0003",
		"c023 01 01 0004",
		"c023 01 01 0011 04 75736572 06 736563726574",
		"c023 01 01 000f 04 75736572 06 736563726574",
		"c023 01 01 0010 04 75736572 07 736563726574",
		"c023 01 01 0006 02 41",
		"c023 01 01 0005 00",
	};
	struct lone l;

	test_auth_start(&l, true, PPP_AUTH_PAP);
	lone_rx(&l, "c023 04 01 0004");
	lone_rx(&l, "c023 02 01 0005 00");
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_CODE), 2);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		lone_rx(&l, bad[i]);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 0);
	CU_ASSERT(lone_quiet(&l));
	/* without its four octets, or with a Length that is wrong: each is counted once */
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_SHORT), 2);
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_LENGTH), sizeof(bad) / sizeof(*bad) - 2);
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_CODE), 2);
	/* empty name and empty password are a claim like any other; padding does not count */
	lone_rx(&l, "c023 01 01 0006 00 00 ffff");
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
	CU_ASSERT_EQUAL(l.claim.name_len, 0);
	CU_ASSERT_EQUAL(l.claim.response_len, 0);
	lone_free(&l);
}

static void rfc1334_every_name_and_password_length(void)
{
	uint8_t frame[8 + 2 * 255];

	for (unsigned n = 0; n < 256; n++) {
		struct lone l;

		test_auth_start(&l, true, PPP_AUTH_PAP);
		memset(frame, 'x', sizeof(frame));
		memcpy(frame, "\xc0\x23\x01\x01", 4);
		wr_put16(frame + 4, (uint16_t)(6 + 2 * n));
		frame[6] = (uint8_t)n;
		frame[7 + n] = (uint8_t)n;
		lone_rx_octets(&l, frame, 8 + 2 * n);
		CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
		CU_ASSERT_EQUAL(l.claim.name_len, n);
		CU_ASSERT_EQUAL(strlen(l.claim.name), n);
		CU_ASSERT_EQUAL(l.claim.response_len, n);
		lone_free(&l);
	}
}

#define PAP_REQUEST "0014 04 55736572 0a 636c69656e7450617373"

static void rfc1334_client_repeats_then_gives_up(void)
{
	struct lone l;

	start_patient(&l, false, PPP_AUTH_PAP, 300 * SEC);
	for (unsigned i = 0; i < 10; i++) {
		char want[80];

		snprintf(want, sizeof(want), "c023 01 %02x " PAP_REQUEST, i + 1);
		CU_ASSERT(lone_sent(&l, want));
		CU_ASSERT(lone_quiet(&l));
		lone_wait(&l, 3 * SEC);
	}
	CU_ASSERT(lone_sent(&l, "c021 05 ?? 0004"));
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_TIMEOUT);
	lone_free(&l);
}

static void rfc1334_client_hears_the_answer(void)
{
	struct lone l;

	test_auth_start(&l, false, PPP_AUTH_PAP);
	CU_ASSERT(lone_sent(&l, "c023 01 01 " PAP_REQUEST));
	lone_rx(&l, "c023 02 02 0005 00");
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_ID), 1);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 0);
	/* some servers send no Msg-Length at all */
	lone_rx(&l, "c023 02 01 0004");
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 1);
	CU_ASSERT(lone_sent(&l, "8021 01 01 0016 030600000000 810600000000 830600000000"));
	/* a late Nak does not undo it */
	lone_rx(&l, "c023 03 01 0005 00");
	CU_ASSERT(lone_phase_is(&l, "network"));
	lone_free(&l);

	test_auth_start(&l, false, PPP_AUTH_PAP);
	lone_rx(&l, "c023 03 01 000a 05 6e6f0a1b21");
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_FAILED);
	CU_ASSERT_STRING_EQUAL(l.message, "no..!");
	lone_free(&l);
}

/* --- CHAP with MD5 ---------------------------------------------------------------------------- */

/* Challenge 02 x 16 with Identifier 01, secret "secret": md5(01 "secret" 02..02). */
#define CHAP_CHALLENGE "c223 01 01 0017 10 02020202020202020202020202020202 6777"
#define CHAP_RESPONSE  "c223 02 01 0019 10 0e2483e0da85f656522f3da3ffe0a142 75736572"

static void rfc1994_server_success_and_repeats(void)
{
	struct lone l;
	struct ppp_auth_reply reply;

	test_auth_start(&l, true, PPP_AUTH_CHAP_MD5);
	CU_ASSERT(lone_sent(&l, CHAP_CHALLENGE));
	lone_wait(&l, 3 * SEC);
	CU_ASSERT(lone_sent(&l, CHAP_CHALLENGE));
	lone_rx(&l, CHAP_RESPONSE);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
	CU_ASSERT_STRING_EQUAL(l.claim.name, "user");
	CU_ASSERT_EQUAL(l.claim.challenge_len, 16);
	CU_ASSERT(ppp_auth_check(&l.claim, "secret", 6, &reply));
	CU_ASSERT(!ppp_auth_check(&l.claim, "secreT", 6, &reply));
	CU_ASSERT(!ppp_auth_check(&l.claim, "secret", 5, &reply));
	/* pending: not asked twice, and the Challenge is not sent again */
	lone_rx(&l, CHAP_RESPONSE);
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
	CU_ASSERT(lone_quiet(&l));
	ppp_auth_verdict(l.ppp, true, &reply, NULL, l.now);
	CU_ASSERT(lone_sent(&l, "c223 03 01 0004"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 1);
	/* 4.2: the same Identifier gets the same reply, whatever it says */
	lone_rx(&l, CHAP_RESPONSE);
	CU_ASSERT(lone_sent(&l, "c223 03 01 0004"));
	lone_rx(&l, "c223 02 01 0019 10 00000000000000000000000000000000 75736572");
	CU_ASSERT(lone_sent(&l, "c223 03 01 0004"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
	lone_free(&l);
}

static void rfc1994_server_failure_closes(void)
{
	struct lone l;

	test_auth_start(&l, true, PPP_AUTH_CHAP_MD5);
	lone_skip(&l);
	lone_rx(&l, CHAP_RESPONSE);
	ppp_auth_verdict(l.ppp, false, NULL, "no", l.now);
	CU_ASSERT(lone_sent(&l, "c223 04 01 0006 6e6f"));
	CU_ASSERT(lone_sent(&l, "c021 05 ?? 0006 6e6f"));
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_FAILED);
	lone_free(&l);
}

static void rfc1994_server_responses_of_no_use(void)
{
	struct lone l;
	uint8_t frame[7 + 255 + 4];

	test_auth_start(&l, true, PPP_AUTH_CHAP_MD5);
	lone_skip(&l);
	lone_rx(&l, "c223 02 02 0019 10 0e2483e0da85f656522f3da3ffe0a142 75736572");
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_ID), 1);
	lone_rx(&l, "c223 03 01 0004");
	lone_rx(&l, "c223 01 01 0015 10 00000000000000000000000000000000");
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_CODE), 2);
	/* every Value-Size but 16, whether it fits the packet or not */
	for (unsigned n = 0; n < 256; n++) {
		if (n == 16)
			continue;
		memset(frame, 'x', sizeof(frame));
		memcpy(frame, "\xc2\x23\x02\x01", 4);
		frame[6] = (uint8_t)n;
		wr_put16(frame + 4, (uint16_t)(5 + n + 4));
		lone_rx_octets(&l, frame, 7 + n + 4);
		wr_put16(frame + 4, 5);
		lone_rx_octets(&l, frame, 7);
	}
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 0);
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_LENGTH), 510);
	lone_free(&l);
}

/* A name longer than we keep is no name; 255 octets are. */
static void rfc1994_server_names(void)
{
	uint8_t frame[7 + 16 + 300];

	for (unsigned n = 250; n < 300; n++) {
		struct lone l;

		test_auth_start(&l, true, PPP_AUTH_CHAP_MD5);
		memset(frame, 'n', sizeof(frame));
		memcpy(frame, "\xc2\x23\x02\x01", 4);
		frame[6] = 16;
		wr_put16(frame + 4, (uint16_t)(5 + 16 + n));
		lone_rx_octets(&l, frame, 7 + 16 + n);
		CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], n <= 255);
		lone_free(&l);
	}
}

static void rfc1994_server_without_a_response(void)
{
	struct lone l;

	start_patient(&l, true, PPP_AUTH_CHAP_MD5, 300 * SEC);
	for (unsigned i = 0; i < 10; i++) {
		CU_ASSERT(lone_sent(&l, CHAP_CHALLENGE));
		lone_wait(&l, 3 * SEC);
	}
	CU_ASSERT(lone_sent(&l, "c021 05 ?? 0004"));
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_TIMEOUT);
	lone_free(&l);
}

static void rfc1994_client_responds(void)
{
	struct lone l;

	test_auth_start(&l, false, PPP_AUTH_CHAP_MD5);
	CU_ASSERT(lone_quiet(&l));
	/* md5(09 "clientPass" aabbcc), computed apart */
	lone_rx(&l, "c223 01 09 000a 03 aabbcc 6777");
	CU_ASSERT(lone_sent(&l, "c223 02 09 0019 10 4741d289e633c18c596db2bdfb9e1ee2 55736572"));
	/* the Response is repeated until it is answered */
	lone_wait(&l, 3 * SEC);
	CU_ASSERT(lone_sent(&l, "c223 02 09 0019 10 4741d289e633c18c596db2bdfb9e1ee2 55736572"));
	lone_rx(&l, "c223 03 08 0004");
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 0);
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_ID), 1);
	lone_rx(&l, "c223 03 09 0006 6f6b");
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 1);
	lone_skip(&l);
	/* challenged again while the network is up */
	lone_rx(&l, "c223 01 0a 000a 03 aabbcc 6777");
	CU_ASSERT(lone_sent(&l, "c223 02 0a 0019 10 ???????????????????????????????? 55736572"));
	lone_rx(&l, "c223 04 0a 0006 6e6f");
	CU_ASSERT(lone_sent(&l, "c021 05 ?? 0004"));
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_FAILED);
	CU_ASSERT_STRING_EQUAL(l.message, "no");
	lone_free(&l);
}

/* The Success to a second Challenge is lost for good: the client stops repeating, and stays. */
static void rfc1994_client_outlives_a_lost_success(void)
{
	struct lone l;
	unsigned sent = 0;

	test_auth_start(&l, false, PPP_AUTH_CHAP_MD5);
	lone_rx(&l, "c223 01 09 000a 03 aabbcc 6777");
	lone_rx(&l, "c223 03 09 0004");
	lone_rx(&l, "8021 01 01 000a 03060a400001");
	lone_rx(&l, "8021 02 01 0016 030600000000 810600000000 830600000000");
	lone_rx(&l, "8057 01 01 000e 010a 0000000000000009");
	lone_rx(&l, "8057 02 01 000e 010a 0002020203030303");
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP6_UP], 1);
	lone_skip(&l);
	lone_rx(&l, "c223 01 0a 000a 03 aabbcc 6777");
	lone_wait(&l, 25 * SEC);
	for (unsigned i = 0; i < l.n_sent; i++)
		sent += l.sent[i].octets[0] == 0xc2;
	CU_ASSERT_EQUAL(sent, 9);
	lone_wait(&l, 600 * (uint64_t)SEC);
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 0);
	lone_free(&l);
}

/* A Success or Failure before any Challenge is ignored, and so is a malformed Challenge. */
static void rfc1994_client_is_not_talked_into_it(void)
{
	struct lone l;

	test_auth_start(&l, false, PPP_AUTH_CHAP_MD5);
	lone_rx(&l, "c223 03 00 0004");
	lone_rx(&l, "c223 04 00 0004");
	lone_rx(&l, "c223 01 09 0005 00");
	lone_rx(&l, "c223 01 09 0006 02 41");
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 0);
	CU_ASSERT(lone_phase_is(&l, "authenticate"));
	lone_wait(&l, 30 * SEC);
	CU_ASSERT(lone_sent(&l, "c021 05 ?? 0004"));
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_TIMEOUT);
	lone_free(&l);
}

static void rechallenged_server(struct lone *l, uint64_t limit)
{
	lone_init(l, true);
	l->cfg.auth_timeout = limit;
	l->cfg.n_auth = 1;
	l->cfg.auth[0] = PPP_AUTH_CHAP_MD5;
	l->cfg.rechallenge = 60 * SEC;
	strcpy(l->cfg.name, "gw");
	lone_lcp_up(l);
	lone_rx(l, CHAP_RESPONSE);
	ppp_auth_verdict(l->ppp, true, NULL, NULL, l->now);
	lone_skip(l);
	lone_wait(l, 60 * SEC);
}

/* 2: "at random intervals": another Challenge, another Identifier; the link stands meanwhile. */
static void rfc1994_rechallenge(void)
{
	struct lone l;

	rechallenged_server(&l, 60 * SEC);
	CU_ASSERT(lone_sent(&l, "c223 01 02 0017 10 03030303030303030303030303030303 6777"));
	lone_rx(&l, CHAP_RESPONSE);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
	lone_rx(&l, "c223 02 02 0019 10 00000000000000000000000000000000 75736572");
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 2);
	CU_ASSERT(l.claim.again);
	/* an owner that thinks for longer than the interval is not asked a third time meanwhile */
	lone_wait(&l, 20 * SEC);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 2);
	ppp_auth_verdict(l.ppp, true, NULL, NULL, l.now);
	CU_ASSERT(lone_sent(&l, "c223 03 02 0004"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 1);
	lone_wait(&l, 60 * SEC);
	CU_ASSERT(lone_sent(&l, "c223 01 03 0017 10 04040404040404040404040404040404 6777"));
	lone_rx(&l, "c223 02 03 0019 10 00000000000000000000000000000000 75736572");
	ppp_auth_verdict(l.ppp, false, NULL, NULL, l.now);
	CU_ASSERT(lone_sent(&l, "c223 04 03 0004"));
	CU_ASSERT(lone_lcp_is(&l, "Closing"));
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_FAILED);
	lone_free(&l);
}

/* 1994 section 2: it is the identity of the peer that is verified again, not any identity. */
static void rechallenge_answered_in_another_name(void)
{
	struct lone l;

	rechallenged_server(&l, 60 * SEC);
	lone_skip(&l);
	lone_rx(&l, "c223 02 02 0019 10 00000000000000000000000000000000 726f6f74");
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
	CU_ASSERT(lone_sent(&l, "c223 04 02 0004"));
	CU_ASSERT(lone_lcp_is(&l, "Closing"));
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_FAILED);
	CU_ASSERT_STRING_EQUAL(l.claim.name, "user");
	lone_free(&l);
}

static void rfc1994_rechallenge_unanswered(void)
{
	struct lone l;

	rechallenged_server(&l, 60 * SEC);
	lone_wait(&l, 31 * SEC);
	CU_ASSERT(lone_lcp_is(&l, "Closing"));
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_TIMEOUT);
	lone_free(&l);
}

/* The whole of a re-challenge has its limit, whatever is repeated meanwhile. */
static void rfc1994_rechallenge_in_time(void)
{
	struct lone l;

	rechallenged_server(&l, 10 * SEC);
	lone_wait(&l, 10 * SEC - 1);
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	lone_wait(&l, 1);
	CU_ASSERT(lone_lcp_is(&l, "Closing"));
	lone_free(&l);
}

/* --- MS-CHAPv2 -------------------------------------------------------------------------------- */

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

#define MS_ZERO_RESPONSE                                        \
	"31 00000000000000000000000000000000 0000000000000000 " \
	"000000000000000000000000000000000000000000000000 00 55736572"

static void rfc2759_5_6_server_answers(void)
{
	struct ppp_auth_reply reply = {.success = "S=407A5589115FD0D6209F510FE9C04566932CDA56"};
	struct lone l;

	test_auth_start(&l, true, PPP_AUTH_MSCHAPV2);
	CU_ASSERT(lone_sent(&l, CHAP_CHALLENGE));
	lone_rx(&l, "c223 02 01 003a " MS_ZERO_RESPONSE);
	ppp_auth_verdict(l.ppp, true, &reply, "ok", l.now);
	/* "S=<auth_string> M=<message>" */
	CU_ASSERT(lone_sent(&l, "c223 03 01 0033 533d34303741353538393131354644304436323039463531"
				"3046453943303435363639333243444135 36 204d3d6f6b"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 1);
	lone_free(&l);

	test_auth_start(&l, true, PPP_AUTH_MSCHAPV2);
	lone_skip(&l);
	lone_rx(&l, "c223 02 01 003a " MS_ZERO_RESPONSE);
	ppp_auth_verdict(l.ppp, false, NULL, "no", l.now);
	/* "E=691 R=0 C=<16 octets in hex> V=3 M=no" */
	CU_ASSERT(lone_sent(&l, "c223 04 01 0039 453d36393120523d3020433d"
				"3033303330333033303330333033303330333033303330333033303330333033"
				"20563d33204d3d6e6f"));
	lone_free(&l);
}

/* An owner that says yes without the authenticator's response has not judged. */
static void success_without_the_response_is_a_refusal(void)
{
	struct lone l;

	test_auth_start(&l, true, PPP_AUTH_MSCHAPV2);
	lone_skip(&l);
	lone_rx(&l, "c223 02 01 003a " MS_ZERO_RESPONSE);
	ppp_auth_verdict(l.ppp, true, NULL, NULL, l.now);
	CU_ASSERT_EQUAL(l.sent[0].octets[2], 4);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 0);
	lone_free(&l);
}

/* What the server has to answer to the Response the client just sent, computed from its octets. */
static void expected_success(const struct lone *l, const char *challenge, char success[44])
{
	struct mschap_proof proof;
	uint8_t c[16];
	struct mschap_exchange x = {c, l->sent[l->n_sent - 1].octets + 7, "User", 4};

	test_hex(c, sizeof(c), challenge);
	mschap_prove(&proof, &x, "clientPass", 10);
	ASSERT_OCTETS(x.peer_challenge + 24, 24, proof.nt_response, 24);
	memcpy(success, proof.success, 44);
}

static void answer_success(struct lone *l, const char *text)
{
	uint8_t frame[100] = {0xc2, 0x23, 3, 5};

	wr_put16(frame + 4, (uint16_t)(4 + strlen(text)));
	memcpy(frame + 6, text, strlen(text));
	lone_rx_octets(l, frame, 6 + strlen(text));
}

#define MS_CHALLENGE "5B5D7C7D7B3F2F3E3C2C602132262628"

static void rfc2759_5_client_checks_the_server(void)
{
	struct lone l;
	char success[44 + 8];

	test_auth_start(&l, false, PPP_AUTH_MSCHAPV2);
	lone_rx(&l, "c223 01 05 0015 10 " MS_CHALLENGE);
	CU_ASSERT_EQUAL(l.sent[l.n_sent - 1].len, 2 + 4 + 1 + 49 + 4);
	expected_success(&l, MS_CHALLENGE, success);
	/* the same Challenge again gets the same Response: its Success is perhaps on the way */
	lone_rx(&l, "c223 01 05 0015 10 " MS_CHALLENGE);
	ASSERT_OCTETS(l.sent[l.n_sent - 1].octets, l.sent[l.n_sent - 1].len,
		      l.sent[l.n_sent - 2].octets, l.sent[l.n_sent - 2].len);
	strcat(success, " M=hi");
	answer_success(&l, success);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 1);
	lone_free(&l);

	/* without a message it is 42 octets */
	test_auth_start(&l, false, PPP_AUTH_MSCHAPV2);
	lone_rx(&l, "c223 01 05 0015 10 " MS_CHALLENGE);
	expected_success(&l, MS_CHALLENGE, success);
	CU_ASSERT_EQUAL(strlen(success), 42);
	answer_success(&l, success);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 1);
	lone_free(&l);

	for (unsigned cut = 0; cut < 43; cut++) {
		test_auth_start(&l, false, PPP_AUTH_MSCHAPV2);
		lone_rx(&l, "c223 01 05 0015 10 " MS_CHALLENGE);
		expected_success(&l, MS_CHALLENGE, success);
		if (cut < 42)
			success[cut] = 0; /* too short */
		else
			success[41] ^= 1; /* one digit wrong */
		answer_success(&l, success);
		CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 0);
		lone_wait(&l, 10 * SEC);
		CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_FAILED);
		lone_free(&l);
	}
}

static void rfc2759_3_client_wants_sixteen_octets(void)
{
	struct lone l;

	test_auth_start(&l, false, PPP_AUTH_MSCHAPV2);
	lone_rx(&l, "c223 01 05 0014 0f 5B5D7C7D7B3F2F3E3C2C6021322626");
	lone_rx(&l, "c223 01 05 0016 11 5B5D7C7D7B3F2F3E3C2C60213226262800");
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_LENGTH), 2);
	lone_free(&l);
}

/* --- the phase -------------------------------------------------------------------------------- */

static void limit_of_the_whole_phase(void)
{
	struct lone l;

	test_auth_start(&l, true, PPP_AUTH_PAP);
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

	test_auth_start(&l, true, PPP_AUTH_PAP);
	lone_rx(&l, PAP_USER_SECRET("07"));
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

	test_auth_start(&l, true, PPP_AUTH_CHAP_MD5);
	lone_rx(&l, PAP_USER_SECRET("07"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 0);
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_PHASE), 1);
	lone_free(&l);

	lone_init(&l, true);
	lone_open(&l);
	lone_rx(&l, PAP_USER_SECRET("07"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 0);
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_PHASE), 1);
	lone_free(&l);
}

static void protocol_reject_of_the_method(void)
{
	struct lone l;

	test_auth_start(&l, true, PPP_AUTH_CHAP_MD5);
	lone_rx(&l, "c021 08 01 0006 c223");
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_REFUSED);
	lone_free(&l);
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

/* RFC 2759 section 4: the client's own challenge is random, for each Challenge anew. */
static void rfc2759_4_peer_challenges_differ(void)
{
	uint8_t first[16];
	struct lone l;

	test_auth_start(&l, false, PPP_AUTH_MSCHAPV2);
	lone_rx(&l, "c223 01 05 0015 10 5B5D7C7D7B3F2F3E3C2C602132262628");
	CU_ASSERT_EQUAL_FATAL(l.n_sent - l.n_read, 1);
	CU_ASSERT_EQUAL(l.sent[l.n_read].octets[6], 49);
	memcpy(first, l.sent[l.n_read].octets + 7, 16);
	for (unsigned i = 0; i < 16; i++)
		CU_ASSERT_EQUAL(first[i], l.random); /* what the owner's source gave last */
	lone_skip(&l);
	lone_rx(&l, "c223 01 06 0015 10 5B5D7C7D7B3F2F3E3C2C602132262629");
	CU_ASSERT_EQUAL_FATAL(l.n_sent, 1);
	CU_ASSERT(memcmp(first, l.sent[0].octets + 7, 16));
	lone_free(&l);
}

/* RFC 1994 4.1: "The Identifier field MUST be changed each time a Challenge is sent", also when LCP
 * has been through its beginning. */
static void rfc1994_4_1_identifier_after_a_new_start(void)
{
	struct lone l;

	test_auth_start(&l, true, PPP_AUTH_CHAP_MD5);
	CU_ASSERT(lone_sent(&l, CHAP_CHALLENGE));
	lone_rx(&l, "c021 01 09 0004");
	CU_ASSERT(lone_sent(&l, "c021 01 02 000f 0305c22305 050603030303"));
	lone_rx(&l, "c021 02 02 000f 0305c22305 050603030303");
	CU_ASSERT(lone_sent(&l, "c021 02 09 0004"));
	CU_ASSERT(lone_sent(&l, "c223 01 02 0017 10 04040404040404040404040404040404 6777"));
	/* the Response to the first is none to this one */
	lone_rx(&l, CHAP_RESPONSE);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 0);
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_ID), 1);
	lone_free(&l);
}

static const struct test_case cases[] = {
	{"rfc1334_server_accepts_and_says_so_again", rfc1334_server_accepts_and_says_so_again},
	{"rfc1334_server_refuses_and_closes", rfc1334_server_refuses_and_closes},
	{"rfc1334_lengths", rfc1334_lengths},
	{"rfc1334_every_name_and_password_length", rfc1334_every_name_and_password_length},
	{"rfc1334_client_repeats_then_gives_up", rfc1334_client_repeats_then_gives_up},
	{"rfc1334_client_hears_the_answer", rfc1334_client_hears_the_answer},
	{"rfc1994_server_success_and_repeats", rfc1994_server_success_and_repeats},
	{"rfc1994_server_failure_closes", rfc1994_server_failure_closes},
	{"rfc1994_server_responses_of_no_use", rfc1994_server_responses_of_no_use},
	{"rfc1994_server_names", rfc1994_server_names},
	{"rfc1994_server_without_a_response", rfc1994_server_without_a_response},
	{"rfc1994_client_responds", rfc1994_client_responds},
	{"rfc1994_client_outlives_a_lost_success", rfc1994_client_outlives_a_lost_success},
	{"rfc1994_client_is_not_talked_into_it", rfc1994_client_is_not_talked_into_it},
	{"rfc1994_rechallenge", rfc1994_rechallenge},
	{"rechallenge_answered_in_another_name", rechallenge_answered_in_another_name},
	{"rfc1994_rechallenge_in_time", rfc1994_rechallenge_in_time},
	{"rfc1994_rechallenge_unanswered", rfc1994_rechallenge_unanswered},
	{"rfc2759_9_2_claim_checked", rfc2759_9_2_claim_checked},
	{"rfc2759_5_6_server_answers", rfc2759_5_6_server_answers},
	{"success_without_the_response_is_a_refusal", success_without_the_response_is_a_refusal},
	{"rfc2759_5_client_checks_the_server", rfc2759_5_client_checks_the_server},
	{"rfc2759_3_client_wants_sixteen_octets", rfc2759_3_client_wants_sixteen_octets},
	{"limit_of_the_whole_phase", limit_of_the_whole_phase},
	{"verdict_of_an_older_claim", verdict_of_an_older_claim},
	{"packets_of_another_method", packets_of_another_method},
	{"protocol_reject_of_the_method", protocol_reject_of_the_method},
	{"pap_check", pap_check},
	{"names_of_methods", names_of_methods},
	{"rfc2759_4_peer_challenges_differ", rfc2759_4_peer_challenges_differ},
	{"rfc1994_4_1_identifier_after_a_new_start", rfc1994_4_1_identifier_after_a_new_start},
	{NULL, NULL},
};
const struct test_suite suite_auth = {"auth", cases};
