/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the ways to receive of packet links are worth, and the bypass: a process floods one
 * interface through a link, another receives at the other end; then single frames are timed.  Each
 * way in turn, several times; the medians are what to look at, and of those the ratios.  Needs two
 * interfaces joined by a cable and the right to open packet sockets.
 *
 *   packetbench TX-INTERFACE RX-INTERFACE [FRAME-OCTETS [REPETITIONS]]
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

#define FLOOD	500000u /* us */
#define SINGLES 100u
#define BATCH	32u
#define REPS	25u /* most */

/* A way to receive, and one to send. */
static const struct way {
	const char *name;
	struct ist_setting set[3];
} ways[] = {
	{"plain", {{"receive-ring", "no"}, {"qdisc-bypass", "no"}}},
	{"blocks",
	 {{"receive-ring", "yes"}, {"receive-ring-of", "blocks"}, {"qdisc-bypass", "no"}}},
	{"slots", {{"receive-ring", "yes"}, {"receive-ring-of", "slots"}, {"qdisc-bypass", "no"}}},
	{"slots, bypass", {{"receive-ring", "yes"}, {"qdisc-bypass", "yes"}}},
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

/* What is measured of a way. */
enum { SENT, GOT, LOST, TX_NS, RX_NS, DELAY, WORST, MEASURES };
static double result[WAYS][MEASURES][REPS];

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

static void packetbench_open_end(struct end *e, const char *interface, const struct way *w)
{
	static const struct link_user user = {packetbench_on_frames, packetbench_on_carrier};
	struct link_conf c = {.host = &e->h.host,
			      .host_ctx = &e->h,
			      .user = &user,
			      .ctx = e,
			      .ethertype = 0x88b5,
			      .settings = {keys, w->set, w->set[2].key ? 3 : 2}};
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

/* The other process: floods, or sends single frames with the time in them, and tells what it sent
 * and what that cost. */
static void packetbench_send_all(const char *interface, const struct way *w, uint32_t len,
				 bool flood, int tell)
{
	static uint8_t data[LINK_FRAME_MAX];
	struct link_frame f[BATCH];
	uint64_t end = packetbench_now_us() + FLOOD, began = cpu_ns(), count[LINK_COUNTER_COUNT];
	const struct timespec pause = {0, 3000000};
	double told[2];
	struct end e;

	packetbench_pin(0);
	packetbench_open_end(&e, interface, w);
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
	told[0] = (double)count[LINK_TX];
	told[1] = (double)(cpu_ns() - began) / told[0];
	if (write(tell, told, sizeof(told)) != sizeof(told))
		_exit(1);
	link_close(e.l);
	_exit(0);
}

static int packetbench_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Waits as the gateway does: for a descriptor, or the next timer. */
static void packetbench_wait(const struct end *e)
{
	uint64_t now = packetbench_now_us(), next = now + 20000;
	struct pollfd fd = {-1, POLLIN, 0};
	struct timespec left;

	for (size_t i = 0; i < 16; i++)
		if (e->h.watch[i].on_fd)
			fd.fd = e->h.watch[i].fd;
	for (size_t i = 0; i < 32; i++)
		if (e->h.timer[i].used && e->h.timer[i].at < next)
			next = e->h.timer[i].at;
	left = (struct timespec){0, next > now ? (long)(next - now) * 1000 : 0};
	ppoll(&fd, 1, &left, NULL);
}

static void packetbench_receive_all(struct end *e, pid_t child)
{
	while (waitpid(child, NULL, WNOHANG) != child) {
		packetbench_wait(e);
		fake_run(&e->h, packetbench_now_us());
	}
}

static void packetbench_measure(char **argv, size_t way, unsigned rep, bool flood)
{
	uint64_t delays[SINGLES] = {0}, began, spent, count[LINK_COUNTER_COUNT];
	uint32_t len = argv[3] ? (uint32_t)atoi(argv[3]) : 200;
	const double a_second = 1e6 / FLOOD;
	double told[2] = {0}, sorted[SINGLES];
	struct end e;
	int tell[2];
	pid_t child;

	if (pipe(tell))
		exit(1);
	packetbench_pin(1);
	packetbench_open_end(&e, argv[2], &ways[way]);
	e.delays = delays;
	child = fork();
	if (!child)
		packetbench_send_all(argv[1], &ways[way], len, flood, tell[1]);
	began = cpu_ns();
	packetbench_receive_all(&e, child);
	spent = cpu_ns() - began;
	fake_run(&e.h,
		 packetbench_now_us() + 1000000); /* so that what the kernel lost is counted */
	link_count(e.l, count);
	link_close(e.l);
	if (read(tell[0], told, sizeof(told)) != sizeof(told))
		exit(1);
	close(tell[0]);
	close(tell[1]);
	for (unsigned i = 0; i < SINGLES; i++)
		sorted[i] = (double)delays[i];
	qsort(sorted, SINGLES, sizeof(sorted[0]), packetbench_compare);
	if (!flood) {
		result[way][DELAY][rep] = sorted[SINGLES / 2];
		result[way][WORST][rep] = sorted[SINGLES * 95 / 100];
		return;
	}
	result[way][SENT][rep] = told[0] * a_second;
	result[way][TX_NS][rep] = told[1];
	result[way][GOT][rep] = (double)e.frames * a_second;
	result[way][LOST][rep] = (double)count[LINK_RX_LOST] * a_second;
	result[way][RX_NS][rep] = (double)spent / (double)e.frames;
}

static double packetbench_median(size_t way, int what, unsigned reps)
{
	qsort(result[way][what], reps, sizeof(double), packetbench_compare);
	return result[way][what][reps / 2];
}

static void packetbench_print(size_t way, unsigned reps)
{
	printf("%-14s: got %8.0f frames/s of %8.0f, %6.0f lost; CPU ns each: %5.0f to send (with "
	       "the receiver's softirq), %5.0f to receive; one alone: %4.0f us, 95 %% under "
	       "%4.0f\n",
	       ways[way].name, packetbench_median(way, GOT, reps),
	       packetbench_median(way, SENT, reps), packetbench_median(way, LOST, reps),
	       packetbench_median(way, TX_NS, reps), packetbench_median(way, RX_NS, reps),
	       packetbench_median(way, DELAY, reps), packetbench_median(way, WORST, reps));
}

int main(int argc, char **argv)
{
	unsigned reps = argc > 4 ? (unsigned)atoi(argv[4]) : 5;

	if (argc < 3 || !reps || reps > REPS) {
		fprintf(stderr,
			"usage: %s TX-INTERFACE RX-INTERFACE [FRAME-OCTETS [REPETITIONS]]\n",
			argv[0]);
		return 2;
	}
	for (unsigned rep = 0; rep < reps; rep++)
		for (size_t way = 0; way < WAYS; way++) {
			packetbench_measure(argv, way, rep, true);
			packetbench_measure(argv, way, rep, false);
		}
	for (size_t way = 0; way < WAYS; way++)
		packetbench_print(way, reps);
	return 0;
}
