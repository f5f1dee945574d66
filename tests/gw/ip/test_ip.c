/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/ip/ip.h"
#include "tests/harness.h"

#include <string.h>

/* Checks the sums by their definition (RFC 1071): over a good header the folded sum is all ones. */
static bool sum_is_good(const uint8_t *p, size_t n, uint32_t pseudo)
{
	return ip_fold(ip_sum(pseudo, p, n)) == 0xffff;
}

static void rfc1071_example(void)
{
	static const uint8_t p[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};

	CU_ASSERT(ip_fold(ip_sum(0, p, 8)) == 0xddf2);
	CU_ASSERT(ip_fold(ip_sum(0, p, 7)) == ip_fold(0x0001 + 0xf203 + 0xf4f5 + 0xf600));
}

/* The definition, octet by octet. */
static uint32_t slow_sum(uint32_t sum, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	return sum;
}

static void sums_of_all_lengths(void)
{
	uint64_t seed = test_seed();
	uint8_t p[300];

	for (size_t n = 0; n < 200; n++) {
		size_t at = test_rand(&seed) % 64;
		bool ones = n % 3 == 0;

		for (size_t i = 0; i < sizeof(p); i++)
			p[i] = ones ? 0xff : (uint8_t)test_rand(&seed);
		CU_ASSERT_EQUAL(ip_fold(ip_sum(0, p + at, n)), ip_fold(slow_sum(0, p + at, n)));
		CU_ASSERT_EQUAL(ip_fold(ip_sum(0x1fffe, p + at, n)),
				ip_fold(slow_sum(0x1fffe, p + at, n)));
	}
}

static void ipv4_lengths(void)
{
	uint8_t p[64];
	struct ip4 ip;
	size_t n = test_hex(p, sizeof(p),
			    "45000018 00004000 40110000 0a000001 c0a80102 01020304 ffff");

	CU_ASSERT(ip4_parse(&ip, p, n) && ip.hlen == 20 && ip.len == 24);
	CU_ASSERT(ip.src == 0x0a000001 && ip.dst == 0xc0a80102 && ip.proto == 17);
	CU_ASSERT(ip.frag == IP4_DF);
	CU_ASSERT(ip4_parse(&ip, p, 24) && !ip4_parse(&ip, p, 23));
	for (size_t i = 0; i < 20; i++)
		CU_ASSERT(!ip4_parse(&ip, p, i));
	p[0] = 0x44; /* header of 16 */
	CU_ASSERT(!ip4_parse(&ip, p, n));
	p[0] = 0x47; /* header longer than the packet */
	CU_ASSERT(!ip4_parse(&ip, p, n));
	p[0] = 0x65;
	CU_ASSERT(!ip4_parse(&ip, p, n));
}

static void ipv6_lengths(void)
{
	uint8_t p[64];
	struct ip6 ip;
	size_t n = test_hex(p, sizeof(p),
			    "60000000 0004 3b40 20010db8000000000000000000000001"
			    "20010db8000000000000000000000002 01020304 ff");

	CU_ASSERT(ip6_parse(&ip, p, n) && ip.len == 44 && ip.next == 59);
	CU_ASSERT(ip.src == p + 8 && ip.dst == p + 24);
	CU_ASSERT(ip6_parse(&ip, p, 44) && !ip6_parse(&ip, p, 43) && !ip6_parse(&ip, p, 39));
	p[0] = 0x40;
	CU_ASSERT(!ip6_parse(&ip, p, n));
}

/* A SYN from 10.0.0.1 to 10.0.0.2 with options given as hex; checksums filled in. */
static size_t syn4(uint8_t *p, const char *options, uint8_t flags)
{
	size_t opt = test_hex(p + 40, 40, options), tcp = 20 + opt;

	test_hex(p, 40,
		 "45000000 00004000 40060000 0a000001 0a000002"
		 "04d2 0050 00000001 00000000 5002 ffff 0000 0000");
	wr_put16(p + 2, (uint16_t)(20 + tcp));
	p[32] = (uint8_t)(tcp / 4 << 4);
	p[33] = flags;
	wr_put16(p + 36, 0);
	wr_put16(p + 36,
		 (uint16_t)~ip_fold(ip_sum(ip_sum((uint32_t)tcp + 6, p + 12, 8), p + 20, tcp)));
	return 20 + tcp;
}

static const struct {
	const char *options;
	uint8_t flags;
	size_t at; /* offset of the value */
} mss_row[] = {
	{"020405b4", 0x02, 42},
	{"020405b4", 0x12, 42},		 /* SYN, ACK */
	{"020405b4", 0x10, 0},		 /* no SYN */
	{"02040550", 0x02, 0},		 /* small enough: 1360 = 1400 - 40 */
	{"02040551", 0x02, 42},		 /* just above */
	{"01010402 020405b4", 0x02, 46}, /* behind NOPs and SACK permitted */
	{"01020405 b4000000", 0x02, 43}, /* at an odd offset */
	{"00000000 020405b4", 0x02, 0},	 /* behind the end of options */
	{"03030700 020405b4", 0x02, 0},	 /* window scale, then end of options */
	{"020605b4 01010101", 0x02, 0},	 /* wrong length */
	{"02000000 020405b4", 0x02, 0},	 /* length 0 must not loop */
	{"030a0000", 0x02, 0},		 /* runs past the end */
	{"01010102", 0x02, 0},		 /* cut off behind the kind */
	{"", 0x02, 0},
};

static void mss_clamped_and_checksum_kept(void)
{
	uint8_t p[128];
	struct ip4 ip;

	for (unsigned i = 0; i < sizeof(mss_row) / sizeof(mss_row[0]); i++) {
		size_t n = syn4(p, mss_row[i].options, mss_row[i].flags), at;
		uint32_t pseudo = ip_sum((uint32_t)n - 20 + 6, p + 12, 8);

		CU_ASSERT_FATAL(ip4_parse(&ip, p, n) && sum_is_good(p + 20, n - 20, pseudo));
		at = ip4_mss_find(&ip, p, 1400);
		CU_ASSERT(at == mss_row[i].at);
		if (!at)
			continue;
		ip_mss_clamp(p, 20, at, 1360);
		CU_ASSERT(p[at] == 0x05 && p[at + 1] == 0x50);
		CU_ASSERT(sum_is_good(p + 20, n - 20, pseudo));
	}
}

static void mss_not_looked_for(void)
{
	uint8_t p[128];
	struct ip4 ip;
	size_t n = syn4(p, "020405b4", 2);

	CU_ASSERT(ip4_parse(&ip, p, n) && ip4_mss_find(&ip, p, 40) == 0);
	p[7] = 1; /* a later fragment */
	CU_ASSERT(ip4_parse(&ip, p, n) && ip4_mss_find(&ip, p, 1400) == 0);
	p[7] = 0;
	p[9] = 17;
	CU_ASSERT(ip4_parse(&ip, p, n) && ip4_mss_find(&ip, p, 1400) == 0);
	p[9] = 6;
	wr_put16(p + 2, 39); /* TCP header cut off */
	CU_ASSERT(ip4_parse(&ip, p, n) && ip4_mss_find(&ip, p, 1400) == 0);
}

static void mss_ipv6(void)
{
	uint8_t p[128];
	struct ip6 ip;
	size_t n = test_hex(p, sizeof(p),
			    "60000000 0018 0640 20010db8000000000000000000000001"
			    "20010db8000000000000000000000002"
			    "04d2 0050 00000001 00000000 6002 ffff 0000 0000 020405a0");

	CU_ASSERT(ip6_parse(&ip, p, n));
	CU_ASSERT(ip6_mss_find(&ip, p, 1400) == 62);
	CU_ASSERT(ip6_mss_find(&ip, p, 1500) == 0); /* 1440 = 1500 - 60 */
	CU_ASSERT(ip6_mss_find(&ip, p, 1499) == 62);
}

/* RFC 8200 4: where the upper-layer header is. */
static const struct {
	uint8_t first;
	const char *headers;
	uint8_t next;
	size_t at;
} extension[] = {
	{6, "", 6, 40},
	{0, "0600 0104 00000000", 6, 48},		     /* hop-by-hop */
	{60, "0601 010c 00000000 00000000 00000000", 6, 56}, /* destination options, 16 */
	{43, "0602 0001 00000000 20010db8000000000000000000000009", 6, 64}, /* routing */
	{44, "0600 0001 12345678", 6, 48},				    /* first fragment */
	{44, "0600 0008 12345678", 255, 48},				    /* a later one */
	{0, "3c00 0104 00000000 2c00 0104 00000000 0600 0001 12345678", 6, 64},
	{50, "", 50, 40},		   /* ESP hides the rest */
	{59, "", 59, 40},		   /* no next header */
	{0, "06ff 0104 00000000", 255, 0}, /* runs past the end */
	{0, "06", 255, 0},		   /* cut off */
	{60,
	 "3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000"
	 "3c00000000000000 3c00000000000000 3c00000000000000 0600000000000000",
	 6, 104},
	{60,
	 "3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000"
	 "3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000"
	 "0600000000000000",
	 255, 112}, /* more headers than are followed */
};

static void ipv6_extension_headers(void)
{
	uint8_t p[256];
	struct ip6 ip;

	for (unsigned i = 0; i < sizeof(extension) / sizeof(extension[0]); i++) {
		size_t n, tcp;

		test_hex(p, 40,
			 "60000000 0000 0040 20010db8000000000000000000000001"
			 "20010db8000000000000000000000002");
		n = test_hex(p + 40, 128, extension[i].headers);
		tcp = 40 + n;
		n = extension[i].at ? test_hex(p + tcp, 24,
					       "04d2 0050 00000001 00000000 6002 ffff "
					       "0000 0000 020405a0")
				    : 0;
		p[6] = extension[i].first;
		wr_put16(p + 4, (uint16_t)(tcp + n - 40));
		CU_ASSERT_FATAL(ip6_parse(&ip, p, tcp + n));
		CU_ASSERT_EQUAL(ip.next, extension[i].next);
		if (extension[i].at)
			CU_ASSERT_EQUAL(ip.at, extension[i].at);
		CU_ASSERT_EQUAL(ip6_mss_find(&ip, p, 1400),
				extension[i].next == 6 ? extension[i].at + 22 : 0);
	}
}

/* --- fragments: RFC 791 ----------------------------------------------------------------------- */

static size_t big4(uint8_t *p, size_t len, const char *options)
{
	size_t opt = test_hex(p + 20, 40, options);

	test_hex(p, 20, "45000000 12340000 40110000 0a000001 0a000002");
	p[0] = (uint8_t)(0x45 + opt / 4);
	wr_put16(p + 2, (uint16_t)len);
	for (size_t i = 20 + opt; i < len; i++)
		p[i] = (uint8_t)(i * 7);
	return len;
}

/* Put the fragments together again and compare. */
static unsigned reassemble(const uint8_t *p, size_t len, uint16_t mtu, uint16_t base, bool more)
{
	uint8_t out[2000], body[4000];
	size_t hlen = (size_t)(p[0] & 15) * 4, total = 0, n;
	struct ip4 ip, f;
	unsigned i;

	CU_ASSERT_FATAL(ip4_parse(&ip, p, len));
	for (i = 0; (n = ip4_fragment(out, &ip, p, mtu, i)); i++) {
		CU_ASSERT_FATAL(n <= mtu && ip4_parse(&f, out, n) && f.len == n);
		CU_ASSERT(sum_is_good(out, f.hlen, 0));
		CU_ASSERT(out[4] == 0x12 && out[5] == 0x34 && f.src == ip.src && f.dst == ip.dst);
		CU_ASSERT((f.frag & IP4_OFFSET) * 8u == base * 8u + total);
		memcpy(body + total, out + f.hlen, n - f.hlen);
		total += n - f.hlen;
		CU_ASSERT(!!(f.frag & IP4_MF) == (total < len - hlen || more));
		CU_ASSERT(total == len - hlen || !((n - f.hlen) & 7));
	}
	ASSERT_OCTETS(body, total, p + hlen, len - hlen);
	return i;
}

static void fragments_add_up(void)
{
	uint8_t p[3000];

	CU_ASSERT(reassemble(p, big4(p, 1500, ""), 1400, 0, false) == 2);
	CU_ASSERT(reassemble(p, big4(p, 1500, ""), 68, 0, false) == 31); /* 1480 / 48 */
	CU_ASSERT(reassemble(p, big4(p, 2981, ""), 1000, 0, false) == 4);
	CU_ASSERT(reassemble(p, big4(p, 1500, "94040000 44080500 00000000"), 576, 0, false) == 3);
}

static void a_fragment_is_cut_again(void)
{
	uint8_t p[3000];
	size_t n = big4(p, 1500, "");

	wr_put16(p + 6, IP4_MF | 100);
	reassemble(p, n, 600, 100, true);
	wr_put16(p + 6, 100);
	reassemble(p, n, 600, 100, false);
}

/* RFC 791 3.1: router alert (copied) stays in every fragment, timestamp (not copied) in the first.
 */
static void options_copied_by_their_flag(void)
{
	uint8_t p[3000], out[600];
	size_t n = big4(p, 1500, "44080500 00000000 94040000");
	struct ip4 ip;

	CU_ASSERT_FATAL(ip4_parse(&ip, p, n));
	CU_ASSERT(ip4_fragment(out, &ip, p, 576, 0) && out[0] == 0x48);
	CU_ASSERT(ip4_fragment(out, &ip, p, 576, 1) && out[0] == 0x46);
	ASSERT_OCTETS(out + 20, 4, "\x94\x04\x00\x00", 4);
}

static void broken_options_end_the_copy(void)
{
	uint8_t p[3000], out[600];
	struct ip4 ip;

	for (const char *const *o = (const char *const[]){"94ff0000", "94000000", "01010194", NULL};
	     *o; o++) {
		size_t n = big4(p, 1500, *o);

		CU_ASSERT_FATAL(ip4_parse(&ip, p, n));
		CU_ASSERT(ip4_fragment(out, &ip, p, 576, 1) && out[0] == 0x45);
	}
}

static void too_small_to_cut(void)
{
	uint8_t p[3000], out[600];
	struct ip4 ip;

	CU_ASSERT_FATAL(ip4_parse(&ip, p, big4(p, 100, "")));
	CU_ASSERT(ip4_fragment(out, &ip, p, 27, 0) == 0);
	CU_ASSERT(ip4_fragment(out, &ip, p, 28, 0) == 28);
}

/* RFC 791 3.1: no datagram is longer than 65535 octets, whatever its last fragment says; an offset
 * of 13 bits would run over into the flags. */
static void past_the_longest_packet(void)
{
	uint8_t p[3000], out[1000];
	struct ip4 ip;

	big4(p, 1500, "");
	wr_put16(p + 6, (65535 - 20 - 1480) / 8); /* ends 3 octets before */
	CU_ASSERT_FATAL(ip4_parse(&ip, p, 1500));
	CU_ASSERT(ip4_fragment(out, &ip, p, 1000, 0) == 996 &&
		  ip4_fragment(out, &ip, p, 1000, 1) == 524);
	wr_put16(p + 6, (65535 - 20 - 1480) / 8 + 1);
	CU_ASSERT_FATAL(ip4_parse(&ip, p, 1500));
	CU_ASSERT(ip4_fragment(out, &ip, p, 1000, 0) == 0);
	wr_put16(p + 6, IP4_OFFSET);
	CU_ASSERT_FATAL(ip4_parse(&ip, p, 1500));
	CU_ASSERT(ip4_fragment(out, &ip, p, 1000, 0) == 0);
}

/* --- too big ---------------------------------------------------------------------------------- */

static void fragmentation_needed(void)
{
	uint8_t p[2000], out[IP_ERROR_MAX];
	size_t n = big4(p, 1500, "");
	struct ip4 ip, e;

	wr_put16(p + 6, IP4_DF);
	CU_ASSERT_FATAL(ip4_parse(&ip, p, n));
	n = ip4_too_big(out, &ip, p, 1400);
	CU_ASSERT_FATAL(n == 576 && ip4_parse(&e, out, n));
	CU_ASSERT(e.src == 0x0a000002 && e.dst == 0x0a000001 && e.proto == 1);
	CU_ASSERT(sum_is_good(out, 20, 0) && sum_is_good(out + 20, n - 20, 0));
	CU_ASSERT(out[20] == 3 && out[21] == 4);
	CU_ASSERT(out[26] == 1400 >> 8 && out[27] == (1400 & 255)); /* RFC 1191: next-hop MTU */
	ASSERT_OCTETS(out + 28, n - 28, p, n - 28);
}

static const struct {
	const char *what, *packet;
} silent4[] = {
	{"an ICMP error", "4500001c 00004000 40010000 0a000001 0a000002 0301 0000 00000000"},
	{"a later fragment", "4500001c 00000001 40110000 0a000001 0a000002 0000000000000000"},
	{"to multicast", "4500001c 00004000 40110000 0a000001 e0000001 0000000000000000"},
	{"to broadcast", "4500001c 00004000 40110000 0a000001 ffffffff 0000000000000000"},
	{"from nowhere", "4500001c 00004000 40110000 00000000 0a000002 0000000000000000"},
	{"from loopback", "4500001c 00004000 40110000 7f000001 0a000002 0000000000000000"},
};

static void some_are_not_answered(void)
{
	uint8_t p[64], out[IP_ERROR_MAX];
	struct ip4 ip;

	for (unsigned i = 0; i < sizeof(silent4) / sizeof(silent4[0]); i++) {
		size_t n = test_hex(p, sizeof(p), silent4[i].packet);

		CU_ASSERT_FATAL(ip4_parse(&ip, p, n));
		CU_ASSERT(ip4_too_big(out, &ip, p, 1400) == 0);
	}
	/* an echo request is */
	test_hex(p, sizeof(p), "4500001c 00004000 40010000 0a000001 0a000002 0800 0000 00000000");
	CU_ASSERT(ip4_parse(&ip, p, 28) && ip4_too_big(out, &ip, p, 1400) == 56);
}

static void packet_too_big(void)
{
	uint8_t p[1500] = {0}, out[IP_ERROR_MAX];
	struct ip6 ip, e;
	size_t n;

	test_hex(p, sizeof(p),
		 "60000000 05b4 1140 20010db8000000000000000000000001"
		 "20010db8000000000000000000000002");
	CU_ASSERT_FATAL(ip6_parse(&ip, p, 1500));
	n = ip6_too_big(out, &ip, p, 1400);
	CU_ASSERT_FATAL(n == 1280 && ip6_parse(&e, out, n) && e.len == n && e.next == 58);
	ASSERT_OCTETS(e.src, 16, p + 24, 16);
	ASSERT_OCTETS(e.dst, 16, p + 8, 16);
	CU_ASSERT(out[40] == 2 && out[41] == 0 && out[46] == 1400 >> 8 && out[47] == (1400 & 255));
	CU_ASSERT(sum_is_good(out + 40, n - 40, ip_sum((uint32_t)n - 40 + 58, out + 8, 32)));
	ASSERT_OCTETS(out + 48, n - 48, p, n - 48);
	CU_ASSERT(ip6_too_big(out, &ip, p, 1200) && out[46] == 1280 >> 8); /* RFC 8200 section 5 */
	p[6] = 58;
	p[40] = 1; /* an ICMPv6 error */
	CU_ASSERT(ip6_parse(&ip, p, 1500) && ip6_too_big(out, &ip, p, 1400) == 0);
	p[40] = 128; /* echo request */
	CU_ASSERT(ip6_too_big(out, &ip, p, 1400) == 1280);
	p[24] = 0xff;
	CU_ASSERT(ip6_too_big(out, &ip, p, 1400) == 0);
	p[24] = 0x20;
	memset(p + 8, 0, 16);
	CU_ASSERT(ip6_too_big(out, &ip, p, 1400) == 0);
}

/* From fe80::2 port 546 to ff02::1:2 port 547, "abc"; the sum is that of another implementation
 * (python3: struct, RFC 1071 by hand). */
#define UDP_HEX                                                 \
	"60000000 000b 11 01 fe80000000000000 0000000000000002" \
	"ff020000000000000000000000010002 0222 0223 000b 39a8 616263"

static void rfc8200_8_1_udp(void)
{
	uint8_t p[100], out[100], bad[100];
	size_t len = test_hex(p, sizeof(p), UDP_HEX);
	struct udp6 u;

	CU_ASSERT_TRUE_FATAL(udp6_parse(&u, p, len));
	CU_ASSERT_EQUAL(u.from, 546);
	CU_ASSERT_EQUAL(u.to, 547);
	ASSERT_OCTETS(u.src, 16, p + 8, 16);
	ASSERT_OCTETS(u.dst, 16, p + 24, 16);
	ASSERT_OCTETS(u.payload.p, u.payload.left, "abc", 3);
	memcpy(out + UDP6_HLEN, "abc", 3);
	CU_ASSERT_EQUAL(udp6_put_head(out, &u, 3), len);
	out[7] = 1; /* ours has a hop limit of 64 */
	ASSERT_OCTETS(out, len, p, len);
	CU_ASSERT_TRUE(udp6_parse(&u, p, len + 7)); /* octets behind the packet */
	for (size_t i = 0; i < len; i++)
		CU_ASSERT_FALSE(udp6_parse(&u, p, i));
	for (size_t i = 40; i < len; i++) {
		memcpy(bad, p, len);
		bad[i] ^= 1;
		CU_ASSERT_FALSE(udp6_parse(&u, bad, len));
	}
	memcpy(bad, p, len);
	memset(bad + 46, 0, 2); /* no checksum is an error in IPv6 */
	CU_ASSERT_FALSE(udp6_parse(&u, bad, len));
}

static void rfc8415_7_for_servers(void)
{
	static const struct {
		size_t at;
		uint8_t value;
		bool is;
	} rows[] = {{6, 17, true},	{6, 6, false},	   {24 + 15, 3, false},
		    {24 + 1, 5, false}, {43, 0x22, false}, {42, 3, false}};
	uint8_t p[100];
	size_t len = test_hex(p, sizeof(p), UDP_HEX);

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_hex(p, sizeof(p), UDP_HEX);
		p[rows[i].at] = rows[i].value;
		CU_ASSERT_EQUAL(ip6_is_for_dhcp_server(p, len), rows[i].is);
	}
	test_hex(p, sizeof(p), UDP_HEX);
	CU_ASSERT_FALSE(ip6_is_for_dhcp_server(p, 47));
	test_hex(p + 24, 16, "fe80000000000000 0000000000000001"); /* the server itself */
	CU_ASSERT_TRUE(ip6_is_for_dhcp_server(p, len));
	p[24] = 0x20;
	CU_ASSERT_FALSE(ip6_is_for_dhcp_server(p, len));
}

static const struct test_case cases[] = {
	{"rfc1071_example", rfc1071_example},
	{"sums_of_all_lengths", sums_of_all_lengths},
	{"ipv4_lengths", ipv4_lengths},
	{"ipv6_lengths", ipv6_lengths},
	{"mss_clamped_and_checksum_kept", mss_clamped_and_checksum_kept},
	{"mss_not_looked_for", mss_not_looked_for},
	{"mss_ipv6", mss_ipv6},
	{"ipv6_extension_headers", ipv6_extension_headers},
	{"rfc791_fragments_add_up", fragments_add_up},
	{"rfc791_a_fragment_is_cut_again", a_fragment_is_cut_again},
	{"rfc791_options_copied_by_their_flag", options_copied_by_their_flag},
	{"broken_options_end_the_copy", broken_options_end_the_copy},
	{"too_small_to_cut", too_small_to_cut},
	{"rfc791_past_the_longest_packet", past_the_longest_packet},
	{"rfc1191_fragmentation_needed", fragmentation_needed},
	{"rfc1122_some_are_not_answered", some_are_not_answered},
	{"rfc4443_packet_too_big", packet_too_big},
	{"rfc8200_8_1_udp", rfc8200_8_1_udp},
	{"rfc8415_7_for_servers", rfc8415_7_for_servers},
	{NULL, NULL},
};
const struct test_suite suite_ip = {"ip", cases};
