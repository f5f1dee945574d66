/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers for captures, against octets worked out by hand from RFC 791, 768, 8200. */
#include "tests/harness.h"
#include "transports/udp/ip_head.h"

#include <string.h>

static struct udp_ep ep(const char *text)
{
	struct udp_ep e;

	CU_ASSERT_TRUE_FATAL(udp_ep_parse(&e, text, 0));
	return e;
}

/* Sum of all words of a header and its pseudo-header is FFFF when the checksum is right (RFC 1071).
 */
static uint32_t ip_head_words(const uint8_t *p, size_t len)
{
	uint32_t t = 0;

	for (size_t i = 0; i < len; i++)
		t += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	while (t >> 16)
		t = (t & 0xffff) + (t >> 16);
	return t;
}

static void ip_head_ipv4(void)
{
	struct udp_ep a = ep("192.0.2.1:1701"), b = ep("198.51.100.7:5000");
	uint8_t out[IP_HEAD_MAX], want[20], all[64] = {0};
	size_t n = ip_udp_head(out, &a, &b, 0xb8, (struct ip_piece){"abc", 3},
			       (struct ip_piece){"de", 2});

	test_hex(want, sizeof(want), "45 b8 00 21 00 00 40 00 40 11 00 00 c0 00 02 01 c6 33 64 07");
	CU_ASSERT_EQUAL(n, 28);
	CU_ASSERT_EQUAL(ip_head_words(out, 20), 0xffff);
	ASSERT_OCTETS(out, 10, want, 10);
	ASSERT_OCTETS(out + 12, 8, want + 12, 8);
	test_hex(want, sizeof(want), "06 a5 13 88 00 0d");
	ASSERT_OCTETS(out + 20, 6, want, 6);
	memcpy(all, out + 12, 8); /* pseudo-header */
	memcpy(all + 8, "\0\x11\0\x0d", 4);
	memcpy(all + 12, out + 20, 8);
	memcpy(all + 20, "abcde", 5);
	CU_ASSERT_EQUAL(ip_head_words(all, 26), 0xffff);
}

static void ip_head_ipv6(void)
{
	struct udp_ep a = ep("[2001:db8::1]:1701"), b = ep("[2001:db8::2]:1701");
	uint8_t out[IP_HEAD_MAX], want[8], all[64] = {0};
	size_t n = ip_udp_head(out, &a, &b, 0xb8, (struct ip_piece){NULL, 0},
			       (struct ip_piece){"\xc8\x02", 2});

	CU_ASSERT_EQUAL(n, 48);
	test_hex(want, sizeof(want), "6b 80 00 00 00 0a 11 40");
	ASSERT_OCTETS(out, 8, want, 8);
	memcpy(all, out + 8, 32);
	memcpy(all + 32, "\0\x11\0\x0a", 4);
	memcpy(all + 36, out + 40, 8);
	memcpy(all + 44, "\xc8\x02", 2);
	CU_ASSERT_EQUAL(ip_head_words(all, 46), 0xffff);
}

static void ip_head_refused(void)
{
	struct udp_ep a = ep("192.0.2.1:1"), b = ep("[2001:db8::2]:1");
	uint8_t out[IP_HEAD_MAX];
	const struct ip_piece none = {NULL, 0}, full = {NULL, 65508};

	CU_ASSERT_EQUAL(ip_udp_head(out, &a, &b, 0, none, none), 0);
	CU_ASSERT_EQUAL(ip_udp_head(out, &a, &a, 0, none, full), 0);
}

static const struct test_case cases[] = {
	{"rfc791_768_ipv4", ip_head_ipv4},
	{"rfc8200_8_1_ipv6", ip_head_ipv6},
	{"two_families_or_too_long", ip_head_refused},
	{NULL, NULL},
};
const struct test_suite suite_ip_head = {"ip_head", cases};
