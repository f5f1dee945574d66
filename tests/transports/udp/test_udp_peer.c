/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses of UDP channels, with the mark of a security association and without. */
#include "transports/udp/udp_peer.h"

#include "tests/harness.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void peer_text(void)
{
	static const struct {
		const char *text, *written; /* NULL: it is none */
		uint32_t mark;
	} rows[] = {
		{"192.0.2.1", "192.0.2.1:1701", 0},
		{"192.0.2.1#1", "192.0.2.1:1701#0x1", 1},
		{"192.0.2.1:17#0x1f", "192.0.2.1:17#0x1f", 31},
		{"[2001:db8::1]:1701#4294967295", "[2001:db8::1]:1701#0xffffffff", UINT32_MAX},
		{"192.0.2.1#4294967296", NULL, 0},
		{"192.0.2.1#0x100000000", NULL, 0},
		{"192.0.2.1#99999999999999999999", NULL, 0},
		{"192.0.2.1#0", NULL, 0}, /* that is none */
		{"192.0.2.1#", NULL, 0},
		{"192.0.2.1#0x", NULL, 0},
		{"192.0.2.1#-1", NULL, 0},
		{"192.0.2.1# 1", NULL, 0},
		{"192.0.2.1#1 ", NULL, 0},
		{"192.0.2.1#1#1", NULL, 0},
		{"192.0.2.1#f", NULL, 0},
		{"#1", NULL, 0},
		{"here#1", NULL, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ist_addr a;
		struct udp_ep e;
		uint32_t mark;
		char buf[80];

		CU_ASSERT_EQUAL(udp_peer_parse(&a, rows[i].text), rows[i].written != NULL);
		if (!rows[i].written)
			continue;
		CU_ASSERT_EQUAL(udp_peer_format(&a, buf, sizeof(buf)),
				(int)strlen(rows[i].written));
		CU_ASSERT_STRING_EQUAL(buf, rows[i].written);
		CU_ASSERT_TRUE(udp_peer_from_addr(&e, &mark, &a));
		CU_ASSERT_EQUAL(mark, rows[i].mark);
	}
}

/* No address is so long: from one octet less than there is room for to one more. */
static void peer_long_texts(void)
{
	char text[128];
	struct ist_addr a;

	for (size_t len = 95; len <= 97; len++) {
		memset(text, '1', sizeof(text));
		strcpy(text + len, "#0x1f");
		CU_ASSERT_FALSE(udp_peer_parse(&a, text));
		text[len] = '\0';
		CU_ASSERT_FALSE(udp_peer_parse(&a, text));
	}
}

static void peer_short_buffers(void)
{
	static const char all[] = "192.0.2.1:1701#0x1f";
	struct ist_addr a;
	char buf[sizeof(all)];

	CU_ASSERT_TRUE_FATAL(udp_peer_parse(&a, all));
	for (size_t n = 1; n < sizeof(all); n++) {
		memset(buf, 'x', sizeof(buf));
		CU_ASSERT_EQUAL(udp_peer_format(&a, buf, n), (int)sizeof(all) - 1);
		CU_ASSERT_EQUAL(strncmp(buf, all, n - 1), 0);
		CU_ASSERT_EQUAL(buf[n - 1], '\0');
		CU_ASSERT_EQUAL(buf[n], 'x');
	}
}

static void peer_hostile(void)
{
	struct ist_addr a;
	struct udp_ep e;
	uint32_t mark;
	char buf[80];

	CU_ASSERT_TRUE_FATAL(udp_peer_parse(&a, "192.0.2.1#5"));
	for (uint16_t n = 0; n <= sizeof(a.data); n++) {
		a.len = n;
		CU_ASSERT_EQUAL(udp_peer_from_addr(&e, &mark, &a), n == 24 || n == 28);
		CU_ASSERT_EQUAL(udp_peer_format(&a, buf, sizeof(buf)) > 0, n == 24 || n == 28);
	}
	/* a second way to write the address without a mark */
	a.len = 28;
	memset(a.data + 24, 0, 4);
	CU_ASSERT_FALSE(udp_peer_from_addr(&e, &mark, &a));
	CU_ASSERT_EQUAL(udp_peer_format(&a, buf, sizeof(buf)), -EINVAL);
}

static const struct test_case cases[] = {
	{"text", peer_text},
	{"short_buffers", peer_short_buffers},
	{"hostile", peer_hostile},
	{"long_texts", peer_long_texts},
	{NULL, NULL},
};
const struct test_suite suite_udp_peer = {"udp_peer", cases};
