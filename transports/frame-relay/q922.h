/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The address field of a Q.922 frame: 2 octets (10-bit DLCI), 3 (16 bits) or 4 (23 bits).  Which
 * one a link uses is configured, never guessed; the EA bits must agree with it.
 */
#ifndef TRANSPORTS_FRAME_RELAY_Q922_H
#define TRANSPORTS_FRAME_RELAY_Q922_H

#include "core/bytes.h"

enum q922_format { Q922_2_OCTETS, Q922_3_OCTETS, Q922_4_OCTETS, Q922_FORMATS };

#define Q922_MAX_OCTETS 4u

struct q922_addr {
	uint32_t dlci;
	bool cr; /* command/response: passed on, means nothing here */
	bool fecn, becn, de;
	bool control; /* D/C: the low bits are DL-CORE control, not DLCI */
};

enum q922_result {
	Q922_OK,
	Q922_SHORT,   /* the frame ends inside the address */
	Q922_EA,      /* the extension bits say another length */
	Q922_DL_CORE, /* D/C set: nothing for us */
};

unsigned q922_octets(enum q922_format f);
uint32_t q922_max_dlci(enum q922_format f);
/* Takes the address from r. */
enum q922_result q922_get(struct rd *r, enum q922_format f, struct q922_addr *out);
void q922_put(struct wr *w, enum q922_format f, const struct q922_addr *a);

#endif
