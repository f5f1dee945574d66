/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration comes as pairs of text that the host has checked against the key tables; here
 * they become numbers, times and words.  What is read twice is read the same way twice: the last
 * value given wins, and the table's default stands in for what is absent.
 */
#include "transports/kit/settings.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *settings_text(const struct settings *s, const char *key)
{
	for (unsigned i = s->n; i-- > 0;)
		if (!strcmp(s->setting[i].key, key))
			return s->setting[i].value;
	for (const struct ist_key *k = s->keys; k && k->name; k++)
		if (!strcmp(k->name, key))
			return k->deflt;
	return NULL;
}

uint64_t settings_number(const struct settings *s, const char *key)
{
	const char *text = settings_text(s, key);

	return text ? strtoull(text, NULL, 0) : 0;
}

bool settings_is(const struct settings *s, const char *key, const char *word)
{
	const char *text = settings_text(s, key);

	return text && !strcmp(text, word);
}

bool settings_bool(const struct settings *s, const char *key)
{
	return settings_is(s, key, "yes");
}

uint64_t settings_time(const struct settings *s, const char *key)
{
	static const struct {
		const char *unit;
		uint64_t us;
	} units[] = {{"", 1},
		     {"us", 1},
		     {"ms", 1000},
		     {"s", 1000000},
		     {"m", 60000000},
		     {"h", UINT64_C(3600000000)},
		     {"d", UINT64_C(86400000000)}};
	const char *text = settings_text(s, key);
	char *end;
	uint64_t n;

	if (!text)
		return 0;
	n = strtoull(text, &end, 10);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(end, units[i].unit))
			return n * units[i].us;
	return 0;
}

uint32_t settings_percent(const char *text)
{
	char *end;
	double v = strtod(text, &end);

	if (end == text || (strcmp(end, "") && strcmp(end, "%")) || !(v >= 0 && v <= 100))
		return UINT32_MAX;
	return (uint32_t)(v * 10000 + 0.5);
}

int settings_error(char *err, size_t err_len, int code, const char *fmt, ...)
{
	va_list ap;

	if (!err || !err_len)
		return -code;
	va_start(ap, fmt);
	vsnprintf(err, err_len, fmt, ap);
	va_end(ap);
	return -code;
}

int settings_host_ok(const struct ist_host *h, char *err, size_t err_len)
{
	if (h->abi != IST_TRANSPORT_ABI || h->size < sizeof(*h))
		return settings_error(err, err_len, EPROTO, "host speaks another transport ABI");
	return 0;
}
