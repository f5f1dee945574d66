/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/memory.h"

#include <malloc.h>

#define MANY  1000u
#define AGAIN 10000000u /* us */

bool memory_check(struct memory *m, uint64_t n, uint64_t now)
{
	bool gone;

	if (n > m->most)
		m->most = n;
	gone = m->most - n >= MANY && n <= m->most / 2;
	if (now < m->again || !(gone || m->late))
		return false;
	m->late = gone;
	malloc_trim(0);
	m->most = n;
	m->again = now + AGAIN;
	return true;
}
