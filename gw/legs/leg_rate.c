/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rates of a leg's entry: those of its service or route, in place of any of them that of its
 * user, then that which an operator has set for this leg alone.  Those of the section are looked up
 * again after a restart; the others are in the leg's record.
 */
#include "gw/legs/leg_entry.h"
#include "gw/legs/legs.h"

#include "gw/gw.h"

#include <stdlib.h>
#include <string.h>

_Static_assert((unsigned)CFG_RATE_UP == DP_RATE_UP && (unsigned)CFG_RATE_DOWN == DP_RATE_DOWN &&
		       CFG_RATE_MAX == DP_RATE_MAX,
	       "directions of the configuration are those of the data plane");

static const struct cfg_rates leg_rate_none = {.bps = {CFG_OF_SERVICE, CFG_OF_SERVICE}};

void leg_rates_init(struct leg_entry *e)
{
	for (unsigned i = 0; i < LEG_RATES; i++)
		e->rates[i] = &leg_rate_none;
}

static void leg_rate_drop(enum leg_rates from, const struct cfg_rates *r)
{
	if (from != LEG_RATES_SECTION && r != &leg_rate_none)
		free((void *)(uintptr_t)r);
}

void leg_rates_free(struct leg_entry *e)
{
	for (unsigned i = 0; i < LEG_RATES; i++)
		leg_rate_drop((enum leg_rates)i, e->rates[i]);
	leg_rates_init(e);
}

/* What e->rates[from] is to be: only a section outlives the leg.  NULL without memory. */
static const struct cfg_rates *leg_rate_keep(enum leg_rates from, const struct cfg_rates *r)
{
	struct cfg_rates *copy;

	if (!r || !memcmp(r->bps, leg_rate_none.bps, sizeof(r->bps)))
		return from == LEG_RATES_SECTION && r ? r : &leg_rate_none;
	if (from == LEG_RATES_SECTION)
		return r;
	copy = malloc(sizeof(*copy));
	if (copy)
		*copy = *r;
	return copy;
}

/* The first in force, or NULL. */
static const struct cfg_rates *leg_rate_in_force(const struct leg_entry *e, enum dp_rate way,
						 enum leg_rates *from)
{
	for (unsigned i = LEG_RATES; i--;)
		if (e->rates[i]->bps[way] != CFG_OF_SERVICE) {
			*from = (enum leg_rates)i;
			return e->rates[i];
		}
	return NULL;
}

/* Has anything changed? */
static bool leg_rate_choose(struct leg_entry *e)
{
	uint32_t burst = (uint32_t)e->rates[LEG_RATES_SECTION]->burst;
	bool changed = e->c.rate_burst != burst;
	enum leg_rates from;

	e->c.rate_burst = burst;
	for (unsigned i = 0; i < DP_RATES; i++) {
		const struct cfg_rates *r = leg_rate_in_force(e, (enum dp_rate)i, &from);
		uint64_t bps = r ? r->bps[i] : 0;

		changed |= e->c.rate[i] != bps;
		e->c.rate[i] = bps;
	}
	return changed;
}

bool leg_take_rates(struct leg *l, enum leg_rates from, const struct cfg_rates *r)
{
	struct leg_entry *e = l->ops->entry(l);
	const struct cfg_rates *before = e->rates[from], *kept = leg_rate_keep(from, r);

	if (!kept)
		return false;
	e->rates[from] = kept;
	if (!leg_rate_choose(e) || !e->in_table || leg_entry_set(e) == 0) {
		leg_rate_drop(from, before);
		if (from != LEG_RATES_SECTION)
			join_changed(l);
		return true;
	}
	e->rates[from] = before;
	leg_rate_drop(from, kept);
	leg_rate_choose(e);
	return false;
}

bool leg_set_rate(struct leg *l, enum leg_rates from, enum dp_rate way, uint64_t bps)
{
	struct cfg_rates r = *l->ops->entry(l)->rates[from];

	r.bps[way] = bps;
	return leg_take_rates(l, from, &r);
}

uint64_t leg_rate(const struct leg *l, enum dp_rate way, enum leg_rates *from)
{
	const struct leg_entry *e = l->ops->entry((struct leg *)(uintptr_t)l);
	const struct cfg_rates *r = leg_rate_in_force(e, way, from);

	return r ? r->bps[way] : 0;
}

/* --- records ------------------------------------------------------------------------------------ */

/* The octet before them has a bit for each that is there. */
void leg_rates_save(const struct leg_entry *e, struct wr *w)
{
	size_t at = w->len;
	uint8_t there = 0;

	wr_u8(w, 0);
	for (unsigned i = LEG_RATES_USER * DP_RATES; i < LEG_RATES * DP_RATES; i++) {
		uint64_t bps = e->rates[i / DP_RATES]->bps[i % DP_RATES];

		if (bps == CFG_OF_SERVICE)
			continue;
		there |= (uint8_t)(1u << i);
		wr_u64(w, bps);
	}
	if (!w->bad)
		w->buf[at] = there;
}

static void leg_rate_recall(struct leg_entry *e, enum leg_rates from, uint8_t there, struct rd *r)
{
	struct cfg_rates said = leg_rate_none;
	const struct cfg_rates *kept;

	for (unsigned i = 0; i < DP_RATES; i++) {
		if (!(there & 1u << (from * DP_RATES + i)))
			continue;
		said.bps[i] = rd_u64(r);
		if (said.bps[i] != CFG_OF_SERVICE && said.bps[i] > DP_RATE_MAX)
			rd_fail(r);
	}
	kept = leg_rate_keep(from, &said);
	if (!kept) {
		rd_fail(r);
		return;
	}
	leg_rate_drop(from, e->rates[from]);
	e->rates[from] = kept;
}

bool leg_rates_recall(struct leg_entry *e, struct rd *r)
{
	uint8_t there = r->left ? rd_u8(r) : 0; /* records of older releases end here */

	for (unsigned i = LEG_RATES_USER; i < LEG_RATES; i++)
		leg_rate_recall(e, (enum leg_rates)i, there, r);
	leg_rate_choose(e);
	return !r->bad;
}
