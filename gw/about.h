/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom a line of the log, or a message that is watched, is about: what is known of it.  Texts are
 * good as long as what they are of.  about_leg() is in gw/legs/legs.h. */
#ifndef GW_ABOUT_H
#define GW_ABOUT_H

#include "core/engine.h"
#include "gw/gw.h"

/* Without its circuit, which takes a while to put into words. */
struct log_about about_port(struct gw *gw, l2tp_channel c);
struct log_about about_channel(struct gw *gw, l2tp_channel c);
struct log_about about_tunnel(struct gw *gw, const struct l2tp_tunnel_info *i);
/* With what its leg knows, if it has one. */
struct log_about about_call(struct gw *gw, const struct l2tp_tunnel_info *i,
			    const struct l2tp_call_info *c);
/* The same about an event that has a MESSAGE_ID (gw/log_id.h). */
struct log_about about_event(const char *id, struct log_about a);

#endif
