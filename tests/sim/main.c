/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/sim/sim_link.h"

extern const struct test_suite suite_sim_thousand;
extern const struct test_suite suite_sim_chaos;
extern const struct test_suite suite_sim_flood;
extern const struct test_suite suite_sim_crash;

static const struct test_suite *const suites[] = {
	&suite_sim_thousand, &suite_sim_chaos, &suite_sim_flood, &suite_sim_crash, NULL,
};

/* The crash is about the records. */
static const struct test_suite *const without_records[] = {&suite_sim_thousand, &suite_sim_chaos,
							   &suite_sim_flood, NULL};

static const struct test_form forms[] = {
	{"", suites, sim_keeps_records},
	{"nothing kept", without_records, sim_keeps_nothing},
	{NULL, NULL, NULL},
};

int main(int argc, char **argv)
{
	return test_main_forms(argc, argv, forms);
}
