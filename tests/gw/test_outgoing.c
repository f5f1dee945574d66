/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Outgoing calls as LNS: the far end is the LAC, with the client behind it. */
#include "gw/outgoing.h"
#include "gw/bind.h"
#include "gw/history.h"
#include "tests/gw/frames.h"
#include "tests/heap.h"
#include <stdio.h>
#include <string.h>

#define LNS(keys)                                                                                 \
	"host-name = gw\n"                                                                        \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                                 \
	"peer lac { port = a  dial = \"192.0.2.9:1701\"  hostname = lac }\n"                      \
	"pool p { ranges = { 10.64.0.0/24 } }\n"                                                  \
	"service s { local = 10.64.0.1  pool = p  auth = { chap }  mtu = 1400  tun = net }\n"     \
	"user ann { secret = \"a password\" }\n"                                                  \
	"outgoing site { peer = lac  called = 31101234  service = s  address = 10.64.0.77  " keys \
	"}\n"

/* To 10.64.0.77, of len octets. */
static void outgoing_packet(size_t len)
{
	uint8_t pkt[1600] = {0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 64, 0, 77};

	bind_dp_ops.absent(bench.gw, pkt, len, clock_us);
}

/* The second section: a list of one hides the end of a walk. */
#define ELSEWHERE                                                                           \
	"outgoing far { peer = lac  called = 5  service = s  address = 10.64.0.78 }\n"      \
	"service t { local = 10.65.0.1  pool = p  auth = { chap }  mtu = 1400  tun = u }\n" \
	"outgoing last { peer = lac  called = 6  service = t  address = 10.64.0.79 }\n"

static void outgoing_bench(const char *conf)
{
	bench_start(conf);
	bench.policy.bearer_caps = 3;
}

static struct gw_outgoing *outgoing_site(void)
{
	return &bench.gw->outgoing[0];
}

static uint64_t outgoing_absents(void)
{
	return bench.gw->joins->drop[JOIN_D_ABSENT];
}

/* RFC 2661 6.9: what OCRQ carries; then OCRP, OCCN, PPP, and the packet that started it. */
static void a_packet_brings_up_the_call(void)
{
	outgoing_bench(LNS("sub-address = 9  minimum-bps = 1200  maximum-bps = 64000  "
			   "bearer = analog  framing = asynchronous"));
	CU_ASSERT_EQUAL(fake_said("watch net 0a40004d00000000/32"), 1);
	outgoing_packet(100);
	CU_ASSERT_EQUAL(outgoing_site()->state, OUTGOING_CALLING);
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	CU_ASSERT_STRING_EQUAL(bench.ocrq.called, "31101234");
	CU_ASSERT_STRING_EQUAL(bench.ocrq.sub_address, "9");
	CU_ASSERT_EQUAL(bench.ocrq.min_bps, 1200);
	CU_ASSERT_EQUAL(bench.ocrq.max_bps, 64000);
	CU_ASSERT_EQUAL(bench.ocrq.bearer, 2);
	CU_ASSERT_EQUAL(bench.ocrq.framing, 2);
	CU_ASSERT_TRUE(bench.call[0].up && bench.call[0].ip4);
	CU_ASSERT_EQUAL(bench.call[0].got.local4, 0x0a40004d);
	CU_ASSERT_EQUAL(outgoing_site()->state, OUTGOING_UP);
	CU_ASSERT_EQUAL(fake_said("ppp 0021"), 1);
	CU_ASSERT_EQUAL(outgoing_absents(), 0);
	CU_ASSERT_TRUE(leg_call_entry(bench_join()->leg[0])->data.lns);
	bench_stop();
}

/* What the peer's section adds is in the request, in place of what the call says. */
static void attributes_of_the_peer_are_added(void)
{
	outgoing_bench(
		"host-name = gw\n"
		"udp a { listen = \"192.0.2.1:1701\" }\n"
		"peer lac { port = a  dial = \"192.0.2.9:1701\"  add = { \"Sub-Address=77\", "
		"\"Called Number=99\" } }\n"
		"service s { local = 10.64.0.1  auth = none }\n");
	CU_ASSERT_PTR_NULL(outgoing_call(bench.gw, "lac", "5", "s", clock_us));
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	CU_ASSERT_STRING_EQUAL(bench.ocrq.sub_address, "77");
	CU_ASSERT_STRING_EQUAL(bench.ocrq.called, "99");
	bench_stop();
}

/* What is left out is of the LAC's own capabilities, and no bound. */
static void a_section_may_leave_out_much(void)
{
	outgoing_bench(LNS(""));
	bench.policy.framing_caps = 2;
	bench.policy.bearer_caps = 2;
	CU_ASSERT_PTR_NULL(outgoing_call_now(bench.gw, "site", clock_us));
	CU_ASSERT_STRING_EQUAL(outgoing_call_now(bench.gw, "site", clock_us), "is being called");
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	CU_ASSERT_STRING_EQUAL(outgoing_call_now(bench.gw, "site", clock_us), "is up");
	CU_ASSERT_STRING_EQUAL(outgoing_call_now(bench.gw, "cite", clock_us), "no such section");
	CU_ASSERT_EQUAL(bench.ocrq.bearer, 2);
	CU_ASSERT_EQUAL(bench.ocrq.framing, 2);
	CU_ASSERT_EQUAL(bench.ocrq.min_bps, 1);
	CU_ASSERT_EQUAL(bench.ocrq.max_bps, UINT32_MAX);
	bench_stop();
}

static void a_few_packets_wait(void)
{
	outgoing_bench(LNS(""));
	bench.no_answer = true;
	for (unsigned i = 0; i < 20; i++)
		outgoing_packet(i == 3 ? 1501 : 100);
	CU_ASSERT_EQUAL(outgoing_site()->waiting, OUTGOING_WAITING_MAX);
	CU_ASSERT_EQUAL(outgoing_absents(), 20 - OUTGOING_WAITING_MAX);
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	l2tp_call_answer(bench.call[0].call, NULL, 0, clock_us);
	l2tp_call_connected(bench.call[0].call, NULL, 0, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(fake_said("ppp 0021"), OUTGOING_WAITING_MAX);
	CU_ASSERT_EQUAL(outgoing_site()->waiting, 0);
	bench_stop();
}

static void packets_for_others_do_nothing(void)
{
	static const uint8_t other[20] = {0x45, [16] = 10, 64, 0, 78};

	outgoing_bench(LNS(""));
	bind_dp_ops.absent(bench.gw, other, sizeof(other), clock_us);
	bind_dp_ops.absent(bench.gw, other, 19, clock_us);
	CU_ASSERT_EQUAL(outgoing_site()->calls, 0);
	bench_stop();
}

/* Each section has its own address, device, number and packets. */
static void each_of_several_sections(void)
{
	static const char *const called[] = {"31101234", "5", "6"};
	uint8_t pkt[100] = {0x45, [16] = 10, 64, 0, 77};

	for (unsigned i = 0; i < 3; i++) {
		outgoing_bench(LNS("") ELSEWHERE);
		CU_ASSERT_EQUAL(fake_said("watch net 0a40004d00000000/32"), 1);
		CU_ASSERT_EQUAL(fake_said("watch net 0a40004e00000000/32"), 1);
		CU_ASSERT_EQUAL(fake_said("watch u 0a40004f00000000/32"), 1);
		CU_ASSERT_EQUAL(fake_said("watch"), 3);
		pkt[19] = (uint8_t)(77 + i);
		bind_dp_ops.absent(bench.gw, pkt, sizeof(pkt), clock_us);
		for (unsigned k = 0; k < 3; k++) {
			CU_ASSERT_EQUAL(bench.gw->outgoing[k].calls, k == i);
			CU_ASSERT_EQUAL(bench.gw->outgoing[k].waiting, k == i);
		}
		bench_pass(0);
		CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
		CU_ASSERT_STRING_EQUAL(bench.ocrq.called, called[i]);
		CU_ASSERT_EQUAL(bench.call[0].got.local4, 0x0a40004d + i);
		bench_stop(); /* what the others have is freed too */
	}
	outgoing_bench(LNS("") ELSEWHERE);
	bench.no_answer = true;
	CU_ASSERT_PTR_NULL(outgoing_call_now(bench.gw, "last", clock_us));
	CU_ASSERT_EQUAL(bench.gw->outgoing[2].state, OUTGOING_CALLING);
	CU_ASSERT_EQUAL(bench.gw->outgoing[2].since, clock_us);
	pkt[19] = 79;
	bind_dp_ops.absent(bench.gw, pkt, sizeof(pkt), clock_us);
	CU_ASSERT_EQUAL(bench.gw->outgoing[2].waiting, 1);
	bench_stop(); /* a packet that still waits is freed */
}

static void without_memory_to_watch(void)
{
	const struct cfg_model *m;

	outgoing_bench(LNS("") ELSEWHERE);
	m = bench.gw->cfg;
	gw_free(bench.gw);
	CU_ASSERT_EQUAL(bench_logged("call error: *"), 0);
	fake.route_refuses = true;
	bench.gw = bench_gw_new(m);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench.gw);
	for (unsigned i = 0; i < 3; i++) {
		char line[100];

		snprintf(line, sizeof(line),
			 "call error: outgoing %s: no memory: not every packet will call it",
			 m->outgoing[i].name);
		CU_ASSERT_EQUAL(bench_logged(line), 1);
	}
	bench_stop();
}

static void states_have_names(void)
{
	static const char *const names[] = {"idle", "calling", "up", "?"};

	for (unsigned i = 0; i < 4; i++)
		CU_ASSERT_STRING_EQUAL(outgoing_state_name((enum outgoing_state)i), names[i]);
}

/* While the wait after a failure runs, packets are dropped and counted. */
static void packets_during_the_wait_are_counted(void)
{
	outgoing_bench(LNS(""));
	bench.no_answer = true;
	outgoing_packet(100);
	bench_pass(0);
	bench_hangup(&bench.call[0], L2TP_CDN_BUSY, "busy");
	CU_ASSERT_EQUAL(bench_logged("call notice: outgoing site: *busy*"), 1);
	CU_ASSERT_EQUAL(outgoing_absents(), 1);
	outgoing_packet(100);
	outgoing_packet(100);
	CU_ASSERT_EQUAL(outgoing_absents(), 3);
	CU_ASSERT_EQUAL(outgoing_site()->waiting, 0);
	CU_ASSERT_EQUAL(outgoing_site()->calls, 1);
	bench_stop();
}

/* A link that was up begins the wait anew. */
static void the_wait_begins_anew_after_a_link(void)
{
	outgoing_bench(LNS(""));
	bench.no_answer = true;
	for (unsigned i = 0; i < 3; i++) {
		outgoing_packet(100);
		bench_pass(0);
		CU_ASSERT_EQUAL_FATAL(bench.calls, i + 1);
		bench_hangup(&bench.call[i], L2TP_CDN_BUSY, "busy");
		bench_pass(40 * SEC);
	}
	bench.no_answer = false;
	outgoing_packet(100);
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 4);
	CU_ASSERT_TRUE(bench.call[3].ip4);
	bench_hangup(&bench.call[3], L2TP_CDN_LOST_CARRIER, "gone");
	bench.no_answer = true;
	outgoing_packet(100);
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 5);
	bench_hangup(&bench.call[4], L2TP_CDN_BUSY, "busy");
	CU_ASSERT_EQUAL(outgoing_site()->not_before, clock_us + 10 * SEC);
	bench_stop();
}

/* The call cannot even be begun: the packet goes, with the words for the operator. */
static void a_call_that_cannot_begin(void)
{
	outgoing_bench(LNS(""));
	fake.connect_refuses = true;
	outgoing_packet(100);
	CU_ASSERT_EQUAL(outgoing_absents(), 1);
	CU_ASSERT_EQUAL(outgoing_site()->waiting, 0);
	CU_ASSERT_EQUAL(outgoing_site()->state, OUTGOING_IDLE);
	CU_ASSERT_EQUAL(outgoing_site()->why.cause, LEG_BY_RESOURCES);
	CU_ASSERT_STRING_EQUAL(outgoing_site()->why.words, "Network is down");
	CU_ASSERT_EQUAL(outgoing_site()->not_before, clock_us + 10 * SEC);
	CU_ASSERT_STRING_EQUAL(outgoing_call_now(bench.gw, "site", clock_us), "Network is down");
	bench_stop();
}

/* `call PEER called N`: its failure is among the others, though there never was a join. */
static void a_command_that_cannot_call(void)
{
	const struct history_entry *e;

	outgoing_bench(LNS(""));
	fake.connect_refuses = true;
	CU_ASSERT_STRING_EQUAL(outgoing_call(bench.gw, "lac", "5", "s", clock_us),
			       "Network is down");
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	e = history_next(bench.gw->history, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_STRING_EQUAL(e->what, "call lac called 5");
	CU_ASSERT_STRING_EQUAL(e->from, "192.0.2.9:1701");
	CU_ASSERT_STRING_EQUAL(e->why, "resources: Network is down");
	CU_ASSERT_EQUAL(e->when, clock_us);
	CU_ASSERT_PTR_NULL(history_next(bench.gw->history, e));
	/* what the operator has typed wrong is no failure */
	CU_ASSERT_STRING_EQUAL(outgoing_call(bench.gw, "lak", "5", "s", clock_us), "no such peer");
	CU_ASSERT_PTR_NULL(history_next(bench.gw->history, e));
	fake.connect_refuses = false;
	CU_ASSERT_PTR_NULL(outgoing_call(bench.gw, "lac", "5", "s", clock_us));
	CU_ASSERT_PTR_EQUAL(history_next(bench.gw->history, NULL), e);
	bench_stop();
}

static void none_while_going_down(void)
{
	char number[LEG_NUMBER_MAX + 2];

	outgoing_bench(LNS(""));
	memset(number, '1', sizeof(number) - 1);
	number[sizeof(number) - 1] = '\0';
	CU_ASSERT_STRING_EQUAL(outgoing_call(bench.gw, "lac", number, "s", clock_us),
			       "the number is too long");
	number[sizeof(number) - 2] = '\0';
	CU_ASSERT_PTR_NULL(outgoing_call(bench.gw, "lac", number, "s", clock_us));
	bench.gw->phase = GW_CLOSING;
	CU_ASSERT_STRING_EQUAL(outgoing_call(bench.gw, "lac", "5", "s", clock_us),
			       "the gateway is ending");
	CU_ASSERT_STRING_EQUAL(outgoing_call_now(bench.gw, "site", clock_us),
			       "the gateway is ending");
	CU_ASSERT_EQUAL(outgoing_site()->calls, 0);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
	bench_stop();
}

/* A packet that comes while the link is up, on its way past an address that was absent. */
static void a_packet_when_it_is_up(void)
{
	outgoing_bench(LNS(""));
	outgoing_packet(100);
	bench_pass(0);
	CU_ASSERT_EQUAL(outgoing_site()->state, OUTGOING_UP);
	CU_ASSERT_EQUAL(fake_said("ppp 0021"), 1);
	outgoing_packet(100);
	CU_ASSERT_EQUAL(fake_said("ppp 0021"), 2);
	CU_ASSERT_EQUAL(outgoing_site()->waiting, 0);
	CU_ASSERT_EQUAL(outgoing_site()->calls, 1);
	bench_stop();
}

/* Each allocation is refused once: nothing of the call is left, or it goes on. */
static void a_call_without_memory(void)
{
	unsigned failed = 0;

	for (unsigned skip = 0, more = true; more; skip++) {
		struct l2tp_counters n;
		const char *words;

		outgoing_bench(LNS(""));
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		bench.no_answer = true;
		heap_refuse(skip);
		words = outgoing_call(bench.gw, "lac", "5", "s", clock_us);
		more = heap_refused();
		CU_ASSERT_EQUAL(bench.gw->joins->n, !words);
		CU_ASSERT_EQUAL(bench.gw->service[0].clients, !words);
		bench_pass(SEC);
		l2tp_engine_counters(bench.gw->engine, &n);
		CU_ASSERT_EQUAL(n.calls, bench.gw->joins->n);
		failed += words && !strcmp(words, "out of memory");
		bench_stop();
	}
	CU_ASSERT(failed >= 3); /* each leg, and the join */
}

/* Each time the data plane is told of the call: when it is placed, and when it is answered. */
static void no_room_for_the_call(void)
{
	for (unsigned n = 1; n <= 3; n++) {
		outgoing_bench(LNS(""));
		fake.set_refused = n;
		outgoing_packet(100);
		bench_pass(0);
		CU_ASSERT_EQUAL(fake.set_refused, 0);
		CU_ASSERT_EQUAL(bench.calls, n > 1);
		CU_ASSERT_EQUAL(outgoing_site()->state, n < 3 ? OUTGOING_IDLE : OUTGOING_UP);
		CU_ASSERT_EQUAL(bench.gw->joins->n, n == 3);
		if (n < 3) {
			CU_ASSERT_EQUAL(outgoing_site()->why.cause, LEG_BY_RESOURCES);
			CU_ASSERT_STRING_EQUAL(outgoing_site()->why.words, "no room for the call");
			CU_ASSERT_EQUAL(outgoing_absents(), 1);
			CU_ASSERT_EQUAL(fake.calls, 0);
		}
		if (n > 1 && n < 3)
			CU_ASSERT_EQUAL(bench.call[0].result.result, L2TP_CDN_NO_FACILITIES_TEMP);
		bench_stop();
	}
}

/* The frame of ours that was sent next, acknowledged. */
static void outgoing_acked(const char *pattern)
{
	uint8_t frame[100];
	size_t n;

	CU_ASSERT_TRUE_FATAL(frames_next(pattern));
	memcpy(frame, frames_last(&n), sizeof(frame));
	frame[2] = 2;
	bind_dp_ops.ppp(bench.gw, fake.call[0].tid, fake.call[0].sid, frame, n, clock_us);
	bench_pass(0);
}

static void outgoing_says(const char *hex, const char *answer)
{
	frames_give(fake.call[0].tid, fake.call[0].sid, hex);
	CU_ASSERT_TRUE(frames_next(answer));
}

/* The link is up with IPv6 alone: what waits is looked at each tenth of a second. */
static void packets_wait_for_ipv4(void)
{
	outgoing_bench(
		"udp a { listen = \"192.0.2.1:1701\" }\n"
		"peer lac { port = a  dial = \"192.0.2.9:1701\" }\n"
		"pool p { ranges = { 10.64.0.0/24, \"2001:db8:64::/48\" } }\n"
		"service s { local = 10.64.0.1  pool = p  auth = none }\n"
		"outgoing site { peer = lac  called = 1  service = s  address = 10.64.0.77 }\n");
	bench.no_answer = true;
	outgoing_packet(100);
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	frames_record();
	bench.call[0].cfg.name[0] = '\0'; /* the test is the client */
	l2tp_call_answer(bench.call[0].call, NULL, 0, clock_us);
	l2tp_call_connected(bench.call[0].call, NULL, 0, clock_us);
	bench_pass(0);
	outgoing_acked("c021 01 *");
	outgoing_says("c021 01 01 0004", "c021 02 01 0004");
	outgoing_acked("8021 01 *");
	outgoing_acked("8057 01 *");
	CU_ASSERT_TRUE(frames_none());
	CU_ASSERT_EQUAL(outgoing_site()->state, OUTGOING_CALLING);
	outgoing_says("8057 01 01 000e 010a 0000000000000005",
		      "8057 02 01 000e 010a 0000000000000005");
	CU_ASSERT_EQUAL(outgoing_site()->state, OUTGOING_UP);
	CU_ASSERT_TRUE(frames_next("0057 6000 *")); /* the router's advertisement */
	bench_pass(150000);
	outgoing_says("8021 01 01 000a 0306 0a40004d", "8021 02 01 000a 0306 0a40004d");
	bench_pass(49999);
	CU_ASSERT_EQUAL(outgoing_site()->waiting, 1);
	CU_ASSERT_TRUE(frames_none());
	bench_pass(1);
	CU_ASSERT_EQUAL(outgoing_site()->waiting, 0);
	CU_ASSERT_TRUE(frames_next("0021 4500 *"));
	CU_ASSERT_EQUAL(outgoing_absents(), 0);
	bench_stop();
}

static void without_memory_for_its_packet(void)
{
	outgoing_bench(LNS(""));
	heap_refuse(0);
	outgoing_packet(100);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(outgoing_absents(), 1);
	CU_ASSERT_EQUAL(outgoing_site()->waiting, 0);
	CU_ASSERT_EQUAL(outgoing_site()->state, OUTGOING_CALLING); /* the next one may pass */
	bench_stop();
}

/* RFC 2661 4.4.2: every result a LAC may give, with and without an error code. */
static void every_refusal_of_the_lac(void)
{
	for (unsigned result = 1; result <= 11; result++)
		for (unsigned error = 0; error <= 8; error += 4) {
			struct l2tp_result r = {.result = (uint16_t)result,
						.error = (uint16_t)error,
						.text = "sorry"};

			outgoing_bench(LNS(""));
			bench.no_answer = true;
			outgoing_packet(100);
			bench_pass(0);
			CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
			if (error == 4) /* also after OCRP */
				l2tp_call_answer(bench.call[0].call, NULL, 0, clock_us);
			bench_pass(0);
			l2tp_call_hangup(bench.call[0].call, &r, NULL, 0, clock_us);
			bench_pass(0);
			CU_ASSERT_EQUAL(outgoing_site()->state, OUTGOING_IDLE);
			CU_ASSERT_TRUE(outgoing_site()->why.has_cdn);
			CU_ASSERT_EQUAL(outgoing_site()->why.cdn_result, result);
			CU_ASSERT_EQUAL(outgoing_site()->why.cdn_error, error);
			CU_ASSERT_PTR_NOT_NULL(strstr(outgoing_site()->why.words, "sorry"));
			CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
			CU_ASSERT_EQUAL(outgoing_absents(), 1);
			bench_stop();
		}
}

/* A refused call is not placed again by each packet: 10, 20, 40 ... 160 seconds. */
static void calls_that_fail_are_limited(void)
{
	static const unsigned waits[] = {10, 20, 40, 80, 160, 160};

	outgoing_bench(LNS(""));
	bench.no_answer = true;
	for (unsigned i = 0; i < 6; i++) {
		outgoing_packet(100);
		bench_pass(0);
		CU_ASSERT_EQUAL_FATAL(bench.calls, i + 1);
		bench_hangup(&bench.call[i], L2TP_CDN_BUSY, "busy");
		bench_pass(waits[i] * SEC - 1);
		outgoing_packet(100);
		bench_pass(0);
		CU_ASSERT_EQUAL(bench.calls, i + 1);
		bench_pass(1);
	}
	bench_stop();
}

/* RFC 2661 6.9: without Bearer Capabilities of the LAC no OCRQ is sent. */
static void a_lac_that_places_no_calls(void)
{
	bench_start(LNS(""));
	outgoing_packet(100);
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.calls, 0);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(outgoing_site()->why.words, "did not advertise"));
	bench_stop();
}

/* OCCN and our CDN cross: what comes late is not the call's. */
static void cdn_crosses_occn(void)
{
	struct leg_end why = leg_end(LEG_BY_OPERATOR, "enough");

	outgoing_bench(LNS(""));
	bench.no_occn = true;
	outgoing_packet(100);
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	l2tp_call_connected(bench.call[0].call, NULL, 0, clock_us); /* under way */
	join_end(bench_join(), &why, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.call[0].result.result, L2TP_CDN_ADMINISTRATIVE);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(outgoing_site()->state, OUTGOING_IDLE);
	CU_ASSERT_TRUE(bench.tunnel_up);
	bench_stop();
}

/* The LAC says OCRP and then nothing. */
static void a_lac_that_never_connects(void)
{
	outgoing_bench(LNS(""));
	bench.no_occn = true;
	outgoing_packet(100);
	bench_pass(59 * SEC);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
	bench_pass(2 * SEC);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(outgoing_site()->why.cause, LEG_BY_TIMEOUT);
	bench_stop();
}

/* In the tunnel that the LAC has opened, to a peer we cannot dial. */
static void in_a_tunnel_of_the_lac(void)
{
	outgoing_bench("host-name = gw\n"
		       "udp a { listen = \"192.0.2.1:1701\" }\n"
		       "peer lac { hostname = lac }\n"
		       "pool p { ranges = { 10.64.0.0/24 } }\n"
		       "service s { local = 10.64.0.1  pool = p  auth = none }\n");
	CU_ASSERT_STRING_EQUAL(
		outgoing_call(bench.gw, "lac", "5551", "s", clock_us),
		"the peer has no tunnel to us that takes calls, and its section no dial "
		"address");
	CU_ASSERT_STRING_EQUAL(outgoing_call(bench.gw, "l", "5551", "s", clock_us), "no such peer");
	CU_ASSERT_STRING_EQUAL(outgoing_call(bench.gw, "lac", "5551", "t", clock_us),
			       "no such service");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_PTR_NULL(outgoing_call(bench.gw, "lac", "5551", "s", clock_us));
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	CU_ASSERT_STRING_EQUAL(bench.ocrq.called, "5551");
	CU_ASSERT_TRUE(bench.call[0].up);
	bench_stop();
}

/* The client hangs up; its next packet calls again at once. */
static void again_after_a_link_that_was_up(void)
{
	outgoing_bench(LNS(""));
	for (unsigned i = 0; i < 3; i++) {
		outgoing_packet(100);
		bench_pass(0);
		CU_ASSERT_EQUAL_FATAL(bench.calls, i + 1);
		CU_ASSERT_TRUE(bench.call[i].ip4);
		bench_hangup(&bench.call[i], L2TP_CDN_LOST_CARRIER, "gone");
		CU_ASSERT_EQUAL(outgoing_site()->state, OUTGOING_IDLE);
	}
	CU_ASSERT_EQUAL(outgoing_absents(), 0);
	bench_stop();
}

/* A /64 of its own, and networks behind it of both families. */
#define NETWORKS                                                                               \
	"host-name = gw\n"                                                                     \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                              \
	"peer lac { port = a  dial = \"192.0.2.9:1701\"  hostname = lac }\n"                   \
	"pool p { ranges = { 10.64.0.0/24, \"2001:db8:64::/48\" } }\n"                         \
	"service s { local = 10.64.0.1  pool = p  auth = none  mtu = 1400  tun = net }\n"      \
	"outgoing wide { peer = lac  called = 1  service = s  routes = 10.80.0.0/16 }\n"       \
	"outgoing site { peer = lac  called = 2  service = s  prefix = \"2001:db8:64:7::/64\"" \
	"  routes = { 10.80.7.0/24, \"2001:db8:80::/44\" } }\n"

static void outgoing_to(const char *hex)
{
	uint8_t pkt[64] = {0};

	bind_dp_ops.absent(bench.gw, pkt, test_hex(pkt, sizeof(pkt), hex), clock_us);
}

#define TO4(to) "45000014 00000000 40110000 0a000001 " to
#define TO6(to) "60000000 00001140 20010db8000100000000000000000001 " to

/* Which section each packet is for: that of the longest network. */
static void networks_bring_up_the_call(void)
{
	static const struct {
		const char *packet, *called;
		unsigned frames[2]; /* to the client, of IPv4 and IPv6; one is our advertisement */
	} rows[] = {
		{TO6("20010db80064000700000000000000aa"), "2", {0, 2}},
		{TO6("20010db8008f000100000000000000aa"), "2", {0, 2}},
		{TO4("0a500709"), "2", {1, 1}},
		{TO4("0a500809"), "1", {1, 1}},
		{TO6("20010db80090000100000000000000aa"), NULL, {0, 0}},
		{TO6("20010db80064000800000000000000aa"), NULL, {0, 0}},
		{TO4("0a510709"), NULL, {0, 0}},
		{TO6("20010db800640007"), NULL, {0, 0}}, /* half an address */
		{TO4("0a5007"), NULL, {0, 0}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		outgoing_bench(NETWORKS);
		outgoing_to(rows[i].packet);
		bench_pass(SEC); /* IPv6 may open first */
		CU_ASSERT_EQUAL(bench.calls, rows[i].called ? 1 : 0);
		if (rows[i].called)
			CU_ASSERT_STRING_EQUAL(bench.ocrq.called, rows[i].called);
		CU_ASSERT_EQUAL(fake_said("ppp 0021"), rows[i].frames[0]);
		CU_ASSERT_EQUAL(fake_said("ppp 0057"), rows[i].frames[1]);
		CU_ASSERT_EQUAL(outgoing_absents(), 0);
		bench_stop();
	}
}

/* They lead to the call while its network protocol is open. */
static void networks_lead_to_the_call(void)
{
	static const char lead4[] = "lead net 0a50070000000000/24 to ",
			  lead6[] = "lead net v6 20010db800800000/44 to ",
			  watch4[] = "watch net 0a50070000000000/24",
			  watch6[] = "watch net v6 20010db800800000/44";
	const struct dp_call *c;
	char want[64];

	outgoing_bench(NETWORKS);
	CU_ASSERT_EQUAL(fake_said("watch net"), 4);
	CU_ASSERT_EQUAL(fake_said("watch net v6 20010db800640007/64"), 1);
	CU_ASSERT_EQUAL(fake_said("route net add 10.80.0.0/16"), 1);
	CU_ASSERT_EQUAL(fake_said("route net add 10.80.7.0/24"), 1);
	CU_ASSERT_EQUAL(fake_said("route net add 2001:db8:80::/44"), 1);
	CU_ASSERT_PTR_NULL(outgoing_call_now(bench.gw, "site", clock_us));
	CU_ASSERT_EQUAL(fake_said("lead"), 0);
	bench_pass(0);
	CU_ASSERT_TRUE_FATAL(bench.call[0].ip4 && bench.call[0].ip6);
	c = &fake.call[0];
	snprintf(want, sizeof(want), "%s%u/%u", lead4, c->tid, c->sid);
	CU_ASSERT_EQUAL(fake_said(want), 1);
	snprintf(want, sizeof(want), "%s%u/%u", lead6, c->tid, c->sid);
	CU_ASSERT_EQUAL(fake_said(want), 1);
	CU_ASSERT_EQUAL(fake_said("lead"), 2);
	CU_ASSERT_TRUE(c->has_peer6 && c->peer6[5] == 0x64 && c->peer6[7] == 7);
	bench_hangup(&bench.call[0], L2TP_CDN_LOST_CARRIER, "gone");
	CU_ASSERT_EQUAL(fake_said(watch4), 2);
	CU_ASSERT_EQUAL(fake_said(watch6), 2);
	CU_ASSERT_EQUAL(fake_said("watch net"), 6);
	bench_stop();
}

/* The far end has no IPv6: what waits for it goes after a while, IPv4 at once. */
static void a_network_protocol_that_does_not_open(void)
{
	outgoing_bench(NETWORKS);
	bench.client_mru = 1000; /* IPv6 needs 1280 */
	outgoing_to(TO6("20010db80064000700000000000000aa"));
	outgoing_to(TO4("0a500709"));
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	CU_ASSERT_TRUE(bench.call[0].ip4 && !bench.call[0].ip6);
	CU_ASSERT_EQUAL(fake_said("ppp 0021"), 1);
	CU_ASSERT_EQUAL(bench.gw->outgoing[1].waiting, 1);
	bench_pass(9 * SEC);
	CU_ASSERT_EQUAL(bench.gw->outgoing[1].waiting, 1);
	CU_ASSERT_EQUAL(outgoing_absents(), 0);
	bench_pass(2 * SEC);
	CU_ASSERT_EQUAL(bench.gw->outgoing[1].waiting, 0);
	CU_ASSERT_EQUAL(outgoing_absents(), 1);
	outgoing_to(TO6("20010db80064000700000000000000aa"));
	CU_ASSERT_EQUAL(outgoing_absents(), 2);
	CU_ASSERT_EQUAL(fake_said("ppp 0057"), 0);
	bench_stop();
}

static const struct test_case cases[] = {
	{"a_packet_brings_up_the_call", a_packet_brings_up_the_call},
	{"attributes_of_the_peer_are_added", attributes_of_the_peer_are_added},
	{"a_section_may_leave_out_much", a_section_may_leave_out_much},
	{"a_few_packets_wait", a_few_packets_wait},
	{"packets_for_others_do_nothing", packets_for_others_do_nothing},
	{"each_of_several_sections", each_of_several_sections},
	{"without_memory_to_watch", without_memory_to_watch},
	{"states_have_names", states_have_names},
	{"packets_during_the_wait_are_counted", packets_during_the_wait_are_counted},
	{"the_wait_begins_anew_after_a_link", the_wait_begins_anew_after_a_link},
	{"a_call_that_cannot_begin", a_call_that_cannot_begin},
	{"a_command_that_cannot_call", a_command_that_cannot_call},
	{"none_while_going_down", none_while_going_down},
	{"a_packet_when_it_is_up", a_packet_when_it_is_up},
	{"a_call_without_memory", a_call_without_memory},
	{"no_room_for_the_call", no_room_for_the_call},
	{"packets_wait_for_ipv4", packets_wait_for_ipv4},
	{"without_memory_for_its_packet", without_memory_for_its_packet},
	{"every_refusal_of_the_lac", every_refusal_of_the_lac},
	{"calls_that_fail_are_limited", calls_that_fail_are_limited},
	{"a_lac_that_places_no_calls", a_lac_that_places_no_calls},
	{"cdn_crosses_occn", cdn_crosses_occn},
	{"a_lac_that_never_connects", a_lac_that_never_connects},
	{"in_a_tunnel_of_the_lac", in_a_tunnel_of_the_lac},
	{"again_after_a_link_that_was_up", again_after_a_link_that_was_up},
	{"networks_bring_up_the_call", networks_bring_up_the_call},
	{"networks_lead_to_the_call", networks_lead_to_the_call},
	{"a_network_protocol_that_does_not_open", a_network_protocol_that_does_not_open},
	{NULL, NULL},
};
const struct test_suite suite_outgoing = {"outgoing", cases};
