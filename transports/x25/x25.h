/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The X.25 packet layer of one interface, as DTE or as DCE: restart, virtual calls and permanent
 * virtual circuits, reset, flow control, and SDUs as complete packet sequences (M bit).  No I/O:
 * packets and `now` go in; packets, reports and a deadline come out.
 *
 * ops->tx is called from inside these functions and must not call them.  ops->report may call
 * x25_accept, x25_clear, x25_call and x25_send.  A circuit is named by its logical channel number
 * (LCN), which another call may use after X25_CLEARED.
 *
 * RFC 1356 3.13: no interrupts and no Q bit are sent.  A received interrupt is confirmed and
 * counted; data with the Q bit are reported as X25_SDU_Q.
 */
#ifndef TRANSPORTS_X25_X25_H
#define TRANSPORTS_X25_X25_H

#include "transports/x25/x25_pkt.h"

/* X.25 annex D and ISO 8208 figures; us. */
struct x25_timers {
	uint64_t restart, call, reset, clear; /* T20-T23 of a DTE, T10-T13 of a DCE */
	uint64_t window; /* T25: reset when data stay unacknowledged this long; 0 = never */
	uint8_t resets,
		clears; /* R22, R23: repetitions; a Restart is repeated until it is confirmed */
};

struct x25_config {
	bool dce, extended;
	bool restarts; /* has the restart procedure; false on an XOT connection */
	uint16_t pvc;  /* LCIs 1 to this are permanent; 0 = none */
	/* Ranges of switched channels; a DTE takes the highest free one, a DCE the lowest. */
	uint16_t lci_low, lci_high;
	/* Within them, calls of both directions; below these only the DCE calls, above only the
	 * DTE. 0 = all are two-way. */
	uint16_t two_way_low, two_way_high;
	uint8_t size;	   /* log2 of octets in a data packet unless negotiated: 7 = 128 */
	uint8_t size_want; /* asked for in calls, and the largest we agree to */
	uint8_t window;	   /* 2 */
	uint8_t window_want;
	uint8_t throughput;	   /* class to ask for; 0 = do not ask */
	bool flow_facilities;	   /* negotiate size and window */
	struct x25_facilities ask; /* more facilities of our calls: CUG, NUI, reverse charging */
	uint32_t sdu_max;	   /* octets of the longest SDU; a longer one resets the circuit */
	struct x25_timers timers;
};
/* Defaults of X.25 and RFC 1356, with the timers of a DTE or a DCE. */
void x25_config_default(struct x25_config *c, bool dce);
/* Can a packet layer run with it? */
bool x25_config_sane(const struct x25_config *c);

/* States r, p and d of X.25.  "We" is this side, whichever role it has. */
enum x25_r { X25_R1_READY, X25_R_WE_RESTART, X25_R_DOWN };
enum x25_p {
	X25_P1_READY,
	X25_P_WE_CALL,
	X25_P_THEY_CALL,
	X25_P4_DATA,
	X25_P_WE_CLEAR,
	X25_P_STATES
};
enum x25_d { X25_D1_READY, X25_D_WE_RESET };

enum x25_report_kind {
	X25_READY,	/* the interface has restarted; all calls were reported as cleared */
	X25_DOWN,	/* the layer below is down */
	X25_INCOMING,	/* .pkt = the Call: accept or clear it, now or later */
	X25_CONNECTED,	/* .pkt = the Call Accepted, or NULL when we accepted */
	X25_CLEARED,	/* .cause .diag; .by_us = x25_clear was called */
	X25_RESET_DONE, /* .cause .diag; SDUs in flight are lost */
	X25_SDU,	/* .data .len */
	X25_SDU_Q,	/* the same with the Q bit */
	X25_WRITABLE,	/* after x25_send returned false: there is room again */
};
struct x25_report {
	enum x25_report_kind kind;
	uint16_t lci;
	const struct x25_pkt *pkt;
	uint8_t cause, diag;
	bool by_us;
	const uint8_t *data;
	size_t len;
};

struct x25_ops {
	void (*tx)(void *ctx, const uint8_t *pkt, size_t len);
	void (*report)(void *ctx, const struct x25_report *r);
};

/* X(symbol, "key", "words") */
#define X25_COUNTERS(X)                                                                 \
	X(CALLS_OUT, "x25-calls-out", "calls placed")                                   \
	X(CALLS_IN, "x25-calls-in", "calls received")                                   \
	X(CLEARS_RX, "x25-clears-rx", "clears received")                                \
	X(CLEARS_TX, "x25-clears-tx", "clears sent")                                    \
	X(RESETS_RX, "x25-resets-rx", "resets received")                                \
	X(RESETS_TX, "x25-resets-tx", "resets sent")                                    \
	X(RESTARTS_RX, "x25-restarts-rx", "restarts received")                          \
	X(RESTARTS_TX, "x25-restarts-tx", "restarts sent")                              \
	X(DATA_RX, "x25-data-rx", "data packets received")                              \
	X(DATA_TX, "x25-data-tx", "data packets sent")                                  \
	X(SDU_LOST, "x25-sdu-lost", "SDUs lost in a reset, clear or restart")           \
	X(D_BIT, "x25-d-bit", "resets because of a data packet with the D bit")         \
	X(FAST_SELECT, "x25-fast-select", "calls refused, fast select")                 \
	X(SDU_LONG, "x25-sdu-long", "SDUs longer than mtu")                             \
	X(INTERRUPTS, "x25-interrupts", "interrupts received and ignored")              \
	X(PROTOCOL, "x25-protocol", "procedure errors of the far end")                  \
	X(DISCARDED, "x25-discarded", "packets discarded in a restart, reset or clear") \
	X(UNASSIGNED, "x25-unassigned", "packets on a channel that does not exist")     \
	X(DIAGNOSTICS_RX, "x25-diagnostics-rx", "diagnostic packets received")          \
	X(TIMEOUTS, "x25-timeouts", "timers that ran out")

enum x25_counter {
#define X(sym, key, words) X25_C_##sym,
	X25_COUNTERS(X)
#undef X
		X25_C_COUNT
};

struct handover;
struct x25_vc;
struct x25 {
	struct x25_config cfg;
	const struct x25_ops *ops;
	void *ctx;
	enum x25_r r;
	uint64_t restart_at;		       /* when our Restart is repeated; UINT64_MAX = none */
	struct x25_vc **vc;		       /* by LCI, 0..max(pvc, lci_high); NULL = p1 */
	uint16_t vcs;			       /* entries of vc */
	uint16_t used;			       /* circuits that are not in p1 */
	uint64_t next;			       /* a lower bound of all deadlines */
	bool blocked;			       /* the layer below takes no data packets */
	struct x25_vc *wait_first, *wait_last; /* circuits with data packets for it */
	struct x25_vc *owes;		       /* circuit that x25_settle acknowledges on */
	uint64_t count[X25_C_COUNT];
};

/* 0, -ENOMEM, or -EINVAL when ranges or sizes are wrong. */
int x25_init(struct x25 *x, const struct x25_config *c, const struct x25_ops *ops, void *ctx);
void x25_free(struct x25 *x);
/* The layer below is up: send a Restart.  Down: all circuits are lost. */
void x25_up(struct x25 *x, uint64_t now);
void x25_down(struct x25 *x);
/* Send a Restart before the interface is freed; no report follows. */
void x25_shutdown(struct x25 *x);
void x25_rx(struct x25 *x, const uint8_t *pkt, size_t len, uint64_t now);
/* No more packets are at hand: acknowledge what is not acknowledged yet. */
void x25_settle(struct x25 *x);
void x25_expire(struct x25 *x, uint64_t now);
uint64_t x25_deadline(const struct x25 *x);

/* The layer below is full: data packets wait in their circuits.  Other packets are still sent, the
 * layer below must queue them.  Allowed inside tx. */
void x25_block(struct x25 *x);
/* It has room again: waiting circuits send one packet each in turn, until it is full. */
void x25_unblock(struct x25 *x, uint64_t now);

/* The state, to or from another process: after x25_init.  False: it is configured in another way,
 * or the octets are malformed, and it is to be initialised anew. */
bool x25_hand(struct x25 *x, struct handover *h);

/* Place a call and return its LCN; 0 = none is free, the interface is not ready, an address is
 * malformed or there is no memory.  calling may be "", and so may sub, the called address
 * extension.  cud: call user data, at most 16 octets. */
uint16_t x25_call(struct x25 *x, const char *called, const char *calling, const char *sub,
		  const void *cud, size_t cud_len, uint64_t now);
bool x25_accept(struct x25 *x, uint16_t lci, uint64_t now);
void x25_clear(struct x25 *x, uint16_t lci, uint8_t cause, uint8_t diag, uint64_t now);
void x25_reset(struct x25 *x, uint16_t lci, uint8_t cause, uint8_t diag, uint64_t now);
/* Send an SDU given in two pieces.  False: an SDU is still being sent (WRITABLE follows), or the
 * circuit is not in data transfer, or the SDU is longer than sdu_max. */
bool x25_send(struct x25 *x, uint16_t lci, const void *head, size_t head_len, const void *data,
	      size_t len, uint64_t now);
enum x25_p x25_state(const struct x25 *x, uint16_t lci);

/* Sizes and windows that were agreed for a circuit. */
struct x25_vc_info {
	uint16_t size_in, size_out; /* octets */
	uint8_t window_in, window_out;
	bool d1; /* flow control ready */
};
/* Set sizes (log2) and windows of a permanent circuit, which no call negotiated. */
void x25_set_flow(struct x25 *x, uint16_t lci, uint8_t size_in, uint8_t size_out, uint8_t window_in,
		  uint8_t window_out);
bool x25_info(const struct x25 *x, uint16_t lci, struct x25_vc_info *out);

#endif
