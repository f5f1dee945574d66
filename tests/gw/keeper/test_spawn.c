/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "gw/keeper/spawn.h"

#include "gw/keeper/keeper.h"
#include "tests/harness.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static sigset_t none;

/* Runs a line of shell and returns its wait status. */
static int spawn_shell(const char *line, struct spawn *s)
{
	const char *argv[] = {"sh", "-c", line, NULL};
	int status = -1;

	sigemptyset(&none);
	CU_ASSERT_EQUAL(spawn_start(s, "/bin/sh", argv, &none), 0);
	CU_ASSERT_EQUAL(waitpid(s->pid, &status, 0), s->pid);
	return status;
}

static void spawn_done(const struct spawn *s)
{
	close(s->notice);
	close(s->ask);
}

static void both_sockets_are_there(void)
{
	struct spawn s;
	char buf[8] = "";

	CU_ASSERT_EQUAL(spawn_shell("printf notice >&3 && printf ask >&4", &s), 0);
	/* a socket cannot be opened, but dash writes to it */
	CU_ASSERT_EQUAL(read(s.notice, buf, sizeof(buf)), 6);
	CU_ASSERT_EQUAL(memcmp(buf, "notice", 6), 0);
	CU_ASSERT_EQUAL(read(s.ask, buf, sizeof(buf)), 3);
	CU_ASSERT_EQUAL(memcmp(buf, "ask", 3), 0);
	CU_ASSERT_EQUAL(read(s.notice, buf, sizeof(buf)), 0); /* keeper's far ends are closed */
	spawn_done(&s);
}

static void nothing_else_is_open(void)
{
	int stray = fcntl(STDERR_FILENO, F_DUPFD, 20); /* without FD_CLOEXEC */
	struct spawn s;

	CU_ASSERT_EQUAL(spawn_shell("test ! -e /proc/$$/fd/20 && test -e /proc/$$/fd/4", &s), 0);
	close(stray);
	spawn_done(&s);
}

static void it_has_a_process_group_of_its_own(void)
{
	struct spawn s;

	CU_ASSERT_EQUAL(spawn_shell("set -- $(cat /proc/$$/stat) && test $5 = $$", &s), 0);
	spawn_done(&s);
}

static void signals_are_as_asked(void)
{
	sigset_t block, old;
	struct spawn s;

	sigemptyset(&block);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, &old);
	signal(SIGPIPE, SIG_IGN);
	CU_ASSERT_EQUAL(spawn_shell("kill -TERM $$", &s), SIGTERM);
	spawn_done(&s);
	CU_ASSERT_EQUAL(spawn_shell("kill -PIPE $$", &s), SIGPIPE);
	spawn_done(&s);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static void a_program_that_is_not_there_ends_with_127(void)
{
	const char *argv[] = {"absent", NULL};
	struct spawn s;
	int status;

	sigemptyset(&none);
	CU_ASSERT_EQUAL(spawn_start(&s, "/absent", argv, &none), 0);
	CU_ASSERT_EQUAL(waitpid(s.pid, &status, 0), s.pid);
	CU_ASSERT_EQUAL(WEXITSTATUS(status), 127);
	spawn_done(&s);
}

static void a_life_can_be_waited_for(void)
{
	const char *argv[] = {"sh", "-c", "read x <&3", NULL};
	struct spawn s;
	struct pollfd p = {.events = POLLIN};

	sigemptyset(&none);
	CU_ASSERT_EQUAL(spawn_start(&s, "/bin/sh", argv, &none), 0);
	p.fd = spawn_life(s.pid);
	CU_ASSERT_TRUE(p.fd >= 0);
	CU_ASSERT_EQUAL(poll(&p, 1, 0), 0);
	spawn_done(&s); /* it reads the end */
	CU_ASSERT_EQUAL(poll(&p, 1, 10000), 1);
	waitpid(s.pid, NULL, 0);
	close(p.fd);
}

static void no_descriptor_stays_when_there_are_too_few(void)
{
	const char *argv[] = {"sh", NULL};
	struct rlimit old, low;
	struct spawn s;

	sigemptyset(&none);
	getrlimit(RLIMIT_NOFILE, &old);
	for (int room = 0; room < 4; room++) {
		int first = dup(STDERR_FILENO); /* the harness counts what stays */

		close(first);
		low = (struct rlimit){.rlim_cur = (rlim_t)(first + room), .rlim_max = old.rlim_max};
		setrlimit(RLIMIT_NOFILE, &low);
		CU_ASSERT_EQUAL(spawn_start(&s, "/bin/sh", argv, &none), -EMFILE);
		setrlimit(RLIMIT_NOFILE, &old);
	}
}

/* Keeper takes its signals by a descriptor; a program that it starts is not to be deaf. */
static void a_check_hears_signals(void)
{
	const char *argv[] = {"grep", "-q", "^SigBlk:[[:space:]]*0*$", "/proc/self/status", NULL};
	sigset_t blocked, was;
	int status = -1;
	pid_t pid;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGUSR2);
	sigprocmask(SIG_BLOCK, &blocked, &was);
	pid = spawn_check("/bin/grep", argv, -1);
	sigprocmask(SIG_SETMASK, &was, NULL);
	CU_ASSERT_FATAL(pid > 0);
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL(status, 0);
}

static const struct test_case cases[] = {
	{"a_check_hears_signals", a_check_hears_signals},
	{"both_sockets_are_there", both_sockets_are_there},
	{"nothing_else_is_open", nothing_else_is_open},
	{"it_has_a_process_group_of_its_own", it_has_a_process_group_of_its_own},
	{"signals_are_as_asked", signals_are_as_asked},
	{"a_program_that_is_not_there_ends_with_127", a_program_that_is_not_there_ends_with_127},
	{"a_life_can_be_waited_for", a_life_can_be_waited_for},
	{"no_descriptor_stays_when_there_are_too_few", no_descriptor_stays_when_there_are_too_few},
	{NULL, NULL},
};
const struct test_suite suite_spawn = {"spawn", cases};
