/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/transports/told.h"

#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

#define ROWS 16u

const char *told_rows(const struct ist_offload *o, unsigned n)
{
	static const char *const states[] = {"?", "active", "off", "absent", "refused", "smaller"};
	static char text[1024];
	size_t len = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < n && len < sizeof(text); i++) {
		char err[16] = "";

		CU_ASSERT_FATAL(o[i].words && o[i].state <= IST_OFFLOAD_SMALLER);
		CU_ASSERT_EQUAL(o[i].state == IST_OFFLOAD_REFUSED, o[i].err != 0);
		if (o[i].err)
			snprintf(err, sizeof(err), " %u", o[i].err);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s: %s%s%s%s\n",
					o[i].words, states[o[i].state], err, o[i].hint ? ", " : "",
					o[i].hint ? o[i].hint : "");
	}
	return text;
}

static unsigned told_of(struct fake_host *h, struct ist_offload *o)
{
	unsigned all, some;

	memset(o, 0, ROWS * sizeof(*o));
	CU_ASSERT_FATAL(h->tr->offloads != NULL);
	all = h->tr->offloads(h->port, o, 0);
	CU_ASSERT_FATAL(all <= ROWS && !o[0].words);
	some = h->tr->offloads(h->port, o, 1);
	CU_ASSERT(some == all && !o[1].words);
	return h->tr->offloads(h->port, o, ROWS);
}

const char *told_port(struct fake_host *h)
{
	struct ist_offload o[ROWS];
	unsigned n = told_of(h, o);

	return told_rows(o, n);
}

struct ist_offload told_row(struct fake_host *h, const char *words)
{
	struct ist_offload o[ROWS];
	unsigned n = told_of(h, o);

	for (unsigned i = 0; i < n; i++)
		if (!strcmp(o[i].words, words))
			return o[i];
	CU_FAIL("no such offload");
	return o[0];
}
