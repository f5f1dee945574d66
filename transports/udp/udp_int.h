/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of the udp transport. */
#ifndef TRANSPORTS_UDP_UDP_INT_H
#define TRANSPORTS_UDP_UDP_INT_H

#include "transports/kit/handover.h"
#include "transports/udp/ip_head.h"
#include "transports/udp/udp_table.h"

#define UDP_COUNTERS(X)                                                                        \
	X(RX, "rx-frames", "datagrams received")                                               \
	X(RX_OCTETS, "rx-octets", "octets received")                                           \
	X(TX, "tx-frames", "datagrams sent")                                                   \
	X(TX_OCTETS, "tx-octets", "octets sent")                                               \
	X(RX_JOINED, "rx-joined", "datagrams received together with others (UDP_GRO)")         \
	X(TX_JOINED, "tx-joined", "datagrams sent together with others (UDP_SEGMENT)")         \
	X(STRANGERS, "strangers", "channels made by datagrams from unknown addresses")         \
	X(RECYCLED, "recycled", "strangers' channels given to others")                         \
	X(RX_NO_ROOM, "rx-no-room", "datagrams of strangers dropped, all channels being held") \
	X(RX_EMPTY, "rx-empty", "empty datagrams dropped")                                     \
	X(RX_SOURCE, "rx-source", "datagrams dropped, source port 0 or no address")            \
	X(RX_LOST, "rx-lost", "datagrams lost in the kernel, we were too slow")                \
	X(RX_CLEAR, "rx-clear",                                                                \
	  "datagrams dropped in the kernel, which came without IPsec, or we were too slow")    \
	X(RX_TRUNCATED, "rx-truncated", "datagrams dropped, longer than the buffer")           \
	X(RX_ERROR, "rx-error", "errors reading the socket")                                   \
	X(TX_STALE, "tx-stale", "frames for a channel that is gone")                           \
	X(TX_TOO_LONG, "tx-too-long", "frames longer than a datagram can be")                  \
	X(TX_FULL, "tx-full", "frames dropped, socket buffer full")                            \
	X(TX_UNREACHABLE, "tx-unreachable", "frames dropped, no route or refused")             \
	X(TX_ERROR, "tx-error", "frames dropped, other errors")

enum counter {
#define X(sym, name, words) C_##sym,
	UDP_COUNTERS(X)
#undef X
		C_COUNT
};

/* RFC 3193: the key `ipsec`. */
enum udp_ipsec { UDP_IPSEC_OFF, UDP_IPSEC_PREFER, UDP_IPSEC_REQUIRE };

/* The key `offload`. */
enum udp_offload { UDP_OFFLOAD_RECEIVE = 1, UDP_OFFLOAD_SEND = 2 };

#define UDP_BATCH	 64u /* frames sent at a time */
#define UDP_BUFFERS	 32u /* read at a time */
#define UDP_DATAGRAM_MAX 65536u
/* From buffer to buffer: the beginnings of all do not share one place in the caches. */
#define UDP_STRIDE (UDP_DATAGRAM_MAX + 320u)

struct udp_socket {
	struct ist_port *port;
	int fd;
	uint32_t index;
	bool wildcard, watched;
	bool gro;		 /* the kernel says where datagrams begin */
	int gro_err, cut_err;	 /* errno of the kernel for UDP_GRO, UDP_SEGMENT; 0 = it has it */
	unsigned batch;		 /* buffers to be read at a time */
	struct udp_ep at, bound; /* as configured; as the kernel has it */
	uint32_t lost;		 /* datagrams, in processes before */
};

struct ist_port {
	const struct ist_host *host;
	void *ctx;
	struct udp_socket sock[2]; /* listen, dial */
	unsigned socks;
	struct udp_socket urgent; /* of the listen address too, for control; fd -1 = none */
	struct udp_table table;
	enum udp_ipsec ipsec;	 /* peers have marks, unless OFF */
	unsigned offload;	 /* enum udp_offload that may be used */
	uint32_t rcvbuf, sndbuf; /* octets that were asked for; 0 = none */
	bool announce;		 /* thawed: channels that are up are not reported yet */
	uint32_t timer;		 /* when they are, at the latest */
	uint32_t refused;	 /* lost datagrams that have been logged */
	uint32_t refused_timer;
	uint64_t count[C_COUNT];
	uint64_t before[C_COUNT]; /* in other processes */
	struct udp_rx *rx;	  /* what is read at a time; free() is its end */
};

/* As the transport's open; from: what another process had, or NULL. */
int udp_open_from(struct ist_port **out, const struct ist_host *host, void *ctx,
		  const struct ist_port_config *cfg, struct handover *from, char *err,
		  size_t err_len);
/* Report a channel as up; and all that are, now. */
void udp_report_up(struct ist_port *p, struct udp_slot *s);
void udp_announce(struct ist_port *p);
/* A datagram for a capture: the IP packet that it makes. */
void udp_tap(const struct ist_port *p, bool outbound, const struct udp_key *key, uint8_t tos,
	     struct ip_piece head, struct ip_piece payload);
/* Report the channels that are up before anything else is. */
void udp_announce_later(struct ist_port *p);
/* udp_rx.c.  NULL: no memory. */
struct udp_rx *udp_rx_new(void);
/* A socket is there. */
void udp_rx_begin(struct udp_socket *s);
/* The next process may be of a release that knows nothing of joined datagrams: the kernel gives it
 * each by itself.  Those that wait already stay joined, for one that begins as we do. */
void udp_rx_end(const struct udp_socket *s);
/* Read it, or no more. */
int udp_socket_watch(struct udp_socket *s, bool on);

/* udp_tx.c: a socket is there: does the kernel cut what is sent? */
void udp_tx_begin(struct udp_socket *s);
/* As the transport's send. */
int udp_send(struct ist_port *p, const struct ist_frame *f, unsigned n);
/* How many of n frames, of which there are some, can be one message.  none_from: the length from
 * which a frame is sent alone; 0 = none is. */
unsigned udp_tx_run(const struct ist_frame *f, unsigned n, uint32_t none_from);

/* udp_urgent.c: what to ask for beside the listen socket; false = nothing. */
bool udp_urgent_opening(const struct ist_open *listen, struct ist_open *out);
/* It is done without when it cannot be. */
void udp_urgent_open(struct ist_port *p, const struct ist_open *what);
void udp_urgent_close(struct ist_port *p);
/* With the listen socket to another process, or from one that had it. */
void udp_urgent_hand(struct ist_port *p, struct handover *h);
void udp_urgent_quiet(struct ist_port *p);

/* udp_freeze.c */
int udp_freeze(struct ist_port *p, struct ist_frozen *f);
int udp_thaw(struct ist_port **out, const struct ist_host *host, void *ctx,
	     const struct ist_port_config *cfg, struct ist_frozen *f, char *err, size_t err_len);
/* The descriptors of as many sockets for this address; false: they were for another one, or none
 * came along, and others are to be opened. */
bool udp_thaw_sockets(struct ist_port *p, const struct udp_ep *at, unsigned n, struct handover *h);

#endif
