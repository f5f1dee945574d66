/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which call has this address: for one TUN device, from an IPv4 address or the first 64 bits of an
 * IPv6 one to a call.  One writer (the control thread), any number of RCU readers.
 *
 * Pools are dense ranges, so IPv4 is an array: by /16, by /24, by host; a page exists once an
 * address in it has been given out, and stays as long as the table.
 */
#ifndef GW_DP_ADDRTAB_H
#define GW_DP_ADDRTAB_H

#include "gw/dp/map.h"

struct addrtab_page;
struct addrtab {
	_Atomic(struct addrtab_page *) *top; /* 65536, by the first two octets */
	struct map prefix6;		     /* by /64 */
	struct map link_local;		     /* by interface identifier */
};

/* A call in one word: tunnel and session id of ours; 0 = none. */
static inline uint32_t call_key(uint16_t tid, uint16_t sid)
{
	return (uint32_t)tid << 16 | sid;
}

int addrtab_init(struct addrtab *t);
/* No reader is left. */
void addrtab_free(struct addrtab *t);

/* addr in host order.  key 0 removes.  False without memory. */
bool addrtab_set4(struct addrtab *t, uint32_t addr, uint32_t key);
uint32_t addrtab_get4(const struct addrtab *t, uint32_t addr);
/* By /64: the first 8 octets of addr; a link-local destination by its interface identifier. */
uint32_t addrtab_get6(const struct addrtab *t, const uint8_t addr[16]);

/* The first and the last 8 octets as numbers. */
uint64_t addr6_prefix(const uint8_t addr[16]);
uint64_t addr6_iid(const uint8_t addr[16]);
bool addr6_is_link_local(const uint8_t addr[16]);

#endif
