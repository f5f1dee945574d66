/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which frames are of a capture, by the commands that begin one. */
#include "gw/operator/capture.h"
#include "tests/gw/operator/says.h"
#include "transports/kit/linktype.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CONF                                                                \
	"host-name = gw\n"                                                  \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                           \
	"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp } }\n" \
	"peer lac { port = a  service = s  hostname = lac }\n"              \
	"pool p { ranges = { \"10.64.0.0/24\" } }\n"                        \
	"service s { local = 10.64.0.1  pool = p  auth = { chap } }\n"      \
	"user ann { secret = \"a\" }\n"                                     \
	"user bob { secret = \"b\" }\n"

static const struct dp_call *match_ann, *match_bob;

static const struct dp_call *match_entry(unsigned call)
{
	for (unsigned i = 0; i < fake.calls; i++)
		if (fake.call[i].data.peer_sid == bench.call[call].sid)
			return &fake.call[i];
	return NULL;
}

static void match_begin(void)
{
	vty_begin(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE_FATAL(bench_call("ann", "a", PPP_AUTH_CHAP_MD5)->ip4);
	CU_ASSERT_TRUE_FATAL(bench_call("bob", "b", PPP_AUTH_CHAP_MD5)->ip4);
	match_ann = match_entry(0);
	match_bob = match_entry(1);
	CU_ASSERT_TRUE_FATAL(match_ann && match_bob);
}

static void match_end(void)
{
	char path[80];

	capture_free_all(bench.gw);
	snprintf(path, sizeof(path), "%s/x", vty_folder);
	unlink(path);
	vty_end();
}

/* A datagram of the peer at 192.0.2.9, or of another, port 1701, or to it. */
static void match_udp(bool outbound, uint8_t peer, uint16_t flags, uint16_t tid, uint16_t sid,
		      const char *rest)
{
	uint8_t pkt[200];
	size_t n = test_hex(pkt, sizeof(pkt),
			    "4500 0000 0000 0000 4011 0000 c0000201 c0000201 06a5 06a5 0000 0000");

	pkt[outbound ? 19 : 15] = peer;
	wr_put16(pkt + n, flags);
	wr_put16(pkt + n + 2, tid);
	wr_put16(pkt + n + 4, sid);
	n += 6 + test_hex(pkt + n + 6, sizeof(pkt) - n - 6, rest);
	wr_put16(pkt + 2, (uint16_t)n);
	wr_put16(pkt + 24, (uint16_t)(n - 20));
	capture_tap(bench.gw, 0, outbound, LINKTYPE_RAW, pkt, n, clock_us);
}

static void match_frelay(const char *hex)
{
	uint8_t frame[100];

	capture_tap(bench.gw, 1, false, LINKTYPE_FRELAY, frame, test_hex(frame, sizeof(frame), hex),
		    clock_us);
}

#define LCP  "ff03 c021 0901 0008 00000000"
#define ICMP "0021 4500 0014 0000 0000 4001 0000 0a400002 0a400001"

/* Data of ann and bob from both sides, of another peer, and control messages of the tunnel: how
 * many frames the capture has. */
static uint64_t match_counts(const char *command)
{
	uint16_t peer_tid = match_ann->data.peer_tid;

	CU_ASSERT_STRING_EQUAL(vty_says(command), "");
	match_udp(false, 9, 2, match_ann->tid, match_ann->sid, LCP);
	match_udp(true, 9, 2, peer_tid, match_ann->data.peer_sid, ICMP);
	match_udp(true, 8, 2, peer_tid, match_ann->data.peer_sid, LCP); /* its ids, by chance */
	match_udp(false, 9, 2, match_ann->tid, match_bob->sid, LCP);
	match_udp(true, 9, 2, peer_tid, match_bob->data.peer_sid, LCP);
	match_udp(false, 9, 2, match_ann->tid ^ 1u, match_ann->sid, LCP);
	/* a CDN about ann, which has no length here, and a ZLB of the tunnel */
	match_udp(false, 9, 0x8802, match_ann->tid, match_ann->sid, "0001 0001");
	match_udp(true, 9, 0x8802, peer_tid, 0, "0001 0001");
	match_frelay("1841 03 cf c021");
	match_frelay("1851 03 cf c021"); /* DLCI 101 */
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench.gw->capture);
	return bench.gw->capture->frames;
}

/* TID and SID are ann's. */
static void match_command(char *buf, size_t cap, const char *words)
{
	const char *tid = strstr(words, "TID"), *sid = strstr(words, "SID");

	if (sid)
		snprintf(buf, cap, "%.*s%u %u%s", (int)(tid - words), words, match_ann->tid,
			 match_ann->sid, sid + 3);
	else if (tid)
		snprintf(buf, cap, "%.*s%u%s", (int)(tid - words), words, match_ann->tid, tid + 3);
	else
		snprintf(buf, cap, "%s", words);
}

static uint64_t match_of(const char *words)
{
	char command[200];
	uint64_t n;

	match_begin();
	match_command(command, sizeof(command), words);
	n = match_counts(command);
	match_end();
	return n;
}

static void whose_frames(void)
{
	static const struct {
		const char *command;
		uint64_t frames;
	} rows[] = {
		{"capture call TID SID to x", 3},
		{"capture tunnel TID to x", 6},
		{"capture user ann to x", 3},
		{"capture port a to x", 8},
		{"capture a x", 8},
		{"capture circuit a 192.0.2.9:1701 to x", 7},
		{"capture circuit a 192.0.2.8:1701#0x11 to x", 1},
		{"capture circuit f 100 to x", 1},
		{"capture port f to x", 2},
		{"capture circuit f 8/48 to x", 0},
		{"capture user ann filter icmp to x", 1},
		{"capture user ann filter tcp or udp to x", 0},
		{"capture port f filter ether proto 0xc021 to x", 2},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_EQUAL(match_of(rows[i].command), rows[i].frames);
}

/* X.25 as a port taps it, from the DTE; 0 = not of a connection of XOT. */
static void match_x25_of(uint32_t connection, const char *hex)
{
	uint8_t frame[100];
	size_t n = linktype_tags_encode(frame, "x.25", true, connection);

	n += test_hex(frame + n, sizeof(frame) - n, hex);
	capture_tap(bench.gw, 0, false, LINKTYPE_UPPER_PDU, frame, n, clock_us);
}

static void match_x25(const char *hex)
{
	match_x25_of(0, hex);
}

/* Of ann's tunnel, and the first packet of her call on this LCI. */
static void match_begin_tunnel(char *data, size_t cap, unsigned lci)
{
	char command[60];

	match_begin();
	match_command(command, sizeof(command), "capture tunnel TID to x");
	CU_ASSERT_STRING_EQUAL(vty_says(command), "");
	snprintf(data, cap, "1%03x 00 0002 %04x %04x ff03 c021", lci, match_ann->tid,
		 match_ann->sid);
}

/* The first packet with its ids says which circuit it is: all of that is taken from then on, until
 * it is cleared. */
static void a_tunnel_over_x25(void)
{
	static const struct {
		const char *pkt;
		uint64_t frames;
	} rows[] = {
		{"1005 21", 0},	     {"%s", 1},	     {"1005 21", 2},
		{"1005 02 c021", 3}, {"1006 21", 3}, {"1005 13 00 00", 4},
		{"1005 17", 5},	     {"1005 21", 5}, {"1005 0b 00 00", 5},
		{"%s", 6},	     {"1005 21", 7}, {"1000 fb 00 00", 7},
		{"1005 21", 7},
	};
	char data[60];

	match_begin_tunnel(data, sizeof(data), 5);
	match_x25("1005 0b 00 00");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		match_x25(*rows[i].pkt == '%' ? data : rows[i].pkt);
		CU_ASSERT_EQUAL(bench.gw->capture->frames, rows[i].frames);
	}
	match_end();
}

/* All connections of XOT have the same number of a circuit. */
static void a_tunnel_over_xot(void)
{
	char data[60];

	match_begin_tunnel(data, sizeof(data), 1);
	match_x25_of(7, "1001 0b 00 00");
	match_x25_of(7, data);
	match_x25_of(8, "1001 0b 00 00");
	match_x25_of(8, "1001 00 c021");
	CU_ASSERT_EQUAL(bench.gw->capture->frames, 1);
	match_x25_of(7, "1234 21");
	CU_ASSERT_EQUAL(bench.gw->capture->frames, 2);
	match_end();
}

/* Without its circuit a frame is of the only one that there is. */
static void frames_without_a_circuit(void)
{
	static const uint8_t lcp[] = {0xc0, 0x21, 1};

	match_begin();
	CU_ASSERT_STRING_EQUAL(vty_says("capture circuit f 100 to x"), "");
	capture_tap(bench.gw, 1, false, LINKTYPE_PPP, lcp, sizeof(lcp), clock_us);
	CU_ASSERT_EQUAL(bench.gw->capture->frames, 1);
	match_frelay("0001 03 08 00 75");
	capture_tap(bench.gw, 1, false, 300, lcp, sizeof(lcp), clock_us);
	CU_ASSERT_EQUAL(bench.gw->capture->frames, 1);
	CU_ASSERT_STRING_EQUAL(vty_says("capture circuit a 7 to y"), "");
	capture_tap(bench.gw, 0, false, LINKTYPE_PPP, lcp, sizeof(lcp), clock_us);
	CU_ASSERT_EQUAL(bench.gw->capture->frames, 0);
	match_end();
}

/* Each says why, and taps nothing. */
static void what_cannot_be_captured(void)
{
	static const char *const rows[][2] = {
		{"capture call 1 1 to x", "% 1 1: no such call\n"},
		{"capture call 1 to x",
		 "% 1: a call is named by our Tunnel ID and our Session ID\n"},
		{"capture call 65537 1 to x",
		 "% 65537 1: a call is named by our Tunnel ID and our Session ID\n"},
		{"capture call 1 65536 to x",
		 "% 1 65536: a call is named by our Tunnel ID and our Session ID\n"},
		{"capture call 1 1 1 to x",
		 "% 1 1 1: a call is named by our Tunnel ID and our Session ID\n"},
		{"capture tunnel 1 to x", "% 1: no such tunnel\n"},
		{"capture tunnel 65537 to x", "% 65537: a tunnel is named by our Tunnel ID\n"},
		{"capture tunnel 1a to x", "% 1a: a tunnel is named by our Tunnel ID\n"},
		{"capture tunnel lac to x", "% lac: a tunnel is named by our Tunnel ID\n"},
		{"capture user eve to x", "% eve: no log-in of that name\n"},
		{"capture port z to x", "% z: no such port\n"},
		{"capture circuit z 100 to x", "% z 100: no such port\n"},
		{"capture circuit f to x",
		 "% f: a circuit is named by its port and its address there\n"},
		{"capture port a ring 1Mx17 to x", "% a: a ring has 2 to 16 files\n"},
		{"capture port a ring 1Mx1 to x", "% a: a ring has 2 to 16 files\n"},
		{"capture port a ring 1kx4 to x", "% a: files of a ring have 4k or more\n"},
		{"capture port a filter nonsense to x", "% a: *"},
	};

	match_begin();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_TRUE(vty_matches(rows[i][0], rows[i][1]));
	CU_ASSERT_PTR_NULL(bench.gw->capture);
	CU_ASSERT_EQUAL(fake_said("tap"), 0);
	fake.filter_refuses = true;
	CU_ASSERT_TRUE(vty_matches("capture port a filter icmp to x", "% a: *"));
	CU_ASSERT_EQUAL(fake_said("tap"), 0);
	match_end();
}

/* It ends by what it is of, or by its file; the port is tapped as long as one needs it. */
static void ends_by_its_name(void)
{
	char command[60];

	match_begin();
	snprintf(command, sizeof(command), "capture call %u %u to x", match_ann->tid,
		 match_ann->sid);
	CU_ASSERT_STRING_EQUAL(vty_says(command), "");
	CU_ASSERT_STRING_EQUAL(vty_says("capture user ann to y"), "");
	CU_ASSERT_STRING_EQUAL(vty_says("capture user bob to y"),
			       "% bob: a capture into this file is running\n");
	CU_ASSERT_STRING_EQUAL(vty_says("capture user ann to z"),
			       "% ann: a capture of it is running\n");
	snprintf(command, sizeof(command), "no capture call %u/%u", match_ann->tid, match_ann->sid);
	bench.gw->capture->next->lost = 1;
	CU_ASSERT_STRING_EQUAL(vty_says(command), "");
	CU_ASSERT_EQUAL(
		bench_logged("main notice: capture of call */*: 0 frames written, 1 lost, 0 *"), 1);
	CU_ASSERT_EQUAL(fake_said("tap 0 off"), 0);
	CU_ASSERT_STRING_EQUAL(vty_says("no capture y"), "");
	CU_ASSERT_EQUAL(fake_said("tap 0 off"), 1);
	CU_ASSERT_STRING_EQUAL(vty_says("no capture user ann"), "% No capture of user ann\n");
	match_end();
}

/* A port may be captured into a file that has the name of another one. */
static void a_name_before_a_file(void)
{
	match_begin();
	CU_ASSERT_STRING_EQUAL(vty_says("capture f a"), "");
	CU_ASSERT_STRING_EQUAL(vty_says("capture a x"), "");
	CU_ASSERT_STRING_EQUAL(vty_says("no capture a"), "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench.gw->capture);
	CU_ASSERT_STRING_EQUAL(bench.gw->capture->what, "port f");
	CU_ASSERT_STRING_EQUAL(vty_says("no capture a"), "");
	CU_ASSERT_PTR_NULL(bench.gw->capture);
	/* in the other order */
	CU_ASSERT_STRING_EQUAL(vty_says("capture a x"), "");
	CU_ASSERT_STRING_EQUAL(vty_says("capture f a"), "");
	CU_ASSERT_STRING_EQUAL(vty_says("no capture a"), "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench.gw->capture);
	CU_ASSERT_STRING_EQUAL(bench.gw->capture->what, "port f");
	match_end();
}

static void as_many_as_there_are(void)
{
	char command[60];

	match_begin();
	for (unsigned i = 0; i < CAPTURES; i++) {
		snprintf(command, sizeof(command), "capture circuit f %u to x%u", i, i);
		CU_ASSERT_STRING_EQUAL(vty_says(command), "");
	}
	CU_ASSERT_STRING_EQUAL(vty_says("capture a x"), "% a: as many as can be are running\n");
	match_end();
}

struct match_said {
	unsigned n;
	char text[2][CAPTURE_COMMENT];
};

/* Comments of blocks of frames, by hand and in this machine's order: option 1 behind epb_flags. */
static void match_comments(struct match_said *said)
{
	static uint32_t words[2048];
	char path[80];
	size_t n;
	FILE *in;

	snprintf(path, sizeof(path), "%s/x", vty_folder);
	in = fopen(path, "rb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	n = fread(words, 4, 2048, in);
	fclose(in);
	said->n = 0;
	for (size_t at = 0; at + 3 <= n; at += words[at + 1] / 4) {
		const uint32_t *option;
		uint16_t head[2];

		if (words[at] != 6)
			continue;
		option = &words[at + 7 + (words[at + 5] + 3) / 4 + 2];
		memcpy(head, option, sizeof(head));
		if (head[0] == 1)
			snprintf(said->text[said->n++ % 2], CAPTURE_COMMENT, "%.*s", head[1],
				 (const char *)(option + 1));
	}
}

/* Where it is noted that a call has been named. */
static uint32_t match_place(const struct dp_call *c)
{
	static const struct capture *none;
	uint32_t key = (uint32_t)c->tid << 16 | c->sid;

	return (key ^ key >> 16) % (sizeof(none->seen) / sizeof(none->seen[0]));
}

static void comments_name_calls(void)
{
	struct match_said said;
	char want[300];

	match_begin();
	while (match_place(match_ann) == match_place(match_bob)) { /* it would be named again */
		match_end();
		match_begin();
	}
	snprintf(want, sizeof(want), "capture call %u %u to x", match_ann->tid, match_ann->sid);
	match_counts(want);
	capture_free_all(bench.gw);
	match_comments(&said);
	CU_ASSERT_EQUAL(said.n, 1);
	snprintf(want, sizeof(want),
		 "call %u/%u, tunnel %u of peer lac, user ann, join call %u/%u = server",
		 match_ann->tid, match_ann->sid, match_ann->tid, match_ann->tid, match_ann->sid);
	CU_ASSERT_STRING_EQUAL(said.text[0], want);
	unlink(strcat(strcpy(want, vty_folder), "/x"));
	/* of a port each call is named once */
	match_counts("capture a x");
	match_udp(false, 9, 2, match_ann->tid, match_ann->sid, LCP);
	capture_free_all(bench.gw);
	match_comments(&said);
	CU_ASSERT_EQUAL(said.n, 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(said.text[1], "user bob"));
	match_end();
}

static const struct test_case cases[] = {
	{"whose_frames", whose_frames},
	{"a_tunnel_over_x25", a_tunnel_over_x25},
	{"a_tunnel_over_xot", a_tunnel_over_xot},
	{"frames_without_a_circuit", frames_without_a_circuit},
	{"what_cannot_be_captured", what_cannot_be_captured},
	{"ends_by_its_name", ends_by_its_name},
	{"a_name_before_a_file", a_name_before_a_file},
	{"as_many_as_there_are", as_many_as_there_are},
	{"comments_name_calls", comments_name_calls},
	{NULL, NULL},
};
const struct test_suite suite_capture_match = {"capture_match", cases};
