/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A real PPP at the far end of a circuit, under the bench. */
#ifndef TESTS_GW_LINE_FAR_H
#define TESTS_GW_LINE_FAR_H

#include "tests/gw/bench.h"

#define LINE_CHANNEL ((l2tp_channel)1 << 32 | 0x20001)

struct line_far {
	struct ppp *ppp;
	uint8_t queue[64][1600];
	size_t len[64];
	bool to_gw[64];
	unsigned head, tail;
	struct ppp_addresses got, give;
	bool ip4, ip6, down;
};
extern struct line_far line_far;

/* fake_dp.frame */
void line_from_gw(uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len);
/* Deliver what is under way, and move the clock. */
void line_pump(uint64_t us);
/* A client, ann, begins on the circuit. */
void line_dial_in(void);
/* A server. */
void line_serve_far(void);

#endif
