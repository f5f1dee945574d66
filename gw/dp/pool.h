/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bounded pool of equal buffers for copies of frames, used by one thread.  Memory is reserved at
 * once and touched only as it is used; the buffer freed last is given out first.
 */
#ifndef GW_DP_POOL_H
#define GW_DP_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POOL_NONE UINT16_MAX

struct pool {
	uint8_t *mem;
	uint16_t *free_list, *len;
	uint16_t n, n_free;
	uint32_t size; /* of one buffer */
};

/* n < POOL_NONE.  0 or -ENOMEM. */
int pool_init(struct pool *p, uint16_t n, uint32_t size);
void pool_free(struct pool *p);
/* A copy of the octets: its number, or POOL_NONE when none is free or it is too long. */
uint16_t pool_copy(struct pool *p, const void *octets, size_t len);
const uint8_t *pool_get(const struct pool *p, uint16_t i, size_t *len);
void pool_give(struct pool *p, uint16_t i);

#endif
