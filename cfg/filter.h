/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of a section that has packet filters. */
#ifndef CFG_FILTER_H
#define CFG_FILTER_H

#include "cfg/schema.h"

/* Compile the value into the struct cfg_filter at the row's offset; for IP packets, or for PPP
 * frames. */
void cfg_filter_set_ip(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text);
void cfg_filter_set_ppp(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text);

/* Rows; type: the section's struct, which has filter[CFG_FILTERS]; otherwise: what counts without
 * the key. */
#define CFG_FILTER_NONE "everything passes"
/* clang-format off */
#define CFG_FILTER_ROWS_IP(type, otherwise)                                                   \
	{"filter-in", CFG_K_TEXT, .set = cfg_filter_set_ip, .deflt = otherwise,                 \
	 .help = "IP packets to let in from the peer: an expression in the syntax of pcap-filter", \
	 CFG_AT(type, filter[CFG_FILTER_IN])},                                                \
	{"filter-out", CFG_K_TEXT, .set = cfg_filter_set_ip, .deflt = otherwise,                 \
	 .help = "IP packets to let out to the peer", CFG_AT(type, filter[CFG_FILTER_OUT])}
#define CFG_FILTER_ROWS_PPP(type, otherwise)                                                  \
	{"ppp-filter-in", CFG_K_TEXT, .set = cfg_filter_set_ppp, .deflt = otherwise,                 \
	 .help = "PPP frames to let in, as on DLT_PPP; LCP and authentication always pass",   \
	 CFG_AT(type, filter[CFG_FILTER_PPP_IN])},                                            \
	{"ppp-filter-out", CFG_K_TEXT, .set = cfg_filter_set_ppp, .deflt = otherwise,                 \
	 .help = "PPP frames to let out", CFG_AT(type, filter[CFG_FILTER_PPP_OUT])}
/* clang-format on */

#endif
