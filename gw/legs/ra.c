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
#define OPT_DOMAINS	  31u
#define FLAG_O		  0x40u /* RFC 4861 4.2: more is known by DHCPv6 */
#define PREFIX_A	  0x40u

enum { AT_RA = 40, AT_MTU = AT_RA + 16, AT_PREFIX = AT_MTU + 8 };

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

/* RFC 8106 5.2: names as in DNS, filled up to units of 8 octets. */
static void ra_put_domains(struct wr *w, const struct ra *ra)
{
	static const uint8_t fill[8];
	size_t units = (ra->domains_len + 7u) / 8;

	if (!ra->domains_len)
		return;
	wr_u8(w, OPT_DOMAINS);
	wr_u8(w, (uint8_t)(1 + units));
	wr_u16(w, 0);
	wr_u32(w, RA_LIFETIME);
	wr_bytes(w, ra->domains, ra->domains_len);
	wr_bytes(w, fill, 8 * units - ra->domains_len);
}

static void ra_fill_prefix(uint8_t *option, const uint8_t *prefix)
{
	wr_put32(option + 4, RA_PREFIX_LIFETIME);
	wr_put32(option + 8, RA_PREFIX_PREFERRED);
	memcpy(option + 16, prefix, 8);
}

size_t ra_build(uint8_t out[RA_MAX], const struct ra *ra)
{
	struct wr w = wr_init(out, RA_MAX);

	wr_bytes(&w, advertisement, ra->prefix ? RA_LEN : AT_PREFIX);
	ra_put_dns(&w, ra);
	ra_put_domains(&w, ra);
	wr_put16(out + 4, (uint16_t)(w.len - IP6_HLEN));
	wr_put32(out + 16, (uint32_t)(ra->iid >> 32));
	wr_put32(out + 20, (uint32_t)ra->iid);
	wr_put32(out + AT_MTU + 4, ra->mtu < 1280 ? 1280 : ra->mtu);
	out[AT_RA + 5] = ra->dhcp6 ? FLAG_O : 0;
	if (ra->prefix)
		ra_fill_prefix(out + AT_PREFIX, ra->prefix);
	wr_put16(out + AT_RA + 2, (uint16_t)~ip6_fold(out, w.len, ICMPV6));
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
	       ip6_fold(pkt, ip.len, ICMPV6) == 0xffff;
}
