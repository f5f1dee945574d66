/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `show processes`: what the gateway consists of, and the rights each part has. */
#include "gw/keeper/keeper.h"
#include "gw/operator/vty.h"
#include "gw/text.h"

#include <linux/capability.h>
#include <pwd.h>
#include <time.h>

TABLE_TEXT(process_name, keeper_process, row->name)
TABLE_TEXT(process_state, keeper_process, row->state)
TABLE_NUMBER(process_restarts, keeper_process, row->restarts)
TABLE_TEXT(process_why, keeper_process, row->why)

TABLE_NUMBER_IF(process_pid, keeper_process, row->pid, row->pid)

TABLE_TIME(process_age, keeper_process, row->pid, row->age *UINT64_C(1000000))

static void process_user(const void *object, char *buf, size_t cap)
{
	const struct keeper_process *row = object;
	const struct passwd *p = row->pid ? getpwuid(row->uid) : NULL;

	if (p)
		snprintf(buf, cap, "%s", p->pw_name);
	else if (row->pid)
		snprintf(buf, cap, "%u", row->uid);
}

/* Those a gateway may have a use for; others are shown by number. */
static const struct {
	unsigned bit;
	const char *name;
} process_caps[] = {
	{CAP_NET_ADMIN, "net-admin"},
	{CAP_NET_RAW, "net-raw"},
	{CAP_SETUID, "setuid"},
	{CAP_SETGID, "setgid"},
	{CAP_KILL, "kill"},
	{CAP_NET_BIND_SERVICE, "net-bind-service"},
	{CAP_SYS_RESOURCE, "sys-resource"},
};

static const char *process_cap_name(unsigned bit)
{
	for (size_t i = 0; i < sizeof(process_caps) / sizeof(process_caps[0]); i++)
		if (process_caps[i].bit == bit)
			return process_caps[i].name;
	return NULL;
}

#define CAPS_NAMED 8

/* "none", "all", those there are, or how many if these are many. */
static void process_capabilities(const void *object, char *buf, size_t cap)
{
	const struct keeper_process *row = object;
	const uint64_t all = (UINT64_C(1) << (CAP_LAST_CAP + 1)) - 1;
	size_t n = 0;

	if (!row->pid)
		return;
	if (!row->capabilities || (row->capabilities & all) == all) {
		snprintf(buf, cap, "%s", row->capabilities ? "all" : "none");
		return;
	}
	if (__builtin_popcountll(row->capabilities) > CAPS_NAMED) {
		snprintf(buf, cap, "%d", __builtin_popcountll(row->capabilities));
		return;
	}
	for (unsigned bit = 0; bit < 64 && n < cap; bit++) {
		const char *name = process_cap_name(bit);

		if (!(row->capabilities >> bit & 1))
			continue;
		n += (size_t)(name ? snprintf(buf + n, cap - n, "%s%s", n ? "," : "", name)
				   : snprintf(buf + n, cap - n, "%s%u", n ? "," : "", bit));
	}
}

static void process_seccomp(const void *object, char *buf, size_t cap)
{
	static const char *const modes[] = {"none", "strict", "filter"};
	const struct keeper_process *row = object;

	if (row->pid)
		snprintf(buf, cap, "%s", row->seccomp < 3 ? modes[row->seccomp] : "?");
}

/* The file that it was started from, and the time of that file, so that an older one shows. */
static void process_program(const void *object, char *buf, size_t cap)
{
	const struct keeper_process *row = object;
	time_t built = (time_t)row->built;
	char when[32] = "";
	struct tm tm;

	if (!row->program[0] || !row->pid)
		return;
	if (localtime_r(&built, &tm))
		strftime(when, sizeof(when), " %Y-%m-%d %H:%M:%S", &tm);
	snprintf(buf, cap, "%s%s", row->program, when);
}

static const struct table_column table_processes_columns[] = {
	{"Process", "process", TABLE_LEFT, TABLE_WORDS(process_name)},
	{"State", "state", TABLE_LEFT, TABLE_WORDS(process_state)},
	{"PID", "pid", TABLE_RIGHT, TABLE_COUNT(process_pid)},
	{"Age", "age-seconds", TABLE_RIGHT, TABLE_COUNT(process_age)},
	{"Restarts", "restarts", TABLE_RIGHT, TABLE_COUNT(process_restarts)},
	{"User", "user", TABLE_LEFT, TABLE_WORDS(process_user)},
	{"Capabilities", "capabilities", TABLE_LEFT, TABLE_WORDS(process_capabilities)},
	{"Seccomp", "seccomp", TABLE_LEFT, TABLE_WORDS(process_seccomp)},
	{"Last end", "last-end", TABLE_LEFT, TABLE_WORDS(process_why)},
	{"Program", "program", TABLE_LEFT, TABLE_WORDS(process_program)},
};

/* With workers = 0 there is one process, and no keeper to ask. */
static void table_processes_rows(struct gw *gw, struct table_sink *to)
{
	struct keeper_process p[KEEPER_PROCESSES_MAX];
	unsigned n = gw->keeper ? keeper_processes(gw->keeper, p) : 0;

	if (!n) {
		keeper_self(&p[0], "isthmus");
		p[0].age = (uint32_t)((loop_now(gw->loop) - gw->started) / 1000000);
		n = 1;
	}
	for (unsigned i = 0; i < n; i++)
		table_row(to, &p[i]);
}

TABLE(table_processes, "processes");

DEFUN(show_processes, show_processes_cmd, "show processes",
      SHOW_STR "The processes of the gateway: pid, age, restarts, user, rights and program\n")
{
	return vty_table(vty, &table_processes);
}

void vty_processes_init(void)
{
	install_element_ve(&show_processes_cmd);
}
