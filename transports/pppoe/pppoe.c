/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pppoe transport ties the pieces together: a link brings Ethernet frames; pppoe_pkt.c reads
 * them, discovery goes to one of the two engines, and the host gets what sessions carry.  The other
 * way both heads are built on the stack and go out in front of the payload.
 *
 * Engines report when they are fed by the link or the timer, and so may report at once.  What the
 * host's `answer` brings up is noted, and reported by the timer or before the next frames.
 */
#include "transports/pppoe/pppoe.h"

#include "transports/kit/linktype.h"
#include "transports/pppoe/pppoe_addr.h"
#include "transports/pppoe/pppoe_int.h"

#include <errno.h>
#include <stdio.h>

static const struct ist_counter counters[] = {
#define X(sym, name, words) {name, words},
	PPPOE_COUNTERS(X) LINK_COUNTERS(X)
#undef X
		{NULL, NULL},
};

static ist_channel pppoe_channel(const struct ist_port *p, const struct pppoe_session *s)
{
	return slots_handle(&p->end.slots, s->slot);
}

/* --- time ------------------------------------------------------------------------------------- */

void pppoe_arm(struct ist_port *p)
{
	uint64_t at = p->client ? pppoe_client_deadline(&p->dialer) : pppoe_ac_deadline(&p->ac);

	if (p->lost_at < at)
		at = p->lost_at;
	if (p->notes)
		at = 0;
	if (at == p->timer_at || at == UINT64_MAX)
		return;
	p->timer_at = at;
	p->host->timer(p->ctx, &p->timer, at ? at : p->host->now(p->ctx), pppoe_on_time, p);
}

/* --- reports ---------------------------------------------------------------------------------- */

static void pppoe_flush(struct ist_port *p)
{
	unsigned n = p->rx_count;

	p->rx_count = 0;
	if (n)
		p->host->frames(p->ctx, p->rx, n);
}

/* A client is no access line's end: the tags of its session are the concentrator's. */
static struct ist_attrs pppoe_attrs_of(const struct ist_port *p, const struct pppoe_session *s)
{
	struct pppoe_tags t = {0};

	if (!p->client && s->tags)
		pppoe_tags_get(&t, s->tags, s->tags_len);
	return (struct ist_attrs){
		.size = sizeof(struct ist_attrs),
		.payload = IST_PAYLOAD_PPP,
		.local = s->local,
		.peer = s->address,
		.called = *s->called ? s->called : NULL,
		.calling = *s->calling ? s->calling : NULL,
		.user_data = s->tags,
		.user_data_len = s->tags_len,
		.tx_bps = s->tx_bps,
		.rx_bps = s->rx_bps,
		.number = s->id,
		.access_line = t.of[PPPOE_TAG_LINE].p,
		.access_line_len = t.of[PPPOE_TAG_LINE].len,
	};
}

static void pppoe_tx(void *ctx, const uint8_t *frame, size_t len)
{
	const struct link_frame f = {NULL, frame, 0, (uint32_t)len};
	struct ist_port *p = ctx;

	if (*p->host->tap_on)
		p->host->tap(p->ctx, true, LINKTYPE_ETHERNET, NULL, 0, frame, f.len);
	link_send(p->link, &f, 1);
}

static void pppoe_offer(void *ctx, struct pppoe_session *s)
{
	struct ist_port *p = ctx;
	const struct ist_attrs a = pppoe_attrs_of(p, s);

	p->host->offer(p->ctx, pppoe_channel(p, s), &a);
}

static void pppoe_up(void *ctx, struct pppoe_session *s)
{
	struct ist_port *p = ctx;
	struct ist_attrs a = pppoe_attrs_of(p, s);
	uint8_t ticket[IST_TICKET_MAX];

	a.ticket_len = (uint32_t)pppoe_ticket(p, s, ticket);
	a.ticket = a.ticket_len ? ticket : NULL;
	p->host->up(p->ctx, pppoe_channel(p, s), &a);
}

static void pppoe_down(void *ctx, struct pppoe_session *s, const struct ist_cause *why)
{
	struct ist_port *p = ctx;

	p->host->log(p->ctx, 6, "session %u %s: %s%s%s", s->id, p->client ? s->called : s->calling,
		     why->words, *s->said ? ": " : "", s->said);
	p->host->down(p->ctx, pppoe_channel(p, s), why, true);
}

const struct pppoe_ops pppoe_port_ops = {pppoe_tx, pppoe_offer, pppoe_up, pppoe_down};

/* What `answer` has let in, or another process had; each may end another one. */
static void pppoe_report_noted(struct ist_port *p)
{
	for (uint32_t i = 0; i < p->notes; i++) {
		struct pppoe_session *s = pppoe_end_of(&p->end, p->noted[i]);

		if (!s)
			continue;
		s->noted = false;
		if (s->state == PPPOE_OFFERED)
			pppoe_offer(p, s);
		else
			pppoe_up(p, s);
	}
	p->notes = 0;
}

/* Those of sessions that have gone meanwhile. */
static void pppoe_forget_notes(struct ist_port *p)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->notes; i++)
		if (pppoe_end_of(&p->end, p->noted[i]))
			p->noted[n++] = p->noted[i];
	p->notes = n;
}

void pppoe_note(struct ist_port *p, struct pppoe_session *s)
{
	if (!s->noted && p->notes + 1 == p->end.slots.most)
		pppoe_forget_notes(p);
	if (!s->noted)
		p->noted[p->notes++] = pppoe_channel(p, s);
	s->noted = true;
}

static void pppoe_lose_all(struct ist_port *p, const char *words)
{
	const struct ist_cause why = {.kind = IST_CAUSE_LINK, .words = words};

	for (uint32_t i = 1; i < p->end.slots.fresh; i++)
		if (p->end.session[i] && p->end.session[i]->state == PPPOE_UP)
			pppoe_end_lose(&p->end, p->end.session[i], &why);
}

void pppoe_on_time(void *arg, uint64_t now)
{
	struct ist_port *p = arg;

	p->timer_at = UINT64_MAX;
	pppoe_report_noted(p);
	if (now >= p->lost_at) {
		p->lost_at = UINT64_MAX;
		pppoe_lose_all(p, "link down");
	}
	if (p->client)
		pppoe_client_expire(&p->dialer, now);
	else
		pppoe_ac_expire(&p->ac, now);
	pppoe_arm(p);
}

/* --- the link --------------------------------------------------------------------------------- */

/* A link that knows no address of ours, as loop: or udp:, gets one that is ours for certain: of
 * local administration, and from the key. */
static void pppoe_make_mac(struct ist_port *p)
{
	uint8_t octets[8];
	uint64_t h = pppoe_hash(p->end.key, "mac", 3);

	wr_put32(octets, (uint32_t)(h >> 32));
	wr_put32(octets + 4, (uint32_t)h);
	octets[0] = PPPOE_MADE;
	memcpy(p->end.mac, octets, sizeof(p->end.mac));
}

static void pppoe_name_after_mac(struct ist_port *p)
{
	static const struct pppoe_line none;

	if (!p->ac_named)
		pppoe_line_calling(p->ac_name, p->end.mac, &none);
}

void pppoe_look_at_link(struct ist_port *p)
{
	uint32_t room = link_mtu(p->link), heads = PPPOE_HEADS + PPPOE_PROTOCOL;
	uint8_t mac[6];

	if (link_mac(p->link, mac))
		memcpy(p->end.mac, mac, sizeof(mac));
	else if (p->end.mac[0] !=
		 PPPOE_MADE) /* else it may be that of sessions that were resumed */
		pppoe_make_mac(p);
	pppoe_name_after_mac(p);
	room = room > heads ? room - heads : 0;
	p->end.payload_max = (uint16_t)(room < p->max_payload ? room : p->max_payload);
}

static void pppoe_on_carrier(void *ctx, bool up, const char *words)
{
	struct ist_port *p = ctx;
	uint64_t now = p->host->now(p->ctx);
	uint8_t was[6];

	p->host->log(p->ctx, up ? 5 : 4, up ? "link up" : "link down: %s", words);
	pppoe_report_noted(p);
	p->lost_at = up ? UINT64_MAX : now + p->link_hold;
	if (up) {
		memcpy(was, p->end.mac, sizeof(was));
		pppoe_look_at_link(p);
		if (memcmp(was, p->end.mac, sizeof(was)))
			pppoe_lose_all(p, "our MAC address is another one");
		if (p->client)
			pppoe_client_kick(&p->dialer, now);
	}
	pppoe_arm(p);
}

/* --- receiving -------------------------------------------------------------------------------- */

/* No session of this id with this peer: with another, or with nobody. */
static void pppoe_no_session(struct ist_port *p, const struct pppoe_pkt *pkt)
{
	if (p->end.by_id[pkt->session]) {
		p->end.count[PPPOE_C_RX_STRANGER]++;
		return;
	}
	p->end.count[PPPOE_C_RX_UNKNOWN]++;
	pppoe_end_stray(&p->end, pkt->src, pkt->session, p->host->now(p->ctx));
}

static void pppoe_data_in(struct ist_port *p, const struct pppoe_pkt *pkt)
{
	const struct pppoe_session *s = pppoe_end_find(&p->end, pkt->src, pkt->session);

	if (pkt->code != PPPOE_DATA) {
		p->end.count[PPPOE_C_RX_CODE]++;
		return;
	}
	if (!s) {
		pppoe_no_session(p, pkt);
		return;
	}
	if (!pkt->len) {
		p->end.count[PPPOE_C_RX_EMPTY]++;
		return;
	}
	p->end.count[PPPOE_C_RX]++;
	p->end.count[PPPOE_C_RX_OCTETS] += pkt->len;
	p->rx[p->rx_count++] = (struct ist_frame){
		.channel = pppoe_channel(p, s), .payload = pkt->payload, .len = pkt->len};
	if (p->rx_count == PPPOE_BATCH)
		pppoe_flush(p);
}

static bool pppoe_is_for_role(const struct ist_port *p, uint8_t code)
{
	static const struct {
		uint8_t code;
		bool client, server;
	} rows[] = {
		{PPPOE_PADI, false, true}, {PPPOE_PADR, false, true}, {PPPOE_PADO, true, false},
		{PPPOE_PADS, true, false}, {PPPOE_PADT, true, true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].code == code)
			return p->client ? rows[i].client : rows[i].server;
	return false;
}

static void pppoe_discovery_in(struct ist_port *p, const struct pppoe_pkt *pkt)
{
	uint64_t now = p->host->now(p->ctx);
	struct pppoe_tags t;

	if (!pppoe_is_for_role(p, pkt->code)) {
		p->end.count[PPPOE_C_RX_CODE]++;
		return;
	}
	if (!pppoe_tags_get(&t, pkt->payload, pkt->len)) {
		p->end.count[PPPOE_C_RX_TAGS]++;
		return;
	}
	pppoe_flush(p); /* what a session carried comes before its end */
	if (pkt->code == PPPOE_PADT)
		pppoe_end_padt_in(&p->end, pkt, &t);
	else if (p->client)
		pppoe_client_rx(&p->dialer, pkt, &t, now);
	else
		pppoe_ac_rx(&p->ac, pkt, &t, now);
	pppoe_report_noted(p);
}

/* Only a PADI is to everybody (5.1). */
static bool pppoe_is_to_us(const struct ist_port *p, const struct pppoe_pkt *pkt)
{
	static const uint8_t everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

	if (!memcmp(pkt->dst, p->end.mac, 6))
		return true;
	return pkt->ethertype == PPPOE_DISCOVERY && pkt->code == PPPOE_PADI &&
	       !memcmp(pkt->dst, everybody, 6);
}

static void pppoe_frame_in(struct ist_port *p, const struct link_frame *f)
{
	static const uint8_t why[PPPOE_PKT_RESULTS] = {
		[PPPOE_PKT_SHORT] = PPPOE_C_RX_SHORT,
		[PPPOE_PKT_ETHERTYPE] = PPPOE_C_RX_ETHERTYPE,
		[PPPOE_PKT_VERSION] = PPPOE_C_RX_VERSION,
		[PPPOE_PKT_LENGTH] = PPPOE_C_RX_LENGTH,
		[PPPOE_PKT_SOURCE] = PPPOE_C_RX_SOURCE,
	};
	struct pppoe_pkt pkt;
	enum pppoe_pkt_result r = pppoe_pkt_get(&pkt, f->payload, f->len);

	if (*p->host->tap_on)
		p->host->tap(p->ctx, false, LINKTYPE_ETHERNET, NULL, 0, f->payload, f->len);
	if (r != PPPOE_PKT_OK)
		p->end.count[why[r]]++;
	else if (!pppoe_is_to_us(p, &pkt))
		p->end.count[PPPOE_C_RX_DESTINATION]++;
	else if (pkt.ethertype == PPPOE_SESSION)
		pppoe_data_in(p, &pkt);
	else
		pppoe_discovery_in(p, &pkt);
}

static void pppoe_on_frames(void *ctx, const struct link_frame *f, unsigned n)
{
	struct ist_port *p = ctx;

	pppoe_report_noted(p);
	for (unsigned i = 0; i < n; i++)
		pppoe_frame_in(p, &f[i]);
	pppoe_flush(p);
	pppoe_arm(p);
}

const struct link_user pppoe_link_user = {pppoe_on_frames, pppoe_on_carrier};

/* --- sending ---------------------------------------------------------------------------------- */

static uint32_t pppoe_mtu_of(const struct ist_port *p, const struct pppoe_session *s)
{
	uint32_t payload =
		s->payload_max < p->end.payload_max ? s->payload_max : p->end.payload_max;

	return payload + PPPOE_PROTOCOL;
}

static bool pppoe_build(struct ist_port *p, const struct pppoe_session *s,
			const struct ist_frame *in, uint8_t *head, size_t cap,
			struct link_frame *out)
{
	uint32_t head_len = in->head ? in->head_len : 0;
	uint64_t len = head_len + (uint64_t)in->len;
	struct wr w = wr_init(head, cap);

	pppoe_put_heads(&w, s->peer, p->end.mac, PPPOE_SESSION, PPPOE_DATA, s->id);
	wr_bytes(&w, in->head, head_len);
	if (w.bad || len > pppoe_mtu_of(p, s)) {
		p->end.count[PPPOE_C_TX_TOO_LONG]++;
		return false;
	}
	pppoe_put_length(&w, (uint16_t)len);
	*out = (struct link_frame){head, in->payload, (uint32_t)w.len, in->len};
	p->end.count[PPPOE_C_TX]++;
	p->end.count[PPPOE_C_TX_OCTETS] += len;
	return true;
}

static void pppoe_send_batch(struct ist_port *p, const struct pppoe_session *s,
			     const struct ist_frame *f, unsigned n)
{
	uint8_t head[PPPOE_BATCH][PPPOE_HEADS + IST_HEAD_MAX];
	struct link_frame out[PPPOE_BATCH];
	unsigned k = 0;

	for (unsigned i = 0; i < n; i++)
		k += pppoe_build(p, s, &f[i], head[k], sizeof(head[k]), &out[k]);
	for (unsigned i = 0; i < k && *p->host->tap_on; i++)
		p->host->tap(p->ctx, true, LINKTYPE_ETHERNET, out[i].head, out[i].head_len,
			     out[i].payload, out[i].len);
	if (k)
		link_send(p->link, out, k);
}

static int pppoe_send(struct ist_port *p, const struct ist_frame *f, unsigned n)
{
	const struct pppoe_session *s = n ? pppoe_end_of(&p->end, f->channel) : NULL;

	if (!n)
		return 0;
	if (!s) {
		p->end.count[PPPOE_C_TX_STALE] += n;
		return -ESTALE;
	}
	if (s->state != PPPOE_UP) {
		p->end.count[PPPOE_C_TX_DOWN] += n;
		return (int)n;
	}
	for (unsigned i = 0; i < n; i += PPPOE_BATCH)
		pppoe_send_batch(p, s, f + i, n - i < PPPOE_BATCH ? n - i : PPPOE_BATCH);
	return (int)n;
}

static uint32_t pppoe_mtu(const struct ist_port *p, ist_channel c)
{
	const struct pppoe_session *s = pppoe_end_of(&p->end, c);

	return s ? pppoe_mtu_of(p, s) : 0;
}

/* --- calls ------------------------------------------------------------------------------------ */

static int pppoe_connect(struct ist_port *p, const struct ist_addr *to, uint8_t payload,
			 const struct ist_attrs *a, ist_channel *out)
{
	struct pppoe_session *s;

	(void)a;
	if (payload != IST_PAYLOAD_PPP)
		return -EPROTONOSUPPORT;
	if (!p->client)
		return -EOPNOTSUPP;
	s = pppoe_client_connect(&p->dialer, to, p->host->now(p->ctx));
	if (!s)
		return -ENOBUFS;
	*out = pppoe_channel(p, s);
	pppoe_arm(p);
	return 0;
}

static struct pppoe_session *pppoe_offered(const struct ist_port *p, ist_channel c)
{
	struct pppoe_session *s = pppoe_end_of(&p->end, c);

	return s && s->state == PPPOE_OFFERED ? s : NULL;
}

static int pppoe_answer(struct ist_port *p, ist_channel c)
{
	struct pppoe_session *s = pppoe_offered(p, c);

	if (!s)
		return -ESTALE;
	pppoe_ac_answer(&p->ac, s);
	pppoe_note(p, s);
	pppoe_arm(p);
	return 0;
}

static int pppoe_refuse(struct ist_port *p, ist_channel c, const struct ist_cause *why)
{
	struct pppoe_session *s = pppoe_offered(p, c);

	if (!s)
		return -ESTALE;
	pppoe_ac_refuse(&p->ac, s, why ? why->words : NULL);
	return 0;
}

static void pppoe_disconnect(struct ist_port *p, ist_channel c, const struct ist_cause *why)
{
	struct pppoe_session *s = pppoe_end_of(&p->end, c);
	const char *words = why ? why->words : NULL;

	if (!s)
		return;
	if (s->state == PPPOE_OFFERED)
		pppoe_ac_refuse(&p->ac, s, words);
	else if (p->client)
		pppoe_client_hang_up(&p->dialer, s, words);
	else
		pppoe_end_hang_up(&p->end, s, words);
}

/* --- the rest --------------------------------------------------------------------------------- */

static void pppoe_count(const struct ist_port *p, uint64_t *out, unsigned n)
{
	uint64_t all[PPPOE_C_COUNT + LINK_COUNTER_COUNT];

	memcpy(all, p->end.count, sizeof(p->end.count));
	link_count(p->link, all + PPPOE_C_COUNT);
	handover_count(out, n, all, p->before, sizeof(all) / sizeof(all[0]));
}

static int pppoe_status(const struct ist_port *p, char *buf, size_t len)
{
	uint32_t up = 0, all = p->end.slots.taken;

	for (uint32_t i = 1; i < p->end.slots.fresh; i++)
		up += p->end.session[i] && p->end.session[i]->state == PPPOE_UP;
	if (p->client)
		return snprintf(buf, len, "link %s, client, %u sessions up, %u asked for",
				link_up(p->link) ? "up" : "down", up, all - up);
	return snprintf(buf, len, "link %s, server %s, %u of %u sessions up, %u offered",
			link_up(p->link) ? "up" : "down", p->ac_name, up, p->end.slots.most - 1,
			all - up);
}

static unsigned pppoe_fill(const struct ist_port *p, struct ist_fill *out, unsigned n)
{
	if (n)
		*out = (struct ist_fill){"sessions", p->end.slots.taken, p->end.slots.most - 1,
					 p->client ? 0 : pppoe_end_worst(&p->end),
					 p->client ? 0 : p->ac.conf.per_mac};
	return 1;
}

static void pppoe_need(const struct ist_port_config *cfg, struct ist_need *out)
{
	const struct settings set = {pppoe_keys, cfg->setting, cfg->settings};

	out->circuits = (uint32_t)settings_number(&set, "max-sessions");
}

static bool pppoe_calls(const struct ist_port_config *cfg)
{
	return settings_is(&(struct settings){pppoe_keys, cfg->setting, cfg->settings}, "role",
			   "client");
}

static unsigned pppoe_offloads(const struct ist_port *p, struct ist_offload *out, unsigned n)
{
	return link_offloads(p->link, out, n);
}

const struct ist_transport pppoe_transport = {
	.abi = IST_TRANSPORT_ABI,
	.size = sizeof(struct ist_transport),
	.name = "pppoe",
	.caps = IST_CAP_PPP | IST_CAP_UNKNOWN | IST_CAP_SWITCHED,
	.keys = pppoe_keys,
	.counters = counters,
	.open = pppoe_open,
	.close = pppoe_close,
	.send = pppoe_send,
	.mtu = pppoe_mtu,
	.addr_parse = pppoe_addr_parse,
	.addr_format = pppoe_addr_format,
	.connect = pppoe_connect,
	.count = pppoe_count,
	.disconnect = pppoe_disconnect,
	.answer = pppoe_answer,
	.refuse = pppoe_refuse,
	.status = pppoe_status,
	.offloads = pppoe_offloads,
	.fill = pppoe_fill,
	.need = pppoe_need,
	.addr_match = pppoe_addr_match,
	.check = pppoe_check,
	.freeze = pppoe_freeze,
	.thaw = pppoe_thaw,
	.resume = pppoe_resume,
	.calls = pppoe_calls,
};
