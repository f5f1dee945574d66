/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A log-in's records.  Its counters are the data plane's, less what they were when it began; when
 * they start from nothing, as when a call moves to another worker, what they had come to is added.
 */
#include "gw/aaa/acct_int.h"

#include "gw/log.h"
#include "gw/random.h"
#include "gw/text.h"

#include <stdlib.h>
#include <string.h>

#define SECOND	     UINT64_C(1000000)
#define INTERIM_MOST (365 * 24 * 3600 * SECOND)
#define SPREAD	     20u /* part of the interval by which an interim record may be late */
#define COUNTERS     5u
#define USER_MOST    253u
/* With the octets of user and classes and some numbers they fit into ACCT_KEPT_MAX. */
#define FACTS_MAX 3000u

struct acct_session {
	struct llist_head entry;  /* of struct acct.sessions */
	struct llist_head bucket; /* by its tag, or until it is claimed by its id */
	struct acct_group *group;
	acct_ask ask;
	void *ctx;
	struct loop_timer timer;
	uint64_t id;
	uint64_t tag; /* 0 = it has none */
	uint8_t of;   /* enum acct_of */
	bool started, remote;
	bool claimed;		 /* not of the life before, or somebody goes on with it */
	uint64_t since, interim; /* us; interim 0 = none */
	uint64_t base[COUNTERS], last[COUNTERS]; /* count = last + base, modulo 2^64 */
	uint8_t *attrs;				 /* of all its records, as last known */
	uint16_t attrs_len;
	uint16_t classes_len;
	uint16_t room; /* of `changed` */
	uint8_t user_len;
	uint8_t *changed;	/* other classes; NULL = those below count */
	const uint8_t *classes; /* those that count */
	uint8_t octets[];	/* user, classes */
};

/* --- kept for the next life --------------------------------------------------------------------- */

static void acct_session_keep(const struct acct_session *s)
{
	uint8_t buf[ACCT_KEPT_MAX];
	struct wr w = wr_init(buf, sizeof(buf));

	wr_u8(&w, s->started);
	wr_u8(&w, s->remote);
	wr_u64(&w, s->since);
	wr_u64(&w, s->interim);
	for (unsigned i = 0; i < COUNTERS; i++) {
		wr_u64(&w, s->base[i]);
		wr_u64(&w, s->last[i]);
	}
	wr_u8(&w, s->user_len);
	wr_u16(&w, s->classes_len);
	wr_bytes(&w, s->octets, s->user_len);
	wr_bytes(&w, s->classes, s->classes_len);
	wr_u16(&w, s->attrs_len);
	wr_bytes(&w, s->attrs, s->attrs_len);
	wr_u8(&w, s->of);
	wr_u64(&w, s->tag);
	acct_keep(s->group, ACCT_KEPT_SESSION, s->id, buf, w.len);
}

/* --- what it has come to ------------------------------------------------------------------------ */

/* Nothing at all: the data plane, begun anew, has not taken up what there was yet. */
static void acct_session_count(struct acct_session *s, const struct radius_acct_counts *n)
{
	const uint64_t raw[COUNTERS] = {n->in_octets, n->out_octets, n->in_packets, n->out_packets,
					n->lost};

	if (!(raw[0] | raw[1] | raw[2] | raw[3] | raw[4]))
		return;
	for (unsigned i = 0; i < COUNTERS; i++) {
		if (raw[i] < s->last[i])
			s->base[i] += s->last[i];
		s->last[i] = raw[i];
	}
}

static struct radius_acct_counts acct_session_counts(const struct acct_session *s, uint64_t now)
{
	return (struct radius_acct_counts){
		.in_octets = s->last[0] + s->base[0],
		.out_octets = s->last[1] + s->base[1],
		.in_packets = s->last[2] + s->base[2],
		.out_packets = s->last[3] + s->base[3],
		.lost = s->last[4] + s->base[4],
		.seconds = now > s->since ? (uint32_t)((now - s->since) / SECOND) : 0,
	};
}

/* True: what is known is another thing than before.  Without memory it stays as it was. */
static bool acct_session_know(struct acct_session *s, struct radius_acct_facts *f)
{
	uint8_t buf[FACTS_MAX], *attrs;
	struct radius_writer b = {.w = wr_init(buf, sizeof(buf))};

	if (s->of == ACCT_OF_LOG_IN || !f->user_len) {
		f->user = s->octets;
		f->user_len = s->user_len;
	}
	if (f->user_len > USER_MOST)
		f->user_len = USER_MOST;
	if (s->of == ACCT_OF_LOG_IN) {
		f->classes = s->classes;
		f->classes_len = s->classes_len;
	}
	f->authentic = s->of != ACCT_OF_LOG_IN ? 0
		       : s->remote	       ? RADIUS_AUTHENTIC_RADIUS
					       : RADIUS_AUTHENTIC_LOCAL;
	f->nas_identifier = s->group->cfg->nas_identifier;
	radius_acct_put_facts(&b, f);
	if (b.w.bad)
		return false;
	if (s->attrs && b.w.len == s->attrs_len && !memcmp(buf, s->attrs, b.w.len))
		return false;
	attrs = malloc(b.w.len);
	if (!attrs)
		return false;
	memcpy(attrs, buf, b.w.len);
	free(s->attrs);
	s->attrs = attrs;
	s->attrs_len = (uint16_t)b.w.len;
	return true;
}

/* True likewise. */
static bool acct_session_look(struct acct_session *s)
{
	struct acct_now n = {0};

	if (!s->ask)
		return false;
	s->ask(s->ctx, s->tag, &n);
	acct_session_count(s, &n.counts);
	return acct_session_know(s, &n.facts);
}

enum acct_what { ACCT_STARTS, ACCT_GOES_ON, ACCT_STOPS, ACCT_REJECTED, ACCT_WHATS };

/* Acct-Status-Type (RFC 2866 5.1, RFC 2867 3) */
static const uint8_t acct_session_status[ACCT_OFS][ACCT_WHATS] = {
	[ACCT_OF_LOG_IN] = {RADIUS_ACCT_START, RADIUS_ACCT_INTERIM, RADIUS_ACCT_STOP, 0},
	[ACCT_OF_TUNNEL] = {RADIUS_ACCT_TUNNEL_START, RADIUS_ACCT_INTERIM, RADIUS_ACCT_TUNNEL_STOP,
			    RADIUS_ACCT_TUNNEL_REJECT},
	[ACCT_OF_LINK] = {RADIUS_ACCT_LINK_START, RADIUS_ACCT_INTERIM, RADIUS_ACCT_LINK_STOP,
			  RADIUS_ACCT_LINK_REJECT},
};

static void acct_session_make(struct acct_session *s, enum acct_what what,
			      enum radius_acct_cause cause, uint64_t now)
{
	bool counts = what == ACCT_GOES_ON || what == ACCT_STOPS;
	struct radius_acct_counts n = acct_session_counts(s, now);
	struct radius_acct_event e = {
		.status = (enum radius_acct_status)acct_session_status[s->of][what],
		.id = s->id,
		.cause = cause,
		.counts = counts ? &n : NULL};

	acct_make(s->group, s->attrs, s->attrs_len, &e);
}

/* --- now and then ------------------------------------------------------------------------------- */

/* Counted from the beginning, so that another life of the gateway keeps the rhythm; late by a
 * random part, since many may have begun together. */
static void acct_session_arm(struct acct_session *s, uint64_t now)
{
	uint64_t passed = now > s->since ? now - s->since : 0;
	uint16_t random;

	if (!s->interim)
		return;
	gw_random(&random, sizeof(random));
	loop_set(s->group->acct->loop, &s->timer,
		 s->since + (passed / s->interim + 1) * s->interim +
			 s->interim / SPREAD * random / UINT16_MAX);
}

static void acct_session_on_time(void *ctx, uint64_t now)
{
	struct acct_session *s = ctx;

	acct_session_look(s);
	acct_session_make(s, ACCT_GOES_ON, 0, now);
	acct_session_arm(s, now);
	acct_session_keep(s);
}

/* --- its life ----------------------------------------------------------------------------------- */

static struct acct_session *acct_session_make_new(struct acct_group *g, const uint8_t *user,
						  uint8_t user_len, const uint8_t *classes,
						  uint16_t classes_len)
{
	struct acct_session *s = calloc(1, sizeof(*s) + user_len + classes_len);
	char name[GW_TEXT_MAX];

	if (!s) {
		GW_LOG(LOG_ABOUT(.user = gw_printable(name, sizeof(name), user, user_len),
				 .radius = g->cfg->name),
		       AAA, LOGL_ERROR, "radius %s: no memory: a log-in has no accounting\n",
		       g->cfg->name);
		return NULL;
	}
	s->group = g;
	s->user_len = user_len;
	s->classes_len = classes_len;
	memcpy(s->octets, user, user_len);
	memcpy(s->octets + user_len, classes, classes_len);
	s->classes = s->octets + user_len;
	loop_timer_init(&s->timer, acct_session_on_time, s);
	llist_add_tail(&s->entry, &g->acct->sessions);
	g->owned++;
	INIT_LLIST_HEAD(&s->bucket);
	return s;
}

static uint64_t acct_session_interval(uint32_t seconds)
{
	uint64_t us = seconds * SECOND;

	if (us < RADIUS_INTERIM_LEAST * SECOND)
		return RADIUS_INTERIM_LEAST * SECOND;
	return us < INTERIM_MOST ? us : INTERIM_MOST;
}

struct acct_session *acct_session_new(struct acct *a, const struct cfg_radius *radius,
				      const struct acct_said *said, acct_ask ask, void *ctx)
{
	struct acct_group *g = acct_group_of(a, radius);
	struct acct_session *s = g ? acct_session_make_new(g, said->user, said->user_len,
							   said->classes, said->classes_len)
				   : NULL;

	if (!s)
		return NULL;
	s->ask = ask;
	s->ctx = ctx;
	s->id = acct_serial(a);
	s->claimed = true;
	s->remote = said->remote;
	s->interim = said->interim ? acct_session_interval(said->interim) : g->cfg->interim;
	acct_session_keep(s);
	return s;
}

static struct llist_head *acct_session_bucket(struct acct *a, uint64_t key)
{
	return &a->bucket[key % ACCT_BUCKETS];
}

struct acct_session *acct_session_new_of(struct acct *a, const struct cfg_radius *radius,
					 enum acct_of of, uint64_t tag, struct rd user,
					 acct_ask ask, void *ctx)
{
	static const uint8_t none[1];
	uint8_t len = user.left < USER_MOST ? (uint8_t)user.left : USER_MOST;
	struct acct_group *g = acct_group_of(a, radius);
	struct acct_session *s =
		g ? acct_session_make_new(g, len ? user.p : none, len, none, 0) : NULL;

	if (!s)
		return NULL;
	s->ask = ask;
	s->ctx = ctx;
	s->id = acct_serial(a);
	s->of = (uint8_t)of;
	s->tag = tag;
	s->claimed = true;
	llist_add(&s->bucket, acct_session_bucket(a, tag));
	return s;
}

struct acct_session *acct_session_tagged(struct acct *a, uint64_t tag)
{
	struct acct_session *s;

	llist_for_each_entry(s, acct_session_bucket(a, tag), bucket) if (s->tag == tag) return s;
	return NULL;
}

void acct_session_reject(struct acct_session *s, enum radius_acct_cause cause, uint64_t now)
{
	if (!s || s->started)
		return;
	if (!s->attrs)
		acct_session_look(s);
	acct_session_make(s, ACCT_REJECTED, cause, now);
}

void acct_session_learn(struct acct_session *s)
{
	if (s && acct_session_look(s) && s->started)
		acct_session_keep(s);
}

void acct_session_read_now(struct acct_session *s)
{
	struct acct_now n = {0};

	if (!s || !s->ask)
		return;
	s->ask(s->ctx, s->tag, &n);
	acct_session_count(s, &n.counts);
}

void acct_session_add(struct acct_session *s, const struct acct_session *part)
{
	if (!s || !part || !s->started)
		return;
	for (unsigned i = 0; i < COUNTERS; i++)
		s->base[i] += part->base[i] + part->last[i];
	acct_session_keep(s);
}

void acct_session_move(struct acct_session *s, void *ctx)
{
	if (s)
		s->ctx = ctx;
}

static void acct_session_release(struct acct_session *s)
{
	loop_cancel(s->group->acct->loop, &s->timer);
	llist_del(&s->entry);
	llist_del(&s->bucket);
	s->group->owned--;
	free(s->attrs);
	free(s->changed);
	free(s);
}

void acct_session_free(struct acct_session *s)
{
	if (!s)
		return;
	acct_drop(s->group->acct, ACCT_KEPT_SESSION, s->id);
	acct_session_release(s);
}

uint64_t acct_session_id(const struct acct_session *s)
{
	return s ? s->id : 0;
}

bool acct_session_is_of(const struct acct_session *s, const struct acct_said *said)
{
	return s && s->user_len == said->user_len && !memcmp(s->octets, said->user, s->user_len);
}

struct rd acct_session_user(const struct acct_session *s)
{
	return s ? rd_init(s->octets, s->user_len) : rd_init(NULL, 0);
}

struct rd acct_session_classes(const struct acct_session *s)
{
	return s ? rd_init(s->classes, s->classes_len) : rd_init(NULL, 0);
}

bool acct_session_reserve(struct acct_session *s, size_t len)
{
	uint8_t *room;

	if (!s || len <= s->room)
		return true;
	room = malloc(len);
	if (!room)
		return false;
	memcpy(room, s->classes, s->changed ? s->classes_len : 0);
	if (s->changed)
		s->classes = room;
	free(s->changed);
	s->changed = room;
	s->room = (uint16_t)len;
	return true;
}

void acct_session_set_classes(struct acct_session *s, const uint8_t *classes, size_t len)
{
	if (!s || len > s->room)
		return;
	memcpy(s->changed, classes, len);
	s->classes = s->changed;
	s->classes_len = (uint16_t)len;
	acct_session_look(s);
	acct_session_keep(s);
}

void acct_session_set_interim(struct acct_session *s, uint32_t seconds, uint64_t now)
{
	if (!s)
		return;
	s->interim = acct_session_interval(seconds);
	if (s->started)
		acct_session_arm(s, now);
	acct_session_keep(s);
}

static void acct_session_set_started(struct acct_session *s, bool started)
{
	if (s->started == started)
		return;
	s->started = started;
	if (started)
		s->group->sessions++;
	else
		s->group->sessions--;
}

void acct_session_start(struct acct_session *s, uint64_t now)
{
	if (!s || s->started)
		return;
	s->since = now;
	acct_session_look(s);
	for (unsigned i = 0; i < COUNTERS; i++)
		s->base[i] = -s->last[i];
	acct_session_set_started(s, true);
	acct_session_make(s, ACCT_STARTS, 0, now);
	acct_session_arm(s, now);
	acct_session_keep(s);
}

void acct_session_changed(struct acct_session *s, uint64_t now)
{
	if (!s || !s->started || !acct_session_look(s))
		return;
	acct_session_make(s, ACCT_GOES_ON, 0, now);
	acct_session_keep(s);
}

/* Its addresses may be gone already: what was known of it counts. */
void acct_session_stop(struct acct_session *s, enum radius_acct_cause cause, uint64_t now)
{
	struct acct_now n = {0};

	if (!s || !s->started)
		return;
	if (s->ask) {
		s->ask(s->ctx, s->tag, &n);
		acct_session_count(s, &n.counts);
	}
	acct_session_make(s, ACCT_STOPS, cause, now);
	acct_session_set_started(s, false);
	loop_cancel(s->group->acct->loop, &s->timer);
	acct_drop(s->group->acct, ACCT_KEPT_SESSION, s->id);
}

void acct_sessions_read(struct acct *a)
{
	struct acct_session *s;

	llist_for_each_entry(s, &a->sessions, entry)
	{
		if (!s->started)
			continue;
		acct_session_read_now(s);
		acct_session_keep(s);
	}
}

void acct_sessions_end(struct acct *a, uint64_t now)
{
	struct acct_session *s;

	llist_for_each_entry(s, &a->sessions, entry)
		acct_session_stop(s, RADIUS_CAUSE_ADMIN_REBOOT, now);
}

/* --- in another life ---------------------------------------------------------------------------- */

static bool acct_session_read_numbers(struct acct_session *s, struct rd *r, uint64_t now)
{
	uint64_t since;

	s->started = rd_u8(r);
	s->remote = rd_u8(r);
	since = rd_u64(r);
	s->since = since < now ? since : now;
	s->interim = rd_u64(r);
	for (unsigned i = 0; i < COUNTERS; i++) {
		s->base[i] = rd_u64(r);
		s->last[i] = rd_u64(r);
	}
	return !r->bad && s->interim <= INTERIM_MOST &&
	       (!s->interim || s->interim >= RADIUS_INTERIM_LEAST * SECOND);
}

/* What all its records say, as it was written. */
static bool acct_session_read_attrs(struct acct_session *s, struct rd *r)
{
	uint16_t len = rd_u16(r);
	const uint8_t *attrs = rd_take(r, len);

	if (!attrs || len > FACTS_MAX)
		return false;
	s->attrs = malloc(len ? len : 1);
	if (!s->attrs)
		return false;
	memcpy(s->attrs, attrs, len);
	s->attrs_len = len;
	return true;
}

static struct acct_session *acct_session_read(struct acct_group *g, struct rd *r, uint64_t now)
{
	struct acct_session n = {0}, *s;
	bool ok = acct_session_read_numbers(&n, r, now);
	uint8_t user_len = rd_u8(r);
	uint16_t classes_len = rd_u16(r);
	const uint8_t *octets = rd_take(r, user_len + (size_t)classes_len);

	if (!ok || !octets || classes_len > ACCT_CLASSES)
		return NULL;
	s = acct_session_make_new(g, octets, user_len, octets + user_len, classes_len);
	if (!s)
		return NULL;
	s->remote = n.remote;
	s->since = n.since;
	s->interim = n.interim;
	memcpy(s->base, n.base, sizeof(s->base));
	memcpy(s->last, n.last, sizeof(s->last));
	acct_session_set_started(s, n.started);
	if (acct_session_read_attrs(s, r))
		return s;
	acct_session_set_started(s, false);
	acct_session_release(s);
	return NULL;
}

/* Records of before end here. */
static void acct_session_read_tag(struct acct_session *s, struct rd *r)
{
	s->of = r->left ? rd_u8(r) : ACCT_OF_LOG_IN;
	s->tag = r->left ? rd_u64(r) : 0;
	if (r->bad || s->of >= ACCT_OFS || !s->tag != (s->of == ACCT_OF_LOG_IN)) {
		s->of = ACCT_OF_LOG_IN;
		s->tag = 0;
	}
}

void acct_session_recall(struct acct_group *g, uint64_t id, struct rd *r, uint64_t now)
{
	struct acct_session *s = acct_session_read(g, r, now);

	if (!s) {
		acct_drop(g->acct, ACCT_KEPT_SESSION, id);
		return;
	}
	s->id = id;
	acct_session_read_tag(s, r);
	llist_add(&s->bucket, acct_session_bucket(g->acct, s->tag ? s->tag : id));
	if (s->started)
		acct_session_arm(s, now);
}

static void acct_session_set_claimed(struct acct_session *s, acct_ask ask, void *ctx)
{
	s->claimed = true;
	s->ask = ask;
	s->ctx = ctx;
}

struct acct_session *acct_session_claim(struct acct *a, uint64_t id, acct_ask ask, void *ctx)
{
	struct acct_session *s;

	llist_for_each_entry(s, acct_session_bucket(a, id), bucket)
	{
		if (s->id != id || s->tag)
			continue;
		llist_del(&s->bucket);
		INIT_LLIST_HEAD(&s->bucket);
		acct_session_set_claimed(s, ask, ctx);
		return s;
	}
	return NULL;
}

void acct_session_claim_tag(struct acct *a, uint64_t tag, acct_ask ask, void *ctx)
{
	struct acct_session *s = acct_session_tagged(a, tag);

	if (s)
		acct_session_set_claimed(s, ask, ctx);
}

static void acct_session_lost(struct acct_session *s, uint64_t now)
{
	acct_session_stop(
		s, s->group->acct->left ? RADIUS_CAUSE_ADMIN_RESET : RADIUS_CAUSE_NAS_ERROR, now);
	acct_session_free(s);
}

/* What was part of another one ends first. */
void acct_resumed(struct acct *a, uint64_t now)
{
	struct acct_session *s, *next;

	for (unsigned of = ACCT_OFS; of-- > 0;)
		llist_for_each_entry_safe(s, next, &a->sessions,
					  entry) if (!s->claimed && s->of == of)
			acct_session_lost(s, now);
}

void acct_sessions_free(struct acct *a)
{
	struct acct_session *s, *next;

	llist_for_each_entry_safe(s, next, &a->sessions, entry) acct_session_release(s);
}
