/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The servers of one `radius` section, reached by UDP from the loop: the pool of radius_pool.h with
 * sockets under it.  A socket is connected to its server, so that nobody else is heard, and opened
 * when it is first needed.  What cannot be sent counts as lost.
 */
#ifndef GW_AAA_RADIUS_CLIENT_H
#define GW_AAA_RADIUS_CLIENT_H

#include "cfg/cfg.h"
#include "gw/aaa/radius/radius_pool.h"
#include "gw/loop.h"

struct radius_client;

enum radius_use { RADIUS_FOR_ACCESS, RADIUS_FOR_ACCOUNTING };

/* cfg must outlive it.  For accounting: those of its servers that have a port for it.  NULL without
 * memory. */
struct radius_client *radius_client_new(struct loop *loop, const struct cfg_radius *cfg,
					enum radius_use use);
/* Before the loop. */
void radius_client_free(struct radius_client *c);
/* Call this, later, when a server that was dead has answered. */
void radius_client_on_alive(struct radius_client *c, void (*alive)(void *ctx), void *ctx);
const struct cfg_radius *radius_client_cfg(const struct radius_client *c);
/* Server i of those that it uses; NULL = there are no more. */
const struct cfg_radius_server *radius_client_server(const struct radius_client *c, unsigned i);
/* As radius_ask() and radius_cancel(). */
struct radius_request *radius_client_ask(struct radius_client *c, const struct radius_question *q,
					 radius_done done, void *ctx, uint64_t now);
void radius_client_cancel(struct radius_client *c, struct radius_request *r);
void radius_client_view(const struct radius_client *c, unsigned server, struct radius_view *out);

#endif
