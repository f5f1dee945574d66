/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of system calls names them, so that it holds on every machine; one that a machine does
 * not have is left out there.  A thread is made by clone, which can be told from a process by its
 * flags; clone3 hides them in memory, so it is said not to exist, and the C library then takes the
 * other.
 */
#define _GNU_SOURCE
#include "gw/keeper/drop.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* --- user and capabilities -------------------------------------------------------------------- */

bool drop_find_user(struct drop_user *out)
{
	static const char *const names[] = {DROP_USER, "nobody"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct passwd *p = getpwnam(names[i]);

		if (!p || !p->pw_uid)
			continue;
		*out = (struct drop_user){p->pw_uid, p->pw_gid, names[i]};
		return true;
	}
	return false;
}

int drop_rights(const struct drop_user *user)
{
	capng_clear(CAPNG_SELECT_ALL);
	if (capng_change_id((int)user->uid, (int)user->gid,
			    (capng_flags_t)(CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING)) < 0)
		return errno ? -errno : -EPERM;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	/* It must not come back. */
	return setuid(0) == 0 || getuid() != user->uid || getgid() != user->gid ? -EPERM : 0;
}

int drop_rights_of_keeper(void)
{
	static const unsigned kept[] = {
		CAP_NET_ADMIN,	  CAP_NET_RAW, CAP_NET_BIND_SERVICE, /* opening */
		CAP_DAC_OVERRIDE, CAP_CHOWN, /* ttys, files, the VTY's socket */
		CAP_SETUID,	  CAP_SETGID,  CAP_SETPCAP,
		CAP_SYS_RESOURCE, /* of those it starts */
		CAP_KILL,	  /* when they do not end */
	};

	bool had[sizeof(kept) / sizeof(kept[0])];

	if (capng_get_caps_process() < 0)
		return -EPERM;
	/* One that we do not have, as in a container, cannot be kept. */
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		had[i] = capng_have_capability(CAPNG_PERMITTED, kept[i]);
	capng_clear(CAPNG_SELECT_ALL);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (had[i] && capng_update(CAPNG_ADD,
					   (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED |
							  CAPNG_BOUNDING_SET),
					   kept[i]) < 0)
			return -EINVAL;
	return capng_apply(CAPNG_SELECT_BOTH) < 0 ? -EPERM : 0;
}

int drop_limits(uint64_t memory, uint64_t files)
{
	const struct rlimit m = {memory, memory}, f = {files, files};

	if (memory && setrlimit(RLIMIT_AS, &m) < 0)
		return -errno;
	return files && setrlimit(RLIMIT_NOFILE, &f) < 0 ? -errno : 0;
}

/* --- system calls ----------------------------------------------------------------------------- */

enum drop_who { DATA = 1 << KEEPER_DATA, CONTROL = 1 << KEEPER_CONTROL, BOTH = DATA | CONTROL };

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
	/* sockets: those that need no privilege */
	{"socket", BOTH},
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
	{"openat", CONTROL},
	{"open", CONTROL},
	{"unlink", CONTROL},
	{"unlinkat", CONTROL},
	{"mkdir", CONTROL},
	{"mkdirat", CONTROL},
	{"rename", CONTROL},
	{"renameat2", CONTROL},
	{"chmod", CONTROL},
	{"fchmod", CONTROL},
	{"fchmodat", CONTROL},
	{"umask", CONTROL},
	{"fsync", CONTROL},
	{"fdatasync", CONTROL},
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
	{"tgkill", BOTH},
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
};

/* Those that are allowed with certain arguments only: the masked bits of one are these. */
static const struct {
	const char *name;
	uint8_t who;
	uint8_t arg;
	uint64_t mask, bits;
} drop_partly[] = {
	{"mmap", BOTH, 2, PROT_EXEC, 0},
	{"mprotect", BOTH, 2, PROT_EXEC, 0},
	{"clone", BOTH, 0, CLONE_THREAD, CLONE_THREAD},
	{"prctl", BOTH, 0, UINT32_MAX, PR_SET_NAME},
	{"prctl", BOTH, 0, UINT32_MAX, PR_SET_PDEATHSIG},
	{"prlimit64", BOTH, 2, UINT64_MAX, 0}, /* asked for, not set */
	{"openat", DATA, 2, O_ACCMODE, O_RDONLY},
	{"open", DATA, 1, O_ACCMODE, O_RDONLY},
};

static int drop_add_all(scmp_filter_ctx f, uint8_t who)
{
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
	return rc;
}

int drop_calls(enum keeper_role role)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int rc;

	if (!f)
		return -ENOMEM;
	/* looked up as in a tree; libraries before 2.5 have no other way than one by one */
	(void)seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	rc = seccomp_attr_set(f, SCMP_FLTATR_CTL_NNP, 1);
	if (!rc)
		rc = seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1);
	if (!rc)
		rc = drop_add_all(f, (uint8_t)(1u << role));
	if (!rc)
		rc = seccomp_load(f);
	seccomp_release(f);
	return rc;
}
