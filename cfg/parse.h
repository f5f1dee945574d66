/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only file that uses libconfuse. */
#ifndef CFG_PARSE_H
#define CFG_PARSE_H

#include "cfg/item.h"

/* Let libconfuse parse the items that were not dropped, and store the values it finds in them. */
void cfg_confuse(struct cfg_load *l);

#endif
