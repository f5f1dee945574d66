/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is given up, seen in children of the test. */
#include "config.h" /* first: GNU extensions */

#include "gw/keeper/drop.h"
#include "tests/harness.h"

#include <cap-ng.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* How a child that runs this ends, as of waitpid(). */
static int in_a_child(int (*fn)(void *arg), void *arg)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid)
		_exit(fn(arg));
	CU_ASSERT_FATAL(pid > 0 && waitpid(pid, &status, 0) == pid);
	return status;
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

	if (drop_rights(u, false))
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

/* capabilities(7): CAP_NET_RAW is 13. */
static int rights_with_marks(void *arg)
{
	const struct drop_user *u = arg;
	int mark = 5, fd;

	if (drop_rights(u, true))
		return 1;
	if (status_number("CapEff:") != 1u << 13 || status_number("CapPrm:") != 1u << 13)
		return 2;
	if (status_number("CapInh:") || status_number("CapBnd:") || status_number("CapAmb:"))
		return 3;
	if (getuid() != u->uid || setuid(0) == 0 || getgroups(0, NULL) != 0)
		return 4;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	return setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) ? 5 : 0;
}

static void drop_rights_but_marks(void)
{
	struct drop_user u;

	CU_ASSERT_FATAL(drop_find_user(&u));
	if (getuid()) {
		test_skip("drop rights_but_marks", "needs root");
		return;
	}
	CU_ASSERT_EQUAL(in_a_child(rights_with_marks, &u), 0);
}

static bool wrote(const char *file, const char *text)
{
	FILE *f = fopen(file, "we");
	bool ok = f && fputs(text, f) >= 0;

	return f && fclose(f) == 0 && ok;
}

#define NO_NAMESPACE 77

/* Root of a user namespace that has no other user. */
static int rights_of_one_user(void *arg)
{
	char map[64];
	struct drop_user u;

	(void)arg;
	snprintf(map, sizeof(map), "0 %u 1", (unsigned)getuid());
	if (unshare(CLONE_NEWUSER) || !wrote("/proc/self/setgroups", "deny") ||
	    !wrote("/proc/self/uid_map", map))
		return NO_NAMESPACE;
	if (!drop_find_user(&u) || u.uid || strcmp(u.name, "root") != 0)
		return 1;
	if (!(status_number("CapEff:") >> 12 & 1)) /* CAP_NET_ADMIN */
		return 2;
	if (drop_rights(&u, false) || getuid())
		return 3;
	if (status_number("CapEff:") || status_number("CapPrm:") || status_number("CapBnd:"))
		return 4;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 ? 5 : 0;
}

static void drop_rights_of_one_user(void)
{
	int status = in_a_child(rights_of_one_user, NULL);

	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_NAMESPACE)
		test_skip("drop rights_of_one_user", "no user namespaces");
	else
		CU_ASSERT_EQUAL(status, 0);
}

/* As a service manager starts another user than root: with some capabilities, ambient. */
static int capabilities_after(void *arg)
{
	const uint64_t left = *(const uint64_t *)arg;

	capng_clear(CAPNG_SELECT_BOTH);
	capng_updatev(CAPNG_ADD,
		      (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_INHERITABLE),
		      CAP_NET_ADMIN, CAP_NET_RAW, -1);
	if (capng_change_id(65534, 65534, CAPNG_DROP_SUPP_GRP) < 0 ||
	    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_ADMIN, 0, 0) < 0)
		return 1;
	if (!(status_number("CapEff:") >> 12 & 1) || !(status_number("CapAmb:") >> 12 & 1))
		return 2;
	if (drop_capabilities(left) || getuid() != 65534)
		return 3;
	if (status_number("CapEff:") != left || status_number("CapPrm:") != left ||
	    status_number("CapInh:") || status_number("CapAmb:"))
		return 4;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 ? 5 : 0;
}

static void drop_all_capabilities(void)
{
	uint64_t none = 0, raw = 1u << 13; /* CAP_NET_RAW, for marks */

	if (getuid()) {
		test_skip("drop all_capabilities", "needs root");
		return;
	}
	CU_ASSERT_EQUAL(in_a_child(capabilities_after, &none), 0);
	CU_ASSERT_EQUAL(in_a_child(capabilities_after, &raw), 0);
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
	if (f.rlim_max != 64 || f.rlim_cur != 64)
		return 2;
	if (!drop_sanitized && (m.rlim_max != UINT64_C(1) << 40 || m.rlim_cur != m.rlim_max))
		return 4;
	/* root could raise them again */
	if (drop_limits(0, 128) || getrlimit(RLIMIT_NOFILE, &f) || f.rlim_max != 64)
		return 5;
	/* nothing is asked for, nothing changes */
	if (drop_limits(0, 0) || getrlimit(RLIMIT_NOFILE, &f) || f.rlim_cur != 64)
		return 3;
	return 0;
}

static void drop_the_limits(void)
{
	CU_ASSERT_EQUAL(in_a_child(limits_after, NULL), 0);
}

static const struct test_case cases[] = {
	{"all_rights", drop_all_rights},
	{"all_capabilities", drop_all_capabilities},
	{"keepers_rights", drop_keepers_rights},
	{"rights_of_one_user", drop_rights_of_one_user},
	{"rights_but_marks", drop_rights_but_marks},
	{"the_limits", drop_the_limits},
	{NULL, NULL},
};
const struct test_suite suite_drop = {"drop", cases};
