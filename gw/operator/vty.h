/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The VTY: libosmovty with our commands.  They show and act, and change no configuration. */
#ifndef GW_OPERATOR_VTY_H
#define GW_OPERATOR_VTY_H

#include "gw/operator/operator.h"
#include "gw/operator/table.h"
#include <osmocom/vty/command.h>
#include <osmocom/vty/vty.h>

struct leg;

/* DEFUN names parameters that a command need not use.  gcc lets macros of system headers do so. */
#ifdef __clang__
#pragma clang diagnostic ignored "-Wunused-parameter"
#endif

/* Install the `show` commands of each file. */
void vty_ports_init(void);    /* show_ports.c */
void vty_peers_init(void);    /* show_peers.c */
void vty_calls_init(void);    /* show_calls.c */
void vty_services_init(void); /* show_services.c */
void vty_counters_init(void); /* show_counters.c */
void vty_summary_init(void);  /* show_summary.c */
void vty_joins_init(void);    /* show_joins.c */
void vty_routes_init(void);   /* show_routes.c */
void vty_radius_init(void);   /* show_radius.c */
void vty_coa_init(void);      /* show_coa.c */
/* Each filter of a call or line that is in force, and what it is of; nothing for our PPP. */
/* What a client has: addresses, and what RADIUS has granted; nothing of other legs (show_grant.c).
 */
void vty_grant_lines(struct vty *vty, const struct leg *l, uint64_t now);
void vty_filter_lines(struct vty *vty, const struct leg *l);
void vty_filters_init(void);  /* show_filters.c */
void vty_datapath_init(void); /* show_datapath.c */
/* The rates of a call or line, when it has any (show_rates.c). */
void vty_rate_lines(struct vty *vty, const struct leg *l);
void vty_rates_init(void);     /* show_rates.c */
void vty_history_init(void);   /* show_history.c */
void vty_bundles_init(void);   /* show_bundles.c */
void vty_processes_init(void); /* show_process.c */
void vty_upgrade_init(void);   /* show_upgrade.c */
void vty_reload_init(void);    /* show_reload.c */
void vty_drain_init(void);     /* show_drain.c */
void vty_trials_init(void);    /* show_trials.c */
void vty_impair_init(void);    /* show_impair.c */
void vty_debug_init(void);     /* debug.c */
/* After an upgrade or a reload was asked for: words of why there is none are told. */
int vty_replaced(struct vty *vty, const char *what, const char *words);

extern const struct table table_ports, table_captures, table_plugins;
extern const struct table table_peers, table_tunnels, table_clients, table_outgoing;
extern const struct table table_calls, table_counters, table_lines, table_joins;
extern const struct table table_services, table_pools, table_log, table_routes;
extern const struct table table_filters, table_failures, table_bundles, table_processes,
	table_radius, table_upgrade, table_reload, table_drain, table_trials, table_accounting,
	table_datapath, table_impair;
extern const struct table table_users, table_summary, table_radius_changes, table_radius_refusals;
/* All of them, as `show NAME` prints them; those whose command prints them in another form or has
 * another name.  NULL ends. */
extern const struct table *const operator_tables[], *const operator_more_tables[];

/* The gateway that a VTY shows. */
struct leg;
struct gw *vty_gw(const struct vty *vty);
/* The leg of a call by our ids as they were typed; NULL after saying that there is none. */
struct leg *vty_call_leg(struct vty *vty, const char *tid, const char *sid);
/* Print a table on a VTY; CMD_SUCCESS. */
int vty_table(struct vty *vty, const struct table *t);

#endif
