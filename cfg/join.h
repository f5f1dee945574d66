/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `join = "PORT ADDRESS"` of a circuit or an accept section: PPP goes on by another circuit, which
 * is on that port.  Of two circuits one names the other; both know of it after cfg_link_joins().
 */
#ifndef CFG_JOIN_H
#define CFG_JOIN_H

#include "cfg/schema.h"

/* For the key's row: stores a struct cfg_join. */
void cfg_set_join(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text);
/* What is wrong with an address on this port that a line is to be reached at, or NULL: neither a
 * section has it, nor can it be called; or its section does not carry ppp. */
const char *cfg_not_reached(const struct cfg_port *p, const struct ist_addr *a);
/* Once every port is built: check the joins and the circuits of routes, and tell the circuits that
 * are named. */
void cfg_link_joins(struct cfg_load *l);

#endif
