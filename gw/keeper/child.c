/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "gw/keeper/child.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define MS	   UINT64_C(1000)
#define SECOND	   (1000 * MS)
#define CHILD_SOON SECOND /* a life shorter than this is one of a crash loop */

const char *const child_state_names[CHILD_STATES] = {
	[CHILD_DOWN] = "down",	       [CHILD_STARTING] = "starting", [CHILD_READY] = "running",
	[CHILD_STOPPING] = "stopping", [CHILD_WAITING] = "waiting",   [CHILD_OVER] = "ended",
};

/* Waits before a process is started again, by the number of quick deaths before this one. */
static const uint64_t child_delays[] = {
	0, 100 * MS, 1 * SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND, 16 * SECOND, 30 * SECOND,
};

#define CHILD_DELAYS (sizeof(child_delays) / sizeof(child_delays[0]))

void child_why(int status, char *out, size_t len)
{
	const char *name = WIFSIGNALED(status) ? sigabbrev_np(WTERMSIG(status)) : NULL;

	if (name)
		snprintf(out, len, "killed by SIG%s%s", name,
			 WCOREDUMP(status) ? ", core dumped" : "");
	else if (WIFSIGNALED(status))
		snprintf(out, len, "killed by signal %d", WTERMSIG(status));
	else
		snprintf(out, len, "ended with status %d", WEXITSTATUS(status));
}

bool child_running(const struct child *c)
{
	return c->state == CHILD_STARTING || c->state == CHILD_READY || c->state == CHILD_STOPPING;
}

void child_started(struct child *c, pid_t pid, uint64_t now)
{
	c->state = CHILD_STARTING;
	c->pid = pid;
	c->since = now;
	c->due = CHILD_NEVER;
	c->lives++;
}

static void child_wait(struct child *c, bool quick, uint64_t now)
{
	c->quick = quick ? c->quick + 1 : 1;
	c->delay = child_delays[c->quick < CHILD_DELAYS ? c->quick - 1 : CHILD_DELAYS - 1];
	c->due = now + c->delay;
	c->state = CHILD_WAITING;
}

void child_failed(struct child *c, const char *why, uint64_t now)
{
	snprintf(c->why, sizeof(c->why), "not started: %s", why);
	c->pid = 0;
	child_wait(c, true, now);
}

void child_ready(struct child *c)
{
	if (c->state == CHILD_STARTING)
		c->state = CHILD_READY;
}

static void child_end(struct child *c, int status, bool quick, uint64_t now)
{
	child_why(status, c->why, sizeof(c->why));
	c->pid = 0;
	c->due = CHILD_NEVER;
	if (c->state == CHILD_STOPPING)
		c->state = CHILD_OVER;
	else
		child_wait(c, quick, now);
}

void child_ended(struct child *c, int status, uint64_t now)
{
	child_end(c, status, c->state == CHILD_STARTING || now - c->since < CHILD_SOON, now);
}

void child_followed(struct child *c, int status, uint64_t now)
{
	child_end(c, status, false, now);
}

void child_left(struct child *c, const char *why, uint64_t now)
{
	snprintf(c->why, sizeof(c->why), "%s", why);
	c->pid = 0;
	c->quick = 0;
	c->delay = 0;
	c->due = now;
	c->state = CHILD_WAITING;
}

bool child_stop(struct child *c, uint64_t within, uint64_t now)
{
	c->due = CHILD_NEVER;
	if (!child_running(c)) {
		c->state = CHILD_OVER;
		return false;
	}
	if (c->state != CHILD_STOPPING || now + within < c->due)
		c->due = now + within;
	c->state = CHILD_STOPPING;
	return true;
}

void child_doom(struct child *c, uint64_t within, uint64_t now)
{
	if (child_running(c) && now + within < c->due)
		c->due = now + within;
}

bool child_hopeless(const struct child *c, int status)
{
	return c->state == CHILD_STARTING && c->lives == 1 && WIFEXITED(status);
}
