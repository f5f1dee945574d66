/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of keys, walked for whoever prints them: help.c as text, man.c as a manual page.
 */
#ifndef CFG_HELP_H
#define CFG_HELP_H

#include "cfg/load.h"
#include "cfg/schema.h"

#include <stdio.h>

/* A key in words. */
struct help_key {
	const char *name, *kind;
	const char *deflt; /* NULL = there is none, or no text for it */
	const char *when;  /* of cfg_when_words */
	const char *help;
	bool list, required;
};

struct help_form {
	void (*begin)(FILE *out, const struct cfg_schema *s, unsigned depth);
	void (*key)(FILE *out, const struct help_key *k, unsigned depth);
	void (*end)(FILE *out, const struct cfg_schema *s, unsigned depth);
	bool below_top; /* the top level is followed by its sections */
};

/* depth: 0 is the top level, 1 one of its sections. */
void help_section(const struct help_form *form, FILE *out, struct cfg_load *l,
		  const struct cfg_schema *s, unsigned depth);

#endif
