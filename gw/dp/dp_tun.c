/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TUN devices as control knows them.  Opening one that is open already joins it; data keeps it
 * until it is closed as often, and the last entry that names it has gone.
 */
#include "gw/dp/dp_int.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dp_tun *dp_tun_get(const struct dp *dp, uint32_t no)
{
	return (struct dp_tun *)map_get(&dp->tun_numbers, no);
}

static struct dp_tun *dp_tun_find(const struct dp *dp, const char *name)
{
	for (struct dp_tun *t = dp->tuns; t; t = t->next)
		if (t->opened && !strcmp(t->name, name) && !dp_tun_gone(dp, t->no))
			return t;
	return NULL;
}

static int dp_tun_ask(struct dp *dp, const struct door_tun_open *want)
{
	struct door_msg m = {.kind = DOOR_TUN_OPEN, .tun_open = *want};
	const struct door_answer *a = &dp->answer.answer;
	int rc = dp_ask(dp, &m);

	return rc == 0 && (dp->answer.kind != DOOR_TUN || !a->no || !a->words) ? -EPROTO : rc;
}

/* What data has opened may be here still, since entries name it. */
static struct dp_tun *dp_tun_note(struct dp *dp, const struct door_answer *a, uint8_t wanted)
{
	struct dp_tun *t = dp_tun_get(dp, a->no);

	if (t)
		return t;
	t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	if (!map_set(&dp->tun_numbers, a->no, (uintptr_t)t)) {
		free(t);
		return NULL;
	}
	t->no = a->no;
	t->offload = a->offload;
	t->wanted = wanted;
	snprintf(t->name, sizeof(t->name), "%s", a->words);
	t->next = dp->tuns;
	dp->tuns = t;
	return t;
}

static struct dp_tun *dp_tun_make(struct dp *dp, const struct door_tun_open *want, char *err,
				  size_t err_len)
{
	const struct door_answer *a = &dp->answer.answer;
	int rc = dp_tun_ask(dp, want);
	struct dp_tun *t = rc ? NULL : dp_tun_note(dp, a, want->offload);
	struct door_msg close = {.kind = DOOR_TUN_CLOSE, .number = {a->no}};

	if (t)
		return t;
	if (rc && dp->answer.kind == DOOR_TUN && a->words && *a->words)
		snprintf(err, err_len, "%s", a->words);
	else
		snprintf(err, err_len, "%s", strerror(rc ? -rc : ENOMEM));
	if (!rc)
		dp_change(dp, &close);
	return NULL;
}

uint32_t dp_tun_open(struct dp *dp, const char *name, uint16_t mtu, unsigned offload, char *err,
		     size_t err_len)
{
	const struct door_tun_open want = {name, mtu, (uint8_t)offload};
	struct dp_tun *t = dp_tun_find(dp, name);

	if (!t)
		t = dp_tun_make(dp, &want, err, err_len);
	if (!t)
		return 0;
	t->opened++;
	return t->no;
}

static void dp_tun_release(struct dp *dp, struct dp_tun *t)
{
	struct dp_tun **at = &dp->tuns;

	if (t->opened || t->calls)
		return;
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	map_set(&dp->tun_numbers, t->no, 0);
	free(t);
}

void dp_tun_close(struct dp *dp, uint32_t no)
{
	struct door_msg m = {.kind = DOOR_TUN_CLOSE, .number = {no}};
	struct dp_tun *t = dp_tun_get(dp, no);

	if (!t || !t->opened)
		return;
	if (!--t->opened)
		dp_change(dp, &m);
	dp_tun_release(dp, t);
}

void dp_tun_drop(struct dp *dp, uint32_t no)
{
	struct dp_tun *t = no ? dp_tun_get(dp, no) : NULL;

	if (!t)
		return;
	t->calls--;
	dp_tun_release(dp, t);
}

bool dp_tun_any_gone(const struct dp *dp)
{
	for (const struct dp_tun *t = dp->tuns; t; t = t->next)
		if (t->opened && dp_tun_gone(dp, t->no))
			return true;
	return false;
}

bool dp_tun_gone(const struct dp *dp, uint32_t no)
{
	return !dp_tun_get(dp, no) || atomic_load(&dp->door->tun_gone[no % DOOR_TUNS]) == no;
}

const char *dp_tun_name(const struct dp *dp, uint32_t no)
{
	const struct dp_tun *t = dp_tun_get(dp, no);

	return t ? t->name : "";
}

unsigned dp_tun_offload(const struct dp *dp, uint32_t no)
{
	const struct dp_tun *t = dp_tun_get(dp, no);

	return t ? t->offload : 0;
}

unsigned dp_tun_wanted(const struct dp *dp, uint32_t no)
{
	const struct dp_tun *t = dp_tun_get(dp, no);

	return t ? t->wanted : 0;
}

uint32_t dp_tun_next(const struct dp *dp, uint32_t no)
{
	uint32_t next = 0;

	for (const struct dp_tun *t = dp->tuns; t; t = t->next)
		if (t->opened && t->no > no && (!next || t->no < next))
			next = t->no;
	return next;
}

bool dp_tun_route(struct dp *dp, uint32_t no, const struct dp_prefix *to, uint16_t tid,
		  uint16_t sid)
{
	struct door_msg m = {.kind = DOOR_TUN_ROUTE, .tun_route = {no, *to, tid, sid}};

	return dp_tun_get(dp, no) && !dp_change(dp, &m);
}

bool dp_tun_unroute(struct dp *dp, uint32_t no, const struct dp_prefix *to)
{
	struct door_msg m = {.kind = DOOR_TUN_ROUTE,
			     .tun_route = {.no = no, .to = *to, .tid = DOOR_TUN_NO_ROUTE}};

	return dp_tun_get(dp, no) && !dp_change(dp, &m);
}

void dp_tuns_free(struct dp *dp)
{
	while (dp->tuns) {
		struct dp_tun *t = dp->tuns;

		dp->tuns = t->next;
		free(t);
	}
	map_free(&dp->tun_numbers);
}
