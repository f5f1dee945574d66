/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A LAC that does nothing but set calls up: LCP, authentication and IPCP in each, over UDP, so many
 * at a time in so many tunnels, until a number of calls or of seconds is reached.  It prints
 * tunnels per second (-o: so many opening at a time, else as many as calls later), calls per
 * second, those of the first and the last tenth too, how long a call took to get its address, and
 * what went wrong.
 *
 * L2TP and PPP are the project's own engines; what is here is a socket, a clock, and a list of
 * calls. Each call is hung up as soon as it has its address, or, with -k, stays some seconds after
 * the last is up, or until SIGTERM; then it prints how many have ended meanwhile.  With -e each of
 * them sends LCP Echo-Requests, so that a call that the LNS has forgotten ends here too.  With -m
 * each call is another user's: the name and a number from 0 on.
 *
 * With -l NAMESPACE it says READY when all are up and then does what lines on its input say: load
 * on these calls (tests/bench/load.h) between itself and that namespace behind the LNS.  With -r as
 * well nobody is asked for calls: it makes up ids and addresses (10.64.0.1 and on), for a program
 * that does not look at them.
 */
#include "core/container.h"
#include "core/engine.h"
#include "core/hdr.h"
#include "ppp/ppp.h"
#include "tests/bench/load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PEER	 ((l2tp_channel)1)
#define RAW_POOL 0x0a400001u /* 10.64.0.1 */
#define SECOND	 1000000ull

struct one {
	struct l2tp_call *call;
	struct ppp *ppp;
	struct deadline timer;
	uint64_t began;
	bool up, over;
	struct one *next;
};

static struct {
	unsigned tunnels, opening, at_once, total, seconds, stay;
	bool keep, many_users, raw;
	const char *load; /* the namespace behind the LNS */
	struct ppp_config ppp;
	struct l2tp_peer_answer lns;
} want = {.tunnels = 1, .at_once = 20, .total = 1000, .seconds = 60};

static struct {
	int fd;
	struct l2tp_engine *engine;
	struct l2tp_tunnel **tunnel;
	unsigned tunnels_up, tunnels_down, turn;
	unsigned placed, pending, up, failed, dropped, ended; /* ended: after they were up */
	struct deadline_heap heap;
	struct one *over;	  /* to be freed outside of every handler */
	unsigned users;		  /* given a number */
	uint32_t *took;		  /* us, of each that came up */
	struct load_call *loaded; /* those that came up */
	bool asked;		  /* there is a command */
	uint64_t tenth[2];	  /* when the first tenth was up, and when the last began */
	uint64_t now;
} lac;

static uint64_t lacgen_clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * SECOND + (uint64_t)ts.tv_nsec / 1000;
}

static void lacgen_put(const uint8_t *pkt, size_t len)
{
	if (send(lac.fd, pkt, len, 0) != (ssize_t)len)
		lac.dropped++;
}

static void lacgen_op_random(void *ctx, void *buf, size_t len)
{
	(void)ctx;
	if (getrandom(buf, len, 0) != (ssize_t)len)
		abort();
}

/* --- calls ------------------------------------------------------------------------------------ */

static void lacgen_arm(struct one *o)
{
	deadline_set(&lac.heap, &o->timer,
		     o->ppp && !o->over ? ppp_deadline(o->ppp) : DEADLINE_NEVER);
}

/* The call is over, for whatever reason; its PPP engine may be on the stack. */
static void lacgen_finish(struct one *o)
{
	if (o->over)
		return;
	o->over = true;
	lac.pending -= !o->up;
	lac.failed += !o->up;
	lac.ended += o->up;
	o->next = lac.over;
	lac.over = o;
}

static void hang_up(struct one *o)
{
	struct l2tp_call *c = o->call;

	o->call = NULL;
	lacgen_finish(o);
	if (!c)
		return;
	l2tp_call_set_user(c, NULL);
	l2tp_call_hangup(c, NULL, NULL, 0, lac.now);
}

static void ppp_tx(void *ctx, const uint8_t *frame, size_t len)
{
	const struct one *o = ctx;
	uint8_t pkt[2048];
	struct wr w = wr_init(pkt, sizeof(pkt));
	struct l2tp_tunnel_info t;
	struct l2tp_call_info i;

	if (!o->call)
		return;
	l2tp_call_info(o->call, &i);
	l2tp_tunnel_info(i.tunnel, &t);
	l2tp_hdr_data(&w, 0, t.peer_id, i.peer_id, 0, 0, len + 2);
	wr_u16(&w, 0xff03);
	wr_bytes(&w, frame, len);
	if (!w.bad)
		lacgen_put(pkt, w.len);
}

static void lacgen_note(const struct one *o, const struct ppp_addresses *a)
{
	struct l2tp_tunnel_info t;
	struct l2tp_call_info i;

	l2tp_call_info(o->call, &i);
	l2tp_tunnel_info(i.tunnel, &t);
	lac.loaded[lac.up] =
		(struct load_call){.tid = t.peer_id, .sid = i.peer_id, .addr = a->local4};
}

static void ppp_event(void *ctx, const struct ppp_event *ev)
{
	struct one *o = ctx;

	if (o->over)
		return;
	if (ev->kind == PPP_EV_IP4_UP && !o->up && o->call) {
		lacgen_note(o, ev->addr);
		o->up = true;
		lac.pending--;
		lac.took[lac.up++] = (uint32_t)(lac.now - o->began);
		if (lac.up == want.total / 10)
			lac.tenth[0] = lac.now;
		if (lac.up == want.total - want.total / 10)
			lac.tenth[1] = lac.now;
		if (!want.keep)
			hang_up(o);
	} else if (ev->kind == PPP_EV_DOWN) {
		hang_up(o);
	}
}

static const struct ppp_ops ppp_ops = {ppp_tx, ppp_event, lacgen_op_random, NULL, NULL};

static void lacgen_place(struct l2tp_tunnel *t)
{
	struct one *o = calloc(1, sizeof(*o));

	lac.placed++;
	if (o)
		o->call = l2tp_call_new(t, o, NULL);
	if (!o || !o->call) {
		free(o);
		lac.failed++;
		return;
	}
	o->began = lac.now;
	lac.pending++;
	l2tp_call_place(o->call, L2TP_INCOMING, NULL, 0, lac.now);
}

static void place_more(void)
{
	while (lac.tunnels_up && lac.pending < want.at_once && lac.placed < want.total)
		lacgen_place(lac.tunnel[lac.turn++ % lac.tunnels_up]);
}

static void free_over(void)
{
	struct one *o;

	while ((o = lac.over)) {
		lac.over = o->next;
		deadline_cancel(&lac.heap, &o->timer);
		if (o->ppp)
			ppp_free(o->ppp);
		free(o);
	}
}

/* --- what the engine asks and says ------------------------------------------------------------ */

static enum l2tp_tx lacgen_op_tx(void *ctx, l2tp_channel to, const uint8_t *pkt, size_t len,
				 uint64_t cookie, uint8_t dscp)
{
	(void)ctx;
	(void)to;
	(void)cookie;
	(void)dscp;
	lacgen_put(pkt, len);
	return L2TP_TX_TAKEN;
}

static bool lacgen_op_peer(void *ctx, l2tp_channel from, const uint8_t *host, size_t len,
			   struct l2tp_peer_answer *out)
{
	(void)ctx;
	(void)from;
	(void)host;
	(void)len;
	*out = want.lns;
	return true;
}

static void lacgen_connected(struct l2tp_call *c)
{
	static const uint8_t speed[4] = {0, 1, 0, 0}, framing[4] = {0, 0, 0, 1};
	const struct l2tp_avp avps[] = {
		{.type = L2TP_AVP_TX_CONNECT_SPEED, .mandatory = true, .val = speed, .len = 4},
		{.type = L2TP_AVP_FRAMING_TYPE, .mandatory = true, .val = framing, .len = 4},
	};

	l2tp_call_connected(c, avps, 2, lac.now);
}

static void start_ppp(struct one *o)
{
	struct ppp_config ppp = want.ppp;

	if (want.many_users)
		snprintf(ppp.name, sizeof(ppp.name), "%.100s%u", want.ppp.name, lac.users++);
	o->ppp = ppp_new(&ppp, &ppp_ops, o);
	if (!o->ppp) {
		hang_up(o);
		return;
	}
	ppp_open(o->ppp, lac.now);
	lacgen_arm(o);
}

static void tunnel_gone(struct l2tp_tunnel *t)
{
	lac.tunnels_down++;
	for (unsigned i = 0; i < lac.tunnels_up; i++)
		if (lac.tunnel[i] == t)
			lac.tunnel[i--] = lac.tunnel[--lac.tunnels_up];
}

static void lacgen_op_event(void *ctx, const struct l2tp_event *ev)
{
	struct l2tp_call_info i = {0};
	struct one *o;

	(void)ctx;
	if (ev->call)
		l2tp_call_info(ev->call, &i);
	o = i.user;
	if (ev->kind == L2TP_EV_TUNNEL_UP) {
		lac.tunnel[lac.tunnels_up++] = ev->tunnel;
	} else if (ev->kind == L2TP_EV_TUNNEL_DOWN) {
		tunnel_gone(ev->tunnel);
	} else if (o && ev->kind == L2TP_EV_CALL_REPLIED) {
		lacgen_connected(ev->call);
	} else if (o && ev->kind == L2TP_EV_CALL_UP) {
		start_ppp(o);
	} else if (o && ev->kind == L2TP_EV_CALL_DOWN) {
		o->call = NULL;
		lacgen_finish(o);
	}
}

static const struct l2tp_ops ops = {.tx = lacgen_op_tx,
				    .event = lacgen_op_event,
				    .peer = lacgen_op_peer,
				    .random = lacgen_op_random};

/* --- the loop --------------------------------------------------------------------------------- */

static void lacgen_data_in(const struct l2tp_hdr *h)
{
	struct l2tp_tunnel *t = l2tp_tunnel_by_id(lac.engine, h->tid);
	struct l2tp_call *c = t ? l2tp_call_by_id(t, h->sid) : NULL;
	struct l2tp_call_info i;
	struct one *o;

	if (!c)
		return;
	l2tp_call_info(c, &i);
	o = i.user;
	if (!o || !o->ppp || h->len < 4 || h->payload[0] != 0xff || h->payload[1] != 0x03)
		return;
	ppp_rx(o->ppp, h->payload + 2, h->len - 2, lac.now);
	lacgen_arm(o);
}

static void packets_in(void)
{
	uint8_t pkt[4096];
	struct l2tp_hdr h;
	ssize_t n;

	for (unsigned i = 0; i < 64; i++) {
		n = recv(lac.fd, pkt, sizeof(pkt), MSG_DONTWAIT);
		if (n < 0)
			return;
		lac.now = lacgen_clock_now();
		if (l2tp_hdr_decode(&h, pkt, (size_t)n) == L2TP_HDR_IS_DATA)
			lacgen_data_in(&h);
		else
			l2tp_engine_rx(lac.engine, PEER, pkt, (size_t)n, lac.now);
		free_over();
	}
}

static void lacgen_timers(void)
{
	struct deadline *d;

	while ((d = deadline_pop(&lac.heap, lac.now))) {
		struct one *o = IST_CONTAINER_OF(d, struct one, timer);

		ppp_expire(o->ppp, lac.now);
		lacgen_arm(o);
	}
	l2tp_engine_expire(lac.engine, lac.now);
	free_over();
}

/* Waits for a packet or the next deadline, and does what is due. */
static void lacgen_turn(void)
{
	uint64_t next = l2tp_engine_deadline(lac.engine), ppp = deadline_next(&lac.heap);
	struct pollfd p[] = {{.fd = lac.fd, .events = POLLIN},
			     {.fd = want.load ? STDIN_FILENO : -1, .events = POLLIN}};
	uint64_t wait;

	next = ppp < next ? ppp : next;
	lac.now = lacgen_clock_now();
	wait = next <= lac.now ? 0 : (next - lac.now) / 1000 + 1;
	poll(p, 2, wait > 100 ? 100 : (int)wait);
	lac.asked = p[1].revents;
	lac.now = lacgen_clock_now();
	packets_in();
	lacgen_timers();
}

static bool open_tunnels(void)
{
	uint64_t began = lacgen_clock_now(), until = began + want.seconds * SECOND, took;
	unsigned opened = 0;

	lac.now = began;
	while (lac.tunnels_up + lac.tunnels_down < want.tunnels && lacgen_clock_now() < until) {
		for (;
		     opened < want.tunnels && opened - lac.tunnels_up - lac.tunnels_down <
						      (want.opening ? want.opening : want.at_once);
		     opened++)
			l2tp_tunnel_open(lac.engine, PEER, &want.lns, NULL, lac.now, NULL);
		lacgen_turn();
	}
	took = lacgen_clock_now() - began;
	printf("%u tunnels up in %.3f s: %.0f tunnels/s\n", lac.tunnels_up, (double)took / SECOND,
	       took ? (double)lac.tunnels_up * SECOND / (double)took : 0.0);
	return lac.tunnels_up == want.tunnels;
}

static void lacgen_run(void)
{
	uint64_t until = lacgen_clock_now() + want.seconds * SECOND;

	while ((lac.placed < want.total || lac.pending) && lac.tunnels_up && lac.now < until) {
		place_more();
		lacgen_turn();
	}
}

static volatile sig_atomic_t told_to_end;

static void lacgen_on_signal(int sig)
{
	(void)sig;
	told_to_end = 1;
}

/* What is up stays up. */
static void stay(void)
{
	uint64_t until = lacgen_clock_now() + want.stay * SECOND;

	signal(SIGTERM, lacgen_on_signal);
	fflush(stdout);
	while (lac.tunnels_up && !told_to_end && lacgen_clock_now() < until)
		lacgen_turn();
	printf("%u calls and %u tunnels have ended meanwhile\n", lac.ended, lac.tunnels_down);
	fflush(stdout);
}

/* One command; false: there are no more. */
static bool lacgen_command(struct load *l)
{
	char line[512];

	if (!fgets(line, sizeof(line), stdin))
		return false;
	if (!load_command(l, line)) {
		printf("error=1\n");
		fflush(stdout);
	}
	lac.now = lacgen_clock_now();
	return true;
}

/* Commands until the input ends; calls are kept up between them. */
static void lacgen_serve(unsigned calls)
{
	const struct sigaction end = {.sa_handler = lacgen_on_signal}; /* it interrupts reading */
	struct load *l = calls ? load_new(lac.fd, want.load, lac.loaded, calls) : NULL;

	if (!l)
		return;
	sigaction(SIGTERM, &end, NULL);
	setvbuf(stdin, NULL, _IONBF, 0);
	printf("READY\n");
	fflush(stdout);
	while (!told_to_end) {
		if (!want.raw)
			lacgen_turn();
		if ((want.raw || lac.asked) && !lacgen_command(l))
			break;
	}
	load_free(l);
}

static void lacgen_raw(void)
{
	for (unsigned i = 0; i < want.total; i++)
		lac.loaded[i] = (struct load_call){
			.tid = 1, .sid = (uint16_t)(i + 1), .addr = RAW_POOL + i};
	lacgen_serve(want.total);
}

/* StopCCN for every tunnel, acknowledged or not within five seconds. */
static void lacgen_stop(void)
{
	uint64_t until = lacgen_clock_now() + 5 * SECOND;
	struct l2tp_counters n;

	l2tp_engine_stop(lac.engine, NULL, lacgen_clock_now());
	do {
		lacgen_turn();
		l2tp_engine_counters(lac.engine, &n);
	} while ((n.tunnels || n.calls) && lac.now < until);
	lacgen_turn();
}

/* --- reporting and options -------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void lacgen_report_tenths(uint64_t began, uint64_t ended)
{
	double part = want.total / 10 * (double)SECOND;

	if (lac.up == want.total && lac.tenth[0] > began && ended > lac.tenth[1] && part > 0)
		printf("first tenth %.0f calls/s, last tenth %.0f calls/s\n",
		       part / (double)(lac.tenth[0] - began),
		       part / (double)(ended - lac.tenth[1]));
}

static void lacgen_report(uint64_t us)
{
	struct l2tp_counters n;

	l2tp_engine_counters(lac.engine, &n);
	qsort(lac.took, lac.up, sizeof(*lac.took), by_size);
	printf("%u calls up, %u failed, in %.3f s: %.0f calls/s; set-up p50 %u us, p99 %u us; "
	       "%llu retransmissions, %u packets not sent\n",
	       lac.up, lac.failed, (double)us / SECOND,
	       us ? (double)lac.up * SECOND / (double)us : 0.0, lac.up ? lac.took[lac.up / 2] : 0,
	       lac.up ? lac.took[lac.up - 1 - lac.up / 100] : 0,
	       (unsigned long long)n.reason[L2TP_R_RETRANSMITS], lac.dropped);
}

static int connect_to(const char *addr)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(1701)};
	const struct sockaddr_in own = {.sin_family = AF_INET,
					.sin_port = htons(want.raw ? 1701 : 0)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), size = 4 << 20;

	if (fd >= 0 && bind(fd, (const struct sockaddr *)&own, sizeof(own)))
		perror("bind");
	if (inet_pton(AF_INET, addr, &to.sin_addr) != 1)
		errno = EINVAL;
	else if (fd >= 0 && !connect(fd, (struct sockaddr *)&to, sizeof(to)) &&
		 !setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)))
		return fd;
	perror(addr);
	return -1;
}

static void lacgen_defaults(void)
{
	struct l2tp_policy *p = &want.lns.policy;

	l2tp_policy_default(p);
	snprintf(p->host_name, sizeof(p->host_name), "lacgen");
	p->receive_window = 1024;
	p->hello = 0;
	ppp_config_default(&want.ppp);
	want.ppp.server = false;
	want.ppp.ipv6 = false;
	want.ppp.n_auth = 2;
	want.ppp.auth[0] = PPP_AUTH_PAP;
	want.ppp.auth[1] = PPP_AUTH_CHAP_MD5;
}

static bool lacgen_options(int argc, char **argv)
{
	int c;

	lacgen_defaults();
	while ((c = getopt(argc, argv, "t:o:n:c:s:k:e:u:p:h:l:mr")) != -1) {
		switch (c) {
		case 't':
			want.tunnels = (unsigned)atoi(optarg);
			break;
		case 'o':
			want.opening = (unsigned)atoi(optarg);
			break;
		case 'n':
			want.at_once = (unsigned)atoi(optarg);
			break;
		case 'c':
			want.total = (unsigned)atoi(optarg);
			break;
		case 's':
			want.seconds = (unsigned)atoi(optarg);
			break;
		case 'k':
			want.keep = true;
			want.stay = (unsigned)atoi(optarg);
			break;
		case 'e':
			want.ppp.echo_interval = (unsigned)atoi(optarg) * SECOND;
			want.ppp.echo_failures = 3;
			break;
		case 'u':
			snprintf(want.ppp.name, sizeof(want.ppp.name), "%s", optarg);
			break;
		case 'p':
			snprintf(want.ppp.secret, sizeof(want.ppp.secret), "%s", optarg);
			break;
		case 'm':
			want.many_users = true;
			break;
		case 'l':
			want.load = optarg;
			want.keep = true;
			break;
		case 'r':
			want.raw = true;
			break;
		case 'h':
			snprintf(want.lns.policy.host_name, sizeof(want.lns.policy.host_name), "%s",
				 optarg);
			break;
		default:
			return false;
		}
	}
	return optind + 1 == argc && want.tunnels && want.at_once && (!want.raw || want.load);
}

static bool lacgen_begin(const char *lns)
{
	lac.fd = connect_to(lns);
	lac.engine = l2tp_engine_new(&ops, NULL, NULL);
	lac.tunnel = calloc(want.tunnels, sizeof(struct l2tp_tunnel *));
	lac.took = calloc(want.total + 1, sizeof(*lac.took));
	lac.loaded = calloc(want.total + 1, sizeof(*lac.loaded));
	return lac.fd >= 0 && lac.engine && lac.tunnel && lac.took && lac.loaded;
}

static void lacgen_end(void)
{
	l2tp_engine_free(lac.engine);
	free(lac.tunnel);
	free(lac.took);
	free(lac.loaded);
	close(lac.fd);
}

/* Tunnels, calls, and what is to be done with them; were all up? */
static bool lacgen_calls(void)
{
	uint64_t began, ended;
	bool ok = open_tunnels();

	if (!ok)
		fprintf(stderr, "%u of %u tunnels\n", lac.tunnels_up, want.tunnels);
	began = lacgen_clock_now();
	if (ok)
		lacgen_run();
	ended = lacgen_clock_now();
	lacgen_report(ended - began);
	lacgen_report_tenths(began, ended);
	fflush(stdout);
	if (want.load)
		lacgen_serve(lac.up);
	else if (want.keep)
		stay();
	ok = ok && lac.up == want.total;
	lacgen_stop();
	free_over();
	return ok;
}

int main(int argc, char **argv)
{
	bool ok = true;

	if (!lacgen_options(argc, argv)) {
		fprintf(stderr,
			"usage: lacgen [-t tunnels] [-o opening at once] [-n calls at once] [-c "
			"calls in all] "
			"[-s seconds] [-k seconds they stay] [-e seconds between echoes] "
			"[-h host name] [-l namespace [-r]] [-m] -u user -p password LNS\n");
		return 2;
	}
	if (!lacgen_begin(argv[optind]))
		return 1;
	if (want.raw)
		lacgen_raw();
	else
		ok = lacgen_calls();
	lacgen_end();
	return ok ? 0 : 1;
}
