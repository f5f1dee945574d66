/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is allowed:
 *
 *   a port      what its transport's `check` has named
 *   a service   its TUN, our addresses on it, routes to the pool, to fixed addresses of users, and
 *               to what `outgoing` sections of the service name; with `radius` to what
 *               `radius-routes` says, or to all that is no default route
 *   a client    its TUN, any address on it, since the far end gives it, and its routes
 *   captures    new files in their folder
 *   accounting  the two files of each spool
 *   changes     sockets where requests for changes of log-ins come in
 *   metrics     the socket where HTTP is served
 *   ipsec       what the kernel has of security associations, without keys
 *
 * A user of any service may log in to any of them, so that the addresses of all users are allowed
 * on the device of each.
 */
#include "gw/permit.h"

#include "gw/accounts.h"
#include "gw/bound.h"
#include "gw/device.h"
#include "gw/dp/dp.h"
#include "gw/ipsec.h"
#include "gw/netif.h"
#include "gw/operator/operator.h"
#include "gw/sa_xfrm.h"

#include "transports/kit/opening.h"

#include <stdio.h>
#include <stdlib.h>

/* --- ports ------------------------------------------------------------------------------------ */

unsigned permit_opens(const struct cfg_port *p, struct ist_open out[PERMIT_OPENS])
{
	const struct ist_transport *t = p->transport;
	int n = IST_HAS(t, check) && t->check ? t->check(&p->config, out, PERMIT_OPENS, NULL, 0)
					      : 0;

	return n < 0 ? 0 : n < (int)PERMIT_OPENS ? (unsigned)n : PERMIT_OPENS;
}

static bool permit_port(struct opener *o, const struct cfg_port *p)
{
	struct ist_open opens[PERMIT_OPENS];
	unsigned n = permit_opens(p, opens);
	bool ok = true;

	for (unsigned i = 0; i < n; i++)
		ok = opener_may_open(o, &opens[i]) && ok;
	return ok;
}

/* --- devices ---------------------------------------------------------------------------------- */

static const struct opener_net any4 = {.bits = 0},
			       link_local = {.v6 = true, .bits = 64, .addr = {0xfe, 0x80}};

static struct opener_net permit_host(uint32_t addr)
{
	struct opener_net n = {.bits = 32};

	wr_put32(n.addr + 12, addr);
	return n;
}

static bool permit_tun(struct opener *o, const char *name, uint16_t mtu, unsigned offload)
{
	const struct ist_open w = dp_tun_opening(name, mtu, offload);

	return opener_may_open(o, &w) && opener_may_address(o, name, &link_local);
}

static bool permit_routes(struct opener *o, const char *tun, const struct cfg_prefix *p, unsigned n)
{
	bool ok = true;

	for (unsigned i = 0; i < n; i++) {
		const struct opener_net net = netif_net(&p[i]);

		ok = opener_may_route(o, tun, &net) && ok;
	}
	return ok;
}

static bool permit_route4(struct opener *o, const char *tun, uint32_t addr)
{
	const struct opener_net net = permit_host(addr);

	return !addr || opener_may_route(o, tun, &net);
}

/* What a server of RADIUS can have led to a client. */
static bool permit_radius(struct opener *o, const struct cfg_service *s)
{
	static const struct cfg_prefix any[] = {{.bits = 1},
						{.bits = 1, .addr = {[12] = 0x80}},
						{.v6 = true, .bits = 3, .addr = {0x20}},
						{.v6 = true, .bits = 7, .addr = {0xfc}}};

	if (!s->radius)
		return true;
	if (s->radius_routes)
		return permit_routes(o, s->tun, s->radius_route, s->radius_routes);
	return permit_routes(o, s->tun, any, sizeof(any) / sizeof(any[0]));
}

static bool permit_service(struct opener *o, const struct cfg_model *cfg,
			   const struct cfg_service *s)
{
	const struct opener_net local = permit_host(s->local4);
	bool ok = permit_tun(o, s->tun, s->mtu, device_offload(s->tun_offload));

	ok = opener_may_address(o, s->tun, &local) && ok;
	if (s->pool)
		ok = permit_routes(o, s->tun, s->pool->range, s->pool->ranges) &&
		     permit_routes(o, s->tun, s->pool->delegate, s->pool->delegates) && ok;
	ok = permit_radius(o, s) && ok;
	for (unsigned i = 0; i < cfg->users; i++)
		ok = permit_route4(o, s->tun, cfg->user[i].address4) && ok;
	for (unsigned i = 0; i < cfg->outgoings; i++) {
		const struct cfg_outgoing *out = &cfg->outgoing[i];

		if (out->service == s)
			ok = permit_routes(o, s->tun, out->route, out->routes) && ok;
	}
	return ok;
}

static bool permit_client(struct opener *o, const struct cfg_client *c)
{
	const char *tun = c->tun ? c->tun : c->name;

	return permit_tun(o, tun, c->mtu, device_offload(c->tun_offload)) &&
	       opener_may_address(o, tun, &any4) && permit_routes(o, tun, c->route, c->routes);
}

/* --- files ------------------------------------------------------------------------------------ */

static bool permit_spool(struct opener *o, const struct cfg_radius *r)
{
	char path[OPENER_SPOOL_PATH];

	if (!r->accounting || !r->spool)
		return true;
	snprintf(path, sizeof(path), "%s/%s", r->spool, r->name);
	return opener_may_spool(o, path);
}

/* --- sockets of control ----------------------------------------------------------------------- */

static bool permit_coa(struct opener *o, const struct cfg_radius *r)
{
	bool ok = true;

	for (unsigned i = 0; i < r->coa_listens; i++) {
		const struct ist_open w = bound_datagrams(&r->coa_listen[i]);

		ok = opener_may_socket(o, &w) && ok;
	}
	return ok;
}

static bool permit_metrics(struct opener *o, const struct cfg_model *cfg)
{
	struct ist_open w;

	if (!cfg->metrics_listen)
		return true;
	w = bound_listener(cfg->metrics_listen, METRICS_BACKLOG);
	return opener_may_socket(o, &w);
}

/* --- all -------------------------------------------------------------------------------------- */

struct opener *permit_new(const struct cfg_model *cfg)
{
	static const struct opener_ops ops = {opening_here, netif_here, opening_device_name,
					      sa_xfrm_open};
	struct opener *o = opener_new(&ops);
	bool ok = o != NULL;

	for (unsigned i = 0; ok && i < cfg->ports; i++)
		ok = permit_port(o, &cfg->port[i]);
	for (unsigned i = 0; ok && i < cfg->services; i++)
		ok = permit_service(o, cfg, &cfg->service[i]);
	for (unsigned i = 0; ok && i < cfg->clients; i++)
		ok = permit_client(o, &cfg->client[i]);
	for (unsigned i = 0; ok && i < cfg->radiuses; i++)
		ok = permit_spool(o, &cfg->radius[i]) && permit_coa(o, &cfg->radius[i]);
	ok = ok && permit_metrics(o, cfg);
	if (ok && cfg->vty_captures)
		ok = opener_may_capture(o, cfg->vty_captures);
	if (ok && ipsec_configured(cfg))
		opener_may_sas(o);
	if (ok)
		return o;
	opener_free(o);
	return NULL;
}

void permit_ask(struct keeper_link *keeper)
{
	dp_open_by(keeper ? opener_ask_open : NULL, keeper);
	dp_closed_to(keeper ? opener_say_closed : NULL, keeper);
	dp_released_to(keeper ? opener_say_released : NULL, keeper);
	netif_by(keeper ? opener_ask_change : NULL, keeper);
	ipsec_ask_by(keeper ? opener_ask_sas : NULL, keeper);
	accounts_spool_by(keeper ? opener_ask_spool : NULL, keeper);
	bound_by(keeper ? opener_ask_socket : NULL, keeper);
}
