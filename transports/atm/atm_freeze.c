/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An atm port on its way to another process: the link, and of each circuit the cells of the PDU
 * that is coming in, the SDUs that wait for tokens, and how its loopback cells are doing.
 */
#include "transports/atm/atm_int.h"

#include "transports/atm/atm.h"

#include <stdlib.h>

#define ATM_PART	 4u
#define ATM_VC_PART	 5u
#define ATM_PART_VERSION 1u
#define TIME_MOST	 86400000000u /* us: reassembly and loopback are quicker */
#define TEN_SECONDS	 10000000u
#define DEBT_MOST	 ((int64_t)(AAL5_PDU_MAX / CELL_PAYLOAD + 1) * 1000000)

/* What came of a PDU that is longer than those we take now is lost, with what is still to come. */
static void atm_freeze_cells(struct ist_port *p, struct atm_vc *v, struct handover *h)
{
	struct aal5_reasm *r = &v->in;
	uint8_t gone[CELL_PAYLOAD];
	uint32_t len = handover_word(h, v->buf ? (uint32_t)r->len : 0, AAL5_PDU_MAX);
	bool skipping = handover_flag(h, v->buf && r->skipping);
	uint64_t deadline = handover_time(h, r->deadline, TIME_MOST);

	if (!h->thawing) {
		handover_octets(h, r->buf, len);
		return;
	}
	if (len % CELL_PAYLOAD)
		h->bad = true;
	if ((len || skipping) && !h->bad && !atm_rx_buffer_ready(p, v))
		h->bad = true;
	for (uint32_t at = 0; at < len && !h->bad; at += CELL_PAYLOAD) {
		skipping |= r->cap - at < CELL_PAYLOAD;
		handover_octets(h, skipping ? gone : r->buf + at, CELL_PAYLOAD);
		r->len = skipping ? r->len : at + CELL_PAYLOAD;
	}
	r->skipping = skipping;
	r->deadline = len || skipping ? deadline : UINT64_MAX;
}

static void atm_thaw_waiting(struct atm_vc *v, struct handover *h, bool discard, uint32_t len)
{
	const uint8_t *sdu = rd_take(&h->r, len);

	if (!sdu || !len)
		h->bad = true;
	else
		atm_shape_wait(&v->shape, NULL, 0, sdu, len, discard);
}

static void atm_freeze_shape(struct atm_vc *v, struct handover *h)
{
	struct atm_shape *s = &v->shape;
	unsigned n = handover_word(h, s->count, ATM_SHAPE_QUEUE);
	int64_t tokens = (int64_t)handover_number(h, (uint64_t)s->tokens);

	if (h->thawing && (tokens < -DEBT_MOST || tokens > INT32_MAX * 4000ll))
		h->bad = true;
	s->tokens = h->bad || (!s->pcr && tokens <= 0) ? 1 : tokens;
	s->filled = handover_time(h, s->filled, 0);
	for (unsigned i = 0; i < n && !h->bad; i++) {
		const struct atm_waiting none = {0};
		const struct atm_waiting *w =
			h->thawing ? &none : &s->queue[(s->head + i) % ATM_SHAPE_QUEUE];
		bool discard = handover_flag(h, w->discard);
		uint32_t len = handover_word(h, w->len, AAL5_SDU_MAX);

		if (h->thawing)
			atm_thaw_waiting(v, h, discard, len);
		else
			handover_octets(h, w->sdu, len);
	}
}

/* With another interval, or none, the circuit is judged anew. */
static void atm_freeze_live(struct atm_vc *v, struct handover *h)
{
	struct oam_live was = v->live;

	was.interval = handover_number(h, was.interval);
	was.up = handover_flag(h, was.up);
	was.missed = (uint8_t)handover_word(h, was.missed, UINT8_MAX);
	was.answered = (uint8_t)handover_word(h, was.answered, UINT8_MAX);
	was.waiting = handover_flag(h, was.waiting);
	was.tag = handover_word(h, was.tag, UINT32_MAX);
	was.deadline = handover_time(h, was.deadline, v->live.interval);
	if (was.interval && was.interval == v->live.interval)
		v->live = was;
}

static void atm_freeze_vc(struct ist_port *p, struct atm_vc *v, struct handover *h)
{
	v->discard = handover_flag(h, v->discard);
	v->refused = handover_flag(h, v->refused);
	v->heard = handover_flag(h, v->heard);
	v->mux_log_at = handover_time(h, v->mux_log_at, TEN_SECONDS);
	for (unsigned i = 0; i < 2; i++)
		v->rdi_at[i] = handover_time(h, v->rdi_at[i], TEN_SECONDS);
	atm_freeze_cells(p, v, h);
	atm_freeze_shape(v, h);
	atm_freeze_live(v, h);
}

static void atm_freeze_all(struct ist_port *p, struct handover *h)
{
	for (unsigned i = 0; i < p->vcs; i++) {
		struct handover_part part;

		handover_open(h, &part, ATM_VC_PART, ATM_PART_VERSION);
		handover_word(h, p->vc[i].key, UINT32_MAX);
		handover_time(h, p->due.at[i], TIME_MOST);
		atm_freeze_vc(p, &p->vc[i], h);
		handover_close(h, &part);
	}
}

/* Circuits that are configured no more are read past: each is a part of its own. */
static void atm_thaw_all(struct ist_port *p, struct handover *h)
{
	struct handover_part part;

	while (handover_open(h, &part, ATM_VC_PART, ATM_PART_VERSION)) {
		struct atm_vc *v = atm_find(p, handover_word(h, 0, UINT32_MAX));
		uint64_t due = handover_time(h, UINT64_MAX, TIME_MOST);

		if (v && !v->in.len && !v->shape.count) {
			atm_freeze_vc(p, v, h);
			due_set(&p->due, (uint32_t)(v - p->vc), due);
		}
		handover_close(h, &part);
	}
}

static uint64_t atm_thaw_timer(struct handover *h)
{
	struct handover_part part;
	uint64_t at = UINT64_MAX;

	if (handover_open(h, &part, ATM_PART, ATM_PART_VERSION)) {
		at = handover_time(h, at, TIME_MOST);
		handover_close(h, &part);
	}
	return at;
}

static void atm_freeze_port(struct ist_port *p, struct handover *h)
{
	struct handover_part part;

	link_hand(p->link, h);
	handover_open(h, &part, ATM_PART, ATM_PART_VERSION);
	handover_time(h, p->timer_at, TIME_MOST);
	handover_close(h, &part);
	atm_freeze_all(p, h);
}

static void atm_freeze_quiet(struct ist_port *p)
{
	link_quiet(p->link);
	if (p->timer)
		p->host->timer(p->ctx, &p->timer, UINT64_MAX, NULL, NULL);
	if (p->announce_timer)
		p->host->timer(p->ctx, &p->announce_timer, UINT64_MAX, NULL, NULL);
}

/* The timer is where it was, or earlier for circuits that are new or set up in another way. */
static void atm_thaw_settle(struct ist_port *p, uint64_t timer_at)
{
	p->why = NULL;
	p->link_mtu = link_mtu(p->link);
	if (timer_at == UINT64_MAX)
		timer_at = due_next(&p->due);
	if (timer_at != UINT64_MAX)
		atm_arm(p, timer_at);
	for (unsigned i = 0; i < p->vcs; i++) {
		p->vc[i].up = p->vc[i].live.up;
		atm_wake_at(p, &p->vc[i], atm_earliest(&p->vc[i], true));
	}
	atm_announce_later(p);
}

static int atm_thaw_port(struct ist_port *p, struct handover *h)
{
	uint64_t timer_at;

	if (!link_up(p->link))
		return 0;
	timer_at = atm_thaw_timer(h);
	atm_thaw_all(p, h);
	if (!h->bad)
		atm_thaw_settle(p, timer_at);
	return 0;
}

static uint64_t *atm_freeze_before(struct ist_port *p)
{
	return p->before;
}

static const struct handover_medium atm_medium = {
	&atm_transport,	  atm_open_from, atm_freeze_port,
	atm_freeze_quiet, atm_thaw_port, atm_freeze_before,
};

int atm_freeze(struct ist_port *p, struct ist_frozen *f)
{
	return handover_freeze_port(&atm_medium, p, p->host->now(p->ctx), f);
}

int atm_thaw(struct ist_port **out, const struct ist_host *host, void *ctx,
	     const struct ist_port_config *cfg, struct ist_frozen *f, char *err, size_t err_len)
{
	return handover_thaw_port(&atm_medium, out, host, ctx, cfg, f, err, err_len);
}
