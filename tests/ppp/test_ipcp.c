/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPCP: RFC 1332 section 3, RFC 1877. */
#include "tests/harness.h"
#include "tests/ppp/lone.h"

#include <string.h>

static const struct ppp_addresses given = {
	.local4 = 0x0a400001, .peer4 = 0x0a400002, .dns4 = {0x0a4000fe, 0}};

static void server(struct lone *l)
{
	lone_init(l, true);
	l->cfg.ipv6 = false;
	l->give = &given;
	lone_lcp_up(l);
}

static void client(struct lone *l, uint32_t want)
{
	lone_init(l, false);
	l->cfg.ipv6 = false;
	l->cfg.want_ip4 = want;
	lone_lcp_up(l);
}

/* 3.3: Nak 0.0.0.0 and any other with the assigned one, Ack that one; ours is acknowledged. */
static void rfc1332_3_3_server_assigns(void)
{
	struct lone l;

	server(&l);
	CU_ASSERT(lone_sent(&l, "8021 01 01 000a 03060a400001"));
	lone_rx(&l, "8021 01 01 000a 030600000000");
	CU_ASSERT(lone_sent(&l, "8021 03 01 000a 03060a400002"));
	lone_rx(&l, "8021 01 02 000a 0306c0a80001");
	CU_ASSERT(lone_sent(&l, "8021 03 02 000a 03060a400002"));
	lone_rx(&l, "8021 01 03 000a 03060a400002");
	CU_ASSERT(lone_sent(&l, "8021 02 03 000a 03060a400002"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP4_UP], 0);
	lone_rx(&l, "8021 02 01 000a 03060a400001");
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP4_UP], 1);
	CU_ASSERT_EQUAL(l.addr.local4, 0x0a400001);
	CU_ASSERT_EQUAL(l.addr.peer4, 0x0a400002);
	CU_ASSERT_EQUAL(l.addr.dns4[0], 0x0a4000fe);
	CU_ASSERT_EQUAL(l.addr.dns4[1], 0);
	CU_ASSERT(lone_quiet(&l));
	lone_free(&l);
}

/* The option left out: asked for once by Nak, then the peer's way (3.3; RFC 1661 5.3). */
static void rfc1332_3_3_option_left_out(void)
{
	struct lone l;

	server(&l);
	lone_skip(&l);
	lone_rx(&l, "8021 01 01 0004");
	CU_ASSERT(lone_sent(&l, "8021 03 01 000a 03060a400002"));
	/* the Nak was lost, so the same Request comes again */
	lone_rx(&l, "8021 01 01 0004");
	CU_ASSERT(lone_sent(&l, "8021 03 01 000a 03060a400002"));
	lone_rx(&l, "8021 01 02 0004");
	CU_ASSERT(lone_sent(&l, "8021 02 02 0004"));
	lone_rx(&l, "8021 02 01 000a 03060a400001");
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP4_UP], 1);
	CU_ASSERT_EQUAL(l.addr.peer4, 0x0a400002);
	lone_free(&l);
}

/* A peer that insists on its own address never gets IP, and the link ends in bounded time. */
static void peer_that_insists_on_its_address(void)
{
	struct lone l;
	unsigned n;

	server(&l);
	lone_rx(&l, "8021 02 01 000a 03060a400001");
	for (n = 0; n < 1000 && !l.count[PPP_EV_DOWN]; n++) {
		lone_skip(&l);
		lone_rx(&l, "8021 01 05 000a 0306c0a80001");
		lone_wait(&l, 100 * MS);
	}
	CU_ASSERT(n < 200);
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP4_UP], 0);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_NO_NETWORK);
	lone_free(&l);
}

/* A client that Naks our own address does not move us. */
static void server_keeps_its_own_address(void)
{
	struct lone l;

	server(&l);
	lone_skip(&l);
	lone_rx(&l, "8021 03 01 000a 0306c0a80001");
	CU_ASSERT(lone_sent(&l, "8021 01 02 000a 03060a400001"));
	lone_free(&l);
}

/* RFC 1877: DNS as given, none given is a Reject; NBNS never. RFC 1332 3.1, 3.2: IP-Addresses and
 * IP-Compression-Protocol are rejected. */
static void rfc1877_dns_and_what_is_rejected(void)
{
	static const struct {
		const char *request, *answer;
	} rows[] = {
		{"8021 01 01 0010 03060a400002 810600000000", "8021 03 01 000a 81060a4000fe"},
		{"8021 01 01 0010 03060a400002 81060a4000fe",
		 "8021 02 01 0010 03060a400002 81060a4000fe"},
		{"8021 01 01 0016 03060a400002 810600000000 830600000000",
		 "8021 04 01 000a 830600000000"},
		{"8021 01 01 0016 030600000000 820600000000 840600000000",
		 "8021 04 01 0010 820600000000 840600000000"},
		{"8021 01 01 0010 03060a400002 0206002d0f01", "8021 04 01 000a 0206002d0f01"},
		{"8021 01 01 000e 010a0a4000020a400001", "8021 04 01 000e 010a0a4000020a400001"},
		/* wrong Length: Nak with the right one */
		{"8021 01 01 0009 03050a4000", "8021 03 01 000a 03060a400002"},
		{"8021 01 01 000b 03070a40000200", "8021 03 01 000a 03060a400002"},
		{"8021 01 01 000f 03060a400002 81050a4000", "8021 03 01 000a 81060a4000fe"},
		{"8021 01 01 0011 03060a400002 81070a4000fe00", "8021 03 01 000a 81060a4000fe"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct lone l;

		server(&l);
		lone_skip(&l);
		lone_rx(&l, rows[i].request);
		CU_ASSERT(lone_sent(&l, rows[i].answer));
		CU_ASSERT(lone_quiet(&l));
		CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_OPTION), i >= 6);
		lone_free(&l);
	}
}

static void client_takes_what_the_server_says(void)
{
	struct lone l;

	client(&l, 0);
	CU_ASSERT(lone_sent(&l, "8021 01 01 0016 030600000000 810600000000 830600000000"));
	lone_rx(&l, "8021 04 01 000a 830600000000");
	CU_ASSERT(lone_sent(&l, "8021 01 02 0010 030600000000 810600000000"));
	lone_rx(&l, "8021 03 02 0010 03060a400002 81060a4000fe");
	CU_ASSERT(lone_sent(&l, "8021 01 03 0010 03060a400002 81060a4000fe"));
	lone_rx(&l, "8021 02 03 0010 03060a400002 81060a4000fe");
	lone_rx(&l, "8021 01 01 000a 03060a400001");
	CU_ASSERT(lone_sent(&l, "8021 02 01 000a 03060a400001"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP4_UP], 1);
	CU_ASSERT_EQUAL(l.addr.local4, 0x0a400002);
	CU_ASSERT_EQUAL(l.addr.peer4, 0x0a400001);
	CU_ASSERT_EQUAL(l.addr.dns4[0], 0x0a4000fe);
	CU_ASSERT_EQUAL(l.addr.dns4[1], 0);
	lone_free(&l);
}

static void client_asks_for_the_address_it_wants(void)
{
	struct lone l;

	client(&l, 0x0a400063);
	CU_ASSERT(lone_sent(&l, "8021 01 01 0016 03060a400063 810600000000 830600000000"));
	/* 0.0.0.0 for the server is nothing a client can mend */
	lone_rx(&l, "8021 01 01 000a 030600000000");
	CU_ASSERT(lone_sent(&l, "8021 04 01 000a 030600000000"));
	lone_free(&l);
}

/* Acknowledged 0.0.0.0, or the option rejected: no address, so no IP. */
static void client_without_an_address_gives_up(void)
{
	struct lone l;

	client(&l, 0);
	lone_skip(&l);
	lone_rx(&l, "8021 01 01 000a 03060a400001");
	lone_rx(&l, "8021 04 01 0016 030600000000 810600000000 830600000000");
	CU_ASSERT(lone_sent(&l, "8021 02 01 000a 03060a400001"));
	CU_ASSERT(lone_sent(&l, "8021 01 02 0004"));
	lone_rx(&l, "8021 02 02 0004");
	CU_ASSERT(lone_sent(&l, "8021 05 03 0004"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP4_UP], 0);
	lone_rx(&l, "8021 06 03 0004");
	CU_ASSERT(lone_sent(&l, "c021 05 ?? 0004"));
	lone_wait(&l, 10 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_NO_NETWORK);
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP4_DOWN], 0);
	lone_free(&l);
}

/* The second name server alone, by its own option (RFC 1877 1.3). */
static void rfc1877_second_name_server(void)
{
	static const struct ppp_addresses second = {
		.local4 = 0x0a400001, .peer4 = 0x0a400002, .dns4 = {0, 0x0a4000ff}};
	struct lone l;

	lone_init(&l, true);
	l.cfg.ipv6 = false;
	l.give = &second;
	lone_lcp_up(&l);
	lone_skip(&l);
	lone_rx(&l, "8021 01 01 0016 03060a400002 810600000000 830600000000");
	CU_ASSERT(lone_sent(&l, "8021 04 01 000a 810600000000"));
	lone_rx(&l, "8021 01 02 0010 03060a400002 830600000000");
	CU_ASSERT(lone_sent(&l, "8021 03 02 000a 83060a4000ff"));
	lone_rx(&l, "8021 01 03 000f 03060a400002 83050a4000");
	CU_ASSERT(lone_sent(&l, "8021 03 03 000a 83060a4000ff"));
	lone_rx(&l, "8021 01 04 0011 03060a400002 83070a4000ff00");
	CU_ASSERT(lone_sent(&l, "8021 03 04 000a 83060a4000ff"));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_OPTION), 2);
	lone_rx(&l, "8021 01 05 0010 03060a400002 83060a4000ff");
	CU_ASSERT(lone_sent(&l, "8021 02 05 0010 03060a400002 83060a4000ff"));
	lone_rx(&l, "8021 02 01 000a 03060a400001");
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP4_UP], 1);
	CU_ASSERT_EQUAL(l.addr.dns4[0], 0);
	CU_ASSERT_EQUAL(l.addr.dns4[1], 0x0a4000ff);
	lone_free(&l);
}

/* A client takes each address and name server from a Nak, and none that was rejected. */
static void rfc1877_client_takes_each(void)
{
	struct lone l;

	client(&l, 0);
	CU_ASSERT(lone_sent(&l, "8021 01 01 0016 030600000000 810600000000 830600000000"));
	lone_rx(&l, "8021 03 01 0010 03060a400002 83060a4000ff");
	CU_ASSERT(lone_sent(&l, "8021 01 02 0016 03060a400002 810600000000 83060a4000ff"));
	lone_rx(&l, "8021 04 02 000a 810600000000");
	CU_ASSERT(lone_sent(&l, "8021 01 03 0010 03060a400002 83060a4000ff"));
	lone_rx(&l, "8021 02 03 0010 03060a400002 83060a4000ff");
	lone_rx(&l, "8021 01 01 000a 03060a400001");
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP4_UP], 1);
	CU_ASSERT_EQUAL(l.addr.local4, 0x0a400002);
	CU_ASSERT_EQUAL(l.addr.peer4, 0x0a400001);
	CU_ASSERT_EQUAL(l.addr.dns4[0], 0);
	CU_ASSERT_EQUAL(l.addr.dns4[1], 0x0a4000ff);
	lone_free(&l);
}

static void every_type_and_length(void)
{
	uint8_t frame[6 + 255];

	for (unsigned type = 0; type < 256; type++) {
		struct lone l;

		server(&l);
		for (unsigned len = 2; len < 256; len++) {
			memset(frame, 0x3c, sizeof(frame));
			memcpy(frame, "\x80\x21\x01\x01", 4);
			wr_put16(frame + 4, (uint16_t)(4 + len));
			frame[6] = (uint8_t)type;
			frame[7] = (uint8_t)len;
			lone_skip(&l);
			lone_rx_octets(&l, frame, 6 + len);
			/* past the bound of one negotiation there is nothing left to answer */
			CU_ASSERT(l.n_sent <= 1 || l.sent[0].octets[2] != 2);
		}
		CU_ASSERT_EQUAL(l.count[PPP_EV_IP4_UP], 0);
		lone_free(&l);
	}
}

static const struct test_case cases[] = {
	{"rfc1332_3_3_server_assigns", rfc1332_3_3_server_assigns},
	{"rfc1332_3_3_option_left_out", rfc1332_3_3_option_left_out},
	{"peer_that_insists_on_its_address", peer_that_insists_on_its_address},
	{"server_keeps_its_own_address", server_keeps_its_own_address},
	{"rfc1877_dns_and_what_is_rejected", rfc1877_dns_and_what_is_rejected},
	{"client_takes_what_the_server_says", client_takes_what_the_server_says},
	{"client_asks_for_the_address_it_wants", client_asks_for_the_address_it_wants},
	{"client_without_an_address_gives_up", client_without_an_address_gives_up},
	{"every_type_and_length", every_type_and_length},
	{"rfc1877_second_name_server", rfc1877_second_name_server},
	{"rfc1877_client_takes_each", rfc1877_client_takes_each},
	{NULL, NULL},
};
const struct test_suite suite_ipcp = {"ipcp", cases};
