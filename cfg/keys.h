/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every key has one const row in the table of its section; to add a key, add a row.
 * The keys of transports come as tables of data and are turned into the same rows.
 */
#ifndef CFG_KEYS_H
#define CFG_KEYS_H

#include "cfg/schema.h"

/* Defaults of the top level that depend on other keys. */
void cfg_end_top(struct cfg_load *l);
/* The tree of sections for these transports, made in the arena. */
const struct cfg_schema *cfg_schema_new(struct arena *a,
					const struct ist_transport *const *transports);

/* In the order of enum ppp_auth. */
#define CFG_AUTH_WORDS	      "none pap chap mschapv2"
#define CFG_AUTH_WORDS_SERVER CFG_AUTH_WORDS " eap"
/* The methods that a list of them names. */
void cfg_set_methods(struct cfg_load *l, const struct cfg_item *it, uint8_t auth[PPP_AUTHS],
		     uint8_t *n);
/* keys_ipv6.c: of a service, of a pool. */
void cfg_set_dns6(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text);
void cfg_set_domains(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text);
void cfg_set_delegate(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text);
/* 1500 less IPv6, UDP, L2TP and PPP, with room for one more tunnel */
#define CFG_MTU_DEFAULT 1400

/* Sections that are alike for every transport; keys_peer.c, keys_ppp.c, keys_route.c,
 * keys_outgoing.c, keys_metrics.c, radius.c. */
extern const struct cfg_schema cfg_schema_peer, cfg_schema_pool, cfg_schema_service,
	cfg_schema_user, cfg_schema_client, cfg_schema_route, cfg_schema_outgoing,
	cfg_schema_radius, cfg_schema_filter, cfg_schema_metrics;
extern const struct cfg_schema *const cfg_no_sections[]; /* an empty list */

/* An address of this host alone. */
bool cfg_keys_is_loopback(const char *host);

/* The first port where a stranger's SCCRQ can reach this peer; NULL = circuits are configured. */
const struct cfg_port *cfg_peer_open_port(const struct cfg_model *m, const struct cfg_peer *p);

#endif
