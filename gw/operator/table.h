/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an operator sees as a table: const columns, each with its title and the function that prints
 * its cell, so that no title stands without a cell.  A column of numbers has a second function,
 * which gives the number itself.  Who prints (text in columns here, JSON in control_table.c) walks
 * the same rows whatever the form.
 */
#ifndef GW_OPERATOR_TABLE_H
#define GW_OPERATOR_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct gw;

enum table_align { TABLE_LEFT, TABLE_RIGHT };

struct table_column {
	const char *title; /* for people */
	/* For programs: unique in its table, a-z, 0-9 and -; says the unit of a number that is no
	 * count.  It stays as it is once it is in a release. */
	const char *key;
	enum table_align align;
	/* The cell of `row` as text of at most cap octets with its NUL; buf is "" before. */
	void (*print)(const void *row, char *buf, size_t cap);
	/* The cell as a number, false when it has none; NULL for a column of text. */
	bool (*number)(const void *row, uint64_t *value);
};

/* Who takes the rows of a table, in their order. */
struct table_sink {
	const struct table *table;
	void (*row)(struct table_sink *to, const void *row);
};

struct table {
	const char *name; /* as in `show NAME` */
	const struct table_column *column;
	unsigned columns;
	/* table_row() for each row there is now. */
	void (*rows)(struct gw *gw, struct table_sink *to);
};

#define TABLE_COLUMNS_MAX 20u
#define TABLE_CELL_MAX	  256u /* longer cells are cut */

#define TABLE_COLUMNS(sym) (sizeof(sym##_columns) / sizeof((sym##_columns)[0]))
/* The table `sym` called `words`, of the array sym##_columns and the function sym##_rows. */
#define TABLE(sym, words)                      \
	const struct table sym = {             \
		.name = words,                 \
		.column = sym##_columns,       \
		.columns = TABLE_COLUMNS(sym), \
		.rows = sym##_rows,            \
	};                                     \
	_Static_assert(TABLE_COLUMNS(sym) <= TABLE_COLUMNS_MAX, "raise TABLE_COLUMNS_MAX")

/* A print function: an expression of `row`, a struct `type`, as text or as a number. */
#define TABLE_TEXT(fn, type, expr)                                \
	static void fn(const void *object, char *buf, size_t cap) \
	{                                                         \
		const struct type *row = object;                  \
                                                                  \
		snprintf(buf, cap, "%s", expr);                   \
	}
#define TABLE_NUMBER(fn, type, expr) TABLE_NUMBER_IF(fn, type, true, expr)
/* A number that only some rows have. */
#define TABLE_NUMBER_IF(fn, type, has, expr)                       \
	TABLE_VALUE(fn, type, has, expr)                           \
	static void fn(const void *object, char *buf, size_t cap)  \
	{                                                          \
		table_print_number(buf, cap, fn##_number, object); \
	}
/* A duration in microseconds: "7m31s" to people, whole seconds to programs. */
#define TABLE_TIME(fn, type, has, expr)                             \
	TABLE_VALUE(fn, type, has, (uint64_t)(expr) / 1000000)      \
	static void fn(const void *object, char *buf, size_t cap)   \
	{                                                           \
		table_print_seconds(buf, cap, fn##_number, object); \
	}
#define TABLE_VALUE(fn, type, has, expr)                             \
	static bool fn##_number(const void *object, uint64_t *value) \
	{                                                            \
		const struct type *row = object;                     \
                                                                     \
		if (!(has))                                          \
			return false;                                \
		*value = (uint64_t)(expr);                           \
		return true;                                         \
	}
/* The functions of a column: of text, and of what TABLE_NUMBER or TABLE_TIME makes. */
#define TABLE_WORDS(fn) fn, NULL
#define TABLE_COUNT(fn) fn, fn##_number

void table_print_number(char *buf, size_t cap, bool (*number)(const void *row, uint64_t *value),
			const void *row);
void table_print_seconds(char *buf, size_t cap, bool (*number)(const void *row, uint64_t *value),
			 const void *row);

/* For `rows`: one row.  Empty cells show as "-". */
void table_row(struct table_sink *to, const void *row);

/* All rows there are now, under their titles, in columns as wide as their widest cell; `line` gets
 * each line without its end.  Out of memory the rest is left out, and a line says so. */
void table_print(const struct table *t, struct gw *gw, void (*line)(void *ctx, const char *line),
		 void *ctx);

#endif
