/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Start of a process with its two sockets to keeper. */
#ifndef GW_KEEPER_SPAWN_H
#define GW_KEEPER_SPAWN_H

#include <signal.h>
#include <sys/types.h>

struct spawn {
	pid_t pid;
	int notice, ask; /* keeper's ends; they do not block */
};

/* The new process has its sockets as KEEPER_FD_NOTICE and KEEPER_FD_ASK, the standard streams of
 * the caller, nothing else that is open here, a process group of its own, so that ^C reaches keeper
 * only, and this signal mask.  0 or -errno.  A program that cannot be executed ends with status
 * 127. */
int spawn_start(struct spawn *s, const char *program, const char *const argv[],
		const sigset_t *mask);

/* A process without sockets, whose standard input is empty, and whose standard output is `out`, or
 * the caller's with -1; its pid, or -errno. */
pid_t spawn_check(const char *program, const char *const argv[], int out);

/* A descriptor that becomes readable when the process ends, or -errno. */
int spawn_life(pid_t pid);

#endif
