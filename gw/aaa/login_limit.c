/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One array of entries, found by a keyed hash of what they count, in two lists: proved pairs and
 * all others, each with the one that has been quiet for the longest time in front.
 */
#include "gw/aaa/login_limit.h"

#include "core/htab.h"
#include <nettle/sha2.h>
#include <osmocom/core/linuxlist.h>
#include <stdlib.h>
#include <string.h>

#define DOUBLINGS 3u /* of the delay */

struct login_entry {
	struct hnode node; /* first: found from the table's node */
	struct llist_head quiet;
	uint64_t last;	       /* failure */
	uint64_t locked_until; /* 0 = not locked */
	unsigned failures;
	bool proved;
};

struct login_limit {
	struct cfg_login cfg;
	uint8_t key[LOGIN_LIMIT_KEY];
	struct htab table;
	struct llist_head proved, others;
	unsigned room, entries, n_proved;
	uint64_t evicted;
	struct login_entry *entry;
};

struct login_limit *login_limit_new(const struct cfg_login *cfg, const uint8_t key[LOGIN_LIMIT_KEY],
				    unsigned room)
{
	struct login_limit *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->entry = calloc(room, sizeof(*l->entry));
	if (!l->entry) {
		free(l);
		return NULL;
	}
	l->cfg = *cfg;
	l->room = room;
	memcpy(l->key, key, sizeof(l->key));
	htab_init(&l->table, 0); /* the keys are hashed with a secret already */
	INIT_LLIST_HEAD(&l->proved);
	INIT_LLIST_HEAD(&l->others);
	return l;
}

void login_limit_free(struct login_limit *l)
{
	if (!l)
		return;
	htab_free(&l->table);
	free(l->entry);
	free(l);
}

/* --- the table -------------------------------------------------------------------------------- */

uint64_t login_limit_hash(const struct login_limit *l, enum login_limit_kind kind,
			  const struct login_id *id)
{
	uint8_t octet = (uint8_t)kind;
	struct sha256_ctx sha;
	union {
		uint8_t digest[SHA256_DIGEST_SIZE];
		uint64_t hash;
	} u;

	sha256_init(&sha);
	sha256_update(&sha, sizeof(l->key), l->key);
	sha256_update(&sha, 1, &octet);
	if (kind != LOGIN_LIMIT_BY_USER)
		sha256_update(&sha, sizeof(id->source), (const uint8_t *)&id->source);
	if (kind != LOGIN_LIMIT_BY_SOURCE)
		sha256_update(&sha, id->name_len, id->name);
	sha256_digest(&sha, sizeof(u.digest), u.digest);
	return u.hash;
}

/* What is over is forgotten: a lock with all that led to it, and failures of long ago. */
static void login_limit_age(struct login_entry *e, uint64_t now)
{
	bool lock_over = e->locked_until && now >= e->locked_until;

	if (lock_over || (!e->locked_until && now - e->last >= LOGIN_LIMIT_FORGET)) {
		e->failures = 0;
		e->locked_until = 0;
	}
}

/* NULL = there is none. */
static struct login_entry *login_limit_find(struct login_limit *l, enum login_limit_kind kind,
					    const struct login_id *id, uint64_t now)
{
	struct login_entry *e =
		(struct login_entry *)htab_first(&l->table, login_limit_hash(l, kind, id));

	if (e)
		login_limit_age(e, now);
	return e;
}

/* The first of a list gives way; its place is free for another. */
static struct login_entry *login_limit_evict(struct login_limit *l, struct llist_head *list)
{
	struct login_entry *e = llist_entry(list->next, struct login_entry, quiet);

	htab_del(&l->table, &e->node);
	llist_del(&e->quiet);
	l->n_proved -= e->proved;
	l->evicted++;
	return e;
}

static struct login_entry *login_limit_make(struct login_limit *l, uint64_t hash)
{
	struct login_entry *e =
		l->entries < l->room ? &l->entry[l->entries++] : login_limit_evict(l, &l->others);

	memset(e, 0, sizeof(*e));
	htab_add(&l->table, &e->node, hash);
	llist_add_tail(&e->quiet, &l->others);
	return e;
}

/* Found or made, and the last in its list to give way. */
static struct login_entry *login_limit_touch(struct login_limit *l, enum login_limit_kind kind,
					     const struct login_id *id, uint64_t now)
{
	struct login_entry *e = login_limit_find(l, kind, id, now);

	if (!e)
		e = login_limit_make(l, login_limit_hash(l, kind, id));
	llist_move_tail(&e->quiet, e->proved ? &l->proved : &l->others);
	return e;
}

static void login_limit_unprove(struct login_limit *l, struct login_entry *e)
{
	l->n_proved -= e->proved;
	e->proved = false;
	llist_move_tail(&e->quiet, &l->others);
}

/* The one that has been proved for the longest time without a word is an ordinary pair again, so
 * that half the table is always there for failures. */
static void login_limit_prove(struct login_limit *l, struct login_entry *e)
{
	if (e->proved)
		return;
	if (l->n_proved == l->room / 2)
		login_limit_unprove(l, llist_entry(l->proved.next, struct login_entry, quiet));
	e->proved = true;
	l->n_proved++;
	llist_move_tail(&e->quiet, &l->proved);
}

/* --- the rules -------------------------------------------------------------------------------- */

/* Nothing, then the delay, and twice as much for each failure more. */
static uint64_t login_limit_delay(const struct login_limit *l, unsigned failures)
{
	unsigned doublings = failures > DOUBLINGS ? DOUBLINGS : failures - 1;

	return failures ? l->cfg.delay << doublings : 0;
}

static uint64_t login_limit_wait_of_others(struct login_limit *l, const struct login_id *id,
					   uint64_t now)
{
	const struct login_entry *user = login_limit_find(l, LOGIN_LIMIT_BY_USER, id, now);
	const struct login_entry *source = login_limit_find(l, LOGIN_LIMIT_BY_SOURCE, id, now);
	uint64_t wait = user && user->failures >= l->cfg.failures ? l->cfg.delay : 0, more = 0;

	if (source && source->failures > l->cfg.failures)
		more = login_limit_delay(l, source->failures - l->cfg.failures);
	return more > wait ? more : wait;
}

uint64_t login_limit_wait(struct login_limit *l, const struct login_id *id, uint64_t now,
			  bool *locked)
{
	const struct login_entry *pair = login_limit_find(l, LOGIN_LIMIT_BY_PAIR, id, now);
	uint64_t own = pair ? login_limit_delay(l, pair->failures) : 0, others;

	*locked = pair && pair->locked_until;
	if (*locked)
		return l->cfg.delay << DOUBLINGS;
	if (pair && pair->proved)
		return own;
	others = login_limit_wait_of_others(l, id, now);
	return own > others ? own : others;
}

static struct login_entry *login_limit_count(struct login_limit *l, enum login_limit_kind kind,
					     const struct login_id *id, uint64_t now)
{
	struct login_entry *e = login_limit_touch(l, kind, id, now);

	e->last = now;
	e->failures += e->failures < 4 * l->cfg.failures;
	return e;
}

bool login_limit_failed(struct login_limit *l, const struct login_id *id, uint64_t now)
{
	struct login_entry *pair;

	login_limit_count(l, LOGIN_LIMIT_BY_USER, id, now);
	login_limit_count(l, LOGIN_LIMIT_BY_SOURCE, id, now);
	pair = login_limit_count(l, LOGIN_LIMIT_BY_PAIR, id, now);
	if (!l->cfg.lock || pair->failures < l->cfg.failures || pair->locked_until)
		return false;
	pair->locked_until = now + l->cfg.lock;
	login_limit_unprove(l, pair);
	return true;
}

void login_limit_succeeded(struct login_limit *l, const struct login_id *id, uint64_t now)
{
	struct login_entry *source = login_limit_find(l, LOGIN_LIMIT_BY_SOURCE, id, now);
	struct login_entry *pair = login_limit_touch(l, LOGIN_LIMIT_BY_PAIR, id, now);

	pair->failures = 0;
	login_limit_prove(l, pair);
	if (source && source->failures)
		source->failures--;
}

void login_limit_view(const struct login_limit *l, uint64_t now, struct login_limit_view *out)
{
	unsigned i;

	*out = (struct login_limit_view){.room = l->room,
					 .entries = l->entries,
					 .proved = l->n_proved,
					 .evicted = l->evicted};
	for (i = 0; i < l->entries; i++)
		out->locked += l->entry[i].locked_until > now;
}
