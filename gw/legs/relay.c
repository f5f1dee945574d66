/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/legs/relay.h"

unsigned relay_pick(const struct l2tp_msg *m, struct l2tp_avp *out)
{
	unsigned n = 0;

	for (unsigned i = 0; i < m->n; i++)
		if (m->avp[i].row && m->avp[i].row->on_switch == L2TP_SWITCH_RELAY)
			out[n++] = m->avp[i];
	return n;
}

struct l2tp_avps *relay_new(const struct l2tp_msg *m, const struct l2tp_avp *more)
{
	struct l2tp_avp avp[L2TP_MSG_AVPS + 1];
	unsigned n = relay_pick(m, avp);

	if (more)
		avp[n++] = *more;
	return l2tp_avps_copy(avp, n);
}

const struct l2tp_avp *relay_find(const struct l2tp_avps *r, uint16_t vendor, uint16_t type)
{
	return r ? l2tp_avp_find(r->avp, r->n, vendor, type) : NULL;
}
