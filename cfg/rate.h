/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of a section that limits rates. */
#ifndef CFG_RATE_H
#define CFG_RATE_H

#include "cfg/schema.h"

/* Rows; type: the section's struct, which has `struct cfg_rates rates`; otherwise: what counts
 * without the key; when_changed: enum cfg_when. */
/* clang-format off */
#define CFG_RATE_ROWS(type, otherwise, when_changed)                                         \
	{"rate-up", CFG_K_RATE, .max = CFG_RATE_MAX, .deflt = otherwise, .when = when_changed, \
	 .help = "most that comes from the far end, bit/s of IP or of what PPP carries; what is"  \
		 " above it is dropped; 0 = no limit", CFG_AT(type, rates.bps[CFG_RATE_UP])},      \
	{"rate-down", CFG_K_RATE, .max = CFG_RATE_MAX, .deflt = otherwise, .when = when_changed, \
	 .help = "the same of what goes to the far end", CFG_AT(type, rates.bps[CFG_RATE_DOWN])}
#define CFG_RATE_BURST_ROW(type, when_changed)                                               \
	{"rate-burst", CFG_K_TIME, .min = 1000, .max = 10000000, .deflt = "100ms",              \
	 .when = when_changed,                                                               \
	 .help = "as much as the rate lets by in this time may come at once; two of the largest" \
		 " packets always may", CFG_AT(type, rates.burst)}
/* clang-format on */

#endif
