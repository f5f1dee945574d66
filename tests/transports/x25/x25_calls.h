/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel of ours in place of AF_X25: the near end of a pair of sockets is the call, the far end
 * is ours, and the Q octet stands in front of each SDU as the kernel has it.  A duplicate of a
 * socket is the same call, as for the kernel.
 */
#ifndef TESTS_X25_CALLS_H
#define TESTS_X25_CALLS_H

#include "tests/transports/x25/x25_pair.h"
#include "transports/x25/x25_socket.h"

#include <sys/types.h>

#define L2TP IST_PAYLOAD_L2TP
#define PPP  IST_PAYLOAD_PPP
#define SNAP "\x80\x00\x00\x5e\x00\x07"

#define X25_CALLS_LISTENERS 6u

struct x25_calls {
	int knock[X25_CALLS_LISTENERS]; /* an octet into it is a call; of the last ones */
	ino_t listener_is[X25_CALLS_LISTENERS];
	uint8_t first[X25_CALLS_LISTENERS];
	char listens_on[16];
	unsigned listeners;
	struct x25_kernel_call in, out; /* the next call to us; our last one */
	struct the_call {
		int near, far, state;
		ino_t is; /* the near end, whatever its number */
		bool open, accepted;
		uint8_t cause, diag;	     /* why it is over */
		uint8_t our_cause, our_diag; /* we have cleared it with */
	} call[8];
	unsigned calls, interrupts;
	int fails; /* errno of the next take or call */
	int accept_fails, send_fails;
	size_t room; /* octets the kernel takes in all */
	uint8_t throughput;
	int listen_fails;
	bool deathless; /* a call that is cleared is there all the same */
};
extern struct x25_calls kern;
extern const struct x25_kernel x25_calls_kernel;

/* A port on it; when that is closed, all calls are to be cleared. */
void x25_calls_open(struct fake_host *h, const char *const *config);
void x25_calls_close(struct fake_host *h);
/* The far ends alone: the port has gone. */
void x25_calls_end(void);
void x25_calls_run(struct fake_host *h);
/* A call to us: from, user data. */
void x25_calls_ring(struct fake_host *h, const char *from, const void *data, uint8_t len);
/* A call of ours, accepted. */
ist_channel x25_calls_up(struct fake_host *h, const char *to, uint8_t payload);
void x25_calls_far_sends(struct fake_host *h, unsigned call, const void *octets, size_t len);
/* One SDU at the far end of a call, the Q octet in front. */
void x25_calls_far_got(unsigned call, const char *octets, size_t len);
/* What has come there, the Q octets checked and taken off. */
size_t x25_calls_drain(unsigned call, char *out, size_t room);

#endif
