/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A list sorted by time.  New frames are nearly always the latest, so their place is looked for
 * from the end: with a constant delay that is one comparison.
 */
#include "transports/kit/delay.h"

#include "transports/kit/handover.h"

#include <stdlib.h>
#include <string.h>

static void delay_insert_after(struct delay_queue *q, struct delayed *at, struct delayed *d)
{
	d->prev = at;
	d->next = at ? at->next : q->first;
	if (d->next)
		d->next->prev = d;
	else
		q->last = d;
	if (at)
		at->next = d;
	else
		q->first = d;
	q->count++;
}

bool delay_push(struct delay_queue *q, uint64_t due, uint32_t tag, const void *head,
		uint32_t head_len, const void *payload, uint32_t len)
{
	struct delayed *d, *at = q->last;

	if (q->count >= q->max)
		return false;
	d = malloc(sizeof(*d) + head_len + len);
	if (!d)
		return false;
	d->due = due;
	d->tag = tag;
	d->len = head_len + len;
	if (head_len)
		memcpy(d->data, head, head_len);
	if (len)
		memcpy(d->data + head_len, payload, len);
	while (at && at->due > due)
		at = at->prev;
	delay_insert_after(q, at, d);
	return true;
}

uint64_t delay_next(const struct delay_queue *q)
{
	return q->first ? q->first->due : UINT64_MAX;
}

struct delayed *delay_pop(struct delay_queue *q, uint64_t now)
{
	struct delayed *d = q->first;

	if (!d || d->due > now)
		return NULL;
	q->first = d->next;
	if (q->first)
		q->first->prev = NULL;
	else
		q->last = NULL;
	q->count--;
	return d;
}

void delay_clear(struct delay_queue *q)
{
	struct delayed *d;

	while ((d = delay_pop(q, UINT64_MAX)))
		free(d);
}

#define HANDED_MOST 1000000u
#define FRAME_MOST  (1u << 17) /* octets */

static void delay_thaw_one(struct delay_queue *q, struct handover *h, uint32_t tag_most,
			   uint64_t most)
{
	uint64_t due = handover_time(h, 0, most);
	uint32_t tag = handover_word(h, 0, tag_most), len = handover_word(h, 0, FRAME_MOST);
	const uint8_t *data = rd_take(&h->r, len);

	if (!data)
		h->bad = true;
	if (!h->bad)
		delay_push(q, due, tag, NULL, 0, data, len);
}

void delay_hand(struct delay_queue *q, struct handover *h, uint32_t tag_most, uint64_t most)
{
	uint32_t n = handover_word(h, q->count, HANDED_MOST);

	if (h->thawing) {
		while (n-- && !h->bad)
			delay_thaw_one(q, h, tag_most, most);
		return;
	}
	for (struct delayed *d = q->first; d; d = d->next) {
		handover_time(h, d->due, most);
		handover_word(h, d->tag, tag_most);
		handover_word(h, d->len, FRAME_MOST);
		handover_octets(h, d->data, d->len);
	}
}
