/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/debug_rate.h"

#define SECOND 1000000u

static void debug_rate_tell(struct debug_rate *r)
{
	unsigned n = r->left_out;

	r->left_out = 0;
	if (n)
		r->on_left_out(r->ctx, n);
}

static void debug_rate_on_time(void *ctx, uint64_t now)
{
	(void)now;
	debug_rate_tell(ctx);
}

void debug_rate_init(struct debug_rate *r, struct loop *loop,
		     void (*on_left_out)(void *ctx, unsigned n), void *ctx)
{
	*r = (struct debug_rate){.loop = loop, .on_left_out = on_left_out, .ctx = ctx};
	loop_timer_init(&r->tell, debug_rate_on_time, r);
}

void debug_rate_end(struct debug_rate *r)
{
	loop_cancel(r->loop, &r->tell);
}

bool debug_rate_takes(struct debug_rate *r)
{
	uint64_t now = loop_now(r->loop);

	if (now - r->second >= SECOND) {
		debug_rate_tell(r);
		r->second = now;
		r->said = 0;
	}
	if (r->said < DEBUG_RATE) {
		r->said++;
		return true;
	}
	if (!r->left_out++)
		loop_set(r->loop, &r->tell, r->second + SECOND);
	return false;
}
