/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the files of the source tree are that a test program reads.
 */
#ifndef TESTS_SRCDIR_H
#define TESTS_SRCDIR_H

/* The top of the source tree: `srcdir` from the environment, which `make check` sets; else the
 * nearest folder above the program that is such a tree; else the working directory.  The answer is
 * put into the environment, so that children see it too. */
const char *test_srcdir(void);

#endif
