/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules about one pool and those before it: sizes of ranges, and that no two overlap. */
#include "cfg/check.h"
#include "cfg/report.h"
#include "cfg/value.h"

static void pool_range_sizes(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_pool *p = it->object;
	const struct cfg_item *b = cfg_blame(it, "ranges");

	for (unsigned i = 0; i < p->ranges; i++) {
		const struct cfg_prefix *r = &p->range[i];

		if (r->v6 && (r->bits > 64 || r->bits < 16))
			cfg_wrong(l, b->line, b,
				  "`%s`: an IPv6 range is from /16 to /64, for one /64 per client",
				  cfg_prefix_text(l->scratch, r));
		if (!r->v6 && r->bits < 8)
			cfg_wrong(l, b->line, b, "`%s`: an IPv4 range is /8 or smaller",
				  cfg_prefix_text(l->scratch, r));
	}
}

static void pool_delegates(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_item *length = cfg_given(it, "delegate-length");
	const struct cfg_item *b = cfg_blame(it, "delegate");
	const struct cfg_pool *p = it->object;

	if (!cfg_given(it, "ranges") && !cfg_given(it, "delegate"))
		cfg_wrong(l, it->line, it, "needs `ranges` or `delegate`");
	if (length && !cfg_given(it, "delegate"))
		cfg_wrong(l, length->line, length, "needs `delegate`");
	for (unsigned i = 0; i < p->delegates; i++) {
		const struct cfg_prefix *d = &p->delegate[i];

		if (!d->v6 || d->bits < 16 || d->bits > p->delegate_bits)
			cfg_wrong(l, b->line, b,
				  "`%s`: prefixes of /%u are delegated, from one of IPv6 that is "
				  "from /16 to that",
				  cfg_prefix_text(l->scratch, d), p->delegate_bits);
	}
}

/* q[i] for i < upto: ranges, or what is delegated, of a pool of this name. */
static void pool_overlap(struct cfg_load *l, const struct cfg_item *b,
			 const struct cfg_prefix *mine, const struct cfg_prefix *q, unsigned upto,
			 const char *name)
{
	for (unsigned i = 0; i < upto; i++)
		if (cfg_prefix_holds(mine, &q[i]) || cfg_prefix_holds(&q[i], mine))
			cfg_wrong(l, b->line, b, "`%s` overlaps `%s` of pool `%s`",
				  cfg_prefix_text(l->scratch, mine),
				  cfg_prefix_text(l->scratch, &q[i]), name);
}

/* mine: the ranges of the pool, or what it delegates, which its ranges are in front of. */
static void pool_apart(struct cfg_load *l, const struct cfg_item *b, const struct cfg_pool *p,
		       const struct cfg_prefix *mine, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		for (const struct cfg_pool *q = l->m->pool; q < p; q++) {
			pool_overlap(l, b, &mine[i], q->range, q->ranges, q->name);
			pool_overlap(l, b, &mine[i], q->delegate, q->delegates, q->name);
		}
		if (mine != p->range)
			pool_overlap(l, b, &mine[i], p->range, p->ranges, p->name);
		pool_overlap(l, b, &mine[i], mine, i, p->name);
	}
}

void cfg_check_pool(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_pool *p = it->object;

	pool_range_sizes(l, it);
	pool_delegates(l, it);
	pool_apart(l, cfg_blame(it, "ranges"), p, p->range, p->ranges);
	pool_apart(l, cfg_blame(it, "delegate"), p, p->delegate, p->delegates);
}
