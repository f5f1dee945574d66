/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/cfg/media.h"

#include <stdio.h>
#include <string.h>

#define NET "net n { }\n"
#define SVC "service s { local = 10.0.0.1 }\n"

static void what_needs_a_secret(void)
{
	ASSERT_TOLD("peer a { challenge = yes }", "t:1: peer a: challenge: needs a `secret`\n");
	ASSERT_TOLD("peer a {\n hide = yes }", "t:2: peer a: hide: needs a `secret`\n");
	ASSERT_TOLD("peer a { reauth = 1h }", "t:1: peer a: reauth: needs a `secret`\n");
	ASSERT_TOLD("peer a { secret = x secret-file = y }",
		    "t:1: peer a: secret-file: cannot use `y`: No such file or directory\n"
		    "t:1: peer a: secret-file: cannot be combined with `secret`\n");
	ASSERT_TOLD("user u { }", "t:1: user u: `secret` or `secret-file` is missing\n");
	ASSERT_TOLD(NET "peer p { dial = 192.0.2.1:1 }\nclient c { peer = p user = u }",
		    "t:3: client c: `secret` or `secret-file` is missing\n");
	ASSERT_TOLD(NET "peer p { dial = 192.0.2.1:1 }\nclient c { peer = p user = u auth = none }",
		    "");
}

/* RFC 1990 5.1.3: without authentication the discriminator alone decides. */
static void multilink_without_authentication(void)
{
	ASSERT_WARNED("service s { local = 10.64.0.1 auth = chap multilink = yes }", "");
	ASSERT_WARNED("service s { local = 10.64.0.1 auth = none }", "");
	ASSERT_WARNED("service s { local = 10.64.0.1 auth = none multilink = yes }",
		      "t:1: service s: warning: `multilink` with `auth = none`: whoever names the "
		      "endpoint of a client becomes a link of its bundle\n");
}

#define LINE(rest) "{ peer = p user = u secret = s " rest " }\n"
#define OF_A	   NET "peer p { dial = 192.0.2.1:1 }\nclient a " LINE("multilink = yes")

static void clients_of_one_bundle(void)
{
	ASSERT_TOLD(OF_A "client b " LINE("bundle = a"), "");
	ASSERT_TOLD(OF_A "client b { peer = p user = v secret = s multilink = yes }", "");
	ASSERT_TOLD(OF_A "client b " LINE("bundle = a tun = x"),
		    "t:4: client b: bundle: `tun` is that of client `a`\n");
	ASSERT_TOLD(OF_A "client b " LINE("bundle = a multilink = yes"),
		    "t:4: client b: bundle: `multilink` is that of client `a`\n");
	ASSERT_TOLD(OF_A "client b " LINE("bundle = a routes = { 10.0.0.0/8 }"),
		    "t:4: client b: bundle: `routes` is that of client `a`\n");
	ASSERT_TOLD(OF_A "client b " LINE("bundle = a") "client c " LINE("bundle = b"),
		    "t:5: client c: bundle: client `b` is in a bundle of another one\n");
	ASSERT_TOLD(OF_A "client b " LINE("bundle = b"),
		    "t:4: client b: bundle: client `b` is in a bundle of another one\n");
	ASSERT_TOLD(OF_A "client c " LINE("") "client b " LINE("bundle = c"),
		    "t:5: client b: bundle: client `c` has no `multilink`\n");
	ASSERT_TOLD(OF_A "client b { peer = p user = v secret = s bundle = a }",
		    "t:4: client b: bundle: client `a` logs in as another user\n");
	ASSERT_TOLD(OF_A "client b " LINE("multilink = yes"),
		    "t:4: client b: client `a` has `multilink` for the same user: say `bundle` "
		    "here\n");
}

static void peers_without_a_secret(void)
{
	ASSERT_WARNED("peer a { secret = x }", "");
	ASSERT_WARNED("sw s { }\n\npeer a { port = s }",
		      "t:3: peer a: warning: no `secret`: nothing proves that this peer is who it "
		      "says\n");
	ASSERT_WARNED(
		"line l { link = x }\n" NET "peer a { port = l }\npeer b { port = n }",
		"t:3: peer a: warning: no `secret`: nothing proves that this peer is who it "
		"says\n"
		"t:4: peer b: warning: no `secret`: whoever can send to net port `n` can open "
		"tunnels as this peer\n");
	ASSERT_WARNED("line l { link = x }\n" NET "peer a { address = 192.0.2.0/24 }",
		      "t:3: peer a: warning: no `secret`: whoever can send to net port `n`, also "
		      "from forged addresses, can open tunnels as this peer\n");
}

static void peer_keys_that_exclude_each_other(void)
{
	ASSERT_TOLD("peer a { secret = x single-tunnel = yes reauth = 1h }",
		    "t:1: peer a: reauth: cannot be combined with `single-tunnel`: it opens a "
		    "second tunnel\n");
	ASSERT_TOLD("peer a { secret = x challenge = no reauth = 1h }",
		    "t:1: peer a: reauth: needs `challenge = yes`: nothing would be proved\n");
	ASSERT_TOLD("peer a { retransmit = 10s retransmit-max = 9s }",
		    "t:1: peer a: retransmit-max: `9s` is shorter than `retransmit`, 10s\n");
	ASSERT_TOLD("peer a { retransmit = 10s retransmit-max = 10s }", "");
	ASSERT_TOLD("peer a {\n retransmit = 10s }",
		    "t:1: peer a: `8s` is shorter than `retransmit`, 10s\n");
}

static void dialling(void)
{
	ASSERT_TOLD("peer a { dial = 192.0.2.1:1701 }",
		    "t:1: peer a: dial: there is no port to dial through\n");
	ASSERT_TOLD("net n { }\nnet m { }\npeer a { dial = 192.0.2.1:1701 }",
		    "t:3: peer a: dial: needs `port`: there are several\n");
	ASSERT_TOLD(NET "peer a { dial = 192.0.2.1:1701 }", "");
	ASSERT_TOLD(NET "peer a { dial = \"lns.example\" }",
		    "t:2: peer a: dial: `lns.example` is not an address of net\n");
	ASSERT_TOLD("line l { link = x }\nnet n { }\npeer a { port = l dial = 100 }", "");
	ASSERT_TOLD("line l { link = x }\nnet n { }\npeer a { port = l dial = 192.0.2.1:1701 }",
		    "t:3: peer a: dial: `192.0.2.1:1701` is not an address of line\n");
	ASSERT_TOLD(NET "peer p { }\nclient c { peer = p user = u secret = x }",
		    "t:3: client c: peer: peer `p` has no `dial`, so it cannot be called\n");
}

static void where_a_peer_comes_from(void)
{
	ASSERT_TOLD(
		NET "peer a { address = { 10.0.0.1/8, 192.0.2.1:1701, host } }",
		"t:2: peer a: address: `10.0.0.1/8` has bits set beyond its length; did you mean "
		"`10.0.0.0/8`?\n"
		"t:2: peer a: address: `host` is neither a prefix nor an address of any port\n");
	ASSERT_TOLD("line l { link = x }\n" NET "peer a { port = l address = { 100, 3110*, 5 } }",
		    "t:3: peer a: address: `5` is neither a prefix nor an address of line\n");
}

/* Each port is asked, the first, one between and the last; of a peer with a port only that one. */
static void an_address_of_any_port(void)
{
#define PORTS "line l { link = x }\nnet n { }\nsw s { }\n"
	ASSERT_TOLD(PORTS "peer a { address = { 100, 192.0.2.1:1701, 311012345678 } }", "");
	ASSERT_TOLD(PORTS "peer a { port = n address = { 100, 192.0.2.1:1701 } }",
		    "t:4: peer a: address: `100` is neither a prefix nor an address of net\n");
	ASSERT_TOLD(PORTS "peer a { port = s address = { 192.0.2.1:1701, 311012345678 } }",
		    "t:4: peer a: address: `192.0.2.1:1701` is neither a prefix nor an address of "
		    "sw\n");
}

static void peers_that_are_never_chosen(void)
{
	ASSERT_TOLD("peer a { hostname = x }\npeer b { hostname = x }",
		    "t:2: peer b: has the same port, address and hostname as peer `a`, so it is "
		    "never chosen\n");
	ASSERT_TOLD("peer a { hostname = x }\npeer b { hostname = y }", "");
	ASSERT_TOLD("peer a { address = 10.0.0.0/8 }\npeer b { address = 10.0.0.0/9 }", "");
	ASSERT_TOLD("peer a { address = { 10.0.0.0/8, 192.0.2.0/24 } }\n"
		    "peer b { address = { 10.0.0.0/8, 192.0.2.0/25 } }",
		    "");
	ASSERT_TOLD("peer a { address = { 10.0.0.0/8, 192.0.2.0/24 } }\n"
		    "peer b { address = 10.0.0.0/8 }",
		    "");
	ASSERT_TOLD(NET "peer a { dial = 192.0.2.1:1 }\npeer b { dial = 192.0.2.2:1 }", "");
	/* each has a circuit of its own */
	ASSERT_TOLD("line l { link = x dlci 16 { peer = a } dlci 17 { peer = b } }\n"
		    "peer a { port = l }\npeer b { port = l }",
		    "");
	/* so has each with an accept section, of any port; a third has none */
	ASSERT_TOLD("line l { link = x }\n"
		    "net n { accept \"10.*\" { peer = c } accept \"11.*\" { peer = a } }\n"
		    "net m { accept \"12.*\" { peer = b } }\n"
		    "peer a { }\npeer b { }\npeer c { }\npeer d { }",
		    "");
	ASSERT_TOLD("net n { accept \"10.*\" { peer = a } }\npeer a { }\npeer b { }\npeer c { }",
		    "t:4: peer c: has the same port, address and hostname as peer `b`, so it is "
		    "never chosen\n");
	ASSERT_TOLD("net n { accept \"10.*\" { } }\npeer a { }\npeer b { }",
		    "t:3: peer b: has the same port, address and hostname as peer `a`, so it is "
		    "never chosen\n");
}

#define TWO_PEERS NET "peer a { dial = 192.0.2.1:1 }\npeer b { dial = 192.0.2.2:1 }\n"

static void route_numbers(void)
{
	ASSERT_TOLD(TWO_PEERS "route r { to = { a, b } priority = { 1, 2 } weight = { 3, 4 } }",
		    "");
	ASSERT_TOLD(TWO_PEERS "route r {\n to = { a, b }\n priority = 1\n weight = { 1, 2, 3 } }",
		    "t:6: route r: priority: one number for each of `to`: 2, not 1\n"
		    "t:7: route r: weight: one number for each of `to`: 2, not 3\n");
	ASSERT_TOLD(TWO_PEERS "route r { to = a weight = 0 }",
		    "t:4: route r: weight: `0` is not a number from 1 to 65535\n");
	ASSERT_TOLD(TWO_PEERS "route r { to = a called = x\n service-name = y }",
		    "t:5: route r: service-name: is the called address: cannot be combined with "
		    "`called`\n");
	ASSERT_TOLD(TWO_PEERS "route r { to = a realm = \"\" }",
		    "t:4: route r: realm: the text is empty\n");
	ASSERT_TOLD(TWO_PEERS "route r { to = a deny = { busy, bussy } }",
		    "t:4: route r: deny: unknown word `bussy`, did you mean `busy`?\n");
}

/* 64 peers, and one more. */
static void route_peers_are_bounded(void)
{
	for (unsigned n = 64; n < 66; n++) {
		static char peers[8192], to[1024], text[10240];
		size_t p = 0, t = 0;

		for (unsigned i = 0; i < n; i++) {
			p += (size_t)snprintf(peers + p, sizeof(peers) - p,
					      "peer p%u { dial = 192.0.2.1:%u }\n", i, i + 1);
			t += (size_t)snprintf(to + t, sizeof(to) - t, "%sp%u", i ? ", " : "", i);
		}
		snprintf(text, sizeof(text), "route r {\nto = { %s } }\nnet n { }\n%s", to, peers);
		ASSERT_TOLD(text, n == 64 ? "" : "t:2: route r: to: at most 64 peers\n");
	}
}

static void a_weight_needs_its_balance(void)
{
#define WEIGHED(keys) TWO_PEERS "route r { to = { a, b } " keys " }"
#define NO_EFFECT     "t:4: route r: warning: `weight` has no effect without `balance = weight`\n"
#define NO_SECRETS                                                                              \
	"t:2: peer a: warning: no `secret`: whoever can send to net port `n` can open tunnels " \
	"as this peer\n"                                                                        \
	"t:3: peer b: warning: no `secret`: whoever can send to net port `n` can open tunnels " \
	"as this peer\n"
	ASSERT_WARNED(WEIGHED(""), NO_SECRETS);
	ASSERT_WARNED(WEIGHED("balance = round"), NO_SECRETS);
	ASSERT_WARNED(WEIGHED("weight = { 1, 2 } balance = weight"), NO_SECRETS);
	ASSERT_WARNED(WEIGHED("weight = { 1, 2 }"), NO_SECRETS NO_EFFECT);
	ASSERT_WARNED(WEIGHED("weight = { 1, 2 } balance = round"), NO_SECRETS NO_EFFECT);
}

#define SHADOWED(first, second) \
	TWO_PEERS "route f { to = a " first " }\nroute s { to = b " second " }"
#define NEVER "t:5: route s: warning: is never taken: route `f` fits all that this one fits\n"

/* Warnings about the section of the second route only. */
static void assert_shadow(const char *config, bool shadowed, unsigned line)
{
	static struct told t;
	bool said;

	tell(&t, config);
	said = strstr(t.warned, NEVER) != NULL;
	if (said != shadowed || t.faults)
		fprintf(stderr, "line %u: %s%s", line, t.warned, t.text);
	CU_ASSERT_TRUE(said == shadowed && !t.faults);
	told_end(&t);
}
#define ASSERT_SHADOW(first, second, yes) assert_shadow(SHADOWED(first, second), yes, __LINE__)

static void routes_that_are_never_taken(void)
{
	ASSERT_SHADOW("", "", true);
	ASSERT_SHADOW("", "called = 1", true);
	ASSERT_SHADOW("called = 1", "", false);
	ASSERT_SHADOW("called = 1", "called = 1", true);
	ASSERT_SHADOW("called = 1", "called = 2", false);
	ASSERT_SHADOW("called = 4*", "called = 42*", true);
	ASSERT_SHADOW("called = 42*", "called = 4*", false);
	ASSERT_SHADOW("called = 42*", "called = 4217", true);
	ASSERT_SHADOW("called = 42*", "called = 42", true);
	ASSERT_SHADOW("circuit = 1", "circuit = 2", false);
	ASSERT_SHADOW("realm = \"*.example\"", "realm = Isp.Example", true);
	ASSERT_SHADOW("realm = \"*.example\"", "realm = example", false);
	ASSERT_SHADOW("called = 1*1", "called = 1", false);	 /* the ends would overlap */
	ASSERT_SHADOW("called = \"*1*\"", "called = 41", false); /* not looked into */
	ASSERT_SHADOW("user = \"*\"", "", false); /* those without a user come to s */
	ASSERT_SHADOW("called = 1", "called = 1 calling = 2", true);
	ASSERT_SHADOW("called = 1", "calling = 1", false);
	ASSERT_SHADOW("max-calls = 1", "", false); /* s takes the rest */
	ASSERT_SHADOW("from = n", "", false);
	ASSERT_SHADOW("", "from = n", true);
	ASSERT_SHADOW("from = n", "from = n", true);
	ASSERT_SHADOW("from-peer = a", "", false);
	ASSERT_SHADOW("", "from-peer = a", false);
	ASSERT_SHADOW("from-peer = { a, b }", "from-peer = b", true);
	ASSERT_SHADOW("from-peer = a", "from-peer = { a, b }", false);
	ASSERT_SHADOW("from-peer = a", "from-peer = { b, a }", false);
}

static void route_peers(void)
{
	ASSERT_TOLD("peer a { }\nroute r { to = a }",
		    "t:2: route r: to: peer `a` has no `dial`, so it cannot be called\n");
	ASSERT_TOLD(
		"peer a { port = n dial = 192.0.2.1:1701 }\nnet n { }\n"
		"route r { from = n from-peer = a to = a }",
		"t:3: route r: from: a route is for circuits or, with `from-peer`, for calls, not "
		"for both\n");
}

#define ROUTE(to)                                                                                  \
	"line l { link = x dlci 16 { carries = ppp } dlci 17 { } dlci 18 { carries = ppp service " \
	"= v } }\nservice v { local = 10.0.0.1 }\n"                                                \
	"net n { }\nsw s { }\npeer a { port = n dial = 192.0.2.1:1 }\nroute r { " to " }"
#define IN_ROUTE "t:6: route r: to-circuit: "

/* Outgoing calls of a peer go to a circuit, or to the number asked for. */
static void routes_to_circuits(void)
{
	struct told t = {0};

	tell(&t, ROUTE("from-peer = a to-circuit = \"l 16\""));
	CU_ASSERT_PTR_NOT_NULL_FATAL(t.m);
	CU_ASSERT_PTR_EQUAL(t.m->route[0].to_circuit.port, &t.m->port[0]);
	CU_ASSERT_STRING_EQUAL(t.m->route[0].to_circuit.address, "16");
	CU_ASSERT_TRUE(t.m->port[0].circuit[0].accepts);
	/* RFC 2661 4.4.3: who places outgoing calls says so */
	CU_ASSERT_EQUAL(t.m->peer[0].policy.bearer_caps, 3);
	told_end(&t);
	ASSERT_TOLD(ROUTE("from-peer = a to-circuit = \"s 3110\""), "");
	ASSERT_TOLD(ROUTE("from-peer = a to-circuit = \"s *\""), "");
	ASSERT_TOLD(ROUTE("from-peer = a to-circuit = \"l *\""),
		    IN_ROUTE "line calls no numbers\n");
	ASSERT_TOLD(ROUTE("from-peer = a to-circuit = \"n *\""), IN_ROUTE "net calls no numbers\n");
	ASSERT_TOLD(ROUTE("from-peer = a to-circuit = \"l 17\""),
		    IN_ROUTE "`17` of `l` does not carry ppp\n");
	ASSERT_TOLD(ROUTE("from-peer = a to-circuit = \"l 18\""),
		    IN_ROUTE "`18` of `l` has a `service`\n");
	ASSERT_TOLD(ROUTE("from-peer = a to-circuit = \"l 19\""),
		    IN_ROUTE "`19` of `l` has no section on that port\n");
	ASSERT_TOLD(ROUTE("from-peer = a to-circuit = \"m 19\""),
		    IN_ROUTE "there is no port `m`\n");
	ASSERT_TOLD(ROUTE("to-circuit = \"l 16\""),
		    IN_ROUTE "is for outgoing calls that a peer asks for: needs `from-peer`\n");
	ASSERT_TOLD(ROUTE("from-peer = a to = a to-circuit = \"l 16\""),
		    IN_ROUTE "`to` and `to-circuit` exclude each other\n");
	ASSERT_TOLD(ROUTE("from-peer = a"), "t:6: route r: needs `to`, `to-circuit` or `radius`\n");
}

#define OUTGOING(keys)                                                                        \
	"peer a { }\npool p { ranges = 10.0.0.0/24 }\npool q { ranges = 10.0.1.0/24 }\n"      \
	"service s { local = 10.0.0.1 pool = p }\nuser u { secret = x address = 10.0.0.9 }\n" \
	"outgoing o { peer = a called = 5 service = s " keys " }"
#define IN_OUTGOING "t:6: outgoing o: "

static void outgoing_calls(void)
{
	ASSERT_TOLD(OUTGOING(""), "");
	ASSERT_TOLD(OUTGOING("address = 10.0.0.7 minimum-bps = 5 maximum-bps = 5 bearer = digital "
			     "framing = asynchronous sub-address = 1 retry = 1m"),
		    "");
	ASSERT_TOLD(OUTGOING("minimum-bps = 6 maximum-bps = 5"),
		    IN_OUTGOING "minimum-bps: is above `maximum-bps`\n");
	ASSERT_TOLD(OUTGOING("address = 10.0.1.7"),
		    IN_OUTGOING "address: `10.0.1.7` is not in the pool of service `s`\n");
	ASSERT_TOLD(OUTGOING("address = 10.0.0.1"),
		    IN_OUTGOING "address: `10.0.0.1` is our own address in service `s`\n");
	ASSERT_TOLD(OUTGOING("address = 10.0.0.9"),
		    IN_OUTGOING "address: `10.0.0.9` is the address of user `u`\n");
	ASSERT_TOLD(OUTGOING("address = 10.0.0.7") "\noutgoing n { peer = a called = 5 service = s "
						   "address = 10.0.0.7 }",
		    "t:7: outgoing n: address: `10.0.0.7` is the address of outgoing `o` too\n");
	/* the last of several, and not itself */
	ASSERT_TOLD(
		OUTGOING("address = 10.0.2.7") "\nuser v { secret = x address = 10.0.2.8 }\n"
					       "outgoing n { peer = a called = 5 service = z "
					       "address = 10.0.2.8 }\n"
					       "service z { local = 10.0.3.1 pool = y }\n"
					       "pool y { ranges = { 10.0.4.0/24, 10.0.2.0/24 } }",
		IN_OUTGOING "address: `10.0.2.7` is not in the pool of service `s`\n"
			    "t:8: outgoing n: address: `10.0.2.8` is the address of user `v`\n");
	ASSERT_TOLD(OUTGOING("minimum-bps = 6"), "");
	ASSERT_TOLD(OUTGOING("maximum-bps = 6"), "");
	ASSERT_TOLD(
		OUTGOING("address = 10.0.0.7 routes = { 10.8.0.0/16, 10.9.0.0/32, 10.0.0.0/8 }"),
		"");
	ASSERT_TOLD(OUTGOING("routes = { 10.8.0.0/16, 0.0.0.0/0, 10.8.0.0/16 }"),
		    IN_OUTGOING "routes: `0.0.0.0/0`: a network is from /1 to /32\n" IN_OUTGOING
				"routes: `10.8.0.0/16` is a route of outgoing `o` already\n");
	ASSERT_TOLD(OUTGOING("routes = 10.0.1.0/28"),
		    IN_OUTGOING "routes: `10.0.1.0/28` is in pool `q`\n");
	ASSERT_TOLD(
		OUTGOING("routes = 10.8.0.0/16") "\noutgoing n { peer = a called = 5 service = s "
						 "routes = { 10.7.0.0/16, 10.8.0.0/16 } }",
		"t:7: outgoing n: routes: `10.8.0.0/16` is a route of outgoing `o` too\n");
	ASSERT_TOLD("outgoing o { called = 5 }\npeer a { }\nservice s { local = 10.0.0.1 }",
		    "t:1: outgoing o: `peer` is missing: the LAC that places the call, in a tunnel "
		    "of its own or one we `dial`\n"
		    "t:1: outgoing o: `service` is missing: service for its PPP, which ends "
		    "here\n");
}

#define OUTGOING6(keys)                                               \
	"peer a { }\npool p { ranges = 2001:db8::/48 }\n"             \
	"service s { local = 10.0.0.1 pool = p }\n"                   \
	"service t { local = 10.0.0.2 pool = p ipv6 = no tun = t }\n" \
	"\noutgoing o { peer = a called = 5 " keys " }"

static void outgoing_prefixes(void)
{
	ASSERT_TOLD(OUTGOING6("service = s prefix = 2001:db8:0:7::/64"), "");
	ASSERT_TOLD(OUTGOING6("service = s prefix = 2001:db8:0:7::/63"), IN_OUTGOING
		    "prefix: `2001:db8:0:7::/63` has bits set beyond its length; did you "
		    "mean `2001:db8:0:6::/63`?\n");
	ASSERT_TOLD(OUTGOING6("service = s prefix = 2001:db8:0:6::/63"),
		    IN_OUTGOING "prefix: `2001:db8:0:6::/63` is not a /64 of IPv6\n");
	ASSERT_TOLD(OUTGOING6("service = s prefix = 10.0.0.0/8"),
		    IN_OUTGOING "prefix: `10.0.0.0/8` is not a /64 of IPv6\n");
	ASSERT_TOLD(OUTGOING6("service = s prefix = 2001:db8:1:7::/64"),
		    IN_OUTGOING "prefix: `2001:db8:1:7::/64` is not in the pool of service `s`\n");
	ASSERT_TOLD(OUTGOING6("service = t prefix = 2001:db8:0:7::/64"),
		    IN_OUTGOING "prefix: service `t` has no IPv6\n");
	ASSERT_TOLD(OUTGOING6("service = s routes = { 10.8.0.0/16, 2001:db8:9::/64 }"), "");
	ASSERT_TOLD(OUTGOING6("service = s routes = 2001:db8:9::/65"),
		    IN_OUTGOING "routes: `2001:db8:9::/65`: a network is from /1 to /64\n");
	ASSERT_TOLD(OUTGOING6("service = t routes = { 10.8.0.0/16, 2001:db8:9::/48 }"),
		    IN_OUTGOING "routes: `2001:db8:9::/48`: service `t` has no IPv6\n");
	ASSERT_TOLD(
		OUTGOING6("service = s prefix = 2001:db8:0:7::/64") "\noutgoing n { peer = a "
								    "called = 6 service = s prefix "
								    "= 2001:db8:0:7::/64 }",
		"t:7: outgoing n: prefix: `2001:db8:0:7::/64` is the prefix of outgoing `o` "
		"too\n");
}

static void clients_on_circuits(void)
{
#define LOGIN "user = u secret = s"
#define NEEDS "t:1: client c: needs `peer`, or `port` and `circuit`\n"
	ASSERT_TOLD("client c { " LOGIN " }", NEEDS);
	ASSERT_TOLD("client c { port = l " LOGIN " }\nline l { link = x }", NEEDS);
	ASSERT_TOLD("client c { circuit = 16 " LOGIN " }", NEEDS);
	ASSERT_TOLD("client c { peer = a port = l circuit = 16 " LOGIN " }\nline l { link = x }\n"
		    "peer a { port = n dial = 192.0.2.1:1701 }\nnet n { }",
		    "t:1: client c: peer: `peer` and a circuit exclude each other\n");
	ASSERT_TOLD("client c { port = n circuit = 192.0.2.1:1701 " LOGIN " }\nnet n { }",
		    "t:1: client c: circuit: net carries no PPP outside L2TP\n");
	ASSERT_TOLD("client c { port = l circuit = 5 " LOGIN " }\nline l { link = x }",
		    "t:1: client c: circuit: `5` is not an address of line\n");
	ASSERT_TOLD("client c { port = l circuit = 016 " LOGIN " }\n"
		    "line l { link = x dlci 16 { carries = ppp } }",
		    "");
	ASSERT_TOLD("client c { port = l circuit = 16 " LOGIN " }\n"
		    "line l { link = x dlci 16 { } }",
		    "t:1: client c: circuit: `16` of `l` does not carry ppp\n");
}

/* A circuit that nobody has written down is found before anything runs; a number is called. */
static void circuits_without_a_section(void)
{
	ASSERT_TOLD("line l { link = x }\nclient c { port = l circuit = 16 " LOGIN " }",
		    "t:2: client c: circuit: `16` of `l` has no section on that port\n");
	ASSERT_TOLD("modem m { }\nclient c { port = m circuit = 1 " LOGIN " }",
		    "t:2: client c: circuit: `1` of `m` has no section on that port\n");
	ASSERT_TOLD("modem m { channel 1 { carries = ppp } }\n"
		    "client c { port = m circuit = 1 " LOGIN " }",
		    "");
	ASSERT_TOLD("modem m { }\nclient c { port = m circuit = 2 " LOGIN " }", "");
	ASSERT_TOLD("old-modem m { }\nclient c { port = m circuit = 1 " LOGIN " }", "");
	ASSERT_TOLD("sw s { }\nclient c { port = s circuit = 1 " LOGIN " }", "");
	ASSERT_TOLD("modem m { }\npeer a { }\nroute r { from-peer = a to-circuit = \"m 1\" }",
		    "t:3: route r: to-circuit: `1` of `m` has no section on that port\n");
	ASSERT_TOLD("modem m { }\npeer a { }\nroute r { from-peer = a to-circuit = \"m 2\" }", "");
	ASSERT_TOLD("modem m { }\nline l { link = x dlci 16 { carries = ppp\n join = \"m 1\" } }",
		    "t:3: line l: dlci 16: join: `1` of `m` has no section on that port\n");
}

/* Two circuits of one medium, of two, a switched one; and everything that cannot be joined. */
static void joined_circuits(void)
{
	ASSERT_TOLD("line l { link = x dlci 16 { carries = ppp join = \"m 17\" } }\n"
		    "line m { link = y dlci 17 { carries = ppp } }",
		    "");
	ASSERT_TOLD("line l { link = x dlci 16 { carries = ppp join = \"l 17\" }\n"
		    "dlci 17 { carries = ppp join = \"l 16\" } }",
		    "");
	ASSERT_TOLD("line l { link = x dlci 16 { carries = ppp join = \"s 3110\" } }\n"
		    "sw s { accept \"3110*\" { join = \"l 17\" } accept \"3111*\" { join = \"l "
		    "17\" } }\n"
		    "line k { link = z dlci 16 { carries = ppp join = \"s 3110\" } }\n"
		    "line m { link = y dlci 17 { carries = ppp } }",
		    "t:2: sw s: accept 3110*: join: `17` of `l` has no section on that port\n"
		    "t:2: sw s: accept 3111*: join: `17` of `l` has no section on that port\n");
#define ONE(to, more)                                                                              \
	"line l { link = x dlci 16 { carries = ppp " more "\n join = \"" to "\" }\n dlci 17 { }\n" \
	" dlci 18 { carries = ppp service = v }\n dlci 19 { carries = ppp join = \"s 1\" }\n"      \
	" dlci 20 { carries = ppp } }\n"                                                           \
	"net n { }\nsw s { }\nservice v { local = 10.0.0.1 }\n"                                    \
	"client c { port = l circuit = 20 user = u secret = s }"
#define WRONG "t:2: line l: dlci 16: join: "
	ASSERT_TOLD(ONE("s 3110", ""), "");
	ASSERT_TOLD(ONE("s 3110", "service = v"),
		    WRONG "`join` and `service` exclude each other\n");
	ASSERT_TOLD(ONE("s", ""), WRONG "`s` is not a port and an address, as in \"atm0 0/35\"\n");
	ASSERT_TOLD(ONE("s  ", ""),
		    WRONG "`s  ` is not a port and an address, as in \"atm0 0/35\"\n");
	ASSERT_TOLD(ONE("atm0 0/35", ""), WRONG "there is no port `atm0`\n");
	ASSERT_TOLD(ONE("n 192.0.2.1:1", ""), WRONG "net carries no PPP outside L2TP\n");
	ASSERT_TOLD(ONE("s x", ""), WRONG "`x` is not an address of sw\n");
	ASSERT_TOLD(ONE("l 16", ""), WRONG "`16` of `l` is this circuit itself\n");
	ASSERT_TOLD(ONE("l 17", ""), WRONG "`17` of `l` does not carry ppp\n");
	ASSERT_TOLD(ONE("l 18", ""), WRONG "`18` of `l` has a `service`\n");
	ASSERT_TOLD(ONE("l 19", ""), WRONG "`19` of `l` has another join\n");
	ASSERT_TOLD(ONE("l 20", ""), WRONG "`20` of `l` is dialled by a client\n");
	ASSERT_TOLD(ONE("l 21", ""), WRONG "`21` of `l` has no section on that port\n");
	ASSERT_TOLD("line l { link = x dlci 16 {\n join = \"s 1\" } }\nsw s { }",
		    "t:2: line l: dlci 16: join: has no meaning without `carries = ppp`\n");
	/* used twice */
	ASSERT_TOLD("line l { link = x dlci 16 { carries = ppp join = \"l 18\" }\n"
		    "dlci 17 { carries = ppp join = \"l 18\" } dlci 18 { carries = ppp } }\n"
		    "sw s { accept \"*\" { join = \"l 18\" } }",
		    "t:2: line l: dlci 17: join: `18` of `l` has another join\n"
		    "t:3: sw s: accept *: join: `18` of `l` has another join\n");
}

/* The circuit that is named has its join too. */
static void joins_have_two_ends(void)
{
	struct told t = {0};

	tell(&t, "line l { link = x dlci 16 { carries = ppp join = \"m 17\" } }\n"
		 "line m { link = y dlci 17 { carries = ppp } }");
	CU_ASSERT_PTR_NOT_NULL_FATAL(t.m);
	CU_ASSERT_PTR_EQUAL(t.m->port[0].circuit[0].join.port, &t.m->port[1]);
	CU_ASSERT_STRING_EQUAL(t.m->port[0].circuit[0].join.address, "17");
	CU_ASSERT_PTR_EQUAL(t.m->port[1].circuit[0].join.port, &t.m->port[0]);
	CU_ASSERT_STRING_EQUAL(t.m->port[1].circuit[0].join.address, "16");
	told_end(&t);
}

#define LOCAL(a) "service s { local = " a " pool = p }\npool p { ranges = 10.64.0.0/24 }"

static void our_own_address(void)
{
	ASSERT_TOLD(LOCAL("10.64.0.1"), "");
	ASSERT_TOLD(LOCAL("10.65.0.1"), "");
	ASSERT_TOLD(LOCAL("10.64.0.0"), "t:1: service s: local: `10.64.0.0` is the first or last "
					"address of `10.64.0.0/24`\n");
	ASSERT_TOLD(LOCAL("10.64.0.255"),
		    "t:1: service s: local: `10.64.0.255` is the first or last "
		    "address of `10.64.0.0/24`\n");
	ASSERT_TOLD("service s { local = 10.64.0.1 pool = p }\npool p { ranges = 10.64.0.1/32 }",
		    "t:1: service s: local: `10.64.0.1` is the whole of a range of pool `p`\n");
	ASSERT_TOLD("service s { local = 10.64.0.1 pool = p }\npool p { ranges = 10.64.0.0/31 }",
		    "");
	ASSERT_TOLD(
		"service s { local = 10.64.0.1 pool = p }\npool p { ranges = 10.65.0.0/24 }\n"
		"pool q { ranges = 10.64.0.0/24 }",
		"t:1: service s: local: `10.64.0.1` lies in pool `q`, which this service does not "
		"use\n");
#define RANGES                                                                      \
	"\npool p { ranges = { 10.60.0.0/24, 10.61.0.0/30, \"2001:db8::/48\" } }\n" \
	"pool q { ranges = { 10.70.0.0/24, 10.71.0.0/24 } }"
	ASSERT_TOLD("service s { local = 10.61.0.3 pool = p }" RANGES,
		    "t:1: service s: local: `10.61.0.3` is the first or last address of "
		    "`10.61.0.0/30`\n");
	ASSERT_TOLD("service s { local = 10.61.0.2 pool = p }" RANGES, "");
	ASSERT_TOLD("service s { local = 10.71.0.2 pool = p }" RANGES,
		    "t:1: service s: local: `10.71.0.2` lies in pool `q`, which this service does "
		    "not use\n");
	ASSERT_TOLD("service s { local = 10.70.0.2 }" RANGES,
		    "t:1: service s: local: `10.70.0.2` lies in pool `q`, which this service does "
		    "not use\n");
	/* a pool that is not there is reported once */
	ASSERT_TOLD("service s { local = 10.70.0.2 pool = none }" RANGES,
		    "t:1: service s: pool: there is no pool `none`\n");
	ASSERT_TOLD("service s { local = 10.70.0.0 pool = p }\npool p { ranges = 10.70.0.0/31 }",
		    "");
	ASSERT_TOLD("service s { local = 10.70.0.1 pool = p }\npool p { ranges = 10.70.0.0/31 }",
		    "");
}

static void devices(void)
{
	ASSERT_TOLD("service s { local = 10.0.0.1 tun = abcdefghijklmnop }",
		    "t:1: service s: tun: `abcdefghijklmnop` is not a device name: longer than 15 "
		    "octets\n");
	ASSERT_TOLD("service s { local = 10.0.0.1 tun = a/b }",
		    "t:1: service s: tun: `a/b` is not a device name: has a character that a "
		    "device name cannot have\n");
	static const char *const none[] = {".", "..", "a b", "a\\tb", "a\\rb", "a\\nb", "a:b"};

	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		static struct told t;
		char text[100];

		snprintf(text, sizeof(text), "service s { local = 10.0.0.1 tun = \"%s\" }",
			 none[i]);
		tell(&t, text);
		CU_ASSERT_EQUAL(t.faults, 1);
		CU_ASSERT_PTR_NOT_NULL(
			strstr(t.text, "` is not a device name: has a character that a device name "
				       "cannot have\n"));
		told_end(&t);
	}
	ASSERT_TOLD("service s { local = 10.0.0.1 tun = abcdefghijklmno }", "");
	ASSERT_TOLD("service s { local = 10.0.0.1 tun = .a }", "");
	ASSERT_TOLD("service s { local = 10.0.0.1 tun = a%x }",
		    "t:1: service s: tun: `a%x` is not a device name: has a `%` that is not the "
		    "one `%d`\n");
	ASSERT_TOLD("service s { local = 10.0.0.1 tun = a%dx% }",
		    "t:1: service s: tun: `a%dx%` is not a device name: has a `%` that is not the "
		    "one `%d`\n");
	ASSERT_TOLD("service s { local = 10.0.0.1 tun = a%db }", "");
	ASSERT_TOLD("service s { local = 10.0.0.1 tun = a%d%d }",
		    "t:1: service s: tun: `a%d%d` is not a device name: has a `%` that is not "
		    "the one "
		    "`%d`\n");
	ASSERT_TOLD(NET "peer p { dial = 192.0.2.1:1 }\nclient c { peer = p user = u secret = x "
			"tun = a%d }",
		    "t:3: client c: tun: `a%d` is not a device name: has a `%`\n");
	ASSERT_TOLD(NET "peer p { dial = 192.0.2.1:1 }\n"
			"client a-very-long-name { peer = p user = u secret = x }",
		    "t:3: client a-very-long-name: `a-very-long-name` is not a device name: longer "
		    "than 15 octets\n");
	ASSERT_TOLD(NET "peer p { dial = 192.0.2.1:1 }\nclient a { peer = p user = u secret = x }\n"
			"client b { peer = p user = u secret = x tun = a }",
		    "t:4: client b: tun: client `a` uses device `a` too\n");
	ASSERT_TOLD(NET "peer p { dial = 192.0.2.1:1 }\nclient a { peer = p user = u secret = x }\n"
			"client b { peer = p user = u secret = x }\n"
			"client c { peer = p user = u secret = x tun = b }\n"
			"client d { peer = p user = u secret = x }",
		    "t:5: client c: tun: client `b` uses device `b` too\n");
	ASSERT_TOLD(
		"service a { local = 10.0.0.1 tun = x }\nservice b { local = 10.0.0.2 tun = x }\n"
		"service c { local = 10.0.0.3 }\nservice d { local = 10.0.0.4 }\n"
		"net n { }\npeer p { dial = \"192.0.2.1:1701\" }\n"
		"client x { peer = p user = u secret = s }",
		"t:2: service b: tun: service `a` uses device `x` too\n"
		"t:7: client x: service `a` uses device `x` too\n"
		"t:7: client x: service `b` uses device `x` too\n");
}

static void ipv6_needs_1280(void)
{
	ASSERT_TOLD("service s { local = 10.0.0.1 mtu = 1279 ipv6 = yes }",
		    "t:1: service s: mtu: IPv6 needs 1280 or more; or set `ipv6 = no`\n");
	ASSERT_TOLD("service s { local = 10.0.0.1 mtu = 1279 }", "");
	ASSERT_TOLD("service s { local = 10.0.0.1 mtu = 1280 ipv6 = yes }", "");
	ASSERT_TOLD(NET "peer p { dial = 192.0.2.1:1 }\n"
			"client c { peer = p user = u secret = x mtu = 576 }",
		    "t:3: client c: mtu: IPv6 needs 1280 or more; or set `ipv6 = no`\n");
	ASSERT_TOLD(NET "peer p { dial = 192.0.2.1:1 }\n"
			"client c { peer = p user = u secret = x ipv4 = no ipv6 = no }",
		    "t:3: client c: neither `ipv4` nor `ipv6`: the link would carry nothing\n");
}

static void addresses_of_users(void)
{
	ASSERT_TOLD("user a { secret = x address = 10.1.0.1 }\nuser b { secret = x address = "
		    "10.1.0.1 }",
		    "t:2: user b: address: `10.1.0.1` is the address of user `a` too\n");
	ASSERT_TOLD(SVC "user a { secret = x address = 10.0.0.1 }",
		    "t:2: user a: address: `10.0.0.1` is our own address in service `s`\n");
	ASSERT_TOLD(SVC "service t { local = 10.0.0.2 }\nservice u { local = 10.0.0.3 }\n"
			"user a { secret = x address = 10.0.0.2 }\n"
			"user b { secret = x address = 10.0.0.3 }\n"
			"user c { secret = x address = 10.0.0.4 }\nuser d { secret = x }\n"
			"user e { secret = x }\nuser f { secret = x address = 10.0.0.4 }",
		    "t:4: user a: address: `10.0.0.2` is our own address in service `t`\n"
		    "t:5: user b: address: `10.0.0.3` is our own address in service `u`\n"
		    "t:9: user f: address: `10.0.0.4` is the address of user `c` too\n");
}

static const struct test_case cases[] = {
	{"what_needs_a_secret", what_needs_a_secret},
	{"multilink_without_authentication", multilink_without_authentication},
	{"clients_of_one_bundle", clients_of_one_bundle},
	{"peers_without_a_secret", peers_without_a_secret},
	{"peer_keys_that_exclude_each_other", peer_keys_that_exclude_each_other},
	{"dialling", dialling},
	{"where_a_peer_comes_from", where_a_peer_comes_from},
	{"an_address_of_any_port", an_address_of_any_port},
	{"peers_that_are_never_chosen", peers_that_are_never_chosen},
	{"route_peers_are_bounded", route_peers_are_bounded},
	{"a_weight_needs_its_balance", a_weight_needs_its_balance},
	{"route_peers", route_peers},
	{"route_numbers", route_numbers},
	{"routes_that_are_never_taken", routes_that_are_never_taken},
	{"clients_on_circuits", clients_on_circuits},
	{"circuits_without_a_section", circuits_without_a_section},
	{"joined_circuits", joined_circuits},
	{"routes_to_circuits", routes_to_circuits},
	{"outgoing_calls", outgoing_calls},
	{"outgoing_prefixes", outgoing_prefixes},
	{"joins_have_two_ends", joins_have_two_ends},
	{"our_own_address", our_own_address},
	{"devices", devices},
	{"ipv6_needs_1280", ipv6_needs_1280},
	{"addresses_of_users", addresses_of_users},
	{NULL, NULL},
};
const struct test_suite suite_check = {"check", cases};
