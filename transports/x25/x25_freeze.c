/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An x25 port on its way to another process: what carries packets (x25_line.c, x25_xot.c,
 * x25_socket.c), then the circuits, each in the slot that its handle names, then the packet layers.
 */
#include "transports/x25/x25_port.h"

#include "transports/x25/x25_transport.h"

#include <errno.h>
#include <stdlib.h>

#define X25_PART	 3u
#define X25_PART_VERSION 1u

/* --- circuits ---------------------------------------------------------------------------------- */

/* Words are a static text of the program that has them: those of a cause can be found again. */
static void x25_freeze_cause(struct ist_cause *why, struct handover *h)
{
	why->kind = (uint8_t)handover_word(h, why->kind, IST_CAUSE_REFUSED);
	why->cause = (uint8_t)handover_word(h, why->cause, UINT8_MAX);
	why->diagnostic = (uint8_t)handover_word(h, why->diagnostic, UINT8_MAX);
	if (h->thawing)
		why->words = why->kind == IST_CAUSE_LINK ? "line down"
							 : x25_cause_words(X25_CLEAR, why->cause);
}

static void x25_freeze_circuit(struct x25_circuit *c, struct handover *h)
{
	c->lci = (uint16_t)handover_word(h, c->lci, X25_LCI_MAX);
	c->state = (enum x25_circuit_state)handover_word(h, c->state, X25_CIRCUIT_DEAD);
	c->encap = (enum x25_encap)handover_word(h, c->encap, X25_ENCAPS - 1);
	c->permanent = handover_flag(h, c->permanent);
	c->ours = handover_flag(h, c->ours);
	c->refused = handover_flag(h, c->refused);
	c->notes = (uint8_t)handover_word(h, c->notes, X25_NOTE_FREE - 1);
	if (h->thawing && c->state != X25_CIRCUIT_DEAD)
		c->notes &= (uint8_t)~X25_NOTE_GONE; /* its line would keep it */
	x25_freeze_cause(&c->why, h);
	handover_addr(h, &c->local);
	handover_addr(h, &c->peer);
	handover_text(h, c->called, sizeof(c->called));
	handover_text(h, c->calling, sizeof(c->calling));
	handover_text(h, c->sub, sizeof(c->sub));
	c->call_data_len = (uint8_t)handover_word(h, c->call_data_len, sizeof(c->call_data));
	handover_octets(h, c->call_data, c->call_data_len);
	c->tx_bps = handover_number(h, c->tx_bps);
	c->rx_bps = handover_number(h, c->rx_bps);
	c->last = handover_time(h, c->last, 0);
}

static void x25_freeze_permanent(struct ist_port *p, struct x25_circuit *c)
{
	struct x25_known *k = x25_conf_find(&p->conf, &c->local, true);

	if (!c->permanent || !k || k->circuit)
		return;
	k->circuit = c;
	c->encap = k->encap;
}

static void x25_thaw_circuit(struct ist_port *p, uint32_t slot, struct handover *h)
{
	struct x25_circuit *c = p->circuit[slot] = calloc(1, sizeof(*c));

	if (!c) {
		h->bad = true;
		return;
	}
	c->id = slots_handle(&p->slots, slot);
	x25_freeze_circuit(c, h);
	x25_freeze_permanent(p, c);
}

static void x25_freeze_circuits(struct ist_port *p, struct handover *h)
{
	slots_hand(&p->slots, h);
	for (uint32_t i = 1; i < p->slots.fresh && !h->bad; i++) {
		if (!p->slots.slot[i].taken)
			continue;
		if (h->thawing)
			x25_thaw_circuit(p, i, h);
		else
			x25_freeze_circuit(p->circuit[i], h);
	}
}

int x25_circuits_pvcs(struct ist_port *p)
{
	for (unsigned i = 0; i < p->conf.knowns; i++) {
		struct x25_known *k = &p->conf.known[i];

		if (!k->pvc || k->circuit)
			continue;
		k->circuit = x25_circuit_new(p);
		if (!k->circuit)
			return -ENOMEM;
		k->circuit->permanent = true;
		k->circuit->encap = k->encap;
		k->circuit->local = k->circuit->peer = k->addr;
	}
	return 0;
}

/* Nothing of what came along is of use. */
static int x25_thaw_renew(struct ist_port *p)
{
	for (unsigned i = 0; i < p->conf.knowns; i++)
		p->conf.known[i].circuit = NULL;
	x25_circuits_close(p);
	return x25_circuits_open(p);
}

static bool x25_thaw_is_known(const struct ist_port *p, const struct x25_circuit *c)
{
	const struct x25_known *k = x25_conf_find(&p->conf, &c->local, true);

	return k && k->circuit == c;
}

static void x25_thaw_settle_circuit(struct ist_port *p, struct x25_circuit *c)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_LINK, .words = "not taken along"};

	if (c->permanent && !x25_thaw_is_known(p, c))
		x25_circuit_drop(p, c);
	else if (c->state == X25_CIRCUIT_DEAD)
		x25_circuit_note(p, c, X25_NOTE_GONE);
	else if (!c->permanent && !c->line)
		x25_circuit_lost(p, c, &why);
	else if (!c->line)
		c->state = X25_CIRCUIT_DOWN;
	else if (c->state == X25_CIRCUIT_UP)
		x25_circuit_note(p, c, X25_NOTE_UP);
	else if (c->state == X25_CIRCUIT_OFFERED)
		x25_circuit_note(p, c, X25_NOTE_OFFER);
	else if (c->notes)
		x25_circuit_note(p, c, 0);
}

static void x25_thaw_settle(struct ist_port *p)
{
	for (uint32_t i = 1; i < p->slots.fresh; i++)
		if (p->circuit[i])
			x25_thaw_settle_circuit(p, p->circuit[i]);
	p->idle_at = 0; /* look at all of them */
	x25_port_wake_at(p, x25_now(p));
}

static void x25_freeze_held(struct ist_port *p, struct handover *h)
{
	for (unsigned i = 0; i < X25_HELD; i++) {
		struct x25_held *a = &p->held[i];

		if (!handover_flag(h, a->until > h->now))
			continue;
		handover_addr(h, &a->addr);
		a->until = handover_time(h, a->until, p->conf.hold_down);
	}
}

/* --- the port ----------------------------------------------------------------------------------- */

static void x25_freeze_port(struct ist_port *p, struct handover *h)
{
	struct handover_part part;

	p->below->hand_link(p, h);
	handover_open(h, &part, X25_PART, X25_PART_VERSION);
	handover_word(h, p->conf.framing, X25_SOCKETS);
	x25_freeze_circuits(p, h);
	x25_freeze_held(p, h);
	p->below->hand(p, h);
	handover_close(h, &part);
}

static void x25_freeze_quiet(struct ist_port *p)
{
	p->frozen = true;
	p->below->quiet(p);
	if (p->timer)
		p->host->timer(p->ctx, &p->timer, UINT64_MAX, NULL, NULL);
}

/* False: it does not fit what is configured, or has no link. */
static bool x25_thaw_state(struct ist_port *p, struct handover *h)
{
	struct handover_part part;
	bool fits;

	if (!handover_open(h, &part, X25_PART, X25_PART_VERSION))
		return false;
	fits = handover_word(h, 0, X25_SOCKETS) == (uint32_t)p->conf.framing;
	if (fits) {
		x25_freeze_circuits(p, h);
		x25_freeze_held(p, h);
		fits = !h->bad && p->below->hand(p, h);
	}
	handover_close(h, &part);
	return fits;
}

/* A port that is closed because of a mistake in the octets says nothing to anybody. */
static int x25_thaw_port(struct ist_port *p, struct handover *h)
{
	bool went = x25_thaw_state(p, h);

	if (h->bad || (!went && x25_thaw_renew(p)) || x25_circuits_pvcs(p)) {
		p->frozen = true;
		return -ENOMEM;
	}
	if (p->line)
		x25_line_place_pvcs(p);
	if (went)
		x25_thaw_settle(p);
	x25_set_timer(p);
	return 0;
}

static uint64_t *x25_freeze_before(struct ist_port *p)
{
	return p->before;
}

static const struct handover_medium x25_medium = {
	&x25_transport,	  x25_open_from, x25_freeze_port,
	x25_freeze_quiet, x25_thaw_port, x25_freeze_before,
};

int x25_freeze(struct ist_port *p, struct ist_frozen *f)
{
	return handover_freeze_port(&x25_medium, p, x25_now(p), f);
}

int x25_thaw(struct ist_port **out, const struct ist_host *host, void *ctx,
	     const struct ist_port_config *cfg, struct ist_frozen *f, char *err, size_t err_len)
{
	return handover_thaw_port(&x25_medium, out, host, ctx, cfg, f, err, err_len);
}
