/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One advertisement, one check.  The prefix is announced for addresses only (A), not as on-link
 * (L): on a point-to-point link there is nobody else to find, everything goes through us.
 */
#include "gw/ra.h"

#include "gw/ip.h"

#define ICMPV6		  58u
#define RS		  133u
#define RA		  134u
#define OPT_SOURCE_LLADDR 1u
#define OPT_PREFIX	  3u
#define OPT_MTU		  5u
#define PREFIX_A	  0x40u

/* RFC 8200 8.1: over both addresses, the length and the protocol, then the message. */
static uint16_t checksum(const uint8_t *pkt, size_t len)
{
	uint8_t tail[8] = {0, 0, 0, 0, 0, 0, 0, ICMPV6};
	uint32_t sum;

	wr_put32(tail, (uint32_t)(len - IP6_HLEN));
	sum = ip_sum(0, pkt + 8, 32);
	sum = ip_sum(sum, tail, sizeof(tail));
	return ip_fold(ip_sum(sum, pkt + IP6_HLEN, len - IP6_HLEN));
}

void ra_build(uint8_t out[RA_LEN], uint64_t iid, const uint8_t prefix[16], uint16_t mtu)
{
	struct wr w = wr_init(out, RA_LEN);

	wr_u32(&w, 0x60000000);
	wr_u16(&w, RA_LEN - IP6_HLEN);
	wr_u8(&w, ICMPV6);
	wr_u8(&w, 255);
	wr_u64(&w, 0xfe80000000000000);
	wr_u64(&w, iid);
	wr_u64(&w, 0xff02000000000000);
	wr_u64(&w, 1);

	wr_u8(&w, RA);
	wr_u8(&w, 0);
	wr_u16(&w, 0); /* checksum */
	wr_u8(&w, 64); /* Cur Hop Limit */
	wr_u8(&w, 0);
	wr_u16(&w, RA_LIFETIME);
	wr_u32(&w, 0);
	wr_u32(&w, 0);

	wr_u8(&w, OPT_MTU);
	wr_u8(&w, 1);
	wr_u16(&w, 0);
	wr_u32(&w, mtu < 1280 ? 1280 : mtu);

	wr_u8(&w, OPT_PREFIX);
	wr_u8(&w, 4);
	wr_u8(&w, 64);
	wr_u8(&w, PREFIX_A);
	wr_u32(&w, RA_PREFIX_LIFETIME);
	wr_u32(&w, RA_PREFIX_PREFERRED);
	wr_u32(&w, 0);
	wr_bytes(&w, prefix, 8);
	wr_u64(&w, 0);
	wr_put16(out + IP6_HLEN + 2, (uint16_t)~checksum(out, RA_LEN));
}

/* Every option has a length, and nobody without an address tells us a link-layer address. */
static bool options_ok(struct rd *r, bool unspecified)
{
	while (r->left) {
		uint8_t type = rd_u8(r), units = rd_u8(r);

		if (!units || (unspecified && type == OPT_SOURCE_LLADDR))
			return false;
		rd_skip(r, units * 8u - 2u);
		if (r->bad)
			return false;
	}
	return true;
}

bool ra_is_solicitation(const uint8_t *pkt, size_t len)
{
	static const uint8_t nobody[16];
	struct ip6 ip;
	struct rd r;

	if (!ip6_parse(&ip, pkt, len) || ip.next != ICMPV6 || pkt[7] != 255)
		return false;
	r = rd_init(pkt + IP6_HLEN, ip.len - IP6_HLEN);
	if (rd_u8(&r) != RS || rd_u8(&r) != 0)
		return false;
	rd_skip(&r, 6); /* checksum, Reserved */
	return !r.bad && options_ok(&r, !memcmp(ip.src, nobody, 16)) &&
	       checksum(pkt, ip.len) == 0xffff;
}
