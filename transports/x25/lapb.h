/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LAPB, the link layer of X.25 (X.25 section 2, ISO 7776, single link procedure), modulo 8 or 128.
 * A frame here is address, control and information; flags, bit stuffing and FCS belong to the link.
 *
 *   address 03 (A) | control 1 or 2 octets | information      commands to the DTE, its responses
 *   address 01 (B) | ...                                      commands to the DCE, its responses
 *
 * Information frames are acknowledged when half a window is unacknowledged, by what is sent anyhow,
 * or by lapb_settle, which is called when no more frames are at hand.
 *
 * No I/O: frames and `now` go in; frames, reports and a deadline come out.  ops->tx is called from
 * inside these functions and must not call them.  A report is the last thing a function does, and
 * its handler may only call lapb_send.
 */
#ifndef TRANSPORTS_X25_LAPB_H
#define TRANSPORTS_X25_LAPB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAPB_N1_MAX 4112u /* a packet with 4096 octets of data, and room for its header */

struct lapb_config {
	bool extended;	/* modulo 128 (SABME) */
	bool dce;	/* commands to us have address B */
	bool passive;	/* wait for the peer's SABM, never send one */
	uint8_t k;	/* window: 1 to 7, or 1 to 127 with modulo 128 */
	uint16_t n1;	/* most octets of information in a frame, <= LAPB_N1_MAX */
	uint8_t n2;	/* how often a frame is sent before the link is given up: 20 */
	uint64_t t1;	/* us to wait for an answer: 3 s */
	uint64_t t3;	/* us without a frame before the link is polled; 0 = never */
	uint64_t retry; /* us between giving up and the next set-up */
};
void lapb_config_default(struct lapb_config *c);

struct handover;

enum lapb_state {
	LAPB_DISCONNECTED,
	LAPB_SETUP,	/* SABM sent */
	LAPB_UP,	/* information transfer */
	LAPB_REJECTED,	/* FRMR sent, waiting for the peer's SABM */
	LAPB_DISC_SENT, /* DISC sent */
	LAPB_STATES
};

enum lapb_report {
	LAPB_R_UP,
	LAPB_R_RESET, /* the peer has reset the link: it is up, unacknowledged frames are lost */
	LAPB_R_DOWN,
	LAPB_R_WRITABLE, /* after lapb_send returned false: the window is open again */
};

struct lapb_ops {
	void (*tx)(void *ctx, const uint8_t *frame, size_t len);
	void (*deliver)(void *ctx, const uint8_t *data, size_t len);
	void (*report)(void *ctx, enum lapb_report r);
};

/* X(symbol, "key", "words") */
#define LAPB_COUNTERS(X)                                                                \
	X(I_TX, "lapb-i-tx", "information frames sent")                                 \
	X(I_RX, "lapb-i-rx", "information frames accepted")                             \
	X(RESENT, "lapb-resent", "information frames sent again")                       \
	X(REJ_TX, "lapb-rej-tx", "rejects sent, a frame was missing")                   \
	X(REJ_RX, "lapb-rej-rx", "rejects received")                                    \
	X(FRMR_TX, "lapb-frmr-tx", "frame rejects sent")                                \
	X(FRMR_RX, "lapb-frmr-rx", "frame rejects received")                            \
	X(T1, "lapb-t1", "times T1 ran out")                                            \
	X(GIVEN_UP, "lapb-given-up", "link given up after N2 tries")                    \
	X(RESETS, "lapb-resets", "link resets")                                         \
	X(SETUP_REFUSED, "lapb-setup-refused", "set-ups refused by the far end")        \
	X(MODULO, "lapb-modulo", "set-ups refused, other modulo")                       \
	X(BAD_ADDRESS, "lapb-bad-address", "frames dropped, address neither 01 nor 03") \
	X(SHORT, "lapb-short", "frames dropped, too short")                             \
	X(STATE, "lapb-state", "frames not expected in this state")

enum lapb_counter {
#define X(sym, key, words) LAPB_C_##sym,
	LAPB_COUNTERS(X)
#undef X
		LAPB_C_COUNT
};

struct lapb {
	struct lapb_config cfg;
	const struct lapb_ops *ops;
	void *ctx;
	enum lapb_state state;
	uint8_t vs, vr, va; /* V(S), V(R), last N(R) received */
	uint8_t told;	    /* last N(R) sent */
	uint8_t tries;	    /* how often the frame that T1 guards was sent */
	bool peer_busy;	    /* RNR received, no RR since */
	bool rej_out;	    /* REJ sent, the missing frame has not come */
	bool polling;	    /* timer recovery: waiting for F=1 */
	bool ua_sent;	    /* SABM collision: UA sent */
	bool refused;	    /* lapb_send returned false: WRITABLE must be reported */
	bool ack_due;	    /* an information frame was accepted and not acknowledged */
	bool wanted;	    /* lapb_start was called */
	const char
		*wrong; /* with the far end's set-up, since the link was up last; NULL = nothing */
	uint64_t t1_at, t3_at;
	uint8_t frmr[5];
	uint8_t *store; /* frames not acknowledged, n1 octets each */
	uint16_t *store_len;
	uint64_t count[LAPB_C_COUNT];
};

/* Octets of `store` for this configuration. */
size_t lapb_store_size(const struct lapb_config *c);
/* store: lapb_store_size octets aligned for uint16_t; the caller owns it and frees it last. */
void lapb_init(struct lapb *l, const struct lapb_config *c, const struct lapb_ops *ops, void *ctx,
	       void *store);
void lapb_start(struct lapb *l, uint64_t now);
/* Send DISC; LAPB_R_DOWN follows when it is answered or given up. */
void lapb_stop(struct lapb *l, uint64_t now);
/* The link below is down: forget the state, send nothing. */
void lapb_line_down(struct lapb *l);
void lapb_rx(struct lapb *l, const uint8_t *frame, size_t len, uint64_t now);
/* Acknowledge what is not acknowledged yet. */
void lapb_settle(struct lapb *l);
/* Send an information frame.  False: the window is full (WRITABLE follows), the link is not up, or
 * data are longer than N1. */
bool lapb_send(struct lapb *l, const uint8_t *data, size_t len, uint64_t now);
void lapb_expire(struct lapb *l, uint64_t now);
uint64_t lapb_deadline(const struct lapb *l);
/* The state, to or from another process: after lapb_init.  False: it is configured in another way,
 * or the octets are malformed, and it is to be initialised anew. */
bool lapb_hand(struct lapb *l, struct handover *h);
const char *lapb_state_name(enum lapb_state s);

#endif
