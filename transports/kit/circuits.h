/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The circuits of a port that are all configured (DLCIs, PVCs): one array in ascending order of a
 * 32-bit key, which must be the first member of the medium's own struct.  Circuit i has two
 * channels, L2TP with index 2i and PPP with index 2i + 1, of generation 1 for as long as the port
 * is open.
 */
#ifndef TRANSPORTS_KIT_CIRCUITS_H
#define TRANSPORTS_KIT_CIRCUITS_H

#include "transports/kit/handle.h"

#include <stdlib.h>
#include <string.h>

#define CIRCUITS_MOST (HANDLE_SLOTS / 2 - 1)

static inline uint32_t circuits_key(const void *circuit)
{
	uint32_t key;

	memcpy(&key, circuit, sizeof(key));
	return key;
}

static inline int circuits_compare(const void *a, const void *b)
{
	uint32_t x = circuits_key(a), y = circuits_key(b);

	return (x > y) - (x < y);
}

/* Puts n circuits of `size` octets in order.  False: two have one key, which *twice becomes. */
static inline bool circuits_sort(void *array, unsigned n, size_t size, uint32_t *twice)
{
	const char *at = array;

	qsort(array, n, size, circuits_compare);
	for (unsigned i = 1; i < n; i++, at += size)
		if (circuits_key(at) == circuits_key(at + size)) {
			*twice = circuits_key(at);
			return false;
		}
	return true;
}

/* The index of the circuit with this key, or n. */
static inline unsigned circuits_find(const void *array, unsigned n, size_t size, uint32_t key)
{
	unsigned low = 0, high = n;

	while (low < high) {
		unsigned mid = (low + high) / 2;

		if (circuits_key((const char *)array + mid * size) < key)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && circuits_key((const char *)array + low * size) == key ? low : n;
}

static inline ist_channel circuits_channel(unsigned i, uint8_t payload)
{
	return handle_make(i * 2 + (payload == IST_PAYLOAD_PPP), 1);
}

/* The index of a channel's circuit, and what it carries; n when there is none. */
static inline unsigned circuits_of_channel(unsigned n, ist_channel c, uint8_t *payload)
{
	uint32_t i = handle_index(c);

	if (handle_generation(c) != 1 || i / 2 >= n)
		return n;
	*payload = i % 2 ? IST_PAYLOAD_PPP : IST_PAYLOAD_L2TP;
	return i / 2;
}

#endif
