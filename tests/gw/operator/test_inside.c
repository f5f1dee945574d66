/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames as ports tap them, and what is in them. */
#include "gw/operator/inside.h"

#include "tests/harness.h"
#include "transports/kit/linktype.h"

#include <stdlib.h>

#define L2TP_DATA "0002 0007 0009 ff03 c023"
/* tags: dissector "x.25" or "lapb", direction from the DTE, end */
#define X25  "000c 0004 782e3235 0023 0004 00000000 0000 0000"
#define LAPB "000c 0004 6c617062 0023 0004 00000000 0000 0000"
/* connection 1 or 2 of XOT */
#define XOT(n) "000c 0004 782e3235 0023 0004 00000000 0019 0004 0000000" n " 0000 0000"

static struct inside_flows flows;

static bool inside_in(struct inside *in, uint16_t link_type, const char *hex, bool outbound)
{
	static uint8_t octets[4][300];
	static unsigned next;
	uint8_t *frame = octets[next++ % 4];

	return inside_find(in, &flows,
			   &(struct inside_frame){.port = 3,
						  .link_type = link_type,
						  .octets = frame,
						  .len = test_hex(frame, 300, hex),
						  .outbound = outbound});
}

static bool inside_x25_in(struct inside *in, const char *hex)
{
	return inside_in(in, LINKTYPE_UPPER_PDU, hex, false);
}

static void inside_anew(void)
{
	memset(&flows, 0, sizeof(flows));
}

/* A call on LCI 5 and on 6: from then on where PDUs begin is known. */
static void inside_calls(void)
{
	struct inside in;

	inside_anew();
	CU_ASSERT_FALSE(inside_x25_in(&in, X25 "1005 0b 00 00 cf"));
	CU_ASSERT_TRUE(in.begins && in.number == 5);
	CU_ASSERT_FALSE(inside_x25_in(&in, X25 "1006 0b 00 00 cf"));
}

static void a_row_for_each_link_type(void)
{
	static const struct {
		uint16_t link_type;
		const char *frame;
		bool on_circuit;
		uint32_t number;
		enum inside_what what;
		const char *pdu;
	} rows[] = {
		/* DLCI 100: L2TP with its pad (RFC 3070), PPP (RFC 1973), and IP, which is neither
		 */
		{LINKTYPE_FRELAY, "1841 03 00 80 00005e 0007 " L2TP_DATA, true, 100, INSIDE_L2TP,
		 L2TP_DATA},
		{LINKTYPE_FRELAY, "1841 03 cf c021 01", true, 100, INSIDE_PPP, "c021 01"},
		{LINKTYPE_FRELAY, "1841 03 cc 45", true, 100, INSIDE_NOTHING, ""},
		{LINKTYPE_FRELAY, "1841", true, 100, INSIDE_NOTHING, ""},
		/* LMI */
		{LINKTYPE_FRELAY, "0001 03 08 00 75", true, 0, INSIDE_NOTHING, ""},
		/* PVC 8/48: RFC 3355, RFC 2364 */
		{LINKTYPE_SUNATM, "82 08 0030 aaaa03 00005e 0007 " L2TP_DATA, true, 0x80030,
		 INSIDE_L2TP, L2TP_DATA},
		{LINKTYPE_SUNATM, "02 08 0030 fefe03 cf c021 01", true, 0x80030, INSIDE_PPP,
		 "c021 01"},
		{LINKTYPE_SUNATM, "02 08", true, 0x80000, INSIDE_NOTHING, ""},
		/* PPPoE: session 7, in a VLAN, with padding; a PADI */
		{LINKTYPE_ETHERNET, "02005e005301 02005e005302 8864 11 00 0007 0004 c021 0101 0000",
		 true, 7, INSIDE_PPP, "c021 0101"},
		{LINKTYPE_ETHERNET, "02005e005301 02005e005302 8100 0005 8864 11 00 0007 0002 c021",
		 true, 7, INSIDE_PPP, "c021"},
		{LINKTYPE_ETHERNET, "ffffffffffff 02005e005302 8863 11 09 0000 0004 01010000", true,
		 0, INSIDE_NOTHING, ""},
		{LINKTYPE_ETHERNET, "ffffffffffff 02005e005302 0800 45", false, 0, INSIDE_NOTHING,
		 ""},
		{LINKTYPE_PPP, "ff03 c021 01", false, 0, INSIDE_PPP, "ff03 c021 01"},
		{LINKTYPE_USER0, L2TP_DATA, false, 0, INSIDE_L2TP, L2TP_DATA},
		{LINKTYPE_UPPER_PDU, "000c 0008 6c327470 72617700 0000 0000" L2TP_DATA, false, 0,
		 INSIDE_L2TP, L2TP_DATA},
		/* X.25, LCI 5: RFC 1598; a call request, an RR */
		{LINKTYPE_UPPER_PDU, X25 "1005 00 c021 01", true, 5, INSIDE_PPP, "c021 01"},
		{LINKTYPE_UPPER_PDU, LAPB "01 00 1006 00 c021 01", true, 6, INSIDE_PPP, "c021 01"},
		{LINKTYPE_UPPER_PDU, X25 "1005 0b 00 00 cf", true, 5, INSIDE_NOTHING, ""},
		{LINKTYPE_UPPER_PDU, X25 "1005 21", true, 5, INSIDE_NOTHING, ""},
		{LINKTYPE_UPPER_PDU, LAPB "01 01", false, 0, INSIDE_NOTHING, ""},
		{300, "00", false, 0, INSIDE_NOTHING, ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t want[100];
		size_t len = test_hex(want, sizeof(want), rows[i].pdu);
		struct inside in;

		inside_calls();
		CU_ASSERT_EQUAL(inside_in(&in, rows[i].link_type, rows[i].frame, false),
				rows[i].what != INSIDE_NOTHING);
		CU_ASSERT_EQUAL(in.what, rows[i].what);
		CU_ASSERT_EQUAL(in.on_circuit, rows[i].on_circuit);
		CU_ASSERT_EQUAL(in.number, rows[i].number);
		if (in.what != INSIDE_NOTHING)
			ASSERT_OCTETS(in.pdu, in.have, want, len);
	}
}

/* Of any port, and where it comes from. */
static void l2tp_over_udp(void)
{
#define UDP4 "4500 0026 0000 0000 4011 0000 c0000201 c0000202 1b58 1b59 0012 0000 " L2TP_DATA
	struct inside in;
	char text[REPLAY_END_TEXT];

	CU_ASSERT_TRUE(inside_in(&in, LINKTYPE_RAW, UDP4, false));
	CU_ASSERT_STRING_EQUAL(replay_end_text(&in.far, false, text, sizeof(text)),
			       "192.0.2.1:7000");
	CU_ASSERT_TRUE(inside_in(&in, LINKTYPE_RAW, UDP4, true));
	CU_ASSERT_STRING_EQUAL(replay_end_text(&in.far, false, text, sizeof(text)),
			       "192.0.2.2:7001");
	CU_ASSERT_TRUE(in.what == INSIDE_L2TP && !in.on_circuit);
	CU_ASSERT_FALSE(inside_in(&in, LINKTYPE_RAW, "4500", true));
	CU_ASSERT_EQUAL(in.what, INSIDE_NOTHING);
}

static void ids_and_what_is_behind_the_header(void)
{
	static const struct {
		const char *pdu;
		bool ids, ppp, control;
		const char *rest;
	} rows[] = {
		{L2TP_DATA, true, true, false, "ff03 c023"},
		/* with Length and Ns, Nr; with an offset of 2 */
		{"4802 0012 0007 0009 0001 0000 c021", true, true, false, "c021"},
		{"0202 0007 0009 0002 0000 c021", true, true, false, "c021"},
		{"c802 0014 0007 0009 0000 0000 8008 0000 0000 0001", true, false, true,
		 "8008 0000 0000 0001"},
		/* a ZLB; cut off in its ids; another version */
		{"c802 000c 0007 0009 0000 0000", true, false, false, ""},
		{"0002 0007 00", false, false, false, ""},
		{"0003 0007 0009 ff03", false, true, false, "ff03"},
		/* an offset beyond the end */
		{"0202 0007 0009 0009 c021", true, false, false, ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t want[40];
		size_t len = test_hex(want, sizeof(want), rows[i].rest);
		uint16_t tid, sid;
		struct inside in;
		struct rd r;

		CU_ASSERT_TRUE(inside_in(&in, LINKTYPE_USER0, rows[i].pdu, false));
		CU_ASSERT_EQUAL(inside_ids(&in, &tid, &sid), rows[i].ids);
		CU_ASSERT_TRUE(!rows[i].ids || (tid == 7 && sid == 9));
		CU_ASSERT_EQUAL(inside_control(&in, &r), rows[i].control);
		if (rows[i].control)
			ASSERT_OCTETS(r.p, r.left, want, len);
		CU_ASSERT_EQUAL(inside_ppp(&in, &r), rows[i].ppp);
		if (rows[i].ppp)
			ASSERT_OCTETS(r.p, r.left, want, len);
	}
}

/* A PDU in three packets with M, of which the last has none: P(S) 0, 1, 2. */
static void a_pdu_in_several_packets(void)
{
	uint8_t want[20];
	struct inside in;
	uint16_t tid, sid;

	inside_calls();
	CU_ASSERT_TRUE(inside_in(&in, LINKTYPE_UPPER_PDU, X25 "1005 10 8000005e0007 0002", false));
	CU_ASSERT_TRUE(in.what == INSIDE_L2TP && !in.whole && !in.lost && in.have == 2);
	CU_ASSERT_FALSE(inside_ids(&in, &tid, &sid));
	/* of the other direction and of another circuit meanwhile */
	CU_ASSERT_TRUE(inside_in(&in, LINKTYPE_UPPER_PDU, X25 "1005 00 c021", true));
	CU_ASSERT_TRUE(in.what == INSIDE_PPP && in.whole);
	CU_ASSERT_TRUE(inside_in(&in, LINKTYPE_UPPER_PDU, X25 "1006 00 c021", false));
	CU_ASSERT_TRUE(inside_in(&in, LINKTYPE_UPPER_PDU, X25 "1005 12 0007 0009", false));
	CU_ASSERT_TRUE(inside_ids(&in, &tid, &sid) && tid == 7 && sid == 9);
	CU_ASSERT_TRUE(inside_in(&in, LINKTYPE_UPPER_PDU, X25 "1005 04 ff03", false));
	CU_ASSERT_TRUE(in.whole && in.len == 2);
	ASSERT_OCTETS(in.pdu, in.have, want, test_hex(want, sizeof(want), "0002 0007 0009 ff03"));
	/* the next begins anew */
	CU_ASSERT_TRUE(inside_in(&in, LINKTYPE_UPPER_PDU, X25 "1005 06 c021", false));
	CU_ASSERT_TRUE(in.what == INSIDE_PPP && in.have == 2 && !in.lost);
}

/* One that is not the next: nothing is known until the end of that PDU. */
static void a_packet_that_is_missing(void)
{
	struct inside in;

	inside_calls();
	CU_ASSERT_TRUE(inside_in(&in, LINKTYPE_UPPER_PDU, X25 "1005 10 c0", false));
	CU_ASSERT_TRUE(inside_in(&in, LINKTYPE_UPPER_PDU, X25 "1005 14 c0", false));
	CU_ASSERT_TRUE(in.lost);
	CU_ASSERT_TRUE(inside_in(&in, LINKTYPE_UPPER_PDU, X25 "1005 06 c0", false));
	CU_ASSERT_TRUE(in.lost);
	CU_ASSERT_TRUE(inside_in(&in, LINKTYPE_UPPER_PDU, X25 "1005 08 c021", false));
	CU_ASSERT_FALSE(in.lost);
	/* after a reset numbers begin at 0 again; what was on its way before is of nobody */
	inside_in(&in, LINKTYPE_UPPER_PDU, X25 "1005 1b 00 00", true);
	CU_ASSERT_TRUE(inside_in(&in, LINKTYPE_UPPER_PDU, X25 "1005 1a c021", false));
	CU_ASSERT_TRUE(in.lost);
	inside_in(&in, LINKTYPE_UPPER_PDU, X25 "1005 1f", false);
	CU_ASSERT_TRUE(inside_in(&in, LINKTYPE_UPPER_PDU, X25 "1005 00 c021", false));
	CU_ASSERT_FALSE(in.lost);
}

/* More than a message may have. */
static void a_pdu_that_is_too_long(void)
{
	static uint8_t frame[L2TP_MSG_MAX];
	size_t len = test_hex(frame, sizeof(frame), X25 "1005 10");
	struct inside_frame f = {.link_type = LINKTYPE_UPPER_PDU, .octets = frame};
	struct inside in;

	inside_anew();
	frame[len - 1] = 0x0b; /* a call, by which port 0 has the circuit */
	memcpy(frame + len, "\0\0", 2);
	f.len = len + 2;
	CU_ASSERT_FALSE(inside_find(&in, &flows, &f));
	CU_ASSERT_TRUE(in.begins);
	frame[len - 1] = 0x10;
	f.len = sizeof(frame);
	CU_ASSERT_TRUE(inside_find(&in, &flows, &f));
	CU_ASSERT_FALSE(in.lost);
	frame[len - 1] = 0x02;
	CU_ASSERT_TRUE(inside_find(&in, &flows, &f));
	CU_ASSERT_TRUE(in.lost && in.whole);
}

/* Modulo 128 in LAPB has a head of three octets. */
static void lapb_modulo_128(void)
{
	uint8_t octets[60];
	struct inside_frame f = {
		.lapb_128 = true,
		.link_type = LINKTYPE_UPPER_PDU,
		.octets = octets,
		.len = test_hex(octets, sizeof(octets), LAPB "01 00 20 1006 00 c021")};
	struct inside in;

	inside_anew();
	CU_ASSERT_TRUE(inside_find(&in, &flows, &f));
	CU_ASSERT_TRUE(in.lost && in.number == 6);
	octets[f.len - 3] = 0x02; /* P(S) 1: the one before was whole */
	CU_ASSERT_TRUE(inside_find(&in, &flows, &f));
	CU_ASSERT_TRUE(in.what == INSIDE_PPP && !in.lost && in.number == 6);
}

/* Tapped when a PDU may have begun: nothing is known until one has ended. */
static void the_begin_was_not_seen(void)
{
	struct inside in;

	inside_anew();
	CU_ASSERT_TRUE(inside_x25_in(&in, X25 "1005 16 7365"));
	CU_ASSERT_TRUE(in.lost);
	CU_ASSERT_TRUE(inside_x25_in(&in, X25 "1005 08 6372"));
	CU_ASSERT_TRUE(in.lost && in.whole);
	CU_ASSERT_TRUE(inside_x25_in(&in, X25 "1005 0a c021"));
	CU_ASSERT_TRUE(!in.lost && in.what == INSIDE_PPP);
}

/* What has begun on a circuit ends with it: each of these, on LCI 5 or on the line. */
static void circuits_that_begin_anew(void)
{
	static const struct {
		const char *pkt;
		bool lost, begins;
	} rows[] = {
		{X25 "1005 0b 00 00 cf", false, true}, /* a call */
		{X25 "1005 1f", false, false},	       /* a reset is confirmed */
		{X25 "1005 1b 00 00", true, false},    /* a reset */
		{X25 "1005 13 00 00", true, false},    /* clear */
		{X25 "1005 17", true, true},
		{X25 "1000 fb 00 00", true, true}, /* restart */
		{X25 "1000 ff", true, true},
		{X25 "1006 13 00 00", false, false}, /* of another one */
		{X25 "1005 01", false, false},	     /* an RR */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct inside in;

		inside_calls();
		CU_ASSERT_FALSE(inside_x25_in(&in, rows[i].pkt));
		CU_ASSERT_EQUAL(in.begins, rows[i].begins);
		CU_ASSERT_TRUE(inside_x25_in(&in, X25 "1005 00 c021"));
		CU_ASSERT_EQUAL(in.lost, rows[i].lost);
	}
}

/* The circuit on LCI 100 + n. */
static bool inside_nth(struct inside *in, unsigned n, const char *rest)
{
	char hex[120];

	snprintf(hex, sizeof(hex), X25 "1%03x %s", 100 + n, rest);
	return inside_x25_in(in, hex);
}

/* One PDU in several packets more than there is room for: the first is lost, the others are not;
 * and a circuit more than are remembered. */
static void more_circuits_than_there_is_room_for(void)
{
	struct inside in;

	inside_anew();
	for (unsigned i = 0; i <= INSIDE_BEGUN; i++) {
		inside_nth(&in, i, "0b 00 00");
		CU_ASSERT_TRUE(inside_nth(&in, i, "10 c0"));
		CU_ASSERT_FALSE(in.lost);
	}
	for (unsigned i = 0; i <= INSIDE_BEGUN; i++) {
		CU_ASSERT_TRUE(inside_nth(&in, i, "02 21"));
		CU_ASSERT_EQUAL(in.lost, i == 0);
		CU_ASSERT_TRUE(in.lost || in.have == 2);
		CU_ASSERT_TRUE(inside_nth(&in, i, "04 c021"));
		CU_ASSERT_FALSE(in.lost);
	}
	inside_anew();
	for (unsigned i = 0; i <= INSIDE_FLOWS / 2; i++)
		inside_nth(&in, i, "0b 00 00");
	CU_ASSERT_TRUE(inside_nth(&in, 0, "10 c0"));
	CU_ASSERT_TRUE(in.lost);
	CU_ASSERT_TRUE(inside_nth(&in, INSIDE_FLOWS / 2, "10 c0"));
	CU_ASSERT_FALSE(in.lost);
}

/* RFC 1613: each connection has a circuit, by whatever number packets of it go. */
static void connections_of_xot(void)
{
	uint8_t want[] = {0xc0, 0x21};
	struct inside in;

	inside_anew();
	inside_x25_in(&in, XOT("1") "1001 0b 00 00");
	CU_ASSERT_EQUAL(in.line, 1);
	inside_x25_in(&in, XOT("2") "1001 0b 00 00");
	CU_ASSERT_EQUAL(in.line, 2);
	CU_ASSERT_TRUE(inside_x25_in(&in, XOT("1") "1001 10 c0"));
	CU_ASSERT_TRUE(inside_x25_in(&in, XOT("2") "1001 10 c2"));
	CU_ASSERT_TRUE(inside_x25_in(&in, XOT("1") "1234 02 21"));
	CU_ASSERT_TRUE(!in.lost && in.whole);
	ASSERT_OCTETS(in.pdu, in.have, want, sizeof(want));
	/* what cannot be read may be a PVC-setup */
	inside_x25_in(&in, XOT("2") "1001 f5");
	CU_ASSERT_TRUE(inside_x25_in(&in, XOT("2") "1001 02 23"));
	CU_ASSERT_TRUE(in.lost);
	CU_ASSERT_TRUE(inside_x25_in(&in, XOT("1") "1001 04 c021"));
	CU_ASSERT_FALSE(in.lost);
}

/* FRF.12 on DLCI 100: marks and number stay, of what is behind nothing is known. */
static void pieces_of_frame_relay(void)
{
	struct inside in;
	uint16_t tid, sid;

	CU_ASSERT_TRUE(inside_in(&in, LINKTYPE_FRELAY, "1841 03 b1 8001 03 cf c023", false));
	CU_ASSERT_TRUE(in.lost && in.len == 4 && in.on_circuit && in.number == 100);
	CU_ASSERT_FALSE(inside_ids(&in, &tid, &sid));
	CU_ASSERT_FALSE(inside_in(&in, LINKTYPE_FRELAY, "1841 03 b1 80", false));
	CU_ASSERT_EQUAL(in.len, 0);
}

static const struct test_case cases[] = {
	{"a_row_for_each_link_type", a_row_for_each_link_type},
	{"l2tp_over_udp", l2tp_over_udp},
	{"ids_and_what_is_behind_the_header", ids_and_what_is_behind_the_header},
	{"a_pdu_in_several_packets", a_pdu_in_several_packets},
	{"a_packet_that_is_missing", a_packet_that_is_missing},
	{"a_pdu_that_is_too_long", a_pdu_that_is_too_long},
	{"lapb_modulo_128", lapb_modulo_128},
	{"the_begin_was_not_seen", the_begin_was_not_seen},
	{"circuits_that_begin_anew", circuits_that_begin_anew},
	{"more_circuits_than_there_is_room_for", more_circuits_than_there_is_room_for},
	{"rfc1613_connections_of_xot", connections_of_xot},
	{"frf12_pieces_of_frame_relay", pieces_of_frame_relay},
	{NULL, NULL},
};
const struct test_suite suite_inside = {"inside", cases};
