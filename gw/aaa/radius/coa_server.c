/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/aaa/radius/coa_server.h"

#include "core/htab.h"

#include <stdlib.h>

#define SECOND UINT64_C(1000000)
/* A stamp may be as much ahead of our clock as behind it. */
#define KEPT (2 * COA_WINDOW * SECOND)
/* Requests of one such time, and a second's worth that may come at once. */
#define SEEN_MOST (COA_A_SECOND * (2 * COA_WINDOW + 1))

const struct coa_drop_row coa_drops[COA_DROP_COUNT] = {
#define X(sym, key, words) {key, words},
	COA_DROPS(X)
#undef X
};

/* One that was answered.  Its record: when 8, address 16, port 2, id 1, refusal 1, auth 16. */
struct coa_seen {
	struct hnode node;
	uint64_t when, key; /* key: of its record */
	struct coa_source from;
	uint8_t id, refusal;
	uint8_t auth[RADIUS_AUTH];
};

/* At most a second's worth at once: `full` is when as many as may be have gone. */
struct coa_limit {
	uint64_t full;
	uint64_t each; /* us that one takes */
};

struct coa_known {
	struct coa_client cfg;
	struct coa_limit limit;
	struct coa_counters n;
};

struct coa_server {
	const struct coa_ops *ops;
	void *ctx;
	struct coa_known *client;
	unsigned clients;
	struct coa_counters nobody;
	struct coa_limit limit;
	struct htab table;
	struct coa_seen *seen; /* a ring, oldest at `first` */
	unsigned first, used;
	uint64_t next; /* key of the next one */
};

struct coa_server *coa_server_new(const struct coa_client *client, unsigned n, uint64_t secret,
				  const struct coa_ops *ops, void *ctx)
{
	struct coa_server *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	htab_init(&s->table, secret);
	s->client = calloc(n ? n : 1, sizeof(s->client[0]));
	s->seen = calloc(SEEN_MOST, sizeof(s->seen[0]));
	if (!s->client || !s->seen) {
		coa_server_free(s);
		return NULL;
	}
	s->ops = ops;
	s->ctx = ctx;
	s->clients = n;
	s->limit.each = SECOND / COA_A_SECOND;
	for (unsigned i = 0; i < n; i++) {
		s->client[i].cfg = client[i];
		s->client[i].limit.each = SECOND / client[i].rate;
	}
	return s;
}

void coa_server_free(struct coa_server *s)
{
	if (!s)
		return;
	htab_free(&s->table);
	free(s->client);
	free(s->seen);
	free(s);
}

const struct coa_counters *coa_server_count(const struct coa_server *s, unsigned client)
{
	if (client == COA_NOBODY)
		return &s->nobody;
	return client < s->clients ? &s->client[client].n : NULL;
}

/* --- limits ------------------------------------------------------------------------------------ */

static bool coa_limit_allows(const struct coa_limit *l, uint64_t now)
{
	return l->full + l->each <= now + SECOND;
}

static void coa_limit_take(struct coa_limit *l, uint64_t now)
{
	l->full = (l->full > now ? l->full : now) + l->each;
}

static bool coa_server_may(struct coa_server *s, struct coa_known *c, uint64_t now)
{
	if (!coa_limit_allows(&s->limit, now) || !coa_limit_allows(&c->limit, now) ||
	    s->used == SEEN_MOST)
		return false;
	coa_limit_take(&s->limit, now);
	coa_limit_take(&c->limit, now);
	return true;
}

/* --- what was answered ------------------------------------------------------------------------- */

static uint64_t coa_seen_key(const struct coa_source *from, uint8_t id,
			     const uint8_t auth[RADIUS_AUTH])
{
	uint64_t of = htab_key((uint64_t)from->port << 8 | id, htab_octets(from->address, 16));

	return htab_key(of, htab_octets(auth, RADIUS_AUTH));
}

static void coa_seen_forget(struct coa_server *s, uint64_t now)
{
	while (s->used && now - s->seen[s->first].when >= KEPT) {
		htab_del(&s->table, &s->seen[s->first].node);
		s->ops->drop(s->ctx, s->seen[s->first].key);
		s->first = (s->first + 1) % SEEN_MOST;
		s->used--;
	}
}

/* NULL: it is a new one. */
static const struct coa_seen *coa_seen_find(const struct coa_server *s,
					    const struct coa_source *from,
					    const struct radius_packet *p)
{
	struct hnode *n = htab_first(&s->table, coa_seen_key(from, p->id, p->octets + 4));

	for (; n; n = htab_more(n)) {
		const struct coa_seen *x = (const struct coa_seen *)n;

		if (x->id == p->id && x->from.port == from->port &&
		    !memcmp(x->from.address, from->address, 16) &&
		    !memcmp(x->auth, p->octets + 4, RADIUS_AUTH))
			return x;
	}
	return NULL;
}

static void coa_seen_keep(struct coa_server *s, const struct coa_seen *x)
{
	uint8_t rec[COA_RECORD];
	struct wr w = wr_init(rec, sizeof(rec));

	wr_u64(&w, x->when);
	wr_bytes(&w, x->from.address, sizeof(x->from.address));
	wr_u16(&w, x->from.port);
	wr_u8(&w, x->id);
	wr_u8(&w, x->refusal);
	wr_bytes(&w, x->auth, RADIUS_AUTH);
	if (s->used > COA_KEPT)
		s->ops->drop(s->ctx, s->seen[(s->first + s->used - 1 - COA_KEPT) % SEEN_MOST].key);
	s->ops->keep(s->ctx, x->key, rec);
}

static void coa_seen_add(struct coa_server *s, const struct coa_source *from,
			 const struct radius_packet *p, enum radius_refusal r, uint64_t now)
{
	struct coa_seen *x = &s->seen[(s->first + s->used++) % SEEN_MOST];

	*x = (struct coa_seen){
		.when = now, .key = s->next++, .from = *from, .id = p->id, .refusal = (uint8_t)r};
	memcpy(x->auth, p->octets + 4, RADIUS_AUTH);
	htab_add(&s->table, &x->node, coa_seen_key(from, x->id, x->auth));
	coa_seen_keep(s, x);
}

/* --- of a life before -------------------------------------------------------------------------- */

static bool coa_seen_read(struct coa_seen *x, const uint8_t *rec, size_t len, uint64_t now)
{
	struct rd r = rd_init(rec, len);
	const uint8_t *address, *auth;

	x->when = rd_u64(&r);
	address = rd_take(&r, sizeof(x->from.address));
	x->from.port = rd_u16(&r);
	x->id = rd_u8(&r);
	x->refusal = rd_u8(&r);
	auth = rd_take(&r, RADIUS_AUTH);
	if (r.bad || x->refusal >= RADIUS_REFUSALS || x->when > now || now - x->when >= KEPT)
		return false;
	memcpy(x->from.address, address, sizeof(x->from.address));
	memcpy(x->auth, auth, RADIUS_AUTH);
	return true;
}

void coa_server_recall(struct coa_server *s, uint64_t key, const uint8_t *rec, size_t len,
		       uint64_t now)
{
	struct coa_seen x = {.key = key};

	if (s->used == COA_KEPT || !coa_seen_read(&x, rec, len, now)) {
		s->ops->drop(s->ctx, key);
		return;
	}
	s->seen[s->used++] = x;
	if (key >= s->next)
		s->next = key + 1;
}

static int coa_seen_older(const void *a, const void *b)
{
	const struct coa_seen *x = a, *y = b;

	return (x->when > y->when) - (x->when < y->when);
}

void coa_server_recalled(struct coa_server *s)
{
	qsort(s->seen, s->used, sizeof(s->seen[0]), coa_seen_older);
	for (unsigned i = 0; i < s->used; i++) {
		struct coa_seen *x = &s->seen[i];

		htab_add(&s->table, &x->node, coa_seen_key(&x->from, x->id, x->auth));
	}
}

/* --- a datagram -------------------------------------------------------------------------------- */

static unsigned coa_server_client(const struct coa_server *s, const struct coa_source *from)
{
	for (unsigned i = 0; i < s->clients; i++)
		if (!memcmp(s->client[i].cfg.address, from->address, 16))
			return i;
	return COA_NOBODY;
}

/* COA_DROP_COUNT: it is believed. */
static enum coa_drop coa_server_judge(const struct coa_known *c, struct radius_packet *p,
				      const void *octets, size_t len, uint64_t wall)
{
	enum radius_proof proof;
	uint32_t stamp;

	if (!radius_open(p, octets, len))
		return COA_D_MALFORMED;
	if (p->code != RADIUS_COA_REQUEST && p->code != RADIUS_DISCONNECT_REQUEST)
		return COA_D_CODE;
	proof = radius_prove_request(p, c->cfg.secret, strlen(c->cfg.secret));
	if (proof == RADIUS_FORGED)
		return COA_D_FORGED;
	if (proof == RADIUS_UNPROVED && c->cfg.need_proof)
		return COA_D_UNPROVED;
	stamp = radius_coa_stamp(p);
	if (!stamp)
		return c->cfg.need_stamp ? COA_D_UNDATED : COA_DROP_COUNT;
	return stamp + UINT64_C(0) + COA_WINDOW < wall || stamp > wall + COA_WINDOW
		       ? COA_D_STALE
		       : COA_DROP_COUNT;
}

static void coa_server_note(struct coa_counters *n, const struct radius_coa *what,
			    enum radius_refusal r)
{
	if (r != RADIUS_DONE)
		n->refused[r]++;
	else if (what->disconnect)
		n->disconnects++;
	else
		n->changes++;
}

/* A request that is new and believed. */
static size_t coa_server_serve(struct coa_server *s, unsigned client, const struct coa_source *from,
			       const struct radius_packet *p, uint64_t now, uint8_t *out)
{
	struct coa_known *c = &s->client[client];
	struct radius_coa what;
	enum radius_refusal r;
	size_t len;

	/* Before it is done: one that could not be answered would be sent again. */
	if (!radius_coa_answer(p, RADIUS_R_NOT_FOUND, c->cfg.secret, out)) {
		c->n.drop[COA_D_MALFORMED]++;
		s->ops->dropped(s->ctx, client, from, COA_D_MALFORMED, now);
		return 0;
	}
	r = radius_coa_read(&what, p);
	if (r == RADIUS_DONE)
		r = s->ops->change(s->ctx, client, &what, now);
	coa_seen_add(s, from, p, r, now);
	coa_server_note(&c->n, &what, r);
	len = radius_coa_answer(p, r, c->cfg.secret, out);
	s->ops->answered(s->ctx, client, &what, r, now);
	return len;
}

size_t coa_server_rx(struct coa_server *s, const struct coa_source *from, const void *octets,
		     size_t len, uint64_t now, uint64_t wall, uint8_t *out)
{
	unsigned client = coa_server_client(s, from);
	struct coa_known *c = client == COA_NOBODY ? NULL : &s->client[client];
	struct coa_counters *n = c ? &c->n : &s->nobody;
	const struct coa_seen *before = NULL;
	struct radius_packet p;
	enum coa_drop why;

	n->received++;
	coa_seen_forget(s, now);
	why = c ? coa_server_judge(c, &p, octets, len, wall) : COA_D_UNKNOWN;
	if (why == COA_DROP_COUNT) {
		before = coa_seen_find(s, from, &p);
		if (!before && !coa_server_may(s, c, now))
			why = COA_D_LIMIT;
	}
	if (why != COA_DROP_COUNT) {
		n->drop[why]++;
		s->ops->dropped(s->ctx, client, from, why, now);
		return 0;
	}
	if (!before)
		return coa_server_serve(s, client, from, &p, now, out);
	n->repeated++;
	return radius_coa_answer(&p, (enum radius_refusal)before->refusal, c->cfg.secret, out);
}
