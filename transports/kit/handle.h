/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Channel handles: 16 bits of index under 16 bits of generation, which is never 0, so that a handle
 * of a slot's former user is seen to be stale and no handle equals "none". */
#ifndef TRANSPORTS_KIT_HANDLE_H
#define TRANSPORTS_KIT_HANDLE_H

#include "transports/transport.h"

#define HANDLE_SLOTS 65536u

static inline ist_channel handle_make(uint32_t index, uint16_t generation)
{
	return (uint32_t)generation << 16 | (index & 0xffffu);
}

static inline uint32_t handle_index(ist_channel c)
{
	return c & 0xffffu;
}

static inline uint16_t handle_generation(ist_channel c)
{
	return (uint16_t)(c >> 16);
}

static inline uint16_t handle_next_generation(uint16_t g)
{
	return g == UINT16_MAX ? 1 : (uint16_t)(g + 1);
}

#endif
