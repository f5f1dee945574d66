/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The glue between the engine, the data plane and the joins: it hands what one of them reports to
 * the other, and decides what becomes of a call that is offered.
 */
#ifndef GW_BIND_H
#define GW_BIND_H

#include "gw/gw.h"

extern const struct l2tp_ops bind_engine_ops; /* ctx: struct gw */
extern const struct dp_ops bind_dp_ops;	      /* ctx: struct gw */

#endif
