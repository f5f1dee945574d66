/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control replaced by one of the program's file as it is today.  Nothing is touched before that
 * file has checked the configuration, and a control of it that does not come to work is taken back.
 */
#include "gw/keeper/keeper_int.h"

#include "gw/keeper/spawn.h"

#include <errno.h>
#include <sys/wait.h>

#define SECOND	     UINT64_C(1000000)
#define LEAVE_WITHIN (5 * SECOND)
#define TRY_FOR	     (30 * SECOND) /* then a control that is not at work is killed */

int keeper_upgrade(struct keeper *k)
{
	pid_t pid;

	if (!k->cfg->upgrade)
		return ENOSYS;
	if (k->checking || k->trial || k->stops)
		return EBUSY;
	pid = spawn_check(k->cfg->upgrade, k->cfg->check);
	if (pid < 0)
		return -pid;
	k->checking = pid;
	keeper_log(k, KEEPER_NOTICE, "upgrade: %s checks the configuration", k->cfg->upgrade);
	return 0;
}

static void keeper_upgrade_go(struct keeper *k)
{
	struct keeper_proc *p = &k->proc[KEEPER_CONTROL];

	k->upgraded = k->cfg->upgrade;
	k->trial = true;
	keeper_log(k, KEEPER_NOTICE, "upgrade: control is replaced");
	if (!child_running(&p->child))
		return;
	p->owed |= KEEPER_OWE_LEAVE;
	child_doom(&p->child, LEAVE_WITHIN, keeper_now());
}

void keeper_upgrade_reap(struct keeper *k)
{
	char why[CHILD_WHY];
	int status;

	if (!k->checking || waitpid(k->checking, &status, WNOHANG) <= 0)
		return;
	k->checking = 0;
	if (k->stops)
		return;
	if (status) {
		child_why(status, why, sizeof(why));
		keeper_log(k, KEEPER_ERROR, "upgrade: refused: the check %s", why);
		return;
	}
	keeper_upgrade_go(k);
}

void keeper_upgrade_started(struct keeper *k)
{
	if (k->trial)
		child_doom(&k->proc[KEEPER_CONTROL].child, TRY_FOR, keeper_now());
}

void keeper_upgrade_ended(struct keeper *k, bool ready)
{
	if (!k->trial || ready || k->stops)
		return;
	keeper_log(k, KEEPER_ERROR,
		   "upgrade: control does not come to work, the one before is back");
	k->trial = false;
	k->upgraded = NULL;
}

void keeper_upgrade_ready(struct keeper *k)
{
	if (!k->trial)
		return;
	keeper_log(k, KEEPER_NOTICE, "upgrade: done");
	k->trial = false;
	k->proc[KEEPER_CONTROL].child.due = CHILD_NEVER;
}
