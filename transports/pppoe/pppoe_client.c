/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/pppoe/pppoe_client.h"

#include "transports/pppoe/pppoe_addr.h"

#include <errno.h>

static const uint8_t pppoe_client_everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

int pppoe_client_init(struct pppoe_client *c, struct pppoe_end *e,
		      const struct pppoe_client_conf *conf)
{
	*c = (struct pppoe_client){.end = e, .conf = *conf};
	return due_init(&c->due, e->slots.most) ? 0 : -ENOMEM;
}

void pppoe_client_free(struct pppoe_client *c)
{
	due_free(&c->due);
}

/* --- Host-Uniq -------------------------------------------------------------------------------- */

static size_t pppoe_client_uniq(const struct pppoe_client *c, const struct pppoe_session *s,
				uint8_t out[PPPOE_UNIQ_MAX])
{
	struct wr w = wr_init(out, PPPOE_UNIQ_MAX);

	if (c->conf.uniq_len) {
		wr_bytes(&w, c->conf.uniq, c->conf.uniq_len);
	} else {
		wr_u32(&w, slots_handle(&c->end->slots, s->slot));
		wr_u64(&w, s->nonce);
	}
	return w.len;
}

static bool pppoe_client_is(const struct pppoe_client *c, const struct pppoe_session *s,
			    const struct pppoe_tag *tag)
{
	uint8_t uniq[PPPOE_UNIQ_MAX];

	return tag->len == pppoe_client_uniq(c, s, uniq) && tag->p &&
	       !memcmp(uniq, tag->p, tag->len);
}

/* Of those that wait in this state, the one that is asked again soonest has waited longest. */
static struct pppoe_session *pppoe_client_longest(const struct pppoe_client *c, uint8_t state)
{
	struct pppoe_session *best = NULL;

	for (uint32_t i = 1; i < c->end->slots.fresh; i++) {
		struct pppoe_session *s = c->end->session[i];

		if (s && s->state == state && (!best || c->due.at[i] < c->due.at[best->slot]))
			best = s;
	}
	return best;
}

/* The session an answer is for, and which is in that state if several could be meant. */
static struct pppoe_session *pppoe_client_asked(const struct pppoe_client *c,
						const struct pppoe_tags *t, uint8_t state)
{
	const struct pppoe_tag *tag = &t->of[PPPOE_TAG_HOST_UNIQ];
	struct rd r = rd_init(tag->p, tag->len);
	struct pppoe_session *s = c->conf.uniq_len ? pppoe_client_longest(c, state)
						   : pppoe_end_of(c->end, rd_u32(&r));

	return s && pppoe_client_is(c, s, tag) ? s : NULL;
}

/* --- questions -------------------------------------------------------------------------------- */

static void pppoe_client_ask(struct pppoe_client *c, struct pppoe_session *s, bool padi)
{
	const uint8_t *to = padi ? pppoe_client_everybody : s->peer, *name;
	uint8_t frame[PPPOE_FRAME_MAX], uniq[PPPOE_UNIQ_MAX], most[2];
	struct wr w = wr_init(frame, sizeof(frame));
	size_t name_len = pppoe_addr_service(&s->address, &name);

	pppoe_put_heads(&w, to, c->end->mac, PPPOE_DISCOVERY, padi ? PPPOE_PADI : PPPOE_PADR, 0);
	pppoe_put_tag(&w, PPPOE_TAG_SERVICE, name, name_len);
	pppoe_put_tag(&w, PPPOE_TAG_HOST_UNIQ, uniq, pppoe_client_uniq(c, s, uniq));
	wr_put16(most, c->end->payload_max);
	if (c->end->payload_max > PPPOE_MRU)
		pppoe_put_tag(&w, PPPOE_TAG_MAX_PAYLOAD, most, sizeof(most));
	if (!padi)
		wr_bytes(&w, s->tags, s->tags_len);
	pppoe_end_send(c->end, &w, padi ? PPPOE_C_TX_PADI : PPPOE_C_TX_PADR);
}

/* The first question of a kind. */
static void pppoe_client_begin(struct pppoe_client *c, struct pppoe_session *s,
			       enum pppoe_state state, uint64_t now)
{
	s->state = state;
	s->tries = 1;
	s->wait = c->conf.wait;
	pppoe_client_ask(c, s, state == PPPOE_WAIT_PADO);
	due_set(&c->due, s->slot, now + s->wait);
}

static void pppoe_client_ask_again(struct pppoe_client *c, struct pppoe_session *s, uint64_t now)
{
	s->wait = 2 * s->wait < PPPOE_WAIT_MOST ? 2 * s->wait : PPPOE_WAIT_MOST;
	pppoe_client_ask(c, s, s->state == PPPOE_WAIT_PADO);
	due_set(&c->due, s->slot, now + s->wait);
}

struct pppoe_session *pppoe_client_connect(struct pppoe_client *c, const struct ist_addr *to,
					   uint64_t now)
{
	struct pppoe_session *s = pppoe_end_new(c->end, NULL);
	const uint8_t *name;
	size_t len = pppoe_addr_service(to, &name);
	uint8_t what[12];

	if (!s)
		return NULL;
	wr_put32(what, slots_handle(&c->end->slots, s->slot));
	wr_put32(what + 4, (uint32_t)(now >> 32));
	wr_put32(what + 8, (uint32_t)now);
	s->nonce = pppoe_hash(c->end->key, what, sizeof(what));
	s->address = *to;
	pppoe_addr_set(&s->local, c->end->mac, name, len);
	pppoe_text(s->called, sizeof(s->called), name, len);
	s->rounds = 1;
	pppoe_client_begin(c, s, PPPOE_WAIT_PADO, now);
	return s;
}

static void pppoe_client_lose(struct pppoe_client *c, struct pppoe_session *s,
			      const struct ist_cause *why)
{
	due_set(&c->due, s->slot, DUE_NEVER);
	pppoe_end_lose(c->end, s, why);
}

/* --- PADO ------------------------------------------------------------------------------------- */

/* Does it offer what is wanted?  PPPOE_C_RX_PADO = it does. */
static enum pppoe_counter pppoe_client_judge(const struct pppoe_client *c,
					     const struct pppoe_session *s,
					     const struct pppoe_pkt *p, const struct pppoe_tags *t)
{
	const struct pppoe_tag *ac = &t->of[PPPOE_TAG_AC_NAME];
	const uint8_t *mac = pppoe_addr_mac(&s->address), *name;
	size_t len = pppoe_addr_service(&s->address, &name);

	if (pppoe_tags_error(t) != PPPOE_TAGS || !ac->p)
		return PPPOE_C_PADO_ERROR;
	if (mac && memcmp(mac, p->src, 6))
		return PPPOE_C_PADO_OTHER;
	if (c->conf.ac_name &&
	    (strlen(c->conf.ac_name) != ac->len || memcmp(c->conf.ac_name, ac->p, ac->len)))
		return PPPOE_C_PADO_OTHER;
	if (len && !pppoe_tags_service(t, name, len))
		return PPPOE_C_PADO_SERVICE;
	return PPPOE_C_RX_PADO;
}

/* What the PADR gives back (appendix A). */
static bool pppoe_client_keep(struct pppoe_session *s, const struct pppoe_tags *t)
{
	uint8_t buf[PPPOE_FRAME_MAX];
	struct wr w = wr_init(buf, PPPOE_FRAME_MAX - 256); /* and the other tags of a PADR */

	pppoe_put_same(&w, PPPOE_TAG_COOKIE, &t->of[PPPOE_TAG_COOKIE]);
	pppoe_put_same(&w, PPPOE_TAG_RELAY, &t->of[PPPOE_TAG_RELAY]);
	return !w.bad && pppoe_end_keep_tags(s, buf, w.len);
}

static void pppoe_client_pado(struct pppoe_client *c, const struct pppoe_pkt *p,
			      const struct pppoe_tags *t, uint64_t now)
{
	struct pppoe_session *s = pppoe_client_asked(c, t, PPPOE_WAIT_PADO);
	enum pppoe_counter why;

	c->end->count[PPPOE_C_RX_PADO]++;
	if (!s) {
		c->end->count[PPPOE_C_PADO_UNKNOWN]++;
		return;
	}
	if (s->state != PPPOE_WAIT_PADO) {
		c->end->count[PPPOE_C_PADO_LATE]++;
		return;
	}
	why = pppoe_client_judge(c, s, p, t);
	if (why == PPPOE_C_RX_PADO && !pppoe_client_keep(s, t))
		why = PPPOE_C_PADO_TAGS;
	if (why != PPPOE_C_RX_PADO) {
		c->end->count[why]++;
		return;
	}
	memcpy(s->peer, p->src, 6);
	pppoe_client_begin(c, s, PPPOE_WAIT_PADS, now);
}

/* --- PADS ------------------------------------------------------------------------------------- */

static void pppoe_client_refused(struct pppoe_client *c, struct pppoe_session *s,
				 const struct pppoe_tags *t)
{
	static const char *const words[PPPOE_TAGS + 1] = {
		[PPPOE_TAG_SERVICE_ERROR] = "Service-Name-Error",
		[PPPOE_TAG_SYSTEM_ERROR] = "AC-System-Error",
		[PPPOE_TAG_GENERIC_ERROR] = "Generic-Error",
		[PPPOE_TAGS] = "PADS without a session id",
	};
	const struct ist_cause why = {.kind = IST_CAUSE_REFUSED,
				      .words = words[pppoe_tags_error(t)]};

	c->end->count[PPPOE_C_PADS_REFUSED]++;
	pppoe_end_hear(s, t);
	pppoe_client_lose(c, s, &why);
}

/* An access concentrator that gives an id twice has forgotten the first. */
static void pppoe_client_open(struct pppoe_client *c, struct pppoe_session *s,
			      const struct pppoe_pkt *p, const struct pppoe_tags *t)
{
	static const struct ist_cause forgotten = {.kind = IST_CAUSE_CLEARED,
						   .words = "session id given to another session"};
	struct pppoe_session *old = pppoe_end_find(c->end, p->src, p->session);
	ist_channel channel = slots_handle(&c->end->slots, s->slot);

	due_set(&c->due, s->slot, DUE_NEVER);
	s->state = PPPOE_UP;
	s->payload_max = pppoe_end_agree(c->end, pppoe_tags_max_payload(t));
	pppoe_addr_set(&s->address, s->peer, s->called, strlen(s->called));
	pppoe_end_name(c->end, s, p->session);
	if (old)
		pppoe_end_lose(c->end, old, &forgotten);
	if (pppoe_end_of(c->end, channel) == s) /* that report may have ended it */
		c->end->ops->up(c->end->ctx, s);
}

/* The PADS is for a question that has its answer, or for none. */
static void pppoe_client_pads_stray(struct pppoe_client *c, const struct pppoe_pkt *p, uint64_t now)
{
	const struct pppoe_session *has = pppoe_end_find(c->end, p->src, p->session);

	c->end->count[has ? PPPOE_C_PADS_AGAIN : PPPOE_C_PADS_UNKNOWN]++;
	if (!has && p->session)
		pppoe_end_stray(c->end, p->src, p->session, now);
}

static void pppoe_client_pads(struct pppoe_client *c, const struct pppoe_pkt *p,
			      const struct pppoe_tags *t, uint64_t now)
{
	struct pppoe_session *s = pppoe_client_asked(c, t, PPPOE_WAIT_PADS);

	c->end->count[PPPOE_C_RX_PADS]++;
	if (p->session == PPPOE_RESERVED_ID)
		c->end->count[PPPOE_C_PADS_BAD]++;
	else if (!s || s->state != PPPOE_WAIT_PADS || memcmp(s->peer, p->src, 6))
		pppoe_client_pads_stray(c, p, now);
	else if (!p->session || pppoe_tags_error(t) != PPPOE_TAGS)
		pppoe_client_refused(c, s, t);
	else
		pppoe_client_open(c, s, p, t);
}

void pppoe_client_rx(struct pppoe_client *c, const struct pppoe_pkt *p, const struct pppoe_tags *t,
		     uint64_t now)
{
	if (p->code == PPPOE_PADS)
		pppoe_client_pads(c, p, t, now);
	else if (p->session)
		c->end->count[PPPOE_C_RX_NOT_ZERO]++;
	else
		pppoe_client_pado(c, p, t, now);
}

/* --- time ------------------------------------------------------------------------------------- */

static void pppoe_client_over(struct pppoe_client *c, struct pppoe_session *s, uint64_t now)
{
	static const struct ist_cause why[] = {
		[PPPOE_WAIT_PADO] = {.kind = IST_CAUSE_TIMEOUT, .words = "no PADO"},
		[PPPOE_WAIT_PADS] = {.kind = IST_CAUSE_TIMEOUT, .words = "no PADS"},
	};

	if (s->tries++ < c->conf.tries) {
		pppoe_client_ask_again(c, s, now);
	} else if (s->state == PPPOE_WAIT_PADS && s->rounds++ < PPPOE_ROUNDS) {
		pppoe_client_begin(c, s, PPPOE_WAIT_PADO, now);
	} else {
		c->end->count[PPPOE_C_NO_ANSWER]++;
		pppoe_client_lose(c, s, &why[s->state]);
	}
}

void pppoe_client_kick(struct pppoe_client *c, uint64_t now)
{
	for (uint32_t i = 1; i < c->end->slots.fresh; i++) {
		struct pppoe_session *s = c->end->session[i];

		if (s && s->state < PPPOE_UP)
			pppoe_client_begin(c, s, (enum pppoe_state)s->state, now);
	}
}

uint64_t pppoe_client_deadline(const struct pppoe_client *c)
{
	return due_next(&c->due);
}

void pppoe_client_expire(struct pppoe_client *c, uint64_t now)
{
	uint32_t slot;

	while (due_pop(&c->due, now, &slot))
		pppoe_client_over(c, c->end->session[slot], now);
}

void pppoe_client_hang_up(struct pppoe_client *c, struct pppoe_session *s, const char *words)
{
	due_set(&c->due, s->slot, DUE_NEVER);
	pppoe_end_hang_up(c->end, s, words);
}
