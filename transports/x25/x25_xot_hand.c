/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XOT on its way to another process: the listening socket, then each TCP connection with what has
 * come and gone of a packet, its packet layer and its circuit, then the set-ups of permanent
 * circuits.
 */
#include "transports/x25/x25_xot.h"

#include <stdlib.h>
#include <unistd.h>

#define XOT_PART	 6u
#define XOT_CONN_PART	 7u
#define XOT_PART_VERSION 1u
#define XOT_TIME_MOST	 (24 * 3600000000ull)

/* --- the listening socket ------------------------------------------------------------------------ */

void xot_hand_link(struct ist_port *p, struct handover *h)
{
	struct handover_part part;

	handover_open(h, &part, XOT_PART, XOT_PART_VERSION);
	handover_octets(h, p->xot->local.ip, sizeof(p->xot->local.ip));
	handover_word(h, p->xot->local.port, UINT16_MAX);
	handover_fd(h, p->xot->fd);
	handover_close(h, &part);
}

/* -1: there is none for this address. */
int xot_thaw_listener(struct ist_port *p, struct handover *h)
{
	uint8_t ip[sizeof(p->xot->local.ip)] = {0};
	struct handover_part part;
	uint32_t port;
	int fd;

	if (!handover_open(h, &part, XOT_PART, XOT_PART_VERSION))
		return -1;
	handover_octets(h, ip, sizeof(ip));
	port = handover_word(h, 0, UINT16_MAX);
	fd = handover_fd(h, -1);
	handover_close(h, &part);
	if (fd < 0 || (p->xot->listens && port == p->xot->local.port &&
		       !memcmp(ip, p->xot->local.ip, sizeof(ip))))
		return fd;
	close(fd);
	return -1;
}

/* --- connections --------------------------------------------------------------------------------- */

static void xot_hand_from(struct udp_ep *from, struct handover *h)
{
	from->family = (uint8_t)handover_word(h, from->family, UINT8_MAX);
	from->port = (uint16_t)handover_word(h, from->port, UINT16_MAX);
	from->scope = handover_word(h, from->scope, UINT32_MAX);
	handover_octets(h, from->ip, sizeof(from->ip));
}

static void xot_hand_octets(struct xot_conn *k, struct handover *h)
{
	uint32_t left = handover_word(h, (uint32_t)(k->out_len - k->out_at), XOT_OUT_MOST);

	k->in.len = handover_word(h, (uint32_t)k->in.len, sizeof(k->in.buf) - 1);
	handover_octets(h, k->in.buf, k->in.len);
	if (h->thawing && left && !h->bad) {
		k->out = malloc(left);
		k->out_room = k->out_len = k->out ? left : 0;
		h->bad |= !k->out;
	}
	if (!h->bad)
		handover_octets(h, k->out + k->out_at, left);
}

static void xot_hand_times(struct xot_conn *k, struct handover *h)
{
	k->over = handover_flag(h, k->over);
	k->called = handover_flag(h, k->called);
	k->clearing = handover_flag(h, k->clearing);
	k->give_up = handover_time(h, k->give_up, XOT_TIME_MOST);
	k->half_at = handover_time(h, k->half_at, XOT_TIME_MOST);
	xot_hand_from(&k->from, h);
	xot_hand_octets(k, h);
}

/* Circuits are named by their slots; 0 = none. */
static uint32_t xot_slot_of(const struct x25_circuit *c)
{
	return c ? handle_index(c->id) : 0;
}

static struct x25_circuit *xot_circuit_at(const struct ist_port *p, uint32_t slot)
{
	struct x25_circuit *c = slot && slot < p->slots.fresh ? p->circuit[slot] : NULL;

	return c && !c->line && !c->permanent && c->state != X25_CIRCUIT_DEAD ? c : NULL;
}

static void xot_thaw_layer(struct xot_conn *k, struct handover *h)
{
	bool extended = handover_flag(h, false), pvc = handover_flag(h, false);

	if (h->bad || pvc != (k->pvc != NULL) || !xot_conn_make_layer(k, extended, pvc)) {
		h->bad = true;
		return;
	}
	if (!x25_hand(&k->line.x, h))
		h->bad = true;
	k->line.ready = handover_flag(h, false);
}

static void xot_freeze_layer(struct xot_conn *k, struct handover *h)
{
	handover_flag(h, k->line.x.cfg.extended);
	handover_flag(h, k->pvc != NULL);
	x25_hand(&k->line.x, h);
	handover_flag(h, k->line.ready);
}

static void xot_freeze_conn(struct xot_conn *k, struct handover *h)
{
	struct x25_circuit *c = k->phase == XOT_OPEN && !k->pvc ? k->line.circuit[1] : k->circuit;
	struct handover_part part;

	handover_open(h, &part, XOT_CONN_PART, XOT_PART_VERSION);
	handover_fd(h, k->fd);
	handover_word(h, k->phase, XOT_OPEN);
	handover_word(h, k->pvc ? k->pvc->known->lci : 0, X25_LCI_MAX);
	handover_word(h, xot_slot_of(c), HANDLE_SLOTS - 1);
	xot_hand_times(k, h);
	if (k->phase == XOT_OPEN)
		xot_freeze_layer(k, h);
	handover_close(h, &part);
}

static void xot_thaw_circuit(struct xot_conn *k, uint32_t slot)
{
	struct x25_circuit *c =
		k->pvc ? k->pvc->known->circuit : xot_circuit_at(k->line.port, slot);

	if (!c)
		return;
	if (k->phase == XOT_OPEN) {
		x25_circuit_attach(c, &k->line, 1);
	} else if (!k->pvc) {
		x25_circuit_attach(c, &k->line, 0);
		k->circuit = c;
	}
}

/* A permanent circuit that is configured no more takes its connection with it. */
static void xot_thaw_rest(struct xot_conn *k, uint32_t lci, uint32_t slot, struct handover *h)
{
	enum xot_phase phase = k->phase;

	k->pvc = lci ? xot_pvc_find(k->line.port, (uint16_t)lci) : NULL;
	k->phase = phase == XOT_OPEN ? XOT_SILENT : phase; /* until it has a layer */
	xot_hand_times(k, h);
	if (lci && (!k->pvc || k->pvc->conn)) {
		k->pvc = NULL;
		k->dying = true;
		return;
	}
	if (k->pvc)
		k->pvc->conn = k;
	if (phase == XOT_OPEN && !h->bad)
		xot_thaw_layer(k, h);
	if (!h->bad)
		xot_thaw_circuit(k, slot);
}

static bool xot_thaw_conn(struct ist_port *p, struct handover *h)
{
	struct handover_part part;
	uint32_t phase, lci, slot;
	struct xot_conn *k;
	int fd;

	if (!handover_open(h, &part, XOT_CONN_PART, XOT_PART_VERSION))
		return false;
	fd = handover_fd(h, -1);
	phase = handover_word(h, 0, XOT_OPEN);
	lci = handover_word(h, 0, X25_LCI_MAX);
	slot = handover_word(h, 0, HANDLE_SLOTS - 1);
	k = fd < 0 || h->bad ? NULL : xot_conn_add(p, fd, (enum xot_phase)phase);
	if (k)
		xot_thaw_rest(k, lci, slot, h);
	else if (fd >= 0)
		close(fd);
	if (k) {
		xot_touch(k);
		x25_port_wake_at(p, k->give_up);
		x25_port_wake_at(p, k->half_at);
		if (k->phase == XOT_OPEN)
			x25_port_wake_at(p, x25_deadline(&k->line.x));
	}
	handover_close(h, &part);
	return !h->bad;
}

/* --- all ----------------------------------------------------------------------------------------- */

static void xot_hand_pvcs(struct ist_port *p, struct handover *h)
{
	for (unsigned i = 0; i < p->xot->pvcs && !h->thawing; i++) {
		handover_word(h, p->xot->pvc[i].known->lci, X25_LCI_MAX);
		handover_time(h, p->xot->pvc[i].retry_at, XOT_TIME_MOST);
		handover_number(h, p->xot->pvc[i].pause);
	}
	if (!h->thawing) {
		handover_word(h, 0, 0);
		return;
	}
	for (uint32_t lci; (lci = handover_word(h, 0, X25_LCI_MAX)) && !h->bad;) {
		struct xot_pvc_state *s = xot_pvc_find(p, (uint16_t)lci);
		uint64_t retry_at = handover_time(h, 0, XOT_TIME_MOST);
		uint64_t pause = handover_number(h, 0);

		if (!s)
			continue;
		s->retry_at = retry_at;
		s->pause = pause && pause < p->conf.xot_retry ? pause : p->conf.xot_retry;
		x25_port_wake_at(p, retry_at);
	}
}

bool xot_hand(struct ist_port *p, struct handover *h)
{
	struct xot_conn *k = p->xot->first;

	xot_hand_pvcs(p, h);
	if (h->thawing) {
		while (xot_thaw_conn(p, h))
			;
		return !h->bad;
	}
	/* from the last: each is put in front of those before it */
	while (k && k->next)
		k = k->next;
	for (; k; k = k->prev)
		if (!k->dying)
			xot_freeze_conn(k, h);
	return true;
}
