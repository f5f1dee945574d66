/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The far end of the control socket, for isthmusctl. */
#ifndef GW_OPERATOR_CTL_CLIENT_H
#define GW_OPERATOR_CTL_CLIENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Exit statuses beyond those of enum ctl_result. */
#define CTL_USAGE     2 /* as CTL_UNKNOWN */
#define CTL_NO_ANSWER 5 /* nobody is there, or he breaks off */

struct ctl_link {
	FILE *io;
	char *line;
	size_t cap;
	bool quiet; /* stderr is not told that there is no answer */
};

/* False: there is nobody, and stderr says why, unless it is quiet, which it stays. */
bool ctl_link_open(struct ctl_link *l, const char *path, bool quiet);
void ctl_link_close(struct ctl_link *l);
/* Send it (it is given up) and read the answer, an object with a result; NULL: there is none, which
 * stderr says. */
json_t *ctl_link_ask(struct ctl_link *l, json_t *request);
/* The next line, as an object; NULL: there are no more. */
json_t *ctl_link_next(struct ctl_link *l);
/* For the next lines: wait for them as long as it takes. */
void ctl_link_wait(struct ctl_link *l);

/* All rows of a table, by as many requests as it takes; match may be NULL.  NULL: *result says why,
 * and its words are on stderr. */
json_t *ctl_link_rows(struct ctl_link *l, const char *command, const json_t *match, int *result);
/* The result of an answer; its words go to `to` (NULL = nowhere). */
int ctl_link_result(const json_t *answer, FILE *to);

#endif
