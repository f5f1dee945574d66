/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory: how much a configuration may need and how much there may be, and what calls that have
 * gone had.  Control thread only.
 */
#ifndef GW_MEMORY_H
#define GW_MEMORY_H

#include "cfg/cfg.h"

/* What everything that the limits of a configuration allow may take, octets. */
struct memory_need {
	uint64_t calls, tunnels, half_open; /* how many of each */
	uint64_t circuits;		    /* that are configured, or may be switched */
	unsigned workers;
	uint64_t octets;
	uint64_t accounting; /* octets of these for it */
	uint64_t named;	     /* and for LNSs that RADIUS names */
};
struct memory_need memory_need(const struct cfg_model *cfg);
/* "may need 391 MB of memory: 65535 calls of 6 kB, ..." */
const char *memory_need_text(char *buf, size_t cap, const struct memory_need *n);
#define MEMORY_TEXT_MAX 256

/* The smallest of what the process is allowed (RLIMIT_AS, RLIMIT_DATA) and memory.max of its
 * control groups, octets; UINT64_MAX = no limit. */
uint64_t memory_allowed(void);
/* The second part: of the group that the file proc (as /proc/self/cgroup) names, and of those above
 * it, below the folder root. */
uint64_t memory_group_limit(const char *proc, const char *root);

struct memory {
	uint64_t gone;	/* calls and tunnels that had gone when memory was given back */
	uint64_t again; /* not before this, us */
	bool late;	/* once more */
};

/* There are n calls and tunnels now, and gone is how many have gone since the start: a flood can
 * come and go between two calls of this.  When many have gone, and not fewer than there are, what
 * they had goes back to the system, because the C library would keep it; at most every ten seconds,
 * and once more after ten seconds, because the data plane frees what a call had some time after it.
 * True when that was done. */
bool memory_check(struct memory *m, uint64_t n, uint64_t gone, uint64_t now);

#endif
