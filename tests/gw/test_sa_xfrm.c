/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel tells of security associations.  One that has only its SPI yet can be had without
 * any algorithm; whole ones are in tests/peers/ipsec.
 */
#include "gw/sa_xfrm.h"

#include "gw/sa.h"
#include "tests/harness.h"
#include "tests/netns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct reserve {
	struct nlmsghdr h;
	struct xfrm_userspi_info u;
	struct nlattr a;
	struct xfrm_mark mark;
};

/* An SPI between 0x1000 and 0x1fff is reserved for what is to come from 198.51.100.7. */
static void xfrm_reserve(uint32_t mark)
{
	struct reserve q = {
		.h = {.nlmsg_len = sizeof(q),
		      .nlmsg_type = XFRM_MSG_ALLOCSPI,
		      .nlmsg_flags = NLM_F_REQUEST},
		.u = {.info = {.family = AF_INET,
			       .mode = XFRM_MODE_TRANSPORT,
			       .reqid = 77,
			       .id = {.proto = IPPROTO_ESP, .daddr.a4 = htonl(0xc0000201)},
			       .saddr.a4 = htonl(0xc6336407)},
		      .min = 0x1000,
		      .max = 0x1fff},
		.a = {.nla_len = sizeof(q.a) + sizeof(q.mark), .nla_type = XFRMA_MARK},
		.mark = {.v = mark, .m = UINT32_MAX},
	};
	struct nlmsghdr answer[64];
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_XFRM);

	CU_ASSERT_EQUAL(send(fd, &q, sizeof(q), 0), (ssize_t)sizeof(q));
	CU_ASSERT_TRUE(recv(fd, answer, sizeof(answer), 0) > 0);
	CU_ASSERT_EQUAL(answer[0].nlmsg_type, XFRM_MSG_NEWSA);
	close(fd);
}

static void xfrm_lists(void)
{
	static const uint8_t peer[16] = {198, 51, 100, 7};
	struct sa_table t;
	struct sa_pair p;
	int fd;

	if (!netns_enter("sa_xfrm lists"))
		return;
	fd = sa_xfrm_open(SA_XFRM_LIST);
	CU_ASSERT_TRUE_FATAL(fd >= 0 && sa_table_read(&t, fd));
	CU_ASSERT_EQUAL(t.n, 0);
	sa_table_free(&t);
	close(fd);
	for (uint32_t mark = 1; mark <= 50; mark++)
		xfrm_reserve(mark);
	fd = sa_xfrm_open(SA_XFRM_LIST);
	CU_ASSERT_TRUE_FATAL(fd >= 0 && sa_table_read(&t, fd));
	close(fd);
	CU_ASSERT_EQUAL(t.n, 50);
	p = sa_find(&t, false, peer, 50);
	CU_ASSERT_TRUE_FATAL(p.in != NULL);
	CU_ASSERT_TRUE(p.in->spi >= 0x1000 && p.in->spi <= 0x1fff && p.in->reqid == 77);
	CU_ASSERT_FALSE(p.in->encap || p.in->v6 || p.out);
	sa_table_free(&t);
	netns_leave();
}

/* The filter that cuts keys off stays. */
static void xfrm_events(void)
{
	int fd, off = 0, locked = 0;
	socklen_t len = sizeof(locked);

	CU_ASSERT_EQUAL(sa_xfrm_open(SA_XFRM_KINDS), -EINVAL);
	if (!netns_enter("sa_xfrm events"))
		return;
	fd = sa_xfrm_open(SA_XFRM_EVENTS);
	CU_ASSERT_TRUE_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(getsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &locked, &len), 0);
	CU_ASSERT_EQUAL(locked, 1);
	CU_ASSERT_EQUAL(setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &off, sizeof(off)), -1);
	CU_ASSERT_EQUAL(setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &off, sizeof(off)), -1);
	close(fd);
	netns_leave();
}

static const struct test_case cases[] = {
	{"lists", xfrm_lists},
	{"events", xfrm_events},
	{NULL, NULL},
};
const struct test_suite suite_sa_xfrm = {"sa_xfrm", cases};
