/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every cell of the control connection's table.  The rows for idle, wait-ctl-reply, wait-ctl-conn
 * and established are typed from RFC 2661 section 7.2.1; those for stopping and linger from 5.7 and
 * 5.8: every message is acknowledged and ignored until the retransmission cycle is over.
 */
#include "core/cc_table.h"
#include "core/engine.h"
#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

/* A cell: the action and, after a slash, the new state; "-" = not in the table, counted and
 * ignored;
 * "." = nothing, stay. */
static const struct {
	const char *action;
	uint8_t code;
} actions[] = {
	{"SCCRQ", CC_DO_REQUEST},   {"SCCRP", CC_DO_REPLY},   {"refuse", CC_DO_REFUSE},
	{"SCCCN", CC_DO_CONNECT},   {"open", CC_DO_UP},	      {"call", CC_DO_DISPATCH},
	{"StopCCN", CC_DO_STOP},    {"target", CC_DO_TARGET}, {"linger", CC_DO_END},
	{"discard", CC_DO_DISCARD}, {"yield", CC_DO_YIELD},   {"-", CC_DO_COUNT},
	{".", CC_DO_NOTHING},
};

static const struct {
	uint8_t event;
	bool ok;
	const char *name;
} events[] = {
	{CC_OPEN, true, "open"},
	{CC_SCCRQ, true, "SCCRQ acceptable"},
	{CC_SCCRQ, false, "SCCRQ not acceptable"},
	{CC_SCCRP, true, "SCCRP acceptable"},
	{CC_SCCRP, false, "SCCRP not acceptable"},
	{CC_SCCCN, true, "SCCCN acceptable"},
	{CC_SCCCN, false, "SCCCN not acceptable"},
	{CC_STOPCCN, true, "StopCCN"},
	{CC_HELLO, true, "HELLO"},
	{CC_SESSION, true, "session"},
	{CC_TIE_LOST, true, "tie lost"},
	{CC_TIE_YIELDED, true, "tie yielded"},
	{CC_CLOSE, true, "close"},
	{CC_ACKED, true, "acked"},
	{CC_GAVE_UP, true, "gave up"},
	{CC_LATE, true, "late"},
	{CC_LOST, true, "lost"},
};
enum { EVENTS = sizeof(events) / sizeof(events[0]) };

/* clang-format off */
static const char *const expect[L2TP_T_STATES][EVENTS] = {
	[L2TP_T_IDLE] = {
		"SCCRQ/1", "SCCRP/2", "refuse/0", "refuse/0", "refuse/0", "-/0", "-/0", "-/0",
		"-", "-", "-", "-", "-", "-", "-", "-", "-"},
	[L2TP_T_WAIT_CTL_REPLY] = {
		"-", "StopCCN/4", "StopCCN/4", "SCCCN/3", "StopCCN/4", "StopCCN/4", "StopCCN/4", "linger/5",
		"-", "StopCCN/4", "discard/0", "yield/0", "StopCCN/4", ".", "discard/0", "StopCCN/4", "discard/0"},
	[L2TP_T_WAIT_CTL_CONN] = {
		"-", "StopCCN/4", "StopCCN/4", "StopCCN/4", "StopCCN/4", "open/3", "StopCCN/4", "linger/5",
		"-", "StopCCN/4", "-", "-", "StopCCN/4", ".", "discard/0", "StopCCN/4", "discard/0"},
	[L2TP_T_ESTABLISHED] = {
		"./3", "StopCCN/4", "StopCCN/4", "StopCCN/4", "StopCCN/4", "StopCCN/4", "StopCCN/4", "linger/5",
		"./3", "call/3", "-", "-", "StopCCN/4", ".", "discard/0", "-", "discard/0"},
	[L2TP_T_STOPPING] = {
		"-", ".", ".", "target/4", "target/4", ".", ".", "linger/5",
		".", ".", "-", "-", ".", "linger/5", "discard/0", "-", "discard/0"},
	[L2TP_T_LINGER] = {
		"-", ".", ".", ".", ".", ".", ".", ".",
		".", ".", "-", "-", ".", ".", ".", "discard/0", "discard/0"},
};
/* clang-format on */

static uint8_t cc_table_action_code(const char *cell)
{
	size_t n = strcspn(cell, "/");

	for (unsigned i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strlen(actions[i].action) == n && !memcmp(actions[i].action, cell, n))
			return actions[i].code;
	CU_FAIL_FATAL("typing error in the table");
	return 0;
}

static void every_cell(void)
{
	for (uint8_t s = 0; s < L2TP_T_STATES; s++)
		for (unsigned e = 0; e < EVENTS; e++) {
			const char *cell = expect[s][e], *slash = strchr(cell, '/');
			uint8_t next = slash ? (uint8_t)(slash[1] - '0') : s;
			const struct cc_row *row = cc_row(s, events[e].event, events[e].ok);
			uint8_t got = row->next == CC_SAME ? s : row->next;

			CU_ASSERT_EQUAL(row->action, cc_table_action_code(cell));
			CU_ASSERT_EQUAL(got, next);
			if (row->action != cc_table_action_code(cell) || got != next)
				printf("\n   state %u event %s: want %s, got %u/%u", s,
				       events[e].name, cell, row->action, got);
		}
}

static const struct test_case cases[] = {
	{"every_cell", every_cell},
	{NULL, NULL},
};
const struct test_suite suite_cc_table = {"cc_table", cases};
