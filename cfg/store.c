/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A value is stored as its row says: by the row's own function, or by its kind.  A reference is
 * looked up among the objects of the model, all of which exist by then.
 */
#include "cfg/store.h"
#include "cfg/report.h"
#include "cfg/secret.h"
#include "cfg/suggest.h"
#include "cfg/value.h"

#include <stddef.h>
#include <string.h>

const struct cfg_objects cfg_objects[] = {
#define KIND(word, section, type, arr, cnt, nm)                                      \
	{                                                                            \
		word, section, sizeof(struct type), offsetof(struct cfg_model, arr), \
			offsetof(struct cfg_model, cnt), offsetof(struct type, nm)   \
	}
	KIND("port", CFG_S_PORT, cfg_port, port, ports, config.name),
	KIND("peer", CFG_S_PEER, cfg_peer, peer, peers, name),
	KIND("pool", CFG_S_POOL, cfg_pool, pool, pools, name),
	KIND("service", CFG_S_SERVICE, cfg_service, service, services, name),
	KIND("user", CFG_S_USER, cfg_user, user, users, name),
	KIND("client", CFG_S_CLIENT, cfg_client, client, clients, name),
	KIND("route", CFG_S_ROUTE, cfg_route, route, routes, name),
	KIND("outgoing", CFG_S_OUTGOING, cfg_outgoing, outgoing, outgoings, name),
	KIND("radius", CFG_S_RADIUS, cfg_radius, radius, radiuses, name),
	KIND("filter", CFG_S_FILTER, cfg_filter_section, filter, filters, name),
	{NULL, CFG_S_TOP, 0, 0, 0, 0},
};

static void store_put_unsigned(void *at, unsigned width, uint64_t n)
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

static bool store_text_fits(struct cfg_load *l, const struct cfg_item *it)
{
	size_t len = strlen(it->value->text);
	const struct cfg_key *k = it->key;

	if (!len)
		cfg_wrong(l, it->line, it, "the text is empty");
	else if (k->max && len > (size_t)k->max)
		cfg_wrong(l, it->line, it, "longer than %u octets", (unsigned)k->max);
	else
		return true;
	return false;
}

/* Was a section of this name dropped for a mistake of its own, such as an unknown word?  Then the
 * reference is no second mistake. */
static bool store_was_dropped(const struct cfg_load *l, const struct cfg_objects *k,
			      const char *name)
{
	for (const struct cfg_item *it = l->root->child; it; it = it->next)
		if (it->dropped && it->title && !strcmp(it->title, name) &&
		    (!it->schema || it->schema->section == k->section))
			return true;
	return false;
}

static const struct cfg_objects *store_kind(const char *kind)
{
	const struct cfg_objects *k = cfg_objects;

	while (strcmp(k->word, kind))
		k++;
	return k;
}

static const char *store_name(const struct cfg_model *m, const struct cfg_objects *k, unsigned i,
			      const void **object)
{
	const char *first, *name;

	memcpy(&first, (const char *)m + k->array, sizeof(first));
	*object = first + i * k->size;
	memcpy(&name, first + i * k->size + k->name, sizeof(name));
	return name;
}

static unsigned store_count(const struct cfg_model *m, const struct cfg_objects *k)
{
	return *(const unsigned *)((const char *)m + k->count);
}

const void *cfg_named(const struct cfg_model *m, const char *kind, const char *name)
{
	const struct cfg_objects *k = store_kind(kind);
	const void *object;

	for (unsigned i = 0; i < store_count(m, k); i++)
		if (!strcmp(store_name(m, k, i, &object), name))
			return object;
	return NULL;
}

const void *cfg_find_object(struct cfg_load *l, const struct cfg_item *it,
			    const struct cfg_value *v, const char *kind)
{
	const struct cfg_objects *k = store_kind(kind);
	const void *object = cfg_named(l->m, kind, v->text);
	struct suggest s;

	if (object || store_was_dropped(l, k, v->text))
		return object;
	suggest_init(&s, v->text);
	for (unsigned i = 0; i < store_count(l->m, k); i++)
		suggest_offer(&s, store_name(l->m, k, i, &object));
	if (s.best)
		cfg_wrong(l, v->line, it, "there is no %s `%s`, did you mean `%s`?", kind,
			  cfg_shown(l, v), s.best);
	else
		cfg_wrong(l, v->line, it, "there is no %s `%s`", kind, cfg_shown(l, v));
	return NULL;
}

static void store_refs(struct cfg_load *l, const struct cfg_item *it, struct cfg_refs *out)
{
	const void **at = arena_get(l->arena, it->values * sizeof(*at));

	out->n = 0;
	for (unsigned i = 0; i < it->values; i++) {
		at[out->n] = cfg_find_object(l, it, &it->value[i], it->key->words);
		for (unsigned k = 0; k < out->n; k++)
			if (at[k] == at[out->n] && at[k])
				cfg_wrong(l, it->value[i].line, it, "`%s` is named twice",
					  cfg_shown(l, &it->value[i]));
		out->n += at[out->n] != NULL;
	}
	out->at = at;
}

static void store_plain(struct cfg_load *l, const struct cfg_item *it, void *at)
{
	const struct cfg_key *k = it->key;
	const struct cfg_value *v = it->value;
	const void *p;
	uint64_t n;
	unsigned word;
	uint32_t a;
	bool b;

	if ((k->kind == CFG_K_NUMBER && cfg_get_number(l, it, v, &n)) ||
	    (k->kind == CFG_K_TIME && cfg_get_time(l, it, v, &n)) ||
	    (k->kind == CFG_K_RATE && cfg_get_rate(l, it, v, &n)))
		store_put_unsigned(at, k->width, n);
	else if (k->kind == CFG_K_WORD && cfg_get_word(l, it, v, &word))
		store_put_unsigned(at, k->width, word);
	else if (k->kind == CFG_K_BOOL && cfg_get_bool(l, it, v, &b))
		*(bool *)at = b;
	else if (k->kind == CFG_K_IPV4 && cfg_get_ipv4(l, it, v, &a))
		*(uint32_t *)at = a;
	else if (k->kind == CFG_K_TEXT && store_text_fits(l, it))
		memcpy(at, &(const char *){cfg_keep(l, v->text)}, sizeof(char *));
	else if (k->kind == CFG_K_REF && k->flags & CFG_KEY_LIST)
		store_refs(l, it, at);
	else if (k->kind == CFG_K_REF && (p = cfg_find_object(l, it, v, k->words)))
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
		store_plain(l, it, (char *)obj + it->key->offset);
}

void cfg_store_keys(struct cfg_load *l, const struct cfg_item *section, void *obj)
{
	for (const struct cfg_item *it = section->child; it; it = it->next)
		if (it->kind == CFG_ITEM_KEY && !it->dropped)
			cfg_store(l, it, obj);
}
