/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "gw/keeper/fdstore.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LISTEN_FIRST 3 /* SD_LISTEN_FDS_START */
#define LINES_MAX    256u

/* A path, or '@' and a name of the abstract namespace. */
static int fdstore_connect(const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t n = strlen(path);
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	int sock;

	if ((path[0] != '/' && path[0] != '@') || n < 2 || n >= sizeof(to.sun_path))
		return -1;
	memcpy(to.sun_path, path, n);
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sock >= 0 && connect(sock, (struct sockaddr *)&to, len) < 0) {
		close(sock);
		return -1;
	}
	return sock;
}

/* us; 0 also when another process is the one that is watched. */
static uint64_t fdstore_watchdog(void)
{
	const char *pid = getenv("WATCHDOG_PID"), *usec = getenv("WATCHDOG_USEC");
	char *end;
	unsigned long long n;

	if (!usec || (pid && (strtoul(pid, &end, 10) != (unsigned long)getpid() || *end)))
		return 0;
	n = strtoull(usec, &end, 10);
	return *end || n < 2 || n > INT64_MAX ? 0 : n;
}

void fdstore_open(struct fdstore *s)
{
	const char *path = getenv("NOTIFY_SOCKET");

	*s = (struct fdstore){.sock = path ? fdstore_connect(path) : -1};
	if (s->sock >= 0)
		s->watch = fdstore_watchdog();
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

void fdstore_close(struct fdstore *s)
{
	if (s->sock >= 0)
		close(s->sock);
	s->sock = -1;
}

static bool fdstore_send(const struct fdstore *s, const char *lines, int fd)
{
	struct iovec iov = {(void *)lines, strlen(lines)};
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} a = {.room = {0}};
	struct msghdr h = {.msg_iov = &iov, .msg_iovlen = 1};

	if (s->sock < 0)
		return false;
	if (fd >= 0) {
		h.msg_control = a.room;
		h.msg_controllen = sizeof(a.room);
		a.align.cmsg_level = SOL_SOCKET;
		a.align.cmsg_type = SCM_RIGHTS;
		a.align.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&a.align), &fd, sizeof(fd));
	}
	return sendmsg(s->sock, &h, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)iov.iov_len;
}

bool fdstore_say(const struct fdstore *s, const char *lines)
{
	return fdstore_send(s, lines, -1);
}

/* Twice in the time, as sd_watchdog_enabled(3) has it. */
uint64_t fdstore_watch(struct fdstore *s, uint64_t now)
{
	if (!s->watch)
		return UINT64_MAX;
	if (now >= s->watch_due) {
		fdstore_say(s, "WATCHDOG=1");
		s->watch_due = now + s->watch / 2;
	}
	return s->watch_due;
}

void fdstore_drop(const struct fdstore *s, const char *name)
{
	char lines[LINES_MAX];

	snprintf(lines, sizeof(lines), "FDSTOREREMOVE=1\nFDNAME=%s", name);
	fdstore_send(s, lines, -1);
}

/* A name may stand there several times, so an older one is taken out.  FDPOLL=0: a connection that
 * has ended stays, for its owner to see that. */
bool fdstore_put(const struct fdstore *s, const char *name, int fd)
{
	char lines[LINES_MAX];

	fdstore_drop(s, name);
	snprintf(lines, sizeof(lines), "FDSTORE=1\nFDPOLL=0\nFDNAME=%s", name);
	return fdstore_send(s, lines, fd);
}

/* --- at start --------------------------------------------------------------------------------- */

static unsigned fdstore_listen_fds(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	char *end;
	unsigned long n;

	if (!pid || !fds || strtoul(pid, &end, 10) != (unsigned long)getpid() || *end)
		return 0;
	n = strtoul(fds, &end, 10);
	return *end || n > KEEPER_HELD_MAX ? 0 : (unsigned)n;
}

unsigned fdstore_take_back(struct keeper_fds *held)
{
	const char *env = getenv("LISTEN_FDNAMES"), *next = env ? env : "";
	unsigned n = fdstore_listen_fds();
	char name[KEEPER_NAME_MAX];

	for (unsigned i = 0; i < n; i++) {
		int fd = LISTEN_FIRST + (int)i;
		size_t len = strcspn(next, ":");
		bool ours = keeper_name_ok(next, len) && memchr(next, '/', len);

		snprintf(name, sizeof(name), "%.*s", ours ? (int)len : 0, next);
		next += len + (next[len] == ':');
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
			continue;
		if (!ours || keeper_fds_put(held, name, fd) < 0)
			close(fd);
	}
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return n;
}
