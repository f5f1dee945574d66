/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that one turn of the loop changes becomes valid together: before the data plane lets the
 * turn's packets go, or at its end when there are none.
 */
#include "gw/resume.h"

#include "core/htab.h"
#include "gw/drain.h"
#include "gw/aaa/aaa.h"
#include "gw/keep.h"
#include "gw/legs/legs.h"
#include "gw/line.h"
#include "gw/lns.h"
#include "gw/peer.h"
#include "gw/port.h"
#include "gw/record.h"
#include "gw/text.h"
#include "gw/tunnel_acct.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The numbers are in stores: new ones go to the end. */
enum resume_kind {
	RESUME_ENGINE = 1,
	RESUME_TUNNEL,
	RESUME_CALL,
	RESUME_JOIN,
	RESUME_LINES,
	RESUME_IID,
	RESUME_ACCT_EPOCH,
	RESUME_ACCT_SESSION,
	RESUME_ACCT_RECORD,
	RESUME_DRAIN,
	RESUME_LNS,
	RESUME_ACCT_SECTION,
	RESUME_PORTS,
	RESUME_COA
};

struct resume {
	struct gw *gw;
	struct store *store; /* NULL = nothing is kept */
	bool unpublished;
	struct llist_head changed; /* joins whose records are out of date */
	uint64_t now;		   /* of resume_all() */
	bool bundles;		   /* their turn: the other joins go on already */
	struct resume_counters n;
};

static uint64_t resume_key(uint16_t tid, uint16_t sid)
{
	return (uint64_t)tid << 16 | sid;
}

/* A call, line or bundle by its key. */
static struct log_about resume_about(uint64_t key)
{
	const uint16_t tunnel = (uint16_t)(key >> 16), number = (uint16_t)key;

	return tunnel ? LOG_ABOUT(.tunnel = tunnel, .call = number) : LOG_ABOUT(.line = number);
}

/* --- writing ----------------------------------------------------------------------------------
 *
 * Without a store nothing is kept.
 */

static void resume_put(struct resume *r, enum resume_kind kind, uint64_t key, const uint8_t *rec,
		       size_t len)
{
	if (!r->store)
		return;
	r->n.records++;
	r->unpublished = true;
	if (store_put(r->store, kind, key, rec, len))
		return;
	/* What is there is out of date: better none. */
	store_del(r->store, kind, key);
	r->n.no_room++;
	gw_log_peer(kind == RESUME_TUNNEL ? LOG_ABOUT(.tunnel = (uint16_t)key)
		    : kind == RESUME_CALL || kind == RESUME_JOIN ? resume_about(key)
								 : LOG_NOBODY,
		    GW_LOG_MAIN, LOGL_ERROR, 0, loop_now(r->gw->loop),
		    "no room to keep a tunnel or call: it will not outlive a restart");
}

static void resume_del(struct resume *r, enum resume_kind kind, uint64_t key)
{
	if (!r->store)
		return;
	r->unpublished = true;
	store_del(r->store, kind, key);
}

static void resume_put_folded(struct resume *r, enum resume_kind kind, uint64_t key,
			      const uint8_t *rec, size_t len)
{
	uint8_t folded[STORE_RECORD_MAX];
	size_t n = record_fold(folded, rec, len);

	resume_put(r, kind, key, n ? folded : rec, n ? n : len);
}

static void resume_write_join(struct resume *r, struct join *j)
{
	uint64_t key = leg_key(j->leg[0]);
	uint8_t rec[STORE_RECORD_MAX];
	size_t n = resume_join_keeps(j) ? resume_join_save(j, rec, sizeof(rec)) : 0;

	llist_del(&j->changed);
	INIT_LLIST_HEAD(&j->changed);
	if (n)
		resume_put_folded(r, RESUME_JOIN, key, rec, n);
	else if (j->kept)
		resume_del(r, RESUME_JOIN, key);
	j->kept = n;
}

static void resume_write_joins(struct resume *r)
{
	struct join *j, *next;

	llist_for_each_entry_safe(j, next, &r->changed, changed) resume_write_join(r, j);
}

static void resume_publish(struct resume *r)
{
	if (r->unpublished)
		store_publish(r->store);
	r->unpublished = false;
}

void resume_write(struct resume *r)
{
	if (!r->store)
		return;
	resume_write_joins(r);
	resume_publish(r);
}

void resume_join_changed(void *ctx, struct join *j)
{
	struct resume *r = ctx;

	if (!r->store)
		return;
	if (j->ending && j->kept) { /* at once: it may be gone by the end of the turn */
		resume_del(r, RESUME_JOIN, leg_key(j->leg[0]));
		j->kept = false;
	}
	if (!j->ending && llist_empty(&j->changed))
		llist_add_tail(&j->changed, &r->changed);
}

void resume_line_number(struct resume *r)
{
	uint8_t rec[LINES_RECORD];

	if (!r->store)
		return;
	lines_save(r->gw, rec);
	resume_put(r, RESUME_LINES, 0, rec, sizeof(rec));
}

void resume_drain(struct resume *r)
{
	uint8_t rec[DRAIN_RECORD];
	size_t n;

	if (!r->store)
		return;
	n = drain_save(r->gw, rec);
	if (n)
		resume_put(r, RESUME_DRAIN, 0, rec, n);
	else
		resume_del(r, RESUME_DRAIN, 0);
}

void resume_ports(struct resume *r, const uint8_t *rec, size_t len)
{
	resume_put(r, RESUME_PORTS, 0, rec, len);
}

int resume_ports_before(const struct resume *r, uint8_t *rec)
{
	return r->store ? store_get(r->store, RESUME_PORTS, 0, rec) : -1;
}

uint64_t resume_iid(struct resume *r, const char *service, uint64_t fresh)
{
	uint64_t key = htab_octets(service, strlen(service));
	uint8_t rec[STORE_RECORD_MAX];
	struct rd before;
	struct wr w;

	if (!r->store)
		return fresh;
	before = rd_init(rec, store_get(r->store, RESUME_IID, key, rec) == 8 ? 8 : 0);
	if (before.left)
		return rd_u64(&before);
	w = wr_init(rec, sizeof(rec));
	wr_u64(&w, fresh);
	resume_put(r, RESUME_IID, key, rec, w.len);
	return fresh;
}

void resume_lns_put(struct resume *r, uint64_t key, const uint8_t *rec, size_t len)
{
	resume_put(r, RESUME_LNS, key, rec, len);
}

void resume_lns_del(struct resume *r, uint64_t key)
{
	resume_del(r, RESUME_LNS, key);
}

/* --- what accounting keeps -------------------------------------------------------------------- */

static const enum resume_kind resume_acct_kinds[ACCT_KEPTS] = {
	[ACCT_KEPT_EPOCH] = RESUME_ACCT_EPOCH,
	[ACCT_KEPT_SECTION] = RESUME_ACCT_SECTION,
	[ACCT_KEPT_SESSION] = RESUME_ACCT_SESSION,
	[ACCT_KEPT_RECORD] = RESUME_ACCT_RECORD,
};

void resume_acct_put(struct resume *r, enum acct_kept kind, uint64_t key, const uint8_t *rec,
		     size_t len)
{
	resume_put(r, resume_acct_kinds[kind], key, rec, len);
}

void resume_acct_del(struct resume *r, enum acct_kept kind, uint64_t key)
{
	resume_del(r, resume_acct_kinds[kind], key);
}

struct resume_acct {
	struct resume *r;
	enum acct_kept kind;
};

static void resume_acct_of(void *ctx, uint64_t key, const uint8_t *rec, size_t len)
{
	const struct resume_acct *a = ctx;

	acct_recall(a->r->gw->acct, a->kind, key, rec, len, a->r->now);
}

static void resume_acct(struct resume *r)
{
	struct resume_acct a = {.r = r};

	for (; r->store && a.kind < ACCT_KEPTS; a.kind++)
		store_each(r->store, resume_acct_kinds[a.kind], resume_acct_of, &a);
	acct_begin(r->gw->acct);
}

/* --- answers to requests for changes ---------------------------------------------------------- */

void resume_coa_put(struct resume *r, uint64_t key, const uint8_t *rec, size_t len)
{
	resume_put(r, RESUME_COA, key, rec, len);
}

void resume_coa_del(struct resume *r, uint64_t key)
{
	resume_del(r, RESUME_COA, key);
}

static void resume_coa_of(void *ctx, uint64_t key, const uint8_t *rec, size_t len)
{
	const struct resume *r = ctx;

	coa_listen_recall(r->gw->coa, key, rec, len);
}

void resume_coa(struct resume *r)
{
	if (!r->store)
		return;
	store_each(r->store, RESUME_COA, resume_coa_of, r);
	coa_listen_recalled(r->gw->coa);
}

/* --- what the engine keeps -------------------------------------------------------------------- */

/* Its channel is not there any more: it cannot go on, and will end soon. */
static void resume_keep_tunnel(struct resume *r, const struct l2tp_kept *k)
{
	uint8_t rec[L2TP_RECORD_MAX + 2 * (RECORD_TEXT_MAX + 1) + sizeof(struct ist_addr) + 20];
	struct wr w = wr_init(rec, sizeof(rec));
	const struct cfg_peer *peer;
	struct l2tp_tunnel_info i;

	l2tp_tunnel_info(k->tunnel, &i);
	peer = i.peer;
	record_text(&w, peer ? peer->name : "");
	if (record_channel(&w, r->gw, i.channel)) {
		wr_bytes(&w, k->rec, k->len);
		resume_put(r, RESUME_TUNNEL, k->tunnel_id, rec, w.len);
	} else {
		resume_del(r, RESUME_TUNNEL, k->tunnel_id);
	}
}

static void resume_keep_engine(struct resume *r, const struct l2tp_kept *k)
{
	resume_put(r, RESUME_ENGINE, 0, k->rec, k->len);
}

static void resume_keep_call(struct resume *r, const struct l2tp_kept *k)
{
	resume_put(r, RESUME_CALL, resume_key(k->tunnel_id, k->call_id), k->rec, k->len);
}

void resume_keep(void *ctx, const struct l2tp_kept *k)
{
	static const struct {
		enum resume_kind kind;
		void (*put)(struct resume *r, const struct l2tp_kept *k);
	} rows[] = {
		[L2TP_KEEP_ENGINE] = {RESUME_ENGINE, resume_keep_engine},
		[L2TP_KEEP_TUNNEL] = {RESUME_TUNNEL, resume_keep_tunnel},
		[L2TP_KEEP_CALL] = {RESUME_CALL, resume_keep_call},
	};
	struct resume *r = ((struct gw *)ctx)->resume;

	if (!r->store || k->what == L2TP_KEEP_DONE) /* packets wait for resume_write() */
		return;
	if (k->len)
		rows[k->what].put(r, k);
	else if (k->what == L2TP_KEEP_CALL)
		resume_del(r, RESUME_CALL, resume_key(k->tunnel_id, k->call_id));
	else
		resume_del(r, rows[k->what].kind, k->tunnel_id);
}

/* --- going on --------------------------------------------------------------------------------- */

static void resume_engine(void *ctx, uint64_t key, const uint8_t *rec, size_t len)
{
	struct resume *r = ctx;

	(void)key;
	if (!l2tp_engine_restore(r->gw->engine, rec, len))
		GW_LOG(LOG_NOBODY, MAIN, LOGL_ERROR,
		       "the record of the tunnel ids cannot be read\n");
}

static void resume_tunnel_lost(struct resume *r, uint16_t id, const char *words)
{
	r->n.ended++;
	GW_LOG(LOG_ABOUT(.tunnel = id), TUNNEL, LOGL_ERROR, "tunnel %u: cannot go on: %s\n", id,
	       words);
	resume_del(r, RESUME_TUNNEL, id);
}

/* A peer section that is gone has no policy: resume_close_strangers() ends its tunnels. */
static void resume_answer(struct resume *r, struct l2tp_peer_answer *who, const char *name,
			  l2tp_channel c)
{
	const struct cfg_peer *peer = lns_named(r->gw, name);
	uint64_t source = peer_channel_source(r->gw, c);

	if (peer) {
		peer_answer(who, peer, source);
		return;
	}
	*who = (struct l2tp_peer_answer){.source = source};
	l2tp_policy_default(&who->policy);
	snprintf(who->policy.host_name, sizeof(who->policy.host_name), "%s", r->gw->cfg->host_name);
}

static void resume_tunnel(void *ctx, uint64_t key, const uint8_t *rec, size_t len)
{
	struct resume *r = ctx;
	struct rd rd = rd_init(rec, len);
	char name[RECORD_TEXT_MAX + 1];
	struct l2tp_peer_answer who;
	const struct rd no_ticket = {0};
	bool waits = false;
	l2tp_channel c;

	record_read_text(&rd, name, sizeof(name));
	c = record_read_channel(&rd, r->gw, IST_PAYLOAD_L2TP, &no_ticket, &waits);
	if (rd.bad || !c) {
		resume_tunnel_lost(r, (uint16_t)key,
				   c ? "its record cannot be read" : "its channel is gone");
		return;
	}
	resume_answer(r, &who, name, c);
	if (!l2tp_tunnel_restore(r->gw->engine, rd.p, rd.left, c, &who, r->gw->keep, r->now)) {
		resume_tunnel_lost(r, (uint16_t)key, "its record is refused");
		return;
	}
	r->n.tunnels++;
	keep_tunnel_up(r->gw->keep, c);
	if (waits)
		l2tp_engine_channel(r->gw->engine, c, false, r->now);
}

static void resume_call(void *ctx, uint64_t key, const uint8_t *rec, size_t len)
{
	struct resume *r = ctx;
	struct l2tp_tunnel *t = l2tp_tunnel_by_id(r->gw->engine, (uint16_t)(key >> 16));

	if (t && l2tp_call_restore(t, rec, len, NULL, r->now))
		r->n.calls++;
	else
		resume_del(r, RESUME_CALL, key);
}

static void resume_join_of(void *ctx, uint64_t key, const uint8_t *rec, size_t len)
{
	struct resume *r = ctx;
	const char *words = NULL;
	uint8_t room[STORE_RECORD_MAX];
	struct rd whole = record_unfold(rec, len, room, sizeof(room));
	struct join *j;

	if (resume_join_is_bundle(whole.p, whole.left) != r->bundles)
		return;
	j = resume_join(r->gw, whole.p, whole.left, &words, r->now);
	if (j) {
		j->kept = true;
		r->n.joins += !j->ending;
		return;
	}
	GW_LOG(resume_about(key), CALL, LOGL_ERROR, "%s %u/%u: cannot go on: %s\n",
	       key >> 16 ? "call" : "line", (unsigned)(key >> 16), (unsigned)(key & UINT16_MAX),
	       words);
	resume_del(r, RESUME_JOIN, key);
}

static void resume_drained(void *ctx, uint64_t key, const uint8_t *rec, size_t len)
{
	struct resume *r = ctx;

	(void)key;
	if (!drain_restore(r->gw, rec, len))
		GW_LOG(LOG_NOBODY, MAIN, LOGL_ERROR, "the record of what drains cannot be read\n");
}

/* Its tunnels end: resume_close_strangers(). */
static void resume_lns(void *ctx, uint64_t key, const uint8_t *rec, size_t len)
{
	struct resume *r = ctx;

	if (lns_restore(r->gw, key, rec, len))
		return;
	GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE,
	       "an LNS that RADIUS has named has no peer section any more\n");
	resume_del(r, RESUME_LNS, key);
}

static void resume_lines(void *ctx, uint64_t key, const uint8_t *rec, size_t len)
{
	struct resume *r = ctx;

	(void)key;
	lines_restore(r->gw, rec, len);
}

/* --- what cannot ------------------------------------------------------------------------------ */

static struct l2tp_call *resume_call_alone(const struct gw *gw)
{
	struct l2tp_tunnel *t = NULL;
	struct l2tp_call *c = NULL;

	while (!c && (t = l2tp_tunnel_next(gw->engine, t)))
		while ((c = l2tp_call_next(t, c)) && leg_of_call(c)) {
		}
	return c;
}

/* Calls that no join goes on with.  One after the other, from the start: nothing may end during a
 * walk. */
static void resume_clear_calls(struct resume *r)
{
	static const struct l2tp_result why = {.result = L2TP_CDN_NO_FACILITIES_TEMP,
					       .text = "the gateway has been restarted"};
	struct l2tp_call *c;

	while ((c = resume_call_alone(r->gw))) {
		r->n.ended++;
		l2tp_call_hangup(c, &why, NULL, 0, r->now);
	}
}

static struct l2tp_tunnel *resume_stranger(const struct gw *gw)
{
	struct l2tp_tunnel_info i = {.peer = (void *)(uintptr_t)gw};
	struct l2tp_tunnel *t = NULL;

	while ((t = l2tp_tunnel_next(gw->engine, t))) {
		l2tp_tunnel_info(t, &i);
		if (!i.peer && i.state == L2TP_T_ESTABLISHED)
			break;
	}
	return t;
}

static void resume_close_strangers(struct resume *r)
{
	static const struct l2tp_result why = {.result = L2TP_STOP_GENERAL_CLEAR,
					       .text = "the peer is not configured any more"};
	struct l2tp_tunnel *t;

	while ((t = resume_stranger(r->gw))) {
		r->n.ended++;
		l2tp_tunnel_close(t, &why, r->now);
	}
}

static void resume_cut_links(struct resume *r)
{
	struct leg_end why = leg_end(LEG_BY_RESOURCES, "its bundle cannot go on");
	struct join *j;

	llist_for_each_entry(j, &r->gw->joins->head, entry)
	{
		if (j->ending || !leg_bundle_is_lost(j->leg[1]))
			continue;
		r->n.ended++;
		join_cut(j, &why, r->now);
	}
}

void resume_all(struct resume *r, uint64_t now)
{
	struct resume_counters *n = &r->n;
	struct store_counters was;

	r->now = now;
	resume_acct(r);
	if (!r->store)
		return;
	store_count(r->store, &was);
	store_each(r->store, RESUME_ENGINE, resume_engine, r);
	store_each(r->store, RESUME_LINES, resume_lines, r);
	store_each(r->store, RESUME_LNS, resume_lns, r);
	store_each(r->store, RESUME_TUNNEL, resume_tunnel, r);
	store_each(r->store, RESUME_DRAIN, resume_drained, r);
	store_each(r->store, RESUME_CALL, resume_call, r);
	l2tp_engine_resume(r->gw->engine, now);
	store_each(r->store, RESUME_JOIN, resume_join_of, r);
	r->bundles = true;
	store_each(r->store, RESUME_JOIN, resume_join_of, r);
	resume_cut_links(r);
	resume_clear_calls(r);
	resume_close_strangers(r);
	tunnel_acct_resume(r->gw);
	acct_resumed(r->gw->acct, now);
	if (n->tunnels || n->joins || n->ended || was.broken)
		GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE,
		       "going on with %u tunnels, %u calls and %u joins of the life before; %u "
		       "could not go on, %u records were broken\n",
		       n->tunnels, n->calls, n->joins, n->ended, was.broken);
}

/* --- birth and death -------------------------------------------------------------------------- */

struct resume *resume_new(struct gw *gw, struct store *store)
{
	struct resume *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->gw = gw;
	r->store = store;
	INIT_LLIST_HEAD(&r->changed);
	return r;
}

void resume_stop(struct resume *r)
{
	if (!r)
		return;
	resume_write(r);
	r->store = NULL;
}

void resume_free(struct resume *r)
{
	free(r);
}

void resume_count(const struct resume *r, struct resume_counters *out)
{
	*out = r->n;
}
