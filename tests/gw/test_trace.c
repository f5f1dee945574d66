/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/trace.h"

#include "gw/bind.h"
#include "gw/legs/leg_entry.h"
#include "tests/gw/bench.h"
#include "tests/heap.h"
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONF                                                          \
	"host-name = gw\n"                                            \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                     \
	"udp b { listen = \"192.0.2.1:1702\" }\n"                     \
	"peer lac { hostname = \"lac*\"  service = s }\n"             \
	"pool s { ranges = { \"10.64.0.0/24\" } }\n"                  \
	"service s { local = 10.64.0.1  pool = s  auth = { pap } }\n" \
	"user ann { secret = \"a password\" }\n"                      \
	"user bob { secret = \"b password\" }\n"

#define WATCH_LINE 300u

/* One who watches. */
struct watcher {
	struct trace_to to;
	char line[200][WATCH_LINE];
	unsigned lines, asked, room;
};

static struct watcher one, two;

static bool watcher_takes(struct trace_to *to)
{
	struct watcher *w = (struct watcher *)to;

	return w->asked++ < w->room;
}

static void watcher_line(struct trace_to *to, const char *text)
{
	struct watcher *w = (struct watcher *)to;

	CU_ASSERT_FATAL(w->lines < sizeof(w->line) / sizeof(w->line[0]));
	snprintf(w->line[w->lines++], sizeof(w->line[0]), "%s", text);
}

static void watchers_begin(void)
{
	one = two = (struct watcher){.to = {watcher_takes, watcher_line}, .room = 200};
}

/* How many lines match, behind the time of day that each begins with. */
static unsigned watcher_saw(const struct watcher *w, const char *pattern)
{
	char whole[300];
	unsigned n = 0;

	snprintf(whole, sizeof(whole), "[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9] %s",
		 pattern);
	for (unsigned i = 0; i < w->lines; i++)
		n += !fnmatch(whole, w->line[i], 0);
	for (unsigned i = 0; !n && getenv("BENCH_LOG") && i < w->lines; i++)
		fprintf(stderr, "%s%s\n", i ? "" : "\nnot seen, but only:\n", w->line[i]);
	return n;
}

static const char *watch(struct watcher *w, enum trace_kind kind, const char *who)
{
	return trace_begin(bench.gw, &w->to, kind, who);
}

/* All of one user, from before he had a name, once, in order; nothing of another or of the tunnel.
 */
static void one_user(void)
{
	bench_start(CONF);
	watchers_begin();
	CU_ASSERT_FALSE(trace_on());
	CU_ASSERT_PTR_NULL(watch(&one, TRACE_USER, "ann"));
	CU_ASSERT_TRUE(trace_on());
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("bob", "b password", PPP_AUTH_PAP);
	CU_ASSERT_EQUAL(one.lines, 0);
	bench_call("ann", "a password", PPP_AUTH_PAP);
	CU_ASSERT_EQUAL(watcher_saw(&one, "*"), one.lines);
	CU_ASSERT_EQUAL(watcher_saw(&one, "call */* (ann) *"), one.lines);
	CU_ASSERT_EQUAL(watcher_saw(&one, "* < ICRQ Ns * Nr *: Assigned Session ID: *"), 1);
	CU_ASSERT_EQUAL(watcher_saw(&one, "* > ICRP Ns *"), 1);
	CU_ASSERT_EQUAL(watcher_saw(&one, "* < ICCN Ns *"), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(one.line[0], " < ICRQ "));
	CU_ASSERT(watcher_saw(&one, "* > LCP Configure-Request id *: *Authentication PAP*") >= 1);
	CU_ASSERT_EQUAL(
		watcher_saw(&one, "* < PAP Authenticate-Request id *: \"ann\", password not shown"),
		1);
	CU_ASSERT_EQUAL(watcher_saw(&one, "* > PAP Authenticate-Ack id *"), 1);
	CU_ASSERT(watcher_saw(&one, "* < IPCP Configure-Request id *: IP-Address *") >= 1);
	CU_ASSERT_EQUAL(watcher_saw(&one, "*password*") - watcher_saw(&one, "*password not shown"),
			0);
	CU_ASSERT_TRUE(trace_end(bench.gw, &one.to, TRACE_USER, "ann"));
	CU_ASSERT_FALSE(trace_on());
	bench_stop();
}

/* A peer, its tunnel and its port have all of it, with the set-up where that is known to be
 * theirs; two who watch get a line each, one who watches twice gets one. */
static void others_and_several(void)
{
	struct l2tp_tunnel_info i;
	unsigned lines;
	char id[8];

	bench_start(CONF);
	watchers_begin();
	CU_ASSERT_PTR_NULL(watch(&one, TRACE_PEER, "lac"));
	CU_ASSERT_PTR_NULL(watch(&one, TRACE_PORT, "a"));
	CU_ASSERT_PTR_NULL(watch(&one, TRACE_USER, "ann"));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_EQUAL(watcher_saw(&one, "port a (lac) < SCCRQ Ns 0 Nr 0: *Host Name: lac*"), 1);
	CU_ASSERT_EQUAL(watcher_saw(&one, "tunnel * (lac) > SCCRP *"), 1);
	CU_ASSERT_EQUAL(watcher_saw(&one, "tunnel * (lac) < SCCCN *"), 1);
	l2tp_tunnel_info(l2tp_tunnel_next(bench.gw->engine, NULL), &i);
	snprintf(id, sizeof(id), "%u", i.local_id);
	CU_ASSERT_PTR_NULL(watch(&two, TRACE_TUNNEL, id));
	lines = one.lines;
	bench_call("ann", "a password", PPP_AUTH_PAP);
	CU_ASSERT_EQUAL(watcher_saw(&two, "* < PAP Authenticate-Request *"), 1);
	CU_ASSERT_EQUAL(watcher_saw(&one, "* < PAP Authenticate-Request *"), 1);
	CU_ASSERT_EQUAL(one.lines - lines, two.lines);
	trace_end_all(bench.gw, &one.to);
	lines = one.lines;
	bench_call("bob", "b password", PPP_AUTH_PAP);
	CU_ASSERT_EQUAL(one.lines, lines);
	CU_ASSERT_EQUAL(watcher_saw(&two, "* < PAP Authenticate-Request id *: \"bob\"*"), 1);
	trace_end_all(bench.gw, NULL);
	CU_ASSERT_FALSE(trace_on());
	bench_stop();
}

/* Whoever has no room is asked for each line, and gets none. */
static void without_room(void)
{
	bench_start(CONF);
	watchers_begin();
	one.room = 3;
	CU_ASSERT_PTR_NULL(watch(&one, TRACE_PEER, "lac"));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_PAP);
	CU_ASSERT_EQUAL(one.lines, 3);
	CU_ASSERT(one.asked > 10);
	trace_end_all(bench.gw, &one.to);
	bench_stop();
}

static void what_cannot_be_watched(void)
{
	char who[TRACE_WHO_MAX + 2], name[8];

	bench_start(CONF);
	watchers_begin();
	memset(who, 'x', sizeof(who));
	who[TRACE_WHO_MAX + 1] = '\0';
	CU_ASSERT_STRING_EQUAL(watch(&one, TRACE_USER, who), "the name is too long");
	CU_ASSERT_STRING_EQUAL(watch(&one, TRACE_PEER, "nobody"), "no such peer");
	CU_ASSERT_STRING_EQUAL(watch(&one, TRACE_PORT, "c"), "no such port");
	CU_ASSERT_STRING_EQUAL(watch(&one, TRACE_TUNNEL, "7"), "no such tunnel");
	CU_ASSERT_FALSE(trace_end(bench.gw, &one.to, TRACE_PEER, "lac"));
	fake.tap_refuses = true;
	CU_ASSERT_STRING_EQUAL(watch(&one, TRACE_PORT, "a"), "out of memory");
	fake.tap_refuses = false;
	heap_refuse(0);
	CU_ASSERT_STRING_EQUAL(watch(&one, TRACE_USER, "ann"), "out of memory");
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_FALSE(trace_on());
	for (unsigned i = 0; i < TRACE_WATCHES_MAX; i++) {
		snprintf(name, sizeof(name), "u%u", i);
		CU_ASSERT_PTR_NULL(watch(&one, TRACE_USER, name));
		CU_ASSERT_PTR_NULL(watch(&one, TRACE_USER, name)); /* which it is */
	}
	CU_ASSERT_STRING_EQUAL(watch(&two, TRACE_PEER, "lac"),
			       "as many as can be are watched already");
	trace_end_all(bench.gw, NULL);
	bench_stop();
}

static void trace_tap(unsigned port, const char *hex)
{
	uint8_t frame[40];
	size_t len = test_hex(frame, sizeof(frame), hex);

	bind_dp_ops.tap(bench.gw, port, true, 107, frame, len, 1);
}

/* The port is tapped while somebody wants it; what it carries is not shown. */
static void a_medium(void)
{
	bench_start(CONF);
	watchers_begin();
	CU_ASSERT_PTR_NULL(watch(&one, TRACE_PORT, "a"));
	CU_ASSERT_EQUAL(fake_said("tap 0 on"), 1);
	CU_ASSERT_PTR_NULL(watch(&two, TRACE_PORT, "a"));
	CU_ASSERT_EQUAL(fake_said("tap 0 on"), 1);
	trace_tap(0, "0001 03 08 00 75 51 01 00 53 02 0a 09");
	trace_tap(0, "1841 03 cc 45 00");
	trace_tap(1, "0001 03 08 00 75 51 01 00 53 02 0a 09");
	CU_ASSERT_EQUAL(one.lines, 1);
	CU_ASSERT_EQUAL(one.asked, 1);
	CU_ASSERT_EQUAL(watcher_saw(&one, "port a > LMI STATUS ENQUIRY, full, send 10 receive 9"),
			1);
	trace_end_all(bench.gw, &two.to);
	CU_ASSERT_EQUAL(fake_said("tap 0 off"), 0);
	trace_end_all(bench.gw, NULL);
	CU_ASSERT_EQUAL(fake_said("tap 0 off"), 1);
	bench_stop();
}

#define SWITCH                                                               \
	"host-name = gw\n"                                                   \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                            \
	"peer lac { port = a  dial = \"192.0.2.8:1701\"  hostname = lac }\n" \
	"peer one { port = a  dial = \"192.0.2.9:1701\"  hostname = x }\n"   \
	"route sw { from-peer = lac  to = one }\n"

static unsigned trace_watched(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < 2; i++)
		n += leg_call_entry(bench_join()->leg[i])->watched;
	return n;
}

static void trace_copy(const struct dp_call *c, bool out, const char *hex)
{
	uint8_t frame[40];
	size_t len = test_hex(frame, sizeof(frame), hex);

	bind_dp_ops.copy(bench.gw, c->tid, c->sid, out, frame, len);
}

/* A join without a terminal: each frame comes in by one leg and goes out by the other; data copies
 * what control has not, while anybody watches either. */
static void frames_that_are_passed_on(void)
{
	const struct dp_call *in, *out;
	unsigned lines;

	bench_start(SWITCH);
	watchers_begin();
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_PTR_NULL(watch(&one, TRACE_PEER, "one"));
	CU_ASSERT_PTR_NULL(watch(&two, TRACE_PEER, "lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	out = leg_call_entry(bench_join()->leg[0]);
	in = leg_call_entry(bench_join()->leg[1]);
	CU_ASSERT_EQUAL(out->mode, DP_FORWARD);
	CU_ASSERT_EQUAL(trace_watched(), 2);
	one.lines = two.lines = 0;
	trace_copy(in, false, "c021 0101 0004");
	trace_copy(in, false, "8021 0302 000a 0306 0a400002");
	CU_ASSERT_EQUAL(watcher_saw(&two, "call */* (lac) < LCP Configure-Request id 1*"), 1);
	CU_ASSERT_EQUAL(watcher_saw(&one, "call */* (one) > LCP Configure-Request id 1*"), 1);
	CU_ASSERT_EQUAL(watcher_saw(&one, "* > IPCP Configure-Nak id 2: IP-Address 10.64.0.2"), 1);
	trace_copy(out, false, "c021 0201 0004");
	CU_ASSERT_EQUAL(watcher_saw(&one, "call */* (one) < LCP Configure-Ack id 1*"), 1);
	CU_ASSERT_EQUAL(watcher_saw(&two, "call */* (lac) > LCP Configure-Ack id 1*"), 1);
	CU_ASSERT_EQUAL(one.lines, 3);
	/* those that come here as yet go the same way, but for the network's */
	bind_dp_ops.ppp(bench.gw, out->tid, out->sid,
			(const uint8_t *)"\xc0\x21\x09\x07\0\x08\0\0\0", 10, 0);
	bind_dp_ops.ppp(bench.gw, out->tid, out->sid, (const uint8_t *)"\0\x21\x45", 3, 0);
	CU_ASSERT_EQUAL(watcher_saw(&one, "call */* (one) < LCP Echo-Request id 7*"), 1);
	CU_ASSERT_EQUAL(one.lines, 4);
	lines = two.lines;
	trace_end_all(bench.gw, &two.to);
	CU_ASSERT_EQUAL(trace_watched(), 2);
	trace_copy(out, false, "c021 0201 0004");
	CU_ASSERT_EQUAL(two.lines, lines);
	CU_ASSERT_TRUE(trace_end(bench.gw, &one.to, TRACE_PEER, "one"));
	CU_ASSERT_EQUAL(trace_watched(), 0);
	trace_copy(out, false, "c021 0201 0004"); /* on its way */
	CU_ASSERT_EQUAL(one.lines, 5);
	CU_ASSERT_PTR_NULL(watch(&one, TRACE_PORT, "a"));
	CU_ASSERT_EQUAL(trace_watched(), 2);
	trace_end_all(bench.gw, NULL);
	trace_copy(&(struct dp_call){.tid = 7, .sid = 7}, false, "c021 0201 0004");
	bench_stop();
}

/* One that waits until the other leg is up is shown when it comes, and is one. */
static void a_frame_that_waits(void)
{
	static const uint8_t frame[] = {0xc0, 0x21, 9, 77, 0, 8, 0, 0, 0, 0};
	const struct dp_call *out;

	bench_start(SWITCH);
	watchers_begin();
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_PTR_NULL(watch(&one, TRACE_PEER, "one"));
	bench.no_answer = true;
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	out = leg_call_entry(bench_join()->leg[0]);
	bind_dp_ops.ppp(bench.gw, out->tid, out->sid, frame, sizeof(frame), clock_us);
	CU_ASSERT_EQUAL(watcher_saw(&one, "* < LCP Echo-Request id 77*"), 1);
	l2tp_call_answer(bench.call[1].call, NULL, 0, clock_us);
	bench_pass(0);
	CU_ASSERT_TRUE(bench.call[1].up);
	CU_ASSERT_PTR_NULL(bench_join()->early);
	CU_ASSERT_EQUAL(watcher_saw(&one, "* < LCP Echo-Request id 77*"), 1);
	trace_end_all(bench.gw, NULL);
	bench_stop();
}

/* Our PPP answers control's part itself; echoes that data answers are copied, as soon as the name
 * is known. */
static void echoes_of_our_ppp(void)
{
	bench_start(CONF);
	watchers_begin();
	CU_ASSERT_PTR_NULL(watch(&one, TRACE_USER, "ann"));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("bob", "b password", PPP_AUTH_PAP);
	CU_ASSERT_FALSE(leg_call_entry(bench_join()->leg[0])->watched);
	CU_ASSERT_PTR_NULL(watch(&two, TRACE_USER, "bob"));
	CU_ASSERT_TRUE(leg_call_entry(bench_join()->leg[0])->watched);
	two.lines = 0;
	trace_copy(leg_call_entry(bench_join()->leg[0]), false, "c021 0907 0008 00000000");
	trace_copy(leg_call_entry(bench_join()->leg[0]), true, "c021 0a07 0008 00000000");
	CU_ASSERT_EQUAL(watcher_saw(&two, "call */* (bob) < LCP Echo-Request id 7*"), 1);
	CU_ASSERT_EQUAL(watcher_saw(&two, "call */* (bob) > LCP Echo-Reply id 7*"), 1);
	CU_ASSERT_EQUAL(two.lines, 2);
	bench_call("ann", "a password", PPP_AUTH_PAP);
	CU_ASSERT_TRUE(fake.call[1].watched);
	trace_end_all(bench.gw, NULL);
	CU_ASSERT_FALSE(fake.call[0].watched || fake.call[1].watched);
	bench_stop();
}

/* Whoever goes takes nothing from those that stay: neither what is kept of users without a name,
 * nor the questions about them. */
static void one_of_several_ends(void)
{
	static const char nemo[] = "01070022 0f403f9473978057bd83d5cb98f4227a 01066e656d6f "
				   "0406c0a80110 1402";
	static const char accept[] = "0207001a 86fe220e7624ba2a1005f6bf9b55e0b2 060600000001";
	uint8_t asked[60], answer[60];
	size_t n = test_hex(asked, sizeof(asked), nemo),
	       m = test_hex(answer, sizeof(answer), accept);
	struct leg_entry *e;
	int socket;

	bench_start(CONF);
	watchers_begin();
	CU_ASSERT_PTR_NULL(watch(&one, TRACE_USER, "nemo"));
	CU_ASSERT_PTR_NULL(watch(&one, TRACE_USER, "ann"));
	CU_ASSERT_PTR_NULL(watch(&one, TRACE_PEER, "lac"));
	trace_radius(&socket, "192.0.2.5", true, asked, n);
	CU_ASSERT_TRUE(trace_end(bench.gw, &one.to, TRACE_USER, "nemo"));
	CU_ASSERT_PTR_NULL(watch(&one, TRACE_USER, "nemo"));
	trace_radius(&socket, "192.0.2.5", false, answer, m);
	CU_ASSERT_EQUAL(watcher_saw(&one, "user (nemo) < RADIUS *"), 1);
	CU_ASSERT_TRUE(trace_end(bench.gw, &one.to, TRACE_USER, "nemo"));
	CU_ASSERT_TRUE(trace_end(bench.gw, &one.to, TRACE_PEER, "lac"));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_PAP);
	CU_ASSERT_EQUAL(watcher_saw(&one, "* < ICRQ *"), 1);
	/* as soon as the name is heard, before anything else is said of the call */
	e = bench_join()->leg[0]->ops->entry(bench_join()->leg[0]);
	leg_entry_watch(e, false);
	trace_named(bench.gw, bench_join()->leg[1]);
	CU_ASSERT_TRUE(e->c.watched);
	/* once nobody watches, nothing is remembered */
	CU_ASSERT_PTR_NULL(watch(&one, TRACE_USER, "nemo"));
	trace_radius(&socket, "192.0.2.5", true, asked, n);
	trace_end_all(bench.gw, NULL);
	CU_ASSERT_PTR_NULL(watch(&one, TRACE_USER, "nemo"));
	one.lines = 0;
	trace_radius(&socket, "192.0.2.5", false, answer, m);
	CU_ASSERT_EQUAL(one.lines, 0);
	trace_end_all(bench.gw, NULL);
	bench_stop();
}

/* An SCCRQ of ours whose Assigned Tunnel ID has three octets names no tunnel, though the first two
 * are the id of one. */
static void an_id_of_a_wrong_length(void)
{
	uint8_t pkt[29];
	struct l2tp_tunnel_info i;
	char hex[80];

	bench_start(CONF);
	watchers_begin();
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	l2tp_tunnel_info(l2tp_tunnel_next(bench.gw->engine, NULL), &i);
	CU_ASSERT_PTR_NULL(watch(&one, TRACE_PEER, "lac"));
	snprintf(hex, sizeof(hex),
		 "c802001d 0000 0000 0000 0000 8008 0000 0000 0001 8009 0000 0009 %04x00",
		 i.local_id);
	CU_ASSERT_EQUAL(test_hex(pkt, sizeof(pkt), hex), sizeof(pkt));
	trace_l2tp(bench.gw, i.channel, true, pkt, sizeof(pkt));
	CU_ASSERT_EQUAL(one.lines, 0);
	trace_end_all(bench.gw, NULL);
	bench_stop();
}

/* A question is found by its User-Name, the answer by the question. */
static void radius(void)
{
	static const char nemo[] = "01070022 0f403f9473978057bd83d5cb98f4227a 01066e656d6f "
				   "0406c0a80110 1402";
	static const char accept[] = "0207001a 86fe220e7624ba2a1005f6bf9b55e0b2 060600000001";
	static const char flopsy[] = "0107001c 0f403f9473978057bd83d5cb98f4227a 0108666c6f707379";
	uint8_t pkt[60];
	int sockets[2];
	size_t n;

	bench_start(CONF);
	watchers_begin();
	CU_ASSERT_PTR_NULL(watch(&one, TRACE_USER, "nemo"));
	n = test_hex(pkt, sizeof(pkt), accept);
	trace_radius(&sockets[0], "192.0.2.5", false, pkt, n);
	CU_ASSERT_EQUAL(one.lines, 0);
	n = test_hex(pkt, sizeof(pkt), nemo);
	trace_radius(&sockets[0], "192.0.2.5", true, pkt, n);
	CU_ASSERT_EQUAL(watcher_saw(&one, "user (nemo) > RADIUS to 192.0.2.5 Access-Request id 7: "
					  "User-Name \"nemo\", NAS-IP-Address 192.168.1.16*"),
			1);
	n = test_hex(pkt, sizeof(pkt), accept);
	trace_radius(&sockets[1], "192.0.2.5", false, pkt, n);
	CU_ASSERT_EQUAL(one.lines, 1);
	trace_radius(&sockets[0], "192.0.2.5", false, pkt, n);
	CU_ASSERT_EQUAL(watcher_saw(&one, "user (nemo) < RADIUS from 192.0.2.5 Access-Accept id 7: "
					  "Service-Type 1"),
			1);
	/* the identifier is another user's now */
	n = test_hex(pkt, sizeof(pkt), flopsy);
	trace_radius(&sockets[0], "192.0.2.5", true, pkt, n);
	n = test_hex(pkt, sizeof(pkt), accept);
	trace_radius(&sockets[0], "192.0.2.5", false, pkt, n);
	trace_radius(&sockets[0], "192.0.2.5", false, pkt, 1);
	CU_ASSERT_EQUAL(one.lines, 2);
	/* a request that comes to us, and our answer */
	n = test_hex(pkt, sizeof(pkt), "2809001a 2aee86f08d0d55969ca5978e0d3367a2 01066e656d6f");
	trace_radius(&sockets[1], "192.0.2.5", false, pkt, n);
	n = test_hex(pkt, sizeof(pkt), "29090014 2aee86f08d0d55969ca5978e0d3367a2");
	trace_radius(&sockets[1], "192.0.2.5", true, pkt, n);
	CU_ASSERT_EQUAL(watcher_saw(&one, "user (nemo) < RADIUS from 192.0.2.5 Disconnect-Request "
					  "id 9: User-Name \"nemo\""),
			1);
	CU_ASSERT_EQUAL(watcher_saw(&one, "user (nemo) > RADIUS to 192.0.2.5 Disconnect-ACK id 9"),
			1);
	trace_end_all(bench.gw, NULL);
	bench_stop();
}

static void lines_of_the_log(void)
{
	const struct log_line l = {
		.category = "aaa", .level = "notice", .words = "let in", .about = {.user = "ann"}};

	bench_start(CONF);
	watchers_begin();
	CU_ASSERT_PTR_NULL(watch(&one, TRACE_USER, "ann"));
	CU_ASSERT_PTR_NULL(watch(&two, TRACE_USER, "bob"));
	trace_log(&l);
	CU_ASSERT_EQUAL(watcher_saw(&one, "user (ann) - aaa notice: let in"), 1);
	CU_ASSERT_EQUAL(two.lines, 0);
	trace_end_all(bench.gw, NULL);
	bench_stop();
}

static const struct test_case cases[] = {
	{"one_user", one_user},
	{"others_and_several", others_and_several},
	{"without_room", without_room},
	{"what_cannot_be_watched", what_cannot_be_watched},
	{"a_medium", a_medium},
	{"frames_that_are_passed_on", frames_that_are_passed_on},
	{"a_frame_that_waits", a_frame_that_waits},
	{"echoes_of_our_ppp", echoes_of_our_ppp},
	{"one_of_several_ends", one_of_several_ends},
	{"an_id_of_a_wrong_length", an_id_of_a_wrong_length},
	{"radius", radius},
	{"lines_of_the_log", lines_of_the_log},
	{NULL, NULL},
};
const struct test_suite suite_trace = {"trace", cases};
