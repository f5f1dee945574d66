/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Test packets as PPP frames over circuits of a medium: in at one device, out at another one, with
 * a gateway or a bare loop between them.  Both ends are ports of our
 * own transports in this process, so LAPB and its acknowledgements are played at both, too.
 *
 *   linegen MEDIUM DEVICE DEVICE SECONDS RATE PIDS
 *
 * MEDIUM: frame-relay, cells, pdus or x25.  RATE: frames a second, 0 = all that go.  PIDS: whose
 * CPU time.  It prints a line of key=value, as tests/bench/load.h has it.
 */
#include "tests/bench/meter.h"
#include "tests/bench/testpkt.h"
#include "tests/transports/host.h"
#include "transports/atm/aal5_crc.h"
#include "transports/atm/atm.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/x25/x25_transport.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SIZE	 64u
#define BATCH	 32u
#define SECOND	 1000000u
#define PATIENCE (8 * SECOND)
#define SETTLE	 (SECOND / 2) /* nothing has come for so long: all is there */

struct linegen_medium {
	const char *name;
	const struct ist_transport *tr;
	const char *addr;
	const char *config[6];
};

static const struct linegen_medium linegen_media[] = {
	{"frame-relay", &frame_relay_transport, "100", {"lmi=none", "@100 ppp"}},
	{"cells", &atm_transport, "0/35", {"cells-per-frame=2", "@0/35 ppp"}},
	{"pdus", &atm_transport, "0/35", {"framing=pdus", "@0/35 ppp"}},
	{"x25",
	 &x25_transport,
	 "1",
	 {"modulo=128", "window=127", "lapb-modulo=128", "lapb-window=127", "@1 ppp"}},
};
#define MEDIA (sizeof(linegen_media) / sizeof(linegen_media[0]))

static struct {
	struct fake_host end[2]; /* where frames go in, and where they come out */
	ist_channel channel[2];
	struct testpkt_book book;
	uint32_t seq;
	bool through;	    /* the far end has heard of the near one */
	uint64_t due, step; /* us: when the next batch goes, and how long after the last */
} lg;

static uint64_t linegen_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec / 1000;
}

static uint64_t linegen_host_now(void *ctx)
{
	(void)ctx;
	return linegen_now();
}

static void linegen_fail(const char *words)
{
	fprintf(stderr, "linegen: %s\n", words);
	exit(1);
}

/* LCP, a Configure-Request without options: what a link begins with, and a gateway's join. */
static const uint8_t linegen_request[] = {0xc0, 0x21, 1, 1, 0, 4};

static void linegen_frames(void *ctx, const struct ist_frame *f, unsigned n)
{
	struct testpkt_seen s;

	if (ctx != &lg.end[1])
		return;
	for (unsigned i = 0; i < n; i++) {
		if (f[i].len == sizeof(linegen_request) &&
		    !memcmp(f[i].payload, linegen_request, f[i].len))
			lg.through = true;
		else if (f[i].len != SIZE + 2 || !testpkt_read_whole(f[i].payload + 2, SIZE, &s))
			lg.book.corrupt++;
		else
			testpkt_book_add(&lg.book, &s);
	}
}

/* Both ends look for what is there and do what is due. */
static void linegen_turn(void)
{
	fake_run(&lg.end[0], linegen_now());
}

static void linegen_open(unsigned k, const struct linegen_medium *m, const char *device)
{
	const char *config[8] = {NULL};
	struct fake_host *h = &lg.end[k];
	unsigned n = 0;
	char link[64];

	snprintf(link, sizeof(link), "link=packet:%s", device);
	config[n++] = link;
	if (k && m->tr == &x25_transport)
		config[n++] = "role=dce";
	for (unsigned i = 0; m->config[i]; i++)
		config[n++] = m->config[i];
	fake_now = linegen_now();
	fake_open(h, m->tr, config);
	h->host.frames = linegen_frames;
	h->host.now = linegen_host_now;
	fake_run(h, linegen_now() + 1000);
}

static void linegen_connect(const struct linegen_medium *m)
{
	uint64_t until = linegen_now() + PATIENCE;
	bool up[2] = {false, false}, asked[2] = {false, false};

	while (!up[0] || !up[1]) {
		linegen_turn();
		for (unsigned k = 0; k < 2; k++) {
			if (!asked[k])
				asked[k] = !fake_connect(&lg.end[k], m->addr, IST_PAYLOAD_PPP,
							 &lg.channel[k]);
			up[k] = up[k] || fake_pending(&lg.end[k], FAKE_UP);
		}
		if (linegen_now() > until)
			linegen_fail(up[0]   ? "the far circuit is not up"
				     : up[1] ? "the near circuit is not up"
					     : "no circuit is up");
		usleep(1000);
	}
}

/* A join may drop what comes before it is there. */
static void linegen_get_through(void)
{
	const struct ist_frame f = {.channel = lg.channel[0],
				    .payload = linegen_request,
				    .len = sizeof(linegen_request)};
	uint64_t until = linegen_now() + PATIENCE, next = 0;

	while (!lg.through) {
		if (linegen_now() > next) {
			lg.end[0].tr->send(lg.end[0].port, &f, 1);
			next = linegen_now() + SECOND / 20;
		}
		linegen_turn();
		usleep(500);
		if (linegen_now() > until)
			linegen_fail("nothing comes through");
	}
}

/* What is on its way arrives, or does not. */
static void linegen_settle(void)
{
	uint64_t until = linegen_now() + SETTLE, good = lg.book.good;

	while (lg.book.good < lg.seq && linegen_now() < until) {
		linegen_turn();
		if (lg.book.good != good)
			until = linegen_now() + SETTLE;
		good = lg.book.good;
	}
}

/* A batch; what a full window does not take is sent another time, under the same number. */
static void linegen_send(void)
{
	static uint8_t room[BATCH][SIZE + 2];
	const struct testpkt_flow flow = {.src = 0x0a000001, .dst = 0x0a000002};
	struct ist_frame f[BATCH];
	int took;

	for (unsigned i = 0; i < BATCH; i++) {
		room[i][1] = 0x21;
		testpkt_build(room[i] + 2, SIZE, &flow, lg.book.run, lg.seq + i, 0);
		f[i] = (struct ist_frame){
			.channel = lg.channel[0], .payload = room[i], .len = sizeof(room[i])};
	}
	took = lg.end[0].tr->send(lg.end[0].port, f, BATCH);
	lg.seq += took > 0 ? (uint32_t)took : 0;
}

/* A join may be made bit by bit: it is there when a batch comes through whole. */
static void linegen_warm_up(void)
{
	uint64_t until = linegen_now() + PATIENCE;

	do {
		if (linegen_now() > until)
			linegen_fail("no batch comes through whole");
		testpkt_book_clear(&lg.book, (uint8_t)(lg.book.run + 1));
		lg.seq = 0;
		linegen_send();
		linegen_settle();
	} while (!lg.seq || lg.book.good < lg.seq);
}

static void linegen_pump(uint64_t until)
{
	uint64_t now;

	while ((now = linegen_now()) < until) {
		if (now >= lg.due) {
			linegen_send();
			lg.due = lg.due + lg.step > now ? lg.due + lg.step : now;
		}
		linegen_turn();
		fake_forget(&lg.end[0]);
		fake_forget(&lg.end[1]);
	}
}

static void linegen_run(double seconds, const char *pids)
{
	struct meter_at a, b;
	struct meter m;
	uint64_t good;

	meter_set(&m, pids, "");
	linegen_pump(linegen_now() + SECOND / 8);
	meter_read(&m, &a);
	good = lg.book.good;
	linegen_pump(linegen_now() + (uint64_t)(seconds * SECOND));
	meter_read(&m, &b);
	good = lg.book.good - good;
	linegen_settle();
	printf("ns=%llu cpu_ns=%llu delivered=%llu size=%u watched=%u good=%llu lost=%llu "
	       "doubled=%llu reordered=%llu corrupt=%llu\n",
	       (unsigned long long)(b.ns - a.ns), (unsigned long long)(b.cpu_ns - a.cpu_ns),
	       (unsigned long long)good, SIZE, lg.seq, (unsigned long long)lg.book.good,
	       (unsigned long long)(lg.seq - lg.book.good), (unsigned long long)lg.book.doubled,
	       (unsigned long long)lg.book.reordered, (unsigned long long)lg.book.corrupt);
}

int main(int argc, char **argv)
{
	const struct linegen_medium *m = NULL;
	unsigned rate;

	for (size_t i = 0; i < MEDIA; i++)
		if (argc == 7 && !strcmp(argv[1], linegen_media[i].name))
			m = &linegen_media[i];
	if (!m) {
		fprintf(stderr,
			"usage: linegen frame-relay|cells|pdus|x25 DEVICE DEVICE SECONDS RATE "
			"PIDS\n");
		return 2;
	}
	rate = (unsigned)atoi(argv[5]);
	lg.step = rate ? (uint64_t)SECOND * BATCH / rate : 0;
	if (!testpkt_book_new(&lg.book, 1))
		return 1;
	testpkt_book_clear(&lg.book, (uint8_t)(getpid() | 1));
	aal5_crc_choose();
	linegen_open(0, m, argv[2]);
	linegen_open(1, m, argv[3]);
	fake_join(&lg.end[0], &lg.end[1]);
	linegen_connect(m);
	linegen_get_through();
	linegen_warm_up();
	linegen_run(atof(argv[4]), argv[6]);
	fake_leave(&lg.end[0]);
	fake_leave(&lg.end[1]);
	fake_close(&lg.end[0]);
	fake_close(&lg.end[1]);
	testpkt_book_free(&lg.book);
	return 0;
}
