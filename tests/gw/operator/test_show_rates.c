/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/operator/says.h"
#include "tests/heap.h"

#include <stdio.h>

#define CONF                                                                                      \
	"host-name = gw\n"                                                                        \
	"udp wan { listen = \"192.0.2.1:1701\" }\n"                                               \
	"peer lac { port = wan  service = gold  hostname = lac }\n"                               \
	"pool p { ranges = { \"10.64.0.0/24\" } }\n"                                              \
	"service gold { local = 10.64.0.1  pool = p  auth = { chap }  ipv6 = no  rate-up = 512k " \
	"}\n"                                                                                     \
	"user ann { secret = a }\n"

static bool rate_shows(const char *line)
{
	char want[400];

	snprintf(want, sizeof(want), "*\n  rate    %s\n*", line);
	return vty_matches("show calls detail", want) && vty_matches("show joins detail", want);
}

static const char *rate_command(const char *before, const char *after)
{
	static char text[100];

	snprintf(text, sizeof(text), "%scall %u %u%s", before, fake.call[0].tid, fake.call[0].sid,
		 after);
	return text;
}

static void an_operator_sets_one(void)
{
	vty_begin(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE_FATAL(bench_call("ann", "a", PPP_AUTH_CHAP_MD5)->ip4);
	CU_ASSERT_TRUE(rate_shows("up 512k bit/s of its section, dropped 0; down -, dropped 0"));
	CU_ASSERT_STRING_EQUAL(vty_says(rate_command("", " rate down 1500k")), "");
	CU_ASSERT_EQUAL(fake.call[0].rate[DP_RATE_DOWN], 1500000);
	fake.stats = (struct dp_call_stats){.limited = {3, 4}};
	CU_ASSERT_TRUE(rate_shows("up 512k bit/s of its section, dropped 3; "
				  "down 1500k bit/s its own, dropped 4"));
	CU_ASSERT_TRUE(vty_matches("show calls", "*Over rate\n* 7\n"));
	CU_ASSERT_STRING_EQUAL(vty_says(rate_command("", " rate up 2T")),
			       "% `2T` is not a rate: bits a second, with k, M or G, as in 512k\n");
	CU_ASSERT_EQUAL(fake.call[0].rate[DP_RATE_UP], 512000);
	CU_ASSERT_STRING_EQUAL(vty_says(rate_command("", " rate up 0")), "");
	CU_ASSERT_EQUAL(fake.call[0].rate[DP_RATE_UP], 0);
	CU_ASSERT_STRING_EQUAL(vty_says(rate_command("no ", " rate up")), "");
	CU_ASSERT_STRING_EQUAL(vty_says(rate_command("no ", " rate down")), "");
	CU_ASSERT_EQUAL(fake.call[0].rate[DP_RATE_UP], 512000);
	CU_ASSERT_EQUAL(fake.call[0].rate[DP_RATE_DOWN], 0);
	vty_says("call 1 1 rate up 1M");
	CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
	vty_end();
}

static const struct test_case cases[] = {
	{"an_operator_sets_one", an_operator_sets_one},
	{NULL, NULL},
};
const struct test_suite suite_show_rates = {"show_rates", cases};
