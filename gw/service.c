/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/service.h"

#include "gw/aaa/aaa.h"
#include "gw/device.h"
#include "gw/legs/legs.h"
#include "gw/outgoing.h"
#include "gw/random.h"
#include "gw/resume.h"
#include <stdio.h>
#include <stdlib.h>

struct gw_service *service_of(struct gw *gw, const struct cfg_service *cfg)
{
	return &gw->service[cfg - gw->cfg->service];
}

static struct addrpool *service_pool(struct gw *gw, const struct cfg_pool *cfg)
{
	return cfg ? gw->pool[cfg - gw->cfg->pool] : gw->no_pool;
}

/* NULL without memory. */
static struct addrpool *service_make_pool(const struct cfg_pool *p)
{
	struct addrpool *pool = addrpool_new(p->name, p->range, p->ranges);

	if (pool && addrpool_delegate(pool, p->delegate, p->delegates, p->delegate_bits))
		return pool;
	addrpool_free(pool);
	return NULL;
}

bool services_open_pools(struct gw *gw)
{
	const struct cfg_model *m = gw->cfg;
	unsigned i, k;

	gw->pool = calloc(m->pools ? m->pools : 1, sizeof(struct addrpool *));
	gw->no_pool = addrpool_new("-", NULL, 0);
	if (!gw->pool || !gw->no_pool)
		return false;
	for (i = 0; i < m->pools; i++) {
		gw->pool[i] = service_make_pool(&m->pool[i]);
		if (!gw->pool[i])
			return false;
		for (k = 0; k < m->users; k++)
			addrpool_hold4(gw->pool[i], m->user[k].address4);
		for (k = 0; k < m->services; k++)
			addrpool_hold4(gw->pool[i], m->service[k].local4);
		for (k = 0; k < m->outgoings; k++) {
			if (m->outgoing[k].address4)
				addrpool_hold4(gw->pool[i], m->outgoing[k].address4);
			if (m->outgoing[k].prefix6.bits)
				addrpool_hold6(gw->pool[i], m->outgoing[k].prefix6.addr);
		}
	}
	return true;
}

bool services_open(struct gw *gw)
{
	char err[200] = "";
	unsigned i;

	gw->service = calloc(gw->cfg->services ? gw->cfg->services : 1, sizeof(*gw->service));
	if (!gw->service)
		return false;
	for (i = 0; i < gw->cfg->services; i++) {
		struct gw_service *s = &gw->service[i];

		s->gw = gw;
		s->cfg = &gw->cfg->service[i];
		s->pool = service_pool(gw, s->cfg->pool);
		gw_random(&s->iid, sizeof(s->iid));
		/* Not from a hardware address, and never 0. */
		s->iid = (s->iid & ~(UINT64_C(1) << 57)) | 1;
		s->iid = resume_iid(gw->resume, s->cfg->name, s->iid);
		if (device_open_service(s, err, sizeof(err)) < 0) {
			GW_LOG(LOG_ABOUT(.service = s->cfg->name), MAIN, LOGL_ERROR,
			       "service %s: %s\n", s->cfg->name, err);
			return false;
		}
	}
	return true;
}

void services_free(struct gw *gw)
{
	unsigned i;

	for (i = 0; gw->service && i < gw->cfg->services; i++)
		dp_tun_close(gw->dp, gw->service[i].tun);
	free(gw->service);
	gw->service = NULL;
}

void services_free_pools(struct gw *gw)
{
	unsigned i;

	for (i = 0; gw->pool && i < gw->cfg->pools; i++)
		addrpool_free(gw->pool[i]);
	free(gw->pool);
	addrpool_free(gw->no_pool);
}

static void service_end_calls_behind(struct gw *gw, uint64_t now)
{
	struct leg_end why = leg_end(LEG_BY_RESOURCES, "the TUN device is gone");
	struct leg_terminal_view t;
	struct join *j;

	llist_for_each_entry(j, &gw->joins->head, entry)
	{
		if (leg_terminal_view(j->leg[1], &t) && t.tun && j->leg[1]->state != LEG_GONE &&
		    dp_tun_gone(gw->dp, t.tun))
			join_cut(j, &why, now);
	}
}

static struct log_about service_about_device(const struct gw_service *s)
{
	return LOG_ABOUT(.service = s->cfg->name, .device = dp_tun_name(s->gw->dp, s->tun));
}

static void service_open_again(struct gw_service *s, uint64_t now)
{
	char err[200] = "";

	if (device_open_service(s, err, sizeof(err)) == 0) {
		GW_LOG(service_about_device(s), MAIN, LOGL_NOTICE,
		       "service %s: device %s is there again\n", s->cfg->name,
		       dp_tun_name(s->gw->dp, s->tun));
		outgoings_watch(s->gw, s);
		return;
	}
	gw_log_peer(LOG_ABOUT(.service = s->cfg->name), GW_LOG_MAIN, LOGL_ERROR, (uintptr_t)s, now,
		    "service %s: %s", s->cfg->name, err);
	dp_tun_close(s->gw->dp, s->tun);
	s->tun = 0;
}

void services_check(struct gw *gw, uint64_t now)
{
	unsigned i;

	if (dp_tun_any_gone(gw->dp)) /* else there is no need to look at every call */
		service_end_calls_behind(gw, now);
	for (i = 0; i < gw->cfg->services; i++) {
		struct gw_service *s = &gw->service[i];

		if (s->tun && dp_tun_gone(gw->dp, s->tun)) {
			GW_LOG(service_about_device(s), MAIN, LOGL_ERROR,
			       "service %s: device %s has been removed; its calls are ended\n",
			       s->cfg->name, dp_tun_name(s->gw->dp, s->tun));
			dp_tun_close(gw->dp, s->tun);
			s->tun = 0;
		}
		if (!s->tun)
			service_open_again(s, now);
	}
}
