/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keeper is played by the test: its answer waits already when control asks. */
#include "gw/operator/replace.h"

#include "gw/keeper/keeper.h"
#include "gw/operator/ctl_command.h"
#include "tests/gw/operator/says.h"

#include <errno.h>
#include <string.h>

#define REPLACE_CONF "host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"

static void replace_answer(uint8_t kind, uint16_t error)
{
	CU_ASSERT_EQUAL(keeper_send(vty_keeper, &(struct keeper_msg){.kind = kind, .error = error}),
			0);
}

/* What keeper was asked: its kind, and the octet of a reload. */
static bool replace_asked(uint8_t kind, const char *body)
{
	uint8_t buf[KEEPER_MSG_MAX];
	struct keeper_msg q;

	return keeper_recv(vty_keeper, buf, &q) == 1 && q.kind == kind &&
	       q.len == strlen(body) / 2 && (!q.len || q.body[0] == body[1] - '0');
}

static char replace_answered[1000];

static const char *replace_says(enum ctl_right right, const char *line)
{
	struct ctl_session s = {.gw = bench.gw, .right = right};
	struct ctl_text out = {0};

	ctl_command(&s, line, strlen(line), &out);
	snprintf(replace_answered, sizeof(replace_answered), "%.*s", (int)out.len, out.at);
	ctl_text_free(&out);
	return replace_answered;
}

#define BEGUN "{\"result\":0,\"text\":\"begun; show-upgrade tells how it goes\"}\n"

static void keeper_is_asked_by_either_door(void)
{
	static const struct {
		const char *line, *body;
		uint8_t kind;
	} rows[] = {
		{"{\"command\":\"upgrade\"}", "", KEEPER_UPGRADE},
		{"{\"command\":\"reload\"}", "00", KEEPER_RELOAD},
		{"{\"command\":\"reload\",\"arguments\":{\"dry-run\":false}}", "00", KEEPER_RELOAD},
		{"{\"command\":\"reload\",\"arguments\":{\"dry-run\":true}}", "01", KEEPER_RELOAD},
	};

	vty_begin_keeper(REPLACE_CONF);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CU_ASSERT_PTR_NOT_NULL(
			strstr(replace_says(CTL_MAY_SHOW, rows[i].line), "\"result\":4,"));
		replace_answer(rows[i].kind, 0);
		CU_ASSERT_STRING_EQUAL(replace_says(CTL_MAY_ALL, rows[i].line), BEGUN);
		CU_ASSERT_TRUE(replace_asked(rows[i].kind, rows[i].body));
	}
	replace_answer(KEEPER_UPGRADE, 0);
	CU_ASSERT_PTR_NULL(replace_upgrade(bench.gw));
	vty_end_keeper();
}

static void refusals_are_words(void)
{
	static const struct {
		uint16_t error;
		const char *words;
	} rows[] = {
		{EBUSY, "one is going on, or the gateway is ending"},
		{EAGAIN, "data does not run"},
		{ENOSYS, "keeper does not know how: it is of an older version"},
		{ENOENT, "No such file or directory"},
	};
	char want[200];

	vty_begin_keeper(REPLACE_CONF);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		replace_answer(KEEPER_RELOAD, rows[i].error);
		CU_ASSERT_STRING_EQUAL(replace_reload(bench.gw, false), rows[i].words);
		replace_answer(KEEPER_UPGRADE, rows[i].error);
		snprintf(want, sizeof(want), "{\"result\":1,\"text\":\"%s\"}\n", rows[i].words);
		CU_ASSERT_STRING_EQUAL(replace_says(CTL_MAY_ALL, "{\"command\":\"upgrade\"}"),
				       want);
	}
	bench.gw->keeper = NULL;
	CU_ASSERT_STRING_EQUAL(replace_upgrade(bench.gw),
			       "there is no keeper to do it (workers = 0)");
	vty_end_keeper();
}

/* Lines that tell a change are the table's; a mistake may hold what was typed, so it is not for who
 * may only look. */
static void mistakes_are_told_whole(void)
{
	static const char ask[] = "{\"command\":\"reload-messages\"}";
	static const char long_path[] =
		"/a/folder/whose/name/is/longer/than/most/others/on/this/machine/and/longer/still/"
		"since/it/must/not/be/cut/where/a/cell/of/a/table/would/be/which/has/room/for/"
		"no/more/than/two/hundred/and/fifty/five/octets/and/this/is/longer/than/that/as/"
		"anybody/can/count/lns.conf:7: no such section\n";

	vty_begin_keeper(REPLACE_CONF);
	CU_ASSERT_PTR_NOT_NULL(strstr(replace_says(CTL_MAY_SHOW, ask), "\"result\":4,"));
	vty_report("x.conf:1: warning: doubtful\nchange\tudp\tb\tadded\tlive\t-\n\n", 1);
	CU_ASSERT_STRING_EQUAL(
		replace_says(CTL_MAY_ALL, ask),
		"{\"arguments\":{\"messages\":[\"x.conf:1: warning: doubtful\"]},\"result\":0,"
		"\"text\":\"1 message\"}\n");
	vty_report(long_path, 1);
	replace_says(CTL_MAY_ALL, ask);
	CU_ASSERT_PTR_NOT_NULL(strstr(replace_answered, "lns.conf:7: no such section\"]"));
	bench.gw->keeper = NULL;
	CU_ASSERT_STRING_EQUAL(
		replace_says(CTL_MAY_ALL, ask),
		"{\"arguments\":{\"messages\":[]},\"result\":0,\"text\":\"0 messages\"}\n");
	vty_end_keeper();
}

static const struct test_case cases[] = {
	{"keeper_is_asked_by_either_door", keeper_is_asked_by_either_door},
	{"refusals_are_words", refusals_are_words},
	{"mistakes_are_told_whole", mistakes_are_told_whole},
	{NULL, NULL},
};
const struct test_suite suite_replace = {"replace", cases};
