/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TUN devices of the data plane, known outside by their number.  Opening one that is open already
 * joins it.  A device is read by one worker, written by all; its memory goes after the last close,
 * the last call that names it, and a grace period.
 */
#include "gw/dp/dp_int.h"
#include "gw/dp/tun.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct dp_tun *dp_tun_find(struct dp *dp, const char *name)
{
	for (struct dp_tun *t = dp->tuns; t; t = t->next)
		if (!strcmp(t->name, name) && !atomic_load(&t->gone))
			return t;
	return NULL;
}

static struct worker *dp_tun_least_loaded(const struct dp *dp)
{
	unsigned tuns[WORKER_MAX] = {0}, best = 0;

	for (const struct dp_tun *t = dp->tuns; t; t = t->next)
		tuns[t->home->no]++;
	for (unsigned i = 1; i < dp->n; i++)
		if (tuns[i] < tuns[best])
			best = i;
	return dp->worker[best];
}

static int dp_tun_run_watch(struct worker *w, void *arg)
{
	struct dp_tun *t = arg;

	t->watch = worker_watch(w, t->fd, IST_READ, ip_path_read, t);
	return t->watch ? 0 : -ENOMEM;
}

static int dp_tun_run_unwatch(struct worker *w, void *arg)
{
	struct dp_tun *t = arg;

	if (t->watch)
		worker_unwatch(w, t->watch);
	return 0;
}

static void dp_tun_free(struct rcu_head *head)
{
	struct dp_tun *t = IST_CONTAINER_OF(head, struct dp_tun, rcu);

	rcu_grace_over();
	close(t->fd);
	addrtab_free(&t->addr);
	prefixtab_free(&t->route4);
	prefixtab_free(&t->route6);
	free(t);
	rcu_deferred_done();
}

struct dp_tun *dp_tun_get(const struct dp *dp, uint32_t no)
{
	return (struct dp_tun *)map_get(&dp->tun_numbers, no);
}

static uint32_t dp_tun_number(struct dp *dp, struct dp_tun *t)
{
	do
		t->no = ++dp->last_tun;
	while (!t->no || dp_tun_get(dp, t->no));
	return map_set(&dp->tun_numbers, t->no, (uintptr_t)t) ? t->no : 0;
}

static struct dp_tun *dp_tun_make(struct dp *dp, const char *name, uint16_t mtu, char *err,
				  size_t err_len)
{
	struct dp_tun *t = calloc(1, sizeof(*t));
	int rc;

	if (!t) {
		snprintf(err, err_len, "%s", strerror(ENOMEM));
		return NULL;
	}
	t->fd = tun_open(name, mtu, t->name, err, err_len);
	if (t->fd < 0) {
		free(t);
		return NULL;
	}
	t->home = dp_tun_least_loaded(dp);
	prefixtab_init(&t->route4);
	prefixtab_init(&t->route6);
	rc = addrtab_init(&t->addr);
	if (!rc && !dp_tun_number(dp, t))
		rc = -ENOMEM;
	if (!rc)
		rc = worker_run(t->home, dp_tun_run_watch, t);
	if (rc < 0) {
		map_set(&dp->tun_numbers, t->no, 0);
		snprintf(err, err_len, "%s: %s", t->name, strerror(-rc));
		dp_tun_free(&t->rcu);
		return NULL;
	}
	return t;
}

uint32_t dp_tun_open(struct dp *dp, const char *name, uint16_t mtu, char *err, size_t err_len)
{
	struct dp_tun *t = dp_tun_find(dp, name);

	if (!t) {
		t = dp_tun_make(dp, name, mtu, err, err_len);
		if (!t)
			return 0;
		t->next = dp->tuns;
		dp->tuns = t;
	}
	t->opened++;
	return t->no;
}

void dp_tun_release(struct dp *dp, struct dp_tun *t)
{
	struct dp_tun **at = &dp->tuns;

	if (t->opened || t->calls)
		return;
	worker_run(t->home, dp_tun_run_unwatch, t);
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	map_set(&dp->tun_numbers, t->no, 0);
	rcu_defer(&t->rcu, dp_tun_free);
}

void dp_tun_close(struct dp *dp, uint32_t no)
{
	struct dp_tun *t = dp_tun_get(dp, no);

	if (!t || !t->opened)
		return;
	t->opened--;
	dp_tun_release(dp, t);
}

bool dp_tun_gone(const struct dp *dp, uint32_t no)
{
	const struct dp_tun *t = dp_tun_get(dp, no);

	return !t || atomic_load(&t->gone);
}

const char *dp_tun_name(const struct dp *dp, uint32_t no)
{
	const struct dp_tun *t = dp_tun_get(dp, no);

	return t ? t->name : "";
}

bool dp_tun_route(struct dp *dp, uint32_t no, const struct dp_prefix *to, uint16_t tid,
		  uint16_t sid)
{
	struct dp_tun *t = dp_tun_get(dp, no);

	return t && prefixtab_set(to->v6 ? &t->route6 : &t->route4, to->top, to->bits,
				  sid ? call_key(tid, sid) : DP_TUN_ABSENT);
}
