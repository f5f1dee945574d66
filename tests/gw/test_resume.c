/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control side is killed and another one goes on from what it has kept, while the far end, its
 * PPP and what is under way stay.
 */
#include "gw/bind.h"
#include "gw/client.h"
#include "gw/resume.h"
#include "tests/gw/bench.h"
#include "tests/heap.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LNS(keys)                                                           \
	"host-name = gw\n"                                                  \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                           \
	"peer lac { service = s }\n"                                        \
	"pool s { ranges = { \"10.64.0.0/24\", \"2001:db8:64::/48\" } }\n"  \
	"service s { local = 10.64.0.1  pool = s  mtu = 1400  " keys " }\n" \
	"user ann { secret = \"a password\" }\n"

/* What the data plane was told before is what it is told now. */
static bool resume_same_entry(const struct dp_call *was, const struct dp_call *is)
{
	return memcmp(was, is, sizeof(*was)) == 0;
}

static struct far_call *resume_server_dial(void)
{
	struct far_call *c;

	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(c->up && c->ip4 && c->ip6);
	return c;
}

static struct far_call *resume_server_up(const char *conf)
{
	bench_start_kept(conf);
	return resume_server_dial();
}

static struct resume_counters resume_counted(void)
{
	struct resume_counters n;

	resume_count(bench.gw->resume, &n);
	return n;
}

static void resume_server(void)
{
	struct far_call *c = resume_server_up(LNS("")), *d;
	struct dp_call was = fake.call[0];
	uint32_t address = c->got.peer4;
	uint64_t iid;

	iid = bench.gw->service[0].iid;
	CU_ASSERT_EQUAL(fake_said("answer"), 1);
	bench_kill(NULL);
	CU_ASSERT_EQUAL(fake_said("answer"), 2); /* the channel is kept, too */
	CU_ASSERT_EQUAL(bench.gw->service[0].iid, iid);
	CU_ASSERT_EQUAL(resume_counted().tunnels, 1);
	CU_ASSERT_EQUAL(resume_counted().calls, 1);
	CU_ASSERT_EQUAL(resume_counted().joins, 1);
	CU_ASSERT_EQUAL(resume_counted().ended, 0);
	CU_ASSERT_EQUAL(fake.calls, 1);
	CU_ASSERT_TRUE(resume_same_entry(&was, &fake.call[0]));
	/* echoes, HELLOs */
	bench_pass(300 * SEC);
	CU_ASSERT_TRUE(c->up && !c->down && bench.tunnel_up);
	CU_ASSERT_TRUE(resume_same_entry(&was, &fake.call[0]));
	/* what is new does not get what is old */
	d = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	bench_pass(SEC);
	CU_ASSERT_TRUE(d->up && d->ip4);
	CU_ASSERT_NOT_EQUAL(d->got.local4, c->got.local4);
	CU_ASSERT_EQUAL(c->got.peer4, address);
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "bye");
	bench_pass(SEC);
	CU_ASSERT_EQUAL(fake.calls, 1);
	bench_kill(NULL);
	CU_ASSERT_EQUAL(resume_counted().joins, 1);
	bench_pass(100 * SEC);
	CU_ASSERT_TRUE(d->up && !d->down);
	bench_stop();
}

/* --- killed at each packet and frame that it sends -------------------------------------------- */

/* How many it sends in a life of a call. */
#define SENDS_MAX 60u

/* Both ends have a call, or neither. */
static bool resume_agree(const struct far_call *c)
{
	return c->call ? fake.calls == 1 && c->ip4 && !c->down : fake.calls == 0;
}

static void resume_kill_at_each_send(bool gathers)
{
	unsigned kill = 1, lived = 0, kills;

	do {
		struct far_call *c;

		bench_start_kept(LNS(""));
		fake.gathers = gathers;
		bench.kill_at = kill;
		bench_dial("lac");
		if (!bench.tunnel_up)
			bench_pass(60 * SEC);
		if (!bench.tunnel_up && !bench.tunnel)
			bench_dial("lac");
		c = bench.tunnel_up ? bench_call("ann", "a password", PPP_AUTH_CHAP_MD5) : NULL;
		bench_pass(100 * SEC);
		kills = bench.kills;
		CU_ASSERT_TRUE(!c || resume_agree(c));
		lived += c && c->call;
		if (c && !resume_agree(c))
			printf("  killed at %u: %s, %u calls\n", kill, c->call ? "up" : "gone",
			       fake.calls);
		bench_stop();
	} while (kills && ++kill < SENDS_MAX);
	CU_ASSERT(kill > 10 && kill < SENDS_MAX);
	CU_ASSERT(lived > 5);
}

static void resume_killed_at_each_send(void)
{
	resume_kill_at_each_send(false);
}

/* All that a turn sends leaves at its end. */
static void resume_killed_at_each_send_of_a_turn(void)
{
	resume_kill_at_each_send(true);
}

/* --- what cannot go on ------------------------------------------------------------------------ */

static void resume_ends(const char *conf, bool tunnel_stays, const char *said)
{
	struct far_call *c = resume_server_up(LNS(""));

	bench_kill(conf);
	CU_ASSERT_EQUAL(resume_counted().joins, 0);
	bench_pass(SEC);
	CU_ASSERT_FALSE(c->up);
	CU_ASSERT_EQUAL(bench.tunnel_up, tunnel_stays);
	CU_ASSERT_EQUAL(fake.calls, 0);
	CU_ASSERT(bench_logged(said));
	/* and it is over in the life after that, too */
	bench_pass(100 * SEC);
	bench_kill(NULL);
	CU_ASSERT_EQUAL(resume_counted().tunnels, tunnel_stays);
	CU_ASSERT_EQUAL(resume_counted().ended, 0);
	bench_stop();
}

static void resume_service_gone(void)
{
	resume_ends("host-name = gw\n"
		    "udp a { listen = \"192.0.2.1:1701\" }\n"
		    "peer lac { }\n",
		    true, "call error: call */*: cannot go on: its service is gone");
}

static void resume_peer_gone(void)
{
	resume_ends("host-name = gw\n"
		    "udp a { listen = \"192.0.2.1:1701\" }\n"
		    "peer other { }\n",
		    false, "tunnel notice: tunnel *: down with *: *not configured any more*");
}

static void resume_secret_changed(void)
{
	resume_ends("host-name = gw\n"
		    "udp a { listen = \"192.0.2.1:1701\" }\n"
		    "peer lac { secret = \"another\" }\n",
		    false, "tunnel notice: tunnel *: down with *: *the secret has changed*");
}

/* What was not agreed with the peer is of today: `live` in the table of keys. */
static void resume_settings_of_the_peer(void)
{
	struct far_call *c = resume_server_up(LNS("")), *d;
	unsigned sent;

	bench_kill("host-name = gw\n"
		   "udp a { listen = \"192.0.2.1:1701\" }\n"
		   "peer lac { service = s  hello = 5s  max-calls = 1  window = 8 }\n"
		   "pool s { ranges = { \"10.64.0.0/24\", \"2001:db8:64::/48\" } }\n"
		   "service s { local = 10.64.0.1  pool = s  mtu = 1400 }\n"
		   "user ann { secret = \"a password\" }\n");
	bench_pass(SEC);
	CU_ASSERT_TRUE(c->up && !c->down && bench.tunnel_up);
	bench.silent = true;
	sent = fake_said("send ");
	bench_pass(3 * SEC);
	CU_ASSERT_EQUAL(fake_said("send "), sent);
	bench_pass(2 * SEC);
	CU_ASSERT_EQUAL(fake_said("send "), sent + 1); /* HELLO, five seconds after the last word */
	bench.silent = false;
	bench_pass(2 * SEC);
	d = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	bench_pass(SEC);
	CU_ASSERT_EQUAL(d->result.result, L2TP_CDN_NO_FACILITIES_TEMP);
	CU_ASSERT_TRUE(c->up && !c->down);
	bench_stop();
}

static void resume_port_gone(void)
{
	struct far_call *c = resume_server_up(LNS(""));

	bench_kill("host-name = gw\n"
		   "udp b { listen = \"192.0.2.1:1701\" }\n"
		   "peer lac { }\n");
	CU_ASSERT_EQUAL(resume_counted().tunnels, 0);
	CU_ASSERT_EQUAL(resume_counted().ended, 1);
	CU_ASSERT(bench_logged("tunnel error: tunnel *: cannot go on: its channel is gone"));
	CU_ASSERT_EQUAL(fake.calls, 0);
	bench_pass(200 * SEC); /* the far end finds out by itself */
	CU_ASSERT_FALSE(c->up);
	bench_stop();
}

/* --- circuits of a data plane that is new ------------------------------------------------------ */

#define X25(circuit)                                                       \
	"host-name = gw\n"                                                 \
	"x25 a { link = \"packet:eth0\" " circuit " }\n"                   \
	"peer lac { service = s }\n"                                       \
	"pool s { ranges = { \"10.64.0.0/24\", \"2001:db8:64::/48\" } }\n" \
	"service s { local = 10.64.0.1  pool = s  mtu = 1400 }\n"          \
	"user ann { secret = \"a password\" }\n"

/* Control goes on with a data plane that knows no channel of the life before. */
static struct far_call *resume_with_new_data(const char *conf, const char *address, bool permanent)
{
	struct far_call *c;

	bench_start_kept(conf);
	CU_ASSERT_EQUAL(bench.gw->cfg->port->transport->addr_parse(&fake.peer, address), 0);
	fake.permanent = permanent;
	c = resume_server_dial();
	fake.no_peer = true;
	bench_kill(NULL);
	fake.no_peer = false;
	return c;
}

/* A permanent circuit needs no call.  The tunnel says nothing before it is up. */
static void resume_waits_for_the_circuit(void)
{
	const struct ist_attrs a = {
		.size = sizeof(a), .payload = IST_PAYLOAD_L2TP, .permanent = true, .peer.len = 1};
	struct far_call *c = resume_with_new_data(X25("pvc 5 { carries = l2tp }"), "5", true);
	unsigned sent = bench.sent;

	CU_ASSERT(resume_counted().tunnels == 1 && resume_counted().joins == 1);
	CU_ASSERT_EQUAL(fake_said("connect 0"), 1);
	bench_pass(50 * SEC);
	CU_ASSERT_EQUAL(bench.sent, sent);
	bind_dp_ops.up(bench.gw, FAR_CHANNEL, &a, clock_us);
	bench_pass(300 * SEC);
	CU_ASSERT(c->up && !c->down && bench.tunnel_up && !bench.tunnel_down);
	bench_stop();
}

/* `hold` is 60 s. */
static void resume_waits_no_longer_than_hold(void)
{
	resume_with_new_data(X25("pvc 5 { carries = l2tp }"), "5", true);
	bench_pass(59 * SEC);
	CU_ASSERT_PTR_NOT_NULL(l2tp_tunnel_next(bench.gw->engine, NULL));
	bench_pass(2 * SEC);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_next(bench.gw->engine, NULL));
	bench_stop();
}

/* The same port; but nobody is to be called whom the configuration does not name. */
static void resume_calls_nobody(void)
{
	resume_with_new_data(X25("pvc 5 { carries = l2tp }"), "31101111", false);
	CU_ASSERT_EQUAL(resume_counted().tunnels, 0);
	CU_ASSERT_EQUAL(fake_said("connect 0"), 0);
	bench_stop();
	resume_with_new_data(X25("pvc 5 { carries = l2tp }"), "6", true); /* not there any more */
	CU_ASSERT_EQUAL(resume_counted().tunnels, 0);
	CU_ASSERT_EQUAL(fake_said("connect 0"), 0);
	bench_stop();
}

/* The pool is another one: the client's address may be anybody's there. */
static void resume_address_in_use(void)
{
	struct far_call *c = resume_server_up(LNS("")), *d;
	struct dp_call was;

	d = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(d->ip4);
	was = fake.call[0];
	bench_kill("host-name = gw\n"
		   "udp a { listen = \"192.0.2.1:1701\" }\n"
		   "peer lac { service = s }\n"
		   "pool s { ranges = { \"10.64.0.0/24\" } }\n"
		   "service s { local = 10.64.0.1  pool = s  mtu = 1400 }\n"
		   "user ann { secret = \"a password\" }\n");
	/* no prefix of the pool: the calls are cleared */
	bench_pass(SEC);
	CU_ASSERT_FALSE(c->up || d->up);
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_NO_FACILITIES_TEMP);
	CU_ASSERT_EQUAL(fake.calls, 0);
	CU_ASSERT_TRUE(was.has_peer6);
	bench_stop();
}

/* --- limits, users ---------------------------------------------------------------------------- */

static void resume_session_limit(void)
{
	struct far_call *c = resume_server_up(LNS("session = 10m"));

	bench_pass(400 * SEC);
	bench_kill(NULL);
	bench_pass(190 * SEC);
	CU_ASSERT_TRUE(c->up);
	bench_pass(20 * SEC);
	CU_ASSERT_FALSE(c->up);
	CU_ASSERT_STRING_EQUAL(c->said, "session limit of 10m00s");
	bench_stop();
}

static void resume_fixed_address(void)
{
	static const char conf[] = "host-name = gw\n"
				   "udp a { listen = \"192.0.2.1:1701\" }\n"
				   "peer lac { service = s }\n"
				   "pool s { ranges = { \"10.64.0.0/24\" } }\n"
				   "service s { local = 10.64.0.1  pool = s  ipv6 = no }\n"
				   "user ann { secret = \"a password\"  address = 192.0.2.77 }\n";
	struct dp_call was;
	struct far_call *c;

	bench_start_kept(conf);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(c->ip4);
	was = fake.call[0];
	bench_kill(NULL);
	CU_ASSERT_TRUE(resume_same_entry(&was, &fake.call[0]));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	bench_pass(SEC);
	CU_ASSERT_FALSE(c->ip4); /* it is in use */
	bench_stop();
}

/* An operator's filter of one call, and those of the user and the service. */
static void resume_filters(void)
{
	char err[100] = "";
	struct dp_call was;

	resume_server_up("host-name = gw\n"
			 "udp a { listen = \"192.0.2.1:1701\" }\n"
			 "peer lac { service = s }\n"
			 "pool s { ranges = { \"10.64.0.0/24\", \"2001:db8:64::/48\" } }\n"
			 "service s { local = 10.64.0.1  pool = s  filter-in = \"ip\" }\n"
			 "user ann { secret = \"a password\"  filter-out = \"udp\" }\n");
	CU_ASSERT_TRUE(
		leg_filter(bench_join()->leg[0], DP_FILTER_PPP_IN, "ip or ip6", err, sizeof(err)));
	bench_pass(0);
	was = fake.call[0];
	CU_ASSERT_TRUE(was.filter[DP_FILTER_IP_IN] && was.filter[DP_FILTER_IP_OUT] &&
		       was.filter[DP_FILTER_PPP_IN] && !was.filter[DP_FILTER_PPP_OUT]);
	bench_kill(NULL);
	CU_ASSERT_EQUAL_FATAL(fake.calls, 1);
	CU_ASSERT_TRUE(resume_same_entry(&was, &fake.call[0]));
	CU_ASSERT_STRING_EQUAL(leg_own_filters(bench_join()->leg[0])->text[DP_FILTER_PPP_IN],
			       "ip or ip6");
	bench_stop();
}

/* Each allocation of the start refused once: it does not start, or all is as it was but for what
 * has ended in good order. */
static void resume_without_memory(void)
{
	bool started = false;

	for (unsigned skip = 0; skip < 2000; skip++) {
		struct far_call *c = resume_server_up(LNS(""));

		heap_refuse(skip);
		bench_kill_may_fail = true;
		bench_kill(NULL);
		bench_kill_may_fail = false;
		if (!heap_refused()) {
			CU_ASSERT_TRUE(started);
			bench_stop();
			return;
		}
		if (bench.gw) {
			started = true;
			/* of a tunnel that is lost the far end hears nothing */
			bench_pass(200 * SEC);
			CU_ASSERT_EQUAL(fake.calls, c->up ? 1 : 0);
			CU_ASSERT_EQUAL(bench.gw->joins->n, fake.calls);
		}
		bench_stop();
	}
	CU_FAIL("it never starts whole");
}

/* --- client ----------------------------------------------------------------------------------- */

static void resume_client(void)
{
	static const char conf[] =
		"host-name = gw\n"
		"udp a { listen = \"192.0.2.1:1701\" }\n"
		"peer lns { port = a  dial = \"192.0.2.9:1701\"  hostname = far }\n"
		"client home { peer = lns  user = ann  secret = \"a password\" "
		"ipv6 = no }\n";
	struct dp_call was;
	uint64_t since;

	bench_start_kept(conf);
	bench_pass(2 * SEC);
	CU_ASSERT_TRUE_FATAL(bench.calls == 1 && bench.call[0].ip4);
	was = fake.call[0];
	CU_ASSERT_TRUE(was.client && was.tun);
	since = bench_join()->since;
	bench_pass(100 * SEC);
	bench_kill(NULL);
	CU_ASSERT_EQUAL(resume_counted().joins, 1);
	CU_ASSERT_TRUE(resume_same_entry(&was, &fake.call[0]));
	bench_pass(300 * SEC);
	CU_ASSERT_TRUE(bench.call[0].up && !bench.call[0].down);
	CU_ASSERT_EQUAL(bench.calls, 1);
	CU_ASSERT_EQUAL(bench.gw->client[0].state, CLIENT_UP);
	CU_ASSERT_EQUAL(bench.gw->client[0].since, since);
	CU_ASSERT_TRUE(bench.gw->client[0].ip4);
	/* it dials again when that one ends */
	bench_hangup(&bench.call[0], L2TP_CDN_ADMINISTRATIVE, "bye");
	bench_pass(60 * SEC);
	CU_ASSERT_TRUE(bench.calls == 2 && bench.call[1].ip4);
	bench_stop();
}

/* --- records of releases ---------------------------------------------------------------------- */

/* Each line: kind, key, octets. */
static void resume_put_vector(const char *name)
{
	char *text = test_read_file(name, NULL), *save, *line = strtok_r(text, "\n", &save);

	for (; line; line = strtok_r(NULL, "\n", &save)) {
		uint8_t rec[STORE_RECORD_MAX];
		uint64_t key;
		int kind, at;

		if (sscanf(line, "%d %" SCNx64 " %n", &kind, &key, &at) == 2)
			store_put(bench.store, (uint8_t)kind, key, rec,
				  test_hex(rec, sizeof(rec), line + at));
	}
	store_publish(bench.store);
	free(text);
}

static void resume_version_1(void)
{
	const struct leg_origin *from;
	const struct dp_call *e;

	bench_start_kept("host-name = gw\n"
			 "udp a { listen = \"192.0.2.1:1701\" }\n"
			 "peer lac { service = s  secret = testsecret }\n"
			 "pool s { ranges = { \"10.64.0.0/24\" } }\n"
			 "service s { local = 10.64.0.1  pool = s  mtu = 1400 }\n"
			 "user user { secret = x  filter-in = \"tcp\" }\n");
	resume_put_vector("tests/vectors/gw-records-1.txt");
	bench_kill(NULL);
	CU_ASSERT_EQUAL(resume_counted().joins, 1);
	CU_ASSERT_EQUAL(bench.gw->service[0].iid, 0xa1);
	e = fake_entry(0x5195, 0xf157);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_TRUE(e->mode == DP_TERMINAL && e->channel == FAR_CHANNEL && e->tun);
	CU_ASSERT_TRUE(e->ip4 && e->ip6 && !e->has_peer6 && e->peer_iid == 0xb2);
	CU_ASSERT_EQUAL(e->peer4, 0x0a400002);
	CU_ASSERT_TRUE(e->data.peer_tid == 0x3c4d && e->data.peer_sid == 0x0a0b && e->data.lns);
	CU_ASSERT_TRUE(e->data.send_seq && e->data.required);
	CU_ASSERT_TRUE(e->echo && e->our_magic == 0x01010101 && e->peer_magic == 0xa0a0a0a0);
	CU_ASSERT_NOT_EQUAL(e->filter[DP_FILTER_IP_IN], 0);
	from = leg_call_origin(bench_join()->leg[0]);
	CU_ASSERT_STRING_EQUAL(from->called, "31101");
	CU_ASSERT_STRING_EQUAL(from->calling, "4242");
	CU_ASSERT_EQUAL(from->speed.tx_bps, 64000);
	CU_ASSERT_EQUAL(bench_join()->since, 200 * SEC);
	bench_stop();
}

static const struct test_case cases[] = {
	{"server", resume_server},
	{"killed_at_each_send", resume_killed_at_each_send},
	{"killed_at_each_send_of_a_turn", resume_killed_at_each_send_of_a_turn},
	{"service_gone", resume_service_gone},
	{"peer_gone", resume_peer_gone},
	{"secret_changed", resume_secret_changed},
	{"settings_of_the_peer", resume_settings_of_the_peer},
	{"port_gone", resume_port_gone},
	{"waits_for_the_circuit", resume_waits_for_the_circuit},
	{"waits_no_longer_than_hold", resume_waits_no_longer_than_hold},
	{"calls_nobody", resume_calls_nobody},
	{"address_in_use", resume_address_in_use},
	{"session_limit", resume_session_limit},
	{"fixed_address", resume_fixed_address},
	{"filters", resume_filters},
	{"without_memory", resume_without_memory},
	{"client", resume_client},
	{"version_1", resume_version_1},
	{NULL, NULL},
};
const struct test_suite suite_resume = {"resume", cases};
