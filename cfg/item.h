/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The data that the steps of cfg/ share while they read one text:
 *
 *   files (parts.c) -> tokens (lex.c) -> outline of items (preproc.c) -> names and shapes checked
 * (names.c)
 *        -> libconfuse (parse.c) -> values set into the model (model.c, store.c, port.c)
 *        -> meaning (check.c)
 *
 * An item that is wrong is reported and dropped, so that the next step works on what is left and
 * every mistake is found in one run.  No step stops the next one.
 */
#ifndef CFG_ITEM_H
#define CFG_ITEM_H

#include "cfg/arena.h"
#include "cfg/cfg.h"

#define CFG_DEPTH_MAX  8u	  /* sections inside each other; deeper ones are refused */
#define CFG_TEXT_MAX   (4u << 20) /* octets of one file */
#define CFG_FAULTS_MAX 200u	  /* mistakes reported, and as many warnings; the rest is counted */

struct cfg_key;
struct cfg_part;
struct cfg_schema;
struct cfg_fault;

struct cfg_value {
	const char *text; /* without quotes and escapes, ${NAME} replaced */
	const char *raw;  /* as written, for messages; not NUL ended */
	size_t raw_len;
	unsigned line;
};

enum cfg_item_kind { CFG_ITEM_KEY, CFG_ITEM_SECTION, CFG_ITEM_STRAY };

/* One `key = value` or `section TITLE { }` of the text, with its line. */
struct cfg_item {
	enum cfg_item_kind kind;
	const char *name, *title; /* title NULL = none; unquoted words are never NULL */
	unsigned line;		  /* of all files, as those of tokens and values: cfg_line_of() */
	bool dropped;		  /* reported as wrong; counts as given, later steps skip it */
	bool unnamed;		  /* its name may be part of a misquoted secret: never shown */
	bool braces;		  /* key: written as a list */
	struct cfg_item *parent, *child, *last, *next, *prev;
	struct cfg_value *value;
	unsigned values;
	const struct cfg_key *key;	 /* key: its row, once known */
	const struct cfg_schema *schema; /* section: its keys, once known */
	void *object;			 /* section: its object in the model */
};

struct cfg_load {
	struct arena *scratch; /* freed when the load ends */
	struct arena *arena;   /* the model's */
	const char *file;
	struct cfg_part *part; /* the files, this one first; cfg/parts.h */
	unsigned parts;
	const struct cfg_absent *absent; /* NULL = none */
	const struct cfg_schema *schema; /* of the top level */
	struct cfg_item *root;
	struct cfg_model *m;
	struct cfg_fault *fault; /* mistakes and warnings, in the order found */
	unsigned faults, warnings;
	bool asking; /* secrets are of no use */
};

/* The key in this section, right or wrong; NULL = not given. */
const struct cfg_item *cfg_given(const struct cfg_item *section, const char *key);
/* Copy into the model. */
const char *cfg_keep(struct cfg_load *l, const char *text);
struct cfg_where cfg_where_of(struct cfg_load *l, const struct cfg_item *it);

#endif
