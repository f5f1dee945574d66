/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between x25_xot.c (connections and calls) and x25_xot_pvc.c (permanent circuits); nobody else's.
 */
#ifndef TRANSPORTS_X25_X25_XOT_H
#define TRANSPORTS_X25_X25_XOT_H

#include "transports/kit/access.h"
#include "transports/x25/x25_port.h"
#include "transports/x25/xot.h"

enum xot_phase {
	XOT_CONNECTING, /* TCP is being set up */
	XOT_SILENT,	/* nothing has come yet: a Call or a PVC-setup will say what it is */
	XOT_PVC_SETUP,	/* our PVC-setup is out */
	XOT_OPEN,	/* packets go to the packet layer */
};

struct xot_conn {
	struct x25_line line; /* first: ops get a pointer to it; there is one once phase is OPEN */
	struct xot_conn *next, *prev, *next_touched;
	bool touched;
	int fd;
	enum xot_phase phase;
	bool over;     /* nobody needs it: it goes when what is to be said has left */
	bool called;   /* a call has begun: it goes when the Clear is confirmed */
	bool clearing; /* our Clear is out: give_up waits for the confirmation */
	bool dying;    /* it goes now */
	bool watching_out;
	struct x25_circuit *circuit; /* of a call not placed yet */
	struct xot_pvc_state *pvc;
	uint64_t give_up;   /* the next step must have happened by then */
	uint64_t half_at;   /* the packet that has begun must be complete by then */
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
	int fd; /* that listens */
	bool accepting;
	bool starved;	    /* accept failed for want of descriptors, and that was logged */
	uint64_t accept_at; /* when to listen again after there were no descriptors */
	struct access from; /* xot-from */
	struct xot_conn *first, *touched;
	unsigned conns;
	struct xot_pvc_state *pvc;
	unsigned pvcs;
};

/* --- x25_xot.c -------------------------------------------------------------------------------- */

/* NULL with *err: a connection to the far end is on its way. */
struct xot_conn *xot_dial(struct ist_port *p, int *err);
/* The connection has failed or ended, for all that stands on it. */
void xot_lose(struct xot_conn *k, const char *words);
void xot_put(struct xot_conn *k, const uint8_t *pkt, size_t len);
void xot_touch(struct xot_conn *k);
/* Make the packet layer: of a permanent circuit, or for calls. */
bool xot_begin(struct xot_conn *k, bool extended, bool pvc);

/* --- x25_xot_pvc.c ---------------------------------------------------------------------------- */

int xot_pvcs_open(struct ist_port *p);
void xot_pvcs_close(struct ist_port *p);
/* Sets up what is due. */
void xot_pvcs_expire(struct ist_port *p, uint64_t now);
/* TCP is there: say which circuit this is. */
void xot_pvc_ask(struct xot_conn *k);
/* A PVC-setup packet, first on a connection from elsewhere, or in answer to ours. */
void xot_pvc_rx(struct xot_conn *k, const uint8_t *pkt, size_t len);
void xot_pvc_lost(struct xot_conn *k, const char *words);

#endif
