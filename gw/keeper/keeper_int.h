/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeper's own state.  keeper.c runs the processes, keeper_serve.c answers them. */
#ifndef GW_KEEPER_KEEPER_INT_H
#define GW_KEEPER_KEEPER_INT_H

#include "gw/keeper/child.h"
#include "gw/keeper/fdstore.h"
#include "gw/keeper/keeper.h"

/* What a process is owed on its notice socket, sent in this order as it has room. */
enum keeper_owed {
	KEEPER_OWE_HELD = 1 << 0,
	KEEPER_OWE_LIFE = 1 << 1, /* of the other process */
	KEEPER_OWE_GO = 1 << 2,
	KEEPER_OWE_HUP = 1 << 3,
	KEEPER_OWE_LEAVE = 1 << 4,
	KEEPER_OWE_STOP = 1 << 5,
	KEEPER_OWE_STOP_NOW = 1 << 6,
	KEEPER_OWE_STORED = 1 << 7,
};

struct keeper_proc {
	enum keeper_role role;
	struct child child;
	int notice, ask; /* -1 = no process */
	int life;	 /* readable when it has ended; -1 */
	unsigned owed;	 /* enum keeper_owed */
	uint32_t given;	 /* serial of the last held descriptor that it has got */
};

struct keeper {
	const struct keeper_config *cfg;
	struct keeper_proc proc[KEEPER_ROLES];
	struct keeper_fds held;
	struct fdstore store;
	uint64_t since;
	unsigned stops; /* times it was asked to end */
	bool said_ready;
	bool stored;	      /* the service manager holds what control keeps */
	pid_t checking;	      /* the program's file of an upgrade; 0 = none */
	const char *upgraded; /* control is started from this; NULL = from cfg->program */
	bool trial;	      /* and such a control has not been ready yet */
	int status;	      /* to exit with */
};

uint64_t keeper_now(void); /* us, monotonic */
void keeper_log(const struct keeper *k, enum keeper_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A process that breaks the rules is killed. */
void keeper_distrust(struct keeper *k, struct keeper_proc *p, const char *words);
void keeper_is_ready(struct keeper *k, struct keeper_proc *p);

/* The error of the answer. */
int keeper_upgrade(struct keeper *k);
/* Has the check ended? */
void keeper_upgrade_reap(struct keeper *k);
void keeper_upgrade_started(struct keeper *k);
/* Control has ended: ready = it was at work before. */
void keeper_upgrade_ended(struct keeper *k, bool ready);
void keeper_upgrade_ready(struct keeper *k);

/* Send what is owed as far as there is room. */
void keeper_pay(struct keeper *k, struct keeper_proc *p);
/* Handle what has come, a bounded number of messages. */
void keeper_serve_notice(struct keeper *k, struct keeper_proc *p);
void keeper_serve_ask(struct keeper *k, struct keeper_proc *p);

#endif
