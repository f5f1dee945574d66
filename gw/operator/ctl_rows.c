/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/ctl_rows.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

const json_t *ctl_rows_column(const json_t *columns, const char *name, size_t len)
{
	json_t *c;
	size_t i;

	json_array_foreach((json_t *)columns, i, c)
	{
		const char *n = json_string_value(json_object_get(c, "name"));

		if (n && strlen(n) == len && !memcmp(n, name, len))
			return c;
	}
	return NULL;
}

static bool column_is_number(const json_t *c)
{
	const char *type = json_string_value(json_object_get(c, "type"));

	return type && !strcmp(type, "number");
}

/* --- match --------------------------------------------------------------------------------------- */

static bool test_number(const char *text, json_int_t *n)
{
	char *end;

	errno = 0;
	*n = strtoll(text, &end, 10);
	return *text && !*end && !errno;
}

/* What stands at op, and behind it. */
static void test_take(struct ctl_test *t, char *op)
{
	static const struct {
		char op;
		uint8_t how;
	} ops[] = {{'=', CTL_TEST_IS},
		   {'~', CTL_TEST_HAS},
		   {'<', CTL_TEST_BELOW},
		   {'>', CTL_TEST_ABOVE}};

	for (unsigned i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (ops[i].op == *op)
			t->how = ops[i].how;
	t->value = op + 1;
	if (*op == '=' && op > t->text && op[-1] == '!') {
		t->how = CTL_TEST_IS_NOT;
		op[-1] = '\0';
	}
	*op = '\0';
}

const char *ctl_test_read(struct ctl_test *t, const char *words, const json_t *columns)
{
	const json_t *c;
	char *op;

	*t = (struct ctl_test){0};
	if (strlen(words) >= sizeof(t->text))
		return "is too long";
	strcpy(t->text, words);
	op = strpbrk(t->text, "=~<>");
	if (!op)
		return "is not COLUMN=VALUE, COLUMN!=VALUE, COLUMN~PART, COLUMN<N or COLUMN>N";
	test_take(t, op);
	t->name = t->text;
	c = ctl_rows_column(columns, t->name, strlen(t->name));
	if (!c)
		return "names no column";
	if (t->how == CTL_TEST_HAS || (!strcmp(t->value, "-") && t->how <= CTL_TEST_IS_NOT))
		return NULL;
	t->numeric = column_is_number(c);
	if (t->numeric && !test_number(t->value, &t->number))
		return "needs a number";
	return !t->numeric && t->how >= CTL_TEST_BELOW ? "needs a column of numbers" : NULL;
}

json_t *ctl_test_value(const struct ctl_test *t)
{
	if (t->how != CTL_TEST_IS)
		return NULL;
	if (t->numeric)
		return json_integer(t->number);
	return strcmp(t->value, "-") ? json_string(t->value) : json_null();
}

/* As text; buf: room for a number. */
static const char *cell_text(const json_t *cell, char buf[24])
{
	if (json_is_integer(cell)) {
		snprintf(buf, 24, "%lld", (long long)json_integer_value(cell));
		return buf;
	}
	return json_is_string(cell) ? json_string_value(cell) : "-";
}

bool ctl_test_holds(const struct ctl_test *t, const json_t *row)
{
	const json_t *cell = json_object_get(row, t->name);
	char number[24];
	const char *text = cell_text(cell, number);
	const bool same =
		!strcmp(text, t->numeric ? "" : t->value) ||
		(t->numeric && json_is_integer(cell) && json_integer_value(cell) == t->number);

	switch (t->how) {
	case CTL_TEST_IS:
		return same;
	case CTL_TEST_IS_NOT:
		return !same;
	case CTL_TEST_HAS:
		return strstr(text, t->value);
	case CTL_TEST_BELOW:
		return json_is_integer(cell) && json_integer_value(cell) < t->number;
	case CTL_TEST_ABOVE:
		return json_is_integer(cell) && json_integer_value(cell) > t->number;
	}
	return false;
}

/* --- order --------------------------------------------------------------------------------------- */

struct order_row {
	json_t *row;
	const json_t *cell;
	size_t i; /* where it was */
	bool down;
};

static int order_cells(const json_t *a, const json_t *b)
{
	if (json_is_integer(a) && json_is_integer(b))
		return (json_integer_value(a) > json_integer_value(b)) -
		       (json_integer_value(a) < json_integer_value(b));
	return strcmp(json_string_value(a), json_string_value(b));
}

static bool order_says_nothing(const json_t *cell)
{
	return !json_is_integer(cell) && !json_is_string(cell);
}

static int order_compare(const void *one, const void *other)
{
	const struct order_row *a = one, *b = other;
	int by = (int)order_says_nothing(a->cell) - (int)order_says_nothing(b->cell);

	if (!by && !order_says_nothing(a->cell))
		by = a->down ? order_cells(b->cell, a->cell) : order_cells(a->cell, b->cell);
	return by ? by : (a->i > b->i) - (a->i < b->i);
}

void ctl_rows_order(json_t *rows, const char *column, bool down)
{
	size_t n = json_array_size(rows), i;
	struct order_row *o = n ? calloc(n, sizeof(*o)) : NULL;

	if (!o)
		return;
	for (i = 0; i < n; i++) {
		json_t *row = json_array_get(rows, i);

		o[i] = (struct order_row){json_incref(row), json_object_get(row, column), i, down};
	}
	qsort(o, n, sizeof(*o), order_compare);
	for (i = 0; i < n; i++)
		json_array_set_new(rows, i, o[i].row);
	free(o);
}

/* --- text ---------------------------------------------------------------------------------------- */

#define ROWS_COLUMNS 32u

/* Characters on a terminal, near enough. */
static unsigned text_width(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

/* Nothing that steers a terminal gets there. */
static void text_put(const char *text, FILE *to)
{
	for (; *text; text++)
		fputc((unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text, to);
}

static void line_put(const json_t *columns, const unsigned *width, const json_t *row, FILE *to)
{
	char number[24];
	json_t *c;
	size_t i;

	json_array_foreach((json_t *)columns, i, c)
	{
		const char *name = json_string_value(json_object_get(c, "name"));
		const char *text = row ? cell_text(json_object_get(row, name), number) : name;
		bool right = column_is_number(c), last = i + 1 == json_array_size(columns);
		int pad = (int)width[i] - (int)text_width(text);

		if (right)
			fprintf(to, "%*s", pad, "");
		text_put(text, to);
		if (!last)
			fprintf(to, "%*s", right ? 2 : pad + 2, "");
	}
	fputc('\n', to);
}

void ctl_rows_print(const json_t *rows, const json_t *columns, FILE *to)
{
	unsigned width[ROWS_COLUMNS] = {0};
	char number[24];
	json_t *c, *row;
	size_t i, k;

	if (json_array_size(columns) > ROWS_COLUMNS)
		return;
	json_array_foreach((json_t *)columns, i, c)
	{
		const char *name = json_string_value(json_object_get(c, "name"));

		width[i] = text_width(name);
		json_array_foreach((json_t *)rows, k, row)
		{
			unsigned w = text_width(cell_text(json_object_get(row, name), number));

			width[i] = w > width[i] ? w : width[i];
		}
	}
	line_put(columns, width, NULL, to);
	json_array_foreach((json_t *)rows, k, row) line_put(columns, width, row, to);
}
