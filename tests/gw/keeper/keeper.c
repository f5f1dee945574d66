/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keeper.  This program is its own stand-in for the processes that a keeper starts. */
#include "tests/gw/keeper/stand_in.h"
#include "tests/harness.h"

#include <string.h>

/* One suite for each test file, named like it. */
#define SUITES(X)         \
	X(child)          \
	X(drop)           \
	X(drop_calls)     \
	X(fdstore)        \
	X(keeper)         \
	X(keeper_body)    \
	X(keeper_fds)     \
	X(keeper_link)    \
	X(keeper_msg)     \
	X(keeper_reload)  \
	X(keeper_serve)   \
	X(keeper_upgrade) \
	X(opener)         \
	X(opener_body)    \
	X(opener_held)    \
	X(opener_spool)   \
	X(proc)           \
	X(spawn)

#define X(name) extern const struct test_suite suite_##name;
SUITES(X)
#undef X

int main(int argc, char **argv)
{
	static const struct test_suite *const suites[] = {
#define X(name) &suite_##name,
		SUITES(X)
#undef X
			NULL};

	if (argc > 1 && !strcmp(argv[1], STAND_IN))
		return stand_in_main(argc, argv);
	return test_main(argc, argv, suites);
}
