/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfg/join.h"

#include "cfg/report.h"
#include "cfg/store.h"

#include <string.h>

void cfg_set_join(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text)
{
	struct cfg_join *j = (struct cfg_join *)((char *)obj + it->key->offset);
	size_t n = strcspn(text, " \t"), blanks = strspn(text + n, " \t");
	struct cfg_value port = {.raw = text, .raw_len = n, .line = it->line};

	if (!n || !text[n + blanks]) {
		cfg_wrong(l, it->line, it, "`%s` is not a port and an address, as in \"atm0 0/35\"",
			  cfg_shown(l, it->value));
		return;
	}
	port.text = arena_text(l->scratch, text, n);
	j->port = cfg_find_object(l, it, &port, "port");
	j->address = cfg_keep(l, text + n + blanks);
}

/* Of `to-circuit`, the called number in place of an address. */
static bool join_is_number(const struct cfg_join *j)
{
	return !strcmp(j->address, "*");
}

/* --- links ------------------------------------------------------------------------------------ */

/* One end that names the other. */
struct join_end {
	const struct cfg_item *key;
	const struct cfg_port *port;
	struct cfg_circuit *circuit; /* NULL = an accept section */
	const struct cfg_join *to;
	const struct cfg_service *service;
};

static struct cfg_circuit *join_circuit(const struct cfg_port *p, const struct ist_addr *a)
{
	for (unsigned i = 0; i < p->circuits; i++)
		if (!memcmp(&p->circuit[i].config.addr, a, sizeof(*a)))
			return (struct cfg_circuit *)&p->circuit[i];
	return NULL;
}

static bool join_same_end(const struct cfg_join *j, const struct cfg_port *p,
			  const struct ist_addr *a)
{
	struct ist_addr b = {0};

	return j->port == p && !p->transport->addr_parse(&b, j->address) &&
	       !memcmp(a, &b, sizeof(b));
}

static const struct cfg_client *join_dialling(const struct cfg_load *l, const struct cfg_port *p,
					      const struct ist_addr *a)
{
	for (unsigned i = 0; i < l->m->clients; i++) {
		const struct cfg_client *c = &l->m->client[i];

		if (c->port && c->circuit &&
		    join_same_end(&(struct cfg_join){c->port, c->circuit}, p, a))
			return c;
	}
	return NULL;
}

/* What is wrong with the circuit that is named, which has a section; NULL = nothing. */
static const char *join_wrong_circuit(const struct join_end *e, const struct cfg_circuit *c)
{
	if (c == e->circuit)
		return "is this circuit itself";
	if (c->service)
		return "has a `service`";
	if (c->join.port &&
	    (!e->circuit || !join_same_end(&c->join, e->port, &e->circuit->config.addr)))
		return "has another join";
	return NULL;
}

static bool join_places_calls(const struct cfg_port *p)
{
	const struct ist_transport *t = p->transport;

	return !IST_HAS(t, calls) || !t->calls || t->calls(&p->config);
}

static bool join_can_call(const struct ist_transport *t, const struct ist_addr *a)
{
	bool asks = IST_HAS(t, addr_calls) && t->addr_calls;

	return t->caps & IST_CAP_SWITCHED ||
	       (t->caps & IST_CAP_CALLS && (!asks || t->addr_calls(a)));
}

const char *cfg_not_reached(const struct cfg_port *p, const struct ist_addr *a)
{
	const struct cfg_circuit *c = join_circuit(p, a);

	if (!c && !join_can_call(p->transport, a))
		return "has no section on that port";
	if (!c)
		return join_places_calls(p) ? NULL
					    : "cannot be called: with its settings that port takes "
					      "calls and places none";
	return c->config.payloads & 1u << IST_PAYLOAD_PPP ? NULL : "does not carry ppp";
}

static const char *join_wrong_end(struct cfg_load *l, const struct join_end *e,
				  const struct ist_addr *a, const struct cfg_circuit *c)
{
	const char *wrong = cfg_not_reached(e->to->port, a);

	if (wrong)
		return wrong;
	if (join_dialling(l, e->to->port, a))
		return "is dialled by a client";
	return c ? join_wrong_circuit(e, c) : NULL;
}

/* The address that is named; false is reported. */
static bool join_address(struct cfg_load *l, const struct join_end *e, struct ist_addr *out)
{
	const struct ist_transport *t = e->to->port->transport;
	const struct cfg_item *it = e->key;

	if (!(t->caps & IST_CAP_PPP))
		cfg_wrong(l, it->line, it, "%s carries no PPP outside L2TP", t->name);
	else if (t->addr_parse(out, e->to->address))
		cfg_wrong(l, it->line, it, "`%s` is not an address of %s",
			  cfg_clean(l, e->to->address, strlen(e->to->address)), t->name);
	else
		return true;
	return false;
}

static void join_link(struct cfg_load *l, const struct join_end *e)
{
	const struct cfg_item *it = e->key;
	struct ist_addr a = {0};
	struct cfg_circuit *c;
	const char *wrong;

	if (!e->to->port)
		return; /* reported already */
	if (e->service)
		cfg_wrong(l, it->line, it, "`join` and `service` exclude each other");
	if (!join_address(l, e, &a))
		return;
	c = join_circuit(e->to->port, &a);
	wrong = join_wrong_end(l, e, &a, c);
	if (wrong)
		cfg_wrong(l, it->line, it, "`%s` of `%s` %s", e->to->address,
			  e->to->port->config.name, wrong);
	else if (c && e->circuit)
		c->join = (struct cfg_join){e->port, e->circuit->addr_text};
	else if (c)
		c->accepts = true;
}

static void join_link_section(struct cfg_load *l, const struct cfg_port *p,
			      const struct cfg_item *section)
{
	struct join_end e = {.key = cfg_given(section, "join"), .port = p};

	if (!e.key || e.key->dropped)
		return;
	if (section->schema->section == CFG_S_CIRCUIT) {
		e.circuit = section->object;
		e.to = &e.circuit->join;
		e.service = e.circuit->service;
	} else {
		const struct cfg_accept *a = section->object;

		e.to = &a->join;
		e.service = a->service;
	}
	join_link(l, &e);
}

static void join_link_route(struct cfg_load *l, const struct cfg_item *route)
{
	const struct cfg_route *r = route->object;
	struct join_end e = {.key = cfg_given(route, "to-circuit"), .to = &r->to_circuit};
	const struct ist_transport *t = e.to->port ? e.to->port->transport : NULL;

	if (!t || e.key->dropped)
		return;
	if (!join_is_number(e.to))
		join_link(l, &e);
	else if (!(t->caps & (IST_CAP_SWITCHED | IST_CAP_CALLS)) || !(t->caps & IST_CAP_PPP))
		cfg_wrong(l, e.key->line, e.key, "%s calls no numbers", t->name);
	else if (!join_places_calls(e.to->port))
		cfg_wrong(l, e.key->line, e.key,
			  "with its settings port `%s` takes calls and places none",
			  e.to->port->config.name);
}

void cfg_link_joins(struct cfg_load *l)
{
	static const enum cfg_section kinds[] = {CFG_S_CIRCUIT, CFG_S_ACCEPT};

	for (const struct cfg_item *p = NULL; (p = cfg_next(l->root, p, CFG_S_PORT));)
		for (size_t i = 0; i < CFG_ROWS(kinds); i++)
			for (const struct cfg_item *it = NULL; (it = cfg_next(p, it, kinds[i]));)
				join_link_section(l, p->object, it);
	for (const struct cfg_item *r = NULL; (r = cfg_next(l->root, r, CFG_S_ROUTE));)
		join_link_route(l, r);
}
