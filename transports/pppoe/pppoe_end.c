/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sessions stand in an array by slot.  Two chains of slots go through them: those of one id, which
 * a client may have from several access concentrators, and those of one peer, which are counted.
 */
#include "transports/pppoe/pppoe_end.h"

#include <errno.h>
#include <stdlib.h>

#define IDS	    65536u
#define STRAY_EVERY 100000u /* us between PADTs for sessions we do not have */
#define STRAY_BURST 10u

int pppoe_end_init(struct pppoe_end *e, uint32_t most, const uint8_t key[PPPOE_KEY],
		   const struct pppoe_ops *ops, void *ctx)
{
	*e = (struct pppoe_end){.ops = ops, .ctx = ctx, .payload_max = PPPOE_MRU, .macs = 1};
	memcpy(e->key, key, PPPOE_KEY);
	while (e->macs < most)
		e->macs *= 2;
	e->session = calloc(most + 1, sizeof(struct pppoe_session *));
	e->by_id = calloc(IDS, sizeof(*e->by_id));
	e->by_mac = calloc(e->macs, sizeof(*e->by_mac));
	if (!e->session || !e->by_id || !e->by_mac)
		return -ENOMEM;
	return slots_init(&e->slots, 1, most + 1);
}

static void pppoe_end_free_session(struct pppoe_session *s)
{
	if (s)
		free(s->tags);
	free(s);
}

void pppoe_end_free(struct pppoe_end *e)
{
	for (uint32_t i = 1; e->slots.slot && i < e->slots.fresh; i++)
		pppoe_end_free_session(e->session[i]);
	slots_free(&e->slots);
	free(e->session);
	free(e->by_id);
	free(e->by_mac);
	e->session = NULL;
	e->by_id = e->by_mac = NULL;
}

/* --- finding ---------------------------------------------------------------------------------- */

static uint32_t *pppoe_end_place(const struct pppoe_end *e, const uint8_t peer[6])
{
	return &e->by_mac[pppoe_hash(e->key, peer, 6) & (e->macs - 1)];
}

struct pppoe_session *pppoe_end_of(const struct pppoe_end *e, ist_channel c)
{
	uint32_t i = slots_find(&e->slots, c);

	return i == SLOT_NONE ? NULL : e->session[i];
}

struct pppoe_session *pppoe_end_find(const struct pppoe_end *e, const uint8_t peer[6], uint16_t id)
{
	uint32_t i = e->by_id[id];

	while (i && memcmp(e->session[i]->peer, peer, 6))
		i = e->session[i]->next_id;
	return i ? e->session[i] : NULL;
}

struct pppoe_session *pppoe_end_next_of(const struct pppoe_end *e, const uint8_t peer[6],
					const struct pppoe_session *s)
{
	uint32_t i = s ? s->next_mac : *pppoe_end_place(e, peer);

	while (i && memcmp(e->session[i]->peer, peer, 6))
		i = e->session[i]->next_mac;
	return i ? e->session[i] : NULL;
}

unsigned pppoe_end_sessions_of(const struct pppoe_end *e, const uint8_t peer[6])
{
	const struct pppoe_session *s = NULL;
	unsigned n = 0;

	while ((s = pppoe_end_next_of(e, peer, s)))
		n++;
	return n;
}

unsigned pppoe_end_worst(const struct pppoe_end *e)
{
	unsigned worst = 0, n;

	for (uint32_t i = 1; i < e->slots.fresh; i++) {
		const struct pppoe_session *s = e->session[i];

		if (!s || pppoe_end_next_of(e, s->peer, NULL) != s)
			continue;
		n = pppoe_end_sessions_of(e, s->peer);
		worst = n > worst ? n : worst;
	}
	return worst;
}

bool pppoe_end_full(const struct pppoe_end *e)
{
	return e->slots.taken + 1 >= e->slots.most;
}

/* --- coming and going ------------------------------------------------------------------------- */

struct pppoe_session *pppoe_end_put(struct pppoe_end *e, uint32_t slot, const uint8_t *peer)
{
	struct pppoe_session *s = e->session[slot] ? NULL : calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	e->session[slot] = s;
	s->slot = slot;
	s->payload_max = PPPOE_MRU;
	if (peer) {
		memcpy(s->peer, peer, 6);
		s->next_mac = *pppoe_end_place(e, peer);
		*pppoe_end_place(e, peer) = slot;
		s->in_mac = true;
	}
	return s;
}

struct pppoe_session *pppoe_end_new(struct pppoe_end *e, const uint8_t *peer)
{
	uint32_t i = slots_take(&e->slots);
	struct pppoe_session *s = i == SLOT_NONE ? NULL : pppoe_end_put(e, i, peer);

	if (!s && i != SLOT_NONE)
		slots_give_back(&e->slots, i);
	return s;
}

void pppoe_end_name(struct pppoe_end *e, struct pppoe_session *s, uint16_t id)
{
	s->id = id;
	s->next_id = e->by_id[id];
	e->by_id[id] = s->slot;
}

static void pppoe_end_unlink(struct pppoe_end *e, struct pppoe_session *s)
{
	uint32_t *at;

	for (at = s->id ? &e->by_id[s->id] : NULL; at; at = &e->session[*at]->next_id)
		if (*at == s->slot) {
			*at = s->next_id;
			break;
		}
	for (at = s->in_mac ? pppoe_end_place(e, s->peer) : NULL; at;
	     at = &e->session[*at]->next_mac)
		if (*at == s->slot) {
			*at = s->next_mac;
			break;
		}
}

void pppoe_end_drop(struct pppoe_end *e, struct pppoe_session *s)
{
	pppoe_end_unlink(e, s);
	e->session[s->slot] = NULL;
	slots_give_back(&e->slots, s->slot);
	pppoe_end_free_session(s);
}

bool pppoe_end_keep_tags(struct pppoe_session *s, const uint8_t *tags, size_t len)
{
	free(s->tags);
	s->tags = malloc(len + 1);
	s->tags_len = s->tags ? (uint16_t)len : 0;
	if (s->tags && len)
		memcpy(s->tags, tags, len);
	return s->tags != NULL;
}

uint16_t pppoe_end_agree(const struct pppoe_end *e, uint16_t asked)
{
	if (asked <= PPPOE_MRU || e->payload_max <= PPPOE_MRU)
		return PPPOE_MRU;
	return asked < e->payload_max ? asked : e->payload_max;
}

void pppoe_end_lose(struct pppoe_end *e, struct pppoe_session *s, const struct ist_cause *why)
{
	ist_channel c = slots_handle(&e->slots, s->slot);

	s->state = PPPOE_OVER;
	e->ops->down(e->ctx, s, why);
	if (pppoe_end_of(e, c) == s)
		pppoe_end_drop(e, s);
}

/* --- PADT ------------------------------------------------------------------------------------- */

void pppoe_end_send(struct pppoe_end *e, struct wr *w, enum pppoe_counter c)
{
	pppoe_put_end(w);
	e->count[w->bad ? PPPOE_C_TX_TAGS : c]++;
	if (!w->bad)
		e->ops->tx(e->ctx, w->buf, w->len);
}

/* tags: of the session, among which a relay's may be; NULL = none. */
static void pppoe_end_padt(struct pppoe_end *e, const uint8_t peer[6], uint16_t id,
			   const struct pppoe_tags *tags, const char *words)
{
	uint8_t frame[PPPOE_FRAME_MAX];
	struct wr w = wr_init(frame, sizeof(frame));

	pppoe_put_heads(&w, peer, e->mac, PPPOE_DISCOVERY, PPPOE_PADT, id);
	if (words)
		pppoe_put_tag(&w, PPPOE_TAG_GENERIC_ERROR, words, strlen(words));
	if (tags)
		pppoe_put_same(&w, PPPOE_TAG_RELAY, &tags->of[PPPOE_TAG_RELAY]);
	pppoe_end_send(e, &w, PPPOE_C_TX_PADT);
}

void pppoe_end_hang_up(struct pppoe_end *e, struct pppoe_session *s, const char *words)
{
	struct pppoe_tags tags;

	if (s->state == PPPOE_UP) {
		pppoe_tags_get(&tags, s->tags, s->tags_len);
		pppoe_end_padt(e, s->peer, s->id, &tags, words);
	}
	pppoe_end_drop(e, s);
}

void pppoe_end_hear(struct pppoe_session *s, const struct pppoe_tags *t)
{
	enum pppoe_tag_kind kind = pppoe_tags_error(t);

	if (kind != PPPOE_TAGS)
		pppoe_text(s->said, sizeof(s->said), t->of[kind].p, t->of[kind].len);
}

void pppoe_end_padt_in(struct pppoe_end *e, const struct pppoe_pkt *p, const struct pppoe_tags *t)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_CLEARED, .words = "PADT received"};
	struct pppoe_session *s = pppoe_end_find(e, p->src, p->session);

	e->count[PPPOE_C_RX_PADT]++;
	if (!s) {
		e->count[PPPOE_C_PADT_UNKNOWN]++;
		return;
	}
	pppoe_end_hear(s, t);
	pppoe_end_lose(e, s, &why);
}

/* A bucket that holds STRAY_BURST and fills by one each STRAY_EVERY. */
void pppoe_end_stray(struct pppoe_end *e, const uint8_t peer[6], uint16_t id, uint64_t now)
{
	uint64_t full = (uint64_t)STRAY_EVERY * STRAY_BURST;

	if (e->padt_at + full < now)
		e->padt_at = now - full;
	if (e->padt_at + STRAY_EVERY > now) {
		e->count[PPPOE_C_PADT_HELD]++;
		return;
	}
	e->padt_at += STRAY_EVERY;
	pppoe_end_padt(e, peer, id, NULL, "no such session");
}
