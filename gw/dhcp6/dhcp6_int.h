/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of DHCPv6, and how options are read: dhcp6_read.c and dhcp6.c. */
#ifndef GW_DHCP6_DHCP6_INT_H
#define GW_DHCP6_DHCP6_INT_H

#include "gw/dhcp6/dhcp6.h"

/* RFC 8415 7.3 */
enum dhcp6_type {
	DHCP6_SOLICIT = 1,
	DHCP6_ADVERTISE = 2,
	DHCP6_REQUEST = 3,
	DHCP6_CONFIRM = 4,
	DHCP6_RENEW = 5,
	DHCP6_REBIND = 6,
	DHCP6_REPLY = 7,
	DHCP6_RELEASE = 8,
	DHCP6_DECLINE = 9,
	DHCP6_INFORMATION = 11,
	DHCP6_TYPES
};

/* RFC 8415 section 21; 23 and 24 are of RFC 3646. */
enum dhcp6_option {
	DHCP6_O_CLIENT = 1,
	DHCP6_O_SERVER = 2,
	DHCP6_O_IA_NA = 3,
	DHCP6_O_IA_TA = 4,
	DHCP6_O_ADDRESS = 5,
	DHCP6_O_WANTS = 6,
	DHCP6_O_STATUS = 13,
	DHCP6_O_RAPID = 14,
	DHCP6_O_DNS = 23,
	DHCP6_O_DOMAINS = 24,
	DHCP6_O_IA_PD = 25,
	DHCP6_O_PREFIX = 26,
	DHCP6_O_REFRESH = 32,
	DHCP6_O_SOL_MAX_RT = 82,
	DHCP6_O_INF_MAX_RT = 83,
};

/* RFC 8415 21.13 */
enum dhcp6_status {
	DHCP6_SUCCESS = 0,
	DHCP6_NO_ADDRS_AVAIL = 2,
	DHCP6_NO_BINDING = 3,
	DHCP6_NOT_ON_LINK = 4,
	DHCP6_USE_MULTICAST = 5,
	DHCP6_NO_PREFIX_AVAIL = 6,
};

struct dhcp6_opt {
	uint16_t code;
	struct rd body;
};
/* False at the end, and where what is left is none (r->bad). */
bool dhcp6_next(struct rd *r, struct dhcp6_opt *o);

/* One IA of a message that has been read. */
struct dhcp6_ia {
	uint16_t code; /* DHCP6_O_IA_NA, _TA, _PD */
	uint32_t iaid;
	struct rd inside;
};
/* The next one of a message's options; false = there are no more. */
bool dhcp6_next_ia(struct rd *r, struct dhcp6_ia *ia);
/* The next prefix of an IA_PD, or address of another IA, whose bits are 128. */
bool dhcp6_next_lease(struct dhcp6_ia *ia, struct dhcp6_prefix *p);

#endif
