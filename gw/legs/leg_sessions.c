/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several log-ins of one user to one service: `sessions` says whether they may be.  A log-in is
 * counted where its addresses are, so that the links of a bundle are one.  The one that gives way
 * ends at once, without waiting for its client, who may have crashed; its addresses are free then.
 */
#include "gw/legs/leg_server.h"

/* What becomes of the log-in before, and of the new one. */
static const struct {
	bool ends, refused;
} leg_sessions_rules[] = {
	[CFG_SESSIONS_ALLOW] = {false, false},
	[CFG_SESSIONS_REPLACE] = {true, false},
	[CFG_SESSIONS_DENY] = {false, true},
};

/* One of the same user, or NULL. */
static struct leg_server *leg_sessions_other(const struct leg_server *s)
{
	const struct leg_login_name name = {.by = LEG_LOGIN_USER, .user = leg_terminal_name(&s->t)};
	struct leg *l = NULL;

	while ((l = leg_login_next(s->t.gw, &name, l))) {
		struct leg_server *o = (struct leg_server *)l;

		if (o != s && o->service == s->service)
			return o;
	}
	return NULL;
}

bool leg_sessions_may_begin(struct leg_server *s, uint64_t now)
{
	const struct leg_end why =
		leg_end(LEG_BY_ANOTHER, "the same user has logged in somewhere else");
	unsigned rule = s->service->cfg->sessions;
	struct leg_server *o;

	leg_login_update(s); /* a link that starts again may have another user */
	if (!s->t.user)
		return true;
	if (leg_sessions_rules[rule].refused)
		return !leg_sessions_other(s);
	while (leg_sessions_rules[rule].ends && (o = leg_sessions_other(s)))
		join_cut(o->t.leg.join, &why, now);
	return true;
}
