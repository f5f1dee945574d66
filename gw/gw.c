/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order in which the gateway comes up and goes down.  Up: what has no descriptor first, ports
 * last but for the clients, so that nothing arrives before there is somebody to take it.  Down in
 * good order: PPP says Terminate-Request and waits a moment, then calls get CDN and tunnels
 * StopCCN, and when those are acknowledged or five seconds are over the loop quits.
 */
#include "gw/gw.h"

#include "gw/operator/capture.h"

#include "gw/bind.h"
#include "gw/client.h"
#include "gw/keep.h"
#include "gw/port.h"
#include "gw/device.h"
#include <osmocom/core/select.h>
#include <stdio.h>
#include <stdlib.h>

#define SECOND	  1000000u
#define STOP_PPP  SECOND	/* for Terminate-Ack */
#define STOP_ALL  (5 * SECOND)	/* for everything */
#define STOP_LOOK (SECOND / 20) /* how often to look whether all have gone */
/* The full retransmission interval with default values: 1 + 2 + 4 + 8 + 8 s, and some. */
#define CHANNEL_LINGER (31 * SECOND)

struct gw_service *gw_service_of(struct gw *gw, const struct cfg_service *cfg)
{
	unsigned i;

	for (i = 0; i < gw->cfg->services; i++)
		if (gw->service[i].cfg == cfg)
			return &gw->service[i];
	return NULL;
}

/* --- up --------------------------------------------------------------------------------------- */

static struct addrpool *gw_pool_of(struct gw *gw, const struct cfg_pool *cfg)
{
	return cfg ? gw->pool[cfg - gw->cfg->pool] : gw->no_pool;
}

static bool gw_start_pools(struct gw *gw)
{
	const struct cfg_model *m = gw->cfg;
	unsigned i, k;

	gw->pool = calloc(m->pools ? m->pools : 1, sizeof(struct addrpool *));
	gw->no_pool = addrpool_new("-", NULL, 0);
	if (!gw->pool || !gw->no_pool)
		return false;
	for (i = 0; i < m->pools; i++) {
		gw->pool[i] = addrpool_new(m->pool[i].name, m->pool[i].range, m->pool[i].ranges);
		if (!gw->pool[i])
			return false;
		for (k = 0; k < m->users; k++)
			addrpool_hold4(gw->pool[i], m->user[k].address4);
		for (k = 0; k < m->services; k++)
			addrpool_hold4(gw->pool[i], m->service[k].local4);
	}
	return true;
}

static bool gw_start_services(struct gw *gw)
{
	char err[200] = "";
	unsigned i;

	gw->service = calloc(gw->cfg->services ? gw->cfg->services : 1, sizeof(*gw->service));
	if (!gw->service)
		return false;
	for (i = 0; i < gw->cfg->services; i++) {
		struct gw_service *s = &gw->service[i];

		s->gw = gw;
		s->cfg = &gw->cfg->service[i];
		s->pool = gw_pool_of(gw, s->cfg->pool);
		gw_random(&s->iid, sizeof(s->iid));
		/* Not from a hardware address, and never 0. */
		s->iid = (s->iid & ~(UINT64_C(1) << 57)) | 1;
		if (device_open_service(s, err, sizeof(err)) < 0) {
			GW_LOG(MAIN, LOGL_ERROR, "service %s: %s\n", s->cfg->name, err);
			return false;
		}
	}
	return true;
}

static int gw_dp_readable(struct osmo_fd *ofd, unsigned what)
{
	(void)what;
	dp_poll(((struct gw *)ofd->data)->dp);
	return 0;
}

static bool gw_start_data_plane(struct gw *gw)
{
	gw->dp = dp_new(gw->cfg->workers, &bind_dp_ops, gw);
	if (!gw->dp)
		return false;
	osmo_fd_setup(&gw->dp_fd, dp_fd(gw->dp), OSMO_FD_READ, gw_dp_readable, gw, 0);
	return osmo_fd_register(&gw->dp_fd) == 0;
}

static uint64_t gw_engine_deadline(void *ctx)
{
	return l2tp_engine_deadline(ctx);
}

static void gw_engine_expire(void *ctx, uint64_t now)
{
	l2tp_engine_expire(ctx, now);
}

static bool gw_start_engine(struct gw *gw)
{
	struct l2tp_limits limits = {.max_tunnels = gw->cfg->max_tunnels,
				     .half_open_per_source = gw->cfg->half_open_per_source};

	gw->engine = l2tp_engine_new(&bind_engine_ops, gw, &limits);
	if (!gw->engine)
		return false;
	loop_set_machine(gw->loop, gw_engine_deadline, gw_engine_expire, gw->engine);
	return true;
}

static void gw_each_second(void *ctx, uint64_t now)
{
	struct gw *gw = ctx;

	if (gw->phase == GW_RUNNING)
		devices_check(gw, now);
	loop_set(gw->loop, &gw->second, now + SECOND);
}

static bool gw_start_rest(struct gw *gw)
{
	gw->aaa = aaa_new(gw->loop, gw->cfg->user, gw->cfg->users);
	gw->keep = keep_new(gw->loop, gw->dp, CHANNEL_LINGER);
	return gw->aaa && gw->keep;
}

static bool gw_start(struct gw *gw)
{
	gw->loop = loop_new(dp_now);
	if (!gw->loop || loop_attach(gw->loop) < 0)
		return false;
	join_list_init(&gw->joins, gw->loop);
	gw->started = loop_now(gw->loop);
	if (!gw_start_pools(gw) || !gw_start_data_plane(gw) || !gw_start_engine(gw) ||
	    !gw_start_rest(gw) || !gw_start_services(gw) || !ports_open(gw) ||
	    !clients_start(gw, gw->started))
		return false;
	loop_timer_init(&gw->second, gw_each_second, gw);
	loop_set(gw->loop, &gw->second, gw->started + SECOND);
	return true;
}

struct gw *gw_new(const struct cfg_model *cfg)
{
	struct gw *gw = calloc(1, sizeof(*gw));
	unsigned i;

	if (!gw)
		return NULL;
	gw->cfg = cfg;
	gw->dp_fd.fd = -1;
	INIT_LLIST_HEAD(&gw->joins.head);
	for (i = 0; i < cfg->logs; i++)
		gw_log_set(cfg->log[i].category, cfg->log[i].level);
	if (gw_start(gw))
		return gw;
	GW_LOG(MAIN, LOGL_ERROR, "cannot start\n");
	gw_free(gw);
	return NULL;
}

static void gw_free_services(struct gw *gw)
{
	unsigned i;

	for (i = 0; gw->service && i < gw->cfg->services; i++)
		if (gw->service[i].tun)
			dp_tun_close(gw->dp, gw->service[i].tun);
	free(gw->service);
}

void gw_free(struct gw *gw)
{
	unsigned i;

	if (!gw)
		return;
	/* Calls leave the data plane while the engine still knows them; devices after the calls. */
	join_list_free(&gw->joins);
	clients_free(gw);
	gw_free_services(gw);
	if (gw->dp)
		capture_free_all(gw);
	ports_free(gw);
	keep_free(gw->keep);
	aaa_free(gw->aaa);
	if (gw->engine)
		l2tp_engine_free(gw->engine);
	if (gw->dp_fd.fd >= 0)
		osmo_fd_unregister(&gw->dp_fd);
	if (gw->dp)
		dp_free(gw->dp);
	for (i = 0; gw->pool && i < gw->cfg->pools; i++)
		addrpool_free(gw->pool[i]);
	free(gw->pool);
	addrpool_free(gw->no_pool);
	loop_free(gw->loop);
	free(gw);
}

/* --- down ------------------------------------------------------------------------------------- */

/* Tunnels whose StopCCN is not acknowledged yet.  Those that only linger wait for nobody, and a
 * peer that has never answered owes us nothing. */
static bool gw_tunnels_left(const struct gw *gw)
{
	struct l2tp_tunnel *t = NULL;
	struct l2tp_tunnel_info i;

	while ((t = l2tp_tunnel_next(gw->engine, t))) {
		l2tp_tunnel_info(t, &i);
		if (i.state != L2TP_T_LINGER && i.peer_id)
			return true;
	}
	return false;
}

static void gw_hang_up_all(struct gw *gw, uint64_t now)
{
	struct l2tp_result r = {.result = L2TP_STOP_SHUTTING_DOWN, .text = "shutting down"};
	struct leg_end why = leg_end(LEG_BY_SHUTDOWN, "shutting down");
	struct join *j;

	gw->phase = GW_STOPPING;
	llist_for_each_entry(j, &gw->joins.head, entry) join_cut(j, &why, now);
	l2tp_engine_stop(gw->engine, &r, now);
}

static bool gw_joins_left(const struct gw *gw)
{
	struct join *j;

	llist_for_each_entry(j, &gw->joins.head,
			     entry) if (j->leg[1]->state != LEG_GONE) return true;
	return false;
}

static void gw_quit(struct gw *gw)
{
	gw->phase = GW_DONE;
	loop_quit(gw->loop);
}

static void gw_stop_step(void *ctx, uint64_t now)
{
	struct gw *gw = ctx;

	if (gw->phase == GW_CLOSING && (!gw_joins_left(gw) || now >= gw->stop_ppp_by))
		gw_hang_up_all(gw, now);
	if (gw->phase == GW_STOPPING && (!gw_tunnels_left(gw) || now >= gw->stop_by))
		gw_quit(gw);
	else
		loop_set(gw->loop, &gw->stop, now + STOP_LOOK);
}

void gw_shutdown(struct gw *gw, uint64_t now)
{
	struct leg_end why = leg_end(LEG_BY_SHUTDOWN, "shutting down");
	struct join *j;

	if (gw->phase != GW_RUNNING) {
		GW_LOG(MAIN, LOGL_NOTICE, "asked again: ending at once\n");
		gw_quit(gw);
		return;
	}
	gw->phase = GW_CLOSING;
	gw->stop_ppp_by = now + STOP_PPP;
	gw->stop_by = now + STOP_ALL;
	llist_for_each_entry(j, &gw->joins.head, entry) join_end(j, &why, now);
	loop_timer_init(&gw->stop, gw_stop_step, gw);
	loop_set(gw->loop, &gw->stop, now);
}

/* --- checks ----------------------------------------------------------------------------------- */

unsigned gw_check(const struct cfg_model *cfg, cfg_report report, void *ctx)
{
	char text[300], known[160] = "all";
	unsigned i, n, bad = 0;

	for (i = 0, n = 3; gw_log_name(i); i++)
		n += (unsigned)snprintf(known + n, sizeof(known) - n, ", %s", gw_log_name(i));
	for (i = 0; i < cfg->logs; i++) {
		if (gw_log_set(cfg->log[i].category, cfg->log[i].level))
			continue;
		snprintf(text, sizeof(text), "%s:%u: log: nothing is called `%s`; there are: %s",
			 cfg->file, cfg->log[i].where.line, cfg->log[i].category, known);
		report(ctx, text);
		bad++;
	}
	return bad;
}
