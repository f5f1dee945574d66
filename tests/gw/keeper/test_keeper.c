/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole keeper in a process of its own, with stand-ins for data and control (stand_in.h).  All
 * that happens comes as lines of one pipe: those of the stand-ins, and the keeper's log behind
 * "log ".  Each step waits for its line, so that no test depends on time.
 */
#define _GNU_SOURCE
#include "gw/keeper/keeper.h"
#include "tests/gw/keeper/stand_in.h"
#include "tests/harness.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE 20000 /* ms for a line; none takes that long */

static pid_t keeper;
static int from; /* the pipe */
static char seen[8192], line[256];

static void rig_log(enum keeper_level level, const char *words)
{
	dprintf(STDOUT_FILENO, "log %s%s\n", level == KEEPER_ERROR ? "error: " : "", words);
}

static uint64_t rig_anew = 60000000;

/* The memory of each data is another one. */
static bool rig_prepare(void *ctx, enum keeper_role role, struct keeper_fds *held)
{
	static char text[] = "memory 0";
	int fd;

	if (role != KEEPER_DATA)
		return true;
	fd = memfd_create("shared", MFD_CLOEXEC);
	text[7]++;
	return *(bool *)ctx && write(fd, text, 8) == 8 && !keeper_fds_put(held, "all/memory", fd);
}

static const char *rig_upgrade; /* the program's file; NULL = no upgrade is possible */
static const char *rig_check = "checks";

static int rig_keeper(const char *data, const char *control, bool prepared)
{
	const char *argv_data[] = {"unit-keeper", STAND_IN, "data", data, NULL};
	const char *argv_control[] = {"unit-keeper", STAND_IN, "control", control, NULL};
	const char *argv_check[] = {"unit-keeper", STAND_IN, "new", rig_check, NULL};
	struct keeper_config c = {
		.program = "/proc/self/exe",
		.argv = {[KEEPER_DATA] = argv_data, [KEEPER_CONTROL] = argv_control},
		.upgrade = rig_upgrade,
		.check = argv_check,
		.anew = rig_anew,
		.log = rig_log,
		.prepare = rig_prepare,
		.prepare_ctx = &prepared,
	};

	return keeper_run(&c);
}

static void rig_start(const char *data, const char *control, bool prepared)
{
	int p[2];

	CU_ASSERT_EQUAL(pipe2(p, O_CLOEXEC), 0);
	fflush(NULL);
	seen[0] = '\0';
	keeper = fork();
	if (keeper == 0) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nobody behind */
		dup2(p[1], STDOUT_FILENO);
		close(p[1]);
		_exit(rig_keeper(data, control, prepared));
	}
	close(p[1]);
	from = p[0];
}

/* More of the pipe; false at its end. */
static bool rig_read(void)
{
	struct pollfd p = {.fd = from, .events = POLLIN};
	size_t n = strlen(seen);
	ssize_t got;

	if (poll(&p, 1, PATIENCE) != 1)
		return false;
	got = read(from, seen + n, sizeof(seen) - 1 - n);
	seen[got > 0 ? n + (size_t)got : n] = '\0';
	return got > 0;
}

/* '#' stands for a digit. */
static bool rig_begins(const char *text, const char *begin)
{
	while (*begin && (*begin == '#' ? *text >= '0' && *text <= '9' : *text == *begin)) {
		text++;
		begin++;
	}
	return !*begin;
}

/* Wait for a line that begins so: it is in `line` then, and taken out of what was seen. */
static bool rig_line(const char *begin)
{
	do {
		for (char *at = seen, *end; (end = strchr(at, '\n')); at = end + 1) {
			if (!rig_begins(at, begin))
				continue;
			snprintf(line, sizeof(line), "%.*s", (int)(end - at), at);
			memmove(at, end + 1, strlen(end));
			return true;
		}
	} while (rig_read());
	printf("no line \"%s\"; seen:\n%s", begin, seen);
	return false;
}

#define ASSERT_LINE(begin) CU_ASSERT_TRUE_FATAL(rig_line(begin))
#define ASSERT_WHOLE(begin, whole)                   \
	do {                                         \
		ASSERT_LINE(begin);                  \
		CU_ASSERT_STRING_EQUAL(line, whole); \
	} while (0)

/* The pid of a process that has said "ROLE PID life LIFE". */
static pid_t rig_life(const char *role, unsigned life, const char *why)
{
	char want[128];
	int pid = 0;

	snprintf(want, sizeof(want), "%s #", role);
	ASSERT_LINE(want);
	CU_ASSERT_EQUAL(sscanf(line + strlen(role), " %d", &pid), 1);
	snprintf(want, sizeof(want), "%s %d life %u %s", role, pid, life, why);
	CU_ASSERT_STRING_EQUAL(line, want);
	return (pid_t)pid;
}

static int rig_end(void)
{
	int status = -1;

	CU_ASSERT_EQUAL(waitpid(keeper, &status, 0), keeper);
	while (rig_read())
		;
	close(from);
	return status;
}

static size_t rig_at(const char *text)
{
	const char *at = strstr(seen, text);

	CU_ASSERT_PTR_NOT_NULL(at);
	return at ? (size_t)(at - seen) : 0;
}

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
	kill(keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
	CU_ASSERT_TRUE(rig_at("control stop\n") < rig_at("data stop\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(seen, "log signal 15: ending\n"));
	CU_ASSERT_PTR_NULL(strstr(seen, "error"));
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
	kill(keeper, SIGTERM);
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
	kill(keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
}

static void one_that_cannot_begin_ends_all(void)
{
	rig_start("plain", "hopeless", true);
	CU_ASSERT_EQUAL(rig_end(), 1 << 8);
	CU_ASSERT_PTR_NOT_NULL(strstr(seen, "data stop\n"));
	rig_start("hopeless", "plain", true);
	CU_ASSERT_EQUAL(rig_end(), 1 << 8);
	CU_ASSERT_PTR_NOT_NULL(strstr(seen, "control stop\n"));
}

static void a_second_signal_ends_at_once(void)
{
	rig_start("plain", "deaf", true);
	rig_life("control", 0, "");
	rig_life("data", 0, "");
	kill(keeper, SIGTERM);
	ASSERT_LINE("control stop");
	kill(keeper, SIGINT);
	CU_ASSERT_EQUAL(rig_end(), 0);
	rig_at("data stop\n");
	rig_at("control stop\n"); /* told again */
	rig_at("log error: control does not end: it is killed\n");
}

static void rig_misbehaves(const char *manner, const char *words, const char *why)
{
	rig_start("plain", manner, true);
	rig_life("control", 0, "");
	ASSERT_LINE(words);
	rig_life("control", 1, why);
	kill(keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
	CU_ASSERT_PTR_NULL(strstr(seen, "stolen"));
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

static void hup_is_passed_on(void)
{
	rig_start("plain", "plain", true);
	rig_life("control", 0, "");
	rig_life("data", 0, "");
	kill(keeper, SIGHUP);
	ASSERT_LINE("control hup");
	kill(keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
	CU_ASSERT_PTR_NULL(strstr(seen, "data hup"));
}

static void without_keeper_they_end(void)
{
	rig_start("plain", "plain", true);
	rig_life("control", 0, "");
	rig_life("data", 0, "");
	kill(keeper, SIGKILL);
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
	kill(keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
}

static void without_its_memory_it_does_not_start(void)
{
	rig_start("plain", "plain", false);
	CU_ASSERT_EQUAL(rig_end(), 1 << 8);
	CU_ASSERT_STRING_EQUAL(seen, "log error: data: not started: cannot be prepared\n");
}

/* One that does not see that data has gone is killed, since it serves one that is no more. */
static void control_begins_anew_with_data(void)
{
	pid_t data;

	rig_anew = 1000;
	rig_start("plain", "plain", true);
	rig_anew = 60000000;
	data = rig_life("data", 0, "");
	ASSERT_WHOLE("data fd all/", "data fd all/memory memory 1");
	rig_life("control", 0, "");
	ASSERT_WHOLE("control fd all/", "control fd all/memory memory 1");
	kill(data, SIGKILL);
	rig_life("data", 1, "killed by SIGKILL");
	ASSERT_WHOLE("data fd all/", "data fd all/memory memory 2");
	ASSERT_LINE("log error: control does not end: it is killed");
	rig_life("control", 1, "killed by SIGKILL");
	ASSERT_WHOLE("control fd all/", "control fd all/memory memory 2");
	kill(keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
}

/* This program, by the name of its file. */
static char *rig_self(char path[512])
{
	ssize_t n = readlink("/proc/self/exe", path, 511);

	path[n > 0 ? n : 0] = '\0';
	return path;
}

static void rig_upgrades(const char *file, const char *check)
{
	rig_upgrade = file;
	rig_check = check;
	rig_start("plain", "upgrades", true);
	rig_upgrade = NULL;
	rig_life("control", 0, "");
}

static void rig_stop(void)
{
	kill(keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
}

static void an_upgrade_replaces_control(void)
{
	char path[512];

	rig_upgrades(rig_self(path), "checks");
	ASSERT_LINE("log upgrade: /"); /* PATH checks the configuration */
	ASSERT_LINE("new checks");
	ASSERT_LINE("log upgrade: control is replaced");
	ASSERT_LINE("control leave");
	rig_life("control", 1, "ended with status 0");
	ASSERT_LINE("log upgrade: done");
	rig_stop();
}

static void an_upgrade_that_does_not_check_is_refused(void)
{
	char path[512];

	rig_upgrades(rig_self(path), "refuses");
	ASSERT_LINE("new checks");
	ASSERT_LINE("log error: upgrade: refused: the check ended with status 5");
	rig_stop();
	CU_ASSERT_PTR_NULL(strstr(seen, "control leave"));
	rig_upgrades("/absent", "checks");
	ASSERT_LINE("log error: upgrade: refused: the check ended with status 127");
	rig_stop();
}

/* It checks whatever it is given, but it is no gateway. */
static void an_upgrade_that_does_not_work_is_taken_back(void)
{
	rig_upgrades("/bin/true", "checks");
	ASSERT_LINE("control leave");
	ASSERT_LINE("log error: upgrade: control does not come to work, the one before is back");
	rig_life("control", 2, "ended with status 0");
	rig_stop();
}

static void an_upgrade_is_not_always_possible(void)
{
	rig_upgrades(NULL, "checks");
	ASSERT_WHOLE("control upgrade", "control upgrade -38"); /* ENOSYS */
	rig_stop();
}

static const struct test_case cases[] = {
	{"both_start_and_end_in_order", both_start_and_end_in_order},
	{"one_that_is_killed_is_started_again", one_that_is_killed_is_started_again},
	{"what_was_kept_comes_back", what_was_kept_comes_back},
	{"one_that_cannot_begin_ends_all", one_that_cannot_begin_ends_all},
	{"a_second_signal_ends_at_once", a_second_signal_ends_at_once},
	{"one_that_breaks_the_rules_is_killed", one_that_breaks_the_rules_is_killed},
	{"hup_is_passed_on", hup_is_passed_on},
	{"without_keeper_they_end", without_keeper_they_end},
	{"control_can_see_the_processes", control_can_see_the_processes},
	{"an_upgrade_replaces_control", an_upgrade_replaces_control},
	{"an_upgrade_that_does_not_check_is_refused", an_upgrade_that_does_not_check_is_refused},
	{"an_upgrade_that_does_not_work_is_taken_back",
	 an_upgrade_that_does_not_work_is_taken_back},
	{"an_upgrade_is_not_always_possible", an_upgrade_is_not_always_possible},
	{"control_begins_anew_with_data", control_begins_anew_with_data},
	{"without_its_memory_it_does_not_start", without_its_memory_it_does_not_start},
	{NULL, NULL},
};
const struct test_suite suite_keeper = {"keeper", cases};
