/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a tunnel switch passes on of a message. */
#ifndef GW_LEGS_RELAY_H
#define GW_LEGS_RELAY_H

#include "core/msg.h"

/* Attributes with their values behind them, in one piece of memory. */
struct relay {
	unsigned n;
	struct l2tp_avp avp[];
};

/* Those attributes of m whose row says RELAY (core/avp_table.c), and `more` unless it is NULL,
 * copied; free() it.  NULL without memory. */
struct relay *relay_new(const struct l2tp_msg *m, const struct l2tp_avp *more);
/* The same without values of their own: they stay in m.  out has room for L2TP_MSG_AVPS. */
unsigned relay_pick(const struct l2tp_msg *m, struct l2tp_avp *out);
/* NULL = it is not among them; r may be NULL. */
const struct l2tp_avp *relay_find(const struct relay *r, uint16_t vendor, uint16_t type);

#endif
