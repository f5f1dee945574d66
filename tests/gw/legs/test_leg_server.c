/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A call whose LAC has had LCP and authentication already: the test is that LAC and its client. */
#include "gw/bind.h"
#include "tests/gw/frames.h"
#include "tests/heap.h"

#include <stdio.h>
#include <string.h>

#define CONF(keys)                                                          \
	"host-name = gw\n"                                                  \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                           \
	"peer lac { service = s }\n"                                        \
	"pool s { ranges = { \"10.64.0.0/30\" } }\n"                        \
	"service s { local = 10.64.0.1  pool = s  mtu = 1400  " keys " }\n" \
	"user ann { secret = \"a password\" }\n"

#define LCP_TX "0104 0578 0305 c22305 0506 01020304"
#define LCP_RX "0506 a1a2a3a4"
/* RFC 1994 4.1: MD5 of 07, "a password" and the challenge, by md5sum */
#define CHALLENGE "00112233445566778899aabbccddeeff"
#define RESPONSE  "07cf02b6ef1a94f1cf1297e8a408e619"

static uint8_t values[2048];
static size_t used;
static struct l2tp_avp iccn[16];
static unsigned iccns;

static void iccn_add(uint16_t type, const char *hex)
{
	size_t n = test_hex(values + used, sizeof(values) - used, hex);

	iccn[iccns++] = (struct l2tp_avp){.type = type, .val = values + used, .len = (uint16_t)n};
	used += n;
}

static void iccn_start(const char *tx, const char *rx)
{
	used = iccns = 0;
	iccn_add(26, rx);
	iccn_add(27, tx);
	iccn_add(28, rx);
}

static void iccn_chap(const char *response)
{
	iccn_start(LCP_TX, LCP_RX);
	iccn_add(29, "0002");
	iccn_add(30, "616e6e"); /* ann */
	iccn_add(31, CHALLENGE);
	iccn_add(32, "0007");
	iccn_add(33, response);
}

static struct far_call *server_call(const char *conf)
{
	struct far_call *c;

	bench_start(conf);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	frames_record();
	bench.iccn_avp = iccn;
	bench.iccn_avps = iccns;
	c = bench_call(NULL, NULL, PPP_AUTH_NONE);
	return c;
}

static uint64_t server_counted(enum ppp_reason r)
{
	const struct leg *l = bench_join() ? bench_join()->leg[1] : NULL;
	uint64_t n[PPP_R_COUNT];
	struct leg_terminal_view t;

	memcpy(n, bench.gw->ppp_count, sizeof(n));
	if (l && leg_terminal_view(l, &t) && t.ppp)
		ppp_add_counters(t.ppp, n);
	return n[r];
}

/* Nothing is sent but the verdict, and then the network. */
static void rfc2661_4_4_5_accepted(void)
{
	iccn_chap(RESPONSE);
	server_call(CONF("proxy = accept"));
	CU_ASSERT(frames_next("c223 03 07 0004"));
	CU_ASSERT(frames_next("8021 01 *"));
	CU_ASSERT(frames_none());
	CU_ASSERT_EQUAL(fake.call[0].mtu, 1400);
	/* and again, while the client is silent */
	bench_pass(3 * SEC);
	CU_ASSERT(frames_next("8021 01 *"));
	/* the client goes on as if nothing had been */
	frames_give(fake.call[0].tid, fake.call[0].sid, "c021 09 05 0008 a1a2a3a4");
	CU_ASSERT(frames_next("c021 0a 05 0008 01020304"));
	bench_stop();
}

static void rfc2661_4_4_5_wrong_answer(void)
{
	struct far_call *c;

	iccn_chap("07cf02b6ef1a94f1cf1297e8a408e618");
	c = server_call(CONF("proxy = accept"));
	CU_ASSERT(frames_next("c223 04 07 0019 41757468656e7469636174696f6e206661696c6564"));
	CU_ASSERT(frames_next("c021 05 *"));
	frames_give(fake.call[0].tid, fake.call[0].sid, "c021 06 01 0004");
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_ADMINISTRATIVE);
	CU_ASSERT_STRING_EQUAL(c->result.text, "authentication failed");
	/* RFC 3145: code 16, of CHAP, the peer by us */
	ASSERT_OCTETS(c->cause, 5, "\x00\x10\xc2\x23\x01", 5);
	bench_stop();
}

static void rfc2661_4_4_5_pap(void)
{
	iccn_start("0104 0578 0304 c023", "");
	iccn_add(29, "0003");
	iccn_add(30, "616e6e");
	iccn_add(32, "0005");
	iccn_add(33, "612070617373776f7264");
	server_call(CONF("proxy = accept  auth = pap"));
	CU_ASSERT(frames_next("c023 02 05 0005 00"));
	CU_ASSERT(frames_next("8021 01 *"));
	CU_ASSERT(frames_none());
	bench_stop();
}

static void rfc2661_9_5_asked_again(void)
{
	iccn_chap(RESPONSE);
	server_call(CONF("proxy = authenticate"));
	CU_ASSERT(frames_next("c223 01 01 0017 10 ???????????????? ???????????????? 6777"));
	CU_ASSERT(frames_none());
	bench_stop();
}

static void rfc2661_9_5_off(void)
{
	static const char *const keys[] = {CONF(""), CONF("proxy = renegotiate")};

	for (unsigned i = 0; i < 2; i++) {
		iccn_chap(RESPONSE);
		server_call(keys[i]);
		CU_ASSERT(frames_next("c021 01 01 0013 0104 0578 0305 c22305 0506 ????????"));
		CU_ASSERT(frames_none());
		bench_stop();
	}
}

/* Without a Type, or with one that we do not speak, the LNS asks. */
static void rfc2661_4_4_5_no_type(void)
{
	for (unsigned i = 0; i < 2; i++) {
		iccn_start(LCP_TX, LCP_RX);
		if (i)
			iccn_add(29, "0004");
		server_call(CONF("proxy = accept"));
		CU_ASSERT(frames_next("c223 01 *"));
		CU_ASSERT(frames_none());
		bench_stop();
	}
}

static void no_authentication_on_either_side(void)
{
	iccn_start("0104 0578", "");
	iccn_add(29, "0004");
	server_call(CONF("proxy = accept  auth = none"));
	CU_ASSERT(frames_next("8021 01 *"));
	CU_ASSERT(frames_none());
	bench_stop();
}

static void what_does_not_fit_begins_anew(void)
{
	static const struct {
		const char *tx, *rx;
		enum ppp_reason why;
	} rows[] = {
		{"0104 05dc 0305 c22305", "", PPP_R_MISFIT}, /* MRU 1500, ours is 1400 */
		{"0305 c22305", "", PPP_R_MISFIT},	     /* the same, by default */
		{"0104 0578 0304 c023", "", PPP_R_MISFIT},   /* PAP */
		{"0104 0578", "", PPP_R_MISFIT},	     /* nothing to prove */
		{"0104 0578 0305 c22305", "1104 05dc", PPP_R_MISFIT},
		{"0104 0578 0305 c223", "", PPP_R_PROXY},
		{"0104 0578 0305 c22305", "01", PPP_R_PROXY},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		iccn_chap(RESPONSE);
		iccn_start(rows[i].tx, rows[i].rx);
		server_call(CONF("proxy = accept"));
		CU_ASSERT(frames_next("c021 01 01 0013 0104 0578 0305 c22305 0506 ????????"));
		CU_ASSERT(frames_none());
		CU_ASSERT_EQUAL(server_counted(rows[i].why), 1);
		bench_stop();
	}
	/* a claim that lacks something */
	iccn_chap(RESPONSE);
	iccn[3].val = (const uint8_t *)"\0\3"; /* PAP, with a response that is no password of ann */
	server_call(CONF("proxy = accept"));
	CU_ASSERT(frames_next("c021 01 *"));
	CU_ASSERT_EQUAL(server_counted(PPP_R_MISFIT), 1);
	bench_stop();
	iccn_chap(RESPONSE);
	memset(values + 400, 'x', 256);
	iccn[4] = (struct l2tp_avp){.type = 30, .val = values + 400, .len = 256};
	server_call(CONF("proxy = accept"));
	CU_ASSERT(frames_next("c021 01 *"));
	CU_ASSERT_EQUAL(server_counted(PPP_R_PROXY), 1);
	bench_stop();
}

/* A LAC client, or a LAC that does not look into PPP. */
static void nothing_said_begins_anew(void)
{
	iccns = used = 0;
	server_call(CONF("proxy = accept"));
	CU_ASSERT(frames_next("c021 01 *"));
	CU_ASSERT_EQUAL(server_counted(PPP_R_MISFIT) + server_counted(PPP_R_PROXY), 0);
	bench_pass(3 * SEC);
	CU_ASSERT(frames_next("c021 01 *")); /* it is sent again */
	bench_stop();
}

static void required(void)
{
	struct far_call *c;

	iccn_chap(RESPONSE);
	server_call(CONF("proxy = require"));
	CU_ASSERT(frames_next("c223 03 07 0004"));
	bench_stop();

	iccns = used = 0;
	c = server_call(CONF("proxy = require"));
	CU_ASSERT(frames_none());
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_NO_FRAMING);
	CU_ASSERT_STRING_EQUAL(c->result.text, "no proxy LCP");
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();

	iccn_start(LCP_TX, LCP_RX);
	c = server_call(CONF("proxy = require"));
	CU_ASSERT_STRING_EQUAL(c->result.text, "no proxy authentication");
	bench_stop();

	iccn_chap(RESPONSE);
	iccn_start("0104 05dc 0305 c22305", "");
	c = server_call(CONF("proxy = require  auth = none"));
	CU_ASSERT(frames_none());
	CU_ASSERT_STRING_EQUAL(c->result.text, "an authentication method that is not used here");
	bench_stop();
}

/* --- log-ins ---------------------------------------------------------------------------------- */

#define USERS                                                                           \
	"host-name = gw\n"                                                              \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                       \
	"peer lac { service = s }\n"                                                    \
	"pool s { ranges = { \"10.64.0.0/30\", \"2001:db8:64::/48\" } }\n"              \
	"service s { local = 10.64.0.1  pool = s  auth = { chap, pap }  mtu = 1400 }\n" \
	"user ann { secret = \"a password\" }\n"                                        \
	"user bob { secret = \"another\" }\n"                                           \
	"user fix { secret = \"fixed\"  address = 198.51.100.7 }\n"
#define GUESSED USERS "login-failures = 3\nlogin-delay = 2s\nlogin-lock = 1m\n"

static struct far_call *server_dial(const char *user, const char *secret, enum ppp_auth method)
{
	bench_start(USERS);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	return bench_call(user, secret, method);
}

static const char *server_call_name(void)
{
	static char name[40];

	snprintf(name, sizeof(name), "call %u/%u", fake.call[0].tid, fake.call[0].sid);
	return name;
}

/* One line in, with all the client is given, and one out, with what it has used. */
static void its_log_ins_are_logged(void)
{
	struct far_call *c = server_dial("ann", "a password", PPP_AUTH_CHAP_MD5);
	char in[200], out[300], name[40];

	snprintf(name, sizeof(name), "%s", server_call_name());
	snprintf(in, sizeof(in),
		 "aaa notice: %s: ann let in from a 192.0.2.9:1701, 10.64.0.2, 2001:db8:64::/64",
		 name);
	CU_ASSERT_EQUAL(bench_logged(in), 1);
	bench_redial(c, "ann", "a password"); /* not a second time */
	CU_ASSERT_EQUAL(bench_logged("aaa notice: *let in*"), 1);
	fake.stats.rx_octets = 1234;
	fake.stats.tx_octets = 5678;
	bench_pass(61 * SEC);
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	snprintf(out, sizeof(out),
		 "aaa notice: %s: ann out from a 192.0.2.9:1701, 10.64.0.2, 2001:db8:64::/64, "
		 "after 1m01s, 1234 octets in, 5678 out: loss of carrier",
		 name);
	CU_ASSERT_EQUAL(bench_logged(out), 1);
	CU_ASSERT_EQUAL(bench_logged("aaa notice: * out *"), 1);
	bench_stop();

	c = server_dial("ann", "wrong", PPP_AUTH_CHAP_MD5);
	snprintf(out, sizeof(out),
		 "aaa notice: %s: refused from a 192.0.2.9:1701: user ann: Authentication failed",
		 server_call_name());
	CU_ASSERT_EQUAL(bench_logged(out), 1);
	CU_ASSERT_EQUAL(bench_logged("aaa notice: *let in*"), 0);
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_ADMINISTRATIVE);
	CU_ASSERT_EQUAL(bench_logged("aaa notice: * out *"), 0);
	bench_stop();
}

/* One family alone, and the gateway ends with the client still there. */
static void its_log_ins_with_one_family(void)
{
	static const char conf[] =
		"host-name = gw\n"
		"udp a { listen = \"192.0.2.1:1701\" }\n"
		"peer lac { service = s }\n"
		"pool s { ranges = { \"10.64.0.0/30\", \"2001:db8:64::/48\" } }\n"
		"service s { local = 10.64.0.1  pool = s  auth = { chap }  ipv6 = %s }\n"
		"user ann { secret = \"a password\" }\n";
	char text[500];

	snprintf(text, sizeof(text), conf, "no");
	bench_start(text);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL(
		bench_logged("aaa notice: call */*: ann let in from a 192.0.2.9:1701, 10.64.0.2"),
		1);
	bench_stop();
	CU_ASSERT_EQUAL(bench_logged("aaa notice: call */*: ann out from a 192.0.2.9:1701, "
				     "10.64.0.2, after 0s, 0 octets in, 0 out: the gateway ends"),
			1);

	snprintf(text, sizeof(text), conf, "yes");
	bench_start(text);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5); /* the pool is empty */
	CU_ASSERT_EQUAL(bench_logged("aaa notice: call */*: ann let in from a 192.0.2.9:1701, "
				     "2001:db8:64:1::/64"),
			1);
	bench_stop();
}

/* Why a user who has proved himself is refused. */
static void no_address_is_logged(void)
{
	struct far_call *c = server_dial("fix", "fixed", PPP_AUTH_CHAP_MD5), *d;

	CU_ASSERT_TRUE(c->ip4);
	d = bench_call("fix", "fixed", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL(bench_logged("aaa notice: call */*: refused from a 192.0.2.9:1701: user "
				     "fix: the user's address is in use"),
			1);
	CU_ASSERT_STRING_EQUAL(d->said, "no address left");
	bench_stop();

	bench_start("udp a { listen = \"192.0.2.1:1701\" }\n"
		    "peer lac { service = s }\n"
		    "pool s { ranges = { \"10.64.0.0/30\" } }\n"
		    "service s { local = 10.64.0.1  pool = s  auth = { chap } }\n"
		    "user ann { secret = \"a password\" }\n");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE(bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->ip4);
	CU_ASSERT_FALSE(bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->ip4);
	CU_ASSERT_EQUAL(bench_logged("aaa notice: call */*: refused from a 192.0.2.9:1701: user "
				     "ann: the pool is empty"),
			1);
	bench_stop();
}

/* A client asks for two name servers and gets both, in order. */
static void both_name_servers_are_given(void)
{
	struct far_call *c;

	bench_start("udp a { listen = \"192.0.2.1:1701\" }\n"
		    "peer lac { service = s }\n"
		    "pool s { ranges = { \"10.64.0.0/30\" } }\n"
		    "service s { local = 10.64.0.1  pool = s  auth = { chap }\n"
		    "            dns = { 192.0.2.53, 192.0.2.54 } }\n"
		    "user ann { secret = \"a password\" }\n");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL(c->got.dns4[0], 0xc0000235);
	CU_ASSERT_EQUAL(c->got.dns4[1], 0xc0000236);
	bench_stop();
}

/* The third wrong password locks: said once, with the time of the lock. */
static void a_lock_is_logged(void)
{
	bench_start(GUESSED);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	for (unsigned i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(bench_logged("aaa notice: user ann from a 192.0.2.9:1701 locked "
					     "for 1m00s: too many failed log-ins"),
				i >= 3);
		bench_call("ann", "a guess", PPP_AUTH_PAP);
		bench_pass(10 * SEC);
	}
	bench_stop();
}

/* One family is closed while the other goes on: the device sends nothing there any more. */
static void one_family_is_closed(void)
{
	static const uint8_t ipcp[] = {0x80, 0x21, 5, 9, 0, 4}, ipv6cp[] = {0x80, 0x57, 5, 9, 0, 4};

	server_dial("ann", "a password", PPP_AUTH_CHAP_MD5)->hold = true;
	CU_ASSERT_TRUE(fake.call[0].ip4 && fake.call[0].ip6);
	CU_ASSERT_EQUAL(fake_said("ppp 0057"), 1);
	bind_dp_ops.ppp(bench.gw, fake.call[0].tid, fake.call[0].sid, ipv6cp, 6, clock_us);
	CU_ASSERT_TRUE(fake.call[0].ip4 && !fake.call[0].ip6);
	CU_ASSERT_EQUAL(fake.call[0].peer_iid, 0);
	CU_ASSERT_FALSE(fake.call[0].has_peer6);
	CU_ASSERT_EQUAL(fake.call[0].peer4, 0x0a400002);
	CU_ASSERT_EQUAL(fake.call[0].mode, DP_TERMINAL);
	bench_pass(20 * SEC);
	CU_ASSERT_EQUAL(fake_said("ppp 0057"), 1); /* no Router Advertisement */
	bench_stop();

	server_dial("ann", "a password", PPP_AUTH_CHAP_MD5);
	bind_dp_ops.ppp(bench.gw, fake.call[0].tid, fake.call[0].sid, ipcp, 6, clock_us);
	CU_ASSERT_TRUE(!fake.call[0].ip4 && fake.call[0].ip6 && fake.call[0].has_peer6);
	CU_ASSERT_EQUAL(fake.call[0].peer4, 0);
	CU_ASSERT_NOT_EQUAL(fake.call[0].peer_iid, 0);
	CU_ASSERT_EQUAL(fake.call[0].mode, DP_TERMINAL);
	bench_stop();
}

/* IPv6 that is up anew is advertised at once, and three seconds later again. */
static void a_link_that_starts_again_is_advertised_again(void)
{
	struct far_call *c = server_dial("ann", "a password", PPP_AUTH_CHAP_MD5);

	bench_pass(40 * SEC);
	CU_ASSERT_EQUAL(fake_said("ppp 0057"), 4);
	bench_redial(c, "ann", "a password");
	CU_ASSERT_EQUAL(fake_said("ppp 0057"), 5);
	bench_pass(3 * SEC - 1);
	CU_ASSERT_EQUAL(fake_said("ppp 0057"), 5);
	bench_pass(1);
	CU_ASSERT_EQUAL(fake_said("ppp 0057"), 6);
	bench_stop();
}

/* The answer that had to wait is followed by a deadline of its own. */
static void after_a_late_answer_requests_are_repeated(void)
{
	struct far_call *c;
	unsigned said;

	bench_start(GUESSED);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a guess", PPP_AUTH_PAP);
	bench_pass(10 * SEC);
	c = bench_call("ann", "a password", PPP_AUTH_PAP);
	CU_ASSERT_FALSE(c->ip4);
	c->hold = true;
	bench_pass(2 * SEC);
	said = fake_said("ppp 8021");
	CU_ASSERT_EQUAL(said, 1);
	bench_pass(3 * SEC);
	CU_ASSERT_EQUAL(fake_said("ppp 8021"), 2);
	bench_stop();
}

/* Either of the two lists makes it proxy LCP; what is missing is said by PPP. */
static void one_list_alone_is_proxy_lcp(void)
{
	for (unsigned i = 0; i < 2; i++) {
		struct far_call *c;

		used = iccns = 0;
		iccn_add(i ? 28 : 27, i ? LCP_RX : LCP_TX);
		c = server_call(CONF("proxy = require  auth = none"));
		CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_NO_FRAMING);
		CU_ASSERT_EQUAL(bench_logged("ppp notice: call */*: proxy LCP not taken over from "
					     "a 192.0.2.9:1701: *"),
				1);
		bench_stop();
	}
	used = iccns = 0;
	iccn_add(26, LCP_RX); /* the first alone tells nothing of what was agreed */
	server_call(CONF("proxy = require"));
	CU_ASSERT_EQUAL(bench_logged("ppp notice: *proxy LCP not taken over*"), 0);
	bench_stop();
}

static void server_log_in_refused(unsigned skip)
{
	uint8_t pap[40];
	size_t n = test_hex(pap, sizeof(pap), "c023 01 05 0013 03 616e6e 0a 612070617373776f7264");
	uint8_t ack[60] = {0};
	size_t len;

	used = iccns = 0;
	server_call(CONF("auth = pap"));
	CU_ASSERT_TRUE_FATAL(frames_next("c021 01 01 *"));
	memcpy(ack, frames_last(&len), 30);
	ack[2] = 2;
	bind_dp_ops.ppp(bench.gw, fake.call[0].tid, fake.call[0].sid, ack, len, clock_us);
	frames_give(fake.call[0].tid, fake.call[0].sid, "c021 01 01 0004");
	CU_ASSERT_TRUE(frames_next("c021 02 01 0004"));
	heap_refuse(skip);
	bind_dp_ops.ppp(bench.gw, fake.call[0].tid, fake.call[0].sid, pap, n, clock_us);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_TRUE(frames_next("c023 03 05 *"));
	bench_stop();
}

/* No memory for the user's name, or for the question: the answer is no.  The claim and its name in
 * PPP come before them. */
static void a_log_in_without_memory(void)
{
	server_log_in_refused(2);
	server_log_in_refused(3);
}

/* Another user proves himself while the answer about the one before him waits. */
static void a_question_is_taken_back(void)
{
	struct far_call *c;
	struct aaa_view v;

	bench_start(GUESSED);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a guess", PPP_AUTH_PAP);
	bench_call("ann", "a guess", PPP_AUTH_PAP);
	bench_pass(10 * SEC);
	c = bench_call("ann", "a password", PPP_AUTH_PAP);
	aaa_view(bench.gw->aaa, &v);
	CU_ASSERT_EQUAL(v.waiting, 1);
	bench_redial(c, "bob", "another");
	aaa_view(bench.gw->aaa, &v);
	CU_ASSERT_EQUAL(v.waiting, 0);
	CU_ASSERT_TRUE(c->ip4);
	CU_ASSERT_EQUAL(bench_logged("aaa notice: call */*: bob let in*"), 1);
	bench_pass(10 * SEC);
	CU_ASSERT_TRUE(c->ip4 && !c->down);
	bench_stop();
}

static const struct test_case cases[] = {
	{"rfc2661_4_4_5_accepted", rfc2661_4_4_5_accepted},
	{"rfc2661_4_4_5_wrong_answer", rfc2661_4_4_5_wrong_answer},
	{"rfc2661_4_4_5_pap", rfc2661_4_4_5_pap},
	{"rfc2661_9_5_asked_again", rfc2661_9_5_asked_again},
	{"rfc2661_9_5_off", rfc2661_9_5_off},
	{"rfc2661_4_4_5_no_type", rfc2661_4_4_5_no_type},
	{"no_authentication_on_either_side", no_authentication_on_either_side},
	{"what_does_not_fit_begins_anew", what_does_not_fit_begins_anew},
	{"nothing_said_begins_anew", nothing_said_begins_anew},
	{"required", required},
	{"its_log_ins_are_logged", its_log_ins_are_logged},
	{"its_log_ins_with_one_family", its_log_ins_with_one_family},
	{"no_address_is_logged", no_address_is_logged},
	{"both_name_servers_are_given", both_name_servers_are_given},
	{"a_lock_is_logged", a_lock_is_logged},
	{"one_family_is_closed", one_family_is_closed},
	{"a_link_that_starts_again_is_advertised_again",
	 a_link_that_starts_again_is_advertised_again},
	{"after_a_late_answer_requests_are_repeated", after_a_late_answer_requests_are_repeated},
	{"one_list_alone_is_proxy_lcp", one_list_alone_is_proxy_lcp},
	{"a_log_in_without_memory", a_log_in_without_memory},
	{"a_question_is_taken_back", a_question_is_taken_back},
	{NULL, NULL},
};
const struct test_suite suite_leg_server = {"leg_server", cases};
