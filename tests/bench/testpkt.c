/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/testpkt.h"

#include <stdlib.h>
#include <string.h>

/* Behind the headers: run and flow, sequence number, time; then the pattern. */
#define HEAD   16u
#define WINDOW 256u

static void testpkt_put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void testpkt_put32(uint8_t *p, uint32_t v)
{
	testpkt_put16(p, (uint16_t)(v >> 16));
	testpkt_put16(p + 2, (uint16_t)v);
}

static uint32_t testpkt_get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t testpkt_sum(const uint8_t *p, size_t len, uint32_t sum)
{
	for (; len > 1; len -= 2, p += 2)
		sum += (uint32_t)p[0] << 8 | p[1];
	return len ? sum + ((uint32_t)p[0] << 8) : sum;
}

static uint16_t testpkt_fold(uint32_t sum)
{
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t) ~((sum >> 16) + sum);
}

/* The pattern depends on the flow only, so that it is copied, and its sum is known. */
#define PATTERNS 251u
static uint8_t testpkt_pattern[TESTPKT_MAX + PATTERNS];
static uint32_t testpkt_part[TESTPKT_MAX + PATTERNS + 2]; /* sums of every second octet pair */

static const uint8_t *testpkt_pattern_of(uint32_t flow)
{
	uint64_t x = 0x9e3779b97f4a7c15;

	if (!testpkt_pattern[0]) {
		for (unsigned i = 0; i < sizeof(testpkt_pattern); i++) {
			x = x * 6364136223846793005 + 1442695040888963407;
			testpkt_pattern[i] = (uint8_t)(x >> 56) | 1;
		}
		for (unsigned i = 0; i + 1 < sizeof(testpkt_pattern); i++)
			testpkt_part[i + 2] = testpkt_part[i] + ((uint32_t)testpkt_pattern[i] << 8 |
								 testpkt_pattern[i + 1]);
	}
	return testpkt_pattern + flow % PATTERNS;
}

/* Sum of `len` octets of it. */
static uint32_t testpkt_pattern_sum(const uint8_t *p, unsigned len)
{
	unsigned at = (unsigned)(p - testpkt_pattern), even = len & ~1u;

	return testpkt_part[at + even] - testpkt_part[at] +
	       (len & 1 ? (uint32_t)p[len - 1] << 8 : 0);
}

static void testpkt_ip(uint8_t *out, unsigned size, const struct testpkt_flow *f)
{
	static const uint8_t fixed[] = {0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 17, 0, 0};

	memcpy(out, fixed, sizeof(fixed));
	testpkt_put16(out + 2, (uint16_t)size);
	testpkt_put32(out + 12, f->src);
	testpkt_put32(out + 16, f->dst);
	testpkt_put16(out + 10, testpkt_fold(testpkt_sum(out, 20, 0)));
}

void testpkt_build(uint8_t *out, unsigned size, const struct testpkt_flow *f, uint8_t run,
		   uint32_t seq, uint64_t stamp)
{
	const uint8_t *pattern = testpkt_pattern_of(f->id);
	uint8_t *udp = out + 20, *p = out + TESTPKT_IP_UDP;
	unsigned rest = size - TESTPKT_IP_UDP - HEAD;
	uint32_t sum = 17 + (size - 20); /* pseudo header */
	uint16_t check;

	testpkt_ip(out, size, f);
	testpkt_put16(udp, TESTPKT_PORT);
	testpkt_put16(udp + 2, TESTPKT_PORT);
	testpkt_put16(udp + 4, (uint16_t)(size - 20));
	testpkt_put16(udp + 6, 0);
	testpkt_put32(p, (uint32_t)run << 24 | (f->id & 0xffffff));
	testpkt_put32(p + 4, seq);
	testpkt_put32(p + 8, (uint32_t)(stamp >> 32));
	testpkt_put32(p + 12, (uint32_t)stamp);
	memcpy(p + HEAD, pattern, rest);
	sum = testpkt_sum(out + 12, 8 + 8 + HEAD, sum) + testpkt_pattern_sum(pattern, rest);
	check = testpkt_fold(sum);
	testpkt_put16(udp + 6, check ? check : 0xffff);
}

bool testpkt_read(const uint8_t *p, size_t len, struct testpkt_seen *out)
{
	uint32_t id;

	if (len < TESTPKT_MIN - TESTPKT_IP_UDP || len > TESTPKT_MAX - TESTPKT_IP_UDP)
		return false;
	id = testpkt_get32(p);
	*out = (struct testpkt_seen){.flow = id & 0xffffff,
				     .run = (uint8_t)(id >> 24),
				     .seq = testpkt_get32(p + 4),
				     .stamp = (uint64_t)testpkt_get32(p + 8) << 32 |
					      testpkt_get32(p + 12)};
	return !memcmp(p + HEAD, testpkt_pattern_of(out->flow), len - HEAD);
}

bool testpkt_read_whole(const uint8_t *pkt, size_t len, struct testpkt_seen *out)
{
	uint32_t sum = 17;

	if (len < TESTPKT_MIN || pkt[0] != 0x45 || pkt[9] != 17 ||
	    testpkt_fold(testpkt_sum(pkt, 20, 0)))
		return false;
	if ((size_t)(pkt[2] << 8 | pkt[3]) != len || (size_t)(pkt[24] << 8 | pkt[25]) != len - 20)
		return false;
	sum = testpkt_sum(pkt + 12, len - 12, sum + (uint32_t)len - 20);
	return !testpkt_fold(sum) && testpkt_read(pkt + TESTPKT_IP_UDP, len - TESTPKT_IP_UDP, out);
}

bool testpkt_book_new(struct testpkt_book *b, unsigned flows)
{
	*b = (struct testpkt_book){.flows = flows, .track = calloc(flows + 1, sizeof(*b->track))};
	return b->track;
}

void testpkt_book_free(struct testpkt_book *b)
{
	free(b->track);
	b->track = NULL;
}

void testpkt_book_clear(struct testpkt_book *b, uint8_t run)
{
	memset(b->track, 0, b->flows * sizeof(*b->track));
	*b = (struct testpkt_book){.track = b->track, .flows = b->flows, .run = run};
}

static bool testpkt_bit(struct testpkt_track *t, uint32_t seq)
{
	uint64_t bit = 1ull << (seq % 64), *word = &t->seen[seq / 64 % 4];
	bool was = *word & bit;

	*word |= bit;
	return was;
}

/* Numbers between the highest and this one have not been seen. */
static void testpkt_advance(struct testpkt_track *t, uint32_t seq)
{
	uint32_t from = seq - t->next > WINDOW ? seq - WINDOW : t->next;

	for (; from != seq; from++)
		t->seen[from / 64 % 4] &= ~(1ull << (from % 64));
	t->seen[seq / 64 % 4] |= 1ull << (seq % 64);
	t->next = seq + 1;
}

void testpkt_book_add(struct testpkt_book *b, const struct testpkt_seen *s)
{
	struct testpkt_track *t;

	if (s->run != b->run)
		return;
	if (s->flow >= b->flows) {
		b->corrupt++;
		return;
	}
	t = &b->track[s->flow];
	if (s->seq >= t->next) {
		testpkt_advance(t, s->seq);
	} else if (t->next - s->seq > WINDOW || testpkt_bit(t, s->seq)) {
		b->doubled++;
		return;
	} else {
		b->reordered++;
	}
	b->good++;
}
