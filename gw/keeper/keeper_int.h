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
	KEEPER_OWE_LEAVE = 1 << 4,
	KEEPER_OWE_STOP = 1 << 5,
	KEEPER_OWE_STOP_NOW = 1 << 6,
	KEEPER_OWE_STORED = 1 << 7,
	KEEPER_OWE_HAND_OVER = 1 << 8,
};

/* A file that processes are started from, held open: it is the same also when another has been put
 * in its place. */
struct keeper_program {
	int fd;	       /* -1 = keeper's own program */
	uint64_t time; /* of the file: seconds since 1970 */
};
#define KEEPER_PATH 64u

struct keeper_proc {
	enum keeper_role role;
	struct child child;
	int notice, ask; /* -1 = no process */
	int life;	 /* readable when it has ended; -1 */
	unsigned owed;	 /* enum keeper_owed */
	int hand;	 /* its end of the socket of a hand-over, until it has got it; -1 */
	uint32_t given;	 /* serial of the last held descriptor that it has got */
	uint64_t built;	 /* time of its program's file */
};

/* Two of a role, and in an upgrade a second data. */
#define KEEPER_SECOND KEEPER_ROLES
#define KEEPER_PROCS  (KEEPER_ROLES + 1)

enum upgrade_step {
	UPGRADE_NONE,
	UPGRADE_CHECK,	   /* the program's file checks the configuration */
	UPGRADE_STAND_BY,  /* a second data is being started */
	UPGRADE_LEAVE,	   /* control is to leave */
	UPGRADE_HAND_OVER, /* data hands over to the second */
	UPGRADE_TRIAL,	   /* control of the new program has not been ready yet */
	RELOAD_CHECK,	   /* the program that runs checks the configuration's file */
	RELOAD_LEAVE,	   /* control is to leave */
	RELOAD_TRIAL,	   /* control with the new configuration has not been ready yet */
	UPGRADE_STEPS
};

struct upgrade {
	enum upgrade_step step;
	bool back;		     /* to the program before, since the new one does not work */
	pid_t checking;		     /* 0 = none */
	uint64_t check_due;	     /* when it is killed */
	unsigned check;		     /* of the configuration's, that it is at */
	struct keeper_program other; /* to be tried; after that the one before */
	uint64_t since;
	uint64_t handing; /* when the hand-over has begun */
	uint32_t took;	  /* us, the hand-over */
	bool taken;	  /* the second data is at work; of a reload: the configuration is used */
	int status;	  /* that data has ended with in the hand-over */
	struct keeper_progress said;
	bool dry; /* a reload that only tells what it would do */
};

struct keeper {
	const struct keeper_config *cfg;
	struct keeper_proc proc[KEEPER_PROCS];
	struct keeper_fds held;
	struct fdstore store;
	uint64_t since;
	unsigned stops; /* times it was asked to end */
	bool said_ready;
	bool stored;		       /* the service manager holds what control keeps */
	struct keeper_program program; /* that a next life is started from */
	struct upgrade upgrade;
	int report;	 /* what the check of the last reload has printed; -1 = there was none */
	bool stop_later; /* asked to end in the middle of an upgrade */
	int status;	 /* to exit with */
	uint64_t built;	 /* time of the file that keeper itself is of */
};

uint64_t keeper_now(void); /* us, monotonic */
void keeper_log(const struct keeper *k, enum keeper_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A process that breaks the rules is killed. */
void keeper_distrust(struct keeper *k, struct keeper_proc *p, const char *words);
void keeper_is_ready(struct keeper *k, struct keeper_proc *p);

/* For the log. */
const char *keeper_proc_name(const struct keeper *k, const struct keeper_proc *p);
/* Start it from this program: 0 or -errno. */
int keeper_launch(struct keeper *k, struct keeper_proc *p, const struct keeper_program *from,
		  const char *const argv[]);
void keeper_kill(struct keeper *k, struct keeper_proc *p);
void keeper_close(int *fd);
void keeper_no_process(struct keeper_proc *p, enum keeper_role role);
/* What it is executed by, as long as keeper lives; buf: room for it. */
const char *keeper_program_path(const struct keeper *k, const struct keeper_program *p,
				char buf[KEEPER_PATH]);

/* --- upgrades --- */

enum upgrade_event {
	UPGRADE_STOOD_BY,     /* the second data stands by */
	UPGRADE_TAKEN,	      /* the second data is at work */
	UPGRADE_STAYS,	      /* data goes on; detail: an errno value */
	UPGRADE_SECOND_ENDED, /* detail: its status, as of waitpid() */
	UPGRADE_DATA_ENDED,   /* the same */
	UPGRADE_CONTROL_READY,
	UPGRADE_CONTROL_ENDED,
	UPGRADE_EVENTS
};

struct upgrade_row {
	enum upgrade_step step;
	enum upgrade_event event;
	/* True when nothing else is to be done with the event; NULL ends a table. */
	bool (*run)(struct keeper *k, int detail);
};

/* Begin one: 0 or an errno value, which is the answer. */
int keeper_upgrade(struct keeper *k);
/* False when the event is none of the upgrade's. */
bool keeper_upgrade_event(struct keeper *k, enum upgrade_event ev, int detail);
/* For keeper_reload.c.  Begin: 0, or an errno value when it cannot be now. */
int keeper_upgrade_begin(struct keeper *k, enum upgrade_step step);
/* Log it, and note it as a step. */
void keeper_upgrade_say(struct keeper *k, enum keeper_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* How a process has ended, behind its name. */
const char *keeper_upgrade_why(int status, char why[CHILD_WHY]);
void keeper_upgrade_fail(struct keeper *k, const char *words, const char *why);
void keeper_upgrade_end(struct keeper *k, enum keeper_upgrade_state state);
/* Control is told to leave; the step that waits for it. */
void keeper_upgrade_leave(struct keeper *k, enum upgrade_step step);
/* For a row: data has died in the middle, which is what it always is: a new door, and a new
 * control. */
bool keeper_upgrade_data_lost(struct keeper *k, int status);
/* For a row: control is at work, and all is done. */
bool keeper_upgrade_done(struct keeper *k, int detail);
/* The check of its step runs as pid. */
void keeper_upgrade_checks(struct keeper *k, pid_t pid);
/* When a check that has not ended by then is killed; CHILD_NEVER = there is none. */
uint64_t keeper_upgrade_due(const struct keeper *k);
/* Kill it then, which is its end. */
void keeper_upgrade_late(struct keeper *k, uint64_t now);
/* Has the check ended? */
void keeper_upgrade_reap(struct keeper *k);
void keeper_upgrade_started(struct keeper *k);
/* Control is not started, since data is being replaced. */
bool keeper_upgrade_holds(const struct keeper *k);
/* Keeper is asked to end: true when that has to wait until there is a control to say good-bye. */
bool keeper_upgrade_defers(const struct keeper *k);
void keeper_upgrade_stop(struct keeper *k);

/* --- reloads: an upgrade to another configuration, of control only --- */

/* As keeper_upgrade().  dry: only tell what it would do. */
int keeper_reload(struct keeper *k, bool dry);
/* Ends with UPGRADE_NONE. */
extern const struct upgrade_row keeper_reload_rows[];
/* The check has ended. */
void keeper_reload_checked(struct keeper *k, int status);
/* It is over: what was read is used from now on, or forgotten. */
void keeper_reload_end(struct keeper *k, bool done);

/* Send what is owed as far as there is room. */
void keeper_pay(struct keeper *k, struct keeper_proc *p);
/* Handle what has come, a bounded number of messages. */
void keeper_serve_notice(struct keeper *k, struct keeper_proc *p);
void keeper_serve_ask(struct keeper *k, struct keeper_proc *p);

#endif
