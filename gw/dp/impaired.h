/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One way of a bad line: what becomes of each frame, decided from a seed, and the frames that wait
 * for their time.  Pure: a time comes in, frames come out.  Memory is taken when it is made, and is
 * all that there will be: IMPAIRED_FRAMES frames of IMPAIRED_OCTETS octets in all; a frame that
 * finds no room is lost and counted.
 *
 * A frame is copied, and each that is not lost comes out again, if only at once: so the order is
 * that of their times, and of those with the same time that in which they came.
 */
#ifndef GW_DP_IMPAIRED_H
#define GW_DP_IMPAIRED_H

#include "gw/dp/dp.h"
#include "transports/kit/impair.h"

#define IMPAIRED_FRAMES 4096u
#define IMPAIRED_OCTETS (2u << 20)

struct impaired;

/* now: us.  NULL without memory. */
struct impaired *impaired_new(const struct dp_impair *set, uint64_t now);
void impaired_free(struct impaired *i);

/* What becomes of a frame: so many copies wait, and so many found no room; neither = it is lost. */
struct impaired_fate {
	unsigned held, full;
};
struct impaired_fate impaired_put(struct impaired *i, const struct ist_frame *f, uint64_t now);
/* The next frame whose time has come, its octets in one piece; they stay until impaired_forget().
 * False: there is none. */
bool impaired_take(struct impaired *i, uint64_t now, struct ist_frame *out);
/* Frames that were taken are no more needed. */
void impaired_forget(struct impaired *i);
/* When the next one is due, or its own time is over; UINT64_MAX = never. */
uint64_t impaired_next(const struct impaired *i);
/* No frame is spoilt any more; those that wait can be taken at once. */
void impaired_end(struct impaired *i);
/* Its time is over, or it was ended. */
bool impaired_is_over(const struct impaired *i, uint64_t now);
/* The settings, with what is left of the time, and the counters. */
void impaired_view(const struct impaired *i, uint64_t now, struct dp_impair_row *out);

#endif
