/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LAPB, the link layer of X.25 (X.25 section 2, ISO 7776, single link procedure), modulo 8 or 128:
 * frames of address, control and information in and out, without flags, stuffing or FCS, which
 * belong to the port below.
 *
 *   address 03 (A) | control 1 or 2 octets | information      commands to the DTE, its responses
 *   address 01 (B) | ...                                      commands to the DCE, its responses
 *
 * Bytes and `now` in; bytes, reports and a deadline out.  tx is called from inside and must not
 * call back; reports come last in a call, and their handler may only lapb_send().
 */
#ifndef TRANSPORTS_X25_LAPB_H
#define TRANSPORTS_X25_LAPB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAPB_N1_MAX \
	4112u /* the largest packet of X.25, 4096 octets of data, with room for its header */

struct lapb_config {
	bool extended;	/* modulo 128 (SABME) */
	bool dce;	/* we are the B side's peer: commands to us carry B */
	bool passive;	/* never send SABM ourselves, wait for it */
	uint8_t k;	/* window: 1-7, or 1-127 */
	uint16_t n1;	/* octets of information a frame may have, <= LAPB_N1_MAX */
	uint8_t n2;	/* times a frame is sent before the link is given up: 20 */
	uint64_t t1;	/* us to wait for an answer: 3 s */
	uint64_t t3;	/* us of silence before the link is polled; 0 = never */
	uint64_t retry; /* us before set-up is tried again after it was given up */
};
void lapb_config_default(struct lapb_config *c);

enum lapb_state {
	LAPB_DISCONNECTED,
	LAPB_SETUP,	/* SABM is out */
	LAPB_UP,	/* information transfer */
	LAPB_REJECTED,	/* FRMR is out: waiting for the peer's SABM */
	LAPB_DISC_SENT, /* DISC is out */
	LAPB_STATES
};

enum lapb_report {
	LAPB_R_UP,
	LAPB_R_RESET, /* still up, but the peer has started over: what was unacknowledged is lost */
	LAPB_R_DOWN,
	LAPB_R_WRITABLE, /* the window has opened again after a refused lapb_send */
};

struct lapb_ops {
	void (*tx)(void *ctx, const uint8_t *frame, size_t len);
	void (*deliver)(void *ctx, const uint8_t *data, size_t len);
	void (*report)(void *ctx, enum lapb_report r);
};

/* X(symbol, "key", "words") */
#define LAPB_COUNTERS(X)                                                           \
	X(I_TX, "lapb-i-tx", "information frames sent")                            \
	X(I_RX, "lapb-i-rx", "information frames accepted")                        \
	X(RESENT, "lapb-resent", "information frames sent again")                  \
	X(REJ_TX, "lapb-rej-tx", "rejects sent: a frame was missing")              \
	X(REJ_RX, "lapb-rej-rx", "rejects received")                               \
	X(FRMR_TX, "lapb-frmr-tx", "frame rejects sent")                           \
	X(FRMR_RX, "lapb-frmr-rx", "frame rejects received")                       \
	X(T1, "lapb-t1", "answers that did not come in time")                      \
	X(GIVEN_UP, "lapb-given-up", "link given up after N2 tries")               \
	X(RESETS, "lapb-resets", "link resets")                                    \
	X(SETUP_REFUSED, "lapb-setup-refused", "set-ups that the far end refused") \
	X(MODULO, "lapb-modulo", "set-ups with the other modulo refused")          \
	X(BAD_ADDRESS, "lapb-bad-address", "frames with another address")          \
	X(SHORT, "lapb-short", "frames too short")                                 \
	X(STATE, "lapb-state", "frames this state does not expect")

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
	uint8_t tries;	    /* of what T1 waits for */
	bool peer_busy;	    /* RNR came last */
	bool rej_out;	    /* a REJ of ours is unanswered */
	bool polling;	    /* timer recovery: waiting for F=1 */
	bool ua_sent;	    /* SABM collision: our UA is out */
	bool refused;	    /* lapb_send said no: WRITABLE is owed */
	bool ack_due;	    /* accepted something that nothing sent has acknowledged yet */
	bool wanted;	    /* lapb_start */
	uint64_t t1_at, t3_at;
	uint8_t frmr[5];
	uint8_t *store; /* slots of n1 octets: sent, not acknowledged */
	uint16_t *store_len;
	uint64_t count[LAPB_C_COUNT];
};

/* Octets of memory `store` needs for this configuration. */
size_t lapb_store_size(const struct lapb_config *c);
/* store: lapb_store_size octets aligned for uint16_t, the caller's, until the end. */
void lapb_init(struct lapb *l, const struct lapb_config *c, const struct lapb_ops *ops, void *ctx,
	       void *store);
void lapb_start(struct lapb *l, uint64_t now);
/* DISC; LAPB_R_DOWN follows. */
void lapb_stop(struct lapb *l, uint64_t now);
/* The line below is gone: state forgotten, nothing sent. */
void lapb_line_down(struct lapb *l);
void lapb_rx(struct lapb *l, const uint8_t *frame, size_t len, uint64_t now);
/* False: not up, window full (WRITABLE follows) or longer than N1. */
bool lapb_send(struct lapb *l, const uint8_t *data, size_t len, uint64_t now);
void lapb_expire(struct lapb *l, uint64_t now);
uint64_t lapb_deadline(const struct lapb *l);
const char *lapb_state_name(enum lapb_state s);

#endif
