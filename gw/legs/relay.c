/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/about.h"
#include "gw/legs/relay.h"

#include "cfg/cfg.h"
#include "gw/log.h"

/* Those of m whose row says so. */
static unsigned relay_of(const struct l2tp_msg *m, struct l2tp_avp *out)
{
	unsigned n = 0;

	for (unsigned i = 0; i < m->n; i++)
		if (m->avp[i].row && m->avp[i].row->on_switch == L2TP_SWITCH_RELAY)
			out[n++] = m->avp[i];
	return n;
}

static bool relay_goes_to(const struct l2tp_avp *a, const struct cfg_peer *to)
{
	return !a->hidden || to->policy.secret.len;
}

/* in may be out. */
static struct log_about relay_about(const struct relay_to *to)
{
	struct log_about a = about_channel(to->gw, to->channel);

	a.tunnel = to->tid;
	a.call = to->sid;
	a.peer = to->peer->name;
	return a;
}

static unsigned relay_for(const struct relay_to *to, const struct l2tp_avp *in, unsigned len,
			  struct l2tp_avp *out, uint64_t now)
{
	unsigned n = 0;

	for (unsigned i = 0; i < len; i++)
		if (relay_goes_to(&in[i], to->peer))
			out[n++] = in[i];
	if (n < len)
		gw_log_peer(relay_about(to), GW_LOG_CALL, LOGL_NOTICE, to->source, now,
			    "call %u/%u: %u attributes that came hidden are left out, since peer "
			    "%s has no secret to hide them with",
			    to->tid, to->sid, len - n, to->peer->name);
	return n;
}

unsigned relay_copied(const struct l2tp_avps *r, const struct relay_to *to, struct l2tp_avp *out,
		      uint64_t now)
{
	return relay_for(to, r->avp, r->n, out, now);
}

unsigned relay_pick(const struct l2tp_msg *m, const struct relay_to *to, struct l2tp_avp *out,
		    uint64_t now)
{
	return relay_for(to, out, m ? relay_of(m, out) : 0, out, now);
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
	unsigned n = relay_of(m, avp);

	if (more)
		avp[n++] = *more;
	return l2tp_avps_copy(avp, n);
}

const struct l2tp_avp *relay_find(const struct l2tp_avps *r, uint16_t vendor, uint16_t type)
{
	return r ? l2tp_avp_find(r->avp, r->n, vendor, type) : NULL;
}
