/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order in which the gateway comes up and goes down.  Up: what has no descriptor first, ports
 * last but for the clients, so that nothing arrives before it can be handled.  Down in
 * good order: PPP says Terminate-Request and waits a moment, then calls get CDN and tunnels
 * StopCCN, and when those are acknowledged or five seconds are over the loop quits.
 */
#include "gw/start.h"

#include "gw/accelerate.h"
#include "gw/aaa/aaa.h"
#include "gw/accounts.h"
#include "gw/bind.h"
#include "gw/client.h"
#include "gw/device.h"
#include "gw/dialout.h"
#include "gw/drain.h"
#include "gw/dynauth.h"
#include "gw/filter.h"
#include "gw/history.h"
#include "gw/impairs.h"
#include "gw/ipsec.h"
#include "gw/keep.h"
#include "gw/legs/legs.h"
#include "gw/line.h"
#include "gw/lns.h"
#include "gw/network.h"
#include "gw/operator/operator.h"
#include "gw/outgoing.h"
#include "gw/permit.h"
#include "gw/port.h"
#include "gw/random.h"
#include "gw/reserve.h"
#include "gw/resume.h"
#include "gw/route_way.h"
#include "gw/service.h"
#include "gw/switch.h"
#include "gw/trial.h"
#include "transports/kit/opening.h"
#include <osmocom/core/select.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SECOND	  1000000u
#define STOP_PPP  SECOND	/* for Terminate-Ack */
#define STOP_ALL  (5 * SECOND)	/* for everything */
#define STOP_TELL SECOND	/* for servers that acknowledge the last records */
#define STOP_LOOK (SECOND / 20) /* how often to look whether all have gone */
/* The full retransmission interval with default values: 1 + 2 + 4 + 8 + 8 s, and some. */
#define CHANNEL_LINGER (31 * SECOND)

/* --- up --------------------------------------------------------------------------------------- */

static int start_dp_readable(struct osmo_fd *ofd, unsigned what)
{
	struct gw *gw = ofd->data;

	(void)what;
	l2tp_engine_hold(gw->engine);
	dp_poll(gw->dp);
	l2tp_engine_release(gw->engine, loop_now(gw->loop));
	return 0;
}

/* What came in this turn has been handled: records of it first, then all that tells of it. */
static void start_turn_end(void *ctx)
{
	struct gw *gw = ctx;

	resume_write(gw->resume);
	dp_push(gw->dp);
	acct_turn_end(gw->acct, loop_now(gw->loop));
	coa_listen_turn_end(gw->coa);
}

static bool start_data_plane(struct gw *gw, const struct gw_door *door)
{
	gw->dp = door ? dp_attach(door->fd, door->fds, door->life, &bind_dp_ops, gw)
		      : dp_new(gw->cfg->workers, &bind_dp_ops, gw);
	if (!gw->dp)
		return false;
	osmo_fd_setup(&gw->dp_fd, dp_fd(gw->dp), OSMO_FD_READ, start_dp_readable, gw, 0);
	return osmo_fd_register(&gw->dp_fd) == 0;
}

static uint64_t start_engine_deadline(void *ctx)
{
	return l2tp_engine_deadline(ctx);
}

static void start_engine_expire(void *ctx, uint64_t now)
{
	l2tp_engine_expire(ctx, now);
}

static bool start_engine(struct gw *gw, const struct store *store)
{
	struct l2tp_limits limits = {.max_tunnels = gw->cfg->max_tunnels,
				     .max_half_open = gw->cfg->half_open,
				     .half_open_per_source = gw->cfg->half_open_per_source,
				     .max_calls = gw->cfg->max_calls};

	gw->engine_ops = bind_engine_ops;
	if (!store)
		gw->engine_ops.keep = NULL;
	gw->engine = l2tp_engine_new(&gw->engine_ops, gw, &limits);
	if (!gw->engine)
		return false;
	loop_set_machine(gw->loop, start_engine_deadline, start_engine_expire, gw->engine);
	return true;
}

static void start_give_memory_back(struct gw *gw, uint64_t now)
{
	struct l2tp_counters n;

	l2tp_engine_counters(gw->engine, &n);
	if (memory_check(&gw->memory, n.tunnels + n.half_open + n.calls + gw->joins->n,
			 n.gone + gw->joins->gone, now))
		GW_LOG(LOG_NOBODY, MAIN, LOGL_INFO,
		       "memory of calls that have gone is given back\n");
}

static void start_each_second(void *ctx, uint64_t now)
{
	struct gw *gw = ctx;

	gw_log_say_left_out(now);
	reserve_refill();
	accelerate_look(gw->cfg, gw->dp);
	start_give_memory_back(gw, now);
	if (gw->phase == GW_RUNNING)
		services_check(gw, now);
	if (gw->phase == GW_RUNNING && !gw->asked_to_end && drain_is_over(gw, now))
		gw_end(gw, now);
	loop_set(gw->loop, &gw->second, now + SECOND);
}

/* A peer may be dialled again on the channel of its last tunnel. */
static bool start_channel_used(void *ctx, l2tp_channel c)
{
	const struct gw *gw = ctx;
	struct l2tp_tunnel *t = NULL;
	struct l2tp_tunnel_info i;

	while ((t = l2tp_tunnel_next(gw->engine, t))) {
		l2tp_tunnel_info(t, &i);
		if (i.channel == c && i.state < L2TP_T_STOPPING)
			return true;
	}
	return false;
}

static bool start_rest(struct gw *gw)
{
	gw->aaa = aaa_new(gw->loop, gw->cfg->user, gw->cfg->users, &gw->cfg->login);
	gw->keep = keep_new(gw->loop, gw->dp, CHANNEL_LINGER, start_channel_used, gw);
	return gw->aaa && aaa_use_radius(gw->aaa, gw->cfg->radius, gw->cfg->radiuses) && gw->keep &&
	       accounts_open(gw);
}

static bool start_all(struct gw *gw, struct store *store, const struct gw_door *door)
{
	gw->loop = loop_new(dp_now);
	if (!gw->loop || loop_attach(gw->loop) < 0)
		return false;
	gw->lines = lines_new(gw);
	gw->joins = join_list_new(gw->loop);
	gw->history = history_new();
	gw->routes = routes_new(gw->cfg);
	gw->lns = lns_list_new(gw);
	gw->switches = switches_new();
	gw->drain = drain_new();
	gw->trials = trials_new();
	gw->impairs = impairs_new(gw);
	gw->networks = networks_new();
	gw->logins = logins_new();
	gw->ipsec = ipsec_new(gw);
	gw->resume = resume_new(gw, store);
	if (!gw->resume || !gw->joins || !gw->lines || !gw->routes || !gw->lns || !gw->switches ||
	    !gw->drain || !gw->trials || !gw->impairs || !gw->history || !gw->networks ||
	    !gw->logins || !gw->ipsec)
		return false;
	gw->joins->over = history_join;
	gw->joins->over_ctx = gw->history;
	gw->joins->changed = resume_join_changed;
	gw->joins->changed_ctx = gw->resume;
	gw->started = loop_now(gw->loop);
	if (!services_open_pools(gw) || !start_data_plane(gw, door) || !start_engine(gw, store) ||
	    !start_rest(gw) || !filters_open(gw) || !services_open(gw) ||
	    !ports_open(gw, clients_channel_up) || !outgoings_start(gw) ||
	    !clients_start(gw, gw->started))
		return false;
	resume_all(gw->resume, gw->started);
	networks_sweep(gw);
	if (!dynauth_open(gw))
		return false;
	dp_attached(gw->dp);
	impairs_find(gw);
	accelerate_tell(gw->cfg, gw->dp);
	loop_set_turn_end(gw->loop, start_turn_end, gw);
	loop_timer_init(&gw->second, start_each_second, gw);
	loop_set(gw->loop, &gw->second, gw->started + SECOND);
	return true;
}

static void start_descriptors(const struct cfg_model *cfg)
{
	struct reserve_limits n;

	reserve_start();
	reserve_limits(&n);
	GW_LOG(LOG_NOBODY, MAIN, n.soft < reserve_need(cfg) ? LOGL_ERROR : LOGL_NOTICE,
	       "descriptors: %llu allowed, the configuration may need %llu\n",
	       (unsigned long long)n.soft, (unsigned long long)reserve_need(cfg));
}

static void start_memory(const struct cfg_model *cfg)
{
	struct memory_need n = memory_need(cfg);
	uint64_t allowed = memory_allowed();
	char text[MEMORY_TEXT_MAX];

	memory_need_text(text, sizeof(text), &n);
	if (allowed < n.octets)
		GW_LOG(LOG_NOBODY, MAIN, LOGL_ERROR, "the configuration %s; %llu MB are allowed\n",
		       text, (unsigned long long)(allowed >> 20));
	else
		GW_LOG(LOG_NOBODY, MAIN, LOGL_INFO, "the configuration %s\n", text);
}

struct gw *gw_new(const struct cfg_model *cfg)
{
	return gw_new_kept(cfg, NULL);
}

struct gw *gw_new_kept(const struct cfg_model *cfg, struct store *store)
{
	return gw_new_apart(cfg, store, NULL);
}

struct gw *gw_new_apart(const struct cfg_model *cfg, struct store *store,
			const struct gw_door *door)
{
	struct gw *gw = calloc(1, sizeof(*gw));
	unsigned i;

	if (!gw)
		return NULL;
	gw->cfg = cfg;
	gw->dp_fd.fd = -1;
	gw->reload_calls = -1;
	gw_random(gw->id, sizeof(gw->id));
	INIT_LLIST_HEAD(&gw->dialouts);
	INIT_LLIST_HEAD(&gw->bundles);
	for (i = 0; i < cfg->logs; i++)
		gw_log_set(cfg->log[i].category, cfg->log[i].level);
	start_descriptors(cfg);
	start_memory(cfg);
	if (start_all(gw, store, door))
		return gw;
	GW_LOG(LOG_NOBODY, MAIN, LOGL_ERROR, "cannot start\n");
	gw_free(gw);
	return NULL;
}

void gw_free(struct gw *gw)
{
	if (!gw)
		return;
	acct_stop(gw->acct);
	coa_listen_free(gw->coa);
	resume_stop(gw->resume);
	/* Calls leave the data plane while the engine still knows them; devices after the calls. */
	join_list_free(gw->joins);
	leg_circuits_forget(gw);
	logins_free(gw->logins);
	lines_free(gw->lines);
	switches_free(gw->switches);
	dialouts_free(gw);
	routes_free(gw->routes);
	networks_free(gw->networks);
	ipsec_free(gw->ipsec);
	clients_free(gw);
	outgoings_free(gw);
	services_free(gw);
	filters_free(gw);
	device_free(gw);
	if (gw->dp)
		capture_free_all(gw);
	ports_free(gw);
	keep_free(gw->keep);
	trials_free(gw->trials);
	aaa_free(gw->aaa);
	history_free(gw->history);
	drain_free(gw->drain);
	impairs_free(gw->impairs);
	if (gw->engine)
		l2tp_engine_free(gw->engine);
	acct_free(gw->acct);
	lns_list_free(gw->lns);
	resume_free(gw->resume);
	if (gw->dp_fd.fd >= 0)
		osmo_fd_unregister(&gw->dp_fd);
	if (gw->dp)
		dp_free(gw->dp);
	services_free_pools(gw);
	loop_free(gw->loop);
	reserve_stop();
	free(gw);
}

/* --- down ------------------------------------------------------------------------------------- */

/* Tunnels whose StopCCN is not acknowledged yet.  Lingering tunnels have theirs, and a
 * peer that has never answered will not acknowledge. */
static bool start_tunnels_left(const struct gw *gw)
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

static void start_hang_up_all(struct gw *gw, uint64_t now)
{
	struct l2tp_result r = {.result = L2TP_STOP_SHUTTING_DOWN, .text = "shutting down"};
	struct leg_end why = leg_end(LEG_BY_SHUTDOWN, "shutting down");
	struct join *j;

	gw->phase = GW_STOPPING;
	llist_for_each_entry(j, &gw->joins->head, entry) join_cut(j, &why, now);
	l2tp_engine_stop(gw->engine, &r, now);
}

static bool start_joins_left(const struct gw *gw)
{
	struct join *j;

	llist_for_each_entry(j, &gw->joins->head,
			     entry) if (j->leg[1]->state != LEG_GONE) return true;
	return false;
}

/* Log-ins that are left end with us. */
static void start_tell(struct gw *gw, uint64_t now)
{
	if (gw->phase != GW_TELLING)
		acct_end(gw->acct, now);
	gw->phase = GW_TELLING;
	acct_turn_end(gw->acct, now);
}

static void start_quit(struct gw *gw, uint64_t now)
{
	start_tell(gw, now);
	acct_say_lost(gw->acct);
	gw->phase = GW_DONE;
	loop_quit(gw->loop);
}

static void start_stop_step(void *ctx, uint64_t now)
{
	struct gw *gw = ctx;

	if (gw->phase == GW_CLOSING && (!start_joins_left(gw) || now >= gw->stop_ppp_by))
		start_hang_up_all(gw, now);
	if (gw->phase == GW_STOPPING && (!start_tunnels_left(gw) || now >= gw->stop_by)) {
		gw->stop_by = now + STOP_TELL;
		start_tell(gw, now);
	}
	if (gw->phase == GW_TELLING && (!acct_is_busy(gw->acct) || now >= gw->stop_by))
		start_quit(gw, now);
	else
		loop_set(gw->loop, &gw->stop, now + STOP_LOOK);
}

void gw_hup(void)
{
	GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE,
	       "SIGHUP: there is no keeper that reads the configuration anew (workers = 0, or it "
	       "is "
	       "of an older version); nothing is changed\n");
}

/* Keeper ends all three; alone we end ourselves. */
void gw_end(struct gw *gw, uint64_t now)
{
	int rc = gw->keeper ? keeper_ask_end(gw->keeper) : 0;

	GW_LOG(LOG_NOBODY, MAIN, rc ? LOGL_ERROR : LOGL_NOTICE,
	       "the time of the shutdown has come%s%s\n",
	       rc ? ", and keeper does not end the gateway: " : "", rc ? strerror(-rc) : "");
	gw->asked_to_end = !rc;
	if (!gw->keeper)
		gw_shutdown(gw, now);
}

void gw_shutdown(struct gw *gw, uint64_t now)
{
	struct leg_end why = leg_end(LEG_BY_SHUTDOWN, "shutting down");
	struct join *j;

	if (gw->phase != GW_RUNNING) {
		GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE, "asked again: ending at once\n");
		start_quit(gw, now);
		return;
	}
	gw->phase = GW_CLOSING;
	gw->stop_ppp_by = now + STOP_PPP;
	gw->stop_by = now + STOP_ALL;
	llist_for_each_entry(j, &gw->joins->head, entry) join_end(j, &why, now);
	loop_timer_init(&gw->stop, start_stop_step, gw);
	loop_set(gw->loop, &gw->stop, now);
}

/* --- checks ----------------------------------------------------------------------------------- */

/* A warning: it is about this machine, and holds for who starts the gateway as we are started. */
static void gw_check_descriptors(const struct cfg_model *cfg, cfg_report report, void *ctx)
{
	struct reserve_limits n;
	char text[300];

	reserve_limits(&n);
	if (n.hard >= reserve_need(cfg))
		return;
	snprintf(
		text, sizeof(text),
		"%s: warning: it may need %llu file descriptors, and %llu are allowed (ulimit -Hn, "
		"LimitNOFILE=)",
		cfg->file, (unsigned long long)reserve_need(cfg), (unsigned long long)n.hard);
	report(ctx, text);
}

static void gw_check_memory(const struct cfg_model *cfg, cfg_report report, void *ctx)
{
	struct memory_need n = memory_need(cfg);
	uint64_t allowed = memory_allowed();
	char needs[MEMORY_TEXT_MAX], text[MEMORY_TEXT_MAX + 256];

	if (allowed >= n.octets)
		return;
	snprintf(
		text, sizeof(text),
		"%s: warning: it %s; %llu MB are allowed (ulimit -v, MemoryMax=): lower max-calls, "
		"max-tunnels or half-open, of a peer or in all",
		cfg->file, memory_need_text(needs, sizeof(needs), &n),
		(unsigned long long)(allowed >> 20));
	report(ctx, text);
}

/* Octets that a socket's receive buffer may have for us, who ask for `want`; the kernel keeps twice
 * that. */
static uint32_t gw_receive_allowed(uint32_t want)
{
	struct ist_open w = {.size = sizeof(w), .kind = IST_OPEN_UDP, .family = 4, .receive = want};
	int fd = opening_here(&w), got = 0;
	socklen_t len = sizeof(got);

	if (fd < 0)
		return want;
	if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &got, &len) < 0)
		got = INT_MAX;
	close(fd);
	return (uint32_t)got / 2;
}

static void gw_check_buffers(const struct cfg_model *cfg, cfg_report report, void *ctx)
{
	struct ist_open opens[PERMIT_OPENS];
	uint32_t want = 0, allowed;
	char text[300];

	for (unsigned i = 0; i < cfg->ports; i++)
		for (unsigned n = permit_opens(&cfg->port[i], opens); n--;)
			if (opens[n].receive > want)
				want = opens[n].receive;
	allowed = want ? gw_receive_allowed(want) : 0;
	if (allowed >= want)
		return;
	snprintf(text, sizeof(text),
		 "%s: warning: a socket's receive buffer (rcvbuf) is to hold %u octets, and %u are "
		 "allowed (sysctl net.core.rmem_max): packets that come during an upgrade may be "
		 "lost",
		 cfg->file, want, allowed);
	report(ctx, text);
}

unsigned gw_check(const struct cfg_model *cfg, cfg_report report, void *ctx)
{
	unsigned bad = routes_check(cfg, report, ctx);

	gw_check_descriptors(cfg, report, ctx);
	gw_check_memory(cfg, report, ctx);
	gw_check_buffers(cfg, report, ctx);
	accounts_check(cfg, report, ctx);
	return bad;
}
