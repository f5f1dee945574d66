/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two ports that talk for a while, twice: once undisturbed, once with one of them handed to another
 * process now and then.  What both hosts hear must be the same, at the same times.
 */
#ifndef TESTS_TRANSPORTS_FROZEN_H
#define TESTS_TRANSPORTS_FROZEN_H

#include "tests/transports/host.h"

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
