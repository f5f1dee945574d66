/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree of sections.  The sections of cfg/ itself are constant; a transport adds one section per
 * port, whose keys are its own, and circuits inside, under the generic word `channel` and under the
 * transport's own word for them.
 */
#include "cfg/keys.h"
#include "cfg/filter.h"
#include "cfg/join.h"
#include "cfg/report.h"
#include "cfg/value.h"

#include <arpa/inet.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

bool cfg_keys_is_loopback(const char *host)
{
	struct in_addr a4;
	struct in6_addr a6;

	if (inet_pton(AF_INET, host, &a4) == 1)
		return ntohl(a4.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, host, &a6) == 1 && IN6_IS_ADDR_LOOPBACK(&a6);
}

static void keys_set_listen(struct cfg_load *l, const struct cfg_item *it, void *obj,
			    const char *text)
{
	struct cfg_model *m = obj;
	char *host = arena_get(l->arena, 64);

	if (!cfg_parse_host_port(host, 64, &m->vty_port, text)) {
		cfg_wrong(l, it->line, it, "`%s` is not an address and port, as in 127.0.0.1:4246",
			  cfg_shown(l, it->value));
		return;
	}
	m->vty_address = host;
	if (!cfg_keys_is_loopback(host))
		cfg_warn(l, it->line, it,
			 "anybody who can reach %s can do anything here: the VTY has no password",
			 host);
}

/* Its value has been read by cfg_plugin_dir() before, since plugins bring sections of their own. */
static void keys_set_plugin_dir(struct cfg_load *l, const struct cfg_item *it, void *obj,
				const char *text)
{
	(void)obj;
	if (!*text)
		cfg_wrong(l, it->line, it, "the text is empty");
}

static void keys_set_workers(struct cfg_load *l, const struct cfg_item *it, void *obj,
			     const char *text)
{
	struct cfg_model *m = obj;
	uint64_t n;

	if (!strcmp(text, "auto"))
		m->workers = UINT_MAX;
	else if (cfg_parse_number(&n, text) && n <= 64)
		m->workers = (unsigned)n;
	else
		cfg_wrong(l, it->line, it, "`%s` is neither `auto` nor a number from 0 to 64",
			  cfg_shown(l, it->value));
}

static void keys_set_log(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text)
{
	struct cfg_model *m = obj;
	struct cfg_log *log = arena_get(l->arena, (m->logs + 1) * sizeof(*log));
	unsigned level;

	(void)text;
	if (!cfg_get_word(l, it, it->value, &level))
		return;
	if (m->logs)
		memcpy(log, m->log, m->logs * sizeof(*log));
	log[m->logs].category = cfg_keep(l, it->name);
	log[m->logs++].level = cfg_keep(l, it->value->text);
	m->log = log;
}

#define S 1000000LL /* in microseconds */

static const struct cfg_key top_keys[] = {
	{"host-name", CFG_K_TEXT, .min = 1, .max = 255, .deflt = "the system's host name",
	 .help = "our Host Name to L2TP peers, and our name in CHAP",
	 CFG_AT(struct cfg_model, host_name)},
	{"workers", CFG_K_NUMBER, .when = CFG_WHEN_RESTART, .min = 0, .max = 64, .deflt = "auto",
	 .set = keys_set_workers,
	 .help = "data threads; auto = one less than processors, at most 4; 0 = none, all in one "
		 "thread for debugging"},
	{"seccomp", CFG_K_WORD, .when = CFG_WHEN_RESTART, .words = "kill log no", .deflt = "kill",
	 .help = "system calls that the gateway has no use for: the process is killed and started "
		 "again, the kernel logs the call and makes it, or nothing is filtered; for "
		 "debugging and for plugins that need others",
	 CFG_AT(struct cfg_model, seccomp)},
	{"log-to", CFG_K_WORD, .when = CFG_WHEN_RESTART, .words = "auto stderr journal",
	 .deflt = "auto",
	 .help = "where the log goes: systemd's journal, with fields, or standard error; auto = "
		 "the "
		 "journal where standard error is its",
	 CFG_AT(struct cfg_model, log_to)},
	{"plugin-dir", CFG_K_TEXT, .when = CFG_WHEN_RESTART, .set = keys_set_plugin_dir,
	 .help = "folder of transport plugins; without it none are loaded"},
	{"max-tunnels", CFG_K_NUMBER, .when = CFG_WHEN_LIVE, .min = 1, .max = 65535,
	 .help = "established tunnels at a time", CFG_AT(struct cfg_model, max_tunnels)},
	{"max-calls", CFG_K_NUMBER, .when = CFG_WHEN_LIVE, .min = 1, .max = 10000000,
	 .help = "calls at a time", CFG_AT(struct cfg_model, max_calls)},
	{"half-open", CFG_K_NUMBER, .when = CFG_WHEN_LIVE, .min = 2, .max = 16384,
	 .help = "tunnels that peers may be setting up at a time; the oldest gives way to a new "
		 "one",
	 CFG_AT(struct cfg_model, half_open)},
	{"half-open-per-source", CFG_K_NUMBER, .when = CFG_WHEN_LIVE, .min = 1, .max = 16384,
	 .help = "tunnels that one source may be setting up for longer than 100 ms",
	 CFG_AT(struct cfg_model, half_open_per_source)},
	{"login-delay", CFG_K_TIME, .when = CFG_WHEN_LIVE, .min = 0, .max = 3 * S,
	 .help = "wait before the answer to a log-in that follows a failed one; doubled by each "
		 "failure, up to eight times; 0 = none",
	 CFG_AT(struct cfg_model, login.delay)},
	{"login-failures", CFG_K_NUMBER, .when = CFG_WHEN_LIVE, .min = 1, .max = 1000,
	 .help = "failed log-ins in a row that lock a user, only where they came from",
	 CFG_AT(struct cfg_model, login.failures)},
	{"login-lock", CFG_K_TIME, .when = CFG_WHEN_LIVE, .min = 0, .max = 24 * 3600LL * S,
	 .help = "how long the user is locked there; 0 = never",
	 CFG_AT(struct cfg_model, login.lock)},
};

static const struct cfg_key vty_keys[] = {
	{"socket", CFG_K_TEXT, .min = 1, .max = 103, .deflt = CFG_VTY_SOCKET,
	 .help = "Unix socket of the VTY; its owner and its group may connect",
	 CFG_AT(struct cfg_model, vty_socket)},
	{"group", CFG_K_TEXT, .min = 1, .max = 64, .deflt = "the group that isthmus runs with",
	 .help = "group of the socket", CFG_AT(struct cfg_model, vty_group)},
	{"listen", CFG_K_TEXT, .deflt = "none", .set = keys_set_listen,
	 .help = "address and port where the VTY takes telnet too, without a password"},
	{"captures", CFG_K_TEXT, .min = 1, .max = 200, .deflt = "none: no captures",
	 .help = "folder that captures are written to", CFG_AT(struct cfg_model, vty_captures)},
};

static const struct cfg_key control_keys[] = {
	{"socket", CFG_K_TEXT, .min = 1, .max = 107,
	 .deflt = "the VTY's with " CFG_CONTROL_ENDS " behind it",
	 .help = "Unix socket for programs, isthmusctl among them; root and the user that isthmus "
		 "runs as may do all there",
	 CFG_AT(struct cfg_model, control_socket)},
	{"group", CFG_K_TEXT, .min = 1, .max = 64, .deflt = "none",
	 .help = "group whose members may do all there too",
	 CFG_AT(struct cfg_model, control_group)},
	{"read-group", CFG_K_TEXT, .min = 1, .max = 64, .deflt = "none",
	 .help = "group whose members may look, and change nothing",
	 CFG_AT(struct cfg_model, control_read_group)},
};

#define LOG_KEY(name, about)                                                             \
	{                                                                                \
		name, CFG_K_WORD, .words = "debug info notice error", .deflt = "notice", \
				  .help = about, .set = keys_set_log                     \
	}
#define LOG_CATEGORY(sym, name, about) , LOG_KEY(name, about)

static const struct cfg_key log_keys[] = {
	LOG_KEY("all", "every part of the program, but for those that are named below it")
		CFG_LOG_CATEGORIES(LOG_CATEGORY)};

static void keys_set_circuit_auth(struct cfg_load *l, const struct cfg_item *it, void *obj,
				  const char *text)
{
	struct cfg_lcp *lcp = &((struct cfg_circuit *)obj)->lcp;

	(void)text;
	cfg_set_methods(l, it, lcp->auth, &lcp->n_auth);
}

static void keys_set_accept_auth(struct cfg_load *l, const struct cfg_item *it, void *obj,
				 const char *text)
{
	struct cfg_lcp *lcp = &((struct cfg_accept *)obj)->lcp;

	(void)text;
	cfg_set_methods(l, it, lcp->auth, &lcp->n_auth);
}

/* Keys of circuits and of `accept` that are for the gateway, not for the transport. */
#define ROUTE(type, set_auth)                                                                    \
	{"carries",                                                                              \
	 CFG_K_WORD,                                                                             \
	 CFG_KEY_LIST,                                                                           \
	 .words = "l2tp ppp",                                                                    \
	 .deflt = "l2tp if the transport can, else ppp",                                         \
	 .help = "payloads on the circuit"},                                                     \
		{"peer", CFG_K_REF, .words = "peer",                                             \
		 .help = "the peer that speaks L2TP there; without it any section that matches", \
		 CFG_AT(type, peer)},                                                            \
		{"service", CFG_K_REF, .words = "service",                                       \
		 .help = "service for PPP on the circuit itself", CFG_AT(type, service)},        \
		{"connect-speed",                                                                \
		 CFG_K_NUMBER,                                                                   \
		 .min = 0,                                                                       \
		 .max = UINT32_MAX,                                                              \
		 .deflt = "not known",                                                           \
		 .help = "bit/s of the line each way, told to L2TP peers when the medium knows " \
			 "none",                                                                 \
		 CFG_AT(type, speed)},                                                           \
		{"join", CFG_K_TEXT, .set = cfg_set_join,                                        \
		 .help = "circuit that PPP goes on by, untouched: its port and address, as in "  \
			 "\"atm0 0/35\"; a switched one is called when the first frame comes",   \
		 CFG_AT(type, join)},                                                            \
		{"lcp",                                                                          \
		 CFG_K_WORD,                                                                     \
		 .words = "blind proxy",                                                         \
		 .deflt = "blind",                                                               \
		 .help = "PPP that a route takes on: all of it, or LCP and authentication are "  \
			 "had here and told to the LNS",                                         \
		 CFG_AT(type, lcp.proxy)},                                                       \
		{"auth",                                                                         \
		 CFG_K_WORD,                                                                     \
		 CFG_KEY_LIST,                                                                   \
		 .words = CFG_AUTH_WORDS,                                                        \
		 .deflt = "chap",                                                                \
		 .set = set_auth,                                                                \
		 .help = "with `lcp = proxy`: methods to ask for, in order of preference; the "  \
			 "LNS judges"},                                                          \
	{                                                                                        \
		"mru", CFG_K_NUMBER, .min = 576, .max = 65535, .deflt = "1400",                  \
				     .help = "with `lcp = proxy`: largest IP packet from the "   \
					     "client; no larger than the LNS's",                 \
				     CFG_AT(type, lcp.mru)                                       \
	}

#define CIRCUIT_NONE "the service's or the route's"
#define FILTERS(type) \
	CFG_FILTER_ROWS_IP(type, CIRCUIT_NONE), CFG_FILTER_ROWS_PPP(type, CIRCUIT_NONE)

static const struct cfg_key circuit_keys[] = {ROUTE(struct cfg_circuit, keys_set_circuit_auth),
					      FILTERS(struct cfg_circuit)};
static const struct cfg_key accept_keys[] = {ROUTE(struct cfg_accept, keys_set_accept_auth),
					     FILTERS(struct cfg_accept)};

static void keys_init_top(struct cfg_load *l, void *obj)
{
	struct cfg_model *m = obj;
	char host[256] = "";

	if (gethostname(host, sizeof(host) - 1) || !*host)
		strcpy(host, "isthmus");
	m->host_name = cfg_keep(l, host);
	m->vty_socket = CFG_VTY_SOCKET;
	m->workers = UINT_MAX;
	m->max_tunnels = 32768;
	m->max_calls = 262144;
	m->half_open = 4096;
	m->half_open_per_source = 16;
	m->metrics_page = true;
	m->login = (struct cfg_login){.delay = 1 * S, .failures = 8, .lock = 300 * S};
}

void cfg_end_top(struct cfg_load *l)
{
	char path[128];

	if (l->m->control_socket)
		return;
	snprintf(path, sizeof(path), "%s" CFG_CONTROL_ENDS, l->m->vty_socket);
	l->m->control_socket = cfg_keep(l, path);
}

/* --- the tree --------------------------------------------------------------------------------- */

const struct cfg_schema *const cfg_no_sections[] = {NULL};

static const struct cfg_schema schema_vty = {.section = CFG_S_VTY,
					     .when = CFG_WHEN_LIVE,
					     .word = "vty",
					     .help = "the VTY, where an operator gives commands",
					     .key = vty_keys,
					     .keys = CFG_ROWS(vty_keys),
					     .sub = cfg_no_sections,
					     .size = sizeof(struct cfg_model)};
static const struct cfg_schema schema_control = {.section = CFG_S_CONTROL,
						 .when = CFG_WHEN_LIVE,
						 .word = "control",
						 .help = "the control socket, where programs "
							 "give commands",
						 .key = control_keys,
						 .keys = CFG_ROWS(control_keys),
						 .sub = cfg_no_sections,
						 .size = sizeof(struct cfg_model)};
static const struct cfg_schema schema_log = {
	.section = CFG_S_LOG,
	.when = CFG_WHEN_LIVE,
	.word = "log",
	.help = "how much is logged of each part of the program",
	.key = log_keys,
	.keys = CFG_ROWS(log_keys),
	.sub = cfg_no_sections,
	.size = sizeof(struct cfg_model)};

static const struct cfg_schema *const own[] = {
	&schema_vty,	    &schema_control,   &cfg_schema_metrics,  &schema_log,
	&cfg_schema_peer,   &cfg_schema_pool,  &cfg_schema_service,  &cfg_schema_user,
	&cfg_schema_client, &cfg_schema_route, &cfg_schema_outgoing, &cfg_schema_radius,
	&cfg_schema_filter,
};

bool cfg_is_section(const char *word)
{
	for (size_t i = 0; i < CFG_ROWS(own); i++)
		if (!strcmp(own[i]->word, word))
			return true;
	return false;
}

/* Our kind for each kind of a transport's key. */
static const uint8_t ist_kinds[] = {
	[IST_KEY_TEXT] = CFG_K_TEXT, [IST_KEY_NUMBER] = CFG_K_NUMBER, [IST_KEY_BOOL] = CFG_K_BOOL,
	[IST_KEY_WORD] = CFG_K_WORD, [IST_KEY_TIME] = CFG_K_TIME,     [IST_KEY_LIST] = CFG_K_TEXT,
};

static struct cfg_key keys_ist_row(const struct ist_key *k)
{
	return (struct cfg_key){
		.name = k->name,
		.kind = k->kind < CFG_ROWS(ist_kinds) ? ist_kinds[k->kind] : (uint8_t)CFG_K_TEXT,
		.flags = (uint8_t)((k->flags & IST_KEY_REQUIRED ? CFG_KEY_REQUIRED : 0) |
				   (k->kind == IST_KEY_LIST ? CFG_KEY_LIST : 0)),
		.min = k->min,
		.max = k->max,
		.words = k->words ? k->words : "",
		.deflt = k->deflt,
		.help = k->help ? k->help : "",
		.ist = k,
	};
}

/* First our own keys, then the transport's keys of this level. */
static void fill_keys(struct arena *a, struct cfg_schema *s, const struct cfg_key *ours, unsigned n,
		      unsigned level)
{
	const struct ist_key *k;
	struct cfg_key *row;
	unsigned more = 0;

	for (k = s->transport->keys; k && k->name; k++)
		more += (k->flags & level) != 0;
	row = arena_get(a, (n + more) * sizeof(*row));
	if (n)
		memcpy(row, ours, n * sizeof(*row));
	s->key = row;
	s->keys = n + more;
	row += n;
	for (k = s->transport->keys; k && k->name; k++)
		if (k->flags & level)
			*row++ = keys_ist_row(k);
}

static struct cfg_schema *keys_transport_section(struct arena *a, const struct ist_transport *t,
						 enum cfg_section kind, const char *word)
{
	struct cfg_schema *s = arena_get(a, sizeof(*s));

	s->section = kind;
	s->word = word;
	s->transport = t;
	s->sub = cfg_no_sections;
	return s;
}

/* `channel`, the transport's own word for it, `accept`, and the end. */
#define PORT_SECTIONS 4

static const struct cfg_schema *keys_port_schema(struct arena *a, const struct ist_transport *t)
{
	struct cfg_schema *s = keys_transport_section(a, t, CFG_S_PORT, t->name), *c;
	const struct cfg_schema **sub = arena_get(a, PORT_SECTIONS * sizeof(*sub));

	s->title = "NAME";
	s->help = arena_printf(a, "a port of transport %s", t->name);
	fill_keys(a, s, NULL, 0, IST_KEY_PORT);
	s->sub = sub;
	c = keys_transport_section(a, t, CFG_S_CIRCUIT, "channel");
	c->title = "ADDRESS";
	c->help = t->circuit_word ? arena_printf(a, "a circuit; `%s` is another word for it",
						 t->circuit_word)
				  : "a circuit";
	c->size = sizeof(struct cfg_circuit);
	fill_keys(a, c, circuit_keys, CFG_ROWS(circuit_keys), IST_KEY_CIRCUIT);
	*sub++ = c;
	if (t->circuit_word) {
		struct cfg_schema *alias = arena_get(a, sizeof(*alias));

		*alias = *c;
		alias->word = t->circuit_word;
		*sub++ = alias;
	}
	if (t->caps & (IST_CAP_UNKNOWN | IST_CAP_SWITCHED)) {
		c = keys_transport_section(a, t, CFG_S_ACCEPT, "accept");
		c->title = "PATTERN";
		c->help = "circuits that are not configured one by one, by a pattern of their "
			  "address";
		c->size = sizeof(struct cfg_accept);
		c->key = accept_keys;
		c->keys = CFG_ROWS(accept_keys);
		*sub++ = c;
	}
	return s;
}

const struct cfg_schema *cfg_schema_new(struct arena *a,
					const struct ist_transport *const *transports)
{
	struct cfg_schema *top = arena_get(a, sizeof(*top));
	const struct cfg_schema **sub;
	unsigned n = 0;

	while (transports && transports[n])
		n++;
	sub = arena_get(a, (CFG_ROWS(own) + n + 1) * sizeof(*sub));
	memcpy(sub, own, sizeof(own));
	for (unsigned i = 0; i < n; i++)
		sub[CFG_ROWS(own) + i] = keys_port_schema(a, transports[i]);
	*top = (struct cfg_schema){.section = CFG_S_TOP,
				   .word = "",
				   .key = top_keys,
				   .keys = CFG_ROWS(top_keys),
				   .sub = sub,
				   .size = sizeof(struct cfg_model),
				   .init = keys_init_top};
	return top;
}
