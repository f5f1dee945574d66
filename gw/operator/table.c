/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cells lie one behind the other in one growing block of text; the width of each column is kept
 * while they are added, so that printing is one walk.  Out of memory loses the rest of the table
 * and says so.
 */
#include "gw/operator/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 16u
#define CELL_MAX    256u

struct table {
	unsigned columns;
	unsigned width[COLUMNS_MAX];
	bool right[COLUMNS_MAX];
	char *text; /* cells, each NUL ended */
	size_t len, cap;
	unsigned cells;
	bool full;
};

static void table_add(struct table *t, const char *cell)
{
	size_t n = strlen(cell) + 1;
	unsigned col = t->cells % t->columns;

	if (t->len + n > t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 1024;
		char *text = t->full ? NULL : realloc(t->text, cap);

		if (!text) {
			t->full = true;
			return;
		}
		t->text = text;
		t->cap = cap;
	}
	memcpy(t->text + t->len, cell, n);
	t->len += n;
	t->cells++;
	if (n - 1 > t->width[col])
		t->width[col] = (unsigned)n - 1;
}

struct table *table_new(const char *head)
{
	struct table *t = calloc(1, sizeof(*t));
	const char *p = head;
	unsigned i;

	if (!t)
		return NULL;
	for (t->columns = 1; (p = strchr(p, '|')) && t->columns < COLUMNS_MAX; p++)
		t->columns++;
	for (i = 0; i < t->columns; i++) {
		size_t n = strcspn(head, "|");

		t->right[i] = *head == '>';
		table_cell(t, "%.*s", (int)n - t->right[i], head + t->right[i]);
		head += n + (head[n] == '|');
	}
	return t;
}

void table_cell(struct table *t, const char *fmt, ...)
{
	char cell[CELL_MAX];
	va_list ap;

	if (!t)
		return;
	va_start(ap, fmt);
	vsnprintf(cell, sizeof(cell), fmt, ap);
	va_end(ap);
	table_add(t, cell[0] ? cell : "-");
}

void table_end(struct table *t, void (*line)(void *ctx, const char *line), void *ctx)
{
	char out[COLUMNS_MAX * (CELL_MAX + 2)];
	const char *cell;
	unsigned i, n;

	if (!t)
		return;
	for (i = 0, n = 0, cell = t->text; i < t->cells; i++, cell += strlen(cell) + 1) {
		unsigned col = i % t->columns;
		bool last = col + 1 == t->columns;
		int w = (int)(last && !t->right[col] ? 0 : t->width[col]);

		n += (unsigned)snprintf(out + n, sizeof(out) - n, "%*s%s", t->right[col] ? w : -w,
					cell, last ? "" : "  ");
		if (last) {
			line(ctx, out);
			n = 0;
		}
	}
	if (t->full)
		line(ctx, "(out of memory: the rest is left out)");
	free(t->text);
	free(t);
}
