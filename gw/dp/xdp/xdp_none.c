/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In the place of xdp_load.c, in a build without XDP: nothing can be loaded. */
#include "config.h" /* first: GNU extensions */

#include "gw/dp/xdp/xdp.h"

#include <errno.h>
#include <stdio.h>

bool xdp_is_built(void)
{
	return false;
}

int xdp_load(int fd[XDP_FDS], char *why, size_t len)
{
	for (unsigned i = 0; i < XDP_FDS; i++)
		fd[i] = -1;
	if (len)
		snprintf(why, len, "this program was built without XDP");
	return -ENOTSUP;
}
