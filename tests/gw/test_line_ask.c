/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Circuits whose calls go where RADIUS servers say; the far end of the bench is every LNS. */
#include "gw/bind.h"
#include "gw/drain.h"
#include "gw/line.h"
#include "gw/lns.h"
#include "gw/resume.h"
#include "gw/route_way.h"
#include "tests/gw/bench.h"
#include "tests/gw/fake_radius.h"
#include "tests/gw/heard.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/udp/udp.h"
#include "transports/x25/x25_transport.h"

#include <string.h>

#define ASKING(keys)                                                                       \
	"host-name = gw\n"                                                                 \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                          \
	"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp } }\n"                \
	"x25 x { link = \"loop:y\"  address = 1  accept \"42*\" { carries = ppp } }\n"     \
	"radius isp { server \"192.0.2.5\" { secret = \"0123456789abcdef\" } }\n"          \
	"peer one { port = a  dial = \"192.0.2.20:1701\" }\n"                              \
	"peer any { port = a }\n"                                                          \
	"route calls { from = f  radius = isp  ask = circuit  template = any " keys " }\n" \
	"route numbers { from = x  radius = isp  ask = called  template = any }\n"
#define FR_CHANNEL  ((l2tp_channel)2 << 32 | 0x20001)
#define X25_CHANNEL ((l2tp_channel)3 << 32 | 0x20001)

/* L2TP of this tag to 192.0.2.9 and 192.0.2.10 (RFC 2868 3.1 and 3.4), and a preference (3.8) */
#define TO_9(tag)	"4006" tag "000003 430c" tag "3139322e302e322e39"
#define TO_10(tag)	"4006" tag "000003 430d" tag "3139322e302e322e3130"
#define PREFERS(tag, n) "5306" tag "0000" n
/* "between us", hidden with "secret" and a request of zeros, for tag 1 */
#define PASSWORD "4515018001 12dfcefc0752f374594b4831331d2016"

static const uint8_t request[] = {0xc0, 0x21, 1, 1, 0, 4};

static void ask_up(l2tp_channel c)
{
	bool fr = c == FR_CHANNEL;
	struct ist_attrs a = {.size = sizeof(a),
			      .payload = IST_PAYLOAD_PPP,
			      .permanent = fr,
			      .called = "31101",
			      .calling = "4242",
			      .access_line = (const uint8_t *)"\1\2m1", /* TR-101 */
			      .access_line_len = 4};
	const struct ist_transport *t = fr ? &frame_relay_transport : &x25_transport;

	CU_ASSERT_FATAL(!t->addr_parse(&a.peer, fr ? "100" : "4242"));
	fake.peer = a.peer;
	if (!fr)
		bind_dp_ops.offer(bench.gw, c, &a, clock_us);
	bind_dp_ops.up(bench.gw, c, &a, clock_us);
}

/* The far end of the circuit begins. */
static void ask_begin(l2tp_channel c)
{
	bind_dp_ops.line(bench.gw, c, request, sizeof(request), clock_us);
}

/* From nothing to what the answer leads to. */
static void ask_bench(const char *conf, l2tp_channel c, const char *attrs)
{
	bench_start(conf);
	fake.frame = NULL;
	fake_radius_accept(attrs);
	ask_up(c);
	ask_begin(c);
}

static void ask_stop(void)
{
	bench_stop();
	fake_radius.on = false;
}

/* --- tests ------------------------------------------------------------------------------------ */

/* RFC 2865 5.6: Service-Type Call-Check, and the circuit as the name. */
static void a_circuit_is_asked_about(void)
{
	struct l2tp_tunnel_info t;

	ask_bench(ASKING(""), FR_CHANNEL,
		  TO_9("01") PASSWORD "5a0801"
				      "77686f6c65"
				      "5b0601"
				      "666172");
	memcpy(bench.policy.secret.octets, "between us", 10);
	bench.policy.secret.len = 10;
	bench.policy.challenge = true;
	CU_ASSERT_EQUAL(fake_radius.asked, 1);
	CU_ASSERT_TRUE(fake_radius_asked("0107662f313030") && fake_radius_asked("06060000000a"));
	CU_ASSERT_TRUE(fake_radius_asked("3d0600000001"));	   /* NAS-Port-Type Sync */
	CU_ASSERT_FALSE(fake_radius_asked("0706"));		   /* Framed-Protocol */
	CU_ASSERT_TRUE(fake_radius_asked("1a0a00000de901046d31")); /* RFC 4679 3.3.1 */
	CU_ASSERT_EQUAL(fake_said("connect"), 0);
	/* it begins again, and is not asked about again */
	ask_begin(FR_CHANNEL);
	CU_ASSERT_EQUAL(fake_radius.asked, 1);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_NO_LINE], 0);
	bench_pass(0);
	CU_ASSERT_TRUE_FATAL(bench.calls == 1 && bench.call[0].up);
	CU_ASSERT_STRING_EQUAL(bench_join()->reason, "route calls, radius isp, to any@192.0.2.9");
	CU_ASSERT_TRUE(fake_said("ppp c021") >= 1); /* its first frame */
	/* the tunnel has the names and the password of the answer */
	l2tp_tunnel_info(l2tp_tunnel_next(bench.far, NULL), &t);
	CU_ASSERT_STRING_EQUAL(t.peer_host, "whole");
	CU_ASSERT_TRUE(t.authenticated);
	CU_ASSERT_EQUAL(route_way_calls(bench.gw, &bench.gw->cfg->route[0]), 1);
	/* it is one of its section's */
	CU_ASSERT_EQUAL(drain_left(bench.gw, DRAIN_PEER, "any"), 1);
	CU_ASSERT_EQUAL(drain_left(bench.gw, DRAIN_PEER, "any@192.0.2.9"), 1);
	bench_hangup(&bench.call[0], L2TP_CDN_ADMINISTRATIVE, "enough");
	CU_ASSERT_EQUAL(route_way_calls(bench.gw, &bench.gw->cfg->route[0]), 0);
	ask_stop();
}

static void a_number_is_asked_about(void)
{
	ask_bench(ASKING(""), X25_CHANNEL, TO_9("00"));
	CU_ASSERT_TRUE(fake_radius_asked("01073331313031") && fake_radius_asked("06060000000a"));
	CU_ASSERT_TRUE(fake_radius_asked("1e073331313031")); /* Called-Station-Id */
	CU_ASSERT_TRUE(fake_radius_asked("3d0600000008"));   /* X.25 */
	bench_pass(0);
	CU_ASSERT_TRUE(bench.calls == 1 && bench.call[0].up);
	ask_stop();
}

/* Its circuit is cleared; one that stays is asked about again, after a while. */
static void a_refusal(void)
{
	bench_start(ASKING("to = one"));
	fake.frame = NULL;
	fake_radius_accept("");
	fake_radius.code = RADIUS_ACCESS_REJECT;
	ask_up(FR_CHANNEL);
	ask_begin(FR_CHANNEL);
	bench_pass(0);
	CU_ASSERT_EQUAL(fake_said("connect"), 0);
	CU_ASSERT_EQUAL(fake_said("disconnect 200020001 6 no peer takes the call"), 1);
	CU_ASSERT_EQUAL(bench_logged("call notice: line (f 100): no call: route calls, radius isp: "
				     "refused by RADIUS"),
			1);
	CU_ASSERT_EQUAL(route_way_calls(bench.gw, &bench.gw->cfg->route[0]), 0);
	ask_begin(FR_CHANNEL);
	bench_pass(9 * SEC);
	CU_ASSERT_EQUAL(fake_radius.asked, 1);
	bench_pass(SEC);
	ask_begin(FR_CHANNEL);
	CU_ASSERT_EQUAL(fake_radius.asked, 2);
	bench_pass(0);
	ask_stop();
}

/* RFC 2868 3.1: "MUST behave as though an Access-Reject had been received" */
static void rfc2868_3_1_no_tunnel_that_can_be_used(void)
{
	ask_bench(ASKING("to = one"), FR_CHANNEL, "400601000001 430c013139322e302e322e39");
	bench_pass(0);
	CU_ASSERT_EQUAL(fake_said("connect"), 0);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 1);
	CU_ASSERT_EQUAL(bench_logged("call notice: route calls: radius isp: tunnel 1 to 192.0.2.9 "
				     "is passed over: its Tunnel-Type is not L2TP"),
			1);
	ask_stop();
}

/* The route's own peers are for what the servers say nothing about. */
static void its_own_peers_count_else(void)
{
	ask_bench(ASKING("to = one"), FR_CHANNEL, "");
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	CU_ASSERT_STRING_EQUAL(bench_join()->reason, "route calls, radius isp, to one");
	ask_stop();
	ask_bench(ASKING(""), FR_CHANNEL, "");
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.calls, 0);
	CU_ASSERT_EQUAL(bench_logged("call notice: line (f 100): no call: *RADIUS's answer names "
				     "no tunnel"),
			1);
	ask_stop();
}

/* 3.8: the lowest is tried first; another follows when it refuses. */
static void rfc2868_3_8_in_the_order_of_preference(void)
{
	ask_bench(ASKING(""), FR_CHANNEL,
		  TO_9("01") PREFERS("01", "09") TO_10("02") PREFERS("02", "03"));
	bench.no_answer = true;
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	CU_ASSERT_STRING_EQUAL(bench_join()->reason,
			       "route calls, radius isp, to any@192.0.2.10 of preference 3");
	bench.no_answer = false;
	bench_hangup(&bench.call[0], L2TP_CDN_NO_FACILITIES_TEMP, "busy");
	bench_pass(0);
	CU_ASSERT_TRUE_FATAL(bench.calls == 2 && bench.call[1].up);
	CU_ASSERT_EQUAL(fake_radius.asked, 1);
	CU_ASSERT_STRING_EQUAL(
		bench_join()->reason,
		"route calls, radius isp, to any@192.0.2.10 of preference 3 refused: "
		"no facilities (temporary) (busy), to any@192.0.2.9 of preference 9");
	ask_stop();
}

/* Calls of 192.0.2.9, 192.0.2.10 and 192.0.2.11. */
static unsigned ask_calls[3];

static void ask_count_calls(void *ctx, const struct cfg_peer *peer)
{
	static const char *const names[] = {"any@192.0.2.9", "any@192.0.2.10", "any@192.0.2.11"};

	(void)ctx;
	for (unsigned i = 0; i < 3; i++)
		if (!strcmp(peer->name, names[i]))
			ask_calls[i] = l2tp_peer_calls(bench.gw->engine, peer);
}

static void ask_place(unsigned i)
{
	ask_up(X25_CHANNEL + i);
	ask_begin(X25_CHANNEL + i);
	bench_pass(0);
	lns_each(bench.gw, ask_count_calls, NULL);
}

/* 3.8: those of one preference are equal.  The one with fewer calls is taken, and of two that have
 * as many either; one of a higher preference is not. */
static void rfc2868_3_8_equal_preferences_share(void)
{
	unsigned first[2] = {0};

	for (unsigned run = 0; run < 32; run++) {
		bench_start(ASKING(""));
		fake.frame = NULL;
		fake_radius_accept(TO_9("01") PREFERS("01", "03") TO_10("02") PREFERS(
			"02", "03") "400603000003 430d03"
				    "3139322e302e322e3131" PREFERS("03", "04"));
		memset(ask_calls, 0, sizeof(ask_calls));
		for (unsigned i = 0; i < 6; i++) {
			ask_place(i);
			CU_ASSERT_EQUAL(ask_calls[0] + ask_calls[1], i + 1);
			CU_ASSERT_TRUE(ask_calls[0] + 1 >= ask_calls[1] &&
				       ask_calls[1] + 1 >= ask_calls[0]);
			if (!i)
				first[ask_calls[1]]++;
		}
		bench_hangup(&bench.call[run % 6], L2TP_CDN_ADMINISTRATIVE, "enough");
		ask_place(6);
		CU_ASSERT_TRUE(ask_calls[0] == 3 && ask_calls[1] == 3);
		ask_stop();
	}
	CU_ASSERT_TRUE(first[0] && first[1]);
}

/* An LNS that is not the one that was meant is none. */
static void another_host_name_is_no_lns(void)
{
	ask_bench(ASKING(""), FR_CHANNEL,
		  TO_9("01") "5b0801"
			     "616e6f7468" TO_10("02") PREFERS("02", "03") "5b0602"
									  "464152");
	bench_pass(0);
	CU_ASSERT_TRUE_FATAL(bench.calls == 1 && bench.call[0].up);
	CU_ASSERT_EQUAL(bench_logged("tunnel notice: tunnel *: not up with any@192.0.2.9 *not "
				     "authorized (peer has another Host Name than it is to have)"),
			1);
	ask_stop();
}

static void the_circuit_goes_down_meanwhile(void)
{
	for (unsigned forever = 0; forever < 2; forever++) {
		ask_bench(ASKING(""), FR_CHANNEL, TO_9("01"));
		bind_dp_ops.down(bench.gw, FR_CHANNEL, NULL, forever, clock_us);
		bench_pass(0);
		CU_ASSERT_EQUAL(bench.calls, 0);
		CU_ASSERT_EQUAL(route_way_calls(bench.gw, &bench.gw->cfg->route[0]), 0);
		ask_stop();
	}
	ask_bench(ASKING(""), FR_CHANNEL, TO_9("01"));
	ask_stop(); /* nothing is left of it */
}

static unsigned ask_lnss;

static void ask_count(void *ctx, const struct cfg_peer *peer)
{
	(void)ctx, (void)peer;
	ask_lnss++;
}

static unsigned ask_lnss_there(void)
{
	ask_lnss = 0;
	lns_each(bench.gw, ask_count, NULL);
	return ask_lnss;
}

/* Control is killed: the tunnel, its names and its secret go on, and so do new calls in it. */
static void it_outlives_control(void)
{
	struct l2tp_tunnel_info t;
	struct ist_addr a;

	bench_start_kept(ASKING(""));
	fake.frame = NULL;
	CU_ASSERT_FATAL(!udp_transport.addr_parse(&a, "192.0.2.9:1701"));
	fake_circuit(FAR_CHANNEL, &a);
	CU_ASSERT_FATAL(!frame_relay_transport.addr_parse(&a, "100"));
	fake_circuit(FR_CHANNEL, &a);
	fake_radius_accept(TO_9("01") PASSWORD "5b0601"
					       "666172");
	memcpy(bench.policy.secret.octets, "between us", 10);
	bench.policy.secret.len = 10;
	ask_up(FR_CHANNEL);
	ask_begin(FR_CHANNEL);
	bench_pass(0);
	CU_ASSERT_TRUE_FATAL(bench.calls == 1 && bench.call[0].up);
	bench_kill(NULL);
	CU_ASSERT_EQUAL(ask_lnss_there(), 1);
	CU_ASSERT_EQUAL(route_way_calls(bench.gw, &bench.gw->cfg->route[0]), 1);
	CU_ASSERT_STRING_EQUAL(bench_join()->reason, "route calls, radius isp, to any@192.0.2.9");
	l2tp_tunnel_info(l2tp_tunnel_next(bench.gw->engine, NULL), &t);
	CU_ASSERT_STRING_EQUAL(((const struct cfg_peer *)t.peer)->name, "any@192.0.2.9");
	bench_pass(300 * SEC);
	CU_ASSERT_TRUE(bench.call[0].up);
	bench_hangup(&bench.call[0], L2TP_CDN_ADMINISTRATIVE, "enough");
	bench_pass(0);
	ask_begin(FR_CHANNEL);
	bench_pass(0);
	CU_ASSERT_TRUE(bench.calls == 2 && bench.call[1].up);
	CU_ASSERT_EQUAL(ask_lnss_there(), 1);
	CU_ASSERT_PTR_NULL(
		l2tp_tunnel_next(bench.gw->engine, l2tp_tunnel_next(bench.gw->engine, NULL)));
	ask_stop();
}

/* RFC 2867: the records have the names that the answer gives, and RFC 2868 3.7 its assignment. */
static void its_tunnel_is_accounted_for(void)
{
	heard_begin("host-name = gw\n"
		    "udp a { listen = \"192.0.2.1:1701\" }\n"
		    "frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp } }\n"
		    "radius isp { accounting = yes  accounting-on = no  server \"192.0.2.5\" { "
		    "secret = \"0123456789abcdef\" } }\n"
		    "peer any { port = a  radius = isp }\n"
		    "route calls { from = f  radius = isp  ask = circuit  template = any }\n",
		    TO_9("01") "5a0801"
			       "77686f6c65"
			       "520701"
			       "676f6c64");
	fake.frame = NULL;
	ask_up(FR_CHANNEL);
	ask_begin(FR_CHANNEL);
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(heards == 2 && heard_is(0, RADIUS_ACCT_TUNNEL_START) &&
			     heard_is(1, RADIUS_ACCT_LINK_START));
	for (unsigned i = 0; i < 2; i++) {
		ASSERT_HEARD(i, TUNNEL_CLIENT_AUTH_ID, "77686f6c65");
		ASSERT_HEARD(i, TUNNEL_SERVER_AUTH_ID, "666172");
		ASSERT_HEARD(i, TUNNEL_ASSIGNMENT_ID, "676f6c64");
	}
	heard_end();
}

/* Its section is gone in the next life: so is the tunnel. */
static void its_section_goes(void)
{
	struct ist_addr a;

	bench_start_kept(ASKING(""));
	fake.frame = NULL;
	CU_ASSERT_FATAL(!udp_transport.addr_parse(&a, "192.0.2.9:1701"));
	fake_circuit(FAR_CHANNEL, &a);
	fake_radius_accept(TO_9("01"));
	ask_up(FR_CHANNEL);
	ask_begin(FR_CHANNEL);
	bench_pass(0);
	CU_ASSERT_TRUE_FATAL(bench.calls == 1 && bench.call[0].up);
	bench_kill("host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"
		   "peer one { port = a  dial = \"192.0.2.20:1701\" }\n");
	bench_pass(0);
	CU_ASSERT_EQUAL(ask_lnss_there(), 0);
	CU_ASSERT_TRUE(bench.call[0].down);
	ask_stop();
}

/* It goes when neither a call nor a tunnel needs it. */
static void it_goes_when_nothing_needs_it(void)
{
	ask_bench(ASKING(""), FR_CHANNEL, TO_9("01"));
	bench_pass(0);
	CU_ASSERT_TRUE_FATAL(bench.calls == 1 && bench.call[0].up);
	bench_pass(200 * SEC);
	CU_ASSERT_EQUAL(ask_lnss_there(), 1);
	bench_hangup(&bench.call[0], L2TP_CDN_ADMINISTRATIVE, "enough");
	bench_pass(200 * SEC);
	CU_ASSERT_EQUAL(ask_lnss_there(), 1); /* the tunnel stays */
	l2tp_tunnel_close(l2tp_tunnel_next(bench.far, NULL), NULL, clock_us);
	bench_pass(SEC);
	for (unsigned i = 0; i < 10; i++)
		bench_pass(30 * SEC);
	CU_ASSERT_EQUAL(ask_lnss_there(), 0);
	ask_stop();
}

static const struct test_case cases[] = {
	{"a_circuit_is_asked_about", a_circuit_is_asked_about},
	{"a_number_is_asked_about", a_number_is_asked_about},
	{"a_refusal", a_refusal},
	{"rfc2868_3_1_no_tunnel_that_can_be_used", rfc2868_3_1_no_tunnel_that_can_be_used},
	{"its_own_peers_count_else", its_own_peers_count_else},
	{"rfc2868_3_8_in_the_order_of_preference", rfc2868_3_8_in_the_order_of_preference},
	{"rfc2868_3_8_equal_preferences_share", rfc2868_3_8_equal_preferences_share},
	{"another_host_name_is_no_lns", another_host_name_is_no_lns},
	{"the_circuit_goes_down_meanwhile", the_circuit_goes_down_meanwhile},
	{"it_outlives_control", it_outlives_control},
	{"its_tunnel_is_accounted_for", its_tunnel_is_accounted_for},
	{"its_section_goes", its_section_goes},
	{"it_goes_when_nothing_needs_it", it_goes_when_nothing_needs_it},
	{NULL, NULL},
};
const struct test_suite suite_line_ask = {"line_ask", cases};
