/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the link to the host.  Cells are told apart by their header: OAM is answered or counted
 * here, user cells go to the reassembly of their circuit, and a finished SDU loses its
 * encapsulation and joins the batch for the host: copied, since the buffer of its circuit is wanted
 * for the next one.  An SDU too long for that stays where it is, and the batch is handed over
 * before the next cell of the circuit is taken.
 */
#include "transports/atm/atm_int.h"

#include <stdlib.h>

#define RDI_INTERVAL 900000u /* us: AIS of a second that comes a bit early has its answer */

static void atm_rx_flush(struct ist_port *p)
{
	unsigned n = p->rx_count;

	for (unsigned i = 0; i < n; i++)
		p->rx_vc[i]->gathered = false;
	p->rx_count = 0;
	p->rx_used = 0;
	if (n)
		p->host->frames(p->ctx, p->rx, n);
}

/* Where the SDU is until the batch is handed over. */
static const uint8_t *atm_rx_keep(struct ist_port *p, struct atm_vc *v, const struct rd *sdu)
{
	uint8_t *at;

	if (p->framing != ATM_CELLS)
		return sdu->p;
	if (sdu->left > ATM_RX_ROOM - p->rx_used)
		atm_rx_flush(p);
	if (sdu->left > ATM_RX_ROOM / 4) {
		v->gathered = true;
		return sdu->p;
	}
	at = p->rx_octets + p->rx_used;
	memcpy(at, sdu->p, sdu->left);
	p->rx_used += (uint32_t)sdu->left;
	return at;
}

/* The counter of an SDU that is neither L2TP nor PPP. */
static const uint8_t dropped[ATM_KINDS] = {
	[ATM_IPV4] = ATM_C_RX_IPV4,	      [ATM_IPV6] = ATM_C_RX_IPV6,
	[ATM_ETHERTYPE] = ATM_C_RX_ETHERTYPE, [ATM_BRIDGED] = ATM_C_RX_BRIDGED,
	[ATM_OTHER_SNAP] = ATM_C_RX_SNAP,     [ATM_OTHER_NLPID] = ATM_C_RX_NLPID,
	[ATM_OTHER_LLC] = ATM_C_RX_LLC,	      [ATM_SHORT] = ATM_C_RX_SHORT,
	[ATM_OTHER_MUX_PPP] = ATM_C_RX_MUX,   [ATM_OTHER_MUX_L2TP] = ATM_C_RX_MUX,
};

static enum atm_counter atm_rx_sdu_in(struct ist_port *p, struct atm_vc *v, struct rd r,
				      uint32_t flags)
{
	enum atm_kind kind = atm_encap_get(&r, v->mux,
					   v->payloads & 1u << IST_PAYLOAD_PPP ? IST_PAYLOAD_PPP
									       : IST_PAYLOAD_L2TP);
	uint8_t payload = kind == ATM_PPP ? IST_PAYLOAD_PPP : IST_PAYLOAD_L2TP;
	const uint8_t *kept;

	if (kind == ATM_OTHER_MUX_PPP || kind == ATM_OTHER_MUX_L2TP) {
		atm_rx_flush(p);
		atm_other_mux(p, v, kind == ATM_OTHER_MUX_PPP);
	}
	if (kind != ATM_L2TP && kind != ATM_PPP)
		return (enum atm_counter)dropped[kind];
	if (!(v->payloads & 1u << payload))
		return ATM_C_RX_NOT_CARRIED;
	if (!v->up)
		return ATM_C_RX_DOWN;
	if (!r.left)
		return ATM_C_RX_SHORT;
	v->heard |= payload == IST_PAYLOAD_PPP;
	p->count[ATM_C_RX_OCTETS] += r.left;
	kept = atm_rx_keep(p, v, &r);
	p->rx_vc[p->rx_count] = v;
	p->rx[p->rx_count++] = (struct ist_frame){.channel = atm_channel(p, v, payload),
						  .flags = flags,
						  .payload = kept,
						  .len = (uint32_t)r.left};
	return ATM_C_RX;
}

static void atm_rx_take_sdu(struct ist_port *p, struct atm_vc *v, const uint8_t *sdu, size_t len,
			    uint32_t flags)
{
	if (*p->host->tap_on)
		atm_tap(p, false, v, NULL, 0, sdu, len);
	p->count[atm_rx_sdu_in(p, v, rd_init(sdu, len), flags)]++;
	if (p->rx_count == ATM_BATCH)
		atm_rx_flush(p);
}

/* A result of AAL5 other than "more": deliver or count. */
static void atm_rx_judge(struct ist_port *p, struct atm_vc *v, enum aal5_result res,
			 const uint8_t *sdu, size_t len, uint32_t flags)
{
	if (res == AAL5_SDU)
		atm_rx_take_sdu(p, v, sdu, len, flags);
	else if (res != AAL5_MORE)
		p->aal5[res - AAL5_E_CRC]++;
}

/* --- cells ------------------------------------------------------------------------------------ */

static void atm_rx_looped_back(struct ist_port *p, struct atm_vc *v, uint32_t tag)
{
	p->count[ATM_C_OAM_ANSWERED]++;
	oam_live_reply(&v->live, tag);
	atm_check_up(p, v);
}

/* I.610: AIS comes about once a second, and each is answered by RDI.  RDI_INTERVAL bounds the
 * answers to a flood. */
static void atm_rx_answer_alarm(struct ist_port *p, struct atm_vc *v, uint8_t pti)
{
	uint64_t *next = &v->rdi_at[pti == CELL_PTI_F5_END_TO_END];
	uint8_t back[CELL_PAYLOAD];

	if (p->rx_now < *next)
		return;
	*next = p->rx_now + RDI_INTERVAL;
	p->count[ATM_C_OAM_RDI_SENT]++;
	oam_rdi(back);
	atm_send_oam(p, v, back, pti);
}

static void atm_rx_oam_in(struct ist_port *p, struct atm_vc *v, const struct cell_hdr *h,
			  const uint8_t body[CELL_PAYLOAD])
{
	static const uint8_t counted[] = {
		[OAM_BAD_CRC] = ATM_C_OAM_BAD, [OAM_OTHER] = ATM_C_OAM_OTHER,
		[OAM_AIS] = ATM_C_OAM_AIS,     [OAM_RDI] = ATM_C_OAM_RDI,
		[OAM_CC] = ATM_C_OAM_CC,       [OAM_LOOPBACK_REQUEST] = ATM_C_OAM_LOOPED,
	};
	uint8_t back[CELL_PAYLOAD];
	struct oam_cell o;

	p->count[ATM_C_OAM_RX]++;
	oam_decode(&o, body);
	if (o.kind == OAM_LOOPBACK_REPLY) {
		atm_rx_looped_back(p, v, o.tag);
		return;
	}
	p->count[counted[o.kind]]++;
	if (o.kind == OAM_AIS) {
		atm_rx_answer_alarm(p, v, h->pti);
	} else if (o.kind == OAM_LOOPBACK_REQUEST) {
		oam_loopback_reply(back, body);
		atm_send_oam(p, v, back, h->pti);
	}
}

bool atm_rx_buffer_ready(struct ist_port *p, struct atm_vc *v)
{
	if (v->buf)
		return true;
	v->buf = malloc(aal5_pdu_len(v->sdu_max));
	if (!v->buf) {
		p->count[ATM_C_RX_NO_MEMORY]++;
		return false;
	}
	aal5_reasm_init(&v->in, v->buf, v->sdu_max, p->reassembly);
	return true;
}

static void atm_rx_user_cell(struct ist_port *p, struct atm_vc *v, const struct cell_hdr *h,
			     const uint8_t body[CELL_PAYLOAD])
{
	bool congested = h->pti & CELL_PTI_CONGESTED;
	enum aal5_result res;
	size_t len = 0;

	p->count[ATM_C_RX_CONGESTED] += congested;
	p->count[ATM_C_RX_CLP] += h->clp;
	if (!(h->pti & CELL_PTI_LAST) && aal5_reasm_middle(&v->in, body)) {
		v->discard |= h->clp;
		return;
	}
	if (!atm_rx_buffer_ready(p, v))
		return;
	if (v->gathered)
		atm_rx_flush(p);
	/* I.363.5: congestion is what the last cell says, loss priority what any of them did */
	v->discard = h->clp || (v->discard && !aal5_reasm_idle(&v->in));
	res = aal5_reasm_cell(&v->in, body, h->pti & CELL_PTI_LAST, v->crc, p->rx_now, &len);
	if (res == AAL5_MORE)
		atm_wake_at(p, v, v->in.deadline);
	else
		atm_rx_judge(p, v, res, v->buf, len,
			     (congested ? IST_FRAME_CONGESTED : 0) |
				     (v->discard ? IST_FRAME_DISCARD : 0));
}

static struct atm_seen *atm_rx_seen_of(struct ist_port *p, const uint8_t *cell)
{
	return &p->seen[(cell[3] & CELL_LAST_BIT) != 0];
}

/* User cells go by the header alone when one like it came before. */
static bool atm_rx_seen_before(struct ist_port *p, const uint8_t *cell)
{
	const struct atm_seen *s = atm_rx_seen_of(p, cell);

	if (!s->v || memcmp(s->octets, cell, CELL_HDR_LEN))
		return false;
	atm_rx_user_cell(p, s->v, &s->h, cell + CELL_HDR_LEN);
	return true;
}

static void atm_rx_remember(struct ist_port *p, const uint8_t *cell, const struct cell_hdr *h,
			    struct atm_vc *v)
{
	struct atm_seen *s = atm_rx_seen_of(p, cell);

	memcpy(s->octets, cell, CELL_HDR_LEN);
	s->h = *h;
	s->v = v;
}

static void atm_rx_cell_in(struct ist_port *p, const uint8_t *cell)
{
	struct cell_hdr h;
	struct atm_vc *v;

	p->count[ATM_C_RX_CELLS]++;
	if (atm_rx_seen_before(p, cell))
		return;
	if (!cell_decode(&h, cell, p->format)) {
		p->count[ATM_C_RX_HEC]++;
		return;
	}
	if (!h.vpi && !h.vci) {
		p->count[ATM_C_RX_IDLE]++;
		return;
	}
	v = atm_find(p, (uint32_t)h.vpi << 16 | h.vci);
	if (!v) {
		p->count[h.vci < 32 ? ATM_C_RX_RESERVED : ATM_C_RX_VC]++;
	} else if (!(h.pti & CELL_PTI_OAM)) {
		atm_rx_remember(p, cell, &h, v);
		atm_rx_user_cell(p, v, &h, cell + CELL_HDR_LEN);
	} else if (h.pti < CELL_PTI_RM) {
		atm_rx_oam_in(p, v, &h, cell + CELL_HDR_LEN);
	} else {
		p->count[ATM_C_RX_RM]++;
	}
}

static void atm_rx_cells_in(struct ist_port *p, const struct link_frame *f)
{
	if (!f->len || f->len % CELL_LEN) {
		p->count[ATM_C_RX_CUT]++;
		return;
	}
	for (uint32_t at = 0; at < f->len; at += CELL_LEN)
		atm_rx_cell_in(p, f->payload + at);
}

/* --- whole PDUs and SDUs ---------------------------------------------------------------------- */

static struct atm_vc *atm_rx_circuit_in(struct ist_port *p, uint32_t key)
{
	struct atm_vc *v = atm_find(p, key);

	if (!v)
		p->count[ATM_C_RX_VC]++;
	return v;
}

static void atm_rx_pdu_in(struct ist_port *p, const struct link_frame *f)
{
	struct rd r = rd_init(f->payload, f->len);
	struct cell_hdr h;
	uint8_t head[CELL_HDR_LEN] = {0};
	const uint8_t *first4 = rd_take(&r, 4);
	enum aal5_result res;
	struct atm_vc *v;
	size_t len = 0;

	if (!first4) {
		p->count[ATM_C_RX_CUT]++;
		return;
	}
	memcpy(head, first4, 4);
	(void)cell_decode(&h, head, p->format); /* there is no HEC in front of a PDU */
	v = atm_rx_circuit_in(p, (uint32_t)h.vpi << 16 | h.vci);
	if (!v)
		return;
	if (h.pti & CELL_PTI_OAM) {
		if (r.left == CELL_PAYLOAD && h.pti < CELL_PTI_RM)
			atm_rx_oam_in(p, v, &h, r.p);
		else
			p->count[ATM_C_RX_CUT]++;
		return;
	}
	res = aal5_pdu_check(r.p, r.left, v->sdu_max, v->crc, &len);
	atm_rx_judge(p, v, res, r.p, len, h.clp ? IST_FRAME_DISCARD : 0);
}

static void atm_rx_sdu_frame_in(struct ist_port *p, const struct link_frame *f)
{
	struct rd r = rd_init(f->payload, f->len);
	uint32_t key = rd_u32(&r);
	struct atm_vc *v;

	if (r.bad) {
		p->count[ATM_C_RX_CUT]++;
		return;
	}
	v = atm_rx_circuit_in(p, key);
	if (v)
		atm_rx_judge(p, v, r.left > v->sdu_max ? AAL5_E_OVERSIZE : AAL5_SDU, r.p, r.left,
			     0);
}

void atm_frames(void *port, const struct link_frame *f, unsigned n)
{
	static void (*const take[])(struct ist_port * p, const struct link_frame *f) = {
		[ATM_CELLS] = atm_rx_cells_in,
		[ATM_PDUS] = atm_rx_pdu_in,
		[ATM_SDUS] = atm_rx_sdu_frame_in};
	struct ist_port *p = port;

	atm_announce(p);
	p->rx_now = p->host->now(p->ctx);
	for (unsigned i = 0; i < n; i++)
		take[p->framing](p, &f[i]);
	atm_rx_flush(p);
}
