/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Local users: sorted by name once, found by bisection, so that a large list costs a login nothing.
 * A name nobody has is checked against a secret nobody knows, and refused in the same words, after
 * the same work and after the same wait as a wrong password.
 *
 * A claim is judged when it comes and answered when its wait is over, so that many claims at a time
 * are as many failures, and hanging up early saves a guesser nothing.
 */
#include "gw/aaa/aaa.h"

#include "gw/log.h"
#include "gw/random.h"
#include "gw/text.h"
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
};

struct aaa_request {
	struct aaa *aaa;
	struct loop_timer timer;
	struct aaa_answer answer;
	aaa_done done;
	void *ctx;
};

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
	login_limit_free(a->limit);
	free(a->user);
	free(a);
}

/* strcmp of a claim's name, which may hold any octet, and a user's. */
static int aaa_name_cmp(const struct ppp_auth_claim *c, const char *name)
{
	size_t len = strlen(name), n = c->name_len < len ? c->name_len : len;
	int d = memcmp(c->name, name, n);

	return d ? d : (c->name_len > len) - (c->name_len < len);
}

static const struct cfg_user *aaa_find(const struct aaa *a, const struct aaa_question *q)
{
	unsigned lo = 0, hi = a->users;

	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;

		if (aaa_name_cmp(q->claim, a->user[mid]->name) > 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < a->users && !aaa_name_cmp(q->claim, a->user[lo]->name); lo++)
		if (!a->user[lo]->service || a->user[lo]->service == q->service)
			return a->user[lo];
	return NULL;
}

static void aaa_authorize(struct aaa_answer *out, const struct cfg_user *u)
{
	out->address4 = u->address4;
	out->idle = u->idle;
	out->session = u->session;
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

static void aaa_count_failure(struct aaa *a, const struct aaa_question *q,
			      const struct login_id *id, uint64_t now)
{
	char name[GW_TEXT_MAX], period[32];

	if (!login_limit_failed(a->limit, id, now))
		return;
	a->count.locks++;
	gw_log_peer(GW_LOG_AAA, LOGL_NOTICE, q->source, now,
		    "user %s from %s locked for %s: too many failed log-ins",
		    gw_printable(name, sizeof(name), id->name, id->name_len),
		    q->source_text ? q->source_text : "-",
		    gw_duration_text(period, sizeof(period), a->lock));
}

/* The answer, and how long it has to wait. */
static uint64_t aaa_decide(struct aaa *a, const struct aaa_question *q, struct aaa_answer *out,
			   uint64_t now)
{
	const struct login_id id = {q->claim->name, q->claim->name_len, q->source};
	bool locked;
	uint64_t wait = login_limit_wait(a->limit, &id, now, &locked);

	a->count.asked++;
	a->count.delayed += wait > 0;
	a->count.refused_locked += locked;
	if (!locked && aaa_judge(a, q, out)) {
		a->count.accepted++;
		login_limit_succeeded(a->limit, &id, now);
		return wait;
	}
	a->count.refused++;
	*out = (struct aaa_answer){.message = "Authentication failed"};
	if (!locked)
		aaa_count_failure(a, q, &id, now);
	return wait;
}

static void aaa_deliver(void *ctx, uint64_t now)
{
	struct aaa_request *r = ctx;

	r->aaa->waiting--;
	r->done(r->ctx, &r->answer, now);
	explicit_bzero(&r->answer, sizeof(r->answer));
	free(r);
}

struct aaa_request *aaa_ask(struct aaa *a, const struct aaa_question *q, aaa_done done, void *ctx,
			    uint64_t now)
{
	struct aaa_request *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	*r = (struct aaa_request){.aaa = a, .done = done, .ctx = ctx};
	loop_timer_init(&r->timer, aaa_deliver, r);
	loop_set(a->loop, &r->timer, now + aaa_decide(a, q, &r->answer, now));
	a->waiting++;
	return r;
}

void aaa_cancel(struct aaa_request *r)
{
	if (!r)
		return;
	loop_cancel(r->aaa->loop, &r->timer);
	r->aaa->waiting--;
	explicit_bzero(&r->answer, sizeof(r->answer));
	free(r);
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
