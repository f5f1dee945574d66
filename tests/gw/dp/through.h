/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What passes a TUN device: the kernel forwards between the device of the call and one at the far
 * end, and is the judge, since it cuts and joins by its own rules.
 */
#ifndef TESTS_GW_DP_THROUGH_H
#define TESTS_GW_DP_THROUGH_H

#include "tests/gw/dp/ip_bench.h"

#define FAR	 0x0a630001u /* 10.99.0.1 */
#define DATA	 100u
#define ROW	 12u /* packets of a flow */
#define LONGEST	 1500u
#define L2TP_PPP 8u /* flags, two ids, protocol */

#define THROUGH_FLOWS	 4u
#define THROUGH_OFFLOADS 4u

extern const uint8_t through_far6[16];

struct through_packet {
	uint8_t octets[LONGEST];
	size_t len;
	unsigned flow;
	bool seen;
};

struct through_flow {
	bool v6, tcp;
	uint16_t port;
};

struct through {
	struct bench *b;
	uint32_t tun;
	int far;
	struct through_packet p[8 * ROW];
	unsigned n;
};

/* Of each family and protocol one. */
extern const struct through_flow through_flows[THROUGH_FLOWS];
/* Each set of enum dp_tun_offload. */
extern const unsigned through_offloads[THROUGH_OFFLOADS];

/* The call's device with these offloads; the far one has super-packets, or none. */
void through_up(struct through *s, struct bench *b, unsigned offload, bool far_super);
void through_down(struct through *s);
/* Number i of a flow, n octets of data; up: from the client to the far end. */
struct through_packet *through_packet(struct through *s, const struct through_flow *f, bool up,
				      unsigned i, size_t n);
/* Its checksums are right. */
void through_sums(uint8_t *p, size_t len, const struct through_flow *f);
/* As a router has it: one hop fewer. */
void through_hop(struct through_packet *p);
/* One that was sent and has not been seen; in its flow it is the next. */
bool through_sees(struct through *s, const uint8_t *octets, size_t len);
/* A row of packets as one super-packet, written at the far end. */
void through_far_says(struct through *s, unsigned first);
/* Does this kernel have super-packets of UDP at TUN devices? */
bool through_has_udp(struct bench *b);

#endif
