/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages of clients.  All that will be looked at is checked here once, so that the answer walks
 * over octets which are known to be whole.
 */
#include "gw/dhcp6/dhcp6_int.h"

#define IAS_MAX 16u /* of one message */

/* RFC 8415 section 16: what a message must say for a server to look at it. */
enum dhcp6_need { MAY, MUST, MUST_NOT };
static const struct {
	uint8_t client, server, ias; /* enum dhcp6_need */
	bool known, unicast;	     /* unicast: one that is sent so is answered at all */
} dhcp6_valid[DHCP6_TYPES] = {
	[DHCP6_SOLICIT] = {MUST, MUST_NOT, MAY, true, false},
	[DHCP6_REQUEST] = {MUST, MUST, MAY, true, true},
	[DHCP6_CONFIRM] = {MUST, MUST_NOT, MAY, true, false},
	[DHCP6_RENEW] = {MUST, MUST, MAY, true, true},
	[DHCP6_REBIND] = {MUST, MUST_NOT, MAY, true, false},
	[DHCP6_RELEASE] = {MUST, MUST, MAY, true, true},
	[DHCP6_DECLINE] = {MUST, MUST, MAY, true, true},
	[DHCP6_INFORMATION] = {MAY, MAY, MUST_NOT, true, false},
};

bool dhcp6_next(struct rd *r, struct dhcp6_opt *o)
{
	if (!r->left)
		return false;
	o->code = rd_u16(r);
	o->body = rd_sub(r, rd_u16(r));
	return !r->bad;
}

bool dhcp6_next_ia(struct rd *r, struct dhcp6_ia *ia)
{
	struct dhcp6_opt o;

	while (dhcp6_next(r, &o)) {
		if (o.code != DHCP6_O_IA_NA && o.code != DHCP6_O_IA_TA && o.code != DHCP6_O_IA_PD)
			continue;
		ia->code = o.code;
		ia->iaid = rd_u32(&o.body);
		if (o.code != DHCP6_O_IA_TA)
			rd_skip(&o.body, 8); /* T1 and T2 are hints at most */
		ia->inside = o.body;
		if (o.body.bad)
			rd_fail(r);
		return !r->bad;
	}
	return false;
}

bool dhcp6_next_lease(struct dhcp6_ia *ia, struct dhcp6_prefix *p)
{
	const bool pd = ia->code == DHCP6_O_IA_PD;
	struct rd *r = &ia->inside;
	const uint8_t *addr;
	struct dhcp6_opt o;

	while (dhcp6_next(r, &o)) {
		if (o.code != (pd ? DHCP6_O_PREFIX : DHCP6_O_ADDRESS))
			continue;
		if (pd)
			rd_skip(&o.body, 8); /* lifetimes are hints */
		p->bits = pd ? rd_u8(&o.body) : 128;
		addr = rd_take(&o.body, sizeof(p->addr));
		if (!pd)
			rd_skip(&o.body, 8);
		if (!addr || o.body.bad || p->bits > 128) {
			rd_fail(r);
			return false;
		}
		memcpy(p->addr, addr, sizeof(p->addr));
		return true;
	}
	return false;
}

static bool dhcp6_read_ias(struct dhcp6_msg *m)
{
	struct rd r = m->options;
	struct dhcp6_prefix p;
	struct dhcp6_ia ia;

	while (dhcp6_next_ia(&r, &ia)) {
		m->ias++;
		m->pds += ia.code == DHCP6_O_IA_PD;
		while (dhcp6_next_lease(&ia, &p))
			;
		if (ia.inside.bad || m->ias > IAS_MAX)
			return false;
	}
	return !r.bad;
}

/* RFC 8415 section 21: these are there once.  False: they are not. */
static bool dhcp6_read_once(struct rd *out, struct rd body)
{
	bool first = !out->p;

	*out = body;
	return first;
}

static bool dhcp6_read_options(struct dhcp6_msg *m)
{
	struct rd r = m->options;
	struct dhcp6_opt o;
	bool ok = true;

	while (ok && dhcp6_next(&r, &o)) {
		if (o.code == DHCP6_O_CLIENT)
			ok = dhcp6_read_once(&m->client, o.body) && o.body.left > 2 &&
			     o.body.left <= DHCP6_DUID_MAX;
		else if (o.code == DHCP6_O_SERVER)
			ok = dhcp6_read_once(&m->server, o.body);
		else if (o.code == DHCP6_O_WANTS)
			ok = dhcp6_read_once(&m->wants, o.body) && o.body.left % 2 == 0;
		else if (o.code == DHCP6_O_RAPID)
			m->rapid = true;
	}
	return ok && !r.bad && dhcp6_read_ias(m);
}

static bool dhcp6_fits(uint8_t need, bool there)
{
	return need == MAY || there == (need == MUST);
}

bool dhcp6_read(struct dhcp6_msg *m, const struct dhcp6_says *s, const uint8_t *octets, size_t len,
		bool unicast)
{
	struct rd r = rd_init(octets, len);
	uint32_t head = rd_u32(&r);

	*m = (struct dhcp6_msg){
		.type = (uint8_t)(head >> 24), .xid = head & 0xffffff, .unicast = unicast};
	if (r.bad || m->type >= DHCP6_TYPES || !dhcp6_valid[m->type].known)
		return false;
	m->options = r;
	if (!dhcp6_read_options(m) || (unicast && !dhcp6_valid[m->type].unicast))
		return false;
	return dhcp6_fits(dhcp6_valid[m->type].client, m->client.p) &&
	       dhcp6_fits(dhcp6_valid[m->type].server, m->server.p) &&
	       dhcp6_fits(dhcp6_valid[m->type].ias, m->ias) &&
	       (!m->server.p || (m->server.left == sizeof(s->duid) &&
				 !memcmp(m->server.p, s->duid, sizeof(s->duid))));
}

bool dhcp6_asks_prefix(const struct dhcp6_msg *m)
{
	return m->pds && !m->unicast &&
	       (m->type == DHCP6_SOLICIT || m->type == DHCP6_REQUEST || m->type == DHCP6_REBIND);
}
