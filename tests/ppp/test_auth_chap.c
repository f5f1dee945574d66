/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CHAP with MD5 (RFC 1994) and MS-CHAPv2 (RFC 2759) packet by packet, as server and as client. */
#include "ppp/mschap.h"
#include "tests/harness.h"
#include "tests/heap.h"
#include "tests/ppp/lone.h"

#include <string.h>

/* --- CHAP with MD5 ---------------------------------------------------------------------------- */

/* Challenge 02 x 16 with Identifier 01, secret "secret": md5(01 "secret" 02..02). */
#define CHAP_CHALLENGE "c223 01 01 0017 10 02020202020202020202020202020202 6777"
#define CHAP_RESPONSE  "c223 02 01 0019 10 0e2483e0da85f656522f3da3ffe0a142 75736572"

static void rfc1994_server_success_and_repeats(void)
{
	struct lone l;
	struct ppp_auth_reply reply;

	lone_auth(&l, true, PPP_AUTH_CHAP_MD5, 30 * SEC);
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

	lone_auth(&l, true, PPP_AUTH_CHAP_MD5, 30 * SEC);
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

	lone_auth(&l, true, PPP_AUTH_CHAP_MD5, 30 * SEC);
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

		lone_auth(&l, true, PPP_AUTH_CHAP_MD5, 30 * SEC);
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

	lone_auth(&l, true, PPP_AUTH_CHAP_MD5, 300 * SEC);
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

	lone_auth(&l, false, PPP_AUTH_CHAP_MD5, 30 * SEC);
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

	lone_auth(&l, false, PPP_AUTH_CHAP_MD5, 30 * SEC);
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

	lone_auth(&l, false, PPP_AUTH_CHAP_MD5, 30 * SEC);
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

/* It has accepted this Response, and a minute is over. */
static void rechallenged_server_of(struct lone *l, uint64_t limit, const char *response)
{
	lone_init(l, true);
	l->cfg.auth_timeout = limit;
	l->cfg.n_auth = 1;
	l->cfg.auth[0] = PPP_AUTH_CHAP_MD5;
	l->cfg.rechallenge = 60 * SEC;
	strcpy(l->cfg.name, "gw");
	lone_lcp_up(l);
	lone_rx(l, response);
	ppp_auth_verdict(l->ppp, true, NULL, NULL, l->now);
	lone_skip(l);
	lone_wait(l, 60 * SEC);
}

static void rechallenged_server(struct lone *l, uint64_t limit)
{
	rechallenged_server_of(l, limit, CHAP_RESPONSE);
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

/* RFC 1994 4.1: "The Identifier field MUST be changed each time a Challenge is sent", also when LCP
 * has been through its beginning. */
static void rfc1994_4_1_identifier_after_a_new_start(void)
{
	struct lone l;

	lone_auth(&l, true, PPP_AUTH_CHAP_MD5, 30 * SEC);
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

/* --- MS-CHAPv2 -------------------------------------------------------------------------------- */

#define MS_ZERO_RESPONSE                                        \
	"31 00000000000000000000000000000000 0000000000000000 " \
	"000000000000000000000000000000000000000000000000 00 55736572"

static void rfc2759_5_6_server_answers(void)
{
	struct ppp_auth_reply reply = {.success = "S=407A5589115FD0D6209F510FE9C04566932CDA56"};
	struct lone l;

	lone_auth(&l, true, PPP_AUTH_MSCHAPV2, 30 * SEC);
	CU_ASSERT(lone_sent(&l, CHAP_CHALLENGE));
	lone_rx(&l, "c223 02 01 003a " MS_ZERO_RESPONSE);
	ppp_auth_verdict(l.ppp, true, &reply, "ok", l.now);
	/* "S=<auth_string> M=<message>" */
	CU_ASSERT(lone_sent(&l, "c223 03 01 0033 533d34303741353538393131354644304436323039463531"
				"3046453943303435363639333243444135 36 204d3d6f6b"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 1);
	lone_free(&l);

	lone_auth(&l, true, PPP_AUTH_MSCHAPV2, 30 * SEC);
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

	lone_auth(&l, true, PPP_AUTH_MSCHAPV2, 30 * SEC);
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

	lone_auth(&l, false, PPP_AUTH_MSCHAPV2, 30 * SEC);
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
	lone_auth(&l, false, PPP_AUTH_MSCHAPV2, 30 * SEC);
	lone_rx(&l, "c223 01 05 0015 10 " MS_CHALLENGE);
	expected_success(&l, MS_CHALLENGE, success);
	CU_ASSERT_EQUAL(strlen(success), 42);
	answer_success(&l, success);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 1);
	lone_free(&l);

	for (unsigned cut = 0; cut < 43; cut++) {
		lone_auth(&l, false, PPP_AUTH_MSCHAPV2, 30 * SEC);
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

	lone_auth(&l, false, PPP_AUTH_MSCHAPV2, 30 * SEC);
	lone_rx(&l, "c223 01 05 0014 0f 5B5D7C7D7B3F2F3E3C2C6021322626");
	lone_rx(&l, "c223 01 05 0016 11 5B5D7C7D7B3F2F3E3C2C60213226262800");
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_LENGTH), 2);
	lone_free(&l);
}

/* RFC 2759 section 4: the client's own challenge is random, for each Challenge anew. */
static void rfc2759_4_peer_challenges_differ(void)
{
	uint8_t first[16];
	struct lone l;

	lone_auth(&l, false, PPP_AUTH_MSCHAPV2, 30 * SEC);
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

/* The name of a re-challenge is the first one in each octet. */
static void rechallenge_answered_in_each_name(void)
{
	static const struct {
		const char *response;
		bool same;
	} rows[] = {
		{"c223 02 02 0019 10 00000000000000000000000000000000 75736572", true},
		{"c223 02 02 0019 10 00000000000000000000000000000000 75736552", false},
		{"c223 02 02 0018 10 00000000000000000000000000000000 757365", false},
		{"c223 02 02 001a 10 00000000000000000000000000000000 7573657200", false},
		{"c223 02 02 0015 10 00000000000000000000000000000000", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct lone l;

		rechallenged_server(&l, 60 * SEC);
		lone_skip(&l);
		lone_rx(&l, rows[i].response);
		CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], rows[i].same ? 2 : 1);
		CU_ASSERT(lone_lcp_is(&l, rows[i].same ? "Opened" : "Closing"));
		lone_free(&l);
	}
}

/* Who has answered without a name answers without one again. */
static void rechallenge_of_no_name(void)
{
	struct lone l;

	rechallenged_server_of(&l, 60 * SEC, "c223 02 01 0015 10 00000000000000000000000000000000");
	lone_skip(&l);
	lone_rx(&l, "c223 02 02 0015 10 00000000000000000000000000000000");
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 2);
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	lone_free(&l);
}

/* The owner has what was asked and what was answered. */
static void rfc1994_what_the_owner_gets(void)
{
	uint8_t challenge[16];
	struct lone l;

	lone_auth(&l, true, PPP_AUTH_CHAP_MD5, 30 * SEC);
	lone_rx(&l, LONE_RESPONSE("01"));
	CU_ASSERT_EQUAL(l.claim.method, PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL(l.claim.id, 1);
	memset(challenge, 2, sizeof(challenge));
	ASSERT_OCTETS(l.claim.challenge, l.claim.challenge_len, challenge, 16);
	test_hex(challenge, sizeof(challenge), "00112233445566778899aabbccddeeff");
	ASSERT_OCTETS(l.claim.response, l.claim.response_len, challenge, 16);
	lone_free(&l);
}

/* 4.1: the Value-Size is one octet. */
static void rfc1994_client_and_the_longest_challenge(void)
{
	uint8_t frame[7 + 255] = {0xc2, 0x23, 1, 9, 1, 4, 255};
	struct lone l;

	lone_auth(&l, false, PPP_AUTH_CHAP_MD5, 30 * SEC);
	memset(frame + 7, 'x', 255);
	lone_rx_octets(&l, frame, sizeof(frame));
	/* md5(09 "clientPass" and 255 times "x"), computed apart */
	CU_ASSERT(lone_sent(&l, "c223 02 09 0019 10 c6b8e95d6354075503126dceec024b0a 55736572"));
	lone_free(&l);
}

/* What is for the other side, or for nobody. */
static void rfc1994_client_and_other_codes(void)
{
	struct lone l;

	lone_auth(&l, false, PPP_AUTH_CHAP_MD5, 30 * SEC);
	lone_rx(&l, "c223 01 09 000a 03 aabbcc 6777");
	lone_skip(&l);
	lone_rx(&l, LONE_RESPONSE("09"));
	lone_rx(&l, "c223 00 09 0004");
	lone_rx(&l, "c223 05 09 0004");
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_CODE), 3);
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 0);
	CU_ASSERT(lone_phase_is(&l, "authenticate"));
	lone_rx(&l, "c223 03 08 0004");
	lone_rx(&l, "c223 04 0a 0004");
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_ID), 2);
	CU_ASSERT(lone_phase_is(&l, "authenticate"));
	lone_free(&l);
}

/* Without memory for its Response a client waits for the next Challenge. */
static void no_memory_for_a_response(void)
{
	struct lone l;

	lone_auth(&l, false, PPP_AUTH_CHAP_MD5, 30 * SEC);
	heap_refuse(0);
	lone_rx(&l, "c223 01 09 000a 03 aabbcc 6777");
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT(lone_quiet(&l));
	lone_rx(&l, "c223 03 09 0004"); /* and nobody can have accepted it */
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 0);
	lone_rx(&l, "c223 01 09 000a 03 aabbcc 6777");
	CU_ASSERT(lone_sent(&l, "c223 02 09 0019 10 4741d289e633c18c596db2bdfb9e1ee2 55736572"));
	lone_free(&l);
}

static void no_memory_for_a_chap_claim(void)
{
	for (unsigned skip = 0; skip < 2; skip++) {
		struct lone l;

		lone_auth(&l, true, PPP_AUTH_CHAP_MD5, 30 * SEC);
		heap_refuse(skip);
		lone_rx(&l, LONE_RESPONSE("01"));
		CU_ASSERT_TRUE(heap_refused());
		CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 0);
		lone_rx(&l, LONE_RESPONSE("01"));
		CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
		lone_free(&l);
	}
}

/* RFC 2759 section 4: Value-Size 49; "Reserved, must be zero" and Flags. */
static void rfc2759_4_layout_of_a_response(void)
{
	static const uint8_t zero[8];
	struct lone l;
	const uint8_t *octets;

	lone_auth(&l, false, PPP_AUTH_MSCHAPV2, 30 * SEC);
	lone_rx(&l, "c223 01 05 0015 10 " MS_CHALLENGE);
	CU_ASSERT_EQUAL_FATAL(l.n_sent - l.n_read, 1);
	octets = l.sent[l.n_read].octets;
	ASSERT_OCTETS(octets, 7, "\xc2\x23\x02\x05\x00\x3a\x31", 7);
	ASSERT_OCTETS(octets + 7 + 16, 8, zero, 8);
	CU_ASSERT_EQUAL(octets[7 + 48], 0);
	ASSERT_OCTETS(octets + 7 + 49, 4, "User", 4);
	lone_free(&l);
}

/* Only the same Challenge in full gets the same Response. */
static void rfc2759_4_which_challenge_is_the_same(void)
{
	static const struct {
		const char *challenge;
		bool same;
	} rows[] = {
		{"c223 01 05 0015 10 " MS_CHALLENGE, true},
		{"c223 01 05 0017 10 " MS_CHALLENGE " 6777", true}, /* in whosever name */
		{"c223 01 06 0015 10 " MS_CHALLENGE, false},
		{"c223 01 05 0015 10 5B5D7C7D7B3F2F3E3C2C602132262629", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct lone l;

		lone_auth(&l, false, PPP_AUTH_MSCHAPV2, 30 * SEC);
		lone_skip(&l);
		lone_rx(&l, "c223 01 05 0015 10 " MS_CHALLENGE);
		lone_rx(&l, rows[i].challenge);
		CU_ASSERT_EQUAL_FATAL(l.n_sent, 2);
		/* the client's own challenge, and the proof behind it */
		CU_ASSERT_EQUAL(!memcmp(l.sent[0].octets + 7, l.sent[1].octets + 7, 49),
				rows[i].same);
		lone_free(&l);
	}
}

/* 4.1: a Response of MS-CHAPv2 has 49 octets. */
static void rfc2759_4_server_wants_49_octets(void)
{
	uint8_t frame[7 + 255] = {0xc2, 0x23, 2, 1};
	struct lone l;

	lone_auth(&l, true, PPP_AUTH_MSCHAPV2, 30 * SEC);
	for (unsigned n = 0; n < 256; n++) {
		if (n == 49)
			continue;
		wr_put16(frame + 4, (uint16_t)(5 + n));
		frame[6] = (uint8_t)n;
		lone_rx_octets(&l, frame, 7 + n);
	}
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 0);
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_LENGTH), 255);
	lone_rx(&l, "c223 02 01 003a " MS_ZERO_RESPONSE);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
	CU_ASSERT_EQUAL(l.claim.response_len, 49);
	lone_free(&l);
}

/* RFC 2759 section 6 names errors; the owner says which. */
static void rfc2759_6_the_error_of_the_owner(void)
{
	static const struct {
		unsigned error;
		const char *e;
	} rows[] = {{0, "E=691 "}, {648, "E=648 "}, {649, "E=649 "}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct ppp_auth_reply reply = {.error = rows[i].error};
		struct lone l;

		lone_auth(&l, true, PPP_AUTH_MSCHAPV2, 30 * SEC);
		lone_skip(&l);
		lone_rx(&l, "c223 02 01 003a " MS_ZERO_RESPONSE);
		ppp_auth_verdict(l.ppp, false, &reply, NULL, l.now);
		CU_ASSERT_EQUAL(l.sent[0].octets[2], 4);
		ASSERT_OCTETS(l.sent[0].octets + 6, 6, rows[i].e, 6);
		lone_free(&l);
	}
}

/* A message is at most 255 octets, whatever stands before it. */
static void the_longest_message(void)
{
	static const struct {
		enum ppp_auth method;
		const char *response;
		bool ok;
		size_t before;
	} rows[] = {
		{PPP_AUTH_CHAP_MD5, LONE_RESPONSE("01"), true, 0},
		{PPP_AUTH_CHAP_MD5, LONE_RESPONSE("01"), false, 0},
		{PPP_AUTH_MSCHAPV2, "c223 02 01 003a " MS_ZERO_RESPONSE, true, 42 + 3},
		{PPP_AUTH_MSCHAPV2, "c223 02 01 003a " MS_ZERO_RESPONSE, false, 6 + 4 + 35 + 4 + 2},
	};
	const struct ppp_auth_reply reply = {.success =
						     "S=407A5589115FD0D6209F510FE9C04566932CDA56"};
	char message[301] = "";

	memset(message, 'm', 300);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct lone l;

		lone_auth(&l, true, rows[i].method, 30 * SEC);
		lone_skip(&l);
		lone_rx(&l, rows[i].response);
		ppp_auth_verdict(l.ppp, rows[i].ok, &reply, message, l.now);
		CU_ASSERT_EQUAL(l.sent[0].octets[2], rows[i].ok ? 3 : 4);
		CU_ASSERT_EQUAL(l.sent[0].len, 6 + rows[i].before + 255);
		ASSERT_OCTETS(l.sent[0].octets + 6 + rows[i].before, 255, message, 255);
		/* and so it is when the Response comes again */
		if (rows[i].ok) {
			l.n_read = l.n_sent;
			lone_rx(&l, rows[i].response);
			ASSERT_OCTETS(l.sent[l.n_read].octets, l.sent[l.n_read].len,
				      l.sent[0].octets, l.sent[0].len);
		}
		lone_free(&l);
	}
}

static const struct test_case cases[] = {
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
	{"rfc1994_rechallenge_unanswered", rfc1994_rechallenge_unanswered},
	{"rfc1994_rechallenge_in_time", rfc1994_rechallenge_in_time},
	{"rfc2759_5_6_server_answers", rfc2759_5_6_server_answers},
	{"success_without_the_response_is_a_refusal", success_without_the_response_is_a_refusal},
	{"rfc2759_5_client_checks_the_server", rfc2759_5_client_checks_the_server},
	{"rfc2759_3_client_wants_sixteen_octets", rfc2759_3_client_wants_sixteen_octets},
	{"rfc2759_4_peer_challenges_differ", rfc2759_4_peer_challenges_differ},
	{"rfc1994_4_1_identifier_after_a_new_start", rfc1994_4_1_identifier_after_a_new_start},
	{"rechallenge_answered_in_each_name", rechallenge_answered_in_each_name},
	{"rechallenge_of_no_name", rechallenge_of_no_name},
	{"rfc1994_what_the_owner_gets", rfc1994_what_the_owner_gets},
	{"rfc1994_client_and_the_longest_challenge", rfc1994_client_and_the_longest_challenge},
	{"rfc1994_client_and_other_codes", rfc1994_client_and_other_codes},
	{"no_memory_for_a_response", no_memory_for_a_response},
	{"no_memory_for_a_chap_claim", no_memory_for_a_chap_claim},
	{"rfc2759_4_layout_of_a_response", rfc2759_4_layout_of_a_response},
	{"rfc2759_4_which_challenge_is_the_same", rfc2759_4_which_challenge_is_the_same},
	{"rfc2759_4_server_wants_49_octets", rfc2759_4_server_wants_49_octets},
	{"rfc2759_6_the_error_of_the_owner", rfc2759_6_the_error_of_the_owner},
	{"the_longest_message", the_longest_message},
	{NULL, NULL},
};
const struct test_suite suite_auth_chap = {"auth_chap", cases};
