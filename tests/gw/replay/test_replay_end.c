/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/replay/replay.h"

#include "tests/harness.h"

static void ends_have_names(void)
{
	static const struct {
		struct replay_end end;
		const char *whole, *alone;
	} rows[] = {
		{{REPLAY_IPV4, {192, 0, 2, 9}, 1701}, "192.0.2.9:1701", "192.0.2.9"},
		{{REPLAY_ATM, {REPLAY_SIDE_A}, 8 << 16 | 48}, "pvc 8/48 a", "a"},
		{{REPLAY_FRELAY, {REPLAY_SIDE_B}, 100}, "dlci 100 b", "b"},
		{{REPLAY_FRELAY, {REPLAY_SIDE_B, 2}, 100}, "dlci 100 b2", "b2"},
		{{REPLAY_FRELAY, {REPLAY_SIDE_A, 255}, 100}, "dlci 100 a255", "a255"},
		{{REPLAY_X25, {REPLAY_SIDE_UNKNOWN}, 5}, "lci 5 ?", "?"},
		{{REPLAY_BARE, {REPLAY_SIDE_B}, 0}, "b", "b"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[REPLAY_END_TEXT];

		CU_ASSERT_STRING_EQUAL(replay_end_text(&rows[i].end, false, text, sizeof(text)),
				       rows[i].whole);
		CU_ASSERT_STRING_EQUAL(replay_end_text(&rows[i].end, true, text, sizeof(text)),
				       rows[i].alone);
	}
}

static const struct test_case cases[] = {
	{"ends_have_names", ends_have_names},
	{NULL, NULL},
};
const struct test_suite suite_replay_end = {"replay_end", cases};
