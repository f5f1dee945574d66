/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A terminal as client: proves itself with the secret of its section and takes the addresses it is
 * given; its owner puts them on the TUN.
 */
#include "gw/legs/leg_bundle.h"

#include "gw/record.h"

#include <stdio.h>
#include <stdlib.h>

struct leg_client {
	struct leg_terminal t;
	const struct cfg_client *cfg;
	const struct leg_client_owner *owner;
	void *ctx;
	bool told4, told6;
	struct leg_link link; /* in a bundle, whose network protocols are another leg's */
};

static const char *client_section(const struct leg_terminal *t)
{
	return ((const struct leg_client *)t)->cfg->name;
}

static struct leg *leg_client_network(struct leg_terminal *first)
{
	struct leg_client *c = (struct leg_client *)first;

	return c->owner->network(c->ctx);
}

static struct leg_bundle_for leg_client_bundle(const struct leg_client *c)
{
	return (struct leg_bundle_for){.who = c->cfg->bundle ? c->cfg->bundle : c->cfg,
				       .one = true,
				       .network = leg_client_network,
				       .owner = c->owner->bundle,
				       .ctx = c->ctx};
}

/* The server may send by the link as soon as it has let us in, which we hear later. */
static void client_lcp_up(struct leg_terminal *t)
{
	struct leg_client *c = (struct leg_client *)t;
	const struct leg_bundle_for of = leg_client_bundle(c);

	leg_bundle_expect(&c->link, t, &of);
}

/* A link of a bundle, or the only one there is; one that is for a bundle can be nothing else. */
static void leg_client_join_bundle(struct leg_client *c, uint64_t now)
{
	const struct leg_bundle_for of = leg_client_bundle(c);
	const char *words = "the server does no multilink";
	struct ppp_link agreed;

	if (leg_bundle_wants(&c->t, &agreed)) {
		ppp_join_bundle(c->t.ppp, now);
		words = leg_bundle_join(&c->link, &c->t, &of, &agreed, now);
	}
	if (words) {
		struct leg_end why = leg_end(LEG_BY_MISMATCH, words);

		leg_terminal_close(&c->t, &why, now);
		return;
	}
	GW_LOG(about_leg(&c->t.leg), PPP, LOGL_INFO, "client %s: link %u of bundle %u\n",
	       client_section(&c->t), c->link.no + 1, c->t.net.bundle);
	join_leg_up(&c->t.leg, now);
}

static bool leg_client_is_link(const struct leg_client *c)
{
	struct ppp_link agreed;

	return c->cfg->bundle || leg_bundle_wants(&c->t, &agreed);
}

static void client_auth_ok(struct leg_terminal *t, uint64_t now)
{
	struct leg_client *c = (struct leg_client *)t;

	if (join_other(&t->leg)->ops->kind == LEG_BUNDLE)
		return;
	GW_LOG(about_leg(&t->leg), PPP, LOGL_INFO, "client %s: %s\n", client_section(t),
	       t->auth == PPP_AUTH_NONE ? "the server asks for no authentication"
					: "authenticated");
	if (leg_client_is_link(c))
		leg_client_join_bundle(c, now);
}

static struct leg_link *client_link(struct leg_terminal *t)
{
	return &((struct leg_client *)t)->link;
}

static void client_leaves(struct leg_terminal *t, const struct leg_end *why, uint64_t now)
{
	leg_bundle_leave(&((struct leg_client *)t)->link, why, now);
}

static void leg_client_need_device(struct leg_client *c)
{
	struct leg_end why = leg_end(LEG_BY_RESOURCES, "no network device");

	if (!c->t.net.tun)
		c->t.net.tun = c->owner->device(c->ctx);
	if (!c->t.net.tun)
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
	const struct ppp_addresses addr = leg_terminal_addresses(t);

	if (t->net.ip4 != c->told4) {
		c->told4 = t->net.ip4;
		c->owner->ip4(c->ctx, &addr, c->told4);
	}
	if (t->net.ip6 != c->told6) {
		c->told6 = t->net.ip6;
		c->owner->ip6(c->ctx, &addr, c->told6);
	}
}

static void client_release(struct leg_terminal *t)
{
	if (!t->leg.join) /* there was no memory for it */
		return;
	client_leaves(t, leg_terminal_ended(t), loop_now(t->gw->loop));
	t->net.ip4 = t->net.ip6 = false;
	leg_terminal_tell(t);
}

static void client_start(struct leg *l, uint64_t now)
{
	struct leg_client *c = (struct leg_client *)l;
	struct leg *other = join_other(l);

	if (!leg_terminal_make(&c->t, &c->cfg->ppp, c->cfg->mtu)) {
		struct leg_end why = leg_end(LEG_BY_RESOURCES, "out of memory");

		leg_terminal_stop(l, &why, now);
		return;
	}
	if (other->ops->kind == LEG_BUNDLE)
		ppp_open_bundle(c->t.ppp, leg_bundle_agreed(other), now);
	else
		ppp_open(c->t.ppp, now);
	leg_terminal_touch(&c->t);
}

static bool client_save(const struct leg *l, struct wr *w)
{
	const struct leg_client *c = (const struct leg_client *)l;

	record_text(w, c->cfg->name);
	return leg_terminal_save(&c->t, w);
}

const struct cfg_client *leg_client_read(struct gw *gw, struct rd *r)
{
	char name[RECORD_TEXT_MAX + 1];

	record_read_text(r, name, sizeof(name));
	return r->bad ? NULL : cfg_named(gw->cfg, "client", name);
}

static const char *client_leg_resume(struct leg *l, struct rd *r, uint64_t now)
{
	struct leg_client *c = (struct leg_client *)l;

	leg_terminal_read(&c->t, r);
	return leg_terminal_resume(&c->t, &c->cfg->ppp, c->cfg->mtu, r, now) ? NULL
									     : "out of memory";
}

static const struct leg_ops client_ops = {
	.kind = LEG_CLIENT,
	.name = "client",
	.start = client_start,
	.stop = leg_terminal_stop,
	.lost = leg_terminal_lost,
	.frame = leg_terminal_frame,
	.mtu = leg_terminal_mtu,
	.save = client_save,
	.resume = client_leg_resume,
	.free = leg_terminal_free,
};
static const struct leg_role client_role = {
	.ops = &client_ops,
	.section = client_section,
	.lcp_up = client_lcp_up,
	.auth_ok = client_auth_ok,
	.ip4 = client_ip4,
	.ip6 = client_ip6,
	.told = client_told,
	.link = client_link,
	.leaves = client_leaves,
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
	if (leg_terminal_set_name(&c->t, cfg->ppp.name))
		return &c->t.leg;
	free(c);
	return NULL;
}
