/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/x25/xot.h"

#include "tests/harness.h"

#include <string.h>

/* Two packets and the start of a third, fed in every possible size of piece. */
static void packets_come_out_of_any_pieces(void)
{
	uint8_t stream[64];
	size_t n = test_hex(stream, sizeof(stream), "00000003 1001ff 00000005 1001130000 0000");

	for (size_t piece = 1; piece <= n; piece++) {
		struct xot_in x;
		unsigned packets = 0;

		xot_in_init(&x);
		for (size_t at = 0; at < n; at += piece) {
			const uint8_t *data = stream + at, *pkt;
			size_t left = piece < n - at ? piece : n - at, len;

			while (xot_next_packet(&x, &data, &left, &pkt, &len) == 1) {
				CU_ASSERT_EQUAL(len, packets ? 5 : 3);
				CU_ASSERT_EQUAL(pkt[2], packets ? 0x13 : 0xff);
				packets++;
			}
			CU_ASSERT_EQUAL(left, 0);
		}
		CU_ASSERT_EQUAL(packets, 2);
		CU_ASSERT_EQUAL(x.len, 2);
	}
}

/* RFC 1613 4.1: version not 0, or an illegal length, closes the connection. */
static void wrong_version_or_length_closes(void)
{
	static const char *const bad[] = {"00010003", "00000000", "00000002", "00001011",
					  "0000ffff"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		uint8_t h[4];
		const uint8_t *data = h, *pkt;
		size_t left = test_hex(h, 4, bad[i]), len;
		struct xot_in x;

		xot_in_init(&x);
		CU_ASSERT_EQUAL(xot_next_packet(&x, &data, &left, &pkt, &len), -1);
	}
}

static void test_xot_header(void)
{
	uint8_t h[XOT_HDR_LEN];

	xot_header(h, 1027);
	ASSERT_OCTETS(h, 4, "\x00\x00\x04\x03", 4);
}

/* The packet of section 6.5, octet by octet. */
static const char setup[] = "1005 f5 81 00 07 0005 03 0007 02 03 07 08 53657269616c30 584f54";

static void pvc_setup_both_ways(void)
{
	uint8_t in[64], out[64];
	size_t n = test_hex(in, sizeof(in), setup);
	struct wr w = wr_init(out, sizeof(out));
	struct xot_pvc p;

	CU_ASSERT_TRUE(xot_is_pvc_setup(in, n));
	CU_ASSERT_EQUAL(xot_pvc_decode(&p, in, n), XOT_PVC_OK);
	CU_ASSERT_TRUE(!p.extended && p.lci == 5 && p.initiator_lci == 5 && p.responder_lci == 7);
	CU_ASSERT_TRUE(p.window_in == 2 && p.window_out == 3 && p.size_in == 7 && p.size_out == 8);
	CU_ASSERT_STRING_EQUAL(p.initiator, "Serial0");
	CU_ASSERT_STRING_EQUAL(p.responder, "XOT");
	xot_pvc_encode(&w, &p);
	ASSERT_OCTETS(out, w.len, in, n);
}

static void pvc_setup_cut_short_or_wrong(void)
{
	uint8_t in[64];
	size_t n = test_hex(in, sizeof(in), setup);
	struct xot_pvc p;

	for (size_t len = 3; len < n; len++)
		CU_ASSERT_EQUAL(xot_pvc_decode(&p, in, len), XOT_PVC_PROTOCOL);
	CU_ASSERT_EQUAL(xot_pvc_decode(&p, in, n + 1), XOT_PVC_PROTOCOL); /* padding */
	in[n - 1] = 0;							  /* in a name */
	CU_ASSERT_EQUAL(xot_pvc_decode(&p, in, n), XOT_PVC_PROTOCOL);
	CU_ASSERT_STRING_EQUAL(p.responder, "");
	in[n - 1] = 'T';
	in[3] = 0x80;
	CU_ASSERT_EQUAL(xot_pvc_decode(&p, in, n), XOT_PVC_PROTOCOL);
	in[3] = 0x81;
	in[11] = 8; /* a window of 8, modulo 8 */
	CU_ASSERT_EQUAL(xot_pvc_decode(&p, in, n), XOT_PVC_FLOW_UNSUPPORTED);
	in[0] = 0x20;
	CU_ASSERT_EQUAL(xot_pvc_decode(&p, in, n), XOT_PVC_OK);
	CU_ASSERT_FALSE(xot_is_pvc_setup(in, 2));
	CU_ASSERT_TRUE(xot_is_pvc_setup(in, 3));
}

/* RFC 1613 6.5: windows of 1 to the modulus less 1, packets of 16 to 4096 octets; each of the four
 * octets, at its limits and one beyond. */
static void pvc_setup_limits(void)
{
	static const struct {
		const char *gfi;
		uint8_t at, value;
		bool ok;
	} rows[] = {
		{"1005", 11, 1, true},	  {"1005", 11, 7, true},   {"1005", 11, 0, false},
		{"1005", 11, 8, false},	  {"1005", 12, 1, true},   {"1005", 12, 7, true},
		{"1005", 12, 0, false},	  {"1005", 12, 8, false},  {"2005", 11, 127, true},
		{"2005", 11, 128, false}, {"2005", 12, 127, true}, {"2005", 12, 128, false},
		{"1005", 13, 4, true},	  {"1005", 13, 12, true},  {"1005", 13, 3, false},
		{"1005", 13, 13, false},  {"1005", 14, 4, true},   {"1005", 14, 12, true},
		{"1005", 14, 3, false},	  {"1005", 14, 13, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t in[64];
		size_t n = test_hex(in, sizeof(in), setup);
		struct xot_pvc p;

		test_hex(in, 2, rows[i].gfi);
		in[rows[i].at] = rows[i].value;
		CU_ASSERT_EQUAL(xot_pvc_decode(&p, in, n),
				rows[i].ok ? XOT_PVC_OK : XOT_PVC_FLOW_UNSUPPORTED);
	}
}

/* 4096 octets of data and room for the header of a packet. */
static void the_longest_packet(void)
{
	static struct xot_in x;
	static uint8_t stream[4 + 4112];
	const uint8_t *data = stream, *pkt;
	size_t left = sizeof(stream), len;

	xot_in_init(&x);
	wr_put16(stream + 2, 4112);
	CU_ASSERT_EQUAL(xot_next_packet(&x, &data, &left, &pkt, &len), 1);
	CU_ASSERT_EQUAL(len, 4112);
	CU_ASSERT_EQUAL(left, 0);
	data = stream;
	left = sizeof(stream);
	wr_put16(stream + 2, 4113);
	CU_ASSERT_EQUAL(xot_next_packet(&x, &data, &left, &pkt, &len), -1);
}

/* RFC 1613 6.5: each status has its words, and no other code has any. */
static void xot_words(void)
{
	static const struct {
		unsigned first; /* of the codes that follow each other */
		const char *words[12];
	} rows[] = {
		{0x00, {"waiting to connect"}},
		{0x08,
		 {"destination disconnected", "PVC/TCP connection refused", "PVC/TCP routing error",
		  "PVC/TCP connect timed out"}},
		{0x10,
		 {"trying to connect via TCP", "awaiting PVC-SETUP reply", "connected",
		  "no such destination interface", "destination interface is not up",
		  "non-X.25 destination interface", "no such destination PVC",
		  "destination PVC configuration mismatch", "mismatched flow control values",
		  "can't support flow control values", "PVC setup protocol error"}},
	};
	const char *want[256] = {NULL};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (unsigned k = 0; rows[i].words[k]; k++)
			want[rows[i].first + k] = rows[i].words[k];
	for (unsigned i = 0; i < 256; i++)
		CU_ASSERT_STRING_EQUAL(xot_pvc_words((uint8_t)i),
				       want[i] ? want[i] : "unknown status");
}

static const struct test_case cases[] = {
	{"packets_come_out_of_any_pieces", packets_come_out_of_any_pieces},
	{"wrong_version_or_length_closes", wrong_version_or_length_closes},
	{"header", test_xot_header},
	{"pvc_setup_both_ways", pvc_setup_both_ways},
	{"pvc_setup_cut_short_or_wrong", pvc_setup_cut_short_or_wrong},
	{"rfc1613_6_5_pvc_setup_limits", pvc_setup_limits},
	{"the_longest_packet", the_longest_packet},
	{"words", xot_words},
	{NULL, NULL},
};
const struct test_suite suite_xot = {"xot", cases};
