/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses and networks that lead to a call, or that a call is wanted for; and packets that ask
 * control for some. */
#include "core/bytes.h"
#include "tests/gw/dp/ip_bench.h"
#include "tests/harness.h"

#include <string.h>
#include <unistd.h>

#define EACH(name)                                              \
	static void name(void)                                  \
	{                                                       \
		ip_bench_each("ip_networks " #name, do_##name); \
	}

/* To call 2/sid; 0 = to none. */
static bool ip_networks_lead4(struct bench *b, uint32_t addr, uint8_t bits, uint16_t sid)
{
	struct dp_prefix to = {.bits = bits, .top = (uint64_t)addr << 32};

	return dp_tun_route(b->r.dp, b->tun, &to, 2, sid);
}

static bool ip_networks_lead6(struct bench *b, const uint8_t *addr, uint8_t bits, uint16_t sid)
{
	struct rd r = rd_init(addr, 8);
	struct dp_prefix to = {.v6 = true, .bits = bits, .top = rd_u64(&r)};

	return dp_tun_route(b->r.dp, b->tun, &to, 2, sid);
}

static unsigned ip_networks_absents(struct bench *b)
{
	unsigned n = 0;

	for (unsigned i = 0; i < b->r.n_line; i++)
		n += !strcmp(b->r.line[i].text, "absent");
	return n;
}

/* A packet for an address that is watched, while no client has it, goes up, a few a second. */
static void do_an_absent_client_is_told_of(struct bench *b)
{
	int s4 = netns_udp4(GATEWAY, 7000);
	uint64_t before = rig_reason(&b->r, DP_R_NO_ROUTE), begin = dp_now();
	unsigned lines = b->r.n_line;

	CU_ASSERT(ip_networks_lead4(b, CLIENT + 1, 32, 0));
	CU_ASSERT(ip_bench_send4(b, s4, CLIENT + 1, 7001, "wake", 4) == 4);
	CU_ASSERT_FATAL(rig_wait_lines(&b->r, lines + 1));
	CU_ASSERT_STRING_EQUAL(b->r.line[lines].text, "absent");
	CU_ASSERT_EQUAL(b->r.line[lines].len, 28 + 4);
	CU_ASSERT(b->r.line[lines].octets[0] == 0x45 && b->r.line[lines].octets[19] == 6);
	CU_ASSERT(ip_bench_send4(b, s4, CLIENT + 2, 7001, "x", 1) == 1); /* is not watched */
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_NO_ROUTE, before + 1));
	ip_bench_flood4(b, s4, CLIENT + 1, "x", 1, DP_R_NO_ROUTE, 50);
	/* the client that is there is not absent; what is in front of its packet has been seen */
	CU_ASSERT(ip_networks_lead4(b, CLIENT, 32, 0));
	CU_ASSERT(ip_bench_send4(b, s4, CLIENT, 7001, "last", 4) == 4);
	CU_ASSERT(frame_with(b, "last", 4) != NULL);
	rig_settle(&b->r);
	lines = ip_networks_absents(b);
	CU_ASSERT(lines >= 10 && lines <= 16 + 1 + 20 * (dp_now() - begin) / 1000000);
	CU_ASSERT(ip_bench_send4(b, s4, CLIENT, 7001, "four", 4) == 4);
	CU_ASSERT(frame_with(b, "four", 4) != NULL);
	CU_ASSERT_EQUAL(ip_networks_absents(b), lines);
	close(s4);
}
EACH(an_absent_client_is_told_of)

static void do_an_absent_prefix_is_told_of(struct bench *b)
{
	int s6 = netns_udp6(gateway6, 7000);
	unsigned before = ip_networks_absents(b);
	const struct fake_line *l;

	CU_ASSERT(ip_networks_lead6(b, other6, 64, 0));
	CU_ASSERT(ip_bench_send6(b, s6, client6, 7001, "there", 5) ==
		  5); /* has a longer way, its own */
	CU_ASSERT(frame_with(b, "there", 5) != NULL);
	CU_ASSERT_EQUAL(ip_networks_absents(b), before);
	CU_ASSERT(ip_bench_send6(b, s6, other6, 7001, "wake", 4) == 4);
	CU_ASSERT_FATAL(rig_wait_lines(&b->r, b->r.n_line + 1));
	CU_ASSERT_EQUAL_FATAL(ip_networks_absents(b), before + 1);
	l = &b->r.line[b->r.n_line - 1];
	CU_ASSERT(l->len == 48 + 4 && !memcmp(l->octets + 24, other6, 16));
	close(s6);
}
EACH(an_absent_prefix_is_told_of)

/* Networks behind the client: it is sent what is for them, and may send from them. */
static void do_networks_behind_a_client(struct bench *b)
{
	static const uint8_t behind[16] = {0x20, 1, 0x0d, 0xb8, 0, 0x64, 0x77, 0x12, [15] = 3};
	int s4 = netns_udp4(GATEWAY, 7000), s6 = netns_udp6(gateway6, 7000);
	uint32_t host = 0x0a407705, other = 0x0a407801;
	struct dp_call second = b->call;

	second.sid = 4;
	second.peer4 = CLIENT + 1;
	second.has_peer6 = false;
	second.peer_iid = 6;
	CU_ASSERT(!dp_call_set(b->r.dp, &second));
	CU_ASSERT(ip_networks_lead4(b, 0x0a407700, 24, 3) && ip_networks_lead6(b, behind, 56, 3));
	CU_ASSERT(ip_networks_lead4(b, 0x0a407800, 24, 4));
	CU_ASSERT(ip_bench_send4(b, s4, host, 7001, "net four", 8) == 8);
	CU_ASSERT(frame_with(b, "net four", 8) != NULL);
	CU_ASSERT(ip_bench_send6(b, s6, behind, 7001, "net six", 7) == 7);
	CU_ASSERT(frame_with(b, "net six", 7) != NULL);
	client_says4(b, host, "from four");
	CU_ASSERT(hears(b, s4, "from four"));
	client_says6(b, behind, "from six");
	CU_ASSERT(hears(b, s6, "from six"));
	client_says4(b, other, "x"); /* is the other client's */
	client_says4(b, host + 256 * 2, "x");
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_SPOOF, 2));
	CU_ASSERT(ip_networks_lead4(b, 0x0a407700, 24, 0)); /* its NCP is closed */
	client_says4(b, host, "x");
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_SPOOF, 3));
	dp_call_del(b->r.dp, 2, 4);
	close(s4);
	close(s6);
}
EACH(networks_behind_a_client)

/* A network that nobody has any more, and that nobody waits for. */
static void do_a_network_goes(struct bench *b)
{
	const struct dp_prefix to = {.bits = 24, .top = UINT64_C(0x0a407700) << 32};
	int s4 = netns_udp4(GATEWAY, 7000);
	uint64_t before = rig_reason(&b->r, DP_R_NO_ROUTE);
	unsigned absents = ip_networks_absents(b);

	CU_ASSERT(ip_networks_lead4(b, 0x0a407700, 24, 3));
	CU_ASSERT(ip_bench_send4(b, s4, 0x0a407705, 7001, "net", 3) == 3);
	CU_ASSERT(frame_with(b, "net", 3) != NULL);
	CU_ASSERT(dp_tun_unroute(b->r.dp, b->tun, &to));
	CU_ASSERT(ip_bench_send4(b, s4, 0x0a407705, 7001, "gone", 4) == 4);
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_NO_ROUTE, before + 1));
	CU_ASSERT_EQUAL(ip_networks_absents(b), absents);
	close(s4);
}
EACH(a_network_goes)

/* A solicitation for routers, and one for DHCPv6 servers (RFC 8415 section 7): control answers
 * those. One to port 548 is for the kernel. */
static void do_what_control_answers(struct bench *b)
{
	static const char *const asks[] = {
		"60000000 0008 3aff fe800000000000000000000000000002 "
		"ff020000000000000000000000000002 8500 0000 00000000",
		"60000000 000b 1101 fe800000000000000000000000000002 "
		"ff020000000000000000000000010002 0222 0223 000b 0000 616263",
		"60000000 000b 1101 fe800000000000000000000000000002 "
		"ff020000000000000000000000010002 0222 0224 000b 0000 616263",
	};
	uint8_t p[128];

	for (unsigned i = 0; i < 3; i++)
		client_says(b, 0x0057, p, test_hex(p, sizeof(p), asks[i]));
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_SPOOF, 1)); /* fe80::2 is not his */
	CU_ASSERT_FATAL(rig_wait_lines(&b->r, 2));
	for (unsigned i = 0; i < 2; i++) {
		size_t n = test_hex(p, sizeof(p), asks[i]);

		ASSERT_OCTETS(b->r.line[i].octets + 2, b->r.line[i].len - 2, p, n);
	}
	b->call.client = true; /* where we are the client, others answer */
	CU_ASSERT(!dp_call_set(b->r.dp, &b->call));
	client_says(b, 0x0057, p, test_hex(p, sizeof(p), asks[1]));
	rig_settle(&b->r);
	CU_ASSERT_EQUAL(b->r.n_line, 2);
}
EACH(what_control_answers)

static const struct test_case cases[] = {
	{"an_absent_client_is_told_of", an_absent_client_is_told_of},
	{"an_absent_prefix_is_told_of", an_absent_prefix_is_told_of},
	{"networks_behind_a_client", networks_behind_a_client},
	{"a_network_goes", a_network_goes},
	{"what_control_answers", what_control_answers},
	{NULL, NULL},
};
const struct test_suite suite_ip_networks = {"ip_networks", cases};
