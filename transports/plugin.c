/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The checks of a transport that was compiled elsewhere.  ABI and size come first, since no member
 * behind them may be read otherwise.  Then every name must be one that the configuration can spell,
 * and the functions that the capabilities promise must be there.
 */
#include "transports/plugin.h"

#include "transports/kit/settings.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#define NAME_MAX_LEN 31u
/* The struct as it was when the ABI began; members appended since may be missing. */
#define FIRST_SIZE (offsetof(struct ist_transport, addr_match) + sizeof(void *))

struct member {
	const char *name;
	size_t at;
	uint32_t caps; /* needed with any of these; 0 = always */
};

#define MEMBER(m, caps)                                     \
	{                                                   \
#m, offsetof(struct ist_transport, m), caps \
	}
static const struct member members[] = {
	MEMBER(keys, 0),
	MEMBER(counters, 0),
	MEMBER(open, 0),
	MEMBER(close, 0),
	MEMBER(send, 0),
	MEMBER(mtu, 0),
	MEMBER(addr_parse, 0),
	MEMBER(addr_format, 0),
	MEMBER(connect, 0),
	MEMBER(count, 0),
	MEMBER(disconnect, 0),
	MEMBER(answer, IST_CAP_SWITCHED | IST_CAP_UNKNOWN),
	MEMBER(refuse, IST_CAP_SWITCHED),
};

/* A word of the configuration: lower case letters, digits and dashes. */
static bool plugin_plain(const char *s)
{
	size_t len = s ? strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") : 0;

	return len && len <= NAME_MAX_LEN && !s[len] && *s >= 'a';
}

static int plugin_members_there(const struct ist_transport *t, char *err, size_t err_len)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const struct member *m = &members[i];
		void *v;

		memcpy(&v, (const uint8_t *)t + m->at, sizeof(v));
		if (!v && (!m->caps || t->caps & m->caps))
			return settings_error(err, err_len, EINVAL, "`%s` is NULL", m->name);
	}
	return 0;
}

static int plugin_key_fits(const struct ist_key *k, char *err, size_t err_len)
{
	static const char *const taken[] = {"carries", "peer", "service", "channel", "accept"};

	if (!plugin_plain(k->name))
		return settings_error(err, err_len, EINVAL, "key \"%s\" is no name", k->name);
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		if (!strcmp(k->name, taken[i]))
			return settings_error(err, err_len, EINVAL, "key `%s` is the gateway's own",
					      k->name);
	if (k->kind > IST_KEY_LIST)
		return settings_error(err, err_len, EINVAL, "key `%s` is of unknown kind %u",
				      k->name, k->kind);
	if (!(k->flags & (IST_KEY_PORT | IST_KEY_CIRCUIT)))
		return settings_error(err, err_len, EINVAL,
				      "key `%s` is neither the port's nor a circuit's", k->name);
	if (k->kind == IST_KEY_WORD && (!k->words || !*k->words))
		return settings_error(err, err_len, EINVAL, "key `%s` has no words", k->name);
	if (k->kind == IST_KEY_NUMBER && k->min > k->max)
		return settings_error(err, err_len, EINVAL, "key `%s`: min is over max", k->name);
	if (!k->help)
		return settings_error(err, err_len, EINVAL, "key `%s` has no help", k->name);
	return 0;
}

static int plugin_keys_fit(const struct ist_key *keys, char *err, size_t err_len)
{
	int r = 0;

	for (const struct ist_key *k = keys; k->name && !r; k++) {
		r = plugin_key_fits(k, err, err_len);
		for (const struct ist_key *o = keys; o < k && !r; o++)
			if (!strcmp(o->name, k->name) && o->flags & k->flags)
				r = settings_error(err, err_len, EINVAL, "key `%s` twice", k->name);
	}
	return r;
}

static int plugin_counters_fit(const struct ist_counter *c, char *err, size_t err_len)
{
	for (unsigned i = 0; c[i].name; i++) {
		if (!plugin_plain(c[i].name) || !c[i].words)
			return settings_error(err, err_len, EINVAL,
					      "counter \"%s\" has no proper name or no words",
					      c[i].name);
		for (unsigned k = 0; k < i; k++)
			if (!strcmp(c[k].name, c[i].name))
				return settings_error(err, err_len, EINVAL, "counter `%s` twice",
						      c[i].name);
	}
	return 0;
}

int plugin_vet(const struct ist_transport *t, char *err, size_t err_len)
{
	int r;

	if (t->abi != IST_TRANSPORT_ABI)
		return settings_error(err, err_len, EINVAL, "built for ABI %u, this is ABI %u",
				      t->abi, IST_TRANSPORT_ABI);
	if (t->size < FIRST_SIZE)
		return settings_error(err, err_len, EINVAL,
				      "struct of %u octets, at least %zu wanted", t->size,
				      FIRST_SIZE);
	if (!plugin_plain(t->name))
		return settings_error(err, err_len, EINVAL,
				      "its name is not of lower case letters, digits and dashes");
	if (!(t->caps & (IST_CAP_L2TP | IST_CAP_PPP)))
		return settings_error(err, err_len, EINVAL, "carries neither L2TP nor PPP");
	if (t->circuit_word && !plugin_plain(t->circuit_word))
		return settings_error(err, err_len, EINVAL, "its word for a circuit is no name");
	r = plugin_members_there(t, err, err_len);
	if (!r)
		r = plugin_keys_fit(t->keys, err, err_len);
	return r ? r : plugin_counters_fit(t->counters, err, err_len);
}

const struct ist_transport *plugin_load(const char *path, char *err, size_t err_len)
{
	void *so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	const struct ist_transport *t = so ? dlsym(so, IST_TRANSPORT_SYMBOL) : NULL;

	if (!t) {
		const char *words = dlerror();

		settings_error(err, err_len, EINVAL, "%s", words ? words : "the symbol is NULL");
		return NULL;
	}
	return plugin_vet(t, err, err_len) ? NULL : t;
}
