/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Peak-cell-rate shaping of one circuit: a token bucket in cells and a short queue of SDUs that
 * wait for tokens.  An SDU leaves when the bucket is not empty and may take it into debt, so that
 * it is never cut in two.  Times in us.
 */
#ifndef TRANSPORTS_ATM_ATM_SHAPE_H
#define TRANSPORTS_ATM_ATM_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ATM_SHAPE_QUEUE 64u

struct atm_waiting {
	uint8_t *sdu; /* kept for the next that waits here: a busy circuit soon allocates no more */
	uint32_t len, room;
	bool discard; /* CLP */
};

struct atm_shape {
	uint32_t pcr;		   /* cells a second; 0 = not shaped */
	int64_t tokens;		   /* millionths of a cell; may be in debt */
	uint64_t filled;	   /* when tokens was brought up to date */
	struct atm_waiting *queue; /* ATM_SHAPE_QUEUE of them, made with the first that waits */
	unsigned head, count;
};

void atm_shape_init(struct atm_shape *s, uint32_t pcr, uint64_t now);
void atm_shape_free(struct atm_shape *s);
/* May an SDU go now (and nothing waits before it)?  Then it must, and pays for its cells. */
bool atm_shape_may(struct atm_shape *s, uint64_t now);
void atm_shape_pay(struct atm_shape *s, uint32_t cells);
/* Copy an SDU (two pieces) into the queue; false = the queue is full or there is no memory. */
bool atm_shape_wait(struct atm_shape *s, const void *head, uint32_t head_len, const void *data,
		    uint32_t len, bool discard);
/* The first of the queue when it may go now, good until the next atm_shape_wait; else NULL. */
const struct atm_waiting *atm_shape_next(struct atm_shape *s, uint64_t now);
/* When that will be; UINT64_MAX = nothing waits. */
uint64_t atm_shape_deadline(const struct atm_shape *s);

#endif
