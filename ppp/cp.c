/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine under LCP and the NCPs.  A packet becomes an event: a Configure-Request is judged
 * option by option against the protocol's table, giving RCR+ or RCR- and the Nak or Reject to send;
 * answers are compared with what we sent; everything else maps one to one.  The automaton's cell
 * then says which actions to run.  Bounds: the Restart counter (Max-Configure, Max-Terminate),
 * Max-Failure in both directions, and a limit on the rounds of one negotiation, which ends peers
 * that answer for ever without agreeing.
 */
#include "ppp/cp.h"

#include "ppp/link.h"

#include <stdlib.h>

#define HEADER 4u

struct option_at {
	uint8_t type;
	const uint8_t *raw;
	uint8_t raw_len;
	struct rd value;
};

/* The answer to a Configure-Request. */
struct answer {
	enum cp_verdict verdict;
	size_t len;
	const uint8_t *body;
};

struct step {
	uint16_t actions;
	enum fsm_event ev;
	const struct cp_packet *in;
	const struct answer *answer;
};

void cp_init(struct cp *c, const struct cp_def *def, uint8_t timer_kind)
{
	memset(c, 0, sizeof(*c));
	c->def = def;
	c->timer = timer_kind;
}

void cp_send(struct ppp *p, const struct cp *c, uint8_t code, uint8_t id, const void *body,
	     size_t len)
{
	uint8_t buf[PPP_TX_MAX];
	size_t room = ppp_link_tx_room(p) - HEADER;
	struct wr w = wr_init(buf, sizeof(buf));

	if (len > room)
		len = room;
	wr_u8(&w, code);
	wr_u8(&w, id);
	wr_u16(&w, (uint16_t)(HEADER + len));
	wr_bytes(&w, body, len);
	ppp_link_send(p, c->def->proto, buf, w.len);
}

static const struct cp_option *cp_find_option(const struct cp_def *def, uint8_t type, uint32_t *bit)
{
	for (uint8_t i = 0; i < def->n_options; i++) {
		if (def->options[i].type != type)
			continue;
		if (bit)
			*bit = 1u << i;
		return &def->options[i];
	}
	return NULL;
}

bool cp_asked(const struct cp *c, uint8_t type)
{
	uint32_t bit = 0;

	return cp_find_option(c->def, type, &bit) && (c->asked & bit);
}

/* False at the end, and with r->bad set when a Length is impossible. */
static bool cp_next_option(struct rd *r, struct option_at *o)
{
	if (r->bad || !r->left)
		return false;
	o->raw = r->p;
	o->type = rd_u8(r);
	o->raw_len = rd_u8(r);
	o->value = rd_sub(r, o->raw_len - 2u); /* under 2: more than any packet has */
	return !r->bad;
}

static bool cp_options_well_formed(struct rd r)
{
	struct option_at o;

	while (cp_next_option(&r, &o))
		;
	return !r.bad;
}

static bool cp_length_fits(const struct cp_option *row, const struct option_at *o)
{
	return o->value.left >= row->min && o->value.left <= row->max;
}

/* --- our own Configure-Request ---------------------------------------------------------------- */

/* One option with the value that fill writes; nothing when it declines or there is no room. */
static bool cp_put_option(struct ppp *p, struct wr *w, uint8_t type,
			  bool (*fill)(struct ppp *p, struct wr *w))
{
	struct wr was = *w;
	size_t at = w->len;

	wr_u8(w, type);
	wr_u8(w, 0);
	if (!fill(p, w) || w->bad) {
		*w = was;
		return false;
	}
	w->buf[at + 1] = (uint8_t)(w->len - at);
	return true;
}

static void cp_build_request(struct ppp *p, struct cp *c, struct wr *w)
{
	c->asked = 0;
	for (uint8_t i = 0; i < c->def->n_options; i++) {
		const struct cp_option *row = &c->def->options[i];

		if (row->ask && !(c->refused & 1u << i) && cp_put_option(p, w, row->type, row->ask))
			c->asked |= 1u << i;
	}
}

void cp_forget_request(struct cp *c)
{
	free(c->req);
	c->req = NULL;
	c->req_len = 0;
}

static void cp_keep_request(struct cp *c, const struct wr *w)
{
	cp_forget_request(c);
	c->req = malloc(w->len ? w->len : 1);
	c->req_len = c->req ? (uint16_t)w->len : UINT16_MAX;
	if (c->req)
		memcpy(c->req, w->buf, w->len);
}

struct rd cp_request(const struct cp *c)
{
	return rd_init(c->req, c->req ? c->req_len : 0);
}

void cp_begin(struct ppp *p, struct cp *c)
{
	c->refused = 0;
	c->appended = 0;
	c->naks_in = 0;
	c->naks_out = 0;
	c->heard = false;
	c->rounds = 0;
	if (c->def->begin)
		c->def->begin(p);
}

/* --- actions of RFC 1661 4.4, in the order of enum fsm_action --------------------------------- */

static void cp_arm(struct ppp *p, struct cp *c)
{
	ppp_timer_set(p, (enum timer_kind)c->timer, p->now + p->cfg->restart_timer);
}

static void cp_act_tld(struct ppp *p, struct cp *c, const struct step *s)
{
	(void)s;
	if (c->def->down)
		c->def->down(p);
}

static void cp_act_irc(struct ppp *p, struct cp *c, const struct step *s)
{
	c->counter = s->actions & FSM_STR ? p->cfg->max_terminate : p->cfg->max_configure;
}

static void cp_act_zrc(struct ppp *p, struct cp *c, const struct step *s)
{
	(void)s;
	c->counter = 0;
	cp_arm(p, c);
}

/* A copy sent again for want of an answer keeps its Identifier, so that a late answer counts. */
static void cp_act_scr(struct ppp *p, struct cp *c, const struct step *s)
{
	uint8_t buf[CP_REQUEST_MAX];
	struct wr w = wr_init(buf, sizeof(buf));

	cp_build_request(p, c, &w);
	cp_keep_request(c, &w);
	if (s->ev != FSM_TO_PLUS || c->answered)
		c->req_id = ++c->id;
	c->answered = false;
	c->rounds++;
	if (c->counter)
		c->counter--;
	cp_send(p, c, CP_CONF_REQ, c->req_id, buf, w.len);
	cp_arm(p, c);
}

static void cp_act_str(struct ppp *p, struct cp *c, const struct step *s)
{
	(void)s;
	if (c->counter)
		c->counter--;
	cp_send(p, c, CP_TERM_REQ, ++c->id, p->bye, c == &p->lcp && p->bye ? strlen(p->bye) : 0);
	cp_arm(p, c);
}

static void cp_act_sca(struct ppp *p, struct cp *c, const struct step *s)
{
	c->naks_out = 0;
	if (c->def->commit)
		c->def->commit(p);
	cp_send(p, c, CP_CONF_ACK, s->in->id, s->in->body.p, s->in->body.left);
}

/* The Request that our last Nak answered, once more. */
static bool cp_is_repeated(const struct cp *c, uint8_t id)
{
	return c->naks_out && id == c->nak_id;
}

/* A Request that comes again because our Nak was lost is not another failure to converge. */
static void cp_count_nak(struct cp *c, uint8_t id)
{
	if (cp_is_repeated(c, id))
		return;
	c->nak_id = id;
	c->naks_out++; /* to Max-Failure at most: cp_may_nak() */
}

static void cp_act_scn(struct ppp *p, struct cp *c, const struct step *s)
{
	c->rounds++;
	if (s->answer->verdict == CP_NAK)
		cp_count_nak(c, s->in->id);
	cp_send(p, c, s->answer->verdict == CP_NAK ? CP_CONF_NAK : CP_CONF_REJ, s->in->id,
		s->answer->body, s->answer->len);
}

static void cp_act_sta(struct ppp *p, struct cp *c, const struct step *s)
{
	cp_send(p, c, CP_TERM_ACK, s->in->id, NULL, 0);
}

static void cp_act_scj(struct ppp *p, struct cp *c, const struct step *s)
{
	cp_send(p, c, CP_CODE_REJ, ++c->id, s->in->whole, s->in->whole_len);
}

/* Only LCP knows RXR, and only for an Echo-Request; its Echo-Reply begins with our magic number in
 * place of theirs. */
static void cp_act_ser(struct ppp *p, struct cp *c, const struct step *s)
{
	uint8_t buf[PPP_TX_MAX];
	struct wr w = wr_init(buf, ppp_link_tx_room(p) - HEADER);
	size_t n = s->in->body.left;

	wr_u32(&w, p->link.our_magic);
	n -= 4;
	wr_bytes(&w, s->in->body.p + 4, n < w.cap - w.len ? n : w.cap - w.len);
	cp_send(p, c, CP_ECHO_REP, s->in->id, buf, w.len);
}

static void cp_act_tlu(struct ppp *p, struct cp *c, const struct step *s)
{
	(void)s;
	if (c->def->up)
		c->def->up(p);
}

static void cp_act_tls(struct ppp *p, struct cp *c, const struct step *s)
{
	(void)p;
	(void)c;
	(void)s;
}

static void cp_act_tlf(struct ppp *p, struct cp *c, const struct step *s)
{
	(void)s;
	if (c->def->finished)
		c->def->finished(p);
}

static void cp_run(struct ppp *p, struct cp *c, const struct step *ev)
{
	static void (*const acts[FSM_ACTIONS])(struct ppp *, struct cp *, const struct step *) = {
		cp_act_tld, cp_act_irc, cp_act_zrc, cp_act_scr, cp_act_str, cp_act_sca, cp_act_scn,
		cp_act_sta, cp_act_scj, cp_act_ser, cp_act_tlu, cp_act_tls, cp_act_tlf,
	};
	const struct fsm_cell *cell = &fsm_table[ev->ev][c->state];
	struct step s = *ev;

	if (cell->next == FSM_ILLEGAL) {
		ppp_link_count(p, PPP_R_STATE);
		return;
	}
	if ((cell->actions & FSM_SCR) && !fsm_negotiating((enum fsm_state)c->state))
		cp_begin(p, c);
	s.actions = cell->actions;
	c->state = cell->next;
	if (!fsm_timed((enum fsm_state)c->state))
		ppp_timer_cancel(p, (enum timer_kind)c->timer);
	for (unsigned i = 0; i < FSM_ACTIONS; i++)
		if (s.actions & 1u << i)
			acts[i](p, c, &s);
}

void cp_event(struct ppp *p, struct cp *c, enum fsm_event ev, const struct cp_packet *in)
{
	struct step s = {.ev = ev, .in = in};

	cp_run(p, c, &s);
}

void cp_open_passive(struct cp *c)
{
	c->state = FSM_STOPPED;
}

void cp_reset(struct ppp *p, struct cp *c)
{
	ppp_timer_cancel(p, (enum timer_kind)c->timer);
	c->state = FSM_INITIAL;
}

void cp_timeout(struct ppp *p, struct cp *c)
{
	cp_event(p, c, c->counter ? FSM_TO_PLUS : FSM_TO_MINUS, NULL);
}

/* --- the peer's Configure-Request ------------------------------------------------------------- */

static bool cp_may_nak(const struct ppp *p, const struct cp *c, uint8_t id)
{
	return c->naks_out < p->cfg->max_failure || cp_is_repeated(c, id);
}

static enum cp_verdict cp_judge_option(struct ppp *p, const struct cp *c, uint8_t id,
				       const struct option_at *o, struct wr *nak)
{
	const struct cp_option *row = cp_find_option(c->def, o->type, NULL);
	enum cp_verdict v;

	if (!row || !row->judge)
		return CP_REJECT;
	if (cp_length_fits(row, o)) {
		v = row->judge(p, o->value);
	} else {
		ppp_link_count(p, PPP_R_OPTION);
		v = CP_NAK;
	}
	if (v != CP_NAK)
		return v;
	if (!row->suggest || !cp_may_nak(p, c, id))
		return CP_REJECT;
	return cp_put_option(p, nak, o->type, row->suggest) ? CP_NAK : CP_REJECT;
}

/* Options that the peer left out and that we want to see: said once, then taken as its wish. */
static void cp_append_needed(struct ppp *p, struct cp *c, uint8_t id, uint32_t seen, struct wr *nak)
{
	if (!cp_may_nak(p, c, id))
		return;
	if (!cp_is_repeated(c, id))
		seen |= c->appended;
	for (uint8_t i = 0; i < c->def->n_options; i++) {
		const struct cp_option *row = &c->def->options[i];

		if (seen & 1u << i || !row->needed || !row->needed(p))
			continue;
		if (cp_put_option(p, nak, row->type, row->suggest))
			c->appended |= 1u << i;
	}
}

/* The Request fits into a packet of ours, and so does what is rejected of it. */
static void cp_judge_request(struct ppp *p, struct cp *c, const struct cp_packet *in,
			     struct wr *nak, struct wr *rej)
{
	struct rd r = in->body;
	struct option_at o;
	uint32_t seen = 0, bit;

	while (cp_next_option(&r, &o)) {
		bit = 0;
		cp_find_option(c->def, o.type, &bit);
		seen |= bit;
		if (cp_judge_option(p, c, in->id, &o, nak) == CP_REJECT)
			wr_bytes(rej, o.raw, o.raw_len);
	}
	if (!rej->len)
		cp_append_needed(p, c, in->id, seen, nak);
}

/* One negotiation has gone on for too long. */
static bool cp_worn_out(struct ppp *p, struct cp *c)
{
	unsigned limit = 4u * (p->cfg->max_configure + p->cfg->max_failure);

	if (!fsm_negotiating((enum fsm_state)c->state) || c->rounds <= limit)
		return false;
	ppp_link_count(p, PPP_R_ROUNDS);
	cp_event(p, c, FSM_TO_MINUS, NULL);
	return true;
}

/* A peer's first Request while ours is out: ours may have come before the peer was there, and it
 * would not get a copy before the Restart timer ends.  The copy leaves before our answer: behind an
 * Ack it could meet a link that has opened, and start it again. */
static void cp_repeat_request(struct ppp *p, struct cp *c)
{
	if (!c->heard && c->state == FSM_REQ_SENT && c->req)
		cp_send(p, c, CP_CONF_REQ, c->req_id, c->req, c->req_len);
}

static void cp_rx_conf_req(struct ppp *p, struct cp *c, const struct cp_packet *in)
{
	uint8_t nak_buf[PPP_TX_MAX], rej_buf[PPP_TX_MAX];
	size_t room = ppp_link_tx_room(p) - HEADER;
	struct wr nak = wr_init(nak_buf, room), rej = wr_init(rej_buf, room);
	struct answer a = {CP_ACK, 0, NULL};
	struct step s = {.ev = FSM_RCR_PLUS, .in = in, .answer = &a};

	/* An Ack must return every octet, so a Request that does not fit cannot be acknowledged. */
	if (!cp_options_well_formed(in->body) || in->body.left > room) {
		ppp_link_count(p, PPP_R_OPTION);
		return;
	}
	if (cp_worn_out(p, c))
		return;
	if (c == &p->lcp)
		cp_repeat_request(p, c);
	if (c->def->fresh)
		c->def->fresh(p);
	cp_judge_request(p, c, in, &nak, &rej);
	if (rej.len)
		a = (struct answer){CP_REJECT, rej.len, rej_buf};
	else if (nak.len)
		a = (struct answer){CP_NAK, nak.len, nak_buf};
	if (a.verdict != CP_ACK)
		s.ev = FSM_RCR_MINUS;
	cp_run(p, c, &s);
	/* now: this Request may have begun a negotiation */
	if (c->def->heard)
		c->def->heard(p, in->body, !c->heard);
	c->heard = true;
}

/* --- a negotiation of somebody else ----------------------------------------------------------- */

static const char cp_malformed[] = "malformed options";

static const char *cp_adopt_option(struct ppp *p, struct cp *c, const struct option_at *o)
{
	uint32_t bit;
	const struct cp_option *row = cp_find_option(c->def, o->type, &bit);

	if (!row || !row->adopt)
		return "an option that is not known here";
	if (!cp_length_fits(row, o) || c->asked & bit)
		return cp_malformed;
	c->asked |= bit;
	return row->adopt(p, o->value);
}

/* Malformed options are a mistake of whoever sent them, others only do not fit. */
static const char *cp_adopt_verdict(struct ppp *p, const char *words)
{
	if (words)
		ppp_link_count(p, words == cp_malformed ? PPP_R_PROXY : PPP_R_MISFIT);
	return words;
}

const char *cp_adopt_ours(struct ppp *p, struct cp *c, struct rd r)
{
	const char *words = cp_options_well_formed(r) ? NULL : cp_malformed;
	struct option_at o;

	c->asked = 0;
	while (!words && cp_next_option(&r, &o))
		words = cp_adopt_option(p, c, &o);
	return cp_adopt_verdict(p, words);
}

const char *cp_adopt_peers(struct ppp *p, struct cp *c, struct rd r)
{
	const char *words = cp_options_well_formed(r) ? NULL : cp_malformed;
	const struct cp_option *row;
	struct option_at o;

	c->def->fresh(p);
	while (!words && cp_next_option(&r, &o)) {
		row = cp_find_option(c->def, o.type, NULL);
		if (row && !cp_length_fits(row, &o))
			words = cp_malformed;
		else if (!row || !row->judge || row->judge(p, o.value) != CP_ACK)
			words = "an option of the peer that is not accepted here";
	}
	return cp_adopt_verdict(p, words);
}

void cp_adopted(struct ppp *p, struct cp *c)
{
	c->state = FSM_OPENED;
	c->answered = true;
	c->counter = p->cfg->max_configure;
	if (c->def->commit)
		c->def->commit(p);
	if (c->def->up)
		c->def->up(p);
}

/* --- answers to ours -------------------------------------------------------------------------- */

/* Only a state that has a Configure-Request out can compare; the others let the automaton speak.  A
 * second answer to one Request is out of sequence (RFC 1661 4.3, RCA) and never reaches it: a
 * network that duplicates packets must not bring an open link down. */
static bool cp_is_answer(struct ppp *p, struct cp *c, const struct cp_packet *in)
{
	if (c->state < FSM_REQ_SENT)
		return true;
	if (in->id == c->req_id && !c->answered)
		return true;
	ppp_link_count(p, PPP_R_ID);
	return false;
}

static void cp_rx_conf_ack(struct ppp *p, struct cp *c, const struct cp_packet *in)
{
	if (!cp_is_answer(p, c, in))
		return;
	if (c->state >= FSM_REQ_SENT) {
		if (in->body.left != c->req_len ||
		    (c->req_len && memcmp(in->body.p, c->req, c->req_len))) {
			ppp_link_count(p, PPP_R_OPTION);
			return;
		}
		c->answered = true;
		if (!p->requests)
			cp_forget_request(c);
	}
	cp_event(p, c, FSM_RCA, in);
}

static void cp_refuse(struct ppp *p, struct cp *c, const struct cp_option *row, uint32_t bit)
{
	if (!row->rejected || !row->rejected(p))
		c->refused |= bit;
}

static void cp_take_naks(struct ppp *p, struct cp *c, struct rd r)
{
	struct option_at o;
	uint32_t bit;
	bool enough = ++c->naks_in > p->cfg->max_failure;

	while (cp_next_option(&r, &o)) {
		const struct cp_option *row = cp_find_option(c->def, o.type, &bit);

		if (!row || !(c->asked & bit))
			continue;
		if (enough)
			cp_refuse(p, c, row, bit);
		else if (!cp_length_fits(row, &o))
			ppp_link_count(p, PPP_R_OPTION);
		else if (row->nakked)
			row->nakked(p, o.value);
	}
}

/* A Reject lists some of our options, unchanged and in our order. */
static bool cp_all_ours(const struct cp *c, struct rd r)
{
	struct rd ours = cp_request(c);
	struct option_at o, mine;

	while (cp_next_option(&r, &o)) {
		do {
			if (!cp_next_option(&ours, &mine))
				return false;
		} while (mine.raw_len != o.raw_len || memcmp(mine.raw, o.raw, o.raw_len));
	}
	return true;
}

static void cp_take_rejects(struct ppp *p, struct cp *c, struct rd r)
{
	struct option_at o;
	uint32_t bit;

	while (cp_next_option(&r, &o)) {
		const struct cp_option *row = cp_find_option(c->def, o.type, &bit);

		if (row)
			cp_refuse(p, c, row, bit);
	}
}

static void cp_rx_conf_refusal(struct ppp *p, struct cp *c, const struct cp_packet *in)
{
	bool nak = in->code == CP_CONF_NAK;

	if (!cp_is_answer(p, c, in))
		return;
	if (c->state >= FSM_REQ_SENT) {
		if (!cp_options_well_formed(in->body) || (!nak && !cp_all_ours(c, in->body))) {
			ppp_link_count(p, PPP_R_OPTION);
			return;
		}
		if (cp_worn_out(p, c))
			return;
		c->answered = true;
		(nak ? cp_take_naks : cp_take_rejects)(p, c, in->body);
	}
	cp_event(p, c, FSM_RCN, in);
}

/* --- the rest --------------------------------------------------------------------------------- */

/* During a negotiation the link goes on; but should it come to nothing, then this is why. */
static void cp_rx_term_req(struct ppp *p, struct cp *c, const struct cp_packet *in)
{
	if (c == &p->lcp && p->why == PPP_WHY_NONE) {
		p->why = PPP_WHY_PEER;
		ppp_link_keep_message(p, in->body);
		ppp_link_emit(p, PPP_EV_PEER_CLOSES);
	}
	cp_event(p, c, FSM_RTR, in);
}

static void cp_rx_term_ack(struct ppp *p, struct cp *c, const struct cp_packet *in)
{
	cp_event(p, c, FSM_RTA, in);
}

/* Without the seven common codes nothing can be negotiated; any other code we can do without. */
static void cp_rx_code_rej(struct ppp *p, struct cp *c, const struct cp_packet *in)
{
	struct rd r = in->body;
	uint8_t code = rd_u8(&r);

	if (r.bad) {
		ppp_link_count(p, PPP_R_SHORT);
		return;
	}
	if (c == &p->lcp && code == CP_ECHO_REQ)
		p->lcp_vars.no_echo = true;
	cp_event(p, c, code >= CP_CONF_REQ && code <= CP_CODE_REJ ? FSM_RXJ_MINUS : FSM_RXJ_PLUS,
		 in);
}

static void cp_dispatch(struct ppp *p, struct cp *c, const struct cp_packet *in)
{
	static void (*const common[])(struct ppp *, struct cp *, const struct cp_packet *) = {
		[CP_CONF_REQ] = cp_rx_conf_req,	    [CP_CONF_ACK] = cp_rx_conf_ack,
		[CP_CONF_NAK] = cp_rx_conf_refusal, [CP_CONF_REJ] = cp_rx_conf_refusal,
		[CP_TERM_REQ] = cp_rx_term_req,	    [CP_TERM_ACK] = cp_rx_term_ack,
		[CP_CODE_REJ] = cp_rx_code_rej,
	};

	if (in->code >= CP_CONF_REQ && in->code <= CP_CODE_REJ) {
		common[in->code](p, c, in);
		return;
	}
	for (uint8_t i = 0; i < c->def->n_handlers; i++) {
		if (c->def->handlers[i].code == in->code) {
			c->def->handlers[i].rx(p, in);
			return;
		}
	}
	ppp_link_count(p, PPP_R_CODE);
	cp_event(p, c, FSM_RUC, in);
}

void cp_rx(struct ppp *p, struct cp *c, struct rd r)
{
	struct cp_packet in = {.whole = r.p};
	size_t all = r.left;
	uint16_t length;

	in.code = rd_u8(&r);
	in.id = rd_u8(&r);
	length = rd_u16(&r);
	if (r.bad) {
		ppp_link_count(p, PPP_R_SHORT);
		return;
	}
	if (length < HEADER || length > all) {
		ppp_link_count(p, PPP_R_LENGTH);
		return;
	}
	in.body = rd_sub(&r, length - HEADER);
	in.whole_len = length;
	if (c->state == FSM_INITIAL || c->state == FSM_STARTING) {
		ppp_link_count(p, PPP_R_STATE);
		return;
	}
	cp_dispatch(p, c, &in);
}
