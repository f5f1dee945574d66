/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/legs/relay.h"

#include "cfg/cfg.h"
#include "gw/log.h"

static bool relay_goes_on(const struct l2tp_avp *a)
{
	return a->row && a->row->on_switch == L2TP_SWITCH_RELAY;
}

static bool relay_goes_to(const struct l2tp_avp *a, const struct cfg_peer *to)
{
	return !a->hidden || to->policy.secret.len;
}

static void relay_log(const struct relay_to *to, unsigned left_out, uint64_t now)
{
	if (left_out)
		gw_log_peer(GW_LOG_CALL, LOGL_NOTICE, to->source, now,
			    "call %u/%u: %u attributes that came hidden are left out, since peer "
			    "%s has no secret to hide them with",
			    to->tid, to->sid, left_out, to->peer->name);
}

unsigned relay_copied(const struct l2tp_avps *r, const struct relay_to *to, struct l2tp_avp *out,
		      uint64_t now)
{
	unsigned n = 0;

	for (unsigned i = 0; i < r->n; i++)
		if (relay_goes_to(&r->avp[i], to->peer))
			out[n++] = r->avp[i];
	relay_log(to, r->n - n, now);
	return n;
}

unsigned relay_pick(const struct l2tp_msg *m, const struct relay_to *to, struct l2tp_avp *out,
		    uint64_t now)
{
	unsigned n = 0, left_out = 0;

	for (unsigned i = 0; m && i < m->n; i++) {
		if (!relay_goes_on(&m->avp[i]))
			continue;
		if (relay_goes_to(&m->avp[i], to->peer))
			out[n++] = m->avp[i];
		else
			left_out++;
	}
	relay_log(to, left_out, now);
	return n;
}

bool relay_is_whole(const struct l2tp_avps *r, const struct cfg_peer *to)
{
	for (unsigned i = 0; i < r->n; i++)
		if (!relay_goes_to(&r->avp[i], to))
			return false;
	return true;
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
