/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/ctl_request.h"

#include <stdio.h>
#include <string.h>

const char *const ctl_arg_kind_names[] = {
	[CTL_ARG_NUMBER] = "number",   [CTL_ARG_TEXT] = "text",	    [CTL_ARG_OBJECT] = "object",
	[CTL_ARG_BOOLEAN] = "boolean", [CTL_ARG_SECRET] = "secret", [CTL_ARG_WORDS] = "words",
};

/* NULL, or what is wrong. */
static const char *request_take(struct ctl_request *r)
{
	const char *key;
	json_t *value;

	if (!json_is_object(r->whole))
		return "a request is an object";
	json_object_foreach(r->whole, key, value)
	{
		if (!strcmp(key, "command") && json_is_string(value))
			r->command = json_string_value(value);
		else if (!strcmp(key, "arguments") && json_is_object(value))
			r->arguments = value;
		else
			return "a request has \"command\", a text, and \"arguments\", an object";
	}
	return r->command ? NULL : "a request has \"command\"";
}

bool ctl_request_read(struct ctl_request *r, const char *line, size_t len,
		      char words[CTL_WORDS_MAX])
{
	json_error_t e;
	const char *wrong;

	*r = (struct ctl_request){.whole = json_loadb(line, len, JSON_REJECT_DUPLICATES, &e)};
	if (!r->whole) {
		snprintf(words, CTL_WORDS_MAX, "no JSON: %s (octet %d)", e.text, e.position);
		return false;
	}
	wrong = request_take(r);
	if (!wrong)
		return true;
	snprintf(words, CTL_WORDS_MAX, "%s", wrong);
	ctl_request_free(r);
	return false;
}

void ctl_request_free(struct ctl_request *r)
{
	json_decref(r->whole);
	*r = (struct ctl_request){0};
}

static const struct ctl_arg *request_arg(const struct ctl_arg *arg, unsigned args, const char *name)
{
	for (unsigned i = 0; i < args; i++)
		if (!strcmp(arg[i].name, name))
			return &arg[i];
	return NULL;
}

static bool request_in(const struct ctl_arg *a, int64_t n)
{
	return n >= a->least && n <= a->most;
}

static bool request_words_fit(const struct ctl_arg *a, const json_t *value)
{
	const json_t *word;
	size_t i;

	json_array_foreach((json_t *)value, i, word)
	{
		if (!json_is_string(word))
			return false;
	}
	return json_is_array(value) && request_in(a, (int64_t)json_array_size(value));
}

static bool request_value_fits(const struct ctl_arg *a, const json_t *value)
{
	switch (a->kind) {
	case CTL_ARG_NUMBER:
		return json_is_integer(value) && request_in(a, json_integer_value(value));
	case CTL_ARG_TEXT:
	case CTL_ARG_SECRET:
		return json_is_string(value) && request_in(a, (int64_t)json_string_length(value));
	case CTL_ARG_OBJECT:
		return json_is_object(value);
	case CTL_ARG_BOOLEAN:
		return json_is_boolean(value);
	case CTL_ARG_WORDS:
		return request_words_fit(a, value);
	}
	return false;
}

static void request_say_unfit(const struct ctl_arg *a, char words[CTL_WORDS_MAX])
{
	const char *what[] = {
		[CTL_ARG_NUMBER] = "a number",	       [CTL_ARG_TEXT] = "a text of octets",
		[CTL_ARG_OBJECT] = "an object",	       [CTL_ARG_BOOLEAN] = "true or false",
		[CTL_ARG_SECRET] = "a text of octets", [CTL_ARG_WORDS] = "an array of texts"};

	if (a->kind == CTL_ARG_OBJECT || a->kind == CTL_ARG_BOOLEAN)
		snprintf(words, CTL_WORDS_MAX, "%s is %s", a->name, what[a->kind]);
	else
		snprintf(words, CTL_WORDS_MAX, "%s is %s, %lld to %lld", a->name, what[a->kind],
			 (long long)a->least, (long long)a->most);
}

bool ctl_request_fits(const json_t *arguments, const struct ctl_arg *arg, unsigned args,
		      char words[CTL_WORDS_MAX])
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)arguments, key, value)
	{
		const struct ctl_arg *a = request_arg(arg, args, key);

		if (!a) {
			snprintf(words, CTL_WORDS_MAX, "no argument of this command: %.64s", key);
			return false;
		}
		if (!request_value_fits(a, value)) {
			request_say_unfit(a, words);
			return false;
		}
	}
	for (unsigned i = 0; i < args; i++)
		if (arg[i].required && !json_object_get(arguments, arg[i].name)) {
			snprintf(words, CTL_WORDS_MAX, "%s is missing", arg[i].name);
			return false;
		}
	return true;
}

const char *ctl_request_text(const json_t *arguments, const char *name)
{
	return json_string_value(json_object_get(arguments, name));
}

int64_t ctl_request_number(const json_t *arguments, const char *name, int64_t other)
{
	const json_t *n = json_object_get(arguments, name);

	return n ? json_integer_value(n) : other;
}

unsigned ctl_request_words(const json_t *arguments, const char *name, const char **word,
			   unsigned most)
{
	const json_t *list = json_object_get(arguments, name), *w;
	unsigned n = 0;
	size_t i;

	json_array_foreach((json_t *)list, i, w)
	{
		if (n < most)
			word[n++] = json_string_value(w);
	}
	return n;
}

bool ctl_request_boolean(const json_t *arguments, const char *name)
{
	return json_is_true(json_object_get(arguments, name));
}
