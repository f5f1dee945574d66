/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dialling is one function from the section to a started join; everything that can fail ends in the
 * same wait.  The wait starts at `redial`, doubles to sixteen times that, and starts again once a
 * link has been up.  While the channel a call would use is down the wait still runs, but a channel
 * coming up cuts it short.
 */
#include "gw/client.h"

#include "gw/device.h"
#include "gw/dial.h"
#include "gw/drain.h"
#include "gw/history.h"
#include "gw/line.h"
#include "gw/resume.h"
#include "gw/route_way.h"
#include "gw/text.h"
#include <stdio.h>
#include <stdlib.h>

#define WAIT_FACTOR 16u

static const char *const names[CLIENT_STATES] = {
	[CLIENT_WAITING] = "waiting",
	[CLIENT_DIALLING] = "dialling",
	[CLIENT_UP] = "up",
	[CLIENT_ENDED] = "ended",
};

const char *client_state_name(enum client_state s)
{
	return s < CLIENT_STATES ? names[s] : "?";
}

static void client_enter(struct gw_client *c, enum client_state s, uint64_t now)
{
	c->state = s;
	c->since = now;
}

static void client_wait_then_dial(struct gw_client *c, uint64_t now)
{
	uint64_t base = c->cfg->redial;

	if (!base || c->gw->phase != GW_RUNNING) {
		client_enter(c, CLIENT_ENDED, now);
		return;
	}
	client_enter(c, CLIENT_WAITING, now);
	c->next = loop_back_off(&c->wait, base * WAIT_FACTOR, now);
	loop_set(c->gw->loop, &c->dial, c->next);
}

/* As the section has it: at the end of a call or bundle the join has gone. */
static struct log_about client_about(const struct gw_client *c)
{
	return LOG_ABOUT(.user = c->cfg->ppp.name, .peer = c->cfg->peer ? c->cfg->peer->name : NULL,
			 .port = c->cfg->port ? c->cfg->port->config.name : NULL);
}

static struct log_about client_about_link(const struct gw_client *c)
{
	struct log_about a = c->join ? about_leg(c->join->leg[0]) : client_about(c);

	a.user = c->cfg->ppp.name;
	return a;
}

/* --- events of the join and its terminal ------------------------------------------------------- */

static void client_on_up(void *ctx, uint64_t now)
{
	struct gw_client *c = ctx;
	/* a link of a life before is as old as its join */
	bool resumed = c->join && c->join->since < c->since;

	client_enter(c, CLIENT_UP, resumed ? c->join->since : now);
	c->wait = c->cfg->redial;
	gw_log_session(client_about_link(c), GW_LOG_CLIENT, LOGL_NOTICE, (uintptr_t)c, now,
		       "client %s: up", c->cfg->name);
}

static void client_close_device(struct gw_client *c)
{
	dp_tun_close(c->gw->dp, c->tun);
	c->tun = 0;
}

static void client_on_gone(void *ctx, const struct leg_end *why, uint64_t now)
{
	struct gw_client *c = ctx;
	char time[GW_TEXT_MAX];

	c->join = NULL;
	c->why = *why;
	if (!c->bundled)
		client_close_device(c);
	gw_log_session(client_about(c), GW_LOG_CLIENT, LOGL_NOTICE, (uintptr_t)c, now,
		       "client %s: %s %s: %s", c->cfg->name,
		       c->state == CLIENT_UP ? "down after" : "not up in",
		       gw_duration_text(time, sizeof(time), now - c->since), why->words);
	client_wait_then_dial(c, now);
}

static uint32_t client_on_device(void *ctx)
{
	struct gw_client *c = ctx;
	char err[160] = "";

	if (!c->tun && device_open_client(c->gw, c->cfg, &c->tun, err, sizeof(err)) < 0)
		GW_LOG(client_about(c), CLIENT, LOGL_ERROR, "client %s: %s\n", c->cfg->name, err);
	return c->tun;
}

/* A device with an address is sent to at once: data has to know by then whose it is. */
static void client_wait_for_data(const struct gw_client *c)
{
	dp_flush(c->gw->dp);
}

static void client_on_ip4(void *ctx, const struct ppp_addresses *a, bool up)
{
	struct gw_client *c = ctx;
	char text[GW_TEXT_MAX];

	if (up)
		gw_log_session(client_about(c), GW_LOG_CLIENT, LOGL_NOTICE, (uintptr_t)c,
			       loop_now(c->gw->loop), "client %s: we are %s", c->cfg->name,
			       gw_ip4_text(text, sizeof(text), a->local4));
	c->ip4 = up;
	c->addr = *a;
	if (up)
		client_wait_for_data(c);
	if (c->tun)
		device_client_ip4(c->gw, dp_tun_name(c->gw->dp, c->tun), c->cfg, a, up);
}

static void client_on_ip6(void *ctx, const struct ppp_addresses *a, bool up)
{
	struct gw_client *c = ctx;

	c->ip6 = up;
	if (up)
		client_wait_for_data(c);
	if (c->tun)
		device_client_ip6(c->gw, dp_tun_name(c->gw->dp, c->tun), c->cfg, a, up);
}

/* --- its bundle --- */

/* Whose device and addresses a link has. */
static struct gw_client *client_first(struct gw_client *c)
{
	return c->cfg->bundle ? &c->gw->client[c->cfg->bundle - c->gw->cfg->client] : c;
}

static void client_on_bundle_gone(void *ctx, const struct leg_end *why, uint64_t now)
{
	struct gw_client *c = client_first(ctx);

	gw_log_session(client_about(c), GW_LOG_CLIENT, LOGL_NOTICE, (uintptr_t)c, now,
		       "client %s: bundle gone: %s", c->cfg->name, why->words);
	c->bundled = false;
	client_close_device(c);
}

static struct leg *client_on_network(void *ctx);

/* The leg names the section; a line's record has a way, which there is none of. */
static bool client_save(void *ctx, struct wr *w)
{
	static const struct route_way none;

	(void)ctx;
	route_way_save(w, &none);
	return true;
}

static const struct join_owner join_owner = {
	.up = client_on_up, .gone = client_on_gone, .save = client_save};
static const struct join_owner bundle_owner = {.gone = client_on_bundle_gone, .save = client_save};
static const struct leg_client_owner leg_owner = {.device = client_on_device,
						  .ip4 = client_on_ip4,
						  .ip6 = client_on_ip6,
						  .network = client_on_network,
						  .bundle = &bundle_owner};

static struct leg *client_on_network(void *ctx)
{
	struct gw_client *c = client_first(ctx);
	struct leg *l = leg_client_new(c->gw, c->cfg, &leg_owner, c);

	c->bundled = l;
	return l;
}

/* --- dialling --------------------------------------------------------------------------------- */

static void client_failed(struct gw_client *c, const char *words, uint64_t now)
{
	c->why = leg_end(LEG_BY_RESOURCES, words);
	GW_LOG(client_about(c), CLIENT, LOGL_ERROR, "client %s: cannot dial: %s\n", c->cfg->name,
	       words);
	history_not_begun(c->gw, (uintptr_t)c, now, "client", c->cfg->name,
			  c->cfg->peer ? c->cfg->peer->dial : c->cfg->circuit, &c->why);
	client_wait_then_dial(c, now);
}

static struct leg *client_leg(void *ctx)
{
	struct gw_client *c = ctx;

	return leg_client_new(c->gw, c->cfg, &leg_owner, c);
}

/* A call in a tunnel; NULL with *words. */
static struct join *client_call(struct gw_client *c, const char **words, uint64_t now)
{
	struct l2tp_call *call = dial_call(c->gw, c->cfg->peer, now, words);
	struct join *j;

	if (!call)
		return NULL;
	j = join_new(c->gw->joins, leg_call_placed(c->gw, call, c->cfg->peer, NULL), client_leg(c),
		     &join_owner, c, now);
	if (j)
		return j;
	dial_abandon(call, words, now);
	return NULL;
}

static const char *client_drains(const struct gw_client *c)
{
	const struct cfg_peer *peer = c->cfg->peer;

	return drain_why(c->gw, peer ? peer->port : c->cfg->port, peer, 0);
}

static void client_dial(void *ctx, uint64_t now)
{
	struct gw_client *c = ctx;
	struct line_to to = {c->cfg->port, c->cfg->circuit, NULL};
	struct line_fail fail = {.words = client_drains(c)};

	if (c->gw->phase != GW_RUNNING)
		return;
	loop_cancel(c->gw->loop, &c->dial);
	if (fail.words) {
		client_failed(c, fail.words, now);
		return;
	}
	c->dials++;
	c->join = c->cfg->peer ? client_call(c, &fail.words, now)
			       : line_dial(c->gw, &to, client_leg, &join_owner, c, &fail, now);
	if (!c->join) {
		client_failed(c, fail.words, now);
		return;
	}
	client_enter(c, CLIENT_DIALLING, now);
	join_start(c->join, now);
}

/* --- going on in another life ----------------------------------------------------------------- */

static struct join *client_resume_call(struct resume_from *f, struct gw_client *c)
{
	struct leg *call = leg_call_resume(f->gw, &f->leg[0], &f->words);

	if (!call)
		return NULL;
	f->words = "out of memory";
	return join_new(f->gw->joins, call, client_leg(c), &join_owner, c, f->now);
}

struct join *client_resume(struct resume_from *f)
{
	const struct cfg_client *cfg = leg_client_read(f->gw, &f->leg[1]);
	struct gw_client *c = cfg ? &f->gw->client[cfg - f->gw->cfg->client] : NULL;

	f->words = "its client section is gone, or has a link";
	if (!c || c->join)
		return NULL;
	c->join = c->cfg->peer ? client_resume_call(f, c)
			       : line_resume_dialled(f, client_leg, &join_owner, c);
	if (!c->join)
		return NULL;
	loop_cancel(f->gw->loop, &c->dial);
	client_enter(c, CLIENT_DIALLING, f->now);
	return c->join;
}

struct join *client_resume_bundle(struct resume_from *f)
{
	const struct cfg_client *cfg = leg_client_read(f->gw, &f->leg[1]);
	struct gw_client *c = cfg ? &f->gw->client[cfg - f->gw->cfg->client] : NULL;
	struct leg *bundle;
	struct join *j;

	f->words = "its client section is gone, or a bundle has it";
	if (!c || c->bundled || c->cfg->bundle)
		return NULL;
	bundle = leg_bundle_resume(f->gw, &f->leg[0], c->cfg, &f->words);
	if (!bundle)
		return NULL;
	f->words = "out of memory";
	j = join_new(f->gw->joins, bundle, client_leg(c), &bundle_owner, c, f->now);
	c->bundled = j;
	return j;
}

bool clients_start(struct gw *gw, uint64_t now)
{
	unsigned i;

	gw->client = calloc(gw->cfg->clients ? gw->cfg->clients : 1, sizeof(*gw->client));
	if (!gw->client)
		return false;
	for (i = 0; i < gw->cfg->clients; i++) {
		struct gw_client *c = &gw->client[i];

		*c = (struct gw_client){.gw = gw, .cfg = &gw->cfg->client[i], .since = now};
		c->wait = c->cfg->redial;
		loop_timer_init(&c->dial, client_dial, c);
		loop_set(gw->loop, &c->dial, now);
	}
	return true;
}

void clients_free(struct gw *gw)
{
	unsigned i;

	for (i = 0; gw->client && i < gw->cfg->clients; i++) {
		loop_cancel(gw->loop, &gw->client[i].dial);
		client_close_device(&gw->client[i]);
	}
	free(gw->client);
	gw->client = NULL;
}

void clients_channel_up(struct gw *gw, uint64_t now)
{
	unsigned i;

	for (i = 0; gw->client && i < gw->cfg->clients; i++)
		if (gw->client[i].state == CLIENT_WAITING)
			loop_set(gw->loop, &gw->client[i].dial, now);
}

static struct gw_client *client_by_name(struct gw *gw, const char *name)
{
	for (unsigned i = 0; i < gw->cfg->clients; i++)
		if (!strcmp(gw->client[i].cfg->name, name))
			return &gw->client[i];
	return NULL;
}

const char *client_dial_now(struct gw *gw, const char *name, uint64_t now)
{
	struct gw_client *c = client_by_name(gw, name);

	if (!c)
		return "no such client";
	if (c->join)
		return c->state == CLIENT_UP ? "is up" : "is dialling";
	if (gw->phase != GW_RUNNING)
		return "the gateway is ending";
	loop_set(gw->loop, &c->dial, now);
	return NULL;
}
