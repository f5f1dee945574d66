/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The port: circuits that go up and down with the link and the loopback cells, one timer for all
 * that waits (reassembly, shaping, loopback), and the table the host calls.  The way of a frame is
 * in atm_rx.c and atm_tx.c.
 */
#include "transports/atm/atm.h"

#include "transports/atm/aal5_crc.h"
#include "transports/atm/atm_int.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define TOLD_INTERVAL 10000000u /* us */
#define GRAIN	      1000u	/* us: the timer comes no more often than this */

/* --- circuits and their two channels ---------------------------------------------------------- */

ist_channel atm_channel(const struct ist_port *p, const struct atm_vc *v, uint8_t payload)
{
	return circuits_channel((unsigned)(v - p->vc), payload);
}

struct atm_vc *atm_vc_of(const struct ist_port *p, ist_channel c, uint8_t *payload)
{
	unsigned i = circuits_of_channel(p->vcs, c, payload);

	return i < p->vcs && p->vc[i].payloads & 1u << *payload ? &p->vc[i] : NULL;
}

struct atm_vc *atm_find(const struct ist_port *p, uint32_t key)
{
	unsigned i = circuits_find(p->vc, p->vcs, sizeof(*p->vc), key);

	return i < p->vcs ? &p->vc[i] : NULL;
}

/* --- capture ---------------------------------------------------------------------------------- */

/* Give a capture one SDU in a form it can decode.  With LLC that is a SUNATM head.  With VC
 * multiplexing the SDU does not name its protocol, so PPP is captured as PPP, and L2TP with the
 * name of its dissector in front. */
void atm_tap(struct ist_port *p, bool outbound, const struct atm_vc *v, const uint8_t *head,
	     size_t head_len, const uint8_t *data, size_t len)
{
	static const uint8_t l2tp[] = {0,   12,	 0,   8, 'l', '2', 't', 'p',
				       'r', 'a', 'w', 0, 0,   0,   0,	0};
	uint8_t buf[sizeof(l2tp) + ATM_ENCAP_MAX + IST_HEAD_MAX];
	struct wr w = wr_init(buf, sizeof(buf));
	enum linktype type = LINKTYPE_SUNATM;

	if (v->mux == ATM_LLC) {
		wr_u8(&w, (uint8_t)(outbound ? 0x82 : 0x02));
		wr_u8(&w, (uint8_t)(v->key >> 16));
		wr_u16(&w, (uint16_t)v->key);
	} else if (v->payloads & 1u << IST_PAYLOAD_PPP) {
		type = LINKTYPE_PPP;
	} else {
		type = LINKTYPE_UPPER_PDU;
		wr_bytes(&w, l2tp, sizeof(l2tp));
	}
	wr_bytes(&w, head, head_len);
	p->host->tap(p->ctx, outbound, (uint16_t)type, buf, (uint32_t)w.len, data, (uint32_t)len);
}

/* --- up and down ------------------------------------------------------------------------------ */

static void atm_report(struct ist_port *p, const struct atm_vc *v, uint8_t payload)
{
	const struct ist_cause why = {.kind = p->why ? IST_CAUSE_LINK : IST_CAUSE_INACTIVE,
				      .words = p->why ? p->why : "loopback cells unanswered"};
	struct ist_attrs a = {.size = sizeof(a), .payload = payload, .permanent = 1};

	if (!(v->payloads & 1u << payload))
		return;
	if (!v->up) {
		p->host->down(p->ctx, atm_channel(p, v, payload), &why, false);
		return;
	}
	atm_addr_of(v->key, &a.local);
	a.peer = a.local;
	a.tx_bps = (uint64_t)v->shape.pcr * CELL_LEN * 8;
	a.number = v->key;
	p->host->up(p->ctx, atm_channel(p, v, payload), &a);
}

/* RFC 2364 8: log it at most once in TOLD_INTERVAL, and take down a PPP channel that was at work.
 */
void atm_other_mux(struct ist_port *p, struct atm_vc *v, bool ppp)
{
	const struct ist_cause why = {.kind = IST_CAUSE_CLEARED,
				      .words = "far end changed its encapsulation"};

	if (p->rx_now < v->mux_log_at)
		return;
	v->mux_log_at = p->rx_now + TOLD_INTERVAL;
	p->host->log(p->ctx, 4, "pvc %u/%u: far end sends %s", v->key >> 16, v->key & 0xffff,
		     v->mux == ATM_LLC ? "without an LLC header (vc-mux)" : "with an LLC header");
	if (!ppp || !v->heard)
		return;
	v->heard = false;
	p->host->down(p->ctx, atm_channel(p, v, IST_PAYLOAD_PPP), &why, false);
	atm_report(p, v, IST_PAYLOAD_PPP);
}

void atm_check_up(struct ist_port *p, struct atm_vc *v)
{
	bool up = !p->why && v->live.up;

	if (up == v->up)
		return;
	v->up = up;
	v->heard = false;
	atm_report(p, v, IST_PAYLOAD_L2TP);
	atm_report(p, v, IST_PAYLOAD_PPP);
}

/* The link may have come back as another one. */
static void atm_check_link_mtu(struct ist_port *p)
{
	uint32_t was = p->link_mtu;

	p->link_mtu = link_mtu(p->link);
	for (unsigned i = 0; i < p->vcs && was && was != p->link_mtu; i++)
		for (uint8_t kind = IST_PAYLOAD_L2TP; kind <= IST_PAYLOAD_PPP; kind++)
			if (p->vc[i].payloads & 1u << kind)
				p->host->mtu_changed(p->ctx, atm_channel(p, &p->vc[i], kind));
}

static void atm_on_carrier(void *ctx, bool up, const char *words)
{
	struct ist_port *p = ctx;

	atm_announce(p);
	p->host->log(p->ctx, up ? 5 : 4, up ? "link up" : "link down: %s", words);
	p->why = up ? NULL : "link down";
	if (up)
		atm_check_link_mtu(p);
	for (unsigned i = 0; i < p->vcs; i++) {
		atm_check_up(p, &p->vc[i]);
		if (up)
			atm_wake_at(p, &p->vc[i], p->vc[i].live.deadline);
	}
}

static void atm_on_announce_time(void *arg, uint64_t now)
{
	(void)now;
	atm_announce(arg);
}

void atm_announce(struct ist_port *p)
{
	if (!p->announce)
		return;
	p->announce = false;
	p->host->timer(p->ctx, &p->announce_timer, UINT64_MAX, atm_on_announce_time, p);
	for (unsigned i = 0; i < p->vcs; i++) {
		if (!p->vc[i].up)
			continue;
		atm_report(p, &p->vc[i], IST_PAYLOAD_L2TP);
		atm_report(p, &p->vc[i], IST_PAYLOAD_PPP);
	}
}

void atm_announce_later(struct ist_port *p)
{
	p->announce = true;
	p->host->timer(p->ctx, &p->announce_timer, p->host->now(p->ctx), atm_on_announce_time, p);
}

static const struct link_user link_user = {atm_frames, atm_on_carrier};

/* --- time ------------------------------------------------------------------------------------- */

static void atm_on_time(void *arg, uint64_t now);

void atm_arm(struct ist_port *p, uint64_t when)
{
	if (when >= p->timer_at)
		return;
	p->timer_at = when;
	p->host->timer(p->ctx, &p->timer, when, atm_on_time, p);
}

void atm_wake_at(struct ist_port *p, const struct atm_vc *v, uint64_t when)
{
	uint32_t i = (uint32_t)(v - p->vc);

	if (when >= p->due.at[i])
		return;
	due_set(&p->due, i, when);
	atm_arm(p, when);
}

uint64_t atm_earliest(const struct atm_vc *v, bool link_up)
{
	uint64_t at = v->in.deadline, shaped = atm_shape_deadline(&v->shape);

	if (shaped < at)
		at = shaped;
	return link_up && v->live.deadline < at ? v->live.deadline : at;
}

static void atm_expire(struct ist_port *p, struct atm_vc *v, uint64_t now)
{
	uint8_t cell[CELL_PAYLOAD];

	if (v->buf && aal5_reasm_expire(&v->in, now) == AAL5_E_TIMEOUT)
		p->aal5[AAL5_E_TIMEOUT - AAL5_E_CRC]++;
	if (!p->why && oam_live_expire(&v->live, now)) {
		oam_loopback_request(cell, v->live.tag);
		p->count[ATM_C_OAM_ASKED]++;
		atm_send_oam(p, v, cell, v->oam_flow);
		atm_check_up(p, v);
	}
	if (v->shape.count)
		atm_release(p, v, now);
}

static void atm_on_time(void *arg, uint64_t now)
{
	struct ist_port *p = arg;
	uint64_t next;
	uint32_t i;

	atm_announce(p);
	p->timer_at = 0; /* nothing moves the timer while circuits are looked at */
	while (due_pop(&p->due, now, &i)) {
		struct atm_vc *v = &p->vc[i];
		uint64_t at;

		atm_expire(p, v, now);
		at = atm_earliest(v, !p->why);
		due_set(&p->due, i, at <= now ? now + 1 : at);
	}
	p->timer_at = UINT64_MAX;
	next = due_next(&p->due);
	if (next != UINT64_MAX)
		atm_arm(p, next < now + GRAIN ? now + GRAIN : next);
}

/* --- the table -------------------------------------------------------------------------------- */

void atm_close(struct ist_port *p)
{
	if (p->link)
		link_close(p->link);
	if (p->timer)
		p->host->timer(p->ctx, &p->timer, UINT64_MAX, atm_on_time, p);
	if (p->announce_timer)
		p->host->timer(p->ctx, &p->announce_timer, UINT64_MAX, atm_on_announce_time, p);
	for (unsigned i = 0; i < p->vcs; i++) {
		atm_shape_free(&p->vc[i].shape);
		free(p->vc[i].buf);
	}
	due_free(&p->due);
	free(p->circuit);
	free(p->vc);
	free(p);
}

/* Everything but the link, for which *link is filled in. */
static int atm_read(struct ist_port *p, const struct ist_port_config *cfg, struct link_conf *link,
		    char *err, size_t err_len)
{
	int r = atm_configure(p, cfg, err, err_len);

	if (r < 0)
		return r;
	p->circuit = calloc((size_t)p->vcs + 1, sizeof(*p->circuit));
	if (!p->circuit)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	for (unsigned i = 0; i < p->vcs; i++)
		p->circuit[i] = (struct link_circuit){.vpi = (uint16_t)(p->vc[i].key >> 16),
						      .vci = (uint16_t)p->vc[i].key,
						      .sdu_max = p->vc[i].sdu_max};
	*link = (struct link_conf){
		.host = p->host,
		.host_ctx = p->ctx,
		.user = &link_user,
		.ctx = p,
		.settings = {atm_keys, cfg->setting, cfg->settings},
		.short_frames = p->framing == ATM_CELLS ? p->cells_per_frame * CELL_LEN : 0,
		.sdus = p->framing == ATM_SDUS,
		.circuit = p->circuit,
		.circuits = p->vcs,
		/* bare cells, PDUs and SDUs have no number of their own */
		.linktype = LINKTYPE_USER0 + p->framing};
	return 0;
}

static int atm_check(const struct ist_port_config *cfg, struct ist_open *opens, unsigned n,
		     char *err, size_t err_len)
{
	struct ist_port *p = calloc(1, sizeof(*p));
	struct link_conf link;
	int r;

	if (!p)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	r = atm_read(p, cfg, &link, err, err_len);
	if (!r)
		r = link_check_configured(&link, opens, n, err, err_len);
	atm_close(p);
	return r;
}

int atm_open_from(struct ist_port **out, const struct ist_host *host, void *ctx,
		  const struct ist_port_config *cfg, struct handover *from, char *err,
		  size_t err_len)
{
	int r = settings_host_ok(host, err, err_len);
	struct link_conf link;
	struct ist_port *p;

	if (r < 0)
		return r;
	p = calloc(1, sizeof(*p));
	if (!p)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	p->host = host;
	p->ctx = ctx;
	p->why = "link down";
	p->timer_at = UINT64_MAX;
	r = atm_read(p, cfg, &link, err, err_len);
	link.from = from;
	if (!r)
		r = link_open_configured(&p->link, &link, err, err_len);
	if (r < 0) {
		atm_close(p);
		return r;
	}
	host->log(ctx, 6, "AAL5 CRC-32 by %s", aal5_crc_choose());
	*out = p;
	return 0;
}

static int atm_open(struct ist_port **out, const struct ist_host *host, void *ctx,
		    const struct ist_port_config *cfg, char *err, size_t err_len)
{
	return atm_open_from(out, host, ctx, cfg, NULL, err, err_len);
}

/* Octets of the longest SDU: sdu-max, and as PDU or SDU also the room in a frame of the link. */
uint32_t atm_sdu_most(const struct ist_port *p, const struct atm_vc *v)
{
	uint32_t room;

	if (p->framing == ATM_CELLS)
		return v->sdu_max;
	room = link_mtu(p->link);
	room = room < 4 ? 0 : room - 4;
	if (p->framing == ATM_PDUS) {
		room = room > LINK_FRAME_MAX - 4 ? LINK_FRAME_MAX - 4 : room;
		room = room < CELL_PAYLOAD ? 0 : room / CELL_PAYLOAD * CELL_PAYLOAD - AAL5_TRAILER;
	}
	return v->sdu_max < room ? v->sdu_max : room;
}

static uint32_t atm_mtu(const struct ist_port *p, ist_channel c)
{
	uint8_t payload;
	const struct atm_vc *v = atm_vc_of(p, c, &payload);
	uint32_t most = v ? atm_sdu_most(p, v) : 0,
		 head = v ? atm_encap_octets(v->mux, payload) : 0;

	return most < head ? 0 : most - head;
}

static int atm_connect(struct ist_port *p, const struct ist_addr *to, uint8_t payload,
		       const struct ist_attrs *a, ist_channel *out)
{
	const struct atm_vc *v = atm_find(p, atm_addr_key(to));

	(void)a;
	if (!v || !(v->payloads & 1u << payload))
		return -ENOENT;
	*out = atm_channel(p, v, payload);
	return 0;
}

/* Circuits are permanent: giving one up leaves it where it is. */
static void atm_disconnect(struct ist_port *p, ist_channel c, const struct ist_cause *why)
{
	(void)p;
	(void)c;
	(void)why;
}

static void atm_count(const struct ist_port *p, uint64_t *out, unsigned n)
{
	uint64_t all[ATM_COUNTERS_ALL];

	memcpy(all, p->count, sizeof(p->count));
	memcpy(all + ATM_C_COUNT, p->aal5, sizeof(p->aal5));
	link_count(p->link, all + ATM_C_COUNT + ATM_AAL5_COUNTERS);
	handover_count(out, n, all, p->before, ATM_COUNTERS_ALL);
}

static int atm_status(const struct ist_port *p, char *buf, size_t len)
{
	static const char *const framing[] = {"cells", "PDUs", "SDUs"};
	unsigned up = 0;

	for (unsigned i = 0; i < p->vcs; i++)
		up += p->vc[i].up;
	return snprintf(buf, len, "link %s, %s, %u of %u PVCs up", link_up(p->link) ? "up" : "down",
			framing[p->framing], up, p->vcs);
}

static unsigned atm_fill(const struct ist_port *p, struct ist_fill *out, unsigned n)
{
	if (!link_accepts(p->link))
		return 0;
	if (n)
		*out = (struct ist_fill){"connections", link_up(p->link), 1, 0, 0};
	return 1;
}

static unsigned atm_offloads(const struct ist_port *p, struct ist_offload *out, unsigned n)
{
	return link_offloads(p->link, out, n);
}

const struct ist_transport atm_transport = {
	.abi = IST_TRANSPORT_ABI,
	.size = sizeof(struct ist_transport),
	.name = "atm",
	.caps = IST_CAP_L2TP | IST_CAP_PPP | IST_CAP_FLOW,
	.keys = atm_keys,
	.circuit_word = "pvc",
	.counters = atm_counters,
	.open = atm_open,
	.close = atm_close,
	.freeze = atm_freeze,
	.thaw = atm_thaw,
	.send = atm_send,
	.mtu = atm_mtu,
	.addr_parse = atm_addr_parse,
	.addr_format = atm_addr_format,
	.connect = atm_connect,
	.count = atm_count,
	.disconnect = atm_disconnect,
	.status = atm_status,
	.offloads = atm_offloads,
	.fill = atm_fill,
	.check = atm_check,
};
