/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/legs/relay.h"

#include <stdlib.h>
#include <string.h>

unsigned relay_pick(const struct l2tp_msg *m, struct l2tp_avp *out)
{
	unsigned n = 0;

	for (unsigned i = 0; i < m->n; i++)
		if (m->avp[i].row && m->avp[i].row->on_switch == L2TP_SWITCH_RELAY)
			out[n++] = m->avp[i];
	return n;
}

struct relay *relay_new(const struct l2tp_msg *m, const struct l2tp_avp *more)
{
	struct l2tp_avp avp[L2TP_MSG_AVPS + 1];
	unsigned n = relay_pick(m, avp);
	size_t octets = 0;
	struct relay *r;
	uint8_t *at;

	if (more)
		avp[n++] = *more;
	for (unsigned i = 0; i < n; i++)
		octets += avp[i].len;
	r = malloc(sizeof(*r) + n * sizeof(*avp) + octets);
	if (!r)
		return NULL;
	r->n = n;
	at = (uint8_t *)&r->avp[n];
	for (unsigned i = 0; i < n; i++) {
		r->avp[i] = avp[i];
		r->avp[i].val = at;
		if (avp[i].len)
			memcpy(at, avp[i].val, avp[i].len);
		at += avp[i].len;
	}
	return r;
}

const struct l2tp_avp *relay_find(const struct relay *r, uint16_t vendor, uint16_t type)
{
	for (unsigned i = 0; r && i < r->n; i++)
		if (l2tp_avp_is(&r->avp[i], vendor, type))
			return &r->avp[i];
	return NULL;
}
