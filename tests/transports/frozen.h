/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two ports that talk for a while, twice: once undisturbed, once with one of them handed to another
 * process now and then.  What both hosts hear must be the same, at the same times.
 */
#ifndef TESTS_TRANSPORTS_FROZEN_H
#define TESTS_TRANSPORTS_FROZEN_H

#include "tests/transports/host.h"

#define CHANNELS 256u

/* What one host heard, in order: a line each. */
struct heard {
	char *text; /* to be freed */
	size_t len, room;
	ist_channel up[CHANNELS], offered[CHANNELS];
	bool permanent[CHANNELS]; /* of up */
	uint32_t attrs[CHANNELS]; /* likewise, summed up */
	unsigned ups, offers, frames, calls;
};
void heard_line(struct heard *h, const char *line);
/* All reports that are there, taken. */
void heard_all(struct heard *h, struct fake_host *host);
/* Notes whether it is up; was it? */
bool heard_is_up(struct heard *h, ist_channel c, bool up);
/* False, with the first line in which they differ. */
bool heard_same(const char *who, const struct heard *a, const struct heard *b);

struct frozen_run {
	const struct ist_transport *tr;
	const char *const *config[2]; /* the first one is handed over */
	unsigned steps;
	uint64_t pause;	     /* us between two steps, at most */
	uint32_t frame_most; /* octets */
	/* Calls are placed, answered, refused, left waiting and cleared at random: whom each end
	 * calls.  NULL: it calls nobody. */
	const char *to[2];
};

/* False, with words, when the two differ. */
bool frozen_same(const struct frozen_run *r, uint64_t seed);

/* Every octet of a frozen port with other values, and every length: thaw refuses, or makes a port
 * that can be closed. */
void frozen_hostile(struct fake_host *h, const char *const *config, uint64_t seed);

#endif
