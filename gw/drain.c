/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names, not pointers: a reload brings other sections of the same name. */
#include "gw/drain.h"

#include "core/bytes.h"
#include "gw/legs/legs.h"
#include "gw/line.h"
#include "gw/lns.h"
#include "gw/port.h"
#include "gw/resume.h"
#include "gw/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const drain_kind_names[DRAIN_KINDS] = {
	[DRAIN_GATEWAY] = "gateway", [DRAIN_PORT] = "port",	    [DRAIN_PEER] = "peer",
	[DRAIN_TUNNEL] = "tunnel",   [DRAIN_SHUTDOWN] = "shutdown",
};

struct drain_row {
	uint8_t kind;
	uint64_t since;
	char name[DRAIN_NAME];
};

struct drain {
	unsigned n;
	struct drain_row row[DRAIN_MOST];
};

struct drain *drain_new(void)
{
	return calloc(1, sizeof(struct drain));
}

void drain_free(struct drain *d)
{
	free(d);
}

static struct drain_row *drain_find(const struct drain *d, enum drain_kind kind, const char *name)
{
	for (unsigned i = 0; i < d->n; i++)
		if (d->row[i].kind == kind && !strcmp(d->row[i].name, name))
			return (struct drain_row *)&d->row[i];
	return NULL;
}

/* --- what there is ---------------------------------------------------------------------------- */

/* One that ends takes no calls anyway. */
static bool drain_tunnel_is_there(const struct gw *gw, uint16_t id)
{
	const struct l2tp_tunnel *t = l2tp_tunnel_by_id(gw->engine, id);
	struct l2tp_tunnel_info i;

	if (!t)
		return false;
	l2tp_tunnel_info(t, &i);
	return i.state <= L2TP_T_ESTABLISHED;
}

static bool drain_is_there(const struct gw *gw, enum drain_kind kind, const char *name)
{
	if (kind == DRAIN_TUNNEL)
		return drain_tunnel_is_there(gw, (uint16_t)atoi(name));
	if (kind == DRAIN_PEER)
		return lns_named(gw, name);
	return kind == DRAIN_GATEWAY || kind == DRAIN_SHUTDOWN ||
	       cfg_named(gw->cfg, drain_kind_names[kind], name);
}

/* Octets of a row in the record. */
static size_t drain_takes(const char *name)
{
	return 10 + strlen(name);
}

static bool drain_has_room(const struct drain *d, const char *name)
{
	size_t n = drain_takes(name);

	for (unsigned i = 0; i < d->n; i++)
		n += drain_takes(d->row[i].name);
	return d->n < DRAIN_MOST && n <= DRAIN_RECORD;
}

/* NULL: there is no room. */
static struct drain_row *drain_add(struct gw *gw, enum drain_kind kind, const char *name,
				   uint64_t since)
{
	struct drain *d = gw->drain;
	struct drain_row *r = &d->row[d->n];

	if (!drain_has_room(d, name) || strlen(name) >= sizeof(r->name))
		return NULL;
	*r = (struct drain_row){.kind = (uint8_t)kind, .since = since};
	memcpy(r->name, name, strlen(name));
	d->n++;
	return r;
}

/* What an operator has asked for; he may not be who wonders about it. */
static void drain_say(enum drain_kind kind, const char *name, const char *words)
{
	const struct log_about about = {.port = kind == DRAIN_PORT ? name : NULL,
					.peer = kind == DRAIN_PEER ? name : NULL,
					.tunnel = kind == DRAIN_TUNNEL ? (uint16_t)atoi(name) : 0};

	GW_LOG(about, MAIN, LOGL_NOTICE, "drain: %s%s%s %s\n", drain_kind_names[kind],
	       *name ? " " : "", name, words);
}

const char *drain_begin(struct gw *gw, enum drain_kind kind, const char *name)
{
	if (!drain_is_there(gw, kind, name))
		return "there is none of this name";
	if (drain_find(gw->drain, kind, name))
		return NULL;
	if (!drain_add(gw, kind, name, loop_now(gw->loop)))
		return "too many drain, or the name is too long";
	drain_say(kind, name, "takes no new calls");
	resume_drain(gw->resume);
	return NULL;
}

static void drain_remove(struct gw *gw, struct drain_row *r)
{
	struct drain *d = gw->drain;

	d->n--;
	memmove(r, r + 1, (size_t)(&d->row[d->n] - r) * sizeof(*r));
	resume_drain(gw->resume);
}

const char *drain_end(struct gw *gw, enum drain_kind kind, const char *name)
{
	struct drain_row *r = drain_find(gw->drain, kind, name);

	if (!r)
		return "it does not drain";
	if (kind == DRAIN_SHUTDOWN)
		GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE, "the shutdown is taken back\n");
	else
		drain_say(kind, name, "takes calls again");
	drain_remove(gw, r);
	return NULL;
}

static const char *drain_id(char text[8], uint16_t id)
{
	snprintf(text, 8, "%u", id);
	return text;
}

void drain_tunnel_down(struct gw *gw, uint16_t id)
{
	char text[8];

	if (drain_has_tunnel(gw, id))
		drain_remove(gw, drain_find(gw->drain, DRAIN_TUNNEL, drain_id(text, id)));
}

void drain_shutdown(struct gw *gw, uint64_t within)
{
	struct drain *d = gw->drain;
	struct drain_row *r = drain_find(d, DRAIN_SHUTDOWN, "");
	char text[GW_TEXT_MAX];

	if (!r)
		r = drain_add(gw, DRAIN_SHUTDOWN, "", 0);
	if (!r) {
		d->n--; /* the last wish gives way */
		r = drain_add(gw, DRAIN_SHUTDOWN, "", 0);
	}
	r->since = loop_now(gw->loop) + within;
	GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE,
	       "shutdown: no new calls; the end is when none is left, or in %s\n",
	       gw_duration_text(text, sizeof(text), within));
	resume_drain(gw->resume);
}

bool drain_is_over(struct gw *gw, uint64_t now)
{
	const struct drain_row *r = drain_find(gw->drain, DRAIN_SHUTDOWN, "");

	return r && (now >= r->since || !gw->joins->n);
}

/* --- whether a call may begin ----------------------------------------------------------------- */

bool drain_has_tunnel(const struct gw *gw, uint16_t id)
{
	const struct drain *d = gw->drain;
	char text[8];

	return d && d->n && drain_find(d, DRAIN_TUNNEL, drain_id(text, id));
}

/* Who is made of a section drains with it. */
static bool drain_has_peer(const struct gw *gw, const struct cfg_peer *peer)
{
	return drain_find(gw->drain, DRAIN_PEER, peer->name) ||
	       drain_find(gw->drain, DRAIN_PEER, lns_section(gw, peer)->name);
}

const char *drain_why(const struct gw *gw, const struct cfg_port *port, const struct cfg_peer *peer,
		      uint16_t tunnel)
{
	const struct drain *d = gw->drain;

	if (!d || !d->n)
		return NULL;
	if (drain_find(d, DRAIN_SHUTDOWN, ""))
		return "the gateway is going to end";
	if (drain_find(d, DRAIN_GATEWAY, ""))
		return "the gateway takes no new calls";
	if (port && drain_find(d, DRAIN_PORT, port->config.name))
		return "the port takes no new calls";
	if (peer && drain_has_peer(gw, peer))
		return "the peer takes no new calls";
	return tunnel && drain_has_tunnel(gw, tunnel) ? "the tunnel takes no new calls" : NULL;
}

static const struct cfg_port *drain_port_of(struct gw *gw, l2tp_channel channel)
{
	const struct gw_port *p = channel ? port_by_number(gw, dp_channel_port(channel)) : NULL;

	return p ? p->cfg : NULL;
}

const char *drain_why_offered(struct gw *gw, const struct l2tp_tunnel_info *t)
{
	const struct drain *d = gw->drain;

	return d && d->n ? drain_why(gw, drain_port_of(gw, t->channel), t->peer, t->local_id)
			 : NULL;
}

/* --- what is left ----------------------------------------------------------------------------- */

struct drain_count {
	struct gw *gw;
	const char *name; /* of a port */
	unsigned n;
};

static bool drain_is_port(const struct drain_count *c, l2tp_channel channel)
{
	const struct cfg_port *p = drain_port_of(c->gw, channel);

	return p && !strcmp(p->config.name, c->name);
}

static void drain_count_line(void *ctx, const struct line_view *line)
{
	struct drain_count *c = ctx;

	c->n += line->leg && drain_is_port(c, line->channel);
}

static unsigned drain_left_of_port(struct gw *gw, const char *name)
{
	struct drain_count c = {gw, name, 0};
	struct l2tp_tunnel *t = NULL;
	struct l2tp_tunnel_info i;

	while ((t = l2tp_tunnel_next(gw->engine, t))) {
		l2tp_tunnel_info(t, &i);
		if (drain_is_port(&c, i.channel))
			c.n += i.calls;
	}
	lines_each(gw, drain_count_line, &c);
	return c.n;
}

struct drain_section {
	struct gw *gw;
	const struct cfg_peer *peer;
	unsigned n;
};

static void drain_count_made_of_it(void *ctx, const struct cfg_peer *peer)
{
	struct drain_section *s = ctx;

	if (lns_section(s->gw, peer) == s->peer)
		s->n += l2tp_peer_calls(s->gw->engine, peer);
}

static unsigned drain_left_of_peer(struct gw *gw, const char *name)
{
	struct drain_section s = {gw, lns_named(gw, name), 0};

	if (!s.peer)
		return 0;
	lns_each(gw, drain_count_made_of_it, &s);
	return s.n + l2tp_peer_calls(gw->engine, s.peer);
}

static unsigned drain_left_of_tunnel(struct gw *gw, const char *name)
{
	const struct l2tp_tunnel *t = l2tp_tunnel_by_id(gw->engine, (uint16_t)atoi(name));
	struct l2tp_tunnel_info i = {.calls = 0};

	if (t)
		l2tp_tunnel_info(t, &i);
	return i.calls;
}

static unsigned drain_left_of_all(struct gw *gw, const char *name)
{
	(void)name;
	return gw->joins->n;
}

unsigned drain_left(struct gw *gw, enum drain_kind kind, const char *name)
{
	static unsigned (*const left[DRAIN_KINDS])(struct gw * gw, const char *name) = {
		[DRAIN_GATEWAY] = drain_left_of_all,   [DRAIN_SHUTDOWN] = drain_left_of_all,
		[DRAIN_PORT] = drain_left_of_port,     [DRAIN_PEER] = drain_left_of_peer,
		[DRAIN_TUNNEL] = drain_left_of_tunnel,
	};

	return left[kind](gw, name);
}

void drain_each(struct gw *gw, void (*each)(void *ctx, const struct drain_view *v), void *ctx)
{
	for (unsigned i = 0; i < gw->drain->n; i++) {
		const struct drain_row *r = &gw->drain->row[i];
		struct drain_view v = {.kind = (enum drain_kind)r->kind,
				       .name = r->name,
				       .since = r->since,
				       .calls = drain_left(gw, (enum drain_kind)r->kind, r->name)};

		each(ctx, &v);
	}
}

/* --- records ---------------------------------------------------------------------------------- */

/* kind 1, since 8, length of the name 1, name: drain_takes(). */
size_t drain_save(const struct gw *gw, uint8_t rec[DRAIN_RECORD])
{
	struct wr w = wr_init(rec, DRAIN_RECORD);

	for (unsigned i = 0; i < gw->drain->n; i++) {
		const struct drain_row *r = &gw->drain->row[i];
		size_t n = strlen(r->name);

		wr_u8(&w, r->kind);
		wr_u64(&w, r->since);
		wr_u8(&w, (uint8_t)n);
		wr_bytes(&w, r->name, n);
	}
	return w.len;
}

bool drain_restore(struct gw *gw, const uint8_t *rec, size_t len)
{
	struct rd r = rd_init(rec, len);

	while (r.left && !r.bad) {
		uint8_t kind = rd_u8(&r);
		uint64_t since = rd_u64(&r);
		size_t n = rd_u8(&r);
		const char *at = (const char *)rd_take(&r, n);
		char name[DRAIN_NAME] = "";

		if (!at || n >= sizeof(name) || kind >= DRAIN_KINDS ||
		    (since > loop_now(gw->loop) && kind != DRAIN_SHUTDOWN))
			return false;
		memcpy(name, at, n);
		if (drain_is_there(gw, (enum drain_kind)kind, name) &&
		    !drain_find(gw->drain, (enum drain_kind)kind, name))
			drain_add(gw, (enum drain_kind)kind, name, since);
	}
	return !r.bad;
}
