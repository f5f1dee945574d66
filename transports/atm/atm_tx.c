/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the host to the link.  The encapsulation goes in front of the frame's own head on the stack,
 * so that an SDU has two pieces, and those are cut into cells, or framed as a PDU or an SDU.  A
 * shaped circuit pays for its cells; without tokens the SDU is copied into the circuit's queue, and
 * when that is full `send` takes no more until it has room.
 */
#include "transports/atm/atm_int.h"

#include <errno.h>

#define HEAD_MAX (4u + ATM_ENCAP_MAX + IST_HEAD_MAX)

/* An SDU to be sent, in two pieces. */
struct sdu {
	const uint8_t *head, *data;
	size_t head_len, len;
	bool discard;
};

/* --- a batch for the link --------------------------------------------------------------------- */

static void atm_tx_flush(struct ist_port *p)
{
	struct atm_out *o = &p->out;
	unsigned n = o->n;

	o->n = o->cells = 0;
	o->used = 0;
	if (n)
		link_send(p->link, o->f, n);
}

/* Memory of the batch for one more frame. */
static uint8_t *atm_tx_room_for(struct ist_port *p, uint32_t len)
{
	if (p->out.n == ATM_FRAMES || ATM_OUT_ROOM - p->out.used < len)
		atm_tx_flush(p);
	p->out.used += len;
	return p->out.octets + p->out.used - len;
}

/* Cells that fit into one frame of the link as it is now. */
static unsigned atm_tx_cells_in_a_frame(const struct ist_port *p)
{
	unsigned fit = link_mtu(p->link) / CELL_LEN;

	if (fit > p->cells_per_frame)
		return p->cells_per_frame;
	return fit ? fit : 1;
}

/* Memory for one more cell, behind the one before it or in a frame of its own. */
static uint8_t *atm_tx_room_for_cell(struct ist_port *p, unsigned per_frame)
{
	struct atm_out *o = &p->out;
	uint8_t *cell;

	if (o->cells && o->cells < per_frame && ATM_OUT_ROOM - o->used >= CELL_LEN) {
		o->used += CELL_LEN;
		o->f[o->n - 1].len += CELL_LEN;
		o->cells++;
		return o->octets + o->used - CELL_LEN;
	}
	cell = atm_tx_room_for(p, CELL_LEN);
	o->f[o->n++] = (struct link_frame){.payload = cell, .len = CELL_LEN};
	o->cells = 1;
	return cell;
}

static void atm_tx_cut_into_cells(struct ist_port *p, const struct atm_vc *v, const struct sdu *s)
{
	unsigned per_frame = atm_tx_cells_in_a_frame(p);
	struct aal5_seg seg;
	bool more = true;

	aal5_seg_start(&seg, s->head, s->head_len, s->data, s->len, v->crc);
	while (more) {
		uint8_t *cell = atm_tx_room_for_cell(p, per_frame);

		more = aal5_seg_next(&seg, cell + CELL_HDR_LEN);
		memcpy(cell, v->head[s->discard][!more], CELL_HDR_LEN);
		p->count[ATM_C_TX_CELLS]++;
	}
}

static void atm_tx_send_pdu(struct ist_port *p, const struct atm_vc *v, const struct sdu *s)
{
	uint32_t len = (uint32_t)aal5_pdu_len(s->head_len + s->len);
	uint8_t *at = atm_tx_room_for(p, 4 + len);

	memcpy(at, v->head[s->discard][1], 4); /* no HEC in front of a PDU */
	aal5_pdu_write(at + 4, s->head, s->head_len, s->data, s->len, v->crc);
	p->out.f[p->out.n++] = (struct link_frame){.payload = at, .len = 4 + len};
}

static void atm_tx_send_sdu(struct ist_port *p, const struct atm_vc *v, const struct sdu *s)
{
	uint32_t head_len = 4 + (uint32_t)s->head_len;
	uint8_t *head = atm_tx_room_for(p, head_len);

	wr_put32(head, v->key);
	if (s->head_len)
		memcpy(head + 4, s->head, s->head_len);
	p->out.f[p->out.n++] = (struct link_frame){head, s->data, head_len, (uint32_t)s->len};
}

static void atm_tx_transmit(struct ist_port *p, struct atm_vc *v, const struct sdu *s)
{
	size_t len = s->head_len + s->len;

	atm_shape_pay(&v->shape, (uint32_t)(aal5_pdu_len(len) / CELL_PAYLOAD));
	p->count[ATM_C_TX]++;
	p->count[ATM_C_TX_OCTETS] += len;
	if (*p->host->tap_on)
		atm_tap(p, true, v, s->head, s->head_len, s->data, s->len);
	if (p->framing == ATM_CELLS)
		atm_tx_cut_into_cells(p, v, s);
	else if (p->framing == ATM_PDUS)
		atm_tx_send_pdu(p, v, s);
	else
		atm_tx_send_sdu(p, v, s);
}

/* One frame; false when the circuit's queue is full. */
static bool atm_tx_send_one(struct ist_port *p, struct atm_vc *v, uint8_t payload,
			    const struct ist_frame *f, uint64_t now)
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
	if (w.bad || s.head_len + s.len > atm_sdu_most(p, v)) {
		p->count[ATM_C_TX_TOO_LONG]++;
		return true;
	}
	if (atm_shape_may(&v->shape, now)) {
		atm_tx_transmit(p, v, &s);
		return true;
	}
	if (!atm_shape_wait(&v->shape, s.head, (uint32_t)s.head_len, s.data, (uint32_t)s.len,
			    s.discard))
		return false;
	atm_wake_at(p, v, atm_shape_deadline(&v->shape));
	return true;
}

int atm_send(struct ist_port *p, const struct ist_frame *f, unsigned n)
{
	uint8_t payload = 0;
	struct atm_vc *v = n ? atm_vc_of(p, f->channel, &payload) : NULL;
	uint64_t now;
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
	now = v->shape.pcr ? p->host->now(p->ctx) : 0;
	for (i = 0; i < n; i++)
		if (!atm_tx_send_one(p, v, payload, &f[i], now)) {
			v->refused = true;
			break;
		}
	atm_tx_flush(p);
	return (int)i;
}

void atm_release(struct ist_port *p, struct atm_vc *v, uint64_t now)
{
	const struct atm_waiting *w;

	while ((w = atm_shape_next(&v->shape, now))) {
		const struct sdu s = {
			.head = NULL, .data = w->sdu, .len = w->len, .discard = w->discard};

		if (v->up)
			atm_tx_transmit(p, v, &s);
		else
			p->count[ATM_C_TX_DOWN]++;
	}
	atm_tx_flush(p);
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
	const struct cell_hdr h = {
		.vpi = (uint16_t)(v->key >> 16), .vci = (uint16_t)v->key, .pti = pti};
	uint8_t head[CELL_HDR_LEN];
	struct link_frame f = {head, body, CELL_HDR_LEN, CELL_PAYLOAD};

	cell_encode(head, &h, p->format);
	if (p->framing == ATM_PDUS)
		f.head_len = 4;
	p->count[ATM_C_TX_CELLS]++;
	link_send(p->link, &f, 1);
}
