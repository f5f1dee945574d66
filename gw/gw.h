/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control side of the gateway in one struct, which start.c fills in order and every file of the
 * control side uses.  All of it belongs to the control thread.
 */
#ifndef GW_GW_H
#define GW_GW_H

#include "cfg/cfg.h"
#include "core/engine.h"
#include "gw/dp/dp.h"
#include "gw/log.h"
#include "gw/loop.h"
#include "gw/memory.h"
#include "ppp/ppp.h"
#include <osmocom/core/linuxlist.h>
#include <osmocom/core/select.h>

struct aaa;
struct acct;
struct addrpool;
struct capture;
struct coa_listen;
struct filters;
struct gw_client;
struct gw_outgoing;
struct gw_port;
struct history;
struct join_list;
struct keeper_link;
struct drain;
struct trials;
struct impairs;
struct keep;
struct lines;
struct logins;
struct lns_list;
struct networks;
struct device_wants;
struct plugins;
struct resume;
struct routes;
struct switches;

/* Filters at work: numbers of dp_filter_add() and what they were made of; 0 and NULL = none. */
struct gw_filters {
	const char *of; /* the section they are of, "user ann"; NULL = of one leg */
	uint32_t no[DP_FILTERS];
	const char *text[DP_FILTERS];
};

/* A service at work: its TUN and addresses. */
struct gw_service {
	struct gw *gw;
	const struct cfg_service *cfg;
	struct addrpool *pool; /* shared by the services of one pool section */
	uint32_t tun;
	uint64_t iid; /* our interface identifier on every link of it */
	unsigned clients;
	struct leg_server_wanted *wanted; /* by the one who came last; NULL = he has gone */
};

/* A channel in words, of those that calls were last made on. */
#define GW_CIRCUITS	16u
#define GW_CIRCUIT_TEXT 100u /* octets with its NUL */
struct leg_circuit_name;
struct gw_circuit {
	l2tp_channel channel; /* 0 = none */
	struct ist_addr peer;
	uint64_t source; /* peer_channel_source() */
	struct leg_circuit_name *name;
};

enum gw_phase {
	GW_RUNNING,
	GW_CLOSING,  /* PPP links are being ended in good order */
	GW_STOPPING, /* CDN and StopCCN are out, acknowledgements awaited */
	GW_TELLING,  /* accounting has made its last records */
	GW_DONE,
};

struct gw {
	const struct cfg_model *cfg;
	struct loop *loop;
	struct dp *dp;
	struct l2tp_engine *engine;
	struct l2tp_ops engine_ops; /* bind_engine_ops, but `keep` only with a store */
	struct aaa *aaa;
	struct acct *acct;
	struct coa_listen *coa; /* requests for changes of log-ins */
	struct keep *keep;
	struct gw_circuit circuit[GW_CIRCUITS]; /* by channel (leg_entry.c) */
	struct drain *drain;			/* what takes no new call */
	struct trials *trials;			/* what operators have tried */
	struct impairs *impairs;		/* lines that are bad on purpose */
	struct resume *resume;			/* what goes on in the next life */
	struct lines *lines;
	struct ipsec *ipsec;	       /* security associations of peers */
	struct lns_list *lns;	       /* peers that RADIUS has named (lns.c) */
	struct routes *routes;	       /* what they remember (route_way.c) */
	struct switches *switches;     /* calls from tunnel to tunnel (switch.c) */
	struct llist_head dialouts;    /* calls placed for an LNS (dialout.c) */
	struct llist_head bundles;     /* of multilink (legs/leg_bundle.c) */
	struct capture *capture;       /* list of running captures */
	const struct plugins *plugins; /* for `show plugins`; may be NULL */
	struct join_list *joins;
	struct history *history;      /* the last failures */
	struct keeper_link *keeper;   /* NULL: this is the only process */
	int reload_calls;	      /* as vty_reload_calls() has left it; -1 = none */
	struct gw_port *port;	      /* one per cfg->port */
	struct addrpool **pool;	      /* one per cfg->pool */
	struct addrpool *no_pool;     /* of services without a pool section */
	struct gw_service *service;   /* one per cfg->service */
	struct gw_client *client;     /* one per cfg->client */
	struct gw_outgoing *outgoing; /* one per cfg->outgoing */
	struct filters *filters;      /* of all sections */
	struct logins *logins;	      /* by name (legs/leg_login.c) */
	struct device_wants *wants;   /* routes that lead elsewhere; NULL = none (device.c) */
	struct networks *networks;    /* behind clients, as RADIUS says (network.c) */
	uint8_t id[8];		      /* random: names this gateway to other switches of a call */
	enum gw_phase phase;
	bool asked_to_end;		 /* keeper has been asked to end the gateway */
	uint64_t started;		 /* us */
	uint64_t ppp_count[PPP_R_COUNT]; /* of PPP links that have ended */
	const char *lost_why;	    /* while the engine is told that a channel is lost; or NULL */
	const struct l2tp_msg *cdn; /* while it ends a call: its attributes go on; or NULL */
	/* The ICCN of the call that this leg is of, while the other leg is started; or NULL. */
	const struct l2tp_msg *iccn;
	const struct leg *iccn_of;
	struct memory memory;
	struct loop_timer second; /* once a second: are the devices there? */
	struct loop_timer stop;	  /* next step of an orderly end */
	uint64_t stop_ppp_by, stop_by;
	struct osmo_fd dp_fd;
};

#endif
