/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nearest known name by edit distance (optimal string alignment).  A name is near when at most
 * a third of what was written had to change; two names equally near: the first offered wins.
 */
#include "cfg/suggest.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

#define NAME_MAX_LEN 63u

static char suggest_fold(char c)
{
	return c == '_' ? '-' : (char)tolower((unsigned char)c);
}

static unsigned suggest_least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned suggest_distance(const char *a, const char *b)
{
	unsigned row[3][NAME_MAX_LEN + 1];
	size_t la = strlen(a), lb = strlen(b);

	if (la > NAME_MAX_LEN || lb > NAME_MAX_LEN)
		return UINT_MAX;
	for (unsigned j = 0; j <= lb; j++)
		row[0][j] = j;
	for (unsigned i = 1; i <= la; i++) {
		unsigned *now = row[i % 3], *up = row[(i + 2) % 3], *up2 = row[(i + 1) % 3];

		now[0] = i;
		for (unsigned j = 1; j <= lb; j++) {
			unsigned differ = suggest_fold(a[i - 1]) != suggest_fold(b[j - 1]);

			now[j] = suggest_least(suggest_least(up[j] + 1, now[j - 1] + 1),
					       up[j - 1] + differ);
			if (i > 1 && j > 1 && suggest_fold(a[i - 1]) == suggest_fold(b[j - 2]) &&
			    suggest_fold(a[i - 2]) == suggest_fold(b[j - 1]))
				now[j] = suggest_least(now[j], up2[j - 2] + 1);
		}
	}
	return row[la % 3][lb];
}

void suggest_init(struct suggest *s, const char *written)
{
	size_t len = strlen(written);

	s->written = written;
	s->best = NULL;
	s->distance = len < 3 ? 2 : (unsigned)(len / 3 + 1);
}

void suggest_offer(struct suggest *s, const char *name)
{
	unsigned d = suggest_distance(s->written, name);

	if (d < s->distance && d < strlen(name)) {
		s->distance = d;
		s->best = name;
	}
}

void suggest_offer_words(struct suggest *s, const char *words, char *buf, size_t cap)
{
	char word[NAME_MAX_LEN + 1];

	while (*words) {
		size_t len = strcspn(words, " ");

		if (len && len < sizeof(word) && len < cap) {
			const char *before = s->best;

			memcpy(word, words, len);
			word[len] = '\0';
			suggest_offer(s, word);
			if (s->best != before)
				s->best = memcpy(buf, word, len + 1);
		}
		words += len + (words[len] == ' ');
	}
}
