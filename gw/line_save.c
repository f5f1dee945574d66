/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines in another life of the gateway: the circuit by its port and address, the number that the
 * data plane knows it by, what is known of it, and the way of its call.
 */
#include "gw/line_int.h"

#include "gw/filter.h"
#include "gw/record.h"
#include "gw/resume.h"

#include <string.h>

/* --- numbers ---------------------------------------------------------------------------------- */

bool line_number_take_again(struct gw *gw, struct line_number *n, uint16_t number,
			    void (*frame)(struct line_number *n, const uint8_t *frame, size_t len,
					  uint64_t now))
{
	if (!idtab_take_id(&gw->lines->number, number, n))
		return false;
	n->frame = frame;
	n->n = number;
	return true;
}

void lines_save(const struct gw *gw, uint8_t rec[LINES_RECORD])
{
	struct wr w = wr_init(rec, LINES_RECORD);
	uint8_t key[16];

	ids_key(&gw->lines->number.ids, key);
	wr_bytes(&w, key, sizeof(key));
	wr_u32(&w, gw->lines->number.ids.fresh);
}

void lines_restore(struct gw *gw, const uint8_t *rec, size_t len)
{
	struct idtab *t = &gw->lines->number;
	struct rd r = rd_init(rec, len);
	const uint8_t *key = rd_take(&r, 16);
	uint32_t fresh = rd_u32(&r);

	if (r.bad || fresh > UINT16_MAX)
		return;
	idtab_free(t);
	idtab_init(t, key, UINT16_MAX);
	t->ids.fresh = fresh;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* One that waits for another line is that one's join. */
bool line_save(void *ctx, struct wr *w)
{
	const struct line *l = ctx;

	if (!record_channel(w, l->all->gw, l->channel))
		return false;
	wr_u16(w, l->number.n);
	wr_u8(w, l->switched);
	origin_save(w, &l->origin);
	if (l->owner && l->owner->save) /* of the way too, where it has one */
		l->owner->save(l->owner_ctx, w);
	else
		route_way_save(w, &l->way);
	return l->number.n && !l->proxy && !l->left;
}

/* --- going on --------------------------------------------------------------------------------- */

void line_drop_leg(struct line *l)
{
	if (l->leg)
		l->leg->ops->free(l->leg);
	route_way_end(l->all->gw, &l->way);
	line_without_leg(l);
}

/* Its number, its leg and the way of its call; false = one of them cannot be had. */
static bool line_recall_leg(struct resume_from *f, struct line *l, uint16_t number, unsigned which)
{
	if (!line_number_take_again(f->gw, &l->number, number, line_number_frame))
		return false;
	l->is_up = true;
	l->leg = line_leg_made(l);
	if (!l->leg || !leg_line_recall(l->leg, &f->leg[which])) {
		line_drop_leg(l);
		return false;
	}
	loop_cancel(f->gw->loop, &l->idle);
	route_way_recall(f->gw, &f->owner, &l->way);
	return true;
}

struct line *line_recall(struct resume_from *f, unsigned which)
{
	struct rd ticket = leg_line_ticket(f->leg[which]);
	bool waits = false;
	l2tp_channel c = record_read_channel(&f->owner, f->gw, IST_PAYLOAD_PPP, &ticket, &waits);
	uint16_t number = rd_u16(&f->owner);
	bool switched = rd_u8(&f->owner);
	struct leg_origin origin = {.number = 0};
	struct origin_room room;
	struct ist_addr peer = {0};
	struct line *l;

	origin_recall(&f->owner, &origin, &room);
	f->words = "its circuit is gone";
	if (f->owner.bad || !c || !dp_channel_peer(f->gw->dp, c, &peer))
		return NULL;
	l = line_make(f->gw, c, switched, &origin,
		      line_filters(port_by_number(f->gw, dp_channel_port(c)), &peer), f->now);
	f->words = "no memory, or its number or circuit is in use, or a filter cannot be had";
	if (!l || l->leg)
		return NULL;
	origin_take(&l->origin, &origin);
	return line_recall_leg(f, l, number, which) ? l : NULL;
}

static struct join *line_resume(struct resume_from *f, struct line *l, struct leg *first,
				struct leg *second)
{
	struct join *j = join_new(f->gw->joins, first, second, &line_owner, l, f->now);

	f->words = "out of memory";
	if (!j) {
		l->leg = NULL;
		line_drop_leg(l);
	}
	return j;
}

struct join *line_resume_dialled(struct resume_from *f, struct leg *(*make)(void *ctx),
				 const struct join_owner *owner, void *ctx)
{
	struct line *l = line_recall(f, 0);
	struct join *j = l ? line_resume(f, l, l->leg, make(ctx)) : NULL;

	if (!j)
		return NULL;
	l->owner = owner;
	l->owner_ctx = ctx;
	return j;
}

/* The line goes with this leg, which is not needed without it. */
static struct line *line_recall_with(struct resume_from *f, struct leg *other, unsigned which)
{
	struct line *l = other ? line_recall(f, which) : NULL;

	if (!l && other)
		other->ops->free(other);
	return l;
}

struct join *line_resume_server(struct resume_from *f)
{
	struct leg *server = leg_server_resume(f->gw, &f->leg[1], &f->words);
	struct line *l = line_recall_with(f, server, 0);

	return l ? line_resume(f, l, l->leg, server) : NULL;
}

struct join *line_resume_call(struct resume_from *f)
{
	struct leg *call = leg_call_resume(f->gw, &f->leg[0], &f->words);
	struct line *l = line_recall_with(f, call, 1);

	if (l && l->way.route) {
		leg_take_filters(l->leg, LEG_FILTERS_SECTION,
				 filters_of(f->gw, l->way.route->filter));
		leg_take_rates(l->leg, LEG_RATES_SECTION, &l->way.route->rates);
	}
	return l ? line_resume(f, l, call, l->leg) : NULL;
}

struct join *line_resume_wanted(struct resume_from *f)
{
	struct leg *call = leg_call_resume(f->gw, &f->leg[1], &f->words);
	struct line *l = line_recall_with(f, call, 0);

	return l ? line_resume(f, l, l->leg, call) : NULL;
}
