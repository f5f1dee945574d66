/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Circuits: between the packet layer, which knows logical channels (LCN), and the host, which knows
 * channel handles.  A circuit has a handle, an encapsulation, and the addresses and rates of its
 * call.  The packet layer reports here; the host's requests come in here from x25_transport.c.
 *
 *   a call to us:   Call -> offer -> answer -> Call Accepted -> up
 *                               \-> refuse -> Clear
 *   a call of ours: connect -> Call -> Call Connected -> up
 *                                  \-> Clear -> down, for ever
 *   permanent:      down until the packet layer is ready, then up; a reset is not down
 *
 * Rules of RFC 1356: a call is offered only when its call user data name a protocol we serve, so
 * that no call is accepted and then cleared (3.2).  An address that failed is not called again for
 * `hold-down` (3.11).  A far end that turns out to be a PAD is cleared, and the log says so (4.3).
 * A call without traffic is cleared after `inactivity` (3.9).
 */
#include "transports/x25/x25_port.h"

#include <errno.h>
#include <stdlib.h>

/* --- handles ---------------------------------------------------------------------------------- */

int x25_circuits_open(struct ist_port *p)
{
	p->idle_at = X25_NO_TIME;
	p->circuit = calloc(HANDLE_SLOTS, sizeof(*p->circuit));
	return p->circuit ? slots_init(&p->slots, 1, HANDLE_SLOTS) : -ENOMEM;
}

struct x25_circuit *x25_circuit_new(struct ist_port *p)
{
	struct x25_circuit *c = calloc(1, sizeof(*c));
	uint32_t i = c ? slots_take(&p->slots) : SLOT_NONE;

	if (i == SLOT_NONE) {
		free(c);
		return NULL;
	}
	p->circuit[i] = c;
	c->id = slots_handle(&p->slots, i);
	c->last = x25_now(p);
	return c;
}

struct x25_circuit *x25_circuit_get(const struct ist_port *p, ist_channel id)
{
	uint32_t i = slots_find(&p->slots, id);

	return i == SLOT_NONE ? NULL : p->circuit[i];
}

static void circuit_free_slot(struct ist_port *p, ist_channel id)
{
	p->circuit[handle_index(id)] = NULL;
	slots_give_back(&p->slots, handle_index(id));
}

void x25_circuit_attach(struct x25_circuit *c, struct x25_line *l, uint16_t lci)
{
	c->line = l;
	c->lci = lci;
	if (lci)
		l->circuit[lci] = c;
}

static void circuit_detach(struct x25_circuit *c)
{
	struct x25_line *l = c->line;

	if (l && c->lci && l->circuit[c->lci] == c)
		l->circuit[c->lci] = NULL;
	c->line = NULL;
	if (l && l->ops->over)
		l->ops->over(l);
}

/* --- notes ------------------------------------------------------------------------------------ */

void x25_circuit_note(struct ist_port *p, struct x25_circuit *c, uint8_t notes)
{
	c->notes |= notes;
	if (c->noted)
		return;
	c->noted = true;
	c->next_noted = NULL;
	*p->noted_last = c;
	p->noted_last = &c->next_noted;
}

void x25_circuit_drop(struct ist_port *p, struct x25_circuit *c)
{
	circuit_free_slot(p, c->id);
	circuit_detach(c);
	c->state = X25_CIRCUIT_DEAD;
	c->notes = 0;
	x25_circuit_note(p, c, X25_NOTE_FREE);
}

static uint8_t circuit_payload(const struct x25_circuit *c)
{
	return c->encap == X25_ENCAP_PPP ? IST_PAYLOAD_PPP : IST_PAYLOAD_L2TP;
}

/* Only what the circuit knows: addresses and user data as the Call has them, rates of the
 * throughput classes that were agreed on.  What was not said is NULL or 0. */
static struct ist_attrs circuit_attrs(const struct x25_circuit *c)
{
	uint8_t id[X25_CUD_ENCAP_MAX];
	size_t id_len = x25_encap_cud(c->encap, id);
	bool more = c->call_data_len > id_len;

	return (struct ist_attrs){
		.size = sizeof(struct ist_attrs),
		.payload = circuit_payload(c),
		.permanent = c->permanent,
		.local = c->local,
		.peer = c->peer,
		.called = *c->called ? c->called : NULL,
		.calling = *c->calling ? c->calling : NULL,
		.user_data = more ? c->call_data + id_len : NULL,
		.user_data_len = more ? (uint32_t)(c->call_data_len - id_len) : 0,
		.tx_bps = c->tx_bps,
		.rx_bps = c->rx_bps,
		.number = c->lci,
		.sub_address = *c->sub ? c->sub : NULL,
	};
}

static bool circuit_note_due(struct x25_circuit *c, uint8_t note)
{
	bool there = c->notes & note;

	c->notes &= (uint8_t)~note;
	return there;
}

/* The host may answer, refuse or disconnect from inside each report; that changes the notes, so
 * that each is read only when its turn comes. */
static void circuit_report_one(struct ist_port *p, struct x25_circuit *c)
{
	struct ist_attrs a = circuit_attrs(c);

	if (circuit_note_due(c, X25_NOTE_OFFER))
		p->host->offer(p->ctx, c->id, &a);
	if (circuit_note_due(c, X25_NOTE_UP))
		p->host->up(p->ctx, c->id, &a);
	if (circuit_note_due(c, X25_NOTE_WRITABLE))
		p->host->writable(p->ctx, c->id);
	if (circuit_note_due(c, X25_NOTE_DOWN))
		p->host->down(p->ctx, c->id, &c->why, false);
	if (circuit_note_due(c, X25_NOTE_GONE)) {
		p->host->down(p->ctx, c->id, &c->why, true);
		circuit_free_slot(p, c->id);
		x25_circuit_note(p, c, X25_NOTE_FREE);
	}
}

void x25_circuit_report_all(struct ist_port *p)
{
	x25_batch_report(p);
	while (p->noted_first) {
		struct x25_circuit *c = p->noted_first;

		p->noted_first = c->next_noted;
		if (!p->noted_first)
			p->noted_last = &p->noted_first;
		c->noted = false;
		if (c->notes & X25_NOTE_FREE)
			free(c);
		else
			circuit_report_one(p, c);
	}
}

/* --- hold-down -------------------------------------------------------------------- */

static void circuit_hold(struct ist_port *p, const struct ist_addr *a)
{
	struct x25_held *best = &p->held[0];

	for (unsigned i = 0; i < X25_HELD; i++) {
		struct x25_held *h = &p->held[i];

		if (!memcmp(&h->addr, a, sizeof(*a))) {
			best = h;
			break;
		}
		if (h->until < best->until)
			best = h;
	}
	*best = (struct x25_held){*a, x25_now(p) + p->conf.hold_down};
}

static bool circuit_is_held(const struct ist_port *p, const struct ist_addr *a)
{
	uint64_t now = x25_now(p);

	for (unsigned i = 0; i < X25_HELD; i++)
		if (now < p->held[i].until && !memcmp(&p->held[i].addr, a, sizeof(*a)))
			return true;
	return false;
}

/* --- up and down ------------------------------------------------------------------------------ */

void x25_circuit_lost(struct ist_port *p, struct x25_circuit *c, const struct ist_cause *why)
{
	bool unseen = c->notes & X25_NOTE_OFFER;

	circuit_detach(c);
	c->state = X25_CIRCUIT_DEAD;
	c->why = *why;
	c->notes &= X25_NOTE_UP;
	if (c->ours && p->conf.hold_down)
		circuit_hold(p, &c->peer);
	if (unseen)
		x25_circuit_drop(p, c);
	else
		x25_circuit_note(p, c, X25_NOTE_GONE);
}

void x25_circuit_pvc(struct ist_port *p, struct x25_circuit *c, bool up,
		     const struct ist_cause *why)
{
	if (up == (c->state == X25_CIRCUIT_UP))
		return;
	c->state = up ? X25_CIRCUIT_UP : X25_CIRCUIT_DOWN;
	if (why)
		c->why = *why;
	/* A change that is undone before it was reported is not reported. */
	if (c->notes & (up ? X25_NOTE_DOWN : X25_NOTE_UP))
		c->notes &= (uint8_t) ~(X25_NOTE_DOWN | X25_NOTE_UP);
	else
		x25_circuit_note(p, c, up ? X25_NOTE_UP : X25_NOTE_DOWN);
}

static void circuit_line_changed(struct x25_line *l, bool ready)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_LINK, .words = "line down"};

	l->ready = ready;
	for (uint16_t i = 1; i <= l->x.cfg.pvc; i++)
		if (l->circuit[i] && l->circuit[i]->permanent)
			x25_circuit_pvc(l->port, l->circuit[i], ready, &why);
}

/* --- what the packet layer reports ------------------------------------------------------------ */

static void circuit_on_ready(struct x25_line *l, const struct x25_report *r)
{
	(void)r;
	circuit_line_changed(l, true);
}

static void circuit_on_down(struct x25_line *l, const struct x25_report *r)
{
	(void)r;
	circuit_line_changed(l, false);
}

/* cause: the one a DCE gives; a DTE's is always 0 (X.25 5.2.4.1). */
static void circuit_clear_call(struct x25_line *l, uint16_t lci, enum x25_clear cause, uint8_t diag)
{
	uint64_t now = x25_now(l->port);
	uint8_t said = l->x.cfg.dce ? cause : X25_CLEAR_DTE;

	if (l->ops->layer)
		l->ops->layer->clear(l, lci, said, diag, now);
	else
		x25_clear(&l->x, lci, said, diag, now);
}

static void circuit_refuse_call(struct x25_line *l, const struct x25_report *r,
				enum x25_port_counter why, enum x25_clear cause, uint8_t diag)
{
	l->port->count[why]++;
	circuit_clear_call(l, r->lci, cause, diag);
}

static void circuit_store_call(struct x25_circuit *c, const struct x25_pkt *p)
{
	memcpy(c->called, p->called, sizeof(c->called));
	memcpy(c->calling, p->calling, sizeof(c->calling));
	memcpy(c->sub, p->fac.sub, sizeof(c->sub));
	c->call_data_len = (uint8_t)p->len; /* X25_CUD at most: fast select is refused */
	if (c->call_data_len)
		memcpy(c->call_data, p->data, c->call_data_len);
}

static void circuit_on_incoming(struct x25_line *l, const struct x25_report *r)
{
	const struct x25_facilities *f = &r->pkt->fac;
	enum x25_encap e = x25_encap_of(r->pkt->data, r->pkt->len);
	struct ist_port *p = l->port;
	struct x25_circuit *c;

	if (e == X25_ENCAPS) {
		circuit_refuse_call(l, r, X25_P_REFUSED_PROTOCOL, X25_CLEAR_DTE, X25_DIAG_PROTOCOL);
		return;
	}
	if (f->given & X25_FAC_REVERSE && !p->conf.reverse_accepted) {
		circuit_refuse_call(l, r, X25_P_REFUSED_CHARGE, X25_CLEAR_REVERSE_CHARGING, 0);
		return;
	}
	c = x25_circuit_new(p);
	if (!c) {
		circuit_refuse_call(l, r, X25_P_REFUSED_ROOM, X25_CLEAR_CONGESTION, 0);
		return;
	}
	c->state = X25_CIRCUIT_OFFERED;
	c->encap = e;
	circuit_store_call(c, r->pkt);
	x25_addr_set(&c->peer, c->calling);
	if (x25_conf_find(&p->conf, &c->peer, true))
		x25_addr_set(&c->peer, ""); /* a caller must not pass for a permanent circuit */
	x25_addr_set(&c->local, *c->called ? c->called : p->conf.address);
	if (f->given & X25_FAC_THROUGHPUT) {
		c->tx_bps = x25_throughput_bps(f->throughput_called);
		c->rx_bps = x25_throughput_bps(f->throughput_calling);
	}
	x25_circuit_attach(c, l, r->lci);
	x25_circuit_note(p, c, X25_NOTE_OFFER);
}

/* Look at the circuit again when it may have been idle for too long. */
static void circuit_note_idle(struct ist_port *p, const struct x25_circuit *c)
{
	if (!p->conf.inactivity || c->permanent)
		return;
	if (c->last + p->conf.inactivity < p->idle_at)
		p->idle_at = c->last + p->conf.inactivity;
	x25_port_wake_at(p, p->idle_at);
}

static void circuit_on_connected(struct x25_line *l, const struct x25_report *r)
{
	struct x25_circuit *c = l->circuit[r->lci];

	if (!c)
		return;
	if (r->pkt && r->pkt->fac.given & X25_FAC_THROUGHPUT) {
		c->rx_bps = x25_throughput_bps(r->pkt->fac.throughput_called);
		c->tx_bps = x25_throughput_bps(r->pkt->fac.throughput_calling);
	}
	c->state = X25_CIRCUIT_UP;
	c->last = x25_now(l->port);
	x25_circuit_note(l->port, c, X25_NOTE_UP | (c->refused ? X25_NOTE_WRITABLE : 0));
	c->refused = false;
	circuit_note_idle(l->port, c);
}

static void circuit_on_cleared(struct x25_line *l, const struct x25_report *r)
{
	struct x25_circuit *c = l->circuit[r->lci];
	struct ist_cause why = {
		.kind = IST_CAUSE_CLEARED, .cause = r->cause, .diagnostic = r->diag};

	if (!c)
		return;
	why.words = x25_cause_words(X25_CLEAR, r->cause);
	if (l->x.r == X25_R_DOWN)
		why = (struct ist_cause){.kind = IST_CAUSE_LINK, .words = "line down"};
	else if (c->state == X25_CIRCUIT_CALLING && r->diag == X25_DIAG_TIMER_CALL)
		why.kind = IST_CAUSE_TIMEOUT;
	else if (c->state == X25_CIRCUIT_CALLING)
		why.kind = IST_CAUSE_REFUSED;
	l->port->host->log(l->port->ctx, 6, "call %s %s cleared: %s, %s", c->ours ? "to" : "from",
			   c->ours ? c->called : c->calling, why.words, x25_diag_words(r->diag));
	x25_circuit_lost(l->port, c, &why);
}

/* SDUs in flight are lost, the circuit stays up.  Over XOT a permanent circuit comes up by a Reset.
 */
static void circuit_on_reset(struct x25_line *l, const struct x25_report *r)
{
	struct x25_circuit *c = l->circuit[r->lci];

	if (!c)
		return;
	if (c->permanent && l->x.r == X25_R1_READY)
		x25_circuit_pvc(l->port, c, true, NULL);
	l->port->host->log(l->port->ctx, 6, "channel %u reset: %s, %s", r->lci,
			   x25_cause_words(X25_RESET, r->cause), x25_diag_words(r->diag));
}

static void circuit_on_sdu(struct x25_line *l, const struct x25_report *r)
{
	static const uint8_t counters[] = {
		[X25_PDU_OTHER] = X25_P_RX_OTHER, [X25_PDU_EMPTY] = X25_P_RX_EMPTY};
	struct x25_circuit *c = l->circuit[r->lci];
	struct rd pdu = rd_init(r->data, r->len);
	struct ist_port *p = l->port;
	enum x25_encap_result got;

	if (!c || c->state != X25_CIRCUIT_UP) {
		p->count[X25_P_RX_EARLY]++;
		return;
	}
	got = x25_encap_remove(c->encap, &pdu);
	if (got != X25_PDU_OK) {
		p->count[counters[got]]++;
		return;
	}
	c->last = x25_now(p);
	p->count[X25_P_RX]++;
	p->count[X25_P_RX_OCTETS] += pdu.left;
	x25_batch_add(p, c->id, pdu.p, (uint32_t)pdu.left);
}

/* A PAD sends X.29 messages with the Q bit; 2, 4 and 6 ask for or set its parameters. */
static void circuit_on_qualified(struct x25_line *l, const struct x25_report *r)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_REFUSED,
					     .words = "far end is a PAD"};
	struct x25_circuit *c = l->circuit[r->lci];
	uint8_t first = r->len ? r->data[0] : 0;

	l->port->count[X25_P_RX_QUALIFIED]++;
	if (!c || c->permanent || (first != 2 && first != 4 && first != 6))
		return;
	l->port->count[X25_P_PAD]++;
	l->port->host->log(l->port->ctx, 4,
			   "call %s %s cleared: the far end is a PAD; check the X.121 address",
			   c->ours ? "to" : "from", c->ours ? c->called : c->calling);
	x25_circuit_lost(l->port, c, &why);
	circuit_clear_call(l, r->lci, X25_CLEAR_DTE, 0);
}

static void circuit_on_writable(struct x25_line *l, const struct x25_report *r)
{
	struct x25_circuit *c = l->circuit[r->lci];

	if (c && c->state == X25_CIRCUIT_UP)
		x25_circuit_note(l->port, c, X25_NOTE_WRITABLE);
}

void x25_line_report(struct x25_line *l, const struct x25_report *r)
{
	static void (*const handlers[])(struct x25_line * l, const struct x25_report *r) = {
		[X25_READY] = circuit_on_ready,	      [X25_DOWN] = circuit_on_down,
		[X25_INCOMING] = circuit_on_incoming, [X25_CONNECTED] = circuit_on_connected,
		[X25_CLEARED] = circuit_on_cleared,   [X25_RESET_DONE] = circuit_on_reset,
		[X25_SDU] = circuit_on_sdu,	      [X25_SDU_Q] = circuit_on_qualified,
		[X25_WRITABLE] = circuit_on_writable,
	};

	handlers[r->kind](l, r);
}

/* --- packet layers ---------------------------------------------------------------------------- */

static void circuit_on_tx(void *ctx, const uint8_t *pkt, size_t len)
{
	struct x25_line *l = ctx;

	l->ops->tx(l, pkt, len);
}

static void circuit_on_report(void *ctx, const struct x25_report *r)
{
	x25_line_report(ctx, r);
}

int x25_line_init(struct x25_line *l, struct ist_port *p, const struct x25_config *conf,
		  const struct x25_line_ops *ops)
{
	static const struct x25_ops engine_ops = {circuit_on_tx, circuit_on_report};
	int r = x25_init(&l->x, conf, &engine_ops, l);

	if (r)
		return r;
	l->port = p;
	l->ops = ops;
	l->ready = false;
	l->circuit = calloc(l->x.vcs, sizeof(*l->circuit));
	if (l->circuit)
		return 0;
	x25_free(&l->x);
	return -ENOMEM;
}

int x25_line_init_other(struct x25_line *l, struct ist_port *p, const struct x25_line_ops *ops)
{
	l->port = p;
	l->ops = ops;
	l->x.next = X25_NO_TIME;
	l->circuit = calloc(2, sizeof(*l->circuit));
	return l->circuit ? 0 : -ENOMEM;
}

void x25_line_free(struct x25_line *l)
{
	for (unsigned i = 0; i < X25_C_COUNT && l->port; i++)
		l->port->gone[i] += l->x.count[i];
	x25_free(&l->x);
	free(l->circuit);
	l->circuit = NULL;
}

bool x25_circuit_place(struct x25_circuit *c, struct x25_line *l, uint64_t now)
{
	uint16_t lci =
		x25_call(&l->x, c->called, c->calling, c->sub, c->call_data, c->call_data_len, now);

	if (!lci)
		return false;
	x25_circuit_attach(c, l, lci);
	x25_port_wake_at(l->port, x25_deadline(&l->x));
	return true;
}

/* --- what the host asks ----------------------------------------------------------------------- */

static uint32_t circuit_head_len(const struct ist_frame *f)
{
	return f->head ? f->head_len : 0;
}

static bool circuit_send_sdu(const struct x25_circuit *c, const uint8_t *head, size_t head_len,
			     const struct ist_frame *f, uint64_t now)
{
	struct x25_line *l = c->line;

	if (l->ops->layer)
		return l->ops->layer->send(l, c->lci, head, head_len, f->payload, f->len, now);
	return x25_send(&l->x, c->lci, head, head_len, f->payload, f->len, now);
}

/* True: sent, or dropped and counted.  False: the circuit is full. */
static bool circuit_send_one(struct ist_port *p, struct x25_circuit *c, const struct ist_frame *f,
			     uint64_t now)
{
	uint8_t head[X25_SNAP_LEN + IST_HEAD_MAX];
	uint32_t len = circuit_head_len(f);
	size_t own = x25_encap_head(c->encap, head);

	if (len > IST_HEAD_MAX || own + len + (uint64_t)f->len > p->conf.mtu) {
		p->count[X25_P_TX_TOO_LONG]++;
		return true;
	}
	if (len)
		memcpy(head + own, f->head, len);
	if (len + f->len && !circuit_send_sdu(c, head, own + len, f, now))
		return false;
	c->last = now;
	p->count[X25_P_TX]++;
	p->count[X25_P_TX_OCTETS] += len + f->len;
	return true;
}

int x25_circuit_send(struct ist_port *p, const struct ist_frame *f, unsigned n)
{
	struct x25_circuit *c = n ? x25_circuit_get(p, f->channel) : NULL;
	uint64_t now = x25_now(p);
	unsigned i = 0;

	if (!n)
		return 0;
	if (!c || c->state == X25_CIRCUIT_DEAD) {
		p->count[X25_P_TX_STALE] += n;
		return -ESTALE;
	}
	if (c->state == X25_CIRCUIT_DOWN) {
		p->count[X25_P_TX_DOWN] += n;
		return (int)n;
	}
	if (c->state != X25_CIRCUIT_UP) {
		c->refused = true;
		return 0;
	}
	/* Sending may end the circuit, when its TCP connection takes no more. */
	while (i < n && c->state == X25_CIRCUIT_UP && circuit_send_one(p, c, &f[i], now))
		i++;
	if (c->line)
		x25_port_wake_at(p, x25_deadline(&c->line->x));
	return (int)i;
}

static void circuit_prepare_call(struct ist_port *p, struct x25_circuit *c,
				 const struct ist_addr *to, uint8_t payload)
{
	const struct x25_known *known = x25_conf_find(&p->conf, to, false);

	c->state = X25_CIRCUIT_CALLING;
	c->ours = true;
	c->encap = payload == IST_PAYLOAD_PPP ? X25_ENCAP_PPP
		   : known		      ? known->encap
					      : p->conf.encap;
	c->peer = *to;
	x25_addr_set(&c->local, p->conf.address);
	x25_addr_digits(to, c->called);
	memcpy(c->calling, p->conf.address, sizeof(c->calling));
	c->call_data_len = (uint8_t)x25_encap_cud(c->encap, c->call_data);
	c->tx_bps = c->rx_bps = x25_throughput_bps(p->conf.x.throughput);
}

/* False: it is no address extension. */
static bool circuit_set_sub(struct x25_circuit *c, const struct ist_attrs *a)
{
	const char *sub = a && IST_HAS(a, sub_address) ? a->sub_address : NULL;

	if (!sub)
		return true;
	if (!x25_sub_ok(sub))
		return false;
	memcpy(c->sub, sub, strlen(sub) + 1);
	return true;
}

int x25_circuit_connect(struct ist_port *p, const struct ist_addr *to, uint8_t payload,
			const struct ist_attrs *a, ist_channel *out)
{
	const struct x25_known *known = x25_conf_find(&p->conf, to, true);
	struct x25_circuit *c;
	int r;

	if (known) {
		*out = known->circuit->id;
		return circuit_payload(known->circuit) == payload ? 0 : -EPROTONOSUPPORT;
	}
	if (!to->len)
		return -EINVAL;
	if (circuit_is_held(p, to)) {
		p->count[X25_P_HELD_DOWN]++;
		return -EHOSTDOWN;
	}
	c = x25_circuit_new(p);
	if (!c)
		return -ENOBUFS;
	circuit_prepare_call(p, c, to, payload);
	*out = c->id;
	r = circuit_set_sub(c, a) ? p->below->call(p, c, x25_now(p)) : -EINVAL;
	if (r < 0)
		x25_circuit_drop(p, c);
	return r;
}

static bool circuit_accept_call(struct x25_line *l, uint16_t lci)
{
	uint64_t now = x25_now(l->port);

	return l->ops->layer ? l->ops->layer->accept(l, lci, now) : x25_accept(&l->x, lci, now);
}

int x25_circuit_answer(struct ist_port *p, ist_channel id)
{
	struct x25_circuit *c = x25_circuit_get(p, id);

	if (!c || c->state != X25_CIRCUIT_OFFERED)
		return -ESTALE;
	return circuit_accept_call(c->line, c->lci) ? 0 : -ESTALE;
}

static void circuit_clear_and_drop(struct ist_port *p, struct x25_circuit *c, uint8_t diag)
{
	struct x25_line *l = c->line;
	uint16_t lci = c->lci;

	x25_circuit_drop(p, c);
	if (!l || !lci)
		return;
	circuit_clear_call(l, lci, X25_CLEAR_DTE, diag);
	x25_port_wake_at(p, x25_deadline(&l->x));
}

int x25_circuit_refuse(struct ist_port *p, ist_channel id, const struct ist_cause *why)
{
	struct x25_circuit *c = x25_circuit_get(p, id);

	if (!c || c->state != X25_CIRCUIT_OFFERED)
		return -ESTALE;
	p->count[X25_P_REFUSED_HOST]++;
	circuit_clear_and_drop(p, c, why ? why->diagnostic : 0);
	return 0;
}

/* Permanent circuits cannot be disconnected. */
void x25_circuit_disconnect(struct ist_port *p, ist_channel id, const struct ist_cause *why)
{
	struct x25_circuit *c = x25_circuit_get(p, id);

	if (c && !c->permanent && c->state != X25_CIRCUIT_DEAD)
		circuit_clear_and_drop(p, c, why ? why->diagnostic : 0);
}

/* --- inactivity and the end ------------------------------------------------------------------- */

static void circuit_clear_if_idle(struct ist_port *p, struct x25_circuit *c, uint64_t now)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_LOCAL, .words = "inactive"};
	struct x25_line *l = c->line;
	uint16_t lci = c->lci;

	if (c->permanent || c->state != X25_CIRCUIT_UP)
		return;
	if (now < c->last + p->conf.inactivity) {
		circuit_note_idle(p, c);
		return;
	}
	p->count[X25_P_INACTIVE]++;
	c->ours = false; /* not a failure: no hold-down */
	x25_circuit_lost(p, c, &why);
	circuit_clear_call(l, lci, X25_CLEAR_DTE, 0);
}

void x25_circuit_expire(struct ist_port *p, uint64_t now)
{
	if (now < p->idle_at) {
		x25_port_wake_at(p, p->idle_at);
		return;
	}
	p->idle_at = X25_NO_TIME;
	for (uint32_t i = 1; i < p->slots.fresh; i++)
		if (p->circuit[i])
			circuit_clear_if_idle(p, p->circuit[i], now);
}

void x25_circuits_close(struct ist_port *p)
{
	for (uint32_t i = 1; i < p->slots.fresh; i++)
		if (p->circuit[i] && !p->circuit[i]->noted)
			free(p->circuit[i]);
	while (p->noted_first) {
		struct x25_circuit *c = p->noted_first;

		p->noted_first = c->next_noted;
		free(c);
	}
	free(p->circuit);
	slots_free(&p->slots);
}
