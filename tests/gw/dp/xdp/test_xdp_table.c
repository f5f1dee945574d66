/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The maps from the side that writes them, read back as the program reads them. */
#include "config.h" /* first: GNU extensions */

#include "tests/gw/dp/xdp/xdp_bench.h"
#include "tests/harness.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The program's view of the calls, in which it counts. */
struct program {
	const uint64_t *index;
	struct xdp_call *call;
};

static void table_in(const char *test, void (*fn)(struct xdp_bench *x, struct program *p))
{
	const size_t index = XDP_IDS * sizeof(uint64_t),
		     calls = XDP_SLOTS * sizeof(struct xdp_call);
	struct xdp_bench x;
	void *a, *b;

	if (!xdp_bench_load(&x, test))
		return;
	a = mmap(NULL, index, PROT_READ, MAP_SHARED, x.fd[XDP_FD_INDEX], 0);
	b = mmap(NULL, calls, PROT_READ | PROT_WRITE, MAP_SHARED, x.fd[XDP_FD_CALLS], 0);
	CU_ASSERT_FATAL(a != MAP_FAILED && b != MAP_FAILED);
	fn(&x, &(struct program){a, b});
	munmap(a, index);
	munmap(b, calls);
	xdp_bench_unload(&x);
}

static bool table_read(struct xdp_bench *x, enum xdp_fd map, const void *key, void *value)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (uint32_t)x->fd[map];
	attr.key = (uintptr_t)key;
	attr.value = (uintptr_t)value;
	return !syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &attr, sizeof(attr));
}

/* The session that has an address; 0 = none. */
static uint32_t table_at(struct xdp_bench *x, enum xdp_fd map, const void *addr)
{
	uint32_t sid = 0;

	return table_read(x, map, addr, &sid) ? sid : 0;
}

static uint64_t table_word4(struct xdp_bench *x, __be32 addr)
{
	uint32_t key = ntohl(addr) % XDP_NEAR4;
	uint64_t word = 0;

	CU_ASSERT(table_read(x, XDP_FD_NEAR4, &key, &word));
	return word;
}

/* As the program looks. */
static uint32_t table_at4(struct xdp_bench *x, __be32 addr)
{
	uint64_t word = table_word4(x, addr);

	if (word >> 32 == addr && (uint16_t)word)
		return (uint16_t)word;
	return word & XDP_MORE ? table_at(x, XDP_FD_ADDR4, &addr) : 0;
}

static void table_set_and_gone(struct xdp_bench *x, struct program *p)
{
	struct xdp_call *c = &x->call;

	CU_ASSERT_EQUAL(xdp_table_set(x->t, 0, c), -EINVAL);
	CU_ASSERT_EQUAL(xdp_table_set(x->t, 65535, c), 0);
	CU_ASSERT_NOT_EQUAL_FATAL(p->index[65535], 0);
	c->sid = 65535;
	CU_ASSERT(!memcmp(&p->call[p->index[65535]], c, offsetof(struct xdp_call, rx_frames)));
	CU_ASSERT_EQUAL(table_at4(x, c->peer4), 65535);
	CU_ASSERT_EQUAL(table_at(x, XDP_FD_ADDR6, c->peer6), 65535);
	/* the slot of its number, which rests when it has gone: the next one has another */
	CU_ASSERT_EQUAL(p->index[65535], 65535);
	xdp_table_del(x->t, 65535, NULL);
	CU_ASSERT_EQUAL(xdp_table_set(x->t, 65535, c), 0);
	CU_ASSERT(p->index[65535] >= XDP_IDS);
	xdp_table_del(x->t, 65535, NULL);
	CU_ASSERT_EQUAL(p->index[65535], 0);
	CU_ASSERT_EQUAL(table_at4(x, c->peer4), 0);
	CU_ASSERT_EQUAL(table_at(x, XDP_FD_ADDR6, c->peer6), 0);
	xdp_table_del(x->t, 65535, NULL);
}

static void xdp_table_set_and_gone(void)
{
	table_in("xdp_table set_and_gone", table_set_and_gone);
}

/* Other settings are another slot, so that the program never has half of them. */
static void table_change(struct xdp_bench *x, struct program *p)
{
	struct xdp_call was = x->call, is = was;
	uint64_t first;

	CU_ASSERT_EQUAL(xdp_table_set(x->t, 3, &was), 0);
	first = p->index[3];
	is.peer4++;
	is.flags &= (uint16_t)~XDP_IP6;
	is.mtu = 500;
	CU_ASSERT_EQUAL(xdp_table_set(x->t, 3, &is), 0);
	CU_ASSERT_NOT_EQUAL(p->index[3], first);
	CU_ASSERT_EQUAL(p->call[first].mtu, was.mtu);
	CU_ASSERT_EQUAL(p->call[p->index[3]].mtu, 500);
	CU_ASSERT_EQUAL(table_at4(x, was.peer4), 0);
	CU_ASSERT_EQUAL(table_at4(x, is.peer4), 3);
	CU_ASSERT_EQUAL(table_at(x, XDP_FD_ADDR6, was.peer6), 0);
}

static void xdp_table_change(void)
{
	table_in("xdp_table change", table_change);
}

/* The end of the first call does not take the address of the second. */
static void table_address_moves(struct xdp_bench *x, struct program *p)
{
	(void)p;
	CU_ASSERT_EQUAL(xdp_table_set(x->t, 3, &x->call), 0);
	CU_ASSERT_EQUAL(xdp_table_set(x->t, 4, &x->call), 0);
	CU_ASSERT_EQUAL(table_at4(x, x->call.peer4), 4);
	xdp_table_del(x->t, 3, NULL);
	CU_ASSERT_EQUAL(table_at4(x, x->call.peer4), 4);
	CU_ASSERT_EQUAL(table_at(x, XDP_FD_ADDR6, x->call.peer6), 4);
}

static void xdp_table_address_moves(void)
{
	table_in("xdp_table address_moves", table_address_moves);
}

/* Two addresses that would have the same word: each finds its call, whoever goes first. */
static void table_address_beside(struct xdp_bench *x, struct program *p)
{
	const __be32 first = x->call.peer4, second = htonl(ntohl(first) + XDP_NEAR4);
	struct xdp_call beside = x->call;

	(void)p;
	beside.peer4 = second;
	for (unsigned round = 0; round < 2; round++) {
		CU_ASSERT_EQUAL(xdp_table_set(x->t, 3, &x->call), 0);
		CU_ASSERT_EQUAL(table_at4(x, second), 0);
		CU_ASSERT_EQUAL(xdp_table_set(x->t, 4, &beside), 0);
		CU_ASSERT_EQUAL(table_word4(x, first), (uint64_t)first << 32 | XDP_MORE | 3);
		CU_ASSERT_EQUAL(table_at4(x, second), 4);
		xdp_table_del(x->t, 3, NULL);
		CU_ASSERT_EQUAL(table_at4(x, first), 0);
		CU_ASSERT_EQUAL(table_at4(x, second), 4);
		/* set again it is in the word, and gone from everywhere afterwards */
		CU_ASSERT_EQUAL(xdp_table_set(x->t, 4, &beside), 0);
		CU_ASSERT_EQUAL(table_word4(x, first), (uint64_t)second << 32 | XDP_MORE | 4);
		xdp_table_del(x->t, 4, NULL);
		CU_ASSERT_EQUAL(table_at4(x, second), 0);
		CU_ASSERT_EQUAL(table_word4(x, first), XDP_MORE);
	}
}

static void xdp_table_address_beside(void)
{
	table_in("xdp_table address_beside", table_address_beside);
}

/* The program of a keeper from before the words has addresses by their hash only. */
static void table_without_words(struct xdp_bench *x, struct program *p)
{
	const int near = x->fd[XDP_FD_NEAR4];
	int fd[XDP_FDS];

	(void)p;
	memcpy(fd, x->fd, sizeof(fd));
	fd[XDP_FD_NEAR4] = -1;
	xdp_table_free(x->t);
	x->t = xdp_table_new(fd);
	CU_ASSERT_PTR_NOT_NULL_FATAL(x->t);
	CU_ASSERT_EQUAL(xdp_table_set(x->t, 3, &x->call), 0);
	CU_ASSERT(near >= 0 && !table_word4(x, x->call.peer4));
	CU_ASSERT_EQUAL(table_at(x, XDP_FD_ADDR4, &x->call.peer4), 3);
	xdp_table_del(x->t, 3, NULL);
	CU_ASSERT_EQUAL(table_at(x, XDP_FD_ADDR4, &x->call.peer4), 0);
}

static void xdp_table_without_words(void)
{
	table_in("xdp_table without_words", table_without_words);
}

/* What the program counts in a slot that is no longer named is the call's, until the slot is
 * another's; and nothing is counted twice. */
static void table_counts_go_on(struct xdp_bench *x, struct program *p)
{
	struct xdp_count n;
	uint64_t old;

	CU_ASSERT_EQUAL(xdp_table_set(x->t, 3, &x->call), 0);
	old = p->index[3];
	p->call[old].rx_frames = 10;
	p->call[old].rx_octets = 1000;
	p->call[old].last_rx = 5000;
	p->call[old].plain = 1;
	/* more changes than there are slots: each has been used and rested */
	for (unsigned i = 0; i < XDP_SLOTS + 10; i++) {
		x->call.mtu = (uint16_t)(1000 + i % 100);
		CU_ASSERT_EQUAL_FATAL(xdp_table_set(x->t, 3, &x->call), 0);
	}
	p->call[p->index[3]].tx_frames = 7;
	p->call[p->index[3]].spoofed = 2;
	CU_ASSERT(xdp_table_count(x->t, 3, &n));
	CU_ASSERT(n.rx_frames == 10 && n.rx_octets == 1000 && n.last_rx == 5);
	CU_ASSERT(n.tx_frames == 7 && n.spoofed == 2);
	CU_ASSERT_EQUAL(p->call[p->index[3]].plain, 1);
	xdp_table_set(x->t, 3, &x->call);
	xdp_table_del(x->t, 3, &n);
	CU_ASSERT(n.rx_frames == 10 && n.tx_frames == 7 && n.spoofed == 2);
	CU_ASSERT(!xdp_table_count(x->t, 3, &n) && !n.rx_frames);
	/* the next one of this number begins at nothing, in its own slot again when many have
	 * rested */
	CU_ASSERT_EQUAL(xdp_table_set(x->t, 3, &x->call), 0);
	CU_ASSERT(xdp_table_count(x->t, 3, &n) && !n.rx_frames && !n.tx_frames && !n.last_rx);
}

static void xdp_table_counts_go_on(void)
{
	table_in("xdp_table counts_go_on", table_counts_go_on);
}

/* Each session id can be fast at once, and all can be changed. */
static void table_all_ids(struct xdp_bench *x, struct program *p)
{
	for (unsigned round = 0; round < 2; round++)
		for (unsigned sid = 1; sid < XDP_IDS; sid++) {
			struct xdp_call c = x->call;

			c.peer4 = sid;
			c.flags = XDP_IP4;
			c.mtu = (uint16_t)(1000 + round);
			CU_ASSERT_EQUAL_FATAL(xdp_table_set(x->t, (uint16_t)sid, &c), 0);
		}
	for (unsigned sid = 1; sid < XDP_IDS; sid++) {
		CU_ASSERT_EQUAL(p->call[p->index[sid]].peer4, sid);
		CU_ASSERT_EQUAL(p->call[p->index[sid]].mtu, 1001);
	}
}

static void xdp_table_all_ids(void)
{
	table_in("xdp_table all_ids", table_all_ids);
}

/* Who comes after a writer that has died has its calls, with what they have counted wherever that
 * was, and counts nothing twice. */
static void table_another_writer(struct xdp_bench *x, struct program *p)
{
	struct xdp_count n;
	uint64_t first;

	CU_ASSERT_EQUAL(xdp_table_set(x->t, 3, &x->call), 0);
	first = p->index[3];
	p->call[first].rx_frames = 10;
	p->call[first].last_rx = 7000;
	x->call.mtu--;
	CU_ASSERT_EQUAL(xdp_table_set(x->t, 3, &x->call), 0);
	p->call[p->index[3]].rx_frames = 5;
	for (unsigned life = 0; life < 2; life++) {
		xdp_table_free(x->t);
		x->t = xdp_table_new(x->fd);
		CU_ASSERT_PTR_NOT_NULL_FATAL(x->t);
		CU_ASSERT(xdp_table_has(x->t, 3, 0x0102) == (x->call.tid == htons(0x0102)));
		CU_ASSERT(xdp_table_has(x->t, 3, ntohs(x->call.tid)));
		CU_ASSERT(xdp_table_count(x->t, 3, &n) && n.rx_frames == 15 && n.last_rx == 7);
		CU_ASSERT_EQUAL(table_at4(x, x->call.peer4), 3);
	}
	/* its slots are known: another call gets one of its own */
	first = p->index[3];
	CU_ASSERT_EQUAL(xdp_table_set(x->t, 3, &x->call), 0);
	CU_ASSERT_EQUAL(p->index[3], first);
	CU_ASSERT_EQUAL(xdp_table_set(x->t, 4, &x->call), 0);
	CU_ASSERT_NOT_EQUAL(p->index[4], first);
	CU_ASSERT(xdp_table_count(x->t, 4, &n) && !n.rx_frames);
	/* deleted, while what has counted before still rests: the next of this number has none */
	xdp_table_del(x->t, 3, NULL);
	CU_ASSERT_EQUAL(xdp_table_set(x->t, 3, &x->call), 0);
	xdp_table_free(x->t);
	x->t = xdp_table_new(x->fd);
	CU_ASSERT_PTR_NOT_NULL_FATAL(x->t);
	CU_ASSERT(xdp_table_count(x->t, 3, &n) && !n.rx_frames);
}

static void xdp_table_another_writer(void)
{
	table_in("xdp_table another_writer", table_another_writer);
}

/* Another tunnel's call of the same number; and one that is held back keeps place and counters. */
static void table_held_back(struct xdp_bench *x, struct program *p)
{
	struct xdp_call twin = x->call;
	struct xdp_count n;

	CU_ASSERT_EQUAL(xdp_table_set(x->t, 3, &x->call), 0);
	twin.tid++;
	CU_ASSERT_EQUAL(xdp_table_set(x->t, 3, &twin), -EEXIST);
	p->call[p->index[3]].tx_frames = 9;
	xdp_table_hold_back(x->t, 3, true);
	CU_ASSERT_EQUAL((uint32_t)p->index[3], 0);
	CU_ASSERT(xdp_table_count(x->t, 3, &n) && n.tx_frames == 9);
	CU_ASSERT_EQUAL(xdp_table_set(x->t, 3, &twin), -EEXIST);
	xdp_table_hold_back(x->t, 3, false);
	CU_ASSERT_EQUAL(p->call[(uint32_t)p->index[3]].tx_frames, 9);
	xdp_table_hold_back(x->t, 3, true);
	xdp_table_del(x->t, 3, &n);
	CU_ASSERT(n.tx_frames == 9 && !p->index[3]);
	xdp_table_hold_back(x->t, 3, false);
	CU_ASSERT_EQUAL(p->index[3], 0);
}

static void xdp_table_held_back(void)
{
	table_in("xdp_table held_back", table_held_back);
}

static void xdp_table_not_maps(void)
{
	int fd[XDP_FDS];

	for (unsigned i = 0; i < XDP_FDS; i++)
		fd[i] = -1;
	CU_ASSERT_PTR_NULL(xdp_table_new(fd));
	CU_ASSERT_PTR_NOT_NULL(strstr(xdp_reasons[XDP_W_SYN].words, "TCP"));
	CU_ASSERT_STRING_EQUAL(xdp_reasons[XDP_W_NO_NEIGHBOUR].key, "no-neighbour");
}

static const struct test_case cases[] = {
	{"set_and_gone", xdp_table_set_and_gone},
	{"change", xdp_table_change},
	{"address_moves", xdp_table_address_moves},
	{"address_beside", xdp_table_address_beside},
	{"without_words", xdp_table_without_words},
	{"counts_go_on", xdp_table_counts_go_on},
	{"all_ids", xdp_table_all_ids},
	{"another_writer", xdp_table_another_writer},
	{"held_back", xdp_table_held_back},
	{"not_maps", xdp_table_not_maps},
	{NULL, NULL},
};
const struct test_suite suite_xdp_table = {"xdp_table", cases};
