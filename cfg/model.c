/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The model is made in three rounds over the sections: make the objects with names and defaults,
 * store what is written, then settle the defaults that depend on other keys.  References resolve in
 * the second round, so a section may name one that comes later in the file.
 */
#include "cfg/model.h"
#include "cfg/join.h"
#include "cfg/port.h"
#include "cfg/radius.h"
#include "cfg/store.h"

#include <string.h>

static void model_make(struct cfg_load *l, const struct cfg_objects *k)
{
	unsigned n = 0;
	char *obj, *base;
	struct cfg_item *it;

	for (it = NULL; (it = cfg_next(l->root, it, k->section));)
		n++;
	base = obj = arena_get(l->arena, n * k->size);
	for (it = NULL; (it = cfg_next(l->root, it, k->section)); obj += k->size) {
		const char *name = cfg_keep(l, it->title);

		it->object = obj;
		if (it->schema->init)
			it->schema->init(l, obj);
		memcpy(obj + k->name, &name, sizeof(name));
	}
	memcpy((char *)l->m + k->array, &base, sizeof(base));
	*(unsigned *)((char *)l->m + k->count) = n;
}

static void model_store_section(struct cfg_load *l, struct cfg_item *it)
{
	if (it->schema->section == CFG_S_PORT)
		cfg_build_port(l, it, it->object);
	else if (it->schema->section == CFG_S_RADIUS)
		cfg_build_radius(l, it, it->object);
	else
		cfg_store_keys(l, it, it->object ? it->object : l->m);
}

void cfg_build(struct cfg_load *l)
{
	struct cfg_item *it;

	l->schema->init(l, l->m);
	for (const struct cfg_objects *k = cfg_objects; k->word; k++)
		model_make(l, k);
	cfg_store_keys(l, l->root, l->m);
	for (it = l->root->child; it; it = it->next)
		if (it->kind == CFG_ITEM_SECTION && !it->dropped)
			model_store_section(l, it);
	for (it = l->root->child; it; it = it->next)
		if (it->kind == CFG_ITEM_SECTION && !it->dropped && it->schema->finish)
			it->schema->finish(l, it);
	cfg_link_joins(l);
}
