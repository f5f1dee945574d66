/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line's entry in the data plane is made when the leg starts and taken out when it ends: in
 * between the data plane carries its frames, before and after they are the control thread's.
 */
#include "gw/gw.h"
#include "gw/legs/leg_entry.h"
#include "gw/legs/legs.h"
#include <stdlib.h>

struct leg_line {
	struct leg leg;
	struct leg_entry entry;
	bool to_clear; /* the circuit has not been given up, nor gone down */
	bool is_up;
	const struct leg_origin *origin;
};

/* What the circuit's far end is told. */
static const struct ist_cause leg_line_causes[LEG_CAUSES] = {
	[LEG_BY_OPERATOR] = {.kind = IST_CAUSE_LOCAL, .words = "cleared by the operator"},
	[LEG_BY_SHUTDOWN] = {.kind = IST_CAUSE_LOCAL, .words = "shutting down"},
	[LEG_BY_PEER] = {.kind = IST_CAUSE_LOCAL, .words = "the far end has hung up"},
	[LEG_BY_LOSS] = {.kind = IST_CAUSE_LOCAL, .words = "lost carrier"},
	[LEG_BY_TIMEOUT] = {.kind = IST_CAUSE_TIMEOUT, .words = "no answer"},
	[LEG_BY_AUTH] = {.kind = IST_CAUSE_LOCAL, .words = "not let in"},
	[LEG_BY_MISMATCH] = {.kind = IST_CAUSE_LOCAL, .words = "nothing could be agreed"},
	[LEG_BY_RESOURCES] = {.kind = IST_CAUSE_LOCAL, .words = "no resources"},
	[LEG_BY_LIMIT] = {.kind = IST_CAUSE_LOCAL, .words = "time limit"},
	[LEG_BY_ANOTHER] = {.kind = IST_CAUSE_LOCAL, .words = "another log-in"},
};

static struct leg_line *leg_line_of(struct leg *l)
{
	return (struct leg_line *)l;
}

static void line_stop(struct leg *l, const struct leg_end *why, uint64_t now)
{
	struct leg_line *line = leg_line_of(l);

	leg_entry_del(&line->entry);
	/* Of a permanent circuit too: it stays, but a serial line hangs up its modem. */
	if (line->to_clear)
		dp_disconnect(line->entry.gw->dp, line->entry.c.channel,
			      &leg_line_causes[why->cause]);
	join_leg_gone(l, why, now);
}

/* A circuit that is being called has no entry yet: leg_line_up() makes it. */
static void line_start(struct leg *l, uint64_t now)
{
	if (!leg_line_of(l)->is_up)
		return;
	if (leg_entry_set(&leg_line_of(l)->entry) < 0) {
		struct leg_end why = leg_end(LEG_BY_RESOURCES, "no room for the line");

		line_stop(l, &why, now);
	} else {
		join_leg_up(l, now);
	}
}

static struct leg_entry *line_entry(struct leg *l)
{
	return &leg_line_of(l)->entry;
}

static void line_accm(struct leg *l, uint32_t send, uint32_t receive, uint64_t now)
{
	struct leg_entry *e = &leg_line_of(l)->entry;

	(void)now;
	dp_line_accm(e->gw->dp, e->c.channel, send, receive);
}

static uint16_t line_mtu(const struct leg *l)
{
	return leg_entry_carries(&((const struct leg_line *)l)->entry);
}

/* The rest is the owner's, who has the circuit. */
static bool line_leg_save(const struct leg *l, struct wr *w)
{
	const struct leg_entry *e = &((const struct leg_line *)l)->entry;
	const uint8_t *ticket;
	size_t len = dp_channel_ticket(e->gw->dp, e->c.channel, &ticket);

	leg_filters_save(e, w);
	wr_u16(w, (uint16_t)len);
	wr_bytes(w, ticket, len);
	leg_rates_save(e, w);
	return true;
}

struct rd leg_line_ticket(struct rd saved)
{
	struct rd ticket;

	leg_filters_pass(&saved);
	ticket = rd_sub(&saved, rd_u16(&saved));
	return saved.bad ? (struct rd){0} : ticket;
}

bool leg_line_recall(struct leg *l, struct rd *r)
{
	struct leg_entry *e = &leg_line_of(l)->entry;

	if (!leg_filters_recall(e, r))
		return false;
	if (r->left) /* else it is of an older release */
		rd_skip(r, rd_u16(r));
	return leg_rates_recall(e, r);
}

/* The call of its join is the first leg. */
static const char *line_leg_resume(struct leg *l, struct rd *r, uint64_t now)
{
	(void)r;
	join_leg_up(l, now);
	return NULL;
}

static void line_free(struct leg *l)
{
	leg_entry_del(&leg_line_of(l)->entry);
	leg_entry_free(&leg_line_of(l)->entry);
	free(l);
}

static const struct leg_ops line_ops = {
	.kind = LEG_LINE,
	.name = "line",
	.start = line_start,
	.stop = line_stop,
	.lost = line_stop,
	.frame = leg_entry_frame,
	.network = leg_entry_on_network,
	.entry = line_entry,
	.accm = line_accm,
	.mtu = line_mtu,
	.save = line_leg_save,
	.resume = line_leg_resume,
	.free = line_free,
};

struct leg *leg_line_new(struct gw *gw, l2tp_channel c, uint16_t number,
			 const struct leg_origin *origin, bool is_up)
{
	struct leg_line *line = calloc(1, sizeof(*line));

	if (!line)
		return NULL;
	line->leg.ops = &line_ops;
	line->to_clear = true;
	line->is_up = is_up;
	line->origin = origin;
	leg_entry_init(&line->entry, gw,
		       &(struct dp_call){
			       .sid = number, .channel = c, .mode = DP_PUNT, .no_address = true});
	return &line->leg;
}

void leg_line_rx(struct leg *l, const uint8_t *frame, size_t len, uint64_t now)
{
	if (l->state == LEG_IDLE || l->state == LEG_STARTING || l->state == LEG_UP)
		join_frame(l, frame, len, now);
	else
		join_drop(l, JOIN_D_NOT_UP);
}

void leg_line_up(struct leg *l, uint64_t now)
{
	leg_line_of(l)->is_up = true;
	if (l->state != LEG_STARTING)
		return;
	leg_entry_mtu_changed(&leg_line_of(l)->entry);
	line_start(l, now);
}

void leg_line_lost(struct leg *l, const struct leg_end *why, uint64_t now)
{
	leg_line_of(l)->to_clear = false;
	if (l->state != LEG_GONE)
		line_stop(l, why, now);
}

bool leg_line_is_up(const struct leg *l)
{
	return ((const struct leg_line *)l)->is_up;
}

const struct leg_origin *leg_line_origin(const struct leg *l)
{
	return ((const struct leg_line *)l)->origin;
}

void leg_line_mtu_changed(struct leg *l)
{
	leg_entry_mtu_changed(&leg_line_of(l)->entry);
}

void leg_line_let_go(struct leg *l)
{
	leg_line_of(l)->entry.in_table = leg_line_of(l)->to_clear = false;
}

const struct dp_call *leg_line_entry(const struct leg *l)
{
	return &((const struct leg_line *)l)->entry.c;
}
