/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash of 64 bits that nobody without the key
 * can foretell.  It makes the cookies, the Host-Uniq values and the places in tables. */
#ifndef TRANSPORTS_PPPOE_PPPOE_HASH_H
#define TRANSPORTS_PPPOE_PPPOE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define PPPOE_KEY 16u /* octets */

uint64_t pppoe_hash(const uint8_t key[PPPOE_KEY], const void *p, size_t len);

#endif
