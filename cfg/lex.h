/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text to tokens, each with its line.  Comments are gone, quoted texts are decoded, ${NAME} is
 * replaced from the environment.
 */
#ifndef CFG_LEX_H
#define CFG_LEX_H

#include "cfg/item.h"

enum cfg_token_kind {
	CFG_T_WORD, /* unquoted, or quoted text */
	CFG_T_EQUALS,
	CFG_T_OPEN,
	CFG_T_CLOSE,
	CFG_T_COMMA,
	CFG_T_BAD, /* a word with a mistake in it, which .text describes */
	CFG_T_END,
};

struct cfg_token {
	struct cfg_token *next; /* NULL after CFG_T_END */
	enum cfg_token_kind kind;
	unsigned line;
	const char *text;
	const char *raw;
	size_t raw_len;
	bool quoted;
	bool env;    /* part of it came from the environment */
	bool astray; /* BAD: a quote was left open, so what follows may be part of a secret */
};

/* The first token; all live in the scratch arena and end with CFG_T_END.  line: of the first. */
struct cfg_token *cfg_lex(struct cfg_load *l, const char *text, size_t len, unsigned line);

#endif
