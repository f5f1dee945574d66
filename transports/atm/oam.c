/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first octet names the function; the last ten bits are a CRC-10 (x^10+x^9+x^5+x^4+x+1) over
 * the 374 before them, so that over the whole cell it leaves nothing.
 */
#include "transports/atm/oam.h"

#include "core/bytes.h"

#define CRC10_POLY 0x233u
#define FILL	   0x6au /* I.610: octets without a use */

enum { FUNC_AIS = 0x10, FUNC_RDI = 0x11, FUNC_CC = 0x14, FUNC_LOOPBACK = 0x18 };

static const struct {
	uint8_t first;
	enum oam_kind kind;
} functions[] = {
	{FUNC_AIS, OAM_AIS},
	{FUNC_RDI, OAM_RDI},
	{FUNC_CC, OAM_CC},
	{FUNC_LOOPBACK, OAM_LOOPBACK_REPLY},
};

static uint16_t oam_step(uint16_t c)
{
	return (uint16_t)((c << 1 ^ (c & 0x200 ? CRC10_POLY : 0)) & 0x3ff);
}

uint16_t oam_crc10(const uint8_t *p, size_t len)
{
	uint16_t c = 0;

	for (; len; len--, p++) {
		c ^= (uint16_t)(*p << 2);
		for (int bit = 0; bit < 8; bit++)
			c = oam_step(c);
	}
	return c;
}

/* The CRC is over the 374 bits before it: 46 octets and six reserved bits, which are 0. */
static void oam_seal(uint8_t cell[CELL_PAYLOAD])
{
	uint16_t c = oam_crc10(cell, CELL_PAYLOAD - 2);

	for (int bit = 0; bit < 6; bit++)
		c = oam_step(c);
	wr_put16(cell + CELL_PAYLOAD - 2, c);
}

void oam_decode(struct oam_cell *o, const uint8_t in[CELL_PAYLOAD])
{
	struct rd r = rd_init(in, CELL_PAYLOAD);
	uint8_t first = rd_u8(&r);

	memset(o, 0, sizeof(*o));
	o->kind = OAM_OTHER;
	if (oam_crc10(in, CELL_PAYLOAD)) {
		o->kind = OAM_BAD_CRC;
		return;
	}
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		if (functions[i].first == first)
			o->kind = functions[i].kind;
	if (first != FUNC_LOOPBACK)
		return;
	if (rd_u8(&r) & 1)
		o->kind = OAM_LOOPBACK_REQUEST;
	o->tag = rd_u32(&r);
	memcpy(o->location, rd_take(&r, OAM_ID_LEN), OAM_ID_LEN);
}

void oam_loopback_request(uint8_t out[CELL_PAYLOAD], uint32_t tag)
{
	memset(out, FILL, CELL_PAYLOAD);
	out[0] = FUNC_LOOPBACK;
	out[1] = 1;
	wr_put32(out + 2, tag);
	memset(out + 6, 0xff, 2 * OAM_ID_LEN); /* any end point; source not given */
	oam_seal(out);
}

void oam_loopback_reply(uint8_t out[CELL_PAYLOAD], const uint8_t in[CELL_PAYLOAD])
{
	memcpy(out, in, CELL_PAYLOAD);
	out[1] &= 0xfe;
	oam_seal(out);
}

void oam_rdi(uint8_t out[CELL_PAYLOAD])
{
	memset(out, FILL, CELL_PAYLOAD);
	out[0] = FUNC_RDI;
	oam_seal(out);
}

void oam_live_init(struct oam_live *l, uint64_t interval, uint8_t misses, uint8_t good,
		   uint64_t now)
{
	memset(l, 0, sizeof(*l));
	l->interval = interval;
	l->misses = misses;
	l->good = good;
	l->up = true;
	l->deadline = interval ? now : UINT64_MAX;
}

bool oam_live_expire(struct oam_live *l, uint64_t now)
{
	if (now < l->deadline)
		return false;
	if (l->waiting) {
		l->answered = 0;
		if (l->missed < l->misses)
			l->missed++;
		if (l->missed >= l->misses)
			l->up = false;
	}
	l->waiting = true;
	l->tag++;
	l->deadline = now + l->interval;
	return true;
}

void oam_live_reply(struct oam_live *l, uint32_t tag)
{
	if (!l->waiting || tag != l->tag)
		return;
	l->waiting = false;
	l->missed = 0;
	if (l->answered < l->good)
		l->answered++;
	if (l->answered >= l->good)
		l->up = true;
}
