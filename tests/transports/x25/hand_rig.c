/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/transports/x25/hand_rig.h"

#include "tests/harness.h"

#include <stdlib.h>

#define ROOM 20000u

void hand_freeze(struct hand_rig *g)
{
	g->octets = malloc(ROOM);
	if (!g->octets)
		abort();
	g->f = (struct ist_frozen){.octets = g->octets, .room = ROOM};
	handover_freeze(&g->h, &g->f, HAND_NOW);
	handover_open(&g->h, &g->part, 1, 1);
}

void hand_thaw(struct hand_rig *g)
{
	g->h.bad = false;
	handover_close(&g->h, &g->part);
	CU_ASSERT_EQUAL(handover_frozen(&g->h), 0);
	handover_thaw(&g->h, &g->f, HAND_NOW);
	CU_ASSERT(handover_open(&g->h, &g->part, 1, 1));
}
