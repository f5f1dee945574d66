/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls from one tunnel to another: the far end of the bench is the LAC and the LNS. */
#include "gw/switch.h"
#include "tests/gw/bench.h"
#include <string.h>

#define SWITCH(to)                                                           \
	"host-name = gw\n"                                                   \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                            \
	"peer lac { port = a  dial = \"192.0.2.8:1701\"  hostname = lac }\n" \
	"peer one { port = a  dial = \"192.0.2.9:1701\"  hostname = x }\n"   \
	"peer two { port = a  dial = \"192.0.2.10:1701\" hostname = x }\n"   \
	"route sw { from-peer = lac  " to " }\n"

static void switch_bench(const char *conf)
{
	bench_start(conf);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
}

static void a_call_goes_on_in_another_tunnel(void)
{
	const struct dp_call *in, *out;
	struct far_call *lac;

	switch_bench(SWITCH("to = one"));
	lac = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	CU_ASSERT_TRUE(lac->up && bench.call[1].up);
	CU_ASSERT_EQUAL(bench.iccn_tx, 0x10000); /* as the LAC's ICCN says */
	/* PPP of both ends has met: the LNS has let the client in and given the address */
	CU_ASSERT_TRUE(lac->ip4 && bench.call[1].ip4);
	CU_ASSERT_EQUAL(lac->got.local4, 0x0a640002);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench_join());
	out = leg_call_entry(bench_join()->leg[0]);
	in = leg_call_entry(bench_join()->leg[1]);
	CU_ASSERT_TRUE(in->mode == DP_FORWARD && out->mode == DP_FORWARD);
	CU_ASSERT_TRUE(in->to_tid == out->tid && in->to_sid == out->sid);
	CU_ASSERT_TRUE(out->to_tid == in->tid && out->to_sid == in->sid);
	CU_ASSERT_TRUE(in->tid != out->tid);
	CU_ASSERT_TRUE(in->data.lns && !out->data.lns);
	bench_stop();
}

/* The LNS learns what the far LAC's PPP has agreed and proved. */
static void proxy_attributes_go_on(void)
{
	switch_bench(SWITCH("to = one"));
	bench.iccn_proxy = true;
	bench.iccn_proxied = 0;
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	CU_ASSERT_EQUAL(bench.iccn_proxied, 5);
	bench_stop();
}

/* ICRP is not sent to the LAC before the LNS has taken the call. */
static void the_answer_waits_for_the_lns(void)
{
	struct far_call *lac;

	switch_bench(SWITCH("to = one"));
	bench.no_answer = true;
	lac = bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	CU_ASSERT_FALSE(lac->up);
	bench_hangup(&bench.call[1], L2TP_CDN_NO_FRAMING, "no");
	CU_ASSERT_EQUAL(lac->result.result, L2TP_CDN_NO_FRAMING);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();
}

static void switch_next_peer(void)
{
	struct far_call *lac;

	switch_bench(SWITCH("to = { one, two }"));
	bench.no_answer = true;
	lac = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	bench.no_answer = false;
	bench_hangup(&bench.call[1], L2TP_CDN_NO_FACILITIES_TEMP, "busy");
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 3);
	CU_ASSERT_TRUE(lac->up && bench.call[2].up && lac->ip4);
	bench_stop();
}

/* The route says that who refuses has the last word. */
static void a_refusal_ends_the_search(void)
{
	struct far_call *lac;

	switch_bench(SWITCH("to = { one, two }  on-refuse = end"));
	bench.no_answer = true;
	lac = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	bench_hangup(&bench.call[1], L2TP_CDN_BUSY, "engaged");
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.calls, 2);
	CU_ASSERT_EQUAL(lac->result.result, L2TP_CDN_BUSY);
	CU_ASSERT_STRING_EQUAL(lac->result.text, "engaged");
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();
}

/* Each end's CDN reaches the other with its result. */
static void the_end_goes_through(void)
{
	struct far_call *lac;

	switch_bench(SWITCH("to = one"));
	lac = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE_FATAL(bench.calls == 2 && lac->ip4);
	bench_hangup(&bench.call[1], L2TP_CDN_ADMINISTRATIVE, "maintenance");
	CU_ASSERT_FALSE(lac->up);
	CU_ASSERT_EQUAL(lac->result.result, L2TP_CDN_ADMINISTRATIVE);
	CU_ASSERT_STRING_EQUAL(lac->result.text, "maintenance"); /* as it was said */
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();

	switch_bench(SWITCH("to = one"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	bench_hangup(&bench.call[0], L2TP_CDN_LOST_CARRIER, "gone");
	CU_ASSERT_EQUAL(bench.call[1].result.result, L2TP_CDN_LOST_CARRIER);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(fake.calls, 0);
	bench_stop();
}

/* The LAC gives up while the LNS has not answered. */
static void the_lac_goes_first(void)
{
	switch_bench(SWITCH("to = { one, two }"));
	bench.no_answer = true;
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	bench_hangup(&bench.call[0], L2TP_CDN_LOST_CARRIER, "gone");
	CU_ASSERT_EQUAL(bench.call[1].result.result, L2TP_CDN_LOST_CARRIER);
	CU_ASSERT_EQUAL(bench.calls, 2); /* the second peer is not asked any more */
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();
}

static void no_route_no_switch(void)
{
	struct far_call *c;

	switch_bench(SWITCH("called = 5*  to = one"));
	c = bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL(bench.calls, 1);
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_NO_FACILITIES_PERM);
	bench_stop();
	switch_bench(SWITCH("to = one"));
	fake.connect_refuses = true;
	c = bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL(bench.calls, 1);
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_NO_FACILITIES_TEMP);
	bench_stop();
}

/* SLI of the LNS reaches the LAC, WEN of the LAC the LNS (RFC 2661 6.13, 6.14). */
static void what_is_said_of_the_line_goes_on(void)
{
	static const uint32_t errors[6] = {1, 2, 3, 4, 5, 0x10000006};
	struct far_call *lac;
	uint8_t want[26];

	switch_bench(SWITCH("to = one"));
	lac = bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_TRUE_FATAL(bench.calls == 2 && lac->up);
	l2tp_call_send_sli(bench.call[1].call, 0x000a0000, 0xffffffff, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.slis, 1);
	ASSERT_OCTETS(bench.sli, 10, want, test_hex(want, sizeof(want), "0000 000a0000 ffffffff"));
	l2tp_call_send_wen(lac->call, errors, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.wens, 1);
	ASSERT_OCTETS(bench.wen, 26, want,
		      test_hex(want, sizeof(want),
			       "0000 00000001 00000002 00000003 00000004 00000005 10000006"));
	bench_stop();
}

/* --- the user decides ------------------------------------------------------------------------- */

#define BY_REALM                                         \
	SWITCH("realm = \"*@isp.example\" to = { two }") \
	"route rest { from-peer = lac  to = one }\n"

static const char *switch_reason(void)
{
	const struct join *j = bench_join();

	return j && j->reason ? j->reason : "";
}

/* The name comes with ICCN, so the LAC is answered first; then all goes as without waiting. */
static void the_realm_decides(void)
{
	struct far_call *lac;

	switch_bench(BY_REALM);
	bench.iccn_proxy = true;
	bench.iccn_user = "ann@isp.example";
	lac = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	CU_ASSERT_TRUE(lac->up && bench.call[1].up);
	CU_ASSERT_STRING_EQUAL(switch_reason(), "route sw, to two");
	CU_ASSERT_EQUAL(bench.iccn_proxied, 5);
	CU_ASSERT_EQUAL(bench.iccn_tx, 0x10000);
	CU_ASSERT_TRUE(lac->ip4 && bench.call[1].ip4);
	bench_hangup(&bench.call[1], L2TP_CDN_ADMINISTRATIVE, "maintenance");
	CU_ASSERT_EQUAL(lac->result.result, L2TP_CDN_ADMINISTRATIVE);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();

	switch_bench(BY_REALM);
	bench.iccn_proxy = true;
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL(bench.calls, 2);
	CU_ASSERT_STRING_EQUAL(switch_reason(), "route rest (not sw: the realm differs), to one");
	bench_stop();

	switch_bench(BY_REALM);
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL(bench.calls, 2);
	CU_ASSERT_STRING_EQUAL(switch_reason(), "route rest (not sw: no user is known), to one");
	bench_stop();
}

/* Frames of a call that is up already wait for the LNS. */
static void frames_before_the_lns(void)
{
	struct far_call *lac;

	switch_bench(BY_REALM);
	bench.iccn_proxy = bench.no_answer = true;
	bench.iccn_user = "ann@isp.example";
	lac = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	CU_ASSERT_TRUE(lac->up);
	CU_ASSERT_EQUAL(bench.call[1].frames, 0);
	l2tp_call_answer(bench.call[1].call, NULL, 0, clock_us);
	bench_pass(0);
	CU_ASSERT_TRUE(bench.call[1].up && bench.call[1].frames > 0);
	CU_ASSERT_TRUE(lac->ip4);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_EARLY], 0);
	bench_stop();
}

static void next_peer_of_a_call_that_is_up(void)
{
	struct far_call *lac;

	switch_bench(SWITCH("realm = isp.example  to = { two, one }"));
	bench.iccn_proxy = bench.no_answer = true;
	bench.iccn_user = "ann@isp.example";
	lac = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	bench.no_answer = false;
	bench_hangup(&bench.call[1], L2TP_CDN_NO_FACILITIES_TEMP, "busy");
	bench_pass(4 * SEC);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 3);
	CU_ASSERT_TRUE(lac->up && lac->ip4 && bench.call[2].up);
	CU_ASSERT_EQUAL(bench.iccn_proxied, 5);
	bench_stop();
}

static void the_user_has_no_route(void)
{
	struct far_call *lac;

	switch_bench(SWITCH("realm = isp.example  to = one"));
	bench.iccn_proxy = true;
	lac = bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL(bench.calls, 1);
	CU_ASSERT_EQUAL(lac->result.result, L2TP_CDN_NO_FACILITIES_TEMP);
	CU_ASSERT_STRING_EQUAL(lac->result.text, "no route for this user");
	CU_ASSERT_EQUAL(bench_logged("call notice: call */*: not switched: no route for this user: "
				     "no route (not sw: the realm differs)"),
			1);
	bench_stop();
}

/* The LAC hangs up before ICCN, and before the LNS has answered. */
static void the_lac_goes_while_we_wait(void)
{
	switch_bench(BY_REALM);
	bench.no_iccn = true;
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL(bench.calls, 1);
	bench_hangup(&bench.call[0], L2TP_CDN_LOST_CARRIER, "gone");
	CU_ASSERT_EQUAL(bench.calls, 1);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();

	switch_bench(BY_REALM);
	bench.no_answer = true;
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	bench_hangup(&bench.call[0], L2TP_CDN_LOST_CARRIER, "gone");
	CU_ASSERT_EQUAL(bench.call[1].result.result, L2TP_CDN_LOST_CARRIER);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(fake.calls, 0);
	bench_stop();

	switch_bench(BY_REALM); /* and the gateway */
	bench.no_iccn = true;
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	bench_stop();
}

/* The data plane is told of each call when it begins and when it is answered; then that frames go
 * from one to the other, without which they still go by way of us. */
static void no_room_for_either_call(void)
{
	static const struct {
		const char *conf;
		unsigned needs;
	} rows[] = {{SWITCH("to = one"), 3}, {BY_REALM, 3}}; /* this LAC is answered before */

	for (unsigned i = 0; i < 10; i++) {
		unsigned n = i / 2 + 1, ends = n <= rows[i % 2].needs;
		struct far_call *lac;

		switch_bench(rows[i % 2].conf);
		fake.set_refused = n;
		lac = bench_call(NULL, NULL, PPP_AUTH_NONE);
		CU_ASSERT_EQUAL(fake.set_refused, 0);
		CU_ASSERT_EQUAL(lac->up, !ends);
		CU_ASSERT_EQUAL(bench.gw->joins->n, !ends);
		CU_ASSERT_EQUAL(fake.calls, ends ? 0 : 2);
		CU_ASSERT_EQUAL(lac->result.result, ends ? L2TP_CDN_NO_FACILITIES_TEMP : 0);
		CU_ASSERT_STRING_EQUAL(lac->result.text, ends ? "no room for the call" : "");
		CU_ASSERT_EQUAL(bench.calls == 2 && bench.call[1].call, !ends);
		bench_stop();
	}
}

/* --- loops ------------------------------------------------------------------------------------ */

static void switch_call_passed(const uint8_t *list, size_t len)
{
	const struct l2tp_avp passed = {.vendor = L2TP_EXAMPLE_VENDOR,
					.type = L2TP_AVP_GATEWAYS_PASSED,
					.val = list,
					.len = (uint16_t)len};

	bench.icrq = &passed;
	bench.icrq_avps = 1;
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	bench.icrq = NULL;
	bench.icrq_avps = 0;
}

static void the_list_of_gateways_grows(void)
{
	uint8_t list[16 * 8] = {1, 2, 3, 4, 5, 6, 7, 8, 9};

	switch_bench(SWITCH("to = one"));
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	ASSERT_OCTETS(bench.passed, bench.passed_len, bench.gw->id, 8);
	bench_stop();

	switch_bench(SWITCH("to = one"));
	switch_call_passed(list, 8);
	CU_ASSERT_EQUAL_FATAL(bench.passed_len, 16);
	ASSERT_OCTETS(bench.passed, 8, list, 8);
	ASSERT_OCTETS(bench.passed + 8, 8, bench.gw->id, 8);
	bench_stop();

	switch_bench(SWITCH("to = one"));
	switch_call_passed(list, 9); /* somebody else's */
	ASSERT_OCTETS(bench.passed, bench.passed_len, bench.gw->id, 8);
	bench_stop();

	switch_bench(SWITCH("to = one"));
	switch_call_passed(list, 15 * 8);
	CU_ASSERT_EQUAL(bench.passed_len, 16 * 8);
	bench_stop();

	switch_bench(SWITCH("to = one"));
	switch_call_passed(list, 16 * 8);
	CU_ASSERT_EQUAL(bench.calls, 1);
	CU_ASSERT_STRING_EQUAL(bench.call[0].result.text,
			       "loop: too many gateways have switched the call");
	bench_stop();
}

static void a_call_that_has_been_here(void)
{
	uint8_t list[24] = {1};

	switch_bench(SWITCH("to = one"));
	memcpy(list + 8, bench.gw->id, 8);
	switch_call_passed(list, 24);
	CU_ASSERT_EQUAL(bench.calls, 1);
	CU_ASSERT_EQUAL(bench.call[0].result.result, L2TP_CDN_NO_FACILITIES_PERM);
	CU_ASSERT_STRING_EQUAL(bench.call[0].result.text,
			       "loop: this gateway has switched the call before");
	bench_stop();
}

static void never_back_to_where_it_comes_from(void)
{
	switch_bench(SWITCH("to = lac"));
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL(bench.calls, 1);
	CU_ASSERT_EQUAL(bench.call[0].result.result, L2TP_CDN_NO_FACILITIES_PERM);
	CU_ASSERT_STRING_EQUAL(bench.call[0].result.text,
			       "loop: the route leads back to where the call came from");
	bench_stop();

	switch_bench(SWITCH("to = { lac, one }"));
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL(bench.calls, 2);
	CU_ASSERT_STRING_EQUAL(switch_reason(),
			       "route sw, lac passed over: the call comes from it, to one");
	bench_stop();
}

/* The bench's tunnel is the one that came up last. */
static struct far_call *switch_call_of(struct l2tp_tunnel *lac)
{
	bench.tunnel = lac;
	return bench_call(NULL, NULL, PPP_AUTH_NONE);
}

/* The next gateway strips our list and sends the call back by another tunnel: its serial number and
 * its numbers stay. */
static void the_same_call_again_and_again(void)
{
	static const uint8_t serial[4] = {0, 0, 1, 7}, number[] = "4217";
	static const struct l2tp_avp avps[] = {
		{.type = L2TP_AVP_CALL_SERIAL_NUMBER, .mandatory = true, .val = serial, .len = 4},
		{.type = L2TP_AVP_CALLED_NUMBER, .mandatory = true, .val = number, .len = 4},
	};
	struct l2tp_tunnel *lac;
	struct far_call *last;

	switch_bench(SWITCH("to = one"));
	lac = bench.tunnel;
	bench.icrq = avps;
	bench.icrq_avps = 2;
	switch_call_of(lac); /* is up, so it is none of those on their way */
	bench.no_answer = true;
	for (unsigned i = 0; i < SWITCH_SAME_MAX; i++)
		switch_call_of(lac);
	CU_ASSERT_EQUAL(bench.calls, 2 * (1 + SWITCH_SAME_MAX));
	last = switch_call_of(lac);
	CU_ASSERT_STRING_EQUAL(last->result.text,
			       "loop: the same call is on its way several times");
	CU_ASSERT_EQUAL(last->result.result, L2TP_CDN_NO_FACILITIES_PERM);
	bench.icrq_avps = 1; /* another call: it has no Called Number */
	last = switch_call_of(lac);
	CU_ASSERT_EQUAL(last->result.result, 0);
	bench_stop();
}

/* Numbers up to the longest AVP go on whole, whatever is made of them here (a LAC's ICRQ has been
 * known to overflow a buffer of 254 octets). */
static void numbers_of_every_length(void)
{
	static const uint16_t types[] = {L2TP_AVP_CALLED_NUMBER, L2TP_AVP_CALLING_NUMBER,
					 L2TP_AVP_SUB_ADDRESS};
	static const uint16_t lengths[] = {1, 63, 64, 65, 253, 254, 255, 256, 1017};
	uint8_t digits[1017];

	memset(digits, '5', sizeof(digits));
	for (size_t i = 0; i < 3 * sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct l2tp_avp number = {
			.type = types[i % 3], .val = digits, .len = lengths[i / 3]};
		const struct l2tp_avp *got;

		switch_bench(SWITCH("to = one"));
		bench.icrq = &number;
		bench.icrq_avps = 1;
		bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
		CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
		CU_ASSERT_TRUE(bench.call[1].up);
		got = relay_find(bench.icrq_got, 0, number.type);
		CU_ASSERT_PTR_NOT_NULL_FATAL(got);
		ASSERT_OCTETS(got->val, got->len, digits, number.len);
		bench.icrq = NULL;
		bench.icrq_avps = 0;
		bench_stop();
	}
}

/* --- outgoing calls --------------------------------------------------------------------------- */

static struct far_call *switch_ask(void)
{
	const struct leg_out ask = {
		.called = "31104242", .min_bps = 1200, .max_bps = 64000, .bearer = 1, .framing = 2};

	return bench_ask(&ask);
}

static void switch_out_bench(const char *conf)
{
	bench_start(conf);
	bench.policy.bearer_caps = 3;
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
}

/* RFC 2661 6.9 to 6.11: what OCRQ asks for goes on, OCRP waits for the next LAC's, and OCCN comes
 * back with its speed. */
static void an_outgoing_call_goes_on(void)
{
	const struct dp_call *in, *out;
	struct far_call *lns;

	switch_out_bench(SWITCH("to = one"));
	bench.no_answer = true;
	lns = switch_ask();
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	CU_ASSERT_STRING_EQUAL(bench.ocrq.called, "31104242");
	CU_ASSERT_TRUE(bench.ocrq.min_bps == 1200 && bench.ocrq.max_bps == 64000);
	CU_ASSERT_TRUE(bench.ocrq.bearer == 1 && bench.ocrq.framing == 2);
	CU_ASSERT_FALSE(lns->replied);
	l2tp_call_answer(bench.call[1].call, NULL, 0, clock_us);
	bench_pass(0);
	CU_ASSERT_TRUE(lns->replied && !lns->up);
	l2tp_call_connected(bench.call[1].call, NULL, 0, clock_us);
	bench_pass(0);
	CU_ASSERT_TRUE(lns->up && bench.call[1].up);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench_join());
	out = leg_call_entry(bench_join()->leg[0]);
	in = leg_call_entry(bench_join()->leg[1]);
	CU_ASSERT_TRUE(in->mode == DP_FORWARD && out->mode == DP_FORWARD);
	CU_ASSERT_TRUE(in->to_tid == out->tid && in->to_sid == out->sid);
	CU_ASSERT_TRUE(!in->data.lns && out->data.lns);
	/* either end's CDN reaches the other */
	bench_hangup(&bench.call[1], L2TP_CDN_LOST_CARRIER, "gone");
	CU_ASSERT_EQUAL(lns->result.result, L2TP_CDN_LOST_CARRIER);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();
}

/* RFC 2661 4.4.2: the LAC's refusal is the LNS's. */
static void every_refusal_goes_back(void)
{
	for (unsigned result = 1; result <= 12; result++) {
		struct l2tp_result r = {.result = (uint16_t)result, .error = result == 2 ? 6 : 0};
		struct far_call *lns;

		switch_out_bench(SWITCH("to = one"));
		bench.no_answer = true;
		lns = switch_ask();
		CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
		if (result & 1) /* also after OCRP */
			l2tp_call_answer(bench.call[1].call, NULL, 0, clock_us);
		bench_pass(0);
		l2tp_call_hangup(bench.call[1].call, &r, NULL, 0, clock_us);
		bench_pass(0);
		CU_ASSERT_EQUAL(lns->result.result, result);
		CU_ASSERT_EQUAL(lns->result.error, r.error);
		CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
		bench_stop();
	}
}

/* The LNS gives up while the next LAC is calling. */
static void the_lns_gives_up(void)
{
	struct far_call *lns;

	switch_out_bench(SWITCH("to = one"));
	bench.no_answer = true;
	lns = switch_ask();
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	bench_hangup(lns, L2TP_CDN_ADMINISTRATIVE, "never mind");
	CU_ASSERT_EQUAL(bench.call[1].result.result, L2TP_CDN_ADMINISTRATIVE);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();
}

static const struct test_case cases[] = {
	{"a_call_goes_on_in_another_tunnel", a_call_goes_on_in_another_tunnel},
	{"proxy_attributes_go_on", proxy_attributes_go_on},
	{"numbers_of_every_length", numbers_of_every_length},
	{"the_answer_waits_for_the_lns", the_answer_waits_for_the_lns},
	{"next_peer", switch_next_peer},
	{"a_refusal_ends_the_search", a_refusal_ends_the_search},
	{"the_end_goes_through", the_end_goes_through},
	{"the_lac_goes_first", the_lac_goes_first},
	{"no_route_no_switch", no_route_no_switch},
	{"what_is_said_of_the_line_goes_on", what_is_said_of_the_line_goes_on},
	{"the_realm_decides", the_realm_decides},
	{"frames_before_the_lns", frames_before_the_lns},
	{"next_peer_of_a_call_that_is_up", next_peer_of_a_call_that_is_up},
	{"the_user_has_no_route", the_user_has_no_route},
	{"the_lac_goes_while_we_wait", the_lac_goes_while_we_wait},
	{"no_room_for_either_call", no_room_for_either_call},
	{"the_list_of_gateways_grows", the_list_of_gateways_grows},
	{"a_call_that_has_been_here", a_call_that_has_been_here},
	{"never_back_to_where_it_comes_from", never_back_to_where_it_comes_from},
	{"the_same_call_again_and_again", the_same_call_again_and_again},
	{"an_outgoing_call_goes_on", an_outgoing_call_goes_on},
	{"every_refusal_goes_back", every_refusal_goes_back},
	{"the_lns_gives_up", the_lns_gives_up},
	{NULL, NULL},
};
const struct test_suite suite_switch = {"switch", cases};
