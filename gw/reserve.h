/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * File descriptors: as many as the system allows, and a few that are kept open so that the operator
 * gets in, and captures can be written, when everything else has taken the rest.  Control thread
 * only.
 */
#ifndef GW_RESERVE_H
#define GW_RESERVE_H

#include "cfg/cfg.h"

#define RESERVE_MAX 16u

struct reserve_limits {
	uint64_t soft, hard; /* of this process */
	uint64_t used;	     /* descriptors open now, those of the reserve too */
	unsigned kept;	     /* of the reserve */
};
void reserve_limits(struct reserve_limits *out);
/* How many descriptors a gateway with this configuration may need. */
uint64_t reserve_need(const struct cfg_model *cfg);

/* Raise the limit to what the system allows and open the reserve. */
void reserve_start(void);
void reserve_stop(void);
/* Close one of the reserve, for an operator's open() or accept() that has failed with EMFILE; false
 * when none is left. */
bool reserve_give_up(void);
/* Fill it again as far as there is room.  Call it now and then. */
void reserve_refill(void);

#endif
