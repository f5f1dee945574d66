/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The service of a user by his realm: the one that the call or line comes in by may name others
 * (`select`), of which the first whose `realms` has the user's takes him.  What LCP has agreed
 * stays, so the method must be one that this service asks for too; all that comes after it is that
 * service's: servers, addresses, limits, filters, the device.
 */
#include "gw/legs/leg_server.h"

#include "gw/filter.h"
#include "gw/peer.h"
#include "gw/service.h"

static bool leg_realm_fits(const struct cfg_service *s, struct rd realm)
{
	for (unsigned i = 0; i < s->realms; i++)
		if (peer_host_match(s->realm[i], realm.p, realm.left))
			return true;
	return false;
}

static struct gw_service *leg_realm_find(const struct leg_server *s, const char *name, size_t len)
{
	const struct cfg_service *cfg = s->entered->cfg;
	const struct realm_name n = realm_split(name, len);

	for (unsigned i = 0; n.realm.left && i < cfg->select.n; i++)
		if (leg_realm_fits(cfg->select.at[i], n.realm))
			return service_of(s->t.gw, cfg->select.at[i]);
	return s->entered;
}

static bool leg_realm_asks_for(const struct cfg_service *s, enum ppp_auth method)
{
	for (unsigned i = 0; i < s->ppp.n_auth; i++)
		if (s->ppp.auth[i] == method)
			return true;
	return false;
}

static bool leg_realm_enter(struct leg_server *s, struct gw_service *v)
{
	struct leg *far = join_other(&s->t.leg);
	bool client = s->is_client;

	leg_server_give_addresses_back(s);
	leg_server_count(s, false);
	s->service = v;
	s->t.net.tun = v->tun;
	leg_server_count(s, client);
	leg_entry_discard(far->ops->entry(far), v->cfg->discard);
	return leg_take_rates(far, LEG_RATES_SECTION, &v->cfg->rates) &&
	       leg_take_filters(far, LEG_FILTERS_SECTION, filters_of(s->t.gw, v->cfg->filter));
}

const char *leg_realm_choose(struct leg_server *s, const struct ppp_auth_claim *claim)
{
	struct gw_service *v;

	if (claim->again)
		return NULL;
	v = leg_realm_find(s, claim->name, claim->name_len);
	if (v != s->entered && !leg_realm_asks_for(v->cfg, claim->method))
		return "the service of his realm does not ask for this method";
	return v == s->service || leg_realm_enter(s, v) ? NULL : "out of memory";
}
