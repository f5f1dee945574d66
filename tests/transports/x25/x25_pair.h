/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two ends of an X.25 line: two ports on one loop link, or a port and a far end that is typed by
 * hand, packet by packet, behind the kernel's pseudo-header.
 */
#ifndef TESTS_TRANSPORTS_X25_X25_PAIR_H
#define TESTS_TRANSPORTS_X25_X25_PAIR_H

#include "tests/harness.h"
#include "tests/transports/host.h"
#include "transports/link/link.h"
#include "transports/x25/x25_transport.h"

#include <stdio.h>
#include <string.h>

#define S  UINT64_C(1000000)
#define US 1u

/* Two ports; dte and dce are more settings of each (NULL = none). */
struct pair {
	struct fake_host dte, dce;
};
void pair_open(struct pair *p, const char *framing, const char *const *dte, const char *const *dce);
void pair_close(struct pair *p);
/* Run both for a millisecond. */
void pair_run(struct pair *p);
/* dte calls dce and the call is answered; false = it is not up at both ends. */
bool pair_call(struct pair *p, const char *to, uint8_t payload, ist_channel *at_dte,
	       ist_channel *at_dce);
/* Takes the oldest frame at h; is it this one? */
bool pair_got(struct fake_host *h, ist_channel c, const void *data, size_t len);
/* The oldest offer or `up` at h has these rates, in bit/s. */
void pair_rates(struct fake_host *h, enum fake_kind kind, uint64_t tx_bps, uint64_t rx_bps);

/* A port of ours, DTE, and the hand-typed DCE; the restart is over. */
struct typed {
	struct fake_host h, far;
	struct link *link;
	struct ist_setting set[2];
	uint8_t pkt[256][300]; /* sent by us, without the first octet of the frame */
	size_t len[256];
	uint8_t kind[256];
	unsigned pkts;
};
void typed_open(struct typed *t, const char *const *config);
/* The link is up, the packet layer is not; what was sent first is in pkt. */
void typed_begin(struct typed *t, const char *const *config);
/* What was sent last, as the port closed, is in pkt. */
void typed_close(struct typed *t);
/* The far end sends a packet. */
void typed_rx(struct typed *t, const char *hex);
/* The far end sends a whole frame, pseudo-header and all. */
void typed_frame(struct typed *t, const char *hex);
/* We sent exactly these packets since last time: one text each, NULL ended. */
#define TYPED_SENT(t, ...) \
	typed_sent(t, (const char *const[]){__VA_ARGS__, NULL}, __FILE__, __LINE__)
void typed_sent(struct typed *t, const char *const *hex, const char *file, unsigned line);
void typed_nothing(struct typed *t);

#endif
