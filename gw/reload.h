/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What keeper has of the configuration: the copy of its file that control begins with, what may be
 * opened by it, the limits of data; and the same of another one that is being tried.
 */
#ifndef GW_RELOAD_H
#define GW_RELOAD_H

#include "gw/keeper/opener.h"
#include "gw/processes.h"

struct reload_conf {
	int fd; /* the copy */
	const struct cfg_model *cfg;
	char path[64]; /* to read the copy by, as long as keeper lives */
};

#define RELOAD_ARGS 7u

struct reload {
	const struct processes *p;
	struct opener *opener;	/* serves requests, by the rules of `now` */
	struct opener *rules;	/* of `other`, once it has been loaded */
	struct reload_conf now; /* processes begin with it */
	struct reload_conf other;
	bool taken;			   /* `other` is the one before */
	bool given;			   /* control has got `now` */
	char limits[LIMITS_TEXT_MAX + 16]; /* of data, as its argument */
	char copy[sizeof(((struct reload_conf *)0)->path) + 16];
	char against[sizeof(((struct reload_conf *)0)->path) + 16];
	char running[sizeof(((struct reload_conf *)0)->path) + 16];
	const char *check[RELOAD_ARGS];		/* argument vectors: of what was read, */
	const char *check_running[RELOAD_ARGS]; /* of what is running */
	struct keeper_reload ops;
};

/* r is kept by address.  False without memory.  p->conf is taken over, p->cfg is not. */
bool reload_init(struct reload *r, const struct processes *p);
void reload_free(struct reload *r);
/* Hold the copy for control.  False: it cannot be held. */
bool reload_give(struct reload *r, struct keeper_fds *held);

#endif
