/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between the parts of the x25 transport; nobody else's business.
 *
 *   x25_transport.c  the contract: keys, opening, counters, and when things are done
 *   x25_conf.c       the settings as numbers
 *   x25_circuit.c    circuits: reports of the packet layer become reports to the host, and back
 *   x25_line.c       one packet layer on a link, with LAPB or with the kernel's pseudo-header
 *   x25_xot.c        a packet layer on each TCP connection
 *   x25_socket.c     calls of the kernel's packet layer, a socket each
 *
 * A packet layer (x25.c) reports from inside whatever was asked of it, but a transport may not
 * report from inside a call of the host's.  So reports are noted on the circuit, and made when the
 * port leaves: at the end of what a descriptor or timer began, else in a timer at once.  Circuits
 * and TCP connections that are done with are freed there too, when nothing on the stack can hold
 * them.
 */
#ifndef TRANSPORTS_X25_X25_PORT_H
#define TRANSPORTS_X25_X25_PORT_H

#include "transports/x25/lapb.h"
#include "transports/link/link.h"
#include "transports/x25/x25.h"
#include "transports/x25/x25_encap.h"

#define X25_NO_TIME UINT64_MAX

#define X25_PORT_COUNTERS(X)                                                                   \
	X(RX, "rx-frames", "frames delivered")                                                 \
	X(RX_OCTETS, "rx-octets", "octets delivered")                                          \
	X(TX, "tx-frames", "frames taken to send")                                             \
	X(TX_OCTETS, "tx-octets", "octets taken to send")                                      \
	X(RX_OTHER, "rx-other", "multiplexed PDUs of other protocols dropped")                 \
	X(RX_EMPTY, "rx-empty", "PDUs dropped, nothing behind the encapsulation")              \
	X(RX_QUALIFIED, "rx-qualified", "PDUs with the Q bit dropped")                         \
	X(RX_EARLY, "rx-early", "PDUs dropped, the circuit was not up")                        \
	X(TX_STALE, "tx-stale", "frames for a channel that is not there")                      \
	X(TX_DOWN, "tx-down", "frames dropped, the circuit is down")                           \
	X(TX_TOO_LONG, "tx-too-long", "frames dropped, longer than the MTU")                   \
	X(PAD, "pads", "calls cleared, the far end is a terminal's PAD")                       \
	X(REFUSED_PROTOCOL, "refused-protocol", "calls refused, call user data not ours")      \
	X(REFUSED_CHARGE, "refused-charge", "calls refused, reverse charging")                 \
	X(REFUSED_ROOM, "refused-room", "calls refused, no room for another circuit")          \
	X(REFUSED_HOST, "refused-host", "calls refused, not configured")                       \
	X(HELD_DOWN, "held-down", "calls not placed, the address failed just before")          \
	X(INACTIVE, "inactive", "circuits cleared, nothing was sent for too long")             \
	X(RX_FRAMING, "rx-framing", "frames dropped, pseudo-header unknown or missing")        \
	X(QUEUE_FULL, "queue-full", "line restarted, LAPB did not take what was waiting")      \
	X(XOT_IN, "xot-in", "TCP connections accepted")                                        \
	X(XOT_OUT, "xot-out", "TCP connections begun")                                         \
	X(XOT_FAILED, "xot-failed", "TCP connections that could not be made")                  \
	X(XOT_STRANGER, "xot-stranger", "TCP connections refused, address not in xot-from")    \
	X(XOT_FULL, "xot-full", "TCP connections refused, too many")                           \
	X(XOT_SOURCE, "xot-source-full", "TCP connections refused, too many from one address") \
	X(XOT_SILENT, "xot-silent", "TCP connections closed, no call came")                    \
	X(XOT_HALF, "xot-half", "TCP connections closed, the rest of a packet did not come")   \
	X(XOT_UNCONFIRMED, "xot-unconfirmed",                                                  \
	  "TCP connections closed, our Clear was not confirmed")                               \
	X(XOT_HEADER, "xot-header", "TCP connections closed, XOT version or length wrong")     \
	X(XOT_SLOW, "xot-slow", "TCP connections closed, the far end reads nothing")           \
	X(XOT_IGNORED, "xot-ignored", "packets that have no place on XOT dropped")             \
	X(XOT_PVC, "xot-pvc", "PVC set-ups that failed")                                       \
	X(NO_DESCRIPTORS, "no-descriptors",                                                    \
	  "times no call could be accepted, no file descriptor left")

enum x25_port_counter {
#define X(sym, key, words) X25_P_##sym,
	X25_PORT_COUNTERS(X)
#undef X
		X25_P_COUNT
};

/* --- settings (x25_conf.c) -------------------------------------------------------------------- */

enum x25_framing { X25_LAPB, X25_PSEUDO_HEADER, X25_XOT, X25_SOCKETS };

/* One circuit section of the configuration. */
struct x25_known {
	struct ist_addr addr;
	bool pvc; /* else what calls to this address look like */
	uint16_t lci;
	uint8_t payload; /* of a PVC */
	enum x25_encap encap;
	uint16_t far_lci;	     /* XOT */
	const char *far_name;	     /* XOT; the port owns it */
	struct x25_circuit *circuit; /* of a PVC */
};

struct x25_conf {
	enum x25_framing framing;
	struct x25_config x;
	struct lapb_config lapb;
	enum x25_encap encap; /* of calls we place for L2TP */
	char address[X25_DIGITS + 1];
	bool reverse_accepted;
	uint64_t hold_down, inactivity;
	uint32_t mtu;
	uint64_t xot_retry;
	uint32_t xot_connections, xot_per_source, socket_calls;
	struct x25_known *known;
	unsigned knowns;
	uint16_t pvc_max; /* highest LCI of a PVC */
};

extern const struct ist_key x25_keys[];
int x25_conf_read(struct x25_conf *c, const struct ist_port_config *cfg, char *err, size_t err_len);
void x25_conf_free(struct x25_conf *c);
/* The section about an address, or NULL. */
struct x25_known *x25_conf_find(const struct x25_conf *c, const struct ist_addr *a, bool pvc);

void x25_addr_set(struct ist_addr *out, const char *digits);
/* The digits of an address as a string; "" for one of no digits. */
void x25_addr_digits(const struct ist_addr *a, char out[X25_DIGITS + 1]);

/* --- a packet layer and its circuits ---------------------------------------------------------- */

struct x25_line {
	struct ist_port *port;
	struct x25 x;
	struct x25_circuit **circuit; /* by LCI, x.vcs of them */
	bool ready;		      /* restarted: calls can be placed */
	const struct x25_line_ops *ops;
};
/* Procedures that x25.c does, when somebody else does them; what they return and report is the
 * same. */
struct x25_layer {
	bool (*accept)(struct x25_line *l, uint16_t lci, uint64_t now);
	void (*clear)(struct x25_line *l, uint16_t lci, uint8_t cause, uint8_t diag, uint64_t now);
	bool (*send)(struct x25_line *l, uint16_t lci, const void *head, size_t head_len,
		     const void *data, size_t len, uint64_t now);
};
struct x25_line_ops {
	void (*tx)(struct x25_line *l, const uint8_t *pkt, size_t len);
	/* The circuit's call is over, or was never placed (may be NULL). */
	void (*over)(struct x25_line *l);
	const struct x25_layer *layer; /* NULL: x25.c */
};
/* conf: of the packet layer.  Returns 0 or -errno. */
int x25_line_init(struct x25_line *l, struct ist_port *p, const struct x25_config *conf,
		  const struct x25_line_ops *ops);
/* A line of one circuit, channel 1, whose packet layer is ops->layer; of x only the counters are
 * used. */
int x25_line_init_other(struct x25_line *l, struct ist_port *p, const struct x25_line_ops *ops);
void x25_line_free(struct x25_line *l);
/* What the other packet layer has to report. */
void x25_line_report(struct x25_line *l, const struct x25_report *r);

enum x25_circuit_state {
	X25_CIRCUIT_DOWN,    /* permanent, and the packet layer not ready */
	X25_CIRCUIT_OFFERED, /* a call to us, not answered yet */
	X25_CIRCUIT_CALLING, /* a call of ours, not answered yet; lci 0: not even placed */
	X25_CIRCUIT_UP,
	X25_CIRCUIT_DEAD,
};

enum x25_note { /* what is to be reported, in this order */
		X25_NOTE_OFFER = 1,
		X25_NOTE_UP = 2,
		X25_NOTE_DOWN = 4, /* a permanent one */
		X25_NOTE_WRITABLE = 8,
		X25_NOTE_GONE = 16, /* down for ever, then freed */
		X25_NOTE_FREE = 32,
};

struct x25_circuit {
	ist_channel id;
	struct x25_line *line; /* NULL: no packet layer under it */
	uint16_t lci;
	enum x25_circuit_state state;
	enum x25_encap encap;
	bool permanent, ours; /* ours: we have placed the call */
	bool refused;	      /* send said no before the call was up: WRITABLE is owed */
	uint8_t notes;
	bool noted; /* in the port's list */
	struct x25_circuit *next_noted;
	struct ist_cause why;
	struct ist_addr local, peer;
	char called[X25_DIGITS + 1], calling[X25_DIGITS + 1];
	uint8_t call_data[X25_CUD];
	uint8_t call_data_len;
	uint64_t tx_bps, rx_bps;
	uint64_t last; /* when an SDU went or came */
};

/* What is under the circuits: x25_line.c, x25_xot.c or x25_socket.c. */
struct x25_below {
	int (*open)(struct ist_port *p, const struct settings *set, char *err, size_t err_len);
	void (*close)(struct ist_port *p);
	/* Place the circuit's call now, or when what is under it is there. */
	int (*call)(struct ist_port *p, struct x25_circuit *c, uint64_t now);
	/* Something has been asked of packet layers: what they sent may go. */
	void (*flush)(struct ist_port *p, uint64_t now);
	/* Nothing is on the stack: free what is done with. */
	void (*reap)(struct ist_port *p);
	void (*expire)(struct ist_port *p, uint64_t now);
	/* Adds to X25_C_COUNT + LAPB_C_COUNT + LINK_COUNTER_COUNT values. */
	void (*count)(const struct ist_port *p, uint64_t *out);
	int (*status)(const struct ist_port *p, char *buf, size_t len);
};
extern const struct x25_below x25_on_link, x25_on_xot, x25_on_sockets;

struct x25_slot {
	struct x25_circuit *circuit;
	uint16_t generation;
	uint16_t next_free;
};

#define X25_HELD 128u
struct x25_held {
	struct ist_addr addr;
	uint64_t until;
};

struct ist_port {
	const struct ist_host *host;
	void *ctx;
	char name[64];
	struct x25_conf conf;
	const struct x25_below *below;
	struct x25_link_line *line;  /* x25_line.c's */
	struct xot *xot;	     /* x25_xot.c's */
	struct x25_sockets *sockets; /* x25_socket.c's */
	unsigned running; /* depth of descriptors and timers: not inside a call of the host's */
	uint32_t timer;
	uint64_t timer_at, next; /* next: no deadline is earlier */
	struct x25_circuit *noted_first, **noted_last;
	struct x25_slot *slot;
	unsigned slots;
	uint16_t free_first, free_last; /* oldest first; 0 = none */
	unsigned circuits;
	struct x25_held held[X25_HELD];
	uint64_t gone[X25_C_COUNT]; /* counts of packet layers that are no more */
	uint64_t count[X25_P_COUNT];
};

/* --- when (x25_transport.c) ------------------------------------------------------------------- */

uint64_t x25_now(const struct ist_port *p);
void x25_enter(struct ist_port *p);
void x25_leave(struct ist_port *p);
void x25_port_wake_at(struct ist_port *p, uint64_t when);
/* Show a capture what goes over the line: dissector is "x.25" or "lapb". */
void x25_tap(const struct ist_port *p, bool outbound, const char *dissector, const void *data,
	     size_t len);

/* --- circuits (x25_circuit.c) ----------------------------------------------------------------- */

struct x25_circuit *x25_circuit_new(struct ist_port *p);
struct x25_circuit *x25_circuit_get(const struct ist_port *p, ist_channel c);
/* Nobody shall hear of it again; it is freed when the port leaves. */
void x25_circuit_drop(struct ist_port *p, struct x25_circuit *c);
/* The circuit is on this channel of this packet layer. */
void x25_circuit_attach(struct x25_circuit *c, struct x25_line *l, uint16_t lci);
void x25_circuit_note(struct ist_port *p, struct x25_circuit *c, uint8_t notes);
/* Send the Call for it; false when there is no free channel. */
bool x25_circuit_place(struct x25_circuit *c, struct x25_line *l, uint64_t now);
/* Not by us, for this reason: reported, and held down when we had called. */
void x25_circuit_lost(struct ist_port *p, struct x25_circuit *c, const struct ist_cause *why);
void x25_circuit_pvc(struct ist_port *p, struct x25_circuit *c, bool up,
		     const struct ist_cause *why);
void x25_circuit_report_all(struct ist_port *p);
/* Clears what has been silent for too long. */
void x25_circuit_expire(struct ist_port *p, uint64_t now);
void x25_circuits_close(struct ist_port *p);

int x25_circuit_send(struct ist_port *p, const struct ist_frame *f, unsigned n);
int x25_circuit_connect(struct ist_port *p, const struct ist_addr *to, uint8_t payload,
			const struct ist_attrs *a, ist_channel *out);
int x25_circuit_answer(struct ist_port *p, ist_channel id);
int x25_circuit_refuse(struct ist_port *p, ist_channel id, const struct ist_cause *why);
void x25_circuit_disconnect(struct ist_port *p, ist_channel id, const struct ist_cause *why);

#endif
