/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the VTY takes connections: a Unix socket always, TCP when configured.  Connections are
 * bounded; without descriptors a listener looks away for a second instead of spinning.
 */
#ifndef GW_OPERATOR_VTY_LISTEN_H
#define GW_OPERATOR_VTY_LISTEN_H

#include "gw/operator/operator.h"

/* Listen as the configuration says; 0, or -1 with the reason logged and nothing open. */
int vty_listen_start(struct gw *gw, void *talloc);
/* Close connections and listeners, remove the socket's name. */
void vty_listen_stop(void);

/* Is there memory for more output?  A command that may have much of it asks and stops. */
bool vty_memory_left(void);

/* For tests: connections there are, and whether a listener is looking away. */
unsigned vty_listen_connections(void);
bool vty_listen_looks_away(void);

/* The beginning of the line that a connection is in, zero at first. */
struct vty_http {
	char line[8];
	unsigned n;
};
/* The next octets of the connection: does a line begin like one of an HTTP request? */
bool vty_http_seen(struct vty_http *h, const char *octets, size_t len);

#endif
