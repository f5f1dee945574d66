/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a member to the structure around it: the nodes of our lists, heaps and hash tables live
 * inside their owners.  Header-only, no dependency, so that every folder may include it; not
 * installed.
 */
#ifndef CORE_CONTAINER_H
#define CORE_CONTAINER_H

#include <stddef.h>

/* The `type` whose `member` ptr points to.  The pointer must be of the member's own type: the
 * comparison inside sizeof is never evaluated, it only makes any other pointer a compiler warning.
 */
#define IST_CONTAINER_OF(ptr, type, member)                      \
	((type *)(void *)((char *)(ptr)-offsetof(type, member) - \
			  0 * sizeof((ptr) == &((type *)0)->member)))

#endif
