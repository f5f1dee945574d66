/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The transports that are compiled in: the media of the manual, each once and whole. */
#include "tests/harness.h"
#include "transports/builtin.h"

#include <string.h>

static unsigned builtin_named(const char *name)
{
	unsigned n = 0;

	for (const struct ist_transport *const *t = ist_builtin_transports; *t; t++)
		n += !strcmp((*t)->name, name);
	return n;
}

static void each_medium_once(void)
{
	static const char *const media[] = {"udp",   "frame-relay", "atm", "x25",
					    "pppoe", "serial",	    "loop"};
	unsigned n = 0;

	while (ist_builtin_transports[n])
		n++;
	CU_ASSERT_EQUAL(n, sizeof(media) / sizeof(media[0]));
	for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++)
		CU_ASSERT_EQUAL(builtin_named(media[i]), 1);
}

/* What a host calls without asking is there (transport.h). */
static void each_can_be_used(void)
{
	for (const struct ist_transport *const *at = ist_builtin_transports; *at; at++) {
		const struct ist_transport *t = *at;

		CU_ASSERT(t->abi == IST_TRANSPORT_ABI && t->size == sizeof(*t));
		CU_ASSERT(t->open && t->close && t->send && t->mtu);
		CU_ASSERT(t->caps != 0);
	}
}

static const struct test_case cases[] = {
	{"each_medium_once", each_medium_once},
	{"each_can_be_used", each_can_be_used},
	{NULL, NULL},
};
const struct test_suite suite_builtin = {"builtin", cases};
