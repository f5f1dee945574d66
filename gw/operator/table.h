/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an operator sees as a table: const columns, each with its title and the function that prints
 * its cell, so that no title stands without a cell.  Who prints (text in columns here) walks the
 * same rows whatever the form.
 */
#ifndef GW_OPERATOR_TABLE_H
#define GW_OPERATOR_TABLE_H

#include <stddef.h>
#include <stdio.h>

struct gw;
struct table_text;

enum table_align { TABLE_LEFT, TABLE_RIGHT };

struct table_column {
	const char *title; /* for people */
	const char *key;   /* for programs: unique in its table, a-z, 0-9 and - */
	enum table_align align;
	/* The cell of `row` as text of at most cap octets with its NUL; buf is "" before. */
	void (*print)(const void *row, char *buf, size_t cap);
};

struct table {
	const char *name; /* as in `show NAME` */
	const struct table_column *column;
	unsigned columns;
	/* table_row() for each row there is now. */
	void (*rows)(struct gw *gw, struct table_text *to);
};

/* The table `sym` called `words`, of the array sym##_columns and the function sym##_rows. */
#define TABLE(sym, words)                                                      \
	const struct table sym = {                                             \
		.name = words,                                                 \
		.column = sym##_columns,                                       \
		.columns = sizeof(sym##_columns) / sizeof((sym##_columns)[0]), \
		.rows = sym##_rows,                                            \
	}

/* A print function: an expression of `row`, a struct `type`, as text or as a number. */
#define TABLE_TEXT(fn, type, expr)                                \
	static void fn(const void *object, char *buf, size_t cap) \
	{                                                         \
		const struct type *row = object;                  \
                                                                  \
		snprintf(buf, cap, "%s", expr);                   \
	}
#define TABLE_NUMBER(fn, type, expr)                                    \
	static void fn(const void *object, char *buf, size_t cap)       \
	{                                                               \
		const struct type *row = object;                        \
                                                                        \
		snprintf(buf, cap, "%llu", (unsigned long long)(expr)); \
	}

#define TABLE_COLUMNS_MAX 16u
#define TABLE_CELL_MAX	  256u /* longer cells are cut */

/* For `rows`: one row.  Empty cells show as "-". */
void table_row(struct table_text *to, const void *row);

/* All rows there are now, under their titles, in columns as wide as their widest cell; `line` gets
 * each line without its end.  Out of memory the rest is left out, and a line says so. */
void table_print(const struct table *t, struct gw *gw, void (*line)(void *ctx, const char *line),
		 void *ctx);

#endif
