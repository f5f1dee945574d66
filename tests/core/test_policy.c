/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/engine.h"
#include "core/reliable.h"
#include "tests/harness.h"

/* The recommended defaults: 5.8 (1 s, 5 times, cap not under 8 s, 31 s in all), 6.5 (60 s). */
static void rfc2661_recommended_defaults(void)
{
	struct l2tp_policy p;
	struct rel_config c;

	l2tp_policy_default(&p);
	CU_ASSERT_EQUAL(p.retransmit, 1000000);
	CU_ASSERT_TRUE(p.retransmit_max >= 8000000);
	CU_ASSERT_EQUAL(p.retransmit_count, 5);
	CU_ASSERT_EQUAL(p.hello, 60000000);
	CU_ASSERT_TRUE(p.receive_window >= 4);
	CU_ASSERT_EQUAL(p.secret.len, 0);
	CU_ASSERT_FALSE(p.challenge || p.hide || p.single_tunnel);
	CU_ASSERT_EQUAL(p.hide_padding, 16);
	CU_ASSERT_EQUAL(p.reauth, 0);
	c = (struct rel_config){.interval = p.retransmit,
				.interval_max = p.retransmit_max,
				.retries = p.retransmit_count,
				.window = p.receive_window};
	CU_ASSERT_EQUAL(rel_cycle(&c), 31000000);
}

static const struct test_case cases[] = {
	{"rfc2661_recommended_defaults", rfc2661_recommended_defaults},
	{NULL, NULL},
};
const struct test_suite suite_policy = {"policy", cases};
