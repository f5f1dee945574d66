/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a measured program has cost and what the kernel has counted, read from outside of it: CPU
 * time of processes by their clocks, counters of devices and of IP in the namespace of one of them.
 */
#ifndef TESTS_BENCH_METER_H
#define TESTS_BENCH_METER_H

#include <stdint.h>

#define METER_PIDS 8u

struct meter {
	int pid[METER_PIDS]; /* those measured */
	unsigned pids;
	int at;		 /* whose namespace is looked at; the first one's unless set */
	char device[16]; /* there */
};

struct meter_at {
	uint64_t ns;					       /* monotonic */
	uint64_t cpu_ns;				       /* of all processes */
	uint64_t rx_packets, rx_octets, tx_packets, tx_octets; /* of the device */
	uint64_t far_drops, far_packets;   /* there: UDP's full buffers and the device's full queue;
					      IP packets, segments counted */
	uint64_t near_packets, near_drops; /* in our own namespace */
};

/* Process ids separated by commas. */
void meter_set(struct meter *m, const char *pids, const char *device);
void meter_read(const struct meter *m, struct meter_at *out);

#endif
