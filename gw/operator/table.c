/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cells lie one behind the other in one growing block of text; the width of each column is kept
 * while they are added, so that printing is one walk.
 */
#include "gw/operator/table.h"

#include "gw/text.h"

#include <stdlib.h>
#include <string.h>

struct table_text {
	struct table_sink sink; /* first: found from it */
	unsigned width[TABLE_COLUMNS_MAX];
	char *text; /* cells, each with its NUL */
	size_t len, cap;
	unsigned cells;
	bool full; /* out of memory: no cell is added any more */
};

static void table_add(struct table_text *t, unsigned column, const char *cell)
{
	size_t n = strlen(cell) + 1;

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
	if (n - 1 > t->width[column])
		t->width[column] = (unsigned)n - 1;
}

static void table_text_row(struct table_sink *to, const void *row)
{
	struct table_text *t = (struct table_text *)to;
	char cell[TABLE_CELL_MAX];

	for (unsigned i = 0; i < to->table->columns; i++) {
		cell[0] = '\0';
		to->table->column[i].print(row, cell, sizeof(cell));
		table_add(t, i, cell[0] ? cell : "-");
	}
}

void table_row(struct table_sink *to, const void *row)
{
	to->row(to, row);
}

void table_print_number(char *buf, size_t cap, bool (*number)(const void *row, uint64_t *value),
			const void *row)
{
	uint64_t n;

	if (number(row, &n))
		snprintf(buf, cap, "%llu", (unsigned long long)n);
}

void table_print_seconds(char *buf, size_t cap, bool (*number)(const void *row, uint64_t *value),
			 const void *row)
{
	uint64_t n;

	if (number(row, &n))
		gw_duration_text(buf, cap, n * 1000000);
}

static void table_lines(const struct table_text *t, void (*line)(void *ctx, const char *line),
			void *ctx)
{
	char out[TABLE_COLUMNS_MAX * (TABLE_CELL_MAX + 2)];
	const char *cell = t->text;
	unsigned n = 0;

	for (unsigned i = 0; i < t->cells; i++, cell += strlen(cell) + 1) {
		unsigned col = i % t->sink.table->columns;
		bool right = t->sink.table->column[col].align == TABLE_RIGHT;
		bool last = col + 1 == t->sink.table->columns;
		int width = (int)(last && !right ? 0 : t->width[col]);

		n += (unsigned)snprintf(out + n, sizeof(out) - n, "%*s%s", right ? width : -width,
					cell, last ? "" : "  ");
		if (last) {
			line(ctx, out);
			n = 0;
		}
	}
}

void table_print(const struct table *table, struct gw *gw,
		 void (*line)(void *ctx, const char *line), void *ctx)
{
	struct table_text t = {.sink = {table, table_text_row}};

	for (unsigned i = 0; i < table->columns; i++)
		table_add(&t, i, table->column[i].title);
	table->rows(gw, &t.sink);
	table_lines(&t, line, ctx);
	if (t.full)
		line(ctx, "(out of memory: the rest is left out)");
	free(t.text);
}
