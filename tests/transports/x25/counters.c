/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/transports/x25/counters.h"

#include "tests/harness.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void counters_text(char out[COUNTERS_TEXT], const char *const *keys, const uint64_t *values,
		   size_t n)
{
	size_t len = 0;

	*out = '\0';
	for (size_t i = 0; i < n; i++)
		if (values[i])
			len += (size_t)snprintf(out + len, COUNTERS_TEXT - len, "%s%s=%" PRIu64,
						len ? " " : "", keys[i], values[i]);
	CU_ASSERT_FATAL(len < COUNTERS_TEXT);
}

const char *counters_step(const char **script, char step[64])
{
	size_t n = strcspn(*script, "|");

	if (!n)
		return NULL;
	CU_ASSERT_FATAL(n < 64);
	memcpy(step, *script, n);
	step[n] = '\0';
	*script += n + ((*script)[n] == '|');
	return step;
}
