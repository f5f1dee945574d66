/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sections of the life before that the configuration of today has no more, or without `accounting`,
 * or with another spool.  What is kept of each section with accounting is enough to go on telling
 * its servers:
 *
 *   name, nas-identifier, spool (nothing = none), each behind its length of two octets;
 *   interim 8, spool-limit 4, accounting-on 1, how many servers 1, and of each server
 *   text, address, secret, likewise; acct-port 2, requests 2, timeout 8, fail-time 8,
 *   retries 1, max-fail 1, weight 1, flags 1: backup, status-server
 */
#include "gw/aaa/acct_int.h"

#include "gw/log.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define TIME_MOST     (UINT64_C(86400) * 1000000) /* as of the keys */
#define SERVER_BACKUP 1u
#define SERVER_STATUS 2u

struct acct_former {
	struct cfg_radius cfg;
	struct cfg_radius_server server[CFG_RADIUS_SERVERS];
	size_t used;
	/* Each text with its NUL, which is no longer than the length that it had. */
	char text[ACCT_KEPT_MAX];
};

void acct_former_free(struct acct_former *f)
{
	if (f)
		explicit_bzero(f, sizeof(*f));
	free(f);
}

/* --- writing ----------------------------------------------------------------------------------- */

static void acct_former_put_text(struct wr *w, const char *text)
{
	wr_u16(w, (uint16_t)strlen(text));
	wr_bytes(w, text, strlen(text));
}

static void acct_former_put_server(struct wr *w, const struct cfg_radius_server *s)
{
	acct_former_put_text(w, s->text);
	acct_former_put_text(w, s->address);
	acct_former_put_text(w, s->secret);
	wr_u16(w, s->acct_port);
	wr_u16(w, s->requests);
	wr_u64(w, s->timeout);
	wr_u64(w, s->fail_time);
	wr_u8(w, s->retries);
	wr_u8(w, s->max_fail);
	wr_u8(w, s->weight);
	wr_u8(w, (uint8_t)(s->backup * SERVER_BACKUP | s->status_server * SERVER_STATUS));
}

/* Those that there is room for: with secrets of common length all. */
static void acct_former_put_servers(struct wr *w, const struct cfg_radius *cfg)
{
	size_t at = w->len;
	uint8_t n = 0;

	wr_u8(w, 0);
	for (unsigned i = 0; !w->bad && i < cfg->servers; i++) {
		struct wr before = *w;

		if (!cfg->server[i].acct_port)
			continue;
		acct_former_put_server(w, &cfg->server[i]);
		if (w->bad)
			*w = before;
		else
			n++;
	}
	if (!w->bad)
		w->buf[at] = n;
}

void acct_former_keep(struct acct_group *g)
{
	const struct cfg_radius *cfg = g->cfg;
	uint8_t buf[ACCT_KEPT_MAX];
	struct wr w = wr_init(buf, sizeof(buf));

	if (g->former)
		return;
	g->key = acct_serial(g->acct);
	acct_former_put_text(&w, cfg->name);
	acct_former_put_text(&w, cfg->nas_identifier);
	acct_former_put_text(&w, cfg->spool ? cfg->spool : "");
	wr_u64(&w, cfg->interim);
	wr_u32(&w, cfg->spool_limit);
	wr_u8(&w, cfg->accounting_on);
	acct_former_put_servers(&w, cfg);
	if (!w.bad)
		g->acct->ops->keep(g->acct->ctx, ACCT_KEPT_SECTION, g->key, buf, w.len);
	explicit_bzero(buf, sizeof(buf));
}

/* --- reading ----------------------------------------------------------------------------------- */

static const char *acct_former_text(struct acct_former *f, struct rd *r)
{
	size_t len = rd_u16(r);
	const uint8_t *from = rd_take(r, len);
	char *text = f->text + f->used;

	if (!from || memchr(from, '\0', len) || f->used + len >= sizeof(f->text)) {
		rd_fail(r);
		return "";
	}
	memcpy(text, from, len);
	text[len] = '\0';
	f->used += len + 1;
	return text;
}

static bool acct_former_is_address(const char *text)
{
	uint8_t octets[16];

	return inet_pton(AF_INET, text, octets) == 1 || inet_pton(AF_INET6, text, octets) == 1;
}

static bool acct_former_read_server(struct acct_former *f, struct rd *r,
				    struct cfg_radius_server *s)
{
	uint8_t flags;

	s->text = acct_former_text(f, r);
	s->address = acct_former_text(f, r);
	s->secret = acct_former_text(f, r);
	s->acct_port = rd_u16(r);
	s->requests = rd_u16(r);
	s->timeout = rd_u64(r);
	s->fail_time = rd_u64(r);
	s->retries = rd_u8(r);
	s->max_fail = rd_u8(r);
	s->weight = rd_u8(r);
	flags = rd_u8(r);
	s->backup = flags & SERVER_BACKUP;
	s->status_server = flags & SERVER_STATUS;
	return !r->bad && s->acct_port && s->requests && s->requests <= 256 * RADIUS_PORTS &&
	       s->timeout && s->timeout <= TIME_MOST && s->fail_time <= TIME_MOST && s->max_fail &&
	       s->weight && acct_former_is_address(s->address);
}

/* NULL: it cannot be read, or there is no memory. */
static struct acct_former *acct_former_read(struct rd *r)
{
	struct acct_former *f = calloc(1, sizeof(*f));
	struct cfg_radius *cfg = f ? &f->cfg : NULL;
	bool ok;

	if (!f)
		return NULL;
	cfg->accounting = true;
	cfg->name = acct_former_text(f, r);
	cfg->nas_identifier = acct_former_text(f, r);
	cfg->spool = acct_former_text(f, r);
	cfg->spool = *cfg->spool ? cfg->spool : NULL;
	cfg->interim = rd_u64(r);
	cfg->spool_limit = rd_u32(r);
	cfg->accounting_on = rd_u8(r);
	cfg->server = f->server;
	cfg->servers = rd_u8(r);
	ok = !r->bad && cfg->servers && cfg->servers <= CFG_RADIUS_SERVERS;
	for (unsigned i = 0; ok && i < cfg->servers; i++)
		ok = acct_former_read_server(f, r, &f->server[i]);
	if (ok)
		return f;
	acct_former_free(f);
	return NULL;
}

/* --- in another life --------------------------------------------------------------------------- */

static bool acct_former_same_spool(const struct cfg_radius *a, const struct cfg_radius *b)
{
	return a->spool && b->spool ? !strcmp(a->spool, b->spool) : a->spool == b->spool;
}

/* The section of today that has its name, its log-ins, and what no spool has. */
static struct acct_group *acct_former_today(struct acct *a, const struct acct_former *f)
{
	for (unsigned i = 0; i < a->groups; i++)
		if (!a->group[i].former && !strcmp(a->group[i].cfg->name, f->cfg.name))
			return &a->group[i];
	return NULL;
}

static void acct_former_go_on(struct acct *a, uint64_t key, struct acct_former *f, bool is_spool)
{
	struct acct_group *g = &a->group[a->groups];

	if (a->groups == a->room) {
		GW_LOG(LOG_ABOUT(.radius = f->cfg.name), AAA, LOGL_ERROR,
		       "radius %s: too many sections have been removed: its log-ins are told to "
		       "nobody any more\n",
		       f->cfg.name);
		acct_drop(a, ACCT_KEPT_SECTION, key);
		acct_former_free(f);
		return;
	}
	GW_LOG(LOG_ABOUT(.radius = f->cfg.name), AAA, LOGL_NOTICE, "radius %s: %s\n", f->cfg.name,
	       is_spool ? "it has another spool now: what waits in the one before is sent"
			: "the configuration has no accounting there any more: its servers are "
			  "told of the log-ins that have begun");
	if (!acct_group_init(g, a, &f->cfg, f))
		return;
	g->key = key;
	a->groups++;
}

void acct_former_recall(struct acct *a, uint64_t key, struct rd *r)
{
	struct acct_former *f = acct_former_read(r);
	struct acct_group *today = f ? acct_former_today(a, f) : NULL;
	bool same = today && acct_former_same_spool(today->cfg, &f->cfg);

	if (f && !same && (!today || f->cfg.spool)) {
		acct_former_go_on(a, key, f, today);
		return;
	}
	acct_drop(a, ACCT_KEPT_SECTION, key); /* that of today is kept anew */
	acct_former_free(f);
}

bool acct_former_is_over(const struct acct_group *g)
{
	return g->former && !g->owned && !g->queue.waiting;
}

void acct_former_end(struct acct_group *g)
{
	GW_LOG(LOG_ABOUT(.radius = g->cfg->name), AAA, LOGL_NOTICE,
	       "radius %s: all log-ins of the section that was are told, and their records over\n",
	       g->cfg->name);
	acct_drop(g->acct, ACCT_KEPT_SECTION, g->key);
	acct_group_free(g);
}
