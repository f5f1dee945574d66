/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/ctl_table.h"

#include <string.h>

const struct ctl_arg ctl_table_args[CTL_TABLE_ARGS] = {
	{"match", CTL_ARG_OBJECT, .help = "only rows that have these values: {\"state\": \"up\"}"},
	{"from", CTL_ARG_NUMBER, .most = UINT32_MAX,
	 .help = "leave out so many rows, as \"next\" of the answer before says"},
	{"limit", CTL_ARG_NUMBER, .least = 1, .most = CTL_ROWS_MAX, .help = "so many rows at most"},
};

struct ctl_rows {
	struct table_sink sink; /* first: found from it */
	struct ctl_text *out;
	const json_t *match; /* or NULL */
	const char *without; /* the key of a column that is left out; or NULL */
	uint64_t seen, from, taken, limit;
	size_t begin; /* of the answer in out */
	bool more;
};

/* "-" is what people read where there is nothing. */
static bool cell_is_empty(const char *cell)
{
	return !*cell || !strcmp(cell, "-");
}

static json_t *cell_json(const struct table_column *c, const void *row)
{
	char cell[TABLE_CELL_MAX] = "";
	uint64_t n;

	if (c->number)
		return c->number(row, &n) ? json_integer(n < INT64_MAX ? (json_int_t)n : INT64_MAX)
					  : json_null();
	c->print(row, cell, sizeof(cell));
	return cell_is_empty(cell) ? json_null() : ctl_string(cell);
}

static const struct table_column *table_column_of(const struct table *t, const char *key)
{
	for (unsigned i = 0; i < t->columns; i++)
		if (!strcmp(t->column[i].key, key))
			return &t->column[i];
	return NULL;
}

static bool row_matches(const struct table *t, const void *row, const json_t *match)
{
	const char *key;
	json_t *want;

	json_object_foreach((json_t *)match, key, want)
	{
		json_t *got = cell_json(table_column_of(t, key), row);
		bool same = json_equal(got, want);

		json_decref(got);
		if (!same)
			return false;
	}
	return true;
}

static void row_write(struct ctl_rows *r, const void *row)
{
	const struct table *t = r->sink.table;

	ctl_text_words(r->out, r->taken ? ",{" : "{");
	for (unsigned i = 0, n = 0; i < t->columns; i++) {
		if (r->without && !strcmp(t->column[i].key, r->without))
			continue;
		ctl_text_words(r->out, n++ ? ",\"" : "\"");
		ctl_text_words(r->out, t->column[i].key);
		ctl_text_words(r->out, "\":");
		ctl_text_json(r->out, cell_json(&t->column[i], row));
	}
	ctl_text_words(r->out, "}");
}

static void row_take(struct table_sink *to, const void *row)
{
	struct ctl_rows *r = (struct ctl_rows *)to;

	if (r->more || !row_matches(to->table, row, r->match) || r->seen++ < r->from)
		return;
	r->more = r->taken == r->limit || r->out->len - r->begin > CTL_ANSWER_MAX;
	if (r->more)
		return;
	row_write(r, row);
	r->taken++;
}

/* NULL, or the key that no column has. */
static const char *match_unknown(const struct table *t, const json_t *match)
{
	const char *key;
	json_t *want;

	json_object_foreach((json_t *)match, key, want)
	{
		if (!table_column_of(t, key))
			return key;
	}
	return NULL;
}

bool ctl_table_list(const struct table *t, struct gw *gw, unsigned most, const char *without,
		    struct ctl_text *out)
{
	struct ctl_rows r = {.sink = {t, row_take},
			     .out = out,
			     .without = without,
			     .limit = most,
			     .begin = out->len};

	ctl_text_words(out, "[");
	t->rows(gw, &r.sink);
	ctl_text_words(out, "]");
	return !r.more;
}

enum ctl_result ctl_table(const struct table *t, struct gw *gw, const json_t *arguments,
			  struct ctl_text *out, char words[CTL_WORDS_MAX])
{
	return ctl_table_without(t, gw, arguments, NULL, out, words);
}

enum ctl_result ctl_table_without(const struct table *t, struct gw *gw, const json_t *arguments,
				  const char *without, struct ctl_text *out,
				  char words[CTL_WORDS_MAX])
{
	struct ctl_rows r = {
		.sink = {t, row_take},
		.out = out,
		.match = json_object_get(arguments, "match"),
		.without = without,
		.from = (uint64_t)ctl_request_number(arguments, "from", 0),
		.limit = (uint64_t)ctl_request_number(arguments, "limit", CTL_ROWS_MAX),
		.begin = out->len,
	};
	const char *unknown = match_unknown(t, r.match);

	if (unknown) {
		snprintf(words, CTL_WORDS_MAX, "no column of this table: %.64s", unknown);
		return CTL_REFUSED;
	}
	ctl_text_words(out, "{\"rows\":[");
	t->rows(gw, &r.sink);
	ctl_text_words(out, "],\"next\":");
	ctl_text_json(out, r.more ? json_integer((json_int_t)(r.from + r.taken)) : json_null());
	ctl_text_words(out, "}");
	snprintf(words, CTL_WORDS_MAX, "%llu row%s%s", (unsigned long long)r.taken,
		 r.taken == 1 ? "" : "s", r.more ? ", and there are more" : "");
	return r.taken || !r.match ? CTL_DONE : CTL_NOTHING;
}

json_t *ctl_table_fields(const struct table *t)
{
	json_t *fields = json_array();

	for (unsigned i = 0; i < t->columns; i++)
		json_array_append_new(fields, json_pack("{ss ss}", "name", t->column[i].key, "type",
							t->column[i].number ? "number" : "text"));
	return fields;
}
