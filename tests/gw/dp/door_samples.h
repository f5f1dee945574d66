/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A message of every kind, each member with a value of its own. */
#ifndef TESTS_GW_DP_DOOR_SAMPLES_H
#define TESTS_GW_DP_DOOR_SAMPLES_H

#include "gw/dp/door_msg.h"

/* What its lists and texts point to is static. */
void door_sample(struct door_msg *m, unsigned kind);
enum door_way door_sample_way(unsigned kind);

#endif
