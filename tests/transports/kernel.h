/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel with AF_X25 and AF_ATMPVC, on machines without them (the linker's --wrap leads the
 * system calls of the unit program here).  A socket of these families is one end of a pair; what
 * was asked of it is kept, and a call is refused on request.  All other descriptors are the
 * system's; there one call may be made to fail, so that the ways out of each failure are run.
 */
#ifndef TESTS_TRANSPORTS_KERNEL_H
#define TESTS_TRANSPORTS_KERNEL_H

#include <linux/atm.h>
#include <linux/x25.h>
#include <stdbool.h>
#include <sys/types.h>

#define KERNEL_SOCKETS 4u

struct kernel_socket {
	int fd, far; /* far: the other end, closed by the test */
	int family, type, protocol;
	int q_bit, send_buffer, backlog, approve, sent_accept; /* 0 = not asked for */
	long receive_us;				       /* SO_RCVTIMEO */
	unsigned match;					       /* octets of call user data */
	struct sockaddr_x25 bound, to;
	struct sockaddr_atmpvc pvc;
	struct atm_qos qos;
	struct x25_facilities facilities;
	struct x25_calluserdata data;
	struct x25_causediag cause;
};

struct kernel {
	bool on;
	const char *refused; /* the call, with the number of an option or request; NULL = none */
	int err;	     /* refused with this errno */
	struct kernel_socket socket[KERNEL_SOCKETS];
	unsigned sockets;
	/* What is answered. */
	int so_error;
	unsigned interrupts; /* waiting */
	ssize_t sent;	     /* by a sendmsg that takes no more than this; 0 = takes all */
	struct sockaddr_x25 name, peer;
};

extern struct kernel kernel;

/* Forgets all, and answers from now on. */
void kernel_begin(void);
/* The system answers again; closes the far ends. */
void kernel_end(void);
/* The next call of this name is refused, and those after it. */
void kernel_refuse(const char *call, int err);
/* The socket made last, also by accept4(). */
struct kernel_socket *kernel_last(void);

/* On any descriptor, the next call of this name but `skip` fails with this errno, that one only.
 * number: its option or request; 0 when the call has none. */
void kernel_fail(const char *call, unsigned long number, unsigned skip, int err);
/* Did it come to that?  All calls are the system's again. */
bool kernel_failed(void);
/* The number that a descriptor opened now would have: the same as before when none was left open.
 */
int kernel_next_fd(void);
/* An address of 127.0.0.0/8 that no other process uses, so that a port may be fixed on it. */
const char *kernel_loopback(void);

#endif
