/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program that ends when a worker allocates, frees, takes a lock or puts something into words
 * while it is on the path of frames (gw/dp/path.h).  The linker's --wrap leads the program's own
 * calls here; libraries keep theirs.
 */
#ifndef TESTS_STRICT_H
#define TESTS_STRICT_H

/* One of these calls is made; what: its name. */
void strict_saw(const char *what);
/* From now on they are counted and let by, 0 = no more: to see that they are noticed. */
void strict_count(int on);
/* How many there were since, by any thread, and the first one. */
unsigned strict_seen(const char **what);

#endif
