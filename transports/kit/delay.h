/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames waiting for their time: a bounded queue in order of `due`, first come first served among
 * equals.  Each frame is a copy. */
#ifndef TRANSPORTS_KIT_DELAY_H
#define TRANSPORTS_KIT_DELAY_H

#include <stdbool.h>
#include <stdint.h>

struct delayed {
	struct delayed *next, *prev;
	uint64_t due;
	uint32_t tag, len; /* tag: the owner's */
	uint8_t data[];
};

struct delay_queue {
	struct delayed *first, *last;
	unsigned count, max;
};

/* A copy of head and payload, one behind the other.  False when full or out of memory. */
bool delay_push(struct delay_queue *q, uint64_t due, uint32_t tag, const void *head,
		uint32_t head_len, const void *payload, uint32_t len);
/* When the first is due; UINT64_MAX when there is none. */
uint64_t delay_next(const struct delay_queue *q);
/* The first one with due <= now, to be freed by the caller, or NULL. */
struct delayed *delay_pop(struct delay_queue *q, uint64_t now);
void delay_clear(struct delay_queue *q);
struct handover;
/* To or from another process; thawing: an empty queue, whose frames have tags up to tag_most and
 * are due by `most` us from now. */
void delay_hand(struct delay_queue *q, struct handover *h, uint32_t tag_most, uint64_t most);

#endif
