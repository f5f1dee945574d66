/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The model is made in three rounds over the sections: make the objects with names and defaults,
 * store what is written, then settle the defaults that depend on other keys.  References resolve in
 * the second round, so a section may name one that comes later in the file.
 */
#include "cfg/model.h"
#include "cfg/suggest.h"
#include "cfg/value.h"

#include <stddef.h>
#include <string.h>

/* Where the objects of a kind are in the model, and where their names are in them. */
static const struct kind {
	const char *word;
	enum cfg_section section;
	size_t size, array, count, name, where;
} kinds[] = {
#define KIND(word, section, type, arr, cnt, nm)                                      \
	{                                                                            \
		word, section, sizeof(struct type), offsetof(struct cfg_model, arr), \
			offsetof(struct cfg_model, cnt), offsetof(struct type, nm),  \
			offsetof(struct type, where)                                 \
	}
	KIND("port", CFG_S_PORT, cfg_port, port, ports, config.name),
	KIND("peer", CFG_S_PEER, cfg_peer, peer, peers, name),
	KIND("pool", CFG_S_POOL, cfg_pool, pool, pools, name),
	KIND("service", CFG_S_SERVICE, cfg_service, service, services, name),
	KIND("user", CFG_S_USER, cfg_user, user, users, name),
	KIND("client", CFG_S_CLIENT, cfg_client, client, clients, name),
};

const char *cfg_keep(struct cfg_load *l, const char *text)
{
	return arena_text(l->arena, text, strlen(text));
}

struct cfg_where cfg_where_of(struct cfg_load *l, const struct cfg_item *it)
{
	return (struct cfg_where){.file = l->m->file, .line = it->line};
}

const struct cfg_item *cfg_given(const struct cfg_item *section, const char *key)
{
	for (const struct cfg_item *it = section->child; it; it = it->next)
		if (it->kind == CFG_ITEM_KEY && !strcmp(it->name, key))
			return it;
	return NULL;
}

struct cfg_item *cfg_next(const struct cfg_item *parent, const struct cfg_item *after,
			  enum cfg_section kind)
{
	struct cfg_item *it = after ? after->next : parent->child;

	while (it && (it->dropped || !it->schema || it->schema->section != kind))
		it = it->next;
	return it;
}

/* --- values ----------------------------------------------------------------------------------- */

static void model_put_unsigned(void *at, unsigned width, uint64_t n)
{
	if (width == 1)
		*(uint8_t *)at = (uint8_t)n;
	else if (width == 2)
		*(uint16_t *)at = (uint16_t)n;
	else if (width == 4)
		*(uint32_t *)at = (uint32_t)n;
	else
		*(uint64_t *)at = n;
}

static bool model_text_fits(struct cfg_load *l, const struct cfg_item *it)
{
	size_t len = strlen(it->value->text);
	const struct cfg_key *k = it->key;

	if (!len)
		cfg_wrong(l, it->line, it, "the text is empty");
	else if (k->max && len > (size_t)k->max)
		cfg_wrong(l, it->line, it, "longer than %u octets", (unsigned)k->max);
	return len && (!k->max || len <= (size_t)k->max);
}

/* Was the section meant, but dropped for a mistake of its own, such as a word for it that we do not
 * know? */
static bool model_was_dropped(const struct cfg_load *l, const struct kind *k, const char *name)
{
	for (const struct cfg_item *it = l->root->child; it; it = it->next)
		if (it->dropped && it->title && !strcmp(it->title, name) &&
		    (!it->schema || it->schema->section == k->section))
			return true;
	return false;
}

static const void *model_find(struct cfg_load *l, const struct cfg_item *it)
{
	const struct kind *k = kinds;
	const char *name = it->value->text, *at;
	struct suggest s;

	while (strcmp(k->word, it->key->words))
		k++;
	memcpy(&at, (char *)l->m + k->array, sizeof(at));
	suggest_init(&s, name);
	for (unsigned i = *(unsigned *)((char *)l->m + k->count); i; i--, at += k->size) {
		const char *have;

		memcpy(&have, at + k->name, sizeof(have));
		if (!strcmp(have, name))
			return at;
		suggest_offer(&s, have);
	}
	if (model_was_dropped(l, k, name))
		return NULL;
	if (s.best)
		cfg_wrong(l, it->line, it, "there is no %s `%s`, did you mean `%s`?", k->word,
			  cfg_shown(l, it->value), s.best);
	else
		cfg_wrong(l, it->line, it, "there is no %s `%s`", k->word, cfg_shown(l, it->value));
	return NULL;
}

static void model_store_plain(struct cfg_load *l, const struct cfg_item *it, void *at)
{
	const struct cfg_key *k = it->key;
	const struct cfg_value *v = it->value;
	const void *p;
	uint64_t n;
	uint32_t a;
	bool b;

	if ((k->kind == CFG_K_NUMBER && cfg_get_number(l, it, v, &n)) ||
	    (k->kind == CFG_K_TIME && cfg_get_time(l, it, v, &n)))
		model_put_unsigned(at, k->width, n);
	else if (k->kind == CFG_K_BOOL && cfg_get_bool(l, it, v, &b))
		*(bool *)at = b;
	else if (k->kind == CFG_K_IPV4 && cfg_get_ipv4(l, it, v, &a))
		*(uint32_t *)at = a;
	else if (k->kind == CFG_K_TEXT && model_text_fits(l, it))
		memcpy(at, &(const char *){cfg_keep(l, v->text)}, sizeof(char *));
	else if (k->kind == CFG_K_REF && (p = model_find(l, it)))
		memcpy(at, &p, sizeof(p));
}

void cfg_store(struct cfg_load *l, const struct cfg_item *it, void *obj)
{
	const char *text = it->value->text;

	if (it->key->kind == CFG_K_SECRET_FILE)
		text = cfg_get_secret_file(l, it, it->value);
	if (!text)
		return;
	if (it->key->set)
		it->key->set(l, it, obj, text);
	else
		model_store_plain(l, it, (char *)obj + it->key->offset);
}

/* --- rounds ----------------------------------------------------------------------------------- */

static void model_make(struct cfg_load *l, const struct kind *k)
{
	unsigned n = 0;
	char *obj, *base;
	struct cfg_item *it;

	for (it = NULL; (it = cfg_next(l->root, it, k->section));)
		n++;
	base = obj = arena_get(l->arena, n * k->size);
	for (it = NULL; (it = cfg_next(l->root, it, k->section)); obj += k->size) {
		struct cfg_where where = cfg_where_of(l, it);
		const char *name = cfg_keep(l, it->title);

		it->object = obj;
		if (it->schema->init)
			it->schema->init(l, obj);
		memcpy(obj + k->name, &name, sizeof(name));
		memcpy(obj + k->where, &where, sizeof(where));
	}
	memcpy((char *)l->m + k->array, &base, sizeof(base));
	*(unsigned *)((char *)l->m + k->count) = n;
}

static void model_store_keys(struct cfg_load *l, const struct cfg_item *section, void *obj)
{
	for (const struct cfg_item *it = section->child; it; it = it->next)
		if (it->kind == CFG_ITEM_KEY && !it->dropped)
			cfg_store(l, it, obj);
}

static void model_store_section(struct cfg_load *l, struct cfg_item *it)
{
	if (it->schema->section == CFG_S_PORT)
		cfg_build_port(l, it, it->object);
	else
		model_store_keys(l, it, it->object ? it->object : l->m);
}

static void model_finish(struct cfg_load *l, const struct cfg_item *it)
{
	if (it->schema->section == CFG_S_PEER)
		cfg_finish_peer(l, it, it->object);
	else if (it->schema->section == CFG_S_SERVICE)
		cfg_finish_service(l, it, it->object);
	else if (it->schema->section == CFG_S_CLIENT)
		cfg_finish_client(l, it, it->object);
}

void cfg_build(struct cfg_load *l)
{
	struct cfg_item *it;

	l->schema->init(l, l->m);
	for (size_t i = 0; i < CFG_ROWS(kinds); i++)
		model_make(l, &kinds[i]);
	model_store_keys(l, l->root, l->m);
	for (it = l->root->child; it; it = it->next)
		if (it->kind == CFG_ITEM_SECTION && !it->dropped)
			model_store_section(l, it);
	for (it = l->root->child; it; it = it->next)
		if (it->kind == CFG_ITEM_SECTION && !it->dropped)
			model_finish(l, it);
}
