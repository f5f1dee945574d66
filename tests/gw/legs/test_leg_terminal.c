/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls that end in our PPP server, dialled by a real PPP client. */
#include "gw/bind.h"
#include "gw/client.h"
#include "gw/legs/leg_server.h"
#include "tests/gw/bench.h"

#include <stdio.h>
#include <string.h>

#define CONF                                                                                   \
	"host-name = gw\n"                                                                     \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                              \
	"peer lac { service = s }\n"                                                           \
	"pool s { ranges = { \"10.64.0.0/30\", \"2001:db8:64::/48\" } }\n"                     \
	"service s { local = 10.64.0.1  pool = s  auth = { mschapv2, chap, pap } mtu = 1400\n" \
	"            dns = { 192.0.2.53 } }\n"                                                 \
	"user ann { secret = \"a password\" }\n"                                               \
	"user bob { secret = \"another\" }\n"                                                  \
	"user fix { secret = \"fixed\"  address = 198.51.100.7 }\n"

#define CLIENT_CONF                                          \
	"host-name = gw\n"                                   \
	"udp a { listen = \"192.0.2.1:1701\" }\n"            \
	"peer lns { port = a  dial = \"192.0.2.9:1701\" }\n" \
	"client home { peer = lns  user = ann  secret = \"a password\" }\n"

static const struct leg_terminal *leg_terminal_in_join(void)
{
	return (const struct leg_terminal *)bench_join()->leg[1];
}

static const struct leg_terminal *leg_terminal_last(void)
{
	const struct join *j = llist_entry(bench.gw->joins->head.prev, struct join, entry);

	return (const struct leg_terminal *)j->leg[1];
}

static struct far_call *leg_terminal_dial(const char *user, const char *secret,
					  enum ppp_auth method)
{
	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	return bench_call(user, secret, method);
}

static void in_by(enum ppp_auth method)
{
	static const uint8_t prefix[16] = {0x20, 1, 0x0d, 0xb8, 0, 0x64};
	struct far_call *c = leg_terminal_dial("ann", "a password", method);
	const struct leg_terminal *t;
	const struct dp_call *e;

	CU_ASSERT_TRUE(c->ip4);
	CU_ASSERT_TRUE(c->ip6);
	CU_ASSERT_EQUAL(c->got.local4, 0x0a400002);
	CU_ASSERT_EQUAL(c->got.peer4, 0x0a400001);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench_join());
	t = leg_terminal_in_join();
	CU_ASSERT_STRING_EQUAL(t->user, "ann");
	CU_ASSERT_EQUAL(t->auth, method);
	e = &fake.call[0];
	CU_ASSERT_EQUAL(e->mode, DP_TERMINAL);
	CU_ASSERT_TRUE(e->ip4 && e->ip6 && !e->client);
	CU_ASSERT_EQUAL(e->peer4, 0x0a400002);
	CU_ASSERT_TRUE(e->has_peer6);
	CU_ASSERT_EQUAL(memcmp(e->peer6, prefix, 16), 0);
	CU_ASSERT_NOT_EQUAL(e->peer_iid, 0);
	CU_ASSERT_EQUAL(e->mtu, 1400);
	CU_ASSERT_EQUAL(e->tun, bench.gw->service[0].tun);
	bench_stop();
}

static void in_by_pap(void)
{
	in_by(PPP_AUTH_PAP);
}

static void in_by_chap(void)
{
	in_by(PPP_AUTH_CHAP_MD5);
}

static void in_by_mschapv2(void)
{
	in_by(PPP_AUTH_MSCHAPV2);
}

/* RFC 3145: code 16, the protocol that failed, direction 1 = the peer by us; no word about which of
 * name and password was wrong. */
/* A packet right behind the far end's Ack comes up while the entry is still closed, for we have not
 * read the Ack yet: it goes to the device all the same, and none is lost to the closed NCP. */
static void the_first_packets_reach_the_device(void)
{
	struct far_call *c;

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench.packets_at_once = true;
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE(c->ip4 && c->ip6);
	CU_ASSERT_EQUAL(fake_said("ip 0021 open"), 1);
	CU_ASSERT_EQUAL(fake_said("ip 0057 open"), 1);
	CU_ASSERT_EQUAL(fake_said("ip"), 2);
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	CU_ASSERT_EQUAL(bench.gw->ppp_count[PPP_R_CLOSED_NCP], 0);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_IPV6], 0);
	bench_stop();

	/* and of a client, whose device is made with the first NCP */
	bench_start(CLIENT_CONF);
	bench.packets_at_once = true;
	bench_pass(0);
	CU_ASSERT_TRUE(bench.call[0].ip4 && bench.call[0].ip6);
	CU_ASSERT_EQUAL(fake_said("ip 0021 open"), 1);
	CU_ASSERT_EQUAL(fake_said("ip 0057 open"), 1);
	bench_stop();
}

static void packets_of_a_closed_ncp_are_counted(void)
{
	static const uint8_t packet[2 + 40] = {0, 0x57, 0x60};
	struct far_call *c;

	bench_start(CONF);
	bench.client_mru = 1000;
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE(c->ip4);
	bind_dp_ops.ppp(bench.gw, fake.call[0].tid, fake.call[0].sid, packet, sizeof(packet),
			clock_us);
	CU_ASSERT_EQUAL(fake_said("ip"), 0);
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	CU_ASSERT_EQUAL(bench.gw->ppp_count[PPP_R_CLOSED_NCP], 1);
	bench_stop();
}

static void refused_with_the_cause(void)
{
	static const uint8_t chap[5] = {0, 16, 0xc2, 0x23, 1}, pap[5] = {0, 16, 0xc0, 0x23, 1};
	struct far_call *c = leg_terminal_dial("ann", "wrong", PPP_AUTH_CHAP_MD5);

	bench_pass(10 * SEC);
	CU_ASSERT_FALSE(c->ip4);
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_ADMINISTRATIVE);
	CU_ASSERT_FATAL(c->cause_len >= 5);
	ASSERT_OCTETS(c->cause, 5, chap, 5);
	CU_ASSERT_EQUAL(fake.calls, 0);
	bench_stop();

	c = leg_terminal_dial("nobody", "a password", PPP_AUTH_PAP);
	bench_pass(10 * SEC);
	CU_ASSERT_FATAL(c->cause_len >= 5);
	ASSERT_OCTETS(c->cause, 5, pap, 5);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();
}

static void the_client_hangs_up(void)
{
	static const uint8_t want[5] = {0, 3, 0, 0, 1};
	struct far_call *c = leg_terminal_dial("ann", "a password", PPP_AUTH_CHAP_MD5);
	struct addrpool_stats s;

	ppp_close(c->ppp, clock_us);
	bench_pass(10 * SEC);
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_ADMINISTRATIVE);
	CU_ASSERT_FATAL(c->cause_len >= 5);
	ASSERT_OCTETS(c->cause, 5, want, 5);
	addrpool_stats(bench.gw->pool[0], &s);
	CU_ASSERT_EQUAL(s.used4, 0);
	CU_ASSERT_EQUAL(s.used6, 0);
	CU_ASSERT_EQUAL(bench.gw->service[0].clients, 0);
	bench_stop();
}

/* pppd as LNS says why it closes, and its L2TP daemon hangs up before our PPP has come to its end.
 */
static void the_servers_words_outlive_the_call(void)
{
	static const uint8_t bye[] = {0xc0, 0x21, 5, 9, 0, 9, 'q', 'u', 'o', 't', 'a'};
	const struct gw_client *home;

	bench_start(CLIENT_CONF);
	bench_pass(0);
	CU_ASSERT_TRUE_FATAL(bench.call[0].ip4);
	home = &bench.gw->client[0];
	bind_dp_ops.ppp(bench.gw, fake.call[0].tid, fake.call[0].sid, bye, sizeof(bye), clock_us);
	bench_hangup(&bench.call[0], L2TP_CDN_LOST_CARRIER, "");
	CU_ASSERT_STRING_EQUAL(home->why.words, "closed by the peer, peer says \"quota\"");
	CU_ASSERT_EQUAL(home->why.cause, LEG_BY_PEER);
	/* The next life ends by its own reason. */
	bench_pass(60 * SEC);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	CU_ASSERT_TRUE(bench.call[1].ip4);
	bench_hangup(&bench.call[1], L2TP_CDN_LOST_CARRIER, "");
	CU_ASSERT_STRING_EQUAL(home->why.words, "loss of carrier");
	bench_stop();
}

/* A peer that closes and starts again on the same call has not ended it. */
static void a_link_that_recovers_has_not_ended(void)
{
	static const uint8_t bye[] = {0xc0, 0x21, 5, 9, 0, 4};
	struct far_call *c = leg_terminal_dial("ann", "a password", PPP_AUTH_CHAP_MD5);
	struct join *j = bench_join();

	CU_ASSERT_PTR_NOT_NULL_FATAL(j);
	c->hold = true;
	bench_redial(c, "ann", "a password");
	bind_dp_ops.ppp(bench.gw, fake.call[0].tid, fake.call[0].sid, bye, sizeof(bye), clock_us);
	CU_ASSERT_TRUE(j->announced);
	CU_ASSERT_STRING_EQUAL(j->why->words, "closed by the peer");
	c->hold = false;
	bench_redial(c, "ann", "a password");
	bench_pass(3 * SEC); /* our Request is sent again */
	CU_ASSERT_TRUE(c->ip4);
	CU_ASSERT_FALSE(j->announced || j->ending);
	bench_stop();
}

static void the_operator_clears_it(void)
{
	static const uint8_t want[5] = {0, 3, 0, 0, 2};
	struct leg_end why = leg_end(LEG_BY_OPERATOR, "cleared by operator");
	struct far_call *c = leg_terminal_dial("ann", "a password", PPP_AUTH_CHAP_MD5);

	join_end(bench_join(), &why, clock_us);
	bench_pass(0);
	CU_ASSERT_TRUE(c->down);
	CU_ASSERT_EQUAL(c->why, PPP_WHY_PEER);
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_ADMINISTRATIVE);
	CU_ASSERT_STRING_EQUAL(c->result.text, "cleared by operator");
	ASSERT_OCTETS(c->cause, 5, want, 5);
	bench_stop();
}

/* Nobody answers Terminate-Request: two tries of 3 s, then CDN all the same. */
static void a_silent_client_is_cleared_too(void)
{
	struct leg_end why = leg_end(LEG_BY_OPERATOR, "cleared");
	struct far_call *c = leg_terminal_dial("ann", "a password", PPP_AUTH_CHAP_MD5);

	c->hold = true;
	join_end(bench_join(), &why, clock_us);
	bench_pass(5 * SEC);
	CU_ASSERT_EQUAL(c->result.result, 0);
	bench_pass(2 * SEC);
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_ADMINISTRATIVE);
	bench_stop();
}

/* A frame for a terminal whose PPP could not be made, or has not been. */
static void a_frame_before_the_start_is_counted(void)
{
	static const uint8_t request[] = {0xc0, 0x21, 1, 1, 0, 4};
	struct leg *line, *server;
	struct join *j;

	bench_start(CONF);
	line = leg_line_new(bench.gw, FAR_CHANNEL, 9, NULL, true);
	server = leg_server_new(bench.gw, &bench.gw->service[0]);
	j = join_new(bench.gw->joins, line, server, NULL, NULL, clock_us);
	CU_ASSERT_PTR_NOT_NULL_FATAL(j);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_NOT_STARTED], 0);
	server->ops->frame(server, request, sizeof(request), clock_us);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_NOT_STARTED], 1);
	bench_stop();
}

static void pool_is_empty(void)
{
	struct far_call *c = leg_terminal_dial("ann", "a password", PPP_AUTH_CHAP_MD5), *d;

	CU_ASSERT_TRUE(c->ip4);
	/* 10.64.0.0/30 has two hosts and one is ours. */
	d = bench_call("bob", "another", PPP_AUTH_CHAP_MD5);
	bench_pass(10 * SEC);
	CU_ASSERT_FALSE(d->ip4);
	/* It may still live by IPv6 alone. */
	CU_ASSERT_TRUE(d->ip6);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 2);
	CU_ASSERT_EQUAL(leg_terminal_last()->leg.state, LEG_UP);
	CU_ASSERT_TRUE(leg_terminal_last()->net.tun == bench.gw->service[0].tun);
	CU_ASSERT_TRUE(c->up);
	bench_stop();
}

static void a_fixed_address_has_one_owner_and_its_route(void)
{
	struct far_call *c = leg_terminal_dial("fix", "fixed", PPP_AUTH_CHAP_MD5), *d;

	CU_ASSERT_TRUE(c->ip4);
	CU_ASSERT_EQUAL(c->got.local4, 0xc6336407);
	CU_ASSERT_EQUAL(fake_said("route ist%d add 198.51.100.7/32"), 1);
	d = bench_call("fix", "fixed", PPP_AUTH_CHAP_MD5);
	bench_pass(10 * SEC);
	CU_ASSERT_EQUAL(d->result.result, L2TP_CDN_NO_FACILITIES_TEMP);
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	CU_ASSERT_EQUAL(fake_said("route ist%d del 198.51.100.7/32"), 1);
	d = bench_call("fix", "fixed", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE(d->ip4);
	bench_stop();
}

/* An address inside the pool that a user has of right is for no other user, taken or not. */
static void a_fixed_address_inside_the_pool_is_for_its_user_only(void)
{
	static const char conf[] =
		"udp a { listen = \"192.0.2.1:1701\" }\n"
		"peer lac { service = s }\n"
		"pool s { ranges = { \"10.64.0.0/29\" } }\n"
		"service s { local = 10.64.0.1  pool = s  auth = { chap }  ipv6 = no }\n"
		"user ann { secret = \"a password\" }\n"
		"user fix { secret = \"fixed\"  address = 10.64.0.3 }\n";
	struct far_call *c;

	bench_start(conf);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	/* 10.64.0.1 is ours and .3 is fix's, so that of six hosts four are left. */
	for (unsigned i = 0; i < 5; i++) {
		c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
		CU_ASSERT_EQUAL(c->ip4, i < 4);
		CU_ASSERT_NOT_EQUAL(c->got.local4, 0x0a400001);
		CU_ASSERT_NOT_EQUAL(c->got.local4, 0x0a400003);
	}
	c = bench_call("fix", "fixed", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE_FATAL(c->ip4);
	CU_ASSERT_EQUAL(c->got.local4, 0x0a400003);
	/* Also when it has been in use. */
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_FALSE(c->ip4);
	bench_stop();
}

#define GUESSED                                                                  \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                \
	"peer lac { service = s }\n"                                             \
	"pool s { ranges = { \"10.64.0.0/24\" } }\n"                             \
	"service s { local = 10.64.0.1  pool = s  auth = { pap }  ipv6 = no }\n" \
	"user ann { secret = \"a password\" }\n"                                 \
	"user bob { secret = \"another\" }\n"                                    \
	"login-failures = 3\n"                                                   \
	"login-delay = 2s\n"                                                     \
	"login-lock = 1m\n"

/* From one address the user is locked, from another let in at once; other users are let in from
 * both, from the guesser's address too. */
static void guesses_lock_the_user_only_where_they_come_from(void)
{
	struct ist_addr guesser;
	struct far_call *c;
	struct aaa_view v;

	bench_start(GUESSED);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	guesser = fake.peer;
	for (unsigned i = 0; i < 3; i++) {
		c = bench_call("ann", "a guess", PPP_AUTH_PAP);
		CU_ASSERT_EQUAL(c->why == PPP_WHY_AUTH_FAILED, i == 0);
		bench_pass(10 * SEC);
		CU_ASSERT_EQUAL(c->why, PPP_WHY_AUTH_FAILED);
	}
	aaa_view(bench.gw->aaa, &v);
	CU_ASSERT_EQUAL(v.limit.locked, 1);
	c = bench_call("ann", "a password", PPP_AUTH_PAP);
	bench_pass(20 * SEC);
	CU_ASSERT_FALSE(c->ip4);
	CU_ASSERT_EQUAL(c->why, PPP_WHY_AUTH_FAILED);
	CU_ASSERT_TRUE(bench_call("bob", "another", PPP_AUTH_PAP)->ip4);

	/* The same host by another UDP port is the same source. */
	bench.gw->cfg->port[0].transport->addr_parse(&fake.peer, "192.0.2.9:40000");
	c = bench_call("ann", "a password", PPP_AUTH_PAP);
	bench_pass(20 * SEC);
	CU_ASSERT_FALSE(c->ip4);
	bench.gw->cfg->port[0].transport->addr_parse(&fake.peer, "192.0.2.10:1701");
	c = bench_call("ann", "a password", PPP_AUTH_PAP);
	bench_pass(2 * SEC); /* the name alone has three failures */
	CU_ASSERT_TRUE(c->ip4);
	fake.peer = guesser;
	bench_pass(60 * SEC);
	c = bench_call("ann", "a password", PPP_AUTH_PAP);
	bench_pass(2 * SEC);
	CU_ASSERT_TRUE(c->ip4);
	bench_stop();
}

/* The client repeats its request meanwhile, and the call ends before the answer comes. */
static void a_call_that_waits_for_its_answer_can_end(void)
{
	struct far_call *c;
	struct aaa_counters n;
	struct aaa_view v;

	bench_start(GUESSED);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a guess", PPP_AUTH_PAP);
	bench_call("ann", "a guess", PPP_AUTH_PAP);
	bench_pass(10 * SEC);
	c = bench_call("ann", "a password", PPP_AUTH_PAP);
	bench_pass(4 * SEC - 1); /* its second request, after 3 s, is no second log-in */
	CU_ASSERT_FALSE(c->ip4);
	aaa_count(bench.gw->aaa, &n);
	CU_ASSERT_EQUAL(n.asked, 3);
	CU_ASSERT_EQUAL(n.delayed, 2);
	aaa_view(bench.gw->aaa, &v);
	CU_ASSERT_EQUAL(v.waiting, 1);
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	bench_pass(10 * SEC);
	aaa_view(bench.gw->aaa, &v);
	CU_ASSERT_EQUAL(v.waiting, 0);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();
}

/* RFC 1661 3.4: a Configure-Request brings the link back to its beginning, also when it is open. */
static void a_client_starts_again(void)
{
	struct far_call *c = leg_terminal_dial("ann", "a password", PPP_AUTH_CHAP_MD5);
	struct addrpool_stats s;

	for (unsigned i = 0; i < 3; i++) {
		bench_redial(c, "ann", "a password");
		CU_ASSERT_TRUE(c->ip4 && c->ip6);
		CU_ASSERT_EQUAL(c->got.local4, 0x0a400002);
		CU_ASSERT_TRUE(fake.call[0].ip4 && fake.call[0].ip6);
		CU_ASSERT_EQUAL(fake.call[0].peer4, 0x0a400002);
		addrpool_stats(bench.gw->pool[0], &s);
		CU_ASSERT_EQUAL(s.used4, 1);
		CU_ASSERT_EQUAL(s.used6, 1);
	}
	bench_stop();
}

/* Whoever proves himself on the link then has what is his, and not what the one before him had. */
static void another_user_starts_again(void)
{
	struct far_call *c = leg_terminal_dial("ann", "a password", PPP_AUTH_CHAP_MD5);
	struct addrpool_stats s;

	bench_redial(c, "fix", "fixed");
	CU_ASSERT_TRUE(c->ip4);
	CU_ASSERT_EQUAL(c->got.local4, 0xc6336407);
	CU_ASSERT_EQUAL(fake.call[0].peer4, 0xc6336407);
	CU_ASSERT_EQUAL(fake_said("route ist%d add 198.51.100.7/32"), 1);
	bench_redial(c, "bob", "another");
	CU_ASSERT_EQUAL(c->got.local4, 0x0a400002);
	CU_ASSERT_EQUAL(fake_said("route ist%d del 198.51.100.7/32"), 1);
	CU_ASSERT_STRING_EQUAL(leg_terminal_in_join()->user, "bob");
	bench_redial(c, "bob", "wrong");
	bench_pass(10 * SEC);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	addrpool_stats(bench.gw->pool[0], &s);
	CU_ASSERT_EQUAL(s.used4, 0);
	CU_ASSERT_EQUAL(s.used6, 0);
	bench_stop();
}

/* The MTU of a join is the smallest of service, channel and the peer's MRU. */
static void mtu_is_the_smallest(void)
{
	struct far_call *c;

	bench_start(CONF);
	bench.client_mru = 1000;
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE(c->ip4);
	CU_ASSERT_EQUAL(fake.call[0].mtu, 1000);
	/* RFC 8200 section 5 */
	CU_ASSERT_FALSE(c->ip6 || fake.call[0].ip6);
	CU_ASSERT_EQUAL(fake_said("ppp 0057"), 0);
	/* What was counted outlives the call. */
	CU_ASSERT_EQUAL(bench.gw->ppp_count[PPP_R_SMALL_MRU], 0);
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	CU_ASSERT_EQUAL(bench.gw->ppp_count[PPP_R_SMALL_MRU], 1);
	bench_stop();

	bench_start(CONF);
	fake.mtu = 600;
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE(c->ip4);
	CU_ASSERT_EQUAL(fake.call[0].mtu, 600 - 6 - 4 - 4);
	bench_stop();
}

/* What the client lets us leave out of each frame. */
static void the_client_compresses_headers(void)
{
	for (unsigned i = 0; i < 2; i++) {
		bench_start(CONF);
		bench.client_compresses = i;
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		CU_ASSERT_TRUE(bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->ip4);
		CU_ASSERT_EQUAL(fake.call[0].ff03, !i);
		CU_ASSERT_EQUAL(fake.call[0].pfc, i);
		bench_stop();
	}
}

/* What we ask for, and never exceed: the smaller of service and channel. */
static void we_ask_for_what_the_join_carries(void)
{
	static const struct {
		uint32_t channel;
		uint16_t mru;
	} rows[] = {{600, 586}, {1413, 1399}, {1414, 1400}, {1500, 1400}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct far_call *c;
		struct ppp_info far;

		bench_start(CONF);
		fake.mtu = rows[i].channel;
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
		CU_ASSERT_TRUE_FATAL(c->ip4);
		ppp_get_info(c->ppp, &far);
		CU_ASSERT_EQUAL(far.link.peer_mru, rows[i].mru);
		CU_ASSERT_EQUAL(fake.call[0].mtu, rows[i].mru);
		bench_stop();
	}
}

/* All that IPCP and IPV6CP have agreed on. */
static void what_show_sees_of_it(void)
{
	struct far_call *c = leg_terminal_dial("ann", "a password", PPP_AUTH_CHAP_MD5);
	const struct join *j = bench_join();
	struct leg_terminal_view v;
	struct ppp_addresses a;

	CU_ASSERT_TRUE_FATAL(c->ip6);
	CU_ASSERT_FALSE(leg_terminal_view(j->leg[0], &v));
	CU_ASSERT_TRUE_FATAL(leg_terminal_view(j->leg[1], &v));
	CU_ASSERT_STRING_EQUAL(v.user, "ann");
	CU_ASSERT_PTR_NOT_NULL(v.ppp);
	CU_ASSERT_EQUAL(v.tun, bench.gw->service[0].tun);
	CU_ASSERT_EQUAL(leg_terminal_client4(&v), 0x0a400002);
	a = leg_terminal_addresses((const struct leg_terminal *)j->leg[1]);
	CU_ASSERT(a.local4 == 0x0a400001 && a.peer4 == 0x0a400002);
	CU_ASSERT_EQUAL(a.local_iid, bench.gw->service[0].iid);
	CU_ASSERT_EQUAL(a.peer_iid, fake.call[0].peer_iid);
	CU_ASSERT_TRUE(v.net->ip4 && v.net->ip6);
	CU_ASSERT_EQUAL(j->leg[1]->ops->mtu(j->leg[1]), 65535);
	bench_stop();
}

/* The peer's words when it closes, and when the link ends. */
static void the_peers_words_are_logged(void)
{
	static const uint8_t bye[] = {0xc0, 0x21, 5, 9, 0, 9, 'q', 'u', 'o', 't', 'a'};

	leg_terminal_dial("ann", "a password", PPP_AUTH_CHAP_MD5);
	bind_dp_ops.ppp(bench.gw, fake.call[0].tid, fake.call[0].sid, bye, sizeof(bye), clock_us);
	CU_ASSERT_EQUAL(bench_logged("ppp info: server s: ann: closed by the peer, peer says "
				     "\"quota\""),
			1);
	bench_stop();
}

/* RFC 8200 section 5, and the client hears nothing of IPv6. */
static void a_small_mru_is_logged(void)
{
	bench_start(CONF);
	bench.client_mru = 1000;
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL(bench_logged("ppp notice: server s: no IPv6 for ann: MRU 1000 is under "
				     "1280"),
			1);
	bench_stop();
	leg_terminal_dial("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL(bench_logged("ppp notice: *"), 0);
	bench_stop();
}

/* IP that comes while the other leg is on its way down is counted. */
static void packets_when_the_call_is_ending(void)
{
	static const uint8_t v4[2 + 20] = {0, 0x21, 0x45}, v6[2 + 40] = {0, 0x57, 0x60};
	struct leg *server, *call;

	leg_terminal_dial("ann", "a password", PPP_AUTH_CHAP_MD5);
	call = bench_join()->leg[0];
	server = bench_join()->leg[1];
	call->state = LEG_STOPPING;
	server->ops->frame(server, v4, sizeof(v4), clock_us);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_OTHER_NOT_UP], 1);
	server->ops->frame(server, v6, sizeof(v6), clock_us);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_OTHER_NOT_UP], 2);
	call->state = LEG_UP;
	CU_ASSERT_EQUAL(fake_said("ip"), 0);
	server->ops->frame(server, v4, sizeof(v4), clock_us);
	server->ops->frame(server, v4, 2, clock_us); /* no packet in it: PPP's to count */
	CU_ASSERT_EQUAL(fake_said("ip 0021 open"), 1);
	CU_ASSERT_EQUAL(fake_said("ip"), 1);
	bench_stop();
}

/* A client that asks for one family only has its device all the same. */
static void a_client_with_one_family(void)
{
	for (unsigned v6 = 0; v6 < 2; v6++) {
		char conf[400];

		snprintf(conf, sizeof(conf),
			 "host-name = gw\n"
			 "udp a { listen = \"192.0.2.1:1701\" }\n"
			 "peer lns { port = a  dial = \"192.0.2.9:1701\" }\n"
			 "client home { peer = lns  user = ann  secret = \"a password\"  %s = no "
			 "}\n",
			 v6 ? "ipv4" : "ipv6");
		bench_start(conf);
		bench_pass(0);
		CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
		CU_ASSERT_EQUAL(bench.call[0].ip4, !v6);
		CU_ASSERT_EQUAL(bench.call[0].ip6, v6);
		CU_ASSERT_EQUAL(bench.gw->client[0].state, CLIENT_UP);
		CU_ASSERT_EQUAL(fake_said("tun home"), 1);
		CU_ASSERT_EQUAL(fake.call[0].mode, DP_TERMINAL);
		CU_ASSERT_EQUAL(fake.call[0].ip4, !v6);
		CU_ASSERT_EQUAL(fake.call[0].ip6, v6);
		CU_ASSERT_EQUAL(fake.call[0].peer4, v6 ? 0 : 0x0a640001);
		CU_ASSERT_EQUAL(fake.call[0].peer_iid != 0, v6);
		CU_ASSERT_EQUAL(fake_said("addr home add"), 1);
		CU_ASSERT_EQUAL(bench_logged("ppp info: client home: authenticated"), 1);
		bench_stop();
	}
}

static void the_services_device(void)
{
	bench_start(CONF);
	CU_ASSERT_EQUAL(fake_said("tun ist%d mtu 1400"), 1);
	CU_ASSERT_EQUAL(fake_said("addr ist%d add 10.64.0.1/32"), 1);
	CU_ASSERT_EQUAL(fake_said("if ist%d up"), 1);
	CU_ASSERT_EQUAL(fake_said("route ist%d add 10.64.0.0/30"), 1);
	CU_ASSERT_EQUAL(fake_said("route ist%d add 2001:db8:64::/48"), 1);
	bench_stop();
	CU_ASSERT_EQUAL(fake_said("untun ist%d"), 1);
}

/* Every end of PPP: RFC 3145 code, protocol and direction, as server and as client. */
static void cause_of_each_end(void)
{
	static const struct {
		enum ppp_why why;
		enum leg_cause cause;
		uint16_t code, proto;
		uint8_t server, client;
	} rows[] = {
		{PPP_WHY_NONE, LEG_BY_LOSS, 0, 0, 0, 0},
		{PPP_WHYS, LEG_BY_LOSS, 0, 0, 0, 0},
		{PPP_WHY_LOCAL, LEG_BY_OPERATOR, 3, 0, 2, 2},
		{PPP_WHY_PEER, LEG_BY_PEER, 3, 0, 1, 1},
		{PPP_WHY_NO_ANSWER, LEG_BY_TIMEOUT, 5, 0xc021, 0, 0},
		{PPP_WHY_AUTH_FAILED, LEG_BY_AUTH, 16, 0xc223, 1, 2},
		{PPP_WHY_AUTH_TIMEOUT, LEG_BY_AUTH, 13, 0xc223, 0, 0},
		{PPP_WHY_AUTH_REFUSED, LEG_BY_AUTH, 15, 0xc223, 1, 2},
		{PPP_WHY_ECHO, LEG_BY_TIMEOUT, 8, 0xc021, 0, 0},
		{PPP_WHY_LOOP, LEG_BY_MISMATCH, 7, 0xc021, 0, 0},
		{PPP_WHY_NO_NETWORK, LEG_BY_MISMATCH, 18, 0x8021, 0, 0},
		{PPP_WHY_LOWER, LEG_BY_LOSS, 0, 0, 0, 0},
	};
	unsigned i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct leg_end s = leg_terminal_why(rows[i].why, PPP_AUTH_MSCHAPV2, true);
		struct leg_end c = leg_terminal_why(rows[i].why, PPP_AUTH_MSCHAPV2, false);

		CU_ASSERT_EQUAL(s.cause, rows[i].cause);
		CU_ASSERT_TRUE(s.has_ppp);
		CU_ASSERT_EQUAL(s.ppp_code, rows[i].code);
		CU_ASSERT_EQUAL(s.ppp_proto, rows[i].proto);
		CU_ASSERT_EQUAL(s.ppp_direction, rows[i].server);
		CU_ASSERT_EQUAL(c.ppp_direction, rows[i].client);
		CU_ASSERT_EQUAL(c.ppp_proto, rows[i].proto);
		CU_ASSERT_EQUAL(c.cause, rows[i].cause);
		CU_ASSERT_EQUAL(c.ppp_code, rows[i].code);
		CU_ASSERT_STRING_EQUAL(c.words, ppp_why_words(rows[i].why));
	}
	/* the protocol that authentication was by */
	for (unsigned auth = 0; auth <= PPP_AUTHS; auth++) {
		static const uint16_t proto[PPP_AUTHS + 1] = {[PPP_AUTH_EAP] = 0xc227,
							      [PPP_AUTH_PAP] = 0xc023,
							      [PPP_AUTH_CHAP_MD5] = 0xc223,
							      [PPP_AUTH_MSCHAPV2] = 0xc223};

		CU_ASSERT_EQUAL(leg_terminal_why(PPP_WHY_AUTH_FAILED, auth, true).ppp_proto,
				proto[auth]);
	}
}

/* The text of a CDN's Result Code is made of these: ASCII, and so UTF-8. */
static void words_of_every_end_are_ascii(void)
{
	for (unsigned why = 0; why <= PPP_WHY_LOWER; why++)
		for (unsigned server = 0; server < 2; server++) {
			struct leg_end e =
				leg_terminal_why((enum ppp_why)why, PPP_AUTH_MSCHAPV2, server);

			CU_ASSERT_NOT_EQUAL(e.words[0], 0);
			for (const char *c = e.words; *c; c++)
				CU_ASSERT_TRUE(*c >= ' ' && *c <= '~');
		}
	for (unsigned cause = 0; cause < LEG_CAUSES; cause++) {
		struct leg_end e = leg_end((enum leg_cause)cause, NULL);

		CU_ASSERT_NOT_EQUAL(e.words[0], 0);
		for (const char *c = e.words; *c; c++)
			CU_ASSERT_TRUE(*c >= ' ' && *c <= '~');
	}
}

static void many_calls_and_all_addresses_come_back(void)
{
	static const char conf[] =
		"udp a { listen = \"192.0.2.1:1701\" }\n"
		"peer lac { service = s }\n"
		"pool s { ranges = { \"10.64.0.0/24\" } }\n"
		"service s { local = 10.64.0.1  pool = s  auth = { chap }  ipv6 = no }\n"
		"user ann { secret = \"a password\" }\n";
	struct l2tp_result r = {.result = L2TP_STOP_GENERAL_CLEAR};
	struct addrpool_stats s;
	unsigned i;

	bench_start(conf);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	for (i = 0; i < 8; i++)
		CU_ASSERT_TRUE(bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->ip4);
	addrpool_stats(bench.gw->pool[0], &s);
	CU_ASSERT_EQUAL(s.used4, 8);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench.gw->service[0].wanted);
	CU_ASSERT_EQUAL(bench.gw->service[0].wanted->users, 8); /* one for all */
	l2tp_tunnel_close(bench.tunnel, &r, clock_us);
	bench_pass(SEC);
	addrpool_stats(bench.gw->pool[0], &s);
	CU_ASSERT_EQUAL(s.used4, 0);
	CU_ASSERT_PTR_NULL(bench.gw->service[0].wanted);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(fake.calls, 0);
	bench_stop();
}

static const struct test_case cases[] = {
	{"in_by_pap", in_by_pap},
	{"in_by_chap", in_by_chap},
	{"in_by_mschapv2", in_by_mschapv2},
	{"the_first_packets_reach_the_device", the_first_packets_reach_the_device},
	{"packets_of_a_closed_ncp_are_counted", packets_of_a_closed_ncp_are_counted},
	{"refused_with_the_cause", refused_with_the_cause},
	{"the_client_hangs_up", the_client_hangs_up},
	{"the_servers_words_outlive_the_call", the_servers_words_outlive_the_call},
	{"a_link_that_recovers_has_not_ended", a_link_that_recovers_has_not_ended},
	{"the_operator_clears_it", the_operator_clears_it},
	{"a_silent_client_is_cleared_too", a_silent_client_is_cleared_too},
	{"a_frame_before_the_start_is_counted", a_frame_before_the_start_is_counted},
	{"pool_is_empty", pool_is_empty},
	{"a_fixed_address_has_one_owner_and_its_route",
	 a_fixed_address_has_one_owner_and_its_route},
	{"a_fixed_address_inside_the_pool_is_for_its_user_only",
	 a_fixed_address_inside_the_pool_is_for_its_user_only},
	{"guesses_lock_the_user_only_where_they_come_from",
	 guesses_lock_the_user_only_where_they_come_from},
	{"a_call_that_waits_for_its_answer_can_end", a_call_that_waits_for_its_answer_can_end},
	{"a_client_starts_again", a_client_starts_again},
	{"another_user_starts_again", another_user_starts_again},
	{"mtu_is_the_smallest", mtu_is_the_smallest},
	{"the_client_compresses_headers", the_client_compresses_headers},
	{"we_ask_for_what_the_join_carries", we_ask_for_what_the_join_carries},
	{"what_show_sees_of_it", what_show_sees_of_it},
	{"the_peers_words_are_logged", the_peers_words_are_logged},
	{"a_small_mru_is_logged", a_small_mru_is_logged},
	{"packets_when_the_call_is_ending", packets_when_the_call_is_ending},
	{"a_client_with_one_family", a_client_with_one_family},
	{"the_services_device", the_services_device},
	{"cause_of_each_end", cause_of_each_end},
	{"rfc2661_4_4_2_words_of_every_end_are_ascii", words_of_every_end_are_ascii},
	{"many_calls_and_all_addresses_come_back", many_calls_and_all_addresses_come_back},
	{NULL, NULL},
};
const struct test_suite suite_leg_terminal = {"leg_terminal", cases};
