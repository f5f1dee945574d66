/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two engines, bound to the two sides of a pair: packets of an engine go out as frames of the link
 * its tunnel is on, control marked as such; frames that arrive are told apart by their first bit;
 * data is checked against what must come next in its call.  Every event is kept, so that a case can
 * wait for what has to happen, and whatever an engine had to discard as malformed fails the case.
 */
#define _GNU_SOURCE
#include "tests/conformance/l2tp_end.h"

#include "core/hdr.h"
#include "tests/conformance/l2tp_line.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PPP_MAX 70000u

/* --- frames made from numbers ----------------------------------------------------------------- */

/* IPv4 by its protocol field, then the frame's number. */
static void l2tp_end_fill(uint8_t *out, uint16_t tid, uint16_t sid, uint32_t no, uint32_t len)
{
	uint64_t x = ((uint64_t)tid << 48 | (uint64_t)sid << 32 | no) * 0x9e3779b97f4a7c15u + len;
	uint8_t head[6] = {0, 0x21};

	wr_put32(head + 2, no);
	for (uint32_t i = 0; i < len; i++) {
		if (!(i & 7)) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
		}
		out[i] = i < sizeof(head) ? head[i] : (uint8_t)(x >> 8 * (i & 7));
	}
}

static struct leg *leg_of(struct l2tp_end *e, uint16_t tid, uint16_t sid)
{
	for (unsigned i = e->legs; i-- > 0;)
		if (e->leg[i].sid == sid && e->leg[i].tun->id == tid && !e->leg[i].down)
			return &e->leg[i];
	return NULL;
}

/* The numbers between the last frame and this one are missed, which only a lossy line may do. */
static bool in_turn(struct l2tp_end *e, struct leg *l, const struct l2tp_hdr *h)
{
	uint32_t due = l->got + l->missed, no = due;
	struct rd r = rd_init(h->payload, h->len);

	rd_skip(&r, 2);
	if (h->len >= 6)
		no = rd_u32(&r);
	if (no < due || no - due > 100000) {
		check_fault(e->host, "frame %u of a call arrives, where %u was due", no, due);
		return false;
	}
	l->missed += no - due;
	e->bed->arrived += no - due;
	return true;
}

static void whole(struct l2tp_end *e, struct leg *l, const struct l2tp_hdr *h)
{
	static uint8_t want[PPP_MAX];

	if (!in_turn(e, l, h))
		return;
	l2tp_end_fill(want, h->tid, h->sid, l->got + l->missed, (uint32_t)h->len);
	if (h->len > PPP_MAX || memcmp(want, h->payload, h->len))
		check_fault(e->host, "a PPP frame of %zu octets that was not sent so", h->len);
	l->got++;
	l->octets += h->len;
	e->received++;
	e->bed->arrived++;
}

static void data(struct l2tp_end *e, unsigned link, const struct l2tp_hdr *h)
{
	struct leg *l = leg_of(e, h->tid, h->sid);
	enum l2tp_reason why;
	unsigned slot;

	if (!l || l->link != link) {
		check_fault(e->host, "data for call %u/%u, which is not there", h->tid, h->sid);
		return;
	}
	l->tun->heard = bed_now();
	if (l2tp_data_rx(&l->data, h, bed_now(), &slot, &why) == L2TP_DATA_DELIVER)
		whole(e, l, h);
	else
		check_fault(e->host, "data of call %u/%u is dropped: %s", h->tid, h->sid,
			    l2tp_reasons[why].words);
}

static void l2tp_end_on_frame(struct pair *p, unsigned side, const struct check_chan *c,
			      const struct ist_frame *f)
{
	struct l2tp_end *e = &((struct bed *)p->user)->end[side];
	struct link *l = pair_link_of(p, c);
	struct l2tp_hdr h;

	/* A port that was opened again, before its channel has been found: lost, as on any line. */
	if (!l || !e->e || e->deaf)
		return;
	p->progress = bed_now();
	if (l2tp_hdr_decode(&h, f->payload, f->len) == L2TP_HDR_IS_DATA)
		data(e, (unsigned)(l - p->link), &h);
	else
		l2tp_engine_rx(e->e, (l2tp_channel)(l - p->link + 1), f->payload, f->len,
			       bed_now());
}

/* --- what the engine asks --------------------------------------------------------------------- */

static bool spoilt(struct l2tp_end *e)
{
	return e->deaf || (e->bed->loss && pair_rand(e->bed->p) % 100 < e->bed->loss);
}

static enum l2tp_tx l2tp_end_op_tx(void *ctx, l2tp_channel to, const uint8_t *pkt, size_t len,
				   uint64_t cookie, uint8_t dscp)
{
	struct l2tp_end *e = ctx;
	struct ist_frame f = {.flags = IST_FRAME_CONTROL | IST_FRAME_DSCP(dscp),
			      .payload = pkt,
			      .len = (uint32_t)len};

	if (!spoilt(e))
		return line_send(e, (unsigned)to - 1, &f, cookie);
	e->lost_messages += len > L2TP_HDR_CONTROL_LEN;
	return L2TP_TX_TAKEN;
}

static bool l2tp_end_op_peer(void *ctx, l2tp_channel from, const uint8_t *host, size_t host_len,
			     struct l2tp_peer_answer *out)
{
	struct l2tp_end *e = ctx;
	const char *name = e->bed->end[!e->side].policy.host_name;

	if (host_len != strlen(name) || memcmp(host, name, host_len))
		return false;
	*out = (struct l2tp_peer_answer){.policy = e->policy, .source = from, .peer = e};
	return true;
}

static void l2tp_end_op_random(void *ctx, void *buf, size_t len)
{
	struct l2tp_end *e = ctx;
	uint8_t *out = buf;

	while (len--)
		*out++ = (uint8_t)(pair_rand(e->bed->p) >> 32);
}

/* --- events ----------------------------------------------------------------------------------- */

static struct tun *tun_new(struct l2tp_end *e, struct l2tp_tunnel *t)
{
	struct l2tp_tunnel_info i;
	struct tun *n = &e->tun[e->tuns];

	if (e->tuns == BED_TUNS) {
		check_fault(e->host, "more than %u tunnels", BED_TUNS);
		n--;
	} else {
		e->tuns++;
	}
	l2tp_tunnel_info(t, &i);
	*n = (struct tun){.t = t, .id = i.local_id};
	l2tp_tunnel_set_user(t, n);
	return n;
}

static struct tun *tun_of(struct l2tp_end *e, struct l2tp_tunnel *t)
{
	struct l2tp_tunnel_info i;

	l2tp_tunnel_info(t, &i);
	return i.user ? i.user : tun_new(e, t);
}

static void l2tp_end_tunnel_up(struct tun *t)
{
	t->up = t->settled = true;
}

static void tunnel_down(struct l2tp_end *e, struct tun *t, const struct l2tp_event *ev)
{
	for (unsigned i = 0; i < e->legs; i++)
		if (e->leg[i].tun == t && !e->leg[i].down)
			check_fault(e->host, "tunnel %u goes down before its call %u", t->id,
				    e->leg[i].sid);
	if (t->down)
		check_fault(e->host, "tunnel %u goes down twice", t->id);
	t->t = NULL;
	t->down = t->settled = true;
	t->result = ev->result;
	t->by = ev->by;
}

/* The LNS of a call is the one to whom an incoming call comes, or who places an outgoing one. */
static struct leg *leg_new(struct l2tp_end *e, struct l2tp_call *c, enum l2tp_call_kind kind,
			   bool placed)
{
	struct l2tp_data_config data = e->bed->data;
	struct l2tp_tunnel_info t;
	struct l2tp_call_info i;
	struct leg *l = &e->leg[e->legs];

	if (e->legs == BED_LEGS) {
		check_fault(e->host, "more than %u calls", BED_LEGS);
		l--;
	} else {
		e->legs++;
	}
	l2tp_call_info(c, &i);
	l2tp_tunnel_info(i.tunnel, &t);
	*l = (struct leg){.c = c,
			  .tun = tun_of(e, i.tunnel),
			  .sid = i.local_id,
			  .link = (unsigned)t.channel - 1};
	data.lns = placed == (kind == L2TP_OUTGOING);
	data.peer_tid = t.peer_id;
	l2tp_data_init(&l->data, &data);
	l2tp_call_set_user(c, l);
	return l;
}

/* The circuit is up as soon as the call is: in the ICCN or OCCN, the demand for sequencing. */
static void l2tp_end_connected(struct l2tp_end *e, struct l2tp_call *c, uint64_t now)
{
	static const struct l2tp_avp required = {.type = L2TP_AVP_SEQUENCING_REQUIRED,
						 .mandatory = true,
						 .val = (const uint8_t *)""};

	l2tp_call_connected(c, &required, e->bed->data.required, now);
}

static void offered(struct l2tp_end *e, const struct l2tp_event *ev)
{
	static const struct l2tp_result busy = {.result = L2TP_CDN_BUSY,
						.error = L2TP_ERR_TRY_ANOTHER,
						.text = "all lines are taken"};
	struct l2tp_call_info i;

	l2tp_call_info(ev->call, &i);
	leg_new(e, ev->call, i.kind, false);
	if (e->refuse) {
		l2tp_call_hangup(ev->call, &busy, NULL, 0, ev->now);
		return;
	}
	l2tp_call_answer(ev->call, NULL, 0, ev->now);
	if (i.kind == L2TP_OUTGOING)
		l2tp_end_connected(e, ev->call, ev->now);
}

static void l2tp_end_call_up(struct l2tp_end *e, struct leg *l, const struct l2tp_event *ev)
{
	struct l2tp_call_info i;
	struct l2tp_tunnel_info t;

	l2tp_call_info(ev->call, &i);
	l2tp_tunnel_info(ev->tunnel, &t);
	l->data.cfg.peer_tid = t.peer_id;
	l->data.cfg.peer_sid = i.peer_id;
	if (i.we_are_lns != l->data.cfg.lns)
		check_fault(e->host, "call %u/%u is up in the wrong role", t.local_id, i.local_id);
	if (i.sequencing_required != l->data.cfg.required)
		check_fault(e->host, "call %u/%u: Sequencing Required is %d", t.local_id,
			    i.local_id, i.sequencing_required);
	l->up = l->settled = true;
}

static void call_down(struct l2tp_end *e, struct leg *l, const struct l2tp_event *ev)
{
	if (l->down)
		check_fault(e->host, "call %u/%u goes down twice", l->tun->id, l->sid);
	l->c = NULL;
	l->down = l->settled = true;
	l->result = ev->result;
	l->by = ev->by;
	l->at_down = e->received;
}

/* Of an outgoing call the reply changes nothing: the circuit is the far side's. */
static void call_replied(struct l2tp_end *e, struct leg *l, const struct l2tp_event *ev)
{
	if (!l->data.cfg.lns)
		l2tp_end_connected(e, ev->call, ev->now);
}

static void call_sli(struct l2tp_end *e, struct leg *l, const struct l2tp_event *ev)
{
	(void)e, (void)ev;
	l->slis++;
}

static void call_wen(struct l2tp_end *e, struct leg *l, const struct l2tp_event *ev)
{
	(void)e, (void)ev;
	l->wens++;
}

static void call_event(struct l2tp_end *e, const struct l2tp_event *ev)
{
	static void (*const on[])(struct l2tp_end * e, struct leg * l,
				  const struct l2tp_event *ev) = {
		[L2TP_EV_CALL_REPLIED] = call_replied,
		[L2TP_EV_CALL_UP] = l2tp_end_call_up,
		[L2TP_EV_CALL_DOWN] = call_down,
		[L2TP_EV_SLI] = call_sli,
		[L2TP_EV_WEN] = call_wen,
	};
	struct l2tp_call_info i;

	l2tp_call_info(ev->call, &i);
	if (ev->kind == L2TP_EV_CALL_OFFERED)
		offered(e, ev);
	else if (i.user)
		on[ev->kind](e, i.user, ev);
	else
		check_fault(e->host, "call %u: an event before it was offered", i.local_id);
}

static void l2tp_end_op_event(void *ctx, const struct l2tp_event *ev)
{
	struct l2tp_end *e = ctx;

	if (ev->call)
		call_event(e, ev);
	else if (ev->kind == L2TP_EV_TUNNEL_UP)
		l2tp_end_tunnel_up(tun_of(e, ev->tunnel));
	else if (ev->kind == L2TP_EV_TUNNEL_DOWN)
		tunnel_down(e, tun_of(e, ev->tunnel), ev);
}

/* --- what the host reports -------------------------------------------------------------------- */

static void on_channel(struct check_host *h, struct check_chan *c)
{
	struct pair *p = h->user;
	struct bed *b = p->user;
	struct l2tp_end *e = &b->end[h == &p->side[B]];
	struct link *l = pair_link_of(p, c);
	l2tp_channel on = l ? (l2tp_channel)(l - p->link + 1) : 0;

	if (!l || !e->e || l->id[e->side] != c->id)
		return; /* nothing has gone over it yet, or not any more */
	if (c->state != CHAN_UP)
		line_flush(e, (unsigned)on - 1);
	if (c->state == CHAN_DEAD)
		l2tp_engine_channel_lost(e->e, on, bed_now());
	else
		l2tp_engine_channel(e->e, on, c->state == CHAN_UP, bed_now());
}

static void l2tp_end_on_up(struct check_host *h, struct check_chan *c, const struct ist_attrs *a)
{
	struct pair *p = h->user;

	((struct bed *)p->user)->end[h == &p->side[B]].pair_up(h, c, a);
	on_channel(h, c);
}

static void l2tp_end_attach(struct l2tp_end *e)
{
	e->pair_up = e->host->on_up;
	e->host->on_up = l2tp_end_on_up;
	e->host->on_down = on_channel;
}

/* --- birth and death -------------------------------------------------------------------------- */

void bed_policy(struct l2tp_policy *p)
{
	static const char secret[] = "between the two of us";

	l2tp_policy_default(p);
	p->secret.len = sizeof(secret) - 1;
	memcpy(p->secret.octets, secret, sizeof(secret) - 1);
	p->challenge = p->hide = true;
	p->bearer_caps = 3;
	p->retransmit = 100000;
	p->retransmit_count = 8;
	p->hello = 0;
}

static uint64_t l2tp_end_op_heard(void *ctx, uint16_t local_id)
{
	struct l2tp_end *e = ctx;

	for (uint32_t i = 0; i < e->tuns; i++)
		if (e->tun[i].t && e->tun[i].id == local_id)
			return e->tun[i].heard;
	return 0;
}

static bool engine_start(struct l2tp_end *e)
{
	static const struct l2tp_ops ops = {.tx = l2tp_end_op_tx,
					    .event = l2tp_end_op_event,
					    .peer = l2tp_end_op_peer,
					    .random = l2tp_end_op_random,
					    .heard = l2tp_end_op_heard};

	e->e = l2tp_engine_new(&ops, e, NULL);
	return e->e ? true : fail(e->bed->p, "no memory for an engine");
}

static bool l2tp_end_start(struct bed *b, struct pair *p, const struct l2tp_policy *policy)
{
	static const char *const names[] = {"side-a", "side-b"};

	b->p = p;
	p->user = b;
	p->on_frame = l2tp_end_on_frame;
	for (unsigned i = 0; i < p->links && b->links < BED_LINKS; i++)
		if (p->link[i].payload == IST_PAYLOAD_L2TP)
			b->link[b->links++] = i;
	for (unsigned k = A; k <= B; k++) {
		struct l2tp_end *e = &b->end[k];

		*e = (struct l2tp_end){
			.bed = b, .host = &p->side[k], .side = k, .line = line_new(p->links)};
		bed_policy(&e->policy);
		if (policy)
			e->policy = *policy;
		strcpy(e->policy.host_name, names[k]);
		l2tp_end_attach(e);
		if (!engine_start(e))
			return false;
	}
	return true;
}

/* What nobody may have sent, on whatever line. */
static void nothing_malformed(struct l2tp_end *e)
{
	for (unsigned r = L2TP_R_HDR_SHORT; r <= L2TP_R_MSG_UNKNOWN; r++)
		if (bed_count(e, (enum l2tp_reason)r))
			check_fault(e->host, "%" PRIu64 " packets: %s",
				    bed_count(e, (enum l2tp_reason)r), l2tp_reasons[r].words);
	if (bed_count(e, L2TP_R_WRONG_CHANNEL))
		check_fault(e->host, "packets: %s", l2tp_reasons[L2TP_R_WRONG_CHANNEL].words);
}

static void engine_end(struct l2tp_end *e)
{
	if (e->e)
		nothing_malformed(e);
	l2tp_engine_free(e->e);
	e->e = NULL;
	for (unsigned i = 0; i < e->bed->p->links; i++)
		line_flush(e, i);
}

bool bed_run(struct pair *p, const struct l2tp_policy *policy, bool (*body)(struct bed *b))
{
	struct bed *b = calloc(1, sizeof(*b));
	bool ok;

	if (!b)
		abort();
	ok = l2tp_end_start(b, p, policy);
	if (ok && !b->links)
		ok = skip(p, "side A has no circuit that carries L2TP");
	else if (ok)
		ok = body(b);
	for (unsigned k = A; k <= B; k++) {
		if (b->end[k].bed)
			engine_end(&b->end[k]);
		free(b->end[k].line);
		p->side[k].on_up = b->end[k].pair_up;
		p->side[k].on_down = NULL;
	}
	p->on_frame = NULL;
	p->user = NULL;
	free(b);
	return ok && !p->why[0];
}

void bed_close(struct bed *b, unsigned side, bool kill)
{
	struct l2tp_end *e = &b->end[side];

	pair_close_side(b->p, side);
	if (kill)
		engine_end(e);
	for (unsigned i = 0; i < b->p->links && e->e; i++) {
		line_flush(e, i);
		l2tp_engine_channel(e->e, i + 1, false, bed_now());
	}
}

bool bed_relink(struct bed *b)
{
	if (!pair_links(b->p))
		return false;
	for (unsigned k = A; k <= B; k++)
		for (unsigned i = 0; i < b->p->links; i++)
			l2tp_engine_channel(b->end[k].e, i + 1, true, bed_now());
	return true;
}

bool bed_reopen(struct bed *b, unsigned side)
{
	if (!b->end[side].e && !engine_start(&b->end[side]))
		return false;
	if (!pair_open_side(b->p, side))
		return false;
	l2tp_end_attach(&b->end[side]);
	return bed_relink(b);
}

/* --- the loop --------------------------------------------------------------------------------- */

static bool faulty(const struct bed *b)
{
	return b->p->why[0] || b->p->side[A].fault[0] || b->p->side[B].fault[0];
}

/* What has arrived counts before what is due, however long this machine was busy elsewhere. */
void bed_serve(struct bed *b, unsigned sides, uint64_t until)
{
	for (unsigned k = A; k <= B; k++) {
		struct l2tp_end *e = &b->end[k];

		if (sides & 1u << k && e->e && !e->deaf && l2tp_engine_deadline(e->e) < until)
			until = l2tp_engine_deadline(e->e);
	}
	pair_serve(b->p, sides, until);
	for (unsigned k = A; k <= B; k++) {
		struct l2tp_end *e = &b->end[k];

		if (!(sides & 1u << k) || !e->e)
			continue;
		line_drain(e);
		if (!e->deaf && l2tp_engine_deadline(e->e) <= bed_now())
			l2tp_engine_expire(e->e, bed_now());
	}
}

bool bed_pass(struct bed *b, unsigned sides, uint64_t us)
{
	uint64_t end = bed_now() + us;

	while (bed_now() < end && !faulty(b))
		bed_serve(b, sides, end);
	return !faulty(b);
}

bool bed_until(struct bed *b, const bool *what, const char *words)
{
	uint64_t end = bed_now() + BED_PATIENCE;

	while (!*what && !faulty(b)) {
		if (bed_now() > end)
			return fail(b->p, "%s", words);
		bed_serve(b, 3, end);
	}
	return !faulty(b);
}

bool bed_until_n(struct bed *b, const uint32_t *what, uint32_t n, const char *words)
{
	uint64_t end = bed_now() + BED_PATIENCE;

	while (*what < n && !faulty(b)) {
		if (bed_now() > end)
			return fail(b->p, "%s: %u of %u", words, *what, n);
		bed_serve(b, 3, end);
	}
	return !faulty(b);
}

uint64_t bed_count(struct l2tp_end *e, enum l2tp_reason why)
{
	struct l2tp_counters c;

	l2tp_engine_counters(e->e, &c);
	return c.reason[why];
}

uint64_t bed_told(struct l2tp_end *e, enum l2tp_msg_type type)
{
	struct l2tp_counters c;

	l2tp_engine_counters(e->e, &c);
	return c.tx[type];
}

/* --- tunnels and calls ------------------------------------------------------------------------ */

static bool ended(struct bed *b, const char *what, enum l2tp_side by, const struct l2tp_result *r)
{
	static const char *const who[] = {[L2TP_BY_US] = "us",
					  [L2TP_BY_PEER] = "the peer",
					  [L2TP_BY_TIMEOUT] = "time-out",
					  [L2TP_BY_CHANNEL] = "its channel"};

	return fail(b->p, "a %s goes down instead of up, by %s: result %u/%u \"%s\"", what, who[by],
		    r->result, r->error, r->text);
}

static bool tunnel_is_up(struct bed *b, struct tun *t)
{
	if (!bed_until(b, &t->settled, "a tunnel does not come up"))
		return false;
	return t->up && !t->down ? true : ended(b, "tunnel", t->by, &t->result);
}

static bool leg_is_up(struct bed *b, struct leg *l)
{
	if (!bed_until(b, &l->settled, "a call does not come up"))
		return false;
	return l->up && !l->down ? true : ended(b, "call", l->by, &l->result);
}

struct tun *bed_open(struct bed *b, unsigned side, unsigned link)
{
	struct l2tp_end *e = &b->end[side];
	struct l2tp_peer_answer who = {.policy = e->policy, .source = link, .peer = e};
	enum l2tp_reason why = L2TP_R_NONE;
	struct l2tp_tunnel *t = l2tp_tunnel_open(e->e, link + 1, &who, NULL, bed_now(), &why);

	if (!t)
		fail(b->p, "no tunnel can be opened: %s", l2tp_reasons[why].words);
	return t ? tun_of(e, t) : NULL;
}

/* The far side's view of a tunnel that is up here; it may have to wait for our SCCCN. */
static struct tun *far_tunnel(struct bed *b, unsigned side, const struct tun *t)
{
	struct l2tp_end *far = &b->end[!side];
	struct l2tp_tunnel_info near_info, far_info;
	struct l2tp_tunnel *f;
	struct tun *found;

	l2tp_tunnel_info(t->t, &near_info);
	f = l2tp_tunnel_by_id(far->e, near_info.peer_id);
	if (!f)
		return NULL;
	found = tun_of(far, f);
	if (!tunnel_is_up(b, found))
		return NULL;
	l2tp_tunnel_info(f, &far_info);
	if (!near_info.authenticated || !far_info.authenticated)
		fail(b->p, "a tunnel is up without authentication");
	if (far_info.peer_id != near_info.local_id || far_info.channel != near_info.channel)
		fail(b->p, "a tunnel is another one at the far side");
	return found;
}

bool bed_tunnel(struct bed *b, unsigned side, unsigned link, struct tun *t[2])
{
	t[side] = bed_open(b, side, link);
	if (!t[side] || !tunnel_is_up(b, t[side]))
		return false;
	t[!side] = far_tunnel(b, side, t[side]);
	return t[!side] ? !faulty(b) : fail(b->p, "a tunnel is up at one side only");
}

struct leg *bed_place(struct bed *b, unsigned side, struct tun *t, enum l2tp_call_kind kind)
{
	struct l2tp_end *e = &b->end[side];
	enum l2tp_reason why = L2TP_R_NONE;
	struct l2tp_call *c = l2tp_call_new(t->t, NULL, &why);
	struct leg *l;

	if (!c) {
		fail(b->p, "no call can be placed: %s", l2tp_reasons[why].words);
		return NULL;
	}
	l = leg_new(e, c, kind, true);
	l2tp_call_place(c, kind, NULL, 0, bed_now());
	return l;
}

bool bed_leg_up(struct bed *b, unsigned side, struct leg *l, struct leg *both[2])
{
	struct l2tp_call_info i;

	if (!leg_is_up(b, l))
		return false;
	l2tp_call_info(l->c, &i);
	both[side] = l;
	both[!side] = leg_of(&b->end[!side], l->data.cfg.peer_tid, i.peer_id);
	return both[!side] ? leg_is_up(b, both[!side])
			   : fail(b->p, "a call is up at one side only");
}

bool bed_call(struct bed *b, unsigned side, struct tun *t, enum l2tp_call_kind kind,
	      struct leg *l[2])
{
	struct leg *placed = bed_place(b, side, t, kind);

	return placed && bed_leg_up(b, side, placed, l);
}

/* --- data ------------------------------------------------------------------------------------- */

uint32_t bed_room(struct bed *b, const struct leg *l)
{
	uint32_t mtu = pair_mtu(b->p, &b->p->link[l->link]);
	uint32_t head = 6 + 2 * l->data.cfg.send_length + 4 * l2tp_data_sends_seq(&l->data);

	return mtu > head ? mtu - head : 0;
}

bool bed_push(struct bed *b, unsigned side, struct leg *l, uint32_t len)
{
	static uint8_t octets[PPP_MAX];
	struct l2tp_end *e = &b->end[side];
	uint8_t head[L2TP_HDR_DATA_MAX];
	struct ist_frame f = {.head = head, .payload = octets, .len = len};

	if (len > sizeof(octets))
		return fail(b->p, "a frame of %u octets", len);
	f.head_len = (uint32_t)l2tp_data_header(&l->data, head, len);
	if (!f.head_len)
		return fail(b->p, "no header for %u octets", len);
	l2tp_end_fill(octets, l->data.cfg.peer_tid, l->data.cfg.peer_sid, l->sent, len);
	l->sent++;
	b->sent++;
	if (!spoilt(e) && line_send(e, l->link, &f, 0) == L2TP_TX_FAILED)
		return fail(b->p, "side %s: send refuses a frame of data", e->host->side);
	memset(octets, 0xa5, len); /* consumed or copied by now */
	return !faulty(b);
}

/* Until no more than n frames are on their way, or nothing has come for too long. */
static bool l2tp_end_down_to(struct bed *b, uint64_t n)
{
	b->p->progress = bed_now();
	while (b->sent - b->arrived > n && !faulty(b)) {
		if (bed_now() > b->p->progress + BED_PATIENCE)
			return fail(b->p, "%" PRIu64 " PPP frames never arrive",
				    b->sent - b->arrived);
		bed_serve(b, 3, b->p->progress + BED_PATIENCE);
	}
	return !faulty(b);
}

/* Frames on their way, all calls together: a line need not hold more, and a long one may be many
 * there. */
static unsigned l2tp_end_most(uint32_t len)
{
	return len > 4000 ? 1 : len > 1500 ? 8 : 32;
}

bool bed_send(struct bed *b, unsigned side, struct leg *l, uint32_t len)
{
	return l2tp_end_down_to(b, l2tp_end_most(len) - 1) && bed_push(b, side, l, len);
}

bool bed_drain(struct bed *b)
{
	if (!l2tp_end_down_to(b, 0))
		return false;
	for (unsigned k = A; k <= B; k++)
		for (unsigned i = 0; i < b->end[k].legs; i++)
			if (b->end[k].leg[i].missed)
				return fail(b->p, "%u PPP frames are lost",
					    b->end[k].leg[i].missed);
	return true;
}

bool bed_both_ways(struct bed *b, struct leg *l[2], unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = A; k <= B; k++)
			if (!bed_send(b, k, l[k], 10 + (uint32_t)(pair_rand(b->p) % 200)))
				return false;
	return bed_drain(b);
}
