/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CRC-32 of AAL5 (I.363.5): polynomial 04C11DB7, most significant bit first, preset to all ones,
 * complemented at the end.  The fastest way this CPU has is chosen once and checked against the
 * plain table; all ways agree for every length.  Also the reflected CRC-32 of Ethernet, which some
 * emulated routers put in its place.
 */
#ifndef TRANSPORTS_ATM_AAL5_CRC_H
#define TRANSPORTS_ATM_AAL5_CRC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AAL5_CRC_INIT	 0xffffffffu
#define AAL5_CRC_RESIDUE 0xc704dd7bu /* over a whole good CPCS-PDU, not complemented */

/* Continue `state` (AAL5_CRC_INIT at first) over len octets; the caller complements at the end.
 * aal5_crc_choose() must have run. */
uint32_t aal5_crc(uint32_t state, const void *data, size_t len);

/* Choose and check; returns the name of what was chosen.  Safe to call again; not thread-safe the
 * first time. */
const char *aal5_crc_choose(void);

struct aal5_crc_way {
	const char *name;
	uint32_t (*crc)(uint32_t state, const void *data, size_t len);
	bool (*have)(void); /* NULL = always */
};
/* All ways, the fastest first and the table last; for tests and measurements. */
extern const struct aal5_crc_way aal5_crc_ways[];
#define AAL5_CRC_WAYS 4u
/* The first of n that this CPU has and that agrees with the table; NULL = none. */
const struct aal5_crc_way *aal5_crc_first_right(const struct aal5_crc_way *ways, unsigned n);

/* Reflected, preset to all ones; the caller complements. */
uint32_t aal5_crc_reflected(uint32_t state, const void *data, size_t len);

#endif
