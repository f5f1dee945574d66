/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules about more than one value, checked on the finished model. */
#ifndef CFG_CHECK_H
#define CFG_CHECK_H

#include "cfg/item.h"

void cfg_check(struct cfg_load *l);
/* Of one port. */
void cfg_check_port(struct cfg_load *l, const struct cfg_item *it);
/* Of one pool. */
void cfg_check_pool(struct cfg_load *l, const struct cfg_item *it);
/* Of one route. */
void cfg_check_route(struct cfg_load *l, const struct cfg_item *it);
/* The key that a report is about, or its section when the key is not given. */
const struct cfg_item *cfg_blame(const struct cfg_item *section, const char *key);

#endif
