/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets into a whole engine: RFC 2661 5.8 and appendix B.2 on the wire, the counter of every
 * drop, and a captured conversation of a foreign daemon.
 */
#include "tests/core/rig.h"

#include <stdlib.h>
#include <string.h>

static struct rig r;
static struct rig_peer p;
static struct l2tp_msg m;

/* --- reliable delivery ------------------------------------------------------------------------ */

/* B.2: the ICRP is lost; both ends retransmit, the LNS acknowledges the duplicate ICRQ by a ZLB. */
static void rfc2661_b2_lost_packet(void)
{
	struct l2tp_tunnel *t;
	struct l2tp_call *c;
	unsigned n;

	rig_pair(&r);
	r.a.connect = r.b.answer = true;
	t = rig_tunnel(&r, NULL);
	n = r.b.pkts;
	r.b.drop = true;
	c = l2tp_call_new(t, NULL, NULL);
	l2tp_call_place(c, L2TP_INCOMING, NULL, 0, r.now);
	rig_run(&r);
	r.b.drop = false;
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_ICRQ)->h.ns, 2);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_ICRQ)->h.nr, 1);
	CU_ASSERT_EQUAL(r.b.pkt[n].type, L2TP_ICRP);
	CU_ASSERT_EQUAL(r.b.pkt[n].h.ns, 1);
	CU_ASSERT_EQUAL(r.b.pkt[n].h.nr, 3);
	r.now = SEC;
	l2tp_engine_expire(r.a.e, r.now); /* "LAC's timer started first, so fires first" */
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICRQ), 2);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_ICRQ)->h.ns, 2);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.b.pkt[n + 1].type, 0);
	CU_ASSERT_EQUAL(r.b.pkt[n + 1].h.nr, 3);
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_CALL_OFFERED), 1); /* never handled twice */
	l2tp_engine_expire(r.b.e, r.now);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.b.pkt[n + 2].type, L2TP_ICRP);
	CU_ASSERT_EQUAL(r.b.pkt[n + 2].h.ns, 1);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_ICCN)->h.ns, 3);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_ICCN)->h.nr, 2);
	CU_ASSERT_EQUAL(r.b.pkt[n + 3].type, 0);
	CU_ASSERT_EQUAL(r.b.pkt[n + 3].h.nr, 4);
	CU_ASSERT_EQUAL(r.b.pkts, n + 4);
	CU_ASSERT_EQUAL(rig_reason(&r.b, L2TP_R_DUPLICATE), 1);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_RETRANSMITS), 1);
	rig_free(&r);
}

/* Four requests, last first: held, then handled in order, each once. */
static void out_of_order_is_put_in_order(void)
{
	uint16_t base;

	rig_single(&r);
	rig_peer_up(&p, &r);
	rig_ack(&p);
	base = p.ns;
	for (uint16_t i = 4; i-- > 0;) {
		rig_start(&p, L2TP_ICRQ, 0);
		l2tp_build_u16(&p.b, L2TP_IETF, L2TP_AVP_ASSIGNED_SESSION_ID, (uint16_t)(100 + i));
		l2tp_build_u32(&p.b, L2TP_IETF, L2TP_AVP_CALL_SERIAL_NUMBER, i);
		rig_send_ns(&p, (uint16_t)(base + i));
		CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_OFFERED), i ? 0 : 4);
	}
	for (unsigned i = 0; i < 4; i++) {
		struct l2tp_call_info info;

		l2tp_call_info(r.a.ev[1 + i].call, &info);
		CU_ASSERT_EQUAL(info.serial, i);
		CU_ASSERT_EQUAL(info.peer_id, 100 + i);
	}
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_OUT_OF_ORDER), 3);
	CU_ASSERT_EQUAL(rig_last(&r.a, 0)->h.nr, base + 4);
	rig_free(&r);
}

static void beyond_the_window_is_dropped(void)
{
	rig_single(&r);
	r.a.policy.receive_window = 4;
	rig_peer_up(&p, &r);
	rig_start(&p, L2TP_HELLO, 0);
	rig_send_ns(&p, (uint16_t)(p.ns + 4));
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_WINDOW), 1);
	rig_start(&p, L2TP_HELLO, 0);
	rig_send_ns(&p, (uint16_t)(p.ns + 3));
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_OUT_OF_ORDER), 1);
	rig_free(&r);
}

static void acknowledging_what_was_never_sent(void)
{
	unsigned before;

	rig_single(&r);
	rig_peer_up(&p, &r);
	before = r.a.pkts;
	p.nr = 50;
	rig_start(&p, L2TP_HELLO, 0);
	rig_send_ns(&p, p.ns);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_BAD_NR), 1);
	CU_ASSERT_EQUAL(r.a.pkts, before);
	rig_free(&r);
}

/* --- what is dropped -------------------------------------------------------------------------- */

static void drops_have_names(void)
{
	static const struct {
		const char *hex;
		enum l2tp_reason why;
	} t[] = {
		{"c8", L2TP_R_HDR_SHORT},
		{"c802 000c 0000 0000", L2TP_R_HDR_LENGTH},
		{"c802 000a 0000 0000 0000", L2TP_R_HDR_LENGTH},
		{"c802 00ff 0001 0000 0000 0000", L2TP_R_HDR_LENGTH},
		{"8002 0001 0000 0000 0000", L2TP_R_HDR_FLAGS},
		{"c902 000c 0001 0000 0000 0000", L2TP_R_HDR_FLAGS},
		{"ca02 000e 0001 0000 0000 0000 0000", L2TP_R_HDR_FLAGS},
		{"c801 000c 0001 0000 0000 0000", L2TP_R_L2F},
		{"c803 000c 0001 0000 0000 0000", L2TP_R_V3},
		{"c804 000c 0001 0000 0000 0000", L2TP_R_HDR_VERSION},
		{"0002 0001 0001 ff03", L2TP_R_MSG_ROLE},
		{"c802 000c 0001 0000 0000 0000", L2TP_R_NO_TUNNEL},
		{"c802 000c 0000 0000 0000 0000", L2TP_R_NO_TUNNEL},
	};

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		uint8_t pkt[64];

		rig_single(&r);
		l2tp_engine_rx(r.a.e, 7, pkt, test_hex(pkt, sizeof(pkt), t[i].hex), 0);
		CU_ASSERT_EQUAL(rig_reason(&r.a, t[i].why), 1);
		CU_ASSERT_EQUAL(r.a.pkts, 0);
		rig_free(&r);
	}
}

static void counters_by_message(void)
{
	struct l2tp_counters c;

	rig_pair(&r);
	r.a.connect = r.b.answer = true;
	l2tp_call_place(l2tp_call_new(rig_tunnel(&r, NULL), NULL, NULL), L2TP_INCOMING, NULL, 0, 0);
	rig_run(&r);
	l2tp_engine_counters(r.b.e, &c);
	CU_ASSERT_EQUAL(c.rx[L2TP_SCCRQ], 1);
	CU_ASSERT_EQUAL(c.rx[L2TP_SCCCN], 1);
	CU_ASSERT_EQUAL(c.rx[L2TP_ICRQ], 1);
	CU_ASSERT_EQUAL(c.rx[L2TP_ICCN], 1);
	CU_ASSERT_EQUAL(c.tx[L2TP_SCCRP], 1);
	CU_ASSERT_EQUAL(c.tx[L2TP_ICRP], 1);
	CU_ASSERT_EQUAL(c.tx[0], 2);
	CU_ASSERT_EQUAL(c.tunnels, 1);
	CU_ASSERT_EQUAL(c.calls, 1);
	CU_ASSERT_EQUAL(c.half_open, 0);
	rig_free(&r);
}

/* --- a foreign daemon ------------------------------------------------------------------------- */

static uint16_t sent_u16(uint16_t type, uint16_t avp)
{
	uint16_t v = 0;

	rig_decode(rig_last(&r.a, type), &m, &r.a.policy.secret);
	CU_ASSERT_TRUE(l2tp_msg_u16(&m, L2TP_IETF, avp, &v));
	return v;
}

/* Captured packets of xl2tpd as LAC: every message is accepted and answered with the same message
 * type as the captured LNS did. */
static void captured_lac_dials_us(void)
{
	static const uint16_t answers[] = {L2TP_SCCRP, 0, L2TP_ICRP, 0, 0, 0};
	char *file = test_read_file("tests/vectors/xl2tpd-lac_xl2tpd-lns.hex", NULL), *line;
	uint8_t challenge[16], pkt[512];
	uint16_t tid = 0, sid = 0;
	unsigned n = 0;

	test_hex(challenge, 16, "cd47119f87cb80c9ae8f567c915afe2c");
	rig_single(&r);
	r.a.policy.challenge = true;
	r.a.answer = true;
	r.a.sixteen = challenge; /* what the captured LNS asked, so that the captured answer fits */
	for (line = strtok(file, "\n"); line; line = strtok(NULL, "\n")) {
		unsigned before = r.a.pkts;
		size_t len;

		if (strncmp(line, "10.9.0.2", 8))
			continue;
		len = test_hex(pkt, sizeof(pkt), strchr(line, ' ') + 1);
		if (len == L2TP_HDR_CONTROL_LEN)
			continue;
		if (pkt[4] | pkt[5])
			wr_put16(pkt + 4, tid);
		if (pkt[6] | pkt[7])
			wr_put16(pkt + 6, sid);
		l2tp_engine_rx(r.a.e, 7, pkt, len, 0);
		CU_ASSERT_EQUAL_FATAL(r.a.pkts, before + 1);
		CU_ASSERT_EQUAL(r.a.pkt[before].type, answers[n]);
		n++;
		if (!tid)
			tid = sent_u16(L2TP_SCCRP, L2TP_AVP_ASSIGNED_TUNNEL_ID);
		if (n == 3)
			sid = sent_u16(L2TP_ICRP, L2TP_AVP_ASSIGNED_SESSION_ID);
	}
	CU_ASSERT_EQUAL(n, 6);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_UP), 1);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_CALL_DOWN)->result.result, L2TP_CDN_LOST_CARRIER);
	CU_ASSERT_STRING_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->result.text, "Goodbye!");
	rig_free(&r);
	free(file);
}

/* 9.1: ids are not to be guessed.  They depend on the random octets, for tunnels and for calls. */
static void ids_differ_between_engines(void)
{
	struct l2tp_tunnel_info t[2];
	struct l2tp_call_info c[2];

	for (unsigned i = 0; i < 2; i++) {
		rig_pair(&r);
		l2tp_tunnel_info(rig_open(i ? &r.a : &r.b), &t[i]);
		l2tp_call_info(l2tp_call_new(l2tp_tunnel_next(i ? r.a.e : r.b.e, NULL), NULL, NULL),
			       &c[i]);
		rig_free(&r);
	}
	CU_ASSERT_NOT_EQUAL(t[0].local_id, t[1].local_id);
	CU_ASSERT_NOT_EQUAL(c[0].local_id, c[1].local_id);
}

/* xl2tpd acknowledges for each call, with its Session ID in the header of the ZLB. */
static void zlb_of_a_call(void)
{
	struct wr w = wr_init(p.buf, sizeof(p.buf));
	unsigned sent;

	rig_single(&r);
	rig_peer_up(&p, &r);
	rig_pass(&r, 60 * SEC);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_HELLO), 1);
	sent = r.a.pkts;
	rig_ack(&p);
	l2tp_hdr_control(&w, p.peer_tid, 5, p.ns, p.nr);
	l2tp_hdr_finish(&w, 0);
	l2tp_engine_rx(r.a.e, 7, p.buf, w.len, r.now);
	rig_pass(&r, 30 * SEC);
	CU_ASSERT_EQUAL(r.a.pkts, sent); /* neither repeated nor answered */
	rig_free(&r);
}

/* xl2tpd begins messages in which nothing is hidden with a Random Vector, and without a value. */
static void random_vector_for_nothing(void)
{
	static const struct l2tp_avp vector = {.type = L2TP_AVP_RANDOM_VECTOR, .mandatory = true};

	rig_single(&r);
	rig_peer(&p, &r, 99);
	rig_sccrq(&p);
	l2tp_build_raw(&p.b, &vector);
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRP), 1);
	rig_free(&r);
}

/* l2tpns has no Receive Window Size in its SCCRP: it takes four messages (RFC 2661 5.8). */
static void sccrp_without_a_window(void)
{
	struct l2tp_tunnel_info t;

	rig_single(&r);
	rig_peer(&p, &r, 4712);
	rig_open(&r.a);
	p.peer_tid = sent_u16(L2TP_SCCRQ, L2TP_AVP_ASSIGNED_TUNNEL_ID);
	rig_sccrp(&p);
	p.b.w.len -= 8; /* its last attribute */
	rig_send(&p);
	l2tp_tunnel_info(l2tp_tunnel_next(r.a.e, NULL), &t);
	CU_ASSERT_EQUAL(t.state, L2TP_T_ESTABLISHED);
	CU_ASSERT_EQUAL(t.peer_window, 4);
	rig_free(&r);
}

/* A leniency is counted when it was needed, and only then. */
static void leniencies_are_counted(void)
{
	static const struct l2tp_avp unknown = {.vendor = 9, .type = 99, .mandatory = true};

	for (unsigned lenient = 0; lenient < 2; lenient++) {
		rig_single(&r);
		r.a.policy.quirks = lenient ? L2TP_QUIRK_UNKNOWN_MANDATORY : 0;
		rig_peer_up(&p, &r);
		CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_QUIRK_UNKNOWN_MANDATORY), 0);
		rig_start(&p, L2TP_HELLO, 0);
		l2tp_build_raw(&p.b, &unknown);
		rig_send(&p);
		CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_QUIRK_UNKNOWN_MANDATORY), lenient);
		CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), !lenient);
		for (unsigned q = 0; q < L2TP_QUIRKS; q++)
			CU_ASSERT_EQUAL(
				rig_reason(&r.a, (enum l2tp_reason)(L2TP_R_QUIRK_SHORT_RESULT + q)),
				lenient && 1u << q == L2TP_QUIRK_UNKNOWN_MANDATORY);
		rig_free(&r);
	}
}

/* Each message received and sent is counted once, under its type, and unknown ones under the last.
 */
static void every_message_is_counted(void)
{
	struct l2tp_counters c;
	uint64_t rx = 0, tx = 0;

	rig_single(&r);
	rig_peer_up(&p, &r);
	rig_start(&p, 200, 0);
	p.buf[L2TP_HDR_CONTROL_LEN] &= 0x7f; /* M clear: may be ignored */
	rig_send(&p);
	rig_zlb(&p);
	l2tp_engine_counters(r.a.e, &c);
	for (unsigned t = 0; t <= L2TP_MSG_TYPES; t++) {
		rx += c.rx[t];
		tx += c.tx[t];
	}
	CU_ASSERT_EQUAL(c.rx[L2TP_SCCRQ], 1);
	CU_ASSERT_EQUAL(c.rx[L2TP_SCCCN], 1);
	CU_ASSERT_EQUAL(c.rx[L2TP_MSG_TYPES], 1);
	CU_ASSERT_EQUAL(c.rx[0], 1);
	CU_ASSERT_EQUAL(rx, 4);
	CU_ASSERT_EQUAL(c.tx[L2TP_SCCRP], 1);
	CU_ASSERT_EQUAL(tx, r.a.pkts);
	rig_free(&r);
}

static const struct test_case cases[] = {
	{"rfc2661_b2_lost_packet", rfc2661_b2_lost_packet},
	{"out_of_order_is_put_in_order", out_of_order_is_put_in_order},
	{"beyond_the_window_is_dropped", beyond_the_window_is_dropped},
	{"acknowledging_what_was_never_sent", acknowledging_what_was_never_sent},
	{"drops_have_names", drops_have_names},
	{"ids_differ_between_engines", ids_differ_between_engines},
	{"counters_by_message", counters_by_message},
	{"captured_lac_dials_us", captured_lac_dials_us},
	{"zlb_of_a_call", zlb_of_a_call},
	{"random_vector_for_nothing", random_vector_for_nothing},
	{"sccrp_without_a_window", sccrp_without_a_window},
	{"leniencies_are_counted", leniencies_are_counted},
	{"every_message_is_counted", every_message_is_counted},
	{NULL, NULL},
};
const struct test_suite suite_engine = {"engine", cases};
