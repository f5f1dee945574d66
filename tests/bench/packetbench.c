/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the receive ring and the bypass of packet links are worth: a process floods one interface
 * through a link, another receives at the other end, once for each setting; then single frames are
 * timed.  Needs two interfaces joined by a cable and the right to open packet sockets.
 *
 *   packetbench TX-INTERFACE RX-INTERFACE [FRAME-OCTETS]
 */
#define _GNU_SOURCE
#include "tests/transports/host.h"
#include "transports/link/link.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FLOOD	2000000u /* us */
#define SINGLES 200u
#define BATCH	32u

static const struct ist_key keys[] = {LINK_KEYS, {NULL, 0, 0, 0, 0, NULL, NULL, NULL}};

struct end {
	struct fake_host h;
	struct link *l;
	uint64_t frames, *delays;
	unsigned timed;
};

static uint64_t packetbench_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void packetbench_on_frames(void *ctx, const struct link_frame *f, unsigned n)
{
	struct end *e = ctx;
	uint64_t sent;

	e->frames += n;
	memcpy(&sent, f[0].payload, sizeof(sent));
	if (sent && e->timed < SINGLES)
		e->delays[e->timed++] = packetbench_now_us() - sent;
}

static void packetbench_on_carrier(void *ctx, bool up, const char *words)
{
	(void)ctx;
	(void)up;
	(void)words;
}

static void packetbench_open_end(struct end *e, const char *interface, const char *key, bool on)
{
	static const struct link_user user = {packetbench_on_frames, packetbench_on_carrier};
	const struct ist_setting set = {key, on ? "yes" : "no"};
	struct link_conf c = {.host = &e->h.host,
			      .host_ctx = &e->h,
			      .user = &user,
			      .ctx = e,
			      .ethertype = 0x88b5,
			      .settings = {keys, &set, 1}};
	char text[64], err[200] = "";

	snprintf(text, sizeof(text), "packet:%s", interface);
	memset(e, 0, sizeof(*e));
	fake_init(&e->h);
	fake_now = packetbench_now_us();
	if (link_open(&e->l, text, &c, err, sizeof(err))) {
		fprintf(stderr, "%s\n", err);
		exit(1);
	}
	fake_run(&e->h, packetbench_now_us());
	if (!link_up(e->l)) {
		fprintf(stderr, "%s is not up\n", interface);
		exit(1);
	}
}

static void packetbench_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* The other process: floods, or sends single frames with the time in them, and prints what it cost.
 */
static void packetbench_send_all(const char *interface, bool bypass, uint32_t len, bool flood)
{
	static uint8_t data[LINK_FRAME_MAX];
	struct link_frame f[BATCH];
	uint64_t end = packetbench_now_us() + FLOOD, began = cpu_ns(), count[LINK_COUNTER_COUNT];
	const struct timespec pause = {0, 5000000};
	struct end e;

	packetbench_pin(0);
	packetbench_open_end(&e, interface, "qdisc-bypass", bypass);
	for (unsigned i = 0; i < BATCH; i++)
		f[i] = (struct link_frame){NULL, data, 0, len};
	for (unsigned i = 0; flood ? packetbench_now_us() < end : i < SINGLES; i++) {
		uint64_t now = flood ? 0 : packetbench_now_us();

		memcpy(data, &now, sizeof(now));
		link_send(e.l, f, flood ? BATCH : 1);
		if (!flood)
			nanosleep(&pause, NULL);
	}
	link_count(e.l, count);
	if (flood)
		printf("  sent %8.0f frames/s, %5.0f ns of CPU each (the receiver's softirq in "
		       "it)\n",
		       (double)count[LINK_TX] * 1e6 / FLOOD,
		       (double)(cpu_ns() - began) / (double)count[LINK_TX]);
	fflush(stdout);
	link_close(e.l);
	_exit(0);
}

static int packetbench_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* CPU per received frame, ns; or the median delay of single frames, us. */
static double packetbench_measure(char **argv, bool ring, bool bypass, bool flood)
{
	uint64_t delays[SINGLES] = {0}, began, spent, count[LINK_COUNTER_COUNT];
	uint32_t len = argv[3] ? (uint32_t)atoi(argv[3]) : 200;
	struct end e;
	pid_t child;

	packetbench_pin(1);
	packetbench_open_end(&e, argv[2], "receive-ring", ring);
	e.delays = delays;
	child = fork();
	if (!child)
		packetbench_send_all(argv[1], bypass, len, flood);
	began = cpu_ns();
	while (waitpid(child, NULL, WNOHANG) != child) {
		struct pollfd fd = {-1, POLLIN, 0};

		for (size_t i = 0; i < 16; i++)
			if (e.h.watch[i].on_fd)
				fd.fd = e.h.watch[i].fd;
		poll(&fd, 1, 20);
		fake_run(&e.h, packetbench_now_us());
	}
	spent = cpu_ns() - began;
	fake_run(&e.h,
		 packetbench_now_us() + 1000000); /* so that what the kernel lost is counted */
	link_count(e.l, count);
	link_close(e.l);
	qsort(delays, SINGLES, sizeof(delays[0]), packetbench_compare);
	if (!flood) {
		printf("receive-ring %-3s: one frame alone: median %lu us, 99 %% under %lu us\n",
		       ring ? "yes" : "no", (unsigned long)delays[SINGLES / 2],
		       (unsigned long)delays[SINGLES * 99 / 100]);
		return (double)delays[SINGLES / 2];
	}
	printf("receive-ring %-3s qdisc-bypass %-3s: got %8.0f frames/s, lost %8.0f, %5.0f ns of "
	       "CPU each\n",
	       ring ? "yes" : "no", bypass ? "yes" : "no", (double)e.frames * 1e6 / FLOOD,
	       (double)count[LINK_RX_LOST] * 1e6 / FLOOD, (double)spent / (double)e.frames);
	return (double)spent / (double)e.frames;
}

int main(int argc, char **argv)
{
	double plain, ring;

	if (argc < 3) {
		fprintf(stderr, "usage: %s TX-INTERFACE RX-INTERFACE [FRAME-OCTETS]\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	plain = packetbench_measure(argv, false, false, true);
	packetbench_measure(argv, false, true, true);
	ring = packetbench_measure(argv, true, false, true);
	packetbench_measure(argv, true, true, true);
	printf("CPU of receiving, ring / plain: %.2f\n", ring / plain);
	plain = packetbench_measure(argv, false, false, false);
	ring = packetbench_measure(argv, true, false, false);
	printf("delay, ring / plain: %.1f\n", ring / plain);
	return 0;
}
