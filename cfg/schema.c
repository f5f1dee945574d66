/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Look-ups in the tables. */
#include "cfg/schema.h"

#include <string.h>

const struct cfg_key *cfg_schema_key(const struct cfg_schema *s, const char *name)
{
	for (unsigned i = 0; i < s->keys; i++)
		if (!strcmp(s->key[i].name, name))
			return &s->key[i];
	return s->any;
}

const struct cfg_schema *cfg_schema_sub(const struct cfg_schema *s, const char *word)
{
	for (const struct cfg_schema *const *sub = s->sub; *sub; sub++)
		if (!strcmp((*sub)->word, word))
			return *sub;
	return NULL;
}

bool cfg_schema_is_top(const struct cfg_schema *top, const char *word)
{
	return cfg_schema_sub(top, word) != NULL;
}

struct cfg_item *cfg_next(const struct cfg_item *parent, const struct cfg_item *after,
			  enum cfg_section kind)
{
	struct cfg_item *it = after ? after->next : parent->child;

	while (it && (it->dropped || !it->schema || it->schema->section != kind))
		it = it->next;
	return it;
}
