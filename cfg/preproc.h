/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In front of libconfuse: the outline of a text, with the line of everything in it, and a plain
 * spelling of it that libconfuse cannot misread.
 */
#ifndef CFG_PREPROC_H
#define CFG_PREPROC_H

#include "cfg/item.h"

/* Fill l->root with what stands in the text.  Whatever breaks the shape of the text (quotes,
 * braces, equals signs, nesting) is reported here. */
void cfg_outline(struct cfg_load *l, const char *text, size_t len);

/* What is left of the outline, spelt for libconfuse: every item on its own line of the file, every
 * value quoted, lists in braces, no comment. */
const char *cfg_plain(struct cfg_load *l);

#endif
