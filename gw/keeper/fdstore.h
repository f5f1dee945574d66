/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the service manager is told, and the copies of descriptors that it holds for us while no
 * process of ours lives: sd_notify(3) and sd_listen_fds(3) without libsystemd.  Without a service
 * manager all of these do nothing.
 */
#ifndef GW_KEEPER_FDSTORE_H
#define GW_KEEPER_FDSTORE_H

#include "gw/keeper/keeper.h"

struct fdstore {
	int sock;	/* to NOTIFY_SOCKET; -1 = there is none */
	uint64_t watch; /* us; the manager kills us when it hears nothing for so long; 0 = never */
	uint64_t watch_due; /* when it is to hear again */
};

/* Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID and takes them out of the environment. */
void fdstore_open(struct fdstore *s);
void fdstore_close(struct fdstore *s);
/* One or more lines "KEY=value".  False when they could not be sent. */
bool fdstore_say(const struct fdstore *s, const char *lines);
/* sd_watchdog_enabled(3): says that we live when that is due.  When it is due next; UINT64_MAX =
 * never. */
uint64_t fdstore_watch(struct fdstore *s, uint64_t now);
/* Hold a duplicate under this name, instead of one held before. */
bool fdstore_put(const struct fdstore *s, const char *name, int fd);
void fdstore_drop(const struct fdstore *s, const char *name);

/* The descriptors that we were started with, by name, into `held`; those with names that are none
 * of ours are closed.  LISTEN_FDS, LISTEN_FDNAMES and LISTEN_PID are taken out of the environment.
 * How many there were. */
unsigned fdstore_take_back(struct keeper_fds *held);

#endif
