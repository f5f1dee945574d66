/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of a configuration: the one that is named, and those that it includes, each read once.
 * An item's line counts through all of them in this order, so that one number says file and line.
 */
#ifndef CFG_PARTS_H
#define CFG_PARTS_H

#include "cfg/item.h"
#include "cfg/lex.h"

#include <sys/types.h>

#define CFG_INCLUDE_DEPTH 8u		      /* files that include each other; no more are read */
#define CFG_PARTS_MAX	  4096u		      /* files in all */
#define CFG_PARTS_TEXT	  (4u * CFG_TEXT_MAX) /* octets of all */

struct cfg_part {
	const char *name; /* as messages show it; the first one is the configuration itself */
	const char *text; /* NULL = it cannot be read, as `wrong` says */
	size_t len;
	unsigned mode;	/* as in struct stat; 0 = the text is from memory */
	unsigned from;	/* the part that includes it, which comes before it; not of the first */
	size_t at;	/* where in that: octets to the pattern */
	unsigned depth; /* 0 = the first */
	unsigned line;	/* of all, that its first one is */
	size_t before;	/* octets of all parts before it */
	const char *wrong;
	dev_t dev;
	ino_t ino;
};

/* Fill l->part: from a file and what that includes; from a descriptor, as cfg_gather() fills it or
 * as a file is; from memory, where nothing can be included.  False: it cannot be read, errno says
 * why. */
bool cfg_parts_file(struct cfg_load *l, const char *file);
bool cfg_parts_fd(struct cfg_load *l, int fd);
void cfg_parts_text(struct cfg_load *l, const char *text, size_t len);

/* Is it the word of `include PATTERN`?  The pattern is the next token. */
bool cfg_is_include(const struct cfg_token *t);
/* May it stand for several files, or for none? */
bool cfg_is_pattern(const char *text);

/* The part that a line is of, the first of lines that are none. */
const struct cfg_part *cfg_part_of(const struct cfg_load *l, unsigned line);
/* The line in its own file. */
unsigned cfg_line_of(const struct cfg_load *l, unsigned line);
/* "line 5", or "line 5 of FILE" when that is not the file of `near`. */
const char *cfg_line_text(struct cfg_load *l, unsigned line, unsigned near);
/* A path, relative to the folder of a file. */
const char *cfg_beside(struct arena *a, const char *file, const char *path);

/* --- what files of secrets were (stamp.c) --- */

/* Add a part that says it. */
void cfg_stamp_put(struct cfg_load *l);
bool cfg_has_stamps(const struct cfg_load *l);
/* The values of `secret-file` become other ones when the text of the file does. */
void cfg_stamp_values(struct cfg_load *l);

/* --- all of them in one text (bundle.c) --- */

/* Does it begin as one? */
bool cfg_is_bundle(const char *text, size_t len);
/* Their octets. */
void cfg_bundle_put(struct arena_buf *b, const struct cfg_load *l);
/* l->part[0].text is a bundle: fill the parts by it.  False when it is none that cfg_bundle_put()
 * makes. */
bool cfg_bundle_get(struct cfg_load *l);
/* One more, behind the others; NULL when there are too many. */
struct cfg_part *cfg_part_add(struct cfg_load *l, const char *name);

#endif
