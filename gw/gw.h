/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control side of the gateway in one struct: what main.c makes in order and everybody else
 * uses. All of it belongs to the control thread.
 */
#ifndef GW_GW_H
#define GW_GW_H

#include "cfg/cfg.h"
#include "gw/aaa/aaa.h"
#include "gw/aaa/addrpool.h"
#include "gw/dp/dp.h"
#include "gw/legs/join.h"
#include "gw/log.h"
#include "gw/loop.h"
#include <osmocom/core/select.h>

struct gw_client;
struct gw_port;
struct capture;
struct keep;
struct plugins;

/* A service at work: its TUN and addresses. */
struct gw_service {
	struct gw *gw;
	const struct cfg_service *cfg;
	struct addrpool *pool; /* shared by the services of one pool section */
	struct dp_tun *tun;
	uint64_t iid; /* our interface identifier on every link of it */
	unsigned clients;
};

enum gw_phase {
	GW_RUNNING,
	GW_CLOSING,  /* PPP links are being ended in good order */
	GW_STOPPING, /* CDN and StopCCN are out, acknowledgements awaited */
	GW_DONE,
};

struct gw {
	const struct cfg_model *cfg;
	struct loop *loop;
	struct dp *dp;
	struct l2tp_engine *engine;
	struct aaa *aaa;
	struct keep *keep;
	struct capture *capture;       /* those that run */
	const struct plugins *plugins; /* for `show plugins`; may be NULL */
	struct join_list joins;
	struct gw_port *port;	    /* cfg->ports of them */
	struct addrpool **pool;	    /* cfg->pools of them */
	struct addrpool *no_pool;   /* for services without */
	struct gw_service *service; /* cfg->services of them */
	struct gw_client *client;   /* cfg->clients of them */
	enum gw_phase phase;
	uint64_t started;		 /* us */
	uint64_t ppp_count[PPP_R_COUNT]; /* of links that have gone */
	struct loop_timer second;	 /* once a second: data heard */
	struct loop_timer stop;		 /* next step of an orderly end */
	uint64_t stop_ppp_by, stop_by;
	struct osmo_fd dp_fd;
};

/*
 * Everything of a configuration, in order: pools, data plane, engine, devices, ports, clients. NULL
 * with the reasons logged when anything cannot be had.  cfg must outlive it.
 */
struct gw *gw_new(const struct cfg_model *cfg);
/* At once, without a word to anybody. */
void gw_free(struct gw *gw);
/* Orderly end: PPP is terminated, then CDN and StopCCN; the loop quits when all is acknowledged or
 * time is over.  Asked again: at once. */
void gw_shutdown(struct gw *gw, uint64_t now);
/* What only the daemon can check of a model: reports like cfg_load(), returns the mistakes. */
unsigned gw_check(const struct cfg_model *cfg, cfg_report report, void *ctx);

/* Octets nobody can guess. */
void gw_random(void *buf, size_t len);
struct gw_service *gw_service_of(struct gw *gw, const struct cfg_service *cfg);

#endif
