/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sessions that go on after their process has died.  Both stations and the id name one on the wire,
 * and neither end may ask for it anew, so its ticket has these, what both have agreed on, and the
 * tags, among which a relay's may be that a PADT has to bear.
 */
#include "transports/pppoe/pppoe_addr.h"
#include "transports/pppoe/pppoe_int.h"

#include <errno.h>

#define TICKET_PART    14u
#define TICKET_VERSION 1u

/* --- writing ---------------------------------------------------------------------------------- */

size_t pppoe_ticket(struct ist_port *p, struct pppoe_session *s, uint8_t out[IST_TICKET_MAX])
{
	struct ist_frozen f = {.octets = out, .room = IST_TICKET_MAX};
	struct handover_part part;
	struct handover h;

	handover_freeze(&h, &f, p->host->now(p->ctx));
	handover_open(&h, &part, TICKET_PART, TICKET_VERSION);
	handover_flag(&h, p->client);
	handover_octets(&h, p->end.mac, sizeof(p->end.mac));
	handover_octets(&h, s->peer, sizeof(s->peer));
	handover_word(&h, s->id, UINT16_MAX);
	pppoe_hand_session(p, s, &h);
	handover_close(&h, &part);
	return handover_frozen(&h) ? 0 : f.len;
}

/* --- going on --------------------------------------------------------------------------------- */

struct pppoe_resume_name {
	uint8_t ours[6], peer[6];
	uint16_t id;
};

/* -EINVAL: it is no session's.  -ESTALE: it is of the other role. */
static int pppoe_resume_name(const struct ist_port *p, struct pppoe_resume_name *out,
			     struct handover *h)
{
	bool client = handover_flag(h, false);

	handover_octets(h, out->ours, sizeof(out->ours));
	handover_octets(h, out->peer, sizeof(out->peer));
	out->id = (uint16_t)handover_word(h, 0, PPPOE_RESERVED_ID - 1);
	if (h->bad || !out->id || (out->ours[0] | out->peer[0]) & 1)
		return -EINVAL;
	return client == p->client ? 0 : -ESTALE;
}

/* A link that knows no address of ours goes on with the one that the sessions before had. */
static bool pppoe_resume_mac(struct ist_port *p, const uint8_t mac[6])
{
	uint8_t of_link[6];

	if (!memcmp(p->end.mac, mac, 6))
		return true;
	if (mac[0] != PPPOE_MADE || link_mac(p->link, of_link) || p->end.slots.taken)
		return false;
	memcpy(p->end.mac, mac, 6);
	return true;
}

/* Is it what pppoe_addr_set() makes of this station? */
static bool pppoe_resume_is_of(const struct ist_addr *a, const uint8_t mac[6])
{
	const uint8_t *service;
	size_t len = pppoe_addr_service(a, &service);
	struct ist_addr same;

	pppoe_addr_set(&same, mac, service, len);
	return !memcmp(&same, a, sizeof(same));
}

/* Texts go to logs. */
static void pppoe_resume_clean(char *text)
{
	pppoe_text(text, strlen(text) + 1, (const uint8_t *)text, strlen(text));
}

static struct pppoe_session *pppoe_resume_session(struct ist_port *p,
						  const struct pppoe_resume_name *name,
						  struct handover *h)
{
	struct pppoe_session *s = pppoe_end_new(&p->end, p->client ? NULL : name->peer);

	if (!s)
		return NULL;
	memcpy(s->peer, name->peer, sizeof(s->peer));
	s->state = PPPOE_UP;
	pppoe_end_name(&p->end, s, name->id);
	pppoe_hand_session(p, s, h);
	pppoe_resume_clean(s->called);
	pppoe_resume_clean(s->calling);
	pppoe_resume_clean(s->said);
	if (!h->bad && pppoe_resume_is_of(&s->local, name->ours) &&
	    pppoe_resume_is_of(&s->address, name->peer))
		return s;
	pppoe_end_drop(&p->end, s);
	return NULL;
}

static int pppoe_resume_from(struct ist_port *p, struct handover *h, ist_channel *out)
{
	struct pppoe_resume_name name = {0};
	int r = pppoe_resume_name(p, &name, h);
	struct pppoe_session *s;

	if (r)
		return r;
	s = pppoe_end_find(&p->end, name.peer, name.id);
	if (!s && pppoe_end_full(&p->end))
		return -ENOBUFS;
	if (!pppoe_resume_mac(p, name.ours))
		return -ESTALE;
	if (!s) {
		s = pppoe_resume_session(p, &name, h);
		if (!s)
			return -EINVAL;
		pppoe_note(p, s);
	}
	*out = slots_handle(&p->end.slots, s->slot);
	return 0;
}

int pppoe_resume(struct ist_port *p, const uint8_t *ticket, size_t len, ist_channel *out)
{
	uint8_t octets[IST_TICKET_MAX];
	struct ist_frozen f = {.octets = octets, .len = len};
	uint64_t now = p->host->now(p->ctx);
	struct handover_part part;
	struct handover h;
	int r;

	if (!len || len > sizeof(octets))
		return -EINVAL;
	memcpy(octets, ticket, len);
	handover_thaw(&h, &f, now);
	if (!handover_open(&h, &part, TICKET_PART, TICKET_VERSION))
		return -EINVAL;
	r = pppoe_resume_from(p, &h, out);
	if (!r && !link_up(p->link) && p->lost_at == UINT64_MAX)
		p->lost_at = now + p->link_hold;
	pppoe_arm(p);
	return r;
}
