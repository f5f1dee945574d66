/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/keeper/keeper.h"
#include "tests/harness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int pair[2];
static uint8_t buf[KEEPER_MSG_MAX];

static void msg_open(void)
{
	CU_ASSERT_EQUAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair), 0);
}

static void msg_close(void)
{
	close(pair[0]);
	close(pair[1]);
}

static bool msg_same_file(int a, int b)
{
	struct stat sa, sb;

	return !fstat(a, &sa) && !fstat(b, &sb) && sa.st_ino == sb.st_ino && sa.st_dev == sb.st_dev;
}

static void a_message_comes_as_it_was_sent(void)
{
	struct keeper_msg m = {.kind = 70, .error = 0x1234, .body = (uint8_t *)"body", .len = 4}, n;

	msg_open();
	m.fd[m.fds++] = pair[0];
	m.fd[m.fds++] = pair[1];
	CU_ASSERT_EQUAL(keeper_send(pair[0], &m), 0);
	CU_ASSERT_EQUAL(keeper_recv(pair[1], buf, &n), 1);
	CU_ASSERT_EQUAL(n.kind, 70);
	CU_ASSERT_EQUAL(n.error, 0x1234);
	ASSERT_OCTETS(n.body, n.len, "body", 4);
	CU_ASSERT_EQUAL(n.fds, 2);
	CU_ASSERT_TRUE(n.fd[0] != pair[0] && msg_same_file(n.fd[0], pair[0]));
	CU_ASSERT_TRUE(fcntl(n.fd[0], F_GETFD) & FD_CLOEXEC);
	int mine = keeper_msg_take(&n, 1);

	CU_ASSERT_TRUE(msg_same_file(mine, pair[1]));
	CU_ASSERT_EQUAL(keeper_msg_take(&n, 1), -1);
	CU_ASSERT_EQUAL(keeper_msg_take(&n, 2), -1);
	keeper_msg_close(&n);
	close(mine);
	msg_close();
}

static void the_octets_are_as_said(void)
{
	struct keeper_msg m = {
		.kind = KEEPER_KEEP, .error = 2, .body = (uint8_t *)"\5a/b-C", .len = 6};
	uint8_t want[16];
	size_t n = test_hex(want, sizeof(want), "01 11 0002 05 61 2f 62 2d 43");
	ssize_t got;

	msg_open();
	CU_ASSERT_EQUAL(keeper_send(pair[0], &m), 0);
	got = recv(pair[1], buf, sizeof(buf), 0);
	ASSERT_OCTETS(buf, (size_t)got, want, n);
	msg_close();
}

static void too_much_is_not_sent(void)
{
	struct keeper_msg m = {.kind = 1, .body = buf, .len = KEEPER_MSG_MAX - KEEPER_HEAD + 1}, n;

	msg_open();
	CU_ASSERT_EQUAL(keeper_send(pair[0], &m), -EMSGSIZE);
	m.len--;
	m.fds = KEEPER_FDS_MAX + 1;
	CU_ASSERT_EQUAL(keeper_send(pair[0], &m), -EMSGSIZE);
	m.fds = 0;
	CU_ASSERT_EQUAL(keeper_send(pair[0], &m), 0);
	CU_ASSERT_EQUAL(keeper_recv(pair[1], buf, &n), 1);
	CU_ASSERT_EQUAL(n.len, m.len);
	msg_close();
}

/* Octets that are no message; their descriptors do not stay. */
static void what_is_no_message_is_refused(void)
{
	static const char *const hex[] = {"01", "01 01", "01 01 00", "00 01 0000", "02 01 0000"};
	uint8_t octets[8];
	struct keeper_msg n;

	msg_open();
	for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++) {
		CU_ASSERT_TRUE(send(pair[0], octets, test_hex(octets, sizeof(octets), hex[i]), 0) >
			       0);
		CU_ASSERT_EQUAL(keeper_recv(pair[1], buf, &n), -EBADMSG);
		CU_ASSERT_EQUAL(n.fds, 0);
	}
	CU_ASSERT_EQUAL(keeper_recv(pair[1], buf, &n), -EAGAIN);
	msg_close();
}

static void one_octet_too_many_is_refused(void)
{
	static uint8_t big[KEEPER_MSG_MAX + 1] = {KEEPER_VERSION, 1};
	struct keeper_msg n;

	msg_open();
	CU_ASSERT_EQUAL(send(pair[0], big, sizeof(big), 0), sizeof(big));
	CU_ASSERT_EQUAL(keeper_recv(pair[1], buf, &n), -EBADMSG);
	CU_ASSERT_EQUAL(send(pair[0], big, sizeof(big) - 1, 0), sizeof(big) - 1);
	CU_ASSERT_EQUAL(keeper_recv(pair[1], buf, &n), 1);
	msg_close();
}

/* Descriptors in one packet, by hand: keeper_send() has a limit. */
static void msg_send_many(unsigned n)
{
	static uint8_t head[KEEPER_HEAD] = {KEEPER_VERSION, KEEPER_GIVE};
	struct iovec iov = {head, sizeof(head)};
	size_t room = CMSG_SPACE(n * sizeof(int));
	struct msghdr h = {.msg_iov = &iov, .msg_iovlen = 1, .msg_controllen = room};
	struct cmsghdr *c = calloc(1, room);

	h.msg_control = c;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(n * sizeof(int));
	for (unsigned i = 0; i < n; i++)
		memcpy(CMSG_DATA(c) + i * sizeof(int), &pair[0], sizeof(int));
	CU_ASSERT_EQUAL(sendmsg(pair[0], &h, 0), sizeof(head));
	free(c);
}

/* The harness looks whether one of them stays open. */
static void one_descriptor_too_many_is_refused(void)
{
	struct keeper_msg n;

	msg_open();
	msg_send_many(KEEPER_FDS_MAX + 1);
	CU_ASSERT_EQUAL(keeper_recv(pair[1], buf, &n), -EBADMSG);
	msg_send_many(KEEPER_FDS_MAX);
	CU_ASSERT_EQUAL(keeper_recv(pair[1], buf, &n), 1);
	CU_ASSERT_EQUAL(n.fds, KEEPER_FDS_MAX);
	keeper_msg_close(&n);
	msg_close();
}

static void the_far_end_goes(void)
{
	struct keeper_msg m = {.kind = 1}, n;

	msg_open();
	CU_ASSERT_EQUAL(keeper_recv(pair[1], buf, &n), -EAGAIN);
	while (keeper_send(pair[0], &m) == 0) /* one that does not read is not waited for */
		;
	CU_ASSERT_EQUAL(keeper_send(pair[0], &m), -EAGAIN);
	msg_close();
	msg_open();
	close(pair[1]);
	CU_ASSERT_EQUAL(keeper_send(pair[0], &m), -EPIPE); /* and no signal */
	pair[1] = dup(pair[0]);
	msg_close();
	msg_open();
	close(pair[0]);
	CU_ASSERT_EQUAL(keeper_recv(pair[1], buf, &n), 0);
	pair[0] = dup(pair[1]);
	msg_close();
}

static void names_are_plain(void)
{
	static const struct {
		const char *hex; /* of a body */
		const char *name;
	} row[] = {
		{"01 61", "a"},
		{"05 41 7a 2f 30 5f", "Az/0_"},
		{"04 2e 2b 2d 39 ff", ".+-9"}, /* the rest is left */
		{"00", NULL},
		{"", NULL},
		{"02 61", NULL},
		{"01 20", NULL},
		{"01 00", NULL},
		{"01 3a", NULL}, /* the service manager parts names by it */
		{"01 0a", NULL},
		{"01 ff", NULL},
	};
	char name[KEEPER_NAME_MAX], longest[KEEPER_NAME_MAX + 1];
	uint8_t octets[16], body[KEEPER_NAME_MAX + 1];

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct rd r = rd_init(octets, test_hex(octets, sizeof(octets), row[i].hex));

		CU_ASSERT_EQUAL(keeper_get_name(&r, name), row[i].name != NULL);
		CU_ASSERT_EQUAL(r.bad, !row[i].name);
		if (row[i].name)
			CU_ASSERT_STRING_EQUAL(name, row[i].name);
	}
	memset(longest, 'x', sizeof(longest));
	CU_ASSERT_TRUE(keeper_name_ok(longest, KEEPER_NAME_MAX - 1));
	CU_ASSERT_FALSE(keeper_name_ok(longest, KEEPER_NAME_MAX));
	longest[KEEPER_NAME_MAX - 1] = '\0';
	struct wr w = wr_init(body, sizeof(body));

	keeper_put_name(&w, longest);
	CU_ASSERT_EQUAL(w.len, KEEPER_NAME_MAX);
	struct rd r = rd_init(body, w.len);

	CU_ASSERT_TRUE(keeper_get_name(&r, name) && !strcmp(name, longest));
	keeper_put_name(&w, "no good");
	CU_ASSERT_TRUE(w.bad);
}

static const struct test_case cases[] = {
	{"a_message_comes_as_it_was_sent", a_message_comes_as_it_was_sent},
	{"the_octets_are_as_said", the_octets_are_as_said},
	{"too_much_is_not_sent", too_much_is_not_sent},
	{"what_is_no_message_is_refused", what_is_no_message_is_refused},
	{"one_octet_too_many_is_refused", one_octet_too_many_is_refused},
	{"one_descriptor_too_many_is_refused", one_descriptor_too_many_is_refused},
	{"the_far_end_goes", the_far_end_goes},
	{"names_are_plain", names_are_plain},
	{NULL, NULL},
};
const struct test_suite suite_keeper_msg = {"keeper_msg", cases};
