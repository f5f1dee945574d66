/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all control protocols share, shown on LCP: RFC 1661 sections 4 and 5. */
#include "ppp/link.h"
#include "tests/harness.h"
#include "tests/ppp/cells.h"
#include "tests/ppp/lone.h"

#include <stdio.h>
#include <string.h>

/* 4.6: the same Request, with the same Identifier, every 3 seconds, ten in all; then the end. */
static void rfc1661_4_6_request_repeated_then_given_up(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	for (unsigned i = 0; i < 10; i++) {
		CU_ASSERT(lone_sent(&l, "c021 01 01 000a 050601010101"));
		CU_ASSERT(lone_quiet(&l));
		CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 0);
		lone_wait(&l, 3 * SEC);
	}
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 1);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_NO_ANSWER);
	CU_ASSERT(lone_phase_is(&l, "dead"));
	CU_ASSERT_EQUAL(ppp_deadline(l.ppp), DEADLINE_NEVER);
	lone_free(&l);
}

static void after_down_the_link_opens_again(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	lone_wait(&l, 60 * SEC);
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 1);
	lone_skip(&l);
	ppp_open(l.ppp, l.now);
	CU_ASSERT(lone_sent(&l, "c021 01 02 000a 050602020202"));
	lone_rx(&l, "c021 02 02 000a 050602020202");
	lone_rx(&l, "c021 01 07 0004");
	CU_ASSERT(lone_sent(&l, "c021 02 07 0004"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_LCP_UP], 1);
	lone_free(&l);
}

/* 4.2, the passive option: silence until the peer asks. */
static void rfc1661_4_2_passive(void)
{
	struct lone l;

	lone_init(&l, true);
	l.cfg.passive = true;
	lone_open(&l);
	lone_wait(&l, 3600 * (uint64_t)SEC);
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT(lone_lcp_is(&l, "Stopped"));
	lone_rx(&l, "c021 01 07 0004");
	CU_ASSERT(lone_sent(&l, "c021 01 01 000a 050601010101"));
	CU_ASSERT(lone_sent(&l, "c021 02 07 0004"));
	lone_rx(&l, "c021 02 01 000a 050601010101");
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	lone_free(&l);

	lone_init(&l, true);
	l.cfg.passive = true;
	lone_open(&l);
	ppp_close(l.ppp, l.now);
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 1);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_LOCAL);
	lone_free(&l);
}

/* 5.2: "the Identifier field MUST match", "the Configuration Options MUST exactly match". */
static void rfc1661_5_2_ack_that_does_not_match(void)
{
	static const struct {
		const char *ack;
		enum ppp_reason reason;
	} rows[] = {
		{"c021 02 02 000a 050601010101", PPP_R_ID},
		{"c021 02 01 000a 050601010102", PPP_R_OPTION},
		{"c021 02 01 0004", PPP_R_OPTION},
		{"c021 02 01 000c 050601010101 0702", PPP_R_OPTION},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct lone l;

		lone_init(&l, true);
		lone_open(&l);
		lone_rx(&l, rows[i].ack);
		CU_ASSERT(lone_lcp_is(&l, "Req-Sent"));
		CU_ASSERT_EQUAL(lone_counter(&l, rows[i].reason), 1);
		lone_rx(&l, "c021 02 01 000a 050601010101");
		CU_ASSERT(lone_lcp_is(&l, "Ack-Rcvd"));
		lone_free(&l);
	}
}

/* The network may duplicate: a second copy of an answer changes nothing. */
static void second_copy_of_an_answer(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	lone_rx(&l, "c021 02 01 000a 050601010101");
	lone_rx(&l, "c021 02 01 000a 050601010101");
	CU_ASSERT(lone_lcp_is(&l, "Ack-Rcvd"));
	lone_rx(&l, "c021 01 07 0004");
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	lone_rx(&l, "c021 02 01 000a 050601010101");
	lone_rx(&l, "c021 03 01 000a 050601010109");
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_ID), 3);
	lone_free(&l);
}

/* 5.3, 5.4: Reject before Nak, "Options MUST NOT be reordered", unchanged; then Nak alone. */
static void rfc1661_5_4_reject_lists_what_is_unknown(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	lone_skip(&l);
	/* MRU too small, MRRU, magic, endpoint discriminator, callback */
	lone_rx(&l, "c021 01 33 001c 01040040 110405dc 0506a0a0a0a0 1307020a090001 0d0306");
	CU_ASSERT(lone_sent(&l, "c021 01 01 000a 050601010101")); /* ours again */
	CU_ASSERT(lone_sent(&l, "c021 04 33 0012 110405dc 1307020a090001 0d0306"));
	lone_rx(&l, "c021 01 34 000e 01040040 0506a0a0a0a0");
	CU_ASSERT(lone_sent(&l, "c021 03 34 0008 01040080"));
	lone_rx(&l, "c021 01 35 000e 01040080 0506a0a0a0a0");
	CU_ASSERT(lone_sent(&l, "c021 02 35 000e 01040080 0506a0a0a0a0"));
	CU_ASSERT(lone_quiet(&l));
	lone_free(&l);
}

/* 5.4: only what we sent, and as we sent it, can be rejected. */
static void rfc1661_5_4_reject_of_what_we_did_not_send(void)
{
	static const char *const bad[] = {
		"c021 04 01 0008 010405dc",
		"c021 04 01 000a 050601010102",
		"c021 04 02 000a 050601010101",
		"c021 04 01 0006 0502",
		"c021 04 01 0010 050601010101 050601010101",
	};
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	lone_skip(&l);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		lone_rx(&l, bad[i]);
	CU_ASSERT(lone_quiet(&l));
	lone_rx(&l, "c021 04 01 000a 050601010101");
	CU_ASSERT(lone_sent(&l, "c021 01 02 0004"));
	lone_rx(&l, "c021 02 02 0004");
	lone_rx(&l, "c021 01 07 0004");
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	CU_ASSERT_EQUAL(l.link.our_magic, 0);
	lone_free(&l);
}

/* 5.6 and RUC: any code we do not know comes back whole; nothing else happens. */
static void rfc1661_5_6_code_reject(void)
{
	struct lone l;
	char hex[64], want[64];

	lone_init(&l, true);
	lone_lcp_up(&l);
	for (unsigned code = 0; code < 256; code++) {
		if (code >= 1 && code <= 13)
			continue;
		lone_skip(&l);
		snprintf(hex, sizeof(hex), "c021 %02x 77 0006 abcd", code);
		snprintf(want, sizeof(want), "c021 07 ?? 000a %02x 77 0006 abcd", code);
		lone_rx(&l, hex);
		CU_ASSERT(lone_sent(&l, want));
		CU_ASSERT(lone_quiet(&l));
	}
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_CODE), 256 - 13);
	lone_free(&l);
}

static void code_reject_fits_the_mru(void)
{
	struct lone l;
	uint8_t frame[2 + 1500] = {0xc0, 0x21, 0x55, 1, 0x05, 0xdc};

	lone_init(&l, true);
	lone_open(&l);
	lone_rx(&l, "c021 02 01 000a 050601010101");
	lone_rx(&l, "c021 01 01 0008 01040100");
	lone_skip(&l);
	lone_rx_octets(&l, frame, sizeof(frame));
	CU_ASSERT_EQUAL(l.sent[0].len, 2 + 0x100);
	CU_ASSERT(!memcmp(l.sent[0].octets + 4, "\x01\x00", 2));
	lone_free(&l);
}

/* RXJ-: without the codes 1 to 7 there is no LCP; RXJ+: others are not missed. */
static void rfc1661_4_3_code_rejected_by_the_peer(void)
{
	for (unsigned code = 0; code < 16; code++) {
		struct lone l;
		char hex[64];

		lone_init(&l, true);
		lone_lcp_up(&l);
		snprintf(hex, sizeof(hex), "c021 07 05 0008 %02x 01 0004", code);
		lone_rx(&l, hex);
		CU_ASSERT(lone_lcp_is(&l, code >= 1 && code <= 7 ? "Stopping" : "Opened"));
		lone_free(&l);
	}
}

/* 5.5: answered in every state that hears; from Opened the link ends after one Restart timer. */
static void rfc1661_5_5_terminate_request(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	lone_skip(&l);
	lone_rx(&l, "c021 05 44 0004");
	CU_ASSERT(lone_sent(&l, "c021 06 44 0004"));
	CU_ASSERT(lone_lcp_is(&l, "Req-Sent"));
	lone_free(&l);

	lone_init(&l, true);
	lone_lcp_up(&l);
	lone_rx(&l, "c021 05 44 0009 68656c6c6f");
	CU_ASSERT(lone_sent(&l, "c021 06 44 0004"));
	CU_ASSERT(lone_lcp_is(&l, "Stopping"));
	CU_ASSERT(lone_phase_is(&l, "terminate"));
	lone_rx(&l, "c021 05 45 0004");
	CU_ASSERT(lone_sent(&l, "c021 06 45 0004"));
	lone_wait(&l, 2999 * MS);
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 0);
	lone_wait(&l, 1 * MS);
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 1);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_PEER);
	CU_ASSERT(lone_quiet(&l));
	lone_free(&l);
}

/* Max-Terminate is 2: two Requests, then the end all the same. */
static void rfc1661_4_6_terminate_unanswered(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_lcp_up(&l);
	ppp_close(l.ppp, l.now);
	CU_ASSERT(lone_sent(&l, "c021 05 ?? 0004"));
	lone_wait(&l, 3 * SEC);
	CU_ASSERT(lone_sent(&l, "c021 05 ?? 0004"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 0);
	lone_wait(&l, 3 * SEC);
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 1);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_LOCAL);
	lone_free(&l);
}

/* 5.5: the Data of a Terminate-Request is the sender's to use. */
static void rfc1661_5_5_terminate_says_why(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_lcp_up(&l);
	ppp_close_saying(l.ppp, "bye", l.now);
	CU_ASSERT(lone_sent(&l, "c021 05 ?? 0007 627965"));
	lone_wait(&l, 3 * SEC);
	CU_ASSERT(lone_sent(&l, "c021 05 ?? 0007 627965"));
	lone_rx(&l, "c021 06 01 0004");
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 1);
	/* The next link has nothing to say yet. */
	ppp_open(l.ppp, l.now);
	lone_skip(&l);
	ppp_close(l.ppp, l.now);
	CU_ASSERT(lone_sent(&l, "c021 05 ?? 0004"));
	lone_free(&l);
}

static void rfc1661_4_3_terminate_ack_ends_it(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_lcp_up(&l);
	ppp_close(l.ppp, l.now);
	ppp_close(l.ppp, l.now);
	CU_ASSERT(lone_sent(&l, "c021 05 ?? 0004"));
	CU_ASSERT(lone_quiet(&l));
	/* while closing, Requests are not answered */
	lone_rx(&l, "c021 01 09 0004");
	CU_ASSERT(lone_quiet(&l));
	lone_rx(&l, "c021 06 01 0004");
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 1);
	ppp_close(l.ppp, l.now);
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 1);
	lone_free(&l);
}

/* 5: Length too small or larger than what came: silently discarded; octets after it are padding. */
static void rfc1661_5_length(void)
{
	static const struct {
		const char *frame;
		enum ppp_reason reason;
	} rows[] = {
		{"c0", PPP_R_SHORT},
		{"c021", PPP_R_SHORT},
		{"c021 01", PPP_R_SHORT},
		{"c021 01 01 00", PPP_R_SHORT},
		{"c021 01 01 0000", PPP_R_LENGTH},
		{"c021 01 01 0003", PPP_R_LENGTH},
		{"c021 01 01 0005", PPP_R_LENGTH},
		{"c021 01 01 ffff 0506", PPP_R_LENGTH},
		{"c021 01 01 0005 05", PPP_R_OPTION},
		{"c021 01 01 0006 0507", PPP_R_OPTION},
		{"c021 01 01 0006 0500", PPP_R_OPTION},
		{"c021 01 01 0006 0501", PPP_R_OPTION},
		{"c021 07 01 0004", PPP_R_SHORT},
		{"c021 09 01 0007 010203", PPP_R_SHORT},
		{"c021 08 01 0005 80", PPP_R_SHORT},
	};
	struct lone l;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		lone_init(&l, true);
		lone_open(&l);
		lone_skip(&l);
		lone_rx(&l, rows[i].frame);
		CU_ASSERT(lone_quiet(&l));
		CU_ASSERT_EQUAL(lone_counter(&l, rows[i].reason), 1);
		lone_free(&l);
	}
	lone_init(&l, true);
	lone_open(&l);
	lone_skip(&l);
	lone_rx(&l, "c021 01 01 0004 deadbeef");
	CU_ASSERT(lone_sent(&l, "c021 01 01 000a 050601010101")); /* ours again */
	CU_ASSERT(lone_sent(&l, "c021 02 01 0004"));
	lone_free(&l);
}

/* A discarded Terminate-Request does not become the reason for the end. */
static void mutilated_terminate_request_is_no_reason(void)
{
	static const struct {
		const char *frame;
		enum ppp_why why;
	} rows[] = {
		{"c021 05 01 00ff", PPP_WHY_NO_ANSWER},
		{"c021 05 01 0004", PPP_WHY_PEER},
	};
	struct lone l;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		lone_init(&l, true);
		lone_open(&l);
		lone_rx(&l, rows[i].frame);
		lone_wait(&l, 60 * SEC);
		CU_ASSERT_EQUAL(l.why, rows[i].why);
		lone_free(&l);
	}
}

/* Every option type with every Length, alone in a Request: one answer or, when it cannot be an
 * option at all, none; and never an acceptance of what has the wrong size. */
static void rfc1661_6_every_type_and_length(void)
{
	static const uint8_t right[256] = {[1] = 4, [2] = 6, [5] = 6, [7] = 2, [8] = 2};
	uint8_t frame[6 + 255];
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	for (unsigned type = 0; type < 256; type++) {
		for (unsigned len = 0; len < 256; len++) {
			bool possible = len >= 2;

			memset(frame, 0x3c, sizeof(frame));
			memcpy(frame, "\xc0\x21\x01\x01", 4);
			wr_put16(frame + 4, (uint16_t)(4 + (possible ? len : 2)));
			frame[6] = (uint8_t)type;
			frame[7] = (uint8_t)len;
			/* the limit of one negotiation must not end the sweep */
			ppp_lower_down(l.ppp, l.now);
			ppp_open(l.ppp, l.now);
			lone_skip(&l);
			lone_rx_octets(&l, frame, possible ? 6 + len : 8);
			CU_ASSERT_EQUAL(l.n_sent, possible ? 2 : 0); /* ours again, an answer */
			if (possible)
				CU_ASSERT_EQUAL(l.sent[1].octets[2] == 2,
						right[type] && len == right[type]);
		}
	}
	lone_free(&l);
}

/* An option that says it is longer than the packet: the whole packet is dropped, at each length. */
static void option_runs_past_the_packet(void)
{
	uint8_t frame[64] = {0xc0, 0x21, 1, 1, 0, 14, 5, 6, 1, 2, 3, 4, 1};
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	lone_skip(&l);
	for (unsigned len = 5; len < 256; len++) {
		frame[13] = (uint8_t)len;
		lone_rx_octets(&l, frame, 16);
	}
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_OPTION), 251);
	lone_free(&l);
}

/* 4.6, Max-Failure 5: the sixth refusal of the same wish is a Reject. */
static void rfc1661_4_6_naks_become_rejects(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	lone_rx(&l, "c021 01 00 0004");
	lone_skip(&l);
	for (unsigned i = 1; i <= 5; i++) {
		char request[40], nak[40];

		snprintf(request, sizeof(request), "c021 01 %02x 0008 01040040", i);
		snprintf(nak, sizeof(nak), "c021 03 %02x 0008 01040080", i);
		/* a copy of the same Request, its Nak being lost, is no new failure */
		for (unsigned copy = 0; copy < 3; copy++) {
			lone_rx(&l, request);
			CU_ASSERT(lone_sent(&l, nak));
		}
	}
	lone_rx(&l, "c021 01 06 0008 01040040");
	CU_ASSERT(lone_sent(&l, "c021 04 06 0008 01040040"));
	lone_free(&l);
}

/* A peer that Naks for ever: after Max-Failure the option is dropped, as if rejected. */
static void endless_naks_become_a_reject(void)
{
	struct lone l;
	unsigned rounds = 0;

	lone_init(&l, true);
	lone_open(&l);
	while (l.n_sent && l.sent[l.n_sent - 1].len > 6 && ++rounds < 50) {
		char hex[64];

		snprintf(hex, sizeof(hex), "c021 03 %02x 000a 0506 77777777",
			 l.sent[l.n_sent - 1].octets[3]);
		lone_skip(&l);
		lone_rx(&l, hex);
	}
	CU_ASSERT_EQUAL(rounds, 6);
	CU_ASSERT(lone_sent(&l, "c021 01 07 0004"));
	lone_free(&l);
}

/* A peer that acknowledges us and never asks for anything we can agree to is given up. */
static void endless_rejects_end_the_negotiation(void)
{
	struct lone l;
	unsigned rounds;

	lone_init(&l, true);
	lone_open(&l);
	lone_rx(&l, "c021 02 01 000a 050601010101");
	for (rounds = 0; rounds < 1000 && !l.count[PPP_EV_DOWN]; rounds++)
		lone_rx(&l, "c021 01 33 0008 110405dc");
	/* four times Max-Configure and Max-Failure together; our Request was the first of them */
	CU_ASSERT_EQUAL(rounds, 61);
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_ROUNDS), 1);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_NO_ANSWER);
	lone_free(&l);
}

/* Every code in every state of LCP that a peer can bring about: nothing breaks, and what is
 * answered is bounded by the table (at most two packets). */
static void every_code_in_every_state(void)
{
	static const char *const reach[][3] = {
		{NULL},
		{"c021 02 01 000a 050601010101", NULL},
		{"c021 01 01 0004", NULL},
		{"c021 02 01 000a 050601010101", "c021 01 01 0004", NULL},
	};
	static const char *const states[] = {"Req-Sent", "Ack-Rcvd", "Ack-Sent", "Opened"};

	for (unsigned s = 0; s < 4; s++) {
		for (unsigned code = 0; code < 256; code++) {
			struct lone l;
			char hex[64];

			lone_init(&l, true);
			lone_open(&l);
			for (unsigned i = 0; reach[s][i]; i++)
				lone_rx(&l, reach[s][i]);
			CU_ASSERT(lone_lcp_is(&l, states[s]));
			lone_skip(&l);
			snprintf(hex, sizeof(hex), "c021 %02x 09 000a 0506 00000000", code);
			lone_rx(&l, hex);
			CU_ASSERT(l.n_sent <= 2);
			lone_wait(&l, 120 * SEC);
			CU_ASSERT(l.total < 40);
			lone_free(&l);
		}
	}
}

/* Restart counter after the cell, from 4: RFC 1661 4.4 and 4.6. */
static unsigned expected_counter(uint16_t actions)
{
	unsigned n = 4;

	if (actions & FSM_IRC)
		n = actions & FSM_STR ? 2 : 10;
	if (actions & FSM_ZRC)
		n = 0;
	return actions & (FSM_SCR | FSM_STR) ? n - 1 : n;
}

static void one_cell(enum fsm_event ev, enum fsm_state state)
{
	const struct fsm_cell *cell = &fsm_table[ev][state];
	uint8_t codes[4];
	unsigned n = cells_codes(cell->actions, codes);
	struct lone l;
	struct cp *c;

	lone_init(&l, true);
	lone_lcp_up(&l);
	lone_skip(&l);
	c = &l.ppp->ipcp;
	l.ppp->given = (struct ppp_addresses){.local4 = 0x0a400001, .peer4 = 0x0a400002};
	l.ppp->ip4_up = state == FSM_OPENED;
	c->enabled = true;
	c->state = (uint8_t)state;
	c->req_id = 9;
	c->counter = 4;
	memset(l.count, 0, sizeof(l.count));
	if (fsm_timed(state))
		ppp_timer_set(l.ppp, (enum timer_kind)c->timer, l.now + 1);
	l.ppp->now = l.now + 1000;
	cells_bring_about(l.ppp, c, ev);
	ppp_expire(l.ppp, l.now); /* delivers the events */

	if (cell->next == FSM_ILLEGAL) {
		CU_ASSERT_EQUAL(c->state, state);
		CU_ASSERT(lone_quiet(&l));
		CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_STATE), 1);
		lone_free(&l);
		return;
	}
	CU_ASSERT_EQUAL(c->state, cell->next);
	CU_ASSERT_EQUAL(l.n_sent, n);
	for (unsigned i = 0; i < n && i < l.n_sent; i++)
		CU_ASSERT_EQUAL(l.sent[i].octets[2], codes[i]);
	CU_ASSERT_EQUAL(c->counter, expected_counter(cell->actions));
	CU_ASSERT_EQUAL(ppp_timer_is_set(l.ppp, (enum timer_kind)c->timer),
			fsm_timed((enum fsm_state)cell->next));
	if (cell->actions & (FSM_SCR | FSM_STR | FSM_ZRC))
		CU_ASSERT_EQUAL(l.ppp->when[c->timer], l.now + 1000 + 3 * SEC);
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP4_UP], !!(cell->actions & FSM_TLU));
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP4_DOWN], !!(cell->actions & FSM_TLD));
	lone_free(&l);
}

/* The table of test_fsm.c carried out: packets, Restart timer and counter, events to the owner. */
static void rfc1661_4_1_every_cell_carried_out(void)
{
	for (unsigned ev = 0; ev < FSM_EVENTS; ev++)
		for (unsigned state = 0; state < FSM_STATES; state++)
			one_cell((enum fsm_event)ev, (enum fsm_state)state);
}

/* A Request that fills the packet is answered whole; an octet more could not be returned. */
static void a_request_as_large_as_an_answer(void)
{
	uint8_t frame[6 + 1500] = {0xc0, 0x21, 1, 1};
	size_t at = 6;
	struct lone l;

	lone_init(&l, true);
	lone_lcp_up(&l);
	/* five options of 255 octets and one of 221: 1496, and the header */
	for (unsigned i = 0; i < 6; i++) {
		frame[at] = 0x70;
		frame[at + 1] = i < 5 ? 255 : 221;
		at += frame[at + 1];
	}
	wr_put16(frame + 4, (uint16_t)(at - 2));
	CU_ASSERT_EQUAL(at, 2 + 1500);
	lone_skip(&l);
	lone_rx_octets(&l, frame, at);
	CU_ASSERT_EQUAL_FATAL(l.n_sent, 2); /* the link starts again, with our Request */
	CU_ASSERT_EQUAL(l.sent[1].len, at);
	CU_ASSERT_EQUAL(l.sent[1].octets[2], 4);
	CU_ASSERT(!memcmp(l.sent[1].octets + 4, frame + 4, at - 4));
	lone_skip(&l);
	frame[at - 220]++;
	wr_put16(frame + 4, (uint16_t)(at - 1));
	lone_rx_octets(&l, frame, at + 1);
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_OPTION), 1);
	lone_free(&l);
}

static void cp_nak_mru(struct lone *l, unsigned id)
{
	char hex[32];

	snprintf(hex, sizeof(hex), "c021 03 %02x 0008 01040500", id);
	lone_rx(l, hex);
}

/* Max-Failure counts within one negotiation: the next one begins at none. */
static void naks_of_the_life_before_do_not_count(void)
{
	struct lone l;

	lone_init(&l, true);
	l.cfg.mru = 1400;
	lone_open(&l);
	for (unsigned life = 0; life < 2; life++) {
		for (unsigned i = 0; i < 5; i++)
			cp_nak_mru(&l, l.sent[l.n_sent - 1].octets[3]);
		/* the MRU that the peer suggests, and still asked for */
		CU_ASSERT_EQUAL(l.sent[l.n_sent - 1].octets[2], 1);
		CU_ASSERT(!memcmp(l.sent[l.n_sent - 1].octets + 6, "\x01\x04\x05\x00", 4));
		lone_skip(&l);
		ppp_lower_down(l.ppp, l.now);
		ppp_open(l.ppp, l.now);
		CU_ASSERT(!memcmp(l.sent[0].octets + 6, "\x01\x04\x05\x78", 4));
	}
	lone_free(&l);
}

/* Options that the peer refused in one negotiation are asked for again in the next, and what it had
 * wrong then is Nak'd and not rejected. */
static void each_negotiation_begins_anew(void)
{
	struct lone l;
	char hex[40];

	lone_init(&l, true);
	lone_open(&l);
	for (unsigned life = 0; life < 2; life++) {
		CU_ASSERT_EQUAL(l.sent[0].len, 2 + 4 + 6); /* a Magic-Number */
		for (unsigned i = 1; i <= 5; i++) {
			lone_skip(&l);
			snprintf(hex, sizeof(hex), "c021 01 %02x 0008 01040040", i);
			lone_rx(&l, hex);
			CU_ASSERT_EQUAL(l.sent[l.n_sent - 1].octets[2], 3);
		}
		lone_rx(&l, "c021 01 06 0008 01040040");
		CU_ASSERT_EQUAL(l.sent[l.n_sent - 1].octets[2], 4);
		lone_skip(&l);
		ppp_lower_down(l.ppp, l.now);
		ppp_open(l.ppp, l.now);
		l.sent[0].octets[2] = 4; /* the peer rejects all we ask for */
		lone_rx_octets(&l, l.sent[0].octets, l.sent[0].len);
		CU_ASSERT_EQUAL(l.sent[1].len, 2 + 4);
		lone_skip(&l);
		ppp_lower_down(l.ppp, l.now);
		ppp_open(l.ppp, l.now);
	}
	lone_free(&l);
}

/* IPCP of a server asks for an address that was left out, once in each negotiation. */
static void what_is_left_out_is_asked_for_in_each_negotiation(void)
{
	struct lone l;

	lone_network(&l);
	for (unsigned life = 0; life < 2; life++) {
		lone_rx(&l, "8021 01 01 0004");
		CU_ASSERT(lone_sent(&l, "8021 03 01 000a 0306 0a400002"));
		lone_rx(&l, "8021 01 02 0004");
		CU_ASSERT(lone_sent(&l, "8021 02 02 0004"));
		/* the link starts again */
		lone_rx(&l, "c021 01 07 0004");
		for (unsigned i = l.n_sent; i-- > 0;)
			if (l.sent[i].octets[0] == 0xc0 && l.sent[i].octets[2] == 1) {
				l.sent[i].octets[2] = 2;
				lone_rx_octets(&l, l.sent[i].octets, l.sent[i].len);
				break;
			}
		CU_ASSERT(lone_phase_is(&l, "network"));
		lone_skip(&l);
	}
	lone_free(&l);
}

static const struct test_case cases[] = {
	{"rfc1661_4_1_every_cell_carried_out", rfc1661_4_1_every_cell_carried_out},
	{"rfc1661_4_6_request_repeated_then_given_up", rfc1661_4_6_request_repeated_then_given_up},
	{"after_down_the_link_opens_again", after_down_the_link_opens_again},
	{"rfc1661_4_2_passive", rfc1661_4_2_passive},
	{"rfc1661_5_2_ack_that_does_not_match", rfc1661_5_2_ack_that_does_not_match},
	{"second_copy_of_an_answer", second_copy_of_an_answer},
	{"rfc1661_5_4_reject_lists_what_is_unknown", rfc1661_5_4_reject_lists_what_is_unknown},
	{"rfc1661_5_4_reject_of_what_we_did_not_send", rfc1661_5_4_reject_of_what_we_did_not_send},
	{"rfc1661_5_6_code_reject", rfc1661_5_6_code_reject},
	{"code_reject_fits_the_mru", code_reject_fits_the_mru},
	{"rfc1661_4_3_code_rejected_by_the_peer", rfc1661_4_3_code_rejected_by_the_peer},
	{"rfc1661_5_5_terminate_request", rfc1661_5_5_terminate_request},
	{"rfc1661_4_6_terminate_unanswered", rfc1661_4_6_terminate_unanswered},
	{"rfc1661_5_5_terminate_says_why", rfc1661_5_5_terminate_says_why},
	{"rfc1661_4_3_terminate_ack_ends_it", rfc1661_4_3_terminate_ack_ends_it},
	{"rfc1661_5_length", rfc1661_5_length},
	{"mutilated_terminate_request_is_no_reason", mutilated_terminate_request_is_no_reason},
	{"rfc1661_6_every_type_and_length", rfc1661_6_every_type_and_length},
	{"option_runs_past_the_packet", option_runs_past_the_packet},
	{"rfc1661_4_6_naks_become_rejects", rfc1661_4_6_naks_become_rejects},
	{"endless_naks_become_a_reject", endless_naks_become_a_reject},
	{"endless_rejects_end_the_negotiation", endless_rejects_end_the_negotiation},
	{"every_code_in_every_state", every_code_in_every_state},
	{"a_request_as_large_as_an_answer", a_request_as_large_as_an_answer},
	{"naks_of_the_life_before_do_not_count", naks_of_the_life_before_do_not_count},
	{"each_negotiation_begins_anew", each_negotiation_begins_anew},
	{"what_is_left_out_is_asked_for_in_each_negotiation",
	 what_is_left_out_is_asked_for_in_each_negotiation},
	{NULL, NULL},
};
const struct test_suite suite_cp = {"cp", cases};
