/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/keeper/keeper_rig.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

static void a_reload_replaces_control(void)
{
	rig_start("plain", "reloads", true);
	rig_life("data", 0, "");
	rig_life("control", 0, "");
	ASSERT_LINE("log reload: the configuration is checked");
	ASSERT_LINE("reload read");
	ASSERT_WHOLE("control reload", "control reload 0");
	ASSERT_LINE("reload take");
	ASSERT_LINE("log reload: it is right, control is told to leave");
	ASSERT_LINE("control leave");
	rig_life("control", 1, "has left for a reload");
	ASSERT_WHOLE("control fd all/", "control fd all/memory memory 1"); /* of the same data */
	ASSERT_LINE("log reload: done");
	ASSERT_LINE("reload end done");
	ASSERT_WHOLE("control report", "control report new checks");
	kill(rig.keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
	rig_at("data stop\n");
	CU_ASSERT_PTR_NULL(strstr(rig.seen, "error"));
	CU_ASSERT_PTR_NULL(strstr(rig.seen, "life 2"));
}

static void hup_is_a_reload(void)
{
	rig_start("plain", "plain", true);
	rig_life("data", 0, "");
	rig_life("control", 0, "");
	kill(rig.keeper, SIGHUP);
	rig_life("control", 1, "has left for a reload");
	ASSERT_LINE("log reload: done");
	kill(rig.keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
}

/* What is refused touches nothing, and what was taken is given up. */
static void each_failure_of_a_reload_has_its_end(void)
{
	static const struct {
		int read, take;
		const char *check, *control, *line[5];
	} row[] = {
		{-ENOENT,
		 0,
		 "checks",
		 "reloads",
		 {"log error: reload: refused: the file cannot be read: No such file",
		  "reload end back", "control reload -2"}},
		{0,
		 0,
		 "refuses",
		 "reloads",
		 {"log error: reload: refused: the check ended with status 5", "reload end back"}},
		{0,
		 -EINVAL,
		 "checks",
		 "reloads",
		 {"reload take", "log error: reload: refused: the log says why",
		  "reload end back"}},
		{0,
		 0,
		 "checks",
		 "reverts",
		 {"reload take", "control leave",
		  "log error: reload: taken back: with the new configuration control ended with "
		  "status 9",
		  "reload end back", "control # life 2 ended with status 9"}},
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		rig.read_rc = row[i].read;
		rig.take_rc = row[i].take;
		rig.check = row[i].check;
		rig_start("plain", row[i].control, true);
		for (size_t l = 0; l < 5 && row[i].line[l]; l++)
			ASSERT_LINE(row[i].line[l]);
		kill(rig.keeper, SIGTERM);
		CU_ASSERT_EQUAL(rig_end(), 0);
		CU_ASSERT_PTR_NULL(strstr(rig.seen, "data # life 1"));
	}
	rig.read_rc = rig.take_rc = 0;
	rig.check = "checks";
}

static void a_check_of_a_reload_that_does_not_end_is_killed(void)
{
	rig.check = "ponders";
	rig.patience.check = RIG_SHORT;
	rig_start("plain", "reloads", true);
	rig.check = "checks";
	rig.patience.check = RIG_LONG;
	ASSERT_LINE("log error: the check does not end: it is killed");
	ASSERT_LINE("log error: reload: refused: the check was killed by SIGKILL");
	kill(rig.keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
	CU_ASSERT_PTR_NULL(strstr(rig.seen, "control leave"));
}

/* Else nobody would say good-bye. */
static void an_end_waits_for_the_control_of_a_reload(void)
{
	pid_t control;

	rig_start("plain", "tarries", true);
	control = rig_life("control", 0, "");
	ASSERT_LINE("control leave");
	kill(rig.keeper, SIGTERM);
	ASSERT_LINE("log signal 15: ending once control is back");
	kill(control, SIGKILL);
	rig_life("control", 1, "has left for a reload");
	CU_ASSERT_EQUAL(rig_end(), 0);
	CU_ASSERT_TRUE(rig_at("control stop\n") < rig_at("data stop\n"));
}

static void a_reload_is_not_always_possible(void)
{
	rig.reloads = false;
	rig_start("plain", "reloads", true);
	ASSERT_WHOLE("control reload", "control reload -38"); /* ENOSYS */
	kill(rig.keeper, SIGHUP);
	ASSERT_LINE("log error: no reload: Function not implemented");
	kill(rig.keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
	rig.reloads = true;
}

static const struct test_case cases[] = {
	{"a_reload_replaces_control", a_reload_replaces_control},
	{"hup_is_a_reload", hup_is_a_reload},
	{"each_failure_of_a_reload_has_its_end", each_failure_of_a_reload_has_its_end},
	{"a_check_of_a_reload_that_does_not_end_is_killed",
	 a_check_of_a_reload_that_does_not_end_is_killed},
	{"an_end_waits_for_the_control_of_a_reload", an_end_waits_for_the_control_of_a_reload},
	{"a_reload_is_not_always_possible", a_reload_is_not_always_possible},
	{NULL, NULL},
};
extern const struct test_suite suite_keeper_reload;
const struct test_suite suite_keeper_reload = {"keeper_reload", cases};
