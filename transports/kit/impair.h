/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bad line, on purpose: loss, duplication, delay with jitter, reordering, decided frame by frame
 * from a seed, so that a run can be repeated.  Only decides; the owner queues (delay.h).
 */
#ifndef TRANSPORTS_KIT_IMPAIR_H
#define TRANSPORTS_KIT_IMPAIR_H

#include "transports/kit/settings.h"

struct impair {
	uint32_t loss, duplicate, reorder;  /* parts in a million */
	uint64_t delay, jitter, reorder_by; /* us */
	uint64_t state;
	uint64_t lost, duplicated, reordered, delayed; /* so far */
};

/* Rows for the key table of a transport that uses it. */
/* clang-format off */
#define IMPAIR_KEYS                                                                                \
	PORT_TEXT("impair-loss", "0", "percentage of frames to lose, e.g. 0.5"),                   \
	PORT_TEXT("impair-duplicate", "0", "percentage of frames to send twice"),                  \
	PORT_TEXT("impair-reorder", "0",                                                           \
		  "percentage of frames to hold back behind later ones"),                          \
	PORT_TIME("impair-delay", "0", "time every frame is delayed by"),                          \
	PORT_TIME("impair-jitter", "0", "most that is added to the delay at random"),              \
	PORT_NUMBER("impair-seed", 0, INT64_MAX, "1",                                              \
		    "start of the random numbers, to repeat a run")
/* clang-format on */

/* Counter rows; impair_count gives the values in this order. */
#define IMPAIR_COUNTERS(X)                                                        \
	X(IMPAIR_LOST, "impair-lost", "frames lost on purpose")                   \
	X(IMPAIR_DUPLICATED, "impair-duplicated", "frames sent twice on purpose") \
	X(IMPAIR_REORDERED, "impair-reordered", "frames held back on purpose")    \
	X(IMPAIR_DELAYED, "impair-delayed", "frames delayed on purpose")

/* 0, or -EINVAL with words. */
int impair_init(struct impair *im, const struct settings *set, char *err, size_t err_len);
/* Rates, delay and jitter are set: begin at this seed. */
void impair_begin(struct impair *im, uint64_t seed);
/* One more random value of the same row, for what the owner decides himself. */
uint64_t impair_draw(struct impair *im);
/* Does it happen, so many times in a million? */
bool impair_chance(struct impair *im, uint32_t parts);
/* Does it do anything at all? */
bool impair_on(const struct impair *im);
/* How many copies of the next frame go out (0 to 2) and when. */
unsigned impair_plan(struct impair *im, uint64_t now, uint64_t due[2]);
/* The four values of IMPAIR_COUNTERS. */
void impair_count(const struct impair *im, uint64_t out[4]);

#endif
