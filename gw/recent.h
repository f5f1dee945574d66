/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last control messages that came and went, by their type and no more: for the picture of the
 * gateway.  Nothing of a peer is in here but numbers.  ZLBs are left out.
 */
#ifndef GW_RECENT_H
#define GW_RECENT_H

#include "core/engine.h"

#define RECENT_MAX 32u

struct recent {
	uint64_t when; /* us of the loop's clock */
	l2tp_channel channel;
	uint16_t type;	   /* Message Type */
	uint16_t tid, sid; /* in its header: the receiver's */
	bool sent;
};

/* A datagram of L2TP, from a stranger perhaps; what is no control message is left alone. */
void recent_add(bool sent, l2tp_channel c, const uint8_t *pkt, size_t len, uint64_t now);
/* Number i, 0 = the newest; NULL = there are no more. */
const struct recent *recent_get(unsigned i);
void recent_clear(void);

#endif
