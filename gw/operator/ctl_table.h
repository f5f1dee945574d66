/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of table.h as JSON: an object for each row, with the columns' keys; numbers are
 * numbers, and a cell that says nothing is null.  An answer has a bounded number of rows; what is
 * left is asked for by another request, with "from".
 */
#ifndef GW_OPERATOR_CTL_TABLE_H
#define GW_OPERATOR_CTL_TABLE_H

#include "gw/operator/ctl_request.h"
#include "gw/operator/ctl_text.h"
#include "gw/operator/table.h"

#define CTL_ROWS_MAX   1000u
#define CTL_ANSWER_MAX 262144u /* octets of rows after which none is begun */

/* What a request for a table may say. */
#define CTL_TABLE_ARGS 3u
extern const struct ctl_arg ctl_table_args[CTL_TABLE_ARGS];

/* Rows of `t` as {"rows": [...], "next": N}, next = null when there are no more.  arguments fit
 * ctl_table_args.  words: how many there are, or with CTL_REFUSED what is wrong. */
enum ctl_result ctl_table(const struct table *t, struct gw *gw, const json_t *arguments,
			  struct ctl_text *out, char words[CTL_WORDS_MAX]);
/* The same without a column. */
enum ctl_result ctl_table_without(const struct table *t, struct gw *gw, const json_t *arguments,
				  const char *without, struct ctl_text *out,
				  char words[CTL_WORDS_MAX]);
/* Its first `most` rows as [...], without a column (NULL = with all); false = there are more. */
bool ctl_table_list(const struct table *t, struct gw *gw, unsigned most, const char *without,
		    struct ctl_text *out);
/* The names and types of its columns. */
json_t *ctl_table_fields(const struct table *t);

#endif
