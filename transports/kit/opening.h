/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening by name: devices, ttys, files and bound sockets.  A port asks its host, which may have
 * another process do it; where the host does not, it is done here.
 */
#ifndef TRANSPORTS_KIT_OPENING_H
#define TRANSPORTS_KIT_OPENING_H

#include "transports/kit/udp_addr.h"

/* Octets of a packet socket's buffers: bursts that a link without a ring has not read yet, and that
 * its device has not sent yet. */
#define OPENING_PACKET_BUFFER (4 << 20)

/* What to open.  A name that is too long is cut, and opening it is refused. */
struct ist_open opening_named(enum ist_open_kind kind, const char *name);
struct ist_open opening_at(enum ist_open_kind kind, const struct udp_ep *at);

/* A descriptor or -errno, as ist_host.open. */
int opening_ask(const struct ist_host *h, void *ctx, const struct ist_open *what);
/* By this process itself. */
int opening_here(const struct ist_open *what);
/* The name of a TUN or TAP device, which had %d in it perhaps; IFNAMSIZ octets.  0 or -errno. */
int opening_device_name(int fd, char *name);

/* Can a device have this name?  made: one that we make, with one %d in it perhaps. */
bool opening_may_be_device(const char *name, bool made);

/* What w says of an open TUN or TAP device of this name: its MTU, queue, address, up.  0 or -errno.
 */
int opening_set_up(const struct ist_open *w, const char *name);

/* Write w to opens[*n], if there is room for more than *n, and count it. */
void opening_list(const struct ist_open *w, struct ist_open *opens, unsigned room, unsigned *n);
/* The list of a port that asks for nothing but w; returns 1. */
unsigned opening_only(const struct ist_open *w, struct ist_open *opens, unsigned room);

#endif
