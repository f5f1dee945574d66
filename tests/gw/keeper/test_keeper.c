/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/keeper/keeper_rig.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void both_start_and_end_in_order(void)
{
	pid_t data, control;

	rig_start("plain", "plain", true);
	data = rig_life("data", 0, "");
	control = rig_life("control", 0, "");
	CU_ASSERT_EQUAL(getpgid(data), data);
	CU_ASSERT_EQUAL(getpgid(control), control);
	ASSERT_WHOLE("data fd all/", "data fd all/memory memory 1");
	ASSERT_WHOLE("control fd all/", "control fd all/memory memory 1");
	ASSERT_LINE("data fd life/control");
	ASSERT_LINE("control fd life/data");
	kill(rig.keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
	CU_ASSERT_TRUE(rig_at("control stop\n") < rig_at("data stop\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(rig.seen, "log signal 15: ending\n"));
	CU_ASSERT_PTR_NULL(strstr(rig.seen, "error"));
}

static void one_that_is_killed_is_started_again(void)
{
	pid_t control;

	rig_start("plain", "keeps", true);
	control = rig_life("control", 0, "");
	ASSERT_LINE("control fd life/data");
	rig_life("data", 0, "");
	ASSERT_LINE("data fd life/control");
	kill(control, SIGKILL);
	ASSERT_LINE("log error: control: killed by SIGKILL after 0 s; it is started again");
	CU_ASSERT_TRUE(rig_life("control", 1, "killed by SIGKILL") != control);
	ASSERT_WHOLE("control fd all/", "control fd all/memory memory 1");
	ASSERT_LINE("control fd life/data");
	ASSERT_LINE("data fd life/control"); /* data hears of the new one */
	kill(rig.keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
}

static unsigned rig_descriptors(void)
{
	char path[64];
	unsigned n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)rig.keeper);
	d = opendir(path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

/* Keeper outlives all of them: what it has of one goes with it. */
static void a_life_leaves_no_descriptor(void)
{
	unsigned before, after, looks = 0;
	pid_t control;

	rig_start("plain", "plain", true);
	control = rig_life("control", 0, "");
	rig_life("data", 0, "");
	ASSERT_LINE("data fd life/control");
	before = rig_descriptors();
	kill(control, SIGKILL);
	rig_life("control", 1, "killed by SIGKILL");
	ASSERT_LINE("data fd life/control");
	do { /* what it has just sent it closes */
		after = rig_descriptors();
		usleep(1000);
	} while (after > before && ++looks < 3000);
	CU_ASSERT_TRUE(after <= before);
	kill(rig.keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
}

static void what_was_kept_comes_back(void)
{
	pid_t data;

	rig_start("keeps", "plain", true);
	data = rig_life("data", 0, "");
	ASSERT_LINE("data keeps");
	kill(data, SIGKILL);
	rig_life("data", 1, "killed by SIGKILL");
	ASSERT_WHOLE("data fd data/", "data fd data/file kept");
	kill(rig.keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
}

static void one_that_cannot_begin_ends_all(void)
{
	rig_start("plain", "hopeless", true);
	CU_ASSERT_EQUAL(rig_end(), 1 << 8);
	CU_ASSERT_PTR_NOT_NULL(strstr(rig.seen, "data stop\n"));
	rig_start("hopeless", "plain", true);
	CU_ASSERT_EQUAL(rig_end(), 1 << 8);
	CU_ASSERT_PTR_NOT_NULL(strstr(rig.seen, "control stop\n"));
}

static void a_second_signal_ends_at_once(void)
{
	rig_start("plain", "deaf", true);
	rig_life("control", 0, "");
	rig_life("data", 0, "");
	kill(rig.keeper, SIGTERM);
	ASSERT_LINE("control stop");
	kill(rig.keeper, SIGINT);
	CU_ASSERT_EQUAL(rig_end(), 0);
	rig_at("data stop\n");
	rig_at("control stop\n"); /* told again */
	rig_at("log error: control does not end: it is killed\n");
}

static void keeper_says_that(const char *data, const char *control, const char *line)
{
	rig_start(data, control, true);
	rig_life("control", 0, "");
	rig_life("data", 0, "");
	kill(rig.keeper, SIGTERM);
	ASSERT_LINE(line);
	CU_ASSERT_EQUAL(rig_end(), 1 << 8);
}

static void a_crash_at_the_end_is_no_orderly_end(void)
{
	keeper_says_that("crashes", "plain", "log error: data: killed by SIGABRT after");
	keeper_says_that("plain", "crashes", "log error: control: killed by SIGABRT after");
}

static void rig_misbehaves(const char *manner, const char *words, const char *why)
{
	rig_start("plain", manner, true);
	rig_life("control", 0, "");
	ASSERT_LINE(words);
	rig_life("control", 1, why);
	kill(rig.keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
	CU_ASSERT_PTR_NULL(strstr(rig.seen, "stolen"));
}

static void one_that_breaks_the_rules_is_killed(void)
{
	rig_misbehaves("babbles", "log error: control: sends what is no message: it is killed",
		       "killed by SIGKILL");
	rig_misbehaves("steals", "log error: control: says what it may not say: it is killed",
		       "killed by SIGKILL");
	rig_misbehaves("silent", "log error: control does not end: it is killed",
		       "killed by SIGKILL");
}

static void without_keeper_they_end(void)
{
	rig_start("plain", "plain", true);
	rig_life("control", 0, "");
	rig_life("data", 0, "");
	kill(rig.keeper, SIGKILL);
	ASSERT_LINE("control alone");
	ASSERT_LINE("data alone");
	CU_ASSERT_EQUAL(rig_end(), SIGKILL); /* and the pipe ends: nobody is left */
}

static void control_can_see_the_processes(void)
{
	rig_start("plain", "asks", true);
	ASSERT_WHOLE("control knows keeper", "control knows keeper running 0");
	ASSERT_LINE("control knows data ");
	ASSERT_LINE("control knows control ");
	kill(rig.keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
}

static void without_its_memory_it_does_not_start(void)
{
	rig_start("plain", "plain", false);
	CU_ASSERT_EQUAL(rig_end(), 1 << 8);
	CU_ASSERT_STRING_EQUAL(rig.seen, "log error: data: not started: cannot be prepared\n");
}

/* One that does not see that data has gone is killed, since it serves one that is no more. */
static void control_begins_anew_with_data(void)
{
	pid_t data;

	rig.anew = 1000;
	rig_start("plain", "plain", true);
	rig.anew = 60000000;
	data = rig_life("data", 0, "");
	ASSERT_WHOLE("data fd all/", "data fd all/memory memory 1");
	rig_life("control", 0, "");
	ASSERT_WHOLE("control fd all/", "control fd all/memory memory 1");
	for (unsigned life = 1; life < 4; life++) {
		char memory[40];

		kill(data, SIGKILL);
		data = rig_life("data", life, "killed by SIGKILL");
		snprintf(memory, sizeof(memory), "data fd all/memory memory %u", life + 1);
		ASSERT_WHOLE("data fd all/", memory);
		ASSERT_LINE("log error: control does not end: it is killed");
		/* at once: it is not its fault */
		ASSERT_LINE("log error: control: killed by SIGKILL after # s; it is started again");
		CU_ASSERT_PTR_NULL(strstr(rig.line, " in "));
		rig_life("control", life, "killed by SIGKILL");
		snprintf(memory, sizeof(memory), "control fd all/memory memory %u", life + 1);
		ASSERT_WHOLE("control fd all/", memory);
	}
	kill(rig.keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
}

static const struct test_case cases[] = {
	{"both_start_and_end_in_order", both_start_and_end_in_order},
	{"one_that_is_killed_is_started_again", one_that_is_killed_is_started_again},
	{"a_life_leaves_no_descriptor", a_life_leaves_no_descriptor},
	{"what_was_kept_comes_back", what_was_kept_comes_back},
	{"one_that_cannot_begin_ends_all", one_that_cannot_begin_ends_all},
	{"a_second_signal_ends_at_once", a_second_signal_ends_at_once},
	{"a_crash_at_the_end_is_no_orderly_end", a_crash_at_the_end_is_no_orderly_end},
	{"one_that_breaks_the_rules_is_killed", one_that_breaks_the_rules_is_killed},
	{"without_keeper_they_end", without_keeper_they_end},
	{"control_can_see_the_processes", control_can_see_the_processes},
	{"control_begins_anew_with_data", control_begins_anew_with_data},
	{"without_its_memory_it_does_not_start", without_its_memory_it_does_not_start},
	{NULL, NULL},
};
extern const struct test_suite suite_keeper;
const struct test_suite suite_keeper = {"keeper", cases};
