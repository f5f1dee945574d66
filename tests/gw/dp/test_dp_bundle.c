/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Multilink bundles in the data plane (RFC 1990): links on any worker, fragments in, pieces out. */
#include "core/bytes.h"
#include "gw/dp/pool.h"
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <errno.h>
#include <pcap.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST = 0x101, SECOND = 0x102 }; /* channels with payload ppp */
enum { BUNDLE = 9 };

static struct dp_call bundle_member(const struct rig *r, uint16_t sid, ist_channel c)
{
	return (struct dp_call){.sid = sid,
				.channel = rig_channel(r, c),
				.mode = DP_MEMBER,
				.to_sid = BUNDLE,
				.no_address = true,
				.mtu = 1400};
}

/* Those of an entry that bundle_entry() has made. */
static struct dp_bundle_link *bundle_links(const struct dp_call *c)
{
	return (struct dp_bundle_link *)(uintptr_t)c->bundle.link;
}

static struct dp_call bundle_entry(unsigned links)
{
	static struct dp_bundle_link last[16][MP_LINKS];
	static unsigned n;
	struct dp_call c = {.sid = BUNDLE, .mode = DP_PUNT, .mtu = 1500, .pfc = true};

	c.bundle.mrru = 1500;
	c.bundle.patience = 100000000; /* however slow the machine is */
	c.bundle.link = memset(last[n++ % 16], 0, sizeof(last[0]));
	for (unsigned i = 0; i < links; i++)
		bundle_links(&c)[i].sid = (uint16_t)(7 + i);
	return c;
}

/* Lines 7 and 8 make bundle 9; the second one by another port. */
static void bundle_make(struct rig *r, struct rig *second)
{
	struct dp_call a = bundle_member(r, 7, FIRST), b = bundle_member(second, 8, SECOND),
		       c = bundle_entry(2);

	fake_say(r->fake, FAKE_UP, FIRST);
	fake_say(second->fake, FAKE_UP, SECOND);
	CU_ASSERT_FATAL(rig_wait_lines(r, 2));
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c) && !dp_call_set(r->dp, &a) &&
			!dp_call_set(r->dp, &b));
}

/* What was said by either port has come to the bundle's worker, and has been handled there. */
static void bundle_settle(struct rig *r, struct rig *second)
{
	for (unsigned i = 0; i < 2; i++) {
		rig_settle(second);
		rig_settle(r);
	}
}

static void line_is(struct rig *r, unsigned i, const char *text, const char *hex)
{
	uint8_t want[256];
	size_t len = test_hex(want, sizeof(want), hex);

	CU_ASSERT_TRUE_FATAL(rig_wait_lines(r, i + 1));
	CU_ASSERT_STRING_EQUAL(r->line[i].text, text);
	ASSERT_OCTETS(r->line[i].octets, r->line[i].len, want, len);
}

static void bundle_sent_is(struct rig *at, unsigned i, ist_channel c, const char *hex)
{
	uint8_t want[256];
	size_t len = test_hex(want, sizeof(want), hex);

	CU_ASSERT_FATAL(rig_wait_sent(at, i + 1));
	CU_ASSERT_EQUAL(at->fake->sent[i].c, c);
	ASSERT_OCTETS(at->fake->sent[i].octets, at->fake->sent[i].len, want, len);
}

static void bundle_count(struct rig *r, uint16_t sid, struct dp_call_stats *s)
{
	rig_settle(r);
	CU_ASSERT_TRUE_FATAL(dp_call_stats(r->dp, 0, sid, s));
}

/* So many numbers, and nothing that came. */
static void bundle_has_lost(struct rig *r, uint64_t lost)
{
	struct dp_call_stats s;

	bundle_count(r, BUNDLE, &s);
	CU_ASSERT_EQUAL(s.seq_lost, lost);
	CU_ASSERT_EQUAL(s.seq_late, 0);
	CU_ASSERT_EQUAL(s.drops, 0);
}

/* --- in ----------------------------------------------------------------------------------------- */

/* Protocol 003d, whole or compressed; the head; then part of a packet that begins with its
 * protocol, with or without the leading zero. */
static void do_fragments_in(struct rig *r, struct rig *second)
{
	struct dp_call_stats s;

	bundle_make(r, second);
	fake_hex(r->fake, FIRST, "003d c0000000 8021 0101 0004");
	line_is(r, 2, "ppp 0/9", "8021 0101 0004");
	fake_hex(r->fake, FIRST, "3d 80000001 8021 0102");
	fake_hex(r->fake, FIRST, "3d c0000003 8021 0103 0004");
	bundle_settle(r, second);
	CU_ASSERT_EQUAL(r->n_line, 3);
	fake_hex(second->fake, SECOND, "3d 40000002 0004");
	line_is(r, 3, "ppp 0/9", "8021 0102 0004");
	line_is(r, 4, "ppp 0/9", "8021 0103 0004");
	fake_hex(second->fake, SECOND, "3d c0000004 57 60");
	line_is(r, 5, "ppp 0/9", "0057 60");
	/* without a head it is of the bundle too; of the link are LCP and authentication */
	fake_hex(second->fake, SECOND, "8021 0104 0004");
	line_is(r, 6, "ppp 0/9", "8021 0104 0004");
	fake_hex(second->fake, SECOND, "c021 0901 0008 00000000");
	line_is(r, 7, "ppp 0/8", "c021 0901 0008 00000000");
	fake_hex(r->fake, FIRST, "c223 0101 0004");
	line_is(r, 8, "ppp 0/7", "c223 0101 0004");
	fake_hex(r->fake, FIRST, "80fd 01");
	line_is(r, 9, "ppp 0/9", "80fd 01");
	bundle_count(r, BUNDLE, &s);
	CU_ASSERT_EQUAL(s.rx_frames, 6);
	CU_ASSERT_EQUAL(s.rx_octets, 6 + 6 + 6 + 2 + 6 + 3);
	CU_ASSERT_EQUAL(s.drops, 0);
	CU_ASSERT_EQUAL(s.seq_lost, 0);
	bundle_count(r, 8, &s);
	CU_ASSERT_EQUAL(s.rx_frames, 4);
}

static void do_loss(struct rig *r, struct rig *second)
{
	struct dp_call_stats s;

	bundle_make(r, second);
	fake_hex(r->fake, FIRST, "3d 80000000 8021 0101");
	fake_hex(r->fake, FIRST, "3d 40000002 0004"); /* 1 is lost */
	fake_hex(r->fake, FIRST, "3d c0000002 0004"); /* twice */
	fake_hex(r->fake, FIRST, "3d c00000");
	fake_hex(r->fake, FIRST, "3d e0000003 8021");
	bundle_settle(r, second);
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_BUNDLE_HEAD), 2);
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_BUNDLE_LATE), 1);
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_BUNDLE_BROKEN), 0);
	fake_hex(second->fake, SECOND, "3d c0000003 8021 0102 0004");
	line_is(r, 2, "ppp 0/9", "8021 0102 0004");
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_BUNDLE_BROKEN), 2);
	bundle_count(r, BUNDLE, &s);
	CU_ASSERT_EQUAL(s.seq_lost, 1);
	CU_ASSERT_EQUAL(s.seq_late, 1);
	CU_ASSERT_EQUAL(s.drops, 2 + 1 + 2);
	/* null fragments are no packets, nor broken ones */
	fake_hex(second->fake, SECOND, "3d c0000004");
	fake_hex(second->fake, SECOND, "3d c0000005 8021 0103 0004");
	line_is(r, 3, "ppp 0/9", "8021 0103 0004");
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_BUNDLE_BROKEN), 2);
}

/* What waits is given up after a second, or as long as the control thread says. */
static void do_timeout(struct rig *r, struct rig *second)
{
	struct dp_call c = bundle_entry(2);

	uint64_t begin;

	bundle_make(r, second);
	c.bundle.patience = 0;
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
	begin = dp_now();
	fake_hex(second->fake, SECOND, "3d c0000001 8021 0101 0004");
	line_is(r, 2, "ppp 0/9", "8021 0101 0004");
	CU_ASSERT_TRUE(dp_now() - begin >= MP_PATIENCE);
	c.bundle.patience = 1;
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
	begin = dp_now();
	fake_hex(second->fake, SECOND, "3d c0000003 8021 0102 0004");
	do
		bundle_settle(r, second);
	while (r->n_line < 4 && dp_now() - begin < MP_PATIENCE);
	CU_ASSERT_EQUAL(r->n_line, 4);
	line_is(r, 3, "ppp 0/9", "8021 0102 0004");
}

static void do_end_while_held(struct rig *r, struct rig *second)
{
	bundle_make(r, second);
	fake_hex(second->fake, SECOND, "3d c0000001 8021 0101 0004");
	fake_hex(second->fake, SECOND, "3d 80000002 8021 0102 0004");
	bundle_settle(r, second);
	dp_call_del(r->dp, 0, BUNDLE);
	CU_ASSERT_TRUE(rig_wait_reason(r, DP_R_NO_CALL, 2));
	fake_hex(second->fake, SECOND, "3d c0000003 8021 0101 0004");
	CU_ASSERT_TRUE(rig_wait_reason(r, DP_R_NO_BUNDLE, 1));
}

/* A link that the bundle has no longer, and one that never was of it. */
static void do_strangers(struct rig *r, struct rig *second)
{
	struct dp_call c = bundle_entry(1), plain = bundle_entry(0);

	bundle_make(r, second);
	fake_hex(r->fake, FIRST, "3d c0000000 8021 0101 0004");
	line_is(r, 2, "ppp 0/9", "8021 0101 0004");
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
	fake_hex(second->fake, SECOND, "3d c0000001 8021 0102 0004");
	CU_ASSERT_TRUE(rig_wait_reason(r, DP_R_NO_BUNDLE, 1));
	fake_hex(r->fake, FIRST, "3d c0000002 8021 0103 0004"); /* and is not waited for */
	line_is(r, 3, "ppp 0/9", "8021 0103 0004");
	plain.bundle.mrru = 0;
	CU_ASSERT_EQUAL(dp_call_set(r->dp, &plain), -ENOENT); /* what is no bundle has a channel */
}

/* By whichever link they come: packets of 1400 octets, two of which find room in two of 1500. */
static void do_rate(struct rig *r, struct rig *second)
{
	struct dp_call c = bundle_entry(2), a = bundle_member(r, 7, FIRST);
	uint8_t frame[1500] = {0};
	struct dp_call_stats s;

	bundle_make(r, second);
	c.mode = DP_TERMINAL; /* without a device */
	c.ip4 = true;
	c.rate[DP_RATE_UP] = a.rate[DP_RATE_UP] = a.rate[DP_RATE_DOWN] = 1;
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c) && !dp_call_set(r->dp, &a));
	for (unsigned i = 0; i < 4; i++) {
		size_t len = test_hex(frame, sizeof(frame), "3d c0000000 21");

		frame[4] = (uint8_t)i;
		fake_octets(i & 1 ? second->fake : r->fake, i & 1 ? SECOND : FIRST, frame,
			    len + 1400, 0);
	}
	CU_ASSERT_TRUE(rig_wait_reason(r, DP_R_RATE_UP, 2));
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_TUN_WRITE), 2);
	bundle_count(r, BUNDLE, &s);
	CU_ASSERT(s.limited[DP_RATE_UP] == 2 && s.rx_frames == 4);
	bundle_count(r, 7, &s);
	CU_ASSERT(!s.limited[DP_RATE_UP] && s.rx_frames == 2);
}

/* Line 10 has the place of line 8, whose last number says nothing about it. */
static void do_replaced(struct rig *r, struct rig *second)
{
	enum { THIRD = 0x103 };
	struct dp_call c = bundle_entry(2), third = bundle_member(second, 10, THIRD);
	struct dp_call_stats s;

	bundle_make(r, second);
	fake_say(second->fake, FAKE_UP, THIRD);
	CU_ASSERT_FATAL(rig_wait_lines(r, 3));
	fake_hex(r->fake, FIRST, "3d c0000000 8021 0100 0004");
	line_is(r, 3, "ppp 0/9", "8021 0100 0004");
	fake_hex(second->fake, SECOND, "3d c0000002 8021 0102 0004");
	bundle_settle(r, second);
	bundle_links(&c)[1].sid = 10;
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c) && !dp_call_set(r->dp, &third));
	fake_hex(r->fake, FIRST, "3d c0000003 8021 0103 0004");
	bundle_settle(r, second);
	CU_ASSERT_EQUAL(r->n_line, 4);
	fake_hex(second->fake, THIRD, "3d c0000001 8021 0101 0004");
	line_is(r, 4, "ppp 0/9", "8021 0101 0004");
	line_is(r, 6, "ppp 0/9", "8021 0103 0004");
	bundle_count(r, BUNDLE, &s);
	CU_ASSERT_EQUAL(s.seq_lost, 0);
}

/* Packets without an end, of nine clients, as many as the pool has buffers; the tenth one's are put
 * together all the same. */
static void do_share(struct rig *r, struct rig *second)
{
	enum { CLIENTS = 9, EACH = MP_HELD - 1, LINE = 100, POOL = 1024 };
	unsigned sent = 0;
	char hex[64];

	(void)second;
	for (unsigned i = 0; i <= CLIENTS; i++) {
		struct dp_call c = bundle_entry(1), a = bundle_member(r, 0, 0x110 + i);

		c.sid = a.to_sid = (uint16_t)(2 * (i + 1)); /* of one worker */
		bundle_links(&c)[0].sid = a.sid = (uint16_t)(LINE + i);
		fake_say(r->fake, FAKE_UP, 0x110 + i);
		CU_ASSERT_FATAL(rig_wait_lines(r, i + 1));
		CU_ASSERT_FATAL(!dp_call_set(r->dp, &c) && !dp_call_set(r->dp, &a));
		for (unsigned k = 0; i < CLIENTS && k < EACH && sent < POOL; k++, sent++) {
			snprintf(hex, sizeof(hex), "3d %02x0000%02x 8021", k ? 0 : 0x80, k);
			fake_hex(r->fake, 0x110 + i, hex);
		}
		bundle_settle(r, r);
	}
	CU_ASSERT_TRUE(rig_reason(r, DP_R_BUNDLE_FULL) > 0);
	fake_hex(r->fake, 0x110 + CLIENTS, "3d 80000000 8021 0101");
	fake_hex(r->fake, 0x110 + CLIENTS, "3d 40000001 0004");
	snprintf(hex, sizeof(hex), "ppp 0/%u", 2 * (CLIENTS + 1));
	line_is(r, CLIENTS + 1, hex, "8021 0101 0004");
	r->holds = true;
}

/* A link that leaves is not waited for; one that joins is, until it has been heard. */
static void do_links_change(struct rig *r, struct rig *second)
{
	struct dp_call one = bundle_entry(1), two = bundle_entry(2);
	uint64_t since;

	bundle_make(r, second);
	fake_hex(r->fake, FIRST, "3d c0000000 8021 0100 0004");
	line_is(r, 2, "ppp 0/9", "8021 0100 0004");
	fake_hex(second->fake, SECOND, "3d c0000001 8021 0101 0004");
	line_is(r, 3, "ppp 0/9", "8021 0101 0004");
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &one));
	fake_hex(r->fake, FIRST, "3d c0000003 8021 0103 0004");
	bundle_settle(r, second);
	CU_ASSERT_EQUAL(r->n_line, 5);
	line_is(r, 4, "ppp 0/9", "8021 0103 0004");
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &two));
	since = dp_now();
	fake_hex(r->fake, FIRST, "3d c0000005 8021 0105 0004");
	bundle_settle(r, second);
	CU_ASSERT(r->n_line == 5 || dp_now() - since >= MP_PATIENCE);
	fake_hex(second->fake, SECOND, "3d c0000006 8021 0106 0004");
	line_is(r, 5, "ppp 0/9", "8021 0105 0004");
	line_is(r, 6, "ppp 0/9", "8021 0106 0004");
	bundle_has_lost(r, 2);
}

/* The far end has a second link before we do: what went by that one is not taken for lost. */
static void do_link_comes(struct rig *r, struct rig *second)
{
	struct dp_call c = bundle_entry(1);

	bundle_make(r, second);
	c.bundle.more = true;
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
	fake_hex(r->fake, FIRST, "3d c0000001 8021 0101 0004");
	bundle_settle(r, second);
	CU_ASSERT_EQUAL(r->n_line, 2);
	c = bundle_entry(2);
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
	fake_hex(second->fake, SECOND, "3d c0000000 8021 0100 0004");
	line_is(r, 2, "ppp 0/9", "8021 0100 0004");
	line_is(r, 3, "ppp 0/9", "8021 0101 0004");
	bundle_has_lost(r, 0);
}

/* A fragment further on than the window: what is before it is waited for no longer. */
static void do_window(struct rig *r, struct rig *second)
{
	struct dp_call_stats s;
	uint64_t since = dp_now();
	char hex[64];

	bundle_make(r, second);
	for (unsigned i = 1; i < MP_HELD; i++) {
		snprintf(hex, sizeof(hex), "3d 40%06x 0004", i);
		fake_hex(r->fake, FIRST, hex);
	}
	bundle_settle(r, second);
	CU_ASSERT(!rig_reason(r, DP_R_BUNDLE_BROKEN) || dp_now() - since >= MP_PATIENCE);
	snprintf(hex, sizeof(hex), "3d c0%06x 8021 0101 0004", MP_HELD);
	fake_hex(r->fake, FIRST, hex);
	line_is(r, 2, "ppp 0/9", "8021 0101 0004");
	bundle_count(r, BUNDLE, &s);
	CU_ASSERT_EQUAL(s.seq_lost, 1);
	CU_ASSERT_EQUAL(s.rx_frames, 1);
	CU_ASSERT_EQUAL(s.drops, MP_HELD - 1);
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_BUNDLE_BROKEN), MP_HELD - 1);
}

static atomic_bool pool_is_full;

uint16_t __real_pool_copy(struct pool *p, const void *octets, size_t len);
uint16_t __wrap_pool_copy(struct pool *p, const void *octets, size_t len);
uint16_t __wrap_pool_copy(struct pool *p, const void *octets, size_t len)
{
	return pool_is_full ? POOL_NONE : __real_pool_copy(p, octets, len);
}

/* A fragment that there is no memory for is lost like one that did not come. */
static void do_pool_is_full(struct rig *r, struct rig *second)
{
	struct dp_call_stats s;

	bundle_make(r, second);
	pool_is_full = true;
	fake_hex(r->fake, FIRST, "3d 80000000 8021 0101");
	CU_ASSERT_TRUE(rig_wait_reason(r, DP_R_BUNDLE_FULL, 1));
	pool_is_full = false;
	fake_hex(second->fake, SECOND, "3d c0000001 8021 0102 0004");
	bundle_settle(r, second);
	CU_ASSERT_EQUAL(r->n_line, 3);
	line_is(r, 2, "ppp 0/9", "8021 0102 0004");
	bundle_count(r, BUNDLE, &s);
	CU_ASSERT_EQUAL(s.seq_lost, 1);
	CU_ASSERT_EQUAL(s.drops, 1);
}

/* An entry of the bundle's number that is none drops what comes from links. */
static void do_no_bundle(struct rig *r, struct rig *second)
{
	struct dp_call plain = bundle_member(r, BUNDLE, 0x103);
	struct dp_call_stats s;

	bundle_make(r, second);
	dp_call_del(r->dp, 0, BUNDLE);
	fake_say(r->fake, FAKE_UP, 0x103);
	CU_ASSERT_FATAL(rig_wait_lines(r, 3));
	plain.mode = DP_PUNT;
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &plain));
	fake_hex(r->fake, FIRST, "3d c0000000 8021 0101 0004");
	CU_ASSERT_TRUE(rig_wait_reason(r, DP_R_NO_BUNDLE, 1));
	bundle_count(r, BUNDLE, &s);
	CU_ASSERT_EQUAL(s.drops, 1);
}

/* What the control side gives back of a link goes the way of its other frames. */
static void do_given_back(struct rig *r, struct rig *second)
{
	bundle_make(r, second);
	CU_ASSERT_TRUE(dp_ip_rx(r->dp, 0, 8, (const uint8_t *)"\x80\x21\x01\x05", 4));
	line_is(r, 2, "ppp 0/9", "8021 0105");
	CU_ASSERT_TRUE(
		dp_ip_rx(r->dp, 0, 7, (const uint8_t *)"\x00\x3d\xc0\x00\x00\x00\x80\x21\x01", 9));
	line_is(r, 3, "ppp 0/9", "8021 01");
}

static void bundle_each(void (*fn)(struct rig *r, struct rig *second))
{
	struct fake *other = fake_new();
	struct rig r, second;
	char err[80];
	int port;

	for (const struct rig_form *f = rig_forms; f->name; f++) {
		if (f->workers == 2) {
			fake_free(other);
			other = fake_new();
		}
		rig_up_form(&r, f, &fake_flow, &rig_ops);
		second = r;
		if (f->workers == 2) {
			port = rig_open(&r, &fake_flow, other, err, sizeof(err));
			CU_ASSERT_FATAL(port >= 0);
			second.port = (unsigned)port;
			second.fake = other;
		}
		fn(&r, &second);
		rig_down(&r);
	}
	fake_free(other);
}

static void fragments_of_two_links_make_packets(void)
{
	bundle_each(do_fragments_in);
}

static void what_is_lost_late_or_broken_is_counted(void)
{
	bundle_each(do_loss);
}

static void fragments_wait_for_a_second(void)
{
	bundle_each(do_timeout);
}

static void a_bundle_ends_while_fragments_wait(void)
{
	bundle_each(do_end_while_held);
}

static void only_its_links_are_heard(void)
{
	bundle_each(do_strangers);
}

static void a_rate_is_the_bundles(void)
{
	bundle_each(do_rate);
}

static void a_link_in_the_place_of_another_is_heard_first(void)
{
	bundle_each(do_replaced);
}

static void no_client_can_take_the_memory_of_all(void)
{
	bundle_each(do_share);
}

static void links_come_and_go(void)
{
	bundle_each(do_links_change);
}

static void a_link_that_comes_is_waited_for(void)
{
	bundle_each(do_link_comes);
}

static void what_is_before_the_window_is_lost(void)
{
	bundle_each(do_window);
}

static void without_memory_a_fragment_is_lost(void)
{
	bundle_each(do_pool_is_full);
}

static void an_entry_that_is_no_bundle(void)
{
	bundle_each(do_no_bundle);
}

static void frames_that_are_given_back(void)
{
	bundle_each(do_given_back);
}

static void a_bundle_without_memory(void)
{
	struct dp_call c = bundle_entry(2);
	struct dp_call_stats s;
	unsigned refused = 0;
	bool more = true;
	struct rig r;

	rig_up(&r, 0, &fake_flow);
	for (unsigned n = 0; more; n++) {
		heap_refuse(n);
		CU_ASSERT_EQUAL(dp_call_set(r.dp, &c), (more = heap_refused()) ? -ENOMEM : 0);
		refused += more;
		CU_ASSERT_EQUAL(dp_call_stats(r.dp, 0, BUNDLE, &s), !more);
	}
	CU_ASSERT(refused >= 3); /* the entry, its state, and that of the bundle */
	rig_down(&r);
}

/* --- out ---------------------------------------------------------------------------------------- */

static void bundle_says(struct rig *r, const char *hex)
{
	uint8_t frame[256];

	CU_ASSERT_TRUE(dp_ppp_send(r->dp, 0, BUNDLE, frame, test_hex(frame, sizeof(frame), hex)));
}

static void do_packets_out(struct rig *r, struct rig *second)
{
	unsigned at = second->fake == r->fake ? 1 : 0;
	struct dp_call_stats s;

	bundle_make(r, second);
	bundle_says(r, "8021 0101 0004");
	bundle_sent_is(r, 0, FIRST, "003d c0000000 8021 0101 0004");
	bundle_says(r, "0057 60");
	bundle_sent_is(second, at, SECOND, "003d c0000001 57 60");
	bundle_count(r, BUNDLE, &s);
	CU_ASSERT_EQUAL(s.tx_frames, 2);
	CU_ASSERT_EQUAL(s.tx_octets, 6 + 2);
	/* LCP of the links goes by the link */
	CU_ASSERT_TRUE(dp_ppp_send(r->dp, 0, 8, (const uint8_t *)"\xc0\x21\x09\x01", 4));
	bundle_sent_is(second, at + 1, SECOND, "c021 0901");
}

static void packets_rotate_over_the_links(void)
{
	bundle_each(do_packets_out);
}

/* Section 6: a packet goes by the first link before any goes by the second, and with the next
 * number.
 */
static void do_second_link(struct rig *r, struct rig *second)
{
	unsigned at = second->fake == r->fake ? 1 : 0;
	struct dp_call c = bundle_entry(1);

	bundle_make(r, second);
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
	bundle_says(r, "8021 0101 0004");
	bundle_sent_is(r, 0, FIRST, "003d c0000000 8021 0101 0004");
	bundle_links(&c)[1].sid = 8;
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
	bundle_says(r, "8021 0102 0004");
	bundle_sent_is(second, at, SECOND, "003d c0000001 8021 0102 0004");
	bundle_links(&c)[0].sid = 0;
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
	bundle_says(r, "8021 0103 0004");
	bundle_sent_is(second, at + 1, SECOND, "003d c0000002 8021 0103 0004");
}

static void a_link_that_comes_does_not_begin_the_numbers_anew(void)
{
	bundle_each(do_second_link);
}

/* Links that carry 10 octets: head and 6 of them. */
static void do_pieces_out(struct rig *r, struct rig *second)
{
	struct dp_call a = bundle_member(r, 7, FIRST), b = bundle_member(second, 8, SECOND);
	unsigned at = second->fake == r->fake ? 2 : 0;

	bundle_make(r, second);
	a.mtu = b.mtu = 10;
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &a) && !dp_call_set(r->dp, &b));
	bundle_says(r, "8021 01010010 0306 0a400001 8106 0a090001");
	if (at) {
		bundle_sent_is(r, 0, FIRST, "003d 80000000 8021 01010010");
		bundle_sent_is(r, 1, FIRST, "003d 40000002 8106 0a090001");
		bundle_sent_is(r, 2, SECOND, "003d 00000001 0306 0a400001");
	} else {
		bundle_sent_is(r, 0, FIRST, "003d 80000000 8021 01010010");
		bundle_sent_is(r, 1, FIRST, "003d 40000002 8106 0a090001");
		bundle_sent_is(second, 0, SECOND, "003d 00000001 0306 0a400001");
	}
	a.mtu = b.mtu = 5; /* the protocol field is cut too */
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &a) && !dp_call_set(r->dp, &b));
	dp_call_del(r->dp, 0, 8);
	bundle_says(r, "8021 01");
	bundle_sent_is(r, at ? 3 : 2, FIRST, "003d 80000003 80");
	bundle_sent_is(r, at ? 4 : 3, FIRST, "003d 00000004 21");
	bundle_sent_is(r, at ? 5 : 4, FIRST, "003d 40000005 01");
	a.mtu = 4; /* no room behind the head */
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &a));
	bundle_says(r, "8021 01");
	CU_ASSERT_TRUE(rig_wait_reason(r, DP_R_BUNDLE_LINKS, 1));
}

static void a_packet_is_cut_when_no_link_carries_it(void)
{
	bundle_each(do_pieces_out);
}

static void do_short_numbers(struct rig *r, struct rig *second)
{
	struct dp_call c = bundle_entry(2);

	bundle_make(r, second);
	dp_call_del(r->dp, 0, BUNDLE);
	c.bundle.rx_short = c.bundle.tx_short = true;
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
	bundle_says(r, "8021 0101 0004");
	bundle_sent_is(r, 0, FIRST, "003d c000 8021 0101 0004");
	fake_hex(second->fake, SECOND, "3d c000 8021 0102 0004");
	line_is(r, 2, "ppp 0/9", "8021 0102 0004");
}

static void numbers_may_be_short(void)
{
	bundle_each(do_short_numbers);
}

static uint32_t bundle_flags(struct rig *at, unsigned i)
{
	CU_ASSERT_TRUE(rig_wait_sent(at, i + 1));
	return at->fake->sent[i].flags;
}

/* Each link marks its packets as it is told, by what is in the frame of the client, of which the
 * pieces after the first have nothing. */
static void do_marks(struct rig *r, struct rig *second)
{
	struct dp_call a = bundle_member(r, 7, FIRST), b = bundle_member(second, 8, SECOND);
	unsigned at = second->fake == r->fake ? 2 : 0;

	bundle_make(r, second);
	a.mtu = b.mtu = 10;
	a.dscp = 46;
	b.dscp = DP_DSCP_COPY;
	b.discard = 1u << 12;
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &a) && !dp_call_set(r->dp, &b));
	bundle_says(r, "0021 4530 00000000 00000000 0000");
	CU_ASSERT_EQUAL(bundle_flags(r, 0), IST_FRAME_DSCP(46));
	CU_ASSERT_EQUAL(bundle_flags(r, 1), IST_FRAME_DSCP(46));
	CU_ASSERT_EQUAL(bundle_flags(second, at), IST_FRAME_DSCP(12) | IST_FRAME_DISCARD);
}

static void pieces_have_the_marks_of_the_packet(void)
{
	bundle_each(do_marks);
}

/* The filters of a link would see fragments; those of the bundle see packets. */
static void do_filters(struct rig *r, struct rig *second)
{
	const struct bpf_insn none = BPF_STMT(BPF_RET | BPF_K, 0);
	const struct bpf_insn no_ccp[] = {BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 2),
					  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x80fd, 0, 1),
					  BPF_STMT(BPF_RET | BPF_K, 0),
					  BPF_STMT(BPF_RET | BPF_K, 1)};
	struct dp_call a = bundle_member(r, 7, FIRST), b = bundle_member(second, 8, SECOND),
		       c = bundle_entry(2);
	unsigned at = second->fake == r->fake ? 1 : 0;
	uint32_t drop = 0, ccp = 0;

	bundle_make(r, second);
	CU_ASSERT_FATAL(!dp_filter_add(r->dp, &none, 1, &drop) &&
			!dp_filter_add(r->dp, no_ccp, 4, &ccp));
	a.filter[DP_FILTER_PPP_IN] = a.filter[DP_FILTER_PPP_OUT] = drop;
	b.filter[DP_FILTER_PPP_IN] = b.filter[DP_FILTER_PPP_OUT] = drop;
	c.filter[DP_FILTER_PPP_IN] = c.filter[DP_FILTER_PPP_OUT] = ccp;
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &a) && !dp_call_set(r->dp, &b) &&
			!dp_call_set(r->dp, &c));
	fake_hex(r->fake, FIRST, "3d 80000000 80");
	fake_hex(second->fake, SECOND, "3d 40000001 fd 0101 0004");
	fake_hex(second->fake, SECOND, "80fd 0101 0004");
	CU_ASSERT_TRUE(rig_wait_reason(r, DP_R_FILTER_IN, 2));
	fake_hex(r->fake, FIRST, "3d c0000002 8021 0101 0004");
	line_is(r, 2, "ppp 0/9", "8021 0101 0004");
	bundle_says(r, "80fd 0101 0004");
	CU_ASSERT_TRUE(rig_wait_reason(r, DP_R_FILTER_OUT, 1));
	bundle_says(r, "8021 0101 0004");
	bundle_sent_is(r, 0, FIRST, "003d c0000000 8021 0101 0004");
	bundle_says(r, "8021 0102 0004");
	bundle_sent_is(second, at, SECOND, "003d c0000001 8021 0102 0004");
}

static void filters_see_packets(void)
{
	bundle_each(do_filters);
}

static const struct test_case cases[] = {
	{"fragments_of_two_links_make_packets", fragments_of_two_links_make_packets},
	{"what_is_lost_late_or_broken_is_counted", what_is_lost_late_or_broken_is_counted},
	{"fragments_wait_for_a_second", fragments_wait_for_a_second},
	{"a_bundle_ends_while_fragments_wait", a_bundle_ends_while_fragments_wait},
	{"only_its_links_are_heard", only_its_links_are_heard},
	{"a_rate_is_the_bundles", a_rate_is_the_bundles},
	{"a_link_in_the_place_of_another_is_heard_first",
	 a_link_in_the_place_of_another_is_heard_first},
	{"no_client_can_take_the_memory_of_all", no_client_can_take_the_memory_of_all},
	{"a_link_that_comes_is_waited_for", a_link_that_comes_is_waited_for},
	{"links_come_and_go", links_come_and_go},
	{"what_is_before_the_window_is_lost", what_is_before_the_window_is_lost},
	{"without_memory_a_fragment_is_lost", without_memory_a_fragment_is_lost},
	{"an_entry_that_is_no_bundle", an_entry_that_is_no_bundle},
	{"frames_that_are_given_back", frames_that_are_given_back},
	{"a_bundle_without_memory", a_bundle_without_memory},
	{"packets_rotate_over_the_links", packets_rotate_over_the_links},
	{"a_link_that_comes_does_not_begin_the_numbers_anew",
	 a_link_that_comes_does_not_begin_the_numbers_anew},
	{"a_packet_is_cut_when_no_link_carries_it", a_packet_is_cut_when_no_link_carries_it},
	{"numbers_may_be_short", numbers_may_be_short},
	{"pieces_have_the_marks_of_the_packet", pieces_have_the_marks_of_the_packet},
	{"filters_see_packets", filters_see_packets},
	{NULL, NULL},
};
const struct test_suite suite_dp_bundle = {"dp_bundle", cases};
