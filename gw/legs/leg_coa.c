/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a RADIUS server wants to become of log-ins that stand (RFC 5176): they end, or something of
 * what they were granted is another thing from now on.  A request is about every log-in that has
 * all that it names; first each of them must be able to do it, then all do, so that a refusal
 * leaves everything as it was.  Only log-ins of services that ask this server's section are found.
 */
#include "gw/legs/leg_server.h"

#include "gw/aaa/aaa.h"
#include "gw/filter.h"

#include <stdio.h>

#define SECOND UINT64_C(1000000)

struct leg_coa {
	struct gw *gw;
	const struct cfg_radius *of;
	const struct radius_coa *what;
	uint64_t session; /* Acct-Session-Id; 0 = none that could be one of ours */
	char user[RADIUS_VALUE_MAX + 1];
	const char *who;
	struct rate_draft rate;
	bool names_filter, has_rate;
	char filter[GRANT_NAME + 1];
	const struct gw_filters *filters;
	struct leg_server *first; /* of those it is about */
	unsigned n;
	uint64_t now;
};

/* --- which log-ins ----------------------------------------------------------------------------- */

static bool leg_coa_same(struct rd said, const char *text)
{
	return text && said.left == strlen(text) && !memcmp(said.p, text, said.left);
}

static bool leg_coa_is_user(const struct leg_server *s, const struct leg_coa *c)
{
	const struct rd told = acct_session_user(s->acct), said = c->what->user;

	return leg_coa_same(said, leg_terminal_name(&s->t)) ||
	       (said.left == told.left && !memcmp(said.p, told.p, told.left));
}

static bool leg_coa_is_address4(const struct leg_server *s, const struct leg_coa *c)
{
	return s->given4 == c->what->address4;
}

static bool leg_coa_is_called(const struct leg_server *s, const struct leg_coa *c)
{
	const struct leg_origin *o = leg_server_origin(s);

	return o && leg_coa_same(c->what->called, o->called);
}

static bool leg_coa_is_calling(const struct leg_server *s, const struct leg_coa *c)
{
	const struct leg_origin *o = leg_server_origin(s);

	return o && leg_coa_same(c->what->calling, o->calling);
}

static bool leg_coa_is_session(const struct leg_server *s, const struct leg_coa *c)
{
	return c->session && acct_session_id(s->acct) == c->session;
}

/* Log-ins have none: the links of a bundle are one. */
static bool leg_coa_is_multi(const struct leg_server *s, const struct leg_coa *c)
{
	(void)s;
	(void)c;
	return false;
}

static bool leg_coa_is_port(const struct leg_server *s, const struct leg_coa *c)
{
	return leg_coa_same(c->what->port_id, leg_entry_circuit(leg_server_entry(s)));
}

static bool leg_coa_is_iid(const struct leg_server *s, const struct leg_coa *c)
{
	return s->t.net.ip6 && leg_terminal_addresses(&s->t).peer_iid == c->what->iid;
}

static bool leg_coa_is_prefix6(const struct leg_server *s, const struct leg_coa *c)
{
	return s->has6 && c->what->prefix6_bits == 64 && !memcmp(s->prefix6, c->what->prefix6, 8);
}

static const struct {
	uint32_t has;
	bool (*is)(const struct leg_server *s, const struct leg_coa *c);
} leg_coa_keys[] = {
	{COA_USER, leg_coa_is_user},	      {COA_ADDRESS4, leg_coa_is_address4},
	{COA_CALLED, leg_coa_is_called},      {COA_CALLING, leg_coa_is_calling},
	{COA_SESSION_ID, leg_coa_is_session}, {COA_MULTI_ID, leg_coa_is_multi},
	{COA_PORT_ID, leg_coa_is_port},	      {COA_IID, leg_coa_is_iid},
	{COA_PREFIX6, leg_coa_is_prefix6},
};

/* It has all that the request names. */
static bool leg_coa_is(const struct leg_server *s, const struct leg_coa *c)
{
	if (!s->has_addresses || s->service->cfg->radius != c->of)
		return false;
	for (size_t i = 0; i < sizeof(leg_coa_keys) / sizeof(leg_coa_keys[0]); i++)
		if (c->what->has & leg_coa_keys[i].has && !leg_coa_keys[i].is(s, c))
			return false;
	return true;
}

static void leg_coa_consider(struct leg_coa *c, struct leg *l)
{
	struct leg_server *s = (struct leg_server *)l;

	if (!leg_coa_is(s, c))
		return;
	s->chosen = c->first;
	c->first = s;
	c->n++;
}

static void leg_coa_look(struct leg_coa *c, const struct leg_login_name *name)
{
	struct leg *l = NULL;

	while ((l = leg_login_next(c->gw, name, l)))
		leg_coa_consider(c, l);
}

/* Where nothing is named that log-ins are found by. */
static void leg_coa_look_at_all(struct leg_coa *c)
{
	struct join *j;

	llist_for_each_entry(j, &c->gw->joins->head,
			     entry) if (!j->ending && j->leg[1]->ops->kind == LEG_SERVER)
		leg_coa_consider(c, j->leg[1]);
}

static void leg_coa_choose(struct leg_coa *c)
{
	const struct radius_coa *w = c->what;

	if (w->has & COA_SESSION_ID) {
		leg_coa_look(c, &(struct leg_login_name){.by = LEG_LOGIN_ACCT, .acct = c->session});
	} else if (w->has & COA_ADDRESS4) {
		leg_coa_look(c, &(struct leg_login_name){.by = LEG_LOGIN_ADDRESS,
							 .address4 = w->address4});
	} else if (w->has & COA_PREFIX6) {
		leg_coa_look(
			c, &(struct leg_login_name){.by = LEG_LOGIN_PREFIX, .prefix6 = w->prefix6});
	} else if (w->has & COA_USER) {
		leg_coa_look(c, &(struct leg_login_name){.by = LEG_LOGIN_USER, .user = c->user});
		leg_coa_look(c, &(struct leg_login_name){.by = LEG_LOGIN_TOLD, .told = w->user});
	} else {
		leg_coa_look_at_all(c);
	}
}

/* --- can it be done? --------------------------------------------------------------------------- */

static enum radius_refusal leg_coa_name_filter(struct leg_coa *c, struct rd name)
{
	const struct cfg_filter_section *f;

	if (c->names_filter)
		return RADIUS_R_INVALID_REQUEST;
	if (name.left > GRANT_NAME)
		return RADIUS_R_INVALID_VALUE;
	memcpy(c->filter, name.p, name.left);
	f = cfg_named(c->gw->cfg, "filter", c->filter);
	if (!f || strlen(c->filter) != name.left)
		return RADIUS_R_INVALID_VALUE;
	c->filters = filters_of(c->gw, f->filter);
	c->names_filter = true;
	return RADIUS_DONE;
}

/* What may be there several times. */
static enum radius_refusal leg_coa_read(struct leg_coa *c)
{
	enum radius_refusal r = RADIUS_DONE;
	struct radius_walk at;
	struct radius_value v;

	rate_begin(&c->rate);
	if (!(c->what->has & (COA_FILTER | COA_RATE)))
		return r;
	for (at = radius_walk(c->what->packet); r == RADIUS_DONE && radius_next(&at, &v);) {
		if (rate_add(&c->rate, &v))
			r = RADIUS_R_INVALID_VALUE;
		else if (v.name == RADIUS_FILTER_ID && !rate_is_filter_id(v.octets))
			r = leg_coa_name_filter(c, v.octets);
	}
	for (unsigned i = 0; i < CFG_RATES; i++)
		c->has_rate |= c->rate.rates.bps[i] != CFG_OF_SERVICE;
	return r;
}

/* What has no records has none that could be more often, or say something else. */
static enum radius_refusal leg_coa_can(struct leg_server *s, const struct leg_coa *c)
{
	const struct radius_coa *w = c->what;

	if (!w->disconnect && w->has & (COA_INTERIM | COA_CLASS) && !s->acct)
		return RADIUS_R_UNSUPPORTED_ATTRIBUTE;
	if (w->has & COA_CLASS && !acct_session_reserve(s->acct, w->classes_len))
		return RADIUS_R_RESOURCES;
	if (w->has & (COA_IDLE | COA_SESSION) && s->let_in &&
	    !leg_limit_reserve(&s->limit, &s->t, s->let_in))
		return RADIUS_R_RESOURCES;
	return c->names_filter && !leg_grant_can_name(s) ? RADIUS_R_RESOURCES : RADIUS_DONE;
}

/* Those in front of `end`, NULL = all, have the filters that they had. */
static void leg_coa_give_filters_back(const struct leg_coa *c, const struct leg_server *end)
{
	for (struct leg_server *s = c->first; s != end; s = s->chosen)
		leg_take_filters(join_other(&s->t.leg), LEG_FILTERS_USER, s->filters);
}

/* False: one of them could not, and all have the filters that they had. */
static bool leg_coa_take_filters(struct leg_coa *c)
{
	struct leg_server *s = c->first;

	while (s && leg_take_filters(join_other(&s->t.leg), LEG_FILTERS_USER, c->filters))
		s = s->chosen;
	if (s)
		leg_coa_give_filters_back(c, s);
	return !s;
}

/* What it says, and of the other direction what the log-in had. */
static struct cfg_rates leg_coa_rates(const struct leg_server *s, const struct leg_coa *c)
{
	struct cfg_rates r = *leg_server_entry(s)->rates[LEG_RATES_USER];

	for (unsigned i = 0; i < CFG_RATES; i++)
		if (c->rate.rates.bps[i] != CFG_OF_SERVICE)
			r.bps[i] = c->rate.rates.bps[i];
	return r;
}

/* False likewise: meanwhile s->rates are those that they had. */
static bool leg_coa_take_rates(struct leg_coa *c)
{
	struct leg_server *s, *back;
	struct cfg_rates r;

	for (s = c->first; s; s = s->chosen) {
		r = leg_coa_rates(s, c);
		if (!leg_server_keep_rates(s, leg_server_entry(s)->rates[LEG_RATES_USER]) ||
		    !leg_take_rates(join_other(&s->t.leg), LEG_RATES_USER, &r))
			break;
	}
	for (back = c->first; s && back != s; back = back->chosen)
		leg_take_rates(join_other(&back->t.leg), LEG_RATES_USER, back->rates);
	return !s;
}

static bool leg_coa_take_all(struct leg_coa *c)
{
	if (c->names_filter && !leg_coa_take_filters(c))
		return false;
	if (!c->has_rate || leg_coa_take_rates(c))
		return true;
	if (c->names_filter)
		leg_coa_give_filters_back(c, NULL);
	return false;
}

static enum radius_refusal leg_coa_can_all(struct leg_coa *c)
{
	enum radius_refusal r = leg_coa_read(c);

	for (struct leg_server *s = c->first; s && r == RADIUS_DONE; s = s->chosen)
		r = leg_coa_can(s, c);
	if (r == RADIUS_DONE && !leg_coa_take_all(c))
		r = RADIUS_R_RESOURCES;
	for (struct leg_server *s = c->first; s && r != RADIUS_DONE; s = s->chosen)
		leg_grant_does_not_name(s);
	return r;
}

/* --- it is done -------------------------------------------------------------------------------- */

/* Seconds count from the log-in, as those that he was let in with. */
static void leg_coa_change_limits(struct leg_server *s, const struct leg_coa *c)
{
	const struct radius_coa *w = c->what;
	const struct leg_limits was = s->limits;
	uint64_t idle = was.idle_of_user ? was.idle : CFG_OF_SERVICE;
	uint64_t session = was.session_of_user ? was.session : CFG_OF_SERVICE;

	if (w->has & COA_IDLE)
		idle = w->idle * SECOND;
	if (w->has & COA_SESSION)
		session = w->session * SECOND;
	leg_server_set_limits(s, idle, session);
	if (s->let_in)
		leg_limit_change(s->limit, s->limits.idle, s->limits.session, c->now);
}

/* "filter web, session limit": what has changed. */
static void leg_coa_words(char *buf, size_t cap, const struct leg_coa *c)
{
	static const struct {
		uint32_t has;
		const char *words;
	} rows[] = {
		{COA_SESSION, "session limit"},
		{COA_IDLE, "idle limit"},
		{COA_INTERIM, "time between records"},
		{COA_CLASS, "class"},
	};
	size_t n = 0;

	*buf = '\0';
	if (c->names_filter)
		n = (size_t)snprintf(buf, cap, "filter %s", c->filter);
	if (c->has_rate)
		n += (size_t)snprintf(buf + n, cap - n, "%srate", n ? ", " : "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (c->what->has & rows[i].has)
			n += (size_t)snprintf(buf + n, cap - n, "%s%s", n ? ", " : "",
					      rows[i].words);
}

static void leg_coa_log(const struct leg_server *s, const struct leg_coa *c)
{
	const struct leg_entry *e = leg_server_entry(s);
	char name[GW_LEG_NAME], from[GW_LEG_NAME], what[200];

	leg_coa_words(what, sizeof(what), c);
	gw_log_session(about_leg(&s->t.leg), GW_LOG_AAA, LOGL_NOTICE, leg_server_source(s), c->now,
		       "%s: %s changed%s by %s: %s", leg_entry_name(name, sizeof(name), e),
		       leg_terminal_user(&s->t), leg_entry_from(from, sizeof(from), e), c->who,
		       what);
}

static void leg_coa_change(struct leg_server *s, const struct leg_coa *c)
{
	const struct radius_coa *w = c->what;

	leg_server_keep_rates(s, NULL);
	if (c->names_filter) {
		s->filters = c->filters;
		leg_grant_name(s, c->filter);
	}
	if (w->has & (COA_IDLE | COA_SESSION))
		leg_coa_change_limits(s, c);
	if (w->has & COA_INTERIM)
		acct_session_set_interim(s->acct, w->interim, c->now);
	if (w->has & COA_CLASS)
		acct_session_set_classes(s->acct, w->classes, w->classes_len);
	join_changed(&s->t.leg);
	leg_coa_log(s, c);
}

/* The Stop has the Class that is said here (RFC 5176 section 3.6, note 4). */
static void leg_coa_end(struct leg_server *s, const struct leg_coa *c, const struct leg_end *why)
{
	if (c->what->has & COA_CLASS)
		acct_session_set_classes(s->acct, c->what->classes, c->what->classes_len);
	join_end(s->t.leg.join, why, c->now);
}

/* --- the request ------------------------------------------------------------------------------- */

/* As radius_acct_id() writes it. */
static uint64_t leg_coa_session_id(struct rd text)
{
	char want[RADIUS_ACCT_ID];
	uint64_t id = 0;

	for (size_t i = 0; i < text.left && i < RADIUS_ACCT_ID; i++) {
		const char *digits = "0123456789abcdef", *at = strchr(digits, text.p[i]);

		id = id << 4 | (uint64_t)(at && *at ? at - digits : 0);
	}
	radius_acct_id(want, id);
	return leg_coa_same(text, want) ? id : 0;
}

unsigned leg_coa(struct gw *gw, const struct cfg_radius *of, const char *who,
		 const struct radius_coa *what, unsigned *n, uint64_t now)
{
	struct leg_coa c = {.gw = gw, .of = of, .who = who, .what = what, .now = now};
	struct leg_end why = {.cause = LEG_BY_OPERATOR};
	enum radius_refusal r;
	struct leg_server *next;

	memcpy(c.user, what->user.p ? what->user.p : (const uint8_t *)"", what->user.left);
	if (what->has & COA_SESSION_ID)
		c.session = leg_coa_session_id(what->session_id);
	leg_coa_choose(&c);
	*n = c.n;
	r = c.n ? leg_coa_can_all(&c) : RADIUS_R_NOT_FOUND;
	snprintf(why.words, sizeof(why.words), "disconnected by %s", who);
	for (struct leg_server *s = c.first; s; s = next) {
		next = s->chosen;
		s->chosen = NULL;
		if (r == RADIUS_DONE && what->disconnect)
			leg_coa_end(s, &c, &why);
		else if (r == RADIUS_DONE)
			leg_coa_change(s, &c);
	}
	return r;
}
