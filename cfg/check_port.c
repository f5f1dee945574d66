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

/* What is left of a port's settings while its mistakes are looked for one by one. */
struct port_rest {
	struct ist_port_config config;
	struct ist_setting *setting;
	struct ist_circuit_config *circuit;
};

static struct port_rest port_all(struct cfg_load *l, const struct ist_port_config *c)
{
	struct port_rest r = {.config = *c};

	r.setting = arena_get(l->scratch, c->settings * sizeof(*r.setting));
	r.circuit = arena_get(l->scratch, c->circuits * sizeof(*r.circuit));
	if (c->settings)
		memcpy(r.setting, c->setting, c->settings * sizeof(*r.setting));
	if (c->circuits)
		memcpy(r.circuit, c->circuit, c->circuits * sizeof(*r.circuit));
	r.config.setting = r.setting;
	r.config.circuit = r.circuit;
	return r;
}

/* Without it the transport finds the next mistake.  False: it is not there. */
static bool port_leave_out(struct port_rest *r, const struct cfg_item *it)
{
	const struct cfg_circuit *c = it->object;
	unsigned n = 0, circuits = 0;

	for (unsigned i = 0; i < r->config.settings; i++)
		if (it->kind != CFG_ITEM_KEY || strcmp(r->setting[i].key, it->name) != 0)
			r->setting[n++] = r->setting[i];
	for (unsigned i = 0; i < r->config.circuits; i++)
		if (!c || r->circuit[i].setting != c->config.setting)
			r->circuit[circuits++] = r->circuit[i];
	if (n == r->config.settings && circuits == r->config.circuits)
		return false;
	r->config.settings = n;
	r->config.circuits = circuits;
	return true;
}

/* Keys whose names begin with the same word may be wrong together only: when one is left out, what
 * is said of the other may be due to that. */
static bool port_is_related(const struct cfg_item *a, const struct cfg_item *b)
{
	size_t n = strcspn(a->name, "-");

	return a->kind == CFG_ITEM_KEY && b->kind == CFG_ITEM_KEY && n == strcspn(b->name, "-") &&
	       !strncmp(a->name, b->name, n);
}

static bool port_is_due_to_another(const struct cfg_load *l, const struct cfg_item *at)
{
	for (const struct cfg_item *it = at->parent->child; it; it = it->next)
		if (it != at && port_is_related(it, at) && cfg_reported(l, it))
			return true;
	return false;
}

/* Is something of the port itself not in the model, since it is wrong? */
static bool port_is_spoilt(const struct cfg_load *l, const struct cfg_item *port)
{
	if (cfg_reported_at(l, port))
		return true;
	for (const struct cfg_item *it = port->child; it; it = it->next)
		if (it->kind != CFG_ITEM_SECTION && cfg_reported(l, it))
			return true;
	return false;
}

/* Each mistake that its transport finds, with the item it is about left out for the next.  What is
 * said of the port itself after that may be due to what was left out. */
static void port_check(struct cfg_load *l, const struct cfg_item *port, const struct cfg_port *p)
{
	const struct ist_transport *t = p->transport;
	struct port_rest rest = port_all(l, &p->config);
	const struct cfg_item *at;
	bool first = true;
	size_t head = 0;

	for (const struct cfg_item *c = NULL; (c = cfg_next(port, c, CFG_S_CIRCUIT));)
		if (cfg_reported(l, c))
			first = !port_leave_out(&rest, c) && first;
	if (!IST_HAS(t, check) || !t->check)
		return;
	for (; l->faults <= CFG_FAULTS_MAX; first = false) {
		char err[400] = "";

		if (t->check(&rest.config, NULL, 0, err, sizeof(err)) >= 0)
			return;
		at = port_meant(port, err, &head);
		if (first || (at != port && !cfg_reported(l, at) && !port_is_due_to_another(l, at)))
			cfg_wrong(l, at->line, at, "%s",
				  cfg_printable(l, err + head, strlen(err + head)));
		if (at == port || !port_leave_out(&rest, at))
			return;
	}
}

/* --- what two ports cannot open both ------------------------------------------------------------ */

#define PORT_OPENS 8u

struct port_open {
	const struct cfg_item *port;
	struct ist_open what;
};

static bool port_is_any(const struct ist_open *w)
{
	static const uint8_t zero[16];

	return !memcmp(w->ip, zero, w->family == 4 ? 4 : 16);
}

static bool port_same_address(const struct ist_open *a, const struct ist_open *b)
{
	return a->port && a->port == b->port && a->family == b->family && a->scope == b->scope &&
	       (port_is_any(a) || port_is_any(b) || !memcmp(a->ip, b->ip, sizeof(a->ip)));
}

/* One with a %d in its name is a device of its own. */
static bool port_same_name(const struct ist_open *a, const struct ist_open *b)
{
	return *a->name && !strcmp(a->name, b->name) && !strchr(a->name, '%');
}

/* Frames of one device go to all who hear its protocol. */
static bool port_same_frames(const struct port_open *a, const struct port_open *b)
{
	static const char *const keys[] = {"ethertype", "role"};
	const struct cfg_port *p = a->port->object, *q = b->port->object;

	for (size_t i = 0; i < CFG_ROWS(keys); i++)
		if (strcmp(cfg_port_setting(p, keys[i]), cfg_port_setting(q, keys[i])) != 0)
			return false;
	return p->transport == q->transport && port_same_name(&a->what, &b->what);
}

/* Why not both, or NULL. */
static const char *port_clash(const struct port_open *a, const struct port_open *b)
{
	if (a->what.kind != b->what.kind)
		return NULL;
	switch (a->what.kind) {
	case IST_OPEN_UDP:
	case IST_OPEN_LISTEN:
		return port_same_address(&a->what, &b->what) ? "address" : NULL;
	case IST_OPEN_TUN:
	case IST_OPEN_TAP:
	case IST_OPEN_TTY:
		return port_same_name(&a->what, &b->what) ? "device" : NULL;
	case IST_OPEN_WRITE:
		return port_same_name(&a->what, &b->what) ? "file" : NULL;
	case IST_OPEN_PACKET:
		return port_same_frames(a, b) ? "device" : NULL;
	default:
		return NULL;
	}
}

/* The key that says what is opened. */
static const struct cfg_item *port_opening_key(const struct cfg_item *port)
{
	static const char *const keys[] = {"listen", "link", "device"};

	for (size_t i = 0; i < CFG_ROWS(keys); i++)
		if (cfg_given(port, keys[i]))
			return cfg_given(port, keys[i]);
	return port;
}

/* True when they clash, which is said then. */
static bool port_compare(struct cfg_load *l, const struct port_open *mine,
			 const struct port_open *others, unsigned n)
{
	const struct cfg_item *b = port_opening_key(mine->port);

	for (unsigned i = 0; i < n; i++) {
		const char *what =
			others[i].port == mine->port ? NULL : port_clash(&others[i], mine);

		if (!what)
			continue;
		cfg_wrong(l, b->line, b, "port `%s` has this %s, %s", others[i].port->title, what,
			  cfg_line_text(l, others[i].port->line, b->line));
		return true;
	}
	return false;
}

static unsigned port_opens(const struct cfg_item *it, struct port_open *out)
{
	const struct cfg_port *p = it->object;
	const struct ist_transport *t = p->transport;
	struct ist_open opens[PORT_OPENS] = {{0}};
	char err[400];
	int n = IST_HAS(t, check) && t->check
			? t->check(&p->config, opens, PORT_OPENS, err, sizeof(err))
			: 0;
	unsigned there = n < 0 ? 0 : n < (int)PORT_OPENS ? (unsigned)n : PORT_OPENS;

	for (unsigned i = 0; i < there; i++)
		out[i] = (struct port_open){it, opens[i]};
	return there;
}

static void port_compare_all(struct cfg_load *l)
{
	struct port_open *all =
		arena_get(l->scratch, (l->m->ports + 1) * PORT_OPENS * sizeof(*all));
	unsigned n = 0;

	for (const struct cfg_item *it = NULL; (it = cfg_next(l->root, it, CFG_S_PORT));) {
		unsigned more = cfg_reported(l, it) ? 0 : port_opens(it, &all[n]);

		/* Once, though both have several sockets there. */
		for (unsigned i = 0; i < more && !port_compare(l, &all[n + i], all, n); i++)
			;
		n += more;
	}
}

void cfg_check_ports(struct cfg_load *l)
{
	for (const struct cfg_item *it = NULL; (it = cfg_next(l->root, it, CFG_S_PORT));)
		if (!port_is_spoilt(l, it))
			port_check(l, it, it->object);
	port_compare_all(l);
}
