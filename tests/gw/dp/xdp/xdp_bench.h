/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The XDP program and its maps in a network namespace, without a device that it is attached to: the
 * kernel runs it on a frame that a test gives (BPF_PROG_TEST_RUN), with the routes of the
 * namespace.
 *
 * Frames come in by lo, whose address is XDP_US; the device `core` leads to 192.0.2.0/24 and
 * 2001:db8:2::/64, where 192.0.2.77 is the far end of the tunnel and the others are routers.
 */
#ifndef TESTS_GW_DP_XDP_BENCH_H
#define TESTS_GW_DP_XDP_BENCH_H

#include "gw/dp/xdp/xdp.h"

#define XDP_FRAME 2048u
#define XDP_ETH	  14u
#define XDP_OUTER 42u /* Ethernet, IPv4 and UDP */

extern const uint8_t xdp_us[6], xdp_core[6], xdp_router[6], xdp_peer[6];

struct xdp_bench {
	int fd[XDP_FDS];
	struct xdp_table *t;
	struct xdp_call call; /* of tunnel 2 and session 3, as ip_bench.h has it; not set yet */
};

struct xdp_seen {
	uint32_t verdict; /* enum xdp_action */
	uint8_t octets[XDP_FRAME];
	size_t len;
	uint64_t ns; /* of one run */
};

/* False, having said so by test_skip(), where the program cannot be loaded. */
bool xdp_bench_load(struct xdp_bench *x, const char *test);
void xdp_bench_unload(struct xdp_bench *x);
/* The devices and routes, with `near` in the place of the call's TUN device. */
void xdp_bench_network(struct xdp_bench *x, const char *near);
/* The program on a frame, `times` times; of the last one what came out. */
void xdp_bench_run(struct xdp_bench *x, const uint8_t *frame, size_t len, unsigned times,
		   struct xdp_seen *out);

#endif
