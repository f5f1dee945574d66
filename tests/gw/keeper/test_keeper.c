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

#include <errno.h>
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
static const char *rig_check = "checks", *rig_check_running = "checks";
static const char *rig_second = "stands";
#define LONG UINT64_C(60000000)
#define ALL_LONG                             \
	{                                    \
		LONG, LONG, LONG, LONG, LONG \
	}
#define SHORT 100000
static struct keeper_patience rig_patience = ALL_LONG;

/* A configuration, which says what keeper does with it. */
static int rig_read_rc, rig_take_rc;
static bool rig_reloads = true;

static int rig_reads(void *ctx)
{
	(void)ctx;
	dprintf(STDOUT_FILENO, "reload read\n");
	return rig_read_rc;
}

static int rig_take(void *ctx)
{
	(void)ctx;
	dprintf(STDOUT_FILENO, "reload take\n");
	return rig_take_rc;
}

static void rig_reload_end(void *ctx, bool done)
{
	(void)ctx;
	dprintf(STDOUT_FILENO, "reload end %s\n", done ? "done" : "back");
}

static int rig_keeper(const char *data, const char *control, bool prepared)
{
	const char *argv_data[] = {"unit-keeper", STAND_IN, "data", data, NULL};
	const char *argv_control[] = {"unit-keeper", STAND_IN, "control", control, NULL};
	const char *argv_check[] = {"unit-keeper", STAND_IN, "new", rig_check, NULL};
	const char *argv_running[] = {"unit-keeper", STAND_IN, "same", rig_check_running, NULL};
	const char *const *const check[] = {argv_check, argv_running, NULL};
	const struct keeper_reload reload = {
		.read = rig_reads, .check = argv_check, .take = rig_take, .end = rig_reload_end};
	const char *argv_second[] = {"unit-keeper", STAND_IN, "second", rig_second, NULL};
	struct keeper_config c = {
		.program = "/proc/self/exe",
		.argv = {[KEEPER_DATA] = argv_data, [KEEPER_CONTROL] = argv_control},
		.upgrade = rig_upgrade,
		.check = check,
		.stand_by = argv_second,
		.reload = rig_reloads ? &reload : NULL,
		.patience = rig_patience,
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

/* '#' stands for a number. */
static bool rig_begins(const char *text, const char *begin)
{
	for (; *begin; begin++) {
		size_t n = *begin == '#' ? strspn(text, "0123456789") : *text == *begin;

		if (!n)
			return false;
		text += n;
	}
	return true;
}

static const char *rig_find(const char *begin)
{
	for (const char *at = seen, *end; (end = strchr(at, '\n')); at = end + 1)
		if (rig_begins(at, begin))
			return at;
	return NULL;
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

/* --- upgrades --------------------------------------------------------------------------------- */

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
	kill(keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
	unlink(rig_new);
}

static void rig_upgrades(const char *file, const char *data, const char *second,
			 const char *control)
{
	rig_install();
	rig_upgrade = file ? file : rig_new;
	rig_second = second;
	rig_start(data, control, true);
	rig_upgrade = NULL;
	rig_second = "stands";
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
	CU_ASSERT_EQUAL(sscanf(line, "second %d", &took), 1);
	CU_ASSERT_TRUE(took > 0 && took != data);
	ASSERT_LINE("log upgrade: data has handed over in ");
	rig_life("control", 1, "has left for an upgrade");
	ASSERT_WHOLE("control fd all/", "control fd all/memory memory 1");
	ASSERT_LINE("control fd life/data");
	ASSERT_LINE("log upgrade: done");
	ASSERT_LINE("second fd life/control"); /* of the new control */
	rig_stop();
	rig_at("second stop\n");
	CU_ASSERT_PTR_NULL(strstr(seen, "error"));
}

/* The next life of data after an upgrade is one of the new program, with a door of its own. */
static void data_that_dies_after_an_upgrade_is_started_again(void)
{
	int took = 0;

	rig_upgrades(NULL, "plain", "stands", "upgrades");
	ASSERT_LINE("second # took");
	CU_ASSERT_EQUAL(sscanf(line, "second %d", &took), 1);
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
	kill(keeper, SIGUSR2);
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
	 ALL_LONG,
	 {REFUSED "the new data ended with status 3"},
	 TOLD},
	{"plain",
	 "mute",
	 "upgrades",
	 {SHORT, LONG, LONG, LONG, LONG},
	 {"log error: the new data does not answer: it is killed",
	  REFUSED "the new data was killed by SIGKILL"},
	 TOLD},
	/* the hand-over */
	{"stays",
	 "stands",
	 "upgrades",
	 ALL_LONG,
	 {TOLD, "data stays", TAKEN_BACK "data has not handed over and goes on: Broken pipe",
	  "control # life 1 has left for an upgrade"},
	 "second # took"},
	{"plain",
	 "drops",
	 "upgrades",
	 ALL_LONG,
	 {TOLD, "data stays", TAKEN_BACK "data has not handed over and goes on: Broken pipe",
	  "control # life 1"},
	 "second # took"},
	{"plain",
	 "stops",
	 "upgrades",
	 {LONG, LONG, SHORT, LONG, LONG},
	 {TOLD, "log error: the new data does not answer: it is killed", "data stays",
	  TAKEN_BACK "data has not handed over and goes on: Broken pipe", "control # life 1"},
	 "second # took"},
	{"falls",
	 "stands",
	 "upgrades",
	 ALL_LONG,
	 {TOLD, "log error: upgrade: the new data ended with status 8 in the hand-over",
	  TAKEN_BACK "meanwhile data was killed by SIGKILL", "data # life 1 killed by SIGKILL",
	  "data fd all/memory memory 2", "control # life 1"},
	 "second # took"},
	{"sleeps",
	 "stands",
	 "upgrades",
	 {LONG, LONG, SHORT, SHORT, LONG},
	 {TOLD, "log error: the new data does not answer: it is killed",
	  "log error: data does not end: it is killed",
	  TAKEN_BACK "meanwhile data was killed by SIGKILL", "data # life 1 killed by SIGKILL",
	  "control # life 1"},
	 "second # took"},
	/* it has handed over all the same */
	{"stumbles",
	 "stands",
	 "upgrades",
	 ALL_LONG,
	 {"data handed", "second # took", "log upgrade: done", "control # life 1"},
	 "log error: data"},
	/* the trial: data goes back too, if it can */
	{"plain",
	 "stands",
	 "spoiled",
	 ALL_LONG,
	 {"data handed", "second # took",
	  "log error: upgrade: control does not come to work, the program before is taken "
	  "back",
	  "second handed", "log error: upgrade: taken back: the program before is at work",
	  "control # life 2 ended with status 9"},
	 "log upgrade: done"},
	{"plain",
	 "stands",
	 "frozen",
	 {LONG, LONG, LONG, LONG, SHORT},
	 {"second # took", "log error: control does not end: it is killed",
	  "log error: upgrade: control does not come to work, the program before is taken "
	  "back",
	  "second handed", "log error: upgrade: taken back: the program before is at work",
	  "control # life 2 killed by SIGKILL"},
	 "log upgrade: done"},
	{"plain",
	 "forward",
	 "spoiled",
	 ALL_LONG,
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
		rig_patience = rig_failures[i].patience;
		rig_upgrades(NULL, rig_failures[i].data, rig_failures[i].second,
			     rig_failures[i].control);
		for (unsigned l = 0; l < 6 && rig_failures[i].line[l]; l++)
			ASSERT_LINE(rig_failures[i].line[l]);
		rig_stop();
		CU_ASSERT_PTR_NULL(rig_find(rig_failures[i].never));
	}
	rig_patience = (struct keeper_patience)ALL_LONG;
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
	rig_patience.leave = SHORT;
	rig_lingers("stands");
	ASSERT_LINE("log error: control does not end: it is killed");
	ASSERT_LINE("second # took");
	rig_life("control", 1, "has left for an upgrade");
	ASSERT_LINE("log upgrade: done");
	rig_patience = (struct keeper_patience)ALL_LONG;
	rig_stop();
}

static void while_control_leaves_the_new_data_may_end(void)
{
	pid_t control = rig_lingers("leaves");

	ASSERT_LINE(TAKEN_BACK "the new data ended with status 6");
	kill(control, SIGKILL);
	rig_life("control", 1, "killed by SIGKILL");
	rig_stop();
	CU_ASSERT_PTR_NULL(strstr(seen, "data handed"));
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

	kill(keeper, SIGTERM);
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
	kill(keeper, SIGTERM);
	ASSERT_LINE("log signal 15: ending once control is back");
	kill(keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0); /* and the pipe ends: nobody is left */
	rig_at("data stop\n");
	rig_at("log error: upgrade: broken off: the gateway is ending\n");
	unlink(rig_new);
}

static void an_end_before_anything_is_touched_is_one_at_once(void)
{
	rig_upgrades(NULL, "plain", "mute", "upgrades");
	rig_life("second", 0, "");
	kill(keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
	rig_at("log error: upgrade: broken off: the gateway is ending\n");
	CU_ASSERT_TRUE(rig_at("control stop\n") < rig_at("data stop\n"));
	unlink(rig_new);
}

static void an_upgrade_that_does_not_check_is_refused(void)
{
	rig_check = "refuses";
	rig_upgrades(NULL, "plain", "stands", "upgrades");
	rig_check = "checks";
	ASSERT_LINE("new checks");
	ASSERT_LINE(REFUSED "the check ended with status 5");
	rig_stop();
	CU_ASSERT_PTR_NULL(strstr(seen, TOLD));
	CU_ASSERT_PTR_NULL(strstr(seen, "same checks"));
	rig_check_running = "refuses"; /* the configuration that it was started with */
	rig_upgrades(NULL, "plain", "stands", "upgrades");
	rig_check_running = "checks";
	ASSERT_LINE("new checks");
	ASSERT_LINE("same checks");
	ASSERT_LINE(REFUSED "the check of what is running ended with status 5");
	rig_stop();
	CU_ASSERT_PTR_NULL(strstr(seen, TOLD));
	rig_upgrades("/absent", "plain", "stands", "upgrades");
	ASSERT_LINE(REFUSED "/absent No such file or directory");
	ASSERT_WHOLE("control upgrade", "control upgrade -2"); /* ENOENT */
	rig_stop();
}

/* It checks whatever it is given, but it is no gateway. */
static void an_upgrade_that_does_not_stand_by_is_refused(void)
{
	rig_upgrades("/bin/true", "plain", "stands", "upgrades");
	ASSERT_LINE(REFUSED "the new data ended with status 0");
	rig_stop();
	CU_ASSERT_PTR_NULL(strstr(seen, TOLD));
}

static void an_upgrade_is_not_always_possible(void)
{
	rig_start("plain", "upgrades", true);
	ASSERT_WHOLE("control upgrade", "control upgrade -38"); /* ENOSYS */
	rig_stop();
}

/* --- reloads ---------------------------------------------------------------------------------- */

static void a_reload_replaces_control(void)
{
	rig_start("plain", "reloads", true);
	rig_life("data", 0, "");
	rig_life("control", 0, "");
	ASSERT_LINE("log reload: the configuration is checked");
	ASSERT_LINE("reload read");
	ASSERT_WHOLE("control reload", "control reload 0");
	ASSERT_LINE("new checks");
	ASSERT_LINE("reload take");
	ASSERT_LINE("log reload: it is right, control is told to leave");
	ASSERT_LINE("control leave");
	rig_life("control", 1, "has left for a reload");
	ASSERT_WHOLE("control fd all/", "control fd all/memory memory 1"); /* of the same data */
	ASSERT_LINE("log reload: done");
	ASSERT_LINE("reload end done");
	kill(keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
	rig_at("data stop\n");
	CU_ASSERT_PTR_NULL(strstr(seen, "error"));
	CU_ASSERT_PTR_NULL(strstr(seen, "life 2"));
}

static void hup_is_a_reload(void)
{
	rig_start("plain", "plain", true);
	rig_life("data", 0, "");
	rig_life("control", 0, "");
	kill(keeper, SIGHUP);
	rig_life("control", 1, "has left for a reload");
	ASSERT_LINE("log reload: done");
	kill(keeper, SIGTERM);
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
		rig_read_rc = row[i].read;
		rig_take_rc = row[i].take;
		rig_check = row[i].check;
		rig_start("plain", row[i].control, true);
		for (size_t l = 0; l < 5 && row[i].line[l]; l++)
			ASSERT_LINE(row[i].line[l]);
		kill(keeper, SIGTERM);
		CU_ASSERT_EQUAL(rig_end(), 0);
		CU_ASSERT_PTR_NULL(strstr(seen, "data # life 1"));
	}
	rig_read_rc = rig_take_rc = 0;
	rig_check = "checks";
}

/* Else nobody would say good-bye. */
static void an_end_waits_for_the_control_of_a_reload(void)
{
	pid_t control;

	rig_start("plain", "tarries", true);
	control = rig_life("control", 0, "");
	ASSERT_LINE(TOLD);
	kill(keeper, SIGTERM);
	ASSERT_LINE("log signal 15: ending once control is back");
	kill(control, SIGKILL);
	rig_life("control", 1, "has left for a reload");
	CU_ASSERT_EQUAL(rig_end(), 0);
	CU_ASSERT_TRUE(rig_at("control stop\n") < rig_at("data stop\n"));
}

static void a_reload_is_not_always_possible(void)
{
	rig_reloads = false;
	rig_start("plain", "reloads", true);
	ASSERT_WHOLE("control reload", "control reload -38"); /* ENOSYS */
	kill(keeper, SIGHUP);
	ASSERT_LINE("log error: no reload: Function not implemented");
	kill(keeper, SIGTERM);
	CU_ASSERT_EQUAL(rig_end(), 0);
	rig_reloads = true;
}

static const struct test_case cases[] = {
	{"both_start_and_end_in_order", both_start_and_end_in_order},
	{"one_that_is_killed_is_started_again", one_that_is_killed_is_started_again},
	{"what_was_kept_comes_back", what_was_kept_comes_back},
	{"one_that_cannot_begin_ends_all", one_that_cannot_begin_ends_all},
	{"a_second_signal_ends_at_once", a_second_signal_ends_at_once},
	{"one_that_breaks_the_rules_is_killed", one_that_breaks_the_rules_is_killed},
	{"without_keeper_they_end", without_keeper_they_end},
	{"control_can_see_the_processes", control_can_see_the_processes},
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
	{"an_upgrade_that_does_not_stand_by_is_refused",
	 an_upgrade_that_does_not_stand_by_is_refused},
	{"an_upgrade_is_not_always_possible", an_upgrade_is_not_always_possible},
	{"a_reload_replaces_control", a_reload_replaces_control},
	{"hup_is_a_reload", hup_is_a_reload},
	{"each_failure_of_a_reload_has_its_end", each_failure_of_a_reload_has_its_end},
	{"an_end_waits_for_the_control_of_a_reload", an_end_waits_for_the_control_of_a_reload},
	{"a_reload_is_not_always_possible", a_reload_is_not_always_possible},
	{"control_begins_anew_with_data", control_begins_anew_with_data},
	{"without_its_memory_it_does_not_start", without_its_memory_it_does_not_start},
	{NULL, NULL},
};
const struct test_suite suite_keeper = {"keeper", cases};
