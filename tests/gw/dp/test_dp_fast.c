/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which calls are in the maps of the XDP program, and where their counts go.  The program counts by
 * the test's hand; entries, channels and a device are made without a data side.
 */
#include "gw/dp/dp_int.h"
#include "gw/dp/fast.h"
#include "tests/gw/dp/fake.h"
#include "tests/gw/dp/xdp/xdp_bench.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define DP_FAST_CHANNEL ((l2tp_channel)1 << 32 | 7) /* of port 0 */
#define DP_FAST_TUN	9u

static struct {
	struct xdp_bench x;
	struct dp dp;
	struct ist_transport udp;
	struct dp_tun tun;
	struct dp_entry entry[4];
	unsigned entries;
	const uint64_t *index;
	struct xdp_call *call; /* as the program sees them */
} dp_fast_at;

/* The far end has an address, our own is that of the port. */
static bool dp_fast_udp4(const struct ist_addr *a, uint8_t ip[4], uint16_t *port)
{
	static const uint8_t ours[4] = {192, 0, 2, 1}, far[4] = {192, 0, 2, 77};

	memcpy(ip, a->len ? far : ours, 4);
	*port = a->len ? 1702 : 1701;
	return true;
}

static void dp_fast_test_up(void)
{
	const struct ist_addr far = {.len = 1};
	struct dp *dp = &dp_fast_at.dp;

	memset(dp, 0, sizeof(*dp));
	dp->door = door_new(1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(dp->door);
	map_init(&dp->chans, false);
	map_init(&dp->entries, false);
	map_init(&dp->tun_numbers, false);
	dp_fast_at.udp = fake_udp;
	dp_fast_at.udp.addr_udp4 = dp_fast_udp4;
	for (unsigned i = 0; i < 2; i++)
		dp->port[i] =
			(struct dp_port){.open = true, .t = &dp_fast_at.udp, .accelerated = true};
	dp_chan_note(dp, DP_FAST_CHANNEL, &far, 1400, false);
	dp_fast_at.tun = (struct dp_tun){.no = DP_FAST_TUN, .name = "lo"};
	CU_ASSERT_TRUE_FATAL(map_set(&dp->tun_numbers, DP_FAST_TUN, (uintptr_t)&dp_fast_at.tun));
	dp_fast_at.entries = 0;
}

static void dp_fast_test_down(void)
{
	struct dp *dp = &dp_fast_at.dp;

	dp_fast_end(dp);
	CU_ASSERT_PTR_NULL(dp->fast);
	dp_fast_by(NULL);
	map_free(&dp->entries);
	map_free(&dp->tun_numbers);
	dp_chans_free(dp);
	map_free(&dp->chans);
	door_free(dp->door);
}

static void dp_fast_in(const char *test, void (*fn)(struct dp *dp))
{
	const size_t index = XDP_IDS * sizeof(uint64_t),
		     calls = XDP_SLOTS * sizeof(struct xdp_call);
	void *a, *b;

	if (!xdp_bench_load(&dp_fast_at.x, test))
		return;
	a = mmap(NULL, index, PROT_READ, MAP_SHARED, dp_fast_at.x.fd[XDP_FD_INDEX], 0);
	b = mmap(NULL, calls, PROT_READ | PROT_WRITE, MAP_SHARED, dp_fast_at.x.fd[XDP_FD_CALLS], 0);
	CU_ASSERT_FATAL(a != MAP_FAILED && b != MAP_FAILED);
	dp_fast_at.index = a;
	dp_fast_at.call = b;
	dp_fast_test_up();
	dp_fast_by(dp_fast_at.x.fd);
	dp_fast_begin(&dp_fast_at.dp);
	CU_ASSERT_PTR_NOT_NULL_FATAL(dp_fast_at.dp.fast);
	fn(&dp_fast_at.dp);
	dp_fast_test_down();
	munmap(a, index);
	munmap(b, calls);
	xdp_bench_unload(&dp_fast_at.x);
}

static struct dp_call dp_fast_call(uint16_t tid, uint16_t sid)
{
	return (struct dp_call){.tid = tid,
				.sid = sid,
				.channel = DP_FAST_CHANNEL,
				.data = {.peer_tid = 0x0a0b, .peer_sid = 0x0c0d, .lns = true},
				.mode = DP_TERMINAL,
				.mtu = 1400,
				.tun = DP_FAST_TUN,
				.ip4 = true,
				.peer4 = 0x0a400000u | sid};
}

static struct dp_entry *dp_fast_entry(struct dp *dp, uint16_t tid, uint16_t sid)
{
	unsigned i = dp_fast_at.entries++;
	struct dp_entry *e = &dp_fast_at.entry[i];

	*e = (struct dp_entry){.key = call_key(tid, sid), .slot = 5 + i};
	CU_ASSERT_TRUE_FATAL(map_set(&dp->entries, e->key, (uintptr_t)e));
	return e;
}

/* Set as this, it is so. */
static void dp_fast_is(struct dp *dp, struct dp_entry *e, const struct dp_call *c,
		       enum fast_why want)
{
	const char *why = NULL;

	dp_fast_set(dp, e, c);
	CU_ASSERT_EQUAL(e->fast, want);
	CU_ASSERT_EQUAL(dp_call_fast(dp, (uint16_t)(e->key >> 16), (uint16_t)e->key, &why),
			want == FAST_FAST);
	CU_ASSERT_PTR_NOT_NULL_FATAL(why);
	CU_ASSERT_STRING_EQUAL(why, fast_words(want));
}

static struct xdp_call *dp_fast_seen(uint16_t sid)
{
	CU_ASSERT_NOT_EQUAL_FATAL(dp_fast_at.index[sid], 0);
	return &dp_fast_at.call[dp_fast_at.index[sid]];
}

static struct dp_call_stats dp_fast_stats(struct dp *dp, const struct dp_entry *e)
{
	struct dp_call_stats s = {.rx_frames = 1000, .last_rx = 3};

	dp_fast_add(dp, e, &s);
	return s;
}

/* --- what is in the maps ----------------------------------------------------------------------- */

/* The TTL is that of the host's own packets. */
static void dp_fast_do_settings(struct dp *dp)
{
	FILE *f = fopen("/proc/sys/net/ipv4/ip_default_ttl", "re");
	struct dp_entry *e = dp_fast_entry(dp, 2, 3);
	struct dp_call c = dp_fast_call(2, 3);
	struct xdp_call *is;
	unsigned ttl = 0;
	uint8_t want[64];

	CU_ASSERT_FATAL(f != NULL && fscanf(f, "%u", &ttl) == 1);
	fclose(f);
	dp_fast_is(dp, e, &c, FAST_FAST);
	is = dp_fast_seen(3);
	ASSERT_OCTETS(is, 18, want,
		      test_hex(want, sizeof(want), "c0000201 c000024d 06a5 06a6 0002 0a0b 0c0d"));
	CU_ASSERT(is->mtu == 1400 && is->ttl == ttl && is->tun == if_nametoindex("lo"));
	CU_ASSERT_EQUAL(is->flags, XDP_IP4 | XDP_NETS);
	/* other settings */
	c.mtu = 1000;
	dp_fast_is(dp, e, &c, FAST_FAST);
	CU_ASSERT_EQUAL(dp_fast_seen(3)->mtu, 1000);
	dp_fast_del(dp, e);
	CU_ASSERT_EQUAL(dp_fast_at.index[3], 0);
	dp_fast_del(dp, e);
}

static void settings_in_the_maps(void)
{
	dp_fast_in("dp_fast settings", dp_fast_do_settings);
}

/* What the far end sends by itself makes it slow without a word of ours. */
static void dp_fast_do_sequenced(struct dp *dp)
{
	struct dp_entry *e = dp_fast_entry(dp, 2, 3);
	struct dp_call c = dp_fast_call(2, 3);
	const char *why;

	dp_fast_is(dp, e, &c, FAST_FAST);
	dp_fast_seen(3)->sequenced = 1;
	CU_ASSERT_FALSE(dp_call_fast(dp, 2, 3, &why));
	CU_ASSERT_STRING_EQUAL(why, fast_words(FAST_SEQUENCE));
	dp_fast_seen(3)->sequenced = 0;
	CU_ASSERT_TRUE(dp_call_fast(dp, 2, 3, &why));
	dp_fast_del(dp, e);
}

static void sequenced_by_the_far_end(void)
{
	dp_fast_in("dp_fast sequenced", dp_fast_do_sequenced);
}

/* A channel that data has connected: our end is what the answer says, not what the port listens on.
 */
static void dp_fast_do_connected(struct dp *dp)
{
	struct door_answer a = {.peer = {.len = 1}, .local = {.len = 2}, .mtu = 1400};
	struct fast_way way;

	CU_ASSERT_TRUE(dp_chan_udp4(dp, DP_FAST_CHANNEL, &way));
	CU_ASSERT_EQUAL(way.local_port, 1701);
	dp_chan_connected(dp, DP_FAST_CHANNEL, &a);
	CU_ASSERT_TRUE(dp_chan_udp4(dp, DP_FAST_CHANNEL, &way));
	CU_ASSERT_EQUAL(way.local_port, 1702);
	a.local.len = 0; /* of a transport that does not say */
	dp_chan_connected(dp, DP_FAST_CHANNEL + 1, &a);
	CU_ASSERT_TRUE(dp_chan_udp4(dp, DP_FAST_CHANNEL + 1, &way));
	CU_ASSERT_EQUAL(way.local_port, 1701);
}

static void our_end_of_a_channel(void)
{
	dp_fast_in("dp_fast connected", dp_fast_do_connected);
}

/* Each makes a fast call slow, and it is gone from the maps; then it is fast again. */
static void dp_fast_do_slow(struct dp *dp)
{
	struct dp_entry *e = dp_fast_entry(dp, 2, 3);
	struct dp_call c;

	for (unsigned i = 0; i < 7; i++) {
		enum fast_why want = FAST_COUNT;

		c = dp_fast_call(2, 3);
		dp_fast_is(dp, e, &c, FAST_FAST);
		dp_fast_seen(3);
		switch (i) {
		case 0:
			dp->port[0].accelerated = false;
			want = FAST_OFF;
			break;
		case 1:
			dp->port[0].secured = true;
			want = FAST_IPSEC;
			break;
		case 2: /* of a channel that is not known */
			c.channel++;
			want = FAST_MEDIUM;
			break;
		case 3:
			c.mode = DP_PUNT;
			want = FAST_MODE;
			break;
		case 4:
			c.tun = 0;
			want = FAST_TUN;
			break;
		case 5: /* somebody has removed it */
			dp->door->tun_gone[DP_FAST_TUN % DOOR_TUNS] = DP_FAST_TUN;
			want = FAST_TUN;
			break;
		default:
			c.watched = true;
			want = FAST_COPY;
		}
		dp_fast_is(dp, e, &c, want);
		CU_ASSERT_EQUAL(dp_fast_at.index[3], 0);
		dp->port[0].accelerated = true;
		dp->port[0].secured = false;
		dp->door->tun_gone[DP_FAST_TUN % DOOR_TUNS] = 0;
	}
	/* a line has no tunnel */
	e = dp_fast_entry(dp, 0, 4);
	c = dp_fast_call(0, 4);
	dp_fast_is(dp, e, &c, FAST_LINE);
	CU_ASSERT_EQUAL(dp_fast_at.index[4], 0);
}

static void what_makes_a_call_slow(void)
{
	dp_fast_in("dp_fast slow", dp_fast_do_slow);
}

/* Two tunnels with calls of one Session ID: the first has it, whatever becomes of the second. */
static void dp_fast_do_twins(struct dp *dp)
{
	struct dp_entry *a = dp_fast_entry(dp, 2, 3), *b = dp_fast_entry(dp, 9, 3);
	struct dp_call c = dp_fast_call(2, 3), d = dp_fast_call(9, 3);

	dp_fast_is(dp, a, &c, FAST_FAST);
	dp_fast_seen(3)->rx_frames = 4;
	dp_fast_is(dp, b, &d, FAST_TWIN);
	CU_ASSERT_EQUAL(dp_fast_stats(dp, b).rx_frames, 1000);
	CU_ASSERT_EQUAL(dp_fast_stats(dp, a).rx_frames, 1004);
	d.watched = true;
	dp_fast_is(dp, b, &d, FAST_COPY);
	dp_fast_del(dp, b);
	CU_ASSERT_EQUAL(dp_fast_seen(3)->tid, htons(2));
	/* when it has gone, the other one may be fast */
	dp_fast_del(dp, a);
	d.watched = false;
	dp_fast_is(dp, b, &d, FAST_FAST);
	CU_ASSERT_EQUAL(dp_fast_seen(3)->tid, htons(9));
}

static void two_calls_of_one_id(void)
{
	dp_fast_in("dp_fast twins", dp_fast_do_twins);
}

/* --- counts ------------------------------------------------------------------------------------ */

static void dp_fast_carries(uint16_t sid, uint64_t n, uint64_t us)
{
	struct xdp_call *c = dp_fast_seen(sid);

	c->rx_frames += n;
	c->rx_octets += 10 * n;
	c->tx_frames += 2 * n;
	c->tx_octets += 20 * n;
	c->last_rx = us * 1000;
}

static void dp_fast_has_carried(struct dp *dp, const struct dp_entry *e, uint64_t n, uint64_t us)
{
	struct dp_call_stats s = dp_fast_stats(dp, e);

	CU_ASSERT(s.rx_frames == 1000 + n && s.rx_octets == 10 * n);
	CU_ASSERT(s.tx_frames == 2 * n && s.tx_octets == 20 * n);
	CU_ASSERT_EQUAL(s.last_rx, us);
}

/* Slow and fast again, nothing is counted twice or lost; the latest time counts. */
static void dp_fast_do_counts(struct dp *dp)
{
	struct dp_entry *e = dp_fast_entry(dp, 2, 3);
	struct dp_call c = dp_fast_call(2, 3);

	dp_fast_has_carried(dp, e, 0, 3); /* what the worker says */
	for (unsigned i = 1; i < 4; i++) {
		c.watched = false;
		dp_fast_is(dp, e, &c, FAST_FAST);
		dp_fast_has_carried(dp, e, 5 * (i - 1), i > 1 ? 70 : 3);
		dp_fast_carries(3, 5, i == 1 ? 70 : 60);
		dp_fast_has_carried(dp, e, 5 * i, 70);
		c.watched = true;
		dp_fast_is(dp, e, &c, FAST_COPY);
		dp_fast_has_carried(dp, e, 5 * i, 70);
	}
	CU_ASSERT_EQUAL(dp->door->rare[5].fast_rx_frames, 15);
	CU_ASSERT_PTR_NULL(door_rare(dp->door, 6));
}

static void counts_stay(void)
{
	dp_fast_in("dp_fast counts", dp_fast_do_counts);
}

/* --- captures ---------------------------------------------------------------------------------- */

/* All calls of the port go to the kernel while it is captured, and keep their places and counts. */
static void dp_fast_do_tap(struct dp *dp)
{
	const struct ist_addr far = {.len = 1};
	struct dp_entry *a = dp_fast_entry(dp, 2, 3), *b = dp_fast_entry(dp, 2, 4),
			*slow = dp_fast_entry(dp, 2, 5);
	struct dp_call c = dp_fast_call(2, 3), d = dp_fast_call(2, 4), s = dp_fast_call(2, 5);

	d.channel = (l2tp_channel)2 << 32 | 7;
	dp_chan_note(dp, d.channel, &far, 1400, false);
	s.watched = true;
	dp_fast_is(dp, a, &c, FAST_FAST);
	dp_fast_is(dp, b, &d, FAST_FAST);
	dp_fast_is(dp, slow, &s, FAST_COPY);
	dp_fast_carries(3, 5, 70);
	dp_fast_tap(dp, 0, true);
	CU_ASSERT(a->fast == FAST_CAPTURE && b->fast == FAST_FAST && slow->fast == FAST_COPY);
	CU_ASSERT_EQUAL((uint32_t)dp_fast_at.index[3], 0); /* its upper half is ours */
	CU_ASSERT_NOT_EQUAL((uint32_t)dp_fast_at.index[4], 0);
	dp_fast_has_carried(dp, a, 5, 70);
	/* set while it is captured */
	dp_fast_is(dp, a, &c, FAST_CAPTURE);
	CU_ASSERT_EQUAL((uint32_t)dp_fast_at.index[3], 0);
	dp_fast_has_carried(dp, a, 5, 70);
	dp_fast_tap(dp, 0, false);
	CU_ASSERT(a->fast == FAST_FAST && b->fast == FAST_FAST && slow->fast == FAST_COPY);
	CU_ASSERT_NOT_EQUAL((uint32_t)dp_fast_at.index[3], 0);
	dp_fast_has_carried(dp, a, 5, 70);
	dp_fast_is(dp, a, &c, FAST_FAST);
}

static void a_captured_port(void)
{
	dp_fast_in("dp_fast capture", dp_fast_do_tap);
}

/* The same while a line of the port is bad; a capture is said first. */
static void dp_fast_do_impair(struct dp *dp)
{
	struct dp_entry *a = dp_fast_entry(dp, 2, 3);
	struct dp_call c = dp_fast_call(2, 3);

	dp_fast_is(dp, a, &c, FAST_FAST);
	dp_fast_impair(dp, 0, true);
	CU_ASSERT_EQUAL(a->fast, FAST_IMPAIR);
	CU_ASSERT_EQUAL((uint32_t)dp_fast_at.index[3], 0);
	dp_fast_is(dp, a, &c, FAST_IMPAIR);
	dp_fast_tap(dp, 0, true);
	CU_ASSERT_EQUAL(a->fast, FAST_CAPTURE);
	dp_fast_impair(dp, 0, false);
	CU_ASSERT_EQUAL(a->fast, FAST_CAPTURE);
	CU_ASSERT_EQUAL((uint32_t)dp_fast_at.index[3], 0);
	dp_fast_tap(dp, 0, false);
	CU_ASSERT_EQUAL(a->fast, FAST_FAST);
	CU_ASSERT_NOT_EQUAL((uint32_t)dp_fast_at.index[3], 0);
}

static void an_impaired_port(void)
{
	dp_fast_in("dp_fast impair", dp_fast_do_impair);
}

/* --- lives ------------------------------------------------------------------------------------- */

/* What the life before had: the calls that go on have counted, the others go. */
static void dp_fast_do_lives(struct dp *dp)
{
	struct dp_entry *a = dp_fast_entry(dp, 2, 3), *b = dp_fast_entry(dp, 2, 4);
	struct dp_call c = dp_fast_call(2, 3), d = dp_fast_call(2, 4);

	dp_fast_is(dp, a, &c, FAST_FAST);
	dp_fast_is(dp, b, &d, FAST_FAST);
	dp_fast_carries(3, 5, 70);
	dp_fast_end(dp);
	CU_ASSERT_NOT_EQUAL(dp_fast_at.index[4], 0);
	dp_fast_begin(dp);
	CU_ASSERT_PTR_NOT_NULL_FATAL(dp->fast);
	map_set(&dp->entries, b->key, 0);
	dp_fast_is(dp, a, &c, FAST_FAST);
	dp_fast_sweep(dp);
	CU_ASSERT_NOT_EQUAL(dp_fast_at.index[3], 0);
	CU_ASSERT_EQUAL(dp_fast_at.index[4], 0);
	dp_fast_has_carried(dp, a, 5, 70);
	CU_ASSERT_EQUAL(dp_fast_heard(dp, 2), 0);
}

static void calls_of_a_life_before(void)
{
	dp_fast_in("dp_fast lives", dp_fast_do_lives);
}

/* --- without it -------------------------------------------------------------------------------- */

/* No program: nothing is said of the path of a call. */
static void without_maps(void)
{
	struct dp *dp = &dp_fast_at.dp;
	struct dp_entry *e;
	struct dp_call c = dp_fast_call(2, 3);
	const char *why = "";

	dp_fast_test_up();
	dp_fast_by(NULL);
	dp_fast_begin(dp);
	CU_ASSERT_PTR_NULL(dp->fast);
	e = dp_fast_entry(dp, 2, 3);
	dp_fast_set(dp, e, &c);
	CU_ASSERT_EQUAL(e->fast, 0);
	CU_ASSERT_FALSE(dp_call_fast(dp, 2, 3, &why));
	CU_ASSERT_PTR_NULL(why);
	dp_fast_tap(dp, 0, true);
	CU_ASSERT_TRUE(dp->port[0].tapped);
	dp_fast_sweep(dp);
	dp_fast_del(dp, e);
	CU_ASSERT_EQUAL(dp_fast_heard(dp, 2), 0);
	/* of a life that had it, the slot says what was carried */
	atomic_store(&door_rare_mine(dp->door, 5)->fast_rx_frames, 8);
	atomic_store(&door_rare_mine(dp->door, 5)->fast_last_rx, 90);
	CU_ASSERT_EQUAL(dp_fast_stats(dp, e).rx_frames, 1008);
	CU_ASSERT_EQUAL(dp_fast_stats(dp, e).last_rx, 90);
	dp_fast_test_down();
}

static void dp_fast_do_no_memory(struct dp *dp)
{
	unsigned refused = 0;

	dp_fast_end(dp);
	for (unsigned skip = 0; !dp->fast && skip < 10; skip++) {
		heap_refuse(skip);
		dp_fast_begin(dp);
		refused += heap_refused();
	}
	CU_ASSERT_PTR_NOT_NULL(dp->fast);
	CU_ASSERT(refused >= 2);
}

static void without_memory_for_the_maps(void)
{
	dp_fast_in("dp_fast memory", dp_fast_do_no_memory);
}

static const struct test_case cases[] = {
	{"settings_in_the_maps", settings_in_the_maps},
	{"sequenced_by_the_far_end", sequenced_by_the_far_end},
	{"our_end_of_a_channel", our_end_of_a_channel},
	{"what_makes_a_call_slow", what_makes_a_call_slow},
	{"two_calls_of_one_id", two_calls_of_one_id},
	{"counts_stay", counts_stay},
	{"a_captured_port", a_captured_port},
	{"an_impaired_port", an_impaired_port},
	{"calls_of_a_life_before", calls_of_a_life_before},
	{"without_maps", without_maps},
	{"without_memory_for_the_maps", without_memory_for_the_maps},
	{NULL, NULL},
};
const struct test_suite suite_dp_fast = {"dp_fast", cases};
