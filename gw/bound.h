/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IP sockets of control that are bound: keeper opens them and holds a duplicate, so that what comes
 * while control is replaced waits in them.
 */
#ifndef GW_BOUND_H
#define GW_BOUND_H

#include "cfg/cfg.h"

struct ist_open;

/* ask: opens a socket for this process (opener_ask_socket()), NULL = it is opened here. */
void bound_by(int (*ask)(void *link, const struct ist_open *what), void *link);
/* What is opened for an address: datagrams that say to which address they came, or a listener that
 * lets `backlog` connections wait. */
struct ist_open bound_datagrams(const struct cfg_address *at);
struct ist_open bound_listener(const struct cfg_address *at, unsigned backlog);
/* A descriptor or -errno. */
int bound_open(const struct ist_open *what);

#endif
