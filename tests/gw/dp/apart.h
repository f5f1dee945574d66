/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A data side in a process of its own: this program runs itself with a role.
 */
#ifndef TESTS_GW_DP_APART_H
#define TESTS_GW_DP_APART_H

#include "tests/gw/dp/fake.h"

#include <sys/types.h>

/* A process with the descriptors of a door. */
struct apart {
	pid_t pid;
	int end;  /* to it: it ends in good order when this is closed */
	int gone; /* from it: hung up once it is gone */
};

/* Start it as "--data", or as "--data-after" with the first of the door before at the end of fd. */
void apart_start(struct apart *a, const char *role, const int *fd, unsigned n);
void apart_kill(struct apart *a);
/* From another process, in a moment; apart_reap() it. */
void apart_kill_soon(const struct apart *a);
/* After a kill: it is gone. */
void apart_reap(struct apart *a);
/* It ends by itself: its exit status. */
int apart_end(struct apart *a);
/* Its descriptors. */
void apart_free(struct apart *a);
/* In main(): does the role that it was started for; -1 = for none. */
int apart_main(int argc, char **argv);

/* The lines of rig_ops and "gone WHY", with the data plane of a door; its descriptors stay the
 * caller's. */
bool apart_attach(struct rig *r, const int *fd, unsigned n, int gone);
void apart_detach(struct rig *r);
/* The port of UDP on the loopback address, and a socket connected to it. */
int apart_open_udp(struct dp *dp, const char *listen);
int apart_peer_of(struct dp *dp, unsigned port);

#endif
