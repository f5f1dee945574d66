/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A terminal as client: proves itself with the secret of its section and takes the addresses it is
 * given; its owner puts them on the TUN.
 */
#include "gw/leg_terminal.h"
#include "gw/text.h"

#include <stdio.h>
#include <stdlib.h>

struct leg_client {
	struct leg_terminal t;
	const struct cfg_client *cfg;
	const struct leg_client_owner *owner;
	void *ctx;
};

static void client_auth_ok(struct leg_terminal *t, uint64_t now)
{
	(void)now;
	GW_LOG(PPP, LOGL_INFO, "client %s: authenticated\n", ((struct leg_client *)t)->cfg->name);
}

static void client_ip4(struct leg_terminal *t, const struct ppp_addresses *addr, bool up)
{
	struct leg_client *c = (struct leg_client *)t;

	t->net.peer4 = up ? addr->peer4 : 0;
	c->owner->ip4(c->ctx, addr, up);
}

static void client_ip6(struct leg_terminal *t, const struct ppp_addresses *addr, bool up)
{
	struct leg_client *c = (struct leg_client *)t;

	t->net.peer_iid = up ? addr->peer_iid : 0;
	c->owner->ip6(c->ctx, addr, up);
}

static void client_release(struct leg_terminal *t)
{
	struct leg_client *c = (struct leg_client *)t;

	if (t->net.ip4)
		c->owner->ip4(c->ctx, &t->addr, false);
	if (t->net.ip6)
		c->owner->ip6(c->ctx, &t->addr, false);
	t->net.ip4 = t->net.ip6 = false;
}

static void client_start(struct leg *l, uint64_t now)
{
	struct leg_client *c = (struct leg_client *)l;

	if (!leg_terminal_open(&c->t, &c->cfg->ppp, c->cfg->mtu, now)) {
		struct leg_end why = leg_end(LEG_BY_RESOURCES, "out of memory");

		leg_terminal_stop(l, &why, now);
	}
}

static const struct leg_ops client_ops = {
	.kind = LEG_CLIENT,
	.name = "client",
	.start = client_start,
	.stop = leg_terminal_stop,
	.lost = leg_terminal_lost,
	.frame = leg_terminal_frame,
	.mtu = leg_terminal_mtu,
	.free = leg_terminal_free,
};
static const struct leg_role client_role = {
	.ops = &client_ops,
	.auth_ok = client_auth_ok,
	.ip4 = client_ip4,
	.ip6 = client_ip6,
	.release = client_release,
};

struct leg *leg_client_new(struct gw *gw, const struct cfg_client *cfg, struct dp_tun *tun,
			   const struct leg_client_owner *owner, void *ctx)
{
	struct leg_client *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->t.leg.ops = &client_ops;
	c->t.role = &client_role;
	c->t.gw = gw;
	c->t.tun = tun;
	c->cfg = cfg;
	c->owner = owner;
	c->ctx = ctx;
	snprintf(c->t.user, sizeof(c->t.user), "%s", cfg->ppp.name);
	return &c->t.leg;
}
