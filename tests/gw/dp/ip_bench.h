/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A call and a TUN device with the kernel's own stack at its other end, in a network namespace. The
 * gateway is 10.64.0.1; the client of call 2/3 is 10.64.0.5, its /64 is 2001:db8:64:5::, its
 * interface identifier 5.
 */
#ifndef TESTS_GW_DP_IP_BENCH_H
#define TESTS_GW_DP_IP_BENCH_H

#include "tests/gw/dp/fake.h"
#include "tests/gw/netns.h"

#define GATEWAY	 0x0a400001u
#define CLIENT	 0x0a400005u
#define CALL_MTU 1000

extern const uint8_t gateway6[16], client6[16], other6[16];

struct bench {
	struct rig r;
	uint32_t tun;
	struct dp_call call; /* as it was set; of channel 1 */
};

/* fn in a fresh namespace, in each form; of two workers one has the call and the other one the TUN
 * device. */
void ip_bench_each(const char *test, void (*fn)(struct bench *b));
/* In that form only. */
void ip_bench_in(const struct rig_form *form, const char *test, void (*fn)(struct bench *b));

/* An IP packet of the client, as PPP in a data message; then UDP to port 7000 of the gateway. */
void client_says(struct bench *b, uint16_t proto, const uint8_t *pkt, size_t len);
void client_says4(struct bench *b, uint32_t src, const char *text);
void client_says6(struct bench *b, const uint8_t *src, const char *text);

/* What comes next out of a socket: rig_wait() on ip_bench_socket_has() with len < 0. */
struct reading {
	int fd;
	char text[2048];
	long len;
};
bool ip_bench_socket_has(struct rig *r, void *arg);
bool hears(struct bench *b, int fd, const char *want);
/* The frame to the client that holds these octets; the kernel may send others beside. */
const struct fake_frame *frame_with(struct bench *b, const void *p, size_t len);

/* netns_send4() and netns_send6(), once the data plane has done all that it was asked. */
long ip_bench_send4(struct bench *b, int fd, uint32_t addr, uint16_t port, const void *p,
		    size_t len);
long ip_bench_send6(struct bench *b, int fd, const uint8_t addr[16], uint16_t port, const void *p,
		    size_t len);
/* Packets until `n` more have been dropped for this reason: however slow this machine is, they come
 * faster than what limits them lets by. */
void ip_bench_flood4(struct bench *b, int fd, uint32_t addr, const void *p, size_t len,
		     enum dp_reason why, unsigned n);

#endif
