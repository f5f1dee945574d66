/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Look-ups in the outline, and copies into the model. */
#include "cfg/item.h"
#include "cfg/parts.h"

#include <string.h>

const char *cfg_keep(struct cfg_load *l, const char *text)
{
	return arena_text(l->arena, text, strlen(text));
}

struct cfg_where cfg_where_of(struct cfg_load *l, const struct cfg_item *it)
{
	return (struct cfg_where){.file = cfg_keep(l, cfg_part_of(l, it->line)->name),
				  .line = cfg_line_of(l, it->line)};
}

const struct cfg_item *cfg_given(const struct cfg_item *section, const char *key)
{
	for (const struct cfg_item *it = section->child; it; it = it->next)
		if (it->kind == CFG_ITEM_KEY && !strcmp(it->name, key))
			return it;
	return NULL;
}
