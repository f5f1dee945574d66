/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/clear.h"

#include "gw/legs/legs.h"

#define CLEAR_WORDS "cleared by operator"

bool clear_tunnel(struct gw *gw, unsigned tid)
{
	struct l2tp_result r = {.result = L2TP_STOP_GENERAL_CLEAR, .text = CLEAR_WORDS};
	struct l2tp_tunnel *t = l2tp_tunnel_by_id(gw->engine, (uint16_t)tid);

	if (t)
		l2tp_tunnel_close(t, &r, loop_now(gw->loop));
	return t;
}

static void clear_join(struct gw *gw, struct join *j)
{
	struct leg_end why = leg_end(LEG_BY_OPERATOR, CLEAR_WORDS);

	join_end(j, &why, loop_now(gw->loop));
}

bool clear_call(struct gw *gw, unsigned tid, unsigned sid)
{
	struct l2tp_tunnel *t = l2tp_tunnel_by_id(gw->engine, (uint16_t)tid);
	struct l2tp_call *c = t ? l2tp_call_by_id(t, (uint16_t)sid) : NULL;
	struct leg *l = c ? leg_of_call(c) : NULL;

	if (l)
		clear_join(gw, l->join);
	return l;
}

/* A log-in that ends is found no more. */
static unsigned clear_log_ins(struct gw *gw, const struct leg_login_name *name)
{
	struct leg *l;
	unsigned n = 0;

	while ((l = leg_login_next(gw, name, NULL))) {
		clear_join(gw, l->join);
		n++;
	}
	return n;
}

unsigned clear_user(struct gw *gw, const char *user)
{
	return clear_log_ins(gw, &(struct leg_login_name){.by = LEG_LOGIN_USER, .user = user});
}

unsigned clear_address(struct gw *gw, uint32_t address)
{
	return clear_log_ins(
		gw, &(struct leg_login_name){.by = LEG_LOGIN_ADDRESS, .address4 = address});
}
