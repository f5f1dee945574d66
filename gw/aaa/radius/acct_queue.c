/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/aaa/radius/acct_queue.h"

#include "gw/aaa/radius/radius_acct.h"

#include <stdlib.h>

#define ROOM_LEAST 64u

struct acct_item *acct_queue_at(const struct acct_queue *q, uint64_t place)
{
	return &q->item[place & (q->room - 1)];
}

void acct_queue_free(struct acct_queue *q)
{
	for (uint64_t i = q->first; i < q->end; i++)
		free(acct_queue_at(q, i)->octets);
	free(q->item);
	*q = (struct acct_queue){0};
}

static bool acct_queue_grow(struct acct_queue *q)
{
	size_t room = q->room ? 2 * q->room : ROOM_LEAST;
	struct acct_item *item = calloc(room, sizeof(*item));

	if (!item)
		return false;
	for (uint64_t i = q->first; i < q->end; i++)
		item[i & (room - 1)] = *acct_queue_at(q, i);
	free(q->item);
	q->item = item;
	q->room = room;
	return true;
}

bool acct_queue_add(struct acct_queue *q, const struct acct_record *r, size_t size, uint8_t *octets,
		    uint64_t offset)
{
	if (q->end - q->first == q->room && !acct_queue_grow(q))
		return false;
	*acct_queue_at(q, q->end++) = (struct acct_item){.serial = r->serial,
							 .session = r->session,
							 .when = r->when,
							 .offset = offset,
							 .octets = octets,
							 .size = (uint16_t)size,
							 .status = r->status};
	q->octets += size;
	q->waiting++;
	return true;
}

static int acct_queue_by_serial(const void *a, const void *b)
{
	const struct acct_item *x = a, *y = b;

	return (x->serial > y->serial) - (x->serial < y->serial);
}

bool acct_queue_sort(struct acct_queue *q, uint64_t from)
{
	size_t n = (size_t)(q->end - from);
	struct acct_item *item = calloc(n ? n : 1, sizeof(*item));

	if (!item)
		return false;
	for (size_t i = 0; i < n; i++)
		item[i] = *acct_queue_at(q, from + i);
	qsort(item, n, sizeof(*item), acct_queue_by_serial);
	for (size_t i = 0; i < n; i++)
		*acct_queue_at(q, from + i) = item[i];
	free(item);
	return true;
}

/* --- on their way ------------------------------------------------------------------------------ */

static bool acct_queue_session_on_way(const struct acct_queue *q, uint64_t session)
{
	for (unsigned i = 0; i < q->on_way; i++)
		if (acct_queue_at(q, q->way[i])->session == session)
			return true;
	return false;
}

bool acct_queue_send(struct acct_queue *q, unsigned most, uint64_t *place)
{
	struct acct_item *it;

	while (q->next < q->end && acct_queue_at(q, q->next)->state != ACCT_WAITS)
		q->next++;
	if (q->next == q->end || q->on_way >= most)
		return false;
	it = acct_queue_at(q, q->next);
	if (acct_queue_session_on_way(q, it->session))
		return false;
	it->state = ACCT_ON_ITS_WAY;
	q->way[q->on_way++] = *place = q->next++;
	return true;
}

static void acct_queue_arrive(struct acct_queue *q, uint64_t place)
{
	for (unsigned i = 0; i < q->on_way; i++) {
		if (q->way[i] != place)
			continue;
		q->way[i] = q->way[--q->on_way];
		return;
	}
}

void acct_queue_back(struct acct_queue *q, uint64_t place)
{
	struct acct_item *it = acct_queue_at(q, place);

	acct_queue_arrive(q, place);
	it->state = ACCT_WAITS;
	if (place < q->next)
		q->next = place;
	if (it->status == RADIUS_ACCT_INTERIM && place < q->interim)
		q->interim = place;
}

void acct_queue_over(struct acct_queue *q, uint64_t place)
{
	struct acct_item *it = acct_queue_at(q, place);

	acct_queue_arrive(q, place);
	free(it->octets);
	it->octets = NULL;
	it->state = ACCT_OVER;
	q->octets -= it->size;
	q->waiting--;
	while (q->first < q->end && acct_queue_at(q, q->first)->state == ACCT_OVER)
		q->first++;
	if (q->next < q->first)
		q->next = q->first;
	if (q->interim < q->first)
		q->interim = q->first;
	if (q->fresh < q->first)
		q->fresh = q->first;
}

/* --- too many ---------------------------------------------------------------------------------- */

static bool acct_queue_is_interim(const struct acct_item *it)
{
	return it->state == ACCT_WAITS && it->status == RADIUS_ACCT_INTERIM;
}

bool acct_queue_least(struct acct_queue *q, uint64_t *place)
{
	while (q->interim < q->end && !acct_queue_is_interim(acct_queue_at(q, q->interim)))
		q->interim++;
	if (q->interim < q->end) {
		*place = q->interim;
		return true;
	}
	for (uint64_t i = q->first; i < q->end; i++)
		if (acct_queue_at(q, i)->state == ACCT_WAITS) {
			*place = i;
			return true;
		}
	return false;
}
