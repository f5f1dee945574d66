/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/cfg/media.h"

static void pools(void)
{
	ASSERT_TOLD("pool p { ranges = { 10.0.0.0/8, 10.1.0.0/16 } }",
		    "t:1: pool p: ranges: `10.1.0.0/16` overlaps `10.0.0.0/8` of pool `p`\n");
	ASSERT_TOLD("pool p { ranges = 10.1.0.0/16 }\npool q { ranges = 10.0.0.0/8 }",
		    "t:2: pool q: ranges: `10.0.0.0/8` overlaps `10.1.0.0/16` of pool `p`\n");
	ASSERT_TOLD("pool p { ranges = \"2001:db8::/48\" }\npool q { ranges = \"2001:db8::/48\" }",
		    "t:2: pool q: ranges: `2001:db8::/48` overlaps `2001:db8::/48` of pool `p`\n");
	ASSERT_TOLD("pool p { ranges = 10.0.0.0/9 }\npool q { ranges = 10.128.0.0/9 }", "");
	ASSERT_TOLD("pool p { ranges = { \"2001:db8::/65\", 0.0.0.0/7 } }",
		    "t:1: pool p: ranges: `2001:db8::/65`: an IPv6 range is from /16 to /64, for "
		    "one /64 "
		    "per client\n"
		    "t:1: pool p: ranges: `0.0.0.0/7`: an IPv4 range is /8 or smaller\n");
	ASSERT_TOLD("pool p { ranges = { \"2001:db8::/64\", \"2002::/16\", \"4000::/15\" } }",
		    "t:1: pool p: ranges: `4000::/15`: an IPv6 range is from /16 to /64, for one "
		    "/64 per client\n");
	/* the first, one between, and the last of each list */
	ASSERT_TOLD("pool p { ranges = { 10.0.0.0/24, 10.0.1.0/24, 10.0.2.0/24 } }\n"
		    "pool q { ranges = { 10.1.0.0/24, 10.0.1.0/25, 10.0.2.128/25 } }\n"
		    "pool r { ranges = 10.0.0.0/26 }\npool s { ranges = 10.1.0.0/26 }",
		    "t:2: pool q: ranges: `10.0.1.0/25` overlaps `10.0.1.0/24` of pool `p`\n"
		    "t:2: pool q: ranges: `10.0.2.128/25` overlaps `10.0.2.0/24` of pool `p`\n"
		    "t:3: pool r: ranges: `10.0.0.0/26` overlaps `10.0.0.0/24` of pool `p`\n"
		    "t:4: pool s: ranges: `10.1.0.0/26` overlaps `10.1.0.0/24` of pool `q`\n");
	ASSERT_TOLD("pool p { delegate = \"2001:db8:100::/40\" }\n"
		    "pool q { ranges = \"2001:db8:1ff::/48\" }",
		    "t:2: pool q: ranges: `2001:db8:1ff::/48` overlaps `2001:db8:100::/40` of pool "
		    "`p`\n");
	ASSERT_TOLD(
		"pool q { ranges = \"2001:db8:1ff::/48\" delegate = \"2001:db8:1ff:100::/56\" "
		"}\npool p { delegate = { \"2001:db8:100::/41\", \"2001:db8:180::/41\" } }",
		"t:1: pool q: delegate: `2001:db8:1ff:100::/56` overlaps `2001:db8:1ff::/48` of "
		"pool `q`\n"
		"t:2: pool p: delegate: `2001:db8:180::/41` overlaps `2001:db8:1ff::/48` of "
		"pool `q`\n"
		"t:2: pool p: delegate: `2001:db8:180::/41` overlaps `2001:db8:1ff:100::/56` of "
		"pool `q`\n");
	ASSERT_TOLD("pool p { delegate = { \"2001:db8::/48\", \"2001:db8:0:100::/56\" } }",
		    "t:1: pool p: delegate: `2001:db8:0:100::/56` overlaps `2001:db8::/48` of pool "
		    "`p`\n");
	ASSERT_TOLD("pool p { ranges = { 10.0.0.0/24, 10.0.1.0/24, 10.0.0.0/25 } }",
		    "t:1: pool p: ranges: `10.0.0.0/25` overlaps `10.0.0.0/24` of pool `p`\n");
}

static void delegated_prefixes_have_a_length(void)
{
	ASSERT_TOLD("pool p { delegate = \"2001:db8::/40\" delegate-length = 48 }", "");
	ASSERT_TOLD("pool p { delegate = \"2001:db8::/56\" }", "");
	ASSERT_TOLD(
		"pool p { delegate = { \"2001:db8::/57\", 10.0.0.0/8, \"4000::/15\" } }",
		"t:1: pool p: delegate: `2001:db8::/57`: prefixes of /56 are delegated, from one "
		"of IPv6 that is from /16 to that\n"
		"t:1: pool p: delegate: `10.0.0.0/8`: prefixes of /56 are delegated, from one of "
		"IPv6 that is from /16 to that\n"
		"t:1: pool p: delegate: `4000::/15`: prefixes of /56 are delegated, from one of "
		"IPv6 that is from /16 to that\n");
	ASSERT_TOLD("pool p { ranges = 10.0.0.0/8 delegate-length = 48 }",
		    "t:1: pool p: delegate-length: needs `delegate`\n");
	ASSERT_TOLD("pool p { }", "t:1: pool p: needs `ranges` or `delegate`\n");
}

static const struct test_case cases[] = {
	{"pools", pools},
	{"delegated_prefixes_have_a_length", delegated_prefixes_have_a_length},
	{NULL, NULL},
};
const struct test_suite suite_check_pool = {"check_pool", cases};
