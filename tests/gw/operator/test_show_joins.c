/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/bind.h"
#include "tests/gw/operator/says.h"
#include "tests/heap.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/x25/x25_transport.h"

#include <stdio.h>
#include <string.h>

#define TITLES "Leg State Other leg State User IPv4 Age\n"

static void two_joins(void)
{
	const struct dp_call *e[2] = {NULL, NULL};
	char want[600];

	vty_begin("host-name = gw\n"
		  "udp a { listen = \"192.0.2.1:1701\" }\n"
		  "peer lac { port = a  service = s  hostname = lac }\n"
		  "pool p { ranges = { \"10.64.0.0/24\" } }\n"
		  "service s { local = 10.64.0.1  pool = p  auth = { chap } }\n"
		  "user ann { secret = \"a password\" }\n"
		  "user bob { secret = \"a password\" }\n");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE_FATAL(bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->ip4);
	bench_pass(2 * SEC);
	CU_ASSERT_TRUE_FATAL(bench_call("bob", "a password", PPP_AUTH_CHAP_MD5)->ip4);
	bench_pass(5 * SEC);
	for (unsigned i = 0; i < 2; i++)
		for (unsigned k = 0; k < fake.calls; k++)
			if (fake.call[k].data.peer_sid == bench.call[i].sid)
				e[i] = &fake.call[k];
	snprintf(want, sizeof(want),
		 TITLES "call %u/%u up server up ann 10.64.0.2 7s\n"
			"call %u/%u up server up bob 10.64.0.3 5s\n",
		 e[0]->tid, e[0]->sid, e[1]->tid, e[1]->sid);
	CU_ASSERT_TRUE(vty_rows("show joins", want));
	snprintf(want, sizeof(want),
		 "User State IPv4 By Age\n"
		 "ann up 10.64.0.2 call %u/%u 7s\n"
		 "bob up 10.64.0.3 call %u/%u 5s\n",
		 e[0]->tid, e[0]->sid, e[1]->tid, e[1]->sid);
	CU_ASSERT_TRUE(vty_rows("show users", want));
	snprintf(want, sizeof(want),
		 "call %u/%u up - server up, for 7s\n"
		 "  has     10.64.0.2 of pool p, prefix -\n"
		 "call %u/%u up - server up, for 5s\n"
		 "  has     10.64.0.3 of pool p, prefix -\n",
		 e[0]->tid, e[0]->sid, e[1]->tid, e[1]->sid);
	CU_ASSERT_TRUE(vty_equals("show joins detail", want));
	heap_refuse(1);
	vty_says("show joins detail");
	CU_ASSERT_TRUE(heap_refused());
	*strstr(want + 1, "call") = '\0';
	CU_ASSERT_STRING_EQUAL(vty_told, want);
	vty_end();
}

static void a_switched_call(void)
{
	vty_begin(VTY_SWITCH);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	bench_pass(3 * SEC);
	CU_ASSERT_TRUE(vty_matches("show joins detail", "call */* up - call */* up, for 3s\n"
							"  way     route sw, to one\n"));
	CU_ASSERT_TRUE(vty_matches("show joins", "Leg *\ncall */*  up     call */*  up     -     "
						 "-     3s\n"));
	vty_end();
}

/* Who has called whom, and the sub-address behind it. */
static void lines(void)
{
	struct ist_attrs a = {.size = sizeof(a),
			      .payload = IST_PAYLOAD_PPP,
			      .called = "3110",
			      .calling = "42\n42",
			      .sub_address = "12f"};

	vty_begin("host-name = gw\n"
		  "frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp  service = s } }\n"
		  "x25 x { link = \"loop:y\"  address = 1  accept \"*\" { carries = ppp  service = "
		  "s } }\n"
		  "service s { local = 10.64.0.1  auth = none }\n");
	CU_ASSERT_FATAL(!x25_transport.addr_parse(&a.peer, "4242"));
	fake.peer = a.peer;
	bind_dp_ops.offer(bench.gw, (l2tp_channel)2 << 32 | 0x20001, &a, clock_us);
	CU_ASSERT_TRUE(vty_rows("show lines",
				"Line Circuit Kind Calling Called State Joined to User IPv4 Age\n"
				"0 x 4242 switched 42\\x0a42 3110/12f waiting - - - -\n"));
	vty_end();
}

/* A DLCI with a client behind our PPP; and our own PPP behind one that has dialled. */
static void ends_of_our_own(void)
{
	struct ist_attrs a = {.size = sizeof(a), .payload = IST_PAYLOAD_PPP, .permanent = true};
	const l2tp_channel dlci = (l2tp_channel)1 << 32 | 0x20001;
	static const uint8_t request[] = {0xc0, 0x21, 1, 1, 0, 4};
	struct leg_end why = leg_end(LEG_BY_OPERATOR, "enough");
	char want[400];
	uint16_t line;

	vty_begin("host-name = gw\n"
		  "frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp  service = s } }\n"
		  "service s { local = 10.64.0.1  auth = none }\n");
	CU_ASSERT_FATAL(!frame_relay_transport.addr_parse(&a.peer, "100"));
	fake_circuit(dlci, &a.peer);
	bind_dp_ops.up(bench.gw, dlci, &a, clock_us);
	fake.frame = NULL;
	bind_dp_ops.line(bench.gw, dlci, request, sizeof(request), clock_us);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench_join());
	bench_pass(5 * SEC);
	line = leg_line_entry(bench_join()->leg[0])->sid;
	snprintf(want, sizeof(want),
		 "Line Circuit Kind Calling Called State Joined to User IPv4 Age\n"
		 "%u f 100 permanent - - up server - - 5s\n",
		 line);
	CU_ASSERT_TRUE(vty_rows("show lines", want));
	join_end(bench_join(), &why, clock_us);
	vty_end();
}

static void a_client_has_our_address(void)
{
	char want[400];

	vty_begin("host-name = gw\n"
		  "udp wan { listen = \"192.0.2.1:1701\" }\n"
		  "peer lns { port = wan  dial = \"192.0.2.7:1701\" }\n"
		  "client home { peer = lns  user = ann  secret = \"a password\" }\n");
	bench_pass(4 * SEC);
	CU_ASSERT_EQUAL_FATAL(fake.calls, 1);
	snprintf(want, sizeof(want), TITLES "call %u/%u up client up ann 10.100.0.2 4s\n",
		 fake.call[0].tid, fake.call[0].sid);
	CU_ASSERT_TRUE(vty_rows("show joins", want));
	vty_end();
}

static const struct test_case cases[] = {
	{"two_joins", two_joins},
	{"a_switched_call", a_switched_call},
	{"lines", lines},
	{"ends_of_our_own", ends_of_our_own},
	{"a_client_has_our_address", a_client_has_our_address},
	{NULL, NULL},
};
const struct test_suite suite_show_joins = {"show_joins", cases};
