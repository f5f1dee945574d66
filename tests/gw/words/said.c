/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/words/said.h"

#include "tests/harness.h"
#include <stdio.h>
#include <string.h>

static bool said_printable(const char *text)
{
	while (*text >= 0x20 && *text < 0x7f)
		text++;
	return !*text;
}

void said_rows(const struct said_row *row, size_t n,
	       bool (*say)(struct words *w, const uint8_t *octets, size_t len))
{
	uint8_t octets[1500];

	for (; n--; row++) {
		size_t len = test_hex(octets, sizeof(octets), row->hex);
		struct words w = {0};
		bool said = say(&w, octets, len);

		CU_ASSERT_EQUAL(said, row->text != NULL);
		if (row->text && strcmp(w.text, row->text) != 0)
			fprintf(stderr, "%s\nis said to be: %s\n", row->hex, w.text);
		CU_ASSERT_STRING_EQUAL(w.text, row->text ? row->text : "");
		for (size_t part = 0; part < len; part++) {
			uint8_t piece[1500];
			struct words less = {0};

			memcpy(piece, octets, part);
			say(&less, piece, part);
			CU_ASSERT_TRUE(said_printable(less.text));
		}
	}
}
