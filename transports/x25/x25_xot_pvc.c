/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Permanent circuits over XOT (RFC 1613 6.5).  The initiator connects and sends a PVC-setup packet
 * with the circuit's names and channels at both ends.  The responder looks for the circuit in its
 * configuration and answers with a status.  After status 0 both ends reset the circuit, and it is
 * up.
 *
 * The end that dials is the initiator.  When both ends could dial the DTE is, so that set-ups never
 * cross.  A failed set-up is repeated: after a refusal in `xot-retry`, after a failure of TCP in a
 * few seconds at first, then ever later up to `xot-retry`.
 */
#include "transports/x25/x25_xot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define PAUSE_FIRST 5000000u
#define SETUP_MAX   (17u + 2 * XOT_NAME_MAX)

/* The first pause after a failure of TCP, at most xot-retry. */
static uint64_t xot_pvc_first_pause(const struct ist_port *p)
{
	return p->conf.xot_retry < PAUSE_FIRST ? p->conf.xot_retry : PAUSE_FIRST;
}

static bool xot_pvc_initiates(const struct ist_port *p)
{
	return p->xot->dials && (!p->xot->listens || !p->conf.x.dce);
}

int xot_pvcs_open(struct ist_port *p)
{
	struct xot *x = p->xot;

	x->pvc = calloc((size_t)p->conf.knowns + 1, sizeof(*x->pvc));
	if (!x->pvc)
		return -ENOMEM;
	for (unsigned i = 0; i < p->conf.knowns; i++) {
		if (!p->conf.known[i].pvc)
			continue;
		x->pvc[x->pvcs++] = (struct xot_pvc_state){
			.known = &p->conf.known[i],
			.retry_at = xot_pvc_initiates(p) ? x25_now(p) : X25_NO_TIME,
			.pause = xot_pvc_first_pause(p)};
		x25_port_wake_at(p, x->pvc[x->pvcs - 1].retry_at);
	}
	return 0;
}

void xot_pvcs_close(struct ist_port *p)
{
	free(p->xot->pvc);
}

static void xot_pvc_retry_later(struct ist_port *p, struct xot_pvc_state *s)
{
	if (!xot_pvc_initiates(p))
		return;
	s->retry_at = x25_now(p) + s->pause;
	s->pause = s->pause * 2 < p->conf.xot_retry ? s->pause * 2 : p->conf.xot_retry;
	x25_port_wake_at(p, s->retry_at);
}

void xot_pvcs_expire(struct ist_port *p, uint64_t now)
{
	for (unsigned i = 0; i < p->xot->pvcs; i++) {
		struct xot_pvc_state *s = &p->xot->pvc[i];
		int err;

		if (now >= s->retry_at) {
			s->retry_at = X25_NO_TIME;
			s->conn = xot_dial(p, &err);
			if (s->conn)
				s->conn->pvc = s;
			else
				xot_pvc_retry_later(p, s);
		}
		x25_port_wake_at(p, s->retry_at);
	}
}

void xot_pvc_lost(struct xot_conn *k, const char *words)
{
	const struct ist_cause why = {.kind = IST_CAUSE_LINK, .words = words};
	struct ist_port *p = k->line.port;
	struct xot_pvc_state *s = k->pvc;
	struct x25_circuit *c = s->known->circuit;

	k->pvc = NULL;
	s->conn = NULL;
	if (k->phase == XOT_OPEN)
		k->line.circuit[1] = NULL;
	c->line = NULL;
	x25_circuit_pvc(p, c, false, &why);
	xot_pvc_retry_later(p, s);
}

/* --- set-up ----------------------------------------------------------------------------------- */

static void xot_pvc_put_setup(struct xot_conn *k, const struct xot_pvc *p)
{
	uint8_t buf[SETUP_MAX];
	struct wr w = wr_init(buf, sizeof(buf));

	xot_pvc_encode(&w, p);
	x25_tap(&k->line, true, "x.25", w.buf, w.len);
	xot_conn_send(k, w.buf, w.len);
}

void xot_pvc_ask(struct xot_conn *k)
{
	const struct ist_port *port = k->line.port;
	const struct x25_config *c = &port->conf.x;
	const struct x25_known *known = k->pvc->known;
	struct xot_pvc p = {.extended = c->extended,
			    .lci = known->lci,
			    .initiator_lci = known->lci,
			    .responder_lci = known->far_lci,
			    .window_in = c->window,
			    .window_out = c->window,
			    .size_in = c->size,
			    .size_out = c->size};

	snprintf(p.initiator, sizeof(p.initiator), "%s", port->name);
	snprintf(p.responder, sizeof(p.responder), "%s", known->far_name ? known->far_name : "");
	xot_pvc_put_setup(k, &p);
	k->phase = XOT_PVC_SETUP;
}

/* p has windows and sizes of the other end's interface: what it receives from its network, it sends
 * to us. */
static void xot_pvc_begin(struct xot_conn *k, const struct xot_pvc *p)
{
	struct x25_circuit *c = k->pvc->known->circuit;

	k->give_up = X25_NO_TIME;
	k->pvc->pause = xot_pvc_first_pause(k->line.port);
	k->pvc->retry_at = X25_NO_TIME;
	if (!xot_conn_start_layer(k, p->extended, true)) {
		xot_conn_lost(k, "no memory");
		return;
	}
	x25_set_flow(&k->line.x, 1, p->size_in, p->size_out, p->window_in, p->window_out);
	x25_circuit_attach(c, &k->line, 1);
	x25_reset(&k->line.x, 1, 0, 0, x25_now(k->line.port));
}

static void xot_pvc_failed(struct xot_conn *k, uint8_t status)
{
	struct ist_port *p = k->line.port;
	const char *words = xot_pvc_words(status);

	p->count[X25_P_XOT_PVC]++;
	if (k->pvc) {
		p->host->log(p->ctx, 4, "PVC %u: set-up failed: %s", k->pvc->known->lci, words);
		k->pvc->pause = p->conf.xot_retry;
	}
	xot_conn_lost(k, words);
}

struct xot_pvc_state *xot_pvc_find(const struct ist_port *p, uint16_t lci)
{
	for (unsigned i = 0; i < p->xot->pvcs; i++)
		if (p->xot->pvc[i].known->lci == lci)
			return &p->xot->pvc[i];
	return NULL;
}

static uint8_t xot_pvc_judge(const struct ist_port *port, const struct xot_pvc *p,
			     const struct xot_pvc_state *s)
{
	if (*p->responder && strcasecmp(p->responder, port->name))
		return XOT_PVC_NO_INTERFACE;
	if (!s)
		return XOT_PVC_NO_PVC;
	if (s->conn || p->initiator_lci != s->known->far_lci ||
	    (s->known->far_name && strcasecmp(p->initiator, s->known->far_name)))
		return XOT_PVC_MISMATCH;
	return XOT_PVC_OK;
}

/* The answer repeats the PVC-setup, with our status and the values of our interface. */
static void xot_pvc_answer(struct xot_conn *k, struct xot_pvc p, uint8_t status)
{
	uint8_t window = p.window_in, size = p.size_in;

	p.status = status;
	p.window_in = p.window_out;
	p.window_out = window;
	p.size_in = p.size_out;
	p.size_out = size;
	xot_pvc_put_setup(k, &p);
}

static void xot_pvc_respond(struct xot_conn *k, const struct xot_pvc *p, uint8_t status)
{
	struct ist_port *port = k->line.port;
	struct xot_pvc_state *s = xot_pvc_find(port, p->responder_lci);

	if (!status && p->status)
		status = XOT_PVC_PROTOCOL;
	if (!status)
		status = xot_pvc_judge(port, p, s);
	if (status == XOT_PVC_PROTOCOL) {
		xot_pvc_failed(k, status);
		return;
	}
	xot_pvc_answer(k, *p, status);
	if (status) {
		port->count[X25_P_XOT_PVC]++;
		k->over = true; /* closed when the answer has been sent */
		return;
	}
	s->conn = k;
	k->pvc = s;
	xot_pvc_begin(k, p);
}

void xot_pvc_rx(struct xot_conn *k, const uint8_t *pkt, size_t len)
{
	struct xot_pvc p;
	uint8_t status = xot_pvc_decode(&p, pkt, len);

	if (k->phase == XOT_OPEN || k->over) {
		k->line.port->count[X25_P_XOT_IGNORED]++;
		return;
	}
	if (k->phase != XOT_PVC_SETUP) {
		xot_pvc_respond(k, &p, status);
		return;
	}
	if (!status)
		status = p.status;
	if (status) {
		xot_pvc_failed(k, status);
		return;
	}
	xot_pvc_begin(k, &p);
}
