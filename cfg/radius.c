/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of `radius` and of the servers in it, which are objects of the section; coa.c has those
 * for changes of log-ins. */
#include "cfg/radius.h"

#include "cfg/keys.h"
#include "cfg/report.h"
#include "cfg/store.h"
#include "cfg/value.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

#define S	     1000000LL /* in microseconds */
#define RADIUS_PORT  1812
#define ACCT_PORT    1813 /* RFC 2866 section 3 */
#define REQUESTS     256
#define REQUESTS_MAX 4096      /* 16 source ports with 256 identifiers each */
#define INTERIM_SOON (600 * S) /* RFC 2869 5.16: it should not be less */
#define SPOOL_LIMIT  (64u << 20)
#define SECRET_SHORT 16 /* RFC 2865 section 3: at least as long as the authenticator */

const char *cfg_radius_secret(struct cfg_load *l, const struct cfg_item *it, const char *text)
{
	if (!*text) {
		cfg_wrong(l, it->line, it, "the secret is empty");
		return NULL;
	}
	if (strlen(text) < SECRET_SHORT)
		cfg_warn(l, it->line, it,
			 "a secret of less than %d octets can be guessed from one packet",
			 SECRET_SHORT);
	return cfg_keep(l, text);
}

void cfg_radius_check_secret(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_item *file = cfg_given(it, "secret-file");

	if (file && cfg_given(it, "secret"))
		cfg_wrong(l, file->line, file, "cannot be combined with `secret`");
	else if (!file && !cfg_given(it, "secret"))
		cfg_wrong(l, it->line, it, "needs `secret-file` (or `secret`)");
}

static void radius_set_secret(struct cfg_load *l, const struct cfg_item *it, void *obj,
			      const char *text)
{
	((struct cfg_radius_server *)obj)->secret = cfg_radius_secret(l, it, text);
}

static bool radius_is_address(const char *host)
{
	uint8_t a[16];

	return inet_pton(AF_INET, host, a) == 1 || inet_pton(AF_INET6, host, a) == 1;
}

/* "10.0.0.5", "10.0.0.5:1645", "2001:db8::5", "[2001:db8::5]:1645" */
static bool radius_take_address(struct cfg_load *l, const char *text, struct cfg_radius_server *s)
{
	char *host = arena_get(l->arena, 64);

	s->port = RADIUS_PORT;
	s->address = host;
	if (radius_is_address(text)) {
		s->address = cfg_keep(l, text);
		return true;
	}
	return cfg_parse_host_port(host, 64, &s->port, text) && s->port && radius_is_address(host);
}

static void radius_set_address(struct cfg_load *l, const struct cfg_item *it, void *obj,
			       const char *text)
{
	if (!radius_take_address(l, text, obj))
		cfg_wrong(l, it->line, it,
			  "`%s` is not an address, as in 10.0.0.5, 10.0.0.5:1645 or "
			  "[2001:db8::5]:1645",
			  cfg_clean(l, text, strlen(text)));
}

#define RADIUS(m) CFG_AT(struct cfg_radius, m)
#define SERVER(m) CFG_AT(struct cfg_radius_server, m)

static const struct cfg_key server_keys[] = {
	{"address", CFG_K_TEXT, .max = 60, .set = radius_set_address, .deflt = "the title",
	 .help = "its IPv4 or IPv6 address, and port when that is not 1812; the title is a name "
		 "then"},
	{"acct-port", CFG_K_NUMBER, .min = 0, .max = 65535,
	 .help = "its port for records of accounting; 0: it gets none", SERVER(acct_port)},
	{"secret", CFG_K_SECRET, .set = radius_set_secret, .help = "secret shared with the server"},
	{"secret-file", CFG_K_SECRET_FILE, .set = radius_set_secret,
	 .help = "file whose first line is the secret; others may not read or write it"},
	{"weight", CFG_K_NUMBER, .min = 1, .max = 255,
	 .help = "its share of the requests, beside the others'", SERVER(weight)},
	{"backup", CFG_K_BOOL, .help = "asked only when no other server is left to ask",
	 SERVER(backup)},
	{"timeout", CFG_K_TIME, .min = S / 10, .max = 60 * S,
	 .help = "wait for an answer before the request is sent again", SERVER(timeout)},
	{"retries", CFG_K_NUMBER, .min = 0, .max = 20,
	 .help = "times that a request is sent again before the next server is asked",
	 SERVER(retries)},
	{"max-fail", CFG_K_NUMBER, .min = 1, .max = 100,
	 .help = "requests in a row without an answer after which the server counts as dead",
	 SERVER(max_fail)},
	{"fail-time", CFG_K_TIME, .min = S, .max = 86400 * S,
	 .help = "time before a dead server is tried again", SERVER(fail_time)},
	{"status-server", CFG_K_BOOL,
	 .help = "it answers Status-Server (RFC 5997): a dead server is asked by that, not tried "
		 "by "
		 "requests",
	 SERVER(status_server)},
	{"requests", CFG_K_NUMBER, .min = 1, .max = REQUESTS_MAX,
	 .help = "requests that may wait for its answers at a time; others wait here",
	 SERVER(requests)},
};

static const struct cfg_key radius_keys[] = {
	{"nas-identifier", CFG_K_TEXT, .max = 253, .deflt = "host-name",
	 .help = "what we call ourselves", RADIUS(nas_identifier)},
	{"accounting", CFG_K_BOOL, .deflt = "no",
	 .help = "tell these servers when log-ins begin and end, and what they have carried",
	 RADIUS(accounting)},
	{"accounting-on", CFG_K_BOOL, .deflt = "yes",
	 .help = "tell them when the gateway starts and ends", RADIUS(accounting_on)},
	{"interim", CFG_K_TIME, .min = 60 * S, .max = 86400 * S, .deflt = "none",
	 .help = "time between two records of a log-in, unless the server gives one (RFC 2869 "
		 "5.16)",
	 RADIUS(interim)},
	{"spool", CFG_K_TEXT, .min = 1, .max = 200, .deflt = "none: they wait in memory",
	 .help = "folder where records wait for a server that answers; it must be there",
	 RADIUS(spool)},
	{"spool-limit", CFG_K_NUMBER, .min = 65536, .max = 1 << 30,
	 .help = "octets of records that may wait; then the oldest interim ones are given up",
	 RADIUS(spool_limit)},
	{"coa-listen", CFG_K_TEXT, CFG_KEY_LIST, .set = cfg_coa_set_listen, .deflt = "none",
	 .help = "addresses where requests for changes of log-ins are taken (RFC 5176), and port "
		 "when that is not 3799"},
	{"nas-address", CFG_K_TEXT, CFG_KEY_LIST, .set = cfg_coa_set_nas, .deflt = "none",
	 .help = "addresses by which such a request may name us, beside the one it is sent to"},
};

static void radius_init_server(struct cfg_load *l, void *obj)
{
	(void)l;
	*(struct cfg_radius_server *)obj = (struct cfg_radius_server){.weight = 1,
								      .acct_port = ACCT_PORT,
								      .timeout = 3 * S,
								      .fail_time = 60 * S,
								      .retries = 2,
								      .max_fail = 3,
								      .requests = REQUESTS};
}

static const struct cfg_schema server_schema = {
	.section = CFG_S_RADIUS_SERVER,
	.word = "server",
	.title = "ADDRESS",
	.help = "a server, by its IPv4 or IPv6 address, and port when that is not 1812, or by a "
		"name",
	.key = server_keys,
	.keys = CFG_ROWS(server_keys),
	.sub = cfg_no_sections,
	.size = sizeof(struct cfg_radius_server),
	.init = radius_init_server,
};

static void radius_init(struct cfg_load *l, void *obj)
{
	(void)l;
	*(struct cfg_radius *)obj =
		(struct cfg_radius){.accounting_on = true, .spool_limit = SPOOL_LIMIT};
}

static const struct cfg_schema *const radius_sections[] = {&server_schema, &cfg_schema_coa_client,
							   NULL};

const struct cfg_schema cfg_schema_radius = {
	.section = CFG_S_RADIUS,
	.when = CFG_WHEN_LIVE,
	.word = "radius",
	.title = "NAME",
	.help = "RADIUS servers that stand in for each other; a service names them",
	.key = radius_keys,
	.keys = CFG_ROWS(radius_keys),
	.sub = radius_sections,
	.size = sizeof(struct cfg_radius),
	.init = radius_init,
};

/* --- into the model ---------------------------------------------------------------------------- */

static void radius_build_server(struct cfg_load *l, struct cfg_item *it,
				struct cfg_radius_server *s)
{
	it->object = s;
	radius_init_server(l, s);
	s->text = cfg_keep(l, it->title);
	if (!cfg_given(it, "address"))
		radius_set_address(l, it, s, it->title);
	cfg_store_keys(l, it, s);
	cfg_radius_check_secret(l, it);
}

static bool radius_same_address(const char *a, const char *b)
{
	struct in6_addr x, y;

	if (inet_pton(AF_INET6, a, &x) == 1 && inet_pton(AF_INET6, b, &y) == 1)
		return !memcmp(&x, &y, sizeof(x));
	return !strcmp(a, b);
}

/* By another title or in another form than one before it. */
static void radius_check_twice(struct cfg_load *l, const struct cfg_item *it,
			       const struct cfg_radius *r, const struct cfg_radius_server *s)
{
	for (const struct cfg_radius_server *o = r->server; o < s; o++)
		if (o->port == s->port && radius_same_address(o->address, s->address))
			cfg_wrong(l, it->line, it, "has the address of `server %s`",
				  cfg_clean(l, o->text, strlen(o->text)));
}

static void radius_check_spool(struct cfg_load *l, const struct cfg_item *section,
			       const struct cfg_radius *r)
{
	const struct cfg_item *it = cfg_given(section, "spool");

	if (it && r->spool && *r->spool != '/')
		cfg_wrong(l, it->line, it, "is to be a whole path, from / on");
	it = cfg_given(section, "spool-limit");
	if (it && !r->spool)
		cfg_warn(l, it->line, it, "means nothing without `spool`");
}

static void radius_check_accounting(struct cfg_load *l, const struct cfg_item *section,
				    const struct cfg_radius *r)
{
	static const char *const keys[] = {"accounting-on", "interim", "spool", "spool-limit"};
	const struct cfg_item *it;
	unsigned servers = 0;

	for (size_t i = 0; !r->accounting && i < sizeof(keys) / sizeof(keys[0]); i++)
		if ((it = cfg_given(section, keys[i])))
			cfg_warn(l, it->line, it, "means nothing without `accounting = yes`");
	if (!r->accounting)
		return;
	for (unsigned i = 0; i < r->servers; i++)
		servers += r->server[i].acct_port != 0;
	it = cfg_given(section, "accounting");
	if (r->servers && !servers)
		cfg_wrong(l, it->line, it, "no server of the section has an `acct-port`");
	it = cfg_given(section, "interim");
	if (it && r->interim && r->interim < INTERIM_SOON)
		cfg_warn(l, it->line, it, "under 10m is a burden to servers (RFC 2869 5.16)");
	radius_check_spool(l, section, r);
}

void cfg_build_radius(struct cfg_load *l, struct cfg_item *section, struct cfg_radius *r)
{
	struct cfg_radius_server *s;
	struct cfg_item *it;
	unsigned n = 0;

	for (it = NULL; (it = cfg_next(section, it, CFG_S_RADIUS_SERVER));)
		n++;
	r->server = s = arena_get(l->arena, n * sizeof(*s));
	r->servers = n;
	for (it = NULL; (it = cfg_next(section, it, CFG_S_RADIUS_SERVER)); s++) {
		radius_build_server(l, it, s);
		radius_check_twice(l, it, r, s);
	}
	r->nas_identifier = l->m->host_name;
	cfg_store_keys(l, section, r);
	if (!n)
		cfg_wrong(l, section->line, section, "needs a `server \"ADDRESS\" { }`");
	else if (n > CFG_RADIUS_SERVERS)
		cfg_wrong(l, section->line, section, "more than %u servers", CFG_RADIUS_SERVERS);
	radius_check_accounting(l, section, r);
	cfg_coa_build(l, section, r);
}
