/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading what the configuration handed over.  A key that was not given has the value of its row in
 * the transport's key table, so that a default is written down once.
 */
#ifndef TRANSPORTS_KIT_SETTINGS_H
#define TRANSPORTS_KIT_SETTINGS_H

#include "transports/transport.h"

/* Rows of a key table: keys of the port. */
/* clang-format off */
#define PORT_ROW(KIND, name, min, max, words, deflt, help) \
	{name, IST_KEY_##KIND, IST_KEY_PORT, min, max, words, deflt, help}
#define PORT_TEXT(name, deflt, help)   PORT_ROW(TEXT, name, 0, 0, NULL, deflt, help)
#define PORT_BOOL(name, deflt, help)   PORT_ROW(BOOL, name, 0, 0, NULL, deflt, help)
#define PORT_TIME(name, deflt, help)   PORT_ROW(TIME, name, 0, 0, NULL, deflt, help)
#define PORT_WORD(name, words, deflt, help) PORT_ROW(WORD, name, 0, 0, words, deflt, help)
#define PORT_NUMBER(name, min, max, deflt, help) PORT_ROW(NUMBER, name, min, max, NULL, deflt, help)
/* clang-format on */

struct settings {
	const struct ist_key *keys;
	const struct ist_setting *setting;
	unsigned n;
};

/* The last value given, else the default, else NULL. */
const char *settings_text(const struct settings *s, const char *key);
/* Zero when absent. */
uint64_t settings_number(const struct settings *s, const char *key);
bool settings_bool(const struct settings *s, const char *key);
/* Microseconds; digits alone are microseconds already. */
uint64_t settings_time(const struct settings *s, const char *key);
/* Parts in a million of a text like "5", "0.1" or "2.5%"; UINT32_MAX when it is no percentage. */
uint32_t settings_percent(const char *text);
/* Is `word` the value? */
bool settings_is(const struct settings *s, const char *key, const char *word);

/* Leaves words in err (NULL allowed) and returns -code. */
int settings_error(char *err, size_t err_len, int code, const char *fmt, ...)
#if defined(__GNUC__)
	__attribute__((format(printf, 4, 5)))
#endif
	;

/* 0 when the host speaks this ABI and gives everything we call. */
int settings_host_ok(const struct ist_host *h, char *err, size_t err_len);

#endif
