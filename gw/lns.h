/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LNSs that RADIUS servers name (RFC 2868) and that no section of the configuration stands for.
 * Each is a peer made of a section, with the address, names and password of the answer in place of
 * the section's.  The same answer leads to the same peer, and so to its tunnels; another
 * Tunnel-Assignment-ID is another one.  A peer goes when no call and no tunnel needs it any more.
 * With what it is made of, its password too, it is in the records that outlive the process.
 */
#ifndef GW_LNS_H
#define GW_LNS_H

#include "gw/aaa/aaa.h"
#include "gw/gw.h"

/* Of all sections; of one section no more than it may have tunnels. */
#define LNS_MOST 1024u

/* NULL without memory. */
struct lns_list *lns_list_new(struct gw *gw);
/* After the engine.  NULL is fine. */
void lns_list_free(struct lns_list *all);

/* The peer for a tunnel that can be used: a section that dials it, or one that is made of this
 * section or of the template, NULL = of none.  NULL with *words saying why there is none. */
const struct cfg_peer *lns_for(struct gw *gw, const struct cfg_peer *like,
			       const struct radius_tunnel *t, const char **words);
/* The peer section, or the peer that is made of one, of this name; NULL = there is none. */
const struct cfg_peer *lns_named(const struct gw *gw, const char *name);
/* It stays at least until lns_unuse(), for each.  Harmless with NULL and with a section. */
void lns_use(const struct gw *gw, const struct cfg_peer *peer);
void lns_unuse(const struct gw *gw, const struct cfg_peer *peer);
/* The section that it is made of; itself, when it is one. */
const struct cfg_peer *lns_section(const struct gw *gw, const struct cfg_peer *peer);
/* Tunnel-Assignment-ID; "" = none. */
const char *lns_assignment(const struct gw *gw, const struct cfg_peer *peer);
/* What route_way.c keeps about it; NULL when it is a section. */
struct route_denied *lns_denied(const struct gw *gw, const struct cfg_peer *peer);

void lns_each(struct gw *gw, void (*each)(void *ctx, const struct cfg_peer *peer), void *ctx);

/* One of a record (gw/resume.h); false = its section is gone, or it is malformed.  Before the
 * tunnels. */
bool lns_restore(struct gw *gw, uint64_t key, const uint8_t *rec, size_t len);

#endif
