/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Data and control replaced by those of the program's file as it is today:
 *
 *   CHECK      that file checks the configuration
 *   STAND_BY   a second data of it maps the door; until here nothing is touched
 *   LEAVE      control ends, and leaves its records to the next
 *   HAND_OVER  data hands over to the second, which is data from then on
 *   TRIAL      control of the new program is started; when it is at work the upgrade is done
 *
 * A control that does not come to work is taken back with its data: STAND_BY and HAND_OVER again,
 * the other way.  A second data that fails before it has taken over is killed, and the one that has
 * been there goes on; data that dies in the middle has died, as at any other time.
 */
#define _GNU_SOURCE
#include "gw/keeper/keeper_int.h"

#include "gw/keeper/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- what it says ----------------------------------------------------------------------------- */

/* The last step makes room for one that is newer. */
static void upgrade_note(struct upgrade *u, const char *words)
{
	struct keeper_progress *p = &u->said;
	struct keeper_step *s;

	if (p->steps < KEEPER_STEPS_MAX)
		p->steps++;
	s = &p->step[p->steps - 1];
	s->ms = (uint32_t)((keeper_now() - u->since) / 1000);
	snprintf(s->words, sizeof(s->words), "%.*s", (int)sizeof(s->words) - 1, words);
}

static bool upgrade_is_reload(const struct upgrade *u)
{
	return u->step >= RELOAD_CHECK;
}

void keeper_upgrade_say(struct keeper *k, enum keeper_level level, const char *fmt, ...)
{
	char words[sizeof(((struct keeper_step *)0)->words)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	keeper_log(k, level, "%s: %s", upgrade_is_reload(&k->upgrade) ? "reload" : "upgrade",
		   words);
	upgrade_note(&k->upgrade, words);
}

const char *keeper_upgrade_why(int status, char why[CHILD_WHY])
{
	size_t n = WIFSIGNALED(status) ? (size_t)snprintf(why, CHILD_WHY, "was ") : 0;

	child_why(status, why + n, CHILD_WHY - n);
	return why;
}

/* --- programs --------------------------------------------------------------------------------- */

static int upgrade_open(const char *file, struct keeper_program *out)
{
	struct stat st;

	out->fd = open(file, O_PATH | O_CLOEXEC);
	if (out->fd < 0)
		return -errno;
	if (fstat(out->fd, &st) == 0)
		out->time = (uint64_t)st.st_mtim.tv_sec;
	return 0;
}

static void upgrade_swap_programs(struct keeper *k)
{
	struct keeper_program was = k->program;

	k->program = k->upgrade.other;
	k->upgrade.other = was;
}

/* --- the ends --------------------------------------------------------------------------------- */

static struct keeper_proc *upgrade_second(struct keeper *k)
{
	return &k->proc[KEEPER_SECOND];
}

void keeper_upgrade_end(struct keeper *k, enum keeper_upgrade_state state)
{
	struct keeper_proc *data = &k->proc[KEEPER_DATA];
	struct upgrade *u = &k->upgrade;

	if (child_running(&upgrade_second(k)->child))
		keeper_kill(k, upgrade_second(k));
	if (upgrade_is_reload(u))
		keeper_reload_end(k, state == KEEPER_UPGRADE_DONE);
	data->owed &= ~(unsigned)KEEPER_OWE_HAND_OVER;
	keeper_close(&data->hand);
	keeper_close(&u->other.fd);
	u->step = UPGRADE_NONE;
	u->back = false;
	u->said.state = (uint8_t)state;
}

/* Control has been left alone up to here, or it is to be started again. */
static bool upgrade_untouched(const struct upgrade *u)
{
	return (u->step <= UPGRADE_STAND_BY && !u->back) || (upgrade_is_reload(u) && !u->taken);
}

void keeper_upgrade_fail(struct keeper *k, const char *words, const char *why)
{
	struct upgrade *u = &k->upgrade;
	bool refused = upgrade_untouched(u);
	const char *how = k->stops  ? "broken off"
			  : refused ? "refused"
			  : u->back ? "control is taken back, data of the new program stays"
				    : "taken back";

	keeper_upgrade_say(k, KEEPER_ERROR, "%s: %s%s%s", how, words, *why ? " " : "", why);
	keeper_upgrade_end(k, refused ? KEEPER_UPGRADE_REFUSED : KEEPER_UPGRADE_TAKEN_BACK);
}

/* --- a second data ---------------------------------------------------------------------------- */

static void upgrade_stand_by(struct keeper *k)
{
	struct upgrade *u = &k->upgrade;
	int rc;

	u->step = UPGRADE_STAND_BY;
	if (!child_running(&k->proc[KEEPER_DATA].child)) {
		keeper_upgrade_fail(k, "data does not run", "");
		return;
	}
	rc = keeper_launch(k, upgrade_second(k), u->back ? &k->program : &u->other,
			   k->cfg->stand_by);
	if (rc < 0)
		keeper_upgrade_fail(k, "the new data is not started:", strerror(-rc));
	else
		child_doom(&upgrade_second(k)->child, k->cfg->patience.stand_by, keeper_now());
}

static bool upgrade_hand_over(struct keeper *k, int detail)
{
	struct keeper_proc *data = &k->proc[KEEPER_DATA], *second = upgrade_second(k);
	struct upgrade *u = &k->upgrade;
	int pair[2];

	(void)detail;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		keeper_upgrade_fail(k, "no socket for the hand-over:", strerror(errno));
		return true;
	}
	u->step = UPGRADE_HAND_OVER;
	u->handing = keeper_now();
	u->taken = false;
	data->hand = pair[0];
	second->hand = pair[1];
	data->owed |= KEEPER_OWE_HAND_OVER;
	second->owed |= KEEPER_OWE_HAND_OVER;
	child_doom(&second->child, k->cfg->patience.take, u->handing);
	return true;
}

void keeper_upgrade_leave(struct keeper *k, enum upgrade_step step)
{
	struct keeper_proc *control = &k->proc[KEEPER_CONTROL];

	k->upgrade.step = step;
	control->owed |= KEEPER_OWE_LEAVE;
	child_doom(&control->child, k->cfg->patience.leave, keeper_now());
}

static bool upgrade_stood_by(struct keeper *k, int detail)
{
	upgrade_second(k)->child.due = CHILD_NEVER;
	if (!child_running(&k->proc[KEEPER_CONTROL].child))
		return upgrade_hand_over(k, detail);
	keeper_upgrade_say(k, KEEPER_NOTICE, "the new data stands by, control is told to leave");
	keeper_upgrade_leave(k, UPGRADE_LEAVE);
	return true;
}

bool keeper_upgrade_data_lost(struct keeper *k, int status)
{
	char why[CHILD_WHY];

	keeper_upgrade_fail(k, "meanwhile data", keeper_upgrade_why(status, why));
	return false;
}

static bool upgrade_second_lost(struct keeper *k, int status)
{
	char why[CHILD_WHY];

	keeper_upgrade_fail(k, "the new data", keeper_upgrade_why(status, why));
	return true;
}

/* --- the hand-over ---------------------------------------------------------------------------- */

/* The second is data now, which has not been started again by that. */
static void upgrade_replace_data(struct keeper *k)
{
	struct keeper_proc *data = &k->proc[KEEPER_DATA], *second = upgrade_second(k);
	struct child was = data->child;

	*data = *second;
	data->child.lives = was.lives;
	data->child.delay = was.delay;
	memcpy(data->child.why, was.why, sizeof(was.why));
	keeper_no_process(second, KEEPER_DATA);
}

static void upgrade_taken_over(struct keeper *k)
{
	struct upgrade *u = &k->upgrade;
	struct child *control = &k->proc[KEEPER_CONTROL].child;

	upgrade_replace_data(k);
	keeper_is_ready(k, &k->proc[KEEPER_DATA]);
	keeper_upgrade_say(k, KEEPER_NOTICE, "data has handed over in %u.%u ms", u->took / 1000,
			   u->took / 100 % 10);
	if (control->state == CHILD_WAITING)
		control->due = keeper_now();
	if (u->back) {
		keeper_upgrade_say(k, KEEPER_ERROR, "taken back: the program before is at work");
		keeper_upgrade_end(k, KEEPER_UPGRADE_TAKEN_BACK);
		return;
	}
	upgrade_swap_programs(k);
	u->step = UPGRADE_TRIAL;
}

static bool upgrade_has_ended(const struct keeper_proc *p)
{
	return p->child.pid == 0;
}

static bool upgrade_taken(struct keeper *k, int detail)
{
	struct keeper_proc *data = &k->proc[KEEPER_DATA];
	struct upgrade *u = &k->upgrade;

	(void)detail;
	u->taken = true;
	u->took = (uint32_t)(keeper_now() - u->handing);
	upgrade_second(k)->child.due = CHILD_NEVER;
	if (upgrade_has_ended(data))
		upgrade_taken_over(k);
	else
		child_doom(&data->child, k->cfg->patience.take, keeper_now());
	return true;
}

/* Two that think that they serve the same rings are none. */
static bool upgrade_stays(struct keeper *k, int why)
{
	if (k->upgrade.taken) {
		keeper_kill(k, upgrade_second(k));
		return false;
	}
	k->proc[KEEPER_DATA].child.due = CHILD_NEVER;
	keeper_upgrade_fail(k, "data has not handed over and goes on:", strerror(why));
	return true;
}

/* Until it is known whether the second has all. */
static bool upgrade_handed_over(struct keeper *k, int status)
{
	struct keeper_proc *data = &k->proc[KEEPER_DATA];

	if (upgrade_has_ended(upgrade_second(k)))
		return keeper_upgrade_data_lost(k, status);
	k->upgrade.status = status;
	data->child.state = CHILD_WAITING;
	data->child.due = CHILD_NEVER;
	if (k->upgrade.taken)
		upgrade_taken_over(k);
	return true;
}

/* Data takes its own image back, and says so. */
static bool upgrade_not_taken(struct keeper *k, int status)
{
	struct keeper_proc *data = &k->proc[KEEPER_DATA];
	char why[CHILD_WHY];

	keeper_upgrade_say(k, KEEPER_ERROR, "the new data %s in the hand-over",
			   keeper_upgrade_why(status, why));
	if (!upgrade_has_ended(data)) {
		child_doom(&data->child, k->cfg->patience.stay, keeper_now());
		return true;
	}
	keeper_upgrade_data_lost(k, k->upgrade.status);
	data->child.state = CHILD_READY; /* as which it has ended */
	child_ended(&data->child, k->upgrade.status, keeper_now());
	return true;
}

/* --- the trial -------------------------------------------------------------------------------- */

bool keeper_upgrade_done(struct keeper *k, int detail)
{
	(void)detail;
	k->proc[KEEPER_CONTROL].child.due = CHILD_NEVER;
	keeper_upgrade_say(k, KEEPER_NOTICE, "done");
	keeper_upgrade_end(k, KEEPER_UPGRADE_DONE);
	return true;
}

/* Its end is one like any other then: the next begins when data is back. */
static bool upgrade_back(struct keeper *k, int detail)
{
	(void)detail;
	keeper_upgrade_say(k, KEEPER_ERROR,
			   "control does not come to work, the program before is taken back");
	upgrade_swap_programs(k);
	k->upgrade.back = true;
	upgrade_stand_by(k);
	return false;
}

/* Both start from the program before. */
static bool upgrade_data_tried(struct keeper *k, int status)
{
	upgrade_swap_programs(k);
	return keeper_upgrade_data_lost(k, status);
}

static const struct upgrade_row upgrade_rows[] = {
	{UPGRADE_STAND_BY, UPGRADE_STOOD_BY, upgrade_stood_by},
	{UPGRADE_STAND_BY, UPGRADE_SECOND_ENDED, upgrade_second_lost},
	{UPGRADE_STAND_BY, UPGRADE_DATA_ENDED, keeper_upgrade_data_lost},
	{UPGRADE_LEAVE, UPGRADE_CONTROL_ENDED, upgrade_hand_over},
	{UPGRADE_LEAVE, UPGRADE_SECOND_ENDED, upgrade_second_lost},
	{UPGRADE_LEAVE, UPGRADE_DATA_ENDED, keeper_upgrade_data_lost},
	{UPGRADE_HAND_OVER, UPGRADE_TAKEN, upgrade_taken},
	{UPGRADE_HAND_OVER, UPGRADE_STAYS, upgrade_stays},
	{UPGRADE_HAND_OVER, UPGRADE_DATA_ENDED, upgrade_handed_over},
	{UPGRADE_HAND_OVER, UPGRADE_SECOND_ENDED, upgrade_not_taken},
	{UPGRADE_TRIAL, UPGRADE_CONTROL_READY, keeper_upgrade_done},
	{UPGRADE_TRIAL, UPGRADE_CONTROL_ENDED, upgrade_back},
	{UPGRADE_TRIAL, UPGRADE_DATA_ENDED, upgrade_data_tried},
	{UPGRADE_NONE, UPGRADE_EVENTS, NULL},
};

bool keeper_upgrade_event(struct keeper *k, enum upgrade_event ev, int detail)
{
	const struct upgrade_row *r =
		upgrade_is_reload(&k->upgrade) ? keeper_reload_rows : upgrade_rows;

	for (; r->run; r++)
		if (r->step == k->upgrade.step && r->event == ev)
			return r->run(k, detail);
	return false;
}

/* --- begin and stop --------------------------------------------------------------------------- */

void keeper_upgrade_checks(struct keeper *k, pid_t pid)
{
	k->upgrade.checking = pid;
	k->upgrade.check_due = keeper_now() + k->cfg->patience.check;
}

uint64_t keeper_upgrade_due(const struct keeper *k)
{
	return k->upgrade.checking ? k->upgrade.check_due : CHILD_NEVER;
}

void keeper_upgrade_late(struct keeper *k, uint64_t now)
{
	if (now < keeper_upgrade_due(k))
		return;
	keeper_log(k, KEEPER_ERROR, "the check does not end: it is killed");
	kill(k->upgrade.checking, SIGKILL);
	k->upgrade.check_due = CHILD_NEVER;
}

static int upgrade_check(struct keeper *k)
{
	struct upgrade *u = &k->upgrade;
	char path[KEEPER_PATH];
	pid_t pid =
		spawn_check(keeper_program_path(k, &u->other, path), k->cfg->check[u->check], -1);

	if (pid < 0)
		return (int)pid;
	keeper_upgrade_checks(k, pid);
	return 0;
}

int keeper_upgrade_begin(struct keeper *k, enum upgrade_step step)
{
	struct upgrade *u = &k->upgrade;

	if (u->step || u->checking || child_running(&upgrade_second(k)->child) || k->stops ||
	    k->stop_later)
		return EBUSY;
	if (!child_running(&k->proc[KEEPER_DATA].child))
		return EAGAIN;
	*u = (struct upgrade){
		.step = step,
		.other = {.fd = -1},
		.since = keeper_now(),
		.said = {.number = u->said.number + 1, .state = KEEPER_UPGRADE_GOING_ON}};
	return 0;
}

int keeper_upgrade(struct keeper *k)
{
	struct upgrade *u = &k->upgrade;
	int rc;

	if (!k->cfg->upgrade)
		return ENOSYS;
	rc = keeper_upgrade_begin(k, UPGRADE_CHECK);
	if (rc)
		return rc;
	keeper_upgrade_say(k, KEEPER_NOTICE, "%s checks the configuration", k->cfg->upgrade);
	rc = upgrade_open(k->cfg->upgrade, &u->other);
	if (!rc)
		rc = upgrade_check(k);
	if (rc < 0)
		keeper_upgrade_fail(k, k->cfg->upgrade, strerror(-rc));
	return -rc;
}

static void upgrade_checked(struct keeper *k)
{
	struct upgrade *u = &k->upgrade;
	int rc;

	if (!k->cfg->check[++u->check]) {
		upgrade_stand_by(k);
		return;
	}
	rc = upgrade_check(k);
	if (rc < 0)
		keeper_upgrade_fail(k, k->cfg->upgrade, strerror(-rc));
}

void keeper_upgrade_reap(struct keeper *k)
{
	struct upgrade *u = &k->upgrade;
	char why[CHILD_WHY];
	int status;

	if (!u->checking || waitpid(u->checking, &status, WNOHANG) <= 0)
		return;
	u->checking = 0;
	if (u->step == RELOAD_CHECK)
		keeper_reload_checked(k, status);
	if (u->step != UPGRADE_CHECK)
		return;
	if (!status) {
		upgrade_checked(k);
		return;
	}
	keeper_upgrade_fail(k, u->check ? "the check of what is running" : "the check",
			    keeper_upgrade_why(status, why));
}

void keeper_upgrade_started(struct keeper *k)
{
	if (k->upgrade.step == UPGRADE_TRIAL || k->upgrade.step == RELOAD_TRIAL)
		child_doom(&k->proc[KEEPER_CONTROL].child, k->cfg->patience.work, keeper_now());
}

bool keeper_upgrade_holds(const struct keeper *k)
{
	const struct upgrade *u = &k->upgrade;

	return u->step == UPGRADE_LEAVE || u->step == UPGRADE_HAND_OVER ||
	       (u->step == UPGRADE_STAND_BY && u->back);
}

bool keeper_upgrade_defers(const struct keeper *k)
{
	enum upgrade_step s = k->upgrade.step;

	return (keeper_upgrade_holds(k) || s == RELOAD_LEAVE || s == RELOAD_TRIAL) && !k->stops;
}

void keeper_upgrade_stop(struct keeper *k)
{
	struct upgrade *u = &k->upgrade;

	if (!u->step)
		return;
	if (u->checking)
		kill(u->checking, SIGKILL);
	keeper_upgrade_fail(k, "the gateway is ending", "");
}
