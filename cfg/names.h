/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every item must have a name that its section knows, given once, and the shape its row asks for.
 */
#ifndef CFG_NAMES_H
#define CFG_NAMES_H

#include "cfg/schema.h"

/* Sets the row or schema of every item of l->root; reports and drops items that have none. */
void cfg_names(struct cfg_load *l);

#endif
