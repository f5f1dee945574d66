/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Storing one key in the object of its section. */
#ifndef CFG_STORE_H
#define CFG_STORE_H

#include "cfg/schema.h"

/* Where the objects of a kind are in the model, and where their names are in them. */
struct cfg_objects {
	const char *word; /* as rows of CFG_K_REF name it; NULL ends the table */
	enum cfg_section section;
	size_t size, array, count, name;
};
extern const struct cfg_objects cfg_objects[];

/* The object of this kind ("port") that the value names; NULL is reported, unless the section was
 * dropped for a mistake of its own. */
const void *cfg_find_object(struct cfg_load *l, const struct cfg_item *it,
			    const struct cfg_value *v, const char *kind);
/* Store one key by its row. */
void cfg_store(struct cfg_load *l, const struct cfg_item *it, void *obj);
/* Store every key of a section that was not dropped; its sub-sections are left to the caller. */
void cfg_store_keys(struct cfg_load *l, const struct cfg_item *section, void *obj);

#endif
