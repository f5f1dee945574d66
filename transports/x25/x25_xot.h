/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to x25_xot.c (connections and calls) and x25_xot_pvc.c (permanent circuits). */
#ifndef TRANSPORTS_X25_X25_XOT_H
#define TRANSPORTS_X25_X25_XOT_H

#include "transports/kit/access.h"
#include "transports/kit/opening.h"
#include "transports/x25/x25_port.h"
#include "transports/x25/xot.h"

#define XOT_OUT_MOST 262144u /* octets queued for TCP at which a connection is closed */

enum xot_phase {
	XOT_CONNECTING, /* TCP is connecting */
	XOT_SILENT,	/* connected; no packet has come, it may be a Call or a PVC-setup */
	XOT_PVC_SETUP,	/* our PVC-setup was sent */
	XOT_OPEN,	/* has a packet layer */
};

struct xot_conn {
	struct x25_line line; /* its packet layer exists in phase XOT_OPEN */
	struct xot_conn *next, *prev, *next_touched;
	bool touched;
	int fd;
	enum xot_phase phase;
	bool over;     /* close it when the output has been sent */
	bool called;   /* a call has begun: close it when the channel is in p1 again */
	bool clearing; /* our Clear is out: give_up waits for the confirmation */
	bool dying;    /* free it when the port leaves */
	bool watching_out;
	struct x25_circuit *circuit; /* its Call is sent when TCP is connected */
	struct xot_pvc_state *pvc;
	uint64_t give_up;   /* close it when the next step has not happened by then */
	uint64_t half_at;   /* close it when the packet that has begun is not complete by then */
	struct udp_ep from; /* where the connection came from; family 0: we dialled */
	struct xot_in in;
	uint8_t *out;
	size_t out_at, out_len, out_room;
};

/* One permanent circuit. */
struct xot_pvc_state {
	struct x25_known *known;
	struct xot_conn *conn; /* NULL: none */
	uint64_t retry_at, pause;
};

struct xot {
	struct ist_port *port;
	struct udp_ep local, remote;
	bool listens, dials;
	int fd; /* the listening socket, -1 = none */
	bool accepting;
	bool starved;	    /* accept failed for want of descriptors, and that was logged */
	uint64_t accept_at; /* when to listen again after a lack of descriptors */
	struct access from; /* xot-from */
	struct xot_conn *first, *touched;
	unsigned conns;
	uint32_t numbers; /* of the last connection, by which captures tell them apart */
	struct xot_pvc_state *pvc;
	unsigned pvcs;
};

/* The permanent circuits of a peer connect all at once. */
#define XOT_BACKLOG 4096

/* --- x25_xot_conf.c --------------------------------------------------------------------------- */

/* The settings, also into *x, whose x->from is to be freed whatever comes of it. */
int xot_read(struct xot *x, const struct settings *set, char *err, size_t err_len);
/* The socket that it listens on. */
struct ist_open xot_opening(const struct xot *x);
/* As x25_below.check. */
int xot_check(const struct x25_conf *c, const struct settings *set, struct ist_open *opens,
	      unsigned n, char *err, size_t err_len);

/* --- x25_xot.c -------------------------------------------------------------------------------- */

/* Begin a connection to the far end; NULL and *err = -errno when that fails. */
struct xot_conn *xot_dial(struct ist_port *p, int *err);
/* The connection has failed or ended: its circuit goes down, and it is freed. */
void xot_conn_lost(struct xot_conn *k, const char *words);
/* Queue a packet for TCP. */
void xot_conn_send(struct xot_conn *k, const uint8_t *pkt, size_t len);
/* Flush it, and free it when it has ended, when the port leaves. */
void xot_touch(struct xot_conn *k);
/* A connection that there is; NULL: no memory, and fd is the caller's. */
struct xot_conn *xot_conn_add(struct ist_port *p, int fd, enum xot_phase phase);
/* Make the packet layer and have it go up, for a permanent circuit or for calls; false = no memory.
 */
bool xot_conn_start_layer(struct xot_conn *k, bool extended, bool pvc);
/* The first half of that. */
bool xot_conn_make_layer(struct xot_conn *k, bool extended, bool pvc);

/* --- x25_xot_hand.c: to and from another process ------------------------------------------------- */

void xot_hand_link(struct ist_port *p, struct handover *h);
int xot_thaw_listener(struct ist_port *p, struct handover *h);
bool xot_hand(struct ist_port *p, struct handover *h);

/* --- x25_xot_pvc.c ---------------------------------------------------------------------------- */

int xot_pvcs_open(struct ist_port *p);
/* NULL: there is no such circuit. */
struct xot_pvc_state *xot_pvc_find(const struct ist_port *p, uint16_t lci);
void xot_pvcs_close(struct ist_port *p);
/* Send the set-ups that are due. */
void xot_pvcs_expire(struct ist_port *p, uint64_t now);
/* TCP is connected: send the PVC-setup. */
void xot_pvc_ask(struct xot_conn *k);
/* A PVC-setup packet: the first packet of a connection to us, or the answer to ours. */
void xot_pvc_rx(struct xot_conn *k, const uint8_t *pkt, size_t len);
void xot_pvc_lost(struct xot_conn *k, const char *words);

#endif
