/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The spools that keeper may open files of. */
#ifndef GW_KEEPER_OPENER_SPOOL_H
#define GW_KEEPER_OPENER_SPOOL_H

#include "gw/keeper/opener.h"

struct opener_spools {
	char **path;
	unsigned n;
};

void opener_spools_free(struct opener_spools *s);
/* False without memory. */
bool opener_spools_add(struct opener_spools *s, const char *path);
/* Those of `from` too.  Without memory some are missing. */
void opener_spools_join(struct opener_spools *s, const struct opener_spools *from);
/* A request: the number of the file in one octet, and the path.  0 with a descriptor, or an errno
 * value: EBADMSG, EACCES for a path that is not among them, or the system's. */
int opener_spools_open(const struct opener_spools *s, struct rd *body, int *fd);

#endif
