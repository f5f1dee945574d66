/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong with a text is said before any device is made; devices are for tests/wire. */
#include "tests/harness.h"
#include "tests/transports/link/ends.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static void link_tun_malformed(void)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{"tun:x", "no tun:INTERFACE with this transport"}, /* it has no link type */
		{"tap:", "\"tap:\" is not tap:INTERFACE"},
		{"tap:a-name-too-long-for-it", "is not tap:INTERFACE"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char err[200] = "";
		struct end e;

		CU_ASSERT_EQUAL(end_try(&e, rows[i].text, NULL, err, sizeof(err)), -EINVAL);
		if (!strstr(err, rows[i].words))
			CU_FAIL(err);
	}
}

/* A name no device can have: the kernel refuses, also to somebody with privileges. */
static void link_tun_refused(void)
{
	char err[200] = "";
	struct end e;
	int r = end_try(&e, "tap:a/b", NULL, err, sizeof(err));

	if (!r) /* no /dev/net/tun here: waited for */
		end_close(&e);
	CU_ASSERT_TRUE(r == -EINVAL || r == -EPERM || r == -EACCES ||
		       (!r && access("/dev/net/tun", F_OK)));
}

static const struct test_case cases[] = {
	{"malformed_or_without_a_type", link_tun_malformed},
	{"device_name_refused", link_tun_refused},
	{NULL, NULL},
};
const struct test_suite suite_link_tun = {"link_tun", cases};
