/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/recent.h"

#include "core/data.h"

#include <string.h>

static struct recent recents[RECENT_MAX];
static unsigned recent_n; /* that there have been */

void recent_add(bool sent, l2tp_channel c, const uint8_t *pkt, size_t len, uint64_t now)
{
	struct recent m = {.when = now, .channel = c, .sent = sent};
	struct l2tp_hdr h;

	if (l2tp_hdr_decode(&h, pkt, len) != L2TP_HDR_IS_CONTROL ||
	    !l2tp_msg_peek_u16(h.payload, h.len, L2TP_IETF, L2TP_AVP_MESSAGE_TYPE, &m.type))
		return;
	m.tid = h.tid;
	m.sid = h.sid;
	recents[recent_n++ % RECENT_MAX] = m;
}

const struct recent *recent_get(unsigned i)
{
	if (i >= recent_n || i >= RECENT_MAX)
		return NULL;
	return &recents[(recent_n - 1 - i) % RECENT_MAX];
}

void recent_clear(void)
{
	memset(recents, 0, sizeof(recents));
	recent_n = 0;
}
