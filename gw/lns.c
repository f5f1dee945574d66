/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/lns.h"

#include "core/bytes.h"
#include "core/container.h"
#include "core/htab.h"
#include "gw/peer.h"
#include "gw/port.h"
#include "gw/record.h"
#include "gw/resume.h"
#include "gw/route_way.h"
#include "gw/text.h"

#include <osmocom/core/linuxlist.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LNS_SWEEP (30 * UINT64_C(1000000))
#define LNS_NAME  200u

struct lns {
	struct llist_head entry;
	struct hnode node; /* key: address of .cfg */
	struct cfg_peer cfg;
	const struct cfg_peer *section;
	uint64_t key; /* of its record */
	char name[LNS_NAME];
	char dial[RADIUS_TUNNEL_TEXT], assignment[RADIUS_TUNNEL_TEXT];
	unsigned users;
	bool idle; /* nothing needed it when last looked */
	struct route_denied denied;
};

struct lns_list {
	struct gw *gw;
	struct llist_head head;
	struct htab by_peer;
	unsigned n;
	uint64_t last; /* key of the newest */
	struct loop_timer sweep;
};

/* --- all of them ------------------------------------------------------------------------------- */

static struct lns *lns_of(const struct gw *gw, const struct cfg_peer *peer)
{
	struct hnode *n = gw->lns && peer ? htab_first(&gw->lns->by_peer, (uintptr_t)peer) : NULL;

	return n ? IST_CONTAINER_OF(n, struct lns, node) : NULL;
}

/* There is a secret in it. */
static void lns_free(struct lns *x)
{
	explicit_bzero(x, sizeof(*x));
	free(x);
}

static void lns_drop(struct lns_list *all, struct lns *x)
{
	llist_del(&x->entry);
	htab_del(&all->by_peer, &x->node);
	all->n--;
	lns_free(x);
}

static bool lns_is_needed(const struct gw *gw, const struct lns *x, uint64_t now)
{
	return x->users || x->denied.until > now || l2tp_peer_is_used(gw->engine, &x->cfg);
}

/* What was not needed last time is not pointed to by a leg that is going, either. */
static void lns_sweep(void *ctx, uint64_t now)
{
	struct lns_list *all = ctx;
	struct lns *x, *next;

	llist_for_each_entry_safe(x, next, &all->head, entry)
	{
		bool idle = !lns_is_needed(all->gw, x, now);

		if (idle && x->idle) {
			resume_lns_del(all->gw->resume, x->key);
			lns_drop(all, x);
		} else {
			x->idle = idle;
		}
	}
	if (all->n)
		loop_set(all->gw->loop, &all->sweep, now + LNS_SWEEP);
}

struct lns_list *lns_list_new(struct gw *gw)
{
	struct lns_list *all = calloc(1, sizeof(*all));

	if (!all)
		return NULL;
	all->gw = gw;
	INIT_LLIST_HEAD(&all->head);
	htab_init(&all->by_peer, 0);
	loop_timer_init(&all->sweep, lns_sweep, all);
	return all;
}

void lns_list_free(struct lns_list *all)
{
	struct lns *x, *next;

	if (!all)
		return;
	loop_cancel(all->gw->loop, &all->sweep);
	llist_for_each_entry_safe(x, next, &all->head, entry) lns_drop(all, x);
	htab_free(&all->by_peer);
	free(all);
}

static void lns_add(struct lns_list *all, struct lns *x)
{
	if (!all->n)
		loop_set(all->gw->loop, &all->sweep, loop_now(all->gw->loop) + LNS_SWEEP);
	llist_add_tail(&x->entry, &all->head);
	htab_add(&all->by_peer, &x->node, (uintptr_t)&x->cfg);
	all->n++;
	if (x->key > all->last)
		all->last = x->key;
}

/* --- what is known of one ---------------------------------------------------------------------- */

const struct cfg_peer *lns_named(const struct gw *gw, const char *name)
{
	const struct cfg_peer *section = cfg_named(gw->cfg, "peer", name);
	const struct lns *x;

	if (section)
		return section;
	llist_for_each_entry(x, &gw->lns->head, entry) if (!strcmp(x->name, name)) return &x->cfg;
	return NULL;
}

void lns_use(const struct gw *gw, const struct cfg_peer *peer)
{
	struct lns *x = lns_of(gw, peer);

	if (x)
		x->users++;
}

void lns_unuse(const struct gw *gw, const struct cfg_peer *peer)
{
	struct lns *x = lns_of(gw, peer);

	if (x && x->users)
		x->users--;
}

const struct cfg_peer *lns_section(const struct gw *gw, const struct cfg_peer *peer)
{
	const struct lns *x = lns_of(gw, peer);

	return x ? x->section : peer;
}

const char *lns_assignment(const struct gw *gw, const struct cfg_peer *peer)
{
	const struct lns *x = lns_of(gw, peer);

	return x ? x->assignment : "";
}

struct route_denied *lns_denied(const struct gw *gw, const struct cfg_peer *peer)
{
	struct lns *x = lns_of(gw, peer);

	return x ? &x->denied : NULL;
}

void lns_each(struct gw *gw, void (*each)(void *ctx, const struct cfg_peer *peer), void *ctx)
{
	const struct lns *x;

	llist_for_each_entry(x, &gw->lns->head, entry) each(ctx, &x->cfg);
}

/* --- whom a tunnel is to ----------------------------------------------------------------------- */

static bool lns_reaches(const struct cfg_port *p, const struct radius_tunnel *t)
{
	struct ist_addr to;

	return p->transport->caps & IST_CAP_L2TP && (!*t->client || port_is_at(p, t->client)) &&
	       !p->transport->addr_parse(&to, t->server) && port_has_family(p, t->server);
}

/* A port of the section's that can reach the endpoint, from the client's endpoint if one is given.
 */
static const struct cfg_port *lns_port(const struct gw *gw, const struct cfg_peer *section,
				       const struct radius_tunnel *t)
{
	for (unsigned i = 0; i < gw->cfg->ports; i++) {
		const struct cfg_port *p = &gw->cfg->port[i];

		if ((!section->port || section->port == p) && lns_reaches(p, t))
			return p;
	}
	return NULL;
}

static bool lns_dials(const struct cfg_peer *section, const struct cfg_port *port,
		      const struct ist_addr *to)
{
	struct ist_addr dial = {0};

	return section->dial && (!section->port || section->port == port) &&
	       !port->transport->addr_parse(&dial, section->dial) &&
	       !memcmp(&dial, to, sizeof(dial));
}

/* The section that dials this address. */
static const struct cfg_peer *lns_dialled(const struct gw *gw, const struct radius_tunnel *t)
{
	const struct cfg_model *m = gw->cfg;

	for (const struct cfg_port *p = m->port; p < m->port + m->ports; p++) {
		struct ist_addr to = {0};

		if (!lns_reaches(p, t))
			continue;
		p->transport->addr_parse(&to, t->server);
		for (unsigned i = 0; i < m->peers; i++)
			if (lns_dials(&m->peer[i], p, &to))
				return &m->peer[i];
	}
	return NULL;
}

static bool lns_same_secret(const struct l2tp_secret *s, const struct radius_tunnel *t)
{
	return s->len == t->secret_len && l2tp_equal(s->octets, t->secret, s->len);
}

/* The answer says nothing of the tunnel that the section does not say. */
static bool lns_is_section(const struct cfg_peer *section, const struct radius_tunnel *t)
{
	return !*t->assignment && !*t->server_name &&
	       (!*t->client_name || !strcmp(t->client_name, section->policy.host_name)) &&
	       (!t->secret_len || lns_same_secret(&section->policy.secret, t));
}

static void lns_make_cfg(struct lns *x)
{
	x->cfg.name = x->name;
	x->cfg.dial = x->dial;
	x->cfg.hostname = NULL;
	x->cfg.address = NULL;
	x->cfg.addresses = 0;
	x->cfg.anybody = x->cfg.is_template = false;
}

/* As the section is, but for what the answer says. */
static void lns_fill(struct lns *x, const struct cfg_peer *section, const struct cfg_port *port,
		     const struct radius_tunnel *t)
{
	struct l2tp_policy *p = &x->cfg.policy;

	x->section = section;
	x->cfg = *section;
	x->cfg.port = port;
	snprintf(x->dial, sizeof(x->dial), "%s", t->server);
	snprintf(x->assignment, sizeof(x->assignment), "%s", t->assignment);
	if (t->secret_len) {
		p->secret.len = t->secret_len;
		memcpy(p->secret.octets, t->secret, t->secret_len);
		p->challenge = true;
	}
	if (*t->client_name)
		snprintf(p->host_name, sizeof(p->host_name), "%s", t->client_name);
	snprintf(p->expect_host, sizeof(p->expect_host), "%s", t->server_name);
	lns_make_cfg(x);
}

static bool lns_is_same(const struct lns *a, const struct lns *b)
{
	const struct l2tp_policy *p = &a->cfg.policy, *q = &b->cfg.policy;

	return a->section == b->section && a->cfg.port == b->cfg.port &&
	       !strcmp(a->dial, b->dial) && !strcmp(a->assignment, b->assignment) &&
	       !strcmp(p->host_name, q->host_name) && !strcmp(p->expect_host, q->expect_host) &&
	       p->secret.len == q->secret.len &&
	       l2tp_equal(p->secret.octets, q->secret.octets, p->secret.len);
}

/* "SECTION@ADDRESS", "SECTION@ADDRESS/ASSIGNMENT", and a number when there is one of that name. */
static void lns_name(const struct gw *gw, struct lns *x)
{
	char id[64] = "";
	size_t n;

	if (*x->assignment)
		gw_word(id, sizeof(id), x->assignment, strlen(x->assignment));
	n = (size_t)snprintf(x->name, sizeof(x->name) - 24, "%.60s@%.40s%s%s", x->section->name,
			     x->dial, *id ? "/" : "", id);
	n = n < sizeof(x->name) - 24 ? n : sizeof(x->name) - 25;
	if (lns_named(gw, x->name))
		snprintf(x->name + n, sizeof(x->name) - n, "#%llu", (unsigned long long)x->key);
}

static void lns_save(struct gw *gw, const struct lns *x)
{
	const struct l2tp_policy *p = &x->cfg.policy;
	uint8_t rec[STORE_RECORD_MAX];
	struct wr w = wr_init(rec, sizeof(rec));

	record_text(&w, x->name);
	record_text(&w, x->section->name);
	record_text(&w, x->cfg.port->config.name);
	record_text(&w, x->dial);
	record_text(&w, x->assignment);
	record_text(&w, p->host_name);
	record_text(&w, p->expect_host);
	wr_u8(&w, p->challenge);
	wr_u8(&w, p->secret.len);
	wr_bytes(&w, p->secret.octets, p->secret.len);
	resume_lns_put(gw->resume, x->key, rec, w.len);
	explicit_bzero(rec, sizeof(rec));
}

static const char *lns_full(const struct gw *gw, const struct cfg_peer *section)
{
	const struct lns *x;
	unsigned n = 0;

	llist_for_each_entry(x, &gw->lns->head, entry) n += x->section == section;
	if (gw->lns->n >= LNS_MOST)
		return "as many LNSs have been named as there may be";
	return section->policy.max_tunnels && n >= section->policy.max_tunnels
		       ? "as many LNSs have been named as its peer section may have tunnels"
		       : NULL;
}

/* One that is there, or the new one, which is the list's then. */
static const struct cfg_peer *lns_take(struct gw *gw, struct lns *x, const char **words)
{
	struct lns *y;

	llist_for_each_entry(y, &gw->lns->head, entry) if (lns_is_same(x, y))
	{
		y->idle = false;
		return &y->cfg;
	}
	*words = lns_full(gw, x->section);
	if (*words)
		return NULL;
	x->key = gw->lns->last + 1;
	lns_name(gw, x);
	lns_add(gw->lns, x);
	lns_save(gw, x);
	return &x->cfg;
}

const struct cfg_peer *lns_for(struct gw *gw, const struct cfg_peer *like,
			       const struct radius_tunnel *t, const char **words)
{
	const struct cfg_peer *section = lns_dialled(gw, t), *peer;
	const struct cfg_port *port;
	struct lns *x;

	if (section && lns_is_section(section, t))
		return section;
	section = section ? section : like;
	*words = "no peer section dials it, and the route has no template";
	if (!section)
		return NULL;
	port = lns_port(gw, section, t);
	*words = "no port has its Tunnel-Client-Endpoint and reaches its Tunnel-Server-Endpoint";
	if (!port)
		return NULL;
	x = calloc(1, sizeof(*x));
	*words = "out of memory";
	if (!x)
		return NULL;
	lns_fill(x, section, port, t);
	peer = lns_take(gw, x, words);
	if (peer != &x->cfg)
		lns_free(x);
	return peer;
}

/* --- going on ---------------------------------------------------------------------------------- */

static bool lns_read(const struct gw *gw, struct lns *x, struct rd *r)
{
	char section[RECORD_TEXT_MAX + 1], port[RECORD_TEXT_MAX + 1];
	char host[RECORD_TEXT_MAX + 1], expect[RECORD_TEXT_MAX + 1];
	struct l2tp_policy *p = &x->cfg.policy;
	const uint8_t *secret;

	record_read_text(r, x->name, sizeof(x->name));
	record_read_text(r, section, sizeof(section));
	record_read_text(r, port, sizeof(port));
	record_read_text(r, x->dial, sizeof(x->dial));
	record_read_text(r, x->assignment, sizeof(x->assignment));
	record_read_text(r, host, sizeof(host));
	record_read_text(r, expect, sizeof(expect));
	x->section = r->bad ? NULL : cfg_named(gw->cfg, "peer", section);
	if (!x->section || !*host || lns_named(gw, x->name))
		return false;
	x->cfg = *x->section;
	x->cfg.port = cfg_named(gw->cfg, "port", port);
	snprintf(p->host_name, sizeof(p->host_name), "%s", host);
	snprintf(p->expect_host, sizeof(p->expect_host), "%s", expect);
	p->challenge = rd_u8(r);
	p->secret.len = rd_u8(r);
	secret = rd_take(r, p->secret.len);
	if (secret)
		memcpy(p->secret.octets, secret, p->secret.len);
	lns_make_cfg(x);
	return !r->bad && x->cfg.port;
}

bool lns_restore(struct gw *gw, uint64_t key, const uint8_t *rec, size_t len)
{
	struct rd r = rd_init(rec, len);
	struct lns *x = gw->lns->n < LNS_MOST ? calloc(1, sizeof(*x)) : NULL;

	if (!x)
		return false;
	x->key = key;
	if (lns_read(gw, x, &r)) {
		lns_add(gw->lns, x);
		return true;
	}
	lns_free(x);
	return false;
}
