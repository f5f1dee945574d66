/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/dynauth.h"

#include "gw/aaa/aaa.h"
#include "gw/bound.h"
#include "gw/legs/legs.h"
#include "gw/resume.h"
#include "transports/transport.h"

#include <stdio.h>

static int dynauth_on_open(void *ctx, const struct cfg_address *at)
{
	const struct ist_open w = bound_datagrams(at);

	(void)ctx;
	return bound_open(&w);
}

static enum radius_refusal dynauth_on_change(void *ctx, const struct cfg_radius *of,
					     const char *client, const struct radius_coa *what,
					     unsigned *n, uint64_t now)
{
	char who[80];

	snprintf(who, sizeof(who), "RADIUS client %s", client);
	return (enum radius_refusal)leg_coa(ctx, of, who, what, n, now);
}

static void dynauth_on_keep(void *ctx, uint64_t key, const uint8_t rec[COA_RECORD])
{
	resume_coa_put(((struct gw *)ctx)->resume, key, rec, COA_RECORD);
}

static void dynauth_on_drop(void *ctx, uint64_t key)
{
	resume_coa_del(((struct gw *)ctx)->resume, key);
}

bool dynauth_open(struct gw *gw)
{
	static const struct coa_listen_ops ops = {dynauth_on_open, loop_wall, dynauth_on_change,
						  dynauth_on_keep, dynauth_on_drop};

	gw->coa = coa_listen_new(gw->loop, gw->cfg->radius, gw->cfg->radiuses, &ops, gw);
	if (gw->coa)
		resume_coa(gw->resume);
	return gw->coa;
}

size_t dynauth_kept(const struct cfg_model *cfg)
{
	for (unsigned i = 0; i < cfg->radiuses; i++)
		if (cfg->radius[i].coa_clients)
			return COA_KEPT;
	return 0;
}
