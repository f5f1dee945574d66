/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A row for each attribute: which comes first, and how it is read.  A rate that cannot be read is a
 * refusal, as the user would have more than he may. */
#include "gw/aaa/rate.h"

#include "gw/aaa/radius/radius.h"

#include <string.h>

#define KBIT UINT64_C(1000)

/* What one attribute says; CFG_OF_SERVICE = nothing. */
struct rate_said {
	uint64_t bps[CFG_RATES];
};

/* --- numbers ------------------------------------------------------------------------------------ */

/* A number and what is behind it multiplied with `unit`, or with that of its letter where there may
 * be one. */
static bool rate_number(struct rd *r, uint64_t unit, bool letters, uint64_t *out)
{
	static const char units[] = "kKmMgG";
	const char *letter;
	uint64_t n = 0;
	unsigned digits = 0;

	for (; r->left && *r->p >= '0' && *r->p <= '9' && digits <= 12; digits++)
		n = 10 * n + (uint64_t)(rd_u8(r) - '0');
	letter = letters && r->left && *r->p ? strchr(units, *r->p) : NULL;
	if (letter) {
		rd_skip(r, 1);
		for (long i = 0; i <= (letter - units) / 2; i++)
			unit *= KBIT;
	}
	*out = n * unit;
	return digits && digits <= 12 && n <= CFG_RATE_MAX / unit;
}

/* --- attributes --------------------------------------------------------------------------------- */

/* False: it is a name. */
static bool rate_filter_id(struct rd r, struct rate_said *out, bool *ok)
{
	struct rd at = r;
	size_t slashes = 0;

	for (; at.left; slashes += rd_u8(&at) == '/')
		if (!strchr("0123456789/", *at.p) || !*at.p)
			return false;
	*ok = rate_number(&r, KBIT, false, &out->bps[CFG_RATE_DOWN]) && rd_u8(&r) == '/' &&
	      rate_number(&r, KBIT, false, &out->bps[CFG_RATE_UP]) && !r.left;
	return slashes;
}

bool rate_is_filter_id(struct rd octets)
{
	struct rate_said ignored;
	bool ok;

	return rate_filter_id(octets, &ignored, &ok);
}

static const char *rate_of_filter_id(const struct radius_value *v, struct rate_said *out)
{
	bool ok;

	if (!rate_filter_id(v->octets, out, &ok)) {
		out->bps[CFG_RATE_UP] = out->bps[CFG_RATE_DOWN] = CFG_OF_SERVICE;
		return NULL;
	}
	return ok ? NULL : "a Filter-Id that is neither a name nor a rate";
}

static const char *rate_of_wispr_up(const struct radius_value *v, struct rate_said *out)
{
	out->bps[CFG_RATE_UP] = v->number;
	return NULL;
}

static const char *rate_of_wispr_down(const struct radius_value *v, struct rate_said *out)
{
	out->bps[CFG_RATE_DOWN] = v->number;
	return NULL;
}

static const char *rate_of_mikrotik(const struct radius_value *v, struct rate_said *out)
{
	struct rd r = v->octets;
	bool ok = rate_number(&r, 1, true, &out->bps[CFG_RATE_UP]);

	out->bps[CFG_RATE_DOWN] = out->bps[CFG_RATE_UP];
	if (ok && r.left && *r.p == '/') {
		rd_skip(&r, 1);
		ok = rate_number(&r, 1, true, &out->bps[CFG_RATE_DOWN]);
	}
	return ok && (!r.left || *r.p == ' ') ? NULL : "a Mikrotik-Rate-Limit that is no rate";
}

/* One further down comes first. */
static const struct {
	enum radius_name name;
	const char *(*read)(const struct radius_value *v, struct rate_said *out);
} rate_rows[] = {
	{RADIUS_FILTER_ID, rate_of_filter_id},
	{RADIUS_WISPR_RATE_UP, rate_of_wispr_up},
	{RADIUS_WISPR_RATE_DOWN, rate_of_wispr_down},
	{RADIUS_MIKROTIK_RATE, rate_of_mikrotik},
};

void rate_begin(struct rate_draft *d)
{
	*d = (struct rate_draft){.rates.bps = {CFG_OF_SERVICE, CFG_OF_SERVICE}};
}

static const char *rate_add_row(struct rate_draft *d, const struct radius_value *v, uint8_t rank)
{
	struct rate_said said = {.bps = {CFG_OF_SERVICE, CFG_OF_SERVICE}};
	const char *why = rate_rows[rank].read(v, &said);

	for (unsigned i = 0; !why && i < CFG_RATES; i++) {
		if (said.bps[i] == CFG_OF_SERVICE || rank < d->rank[i])
			continue;
		d->rates.bps[i] = said.bps[i];
		d->rank[i] = rank;
	}
	return why;
}

const char *rate_add(struct rate_draft *d, const struct radius_value *v)
{
	for (uint8_t i = 0; i < sizeof(rate_rows) / sizeof(rate_rows[0]); i++)
		if (rate_rows[i].name == v->name)
			return rate_add_row(d, v, i);
	return NULL;
}
