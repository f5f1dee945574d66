/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From our own ids to the objects they name: pages of pointers indexed by the id's slot, so that a
 * look-up takes the same time however many there are.  Grows by a page at a time.
 *
 * An id given back rests for a while, so that a late message does not reach the id's next object.
 * When all other ids are in use, the one that has rested longest is used early.
 */
#ifndef CORE_IDTAB_H
#define CORE_IDTAB_H

#include "core/ids.h"

#define IDTAB_PAGE 32u

struct idtab_rest {
	uint32_t until; /* seconds */
	uint16_t id;
};

struct idtab {
	struct ids ids;
	struct idtab_rest *rest; /* a ring, oldest first */
	uint32_t rest_head, resting, rest_room;
	void ***page;
	uint32_t pages; /* room in page */
	uint32_t live;
};

void idtab_init(struct idtab *t, const uint8_t key[16], uint32_t cap);
void idtab_free(struct idtab *t);
/* A new id for the object; 0 = all in use or no memory. */
uint16_t idtab_take(struct idtab *t, void *object, uint64_t now);
/* This id, which an idtab with the same key and `fresh` has given before; false = it cannot have,
 * it is in use, or no memory. */
bool idtab_take_id(struct idtab *t, uint16_t id, void *object);
/* All ids ever given that are not in use rest until `until` (us). */
void idtab_rest_others(struct idtab *t, uint64_t until);
/* Give the id back; it rests until `until` (us). */
void idtab_give(struct idtab *t, uint16_t id, uint64_t until);
/* The id's object; NULL for an id not in use. */
void *idtab_get(const struct idtab *t, uint16_t id);
/* An id not in use, for a refusal that must carry one though no object is kept; 0 = none. */
uint16_t idtab_spare(struct idtab *t);

#endif
