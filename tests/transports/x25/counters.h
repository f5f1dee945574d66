/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters as text, "key=value" of all that are not zero, so that a test sees every other one too.
 */
#ifndef TESTS_TRANSPORTS_X25_COUNTERS_H
#define TESTS_TRANSPORTS_X25_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#define COUNTERS_TEXT 300u

void counters_text(char out[COUNTERS_TEXT], const char *const *keys, const uint64_t *values,
		   size_t n);
/* The next step of a script, whose steps end with '|'; NULL at the end. */
const char *counters_step(const char **script, char step[64]);

#endif
