/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a captured frame to the L2TP in it: a row for each link type, then IP and UDP.  Fragments of
 * IP and what the capture has cut off are left out.
 */
#include "core/bytes.h"
#include "gw/replay/replay.h"
#include "transports/kit/linktype.h"

#define L2TP_PORT 1701u
#define PROTO_UDP 17u
#define FRAGMENT  0x3fffu /* more fragments, or an offset */

static bool frame_udp(struct replay_msg *m, struct rd r)
{
	uint16_t from = rd_u16(&r), to = rd_u16(&r), len = rd_u16(&r);
	struct rd pdu;

	rd_skip(&r, 2);
	if (r.bad || len < 8 || (from != L2TP_PORT && to != L2TP_PORT))
		return false;
	pdu = rd_sub(&r, len - 8u);
	m->from.at = from;
	m->to.at = to;
	m->pkt = pdu.p;
	m->len = pdu.left;
	return !pdu.bad && pdu.left;
}

static bool frame_ipv4(struct replay_msg *m, struct rd r)
{
	struct rd h = r, body;
	unsigned head = (unsigned)(rd_u8(&h) & 15u) * 4;
	uint16_t len, fragment;
	uint8_t proto;
	const uint8_t *addr;

	rd_skip(&h, 1);
	len = rd_u16(&h);
	rd_skip(&h, 2);
	fragment = rd_u16(&h);
	rd_skip(&h, 1);
	proto = rd_u8(&h);
	rd_skip(&h, 2);
	addr = rd_take(&h, 8);
	if (!addr || head < 20 || len < head || (fragment & FRAGMENT) || proto != PROTO_UDP)
		return false;
	m->from.kind = m->to.kind = REPLAY_IPV4;
	memcpy(m->from.system, addr, 4);
	memcpy(m->to.system, addr + 4, 4);
	rd_skip(&r, head);
	body = rd_sub(&r, len - head);
	return !body.bad && frame_udp(m, body);
}

static bool frame_ipv6(struct replay_msg *m, struct rd r)
{
	uint16_t len;
	uint8_t next;
	const uint8_t *addr;
	struct rd body;

	rd_skip(&r, 4);
	len = rd_u16(&r);
	next = rd_u8(&r);
	rd_skip(&r, 1);
	addr = rd_take(&r, 32);
	body = rd_sub(&r, len);
	if (!addr || body.bad || next != PROTO_UDP)
		return false;
	m->from.kind = m->to.kind = REPLAY_IPV6;
	memcpy(m->from.system, addr, 16);
	memcpy(m->to.system, addr + 16, 16);
	return frame_udp(m, body);
}

static bool frame_ip(struct replay_msg *m, struct rd r)
{
	unsigned version = r.left ? r.p[0] >> 4 : 0;

	return version == 4 ? frame_ipv4(m, r) : version == 6 && frame_ipv6(m, r);
}

/* Tags of VLANs may be in front. */
static bool frame_ethertype(struct replay_msg *m, struct rd r)
{
	uint16_t type = rd_u16(&r);

	while (type == 0x8100 || type == 0x88a8) {
		rd_skip(&r, 2);
		type = rd_u16(&r);
	}
	return !r.bad && (type == 0x0800 || type == 0x86dd) && frame_ip(m, r);
}

static bool frame_ethernet(struct replay_msg *m, struct rd r)
{
	rd_skip(&r, 12);
	return frame_ethertype(m, r);
}

/* Linux's "any" device: the protocol is the last field of its head. */
static bool frame_cooked(struct replay_msg *m, struct rd r)
{
	rd_skip(&r, 14);
	return frame_ethertype(m, r);
}

static bool frame_cooked2(struct replay_msg *m, struct rd r)
{
	struct rd type = r;

	rd_skip(&r, 20);
	return !r.bad && (rd_u16(&type) == 0x0800 || type.p[-1] == 0xdd) && frame_ip(m, r);
}

/* BSD's loopback: four octets of an address family, in an order and of a value that differ. */
static bool frame_loopback(struct replay_msg *m, struct rd r)
{
	rd_skip(&r, 4);
	return !r.bad && frame_ip(m, r);
}

static const struct {
	uint32_t link_type;
	bool (*find)(struct replay_msg *m, struct rd r);
} link_types[] = {
	{0, frame_loopback},	  {LINKTYPE_ETHERNET, frame_ethernet},
	{LINKTYPE_RAW, frame_ip}, {108, frame_loopback},
	{113, frame_cooked},	  {228, frame_ip},
	{229, frame_ip},	  {276, frame_cooked2},
};

bool replay_frame(struct replay_msg *m, uint32_t link_type, const uint8_t *frame, size_t len)
{
	uint64_t us = m->us;

	*m = (struct replay_msg){.us = us};
	for (size_t i = 0; i < sizeof(link_types) / sizeof(link_types[0]); i++)
		if (link_types[i].link_type == link_type)
			return link_types[i].find(m, rd_init(frame, len));
	return false;
}
