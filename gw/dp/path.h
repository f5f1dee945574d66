/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The path of frames: from the descriptor that has some to the system call that sends them.  While
 * a worker is on it nothing is allocated or freed, no lock is taken, and nothing is put into words.
 * A program that is built to look (tests/strict.h) ends when something does.  What a transport
 * reports besides frames, and asks its host for, is aside of the path.
 */
#ifndef GW_DP_PATH_H
#define GW_DP_PATH_H

#include <stdbool.h>

extern _Thread_local bool path_on;

/* What it was. */
static inline bool path_set(bool on)
{
	bool was = path_on;

	path_on = on;
	return was;
}

#endif
