/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "tests/gw/keeper/stand_in.h"

#include "gw/keeper/keeper.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct stand_in {
	const char *role, *manner;
	struct keeper_link link;
	struct keeper_fds fds;
	struct keeper_go go;
	bool waits; /* to take over */
};

static bool stand_in_is(const struct stand_in *s, const char *manner)
{
	return !strcmp(s->manner, manner);
}

static void stand_in_show(const struct stand_in *s, const char *name, int fd)
{
	char text[32] = "";

	if (strncmp(name, "life/", 5) && pread(fd, text, sizeof(text) - 1, 0) < 0)
		snprintf(text, sizeof(text), "unreadable");
	printf("%s fd %s %s\n", s->role, name, text);
}

static void stand_in_keep(struct stand_in *s, const char *role, const char *text)
{
	int fd = memfd_create("kept", MFD_CLOEXEC);
	char name[KEEPER_NAME_MAX];

	snprintf(name, sizeof(name), "%s/file", role);
	if (fd < 0 || write(fd, text, strlen(text)) < 0 || keeper_keep(&s->link, name, fd) < 0)
		printf("%s cannot keep\n", s->role);
	else
		printf("%s keeps\n", s->role);
	close(fd);
}

static void stand_in_ask(struct stand_in *s)
{
	struct keeper_process p[KEEPER_PROCESSES_MAX];
	unsigned n = keeper_processes(&s->link, p);

	for (unsigned i = 0; i < n; i++)
		printf("%s knows %s %s %u\n", s->role, p[i].name, p[i].state, p[i].restarts);
}

static void stand_in_upgrade(struct stand_in *s)
{
	printf("%s upgrade %d\n", s->role, keeper_ask_upgrade(&s->link));
}

/* The first line of what a check has printed. */
static void stand_in_report(struct stand_in *s)
{
	char *text = keeper_report(&s->link);

	if (text)
		printf("%s report %.*s\n", s->role, (int)strcspn(text, "\n"), text);
	free(text);
}

static void stand_in_reload(struct stand_in *s)
{
	printf("%s reload %d\n", s->role, keeper_ask_reload(&s->link, false));
}

static void stand_in_misbehave(struct stand_in *s)
{
	if (stand_in_is(s, "babbles"))
		send(s->link.notice, "x", 1, 0);
	if (stand_in_is(s, "steals"))
		stand_in_keep(s, "all", "stolen");
	if (stand_in_is(s, "silent"))
		close(s->link.notice);
}

/* Of the new program's file. */
static bool stand_in_new(void)
{
	char file[512];
	ssize_t n = readlink("/proc/self/exe", file, sizeof(file));

	return n > 4 && !memcmp(file + n - 4, ".new", 4);
}

static bool stand_in_passed(int sock, const char *say, const char *hear)
{
	char got[8] = "";

	return (!say || send(sock, say, strlen(say), MSG_NOSIGNAL) > 0) &&
	       recv(sock, got, sizeof(got) - 1, 0) > 0 && !strcmp(got, hear);
}

/* True when the other has all. */
static bool stand_in_hand_over(struct stand_in *s, int sock)
{
	bool taken = false;

	if (stand_in_is(s, "sleeps"))
		pause();
	if (stand_in_is(s, "falls"))
		raise(SIGKILL);
	if (!stand_in_is(s, "stays"))
		taken = stand_in_passed(sock, "image", "taken");
	printf("%s %s\n", s->role, taken ? "handed" : "stays");
	if (taken && stand_in_is(s, "stumbles"))
		raise(SIGKILL);
	if (!taken)
		keeper_say_stays(&s->link, EPIPE);
	return taken;
}

static void stand_in_take_over(struct stand_in *s, int sock)
{
	if (stand_in_is(s, "stops"))
		pause();
	if (stand_in_is(s, "drops"))
		_exit(6);
	if (!stand_in_passed(sock, NULL, "image") || send(sock, "taken", 5, MSG_NOSIGNAL) < 0)
		_exit(8);
	printf("%s %d took\n", s->role, (int)getpid());
	keeper_say(&s->link, KEEPER_READY);
}

/* False: it has handed over, and ends. */
static bool stand_in_hear_hand_over(struct stand_in *s, struct keeper_msg *m)
{
	int sock = keeper_msg_take(m, 0);
	bool goes_on = true;

	if (s->waits)
		stand_in_take_over(s, sock);
	else
		goes_on = !stand_in_hand_over(s, sock);
	s->waits = false;
	close(sock);
	return goes_on;
}

/* Until it is to end. */
static void stand_in_hear(struct stand_in *s)
{
	struct pollfd p = {.fd = s->link.notice, .events = POLLIN};
	uint8_t buf[KEEPER_MSG_MAX];
	struct keeper_msg m;
	int rc;

	while (poll(&p, 1, -1) > 0 && (rc = keeper_recv(p.fd, buf, &m)) > 0) {
		struct rd r = rd_init(m.body, m.len);
		char name[KEEPER_NAME_MAX];

		if (m.kind == KEEPER_GIVE && keeper_get_name(&r, name))
			stand_in_show(s, name, m.fd[0]);
		if (m.kind == KEEPER_HAND_OVER && !stand_in_hear_hand_over(s, &m))
			return;
		keeper_msg_close(&m);
		if (m.kind == KEEPER_HUP)
			printf("%s hup\n", s->role);
		if (m.kind == KEEPER_LEAVE) {
			printf("%s leave\n", s->role);
			if (stand_in_is(s, "lingers") || (stand_in_is(s, "tarries") && !s->go.life))
				pause();
			return;
		}
		if (m.kind == KEEPER_STOP) {
			printf("%s stop\n", s->role);
			if (stand_in_is(s, "crashes"))
				kill(getpid(), SIGABRT);
			if (!stand_in_is(s, "deaf"))
				return;
		}
	}
	printf("%s alone\n", s->role);
}

static void stand_in_live(struct stand_in *s)
{
	printf("%s %d life %u %s\n", s->role, (int)getpid(), s->go.life, s->go.why);
	for (unsigned i = 0; i < s->fds.n; i++)
		stand_in_show(s, s->fds.at[i].name, s->fds.at[i].fd);
	if (stand_in_is(s, "reverts") && s->go.life == 1)
		_exit(9);
	s->waits = !strcmp(s->role, "second");
	if (!stand_in_is(s, "mute"))
		keeper_say(&s->link, s->waits ? KEEPER_STAND_BY : KEEPER_READY);
	if (stand_in_is(s, "leaves"))
		_exit(6);
	if (!s->go.life) {
		stand_in_misbehave(s);
		if (stand_in_is(s, "keeps"))
			stand_in_keep(s, s->role, "kept");
	}
	if ((stand_in_is(s, "upgrades") || stand_in_is(s, "lingers") || stand_in_is(s, "spoiled") ||
	     stand_in_is(s, "frozen")) &&
	    !s->go.life)
		stand_in_upgrade(s);
	if ((stand_in_is(s, "reloads") || stand_in_is(s, "reverts") || stand_in_is(s, "tarries")) &&
	    !s->go.life)
		stand_in_reload(s);
	if (stand_in_is(s, "reloads") && s->go.life)
		stand_in_report(s);
	if (stand_in_is(s, "asks") || (stand_in_is(s, "upgrades") && s->go.life))
		stand_in_ask(s);
	if (stand_in_is(s, "silent") && !s->go.life)
		pause();
	stand_in_hear(s);
}

int stand_in_main(int argc, char **argv)
{
	struct stand_in s = {.role = argc > 2 ? argv[2] : "?", .manner = argc > 3 ? argv[3] : "?"};

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (stand_in_is(&s, "hopeless"))
		return 3;
	if (stand_in_is(&s, "ponders")) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nobody behind */
		pause();
	}
	if (stand_in_is(&s, "checks") || stand_in_is(&s, "refuses")) {
		printf("%s checks\n", s.role);
		return stand_in_is(&s, "checks") ? 0 : 5;
	}
	if (stand_in_is(&s, "spoiled") && stand_in_new())
		return 9;
	if (stand_in_is(&s, "frozen") && stand_in_new())
		pause();
	if (stand_in_is(&s, "forward") && !stand_in_new())
		return 7;
	if (keeper_begin(&s.link, &s.fds, &s.go) < 0)
		return 4;
	stand_in_live(&s);
	keeper_fds_free(&s.fds);
	keeper_end(&s.link);
	return 0;
}
