/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The step before libconfuse: the outline of a text with the line of every item, and a plain
 * spelling of it that libconfuse cannot misread.
 */
#ifndef CFG_PREPROC_H
#define CFG_PREPROC_H

#include "cfg/item.h"

/* Fill l->root from the text.  Mistakes in its shape (quotes, braces, equals signs, nesting) are
 * reported here. */
void cfg_outline(struct cfg_load *l, const char *text, size_t len);

/* The items that were not dropped, spelt for libconfuse: every item on its line of the file, every
 * value quoted, lists in braces, no comment. */
const char *cfg_plain(struct cfg_load *l);

#endif
