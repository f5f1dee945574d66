/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only place that knows libconfuse. */
#ifndef CFG_PARSE_H
#define CFG_PARSE_H

#include "cfg/item.h"

/* Have libconfuse parse what is left of the outline, and put the values it found into the items. */
void cfg_confuse(struct cfg_load *l);

#endif
