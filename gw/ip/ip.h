/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The IP functions of a terminal leg: check a packet's lengths, read its addresses, clamp the MSS
 * of TCP, fragment IPv4, answer "too big" by ICMP; UDP in IPv6.  Pure functions over octets.
 */
#ifndef GW_IP_IP_H
#define GW_IP_IP_H

#include "core/bytes.h"

struct ip4 {
	size_t hlen, len;  /* header; whole packet, without trailing octets */
	uint32_t src, dst; /* host order */
	uint16_t frag;	   /* flags and offset as on the wire */
	uint8_t proto;
};
#define IP4_DF	     0x4000u
#define IP4_MF	     0x2000u
#define IP4_OFFSET   0x1fffu
#define IP4_BODY_MAX (65535u - 20u)

/* False: not IPv4, or its lengths are wrong. */
bool ip4_parse(struct ip4 *ip, const uint8_t *pkt, size_t len);

struct ip6 {
	size_t len;
	const uint8_t *src, *dst;
	/* The upper-layer protocol and its offset, behind the extension headers. next is
	 * IP6_NEXT_UNKNOWN when it cannot be read: not a first fragment, encrypted, or too many
	 * headers. */
	uint8_t next;
	size_t at;
};
#define IP6_NEXT_UNKNOWN 255u
#define IP6_HLEN	 40u
bool ip6_parse(struct ip6 *ip, const uint8_t *pkt, size_t len);

/* A message that a host sends before it has an address: Neighbour or Router Solicitation or MLD
 * report from :: (RFC 4862 5.4.2, RFC 4861 4.1, RFC 3590). */
bool ip6_has_no_address_yet(const struct ip6 *ip, const uint8_t *pkt);

/* Where the MSS option of a TCP SYN is in the packet, when it is larger than mtu allows; else 0.
 * Only a first fragment is looked at. */
size_t ip4_mss_find(const struct ip4 *ip, const uint8_t *pkt, uint16_t mtu);
size_t ip6_mss_find(const struct ip6 *ip, const uint8_t *pkt, uint16_t mtu);
/* Lower it and update the TCP checksum.  at: what find returned; tcp: offset of the TCP header. */
void ip_mss_clamp(uint8_t *pkt, size_t tcp, size_t at, uint16_t mss);

/* Ones' complement sum of RFC 1071 over octets, going on from sum; not folded. */
uint32_t ip_sum(uint32_t sum, const uint8_t *p, size_t n);
uint16_t ip_fold(uint32_t sum);
/* The same over a packet without extension headers as its upper-layer protocol has it (RFC 8200
 * 8.1): both addresses, length, protocol, and what is behind the header.  With a checksum that is
 * right it is 0xffff. */
uint16_t ip6_fold(const uint8_t *pkt, size_t len, uint8_t proto);

/* UDP in IPv6. */
struct udp6 {
	const uint8_t *src, *dst;
	uint16_t from, to; /* ports */
	struct rd payload;
};
/* By its headers: is it meant for servers of DHCPv6 on its link (RFC 8415 section 7)? */
bool ip6_is_for_dhcp_server(const uint8_t *pkt, size_t len);
#define UDP6_HLEN (IP6_HLEN + 8u)
/* False: it is none, or has extension headers, or lengths or checksum are wrong. */
bool udp6_parse(struct udp6 *u, const uint8_t *pkt, size_t len);
/* The headers of a packet (UDP6_HLEN octets) in front of a payload that is there.  Its length. */
size_t udp6_put_head(uint8_t *pkt, const struct udp6 *u, size_t payload);

/* Fragment number i of pkt for mtu, written to out (mtu octets at least).  Returns its length; 0
 * when there is no such fragment, or none may be (mtu under a header and 8 octets, a fragment that
 * ends past the longest packet).  RFC 791: options are repeated only where their copied flag says
 * so. */
size_t ip4_fragment(uint8_t *out, const struct ip4 *ip, const uint8_t *pkt, uint16_t mtu,
		    unsigned i);

/* The answer to pkt, which does not fit mtu: Destination Unreachable, fragmentation needed (RFC
 * 1191) or Packet Too Big (RFC 4443 3.2), from the packet's destination to its source.  Returns its
 * length in out (IP_ERROR_MAX octets); 0 when pkt must not be answered (an ICMP error itself, not
 * from or to one host, not a first fragment). */
#define IP_ERROR_MAX 1280u
size_t ip4_too_big(uint8_t *out, const struct ip4 *ip, const uint8_t *pkt, uint16_t mtu);
size_t ip6_too_big(uint8_t *out, const struct ip6 *ip, const uint8_t *pkt, uint16_t mtu);

#endif
