/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/random.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

void gw_random(void *buf, size_t len)
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
