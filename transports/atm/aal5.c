/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Segmentation walks over the two pieces of the SDU, then zeros, then the trailer.  Reassembly
 * fills one buffer and judges the PDU when the last cell has come: only then are the length and the
 * CRC of one and the same PDU known.  A PDU that outgrows the buffer is remembered as lost until
 * its end, so that its tail is not taken for a PDU of its own.
 */
#include "transports/atm/aal5.h"

#include "core/bytes.h"
#include "transports/atm/aal5_crc.h"

#define NO_DEADLINE UINT64_MAX

/* CRC of pieces, pad and the first four octets of the trailer, complemented as it goes on the wire.
 */
static uint32_t aal5_crc_of(const struct aal5_seg *s, size_t pad, enum aal5_crc_mode mode)
{
	uint8_t end[CELL_PAYLOAD + 4] = {0};
	uint32_t (*crc)(uint32_t, const void *, size_t) =
		mode == AAL5_CRC_REFLECTED ? aal5_crc_reflected : aal5_crc;
	uint32_t c = AAL5_CRC_INIT;

	for (int i = 0; i < 2; i++)
		c = crc(c, s->piece[i], s->left[i]);
	memcpy(end + pad, s->trailer, 4);
	return ~crc(c, end, pad + 4);
}

void aal5_seg_start(struct aal5_seg *s, const uint8_t *head, size_t head_len,
		    const uint8_t *payload, size_t len, enum aal5_crc_mode mode)
{
	size_t sdu = head_len + len, pad;

	aal5_crc_choose();
	s->piece[0] = head;
	s->left[0] = head_len;
	s->piece[1] = payload;
	s->left[1] = len;
	s->pdu_left = aal5_pdu_len(sdu);
	pad = s->pdu_left - sdu - AAL5_TRAILER;
	wr_put16(s->trailer, 0); /* UU, CPI */
	wr_put16(s->trailer + 2, (uint16_t)sdu);
	wr_put32(s->trailer + 4, aal5_crc_of(s, pad, mode));
}

static size_t aal5_take(struct aal5_seg *s, int i, uint8_t *out, size_t room)
{
	size_t n = s->left[i] < room ? s->left[i] : room;

	if (!n)
		return 0;
	memcpy(out, s->piece[i], n);
	s->piece[i] += n;
	s->left[i] -= n;
	return n;
}

bool aal5_seg_next(struct aal5_seg *s, uint8_t out[CELL_PAYLOAD])
{
	size_t n;

	if (!s->left[0] && s->left[1] >= CELL_PAYLOAD && s->pdu_left > CELL_PAYLOAD) {
		memcpy(out, s->piece[1], CELL_PAYLOAD);
		s->piece[1] += CELL_PAYLOAD;
		s->left[1] -= CELL_PAYLOAD;
		s->pdu_left -= CELL_PAYLOAD;
		return true;
	}
	n = aal5_take(s, 0, out, CELL_PAYLOAD);
	n += aal5_take(s, 1, out + n, CELL_PAYLOAD - n);
	memset(out + n, 0, CELL_PAYLOAD - n);
	s->pdu_left -= CELL_PAYLOAD;
	if (s->pdu_left)
		return true;
	memcpy(out + CELL_PAYLOAD - AAL5_TRAILER, s->trailer, AAL5_TRAILER);
	return false;
}

void aal5_pdu_write(uint8_t *out, const uint8_t *head, size_t head_len, const uint8_t *payload,
		    size_t len, enum aal5_crc_mode mode)
{
	struct aal5_seg s;

	aal5_seg_start(&s, head, head_len, payload, len, mode);
	while (aal5_seg_next(&s, out))
		out += CELL_PAYLOAD;
}

static bool aal5_crc_good(const uint8_t *pdu, size_t len, enum aal5_crc_mode mode)
{
	struct rd r = rd_init(pdu + len - 4, 4);

	switch (mode) {
	case AAL5_CRC_STRICT:
		return aal5_crc(AAL5_CRC_INIT, pdu, len) == AAL5_CRC_RESIDUE;
	case AAL5_CRC_REFLECTED:
		return ~aal5_crc_reflected(AAL5_CRC_INIT, pdu, len - 4) == rd_u32(&r);
	case AAL5_CRC_IGNORE:
		break;
	}
	return true;
}

enum aal5_result aal5_pdu_check(const uint8_t *pdu, size_t len, size_t max_sdu,
				enum aal5_crc_mode mode, size_t *sdu_len)
{
	struct rd r;
	uint8_t cpi;
	size_t sdu;

	if (!len || len % CELL_PAYLOAD)
		return AAL5_E_LENGTH;
	aal5_crc_choose();
	if (!aal5_crc_good(pdu, len, mode))
		return AAL5_E_CRC;
	r = rd_init(pdu + len - AAL5_TRAILER + 1, AAL5_TRAILER - 1);
	cpi = rd_u8(&r);
	sdu = rd_u16(&r);
	if (cpi)
		return AAL5_E_CPI;
	if (!sdu)
		return AAL5_E_ABORT;
	if (aal5_pdu_len(sdu) != len)
		return AAL5_E_LENGTH;
	if (sdu > max_sdu)
		return AAL5_E_OVERSIZE;
	*sdu_len = sdu;
	return AAL5_SDU;
}

static void aal5_reset(struct aal5_reasm *r)
{
	r->len = 0;
	r->skipping = false;
	r->deadline = NO_DEADLINE;
}

void aal5_reasm_init(struct aal5_reasm *r, void *buf, size_t max_sdu, uint64_t timeout)
{
	r->buf = buf;
	r->cap = aal5_pdu_len(max_sdu);
	r->max_sdu = max_sdu;
	r->timeout = timeout;
	aal5_reset(r);
}

enum aal5_result aal5_reasm_cell(struct aal5_reasm *r, const uint8_t cell[CELL_PAYLOAD], bool last,
				 enum aal5_crc_mode mode, uint64_t now, size_t *sdu_len)
{
	enum aal5_result res = AAL5_E_OVERSIZE;

	if (aal5_reasm_idle(r) && r->timeout)
		r->deadline = now + r->timeout;
	if (r->cap - r->len < CELL_PAYLOAD)
		r->skipping = true;
	if (!r->skipping) {
		memcpy(r->buf + r->len, cell, CELL_PAYLOAD);
		r->len += CELL_PAYLOAD;
	}
	if (!last)
		return AAL5_MORE;
	if (!r->skipping)
		res = aal5_pdu_check(r->buf, r->len, r->max_sdu, mode, sdu_len);
	aal5_reset(r);
	return res;
}

enum aal5_result aal5_reasm_expire(struct aal5_reasm *r, uint64_t now)
{
	if (now < r->deadline)
		return AAL5_MORE;
	aal5_reset(r);
	return AAL5_E_TIMEOUT;
}
