/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OAM cells of a virtual channel, flow F5 (I.610): fault management, that is loopback, AIS and RDI,
 * and continuity check.  The 48 octets of a cell whose PTI says F5:
 *
 *   type 4 | function 4 | 45 octets of function | 6 bits reserved | CRC-10
 *
 * Octets in, octets and a verdict out.
 */
#ifndef TRANSPORTS_ATM_OAM_H
#define TRANSPORTS_ATM_OAM_H

#include "transports/atm/cell.h"

enum oam_kind {
	OAM_BAD_CRC,
	OAM_OTHER, /* a function we do not do: counted, ignored */
	OAM_AIS,
	OAM_RDI,
	OAM_CC,
	OAM_LOOPBACK_REQUEST, /* oam_loopback_reply() makes the answer */
	OAM_LOOPBACK_REPLY,
};

#define OAM_ID_LEN 16u

struct oam_cell {
	enum oam_kind kind;
	uint32_t tag;		      /* loopback: correlation tag */
	uint8_t location[OAM_ID_LEN]; /* loopback: who is to loop; all ones = the end point */
};

uint16_t oam_crc10(const uint8_t *p, size_t len);
void oam_decode(struct oam_cell *o, const uint8_t in[CELL_PAYLOAD]);
/* A loopback request to the end point with this tag. */
void oam_loopback_request(uint8_t out[CELL_PAYLOAD], uint32_t tag);
/* The same cell on its way back: indication cleared, everything else as it came. */
void oam_loopback_reply(uint8_t out[CELL_PAYLOAD], const uint8_t in[CELL_PAYLOAD]);
/* Remote defect indication, sent while AIS comes in. */
void oam_rdi(uint8_t out[CELL_PAYLOAD]);

/* --- liveness of a PVC by loopback ------------------------------------------------------------ */

/* A request every `interval`; after `misses` of them unanswered the PVC is down, after `good`
 * answers in a row it is up again.  ATM has no LMI: this is what routers do. */
struct oam_live {
	uint64_t interval; /* us, 0 = off: always up */
	uint8_t misses, good;
	bool up;
	uint8_t missed, answered; /* in a row */
	bool waiting;
	uint32_t tag; /* of the request that is out */
	uint64_t deadline;
};

void oam_live_init(struct oam_live *l, uint64_t interval, uint8_t misses, uint8_t good,
		   uint64_t now);
/* True when a request is to be sent with l->tag now.  `up` may have changed. */
bool oam_live_expire(struct oam_live *l, uint64_t now);
/* A loopback reply came; `up` may have changed. */
void oam_live_reply(struct oam_live *l, uint32_t tag);

#endif
