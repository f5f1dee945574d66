/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/about.h"
#include "gw/legs/leg_entry.h"
#include "gw/legs/legs.h"

/* Either leg of a join may be our PPP, which knows the user. */
static const char *about_user(const struct leg *l)
{
	const struct leg *legs[] = {l, l->join ? join_other(l) : NULL};
	struct leg_terminal_view v;

	for (unsigned i = 0; i < 2; i++)
		if (legs[i] && leg_terminal_view(legs[i], &v) && *v.user)
			return v.user;
	return NULL;
}

static const struct leg_entry *about_entry(const struct leg *l)
{
	const struct leg *other = l->join ? join_other(l) : NULL;

	if (l->ops->entry)
		return l->ops->entry((struct leg *)(uintptr_t)l);
	return other && other->ops->entry ? other->ops->entry((struct leg *)(uintptr_t)other)
					  : NULL;
}

static void about_entry_is(struct log_about *out, const struct leg_entry *e)
{
	struct l2tp_tunnel *t = e->c.tid ? l2tp_tunnel_by_id(e->gw->engine, e->c.tid) : NULL;
	struct l2tp_tunnel_info i;

	about_channel(out, e->gw, e->c.channel);
	out->tunnel = e->c.tid;
	if (e->c.tid)
		out->call = e->c.sid;
	else if (!e->c.bundle.mrru)
		out->line = e->c.sid;
	if (!t)
		return;
	l2tp_tunnel_info(t, &i);
	out->peer = i.peer ? ((const struct cfg_peer *)i.peer)->name : NULL;
}

void about_leg(struct log_about *out, const struct leg *l)
{
	const struct leg_entry *e = about_entry(l);

	*out = (struct log_about){0};
	if (e)
		about_entry_is(out, e);
	out->user = about_user(l);
}

void leg_log_about(const struct leg *l, const char *id)
{
	struct log_about a;

	about_leg(&a, l);
	a.id = id;
	gw_log_about(&a);
}
