/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cell header is one 32-bit word and its check: the word is taken apart by shifts, and the check
 * is the CRC-8 of its four octets with the coset 55 that keeps a run of zeros from looking good.
 */
#include "transports/atm/cell.h"

#include "core/bytes.h"

#define HEC_COSET 0x55u

/* The remainder that four bits leave eight bits further: multiples of the polynomial 107. */
static const uint8_t hec_of[16] = {0x00, 0x07, 0x0e, 0x09, 0x1c, 0x1b, 0x12, 0x15,
				   0x38, 0x3f, 0x36, 0x31, 0x24, 0x23, 0x2a, 0x2d};

uint8_t cell_hec(const uint8_t first4[4])
{
	uint8_t c = 0;

	for (int i = 0; i < 4; i++) {
		c ^= first4[i];
		c = (uint8_t)(c << 4) ^ hec_of[c >> 4];
		c = (uint8_t)(c << 4) ^ hec_of[c >> 4];
	}
	return c ^ HEC_COSET;
}

bool cell_decode(struct cell_hdr *h, const uint8_t in[CELL_HDR_LEN], enum cell_format f)
{
	struct rd r = rd_init(in, CELL_HDR_LEN);
	uint32_t w = rd_u32(&r);

	h->gfc = f == CELL_UNI ? (uint8_t)(w >> 28) : 0;
	h->vpi = (uint16_t)(w >> 20 & (f == CELL_UNI ? 0xff : 0xfff));
	h->vci = (uint16_t)(w >> 4);
	h->pti = (uint8_t)(w >> 1 & 7);
	h->clp = w & 1;
	return cell_hec(in) == in[4];
}

void cell_encode(uint8_t out[CELL_HDR_LEN], const struct cell_hdr *h, enum cell_format f)
{
	uint32_t w =
		(uint32_t)h->vpi << 20 | (uint32_t)h->vci << 4 | (uint32_t)h->pti << 1 | h->clp;

	if (f == CELL_UNI)
		w = (w & 0x0fffffffu) | (uint32_t)h->gfc << 28;
	wr_put32(out, w);
	out[4] = cell_hec(out);
}

/* Decimal digits up to `end`; false when there are none or the value passes max. */
static bool cell_number(const char **p, char end, uint32_t max, uint16_t *out)
{
	uint32_t v = 0;
	const char *s = *p;

	for (; *s >= '0' && *s <= '9' && v <= max; s++)
		v = v * 10 + (uint32_t)(*s - '0');
	if (s == *p || *s != end || v > max)
		return false;
	*out = (uint16_t)v;
	*p = s;
	return true;
}

bool cell_addr_parse(const char *text, enum cell_format f, uint16_t *vpi, uint16_t *vci)
{
	if (!cell_number(&text, '/', f == CELL_UNI ? 255 : 4095, vpi))
		return false;
	text++;
	return cell_number(&text, '\0', 65535, vci);
}
