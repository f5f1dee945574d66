/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plays a capture and says what happened: one line for each message, and at the end one for each
 * system.  With `explain` the message's attributes and the rules in words are below it.
 */
#include "gw/replay/replay_node.h"
#include "gw/words/words.h"

#include <stdlib.h>

#define FIRST	      1000000u	/* the engines' clock at the first message, us */
#define REPLY_AT_MOST 60000000u /* from an SCCRQ to its SCCRP, us */
#define ENDS	      4096u

struct play {
	const struct replay_file *file;
	const struct replay_wish *wish;
	FILE *out;
	struct replay_node *node[REPLAY_SYSTEM];
	unsigned nodes, ends;
	uint64_t left_out;
	struct replay_end end[ENDS];
	struct l2tp_msg msg;
};

/* --- who is who ----------------------------------------------------------------------------------- */

static bool play_same_system(const struct replay_end *a, const struct replay_end *b)
{
	return a->kind == b->kind && !memcmp(a->system, b->system, sizeof(a->system));
}

static bool play_same_end(const struct replay_end *a, const struct replay_end *b)
{
	return play_same_system(a, b) && a->at == b->at;
}

/* An end is a channel to its peer; 0 = there are too many. */
static l2tp_channel play_channel(struct play *p, const struct replay_end *e)
{
	unsigned i = 0;

	while (i < p->ends && !play_same_end(&p->end[i], e))
		i++;
	if (i == ENDS)
		return 0;
	if (i == p->ends)
		p->end[p->ends++] = *e;
	return i + 1;
}

/* NULL = there are too many, or no memory. */
static struct replay_node *play_node(struct play *p, const struct replay_end *e)
{
	struct replay_node *n;

	for (unsigned i = 0; i < p->nodes; i++)
		if (play_same_system(&p->node[i]->end, e))
			return p->node[i];
	n = p->nodes < REPLAY_SYSTEM ? malloc(sizeof(*n)) : NULL;
	if (!n)
		return NULL;
	if (!replay_node_init(n, e, &p->wish->secret)) {
		replay_node_free(n);
		free(n);
		return NULL;
	}
	p->node[p->nodes++] = n;
	return n;
}

/* --- the answer to an SCCRQ -------------------------------------------------------------------------- */

static uint16_t play_u16(const struct l2tp_hdr *h, uint16_t type)
{
	uint16_t n = 0;

	l2tp_msg_peek_u16(h->payload, h->len, L2TP_IETF, type, &n);
	return n;
}

/* 0 = a ZLB, or none. */
static uint16_t play_type(const struct replay_msg *m, struct l2tp_hdr *h)
{
	if (l2tp_hdr_decode(h, m->pkt, m->len) != L2TP_HDR_IS_CONTROL || !h->len)
		return 0;
	return play_u16(h, L2TP_AVP_MESSAGE_TYPE);
}

/* Assigned Tunnel ID is never hidden where a peer wants to be found. */
static const struct replay_msg *play_reply(const struct play *p, size_t at)
{
	const struct replay_msg *m = &p->file->msg[at];
	struct l2tp_hdr h;
	uint16_t id;

	if (play_type(m, &h) != L2TP_SCCRQ)
		return NULL;
	id = play_u16(&h, L2TP_AVP_ASSIGNED_TUNNEL_ID);
	while (++at < p->file->count && p->file->msg[at].us - m->us < REPLY_AT_MOST) {
		const struct replay_msg *r = &p->file->msg[at];

		if (play_same_end(&r->to, &m->from) && play_same_system(&r->from, &m->to) &&
		    play_type(r, &h) == L2TP_SCCRP && h.tid == id)
			return r;
	}
	return NULL;
}

/* --- judging ---------------------------------------------------------------------------------------- */

/* The rule that the message alone breaks. */
static enum l2tp_reason play_fault(struct play *p, const struct replay_msg *m)
{
	struct l2tp_fault fault = {0};
	struct l2tp_hdr h;

	memset(p->msg.ignored, 0, sizeof(p->msg.ignored));
	if (l2tp_hdr_decode(&h, m->pkt, m->len) != L2TP_HDR_IS_CONTROL || !h.len)
		return L2TP_R_NONE;
	l2tp_msg_decode(&p->msg, &fault, h.payload, h.len, &p->wish->secret, L2TP_QUIRKS_DEFAULT);
	return fault.reason;
}

/* Hidden attributes that nobody here can read. */
static bool play_is_unread(struct play *p, const struct replay_msg *m)
{
	return play_fault(p, m) == L2TP_R_HIDDEN_NO_SECRET ||
	       p->msg.ignored[L2TP_R_HIDDEN_NO_SECRET];
}

/* Every system has a section here, so the engine finds none for want of a Host Name to read. */
static void play_name_fault(struct play *p, const struct replay_msg *m, struct replay_outcome *o)
{
	if (!o->reasons[L2TP_R_NO_PEER])
		return;
	o->reasons[L2TP_R_NO_PEER] = 0;
	o->reasons[play_fault(p, m)]++;
}

/* Why the receiver's engine could not tell; NULL = it could. */
static const char *play_unjudged(bool unread, const struct replay_outcome *o)
{
	if (unread)
		return "not judged: its hidden attributes take the tunnel's secret";
	if (o->reasons[L2TP_R_NO_TUNNEL])
		return "not judged: the capture has not shown this tunnel's set-up";
	if (o->reasons[L2TP_R_OUT_OF_ORDER])
		return "not judged: a message before it is missing";
	return NULL;
}

/* What the engine refuses without a reason of the table: a type of framing or bearer that was not
 * advertised, or a Session ID that is in use (RFC 2661 4.4.3, 4.4.4). */
static bool play_is_refused(const struct replay_outcome *o)
{
	bool counted = false;

	for (unsigned i = 0; i < L2TP_R_COUNT; i++)
		counted |= o->reasons[i] != 0;
	return !counted && o->answers & (1u << L2TP_STOPCCN | 1u << L2TP_CDN);
}

static bool play_is_breach(const struct replay_outcome *o)
{
	if (play_is_refused(o))
		return true;
	for (unsigned i = 0; i < L2TP_R_COUNT; i++)
		if (o->reasons[i] && l2tp_rules[i].breach)
			return true;
	return false;
}

/* --- in words --------------------------------------------------------------------------------------- */

/* The section of the message's own description is the better one where the rule is about that. */
static const char *play_section(unsigned why, uint16_t type)
{
	bool own = why == L2TP_R_AVP_MISSING && type < L2TP_MSG_TYPES && l2tp_msg_table[type].name;

	return own ? l2tp_msg_table[type].section : l2tp_rules[why].section;
}

static void play_say_states(struct words *w, const struct replay_outcome *o)
{
	const char *tb = l2tp_tunnel_state_name(o->tunnel_before);
	const char *cb = l2tp_call_state_name(o->call_before);

	words_add(w, "tunnel %s", tb);
	if (o->tunnel_after != o->tunnel_before)
		words_add(w, " -> %s", l2tp_tunnel_state_name(o->tunnel_after));
	if (o->has_call)
		words_add(w, ", call %s", cb);
	if (o->has_call && o->call_after != o->call_before)
		words_add(w, " -> %s", l2tp_call_state_name(o->call_after));
}

static void play_say_reasons(struct words *w, const struct replay_outcome *o, uint16_t type)
{
	if (play_is_refused(o))
		words_add(w,
			  "; AGAINST THE BOOK: asks for what was not advertised, or has an id in "
			  "use (RFC 2661 4.4)");
	for (unsigned i = 0; i < L2TP_R_COUNT; i++) {
		const char *section = play_section(i, type);

		if (!o->reasons[i] || i == L2TP_R_NONE)
			continue;
		words_add(w, "; %s%s", l2tp_rules[i].breach ? "AGAINST THE BOOK: " : "",
			  l2tp_reasons[i].words);
		if (section)
			words_add(w, " (RFC 2661 %s)", section);
	}
}

static void play_say_answers(struct words *w, uint32_t answers)
{
	char name[24];

	for (uint16_t i = 1; i < L2TP_MSG_TYPES; i++)
		if (answers & 1u << i)
			words_add(w, "; would answer %s", l2tp_msg_name(i, name, sizeof(name)));
}

static void play_explain(struct play *p, const struct replay_msg *m, const struct replay_outcome *o)
{
	struct words w = {0};

	words_l2tp(&w, m->pkt, m->len, p->wish->secret.len ? &p->wish->secret : NULL, &p->msg);
	fprintf(p->out, "    %s\n", w.text);
	for (unsigned i = 0; i < L2TP_R_COUNT; i++)
		if (o->reasons[i] && l2tp_rules[i].says)
			fprintf(p->out, "    rule of RFC 2661 %s: %s\n",
				play_section(i, p->msg.type), l2tp_rules[i].says);
}

static const char *play_name(const struct replay_msg *m, char *buf, size_t cap)
{
	struct l2tp_hdr h;

	if (l2tp_hdr_decode(&h, m->pkt, m->len) != L2TP_HDR_IS_CONTROL)
		return "malformed header";
	return h.len ? l2tp_msg_name(play_u16(&h, L2TP_AVP_MESSAGE_TYPE), buf, cap) : "ZLB";
}

static void play_say(struct play *p, const struct replay_msg *m, const char *unjudged,
		     const struct replay_outcome *o)
{
	char from[REPLAY_END_TEXT], to[REPLAY_END_TEXT], name[24];
	uint64_t us = m->us - p->file->msg[0].us;
	struct words w = {0};
	struct l2tp_hdr h;

	play_say_states(&w, o);
	if (unjudged)
		words_add(&w, "; %s", unjudged);
	else
		play_say_reasons(&w, o, play_type(m, &h));
	play_say_answers(&w, o->answers);
	fprintf(p->out, "%4llu.%06llu %s > %s %s: %s\n", (unsigned long long)(us / 1000000),
		(unsigned long long)(us % 1000000),
		replay_end_text(&m->from, false, from, sizeof(from)),
		replay_end_text(&m->to, false, to, sizeof(to)), play_name(m, name, sizeof(name)),
		w.text);
	if (p->wish->explain)
		play_explain(p, m, o);
}

/* --- all of it --------------------------------------------------------------------------------------- */

static void play_one(struct play *p, size_t at)
{
	const struct replay_msg *m = &p->file->msg[at], *first = &p->file->msg[0];
	struct replay_node *from = play_node(p, &m->from), *to = play_node(p, &m->to);
	l2tp_channel here = play_channel(p, &m->from), there = play_channel(p, &m->to);
	uint64_t now = FIRST + (m->us > first->us ? m->us - first->us : 0);
	struct replay_outcome o;
	const char *unjudged;

	if (!from || !to || !here || !there) {
		p->left_out++;
		return;
	}
	from->messages++;
	replay_node_sent(from, there, m, now);
	replay_node_received(to, here, m, play_reply(p, at), now, &o);
	play_name_fault(p, m, &o);
	unjudged = play_unjudged(play_is_unread(p, m), &o);
	from->unjudged += unjudged != NULL;
	from->breaches += !unjudged && play_is_breach(&o);
	play_say(p, m, unjudged, &o);
}

static bool play_is_about(const struct play *p, const struct replay_node *n)
{
	char name[REPLAY_END_TEXT];

	return !p->wish->as ||
	       !strcmp(p->wish->as, replay_end_text(&n->end, true, name, sizeof(name)));
}

static enum replay_verdict play_sum_up(const struct play *p)
{
	uint64_t judged = 0, breaches = 0;
	char name[REPLAY_END_TEXT];

	for (unsigned i = 0; i < p->nodes; i++) {
		const struct replay_node *n = p->node[i];

		if (!play_is_about(p, n))
			continue;
		judged += n->messages - n->unjudged;
		breaches += n->breaches;
		fprintf(p->out, "%s: %llu messages, %llu against the book, %llu not judged\n",
			replay_end_text(&n->end, true, name, sizeof(name)),
			(unsigned long long)n->messages, (unsigned long long)n->breaches,
			(unsigned long long)n->unjudged);
	}
	if (p->left_out)
		fprintf(p->out, "%llu messages of other systems are left out\n",
			(unsigned long long)p->left_out);
	return breaches ? REPLAY_AGAINST_IT : judged ? REPLAY_BY_THE_BOOK : REPLAY_NOT_JUDGED;
}

enum replay_verdict replay_play(const struct replay_file *f, const struct replay_wish *w, FILE *out)
{
	struct play *p = calloc(1, sizeof(*p));
	enum replay_verdict v;

	if (!p)
		return REPLAY_NOT_JUDGED;
	p->file = f;
	p->wish = w;
	p->out = out;
	for (size_t i = 0; i < f->count; i++)
		play_one(p, i);
	v = play_sum_up(p);
	for (unsigned i = 0; i < p->nodes; i++) {
		replay_node_free(p->node[i]);
		free(p->node[i]);
	}
	free(p);
	return v;
}
