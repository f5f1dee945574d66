/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests as octets, typed by hand, and what is none. */
#include "gw/keeper/opener.h"
#include "tests/harness.h"

#include <string.h>

static const struct {
	struct ist_open what;
	const char *hex;
} opens[] = {
	{{.kind = IST_OPEN_PACKET, .name = "eth1"}, "01 00000000 04 65746831"},
	{{.kind = IST_OPEN_TUN, .name = "i%d", .flags = IST_OPEN_NO_ADDRESS, .mtu = 1400},
	 "02 0578 0000 00000004 03 692564"},
	{{.kind = IST_OPEN_TUN,
	  .name = "x",
	  .flags = IST_OPEN_HEAD | IST_OPEN_UP,
	  .mtu = 4200,
	  .type = 271},
	 "02 1068 010f 00000003 01 78"},
	{{.kind = IST_OPEN_TAP, .name = "t", .flags = IST_OPEN_UP}, "03 0000 0000 00000002 01 74"},
	{{.kind = IST_OPEN_TTY, .name = "/d"}, "04 00000000 02 2f64"},
	{{.kind = IST_OPEN_READ, .name = "/r"}, "05 00000000 02 2f72"},
	{{.kind = IST_OPEN_WRITE, .name = "/w", .flags = IST_OPEN_NO_LINK}, "06 00000010 02 2f77"},
	{{.kind = IST_OPEN_UDP,
	  .family = 4,
	  .ip = {192, 0, 2, 1},
	  .port = 1701,
	  .receive = 0x00100000,
	  .send = 0x7fffffff,
	  .flags = IST_OPEN_DESTINATION},
	 "07 04 c0000201 00000000 00000000 00000000 06a5 00000000 00100000 7fffffff 00000008"},
	{{.kind = IST_OPEN_LISTEN,
	  .family = 6,
	  .ip = {0xfe, 0x80},
	  .port = 1998,
	  .scope = 3,
	  .backlog = 4096},
	 "08 06 fe800000 00000000 00000000 00000000 07ce 00000003 00001000 00000000"},
};

static void opens_come_as_they_were_sent(void)
{
	for (size_t i = 0; i < sizeof(opens) / sizeof(opens[0]); i++) {
		struct ist_open what = opens[i].what, out;
		uint8_t body[400], want[400];
		struct wr w = wr_init(body, sizeof(body));
		size_t n = test_hex(want, sizeof(want), opens[i].hex);
		struct rd r;

		what.size = sizeof(what);
		opener_put_open(&w, &what);
		ASSERT_OCTETS(body, w.len, want, n);
		r = rd_init(body, w.len);
		CU_ASSERT_TRUE(opener_get_open(&r, &out));
		CU_ASSERT(!memcmp(&what, &out, sizeof(out)));
		for (size_t cut = 0; cut < w.len; cut++) {
			r = rd_init(body, cut);
			CU_ASSERT_FALSE(opener_get_open(&r, &out));
		}
		body[w.len] = 0;
		r = rd_init(body, w.len + 1);
		CU_ASSERT_FALSE(opener_get_open(&r, &out));
	}
}

static bool open_read(const char *hex)
{
	uint8_t body[64];
	struct rd r = rd_init(body, test_hex(body, sizeof(body), hex));
	struct ist_open out;

	return opener_get_open(&r, &out);
}

static void opens_that_are_none(void)
{
	CU_ASSERT_FALSE(open_read("00 00000000 04 65746831")); /* no kind */
	CU_ASSERT_FALSE(open_read("09 00000000 04 65746831"));
	CU_ASSERT_FALSE(open_read("ff 00000000 04 65746831"));
	CU_ASSERT_FALSE(open_read("01 00000002 04 65746831"));	   /* a flag of others */
	CU_ASSERT_FALSE(open_read("01 00000080 04 65746831"));	   /* a flag of nobody */
	CU_ASSERT_FALSE(open_read("01 00000000 00"));		   /* no name */
	CU_ASSERT_FALSE(open_read("01 00000000 04 65740031"));	   /* a NUL in it */
	CU_ASSERT_FALSE(open_read("02 0043 0000 00000004 01 78")); /* MTU 67 */
	CU_ASSERT_TRUE(open_read("02 0044 0000 00000004 01 78"));
	/* 15 octets are a device, 16 are none */
	CU_ASSERT_TRUE(open_read("01 00000000 0f 616161616161616161616161616161"));
	CU_ASSERT_FALSE(open_read("01 00000000 10 61616161616161616161616161616161"));
	/* no family; more than an int in a buffer */
#define ADDRESS "c0000201 00000000 00000000 00000000 06a5 00000000"
	CU_ASSERT_TRUE(open_read("07 04 " ADDRESS " 00000000 00000000 00000000"));
	CU_ASSERT_FALSE(open_read("07 05 " ADDRESS " 00000000 00000000 00000000"));
	CU_ASSERT_FALSE(open_read("07 04 " ADDRESS " 80000000 00000000 00000000"));
	CU_ASSERT_FALSE(open_read("07 04 " ADDRESS " 00000000 80000000 00000000"));
	CU_ASSERT_FALSE(open_read("08 04 " ADDRESS " 80000000 00000000"));
}

static void longest_names(void)
{
	struct ist_open w = {.size = sizeof(w), .kind = IST_OPEN_TTY}, out;
	uint8_t body[400];
	struct wr wr = wr_init(body, sizeof(body));
	struct rd r;

	memset(w.name, 'n', sizeof(w.name) - 1);
	opener_put_open(&wr, &w);
	r = rd_init(body, wr.len);
	CU_ASSERT(!wr.bad && opener_get_open(&r, &out) && !memcmp(&w, &out, sizeof(w)));
	w.name[sizeof(w.name) - 1] = 'n';
	wr = wr_init(body, sizeof(body));
	opener_put_open(&wr, &w);
	CU_ASSERT(wr.bad);
	w.kind = IST_OPEN_KINDS;
	wr = wr_init(body, sizeof(body));
	opener_put_open(&wr, &w);
	CU_ASSERT(wr.bad);
}

static const struct {
	struct opener_change c;
	const char *hex;
} changes[] = {
	{{.kind = OPENER_LINK, .add = true, .mtu = 1400, .device = "d"}, "01 0578 01 64"},
	{{.kind = OPENER_LINK, .device = "fifteen-octets-"},
	 "00 0000 0f 6669667465656e2d6f63746574732d"},
	{{.kind = OPENER_ADDRESS,
	  .add = true,
	  .net = {false, 32, {[12] = 10, 0, 0, 1}},
	  .device = "d"},
	 "01 00 00 20 00000000 00000000 00000000 0a000001 01 64"},
	{{.kind = OPENER_ADDRESS,
	  .net = {true, 128, {0xfe, 0x80, [15] = 1}},
	  .has_peer = true,
	  .peer = {true, 128, {0xfe, 0x80, [15] = 2}},
	  .device = "d"},
	 "00 01 01 80 fe800000 00000000 00000000 00000001 01 80 fe800000 00000000 00000000 "
	 "00000002 "
	 "01 64"},
	{{.kind = OPENER_ROUTE, .add = true, .net = {false, 12, {[12] = 10, 64}}, .device = "d"},
	 "01 00 0c 00000000 00000000 00000000 0a400000 01 64"},
};

static void changes_come_as_they_were_sent(void)
{
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		const struct opener_change *c = &changes[i].c;
		struct opener_change out;
		uint8_t body[100], want[100];
		struct wr w = wr_init(body, sizeof(body));
		size_t n = test_hex(want, sizeof(want), changes[i].hex);
		struct rd r;

		opener_put_change(&w, c);
		ASSERT_OCTETS(body, w.len, want, n);
		r = rd_init(body, w.len);
		CU_ASSERT_TRUE(opener_get_change(&r, c->kind, &out));
		CU_ASSERT(out.kind == c->kind && out.add == c->add && out.mtu == c->mtu &&
			  out.has_peer == c->has_peer);
		CU_ASSERT(!memcmp(&out.net, &c->net, sizeof(c->net)) &&
			  !memcmp(&out.peer, &c->peer, sizeof(c->peer)));
		CU_ASSERT_STRING_EQUAL(out.device, c->device);
		for (size_t cut = 0; cut < w.len; cut++) {
			r = rd_init(body, cut);
			CU_ASSERT_FALSE(opener_get_change(&r, c->kind, &out));
		}
		body[w.len] = 0;
		r = rd_init(body, w.len + 1);
		CU_ASSERT_FALSE(opener_get_change(&r, c->kind, &out));
	}
}

static bool change_read(enum opener_kind kind, const char *hex)
{
	uint8_t body[64];
	struct rd r = rd_init(body, test_hex(body, sizeof(body), hex));
	struct opener_change out;

	return opener_get_change(&r, kind, &out);
}

static void changes_that_are_none(void)
{
#define NET4 "00000000 00000000 00000000 0a000001"
#define NET6 "fe800000 00000000 00000000 00000001"
	CU_ASSERT_FALSE(change_read(OPENER_LINK, "02 0578 01 64"));
	CU_ASSERT_FALSE(change_read(OPENER_LINK, "01 0043 01 64"));
	CU_ASSERT_FALSE(change_read(OPENER_LINK, "01 0578 00"));
	CU_ASSERT_FALSE(change_read(OPENER_LINK, "01 0578 02 6400"));
	CU_ASSERT_FALSE(change_read(OPENER_LINK, "01 0578 10 61616161616161616161616161616161"));
	CU_ASSERT_TRUE(change_read(OPENER_ROUTE, "01 00 20 " NET4 " 01 64"));
	CU_ASSERT_FALSE(change_read(OPENER_ROUTE, "01 00 21 " NET4 " 01 64"));
	CU_ASSERT_FALSE(change_read(OPENER_ROUTE, "01 02 20 " NET4 " 01 64"));
	CU_ASSERT_TRUE(change_read(OPENER_ROUTE, "01 01 80 " NET6 " 01 64"));
	CU_ASSERT_FALSE(change_read(OPENER_ROUTE, "01 01 81 " NET6 " 01 64"));
	CU_ASSERT_FALSE(change_read(OPENER_ADDRESS, "01 02 00 20 " NET4 " 01 64"));
	/* ends of two families */
	CU_ASSERT_FALSE(change_read(OPENER_ADDRESS, "01 01 00 20 " NET4 " 01 80 " NET6 " 01 64"));
}

static const struct test_case cases[] = {
	{"opens_come_as_they_were_sent", opens_come_as_they_were_sent},
	{"opens_that_are_none", opens_that_are_none},
	{"longest_names", longest_names},
	{"changes_come_as_they_were_sent", changes_come_as_they_were_sent},
	{"changes_that_are_none", changes_that_are_none},
	{NULL, NULL},
};
const struct test_suite suite_opener_body = {"opener_body", cases};
