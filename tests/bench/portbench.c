/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a transport costs over the bare link under it: a process floods one interface, another
 * receives at the other end, through a port and through the link alone with frames of the same
 * size on the wire, in turn, several times each.  The ratios are what to look at: their medians,
 * the CPU of sending (in which is the kernel's work of receiving), of receiving, and of both.
 * Needs two interfaces joined by a cable and the right to open packet sockets.
 *
 *   portbench TX-INTERFACE RX-INTERFACE [FRAME-OCTETS [REPETITIONS]]
 */
#define _GNU_SOURCE
#include "tests/transports/host.h"
#include "transports/atm/aal5.h"
#include "transports/atm/aal5_crc.h"
#include "transports/atm/atm.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/link/link.h"

#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FLOOD  400000u /* us */
#define BATCH  32u
#define REPS   25u    /* most */
#define SETTLE 20000u /* us that receiving goes on behind the flood */

static const struct ist_key link_keys[] = {LINK_KEYS, {NULL, 0, 0, 0, 0, NULL, NULL, NULL}};

/* A way to carry a frame: NULL = the link alone. */
struct way {
	const char *name;
	const struct ist_transport *tr;
	const char *addr;
	const char *config[6];
	bool cells; /* in place of the first setting: as many in a frame as an SDU has */
};

static const struct way ways[] = {
	{"ATM cells", &atm_transport, "8/48", {"cells-per-frame=1", "@8/48 l2tp"}, true},
	{"AAL5 PDUs", &atm_transport, "8/48", {"framing=pdus", "@8/48 l2tp"}, false},
	{"Frame Relay", &frame_relay_transport, "100", {"lmi=none", "@100 l2tp"}, false},
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

struct cost {
	double tx, rx; /* ns of CPU a frame */
	double pps;
};

struct end {
	struct fake_host h;
	struct link *l; /* without a port */
	ist_channel channel;
};

static uint64_t received;
static unsigned cells; /* of an SDU */

static uint64_t clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static uint64_t portbench_now_us(void)
{
	return clock_ns(CLOCK_MONOTONIC) / 1000;
}

static uint64_t portbench_host_now(void *ctx)
{
	(void)ctx;
	return portbench_now_us();
}

static void portbench_host_frames(void *ctx, const struct ist_frame *f, unsigned n)
{
	(void)ctx;
	(void)f;
	received += n;
}

static void portbench_on_frames(void *ctx, const struct link_frame *f, unsigned n)
{
	(void)ctx;
	(void)f;
	received += n;
}

static void portbench_on_carrier(void *ctx, bool up, const char *words)
{
	(void)ctx;
	(void)up;
	(void)words;
}

static void portbench_fail(const char *words)
{
	fprintf(stderr, "%s\n", words);
	exit(1);
}

static void portbench_open_link(struct end *e, const char *text)
{
	static const struct link_user user = {portbench_on_frames, portbench_on_carrier};
	struct link_conf c = {.host = &e->h.host,
			      .host_ctx = &e->h,
			      .user = &user,
			      .ctx = e,
			      .ethertype = 0x88b5,
			      .settings = {link_keys, NULL, 0}};
	char err[200] = "";

	fake_init(&e->h);
	if (link_open(&e->l, text, &c, err, sizeof(err)))
		portbench_fail(err);
}

static void portbench_open_end(struct end *e, const struct way *w, const char *interface)
{
	const char *config[8] = {NULL};
	char text[64], packed[32];
	unsigned n = 1;

	memset(e, 0, sizeof(*e));
	fake_now = portbench_now_us();
	snprintf(text, sizeof(text), "link=packet:%s", interface);
	if (!w) {
		portbench_open_link(e, text + strlen("link="));
	} else {
		config[0] = text;
		for (unsigned i = 0; w->config[i]; i++)
			config[n++] = w->config[i];
		snprintf(packed, sizeof(packed), "cells-per-frame=%u", cells);
		if (w->cells)
			config[1] = packed;
		fake_open(&e->h, w->tr, config);
		e->h.host.frames = portbench_host_frames;
	}
	e->h.host.now = portbench_host_now;
	fake_run(&e->h, portbench_now_us());
	fake_run(&e->h, portbench_now_us() + 1000);
	if (w && fake_connect(&e->h, w->addr, IST_PAYLOAD_L2TP, &e->channel))
		portbench_fail("no channel");
	if (w ? !fake_pending(&e->h, FAKE_UP) : !link_up(e->l))
		portbench_fail("not up");
}

static void close_end(struct end *e)
{
	if (e->l)
		link_close(e->l);
	else
		fake_close(&e->h);
}

static void portbench_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* Frames a flood sends, one batch. */
static void portbench_send_batch(struct end *e, const uint8_t *data, uint32_t len)
{
	struct link_frame raw[BATCH];
	struct ist_frame f[BATCH];

	for (unsigned i = 0; i < BATCH; i++) {
		raw[i] = (struct link_frame){NULL, data, 0, len};
		f[i] = (struct ist_frame){.channel = e->channel, .payload = data, .len = len};
	}
	if (e->l)
		link_send(e->l, raw, BATCH);
	else
		e->h.tr->send(e->h.port, f, BATCH);
}

/* The other process: says on `out` what a frame cost and how many a second there were. */
static void flood(const struct way *w, const char *interface, uint32_t len, int out)
{
	static uint8_t data[LINK_FRAME_MAX];
	uint64_t sent = 0, began, spent, at;
	struct cost c;
	struct end e;

	portbench_pin(0);
	portbench_open_end(&e, w, interface);
	at = portbench_now_us();
	began = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	for (; portbench_now_us() < at + FLOOD; sent += BATCH)
		portbench_send_batch(&e, data, len);
	spent = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - began;
	c = (struct cost){(double)spent / (double)sent, 0,
			  (double)sent * 1e6 / (double)(portbench_now_us() - at)};
	if (write(out, &c, sizeof(c)) != sizeof(c))
		_exit(1);
	close_end(&e);
	_exit(0);
}

/* Waits as the gateway does: for a descriptor, or the next timer. */
static void portbench_turn(struct end *e)
{
	uint64_t now = portbench_now_us(), next = now + 5000;
	struct fake_watch *watch = NULL;
	struct pollfd p = {-1, POLLIN, 0};
	struct timespec left;

	for (size_t i = 0; i < 16; i++)
		if (e->h.watch[i].on_fd)
			watch = &e->h.watch[i];
	for (size_t i = 0; i < 32; i++)
		if (e->h.timer[i].used && e->h.timer[i].at < next)
			next = e->h.timer[i].at;
	p.fd = watch ? watch->fd : -1;
	left = (struct timespec){0, next > now ? (long)(next - now) * 1000 : 0};
	if (ppoll(&p, 1, &left, NULL) > 0)
		watch->on_fd(watch->arg, IST_READ);
	for (size_t i = 0; i < 32; i++) {
		struct fake_timer t = e->h.timer[i];

		if (!t.used || t.at > (now = portbench_now_us()))
			continue;
		e->h.timer[i].at = UINT64_MAX - 1;
		t.on_time(t.arg, now);
	}
}

static struct cost portbench_measure(char **argv, const struct way *w, uint32_t len)
{
	struct cost c = {0};
	uint64_t began, end;
	int pipes[2];
	struct end e;
	pid_t child = -1;

	portbench_pin(1);
	portbench_open_end(&e, w, argv[2]);
	if (pipe(pipes) || (child = fork()) < 0)
		portbench_fail("no process");
	if (!child)
		flood(w, argv[1], len, pipes[1]);
	received = 0;
	began = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	end = UINT64_MAX;
	while (portbench_now_us() < end) {
		portbench_turn(&e);
		if (end == UINT64_MAX && waitpid(child, NULL, WNOHANG) == child)
			end = portbench_now_us() + SETTLE;
	}
	end = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - began;
	if (read(pipes[0], &c, sizeof(c)) != sizeof(c) || !received)
		portbench_fail("nothing was sent, or nothing came");
	c.rx = (double)end / (double)received;
	close(pipes[0]);
	close(pipes[1]);
	close_end(&e);
	return c;
}

static int portbench_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, unsigned n)
{
	qsort(v, n, sizeof(*v), portbench_compare);
	return v[n / 2];
}

/* Octets of the link's frame that carries len octets: what the floor is measured with. */
static uint32_t on_the_link(const struct way *w, uint32_t len)
{
	uint32_t pdu = (uint32_t)aal5_pdu_len(len + 8);

	if (w->tr == &frame_relay_transport)
		return len + 10; /* address, and L2TP's head of RFC 3070 */
	return w->cells ? pdu / CELL_PAYLOAD * CELL_LEN : pdu + 4;
}

static void compare_way(char **argv, const struct way *w, uint32_t len, unsigned reps)
{
	double tx[2][REPS], rx[2][REPS], all[REPS], pps[REPS], t[2], r[2];
	uint32_t wire = on_the_link(w, len);

	for (unsigned i = 0; i < reps; i++) {
		struct cost bare = portbench_measure(argv, NULL, wire),
			    port = portbench_measure(argv, w, len);

		tx[0][i] = bare.tx, tx[1][i] = port.tx;
		rx[0][i] = bare.rx, rx[1][i] = port.rx;
		pps[i] = port.pps / bare.pps;
		all[i] = (bare.tx + bare.rx) / (port.tx + port.rx);
	}
	for (int k = 0; k < 2; k++) {
		t[k] = median(tx[k], reps);
		r[k] = median(rx[k], reps);
	}
	printf("%-11s %4u octets (%4u on the link): sends %5.0f ns (link alone %5.0f), receives "
	       "%4.0f (%4.0f); frames/s sent %.2f of the link's, both ways %.2f\n",
	       w->name, len, wire, t[1], t[0], r[1], r[0], median(pps, reps), median(all, reps));
}

/* ns for the CRC of 1440 octets, the best of several. */
static double crc_cost(const struct aal5_crc_way *w)
{
	enum { LEN = 1440, ROUNDS = 2000 };
	static uint8_t data[LEN];
	double best = 1e9;

	for (unsigned k = 0; k < 9; k++) {
		uint64_t began = clock_ns(CLOCK_THREAD_CPUTIME_ID), spent;

		for (unsigned i = 0; i < ROUNDS; i++) {
			uint32_t c = w->crc(AAL5_CRC_INIT, data, LEN);

			memcpy(data, &c, sizeof(c)); /* the next one waits for this one */
		}
		spent = clock_ns(CLOCK_THREAD_CPUTIME_ID) - began;
		best = (double)spent / ROUNDS < best ? (double)spent / ROUNDS : best;
	}
	return best;
}

static void compare_crcs(void)
{
	const char *chosen = aal5_crc_choose();
	double table = crc_cost(&aal5_crc_ways[AAL5_CRC_WAYS - 1]);

	for (unsigned i = 0; i < AAL5_CRC_WAYS; i++)
		if (!aal5_crc_ways[i].have || aal5_crc_ways[i].have())
			printf("AAL5 CRC-32 of 1440 octets by %-10s: %4.1f times the table%s\n",
			       aal5_crc_ways[i].name, table / crc_cost(&aal5_crc_ways[i]),
			       strcmp(chosen, aal5_crc_ways[i].name) ? "" : ", chosen");
}

int main(int argc, char **argv)
{
	uint32_t len = argc > 3 ? (uint32_t)atoi(argv[3]) : 1300;
	unsigned reps = argc > 4 ? (unsigned)atoi(argv[4]) : 5;

	if (argc < 3 || !reps || reps > REPS || len < 64 || len > 1320) {
		fprintf(stderr, "usage: %s TX-INTERFACE RX-INTERFACE [64-1320 [1-25]]\n", argv[0]);
		return 2;
	}
	cells = (unsigned)(aal5_pdu_len(len + 8) / CELL_PAYLOAD);
	setvbuf(stdout, NULL, _IOLBF, 0);
	compare_crcs();
	for (size_t i = 0; i < WAYS; i++)
		compare_way(argv, &ways[i], len, reps);
	return 0;
}
