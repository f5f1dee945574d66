/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One process that keeper has started, as a machine without I/O: it is told what has happened and
 * when (us, monotonic), and says what is due and when.
 *
 *   DOWN --started--> STARTING --ready--> READY --ended--> WAITING --due--> (start it again)
 *   STARTING, READY --stop--> STOPPING --due--> (kill it)   STOPPING, WAITING, DOWN --> OVER
 */
#ifndef GW_KEEPER_CHILD_H
#define GW_KEEPER_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum child_state {
	CHILD_DOWN, /* not started yet */
	CHILD_STARTING,
	CHILD_READY,
	CHILD_STOPPING, /* asked to end */
	CHILD_WAITING,	/* has died; started again when due */
	CHILD_OVER,	/* is not started any more */
	CHILD_STATES
};
extern const char *const child_state_names[CHILD_STATES];

#define CHILD_NEVER UINT64_MAX
#define CHILD_WHY   96u

struct child {
	enum child_state state;
	pid_t pid;	     /* of STARTING, READY and STOPPING */
	uint64_t since;	     /* when it was started */
	uint64_t due;	     /* to start it (WAITING) or to kill it (STOPPING); CHILD_NEVER */
	uint32_t lives;	     /* times it has been started */
	unsigned quick;	     /* deaths in a row, each soon after its start */
	uint64_t delay;	     /* us waited before the present life */
	char why[CHILD_WHY]; /* the last life has ended; "" = none has */
	bool killed;	     /* it has not ended in time */
};

/* How a process has ended, in words: status as of waitpid(). */
void child_why(int status, char *out, size_t len);

void child_started(struct child *c, pid_t pid, uint64_t now);
/* It could not be started: as if it had died at once.  why: in words. */
void child_failed(struct child *c, const char *why, uint64_t now);
void child_ready(struct child *c);
/* It has ended: WAITING with a time to start it again, or OVER when it was asked to. */
void child_ended(struct child *c, int status, uint64_t now);
/* The same, since another has ended: that is not held against it. */
void child_followed(struct child *c, int status, uint64_t now);
/* It has ended since it was told to leave for the next life, which may begin at once.  why: in
 * words.
 */
void child_left(struct child *c, const char *why, uint64_t now);
/* It is to end within `within` us.  True when there is a process to be told. */
bool child_stop(struct child *c, uint64_t within, uint64_t now);
/* It has no right to live on, and is to be killed after `within` us. */
void child_doom(struct child *c, uint64_t within, uint64_t now);
bool child_running(const struct child *c);
/* It has never been ready and has ended by itself: what it was started for cannot be done. */
bool child_hopeless(const struct child *c, int status);

#endif
