/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a terminal does with a client's packets: lengths, extension headers, MSS, fragments, "too
 * big".  Fragments together are the packet they were cut from; an answer goes back where the packet
 * came from.
 */
#include "gw/ip/ip.h"
#include "gw/legs/ra.h"

#include <stdlib.h>
#include <string.h>

#define LARGEST 2048u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_ip_check(bool ok)
{
	if (!ok)
		abort();
}

/* The MSS option is inside the packet and becomes what it is told to be; nothing else moves but the
 * checksum. */
static void clamp(const uint8_t *pkt, size_t len, size_t tcp, size_t at, uint16_t mss)
{
	uint8_t *copy = malloc(len);

	if (!copy)
		abort();
	fuzz_ip_check(at >= tcp + 20 && at + 2 <= len);
	memcpy(copy, pkt, len);
	ip_mss_clamp(copy, tcp, at, mss);
	fuzz_ip_check(copy[at] == mss >> 8 && copy[at + 1] == (mss & 0xff));
	for (size_t i = 0; i < len; i++)
		fuzz_ip_check(copy[i] == pkt[i] || i == at || i == at + 1 || i == tcp + 16 ||
			      i == tcp + 17);
	free(copy);
}

static void fuzz_ip_fragments(const struct ip4 *ip, const uint8_t *pkt, uint16_t mtu)
{
	uint8_t out[LARGEST];
	struct ip4 one;
	size_t n, at = 0;
	unsigned i = 0;

	while ((n = ip4_fragment(out, ip, pkt, mtu, i++))) {
		fuzz_ip_check(n <= mtu && ip4_parse(&one, out, n));
		fuzz_ip_check(one.len == n && one.src == ip->src && one.dst == ip->dst);
		n -= one.hlen;
		fuzz_ip_check(at + n <= ip->len - ip->hlen);
		fuzz_ip_check(!memcmp(out + one.hlen, pkt + ip->hlen + at, n));
		at += n;
		fuzz_ip_check(
			!(at == ip->len - ip->hlen && (one.frag & IP4_MF) && !(ip->frag & IP4_MF)));
	}
	fuzz_ip_check(i == 1 || at == ip->len - ip->hlen);
}

static void v4(const uint8_t *pkt, size_t len, uint16_t mtu)
{
	uint8_t out[IP_ERROR_MAX];
	struct ip4 ip, answer;
	size_t at, n;

	if (!ip4_parse(&ip, pkt, len))
		return;
	fuzz_ip_check(ip.hlen >= 20 && ip.hlen <= ip.len && ip.len <= len);
	at = ip4_mss_find(&ip, pkt, mtu);
	if (at)
		clamp(pkt, ip.len, ip.hlen, at, (uint16_t)(mtu - 40));
	if (ip.len > mtu)
		fuzz_ip_fragments(&ip, pkt, mtu);
	n = ip4_too_big(out, &ip, pkt, mtu);
	fuzz_ip_check(n <= sizeof(out));
	if (n)
		fuzz_ip_check(ip4_parse(&answer, out, n) && answer.dst == ip.src &&
			      answer.src == ip.dst);
}

static void v6(const uint8_t *pkt, size_t len, uint16_t mtu)
{
	uint8_t out[IP_ERROR_MAX];
	struct ip6 ip, answer;
	size_t at, n;

	ra_is_solicitation(pkt, len);
	if (!ip6_parse(&ip, pkt, len))
		return;
	fuzz_ip_check(ip.len <= len && (ip.next == IP6_NEXT_UNKNOWN || ip.at <= ip.len));
	ip6_has_no_address_yet(&ip, pkt);
	at = ip6_mss_find(&ip, pkt, mtu);
	if (at)
		clamp(pkt, ip.len, ip.at, at, (uint16_t)(mtu - 60));
	n = ip6_too_big(out, &ip, pkt, mtu);
	fuzz_ip_check(n <= sizeof(out));
	if (n)
		fuzz_ip_check(ip6_parse(&answer, out, n) && !memcmp(answer.dst, ip.src, 16));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint16_t mtu;

	if (size < 2)
		return 0;
	mtu = (uint16_t)(68 + (data[0] << 8 | data[1]) % (LARGEST - 68));
	v4(data + 2, size - 2, mtu);
	v6(data + 2, size - 2, mtu);
	return 0;
}
