/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The four state tables of a call, RFC 2661 sections 7.4.1, 7.4.2, 7.5.1 and 7.5.2, as data.  One
 * state is added: wait-answer, between a request that arrived and our owner's decision; and a LAC
 * may be in wait-cs between ICRP and ICCN, as "the LAC may defer answering the call until it has
 * received an ICRP" (6.6).  Next state idle means the call is gone.
 */
#ifndef CORE_CALL_TABLE_H
#define CORE_CALL_TABLE_H

#include <stdbool.h>
#include <stdint.h>

enum call_role { CALL_LAC_IN, CALL_LNS_IN, CALL_LAC_OUT, CALL_LNS_OUT, CALL_ROLES };

enum call_event {
	CALL_OPEN, /* bearer ring (LAC) or local open request (LNS) */
	CALL_TUNNEL_OPEN,
	CALL_ANSWER,	 /* the owner accepts the call offered */
	CALL_CIRCUIT_UP, /* bearer answer, framing detected */
	CALL_CLOSE,	 /* local close request, bearer failure, bearer line drop */
	CALL_LATE,	 /* set-up took too long */
	CALL_TUNNEL_GONE,
	CALL_ICRQ, /* messages received */
	CALL_ICRP,
	CALL_ICCN,
	CALL_OCRQ,
	CALL_OCRP,
	CALL_OCCN,
	CALL_CDN,
	CALL_WEN,
	CALL_SLI,
	CALL_EVENTS
};

enum call_action {
	CALL_DO_NOTHING,
	CALL_DO_COUNT,		 /* not allowed in this state but harmless: count it */
	CALL_DO_REQUEST,	 /* send ICRQ (OCRQ) */
	CALL_DO_OFFER,		 /* ask our owner */
	CALL_DO_REFUSE,		 /* send CDN without keeping a call */
	CALL_DO_REPLY,		 /* send ICRP (OCRP) */
	CALL_DO_REPLIED,	 /* tell our owner */
	CALL_DO_REPLIED_CONNECT, /* the same, and send ICCN: the circuit is up already */
	CALL_DO_CONNECT,	 /* send ICCN (OCCN): up */
	CALL_DO_UP,		 /* prepare for data */
	CALL_DO_REPORT,		 /* WEN, SLI: tell our owner */
	CALL_DO_CDN,		 /* send CDN, clean up */
	CALL_DO_CLEAN,		 /* clean up */
	CALL_ACTIONS
};

struct call_row {
	uint16_t states; /* bits of enum l2tp_call_state */
	uint32_t events; /* bits of enum call_event */
	uint8_t guard;	 /* enum call_guard */
	uint8_t action, next;
};
#define CALL_SAME 0xff /* next: stay */

/* The row for (state, event).  acceptable: the message may be accepted; ready: the circuit is up;
 * both matter only in rows with a guard.  Never NULL. */
const struct call_row *call_row(enum call_role role, uint8_t state, uint8_t event, bool acceptable,
				bool ready);

#endif
