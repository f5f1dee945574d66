/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/recent.h"

#include "core/bytes.h"

#include <string.h>

#define RECENT_FLAGS	0xc802 /* T, L and S, version 2 (RFC 2661 3.1) */
#define RECENT_MASK	0xcb0f /* with O and P, which a control message has not */
#define RECENT_TYPE_AVP 8u     /* octets of the Message Type AVP (4.4.1) */
#define RECENT_AVP_LEN	0x3ff  /* and the bits of its length */

static struct recent recents[RECENT_MAX];
static unsigned recent_n; /* that there have been */

/* Message Type is the first AVP and never hidden (RFC 2661 4.4.1); false = there is none. */
static bool recent_read(struct recent *out, const uint8_t *pkt, size_t len)
{
	struct rd r = rd_init(pkt, len);
	uint16_t flags = rd_u16(&r);
	uint16_t avp;

	rd_u16(&r); /* Length */
	out->tid = rd_u16(&r);
	out->sid = rd_u16(&r);
	rd_u32(&r); /* Ns, Nr */
	avp = rd_u16(&r);
	if (r.bad || (flags & RECENT_MASK) != RECENT_FLAGS ||
	    (avp & RECENT_AVP_LEN) != RECENT_TYPE_AVP)
		return false;
	if (rd_u32(&r) != 0) /* vendor and type */
		return false;
	out->type = rd_u16(&r);
	return !r.bad;
}

void recent_add(bool sent, l2tp_channel c, const uint8_t *pkt, size_t len, uint64_t now)
{
	struct recent m = {.when = now, .channel = c, .sent = sent};

	if (recent_read(&m, pkt, len))
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
