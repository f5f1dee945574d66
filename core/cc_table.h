/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control connection's state table, RFC 2661 section 7.2.1, as data.  Two states are added for
 * the time after StopCCN (sections 5.7 and 5.8): in `stopping` our StopCCN is not acknowledged yet;
 * in `linger` the exchange is over and the state is kept for a full retransmission cycle.  Next
 * state idle means the tunnel is gone, except after CC_TIE_YIELDED.
 */
#ifndef CORE_CC_TABLE_H
#define CORE_CC_TABLE_H

#include <stdbool.h>
#include <stdint.h>

enum cc_event {
	CC_OPEN,  /* local open request */
	CC_SCCRQ, /* messages received, in sequence */
	CC_SCCRP,
	CC_SCCCN,
	CC_STOPCCN,
	CC_HELLO,
	CC_SESSION,	/* any message about a call */
	CC_TIE_LOST,	/* the peer's SCCRQ won over ours */
	CC_TIE_YIELDED, /* the same, and calls wait for the tunnel */
	CC_CLOSE,	/* local close, or another reason to send StopCCN */
	CC_ACKED,	/* the peer has acknowledged all we sent */
	CC_GAVE_UP,	/* no acknowledgement after the last retransmission */
	CC_LATE,	/* set-up took too long; linger is over */
	CC_LOST,	/* the channel is gone */
	CC_EVENTS
};

enum cc_action {
	CC_DO_NOTHING,
	CC_DO_COUNT,	/* not allowed in this state but harmless: count it */
	CC_DO_REQUEST,	/* send SCCRQ */
	CC_DO_REPLY,	/* send SCCRP */
	CC_DO_REFUSE,	/* send StopCCN without keeping a tunnel */
	CC_DO_CONNECT,	/* send SCCCN, tunnel-open to waiting sessions */
	CC_DO_UP,	/* tunnel-open to waiting sessions */
	CC_DO_DISPATCH, /* hand it to the call it is about */
	CC_DO_STOP,	/* send StopCCN, clean up */
	CC_DO_TARGET,	/* learn the peer's id for the StopCCN still to be sent */
	CC_DO_END,	/* clean up, keep the state to acknowledge retransmissions */
	CC_DO_DISCARD,	/* clean up, free the tunnel */
	CC_DO_YIELD,	/* forget our SCCRQ, take the peer's SCCRQ in idle state */
	CC_ACTIONS
};

struct cc_row {
	uint16_t states; /* bits of enum l2tp_tunnel_state */
	uint16_t events; /* bits of enum cc_event */
	uint8_t guard;	 /* enum cc_guard */
	uint8_t action, next;
};
#define CC_SAME 0xff /* next: stay */

/* The row for (state, event); acceptable matters only in rows with a guard.  Never NULL.
 */
const struct cc_row *cc_row(uint8_t state, uint8_t event, bool acceptable);

#endif
