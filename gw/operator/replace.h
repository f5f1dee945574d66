/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What keeper replaces while calls go on: the commands `upgrade` and `reload` of the VTY and of the
 * control socket.  They return before it is done; `show upgrade` has the steps. */
#ifndef GW_OPERATOR_REPLACE_H
#define GW_OPERATOR_REPLACE_H

#include "gw/gw.h"

/* NULL: it has begun; else words of why not. */
const char *replace_upgrade(struct gw *gw);
/* dry: only check the configuration, and find out what would change. */
const char *replace_reload(struct gw *gw, bool dry);
/* Each mistake and warning of the last check that a reload began with (show_reload.c).  They may
 * hold what an operator has typed, a secret too, so they are for who may change the configuration.
 */
void reload_messages(struct gw *gw, void (*each)(void *ctx, const char *words), void *ctx);

#endif
