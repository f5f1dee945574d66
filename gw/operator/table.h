/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table for people: cells are collected, then printed in columns as wide as their widest cell. */
#ifndef GW_OPERATOR_TABLE_H
#define GW_OPERATOR_TABLE_H

#include <stdbool.h>

struct table;

/* head: titles separated by '|'; a title that starts with '>' is of a column of numbers. */
struct table *table_new(const char *head);
/* One cell, snprintf rules; a row is full when every column has one.  Empty text shows as "-". */
void table_cell(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Print line by line (no line end in `line`) and free it. */
void table_end(struct table *t, void (*line)(void *ctx, const char *line), void *ctx);

#endif
