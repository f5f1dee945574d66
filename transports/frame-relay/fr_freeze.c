/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A frame-relay port on its way to another process: the link, the LMI, and of each circuit whether
 * it is up and the fragments that have come.  A port whose LMI or link is set up in another way
 * now, or whose link could not be taken along, begins anew.
 */
#include "transports/frame-relay/fr_int.h"

#include "transports/frame-relay/frame_relay.h"

#include <stdlib.h>

#define FR_PART		2u
#define FR_PART_VERSION 1u

/* A buffer that is as large as now; one of a larger MTU loses what it held. */
static void fr_freeze_gather(struct ist_port *p, struct frf12 *g, struct handover *h)
{
	bool open = handover_flag(h, g->open && g->len);
	uint32_t len = open ? handover_word(h, g->len, p->mtu) : 0;

	if (h->thawing && len && !g->buf)
		g->buf = malloc(p->mtu);
	if (!len)
		return;
	if (!g->buf) {
		h->bad = true;
		return;
	}
	g->cap = p->mtu;
	g->next = (uint16_t)handover_word(h, g->next, UINT16_MAX);
	g->marks = handover_word(h, g->marks, UINT32_MAX);
	handover_octets(h, g->buf, len);
	g->len = len;
	g->open = !h->bad;
}

static void fr_freeze_circuit(struct ist_port *p, struct fr_circuit *c, struct handover *h)
{
	c->tx_seq = (uint16_t)handover_word(h, c->tx_seq, UINT16_MAX);
	fr_freeze_gather(p, &c->gather, h);
}

/* A circuit that is not configured any more is read past. */
static void fr_thaw_circuit(struct ist_port *p, struct handover *h)
{
	uint32_t dlci = handover_word(h, 0, UINT32_MAX);
	struct fr_circuit gone = {.dlci = dlci}, *c = fr_find(p, dlci);

	fr_freeze_circuit(p, c ? c : &gone, h);
	free(gone.gather.buf);
}

static void fr_freeze_circuits(struct ist_port *p, struct handover *h)
{
	unsigned n = handover_word(h, p->circuits, CIRCUITS_MOST);

	for (unsigned i = 0; i < n && !h->bad; i++) {
		if (h->thawing) {
			fr_thaw_circuit(p, h);
			continue;
		}
		handover_word(h, p->circuit[i].dlci, UINT32_MAX);
		fr_freeze_circuit(p, &p->circuit[i], h);
	}
}

static void fr_freeze_port(struct ist_port *p, struct handover *h)
{
	struct handover_part part;

	link_hand(p->link, h);
	handover_open(h, &part, FR_PART, FR_PART_VERSION);
	handover_flag(h, p->has_lmi);
	if (p->has_lmi)
		lmi_sides_hand(&p->lmi, h);
	fr_freeze_circuits(p, h);
	handover_close(h, &part);
}

static void fr_freeze_quiet(struct ist_port *p)
{
	link_quiet(p->link);
	if (p->timer)
		p->host->timer(p->ctx, &p->timer, UINT64_MAX, NULL, NULL);
	if (p->announce_timer)
		p->host->timer(p->ctx, &p->announce_timer, UINT64_MAX, NULL, NULL);
}

/* False: it does not fit what is configured. */
static bool fr_thaw_state(struct ist_port *p, struct handover *h)
{
	struct handover_part part;
	bool fits;

	if (!handover_open(h, &part, FR_PART, FR_PART_VERSION))
		return false;
	fits = handover_flag(h, false) == p->has_lmi && (!p->has_lmi || lmi_sides_hand(&p->lmi, h));
	if (fits)
		fr_freeze_circuits(p, h);
	handover_close(h, &part);
	return fits && !h->bad;
}

/* A circuit without a say of the LMI is up while the link is; so is one that is new. */
static void fr_thaw_settle(struct ist_port *p)
{
	for (unsigned i = 0; i < p->circuits; i++) {
		struct fr_circuit *c = &p->circuit[i];

		c->up = p->has_lmi ? lmi_sides_pvc_up(&p->lmi, c->dlci) : true;
		c->gather.open &= c->up;
	}
	p->why = NULL;
	fr_announce_later(p);
}

static void fr_thaw_forget(struct ist_port *p)
{
	for (unsigned i = 0; i < p->circuits; i++)
		p->circuit[i].gather.open = false;
	if (link_up(p->link))
		link_renew(p->link);
}

static int fr_thaw_port(struct ist_port *p, struct handover *h)
{
	if (link_up(p->link) && fr_thaw_state(p, h))
		fr_thaw_settle(p);
	else if (!h->bad)
		fr_thaw_forget(p);
	return 0;
}

static uint64_t *fr_freeze_before(struct ist_port *p)
{
	return p->before;
}

static const struct handover_medium fr_medium = {
	&frame_relay_transport, fr_open_from, fr_freeze_port,
	fr_freeze_quiet,	fr_thaw_port, fr_freeze_before,
};

int fr_freeze(struct ist_port *p, struct ist_frozen *f)
{
	return handover_freeze_port(&fr_medium, p, p->host->now(p->ctx), f);
}

int fr_thaw(struct ist_port **out, const struct ist_host *host, void *ctx,
	    const struct ist_port_config *cfg, struct ist_frozen *f, char *err, size_t err_len)
{
	return handover_thaw_port(&fr_medium, out, host, ctx, cfg, f, err, err_len);
}
