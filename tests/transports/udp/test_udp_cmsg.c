/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Control data of datagrams, written and read; test_udp_ipsec.c and test_udp_marks.c send it. */
#define _GNU_SOURCE
#include "transports/udp/udp_cmsg.h"

#include "tests/harness.h"

#include <linux/udp.h>
#include <string.h>

static void cmsg_all(const char *at)
{
	union udp_cmsg one, two;
	struct msghdr m = {0}, copy = {0};
	struct udp_ep e, got;
	struct cmsghdr *c;

	CU_ASSERT_TRUE_FATAL(udp_ep_parse(&e, at, 0));
	udp_cmsg_put_source(&m, &one, &e);
	CU_ASSERT_EQUAL(udp_cmsg_mark(&m), 0);
	udp_cmsg_put_mark(&m, &one, 0xfedcba98);
	CU_ASSERT_EQUAL(udp_cmsg_mark(&m), 0xfedcba98);
	udp_cmsg_copy(&copy, &two, &m);
	udp_cmsg_put_tos(&copy, &two, e.family, 0xb8);
	CU_ASSERT_TRUE(copy.msg_controllen > m.msg_controllen);
	CU_ASSERT_TRUE(copy.msg_controllen <= sizeof(two));
	CU_ASSERT_EQUAL(udp_cmsg_mark(&copy), 0xfedcba98);
	c = CMSG_NXTHDR(&copy, CMSG_NXTHDR(&copy, CMSG_FIRSTHDR(&copy)));
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_EQUAL(c->cmsg_type, e.family == 4 ? IP_TOS : IPV6_TCLASS);
	if (e.family == 6) { /* of IPv4 it is the address to send from, another field */
		CU_ASSERT_TRUE_FATAL(udp_cmsg_local(&copy, &got));
		ASSERT_OCTETS(got.ip, 16, e.ip, 16);
	}
}

static void cmsg_both_families(void)
{
	cmsg_all("192.0.2.1");
	cmsg_all("2001:db8::1");
}

/* What the kernel writes of UDP_GRO: an int. */
static void cmsg_segments(void)
{
	static const struct {
		int size;
		uint32_t is;
	} rows[] = {{1400, 1400}, {1, 1}, {0, 0}, {-1, 0}};
	union udp_cmsg u;
	struct msghdr m = {0};
	struct cmsghdr *c = &u.align;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(&u, 0, sizeof(u));
		*c = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)),
				      .cmsg_level = IPPROTO_UDP,
				      .cmsg_type = UDP_GRO};
		memcpy(CMSG_DATA(c), &rows[i].size, sizeof(int));
		m.msg_control = &u;
		m.msg_controllen = CMSG_SPACE(sizeof(int));
		CU_ASSERT_EQUAL(udp_cmsg_segment(&m), rows[i].is);
	}
	m = (struct msghdr){0};
	udp_cmsg_put_segment(&m, &u, 1200);
	CU_ASSERT_EQUAL(u.align.cmsg_type, UDP_SEGMENT);
	CU_ASSERT_EQUAL(u.align.cmsg_len, CMSG_LEN(2));
	CU_ASSERT_EQUAL(udp_cmsg_segment(&m), 0);
}

static void cmsg_nothing(void)
{
	struct msghdr m = {0};
	struct udp_ep e;

	CU_ASSERT_FALSE(udp_cmsg_local(&m, &e));
	CU_ASSERT_EQUAL(udp_cmsg_mark(&m), 0);
}

static const struct test_case cases[] = {
	{"both_families", cmsg_both_families},
	{"segments", cmsg_segments},
	{"nothing", cmsg_nothing},
	{NULL, NULL},
};
const struct test_suite suite_udp_cmsg = {"udp_cmsg", cases};
