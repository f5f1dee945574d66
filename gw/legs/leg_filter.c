/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The filters of a leg's entry: those of its service or route, in place of any of them that of its
 * circuit, then that of its user, and in place of any of those one that an operator has set for
 * this leg alone.
 */
#include "gw/gw.h"
#include "gw/legs/leg_entry.h"
#include "gw/legs/legs.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEG_FILTER_MAX 1000u /* octets of one in a record */

static const struct gw_filters *leg_filter_in_force(const struct leg_entry *e, enum dp_filter place)
{
	const struct leg_entry_filters *f = e->filters;

	if (f && f->own && f->own->no[place])
		return f->own;
	for (unsigned i = LEG_FILTERS; f && i--;)
		if (f->of[i] && f->of[i]->no[place])
			return f->of[i];
	return NULL;
}

/* False without memory. */
static bool leg_filter_has_place(struct leg_entry *e)
{
	if (!e->filters)
		e->filters = calloc(1, sizeof(*e->filters));
	return e->filters;
}

static void leg_filter_choose(struct leg_entry *e)
{
	for (unsigned i = 0; i < DP_FILTERS; i++) {
		const struct gw_filters *f = leg_filter_in_force(e, (enum dp_filter)i);

		e->c.filter[i] = f ? f->no[i] : 0;
	}
}

static int leg_filter_apply(struct leg_entry *e)
{
	leg_filter_choose(e);
	return e->in_table ? leg_entry_set(e) : 0;
}

bool leg_take_filters(struct leg *l, enum leg_filters from, const struct gw_filters *f)
{
	struct leg_entry *e = l->ops->entry(l);
	const struct gw_filters *before = leg_entry_filters(e, from);

	if (before == f)
		return true; /* nothing to tell the data plane */
	if (!leg_filter_has_place(e)) {
		e->unfiltered = !e->in_table;
		return false;
	}
	e->filters->of[from] = f;
	if (leg_filter_apply(e) == 0)
		return true;
	e->filters->of[from] = before;
	leg_filter_choose(e);
	return false;
}

static struct gw_filters *leg_filter_own(const struct leg_entry *e)
{
	return e->filters ? e->filters->own : NULL;
}

static void leg_filter_forget(struct leg_entry *e, enum dp_filter place)
{
	struct gw_filters *own = leg_filter_own(e);

	dp_filter_del(e->gw->dp, own->no[place]);
	free((char *)(uintptr_t)own->text[place]);
	own->no[place] = 0;
	own->text[place] = NULL;
}

void leg_filters_free(struct leg_entry *e)
{
	struct gw_filters *own = leg_filter_own(e);

	for (unsigned i = 0; own && i < DP_FILTERS; i++)
		leg_filter_forget(e, (enum dp_filter)i);
	free(own);
	free(e->filters);
	e->filters = NULL;
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

	if (leg_filter_has_place(e) && !e->filters->own)
		e->filters->own = calloc(1, sizeof(*e->filters->own));
	if (!text || !leg_filter_own(e))
		snprintf(err, cap, "out of memory");
	else
		no = leg_filter_made(e, place, expr, err, cap);
	if (!no) {
		free(text);
		return false;
	}
	leg_filter_forget(e, place);
	e->filters->own->no[place] = no;
	e->filters->own->text[place] = text;
	return true;
}

bool leg_filter(struct leg *l, enum dp_filter place, const char *expr, char *err, size_t cap)
{
	struct leg_entry *e = l->ops->entry(l);

	if (expr && !leg_filter_put(e, place, expr, err, cap))
		return false;
	if (!expr && leg_filter_own(e))
		leg_filter_forget(e, place);
	join_changed(l);
	if (leg_filter_apply(e) == 0)
		return true;
	snprintf(err, cap, "out of memory");
	return false;
}

void leg_filters_save(const struct leg_entry *e, struct wr *w)
{
	const struct gw_filters *own = leg_filter_own(e);

	for (unsigned i = 0; i < DP_FILTERS; i++) {
		const char *text = own && own->no[i] ? own->text[i] : "";

		w->bad |= strlen(text) > LEG_FILTER_MAX;
		wr_u16(w, (uint16_t)strlen(text));
		wr_bytes(w, text, strlen(text));
	}
}

bool leg_filters_recall(struct leg_entry *e, struct rd *r)
{
	bool all = true;

	for (unsigned i = 0; i < DP_FILTERS; i++) {
		struct rd text = rd_sub(r, rd_u16(r));
		char expr[LEG_FILTER_MAX + 1], err[200];

		if (!text.left)
			continue;
		if (text.left > LEG_FILTER_MAX)
			return false;
		memcpy(expr, text.p, text.left);
		expr[text.left] = '\0';
		all = leg_filter_put(e, (enum dp_filter)i, expr, err, sizeof(err)) && all;
	}
	leg_filter_choose(e);
	return all && !r->bad;
}

void leg_filters_pass(struct rd *r)
{
	for (unsigned i = 0; i < DP_FILTERS; i++)
		rd_skip(r, rd_u16(r));
}

static const struct leg_entry *leg_filter_entry(const struct leg *l)
{
	return l->ops->entry((struct leg *)(uintptr_t)l);
}

const struct gw_filters *leg_own_filters(const struct leg *l)
{
	return leg_filter_own(leg_filter_entry(l));
}

const struct gw_filters *leg_filters_in_force(const struct leg *l, enum dp_filter place)
{
	return leg_filter_in_force(leg_filter_entry(l), place);
}
