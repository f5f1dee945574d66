/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A call in another life of the gateway: what neither the engine nor the configuration knows.  The
 * entry in the data plane is made anew of all three.
 */
#include "gw/gw.h"
#include "gw/legs/leg_call.h"
#include "gw/record.h"

enum {
	CALL_PLACED = 1,
	CALL_ASYNC = 2,
	CALL_HAS_ORIGIN = 4,
	CALL_SEND_SEQ = 8,
	CALL_REQUIRED = 16
};

bool leg_call_save(const struct leg *l, struct wr *w)
{
	const struct leg_call *c = (const struct leg_call *)l;
	const struct dp_call *e = &c->entry.c;

	wr_u16(w, e->tid);
	wr_u16(w, e->sid);
	wr_u8(w, (uint8_t)((c->placed ? CALL_PLACED : 0) | (c->async ? CALL_ASYNC : 0) |
			   (c->has_origin ? CALL_HAS_ORIGIN : 0) |
			   (e->data.send_seq ? CALL_SEND_SEQ : 0) |
			   (e->data.required ? CALL_REQUIRED : 0)));
	wr_u8(w, e->dscp);
	origin_save(w, c->from);
	leg_filters_save(&c->entry, w);
	leg_rates_save(&c->entry, w);
	return c->call;
}

static struct l2tp_call *leg_call_find(const struct gw *gw, uint16_t tid, uint16_t sid)
{
	struct l2tp_tunnel *t = l2tp_tunnel_by_id(gw->engine, tid);

	return t ? l2tp_call_by_id(t, sid) : NULL;
}

/* False: a filter of its own cannot be had. */
static bool leg_call_recall(struct leg_call *c, struct rd *r, uint8_t flags)
{
	struct leg_origin from = {.number = 0};
	struct origin_room room;
	uint8_t dscp = rd_u8(r);

	c->async = flags & CALL_ASYNC;
	c->has_origin = flags & CALL_HAS_ORIGIN;
	c->entry.c.data.send_seq = flags & CALL_SEND_SEQ;
	c->entry.c.data.required = flags & CALL_REQUIRED;
	c->entry.c.dscp = dscp <= DP_DSCP_COPY ? dscp : 0;
	origin_recall(r, &from, &room);
	c->from = origin_keep(c->from, &from);
	return leg_filters_recall(&c->entry, r) && leg_rates_recall(&c->entry, r);
}

struct leg *leg_call_resume(struct gw *gw, struct rd *r, const char **words)
{
	uint16_t tid = rd_u16(r), sid = rd_u16(r);
	uint8_t flags = rd_u8(r);
	struct l2tp_call *call = leg_call_find(gw, tid, sid);
	struct l2tp_tunnel_info t;
	struct l2tp_call_info i;
	struct leg *l;

	*words = "the engine has no such call";
	if (!call || leg_of_call(call))
		return NULL;
	l2tp_call_info(call, &i);
	l2tp_tunnel_info(i.tunnel, &t);
	*words = "its peer section is gone";
	if (!t.peer)
		return NULL;
	l = leg_call_new(gw, call, t.peer, flags & CALL_PLACED);
	*words = "out of memory";
	if (!l)
		return NULL;
	*words = "its record cannot be read, or a filter of its own cannot be had";
	if (leg_call_recall(leg_call_of(l), r, flags))
		return l;
	l->ops->free(l);
	return NULL;
}

/* The second one of a switch: what its ICCN has said has gone on. */
const char *leg_call_go_on(struct leg *l, struct rd *r, uint64_t now)
{
	(void)r;
	join_leg_up(l, now);
	return NULL;
}

void leg_call_resume_switched(struct leg *out, struct leg *in)
{
	leg_call_of(out)->other = leg_call_of(in);
	leg_call_of(in)->other = leg_call_of(out);
	leg_call_of(in)->connected = true;
}
