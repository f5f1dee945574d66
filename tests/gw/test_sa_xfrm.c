/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel tells of security associations.  One that has only its SPI yet can be had without
 * any algorithm; whole ones are written here as the kernel does (linux/xfrm.h), and had from it in
 * tests/peers/ipsec.
 */
#include "gw/sa_xfrm.h"

#include "gw/sa.h"
#include "tests/harness.h"
#include "tests/netns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
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

/* --- a message --------------------------------------------------------------------------------- */

static union {
	struct nlmsghdr h;
	uint8_t octets[1024];
} msg;

static void msg_begin(uint16_t family, uint8_t proto, uint32_t spi)
{
	struct xfrm_usersa_info x = {.family = family,
				     .reqid = 7,
				     .curlft.add_time = 1700000000,
				     .id = {.proto = proto, .spi = htonl(spi)}};

	memset(&msg, 0, sizeof(msg));
	for (uint8_t i = 0; i < 16; i++) {
		((uint8_t *)&x.saddr)[i] = (uint8_t)(1 + i);
		((uint8_t *)&x.id.daddr)[i] = (uint8_t)(101 + i);
	}
	mnl_nlmsg_put_header(&msg)->nlmsg_type = XFRM_MSG_NEWSA;
	memcpy(mnl_nlmsg_put_extra_header(&msg.h, sizeof(x)), &x, sizeof(x));
}

/* The name, the number of its key's bits, one more number if it has one, and its key. */
static void msg_algorithm(uint16_t type, const char *name, uint32_t bits, uint32_t check)
{
	struct {
		char name[64];
		uint32_t bits, check;
		uint8_t key[64];
	} a = {.bits = bits, .check = check};

	strcpy(a.name, name);
	memset(a.key, 0xee, sizeof(a.key));
	if (type == XFRMA_ALG_CRYPT)
		memset(&a.check, 0xee, sizeof(a.check));
	mnl_attr_put(&msg.h, type, sizeof(a), &a);
}

static void xfrm_reads_esp_in_udp(void)
{
	const struct xfrm_mark mark = {.v = 0x1213, .m = 0xff};
	const struct xfrm_encap_tmpl encap = {.encap_type = 2};
	static const uint8_t nothing[12] = {0};
	struct sa s;

	msg_begin(AF_INET, IPPROTO_ESP, 0xc0ffe1);
	msg_algorithm(XFRMA_ALG_CRYPT, "cbc(aes)", 256, 0);
	msg_algorithm(XFRMA_ALG_AUTH_TRUNC, "hmac(sha256)", 256, 96);
	mnl_attr_put(&msg.h, XFRMA_ENCAP, sizeof(encap), &encap);
	mnl_attr_put(&msg.h, XFRMA_MARK, sizeof(mark), &mark);
	CU_ASSERT_TRUE_FATAL(sa_xfrm_read(&s, &msg.h));
	CU_ASSERT_TRUE(!s.v6 && s.encap && s.spi == 0xc0ffe1 && s.reqid == 7);
	CU_ASSERT_TRUE(s.mark == 0x13 && s.bits == 256 && s.icv == 12 && s.added == 1700000000);
	CU_ASSERT_STRING_EQUAL(s.enc, "cbc(aes)");
	CU_ASSERT_STRING_EQUAL(s.auth, "hmac(sha256)");
	CU_ASSERT_TRUE(s.src[0] == 1 && s.src[3] == 4 && s.dst[0] == 101 && s.dst[3] == 104);
	CU_ASSERT_EQUAL(memcmp(s.src + 4, nothing, 12), 0);
	CU_ASSERT_EQUAL(memcmp(s.dst + 4, nothing, 12), 0);
	for (size_t i = 0; i < sizeof(s); i++) /* nor has it any of a key */
		CU_ASSERT_NOT_EQUAL(((const uint8_t *)&s)[i], 0xee);
}

static void xfrm_reads_aead_over_ipv6(void)
{
	const struct xfrm_mark mark = {.v = 9, .m = UINT32_MAX};
	const uint32_t set = 0x2a;
	struct sa s;

	for (unsigned first = 0; first < 2; first++) {
		msg_begin(AF_INET6, IPPROTO_ESP, 5);
		msg_algorithm(XFRMA_ALG_AEAD, "rfc4106(gcm(aes))", 288, 128);
		if (first) /* what it sets counts, in either order */
			mnl_attr_put(&msg.h, XFRMA_SET_MARK, sizeof(set), &set);
		mnl_attr_put(&msg.h, XFRMA_MARK, sizeof(mark), &mark);
		if (!first)
			mnl_attr_put(&msg.h, XFRMA_SET_MARK, sizeof(set), &set);
		CU_ASSERT_TRUE_FATAL(sa_xfrm_read(&s, &msg.h));
		CU_ASSERT_TRUE(s.v6 && !s.encap && s.mark == 0x2a && s.bits == 288 && s.icv == 16);
		CU_ASSERT_STRING_EQUAL(s.enc, "rfc4106(gcm(aes))");
		CU_ASSERT_STRING_EQUAL(s.auth, "");
		CU_ASSERT_TRUE(s.src[15] == 16 && s.dst[15] == 116);
	}
}

/* Attributes that are too short are not there, and a name that fills its field has an end. */
static void xfrm_reads_no_further(void)
{
	char name[sizeof(struct xfrm_algo)];
	struct sa s;

	memset(name, 'x', sizeof(name));
	for (size_t cut = 0; cut < 2; cut++) {
		msg_begin(AF_INET, IPPROTO_ESP, 5);
		mnl_attr_put(&msg.h, XFRMA_ALG_CRYPT, sizeof(struct xfrm_algo) - cut, name);
		mnl_attr_put(&msg.h, XFRMA_MARK, sizeof(struct xfrm_mark) - 4, name);
		mnl_attr_put(&msg.h, XFRMA_SET_MARK, 2, name);
		CU_ASSERT_TRUE_FATAL(sa_xfrm_read(&s, &msg.h));
		CU_ASSERT_EQUAL(strlen(s.enc), cut ? 0 : SA_NAME - 1);
		CU_ASSERT_EQUAL(s.mark, 0);
	}
}

static void xfrm_reads_nothing_else(void)
{
	struct sa s;

	msg_begin(AF_INET, IPPROTO_ESP, 5);
	CU_ASSERT_TRUE(sa_xfrm_read(&s, &msg.h));
	msg.h.nlmsg_len--;
	CU_ASSERT_FALSE(sa_xfrm_read(&s, &msg.h));
	msg_begin(AF_INET, IPPROTO_ESP, 5);
	msg.h.nlmsg_type = XFRM_MSG_NEWPOLICY;
	CU_ASSERT_FALSE(sa_xfrm_read(&s, &msg.h));
	msg_begin(AF_INET, IPPROTO_AH, 5);
	CU_ASSERT_FALSE(sa_xfrm_read(&s, &msg.h));
	msg_begin(AF_INET, IPPROTO_ESP, 0); /* one that is only wanted yet */
	CU_ASSERT_FALSE(sa_xfrm_read(&s, &msg.h));
}

static const struct test_case cases[] = {
	{"reads_esp_in_udp", xfrm_reads_esp_in_udp},
	{"reads_aead_over_ipv6", xfrm_reads_aead_over_ipv6},
	{"reads_no_further", xfrm_reads_no_further},
	{"reads_nothing_else", xfrm_reads_nothing_else},
	{"lists", xfrm_lists},
	{"events", xfrm_events},
	{NULL, NULL},
};
const struct test_suite suite_sa_xfrm = {"sa_xfrm", cases};
