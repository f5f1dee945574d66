/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What two data sides say to each other, packet by packet, with descriptors and without. */
#include "gw/dp/hand.h"

#include "tests/harness.h"
#include "tests/heap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* A socket between the two, and descriptors to send. */
static int hand[2], two[2];

static void hand_open(void)
{
	CU_ASSERT_FATAL(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, hand));
	CU_ASSERT_FATAL(!pipe(two));
}

static void hand_shut(void)
{
	close(hand[0]);
	close(hand[1]);
	close(two[0]);
	close(two[1]);
}

static bool same_file(int a, int b)
{
	struct stat x, y;

	return !fstat(a, &x) && !fstat(b, &y) && x.st_ino == y.st_ino && x.st_dev == y.st_dev &&
	       (fcntl(a, F_GETFL) & O_ACCMODE) == (fcntl(b, F_GETFL) & O_ACCMODE);
}

static void what_is_said_is_heard(void)
{
	static const enum hand_kind kinds[] = {HAND_TABLES, HAND_STATE, HAND_ANSWER, HAND_GO};
	static const int32_t rcs[] = {0, -EINVAL, -EPROTONOSUPPORT};

	hand_open();
	for (unsigned i = 0; i < 4; i++)
		for (unsigned j = 0; j < 3; j++) {
			CU_ASSERT_EQUAL(hand_say(hand[0], kinds[i], rcs[j], NULL), 0);
			CU_ASSERT_EQUAL(hand_hear(hand[1], kinds[i], 0, NULL), rcs[j]);
			/* another one was waited for */
			CU_ASSERT_EQUAL(hand_say(hand[0], kinds[i], rcs[j], NULL), 0);
			CU_ASSERT_EQUAL(hand_hear(hand[1], kinds[(i + 1) % 4], 0, NULL), -EPROTO);
		}
	hand_shut();
}

/* One packet has 250 at the most; the rest follows. */
static void descriptors_go_along(void)
{
	static const unsigned numbers[] = {0, 1, 249, 250, 251, 500, 501};

	for (unsigned i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		struct image_fds out = {0}, in = {0};

		hand_open();
		for (unsigned n = 0; n < numbers[i]; n++)
			CU_ASSERT_EQUAL_FATAL(image_fds_add(&out, two[n % 3 == 1]), (int)n);
		CU_ASSERT_EQUAL(hand_say(hand[0], HAND_STATE, -ENOENT, &out), 0);
		CU_ASSERT_EQUAL(hand_hear(hand[1], HAND_STATE, 0, &in), -ENOENT);
		CU_ASSERT_EQUAL(in.n, numbers[i]);
		for (unsigned n = 0; n < in.n; n++) {
			CU_ASSERT(same_file(in.fd[n], two[n % 3 == 1]));
			CU_ASSERT(fcntl(in.fd[n], F_GETFD) & FD_CLOEXEC);
		}
		/* nothing more was said */
		CU_ASSERT_EQUAL(hand_hear(hand[1], HAND_STATE, 0, NULL), -ETIMEDOUT);
		hand_close(&in);
		CU_ASSERT(!in.fd && !in.n && !in.room);
		free(out.fd);
		hand_shut();
	}
}

/* Those that have been taken are -1, and stay the taker's. */
static void only_what_is_left_is_closed(void)
{
	struct image_fds in = {0};
	int taken;

	hand_open();
	taken = dup(two[0]);
	CU_ASSERT_EQUAL(image_fds_add(&in, -1), 0);
	CU_ASSERT_EQUAL(image_fds_add(&in, dup(two[1])), 1);
	hand_close(&in);
	CU_ASSERT(same_file(taken, two[0]));
	close(taken);
	hand_shut();
}

static void the_other_has_gone(void)
{
	hand_open();
	CU_ASSERT_EQUAL(hand_hear(hand[1], HAND_GO, 0, NULL), -ETIMEDOUT);
	close(hand[0]);
	CU_ASSERT_EQUAL(hand_hear(hand[1], HAND_GO, -1, NULL), -EPIPE);
	CU_ASSERT_EQUAL(hand_say(hand[1], HAND_GO, 0, NULL), -EPIPE);
	hand[0] = dup(hand[1]);
	hand_shut();
}

/* Octets as they are, with n descriptors. */
static void hand_put(const void *octets, size_t len, unsigned n)
{
	union {
		struct cmsghdr align;
		uint8_t octets[CMSG_SPACE(4 * sizeof(int))];
	} c;
	struct iovec v = {.iov_base = (void *)octets, .iov_len = len};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};

	memset(&c, 0, sizeof(c));
	if (n) {
		struct cmsghdr *h;

		m.msg_control = &c;
		m.msg_controllen = CMSG_SPACE(n * sizeof(int));
		h = CMSG_FIRSTHDR(&m);
		h->cmsg_level = SOL_SOCKET;
		h->cmsg_type = SCM_RIGHTS;
		h->cmsg_len = CMSG_LEN(n * sizeof(int));
		for (unsigned i = 0; i < n; i++)
			memcpy(CMSG_DATA(h) + i * sizeof(int), &two[0], sizeof(int));
	}
	CU_ASSERT_EQUAL(sendmsg(hand[0], &m, 0), (ssize_t)len);
}

#define MAGIC 0x69737468u

/* One packet, or two, of a stranger: what belongs together, and what does not. */
static void packets_that_cannot_be(void)
{
	static const struct {
		const char *what;
		struct {
			uint32_t head[4]; /* magic, kind, rc, descriptors to come */
			unsigned fds;	  /* that do */
		} p[2];
		int rc;
	} rows[] = {
		{"nothing", {{{MAGIC, HAND_GO, 0, 0}, 0}}, 0},
		{"another magic", {{{MAGIC + 1, HAND_GO, 0, 0}, 0}}, -EPROTO},
		{"an rc that is no error", {{{MAGIC, HAND_GO, 1, 0}, 0}}, -EPROTO},
		{"the most that may be said, and none comes",
		 {{{MAGIC, HAND_GO, 0, 65536}, 0}, {{MAGIC, HAND_FDS, 0, 65536}, 0}},
		 -EPROTO},
		{"more than may be said", {{{MAGIC, HAND_GO, 0, 65537}, 0}}, -EPROTO},
		{"one that is not said", {{{MAGIC, HAND_GO, 0, 0}, 1}}, -EPROTO},
		{"two where one is said", {{{MAGIC, HAND_GO, 0, 1}, 2}}, -EPROTO},
		{"two", {{{MAGIC, HAND_GO, 0, 2}, 2}}, 0},
		{"two, one after the other",
		 {{{MAGIC, HAND_GO, 0, 2}, 1}, {{MAGIC, HAND_FDS, 0, 1}, 1}},
		 0},
		{"one too many behind",
		 {{{MAGIC, HAND_GO, 0, 2}, 1}, {{MAGIC, HAND_FDS, 0, 1}, 2}},
		 -EPROTO},
		{"none behind",
		 {{{MAGIC, HAND_GO, 0, 2}, 1}, {{MAGIC, HAND_FDS, 0, 1}, 0}},
		 -EPROTO},
		{"another kind behind",
		 {{{MAGIC, HAND_GO, 0, 2}, 1}, {{MAGIC, HAND_GO, 0, 1}, 1}},
		 -EPROTO},
		{"nothing behind", {{{MAGIC, HAND_GO, 0, 2}, 1}}, -ETIMEDOUT},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct image_fds in = {0};
		int rc;

		hand_open();
		for (unsigned j = 0; j < 2 && rows[i].p[j].head[0]; j++)
			hand_put(rows[i].p[j].head, sizeof(rows[i].p[j].head), rows[i].p[j].fds);
		rc = hand_hear(hand[1], HAND_GO, 0, &in);
		if (rc != rows[i].rc)
			printf("%s: %d\n", rows[i].what, rc);
		CU_ASSERT_EQUAL(rc, rows[i].rc);
		hand_close(&in);
		hand_shut();
	}
}

static void hand_lengths(void)
{
	const uint32_t head[5] = {MAGIC, HAND_GO, 0, 0, 0};
	struct image_fds in = {0};

	hand_open();
	for (size_t len = 1; len <= sizeof(head); len++) {
		hand_put(head, len, 0);
		CU_ASSERT_EQUAL(hand_hear(hand[1], HAND_GO, 0, &in), len == 16 ? 0 : -EPROTO);
	}
	CU_ASSERT_EQUAL(in.n, 0);
	hand_shut();
}

/* Who waits for none is given none, and none is left open. */
static void descriptors_that_nobody_waits_for(void)
{
	const uint32_t said[4] = {MAGIC, HAND_GO, 0, 2}, unsaid[4] = {MAGIC, HAND_GO, 0, 0};

	hand_open();
	hand_put(said, sizeof(said), 2);
	CU_ASSERT_EQUAL(hand_hear(hand[1], HAND_GO, 0, NULL), -EPROTO);
	hand_put(unsaid, sizeof(unsaid), 2);
	CU_ASSERT_EQUAL(hand_hear(hand[1], HAND_GO, 0, NULL), -EPROTO);
	hand_put(said, sizeof(said), 0);
	CU_ASSERT_EQUAL(hand_hear(hand[1], HAND_GO, 0, NULL), -EPROTO);
	hand_shut();
}

static void no_memory_for_descriptors(void)
{
	const uint32_t head[4] = {MAGIC, HAND_GO, 0, 2};
	struct image_fds in = {0};

	hand_open();
	hand_put(head, sizeof(head), 2);
	heap_refuse_many(0, HEAP_FOR_EVER);
	CU_ASSERT_EQUAL(hand_hear(hand[1], HAND_GO, 0, &in), -ENOMEM);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(in.n, 0);
	hand_close(&in);
	hand_shut();
}

static const struct test_case cases[] = {
	{"what_is_said_is_heard", what_is_said_is_heard},
	{"descriptors_go_along", descriptors_go_along},
	{"only_what_is_left_is_closed", only_what_is_left_is_closed},
	{"the_other_has_gone", the_other_has_gone},
	{"packets_that_cannot_be", packets_that_cannot_be},
	{"hand_lengths", hand_lengths},
	{"descriptors_that_nobody_waits_for", descriptors_that_nobody_waits_for},
	{"no_memory_for_descriptors", no_memory_for_descriptors},
	{NULL, NULL},
};
const struct test_suite suite_hand = {"hand", cases};
