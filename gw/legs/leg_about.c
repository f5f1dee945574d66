/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/about.h"
#include "gw/legs/leg_entry.h"
#include "gw/legs/legs.h"
#include "gw/trace.h"
#include <stdio.h>

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

static const struct leg_entry *about_entry_of(const struct leg *l)
{
	const struct leg *other = l->join ? join_other(l) : NULL;

	if (l->ops->entry)
		return l->ops->entry((struct leg *)(uintptr_t)l);
	return other && other->ops->entry ? other->ops->entry((struct leg *)(uintptr_t)other)
					  : NULL;
}

struct log_about about_entry(const struct leg_entry *e)
{
	struct l2tp_tunnel *t = e->c.tid ? l2tp_tunnel_by_id(e->gw->engine, e->c.tid) : NULL;
	struct log_about a = about_port(e->gw, e->c.channel);
	struct l2tp_tunnel_info i;

	/* which the port may have forgotten */
	snprintf(a.circuit, sizeof(a.circuit), "%s", leg_entry_circuit(e));
	a.tunnel = e->c.tid;
	if (e->c.tid)
		a.call = e->c.sid;
	else if (!e->c.bundle.mrru)
		a.line = e->c.sid;
	if (!t)
		return a;
	l2tp_tunnel_info(t, &i);
	a.peer = i.peer ? ((const struct cfg_peer *)i.peer)->name : NULL;
	return a;
}

struct log_about about_leg(const struct leg *l)
{
	const struct leg_entry *e = about_entry_of(l);
	struct log_about a = e ? about_entry(e) : LOG_NOBODY;

	a.user = about_user(l);
	return a;
}

bool leg_is_watched(const struct leg *l)
{
	return trace_on() &&
	       (trace_sees(about_leg(l)) || (l->join && trace_sees(about_leg(join_other(l)))));
}

void join_watch(struct join *j)
{
	const bool on = leg_is_watched(j->leg[0]);

	for (unsigned i = 0; i < 2; i++)
		if (j->leg[i]->ops->entry)
			leg_entry_watch(j->leg[i]->ops->entry(j->leg[i]), on);
}
