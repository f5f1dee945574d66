/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Private to x25_socket.c (calls as sockets) and x25_socket_hand.c (to and from another process);
 * and the kernel's calls that they use, x25_af_x25 or a test's own table.
 */
#ifndef TRANSPORTS_X25_X25_SOCKET_H
#define TRANSPORTS_X25_X25_SOCKET_H

#include "transports/x25/x25_kernel.h"
#include "transports/x25/x25_port.h"

extern const struct x25_kernel *x25_socket_kernel;

#define X25_LISTENERS 3u

struct x25_socket_call {
	struct x25_line line;
	struct x25_socket_call *next, *prev, *next_dying;
	int fd;
	bool up;    /* in data transfer */
	bool dying; /* cleared and freed when the port leaves */
	bool owed;  /* a send was refused: WRITABLE must be reported */
	bool watching_out;
	uint8_t cause, diag; /* of our Clear */
	size_t rest_at, rest_len;
	uint8_t rest[]; /* of an SDU the kernel took in part; conf.mtu octets */
};

struct x25_listener {
	struct ist_port *port;
	int fd; /* -1 = none */
};

struct x25_sockets {
	struct x25_listener listener[X25_LISTENERS];
	char listens_on[X25_DIGITS + 1]; /* "" = any address */
	bool accepting;
	bool starved;	    /* take failed for want of descriptors, and that was logged */
	uint64_t accept_at; /* when to listen again after a lack of descriptors */
	uint64_t sweep_at;
	struct x25_socket_call *first, *dying;
	unsigned calls;
	uint8_t *buffer; /* the Q octet and an SDU */
};

/* --- x25_socket.c ----------------------------------------------------------------------------- */

/* A call that there is; NULL: no memory, and fd is the caller's. */
struct x25_socket_call *x25_socket_add(struct ist_port *p, int fd);
/* End the call; the timer runs the port, which closes the socket when it leaves. */
void x25_socket_end(struct x25_socket_call *k, uint8_t cause, uint8_t diag);
/* Watch for what it waits for now. */
void x25_socket_watch(struct x25_socket_call *k);
/* Close the sockets of calls that have ended. */
void x25_socket_reap(struct ist_port *p);
/* What the port's sockets that listen are to be given. */
void x25_socket_listening_for(const struct ist_port *p, struct x25_kernel_call *c);

/* --- x25_socket_hand.c ------------------------------------------------------------------------ */

void x25_socket_hand_link(struct ist_port *p, struct handover *h);
/* False: there are none that listen as is configured. */
bool x25_socket_thaw_listeners(struct ist_port *p, struct handover *h);
bool x25_socket_hand(struct ist_port *p, struct handover *h);

#endif
