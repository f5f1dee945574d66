/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of the conversations in tests/vectors: who spoke to whom, that each ended in good
 * order, and where they were altered here.  States are those of RFC 2661 7.2.1, 7.4.1 and 7.4.2.
 */
#include "tests/gw/replay/held.h"

#include <stdlib.h>
#include <string.h>

#define XL2TPD "xl2tpd-lac_xl2tpd-lns.hex"
#define LAC    "10.9.0.2"
#define LNS    "10.9.0.1"

/* Where the message is in that file. */
enum { SCCRQ, SCCRP, SCCCN, ZLB, ICRQ, ICRP, ICRP_ZLB, ICCN };

/* The message at `at`, to be altered. */
static uint8_t *altered_octets(struct replay_file *f, size_t at)
{
	return (uint8_t *)(uintptr_t)f->msg[at].pkt;
}

static void a_tunnel_and_a_call_by_the_book(void)
{
	static const struct {
		const char *message, *states;
	} rows[] = {
		{" SCCRQ:", "tunnel idle -> wait-ctl-conn"},
		{" SCCRP:", "tunnel wait-ctl-reply -> established"},
		{" SCCCN:", "tunnel wait-ctl-conn -> established"},
		{" ICRQ:", "tunnel established, call idle -> wait-answer"},
		{" ICRP:", "tunnel established, call wait-reply -> wait-cs-answer"},
		{" ICCN:", "tunnel established, call wait-connect -> established"},
		{" CDN:", "tunnel established, call established -> idle"},
		{" StopCCN:", "tunnel established -> linger"},
	};
	static const char *const secrets[] = {NULL, "testsecret"};
	struct replay_file f;
	char *text;

	held_open(&f, XL2TPD);
	for (size_t s = 0; s < 2; s++) {
		CU_ASSERT_EQUAL(held_play(&f, secrets[s], NULL, false, &text), REPLAY_BY_THE_BOOK);
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			CU_ASSERT_TRUE(held_says(text, rows[i].message, rows[i].states));
		CU_ASSERT_TRUE(held_says(text, LAC ": 6 messages", "0 against the book, 0 not"));
		CU_ASSERT_TRUE(held_says(text, LNS ": 7 messages", "0 against the book, 0 not"));
		free(text);
	}
	replay_file_free(&f);
}

/* Both have proved that they know `testsecret`, so neither knows another. */
static void rfc2661_5_1_1_a_wrong_response(void)
{
	struct replay_file f;
	char *text;

	held_open(&f, XL2TPD);
	CU_ASSERT_EQUAL(held_play(&f, "another", NULL, true, &text), REPLAY_AGAINST_IT);
	CU_ASSERT_TRUE(held_says(text, "SCCRP: ", "failed (RFC 2661 5.1.1); would answer StopCCN"));
	CU_ASSERT_TRUE(held_says(text, "SCCCN: ", "failed (RFC 2661 5.1.1); would answer StopCCN"));
	CU_ASSERT_TRUE(held_says(text, "rule of RFC 2661 5.1.1: ", "MUST end the tunnel"));
	CU_ASSERT_TRUE(held_says(text, LAC ": 6 messages", "1 against the book"));
	CU_ASSERT_TRUE(held_says(text, LNS ": 7 messages", "1 against the book"));
	CU_ASSERT_PTR_NULL(strstr(text, "another"));
	free(text);
	replay_file_free(&f);
}

/* One change, and what is said of the message then. */
static void altered_at(size_t at, size_t octet, uint8_t value, const char *message,
		       const char *words)
{
	struct replay_file f;
	char *text;

	held_open(&f, XL2TPD);
	altered_octets(&f, at)[octet] = value;
	CU_ASSERT_EQUAL(held_play(&f, NULL, LAC, false, &text), REPLAY_AGAINST_IT);
	if (!held_says(text, message, words))
		fprintf(stderr, "%s", text);
	CU_ASSERT_TRUE(held_says(text, message, words));
	CU_ASSERT_TRUE(held_says(text, LAC ": 6 messages", "1 against the book"));
	free(text);
	CU_ASSERT_EQUAL(held_play(&f, NULL, LNS, false, &text), REPLAY_BY_THE_BOOK);
	free(text);
	replay_file_free(&f);
}

/* The header has twelve octets, Message Type eight, Random Vector 22; ICCN goes on with Connect
 * Speed, whose type ends in octet 47, ICRQ with Assigned Session ID. */
static void each_rule_has_its_section(void)
{
	altered_at(ICRQ, 11, 9,
		   " ICRQ: ", "AGAINST THE BOOK: acknowledges what was never sent (RFC 2661 5.8)");
	altered_at(ICCN, 47, 38, " ICCN: ", "required attribute missing (RFC 2661 6.8)");
	altered_at(ICCN, 42, 0x9c, " ICCN: ", "(RFC 2661 4.1)");
}

/* RFC 2661 4.4.3: neither has advertised a third type of framing, the last octet of Framing Type.
 */
static void rfc2661_4_4_3_framing_not_advertised(void)
{
	altered_at(ICCN, 61, 4, " ICCN: ", "AGAINST THE BOOK: asks for what was not advertised");
}

/* RFC 2661 7.2.1: a second SCCCN does not belong into an established tunnel. */
static void rfc2661_7_2_1_scccn_again(void)
{
	struct replay_file f;
	size_t whole;
	char *text;

	held_open(&f, XL2TPD);
	whole = f.count;
	free(altered_octets(&f, ICRQ)); /* in its place, with its Ns */
	f.msg[ICRQ] = f.msg[SCCCN];
	f.msg[ICRQ].pkt = memcpy(malloc(f.msg[SCCCN].len), f.msg[SCCCN].pkt, f.msg[SCCCN].len);
	altered_octets(&f, ICRQ)[9] = 2;
	f.count = ICRQ + 1;
	CU_ASSERT_EQUAL(held_play(&f, NULL, LAC, false, &text), REPLAY_AGAINST_IT);
	CU_ASSERT_TRUE(held_says(text, "SCCCN: tunnel established -> stopping",
				 "message not allowed in this state (RFC 2661 7)"));
	free(text);
	f.count = whole;
	replay_file_free(&f);
}

/* RFC 2661 5.8: what comes again is acknowledged, and nobody is at fault. */
static void messages_come_again(void)
{
	struct replay_file f, twice = {0};
	char *text;

	held_open(&f, XL2TPD);
	for (size_t i = 0; i < f.count; i++) {
		CU_ASSERT_TRUE(replay_file_add(&twice, &f.msg[i]));
		CU_ASSERT_TRUE(replay_file_add(&twice, &f.msg[i]));
	}
	CU_ASSERT_EQUAL(held_play(&twice, "testsecret", NULL, false, &text), REPLAY_BY_THE_BOOK);
	CU_ASSERT_TRUE(held_says(text, LAC ": 12 messages", "0 against the book, 0 not"));
	CU_ASSERT_TRUE(held_says(text, "ICRQ: tunnel established, call wait-answer",
				 "seen before, acknowledged again (RFC 2661 5.8)"));
	free(text);
	replay_file_free(&twice);
	replay_file_free(&f);
}

static void a_capture_that_begins_late_is_not_judged(void)
{
	struct replay_file f, late = {0};
	char *text;

	held_open(&f, XL2TPD);
	for (size_t i = ICRQ; i < f.count; i++)
		CU_ASSERT_TRUE(replay_file_add(&late, &f.msg[i]));
	CU_ASSERT_EQUAL(held_play(&late, NULL, NULL, false, &text), REPLAY_NOT_JUDGED);
	CU_ASSERT_TRUE(held_says(text, "ICRQ: tunnel idle; not judged", "set-up"));
	free(text);
	replay_file_free(&late);
	replay_file_free(&f);
}

/* 10.9.0.4 hides its Host Name, which RFC 2661 4.4.3 forbids; 10.9.0.3 hides what it may. */
static void hidden_attributes_take_the_secret(void)
{
	struct replay_file f;
	char *text;

	held_open(&f, "xl2tpd-lac_l2tpns-lns.hex");
	CU_ASSERT_EQUAL(held_play(&f, "testsecret", LAC, false, &text), REPLAY_BY_THE_BOOK);
	free(text);
	CU_ASSERT_EQUAL(held_play(&f, "testsecret", "10.9.0.3", false, &text), REPLAY_BY_THE_BOOK);
	free(text);
	CU_ASSERT_EQUAL(held_play(&f, NULL, "10.9.0.3", false, &text), REPLAY_NOT_JUDGED);
	CU_ASSERT_TRUE(
		held_says(text, "10.9.0.3:1701 > ", "hidden attributes take the tunnel's secret"));
	free(text);
	CU_ASSERT_EQUAL(held_play(&f, "testsecret", "10.9.0.4", true, &text), REPLAY_AGAINST_IT);
	CU_ASSERT_TRUE(held_says(text, "10.9.0.4:1701 > ", "must not be hidden (RFC 2661 4.4)"));
	free(text);
	CU_ASSERT_EQUAL(held_play(&f, NULL, "10.9.0.9", false, &text), REPLAY_NOT_JUDGED);
	free(text);
	replay_file_free(&f);
}

/* Header by header, as RFC 2661 3.1 and 8.1 have it. */
static void headers_alone(void)
{
	static const struct {
		const char *hex, *words;
		enum replay_verdict verdict;
	} rows[] = {
		{"c802 0064 0000 0000 0000 0000", "outside the datagram (RFC 2661 3.1)",
		 REPLAY_AGAINST_IT},
		{"c802 000c", "outside the datagram (RFC 2661 3.1)", REPLAY_AGAINST_IT},
		{"8002 000a 0001 0000 0000", "(RFC 2661 3.1)", REPLAY_AGAINST_IT},
		{"c804 000c 0000 0000 0000 0000", "unknown protocol version (RFC 2661 3.1)",
		 REPLAY_AGAINST_IT},
		{"c801 000c 0000 0000 0000 0000", "L2F packet (RFC 2661 8.1)", REPLAY_BY_THE_BOOK},
		{"c803 000c 0001 0000 0000 0000", "L2TPv3 packet (RFC 2661 3.1)",
		 REPLAY_BY_THE_BOOK},
		{"c802 000c 0001 0000 0001 0001", "not judged", REPLAY_NOT_JUDGED},
		{"c8", "shorter than its header (RFC 2661 3.1)", REPLAY_AGAINST_IT},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct replay_file f = {0};
		uint8_t pkt[100];
		char *text;

		held_add(&f, 1, 2, pkt, test_hex(pkt, sizeof(pkt), rows[i].hex));
		CU_ASSERT_EQUAL(held_play(&f, NULL, "192.0.2.1", true, &text), rows[i].verdict);
		if (!held_says(text, "192.0.2.1:1701 > 192.0.2.2:1701", rows[i].words))
			fprintf(stderr, "%s: %s", rows[i].hex, text);
		CU_ASSERT_TRUE(held_says(text, "192.0.2.1:1701 > 192.0.2.2:1701", rows[i].words));
		free(text);
		replay_file_free(&f);
	}
}

/* More systems than are played: the others are left out. */
static void systems_are_bounded(void)
{
	struct replay_file f = {0};
	uint8_t pkt[100];
	size_t len = test_hex(pkt, sizeof(pkt), "c802 000c 0001 0000 0001 0001");
	char *text;

	for (unsigned i = 1; i < 2 * REPLAY_SYSTEM; i++)
		held_add(&f, (uint8_t)i, 200, pkt, len);
	CU_ASSERT_EQUAL(held_play(&f, NULL, NULL, false, &text), REPLAY_NOT_JUDGED);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "192.0.2.63: 1 messages"));
	CU_ASSERT_PTR_NULL(strstr(text, "192.0.2.64: 1 messages"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "64 messages of other systems are left out"));
	free(text);
	replay_file_free(&f);
}

static const struct test_case cases[] = {
	{"a_tunnel_and_a_call_by_the_book", a_tunnel_and_a_call_by_the_book},
	{"rfc2661_5_1_1_a_wrong_response", rfc2661_5_1_1_a_wrong_response},
	{"each_rule_has_its_section", each_rule_has_its_section},
	{"rfc2661_4_4_3_framing_not_advertised", rfc2661_4_4_3_framing_not_advertised},
	{"rfc2661_7_2_1_scccn_again", rfc2661_7_2_1_scccn_again},
	{"messages_come_again", messages_come_again},
	{"a_capture_that_begins_late_is_not_judged", a_capture_that_begins_late_is_not_judged},
	{"hidden_attributes_take_the_secret", hidden_attributes_take_the_secret},
	{"headers_alone", headers_alone},
	{"systems_are_bounded", systems_are_bounded},
	{NULL, NULL},
};
const struct test_suite suite_replay = {"replay", cases};
