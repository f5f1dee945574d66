/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the host to the link.  The encapsulation goes in front of the frame's own head on the stack, so
 * that an SDU has two pieces, and those are cut into cells, or framed as a PDU or an SDU.  A shaped
 * circuit pays for its cells; without tokens the SDU is copied into the circuit's queue, and when that is
 * full `send` takes no more until it has room.
 */
#include "transports/atm_int.h"

#include <errno.h>

#define HEAD_MAX (4u + ATM_ENCAP_MAX + IST_HEAD_MAX)

/* An SDU to be sent, in two pieces. */
struct sdu {
	const uint8_t *head, *data;
	size_t head_len, len;
	bool discard;
};

static struct cell_hdr header(const struct atm_vc *v, uint8_t pti, bool clp)
{
	return (struct cell_hdr){
		.vpi = (uint16_t)(v->key >> 16), .vci = (uint16_t)v->key, .pti = pti, .clp = clp};
}

/* Cells one behind the other in a buffer; frames of the link begin every cells_per_frame. */
struct cells {
	uint8_t octets[ATM_CELLS_MAX * CELL_LEN];
	unsigned n;
};

static void flush_cells(struct ist_port *p, struct cells *c)
{
	struct link_frame f[ATM_CELLS_MAX];
	unsigned frames = 0;

	for (unsigned at = 0; at < c->n; at += p->cells_per_frame) {
		unsigned n = c->n - at < p->cells_per_frame ? c->n - at : p->cells_per_frame;

		f[frames++] =
			(struct link_frame){.payload = c->octets + at * CELL_LEN, .len = n * CELL_LEN};
	}
	p->count[ATM_C_TX_CELLS] += c->n;
	c->n = 0;
	if (frames)
		link_send(p->link, f, frames);
}

static void cut_into_cells(struct ist_port *p, const struct atm_vc *v, const struct sdu *s,
			   struct cells *c)
{
	uint8_t first[CELL_HDR_LEN], last[CELL_HDR_LEN];
	struct cell_hdr h = header(v, 0, s->discard);
	struct aal5_seg seg;
	bool more = true;

	cell_encode(first, &h, p->format);
	h.pti = CELL_PTI_LAST;
	cell_encode(last, &h, p->format);
	aal5_seg_start(&seg, s->head, s->head_len, s->data, s->len, v->crc);
	while (more) {
		uint8_t *cell = c->octets + c->n * CELL_LEN;

		more = aal5_seg_next(&seg, cell + CELL_HDR_LEN);
		memcpy(cell, more ? first : last, CELL_HDR_LEN);
		if (++c->n == ATM_CELLS_MAX)
			flush_cells(p, c);
	}
}

static void send_pdu(struct ist_port *p, const struct atm_vc *v, const struct sdu *s)
{
	uint8_t head[CELL_HDR_LEN], pdu[AAL5_PDU_MAX];
	struct cell_hdr h = header(v, CELL_PTI_LAST, s->discard);
	struct link_frame f = {head, pdu, 4, (uint32_t)aal5_pdu_len(s->head_len + s->len)};

	cell_encode(head, &h, p->format);
	aal5_pdu_write(pdu, s->head, s->head_len, s->data, s->len, v->crc);
	link_send(p->link, &f, 1);
}

static void send_sdu(struct ist_port *p, const struct atm_vc *v, const struct sdu *s)
{
	uint8_t head[HEAD_MAX];
	struct wr w = wr_init(head, sizeof(head));
	struct link_frame f;

	wr_u32(&w, v->key);
	wr_bytes(&w, s->head, s->head_len);
	f = (struct link_frame){head, s->data, (uint32_t)w.len, (uint32_t)s->len};
	link_send(p->link, &f, 1);
}

static void transmit(struct ist_port *p, struct atm_vc *v, const struct sdu *s, struct cells *c)
{
	size_t len = s->head_len + s->len;

	atm_shape_pay(&v->shape, (uint32_t)(aal5_pdu_len(len) / CELL_PAYLOAD));
	p->count[ATM_C_TX]++;
	p->count[ATM_C_TX_OCTETS] += len;
	if (*p->host->tap_on)
		atm_tap(p, true, v, s->head, s->head_len, s->data, s->len);
	if (p->framing == ATM_CELLS)
		cut_into_cells(p, v, s, c);
	else if (p->framing == ATM_PDUS)
		send_pdu(p, v, s);
	else
		send_sdu(p, v, s);
}

/* One frame; false when the circuit's queue is full. */
static bool send_one(struct ist_port *p, struct atm_vc *v, uint8_t payload,
		     const struct ist_frame *f, uint64_t now, struct cells *c)
{
	uint8_t head[HEAD_MAX];
	struct wr w = wr_init(head, sizeof(head));
	struct sdu s = {.head = head,
			.data = f->payload,
			.len = f->len,
			.discard = f->flags & IST_FRAME_DISCARD};

	atm_encap_put(&w, v->mux, payload);
	wr_bytes(&w, f->head, f->head ? f->head_len : 0);
	s.head_len = w.len;
	if (w.bad || s.head_len + s.len > v->sdu_max) {
		p->count[ATM_C_TX_TOO_LONG]++;
		return true;
	}
	if (atm_shape_may(&v->shape, now)) {
		transmit(p, v, &s, c);
		return true;
	}
	if (!atm_shape_wait(&v->shape, s.head, (uint32_t)s.head_len, s.data, (uint32_t)s.len,
			    s.discard))
		return false;
	atm_wake_at(p, atm_shape_deadline(&v->shape));
	return true;
}

int atm_send(struct ist_port *p, const struct ist_frame *f, unsigned n)
{
	uint8_t payload = 0;
	struct atm_vc *v = n ? atm_vc_of(p, f->channel, &payload) : NULL;
	uint64_t now = p->host->now(p->ctx);
	struct cells c = {.n = 0};
	unsigned i;

	if (!n)
		return 0;
	if (!v) {
		p->count[ATM_C_TX_STALE] += n;
		return -ESTALE;
	}
	if (!v->up) {
		p->count[ATM_C_TX_DOWN] += n;
		return (int)n;
	}
	for (i = 0; i < n; i++)
		if (!send_one(p, v, payload, &f[i], now, &c)) {
			v->refused = true;
			break;
		}
	flush_cells(p, &c);
	return (int)i;
}

void atm_release(struct ist_port *p, struct atm_vc *v, uint64_t now)
{
	const struct atm_waiting *w;
	struct cells c = {.n = 0};

	while ((w = atm_shape_next(&v->shape, now))) {
		const struct sdu s = {
			.head = NULL, .data = w->sdu, .len = w->len, .discard = w->discard};

		if (v->up)
			transmit(p, v, &s, &c);
		else
			p->count[ATM_C_TX_DOWN]++;
	}
	flush_cells(p, &c);
	atm_wake_at(p, atm_shape_deadline(&v->shape));
	if (!v->refused || v->shape.count > ATM_SHAPE_QUEUE / 2)
		return;
	v->refused = false;
	for (uint8_t kind = IST_PAYLOAD_L2TP; kind <= IST_PAYLOAD_PPP; kind++)
		if (v->payloads & 1u << kind)
			p->host->writable(p->ctx, atm_channel(p, v, kind));
}

void atm_send_oam(struct ist_port *p, const struct atm_vc *v, const uint8_t body[CELL_PAYLOAD],
		  uint8_t pti)
{
	struct cell_hdr h = header(v, pti, false);
	uint8_t head[CELL_HDR_LEN];
	struct link_frame f = {head, body, CELL_HDR_LEN, CELL_PAYLOAD};

	cell_encode(head, &h, p->format);
	if (p->framing == ATM_SDUS)
		return; /* such a link has no cells */
	if (p->framing == ATM_PDUS)
		f.head_len = 4;
	p->count[ATM_C_TX_CELLS]++;
	link_send(p->link, &f, 1);
}
