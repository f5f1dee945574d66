/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A terminal as server in another life of the gateway: its user, addresses and limits. */
#include "gw/legs/leg_server.h"

#include "gw/filter.h"
#include "gw/record.h"
#include "gw/resume.h"
#include "gw/service.h"

#include <stdlib.h>

enum {
	SERVER_HAS_ADDRESSES = 1,
	SERVER_HAS6 = 2,
	SERVER_IDLE_OF_USER = 4,
	SERVER_SESSION_OF_USER = 8
};

bool leg_server_save(const struct leg *l, struct wr *w)
{
	const struct leg_server *s = (const struct leg_server *)l;

	record_text(w, s->service->cfg->name);
	wr_u8(w, (uint8_t)((s->has_addresses ? SERVER_HAS_ADDRESSES : 0) |
			   (s->has6 ? SERVER_HAS6 : 0) |
			   (s->limits.idle_of_user ? SERVER_IDLE_OF_USER : 0) |
			   (s->limits.session_of_user ? SERVER_SESSION_OF_USER : 0)));
	wr_u32(w, s->fixed4);
	wr_u32(w, s->given4);
	wr_bytes(w, s->prefix6, sizeof(s->prefix6));
	wr_u64(w, s->limits.idle);
	wr_u64(w, s->limits.session);
	wr_u64(w, s->let_in);
	if (!leg_terminal_save(&s->t, w))
		return false;
	grant_save(s->grant, w);
	leg_acct_save(s, w);
	record_text(w, s->entered->cfg->name);
	leg_dhcp6_save(s, w);
	return true;
}

/* The service whose LCP it is; one that is gone leaves that to the user's. */
static bool leg_server_read_entered(struct leg_server *s, struct rd *r)
{
	const struct cfg_service *cfg;
	char name[RECORD_TEXT_MAX + 1];

	if (!r->left)
		return true;
	record_read_text(r, name, sizeof(name));
	cfg = cfg_named(s->t.gw->cfg, "service", name);
	if (cfg)
		s->entered = service_of(s->t.gw, cfg);
	return !r->bad;
}

/* It is behind what leg_terminal_resume() will read.  Records of older releases end there. */
static bool leg_server_read_grant(struct leg_server *s, struct rd r)
{
	rd_skip(&r, rd_u16(&r));
	if (r.bad || (r.left && !grant_read(&r, &s->grant)))
		return false;
	s->before->acct = r.left ? rd_u64(&r) : 0;
	return !r.bad && leg_server_read_entered(s, &r) && leg_dhcp6_read(s, &r);
}

static void leg_server_read(struct leg_server *s, struct rd *r)
{
	const uint8_t *prefix;
	uint8_t flags = rd_u8(r);

	s->before = calloc(1, sizeof(*s->before));
	if (!s->before) {
		rd_fail(r);
		return;
	}
	s->before->fixed4 = rd_u32(r);
	s->before->given4 = rd_u32(r);
	prefix = rd_take(r, sizeof(s->prefix6));
	if (prefix)
		memcpy(s->prefix6, prefix, sizeof(s->prefix6));
	s->before->has_addresses = flags & SERVER_HAS_ADDRESSES;
	s->before->has6 = flags & SERVER_HAS6;
	s->limits.idle = rd_u64(r);
	s->limits.session = rd_u64(r);
	s->limits.idle_of_user = flags & SERVER_IDLE_OF_USER;
	s->limits.session_of_user = flags & SERVER_SESSION_OF_USER;
	s->before->let_in = rd_u64(r);
	if (s->limits.idle > LEG_LIMIT_MOST || s->limits.session > LEG_LIMIT_MOST)
		rd_fail(r);
}

static const struct cfg_user *leg_server_user(const struct leg_server *s)
{
	const char *user = leg_terminal_name(&s->t);
	const struct rd said = realm_strip(s->service->cfg, user, strlen(user));
	const struct cfg_model *m = s->t.gw->cfg;

	for (unsigned i = 0; i < m->users; i++)
		if (strlen(m->user[i].name) == said.left &&
		    !memcmp(m->user[i].name, said.p, said.left))
			return &m->user[i];
	return NULL;
}

/* Whom RADIUS has let in has the filter that it named, whatever section has his name. */
static bool leg_server_filter_again(struct leg_server *s)
{
	const struct cfg_user *u = s->let_in && !s->grant ? leg_server_user(s) : NULL;
	struct leg *other = join_other(&s->t.leg);

	if (!s->grant)
		s->filters = u ? filters_of(s->t.gw, u->filter) : NULL;
	return leg_take_rates(other, LEG_RATES_SECTION, &s->service->cfg->rates) &&
	       leg_take_filters(other, LEG_FILTERS_SECTION,
				filters_of(s->t.gw, s->service->cfg->filter)) &&
	       leg_take_filters(other, LEG_FILTERS_USER, s->filters);
}

/* A link has LCP and no more; what begins anew is none of a bundle. */
static const char *leg_server_link_goes_on(struct leg_server *s, struct rd *r, uint64_t now)
{
	const struct cfg_service *cfg = s->entered->cfg;

	if (!leg_terminal_resume(&s->t, &cfg->ppp, cfg->mtu, r, now))
		return "out of memory";
	leg_server_count(s, !s->t.net.bundle);
	return NULL;
}

void leg_server_forget_before(struct leg_server *s)
{
	free(s->before);
	s->before = NULL;
}

/* Time limits go on from the log-in; idle time begins again. */
static const char *leg_server_goes_on(struct leg *l, struct rd *r, uint64_t now)
{
	struct leg_server *s = (struct leg_server *)l;
	const struct cfg_service *cfg = s->entered->cfg;
	const char *words = leg_grant_again(s);

	if (words)
		return words;
	leg_acct_go_on(s);
	s->fixed4 = s->before->fixed4; /* the user's own comes before that of the call */
	s->let_in = s->before->let_in < now ? s->before->let_in : now;
	s->let_in_as = leg_server_source(s);
	leg_entry_discard(join_other(l)->ops->entry(join_other(l)), s->service->cfg->discard);
	if (s->t.was_of)
		return leg_server_link_goes_on(s, r, now);
	if (!leg_server_take_again(s))
		return "its address is not free any more";
	if (!leg_server_filter_again(s) || !leg_terminal_resume(&s->t, &cfg->ppp, cfg->mtu, r, now))
		return "out of memory";
	if (!s->let_in)
		return NULL;
	return leg_limit_start(&s->limit, &s->t, s->limits.idle, s->limits.session, s->let_in, now)
		       ? NULL
		       : "out of memory";
}

const char *leg_server_go_on(struct leg *l, struct rd *r, uint64_t now)
{
	const char *words = leg_server_goes_on(l, r, now);

	leg_server_forget_before((struct leg_server *)l);
	return words;
}

struct leg *leg_server_resume(struct gw *gw, struct rd *r, const char **words)
{
	const struct cfg_service *cfg;
	char name[RECORD_TEXT_MAX + 1];
	struct leg *l;

	record_read_text(r, name, sizeof(name));
	cfg = cfg_named(gw->cfg, "service", name);
	*words = "its service is gone";
	if (!cfg)
		return NULL;
	l = leg_server_new(gw, service_of(gw, cfg));
	*words = "out of memory";
	if (!l)
		return NULL;
	leg_server_read((struct leg_server *)l, r);
	leg_terminal_read(&((struct leg_server *)l)->t, r);
	*words = "its record cannot be read";
	if (!r->bad && leg_server_read_grant((struct leg_server *)l, *r)) {
		leg_grant_left((struct leg_server *)l);
		return l;
	}
	l->ops->free(l);
	return NULL;
}

struct join *leg_server_resume_bundle(struct resume_from *f)
{
	struct leg *l = leg_server_resume(f->gw, &f->leg[1], &f->words), *bundle;

	if (!l)
		return NULL;
	((struct leg_server *)l)->of_bundle = true;
	bundle = leg_bundle_resume(f->gw, &f->leg[0], ((struct leg_server *)l)->service, &f->words);
	if (bundle)
		return join_new(f->gw->joins, bundle, l, NULL, NULL, f->now);
	l->ops->free(l);
	return NULL;
}
