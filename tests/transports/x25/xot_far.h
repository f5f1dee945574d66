/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XOT on the loopback address: ports that are served with the clock standing still, and a far end
 * whose octets are typed by hand. */
#ifndef TESTS_TRANSPORTS_X25_XOT_FAR_H
#define TESTS_TRANSPORTS_X25_XOT_FAR_H

#include "tests/transports/x25/x25_pair.h"

#define CALL "10010b 44 5555 3110 06 420a0a 430707 80 00005e0007"

/* Serves all ports, the clock standing still, until it holds; at most 5 s of real time. */
#define UNTIL(host, condition)                         \
	for (int tries_ = 0; !(condition); tries_++) { \
		CU_ASSERT_FATAL(tries_ < 5000);        \
		xot_serve(host);                       \
	}

/* Serves all ports once, and waits a millisecond of real time for more. */
void xot_serve(struct fake_host *h);

/* A TCP socket bound to 127.0.0.1 and this port, 0 = any; the port it has; a port that is free. */
int xot_socket(int port);
int xot_port_of(int fd);
int xot_free_port(void);

/* A port of ours whose first setting is spec; `more` is NULL, or ends with NULL. */
void xot_open_port(struct fake_host *h, const char *spec, const char *const *more);

/* Two of them: dte dials dce. */
void xot_open_two(struct pair *p, const char *const *dialler, const char *const *listener);

/* A port of ours that listens, and the typed end's connection to it (fd, -1 = none). */
struct far {
	struct fake_host h;
	int fd, port;
};
void far_open(struct far *f, const char *const *more);
/* Our port dials a socket of the test's instead; *call is a call that it places, NULL = none. */
void far_dialled(struct far *f, const char *const *more, ist_channel *call);
void far_close(struct far *f);
int far_connect(struct far *f);
/* From 127.0.0.host. */
int far_connect_from(struct far *f, uint8_t host);
/* Connects and calls; the call is answered and up. */
ist_channel far_let_in(struct far *f);
/* Octets as they are, and a packet with its XOT header in front. */
void far_put_raw(int fd, const char *hex);
void far_put(int fd, const char *hex);
/* The next packet from us is this one. */
void far_expect(struct far *f, const char *hex);
bool far_closed(struct far *f);
/* Takes one `down`, forever or not, of a lost connection with these words; words NULL: there is
 * none, and 0 is returned. */
ist_channel xot_far_lost(struct far *f, const char *words);

#endif
