/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/legs/relay.h"

#include "cfg/cfg.h"

static bool relay_goes_on(const struct l2tp_avp *a)
{
	return a->row && a->row->on_switch == L2TP_SWITCH_RELAY;
}

static bool relay_goes_to(const struct l2tp_avp *a, const struct cfg_peer *to)
{
	return !a->hidden || to->policy.secret.len;
}

unsigned relay_copied(const struct l2tp_avps *r, const struct cfg_peer *to, struct l2tp_avp *out)
{
	unsigned n = 0;

	for (unsigned i = 0; i < r->n; i++)
		if (relay_goes_to(&r->avp[i], to))
			out[n++] = r->avp[i];
	return n;
}

unsigned relay_pick(const struct l2tp_msg *m, const struct cfg_peer *to, struct l2tp_avp *out)
{
	unsigned n = 0;

	for (unsigned i = 0; m && i < m->n; i++)
		if (relay_goes_on(&m->avp[i]) && relay_goes_to(&m->avp[i], to))
			out[n++] = m->avp[i];
	return n;
}

struct l2tp_avps *relay_new(const struct l2tp_msg *m, const struct l2tp_avp *more)
{
	struct l2tp_avp avp[L2TP_MSG_AVPS + 1];
	unsigned n = 0;

	for (unsigned i = 0; i < m->n; i++)
		if (relay_goes_on(&m->avp[i]))
			avp[n++] = m->avp[i];
	if (more)
		avp[n++] = *more;
	return l2tp_avps_copy(avp, n);
}

const struct l2tp_avp *relay_find(const struct l2tp_avps *r, uint16_t vendor, uint16_t type)
{
	return r ? l2tp_avp_find(r->avp, r->n, vendor, type) : NULL;
}
