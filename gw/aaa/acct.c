/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sections with accounting: their records on the way from the log-in to a server.  Nothing is sent
 * before acct_turn_end(), so that what a server hears of is kept.
 */
#include "gw/aaa/acct_int.h"

#include "gw/aaa/aaa.h"
#include "gw/log.h"
#include "gw/random.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECOND	   UINT64_C(1000000)
#define WAIT_LEAST SECOND
#define WAIT_MOST  (30 * SECOND)
#define FILE_AGAIN SECOND
#define COUNT_MOST 0xffffffu /* behind the epoch and eight random bits */

/* --- numbers ----------------------------------------------------------------------------------- */

static void acct_keep_epoch(struct acct *a, bool leaving)
{
	uint8_t rec[5];

	wr_put32(rec, a->epoch);
	rec[4] = leaving;
	a->ops->keep(a->ctx, ACCT_KEPT_EPOCH, 0, rec, sizeof(rec));
}

static void acct_set_epoch(struct acct *a, uint32_t least)
{
	uint64_t wall = a->ops->wall();

	a->epoch = wall > least && wall <= UINT32_MAX ? (uint32_t)wall : least;
	a->count = 0;
	acct_keep_epoch(a, false);
}

/* Two first starts in one second differ by the salt. */
uint64_t acct_serial(struct acct *a)
{
	if (a->count == COUNT_MOST)
		acct_set_epoch(a, a->epoch + 1);
	return (uint64_t)a->epoch << 32 | (uint64_t)a->salt << 24 | ++a->count;
}

struct acct_group *acct_group_of(struct acct *a, const struct cfg_radius *radius)
{
	for (unsigned i = 0; i < a->groups; i++)
		if (radius && a->group[i].cfg == radius)
			return &a->group[i];
	return NULL;
}

/* --- kept by the owner -------------------------------------------------------------------------- */

void acct_keep(struct acct_group *g, enum acct_kept kind, uint64_t key, const uint8_t *rec,
	       size_t len)
{
	uint8_t buf[ACCT_KEPT_MAX];
	struct wr w = wr_init(buf, sizeof(buf));
	size_t name = strlen(g->cfg->name);

	wr_u8(&w, (uint8_t)name);
	wr_bytes(&w, g->cfg->name, name);
	wr_bytes(&w, rec, len);
	if (!w.bad && !g->acct->stopped)
		g->acct->ops->keep(g->acct->ctx, kind, key, buf, w.len);
}

void acct_drop(struct acct *a, enum acct_kept kind, uint64_t key)
{
	if (!a->stopped)
		a->ops->drop(a->ctx, kind, key);
}

struct acct_group *acct_read_group(struct acct *a, struct rd *r)
{
	struct rd name = rd_sub(r, rd_u8(r));

	for (unsigned i = 0; !r->bad && i < a->groups; i++) {
		const char *of = a->group[i].cfg->name;

		if (strlen(of) == name.left && !memcmp(of, name.p, name.left))
			return &a->group[i];
	}
	return NULL;
}

/* Does a spool have it, or had it?  The section's of today, or one that it has had. */
static bool acct_is_spooled(const struct acct_group *g, uint64_t serial)
{
	const struct acct *a = g->acct;

	for (unsigned i = 0; i < a->groups; i++)
		if (a->group[i].has_file && serial <= a->group[i].file.last &&
		    !strcmp(a->group[i].cfg->name, g->cfg->name))
			return true;
	return false;
}

static void acct_item_over(struct acct_group *g, uint64_t place)
{
	const struct acct_item *it = acct_queue_at(&g->queue, place);

	if (it->offset == ACCT_NO_FILE)
		acct_drop(g->acct, ACCT_KEPT_RECORD, it->serial);
	else
		acct_file_over(&g->file, it);
	acct_queue_over(&g->queue, place);
}

static uint64_t acct_most(const struct acct_group *g)
{
	return g->has_file ? g->cfg->spool_limit : ACCT_MEMORY;
}

static void acct_bound(struct acct_group *g)
{
	uint64_t most = acct_most(g), place;

	while (g->queue.octets > most && acct_queue_least(&g->queue, &place)) {
		if (!g->given_up++)
			GW_LOG(LOG_ABOUT(.radius = g->cfg->name), AAA, LOGL_ERROR,
			       "radius %s: too many records of accounting wait: the oldest are "
			       "given up\n",
			       g->cfg->name);
		acct_item_over(g, place);
	}
}

/* False without memory. */
static bool acct_add(struct acct_group *g, const struct acct_record *r, const uint8_t *rec,
		     size_t len)
{
	uint8_t *octets = malloc(len);

	if (octets)
		memcpy(octets, rec, len);
	if (octets && acct_queue_add(&g->queue, r, len, octets, ACCT_NO_FILE))
		return true;
	free(octets);
	GW_LOG(LOG_ABOUT(.radius = g->cfg->name), AAA, LOGL_ERROR,
	       "radius %s: no memory: a record of accounting is lost\n", g->cfg->name);
	g->given_up++;
	return false;
}

/* A peer can have as many of them as it likes: they take the place of nothing else. */
static bool acct_is_reject(enum radius_acct_status status)
{
	return status == RADIUS_ACCT_TUNNEL_REJECT || status == RADIUS_ACCT_LINK_REJECT;
}

void acct_make(struct acct_group *g, const uint8_t *attrs, size_t len, struct radius_acct_event *e)
{
	struct acct *a = g->acct;
	uint8_t buf[ACCT_ATTRS_MAX], rec[ACCT_RECORD_MAX];
	struct radius_writer b = {.w = wr_init(buf, sizeof(buf))};
	struct acct_record r = {
		.session = e->id, .when = a->ops->wall(), .status = (uint8_t)e->status};

	if (a->stopped)
		return;
	if (acct_is_reject(e->status) && g->queue.octets > acct_most(g) / 2) {
		g->made++;
		g->given_up++;
		return;
	}
	e->when = r.when;
	radius_acct_put_event(&b, e);
	wr_bytes(&b.w, attrs, len);
	r.serial = acct_serial(a);
	r.attrs = buf;
	r.len = b.w.len;
	g->made++;
	len = acct_record_write(rec, sizeof(rec), &r);
	if (!acct_add(g, &r, rec, len))
		return;
	acct_keep(g, ACCT_KEPT_RECORD, r.serial, rec, len);
	acct_bound(g);
}

/* One that the spool has had is in it, or over. */
static void acct_recall_record(struct acct_group *g, uint64_t serial, struct rd *in)
{
	struct acct_record r;
	size_t size = acct_record_read(&r, in->p, in->left);

	if (!size || r.serial != serial || acct_is_spooled(g, serial))
		acct_drop(g->acct, ACCT_KEPT_RECORD, serial);
	else if (acct_add(g, &r, in->p, size))
		g->found++;
}

void acct_recall(struct acct *a, enum acct_kept kind, uint64_t key, const uint8_t *rec, size_t len,
		 uint64_t now)
{
	struct rd in = rd_init(rec, len);
	struct acct_group *g;

	if (kind == ACCT_KEPT_EPOCH) {
		a->before = rd_u32(&in);
		a->left = in.left && rd_u8(&in);
		return;
	}
	if (kind == ACCT_KEPT_SECTION) {
		acct_former_recall(a, key, &in);
		return;
	}
	g = acct_read_group(a, &in);
	if (!g)
		acct_drop(a, kind, key);
	else if (kind == ACCT_KEPT_RECORD)
		acct_recall_record(g, key, &in);
	else
		acct_session_recall(g, key, &in, now);
}

/* --- to servers -------------------------------------------------------------------------------- */

static void acct_pause(struct acct_group *g, uint64_t now)
{
	g->trying = true;
	if (g->paused)
		return;
	g->paused = true;
	loop_set(g->acct->loop, &g->timer, loop_back_off(&g->wait, WAIT_MOST, now));
}

static void acct_on_time(void *ctx, uint64_t now)
{
	struct acct_group *g = ctx;

	(void)now;
	g->paused = false;
}

/* A server is there again: the records that wait need not wait longer. */
static void acct_on_alive(void *ctx)
{
	struct acct_group *g = ctx;

	loop_cancel(g->acct->loop, &g->timer);
	g->paused = false;
}

static void acct_on_answer(void *ctx, const struct radius_answer *a, uint64_t now)
{
	struct acct_way *w = ctx;
	struct acct_group *g = w->group;

	w->request = NULL;
	if (!a) {
		acct_queue_back(&g->queue, w->place);
		acct_pause(g, now);
		return;
	}
	g->acknowledged++;
	g->trying = false;
	g->wait = WAIT_LEAST;
	acct_item_over(g, w->place);
}

/* The attributes as they are sent: RFC 2866 5.2, how long it has taken.  0: the record cannot be
 * read. */
static size_t acct_attrs(const struct acct_group *g, const struct acct_item *it, uint8_t *buf)
{
	uint8_t octets[ACCT_RECORD_MAX];
	uint64_t wall = g->acct->ops->wall();
	struct radius_writer b = {.w = wr_init(buf, RADIUS_ATTRS_MAX)};
	struct acct_record r;
	bool ok = it->octets ? acct_record_read(&r, it->octets, it->size)
			     : acct_file_read(&g->file, it, octets, &r);

	if (!ok)
		return 0;
	wr_bytes(&b.w, r.attrs, r.len);
	radius_put_u32(&b, RADIUS_ACCT_DELAY_TIME, wall > r.when ? (uint32_t)(wall - r.when) : 0);
	return b.w.bad ? 0 : b.w.len;
}

static struct acct_way *acct_free_way(struct acct_group *g)
{
	struct acct_way *w = g->way;

	while (w->request)
		w++;
	return w;
}

static void acct_send_one(struct acct_group *g, uint64_t place, uint64_t now)
{
	struct acct_way *w = acct_free_way(g);
	uint8_t attrs[RADIUS_ATTRS_MAX];
	struct radius_question q = {.code = RADIUS_ACCOUNTING_REQUEST, .attrs = attrs};

	q.len = acct_attrs(g, acct_queue_at(&g->queue, place), attrs);
	if (!q.len) {
		g->unreadable++;
		acct_item_over(g, place);
		return;
	}
	w->place = place;
	w->request = radius_client_ask(g->client, &q, acct_on_answer, w, now);
	if (w->request)
		return;
	acct_queue_back(&g->queue, place);
	acct_pause(g, now);
}

static void acct_send(struct acct_group *g, uint64_t now)
{
	uint64_t place;

	while (!g->paused && acct_queue_send(&g->queue, g->trying ? 1 : ACCT_ON_WAY, &place))
		acct_send_one(g, place, now);
}

/* --- the spool --------------------------------------------------------------------------------- */

static void acct_file_says(struct acct_group *g, int rc)
{
	if (rc < 0 && !g->file_fails)
		GW_LOG(LOG_ABOUT(.radius = g->cfg->name), AAA, LOGL_ERROR,
		       "radius %s: spool: %s: records of accounting wait in memory\n", g->cfg->name,
		       strerror(-rc));
	else if (rc >= 0 && g->file_fails)
		GW_LOG(LOG_ABOUT(.radius = g->cfg->name), AAA, LOGL_NOTICE,
		       "radius %s: spool: it can be written again\n", g->cfg->name);
	g->file_fails = rc < 0;
}

/* What is in the spool the owner need not keep. */
static void acct_write(struct acct_group *g, uint64_t now)
{
	uint64_t from = g->queue.fresh;
	int rc = 1;

	if (from == g->queue.end || now < g->file_again)
		return;
	while (rc > 0)
		rc = acct_file_append(&g->file, &g->queue);
	for (; from < g->queue.fresh; from++)
		acct_drop(g->acct, ACCT_KEPT_RECORD, acct_queue_at(&g->queue, from)->serial);
	g->file_again = rc < 0 ? now + FILE_AGAIN : 0;
	acct_file_says(g, rc);
}

void acct_turn_end(struct acct *a, uint64_t now)
{
	for (unsigned i = 0; !a->stopped && i < a->groups; i++) {
		struct acct_group *g = &a->group[i];

		if (acct_former_is_over(g))
			acct_former_end(g);
		if (!g->cfg)
			continue;
		if (g->has_file)
			acct_write(g, now);
		acct_send(g, now);
		if (g->has_file)
			acct_file_tidy(&g->file, &g->queue);
	}
}

static void acct_open_spool(struct acct_group *g)
{
	char path[256];
	int fd[ACCT_FILES], rc = 0;

	snprintf(path, sizeof(path), "%s/%s", g->cfg->spool, g->cfg->name);
	for (unsigned i = 0; i < ACCT_FILES; i++) {
		fd[i] = rc < 0 ? -1 : g->acct->ops->open(g->acct->ctx, path, i);
		rc = fd[i] < 0 && !rc ? fd[i] : rc;
	}
	if (!rc)
		rc = acct_file_open(&g->file, fd, &g->queue);
	else if (fd[0] >= 0)
		close(fd[0]);
	g->has_file = rc >= 0;
	acct_file_says(g, rc);
	g->found = g->queue.waiting;
	if (g->has_file && g->file.skipped)
		GW_LOG(LOG_ABOUT(.radius = g->cfg->name), AAA, LOGL_ERROR,
		       "radius %s: spool: %llu octets are no record\n", g->cfg->name,
		       (unsigned long long)g->file.skipped);
}

/* --- life -------------------------------------------------------------------------------------- */

bool acct_group_init(struct acct_group *g, struct acct *a, const struct cfg_radius *cfg,
		     struct acct_former *former)
{
	*g = (struct acct_group){.acct = a, .cfg = cfg, .former = former, .wait = WAIT_LEAST};
	loop_timer_init(&g->timer, acct_on_time, g);
	for (unsigned i = 0; i < ACCT_ON_WAY; i++)
		g->way[i].group = g;
	g->client = radius_client_new(a->loop, cfg, RADIUS_FOR_ACCOUNTING);
	if (!g->client) {
		acct_former_free(former);
		return false;
	}
	radius_client_on_alive(g->client, acct_on_alive, g);
	if (cfg->spool)
		acct_open_spool(g);
	return true;
}

void acct_group_free(struct acct_group *g)
{
	if (!g->cfg)
		return;
	loop_cancel(g->acct->loop, &g->timer);
	for (unsigned k = 0; k < ACCT_ON_WAY; k++)
		if (g->way[k].request)
			radius_client_cancel(g->client, g->way[k].request);
	radius_client_free(g->client);
	acct_queue_free(&g->queue);
	if (g->has_file)
		acct_file_close(&g->file);
	g->has_file = false;
	acct_former_free(g->former);
	g->former = NULL;
	g->cfg = NULL;
}

struct acct *acct_new(struct loop *loop, const struct cfg_radius *radius, unsigned n,
		      const struct acct_ops *ops, void *ctx)
{
	struct acct *a = calloc(1, sizeof(*a));
	uint8_t salt;
	bool ok = a;

	if (!a)
		return NULL;
	gw_random(&salt, sizeof(salt));
	*a = (struct acct){.loop = loop, .ops = ops, .ctx = ctx, .salt = salt};
	INIT_LLIST_HEAD(&a->sessions);
	for (unsigned i = 0; i < ACCT_BUCKETS; i++)
		INIT_LLIST_HEAD(&a->bucket[i]);
	a->room = n + ACCT_FORMER;
	a->group = calloc(a->room, sizeof(a->group[0]));
	ok = a->group;
	for (unsigned i = 0; ok && i < n; i++)
		if (radius[i].accounting)
			ok = acct_group_init(&a->group[a->groups++], a, &radius[i], NULL);
	if (ok)
		return a;
	acct_free(a);
	return NULL;
}

void acct_free(struct acct *a)
{
	if (!a)
		return;
	acct_sessions_free(a);
	for (unsigned i = 0; i < a->groups; i++)
		acct_group_free(&a->group[i]);
	free(a->group);
	free(a);
}

/* The gateway as a whole: a log-in of nobody. */
static void acct_tell_all(struct acct *a, enum radius_acct_status status)
{
	for (unsigned i = 0; i < a->groups; i++) {
		struct acct_group *g = &a->group[i];
		struct radius_acct_event e = {.status = status, .id = acct_serial(a)};
		uint8_t buf[2 + RADIUS_VALUE_MAX];
		struct radius_writer b = {.w = wr_init(buf, sizeof(buf))};

		if (!g->cfg || !g->cfg->accounting_on)
			continue;
		radius_put_text(&b, RADIUS_NAS_IDENTIFIER, g->cfg->nas_identifier);
		acct_make(g, buf, b.w.len, &e);
	}
}

void acct_begin(struct acct *a)
{
	uint32_t least = a->before + 1;

	for (unsigned i = 0; i < a->groups; i++) {
		uint32_t had = (uint32_t)(a->group[i].file.last >> 32);

		least = had >= least ? had + 1 : least;
		acct_queue_sort(&a->group[i].queue, a->group[i].queue.fresh);
	}
	acct_set_epoch(a, least);
	for (unsigned i = 0; i < a->groups; i++)
		acct_former_keep(&a->group[i]);
	if (!a->before)
		acct_tell_all(a, RADIUS_ACCT_ON);
}

void acct_leave(struct acct *a)
{
	acct_sessions_read(a);
	acct_keep_epoch(a, true);
}

void acct_stop(struct acct *a)
{
	if (a)
		a->stopped = true;
}

void acct_end(struct acct *a, uint64_t now)
{
	acct_sessions_end(a, now);
	acct_tell_all(a, RADIUS_ACCT_OFF);
}

void acct_say_lost(const struct acct *a)
{
	for (unsigned i = 0; i < a->groups; i++) {
		const struct acct_group *g = &a->group[i];
		uint64_t lost = g->has_file ? g->queue.end - g->queue.fresh : g->queue.waiting;

		if (g->queue.waiting > lost)
			GW_LOG(LOG_ABOUT(.radius = g->cfg->name), AAA, LOGL_NOTICE,
			       "radius %s: %llu records of accounting wait in %s/%s.0 and .1 for a "
			       "section of that name\n",
			       g->cfg->name, (unsigned long long)(g->queue.waiting - lost),
			       g->cfg->spool, g->cfg->name);
		if (lost)
			GW_LOG(LOG_ABOUT(.radius = g->cfg->name), AAA, LOGL_ERROR,
			       "radius %s: %llu records of accounting are lost: no server has "
			       "acknowledged them, and they are in no spool\n",
			       g->cfg->name, (unsigned long long)lost);
	}
}

bool acct_is_busy(const struct acct *a)
{
	for (unsigned i = 0; i < a->groups; i++)
		if (a->group[i].queue.waiting && !a->group[i].trying)
			return true;
	return false;
}

/* --- for `show` -------------------------------------------------------------------------------- */

/* Group i of those that are not over. */
static const struct acct_group *acct_shown(const struct acct *a, unsigned i)
{
	for (unsigned k = 0; k < a->groups; k++)
		if (a->group[k].cfg && !i--)
			return &a->group[k];
	return NULL;
}

bool acct_view(const struct acct *a, unsigned i, struct acct_view *out)
{
	const struct acct_group *g = acct_shown(a, i);
	uint64_t wall = a->ops->wall(), first;

	if (!g)
		return false;
	first = g->queue.waiting ? acct_queue_at(&g->queue, g->queue.first)->when : wall;
	*out = (struct acct_view){
		.radius = g->cfg,
		.made = g->made,
		.found = g->found,
		.acknowledged = g->acknowledged,
		.given_up = g->given_up,
		.unreadable = g->unreadable,
		.waiting = g->queue.waiting,
		.octets = g->queue.octets,
		.oldest = wall > first ? wall - first : 0,
		.skipped = g->file.skipped,
		.sessions = g->sessions,
		.spool = g->has_file,
		.spool_fails = g->file_fails,
		.former = g->former,
	};
	return true;
}

bool acct_server(const struct acct *a, unsigned i, struct aaa_server_view *out)
{
	const struct acct_group *g;

	for (unsigned k = 0; (g = acct_shown(a, k)); k++)
		for (unsigned n = 0; radius_client_server(g->client, n); n++) {
			if (i--)
				continue;
			aaa_view_server(g->client, n, out);
			out->accounting = true;
			return true;
		}
	return false;
}
