/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The step before libconfuse: the outline of a text with the line of every item, and a plain
 * spelling of it that libconfuse cannot misread.
 */
#ifndef CFG_PREPROC_H
#define CFG_PREPROC_H

#include "cfg/item.h"

/* Fill l->root from the files.  Mistakes in their shape (quotes, braces, equals signs, nesting),
 * and files that cannot be included, are reported here. */
void cfg_outline(struct cfg_load *l);

/* The items that were not dropped, spelt for libconfuse: every item on its line, every
 * value quoted, lists in braces, no comment. */
const char *cfg_plain(struct cfg_load *l);

#endif
