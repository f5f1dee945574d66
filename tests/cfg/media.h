/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transports that exist only as tables, so that what is tested here does not depend on the real
 * ones: `net` takes strangers, `line` has circuits 16-1007 called `dlci`, `sw` is switched, `modem`
 * has circuit 1 and calls all other numbers, `old-modem` does not say which.
 */
#ifndef TESTS_CFG_MEDIA_H
#define TESTS_CFG_MEDIA_H

#include "cfg/schema.h"
#include "tests/harness.h"

extern const struct ist_transport *const media[];

/* Calls `each` for every row of this section and of all sections in it. */
void media_each_key(const struct cfg_schema *s,
		    void (*each)(const struct cfg_schema *, const struct cfg_key *));

/* Every mistake and every warning in the text, one a line; the model when there is no mistake.  The
 * file is called "t". */
struct told {
	char text[32768], warned[32768];
	size_t len, warned_len;
	unsigned faults;
	const struct cfg_model *m; /* NULL = none was made */
};
void told_add(void *told, const char *text);
void tell(struct told *t, const char *config);
void told_end(struct told *t);

/* The text must be wrong in exactly this way, whatever is warned of. */
void assert_told(const char *config, const char *want, const char *file, unsigned line);
#define ASSERT_TOLD(config, want) assert_told(config, want, __FILE__, __LINE__)
/* It must be right, and warned of in exactly this way. */
void assert_warned(const char *config, const char *want, const char *file, unsigned line);
#define ASSERT_WARNED(config, want) assert_warned(config, want, __FILE__, __LINE__)
/* Two texts are equal; prints both when not. */
void assert_same_text(const char *got, const char *want, const char *file, unsigned line);
#define ASSERT_TEXT(got, want) assert_same_text(got, want, __FILE__, __LINE__)

#endif
