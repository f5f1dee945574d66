/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sockets of the family AF_X25 as a table of functions, so that a test can run without such a
 * kernel. Errors are negative errno values.  (linux/x25.h and x25_pkt.h both have a struct
 * x25_facilities: no file may include both.)
 *
 * The family knows no MSG_NOSIGNAL: the program must ignore SIGPIPE.
 */
#ifndef TRANSPORTS_X25_X25_KERNEL_H
#define TRANSPORTS_X25_X25_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Addresses, facilities and user data of a call.  Sizes are log2 of octets, "in" is towards us. */
struct x25_kernel_call {
	char called[16], calling[16]; /* digits; "" = none, when listening: any */
	uint8_t size_in, size_out, window_in, window_out;
	uint8_t throughput; /* classes as in the packet: from the called DTE << 4 | from the calling
			     */
	bool reverse, fast; /* reverse charging, fast select asked for */
	uint8_t data[128];  /* call user data */
	uint8_t len;
};

enum x25_kernel_kind { X25_KERNEL_OTHER, X25_KERNEL_CALL, X25_KERNEL_LISTENS };

struct x25_kernel {
	/* A socket that listens for calls to c->called whose user data begin with c->data[0], or
	 * are empty. */
	int (*listen)(const struct x25_kernel_call *c);
	/* The socket of the next incoming call, which is not accepted yet, and its contents. */
	int (*next_call)(int fd, struct x25_kernel_call *out);
	int (*accept)(int fd);
	/* Place a call; returns its socket. */
	int (*call)(const struct x25_kernel_call *c);
	/* 1: in data transfer; 0: not accepted yet; -ENETUNREACH: the line has failed; -ETIMEDOUT:
	 * no answer; other errors: cleared with this cause and diagnostic. */
	int (*state)(int fd, uint8_t *cause, uint8_t *diagnostic);
	/* The facilities agreed on: sizes, windows, throughput. */
	int (*facilities)(int fd, struct x25_kernel_call *out);
	/* Clear the call, if it has not ended yet, and close the socket. */
	void (*clear)(int fd, uint8_t cause, uint8_t diagnostic);
	/* Send an SDU given in two pieces; returns how many octets the kernel took, -EAGAIN = none.
	 * The caller must send the rest by another call: the kernel continues the packet sequence.
	 */
	ssize_t (*send)(int fd, const void *head, size_t head_len, const void *data, size_t len);
	/* Receive an octet with the Q bit and an SDU; returns the length of both, 0 when the call
	 * has ended.  cut: the SDU did not fit. */
	ssize_t (*receive)(int fd, uint8_t *buf, size_t len, bool *cut);
	/* Read and drop interrupts, which the kernel has confirmed already; returns their number.
	 */
	unsigned (*interrupts)(int fd);
	/* What a descriptor is that came from another process. */
	enum x25_kernel_kind (*kind)(int fd);
};

extern const struct x25_kernel x25_af_x25;

#endif
