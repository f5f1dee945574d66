/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which calls the XDP program may carry, and with which settings: the one place that decides.  Pure
 * functions; who writes the table of calls asks them, and tells `show` what they said.
 */
#ifndef GW_DP_FAST_H
#define GW_DP_FAST_H

#include "gw/dp/dp.h"
#include "gw/dp/xdp/xdp.h"

/* X(symbol, "words"): why a call is slow, in the order in which it is asked. */
#define FAST_WHYS(X)                                                         \
	X(FAST, "fast")                                                      \
	X(OFF, "its port is not accelerated")                                \
	X(LINE, "PPP without L2TP")                                          \
	X(MEDIUM, "its tunnel is not over UDP and IPv4, or our end unknown") \
	X(IPSEC, "its tunnel is under IPsec")                                \
	X(MODE, "its PPP is not the server's, or is one of several links")   \
	X(NCP, "no address of a client yet")                                 \
	X(TUN, "its TUN device is not there")                                \
	X(SEQUENCE, "data has sequence numbers, or must have")               \
	X(FILTER, "it has a filter")                                         \
	X(RATE, "its rate is limited")                                       \
	X(COPY, "frames are copied for an operator")                         \
	X(CAPTURE, "its port is captured")                                   \
	X(IMPAIR, "its port is impaired")                                    \
	X(TWIN, "another call of its Session ID is fast")                    \
	X(FULL, "the kernel has no room for more")

enum fast_why {
#define X(sym, words) FAST_##sym,
	FAST_WHYS(X)
#undef X
		FAST_COUNT
};
const char *fast_words(enum fast_why why);

/* What the entry of a call does not say itself. */
struct fast_way {
	bool on;      /* `accelerate` of its port, and the program is attached */
	bool ipv4;    /* over UDP and IPv4, with these ends, as on the wire */
	bool secured; /* by an association of IPsec */
	uint8_t local[4], far[4];
	uint16_t local_port, far_port;
	uint8_t ttl;
	uint32_t tun; /* ifindex, 0 = there is none */
};

/* FAST, and *out is what xdp_table_set() gets; or why not. */
enum fast_why fast_entry(const struct dp_call *c, const struct fast_way *way, struct xdp_call *out);

#endif
