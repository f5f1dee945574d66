/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The filters of a leg's entry: those of its service or route, and in place of any of them one that
 * an operator has set for this leg alone.
 */
#include "gw/gw.h"
#include "gw/legs/leg_entry.h"
#include "gw/legs/legs.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int leg_filter_apply(struct leg_entry *e)
{
	for (unsigned i = 0; i < DP_FILTERS; i++)
		e->c.filter[i] = e->own && e->own->no[i] ? e->own->no[i]
				 : e->filters		 ? e->filters->no[i]
							 : 0;
	return e->in_table ? leg_entry_set(e) : 0;
}

static bool leg_filter_any(const struct gw_filters *f)
{
	for (unsigned i = 0; i < DP_FILTERS; i++)
		if (f->no[i])
			return true;
	return false;
}

void leg_take_filters(struct leg *l, const struct gw_filters *f)
{
	struct leg_entry *e = l->ops->entry(l);

	if (!e->filters && !leg_filter_any(f))
		return; /* nothing to tell the data plane */
	e->filters = f;
	leg_filter_apply(e);
}

static void leg_filter_forget(struct leg_entry *e, enum dp_filter place)
{
	dp_filter_del(e->gw->dp, e->own->no[place]);
	free((char *)(uintptr_t)e->own->text[place]);
	e->own->no[place] = 0;
	e->own->text[place] = NULL;
}

void leg_filters_free(struct leg_entry *e)
{
	for (unsigned i = 0; e->own && i < DP_FILTERS; i++)
		leg_filter_forget(e, (enum dp_filter)i);
	free(e->own);
	e->own = NULL;
}

/* A registered program of the expression; 0 with words in err. */
static uint32_t leg_filter_made(struct leg_entry *e, enum dp_filter place, const char *expr,
				char *err, size_t cap)
{
	bool ppp = place == DP_FILTER_PPP_IN || place == DP_FILTER_PPP_OUT;
	struct cfg_filter f;
	uint32_t no = 0;
	int rc;

	if (!cfg_filter_compile(&f, expr, ppp, err, cap))
		return 0;
	rc = dp_filter_add(e->gw->dp, f.insn, f.n, &no);
	if (rc < 0)
		snprintf(err, cap, "%s", strerror(-rc));
	cfg_filter_free(&f);
	return rc < 0 ? 0 : no;
}

static bool leg_filter_put(struct leg_entry *e, enum dp_filter place, const char *expr, char *err,
			   size_t cap)
{
	char *text = strdup(expr);
	uint32_t no = 0;

	if (!e->own)
		e->own = calloc(1, sizeof(*e->own));
	if (!text || !e->own)
		snprintf(err, cap, "out of memory");
	else
		no = leg_filter_made(e, place, expr, err, cap);
	if (!no) {
		free(text);
		return false;
	}
	leg_filter_forget(e, place);
	e->own->no[place] = no;
	e->own->text[place] = text;
	return true;
}

bool leg_filter(struct leg *l, enum dp_filter place, const char *expr, char *err, size_t cap)
{
	struct leg_entry *e = l->ops->entry(l);

	if (expr && !leg_filter_put(e, place, expr, err, cap))
		return false;
	if (!expr && e->own)
		leg_filter_forget(e, place);
	if (leg_filter_apply(e) == 0)
		return true;
	snprintf(err, cap, "out of memory");
	return false;
}

const struct gw_filters *leg_own_filters(const struct leg *l)
{
	return l->ops->entry((struct leg *)(uintptr_t)l)->own;
}
