/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/random.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define RANDOM_FEW 32u

/* For the few octets of a Challenge or magic number, which each call takes: none is there any more
 * once it has been given. */
static uint8_t pool[256];
static size_t pool_left;

static void random_from_kernel(void *buf, size_t len)
{
	uint8_t *p = buf;

	while (len) {
		ssize_t n = getrandom(p, len, 0);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			/* Guessable ids and challenges are worse than no service. */
			abort();
		}
		p += n;
		len -= (size_t)n;
	}
}

void gw_random(void *buf, size_t len)
{
	if (len > RANDOM_FEW) {
		random_from_kernel(buf, len);
		return;
	}
	if (len > pool_left) {
		random_from_kernel(pool, sizeof(pool));
		pool_left = sizeof(pool);
	}
	pool_left -= len;
	memcpy(buf, pool + pool_left, len);
	explicit_bzero(pool + pool_left, len);
}
