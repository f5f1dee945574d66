/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a tunnel switch passes on of a message. */
#ifndef GW_LEGS_RELAY_H
#define GW_LEGS_RELAY_H

#include "core/msg.h"

/* Those attributes of m whose row says RELAY (core/avp_table.c), and `more` unless it is NULL,
 * copied; free() it.  NULL without memory. */
struct l2tp_avps *relay_new(const struct l2tp_msg *m, const struct l2tp_avp *more);
/* The same without values of their own: they stay in m.  out has room for L2TP_MSG_AVPS. */
unsigned relay_pick(const struct l2tp_msg *m, struct l2tp_avp *out);
/* NULL = it is not among them; r may be NULL. */
const struct l2tp_avp *relay_find(const struct l2tp_avps *r, uint16_t vendor, uint16_t type);

#endif
