/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cookie is the time it was made at, and a keyed hash of that and the station.  The time also
 * tells a PADR that is sent again, which has the cookie of the first, from one for another session,
 * which follows a PADI of its own.
 */
#include "transports/pppoe/pppoe_ac.h"

#include "transports/pppoe/pppoe_addr.h"

#include <stdlib.h>

#define SHORT_FRAME   60u /* octets of the shortest frame on an Ethernet, without FCS */
#define AMPLIFICATION 3u

/* Session ids follow the slots from another place on each time, so that a restart does not give a
 * station the id that it still uses. */
void pppoe_ac_init(struct pppoe_ac *ac, struct pppoe_end *e, const struct pppoe_ac_conf *conf)
{
	*ac = (struct pppoe_ac){.end = e, .conf = *conf, .late = {.max = PPPOE_PADO_QUEUE}};
	ac->id_offset = (uint16_t)(pppoe_hash(e->key, "ids", 3) % PPPOE_SESSIONS_MAX);
}

void pppoe_ac_free(struct pppoe_ac *ac)
{
	delay_clear(&ac->late);
}

/* --- cookies ---------------------------------------------------------------------------------- */

/* What hides the time of a station's cookies: how long we have run is nobody's business. */
static uint64_t pppoe_ac_mask(const struct pppoe_ac *ac, const uint8_t station[6])
{
	uint8_t what[7] = {0};

	memcpy(what, station, 6);
	return pppoe_hash(ac->end->key, what, sizeof(what));
}

static void pppoe_ac_cookie(const struct pppoe_ac *ac, uint8_t out[PPPOE_COOKIE],
			    const uint8_t station[6], uint64_t made)
{
	struct wr w = wr_init(out, PPPOE_COOKIE);
	uint8_t what[14];
	struct wr in = wr_init(what, sizeof(what));

	wr_bytes(&in, station, 6);
	wr_u64(&in, made);
	wr_u64(&w, made ^ pppoe_ac_mask(ac, station));
	wr_u64(&w, pppoe_hash(ac->end->key, what, in.len));
}

/* Is the tag one of ours for this station? */
static bool pppoe_ac_cookie_ok(const struct pppoe_ac *ac, const struct pppoe_tag *tag,
			       const uint8_t station[6], uint64_t *made)
{
	struct rd r = rd_init(tag->p, tag->len);
	uint8_t want[PPPOE_COOKIE], differs = 0;

	*made = rd_u64(&r) ^ pppoe_ac_mask(ac, station);
	if (tag->len != PPPOE_COOKIE)
		return false;
	pppoe_ac_cookie(ac, want, station, *made);
	for (unsigned i = 0; i < PPPOE_COOKIE; i++) /* all of it, whatever differs */
		differs |= want[i] ^ tag->p[i];
	return !differs;
}

/* --- answers ---------------------------------------------------------------------------------- */

static bool pppoe_ac_serves(const struct pppoe_ac *ac, const struct pppoe_tag *name)
{
	if (!ac->conf.services || !name->len)
		return true;
	for (unsigned i = 0; i < ac->conf.services; i++)
		if (strlen(ac->conf.service[i]) == name->len &&
		    !memcmp(ac->conf.service[i], name->p, name->len))
			return true;
	return false;
}

/* Tags that every answer gives back as they came.  RFC 4638 4: also PPP-Max-Payload, if we can. */
static void pppoe_ac_give_back(const struct pppoe_ac *ac, struct wr *w, const struct pppoe_tags *t)
{
	pppoe_put_same(w, PPPOE_TAG_HOST_UNIQ, &t->of[PPPOE_TAG_HOST_UNIQ]);
	pppoe_put_same(w, PPPOE_TAG_RELAY, &t->of[PPPOE_TAG_RELAY]);
	if (pppoe_end_agree(ac->end, pppoe_tags_max_payload(t)) > PPPOE_MRU)
		pppoe_put_same(w, PPPOE_TAG_MAX_PAYLOAD, &t->of[PPPOE_TAG_MAX_PAYLOAD]);
}

/* The names we have, as far as there is room for them. */
static void pppoe_ac_list(const struct pppoe_ac *ac, struct wr *w, size_t most)
{
	for (unsigned i = 0; i < ac->conf.services; i++) {
		size_t len = strlen(ac->conf.service[i]);

		if (w->len + 4 + len <= most)
			pppoe_put_tag(w, PPPOE_TAG_SERVICE, ac->conf.service[i], len);
	}
}

static void pppoe_ac_emit_pado(struct pppoe_ac *ac, struct wr *w, uint64_t now)
{
	struct pppoe_end *e = ac->end;

	if (!ac->conf.pado_delay || w->bad) {
		pppoe_end_send(e, w, PPPOE_C_TX_PADO);
		return;
	}
	pppoe_put_end(w);
	if (!delay_push(&ac->late, now + ac->conf.pado_delay, 0, NULL, 0, w->buf, (uint32_t)w->len))
		e->count[PPPOE_C_PADO_QUEUE_FULL]++;
}

static void pppoe_ac_pado(struct pppoe_ac *ac, const struct pppoe_pkt *p,
			  const struct pppoe_tags *t, uint64_t now)
{
	size_t question = PPPOE_HEADS + (size_t)p->len;
	uint8_t frame[PPPOE_FRAME_MAX], cookie[PPPOE_COOKIE];
	struct wr w = wr_init(frame, sizeof(frame));
	const struct pppoe_tag *asked = &t->of[PPPOE_TAG_SERVICE];

	pppoe_ac_cookie(ac, cookie, p->src, now);
	pppoe_put_heads(&w, p->src, ac->end->mac, PPPOE_DISCOVERY, PPPOE_PADO, 0);
	pppoe_put_tag(&w, PPPOE_TAG_AC_NAME, ac->conf.name, strlen(ac->conf.name));
	pppoe_put_same(&w, PPPOE_TAG_SERVICE, asked);
	pppoe_put_tag(&w, PPPOE_TAG_COOKIE, cookie, sizeof(cookie));
	pppoe_ac_give_back(ac, &w, t);
	if (!asked->len)
		pppoe_ac_list(ac, &w,
			      AMPLIFICATION * (question > SHORT_FRAME ? question : SHORT_FRAME));
	pppoe_ac_emit_pado(ac, &w, now);
}

/* kind PPPOE_TAGS = it opens the session. */
static void pppoe_ac_pads(struct pppoe_ac *ac, const uint8_t station[6], uint16_t id,
			  const struct pppoe_tags *t, enum pppoe_tag_kind kind, const char *words)
{
	uint8_t frame[PPPOE_FRAME_MAX];
	struct wr w = wr_init(frame, sizeof(frame));

	pppoe_put_heads(&w, station, ac->end->mac, PPPOE_DISCOVERY, PPPOE_PADS, id);
	pppoe_put_same(&w, PPPOE_TAG_SERVICE, &t->of[PPPOE_TAG_SERVICE]);
	pppoe_put_tag(&w, PPPOE_TAG_AC_NAME, ac->conf.name, strlen(ac->conf.name));
	if (kind != PPPOE_TAGS)
		pppoe_put_tag(&w, kind, words, words ? strlen(words) : 0);
	pppoe_ac_give_back(ac, &w, t);
	pppoe_end_send(ac->end, &w, kind == PPPOE_TAGS ? PPPOE_C_TX_PADS : PPPOE_C_TX_PADS_ERROR);
}

/* --- questions -------------------------------------------------------------------------------- */

static bool pppoe_ac_mac_full(const struct pppoe_ac *ac, const uint8_t station[6])
{
	return ac->conf.per_mac && pppoe_end_sessions_of(ac->end, station) >= ac->conf.per_mac;
}

/* 5.2: what cannot be served is not answered. */
static void pppoe_ac_padi(struct pppoe_ac *ac, const struct pppoe_pkt *p,
			  const struct pppoe_tags *t, uint64_t now)
{
	struct pppoe_end *e = ac->end;

	e->count[PPPOE_C_RX_PADI]++;
	if (t->services != 1)
		e->count[PPPOE_C_PADI_SERVICES]++;
	else if (!pppoe_ac_serves(ac, &t->of[PPPOE_TAG_SERVICE]))
		e->count[PPPOE_C_PADI_SERVICE]++;
	else if (pppoe_end_full(e))
		e->count[PPPOE_C_PADI_FULL]++;
	else if (pppoe_ac_mac_full(ac, p->src))
		e->count[PPPOE_C_PADI_MAC_FULL]++;
	else
		pppoe_ac_pado(ac, p, t, now);
}

static void pppoe_ac_describe(struct pppoe_ac *ac, struct pppoe_session *s,
			      const struct pppoe_tags *t)
{
	const struct pppoe_tag *name = &t->of[PPPOE_TAG_SERVICE];
	struct pppoe_line line;

	pppoe_line_get(&line, &t->of[PPPOE_TAG_LINE]);
	pppoe_line_calling(s->calling, s->peer, &line);
	pppoe_text(s->called, sizeof(s->called), name->p, name->len);
	pppoe_addr_set(&s->local, ac->end->mac, name->p, name->len);
	pppoe_addr_set(&s->address, s->peer, name->p, name->len);
	s->tx_bps = line.downstream_bps;
	s->rx_bps = line.upstream_bps;
	s->payload_max = pppoe_end_agree(ac->end, pppoe_tags_max_payload(t));
}

static void pppoe_ac_open(struct pppoe_ac *ac, const struct pppoe_pkt *p,
			  const struct pppoe_tags *t, uint64_t made)
{
	struct pppoe_end *e = ac->end;
	struct pppoe_session *s = pppoe_end_new(e, p->src);

	if (!s || !pppoe_end_keep_tags(s, t->raw, t->raw_len)) {
		if (s)
			pppoe_end_drop(e, s);
		e->count[PPPOE_C_PADR_FULL]++;
		pppoe_ac_pads(ac, p->src, 0, t, PPPOE_TAG_SYSTEM_ERROR, "no room");
		return;
	}
	s->state = PPPOE_OFFERED;
	s->nonce = made;
	pppoe_ac_describe(ac, s, t);
	e->ops->offer(e->ctx, s);
}

/* The session that this PADR has asked for before, if it has. */
static struct pppoe_session *pppoe_ac_same(const struct pppoe_ac *ac, const uint8_t station[6],
					   uint64_t made)
{
	struct pppoe_session *s = NULL;

	while ((s = pppoe_end_next_of(ac->end, station, s)))
		if (s->nonce == made)
			return s;
	return NULL;
}

/* The PADS may have been lost; one that is not answered yet will be. */
static void pppoe_ac_again(struct pppoe_ac *ac, const struct pppoe_session *s,
			   const struct pppoe_tags *t)
{
	ac->end->count[PPPOE_C_PADR_AGAIN]++;
	if (s->state == PPPOE_UP)
		pppoe_ac_pads(ac, s->peer, s->id, t, PPPOE_TAGS, NULL);
}

static void pppoe_ac_deny(struct pppoe_ac *ac, const struct pppoe_pkt *p,
			  const struct pppoe_tags *t, enum pppoe_counter c,
			  enum pppoe_tag_kind kind, const char *words)
{
	ac->end->count[c]++;
	pppoe_ac_pads(ac, p->src, 0, t, kind, words);
}

/* The station is proved to have its address. */
static void pppoe_ac_proved(struct pppoe_ac *ac, const struct pppoe_pkt *p,
			    const struct pppoe_tags *t, uint64_t made)
{
	const struct pppoe_session *same = pppoe_ac_same(ac, p->src, made);

	if (same)
		pppoe_ac_again(ac, same, t);
	else if (!pppoe_ac_serves(ac, &t->of[PPPOE_TAG_SERVICE]))
		pppoe_ac_deny(ac, p, t, PPPOE_C_PADR_SERVICE, PPPOE_TAG_SERVICE_ERROR,
			      "no such service");
	else if (pppoe_end_full(ac->end))
		pppoe_ac_deny(ac, p, t, PPPOE_C_PADR_FULL, PPPOE_TAG_SYSTEM_ERROR,
			      "no more sessions");
	else if (pppoe_ac_mac_full(ac, p->src))
		pppoe_ac_deny(ac, p, t, PPPOE_C_PADR_MAC_FULL, PPPOE_TAG_SYSTEM_ERROR,
			      "no more sessions of this station");
	else
		pppoe_ac_open(ac, p, t, made);
}

static void pppoe_ac_padr(struct pppoe_ac *ac, const struct pppoe_pkt *p,
			  const struct pppoe_tags *t, uint64_t now)
{
	struct pppoe_end *e = ac->end;
	uint64_t made;

	e->count[PPPOE_C_RX_PADR]++;
	if (t->services != 1)
		e->count[PPPOE_C_PADR_SERVICES]++;
	else if (!pppoe_ac_cookie_ok(ac, &t->of[PPPOE_TAG_COOKIE], p->src, &made))
		e->count[PPPOE_C_PADR_COOKIE]++;
	else if (now - made > ac->conf.pado_delay + ac->conf.cookie_life)
		e->count[PPPOE_C_PADR_COOKIE_OLD]++;
	else
		pppoe_ac_proved(ac, p, t, made);
}

void pppoe_ac_rx(struct pppoe_ac *ac, const struct pppoe_pkt *p, const struct pppoe_tags *t,
		 uint64_t now)
{
	if (p->session)
		ac->end->count[PPPOE_C_RX_NOT_ZERO]++;
	else if (p->code == PPPOE_PADI)
		pppoe_ac_padi(ac, p, t, now);
	else
		pppoe_ac_padr(ac, p, t, now);
}

/* --- the delay -------------------------------------------------------------------------------- */

uint64_t pppoe_ac_deadline(const struct pppoe_ac *ac)
{
	return delay_next(&ac->late);
}

void pppoe_ac_expire(struct pppoe_ac *ac, uint64_t now)
{
	struct delayed *d;

	while ((d = delay_pop(&ac->late, now))) {
		ac->end->count[PPPOE_C_TX_PADO]++;
		ac->end->ops->tx(ac->end->ctx, d->data, d->len);
		free(d);
	}
}

/* --- what the owner says ---------------------------------------------------------------------- */

/* Of the slot, unless a session that was resumed has it: then the next one that is free. */
static uint16_t pppoe_ac_free_id(const struct pppoe_ac *ac, uint32_t slot)
{
	uint32_t n = slot - 1 + ac->id_offset;

	while (ac->end->by_id[1 + n % PPPOE_SESSIONS_MAX])
		n++;
	return (uint16_t)(1 + n % PPPOE_SESSIONS_MAX);
}

void pppoe_ac_answer(struct pppoe_ac *ac, struct pppoe_session *s)
{
	uint16_t id = pppoe_ac_free_id(ac, s->slot);
	struct pppoe_tags t;

	pppoe_tags_get(&t, s->tags, s->tags_len);
	s->state = PPPOE_UP;
	pppoe_end_name(ac->end, s, id);
	pppoe_ac_pads(ac, s->peer, id, &t, PPPOE_TAGS, NULL);
}

void pppoe_ac_refuse(struct pppoe_ac *ac, struct pppoe_session *s, const char *words)
{
	struct pppoe_tags t;

	pppoe_tags_get(&t, s->tags, s->tags_len);
	ac->end->count[PPPOE_C_PADR_HOST]++;
	pppoe_ac_pads(ac, s->peer, 0, &t, PPPOE_TAG_GENERIC_ERROR, words);
	pppoe_end_drop(ac->end, s);
}
