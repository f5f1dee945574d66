/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole keeper in a process of its own, with stand-ins for data and control (stand_in.h).  All
 * that happens comes as lines of one pipe: those of the stand-ins, and the keeper's log behind
 * "log ".  Each step waits for its line, so that no test depends on time.
 */
#ifndef TESTS_GW_KEEPER_KEEPER_RIG_H
#define TESTS_GW_KEEPER_KEEPER_RIG_H

#include "gw/keeper/keeper.h"
#include "tests/harness.h"

#include <sys/types.h>

#define RIG_LONG UINT64_C(60000000)
#define RIG_PATIENCE                                                       \
	{                                                                  \
		RIG_LONG, RIG_LONG, RIG_LONG, RIG_LONG, RIG_LONG, RIG_LONG \
	}
#define RIG_SHORT 100000

struct keeper_rig {
	pid_t keeper;
	char seen[8192], line[256];
	/* of the next keeper */
	uint64_t anew;
	const char *upgrade; /* the program's file; NULL = no upgrade is possible */
	const char *check, *check_running, *second; /* manners */
	struct keeper_patience patience;
	bool reloads; /* another configuration is possible */
	int read_rc, take_rc;
};
extern struct keeper_rig rig;

/* data, control: manners.  prepared: the memory that they need is there. */
void rig_start(const char *data, const char *control, bool prepared);
/* A line that begins so, where '#' stands for a number, in what was seen; NULL = there is none. */
const char *rig_find(const char *begin);
/* Wait for one: it is in rig.line then, and taken
 * out of what was seen. */
bool rig_line(const char *begin);
/* The pid of a process that has said "ROLE PID life LIFE WHY". */
pid_t rig_life(const char *role, unsigned life, const char *why);
/* Wait for its end: its status, as of waitpid(). */
int rig_end(void);
/* Where this is in what was seen. */
size_t rig_at(const char *text);

#define ASSERT_LINE(begin) CU_ASSERT_TRUE_FATAL(rig_line(begin))
#define ASSERT_WHOLE(begin, whole)                       \
	do {                                             \
		ASSERT_LINE(begin);                      \
		CU_ASSERT_STRING_EQUAL(rig.line, whole); \
	} while (0)

#endif
