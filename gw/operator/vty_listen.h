/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the VTY takes connections: a Unix socket always, TCP when configured.  Connections are
 * bounded; without descriptors a listener looks away for a second instead of spinning.
 */
#ifndef GW_OPERATOR_VTY_LISTEN_H
#define GW_OPERATOR_VTY_LISTEN_H

#include "gw/gw.h"

#define VTY_CONNECTIONS_MAX 64u

/* Listen as the configuration says; 0, or -1 with the reason logged and nothing open. */
int vty_listen_start(struct gw *gw, void *talloc);
/* Close connections and listeners, remove the socket's name. */
void vty_listen_stop(void);

/* For tests: connections there are, and whether a listener is looking away. */
unsigned vty_listen_connections(void);
bool vty_listen_looks_away(void);

/* Does any line that begins in these octets begin like an HTTP request? */
bool vty_looks_like_http(const char *octets, size_t len);

#endif
