/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/limits.h"

#include "gw/memory.h"
#include "gw/reserve.h"

#include <inttypes.h>
#include <stdio.h>

/* Address space is not memory: stacks, arenas of the C library, rings and tables are mapped whole,
 * and little of them is ever touched. */
#define LIMITS_MEMORY	     (UINT64_C(4) << 30)
#define LIMITS_MEMORY_FACTOR 8u /* of what the configuration may need in earnest */
#define LIMITS_FILES	     4096u
#define LIMITS_FILES_FACTOR  4u

struct limits limits_of(const struct cfg_model *cfg)
{
	return (struct limits){.seccomp = cfg->seccomp,
			       .memory = LIMITS_MEMORY +
					 LIMITS_MEMORY_FACTOR * memory_need(cfg).octets,
			       .files = LIMITS_FILES + LIMITS_FILES_FACTOR * reserve_need(cfg)};
}

const char *limits_text(char buf[LIMITS_TEXT_MAX], const struct limits *l)
{
	snprintf(buf, LIMITS_TEXT_MAX, "%u,%" PRIu64 ",%" PRIu64, l->seccomp, l->memory, l->files);
	return buf;
}

bool limits_parse(const char *text, struct limits *out)
{
	int end = 0;

	*out = (struct limits){0};
	return text &&
	       sscanf(text, "%u,%" SCNu64 ",%" SCNu64 "%n", &out->seccomp, &out->memory,
		      &out->files, &end) == 3 &&
	       !text[end] && out->seccomp <= CFG_SECCOMP_NO;
}
