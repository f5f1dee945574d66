/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The heap of a unit program (the linker's --wrap leads the program's own calls here; libraries
 * keep theirs): what is held, and an allocation refused on request, so that the ways out of "no
 * memory" are run like all others.  New and freed memory is filled with what no test expects.  The
 * harness looks at the end of each test whether it gave back all.
 */
#ifndef TESTS_HEAP_H
#define TESTS_HEAP_H

#include <stdbool.h>

/* From now on each block ends at memory that cannot be touched: who reads one element too many
 * crashes.  For programs of few blocks: each costs some system calls. */
void heap_fence(void);

/* Called before each call of the heap, with its name; NULL = nothing is. */
extern void (*heap_used)(const char *what);

/* Blocks held now, of any thread. */
unsigned heap_blocks(void);

/* The calling thread's next allocation but `skip` is refused, that one only. */
void heap_refuse(unsigned skip);
/* The same with n in a row. */
#define HEAP_FOR_EVER (~0u)
void heap_refuse_many(unsigned skip, unsigned n);
/* Did it come to that?  Allows everything again. */
bool heap_refused(void);
/* The same: how many were refused. */
unsigned heap_refusals(void);

#endif
