/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/words/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define HEX_MAX 32u

void words_add(struct words *w, const char *fmt, ...)
{
	size_t room = WORDS_MAX + 1 - w->len;
	va_list ap;
	int n;

	if (w->len > WORDS_MAX)
		return;
	va_start(ap, fmt);
	n = vsnprintf(w->text + w->len, room, fmt, ap);
	va_end(ap);
	if (n < 0)
		w->text[w->len] = '\0';
	else if ((size_t)n < room)
		w->len += (size_t)n;
	else
		w->len = WORDS_MAX + 1;
	if (w->len > WORDS_MAX)
		memcpy(w->text + WORDS_MAX, "...", 4);
}

void words_quoted(struct words *w, const uint8_t *octets, size_t len)
{
	words_add(w, "\"");
	for (size_t i = 0; i < len && w->len <= WORDS_MAX; i++)
		if (octets[i] < 0x20 || octets[i] > 0x7e || octets[i] == '"' || octets[i] == '\\')
			words_add(w, "\\x%02x", octets[i]);
		else
			words_add(w, "%c", octets[i]);
	words_add(w, "\"");
}

void words_hex(struct words *w, const uint8_t *octets, size_t len)
{
	size_t shown = len > HEX_MAX ? HEX_MAX : len;

	if (!len)
		words_add(w, "nothing");
	for (size_t i = 0; i < shown; i++)
		words_add(w, "%02x", octets[i]);
	if (len > shown)
		words_add(w, "... (%zu octets)", len);
}

void words_addr4(struct words *w, uint32_t addr)
{
	words_add(w, "%u.%u.%u.%u", addr >> 24, addr >> 16 & 255, addr >> 8 & 255, addr & 255);
}

void words_name(struct words *w, const struct words_name *table, uint32_t value, const char *prefix)
{
	for (; table->name; table++)
		if (table->value == value) {
			words_add(w, "%s", table->name);
			return;
		}
	words_add(w, "%s %u", prefix, value);
}
