/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gateway as three processes of one program: keeper, which the operator has started, and data
 * and control, which it starts (gw/keeper/keeper.h).
 */
#ifndef GW_PROCESSES_H
#define GW_PROCESSES_H

#include "cfg/cfg.h"
#include "gw/accelerate.h"
#include "gw/dp/dp.h"
#include "gw/keeper/keeper.h"
#include "gw/limits.h"

/* Names of what keeper gives: the configuration as it was checked, to control only, since there are
 * secrets in it; the descriptors of the door between control and data, with a number each. */
#define PROCESSES_CONF	 "control/configuration"
#define PROCESSES_DOOR	 "all/door/%u"
#define PROCESSES_STORE	 "control/store"
#define PROCESSES_CALLS	 "control/calls"  /* vty_reload_calls() */
#define PROCESSES_XDP	 "control/xdp/%u" /* its maps, as in enum xdp_fd */
#define PROCESSES_BEFORE "data/before"	  /* the memory of the door before */

/* A copy of the configuration in memory, so that what is checked is what is run, also after a
 * restart of control: its descriptor, or -1 with errno. */
int processes_copy(const char *file);
/* The same in steps, of which another process does the one in the middle, cfg_gather(): an empty
 * one, or -1 with errno; and one that is full is never changed again. */
int processes_copy_new(void);
bool processes_copy_done(int copy);

struct processes {
	const char *file;	/* of the configuration */
	int conf;		/* its copy; taken over */
	const char *plugin_dir; /* NULL = none */
	const struct cfg_model *cfg;
	/* The model of another copy of the file; NULL, with the mistakes printed. */
	const struct cfg_model *(*load)(const struct processes *p, int conf);
	const struct plugins *plugins; /* for `load` */
	struct accelerate *accelerate; /* all zeros */
	/* Remove what control has left at this path of a VTY, since it has no right to. */
	void (*sweep)(const char *socket);
	/* Remove what control has left so that the socket is found. */
	void (*forget)(const char *file);
	void (*log)(enum keeper_level level, const char *words);
};
/* Be keeper until all has ended: exit status. */
int processes_run(const struct processes *p);

/* In a process that keeper has started: have keeper open and change from now on, and give up the
 * rights of root if it has them, memory and descriptors beyond the limits, and system calls.
 * Before the first thread.  False, with the reason on stderr. */
bool processes_drop(struct keeper_link *keeper, enum keeper_role role, const struct limits *limits);

#define PROCESSES_STAND_BY "stand-by" /* the role of a data that takes over from another */

/* Be data, of these transports, in a process that keeper has started: exit status.  stand_by: take
 * over from the data that runs. */
int processes_data(const struct ist_transport *const *transports, const struct limits *limits,
		   bool stand_by);

#endif
