/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every cell of the four call tables, typed from RFC 2661 sections 7.4.1, 7.4.2, 7.5.1 and 7.5.2.
 * Where a row of the RFC reads "idle" the call is gone (0).  In wait-answer our owner has not
 * decided yet; for the peer it equals the state that follows: wait-connect (LNS) or wait-cs-answer
 * (LAC); wait-cs of an incoming call is the LAC that "may defer answering until it has received an
 * ICRP".
 */
#include "core/call_table.h"
#include "core/engine.h"
#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *action;
	uint8_t code;
} actions[] = {
	{"request", CALL_DO_REQUEST}, {"offer", CALL_DO_OFFER},
	{"refuse", CALL_DO_REFUSE},   {"reply", CALL_DO_REPLY},
	{"told", CALL_DO_REPLIED},    {"told+connect", CALL_DO_REPLIED_CONNECT},
	{"connect", CALL_DO_CONNECT}, {"up", CALL_DO_UP},
	{"report", CALL_DO_REPORT},   {"CDN", CALL_DO_CDN},
	{"clean", CALL_DO_CLEAN},     {"-", CALL_DO_COUNT},
	{".", CALL_DO_NOTHING},
};

/* ok, bad: acceptable or not; ready: the circuit is up. */
static const struct {
	uint8_t event;
	bool ok, ready;
	const char *name;
} events[] = {
	{CALL_OPEN, true, false, "open"},
	{CALL_TUNNEL_OPEN, true, false, "tunnel open"},
	{CALL_ANSWER, true, false, "answer"},
	{CALL_CIRCUIT_UP, true, true, "circuit up"},
	{CALL_CLOSE, true, false, "close"},
	{CALL_LATE, true, false, "late"},
	{CALL_TUNNEL_GONE, true, false, "tunnel gone"},
	{CALL_ICRQ, true, false, "ICRQ ok"},
	{CALL_ICRQ, false, false, "ICRQ bad"},
	{CALL_ICRP, true, false, "ICRP ok"},
	{CALL_ICRP, true, true, "ICRP ok, circuit up"},
	{CALL_ICRP, false, true, "ICRP bad"},
	{CALL_ICCN, true, false, "ICCN ok"},
	{CALL_ICCN, false, false, "ICCN bad"},
	{CALL_OCRQ, true, false, "OCRQ ok"},
	{CALL_OCRQ, false, false, "OCRQ bad"},
	{CALL_OCRP, true, false, "OCRP ok"},
	{CALL_OCRP, false, false, "OCRP bad"},
	{CALL_OCCN, true, false, "OCCN ok"},
	{CALL_OCCN, false, false, "OCCN bad"},
	{CALL_CDN, true, false, "CDN"},
	{CALL_WEN, true, false, "WEN"},
	{CALL_SLI, true, false, "SLI"},
};
enum { EVENTS = sizeof(events) / sizeof(events[0]) };

/* States: 0 idle, 1 wait-tunnel, 2 wait-reply, 3 wait-connect, 4 wait-answer, 5 wait-cs, 6
 * established. Columns: open, tunnel, answer, circuit, close, late, gone | ICRQ+- | ICRP+,r,- |
 * ICCN+- | OCRQ+- | OCRP+- | OCCN+- | CDN WEN SLI.  NULL row: a state this table does not have. */
/* clang-format off */
static const char *const expect[CALL_ROLES][L2TP_C_STATES][EVENTS] = {
	[CALL_LAC_IN] = {
		[0] = {"./1", "-", "-", ".", "clean/0", "-", "clean/0",  "-", "-",  "clean/0", "clean/0", "clean/0",
		       "clean/0", "clean/0",  "-", "-",  "-", "-",  "-", "-",  "clean/0", "-", "-"},
		[1] = {"-", "request/2", "-", ".", "clean/0", "-", "clean/0",  "-", "-",  "-", "-", "-",
		       "-", "-",  "-", "-",  "-", "-",  "-", "-",  "-", "-", "-"},
		[2] = {"-", "-", "-", ".", "CDN/0", "CDN/0", "clean/0",  "CDN/0", "CDN/0",  "told/5", "told+connect/6", "CDN/0",
		       "clean/0", "clean/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "clean/0", "-", "-"},
		[5] = {"-", "-", "-", "connect/6", "CDN/0", "CDN/0", "clean/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0", "CDN/0",
		       "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "clean/0", "-", "-"},
		[6] = {"-", "-", "-", "-", "CDN/0", "-", "clean/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0", "CDN/0",
		       "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "clean/0", "-", "report/6"},
	},
	[CALL_LNS_IN] = {
		[0] = {"-", "-", "-", "-", "-", "-", "clean/0",  "offer/4", "refuse/0",  "refuse/0", "refuse/0", "refuse/0",
		       "clean/0", "clean/0",  "-", "-",  "-", "-",  "-", "-",  "clean/0", "-", "-"},
		[3] = {"-", "-", "-", "-", "CDN/0", "CDN/0", "clean/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0", "CDN/0",
		       "up/6", "CDN/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "clean/0", "-", "-"},
		[4] = {"-", "-", "reply/3", "-", "CDN/0", "CDN/0", "clean/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0", "CDN/0",
		       "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "clean/0", "-", "-"},
		[6] = {"-", "-", "-", "-", "CDN/0", "-", "clean/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0", "CDN/0",
		       "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "clean/0", "report/6", "-"},
	},
	[CALL_LAC_OUT] = {
		[0] = {"-", "-", "-", "-", "-", "-", "clean/0",  "-", "-",  "-", "-", "-",
		       "-", "-",  "offer/4", "refuse/0",  "refuse/0", "refuse/0",  "clean/0", "clean/0",  "clean/0", "-", "-"},
		[4] = {"-", "-", "reply/5", "-", "CDN/0", "CDN/0", "clean/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0", "CDN/0",
		       "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "clean/0", "-", "-"},
		[5] = {"-", "-", "-", "connect/6", "CDN/0", "CDN/0", "clean/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0", "CDN/0",
		       "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "clean/0", "-", "-"},
		[6] = {"-", "-", "-", "-", "CDN/0", "-", "clean/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0", "CDN/0",
		       "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "clean/0", "-", "report/6"},
	},
	[CALL_LNS_OUT] = {
		[0] = {"./1", "-", "-", "-", "clean/0", "-", "clean/0",  "-", "-",  "-", "-", "-",
		       "-", "-",  "-", "-",  "clean/0", "clean/0",  "clean/0", "clean/0",  "clean/0", "-", "-"},
		[1] = {"-", "request/2", "-", "-", "clean/0", "-", "clean/0",  "-", "-",  "-", "-", "-",
		       "-", "-",  "-", "-",  "-", "-",  "-", "-",  "-", "-", "-"},
		[2] = {"-", "-", "-", "-", "CDN/0", "CDN/0", "clean/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0", "CDN/0",
		       "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "told/3", "CDN/0",  "CDN/0", "CDN/0",  "clean/0", "-", "-"},
		[3] = {"-", "-", "-", "-", "CDN/0", "CDN/0", "clean/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0", "CDN/0",
		       "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "up/6", "CDN/0",  "clean/0", "-", "-"},
		[6] = {"-", "-", "-", "-", "CDN/0", "-", "clean/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0", "CDN/0",
		       "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "CDN/0", "CDN/0",  "clean/0", "report/6", "-"},
	},
};
/* clang-format on */

static uint8_t call_table_action_code(const char *cell)
{
	size_t n = strcspn(cell, "/");

	for (unsigned i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strlen(actions[i].action) == n && !memcmp(actions[i].action, cell, n))
			return actions[i].code;
	CU_FAIL_FATAL("typing error in the table");
	return 0;
}

static void call_table_check(enum call_role role, uint8_t s, unsigned e)
{
	const char *cell = expect[role][s][e], *slash = strchr(cell, '/');
	uint8_t next = slash ? (uint8_t)(slash[1] - '0') : s;
	const struct call_row *row =
		call_row(role, s, events[e].event, events[e].ok, events[e].ready);
	uint8_t got = row->next == CALL_SAME ? s : row->next;

	CU_ASSERT_EQUAL(row->action, call_table_action_code(cell));
	CU_ASSERT_EQUAL(got, next);
	if (row->action != call_table_action_code(cell) || got != next)
		printf("\n   table %u state %u event %s: want %s, got %u/%u", role, s,
		       events[e].name, cell, row->action, got);
}

static void every_cell_of(enum call_role role)
{
	for (uint8_t s = 0; s < L2TP_C_STATES; s++)
		for (unsigned e = 0; expect[role][s][0] && e < EVENTS; e++)
			call_table_check(role, s, e);
}

static void rfc2661_7_4_1_lac_incoming(void)
{
	every_cell_of(CALL_LAC_IN);
}

static void rfc2661_7_4_2_lns_incoming(void)
{
	every_cell_of(CALL_LNS_IN);
}

static void rfc2661_7_5_1_lac_outgoing(void)
{
	every_cell_of(CALL_LAC_OUT);
}

static void rfc2661_7_5_2_lns_outgoing(void)
{
	every_cell_of(CALL_LNS_OUT);
}

static const struct test_case cases[] = {
	{"rfc2661_7_4_1_lac_incoming", rfc2661_7_4_1_lac_incoming},
	{"rfc2661_7_4_2_lns_incoming", rfc2661_7_4_2_lns_incoming},
	{"rfc2661_7_5_1_lac_outgoing", rfc2661_7_5_1_lac_outgoing},
	{"rfc2661_7_5_2_lns_outgoing", rfc2661_7_5_2_lns_outgoing},
	{NULL, NULL},
};
const struct test_suite suite_call_table = {"call_table", cases};
