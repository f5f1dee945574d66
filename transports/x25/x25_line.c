/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One packet layer (x25.c) on a link: packets go out through LAPB, or behind the pseudo-header of
 * the Linux kernel.  The link drives it with frames and carrier, the port's timer with deadlines.
 *
 * LAPB: each frame of the link is a LAPB frame.  While LAPB's window is shut, data packets stay in
 * their circuits (x25_block) and all other packets wait in the queue here.  When the queue is full
 * the line is restarted: a peer asks for much and acknowledges nothing.
 *
 * Pseudo-header: the first octet of each frame says what it is.
 *
 *   00 | packet      01 connect      02 disconnect      03 | parameters
 *
 * The Linux kernel is always the DTE.  It sends 01 and waits for 01 before it sends packets.  As
 * DTE we do the same, every three seconds until 01 or a packet comes.  As DCE we answer 01 with 01
 * and a Restart.  When a DCE starts it sends 02, so that a DTE that was connected starts over, and
 * a Restart, which an idle kernel takes as the line coming up.
 */
#include "transports/x25/x25_port.h"

#include "transports/kit/linktype.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>

#define QUEUE_MAX 16384u /* packets queued for LAPB */
#define ASK_EVERY 3000000u
#define OUT_MOST  64u /* frames given to the link at once */
#define OUT_ROOM  65536u

enum { PSEUDO_DATA, PSEUDO_CONNECT, PSEUDO_DISCONNECT, PSEUDO_PARAMETERS };

struct queued_packet {
	struct queued_packet *next;
	size_t len;
	uint8_t pkt[];
};

/* Frames for the link, which get there by x25_line_flush or when there is no more room. */
struct line_out {
	struct link_frame f[OUT_MOST];
	unsigned n;
	uint32_t used;
	uint8_t octets[OUT_ROOM];
};

struct x25_link_line {
	struct x25_line line;
	struct link *link;
	struct lapb lapb;
	void *store;
	struct queued_packet *first, **last;
	unsigned queued;
	bool overflow;
	bool bare;	  /* frames of a pcap link are packets, without the pseudo-header */
	bool connected;	  /* pseudo-header: the packet layer is up */
	const char *said; /* what is wrong with LAPB, in the log last; NULL = nothing */
	uint64_t ask_at;  /* when to send 01 again */
	struct line_out out;
};

static struct x25_link_line *x25_line_of_layer(struct x25_line *l)
{
	return IST_CONTAINER_OF(l, struct x25_link_line, line);
}

static void x25_line_note_deadline(struct x25_link_line *l)
{
	struct ist_port *p = l->line.port;

	x25_port_wake_at(p, x25_deadline(&l->line.x));
	x25_port_wake_at(p, l->ask_at);
	if (l->store)
		x25_port_wake_at(p, lapb_deadline(&l->lapb));
}

/* --- a batch for the link --------------------------------------------------------------------- */

static void x25_line_emit(struct x25_link_line *l)
{
	struct line_out *o = &l->out;
	unsigned n = o->n;

	o->n = 0;
	o->used = 0;
	if (n)
		link_send(l->link, o->f, n);
}

static void x25_line_put(struct x25_link_line *l, const uint8_t *head, uint32_t head_len,
			 const uint8_t *data, size_t len)
{
	struct line_out *o = &l->out;
	uint32_t all = head_len + (uint32_t)len;
	uint8_t *at;

	if (o->n == OUT_MOST || all > OUT_ROOM - o->used)
		x25_line_emit(l);
	at = o->octets + o->used;
	if (head_len)
		memcpy(at, head, head_len);
	if (len)
		memcpy(at + head_len, data, len);
	o->used += all;
	o->f[o->n++] = (struct link_frame){.payload = at, .len = all};
}

/* --- LAPB ------------------------------------------------------------------------------------- */

static void x25_line_drop_queue(struct x25_link_line *l)
{
	while (l->first) {
		struct queued_packet *w = l->first;

		l->first = w->next;
		free(w);
	}
	l->last = &l->first;
	l->queued = 0;
	l->overflow = false;
}

static void x25_line_queue(struct x25_link_line *l, const uint8_t *pkt, size_t len)
{
	struct queued_packet *w = l->queued < QUEUE_MAX ? malloc(sizeof(*w) + len) : NULL;

	if (!w) {
		l->overflow = true;
		return;
	}
	w->next = NULL;
	w->len = len;
	memcpy(w->pkt, pkt, len);
	*l->last = w;
	l->last = &w->next;
	l->queued++;
}

static void x25_line_tx_lapb(struct x25_line *line, const uint8_t *pkt, size_t len)
{
	struct x25_link_line *l = x25_line_of_layer(line);

	if (!l->first && lapb_send(&l->lapb, pkt, len, x25_now(line->port)))
		return;
	if (l->lapb.state != LAPB_UP)
		return; /* LAPB is about to report that it is down */
	x25_line_queue(l, pkt, len);
	x25_block(&line->x);
}

static void x25_line_lapb_tx(void *ctx, const uint8_t *frame, size_t len)
{
	struct x25_link_line *l = ctx;

	x25_tap(&l->line, true, "lapb", frame, len);
	x25_line_put(l, NULL, 0, frame, len);
}

static void x25_line_lapb_deliver(void *ctx, const uint8_t *data, size_t len)
{
	struct x25_link_line *l = ctx;

	x25_rx(&l->line.x, data, len, x25_now(l->line.port));
}

static void x25_line_lapb_writable(struct x25_link_line *l, uint64_t now)
{
	while (l->first && lapb_send(&l->lapb, l->first->pkt, l->first->len, now)) {
		struct queued_packet *w = l->first;

		l->first = w->next;
		if (!l->first)
			l->last = &l->first;
		l->queued--;
		free(w);
	}
	if (!l->first)
		x25_unblock(&l->line.x, now);
}

static void x25_line_lapb_reports(void *ctx, enum lapb_report r)
{
	struct x25_link_line *l = ctx;
	struct ist_port *p = l->line.port;
	uint64_t now = x25_now(p);

	if (r == LAPB_R_WRITABLE) {
		x25_line_lapb_writable(l, now);
		return;
	}
	p->host->log(p->ctx, r == LAPB_R_DOWN ? 4 : 5, "LAPB %s",
		     r == LAPB_R_DOWN ? "down"
		     : r == LAPB_R_UP ? "up"
				      : "reset by the far end");
	x25_line_drop_queue(l);
	x25_down(&l->line.x);
	if (r != LAPB_R_DOWN)
		x25_up(&l->line.x, now);
}

static const struct lapb_ops lapb_ops = {x25_line_lapb_tx, x25_line_lapb_deliver,
					 x25_line_lapb_reports};
static const struct x25_line_ops on_lapb = {.tx = x25_line_tx_lapb};

/* The queue is full: restart the line, which empties it. */
static void x25_line_overflowed(struct x25_link_line *l)
{
	struct ist_port *p = l->line.port;

	p->count[X25_P_QUEUE_FULL]++;
	p->host->log(p->ctx, 4, "line restarted: %u packets queued for LAPB", l->queued);
	lapb_line_down(&l->lapb);
	lapb_start(&l->lapb, x25_now(p));
	x25_line_emit(l);
	x25_line_note_deadline(l);
}

/* --- pseudo-header ---------------------------------------------------------------------------- */

static void x25_line_send_pseudo(struct x25_link_line *l, uint8_t kind, const uint8_t *pkt,
				 size_t len)
{
	if (l->bare && kind != PSEUDO_DATA)
		return;
	if (kind == PSEUDO_DATA)
		x25_tap(&l->line, true, "x.25", pkt, len);
	x25_line_put(l, &kind, !l->bare, pkt, len);
}

static void x25_line_tx_pseudo(struct x25_line *line, const uint8_t *pkt, size_t len)
{
	x25_line_send_pseudo(x25_line_of_layer(line), PSEUDO_DATA, pkt, len);
}

static const struct x25_line_ops on_pseudo = {.tx = x25_line_tx_pseudo};

static void x25_line_ask(struct x25_link_line *l, uint64_t now)
{
	x25_line_send_pseudo(l, PSEUDO_CONNECT, NULL, 0);
	l->ask_at = now + ASK_EVERY;
}

static void x25_line_connected(struct x25_link_line *l, uint64_t now)
{
	l->ask_at = X25_NO_TIME;
	l->connected = true;
	x25_down(&l->line.x);
	x25_up(&l->line.x, now);
}

static void x25_line_disconnected(struct x25_link_line *l, uint64_t now)
{
	l->connected = false;
	x25_down(&l->line.x);
	if (l->line.x.cfg.dce)
		return;
	if (l->ask_at == X25_NO_TIME)
		l->ask_at = now + ASK_EVERY;
}

static void x25_line_start_pseudo(struct x25_link_line *l, uint64_t now)
{
	if (!l->line.x.cfg.dce) {
		x25_line_ask(l, now);
		return;
	}
	x25_line_send_pseudo(l, PSEUDO_DISCONNECT, NULL, 0);
	x25_line_connected(l, now);
}

static void x25_line_rx_packet(struct x25_link_line *l, const uint8_t *pkt, size_t len,
			       uint64_t now)
{
	x25_tap(&l->line, false, "x.25", pkt, len);
	if (!l->connected)
		x25_line_connected(l, now);
	x25_rx(&l->line.x, pkt, len, now);
}

static void x25_line_rx_pseudo(struct x25_link_line *l, const struct link_frame *f, uint64_t now)
{
	bool dce = l->line.x.cfg.dce;

	switch (f->payload[0]) {
	case PSEUDO_DATA:
		x25_line_rx_packet(l, f->payload + 1, f->len - 1, now);
		break;
	case PSEUDO_CONNECT:
		if (dce)
			x25_line_send_pseudo(l, PSEUDO_CONNECT, NULL, 0);
		if (dce || !l->connected)
			x25_line_connected(l, now);
		break;
	case PSEUDO_DISCONNECT:
		if (dce && l->connected)
			x25_line_send_pseudo(l, PSEUDO_DISCONNECT, NULL, 0);
		x25_line_disconnected(l, now);
		break;
	case PSEUDO_PARAMETERS:
		break; /* of LAPB, which the kernel's device runs itself */
	default:
		l->line.port->count[X25_P_RX_FRAMING]++;
	}
}

/* --- the link --------------------------------------------------------------------------------- */

/* Once, until LAPB has been up or something else is wrong. */
static void x25_line_say_wrong(struct x25_link_line *l)
{
	const struct ist_port *p = l->line.port;

	if (l->lapb.wrong && l->lapb.wrong != l->said)
		p->host->log(p->ctx, 4, "LAPB: %s", l->lapb.wrong);
	l->said = l->lapb.wrong;
}

static void x25_line_on_frames(void *ctx, const struct link_frame *f, unsigned n)
{
	struct x25_link_line *l = ctx;
	struct ist_port *p = l->line.port;

	x25_enter(p);
	for (unsigned i = 0; i < n; i++) {
		if (!f[i].len) {
			p->count[X25_P_RX_FRAMING]++;
		} else if (l->store) {
			x25_tap(&l->line, false, "lapb", f[i].payload, f[i].len);
			lapb_rx(&l->lapb, f[i].payload, f[i].len, x25_now(p));
			x25_line_say_wrong(l);
		} else if (l->bare) {
			x25_line_rx_packet(l, f[i].payload, f[i].len, x25_now(p));
		} else {
			x25_line_rx_pseudo(l, &f[i], x25_now(p));
		}
	}
	x25_leave(p);
}

static void x25_line_check_mtu(const struct x25_link_line *l)
{
	const struct x25_conf *c = &l->line.port->conf;
	uint32_t want = l->store ? c->lapb.n1 + 3u : (1u << c->x.size_want) + 5u;

	if (link_mtu(l->link) < want)
		l->line.port->host->log(l->line.port->ctx, 4,
					"link carries frames of %u octets, packets may need %u: "
					"lower packet-size-want",
					link_mtu(l->link), want);
}

static void x25_line_on_carrier(void *ctx, bool up, const char *words)
{
	struct x25_link_line *l = ctx;
	struct ist_port *p = l->line.port;
	uint64_t now = x25_now(p);

	x25_enter(p);
	p->host->log(p->ctx, up ? 5 : 4, up ? "link up" : "link down: %s", words);
	if (up) {
		x25_line_check_mtu(l);
		if (l->store)
			lapb_start(&l->lapb, now);
		else
			x25_line_start_pseudo(l, now);
	} else {
		l->connected = false;
		l->ask_at = X25_NO_TIME;
		x25_line_drop_queue(l);
		if (l->store)
			lapb_line_down(&l->lapb);
		x25_down(&l->line.x);
	}
	x25_leave(p);
}

static const struct link_user link_user = {x25_line_on_frames, x25_line_on_carrier};

/* --- struct x25_below ---------------------------------------------------- */

static void x25_line_say_goodbye(struct x25_link_line *l)
{
	if (l->line.ready && l->line.x.used)
		x25_shutdown(&l->line.x); /* clears every call by one packet */
	if (l->store)
		lapb_stop(&l->lapb, x25_now(l->line.port));
	else if (l->link && l->connected)
		x25_line_send_pseudo(l, PSEUDO_DISCONNECT, NULL, 0);
}

static void x25_line_close(struct ist_port *p)
{
	struct x25_link_line *l = p->line;

	if (!l)
		return;
	if (!p->frozen)
		x25_line_say_goodbye(l);
	x25_line_emit(l);
	link_close(l->link);
	x25_line_drop_queue(l);
	x25_line_free(&l->line);
	free(l->store);
	free(l);
	p->line = NULL;
}

static int x25_line_make_lapb(struct x25_link_line *l, const struct x25_conf *c)
{
	l->store = malloc(lapb_store_size(&c->lapb));
	if (!l->store)
		return -ENOMEM;
	lapb_init(&l->lapb, &c->lapb, &lapb_ops, l, l->store);
	return 0;
}

void x25_line_place_pvcs(struct ist_port *p)
{
	const struct x25_conf *c = &p->conf;

	for (unsigned i = 0; i < c->knowns; i++)
		if (c->known[i].circuit)
			x25_circuit_attach(c->known[i].circuit, &p->line->line, c->known[i].lci);
}

static struct link_conf x25_line_link(const struct x25_conf *c, const struct settings *set)
{
	return (struct link_conf){.user = &link_user,
				  .settings = *set,
				  .little_endian = true,
				  .linktype = LINKTYPE_UPPER_PDU,
				  .dissector = c->framing == X25_LAPB ? "lapb" : "x.25",
				  .dce = c->x.dce,
				  .tun_type = ARPHRD_X25,
				  .tun_protocol = ETH_P_X25};
}

static int x25_line_has_channels(const struct x25_conf *c, char *err, size_t err_len)
{
	if (x25_config_sane(&c->x))
		return 0;
	return settings_error(err, err_len, EINVAL,
			      "lci-two-way: the permanent circuits leave no channel for calls");
}

static int x25_line_check(const struct x25_conf *c, const struct settings *set,
			  struct ist_open *opens, unsigned n, char *err, size_t err_len)
{
	const struct link_conf conf = x25_line_link(c, set);
	int r = x25_line_has_channels(c, err, err_len);

	return r < 0 ? r : link_check_configured(&conf, opens, n, err, err_len);
}

static int x25_line_open(struct ist_port *p, const struct settings *set, char *err, size_t err_len)
{
	bool lapb = p->conf.framing == X25_LAPB;
	struct link_conf conf = x25_line_link(&p->conf, set);
	const char *spec = settings_text(set, "link");
	int r = x25_line_has_channels(&p->conf, err, err_len);
	struct x25_link_line *l;

	if (r < 0)
		return r;
	l = calloc(1, sizeof(*l));
	if (!l)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	l->last = &l->first;
	l->ask_at = X25_NO_TIME;
	l->bare = spec && !strncmp(spec, "pcap:", 5);
	r = x25_line_init(&l->line, p, &p->conf.x, lapb ? &on_lapb : &on_pseudo);
	if (r) {
		free(l);
		return settings_error(err, err_len, -r, "packet layer: %s", strerror(-r));
	}
	p->line = l;
	if (lapb && (r = x25_line_make_lapb(l, &p->conf)))
		return settings_error(err, err_len, -r, "LAPB: %s", strerror(-r));
	x25_line_place_pvcs(p);
	conf.host = p->host;
	conf.host_ctx = p->ctx;
	conf.ctx = l;
	conf.from = p->from;
	return link_open_configured(&l->link, &conf, err, err_len);
}

static int x25_line_call(struct ist_port *p, struct x25_circuit *c, uint64_t now)
{
	if (!p->line->line.ready)
		return -ENETDOWN;
	return x25_circuit_place(c, &p->line->line, now) ? 0 : -ENOBUFS;
}

static void x25_line_flush(struct ist_port *p, uint64_t now)
{
	struct x25_link_line *l = p->line;

	(void)now;
	x25_settle(&l->line.x);
	if (l->store)
		lapb_settle(&l->lapb);
	x25_line_emit(l);
	x25_line_note_deadline(l);
}

static void x25_line_reap(struct ist_port *p)
{
	if (p->line->overflow)
		x25_line_overflowed(p->line);
}

static void x25_line_expire(struct ist_port *p, uint64_t now)
{
	struct x25_link_line *l = p->line;

	if (l->store && now >= lapb_deadline(&l->lapb))
		lapb_expire(&l->lapb, now);
	if (now >= x25_deadline(&l->line.x))
		x25_expire(&l->line.x, now);
	if (now >= l->ask_at)
		x25_line_ask(l, now);
	x25_line_note_deadline(l);
}

static void x25_line_count(const struct ist_port *p, uint64_t *out)
{
	const struct x25_link_line *l = p->line;

	for (unsigned i = 0; i < X25_C_COUNT; i++)
		out[i] += l->line.x.count[i];
	out += X25_C_COUNT;
	for (unsigned i = 0; i < LAPB_C_COUNT; i++)
		out[i] += l->lapb.count[i];
	link_count(l->link, out + LAPB_C_COUNT);
}

static int x25_line_status(const struct ist_port *p, char *buf, size_t len)
{
	const struct x25_link_line *l = p->line;
	const char *lapb = l->store ? lapb_state_name(l->lapb.state) : NULL;

	const char *wrong = l->lapb.wrong;

	return snprintf(buf, len, "link %s, %s%s%s%s%spacket layer %s as %s, %u circuits",
			link_up(l->link) ? "up" : "down", lapb ? "LAPB " : "", lapb ? lapb : "",
			lapb ? ", " : "", wrong ? wrong : "", wrong ? ", " : "",
			l->line.ready			  ? "ready"
			: l->line.x.r == X25_R_WE_RESTART ? "restarting"
							  : "down",
			l->line.x.cfg.dce ? "DCE" : "DTE", p->slots.taken);
}

static unsigned x25_line_fill(const struct ist_port *p, struct ist_fill *out, unsigned n)
{
	if (n)
		*out = (struct ist_fill){"circuits", p->slots.taken, p->line->line.x.vcs - 1u, 0,
					 0};
	return 1;
}

/* --- to and from another process ----------------------------------------------------------------- */

static void x25_line_hand_link(struct ist_port *p, struct handover *h)
{
	link_hand(p->line->link, h);
}

static void x25_line_quiet(struct ist_port *p)
{
	link_quiet(p->line->link);
}

static void x25_line_thaw_queue(struct x25_link_line *l, struct handover *h)
{
	uint32_t n = handover_word(h, 0, QUEUE_MAX);
	uint8_t pkt[LAPB_N1_MAX];

	while (n-- && !h->bad) {
		uint32_t len = handover_word(h, 0, l->lapb.cfg.n1);

		handover_octets(h, pkt, len);
		x25_line_queue(l, pkt, len);
	}
}

static void x25_line_hand_queue(struct x25_link_line *l, struct handover *h)
{
	if (h->thawing) {
		x25_line_thaw_queue(l, h);
		return;
	}
	handover_word(h, l->queued, QUEUE_MAX);
	for (struct queued_packet *w = l->first; w; w = w->next) {
		handover_word(h, (uint32_t)w->len, LAPB_N1_MAX);
		handover_octets(h, w->pkt, w->len);
	}
}

/* Every circuit that lives is on the one line. */
static void x25_line_attach_all(struct x25_link_line *l)
{
	struct ist_port *p = l->line.port;

	for (uint32_t i = 1; i < p->slots.fresh; i++) {
		struct x25_circuit *c = p->circuit[i];

		if (c && c->state != X25_CIRCUIT_DEAD && c->lci && c->lci < l->line.x.vcs)
			x25_circuit_attach(c, &l->line, c->lci);
	}
}

static bool x25_line_hand_state(struct x25_link_line *l, struct handover *h)
{
	if (!x25_hand(&l->line.x, h) || (l->store && !lapb_hand(&l->lapb, h)))
		return false;
	l->line.ready = handover_flag(h, l->line.ready);
	l->connected = handover_flag(h, l->connected);
	l->ask_at = handover_time(h, l->ask_at, ASK_EVERY);
	x25_line_hand_queue(l, h);
	return !h->bad;
}

static bool x25_line_hand(struct ist_port *p, struct handover *h)
{
	struct x25_link_line *l = p->line;
	bool taken = !h->thawing || link_up(l->link);

	if (taken && x25_line_hand_state(l, h)) {
		if (h->thawing)
			x25_line_attach_all(l);
		x25_line_note_deadline(l);
		return true;
	}
	if (taken && h->thawing)
		link_renew(l->link);
	return false;
}

static unsigned x25_line_offloads(const struct ist_port *p, struct ist_offload *out, unsigned n)
{
	return link_offloads(p->line->link, out, n);
}

const struct x25_below x25_on_link = {
	.hand = x25_line_hand,
	.hand_link = x25_line_hand_link,
	.quiet = x25_line_quiet,
	.check = x25_line_check,
	.open = x25_line_open,
	.close = x25_line_close,
	.call = x25_line_call,
	.flush = x25_line_flush,
	.reap = x25_line_reap,
	.expire = x25_line_expire,
	.count = x25_line_count,
	.status = x25_line_status,
	.fill = x25_line_fill,
	.offloads = x25_line_offloads,
};
