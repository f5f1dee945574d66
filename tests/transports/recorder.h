/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a protocol engine under test sends: kept in order, compared with hex text, or carried to the
 * other end. */
#ifndef TESTS_TRANSPORTS_RECORDER_H
#define TESTS_TRANSPORTS_RECORDER_H

#include "tests/harness.h"

#define RECORDER_FRAMES 64
#define RECORDER_OCTETS 1200u

struct recorder {
	uint8_t out[RECORDER_FRAMES][RECORDER_OCTETS];
	size_t out_len[RECORDER_FRAMES];
	unsigned outs;
};

void recorder_add(struct recorder *r, const uint8_t *frame, size_t len);
/* The oldest frame is this one; it is taken away. */
void recorder_expect(struct recorder *r, const char *hex);
/* Takes all frames away and gives each to the far end; how many. */
unsigned recorder_carry(struct recorder *r, void *far,
			void (*rx)(void *far, const uint8_t *frame, size_t len));

#endif
