/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A port in the form its transport takes: settings as texts, checked against the transport's own
 * table, with defaults filled in, and circuits with their addresses parsed.  Each circuit also has
 * what the gateway needs: the payloads, the peer, the service.
 */
#include "cfg/port.h"
#include "cfg/keys.h"
#include "cfg/report.h"
#include "cfg/store.h"
#include "cfg/value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct settings {
	struct ist_setting *at;
	unsigned n;
};

static void port_add(struct settings *s, const char *key, const char *value)
{
	s->at[s->n].key = key;
	s->at[s->n++].value = value;
}

/* The text a transport gets for a value: times in microseconds, everything else as written. */
static const char *port_handed_over(struct cfg_load *l, const struct cfg_item *it,
				    const struct cfg_value *v)
{
	uint64_t n;
	unsigned word;
	bool b;

	switch (it->key->ist->kind) {
	case IST_KEY_NUMBER:
		return cfg_get_number(l, it, v, &n) ? arena_printf(l->arena, "%" PRIu64, n) : NULL;
	case IST_KEY_TIME:
		return cfg_get_time(l, it, v, &n) ? arena_printf(l->arena, "%" PRIu64, n) : NULL;
	case IST_KEY_BOOL:
		return cfg_get_bool(l, it, v, &b) ? (b ? "yes" : "no") : NULL;
	case IST_KEY_WORD:
		return cfg_get_word(l, it, v, &word) ? cfg_keep(l, v->text) : NULL;
	default:
		return cfg_keep(l, v->text);
	}
}

/* A transport's table has its defaults in the spelling of the configuration. */
static const char *port_default_text(struct cfg_load *l, const struct ist_key *k)
{
	uint64_t us;

	if (k->kind == IST_KEY_TIME && cfg_parse_time(&us, k->deflt))
		return arena_printf(l->arena, "%" PRIu64, us);
	return k->deflt;
}

/* A key of both levels that the circuit does not set has the port's value. */
static void port_inherit(struct settings *s, const char *key, const struct settings *port)
{
	for (unsigned i = 0; i < port->n; i++)
		if (!strcmp(port->at[i].key, key))
			port_add(s, key, port->at[i].value);
}

static void port_collect_key(struct cfg_load *l, const struct cfg_item *section,
			     const struct cfg_key *k, const struct settings *port,
			     struct settings *s)
{
	const struct cfg_item *it = cfg_given(section, k->name);

	if (!it && port && k->ist->flags & IST_KEY_PORT)
		port_inherit(s, k->name, port);
	else if (!it && k->deflt)
		port_add(s, k->name, port_default_text(l, k->ist));
	for (unsigned v = 0; it && !it->dropped && v < it->values; v++) {
		const char *text = port_handed_over(l, it, &it->value[v]);

		if (text)
			port_add(s, k->name, text);
	}
}

/* port: the settings of the port a circuit is on; NULL for the port itself. */
static struct settings port_collect(struct cfg_load *l, const struct cfg_item *section,
				    const struct settings *port)
{
	const struct cfg_schema *schema = section->schema;
	size_t room = schema->keys + (port ? port->n : 0);
	struct settings s = {0};

	for (const struct cfg_item *it = section->child; it; it = it->next)
		room += it->values;
	s.at = arena_get(l->arena, room * sizeof(*s.at));
	for (unsigned i = 0; i < schema->keys; i++)
		if (schema->key[i].ist)
			port_collect_key(l, section, &schema->key[i], port, &s);
	return s;
}

/* What the transport can carry, as bits of the payloads. */
static uint32_t port_able(const struct ist_transport *t)
{
	return (t->caps & IST_CAP_L2TP ? 1u << IST_PAYLOAD_L2TP : 0) |
	       (t->caps & IST_CAP_PPP ? 1u << IST_PAYLOAD_PPP : 0);
}

static uint32_t port_carries(struct cfg_load *l, const struct cfg_item *section)
{
	static const uint32_t bits[] = {1u << IST_PAYLOAD_L2TP, 1u << IST_PAYLOAD_PPP};
	const struct ist_transport *t = section->schema->transport;
	const struct cfg_item *it = cfg_given(section, "carries");
	uint32_t out = 0;
	unsigned w;

	if (!it)
		return port_able(t) & bits[0] ? bits[0] : port_able(t);
	if (it->dropped)
		return port_able(t);
	for (unsigned i = 0; i < it->values; i++) {
		if (!cfg_get_word(l, it, &it->value[i], &w))
			return port_able(t);
		if (bits[w] & ~port_able(t))
			cfg_wrong(l, it->value[i].line, it, "%s does not carry `%s`", t->name,
				  cfg_shown(l, &it->value[i]));
		out |= bits[w];
	}
	return out;
}

/* `peer` is about L2TP on the circuit, the others about PPP. */
static void port_route(struct cfg_load *l, const struct cfg_item *section, void *obj,
		       uint32_t payloads)
{
	static const struct {
		const char *key, *payload;
		unsigned bit;
	} rows[] = {{"peer", "l2tp", IST_PAYLOAD_L2TP},
		    {"service", "ppp", IST_PAYLOAD_PPP},
		    {"join", "ppp", IST_PAYLOAD_PPP},
		    {"connect-speed", "ppp", IST_PAYLOAD_PPP},
		    {"lcp", "ppp", IST_PAYLOAD_PPP},
		    {"auth", "ppp", IST_PAYLOAD_PPP},
		    {"mru", "ppp", IST_PAYLOAD_PPP},
		    {"filter-in", "ppp", IST_PAYLOAD_PPP},
		    {"filter-out", "ppp", IST_PAYLOAD_PPP},
		    {"ppp-filter-in", "ppp", IST_PAYLOAD_PPP},
		    {"ppp-filter-out", "ppp", IST_PAYLOAD_PPP}};

	for (size_t i = 0; i < CFG_ROWS(rows); i++) {
		const struct cfg_item *it = cfg_given(section, rows[i].key);

		if (!it || it->dropped)
			continue;
		cfg_store(l, it, obj);
		if (!(payloads & 1u << rows[i].bit))
			cfg_wrong(l, it->line, it, "has no meaning without `carries = %s`",
				  rows[i].payload);
	}
}

/* Stored values of a section whose PPP is the LAC's. */
static void port_check_lcp(struct cfg_load *l, const struct cfg_item *section,
			   const struct cfg_lcp *lcp, const struct cfg_service *service)
{
	static const char *const keys[] = {"auth", "mru"};
	const struct cfg_item *it = cfg_given(section, "lcp");

	if (lcp->proxy && (service || cfg_given(section, "join")))
		cfg_wrong(l, it->line, it,
			  "is for PPP that a `route` takes on, not with `service` or `join`");
	for (size_t i = 0; i < CFG_ROWS(keys); i++)
		if (!lcp->proxy && (it = cfg_given(section, keys[i])) && !it->dropped)
			cfg_wrong(l, it->line, it, "has no meaning without `lcp = proxy`");
}

/* Nobody looks into the packets of PPP that goes on. */
static void port_check_filters(struct cfg_load *l, const struct cfg_item *section)
{
	static const char *const keys[] = {"filter-in", "filter-out"};
	const struct cfg_item *it;

	for (size_t i = 0; i < CFG_ROWS(keys); i++)
		if (!cfg_given(section, "service") && (it = cfg_given(section, keys[i])) &&
		    !it->dropped)
			cfg_wrong(l, it->line, it,
				  "has no meaning without `service`, where PPP goes on: there is "
				  "`ppp-%s`",
				  keys[i]);
}

#define PORT_LCP_DEFAULT \
	((struct cfg_lcp){.auth = {PPP_AUTH_CHAP_MD5}, .n_auth = 1, .mru = CFG_MTU_DEFAULT})

static void port_build_circuit(struct cfg_load *l, struct cfg_item *it, const struct settings *port,
			       struct cfg_circuit *c)
{
	const struct ist_transport *t = it->schema->transport;
	struct settings s = port_collect(l, it, port);

	it->object = c;
	c->where = cfg_where_of(l, it);
	c->addr_text = cfg_keep(l, it->title);
	if (t->addr_parse(&c->config.addr, it->title))
		cfg_wrong(l, it->line, it, "`%s` is not an address of %s",
			  cfg_clean(l, it->title, strlen(it->title)), t->name);
	c->config.payloads = port_carries(l, it);
	c->config.setting = s.at;
	c->config.settings = s.n;
	c->lcp = PORT_LCP_DEFAULT;
	port_route(l, it, c, c->config.payloads);
	port_check_lcp(l, it, &c->lcp, c->service);
	port_check_filters(l, it);
}

static void port_build_accept(struct cfg_load *l, struct cfg_item *it, struct cfg_accept *a)
{
	it->object = a;
	a->where = cfg_where_of(l, it);
	a->pattern = cfg_keep(l, it->title);
	a->payloads = port_carries(l, it);
	a->lcp = PORT_LCP_DEFAULT;
	port_route(l, it, a, a->payloads);
	port_check_lcp(l, it, &a->lcp, a->service);
	port_check_filters(l, it);
}

static unsigned port_count(const struct cfg_item *port, enum cfg_section kind)
{
	unsigned n = 0;

	for (struct cfg_item *it = NULL; (it = cfg_next(port, it, kind));)
		n++;
	return n;
}

void cfg_build_port(struct cfg_load *l, struct cfg_item *port, struct cfg_port *p)
{
	unsigned n = port_count(port, CFG_S_CIRCUIT), accepts = port_count(port, CFG_S_ACCEPT),
		 i = 0;
	struct cfg_circuit *c = arena_get(l->arena, n * sizeof(*c));
	struct ist_circuit_config *config = arena_get(l->arena, n * sizeof(*config));
	struct cfg_accept *a = arena_get(l->arena, accepts * sizeof(*a));
	struct settings s = port_collect(l, port, NULL);
	struct cfg_item *it;

	p->transport = port->schema->transport;
	for (it = NULL; (it = cfg_next(port, it, CFG_S_CIRCUIT)); i++) {
		port_build_circuit(l, it, &s, &c[i]);
		config[i] = c[i].config;
	}
	for (it = NULL, i = 0; (it = cfg_next(port, it, CFG_S_ACCEPT)); i++)
		port_build_accept(l, it, &a[i]);
	p->circuit = c;
	p->circuits = n;
	p->accept = a;
	p->accepts = accepts;
	p->config.size = sizeof(p->config);
	p->config.setting = s.at;
	p->config.settings = s.n;
	p->config.circuit = config;
	p->config.circuits = n;
}

const char *cfg_port_setting(const struct cfg_port *p, const char *key)
{
	for (unsigned i = 0; i < p->config.settings; i++)
		if (!strcmp(p->config.setting[i].key, key))
			return p->config.setting[i].value;
	return "";
}
