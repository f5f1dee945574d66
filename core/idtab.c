/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two levels: a directory that doubles when it is full, and pages allocated when their first slot
 * is used.
 */
#include "core/idtab.h"

#include <stdlib.h>
#include <string.h>

#define SECOND 1000000u

void idtab_init(struct idtab *t, const uint8_t key[16], uint32_t cap)
{
	memset(t, 0, sizeof(*t));
	ids_init(&t->ids, key, cap);
}

void idtab_free(struct idtab *t)
{
	for (uint32_t i = 0; i < t->pages; i++)
		free(t->page[i]);
	free(t->page);
	free(t->rest);
	ids_free(&t->ids);
	memset(t, 0, sizeof(*t));
}

static bool idtab_grow(struct idtab *t, uint32_t page)
{
	uint32_t pages = t->pages ? t->pages : 1;
	void ***dir;

	while (pages <= page)
		pages *= 2;
	dir = realloc(t->page, pages * sizeof(*dir));
	if (!dir)
		return false;
	memset(dir + t->pages, 0, (pages - t->pages) * sizeof(*dir));
	t->page = dir;
	t->pages = pages;
	return true;
}

/* Where the pointer of a slot is; NULL = there is no page, or no memory for one. */
static void **idtab_cell(struct idtab *t, uint16_t slot)
{
	uint32_t page = slot / IDTAB_PAGE;

	if (page >= t->pages && !idtab_grow(t, page))
		return NULL;
	if (!t->page[page])
		t->page[page] = calloc(IDTAB_PAGE, sizeof(void *));
	return t->page[page] ? &t->page[page][slot % IDTAB_PAGE] : NULL;
}

static void idtab_release_oldest(struct idtab *t)
{
	ids_give(&t->ids, t->rest[t->rest_head].id);
	t->rest_head = (t->rest_head + 1) % t->rest_room;
	t->resting--;
}

static bool idtab_grow_rest(struct idtab *t)
{
	uint32_t room = t->rest_room ? t->rest_room * 2 : 16;
	struct idtab_rest *rest = malloc(room * sizeof(*rest));

	if (!rest)
		return false;
	for (uint32_t i = 0; i < t->resting; i++)
		rest[i] = t->rest[(t->rest_head + i) % t->rest_room];
	free(t->rest);
	t->rest = rest;
	t->rest_room = room;
	t->rest_head = 0;
	return true;
}

uint16_t idtab_take(struct idtab *t, void *object, uint64_t now)
{
	uint16_t id;
	void **c;

	while (t->resting && t->rest[t->rest_head].until <= now / SECOND)
		idtab_release_oldest(t);
	id = ids_take(&t->ids);
	if (!id && t->resting) {
		idtab_release_oldest(t);
		id = ids_take(&t->ids);
	}
	if (!id)
		return 0;
	c = idtab_cell(t, ids_slot(&t->ids, id));
	if (!c) {
		ids_give(&t->ids, id);
		return 0;
	}
	*c = object;
	t->live++;
	return id;
}

bool idtab_take_id(struct idtab *t, uint16_t id, void *object)
{
	uint16_t slot = id ? ids_slot(&t->ids, id) : 0;
	void **c = id && slot < t->ids.fresh ? idtab_cell(t, slot) : NULL;

	if (!c || *c)
		return false;
	*c = object;
	t->live++;
	return true;
}

static void idtab_rest(struct idtab *t, uint16_t id, uint64_t until)
{
	if (t->resting == t->rest_room && !idtab_grow_rest(t)) {
		ids_give(&t->ids, id);
		return;
	}
	t->rest[(t->rest_head + t->resting++) % t->rest_room] =
		(struct idtab_rest){.until = (uint32_t)((until + SECOND - 1) / SECOND), .id = id};
}

void idtab_rest_others(struct idtab *t, uint64_t until)
{
	for (uint32_t slot = 0; slot < t->ids.fresh; slot++) {
		uint16_t id = ids_id(&t->ids, (uint16_t)slot);

		if (!idtab_get(t, id))
			idtab_rest(t, id, until);
	}
}

void idtab_give(struct idtab *t, uint16_t id, uint64_t until)
{
	*idtab_cell(t, ids_slot(&t->ids, id)) = NULL;
	t->live--;
	idtab_rest(t, id, until);
}

void *idtab_get(const struct idtab *t, uint16_t id)
{
	uint16_t slot;

	if (!id)
		return NULL;
	slot = ids_slot(&t->ids, id);
	if (slot / IDTAB_PAGE >= t->pages || !t->page[slot / IDTAB_PAGE])
		return NULL;
	return t->page[slot / IDTAB_PAGE][slot % IDTAB_PAGE];
}

uint16_t idtab_spare(struct idtab *t)
{
	uint16_t id = ids_take(&t->ids);

	if (id)
		ids_give(&t->ids, id);
	else if (t->resting)
		id = t->rest[t->rest_head].id;
	return id;
}
