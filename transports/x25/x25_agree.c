/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Negotiation of facilities between the two ends of a call (X.25 6.12, 6.13).  The called end may
 * change packet size and window from the proposed value towards 128 octets and 2, never past them,
 * and may lower the throughput class.  "called" in a facility is the direction from the called DTE:
 * what we send when we are called, what we receive when we have called.
 */
#include "transports/x25/x25_int.h"

#define SIZE_DEFAULT   7u
#define WINDOW_DEFAULT 2u

static uint8_t x25_agree_min(uint8_t a, uint8_t b)
{
	return a < b ? a : b;
}

static uint8_t x25_agree_window_max(const struct x25_config *c)
{
	return c->extended ? 127 : 7;
}

void x25_facilities_of_call(const struct x25_config *c, struct x25_facilities *f)
{
	*f = c->ask;
	if (c->flow_facilities) {
		f->given |= X25_FAC_SIZE | X25_FAC_WINDOW;
		f->size_called = f->size_calling = c->size_want;
		f->window_called = f->window_calling = c->window_want;
	}
	if (c->throughput) {
		f->given |= X25_FAC_THROUGHPUT;
		f->throughput_called = f->throughput_calling = c->throughput;
	}
}

static uint8_t x25_agree_towards(uint8_t proposed, uint8_t want, uint8_t deflt)
{
	if (proposed > deflt)
		return proposed < want ? proposed : want > deflt ? want : deflt;
	return proposed;
}

void x25_negotiate(const struct x25_config *c, struct x25_vc *v, struct x25_facilities *f)
{
	if (f->given & X25_FAC_SIZE) {
		v->size_out = x25_agree_towards(f->size_called, c->size_want, SIZE_DEFAULT);
		v->size_in = x25_agree_towards(f->size_calling, c->size_want, SIZE_DEFAULT);
	}
	if (f->given & X25_FAC_WINDOW) {
		v->window_out = x25_agree_towards(f->window_called, c->window_want, WINDOW_DEFAULT);
		v->window_in = x25_agree_towards(f->window_calling, c->window_want, WINDOW_DEFAULT);
	}
	v->window_out = x25_agree_min(v->window_out, x25_agree_window_max(c));
	v->window_in = x25_agree_min(v->window_in, x25_agree_window_max(c));
	if (!(f->given & X25_FAC_THROUGHPUT) || !c->throughput)
		return;
	f->throughput_called = x25_agree_min(f->throughput_called, c->throughput);
	f->throughput_calling = x25_agree_min(f->throughput_calling, c->throughput);
	v->class_called = f->throughput_called;
	v->class_calling = f->throughput_calling;
}

void x25_facilities_of_accept(const struct x25_config *c, const struct x25_vc *v,
			      struct x25_facilities *f)
{
	if (c->flow_facilities) {
		f->given |= X25_FAC_SIZE | X25_FAC_WINDOW;
		f->size_called = v->size_out;
		f->size_calling = v->size_in;
		f->window_called = v->window_out;
		f->window_calling = v->window_in;
	}
	if (v->class_called) {
		f->given |= X25_FAC_THROUGHPUT;
		f->throughput_called = v->class_called;
		f->throughput_calling = v->class_calling;
	}
}

static bool x25_agree_between(uint8_t v, uint8_t a, uint8_t b)
{
	return a < b ? v >= a && v <= b : v >= b && v <= a;
}

bool x25_accept_valid(const struct x25_config *c, const struct x25_facilities *f)
{
	uint8_t size = c->flow_facilities ? c->size_want : c->size;
	uint8_t window = c->flow_facilities ? c->window_want : c->window;

	if (f->given & X25_FAC_SIZE && !(x25_agree_between(f->size_called, size, SIZE_DEFAULT) &&
					 x25_agree_between(f->size_calling, size, SIZE_DEFAULT)))
		return false;
	if (f->given & X25_FAC_WINDOW &&
	    !(x25_agree_between(f->window_called, window, WINDOW_DEFAULT) &&
	      x25_agree_between(f->window_calling, window, WINDOW_DEFAULT)))
		return false;
	return !(f->given & X25_FAC_THROUGHPUT) || !c->throughput ||
	       (f->throughput_called <= c->throughput && f->throughput_calling <= c->throughput);
}

/* A facility that is not in the Call Accepted has the value we asked for (X.25 6.12). */
void x25_apply_accept(const struct x25_config *c, struct x25_vc *v, const struct x25_facilities *f)
{
	if (c->flow_facilities) {
		v->size_in = v->size_out = c->size_want;
		v->window_in = v->window_out = c->window_want;
	}
	if (f->given & X25_FAC_SIZE) {
		v->size_in = f->size_called;
		v->size_out = f->size_calling;
	}
	if (f->given & X25_FAC_WINDOW) {
		v->window_in = f->window_called;
		v->window_out = f->window_calling;
	}
	v->window_in = x25_agree_min(v->window_in, x25_agree_window_max(c));
	v->window_out = x25_agree_min(v->window_out, x25_agree_window_max(c));
}
