/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/record.h"

#include "gw/port.h"

#include <string.h>

#define PERMANENT 0x80u /* beside the length of an address, which is less */

bool record_channel(struct wr *w, struct gw *gw, l2tp_channel c)
{
	const struct gw_port *p = port_by_number(gw, dp_channel_port(c));
	struct ist_addr a;

	if (!p || !dp_channel_peer(gw->dp, c, &a) || a.len > sizeof(a.data))
		return false;
	record_text(w, p->cfg->config.name);
	wr_u64(w, c);
	wr_u8(w, (uint8_t)(a.len | (dp_channel_permanent(gw->dp, c) ? PERMANENT : 0)));
	wr_bytes(w, a.data, a.len);
	return true;
}

static struct gw_port *record_port(struct gw *gw, const char *name)
{
	for (unsigned i = 0; i < gw->cfg->ports; i++)
		if (!strcmp(gw->port[i].cfg->config.name, name))
			return &gw->port[i];
	return NULL;
}

/* One far end may have several channels that have been resumed, in another order than they had. */
static bool record_is_before(const struct gw_port *p, l2tp_channel before,
			     const struct ist_addr *to, const struct rd *ticket)
{
	struct gw *gw = p->gw;
	const uint8_t *now;
	struct ist_addr a;

	if (dp_channel_port(before) != (unsigned)p->number ||
	    !dp_channel_peer(gw->dp, before, &a) || memcmp(&a, to, sizeof(a)) != 0)
		return false;
	return !ticket->left || (dp_channel_ticket(gw->dp, before, &now) == ticket->left &&
				 !memcmp(now, ticket->p, ticket->left));
}

/* The data plane may be the same as before, or a new one: then the number names nothing, or another
 * channel, and only what is resumed, or reached without a call, is reached again. */
static l2tp_channel record_channel_now(const struct gw_port *p, l2tp_channel before,
				       const struct ist_addr *to, uint8_t payload,
				       const struct rd *ticket, bool *permanent)
{
	struct gw *gw = p->gw;
	l2tp_channel c = 0;

	if (record_is_before(p, before, to, ticket)) {
		*permanent = false;
		return before;
	}
	if (ticket->left)
		return dp_resume(gw->dp, (unsigned)p->number, to, payload, ticket->p, ticket->left,
				 &c) < 0
			       ? 0
			       : c;
	if (*permanent ? !port_circuit(p, to) : port_calls(p, to))
		return 0;
	return dp_connect(gw->dp, (unsigned)p->number, to, NULL, payload, &c) < 0 ? 0 : c;
}

l2tp_channel record_read_channel(struct rd *r, struct gw *gw, uint8_t payload,
				 const struct rd *ticket, bool *waits)
{
	char name[RECORD_TEXT_MAX + 1];
	struct ist_addr to = {0};
	l2tp_channel before;
	const struct gw_port *p;
	const uint8_t *octets;

	record_read_text(r, name, sizeof(name));
	before = rd_u64(r);
	to.len = rd_u8(r);
	*waits = to.len & PERMANENT;
	to.len &= PERMANENT - 1;
	octets = rd_take(r, to.len);
	if (!octets || to.len > sizeof(to.data)) {
		rd_fail(r);
		return 0;
	}
	memcpy(to.data, octets, to.len);
	p = record_port(gw, name);
	return p && p->number >= 0 ? record_channel_now(p, before, &to, payload, ticket, waits) : 0;
}
