/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/cfg/media.h"

#include <stdio.h>
#include <string.h>

void told_add(void *told, const char *text)
{
	struct told *t = told;
	bool warning = strstr(text, ": warning: ") != NULL;
	char *to = warning ? t->warned : t->text;
	size_t *len = warning ? &t->warned_len : &t->len;
	int n = snprintf(to + *len, sizeof(t->text) - *len, "%s\n", text);

	if (n > 0 && (size_t)n < sizeof(t->text) - *len)
		*len += (size_t)n;
}

void tell(struct told *t, const char *config)
{
	memset(t, 0, sizeof(*t));
	t->faults = cfg_load_text(&t->m, "t", config, strlen(config), media, told_add, t);
}

void told_end(struct told *t)
{
	cfg_unload(t->m);
}

void assert_told(const char *config, const char *want, const char *file, unsigned line_no)
{
	static struct told t;
	unsigned lines = 0;

	tell(&t, config);
	for (const char *p = want; *p; p++)
		lines += *p == '\n';
	assert_same_text(t.text, want, file, line_no);
	CU_assertImplementation(t.faults == lines, line_no, "count of mistakes", file, "",
				CU_FALSE);
	CU_assertImplementation((t.m != NULL) == !lines, line_no, "model only without mistakes",
				file, "", CU_FALSE);
	told_end(&t);
}

void assert_warned(const char *config, const char *want, const char *file, unsigned line_no)
{
	static struct told t;

	tell(&t, config);
	assert_same_text(t.text, "", file, line_no);
	assert_same_text(t.warned, want, file, line_no);
	told_end(&t);
}
