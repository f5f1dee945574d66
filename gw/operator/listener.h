/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A socket where operators connect.  Without descriptors it looks away for a second instead of
 * spinning, after it has given up those that are kept for it (gw/reserve.h).
 */
#ifndef GW_OPERATOR_LISTENER_H
#define GW_OPERATOR_LISTENER_H

#include "gw/gw.h"

#include <sys/types.h>
#include <sys/un.h>

#define LISTENER_PATH sizeof(((struct sockaddr_un *)0)->sun_path)

struct listener {
	struct osmo_fd fd;
	struct gw *gw;
	const char *name; /* in the log */
	/* A connection, which is its own from now on. */
	void (*take)(struct listener *l, int fd);
	struct loop_timer look_back;
};

/* A listening Unix socket, or -errno.  A name that nobody listens at any more is taken over. group:
 * of its file, or NULL; mode: of its file from the first moment on; who: in the log. */
int listener_open(const char *who, const char *path, const char *group, mode_t mode);
/* Remove the socket's name if no process listens there any more. */
void listener_sweep(const char *path);

/* gw, name and take are set.  Listen at fd, which is closed in the end; 0 or -1. */
int listener_start(struct listener *l, int fd);
void listener_stop(struct listener *l);
/* For tests. */
bool listener_looks_away(const struct listener *l);

#endif
