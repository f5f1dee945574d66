/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of a `radius` section is about changes of log-ins (RFC 5176): addresses, and the clients
 * that may ask.  A client is known by its address alone, so that no two sections can have the same.
 */
#include "cfg/radius.h"

#include "cfg/keys.h"
#include "cfg/report.h"
#include "cfg/store.h"
#include "cfg/value.h"

#include <stddef.h>
#include <string.h>

#define COA_PORT     3799 /* RFC 5176 section 2.3 */
#define REQUESTS     50
#define REQUESTS_MAX 100 /* of all clients together */

/* --- addresses --------------------------------------------------------------------------------- */

/* "10.0.0.5", "2001:db8::5" */
static bool coa_parse_host(struct cfg_prefix *out, const char *text)
{
	return !strchr(text, '/') && cfg_parse_prefix(out, text);
}

/* The same, or with a port: "10.0.0.5:3799", "[2001:db8::5]:3799"; brackets alone too. */
static bool coa_parse_address(struct cfg_address *out, const char *text)
{
	size_t len = strlen(text);
	char host[64];

	out->port = COA_PORT;
	if (coa_parse_host(&out->at, text))
		return true;
	if (len > 2 && len < sizeof(host) && *text == '[' && text[len - 1] == ']') {
		memcpy(host, text + 1, len - 2);
		host[len - 2] = '\0';
		return coa_parse_host(&out->at, host) && out->at.v6;
	}
	return cfg_parse_host_port(host, sizeof(host), &out->port, text) &&
	       coa_parse_host(&out->at, host);
}

static const struct cfg_address *coa_take_addresses(struct cfg_load *l, const struct cfg_item *it,
						    bool ports, unsigned *n)
{
	struct cfg_address *a = arena_get(l->arena, it->values * sizeof(*a));

	*n = 0;
	for (unsigned i = 0; i < it->values; i++) {
		struct cfg_address *to = &a[*n];
		const char *text = it->value[i].text;
		bool good = ports ? coa_parse_address(to, text) : coa_parse_host(&to->at, text);

		to->text = cfg_keep(l, text);
		*n += good;
		if (!good)
			cfg_wrong(l, it->line, it, "`%s` is not an address, as in 192.0.2.1%s",
				  cfg_shown(l, &it->value[i]),
				  ports ? ", 192.0.2.1:3799 or [2001:db8::1]:3799"
					: " or 2001:db8::1");
	}
	return a;
}

void cfg_coa_set_listen(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text)
{
	struct cfg_radius *r = obj;

	(void)text;
	r->coa_listen = coa_take_addresses(l, it, true, &r->coa_listens);
	if (r->coa_listens > CFG_COA_LISTENS)
		cfg_wrong(l, it->line, it, "more than %u addresses", CFG_COA_LISTENS);
}

void cfg_coa_set_nas(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text)
{
	struct cfg_radius *r = obj;

	(void)text;
	r->nas_address = coa_take_addresses(l, it, false, &r->nas_addresses);
}

/* --- clients ----------------------------------------------------------------------------------- */

static void coa_set_secret(struct cfg_load *l, const struct cfg_item *it, void *obj,
			   const char *text)
{
	((struct cfg_coa_client *)obj)->secret = cfg_radius_secret(l, it, text);
}

#define CLIENT(m) CFG_AT(struct cfg_coa_client, m)

static const struct cfg_key client_keys[] = {
	{"secret", CFG_K_SECRET, .set = coa_set_secret, .help = "secret shared with the client"},
	{"secret-file", CFG_K_SECRET_FILE, .set = coa_set_secret,
	 .help = "file whose first line is the secret; others may not read or write it"},
	{"message-authenticator", CFG_K_BOOL,
	 .help = "its requests must have one; without it a forger needs only MD5",
	 CLIENT(message_authenticator)},
	{"event-timestamp", CFG_K_BOOL,
	 .help = "its requests must have one; without it they can be sent again by others",
	 CLIENT(event_timestamp)},
	{"requests", CFG_K_NUMBER, .min = 1, .max = REQUESTS_MAX,
	 .help = "requests of it that are served in a second; others are dropped",
	 CLIENT(requests)},
};

static void coa_init_client(struct cfg_load *l, void *obj)
{
	(void)l;
	*(struct cfg_coa_client *)obj = (struct cfg_coa_client){
		.message_authenticator = true, .event_timestamp = true, .requests = REQUESTS};
}

const struct cfg_schema cfg_schema_coa_client = {
	.section = CFG_S_COA_CLIENT,
	.word = "coa-client",
	.title = "ADDRESS",
	.help = "who may have log-ins of these servers changed or ended, by IPv4 or IPv6 address",
	.key = client_keys,
	.keys = CFG_ROWS(client_keys),
	.sub = cfg_no_sections,
	.size = sizeof(struct cfg_coa_client),
	.init = coa_init_client,
};

/* The section, or one built before it, that has the client already; NULL = none. */
static const struct cfg_radius *coa_who_has(const struct cfg_load *l, const struct cfg_radius *to,
					    const struct cfg_coa_client *c)
{
	for (const struct cfg_radius *r = l->m->radius; r <= to; r++)
		for (unsigned i = 0; i < r->coa_clients; i++)
			if (&r->coa_client[i] < c || r != to)
				if (cfg_same_prefix(&r->coa_client[i].address, &c->address))
					return r;
	return NULL;
}

static void coa_build_client(struct cfg_load *l, struct cfg_item *it, const struct cfg_radius *r,
			     struct cfg_coa_client *c)
{
	const struct cfg_radius *has;

	it->object = c;
	coa_init_client(l, c);
	c->text = cfg_keep(l, it->title);
	cfg_store_keys(l, it, c);
	cfg_radius_check_secret(l, it);
	if (!coa_parse_host(&c->address, it->title)) {
		cfg_wrong(l, it->line, it, "`%s` is not an address, as in 192.0.2.1 or 2001:db8::1",
			  cfg_clean(l, it->title, strlen(it->title)));
		return;
	}
	has = coa_who_has(l, r, c);
	if (has)
		cfg_wrong(l, it->line, it, "`radius %s` has this client already", has->name);
}

void cfg_coa_build(struct cfg_load *l, struct cfg_item *section, struct cfg_radius *r)
{
	const struct cfg_item *listen = cfg_given(section, "coa-listen");
	struct cfg_coa_client *c;
	struct cfg_item *it;
	unsigned n = 0;

	for (it = NULL; (it = cfg_next(section, it, CFG_S_COA_CLIENT));)
		n++;
	r->coa_client = c = arena_get(l->arena, n * sizeof(*c));
	for (it = NULL; (it = cfg_next(section, it, CFG_S_COA_CLIENT)); c++, r->coa_clients++)
		coa_build_client(l, it, r, c);
	if (n > CFG_COA_CLIENTS)
		cfg_wrong(l, section->line, section, "more than %u clients", CFG_COA_CLIENTS);
	else if (n && !listen)
		cfg_wrong(l, section->line, section,
			  "needs `coa-listen`: where its `coa-client` sends requests to");
	else if (listen && !n)
		cfg_wrong(l, listen->line, listen,
			  "needs a `coa-client \"ADDRESS\" { }`: nobody could ask");
}
