/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of calls that have gone: the C library keeps what it has freed, so after a flood the
 * process stays as large as it was.  Control thread only.
 */
#ifndef GW_MEMORY_H
#define GW_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

struct memory {
	uint64_t most;	/* calls and tunnels there were since memory was given back */
	uint64_t again; /* not before this, us */
	bool late;	/* once more */
};

/* There are n calls and tunnels now.  When most of many have gone, what they had goes back to the
 * system, at most every ten seconds; and once more after ten seconds, because the data plane frees
 * what a call had some time after it. True when that was done. */
bool memory_check(struct memory *m, uint64_t n, uint64_t now);

#endif
