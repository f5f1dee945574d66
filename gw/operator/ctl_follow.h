/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For isthmusctl: what goes on after its command has been answered.  A reload or an upgrade
 * replaces the far end in the middle, so it is asked again and again at the same path; of a trial
 * (`ping tunnel`, `test radius`) it is asked until there is an outcome.
 */
#ifndef GW_OPERATOR_CTL_FOLLOW_H
#define GW_OPERATOR_CTL_FOLLOW_H

#include "gw/operator/ctl_client.h"

struct ctl_follow {
	const char *socket;
	const json_t *commands; /* of list-commands */
	const json_t *answer;	/* with which it has begun */
	bool json;		/* one object at the end, instead of a line for each step */
	FILE *out;
};

/* Is this a command whose steps are followed? */
bool ctl_is_followed(const char *command);
/* Until it is over.  The exit status: 0 = done, 1 = refused, taken back or failed, CTL_NO_ANSWER =
 * there is nobody to tell, which stderr says. */
int ctl_follow(const struct ctl_follow *f, struct ctl_link *l, const char *command);

#endif
