/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/outgoing.h"

#include "gw/drain.h"
#include "gw/device.h"
#include "gw/dial.h"
#include "gw/history.h"
#include "gw/record.h"
#include "gw/resume.h"
#include "gw/service.h"
#include "gw/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUTGOING_PACKET_MAX  1500u
#define OUTGOING_WAIT_FACTOR 16u
/* The other network protocol may come up first; packets wait so long for theirs. */
#define OUTGOING_FLUSH_AGAIN UINT64_C(100000)
#define OUTGOING_FLUSH_UNTIL UINT64_C(10000000)

struct outgoing_packet {
	struct outgoing_packet *next;
	size_t len;
	bool v6;
	uint8_t frame[2 + OUTGOING_PACKET_MAX]; /* PPP protocol number in front */
};

const char *outgoing_state_name(enum outgoing_state s)
{
	static const char *const names[OUTGOING_STATES] = {
		[OUTGOING_IDLE] = "idle", [OUTGOING_CALLING] = "calling", [OUTGOING_UP] = "up"};

	return s < OUTGOING_STATES ? names[s] : "?";
}

static void outgoing_enter(struct gw_outgoing *o, enum outgoing_state s, uint64_t now)
{
	o->state = s;
	o->since = now;
}

/* --- packets that wait ------------------------------------------------------------------------ */

/* The first of these network protocols, or NULL. */
static struct outgoing_packet *outgoing_take(struct gw_outgoing *o, bool ip4, bool ip6)
{
	struct outgoing_packet **at = &o->first, *p;

	while (*at && !((*at)->v6 ? ip6 : ip4))
		at = &(*at)->next;
	p = *at;
	if (p) {
		*at = p->next;
		o->waiting--;
	}
	return p;
}

static void outgoing_forget_all(struct gw_outgoing *o)
{
	struct outgoing_packet *p;

	while ((p = outgoing_take(o, true, true)))
		free(p);
}

static void outgoing_drop_all(struct gw_outgoing *o)
{
	o->gw->joins->drop[JOIN_D_ABSENT] += o->waiting;
	outgoing_forget_all(o);
}

static void outgoing_keep(struct gw_outgoing *o, const uint8_t *pkt, size_t len)
{
	struct outgoing_packet **at = &o->first, *p = NULL;

	if (o->waiting < OUTGOING_WAITING_MAX && len <= OUTGOING_PACKET_MAX)
		p = calloc(1, sizeof(*p));
	if (!p) {
		o->gw->joins->drop[JOIN_D_ABSENT]++;
		return;
	}
	while (*at)
		at = &(*at)->next;
	*at = p;
	o->waiting++;
	p->v6 = pkt[0] >> 4 == 6;
	p->frame[1] = p->v6 ? PPP_IPV6 : PPP_IP;
	memcpy(p->frame + 2, pkt, len);
	p->len = 2 + len;
}

static void outgoing_flush(void *ctx, uint64_t now)
{
	struct gw_outgoing *o = ctx;
	struct leg_terminal_view t;
	struct outgoing_packet *p;

	if (!o->join || o->state != OUTGOING_UP || !leg_terminal_view(o->join->leg[1], &t))
		return;
	while ((p = outgoing_take(o, t.net->ip4, t.net->ip6))) {
		join_frame(o->join->leg[1], p->frame, p->len, now);
		free(p);
	}
	if (o->waiting && now >= o->since + OUTGOING_FLUSH_UNTIL)
		outgoing_drop_all(o);
	else if (o->waiting)
		loop_set(o->gw->loop, &o->flush, now + OUTGOING_FLUSH_AGAIN);
}

/* --- the call --------------------------------------------------------------------------------- */

static void outgoing_on_up(void *ctx, uint64_t now)
{
	struct gw_outgoing *o = ctx;

	outgoing_enter(o, OUTGOING_UP, now);
	o->wait = o->cfg->retry;
	outgoing_flush(o, now);
}

static void outgoing_failed(struct gw_outgoing *o, uint64_t now)
{
	o->not_before = loop_back_off(&o->wait, o->cfg->retry * OUTGOING_WAIT_FACTOR, now);
	gw_log_session(LOG_ABOUT(.peer = o->cfg->peer->name), GW_LOG_CALL, LOGL_NOTICE,
		       (uintptr_t)o, now, "outgoing %s: %s", o->cfg->name, o->why.words);
}

static void outgoing_on_gone(void *ctx, const struct leg_end *why, uint64_t now)
{
	struct gw_outgoing *o = ctx;

	o->join = NULL;
	o->why = *why;
	loop_cancel(o->gw->loop, &o->flush);
	if (o->state != OUTGOING_UP)
		outgoing_failed(o, now);
	outgoing_enter(o, OUTGOING_IDLE, now);
	outgoing_drop_all(o);
}

static bool outgoing_save(void *ctx, struct wr *w)
{
	record_text(w, ((const struct gw_outgoing *)ctx)->cfg->name);
	return true;
}

static const struct join_owner outgoing_owner = {
	.up = outgoing_on_up, .gone = outgoing_on_gone, .save = outgoing_save};

static bool outgoing_give(struct leg *server, const struct cfg_outgoing *cfg)
{
	struct leg_own own = {.address4 = cfg->address4,
			      .prefix6 = cfg->prefix6.bits ? &cfg->prefix6 : NULL,
			      .route = cfg->route,
			      .routes = cfg->routes};

	return leg_server_give(server, &own);
}

/* A call in a tunnel of the peer, joined to the service and started; NULL with *words. */
static struct join *outgoing_join(struct gw *gw, const struct cfg_peer *peer,
				  const struct cfg_service *cfg, const struct leg_out *ask,
				  struct gw_outgoing *o, const char **words, uint64_t now)
{
	struct l2tp_call *call = dial_call_of(gw, peer, now, words);
	struct leg *server;
	struct join *j;

	if (!call)
		return NULL;
	server = leg_server_new(gw, service_of(gw, cfg));
	if (server && o && !outgoing_give(server, o->cfg)) {
		server->ops->free(server);
		server = NULL;
	}
	j = join_new(gw->joins, leg_call_asked(gw, call, peer, ask), server,
		     o ? &outgoing_owner : NULL, o, now);
	if (!j) {
		dial_abandon(call, words, now);
		return NULL;
	}
	if (o)
		o->join = j;
	join_start(j, now);
	return j;
}

static struct gw_outgoing *outgoing_by_name(struct gw *gw, const char *name)
{
	for (unsigned i = 0; i < gw->cfg->outgoings; i++)
		if (!strcmp(gw->outgoing[i].cfg->name, name))
			return &gw->outgoing[i];
	return NULL;
}

struct join *outgoing_resume(struct resume_from *f)
{
	char name[RECORD_TEXT_MAX + 1];
	struct leg *call, *server;
	struct gw_outgoing *o;

	record_read_text(&f->owner, name, sizeof(name));
	o = outgoing_by_name(f->gw, name);
	f->words = "its outgoing section is gone, or has a call";
	if (!o || o->join)
		return NULL;
	call = leg_call_resume(f->gw, &f->leg[0], &f->words);
	server = call ? leg_server_resume(f->gw, &f->leg[1], &f->words) : NULL;
	if (server && !outgoing_give(server, o->cfg)) {
		f->words = "out of memory";
		server->ops->free(server);
		server = NULL;
	}
	if (!server) {
		if (call)
			call->ops->free(call);
		return NULL;
	}
	o->join = join_new(f->gw->joins, call, server, &outgoing_owner, o, f->now);
	if (o->join)
		outgoing_enter(o, OUTGOING_CALLING, f->now);
	return o->join;
}

static struct leg_out outgoing_ask(const struct cfg_outgoing *cfg)
{
	struct leg_out ask = {.min_bps = cfg->min_bps,
			      .max_bps = cfg->max_bps,
			      .bearer = cfg->bearer,
			      .framing = cfg->framing};

	snprintf(ask.called, sizeof(ask.called), "%s", cfg->called);
	if (cfg->sub_address)
		snprintf(ask.sub_address, sizeof(ask.sub_address), "%s", cfg->sub_address);
	return ask;
}

/* NULL, or words. */
static const char *outgoing_begin(struct gw_outgoing *o, uint64_t now)
{
	struct leg_out ask = outgoing_ask(o->cfg);
	const char *words;

	if (o->gw->phase != GW_RUNNING)
		return "the gateway is ending";
	words = drain_why(o->gw, o->cfg->peer->port, o->cfg->peer, 0);
	if (words)
		return words;
	words = "the call has failed";
	o->calls++;
	outgoing_enter(o, OUTGOING_CALLING, now);
	if (outgoing_join(o->gw, o->cfg->peer, o->cfg->service, &ask, o, &words, now))
		return NULL;
	o->why = leg_end(LEG_BY_RESOURCES, words);
	history_not_begun(o->gw, (uintptr_t)o, now, "outgoing", o->cfg->name, o->cfg->peer->dial,
			  &o->why);
	outgoing_failed(o, now);
	outgoing_enter(o, OUTGOING_IDLE, now);
	return words;
}

const char *outgoing_call_now(struct gw *gw, const char *name, uint64_t now)
{
	struct gw_outgoing *o = outgoing_by_name(gw, name);

	if (!o)
		return "no such section";
	if (o->join)
		return o->state == OUTGOING_UP ? "is up" : "is being called";
	return outgoing_begin(o, now);
}

/* No section asks for it. */
static void outgoing_call_failed(struct gw *gw, const struct cfg_peer *p, const char *called,
				 const char *words, uint64_t now)
{
	struct leg_end why = leg_end(LEG_BY_RESOURCES, words);
	char name[GW_TEXT_MAX];

	snprintf(name, sizeof(name), "%s called %s", p->name, called);
	history_not_begun(gw, (uintptr_t)p, now, "call", name, p->dial, &why);
}

const char *outgoing_call(struct gw *gw, const char *peer, const char *called, const char *service,
			  uint64_t now)
{
	const struct cfg_service *s = cfg_named(gw->cfg, "service", service);
	const struct cfg_peer *p = cfg_named(gw->cfg, "peer", peer);
	struct leg_out ask = {0};
	const char *words = NULL;

	if (!p || !s)
		return p ? "no such service" : "no such peer";
	if (gw->phase != GW_RUNNING)
		return "the gateway is ending";
	words = drain_why(gw, p->port, p, 0);
	if (words)
		return words;
	if (strlen(called) >= sizeof(ask.called))
		return "the number is too long";
	snprintf(ask.called, sizeof(ask.called), "%s", called);
	if (outgoing_join(gw, p, s, &ask, NULL, &words, now))
		return NULL;
	outgoing_call_failed(gw, p, called, words, now);
	return words;
}

/* --- clients that are absent ------------------------------------------------------------------- */

/* Networks of a section that have its call placed: number i, false = there are no more. */
static bool outgoing_network(const struct cfg_outgoing *cfg, unsigned i, struct dp_prefix *out)
{
	unsigned own = (cfg->address4 != 0) + (cfg->prefix6.bits != 0);

	if (i >= own + cfg->routes)
		return false;
	if (!i && cfg->address4)
		*out = device_host(cfg->address4);
	else
		*out = device_network(i < own ? &cfg->prefix6 : &cfg->route[i - own]);
	return true;
}

/* Bits of the longest network of the section that holds this address; 0 = none does. */
static unsigned outgoing_fits(const struct cfg_outgoing *cfg, bool v6, uint64_t to)
{
	struct dp_prefix p;
	unsigned most = 0;

	for (unsigned i = 0; outgoing_network(cfg, i, &p); i++)
		if (p.v6 == v6 && p.bits > most && !((to ^ p.top) >> (64 - p.bits)))
			most = p.bits;
	return most;
}

/* The section that an IP packet is for, or NULL. */
static struct gw_outgoing *outgoing_of(struct gw *gw, const uint8_t *pkt, size_t len)
{
	struct rd r = rd_init(pkt, len);
	bool v6 = rd_u8(&r) >> 4 == 6;
	struct gw_outgoing *best = NULL;
	unsigned most = 0;
	uint64_t to;

	rd_skip(&r, v6 ? 23 : 15);
	to = v6 ? rd_u64(&r) : (uint64_t)rd_u32(&r) << 32;
	rd_skip(&r, v6 ? 8 : 0);
	for (unsigned i = 0; !r.bad && i < gw->cfg->outgoings; i++) {
		unsigned bits = outgoing_fits(&gw->cfg->outgoing[i], v6, to);

		best = bits > most ? &gw->outgoing[i] : best;
		most = bits > most ? bits : most;
	}
	return best;
}

void outgoing_absent(struct gw *gw, const uint8_t *pkt, size_t len, uint64_t now)
{
	struct gw_outgoing *o = outgoing_of(gw, pkt, len);

	if (!o)
		return;
	if (!o->join && now < o->not_before) {
		gw->joins->drop[JOIN_D_ABSENT]++;
		return;
	}
	outgoing_keep(o, pkt, len);
	if (!o->join && outgoing_begin(o, now))
		outgoing_drop_all(o);
	else if (o->state == OUTGOING_UP)
		outgoing_flush(o, now);
}

static void outgoing_watch(const struct gw_service *service, const struct cfg_outgoing *cfg)
{
	struct dp_prefix p;
	bool ok = true;

	for (unsigned i = 0; outgoing_network(cfg, i, &p); i++)
		ok = dp_tun_route(service->gw->dp, service->tun, &p, 0, 0) && ok;
	for (unsigned i = 0; i < cfg->routes; i++)
		device_route(service->gw, dp_tun_name(service->gw->dp, service->tun),
			     &cfg->route[i], true);
	if (!ok)
		GW_LOG(LOG_ABOUT(.peer = cfg->peer->name), CALL, LOGL_ERROR,
		       "outgoing %s: no memory: not every packet will call it\n", cfg->name);
}

void outgoings_watch(struct gw *gw, const struct gw_service *service)
{
	for (unsigned i = 0; i < gw->cfg->outgoings; i++)
		if (gw->cfg->outgoing[i].service == service->cfg && service->tun)
			outgoing_watch(service, &gw->cfg->outgoing[i]);
}

bool outgoings_start(struct gw *gw)
{
	gw->outgoing = calloc(gw->cfg->outgoings + 1, sizeof(*gw->outgoing));
	if (!gw->outgoing)
		return false;
	for (unsigned i = 0; i < gw->cfg->outgoings; i++) {
		struct gw_outgoing *o = &gw->outgoing[i];

		*o = (struct gw_outgoing){
			.gw = gw, .cfg = &gw->cfg->outgoing[i], .since = gw->started};
		o->wait = o->cfg->retry;
		loop_timer_init(&o->flush, outgoing_flush, o);
	}
	for (unsigned i = 0; i < gw->cfg->services; i++)
		outgoings_watch(gw, &gw->service[i]);
	return true;
}

void outgoings_free(struct gw *gw)
{
	for (unsigned i = 0; gw->outgoing && i < gw->cfg->outgoings; i++) {
		loop_cancel(gw->loop, &gw->outgoing[i].flush);
		outgoing_forget_all(&gw->outgoing[i]); /* the counters are gone by now */
	}
	free(gw->outgoing);
	gw->outgoing = NULL;
}
