/* SPDX-License-Identifier: GPL-2.0-or-later */
/* State as octets for another process: written in one part, and read back. */
#ifndef TESTS_TRANSPORTS_X25_HAND_RIG_H
#define TESTS_TRANSPORTS_X25_HAND_RIG_H

#include "transports/kit/handover.h"

#define HAND_NOW 1000u /* the host's clock in both processes */

struct hand_rig {
	struct ist_frozen f;
	struct handover h;
	struct handover_part part;
	uint8_t *octets; /* to be freed */
};

/* What is handed from here on is written. */
void hand_freeze(struct hand_rig *g);
/* What was written is read from here on, also what cannot be. */
void hand_thaw(struct hand_rig *g);

#endif
