/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last messages of those who have no name yet, as octets (gw/trace.h). */
#ifndef GW_TRACE_RING_H
#define GW_TRACE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_RING_SIZE 256u
#define TRACE_KEPT_MAX	1000u /* octets of a message; longer ones are not kept */

struct trace_kept {
	bool used, out, l2tp; /* l2tp: a control message; else a frame of PPP */
	uint32_t key;	      /* leg_key(); the session is 0 while it has none */
	int64_t when;	      /* us of the day's clock */
	size_t len;
	uint8_t octets[TRACE_KEPT_MAX];
};

struct trace_ring;
struct trace_ring *trace_ring_new(void); /* NULL without memory */
void trace_ring_free(struct trace_ring *r);
/* What is kept, oldest first, as long as `is` says so; each is forgotten.  Its memory is good until
 * the next call. */
struct trace_kept *trace_ring_take(struct trace_ring *r,
				   bool (*is)(const struct trace_kept *k, const void *ctx),
				   const void *ctx);
/* Room for a new one, in place of the oldest. */
struct trace_kept *trace_ring_put(struct trace_ring *r);

#endif
