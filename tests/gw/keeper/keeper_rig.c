/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "tests/gw/keeper/keeper_rig.h"

#include "tests/gw/keeper/stand_in.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINE_WAIT 20000 /* ms for a line; none takes that long */

struct keeper_rig rig = {
	.anew = RIG_LONG,
	.check = "checks",
	.check_running = "checks",
	.second = "stands",
	.patience = RIG_PATIENCE,
	.reloads = true,
};
static int from; /* the pipe */

static void rig_log(enum keeper_level level, const char *words)
{
	dprintf(STDOUT_FILENO, "log %s%s\n", level == KEEPER_ERROR ? "error: " : "", words);
}

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

/* A configuration, which says what keeper does with it. */
static int rig_reads(void *ctx)
{
	(void)ctx;
	dprintf(STDOUT_FILENO, "reload read\n");
	return rig.read_rc;
}

static int rig_take(void *ctx)
{
	(void)ctx;
	dprintf(STDOUT_FILENO, "reload take\n");
	return rig.take_rc;
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
	const char *argv_check[] = {"unit-keeper", STAND_IN, "new", rig.check, NULL};
	const char *argv_running[] = {"unit-keeper", STAND_IN, "same", rig.check_running, NULL};
	const char *const *const check[] = {argv_check, argv_running, NULL};
	const struct keeper_reload reload = {
		.read = rig_reads, .check = argv_check, .take = rig_take, .end = rig_reload_end};
	const char *argv_second[] = {"unit-keeper", STAND_IN, "second", rig.second, NULL};
	struct keeper_config c = {
		.program = "/proc/self/exe",
		.argv = {[KEEPER_DATA] = argv_data, [KEEPER_CONTROL] = argv_control},
		.upgrade = rig.upgrade,
		.check = check,
		.stand_by = argv_second,
		.reload = rig.reloads ? &reload : NULL,
		.patience = rig.patience,
		.anew = rig.anew,
		.log = rig_log,
		.prepare = rig_prepare,
		.prepare_ctx = &prepared,
	};

	return keeper_run(&c);
}

void rig_start(const char *data, const char *control, bool prepared)
{
	int p[2];

	CU_ASSERT_EQUAL(pipe2(p, O_CLOEXEC), 0);
	fflush(NULL);
	rig.seen[0] = '\0';
	rig.keeper = fork();
	if (rig.keeper == 0) {
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
	size_t n = strlen(rig.seen);
	ssize_t got;

	if (poll(&p, 1, LINE_WAIT) != 1)
		return false;
	got = read(from, rig.seen + n, sizeof(rig.seen) - 1 - n);
	rig.seen[got > 0 ? n + (size_t)got : n] = '\0';
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

const char *rig_find(const char *begin)
{
	for (const char *at = rig.seen, *end; (end = strchr(at, '\n')); at = end + 1)
		if (rig_begins(at, begin))
			return at;
	return NULL;
}

bool rig_line(const char *begin)
{
	do {
		for (char *at = rig.seen, *end; (end = strchr(at, '\n')); at = end + 1) {
			if (!rig_begins(at, begin))
				continue;
			snprintf(rig.line, sizeof(rig.line), "%.*s", (int)(end - at), at);
			memmove(at, end + 1, strlen(end));
			return true;
		}
	} while (rig_read());
	printf("no line \"%s\"; seen:\n%s", begin, rig.seen);
	return false;
}

pid_t rig_life(const char *role, unsigned life, const char *why)
{
	char want[128];
	int pid = 0;

	snprintf(want, sizeof(want), "%s #", role);
	ASSERT_LINE(want);
	CU_ASSERT_EQUAL(sscanf(rig.line + strlen(role), " %d", &pid), 1);
	snprintf(want, sizeof(want), "%s %d life %u %s", role, pid, life, why);
	CU_ASSERT_STRING_EQUAL(rig.line, want);
	return (pid_t)pid;
}

int rig_end(void)
{
	int status = -1;

	CU_ASSERT_EQUAL(waitpid(rig.keeper, &status, 0), rig.keeper);
	while (rig_read())
		;
	close(from);
	return status;
}

size_t rig_at(const char *text)
{
	const char *at = strstr(rig.seen, text);

	CU_ASSERT_PTR_NOT_NULL(at);
	return at ? (size_t)(at - rig.seen) : 0;
}
