/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log-ins by what names them: their user, their address, their prefix, their Acct-Session-Id.  A
 * log-in is found where its addresses are, so that the links of a bundle are one.  Several may have
 * the same name, as users may log in twice and pools may overlap.  A leg keeps nodes of all
 * tables, and leg_login_update() brings them in line with what it has.
 */
#include "gw/legs/leg_server.h"

#include "core/container.h"
#include "gw/random.h"

#include <stdlib.h>

struct logins {
	struct htab by[LEG_LOGIN_NAMES];
};

struct logins *logins_new(void)
{
	struct logins *l = calloc(1, sizeof(*l));
	uint64_t secret;

	for (unsigned i = 0; l && i < LEG_LOGIN_NAMES; i++) {
		gw_random(&secret, sizeof(secret));
		htab_init(&l->by[i], secret);
	}
	return l;
}

void logins_free(struct logins *l)
{
	for (unsigned i = 0; l && i < LEG_LOGIN_NAMES; i++)
		htab_free(&l->by[i]);
	free(l);
}

/* --- names ------------------------------------------------------------------------------------- */

/* The name of a kind that s has now; false: it has none. */
static bool leg_login_name(const struct leg_server *s, enum leg_login_by by,
			   struct leg_login_name *out)
{
	const char *user = leg_terminal_name(&s->t);

	*out = (struct leg_login_name){.by = by};
	switch (by) {
	case LEG_LOGIN_USER:
		out->user = user;
		return s->has_addresses && *user;
	case LEG_LOGIN_TOLD:
		out->told = acct_session_user(s->acct);
		return s->has_addresses && out->told.left &&
		       (out->told.left != strlen(user) ||
			memcmp(out->told.p, user, out->told.left) != 0);
	case LEG_LOGIN_ADDRESS:
		out->address4 = s->given4;
		return s->has_addresses && s->given4;
	case LEG_LOGIN_PREFIX:
		out->prefix6 = s->prefix6;
		return s->has_addresses && s->has6;
	default:
		out->acct = acct_session_id(s->acct);
		return out->acct;
	}
}

static uint64_t leg_login_key(const struct leg_login_name *n)
{
	switch (n->by) {
	case LEG_LOGIN_USER:
		return htab_octets(n->user, strlen(n->user));
	case LEG_LOGIN_TOLD:
		return htab_octets(n->told.p, n->told.left);
	case LEG_LOGIN_ADDRESS:
		return n->address4;
	case LEG_LOGIN_PREFIX:
		return htab_octets(n->prefix6, 8);
	default:
		return n->acct;
	}
}

static bool leg_login_is(const struct leg_server *s, const struct leg_login_name *name)
{
	struct leg_login_name has;

	if (!s->t.leg.join || s->t.leg.join->ending || !leg_login_name(s, name->by, &has))
		return false;
	switch (name->by) {
	case LEG_LOGIN_USER:
		return !strcmp(has.user, name->user);
	case LEG_LOGIN_TOLD:
		return has.told.left == name->told.left &&
		       !memcmp(has.told.p, name->told.p, has.told.left);
	case LEG_LOGIN_PREFIX:
		return !memcmp(has.prefix6, name->prefix6, 8);
	default:
		return has.address4 == name->address4 && has.acct == name->acct;
	}
}

/* --- the tables -------------------------------------------------------------------------------- */

/* NULL = it never had such a name. */
static struct hnode *leg_login_node(const struct leg_server *s, enum leg_login_by by)
{
	struct leg_server *mine = (struct leg_server *)(uintptr_t)s;

	if (by < LEG_LOGIN_RARE)
		return &mine->named[by];
	return s->rare ? &s->rare->named[by - LEG_LOGIN_RARE] : NULL;
}

/* The same of one that has; NULL without memory: then it is not found by that. */
static struct hnode *leg_login_make_node(struct leg_server *s, enum leg_login_by by)
{
	if (by >= LEG_LOGIN_RARE && !s->rare) {
		s->rare = calloc(1, sizeof(*s->rare));
		if (s->rare)
			s->rare->of = s;
	}
	return leg_login_node(s, by);
}

void leg_login_update(struct leg_server *s)
{
	for (unsigned i = 0; i < LEG_LOGIN_NAMES; i++) {
		const enum leg_login_by by = (enum leg_login_by)i;
		struct htab *t = &s->t.gw->logins->by[i];
		struct leg_login_name name;
		bool has = leg_login_name(s, by, &name);
		struct hnode *n = has ? leg_login_make_node(s, by) : leg_login_node(s, by);

		if (!n || (hnode_in(n) && has && n->key == leg_login_key(&name)))
			continue;
		htab_del(t, n);
		if (has)
			htab_add(t, n, leg_login_key(&name));
	}
}

void leg_login_drop_rare(struct leg_server *s)
{
	for (unsigned i = LEG_LOGIN_RARE; s->rare && i < LEG_LOGIN_NAMES; i++)
		htab_del(&s->t.gw->logins->by[i], leg_login_node(s, (enum leg_login_by)i));
	free(s->rare);
	s->rare = NULL;
}

static struct leg_server *leg_login_at(struct hnode *n, enum leg_login_by by)
{
	if (by < LEG_LOGIN_RARE)
		return IST_CONTAINER_OF(n - by, struct leg_server, named[0]);
	n -= by - LEG_LOGIN_RARE;
	return IST_CONTAINER_OF(n, struct leg_server_names, named[0])->of;
}

struct leg *leg_login_next(const struct gw *gw, const struct leg_login_name *name,
			   const struct leg *after)
{
	const struct leg_server *was = (const struct leg_server *)after;
	struct hnode *n = was ? leg_login_node(was, name->by)
			      : htab_first(&gw->logins->by[name->by], leg_login_key(name));

	for (n = was && n ? htab_more(n) : n; n; n = htab_more(n))
		if (leg_login_is(leg_login_at(n, name->by), name))
			return &leg_login_at(n, name->by)->t.leg;
	return NULL;
}
