/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packet filters as control knows them: numbers, and how many entries name each.  A number is given
 * again only when its counters are in use by no other.
 */
#include "gw/dp/dp_int.h"
#include "gw/dp/filter_safe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct dp_filter_ref *dp_filter_find(const struct dp *dp, uint32_t no)
{
	struct dp_filter_ref *f = dp->filter[no % DOOR_FILTERS];

	return f && f->no == no ? f : NULL;
}

static void dp_filter_release(struct dp *dp, struct dp_filter_ref *f)
{
	if (f->calls || f->registered)
		return;
	dp->filter[f->no % DOOR_FILTERS] = NULL;
	free(f);
}

/* The next number whose place is free; 0 = none is. */
static uint32_t dp_filter_number(const struct dp *dp)
{
	uint32_t no = dp->last_filter;

	for (unsigned i = 0; i <= DOOR_FILTERS; i++)
		if (++no && !dp->filter[no % DOOR_FILTERS])
			return no;
	return 0;
}

static struct dp_filter_ref *dp_filter_make(struct dp *dp)
{
	uint32_t no = dp_filter_number(dp);
	struct dp_filter_ref *f = no ? calloc(1, sizeof(*f)) : NULL;

	if (!f)
		return NULL;
	f->no = dp->last_filter = no;
	f->registered = true;
	dp->filter[no % DOOR_FILTERS] = f;
	atomic_store(&dp->door->words->last_filter, no);
	return f;
}

int dp_filter_add(struct dp *dp, const struct bpf_insn *insn, unsigned n, uint32_t *no)
{
	struct door_msg m = {.kind = DOOR_FILTER_ADD, .filter = {.insn = insn, .insns = n}};
	struct dp_filter_ref *f;
	int rc;

	if (!filter_is_safe(insn, n))
		return -EINVAL;
	f = dp_filter_make(dp);
	if (!f)
		return -ENOMEM;
	*no = m.filter.no = f->no;
	rc = dp_ask(dp, &m);
	if (!rc)
		return 0;
	f->registered = false;
	dp_filter_release(dp, f);
	return rc;
}

void dp_filter_del(struct dp *dp, uint32_t no)
{
	struct door_msg m = {.kind = DOOR_FILTER_DEL, .number = {no}};
	struct dp_filter_ref *f = dp_filter_find(dp, no);

	if (!f || !f->registered)
		return;
	dp_change(dp, &m);
	f->registered = false;
	dp_filter_release(dp, f);
}

void dp_filter_drop(struct dp *dp, uint32_t no)
{
	struct dp_filter_ref *f = dp_filter_find(dp, no);

	if (!f)
		return;
	f->calls--;
	dp_filter_release(dp, f);
}

bool dp_filter_count(const struct dp *dp, uint32_t no, struct dp_filter_counters *out)
{
	const struct dp_filter_ref *f = dp_filter_find(dp, no);
	bool there = f && f->registered;

	*out = (struct dp_filter_counters){.calls = there ? f->calls : 0};
	for (unsigned i = 0; there && i < dp->n; i++) {
		const struct filter_counters *n = &dp->door->counters[i]->filter[no % DOOR_FILTERS];

		out->passed += count_get(&n->passed);
		out->dropped += count_get(&n->dropped);
	}
	return there;
}

void dp_filters_free(struct dp *dp)
{
	for (unsigned i = 0; i < DOOR_FILTERS; i++)
		free(dp->filter[i]);
}
