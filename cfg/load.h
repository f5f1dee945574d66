/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the steps of cfg/ share while one text is read:
 *
 *   text -> tokens (lex.c) -> outline of items (preproc.c) -> names and shapes checked (names.c)
 *        -> libconfuse (parse.c) -> values set into the model (model.c, port.c) -> meaning
 * (check.c)
 *
 * An item that is wrong is reported and dropped, so that the next step works on what is left and
 * every mistake is found in one run.  No step stops the next one.
 */
#ifndef CFG_LOAD_H
#define CFG_LOAD_H

#include "cfg/arena.h"
#include "cfg/cfg.h"

#define CFG_DEPTH_MAX  8u	  /* sections inside sections that are followed at all */
#define CFG_TEXT_MAX   (4u << 20) /* octets of one configuration file */
#define CFG_FAULTS_MAX 200u	  /* mistakes reported; the rest is counted */

struct cfg_key;
struct cfg_schema;
struct cfg_fault;

struct cfg_value {
	const char *text; /* as meant: quotes and escapes gone, ${NAME} replaced */
	const char *raw;  /* as written, for messages; not NUL ended */
	size_t raw_len;
	unsigned line;
};

enum cfg_item_kind { CFG_ITEM_KEY, CFG_ITEM_SECTION, CFG_ITEM_STRAY };

/* One `key = value` or `section TITLE { }` of the text, with where it stands. */
struct cfg_item {
	enum cfg_item_kind kind;
	const char *name, *title; /* title NULL = none; unquoted words are never NULL */
	unsigned line;
	bool dropped; /* reported as wrong; counts as given, but has no meaning */
	bool unnamed; /* its name may be part of a secret gone astray: never shown */
	bool braces;  /* key: written as a list */
	struct cfg_item *parent, *child, *last, *next, *prev;
	struct cfg_value *value;
	unsigned values;
	const struct cfg_key *key;	 /* key: its row, once known */
	const struct cfg_schema *schema; /* section: its keys, once known */
	void *object;			 /* section: what it became in the model */
};

struct cfg_load {
	struct arena *scratch; /* gone when the load ends */
	struct arena *arena;   /* the model's */
	const char *file;
	const struct ist_transport *const *transports;
	const struct cfg_absent *absent; /* NULL = none */
	const struct cfg_schema *schema; /* of the top level */
	struct cfg_item *root;
	size_t items; /* in the outline */
	struct cfg_model *m;
	struct cfg_fault *fault; /* in the order found */
	unsigned faults;
};

/* Report a mistake at a line; `at` says where: the section, or the key in its section. */
void cfg_wrong(struct cfg_load *l, unsigned line, const struct cfg_item *at, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* A value as it may be shown in a message: as written, printable, cut when long. */
const char *cfg_shown(struct cfg_load *l, const struct cfg_value *v);
/* Any text made fit for a message. */
const char *cfg_clean(struct cfg_load *l, const char *s, size_t len);

/* The two ends of a load; the whole of it is cfg_load_text(). */
void cfg_load_init(struct cfg_load *l, const char *name,
		   const struct ist_transport *const *transports);
/* Gives the scratch memory back, and with mistakes the model too. */
unsigned cfg_load_report(struct cfg_load *l, cfg_report report, void *ctx);
/* An end without a model and without a word. */
void cfg_load_drop(struct cfg_load *l);

#endif
