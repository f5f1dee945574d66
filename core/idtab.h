/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From our own ids to what they stand for: pages of pointers indexed by the id's slot, so that
 * looking one up takes the same time however many there are.  Grows by a page at a time.
 *
 * An id that is given back rests: a message still on its way must not meet the next owner of the
 * id. Only when all others are in use is one taken out of its rest, the one that has rested
 * longest.
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
/* A new id that stands for what; 0 = all in use or no memory. */
uint16_t idtab_take(struct idtab *t, void *what, uint64_t now);
/* It stands for nothing from now on, and is not used again before `until` (us) if that can be. */
void idtab_give(struct idtab *t, uint16_t id, uint64_t until);
/* NULL for an id that stands for nothing. */
void *idtab_get(const struct idtab *t, uint16_t id);
/* An id that stands for nothing now, for a message that needs one once; 0 = none. */
uint16_t idtab_spare(struct idtab *t);

#endif
