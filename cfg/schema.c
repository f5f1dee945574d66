/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Look-ups in the tables. */
#include "cfg/schema.h"

#include <string.h>

const char *const cfg_when_words[] = {
	[CFG_WHEN_SECTION] = "",      [CFG_WHEN_LIVE] = "live",
	[CFG_WHEN_NEW] = "new-calls", [CFG_WHEN_REOPEN] = "reopens-port",
	[CFG_WHEN_ENDS] = "ends",     [CFG_WHEN_RESTART] = "restart",
};

/* A transport is told of its own keys and of what a circuit carries, and of nothing else. */
enum cfg_when cfg_key_when(const struct cfg_schema *s, const struct cfg_key *k)
{
	if (k->ist || (s->transport && !strcmp(k->name, "carries")))
		return CFG_WHEN_REOPEN;
	if (k->when != CFG_WHEN_SECTION)
		return k->when;
	return s->when != CFG_WHEN_SECTION ? s->when : CFG_WHEN_NEW;
}

const struct cfg_key *cfg_schema_key(const struct cfg_schema *s, const char *name)
{
	for (unsigned i = 0; i < s->keys; i++)
		if (!strcmp(s->key[i].name, name))
			return &s->key[i];
	return NULL;
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
