/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stack of free buffer numbers over one block of memory. */
#include "gw/dp/pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int pool_init(struct pool *p, uint16_t n, uint32_t size)
{
	p->n = p->n_free = n;
	p->size = size;
	p->mem = malloc((size_t)n * size);
	p->free_list = calloc(n, sizeof(p->free_list[0]));
	p->len = calloc(n, sizeof(p->len[0]));
	if (!p->mem || !p->free_list || !p->len) {
		pool_free(p);
		return -ENOMEM;
	}
	for (uint16_t i = 0; i < n; i++)
		p->free_list[i] = (uint16_t)(n - 1 - i);
	return 0;
}

void pool_free(struct pool *p)
{
	free(p->mem);
	free(p->free_list);
	free(p->len);
	memset(p, 0, sizeof(*p));
}

uint16_t pool_copy(struct pool *p, const void *octets, size_t len)
{
	uint16_t i;

	if (!p->n_free || len > p->size || len > UINT16_MAX)
		return POOL_NONE;
	i = p->free_list[--p->n_free];
	memcpy(p->mem + (size_t)i * p->size, octets, len);
	p->len[i] = (uint16_t)len;
	return i;
}

const uint8_t *pool_get(const struct pool *p, uint16_t i, size_t *len)
{
	*len = p->len[i];
	return p->mem + (size_t)i * p->size;
}

void pool_give(struct pool *p, uint16_t i)
{
	p->free_list[p->n_free++] = i;
}
