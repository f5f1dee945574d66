/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of system calls names them, so that it holds on every machine; one that a machine does
 * not have is left out there.  A thread is made by clone, which can be told from a process by its
 * flags; clone3 hides them in memory, so it is said not to exist, and the C library then takes the
 * other.
 *
 * A call that is not in the table becomes SIGSYS.  Its handler says which call it was and lets the
 * signal end the process.
 */
#define _GNU_SOURCE
#include "gw/keeper/drop.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum drop_who {
	DATA = 1 << KEEPER_DATA,
	CONTROL = 1 << KEEPER_CONTROL,
	BOTH = DATA | CONTROL,
	PLUGINS = 1 << KEEPER_ROLES, /* data that has some */
	MAPS = 2 << KEEPER_ROLES,    /* control of a gateway with the XDP program */
};

static const struct {
	const char *name;
	uint8_t who;
} drop_table[] = {
	/* waiting */
	{"epoll_wait", BOTH},
	{"epoll_pwait", BOTH},
	{"epoll_pwait2", BOTH},
	{"epoll_ctl", BOTH},
	{"epoll_create1", BOTH},
	{"poll", BOTH},
	{"ppoll", BOTH},
	{"select", BOTH},
	{"pselect6", BOTH},
	{"eventfd2", BOTH},
	{"timerfd_create", BOTH},
	{"timerfd_settime", BOTH},
	{"timerfd_gettime", BOTH},
	{"signalfd4", BOTH},
	{"nanosleep", BOTH},
	{"clock_nanosleep", BOTH},
	{"futex", BOTH},
	{"sched_yield", BOTH},
	{"membarrier", BOTH},
	{"restart_syscall", BOTH},
	/* frames, packets, octets */
	{"read", BOTH},
	{"readv", BOTH},
	{"write", BOTH},
	{"writev", BOTH},
	{"pread64", BOTH},
	{"preadv", BOTH},
	{"pwrite64", BOTH},
	{"pwritev", BOTH},
	{"pwritev2", BOTH},
	{"recvfrom", BOTH},
	{"recvmsg", BOTH},
	{"recvmmsg", BOTH},
	{"sendto", BOTH},
	{"sendmsg", BOTH},
	{"sendmmsg", BOTH},
	/* sockets */
	{"socketpair", BOTH},
	{"bind", BOTH},
	{"connect", BOTH},
	{"listen", BOTH},
	{"accept", BOTH},
	{"accept4", BOTH},
	{"shutdown", BOTH},
	{"getsockname", BOTH},
	{"getpeername", BOTH},
	{"getsockopt", BOTH},
	{"setsockopt", BOTH},
	/* descriptors and files */
	{"close", BOTH},
	{"close_range", BOTH},
	{"dup", BOTH},
	{"dup2", BOTH},
	{"dup3", BOTH},
	{"fcntl", BOTH},
	{"ioctl", BOTH},
	{"pipe2", BOTH},
	{"lseek", BOTH},
	{"fstat", BOTH},
	{"newfstatat", BOTH},
	{"stat", BOTH},
	{"statx", BOTH},
	{"ftruncate", BOTH},
	{"memfd_create", BOTH},
	{"getcwd", BOTH},
	{"readlink", BOTH},
	{"readlinkat", BOTH},
	{"access", BOTH},
	{"faccessat", BOTH},
	{"faccessat2", BOTH},
	{"getdents64", BOTH},
	{"unlink", CONTROL},
	{"unlinkat", CONTROL},
	/* what plugins have as files: sockets and pipes by path, devices of their own kind */
	{"open", PLUGINS},
	{"openat", PLUGINS},
	{"unlink", PLUGINS},
	{"unlinkat", PLUGINS},
	{"mknod", PLUGINS},
	{"mknodat", PLUGINS},
	{"mkdir", PLUGINS},
	{"mkdirat", PLUGINS},
	{"rename", PLUGINS},
	{"renameat", PLUGINS},
	{"renameat2", PLUGINS},
	{"chmod", PLUGINS},
	{"fchmod", PLUGINS},
	{"fchmodat", PLUGINS},
	{"socket", PLUGINS},
	/* memory */
	{"brk", BOTH},
	{"munmap", BOTH},
	{"mremap", BOTH},
	{"madvise", BOTH},
	/* the process, its threads and signals */
	{"rt_sigaction", BOTH},
	{"rt_sigprocmask", BOTH},
	{"rt_sigreturn", BOTH},
	{"rt_sigtimedwait", BOTH},
	{"sigaltstack", BOTH},
	{"exit", BOTH},
	{"exit_group", BOTH},
	{"rseq", BOTH},
	{"set_robust_list", BOTH},
	{"set_tid_address", BOTH},
	{"getpid", BOTH},
	{"getppid", BOTH},
	{"gettid", BOTH},
	{"getuid", BOTH},
	{"geteuid", BOTH},
	{"getgid", BOTH},
	{"getegid", BOTH},
	{"getrusage", BOTH},
	{"getrlimit", BOTH},
	{"sched_getaffinity", BOTH},
	{"getcpu", BOTH},
	/* the system */
	{"getrandom", BOTH},
	{"clock_gettime", BOTH},
	{"clock_getres", BOTH},
	{"gettimeofday", BOTH},
	{"time", BOTH},
	{"uname", BOTH},
	{"sysinfo", BOTH},
	/* the same by their names on machines of 32 bits */
	{"_llseek", BOTH},
	{"_newselect", BOTH},
	{"clock_getres_time64", BOTH},
	{"clock_gettime64", BOTH},
	{"clock_nanosleep_time64", BOTH},
	{"fcntl64", BOTH},
	{"fstat64", BOTH},
	{"fstatat64", BOTH},
	{"ftruncate64", BOTH},
	{"futex_time64", BOTH},
	{"getegid32", BOTH},
	{"geteuid32", BOTH},
	{"getgid32", BOTH},
	{"getuid32", BOTH},
	{"ppoll_time64", BOTH},
	{"pselect6_time64", BOTH},
	{"recv", BOTH},
	{"recvmmsg_time64", BOTH},
	{"rt_sigtimedwait_time64", BOTH},
	{"send", BOTH},
	{"sigreturn", BOTH},
	{"stat64", BOTH},
	{"timerfd_gettime64", BOTH},
	{"timerfd_settime64", BOTH},
	{"ugetrlimit", BOTH},
};

#define DROP_NEW_FILE (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))

/* Those that are allowed with certain arguments only: the masked bits of one are these. */
static const struct {
	const char *name;
	uint8_t who;
	uint8_t arg;
	uint64_t mask, bits;
} drop_partly[] = {
	{"mmap", BOTH, 2, PROT_EXEC, 0},
	{"mmap2", BOTH, 2, PROT_EXEC, 0},
	{"mprotect", BOTH, 2, PROT_EXEC, 0},
	{"clone", BOTH, 0, CLONE_THREAD, CLONE_THREAD},
	{"prctl", BOTH, 0, UINT32_MAX, PR_SET_NAME},
	{"prctl", BOTH, 0, UINT32_MAX, PR_SET_PDEATHSIG},
	{"prlimit64", BOTH, 2, UINT64_MAX, 0},		/* asked for, not set */
	{"socket", BOTH, 0, UINT32_MAX, AF_UNIX},	/* also the system's log and resolver */
	{"socket", CONTROL, 0, UINT32_MAX, AF_NETLINK}, /* looks at addresses and routes */
	{"socket", DATA, 0, UINT32_MAX, AF_X25},
	{"socket", DATA, 0, UINT32_MAX, AF_ATMPVC},
	/* entries of maps that it has been given, and no programs */
	{"bpf", MAPS, 0, UINT32_MAX, BPF_MAP_LOOKUP_ELEM},
	{"bpf", MAPS, 0, UINT32_MAX, BPF_MAP_UPDATE_ELEM},
	{"bpf", MAPS, 0, UINT32_MAX, BPF_MAP_DELETE_ELEM},
	/* without a new file */
	{"openat", BOTH, 2, DROP_NEW_FILE, 0},
	{"open", BOTH, 1, DROP_NEW_FILE, 0},
};

/* Not raw ones: those take the capability that marks take. */
static const struct {
	uint64_t family, type;
} drop_sockets[] = {
	{AF_INET, SOCK_DGRAM},
	{AF_INET, SOCK_STREAM},
	{AF_INET6, SOCK_DGRAM},
	{AF_INET6, SOCK_STREAM},
};

/* Those that reach others by a call that is needed otherwise: 32 bits of the second argument. */
static const struct {
	const char *name;
	uint64_t what;
} drop_never[] = {
	/* characters in the terminal that the gateway was started from, as if they had been typed
	 */
	{"ioctl", TIOCSTI},
	{"ioctl", TIOCLINUX},
	/* any signal to any process of the user, when something is readable */
	{"ioctl", FIOSETOWN},
	{"ioctl", SIOCSPGRP},
	{"fcntl", F_SETOWN},
	{"fcntl", F_SETOWN_EX},
	{"fcntl", F_SETSIG},
	{"fcntl64", F_SETOWN},
	{"fcntl64", F_SETOWN_EX},
	{"fcntl64", F_SETSIG},
};

/* --- filters ---------------------------------------------------------------------------------- */

static int drop_add_all(scmp_filter_ctx f, uint8_t who)
{
	const struct scmp_arg_cmp own = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0);
	int rc = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0), nr;

	for (size_t i = 0; !rc && i < sizeof(drop_table) / sizeof(drop_table[0]); i++) {
		nr = seccomp_syscall_resolve_name(drop_table[i].name);
		if (drop_table[i].who & who && nr != __NR_SCMP_ERROR)
			rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, nr, 0);
	}
	for (size_t i = 0; !rc && i < sizeof(drop_partly) / sizeof(drop_partly[0]); i++) {
		const struct scmp_arg_cmp arg = SCMP_CMP(drop_partly[i].arg, SCMP_CMP_MASKED_EQ,
							 drop_partly[i].mask, drop_partly[i].bits);

		nr = seccomp_syscall_resolve_name(drop_partly[i].name);
		if (drop_partly[i].who & who && nr != __NR_SCMP_ERROR)
			rc = seccomp_rule_add_array(f, SCMP_ACT_ALLOW, nr, 1, &arg);
	}
	for (size_t i = 0; !rc && i < sizeof(drop_sockets) / sizeof(drop_sockets[0]); i++) {
		const struct scmp_arg_cmp arg[] = {
			SCMP_A0(SCMP_CMP_MASKED_EQ, UINT32_MAX, drop_sockets[i].family),
			SCMP_A1(SCMP_CMP_MASKED_EQ,
				UINT32_MAX & ~(uint32_t)(SOCK_NONBLOCK | SOCK_CLOEXEC),
				drop_sockets[i].type)};

		rc = seccomp_rule_add_array(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2, arg);
	}
	/* raise() and abort(), no signal to others */
	return rc ? rc : seccomp_rule_add_array(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &own);
}

static int drop_add_never(scmp_filter_ctx f, uint32_t action)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(drop_never) / sizeof(drop_never[0]); i++) {
		const struct scmp_arg_cmp arg =
			SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, drop_never[i].what);
		int nr = seccomp_syscall_resolve_name(drop_never[i].name);

		if (nr != __NR_SCMP_ERROR)
			rc = seccomp_rule_add_array(f, action, nr, 1, &arg);
	}
	return rc;
}

/* who: the calls of its rows are allowed; 0: all but those of drop_never. */
static int drop_load(uint8_t who, uint32_t action)
{
	scmp_filter_ctx f = seccomp_init(who ? action : SCMP_ACT_ALLOW);
	int rc;

	if (!f)
		return -EINVAL;
	/* looked up as in a tree; libraries before 2.5 have no other way than one by one */
	(void)seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	(void)seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	rc = seccomp_attr_set(f, SCMP_FLTATR_CTL_NNP, 1);
	if (!rc)
		rc = seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1);
	if (!rc)
		rc = who ? drop_add_all(f, who) : drop_add_never(f, action);
	if (!rc)
		rc = seccomp_load(f);
	seccomp_release(f);
	return rc;
}

/* --- the call that was forbidden -------------------------------------------------------------- */

#define DROP_NAMES 512u /* calls with a higher number are said without their name */

static char *drop_name[DROP_NAMES]; /* looked up before: that takes memory */
static enum keeper_role drop_role;
static bool drop_stream;

static size_t drop_put(char *out, size_t at, size_t cap, const char *text)
{
	while (*text && at < cap)
		out[at++] = *text++;
	return at;
}

static size_t drop_put_number(char *out, size_t at, size_t cap, unsigned n)
{
	char text[16], *p = text + sizeof(text) - 1;

	*p = '\0';
	do {
		*--p = (char)('0' + n % 10);
	} while ((n /= 10) != 0);
	return drop_put(out, at, cap, p);
}

/* Async-signal-safe.  The action is the default again: raise() ends the process. */
static void drop_on_sigsys(int sig, siginfo_t *info, void *context)
{
	unsigned nr = (unsigned)info->si_syscall;
	char line[128];
	size_t n;

	(void)context;
	n = drop_put(line, 0, sizeof(line), drop_stream ? "<3>" : "");
	n = drop_put(line, n, sizeof(line), "main error: ");
	n = drop_put(line, n, sizeof(line), keeper_role_names[drop_role]);
	n = drop_put(line, n, sizeof(line), ": system call ");
	n = drop_put_number(line, n, sizeof(line), nr);
	if (nr < DROP_NAMES && drop_name[nr]) {
		n = drop_put(line, n, sizeof(line), " (");
		n = drop_put(line, n, sizeof(line), drop_name[nr]);
		n = drop_put(line, n, sizeof(line), ")");
	}
	n = drop_put(line, n, sizeof(line), " is not allowed\n");
	if (write(STDERR_FILENO, line, n) < 0)
		_exit(128 + sig);
	raise(sig);
}

static int drop_be_told(enum keeper_role role)
{
	struct sigaction a = {.sa_sigaction = drop_on_sigsys,
			      .sa_flags = SA_SIGINFO | SA_RESETHAND | SA_NODEFER};

	drop_role = role;
	for (unsigned nr = 0; nr < DROP_NAMES; nr++)
		drop_name[nr] = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)nr);
	return sigaction(SIGSYS, &a, NULL) < 0 ? -errno : 0;
}

int drop_calls(enum keeper_role role, unsigned how)
{
	uint32_t action = how & DROP_LOG ? SCMP_ACT_LOG : SCMP_ACT_TRAP;
	uint8_t who = (uint8_t)(1u << role | (how & DROP_PLUGINS ? PLUGINS : 0u) |
				(how & DROP_MAPS ? MAPS : 0u));
	int rc;

	if (drop_sanitized)
		return 0;
	drop_stream = how & DROP_STREAM;
	rc = drop_be_told(role);
	if (!rc)
		rc = drop_load(0, action);
	return rc ? rc : drop_load(who, action);
}
