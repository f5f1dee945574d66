/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One advertisement, one check.  The prefix is announced for addresses only (A), not as on-link
 * (L): on a point-to-point link every packet goes through us.
 */
#include "gw/legs/ra.h"

#include "gw/ip/ip.h"

#define ICMPV6		  58u
#define RS		  133u
#define RA		  134u
#define OPT_SOURCE_LLADDR 1u
#define OPT_PREFIX	  3u
#define OPT_MTU		  5u
#define OPT_DNS		  25u
#define PREFIX_A	  0x40u

enum { AT_RA = 40, AT_MTU = AT_RA + 16, AT_PREFIX = AT_MTU + 8 };

/* RFC 8200 8.1: over both addresses, the length and the protocol, then the message. */
static uint16_t ra_checksum(const uint8_t *pkt, size_t len)
{
	uint8_t tail[8] = {[7] = ICMPV6};
	uint32_t sum;

	wr_put32(tail, (uint32_t)(len - IP6_HLEN));
	sum = ip_sum(0, pkt + 8, 32);
	sum = ip_sum(sum, tail, sizeof(tail));
	return ip_fold(ip_sum(sum, pkt + IP6_HLEN, len - IP6_HLEN));
}

/* Everything but the length, the addresses, the MTU and the prefix. */
static const uint8_t advertisement[RA_LEN] = {
	[0] = 0x60,
	[6] = ICMPV6,
	[7] = 255,
	[8] = 0xfe,
	[9] = 0x80,
	[24] = 0xff,
	[25] = 0x02,
	[39] = 1,
	[AT_RA] = RA,
	[AT_RA + 4] = 64, /* Cur Hop Limit */
	[AT_RA + 6] = RA_LIFETIME >> 8,
	[AT_RA + 7] = RA_LIFETIME & 255,
	[AT_MTU] = OPT_MTU,
	[AT_MTU + 1] = 1,
	[AT_PREFIX] = OPT_PREFIX,
	[AT_PREFIX + 1] = 4,
	[AT_PREFIX + 2] = 64,
	[AT_PREFIX + 3] = PREFIX_A,
};

/* RFC 8106 5.1.  They are as good as the router is. */
static void ra_put_dns(struct wr *w, const struct ra *ra)
{
	if (!ra->dns_n)
		return;
	wr_u8(w, OPT_DNS);
	wr_u8(w, (uint8_t)(1 + 2 * ra->dns_n));
	wr_u16(w, 0);
	wr_u32(w, RA_LIFETIME);
	wr_bytes(w, ra->dns, 16 * ra->dns_n);
}

size_t ra_build(uint8_t out[RA_MAX], const struct ra *ra)
{
	struct wr w = wr_init(out, RA_MAX);

	wr_bytes(&w, advertisement, RA_LEN);
	ra_put_dns(&w, ra);
	wr_put16(out + 4, (uint16_t)(w.len - IP6_HLEN));
	wr_put32(out + 16, (uint32_t)(ra->iid >> 32));
	wr_put32(out + 20, (uint32_t)ra->iid);
	wr_put32(out + AT_MTU + 4, ra->mtu < 1280 ? 1280 : ra->mtu);
	wr_put32(out + AT_PREFIX + 4, RA_PREFIX_LIFETIME);
	wr_put32(out + AT_PREFIX + 8, RA_PREFIX_PREFERRED);
	memcpy(out + AT_PREFIX + 16, ra->prefix, 8);
	wr_put16(out + AT_RA + 2, (uint16_t)~ra_checksum(out, w.len));
	return w.len;
}

/* RFC 4861 6.1.1: no option has length 0, and from :: there is no Source Link-Layer Address. */
static bool ra_options_ok(struct rd *r, bool unspecified)
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

bool ra_looks_like_solicitation(const uint8_t *pkt, size_t len)
{
	return len > IP6_HLEN && pkt[6] == ICMPV6 && pkt[IP6_HLEN] == RS;
}

bool ra_is_solicitation(const uint8_t *pkt, size_t len)
{
	static const uint8_t unspecified[16];
	struct ip6 ip;
	struct rd r;

	if (!ip6_parse(&ip, pkt, len) || ip.next != ICMPV6 || pkt[7] != 255)
		return false;
	r = rd_init(pkt + IP6_HLEN, ip.len - IP6_HLEN);
	if (rd_u8(&r) != RS || rd_u8(&r) != 0)
		return false;
	rd_skip(&r, 6); /* checksum, Reserved */
	return !r.bad && ra_options_ok(&r, !memcmp(ip.src, unspecified, 16)) &&
	       ra_checksum(pkt, ip.len) == 0xffff;
}
