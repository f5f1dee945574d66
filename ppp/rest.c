/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A link at rest: where it differs from another one of the same configuration, octet by octet, and
 * its texts.  Nothing is left out, pointers neither, so that what wakes up is what has gone to
 * rest.  Of each word of struct ppp that differs there are a bit, a mask of its octets, and those.
 */
#include "ppp/link.h"

#include <stdlib.h>
#include <string.h>

#define REST_WORD  8u
#define REST_WORDS (sizeof(struct ppp) / REST_WORD)
#define REST_BITS  ((REST_WORDS + 7) / 8)
#define REST_TEXTS (PPP_NAME_MAX + 1 + AUTH_TEXT_MAX)
#define REST_MOST  (REST_BITS + REST_WORDS + sizeof(struct ppp))

_Static_assert(sizeof(struct ppp) % REST_WORD == 0, "a link is words");

struct rest {
	bool rests; /* as in struct ppp */
	bool typical, has_name, has_answer;
	uint16_t len;
	uint8_t cfg[sizeof(struct ppp_config *)]; /* aligned to nothing */
	uint8_t octets[];
};

static const struct rest *rest_of(const struct ppp *p)
{
	return (const struct rest *)(const void *)p;
}

size_t ppp_rest_size(const struct ppp *p)
{
	return sizeof(struct rest) + rest_of(p)->len;
}

/* The link that this one is compared with; NULL = zeros. */
static const struct ppp *rest_like(const struct rest *r)
{
	const struct ppp_config *cfg;

	memcpy(&cfg, r->cfg, sizeof(cfg));
	return r->typical ? ppp_config_typical(cfg) : NULL;
}

/* --- words ------------------------------------------------------------------------------------- */

static uint64_t rest_word(const struct ppp *p, size_t i)
{
	uint64_t w = 0;

	if (p)
		memcpy(&w, (const uint8_t *)p + i * REST_WORD, sizeof(w));
	return w;
}

/* Octets written behind at; none for zero. */
static uint8_t *rest_put_word(uint8_t *at, uint64_t w)
{
	uint8_t *mask = at++;

	*mask = 0;
	for (unsigned i = 0; i < REST_WORD; i++, w >>= 8) {
		if (!(w & 0xff))
			continue;
		*mask |= (uint8_t)(1u << i);
		*at++ = (uint8_t)w;
	}
	return at;
}

static const uint8_t *rest_get_word(const uint8_t *at, uint64_t *w)
{
	uint8_t mask = *at++;

	*w = 0;
	for (unsigned i = 0; i < REST_WORD; i++)
		if (mask >> i & 1)
			*w |= (uint64_t)*at++ << 8 * i;
	return at;
}

static size_t rest_put(uint8_t *out, const struct ppp *p, const struct ppp *like)
{
	uint8_t *at = out + REST_BITS;

	memset(out, 0, REST_BITS);
	for (size_t i = 0; i < REST_WORDS; i++) {
		uint64_t w = rest_word(p, i) ^ rest_word(like, i);

		if (!w)
			continue;
		out[i / 8] |= (uint8_t)(1u << i % 8);
		at = rest_put_word(at, w);
	}
	return (size_t)(at - out);
}

static const uint8_t *rest_get(struct ppp *p, const uint8_t *in, const struct ppp *like)
{
	const uint8_t *at = in + REST_BITS;

	for (size_t i = 0; i < REST_WORDS; i++) {
		uint64_t w = 0;

		if (in[i / 8] >> i % 8 & 1)
			at = rest_get_word(at, &w);
		w ^= rest_word(like, i);
		memcpy((uint8_t *)p + i * REST_WORD, &w, sizeof(w));
	}
	return at;
}

/* --- to rest ----------------------------------------------------------------------------------- */

static bool rest_is_settled(const struct cp *c)
{
	return !c->enabled || c->state == FSM_OPENED || c->state == FSM_CLOSED ||
	       c->state == FSM_STOPPED;
}

/* It waits for nothing but what may come at any time, and the moments that return. */
static bool rest_may(const struct ppp *p)
{
	for (unsigned k = 0; k < TIMERS; k++)
		if (k != TIMER_ECHO && k != TIMER_RECHALLENGE &&
		    ppp_timer_is_set(p, (enum timer_kind)k))
			return false;
	return !p->depth && p->q_head == p->q_tail && p->phase == PHASE_NETWORK &&
	       p->lcp.state == FSM_OPENED && rest_is_settled(&p->ipcp) &&
	       rest_is_settled(&p->ipv6cp) && !p->auth.claim && !p->requests;
}

static uint8_t *rest_put_text(uint8_t *at, const char *text, size_t len)
{
	if (text)
		memcpy(at, text, len);
	return text ? at + len : at;
}

/* p without its texts, which are p's own until it goes. */
static struct rest *rest_new(const struct ppp *p, const char *name, const char *answer)
{
	const struct ppp *like = ppp_config_typical(p->cfg);
	uint8_t buf[REST_MOST + REST_TEXTS], *end = buf + rest_put(buf, p, like);
	struct rest *r;

	end = rest_put_text(end, name, p->auth.name_len + 1u);
	end = rest_put_text(end, answer, p->auth.answer_len);
	r = malloc(sizeof(*r) + (size_t)(end - buf));
	if (!r)
		return NULL;
	r->rests = true;
	r->len = (uint16_t)(end - buf);
	r->typical = like;
	r->has_name = name;
	r->has_answer = answer;
	memcpy(r->cfg, &p->cfg, sizeof(p->cfg));
	memcpy(r->octets, buf, (size_t)(end - buf));
	return r;
}

struct ppp *ppp_rest(struct ppp *p)
{
	char *name, *answer;
	struct rest *r;

	if (p->rests || !rest_may(p))
		return p;
	name = p->auth.name;
	answer = p->auth.answer;
	p->auth.name = p->auth.answer = NULL;
	ppp_config_exemplify(p->cfg, p);
	r = rest_new(p, name, answer);
	if (!r) {
		p->auth.name = name;
		p->auth.answer = answer;
		return p;
	}
	free(name);
	ppp_link_wipe(answer, p->auth.answer_len);
	ppp_link_wipe(p, sizeof(*p));
	return (struct ppp *)(void *)r;
}

/* --- and back ---------------------------------------------------------------------------------- */

/* Its texts are those in the memory of r. */
static void rest_read(struct ppp *p, const struct rest *r)
{
	uint8_t *at = (uint8_t *)(uintptr_t)rest_get(p, r->octets, rest_like(r));

	p->auth.name = r->has_name ? (char *)at : NULL;
	if (r->has_name)
		at += p->auth.name_len + 1u;
	p->auth.answer = r->has_answer ? (char *)at : NULL;
}

const struct ppp *ppp_look(const struct ppp *p, struct ppp *room)
{
	if (!p->rests)
		return p;
	rest_read(room, rest_of(p));
	return room;
}

/* Texts of its own; false without memory for one. */
static bool rest_copy_texts(struct auth *a)
{
	const char *name = a->name, *answer = a->answer;

	a->name = name ? malloc(a->name_len + 1u) : NULL;
	a->answer = answer ? malloc(a->answer_len) : NULL;
	if ((name && !a->name) || (answer && !a->answer)) {
		free(a->name);
		free(a->answer);
		return false;
	}
	if (name)
		memcpy(a->name, name, a->name_len + 1u);
	if (answer)
		memcpy(a->answer, answer, a->answer_len);
	return true;
}

struct ppp *ppp_wake(struct ppp *p)
{
	struct ppp *up;

	if (!p->rests)
		return p;
	up = malloc(sizeof(*up));
	if (!up)
		return NULL;
	rest_read(up, rest_of(p));
	if (!rest_copy_texts(&up->auth)) {
		ppp_link_wipe(up, sizeof(*up));
		return NULL;
	}
	ppp_link_wipe(p, ppp_rest_size(p));
	return up;
}

void ppp_rest_free(struct ppp *p)
{
	struct ppp all;

	rest_read(&all, rest_of(p));
	all.auth.name = all.auth.answer = NULL;
	ppp_drop(&all);
	ppp_link_wipe(p, ppp_rest_size(p));
}
