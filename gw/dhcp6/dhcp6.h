/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A server of DHCPv6 (RFC 8415) for one link with one user: octets and a time in, octets out.  No
 * I/O and no clock.
 *
 * A router that calls us wants a prefix for the networks behind it.  It asks all servers (Solicit),
 * is offered one (Advertise), asks for it (Request), and has it (Reply): it is bound to the DUID
 * that names the router, and to the IAID that names the use it makes of the prefix.  Before its
 * time is up it asks for more (Renew, and of any server: Rebind), and at the end gives it back
 * (Release).  With the option Rapid Commit the first answer is the last.  Who wants no more than
 * name servers says so by Information-request.
 *
 * There is one prefix for a link, and who asks for it last has it: a router that begins anew may
 * have got itself another DUID, and nobody but the user is on his link.  Addresses are not given;
 * those come from advertisements.
 */
#ifndef GW_DHCP6_DHCP6_H
#define GW_DHCP6_DHCP6_H

#include "core/bytes.h"

#define DHCP6_DUID_MAX	  130u
#define DHCP6_DUID_SERVER 18u
#define DHCP6_MAX	  1232u /* octets of an answer: with IPv6 and UDP they are 1280 */
#define DHCP6_CLIENT	  546u	/* ports */
#define DHCP6_SERVER	  547u

struct dhcp6_prefix {
	uint8_t addr[16];
	uint8_t bits; /* 0 = none */
};

/* What is told to whoever asks. */
struct dhcp6_says {
	uint8_t duid[DHCP6_DUID_SERVER]; /* ours */
	struct dhcp6_prefix on_link;	 /* addresses of the link are of it */
	const uint8_t (*dns)[16];
	unsigned dns_n;
	const uint8_t *domains; /* to search, as in DNS: labels with their lengths */
	uint16_t domains_len;
	uint32_t preferred, valid; /* seconds that a prefix is good for */
};

/* The prefix of the link, and who has it. */
struct dhcp6_lease {
	struct dhcp6_prefix prefix;
	uint8_t duid_len; /* 0 = nobody has it */
	uint8_t duid[DHCP6_DUID_MAX];
	uint32_t iaid;
	uint64_t until; /* us; it is good until then */
};

/* The DUID of the server with this name, the same wherever and whenever it starts: of a UUID (RFC
 * 6355) that is made of the name (RFC 9562 5.5). */
void dhcp6_server_duid(uint8_t out[DHCP6_DUID_SERVER], const char *name);

/* Everything of a message that was sent to a server; it points into the octets. */
struct dhcp6_msg {
	uint8_t type;
	uint32_t xid;				  /* 24 bits */
	struct rd options, client, server, wants; /* wants: codes of the Option Request */
	bool rapid;
	bool unicast; /* it was sent to us, not to all servers */
	unsigned ias, pds;
};

/* False: to be dropped in silence, since it is malformed, of no type that a client sends, or not
 * valid (RFC 8415 section 16). */
bool dhcp6_read(struct dhcp6_msg *m, const struct dhcp6_says *s, const uint8_t *octets, size_t len,
		bool unicast);
/* It can be answered with a prefix, so that it is time to have one. */
bool dhcp6_asks_prefix(const struct dhcp6_msg *m);
/* The answer, and what becomes of the lease.  Octets written; 0: it gets none. */
size_t dhcp6_answer(struct dhcp6_lease *l, const struct dhcp6_says *s, const struct dhcp6_msg *m,
		    uint64_t now, uint8_t out[DHCP6_MAX]);

#endif
