/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What may not be together on a port: its circuits, peers and sizes, and what its transport says of
 * the settings.
 */
#include "cfg/check.h"
#include "cfg/keys.h"
#include "cfg/parts.h"
#include "cfg/port.h"
#include "cfg/report.h"
#include "cfg/value.h"

#include <stdio.h>
#include <string.h>

#define L2TP_FRAME_MIN 1526u

static bool port_same_circuit(const struct cfg_item *a, const struct cfg_item *b)
{
	const struct ist_addr *x = &((const struct cfg_circuit *)a->object)->config.addr;
	const struct ist_addr *y = &((const struct cfg_circuit *)b->object)->config.addr;

	return x->len && !memcmp(x, y, sizeof(*x));
}

static void port_circuits_differ(struct cfg_load *l, const struct cfg_item *it)
{
	for (const struct cfg_item *c = NULL; (c = cfg_next(it, c, CFG_S_CIRCUIT));)
		for (const struct cfg_item *q = NULL; (q = cfg_next(it, q, CFG_S_CIRCUIT)) != c;)
			if (port_same_circuit(q, c))
				cfg_wrong(l, c->line, c, "the same circuit as on %s",
					  cfg_line_text(l, q->line, c->line));
}

static void port_circuit_peers(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_item *c = NULL;

	while ((c = cfg_next(it, c, CFG_S_CIRCUIT))) {
		const struct cfg_peer *peer = ((const struct cfg_circuit *)c->object)->peer;
		const struct cfg_item *b = cfg_given(c, "peer");

		if (peer && peer->port && peer->port != it->object)
			cfg_wrong(l, b->line, b, "peer `%s` is behind port `%s`", peer->name,
				  peer->port->config.name);
	}
}

/* RFC 3070 section 5: 1526 octets, so that a full PPP packet fits into a data message. */
static void port_mtu_for_l2tp(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_port *p = it->object;
	const struct cfg_item *b = cfg_given(it, "mtu");
	uint64_t mtu;

	if (!b || b->dropped || !cfg_parse_number(&mtu, b->value->text) || mtu >= L2TP_FRAME_MIN)
		return;
	for (unsigned i = 0; i < p->circuits; i++)
		if (p->circuit[i].config.payloads & 1u << IST_PAYLOAD_L2TP) {
			cfg_wrong(l, b->line, b, "L2TP on `%s` needs %u or more (RFC 3070)",
				  p->circuit[i].addr_text, L2TP_FRAME_MIN);
			return;
		}
}

void cfg_check_port(struct cfg_load *l, const struct cfg_item *it)
{
	port_circuits_differ(l, it);
	port_circuit_peers(l, it);
	port_mtu_for_l2tp(l, it);
}

/* --- what the transport says of it -------------------------------------------------------------- */

/* Do words begin with "WORD TITLE: ", or "WORD: " of a key?  How many octets that is, or 0. */
static size_t port_head(const char *words, const char *word, const char *title)
{
	char head[200];
	int n = title ? snprintf(head, sizeof(head), "%s %s: ", word, title)
		      : snprintf(head, sizeof(head), "%s: ", word);

	return (size_t)n < sizeof(head) && !strncmp(words, head, (size_t)n) ? (size_t)n : 0;
}

/* The part of a port that words of its transport are about, and how many octets of them say so; the
 * port itself when they begin in another way. */
static const struct cfg_item *port_meant(const struct cfg_item *port, const char *words,
					 size_t *head)
{
	const char *alias = port->schema->transport->circuit_word;

	for (const struct cfg_item *it = port->child; it; it = it->next) {
		*head = port_head(words, it->title ? "channel" : it->name, it->title);
		if (!*head && it->title && alias)
			*head = port_head(words, alias, it->title);
		if (*head)
			return it;
	}
	return port;
}

static void port_check(struct cfg_load *l, const struct cfg_item *port, const struct cfg_port *p)
{
	const struct ist_transport *t = p->transport;
	const struct cfg_item *at;
	char err[400] = "";
	size_t head = 0;

	if (!IST_HAS(t, check) || !t->check || t->check(&p->config, NULL, 0, err, sizeof(err)) >= 0)
		return;
	at = port_meant(port, err, &head);
	cfg_wrong(l, at->line, at, "%s", cfg_printable(l, err + head, strlen(err + head)));
}

void cfg_check_ports(struct cfg_load *l)
{
	for (const struct cfg_item *it = NULL; (it = cfg_next(l->root, it, CFG_S_PORT));)
		if (!cfg_reported(l, it))
			port_check(l, it, it->object);
}
