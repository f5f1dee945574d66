/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A terminal as client: proves itself with the secret of its section and takes the addresses it is
 * given; its owner puts them on the TUN.
 */
#include "gw/legs/leg_terminal.h"

#include <stdio.h>
#include <stdlib.h>

struct leg_client {
	struct leg_terminal t;
	const struct cfg_client *cfg;
	const struct leg_client_owner *owner;
	void *ctx;
	bool told4, told6;
};

static const char *client_section(const struct leg_terminal *t)
{
	return ((const struct leg_client *)t)->cfg->name;
}

static void client_auth_ok(struct leg_terminal *t, uint64_t now)
{
	(void)now;
	GW_LOG(PPP, LOGL_INFO, "client %s: %s\n", client_section(t),
	       t->auth == PPP_AUTH_NONE ? "the server asks for no authentication"
					: "authenticated");
}

static void leg_client_need_device(struct leg_client *c)
{
	struct leg_end why = leg_end(LEG_BY_RESOURCES, "no network device");

	if (!c->t.tun)
		c->t.tun = c->owner->device(c->ctx);
	if (!c->t.tun)
		leg_terminal_close(&c->t, &why, loop_now(c->t.gw->loop));
}

static void client_ip4(struct leg_terminal *t, const struct ppp_addresses *addr, bool up)
{
	struct leg_client *c = (struct leg_client *)t;

	t->net.peer4 = up ? addr->peer4 : 0;
	if (up)
		leg_client_need_device(c);
}

static void client_ip6(struct leg_terminal *t, const struct ppp_addresses *addr, bool up)
{
	struct leg_client *c = (struct leg_client *)t;

	t->net.peer_iid = up ? addr->peer_iid : 0;
	if (up)
		leg_client_need_device(c);
}

/* The owner is called once for each change. */
static void client_told(struct leg_terminal *t)
{
	struct leg_client *c = (struct leg_client *)t;

	if (t->net.ip4 != c->told4) {
		c->told4 = t->net.ip4;
		c->owner->ip4(c->ctx, &t->addr, c->told4);
	}
	if (t->net.ip6 != c->told6) {
		c->told6 = t->net.ip6;
		c->owner->ip6(c->ctx, &t->addr, c->told6);
	}
}

static void client_release(struct leg_terminal *t)
{
	if (!t->leg.join) /* there was no memory for it */
		return;
	t->net.ip4 = t->net.ip6 = false;
	leg_terminal_tell(t);
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
	.section = client_section,
	.auth_ok = client_auth_ok,
	.ip4 = client_ip4,
	.ip6 = client_ip6,
	.told = client_told,
	.release = client_release,
};

struct leg *leg_client_new(struct gw *gw, const struct cfg_client *cfg,
			   const struct leg_client_owner *owner, void *ctx)
{
	struct leg_client *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->t.leg.ops = &client_ops;
	c->t.role = &client_role;
	c->t.gw = gw;
	c->cfg = cfg;
	c->owner = owner;
	c->ctx = ctx;
	snprintf(c->t.user, sizeof(c->t.user), "%s", cfg->ppp.name);
	return &c->t.leg;
}
