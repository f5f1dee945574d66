/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a RADIUS server grants, as its attributes and as a record.  The input's first octet says
 * which it is.  What is granted keeps its bounds, and written and read again it is the same.
 */
#include "gw/aaa/grant.h"
#include "gw/aaa/rate.h"
#include "gw/aaa/radius/radius.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_grant_check(bool ok)
{
	if (!ok)
		abort();
}

static void fuzz_grant_bounds(const struct grant *g)
{
	fuzz_grant_check(strlen(g->filter) <= GRANT_NAME && strlen(g->pool4) <= GRANT_NAME &&
			 strlen(g->pool6) <= GRANT_NAME);
	fuzz_grant_check(g->dns6s <= GRANT_DNS6 && g->routes <= GRANT_ROUTES);
	for (unsigned i = 0; i < g->routes; i++)
		fuzz_grant_check(g->route[i].bits &&
				 g->route[i].bits <= (g->route[i].v6 ? 64 : 32));
}

static void fuzz_grant_again(const struct grant *g)
{
	uint8_t rec[1024], again[1024];
	struct wr w = wr_init(rec, sizeof(rec)), v = wr_init(again, sizeof(again));
	struct grant *back = NULL;
	struct rd r;

	fuzz_grant_bounds(g);
	grant_save(g, &w);
	r = rd_init(rec, w.len);
	fuzz_grant_check(!w.bad && grant_read(&r, &back) && back && !r.left);
	fuzz_grant_bounds(back);
	grant_save(back, &v);
	fuzz_grant_check(v.len == w.len && !memcmp(rec, again, v.len));
	free(back);
}

static void fuzz_grant_attributes(const uint8_t *data, size_t size)
{
	static struct grant_draft d;
	struct rate_draft rate;
	uint8_t octets[RADIUS_MAX] = {RADIUS_ACCESS_ACCEPT};
	const char *why = NULL;
	struct radius_packet p;
	struct radius_walk at;
	struct radius_value v;

	if (size > sizeof(octets) - RADIUS_HEAD)
		return;
	memcpy(octets + RADIUS_HEAD, data, size);
	wr_put16(octets + 2, (uint16_t)(RADIUS_HEAD + size));
	if (!radius_open(&p, octets, RADIUS_HEAD + size))
		return;
	grant_begin(&d);
	rate_begin(&rate);
	for (at = radius_walk(&p); !why && radius_next(&at, &v);) {
		why = grant_add(&d, &v);
		rate_add(&rate, &v);
	}
	for (unsigned i = 0; i < CFG_RATES; i++)
		fuzz_grant_check(rate.rates.bps[i] <= CFG_RATE_MAX ||
				 rate.rates.bps[i] == CFG_OF_SERVICE);
	fuzz_grant_check(strlen(d.message) <= GRANT_MESSAGE && strlen(d.skipped) < GRANT_SKIPPED);
	fuzz_grant_again(&d.g);
}

static void fuzz_grant_record(const uint8_t *data, size_t size)
{
	struct rd r = rd_init(data, size);
	struct grant *g;

	if (grant_read(&r, &g) && g)
		fuzz_grant_again(g);
	free(g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size)
		(data[0] & 1 ? fuzz_grant_record : fuzz_grant_attributes)(data + 1, size - 1);
	return 0;
}
