/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Per-hop behaviors of a control connection or a call (RFC 3308) as the codes of RFC 3140 and the
 * codepoints we use for them: each behavior of a standard by its recommended codepoint.
 */
#ifndef CORE_PHB_H
#define CORE_PHB_H

#include "core/msg.h"

/* RFC 3140 2: of one behavior: its codepoint (0 to 63), left justified. */
static inline uint16_t phb_code(uint8_t dscp)
{
	return (uint16_t)(dscp << 10);
}

enum { PHB_NONE = -2, PHB_UNKNOWN = -1 };
/* The codepoint for a code; PHB_UNKNOWN = an experimental or local one (bit 15), which we have none
 * for.  A set of behaviors (bit 14) has the smallest codepoint of the set. */
int phb_codepoint(uint16_t code);

/* The codepoint that the attribute of this type (Control Connection DS, Session DS) stands for, or
 * PHB_UNKNOWN; PHB_NONE = the message has no such attribute, or there is no message. */
int phb_find(const struct l2tp_msg *m, uint16_t type);
/* An attribute of this type for this codepoint; value is the caller's memory. */
struct l2tp_avp phb_avp(uint16_t type, uint8_t dscp, uint8_t value[2]);

#endif
