/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A clock that a test moves. */
#ifndef TESTS_GW_CLOCK_H
#define TESTS_GW_CLOCK_H

#include "gw/loop.h"

extern uint64_t clock_us;
uint64_t clock_now(void);
/* Serve everything that is due until this time, jumping from deadline to deadline. */
void clock_until(struct loop *l, uint64_t when);

#endif
