/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each side of a tunnel switch says on its own, and what goes through: the far end of the
 * bench is the LAC and the LNS. */
#include "gw/switch.h"
#include "tests/gw/bench.h"

#include <stdio.h>
#include <string.h>

/* --- each side on its own --------------------------------------------------------------------- */

/* Sections of both peers with keys of their own. */
static void switch_bench_of(const char *lac, const char *one, const char *route)
{
	char conf[600];

	snprintf(conf, sizeof(conf),
		 "host-name = gw\n"
		 "udp a { listen = \"192.0.2.1:1701\" }\n"
		 "peer lac { port = a  dial = \"192.0.2.8:1701\"  hostname = lac  %s }\n"
		 "peer one { port = a  dial = \"192.0.2.9:1701\"  hostname = x  %s }\n"
		 "route sw { from-peer = lac  to = one  %s }\n",
		 lac, one, route);
	bench_start(conf);
}

static struct far_call *switch_ask(void)
{
	const struct leg_out ask = {.called = "31104242"};

	return bench_ask(&ask);
}

/* RFC 3308 4, on both sides of the switch: what one asks for and is answered, what the other is
 * asked for and answers, and the marks.  EF is 46 (0xb800), AF11 10 (0x2800), AF21 18 (0x4800). */
static const struct switch_marks {
	const char *lac, *one;
	int32_t asks, answered, asked;
	uint16_t answers;
	uint8_t in, out;
} switch_marks[] = {
	{"", "", 0xb800, -1, -1, 0, 0, 0},
	{"dscp = ef", "", 0xb800, 0xb800, -1, 0, 46, 0},
	{"dscp = af11", "dscp = af21", 0xb800, 0x2800, 0x4800, 0xb800, 10, 46},
	{"dscp = peer", "dscp = af21", 0xb800, 0xb800, 0x4800, 0, 46, 18},
	{"dscp = peer", "dscp = peer", 0xb800, 0xb800, -1, 0, 46, 0},
	{"dscp = peer", "dscp = ef", -1, -1, 0xb800, 0x2800, 0, 10},
};
#define SWITCH_MARKS (sizeof(switch_marks) / sizeof(switch_marks[0]))

static void switch_marked(const struct switch_marks *m)
{
	CU_ASSERT_EQUAL(bench.phb_asked, m->asked);
	CU_ASSERT_EQUAL(bench.phb_answered, m->answered);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench_join());
	CU_ASSERT_EQUAL(leg_call_entry(bench_join()->leg[0])->dscp, m->out);
	CU_ASSERT_EQUAL(leg_call_entry(bench_join()->leg[1])->dscp, m->in);
}

static void switch_marks_in(const struct switch_marks *m, const char *route)
{
	uint8_t value[2];
	const struct l2tp_avp avp = {.type = L2TP_AVP_SESSION_DS, .val = value, .len = 2};

	switch_bench_of(m->lac, m->one, route);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	wr_put16(value, (uint16_t)m->asks);
	bench.icrq = &avp;
	bench.icrq_avps = m->asks >= 0;
	bench.iccn_proxy = true;
	bench.phb = m->answers;
	CU_ASSERT_TRUE(bench_call(NULL, NULL, PPP_AUTH_NONE)->up);
	switch_marked(m);
	bench.icrq = NULL;
	bench.icrq_avps = 0;
	bench_stop();
}

static void rfc3308_4_behaviors_of_each_side(void)
{
	for (size_t i = 0; i < SWITCH_MARKS; i++)
		switch_marks_in(&switch_marks[i], "");
}

/* The LAC is answered before the LNS is asked. */
static void rfc3308_4_behaviors_where_the_user_decides(void)
{
	for (size_t i = 0; i < SWITCH_MARKS; i++)
		switch_marks_in(&switch_marks[i], "user = \"*\"");
}

/* bench.phb is what the LNS asks for and what the LAC answers. */
static void rfc3308_4_behaviors_of_an_outgoing_call(void)
{
	static const struct switch_marks rows[] = {
		{"", "", 0xb800, -1, -1, 0xb800, 0, 0},
		{"dscp = af11", "dscp = af21", 0xb800, 0x2800, 0x4800, 0xb800, 10, 46},
		{"dscp = peer", "", 0xb800, 0xb800, -1, 0xb800, 46, 0},
		{"", "dscp = ef", 0x2800, -1, 0xb800, 0x2800, 0, 10},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		switch_bench_of(rows[i].lac, rows[i].one, "");
		bench.policy.bearer_caps = 3;
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		bench.phb = (uint16_t)rows[i].asks;
		CU_ASSERT_TRUE(switch_ask()->up);
		switch_marked(&rows[i]);
		bench_stop();
	}
}

/* RFC 2661 4.3: what came hidden is hidden again, and not sent where it cannot be. */
static void switch_hidden(const char *one, bool goes_on)
{
	const struct l2tp_avp avps[] = {
		{.type = L2TP_AVP_CALLED_NUMBER,
		 .mandatory = true,
		 .hidden = true,
		 .val = (const uint8_t *)"4217",
		 .len = 4},
		{.type = L2TP_AVP_CALLING_NUMBER,
		 .mandatory = true,
		 .val = (const uint8_t *)"5110",
		 .len = 4},
	};
	const struct l2tp_avp *got;

	switch_bench_of("secret = x", one, "");
	bench.policy.secret.len = 1;
	bench.policy.secret.octets[0] = 'x';
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench.icrq = avps;
	bench.icrq_avps = 2;
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	CU_ASSERT_TRUE(bench.call[1].up);
	got = relay_find(bench.icrq_got, 0, L2TP_AVP_CALLED_NUMBER);
	CU_ASSERT_EQUAL(got != NULL, goes_on);
	CU_ASSERT_TRUE(!got || got->hidden);
	got = relay_find(bench.icrq_got, 0, L2TP_AVP_CALLING_NUMBER);
	CU_ASSERT_TRUE(got && !got->hidden);
	CU_ASSERT_EQUAL(bench_logged("call notice: call */*: *left out*"), !goes_on);
	bench.icrq = NULL;
	bench.icrq_avps = 0;
	bench_stop();
}

static void rfc2661_4_3_hidden_values_stay_hidden(void)
{
	switch_hidden("secret = x", true);
	switch_hidden("", false);
}

/* The far end has the secret x, and calls. */
static void switch_hide_in(const char *conf)
{
	bench_start(conf);
	bench.policy.secret.len = 1;
	bench.policy.secret.octets[0] = 'x';
	bench.policy.bearer_caps = 3;
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
}

#define HIDING(one, to)                                                                  \
	"host-name = gw\n"                                                               \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                        \
	"peer lac { port = a  dial = \"192.0.2.8:1701\"  hostname = lac  secret = x }\n" \
	"peer one { port = a  dial = \"192.0.2.9:1701\"  hostname = x  " one " }\n"      \
	"peer two { port = a  dial = \"192.0.2.7:1701\"  hostname = y  secret = x }\n"   \
	"route sw { from-peer = lac  to = " to " }\n"

/* What is left out of an OCRQ the engine would make up. */
static void an_outgoing_call_goes_on_whole_or_not_at_all(void)
{
	struct far_call *lns;

	switch_hide_in(HIDING("", "one"));
	bench.asks_hidden = true;
	lns = switch_ask();
	CU_ASSERT_EQUAL(bench.calls, 1);
	CU_ASSERT_EQUAL(lns->result.result, L2TP_CDN_NO_FACILITIES_PERM);
	CU_ASSERT_STRING_EQUAL(
		lns->result.text,
		"the request came hidden, and the peer has no secret to hide it with");
	CU_ASSERT_EQUAL(bench_logged("call notice: call */*: not switched: the request came *"), 1);
	bench.asks_hidden = false;
	CU_ASSERT_TRUE(switch_ask()->up);
	CU_ASSERT_STRING_EQUAL(bench.ocrq.called, "31104242");
	bench_stop();
}

static void a_hidden_request_goes_to_a_peer_with_a_secret(void)
{
	switch_hide_in(HIDING("", "{ one, two }  priority = { 1, 2 }"));
	bench.asks_hidden = true;
	CU_ASSERT_TRUE(switch_ask()->up);
	CU_ASSERT_EQUAL(bench.calls, 2);
	CU_ASSERT_STRING_EQUAL(bench.ocrq.called, "31104242");
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench_join());
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_join()->reason, "to one not possible: the request "));
	bench_stop();
}

/* ICCN that goes on as it comes, and what ends a call. */
static void switch_leaves_out(const char *conf, bool whole)
{
	static const uint8_t cause[] = {0, 3, 0, 0, 0};
	static const struct l2tp_avp group = {.type = L2TP_AVP_PRIVATE_GROUP_ID,
					      .hidden = true,
					      .val = (const uint8_t *)"red",
					      .len = 3},
				     ppp = {.type = L2TP_AVP_PPP_DISCONNECT_CAUSE,
					    .hidden = true,
					    .val = cause,
					    .len = sizeof(cause)};
	static const struct l2tp_result r = {.result = L2TP_CDN_ADMINISTRATIVE};
	const char *line = "call notice: call */*: 1 * left out, since peer one *";

	switch_hide_in(conf);
	bench.iccn_avp = &group;
	bench.iccn_avps = 1;
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_TRUE_FATAL(bench.calls == 2 && bench.call[1].up);
	CU_ASSERT_EQUAL(relay_find(bench.iccn_got, 0, L2TP_AVP_PRIVATE_GROUP_ID) != NULL, whole);
	CU_ASSERT_EQUAL(bench_logged(line), !whole);
	l2tp_call_hangup(bench.call[0].call, &r, &ppp, 1, clock_us);
	bench_pass(0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench.cdn_got);
	CU_ASSERT_EQUAL(relay_find(bench.cdn_got, 0, L2TP_AVP_PPP_DISCONNECT_CAUSE) != NULL, whole);
	CU_ASSERT_EQUAL(bench_logged(line), whole ? 0 : 2);
	bench_stop();
}

static void rfc2661_4_3_what_is_left_out_is_logged(void)
{
	switch_leaves_out(HIDING("", "one"), false);
	switch_leaves_out(HIDING("secret = x", "one"), true);
}

/* The same of what is said of the line: WEN of a LAC, SLI of an LNS. */
static void switch_info(const char *lac, const char *one, bool wen, bool goes_on)
{
	static const uint32_t errors[6] = {1};

	switch_bench_of(lac, one, "");
	bench.policy.secret.len = 1;
	bench.policy.secret.octets[0] = 'x';
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_TRUE_FATAL(bench.calls == 2 && bench.call[1].up);
	l2tp_call_hide_info(bench.call[!wen].call);
	if (wen)
		l2tp_call_send_wen(bench.call[0].call, errors, clock_us);
	else
		l2tp_call_send_sli(bench.call[1].call, 1, 2, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(wen ? bench.wens : bench.slis, goes_on);
	CU_ASSERT_EQUAL(bench.info_hidden, goes_on);
	bench_stop();
}

static void rfc2661_4_3_hidden_line_information(void)
{
	switch_info("secret = x", "secret = x", true, true);
	switch_info("secret = x", "secret = x", false, true);
	switch_info("secret = x", "", true, false);
	switch_info("", "secret = x", false, false);
}

/* RFC 2661 5.4: one side demands sequence numbers, the other knows nothing of it. */
static void switch_sequenced(const char *lac, const char *one, bool demanded, bool in, bool out)
{
	const struct dp_call *e[2];

	switch_bench_of(lac, one, "");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench.iccn_seq = demanded;
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench_join());
	e[0] = leg_call_entry(bench_join()->leg[0]);
	e[1] = leg_call_entry(bench_join()->leg[1]);
	CU_ASSERT_EQUAL(e[1]->data.send_seq, in);
	CU_ASSERT_EQUAL(e[0]->data.required, out);
	CU_ASSERT_EQUAL(bench.iccn_seq, out); /* of the ICCN to the LNS */
	bench_stop();
}

static void rfc2661_5_4_sequencing_of_each_side(void)
{
	switch_sequenced("", "", false, false, false);
	switch_sequenced("", "", true, true, false);
	switch_sequenced("sequencing = yes", "", false, true, false);
	switch_sequenced("", "sequencing-required = yes", false, false, true);
	switch_sequenced("", "sequencing-required = yes", true, true, true);
}

/* Frames that nobody's PPP could make sense of go through as they are, those that come before the
 * LNS has answered too; ours has none to answer. */
static void no_ppp_of_ours(void)
{
	static const uint8_t odd[] = {0x40, 0x21, 0xde, 0xad}, lcp[] = {0xc0, 0x21, 5, 9, 0, 4};
	const struct dp_call *in;
	struct leg_terminal_view view;
	unsigned said;

	switch_bench_of("", "", "");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench.no_ppp = true;
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench_join());
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(bench_join()->leg[i]->ops->kind, LEG_CALL);
		CU_ASSERT_FALSE(leg_terminal_view(bench_join()->leg[i], &view));
	}
	in = leg_call_entry(bench_join()->leg[1]);
	said = fake_said("ppp ");
	leg_call_rx(bench_join()->leg[1], odd, sizeof(odd), clock_us);
	CU_ASSERT_EQUAL(fake_said("ppp 4021"), 1);
	leg_call_rx(bench_join()->leg[1], lcp, sizeof(lcp), clock_us); /* Terminate-Request */
	bench_pass(SEC);
	CU_ASSERT_EQUAL(fake_said("ppp "), said + 2);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
	for (unsigned i = 0; i < PPP_R_COUNT; i++)
		CU_ASSERT_EQUAL(bench.gw->ppp_count[i], 0);
	CU_ASSERT_EQUAL(in->mode, DP_FORWARD);
	bench_stop();
}

/* OCRQ has the list of gateways too. */
static void loops_of_outgoing_calls(void)
{
	struct l2tp_avp passed = {
		.vendor = L2TP_EXAMPLE_VENDOR, .type = L2TP_AVP_GATEWAYS_PASSED, .len = 8};
	static const uint8_t other[8] = {1};

	for (unsigned ours = 0; ours < 2; ours++) {
		struct far_call *lns;

		switch_bench_of("", "", "");
		bench.policy.bearer_caps = 3;
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		passed.val = ours ? bench.gw->id : other;
		bench.icrq = &passed;
		bench.icrq_avps = 1;
		lns = switch_ask();
		CU_ASSERT_EQUAL(bench.calls, ours ? 1 : 2);
		CU_ASSERT_EQUAL(lns->result.result, ours ? L2TP_CDN_NO_FACILITIES_PERM : 0);
		if (ours)
			CU_ASSERT_STRING_EQUAL(lns->result.text,
					       "loop: this gateway has switched the call before");
		bench.icrq = NULL;
		bench.icrq_avps = 0;
		bench_stop();
	}
}

/* The call of the LNS, whose OCRQ has gone on to a LAC that has not answered. */
static struct far_call *switch_asks_a_silent_lac(const char *keys)
{
	struct far_call *lns;

	switch_bench_of("", keys, "");
	bench.policy.bearer_caps = 3;
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench.no_answer = true;
	lns = switch_ask();
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	return lns;
}

/* OCRP's only attribute of the line. */
static void the_physical_channel_goes_back(void)
{
	static const uint8_t id[4] = {0, 0, 1, 7};
	const struct l2tp_avp avp = {.type = L2TP_AVP_PHYSICAL_CHANNEL_ID, .val = id, .len = 4};
	struct far_call *lns;

	lns = switch_asks_a_silent_lac("");
	l2tp_call_answer(bench.call[1].call, &avp, 1, clock_us);
	bench_pass(0);
	CU_ASSERT_TRUE(lns->replied);
	ASSERT_OCTETS(bench.reply_channel, bench.reply_channel_len, id, 4);
	bench_stop();
}

/* --- why it has ended ------------------------------------------------------------------------- */

/* What the CDN of the LNS says, in octets. */
static struct switch_cdn {
	uint8_t result[700], cause[2][300];
	struct l2tp_avp avp[4];
} switch_cdn;

static const struct l2tp_avp *switch_long_cdn(void)
{
	static const uint8_t q931[] = {0, 17, 3, 'b', 'u', 's', 'y'};
	struct switch_cdn *c = &switch_cdn;

	for (size_t i = 0; i < sizeof(c->result); i++) /* U+00E9, RFC 2661 4.4.2: UTF-8 */
		c->result[i] = i & 1 ? 0xa9 : 0xc3;
	memcpy(c->result, "\0\2\0\6", 4);
	for (size_t i = 0; i < 2; i++) {
		memset(c->cause[i], 'a' + (int)i, sizeof(c->cause[i]));
		memcpy(c->cause[i], i ? "\0\x13\x80\x57\1" : "\0\x12\x80\x21\0", 5);
		c->avp[i] = (struct l2tp_avp){.type = L2TP_AVP_PPP_DISCONNECT_CAUSE,
					      .val = c->cause[i],
					      .len = sizeof(c->cause[i])};
	}
	c->avp[2] =
		(struct l2tp_avp){.type = L2TP_AVP_Q931_CAUSE, .val = q931, .len = sizeof(q931)};
	c->avp[3] = (struct l2tp_avp){
		.type = L2TP_AVP_RESULT_CODE, .val = c->result, .len = sizeof(c->result)};
	return c->avp;
}

static void switch_cdn_came(void)
{
	const struct l2tp_avp *got;
	unsigned causes = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(bench.cdn_got);
	got = relay_find(bench.cdn_got, 0, L2TP_AVP_RESULT_CODE);
	ASSERT_OCTETS(got->val, got->len, switch_cdn.result, sizeof(switch_cdn.result));
	got = relay_find(bench.cdn_got, 0, L2TP_AVP_Q931_CAUSE);
	CU_ASSERT_PTR_NOT_NULL_FATAL(got);
	ASSERT_OCTETS(got->val, got->len, switch_cdn.avp[2].val, 7);
	for (unsigned i = 0; i < bench.cdn_got->n; i++) {
		got = &bench.cdn_got->avp[i];
		if (got->type != L2TP_AVP_PPP_DISCONNECT_CAUSE)
			continue;
		CU_ASSERT_TRUE_FATAL(causes < 2);
		ASSERT_OCTETS(got->val, got->len, switch_cdn.cause[causes], 300);
		causes++;
	}
	CU_ASSERT_EQUAL(causes, 2);
}

/* RFC 3145 3.4: "multiple copies of this AVP MAY be given"; RFC 2661 4.4.2: the Q.931 cause.  Of a
 * call that is up, of one that is refused, and the other way. */
static void rfc3145_2_a_cause_goes_through_whole(void)
{
	const struct l2tp_result r = {.result = 2, .error = 6};

	for (unsigned way = 0; way < 3; way++) {
		switch_bench_of("", "", "");
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		bench.no_answer = way == 1;
		bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
		CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
		l2tp_call_hangup(bench.call[way != 2].call, &r, switch_long_cdn(), 4, clock_us);
		bench_pass(0);
		CU_ASSERT_EQUAL(bench.call[way == 2].result.result, 2);
		CU_ASSERT_EQUAL(bench.call[way == 2].result.error, 6);
		switch_cdn_came();
		bench_stop();
	}
}

/* RFC 2661 4.4.2: 10 is "not established within time allotted by LAC", which we are for the LNS. */
static void a_lac_that_does_not_answer(void)
{
	struct far_call *lns;

	lns = switch_asks_a_silent_lac("setup-timeout = 10s");
	bench_pass(11 * SEC);
	CU_ASSERT_EQUAL(lns->result.result, L2TP_CDN_TIMEOUT);
	bench_stop();
}

/* The same of an LNS: a call that comes in has no time allotted, so it is 4. */
static void an_lns_that_does_not_answer(void)
{
	struct far_call *lac;

	switch_bench_of("", "setup-timeout = 10s", "");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench.no_answer = true;
	lac = bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	bench_pass(11 * SEC);
	CU_ASSERT_EQUAL(lac->result.result, L2TP_CDN_NO_FACILITIES_TEMP);
	bench_stop();
}

static const struct test_case cases[] = {
	{"rfc3308_4_behaviors_of_each_side", rfc3308_4_behaviors_of_each_side},
	{"rfc3308_4_behaviors_where_the_user_decides", rfc3308_4_behaviors_where_the_user_decides},
	{"rfc3308_4_behaviors_of_an_outgoing_call", rfc3308_4_behaviors_of_an_outgoing_call},
	{"rfc2661_4_3_hidden_values_stay_hidden", rfc2661_4_3_hidden_values_stay_hidden},
	{"an_outgoing_call_goes_on_whole_or_not_at_all",
	 an_outgoing_call_goes_on_whole_or_not_at_all},
	{"a_hidden_request_goes_to_a_peer_with_a_secret",
	 a_hidden_request_goes_to_a_peer_with_a_secret},
	{"rfc2661_4_3_what_is_left_out_is_logged", rfc2661_4_3_what_is_left_out_is_logged},
	{"the_physical_channel_goes_back", the_physical_channel_goes_back},
	{"rfc3145_2_a_cause_goes_through_whole", rfc3145_2_a_cause_goes_through_whole},
	{"a_lac_that_does_not_answer", a_lac_that_does_not_answer},
	{"an_lns_that_does_not_answer", an_lns_that_does_not_answer},
	{"rfc2661_4_3_hidden_line_information", rfc2661_4_3_hidden_line_information},
	{"rfc2661_5_4_sequencing_of_each_side", rfc2661_5_4_sequencing_of_each_side},
	{"no_ppp_of_ours", no_ppp_of_ours},
	{"loops_of_outgoing_calls", loops_of_outgoing_calls},
	{NULL, NULL},
};
const struct test_suite suite_switch_sides = {"switch_sides", cases};
