/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules about more than one value, checked on the finished model. */
#ifndef CFG_CHECK_H
#define CFG_CHECK_H

#include "cfg/item.h"

void cfg_check(struct cfg_load *l);
/* Of one port. */
void cfg_check_port(struct cfg_load *l, const struct cfg_item *it);

#endif
