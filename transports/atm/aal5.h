/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AAL5 (I.363.5): one CPCS-SDU of 1 to 65535 octets becomes a CPCS-PDU,
 *
 *   SDU | PAD 0-47 | UU | CPI | Length 16 | CRC 32        a multiple of 48 octets
 *
 * that travels in the payloads of consecutive cells of one connection, the last marked in its PTI.
 * Everything here is bytes: no cells headers, no sockets, no clock but `now`.
 */
#ifndef TRANSPORTS_ATM_AAL5_H
#define TRANSPORTS_ATM_AAL5_H

#include "transports/atm/cell.h"

#include <string.h>

#define AAL5_TRAILER 8u
#define AAL5_SDU_MAX 65535u
#define AAL5_PDU_MAX 65568u /* the longest SDU with trailer and pad */

/* How the CRC is made and checked: emulated routers write the reflected CRC-32 and check nothing.
 */
enum aal5_crc_mode { AAL5_CRC_STRICT, AAL5_CRC_REFLECTED, AAL5_CRC_IGNORE };

/* X(symbol, "key", "words"): the errors of I.363.5 clause 6, by name */
#define AAL5_ERRORS(X)                                                     \
	X(CRC, "aal5-crc", "CRC wrong")                                    \
	X(LENGTH, "aal5-length", "Length does not fit the cells received") \
	X(ABORT, "aal5-abort", "aborted by the sender (Length 0)")         \
	X(OVERSIZE, "aal5-oversize", "larger than the SDU we take")        \
	X(TIMEOUT, "aal5-timeout", "last cell did not come in time")       \
	X(CPI, "aal5-cpi", "CPI not 0")

enum aal5_result {
	AAL5_MORE, /* waiting for further cells */
	AAL5_SDU,  /* one is complete */
#define X(sym, key, words) AAL5_E_##sym,
	AAL5_ERRORS(X)
#undef X
		AAL5_RESULTS
};

/* Octets of PDU (a multiple of 48) for an SDU of len octets. */
static inline size_t aal5_pdu_len(size_t len)
{
	return (len + AAL5_TRAILER + CELL_PAYLOAD - 1) / CELL_PAYLOAD * CELL_PAYLOAD;
}

/* --- sending: the SDU in two pieces, head and payload, so that nothing is moved --------------- */

struct aal5_seg {
	const uint8_t *piece[2];
	size_t left[2];
	size_t pdu_left; /* octets of PDU still to come */
	uint8_t trailer[AAL5_TRAILER];
};

/* The pieces must stay until the last cell is out.  head + payload <= AAL5_SDU_MAX. */
void aal5_seg_start(struct aal5_seg *s, const uint8_t *head, size_t head_len,
		    const uint8_t *payload, size_t len, enum aal5_crc_mode mode);
/* The next 48 octets; returns true while more follow, false with the last one. */
bool aal5_seg_next(struct aal5_seg *s, uint8_t out[CELL_PAYLOAD]);
/* The whole CPCS-PDU at once into out (room for aal5_pdu_len octets). */
void aal5_pdu_write(uint8_t *out, const uint8_t *head, size_t head_len, const uint8_t *payload,
		    size_t len, enum aal5_crc_mode mode);

/* --- receiving -------------------------------------------------------------------------------- */

/* Check a whole CPCS-PDU; on AAL5_SDU *sdu_len is the length of the SDU at its start.  max_sdu:
 * what we take. */
enum aal5_result aal5_pdu_check(const uint8_t *pdu, size_t len, size_t max_sdu,
				enum aal5_crc_mode mode, size_t *sdu_len);

struct aal5_reasm {
	uint8_t *buf; /* the owner's: room for cap octets */
	size_t cap;   /* aal5_pdu_len(max_sdu) */
	size_t max_sdu;
	size_t len;
	bool skipping;	   /* too long: everything up to the next last cell is lost */
	uint64_t timeout;  /* us between first and last cell, 0 = none */
	uint64_t deadline; /* UINT64_MAX = nothing waits */
};

/* The next cell is the first of its PDU. */
static inline bool aal5_reasm_idle(const struct aal5_reasm *r)
{
	return !r->len && !r->skipping;
}

/* A cell between the first and the last; false = aal5_reasm_cell has to judge. */
static inline bool aal5_reasm_middle(struct aal5_reasm *r, const uint8_t cell[CELL_PAYLOAD])
{
	if (!r->len || r->skipping || r->cap - r->len < CELL_PAYLOAD)
		return false;
	memcpy(r->buf + r->len, cell, CELL_PAYLOAD);
	r->len += CELL_PAYLOAD;
	return true;
}

void aal5_reasm_init(struct aal5_reasm *r, void *buf, size_t max_sdu, uint64_t timeout);
/* One cell payload.  On AAL5_SDU the SDU is at r->buf, *sdu_len octets, until the next call. */
enum aal5_result aal5_reasm_cell(struct aal5_reasm *r, const uint8_t cell[CELL_PAYLOAD], bool last,
				 enum aal5_crc_mode mode, uint64_t now, size_t *sdu_len);
/* AAL5_E_TIMEOUT when the deadline has passed (what was held is dropped), else AAL5_MORE. */
enum aal5_result aal5_reasm_expire(struct aal5_reasm *r, uint64_t now);

#endif
