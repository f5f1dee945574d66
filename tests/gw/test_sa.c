/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Security associations: their list as octets, which one a peer has, the room that ESP leaves. */
#define _GNU_SOURCE
#include "gw/sa.h"

#include "tests/harness.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static struct sa one(const char *src, const char *dst, uint32_t spi, uint32_t mark, uint64_t added)
{
	struct sa s = {.v6 = strchr(src, ':') != NULL,
		       .spi = spi,
		       .mark = mark,
		       .reqid = 9,
		       .added = added,
		       .bits = 256,
		       .icv = 12,
		       .enc = "cbc(aes)",
		       .auth = "hmac(sha1)"};

	inet_pton(s.v6 ? AF_INET6 : AF_INET, src, s.src);
	inet_pton(s.v6 ? AF_INET6 : AF_INET, dst, s.dst);
	return s;
}

/* RFC 4303 section 2: SPI and sequence number 8, the IV, payload with padding, pad length and next
 * header to a multiple of the block, ICV.  RFC 3948 section 2.1: UDP adds 8.  By hand, of packets
 * of 1500 octets. */
static void sa_leaves_room(void)
{
	static const struct {
		const char *enc;
		uint32_t icv;
		bool v6, encap;
		uint32_t path, room;
	} rows[] = {
		{"cbc(aes)", 12, false, true, 1500, 1414},	    /* 1436, 1424 in blocks */
		{"cbc(aes)", 12, false, false, 1500, 1430},	    /* 1444, 1440 */
		{"cbc(aes)", 16, false, true, 1500, 1414},	    /* 1432, 1424 */
		{"cbc(aes)", 32, false, true, 1500, 1398},	    /* 1416, 1408 */
		{"cbc(des3_ede)", 12, false, true, 1500, 1430},	    /* 1444, 1440 */
		{"rfc4106(gcm(aes))", 16, false, true, 1500, 1430}, /* 1440 */
		{"rfc4106(gcm(aes))", 16, true, false, 1500, 1418}, /* 1428 */
		{"rfc7539esp(chacha20,poly1305)", 16, false, false, 1400, 1338}, /* 1348 */
		{"ecb(cipher_null)", 12, false, true, 1500, 1442},		 /* 1452 */
		{"tomorrow", 16, false, false, 1500, 1430}, /* as the largest: 1440 */
		{"cbc(aes)", 12, false, true, 60, 0},
		{"cbc(aes)", 12, false, true, 0, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sa s = {.v6 = rows[i].v6, .encap = rows[i].encap, .icv = rows[i].icv};

		strcpy(s.enc, rows[i].enc);
		CU_ASSERT_EQUAL(sa_room(&s, rows[i].path), rows[i].room);
	}
}

static struct sa_table table_of(const struct sa *sa, unsigned n)
{
	struct sa_table t;
	int fd = sa_list_new(sa, n);

	CU_ASSERT_TRUE_FATAL(fd >= 0);
	CU_ASSERT_TRUE_FATAL(sa_table_read(&t, fd));
	CU_ASSERT_EQUAL(write(fd, "x", 1), -1); /* nobody changes it under us */
	close(fd);
	return t;
}

static void sa_of_a_peer(void)
{
	struct sa all[] = {
		one("198.51.100.7", "192.0.2.1", 1, 0x11, 5),
		one("192.0.2.1", "198.51.100.7", 2, 0x11, 5),
		one("198.51.100.7", "192.0.2.1", 3, 0x12, 5),
		one("192.0.2.1", "198.51.100.7", 4, 0x12, 5),
		one("198.51.100.7", "192.0.2.1", 5, 0x11, 9), /* rekeyed */
		one("192.0.2.1", "198.51.100.7", 6, 0x11, 9),
		one("192.0.2.1", "198.51.100.8", 7, 0, 5),
		one("2001:db8::7", "2001:db8::1", 8, 0x11, 9),
	};
	struct sa_table t = table_of(all, 8);
	uint8_t ip[16] = {198, 51, 100, 7}, other[16] = {198, 51, 100, 8}, six[16];
	struct sa_pair p = sa_find(&t, false, ip, 0x11);

	CU_ASSERT_EQUAL(t.n, 8);
	CU_ASSERT_TRUE_FATAL(p.in && p.out);
	CU_ASSERT_TRUE(p.in->spi == 5 && p.out->spi == 6);
	p = sa_find(&t, false, ip, 0x12);
	CU_ASSERT_TRUE_FATAL(p.in && p.out);
	CU_ASSERT_TRUE(p.in->spi == 3 && p.out->spi == 4);
	p = sa_find(&t, false, other, 0);
	CU_ASSERT_TRUE(!p.in && p.out && p.out->spi == 7);
	p = sa_find(&t, false, ip, 0x13);
	CU_ASSERT_TRUE(!p.in && !p.out);
	p = sa_find(&t, false, other, 0x11);
	CU_ASSERT_TRUE(!p.in && !p.out);
	inet_pton(AF_INET6, "2001:db8::7", six);
	p = sa_find(&t, true, six, 0x11);
	CU_ASSERT_TRUE(p.in && p.in->spi == 8 && !p.out);
	sa_table_free(&t);
}

static void sa_in_words(void)
{
	struct sa all[] = {one("198.51.100.7", "192.0.2.1", 0xc9ab3fa5, 0x11, 5),
			   one("192.0.2.1", "198.51.100.7", 0x2, 0x11, 5)};
	struct sa_pair p = {&all[0], &all[1]}, none = {NULL, NULL};
	char buf[160];

	all[1].encap = 1;
	sa_text(buf, sizeof(buf), &p);
	CU_ASSERT_STRING_EQUAL(buf, "spi 0xc9ab3fa5 in, 0x00000002 out, mark 0x11, reqid 9, "
				    "cbc(aes) 256, hmac(sha1), in UDP");
	p.out = NULL;
	all[0].auth[0] = '\0';
	sa_text(buf, sizeof(buf), &p);
	CU_ASSERT_STRING_EQUAL(
		buf, "spi 0xc9ab3fa5 in, 0x00000000 out, mark 0x11, reqid 9, cbc(aes) 256");
	CU_ASSERT_EQUAL(sa_text(buf, 3, &none), 4);
	CU_ASSERT_STRING_EQUAL(buf, "no");
}

/* Octets of a list, wrong in one place. */
static void sa_hostile(void)
{
	struct sa all[] = {one("198.51.100.7", "192.0.2.1", 1, 0x11, 5)};
	uint8_t octets[16 + sizeof(all)], wrong[sizeof(octets)];
	int fd = sa_list_new(all, 1);
	struct sa_table t;

	CU_ASSERT_EQUAL_FATAL(pread(fd, octets, sizeof(octets), 0), (ssize_t)sizeof(octets));
	close(fd);
	for (size_t at = 0; at <= sizeof(octets); at++) {
		bool fits = at == sizeof(octets);

		fd = memfd_create("list", MFD_CLOEXEC);
		memcpy(wrong, octets, sizeof(octets));
		CU_ASSERT_EQUAL(write(fd, wrong, at), (ssize_t)at); /* cut off */
		CU_ASSERT_EQUAL(sa_table_read(&t, fd), fits);
		if (fits)
			sa_table_free(&t);
		close(fd);
		if (at >= 12)
			continue;
		fd = memfd_create("list", MFD_CLOEXEC);
		wrong[at] ^= 0x80; /* in the head */
		CU_ASSERT_EQUAL(write(fd, wrong, sizeof(wrong)), (ssize_t)sizeof(wrong));
		CU_ASSERT_FALSE(sa_table_read(&t, fd));
		close(fd);
	}
	memset(all[0].enc, 'x', sizeof(all[0].enc)); /* a name without an end */
	fd = sa_list_new(all, 1);
	CU_ASSERT_FALSE(sa_table_read(&t, fd));
	close(fd);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	CU_ASSERT_FALSE(sa_table_read(&t, fd));
	close(fd);
}

/* Of a later release, whose records have more. */
static void sa_longer_records(void)
{
	struct sa s = one("198.51.100.7", "192.0.2.1", 1, 0x11, 5), none[1] = {{.spi = 0}};
	struct {
		uint32_t head[4];
		struct sa sa;
		uint64_t more;
	} __attribute__((packed)) list = {.sa = s};
	int fd = sa_list_new(none, 0);
	struct sa_table t;

	CU_ASSERT_EQUAL(read(fd, list.head, 0), 0);
	CU_ASSERT_EQUAL(pread(fd, list.head, 16, 0), 16);
	close(fd);
	list.head[1] += 8;
	list.head[2] = 1;
	fd = memfd_create("list", MFD_CLOEXEC);
	CU_ASSERT_EQUAL(write(fd, &list, sizeof(list)), (ssize_t)sizeof(list));
	CU_ASSERT_TRUE_FATAL(sa_table_read(&t, fd));
	CU_ASSERT_TRUE(t.n == 1 && t.sa[0].spi == 1 && t.sa[0].mark == 0x11);
	sa_table_free(&t);
	close(fd);
}

static void sa_none(void)
{
	struct sa s[1] = {{.spi = 0}};
	struct sa_table t = table_of(s, 0), u = table_of(s, 0);

	CU_ASSERT_EQUAL(t.n, 0);
	CU_ASSERT_TRUE(sa_table_same(&t, &u));
	sa_table_free(&t);
	CU_ASSERT_TRUE(!t.n && !t.sa);
	sa_table_free(&u);
}

/* No room for the whole of it: there is no list, and its descriptor is closed. */
static void sa_no_room(void)
{
	struct sa all[] = {one("198.51.100.7", "192.0.2.1", 1, 0x11, 5)};
	struct rlimit was, few;

	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_FSIZE, &was), 0);
	signal(SIGXFSZ, SIG_IGN);
	few = was;
	for (few.rlim_cur = 0; few.rlim_cur < 16 + sizeof(all); few.rlim_cur += 8) {
		CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &few), 0);
		CU_ASSERT_EQUAL(sa_list_new(all, 1), -ENOSPC);
	}
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &was), 0);
	signal(SIGXFSZ, SIG_DFL);
}

static const struct test_case cases[] = {
	{"no_room", sa_no_room},     {"leaves_room", sa_leaves_room},
	{"of_a_peer", sa_of_a_peer}, {"in_words", sa_in_words},
	{"hostile", sa_hostile},     {"longer_records", sa_longer_records},
	{"none", sa_none},	     {NULL, NULL},
};
const struct test_suite suite_sa = {"sa", cases};
