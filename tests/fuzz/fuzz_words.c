/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `debug` shows is made of what strangers send: whatever it is, a line is printable and ends.
 * The first octet of the input says what the rest is taken for.
 */
#include "gw/words/words.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_words_check(const struct words *w)
{
	size_t len = strlen(w->text);

	if (len != w->len && (len != WORDS_MAX + 3 || w->len != WORDS_MAX + 1))
		abort();
	for (size_t i = 0; i < len; i++)
		if (w->text[i] < 0x20 || w->text[i] > 0x7e)
			abort();
}

static void fuzz_words_l2tp(struct words *w, const uint8_t *data, size_t size)
{
	static const struct l2tp_secret secret = {.len = 6, .octets = "secret"};
	static struct l2tp_msg m;
	struct words clear = {0};

	words_l2tp(w, data, size, &secret, &m);
	words_l2tp(&clear, data, size, NULL, &m);
	fuzz_words_check(&clear);
}

static void fuzz_words_radius(struct words *w, const uint8_t *data, size_t size)
{
	char user[20];

	words_radius(w, data, size);
	if (words_radius_user(user, sizeof(user), data, size) && strlen(user) >= sizeof(user))
		abort();
}

static void fuzz_words_medium(struct words *w, const uint8_t *data, size_t size)
{
	static const uint16_t types[] = {1, 107, 252};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct words one = {0};

		if (!words_medium(&one, types[i], data, size) && one.len)
			abort();
		fuzz_words_check(&one);
		*w = one;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const kinds[])(struct words * w, const uint8_t *data, size_t size) = {
		words_ppp, fuzz_words_l2tp, fuzz_words_radius, fuzz_words_medium};
	struct words w = {0};

	if (!size)
		return 0;
	kinds[data[0] % (sizeof(kinds) / sizeof(kinds[0]))](&w, data + 1, size - 1);
	fuzz_words_check(&w);
	return 0;
}
