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
	CU_ASSERT_EQUAL(ppp_counters(p.a.ppp)[PPP_R_STATE], 1);
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
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		l.ppp->link.peer_mru = rows[i].peer_mru;
		l.ppp->cfg.mtu = rows[i].mtu;
		CU_ASSERT_EQUAL(ppp_link_tx_room(l.ppp), rows[i].room);
	}
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
	{NULL, NULL},
};
const struct test_suite suite_ppp_link = {"ppp_link", cases};
