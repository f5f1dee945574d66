/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tunnels that peers have asked for and not established, by source and in all.  L2TP has no
 * stateless cookie, so a forged SCCRQ takes a place until something newer needs it.  What a genuine
 * peer needs is that its own place lasts for one round trip, until its SCCCN arrives.
 *
 * When all places are taken the oldest tunnel gives way, so a place lasts max_half_open / rate:
 * with the default of 4096 and 20,000 forged SCCRQs a second 205 ms, four round trips of 50 ms.
 * Choosing the victim at random instead, a handshake of 50 ms (1000 arrivals) would survive with
 * (1 - 1/4096)^1000 = 78 %.
 *
 * One source may fill half the places; then its own oldest tunnel gives way, which others do not
 * notice.  A flood that forges the very address of a genuine peer leaves it 2048 / 20,000 = 102 ms.
 *
 * A place lasts at least HALF_OPEN_GRACE otherwise; what is older and not established counts
 * against half_open_per_source, the oldest of which gives way.  So one address keeps few half-open
 * tunnels for the whole set-up time, and a peer that opens hundreds at once is not disturbed.
 *
 * A half-open tunnel takes 2650 octets (measured, with its SCCRP queued): 4096 of them 10.9 MB.
 */
#include "core/engine_int.h"

#include <stdlib.h>

#define HALF_OPEN_GRACE 100000u /* us */

struct source *half_open_source(struct l2tp_engine *e, uint64_t key)
{
	struct hnode *n = htab_first(&e->sources, key);
	struct source *s;

	if (n)
		return IST_CONTAINER_OF(n, struct source, node);
	s = calloc(1, sizeof(*s));
	if (s)
		htab_add(&e->sources, &s->node, key);
	return s;
}

void half_open_forget_if_empty(struct l2tp_engine *e, struct source *s)
{
	if (s->tunnels.count)
		return;
	htab_del(&e->sources, &s->node);
	free(s);
}

void half_open_enter(struct l2tp_tunnel *t, struct source *s)
{
	t->source = s;
	fifo_add(&s->tunnels, &t->in_source);
	fifo_add(&t->e->half_open, &t->in_half_open);
}

void half_open_leave(struct l2tp_tunnel *t)
{
	struct source *s = t->source;

	t->source = NULL;
	if (!s)
		return;
	fifo_del(&s->tunnels, &t->in_source);
	fifo_del(&t->e->half_open, &t->in_half_open);
	half_open_forget_if_empty(t->e, s);
}

static struct l2tp_tunnel *half_open_oldest_of(const struct source *s)
{
	return IST_CONTAINER_OF(s->tunnels.first, struct l2tp_tunnel, in_source);
}

/* Nothing is sent: its address may be forged. */
static void half_open_give_way(struct l2tp_tunnel *t, enum l2tp_reason why)
{
	struct l2tp_result r = engine_result(L2TP_STOP_GENERAL_ERROR, L2TP_ERR_NO_RESOURCES, "%s",
					     l2tp_reasons[why].words);

	engine_count(t->e, why);
	half_open_leave(t);
	tunnel_step(t, CC_LOST, &r, L2TP_BY_US);
}

static void half_open_trim(struct l2tp_engine *e, struct source *s)
{
	while (s->tunnels.count >= e->limits.half_open_per_source &&
	       e->now - half_open_oldest_of(s)->since > HALF_OPEN_GRACE) {
		bool last = s->tunnels.count == 1;

		half_open_give_way(half_open_oldest_of(s), L2TP_R_HALF_OPEN_SOURCE);
		if (last)
			return;
	}
	if (s->tunnels.count > 1 && s->tunnels.count >= e->limits.max_half_open / 2)
		half_open_give_way(half_open_oldest_of(s), L2TP_R_HALF_OPEN_SOURCE);
}

void half_open_make_room(struct l2tp_engine *e, uint64_t key)
{
	struct hnode *n = htab_first(&e->sources, key);

	if (n)
		half_open_trim(e, IST_CONTAINER_OF(n, struct source, node));
	if (e->half_open.count >= e->limits.max_half_open)
		half_open_give_way(
			IST_CONTAINER_OF(e->half_open.first, struct l2tp_tunnel, in_half_open),
			L2TP_R_HALF_OPEN_TOTAL);
}

uint32_t half_open_worst(const struct l2tp_engine *e)
{
	uint32_t worst = 0;

	for (const struct fifo_node *n = e->half_open.first; n; n = n->next) {
		const struct l2tp_tunnel *t =
			IST_CONTAINER_OF(n, const struct l2tp_tunnel, in_half_open);

		if (t->source->tunnels.count > worst)
			worst = t->source->tunnels.count;
	}
	return worst;
}
