/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The door of operator/: what the gateway calls so that an operator can look into it. */
#ifndef GW_OPERATOR_OPERATOR_H
#define GW_OPERATOR_OPERATOR_H

#include "gw/gw.h"

/* The VTY: listen where the configuration says; 0, or -1 with the reason logged.  talloc: context
 * that owns its memory. */
int vty_start(struct gw *gw, void *talloc);
void vty_stop(void);

/* Captures: dp_ops.tap, ctx is the struct gw; and the end of all captures. */
void capture_tap(void *ctx, unsigned port, bool outbound, uint16_t link_type, const uint8_t *frame,
		 size_t len, uint64_t when);
void capture_free_all(struct gw *gw);

#endif
