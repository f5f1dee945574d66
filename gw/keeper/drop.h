/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a process gives up for good once it has what it needs: the user root, capabilities, memory
 * and descriptors without limit, and the system calls that it never makes.  In this order:
 * drop_limits(), drop_rights(), drop_calls(), all before the first thread is made.  A process that
 * cannot give up something is to end.
 */
#ifndef GW_KEEPER_DROP_H
#define GW_KEEPER_DROP_H

#include "gw/keeper/keeper.h"

#define DROP_USER "isthmus"

struct drop_user {
	uid_t uid;
	gid_t gid;
	const char *name;
};

/* The user DROP_USER, else `nobody`, which the caller should say; false when there is neither.  In
 * a user namespace that has neither of them (user_namespaces(7)) it is its root, uid 0. */
bool drop_find_user(struct drop_user *out);

/* A sanitizer takes terabytes of address space and makes calls of its own: a build with one keeps
 * both. */
extern const bool drop_sanitized;

/* Octets of address space and number of descriptors that it may have at most; 0 = as it is.  What
 * is lower already stays so.  RLIMIT_NPROC is no use: it counts what another gateway of the same
 * user has too, and drop_calls() leaves no way to make a process.  0 or -errno. */
int drop_limits(uint64_t memory, uint64_t files);

/* Be this user, in no group but its own, without any capability, for good: no program that is
 * executed gains any either.  marks: but for CAP_NET_RAW, which the marks of datagrams take; what
 * else it allows, drop_calls() does not.  Root of a user namespace stays in its groups.  Undoes
 * PR_SET_PDEATHSIG, as any change of the user does.  0 or -errno. */
int drop_rights(const struct drop_user *user, bool marks);
/* The same for who is another user than root.  0 or -errno. */
int drop_capabilities(bool marks);
/* Keeper's own: it keeps the capabilities that opening, changing devices, and starting and ending
 * the others take.  0 or -errno. */
int drop_rights_of_keeper(void);

/* From now on a system call that is not in the table of this process is said on stderr, by number
 * and name, and ends it by SIGSYS.  A thread that blocks SIGSYS ends it without words.  how:
 * bits of enum drop_how.  0 or -errno. */
enum drop_how {
	DROP_LOG = 1,	  /* it is made all the same, and the kernel logs it */
	DROP_PLUGINS = 2, /* there are plugins: they may name files, and have sockets of any kind */
	DROP_MAPS = 8,	  /* control fills the maps of the XDP program */
	DROP_STREAM = 4,  /* standard error is the journal's: lines begin with their priority */
};
int drop_calls(enum keeper_role role, unsigned how);

#endif
