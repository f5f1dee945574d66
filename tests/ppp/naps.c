/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/ppp/naps.h"

#include <stdlib.h>

static bool taken;

void naps_are_taken(void)
{
	taken = true;
}

void naps_are_not_taken(void)
{
	taken = false;
}

struct ppp *nap(struct ppp *p)
{
	struct ppp *up = taken ? ppp_wake(ppp_rest(p)) : p;

	if (!up)
		abort();
	return up;
}
