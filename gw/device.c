/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No netlink per login: a pool's ranges are routed once, when the service starts, and the data
 * plane finds the client by address.  Only a user's fixed address outside every range costs a
 * route.  A client's device gets its address, its routes and then is up; going down removes them
 * the other way.
 */
#include "gw/device.h"

#include "gw/netif.h"
#include "gw/text.h"
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned device_offload(uint8_t word)
{
	static const uint8_t of_word[] = {
		[CFG_TUN_AUTO] = DP_TUN_OFFLOADS,
		[CFG_TUN_TCP] = DP_TUN_TCP,
		[CFG_TUN_UDP] = DP_TUN_UDP,
		[CFG_TUN_OFF] = 0,
	};

	return of_word[word];
}

static struct cfg_prefix device_prefix4(uint32_t addr, uint8_t bits)
{
	struct cfg_prefix p = {.bits = bits};

	wr_put32(p.addr + 12, addr);
	return p;
}

/* fe80::iid */
static struct cfg_prefix device_link_local(uint64_t iid, uint8_t bits)
{
	struct cfg_prefix p = {.v6 = true, .bits = bits, .addr = {0xfe, 0x80}};

	wr_put32(p.addr + 8, (uint32_t)(iid >> 32));
	wr_put32(p.addr + 12, (uint32_t)iid);
	return p;
}

static int device_complain(char *err, size_t len, const char *dev, const char *what, int rc)
{
	snprintf(err, len, "%s: %s: %s", dev, what, strerror(-rc));
	return rc;
}

static void device_note(const char *dev, const char *what, int rc)
{
	if (rc < 0 && rc != -EPIPE) /* keeper has gone, which has been said, and devices with it */
		GW_LOG(LOG_ABOUT(.device = dev), CLIENT, LOGL_ERROR, "%s: %s: %s\n", dev, what,
		       strerror(-rc));
}

/* --- routes that lead elsewhere --------------------------------------------------------------- */

/*
 * After a reload the device that had a route before goes a moment after the new one has come: a
 * route that leads elsewhere is tried again soon, then less often, and said once it has lasted.
 */
#define WANTS_MOST   1024u
#define WANT_FIRST   10000u /* us to the next try, which doubles */
#define WANT_LONGEST 64000000u
#define WANT_SAID    1000000u /* us between tries, from which on it is said */

struct device_wants {
	struct loop_timer next;
	unsigned n;
	struct device_wanted {
		char dev[IFNAMSIZ];
		struct cfg_prefix to;
		uint64_t at,
			pause; /* us: the next try, and how long after it the one that follows */
		bool said;
	} row[WANTS_MOST];
};

static void device_want_again(struct gw *gw)
{
	uint64_t at = DEADLINE_NEVER;

	for (unsigned i = 0; i < gw->wants->n; i++)
		at = gw->wants->row[i].at < at ? gw->wants->row[i].at : at;
	loop_set(gw->loop, &gw->wants->next, at);
}

static void device_want_say(struct device_wanted *w, bool here)
{
	char text[GW_TEXT_MAX];

	if (here != w->said) /* one that came soon is not worth a word */
		return;
	w->said = !here;
	gw_prefix_text(text, sizeof(text), &w->to);
	if (here)
		GW_LOG(LOG_ABOUT(.device = w->dev), MAIN, LOGL_NOTICE,
		       "%s: the route to %s leads here now\n", w->dev, text);
	else
		GW_LOG(LOG_ABOUT(.device = w->dev), MAIN, LOGL_ERROR,
		       "%s: the route to %s is not ours: it was there before and does not lead "
		       "here\n",
		       w->dev, text);
}

/* True: it need not be tried again. */
static bool device_try(struct device_wanted *w, uint64_t now)
{
	int rc;

	if (now < w->at)
		return false;
	rc = netif_route(w->dev, &w->to, true);
	if (rc == -EEXIST) {
		w->at = loop_back_off(&w->pause, WANT_LONGEST, now);
		if (w->pause > WANT_SAID)
			device_want_say(w, false);
		return false;
	}
	if (rc == 0)
		device_want_say(w, true);
	return true;
}

static void device_try_all(void *ctx, uint64_t now)
{
	struct gw *gw = ctx;
	struct device_wants *all = gw->wants;

	for (unsigned i = 0; i < all->n; i++)
		if (device_try(&all->row[i], now))
			all->row[i--] = all->row[--all->n];
	device_want_again(gw);
}

static bool device_is_wanted(const struct device_wanted *w, const char *dev,
			     const struct cfg_prefix *to)
{
	return !strcmp(w->dev, dev) && cfg_same_prefix(&w->to, to);
}

/* False: it was not, so that it may be there. */
static bool device_want_no_more(struct gw *gw, const char *dev, const struct cfg_prefix *to)
{
	struct device_wants *all = gw->wants;
	unsigned i = 0;

	while (all && i < all->n && !device_is_wanted(&all->row[i], dev, to))
		i++;
	if (!all || i == all->n)
		return false;
	all->row[i] = all->row[--all->n];
	return true;
}

static struct device_wants *device_wants_of(struct gw *gw)
{
	if (!gw->wants)
		gw->wants = calloc(1, sizeof(*gw->wants));
	if (gw->wants && !gw->wants->next.fn)
		loop_timer_init(&gw->wants->next, device_try_all, gw);
	return gw->wants;
}

/* False: there is no room. */
static bool device_want_later(struct gw *gw, const char *dev, const struct cfg_prefix *to)
{
	struct device_wants *all = device_wants_of(gw);
	struct device_wanted *w;

	if (!all || all->n == WANTS_MOST)
		return false;
	w = &all->row[all->n++];
	*w = (struct device_wanted){.to = *to, .pause = WANT_FIRST};
	w->at = loop_back_off(&w->pause, WANT_LONGEST, loop_now(gw->loop));
	snprintf(w->dev, sizeof(w->dev), "%s", dev);
	device_want_again(gw);
	return true;
}

void device_free(struct gw *gw)
{
	if (gw->wants)
		loop_cancel(gw->loop, &gw->wants->next);
	free(gw->wants);
	gw->wants = NULL;
}

/* --- routes ----------------------------------------------------------------------------------- */

/* 0 for one that will be as soon as it can. */
static int device_lead(struct gw *gw, const char *dev, const struct cfg_prefix *to, bool add)
{
	int rc;

	if (device_want_no_more(gw, dev, to) && !add)
		return 0;
	rc = netif_route(dev, to, add);
	return rc == -EEXIST && device_want_later(gw, dev, to) ? 0 : rc;
}

bool device_route(struct gw *gw, const char *dev, const struct cfg_prefix *to, bool add)
{
	char text[GW_TEXT_MAX], what[GW_TEXT_MAX + 16];
	int rc = device_lead(gw, dev, to, add);

	snprintf(what, sizeof(what), "route to %s", gw_prefix_text(text, sizeof(text), to));
	device_note(dev, what, rc);
	return rc >= 0;
}

bool device_route4(struct gw *gw, const char *dev, uint32_t addr, bool add)
{
	struct cfg_prefix p = device_prefix4(addr, 32);

	return device_route(gw, dev, &p, add);
}

/* --- services --------------------------------------------------------------------------------- */

static int device_service_routes(struct gw_service *s, const char *dev, char *err, size_t len)
{
	const struct cfg_pool *pool = s->cfg->pool;
	char text[GW_TEXT_MAX], what[GW_TEXT_MAX + 16];
	int rc = 0;

	for (unsigned i = 0; pool && rc >= 0 && i < pool->ranges; i++) {
		const struct cfg_prefix *p = &pool->range[i];

		if (p->v6 ? !s->cfg->ppp.ipv6 : !s->cfg->ppp.ipv4)
			continue;
		rc = device_lead(s->gw, dev, p, true);
		snprintf(what, sizeof(what), "route to %s", gw_prefix_text(text, sizeof(text), p));
	}
	return rc < 0 ? device_complain(err, len, dev, what, rc) : 0;
}

int device_open_service(struct gw_service *s, char *err, size_t len)
{
	struct cfg_prefix local4 = device_prefix4(s->cfg->local4, 32);
	struct cfg_prefix local6 = device_link_local(s->iid, 64);
	const char *dev;
	int rc;

	s->tun = dp_tun_open(s->gw->dp, s->cfg->tun, s->cfg->mtu,
			     device_offload(s->cfg->tun_offload), err, len);
	if (!s->tun)
		return -EIO;
	dev = dp_tun_name(s->gw->dp, s->tun);
	if (s->cfg->local4 && (rc = netif_addr(dev, &local4, NULL, true)) < 0)
		return device_complain(err, len, dev, "local address", rc);
	if ((rc = netif_set(dev, true, s->cfg->mtu)) < 0)
		return device_complain(err, len, dev, "up", rc);
	/* A kernel without IPv6 serves IPv4 all the same. */
	if (s->cfg->ppp.ipv6 && (rc = netif_addr(dev, &local6, NULL, true)) < 0)
		GW_LOG(LOG_ABOUT(.service = s->cfg->name, .device = dev), MAIN, LOGL_ERROR,
		       "%s: no IPv6: %s\n", dev, strerror(-rc));
	return device_service_routes(s, dev, err, len);
}

int device_open_client(struct gw *gw, const struct cfg_client *c, uint32_t *out, char *err,
		       size_t len)
{
	*out = dp_tun_open(gw->dp, c->tun ? c->tun : c->name, c->mtu,
			   device_offload(c->tun_offload), err, len);
	return *out ? 0 : -EIO;
}

/* --- clients ---------------------------------------------------------------------------------- */

/* The kernel takes them with the address. */
static void device_client_routes(struct gw *gw, const char *dev, const struct cfg_client *c,
				 bool v6, bool up)
{
	for (unsigned i = 0; i < c->routes; i++) {
		if (c->route[i].v6 != v6)
			continue;
		if (up)
			device_route(gw, dev, &c->route[i], true);
		else
			device_want_no_more(gw, dev, &c->route[i]);
	}
}

void device_client_ip4(struct gw *gw, const char *dev, const struct cfg_client *c,
		       const struct ppp_addresses *a, bool up)
{
	struct cfg_prefix local = device_prefix4(a->local4, 32),
			  peer = device_prefix4(a->peer4, 32);

	if (up) {
		device_note(dev, "up", netif_set(dev, true, c->mtu));
		device_note(dev, "address", netif_addr(dev, &local, a->peer4 ? &peer : NULL, true));
	} else {
		/* The device stays up for IPv6. */
		device_note(dev, "remove address",
			    netif_addr(dev, &local, a->peer4 ? &peer : NULL, false));
	}
	device_client_routes(gw, dev, c, false, up);
}

void device_client_ip6(struct gw *gw, const char *dev, const struct cfg_client *c,
		       const struct ppp_addresses *a, bool up)
{
	struct cfg_prefix local = device_link_local(a->local_iid, 64);

	if (up) {
		device_note(dev, "up", netif_set(dev, true, c->mtu));
		device_note(dev, "address", netif_addr(dev, &local, NULL, true));
	} else {
		device_note(dev, "remove address", netif_addr(dev, &local, NULL, false));
	}
	device_client_routes(gw, dev, c, true, up);
}

/* --- as the data plane has them --------------------------------------------------------------- */

struct dp_prefix device_network(const struct cfg_prefix *p)
{
	struct rd r = rd_init(p->addr + (p->v6 ? 0 : 8), 8);
	uint64_t top = rd_u64(&r);

	return (struct dp_prefix){.v6 = p->v6, .bits = p->bits, .top = p->v6 ? top : top << 32};
}

struct dp_prefix device_host(uint32_t addr)
{
	return (struct dp_prefix){.bits = 32, .top = (uint64_t)addr << 32};
}
