/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames going out.  Those of a batch are gathered, data with a head of its own (L2TP header, FF
 * 03, protocol) in front of a payload that stays where it is; the flush sends one run per channel,
 * in which control messages keep their place among data.
 *
 * On a flow-controlled port each channel has two bounded queues, control in front of data.  Frames
 * that the transport does not take wait there, as copies, until the channel is writable; frames
 * that do not fit are dropped and counted.  No channel ever waits for another.
 */
#include "gw/dp/data.h"
#include "gw/dp/gather.h"

#include <stddef.h>
#include <string.h>

/* --- one frame -------------------------------------------------------------------------------- */

/* RFC 2661 3.1: LCP echoes are sent with the Priority bit, so that a queue which is full for a
 * while does not cost the link. */
static bool dp_send_is_echo(uint16_t proto, const uint8_t *payload, size_t len)
{
	enum { ECHO_REQUEST = 9, ECHO_REPLY = 10 };

	return proto == PPP_LCP && len && (payload[0] == ECHO_REQUEST || payload[0] == ECHO_REPLY);
}

/* The L2TP data header, which a line has not.  False when the frame is too long for it. */
static bool dp_send_l2tp_head(struct call *c, uint8_t *head, size_t len, size_t *h)
{
	*h = 0;
	if (!c->c.tid)
		return true;
	call_follow(c);
	*h = l2tp_data_header(&c->st->data, head, len);
	if (l2tp_data_sends_seq(&c->st->data))
		call_show_numbers(c->st);
	return *h;
}

/* RFC 2474, RFC 8200 7: the codepoint of an IP packet; -1 = none. */
static int dp_send_codepoint(uint16_t proto, const uint8_t *info, size_t len)
{
	if (len < 2 || (proto != PPP_IP && proto != PPP_IPV6))
		return -1;
	return proto == PPP_IP ? info[1] >> 2 : (info[0] & 15) << 2 | info[1] >> 6;
}

uint32_t tx_marks(const struct call *c, uint16_t proto, const uint8_t *info, size_t len)
{
	int inner = dp_send_codepoint(proto, info, len);
	uint32_t flags = 0;

	if (c->c.dscp < DP_DSCP_COPY)
		flags = IST_FRAME_DSCP(c->c.dscp);
	else if (inner > 0)
		flags = IST_FRAME_DSCP(inner);
	if (inner >= 0 && c->more && c->more->discard >> inner & 1)
		flags |= IST_FRAME_DISCARD;
	return flags;
}

void tx_frame_behind(struct worker *w, struct call *c, uint16_t proto, uint32_t marks,
		     const uint8_t *front, size_t front_len, const uint8_t *payload, size_t len)
{
	struct tx_batch *b = &w->tx;
	struct ist_frame *f = &b->f[b->n];
	const struct ppp_framing framing = {
		.address = !c->c.no_address,
		.acfc = !c->c.ff03 || (c->c.mirror_ff03 && c->st->plain),
		.pfc = c->c.pfc,
	};
	uint8_t *head = b->head[b->n], ppp[PPP_HEAD_MAX];
	size_t n = ppp_frame_head(ppp, proto, &framing), h;

	if (!dp_send_l2tp_head(c, head, n + front_len + len, &h)) {
		call_drop(w, c, DP_R_TOO_BIG);
		return;
	}
	if (h && dp_send_is_echo(proto, payload, len))
		head[0] |= L2TP_HDR_P >> 8;
	memcpy(head + h, ppp, n);
	if (front_len)
		memcpy(head + h + n, front, front_len);
	n += front_len;
	b->channel[b->n] = c->c.channel;
	b->told[b->n].want_sent = false;
	*f = (struct ist_frame){
		.channel = (ist_channel)c->c.channel,
		.flags = marks,
		.head = head,
		.head_len = (uint32_t)(h + n),
		.payload = payload,
		.len = (uint32_t)len,
	};
	count_add(&c->st->n->tx_frames, 1);
	count_add(&c->st->n->tx_octets, n + len);
	/* A full batch is sent at once, so that there is always room for the next frame. */
	if (++b->n == TX_MAX)
		tx_flush(w);
}

void tx_frame(struct worker *w, struct call *c, uint16_t proto, const uint8_t *payload, size_t len)
{
	uint32_t marks = 0;

	if (filter_has(c, DP_FILTER_PPP_OUT) &&
	    !filter_run_ppp(w, c, DP_FILTER_PPP_OUT, proto, payload, len))
		return;
	if (call_is_bundle(c)) {
		bundle_out(w, c, proto, payload, len);
		return;
	}
	if (c->marked)
		marks = tx_marks(c, proto, payload, len);
	tx_frame_behind(w, c, proto, marks, NULL, 0, payload, len);
}

/* RFC 1661 has no fragments: a frame that the leg cannot carry is dropped. */
void tx_forward(struct worker *w, struct call *c, uint16_t proto, const uint8_t *payload,
		size_t len)
{
	if (len > c->c.mtu)
		call_drop(w, c, DP_R_TOO_BIG);
	else if (proto >= PPP_NETWORK_CONTROL || call_rate_allows(w, c, DP_RATE_DOWN, len))
		tx_frame(w, c, proto, payload, len);
}

void tx_pass_on(struct worker *w, struct worker *to, const struct pair_rec *head, const uint8_t *a,
		size_t a_len, const uint8_t *b, size_t b_len)
{
	struct pair_rec *r = ring_reserve(&to->from[w->no]->out,
					  offsetof(struct pair_rec, octets) + a_len + b_len);

	if (!r) {
		worker_drop(w, DP_R_PAIR_RING);
		return;
	}
	memcpy(r, head, offsetof(struct pair_rec, octets));
	memcpy(r->octets, a, a_len);
	if (b_len)
		memcpy(r->octets + a_len, b, b_len);
	ring_commit(&to->from[w->no]->out);
	w->passed |= 1u << to->no;
}

void tx_poke_others(struct worker *w)
{
	for (unsigned i = 0; w->passed; i++) {
		if (w->passed & 1u << i)
			worker_poke(w->data->worker[i]);
		w->passed &= ~(1u << i);
	}
}

/* --- queues of a channel ---------------------------------------------------------------------- */

void tell_sent(struct worker *w, uint64_t cookie)
{
	uint64_t *r;

	if (w->report_head)
		report_mail(w);
	r = ring_reserve(&w->sent, sizeof(*r));
	/* dp_send() keeps fewer outstanding than fit. */
	if (r) {
		*r = cookie;
		ring_commit(&w->sent);
		w->told = true;
	}
}

/* A frame to send or to queue. */
struct outgoing {
	const struct ist_frame *f;
	struct tx_told told;
};

static void dp_send_over(struct worker *w, const struct tx_told *told)
{
	if (told->want_sent)
		tell_sent(w, told->cookie);
}

static void dp_send_give_up(struct worker *w, enum dp_reason why, const struct outgoing *o)
{
	worker_drop(w, why);
	if (o->f->flags & IST_FRAME_CONTROL && why != DP_R_PORT_CLOSED)
		count_add(&w->n->control_lost, 1);
	dp_send_over(w, &o->told);
}

/* The first n of a run were taken. */
static void dp_send_taken(struct worker *w, const struct ist_frame *f, const struct tx_told *told,
			  unsigned n)
{
	unsigned control = 0;

	for (unsigned i = 0; i < n; i++) {
		control += f[i].flags & IST_FRAME_CONTROL ? 1 : 0;
		dp_send_over(w, &told[i]);
	}
	count_add(&w->n->tx_control, control);
	count_add(&w->n->tx_frames, n - control);
}

static void dp_send_enqueue(struct worker *w, struct ring *q, const struct outgoing *o)
{
	const struct ist_frame *f = o->f;
	struct cmd_rec *r = ring_reserve(&q->out, sizeof(*r) + f->head_len + f->len);

	if (!r) {
		dp_send_give_up(w, DP_R_CHANNEL_FULL, o);
		return;
	}
	r->kind = f->flags;
	r->cookie = o->told.cookie;
	r->want_sent = o->told.want_sent;
	r->after = w->attach;
	if (f->head_len)
		memcpy(r->octets, f->head, f->head_len);
	memcpy(r->octets + f->head_len, f->payload, f->len);
	ring_commit(&q->out);
}

/* Send the frames that wait in q; false when the channel is full again. */
static bool dp_send_drain_queue(struct worker_port *p, struct worker_chan *c, struct ring *q)
{
	const struct cmd_rec *r;
	struct ist_frame f = {.channel = c->id};
	struct outgoing o = {.f = &f};
	size_t len;
	int taken;

	while ((r = ring_peek(&q->in, &len))) {
		f.flags = r->kind;
		f.payload = r->octets;
		f.len = (uint32_t)(len - sizeof(*r));
		o.told = (struct tx_told){r->cookie, worker_queue_wants_sent(p->w, r)};
		taken = p->t->send(p->p, &f, 1);
		if (!taken)
			return false;
		if (taken < 0)
			dp_send_give_up(p->w, DP_R_SEND, &o);
		else
			dp_send_taken(p->w, &f, &o.told, 1);
		ring_drop(&q->in);
	}
	return true;
}

void worker_chan_writable(struct worker_port *p, ist_channel id)
{
	struct worker_chan *c = worker_chan_find(p, id);

	if (c && c->q && dp_send_drain_queue(p, c, &c->q->control))
		dp_send_drain_queue(p, c, &c->q->data);
}

/* --- batches ---------------------------------------------------------------------------------- */

static struct worker_port *dp_send_port_of(struct worker *w, l2tp_channel c)
{
	unsigned no = dp_channel_port(c);

	return no < WORKER_PORTS ? w->port[no] : NULL;
}

static void dp_send_run(struct worker *w, struct worker_port *p, const struct ist_frame *f,
			const struct tx_told *told, unsigned n)
{
	struct worker_chan *c =
		p && worker_port_has(p, IST_CAP_FLOW) ? worker_chan_find(p, f->channel) : NULL;
	bool waits = c && c->q && !(ring_empty(&c->q->control.in) && ring_empty(&c->q->data.in));
	int taken = !p ? -1 : waits ? 0 : p->t->send(p->p, f, n);

	if (taken > 0)
		dp_send_taken(w, f, told, (unsigned)taken);
	for (unsigned i = taken < 0 ? 0 : (unsigned)taken; i < n; i++) {
		const struct outgoing o = {&f[i], told[i]};

		if (taken < 0 || !c || !c->q)
			dp_send_give_up(w, DP_R_SEND, &o);
		else
			dp_send_enqueue(w, &c->q->data, &o);
	}
}

/* Does a bad line take them, to let them go later? */
static bool dp_send_is_spoilt(struct worker_port *p, const struct ist_frame *f,
			      const struct tx_told *told, unsigned n)
{
	return p && __builtin_expect(p->impaired >> DP_IMPAIR_OUT & 1, 0) &&
	       worker_impair_out(p, f, told, n);
}

void tx_flush(struct worker *w)
{
	struct tx_batch *b = &w->tx;
	struct ist_frame run[TX_MAX];
	struct tx_told told[TX_MAX];
	struct worker_port *p;

	gather_flush(w);
	for (unsigned i = 0; i < b->n; i++) {
		l2tp_channel to = b->channel[i];
		unsigned n = 0;

		if (!to)
			continue;
		for (unsigned j = i; j < b->n; j++) {
			if (b->channel[j] != to)
				continue;
			b->channel[j] = 0;
			told[n] = b->told[j];
			run[n++] = b->f[j];
		}
		p = dp_send_port_of(w, to);
		if (!dp_send_is_spoilt(p, run, told, n))
			dp_send_run(w, p, run, told, n);
	}
	b->n = 0;
	w->scratch_used = 0;
}

/* A flow-controlled channel has a queue for control, which goes before data that waits. */
static void dp_send_control(struct worker *w, struct worker_port *p, const struct outgoing *o)
{
	const struct ist_frame *f = o->f;
	struct worker_chan *c = worker_chan_find(p, f->channel);
	bool waits = c && c->q && !ring_empty(&c->q->control.in);
	int taken = waits ? 0 : p->t->send(p->p, f, 1);

	if (taken > 0)
		dp_send_taken(w, f, &o->told, 1);
	else if (!taken && c && c->q)
		dp_send_enqueue(w, &c->q->control, o);
	else
		dp_send_give_up(w, DP_R_SEND, o);
}

void tx_let_go(struct worker_port *p, const struct ist_frame *f, unsigned n)
{
	static const struct tx_told told[TX_MAX]; /* that has been told before */

	if (!worker_port_has(p, IST_CAP_FLOW) || !(f->flags & IST_FRAME_CONTROL)) {
		dp_send_run(p->w, p, f, told, n);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		dp_send_control(p->w, p, &(struct outgoing){&f[i], told[i]});
}

void tx_control(struct worker *w, const struct cmd_rec *r, size_t len)
{
	struct tx_batch *b = &w->tx;
	struct worker_port *p = dp_send_port_of(w, r->channel);
	const struct ist_frame f = {
		.channel = (ist_channel)r->channel,
		.flags = IST_FRAME_CONTROL | IST_FRAME_DSCP(r->dscp),
		.payload = r->octets,
		.len = (uint32_t)len,
	};
	const struct outgoing o = {&f, {r->cookie, r->want_sent}};

	if (!p) {
		dp_send_give_up(w, DP_R_PORT_CLOSED, &o);
		return;
	}
	if (worker_port_has(p, IST_CAP_FLOW)) {
		tx_flush(w);
		if (!dp_send_is_spoilt(p, &f, &o.told, 1))
			dp_send_control(w, p, &o);
		return;
	}
	b->channel[b->n] = r->channel;
	b->f[b->n] = f;
	b->told[b->n] = o.told;
	if (++b->n == TX_MAX)
		tx_flush(w);
}
