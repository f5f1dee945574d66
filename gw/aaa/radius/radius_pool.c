/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A request is in one of three places: at a server, in one of its slots, with a deadline for its
 * answer; in the queue, while each server that could be asked has as many as it may; or at its end,
 * with a deadline that is now, since done is never called from inside radius_ask().
 *
 * A slot is a source port and an identifier.  Free ones are given out in the order in which they
 * became free, so that a late answer seldom meets another request; the secret tells them apart
 * anyway.
 *
 * Status-Server has a source port of its own, as its answers look like those to requests (RFC 5997
 * section 4.1), and each one has another identifier: it is never sent again.
 */
#include "gw/aaa/radius/radius_pool.h"

#include "core/container.h"
#include "core/deadline.h"

#include <stdlib.h>

#define NOBODY	    RADIUS_SERVERS
#define IDS	    256u
#define JITTER	    10u /* parts of the time-out that a random one may add */
#define PACKET_MORE (RADIUS_MAX - RADIUS_ATTRS_MAX)
#define PROBE_MAX   (RADIUS_HEAD + 18u + 2u + RADIUS_VALUE_MAX)

enum pool_deadline { POOL_REQUEST, POOL_PROBE }; /* struct deadline.kind */

/* Status-Server to one that is dead. */
struct pool_probe {
	struct deadline d; /* set: until the next one */
	uint64_t wait;	   /* us, after this one */
	uint8_t id;
	bool waits; /* for its answer */
	uint8_t authenticator[RADIUS_AUTH];
};

struct pool_server {
	struct radius_server cfg;
	struct radius_request **slot;
	uint16_t *free; /* a ring of `slots` */
	unsigned slots, first, n_free;
	int turn; /* smooth weighted round robin */
	unsigned fails;
	bool dead;
	uint64_t until; /* dead: when a request may try it */
	struct pool_probe probe;
	uint64_t round_trip;
	struct radius_counters n;
};

struct radius_pool {
	const struct radius_ops *ops;
	void *ctx;
	unsigned n;
	struct pool_server server[RADIUS_SERVERS];
	struct deadline_heap heap;
	struct radius_request *queue, **queue_end;
	struct radius_request *all;
};

struct radius_request {
	struct radius_pool *pool;
	struct deadline d;
	radius_done done;
	void *ctx;
	unsigned server, slot; /* NOBODY: it waits for one */
	uint32_t tried;	       /* servers, as bits */
	unsigned sent;	       /* times, to this server */
	uint64_t sent_at;
	struct radius_request *next_queued, **prev_queued; /* prev_queued NULL: it is not there */
	struct radius_request *next, **prev;		   /* of all */
	uint8_t code, password[RADIUS_PASSWORD];
	size_t password_len, attrs_len, len;
	bool has_password;
	uint8_t authenticator[RADIUS_AUTH];
	uint8_t *packet; /* attrs_len + PACKET_MORE octets, behind the attributes */
	uint8_t attrs[];
};

/* --- servers ----------------------------------------------------------------------------------- */

static bool pool_server_init(struct pool_server *s, const struct radius_server *cfg)
{
	unsigned n = cfg->requests < IDS * RADIUS_PORTS ? cfg->requests : IDS * RADIUS_PORTS;

	*s = (struct pool_server){
		.cfg = *cfg, .slots = n, .n_free = n, .probe = {.d = {.kind = POOL_PROBE}}};
	s->slot = calloc(n, sizeof(s->slot[0]));
	s->free = calloc(n, sizeof(s->free[0]));
	if (!s->slot || !s->free)
		return false;
	for (unsigned i = 0; i < n; i++)
		s->free[i] = (uint16_t)i;
	return true;
}

static unsigned pool_take_slot(struct pool_server *s, struct radius_request *r)
{
	unsigned slot = s->free[s->first];

	s->first = (s->first + 1) % s->slots;
	s->n_free--;
	s->slot[slot] = r;
	return slot;
}

static void pool_give_slot(struct pool_server *s, unsigned slot)
{
	s->slot[slot] = NULL;
	s->free[(s->first + s->n_free++) % s->slots] = (uint16_t)slot;
}

static bool pool_may_ask(const struct pool_server *s, uint64_t now)
{
	return !s->dead || (!s->cfg.status_as && now >= s->until);
}

static uint64_t pool_jitter(struct radius_pool *p, uint64_t time)
{
	uint16_t random;

	p->ops->random(p->ctx, &random, sizeof(random));
	return time / JITTER * random / UINT16_MAX;
}

static void pool_lives(struct radius_pool *p, unsigned i, uint64_t now)
{
	struct pool_server *s = &p->server[i];

	s->fails = 0;
	if (!s->dead)
		return;
	s->dead = false;
	deadline_cancel(&p->heap, &s->probe.d);
	p->ops->changed(p->ctx, i, true, now);
}

/* Ask whether it is there (RFC 5997): as often as RFC 5080 2.2.1 would send again. */
static void pool_probe(struct radius_pool *p, unsigned i, uint64_t now)
{
	struct pool_server *s = &p->server[i];
	struct pool_probe *a = &s->probe;
	uint8_t packet[PROBE_MAX];
	struct radius_writer b;

	p->ops->random(p->ctx, a->authenticator, RADIUS_AUTH);
	radius_begin(&b, packet, sizeof(packet), RADIUS_STATUS_SERVER, ++a->id, a->authenticator);
	radius_put_text(&b, RADIUS_NAS_IDENTIFIER, s->cfg.status_as);
	a->waits = true;
	s->n.probes++;
	deadline_set(&p->heap, &a->d, now + a->wait + pool_jitter(p, a->wait));
	a->wait = 2 * a->wait < s->cfg.fail_time ? 2 * a->wait : s->cfg.fail_time;
	p->ops->send(p->ctx, i, RADIUS_PORT_ASK, packet,
		     radius_end(&b, s->cfg.secret, strlen(s->cfg.secret)));
}

static void pool_fails(struct radius_pool *p, unsigned i, uint64_t now)
{
	struct pool_server *s = &p->server[i];

	s->n.timeouts++;
	s->fails++;
	if (s->dead || s->fails < s->cfg.max_fail)
		return;
	s->dead = true;
	s->until = now + s->cfg.fail_time;
	p->ops->changed(p->ctx, i, false, now);
	s->probe.wait = s->cfg.timeout;
	if (s->cfg.status_as)
		pool_probe(p, i, now);
}

/* --- which server ------------------------------------------------------------------------------ */

enum pool_choice { POOL_CHOSEN, POOL_FULL, POOL_NONE };

/* Each candidate gains its weight; the richest is taken and pays for all. */
static enum pool_choice pool_choose_of(struct radius_pool *p, uint32_t tried, bool backup,
				       uint64_t now, unsigned *out)
{
	enum pool_choice is = POOL_NONE;
	int total = 0;

	*out = NOBODY;
	for (unsigned i = 0; i < p->n; i++) {
		struct pool_server *s = &p->server[i];

		if (s->cfg.backup != backup || tried & 1u << i || !pool_may_ask(s, now))
			continue;
		if (!s->n_free) {
			is = is == POOL_NONE ? POOL_FULL : is;
			continue;
		}
		is = POOL_CHOSEN;
		s->turn += (int)s->cfg.weight;
		total += (int)s->cfg.weight;
		if (*out == NOBODY || s->turn > p->server[*out].turn)
			*out = i;
	}
	if (is == POOL_CHOSEN)
		p->server[*out].turn -= total;
	return is;
}

static enum pool_choice pool_choose(struct radius_pool *p, uint32_t tried, uint64_t now,
				    unsigned *out)
{
	enum pool_choice is = pool_choose_of(p, tried, false, now, out);

	return is == POOL_NONE ? pool_choose_of(p, tried, true, now, out) : is;
}

/* --- a request --------------------------------------------------------------------------------- */

static void radius_request_encode(struct radius_request *r)
{
	const struct pool_server *s = &r->pool->server[r->server];
	bool random = r->code != RADIUS_ACCOUNTING_REQUEST;
	size_t secret_len = strlen(s->cfg.secret);
	struct radius_writer b;

	if (random)
		r->pool->ops->random(r->pool->ctx, r->authenticator, RADIUS_AUTH);
	radius_begin(&b, r->packet, r->attrs_len + PACKET_MORE, r->code, (uint8_t)(r->slot % IDS),
		     random ? r->authenticator : NULL);
	wr_bytes(&b.w, r->attrs, r->attrs_len);
	if (r->has_password)
		radius_put_password(&b, r->password, r->password_len, s->cfg.secret, secret_len);
	r->len = radius_end(&b, s->cfg.secret, secret_len);
	if (!random)
		memcpy(r->authenticator, r->packet + RADIUS_HEAD - RADIUS_AUTH, RADIUS_AUTH);
}

static void radius_request_send(struct radius_request *r, uint64_t now)
{
	struct radius_pool *p = r->pool;
	uint64_t timeout = p->server[r->server].cfg.timeout;

	r->sent++;
	r->sent_at = now;
	deadline_set(&p->heap, &r->d, now + timeout + pool_jitter(p, timeout));
	p->ops->send(p->ctx, r->server, r->slot / IDS, r->packet, r->len);
}

static void radius_request_at(struct radius_request *r, unsigned server, uint64_t now)
{
	struct pool_server *s = &r->pool->server[server];

	r->server = server;
	r->slot = pool_take_slot(s, r);
	r->tried |= 1u << server;
	r->sent = 0;
	s->n.asked++;
	if (s->dead) /* this one tries it; the others wait for what comes of it */
		s->until = now + s->cfg.fail_time;
	radius_request_encode(r);
	radius_request_send(r, now);
}

static void radius_request_leave_server(struct radius_request *r)
{
	if (r->server != NOBODY)
		pool_give_slot(&r->pool->server[r->server], r->slot);
	r->server = NOBODY;
	deadline_cancel(&r->pool->heap, &r->d);
}

static void radius_request_queue(struct radius_request *r)
{
	r->next_queued = NULL;
	r->prev_queued = r->pool->queue_end;
	*r->prev_queued = r;
	r->pool->queue_end = &r->next_queued;
}

static void radius_request_unqueue(struct radius_request *r)
{
	if (!r->prev_queued)
		return;
	*r->prev_queued = r->next_queued;
	if (r->next_queued)
		r->next_queued->prev_queued = r->prev_queued;
	else
		r->pool->queue_end = r->prev_queued;
	r->prev_queued = NULL;
}

/* True: it is at a server, or at its end. */
static bool radius_request_begin(struct radius_request *r, uint64_t now)
{
	unsigned server;
	enum pool_choice is = pool_choose(r->pool, r->tried, now, &server);

	if (is == POOL_CHOSEN)
		radius_request_at(r, server, now);
	else if (is == POOL_NONE)
		deadline_set(&r->pool->heap, &r->d, now);
	return is != POOL_FULL;
}

static void pool_serve_queue(struct radius_pool *p, uint64_t now)
{
	struct radius_request *r;

	while ((r = p->queue)) {
		if (!radius_request_begin(r, now))
			return;
		radius_request_unqueue(r);
	}
}

static void radius_request_unlink(struct radius_request *r)
{
	radius_request_leave_server(r);
	radius_request_unqueue(r);
	*r->prev = r->next;
	if (r->next)
		r->next->prev = r->prev;
}

/* The password was in it. */
static void radius_request_free(struct radius_request *r)
{
	memset(r->password, 0, sizeof(r->password));
	free(r);
}

static void radius_request_end(struct radius_request *r, const struct radius_answer *a,
			       uint64_t now)
{
	struct radius_pool *p = r->pool;

	radius_request_unlink(r);
	r->done(r->ctx, a, now);
	radius_request_free(r);
	pool_serve_queue(p, now);
}

struct radius_request *radius_ask(struct radius_pool *p, const struct radius_question *q,
				  radius_done done, void *ctx, uint64_t now)
{
	struct radius_request *r;

	if (q->len > RADIUS_ATTRS_MAX || q->password_len > RADIUS_PASSWORD)
		return NULL;
	r = calloc(1, sizeof(*r) + 2 * q->len + PACKET_MORE);
	if (!r)
		return NULL;
	r->pool = p;
	r->done = done;
	r->ctx = ctx;
	r->server = NOBODY;
	r->code = (uint8_t)q->code;
	r->tried = q->only ? ~(1u << (q->only - 1)) : 0;
	r->attrs_len = q->len;
	r->packet = r->attrs + q->len;
	memcpy(r->attrs, q->attrs, q->len);
	r->has_password = q->password;
	r->password_len = q->password_len;
	if (q->password)
		memcpy(r->password, q->password, q->password_len);
	r->next = p->all;
	r->prev = &p->all;
	if (r->next)
		r->next->prev = &r->next;
	p->all = r;
	/* behind those that wait already */
	if (p->queue || !radius_request_begin(r, now))
		radius_request_queue(r);
	return r;
}

void radius_cancel(struct radius_request *r)
{
	if (!r)
		return;
	radius_request_unlink(r);
	radius_request_free(r);
}

/* --- what comes -------------------------------------------------------------------------------- */

/* The codes of answers to each. */
static bool radius_is_answer_to(uint8_t request, uint8_t code)
{
	if (request == RADIUS_ACCOUNTING_REQUEST)
		return code == RADIUS_ACCOUNTING_RESPONSE;
	return code == RADIUS_ACCESS_ACCEPT || code == RADIUS_ACCESS_REJECT ||
	       code == RADIUS_ACCESS_CHALLENGE;
}

/* RADIUS_DROPS: it is what r waits for. */
static enum radius_drop radius_judge(const struct radius_request *r, const struct radius_packet *q)
{
	const char *secret = r->pool->server[r->server].cfg.secret;
	enum radius_proof proof;

	if (!radius_is_answer_to(r->code, q->code))
		return RADIUS_D_CODE;
	proof = radius_prove_answer(q, r->authenticator, secret, strlen(secret));
	if (proof == RADIUS_FORGED)
		return RADIUS_D_FORGED;
	if (proof == RADIUS_UNPROVED && r->code != RADIUS_ACCOUNTING_REQUEST)
		return RADIUS_D_UNPROVED;
	return RADIUS_DROPS;
}

static void pool_drops(struct radius_pool *p, unsigned server, enum radius_drop why, uint64_t now)
{
	p->server[server].n.drop[why]++;
	p->ops->dropped(p->ctx, server, why, now);
}

/* Is it the answer to the Status-Server?  Either code is, and no Message-Authenticator need be
 * there (RFC 5997 sections 4.1 and 5): it lets nobody in. */
static enum radius_drop pool_judge_probe(const struct pool_server *s, const struct radius_packet *q)
{
	const struct pool_probe *a = &s->probe;

	if (!a->waits || q->id != a->id)
		return RADIUS_D_UNKNOWN;
	if (q->code != RADIUS_ACCESS_ACCEPT && q->code != RADIUS_ACCOUNTING_RESPONSE)
		return RADIUS_D_CODE;
	return radius_prove_answer(q, a->authenticator, s->cfg.secret, strlen(s->cfg.secret)) ==
			       RADIUS_FORGED
		       ? RADIUS_D_FORGED
		       : RADIUS_DROPS;
}

static void pool_rx_probe(struct radius_pool *p, unsigned server, const struct radius_packet *q,
			  uint64_t now)
{
	struct pool_server *s = &p->server[server];
	enum radius_drop why = pool_judge_probe(s, q);

	if (why != RADIUS_DROPS) {
		pool_drops(p, server, why, now);
		return;
	}
	s->probe.waits = false;
	s->n.probes_answered++;
	pool_lives(p, server, now);
	pool_serve_queue(p, now);
}

void radius_rx(struct radius_pool *p, unsigned server, unsigned port, const void *octets,
	       size_t len, uint64_t now)
{
	struct pool_server *s = &p->server[server];
	struct radius_answer a = {.server = server, .secret = s->cfg.secret};
	struct radius_request *r;
	enum radius_drop why;
	unsigned slot;

	if (!radius_open(&a.packet, octets, len)) {
		pool_drops(p, server, RADIUS_D_MALFORMED, now);
		return;
	}
	if (port == RADIUS_PORT_ASK) {
		pool_rx_probe(p, server, &a.packet, now);
		return;
	}
	slot = port * IDS + a.packet.id;
	r = slot < s->slots ? s->slot[slot] : NULL;
	why = r ? radius_judge(r, &a.packet) : RADIUS_D_UNKNOWN;
	if (why != RADIUS_DROPS) {
		pool_drops(p, server, why, now);
		return;
	}
	s->n.answered++;
	if (r->sent == 1) {
		s->round_trip = now - r->sent_at;
		if (p->ops->took)
			p->ops->took(p->ctx, server, s->round_trip);
	}
	a.request = r->authenticator;
	pool_lives(p, server, now);
	radius_request_end(r, &a, now);
}

/* --- time -------------------------------------------------------------------------------------- */

/* Not to one that Status-Server says nothing of. */
static bool radius_request_may_again(const struct radius_request *r)
{
	const struct pool_server *s = &r->pool->server[r->server];

	return r->sent <= s->cfg.retries && !(s->dead && s->cfg.status_as);
}

static void radius_request_late(struct radius_request *r, uint64_t now)
{
	struct radius_pool *p = r->pool;
	unsigned server = r->server;

	if (server == NOBODY) {
		radius_request_end(r, NULL, now);
		return;
	}
	if (radius_request_may_again(r)) {
		p->server[server].n.resent++;
		radius_request_send(r, now);
		return;
	}
	radius_request_leave_server(r);
	pool_fails(p, server, now);
	if (!radius_request_begin(r, now))
		radius_request_queue(r);
	pool_serve_queue(p, now);
}

static unsigned pool_probed(const struct radius_pool *p, const struct deadline *d)
{
	return (unsigned)(IST_CONTAINER_OF(d, struct pool_server, probe.d) - p->server);
}

void radius_expire(struct radius_pool *p, uint64_t now)
{
	struct deadline *d;

	while ((d = deadline_pop(&p->heap, now))) {
		if (d->kind == POOL_PROBE)
			pool_probe(p, pool_probed(p, d), now);
		else
			radius_request_late(IST_CONTAINER_OF(d, struct radius_request, d), now);
	}
}

uint64_t radius_deadline(const struct radius_pool *p)
{
	return deadline_next(&p->heap);
}

/* --- life -------------------------------------------------------------------------------------- */

struct radius_pool *radius_pool_new(const struct radius_server *server, unsigned n,
				    const struct radius_ops *ops, void *ctx)
{
	struct radius_pool *p = calloc(1, sizeof(*p));
	bool ok = p;

	for (unsigned i = 0; ok && i < n; i++) {
		p->n = i + 1;
		ok = pool_server_init(&p->server[i], &server[i]);
	}
	if (!ok) {
		radius_pool_free(p);
		return NULL;
	}
	p->ops = ops;
	p->ctx = ctx;
	p->queue_end = &p->queue;
	return p;
}

void radius_pool_free(struct radius_pool *p)
{
	if (!p)
		return;
	while (p->all)
		radius_cancel(p->all);
	for (unsigned i = 0; i < p->n; i++) {
		free(p->server[i].slot);
		free(p->server[i].free);
	}
	free(p);
}

void radius_view(const struct radius_pool *p, unsigned server, struct radius_view *out)
{
	const struct pool_server *s = &p->server[server];

	*out = (struct radius_view){.alive = !s->dead,
				    .waiting = s->slots - s->n_free,
				    .round_trip = s->round_trip,
				    .n = s->n};
}
