/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of each step is waited for, so that it is seen in order. */
#define _GNU_SOURCE
#include "tests/gw/keeper/keeper_rig.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* This program, by the name of its file, and by another: that of a new version. */
static char rig_self[512], rig_new[520];

static void rig_install(void)
{
	ssize_t n = readlink("/proc/self/exe", rig_self, sizeof(rig_self) - 1);

	rig_self[n > 0 ? n : 0] = '\0';
	snprintf(rig_new, sizeof(rig_new), "%s.new", rig_self);
	unlink(rig_new);
	CU_ASSERT_EQUAL(link(rig_self, rig_new), 0);
}

static void rig_stop(void)
{
	kill(rig.keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
	unlink(rig_new);
}

static void rig_upgrades(const char *file, const char *data, const char *second,
			 const char *control)
{
	rig_install();
	rig.upgrade = file ? file : rig_new;
	rig.second = second;
	rig_start(data, control, true);
	rig.upgrade = NULL;
	rig.second = "stands";
}

/* The way all goes well: each step waits for the one before. */
static void an_upgrade_replaces_data_and_control(void)
{
	pid_t data;
	int took = 0;

	rig_upgrades(NULL, "plain", "stands", "upgrades");
	data = rig_life("data", 0, "");
	rig_life("control", 0, "");
	ASSERT_LINE("log upgrade: /"); /* PATH checks the configuration */
	ASSERT_LINE("new checks");
	rig_life("second", 0, "");
	ASSERT_WHOLE("second fd all/", "second fd all/memory memory 1"); /* of the same door */
	ASSERT_LINE("log upgrade: the new data stands by, control is told to leave");
	ASSERT_LINE("control leave");
	ASSERT_LINE("data handed");
	ASSERT_LINE("second # took");
	CU_ASSERT_EQUAL(sscanf(rig.line, "second %d", &took), 1);
	CU_ASSERT_TRUE(took > 0 && took != data);
	ASSERT_LINE("log upgrade: data has handed over in ");
	rig_life("control", 1, "has left for an upgrade");
	ASSERT_WHOLE("control fd all/", "control fd all/memory memory 1");
	ASSERT_LINE("control fd life/data");
	ASSERT_WHOLE("control knows data", "control knows data running 0");
	ASSERT_LINE("log upgrade: done");
	ASSERT_LINE("second fd life/control"); /* of the new control */
	rig_stop();
	rig_at("second stop\n");
	CU_ASSERT_PTR_NULL(strstr(rig.seen, "error"));
}

/* The next life of data after an upgrade is one of the new program, with a door of its own. */
static void data_that_dies_after_an_upgrade_is_started_again(void)
{
	int took = 0;

	rig_upgrades(NULL, "plain", "stands", "upgrades");
	ASSERT_LINE("second # took");
	CU_ASSERT_EQUAL(sscanf(rig.line, "second %d", &took), 1);
	ASSERT_LINE("log upgrade: done");
	rig_life("data", 0, "");
	kill(took, SIGKILL);
	ASSERT_LINE("log error: data: killed by SIGKILL");
	rig_life("data", 1, "killed by SIGKILL");
	ASSERT_WHOLE("data fd all/memory memory 2", "data fd all/memory memory 2");
	rig_stop();
}

static void an_upgrade_by_signal(void)
{
	rig_upgrades(NULL, "plain", "stands", "plain");
	rig_life("data", 0, "");
	rig_life("control", 0, "");
	kill(rig.keeper, SIGUSR2);
	ASSERT_LINE("log upgrade: done");
	rig_stop();
}

#define TOLD	   "control leave"
#define TAKEN_BACK "log error: upgrade: taken back: "
#define REFUSED	   "log error: upgrade: refused: "

/* What happens at each step when something goes wrong, and how it ends. */
static const struct {
	const char *data, *second, *control;
	struct keeper_patience patience;
	const char *line[6]; /* all of these come, in whichever order */
	const char *never;   /* this does not */
} rig_failures[] = {
	/* before anything is touched */
	{"plain",
	 "hopeless",
	 "upgrades",
	 RIG_PATIENCE,
	 {REFUSED "the new data ended with status 3"},
	 TOLD},
	{"plain",
	 "mute",
	 "upgrades",
	 {RIG_LONG, RIG_SHORT, RIG_LONG, RIG_LONG, RIG_LONG, RIG_LONG},
	 {"log error: the new data does not answer: it is killed",
	  REFUSED "the new data was killed by SIGKILL"},
	 TOLD},
	/* the hand-over */
	{"stays",
	 "stands",
	 "upgrades",
	 RIG_PATIENCE,
	 {TOLD, "data stays", TAKEN_BACK "data has not handed over and goes on: Broken pipe",
	  "control # life 1 has left for an upgrade"},
	 "second # took"},
	{"plain",
	 "drops",
	 "upgrades",
	 RIG_PATIENCE,
	 {TOLD, "data stays", TAKEN_BACK "data has not handed over and goes on: Broken pipe",
	  "control # life 1"},
	 "second # took"},
	{"plain",
	 "stops",
	 "upgrades",
	 {RIG_LONG, RIG_LONG, RIG_LONG, RIG_SHORT, RIG_LONG, RIG_LONG},
	 {TOLD, "log error: the new data does not answer: it is killed", "data stays",
	  TAKEN_BACK "data has not handed over and goes on: Broken pipe", "control # life 1"},
	 "second # took"},
	{"falls",
	 "stands",
	 "upgrades",
	 RIG_PATIENCE,
	 {TOLD, "log error: upgrade: the new data ended with status 8 in the hand-over",
	  TAKEN_BACK "meanwhile data was killed by SIGKILL", "data # life 1 killed by SIGKILL",
	  "data fd all/memory memory 2", "control # life 1"},
	 "second # took"},
	{"sleeps",
	 "stands",
	 "upgrades",
	 {RIG_LONG, RIG_LONG, RIG_LONG, RIG_SHORT, RIG_SHORT, RIG_LONG},
	 {TOLD, "log error: the new data does not answer: it is killed",
	  "log error: data does not end: it is killed",
	  TAKEN_BACK "meanwhile data was killed by SIGKILL", "data # life 1 killed by SIGKILL",
	  "control # life 1"},
	 "second # took"},
	/* it has handed over all the same */
	{"stumbles",
	 "stands",
	 "upgrades",
	 RIG_PATIENCE,
	 {"data handed", "second # took", "log upgrade: done", "control # life 1"},
	 "log error: data"},
	/* the trial: data goes back too, if it can */
	{"plain",
	 "stands",
	 "spoiled",
	 RIG_PATIENCE,
	 {"data handed", "second # took",
	  "log error: upgrade: control does not come to work, the program before is taken "
	  "back",
	  "second handed", "log error: upgrade: taken back: the program before is at work",
	  "control # life 2 ended with status 9"},
	 "log upgrade: done"},
	{"plain",
	 "stands",
	 "frozen",
	 {RIG_LONG, RIG_LONG, RIG_LONG, RIG_LONG, RIG_LONG, RIG_SHORT},
	 {"second # took", "log error: control does not end: it is killed",
	  "log error: upgrade: control does not come to work, the program before is taken "
	  "back",
	  "second handed", "log error: upgrade: taken back: the program before is at work",
	  "control # life 2 killed by SIGKILL"},
	 "log upgrade: done"},
	{"plain",
	 "forward",
	 "spoiled",
	 RIG_PATIENCE,
	 {"data handed", "second # took",
	  "log error: upgrade: control does not come to work, the program before is taken "
	  "back",
	  "log error: upgrade: control is taken back, data of the new program stays: the "
	  "new "
	  "data ended with status 7",
	  "control # life 2 ended with status 9"},
	 "second handed"},
};

static void each_failure_of_an_upgrade_has_its_end(void)
{
	for (size_t i = 0; i < sizeof(rig_failures) / sizeof(rig_failures[0]); i++) {
		rig.patience = rig_failures[i].patience;
		rig_upgrades(NULL, rig_failures[i].data, rig_failures[i].second,
			     rig_failures[i].control);
		for (unsigned l = 0; l < 6 && rig_failures[i].line[l]; l++)
			ASSERT_LINE(rig_failures[i].line[l]);
		rig_stop();
		CU_ASSERT_PTR_NULL(rig_find(rig_failures[i].never));
	}
	rig.patience = (struct keeper_patience)RIG_PATIENCE;
}

/* Up to here a control that does not leave holds all up: it is killed in the end. */
static pid_t rig_lingers(const char *second)
{
	pid_t control;

	rig_upgrades(NULL, "plain", second, "lingers");
	control = rig_life("control", 0, "");
	ASSERT_LINE(TOLD);
	return control;
}

static void control_that_does_not_leave_is_killed(void)
{
	rig.patience.leave = RIG_SHORT;
	rig_lingers("stands");
	ASSERT_LINE("log error: control does not end: it is killed");
	ASSERT_LINE("second # took");
	rig_life("control", 1, "has left for an upgrade");
	ASSERT_LINE("log upgrade: done");
	rig.patience = (struct keeper_patience)RIG_PATIENCE;
	rig_stop();
}

static void while_control_leaves_the_new_data_may_end(void)
{
	pid_t control = rig_lingers("leaves");

	ASSERT_LINE(TAKEN_BACK "the new data ended with status 6");
	kill(control, SIGKILL);
	rig_life("control", 1, "killed by SIGKILL");
	rig_stop();
	CU_ASSERT_PTR_NULL(strstr(rig.seen, "data handed"));
}

static void while_control_leaves_data_may_end(void)
{
	pid_t data, control = rig_lingers("stands");

	data = rig_life("data", 0, "");
	kill(data, SIGKILL);
	ASSERT_LINE(TAKEN_BACK "meanwhile data was killed by SIGKILL");
	rig_life("data", 1, "killed by SIGKILL");
	kill(control, SIGKILL);
	rig_life("control", 1, "killed by SIGKILL");
	rig_stop();
}

/* With no control nobody could say good-bye to the peers. */
static void an_end_waits_for_the_next_control(void)
{
	pid_t control = rig_lingers("stands");

	kill(rig.keeper, SIGTERM);
	ASSERT_LINE("log signal 15: ending once control is back");
	kill(control, SIGKILL);
	ASSERT_LINE("second # took");
	rig_life("control", 1, "has left for an upgrade");
	CU_ASSERT_EQUAL(rig_end(), 0);
	CU_ASSERT_TRUE(rig_at("control stop\n") < rig_at("second stop\n"));
	unlink(rig_new);
}

static void a_second_signal_ends_at_once_also_then(void)
{
	rig_lingers("stands");
	kill(rig.keeper, SIGTERM);
	ASSERT_LINE("log signal 15: ending once control is back");
	kill(rig.keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0); /* and the pipe ends: nobody is left */
	rig_at("data stop\n");
	rig_at("log error: upgrade: broken off: the gateway is ending\n");
	unlink(rig_new);
}

static void an_end_before_anything_is_touched_is_one_at_once(void)
{
	rig_upgrades(NULL, "plain", "mute", "upgrades");
	rig_life("second", 0, "");
	kill(rig.keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
	rig_at("log error: upgrade: broken off: the gateway is ending\n");
	CU_ASSERT_TRUE(rig_at("control stop\n") < rig_at("data stop\n"));
	unlink(rig_new);
}

static void an_upgrade_that_does_not_check_is_refused(void)
{
	rig.check = "refuses";
	rig_upgrades(NULL, "plain", "stands", "upgrades");
	rig.check = "checks";
	ASSERT_LINE("new checks");
	ASSERT_LINE(REFUSED "the check ended with status 5");
	rig_stop();
	CU_ASSERT_PTR_NULL(strstr(rig.seen, TOLD));
	CU_ASSERT_PTR_NULL(strstr(rig.seen, "same checks"));
	rig.check_running = "refuses"; /* the configuration that it was started with */
	rig_upgrades(NULL, "plain", "stands", "upgrades");
	rig.check_running = "checks";
	ASSERT_LINE("new checks");
	ASSERT_LINE("same checks");
	ASSERT_LINE(REFUSED "the check of what is running ended with status 5");
	rig_stop();
	CU_ASSERT_PTR_NULL(strstr(rig.seen, TOLD));
	rig_upgrades("/absent", "plain", "stands", "upgrades");
	ASSERT_LINE(REFUSED "/absent No such file or directory");
	ASSERT_WHOLE("control upgrade", "control upgrade -2"); /* ENOENT */
	rig_stop();
}

/* Else no other upgrade could begin. */
static void a_check_that_does_not_end_is_killed(void)
{
	rig.check = "ponders";
	rig.patience.check = RIG_SHORT;
	rig_upgrades(NULL, "plain", "stands", "upgrades");
	rig.check = "checks";
	rig.patience.check = RIG_LONG;
	ASSERT_LINE("log error: the check does not end: it is killed");
	ASSERT_LINE(REFUSED "the check was killed by SIGKILL");
	rig_stop();
	CU_ASSERT_PTR_NULL(strstr(rig.seen, TOLD));
}

/* It checks whatever it is given, but it is no gateway. */
static void an_upgrade_that_does_not_stand_by_is_refused(void)
{
	rig_upgrades("/bin/true", "plain", "stands", "upgrades");
	ASSERT_LINE(REFUSED "the new data ended with status 0");
	rig_stop();
	CU_ASSERT_PTR_NULL(strstr(rig.seen, TOLD));
}

static void an_upgrade_is_not_always_possible(void)
{
	rig_start("plain", "upgrades", true);
	ASSERT_WHOLE("control upgrade", "control upgrade -38"); /* ENOSYS */
	rig_stop();
}

static const struct test_case cases[] = {
	{"an_upgrade_replaces_data_and_control", an_upgrade_replaces_data_and_control},
	{"data_that_dies_after_an_upgrade_is_started_again",
	 data_that_dies_after_an_upgrade_is_started_again},
	{"an_upgrade_by_signal", an_upgrade_by_signal},
	{"each_failure_of_an_upgrade_has_its_end", each_failure_of_an_upgrade_has_its_end},
	{"control_that_does_not_leave_is_killed", control_that_does_not_leave_is_killed},
	{"while_control_leaves_the_new_data_may_end", while_control_leaves_the_new_data_may_end},
	{"while_control_leaves_data_may_end", while_control_leaves_data_may_end},
	{"an_end_waits_for_the_next_control", an_end_waits_for_the_next_control},
	{"a_second_signal_ends_at_once_also_then", a_second_signal_ends_at_once_also_then},
	{"an_end_before_anything_is_touched_is_one_at_once",
	 an_end_before_anything_is_touched_is_one_at_once},
	{"an_upgrade_that_does_not_check_is_refused", an_upgrade_that_does_not_check_is_refused},
	{"a_check_that_does_not_end_is_killed", a_check_that_does_not_end_is_killed},
	{"an_upgrade_that_does_not_stand_by_is_refused",
	 an_upgrade_that_does_not_stand_by_is_refused},
	{"an_upgrade_is_not_always_possible", an_upgrade_is_not_always_possible},
	{NULL, NULL},
};
extern const struct test_suite suite_keeper_upgrade;
const struct test_suite suite_keeper_upgrade = {"keeper_upgrade", cases};
