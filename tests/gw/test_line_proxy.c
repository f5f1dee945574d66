/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `lcp = proxy`: the test is the client on the line, the far end of the bench the LNS. */
#include "gw/line.h"
#include "gw/bind.h"
#include "gw/dial.h"
#include "gw/route_way.h"
#include "tests/gw/frames.h"
#include "tests/gw/heard.h"
#include "tests/heap.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/x25/x25_transport.h"

#include <stdio.h>
#include <string.h>

#define CONF(keys)                                                                              \
	"host-name = gw\n"                                                                      \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                               \
	"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp " keys " } }\n"            \
	"x25 x { link = \"loop:y\"  address = 1  accept \"42*\" { carries = ppp " keys " } }\n" \
	"peer one { port = a  dial = \"192.0.2.9:1701\" }\n"                                    \
	"peer two { port = a  dial = \"192.0.2.10:1701\" }\n"                                   \
	"route calls { from = { f, x }  to = { one, two } }\n"
#define PROXY	    CONF("lcp = proxy")
#define FR_CHANNEL  ((l2tp_channel)2 << 32 | 0x20001)
#define X25_CHANNEL ((l2tp_channel)3 << 32 | 0x20001)

/* --- the client ------------------------------------------------------------------------------- */

static struct l2tp_msg told; /* the ICCN; values in told_octets */
static uint8_t told_octets[L2TP_MSG_MAX];
static unsigned told_n;

static void site_iccn(const struct l2tp_msg *m)
{
	size_t at = 0;

	told = *m;
	told_n++;
	for (unsigned i = 0; i < told.n; i++) {
		memcpy(told_octets + at, m->avp[i].val, m->avp[i].len);
		told.avp[i].val = told_octets + at;
		at += m->avp[i].len;
	}
}

static void told_octets_are(uint16_t type, const uint8_t *want, size_t n)
{
	const struct l2tp_avp *a = l2tp_msg_find(&told, L2TP_IETF, type);

	CU_ASSERT_PTR_NOT_NULL_FATAL(a);
	ASSERT_OCTETS(a->val, a->len, want, n);
}

static void told_is(uint16_t type, const char *hex)
{
	uint8_t want[300];

	told_octets_are(type, want, test_hex(want, sizeof(want), hex));
}

static uint16_t site_number(void)
{
	for (unsigned i = 0; i < fake.calls; i++)
		if (!fake.call[i].tid)
			return fake.call[i].sid;
	return 0;
}

static uint8_t site_request[100]; /* of the gateway */
static size_t site_request_len;

static void site_hears_request(const char *want)
{
	CU_ASSERT_TRUE(frames_next(want));
	memcpy(site_request, frames_last(&site_request_len), sizeof(site_request));
}

static void site_says(const char *hex)
{
	frames_give(0, site_number(), hex);
}

/* Whatever it asks for is fine. */
static void site_acks(void)
{
	site_request[2] = 2;
	bind_dp_ops.ppp(bench.gw, 0, site_number(), site_request, site_request_len, clock_us);
	bench_pass(0);
}

static void site_start(const char *conf)
{
	bench_start(conf);
	told_n = 0;
	bench.on_iccn = site_iccn;
	bench.no_ppp = true;
}

/* Our first Configure-Request; the gateway has nothing on the line before it, and repeats its own
 * when it hears ours. */
static void site_comes(l2tp_channel c, const char *hex)
{
	bool fr = c == FR_CHANNEL;
	const struct ist_transport *t = fr ? &frame_relay_transport : &x25_transport;
	struct ist_attrs a = {.size = sizeof(a),
			      .payload = IST_PAYLOAD_PPP,
			      .permanent = fr,
			      .called = "31101",
			      .calling = "4242",
			      .tx_bps = 9600,
			      .rx_bps = 4800};
	uint8_t frame[100];
	size_t n = test_hex(frame, sizeof(frame), hex);

	CU_ASSERT_FATAL(!t->addr_parse(&a.peer, fr ? "100" : "4242"));
	fake.peer = a.peer;
	if (!fr)
		bind_dp_ops.offer(bench.gw, c, &a, clock_us);
	bind_dp_ops.up(bench.gw, c, &a, clock_us);
	frames_record();
	bind_dp_ops.line(bench.gw, c, frame, n, clock_us);
	bench_pass(0);
	site_hears_request("c021 01 01 *");
	site_hears_request("c021 01 01 *");
}

static void site_begin(const char *conf, l2tp_channel c, const char *hex)
{
	site_start(conf);
	site_comes(c, hex);
}

/* To the Challenge. */
static void site_open(l2tp_channel c)
{
	site_begin(PROXY, c, "c021 01 01 0004");
	CU_ASSERT_TRUE(frames_next("c021 02 01 0004"));
	site_acks();
	CU_ASSERT_TRUE(frames_next("c223 01 01 0017 10 *"));
}

#define ANSWER "c223 02 01 0019 10 000102030405060708090a0b0c0d0e0f 616e6e40"

static const struct dp_call *site_line(void)
{
	return fake_entry(0, site_number());
}

/* --- tests ------------------------------------------------------------------------------------ */

/* As long as our PPP has the line, and when the call has it. */
static void the_circuit_keeps_its_filters(void)
{
	site_begin(CONF("lcp = proxy  ppp-filter-in = \"ip\""), FR_CHANNEL, "c021 01 01 0004");
	CU_ASSERT_EQUAL(site_line()->filter[DP_FILTER_PPP_IN], 1);
	CU_ASSERT_TRUE(frames_next("c021 02 01 0004"));
	site_acks();
	CU_ASSERT_TRUE(frames_next("c223 01 01 0017 10 *"));
	site_says(ANSWER);
	CU_ASSERT_EQUAL(told_n, 1);
	CU_ASSERT_EQUAL(site_line()->mode, DP_FORWARD);
	CU_ASSERT_EQUAL(site_line()->filter[DP_FILTER_PPP_IN], 1);
	bench_stop();
}

static void rfc2661_4_4_5_the_lns_is_told(void)
{
	const struct dp_call *call;
	uint8_t challenge[16];
	size_t n;

	site_begin(PROXY, FR_CHANNEL, "c021 01 01 0010 0206 00000000 0506 a1a2a3a4");
	CU_ASSERT_TRUE(frames_next("c021 02 01 0010 0206 00000000 0506 a1a2a3a4"));
	site_acks();
	CU_ASSERT_TRUE(frames_next("c223 01 01 0017 10 *"));
	memcpy(challenge, frames_last(&n) + 7, 16);
	CU_ASSERT_EQUAL(fake_said("connect"), 0); /* nobody is called yet */
	site_says(ANSWER);
	CU_ASSERT_EQUAL_FATAL(told_n, 1);
	told_is(L2TP_AVP_INITIAL_RX_LCP_CONFREQ, "0206 00000000 0506 a1a2a3a4");
	told_is(L2TP_AVP_LAST_RX_LCP_CONFREQ, "0206 00000000 0506 a1a2a3a4");
	told_octets_are(L2TP_AVP_LAST_TX_LCP_CONFREQ, site_request + 6, site_request_len - 6);
	told_is(L2TP_AVP_PROXY_AUTHEN_TYPE, "0002");
	told_is(L2TP_AVP_PROXY_AUTHEN_NAME, "616e6e40");
	told_octets_are(L2TP_AVP_PROXY_AUTHEN_CHALLENGE, challenge, 16);
	told_is(L2TP_AVP_PROXY_AUTHEN_ID, "0001");
	told_is(L2TP_AVP_PROXY_AUTHEN_RESPONSE, "000102030405060708090a0b0c0d0e0f");
	CU_ASSERT_EQUAL(bench.iccn_tx, 9600);
	/* and from here on it is a LAC's join like any other; our PPP has said nothing more */
	CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(site_line());
	CU_ASSERT_EQUAL(site_line()->mode, DP_FORWARD);
	CU_ASSERT_EQUAL(site_line()->channel, FR_CHANNEL);
	call = fake_entry(site_line()->to_tid, site_line()->to_sid);
	CU_ASSERT_TRUE(call && call->mode == DP_FORWARD && call->to_sid == site_number());
	CU_ASSERT_TRUE(frames_none());
	frames_give(call->tid, call->sid, "c223 03 01 0004");
	CU_ASSERT_TRUE(frames_next("c223 03 01 0004"));
	bench_pass(120 * SEC);
	CU_ASSERT_TRUE(frames_none());
	bench_stop();
}

/* RFC 2867 3.4: whom our PPP has asked is known when the call comes up, and to its end. */
static void accounting_hears_who_it_was(void)
{
	heard_begin("host-name = gw\n"
		    "udp a { listen = \"192.0.2.1:1701\" }\n"
		    "frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp lcp = proxy } }\n"
		    "peer one { port = a  dial = \"192.0.2.9:1701\"  radius = r }\n"
		    "route calls { from = f  to = one }\n"
		    "radius r { accounting = yes accounting-on = no server \"192.0.2.8\" { secret "
		    "= \"0123456789abcdef\" } }\n",
		    "");
	told_n = 0;
	bench.on_iccn = site_iccn;
	bench.no_ppp = true;
	site_comes(FR_CHANNEL, "c021 01 01 0004");
	CU_ASSERT_TRUE(frames_next("c021 02 01 0004"));
	site_acks();
	site_says(ANSWER);
	bench_pass(SEC);
	bench_hangup(&bench.call[0], L2TP_CDN_LOST_CARRIER, "");
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(heards == 3 && heard_is(1, RADIUS_ACCT_LINK_START) &&
			     heard_is(2, RADIUS_ACCT_LINK_STOP));
	ASSERT_HEARD(1, USER_NAME, "616e6e40");
	ASSERT_HEARD(2, USER_NAME, "616e6e40");
	heard_end();
}

/* Callback is rejected first: the first and the last Request differ. */
static void rfc2661_4_4_5_first_and_last_request(void)
{
	site_begin(PROXY, FR_CHANNEL, "c021 01 01 000d 0506 a1a2a3a4 0d03 00");
	CU_ASSERT_TRUE(frames_next("c021 04 01 0007 0d03 00"));
	site_says("c021 01 02 000a 0506 a1a2a3a4");
	CU_ASSERT_TRUE(frames_next("c021 02 02 *"));
	site_acks();
	CU_ASSERT_TRUE(frames_next("c223 01 *"));
	site_says(ANSWER);
	CU_ASSERT_EQUAL_FATAL(told_n, 1);
	told_is(L2TP_AVP_INITIAL_RX_LCP_CONFREQ, "0506 a1a2a3a4 0d03 00");
	told_is(L2TP_AVP_LAST_RX_LCP_CONFREQ, "0506 a1a2a3a4");
	bench_stop();
}

static void rfc2661_4_4_5_pap(void)
{
	site_begin(CONF("lcp = proxy  auth = pap  mru = 1300"), FR_CHANNEL, "c021 01 01 0004");
	CU_ASSERT_TRUE(frames_next("c021 02 01 0004"));
	ASSERT_OCTETS(site_request, 14, "\xc0\x21\x01\x01\x00\x12\x01\x04\x05\x14\x03\x04\xc0\x23",
		      14);
	site_acks();
	site_says("c023 01 09 000e 03 616e6e 05 7365637265");
	CU_ASSERT_EQUAL_FATAL(told_n, 1);
	told_is(L2TP_AVP_PROXY_AUTHEN_TYPE, "0003");
	told_is(L2TP_AVP_PROXY_AUTHEN_NAME, "616e6e");
	told_is(L2TP_AVP_PROXY_AUTHEN_ID, "0009");
	told_is(L2TP_AVP_PROXY_AUTHEN_RESPONSE, "7365637265");
	CU_ASSERT_PTR_NULL(l2tp_msg_find(&told, L2TP_IETF, L2TP_AVP_PROXY_AUTHEN_CHALLENGE));
	told_is(L2TP_AVP_LAST_RX_LCP_CONFREQ, "");
	bench_stop();
}

/* Nothing to prove: the call is placed when LCP is open, and what the client says to the network
 * meanwhile is kept in order. */
static void rfc2661_4_4_5_no_authentication(void)
{
	site_begin(CONF("lcp = proxy  auth = none"), FR_CHANNEL, "c021 01 01 0004");
	bench.no_answer = true;
	CU_ASSERT_TRUE(frames_next("c021 02 01 0004"));
	site_acks();
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	site_says("8021 01 01 000a 0306 00000000");
	site_says("8057 01 01 000e 010a 0000000000000001");
	site_says("c021 09 03 0008 00000000"); /* LCP is still ours */
	CU_ASSERT_TRUE(frames_next("c021 0a 03 0008 ????????"));
	l2tp_call_answer(bench.call[0].call, NULL, 0, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(told_n, 1);
	told_is(L2TP_AVP_PROXY_AUTHEN_TYPE, "0004");
	CU_ASSERT_TRUE(frames_next("8021 01 01 000a 0306 00000000"));
	CU_ASSERT_TRUE(frames_next("8057 01 01 000e *"));
	CU_ASSERT_TRUE(frames_none());
	bench_stop();
}

/* "No" of one peer: the next is asked with the same answer, and the client notices nothing. */
static void the_next_peer_is_told_the_same(void)
{
	site_open(X25_CHANNEL);
	bench.no_answer = true;
	site_says(ANSWER);
	site_says(ANSWER); /* it was not heard, the client thinks */
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	bench.no_answer = false;
	bench_hangup(&bench.call[0], L2TP_CDN_NO_FACILITIES_TEMP, "busy");
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	CU_ASSERT_EQUAL_FATAL(told_n, 1);
	told_is(L2TP_AVP_PROXY_AUTHEN_NAME, "616e6e40");
	CU_ASSERT_TRUE(frames_none());
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	bench_hangup(&bench.call[1], L2TP_CDN_ADMINISTRATIVE, "enough");
	CU_ASSERT_EQUAL(fake_said("disconnect"), 1);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(fake.calls, 0);
	bench_stop();
}

#define NOBODY "4e6f206e6574776f726b207365727665722074616b6573207468652063616c6c"

static void nobody_takes_it(void)
{
	char ack[20];
	size_t n;

	site_open(X25_CHANNEL);
	bench.no_answer = true;
	site_says(ANSWER);
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_TRUE(frames_none());
		CU_ASSERT_EQUAL_FATAL(bench.calls, i + 1);
		bench_hangup(&bench.call[i], L2TP_CDN_NO_FACILITIES_TEMP, "busy");
	}
	CU_ASSERT_TRUE(frames_next("c223 04 01 0024 " NOBODY));
	CU_ASSERT_TRUE(frames_next("c021 05 ?? 0024 " NOBODY));
	CU_ASSERT_EQUAL(bench_logged("call notice: line * (x 4242): refused: user ann@: *busy*"),
			1);
	CU_ASSERT_EQUAL(route_way_calls(bench.gw, &bench.gw->cfg->route[0]), 0);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	bench_pass(3 * SEC); /* the client is silent: once more */
	CU_ASSERT_TRUE(frames_next("c021 05 ?? 0024 " NOBODY));
	snprintf(ack, sizeof(ack), "c021 06 %02x 0004", frames_last(&n)[3]);
	site_says(ack);
	CU_ASSERT_EQUAL(bench_logged("call info: line * (x 4242): ended: *busy*"), 1);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 1);
	CU_ASSERT_EQUAL(fake.calls, 0);
	bench_stop();
}

/* "the circuit is gone": the data plane does not know it any more when the user is known. */
static void the_circuit_is_gone_by_then(void)
{
	site_open(FR_CHANNEL);
	fake.no_peer = true;
	site_says(ANSWER);
	CU_ASSERT_TRUE(frames_next("c223 04 01 0024 " NOBODY));
	CU_ASSERT_TRUE(frames_next("c021 05 ?? 0024 " NOBODY));
	CU_ASSERT_EQUAL(
		bench_logged("call notice: line *: refused: user ann@: the circuit is gone"), 1);
	CU_ASSERT_EQUAL(bench.calls, 0);
	fake.no_peer = false;
	bench_stop();
}

/* The route may ask for the user; one that does not fit refuses him. */
static void a_route_by_user(void)
{
	static const char *const routes[] = {"user = \"ann@\"", "user = bob", ""};

	for (unsigned i = 0; i < 3; i++) {
		char conf[700];

		snprintf(conf, sizeof(conf),
			 "host-name = gw\n"
			 "udp a { listen = \"192.0.2.1:1701\" }\n"
			 "frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp  lcp = proxy "
			 "} "
			 "}\n"
			 "peer one { port = a  dial = \"192.0.2.9:1701\" }\n"
			 "route r { from = f  %s  to = one }\n",
			 routes[i]);
		site_begin(conf, FR_CHANNEL, "c021 01 01 0004");
		CU_ASSERT_TRUE(frames_next("c021 02 01 0004"));
		site_acks();
		CU_ASSERT_TRUE(frames_next("c223 01 01 0017 10 *"));
		site_says(ANSWER);
		CU_ASSERT_EQUAL(bench.calls, i != 1);
		if (i == 1) {
			CU_ASSERT_TRUE(frames_next("c223 04 01 0024 " NOBODY));
			CU_ASSERT_EQUAL(bench_logged("call notice: line * (f 100): refused: user "
						     "ann@: no route (not r: the user differs)"),
					1);
		}
		bench_stop();
	}
}

/* A client that had nothing to prove has no name: only a route that asks for none fits. */
static void no_user_no_route_by_user(void)
{
	site_begin(
		"host-name = gw\n"
		"udp a { listen = \"192.0.2.1:1701\" }\n"
		"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp  lcp = proxy  auth = "
		"none } }\n"
		"peer one { port = a  dial = \"192.0.2.9:1701\" }\n"
		"route r { from = f  user = \"*\"  to = one }\n",
		FR_CHANNEL, "c021 01 01 0004");
	CU_ASSERT_TRUE(frames_next("c021 02 01 0004"));
	site_acks();
	CU_ASSERT_EQUAL(bench.calls, 0);
	CU_ASSERT_EQUAL(bench_logged("call notice: line * (f 100): refused: user *: no route (not "
				     "r: no user is known)"),
			1);
	/* what the client says to the network meanwhile is dropped, and counted */
	site_says("8021 01 01 000a 0306 00000000");
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_OTHER_NOT_UP], 1);
	bench_stop();
}

/* What the client sends has to fit into the tunnel: 1300 octets less the L2TP header without Length
 * and with sequence numbers (10), FF 03 and the protocol field (4); on the line it is the latter
 * alone. */
static void the_mru_fits_the_tunnel(void)
{
	const char *words;

	for (unsigned tunnels = 0; tunnels < 2; tunnels++) {
		site_start(CONF("lcp = proxy"));
		fake.mtu = 1300;
		if (tunnels)
			dial_tunnel(bench.gw, &bench.gw->cfg->peer[1], clock_us, &words);
		site_comes(FR_CHANNEL, "c021 01 01 0004");
		CU_ASSERT_EQUAL(site_request[6], 1); /* MRU */
		CU_ASSERT_EQUAL(site_request[8] << 8 | site_request[9], tunnels ? 1286 : 1298);
		bench_stop();
	}
}

/* An MRU under 1280 is no matter of ours: IPv6 is the LNS's. */
static void a_small_mru_is_not_logged(void)
{
	site_begin(CONF("lcp = proxy  mru = 1000"), FR_CHANNEL, "c021 01 01 0004");
	site_acks();
	site_says(ANSWER);
	CU_ASSERT_EQUAL_FATAL(told_n, 1);
	CU_ASSERT_EQUAL(bench_logged("ppp notice: *"), 0);
	bench_stop();
}

static void nobody_can_be_called(void)
{
	site_open(FR_CHANNEL);
	fake.connect_refuses = true;
	site_says(ANSWER);
	CU_ASSERT_TRUE(frames_next("c223 04 01 0024 " NOBODY));
	CU_ASSERT_TRUE(frames_next("c021 05 ?? 0024 " NOBODY));
	CU_ASSERT_TRUE(frames_none());
	site_says("c021 06 02 0004");
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 1); /* a permanent one waits for the next */
	bench_stop();
}

/* The client ends while the call is being placed: so does the call. */
static void the_client_goes(void)
{
	site_open(FR_CHANNEL);
	bench.no_answer = true;
	site_says(ANSWER);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	site_says("c021 05 09 0004");
	CU_ASSERT_TRUE(frames_next("c021 06 09 0004"));
	bench_pass(4 * SEC);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(fake.calls, 0);
	CU_ASSERT_EQUAL(bench.call[0].result.result, L2TP_CDN_ADMINISTRATIVE);
	CU_ASSERT_STRING_EQUAL(bench.call[0].result.text, "closed by the peer");
	CU_ASSERT_EQUAL(bench.calls, 1);
	bench_stop();
}

static void the_circuit_goes(void)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_CLEARED, .words = "cleared"};

	site_open(X25_CHANNEL);
	bench.no_answer = true;
	site_says(ANSWER);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	bind_dp_ops.down(bench.gw, X25_CHANNEL, &why, true, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(bench.call[0].result.result, L2TP_CDN_LOST_CARRIER);
	CU_ASSERT_STRING_EQUAL(bench.call[0].result.text, "cleared");
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	CU_ASSERT_EQUAL(fake.calls, 0);
	bench_stop();
}

/* The client starts again, as another user: the call that was under way is for nobody. */
static void the_client_starts_again(void)
{
	site_open(FR_CHANNEL);
	bench.no_answer = true;
	site_says(ANSWER);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	site_says("c021 01 02 0004");
	site_hears_request("c021 01 02 *");
	CU_ASSERT_TRUE(frames_next("c021 02 02 0004"));
	site_acks();
	CU_ASSERT_TRUE(frames_next("c223 01 02 *"));
	bench.no_answer = false;
	site_says("c223 02 02 0018 10 000102030405060708090a0b0c0d0e0f 626f62");
	CU_ASSERT_STRING_EQUAL(bench.call[0].result.text, "the client has started again");
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	CU_ASSERT_EQUAL_FATAL(told_n, 1);
	told_is(L2TP_AVP_PROXY_AUTHEN_NAME, "626f62");
	CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
	bench_stop();
}

/* A client that never answers is not for ever. */
static void a_client_that_is_silent(void)
{
	site_open(FR_CHANNEL);
	bench_pass(70 * SEC);
	CU_ASSERT_EQUAL(bench.calls, 0);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();
}

/* After a CDN the permanent circuit serves the next Request. */
static void the_lns_hangs_up_and_the_client_comes_again(void)
{
	uint8_t frame[6] = {0xc0, 0x21, 1, 1, 0, 4};

	site_open(FR_CHANNEL);
	site_says(ANSWER);
	bench_hangup(&bench.call[0], L2TP_CDN_ADMINISTRATIVE, "authentication failed");
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_FATAL(!frame_relay_transport.addr_parse(&fake.peer, "100"));
	bind_dp_ops.line(bench.gw, FR_CHANNEL, frame, 6, clock_us);
	CU_ASSERT_TRUE(frames_next("c021 01 01 *"));
	bench_stop();
}

/* No room in the data plane for the call, or for the line itself. */
static void no_room(void)
{
	site_open(FR_CHANNEL);
	fake.call_refuses = true;
	site_says(ANSWER);
	CU_ASSERT_TRUE(frames_next("c223 04 *"));
	CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
	bench_stop();
}

/* Each allocation from the answer on is refused once: the client is refused, or has its call with
 * either peer. */
static void no_memory(void)
{
	for (unsigned skip = 0, more = true; more; skip++) {
		site_open(FR_CHANNEL);
		heap_refuse(skip);
		site_says(ANSWER);
		more = heap_refused();
		bench_pass(100 * SEC);
		CU_ASSERT(more || told_n == 1);
		CU_ASSERT_EQUAL(bench.gw->joins->n, told_n);
		CU_ASSERT_EQUAL(lines_joined(bench.gw), told_n);
		CU_ASSERT_EQUAL(route_way_calls(bench.gw, &bench.gw->cfg->route[0]), told_n);
		bench_stop();
	}
}

static const struct test_case cases[] = {
	{"the_circuit_keeps_its_filters", the_circuit_keeps_its_filters},
	{"accounting_hears_who_it_was", accounting_hears_who_it_was},
	{"rfc2661_4_4_5_the_lns_is_told", rfc2661_4_4_5_the_lns_is_told},
	{"rfc2661_4_4_5_first_and_last_request", rfc2661_4_4_5_first_and_last_request},
	{"rfc2661_4_4_5_pap", rfc2661_4_4_5_pap},
	{"rfc2661_4_4_5_no_authentication", rfc2661_4_4_5_no_authentication},
	{"the_next_peer_is_told_the_same", the_next_peer_is_told_the_same},
	{"nobody_takes_it", nobody_takes_it},
	{"the_circuit_is_gone_by_then", the_circuit_is_gone_by_then},
	{"a_route_by_user", a_route_by_user},
	{"no_user_no_route_by_user", no_user_no_route_by_user},
	{"the_mru_fits_the_tunnel", the_mru_fits_the_tunnel},
	{"a_small_mru_is_not_logged", a_small_mru_is_not_logged},
	{"nobody_can_be_called", nobody_can_be_called},
	{"the_client_goes", the_client_goes},
	{"the_circuit_goes", the_circuit_goes},
	{"the_client_starts_again", the_client_starts_again},
	{"a_client_that_is_silent", a_client_that_is_silent},
	{"the_lns_hangs_up_and_the_client_comes_again",
	 the_lns_hangs_up_and_the_client_comes_again},
	{"no_room", no_room},
	{"no_memory", no_memory},
	{NULL, NULL},
};
const struct test_suite suite_line_proxy = {"line_proxy", cases};
