/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/ip/super.h"
#include "gw/ip/ip.h"
#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

#define ROOM 70000u
#define HEAD 100u

static uint8_t whole[ROOM], out[ROOM], packets[IP_RUN_PACKETS + 2][2000];

/* --- packets ---------------------------------------------------------------------------------- */

struct kind {
	bool v6, tcp;
	const char *head; /* lengths and checksums zero */
	size_t at;
};

/* 10.0.0.1 port 1234 to 192.168.1.2 port 80, and the like in IPv6; TCP with a time stamp option. */
#define TCP_HEAD   "04d2 0050 fffff000 00000007 8010 0102 0000 0000 0101 080a 00000001 00000002"
#define UDP_HEAD   "04d2 0050 0000 0000"
#define IP4(proto) "4500 0000 ffff 4000 40" proto " 0000 0a000001 c0a80102"
#define IP6(next)                                                   \
	"60000000 0000 " next "40 20010db8000000000000000000000001" \
	"20010db8000000000000000000000002"

static const struct kind kinds[] = {
	{false, true, IP4("06") TCP_HEAD, 20},
	{false, false, IP4("11") UDP_HEAD, 20},
	{true, true, IP6("06") TCP_HEAD, 40},
	{true, false, IP6("11") UDP_HEAD, 40},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static uint32_t pseudo(const struct kind *k, const uint8_t *p, size_t len)
{
	uint32_t sum = (uint32_t)(len - k->at) + (k->tcp ? 6 : 17);

	return k->v6 ? ip_sum(sum, p + 8, 32) : ip_sum(sum, p + 12, 8);
}

/* Lengths and checksums as the headers have them (RFC 791, 768, 9293, 8200 8.1). */
static void finish(const struct kind *k, uint8_t *p, size_t len)
{
	uint8_t *sum = p + k->at + (k->tcp ? 16 : 6);

	wr_put16(p + (k->v6 ? 4 : 2), (uint16_t)(k->v6 ? len - 40 : len));
	if (!k->tcp)
		wr_put16(p + k->at + 4, (uint16_t)(len - k->at));
	wr_put16(sum, 0);
	wr_put16(sum, (uint16_t)~ip_fold(ip_sum(pseudo(k, p, len), p + k->at, len - k->at)));
	if (!k->tcp && !sum[0] && !sum[1])
		wr_put16(sum, 0xffff);
	if (!k->v6) {
		wr_put16(p + 10, 0);
		wr_put16(p + 10, (uint16_t)~ip_fold(ip_sum(0, p, 20)));
	}
}

static size_t head_of(const struct kind *k, uint8_t *p)
{
	return test_hex(p, HEAD, k->head);
}

/* Packet number i of a row whose packets have `size` octets of data; this one n. */
static size_t packet(const struct kind *k, uint8_t *p, unsigned i, size_t size, size_t n)
{
	size_t hlen = head_of(k, p);

	if (!k->v6)
		wr_put16(p + 4, (uint16_t)(0xffff + i));
	if (k->tcp)
		wr_put32(p + k->at + 4, 0xfffff000u + (uint32_t)(i * size));
	for (size_t o = 0; o < n; o++)
		p[hlen + o] = (uint8_t)(i * size + o);
	finish(k, p, hlen + n);
	return hlen + n;
}

static size_t super_of(const struct kind *k, size_t data)
{
	size_t hlen = head_of(k, whole);

	for (size_t o = 0; o < data; o++)
		whole[hlen + o] = (uint8_t)o;
	finish(k, whole, hlen + data);
	return hlen + data;
}

/* --- cutting ---------------------------------------------------------------------------------- */

static void cut_packets_are_those_of_a_sender(void)
{
	for (const struct kind *k = kinds; k < kinds + KINDS; k++) {
		size_t len = super_of(k, 2500);
		struct ip_super s;

		CU_ASSERT_FATAL(ip_super_parse(&s, whole, len, !k->tcp, 1000));
		for (unsigned i = 0; i < 3; i++) {
			size_t want = packet(k, packets[0], i, 1000, i < 2 ? 1000 : 500);

			CU_ASSERT_EQUAL_FATAL(ip_super_cut(&s, i, out), want);
			ASSERT_OCTETS(out, want, packets[0], want);
		}
		CU_ASSERT_EQUAL(ip_super_cut(&s, 3, out), 0);
		CU_ASSERT_TRUE(ip_super_parse(&s, whole, len, !k->tcp, 1250));
		CU_ASSERT_EQUAL(ip_super_cut(&s, 1, out), len - 1250);
		CU_ASSERT_EQUAL(ip_super_cut(&s, 2, out), 0);
	}
}

/* FIN and PSH are sent with the last octet, CWR with the first packet (RFC 3168 6.1.2). */
static void flags_of_tcp(void)
{
	const struct kind *k = &kinds[0];
	size_t len = super_of(k, 30);
	struct ip_super s;

	whole[33] = 0xd9; /* CWR, ECE, ACK, PSH, FIN */
	CU_ASSERT_FATAL(ip_super_parse(&s, whole, len, false, 10));
	CU_ASSERT_EQUAL(ip_super_cut(&s, 0, out), len - 20);
	CU_ASSERT_EQUAL(out[33], 0xd0);
	CU_ASSERT_EQUAL(ip_super_cut(&s, 1, out), len - 20);
	CU_ASSERT_EQUAL(out[33], 0x50);
	CU_ASSERT_EQUAL(ip_super_cut(&s, 2, out), len - 20);
	CU_ASSERT_EQUAL(out[33], 0x59);
	CU_ASSERT_TRUE(ip_fold(ip_sum(pseudo(k, out, len - 20), out + 20, len - 40)) == 0xffff);
}

/* RFC 768: a checksum that is zero is sent as all ones; TCP has no such rule. */
static void a_checksum_of_zero(void)
{
	for (const struct kind *k = kinds; k < kinds + KINDS; k++) {
		size_t len = super_of(k, 2), hlen = len - 2;
		uint8_t *sum = out + k->at + (k->tcp ? 16 : 6);
		struct ip_super s;

		wr_put16(whole + hlen, 0);
		finish(k, whole, len);
		memcpy(whole + hlen, whole + k->at + (k->tcp ? 16 : 6), 2);
		CU_ASSERT_FATAL(ip_super_parse(&s, whole, len, !k->tcp, 2));
		CU_ASSERT_EQUAL(ip_super_cut(&s, 0, out), len);
		CU_ASSERT_EQUAL(sum[0], k->tcp ? 0 : 0xff);
		CU_ASSERT_EQUAL(sum[1], k->tcp ? 0 : 0xff);
	}
}

static void what_cannot_be_cut(void)
{
	struct ip_super s;
	size_t len = super_of(&kinds[0], 100);

	CU_ASSERT_TRUE(ip_super_parse(&s, whole, len, false, 10));
	CU_ASSERT_FALSE(ip_super_parse(&s, whole, len, true, 10)); /* not UDP */
	CU_ASSERT_FALSE(ip_super_parse(&s, whole, len, false, 0));
	for (size_t i = 0; i <= len - 100; i++)
		CU_ASSERT_FALSE(ip_super_parse(&s, whole, i, false, 10));
	whole[6] = 0x20; /* a fragment */
	CU_ASSERT_FALSE(ip_super_parse(&s, whole, len, false, 10));
	whole[6] = 0x40;
	whole[32] = 0x40; /* a TCP header of 16 octets */
	CU_ASSERT_FALSE(ip_super_parse(&s, whole, len, false, 10));
	len = super_of(&kinds[3], 0); /* no data */
	CU_ASSERT_FALSE(ip_super_parse(&s, whole, len, true, 10));
	for (size_t i = 0; i < len; i++)
		CU_ASSERT_FALSE(ip_super_parse(&s, whole, i, true, 10));
}

static void sums_that_the_kernel_left(void)
{
	for (const struct kind *k = kinds; k < kinds + KINDS; k++) {
		size_t len = packet(k, packets[0], 0, 100, 100), off = k->tcp ? 16 : 6;

		memcpy(out, packets[0], len);
		wr_put16(out + k->at + off, ip_fold(pseudo(k, out, len)));
		CU_ASSERT_TRUE(ip_super_finish_sum(out, len, k->at, off));
		ASSERT_OCTETS(out, len, packets[0], len);
	}
	CU_ASSERT_TRUE(ip_super_finish_sum(out, 10, 2, 6));
	CU_ASSERT_FALSE(ip_super_finish_sum(out, 10, 2, 7));
	CU_ASSERT_FALSE(ip_super_finish_sum(out, 10, 11, 0));
	CU_ASSERT_FALSE(ip_super_finish_sum(out, 10, 65535, 65535));
}

/* --- joining ---------------------------------------------------------------------------------- */

static bool join(struct ip_run *r, unsigned i, size_t len)
{
	struct ip_run x;

	return ip_run_begin(&x, packets[i], len) == IP_RUN_BEGUN && ip_run_same(r, &x) &&
	       ip_run_join(r, &x);
}

/* The whole as the kernel gets it. */
static size_t joined(const struct ip_run *r)
{
	size_t len = r->hlen;

	ip_run_head(r, whole);
	for (unsigned i = 0; i < r->n; i++) {
		size_t n = i + 1u < r->n ? r->size : r->last;

		memcpy(whole + len, packets[i] + r->hlen, n);
		len += n;
	}
	CU_ASSERT_EQUAL(len, r->len);
	return len;
}

static void joined_and_cut_they_are_the_same(void)
{
	uint64_t seed = test_seed();

	for (unsigned t = 0; t < 200; t++) {
		const struct kind *k = &kinds[t % KINDS];
		unsigned n = 2 + (unsigned)(test_rand(&seed) % (IP_RUN_PACKETS - 1));
		size_t size = 1 + test_rand(&seed) % 1000;
		size_t last = 1 + test_rand(&seed) % size, len[IP_RUN_PACKETS];
		struct ip_run r;
		struct ip_super s;

		for (unsigned i = 0; i < n; i++)
			len[i] = packet(k, packets[i], i, size, i + 1 < n ? size : last);
		if (k->tcp && t & 8) { /* PSH of the last */
			packets[n - 1][k->at + 13] |= 8;
			finish(k, packets[n - 1], len[n - 1]);
		}
		CU_ASSERT_EQUAL_FATAL(ip_run_begin(&r, packets[0], len[0]), IP_RUN_BEGUN);
		for (unsigned i = 1; i < n; i++)
			CU_ASSERT_TRUE_FATAL(join(&r, i, len[i]));
		CU_ASSERT_TRUE_FATAL(ip_super_parse(&s, whole, joined(&r), !k->tcp, r.size));
		CU_ASSERT_EQUAL(s.hlen, r.hlen);
		CU_ASSERT_EQUAL(whole[k->at + (k->tcp ? 16 : 6)] << 8 |
					whole[k->at + (k->tcp ? 17 : 7)],
				ip_fold(pseudo(k, whole, r.len)));
		for (unsigned i = 0; i < n; i++) {
			CU_ASSERT_EQUAL_FATAL(ip_super_cut(&s, i, out), len[i]);
			ASSERT_OCTETS(out, len[i], packets[i], len[i]);
		}
	}
}

/* A second packet that differs in one octet of its headers, the checksums right again. */
static const struct {
	unsigned kind;
	size_t at;
	uint8_t value;
	const char *why;
} others[] = {
	{0, 1, 0x04, "TOS"},
	{0, 5, 0x01, "Identification that is not the next"},
	{0, 6, 0x00, "DF"},
	{0, 8, 0x3f, "TTL"},
	{0, 27, 0x01, "sequence number"},
	{0, 31, 0x08, "acknowledgment number"},
	{0, 33, 0x00, "no ACK"},
	{0, 33, 0x12, "SYN"},
	{0, 33, 0x11, "FIN"},
	{0, 33, 0x14, "RST"},
	{0, 33, 0x30, "URG"},
	{0, 33, 0x90, "CWR"},
	{0, 33, 0x50, "ECE"},
	{0, 32, 0x81, "a reserved bit"},
	{0, 35, 0x03, "window"},
	{0, 47, 0x02, "time stamp"},
	{2, 1, 0x10, "traffic class"},
	{2, 3, 0x01, "flow label"},
	{2, 7, 0x3f, "hop limit"},
	{2, 47, 0x01, "sequence number"},
};

static void other_headers_do_not_join(void)
{
	for (size_t t = 0; t < sizeof(others) / sizeof(others[0]); t++) {
		const struct kind *k = &kinds[others[t].kind];
		size_t len = packet(k, packets[0], 0, 100, 100);
		struct ip_run r;
		bool joins;

		CU_ASSERT_EQUAL(ip_run_begin(&r, packets[0], len), IP_RUN_BEGUN);
		packet(k, packets[1], 1, 100, 100);
		packets[1][others[t].at] = others[t].value;
		finish(k, packets[1], len);
		joins = join(&r, 1, len);
		CU_ASSERT_FALSE(joins);
		if (joins)
			fprintf(stderr, "joined in spite of: %s\n", others[t].why);
		packet(k, packets[1], 1, 100, 100);
		CU_ASSERT_TRUE(join(&r, 1, len));
	}
}

/* RFC 6864: with DF the Identification may stay as it is; without it may not. */
static void one_identification(void)
{
	const struct kind *k = &kinds[1];
	size_t len = packet(k, packets[0], 0, 100, 100);
	struct ip_run r;

	for (unsigned i = 0; i < 4; i++) {
		packet(k, packets[i], i, 100, 100);
		wr_put16(packets[i] + 4, 7);
		finish(k, packets[i], len);
	}
	ip_run_begin(&r, packets[0], len);
	CU_ASSERT_TRUE(join(&r, 1, len) && join(&r, 2, len));
	wr_put16(packets[3] + 4, 10); /* as if it had gone up with each packet */
	finish(k, packets[3], len);
	CU_ASSERT_FALSE(join(&r, 3, len));
	wr_put16(packets[1] + 4, 8);
	finish(k, packets[1], len);
	ip_run_begin(&r, packets[0], len);
	CU_ASSERT_TRUE(join(&r, 1, len));
	CU_ASSERT_FALSE(join(&r, 2, len));
	for (unsigned i = 0; i < 2; i++) {
		wr_put16(packets[i] + 4, 7);
		packets[i][6] = 0;
		finish(k, packets[i], len);
	}
	ip_run_begin(&r, packets[0], len);
	CU_ASSERT_FALSE(join(&r, 1, len));
}

static void wrong_sums_do_not_join(void)
{
	for (const struct kind *k = kinds; k < kinds + KINDS; k++) {
		size_t len = packet(k, packets[0], 0, 100, 100);
		struct ip_run r;

		CU_ASSERT_EQUAL(ip_run_begin(&r, packets[0], len), IP_RUN_BEGUN);
		packet(k, packets[1], 1, 100, 100);
		packets[1][len - 1] ^= 1;
		CU_ASSERT_FALSE(join(&r, 1, len));
		packets[1][len - 1] ^= 1;
		packets[1][11] ^= !k->v6; /* of IPv4's header */
		CU_ASSERT_EQUAL(join(&r, 1, len), k->v6);
		packet(k, packets[1], 1, 100, 100);
		if (!k->v6) { /* of the header of the first: it would be mended */
			packets[0][10] ^= 1;
			CU_ASSERT_EQUAL(ip_run_begin(&r, packets[0], len), IP_RUN_BEGUN);
			CU_ASSERT_FALSE(join(&r, 1, len));
			packets[0][10] ^= 1;
		}
		packets[0][len - 1] ^= 1; /* the first: nothing follows it */
		CU_ASSERT_EQUAL(ip_run_begin(&r, packets[0], len), IP_RUN_BEGUN);
		CU_ASSERT_FALSE(join(&r, 1, len));
		CU_ASSERT_FALSE(join(&r, 1, len));
	}
}

/* RFC 1071: all ones is zero, too; but what is cut has zero there. */
static void two_zeros(void)
{
	const struct kind *k = &kinds[0];
	size_t len = packet(k, packets[0], 0, 100, 100);
	struct ip_run r;
	uint16_t sum;

	for (unsigned ones = 0; ones < 2; ones++) {
		packet(k, packets[1], 1, 100, 100);
		wr_put16(packets[1] + len - 2, 0);
		finish(k, packets[1], len);
		sum = (uint16_t)(packets[1][36] << 8 | packets[1][37]);
		wr_put16(packets[1] + len - 2, sum); /* now the sum is zero */
		wr_put16(packets[1] + 36, ones ? 0xffff : 0);
		CU_ASSERT_EQUAL(ip_run_begin(&r, packets[0], len), IP_RUN_BEGUN);
		CU_ASSERT_EQUAL(join(&r, 1, len), !ones);
	}
}

/* Behind a shorter packet, or one with PSH, nothing follows; a longer one cannot. */
static void where_a_run_ends(void)
{
	for (const struct kind *k = kinds; k < kinds + KINDS; k++) {
		size_t len = packet(k, packets[0], 0, 100, 100);
		struct ip_run r;

		ip_run_begin(&r, packets[0], len);
		packet(k, packets[1], 1, 100, 101);
		CU_ASSERT_FALSE(join(&r, 1, len + 1));
		packet(k, packets[1], 1, 100, 99);
		CU_ASSERT_TRUE(join(&r, 1, len - 1));
		packet(k, packets[2], 2, 100, 100);
		if (k->tcp)
			wr_put32(packets[2] + k->at + 4, 0xfffff000u + 199);
		finish(k, packets[2], len);
		CU_ASSERT_FALSE(join(&r, 2, len));
		ip_run_begin(&r, packets[0], len);
		for (unsigned i = 1; i < IP_RUN_PACKETS; i++) {
			packet(k, packets[i], i, 100, 100);
			CU_ASSERT_TRUE(join(&r, i, len));
		}
		packet(k, packets[IP_RUN_PACKETS], IP_RUN_PACKETS, 100, 100);
		CU_ASSERT_FALSE(join(&r, IP_RUN_PACKETS, len));
		if (!k->tcp)
			continue;
		packets[0][k->at + 13] |= 8;
		finish(k, packets[0], len);
		ip_run_begin(&r, packets[0], len);
		packet(k, packets[1], 1, 100, 100);
		CU_ASSERT_FALSE(join(&r, 1, len));
	}
}

static void no_longer_than_a_packet_may_be(void)
{
	const struct kind *k = &kinds[1];
	size_t len = packet(k, packets[0], 0, 1900, 1900);
	struct ip_run r;
	unsigned n = 1;

	ip_run_begin(&r, packets[0], len);
	while (packet(k, packets[n], n, 1900, 1900), join(&r, n, len))
		n++;
	CU_ASSERT_EQUAL(n, (65535 - 28) / 1900);
	packet(k, packets[n], n, 1900, 65535 - r.len);
	CU_ASSERT_TRUE(join(&r, n, r.hlen + 65535 - r.len));
	CU_ASSERT_EQUAL(r.len, 65535);
}

static void flows(void)
{
	/* kind, octet to change: another flow */
	static const struct {
		unsigned kind;
		size_t at;
	} rows[] = {{0, 15}, {0, 19}, {1, 21}, {1, 23}, {2, 8}, {2, 39}, {3, 41}, {3, 43}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct kind *k = &kinds[rows[i].kind];
		size_t len = packet(k, packets[0], 0, 100, 100);
		struct ip_run a, b;

		packet(k, packets[1], 1, 100, 100);
		ip_run_begin(&a, packets[0], len);
		ip_run_begin(&b, packets[1], len);
		CU_ASSERT_TRUE(ip_run_same(&a, &b));
		CU_ASSERT_EQUAL(ip_run_hash(&a), ip_run_hash(&b));
		packets[1][rows[i].at] ^= 1;
		CU_ASSERT_FALSE(ip_run_same(&a, &b));
		CU_ASSERT_NOT_EQUAL(ip_run_hash(&a), ip_run_hash(&b));
	}
}

/* kind and octet to set: what the packet is then */
static const struct {
	unsigned kind;
	size_t at;
	uint8_t value;
	enum ip_run_kind is;
} kinds_of_run[] = {
	{0, 9, 1, IP_RUN_OTHER},     /* ICMP */
	{0, 6, 0x20, IP_RUN_PART},   /* more fragments */
	{1, 7, 0x01, IP_RUN_PART},   /* not the first one */
	{2, 6, 58, IP_RUN_OTHER},    /* ICMPv6 */
	{2, 6, 44, IP_RUN_PART},     /* fragment header */
	{2, 6, 0, IP_RUN_PART},	     /* hop by hop options */
	{2, 6, 43, IP_RUN_PART},     /* routing header */
	{3, 6, 60, IP_RUN_PART},     /* destination options */
	{0, 32, 0xf0, IP_RUN_ALONE}, /* TCP header that fills the packet */
	{0, 32, 0x40, IP_RUN_ALONE}, /* too short a header */
	{1, 25, 9, IP_RUN_ALONE},    /* UDP length */
	{0, 33, 0x18, IP_RUN_BEGUN}, /* PSH */
};

static void kinds_of_packets(void)
{
	struct ip_run r;
	size_t len;

	for (size_t i = 0; i < sizeof(kinds_of_run) / sizeof(kinds_of_run[0]); i++) {
		len = packet(&kinds[kinds_of_run[i].kind], packets[0], 0, 28, 28);
		packets[0][kinds_of_run[i].at] = kinds_of_run[i].value;
		CU_ASSERT_EQUAL(ip_run_begin(&r, packets[0], len), kinds_of_run[i].is);
	}
	len = packet(&kinds[0], packets[0], 0, 0, 0); /* an ACK */
	CU_ASSERT_EQUAL(ip_run_begin(&r, packets[0], len), IP_RUN_ALONE);
	len = packet(&kinds[1], packets[0], 0, 10, 10);
	wr_put16(packets[0] + 26, 0); /* without checksum */
	CU_ASSERT_EQUAL(ip_run_begin(&r, packets[0], len), IP_RUN_ALONE);
	len = packet(&kinds[0], packets[0], 0, 10, 10);
	packets[0][0] = 0x46; /* options of IPv4: the ports are behind them */
	CU_ASSERT_EQUAL(ip_run_begin(&r, packets[0], len), IP_RUN_ALONE);
	CU_ASSERT_EQUAL(r.at, 24);
	len = packet(&kinds[0], packets[0], 0, 10, 10);
	CU_ASSERT_EQUAL(ip_run_begin(&r, packets[0], 39), IP_RUN_OTHER); /* no TCP header */
}

static const struct test_case cases[] = {
	{"cut_packets_are_those_of_a_sender", cut_packets_are_those_of_a_sender},
	{"flags_of_tcp", flags_of_tcp},
	{"a_checksum_of_zero", a_checksum_of_zero},
	{"what_cannot_be_cut", what_cannot_be_cut},
	{"sums_that_the_kernel_left", sums_that_the_kernel_left},
	{"joined_and_cut_they_are_the_same", joined_and_cut_they_are_the_same},
	{"other_headers_do_not_join", other_headers_do_not_join},
	{"one_identification", one_identification},
	{"wrong_sums_do_not_join", wrong_sums_do_not_join},
	{"two_zeros", two_zeros},
	{"where_a_run_ends", where_a_run_ends},
	{"no_longer_than_a_packet_may_be", no_longer_than_a_packet_may_be},
	{"flows", flows},
	{"kinds_of_packets", kinds_of_packets},
	{NULL, NULL},
};
const struct test_suite suite_super = {"super", cases};
