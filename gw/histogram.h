/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long things took, for metrics: a count for each range of times, of the control thread. Adding
 * costs a walk over ten bounds and takes no memory.  The counts are of this life of control.
 */
#ifndef GW_HISTOGRAM_H
#define GW_HISTOGRAM_H

#include <stdint.h>

/* X(symbol, "metric's name", "what took so long", bounds in us) */
#define HISTOGRAMS(X)                                                                              \
	X(CALL_SETUP, "isthmus_call_setup_seconds",                                                \
	  "From the request for a call, or the first frame of a line, until both of its ends are " \
	  "up.",                                                                                   \
	  10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000)        \
	X(RADIUS, "isthmus_radius_round_trip_seconds",                                             \
	  "From a request that was sent once to the answer of its RADIUS server.", 1000, 2500,     \
	  5000, 10000, 25000, 50000, 100000, 250000, 1000000, 2500000)                             \
	X(LOOP_STALL, "isthmus_loop_stall_seconds",                                                \
	  "How late the control thread came to the earliest of its deadlines.", 1000, 2500, 5000,  \
	  10000, 25000, 50000, 100000, 250000, 1000000, 2500000)

enum histogram_kind {
#define X(sym, name, words, ...) HISTOGRAM_##sym,
	HISTOGRAMS(X)
#undef X
		HISTOGRAM_KINDS
};

#define HISTOGRAM_BOUNDS 10u

struct histogram {
	const char *name, *words;
	uint64_t bound[HISTOGRAM_BOUNDS]; /* us, growing */
};
extern const struct histogram histograms[HISTOGRAM_KINDS];

struct histogram_counts {
	uint64_t
		in[HISTOGRAM_BOUNDS + 1]; /* up to that bound and above the one before; all above */
	uint64_t n, sum;		  /* of all; us */
};

void histogram_add(enum histogram_kind k, uint64_t us);
const struct histogram_counts *histogram_counts(enum histogram_kind k);
/* For tests. */
void histogram_clear(void);

#endif
