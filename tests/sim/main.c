/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/harness.h"

extern const struct test_suite suite_sim_thousand;
extern const struct test_suite suite_sim_chaos;
extern const struct test_suite suite_sim_flood;
extern const struct test_suite suite_sim_crash;

static const struct test_suite *const suites[] = {
	&suite_sim_thousand, &suite_sim_chaos, &suite_sim_flood, &suite_sim_crash, NULL,
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, suites);
}
