/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The events and actions of RFC 1661 4.1 as packets: for tests of every cell.
 */
#ifndef TESTS_PPP_CELLS_H
#define TESTS_PPP_CELLS_H

#include "ppp/link.h"

/* Let the event happen to c, by a packet where a packet is what brings it.  Events wait for the
 * next call of the contract. */
void cells_bring_about(struct ppp *p, struct cp *c, enum fsm_event ev);
/* Codes of the packets that the actions of a cell send, in order; room for 4. */
unsigned cells_codes(uint16_t actions, uint8_t *codes);

#endif
