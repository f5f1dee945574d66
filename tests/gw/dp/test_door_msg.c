/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The messages of the door.  What they look like is typed out for some; the rest must come back
 * member by member.  What does not fit its range is neither written nor read.
 */
#include "core/bytes.h"
#include "tests/gw/dp/door_samples.h"
#include "tests/harness.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <pcap/bpf.h> /* last: it needs the types of sys/types.h */

#define CAP 4096u

/* A new member needs a field in door_msg.c and a value in door_samples.c. */
#if UINTPTR_MAX > 0xffffffffu
_Static_assert(sizeof(struct dp_call) == 168, "struct dp_call has changed");
_Static_assert(sizeof(struct l2tp_data_config) == 24, "struct l2tp_data_config has changed");
_Static_assert(sizeof(struct ist_attrs) == 232, "struct ist_attrs has changed");
_Static_assert(sizeof(struct ist_port_config) == 48, "struct ist_port_config has changed");
_Static_assert(sizeof(struct ist_circuit_config) == 88, "struct ist_circuit_config has changed");
_Static_assert(sizeof(struct ist_cause) == 16, "struct ist_cause has changed");
_Static_assert(sizeof(struct ist_fill) == 24, "struct ist_fill has changed");
#endif

struct trip {
	uint8_t octets[CAP];
	size_t len;
	void *room;
	struct door_msg out;
};

static void door_trip(struct trip *t, const struct door_msg *m)
{
	t->len = door_msg_encode(m, t->octets, sizeof(t->octets));
	CU_ASSERT_FATAL(t->len >= DOOR_MSG_HEAD);
	t->room = calloc(1, door_msg_room(t->len));
	CU_ASSERT_TRUE_FATAL(door_msg_decode(&t->out, door_sample_way(m->kind), t->octets, t->len,
					     t->room, door_msg_room(t->len)));
	CU_ASSERT_EQUAL(t->out.kind, m->kind);
	CU_ASSERT_EQUAL(t->out.no, m->no);
}

static void door_trip_of(struct trip *t, struct door_msg *m, unsigned kind)
{
	door_sample(m, kind);
	door_trip(t, m);
}

static bool door_reads(enum door_way way, const uint8_t *octets, size_t len)
{
	size_t room_len = door_msg_room(len);
	void *copy = malloc(len + 1), *room = malloc(room_len + 1);
	struct door_msg m;
	bool ok;

	memcpy(copy, octets, len);
	ok = door_msg_decode(&m, way, copy, len, room, room_len);
	free(copy);
	free(room);
	return ok;
}

/* --- as octets -------------------------------------------------------------------------------- */

static const struct {
	unsigned kind;
	const char *hex;
} octets[] = {
	{DOOR_MARK, "0002 00000000 a1a2a3a4a5a6a7a8"},
	{DOOR_CALL_DEL, "0004 00000004 a1a2a3a4a5a6a7a8 0102 0304"},
	{DOOR_FILTER_ADD, "0005 00000018 a1a2a3a4a5a6a7a8 01020304 00000002"
			  "0028 01 02 0000000c 0006 00 00 0000ffff"},
	{DOOR_TUN_OPEN, "0007 0000000a a1a2a3a4a5a6a7a8 0004 74756e30 00 0578 01"},
	{DOOR_TUN_ROUTE,
	 "0009 00000012 a1a2a3a4a5a6a7a8 00000007 01 30 20010db800010000 0102 0304"},
	{DOOR_PORT_OPEN,
	 "000a 00000071 a1a2a3a4a5a6a7a8 000000ff 0000000f 000b 6672616d652d72656c6179 00"
	 "0003 667230 00 00000002 0004 62696e64 00 0009 3139322e302e322e31 00 0003 67726f 00"
	 "0003 796573 00 00000002 0003 010203 00000002 00000002 0003 636972 00"
	 "0005 3634303030 00 0002 6265 00 0000 00 0001 10 00000006 00000000"},
	{DOOR_DONE, "0013 00000015 a1a2a3a4a5a6a7a8 ffffffea 000e 6e6f207375636820646576696365 00"},
	{DOOR_DOWN, "001c 00000026 a1a2a3a4a5a6a7a8 00000003 0102030405060708 00000004 0a0b0c0d"
		    "01 06 11 43 000b 6e756d6265722062757379 00"},
};

static void door_octets(void)
{
	struct door_msg m;
	uint8_t want[256], got[256];

	for (size_t i = 0; i < sizeof(octets) / sizeof(octets[0]); i++) {
		size_t len = test_hex(want, sizeof(want), octets[i].hex);

		door_sample(&m, octets[i].kind);
		ASSERT_OCTETS(got, door_msg_encode(&m, got, sizeof(got)), want, len);
		CU_ASSERT_TRUE(door_reads(door_sample_way(octets[i].kind), want, len));
	}
}

static void door_no_text_is_no_empty_text(void)
{
	struct door_msg m;
	struct trip t;
	uint8_t want[64];
	size_t len = test_hex(want, sizeof(want), "0013 00000006 0000000000000001 00000000 ffff");

	memset(&m, 0, sizeof(m));
	m.kind = DOOR_DONE;
	m.no = 1;
	door_trip(&t, &m);
	ASSERT_OCTETS(t.octets, t.len, want, len);
	CU_ASSERT_PTR_NULL(t.out.answer.words);
	free(t.room);
	m.answer.words = "";
	door_trip(&t, &m);
	CU_ASSERT_STRING_EQUAL(t.out.answer.words, "");
	free(t.room);
}

/* --- member by member ------------------------------------------------------------------------- */

static void door_call_set(void)
{
	struct door_msg m;
	struct trip t;

	door_trip_of(&t, &m, DOOR_CALL_SET);
	CU_ASSERT_EQUAL(memcmp(&t.out.call_set.call, &m.call_set.call, sizeof(struct dp_call)), 0);
	CU_ASSERT_EQUAL(memcmp(t.out.call_set.link, m.call_set.link, sizeof(m.call_set.link)), 0);
	CU_ASSERT_EQUAL(t.out.call_set.slot, 0x0f4240);
	free(t.room);
}

/* Most calls are no bundles: links that there are not take no room. */
static void door_links_of_a_bundle_only(void)
{
	struct door_msg m;
	struct trip t;
	size_t len;

	door_trip_of(&t, &m, DOOR_CALL_SET);
	len = t.len;
	free(t.room);
	m.call_set.call.bundle.mrru = 0;
	door_trip(&t, &m);
	CU_ASSERT_EQUAL(len - t.len, MP_LINKS * (2 + 2 + 4));
	CU_ASSERT_EQUAL(t.out.call_set.link[0].sid, 0);
	CU_ASSERT_EQUAL(t.out.call_set.slot, 0x0f4240);
	free(t.room);
}

static void door_attach(void)
{
	struct door_msg m;
	struct trip t;

	door_trip_of(&t, &m, DOOR_ATTACH);
	CU_ASSERT_EQUAL(t.out.attach.version, DOOR_MSG_VERSION);
	CU_ASSERT_TRUE(t.out.attach.lines);
	free(t.room);
}

static void door_filter(void)
{
	struct door_msg m;
	struct trip t;

	door_trip_of(&t, &m, DOOR_FILTER_ADD);
	CU_ASSERT_EQUAL(t.out.filter.no, 0x01020304);
	CU_ASSERT_EQUAL_FATAL(t.out.filter.insns, 2);
	CU_ASSERT_EQUAL(memcmp(t.out.filter.insn, m.filter.insn, 2 * sizeof(struct bpf_insn)), 0);
	free(t.room);
}

static void door_numbers(void)
{
	static const unsigned kinds[] = {DOOR_FILTER_DEL, DOOR_TUN_CLOSE, DOOR_PORT_CLOSE};
	struct door_msg m;
	struct trip t;

	for (size_t i = 0; i < 3; i++) {
		door_trip_of(&t, &m, kinds[i]);
		CU_ASSERT_EQUAL(t.out.number.no, 0xff);
		free(t.room);
	}
	door_trip_of(&t, &m, DOOR_CALL_DEL);
	CU_ASSERT_EQUAL(t.out.leg.tid, 0x0102);
	CU_ASSERT_EQUAL(t.out.leg.sid, 0x0304);
	free(t.room);
}

static void door_tun(void)
{
	struct door_msg m;
	struct trip t;

	door_trip_of(&t, &m, DOOR_TUN_OPEN);
	CU_ASSERT_STRING_EQUAL(t.out.tun_open.name, "tun0");
	CU_ASSERT_EQUAL(t.out.tun_open.mtu, 1400);
	CU_ASSERT_EQUAL(t.out.tun_open.offload, DP_TUN_TCP);
	free(t.room);
	door_trip_of(&t, &m, DOOR_TUN_ROUTE);
	CU_ASSERT_EQUAL(t.out.tun_route.no, 7);
	CU_ASSERT_TRUE(t.out.tun_route.to.v6);
	CU_ASSERT_EQUAL(t.out.tun_route.to.bits, 48);
	CU_ASSERT_EQUAL(t.out.tun_route.to.top, 0x20010db800010000);
	CU_ASSERT_EQUAL(t.out.tun_route.tid, 0x0102);
	CU_ASSERT_EQUAL(t.out.tun_route.sid, 0x0304);
	free(t.room);
}

static void door_same_settings(const struct ist_setting *got, unsigned n,
			       const struct ist_setting *want, unsigned wanted)
{
	CU_ASSERT_EQUAL_FATAL(n, wanted);
	for (unsigned i = 0; i < n; i++) {
		CU_ASSERT_STRING_EQUAL(got[i].key, want[i].key);
		CU_ASSERT_STRING_EQUAL(got[i].value, want[i].value);
	}
}

static void door_port_open(void)
{
	struct door_msg m;
	struct trip t;
	const struct ist_port_config *got = &t.out.port_open.cfg, *want = &m.port_open.cfg;

	door_trip_of(&t, &m, DOOR_PORT_OPEN);
	CU_ASSERT_EQUAL(t.out.port_open.port, 255);
	CU_ASSERT_EQUAL(t.out.port_open.worker, 15);
	CU_ASSERT_STRING_EQUAL(t.out.port_open.transport, "frame-relay");
	CU_ASSERT_EQUAL(got->size, sizeof(*got));
	CU_ASSERT_STRING_EQUAL(got->name, "fr0");
	door_same_settings(got->setting, got->settings, want->setting, 2);
	CU_ASSERT_EQUAL_FATAL(got->circuits, 2);
	for (unsigned i = 0; i < 2; i++) {
		const struct ist_circuit_config *c = &got->circuit[i], *w = &want->circuit[i];

		CU_ASSERT_EQUAL(memcmp(&c->addr, &w->addr, sizeof(w->addr)), 0);
		CU_ASSERT_EQUAL(c->payloads, w->payloads);
		door_same_settings(c->setting, c->settings, w->setting, w->settings);
	}
	free(t.room);
}

static void door_port_asks(void)
{
	struct door_msg m;
	struct trip t;

	for (unsigned kind = DOOR_PORT_COUNT; kind <= DOOR_PORT_FILL; kind++) {
		door_trip_of(&t, &m, kind);
		CU_ASSERT_EQUAL(t.out.port_ask.port, 3);
		CU_ASSERT_EQUAL(t.out.port_ask.n, 64);
		free(t.room);
	}
	door_trip_of(&t, &m, DOOR_PORT_OFFLOADS);
	CU_ASSERT(t.out.port_ask.port == 3 && t.out.port_ask.n == 64);
	free(t.room);
	door_trip_of(&t, &m, DOOR_PORT_TAP);
	CU_ASSERT_EQUAL(t.out.port_tap.port, 3);
	CU_ASSERT_TRUE(t.out.port_tap.on);
	free(t.room);
	door_trip_of(&t, &m, DOOR_CONNECT);
	CU_ASSERT_EQUAL(t.out.connect.port, 3);
	CU_ASSERT_EQUAL(memcmp(&t.out.connect.to, &m.connect.to, sizeof(struct ist_addr)), 0);
	CU_ASSERT_STRING_EQUAL(t.out.connect.sub_address, "12");
	CU_ASSERT_EQUAL(t.out.connect.payload, IST_PAYLOAD_PPP);
	free(t.room);
	door_trip_of(&t, &m, DOOR_RESUME);
	CU_ASSERT_EQUAL(t.out.connect.port, 3);
	CU_ASSERT_EQUAL(memcmp(&t.out.connect.to, &m.connect.to, sizeof(struct ist_addr)), 0);
	CU_ASSERT_EQUAL(t.out.connect.payload, IST_PAYLOAD_PPP);
	ASSERT_OCTETS(t.out.connect.ticket, t.out.connect.ticket_len, "t\0t", 3);
	free(t.room);
}

static void door_bad_lines(void)
{
	const struct dp_impair_row *row;
	struct door_msg m;
	struct trip t;

	door_trip_of(&t, &m, DOOR_IMPAIR);
	CU_ASSERT(t.out.impair.port == 3 && t.out.impair.way == DP_IMPAIR_OUT);
	CU_ASSERT(t.out.impair.off && t.out.impair.configured);
	ASSERT_OCTETS(t.out.impair.circuit.data, t.out.impair.circuit.len, "abc", 3);
	CU_ASSERT_EQUAL(memcmp(&t.out.impair.set, &m.impair.set, sizeof(struct dp_impair)), 0);
	CU_ASSERT_EQUAL(t.out.impair.set.rate, 64000);
	free(t.room);
	door_trip_of(&t, &m, DOOR_IMPAIR_ROWS);
	CU_ASSERT(t.out.port_ask.port == 3 && t.out.port_ask.n == DP_IMPAIR_ROWS);
	free(t.room);
	door_trip_of(&t, &m, DOOR_IMPAIRED);
	CU_ASSERT_EQUAL_FATAL(t.out.answer.impair_rows, 2);
	row = t.out.answer.impair_row;
	CU_ASSERT(row->on && row->configured && row->way == DP_IMPAIR_OUT);
	CU_ASSERT(row->set.left == 59000000 && row->n[DP_IMPAIR_FRAMES] == 9);
	CU_ASSERT(row[1].set.loss == 1 && !row[1].on);
	free(t.room);
}

static void door_lines(void)
{
	struct door_msg m;
	struct trip t;

	door_trip_of(&t, &m, DOOR_LINE_ACCM);
	CU_ASSERT_EQUAL(t.out.line.channel, UINT64_C(0x400000009));
	CU_ASSERT_EQUAL(t.out.line.send, 0x000a0000);
	CU_ASSERT_EQUAL(t.out.line.receive, 0xffffffff);
	free(t.room);
	door_trip_of(&t, &m, DOOR_LINE_ERRORS);
	CU_ASSERT_EQUAL(t.out.line.channel, UINT64_C(0x400000009));
	free(t.room);
}

static void door_answers(void)
{
	struct door_msg m;
	struct trip t;

	for (unsigned kind = DOOR_DONE; kind <= DOOR_STATUS; kind += DOOR_STATUS - DOOR_DONE) {
		door_trip_of(&t, &m, kind);
		CU_ASSERT_EQUAL(t.out.answer.rc, -EINVAL);
		CU_ASSERT_STRING_EQUAL(t.out.answer.words, "no such device");
		free(t.room);
	}
	door_trip_of(&t, &m, DOOR_TUN);
	CU_ASSERT_EQUAL(t.out.answer.no, 9);
	CU_ASSERT_STRING_EQUAL(t.out.answer.words, "tun3");
	free(t.room);
	door_trip_of(&t, &m, DOOR_CONNECTED);
	CU_ASSERT_EQUAL(t.out.answer.channel, UINT64_C(0x400000009));
	CU_ASSERT_EQUAL(memcmp(&t.out.answer.peer, &m.answer.peer, sizeof(struct ist_addr)), 0);
	CU_ASSERT_EQUAL(memcmp(&t.out.answer.local, &m.answer.local, sizeof(struct ist_addr)), 0);
	CU_ASSERT_EQUAL(t.out.answer.mtu, 1472);
	CU_ASSERT_TRUE(t.out.answer.permanent);
	free(t.room);
}

static void door_answers_of_numbers(void)
{
	struct door_msg m;
	struct trip t;

	door_trip_of(&t, &m, DOOR_COUNTS_ARE);
	CU_ASSERT_EQUAL_FATAL(t.out.answer.counts, 3);
	CU_ASSERT_EQUAL(memcmp(t.out.answer.count, m.answer.count, 3 * sizeof(uint64_t)), 0);
	free(t.room);
	door_trip_of(&t, &m, DOOR_ERRORS);
	CU_ASSERT_EQUAL(memcmp(t.out.answer.error, m.answer.error, sizeof(m.answer.error)), 0);
	free(t.room);
	door_trip_of(&t, &m, DOOR_FILLS_ARE);
	CU_ASSERT_EQUAL(t.out.answer.rc, 2);
	CU_ASSERT_EQUAL_FATAL(t.out.answer.fills, 2);
	CU_ASSERT_STRING_EQUAL(t.out.answer.fill[0].words, "sessions");
	CU_ASSERT_STRING_EQUAL(t.out.answer.fill[1].words, "hosts");
	CU_ASSERT_EQUAL(t.out.answer.fill[1].taken, 5);
	CU_ASSERT_EQUAL(t.out.answer.fill[1].most, 6);
	CU_ASSERT_EQUAL(t.out.answer.fill[1].worst, 7);
	CU_ASSERT_EQUAL(t.out.answer.fill[1].each_most, 8);
	free(t.room);
	door_trip_of(&t, &m, DOOR_OFFLOADS_ARE);
	CU_ASSERT_EQUAL(t.out.answer.rc, 2);
	CU_ASSERT_EQUAL_FATAL(t.out.answer.offload_rows, 2);
	CU_ASSERT_STRING_EQUAL(t.out.answer.offload_row[0].words, "magic");
	CU_ASSERT_EQUAL(t.out.answer.offload_row[0].state, IST_OFFLOAD_SMALLER);
	CU_ASSERT_EQUAL(t.out.answer.offload_row[0].asked, 1ull << 40);
	CU_ASSERT_EQUAL(t.out.answer.offload_row[0].got, 9);
	CU_ASSERT_STRING_EQUAL(t.out.answer.offload_row[0].hint, "a wand");
	CU_ASSERT_EQUAL(t.out.answer.offload_row[1].err, 12);
	CU_ASSERT_PTR_NULL(t.out.answer.offload_row[1].hint);
	free(t.room);
}

/* --- reports ---------------------------------------------------------------------------------- */

static void door_same_head(const struct door_msg *got)
{
	CU_ASSERT_EQUAL(got->report.port, 3);
	CU_ASSERT_EQUAL(got->report.when, 0x0102030405060708);
}

static void door_same_attrs(const struct ist_attrs *a)
{
	CU_ASSERT_EQUAL(a->size, sizeof(*a));
	CU_ASSERT_EQUAL(a->payload, IST_PAYLOAD_L2TP);
	CU_ASSERT_EQUAL(a->permanent, 1);
	ASSERT_OCTETS(a->local.data, a->local.len, "\1\2", 2);
	ASSERT_OCTETS(a->peer.data, a->peer.len, "\4\5\6", 3);
	CU_ASSERT_STRING_EQUAL(a->called, "31103");
	CU_ASSERT_STRING_EQUAL(a->calling, "31104");
	ASSERT_OCTETS(a->user_data, a->user_data_len, "\0user", 5);
	CU_ASSERT_EQUAL(a->tx_bps, 0x1112131415161718);
	CU_ASSERT_EQUAL(a->rx_bps, 0x2122232425262728);
	CU_ASSERT_EQUAL(a->number, 0x31323334);
	CU_ASSERT_EQUAL(a->async, 1);
	ASSERT_OCTETS(a->access_line, a->access_line_len, "\1\2ab", 4);
	CU_ASSERT_STRING_EQUAL(a->sub_address, "77");
	ASSERT_OCTETS(a->ticket, a->ticket_len, "t\0t", 3);
}

static void door_reports_with_attributes(void)
{
	struct door_msg m;
	struct trip t;

	for (unsigned kind = DOOR_OFFER; kind <= DOOR_UP; kind++) {
		door_trip_of(&t, &m, kind);
		door_same_head(&t.out);
		CU_ASSERT_EQUAL(t.out.report.channel, UINT64_C(0x40a0b0c0d));
		CU_ASSERT_EQUAL(t.out.report.mtu, 1500);
		door_same_attrs(&t.out.report.attrs);
		free(t.room);
	}
}

static void door_attributes_that_are_not_there(void)
{
	struct door_msg m;
	struct trip t;
	const struct ist_attrs *a = &t.out.report.attrs;

	door_sample(&m, DOOR_UP);
	m.report.attrs = (struct ist_attrs){.payload = IST_PAYLOAD_PPP};
	door_trip(&t, &m);
	CU_ASSERT_EQUAL(a->size, sizeof(*a));
	CU_ASSERT_TRUE(!a->called && !a->calling && !a->user_data && !a->access_line);
	CU_ASSERT_TRUE(!a->user_data_len && !a->access_line_len && !a->sub_address);
	free(t.room);
}

static void door_reports(void)
{
	struct door_msg m;
	struct trip t;

	door_trip_of(&t, &m, DOOR_DOWN);
	door_same_head(&t.out);
	CU_ASSERT_EQUAL(t.out.report.channel, UINT64_C(0x40a0b0c0d));
	CU_ASSERT_TRUE(t.out.report.forever);
	CU_ASSERT_EQUAL(t.out.report.cause.kind, IST_CAUSE_REFUSED);
	CU_ASSERT_EQUAL(t.out.report.cause.cause, 17);
	CU_ASSERT_EQUAL(t.out.report.cause.diagnostic, 0x43);
	CU_ASSERT_STRING_EQUAL(t.out.report.cause.words, "number busy");
	free(t.room);
	door_trip_of(&t, &m, DOOR_MTU);
	door_same_head(&t.out);
	CU_ASSERT_EQUAL(t.out.report.channel, UINT64_C(0x40a0b0c0d));
	CU_ASSERT_EQUAL(t.out.report.mtu, 1400);
	free(t.room);
	door_trip_of(&t, &m, DOOR_GONE);
	door_same_head(&t.out);
	CU_ASSERT_EQUAL(t.out.report.channel, UINT64_C(0x40a0b0c0d));
	free(t.room);
	door_trip_of(&t, &m, DOOR_FAILED);
	door_same_head(&t.out);
	CU_ASSERT_EQUAL(t.out.report.err, -EIO);
	CU_ASSERT_STRING_EQUAL(t.out.report.words, "link gone");
	free(t.room);
}

static void door_reports_of_attach(void)
{
	struct door_msg m;
	struct trip t;

	door_trip_of(&t, &m, DOOR_PORT);
	door_same_head(&t.out);
	CU_ASSERT_EQUAL(t.out.report.worker, 2);
	CU_ASSERT_STRING_EQUAL(t.out.report.transport, "udp");
	CU_ASSERT_STRING_EQUAL(t.out.report.name, "udp0");
	free(t.room);
	door_trip_of(&t, &m, DOOR_TOLD);
	CU_ASSERT_EQUAL(t.out.report.when, 12);
	free(t.room);
}

/* --- hostile ---------------------------------------------------------------------------------- */

static void door_cut_anywhere(void)
{
	uint8_t buf[CAP];
	struct door_msg m;

	for (unsigned kind = 1; kind < DOOR_KINDS; kind++) {
		size_t len;

		door_sample(&m, kind);
		len = door_msg_encode(&m, buf, sizeof(buf));
		CU_ASSERT_TRUE_FATAL(len != 0);
		CU_ASSERT_EQUAL(door_msg_encode(&m, buf, len - 1), 0);
		for (size_t cut = 0; cut < len; cut++) {
			CU_ASSERT_FALSE(door_reads(door_sample_way(kind), buf, cut));
			if (cut < DOOR_MSG_HEAD)
				continue;
			wr_put32(buf + 2, (uint32_t)(cut - DOOR_MSG_HEAD));
			CU_ASSERT_FALSE(door_reads(door_sample_way(kind), buf, cut));
		}
	}
}

static void door_longer_is_skipped(void)
{
	uint8_t buf[CAP] = {0};
	struct door_msg m;

	for (unsigned kind = 1; kind < DOOR_KINDS; kind++) {
		size_t len;

		door_sample(&m, kind);
		len = door_msg_encode(&m, buf, sizeof(buf));
		CU_ASSERT_FALSE(door_reads(door_sample_way(kind), buf, len + 3));
		wr_put32(buf + 2, (uint32_t)(len + 3 - DOOR_MSG_HEAD));
		CU_ASSERT_TRUE(door_reads(door_sample_way(kind), buf, len + 3));
	}
}

static void door_one_way_only(void)
{
	uint8_t buf[CAP];
	struct door_msg m;

	for (unsigned kind = 1; kind < DOOR_KINDS; kind++) {
		size_t len;

		door_sample(&m, kind);
		len = door_msg_encode(&m, buf, sizeof(buf));
		for (unsigned way = 0; way < DOOR_WAYS; way++)
			CU_ASSERT_EQUAL(door_reads((enum door_way)way, buf, len),
					way == door_sample_way(kind));
	}
}

static void door_unknown_kinds(void)
{
	static const uint16_t kinds[] = {0, DOOR_KINDS, 0xffff};
	struct door_msg m;
	uint8_t buf[64];

	for (size_t i = 0; i < 3; i++) {
		door_sample(&m, DOOR_MARK);
		CU_ASSERT_EQUAL(door_msg_encode(&m, buf, sizeof(buf)), DOOR_MSG_HEAD);
		m.kind = kinds[i];
		wr_put16(buf, kinds[i]);
		CU_ASSERT_FALSE(door_reads(DOOR_TABLE, buf, DOOR_MSG_HEAD));
		CU_ASSERT_EQUAL(door_msg_encode(&m, buf, sizeof(buf)), 0);
		CU_ASSERT_STRING_EQUAL(door_msg_name(kinds[i]), "?");
	}
	CU_ASSERT_STRING_EQUAL(door_msg_name(DOOR_CALL_SET), "call-set");
}

/* Octets of a sample replaced: `at` counts from behind the head. */
static const struct {
	const char *what;
	unsigned kind;
	size_t at;
	const char *hex;
} wrong[] = {
	{"a flag that is neither", DOOR_ATTACH, 4, "02"},
	{"session 0", DOOR_CALL_SET, 2, "0000"},
	{"a channel of port 256", DOOR_CALL_SET, 4, "00000101"},
	{"a channel without a port", DOOR_CALL_SET, 4, "00000000"},
	{"a port without a channel", DOOR_CALL_SET, 8, "00000000"},
	{"more reorder slots than there are", DOOR_CALL_SET, 20, "21"},
	{"a mode that is not there", DOOR_CALL_SET, 29, "00000004"},
	{"session 0 goes", DOOR_CALL_DEL, 2, "0000"},
	{"filter 0", DOOR_FILTER_ADD, 0, "00000000"},
	{"a filter of no instruction", DOOR_FILTER_ADD, 4, "00000000"},
	{"a filter of 4097", DOOR_FILTER_ADD, 4, "00001001"},
	{"more instructions than are there", DOOR_FILTER_ADD, 4, "00000003"},
	{"a device name of 16", DOOR_TUN_OPEN, 0, "0010"},
	{"a device without a name", DOOR_TUN_OPEN, 0, "0000"},
	{"text that ends too early", DOOR_TUN_OPEN, 3, "00"},
	{"text that does not end", DOOR_TUN_OPEN, 6, "31"},
	{"no text where it must be", DOOR_TUN_OPEN, 0, "ffff"},
	{"a prefix of 65", DOOR_TUN_ROUTE, 5, "41"},
	{"a prefix of 0", DOOR_TUN_ROUTE, 5, "00"},
	{"an IPv4 prefix of 48", DOOR_TUN_ROUTE, 4, "00"},
	{"port 256", DOOR_PORT_OPEN, 0, "00000100"},
	{"worker 16", DOOR_PORT_OPEN, 4, "00000010"},
	{"2^32-1 settings", DOOR_PORT_OPEN, 28, "ffffffff"},
	{"an address of 63", DOOR_CONNECT, 4, "003f"},
	{"payload 3", DOOR_CONNECT, 15, "03"},
	{"payload 0", DOOR_CONNECT, 15, "00"},
	{"1025 counters", DOOR_PORT_COUNT, 4, "00000401"},
	{"4097 octets of text", DOOR_PORT_STATUS, 4, "00001001"},
	{"65 fills", DOOR_PORT_FILL, 4, "00000041"},
	{"65 offloads", DOOR_PORT_OFFLOADS, 4, "00000041"},
	{"33 rows of bad lines", DOOR_IMPAIR_ROWS, 4, "00000021"},
	{"a third way", DOOR_IMPAIR, 9, "02"},
	{"more than all are lost", DOOR_IMPAIR, 12, "000f4241"},
	{"a delay of more than a minute", DOOR_IMPAIR, 28, "0000000003938701"},
	{"more rows than are there", DOOR_IMPAIRED, 4, "00000003"},
	{"a third way of a row", DOOR_IMPAIRED, 13, "02"},
	{"a state that is not there", DOOR_OFFLOADS_ARE, 16, "00000006"},
	{"no state", DOOR_OFFLOADS_ARE, 16, "00000000"},
	{"more offloads than are there", DOOR_OFFLOADS_ARE, 4, "00000003"},
	{"no channel", DOOR_LINE_ACCM, 0, "0000000000000000"},
	{"more counters than are there", DOOR_COUNTS_ARE, 4, "00000004"},
	{"more fills than are there", DOOR_FILLS_ARE, 4, "00000003"},
	{"a cause that is not there", DOOR_DOWN, 21, "07"},
	{"an offer of payload 0", DOOR_OFFER, 24, "00"},
	{"user data of 65536", DOOR_OFFER, 50, "00010000"},
};

static void door_wrong_octets(void)
{
	uint8_t buf[CAP], hex[16];
	struct door_msg m;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		enum door_way way = door_sample_way(wrong[i].kind);
		size_t len, n = test_hex(hex, sizeof(hex), wrong[i].hex);

		door_sample(&m, wrong[i].kind);
		len = door_msg_encode(&m, buf, sizeof(buf));
		CU_ASSERT_TRUE(door_reads(way, buf, len));
		CU_ASSERT_TRUE(memcmp(buf + DOOR_MSG_HEAD + wrong[i].at, hex, n) != 0);
		memcpy(buf + DOOR_MSG_HEAD + wrong[i].at, hex, n);
		if (door_reads(way, buf, len))
			CU_FAIL(wrong[i].what);
	}
}

static void door_out_of_range_is_not_written(void)
{
	uint8_t buf[CAP];
	struct door_msg m;

	door_sample(&m, DOOR_CALL_SET);
	m.call_set.call.data.reorder = L2TP_REORDER_MAX + 1;
	CU_ASSERT_EQUAL(door_msg_encode(&m, buf, sizeof(buf)), 0);
	door_sample(&m, DOOR_CALL_SET);
	m.call_set.call.channel = 0;
	CU_ASSERT_TRUE(door_msg_encode(&m, buf, sizeof(buf)) > 0);
	m.call_set.call.bundle.mrru = 0;
	CU_ASSERT_EQUAL(door_msg_encode(&m, buf, sizeof(buf)), 0);
	door_sample(&m, DOOR_CALL_SET);
	m.call_set.slot = DOOR_CALLS;
	CU_ASSERT_EQUAL(door_msg_encode(&m, buf, sizeof(buf)), 0);
	door_sample(&m, DOOR_CALL_SET);
	m.call_set.call.rate[DP_RATE_DOWN] = DP_RATE_MAX + 1;
	CU_ASSERT_EQUAL(door_msg_encode(&m, buf, sizeof(buf)), 0);
	door_sample(&m, DOOR_TUN_OPEN);
	m.tun_open.name = NULL;
	CU_ASSERT_EQUAL(door_msg_encode(&m, buf, sizeof(buf)), 0);
	m.tun_open.name = "sixteen-octets-0";
	CU_ASSERT_EQUAL(door_msg_encode(&m, buf, sizeof(buf)), 0);
	door_sample(&m, DOOR_CONNECT);
	m.connect.to.len = 63;
	CU_ASSERT_EQUAL(door_msg_encode(&m, buf, sizeof(buf)), 0);
	door_sample(&m, DOOR_FILLS_ARE);
	m.answer.fill = NULL;
	CU_ASSERT_EQUAL(door_msg_encode(&m, buf, sizeof(buf)), 0);
}

/* One octet less than a message needs is refused, and not written past. */
static void door_room_is_bounded(void)
{
	uint8_t buf[CAP];
	struct door_msg m;
	size_t len, need = 2 * sizeof(struct ist_setting) + 2 * sizeof(struct ist_circuit_config) +
			   2 * sizeof(struct ist_setting);
	void *room = malloc(need);

	door_sample(&m, DOOR_PORT_OPEN);
	len = door_msg_encode(&m, buf, sizeof(buf));
	CU_ASSERT_TRUE(door_msg_decode(&m, DOOR_TABLE, buf, len, room, need));
	free(room);
	room = malloc(need - 1);
	CU_ASSERT_FALSE(door_msg_decode(&m, DOOR_TABLE, buf, len, room, need - 1));
	free(room);
}

/* What grows most when it is read: circuits with nothing in them. */
static void door_room_is_enough(void)
{
	struct ist_circuit_config circuit[64];
	uint8_t buf[CAP];
	struct door_msg m;
	size_t len;

	memset(circuit, 0, sizeof(circuit));
	door_sample(&m, DOOR_PORT_OPEN);
	m.port_open.cfg.circuit = circuit;
	m.port_open.cfg.circuits = 64;
	len = door_msg_encode(&m, buf, sizeof(buf));
	CU_ASSERT_TRUE(len > 640);
	CU_ASSERT_TRUE(door_reads(DOOR_TABLE, buf, len));
}

static const struct test_case cases[] = {
	{"octets", door_octets},
	{"no_text_is_no_empty_text", door_no_text_is_no_empty_text},
	{"call_set", door_call_set},
	{"links_of_a_bundle_only", door_links_of_a_bundle_only},
	{"attach", door_attach},
	{"filter", door_filter},
	{"numbers", door_numbers},
	{"tun", door_tun},
	{"port_open", door_port_open},
	{"port_asks", door_port_asks},
	{"lines", door_lines},
	{"bad_lines", door_bad_lines},
	{"answers", door_answers},
	{"answers_of_numbers", door_answers_of_numbers},
	{"reports_with_attributes", door_reports_with_attributes},
	{"attributes_that_are_not_there", door_attributes_that_are_not_there},
	{"reports", door_reports},
	{"reports_of_attach", door_reports_of_attach},
	{"cut_anywhere", door_cut_anywhere},
	{"longer_is_skipped", door_longer_is_skipped},
	{"one_way_only", door_one_way_only},
	{"unknown_kinds", door_unknown_kinds},
	{"wrong_octets", door_wrong_octets},
	{"out_of_range_is_not_written", door_out_of_range_is_not_written},
	{"room_is_bounded", door_room_is_bounded},
	{"room_is_enough", door_room_is_enough},
	{NULL, NULL},
};
const struct test_suite suite_door_msg = {"door_msg", cases};
