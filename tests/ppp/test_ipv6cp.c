/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPV6CP: RFC 5072 section 4.1, each of its rules. */
#include "tests/harness.h"
#include "tests/ppp/lone.h"

#include <string.h>

static void ipv6cp_start(struct lone *l, bool server, const struct ppp_addresses *give)
{
	static const struct ppp_addresses nothing;

	lone_init(l, server);
	l->cfg.ipv4 = false;
	l->give = give ? give : &nothing;
	lone_lcp_up(l);
}

/* Two random identifiers with the "u" bit clear, acknowledged both ways. */
static void rfc5072_4_1_identifiers_differ(void)
{
	struct lone l;

	ipv6cp_start(&l, true, NULL);
	CU_ASSERT(lone_sent(&l, "8057 01 01 000e 010a 0002020203030303"));
	lone_rx(&l, "8057 01 01 000e 010a 021122fffe334455");
	CU_ASSERT(lone_sent(&l, "8057 02 01 000e 010a 021122fffe334455"));
	lone_free(&l);
}

static void rfc5072_4_1_every_rule(void)
{
	static const struct ppp_addresses ours = {.local_iid = 0x1};
	static const struct ppp_addresses both = {.local_iid = 0x1, .peer_iid = 0x99};
	static const struct {
		const struct ppp_addresses *give;
		const char *request, *answer;
	} rows[] = {
		/* zero: Nak with a suggestion, "u" bit zero */
		{&ours, "8057 01 01 000e 010a 0000000000000000",
		 "8057 03 01 000e 010a 0002020203030303"},
		/* equal: Nak with another */
		{&ours, "8057 01 01 000e 010a 0000000000000001",
		 "8057 03 01 000e 010a 0002020203030303"},
		/* different: MUST be acknowledged */
		{&ours, "8057 01 01 000e 010a 0000000000000002",
		 "8057 02 01 000e 010a 0000000000000002"},
		/* unless the owner has assigned one */
		{&both, "8057 01 01 000e 010a 0000000000000002",
		 "8057 03 01 000e 010a 0000000000000099"},
		{&both, "8057 01 01 000e 010a 0000000000000099",
		 "8057 02 01 000e 010a 0000000000000099"},
		/* wrong length: Nak; compression and unknown options: Reject */
		{&both, "8057 01 01 000d 0109 00000000000002",
		 "8057 03 01 000e 010a 0000000000000099"},
		{&both, "8057 01 01 000f 010b 000000000000009900",
		 "8057 03 01 000e 010a 0000000000000099"},
		{&both, "8057 01 01 0012 010a 0000000000000099 0204 004f",
		 "8057 04 01 0008 0204004f"},
		/* left out: asked for */
		{&both, "8057 01 01 0004", "8057 03 01 000e 010a 0000000000000099"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct lone l;

		ipv6cp_start(&l, true, rows[i].give);
		CU_ASSERT(lone_sent(&l, "8057 01 01 000e 010a 0000000000000001"));
		l.random = 1;
		lone_rx(&l, rows[i].request);
		CU_ASSERT(lone_sent(&l, rows[i].answer));
		CU_ASSERT(lone_quiet(&l));
		lone_free(&l);
	}
}

/* "If the next Configure-Request does not include this option, the peer MUST NOT send another". */
static void rfc5072_4_1_left_out_twice(void)
{
	static const struct ppp_addresses both = {.local_iid = 0x1, .peer_iid = 0x99};
	struct lone l;

	ipv6cp_start(&l, true, &both);
	lone_skip(&l);
	lone_rx(&l, "8057 01 01 0004");
	CU_ASSERT(lone_sent(&l, "8057 03 01 000e 010a 0000000000000099"));
	lone_rx(&l, "8057 01 02 0004");
	CU_ASSERT(lone_sent(&l, "8057 02 02 0004"));
	lone_rx(&l, "8057 02 01 000e 010a 0000000000000001");
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP6_UP], 1);
	CU_ASSERT_EQUAL(l.addr.peer_iid, 0x99);
	lone_free(&l);
}

/* A Nak moves a client, but not to what it has just suggested to the peer, nor to zero. */
static void rfc5072_4_1_nak_received(void)
{
	struct lone l;

	ipv6cp_start(&l, false, NULL);
	lone_skip(&l);
	lone_rx(&l, "8057 03 01 000e 010a 0000000000000077");
	CU_ASSERT(lone_sent(&l, "8057 01 02 000e 010a 0000000000000077"));
	/* collision: we suggest another, and that very one comes back */
	l.random = 6;
	lone_rx(&l, "8057 01 01 000e 010a 0000000000000077");
	CU_ASSERT(lone_sent(&l, "8057 03 01 000e 010a 0507070708080808"));
	lone_rx(&l, "8057 03 02 000e 010a 0507070708080808");
	CU_ASSERT(lone_sent(&l, "8057 01 03 000e 010a 090909090a0a0a0a"));
	lone_rx(&l, "8057 03 03 000e 010a 0000000000000000");
	CU_ASSERT(lone_sent(&l, "8057 01 04 000e 010a 090b0b0b0c0c0c0c"));
	lone_free(&l);
}

/* "A new Configure-Request MUST NOT contain the option if a valid Reject is received." */
static void rfc5072_4_1_reject_received(void)
{
	static const struct ppp_addresses ours = {.local_iid = 0x1};
	struct lone l;

	ipv6cp_start(&l, true, &ours);
	lone_skip(&l);
	lone_rx(&l, "8057 04 01 000e 010a 0000000000000001");
	CU_ASSERT(lone_sent(&l, "8057 01 02 0004"));
	lone_rx(&l, "8057 02 02 0004");
	lone_rx(&l, "8057 01 01 000e 010a 0000000000000002");
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP6_UP], 1);
	CU_ASSERT_EQUAL(l.addr.local_iid, 1);
	CU_ASSERT_EQUAL(l.addr.peer_iid, 2);
	lone_free(&l);
}

/* Neither asked for by a client nor named by its server: the client invents one for the peer. */
static void peer_without_an_identifier(void)
{
	struct lone l;

	ipv6cp_start(&l, false, NULL);
	lone_rx(&l, "8057 02 01 000e 010a 0002020203030303");
	lone_rx(&l, "8057 01 01 0004");
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP6_UP], 1);
	CU_ASSERT_EQUAL(l.addr.local_iid, 0x0002020203030303);
	CU_ASSERT_EQUAL(l.addr.peer_iid, 0x0404040405050505);
	lone_free(&l);
}

/* A generator that repeats itself still gives two identifiers. */
static void identifiers_differ_whatever_is_random(void)
{
	struct lone l;

	ipv6cp_start(&l, true, NULL);
	CU_ASSERT(lone_sent(&l, "8057 01 01 000e 010a 0002020203030303"));
	l.random = 1;
	lone_rx(&l, "8057 01 01 000e 010a 0000000000000000");
	CU_ASSERT(lone_sent(&l, "8057 03 01 000e 010a 0002020203030304"));
	lone_free(&l);
}

static void server_keeps_an_assigned_identifier(void)
{
	static const struct ppp_addresses ours = {.local_iid = 0x1};
	struct lone l;

	ipv6cp_start(&l, true, &ours);
	lone_skip(&l);
	lone_rx(&l, "8057 03 01 000e 010a 0000000000000077");
	CU_ASSERT(lone_sent(&l, "8057 01 02 000e 010a 0000000000000001"));
	lone_free(&l);
}

/* An identifier suggested to the peer in a life before is free again. */
static void a_suggestion_lasts_for_one_negotiation(void)
{
	static const struct ppp_addresses given = {.peer_iid = 0};
	char hex[64] = "8057 03 ", id[20] = "";
	struct lone l;

	lone_init(&l, true);
	l.give = &given;
	lone_lcp_up(&l);
	lone_skip(&l);
	lone_rx(&l, "8057 01 01 000e 010a 0000000000000000");
	CU_ASSERT_EQUAL_FATAL(l.n_sent, 1);
	CU_ASSERT_EQUAL(l.sent[0].octets[2], 3);
	for (unsigned i = 0; i < 8; i++)
		sprintf(id + 2 * i, "%02x", l.sent[0].octets[8 + i]);
	lone_rx(&l, "c021 01 02 0004");
	for (unsigned i = l.n_sent; i-- > 0;) {
		if (l.sent[i].octets[0] != 0xc0 || l.sent[i].octets[2] != 1)
			continue;
		l.sent[i].octets[2] = 2;
		lone_rx_octets(&l, l.sent[i].octets, l.sent[i].len);
		break;
	}
	CU_ASSERT(lone_phase_is(&l, "network"));
	/* the last is our new IPV6CP Request: the peer would have us take that one */
	CU_ASSERT_EQUAL_FATAL(l.sent[l.n_sent - 1].octets[1], 0x57);
	sprintf(hex + strlen(hex), "%02x 000e 010a %s", l.sent[l.n_sent - 1].octets[3], id);
	lone_skip(&l);
	lone_rx(&l, hex);
	sprintf(hex, "8057 01 ?? 000e 010a %s", id);
	CU_ASSERT(lone_sent(&l, hex));
	lone_free(&l);
}

/* Any other suggestion is taken, however small. */
static void any_suggestion_is_taken(void)
{
	struct lone l;

	ipv6cp_start(&l, false, NULL);
	lone_skip(&l);
	lone_rx(&l, "8057 03 01 000e 010a 0000000000000001");
	CU_ASSERT(lone_sent(&l, "8057 01 02 000e 010a 0000000000000001"));
	lone_free(&l);
}

/* Random octets that are all zero are no identifier (RFC 5072 4.1). */
static void zero_is_no_identifier(void)
{
	static const struct ppp_addresses nothing;
	struct lone l;

	lone_init(&l, true);
	l.cfg.ipv4 = false;
	l.zero = true;
	l.give = &nothing;
	lone_open(&l);
	lone_rx(&l, "c021 02 01 000a 050600000001");
	lone_rx(&l, "c021 01 01 0004");
	lone_rx(&l, "8057 01 01 000e 010a 0000000000000000");
	l.n_read = l.n_sent - 2;
	CU_ASSERT(lone_sent(&l, "8057 01 01 000e 010a 0000000000000001"));
	CU_ASSERT(lone_sent(&l, "8057 03 01 000e 010a 0000000000000002"));
	lone_free(&l);
}

static const struct test_case cases[] = {
	{"rfc5072_4_1_identifiers_differ", rfc5072_4_1_identifiers_differ},
	{"rfc5072_4_1_every_rule", rfc5072_4_1_every_rule},
	{"rfc5072_4_1_left_out_twice", rfc5072_4_1_left_out_twice},
	{"rfc5072_4_1_nak_received", rfc5072_4_1_nak_received},
	{"rfc5072_4_1_reject_received", rfc5072_4_1_reject_received},
	{"peer_without_an_identifier", peer_without_an_identifier},
	{"identifiers_differ_whatever_is_random", identifiers_differ_whatever_is_random},
	{"server_keeps_an_assigned_identifier", server_keeps_an_assigned_identifier},
	{"a_suggestion_lasts_for_one_negotiation", a_suggestion_lasts_for_one_negotiation},
	{"any_suggestion_is_taken", any_suggestion_is_taken},
	{"zero_is_no_identifier", zero_is_no_identifier},
	{NULL, NULL},
};
const struct test_suite suite_ipv6cp = {"ipv6cp", cases};
