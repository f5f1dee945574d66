/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls that are made in children of the test, allowed or not. */
#include "config.h" /* first: GNU extensions */

#include "gw/keeper/drop.h"
#include "tests/harness.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_alg.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAID_MAX 256u

/* What the last child has said on stderr. */
static char said[SAID_MAX];

/* How a child that runs this ends, as of waitpid(). */
static int call_in_a_child(int (*fn)(void *arg), void *arg)
{
	int status = -1, p[2];
	ssize_t n = 0;
	pid_t pid;

	CU_ASSERT_FATAL(pipe2(p, O_CLOEXEC) == 0);
	pid = fork();
	if (!pid) {
		signal(SIGSYS, SIG_DFL);
		dup2(p[1], STDERR_FILENO);
		_exit(fn(arg));
	}
	close(p[1]);
	CU_ASSERT_FATAL(pid > 0 && waitpid(pid, &status, 0) == pid);
	n = read(p[0], said, sizeof(said) - 1);
	said[n < 0 ? 0 : n] = '\0';
	close(p[0]);
	return status;
}

static bool call_ends_with_0(int status)
{
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

struct call_row {
	const char *name;
	long (*make)(void);
	bool data, control, plugins; /* allowed */
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
static long call_raise_to_others(void)
{
	return syscall(SYS_tgkill, getppid(), getppid(), 0);
}
static long call_signal_self(void)
{
	signal(SIGUSR1, SIG_IGN);
	return raise(SIGUSR1);
}
static long call_type_for_operator(void)
{
	return ioctl(STDIN_FILENO, TIOCSTI, "x");
}
/* The kernel looks at 32 bits only. */
static long call_type_in_disguise(void)
{
	return syscall(SYS_ioctl, STDIN_FILENO, TIOCSTI | (long)(UINT64_C(1) << 32), "x");
}
static long call_paste_for_operator(void)
{
	return ioctl(STDIN_FILENO, TIOCLINUX, "\3");
}
static long call_signal_when_readable(void)
{
	int p[2];

	return pipe2(p, 0) < 0 ? -1 : fcntl(p[0], F_SETSIG, SIGKILL);
}
static long call_owner_of_signal(void)
{
	int p[2];

	return pipe2(p, 0) < 0 ? -1 : fcntl(p[0], F_SETOWN, getppid());
}
static long call_owner_by_ioctl(void)
{
	int p[2], pid = getppid();

	return socketpair(AF_UNIX, SOCK_DGRAM, 0, p) < 0 ? -1 : ioctl(p[0], SIOCSPGRP, &pid);
}
static long call_octets_waiting(void)
{
	int n, p[2];

	return pipe2(p, 0) < 0 ? -1 : ioctl(p[0], FIONREAD, &n);
}
static long call_udp(void)
{
	return socket(AF_INET, SOCK_DGRAM, 0);
}
static long call_tcp(void)
{
	return socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}
/* The tests run as root: what lets it through would not be a missing capability. */
static long call_raw(void)
{
	return socket(AF_INET, SOCK_RAW, 17);
}
static long call_netlink(void)
{
	return socket(AF_NETLINK, SOCK_RAW, 0);
}
static long call_packet(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0);
}
static long call_crypto(void)
{
	return socket(AF_ALG, SOCK_SEQPACKET, 0);
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
static long call_write_file(void)
{
	return open("/dev/null", O_WRONLY | O_CLOEXEC);
}
static long call_fifo(void)
{
	return mkfifo("/nonexistent/pipe", 0600);
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
	{"everyday", call_everyday, true, true, true},
	{"read a file", call_read_file, true, true, true},
	{"a new file", call_no_new_file, false, false, true},
	{"write a file", call_write_file, true, true, true},
	{"a pipe by path", call_fifo, false, false, true},
	{"unlink", call_unlink, false, true, true},
	{"execve", call_execve, false, false, false},
	{"fork", call_fork, false, false, false},
	{"ptrace", call_ptrace, false, false, false},
	{"setuid", call_setuid, false, false, false},
	{"kill", call_kill, false, false, false},
	{"mount", call_mount, false, false, false},
	{"unshare", call_unshare, false, false, false},
	{"bpf", call_bpf, false, false, false},
	{"keyctl", call_keyctl, false, false, false},
	{"setrlimit", call_setrlimit, false, false, false},
	{"executable memory", call_executable_memory, false, false, false},
	{"a signal to others", call_raise_to_others, false, false, false},
	{"a signal to itself", call_signal_self, true, true, true},
	{"characters typed into a terminal", call_type_for_operator, false, false, false},
	{"the same with bits that nobody reads", call_type_in_disguise, false, false, false},
	{"a selection pasted into a console", call_paste_for_operator, false, false, false},
	{"a signal to others when something is readable", call_signal_when_readable, false, false,
	 false},
	{"who is to get it", call_owner_of_signal, false, false, false},
	{"the same by ioctl", call_owner_by_ioctl, false, false, false},
	{"any other ioctl", call_octets_waiting, true, true, true},
	{"a UDP socket", call_udp, true, true, true},
	{"a TCP socket", call_tcp, true, true, true},
	{"a raw socket", call_raw, false, false, true},
	{"a netlink socket", call_netlink, false, true, true},
	{"a packet socket", call_packet, false, false, true},
	{"a socket for crypto", call_crypto, false, false, true},
};

static enum keeper_role call_role;
static unsigned call_how;

static int call_made(void *arg)
{
	const struct call_row *row = arg;

	if (drop_calls(call_role, call_how))
		return 1;
	if (row->make() < 0 && errno != ENOENT && errno != EPERM && errno != EAFNOSUPPORT)
		return 2;
	return 0;
}

static bool call_ends_by_sigsys(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

static bool call_skipped(const char *name)
{
	if (drop_sanitized)
		test_skip(name, "a sanitizer makes calls of its own");
	return drop_sanitized;
}

static void drop_calls_of(enum keeper_role role, unsigned how)
{
	call_role = role;
	call_how = how;
	for (size_t i = 0; i < sizeof(call_rows) / sizeof(call_rows[0]); i++) {
		const struct call_row *row = &call_rows[i];
		bool allowed = how ? row->plugins : role == KEEPER_DATA ? row->data : row->control;
		int status = call_in_a_child(call_made, (void *)(uintptr_t)row);
		bool ok = allowed ? call_ends_with_0(status) : call_ends_by_sigsys(status);

		if (!ok)
			printf("\n%s: status %d", row->name, status);
		CU_ASSERT_TRUE(ok);
	}
}

static void drop_calls_of_data(void)
{
	if (!call_skipped("drop_calls of_data"))
		drop_calls_of(KEEPER_DATA, 0);
}

static void drop_calls_of_control(void)
{
	if (!call_skipped("drop_calls of_control"))
		drop_calls_of(KEEPER_CONTROL, 0);
}

static void drop_calls_of_plugins(void)
{
	if (!call_skipped("drop_calls of_plugins"))
		drop_calls_of(KEEPER_DATA, DROP_PLUGINS);
}

/* --- words ------------------------------------------------------------------------------------ */

static int call_mount_made(void *arg)
{
	const unsigned *how = arg;

	if (drop_calls(call_role, *how))
		return 1;
	return call_mount() < 0 && errno != ENOSYS ? 0 : 2;
}

static void drop_calls_said(void)
{
	char wanted[SAID_MAX];

	if (call_skipped("drop_calls said"))
		return;
	for (unsigned i = 0; i < KEEPER_ROLES; i++) {
		call_role = (enum keeper_role)i;
		snprintf(wanted, sizeof(wanted),
			 "main error: %s: system call %d (mount) is not allowed\n",
			 keeper_role_names[i], SYS_mount);
		CU_ASSERT(call_ends_by_sigsys(call_in_a_child(call_mount_made, &(unsigned){0})));
		CU_ASSERT_STRING_EQUAL(said, wanted);
	}
}

static void *call_mount_in_thread(void *arg)
{
	call_mount();
	return arg;
}

static int call_thread_made(void *arg)
{
	const bool *blocks = arg;
	pthread_t t;
	sigset_t set;

	sigfillset(&set);
	if (!*blocks)
		sigdelset(&set, SIGSYS);
	pthread_sigmask(SIG_SETMASK, &set, NULL);
	if (drop_calls(call_role, 0) || pthread_create(&t, NULL, call_mount_in_thread, NULL))
		return 1;
	return pthread_join(t, NULL);
}

/* The whole process ends, whatever the thread blocks. */
static void drop_calls_of_threads(void)
{
	if (call_skipped("drop_calls of_threads"))
		return;
	CU_ASSERT(call_ends_by_sigsys(call_in_a_child(call_thread_made, &(bool){false})));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "(mount) is not allowed\n"));
	CU_ASSERT(call_ends_by_sigsys(call_in_a_child(call_thread_made, &(bool){true})));
	CU_ASSERT_STRING_EQUAL(said, "");
}

static void drop_calls_logged(void)
{
	if (call_skipped("drop_calls logged"))
		return;
	for (unsigned i = 0; i < KEEPER_ROLES; i++) {
		call_role = (enum keeper_role)i;
		CU_ASSERT(
			call_ends_with_0(call_in_a_child(call_mount_made, &(unsigned){DROP_LOG})));
		CU_ASSERT_STRING_EQUAL(said, "");
	}
}

static const struct test_case cases[] = {
	{"of_data", drop_calls_of_data},
	{"of_control", drop_calls_of_control},
	{"of_plugins", drop_calls_of_plugins},
	{"said", drop_calls_said},
	{"of_threads", drop_calls_of_threads},
	{"logged", drop_calls_logged},
	{NULL, NULL},
};
const struct test_suite suite_drop_calls = {"drop_calls", cases};
