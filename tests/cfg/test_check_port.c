/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/cfg/media.h"

static void check_circuits(void)
{
	ASSERT_TOLD("line l { link = x\n dlci 16 { }\n channel 16 { } }",
		    "t:3: line l: channel 16: the same circuit as on line 2\n");
	ASSERT_TOLD("line l { link = x\n dlci 16 { }\n dlci 016 { } }",
		    "t:3: line l: dlci 016: the same circuit as on line 2\n");
	ASSERT_TOLD("line l { link = x\n dlci 16 { }\n dlci 17 { }\n dlci 18 { }\n dlci 17 { } }",
		    "t:5: line l: dlci 17: given twice, first on line 3\n");
	ASSERT_TOLD("line l { link = x\n dlci 16 { }\n dlci 17 { }\n dlci 18 { }\n dlci 017 { } }",
		    "t:5: line l: dlci 017: the same circuit as on line 3\n");
	/* addresses that are wrong are not alike */
	ASSERT_TOLD("line l { link = x\n dlci 1 { }\n dlci 2 { } }",
		    "t:2: line l: dlci 1: `1` is not an address of line\n"
		    "t:3: line l: dlci 2: `2` is not an address of line\n");
	ASSERT_TOLD("line l { link = x dlci 16 { peer = b } dlci 17 { peer = a } }\n"
		    "line m { link = y }\npeer a { port = m }\npeer b { hostname = b }",
		    "t:1: line l: dlci 17: peer: peer `a` is behind port `m`\n");
	ASSERT_TOLD("line l { link = x dlci 16 { peer = a } }\nline m { link = y }\npeer a { port "
		    "= m }",
		    "t:1: line l: dlci 16: peer: peer `a` is behind port `m`\n");
}

static void rfc3070_frame_size(void)
{
	ASSERT_TOLD("line l { link = x\n mtu = 1525\n dlci 16 { carries = ppp service = s } "
		    "dlci 17 { } }\nservice s { local = 10.0.0.1 }",
		    "t:2: line l: mtu: L2TP on `17` needs 1526 or more (RFC 3070)\n");
	ASSERT_TOLD("line l { link = x mtu = 1526 dlci 17 { } }", "");
	ASSERT_TOLD("line l { link = x mtu = 1525 dlci 16 { carries = ppp service = s } }\n"
		    "service s { local = 10.0.0.1 }",
		    "");
}

/* What only the transport can know of its settings, with the line of what it names. */
static void port_checked_by_its_transport(void)
{
	ASSERT_TOLD("line l {\n dlci 17 { }\n link = wet1\n}",
		    "t:3: line l: link: \"wet1\" is no dry one\n");
	ASSERT_TOLD("line l {\n link = \"wet\\n\"\n}",
		    "t:2: line l: link: \"wet?\" is no dry one\n");
	ASSERT_TOLD("line l {\n link = x\n dlci 16 { }\n dlci 666 { }\n}",
		    "t:4: line l: dlci 666: is nobody's\n");
	ASSERT_TOLD("line l {\n link = x\n channel 666 { }\n}",
		    "t:3: line l: channel 666: is nobody's\n");
	ASSERT_TOLD("line l {\n link = x n391 = 7\n t391 = 11s }",
		    "t:3: line l: t391: must be 20s with an odd n391\n");
	/* the value of a key that is not given has no line */
	ASSERT_TOLD("\nline l {\n link = x n391 = 7 }",
		    "t:2: line l: t391: must be 20s with an odd n391\n");
	ASSERT_TOLD("line l {\n link = x n391 = 7\n t391 = 20s }", "");
	ASSERT_TOLD("line l {\n link = x\n dlci 16 { cir = 999999 }\n dlci 17 { cir = 2 } }",
		    "t:1: line l: carries a million at most\n");
	/* all that is wrong is told, but not what may be due to what was left out */
	ASSERT_TOLD("line l {\n link = wet\n dlci 16 { cir = 2000000 }\n"
		    " dlci 666 { }\n channel 17 { }\n}",
		    "t:2: line l: link: \"wet\" is no dry one\n"
		    "t:4: line l: dlci 666: is nobody's\n");
	ASSERT_TOLD(
		"line l {\n link = x\n dlci 3 { }\n dlci 666 { }\n dlci 16 { cir = 2000000 }\n}",
		"t:3: line l: dlci 3: `3` is not an address of line\n"
		"t:4: line l: dlci 666: is nobody's\n");
	ASSERT_TOLD("line l {\n link = wet n391 = 7\n t391 = 11s\n}",
		    "t:2: line l: link: \"wet\" is no dry one\n"
		    "t:3: line l: t391: must be 20s with an odd n391\n");
	ASSERT_TOLD("line l {\n link = x n391 = 7\n t391 = 11s\n dlci 666 { carries = no } }",
		    "t:3: line l: t391: must be 20s with an odd n391\n"
		    "t:4: line l: dlci 666: carries: unknown word `no`, known: l2tp or ppp\n");
	/* each port is checked; one with other mistakes is not, since they may be the cause */
	ASSERT_TOLD("line a { link = wet }\nline b { link = wet }\n"
		    "line c { link = wet n391 = 256 }\nline d { link = wet dlci 3 { } }\n"
		    "line e { link = wet lmy = none }\nline f { dlci 666 { } }",
		    "t:1: line a: link: \"wet\" is no dry one\n"
		    "t:2: line b: link: \"wet\" is no dry one\n"
		    "t:3: line c: n391: `256` is not a number from 1 to 255\n"
		    "t:4: line d: dlci 3: `3` is not an address of line\n"
		    "t:4: line d: link: \"wet\" is no dry one\n"
		    "t:5: line e: unknown key `lmy`, did you mean `lmi`?\n"
		    "t:6: line f: `link` is missing: the wire\n");
}

static const struct test_case cases[] = {
	{"check_circuits", check_circuits},
	{"rfc3070_frame_size", rfc3070_frame_size},
	{"port_checked_by_its_transport", port_checked_by_its_transport},
	{NULL, NULL},
};
const struct test_suite suite_check_port = {"check_port", cases};
