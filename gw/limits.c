/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/limits.h"

#include "gw/accelerate.h"
#include "gw/memory.h"
#include "gw/permit.h"
#include "gw/reserve.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Address space is not memory: stacks, arenas of the C library, rings and tables are mapped whole,
 * and little of them is ever touched. */
#define LIMITS_MEMORY	     (UINT64_C(4) << 30)
#define LIMITS_MEMORY_FACTOR 8u /* of what the configuration may need in earnest */
#define LIMITS_FILES	     4096u
#define LIMITS_FILES_FACTOR  4u

static bool limits_marks(const struct cfg_model *cfg)
{
	struct ist_open w[PERMIT_OPENS];

	for (unsigned i = 0; i < cfg->ports; i++)
		for (unsigned n = permit_opens(&cfg->port[i], w); n;)
			if (w[--n].flags & IST_OPEN_MARK)
				return true;
	return false;
}

struct limits limits_of(const struct cfg_model *cfg)
{
	return (struct limits){.seccomp = cfg->seccomp,
			       .maps = accelerate_wanted(cfg),
			       .marks = limits_marks(cfg),
			       .memory = LIMITS_MEMORY +
					 LIMITS_MEMORY_FACTOR * memory_need(cfg).octets,
			       .files = LIMITS_FILES + LIMITS_FILES_FACTOR * reserve_need(cfg)};
}

/* The last word came later: a release without it can still start data without marks. */
#define LIMITS_MARKS ",marks"

const char *limits_text(char buf[LIMITS_TEXT_MAX], const struct limits *l)
{
	snprintf(buf, LIMITS_TEXT_MAX, "%u,%" PRIu64 ",%" PRIu64 "%s", l->seccomp, l->memory,
		 l->files, l->marks ? LIMITS_MARKS : "");
	return buf;
}

bool limits_parse(const char *text, struct limits *out)
{
	int end = 0;

	*out = (struct limits){0};
	if (!text || sscanf(text, "%u,%" SCNu64 ",%" SCNu64 "%n", &out->seccomp, &out->memory,
			    &out->files, &end) != 3)
		return false;
	out->marks = !strcmp(text + end, LIMITS_MARKS);
	return (out->marks || !text[end]) && out->seccomp <= CFG_SECCOMP_NO;
}
