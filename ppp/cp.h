/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One control protocol (LCP, IPCP, IPV6CP): packets, retransmission and option negotiation on the
 * automaton of fsm.h.  What differs between the protocols is a const struct cp_def: a table of
 * options with small handlers, extra packet codes and four hooks.  See README.md in this folder for
 * how to add an option or a protocol.
 *
 * Everything works on the link's p->now and answers through p->ops.tx.
 */
#ifndef PPP_CP_H
#define PPP_CP_H

#include "ppp/fsm.h"
#include "ppp/ppp.h"

enum cp_code {
	CP_CONF_REQ = 1,
	CP_CONF_ACK,
	CP_CONF_NAK,
	CP_CONF_REJ,
	CP_TERM_REQ,
	CP_TERM_ACK,
	CP_CODE_REJ,
	CP_PROTO_REJ, /* LCP only from here on */
	CP_ECHO_REQ,
	CP_ECHO_REP,
	CP_DISCARD,
	CP_IDENTIFICATION, /* RFC 1570 */
	CP_TIME_REMAINING,
};

enum cp_verdict { CP_ACK, CP_NAK, CP_REJECT };

/* One option of one protocol.  An option without a row is rejected.  Any handler may be NULL. */
struct cp_option {
	uint8_t type;
	uint8_t min, max; /* octets of the value that the handlers understand */
	/* The peer's Configure-Request has it, with min..max octets: note it in the link's
	 * proposal. NULL = reject. */
	enum cp_verdict (*judge)(struct ppp *p, struct rd v);
	/* Write the value we would take, for a Nak; false = none, reject instead. */
	bool (*suggest)(struct ppp *p, struct wr *w);
	/* The peer left it out: is it worth a Nak? */
	bool (*needed)(const struct ppp *p);
	/* Write the value for our Configure-Request; false = we do not ask for it. */
	bool (*ask)(struct ppp *p, struct wr *w);
	/* The peer would rather have this (min..max octets). */
	void (*nakked)(struct ppp *p, struct rd v);
	/* The peer refuses the option; true = ask again, in another form. */
	bool (*rejected)(struct ppp *p);
	/* Somebody else has asked for this in our place (min..max octets) and the peer has agreed:
	 * note it.  NULL, or words saying why we cannot go on with it. */
	const char *(*adopt)(struct ppp *p, struct rd v);
};

struct cp_packet {
	uint8_t code, id;
	struct rd body;	      /* after the header, up to Length */
	const uint8_t *whole; /* from the code on, up to Length */
	size_t whole_len;
};

struct cp_handler {
	uint8_t code;
	void (*rx)(struct ppp *p, const struct cp_packet *in);
};

struct cp_def {
	uint16_t proto;
	const struct cp_option *options;
	uint8_t n_options;
	const struct cp_handler *handlers; /* codes beside the seven common ones */
	uint8_t n_handlers;
	/* a negotiation starts: our wishes back to the configured ones */
	void (*begin)(struct ppp *p);
	/* a Configure-Request arrives: the proposal back to defaults */
	void (*fresh)(struct ppp *p);
	/* it has been answered; first: of this negotiation.  May be NULL */
	void (*heard)(struct ppp *p, struct rd options, bool first);
	/* we have acknowledged the proposal */
	void (*commit)(struct ppp *p);
	void (*up)(struct ppp *p);
	void (*down)(struct ppp *p);
	void (*finished)(struct ppp *p);
};

#define CP_REQUEST_MAX 64u

struct cp {
	const struct cp_def *def;
	uint8_t state;	  /* enum fsm_state */
	bool enabled;	  /* may run at all; a disabled NCP gets a Protocol-Reject */
	uint8_t counter;  /* Restart counter */
	uint8_t id;	  /* last Identifier used */
	uint8_t req_id;	  /* Identifier of our last Configure-Request */
	bool answered;	  /* it got a valid reply */
	uint8_t naks_out; /* Requests Nak'd since the last Ack: Max-Failure */
	uint8_t nak_id;	  /* Identifier of the last of them */
	uint16_t naks_in;
	bool heard;	   /* the peer has sent a Configure-Request in this negotiation */
	uint16_t rounds;   /* Requests and refusals sent in this negotiation */
	uint32_t asked;	   /* options of our last Configure-Request, bit = row */
	uint32_t refused;  /* options the peer does not want from us */
	uint32_t appended; /* options we have asked the peer to bring */
	uint8_t timer;	   /* enum timer_kind */
	/* Options of our last Configure-Request, while an answer may come; NULL with a length that
	 * none has: there was no memory, and no answer counts. */
	uint16_t req_len;
	uint8_t *req;
};

void cp_init(struct cp *c, const struct cp_def *def, uint8_t timer_kind);
/* Run one event through the automaton; in is NULL when no packet caused it. */
void cp_event(struct ppp *p, struct cp *c, enum fsm_event ev, const struct cp_packet *in);
/* Open, but wait in Stopped for the peer's Configure-Request (RFC 1661 4.2, the passive option). */
void cp_open_passive(struct cp *c);
/* A negotiation that somebody else has had: our wishes back to the configured ones. */
void cp_begin(struct ppp *p, struct cp *c);
/* The options that were asked for in our place, then those of the peer.  NULL, or words saying why
 * they will not do. */
const char *cp_adopt_ours(struct ppp *p, struct cp *c, struct rd options);
const char *cp_adopt_peers(struct ppp *p, struct cp *c, struct rd options);
/* Both have been acknowledged: Opened. */
void cp_adopted(struct ppp *p, struct cp *c);
/* Back to Initial without a word. */
void cp_reset(struct ppp *p, struct cp *c);
/* The information field of one frame of this protocol. */
void cp_rx(struct ppp *p, struct cp *c, struct rd body);
/* The Restart timer went off. */
void cp_timeout(struct ppp *p, struct cp *c);
/* Options of our last Configure-Request; .p NULL = they are not kept. */
struct rd cp_request(const struct cp *c);
void cp_forget_request(struct cp *c);
/* Did our last Configure-Request contain this option? */
bool cp_asked(const struct cp *c, uint8_t type);
void cp_send(struct ppp *p, const struct cp *c, uint8_t code, uint8_t id, const void *body,
	     size_t len);

#endif
