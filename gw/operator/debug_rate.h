/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many messages of what is watched one who watches gets: DEBUG_RATE in a second.  How many are
 * left out he is told when the second is over, also when nothing follows.
 */
#ifndef GW_OPERATOR_DEBUG_RATE_H
#define GW_OPERATOR_DEBUG_RATE_H

#include "gw/loop.h"

#include <stdbool.h>

#define DEBUG_RATE 200u

struct debug_rate {
	struct loop *loop;
	struct loop_timer tell;
	uint64_t second; /* us, when it began */
	unsigned said;	 /* in it */
	unsigned left_out;
	void (*on_left_out)(void *ctx, unsigned n);
	void *ctx;
};

void debug_rate_init(struct debug_rate *r, struct loop *loop,
		     void (*on_left_out)(void *ctx, unsigned n), void *ctx);
/* Nothing is told any more. */
void debug_rate_end(struct debug_rate *r);
/* Is there room for one more in this second?  False: it is counted as left out. */
bool debug_rate_takes(struct debug_rate *r);

#endif
