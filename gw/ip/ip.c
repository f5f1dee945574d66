/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv4 (RFC 791), IPv6 (RFC 8200), the MSS option of TCP (RFC 9293 3.2) and two ICMP messages.  A
 * terminal is a router of one hop whose next hop is the client; it does not lower the TTL, since
 * the kernel on the other side of the TUN device has done so.
 *
 * A too-big answer bears the address of the packet's destination: the gateway's own would be
 * dropped by the kernel as one of its own arriving from outside.
 */
#include "gw/ip/ip.h"

#include <string.h>

enum { ICMP = 1, TCP = 6, UDP = 17, ICMP6 = 58 };
enum { HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT = 44, DESTINATION = 60 };
#define EXTENSIONS_MAX 8 /* extension headers followed: RFC 8200 4.1 has seven */
enum {
	MLD1_REPORT = 131,
	ROUTER_SOLICITATION = 133,
	NEIGHBOUR_SOLICITATION = 135,
	MLD2_REPORT = 143
};
enum { TCP_FLAG_SYN = 0x02, OPT_END = 0, OPT_NOP = 1, OPT_MSS = 2 };

static uint16_t ip_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

bool ip4_parse(struct ip4 *ip, const uint8_t *pkt, size_t len)
{
	struct rd r = rd_init(pkt, len);
	uint8_t first = rd_u8(&r);

	rd_skip(&r, 1);
	ip->len = rd_u16(&r);
	rd_skip(&r, 2);
	ip->frag = rd_u16(&r);
	rd_skip(&r, 1);
	ip->proto = rd_u8(&r);
	rd_skip(&r, 2);
	ip->src = rd_u32(&r);
	ip->dst = rd_u32(&r);
	ip->hlen = (size_t)(first & 15) * 4;
	return !r.bad && first >> 4 == 4 && ip->hlen >= 20 && ip->hlen <= ip->len && ip->len <= len;
}

/* RFC 8200 section 4: skip the extension headers that leave the next header readable. */
static void ip_skip_extensions(struct ip6 *ip, struct rd r, size_t whole)
{
	unsigned n = 0;

	for (;; n++) {
		uint8_t kind = ip->next, octets;
		uint16_t frag = 0;

		if (kind != HOP_BY_HOP && kind != ROUTING && kind != DESTINATION &&
		    kind != FRAGMENT)
			break;
		ip->next = rd_u8(&r);
		octets = rd_u8(&r);
		if (kind == FRAGMENT) {
			frag = rd_u16(&r) >> 3;
			rd_skip(&r, 4);
		} else {
			rd_skip(&r, 6 + (size_t)octets * 8);
		}
		if (r.bad || frag || n == EXTENSIONS_MAX) {
			ip->next = IP6_NEXT_UNKNOWN;
			break;
		}
	}
	ip->at = whole - r.left;
}

bool ip6_parse(struct ip6 *ip, const uint8_t *pkt, size_t len)
{
	struct rd r = rd_init(pkt, len);
	uint8_t first = rd_u8(&r);

	rd_skip(&r, 3);
	ip->len = IP6_HLEN + (size_t)rd_u16(&r);
	ip->next = rd_u8(&r);
	rd_skip(&r, 1);
	ip->src = rd_take(&r, 16);
	ip->dst = rd_take(&r, 16);
	if (r.bad || first >> 4 != 6 || ip->len > len)
		return false;
	ip_skip_extensions(ip, rd_init(pkt + IP6_HLEN, ip->len - IP6_HLEN), ip->len);
	return true;
}

bool ip6_has_no_address_yet(const struct ip6 *ip, const uint8_t *pkt)
{
	static const uint8_t none[16];
	uint8_t type = ip->next == ICMP6 && ip->at < ip->len ? pkt[ip->at] : 0;

	return !memcmp(ip->src, none, 16) &&
	       (type == MLD1_REPORT || type == ROUTER_SOLICITATION ||
		type == NEIGHBOUR_SOLICITATION || type == MLD2_REPORT);
}

/* --- MSS -------------------------------------------------------------------------------------- */

/* In the options of a SYN at pkt + tcp: offset of an MSS value above mss, or 0. */
static size_t ip_find_mss(const uint8_t *pkt, size_t len, size_t tcp, uint16_t mss)
{
	struct rd r = rd_init(pkt + tcp, len - tcp), opt;
	uint8_t kind, n;

	rd_skip(&r, 12);
	n = rd_u8(&r);
	if (!(rd_u8(&r) & TCP_FLAG_SYN))
		return 0;
	rd_skip(&r, 6);
	if (r.bad || n >> 4 < 5)
		return 0;
	opt = rd_sub(&r, (size_t)(n >> 4) * 4 - 20);
	while (!opt.bad && opt.left && (kind = rd_u8(&opt)) != OPT_END) {
		if (kind == OPT_NOP)
			continue;
		n = rd_u8(&opt);
		if (n < 2)
			return 0;
		if (kind == OPT_MSS && n == 4 && opt.left >= 2)
			return ip_get16(opt.p) > mss ? (size_t)(opt.p - pkt) : 0;
		rd_skip(&opt, n - 2u);
	}
	return 0;
}

size_t ip4_mss_find(const struct ip4 *ip, const uint8_t *pkt, uint16_t mtu)
{
	if (ip->proto != TCP || ip->frag & IP4_OFFSET || mtu <= 40)
		return 0;
	return ip_find_mss(pkt, ip->len, ip->hlen, (uint16_t)(mtu - 40));
}

size_t ip6_mss_find(const struct ip6 *ip, const uint8_t *pkt, uint16_t mtu)
{
	if (ip->next != TCP || mtu <= 60)
		return 0;
	return ip_find_mss(pkt, ip->len, ip->at, (uint16_t)(mtu - 60));
}

void ip_mss_clamp(uint8_t *pkt, size_t tcp, size_t at, uint16_t mss)
{
	uint8_t *sum = pkt + tcp + 16;
	uint16_t old = ip_get16(pkt + at);
	uint32_t s;

	/* RFC 1624 equation 3; a value at an odd offset enters the sum with its octets swapped. */
	wr_put16(pkt + at, mss);
	if ((at - tcp) & 1) {
		old = (uint16_t)(old << 8 | old >> 8);
		mss = (uint16_t)(mss << 8 | mss >> 8);
	}
	s = (uint16_t)~ip_get16(sum) + (uint32_t)(uint16_t)~old + mss;
	wr_put16(sum, (uint16_t)~ip_fold(s));
}

/* --- checksums -------------------------------------------------------------------------------- */

/* RFC 1071 2: digits of 64 bits in the machine's order of octets, each carry put back, make the
 * same sum as those of 16 bits; the octets of the result are in their places again.  The sum of the
 * first n & ~15 octets. */
static uint32_t ip_sum_wide(const uint8_t *p, size_t n)
{
	uint64_t a = 0, b = 0, x[2];
	uint8_t octets[2];
	uint16_t s;

	for (; n >= sizeof(x); n -= sizeof(x), p += sizeof(x)) {
		memcpy(x, p, sizeof(x));
		a += x[0];
		a += a < x[0];
		b += x[1];
		b += b < x[1];
	}
	a = (a & UINT32_MAX) + (a >> 32) + (b & UINT32_MAX) + (b >> 32);
	a = (a & UINT32_MAX) + (a >> 32);
	s = ip_fold((uint32_t)(a & 0xffff) + (uint32_t)(a >> 16 & 0xffff) + (uint32_t)(a >> 32));
	memcpy(octets, &s, sizeof(octets));
	return ip_get16(octets);
}

uint32_t ip_sum(uint32_t sum, const uint8_t *p, size_t n)
{
	size_t wide = n & ~(size_t)15;

	if (wide)
		sum += ip_sum_wide(p, wide);
	p += wide;
	n -= wide;
	for (; n > 1; n -= 2, p += 2)
		sum += ip_get16(p);
	return n ? sum + (uint32_t)(p[0] << 8) : sum;
}

uint16_t ip_fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)(sum + (sum >> 16));
}

uint16_t ip6_fold(const uint8_t *pkt, size_t len, uint8_t proto)
{
	uint8_t tail[8] = {[7] = proto};
	uint32_t sum;

	wr_put32(tail, (uint32_t)(len - IP6_HLEN));
	sum = ip_sum(0, pkt + 8, 32);
	sum = ip_sum(sum, tail, sizeof(tail));
	return ip_fold(ip_sum(sum, pkt + IP6_HLEN, len - IP6_HLEN));
}

static void ip_put_header_sum(uint8_t *hdr, size_t hlen)
{
	wr_put16(hdr + 10, 0);
	wr_put16(hdr + 10, (uint16_t)~ip_fold(ip_sum(0, hdr, hlen)));
}

/* --- fragments -------------------------------------------------------------------------------- */

/* The header of a fragment after the first: options with the copied flag (0x80) only.  Returns its
 * length. */
static size_t ip_copied_header(uint8_t *out, const uint8_t *pkt, size_t hlen)
{
	size_t n = 20, at = 20, one;

	memcpy(out, pkt, 20);
	while (at < hlen && pkt[at] != OPT_END) {
		one = pkt[at] == OPT_NOP ? 1 : at + 1 < hlen ? pkt[at + 1] : 0;
		if (!one || one > hlen - at)
			break;
		if (pkt[at] & 0x80) {
			memcpy(out + n, pkt + at, one);
			n += one;
		}
		at += one;
	}
	while (n & 3)
		out[n++] = OPT_END;
	out[0] = (uint8_t)(0x40 | n / 4);
	return n;
}

size_t ip4_fragment(uint8_t *out, const struct ip4 *ip, const uint8_t *pkt, uint16_t mtu,
		    unsigned i)
{
	uint8_t hdr[60];
	size_t later = ip_copied_header(hdr, pkt, ip->hlen), first_data, later_data, from, n;
	const uint8_t *h = i ? hdr : pkt;
	size_t hlen = i ? later : ip->hlen, body = ip->len - ip->hlen;

	/* nor may a fragment end where no whole packet can: its offset would run into the flags */
	if (mtu < ip->hlen + 8 || (size_t)(ip->frag & IP4_OFFSET) * 8 + body > IP4_BODY_MAX)
		return 0;
	first_data = (mtu - ip->hlen) & ~(size_t)7;
	later_data = (mtu - later) & ~(size_t)7;
	from = i ? first_data + (i - 1) * later_data : 0;
	if (from >= body)
		return 0;
	n = i ? later_data : first_data;
	if (n > body - from)
		n = body - from;
	memcpy(out, h, hlen);
	memcpy(out + hlen, pkt + ip->hlen + from, n);
	wr_put16(out + 2, (uint16_t)(hlen + n));
	wr_put16(out + 6, (uint16_t)(((ip->frag & IP4_OFFSET) + from / 8) |
				     (ip->frag & ~(IP4_OFFSET | IP4_MF)) |
				     (from + n < body ? IP4_MF : ip->frag & IP4_MF)));
	ip_put_header_sum(out, hlen);
	return hlen + n;
}

/* --- too big ---------------------------------------------------------------------------------- */

/* RFC 1122 3.2.2 and RFC 4443 2.4 (e): messages that no ICMP error may answer. */
static bool ip_icmp4_is_error(uint8_t type)
{
	return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

static bool ip_one_host4(uint32_t a)
{
	return a >> 28 < 14 && a >> 24 && a >> 24 != 127;
}

size_t ip4_too_big(uint8_t *out, const struct ip4 *ip, const uint8_t *pkt, uint16_t mtu)
{
	struct wr w = wr_init(out, IP_ERROR_MAX);
	size_t quote = ip->len < 548 ? ip->len : 548; /* RFC 1812 4.3.2.3: 576 in all */

	if (ip->frag & IP4_OFFSET || !ip_one_host4(ip->src) || !ip_one_host4(ip->dst) ||
	    (ip->proto == ICMP && ip->len > ip->hlen && ip_icmp4_is_error(pkt[ip->hlen])))
		return 0;
	wr_u16(&w, 0x45c0); /* Internetwork Control, RFC 1812 4.3.2.5 */
	wr_u16(&w, (uint16_t)(28 + quote));
	wr_u32(&w, 0);
	wr_u16(&w, 64 << 8 | ICMP);
	wr_u16(&w, 0);
	wr_u32(&w, ip->dst);
	wr_u32(&w, ip->src);
	ip_put_header_sum(out, 20);
	wr_u32(&w, 0x03040000); /* fragmentation needed and DF set */
	wr_u16(&w, 0);
	wr_u16(&w, mtu);
	wr_bytes(&w, pkt, quote);
	wr_patch16(&w, 22, (uint16_t)~ip_fold(ip_sum(0, out + 20, 8 + quote)));
	return w.bad ? 0 : w.len;
}

static bool ip_one_host6(const uint8_t *a)
{
	static const uint8_t none[16];

	return a[0] != 0xff && memcmp(a, none, 16);
}

size_t ip6_too_big(uint8_t *out, const struct ip6 *ip, const uint8_t *pkt, uint16_t mtu)
{
	struct wr w = wr_init(out, IP_ERROR_MAX);
	size_t quote = ip->len < 1232 ? ip->len : 1232; /* 1280 in all */
	uint32_t sum;

	/* A multicast destination may be answered with Packet Too Big (RFC 4443 2.4 e.3), but the
	 * answer could not bear its address. */
	if (!ip_one_host6(ip->src) || !ip_one_host6(ip->dst) ||
	    (ip->next == ICMP6 && ip->len > ip->at && !(pkt[ip->at] & 0x80)))
		return 0;
	wr_u32(&w, 0x60000000);
	wr_u16(&w, (uint16_t)(8 + quote));
	wr_u16(&w, ICMP6 << 8 | 64);
	wr_bytes(&w, ip->dst, 16);
	wr_bytes(&w, ip->src, 16);
	wr_u32(&w, 0x02000000);
	wr_u32(&w, mtu < 1280 ? 1280 : mtu);
	wr_bytes(&w, pkt, quote);
	sum = ip_sum((uint32_t)(8 + quote + ICMP6), out + 8, 32);
	wr_patch16(&w, 42, (uint16_t)~ip_fold(ip_sum(sum, out + 40, 8 + quote)));
	return w.bad ? 0 : w.len;
}

/* --- UDP --------------------------------------------------------------------------------------- */

bool ip6_is_for_dhcp_server(const uint8_t *pkt, size_t len)
{
	static const uint8_t all[16] = {0xff, 0x02, [13] = 1, [15] = 2};
	enum { NEXT_HEADER = 6, DESTINATION_AT = 24, PORT = IP6_HLEN + 2, SERVER = 547 };
	const uint8_t *to = pkt + DESTINATION_AT;

	return len >= UDP6_HLEN && pkt[NEXT_HEADER] == UDP && ip_get16(pkt + PORT) == SERVER &&
	       (!memcmp(to, all, sizeof(all)) || (to[0] == 0xfe && (to[1] & 0xc0) == 0x80));
}

bool udp6_parse(struct udp6 *u, const uint8_t *pkt, size_t len)
{
	struct ip6 ip;
	uint16_t sum;
	struct rd r;
	size_t n;

	if (!ip6_parse(&ip, pkt, len) || ip.next != UDP || ip.at != IP6_HLEN)
		return false;
	r = rd_init(pkt + IP6_HLEN, ip.len - IP6_HLEN);
	*u = (struct udp6){.src = ip.src, .dst = ip.dst, .from = rd_u16(&r), .to = rd_u16(&r)};
	n = rd_u16(&r);
	sum = rd_u16(&r);
	u->payload = r;
	/* RFC 8200 8.1: a checksum there is, unlike in IPv4 */
	return !r.bad && n == ip.len - IP6_HLEN && sum && ip6_fold(pkt, ip.len, UDP) == 0xffff;
}

size_t udp6_put_head(uint8_t *pkt, const struct udp6 *u, size_t payload)
{
	struct wr w = wr_init(pkt, UDP6_HLEN);
	uint16_t n = (uint16_t)(8 + payload), sum;

	wr_u32(&w, 0x60000000);
	wr_u16(&w, n);
	wr_u16(&w, UDP << 8 | 64);
	wr_bytes(&w, u->src, 16);
	wr_bytes(&w, u->dst, 16);
	wr_u16(&w, u->from);
	wr_u16(&w, u->to);
	wr_u16(&w, n);
	wr_u16(&w, 0);
	sum = (uint16_t)~ip6_fold(pkt, UDP6_HLEN + payload, UDP);
	wr_patch16(&w, IP6_HLEN + 6, sum ? sum : 0xffff);
	return UDP6_HLEN + payload;
}
