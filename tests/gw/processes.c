/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes a gateway of three processes, without starting any. */
#include "tests/harness.h"

extern const struct test_suite suite_reload;

int main(int argc, char **argv)
{
	static const struct test_suite *const suites[] = {&suite_reload, NULL};

	return test_main(argc, argv, suites);
}
