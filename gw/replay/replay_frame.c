/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a captured frame to the L2TP in it: a row for each link type, then IP and UDP, or the
 * encapsulation of Frame Relay and ATM.  Fragments of IP and what the capture has cut off are left
 * out.  X.25, whose packets may be parts of a message, is in replay_x25.c.
 */
#include "core/bytes.h"
#include "gw/ip/ip.h"
#include "gw/replay/replay.h"
#include "transports/atm/atm_encap.h"
#include "transports/frame-relay/fr_encap.h"
#include "transports/frame-relay/q922.h"
#include "transports/kit/linktype.h"

#define L2TP_PORT 1701u
#define PROTO_UDP 17u

static bool frame_udp(struct replay_msg *m, struct rd r)
{
	uint16_t from = rd_u16(&r), to = rd_u16(&r), len = rd_u16(&r);
	struct rd pdu;

	rd_skip(&r, 2);
	if (r.bad || len < 8)
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
	struct ip4 ip;

	if (!ip4_parse(&ip, r.p, r.left) || ip.proto != PROTO_UDP ||
	    ip.frag & (IP4_MF | IP4_OFFSET))
		return false;
	m->from.kind = m->to.kind = REPLAY_IPV4;
	wr_put32(m->from.system, ip.src);
	wr_put32(m->to.system, ip.dst);
	return frame_udp(m, rd_init(r.p + ip.hlen, ip.len - ip.hlen));
}

static bool frame_ipv6(struct replay_msg *m, struct rd r)
{
	struct ip6 ip;

	if (!ip6_parse(&ip, r.p, r.left) || ip.next != PROTO_UDP || ip.at != IP6_HLEN)
		return false;
	m->from.kind = m->to.kind = REPLAY_IPV6;
	memcpy(m->from.system, ip.src, 16);
	memcpy(m->to.system, ip.dst, 16);
	return frame_udp(m, rd_init(r.p + ip.at, ip.len - ip.at));
}

bool replay_udp(struct replay_msg *m, const uint8_t *pkt, size_t len)
{
	unsigned version = len ? pkt[0] >> 4 : 0;

	return version == 4   ? frame_ipv4(m, rd_init(pkt, len))
	       : version == 6 ? frame_ipv6(m, rd_init(pkt, len))
			      : false;
}

static bool frame_ip(struct replay_msg *m, struct rd r)
{
	return replay_udp(m, r.p, r.left) && (m->from.at == L2TP_PORT || m->to.at == L2TP_PORT);
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

/* The rest of the frame, on this circuit. */
static bool frame_circuit(struct replay_msg *m, struct rd r, uint8_t kind, uint32_t at)
{
	m->from.kind = m->to.kind = kind;
	m->from.at = m->to.at = at;
	m->pkt = r.p;
	m->len = r.left;
	return !r.bad && r.left;
}

/* How long the address is, its own bits say.  Which side sent the frame nothing does. */
static bool frame_frelay(struct replay_msg *m, struct rd r)
{
	uint8_t nlpid;

	for (enum q922_format f = Q922_2_OCTETS; f < Q922_FORMATS; f++) {
		struct rd pdu = r;
		struct q922_addr a;

		if (q922_get(&pdu, f, &a) == Q922_OK)
			return fr_encap_get(&pdu, &nlpid) == FR_L2TP &&
			       frame_circuit(m, pdu, REPLAY_FRELAY, a.dlci);
	}
	return false;
}

/* The highest bit says that the frame was sent where it was captured. */
static bool frame_sunatm(struct replay_msg *m, struct rd r)
{
	uint8_t flags = rd_u8(&r), vpi = rd_u8(&r);
	uint32_t circuit = (uint32_t)vpi << 16 | rd_u16(&r);

	if (atm_encap_get(&r, ATM_LLC, IST_PAYLOAD_L2TP) != ATM_L2TP ||
	    !frame_circuit(m, r, REPLAY_ATM, circuit))
		return false;
	m->from.system[0] = flags & 0x80 ? REPLAY_SIDE_A : REPLAY_SIDE_B;
	m->to.system[0] = flags & 0x80 ? REPLAY_SIDE_B : REPLAY_SIDE_A;
	return true;
}

/* L2TP alone, by the name of its dissector in front (atm_tap()). */
static bool frame_named(struct replay_msg *m, struct rd r)
{
	return linktype_tags_decode(&r, "l2tpraw") && frame_circuit(m, r, REPLAY_BARE, 0);
}

static const struct {
	uint32_t link_type;
	bool (*find)(struct replay_msg *m, struct rd r);
} link_types[] = {
	{0, frame_loopback},
	{LINKTYPE_ETHERNET, frame_ethernet},
	{LINKTYPE_RAW, frame_ip},
	{LINKTYPE_FRELAY, frame_frelay},
	{108, frame_loopback},
	{113, frame_cooked},
	{LINKTYPE_SUNATM, frame_sunatm},
	{228, frame_ip},
	{229, frame_ip},
	{LINKTYPE_UPPER_PDU, frame_named},
	{276, frame_cooked2},
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
