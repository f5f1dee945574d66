/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules about more than one value: keys that need or exclude each other, addresses used twice,
 * references that cannot work.  One small function per rule; the table at the end says which
 * section it checks.
 */
#include "cfg/check.h"
#include "cfg/join.h"
#include "cfg/keys.h"
#include "cfg/report.h"
#include "cfg/schema.h"
#include "cfg/value.h"

#include "core/container.h"
#include "core/htab.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const struct cfg_item *cfg_blame(const struct cfg_item *section, const char *key)
{
	const struct cfg_item *it = cfg_given(section, key);

	return it ? it : section;
}

static bool check_has_secret(const struct cfg_item *it)
{
	return cfg_given(it, "secret") || cfg_given(it, "secret-file");
}

static void check_one_secret(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_item *file = cfg_given(it, "secret-file");

	if (file && cfg_given(it, "secret"))
		cfg_wrong(l, file->line, file, "cannot be combined with `secret`");
}

static const char *check_ipv4_text(struct cfg_load *l, uint32_t a)
{
	return arena_printf(l->scratch, "%u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255,
			    a & 255);
}

static struct cfg_prefix check_host_prefix(uint32_t a)
{
	struct cfg_prefix p = {.bits = 32};

	for (unsigned i = 0; i < 4; i++)
		p.addr[12 + i] = (uint8_t)(a >> (24 - 8 * i));
	return p;
}

/* --- peer ------------------------------------------------------------------------------------- */

static void check_peer_needs_secret(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_peer *p = it->object;
	const struct {
		const char *key;
		bool on;
	} rows[] = {{"challenge", p->policy.challenge},
		    {"hide", p->policy.hide},
		    {"reauth", p->policy.reauth != 0}};

	for (size_t i = 0; i < CFG_ROWS(rows) && !check_has_secret(it); i++)
		if (rows[i].on) {
			const struct cfg_item *b = cfg_blame(it, rows[i].key);

			cfg_wrong(l, b->line, b, "needs a `secret`");
		}
}

/* The kernel drops what did not come by IPsec, so that who sends there has proved who he is. */
static bool check_port_is_proved(const struct cfg_port *port)
{
	const struct ist_transport *t = port->transport;
	struct ist_open w[8];
	int n = IST_HAS(t, check) && t->check ? t->check(&port->config, w, 8, NULL, 0) : 0;

	return n > 0 && w[0].flags & IST_OPEN_ESP;
}

/* Do all ports at which this peer may be a stranger prove him, of which there is one? */
static bool check_peer_is_proved(const struct cfg_model *m, const struct cfg_peer *p)
{
	if (!cfg_peer_open_port(m, p))
		return false;
	for (unsigned i = 0; i < m->ports; i++) {
		const struct cfg_port *port = &m->port[i];

		if ((!p->port || p->port == port) && port->transport->caps & IST_CAP_L2TP &&
		    !check_port_is_proved(port))
			return false;
	}
	return true;
}

static void check_peer_without_secret(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_peer *p = it->object;
	const struct cfg_port *port = cfg_peer_open_port(l->m, p);

	if (check_has_secret(it) || p->is_template || check_peer_is_proved(l->m, p))
		return;
	if (port)
		cfg_warn(l, it->line, it,
			 "no `secret`: whoever can send to %s port `%s`%s can open tunnels as this "
			 "peer",
			 port->transport->name, port->config.name,
			 p->addresses ? ", also from forged addresses," : "");
	else
		cfg_warn(l, it->line, it,
			 "no `secret`: nothing proves that this peer is who it says");
}

static void check_peer_keys_agree(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_peer *p = it->object;
	const struct cfg_item *b = cfg_blame(it, "reauth"), *c = cfg_given(it, "challenge");

	if (p->policy.reauth && p->policy.single_tunnel)
		cfg_wrong(l, b->line, b,
			  "cannot be combined with `single-tunnel`: it opens a second tunnel");
	if (p->policy.reauth && c && c->values && !strcmp(c->value->text, "no"))
		cfg_wrong(l, b->line, b, "needs `challenge = yes`: nothing would be proved");
	b = cfg_blame(it, "retransmit-max");
	if (p->policy.retransmit > p->policy.retransmit_max)
		cfg_wrong(l, b->line, b, "`%s` is shorter than `retransmit`, %s",
			  cfg_time_text(l->scratch, p->policy.retransmit_max),
			  cfg_time_text(l->scratch, p->policy.retransmit));
}

/* The port a peer is dialled through: its own, or the only one. */
static const struct cfg_port *check_dial_port(const struct cfg_load *l, const struct cfg_peer *p)
{
	return p->port ? p->port : l->m->ports == 1 ? l->m->port : NULL;
}

static void check_peer_dial(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_peer *p = it->object;
	const struct cfg_port *port = check_dial_port(l, p);
	const struct cfg_item *b = cfg_given(it, "dial");
	struct ist_addr a;

	if (!p->dial)
		return;
	if (port && port->transport && port->transport->addr_parse(&a, p->dial))
		cfg_wrong(l, b->line, b, "`%s` is not an address of %s", cfg_shown(l, b->value),
			  port->transport->name);
	else if (!port && !cfg_given(it, "port"))
		cfg_wrong(l, b->line, b,
			  l->m->ports ? "needs `port`: there are several"
				      : "there is no port to dial through");
}

static bool check_is_address_of(const struct cfg_port *port, const char *text)
{
	struct ist_addr a;

	return port->transport && !port->transport->addr_parse(&a, text);
}

static bool check_address_known(const struct cfg_load *l, const struct cfg_peer *p,
				const char *text)
{
	if (strchr(text, '*'))
		return true;
	for (unsigned i = 0; i < l->m->ports; i++)
		if ((!p->port || p->port == &l->m->port[i]) &&
		    check_is_address_of(&l->m->port[i], text))
			return true;
	return false;
}

static void check_peer_addresses(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_peer *p = it->object;
	const struct cfg_item *b = cfg_given(it, "address");
	struct cfg_prefix x;

	for (unsigned i = 0; i < p->addresses; i++) {
		if (cfg_parse_prefix(&x, p->address[i])) {
			if (cfg_prefix_mask(&x))
				cfg_wrong(l, b->value[i].line, b,
					  "`%s` has bits set beyond its length; did you mean `%s`?",
					  cfg_shown(l, &b->value[i]),
					  cfg_prefix_text(l->scratch, &x));
		} else if (!check_address_known(l, p, p->address[i])) {
			cfg_wrong(l, b->value[i].line, b,
				  "`%s` is neither a prefix nor an address of %s",
				  cfg_shown(l, &b->value[i]),
				  p->port && p->port->transport ? p->port->transport->name
								: "any port");
		}
	}
}

static bool check_same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* Does every SCCRQ that matches b match a first? */
static bool check_same_selector(const struct cfg_peer *a, const struct cfg_peer *b)
{
	if (a->port != b->port || a->addresses != b->addresses ||
	    !check_same_text(a->hostname, b->hostname))
		return false;
	for (unsigned i = 0; i < a->addresses; i++)
		if (strcmp(a->address[i], b->address[i]))
			return false;
	return true;
}

/* Is the peer chosen in another way: dialled, or named by a circuit? */
static bool check_known_otherwise(const struct cfg_load *l, const struct cfg_peer *p)
{
	for (const struct cfg_port *port = l->m->port; port < l->m->port + l->m->ports; port++) {
		for (unsigned i = 0; i < port->circuits; i++)
			if (port->circuit[i].peer == p)
				return true;
		for (unsigned i = 0; i < port->accepts; i++)
			if (port->accept[i].peer == p)
				return true;
	}
	return p->dial || p->is_template;
}

static void check_peer_is_reached(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_peer *p = it->object;

	if (check_known_otherwise(l, p))
		return;
	for (const struct cfg_peer *q = l->m->peer; q < p; q++)
		if (!check_known_otherwise(l, q) && check_same_selector(q, p)) {
			cfg_wrong(l, it->line, it,
				  "has the same port, address and hostname as peer `%s`, so it is "
				  "never chosen",
				  q->name);
			return;
		}
}

/* --- service ---------------------------------------------------------------------------------- */

/* Is this the first or last address of a range of /bits? */
static bool check_at_an_end(uint32_t address, unsigned bits)
{
	uint32_t host = UINT32_MAX >> bits;

	return !(address & host) || (address & host) == host;
}

/* Our address may be in the service's own pool, but not in another pool, not the first or last
 * address of a range, and not the only one. */
static void check_local_in_pool(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_service *s = it->object;
	const struct cfg_item *b = cfg_blame(it, "local");
	struct cfg_prefix h = check_host_prefix(s->local4);

	if (!s->local4 || (!s->pool && cfg_given(it, "pool")))
		return; /* reported already */
	for (const struct cfg_pool *q = l->m->pool; q < l->m->pool + l->m->pools; q++)
		for (unsigned i = 0; i < q->ranges; i++) {
			const struct cfg_prefix *r = &q->range[i];

			if (!cfg_prefix_holds(r, &h))
				continue;
			if (q != s->pool)
				cfg_wrong(l, b->line, b,
					  "`%s` lies in pool `%s`, which this service does not use",
					  check_ipv4_text(l, s->local4), q->name);
			else if (r->bits == 32)
				cfg_wrong(l, b->line, b,
					  "`%s` is the whole of a range of pool `%s`",
					  check_ipv4_text(l, s->local4), q->name);
			else if (r->bits < 31 && check_at_an_end(s->local4, r->bits))
				cfg_wrong(l, b->line, b,
					  "`%s` is the first or last address of `%s`",
					  check_ipv4_text(l, s->local4),
					  cfg_prefix_text(l->scratch, r));
		}
}

static void check_mtu_for_ipv6(struct cfg_load *l, const struct cfg_item *it, unsigned mtu,
			       bool ipv6)
{
	const struct cfg_item *b = cfg_blame(it, "mtu");

	if (ipv6 && mtu < 1280)
		cfg_wrong(l, b->line, b, "IPv6 needs 1280 or more; or set `ipv6 = no`");
}

/* As written, since a name may come from the environment. */
static const char *check_tun_shown(struct cfg_load *l, const struct cfg_item *section,
				   const char *tun)
{
	const struct cfg_item *it = cfg_given(section, "tun");

	return it && it->values ? cfg_shown(l, it->value) : tun;
}

/* One %d at most, no blank or slash, and no longer than the kernel allows. */
static void check_tun_name(struct cfg_load *l, const struct cfg_item *it, const char *tun,
			   bool pattern)
{
	const struct cfg_item *b = cfg_blame(it, "tun");
	const char *pct = strchr(tun, '%');
	const char *wrong = NULL;

	if (strlen(tun) >= IFNAMSIZ)
		wrong = "longer than 15 octets";
	else if (strpbrk(tun, "/ \t\r\n:") || !strcmp(tun, ".") || !strcmp(tun, ".."))
		wrong = "has a character that a device name cannot have";
	else if (pct && !pattern)
		wrong = "has a `%`";
	else if (pct && (pct[1] != 'd' || strchr(pct + 1, '%')))
		wrong = "has a `%` that is not the one `%d`";
	if (wrong)
		cfg_wrong(l, b->line, b, "`%s` is not a device name: %s",
			  check_tun_shown(l, it, tun), wrong);
}

/* The service before `upto` that has made the device already; one of ist%d makes another. */
static void check_tun_of_service(struct cfg_load *l, const struct cfg_item *it, const char *tun,
				 const struct cfg_service *upto)
{
	const struct cfg_item *b = cfg_blame(it, "tun");

	for (const struct cfg_service *q = l->m->service; q < upto; q++)
		if (!strcmp(q->tun, tun) && !strchr(tun, '%'))
			cfg_wrong(l, b->line, b, "service `%s` uses device `%s` too", q->name,
				  check_tun_shown(l, it, tun));
}

static void check_service_device(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_service *s = it->object;

	check_tun_name(l, it, s->tun, true);
	check_tun_of_service(l, it, s->tun, s);
	check_mtu_for_ipv6(l, it, s->mtu, s->ppp.ipv6);
}

/* --- user ------------------------------------------------------------------------------------- */

static void check_user_secret(struct cfg_load *l, const struct cfg_item *it)
{
	if (!check_has_secret(it))
		cfg_wrong(l, it->line, it, "`secret` or `secret-file` is missing");
}

struct check_user {
	struct hnode node; /* by address */
	const struct cfg_user *user;
};

/* The first who has this address. */
static const struct cfg_user *check_first_user(struct cfg_load *l, struct htab *by_address,
					       const struct cfg_user *u)
{
	struct hnode *n = htab_first(by_address, u->address4);
	struct check_user *x;

	if (n)
		return IST_CONTAINER_OF(n, struct check_user, node)->user;
	x = arena_get(l->scratch, sizeof(*x));
	x->user = u;
	htab_add(by_address, &x->node, u->address4);
	return u;
}

static void check_user_addresses_differ(struct cfg_load *l)
{
	struct htab by_address;

	htab_init(&by_address, 0);
	for (const struct cfg_item *it = NULL; (it = cfg_next(l->root, it, CFG_S_USER));) {
		const struct cfg_user *u = it->object, *first = u;

		if (u->address4)
			first = check_first_user(l, &by_address, u);
		if (first != u)
			cfg_wrong(l, cfg_blame(it, "address")->line, cfg_blame(it, "address"),
				  "`%s` is the address of user `%s` too",
				  check_ipv4_text(l, u->address4),
				  cfg_clean(l, first->name, strlen(first->name)));
	}
	htab_free(&by_address);
}

static void check_user_address(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_user *u = it->object;
	const struct cfg_item *b = cfg_blame(it, "address");

	for (unsigned i = 0; u->address4 && i < l->m->services; i++)
		if (l->m->service[i].local4 == u->address4)
			cfg_wrong(l, b->line, b, "`%s` is our own address in service `%s`",
				  check_ipv4_text(l, u->address4), l->m->service[i].name);
}

/* --- client ----------------------------------------------------------------------------------- */

static void check_client_login(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_client *c = it->object;

	if (c->ppp.n_auth && !check_has_secret(it))
		cfg_wrong(l, it->line, it, "`secret` or `secret-file` is missing");
}

static void check_client_circuit(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_client *c = it->object;
	const struct cfg_item *b = cfg_blame(it, "circuit");
	const struct ist_transport *t = c->port ? c->port->transport : NULL;
	struct ist_addr a = {0};
	const char *wrong;

	if (!t || !c->circuit)
		return;
	if (!(t->caps & IST_CAP_PPP)) {
		cfg_wrong(l, b->line, b, "%s carries no PPP outside L2TP", t->name);
	} else if (t->addr_parse(&a, c->circuit)) {
		cfg_wrong(l, b->line, b, "`%s` is not an address of %s", cfg_shown(l, b->value),
			  t->name);
	} else {
		wrong = cfg_not_reached(c->port, &a);
		if (wrong)
			cfg_wrong(l, b->line, b, "`%s` of `%s` %s", cfg_shown(l, b->value),
				  c->port->config.name, wrong);
	}
}

static void check_client_peer(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_client *c = it->object;
	bool peer = cfg_given(it, "peer"), port = cfg_given(it, "port");
	bool circuit = cfg_given(it, "circuit");
	const struct cfg_item *b = cfg_blame(it, "peer");

	if (peer && (port || circuit))
		cfg_wrong(l, b->line, b, "`peer` and a circuit exclude each other");
	else if (!peer && !(port && circuit))
		cfg_wrong(l, it->line, it, "needs `peer`, or `port` and `circuit`");
	else if (c->peer && !c->peer->dial)
		cfg_wrong(l, b->line, b, "peer `%s` has no `dial`, so it cannot be called",
			  c->peer->name);
	else
		check_client_circuit(l, it);
}

/* RFC 1990 5.1.3: the server knows the links of a bundle by their user and endpoint. */
static void check_client_bundle(struct cfg_load *l, const struct cfg_item *it)
{
	static const char *const of_first[] = {"multilink", "tun", "routes"};
	const struct cfg_client *c = it->object, *first = c->bundle ? c->bundle : c;
	const struct cfg_item *b = cfg_blame(it, "bundle");

	for (unsigned i = 0; c->bundle && i < sizeof(of_first) / sizeof(of_first[0]); i++)
		if (cfg_given(it, of_first[i]))
			cfg_wrong(l, b->line, b, "`%s` is that of client `%s`", of_first[i],
				  first->name);
	if (first->bundle)
		cfg_wrong(l, b->line, b, "client `%s` is in a bundle of another one", first->name);
	else if (c->bundle && !first->ppp.mrru)
		cfg_wrong(l, b->line, b, "client `%s` has no `multilink`", first->name);
	else if (strcmp(c->ppp.name, first->ppp.name) != 0)
		cfg_wrong(l, b->line, b, "client `%s` logs in as another user", first->name);
	for (const struct cfg_client *q = l->m->client; !c->bundle && c->ppp.mrru && q < c; q++)
		if (q->ppp.mrru && !q->bundle && !strcmp(q->ppp.name, c->ppp.name))
			cfg_wrong(
				l, it->line, it,
				"client `%s` has `multilink` for the same user: say `bundle` here",
				q->name);
}

static void check_client_device(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_client *c = it->object;
	const struct cfg_item *b = cfg_blame(it, "tun");

	check_tun_name(l, it, c->tun, false);
	check_tun_of_service(l, it, c->tun, l->m->service + l->m->services);
	check_mtu_for_ipv6(l, it, c->mtu, c->ppp.ipv6);
	if (!c->ppp.ipv4 && !c->ppp.ipv6)
		cfg_wrong(l, it->line, it,
			  "neither `ipv4` nor `ipv6`: the link would carry nothing");
	for (const struct cfg_client *q = l->m->client; q < c; q++)
		if (!strcmp(q->tun, c->tun))
			cfg_wrong(l, b->line, b, "client `%s` uses device `%s` too", q->name,
				  check_tun_shown(l, it, c->tun));
}

/* --- outgoing calls ---------------------------------------------------------------------------- */

static bool check_pool_holds(const struct cfg_pool *p, const struct cfg_prefix *h)
{
	for (unsigned i = 0; p && i < p->ranges; i++)
		if (cfg_prefix_holds(&p->range[i], h))
			return true;
	return false;
}

static void check_outgoing_bps(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_outgoing *o = it->object;
	const struct cfg_item *bps = cfg_given(it, "minimum-bps");

	if (bps && o->max_bps && o->min_bps > o->max_bps)
		cfg_wrong(l, bps->line, bps, "is above `maximum-bps`");
}

static void check_outgoing_address(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_outgoing *o = it->object;
	const struct cfg_item *b = cfg_blame(it, "address");
	struct cfg_prefix h = check_host_prefix(o->address4);

	if (!o->address4 || !o->service)
		return;
	if (!check_pool_holds(o->service->pool, &h))
		cfg_wrong(l, b->line, b, "`%s` is not in the pool of service `%s`",
			  check_ipv4_text(l, o->address4), o->service->name);
	if (o->address4 == o->service->local4)
		cfg_wrong(l, b->line, b, "`%s` is our own address in service `%s`",
			  check_ipv4_text(l, o->address4), o->service->name);
	for (const struct cfg_outgoing *q = l->m->outgoing; q < o; q++)
		if (q->address4 == o->address4)
			cfg_wrong(l, b->line, b, "`%s` is the address of outgoing `%s` too",
				  check_ipv4_text(l, o->address4), q->name);
	for (const struct cfg_user *u = l->m->user; u < l->m->user + l->m->users; u++)
		if (u->address4 == o->address4)
			cfg_wrong(l, b->line, b, "`%s` is the address of user `%s`",
				  check_ipv4_text(l, o->address4),
				  cfg_clean(l, u->name, strlen(u->name)));
}

static void check_outgoing_prefix(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_outgoing *o = it->object;
	const struct cfg_item *b = cfg_given(it, "prefix");
	const char *text = cfg_prefix_text(l->scratch, &o->prefix6);

	if (!b || !o->prefix6.bits || !o->service)
		return;
	if (!o->prefix6.v6 || o->prefix6.bits != 64)
		cfg_wrong(l, b->line, b, "`%s` is not a /64 of IPv6", text);
	else if (!check_pool_holds(o->service->pool, &o->prefix6))
		cfg_wrong(l, b->line, b, "`%s` is not in the pool of service `%s`", text,
			  o->service->name);
	else if (!o->service->ppp.ipv6)
		cfg_wrong(l, b->line, b, "service `%s` has no IPv6", o->service->name);
	for (const struct cfg_outgoing *q = l->m->outgoing; q < o; q++)
		if (cfg_same_prefix(&q->prefix6, &o->prefix6))
			cfg_wrong(l, b->line, b, "`%s` is the prefix of outgoing `%s` too", text,
				  q->name);
}

static void check_outgoing_route(struct cfg_load *l, const struct cfg_item *b,
				 const struct cfg_outgoing *o, const struct cfg_prefix *r)
{
	const char *text = cfg_prefix_text(l->scratch, r);

	if (!r->bits || (r->v6 && r->bits > 64))
		cfg_wrong(l, b->line, b, "`%s`: a network is from /1 to /%u", text,
			  r->v6 ? 64u : 32u);
	if (o->service && !(r->v6 ? o->service->ppp.ipv6 : o->service->ppp.ipv4))
		cfg_wrong(l, b->line, b, "`%s`: service `%s` has no %s", text, o->service->name,
			  r->v6 ? "IPv6" : "IPv4");
	for (const struct cfg_pool *p = l->m->pool; p < l->m->pool + l->m->pools; p++)
		if (check_pool_holds(p, r))
			cfg_wrong(l, b->line, b, "`%s` is in pool `%s`", text, p->name);
	for (const struct cfg_outgoing *q = l->m->outgoing; q <= o; q++)
		for (unsigned i = 0; i < q->routes && &q->route[i] != r; i++)
			if (cfg_same_prefix(&q->route[i], r))
				cfg_wrong(l, b->line, b, "`%s` is a route of outgoing `%s` %s",
					  text, q->name, q == o ? "already" : "too");
}

static void check_outgoing_routes(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_outgoing *o = it->object;

	for (unsigned i = 0; i < o->routes; i++)
		check_outgoing_route(l, cfg_given(it, "routes"), o, &o->route[i]);
}

static const struct {
	enum cfg_section section;
	void (*check)(struct cfg_load *l, const struct cfg_item *it);
} checks[] = {
	{CFG_S_PORT, cfg_check_port},
	{CFG_S_PEER, check_one_secret},
	{CFG_S_PEER, check_peer_without_secret},
	{CFG_S_PEER, check_peer_needs_secret},
	{CFG_S_PEER, check_peer_keys_agree},
	{CFG_S_PEER, check_peer_dial},
	{CFG_S_PEER, check_peer_addresses},
	{CFG_S_PEER, check_peer_is_reached},
	{CFG_S_POOL, cfg_check_pool},
	{CFG_S_SERVICE, check_local_in_pool},
	{CFG_S_SERVICE, check_service_device},
	{CFG_S_USER, check_one_secret},
	{CFG_S_USER, check_user_secret},
	{CFG_S_USER, check_user_address},
	{CFG_S_CLIENT, check_one_secret},
	{CFG_S_CLIENT, check_client_login},
	{CFG_S_CLIENT, check_client_peer},
	{CFG_S_CLIENT, check_client_bundle},
	{CFG_S_CLIENT, check_client_device},
	{CFG_S_ROUTE, cfg_check_route},
	{CFG_S_OUTGOING, check_outgoing_bps},
	{CFG_S_OUTGOING, check_outgoing_address},
	{CFG_S_OUTGOING, check_outgoing_prefix},
	{CFG_S_OUTGOING, check_outgoing_routes},
};

void cfg_check(struct cfg_load *l)
{
	for (size_t i = 0; i < CFG_ROWS(checks); i++)
		for (const struct cfg_item *it = NULL;
		     (it = cfg_next(l->root, it, checks[i].section));)
			checks[i].check(l, it);
	check_user_addresses_differ(l);
}
