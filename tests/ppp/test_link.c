/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Phases and ends: who moves the phase, which reason the owner hears, what a packet may hold. */
#include "ppp/link.h"

#include "tests/harness.h"
#include "tests/ppp/lone.h"
#include "tests/ppp/pair.h"

#include <string.h>

static void link_one_family(bool server4, bool server6, bool client4, bool client6, bool up4,
			    bool up6)
{
	struct ppp_info a, b;
	struct pair p;

	pair_init(&p);
	p.a.cfg.ipv4 = server4;
	p.a.cfg.ipv6 = server6;
	p.b.cfg.ipv4 = client4;
	p.b.cfg.ipv6 = client6;
	pair_start(&p);
	ppp_get_info(p.a.ppp, &a);
	ppp_get_info(p.b.ppp, &b);
	CU_ASSERT_EQUAL(a.ip4_up, up4);
	CU_ASSERT_EQUAL(b.ip4_up, up4);
	CU_ASSERT_EQUAL(a.ip6_up, up6);
	CU_ASSERT_EQUAL(b.ip6_up, up6);
	if (!up4 && !up6)
		pair_run(&p, p.now + 120 * SEC);
	CU_ASSERT_EQUAL(p.a.count[PPP_EV_DOWN], !up4 && !up6);
	CU_ASSERT_EQUAL(p.b.count[PPP_EV_DOWN], !up4 && !up6);
	pair_free(&p);
}

/* What one side does not do is Protocol-Rejected, and the other family does not notice. */
static void families_are_independent(void)
{
	link_one_family(true, true, true, false, true, false);
	link_one_family(true, true, false, true, false, true);
	link_one_family(true, false, true, true, true, false);
	link_one_family(false, true, true, true, false, true);
	link_one_family(true, false, false, true, false, false);
	link_one_family(false, true, true, false, false, false);
}

static void server_without_an_address_to_give(void)
{
	struct ppp_info b;
	struct pair p;

	pair_init(&p);
	memset(&p.a.give, 0, sizeof(p.a.give));
	pair_start(&p);
	ppp_get_info(p.b.ppp, &b);
	CU_ASSERT(!b.ip4_up);
	CU_ASSERT(b.ip6_up);
	CU_ASSERT_STRING_EQUAL(b.ipcp, "Stopped");
	pair_free(&p);

	pair_init(&p);
	memset(&p.a.give, 0, sizeof(p.a.give));
	p.a.cfg.ipv6 = false;
	pair_start(&p);
	pair_both_down(&p, PPP_WHY_NO_NETWORK, PPP_WHY_PEER);
	pair_free(&p);
}

/* RFC 1661 5.7: the rejected packet comes along, cut to the peer's MRU. */
static void rfc1661_5_7_protocol_reject_fits(void)
{
	uint8_t frame[2 + 1600] = {0x80, 0x2b};
	struct lone l;

	lone_network(&l);
	lone_rx_octets(&l, frame, sizeof(frame));
	CU_ASSERT_EQUAL(l.sent[0].len, 2 + 1500);
	CU_ASSERT(!memcmp(l.sent[0].octets + 4, "\x05\xdc\x80\x2b", 4));
	lone_free(&l);
}

/* 5.7: as much of the information as fits, and no more than came. */
static void rfc1661_5_7_protocol_reject_at_its_edge(void)
{
	static uint8_t frame[2 + 1500] = {0x80, 0xfd};

	for (size_t len = 1480; len <= 1500; len++) {
		size_t fits = 1500 - 4 - 2;
		struct lone l;

		lone_network(&l);
		lone_rx_octets(&l, frame, 2 + len);
		CU_ASSERT_EQUAL(l.sent[0].len, 2 + 4 + 2 + (len < fits ? len : fits));
		lone_free(&l);
	}
}

static void one_ncp_rejected_by_the_peer(void)
{
	struct lone l;
	struct ppp_info info;

	lone_network(&l);
	lone_rx(&l, "8021 02 01 000a 03060a400001");
	lone_rx(&l, "8021 01 01 000a 03060a400002");
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP4_UP], 1);
	lone_rx(&l, "c021 08 01 0014 8057 0101000e010a0000000000000001");
	ppp_get_info(l.ppp, &info);
	CU_ASSERT_STRING_EQUAL(info.ipv6cp, "Stopped");
	CU_ASSERT(info.ip4_up);
	lone_skip(&l);
	lone_wait(&l, 60 * SEC);
	CU_ASSERT(lone_quiet(&l));
	/* the last one gone, the link has no use */
	lone_rx(&l, "8021 05 09 0004");
	CU_ASSERT(lone_sent(&l, "8021 06 09 0004"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP4_DOWN], 1);
	lone_wait(&l, 20 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_NO_NETWORK);
	lone_free(&l);
}

/* One side starts over (its process, or its own peer, did): the other follows, whole. */
static void link_restarted_by(bool server)
{
	struct pair p;
	struct pair_end *first, *other;

	pair_init(&p);
	first = server ? &p.a : &p.b;
	other = server ? &p.b : &p.a;
	pair_start(&p);
	CU_ASSERT(pair_is_up(&p));
	for (unsigned i = 2; i < 5; i++) {
		ppp_lower_down(first->ppp, p.now);
		CU_ASSERT_EQUAL(first->why, PPP_WHY_LOWER);
		ppp_open(first->ppp, p.now);
		pair_run(&p, p.now + 10 * SEC);
		CU_ASSERT(pair_is_up(&p));
		CU_ASSERT_EQUAL(p.a.claims, i);
		CU_ASSERT_EQUAL(other->count[PPP_EV_IP4_DOWN], i - 1);
		CU_ASSERT_EQUAL(other->count[PPP_EV_IP6_DOWN], i - 1);
		CU_ASSERT_EQUAL(other->count[PPP_EV_IP4_UP], i);
		CU_ASSERT_EQUAL(other->count[PPP_EV_DOWN], 0);
	}
	pair_free(&p);
}

static void peer_restarts_lcp(void)
{
	link_restarted_by(true);
	link_restarted_by(false);
}

static void line_goes_away(void)
{
	struct pair p;

	pair_init(&p);
	pair_start(&p);
	ppp_lower_down(p.a.ppp, p.now);
	ppp_lower_down(p.b.ppp, p.now);
	ppp_lower_down(p.b.ppp, p.now);
	pair_both_down(&p, PPP_WHY_LOWER, PPP_WHY_LOWER);
	CU_ASSERT_EQUAL(p.a.count[PPP_EV_IP4_DOWN], 1);
	CU_ASSERT_EQUAL(p.b.count[PPP_EV_IP6_DOWN], 1);
	/* nothing is heard on a dead link */
	pair_inject(&p.a, "c021 01 01 0004");
	CU_ASSERT_EQUAL(pair_counter(&p.a, PPP_R_STATE), 1);
	pair_free(&p);
}

static void closed_from_both_sides_at_once(void)
{
	struct pair p;

	pair_init(&p);
	pair_start(&p);
	ppp_close(p.a.ppp, p.now);
	ppp_close(p.b.ppp, p.now);
	pair_both_down(&p, PPP_WHY_LOCAL, PPP_WHY_LOCAL);
	pair_free(&p);
}

/* 128 is the least that any peer takes, 2048 the most that we build. */
static void room_follows_both_mtus(void)
{
	static const struct {
		uint16_t peer_mru, mtu;
		size_t room;
	} rows[] = {{1500, 1500, 1500}, {576, 1500, 576},     {1500, 1400, 1400},
		    {64, 1500, 128},	{65535, 65535, 2048}, {0, 1500, 128}};
	const struct ppp_config *shared;
	struct ppp_config cfg;
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	shared = l.ppp->cfg;
	cfg = *shared;
	l.ppp->cfg = &cfg;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		l.ppp->link.peer_mru = rows[i].peer_mru;
		cfg.mtu = rows[i].mtu;
		CU_ASSERT_EQUAL(ppp_link_tx_room(l.ppp), rows[i].room);
	}
	l.ppp->cfg = shared;
	lone_free(&l);
}

static void the_first_reason_wins(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	lone_rx(&l, "c021 01 01 0004");
	ppp_link_close(l.ppp, PPP_WHY_ECHO);
	ppp_link_close(l.ppp, PPP_WHY_LOCAL);
	CU_ASSERT(lone_phase_is(&l, "terminate"));
	lone_wait(&l, 60 * SEC);
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 1);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_ECHO);
	CU_ASSERT(lone_phase_is(&l, "dead"));
	ppp_link_close(l.ppp, PPP_WHY_LOCAL); /* a dead link has nothing to close */
	CU_ASSERT(lone_phase_is(&l, "dead"));
	lone_free(&l);
}

/* RFC 1661 5.7 on the protocol we wait for: authentication cannot go on. */
static void authentication_rejected_by_the_peer(void)
{
	static const struct {
		const char *reject;
		bool ends;
	} rows[] = {
		{"c021 08 01 000a c223 01010004", true},
		{"c021 08 01 000a c023 01010004", true},
		{"c021 08 01 000a 80fd 01010004", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct lone l;

		lone_init(&l, true); /* authenticates nobody, but the owner gives no addresses */
		lone_lcp_up(&l);
		CU_ASSERT(lone_phase_is(&l, "authenticate"));
		lone_rx(&l, rows[i].reject);
		lone_wait(&l, 60 * SEC);
		CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], rows[i].ends);
		if (rows[i].ends)
			CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_REFUSED);
		lone_free(&l);
	}
}

static void the_peers_words_are_made_printable(void)
{
	uint8_t text[300] = "go\n\x1b[2Jaway\xff";
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	ppp_link_keep_message(l.ppp, rd_init(text, 12));
	CU_ASSERT_STRING_EQUAL(l.ppp->message, "go..[2Jaway.");
	memset(text, 'x', sizeof(text));
	ppp_link_keep_message(l.ppp, rd_init(text, sizeof(text)));
	CU_ASSERT_EQUAL(strlen(l.ppp->message), 255);
	ppp_link_keep_message(l.ppp, rd_init(text, 0));
	CU_ASSERT_STRING_EQUAL(l.ppp->message, "");
	lone_free(&l);
}

/* An owner whose handler goes round in circles loses the tail, not memory. */
static void the_event_queue_is_bounded(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	for (unsigned i = 0; i < PPP_EVENT_QUEUE + 9; i++)
		ppp_link_emit(l.ppp, PPP_EV_IP4_UP);
	CU_ASSERT_EQUAL(l.ppp->q_tail - l.ppp->q_head, PPP_EVENT_QUEUE);
	ppp_expire(l.ppp, l.now);
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP4_UP], PPP_EVENT_QUEUE);
	lone_free(&l);
}

/* --- one clock from the first Configure-Request to authenticated ------------------------------ */

/* The peer acknowledges the Configure-Request we sent last. */
static void link_acknowledge(struct lone *l)
{
	uint8_t ack[LONE_FRAME];

	for (unsigned i = l->n_sent; i-- > 0;) {
		if (l->sent[i].octets[0] != 0xc0 || l->sent[i].octets[2] != 1)
			continue;
		memcpy(ack, l->sent[i].octets, l->sent[i].len);
		ack[2] = 2;
		lone_rx_octets(l, ack, l->sent[i].len);
		return;
	}
}

/* A new Request: the link starts again. */
static void link_again(struct lone *l)
{
	lone_rx(l, "c021 01 66 000a 0506a0a0a0a0");
	link_acknowledge(l);
	lone_skip(l);
}

static void link_open_for(struct lone *l, bool server, uint64_t limit)
{
	lone_init(l, server);
	l->cfg.n_auth = 1;
	l->cfg.auth[0] = PPP_AUTH_CHAP_MD5;
	l->cfg.auth_timeout = limit;
	lone_open(l);
	link_again(l);
	CU_ASSERT(lone_lcp_is(l, "Opened"));
}

static void link_is_ended_at(struct lone *l, uint64_t limit, enum ppp_why why)
{
	uint64_t end = l->now + limit;

	while (l->now + 7 * SEC < end) {
		lone_wait(l, 7 * SEC);
		link_again(l);
		CU_ASSERT(lone_lcp_is(l, "Opened"));
	}
	lone_wait(l, end - 1 - l->now);
	CU_ASSERT(!lone_phase_is(l, "terminate"));
	lone_wait(l, 1);
	CU_ASSERT(lone_phase_is(l, "terminate"));
	link_again(l);
	lone_wait(l, 10 * SEC);
	CU_ASSERT_EQUAL(l->count[PPP_EV_DOWN], 1);
	CU_ASSERT_EQUAL(l->why, why);
	CU_ASSERT_EQUAL(ppp_deadline(l->ppp), DEADLINE_NEVER);
}

static void no_renegotiation_restarts_the_clock(void)
{
	struct ppp_config c;
	struct lone l;

	ppp_config_default(&c);
	CU_ASSERT_EQUAL(c.auth_timeout, 60 * SEC);
	link_open_for(&l, true, c.auth_timeout);
	link_is_ended_at(&l, 60 * SEC, PPP_WHY_AUTH_TIMEOUT);
	lone_free(&l);
	link_open_for(&l, true, 31 * SEC);
	link_is_ended_at(&l, 31 * SEC, PPP_WHY_AUTH_TIMEOUT);
	lone_free(&l);
}

/* LCP that goes on and on without agreeing is no authentication. */
static void the_clock_runs_before_lcp_is_up(void)
{
	struct lone l;

	lone_init(&l, true);
	l.cfg.auth_timeout = 20 * SEC;
	lone_open(&l);
	lone_wait(&l, 20 * SEC - 1);
	CU_ASSERT(lone_phase_is(&l, "establish"));
	lone_wait(&l, 1);
	CU_ASSERT(lone_phase_is(&l, "terminate"));
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_NO_ANSWER);
	/* and the next life has all of it again */
	ppp_open(l.ppp, l.now);
	lone_wait(&l, 20 * SEC - 1);
	CU_ASSERT(lone_phase_is(&l, "establish"));
	lone_free(&l);
}

/* A passive link waits without limit; the clock starts with the peer. */
static void the_clock_of_a_passive_link(void)
{
	struct lone l;

	lone_init(&l, true);
	l.cfg.passive = true;
	l.cfg.auth_timeout = 20 * SEC;
	lone_open(&l);
	lone_wait(&l, 1000 * SEC);
	lone_rx(&l, "c021 01 01 0004");
	lone_wait(&l, 20 * SEC - 1);
	CU_ASSERT(lone_phase_is(&l, "establish"));
	lone_wait(&l, 1);
	CU_ASSERT(lone_phase_is(&l, "terminate"));
	lone_free(&l);
}

/* Once authenticated the link may stand as long as it likes; when it starts again, so does the
 * clock. */
static void the_clock_ends_with_authentication(void)
{
	static const struct ppp_addresses given = {.local4 = 0x0a400001, .peer4 = 0x0a400002};
	struct lone l;

	link_open_for(&l, true, 60 * SEC);
	l.give = &given;
	lone_rx(&l, "c223 02 01 0019 10 00000000000000000000000000000000 75736572");
	lone_wait(&l, 50 * SEC);
	ppp_auth_verdict(l.ppp, true, NULL, NULL, l.now);
	CU_ASSERT(lone_phase_is(&l, "network"));
	lone_rx(&l, "8021 01 01 000a 0306 0a400002");
	lone_rx(&l, "8021 02 01 000a 0306 0a400001");
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP4_UP], 1);
	lone_wait(&l, 1000 * SEC);
	CU_ASSERT(lone_phase_is(&l, "network"));
	link_again(&l);
	link_is_ended_at(&l, 60 * SEC, PPP_WHY_AUTH_TIMEOUT);
	lone_free(&l);
}

static void the_clock_of_a_client(void)
{
	struct lone l;

	lone_init(&l, false);
	l.cfg.n_auth = 1;
	l.cfg.auth[0] = PPP_AUTH_CHAP_MD5;
	lone_open(&l);
	for (unsigned i = 0; i < 5; i++) {
		lone_rx(&l, "c021 01 01 000f 0305c22305 0506a0a0a0a0");
		link_acknowledge(&l);
		lone_skip(&l);
		CU_ASSERT(lone_lcp_is(&l, "Opened"));
		lone_wait(&l, 12 * SEC - (i == 4));
	}
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	lone_wait(&l, 1);
	CU_ASSERT(lone_phase_is(&l, "terminate"));
	lone_free(&l);
}

/* --- a peer that was not there yet ------------------------------------------------------------ */

#define OURS "c021 01 01 000a 050601010101"

/* Our Request went before the peer was there: it gets a copy with the first of its own, in front of
 * the answer, and no more of them. */
static void our_request_again_with_the_peers_first(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	CU_ASSERT(lone_sent(&l, OURS));
	lone_wait(&l, 100 * MS);
	CU_ASSERT(lone_quiet(&l));
	lone_rx(&l, "c021 01 01 000a 0506a0a0a0a0");
	CU_ASSERT(lone_sent(&l, OURS));
	CU_ASSERT(lone_sent(&l, "c021 02 01 000a 0506a0a0a0a0"));
	lone_rx(&l, "c021 01 01 000a 0506a0a0a0a0");
	CU_ASSERT(lone_sent(&l, "c021 02 01 000a 0506a0a0a0a0"));
	CU_ASSERT(lone_quiet(&l));
	/* both copies are acknowledged; the second Ack says nothing new */
	lone_rx(&l, "c021 02 01 000a 050601010101");
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	lone_rx(&l, "c021 02 01 000a 050601010101");
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_LCP_UP], 1);
	lone_free(&l);
}

static void an_answered_request_is_not_repeated(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	lone_rx(&l, "c021 02 01 000a 050601010101");
	lone_skip(&l);
	lone_rx(&l, "c021 01 01 000a 0506a0a0a0a0");
	CU_ASSERT(lone_sent(&l, "c021 02 01 000a 0506a0a0a0a0"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_LCP_UP], 1);
	lone_skip(&l);
	/* a link that starts again has sent its Request with the Ack */
	lone_rx(&l, "c021 01 02 000a 0506a0a0a0a1");
	CU_ASSERT(lone_sent(&l, "c021 01 02 000a 0506????????"));
	CU_ASSERT(lone_sent(&l, "c021 02 02 000a 0506a0a0a0a1"));
	CU_ASSERT(lone_quiet(&l));
	lone_rx(&l, "c021 01 03 000a 0506a0a0a0a1");
	CU_ASSERT(lone_sent(&l, "c021 02 03 000a 0506a0a0a0a1"));
	CU_ASSERT(lone_quiet(&l));
	lone_free(&l);
}

/* The client comes 200 ms after our first Request: up in a few round trips, not after 3 s. */
static void a_late_client_does_not_wait_for_the_timer(void)
{
	struct pair p;

	pair_init(&p);
	pair_create(&p);
	ppp_open(p.a.ppp, p.now);
	p.n = 0; /* nobody there to hear it */
	p.now += 200 * MS;
	ppp_open(p.b.ppp, p.now);
	pair_run(&p, p.now + 200 * MS);
	CU_ASSERT(pair_is_up(&p));
	CU_ASSERT_EQUAL(p.a.count[PPP_EV_LCP_UP], 1);
	CU_ASSERT_EQUAL(p.b.count[PPP_EV_LCP_UP], 1);
	pair_free(&p);
}

/* --- RFC 8200 section 5 ----------------------------------------------------------------------- */

static void link_mru(uint16_t server, uint16_t client, uint16_t mtu, bool up6)
{
	struct ppp_info info;
	struct pair p;

	pair_init(&p);
	p.a.cfg.mru = server;
	p.b.cfg.mru = client;
	p.a.cfg.mtu = mtu;
	pair_start(&p);
	CU_ASSERT_EQUAL(p.a.count[PPP_EV_IP4_UP], 1);
	CU_ASSERT_EQUAL(p.b.count[PPP_EV_IP4_UP], 1);
	CU_ASSERT_EQUAL(p.a.count[PPP_EV_IP6_UP], up6);
	CU_ASSERT_EQUAL(p.b.count[PPP_EV_IP6_UP], up6);
	CU_ASSERT_EQUAL(ppp_carries_ipv6(p.a.ppp), up6);
	CU_ASSERT_EQUAL(pair_counter(&p.a, PPP_R_SMALL_MRU), !up6);
	ppp_get_info(p.a.ppp, &info);
	CU_ASSERT_STRING_EQUAL(info.ipv6cp, up6 ? "Opened" : "not opened (MRU under 1280)");
	pair_free(&p);
}

static void rfc8200_5_no_ipv6cp_under_1280(void)
{
	link_mru(1500, 1280, 1500, true);
	link_mru(1500, 1279, 1500, false);
	link_mru(1280, 1500, 1500, true);
	link_mru(1279, 1500, 1500, false);
	link_mru(1500, 1500, 1280, true);
	link_mru(1500, 1500, 1279, false);
}

static void no_ipv6_wanted_is_not_counted(void)
{
	struct pair p;

	pair_init(&p);
	p.a.cfg.ipv6 = false;
	p.b.cfg.mru = 1000;
	pair_start(&p);
	CU_ASSERT_EQUAL(pair_counter(&p.a, PPP_R_SMALL_MRU), 0);
	CU_ASSERT_EQUAL(pair_counter(&p.b, PPP_R_SMALL_MRU), 1);
	pair_free(&p);
}

/* --- what the peer says at the end ------------------------------------------------------------ */

static void rfc1661_5_5_the_text_of_a_terminate_request(void)
{
	struct lone l;

	lone_network(&l);
	lone_rx(&l, "c021 05 44 000b 68656c6c6f 0a 80");
	/* told at once: the line may go before the wait in Stopping ends */
	CU_ASSERT_EQUAL(l.count[PPP_EV_PEER_CLOSES], 1);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_PEER);
	CU_ASSERT_STRING_EQUAL(l.message, "hello..");
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 0);
	lone_rx(&l, "c021 05 45 0008 6c617465");
	lone_wait(&l, 3 * SEC);
	CU_ASSERT_EQUAL(l.count[PPP_EV_PEER_CLOSES], 1);
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 1);
	CU_ASSERT_STRING_EQUAL(l.message, "hello..");
	lone_free(&l);

	lone_network(&l);
	lone_rx(&l, "c021 05 44 0008 217e7f1f");
	CU_ASSERT_STRING_EQUAL(l.message, "!~..");
	lone_free(&l);

	lone_network(&l);
	lone_rx(&l, "c021 05 44 0005 21");
	CU_ASSERT_STRING_EQUAL(l.message, "!");
	lone_free(&l);

	/* who says nothing, or was not the one who ended it, has no text */
	lone_network(&l);
	ppp_lower_down(l.ppp, l.now);
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 1);
	CU_ASSERT_STRING_EQUAL(l.message, "");
	lone_free(&l);
}

/* A refusal that came before says more than the Terminate-Request behind it. */
static void a_refusal_keeps_its_text(void)
{
	struct lone l;

	lone_init(&l, false);
	l.cfg.n_auth = 1;
	l.cfg.auth[0] = PPP_AUTH_PAP;
	lone_open(&l);
	lone_rx(&l, "c021 01 01 000e 0304c023 0506a0a0a0a0");
	link_acknowledge(&l);
	lone_rx(&l, "c023 03 01 0007 02 6e6f");
	CU_ASSERT_EQUAL(l.count[PPP_EV_PEER_CLOSES], 1); /* it is known now why we end */
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_FAILED);
	CU_ASSERT_STRING_EQUAL(l.message, "no");
	lone_rx(&l, "c021 05 44 0009 68656c6c6f");
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_FAILED);
	CU_ASSERT_STRING_EQUAL(l.message, "no");
	CU_ASSERT_EQUAL(l.count[PPP_EV_PEER_CLOSES], 1);
	lone_free(&l);
}

/* --- calls of the owner at the wrong time ----------------------------------------------------- */

static void a_network_is_not_started_before_its_time(void)
{
	static const struct ppp_addresses a = {.local4 = 0x0a400001, .peer4 = 0x0a400002};
	static const struct ppp_addresses other = {.local4 = 0x0a400001, .peer4 = 0x0a400009};
	struct lone l;

	lone_init(&l, true);
	l.cfg.n_auth = 1;
	l.cfg.auth[0] = PPP_AUTH_PAP;
	lone_open(&l);
	ppp_start_network(l.ppp, &a, l.now);
	CU_ASSERT(lone_phase_is(&l, "establish"));
	link_again(&l);
	ppp_start_network(l.ppp, &a, l.now);
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT(lone_phase_is(&l, "authenticate"));
	lone_rx(&l, "c023 01 07 0010 04 75736572 06 736563726574");
	ppp_start_network(l.ppp, &a, l.now);
	CU_ASSERT(lone_phase_is(&l, "authenticate"));
	ppp_auth_verdict(l.ppp, true, NULL, NULL, l.now);
	ppp_start_network(l.ppp, &a, l.now);
	CU_ASSERT(lone_phase_is(&l, "network"));
	/* once is enough: the addresses stay */
	lone_skip(&l);
	ppp_start_network(l.ppp, &other, l.now);
	CU_ASSERT(lone_quiet(&l));
	lone_rx(&l, "8021 01 01 000a 0306 0a400002");
	CU_ASSERT(lone_sent(&l, "8021 02 01 000a 0306 0a400002"));
	ppp_close(l.ppp, l.now);
	lone_skip(&l);
	ppp_start_network(l.ppp, &a, l.now);
	CU_ASSERT(lone_quiet(&l));
	lone_free(&l);

	lone_init(&l, false);
	l.cfg.n_auth = 1;
	l.cfg.auth[0] = PPP_AUTH_PAP;
	lone_open(&l);
	lone_rx(&l, "c021 01 01 000e 0304c023 0506a0a0a0a0");
	link_acknowledge(&l);
	lone_skip(&l);
	ppp_start_network(l.ppp, &a, l.now);
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT(lone_phase_is(&l, "authenticate"));
	lone_free(&l);
}

/* RFC 1661 3.7: "Any non-LCP packets received during this phase MUST be silently discarded." */
static void rfc1661_3_7_nothing_but_lcp_after_close(void)
{
	struct lone l;

	lone_network(&l);
	ppp_close(l.ppp, l.now);
	CU_ASSERT(lone_phase_is(&l, "terminate"));
	lone_skip(&l);
	lone_rx(&l, "8021 01 01 000a 0306 0a400002");
	lone_rx(&l, "80fd 01 01 0004");
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_PHASE), 2);
	lone_free(&l);
}

/* Neither why one life ended nor what was said in it is told of the next. */
static void each_life_has_its_own_reason(void)
{
	struct lone l;

	lone_init(&l, false);
	l.cfg.n_auth = 1;
	l.cfg.auth[0] = PPP_AUTH_PAP;
	lone_open(&l);
	lone_rx(&l, "c021 01 01 000e 0304c023 0506a0a0a0a0");
	link_acknowledge(&l);
	lone_rx(&l, "c023 03 01 0007 02 6e6f");
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_FAILED);
	CU_ASSERT_STRING_EQUAL(l.message, "no");
	ppp_open(l.ppp, l.now);
	ppp_lower_down(l.ppp, l.now);
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 2);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_LOWER);
	CU_ASSERT_STRING_EQUAL(l.message, "");
	lone_free(&l);
}

/* The clock's reason is of this life: LCP was up in the one before. */
static void the_clocks_reason(void)
{
	struct lone l;

	lone_init(&l, true);
	l.cfg.auth_timeout = 20 * SEC;
	lone_lcp_up(&l);
	ppp_lower_down(l.ppp, l.now);
	ppp_open(l.ppp, l.now);
	lone_wait(&l, 30 * SEC);
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 2);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_NO_ANSWER);
	lone_free(&l);

	lone_init(&l, false); /* a server that insists on what this client does not do */
	l.cfg.auth_timeout = 20 * SEC;
	lone_open(&l);
	lone_rx(&l, "c021 01 01 0008 0304c023");
	lone_wait(&l, 30 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_REFUSED);
	lone_free(&l);
}

/* RFC 1661 6.1: until the peer has asked for less again, it takes 1500 octets. */
static void a_small_mru_ends_with_its_negotiation(void)
{
	uint8_t frame[6 + 200] = {0xc0, 0x21, 1, 2, 0, 204, 0x70, 200};
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	lone_rx(&l, "c021 01 01 0008 01040080");
	link_acknowledge(&l);
	CU_ASSERT_EQUAL(l.link.peer_mru, 128);
	lone_skip(&l);
	lone_rx(&l, "c021 05 01 0004");
	lone_wait(&l, 3 * SEC);
	ppp_open(l.ppp, l.now);
	lone_skip(&l);
	lone_rx_octets(&l, frame, sizeof(frame));
	CU_ASSERT_EQUAL(l.n_sent, 2); /* our Request again, and a Reject */
	lone_free(&l);

	lone_init(&l, true);
	lone_open(&l);
	lone_rx(&l, "c021 01 01 0008 01040080");
	link_acknowledge(&l);
	lone_rx(&l, "c021 01 03 0008 01040040"); /* Nak'd: nothing agreed yet */
	lone_skip(&l);
	lone_rx_octets(&l, frame, sizeof(frame));
	CU_ASSERT_EQUAL_FATAL(l.n_sent, 1);
	CU_ASSERT_EQUAL(l.sent[0].len, sizeof(frame));
	lone_free(&l);
}

static const struct test_case cases[] = {
	{"families_are_independent", families_are_independent},
	{"server_without_an_address_to_give", server_without_an_address_to_give},
	{"rfc1661_5_7_protocol_reject_fits", rfc1661_5_7_protocol_reject_fits},
	{"one_ncp_rejected_by_the_peer", one_ncp_rejected_by_the_peer},
	{"peer_restarts_lcp", peer_restarts_lcp},
	{"line_goes_away", line_goes_away},
	{"closed_from_both_sides_at_once", closed_from_both_sides_at_once},
	{"room_follows_both_mtus", room_follows_both_mtus},
	{"the_first_reason_wins", the_first_reason_wins},
	{"authentication_rejected_by_the_peer", authentication_rejected_by_the_peer},
	{"the_peers_words_are_made_printable", the_peers_words_are_made_printable},
	{"the_event_queue_is_bounded", the_event_queue_is_bounded},
	{"no_renegotiation_restarts_the_clock", no_renegotiation_restarts_the_clock},
	{"the_clock_runs_before_lcp_is_up", the_clock_runs_before_lcp_is_up},
	{"the_clock_of_a_passive_link", the_clock_of_a_passive_link},
	{"the_clock_ends_with_authentication", the_clock_ends_with_authentication},
	{"the_clock_of_a_client", the_clock_of_a_client},
	{"our_request_again_with_the_peers_first", our_request_again_with_the_peers_first},
	{"an_answered_request_is_not_repeated", an_answered_request_is_not_repeated},
	{"a_late_client_does_not_wait_for_the_timer", a_late_client_does_not_wait_for_the_timer},
	{"rfc8200_5_no_ipv6cp_under_1280", rfc8200_5_no_ipv6cp_under_1280},
	{"no_ipv6_wanted_is_not_counted", no_ipv6_wanted_is_not_counted},
	{"rfc1661_5_5_the_text_of_a_terminate_request",
	 rfc1661_5_5_the_text_of_a_terminate_request},
	{"a_refusal_keeps_its_text", a_refusal_keeps_its_text},
	{"a_network_is_not_started_before_its_time", a_network_is_not_started_before_its_time},
	{"rfc1661_3_7_nothing_but_lcp_after_close", rfc1661_3_7_nothing_but_lcp_after_close},
	{"each_life_has_its_own_reason", each_life_has_its_own_reason},
	{"the_clocks_reason", the_clocks_reason},
	{"a_small_mru_ends_with_its_negotiation", a_small_mru_ends_with_its_negotiation},
	{"rfc1661_5_7_protocol_reject_at_its_edge", rfc1661_5_7_protocol_reject_at_its_edge},
	{NULL, NULL},
};
const struct test_suite suite_ppp_link = {"ppp_link", cases};
