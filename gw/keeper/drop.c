/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "gw/keeper/drop.h"

#include <cap-ng.h>
#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define DROP_SANITIZED true
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DROP_SANITIZED true
#endif
#ifndef DROP_SANITIZED
#define DROP_SANITIZED false
#endif

const bool drop_sanitized = DROP_SANITIZED;

/* Is this id of the namespace that the process is in?  map: as /proc/self/uid_map. */
static bool drop_mapped(const char *map, uint32_t id)
{
	uint32_t first, n;
	bool found = false;
	FILE *f = fopen(map, "re");

	if (!f)
		return true; /* a kernel without namespaces */
	while (!found && fscanf(f, "%" SCNu32 " %*u %" SCNu32, &first, &n) == 2)
		found = id >= first && id - first < n;
	fclose(f);
	return found;
}

bool drop_find_user(struct drop_user *out)
{
	static const char *const names[] = {DROP_USER, "nobody"};
	bool known = false;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct passwd *p = getpwnam(names[i]);

		if (!p || !p->pw_uid)
			continue;
		known = true;
		if (!drop_mapped("/proc/self/uid_map", p->pw_uid) ||
		    !drop_mapped("/proc/self/gid_map", p->pw_gid))
			continue;
		*out = (struct drop_user){p->pw_uid, p->pw_gid, names[i]};
		return true;
	}
	*out = (struct drop_user){.name = "root"};
	return known;
}

static int drop_user_and_groups(const struct drop_user *user)
{
	if (capng_change_id((int)user->uid, (int)user->gid,
			    (capng_flags_t)(CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING)) < 0)
		return errno ? -errno : -EPERM;
	/* It must not come back. */
	return setuid(0) == 0 || getuid() != user->uid || getgid() != user->gid ? -EPERM : 0;
}

static int drop_gains(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

/* Nothing, or with marks what they take, if the process has it. */
static int drop_choose(bool marks)
{
	const bool has = marks && !capng_get_caps_process() &&
			 capng_have_capability(CAPNG_PERMITTED, CAP_NET_RAW);

	capng_clear(CAPNG_SELECT_ALL);
	return has ? capng_update(CAPNG_ADD, (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED),
				  CAP_NET_RAW)
		   : 0;
}

/* What is left of the bounding set is of no use then, and to empty it takes CAP_SETPCAP. */
int drop_capabilities(bool marks)
{
	if (drop_choose(marks) < 0 ||
	    capng_apply((capng_select_t)(CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT)) < 0)
		return -EPERM;
	return drop_gains();
}

int drop_rights(const struct drop_user *user, bool marks)
{
	int rc;

	if (drop_choose(marks) < 0)
		return -EPERM;
	if (user->uid)
		rc = drop_user_and_groups(user);
	else
		rc = capng_apply(CAPNG_SELECT_ALL) < 0 ? -EPERM : 0;
	return rc ? rc : drop_gains();
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

/* As soft and hard limit; a limit that is lower already stays. */
static int drop_limit(int kind, uint64_t most)
{
	struct rlimit r;

	if (getrlimit((__rlimit_resource_t)kind, &r) < 0)
		return -errno;
	r.rlim_max = most < r.rlim_max ? most : r.rlim_max;
	r.rlim_cur = r.rlim_max;
	return setrlimit((__rlimit_resource_t)kind, &r) < 0 ? -errno : 0;
}

int drop_limits(uint64_t memory, uint64_t files)
{
	int rc = memory && !drop_sanitized ? drop_limit(RLIMIT_AS, memory) : 0;

	return rc || !files ? rc : drop_limit(RLIMIT_NOFILE, files);
}
