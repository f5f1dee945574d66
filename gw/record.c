/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/record.h"

#include "gw/port.h"

#include <string.h>

#define PERMANENT 0x80u /* beside the length of an address, which is less */

/* --- records without their zeros -------------------------------------------------------------- */

/* The first octet of a folded one, in place of a version; then the length of the whole one, and of
 * each eight octets a mask and those that are no zeros. */
#define FOLDED 0xf0u
#define GROUP  8u

static void record_fold_group(struct wr *w, const uint8_t *p, size_t n)
{
	uint8_t mask = 0;

	for (unsigned i = 0; i < n; i++)
		mask |= (uint8_t)((p[i] != 0) << i);
	wr_u8(w, mask);
	for (unsigned i = 0; i < n; i++)
		if (p[i])
			wr_u8(w, p[i]);
}

size_t record_fold(uint8_t *out, const uint8_t *rec, size_t len)
{
	struct wr w = wr_init(out, len ? len - 1 : 0);

	wr_u8(&w, FOLDED);
	wr_u16(&w, (uint16_t)len);
	for (size_t at = 0; at < len; at += GROUP)
		record_fold_group(&w, rec + at, len - at < GROUP ? len - at : GROUP);
	return w.bad ? 0 : w.len;
}

struct rd record_unfold(const uint8_t *rec, size_t len, uint8_t *room, size_t most)
{
	struct rd r = rd_init(rec, len);
	bool folded = rd_u8(&r) == FOLDED;
	size_t whole = rd_u16(&r);
	uint8_t mask = 0;

	if (!folded)
		return rd_init(rec, len);
	for (size_t at = 0; !r.bad && whole <= most && at < whole; at++) {
		if (at % GROUP == 0)
			mask = rd_u8(&r);
		room[at] = mask >> at % GROUP & 1 ? rd_u8(&r) : 0;
	}
	return r.bad || r.left || whole > most ? rd_init(NULL, 0) : rd_init(room, whole);
}

/* --- channels --------------------------------------------------------------------------------- */

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
