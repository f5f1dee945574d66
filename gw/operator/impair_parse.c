/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/impair_parse.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define IMPAIR_USAGE                                                                      \
	"PORT [CIRCUIT] [in|out], then one or more of loss P%, delay TIME, jitter TIME, " \
	"reorder P%, duplicate P%, corrupt P%, rate RATE, and [seed N] [for TIME]"
#define IMPAIR_BARE_USAGE "PORT [CIRCUIT] [in|out]"

/* --- values -------------------------------------------------------------------------------------- */

static bool impair_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "5%", "0.1", "100%": in a million; no more than four places behind the point. */
static bool impair_parse_percent(uint64_t *out, const char *text)
{
	uint64_t n = 0, unit = 10000;
	const char *p = text;

	for (; impair_is_digit(*p) && n <= 100; p++)
		n = n * 10 + (uint64_t)(*p - '0');
	if (p == text || n > 100)
		return false;
	n *= unit;
	if (*p == '.') {
		if (!impair_is_digit(*++p))
			return false;
		for (; impair_is_digit(*p) && unit > 1; p++)
			n += (uint64_t)(*p - '0') * (unit /= 10);
	}
	*out = n;
	return n <= 1000000 && (!*p || !strcmp(p, "%"));
}

static bool impair_parse_delay(uint64_t *out, const char *text)
{
	return cfg_parse_time(out, text) && *out <= DP_IMPAIR_TIME_MAX;
}

static bool impair_parse_lasts(uint64_t *out, const char *text)
{
	return cfg_parse_time(out, text) && *out;
}

static bool impair_parse_seed(uint64_t *out, const char *text)
{
	const char *p = text;

	for (*out = 0; impair_is_digit(*p) && p - text < 18; p++)
		*out = *out * 10 + (uint64_t)(*p - '0');
	return p > text && !*p;
}

static bool impair_parse_bps(uint64_t *out, const char *text)
{
	return cfg_parse_rate(out, text) && *out && *out <= DP_RATE_MAX;
}

/* --- rows ---------------------------------------------------------------------------------------- */

#define IMPAIR_AT(m) offsetof(struct dp_impair, m), sizeof(((struct dp_impair *)0)->m)

static const struct impair_word {
	const char *word;
	bool (*parse)(uint64_t *out, const char *text);
	size_t at, size;
	const char *is;
} impair_words[] = {
	{"loss", impair_parse_percent, IMPAIR_AT(loss), "a percentage, as 5% or 0.1%"},
	{"delay", impair_parse_delay, IMPAIR_AT(delay), "a time up to 60s, as 20ms"},
	{"jitter", impair_parse_delay, IMPAIR_AT(jitter), "a time up to 60s, as 5ms"},
	{"reorder", impair_parse_percent, IMPAIR_AT(reorder), "a percentage, as 1%"},
	{"duplicate", impair_parse_percent, IMPAIR_AT(duplicate), "a percentage, as 1%"},
	{"corrupt", impair_parse_percent, IMPAIR_AT(corrupt), "a percentage, as 0.1%"},
	{"rate", impair_parse_bps, IMPAIR_AT(rate), "a rate, as 64k or 2M"},
	{"seed", impair_parse_seed, IMPAIR_AT(seed), "a number of at most 18 digits"},
	{"for", impair_parse_lasts, IMPAIR_AT(left), "a time, as 60s or 10m"},
};
#define IMPAIR_WORDS (sizeof(impair_words) / sizeof(impair_words[0]))

static const struct impair_word *impair_word_named(const char *word)
{
	for (size_t i = 0; i < IMPAIR_WORDS; i++)
		if (!strcmp(impair_words[i].word, word))
			return &impair_words[i];
	return NULL;
}

static void impair_put(struct dp_impair *set, const struct impair_word *row, uint64_t value)
{
	uint32_t narrow = (uint32_t)value;

	if (row->size == sizeof(narrow))
		memcpy((char *)set + row->at, &narrow, sizeof(narrow));
	else
		memcpy((char *)set + row->at, &value, sizeof(value));
}

static bool impair_is_way(const char *word)
{
	return !strcmp(word, impairs_way_names[DP_IMPAIR_IN]) ||
	       !strcmp(word, impairs_way_names[DP_IMPAIR_OUT]);
}

/* Port, circuit and ways; the number of words that they are. */
static unsigned impair_parse_where(struct impairs_wish *w, const char *const *word, unsigned n)
{
	unsigned at = 1;

	w->port = word[0];
	w->ways = IMPAIRS_BOTH;
	if (at < n && !impair_is_way(word[at]) && !impair_word_named(word[at]))
		w->circuit = word[at++];
	if (at < n && impair_is_way(word[at]))
		w->ways = !strcmp(word[at++], "in") ? 1u << DP_IMPAIR_IN : 1u << DP_IMPAIR_OUT;
	return at;
}

static const char *impair_parse_set(struct impairs_wish *w, const char *const *word, unsigned n)
{
	static char wrong[160];
	unsigned seen = 0;

	for (unsigned at = 0; at < n; at += 2) {
		const struct impair_word *row = impair_word_named(word[at]);
		uint64_t value;
		unsigned bit;

		if (!row || at + 1 == n)
			return IMPAIR_USAGE;
		bit = 1u << (row - impair_words);
		if (seen & bit || !row->parse(&value, word[at + 1])) {
			snprintf(wrong, sizeof(wrong), "%s is %s%s", row->word, row->is,
				 seen & bit ? ", once" : "");
			return wrong;
		}
		seen |= bit;
		impair_put(&w->set, row, value);
		w->seeded |= !strcmp(row->word, "seed");
	}
	return w->set.loss || w->set.delay || w->set.jitter || w->set.reorder || w->set.duplicate ||
			       w->set.corrupt || w->set.rate
		       ? NULL
		       : IMPAIR_USAGE;
}

const char *impair_parse(struct impairs_wish *w, const char *const *word, unsigned n, bool bare)
{
	unsigned at;

	*w = (struct impairs_wish){.set.left = UINT64_MAX};
	if (!n)
		return bare ? IMPAIR_BARE_USAGE : IMPAIR_USAGE;
	at = impair_parse_where(w, word, n);
	if (bare)
		return at == n ? NULL : IMPAIR_BARE_USAGE;
	return impair_parse_set(w, word + at, n - at);
}
