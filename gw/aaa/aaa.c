/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Local users: sorted by name once, found by bisection, so that a large list costs a login nothing.
 * A name nobody has is checked against a secret nobody knows, and refused in the same words, after
 * the same work and after the same wait as a wrong password.
 *
 * A claim is judged when it comes and answered when its wait is over, so that many claims at a time
 * are as many failures, and hanging up early saves a guesser nothing.
 */
#include "gw/aaa/aaa_int.h"

#include "gw/aaa/aaa_radius.h"
#include "gw/aaa/radius_client.h"
#include "gw/log.h"
#include "gw/random.h"
#include "gw/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct aaa {
	struct loop *loop;
	const struct cfg_user **user; /* sorted by name, those of one service before those of any */
	unsigned users;
	struct login_limit *limit;
	uint64_t lock;	  /* us, for the log */
	unsigned waiting; /* requests without their answer */
	struct aaa_counters count;
	struct radius_client **radius;
	unsigned radiuses;
};

/* What is known of the question while a server is asked. */
struct aaa_remote {
	struct radius_client *client;
	struct radius_request *request; /* NULL: it has been answered */
	struct ppp_auth_claim claim;
	const struct cfg_service *service;
	struct aaa_lac lac;
	uint64_t source;
	char source_text[GW_TEXT_MAX];
	struct log_about about;
	struct radius_tunnels *tunnels; /* of the answer */
	struct grant_draft grant;	/* of the answer */
	struct aaa_eap eap;		/* likewise, when it is none yet */
};

struct aaa_request {
	struct aaa *aaa;
	struct loop_timer timer;
	struct aaa_answer answer;
	aaa_done done;
	void *ctx;
	uint64_t due; /* not before this is it told */
	struct acct_said said;
	struct aaa_remote *remote;
};

/* Claims and proofs are wiped. */
static void aaa_request_free(struct aaa_request *r)
{
	if (r->remote) {
		radius_tunnels_free(r->remote->tunnels);
		explicit_bzero(r->remote, sizeof(*r->remote));
		free(r->remote);
	}
	explicit_bzero(&r->answer, sizeof(r->answer));
	free(r);
}

static int aaa_by_name(const void *a, const void *b)
{
	const struct cfg_user *x = *(const struct cfg_user *const *)a;
	const struct cfg_user *y = *(const struct cfg_user *const *)b;
	int c = strcmp(x->name, y->name);

	return c ? c : !x->service - !y->service;
}

struct aaa *aaa_new(struct loop *loop, const struct cfg_user *users, unsigned n,
		    const struct cfg_login *login)
{
	struct aaa *a = calloc(1, sizeof(*a));
	uint8_t key[LOGIN_LIMIT_KEY];
	unsigned i;

	if (!a)
		return NULL;
	gw_random(key, sizeof(key));
	a->limit = login_limit_new(login, key, LOGIN_LIMIT_ROOM);
	a->user = calloc(n ? n : 1, sizeof(struct cfg_user *));
	if (!a->user || !a->limit) {
		aaa_free(a);
		return NULL;
	}
	a->lock = login->lock;
	for (i = 0; i < n; i++)
		a->user[i] = &users[i];
	qsort(a->user, n, sizeof(a->user[0]), aaa_by_name);
	a->loop = loop;
	a->users = n;
	return a;
}

void aaa_free(struct aaa *a)
{
	if (!a)
		return;
	for (unsigned i = 0; i < a->radiuses; i++)
		radius_client_free(a->radius[i]);
	free(a->radius);
	login_limit_free(a->limit);
	free(a->user);
	free(a);
}

/* strcmp of a name as it was said, which may hold any octet, and a user's. */
static int aaa_name_cmp(struct rd said, const char *name)
{
	size_t len = strlen(name), n = said.left < len ? said.left : len;
	int d = memcmp(said.p, name, n);

	return d ? d : (said.left > len) - (said.left < len);
}

static const struct cfg_user *aaa_find(const struct aaa *a, const struct aaa_question *q)
{
	const struct rd said = realm_strip(q->service, q->claim->name, q->claim->name_len);
	unsigned lo = 0, hi = a->users;

	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;

		if (aaa_name_cmp(said, a->user[mid]->name) > 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < a->users && !aaa_name_cmp(said, a->user[lo]->name); lo++)
		if (!a->user[lo]->service || a->user[lo]->service == q->service)
			return a->user[lo];
	return NULL;
}

static void aaa_authorize(struct aaa_answer *out, const struct cfg_user *u)
{
	out->address4 = u->address4;
	out->idle = u->idle;
	out->session = u->session;
	out->rates = u->rates;
	out->filter = u->filter;
}

static bool aaa_judge(const struct aaa *a, const struct aaa_question *q, struct aaa_answer *out)
{
	static const char no_secret[] = "no user has this secret";
	const struct cfg_user *u = aaa_find(a, q);
	const char *secret = u && u->secret ? u->secret : no_secret;
	bool ok = ppp_auth_check(q->claim, secret, strlen(secret), &out->reply);

	out->ok = ok && u && u->secret;
	if (out->ok)
		aaa_authorize(out, u);
	return out->ok;
}

/* Failures of what is no user, a number or a circuit, are nobody's guesses. */
static bool aaa_is_of_user(const struct aaa_question *q)
{
	return !q->lac.radius || q->lac.ask == CFG_ASK_USER;
}

/* The name is text of buf. */
static struct log_about aaa_about(const struct aaa_question *q, char *buf, size_t cap)
{
	struct log_about a = q->about;

	a.user = aaa_is_of_user(q) ? gw_printable(buf, cap, q->claim->name, q->claim->name_len)
				   : NULL;
	return a;
}

static void aaa_count_failure(struct aaa *a, const struct aaa_question *q,
			      const struct login_id *id, uint64_t now)
{
	char name[GW_TEXT_MAX], user[GW_TEXT_MAX], period[32];

	if (!login_limit_failed(a->limit, id, now))
		return;
	a->count.locks++;
	gw_log_peer(aaa_about(q, user, sizeof(user)), GW_LOG_AAA, LOGL_NOTICE, q->source, now,
		    "user %s from %s locked for %s: too many failed log-ins",
		    gw_printable(name, sizeof(name), id->name, id->name_len),
		    q->source_text ? q->source_text : "-",
		    gw_duration_text(period, sizeof(period), a->lock));
}

static struct login_id aaa_id(const struct aaa_question *q)
{
	return (struct login_id){q->claim->name, q->claim->name_len, q->source};
}

/* The peer reads the same text whatever the reason. */
static void aaa_refuse(struct aaa *a, struct aaa_answer *out)
{
	a->count.refused++;
	*out = (struct aaa_answer){.message = "Authentication failed"};
}

/* It has been judged. */
static void aaa_conclude(struct aaa *a, const struct aaa_question *q, bool ok,
			 struct aaa_answer *out, uint64_t now)
{
	const struct login_id id = aaa_id(q);

	if (ok) {
		a->count.accepted++;
		if (aaa_is_of_user(q))
			login_limit_succeeded(a->limit, &id, now);
		return;
	}
	aaa_refuse(a, out);
	if (aaa_is_of_user(q))
		aaa_count_failure(a, q, &id, now);
}

static void aaa_deliver(void *ctx, uint64_t now)
{
	struct aaa_request *r = ctx;

	r->aaa->waiting--;
	r->answer.said = r->answer.ok ? &r->said : NULL;
	r->done(r->ctx, &r->answer, now);
	aaa_request_free(r);
}

/* --- asked of RADIUS --------------------------------------------------------------------------- */

struct radius_client *aaa_client_of(const struct aaa *a, const struct cfg_radius *cfg)
{
	for (unsigned i = 0; i < a->radiuses; i++)
		if (radius_client_cfg(a->radius[i]) == cfg)
			return a->radius[i];
	return NULL;
}

/* When local users count that have a section: before a server is asked, when none answers, and when
 * one refuses. */
static const struct {
	bool before, instead, after;
} aaa_local[] = {
	[CFG_LOCAL_FIRST] = {.before = true},
	[CFG_LOCAL_FALLBACK] = {.instead = true},
	[CFG_LOCAL_NEVER] = {false, false, false},
	[CFG_LOCAL_LAST] = {.instead = true, .after = true},
};

/* The section whose servers are asked. */
static const struct cfg_radius *aaa_radius_of(const struct aaa_question *q)
{
	return q->lac.radius ? q->lac.radius : q->service->radius;
}

static unsigned aaa_local_rule(const struct aaa_question *q)
{
	return q->lac.radius ? CFG_LOCAL_NEVER : q->service->local_users;
}

/* The servers that are to judge it, or NULL: it is judged here.  EAP is not spoken here. */
static struct radius_client *aaa_judges(const struct aaa *a, const struct aaa_question *q)
{
	const struct cfg_service *s = q->service;

	if (q->lac.radius)
		return aaa_client_of(a, q->lac.radius);
	if (!s || !s->radius)
		return NULL;
	if (q->claim->method != PPP_AUTH_EAP && aaa_local[s->local_users].before && aaa_find(a, q))
		return NULL;
	return aaa_client_of(a, s->radius);
}

static void aaa_log_unanswered(const struct aaa_question *q, uint64_t now)
{
	char name[GW_TEXT_MAX], user[GW_TEXT_MAX];

	gw_log_peer(aaa_about(q, user, sizeof(user)), GW_LOG_AAA, LOGL_ERROR, q->source, now,
		    "user %s from %s: no server of radius %s answers",
		    gw_printable(name, sizeof(name), q->claim->name, q->claim->name_len),
		    q->source_text, aaa_radius_of(q)->name);
}

static void aaa_log_refused(const struct aaa_question *q, const char *why, uint64_t now)
{
	char name[GW_TEXT_MAX], user[GW_TEXT_MAX];

	gw_log_peer(aaa_about(q, user, sizeof(user)), GW_LOG_AAA, LOGL_INFO, q->source, now,
		    "user %s from %s: radius %s: %s",
		    gw_printable(name, sizeof(name), q->claim->name, q->claim->name_len),
		    q->source_text, aaa_radius_of(q)->name, why);
}

/* He is let in without it. */
static void aaa_log_skipped(const struct aaa_question *q, const struct grant_draft *d, uint64_t now)
{
	char name[GW_TEXT_MAX], user[GW_TEXT_MAX], route[GW_TEXT_MAX];

	if (!d->skipped_why)
		return;
	gw_log_peer(aaa_about(q, user, sizeof(user)), GW_LOG_AAA, LOGL_NOTICE, q->source, now,
		    "user %s from %s: radius %s: %s \"%s\" is left out: %s",
		    gw_printable(name, sizeof(name), q->claim->name, q->claim->name_len),
		    q->source_text, aaa_radius_of(q)->name, d->skipped_name,
		    gw_printable(route, sizeof(route), d->skipped, strlen(d->skipped)),
		    d->skipped_why);
}

/* That nobody answers is no failure of the user's. */
static void aaa_unanswered(struct aaa_request *r, const struct aaa_question *q, uint64_t now)
{
	r->aaa->count.unanswered++;
	aaa_log_unanswered(q, now);
	if (aaa_local[aaa_local_rule(q)].instead) {
		aaa_conclude(r->aaa, q, aaa_judge(r->aaa, q, &r->answer), &r->answer, now);
		return;
	}
	aaa_refuse(r->aaa, &r->answer);
	r->answer.unanswered = true;
}

/* Words of the server are for the peer, whatever it has judged. */
static void aaa_judged(struct aaa_request *r, const struct aaa_question *q,
		       const struct radius_answer *a, uint64_t now)
{
	struct aaa_remote *m = r->remote;
	const char *why;
	bool ok = aaa_radius_answer(a, &m->claim, &r->answer, &m->grant, &why);
	const uint16_t error = r->answer.reply.error;
	char user[GW_TEXT_MAX];

	if (ok)
		aaa_log_skipped(q, &m->grant, now);
	if (ok && !acct_said_answer(&r->said, &a->packet))
		gw_log_peer(aaa_about(q, user, sizeof(user)), GW_LOG_AAA, LOGL_NOTICE, q->source,
			    now, "radius %s: more Class attributes than there is room for",
			    aaa_radius_of(q)->name);
	if (!ok)
		aaa_log_refused(q, why, now);
	if (!ok && aaa_local[aaa_local_rule(q)].after && aaa_find(r->aaa, q)) {
		aaa_conclude(r->aaa, q, aaa_judge(r->aaa, q, &r->answer), &r->answer, now);
		return;
	}
	aaa_conclude(r->aaa, q, ok, &r->answer, now);
	r->answer.reply.error = error;
	if (*m->grant.message)
		r->answer.message = m->grant.message;
}

static void aaa_lac_answered(struct aaa_request *r, const struct aaa_question *q,
			     const struct radius_answer *a, uint64_t now)
{
	struct aaa_remote *m = r->remote;
	const char *why;
	bool ok = aaa_radius_lac_answer(a, &r->answer, &m->tunnels, &m->grant, &why);

	if (!ok)
		aaa_log_refused(q, why, now);
	aaa_conclude(r->aaa, q, ok, &r->answer, now);
	if (*m->grant.message)
		r->answer.message = m->grant.message;
}

static void aaa_answered(void *ctx, const struct radius_answer *a, uint64_t now)
{
	struct aaa_request *r = ctx;
	struct aaa_remote *m = r->remote;
	struct aaa_question q = {.claim = &m->claim,
				 .service = m->service,
				 .lac = m->lac,
				 .source = m->source,
				 .source_text = m->source_text,
				 .about = m->about};

	m->request = NULL;
	if (!a)
		aaa_unanswered(r, &q, now);
	else if (m->lac.radius)
		aaa_lac_answered(r, &q, a, now);
	else if (aaa_radius_challenge(a, &m->claim, &m->eap))
		r->answer = (struct aaa_answer){.eap = rd_init(m->eap.packet, m->eap.len),
						.state = &m->eap.state};
	else
		aaa_judged(r, &q, a, now);
	loop_set(r->aaa->loop, &r->timer, r->due > now ? r->due : now);
}

/* False: no memory, or a claim that no attribute can hold. */
static bool aaa_ask_radius(struct aaa_request *r, struct radius_client *client,
			   const struct aaa_question *q, uint64_t now)
{
	uint8_t attrs[RADIUS_ATTRS_MAX];
	struct radius_question out;
	struct aaa_remote *m = calloc(1, sizeof(*m));

	r->remote = m;
	if (!m)
		return false;
	m->client = client;
	m->claim = *q->claim;
	m->service = q->service;
	m->lac = q->lac;
	m->source = q->source;
	m->about = q->about;
	snprintf(m->source_text, sizeof(m->source_text), "%s",
		 q->source_text ? q->source_text : "-");
	if (!aaa_radius_question(q, radius_client_cfg(client)->nas_identifier, attrs, &out))
		return false;
	m->claim.eap = rd_init(NULL, 0); /* it is the link's */
	m->request = radius_client_ask(client, &out, aaa_answered, r, now);
	return m->request;
}

bool aaa_use_radius(struct aaa *a, const struct cfg_radius *radius, unsigned n)
{
	a->radius = calloc(n ? n : 1, sizeof(a->radius[0]));
	if (!a->radius)
		return false;
	for (; a->radiuses < n; a->radiuses++) {
		a->radius[a->radiuses] =
			radius_client_new(a->loop, &radius[a->radiuses], RADIUS_FOR_ACCESS);
		if (!a->radius[a->radiuses])
			return false;
	}
	return true;
}

/* --- a question -------------------------------------------------------------------------------- */

/* Judged here, or not at all. */
static void aaa_decide(struct aaa_request *r, const struct aaa_question *q, bool locked,
		       uint64_t now)
{
	struct aaa *a = r->aaa;

	if (!locked) {
		aaa_conclude(a, q, aaa_judge(a, q, &r->answer), &r->answer, now);
		return;
	}
	a->count.refused_locked++;
	aaa_refuse(a, &r->answer);
}

/* False: no answer will come. */
static bool aaa_begin(struct aaa_request *r, const struct aaa_question *q, uint64_t now)
{
	struct radius_client *client = aaa_judges(r->aaa, q);
	const struct login_id id = aaa_id(q);
	bool locked = false;
	uint64_t wait = aaa_is_of_user(q) ? login_limit_wait(r->aaa->limit, &id, now, &locked) : 0;

	r->aaa->count.asked += !q->state; /* once for all rounds of EAP */
	r->aaa->count.delayed += wait > 0;
	r->due = q->state ? now : now + wait; /* the first round of EAP has waited */
	acct_said_claim(&r->said, q->claim);
	if (client && !locked)
		return aaa_ask_radius(r, client, q, now);
	if (q->lac.radius && !client)
		return false;
	aaa_decide(r, q, locked, now);
	loop_set(r->aaa->loop, &r->timer, r->due);
	return true;
}

struct aaa_request *aaa_ask(struct aaa *a, const struct aaa_question *q, aaa_done done, void *ctx,
			    uint64_t now)
{
	struct aaa_request *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	*r = (struct aaa_request){.aaa = a, .done = done, .ctx = ctx};
	loop_timer_init(&r->timer, aaa_deliver, r);
	if (!aaa_begin(r, q, now)) {
		a->count.refused++;
		aaa_request_free(r);
		return NULL;
	}
	a->waiting++;
	return r;
}

void aaa_cancel(struct aaa_request *r)
{
	if (!r)
		return;
	if (r->remote && r->remote->request)
		radius_client_cancel(r->remote->client, r->remote->request);
	loop_cancel(r->aaa->loop, &r->timer);
	r->aaa->waiting--;
	aaa_request_free(r);
}

void aaa_count(const struct aaa *a, struct aaa_counters *out)
{
	*out = a->count;
}

void aaa_view(const struct aaa *a, struct aaa_view *out)
{
	login_limit_view(a->limit, loop_now(a->loop), &out->limit);
	out->waiting = a->waiting;
}

void aaa_view_server(const struct radius_client *c, unsigned i, struct aaa_server_view *out)
{
	struct radius_view v;

	radius_client_view(c, i, &v);
	*out = (struct aaa_server_view){
		.radius = radius_client_cfg(c),
		.server = radius_client_server(c, i),
		.alive = v.alive,
		.waiting = v.waiting,
		.round_trip = v.round_trip,
		.asked = v.n.asked,
		.answered = v.n.answered,
		.resent = v.n.resent,
		.timeouts = v.n.timeouts,
		.unproved = v.n.drop[RADIUS_D_UNPROVED] + v.n.drop[RADIUS_D_FORGED],
		.dropped = v.n.drop[RADIUS_D_MALFORMED] + v.n.drop[RADIUS_D_UNKNOWN] +
			   v.n.drop[RADIUS_D_CODE],
		.probes = v.n.probes,
		.probes_answered = v.n.probes_answered};
}

bool aaa_server(const struct aaa *a, unsigned i, struct aaa_server_view *out)
{
	for (unsigned k = 0; k < a->radiuses; k++) {
		unsigned n = radius_client_cfg(a->radius[k])->servers;

		if (i < n) {
			aaa_view_server(a->radius[k], i, out);
			return true;
		}
		i -= n;
	}
	return false;
}
