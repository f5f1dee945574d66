/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transports out of a folder of shared objects.  They are loaded once, before the configuration is
 * read, and stay: calls, timers and tables of theirs are everywhere from then on.
 */
#ifndef GW_PLUGIN_H
#define GW_PLUGIN_H

#include "cfg/cfg.h"

struct plugin {
	char *path;
	const struct ist_transport *transport; /* NULL = refused */
	char name[32]; /* the transport's, or while that is not known what the file is called */
	char why[256]; /* it was refused */
};

struct plugins {
	char *dir;	       /* NULL = none is configured */
	struct plugin *plugin; /* in the order of their file names */
	unsigned n;
	const struct ist_transport **transports; /* built in and loaded; NULL ends */
	struct cfg_absent *absent;		 /* those refused; a NULL name ends */
};

/* The folder is the one FILE names; every refusal is reported with path and reason, and is no more
 * than that.  NULL without memory. */
struct plugins *plugins_load(const char *file, const struct ist_transport *const *builtin,
			     cfg_report report, void *ctx);
/* The same from a folder; NULL = only what is built in. */
struct plugins *plugins_load_dir(const char *dir, const struct ist_transport *const *builtin,
				 cfg_report report, void *ctx);
/* The list only: what is loaded stays. */
void plugins_free(struct plugins *ps);

#endif
