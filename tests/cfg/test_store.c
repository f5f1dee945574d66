/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfg/keys.h"
#include "cfg/store.h"
#include "tests/cfg/media.h"

#include <stdio.h>
#include <string.h>

static void store_wrong_values(void)
{
	ASSERT_TOLD("workers = 65",
		    "t:1: workers: `65` is neither `auto` nor a number from 0 to 64\n");
	ASSERT_TOLD("vty { listen = 4246 }",
		    "t:1: vty: listen: `4246` is not an address and port, as in 127.0.0.1:4246\n");
	ASSERT_TOLD("log { tunnel = loud }",
		    "t:1: log: tunnel: unknown word `loud`, known: debug, info, notice or error\n");
	ASSERT_TOLD("host-name = \"\"", "t:1: host-name: the text is empty\n");
	ASSERT_TOLD("plugin-dir = \"\"", "t:1: plugin-dir: the text is empty\n");
	ASSERT_TOLD("peer a { secret = \"\" }",
		    "t:1: peer a: secret: a secret has 1 to 255 octets, this one has 0\n");
	ASSERT_TOLD("peer a { retransmit = 10 }",
		    "t:1: peer a: retransmit: `10` has no unit; did you mean `10s`?\n");
	ASSERT_TOLD("peer a { hello = soon }",
		    "t:1: peer a: hello: `soon` is not a time: a number and us, "
		    "ms, s, m, h or d, as in 500ms\n");
	ASSERT_TOLD("peer a { retransmit = 1us }",
		    "t:1: peer a: retransmit: `1us` is out of range, 50ms to 1m\n");
	ASSERT_TOLD("peer a { retransmit-max = 7999ms }",
		    "t:1: peer a: retransmit-max: `7999ms` is too short: RFC 2661 section 5.8 "
		    "requires 8s or more\n");
	ASSERT_TOLD("peer a { retransmit-max = 8s }", "");
	ASSERT_TOLD("peer a { window = 0 }",
		    "t:1: peer a: window: `0` is not a number from 1 to 1024\n");
	ASSERT_TOLD("line l { link = x dlci 16 { cir = fast } }",
		    "t:1: line l: dlci 16: cir: `fast` is not a number\n");
	ASSERT_TOLD(
		"peer a { suppress = { \"12345678:1\", \"1234567:1\", \"9:65535\" } }",
		"t:1: peer a: suppress: `12345678:1` is no attribute of a vendor: two numbers up "
		"to "
		"65535, as in 9:1\n"
		"t:1: peer a: suppress: `1234567:1` is no attribute of a vendor: two numbers up to "
		"65535, as in 9:1\n");
	ASSERT_TOLD("peer a { hide = maybe }",
		    "t:1: peer a: hide: `maybe` is neither `yes` nor `no`\n");
	ASSERT_TOLD("peer a { hide = \"\" }", "t:1: peer a: hide: `` is neither `yes` nor `no`\n");
	ASSERT_TOLD("peer a { hide = 'x' }", "t:1: peer a: hide: `x` is neither `yes` nor `no`\n");
	ASSERT_TOLD("peer a { hide = x }", "t:1: peer a: hide: `x` is neither `yes` nor `no`\n");
	ASSERT_TOLD("service s { local = 10.0.0.1 dns = { x, 192.0.2.1, 192.0.2.2 } }",
		    "t:1: service s: dns: `x` is not an IPv4 address\n");
	ASSERT_TOLD("peer a { quirks = { tid-zer } }",
		    "t:1: peer a: quirks: unknown word `tid-zer`, did you mean `tid-zero`?\n");
	ASSERT_TOLD(
		"peer a { suppress = { Message-Type, Host-Name, Vendor-Nam, 99 } }",
		"t:1: peer a: suppress: RFC 2661 requires `Message Type`, it cannot be left out\n"
		"t:1: peer a: suppress: RFC 2661 requires `Host Name`, it cannot be left out\n"
		"t:1: peer a: suppress: unknown attribute `Vendor-Nam`, did you mean `Vendor "
		"Name`?\n"
		"t:1: peer a: suppress: unknown attribute `99`: neither a name nor a number of RFC "
		"2661\n");
	ASSERT_TOLD(
		"peer a { suppress = { 0:7, 0:99, 9:, 9:x, 9:65536, 65536:1 } }",
		"t:1: peer a: suppress: RFC 2661 requires `Host Name`, it cannot be left out\n"
		"t:1: peer a: suppress: unknown attribute `0:99`: neither a name nor a number "
		"of RFC 2661\n"
		"t:1: peer a: suppress: `9:` is no attribute of a vendor: two numbers up to "
		"65535, as in 9:1\n"
		"t:1: peer a: suppress: `9:x` is no attribute of a vendor: two numbers up to "
		"65535, as in 9:1\n"
		"t:1: peer a: suppress: `9:65536` is no attribute of a vendor: two numbers up to "
		"65535, as in 9:1\n"
		"t:1: peer a: suppress: `65536:1` is no attribute of a vendor: two numbers up to "
		"65535, as in 9:1\n");
	ASSERT_TOLD(
		"peer a { suppress = { 9:1, 9:2, 9:3, 9:4, 9:5, 9:6, 9:7, 9:8, 9:9, 9:10, 9:11, "
		"9:12, 9:13, 9:14, 9:15, 9:16, 9:17, 9:18, 9:19, 9:20, 9:21, 9:22, 9:23, 9:24, "
		"9:25, 9:26, 9:27, 9:28, 9:29, 9:30, 9:31, 9:32, 9:33 } }",
		"t:1: peer a: suppress: at most 32 attributes can be left out\n");
	ASSERT_TOLD("pool p { ranges = { 10.2.3.4/16, pool } }",
		    "t:1: pool p: ranges: `10.2.3.4/16` has bits set beyond its length; did you "
		    "mean `10.2.0.0/16`?\n"
		    "t:1: pool p: ranges: `pool` is not a prefix, as in 10.64.0.0/16 or "
		    "2001:db8::/32\n");
	ASSERT_TOLD("service s { local = 10.0.0.1 mtu = 100 }",
		    "t:1: service s: mtu: `100` is not a number from 576 to 65535\n");
	ASSERT_TOLD("service s { local = 10.0.0.1 auth = { pap, none, chapp, pap } }",
		    "t:1: service s: auth: unknown word `chapp`, did you mean `chap`?\n"
		    "t:1: service s: auth: `pap` is named twice\n"
		    "t:1: service s: auth: `none` does not go with a method\n");
	ASSERT_TOLD("service s { local = 10.0.0.1 dns = { 192.0.2.1, 192.0.2.2,\n 192.0.2.3, x } }",
		    "t:2: service s: dns: IPCP can name two servers, this is the third\n"
		    "t:2: service s: dns: `x` is not an IPv4 address\n");
}

static void references(void)
{
	ASSERT_TOLD("peer a { service = gld }\nservice gold { local = 10.0.0.1 }",
		    "t:1: peer a: service: there is no service `gld`, did you mean `gold`?\n");
	ASSERT_TOLD("peer a { port = wan }", "t:1: peer a: port: there is no port `wan`\n");
	ASSERT_TOLD("service s { local = 10.0.0.1 pool = p }",
		    "t:1: service s: pool: there is no pool `p`\n");
	ASSERT_TOLD("client c { peer = p user = u secret = x }",
		    "t:1: client c: peer: there is no peer `p`\n");
	ASSERT_TOLD("user u { secret = x service = s }",
		    "t:1: user u: service: there is no service `s`\n");
	/* one that was meant but is wrong itself is not missing on top of that */
	ASSERT_TOLD(
		"service s { local = 10.0.0.1 pool = \"a b\" }\npool \"a b\" { ranges = 10.0.0.0/8 "
		"}",
		"t:2: top level: `a b` is not a name for a `pool`: letters, digits, dots, dashes, "
		"at "
		"most 63\n");
	ASSERT_TOLD("ntt n { }\npeer a { port = n }",
		    "t:1: top level: unknown section `ntt`, did you mean `net`?\n");
}

static void attributes_that_are_added(void)
{
	static const struct {
		uint16_t vendor, type;
		const char *hex;
	} want[] = {
		{0, 37, "676f6c64"},		 /* Private Group ID "gold" */
		{0, 25, "deadbeef"},		 /* Physical Channel ID */
		{3561, 129, "0de0b6b3a763ffff"}, /* Actual-Data-Rate-Upstream */
		{3561, 144, "000001"},		 /* Access-Loop-Encapsulation */
		{9, 1, "0a0b"},			 /* of another vendor, hex */
		{9, 2, "x=y"},			 /* text: below */
	};
	static struct told t;
	const struct cfg_peer *p;

	tell(&t,
	     "peer a { secret = x add = { \"private-group-id=gold\", \"Physical Channel "
	     "ID=3735928559\", "
	     "\"access-line-actual-data-rate-upstream=999999999999999999\", "
	     "\"3561:144=0x000001\", "
	     "\"9:1=0x0a0b\", \"9:2=x=y\" } }\nsw s { accept \"1*\" { carries = ppp service = v "
	     "connect-speed = 64000 } }\nservice v { local = 10.0.0.1 }");
	ASSERT_TEXT(t.text, "");
	p = t.m->peer;
	CU_ASSERT_EQUAL_FATAL(p->adds, 6);
	for (unsigned i = 0; i < 6; i++) {
		uint8_t octets[16];
		size_t len = i < 5 ? test_hex(octets, sizeof(octets), want[i].hex) : 3;

		CU_ASSERT_EQUAL(p->add[i].key.vendor, want[i].vendor);
		CU_ASSERT_EQUAL(p->add[i].key.type, want[i].type);
		ASSERT_OCTETS(p->add[i].val, p->add[i].len, i < 5 ? (const void *)octets : "x=y",
			      len);
	}
	CU_ASSERT_EQUAL(t.m->port[0].accept[0].speed, 64000);
	told_end(&t);
#define SIXTEEN                                                                                    \
	"\"9:1=x\", \"9:2=x\", \"9:3=x\", \"9:4=x\", \"9:5=x\", \"9:6=x\", \"9:7=x\", \"9:8=x\", " \
	"\"9:9=x\", \"9:10=x\", \"9:11=x\", \"9:12=x\", \"9:13=x\", \"9:14=x\", \"9:15=x\", "      \
	"\"9:16=x\""
#define ADD(list) "peer a { secret = x add = { " list " } }"
	ASSERT_TOLD(
		ADD("private-group-id, \"privat-group-id=x\", \"host-name=x\", "
		    "\"assigned-session-id=1\", \"0:999=x\""),
		"t:1: peer a: add: `private-group-id` has no value: NAME=VALUE\n"
		"t:1: peer a: add: unknown attribute `privat-group-id=x`, did you mean "
		"`Private Group ID`?\n"
		"t:1: peer a: add: `host-name=x` is not for the configuration to send\n"
		"t:1: peer a: add: `assigned-session-id=1` is not for the configuration to send\n"
		"t:1: peer a: add: `0:999=x` is not for the configuration to send\n");
	ASSERT_TOLD(ADD("\"physical-channel-id=x\", \"physical-channel-id=4294967296\", "
			"\"access-line-agent-circuit-id=x\", \"3561:144=0x0000\", "
			"\"3561:144=0x00zz00\""),
		    "t:1: peer a: add: `physical-channel-id=x` has no value of this attribute\n"
		    "t:1: peer a: add: `physical-channel-id=4294967296` has no value of this "
		    "attribute\n"
		    "t:1: peer a: add: `access-line-agent-circuit-id=x` has no value of this "
		    "attribute\n"
		    "t:1: peer a: add: `3561:144=0x0000` has no value of this attribute\n"
		    "t:1: peer a: add: `3561:144=0x00zz00` has no value of this attribute\n");
	ASSERT_TOLD("peer a { suppress = { access-line-agent-circuit-id, gateways-passed } }", "");
	for (size_t len = 0; len < 20; len++) { /* of another vendor: text of any length */
		char text[100];

		snprintf(text, sizeof(text), "peer a { add = \"9:1=%.*s\" }", (int)len,
			 "abcdefghijklmnopqrst");
		tell(&t, text);
		CU_ASSERT_EQUAL_FATAL(t.faults, 0);
		ASSERT_OCTETS(t.m->peer[0].add[0].val, t.m->peer[0].add[0].len,
			      "abcdefghijklmnopqrst", len);
		told_end(&t);
	}
	ASSERT_TOLD(ADD(SIXTEEN), "");
	ASSERT_TOLD(ADD(SIXTEEN ", \"9:17=x\""),
		    "t:1: peer a: add: at most 16 attributes can be added\n");
}

static void lists_of_references(void)
{
	static struct told t;
	const struct cfg_route *r;

	tell(&t, "net n { }\nnet o { }\n"
		 "peer a { port = n dial = 192.0.2.1:1701 }\npeer b { port = n dial = "
		 "192.0.2.2:1701 }\n"
		 "route all { to = { b, a } }\n"
		 "route some { from = { o, n } to = a called = 42* calling = \"7*\" }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	CU_ASSERT_EQUAL_FATAL(t.m->routes, 2);
	r = t.m->route;
	ASSERT_TEXT(r->name, "all");
	CU_ASSERT_EQUAL(r->from.n, 0);
	CU_ASSERT_PTR_NULL(r->called);
	CU_ASSERT_EQUAL_FATAL(r->to.n, 2);
	CU_ASSERT_PTR_EQUAL(r->to.at[0], &t.m->peer[1]);
	CU_ASSERT_PTR_EQUAL(r->to.at[1], &t.m->peer[0]);
	r++;
	CU_ASSERT_EQUAL_FATAL(r->from.n, 2);
	CU_ASSERT_PTR_EQUAL(r->from.at[0], &t.m->port[1]);
	CU_ASSERT_PTR_EQUAL(r->from.at[1], &t.m->port[0]);
	ASSERT_TEXT(r->called, "42*");
	ASSERT_TEXT(r->calling, "7*");
	told_end(&t);
	tell(&t, "net n { }\npeer a { dial = 192.0.2.1:1 }\npeer b { dial = 192.0.2.2:1 }\n"
		 "route r { to = { a, b } priority = { 7, 8 } weight = { 3, 4 } balance = weight "
		 "on-refuse = end circuit = 1* user = u realm = x deny-for = 60s deny = { silent, "
		 "busy } max-calls = 9 service-name = s }\nroute d { to = a called = 5 }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	r = t.m->route;
	CU_ASSERT_TRUE(r->priority.n == 2 && r->priority.at[0] == 7 && r->priority.at[1] == 8);
	CU_ASSERT_TRUE(r->weight.n == 2 && r->weight.at[0] == 3 && r->weight.at[1] == 4);
	CU_ASSERT_TRUE(r->balance == CFG_BALANCE_WEIGHT && r->ends_on_refusal);
	CU_ASSERT_EQUAL(r->deny_for, 60000000);
	CU_ASSERT_EQUAL(r->deny, 1u | 1u << 8); /* RFC 2661 4.4.2: 8 is busy */
	CU_ASSERT_EQUAL(r->max_calls, 9);
	ASSERT_TEXT(r->circuit, "1*");
	ASSERT_TEXT(r->user, "u");
	ASSERT_TEXT(r->realm, "x");
	ASSERT_TEXT(r->called, "s");
	r++;
	CU_ASSERT_TRUE(r->balance == CFG_BALANCE_FIRST && !r->ends_on_refusal);
	CU_ASSERT_EQUAL(r->deny, 1u | 1u << 2 | 1u << 4 | 1u << 5);
	CU_ASSERT_EQUAL(r->deny_for, 0);
	told_end(&t);
	ASSERT_TOLD("peer east { port = n dial = 192.0.2.1:1701 }\nroute r { to = { east, est } "
		    "}\nnet n { }",
		    "t:2: route r: to: there is no peer `est`, did you mean `east`?\n");
	ASSERT_TOLD(
		"peer a { port = n dial = 192.0.2.1:1701 }\nroute r { to = { a, a } }\nnet n { }",
		"t:2: route r: to: `a` is named twice\n");
}

/* Each kind of object is one a reference can name, once. */
static void store_objects(void)
{
	unsigned n = 0;

	for (const struct cfg_objects *k = cfg_objects; k->word; k++, n++)
		for (const struct cfg_objects *q = cfg_objects; q < k; q++)
			CU_ASSERT(q->section != k->section && q->array != k->array &&
				  q->count != k->count);
	CU_ASSERT_EQUAL(n, 10);
}

/* --- every range, at its edges and one beyond ------------------------------------------------- */

enum {
	STORE_TOP,
	STORE_PEER,
	STORE_SERVICE,
	STORE_USER,
	STORE_CLIENT,
	STORE_ROUTE,
	STORE_OUTGOING,
	STORE_CIRCUIT,
	STORE_ACCEPT,
	STORE_SERVER,
	STORE_COA_CLIENT,
	STORE_RADIUS,
	STORE_POOL,
	STORE_SECTIONS,
};

#define NET	 "net n { }\npeer p { dial = 192.0.2.1:1 }\n"
#define CALL_OUT NET "service s { local = 10.0.0.1 }\noutgoing o { peer = p service = s "

/* The word of the section, and what stands around a key of it. */
static const char *const store_sections[STORE_SECTIONS][3] = {
	[STORE_TOP] = {"", "", ""},
	[STORE_PEER] = {"peer", "peer a { secret = x retransmit-max = 10m ", " }"},
	[STORE_SERVICE] = {"service", "service s { local = 10.0.0.1 ", " }"},
	[STORE_USER] = {"user", "user u { secret = x ", " }"},
	[STORE_CLIENT] = {"client", NET "client c { peer = p user = u secret = x ipv6 = no ", " }"},
	[STORE_ROUTE] = {"route", NET "route r { to = p ", " }"},
	[STORE_OUTGOING] = {"outgoing", CALL_OUT "called = 5 ", " }"},
	[STORE_CIRCUIT] = {"dlci", "line l { link = x dlci 16 { carries = ppp lcp = proxy ",
			   " } }"},
	[STORE_SERVER] = {"server",
			  NET "radius r { server \"10.0.0.5\" { secret = 0123456789abcdef ",
			  " } }"},
	[STORE_COA_CLIENT] = {"coa-client",
			      NET "radius r { server \"10.0.0.5\" { secret = 0123456789abcdef } "
				  "coa-listen = \"0.0.0.0\" "
				  "coa-client \"10.0.0.5\" { secret = 0123456789abcdef ",
			      " } }"},
	[STORE_RADIUS] = {"radius",
			  NET "radius r { server \"10.0.0.5\" { secret = 0123456789abcdef } "
			      "accounting = yes spool = \"/s\" ",
			  " }"},
	[STORE_POOL] = {"pool", "pool p { delegate = \"2001::/16\" ", " }"},
	[STORE_ACCEPT] = {"accept", "sw s { accept \"1*\" { carries = ppp lcp = proxy ", " } }"},
};

static const struct {
	unsigned section;
	const char *key;
	const char *below, *lowest, *highest, *above; /* below NULL = there is nothing below */
} store_ranges[] = {
	{STORE_TOP, "workers", NULL, "0", "64", "65"},
	{STORE_TOP, "max-tunnels", "0", "1", "65535", "65536"},
	{STORE_TOP, "max-calls", "0", "1", "10000000", "10000001"},
	{STORE_TOP, "half-open", "1", "2", "16384", "16385"},
	{STORE_TOP, "half-open-per-source", "0", "1", "16384", "16385"},
	{STORE_TOP, "login-delay", NULL, "0", "3s", "3001ms"},
	{STORE_TOP, "login-failures", "0", "1", "1000", "1001"},
	{STORE_TOP, "login-lock", NULL, "0", "24h", "86401s"},
	{STORE_PEER, "hide-padding", NULL, "0", "255", "256"},
	{STORE_PEER, "window", "0", "1", "1024", "1025"},
	{STORE_PEER, "retransmit", "49999us", "50ms", "1m", "60001ms"},
	{STORE_PEER, "retransmit-count", "0", "1", "50", "51"},
	{STORE_PEER, "hello", NULL, "0", "1d", "86401s"},
	{STORE_PEER, "setup-timeout", "999ms", "1s", "1h", "3601s"},
	{STORE_PEER, "idle-close", NULL, "0", "30d", "721h"},
	{STORE_PEER, "reauth", NULL, "0", "30d", "721h"},
	{STORE_PEER, "hold", NULL, "0", "1h", "3601s"},
	{STORE_PEER, "max-tunnels", NULL, "0", "65535", "65536"},
	{STORE_PEER, "max-peer-calls", NULL, "0", "10000000", "10000001"},
	{STORE_PEER, "max-tunnels-per-source", NULL, "0", "65535", "65536"},
	{STORE_PEER, "max-calls-per-source", NULL, "0", "10000000", "10000001"},
	{STORE_PEER, "max-calls", NULL, "0", "65535", "65536"},
	{STORE_PEER, "reorder", NULL, "0", "32", "33"},
	{STORE_PEER, "reorder-timeout", "999us", "1ms", "10s", "10001ms"},
	{STORE_SERVICE, "rate-up", NULL, "0", "100G", "101G"},
	{STORE_SERVICE, "rate-burst", "999us", "1ms", "10s", "10001ms"},
	{STORE_ROUTE, "rate-burst", "999us", "1ms", "10s", "10001ms"},
	{STORE_SERVICE, "idle", NULL, "0", "30d", "721h"},
	{STORE_SERVICE, "session", NULL, "0", "365d", "8761h"},
	{STORE_USER, "idle", NULL, "0", "30d", "721h"},
	{STORE_USER, "session", NULL, "0", "365d", "8761h"},
	{STORE_ROUTE, "priority", NULL, "0", "65535", "65536"},
	{STORE_ROUTE, "weight", "0", "1", "65535", "65536"},
	{STORE_ROUTE, "max-calls", NULL, "0", "10000000", "10000001"},
	{STORE_ROUTE, "deny-for", NULL, "0", "24h", "86401s"},
	{STORE_OUTGOING, "minimum-bps", NULL, "0", "4294967295", "4294967296"},
	{STORE_OUTGOING, "maximum-bps", NULL, "0", "4294967295", "4294967296"},
	{STORE_OUTGOING, "retry", "999ms", "1s", "1h", "3601s"},
	{STORE_CIRCUIT, "connect-speed", NULL, "0", "4294967295", "4294967296"},
	{STORE_CIRCUIT, "mru", "575", "576", "65535", "65536"},
	{STORE_ACCEPT, "connect-speed", NULL, "0", "4294967295", "4294967296"},
	{STORE_ACCEPT, "mru", "575", "576", "65535", "65536"},
	{STORE_SERVICE, "mtu", "575", "576", "65535", "65536"},
	{STORE_SERVICE, "rechallenge", NULL, "0", "1d", "86401s"},
	{STORE_SERVICE, "echo-interval", NULL, "0", "1h", "3601s"},
	{STORE_SERVICE, "echo-failures", "0", "1", "100", "101"},
	{STORE_SERVICE, "auth-timeout", "999ms", "1s", "1h", "3601s"},
	{STORE_SERVICE, "restart-timer", "99ms", "100ms", "1m", "60001ms"},
	{STORE_SERVICE, "max-configure", "0", "1", "255", "256"},
	{STORE_SERVICE, "max-terminate", "0", "1", "255", "256"},
	{STORE_SERVICE, "max-failure", "0", "1", "255", "256"},
	{STORE_CLIENT, "mtu", "575", "576", "65535", "65536"},
	{STORE_CLIENT, "redial", NULL, "0", "1d", "86401s"},
	{STORE_CLIENT, "auth-timeout", "999ms", "1s", "1h", "3601s"},
	{STORE_CLIENT, "restart-timer", "99ms", "100ms", "1m", "60001ms"},
	{STORE_CLIENT, "max-configure", "0", "1", "255", "256"},
	{STORE_CLIENT, "max-terminate", "0", "1", "255", "256"},
	{STORE_CLIENT, "max-failure", "0", "1", "255", "256"},
	{STORE_CLIENT, "echo-interval", NULL, "0", "1h", "3601s"},
	{STORE_CLIENT, "echo-failures", "0", "1", "100", "101"},
	{STORE_SERVER, "weight", "0", "1", "255", "256"},
	{STORE_SERVER, "timeout", "99ms", "100ms", "1m", "60001ms"},
	{STORE_SERVER, "retries", NULL, "0", "20", "21"},
	{STORE_SERVER, "max-fail", "0", "1", "100", "101"},
	{STORE_SERVER, "fail-time", "999ms", "1s", "1d", "86401s"},
	{STORE_SERVER, "requests", "0", "1", "4096", "4097"},
	{STORE_COA_CLIENT, "requests", "0", "1", "100", "101"},
	{STORE_SERVER, "acct-port", NULL, "0", "65535", "65536"},
	{STORE_POOL, "delegate-length", "16", "17", "64", "65"},
	{STORE_RADIUS, "interim", "59s", "60s", "1d", "86401s"},
	{STORE_RADIUS, "spool-limit", "65535", "65536", "1073741824", "1073741825"},
};

static void store_takes(unsigned section, const char *key, const char *value, bool want)
{
	static struct told t;
	char text[1024];

	snprintf(text, sizeof(text), "%s%s = %s%s", store_sections[section][1], key, value,
		 store_sections[section][2]);
	tell(&t, text);
	CU_ASSERT_EQUAL(t.faults, !want);
	if (t.faults != !want)
		printf("\n      %s\n      %s\n", text, t.text);
	told_end(&t);
}

static void store_ranges_end_where_they_should(void)
{
	for (size_t i = 0; i < sizeof(store_ranges) / sizeof(store_ranges[0]); i++) {
		unsigned s = store_ranges[i].section;

		if (store_ranges[i].below)
			store_takes(s, store_ranges[i].key, store_ranges[i].below, false);
		store_takes(s, store_ranges[i].key, store_ranges[i].lowest, true);
		store_takes(s, store_ranges[i].key, store_ranges[i].highest, true);
		store_takes(s, store_ranges[i].key, store_ranges[i].above, false);
	}
	ASSERT_TOLD("peer a { retransmit-max = 10m }", "");
	ASSERT_TOLD("peer a { retransmit-max = 601s }",
		    "t:1: peer a: retransmit-max: `601s` is out of range, 8s to 10m\n");
}

/* A number or a time without a row above would not be looked at. */
static void store_has_range(const struct cfg_schema *s, const struct cfg_key *k)
{
	bool found = k->ist || (k->kind != CFG_K_NUMBER && k->kind != CFG_K_TIME) ||
		     !strcmp(k->name, "retransmit-max") || !strcmp(s->word, "channel");

	for (size_t i = 0; i < sizeof(store_ranges) / sizeof(store_ranges[0]); i++)
		found |= !strcmp(store_ranges[i].key, k->name) &&
			 !strcmp(store_sections[store_ranges[i].section][0], s->word);
	CU_ASSERT(found);
	if (!found)
		printf("\n      %s of `%s` has no row\n", k->name, s->word);
}

static void store_every_range_is_looked_at(void)
{
	struct arena *a = arena_new();

	media_each_key(cfg_schema_new(a, media), store_has_range);
	arena_free(a);
}

/* The longest text of a key, and one octet more. */
static void store_texts_have_a_length(void)
{
	static const struct {
		const char *before, *after;
		int most;
	} rows[] = {
		{"host-name = ", "", 255},
		{"vty { socket = ", " }", 103},
		{"control { socket = ", " }", 107},
		{"vty { group = ", " }", 64},
		{"vty { captures = ", " }", 200},
		{"peer a { hostname = ", " }", 255},
		{"peer a { secret = ", " }", 255},
		{"user a { secret = ", " }", 255},
		{NET "client c { peer = p secret = x user = ", " }", 255},
		{NET "client c { peer = p user = u secret = ", " }", 255},
		{"line l { link = x dlci 100 { carries = ppp } }\n"
		 "client c { port = l user = u secret = x circuit = ",
		 "100 }", 125},
		{NET "route r { to = p circuit = ", " }", 255},
		{NET "route r { to = p called = ", " }", 255},
		{NET "route r { to = p calling = ", " }", 255},
		{NET "route r { to = p service-name = ", " }", 255},
		{NET "route r { to = p user = ", " }", 255},
		{NET "route r { to = p realm = ", " }", 255},
		{CALL_OUT "called = ", " }", 64},
		{CALL_OUT "called = 5 sub-address = ", " }", 64},
	};
	static struct told t;
	char text[1024];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int more = 0; more < 2; more++) {
			snprintf(text, sizeof(text), "%s%0*d%s", rows[i].before,
				 rows[i].most + more, 0, rows[i].after);
			tell(&t, text);
			CU_ASSERT((t.faults != 0) == more);
			if ((t.faults != 0) != more)
				printf("\n      %s\n      %s\n", text, t.text);
			told_end(&t);
		}
}

static const struct test_case cases[] = {
	{"wrong_values", store_wrong_values},
	{"references", references},
	{"attributes_that_are_added", attributes_that_are_added},
	{"lists_of_references", lists_of_references},
	{"objects", store_objects},
	{"ranges_end_where_they_should", store_ranges_end_where_they_should},
	{"every_range_is_looked_at", store_every_range_is_looked_at},
	{"texts_have_a_length", store_texts_have_a_length},
	{NULL, NULL},
};
const struct test_suite suite_store = {"store", cases};
