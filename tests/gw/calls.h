/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls of the system and of libraries that fail on request, where nothing else makes them fail
 * (the linker's --wrap leads the program's own calls here).
 */
#ifndef TESTS_GW_CALLS_H
#define TESTS_GW_CALLS_H

#include <stdbool.h>

/* The next call of this function fails with this errno, that one only. */
void calls_refuse(const char *name, int err);
/* Did it come to that?  Allows everything again. */
bool calls_refused(void);
/* The last SO_RCVTIMEO that was asked for, us. */
extern long calls_receive_us;
/* Seconds that clock_gettime() is ahead. */
extern long calls_seconds_ahead;

#endif
