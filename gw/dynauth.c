/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/dynauth.h"

#include "gw/aaa/aaa.h"
#include "gw/keeper/opener.h"
#include "gw/legs/legs.h"
#include "gw/resume.h"
#include "transports/kit/opening.h"

#include <stdio.h>
#include <string.h>

/* Octets: requests that come while control is replaced wait. */
#define DYNAUTH_BUFFER (1u << 20)

static int (*dynauth_ask)(void *link, const struct ist_open *what);
static void *dynauth_link;

void dynauth_socket_by(int (*ask)(void *link, const struct ist_open *what), void *link)
{
	dynauth_ask = ask;
	dynauth_link = link;
}

struct ist_open dynauth_socket(const struct cfg_coa_address *at)
{
	struct udp_ep e = {.family = at->at.v6 ? 6 : 4, .port = at->port};
	struct ist_open w;

	memcpy(e.ip, at->at.addr + (at->at.v6 ? 0 : 12), at->at.v6 ? 16 : 4);
	w = opening_at(IST_OPEN_UDP, &e);
	w.flags = IST_OPEN_DESTINATION;
	w.receive = DYNAUTH_BUFFER;
	return w;
}

static int dynauth_on_open(void *ctx, const struct cfg_coa_address *at)
{
	const struct ist_open w = dynauth_socket(at);

	(void)ctx;
	return dynauth_ask ? dynauth_ask(dynauth_link, &w) : opening_here(&w);
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
