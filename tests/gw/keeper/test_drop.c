/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is given up, seen in children of the test. */
#include "config.h" /* first: GNU extensions */

#include "gw/keeper/drop.h"
#include "tests/harness.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* How a child that runs this ends, as of waitpid(). */
static int in_a_child(int (*fn)(void *arg), void *arg)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		signal(SIGSYS, SIG_DFL);
		_exit(fn(arg));
	}
	CU_ASSERT_FATAL(pid > 0 && waitpid(pid, &status, 0) == pid);
	return status;
}

static bool ends_with_0(int status)
{
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

/* --- user and capabilities -------------------------------------------------------------------- */

static uint64_t status_number(const char *key)
{
	char line[256];
	uint64_t n = UINT64_MAX;
	FILE *f = fopen("/proc/self/status", "re");

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, strlen(key)))
			n = strtoull(line + strlen(key), NULL, 16);
	if (f)
		fclose(f);
	return n;
}

/* 0 when nothing is left; else the number of what is. */
static int rights_after(void *arg)
{
	static const char *const sets[] = {"CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:"};
	const struct drop_user *u = arg;
	uid_t r, e, s;
	gid_t g;

	if (drop_rights(u))
		return 1;
	if (getresuid(&r, &e, &s) || r != u->uid || e != u->uid || s != u->uid)
		return 2;
	if (getresgid(&r, &e, &s) || r != u->gid || e != u->gid || s != u->gid)
		return 3;
	if (getgroups(1, &g) != 0)
		return 4;
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		if (status_number(sets[i]) != 0)
			return 5 + (int)i;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 10;
	return setuid(0) == 0 || socket(AF_PACKET, SOCK_RAW, 0) >= 0 ? 11 : 0;
}

static void drop_all_rights(void)
{
	struct drop_user u;

	CU_ASSERT_FATAL(drop_find_user(&u));
	CU_ASSERT(u.uid && (!strcmp(u.name, "isthmus") || !strcmp(u.name, "nobody")));
	if (getuid()) {
		test_skip("drop all_rights", "needs root");
		return;
	}
	CU_ASSERT_EQUAL(in_a_child(rights_after, &u), 0);
}

static int rights_of_keeper_after(void *arg)
{
	uint64_t kept;

	(void)arg;
	if (drop_rights_of_keeper())
		return 1;
	kept = status_number("CapEff:");
	if (kept != status_number("CapPrm:") || kept != status_number("CapBnd:"))
		return 2;
	/* capabilities(7): NET_ADMIN is 12, NET_RAW 13, SYS_ADMIN 21, SYS_MODULE 16 */
	if (!(kept >> 12 & 1) || !(kept >> 13 & 1) || kept >> 21 & 1 || kept >> 16 & 1)
		return 3;
	/* and those that it starts can give up all the same */
	return rights_after(&(struct drop_user){65534, 65534, "nobody"});
}

static void drop_keepers_rights(void)
{
	if (getuid()) {
		test_skip("drop keepers_rights", "needs root");
		return;
	}
	CU_ASSERT_EQUAL(in_a_child(rights_of_keeper_after, NULL), 0);
}

static int limits_after(void *arg)
{
	struct rlimit m, f;

	(void)arg;
	if (drop_limits(UINT64_C(1) << 40, 64) || getrlimit(RLIMIT_AS, &m) ||
	    getrlimit(RLIMIT_NOFILE, &f))
		return 1;
	if (m.rlim_max != UINT64_C(1) << 40 || m.rlim_cur != m.rlim_max || f.rlim_max != 64)
		return 2;
	/* nothing is asked for, nothing changes */
	if (drop_limits(0, 0) || getrlimit(RLIMIT_NOFILE, &f) || f.rlim_cur != 64)
		return 3;
	return 0;
}

static void drop_the_limits(void)
{
	CU_ASSERT_EQUAL(in_a_child(limits_after, NULL), 0);
}

/* --- system calls ----------------------------------------------------------------------------- */

struct call_row {
	const char *name;
	long (*make)(void);
	bool data, control; /* allowed */
};

static long call_execve(void)
{
	char *const none[] = {NULL};

	return execve("/bin/true", none, none);
}
static long call_fork(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	return pid;
}
static long call_ptrace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}
static long call_setuid(void)
{
	return setuid(0);
}
static long call_kill(void)
{
	return kill(getppid(), 0);
}
static long call_mount(void)
{
	return syscall(SYS_mount, "a", "b", "c", 0, NULL);
}
static long call_unshare(void)
{
	return unshare(CLONE_FS);
}
static long call_bpf(void)
{
	return syscall(SYS_bpf, 0, NULL, 0);
}
static long call_keyctl(void)
{
	return syscall(SYS_keyctl, 0, 0, 0, 0, 0);
}
static long call_setrlimit(void)
{
	const struct rlimit few = {64, 64};

	return setrlimit(RLIMIT_NOFILE, &few);
}
static long call_executable_memory(void)
{
	return (long)(intptr_t)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
				    -1, 0);
}
static long call_no_new_file(void)
{
	int fd = open("/tmp", O_TMPFILE | O_WRONLY, 0600);

	return fd;
}
static long call_read_file(void)
{
	return open("/proc/self/status", O_RDONLY | O_CLOEXEC);
}
static long call_unlink(void)
{
	return unlink("/nonexistent/file");
}

static void *thread_of_child(void *arg)
{
	return arg;
}
/* What both do all the time. */
static long call_everyday(void)
{
	struct epoll_event ev = {.events = EPOLLIN};
	int e = epoll_create1(EPOLL_CLOEXEC), n = eventfd(1, EFD_CLOEXEC), sv[2];
	uint64_t one;
	pthread_t t;
	char *p = malloc(1 << 20);

	if (!p || e < 0 || n < 0 || epoll_ctl(e, EPOLL_CTL_ADD, n, &ev) ||
	    epoll_wait(e, &ev, 1, 0) != 1)
		return -1;
	free(p);
	if (read(n, &one, sizeof(one)) != sizeof(one) || socketpair(AF_UNIX, SOCK_DGRAM, 0, sv) ||
	    send(sv[0], "x", 1, 0) != 1 || recv(sv[1], &one, 1, 0) != 1)
		return -1;
	if (pthread_create(&t, NULL, thread_of_child, NULL) || pthread_join(t, NULL))
		return -1;
	prctl(PR_SET_NAME, "drop");
	return fflush(stderr);
}

static const struct call_row call_rows[] = {
	{"everyday", call_everyday, true, true},
	{"read a file", call_read_file, true, true},
	{"write a file", call_no_new_file, false, true},
	{"unlink", call_unlink, false, true},
	{"execve", call_execve, false, false},
	{"fork", call_fork, false, false},
	{"ptrace", call_ptrace, false, false},
	{"setuid", call_setuid, false, false},
	{"kill", call_kill, false, false},
	{"mount", call_mount, false, false},
	{"unshare", call_unshare, false, false},
	{"bpf", call_bpf, false, false},
	{"keyctl", call_keyctl, false, false},
	{"setrlimit", call_setrlimit, false, false},
	{"executable memory", call_executable_memory, false, false},
};

static enum keeper_role call_role;

static int call_made(void *arg)
{
	const struct call_row *row = arg;

	if (drop_calls(call_role))
		return 1;
	if (row->make() < 0 && row->make != call_unlink)
		return 2;
	return 0;
}

static bool ends_by_sigsys(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

static void drop_system_calls_of(enum keeper_role role)
{
	call_role = role;
	for (size_t i = 0; i < sizeof(call_rows) / sizeof(call_rows[0]); i++) {
		const struct call_row *row = &call_rows[i];
		bool allowed = role == KEEPER_DATA ? row->data : row->control;
		int status = in_a_child(call_made, (void *)(uintptr_t)row);
		bool ok = allowed ? ends_with_0(status) : ends_by_sigsys(status);

		if (!ok)
			printf("\n%s: status %d", row->name, status);
		CU_ASSERT_TRUE(ok);
	}
}

#ifdef __SANITIZE_ADDRESS__
static const bool sanitized = true;
#else
static const bool sanitized = false;
#endif

static void drop_system_calls(void)
{
	if (sanitized) {
		test_skip("drop system_calls", "a sanitizer makes calls of its own");
		return;
	}
	drop_system_calls_of(KEEPER_DATA);
	drop_system_calls_of(KEEPER_CONTROL);
}

static const struct test_case cases[] = {
	{"all_rights", drop_all_rights},
	{"keepers_rights", drop_keepers_rights},
	{"the_limits", drop_the_limits},
	{"system_calls", drop_system_calls},
	{NULL, NULL},
};
const struct test_suite suite_drop = {"drop", cases};
