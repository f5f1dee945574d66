/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who sent a frame of a circuit whose capture does not say.  A header has the receiver's Tunnel ID,
 * and SCCRQ and SCCRP tell the sender's: so it is known whose id is whose, and with it who sent.
 * An SCCRQ with a new id is taken for one of a, which is right on a circuit where one side opens
 * tunnels.  Where both have chosen the same id, the sender's own id in the message decides, if it
 * is there, and else it is taken for one of a.
 */
#include "core/container.h"
#include "core/data.h"
#include "core/htab.h"
#include "gw/replay/replay.h"

#include <stdlib.h>

/* An id on a circuit, and bits of the sides that have given it. */
struct side_id {
	struct hnode node;
	struct side_id *next;
	uint8_t kind, sides;
	uint32_t at;
	uint16_t id;
};

struct side_ids {
	struct htab tab;
	struct side_id *all;
};

static uint64_t side_key(const struct replay_end *e, uint16_t id)
{
	return htab_key((uint64_t)e->kind << 32 | e->at, id);
}

static struct side_id *side_find(const struct side_ids *s, const struct replay_end *e, uint16_t id)
{
	struct hnode *h = htab_first(&s->tab, side_key(e, id));

	for (; h; h = htab_more(h)) {
		struct side_id *i = IST_CONTAINER_OF(h, struct side_id, node);

		if (i->kind == e->kind && i->at == e->at && i->id == id)
			return i;
	}
	return NULL;
}

/* The one side that has given this id; UNKNOWN = none, or both. */
static enum replay_side side_owner(const struct side_ids *s, const struct replay_end *e,
				   uint16_t id)
{
	const struct side_id *i = id ? side_find(s, e, id) : NULL;

	if (!i || i->sides == (1u << REPLAY_SIDE_A | 1u << REPLAY_SIDE_B))
		return REPLAY_SIDE_UNKNOWN;
	return i->sides == 1u << REPLAY_SIDE_A ? REPLAY_SIDE_A : REPLAY_SIDE_B;
}

static void side_note(struct side_ids *s, const struct replay_end *e, uint16_t id,
		      enum replay_side side)
{
	struct side_id *i = side_find(s, e, id);

	if (!id || side == REPLAY_SIDE_UNKNOWN)
		return;
	if (!i) {
		i = calloc(1, sizeof(*i));
		if (!i)
			return;
		*i = (struct side_id){.kind = e->kind, .at = e->at, .id = id, .next = s->all};
		s->all = i;
		htab_add(&s->tab, &i->node, side_key(e, id));
	}
	i->sides |= (uint8_t)(1u << side);
}

static enum replay_side side_other(enum replay_side s)
{
	return s == REPLAY_SIDE_A   ? REPLAY_SIDE_B
	       : s == REPLAY_SIDE_B ? REPLAY_SIDE_A
				    : REPLAY_SIDE_UNKNOWN;
}

static void side_decide(struct side_ids *s, struct replay_msg *m)
{
	enum replay_side from = REPLAY_SIDE_UNKNOWN;
	struct l2tp_hdr h;
	uint16_t own = 0;

	if (l2tp_hdr_decode(&h, m->pkt, m->len) == L2TP_HDR_IS_CONTROL) {
		l2tp_msg_peek_u16(h.payload, h.len, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &own);
		from = side_other(side_owner(s, &m->from, h.tid));
		if (from == REPLAY_SIDE_UNKNOWN)
			from = side_owner(s, &m->from, own);
	}
	if (from == REPLAY_SIDE_UNKNOWN)
		from = REPLAY_SIDE_A;
	side_note(s, &m->from, own, from);
	m->from.system[0] = (uint8_t)from;
	m->to.system[0] = (uint8_t)side_other(from);
}

void replay_sides(struct replay_file *f)
{
	struct side_ids s = {0};
	struct side_id *i;

	htab_init(&s.tab, f->count);
	for (size_t at = 0; at < f->count; at++)
		if (f->msg[at].from.kind > REPLAY_IPV6 &&
		    f->msg[at].from.system[0] == REPLAY_SIDE_UNKNOWN)
			side_decide(&s, &f->msg[at]);
	while ((i = s.all)) {
		s.all = i->next;
		free(i);
	}
	htab_free(&s.tab);
}
