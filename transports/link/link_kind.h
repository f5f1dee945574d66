/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one kind of link is made of; a new kind is a row in link.c and a file.  link.c does carrier,
 * retry, impairment and counting; a kind only moves octets.
 */
#ifndef TRANSPORTS_LINK_LINK_KIND_H
#define TRANSPORTS_LINK_LINK_KIND_H

#include "transports/kit/handover.h"
#include "transports/kit/offloads.h"
#include "transports/kit/opening.h"
#include "transports/link/link.h"

#include <sys/socket.h>

struct link_kind {
	const char *scheme; /* with the colon */
	const char *form;   /* how to write it, for the error */
	/* What follows the scheme.  NULL with words when malformed. */
	void *(*parse)(struct link *l, const char *rest, char *err, size_t err_len);
	void (*free)(void *impl);
	/* Open the sockets; called again after each failure.  0 or -errno. */
	int (*start)(void *impl);
	void (*stop)(void *impl);
	/* Is there a carrier: 1, 0, or -errno when the device or connection is gone. */
	int (*check)(void *impl);
	void (*send)(void *impl, const struct link_frame *f, unsigned n);
	uint32_t (*mtu)(const void *impl);
	bool (*mac)(const void *impl, uint8_t out[6]); /* NULL = it has none */
	/* How many things start asks the host to open, of which at most n are written; NULL = none.
	 */
	unsigned (*opens)(const void *impl, struct ist_open *out, unsigned n);
	bool accepts; /* it waits for a connection, of which it has one at a time */
	/* To or from another process, in place of stop and start: the descriptor and what goes with
	 * it.  Nothing is watched any more after quiet.  NULL, both: the link starts anew there.  0
	 * or -errno: it does so this time. */
	int (*hand)(void *impl, struct handover *h);
	void (*quiet)(void *impl);
	/* While it is started; NULL = there are none. */
	void (*offloads)(const void *impl, struct offloads *l);
};

extern const struct link_kind link_udp, link_packet, link_tun, link_tap, link_loop, link_atmtcp,
	link_atmtcp_listen, link_atmpvc, link_pcap;

/* For the kinds. */
const struct link_conf *link_conf_of(const struct link *l);
/* A descriptor from the host, or -errno. */
int link_ask_open(const struct link *l, const struct ist_open *what);
void link_counted(struct link *l, enum link_counter c);
void link_counted_many(struct link *l, enum link_counter c, uint64_t n);
/* Frames have come. */
void link_received(struct link *l, const struct link_frame *f, unsigned n);
/* What waits to be read is half of what can, or is less: said before those frames are received. */
void link_crowded(struct link *l, bool on);
/* Have check called soon, and by itself every second; allowed from anywhere. */
void link_recheck(struct link *l);

/* Opens the kernel's socket of a PVC, or -errno; a test without an ATM kernel replaces it.
 */
extern int (*link_atmpvc_open)(int interface, const struct link_circuit *c);

/* --- sockets that carry one frame per message (link_socket.c) --------------------------------- */

#define LINK_SOCKET_BATCH 32u

struct link_socket {
	struct link *link;
	int fd; /* while it is open */
	bool watched;
	uint8_t *buffer;     /* a batch of the longest frames */
	uint8_t prefix[16];  /* in front of each frame, its last two octets being the frame's length
			      */
	unsigned prefix_len; /* 0 = none */
	bool little_endian;  /* that length */
	/* Looks at one message, may move the frame inside it; false drops it.  NULL = all are
	 * frames. */
	bool (*take)(void *impl, const struct sockaddr_storage *from, struct link_frame *f);
	/* Receives in another way than by recvmmsg; NULL = does not. */
	void (*drain)(void *impl);
	void *impl;
};

/* fd is ours from here on, also when it fails. */
int link_socket_open(struct link_socket *s, int fd);
/* Look at it no more, until it is closed or watched again. */
void link_socket_unwatch(struct link_socket *s);
int link_socket_watch(struct link_socket *s);
void link_socket_close(struct link_socket *s);
/* The socket as a link kind's hand; one of another type (SOCK_DGRAM ...) is refused, since it might
 * be readable for ever. */
int link_socket_hand(struct link_socket *s, struct handover *h, int type);
void link_socket_send(struct link_socket *s, const struct link_frame *f, unsigned n);

#endif
