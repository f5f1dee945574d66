/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "gw/keeper/spawn.h"

#include "gw/keeper/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FIRST_FREE (KEEPER_FD_ASK + 1)

/* Between fork() and execv(): only calls that are safe there. */
static void __attribute__((noreturn)) spawn_child(int notice, int ask, const char *program,
						  const char *const argv[], const sigset_t *mask)
{
	/* out of the way of the numbers they get */
	int n = fcntl(notice, F_DUPFD, FIRST_FREE), a = fcntl(ask, F_DUPFD, FIRST_FREE);

	setpgid(0, 0);
	if (n >= 0 && a >= 0 && dup2(n, KEEPER_FD_NOTICE) >= 0 && dup2(a, KEEPER_FD_ASK) >= 0) {
		close_range(FIRST_FREE, ~0U, 0);
		signal(SIGPIPE, SIG_DFL);
		sigprocmask(SIG_SETMASK, mask, NULL);
		execv(program, (char *const *)(void *)argv);
	}
	_exit(127);
}

static int spawn_fork(struct spawn *s, const int far[2], const char *program,
		      const char *const argv[], const sigset_t *mask)
{
	fflush(NULL);
	s->pid = fork();
	if (s->pid < 0)
		return -errno;
	if (s->pid == 0)
		spawn_child(far[0], far[1], program, argv, mask);
	return 0;
}

static void spawn_close(const int pair[2])
{
	close(pair[0]);
	close(pair[1]);
}

/* near is keeper's end. */
static int spawn_pair(int *near, int *far)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	if (fcntl(pair[0], F_SETFL, O_NONBLOCK) < 0) {
		spawn_close(pair);
		return -errno;
	}
	*near = pair[0];
	*far = pair[1];
	return 0;
}

int spawn_start(struct spawn *s, const char *program, const char *const argv[],
		const sigset_t *mask)
{
	int far[2], rc;

	rc = spawn_pair(&s->notice, &far[0]);
	if (rc < 0)
		return rc;
	rc = spawn_pair(&s->ask, &far[1]);
	if (rc < 0) {
		close(s->notice);
		close(far[0]);
		return rc;
	}
	rc = spawn_fork(s, far, program, argv, mask);
	spawn_close(far);
	if (rc < 0) {
		close(s->notice);
		close(s->ask);
	}
	return rc;
}

pid_t spawn_check(const char *program, const char *const argv[], int out)
{
	pid_t pid;
	sigset_t none;

	fflush(NULL);
	pid = fork();
	if (pid)
		return pid < 0 ? -errno : pid;
	sigemptyset(&none);
	close(STDIN_FILENO);
	open("/dev/null", O_RDONLY);
	if (out >= 0)
		dup2(out, STDOUT_FILENO);
	close_range(STDERR_FILENO + 1, ~0U, 0);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execv(program, (char *const *)(void *)argv);
	_exit(127);
}

int spawn_life(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : fd;
}
