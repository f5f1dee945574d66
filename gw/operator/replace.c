/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/replace.h"

#include "gw/keeper/keeper.h"

#include <errno.h>
#include <string.h>

static const char *replace_words(int rc)
{
	switch (-rc) {
	case 0:
		return NULL;
	case ENOTCONN:
		return "there is no keeper to do it (workers = 0)";
	case ENOSYS:
		return "keeper does not know how: it is of an older version";
	case EBUSY:
		return "one is going on, or the gateway is ending";
	case EAGAIN:
		return "data does not run";
	}
	return strerror(-rc);
}

const char *replace_upgrade(struct gw *gw)
{
	return replace_words(gw->keeper ? keeper_ask_upgrade(gw->keeper) : -ENOTCONN);
}

const char *replace_reload(struct gw *gw, bool dry)
{
	return replace_words(gw->keeper ? keeper_ask_reload(gw->keeper, dry) : -ENOTCONN);
}
