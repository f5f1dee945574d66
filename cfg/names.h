/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does every item have a name that is known where it stands, once, and the shape its row asks for?
 */
#ifndef CFG_NAMES_H
#define CFG_NAMES_H

#include "cfg/schema.h"

/* Gives items of l->root their rows and schemas; reports and drops what has none. */
void cfg_names(struct cfg_load *l);

#endif
