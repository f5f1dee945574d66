/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/clock.h"

uint64_t clock_us;

uint64_t clock_now(void)
{
	return clock_us;
}

void clock_until(struct loop *l, uint64_t when)
{
	uint64_t next;

	while ((next = loop_deadline(l)) <= when) {
		if (next > clock_us)
			clock_us = next;
		loop_expire(l, clock_us);
	}
	clock_us = when;
	loop_expire(l, when); /* a turn ends before the wait, whatever is due */
}
