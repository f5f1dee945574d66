/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What isthmusctl does with the rows of a table: some of them, in another order, some columns, as
 * text. */
#ifndef GW_OPERATOR_CTL_ROWS_H
#define GW_OPERATOR_CTL_ROWS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* `columns`: an array of {"name", "type"}, as list-commands has them. */

/* The column of this name, or NULL. */
const json_t *ctl_rows_column(const json_t *columns, const char *name, size_t len);

/* COLUMN=VALUE, COLUMN!=VALUE, COLUMN~PART, COLUMN<NUMBER or COLUMN>NUMBER.  "-" is a cell that
 * says nothing. */
struct ctl_test {
	const char *name;
	enum { CTL_TEST_IS, CTL_TEST_IS_NOT, CTL_TEST_HAS, CTL_TEST_BELOW, CTL_TEST_ABOVE } how;
	const char *value;
	json_int_t number; /* of a column of numbers */
	bool numeric;
	char text[256];
};
/* NULL, or what is wrong. */
const char *ctl_test_read(struct ctl_test *t, const char *words, const json_t *columns);
bool ctl_test_holds(const struct ctl_test *t, const json_t *row);
/* The value that it asks for, where that is one; else NULL. */
json_t *ctl_test_value(const struct ctl_test *t);

/* By a column, numbers by size, cells that say nothing last; rows that are the same stay as they
 * are. */
void ctl_rows_order(json_t *rows, const char *column, bool down);
/* Lines of text under the names of these columns. */
void ctl_rows_print(const json_t *rows, const json_t *columns, FILE *to);

#endif
