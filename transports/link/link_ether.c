/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Byte code for the links that are Ethernet: packet: and tap:. */
#include "transports/link/link_ether.h"

#include "core/bytes.h"

#define TYPE_AT	   12u
#define WHOLE_HEAD 14u /* of a frame without our length */

static uint16_t link_ether_ordered(uint16_t v, bool little_endian)
{
	return little_endian ? (uint16_t)(v >> 8 | v << 8) : v;
}

void link_ether_head(uint8_t head[LINK_ETHER_HEAD], const uint8_t mac[6], uint16_t ethertype)
{
	struct wr w = wr_init(head, LINK_ETHER_HEAD);

	memset(wr_room(&w, 6), 0xff, 6);
	wr_bytes(&w, mac, 6);
	wr_u16(&w, ethertype);
	wr_u16(&w, 0);
}

void link_ether_length(uint8_t at[2], uint16_t len, bool little_endian)
{
	wr_put16(at, link_ether_ordered(len, little_endian));
}

bool link_ether_is(const struct link_frame *f, uint16_t ethertype)
{
	struct rd r = rd_init(f->payload, f->len);

	rd_skip(&r, TYPE_AT);
	return rd_u16(&r) == ethertype && !r.bad;
}

uint32_t link_ether_mtu(const struct link_conf *c, uint32_t device_mtu)
{
	uint32_t mtu = c->ether[0] ? device_mtu + WHOLE_HEAD : device_mtu - 2;
	uint32_t most = LINK_FRAME_MAX - link_ether_own(c);

	return mtu < most ? mtu : most;
}

bool link_ether_wanted(const struct link_conf *c, const struct link_frame *f)
{
	if (!c->ether[0])
		return link_ether_is(f, c->ethertype);
	return link_ether_is(f, c->ether[0]) || link_ether_is(f, c->ether[1]);
}

bool link_ether_take(const struct link_conf *c, struct link_frame *f)
{
	struct rd r = rd_init(f->payload, f->len);
	const uint8_t *p;
	uint16_t len;

	if (c->ether[0])
		return f->len >= WHOLE_HEAD;
	rd_skip(&r, LINK_ETHER_HEAD - 2);
	len = link_ether_ordered(rd_u16(&r), c->little_endian);
	p = rd_take(&r, len);
	if (!p || !len)
		return false;
	f->payload = p;
	f->len = len;
	return true;
}
