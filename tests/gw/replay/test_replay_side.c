/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A conversation whose sides are known, on a medium that does not tell them. */
#include "tests/gw/replay/held.h"

#include <stdlib.h>
#include <string.h>

static void side_hide(struct replay_file *f, uint32_t dlci)
{
	for (size_t i = 0; i < f->count; i++)
		f->msg[i].from = f->msg[i].to =
			(struct replay_end){.kind = REPLAY_FRELAY, .at = dlci};
}

/* The LAC, which opens the tunnel, is a. */
static void sides_by_ids(void)
{
	struct replay_file f;
	bool by_lac[13];
	char *text;

	held_open(&f, "xl2tpd-lac_xl2tpd-lns.hex");
	CU_ASSERT_EQUAL_FATAL(f.count, 13);
	for (size_t i = 0; i < f.count; i++)
		by_lac[i] = f.msg[i].from.system[3] == 2; /* 10.9.0.2 */
	side_hide(&f, 100);
	replay_sides(&f);
	for (size_t i = 0; i < f.count; i++) {
		CU_ASSERT_EQUAL(f.msg[i].from.system[0], by_lac[i] ? REPLAY_SIDE_A : REPLAY_SIDE_B);
		CU_ASSERT_EQUAL(f.msg[i].to.system[0], by_lac[i] ? REPLAY_SIDE_B : REPLAY_SIDE_A);
	}
	CU_ASSERT_EQUAL(held_play(&f, "testsecret", NULL, false, &text), REPLAY_BY_THE_BOOK);
	CU_ASSERT_TRUE(held_says(
		text, "dlci 100 a > dlci 100 b ICCN: ", "call wait-connect -> established"));
	CU_ASSERT_TRUE(held_says(text, "b: 7 messages", "0 against the book, 0 not"));
	free(text);
	replay_file_free(&f);
}

/* Both sides have the id 7 on one circuit, and on another one it is b's alone: only what has no id
 * of its own is taken for one of a. */
static void sides_with_one_id(void)
{
	static const struct {
		const char *hex;
		uint32_t dlci;
		enum replay_side from;
	} rows[] = {
		{"c802 001c 0000 0000 0000 0000 8008 0000 0000 0001 8008 0000 0009 0007", 1, 1},
		{"c802 001c 0007 0000 0000 0001 8008 0000 0000 0002 8008 0000 0009 0007", 1, 2},
		{"c802 000c 0007 0000 0001 0001", 1, 1},
		{"c802 001c 0000 0000 0000 0000 8008 0000 0000 0001 8008 0000 0009 0008", 2, 1},
		{"c802 001c 0008 0000 0000 0001 8008 0000 0000 0002 8008 0000 0009 0007", 2, 2},
		{"c802 000c 0007 0000 0001 0001", 2, 1},
		{"c802 000c 0008 0000 0001 0001", 2, 2},
		{"c802 000c 0009 0000 0001 0001", 2, 1},
		{"c8", 2, 1},
	};
	struct replay_file f = {0};
	uint8_t pkt[100];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		held_add(&f, 1, 2, pkt, test_hex(pkt, sizeof(pkt), rows[i].hex));
		f.msg[i].from = f.msg[i].to =
			(struct replay_end){.kind = REPLAY_FRELAY, .at = rows[i].dlci};
	}
	replay_sides(&f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_EQUAL(f.msg[i].from.system[0], rows[i].from);
	replay_file_free(&f);
}

static const struct test_case cases[] = {
	{"sides_by_ids", sides_by_ids},
	{"sides_with_one_id", sides_with_one_id},
	{NULL, NULL},
};
const struct test_suite suite_replay_side = {"replay_side", cases};
