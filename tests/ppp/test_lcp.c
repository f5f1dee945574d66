/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LCP's options and codes: RFC 1661 sections 5 and 6, RFC 1662 section 7, RFC 1570. */
#include "tests/harness.h"
#include "tests/ppp/lone.h"

#include <stdio.h>
#include <string.h>

/* What pppd asks for first, as the peer of an L2TP server: asyncmap 0 though the line is not async.
 */
static void pppd_first_request_is_taken(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	lone_rx(&l, "c021 02 01 000a 050601010101");
	lone_skip(&l);
	lone_rx(&l, "c021 01 01 0014 020600000000 05066b03b944 0702 0802");
	CU_ASSERT(lone_sent(&l, "c021 02 01 0014 020600000000 05066b03b944 0702 0802"));
	CU_ASSERT_EQUAL(l.link.tx_accm, 0);
	CU_ASSERT_EQUAL(l.link.peer_magic, 0x6b03b944);
	CU_ASSERT(l.link.tx_pfc);
	CU_ASSERT(l.link.tx_acfc);
	CU_ASSERT_EQUAL(l.link.peer_mru, 1500);
	CU_ASSERT_EQUAL(l.link.our_magic, 0x01010101);
	lone_free(&l);
}

/* Captured: the Request of an LNS with MRU 1462, CHAP, magic, MRRU and endpoint discriminator. */
static void captured_lns_request_with_multilink(void)
{
	struct lone l;

	lone_init(&l, false);
	l.cfg.n_auth = 1;
	l.cfg.auth[0] = PPP_AUTH_CHAP_MD5;
	lone_open(&l);
	lone_rx(&l, "c021 02 01 000a 050601010101");
	lone_skip(&l);
	lone_rx(&l, "c021 0101001e 010405b6 0305c22305 05066b03b944 1104064e 1307020a090001");
	CU_ASSERT(lone_sent(&l, "c021 0401000f 1104064e 1307020a090001"));
	lone_rx(&l, "c021 01020013 010405b6 0305c22305 05066b03b944");
	CU_ASSERT(lone_sent(&l, "c021 02020013 010405b6 0305c22305 05066b03b944"));
	CU_ASSERT_EQUAL(l.link.peer_mru, 1462);
	CU_ASSERT_EQUAL(l.link.auth, PPP_AUTH_CHAP_MD5);
	lone_free(&l);
}

static void lcp_judge(const struct ppp_config *cfg, const char *request, const char *answer,
		      unsigned wrong)
{
	struct lone l;

	lone_init(&l, cfg->server);
	l.cfg = *cfg;
	lone_open(&l);
	lone_skip(&l);
	lone_rx(&l, request);
	/* wrong Lengths, and only those, are counted */
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_OPTION), wrong);
	CU_ASSERT_EQUAL(l.sent[l.n_read++].octets[2], 1); /* our Request again */
	CU_ASSERT(lone_sent(&l, answer));
	CU_ASSERT(lone_quiet(&l));
	lone_free(&l);
}

static void rfc1661_6_each_option_judged(void)
{
	static const struct {
		const char *request, *answer;
		unsigned wrong;
	} rows[] = {
		{"c021 01 01 0008 01040080", "c021 02 01 0008 01040080", 0},
		{"c021 01 01 0008 0104007f", "c021 03 01 0008 01040080", 0},
		{"c021 01 01 0008 0104ffff", "c021 02 01 0008 0104ffff", 0},
		/* wrong Length: "a Configure-Nak SHOULD be transmitted" with the right one */
		{"c021 01 01 0007 010301", "c021 03 01 0008 01040080", 1},
		{"c021 01 01 0008 02040000", "c021 03 01 000a 0206ffffffff", 1},
		/* magic zero MUST be Nak'd (6.4) */
		{"c021 01 01 000a 050600000000", "c021 03 01 000a 050602020202", 0},
		/* as ours: perhaps a loop */
		{"c021 01 01 000a 050601010101", "c021 03 01 000a 050602020202", 0},
		{"c021 01 01 0007 070300", "c021 04 01 0007 070300", 1},
		/* a server does not authenticate itself; quality reports are not implemented */
		{"c021 01 01 0008 0304c023", "c021 04 01 0008 0304c023", 0},
		{"c021 01 01 000c 0408c02500000064", "c021 04 01 000c 0408c02500000064", 0},
		/* RFC 1570 2.1, FCS-Alternatives: the FCS is the line's, which strips it before we
		 * see the frame, and is not negotiated; over AAL5 it MUST be rejected (RFC 2364) */
		{"c021 01 01 0007 090301", "c021 04 01 0007 090301", 0},
		{"c021 01 01 000d 090304 05066b03b944", "c021 04 01 0007 090304", 0},
	};
	struct ppp_config cfg;

	ppp_config_default(&cfg);
	cfg.n_auth = 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		lcp_judge(&cfg, rows[i].request, rows[i].answer, rows[i].wrong);
	/* RFC 1973 5: "Address-and-Control-Field-Compression MUST NOT" on such links */
	cfg.accept_acfc = false;
	lcp_judge(&cfg, "c021 01 01 0008 0702 0802", "c021 04 01 0006 0802", 0);
	cfg.accept_pfc = false;
	lcp_judge(&cfg, "c021 01 01 0008 0702 0802", "c021 04 01 0008 0702 0802", 0);
}

static void our_wishes_are_asked_for(void)
{
	struct lone l;

	lone_init(&l, true);
	l.cfg.mru = 1400;
	l.cfg.ask_acfc = true;
	l.cfg.ask_pfc = true;
	l.cfg.n_auth = 1;
	l.cfg.auth[0] = PPP_AUTH_MSCHAPV2;
	lone_open(&l);
	CU_ASSERT(lone_sent(&l, "c021 01 01 0017 01040578 0305c22381 050601010101 0702 0802"));
	/* PFC and ACFC are not for this peer, and it would like a smaller MRU */
	lone_rx(&l, "c021 04 01 0008 0702 0802");
	CU_ASSERT(lone_sent(&l, "c021 01 02 0013 01040578 0305c22381 050601010101"));
	lone_rx(&l, "c021 03 02 0008 01040500");
	CU_ASSERT(lone_sent(&l, "c021 01 03 0013 01040500 0305c22381 050601010101"));
	/* more than we can take is no wish we follow */
	lone_rx(&l, "c021 03 03 0008 01042000");
	CU_ASSERT(lone_sent(&l, "c021 01 04 0013 01040500 0305c22381 050601010101"));
	lone_rx(&l, "c021 02 04 0013 01040500 0305c22381 050601010101");
	lone_rx(&l, "c021 01 01 0004");
	CU_ASSERT_EQUAL(l.link.our_mru, 0x500);
	CU_ASSERT(!l.link.rx_pfc);
	CU_ASSERT(!l.link.rx_acfc);
	CU_ASSERT_EQUAL(l.link.auth, PPP_AUTH_MSCHAPV2);
	lone_free(&l);
}

static void server_with_all_methods(struct lone *l)
{
	lone_init(l, true);
	l->cfg.n_auth = 3;
	l->cfg.auth[0] = PPP_AUTH_MSCHAPV2;
	l->cfg.auth[1] = PPP_AUTH_CHAP_MD5;
	l->cfg.auth[2] = PPP_AUTH_PAP;
	lone_open(l);
}

/* 6.2: the peer's Nak names what it can do; a Reject, or a Nak of no use, moves us on. */
static void rfc1661_6_2_methods_in_turn(void)
{
	struct lone l;

	server_with_all_methods(&l);
	CU_ASSERT(lone_sent(&l, "c021 01 01 000f 0305c22381 050601010101"));
	lone_rx(&l, "c021 03 01 0008 0304c023");
	CU_ASSERT(lone_sent(&l, "c021 01 02 000e 0304c023 050601010101"));
	lone_rx(&l, "c021 04 02 0008 0304c023");
	CU_ASSERT(lone_sent(&l, "c021 01 03 000f 0305c22305 050601010101"));
	lone_rx(&l, "c021 03 03 0009 0305c22380");
	/* none left */
	CU_ASSERT(lone_sent(&l, "c021 05 04 0004"));
	lone_rx(&l, "c021 06 04 0004");
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 1);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_REFUSED);
	lone_free(&l);

	server_with_all_methods(&l);
	lone_skip(&l);
	/* EAP is nothing we have: on to the next of the list */
	lone_rx(&l, "c021 03 01 0008 0304c227");
	CU_ASSERT(lone_sent(&l, "c021 01 02 000f 0305c22305 050601010101"));
	lone_free(&l);
}

static void client_names_its_methods_in_turn(void)
{
	struct lone l;

	lone_init(&l, false);
	l.cfg.n_auth = 2;
	l.cfg.auth[0] = PPP_AUTH_CHAP_MD5;
	l.cfg.auth[1] = PPP_AUTH_MSCHAPV2;
	lone_open(&l);
	lone_skip(&l);
	lone_rx(&l, "c021 01 01 0008 0304c023");
	CU_ASSERT(lone_sent(&l, "c021 01 01 000a 050601010101")); /* ours again */
	CU_ASSERT(lone_sent(&l, "c021 03 01 0009 0305c22305"));
	lone_rx(&l, "c021 01 02 0008 0304c227");
	CU_ASSERT(lone_sent(&l, "c021 03 02 0009 0305c22381"));
	/* CHAP without its algorithm, or with one too many octets */
	lone_rx(&l, "c021 01 03 0008 0304c223");
	CU_ASSERT(lone_sent(&l, "c021 03 03 0009 0305c22305"));
	lone_rx(&l, "c021 01 04 000a 0306c2230500");
	CU_ASSERT(lone_sent(&l, "c021 03 04 0009 0305c22381"));
	lone_rx(&l, "c021 01 05 0009 0305c22381");
	CU_ASSERT(lone_sent(&l, "c021 02 05 0009 0305c22381"));
	lone_free(&l);

	/* what stands behind the end of the list is none of them */
	lone_init(&l, false);
	l.cfg.n_auth = 1;
	l.cfg.auth[0] = PPP_AUTH_CHAP_MD5;
	l.cfg.auth[1] = PPP_AUTH_PAP;
	lone_open(&l);
	lone_skip(&l);
	lone_rx(&l, "c021 01 01 0008 0304c023");
	l.n_read++;
	CU_ASSERT(lone_sent(&l, "c021 03 01 0009 0305c22305"));
	lone_free(&l);
}

static void client_without_methods_and_a_server_that_insists(void)
{
	struct lone l;

	lone_init(&l, false);
	lone_open(&l);
	lone_rx(&l, "c021 02 01 000a 050601010101");
	lone_skip(&l);
	lone_rx(&l, "c021 01 01 0008 0304c023");
	CU_ASSERT(lone_sent(&l, "c021 04 01 0008 0304c023"));
	lone_wait(&l, 60 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_REFUSED);
	lone_free(&l);
}

/* 6.4: everything we send comes back. */
static void rfc1661_6_4_looped_line(void)
{
	struct lone l;
	unsigned i;

	lone_init(&l, true);
	lone_open(&l);
	for (i = 0; i < 200 && !l.count[PPP_EV_DOWN]; i++) {
		uint8_t frame[LONE_FRAME];
		size_t len;

		if (l.n_read == l.n_sent) {
			lone_skip(&l);
			lone_wait(&l, 3 * SEC);
			continue;
		}
		len = l.sent[l.n_read].len;
		memcpy(frame, l.sent[l.n_read++].octets, len);
		lone_rx_octets(&l, frame, len);
	}
	CU_ASSERT_EQUAL(l.count[PPP_EV_LCP_UP], 0);
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 1);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_LOOP);
	lone_free(&l);
}

/* The line is looped after LCP opened: our own echoes come back. */
static void rfc1661_5_8_loop_while_open(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_lcp_up(&l);
	for (unsigned i = 0; i < 5; i++)
		lone_rx(&l, "c021 09 01 0008 01010101");
	CU_ASSERT(lone_lcp_is(&l, "Closing"));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_MAGIC), 5);
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_LOOP);
	lone_free(&l);
}

/* 5.8: same Identifier, our magic number, the same data. */
static void rfc1661_5_8_echo_reply(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_lcp_up(&l);
	lone_rx(&l, "c021 09 42 000d a0a0a0a0 0102030405");
	CU_ASSERT(lone_sent(&l, "c021 0a 42 000d 01010101 0102030405"));
	lone_rx(&l, "c021 09 43 0008 00000000");
	CU_ASSERT(lone_sent(&l, "c021 0a 43 0008 01010101"));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_MAGIC), 0);
	/* a stranger's number is counted */
	lone_rx(&l, "c021 09 44 0008 12345678");
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_MAGIC), 1);
	lone_free(&l);

	lone_init(&l, true);
	lone_open(&l);
	lone_skip(&l);
	lone_rx(&l, "c021 09 42 0008 a0a0a0a0");
	CU_ASSERT(lone_quiet(&l));
	lone_free(&l);
}

static void echo_reply_fits_the_mru(void)
{
	uint8_t frame[2 + 2000] = {0xc0, 0x21, 9, 1, 0x07, 0xd0};
	struct lone l;

	lone_init(&l, true);
	lone_lcp_up(&l);
	lone_rx_octets(&l, frame, sizeof(frame));
	CU_ASSERT_EQUAL(l.sent[l.n_read].len, 2 + 1500);
	lone_free(&l);
}

static void keepalive(struct lone *l)
{
	lone_init(l, true);
	l->cfg.echo_interval = 10 * SEC;
	l->cfg.echo_failures = 3;
	lone_lcp_up(l);
}

static void echo_keepalive_finds_a_dead_peer(void)
{
	struct lone l;

	keepalive(&l);
	for (unsigned i = 0; i < 3; i++) {
		lone_wait(&l, 10 * SEC);
		CU_ASSERT(lone_sent(&l, "c021 09 ?? 0008 01010101"));
		CU_ASSERT(lone_quiet(&l));
	}
	lone_wait(&l, 10 * SEC);
	CU_ASSERT(lone_sent(&l, "c021 05 ?? 0004"));
	lone_wait(&l, 6 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_ECHO);
	lone_free(&l);
}

static void echo_keepalive_with_a_living_peer(void)
{
	struct lone l;
	char reply[32];

	keepalive(&l);
	for (unsigned i = 0; i < 100; i++) {
		lone_wait(&l, 10 * SEC);
		snprintf(reply, sizeof(reply), "c021 0a %02x 0008 a0a0a0a0",
			 l.sent[l.n_sent - 1].octets[3]);
		/* two of three are lost */
		if (i % 3 == 2)
			lone_rx(&l, reply);
		lone_skip(&l);
	}
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	lone_free(&l);
}

/* An answer to another Request, or our own coming back, is no sign of life. */
/* A slow line with a queue: every reply comes, but after the next request has gone. */
static void echo_keepalive_on_a_slow_line(void)
{
	struct lone l;
	char reply[32] = "";

	keepalive(&l);
	for (unsigned i = 0; i < 300; i++) {
		lone_wait(&l, 10 * SEC);
		if (reply[0])
			lone_rx(&l, reply);
		snprintf(reply, sizeof(reply), "c021 0a %02x 0008 a0a0a0a0",
			 l.sent[l.n_sent - 1].octets[3]);
		lone_skip(&l);
	}
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_ID), 0);
	/* the one that was answered before does not count again */
	for (unsigned i = 0; i < 4; i++) {
		lone_rx(&l, reply);
		lone_wait(&l, 10 * SEC);
	}
	CU_ASSERT(lone_lcp_is(&l, "Closing"));
	lone_free(&l);
}

static void echo_keepalive_is_not_fooled(void)
{
	struct lone l;

	keepalive(&l);
	for (unsigned i = 0; i < 4; i++) {
		lone_rx(&l, "c021 0a f0 0008 a0a0a0a0");
		lone_wait(&l, 10 * SEC);
	}
	CU_ASSERT(lone_lcp_is(&l, "Closing"));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_ID), 4);
	lone_free(&l);
}

static void peer_that_rejects_echo_is_left_alone(void)
{
	struct lone l;

	keepalive(&l);
	lone_wait(&l, 10 * SEC);
	CU_ASSERT(lone_sent(&l, "c021 09 ?? 0008 01010101"));
	lone_rx(&l, "c021 07 01 000c 09 02 0008 01010101");
	lone_wait(&l, 600 * (uint64_t)SEC);
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	lone_free(&l);
}

/* 5.9 and RFC 1570 2.1, 2.2: heard, and nothing said. */
static void rfc1570_codes_that_want_no_answer(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_lcp_up(&l);
	lone_rx(&l, "c021 0b 01 000a a0a0a0a0 ffff");
	lone_rx(&l, "c021 0c 01 000c a0a0a0a0 4d535241");
	lone_rx(&l, "c021 0d 01 000c a0a0a0a0 00000e10");
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_CODE), 0);
	lone_free(&l);
}

/* 5.7: of LCP itself it is the end, of anything unknown nothing, outside Opened nothing at all. */
static void rfc1661_5_7_protocol_reject_received(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_lcp_up(&l);
	lone_rx(&l, "c021 08 01 0006 80fd");
	lone_rx(&l, "c021 08 01 0006 8021");
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	lone_rx(&l, "c021 08 01 0006 c021");
	CU_ASSERT(lone_lcp_is(&l, "Stopping"));
	lone_free(&l);

	lone_init(&l, true);
	lone_open(&l);
	lone_rx(&l, "c021 08 01 0006 c021");
	CU_ASSERT(lone_lcp_is(&l, "Req-Sent"));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_STATE), 1);
	lone_free(&l);
}

/* RFC 1661 5.6: a code that the peer does not know and we can do without changes nothing else. */
static void code_reject_of_another_code_leaves_the_echo(void)
{
	struct lone l;

	for (unsigned code = 8; code < 14; code++) {
		char hex[64];

		lone_init(&l, true);
		l.cfg.echo_interval = 10 * SEC;
		lone_lcp_up(&l);
		snprintf(hex, sizeof(hex), "c021 07 01 000c %02x 02 0008 01010101", code);
		lone_rx(&l, hex);
		lone_skip(&l);
		lone_wait(&l, 10 * SEC);
		if (code == 9)
			CU_ASSERT(lone_quiet(&l));
		if (code != 9)
			CU_ASSERT(lone_sent(&l, "c021 09 ?? 0008 01010101"));
		lone_free(&l);
	}
}

/* --- nothing is left from the negotiation before ---------------------------------------------- */

/* The frame sent last, its Identifier; the peer's answers carry it. */
static void lcp_answer(struct lone *l, const char *code, const char *rest)
{
	char hex[256];

	snprintf(hex, sizeof(hex), "c021 %s %02x %s", code, l->sent[l->n_sent - 1].octets[3], rest);
	lone_skip(l);
	lone_rx(l, hex);
}

static void lcp_again(struct lone *l)
{
	ppp_lower_down(l->ppp, l->now);
	lone_skip(l);
	ppp_open(l->ppp, l->now);
}

#define LCP_ALL "c021 01 ?? 0017 01040578 0305c22381 0506???????? 0702 0802"

static void lcp_wishes_begin_afresh(void)
{
	struct lone l;

	lone_init(&l, true);
	l.cfg.mru = 1400;
	l.cfg.ask_acfc = l.cfg.ask_pfc = true;
	l.cfg.n_auth = 3;
	l.cfg.auth[0] = PPP_AUTH_MSCHAPV2;
	l.cfg.auth[1] = PPP_AUTH_CHAP_MD5;
	l.cfg.auth[2] = PPP_AUTH_PAP;
	lone_open(&l);
	for (unsigned life = 0; life < 3; life++) {
		CU_ASSERT(lone_sent(&l, LCP_ALL));
		lcp_answer(&l, "04", "0008 0702 0802");
		CU_ASSERT(lone_sent(&l, "c021 01 ?? 0013 01040578 0305c22381 0506????????"));
		lcp_answer(&l, "03", "000c 01040500 0304c023");
		CU_ASSERT(lone_sent(&l, "c021 01 ?? 0012 01040500 0304c023 0506????????"));
		lcp_answer(&l, "04", "0008 0304c023");
		CU_ASSERT(lone_sent(&l, "c021 01 ?? 0013 01040500 0305c22305 0506????????"));
		lcp_again(&l);
	}
	lone_free(&l);
}

static void lcp_clients_hints_begin_afresh(void)
{
	struct lone l;

	lone_init(&l, false);
	l.cfg.n_auth = 2;
	l.cfg.auth[0] = PPP_AUTH_CHAP_MD5;
	l.cfg.auth[1] = PPP_AUTH_MSCHAPV2;
	lone_open(&l);
	for (unsigned life = 0; life < 2; life++) {
		lone_rx(&l, "c021 01 01 0008 0304c023");
		lone_skip(&l);
		lone_rx(&l, "c021 01 02 0008 0304c023");
		CU_ASSERT(lone_sent(&l, "c021 03 02 0009 0305c22381"));
		lcp_again(&l);
		lone_skip(&l);
		lone_rx(&l, "c021 01 03 0008 0304c023");
		l.n_read = l.n_sent - 1;
		CU_ASSERT(lone_sent(&l, "c021 03 03 0009 0305c22305"));
		lcp_again(&l);
	}
	/* silence now is no disagreement about the method */
	lone_wait(&l, 60 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_NO_ANSWER);
	lone_free(&l);
}

/* Max-Failure is 5: four times our own magic number is no loop yet, in each negotiation. */
static void lcp_loops_are_counted_afresh(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	for (unsigned life = 0; life < 3; life++) {
		for (unsigned i = 0; i < 4; i++) {
			char hex[64];

			snprintf(hex, sizeof(hex), "c021 01 %02x 000a 0506%02x%02x%02x%02x", i,
				 l.sent[0].octets[8], l.sent[0].octets[9], l.sent[0].octets[10],
				 l.sent[0].octets[11]);
			lone_rx(&l, hex);
		}
		CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_MAGIC), 4 * (life + 1));
		CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], life);
		lcp_again(&l);
	}
	CU_ASSERT_EQUAL(l.why, PPP_WHY_LOWER);
	lone_free(&l);
}

/* The same once the link is open: what was seen while it was negotiated does not count. */
static void lcp_loops_are_counted_afresh_when_open(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	for (unsigned i = 0; i < 4; i++)
		lone_rx(&l, "c021 01 05 000a 050601010101");
	lcp_answer(&l, "02", "000a 050601010101");
	lone_rx(&l, "c021 02 01 000a 050601010101");
	lone_rx(&l, "c021 01 06 000a 0506a0a0a0a0");
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	lone_skip(&l);
	for (unsigned i = 0; i < 4; i++)
		lone_rx(&l, "c021 09 01 0008 01010101");
	CU_ASSERT(lone_quiet(&l)); /* an answer would come back too */
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	lone_rx(&l, "c021 09 01 0008 01010101");
	CU_ASSERT(lone_lcp_is(&l, "Closing"));
	lone_free(&l);
}

/* 6.4: "a new Magic-Number MUST be chosen" when it is Nak'd, whatever the Nak suggests; only our
 * own suggestion coming back is a loop. */
static void rfc1661_6_4_nakked_magic_is_chosen_anew(void)
{
	static const char *const naks[] = {"000a 050600000001", "000a 050600000000",
					   "000a 0506a0a0a0a0"};
	struct lone l;
	uint8_t before[4];

	lone_init(&l, true);
	lone_open(&l);
	for (unsigned i = 0; i < 3; i++) {
		memcpy(before, l.sent[l.n_sent - 1].octets + 8, 4);
		lcp_answer(&l, "03", naks[i]);
		CU_ASSERT_EQUAL_FATAL(l.n_sent, 1);
		CU_ASSERT(memcmp(before, l.sent[0].octets + 8, 4) != 0);
	}
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_MAGIC), 0);
	lone_free(&l);
}

/* 6.4: "A Magic-Number of zero is illegal": when the random octets are all zero too. */
static void rfc1661_6_4_our_magic_is_never_zero(void)
{
	struct lone l;

	lone_init(&l, true);
	l.random = 255;
	lone_open(&l);
	CU_ASSERT(lone_sent(&l, "c021 01 01 000a 050600000001"));
	lone_free(&l);
}

/* Without the option there is no number: 5.8 has it zero in our packets. */
static void rfc1661_5_8_no_magic_agreed(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	lcp_answer(&l, "04", "000a 050601010101");
	CU_ASSERT(lone_sent(&l, "c021 01 02 0004"));
	lone_rx(&l, "c021 02 02 0004");
	lone_rx(&l, "c021 01 01 0004");
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	CU_ASSERT_EQUAL(l.link.our_magic, 0);
	CU_ASSERT_EQUAL(l.link.peer_magic, 0);
	lone_skip(&l);
	lone_rx(&l, "c021 09 42 0008 00000000");
	CU_ASSERT(lone_sent(&l, "c021 0a 42 0008 00000000"));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_MAGIC), 0);
	lone_free(&l);
}

/* What the peer acknowledged holds for what it sends. */
static void what_was_acknowledged_holds(void)
{
	for (unsigned which = 0; which < 2; which++) {
		struct lone l;

		lone_init(&l, true);
		l.cfg.ask_pfc = !which;
		l.cfg.ask_acfc = which;
		lone_open(&l);
		lone_rx(&l, which ? "c021 02 01 000c 050601010101 0802"
				  : "c021 02 01 000c 050601010101 0702");
		lone_rx(&l, "c021 01 01 000a 02060000ffff");
		CU_ASSERT(lone_lcp_is(&l, "Opened"));
		CU_ASSERT_EQUAL(l.link.rx_pfc, !which);
		CU_ASSERT_EQUAL(l.link.rx_acfc, which);
		CU_ASSERT_EQUAL(l.link.our_mru, 1500);
		CU_ASSERT_EQUAL(l.link.rx_accm, 0xffffffff);
		CU_ASSERT_EQUAL(l.link.tx_accm, 0xffff);
		CU_ASSERT(!l.link.tx_pfc && !l.link.tx_acfc);
		CU_ASSERT_EQUAL(l.link.peer_magic, 0);
		lone_free(&l);
	}
}

/* A new negotiation of an open link: echoes are asked for again, and lost ones are forgotten. */
static void lcp_echoes_begin_afresh(void)
{
	for (unsigned rejected = 0; rejected < 2; rejected++) {
		struct lone l;

		keepalive(&l);
		lone_wait(&l, 20 * SEC);
		if (rejected)
			lone_rx(&l, "c021 07 01 000c 09 02 0008 01010101");
		lone_skip(&l);
		lone_rx(&l, "c021 01 02 000a 0506a0a0a0a0"); /* 4.1, Opened: tld, scr, sca */
		CU_ASSERT_EQUAL_FATAL(l.n_sent, 2);
		CU_ASSERT_EQUAL(l.sent[0].octets[2], 1);
		CU_ASSERT_EQUAL(l.sent[1].octets[2], 2);
		lone_wait(&l, 14 * SEC); /* no echo is asked for meanwhile */
		CU_ASSERT_EQUAL_FATAL(l.n_sent, 6);
		for (unsigned i = 2; i < 6; i++)
			CU_ASSERT_EQUAL(l.sent[i].octets[2], 1);
		{
			char ack[64];

			snprintf(ack, sizeof(ack), "c021 02 %02x 000a 0506%02x%02x%02x%02x",
				 l.sent[0].octets[3], l.sent[0].octets[8], l.sent[0].octets[9],
				 l.sent[0].octets[10], l.sent[0].octets[11]);
			lone_skip(&l);
			lone_rx(&l, ack);
		}
		CU_ASSERT(lone_lcp_is(&l, "Opened"));
		for (unsigned i = 0; i < 3; i++) {
			lone_skip(&l);
			lone_wait(&l, 10 * SEC);
			CU_ASSERT(lone_sent(&l, "c021 09 ?? 0008 ????????"));
		}
		CU_ASSERT(lone_lcp_is(&l, "Opened"));
		lone_wait(&l, 10 * SEC);
		CU_ASSERT(lone_lcp_is(&l, "Closing"));
		lone_free(&l);
	}
}

/* A Discard-Request and its kin are looked at: short, or looped. */
static void rfc1570_codes_are_looked_at(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_lcp_up(&l);
	for (unsigned code = 11; code < 14; code++) {
		char hex[64];

		snprintf(hex, sizeof(hex), "c021 %02x 01 0006 0101", code);
		lone_rx(&l, hex);
		snprintf(hex, sizeof(hex), "c021 %02x 01 0008 01010101", code);
		lone_rx(&l, hex);
	}
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_SHORT), 3);
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_MAGIC), 3);
	CU_ASSERT(lone_quiet(&l));
	lone_free(&l);
}

/* A peer that Naks for ever without a word about what we ask for is given up like one that rejects
 * for ever. */
static void endless_naks_end_the_negotiation(void)
{
	struct lone l;
	unsigned naks = 0;

	lone_init(&l, true);
	lone_open(&l);
	for (; naks < 1000 && !l.count[PPP_EV_DOWN]; naks++)
		lcp_answer(&l, "03", "0008 010405dc");
	/* four times Max-Configure and Max-Failure together */
	CU_ASSERT_EQUAL(naks, 61);
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_ROUNDS), 1);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_NO_ANSWER);
	lone_free(&l);
}

/* Max-Failure may be 255: the 256th Nak drops the option. */
static void the_largest_max_failure(void)
{
	struct lone l;
	unsigned naks = 0;

	lone_init(&l, true);
	l.cfg.max_failure = 255;
	lone_open(&l);
	while (l.n_sent && l.sent[l.n_sent - 1].len > 6 && ++naks < 1000)
		lcp_answer(&l, "03", "000a 050677777777");
	CU_ASSERT_EQUAL(naks, 256);
	lone_free(&l);
}

static const struct test_case cases[] = {
	{"pppd_first_request_is_taken", pppd_first_request_is_taken},
	{"captured_lns_request_with_multilink", captured_lns_request_with_multilink},
	{"rfc1661_6_each_option_judged", rfc1661_6_each_option_judged},
	{"our_wishes_are_asked_for", our_wishes_are_asked_for},
	{"rfc1661_6_2_methods_in_turn", rfc1661_6_2_methods_in_turn},
	{"client_names_its_methods_in_turn", client_names_its_methods_in_turn},
	{"client_without_methods_and_a_server_that_insists",
	 client_without_methods_and_a_server_that_insists},
	{"rfc1661_6_4_looped_line", rfc1661_6_4_looped_line},
	{"rfc1661_5_8_loop_while_open", rfc1661_5_8_loop_while_open},
	{"rfc1661_5_8_echo_reply", rfc1661_5_8_echo_reply},
	{"echo_reply_fits_the_mru", echo_reply_fits_the_mru},
	{"echo_keepalive_finds_a_dead_peer", echo_keepalive_finds_a_dead_peer},
	{"echo_keepalive_with_a_living_peer", echo_keepalive_with_a_living_peer},
	{"echo_keepalive_on_a_slow_line", echo_keepalive_on_a_slow_line},
	{"echo_keepalive_is_not_fooled", echo_keepalive_is_not_fooled},
	{"peer_that_rejects_echo_is_left_alone", peer_that_rejects_echo_is_left_alone},
	{"rfc1570_codes_that_want_no_answer", rfc1570_codes_that_want_no_answer},
	{"rfc1661_5_7_protocol_reject_received", rfc1661_5_7_protocol_reject_received},
	{"code_reject_of_another_code_leaves_the_echo",
	 code_reject_of_another_code_leaves_the_echo},
	{"wishes_begin_afresh", lcp_wishes_begin_afresh},
	{"clients_hints_begin_afresh", lcp_clients_hints_begin_afresh},
	{"loops_are_counted_afresh", lcp_loops_are_counted_afresh},
	{"loops_are_counted_afresh_when_open", lcp_loops_are_counted_afresh_when_open},
	{"rfc1661_6_4_nakked_magic_is_chosen_anew", rfc1661_6_4_nakked_magic_is_chosen_anew},
	{"rfc1661_6_4_our_magic_is_never_zero", rfc1661_6_4_our_magic_is_never_zero},
	{"rfc1661_5_8_no_magic_agreed", rfc1661_5_8_no_magic_agreed},
	{"what_was_acknowledged_holds", what_was_acknowledged_holds},
	{"echoes_begin_afresh", lcp_echoes_begin_afresh},
	{"rfc1570_codes_are_looked_at", rfc1570_codes_are_looked_at},
	{"endless_naks_end_the_negotiation", endless_naks_end_the_negotiation},
	{"the_largest_max_failure", the_largest_max_failure},
	{NULL, NULL},
};
const struct test_suite suite_lcp = {"lcp", cases};
