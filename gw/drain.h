/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What takes no new call: the whole gateway, a port, a peer or a tunnel.  Calls that are there go
 * on until they end by themselves.  It is an operator's wish, kept with what outlives the process,
 * and looked at wherever a call begins.  Control thread only.
 */
#ifndef GW_DRAIN_H
#define GW_DRAIN_H

#include "gw/gw.h"

enum drain_kind {
	DRAIN_GATEWAY,
	DRAIN_PORT,
	DRAIN_PEER,
	DRAIN_TUNNEL,
	DRAIN_SHUTDOWN, /* drain_shutdown() */
	DRAIN_KINDS
};
extern const char *const drain_kind_names[DRAIN_KINDS]; /* "gateway", "port" ... */

#define DRAIN_NAME 128u /* octets of a name with its NUL; a tunnel's is its id */
#define DRAIN_MOST 512u /* at a time; no more than a record has room for */

/* NULL without memory. */
struct drain *drain_new(void);
void drain_free(struct drain *d);
/* NULL, or words: there is nothing of this name, or too many drain.  For the gateway name is "". */
const char *drain_begin(struct gw *gw, enum drain_kind kind, const char *name);
/* It takes calls again.  NULL, or words: it does not drain. */
const char *drain_end(struct gw *gw, enum drain_kind kind, const char *name);

/* Its number may be given to another tunnel from now on. */
void drain_tunnel_down(struct gw *gw, uint16_t id);

/* Was this tunnel, and not what it belongs to, told to drain? */
bool drain_has_tunnel(const struct gw *gw, uint16_t id);

/* The gateway takes no new call, and ends in good order after `within` us, or when no call is left;
 * another time takes the place of the one before. */
void drain_shutdown(struct gw *gw, uint64_t within);
/* Has its time come?  Once a second. */
bool drain_is_over(struct gw *gw, uint64_t now);

/* NULL: a call may begin there; else words why not.  peer NULL: there is none; tunnel 0: none yet.
 */
const char *drain_why(const struct gw *gw, const struct cfg_port *port, const struct cfg_peer *peer,
		      uint16_t tunnel);
/* The same for a call that is offered in this tunnel. */
const char *drain_why_offered(struct gw *gw, const struct l2tp_tunnel_info *t);

/* Calls that are there, of a tunnel by its id; by a port lines are calls too. */
unsigned drain_left(struct gw *gw, enum drain_kind kind, const char *name);

/* Each that drains, in the order of the wishes, with the calls that are left there. */
struct drain_view {
	enum drain_kind kind;
	const char *name;
	uint64_t since; /* of a shutdown: when it is due */
	unsigned calls;
};
void drain_each(struct gw *gw, void (*each)(void *ctx, const struct drain_view *v), void *ctx);

/* A record of all (gw/resume.h), at most DRAIN_RECORD octets, and back; what is configured no more
 * is left out.  False: it is none. */
#define DRAIN_RECORD 4096u
size_t drain_save(const struct gw *gw, uint8_t rec[DRAIN_RECORD]);
bool drain_restore(struct gw *gw, const uint8_t *rec, size_t len);

#endif
