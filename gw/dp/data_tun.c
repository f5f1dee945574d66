/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TUN devices, known to control by their number.  A device is read by one worker, written by all;
 * it goes when control has closed it, the last call that names it has gone, and a grace period is
 * over.
 */
#include "gw/dp/image.h"
#include "gw/dp/tun.h"
#include "gw/dp/tun_super.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The device of this name.  A control that begins finds those that the one before has opened under
 * a name with %d in the order in which they were opened. */
static struct data_tun *data_tun_find(struct data *data, const char *name)
{
	struct data_tun *of_pattern = NULL;

	for (struct data_tun *t = data->tuns; t; t = t->next) {
		if (atomic_load(&t->gone))
			continue;
		if (!strcmp(t->name, name))
			return t;
		if (!t->opened && t->claimed && !strcmp(t->asked, name) &&
		    (!of_pattern || t->no < of_pattern->no))
			of_pattern = t;
	}
	return of_pattern;
}

static struct worker *data_tun_least_loaded(const struct data *data)
{
	unsigned tuns[WORKER_MAX] = {0}, best = 0;

	for (const struct data_tun *t = data->tuns; t; t = t->next)
		tuns[t->home->no]++;
	for (unsigned i = 1; i < data->n; i++)
		if (tuns[i] < tuns[best])
			best = i;
	return data->worker[best];
}

static int data_tun_run_watch(struct worker *w, void *arg)
{
	struct data_tun *t = arg;

	t->watch = worker_watch(w, t->fd, IST_READ, ip_path_read, t);
	if (t->watch && atomic_load(&w->data->waits))
		worker_watch_later(w, t->watch);
	return t->watch ? 0 : -ENOMEM;
}

static int data_tun_run_unwatch(struct worker *w, void *arg)
{
	struct data_tun *t = arg;

	if (t->watch)
		worker_unwatch(w, t->watch);
	return 0;
}

static void data_tun_free_claims(struct data_tun *t)
{
	for (unsigned v6 = 0; t->claimed && v6 < 2; v6++)
		prefixtab_free(&t->claimed[v6]);
	free(t->claimed);
	t->claimed = NULL;
}

static void data_tun_free(struct rcu_head *head)
{
	struct data_tun *t = IST_CONTAINER_OF(head, struct data_tun, rcu);

	rcu_grace_over();
	close(t->fd);
	if (!atomic_load(&t->gone)) /* another one may have its name */
		tun_say_closed(t->name);
	addrtab_free(&t->addr);
	prefixtab_free(&t->route4);
	prefixtab_free(&t->route6);
	data_tun_free_claims(t);
	free(t);
	rcu_deferred_done();
}

struct data_tun *data_tun_get(const struct data *data, uint32_t no)
{
	return (struct data_tun *)map_get(&data->tun_numbers, no);
}

static uint32_t data_tun_number(struct data *data, struct data_tun *t)
{
	do
		t->no = ++data->last_tun;
	while (!t->no || data_tun_get(data, t->no));
	return map_set(&data->tun_numbers, t->no, (uintptr_t)t) ? t->no : 0;
}

static int data_tun_set_up(struct data *data, struct data_tun *t)
{
	int rc = addrtab_init(&t->addr);

	t->home = data_tun_least_loaded(data);
	prefixtab_init(&t->route4);
	prefixtab_init(&t->route6);
	if (!rc && !data_tun_number(data, t))
		rc = -ENOMEM;
	return rc ? rc : worker_run(t->home, data_tun_run_watch, t);
}

/* NULL, with *rc and words, when there cannot be one. */
static struct data_tun *data_tun_make(struct data *data, const struct door_tun_open *o, int32_t *rc,
				      char *err, size_t err_len)
{
	struct data_tun *t = calloc(1, sizeof(*t));

	*rc = -ENOMEM;
	if (!t) {
		snprintf(err, err_len, "%s", strerror(ENOMEM));
		return NULL;
	}
	t->fd = tun_open(o->name, o->mtu, o->offload, t->name, err, err_len);
	if (t->fd < 0) {
		*rc = t->fd;
		free(t);
		return NULL;
	}
	t->offload = (uint8_t)tun_super_probe(t->fd, o->offload);
	snprintf(t->asked, sizeof(t->asked), "%s", o->name);
	*rc = data_tun_set_up(data, t);
	if (!*rc)
		return t;
	map_set(&data->tun_numbers, t->no, 0);
	snprintf(err, err_len, "%s: %s", t->name, strerror(-*rc));
	data_tun_free(&t->rcu);
	return NULL;
}

void data_tun_open(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	const struct door_tun_open *o = &m->tun_open;
	struct data_tun *t = data_tun_find(data, o->name);
	char err[128];

	answer->kind = DOOR_TUN;
	if (!t) {
		t = data_tun_make(data, o, &answer->answer.rc, err, sizeof(err));
		if (!t) {
			data_say(data, answer, err);
			return;
		}
		t->next = data->tuns;
		data->tuns = t;
	}
	t->opened = true;
	answer->answer.no = t->no;
	answer->answer.offload = t->offload & DP_TUN_OFFLOADS;
	data_say(data, answer, t->name);
}

void data_tun_release(struct data *data, struct data_tun *t)
{
	struct data_tun **at = &data->tuns;

	if (t->opened || t->calls)
		return;
	worker_run(t->home, data_tun_run_unwatch, t);
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	map_set(&data->tun_numbers, t->no, 0);
	rcu_defer(&t->rcu, data_tun_free);
}

void data_tun_forget(struct data *data, struct data_tun *t)
{
	t->opened = false;
	data_tun_release(data, t);
}

void data_tun_close(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	struct data_tun *t = data_tun_get(data, m->number.no);

	if (t)
		data_tun_forget(data, t);
	else
		answer->answer.rc = -ENOENT;
}

/* --- routes ----------------------------------------------------------------------------------- */

/* 0 = to nothing: it goes. */
static uint32_t data_route_key(const struct door_tun_route *r)
{
	if (r->sid)
		return call_key(r->tid, r->sid);
	return r->tid == DOOR_TUN_NO_ROUTE ? 0 : DATA_TUN_ABSENT;
}

static int data_set_route(struct data_tun *t, const struct door_tun_route *r)
{
	uint32_t key = data_route_key(r);
	struct prefixtab *to = r->to.v6 ? &t->route6 : &t->route4;

	if (!prefixtab_set(to, r->to.top, r->to.bits, key))
		return -ENOMEM;
	/* Without memory for that it goes, and comes back when it is set again. */
	if (t->claimed)
		prefixtab_set(&t->claimed[r->to.v6], r->to.top, r->to.bits, key);
	return 0;
}

void data_tun_route(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	struct data_tun *t = data_tun_get(data, m->tun_route.no);

	answer->answer.rc = t ? data_set_route(t, &m->tun_route) : -ENOENT;
}

void data_tun_unclaim(struct data_tun *t)
{
	data_tun_free_claims(t);
	t->opened = false;
	t->claimed = calloc(2, sizeof(*t->claimed));
	for (unsigned v6 = 0; t->claimed && v6 < 2; v6++)
		prefixtab_init(&t->claimed[v6]);
}

void data_tun_sweep(struct data *data, struct data_tun *t)
{
	if (t->claimed) {
		prefixtab_keep(&t->route4, &t->claimed[0]);
		prefixtab_keep(&t->route6, &t->claimed[1]);
	}
	data_tun_free_claims(t);
	data_tun_release(data, t);
}

/* --- handed over -------------------------------------------------------------------------------- */

static bool data_tun_set_up_again(struct data *data, struct data_tun *t, bool claims)
{
	if (addrtab_init(&t->addr) || !map_set(&data->tun_numbers, t->no, (uintptr_t)t))
		return false;
	t->watch = worker_watch(t->home, t->fd, IST_READ, ip_path_read, t);
	if (claims)
		data_tun_unclaim(t);
	return t->watch && (!claims || t->claimed);
}

struct data_tun *data_tun_restore(struct data *data, const struct image_tun *row, int fd)
{
	struct data_tun *t =
		row->home < data->n && !data_tun_get(data, row->no) ? calloc(1, sizeof(*t)) : NULL;

	if (!t) {
		close(fd);
		return NULL;
	}
	t->no = row->no;
	t->fd = fd;
	t->offload = (uint8_t)tun_super_probe(fd, row->offload);
	t->home = data->worker[row->home];
	snprintf(t->name, sizeof(t->name), "%s", row->name);
	snprintf(t->asked, sizeof(t->asked), "%s", row->asked);
	prefixtab_init(&t->route4);
	prefixtab_init(&t->route6);
	atomic_init(&t->gone, row->gone);
	t->next = data->tuns;
	data->tuns = t;
	if (!data_tun_set_up_again(data, t, row->claims))
		return NULL; /* it goes with all others */
	t->opened = row->opened;
	return t;
}
