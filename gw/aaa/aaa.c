/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Local users: sorted by name once, found by bisection, so that a large list costs a login nothing.
 * A name nobody has is checked against a secret nobody knows, and refused in the same words and
 * after the same work as a wrong password.
 */
#include "gw/aaa/aaa.h"

#include <stdlib.h>
#include <string.h>

struct aaa {
	struct loop *loop;
	const struct cfg_user **user; /* sorted by name, those of one service before those of any */
	unsigned users;
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

struct aaa *aaa_new(struct loop *loop, const struct cfg_user *users, unsigned n)
{
	struct aaa *a = calloc(1, sizeof(*a));
	unsigned i;

	if (!a)
		return NULL;
	a->user = calloc(n ? n : 1, sizeof(struct cfg_user *));
	if (!a->user) {
		free(a);
		return NULL;
	}
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

static void aaa_judge(struct aaa *a, const struct aaa_question *q, struct aaa_answer *out)
{
	static const char no_secret[] = "no user has this secret";
	const struct cfg_user *u = aaa_find(a, q);
	const char *secret = u && u->secret ? u->secret : no_secret;
	bool ok = ppp_auth_check(q->claim, secret, strlen(secret), &out->reply);

	a->count.asked++;
	out->ok = ok && u && u->secret;
	if (out->ok) {
		a->count.accepted++;
		out->address4 = u->address4;
		return;
	}
	a->count.refused++;
	*out = (struct aaa_answer){.message = "Authentication failed"};
}

static void aaa_deliver(void *ctx, uint64_t now)
{
	struct aaa_request *r = ctx;

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
	aaa_judge(a, q, &r->answer);
	loop_timer_init(&r->timer, aaa_deliver, r);
	loop_set(a->loop, &r->timer, now);
	return r;
}

void aaa_cancel(struct aaa_request *r)
{
	if (!r)
		return;
	loop_cancel(r->aaa->loop, &r->timer);
	free(r);
}

void aaa_count(const struct aaa *a, struct aaa_counters *out)
{
	*out = a->count;
}
