/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/harness.h"

extern const struct test_suite suite_deadline;
extern const struct test_suite suite_reliable;

static const struct test_suite *const suites[] = {
	&suite_deadline,
	&suite_reliable,
	NULL,
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, suites);
}
