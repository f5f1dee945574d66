/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The service manager is a datagram socket of the test. */
#define _GNU_SOURCE
#include "gw/keeper/fdstore.h"
#include "tests/harness.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int manager;
static struct fdstore store;
static char text[512];
static int got; /* descriptor that came with the last datagram; -1 */

/* With an abstract name, so that no file is left behind. */
static void store_open(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	char name[64];
	int n = snprintf(name, sizeof(name), "@isthmus-test-%d", (int)getpid());

	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	memcpy(a.sun_path, name, (size_t)n);
	a.sun_path[0] = '\0';
	CU_ASSERT_EQUAL(bind(manager, (struct sockaddr *)&a,
			     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)n)),
			0);
	setenv("NOTIFY_SOCKET", name, 1);
	fdstore_open(&store);
	CU_ASSERT_TRUE(store.sock >= 0);
	CU_ASSERT_PTR_NULL(getenv("NOTIFY_SOCKET"));
}

static void store_close(void)
{
	fdstore_close(&store);
	CU_ASSERT_EQUAL(store.sock, -1);
	close(manager);
}

/* The next datagram's text; "" = there is none. */
static const char *store_next(void)
{
	char room[CMSG_SPACE(sizeof(int))];
	struct iovec iov = {text, sizeof(text) - 1};
	struct msghdr h = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = room,
			   .msg_controllen = sizeof(room)};
	ssize_t n = recvmsg(manager, &h, MSG_CMSG_CLOEXEC);

	text[n < 0 ? 0 : n] = '\0';
	got = -1;
	if (n >= 0 && CMSG_FIRSTHDR(&h))
		memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&h)), sizeof(got));
	return text;
}

/* sd_watchdog_enabled(3): half of the time is the time to speak. */
static void the_watchdog_is_told(void)
{
	char pid[32];

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("WATCHDOG_USEC", "30000000", 1);
	setenv("WATCHDOG_PID", pid, 1);
	store_open();
	CU_ASSERT_PTR_NULL(getenv("WATCHDOG_USEC"));
	CU_ASSERT_PTR_NULL(getenv("WATCHDOG_PID"));
	CU_ASSERT_EQUAL(fdstore_watch(&store, 5000000), 20000000);
	CU_ASSERT_STRING_EQUAL(store_next(), "WATCHDOG=1");
	CU_ASSERT_EQUAL(fdstore_watch(&store, 19999999), 20000000);
	CU_ASSERT_STRING_EQUAL(store_next(), "");
	CU_ASSERT_EQUAL(fdstore_watch(&store, 20000000), 35000000);
	CU_ASSERT_STRING_EQUAL(store_next(), "WATCHDOG=1");
	store_close();
}

static void another_process_is_watched(void)
{
	static const char *const usec[] = {"30000000", "0", "soon", "18446744073709551615"};

	for (unsigned i = 0; i < sizeof(usec) / sizeof(usec[0]); i++) {
		setenv("WATCHDOG_USEC", usec[i], 1);
		if (i == 0)
			setenv("WATCHDOG_PID", "1", 1);
		store_open();
		CU_ASSERT_EQUAL(fdstore_watch(&store, 0), UINT64_MAX);
		CU_ASSERT_STRING_EQUAL(store_next(), "");
		store_close();
	}
}

/* Lines as sd_notify(3) has them. */
static void the_manager_is_told(void)
{
	struct stat a, b;

	store_open();
	CU_ASSERT_TRUE(fdstore_say(&store, "READY=1"));
	CU_ASSERT_STRING_EQUAL(store_next(), "READY=1");
	CU_ASSERT_EQUAL(got, -1);
	CU_ASSERT_TRUE(fdstore_put(&store, "data/port/a", manager));
	CU_ASSERT_STRING_EQUAL(store_next(), "FDSTOREREMOVE=1\nFDNAME=data/port/a");
	CU_ASSERT_STRING_EQUAL(store_next(), "FDSTORE=1\nFDPOLL=0\nFDNAME=data/port/a");
	CU_ASSERT_TRUE(got >= 0 && !fstat(got, &a) && !fstat(manager, &b) && a.st_ino == b.st_ino);
	close(got);
	fdstore_drop(&store, "data/port/a");
	CU_ASSERT_STRING_EQUAL(store_next(), "FDSTOREREMOVE=1\nFDNAME=data/port/a");
	CU_ASSERT_STRING_EQUAL(store_next(), "");
	store_close();
}

static void without_a_manager_nothing_happens(void)
{
	static const char *const none[] = {NULL, "", "@", "relative", "/nowhere/at/all"};

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		if (none[i])
			setenv("NOTIFY_SOCKET", none[i], 1);
		fdstore_open(&store);
		CU_ASSERT_EQUAL(store.sock, -1);
		CU_ASSERT_FALSE(fdstore_say(&store, "READY=1"));
		CU_ASSERT_FALSE(fdstore_put(&store, "data/a", 0));
		fdstore_drop(&store, "data/a");
		fdstore_close(&store);
	}
}

static void a_path_that_is_too_long_is_none(void)
{
	char path[200] = "/";

	memset(path + 1, 'x', sizeof(path) - 2);
	path[sizeof(path) - 1] = '\0';
	setenv("NOTIFY_SOCKET", path, 1);
	fdstore_open(&store);
	CU_ASSERT_EQUAL(store.sock, -1);
}

/* In a process of its own, since the numbers are fixed: descriptors from 3 on are files of one
 * octet, 'a', 'b' and so on.  Returns "name=octet ..." as the exit of a pipe. */
static void store_taken(const char *pid, const char *fds, const char *names, char *out, size_t cap)
{
	int p[2];
	pid_t child;
	ssize_t n;

	CU_ASSERT_EQUAL(pipe(p), 0);
	fflush(NULL);
	child = fork();
	if (child == 0) {
		struct keeper_fds held = {0};
		char own[16], octet[2] = "";
		int to = fcntl(p[1], F_DUPFD, 20);

		for (int i = 0; i < 4; i++) {
			char name = (char)('a' + i);
			int f = open("/tmp", O_TMPFILE | O_RDWR, 0600);

			if (write(f, &name, 1) == 1)
				dup2(f, 10 + i);
		}
		for (int i = 0; i < 4; i++)
			dup2(10 + i, 3 + i);
		snprintf(own, sizeof(own), "%d", (int)getpid());
		setenv("LISTEN_PID", pid ? pid : own, 1);
		setenv("LISTEN_FDS", fds, 1);
		if (names)
			setenv("LISTEN_FDNAMES", names, 1);
		dprintf(to, "%u", fdstore_take_back(&held));
		for (unsigned i = 0; i < held.n; i++)
			dprintf(to, " %s=%s%s", held.at[i].name,
				pread(held.at[i].fd, octet, 1, 0) == 1 ? octet : "?",
				fcntl(held.at[i].fd, F_GETFD) & FD_CLOEXEC ? "" : " inherited");
		dprintf(to, "%s", getenv("LISTEN_FDS") || getenv("LISTEN_PID") ? " left" : "");
		_exit(0);
	}
	close(p[1]);
	waitpid(child, NULL, 0);
	n = read(p[0], out, cap - 1);
	out[n < 0 ? 0 : n] = '\0';
	close(p[0]);
}

static void descriptors_are_taken_back(void)
{
	static const struct {
		const char *pid, *fds, *names, *want;
	} row[] = {
		{NULL, "3", "data/x:control/y:all/z", "3 data/x=a control/y=b all/z=c"},
		{NULL, "2", "data/x:control/y:all/z", "2 data/x=a control/y=b"},
		{NULL, "3", "data/x:stored:all/z", "3 data/x=a all/z=c"}, /* none of ours */
		{NULL, "2", "data/x", "2 data/x=a"},
		{NULL, "2", "data/x:data/x", "2 data/x=b"},
		{NULL, "1", NULL, "1"},
		{"1", "2", "data/x:control/y", "0"}, /* for another process */
		{NULL, "many", "data/x", "0"},
		{NULL, "4097", "data/x", "0"},
		{NULL, "0", "", "0"},
	};
	char out[200];

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		store_taken(row[i].pid, row[i].fds, row[i].names, out, sizeof(out));
		CU_ASSERT_STRING_EQUAL(out, row[i].want);
	}
}

static const struct test_case cases[] = {
	{"the_manager_is_told", the_manager_is_told},
	{"without_a_manager_nothing_happens", without_a_manager_nothing_happens},
	{"a_path_that_is_too_long_is_none", a_path_that_is_too_long_is_none},
	{"the_watchdog_is_told", the_watchdog_is_told},
	{"another_process_is_watched", another_process_is_watched},
	{"descriptors_are_taken_back", descriptors_are_taken_back},
	{NULL, NULL},
};
const struct test_suite suite_fdstore = {"fdstore", cases};
