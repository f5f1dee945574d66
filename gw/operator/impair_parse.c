/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/impair_parse.h"

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

/* --- words --------------------------------------------------------------------------------------- */

static bool (*const impair_parse_kinds[])(uint64_t *out, const char *text) = {
	[IMPAIRS_PERCENT] = impair_parse_percent, [IMPAIRS_DELAY] = impair_parse_delay,
	[IMPAIRS_RATE] = impair_parse_bps,	  [IMPAIRS_SEED] = impair_parse_seed,
	[IMPAIRS_LASTS] = impair_parse_lasts,
};

static const struct impairs_word *impair_word_named(const char *word)
{
	for (unsigned i = 0; i < IMPAIRS_WORDS; i++)
		if (!strcmp(impairs_words[i].word, word))
			return &impairs_words[i];
	return NULL;
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
	bool spoils = false;

	for (unsigned at = 0; at < n; at += 2) {
		const struct impairs_word *row = impair_word_named(word[at]);
		uint64_t value;
		unsigned bit;

		if (!row || at + 1 == n)
			return IMPAIR_USAGE;
		bit = 1u << (row - impairs_words);
		if (seen & bit || !impair_parse_kinds[row->kind](&value, word[at + 1])) {
			snprintf(wrong, sizeof(wrong), "%s is %s%s", row->word, row->is,
				 seen & bit ? ", once" : "");
			return wrong;
		}
		seen |= bit;
		impairs_put(&w->set, row, value);
		w->seeded |= row->kind == IMPAIRS_SEED;
		spoils |= impairs_word_spoils(row) && value;
	}
	return spoils ? NULL : IMPAIR_USAGE;
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
