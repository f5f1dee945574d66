/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom a line of the log, or a message that is watched, is about: what is known of it.  Texts are
 * good as long as what they are of.  about_leg() is in gw/legs/legs.h. */
#ifndef GW_ABOUT_H
#define GW_ABOUT_H

#include "core/engine.h"
#include "gw/gw.h"

void about_channel(struct log_about *out, struct gw *gw, l2tp_channel c);
void about_tunnel(struct log_about *out, struct gw *gw, const struct l2tp_tunnel_info *i);
/* With what its leg knows, if it has one. */
void about_call(struct log_about *out, struct gw *gw, const struct l2tp_tunnel_info *i,
		const struct l2tp_call_info *c);

/* gw_log_about() of that.  c NULL = the tunnel alone; id: of gw/log_id.h, NULL = none. */
void log_about_call(struct gw *gw, const struct l2tp_tunnel_info *i, const struct l2tp_call_info *c,
		    const char *id);
void log_about_channel(struct gw *gw, l2tp_channel c);

#endif
