/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PPP on a circuit: the far end is a real PPP client, the data plane one that remembers. */
#include "gw/line.h"
#include "gw/bind.h"
#include "gw/operator/vty.h"
#include "gw/client.h"
#include "gw/route_way.h"
#include "tests/gw/line_far.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/x25/x25_transport.h"
#include <string.h>

#define SERVICE                                                                   \
	"pool s { ranges = { \"10.64.0.0/24\", \"2001:db8:64::/48\" } }\n"        \
	"service s { local = 10.64.0.1  pool = s  auth = { chap } mtu = 1400 }\n" \
	"user ann { secret = \"a password\" }\n"
#define DLCI \
	"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp  service = s } }\n" SERVICE
#define CALL                                                                                     \
	"x25 x { link = \"loop:x\"  address = 1  accept \"42*\" { carries = ppp  service = s } " \
	"}\n" SERVICE
#define CHANNEL LINE_CHANNEL

static const uint8_t request[] = {0xc0, 0x21, 1, 1, 0, 4};

static void line_bench(const char *conf, const struct ist_transport *t, const char *peer)
{
	memset(&line_far, 0, sizeof(line_far));
	bench_start(conf);
	fake.frame = line_from_gw;
	CU_ASSERT_FATAL(!t->addr_parse(&fake.peer, peer));
}

static void line_bench_stop(void)
{
	if (line_far.ppp)
		ppp_free(line_far.ppp);
	bench_stop();
}

static void line_say_up(bool permanent)
{
	struct ist_attrs a = {.size = sizeof(a),
			      .payload = IST_PAYLOAD_PPP,
			      .permanent = permanent,
			      .peer = fake.peer};

	bind_dp_ops.up(bench.gw, CHANNEL, &a, clock_us);
}

static void line_say_offer(void)
{
	struct ist_attrs a = {.size = sizeof(a), .payload = IST_PAYLOAD_PPP, .peer = fake.peer};

	bind_dp_ops.offer(bench.gw, CHANNEL, &a, clock_us);
}

static unsigned lines_seen;

static void line_see(void *ctx, const struct line_view *line)
{
	(void)ctx;
	(void)line;
	lines_seen++;
}

static unsigned lines_there(void)
{
	lines_seen = 0;
	lines_each(bench.gw, line_see, NULL);
	return lines_seen;
}

/* --- tests ------------------------------------------------------------------------------------ */

static void a_site_gets_its_address(void)
{
	const struct dp_call *e;

	line_bench(DLCI, &frame_relay_transport, "100");
	line_say_up(true);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0); /* a circuit that comes up is no call */
	line_dial_in();
	CU_ASSERT_TRUE(line_far.ip4 && line_far.ip6);
	CU_ASSERT_EQUAL(line_far.got.local4, 0x0a400002);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
	e = &fake.call[0];
	CU_ASSERT_TRUE(e->tid == 0 && e->sid && e->channel == CHANNEL && e->no_address);
	CU_ASSERT_EQUAL(e->mode, DP_TERMINAL);
	CU_ASSERT_EQUAL(e->peer4, 0x0a400002);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_NO_LINE], 0);
	line_bench_stop();
}

static char line_said[4096];

static void line_collect(void *ctx, const char *text)
{
	size_t n = strlen(line_said);

	(void)ctx;
	snprintf(line_said + n, sizeof(line_said) - n, "%s\n", text);
}

/* The row of a table with one, blanks as one blank. */
static const char *line_row(const struct table *t)
{
	char *from, *to = line_said;

	line_said[0] = '\0';
	table_print(t, bench.gw, line_collect, NULL);
	from = strchr(line_said, '\n') + 1;
	for (; *from && *from != '\n'; from++)
		if (*from != ' ' || (to > line_said && to[-1] != ' '))
			*to++ = *from;
	*to = '\0';
	return line_said;
}

/* A circuit's filters come before those of its service, also when a pattern lets the circuit in. */
static void a_circuit_filters_before_its_service(void)
{
	static const struct {
		const char *port, *peer;
		const struct ist_transport *t;
	} rows[] = {
		{"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp  service = s\n",
		 "100", &frame_relay_transport},
		{"x25 x { link = \"loop:x\"  address = 1  accept \"42*\" { carries = ppp  service "
		 "= s\n",
		 "4242", &x25_transport},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct dp_call *e = &fake.call[0];
		char conf[1000];

		snprintf(conf, sizeof(conf),
			 "%s  filter-out = \"udp\"  ppp-filter-in = \"ip\" } }\n"
			 "pool s { ranges = { \"10.64.0.0/24\" } }\n"
			 "service s { local = 10.64.0.1  pool = s  auth = { chap }\n"
			 "  filter-in = \"tcp\"  filter-out = \"ip\" }\n"
			 "user ann { secret = \"a password\" }\n",
			 rows[i].port);
		line_bench(conf, rows[i].t, rows[i].peer);
		if (i)
			line_say_offer();
		line_say_up(!i);
		line_dial_in();
		CU_ASSERT_EQUAL_FATAL(fake.calls, 1);
		/* The service's are 1 and 2, the circuit's 3 and 4. */
		CU_ASSERT_EQUAL(e->filter[DP_FILTER_IP_IN], 1);
		CU_ASSERT_EQUAL(e->filter[DP_FILTER_IP_OUT], 3);
		CU_ASSERT_EQUAL(e->filter[DP_FILTER_PPP_IN], 4);
		CU_ASSERT_EQUAL(e->filter[DP_FILTER_PPP_OUT], 0);
		line_bench_stop();
	}
}

static void lines_and_joins_are_shown(void)
{
	char row[200];

	line_bench(DLCI, &frame_relay_transport, "100");
	CU_ASSERT_STRING_EQUAL(line_row(&table_lines), "");
	line_say_up(true);
	CU_ASSERT_STRING_EQUAL(line_row(&table_lines), "0 f 100 permanent - - waiting - - - -");
	CU_ASSERT_STRING_EQUAL(line_row(&table_joins), "");
	line_dial_in();
	bench_pass(61 * SEC);
	snprintf(row, sizeof(row), "%u f 100 permanent - - up server ann 10.64.0.2 1m01s",
		 fake.call[0].sid);
	CU_ASSERT_STRING_EQUAL(line_row(&table_lines), row);
	snprintf(row, sizeof(row), "line %u (f 100) up server up ann 10.64.0.2 1m01s",
		 fake.call[0].sid);
	CU_ASSERT_STRING_EQUAL(line_row(&table_joins), row);
	CU_ASSERT_EQUAL(lines_joined(bench.gw), 1);
	line_bench_stop();
}

static void only_a_configure_request_makes_a_join(void)
{
	static const uint8_t others[][6] = {
		{0xc0, 0x21, 2, 1, 0, 4}, /* Configure-Ack */
		{0xc0, 0x21, 9, 1, 0, 4}, /* Echo-Request */
		{0x80, 0x21, 1, 1, 0, 4}, /* IPCP */
		{0x00, 0x21, 1, 1, 0, 4}, /* IP */
	};
	const uint64_t *drop;

	line_bench(DLCI, &frame_relay_transport, "100");
	drop = bench.gw->joins->drop;
	bind_dp_ops.line(bench.gw, CHANNEL, request, sizeof(request), clock_us);
	CU_ASSERT_EQUAL(drop[JOIN_D_NO_LINE], 1); /* not up */
	line_say_up(true);
	for (unsigned i = 0; i < 4; i++)
		bind_dp_ops.line(bench.gw, CHANNEL, others[i], 6, clock_us);
	bind_dp_ops.line(bench.gw, CHANNEL, request, 2, clock_us);
	CU_ASSERT_EQUAL(drop[JOIN_D_NO_LINE], 6);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bind_dp_ops.line(bench.gw, CHANNEL, request, sizeof(request), clock_us);
	CU_ASSERT_EQUAL(drop[JOIN_D_NO_LINE], 6);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
	bind_dp_ops.ppp(bench.gw, 0, (uint16_t)(fake.call[0].sid + 1), request, 6, clock_us);
	CU_ASSERT_EQUAL(drop[JOIN_D_NO_LINE], 7); /* of a line that has ended */
	line_bench_stop();
}

static void a_circuit_without_a_service_joins_nothing(void)
{
	line_bench(DLCI, &frame_relay_transport, "101");
	line_say_up(true);
	bind_dp_ops.line(bench.gw, CHANNEL, request, sizeof(request), clock_us);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_NO_LINE], 1);
	line_bench_stop();
}

/* design of a join's end: a permanent circuit waits for the next Configure-Request. */
static void a_permanent_circuit_serves_again(void)
{
	line_bench(DLCI, &frame_relay_transport, "100");
	line_say_up(true);
	for (unsigned i = 0; i < 3; i++) {
		line_dial_in();
		CU_ASSERT_TRUE(line_far.ip4);
		ppp_close(line_far.ppp, clock_us);
		line_pump(4 * SEC); /* RFC 1661 4.3: a restart timer behind the Terminate-Ack */
		CU_ASSERT_TRUE(line_far.down);
		CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
		CU_ASSERT_EQUAL(fake.calls, 0);
		ppp_free(line_far.ppp);
		line_far.ppp = NULL;
		/* each time the circuit is told, and is there all the same */
		CU_ASSERT_EQUAL(fake_said("disconnect"), i + 1);
	}
	line_bench_stop();
}

static void a_circuit_that_goes_down_ends_its_join(void)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_INACTIVE, .words = "PVC inactive"};

	line_bench(DLCI, &frame_relay_transport, "100");
	line_say_up(true);
	line_dial_in();
	bind_dp_ops.down(bench.gw, CHANNEL, &why, false, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(fake.calls, 0);
	ppp_free(line_far.ppp);
	line_far.ppp = NULL;
	line_far.head = line_far.tail;
	line_say_up(true);
	line_dial_in();
	CU_ASSERT_TRUE(line_far.ip4);
	bind_dp_ops.port_failed(bench.gw, 0, -5, "gone", clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	line_bench_stop();
}

static void a_switched_circuit_is_cleared_with_its_join(void)
{
	line_bench(CALL, &x25_transport, "4242");
	line_say_offer();
	CU_ASSERT_EQUAL(fake_said("answer"), 1);
	line_say_up(false);
	line_dial_in();
	CU_ASSERT_TRUE(line_far.ip4);
	line_pump(60 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0); /* the idle time is over when it is joined */
	ppp_close(line_far.ppp, clock_us);
	line_pump(4 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 1);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	line_bench_stop();
}

static void a_switched_circuit_without_ppp_is_cleared(void)
{
	line_bench(CALL, &x25_transport, "4242");
	line_say_offer();
	line_say_up(false);
	bench_pass(29 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	bench_pass(1 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect 100020001 5 no Configure-Request"), 1);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 1);
	CU_ASSERT_EQUAL(lines_there(), 0);
	line_bench_stop();
}

static void a_call_from_elsewhere_is_refused(void)
{
	line_bench(CALL, &x25_transport, "5151");
	line_say_offer();
	CU_ASSERT_EQUAL(fake_said("answer"), 0);
	CU_ASSERT_EQUAL(fake_said("refuse"), 1);
	line_bench_stop();
}

/* --- to an LNS -------------------------------------------------------------------------------- */

#define LAC                                                                            \
	"host-name = gw\n"                                                             \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                      \
	"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp } }\n"            \
	"x25 x { link = \"loop:y\"  address = 1  accept \"42*\" { carries = ppp } }\n" \
	"peer one { port = a  dial = \"192.0.2.9:1701\" }\n"                           \
	"peer two { port = a  dial = \"192.0.2.10:1701\" }\n"                          \
	"route calls { from = { f, x }  to = { one, two } }\n"
#define FR_CHANNEL  ((l2tp_channel)2 << 32 | 0x20001)
#define X25_CHANNEL ((l2tp_channel)3 << 32 | 0x20001)

static void lac_up(l2tp_channel c, const struct ist_transport *t, const char *peer, bool permanent)
{
	struct ist_attrs a = {.size = sizeof(a),
			      .payload = IST_PAYLOAD_PPP,
			      .permanent = permanent,
			      .called = "31101",
			      .calling = "4242",
			      .tx_bps = 9600,
			      .rx_bps = 4800};

	CU_ASSERT_FATAL(!t->addr_parse(&a.peer, peer));
	fake.peer = a.peer;
	if (permanent) {
		bind_dp_ops.up(bench.gw, c, &a, clock_us);
		return;
	}
	bind_dp_ops.offer(bench.gw, c, &a, clock_us);
	CU_ASSERT_EQUAL(fake_said("answer"), 1);
	bind_dp_ops.up(bench.gw, c, &a, clock_us);
}

static struct leg *lac_line(void)
{
	struct join *j = bench_join();

	return j && j->leg[1]->ops->kind == LEG_LINE ? j->leg[1] : NULL;
}

static void assert_got(const struct l2tp_avps *r, uint16_t vendor, uint16_t type, const char *hex,
		       unsigned line)
{
	const struct l2tp_avp *a = relay_find(r, vendor, type);
	uint8_t want[64];
	size_t len = test_hex(want, sizeof(want), hex);

	CU_ASSERT_PTR_NOT_NULL_FATAL(a);
	test_same_octets(a->val, a->len, want, len, __FILE__, line);
}
#define ASSERT_GOT(r, vendor, type, hex) assert_got(r, vendor, type, hex, __LINE__)

/* What the circuit's report says is in ICRQ and ICCN; what it does not say its section may, and the
 * peer's section has the last word. */
static void the_lns_is_told_of_the_line(void)
{
	static const uint8_t access_line[] = {1, 2, 'm', '1'};
	struct ist_attrs a = {.size = sizeof(a),
			      .payload = IST_PAYLOAD_PPP,
			      .permanent = true,
			      .tx_bps = 9600,
			      .number = 100,
			      .access_line = access_line,
			      .access_line_len = sizeof(access_line),
			      .sub_address = "12f"};

	bench_start("host-name = gw\n"
		    "udp a { listen = \"192.0.2.1:1701\" }\n"
		    "frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp connect-speed = "
		    "2000000 } }\n"
		    "peer one { port = a  dial = \"192.0.2.9:1701\" add = { \"called-number=s\", "
		    "\"private-group-id=gold\" } }\n"
		    "route calls { to = one }\n");
	fake.frame = NULL;
	CU_ASSERT_FATAL(!frame_relay_transport.addr_parse(&a.peer, "100"));
	fake.peer = a.peer;
	bind_dp_ops.up(bench.gw, FR_CHANNEL, &a, clock_us);
	bind_dp_ops.line(bench.gw, FR_CHANNEL, request, sizeof(request), clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	ASSERT_GOT(bench.icrq_got, 0, 23, "313266");
	ASSERT_GOT(bench.icrq_got, 0, L2TP_AVP_PHYSICAL_CHANNEL_ID, "00000064");
	ASSERT_GOT(bench.icrq_got, 0, L2TP_AVP_BEARER_TYPE, "00000001");
	ASSERT_GOT(bench.icrq_got, 3561, L2TP_LINE_AGENT_CIRCUIT_ID, "6d31");
	ASSERT_GOT(bench.icrq_got, 0, L2TP_AVP_CALLED_NUMBER, "73");
	CU_ASSERT_PTR_NULL(relay_find(bench.icrq_got, 0, L2TP_AVP_CALLING_NUMBER));
	ASSERT_GOT(bench.iccn_got, 0, L2TP_AVP_PRIVATE_GROUP_ID, "676f6c64");
	CU_ASSERT_PTR_NULL(relay_find(bench.icrq_got, 0, L2TP_AVP_PRIVATE_GROUP_ID));
	CU_ASSERT_EQUAL(bench.iccn_tx, 9600);
	CU_ASSERT_EQUAL(bench.iccn_rx, 2000000);
	bench_stop();
}

/* SLI sets the line's ACCM; its errors become WEN, at most once a minute and when there are new
 * ones. */
static void an_async_line_and_its_lns(void)
{
	static const struct ist_attrs up = {
		.size = sizeof(up), .payload = IST_PAYLOAD_PPP, .permanent = true, .async = true};
	uint8_t want[26];

	bench_start(LAC);
	fake.frame = NULL;
	CU_ASSERT_FATAL(!frame_relay_transport.addr_parse(&fake.peer, "100"));
	bind_dp_ops.up(bench.gw, FR_CHANNEL, &up, clock_us);
	bind_dp_ops.line(bench.gw, FR_CHANNEL, request, sizeof(request), clock_us);
	bench_pass(0);
	CU_ASSERT_TRUE_FATAL(bench.calls == 1 && bench.call[0].up);
	ASSERT_GOT(bench.iccn_got, 0, L2TP_AVP_FRAMING_TYPE, "00000002");
	l2tp_call_send_sli(bench.call[0].call, 0x000a0000, 0xffffffff, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(fake_said("accm 200020001 000a0000 ffffffff"), 1);
	fake.counts_errors = true;
	bench_pass(60 * SEC);
	CU_ASSERT_EQUAL(bench.wens, 0); /* nothing to tell */
	fake.errors[0] = 3;
	bench_pass(60 * SEC);
	CU_ASSERT_EQUAL(bench.wens, 1);
	ASSERT_OCTETS(bench.wen, 26, want,
		      test_hex(want, sizeof(want),
			       "0000 00000003 00000000 00000000 00000000 00000000 00000000"));
	bench_pass(120 * SEC);
	CU_ASSERT_EQUAL(bench.wens, 1);
	fake.errors[2] = 1;
	bench_pass(60 * SEC);
	CU_ASSERT_EQUAL(bench.wens, 2);
	bench_hangup(&bench.call[0], L2TP_CDN_ADMINISTRATIVE, "enough");
	fake.errors[2] = 2;
	bench_pass(120 * SEC);
	CU_ASSERT_EQUAL(bench.wens, 2);
	bench_stop();
}

/* The first Configure-Request places the call, and is the first frame in it. */
static void a_line_becomes_a_call(void)
{
	const struct dp_call *line, *call;

	bench_start(LAC);
	fake.frame = NULL;
	lac_up(FR_CHANNEL, &frame_relay_transport, "100", true);
	CU_ASSERT_EQUAL(fake_said("connect"), 0);
	bind_dp_ops.line(bench.gw, FR_CHANNEL, request, sizeof(request), clock_us);
	CU_ASSERT_EQUAL(fake_said("connect"), 1);
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	CU_ASSERT_TRUE(bench.call[0].up);
	CU_ASSERT_EQUAL(bench.iccn_tx, 9600);
	CU_ASSERT_EQUAL(bench.iccn_rx, 4800);
	ASSERT_GOT(bench.icrq_got, 0, L2TP_AVP_CALLED_NUMBER, "33 31 31 30 31");
	ASSERT_GOT(bench.icrq_got, 0, L2TP_AVP_CALLING_NUMBER, "34 32 34 32");
	CU_ASSERT_PTR_NOT_NULL_FATAL(lac_line());
	CU_ASSERT_STRING_EQUAL(bench_join()->reason, "route calls, to one");
	CU_ASSERT_EQUAL(route_way_calls(bench.gw, &bench.gw->cfg->route[0]), 1);
	line = leg_line_entry(lac_line());
	line = fake_entry(0, line->sid);
	CU_ASSERT_PTR_NOT_NULL_FATAL(line);
	CU_ASSERT_EQUAL(line->mode, DP_FORWARD);
	CU_ASSERT_EQUAL(line->channel, FR_CHANNEL);
	call = fake_entry(line->to_tid, line->to_sid);
	CU_ASSERT_PTR_NOT_NULL_FATAL(call);
	CU_ASSERT_TRUE(call->mode == DP_FORWARD && call->to_sid == line->sid && !call->to_tid);
	CU_ASSERT_TRUE(fake_said("ppp c021") >= 1);
	/* the line carries less than before */
	fake.mtu = 700;
	bind_dp_ops.mtu(bench.gw, FR_CHANNEL, 700, clock_us);
	CU_ASSERT_EQUAL(fake_entry(0, line->sid)->mtu, 698);
	/* CDN: the circuit stays and may call again */
	bench_hangup(&bench.call[0], L2TP_CDN_ADMINISTRATIVE, "enough");
	CU_ASSERT_EQUAL(route_way_calls(bench.gw, &bench.gw->cfg->route[0]), 0);
	CU_ASSERT_EQUAL(
		bench_logged("call info: line * (f *): ended: administrative reasons (enough)"), 1);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_FATAL(!frame_relay_transport.addr_parse(&fake.peer, "100"));
	bind_dp_ops.line(bench.gw, FR_CHANNEL, request, sizeof(request), clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.calls, 2);
	CU_ASSERT_TRUE(bench.call[1].up);
	bench_stop();
}

/* A circuit that is gone for ever is forgotten, one that is down waits. */
static void lines_that_are_forgotten(void)
{
	for (unsigned joined = 0; joined < 2; joined++)
		for (unsigned forever = 0; forever < 2; forever++) {
			line_bench(DLCI, &frame_relay_transport, "100");
			line_say_up(true);
			if (joined)
				line_dial_in();
			CU_ASSERT_EQUAL(lines_there(), 1);
			CU_ASSERT_EQUAL(lines_joined(bench.gw), joined);
			bind_dp_ops.down(bench.gw, CHANNEL, NULL, forever, clock_us);
			bench_pass(0);
			CU_ASSERT_EQUAL(lines_there(), !forever);
			CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
			CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
			if (joined)
				CU_ASSERT_EQUAL(bench_logged("call info: line * (f 100): ended: "
							     "the circuit is down"),
						1);
			line_bench_stop();
		}
}

/* While one peer is silent or refuses, the circuit waits; then the next peer is tried. */
static void the_next_peer_is_tried(void)
{
	bench_start(LAC);
	fake.frame = NULL;
	bench.no_answer = true;
	lac_up(X25_CHANNEL, &x25_transport, "4242", false);
	bind_dp_ops.line(bench.gw, X25_CHANNEL, request, sizeof(request), clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	bind_dp_ops.line(bench.gw, X25_CHANNEL, request, sizeof(request), clock_us);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_NO_LINE], 0);
	bench.no_answer = false;
	bench_hangup(&bench.call[0], L2TP_CDN_NO_FACILITIES_TEMP, "busy");
	bench_pass(0);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	CU_ASSERT_TRUE(bench.call[1].up);
	CU_ASSERT_PTR_NOT_NULL(lac_line());
	/* and a call that has been up is not placed again: its circuit is cleared */
	bench_hangup(&bench.call[1], L2TP_CDN_ADMINISTRATIVE, "enough");
	CU_ASSERT_EQUAL(bench.calls, 2);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 1);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();
}

static void no_peer_takes_it(void)
{
	bench_start(LAC);
	fake.frame = NULL;
	bench.no_answer = true;
	lac_up(X25_CHANNEL, &x25_transport, "4242", false);
	bind_dp_ops.line(bench.gw, X25_CHANNEL, request, sizeof(request), clock_us);
	bench_pass(0);
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL_FATAL(bench.calls, i + 1);
		CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
		bench_hangup(&bench.call[i], L2TP_CDN_NO_FACILITIES_TEMP, "busy");
		bench_pass(0);
	}
	CU_ASSERT_EQUAL(fake_said("disconnect 300020001 6 no peer takes the call"), 1);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 1);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(route_way_calls(bench.gw, &bench.gw->cfg->route[0]), 0);
	bench_stop();
}

/* RFC 2661 5.7: the circuit's end is a CDN. */
static void a_circuit_that_goes_down_ends_its_call(void)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_CLEARED, .words = "cleared"};

	bench_start(LAC);
	fake.frame = NULL;
	lac_up(X25_CHANNEL, &x25_transport, "4242", false);
	bind_dp_ops.line(bench.gw, X25_CHANNEL, request, sizeof(request), clock_us);
	bench_pass(0);
	CU_ASSERT_TRUE_FATAL(bench.calls == 1 && bench.call[0].up);
	bind_dp_ops.down(bench.gw, X25_CHANNEL, &why, true, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.call[0].result.result, L2TP_CDN_LOST_CARRIER);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(bench.calls, 1);
	bench_stop();
}

/* --- lines we dial ---------------------------------------------------------------------------- */

#define SITE " user = ann  secret = \"a password\"  auth = chap  redial = 30s }\n"
#define SITE_PVC                                                            \
	"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp } }\n" \
	"client home { port = f  circuit = 100" SITE
#define SITE_CALL                                    \
	"x25 x { link = \"loop:y\"  address = 1 }\n" \
	"client home { port = x  circuit = 4242" SITE
/* fake_dp names channels so: port number + 1, and 7 */
#define SITE_CHANNEL(port) ((l2tp_channel)((port) + 1) << 32 | 7)

static void a_site_dials_out_on_a_permanent_circuit(void)
{
	struct ist_attrs a = {.size = sizeof(a), .payload = IST_PAYLOAD_PPP, .permanent = true};
	static const struct ist_cause why = {.kind = IST_CAUSE_INACTIVE, .words = "PVC inactive"};

	memset(&line_far, 0, sizeof(line_far));
	bench_start(SITE_PVC);
	fake.frame = line_from_gw;
	bench_pass(0);
	CU_ASSERT_EQUAL(fake_said("connect"), 0); /* the circuit is not up */
	CU_ASSERT_STRING_EQUAL(bench.gw->client[0].why.words, "the circuit is down");
	CU_ASSERT_FATAL(!frame_relay_transport.addr_parse(&a.peer, "100"));
	fake.peer = a.peer;
	bind_dp_ops.up(bench.gw, SITE_CHANNEL(0), &a, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(fake_said("connect 0"), 1);
	CU_ASSERT_EQUAL_FATAL(bench.gw->joins->n, 1);
	CU_ASSERT_TRUE(fake.calls == 1 && fake.call[0].channel == SITE_CHANNEL(0));
	line_serve_far();
	CU_ASSERT_TRUE(line_far.ip4);
	CU_ASSERT_EQUAL(bench.gw->client[0].state, CLIENT_UP);
	CU_ASSERT_EQUAL(bench.gw->client[0].addr.local4, 0x0a640002);
	bind_dp_ops.down(bench.gw, SITE_CHANNEL(0), &why, false, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(bench.gw->client[0].state, CLIENT_WAITING);
	CU_ASSERT_STRING_EQUAL(bench.gw->client[0].why.words, "PVC inactive");
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	line_bench_stop();
}

static void a_site_calls_on_a_switched_circuit(void)
{
	struct ist_attrs a = {.size = sizeof(a), .payload = IST_PAYLOAD_PPP};
	static const struct ist_cause busy = {
		.kind = IST_CAUSE_CLEARED, .cause = 1, .words = "number busy"};

	memset(&line_far, 0, sizeof(line_far));
	bench_start(SITE_CALL);
	fake.frame = line_from_gw;
	bench_pass(0);
	CU_ASSERT_EQUAL(fake_said("connect 0"), 1);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
	CU_ASSERT_EQUAL(fake.calls, 0); /* nothing is sent before the call is up */
	bind_dp_ops.down(bench.gw, SITE_CHANNEL(0), &busy, true, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_STRING_EQUAL(bench.gw->client[0].why.words, "number busy");
	bench_pass(30 * SEC);
	CU_ASSERT_EQUAL(fake_said("connect 0"), 2);
	bind_dp_ops.up(bench.gw, SITE_CHANNEL(0), &a, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(fake.calls, 1);
	line_serve_far();
	CU_ASSERT_TRUE(line_far.ip4);
	CU_ASSERT_EQUAL(bench.gw->client[0].state, CLIENT_UP);
	ppp_close(line_far.ppp, clock_us);
	line_pump(4 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 1);
	CU_ASSERT_EQUAL(bench.gw->client[0].state, CLIENT_WAITING);
	line_bench_stop();
}

static const struct test_case cases[] = {
	{"a_site_dials_out_on_a_permanent_circuit", a_site_dials_out_on_a_permanent_circuit},
	{"a_site_calls_on_a_switched_circuit", a_site_calls_on_a_switched_circuit},
	{"the_lns_is_told_of_the_line", the_lns_is_told_of_the_line},
	{"an_async_line_and_its_lns", an_async_line_and_its_lns},
	{"a_line_becomes_a_call", a_line_becomes_a_call},
	{"lines_that_are_forgotten", lines_that_are_forgotten},
	{"the_next_peer_is_tried", the_next_peer_is_tried},
	{"no_peer_takes_it", no_peer_takes_it},
	{"a_circuit_that_goes_down_ends_its_call", a_circuit_that_goes_down_ends_its_call},
	{"a_site_gets_its_address", a_site_gets_its_address},
	{"lines_and_joins_are_shown", lines_and_joins_are_shown},
	{"only_a_configure_request_makes_a_join", only_a_configure_request_makes_a_join},
	{"a_circuit_filters_before_its_service", a_circuit_filters_before_its_service},
	{"a_circuit_without_a_service_joins_nothing", a_circuit_without_a_service_joins_nothing},
	{"a_permanent_circuit_serves_again", a_permanent_circuit_serves_again},
	{"a_circuit_that_goes_down_ends_its_join", a_circuit_that_goes_down_ends_its_join},
	{"a_switched_circuit_is_cleared_with_its_join",
	 a_switched_circuit_is_cleared_with_its_join},
	{"a_switched_circuit_without_ppp_is_cleared", a_switched_circuit_without_ppp_is_cleared},
	{"a_call_from_elsewhere_is_refused", a_call_from_elsewhere_is_refused},
	{NULL, NULL},
};
const struct test_suite suite_line = {"line", cases};
