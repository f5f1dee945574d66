/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration changed while calls go on: control is replaced by one that has read the file
 * of today, and data goes on all the while.  What control has kept of tunnels and calls is taken up
 * by the names of the new configuration, as after a death.
 *
 *   RELOAD_CHECK   the file is read, and the program that runs checks what was read
 *   RELOAD_LEAVE   control ends, and leaves its records to the next; up to here nothing is touched
 *   RELOAD_TRIAL   control is started with the new configuration; at work, the reload is done
 *
 * A control that does not come to work is followed by one with the configuration before.
 */
#define _GNU_SOURCE
#include "gw/keeper/keeper_int.h"

#include "gw/keeper/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A file in memory, which takes no more than that. */
static int reload_report_file(void)
{
	int fd = memfd_create("report", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, KEEPER_REPORT_MAX) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) < 0) {
		int err = errno;

		close(fd);
		return -err;
	}
	return fd;
}

static int reload_check(struct keeper *k)
{
	char path[KEEPER_PATH];
	pid_t pid;

	keeper_close(&k->report);
	k->report = reload_report_file();
	if (k->report < 0)
		return k->report;
	pid = spawn_check(keeper_program_path(k, &k->program, path), k->cfg->reload->check,
			  k->report);
	if (pid < 0)
		return (int)pid;
	keeper_upgrade_checks(k, pid);
	return 0;
}

int keeper_reload(struct keeper *k, bool dry)
{
	const struct keeper_reload *r = k->cfg->reload;
	int rc;

	if (!r)
		return ENOSYS;
	rc = keeper_upgrade_begin(k, RELOAD_CHECK);
	if (rc)
		return rc;
	k->upgrade.dry = dry;
	keeper_upgrade_say(k, KEEPER_NOTICE, "the configuration is checked");
	rc = r->read(r->ctx);
	if (rc < 0) {
		keeper_upgrade_fail(k, "the file cannot be read:", strerror(-rc));
		return -rc;
	}
	rc = reload_check(k);
	if (rc < 0)
		keeper_upgrade_fail(k, "the check is not started:", strerror(-rc));
	return -rc;
}

static void reload_try(struct keeper *k)
{
	struct child *control = &k->proc[KEEPER_CONTROL].child;

	k->upgrade.step = RELOAD_TRIAL;
	if (control->state == CHILD_WAITING)
		control->due = keeper_now();
}

static void reload_take(struct keeper *k)
{
	const struct keeper_reload *r = k->cfg->reload;

	if (r->take(r->ctx) < 0) {
		keeper_upgrade_fail(k, "the log says why", "");
		return;
	}
	k->upgrade.taken = true;
	if (!child_running(&k->proc[KEEPER_CONTROL].child)) {
		reload_try(k);
		return;
	}
	keeper_upgrade_say(k, KEEPER_NOTICE, "it is right, control is told to leave");
	keeper_upgrade_leave(k, RELOAD_LEAVE);
}

void keeper_reload_checked(struct keeper *k, int status)
{
	char why[CHILD_WHY];

	if (status) {
		keeper_upgrade_fail(k, "the check", keeper_upgrade_why(status, why));
	} else if (k->upgrade.dry) {
		keeper_upgrade_say(k, KEEPER_NOTICE, "it is right; nothing has been changed");
		keeper_upgrade_end(k, KEEPER_UPGRADE_DONE);
	} else {
		reload_take(k);
	}
}

static bool reload_left(struct keeper *k, int status)
{
	(void)status;
	reload_try(k);
	return true;
}

/* Its end is one like any other then. */
static bool reload_back(struct keeper *k, int status)
{
	char why[CHILD_WHY];

	keeper_upgrade_fail(k, "with the new configuration control",
			    keeper_upgrade_why(status, why));
	return false;
}

const struct upgrade_row keeper_reload_rows[] = {
	{RELOAD_LEAVE, UPGRADE_CONTROL_ENDED, reload_left},
	{RELOAD_TRIAL, UPGRADE_CONTROL_READY, keeper_upgrade_done},
	{RELOAD_TRIAL, UPGRADE_CONTROL_ENDED, reload_back},
	{RELOAD_TRIAL, UPGRADE_DATA_ENDED, keeper_upgrade_data_lost},
	{UPGRADE_NONE, UPGRADE_EVENTS, NULL},
};

void keeper_reload_end(struct keeper *k, bool done)
{
	const struct keeper_reload *r = k->cfg->reload;

	r->end(r->ctx, done);
}
