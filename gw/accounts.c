/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/accounts.h"

#include "gw/aaa/aaa.h"
#include "gw/keeper/opener.h"
#include "gw/resume.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int (*accounts_ask)(void *link, const char *path, unsigned which);
static void *accounts_link;

void accounts_spool_by(int (*ask)(void *link, const char *path, unsigned which), void *link)
{
	accounts_ask = ask;
	accounts_link = link;
}

static int accounts_open_spool(void *ctx, const char *path, unsigned which)
{
	(void)ctx;
	return accounts_ask ? accounts_ask(accounts_link, path, which)
			    : opener_open_spool(path, which);
}

static void accounts_keep(void *ctx, enum acct_kept kind, uint64_t key, const uint8_t *rec,
			  size_t len)
{
	resume_acct_put(((struct gw *)ctx)->resume, kind, key, rec, len);
}

static void accounts_drop(void *ctx, enum acct_kept kind, uint64_t key)
{
	resume_acct_del(((struct gw *)ctx)->resume, kind, key);
}

bool accounts_open(struct gw *gw)
{
	static const struct acct_ops ops = {.wall = loop_wall,
					    .open = accounts_open_spool,
					    .keep = accounts_keep,
					    .drop = accounts_drop};

	gw->acct = acct_new(gw->loop, gw->cfg->radius, gw->cfg->radiuses, &ops, gw);
	return gw->acct;
}

void accounts_check(const struct cfg_model *cfg, cfg_report report, void *ctx)
{
	char text[400];

	for (unsigned i = 0; i < cfg->radiuses; i++) {
		const struct cfg_radius *r = &cfg->radius[i];

		if (!r->accounting || !r->spool || access(r->spool, W_OK | X_OK) == 0)
			continue;
		snprintf(text, sizeof(text),
			 "%s: radius %s: warning: spool: %s: %s: records of accounting would wait "
			 "in memory",
			 cfg->file, r->name, r->spool, strerror(errno));
		report(ctx, text);
	}
}

/* A log-in of each call, and its last record in the turn that ends them all; the same of calls and
 * tunnels where they are told too; without a spool those that wait. */
size_t accounts_kept(const struct cfg_model *cfg)
{
	size_t n = 0, tunnels = 0;

	for (unsigned i = 0; i < cfg->radiuses; i++)
		if (cfg->radius[i].accounting)
			n = 2 * (size_t)cfg->max_calls;
	for (unsigned i = 0; i < cfg->peers; i++)
		if (cfg->peer[i].radius)
			tunnels = 2 * ((size_t)cfg->max_calls + cfg->max_tunnels);
	n += tunnels + (n ? cfg->radiuses + ACCT_FORMER : 0);
	for (unsigned i = 0; i < cfg->radiuses; i++)
		if (cfg->radius[i].accounting && !cfg->radius[i].spool)
			n += ACCT_KEPT;
	return n;
}
