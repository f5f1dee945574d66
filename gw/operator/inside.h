/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is inside a frame that a port has tapped: its circuit, and the L2TP or PPP it carries.  A
 * PDU in X.25 may be in several packets, so what there is of it is remembered for each circuit and
 * direction; a circuit that was not seen from its call on is lost until a PDU has ended.  No I/O.
 */
#ifndef GW_OPERATOR_INSIDE_H
#define GW_OPERATOR_INSIDE_H

#include "gw/replay/replay.h"

#define INSIDE_FLOWS 256u /* of more the first is forgotten: to the end of its PDU it is lost */
#define INSIDE_BEGUN 16u  /* PDUs in several packets at once; of more the first is lost */

enum inside_what { INSIDE_NOTHING, INSIDE_L2TP, INSIDE_PPP };

struct inside_flow {
	unsigned port; /* with line, lci and outbound: whose it is */
	uint32_t line;
	uint16_t lci;		    /* 0 on a connection of XOT, which has one circuit */
	bool outbound, used, fits;  /* fits: the caller's, of the PDU that has begun */
	bool lost;		    /* the end of this PDU comes next, its begin is not known */
	uint8_t next;		    /* P(S) that is to come */
	struct inside_begun *begun; /* NULL = the next packet begins a PDU */
};
/* A PDU of which more is to come. */
struct inside_begun {
	struct inside_flow *of; /* NULL = free */
	size_t len;
	uint8_t octets[L2TP_MSG_MAX];
};
struct inside_flows {
	struct inside_flow flow[INSIDE_FLOWS];
	struct inside_begun begun[INSIDE_BEGUN];
	unsigned next, next_begun;
};

struct inside_frame {
	unsigned port; /* any number that tells ports apart */
	bool lapb_128; /* LAPB has sequence numbers modulo 128 */
	bool outbound;
	uint16_t link_type;
	const uint8_t *octets;
	size_t len;
};

struct inside {
	enum inside_what what;
	bool on_circuit, on_x25;
	uint32_t number;       /* DLCI, VPI << 16 | VCI, LCI, session of PPPoE */
	uint32_t line;	       /* of X.25: a connection of XOT; 0 = it is a line */
	bool begins;	       /* of X.25: from the next packet on this circuit is another */
	struct replay_end far; /* of UDP; else zeros */
	const uint8_t *p;      /* what is of the PDU, in the frame */
	size_t len;
	const uint8_t *pdu; /* the PDU up to the end of it; p's octets are the last of these */
	size_t have;
	bool whole;		  /* nothing of it is to come */
	bool lost;		  /* its begin is not known: what and pdu say nothing */
	struct inside_flow *flow; /* of a PDU that may be in several frames, else NULL */
};

/* False: it carries no PDU; its circuit may be known all the same. */
bool inside_find(struct inside *in, struct inside_flows *flows, const struct inside_frame *f);

/* Our Tunnel and Session ID in L2TP that was received, the peer's in what was sent; false when the
 * header is cut off. */
bool inside_ids(const struct inside *in, uint16_t *tid, uint16_t *sid);
/* The PPP frame in it, of a data message too; false = none. */
bool inside_ppp(const struct inside *in, struct rd *frame);
/* The attributes of a control message, as many as there are; false = it is none. */
bool inside_control(const struct inside *in, struct rd *avps);

#endif
