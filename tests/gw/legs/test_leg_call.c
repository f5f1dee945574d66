/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/bind.h"
#include "gw/client.h"
#include "gw/legs/leg_entry.h"
#include "gw/legs/legs.h"
#include "tests/gw/bench.h"

#define LNS(peer)                                                                 \
	"host-name = gw\n"                                                        \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                 \
	"peer lac { service = s " peer " }\n"                                     \
	"pool s { ranges = { \"10.64.0.0/24\", \"2001:db8:64::/48\" } }\n"        \
	"service s { local = 10.64.0.1  pool = s  auth = { chap } mtu = 1400 }\n" \
	"user ann { secret = \"a password\" }\n"
#define CLIENT(peer)                                                  \
	"host-name = gw\n"                                            \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                     \
	"peer lns { port = a  dial = \"192.0.2.9:1701\" " peer " }\n" \
	"client home { peer = lns  user = ann  secret = \"a password\" }\n"

/* Our session id is in the ICRP: what comes after must find an entry. */
static void entry_before_our_id_is_on_the_wire(void)
{
	const struct dp_call *e;
	struct far_call *c;
	unsigned mark;

	bench_start(LNS(""));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	mark = fake.lines;
	c = bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_TRUE(c->up);
	CU_ASSERT(fake_line("set punt", mark) >= 0);
	CU_ASSERT(fake_line("set punt", mark) < fake_line("send", mark));
	e = &fake.call[0];
	CU_ASSERT_EQUAL(e->mode, DP_PUNT);
	CU_ASSERT_EQUAL(e->data.peer_tid, c->tid);
	CU_ASSERT_EQUAL(e->data.peer_sid, c->sid);
	CU_ASSERT_TRUE(e->data.lns);
	CU_ASSERT_TRUE(e->ff03);
	CU_ASSERT_EQUAL(e->channel, FAR_CHANNEL);
	/* 1472 octets of UDP payload: header 6, Ns and Nr 4, FF 03 and protocol 4 */
	CU_ASSERT_EQUAL(e->mtu, 1472 - 6 - 4 - 4);
	bench_stop();
}

/* PPP of the far end starts with the ICRP, before our side has seen ICCN: nothing of it is lost, so
 * no restart timer has to run out. */
static void frames_that_overtake_iccn_wait(void)
{
	struct far_call *c;
	uint64_t begin;

	bench_start(LNS(""));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench.early_frames = true;
	begin = clock_us;
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE(c->ip4);
	CU_ASSERT_EQUAL(clock_us, begin);
	bench_stop();
}

static void sequencing_as_the_peer_section_and_iccn_say(void)
{
	bench_start(LNS("sequencing = yes length-bit = yes"));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_TRUE(fake.call[0].data.send_seq);
	CU_ASSERT_TRUE(fake.call[0].data.send_length);
	CU_ASSERT_FALSE(fake.call[0].data.required);
	CU_ASSERT_EQUAL(fake.call[0].mtu, 1472 - 6 - 2 - 4 - 4);
	bench_stop();

	bench_start(LNS(""));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench.iccn_seq = true;
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_TRUE(fake.call[0].data.required);
	CU_ASSERT_TRUE(fake.call[0].data.send_seq);
	bench_stop();
}

/* Of a join with a line and of one with PPP that ends here, which has agreed on compression. */
static void ff03_as_the_peer_section_says(void)
{
	static const struct {
		const char *conf;
		bool never, always;
	} rows[] = {
		{LNS(""), false, false},
		{LNS("ff03 = learn"), false, false},
		{LNS("ff03 = yes"), false, true},
		{LNS("ff03 = no"), true, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct leg_network n = {.mtu = 1400};
		struct leg *call;
		struct leg_entry *e, to;

		bench_start(rows[i].conf);
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		bench_call(NULL, NULL, PPP_AUTH_NONE);
		CU_ASSERT_EQUAL(fake.call[0].no_address, rows[i].never);
		CU_ASSERT_EQUAL(fake.call[0].mtu, 1472 - 6 - 4 - (rows[i].never ? 2 : 4));
		CU_ASSERT_EQUAL(
			leg_entry_of_call_carries(bench.gw, FAR_CHANNEL, bench.gw->cfg->peer),
			fake.call[0].mtu);
		call = bench_join()->leg[0];
		e = call->ops->entry(call);
		leg_entry_init(&to, bench.gw, &(struct dp_call){.tid = 8, .sid = 9});
		leg_entry_network(e, &n);
		CU_ASSERT_EQUAL(fake.call[0].ff03, rows[i].always);
		leg_entry_forward(e, &to);
		CU_ASSERT_EQUAL(fake.call[0].no_address, rows[i].never);
		CU_ASSERT_EQUAL(fake.call[0].mirror_ff03, !rows[i].always && !rows[i].never);
		bench_stop();
	}
}

/* RFC 2661 5.4: the LNS may begin and end it at any time, unless the LAC has demanded it. */
static void sequencing_switched_during_the_call(void)
{
	bench_start(LNS(""));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_FALSE(fake.call[0].data.send_seq);
	CU_ASSERT_PTR_NULL(leg_call_sequence(bench_join()->leg[0], true));
	CU_ASSERT_TRUE(fake.call[0].data.send_seq);
	CU_ASSERT_PTR_NULL(leg_call_sequence(bench_join()->leg[0], false));
	CU_ASSERT_FALSE(fake.call[0].data.send_seq);
	bench_stop();

	bench_start(LNS(""));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench.iccn_seq = true;
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_PTR_NOT_NULL(leg_call_sequence(bench_join()->leg[0], false));
	CU_ASSERT_TRUE(fake.call[0].data.send_seq);
	bench_stop();

	bench_start(CLIENT(""));
	bench_pass(0);
	CU_ASSERT_PTR_NOT_NULL(leg_call_sequence(bench_join()->leg[0], true));
	bench_stop();
}

/* RFC 2661 6.14: only of a line that has an ACCM.  The client has asked for none, so all is
 * escaped. */
static void the_lac_of_an_async_line_gets_the_accm(void)
{
	uint8_t want[10];

	for (unsigned async = 0; async < 2; async++) {
		bench_start(LNS(""));
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		bench.iccn_async = async;
		bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
		CU_ASSERT_EQUAL(bench.slis, async);
		if (async)
			ASSERT_OCTETS(bench.sli, 10, want,
				      test_hex(want, 10, "0000 ffffffff ffffffff"));
		bench_stop();
	}
}

static void a_placed_call_demands_sequencing_when_told(void)
{
	bench_start(CLIENT("sequencing-required = yes"));
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	CU_ASSERT_TRUE(bench.call[0].up);
	CU_ASSERT_EQUAL(bench.iccn_seq, 1);
	CU_ASSERT_TRUE(fake.call[0].data.required);
	CU_ASSERT_FALSE(fake.call[0].data.lns);
	CU_ASSERT_EQUAL(fake.call[0].data.peer_sid, bench.call[0].sid);
	bench_stop();
}

/* RFC 2661 4.4.4, as the LAC sees it: what we receive over the circuit is transmitted to the remote
 * system, our PPP.  Zero is RFC 3931's word for a speed nobody knows. */
static void connect_speeds_are_those_of_the_circuit(void)
{
	static const struct {
		struct dp_speed circuit;
		int64_t tx, rx; /* in the ICCN */
	} rows[] = {
		{{9600, 9600}, 9600, -1},
		{{128000, 2048000}, 2048000, 128000},
		{{0, 0}, 0, -1},
		{{64000, 0}, 0, 64000},
		{{4294967295, 4294967296}, 4294967295, -1},
		{{10000000000, 4294967294}, 4294967294, 4294967295},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bench_start(CLIENT(""));
		fake.speed = rows[i].circuit;
		bench_pass(0);
		CU_ASSERT_TRUE(bench.call[0].up);
		CU_ASSERT_EQUAL(bench.iccn_tx, rows[i].tx);
		CU_ASSERT_EQUAL(bench.iccn_rx, rows[i].rx);
		bench_stop();
	}
}

/* The medium gets narrower under a call: what is sent follows, and grows back to what PPP agreed.
 */
static void mtu_of_the_channel_changes(void)
{
	struct far_call *c;

	bench_start(LNS(""));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE_FATAL(c->ip4);
	CU_ASSERT_EQUAL(fake.call[0].mtu, 1400);
	fake.mtu = 1000;
	bind_dp_ops.mtu(bench.gw, FAR_CHANNEL + 1, 1000, clock_us); /* another's */
	CU_ASSERT_EQUAL(fake.call[0].mtu, 1400);
	bind_dp_ops.mtu(bench.gw, FAR_CHANNEL, 1000, clock_us);
	CU_ASSERT_EQUAL(fake.call[0].mtu, 1000 - 6 - 4 - 4);
	CU_ASSERT_EQUAL(fake.call[0].mode, DP_TERMINAL);
	CU_ASSERT_TRUE(fake.call[0].ip4);
	fake.mtu = 9000;
	bind_dp_ops.mtu(bench.gw, FAR_CHANNEL, 9000, clock_us);
	CU_ASSERT_EQUAL(fake.call[0].mtu, 1400);
	bench_stop();
}

static void cdn_of_the_peer_ends_it(void)
{
	struct far_call *c;
	struct join *j;

	bench_start(LNS(""));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	j = bench_join();
	CU_ASSERT_PTR_NOT_NULL_FATAL(j);
	CU_ASSERT_EQUAL(fake.calls, 1);
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "modem gone");
	CU_ASSERT_EQUAL(fake.calls, 0);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();
}

/* Every cause has a CDN result of RFC 2661 4.4.2 that people can read. */
static void cdn_result_of_each_cause(void)
{
	static const uint16_t want[LEG_CAUSES] = {
		[LEG_BY_OPERATOR] = 3,	[LEG_BY_SHUTDOWN] = 3,	[LEG_BY_PEER] = 3,
		[LEG_BY_LOSS] = 1,	[LEG_BY_TIMEOUT] = 1,	[LEG_BY_AUTH] = 3,
		[LEG_BY_MISMATCH] = 11, [LEG_BY_RESOURCES] = 4, [LEG_BY_LIMIT] = 3,
		[LEG_BY_ANOTHER] = 3,
	};
	unsigned i;

	for (i = 0; i < LEG_CAUSES; i++) {
		struct leg_end why = leg_end(i, "some words");
		struct far_call *c;

		bench_start(LNS(""));
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		c = bench_call(NULL, NULL, PPP_AUTH_NONE);
		CU_ASSERT_TRUE(c->up);
		join_cut(bench_join(), &why, clock_us);
		bench_pass(0);
		CU_ASSERT_EQUAL(c->result.result, want[i]);
		CU_ASSERT_EQUAL(c->result.error, 0);
		CU_ASSERT_STRING_EQUAL(c->result.text, "some words");
		CU_ASSERT_EQUAL(c->cause_len, 0);
		bench_stop();
	}
}

/* A LAC may say that it has authenticated the user; the LNS asks the user all the same. */
static void rfc2661_9_5_proxy_authentication_is_not_believed(void)
{
	struct far_call *c;

	bench_start(LNS(""));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench.iccn_proxy = true;
	c = bench_call("ann", "not the password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_FALSE(c->ip4);
	CU_ASSERT_EQUAL(c->why, PPP_WHY_AUTH_FAILED);
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	bench_pass(SEC); /* the failure delays the next answer */
	CU_ASSERT_TRUE(c->ip4);
	bench_stop();
}

static void no_room_in_the_data_plane(void)
{
	struct far_call *c;

	bench_start(LNS(""));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	fake.call_refuses = true;
	c = bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_NO_FACILITIES_TEMP);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();
}

/* Each time the data plane is told of the call: when it is offered, and when it is up and its ICCN
 * has said something new. */
static void no_room_later(void)
{
	for (unsigned n = 1; n <= 2; n++) {
		struct far_call *c;

		bench_start(LNS(""));
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		fake.set_refused = n;
		bench.iccn_seq = true;
		c = bench_call(NULL, NULL, PPP_AUTH_NONE);
		CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_NO_FACILITIES_TEMP);
		CU_ASSERT_STRING_EQUAL(c->result.text, "no room for the call");
		CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
		CU_ASSERT_EQUAL(fake.calls, 0);
		bench_stop();
	}
}

#define LAC_CLIENT                                           \
	"host-name = gw\n"                                   \
	"udp a { listen = \"192.0.2.1:1701\" }\n"            \
	"peer lns { port = a  dial = \"192.0.2.9:1701\" }\n" \
	"client home { peer = lns  user = ann  secret = \"a password\"  redial = 1000s }\n"

static const struct leg_end *home_why(void)
{
	return &bench.gw->client[0].why;
}

/* Of a call we place: when it is placed, and when it is answered. */
static void no_room_for_a_call_we_place(void)
{
	for (unsigned n = 1; n <= 2; n++) {
		bench_start(LAC_CLIENT);
		fake.set_refused = n;
		bench_pass(0);
		CU_ASSERT_STRING_EQUAL(home_why()->words, "no room for the call");
		CU_ASSERT_EQUAL(home_why()->cause, LEG_BY_RESOURCES);
		CU_ASSERT_EQUAL(bench.calls, n > 1);
		if (n > 1)
			CU_ASSERT_EQUAL(bench.call[0].result.result, L2TP_CDN_NO_FACILITIES_TEMP);
		CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
		CU_ASSERT_EQUAL(fake.calls, 0);
		bench_stop();
	}
}

/* RFC 3145 section 2: code, control protocol, direction; less than that is nothing. */
static void rfc3145_2_the_peers_cause_is_read(void)
{
	bench_start(LAC_CLIENT);
	bench_pass(0);
	CU_ASSERT_TRUE_FATAL(bench.call[0].ip4);
	bench_hangup_why(&bench.call[0], "000d c223 02 6c617465");
	CU_ASSERT_TRUE(home_why()->has_ppp);
	CU_ASSERT_EQUAL(home_why()->ppp_code, 13);
	CU_ASSERT_EQUAL(home_why()->ppp_proto, 0xc223);
	CU_ASSERT_EQUAL(home_why()->ppp_direction, 2);
	CU_ASSERT_EQUAL(home_why()->cause, LEG_BY_PEER);
	CU_ASSERT_TRUE(home_why()->has_cdn);
	CU_ASSERT_EQUAL(home_why()->cdn_result, L2TP_CDN_LOST_CARRIER);
	CU_ASSERT_EQUAL(home_why()->cdn_error, 0);
	bench_stop();

	bench_start(LAC_CLIENT);
	bench_pass(0);
	bench_hangup(&bench.call[0], L2TP_CDN_BUSY, "engaged");
	CU_ASSERT_FALSE(home_why()->has_ppp);
	CU_ASSERT_EQUAL(home_why()->cdn_result, L2TP_CDN_BUSY);
	CU_ASSERT_STRING_EQUAL(home_why()->cdn_text, "engaged");
	bench_stop();
}

/* The reply comes from elsewhere: frames go there too (RFC 2661 8.1). */
static void the_channel_of_the_reply(void)
{
	const l2tp_channel dialled = (l2tp_channel)1 << 32 | 9;
	struct ist_addr to;

	bench_start(LAC_CLIENT);
	to = fake.peer;
	fake_circuit(dialled, &to);
	bench_pass(0);
	CU_ASSERT_TRUE_FATAL(bench.calls == 1 && bench.call[0].up);
	CU_ASSERT_EQUAL(fake.call[0].channel, FAR_CHANNEL);
	CU_ASSERT_EQUAL(fake.call[0].data.peer_tid, bench.call[0].tid);
	bench_stop();
}

/* Both ends open the tunnel at once.  True: ours has lost the tie, and there is no more than the
 * far end's. */
static bool leg_call_lost_the_tie(void)
{
	struct l2tp_peer_answer who = {.policy = bench.policy, .peer = &bench};
	enum l2tp_reason why;
	uint16_t tid, sid;

	bench.policy.single_tunnel = who.policy.single_tunnel = true;
	loop_expire(bench.gw->loop, clock_us);
	CU_ASSERT_EQUAL_FATAL(fake.calls, 1);
	tid = fake.call[0].tid;
	sid = fake.call[0].sid;
	CU_ASSERT_PTR_NOT_NULL(l2tp_tunnel_open(bench.far, 3, &who, NULL, clock_us, &why));
	bench_pass(0);
	CU_ASSERT_EQUAL(fake.calls, 1);
	CU_ASSERT_EQUAL(fake.call[0].sid, sid);
	return !fake_entry(tid, sid);
}

/* RFC 2661 4.4.3: the call goes on in the tunnel that has won, under our other Tunnel ID. */
static void a_call_in_the_tunnel_that_has_won(void)
{
	bool lost = false, won = false;

	for (unsigned i = 0; i < 100 && !(lost && won); i++) {
		struct l2tp_tunnel_info t;
		struct l2tp_counters n;
		bool moved;

		bench_start(CLIENT("hostname = far  single-tunnel = yes"));
		moved = leg_call_lost_the_tie();
		lost |= moved;
		won |= !moved;
		l2tp_engine_counters(bench.gw->engine, &n);
		CU_ASSERT_EQUAL(n.tunnels, 1);
		l2tp_tunnel_info(l2tp_tunnel_next(bench.gw->engine, NULL), &t);
		CU_ASSERT_EQUAL(fake.call[0].tid, t.local_id);
		CU_ASSERT_EQUAL(fake.call[0].data.peer_tid, t.peer_id);
		CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
		CU_ASSERT_EQUAL(t.peer_id, bench.call[0].tid);
		CU_ASSERT_TRUE(bench.call[0].ip4);
		CU_ASSERT_EQUAL(bench.gw->client[0].state, CLIENT_UP);
		bench_stop();
	}
	CU_ASSERT(lost && won);
}

/* What the data plane has of a call, from the keys of the peer's section. */
static void keys_of_the_peer(void)
{
	bench_start(LNS("reorder = 5  reorder-timeout = 20ms  sequencing-required = yes"));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL(fake.call[0].data.reorder, 5);
	CU_ASSERT_EQUAL(fake.call[0].data.reorder_timeout, 20000);
	CU_ASSERT_FALSE(fake.call[0].data.required); /* that is for the LAC to demand */
	CU_ASSERT_FALSE(fake.call[0].data.send_seq);
	CU_ASSERT_FALSE(fake.call[0].data.send_length);
	CU_ASSERT_EQUAL(fake.call[0].dscp, 0);
	CU_ASSERT_EQUAL(fake.call[0].discard, 0);
	bench_stop();
	bench_start(CLIENT("sequencing = yes"));
	bench_pass(0);
	CU_ASSERT_FALSE(fake.call[0].data.send_seq); /* that is for the LNS to begin */
	CU_ASSERT_FALSE(fake.call[0].data.required);
	bench_stop();
}

/* Words for the operator; before the call has an entry the data plane is told later. */
static void why_sequencing_cannot_be_switched(void)
{
	struct leg *call;

	bench_start(LNS(""));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	call = bench_join()->leg[0];
	fake.call_refuses = true;
	CU_ASSERT_STRING_EQUAL(leg_call_sequence(call, true), "no room for the call");
	fake.call_refuses = false;
	CU_ASSERT_PTR_NULL(leg_call_sequence(call, true));
	bench_stop();
}

/* Nothing is behind an offered call that still waits: frames are dropped, and counted. */
static void a_call_without_a_join(void)
{
	static const uint8_t frame[10] = {0xc0, 0x21};
	struct l2tp_tunnel *t;
	struct l2tp_call *call;
	struct leg *l;

	bench_start(LNS(""));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	t = l2tp_tunnel_next(bench.gw->engine, NULL);
	call = l2tp_call_new(t, NULL, &(enum l2tp_reason){L2TP_R_NONE});
	CU_ASSERT_PTR_NOT_NULL_FATAL(call);
	CU_ASSERT_PTR_NULL(leg_of_call(call));
	l = leg_call_offered(bench.gw, call, &bench.gw->cfg->peer[0]);
	CU_ASSERT_PTR_NOT_NULL_FATAL(l);
	leg_call_rx(l, frame, sizeof(frame), clock_us);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_NOT_UP], 1);
	CU_ASSERT_PTR_EQUAL(leg_of_call(call), l);
	CU_ASSERT_PTR_EQUAL(leg_call_let_go(l), call);
	CU_ASSERT_PTR_NULL(leg_call_let_go(l));
	l->ops->free(l);
	l2tp_call_hangup(call, &(struct l2tp_result){.result = 3}, NULL, 0, clock_us);
	bench_stop();
}

/* In each state that a frame cannot pass. */
static void dropped_frames_are_counted(void)
{
	static const uint8_t frame[10] = {0xc0, 0x21};
	const uint64_t *drop;
	struct leg *call;
	unsigned i;

	bench_start(LNS(""));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	drop = bench.gw->joins->drop;
	for (i = 0; i < JOIN_D_COUNT; i++)
		CU_ASSERT_EQUAL(drop[i], 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench_join());
	call = bench_join()->leg[0];
	call->state = LEG_STARTING;
	call->ops->frame(call, frame, 10, clock_us);
	CU_ASSERT_EQUAL(drop[JOIN_D_SEND_NOT_UP], 1);
	call->state = LEG_STOPPING;
	leg_call_rx(call, frame, 10, clock_us);
	CU_ASSERT_EQUAL(drop[JOIN_D_NOT_UP], 1);
	call->state = LEG_UP;
	bench_hangup(&bench.call[0], L2TP_CDN_LOST_CARRIER, "");
	CU_ASSERT_EQUAL(drop[JOIN_D_NOT_UP], 1);
	bind_dp_ops.ppp(bench.gw, 1, 1, frame, 10, clock_us);
	CU_ASSERT_EQUAL(drop[JOIN_D_NO_CALL], 1);
	bench_stop();
}

static const struct test_case cases[] = {
	{"entry_before_our_id_is_on_the_wire", entry_before_our_id_is_on_the_wire},
	{"frames_that_overtake_iccn_wait", frames_that_overtake_iccn_wait},
	{"sequencing_as_the_peer_section_and_iccn_say",
	 sequencing_as_the_peer_section_and_iccn_say},
	{"ff03_as_the_peer_section_says", ff03_as_the_peer_section_says},
	{"sequencing_switched_during_the_call", sequencing_switched_during_the_call},
	{"the_lac_of_an_async_line_gets_the_accm", the_lac_of_an_async_line_gets_the_accm},
	{"a_placed_call_demands_sequencing_when_told", a_placed_call_demands_sequencing_when_told},
	{"connect_speeds_are_those_of_the_circuit", connect_speeds_are_those_of_the_circuit},
	{"mtu_of_the_channel_changes", mtu_of_the_channel_changes},
	{"cdn_of_the_peer_ends_it", cdn_of_the_peer_ends_it},
	{"cdn_result_of_each_cause", cdn_result_of_each_cause},
	{"rfc2661_9_5_proxy_authentication_is_not_believed",
	 rfc2661_9_5_proxy_authentication_is_not_believed},
	{"no_room_in_the_data_plane", no_room_in_the_data_plane},
	{"no_room_later", no_room_later},
	{"no_room_for_a_call_we_place", no_room_for_a_call_we_place},
	{"rfc3145_2_the_peers_cause_is_read", rfc3145_2_the_peers_cause_is_read},
	{"the_channel_of_the_reply", the_channel_of_the_reply},
	{"a_call_in_the_tunnel_that_has_won", a_call_in_the_tunnel_that_has_won},
	{"keys_of_the_peer", keys_of_the_peer},
	{"why_sequencing_cannot_be_switched", why_sequencing_cannot_be_switched},
	{"a_call_without_a_join", a_call_without_a_join},
	{"dropped_frames_are_counted", dropped_frames_are_counted},
	{NULL, NULL},
};
const struct test_suite suite_leg_call = {"leg_call", cases};
