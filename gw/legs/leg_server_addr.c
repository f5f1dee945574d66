/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The addresses of a client: his own, or of a pool, and back to where they were taken.  What the
 * service's own pool does not cover has no route through its device yet, and gets one.
 */
#include "gw/legs/leg_server.h"

#include "gw/device.h"
#include "gw/event.h"

#include <stdlib.h>

static struct leg_server_want leg_addr_want(const struct leg_server *s)
{
	const struct cfg_prefix *own = leg_server_own(s).prefix6;
	const struct grant *g = s->grant;
	struct leg_server_want w;

	memset(&w, 0, sizeof(w)); /* it is compared whole */
	w.pool4 = leg_grant_pool4(s);
	w.pool6 = leg_grant_pool6(s);
	w.pool_pd = leg_grant_pool_pd(s);
	w.fixed4 = s->fixed4;
	w.has_fixed6 = own || (g && g->has_prefix6);
	if (g && g->has_prefix6)
		memcpy(w.fixed6, g->prefix6, sizeof(w.fixed6));
	else if (own)
		memcpy(w.fixed6, own->addr, sizeof(w.fixed6));
	if (g)
		w.delegated = g->delegated;
	return w;
}

static const struct leg_server_wanted leg_addr_nothing;

void leg_server_wants_nothing(struct leg_server *s)
{
	struct leg_server_wanted *was = (struct leg_server_wanted *)(uintptr_t)s->taken_as;

	s->taken_as = &leg_addr_nothing;
	if (!was || was == &leg_addr_nothing || --was->users)
		return;
	if (was->of->wanted == was)
		was->of->wanted = NULL;
	free(was);
}

/* That of the log-in before, if it wanted the same; NULL without memory. */
static struct leg_server_wanted *leg_addr_wanted(struct gw_service *of,
						 const struct leg_server_want *want)
{
	if (of->wanted && !memcmp(&of->wanted->w, want, sizeof(*want)))
		return of->wanted;
	of->wanted = calloc(1, sizeof(*of->wanted));
	if (!of->wanted)
		return NULL;
	memcpy(&of->wanted->w, want, sizeof(*want));
	of->wanted->of = of;
	return of->wanted;
}

static bool leg_addr_take_as(struct leg_server *s, const struct leg_server_want *want)
{
	struct leg_server_wanted *now = leg_addr_wanted(s->service, want);

	if (now)
		now->users++;
	leg_server_wants_nothing(s);
	if (now)
		s->taken_as = now;
	return now;
}

static struct cfg_prefix leg_addr_prefix6(const struct leg_server *s)
{
	struct cfg_prefix p = {.v6 = true, .bits = 64};

	memcpy(p.addr, s->prefix6, sizeof(p.addr));
	return p;
}

/* --- routes ------------------------------------------------------------------------------------ */

static void leg_addr_route4(struct leg_server *s)
{
	const struct gw_service *v = s->service;

	s->routed = s->given4 && !addrpool_covers4(v->pool, s->given4) && v->tun &&
		    device_route4(s->t.gw, dp_tun_name(s->t.gw->dp, v->tun), s->given4, true);
}

static void leg_addr_route6(struct leg_server *s)
{
	const struct gw_service *v = s->service;
	const struct cfg_prefix p = leg_addr_prefix6(s);

	s->routed6 = s->has6 && !addrpool_covers6(v->pool, s->prefix6) && v->tun &&
		     device_route(s->t.gw, dp_tun_name(s->t.gw->dp, v->tun), &p, true);
}

static const char *leg_addr_device(const struct leg_server *s)
{
	struct dp *dp = s->t.gw->dp;
	uint32_t tun = s->service->tun;

	return tun && !dp_tun_gone(dp, tun) ? dp_tun_name(dp, tun) : NULL;
}

static void leg_addr_unroute4(struct leg_server *s)
{
	if (s->routed && leg_addr_device(s))
		device_route4(s->t.gw, leg_addr_device(s), s->given4, false);
	s->routed = false;
}

static void leg_addr_unroute6(struct leg_server *s)
{
	const struct cfg_prefix p = leg_addr_prefix6(s);

	if (s->routed6 && leg_addr_device(s))
		device_route(s->t.gw, leg_addr_device(s), &p, false);
	s->routed6 = false;
}

/* --- addresses --------------------------------------------------------------------------------- */

struct addrpool *leg_server_from4(const struct leg_server *s)
{
	return s->of_service4 ? s->taken_as->of->pool : s->taken_as->w.pool4;
}

struct addrpool *leg_server_from6(const struct leg_server *s)
{
	return s->of_service6 ? s->taken_as->of->pool : s->taken_as->w.pool6;
}

void leg_server_pool_news(const struct leg_server *s, struct addrpool *pool)
{
	const struct gw *gw = s->t.gw;
	const char *what;
	bool full;

	while (pool && (what = addrpool_news(pool, &full))) {
		const char *name = addrpool_name(pool);
		char words[128];

		snprintf(words, sizeof(words),
			 full ? "pool %s: no %s is left" : "pool %s: %s is free again", name, what);
		if (full)
			EVENT(POOL_FULL, LOG_NOBODY, words);
		else
			EVENT(POOL_FREE, LOG_NOBODY, words);
		gw_log_peer(LOG_NOBODY, GW_LOG_AAA, LOGL_NOTICE, 0, loop_now(gw->loop), "%s",
			    words);
	}
}

/* An address that the granted pool does not have is set aside in the service's, which may. */
static bool leg_addr_is_of_service4(const struct leg_server *s, uint32_t addr)
{
	return !addrpool_covers4(s->taken_as->w.pool4, addr);
}

static bool leg_addr_take_fixed4(struct leg_server *s, uint32_t addr)
{
	s->of_service4 = leg_addr_is_of_service4(s, addr);
	if (!addrpool_take4_fixed(leg_server_from4(s), addr))
		return false;
	s->given4 = addr;
	return true;
}

static bool leg_addr_take4(struct leg_server *s)
{
	if (s->taken_as->w.fixed4)
		return leg_addr_take_fixed4(s, s->taken_as->w.fixed4);
	s->of_service4 = false;
	if (s->service->cfg->ppp.ipv4)
		s->given4 = addrpool_take4(leg_server_from4(s));
	return true;
}

static bool leg_addr_take_fixed6(struct leg_server *s, const uint8_t prefix[16])
{
	s->of_service6 = !addrpool_covers6(s->taken_as->w.pool6, prefix);
	memmove(s->prefix6, prefix, sizeof(s->prefix6));
	s->has6 = addrpool_take6_fixed(leg_server_from6(s), prefix);
	return s->has6;
}

static bool leg_addr_take6(struct leg_server *s)
{
	if (!s->service->cfg->ppp.ipv6)
		return true;
	if (s->taken_as->w.has_fixed6)
		return leg_addr_take_fixed6(s, s->taken_as->w.fixed6);
	s->of_service6 = false;
	s->has6 = addrpool_take6(leg_server_from6(s), s->prefix6);
	return true;
}

/* No IPv4 address is no error when there is IPv6. */
static bool leg_addr_take(struct leg_server *s)
{
	bool ok = leg_addr_take4(s) && leg_addr_take6(s);

	leg_server_pool_news(s, s->taken_as->w.pool4);
	leg_server_pool_news(s, s->taken_as->w.pool6);
	leg_addr_route4(s);
	leg_addr_route6(s);
	return ok && (s->given4 || s->service->cfg->ppp.ipv6);
}

void leg_server_give_addresses_back(struct leg_server *s)
{
	leg_dhcp6_end(s);
	leg_addr_unroute4(s);
	leg_addr_unroute6(s);
	if (s->given4) {
		addrpool_give4(leg_server_from4(s), s->given4);
		leg_server_pool_news(s, leg_server_from4(s));
	}
	if (s->has6) {
		addrpool_give6(leg_server_from6(s), s->prefix6);
		leg_server_pool_news(s, leg_server_from6(s));
	}
	s->given4 = 0;
	s->has_addresses = s->has6 = false;
	leg_login_update(s);
}

/* What no host may have, and our own. */
static bool leg_addr_may_be_chosen(const struct leg_server *s, uint32_t addr)
{
	return addr >> 24 && addr >> 24 != 127 && addr >> 24 < 224 &&
	       addr != s->service->cfg->local4;
}

/* RFC 2865 5.8, 255.255.255.255.  The one before goes back when this one is his. */
bool leg_server_may_have4(struct leg_terminal *t, uint32_t addr)
{
	struct leg_server *s = leg_server_of(t);
	bool of_service;

	if (!s->given4 || s->taken_as->w.fixed4 || !s->grant || !s->grant->chooses4 ||
	    !leg_addr_may_be_chosen(s, addr))
		return false;
	of_service = leg_addr_is_of_service4(s, addr);
	if (!addrpool_take4_chosen(of_service ? s->taken_as->of->pool : s->taken_as->w.pool4, addr))
		return false;
	leg_addr_unroute4(s);
	addrpool_give4(leg_server_from4(s), s->given4);
	leg_server_pool_news(s, leg_server_from4(s));
	s->of_service4 = of_service;
	s->given4 = addr;
	leg_addr_route4(s);
	leg_login_update(s);
	join_changed(&t->leg);
	return true;
}

/* A link that starts again keeps its addresses, unless another user has authenticated on it and
 * one of the two has some of his own. */
bool leg_server_have_addresses(struct leg_server *s)
{
	const struct leg_server_want want = leg_addr_want(s);

	if (s->has_addresses && !memcmp(&s->taken_as->w, &want, sizeof(want)))
		return true;
	leg_server_give_addresses_back(s);
	s->has_addresses = leg_addr_take_as(s, &want) && leg_addr_take(s);
	leg_login_update(s);
	return s->has_addresses;
}

const char *leg_server_why_none(const struct leg_server *s)
{
	if (s->taken_as == &leg_addr_nothing)
		return "out of memory";
	if (s->taken_as->w.fixed4 && !s->given4)
		return "the user's address is in use";
	return s->taken_as->w.has_fixed6 && !s->has6 ? "the user's prefix is in use"
						     : "the pool is empty";
}

/* A prefix of a pool that has other ranges today may be anybody's. */
static bool leg_addr_take_again6(struct leg_server *s)
{
	bool ours = s->taken_as->w.has_fixed6 || addrpool_covers6(s->taken_as->w.pool6, s->prefix6);

	return !s->before->has6 || (ours && leg_addr_take_fixed6(s, s->prefix6));
}

bool leg_server_take_again(struct leg_server *s)
{
	const struct leg_server_want want = leg_addr_want(s);
	bool ok = leg_addr_take_as(s, &want);

	ok = ok && (!s->before->given4 || leg_addr_take_fixed4(s, s->before->given4)) &&
	     leg_addr_take_again6(s) && leg_dhcp6_take_again(s);
	leg_addr_route4(s);
	leg_addr_route6(s);
	s->has_addresses = ok && s->before->has_addresses;
	leg_login_update(s);
	return ok;
}
