/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ATM from the cell up: header, AAL5 in cells of interleaved circuits and as whole PDUs, what
 * stands in front of an SDU, and OAM cells.  What is taken for an SDU is one: put together again it
 * is the PDU that came, and it is never longer than was asked for.
 */
#include "transports/atm/aal5.h"
#include "transports/atm/atm_encap.h"
#include "transports/atm/cell.h"
#include "transports/atm/oam.h"

#include <stdlib.h>

#define SDU_MAX	 200u
#define CIRCUITS 4u
#define TIMEOUT	 1000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_atm_check(bool ok)
{
	if (!ok)
		abort();
}

static void fuzz_atm_sdu(const uint8_t *p, size_t len, uint8_t choice)
{
	struct rd r = rd_init(p, len);
	enum atm_mux mux = choice & 1 ? ATM_VC_MUX : ATM_LLC;
	uint8_t configured = choice & 2 ? IST_PAYLOAD_PPP : IST_PAYLOAD_L2TP;
	enum atm_kind kind = atm_encap_get(&r, mux, configured);

	fuzz_atm_check(kind < ATM_KINDS && r.left <= len);
	if (kind == ATM_L2TP || kind == ATM_PPP)
		fuzz_atm_check(!r.bad && r.p + r.left == p + len);
	if (mux == ATM_VC_MUX && (kind == ATM_L2TP || kind == ATM_PPP))
		fuzz_atm_check((kind == ATM_PPP) == (configured == IST_PAYLOAD_PPP) &&
			       r.left == len);
}

/* Whoever takes it says how long it is; written anew it is octet for octet the same, but for UU. */
static void pdu(const uint8_t *p, size_t len, enum aal5_crc_mode mode, uint8_t choice)
{
	static uint8_t again[AAL5_PDU_MAX];
	size_t n = 0;

	if (aal5_pdu_check(p, len, SDU_MAX, mode, &n) != AAL5_SDU)
		return;
	fuzz_atm_check(n && n <= SDU_MAX && aal5_pdu_len(n) == len);
	fuzz_atm_sdu(p, n, choice);
	aal5_pdu_write(again, p, n / 2, p + n / 2, n - n / 2, mode);
	fuzz_atm_check(aal5_pdu_check(again, len, SDU_MAX, mode, &n) == AAL5_SDU);
	fuzz_atm_check(!memcmp(again, p, n));
}

static void oam(const uint8_t *p)
{
	uint8_t reply[CELL_PAYLOAD];
	struct oam_cell o, back;

	oam_decode(&o, p);
	if (o.kind != OAM_LOOPBACK_REQUEST)
		return;
	oam_loopback_reply(reply, p);
	oam_decode(&back, reply);
	fuzz_atm_check(back.kind == OAM_LOOPBACK_REPLY && back.tag == o.tag);
}

static void fuzz_atm_header(const uint8_t *p, enum cell_format f, struct cell_hdr *h)
{
	uint8_t again[CELL_HDR_LEN];

	if (!cell_decode(h, p, f))
		return;
	cell_encode(again, h, f);
	fuzz_atm_check(!memcmp(again, p, sizeof(again)));
}

static void cells(struct rd *r, enum cell_format f, enum aal5_crc_mode mode, uint8_t choice)
{
	uint8_t buf[CIRCUITS]
		   [(SDU_MAX + AAL5_TRAILER + CELL_PAYLOAD) / CELL_PAYLOAD * CELL_PAYLOAD];
	struct aal5_reasm reasm[CIRCUITS];
	uint64_t now = 0;

	for (unsigned i = 0; i < CIRCUITS; i++)
		aal5_reasm_init(&reasm[i], buf[i], SDU_MAX, TIMEOUT);
	for (; r->left >= CELL_LEN; now += 100) {
		const uint8_t *cell = rd_take(r, CELL_LEN);
		struct aal5_reasm *one;
		struct cell_hdr h;
		size_t n = 0;

		fuzz_atm_header(cell, f, &h);
		one = &reasm[h.vci % CIRCUITS];
		fuzz_atm_check(aal5_reasm_expire(one, now) == AAL5_MORE || aal5_reasm_idle(one));
		if (h.pti & CELL_PTI_OAM)
			oam(cell + CELL_HDR_LEN);
		else if (!(h.pti & CELL_PTI_LAST) && aal5_reasm_middle(one, cell + CELL_HDR_LEN))
			continue;
		else if (aal5_reasm_cell(one, cell + CELL_HDR_LEN, h.pti & CELL_PTI_LAST, mode, now,
					 &n) == AAL5_SDU) {
			fuzz_atm_check(n && n <= SDU_MAX);
			fuzz_atm_sdu(one->buf, n, choice);
		}
		fuzz_atm_check(one->len <= one->cap && one->cap <= sizeof(buf[0]));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_init(data, size);
	uint8_t choice = rd_u8(&r);
	enum aal5_crc_mode mode = (enum aal5_crc_mode)(choice >> 3 & 3);

	if (mode > AAL5_CRC_IGNORE)
		mode = AAL5_CRC_STRICT;
	if (r.bad)
		return 0;
	pdu(r.p, r.left, mode, choice);
	cells(&r, choice & 4 ? CELL_NNI : CELL_UNI, mode, choice);
	return 0;
}
