/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PAP packet by packet, as server and as client (RFC 1334 section 2). */
#include "tests/harness.h"
#include "tests/heap.h"
#include "tests/ppp/lone.h"

#include <stdio.h>
#include <string.h>

static void rfc1334_server_accepts_and_says_so_again(void)
{
	struct lone l;

	lone_auth(&l, true, PPP_AUTH_PAP, 30 * SEC);
	CU_ASSERT(lone_quiet(&l));
	lone_rx(&l, LONE_PAP("07"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
	CU_ASSERT_EQUAL(l.claim.method, PPP_AUTH_PAP);
	CU_ASSERT_STRING_EQUAL(l.claim.name, "user");
	CU_ASSERT_EQUAL(l.claim.name_len, 4);
	ASSERT_OCTETS(l.claim.response, l.claim.response_len, "secret", 6);
	CU_ASSERT(!l.claim.again);
	/* asked once, though the peer repeats itself; the answer goes to its last Identifier */
	lone_rx(&l, LONE_PAP("08"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
	CU_ASSERT(lone_quiet(&l));
	ppp_auth_verdict(l.ppp, true, NULL, "hi", l.now);
	CU_ASSERT(lone_sent(&l, "c023 02 08 0007 02 6869"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 1);
	/* 2.2.1: a Request after that gets the same reply */
	lone_rx(&l, LONE_PAP("09"));
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

	lone_auth(&l, true, PPP_AUTH_PAP, 30 * SEC);
	lone_rx(&l, LONE_PAP("07"));
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

	lone_auth(&l, true, PPP_AUTH_PAP, 30 * SEC);
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

		lone_auth(&l, true, PPP_AUTH_PAP, 30 * SEC);
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

	lone_auth(&l, false, PPP_AUTH_PAP, 300 * SEC);
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

	lone_auth(&l, false, PPP_AUTH_PAP, 30 * SEC);
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

	lone_auth(&l, false, PPP_AUTH_PAP, 30 * SEC);
	lone_rx(&l, "c023 03 01 000a 05 6e6f0a1b21");
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_FAILED);
	CU_ASSERT_STRING_EQUAL(l.message, "no..!");
	lone_free(&l);
}

/* While the owner thinks, only the same claim again is the same: its Identifier is the one that is
 * answered (2.2.1). */
static void rfc1334_which_claim_is_the_same(void)
{
	static const struct {
		const char *request;
		bool same;
	} rows[] = {
		{LONE_PAP("08"), true},
		{"c023 01 08 0010 04 75736572 06 736563726575", false}, /* another password */
		{"c023 01 08 0010 04 75736573 06 736563726574", false}, /* another name */
		{"c023 01 08 000f 04 75736572 05 7365637265", false},
		{"c023 01 08 000f 03 757365 06 736563726574", false},
		{"c023 01 08 0011 04 75736572 07 73656372657400", false},
		{"c023 01 08 000a 04 75736572 00", false},
		{"c023 01 08 000c 00 06 736563726574", false},
		{"c023 01 08 0010 06 757365720673 04 63726574", false}, /* the same octets */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct lone l;

		lone_auth(&l, true, PPP_AUTH_PAP, 30 * SEC);
		lone_rx(&l, LONE_PAP("07"));
		lone_rx(&l, rows[i].request);
		CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
		CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_STATE), !rows[i].same);
		ppp_auth_verdict(l.ppp, true, NULL, NULL, l.now);
		CU_ASSERT(
			lone_sent(&l, rows[i].same ? "c023 02 08 0005 00" : "c023 02 07 0005 00"));
		lone_free(&l);
	}
}

/* A claim of nothing is a claim, and its repetition the same one. */
static void rfc1334_an_empty_claim_twice(void)
{
	struct lone l;

	lone_auth(&l, true, PPP_AUTH_PAP, 30 * SEC);
	lone_rx(&l, "c023 01 01 0006 00 00");
	lone_rx(&l, "c023 01 02 0006 00 00");
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_STATE), 0);
	ppp_auth_verdict(l.ppp, false, NULL, "no", l.now);
	CU_ASSERT(lone_sent(&l, "c023 03 02 0007 02 6e6f"));
	lone_free(&l);
}

/* The message has one octet for its length: what is longer is cut. */
static void rfc1334_the_longest_message(void)
{
	char message[301] = "";
	struct lone l;

	memset(message, 'm', 300);
	lone_auth(&l, true, PPP_AUTH_PAP, 30 * SEC);
	lone_rx(&l, LONE_PAP("07"));
	ppp_auth_verdict(l.ppp, true, NULL, message, l.now);
	CU_ASSERT_EQUAL(l.sent[l.n_read].len, 2 + 4 + 1 + 255);
	CU_ASSERT(!memcmp(l.sent[l.n_read].octets, "\xc0\x23\x02\x07\x01\x04\xff", 7));
	ASSERT_OCTETS(l.sent[l.n_read].octets + 7, 255, message, 255);
	lone_free(&l);
}

/* 2.2.1: Peer-ID-Length and Passwd-Length are one octet each. */
static void rfc1334_client_with_the_longest_of_both(void)
{
	uint8_t want[8 + 2 * 255];
	struct lone l;

	lone_init(&l, false);
	l.cfg.n_auth = 1;
	l.cfg.auth[0] = PPP_AUTH_PAP;
	memset(l.cfg.name, 'n', 255);
	memset(l.cfg.secret, 's', 255);
	lone_open(&l);
	lone_rx(&l, "c021 02 01 000a 050601010101");
	lone_skip(&l);
	lone_rx(&l, "c021 01 01 000e 0304c023 0506a0a0a0a0");
	memcpy(want, "\xc0\x23\x01\x01\x02\x04\xff", 7);
	memset(want + 7, 'n', 255);
	want[7 + 255] = 255;
	memset(want + 8 + 255, 's', 255);
	CU_ASSERT_EQUAL_FATAL(l.n_sent, 2);
	ASSERT_OCTETS(l.sent[1].octets, l.sent[1].len, want, sizeof(want));
	lone_free(&l);
}

/* What a server says that makes no sense: counted, and the Request goes on. */
static void rfc1334_client_is_not_talked_into_it(void)
{
	static const struct {
		const char *frame;
		enum ppp_reason reason;
	} rows[] = {
		{"c023 01 01 0006 00 00", PPP_R_CODE}, /* a Request to who is no server */
		{"c023 04 01 0005 00", PPP_R_CODE},    {"c023 03 02 0005 00", PPP_R_ID},
		{"c023 03 00 0005 00", PPP_R_ID},      {"c023 02 01 0003", PPP_R_LENGTH},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct lone l;

		lone_auth(&l, false, PPP_AUTH_PAP, 30 * SEC);
		lone_skip(&l);
		lone_rx(&l, rows[i].frame);
		CU_ASSERT_EQUAL(lone_counter(&l, rows[i].reason), 1);
		CU_ASSERT(lone_quiet(&l));
		CU_ASSERT(lone_phase_is(&l, "authenticate"));
		CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 0);
		/* the answer to the next Request, which has an Identifier of its own, counts */
		lone_wait(&l, 3 * SEC);
		lone_rx(&l, "c023 02 02 0005 00");
		CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 1);
		lone_free(&l);
	}
}

/* A Msg-Length longer than the message is no reason to believe the Nak less. */
static void rfc1334_client_refused_with_a_broken_message(void)
{
	struct lone l;

	lone_auth(&l, false, PPP_AUTH_PAP, 30 * SEC);
	lone_rx(&l, "c023 03 01 0007 05 6e6f");
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_FAILED);
	CU_ASSERT_STRING_EQUAL(l.message, "");
	lone_free(&l);
}

/* Without memory a Request is lost, and the next one is not. */
static void no_memory_for_a_pap_claim(void)
{
	for (unsigned skip = 0; skip < 2; skip++) {
		struct lone l;

		lone_auth(&l, true, PPP_AUTH_PAP, 30 * SEC);
		heap_refuse(skip);
		lone_rx(&l, LONE_PAP("07"));
		CU_ASSERT_TRUE(heap_refused());
		CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 0);
		lone_rx(&l, LONE_PAP("08"));
		CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
		lone_free(&l);
	}
}

/* Without memory for it the message is not repeated, but the answer is. */
static void no_memory_for_the_answer(void)
{
	struct lone l;

	lone_auth(&l, true, PPP_AUTH_PAP, 30 * SEC);
	lone_rx(&l, LONE_PAP("07"));
	heap_refuse(0);
	ppp_auth_verdict(l.ppp, true, NULL, "hi", l.now);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT(lone_sent(&l, "c023 02 07 0007 02 6869"));
	lone_skip(&l);
	lone_rx(&l, LONE_PAP("08"));
	CU_ASSERT(lone_sent(&l, "c023 02 08 0005 00"));
	lone_free(&l);
}

static const struct test_case cases[] = {
	{"rfc1334_server_accepts_and_says_so_again", rfc1334_server_accepts_and_says_so_again},
	{"rfc1334_server_refuses_and_closes", rfc1334_server_refuses_and_closes},
	{"rfc1334_lengths", rfc1334_lengths},
	{"rfc1334_every_name_and_password_length", rfc1334_every_name_and_password_length},
	{"rfc1334_client_repeats_then_gives_up", rfc1334_client_repeats_then_gives_up},
	{"rfc1334_client_hears_the_answer", rfc1334_client_hears_the_answer},
	{"rfc1334_which_claim_is_the_same", rfc1334_which_claim_is_the_same},
	{"rfc1334_an_empty_claim_twice", rfc1334_an_empty_claim_twice},
	{"rfc1334_the_longest_message", rfc1334_the_longest_message},
	{"rfc1334_client_with_the_longest_of_both", rfc1334_client_with_the_longest_of_both},
	{"rfc1334_client_is_not_talked_into_it", rfc1334_client_is_not_talked_into_it},
	{"rfc1334_client_refused_with_a_broken_message",
	 rfc1334_client_refused_with_a_broken_message},
	{"no_memory_for_a_pap_claim", no_memory_for_a_pap_claim},
	{"no_memory_for_the_answer", no_memory_for_the_answer},
	{NULL, NULL},
};
const struct test_suite suite_auth_pap = {"auth_pap", cases};
