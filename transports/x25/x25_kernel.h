/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls of this host's own X.25: the sockets of the family AF_X25, without the peculiarities of
 * their calls.  A table of functions, so that a test can do without such a kernel.  Errors are
 * negative errno values.  (The kernel's header and x25_pkt.h have a struct of the same name: they
 * never meet.)
 *
 * The family knows no MSG_NOSIGNAL: the program must ignore SIGPIPE.
 */
#ifndef TRANSPORTS_X25_X25_KERNEL_H
#define TRANSPORTS_X25_X25_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What a call says.  Sizes as log2 of octets, "in" being towards us. */
struct x25_kernel_call {
	char called[16], calling[16]; /* digits; "" = none, listening: any */
	uint8_t size_in, size_out, window_in, window_out;
	uint8_t throughput; /* classes as in the packet: from the called DTE << 4 | from the calling
			     */
	bool reverse, fast; /* reverse charging, fast select asked for */
	uint8_t data[128];  /* call user data */
	uint8_t len;
};

struct x25_kernel {
	/* A socket for calls to c->called whose user data begin with c->data[0], or are empty. */
	int (*listen)(const struct x25_kernel_call *c);
	/* The socket of a call that has come, not accepted yet, and what it says. */
	int (*take)(int fd, struct x25_kernel_call *out);
	int (*accept)(int fd);
	/* The socket of a call that is being placed. */
	int (*call)(const struct x25_kernel_call *c);
	/* 1 in data transfer, 0 not accepted yet; else over: -ENETUNREACH the line has failed,
	 * -ETIMEDOUT no answer, others cleared with this cause and diagnostic. */
	int (*state)(int fd, uint8_t *cause, uint8_t *diagnostic);
	/* What was agreed on: sizes, windows, throughput. */
	int (*terms)(int fd, struct x25_kernel_call *out);
	/* Clears it, when that has not happened yet, and closes the socket. */
	void (*clear)(int fd, uint8_t cause, uint8_t diagnostic);
	/* An SDU in two pieces; what is taken of it, -EAGAIN when nothing is.  The rest is owed: it
	 * goes as another SDU, which the kernel puts into the same packet sequence. */
	ssize_t (*send)(int fd, const void *head, size_t head_len, const void *data, size_t len);
	/* An SDU behind an octet that is the Q bit; its length with that, 0 at the end.  cut: it
	 * was longer. */
	ssize_t (*receive)(int fd, uint8_t *buf, size_t len, bool *cut);
	/* Reads interrupts away, which the kernel has confirmed and keeps; how many there were. */
	unsigned (*interrupts)(int fd);
};

extern const struct x25_kernel x25_af_x25;

#endif
