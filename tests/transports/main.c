/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/harness.h"

extern const struct test_suite suite_settings, suite_ip_head, suite_udp_addr, suite_udp_table,
	suite_udp, suite_delay, suite_impair, suite_loop;

static const struct test_suite *const suites[] = {
	&suite_settings,  &suite_ip_head, &suite_udp_addr,
	&suite_udp_table, &suite_udp,	  &suite_delay,
	&suite_impair,	  &suite_loop,	  NULL,
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, suites);
}
