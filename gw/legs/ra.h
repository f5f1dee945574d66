/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Router Advertisements (RFC 4861): how a client learns the /64 its call was given, since IPV6CP
 * carries no more than an interface identifier.  Pure functions over octets.
 */
#ifndef GW_LEGS_RA_H
#define GW_LEGS_RA_H

#include "core/bytes.h"

#define RA_DNS	   3u	/* name servers of an advertisement */
#define RA_DOMAINS 255u /* octets of its domains */
/* IPv6 header, advertisement, MTU, prefix; then name servers, 16 octets each, and domains */
#define RA_LEN		    (40u + 16u + 8u + 32u)
#define RA_MAX		    (RA_LEN + 8u + 16u * RA_DNS + 8u + RA_DOMAINS + 1u)
#define RA_LIFETIME	    1800u  /* seconds, of us as a default router */
#define RA_PREFIX_LIFETIME  86400u /* seconds; 4 h preferred */
#define RA_PREFIX_PREFERRED 14400u

struct ra {
	uint64_t iid;	       /* ours */
	const uint8_t *prefix; /* a /64; NULL = none */
	uint16_t mtu;
	const uint8_t (*dns)[16]; /* RFC 8106 */
	unsigned dns_n;		  /* at most RA_DNS */
	const uint8_t *domains;	  /* as in DNS, at most RA_DOMAINS octets */
	uint16_t domains_len;
	bool dhcp6; /* there is DHCPv6 on the link */
};
/* An advertisement from fe80::iid to all nodes: use addresses of this /64, and these name servers
 * and domains.  Octets written. */
size_t ra_build(uint8_t out[RA_MAX], const struct ra *ra);
/* By its header: is it meant to be one? */
bool ra_looks_like_solicitation(const uint8_t *pkt, size_t len);
/* Is this IPv6 packet a Router Solicitation that passes the checks of RFC 4861 6.1.1? */
bool ra_is_solicitation(const uint8_t *pkt, size_t len);

#endif
