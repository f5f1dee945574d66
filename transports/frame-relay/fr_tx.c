/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sending: a head is built on the stack, address and encapsulation and the host's own, and goes out
 * in front of the payload, which is never moved.  A frame too long for one piece is cut up as
 * FRF.12 says; its whole head goes into the first fragment.
 */
#include "transports/frame-relay/fr_int.h"

#include <errno.h>

/* The head of one frame; out becomes the whole of it. */
static bool fr_tx_build(struct ist_port *p, const struct fr_circuit *c, uint8_t payload,
			const struct ist_frame *in, uint8_t head[FR_HEAD_MAX],
			struct link_frame *out)
{
	const struct q922_addr a = {.dlci = c->dlci, .de = in->flags & IST_FRAME_DISCARD};
	uint32_t head_len = in->head ? in->head_len : 0;
	struct wr w = wr_init(head, FR_HEAD_MAX);

	q922_put(&w, p->format, &a);
	fr_encap_put(&w, fr_kind_of(payload), p->pad);
	wr_bytes(&w, in->head, head_len);
	if (w.bad || w.len - q922_octets(p->format) + (uint64_t)in->len > fr_information(p)) {
		p->count[C_TX_TOO_LONG]++;
		return false;
	}
	*out = (struct link_frame){head, in->payload, (uint32_t)w.len, in->len};
	p->count[C_TX]++;
	p->count[C_TX_OCTETS] += head_len + in->len;
	return true;
}

static void fr_tx_emit(struct ist_port *p, const struct link_frame *f, unsigned n)
{
	for (unsigned i = 0; i < n && *p->host->tap_on; i++)
		p->host->tap(p->ctx, true, LINKTYPE_FRELAY, f[i].head, f[i].head_len, f[i].payload,
			     f[i].len);
	if (n)
		link_send(p->link, f, n);
}

/* Each fragment has the frame's own address. */
static void fr_tx_emit_fragments(struct ist_port *p, struct fr_circuit *c,
				 const struct link_frame *whole)
{
	uint32_t address = q922_octets(p->format), left = whole->len, most = fr_piece(p);

	for (bool first = true; first || left; first = false) {
		uint32_t own = first ? whole->head_len - address : 0;
		uint32_t room = most - FRF12_HEAD - own, n = left < room ? left : room;
		uint8_t head[FR_HEAD_MAX + FRF12_HEAD];
		struct wr w = wr_init(head, sizeof(head));
		struct link_frame f = {head, whole->payload + (whole->len - left), 0, n};

		wr_bytes(&w, whole->head, address);
		frf12_put(&w, &c->tx_seq, first, n == left);
		wr_bytes(&w, whole->head + address, own);
		f.head_len = (uint32_t)w.len;
		fr_tx_emit(p, &f, 1);
		p->count[C_TX_FRAGMENTS]++;
		left -= n;
	}
}

static bool fr_tx_fits(const struct ist_port *p, const struct link_frame *f)
{
	return f->head_len - q922_octets(p->format) + f->len <= fr_piece(p);
}

static void fr_tx_send_batch(struct ist_port *p, struct fr_circuit *c, uint8_t payload,
			     const struct ist_frame *f, unsigned n)
{
	uint8_t head[FR_BATCH][FR_HEAD_MAX];
	struct link_frame out[FR_BATCH];
	unsigned k = 0;

	for (unsigned i = 0; i < n; i++) {
		if (!fr_tx_build(p, c, payload, &f[i], head[k], &out[k]))
			continue;
		if (fr_tx_fits(p, &out[k])) {
			k++;
			continue;
		}
		fr_tx_emit(p, out, k);
		fr_tx_emit_fragments(p, c, &out[k]);
		k = 0;
	}
	fr_tx_emit(p, out, k);
}

int fr_send(struct ist_port *p, const struct ist_frame *f, unsigned n)
{
	uint8_t payload = 0;
	struct fr_circuit *c = n ? fr_circuit_of(p, f->channel, &payload) : NULL;

	if (!n)
		return 0;
	if (!c) {
		p->count[C_TX_STALE] += n;
		return -ESTALE;
	}
	if (!c->up) {
		p->count[C_TX_DOWN] += n;
		return (int)n;
	}
	for (unsigned i = 0; i < n; i += FR_BATCH)
		fr_tx_send_batch(p, c, payload, f + i, n - i < FR_BATCH ? n - i : FR_BATCH);
	return (int)n;
}
