/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Codepoints of differentiated services as values of keys: names of IANA's registry, or 0 to 63. */
#ifndef CFG_DSCP_H
#define CFG_DSCP_H

#include "cfg/schema.h"

/* The codepoint of a name or number; -1 = neither. */
int cfg_parse_dscp(const char *text);
/* Into the uint8_t at the row's offset; `copy` is CFG_DSCP_COPY and `peer` CFG_DSCP_PEER. */
void cfg_dscp_set(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text);
/* The same without `copy`. */
void cfg_dscp_set_control(struct cfg_load *l, const struct cfg_item *it, void *obj,
			  const char *text);
/* A list, into the uint64_t at the row's offset: bit N for codepoint N. */
void cfg_dscp_set_list(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text);

/* The row of a section whose struct has `uint64_t discard`. */
/* clang-format off */
#define CFG_DISCARD_ROW(type)                                                               \
	{"discard-eligible", CFG_K_TEXT, CFG_KEY_LIST, .set = cfg_dscp_set_list, .deflt = "none", \
	 .help = "codepoints (af12, 14) of IP packets that go out as discard eligible: DE of Frame" \
		 " Relay, CLP of ATM", CFG_AT(type, discard)}
/* clang-format on */

#endif
