/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets on their way to TUN devices, gathered during a batch: those of one flow are written as
 * one super-packet where the device takes them.  The flush of the batch writes all.  Only a batch
 * of a transport gathers, whose memory stays as it is until then; packets that were put together or
 * have waited are written at once.
 */
#ifndef GW_DP_GATHER_H
#define GW_DP_GATHER_H

#include "gw/ip/super.h"

struct worker;
struct data_tun;

#define GATHER_RUNS 64u /* flows that wait at a time; a power of two, at most 64 */

struct gather_run {
	const struct data_tun *tun;
	struct ip_run run;
	const uint8_t *pkt[IP_RUN_PACKETS];
};

struct gather {
	uint64_t waits; /* bit = number of a run */
	unsigned n;	/* that wait */
	bool may;	/* what is given stays where it is until the flush */
	uint8_t order[GATHER_RUNS];
	struct gather_run run[GATHER_RUNS];
};

/* Packets may wait from here on, or not; whether they might before. */
bool gather_may(struct worker *w, bool may);
/* A packet to a device, of len octets by its own header too.  It is counted when it is written, or
 * dropped and counted. */
void gather_packet(struct worker *w, const struct data_tun *t, const uint8_t *pkt, size_t len);
/* A packet of our own making, at once; t may be NULL, which drops it. */
void gather_now(struct worker *w, const struct data_tun *t, const uint8_t *pkt, size_t len);
/* Write all that waits. */
void gather_flush(struct worker *w);

#endif
