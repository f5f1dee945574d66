/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The option negotiation automaton of RFC 1661 section 4 as data: one cell per (event, state) with
 * the actions to take and the next state.  cp.c runs it; nothing here has state.
 */
#ifndef PPP_FSM_H
#define PPP_FSM_H

#include <stdbool.h>
#include <stdint.h>

enum fsm_state {
	FSM_INITIAL,
	FSM_STARTING,
	FSM_CLOSED,
	FSM_STOPPED,
	FSM_CLOSING,
	FSM_STOPPING,
	FSM_REQ_SENT,
	FSM_ACK_RCVD,
	FSM_ACK_SENT,
	FSM_OPENED,
	FSM_STATES,
	FSM_ILLEGAL = FSM_STATES, /* the dash of the table: the event cannot occur here */
};

enum fsm_event {
	FSM_UP,
	FSM_DOWN,
	FSM_OPEN,
	FSM_CLOSE,
	FSM_TO_PLUS,   /* timeout, restart counter above zero */
	FSM_TO_MINUS,  /* timeout, counter expired */
	FSM_RCR_PLUS,  /* Configure-Request, good */
	FSM_RCR_MINUS, /* Configure-Request, bad */
	FSM_RCA,
	FSM_RCN, /* Configure-Nak or -Reject */
	FSM_RTR,
	FSM_RTA,
	FSM_RUC,       /* unknown code */
	FSM_RXJ_PLUS,  /* Code- or Protocol-Reject that can be lived with */
	FSM_RXJ_MINUS, /* and one that cannot */
	FSM_RXR,       /* Echo-Request, Echo-Reply, Discard-Request */
	FSM_EVENTS,
};

/* Bits in the order in which the actions of one cell are carried out. */
enum fsm_action {
	FSM_TLD = 1 << 0,
	FSM_IRC = 1 << 1,
	FSM_ZRC = 1 << 2,
	FSM_SCR = 1 << 3,
	FSM_STR = 1 << 4,
	FSM_SCA = 1 << 5,
	FSM_SCN = 1 << 6,
	FSM_STA = 1 << 7,
	FSM_SCJ = 1 << 8,
	FSM_SER = 1 << 9,
	FSM_TLU = 1 << 10,
	FSM_TLS = 1 << 11,
	FSM_TLF = 1 << 12,
	FSM_ACTIONS = 13,
};

struct fsm_cell {
	uint16_t actions;
	uint8_t next; /* enum fsm_state, or FSM_ILLEGAL */
};

extern const struct fsm_cell fsm_table[FSM_EVENTS][FSM_STATES];

/* "Req-Sent" and so on, as RFC 1661 4.2 spells them. */
const char *fsm_state_name(enum fsm_state s);
/* Does the Restart timer run here (the states that know TO events)? */
bool fsm_timed(enum fsm_state s);
/* Between the first Configure-Request and Opened. */
bool fsm_negotiating(enum fsm_state s);

#endif
