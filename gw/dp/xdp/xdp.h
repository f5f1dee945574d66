/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The door of the XDP program: load it, and fill its maps.
 *
 * These are two parts, since they need not be one process.  Who loads it needs CAP_BPF,
 * CAP_NET_ADMIN and CAP_PERFMON; who fills the maps needs their descriptors.
 */
#ifndef GW_DP_XDP_H
#define GW_DP_XDP_H

#include "gw/dp/xdp/xdp_maps.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum xdp_fd {
	XDP_FD_PROGRAM,
	XDP_FD_INDEX,
	XDP_FD_CALLS,
	XDP_FD_ADDR4,
	XDP_FD_ADDR6,
	XDP_FD_HEARD,
	XDP_FD_DEVICES,
	XDP_FD_PASSED,
	XDP_FD_GRACE,
	XDP_FD_NOTHING,
	XDP_FD_NEAR4, /* a keeper from before it has none */
	XDP_FDS
};

/* Has it been built in? */
bool xdp_is_built(void);
/* Program and maps to fd, the caller's.  0, or -errno with what the kernel says of it in why. */
int xdp_load(int fd[XDP_FDS], char *why, size_t len);
void xdp_close(int fd[XDP_FDS]);

/* Have the device's driver run the program; never the kernel's generic way, which gives several
 * packets for one.  A descriptor (close-on-exec): the program is there until nobody holds it.
 * -errno with words. */
int xdp_attach(int program, uint32_t ifindex, char *why, size_t len);

/* Why a frame was passed, by enum xdp_why. */
extern const struct xdp_reason {
	const char *key, *words;
} xdp_reasons[XDP_W_COUNT];

/* The maps, as their one writer sees them; not for two threads at once. */
struct xdp_table;
/* fd stays the caller's, and is used as long as the table.  The calls of a table before this one
 * are there, with all that they have counted: whoever has made it sets those that go on, and
 * deletes the others.  NULL: without memory, or these are maps of another size.  A program that
 * keeper has loaded before an upgrade goes on as it is until keeper is started anew. */
struct xdp_table *xdp_table_new(const int fd[XDP_FDS]);
/* What is in the maps stays there. */
void xdp_table_free(struct xdp_table *t);

struct xdp_count {
	uint64_t rx_frames, rx_octets, tx_frames, tx_octets, spoofed;
	uint64_t last_rx; /* us, 0 = never */
};

/* Carry this call, or go on with other settings; of what the program writes only `plain`
 * and `sequenced` are taken, and of a new call only.  0, -ENOSPC when too many are, or what the
 * kernel says: then the call is not in the maps; -EEXIST: a call of another tunnel has this id. */
int xdp_table_set(struct xdp_table *t, uint16_t sid, const struct xdp_call *c);
/* From now on all of it goes to the kernel.  last: what had been carried, as xdp_table_count(). */
void xdp_table_del(struct xdp_table *t, uint16_t sid, struct xdp_count *last);

/* On: all of it goes to the kernel, until it is set or this is off again; its place and what it has
 * counted stay. */
void xdp_table_hold_back(struct xdp_table *t, uint16_t sid, bool on);
/* Is this call there, held back or not? */
bool xdp_table_has(const struct xdp_table *t, uint16_t sid, uint16_t tid);

/* Since the call was set first; false when it is not in the maps. */
bool xdp_table_count(const struct xdp_table *t, uint16_t sid, struct xdp_count *out);
/* Does its far end send sequence numbers?  Then all of it goes to the kernel. */
bool xdp_table_sequenced(const struct xdp_table *t, uint16_t sid);
/* When data of this tunnel was carried last, us; 0 = never. */
uint64_t xdp_table_heard(const struct xdp_table *t, uint16_t tid);
/* Frames that were passed for this reason. */
uint64_t xdp_table_passed(const struct xdp_table *t, enum xdp_why why);

/* Frames may come from this device, and leave by it; NULL = no more.  0 or -errno. */
int xdp_table_device(struct xdp_table *t, uint32_t ifindex, const uint8_t mac[6]);
bool xdp_table_has_device(const struct xdp_table *t, uint32_t ifindex);
/* Its address, which may be another one than before; nothing when it is not there. */
void xdp_table_device_is(struct xdp_table *t, uint32_t ifindex, const uint8_t mac[6]);

#endif
