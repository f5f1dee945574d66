/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of mistakes and warnings.  Their places are put into words only at the end, when all
 * known names have been found: an unknown name may be part of a secret.
 */
#include "cfg/report.h"
#include "cfg/parts.h"
#include "cfg/schema.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cfg_fault {
	unsigned line, order;
	bool warning;
	const struct cfg_item *at; /* NULL = the file as a whole */
	const char *text;
};

#define SHOWN_MAX 60

const char *cfg_printable(struct cfg_load *l, const char *s, size_t len)
{
	char *out = arena_text(l->scratch, s, len);

	for (char *p = out; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	return out;
}

const char *cfg_clean(struct cfg_load *l, const char *s, size_t len)
{
	bool cut = len > SHOWN_MAX;
	const char *out = cfg_printable(l, s, cut ? SHOWN_MAX : len);

	return cut ? arena_printf(l->scratch, "%s...", out) : out;
}

/* Without the quotes around the value. */
const char *cfg_shown(struct cfg_load *l, const struct cfg_value *v)
{
	bool quoted = v->raw_len >= 2 && strchr("\"'", *v->raw);

	return cfg_clean(l, v->raw + quoted, v->raw_len - 2 * quoted);
}

/* An unquoted secret with a blank in it may continue in this name. */
bool cfg_may_be_secret(const struct cfg_item *it)
{
	const struct cfg_item *p = it->prev;

	if (it->unnamed)
		return true;
	return p && p->kind == CFG_ITEM_KEY && p->line == it->line &&
	       (!p->key || p->key->kind == CFG_K_SECRET);
}

/* "peer lac-east: secret", "frame-relay fr0: dlci 100", "top level" */
static const char *report_place(struct cfg_load *l, const struct cfg_item *at)
{
	bool hidden = !at->schema && !at->key && cfg_may_be_secret(at);
	const char *name, *title, *above;

	if (!at->parent)
		return "top level";
	name = hidden ? "?" : cfg_clean(l, at->name, strlen(at->name));
	title = !at->title ? "" : hidden ? "?" : cfg_clean(l, at->title, strlen(at->title));
	above = at->parent->parent ? arena_printf(l->scratch, "%s: ", report_place(l, at->parent))
				   : "";
	return arena_printf(l->scratch, "%s%s%s%s", above, name, *title ? " " : "", title);
}

static unsigned report_shown(unsigned n)
{
	return n < CFG_FAULTS_MAX ? n : CFG_FAULTS_MAX;
}

/* The place for one more, unless there are too many of its kind. */
static struct cfg_fault *report_room(struct cfg_load *l, bool warning)
{
	unsigned *n = warning ? &l->warnings : &l->faults;
	unsigned before = report_shown(l->faults) + report_shown(l->warnings);

	if ((*n)++ >= CFG_FAULTS_MAX)
		return NULL;
	if (!l->fault)
		l->fault = arena_get(l->scratch, 2 * CFG_FAULTS_MAX * sizeof(*l->fault));
	l->fault[before].order = before;
	l->fault[before].warning = warning;
	return &l->fault[before];
}

static void report_add(struct cfg_load *l, struct cfg_fault *f, unsigned line,
		       const struct cfg_item *at, const char *fmt, va_list ap)
{
	char text[512];

	if (!f)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	f->line = line;
	f->at = at;
	f->text = arena_text(l->scratch, text, strlen(text));
}

void cfg_wrong(struct cfg_load *l, unsigned line, const struct cfg_item *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report_add(l, report_room(l, false), line, at, fmt, ap);
	va_end(ap);
}

void cfg_warn(struct cfg_load *l, unsigned line, const struct cfg_item *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report_add(l, report_room(l, true), line, at, fmt, ap);
	va_end(ap);
}

bool cfg_reported(const struct cfg_load *l, const struct cfg_item *section)
{
	unsigned n = report_shown(l->faults) + report_shown(l->warnings);

	for (unsigned i = 0; i < n; i++)
		for (const struct cfg_item *at = l->fault[i].at; at; at = at->parent)
			if (at == section && !l->fault[i].warning)
				return true;
	return l->faults > CFG_FAULTS_MAX; /* the others are not kept */
}

bool cfg_reported_at(const struct cfg_load *l, const struct cfg_item *it)
{
	unsigned n = report_shown(l->faults) + report_shown(l->warnings);

	for (unsigned i = 0; i < n; i++)
		if (l->fault[i].at == it && !l->fault[i].warning)
			return true;
	return l->faults > CFG_FAULTS_MAX;
}

static const char *report_message(struct cfg_load *l, const struct cfg_fault *f)
{
	const char *level = f->warning ? "warning: " : "", *file;

	if (!f->at)
		return arena_printf(l->scratch, "%s: %s%s", l->file, level, f->text);
	file = cfg_part_of(l, f->line)->name;
	return arena_printf(l->scratch, "%s:%u: %s: %s%s", cfg_printable(l, file, strlen(file)),
			    cfg_line_of(l, f->line), report_place(l, f->at), level, f->text);
}

static int report_by_line(const void *a, const void *b)
{
	const struct cfg_fault *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

void cfg_report_all(struct cfg_load *l, cfg_report report, void *ctx)
{
	unsigned faults = report_shown(l->faults), warnings = report_shown(l->warnings);

	if (!report || !l->fault)
		return;
	qsort(l->fault, faults + warnings, sizeof(*l->fault), report_by_line);
	for (unsigned i = 0; i < faults + warnings; i++)
		report(ctx, report_message(l, &l->fault[i]));
	if (l->faults > faults)
		report(ctx, arena_printf(l->scratch, "%s: and %u more mistakes", l->file,
					 l->faults - faults));
	if (l->warnings > warnings)
		report(ctx, arena_printf(l->scratch, "%s: and %u more warnings", l->file,
					 l->warnings - warnings));
}
