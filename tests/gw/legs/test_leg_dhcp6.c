/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DHCPv6 with a client, and the prefix that he gets: routes, records, accounting, and `show`. */
#include "gw/bind.h"
#include "gw/dhcp6/dhcp6.h"
#include "gw/ip/ip.h"
#include "tests/gw/fake_radius.h"
#include "tests/gw/heard.h"
#include "tests/gw/operator/says.h"

#include <stdio.h>
#include <string.h>

#define CONF_OF(pool, keys, more)                                                           \
	"host-name = www.example.com\nlogin-delay = 0\n"                                    \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                           \
	"peer lac { service = s }\n"                                                        \
	"radius r { server \"192.0.2.9\" { secret = \"0123456789abcdef\" } }\n"             \
	"pool p { ranges = { \"10.64.0.0/29\", \"2001:db8:64::/56\" } " pool " }\n"         \
	"pool q { delegate = \"2001:db8:200::/40\"  delegate-length = 48 }\n"               \
	"service s { local = 10.64.0.1  pool = p  tun = ist0  mtu = 1400  radius = r " keys \
	" }\n" more
#define CONF CONF_OF("delegate = \"2001:db8:100::/55\"", "dns6 = 2001:db8::53", "")

/* Of RFC 9562 A.4: the UUID of www.example.com. */
#define SERVER	"0002 0012 0004 2ed6657de927568b95e12665a8aea6a2"
#define CLIENT	"0001 000a 0003 0001 020304050607"
#define IA	"0019 000c 00000001 00000000 00000000"
#define SOLICIT "01 000001" CLIENT IA
#define REQUEST "03 000002" SERVER CLIENT IA
#define RENEW	"05 000003" SERVER CLIENT IA
#define RELEASE                                                                    \
	"08 000004" SERVER CLIENT "0019 0029 00000001 00000000 00000000 001a 0019" \
	" 00000000 00000000 " FIRST
#define FIRST	 "38 20010db8010000000000000000000000"
#define SECOND	 "38 20010db8010001000000000000000000"
#define GIVEN(p) "0019 0029 00000001 00001c20 00002d00 001a 0019 00003840 00015180 " p

static uint8_t sent[2 + UDP6_HLEN + DHCP6_MAX];
static size_t sent_len;
static unsigned sent_n;
static uint8_t sent_next = 17; /* the protocol of those that are kept, UDP or ICMPv6 */

static void dhcp_keep(uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len)
{
	(void)tid;
	(void)sid;
	if (len < 2 + UDP6_HLEN || len > sizeof(sent) || frame[1] != 0x57 || frame[8] != sent_next)
		return;
	memcpy(sent, frame, len);
	sent_len = len;
	sent_n++;
}

static struct far_call *dhcp_call(const char *user)
{
	struct far_call *c = bench_call(user, "x", PPP_AUTH_CHAP_MD5);

	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(c->ip6);
	return c;
}

/* Whoever comes is let in with these attributes; the first has come. */
static struct far_call *dhcp_begin(const char *conf, const char *attrs)
{
	fake_radius_accept(attrs);
	bench_start_kept(conf);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	return dhcp_call("ann");
}

static void dhcp_end(void)
{
	bench_stop();
	fake_radius = (struct fake_radius){0};
}

static void link_local(uint8_t out[16], uint64_t iid)
{
	memset(out, 0, 16);
	out[0] = 0xfe;
	out[1] = 0x80;
	wr_put32(out + 8, (uint32_t)(iid >> 32));
	wr_put32(out + 12, (uint32_t)iid);
}

/* The client of an entry sends this to all servers, or to the one at `to`. */
static void dhcp_send(const struct dp_call *at, const char *hex, const uint8_t *to)
{
	static const uint8_t all[16] = {0xff, 0x02, [13] = 1, [15] = 2};
	void (*pass)(uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len) = fake.frame;
	uint8_t frame[2 + UDP6_HLEN + 400] = {0, 0x57}, from[16];
	const struct udp6 u = {.src = from, .dst = to ? to : all, .from = 546, .to = 547};
	size_t n = test_hex(frame + 2 + UDP6_HLEN, 400, hex);

	link_local(from, at->peer_iid);
	n = 2 + udp6_put_head(frame + 2, &u, n);
	sent_n = 0;
	fake.frame = dhcp_keep;
	bind_dp_ops.ppp(bench.gw, at->tid, at->sid, frame, n, clock_us);
	fake.frame = pass;
}

/* The answer to it is this, from our address and port 547 to his and port 546. */
static void dhcp_answered(const struct dp_call *at, const char *hex, const char *answer)
{
	uint8_t want[DHCP6_MAX], ours[16], his[16];
	size_t n = test_hex(want, sizeof(want), answer);
	struct udp6 u;

	dhcp_send(at, hex, NULL);
	CU_ASSERT_EQUAL_FATAL(sent_n, 1);
	CU_ASSERT_TRUE_FATAL(udp6_parse(&u, sent + 2, sent_len - 2));
	link_local(ours, bench.gw->service[0].iid);
	link_local(his, at->peer_iid);
	ASSERT_OCTETS(u.src, 16, ours, 16);
	ASSERT_OCTETS(u.dst, 16, his, 16);
	CU_ASSERT_EQUAL(u.from, 547);
	CU_ASSERT_EQUAL(u.to, 546);
	ASSERT_OCTETS(u.payload.p, u.payload.left, want, n);
}

static bool dhcp_leads(const char *prefix, const struct dp_call *at)
{
	char line[96];

	snprintf(line, sizeof(line), "lead ist0 v6 %s to %u/%u", prefix, at->tid, at->sid);
	return fake_line(line, 0) >= 0;
}

/* --- of a pool --------------------------------------------------------------------------------- */

static void a_prefix_of_the_pool(void)
{
	struct far_call *c = dhcp_begin(CONF, "");
	const struct dp_call *at = &fake.call[0];

	CU_ASSERT_EQUAL(fake_said("route ist0 add 2001:db8:100::/56"), 0);
	dhcp_answered(at, SOLICIT, "02 000001" SERVER CLIENT GIVEN(FIRST));
	CU_ASSERT_EQUAL(fake_said("route ist0 add 2001:db8:100::/56"), 1);
	CU_ASSERT_TRUE(dhcp_leads("20010db801000000/56", at));
	dhcp_answered(at, REQUEST, "07 000002" SERVER CLIENT GIVEN(FIRST));
	dhcp_answered(at, RENEW, "07 000003" SERVER CLIENT GIVEN(FIRST));
	CU_ASSERT_EQUAL(fake_said("route ist0 add 2001:db8:100::/56"), 1);
	CU_ASSERT_EQUAL(bench_logged("aaa *: call */*: 2001:db8:100::/56 is delegated to ann*"), 1);
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "bye");
	bench_pass(SEC);
	CU_ASSERT_EQUAL(fake_said("route ist0 del 2001:db8:100::/56"), 1);
	CU_ASSERT_EQUAL(fake_said("unlead ist0 v6 20010db801000000/56"), 1);
	dhcp_end();
}

/* It is his until the call ends. */
static void released_it_stays_his(void)
{
	const struct dp_call *at = &fake.call[0];

	dhcp_begin(CONF, "");
	dhcp_send(at, REQUEST, NULL);
	dhcp_answered(at, RELEASE, "07 000004" SERVER CLIENT "000d 0006 0000 646f6e65");
	CU_ASSERT_EQUAL(fake_said("route ist0 del"), 0);
	dhcp_send(&fake.call[0], RENEW, NULL);
	CU_ASSERT_EQUAL(sent[2 + UDP6_HLEN + 4 + 22 + 14 + 16 + 5], 3); /* NoBinding */
	dhcp_call("bob");
	dhcp_answered(&fake.call[1], REQUEST, "07 000002" SERVER CLIENT GIVEN(SECOND));
	dhcp_answered(at, REQUEST, "07 000002" SERVER CLIENT GIVEN(FIRST));
	dhcp_end();
}

static void the_pool_is_empty(void)
{
	static const char none[] = "07 000002" SERVER CLIENT "0019 0024 00000001 00000000 00000000"
				   "000d 0014 0006 7468657265206973206e6f20707265666978";
	struct far_call *ann = dhcp_begin(CONF, "");
	struct dp_call cat;

	dhcp_send(&fake.call[0], REQUEST, NULL);
	dhcp_call("bob");
	dhcp_send(&fake.call[1], REQUEST, NULL);
	dhcp_call("cat");
	cat = fake.call[2];
	dhcp_answered(&cat, REQUEST, none);
	dhcp_answered(&cat, REQUEST, none);
	CU_ASSERT_EQUAL(
		bench_logged("aaa *: no prefix is delegated to cat*: the pool has none left"), 1);
	bench_hangup(ann, L2TP_CDN_ADMINISTRATIVE, "bye");
	bench_pass(SEC);
	dhcp_answered(&cat, SOLICIT, "02 000001" SERVER CLIENT GIVEN(FIRST));
	CU_ASSERT_EQUAL(bench_logged("aaa *: call */*: 2001:db8:100::/56 is delegated to cat*"), 1);
	bench_kill(NULL); /* it is in the record by then */
	CU_ASSERT_TRUE(dhcp_leads("20010db801000000/56", &cat));
	dhcp_end();
}

/* What the kernel does not lead to us is not given away. */
static void nothing_leads_to_it(void)
{
	const struct dp_call *at = &fake.call[0];

	dhcp_begin(CONF, "");
	fake.netif_fails = "route ist0 add 2001:db8:100::/56";
	fake.netif_error = -1;
	dhcp_send(at, SOLICIT, NULL);
	CU_ASSERT_EQUAL(bench_logged("aaa *: no prefix is delegated to ann*: nothing leads to it"),
			1);
	CU_ASSERT_EQUAL(fake_said("unlead ist0 v6 20010db801000000/56"), 1);
	dhcp_answered(at, SOLICIT, "02 000001" SERVER CLIENT GIVEN(SECOND));
	dhcp_end();
}

/* --- of RADIUS --------------------------------------------------------------------------------- */

#define ETHER_48 "7b0a 0030 20010db80300" /* Delegated-IPv6-Prefix 2001:db8:300::/48 */
#define THIRD	 "30 20010db8030000000000000000000000"

/* RFC 4818.  It leads to him from the beginning. */
static void a_prefix_of_his_own(void)
{
	struct far_call *c = dhcp_begin(CONF, ETHER_48);
	const struct dp_call *at = &fake.call[0];

	CU_ASSERT_EQUAL(fake_said("route ist0 add 2001:db8:300::/48"), 1);
	CU_ASSERT_TRUE(dhcp_leads("20010db803000000/48", at));
	dhcp_answered(at, REQUEST, "07 000002" SERVER CLIENT GIVEN(THIRD));
	/* it is one client's */
	dhcp_call("bob");
	dhcp_send(&fake.call[1], REQUEST, NULL);
	CU_ASSERT_EQUAL(bench_logged("aaa *: no prefix is delegated to bob*: his prefix is in use"),
			1);
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "bye");
	bench_pass(SEC);
	CU_ASSERT_EQUAL(fake_said("route ist0 del 2001:db8:300::/48"), 1);
	dhcp_answered(&fake.call[0], REQUEST, "07 000002" SERVER CLIENT GIVEN(THIRD));
	dhcp_end();
}

/* RFC 6911 3.5, and Framed-IPv6-Pool where that is not said. */
static void a_pool_that_radius_names(void)
{
	static const char *const named[] = {"ab03 71", "6403 71 ab03 71", "6403 71"};
	static const char *const elsewhere[] = {"6403 70", "6403 71 ab03 70"};

	for (unsigned i = 0; i < 3; i++) {
		dhcp_begin(CONF_OF("", "ipv6 = yes", ""), named[i]);
		dhcp_answered(
			&fake.call[0], REQUEST,
			"07 000002" SERVER CLIENT GIVEN("30 20010db8020000000000000000000000"));
		dhcp_end();
	}
	for (unsigned i = 0; i < 2; i++) {
		dhcp_begin(CONF, elsewhere[i]);
		dhcp_answered(&fake.call[0], REQUEST, "07 000002" SERVER CLIENT GIVEN(FIRST));
		dhcp_end();
	}
	fake_radius_accept("ab03 78");
	bench_start_kept(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_FALSE(bench_call("ann", "x", PPP_AUTH_CHAP_MD5)->ip4);
	CU_ASSERT_EQUAL(bench_logged("aaa *: user ann: the pool that its "
				     "Delegated-IPv6-Prefix-Pool names is not configured"),
			1);
	dhcp_end();
}

/* --- other lives ------------------------------------------------------------------------------- */

static void dhcp_outlives_control(void)
{
	struct far_call *c = dhcp_begin(CONF, "");
	const struct dp_call *at = &fake.call[0];

	dhcp_send(at, REQUEST, NULL);
	bench_pass(3600 * SEC);
	bench_kill(NULL);
	CU_ASSERT_TRUE(dhcp_leads("20010db801000000/56", at));
	CU_ASSERT_EQUAL(fake_said("route ist0 del"), 0);
	dhcp_answered(at, RENEW, "07 000003" SERVER CLIENT GIVEN(FIRST));
	dhcp_call("bob");
	dhcp_answered(&fake.call[1], REQUEST, "07 000002" SERVER CLIENT GIVEN(SECOND));
	fake.lines = 0;
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "bye");
	bench_pass(SEC);
	CU_ASSERT_EQUAL(fake_said("route ist0 del 2001:db8:100::/56"), 1);
	dhcp_end();
	/* that of RADIUS */
	dhcp_begin(CONF, ETHER_48);
	bench_kill(NULL);
	CU_ASSERT_TRUE(dhcp_leads("20010db803000000/48", &fake.call[0]));
	dhcp_answered(&fake.call[0], REQUEST, "07 000002" SERVER CLIENT GIVEN(THIRD));
	dhcp_end();
}

/* What is not the pool's any more ends the call, and the kernel leads there no more. */
static void a_pool_of_other_prefixes_ends_the_call(void)
{
	static const char *const now[] = {
		CONF_OF("delegate = \"2001:db8:108::/55\"", "", ""),
		CONF_OF("delegate = \"2001:db8:100::/55\"  delegate-length = 57", "", ""),
	};

	for (unsigned i = 0; i < 2; i++) {
		struct far_call *c = dhcp_begin(CONF, "");

		dhcp_send(&fake.call[0], REQUEST, NULL);
		fake.lines = 0;
		bench_kill(now[i]);
		bench_pass(10 * SEC);
		CU_ASSERT_TRUE(!c->call && fake.calls == 0);
		CU_ASSERT_EQUAL(fake_said("route ist0 del 2001:db8:100::/56"), 1);
		dhcp_end();
	}
}

/* --- what is dropped --------------------------------------------------------------------------- */

static void what_is_not_for_us_is_dropped(void)
{
	const uint64_t *n;
	const struct dp_call *at = &fake.call[0];
	struct dp_call stranger;
	uint8_t us[16];

	dhcp_begin(CONF, "");
	n = bench.gw->joins->drop;
	dhcp_send(at, "07 000001" CLIENT, NULL);
	CU_ASSERT_EQUAL(n[JOIN_D_DHCP6], 1);
	stranger = *at;
	stranger.peer_iid++;
	dhcp_send(&stranger, SOLICIT, NULL);
	CU_ASSERT_EQUAL(n[JOIN_D_DHCP6], 2);
	dhcp_send(at, "04 000001" CLIENT IA, NULL);
	CU_ASSERT_EQUAL(n[JOIN_D_DHCP6_UNANSWERED], 1);
	CU_ASSERT_EQUAL(sent_n, 0);
	/* RFC 8415 18.4 */
	link_local(us, bench.gw->service[0].iid);
	dhcp_send(at, REQUEST, us);
	CU_ASSERT_EQUAL(sent_n, 1);
	CU_ASSERT_EQUAL(sent[2 + UDP6_HLEN + 4 + 22 + 14 + 5], 5); /* UseMulticast */
	CU_ASSERT_EQUAL(fake_said("route ist0 add 2001:db8:100::/56"), 0);
	CU_ASSERT_EQUAL(fake_said("ip"), 0); /* none of them is for the device */
	dhcp_end();
	dhcp_begin(CONF_OF("delegate = \"2001:db8:100::/55\"", "dhcpv6 = no", ""), "");
	dhcp_send(&fake.call[0], SOLICIT, NULL);
	CU_ASSERT_EQUAL(sent_n, 0);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_DHCP6], 1);
	dhcp_end();
}

static void a_client_has_a_limit(void)
{
	const struct dp_call *at = &fake.call[0];

	dhcp_begin(CONF, "");
	for (unsigned i = 0; i < 20; i++) {
		dhcp_send(at, SOLICIT, NULL);
		CU_ASSERT_EQUAL(sent_n, 1);
	}
	dhcp_send(at, SOLICIT, NULL);
	CU_ASSERT_EQUAL(sent_n, 0);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_DHCP6_LIMIT], 1);
	bench_pass(10 * SEC);
	dhcp_send(at, SOLICIT, NULL);
	CU_ASSERT_EQUAL(sent_n, 1);
	dhcp_end();
}

/* --- what is told ------------------------------------------------------------------------------ */

static void name_servers_and_domains(void)
{
	static const char ask[] = "0b 000001 0006 0004 0017 0018";

	dhcp_begin(CONF_OF("", "dns6 = 2001:db8::53  domains = { example.net, a.example }", ""),
		   "");
	dhcp_answered(&fake.call[0], ask,
		      "07 000001" SERVER "0017 0010 20010db8000000000000000000000053"
		      "0018 0018 076578616d706c65 036e6574 00 0161 076578616d706c65 00");
	dhcp_end();
	/* RFC 6911 3.2: in place of those of the service */
	dhcp_begin(CONF, "a912 20010db8000000000000000000000054");
	dhcp_answered(&fake.call[0], ask,
		      "07 000001" SERVER "0017 0010 20010db8000000000000000000000054");
	dhcp_end();
}

/* A pool without a /64: a way out, and that there is DHCPv6 (O), is what he is told of. */
static void advertised_without_addresses(void)
{
	void (*pass)(uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len);

	fake_radius_accept("");
	bench_start_kept("host-name = g\nudp a { listen = \"192.0.2.1:1701\" }\n"
			 "peer lac { service = s }\n"
			 "pool q { delegate = \"2001:db8:200::/40\" }\n"
			 "service s { local = 10.64.0.1  pool = q  mtu = 1400  auth = { chap } }\n"
			 "user ann { secret = x }\n");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	pass = fake.frame;
	dhcp_call("ann");
	fake.frame = dhcp_keep;
	sent_next = 58;
	bench_pass(3 * SEC);
	sent_next = 17;
	fake.frame = pass;
	CU_ASSERT_EQUAL(sent_len, 2 + 40 + 16 + 8);
	CU_ASSERT_EQUAL(sent[2 + 40], 134);
	CU_ASSERT_EQUAL(sent[2 + 40 + 5], 0x40);
	dhcp_end();
}

static void it_is_shown(void)
{
	fake_radius_accept("");
	vty_begin(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	dhcp_call("ann");
	CU_ASSERT_FALSE(vty_matches("show calls detail", "*delegated*"));
	dhcp_send(&fake.call[0], SOLICIT, NULL);
	CU_ASSERT_TRUE(vty_matches("show calls detail",
				   "*, prefix 2001:db8:64::/64 of pool p\n"
				   "  prefix  2001:db8:100::/56 of pool p is delegated, and nobody "
				   "has asked for it\n*"));
	dhcp_send(&fake.call[0], REQUEST, NULL);
	bench_pass(3600 * SEC);
	CU_ASSERT_TRUE(vty_matches("show joins detail",
				   "*  prefix  2001:db8:100::/56 of pool p is delegated to "
				   "00030001020304050607 IAID 1, 23h00m left\n*"));
	CU_ASSERT_TRUE(vty_matches("show pools", "*p *2 *1\n*"));
	vty_end();
	fake_radius = (struct fake_radius){0};
}

/* RFC 4818 section 3: once it is known. */
static void accounting_knows_it(void)
{
	heard_begin(
		"host-name = gw\nlogin-delay = 0\nudp a { listen = \"192.0.2.1:1701\" }\n"
		"peer lac { service = s }\n"
		"radius r { accounting = yes accounting-on = no server \"192.0.2.9\" { secret = "
		"\"0123456789abcdef\" } }\n"
		"pool p { ranges = { \"10.64.0.0/29\", \"2001:db8:64::/56\" } delegate = "
		"\"2001:db8:100::/54\" "
		"delegate-length = 54 }\n"
		"service s { local = 10.64.0.1  pool = p  mtu = 1400  radius = r }\n",
		"");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	dhcp_call("ann");
	CU_ASSERT_STRING_EQUAL(heard_value(heards - 1, RADIUS_DELEGATED_IPV6_PREFIX), "-");
	dhcp_send(&fake.call[0], SOLICIT, NULL);
	bench_pass(SEC);
	CU_ASSERT_TRUE(heard_is(heards - 1, RADIUS_ACCT_INTERIM));
	ASSERT_HEARD(heards - 1, FRAMED_IPV6_PREFIX, "004020010db800640000");
	ASSERT_HEARD(heards - 1, DELEGATED_IPV6_PREFIX, "003620010db8010000");
	heard_end();
}

static const struct test_case cases[] = {
	{"a_prefix_of_the_pool", a_prefix_of_the_pool},
	{"released_it_stays_his", released_it_stays_his},
	{"the_pool_is_empty", the_pool_is_empty},
	{"nothing_leads_to_it", nothing_leads_to_it},
	{"a_prefix_of_his_own", a_prefix_of_his_own},
	{"a_pool_that_radius_names", a_pool_that_radius_names},
	{"dhcp_outlives_control", dhcp_outlives_control},
	{"a_pool_of_other_prefixes_ends_the_call", a_pool_of_other_prefixes_ends_the_call},
	{"what_is_not_for_us_is_dropped", what_is_not_for_us_is_dropped},
	{"a_client_has_a_limit", a_client_has_a_limit},
	{"name_servers_and_domains", name_servers_and_domains},
	{"advertised_without_addresses", advertised_without_addresses},
	{"it_is_shown", it_is_shown},
	{"accounting_knows_it", accounting_knows_it},
	{NULL, NULL},
};
const struct test_suite suite_leg_dhcp6 = {"leg_dhcp6", cases};
