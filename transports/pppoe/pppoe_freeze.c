/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pppoe port on its way to another process: its link, the secret, by which cookies and Host-Uniq
 * values that are on their way are known again, its sessions, those being asked for among them, and
 * the PADO that wait.  Sessions are named by stations and an id alone, so they go on too when the
 * link could not be taken along.
 */
#include "transports/pppoe/pppoe.h"
#include "transports/pppoe/pppoe_int.h"

#include <errno.h>
#include <string.h>

#define PPPOE_PART	   9u
#define PPPOE_SESSION_PART 10u
#define PPPOE_PART_VERSION 1u
#define TIME_MOST	   86400000000u /* us */

/* --- a session --------------------------------------------------------------------------------- */

static void pppoe_freeze_tags(struct pppoe_session *s, struct handover *h)
{
	uint32_t len = handover_word(h, s->tags_len, PPPOE_FRAME_MAX);
	uint8_t tags[PPPOE_FRAME_MAX];
	struct pppoe_tags t;

	if (!h->thawing) {
		handover_octets(h, s->tags, len);
		return;
	}
	handover_octets(h, tags, len);
	if (h->bad || !pppoe_tags_get(&t, tags, len) || !pppoe_end_keep_tags(s, tags, len))
		h->bad = true;
}

static void pppoe_freeze_words(struct pppoe_session *s, struct handover *h)
{
	handover_addr(h, &s->local);
	handover_addr(h, &s->address);
	handover_text(h, s->called, sizeof(s->called));
	handover_text(h, s->calling, sizeof(s->calling));
	handover_text(h, s->said, sizeof(s->said));
	s->tx_bps = handover_number(h, s->tx_bps);
	s->rx_bps = handover_number(h, s->rx_bps);
}

static void pppoe_freeze_asking(struct ist_port *p, struct pppoe_session *s, struct handover *h)
{
	uint64_t at =
		handover_time(h, p->client ? p->dialer.due.at[s->slot] : DUE_NEVER, 2 * TIME_MOST);

	s->wait = handover_number(h, s->wait);
	s->tries = handover_word(h, s->tries, UINT32_MAX);
	s->rounds = handover_word(h, s->rounds, UINT32_MAX);
	if (!h->thawing || !p->client || h->bad)
		return;
	if (s->state != PPPOE_UP && (at == DUE_NEVER || !s->wait || s->wait > TIME_MOST))
		h->bad = true;
	else if (s->state != PPPOE_UP)
		due_set(&p->dialer.due, s->slot, at);
}

void pppoe_hand_session(struct ist_port *p, struct pppoe_session *s, struct handover *h)
{
	s->payload_max = (uint16_t)handover_word(h, s->payload_max, UINT16_MAX);
	s->nonce = handover_number(h, s->nonce);
	pppoe_freeze_words(s, h);
	pppoe_freeze_asking(p, s, h);
	pppoe_freeze_tags(s, h);
}

static void pppoe_freeze_sessions(struct ist_port *p, struct handover *h)
{
	struct handover_part part;

	for (uint32_t i = 1; i < p->end.slots.fresh; i++) {
		struct pppoe_session *s = p->end.session[i];

		if (!s)
			continue;
		handover_open(h, &part, PPPOE_SESSION_PART, PPPOE_PART_VERSION);
		handover_word(h, i, UINT16_MAX);
		handover_octets(h, s->peer, sizeof(s->peer));
		handover_word(h, s->state, PPPOE_UP);
		handover_word(h, s->id, UINT16_MAX);
		pppoe_hand_session(p, s, h);
		handover_close(h, &part);
	}
}

/* What a session of this role can be; one that is up has an id, which no other of its peer has. */
static bool pppoe_thaw_can_be(const struct ist_port *p, const uint8_t peer[6], uint32_t state,
			      uint32_t id)
{
	bool asking = state == PPPOE_WAIT_PADO || state == PPPOE_WAIT_PADS;

	if (state == PPPOE_UP)
		return id && !pppoe_end_find(&p->end, peer, (uint16_t)id);
	return !id && asking == p->client;
}

static void pppoe_thaw_session(struct ist_port *p, struct handover *h)
{
	uint32_t slot = handover_word(h, 0, UINT16_MAX), state, id;
	struct pppoe_session *s = NULL;
	uint8_t peer[6] = {0};

	handover_octets(h, peer, sizeof(peer));
	state = handover_word(h, 0, PPPOE_UP);
	id = handover_word(h, 0, UINT16_MAX);
	if (!h->bad && slot && slot < p->end.slots.fresh && p->end.slots.slot[slot].taken &&
	    pppoe_thaw_can_be(p, peer, state, id))
		s = pppoe_end_put(&p->end, slot, p->client ? NULL : peer);
	if (!s) {
		h->bad = true;
		return;
	}
	memcpy(s->peer, peer, sizeof(s->peer));
	s->state = (uint8_t)state;
	if (id)
		pppoe_end_name(&p->end, s, (uint16_t)id);
	pppoe_hand_session(p, s, h);
	if (!h->bad && (state == PPPOE_UP || state == PPPOE_OFFERED))
		pppoe_note(p, s);
}

/* A slot that is taken has a session. */
static void pppoe_thaw_sessions(struct ist_port *p, struct handover *h)
{
	struct handover_part part;

	while (handover_open(h, &part, PPPOE_SESSION_PART, PPPOE_PART_VERSION)) {
		pppoe_thaw_session(p, h);
		handover_close(h, &part);
	}
	for (uint32_t i = 1; i < p->end.slots.fresh; i++)
		if (p->end.slots.slot[i].taken && !p->end.session[i])
			h->bad = true;
}

/* --- the port ---------------------------------------------------------------------------------- */

static void pppoe_freeze_state(struct ist_port *p, struct handover *h)
{
	handover_octets(h, p->end.key, sizeof(p->end.key));
	handover_octets(h, p->end.mac, sizeof(p->end.mac));
	p->end.padt_at = handover_time(h, p->end.padt_at, PPPOE_QUIET);
	p->lost_at = handover_time(h, p->lost_at, p->link_hold);
	p->ac.id_offset = (uint16_t)handover_word(h, p->ac.id_offset, UINT16_MAX);
	delay_hand(&p->ac.late, h, 0, p->ac.conf.pado_delay);
	slots_hand(&p->end.slots, h);
}

static void pppoe_freeze_port(struct ist_port *p, struct handover *h)
{
	struct handover_part part;

	link_hand(p->link, h);
	handover_open(h, &part, PPPOE_PART, PPPOE_PART_VERSION);
	handover_flag(h, p->client);
	handover_word(h, p->end.slots.most, UINT16_MAX);
	pppoe_freeze_state(p, h);
	handover_close(h, &part);
	pppoe_freeze_sessions(p, h);
}

static void pppoe_freeze_quiet(struct ist_port *p)
{
	p->frozen = true;
	link_quiet(p->link);
	if (p->timer)
		p->host->timer(p->ctx, &p->timer, UINT64_MAX, NULL, NULL);
}

/* False: it has another role now, or room for fewer sessions. */
static bool pppoe_thaw_state(struct ist_port *p, struct handover *h)
{
	struct handover_part part;
	bool fits;

	if (!handover_open(h, &part, PPPOE_PART, PPPOE_PART_VERSION))
		return false;
	fits = handover_flag(h, false) == p->client;
	fits &= handover_word(h, 0, UINT16_MAX) <= p->end.slots.most;
	if (fits)
		pppoe_freeze_state(p, h);
	handover_close(h, &part);
	return fits && !h->bad;
}

/* A link that is not up has not been reported down here.  Sessions end with our address. */
static void pppoe_thaw_settle(struct ist_port *p, uint64_t now)
{
	uint8_t was[6];

	memcpy(was, p->end.mac, sizeof(was));
	pppoe_look_at_link(p);
	if (memcmp(was, p->end.mac, sizeof(was)))
		p->lost_at = now;
	else if (!link_up(p->link) && p->lost_at == UINT64_MAX)
		p->lost_at = now + p->link_hold;
	pppoe_arm(p);
}

static int pppoe_thaw_port(struct ist_port *p, struct handover *h)
{
	if (pppoe_thaw_state(p, h)) {
		pppoe_thaw_sessions(p, h);
		if (!h->bad)
			pppoe_thaw_settle(p, h->now);
	}
	p->frozen = h->bad; /* then it is closed */
	return 0;
}

static uint64_t *pppoe_freeze_before(struct ist_port *p)
{
	return p->before;
}

static const struct handover_medium pppoe_medium = {
	&pppoe_transport,   pppoe_open_from, pppoe_freeze_port,
	pppoe_freeze_quiet, pppoe_thaw_port, pppoe_freeze_before,
};

int pppoe_freeze(struct ist_port *p, struct ist_frozen *f)
{
	return handover_freeze_port(&pppoe_medium, p, p->host->now(p->ctx), f);
}

int pppoe_thaw(struct ist_port **out, const struct ist_host *host, void *ctx,
	       const struct ist_port_config *cfg, struct ist_frozen *f, char *err, size_t err_len)
{
	return handover_thaw_port(&pppoe_medium, out, host, ctx, cfg, f, err, err_len);
}
