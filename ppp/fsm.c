/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RFC 1661 section 4.1, the State Transition Table, row by row as the RFC prints it.  The options
 * the RFC leaves open are taken so: [r] an Open in Stopped, Closing or Opened does not restart the
 * link, [p] passive opening enters Stopped directly (cp_open_passive), [x] an Ack that crosses is
 * followed by a new Configure-Request as the table has it.
 */
#include "ppp/fsm.h"

/* clang-format off */
#define NEVER                {0, FSM_ILLEGAL}
#define STAY(s)              {0, s}
#define TO(actions, s)       {actions, s}

enum {
	TLD = FSM_TLD,
	IRC = FSM_IRC,
	ZRC = FSM_ZRC,
	SCR = FSM_SCR,
	STR = FSM_STR,
	SCA = FSM_SCA,
	SCN = FSM_SCN,
	STA = FSM_STA,
	SCJ = FSM_SCJ,
	SER = FSM_SER,
	TLU = FSM_TLU,
	TLS = FSM_TLS,
	TLF = FSM_TLF,
};

/* Columns 0 to 5, then 6 to 9, as in the RFC's two halves. */
const struct fsm_cell fsm_table[FSM_EVENTS][FSM_STATES] = {
	[FSM_UP] = {STAY(2), TO(IRC | SCR, 6), NEVER, NEVER, NEVER, NEVER,
		    NEVER, NEVER, NEVER, NEVER},
	[FSM_DOWN] = {NEVER, NEVER, STAY(0), TO(TLS, 1), STAY(0), STAY(1),
		      STAY(1), STAY(1), STAY(1), TO(TLD, 1)},
	[FSM_OPEN] = {TO(TLS, 1), STAY(1), TO(IRC | SCR, 6), STAY(3), STAY(5), STAY(5),
		      STAY(6), STAY(7), STAY(8), STAY(9)},
	[FSM_CLOSE] = {STAY(0), TO(TLF, 0), STAY(2), STAY(2), STAY(4), STAY(4),
		       TO(IRC | STR, 4), TO(IRC | STR, 4), TO(IRC | STR, 4),
		       TO(TLD | IRC | STR, 4)},
	[FSM_TO_PLUS] = {NEVER, NEVER, NEVER, NEVER, TO(STR, 4), TO(STR, 5),
			 TO(SCR, 6), TO(SCR, 6), TO(SCR, 8), NEVER},
	[FSM_TO_MINUS] = {NEVER, NEVER, NEVER, NEVER, TO(TLF, 2), TO(TLF, 3),
			  TO(TLF, 3), TO(TLF, 3), TO(TLF, 3), NEVER},
	[FSM_RCR_PLUS] = {NEVER, NEVER, TO(STA, 2), TO(IRC | SCR | SCA, 8), STAY(4), STAY(5),
			  TO(SCA, 8), TO(SCA | TLU, 9), TO(SCA, 8), TO(TLD | SCR | SCA, 8)},
	[FSM_RCR_MINUS] = {NEVER, NEVER, TO(STA, 2), TO(IRC | SCR | SCN, 6), STAY(4), STAY(5),
			   TO(SCN, 6), TO(SCN, 7), TO(SCN, 6), TO(TLD | SCR | SCN, 6)},
	[FSM_RCA] = {NEVER, NEVER, TO(STA, 2), TO(STA, 3), STAY(4), STAY(5),
		     TO(IRC, 7), TO(SCR, 6), TO(IRC | TLU, 9), TO(TLD | SCR, 6)},
	[FSM_RCN] = {NEVER, NEVER, TO(STA, 2), TO(STA, 3), STAY(4), STAY(5),
		     TO(IRC | SCR, 6), TO(SCR, 6), TO(IRC | SCR, 8), TO(TLD | SCR, 6)},
	[FSM_RTR] = {NEVER, NEVER, TO(STA, 2), TO(STA, 3), TO(STA, 4), TO(STA, 5),
		     TO(STA, 6), TO(STA, 6), TO(STA, 6), TO(TLD | ZRC | STA, 5)},
	[FSM_RTA] = {NEVER, NEVER, STAY(2), STAY(3), TO(TLF, 2), TO(TLF, 3),
		     STAY(6), STAY(6), STAY(8), TO(TLD | SCR, 6)},
	[FSM_RUC] = {NEVER, NEVER, TO(SCJ, 2), TO(SCJ, 3), TO(SCJ, 4), TO(SCJ, 5),
		     TO(SCJ, 6), TO(SCJ, 7), TO(SCJ, 8), TO(SCJ, 9)},
	[FSM_RXJ_PLUS] = {NEVER, NEVER, STAY(2), STAY(3), STAY(4), STAY(5),
			  STAY(6), STAY(6), STAY(8), STAY(9)},
	[FSM_RXJ_MINUS] = {NEVER, NEVER, TO(TLF, 2), TO(TLF, 3), TO(TLF, 2), TO(TLF, 3),
			   TO(TLF, 3), TO(TLF, 3), TO(TLF, 3), TO(TLD | IRC | STR, 5)},
	[FSM_RXR] = {NEVER, NEVER, STAY(2), STAY(3), STAY(4), STAY(5),
		     STAY(6), STAY(7), STAY(8), TO(SER, 9)},
};
/* clang-format on */

const char *fsm_state_name(enum fsm_state s)
{
	static const char *const names[FSM_STATES] = {
		"Initial",  "Starting", "Closed",   "Stopped",	"Closing",
		"Stopping", "Req-Sent", "Ack-Rcvd", "Ack-Sent", "Opened",
	};

	return s < FSM_STATES ? names[s] : "?";
}

bool fsm_timed(enum fsm_state s)
{
	return s >= FSM_CLOSING && s <= FSM_ACK_SENT;
}

bool fsm_negotiating(enum fsm_state s)
{
	return s >= FSM_REQ_SENT && s <= FSM_ACK_SENT;
}
