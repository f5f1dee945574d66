/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A port of the x25 transport; private to these files:
 *
 *   x25_transport.c  the contract with the host: open, close, requests, counters, the port's timer
 *   x25_conf.c       keys and settings
 *   x25_circuit.c    circuits: reports of the packet layer become reports to the host
 *   x25_batch.c      SDUs for the host, many at a time
 *   x25_line.c       one packet layer on a link, over LAPB or behind the kernel's pseudo-header
 *   x25_xot.c        one packet layer on each TCP connection (RFC 1613)
 *   x25_socket.c     the kernel's packet layer, one AF_X25 socket for each call
 *
 * The packet layer (x25.c) reports from inside its own functions, also when the host's request
 * called them; the contract forbids reports from inside a request.  Reports are therefore noted on
 * the circuit.  They are made in x25_leave: at the end of a descriptor's or timer's callback, or,
 * after a request, from a timer of 0 us.  Circuits and TCP connections that have ended are freed
 * there too, when no function on the stack can still point to them.
 */
#ifndef TRANSPORTS_X25_X25_PORT_H
#define TRANSPORTS_X25_X25_PORT_H

#include "transports/x25/lapb.h"
#include "core/container.h"
#include "transports/kit/handover.h"
#include "transports/kit/slots.h"
#include "transports/link/link.h"
#include "transports/x25/x25.h"
#include "transports/x25/x25_encap.h"

#define X25_NO_TIME UINT64_MAX

#define X25_PORT_COUNTERS(X)                                                                     \
	X(RX, "rx-frames", "frames delivered")                                                   \
	X(RX_OCTETS, "rx-octets", "octets delivered")                                            \
	X(TX, "tx-frames", "frames taken to send")                                               \
	X(TX_OCTETS, "tx-octets", "octets taken to send")                                        \
	X(RX_OTHER, "rx-other", "multiplexed PDUs of other protocols dropped")                   \
	X(RX_EMPTY, "rx-empty", "PDUs dropped, no payload after the encapsulation")              \
	X(RX_QUALIFIED, "rx-qualified", "PDUs with the Q bit dropped")                           \
	X(RX_EARLY, "rx-early", "PDUs dropped, the circuit was not up")                          \
	X(TX_STALE, "tx-stale", "frames dropped, the channel does not exist")                    \
	X(TX_DOWN, "tx-down", "frames dropped, the circuit is down")                             \
	X(TX_TOO_LONG, "tx-too-long", "frames dropped, longer than the MTU")                     \
	X(PAD, "pads", "calls cleared, the far end is a PAD")                                    \
	X(REFUSED_PROTOCOL, "refused-protocol", "calls refused, protocol in the call user data") \
	X(REFUSED_CHARGE, "refused-charge", "calls refused, reverse charging")                   \
	X(REFUSED_ROOM, "refused-room", "calls refused, no room for another circuit")            \
	X(REFUSED_HOST, "refused-host", "calls refused, not configured")                         \
	X(HELD_DOWN, "held-down", "calls not placed, address in hold-down")                      \
	X(INACTIVE, "inactive", "calls cleared, no traffic for inactivity")                      \
	X(RX_FRAMING, "rx-framing", "frames dropped, pseudo-header unknown or missing")          \
	X(QUEUE_FULL, "queue-full", "line restarts, packet queue for LAPB full")                 \
	X(XOT_IN, "xot-in", "TCP connections accepted")                                          \
	X(XOT_OUT, "xot-out", "TCP connections begun")                                           \
	X(XOT_FAILED, "xot-failed", "TCP connections that could not be made")                    \
	X(XOT_STRANGER, "xot-stranger", "TCP connections refused, address not in xot-from")      \
	X(XOT_FULL, "xot-full", "TCP connections refused, too many")                             \
	X(XOT_SOURCE, "xot-source-full", "TCP connections refused, too many from one address")   \
	X(XOT_SILENT, "xot-silent", "TCP connections closed, no call came")                      \
	X(XOT_HALF, "xot-half", "TCP connections closed, the rest of a packet did not come")     \
	X(XOT_UNCONFIRMED, "xot-unconfirmed",                                                    \
	  "TCP connections closed, our Clear was not confirmed")                                 \
	X(XOT_HEADER, "xot-header", "TCP connections closed, XOT version or length wrong")       \
	X(XOT_SLOW, "xot-slow", "TCP connections closed, the far end reads nothing")             \
	X(XOT_IGNORED, "xot-ignored", "packets dropped, not allowed on XOT")                     \
	X(XOT_PVC, "xot-pvc", "PVC set-ups that failed")                                         \
	X(NO_DESCRIPTORS, "no-descriptors",                                                      \
	  "times no call could be accepted, no file descriptor left")

enum x25_port_counter {
#define X(sym, key, words) X25_P_##sym,
	X25_PORT_COUNTERS(X)
#undef X
		X25_P_COUNT
};
#define X25_COUNTERS_ALL (X25_P_COUNT + X25_C_COUNT + LAPB_C_COUNT + LINK_COUNTER_COUNT)

/* --- settings (x25_conf.c) -------------------------------------------------------------------- */

/* What carries packets: LAPB or the pseudo-header on a link, TCP, or the kernel's sockets. */
enum x25_framing { X25_LAPB, X25_PSEUDO_HEADER, X25_XOT, X25_SOCKETS };

/* One circuit section of the configuration: a permanent circuit, or what calls to an address carry.
 */
struct x25_known {
	struct ist_addr addr;
	bool pvc; /* false: encapsulation of calls to this address */
	uint16_t lci;
	uint8_t payload; /* of a PVC */
	enum x25_encap encap;
	uint16_t far_lci;	     /* XOT: its channel at the far end */
	const char *far_name;	     /* XOT: the far end's interface, or NULL; the port owns it */
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
	uint32_t connection; /* of those of the port, in captures; 0 = it is a line */
	struct x25 x;
	struct x25_circuit **circuit; /* by LCI, x.vcs of them */
	bool ready;		      /* restarted: calls can be placed */
	const struct x25_line_ops *ops;
};
/* Procedures of another packet layer than x25.c.  They return and report what x25.c's do. */
struct x25_layer {
	bool (*accept)(struct x25_line *l, uint16_t lci, uint64_t now);
	void (*clear)(struct x25_line *l, uint16_t lci, uint8_t cause, uint8_t diag, uint64_t now);
	bool (*send)(struct x25_line *l, uint16_t lci, const void *head, size_t head_len,
		     const void *data, size_t len, uint64_t now);
};
struct x25_line_ops {
	void (*tx)(struct x25_line *l, const uint8_t *pkt, size_t len);
	/* The circuit on this line has ended, or its call was never placed.  May be NULL. */
	void (*over)(struct x25_line *l);
	const struct x25_layer *layer; /* NULL: the packet layer is x25.c */
};
/* Make the packet layer with this configuration.  Returns 0 or -errno. */
int x25_line_init(struct x25_line *l, struct ist_port *p, const struct x25_config *conf,
		  const struct x25_line_ops *ops);
/* Make a line of one circuit, LCN 1, whose packet layer is ops->layer; only the counters of l->x
 * are used.  Returns 0 or -ENOMEM. */
int x25_line_init_other(struct x25_line *l, struct ist_port *p, const struct x25_line_ops *ops);
void x25_line_free(struct x25_line *l);
/* A report of the packet layer ops->layer. */
void x25_line_report(struct x25_line *l, const struct x25_report *r);

enum x25_circuit_state {
	X25_CIRCUIT_DOWN,    /* permanent, packet layer not ready */
	X25_CIRCUIT_OFFERED, /* incoming call, the host has not answered */
	X25_CIRCUIT_CALLING, /* outgoing call, the far end has not answered; lci 0: not sent yet */
	X25_CIRCUIT_UP,
	X25_CIRCUIT_DEAD,
};

enum x25_note { /* reports that wait, in the order they are made */
		X25_NOTE_OFFER = 1,
		X25_NOTE_UP = 2,
		X25_NOTE_DOWN = 4, /* a permanent one */
		X25_NOTE_WRITABLE = 8,
		X25_NOTE_GONE = 16, /* down for ever, then freed */
		X25_NOTE_FREE = 32, /* nothing to report, only freed */
};

struct x25_circuit {
	ist_channel id;
	struct x25_line *line; /* its packet layer; NULL = none */
	uint16_t lci;
	enum x25_circuit_state state;
	enum x25_encap encap;
	bool permanent, ours; /* ours: an outgoing call */
	bool refused;	      /* a send was refused before the call was up: report writable then */
	uint8_t notes;
	bool noted; /* in the port's list */
	struct x25_circuit *next_noted;
	struct ist_cause why;
	struct ist_addr local, peer;
	char called[X25_DIGITS + 1], calling[X25_DIGITS + 1];
	char sub[X25_SUB + 1]; /* called address extension; "" = none */
	uint8_t call_data[X25_CUD];
	uint8_t call_data_len;
	uint64_t tx_bps, rx_bps;
	uint64_t last; /* when the last SDU was sent or received */
};

/* What carries the circuits: x25_line.c, x25_xot.c or x25_socket.c. */
struct x25_below {
	int (*open)(struct ist_port *p, const struct settings *set, char *err, size_t err_len);
	void (*close)(struct ist_port *p);
	/* Send the Call now, or when the TCP connection is up.  0 or -errno. */
	int (*call)(struct ist_port *p, struct x25_circuit *c, uint64_t now);
	/* Send what packet layers have queued. */
	void (*flush)(struct ist_port *p, uint64_t now);
	/* Free what has ended: no function on the stack can point to it. */
	void (*reap)(struct ist_port *p);
	void (*expire)(struct ist_port *p, uint64_t now);
	/* Adds to X25_C_COUNT + LAPB_C_COUNT + LINK_COUNTER_COUNT values. */
	void (*count)(const struct ist_port *p, uint64_t *out);
	int (*status)(const struct ist_port *p, char *buf, size_t len);
	unsigned (*fill)(const struct ist_port *p, struct ist_fill *out, unsigned n);
	unsigned (*offloads)(const struct ist_port *p, struct ist_offload *out,
			     unsigned n); /* NULL = none */
	/* As ist_transport.check. */
	int (*check)(const struct x25_conf *c, const struct settings *set, struct ist_open *opens,
		     unsigned n, char *err, size_t err_len);
	/* The link or the connections, behind the circuits: to or from another process.  False: it
	 * is configured in another way, or could not be taken along, and begins anew. */
	bool (*hand)(struct ist_port *p, struct handover *h);
	/* Freezing: what `open` looks for in p->from. */
	void (*hand_link)(struct ist_port *p, struct handover *h);
	void (*quiet)(struct ist_port *p);
};
extern const struct x25_below x25_on_link, x25_on_xot, x25_on_sockets;

/* Addresses in hold-down, few enough to look through: the one that is released first gives way. */
#define X25_HELD 128u
struct x25_held {
	struct ist_addr addr;
	uint64_t until;
};

/* SDUs for the host, copied here as their packets will not last. */
#define X25_BATCH      32u
#define X25_BATCH_ROOM 65536u
struct x25_batch {
	struct ist_frame f[X25_BATCH];
	unsigned n;
	uint32_t used;
	uint8_t octets[X25_BATCH_ROOM];
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
	struct handover *from;	     /* while it is opened: what another process had */
	bool frozen;		     /* another process goes on: it is closed without a word */
	unsigned
		running; /* depth of descriptor and timer callbacks; 0 = in a request of the host */
	uint32_t timer;
	uint64_t timer_at, next; /* next: a lower bound of all deadlines */
	uint64_t idle_at;	 /* a lower bound of when a call has been idle for too long */
	struct x25_circuit *noted_first, **noted_last;
	struct x25_batch batch;
	struct slots slots;
	struct x25_circuit **circuit; /* by slot */
	struct x25_held held[X25_HELD];
	uint64_t gone[X25_C_COUNT]; /* counts of packet layers that were freed */
	uint64_t count[X25_P_COUNT];
	uint64_t before[X25_COUNTERS_ALL]; /* in other processes */
};

/* --- when (x25_transport.c) ------------------------------------------------------------------- */

uint64_t x25_now(const struct ist_port *p);
void x25_enter(struct ist_port *p);
void x25_leave(struct ist_port *p);
void x25_port_wake_at(struct ist_port *p, uint64_t when);
/* Give a packet or frame to a capture; dissector is "x.25" or "lapb". */
void x25_tap(const struct x25_line *l, bool outbound, const char *dissector, const void *data,
	     size_t len);

int x25_freeze(struct ist_port *p, struct ist_frozen *f); /* x25_freeze.c */
int x25_thaw(struct ist_port **out, const struct ist_host *host, void *ctx,
	     const struct ist_port_config *cfg, struct ist_frozen *f, char *err, size_t err_len);
/* Open a port; from: what another process had, or NULL. */
int x25_open_from(struct ist_port **out, const struct ist_host *host, void *ctx,
		  const struct ist_port_config *cfg, struct handover *from, char *err,
		  size_t err_len);
void x25_port_close(struct ist_port *p);
/* Put permanent circuits on the line of a link. */
void x25_line_place_pvcs(struct ist_port *p);
void x25_set_timer(struct ist_port *p);

/* --- SDUs for the host (x25_batch.c) ----------------------------------------------------------- */

/* Behind those that are in the batch, and behind what is noted. */
void x25_batch_add(struct ist_port *p, ist_channel c, const uint8_t *sdu, uint32_t len);
void x25_batch_report(struct ist_port *p);

/* --- circuits (x25_circuit.c) ----------------------------------------------------------------- */

/* 0 or -ENOMEM. */
int x25_circuits_open(struct ist_port *p);
/* NULL: no slot or no memory is left. */
struct x25_circuit *x25_circuit_new(struct ist_port *p);
/* NULL: the handle is stale, or never was one. */
struct x25_circuit *x25_circuit_get(const struct ist_port *p, ist_channel c);
/* End it without a report; it is freed when the port leaves. */
void x25_circuit_drop(struct ist_port *p, struct x25_circuit *c);
/* Put the circuit on this LCN of this packet layer; 0 = none yet. */
void x25_circuit_attach(struct x25_circuit *c, struct x25_line *l, uint16_t lci);
void x25_circuit_note(struct ist_port *p, struct x25_circuit *c, uint8_t notes);
/* Send its Call.  False: no logical channel is free. */
bool x25_circuit_place(struct x25_circuit *c, struct x25_line *l, uint64_t now);
/* It has ended, and not at the host's request: report `down`, and hold down an address we called.
 */
void x25_circuit_lost(struct ist_port *p, struct x25_circuit *c, const struct ist_cause *why);
/* A permanent circuit goes up or down; why may be NULL. */
void x25_circuit_pvc(struct ist_port *p, struct x25_circuit *c, bool up,
		     const struct ist_cause *why);
/* First the SDUs that came before what is noted. */
void x25_circuit_report_all(struct ist_port *p);
/* Permanent circuits that are configured and not there yet.  0 or -ENOMEM. */
int x25_circuits_pvcs(struct ist_port *p);
/* Clear calls that have been idle for `inactivity`. */
void x25_circuit_expire(struct ist_port *p, uint64_t now);
void x25_circuits_close(struct ist_port *p);

int x25_circuit_send(struct ist_port *p, const struct ist_frame *f, unsigned n);
int x25_circuit_connect(struct ist_port *p, const struct ist_addr *to, uint8_t payload,
			const struct ist_attrs *a, ist_channel *out);
int x25_circuit_answer(struct ist_port *p, ist_channel id);
int x25_circuit_refuse(struct ist_port *p, ist_channel id, const struct ist_cause *why);
void x25_circuit_disconnect(struct ist_port *p, ist_channel id, const struct ist_cause *why);

#endif
