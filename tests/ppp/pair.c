/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/ppp/pair.h"

#include "tests/harness.h"
#include "tests/ppp/naps.h"

#include <stdlib.h>
#include <string.h>

static bool odds(struct pair *p, unsigned per_mille)
{
	return per_mille && test_rand(&p->rng) % 1000 < per_mille;
}

static void pair_put(struct pair *p, const struct pair_end *from, const uint8_t *frame, size_t len)
{
	struct pair_frame *f;

	if (odds(p, p->loss) || p->n == PAIR_IN_FLIGHT)
		return;
	f = &p->line[p->n++];
	f->at = p->now + p->delay;
	if (odds(p, p->reorder))
		f->at += test_rand(&p->rng) % (4 * p->delay + 1);
	f->order = p->order++;
	f->to = from == &p->a;
	f->len = len;
	memcpy(f->octets, frame, len);
}

/* The process behind this end dies here, or has died: what follows of the call being made is not.
 */
static bool pair_is_dead(struct pair_end *e)
{
	if (!e->dead)
		e->dead = ++e->steps == e->dies_at || odds(e->pair, e->mortal);
	return e->dead;
}

static void pair_on_keep(void *ctx)
{
	struct pair_end *e = ctx;

	if (pair_is_dead(e))
		return;
	e->record_len = ppp_save(e->ppp, e->record, sizeof(e->record));
	pair_is_dead(e);
}

static void pair_on_tx(void *ctx, const uint8_t *frame, size_t len)
{
	struct pair_end *e = ctx;
	struct pair *p = e->pair;
	uint8_t copy[PAIR_FRAME_MAX];

	if (len > sizeof(copy))
		abort();
	if (pair_is_dead(e))
		return;
	e->sent++;
	memcpy(e->last, frame, len);
	e->last_len = len;
	memcpy(copy, frame, len);
	if (p->filter && !p->filter(p, e, copy, &len))
		return;
	pair_put(p, e, copy, len);
	if (odds(p, p->dup))
		pair_put(p, e, copy, len);
}

static void pair_on_random(void *ctx, void *buf, size_t len)
{
	struct pair_end *e = ctx;
	uint8_t *b = buf;

	while (len--)
		*b++ = (uint8_t)test_rand(&e->pair->rng);
}

static void pair_judge(struct pair_end *e, const struct ppp_auth_claim *c, uint64_t now)
{
	struct ppp_auth_reply reply;
	bool ok = e->password && !strcmp(c->name, "user") &&
		  ppp_auth_check(c, e->password, strlen(e->password), &reply);

	ppp_auth_verdict(e->ppp, ok, ok ? &reply : NULL, ok ? "welcome" : "go away", now);
}

static void pair_on_auth(struct pair_end *e, const struct ppp_event *ev)
{
	e->claims++;
	e->waiting = *ev->auth;
	if (!e->answer_later)
		pair_judge(e, ev->auth, ev->now);
}

static void pair_on_event(void *ctx, const struct ppp_event *ev)
{
	struct pair_end *e = ctx;

	if (e->dead)
		return;
	e->count[ev->kind]++;
	if (e->n_seen < PAIR_EVENTS)
		e->seen[e->n_seen++] = (uint8_t)ev->kind;
	e->addr = *ev->addr;
	e->link = *ev->link;
	if (ev->kind == PPP_EV_AUTH)
		pair_on_auth(e, ev);
	if (ev->kind == PPP_EV_AUTH_OK && e->cfg.server && !e->no_network)
		ppp_start_network(e->ppp, &e->give, ev->now);
	if (ev->kind == PPP_EV_DOWN) {
		e->why = ev->why;
		memset(e->message, 0, sizeof(e->message));
		if (ev->message)
			strncpy(e->message, ev->message, sizeof(e->message) - 1);
	}
}

static const struct ppp_ops ops = {pair_on_tx, pair_on_event, pair_on_random, pair_on_keep, NULL};

void pair_init(struct pair *p)
{
	memset(p, 0, sizeof(*p));
	p->a.pair = p;
	p->b.pair = p;
	p->now = 1000 * SEC;
	p->delay = 10 * MS;
	p->rng = 1;
	ppp_config_default(&p->a.cfg);
	strcpy(p->a.cfg.name, "gateway");
	p->a.password = "secret";
	p->a.give = (struct ppp_addresses){
		.local4 = 0x0a400001, .peer4 = 0x0a400002, .dns4 = {0x0a4000fe, 0x0a4000ff}};
	ppp_config_default(&p->b.cfg);
	p->b.cfg.server = false;
	strcpy(p->b.cfg.name, "user");
	strcpy(p->b.cfg.secret, "secret");
}

void pair_create(struct pair *p)
{
	p->a.ppp = ppp_new(&p->a.cfg, &ops, &p->a);
	p->b.ppp = ppp_new(&p->b.cfg, &ops, &p->b);
	if (!p->a.ppp || !p->b.ppp)
		abort();
}

void pair_open(struct pair *p)
{
	ppp_open(p->a.ppp, p->now);
	ppp_open(p->b.ppp, p->now);
}

static unsigned pair_earliest(const struct pair *p)
{
	unsigned best = 0;

	for (unsigned i = 1; i < p->n; i++)
		if (p->line[i].at < p->line[best].at ||
		    (p->line[i].at == p->line[best].at && p->line[i].order < p->line[best].order))
			best = i;
	return best;
}

static void pair_deliver(struct pair *p, unsigned i)
{
	struct pair_frame f = p->line[i];
	struct pair_end *to = f.to ? &p->b : &p->a;

	p->line[i] = p->line[--p->n];
	ppp_rx(to->ppp, f.octets, f.len, p->now);
	to->ppp = nap(to->ppp);
}

/* Another process goes on with what was kept; when nothing was, it begins. */
static void pair_revive(struct pair_end *e)
{
	if (!e->dead)
		return;
	ppp_free(e->ppp);
	e->dead = false;
	e->deaths++;
	if (e->record_len) {
		e->ppp = ppp_restore(&e->cfg, &ops, e, e->record, e->record_len, e->pair->now);
	} else {
		e->ppp = ppp_new(&e->cfg, &ops, e);
		ppp_open(e->ppp, e->pair->now);
	}
	if (!e->ppp)
		abort();
}

void pair_run(struct pair *p, uint64_t until)
{
	uint64_t ta, tb, tl, t;
	unsigned i;

	for (;;) {
		pair_revive(&p->a);
		pair_revive(&p->b);
		ta = ppp_deadline(p->a.ppp);
		tb = ppp_deadline(p->b.ppp);
		i = pair_earliest(p);
		tl = p->n ? p->line[i].at : DEADLINE_NEVER;
		t = ta < tb ? ta : tb;
		if (tl < t)
			t = tl;
		if (t == DEADLINE_NEVER || t > until)
			break;
		if (t > p->now)
			p->now = t;
		if (tl == t) {
			pair_deliver(p, i);
			continue;
		}
		ppp_expire(p->a.ppp, p->now);
		p->a.ppp = nap(p->a.ppp);
		ppp_expire(p->b.ppp, p->now);
		p->b.ppp = nap(p->b.ppp);
	}
	if (p->now < until)
		p->now = until;
}

void pair_free(struct pair *p)
{
	ppp_free(p->a.ppp);
	ppp_free(p->b.ppp);
}

const char *pair_hand_over(struct pair *p, const struct ppp_config *to, bool with_claim)
{
	struct ppp *was = p->a.ppp;
	struct ppp_proxy x;
	const char *words;
	unsigned sent;

	if (!ppp_get_proxy(was, &x))
		abort();
	if (!with_claim)
		x.claim = NULL;
	p->a.cfg = *to;
	p->a.ppp = ppp_new(to, &ops, &p->a);
	words = ppp_open_proxied(p->a.ppp, &x, p->now);
	if (words)
		ppp_open(p->a.ppp, p->now);
	sent = p->a.sent;
	ppp_lower_down(was, p->now);
	CU_ASSERT_EQUAL(p->a.sent, sent);
	p->a.count[PPP_EV_DOWN] = 0;
	ppp_free(was);
	return words;
}

void pair_inject(struct pair_end *to, const char *hex)
{
	uint8_t frame[PAIR_FRAME_MAX];
	size_t len = test_hex(frame, sizeof(frame), hex);

	ppp_rx(to->ppp, frame, len, to->pair->now);
}

uint64_t pair_counter(const struct pair_end *e, enum ppp_reason r)
{
	uint64_t n[PPP_R_COUNT] = {0};

	ppp_add_counters(e->ppp, n);
	return n[r];
}

bool pair_is_open(const struct pair *p)
{
	struct ppp_info a, b;

	ppp_get_info(p->a.ppp, &a);
	ppp_get_info(p->b.ppp, &b);
	return a.ip4_up && a.ip6_up && b.ip4_up && b.ip6_up;
}

bool pair_is_up(const struct pair *p)
{
	struct ppp_info a, b;

	ppp_get_info(p->a.ppp, &a);
	ppp_get_info(p->b.ppp, &b);
	return pair_is_open(p) && a.addr.local4 == b.addr.peer4 && a.addr.peer4 == b.addr.local4 &&
	       a.addr.local_iid == b.addr.peer_iid && a.addr.peer_iid == b.addr.local_iid &&
	       a.link.our_magic == b.link.peer_magic && a.link.peer_magic == b.link.our_magic;
}

void pair_start(struct pair *p)
{
	pair_create(p);
	pair_open(p);
	pair_run(p, p->now + 5 * SEC);
}

void pair_both_down(struct pair *p, enum ppp_why a, enum ppp_why b)
{
	pair_run(p, p->now + 120 * SEC);
	CU_ASSERT_EQUAL(p->a.count[PPP_EV_DOWN], 1);
	CU_ASSERT_EQUAL(p->b.count[PPP_EV_DOWN], 1);
	CU_ASSERT_EQUAL(p->a.why, a);
	CU_ASSERT_EQUAL(p->b.why, b);
	CU_ASSERT_EQUAL(ppp_deadline(p->a.ppp), DEADLINE_NEVER);
	CU_ASSERT_EQUAL(ppp_deadline(p->b.ppp), DEADLINE_NEVER);
}
