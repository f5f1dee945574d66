/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames coming in.  A channel that carries PPP goes up whole.  On an L2TP channel the T bit
 * decides: control packets, and packets that are not L2TPv2, go to the control thread's engine;
 * data is looked up by our Tunnel and Session ID, must come from the call's channel, passes
 * sequencing (core/data.h), and is then either IP for ip_path.c or punted.
 *
 * A frame that is ahead of its turn is copied into the worker's pool and named by its reorder slot;
 * the call's gap timer delivers it when the missing frames do not come.
 */
#include "gw/dp/data.h"
#include "gw/dp/gather.h"
#include "gw/ip/ip.h"

#include <stdlib.h>
#include <string.h>

/* Punts of one call: a second's worth of negotiation many times over, but no flood. */
#define PUNT_RATE  100u
#define PUNT_BURST 100u
/* Packets of an NCP that is not open, or behind punted ones, after each change of the entry. */
#define EARLY_MAX 16u
/* RFC 1661 section 2: protocols from here on are of the link. */
#define PPP_LCP_FAMILY 0xc000u

/* --- to control -------------------------------------------------------------------- */

bool tell_frame(struct worker *w, struct ring_out *ring, enum dp_reason full, l2tp_channel from,
		uint32_t call, const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	struct frame_rec *r = NULL;

	/* No frame is read before the report that its channel is up. */
	if (!w->report_head || report_mail(w))
		r = ring_reserve(ring, sizeof(*r) + a_len + b_len);
	if (!r) {
		worker_drop(w, full);
		return false;
	}
	r->channel = from;
	r->when = w->now;
	r->call = call;
	r->unsequenced = false;
	if (a_len)
		memcpy(r->octets, a, a_len);
	if (b_len)
		memcpy(r->octets + a_len, b, b_len);
	ring_commit(ring);
	w->told = true;
	if (ring == &w->ppp)
		count_add(&w->n->punted, 1);
	return true;
}

/* The bucket of a call.  While it is being opened network packets may have only the upper half, so
 * that an early flood of them leaves room for the negotiation that will let them through. */
bool call_may_punt(struct worker *w, struct call_state *st, uint16_t proto)
{
	bool network = proto < 0x4000;

	if (network && st->tokens < PUNT_BURST * 500 && w->now - st->refilled < 1000000)
		return false;
	return bucket_take(&st->tokens, &st->refilled, w->now, PUNT_RATE, PUNT_BURST);
}

static void dp_call_punt(struct worker *w, struct call *c, uint16_t proto, const struct rd *info)
{
	uint8_t head[2];

	count_add(&c->st->n->control, 1);
	if (!call_may_punt(w, c->st, proto)) {
		call_drop(w, c, DP_R_PUNT_LIMIT);
		return;
	}
	wr_put16(head, proto);
	if (tell_frame(w, &w->ppp, DP_R_PPP_RING, c->c.channel, call_key(c->c.tid, c->c.sid), head,
		       2, info->p, info->left))
		c->st->punted++;
	else
		count_add(&c->st->n->drops, 1);
}

/* Once in the life of a call: its log is not for frames to fill. */
static void dp_call_tell_unsequenced(struct worker *w, struct call *c)
{
	struct frame_rec *r = c->st->told_unsequenced ? NULL : ring_reserve(&w->ppp, sizeof(*r));

	if (!r)
		return;
	*r = (struct frame_rec){.channel = c->c.channel,
				.when = w->now,
				.call = call_key(c->c.tid, c->c.sid),
				.unsequenced = true};
	ring_commit(&w->ppp);
	w->told = true;
	c->st->told_unsequenced = true;
}

/* --- PPP -------------------------------------------------------------------------------------- */

/* A client's Router Solicitation and DHCPv6 go to the control thread, which knows its prefixes, not
 * to the kernel. */
static bool dp_call_asks_control(const struct call *c, uint16_t proto, const struct rd *info)
{
	enum { NEXT_HEADER = 6, ICMPV6 = 58, TYPE = 40, SOLICITATION = 133 };

	if (proto != PPP_IPV6 || c->c.client || info->left <= TYPE)
		return false;
	return info->p[NEXT_HEADER] == ICMPV6 ? info->p[TYPE] == SOLICITATION
					      : ip6_is_for_dhcp_server(info->p, info->left);
}

/* The peer may send as soon as it has our Ack, which is before the control thread has told us that
 * the NCP is open, or that frames are forwarded; when that thread is held up, long before. */
static bool dp_call_is_early(struct call *c)
{
	struct call_state *st = c->st;

	if (st->early_version != c->version) {
		st->early_version = c->version;
		st->early = 0;
	}
	if (st->early == EARLY_MAX)
		return false;
	st->early++;
	return true;
}

/* Frames from one leg to the other are with the control thread, or on their way back. */
static bool dp_call_has_punts(const struct call_state *from, const struct call_state *to)
{
	uint32_t above = from->punted - atomic_load(&call_slot(from)->returned);
	uint32_t back = atomic_load(&call_slot(to)->posted) - atomic_load(&to->taken);

	return (int32_t)above > 0 || (int32_t)back > 0;
}

/* PPP expects its frames in order (RFC 1661 1).  Those that came before the entry said "forward"
 * take longer, so the next few go the same way until they have left. */
static bool dp_call_waits_behind(struct call *c, const struct call *to)
{
	struct call_state *st = c->st;

	if (st->early_version == c->version && st->early == EARLY_MAX)
		return false;
	if (dp_call_has_punts(st, to->st))
		return dp_call_is_early(c);
	st->early_version = c->version;
	st->early = EARLY_MAX;
	return false;
}

/* By the other leg of the join, whose worker may be another one.  The octets stay where they are
 * until the flush. */
static void dp_call_forward(struct worker *w, struct call *c, uint16_t proto, const struct rd *info)
{
	struct call *to = calltab_get(&w->data->tab, c->c.to_tid, c->c.to_sid);

	if (proto < PPP_NETWORK_CONTROL && !call_rate_allows(w, c, DP_RATE_UP, info->left))
		return;
	if (to && info->left <= to->c.mtu && dp_call_waits_behind(c, to)) {
		dp_call_punt(w, c, proto, info);
		return;
	}
	if (c->c.watched && proto >= PPP_NETWORK_CONTROL)
		call_copy(w, c, false, proto, info->p, info->left);
	if (!to) {
		call_drop(w, c, DP_R_NO_JOIN);
	} else if (to->st->home != w) {
		tx_pass_on(w, to->st->home,
			   &(struct pair_rec){.call = call_key(c->c.to_tid, c->c.to_sid),
					      .proto = proto,
					      .kind = PAIR_FORWARD},
			   info->p, info->left, NULL, 0);
	} else {
		tx_forward(w, to, proto, info->p, info->left);
	}
}

/* RFC 1990 section 2: with a multilink head or without, it is of the bundle. */
static void dp_call_to_bundle(struct worker *w, struct call *c, uint16_t proto,
			      const struct rd *info)
{
	struct call *to = calltab_get(&w->data->tab, c->c.to_tid, c->c.to_sid);
	uint32_t member = call_key(c->c.tid, c->c.sid);

	if (!to)
		call_drop(w, c, DP_R_NO_BUNDLE);
	else if (to->st->home != w)
		tx_pass_on(w, to->st->home,
			   &(struct pair_rec){.call = call_key(c->c.to_tid, c->c.to_sid),
					      .member = member,
					      .proto = proto,
					      .kind = PAIR_FROM_MEMBER},
			   info->p, info->left, NULL, 0);
	else
		bundle_in(w, to, member, proto, info->p, info->left);
}

/* False when its NCP is not open. */
static bool dp_call_ip(struct worker *w, struct call *c, uint16_t proto, const struct rd *info)
{
	if (c->c.mode != DP_TERMINAL || !(proto == PPP_IP ? c->c.ip4 : c->c.ip6))
		return false;
	ip_path_rx(w, c, proto == PPP_IPV6, info->p, info->left);
	return true;
}

void call_ip_in(struct worker *w, struct call *c, const uint8_t *frame, size_t len)
{
	struct rd r = rd_init(frame, len);
	uint16_t proto = rd_u16(&r);

	if (c->c.mode == DP_MEMBER)
		dp_call_to_bundle(w, c, proto, &r);
	else if (!dp_call_ip(w, c, proto, &r))
		call_drop(w, c, DP_R_NOT_OPEN);
}

void call_info_in(struct worker *w, struct call *c, uint16_t proto, const struct rd *info)
{
	bool ip = proto == PPP_IP || proto == PPP_IPV6;

	if (__builtin_expect(w->crowded, 0) && proto < PPP_NETWORK_CONTROL) {
		call_drop(w, c, DP_R_CROWDED);
		return;
	}
	if (filter_has(c, DP_FILTER_PPP_IN) && c->c.mode != DP_MEMBER &&
	    !filter_run_ppp(w, c, DP_FILTER_PPP_IN, proto, info->p, info->left))
		return;
	if (c->c.mode == DP_FORWARD) {
		dp_call_forward(w, c, proto, info);
		return;
	}
	if (c->c.mode == DP_MEMBER && proto < PPP_LCP_FAMILY) {
		dp_call_to_bundle(w, c, proto, info);
		return;
	}
	if (proto == PPP_LCP && call_echo(w, c, info))
		return;
	if (c->c.mode != DP_TERMINAL || !ip || dp_call_asks_control(c, proto, info)) {
		dp_call_punt(w, c, proto, info);
	} else if (!dp_call_ip(w, c, proto, info)) {
		if (dp_call_is_early(c))
			dp_call_punt(w, c, proto, info);
		else
			call_drop(w, c, DP_R_NOT_OPEN);
	}
}

void call_ppp_in(struct worker *w, struct call *c, const uint8_t *frame, size_t len)
{
	struct rd r = rd_init(frame, len);
	uint16_t proto;

	if (!ppp_frame_split(&r, &proto)) {
		call_drop(w, c, DP_R_BAD_PPP);
		return;
	}
	if (proto != PPP_LCP)
		c->st->plain = frame[0] != PPP_ALL_STATIONS;
	call_info_in(w, c, proto, &r);
}

/* RFC 1661 5.1: what a link begins with. */
static bool dp_call_begins_link(uint16_t proto, const struct rd *info)
{
	return proto == PPP_LCP && info->left && info->p[0] == 1;
}

static bool dp_call_may_begin(struct worker_port *p, ist_channel from)
{
	struct worker_chan *c = worker_chan_find(p, from);

	return !c || bucket_take(&c->tokens, &c->refilled, p->w->now, PUNT_RATE, PUNT_BURST);
}

/* A frame of a channel that carries PPP and has no line: a Configure-Request may make one, which
 * the control thread decides. */
static void dp_call_unclaimed(struct worker_port *p, ist_channel from, const uint8_t *frame,
			      size_t len)
{
	struct rd r = rd_init(frame, len);
	uint8_t head[2];
	uint16_t proto;

	if (!atomic_load_explicit(&p->w->data->lines, memory_order_relaxed)) {
		worker_drop(p->w, DP_R_NO_LINE);
		return;
	}
	if (!ppp_frame_split(&r, &proto)) {
		worker_drop(p->w, DP_R_BAD_PPP);
		return;
	}
	if (!dp_call_begins_link(proto, &r)) {
		worker_drop(p->w, DP_R_NO_LINE);
		return;
	}
	if (!dp_call_may_begin(p, from)) {
		worker_drop(p->w, DP_R_PUNT_LIMIT);
		return;
	}
	wr_put16(head, proto);
	tell_frame(p->w, &p->w->ppp, DP_R_PPP_RING, worker_port_channel(p, from), 0, head, 2, r.p,
		   r.left);
}

void call_count_in(struct worker *w, struct call *c, size_t len)
{
	struct call_counters *n = c->st->n;

	count_add(&n->rx_frames, 1);
	count_add(&n->rx_octets, len);
	atomic_store_explicit(&n->last_rx, w->now, memory_order_relaxed);
}

static void dp_call_line_in(struct worker_port *p, ist_channel from, const uint8_t *frame,
			    size_t len)
{
	l2tp_channel channel = worker_port_channel(p, from);
	struct call *c = (struct call *)map_get(&p->w->data->lines_at, channel);

	if (!c) {
		dp_call_unclaimed(p, from, frame, len);
		return;
	}
	call_count_in(p->w, c, len);
	call_ppp_in(p->w, c, frame, len);
}

/* --- sequencing ------------------------------------------------------------------------------- */

void call_show_numbers(struct call_state *st)
{
	atomic_store_explicit(&st->n->numbers, call_numbers(&st->data), memory_order_relaxed);
}

/* The sequence state is the worker's; its counters are copied to atomics that other threads may
 * read. */
static void dp_call_show_sequence(struct call_state *st)
{
	const struct l2tp_data *d = &st->data;

	if (d->lost | d->late | d->reordered) {
		struct call_rare *n = call_rare(st);

		atomic_store_explicit(&n->seq_lost, d->lost, memory_order_relaxed);
		atomic_store_explicit(&n->seq_late, d->late, memory_order_relaxed);
		atomic_store_explicit(&n->seq_reordered, d->reordered, memory_order_relaxed);
	}
	call_show_numbers(st);
}

/* A call without sequence numbers, as most are, has nothing to show and is not asked to at every
 * frame. */
static bool dp_call_is_sequenced(const struct call_state *st)
{
	return st->data.seen_seq || l2tp_data_sends_seq(&st->data) ||
	       count_get(&st->n->numbers) & DOOR_SENDING_SEQ;
}

static void dp_call_follow(struct call *c)
{
	struct call_state *st = c->st;
	struct l2tp_data *d = &st->data;

	st->version = c->version;
	if (!d->ns && !d->seen_seq) {
		l2tp_data_init(d, &c->c.data);
		return;
	}
	d->cfg.peer_tid = c->c.data.peer_tid;
	d->cfg.peer_sid = c->c.data.peer_sid;
	d->cfg.send_length = c->c.data.send_length;
	d->cfg.required = c->c.data.required;
	if (d->cfg.lns && d->cfg.send_seq != c->c.data.send_seq) {
		d->cfg.send_seq = c->c.data.send_seq;
		l2tp_data_set_seq(d, d->cfg.send_seq);
	}
}

void call_follow(struct call *c)
{
	if (c->st->version == c->version)
		return;
	dp_call_follow(c);
	dp_call_show_sequence(c->st);
}

/* Without any left the call waits for nothing. */
static void dp_call_borrow_slots(struct worker *w, struct call_state *st)
{
	st->held = worker_take_held(w);
	st->data.slot = st->held ? st->held->slot : NULL;
	if (st->held)
		st->held->st = st;
}

/* Unless frames wait. */
static void dp_call_return_slots(struct worker *w, struct call_state *st)
{
	if (!st->held || st->data.held)
		return;
	deadline_cancel(&w->heap, &st->held->gap);
	worker_give_held(w, st->held);
	st->held = NULL;
	st->data.slot = NULL;
}

/* Deliver the frames that are next in sequence, then set the timer of the next gap. */
static void dp_call_drain(struct worker *w, struct call *c)
{
	struct call_state *st = c->st;
	const uint8_t *frame;
	size_t len;
	bool might = gather_may(w, false); /* the frames are in the pool */
	int slot;

	while ((slot = l2tp_data_ready(&st->data, w->now)) >= 0) {
		if (st->held->buffer[slot] == POOL_NONE) {
			call_drop(w, c, DP_R_REORDER_FULL);
			continue;
		}
		frame = pool_get(&w->reorder, st->held->buffer[slot], &len);
		call_ppp_in(w, c, frame, len);
		if (c->c.mode == DP_FORWARD)
			tx_flush(w); /* the frame is in the pool */
		pool_give(&w->reorder, st->held->buffer[slot]);
	}
	gather_may(w, might);
	dp_call_return_slots(w, st);
	if (st->held)
		worker_timer(w, &st->held->gap, TIMER_GAP, st->data.gap_deadline);
}

void call_settle(struct worker *w, struct call *c)
{
	struct l2tp_data *d = &c->st->data;

	call_follow(c);
	if (!d->held)
		return;
	while (d->held) {
		d->gap_deadline = 0; /* has passed */
		dp_call_drain(w, c);
	}
	dp_call_show_sequence(c->st);
}

void call_gap(struct deadline *d, uint64_t now)
{
	struct call_state *st = IST_CONTAINER_OF(d, struct call_held, gap)->st;
	struct call *c = calltab_get(&st->home->data->tab, st->tid, st->sid);

	(void)now;
	if (!c || c->st != st)
		return;
	dp_call_drain(st->home, c);
	dp_call_show_sequence(st);
}

void call_retire(struct worker *w, struct call_state *st)
{
	if (st->bundle)
		bundle_free(w, st->bundle);
	for (unsigned i = 0; st->held && i < L2TP_REORDER_MAX; i++) {
		if (!st->held->slot[i].used)
			continue;
		worker_drop(w, DP_R_NO_CALL);
		if (st->held->buffer[i] != POOL_NONE)
			pool_give(&w->reorder, st->held->buffer[i]);
	}
	st->data.held = 0;
	dp_call_return_slots(w, st);
	if (!w->data->aside)
		atomic_store(&call_slot(st)->owner,
			     0); /* from here on control may use them again */
	free(st->bucket);
	slab_give(st);
}

static enum dp_reason dp_call_sequence_reason(enum l2tp_reason why)
{
	return why == L2TP_R_DATA_REORDER_FULL ? DP_R_REORDER_FULL
	       : why == L2TP_R_DATA_NO_SEQ     ? DP_R_NO_SEQ
					       : DP_R_SEQ;
}

static enum l2tp_data_verdict dp_call_judge(struct worker *w, struct call *c,
					    const struct l2tp_hdr *h, unsigned *slot,
					    enum l2tp_reason *why)
{
	struct l2tp_data *d = &c->st->data;
	enum l2tp_data_verdict verdict;

	for (;;) {
		if (l2tp_data_wants_slots(d, h))
			dp_call_borrow_slots(w, c->st);
		verdict = l2tp_data_rx(d, h, w->now, slot, why);
		if (verdict != L2TP_DATA_DRAIN)
			return verdict;
		dp_call_drain(w, c);
	}
}

static void dp_call_sequenced(struct worker *w, struct call *c, const struct l2tp_hdr *h)
{
	struct call_state *st = c->st;
	enum l2tp_reason why;
	unsigned slot;
	enum l2tp_data_verdict verdict = dp_call_judge(w, c, h, &slot, &why);

	if (verdict == L2TP_DATA_DROP) {
		dp_call_return_slots(w, st);
		call_drop(w, c, dp_call_sequence_reason(why));
		if (why == L2TP_R_DATA_NO_SEQ)
			dp_call_tell_unsequenced(w, c);
		return;
	}
	if (verdict == L2TP_DATA_HOLD)
		st->held->buffer[slot] = pool_copy(&w->reorder, h->payload, h->len);
	else
		call_ppp_in(w, c, h->payload, h->len);
	dp_call_drain(w, c);
}

/* --- L2TP ------------------------------------------------------------------------------------- */

static void dp_call_data_in(struct worker_port *p, ist_channel from, const struct l2tp_hdr *h)
{
	struct worker *w = p->w;
	struct call *c = calltab_get(&w->data->tab, h->tid, h->sid);

	if (!c || !h->tid) { /* Tunnel ID 0 names no tunnel */
		worker_drop(w, DP_R_NO_CALL);
		return;
	}
	if (c->c.channel != worker_port_channel(p, from) || c->st->home != w) {
		worker_drop(w, DP_R_WRONG_CHANNEL);
		return;
	}
	call_follow(c);
	call_count_in(w, c, h->len);
	calltab_heard(&w->data->tab, h->tid, w->now);
	dp_call_sequenced(w, c, h);
	if (dp_call_is_sequenced(c->st))
		dp_call_show_sequence(c->st);
}

static void dp_call_l2tp_in(struct worker_port *p, ist_channel from, const uint8_t *pkt, size_t len)
{
	struct rd r = rd_init(pkt, len);
	uint16_t flags = rd_u16(&r);
	struct l2tp_hdr h;

	if (r.bad) {
		worker_drop(p->w, DP_R_NOT_L2TP);
	} else if (flags & L2TP_HDR_T || (flags & L2TP_HDR_VER) != 2) {
		count_add(&p->w->n->rx_control, 1);
		tell_frame(p->w, &p->w->control, DP_R_CONTROL_RING, worker_port_channel(p, from), 0,
			   pkt, len, NULL, 0);
	} else if (l2tp_hdr_decode(&h, pkt, len) == L2TP_HDR_IS_DATA) {
		count_add(&p->w->n->rx_frames, 1);
		dp_call_data_in(p, from, &h);
	} else {
		worker_drop(p->w, DP_R_BAD_HDR);
	}
}

static void dp_call_frame_in(struct worker_port *p, ist_channel from, const uint8_t *octets,
			     size_t len)
{
	if (worker_port_has(p, IST_CAP_PPP)) {
		struct worker_chan *c = worker_chan_find(p, from);

		if (c ? c->payload == IST_PAYLOAD_PPP : !worker_port_has(p, IST_CAP_L2TP)) {
			count_add(&p->w->n->rx_frames, 1);
			dp_call_line_in(p, from, octets, len);
			return;
		}
	}
	dp_call_l2tp_in(p, from, octets, len);
}

static void dp_call_count_marks(struct worker *w, uint32_t flags)
{
	if (flags & IST_FRAME_CONGESTED)
		count_add(&w->n->rx_congested, 1);
	if (flags & IST_FRAME_DISCARD)
		count_add(&w->n->rx_discard, 1);
}

/* --- batches ---------------------------------------------------------------------------------- */

/* Frames, and the segments that they hold, one after the other. */
struct dp_call_batch {
	const struct ist_frame *f, *end;
	uint32_t at; /* octets of f that have been taken */
};

struct dp_call_frame {
	const uint8_t *octets;
	size_t len;
	ist_channel channel;
};

static bool dp_call_next(struct worker *w, struct dp_call_batch *b, struct dp_call_frame *out)
{
	const struct ist_frame *f = b->f;
	struct rd r;

	if (f == b->end)
		return false;
	if (!b->at && f->flags)
		dp_call_count_marks(w, f->flags);
	r = rd_init(f->payload + b->at, f->len - b->at);
	out->channel = f->channel;
	out->len = f->segment && f->segment < r.left ? f->segment : r.left;
	out->octets = rd_take(&r, out->len);
	b->at += (uint32_t)out->len;
	if (!r.left) {
		b->f++;
		b->at = 0;
	}
	return true;
}

/* The call that an L2TP data message names; 0 for all else. */
static uint32_t dp_call_named(const struct dp_call_frame *f)
{
	struct rd r = rd_init(f->octets, f->len);
	uint16_t flags = rd_u16(&r), tid;

	if (flags & L2TP_HDR_T || (flags & L2TP_HDR_VER) != 2)
		return 0;
	if (flags & L2TP_HDR_L)
		rd_skip(&r, 2);
	tid = rd_u16(&r);
	return call_key(tid, rd_u16(&r));
}

static void dp_call_look_ahead(struct worker *w, const struct dp_call_frame *f, unsigned n)
{
	uint32_t key[CALLTAB_AHEAD];

	if (n < 2 || !calltab_is_large(&w->data->tab))
		return;
	for (unsigned i = 0; i < n; i++)
		key[i] = dp_call_named(&f[i]);
	calltab_look_ahead(&w->data->tab, key, n);
}

void frames_in(struct worker_port *p, const struct ist_frame *f, unsigned n)
{
	bool might = gather_may(p->w, true), was = path_set(true);
	struct dp_call_batch b = {.f = f, .end = f + n};
	struct dp_call_frame some[CALLTAB_AHEAD];
	unsigned k;

	p->w->crowded = p->crowded;
	do {
		for (k = 0; k < CALLTAB_AHEAD && dp_call_next(p->w, &b, &some[k]);)
			k++;
		dp_call_look_ahead(p->w, some, k);
		for (unsigned i = 0; i < k; i++)
			dp_call_frame_in(p, some[i].channel, some[i].octets, some[i].len);
	} while (k == CALLTAB_AHEAD);
	p->w->crowded = false;
	tx_flush(p->w); /* what goes on is in memory that is the transport's again now */
	gather_may(p->w, might);
	path_set(was);
}
