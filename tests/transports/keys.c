/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/transports/keys.h"

#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

static const char *keys_row(const struct ist_transport *tr, const char *name)
{
	static const char *const kinds[] = {
		[IST_KEY_TEXT] = "text", [IST_KEY_NUMBER] = "number", [IST_KEY_BOOL] = "bool",
		[IST_KEY_WORD] = "word", [IST_KEY_TIME] = "time",     [IST_KEY_LIST] = "list"};
	static char text[128];
	const struct ist_key *k = tr->keys;
	char range[48] = "";

	while (k->name && strcmp(k->name, name))
		k++;
	if (!k->name)
		return "none";
	if (k->min || k->max)
		snprintf(range, sizeof(range), " %lld-%lld", (long long)k->min, (long long)k->max);
	snprintf(text, sizeof(text), "%s%s%s%s%s%s%s",
		 k->flags & IST_KEY_REQUIRED ? "required " : "",
		 k->flags & IST_KEY_PORT ? "port " : "",
		 k->flags & IST_KEY_CIRCUIT ? "circuit " : "", kinds[k->kind], range,
		 k->deflt ? " =" : "", k->deflt ? k->deflt : "");
	return text;
}

void keys_are(const struct ist_transport *tr, const struct key_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *row = keys_row(tr, rows[i].name);

		if (strcmp(row, rows[i].row))
			printf("\n%s is \"%s\"", rows[i].name, row);
		CU_ASSERT_STRING_EQUAL(row, rows[i].row);
	}
}
