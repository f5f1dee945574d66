/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Frame Relay transport ties the pieces together: a link brings frames; q922.c takes the
 * address off, lmi.c gets the frames of its DLCI, fr_encap.c names the protocol of the others, and
 * the host gets L2TP and PPP.  The other way a head is built on the stack and goes out in front of
 * the payload.
 */
#include "transports/frame-relay/frame_relay.h"

#include "transports/frame-relay/fr_int.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct ist_counter counters[] = {
#define X(sym, name, words) {name, words},
	FR_COUNTERS(X) LMI_COUNTERS(X) LINK_COUNTERS(X)
#undef X
		{NULL, NULL},
};

/* The last DLCI for users with the longest address. */
#define MAX_DLCI 8126463u

/* The counter of a frame that is neither L2TP nor PPP. */
static const uint8_t dropped[FR_KINDS] = {
	[FR_LMI] = C_RX_LMI,
	[FR_IPV4] = C_RX_IPV4,
	[FR_IPV6] = C_RX_IPV6,
	[FR_OSI] = C_RX_OSI,
	[FR_FRAGMENT] = C_RX_FRAGMENT_BAD,
	[FR_COMPRESSED] = C_RX_COMPRESSED,
	[FR_BRIDGED] = C_RX_BRIDGED,
	[FR_ETHERTYPE] = C_RX_ETHERTYPE,
	[FR_SNAP_OTHER] = C_RX_SNAP,
	[FR_NLPID_OTHER] = C_RX_NLPID,
	[FR_SHORT] = C_RX_SHORT,
	[FR_NOT_UI] = C_RX_CONTROL,
	[FR_NLPID_ZERO] = C_RX_NLPID_ZERO,
};

static ist_channel fr_channel(const struct ist_port *p, const struct fr_circuit *c, uint8_t payload)
{
	return circuits_channel((unsigned)(c - p->circuit), payload);
}

struct fr_circuit *fr_circuit_of(const struct ist_port *p, ist_channel c, uint8_t *payload)
{
	unsigned i = circuits_of_channel(p->circuits, c, payload);

	if (i == p->circuits || !(p->circuit[i].payloads & 1u << *payload))
		return NULL;
	return &p->circuit[i];
}

struct fr_circuit *fr_find(const struct ist_port *p, uint32_t dlci)
{
	unsigned i = circuits_find(p->circuit, p->circuits, sizeof(*p->circuit), dlci);

	return i < p->circuits ? &p->circuit[i] : NULL;
}

enum fr_kind fr_kind_of(uint8_t payload)
{
	return payload == IST_PAYLOAD_PPP ? FR_PPP : FR_L2TP;
}

uint32_t fr_piece(const struct ist_port *p)
{
	uint32_t address = q922_octets(p->format), want = p->fragment ? p->fragment : p->mtu;
	uint32_t most = p->link_mtu > address ? p->link_mtu - address : 0;

	return want < most ? want : most;
}

uint32_t fr_information(const struct ist_port *p)
{
	return p->fragment && fr_piece(p) >= FRF12_LEAST ? p->mtu : fr_piece(p);
}

/* --- addresses -------------------------------------------------------------------------------- */

static void fr_addr_of(uint32_t dlci, struct ist_addr *out)
{
	struct wr w = wr_init(out->data, sizeof(out->data));

	memset(out, 0, sizeof(*out));
	wr_u32(&w, dlci);
	out->len = 4;
}

uint32_t fr_dlci_of(const struct ist_addr *a)
{
	struct rd r = rd_init(a->data, a->len <= sizeof(a->data) ? a->len : 0);

	return rd_u32(&r);
}

static int fr_addr_parse(struct ist_addr *out, const char *text)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || v > MAX_DLCI)
		return -EINVAL;
	fr_addr_of((uint32_t)v, out);
	return 0;
}

static int fr_addr_format(const struct ist_addr *a, char *buf, size_t len)
{
	return snprintf(buf, len, "%u", fr_dlci_of(a));
}

/* --- up and down ------------------------------------------------------------------------------ */

static void fr_report(struct ist_port *p, const struct fr_circuit *c, uint8_t payload,
		      const struct ist_cause *why)
{
	struct ist_attrs a = {.size = sizeof(a), .payload = payload, .permanent = 1};

	if (!(c->payloads & 1u << payload))
		return;
	if (!c->up) {
		p->host->down(p->ctx, fr_channel(p, c, payload), why, false);
		return;
	}
	fr_addr_of(c->dlci, &a.local);
	a.peer = a.local;
	a.tx_bps = a.rx_bps = c->cir;
	a.number = c->dlci;
	p->host->up(p->ctx, fr_channel(p, c, payload), &a);
}

static void fr_set_circuit(struct ist_port *p, struct fr_circuit *c, bool up)
{
	const struct ist_cause why = {
		.kind = p->why ? IST_CAUSE_LINK : IST_CAUSE_INACTIVE,
		.words = p->why			 ? p->why
			 : lmi_sides_up(&p->lmi) ? "PVC inactive"
			 : p->hint[0]		 ? p->hint
						 : "LMI down",
	};

	c->up = up;
	c->gather.open = false;
	fr_report(p, c, IST_PAYLOAD_L2TP, &why);
	fr_report(p, c, IST_PAYLOAD_PPP, &why);
}

static void fr_lmi_rearm(struct ist_port *p);

static void fr_announce(struct ist_port *p)
{
	if (!p->announce)
		return;
	p->announce = false;
	p->host->timer(p->ctx, &p->announce_timer, UINT64_MAX, NULL, NULL);
	for (unsigned i = 0; i < p->circuits; i++) {
		if (!p->circuit[i].up)
			continue;
		fr_report(p, &p->circuit[i], IST_PAYLOAD_L2TP, NULL);
		fr_report(p, &p->circuit[i], IST_PAYLOAD_PPP, NULL);
	}
	if (p->has_lmi)
		fr_lmi_rearm(p);
}

static void fr_on_announce_time(void *arg, uint64_t now)
{
	(void)now;
	fr_announce(arg);
}

void fr_announce_later(struct ist_port *p)
{
	p->announce = true;
	p->host->timer(p->ctx, &p->announce_timer, p->host->now(p->ctx), fr_on_announce_time, p);
}

static void fr_on_lmi_time(void *arg, uint64_t now)
{
	struct ist_port *p = arg;

	fr_announce(p);
	lmi_sides_expire(&p->lmi, now);
	fr_lmi_rearm(p);
}

static void fr_lmi_rearm(struct ist_port *p)
{
	uint64_t deadline = lmi_sides_deadline(&p->lmi);

	if (deadline != UINT64_MAX || p->timer)
		p->host->timer(p->ctx, &p->timer, deadline, fr_on_lmi_time, p);
}

static void fr_lmi_tx(void *ctx, const uint8_t *pdu, size_t len)
{
	struct ist_port *p = ctx;
	const struct q922_addr a = {.dlci = lmi_sides_tx_dlci(&p->lmi)};
	uint8_t head[Q922_MAX_OCTETS];
	struct wr w = wr_init(head, sizeof(head));
	struct link_frame f;

	q922_put(&w, p->format, &a);
	f = (struct link_frame){head, pdu, (uint32_t)w.len, (uint32_t)len};
	if (*p->host->tap_on)
		p->host->tap(p->ctx, true, LINKTYPE_FRELAY, head, f.head_len, pdu, f.len);
	link_send(p->link, &f, 1);
}

static void fr_lmi_link(void *ctx, bool up)
{
	struct ist_port *p = ctx;

	p->host->log(p->ctx, up ? 5 : 4, "LMI %s", up ? "up" : "down");
	p->hint[0] = '\0';
	p->absent = 0;
}

/* The first mistake that shows is said, and no other until the LMI has been up: the far end may say
 * anything. */
static void fr_lmi_hint(struct ist_port *p, uint32_t dlci, const struct rd *r)
{
	if (!p->has_lmi || p->hint[0] || lmi_sides_up(&p->lmi) ||
	    !lmi_hint(&p->lmi, dlci, r->p, r->left, p->hint, sizeof(p->hint)))
		return;
	p->host->log(p->ctx, 4, "LMI: %s", p->hint);
}

/* A user knows after a full STATUS which PVCs there are. */
static void fr_lmi_absent(struct ist_port *p)
{
	uint32_t first = 0;
	unsigned n = 0;

	for (unsigned i = p->circuits; i-- > 0;)
		if (lmi_sides_absent(&p->lmi, p->circuit[i].dlci)) {
			first = p->circuit[i].dlci;
			n++;
		}
	if (n > 1 && n != p->absent)
		p->host->log(p->ctx, 4, "LMI: the far end does not have %u of our DLCIs: %u, ...",
			     n, first);
	else if (n != p->absent && n)
		p->host->log(p->ctx, 4, "LMI: the far end does not have DLCI %u", first);
	p->absent = n;
}

static void fr_lmi_pvc(void *ctx, uint32_t dlci, bool up)
{
	struct ist_port *p = ctx;
	struct fr_circuit *c = fr_find(p, dlci);

	if (c)
		fr_set_circuit(p, c, up);
}

const struct lmi_ops fr_lmi_ops = {fr_lmi_tx, fr_lmi_link, fr_lmi_pvc};

static bool fr_carries_l2tp(const struct ist_port *p)
{
	for (unsigned i = 0; i < p->circuits; i++)
		if (p->circuit[i].payloads & 1u << IST_PAYLOAD_L2TP)
			return true;
	return false;
}

static void fr_check_link_mtu(struct ist_port *p)
{
	uint32_t was = fr_information(p);

	p->link_mtu = link_mtu(p->link);
	if (fr_information(p) < FR_MTU_RFC3070 && fr_carries_l2tp(p))
		p->host->log(p->ctx, 4, "link leaves %u octets a frame, RFC 3070 wants %u",
			     fr_information(p), FR_MTU_RFC3070);
	for (unsigned i = 0; i < p->circuits && was != fr_information(p); i++)
		for (uint8_t kind = IST_PAYLOAD_L2TP; kind <= IST_PAYLOAD_PPP; kind++)
			if (p->circuit[i].payloads & 1u << kind)
				p->host->mtu_changed(p->ctx, fr_channel(p, &p->circuit[i], kind));
}

static void fr_on_carrier(void *ctx, bool up, const char *words)
{
	struct ist_port *p = ctx;

	fr_announce(p);
	p->host->log(p->ctx, up ? 5 : 4, up ? "link up" : "link down: %s", words);
	p->why = up ? NULL : "link down";
	if (up)
		fr_check_link_mtu(p);
	if (p->has_lmi && up)
		lmi_sides_start(&p->lmi, p->host->now(p->ctx));
	else if (p->has_lmi)
		lmi_sides_stop(&p->lmi);
	if (p->has_lmi)
		fr_lmi_rearm(p);
	for (unsigned i = 0; i < p->circuits && !p->has_lmi; i++)
		fr_set_circuit(p, &p->circuit[i], up);
}

/* --- receiving -------------------------------------------------------------------------------- */

static void fr_flush(struct ist_port *p)
{
	unsigned n = p->rx_count;

	p->rx_count = 0;
	if (n)
		p->host->frames(p->ctx, p->rx, n);
}

static uint32_t fr_flags_of(struct ist_port *p, const struct q922_addr *a)
{
	p->count[C_RX_FECN] += a->fecn;
	p->count[C_RX_BECN] += a->becn;
	p->count[C_RX_DE] += a->de;
	return (a->fecn || a->becn ? IST_FRAME_CONGESTED : 0) | (a->de ? IST_FRAME_DISCARD : 0);
}

/* r is behind the address.  C_RX when it was delivered, else why not. */
static enum fr_counter fr_payload_in(struct ist_port *p, struct fr_circuit *c, uint32_t flags,
				     struct rd *r)
{
	uint8_t nlpid, payload;
	enum fr_kind kind = fr_encap_get(r, &nlpid);

	if (kind != FR_L2TP && kind != FR_PPP)
		return (enum fr_counter)dropped[kind];
	payload = kind == FR_PPP ? IST_PAYLOAD_PPP : IST_PAYLOAD_L2TP;
	if (!(c->payloads & 1u << payload))
		return C_RX_NOT_CARRIED;
	if (!c->up)
		return C_RX_INACTIVE;
	if (!r->left)
		return C_RX_EMPTY;
	p->rx[p->rx_count++] = (struct ist_frame){
		.channel = fr_channel(p, c, payload),
		.flags = flags,
		.payload = r->p,
		.len = (uint32_t)r->left,
	};
	p->count[C_RX_OCTETS] += r->left;
	return C_RX;
}

/* r is behind NLPID B1. */
static enum fr_counter fr_fragment_in(struct ist_port *p, struct fr_circuit *c, uint32_t flags,
				      struct rd *r)
{
	static const uint8_t lost[] = {
		[FRF12_MALFORMED] = C_RX_FRAGMENT_BAD,
		[FRF12_MISSING] = C_RX_FRAGMENT_LOST,
		[FRF12_TOO_LONG] = C_RX_FRAGMENT_LONG,
	};
	enum frf12_result result;
	enum fr_counter why;
	struct rd whole;

	if (!c->gather.buf) {
		c->gather.buf = malloc(p->mtu);
		c->gather.cap = c->gather.buf ? p->mtu : 0;
	}
	result = frf12_take(&c->gather, flags, r);
	if (result == FRF12_MORE)
		return C_RX_FRAGMENTS;
	if (result != FRF12_WHOLE)
		return (enum fr_counter)lost[result];
	p->count[C_RX_FRAGMENTS]++;
	whole = rd_init(c->gather.buf, c->gather.len);
	why = fr_payload_in(p, c, c->gather.marks, &whole);
	fr_flush(p); /* the buffer is wanted for the next one */
	return why;
}

/* r is behind the address. */
static enum fr_counter fr_data_in(struct ist_port *p, const struct q922_addr *a, struct rd *r)
{
	struct fr_circuit *c = fr_find(p, a->dlci);
	struct rd ahead = *r;
	uint32_t flags;
	uint8_t nlpid;

	if (!c)
		return C_RX_DLCI;
	flags = fr_flags_of(p, a);
	if (fr_encap_get(&ahead, &nlpid) != FR_FRAGMENT)
		return fr_payload_in(p, c, flags, r);
	return c->up ? fr_fragment_in(p, c, flags, &ahead) : C_RX_INACTIVE;
}

static void fr_frame_in(struct ist_port *p, const struct link_frame *f)
{
	struct rd r = rd_init(f->payload, f->len);
	struct q922_addr a;
	enum q922_result address = q922_get(&r, p->format, &a);
	enum fr_counter why;

	if (*p->host->tap_on)
		p->host->tap(p->ctx, false, LINKTYPE_FRELAY, NULL, 0, f->payload, f->len);
	if (address != Q922_OK) {
		p->count[address == Q922_DL_CORE ? C_RX_DL_CORE : C_RX_ADDRESS]++;
		return;
	}
	if (p->has_lmi && lmi_sides_on_dlci(&p->lmi, a.dlci)) {
		fr_flush(p); /* it may take circuits down */
		fr_lmi_hint(p, a.dlci, &r);
		lmi_sides_rx(&p->lmi, r.p, r.left, p->host->now(p->ctx));
		fr_lmi_absent(p);
		fr_lmi_rearm(p);
		return;
	}
	why = fr_data_in(p, &a, &r);
	p->count[why]++;
	if (why == C_RX_DLCI)
		fr_lmi_hint(p, a.dlci, &r);
	if (p->rx_count == FR_BATCH)
		fr_flush(p);
}

static void fr_on_frames(void *ctx, const struct link_frame *f, unsigned n)
{
	fr_announce(ctx);
	for (unsigned i = 0; i < n; i++)
		fr_frame_in(ctx, &f[i]);
	fr_flush(ctx);
}

const struct link_user fr_link_user = {fr_on_frames, fr_on_carrier};

static uint32_t fr_mtu(const struct ist_port *p, ist_channel ch)
{
	uint8_t payload;

	if (!fr_circuit_of(p, ch, &payload))
		return 0;
	return fr_information(p) - fr_encap_octets(fr_kind_of(payload), p->pad);
}

static int fr_connect(struct ist_port *p, const struct ist_addr *to, uint8_t payload,
		      const struct ist_attrs *a, ist_channel *out)
{
	const struct fr_circuit *c = fr_find(p, fr_dlci_of(to));

	(void)a;
	if (!c || !(c->payloads & 1u << payload))
		return -ENOENT;
	*out = fr_channel(p, c, payload);
	return 0;
}

/* Circuits are permanent: giving one up leaves it where it is. */
static void fr_disconnect(struct ist_port *p, ist_channel c, const struct ist_cause *why)
{
	(void)p;
	(void)c;
	(void)why;
}

/* --- the rest --------------------------------------------------------------------------------- */

static void fr_count(const struct ist_port *p, uint64_t *out, unsigned n)
{
	uint64_t all[FR_COUNTERS_ALL];

	memcpy(all, p->count, sizeof(p->count));
	lmi_sides_count(&p->lmi, all + C_COUNT);
	link_count(p->link, all + C_COUNT + LMI_COUNTER_COUNT);
	handover_count(out, n, all, p->before, FR_COUNTERS_ALL);
}

static int fr_status(const struct ist_port *p, char *buf, size_t len)
{
	const struct lmi_sides *l = &p->lmi;
	char small[40] = "", hint[LMI_HINT_MAX + 2] = "";
	unsigned up = 0;

	for (unsigned i = 0; i < p->circuits; i++)
		up += p->circuit[i].up;
	/* Too small for PPP of 1500 octets in L2TP: worth seeing without a log. */
	if (fr_information(p) < FR_MTU_RFC3070)
		snprintf(small, sizeof(small), ", frames of only %u octets", fr_information(p));
	if (!p->has_lmi)
		return snprintf(buf, len, "link %s, no LMI, %u of %u DLCIs up%s",
				link_up(p->link) ? "up" : "down", up, p->circuits, small);
	if (p->hint[0])
		snprintf(hint, sizeof(hint), ", %s", p->hint);
	return snprintf(buf, len, "link %s, LMI %s %s %s%s, %u of %u DLCIs up%s",
			link_up(p->link) ? "up" : "down", lmi_sides_name(l), lmi_sides_role(l),
			lmi_sides_up(l) ? "up" : "down", hint, up, p->circuits, small);
}

static unsigned fr_offloads(const struct ist_port *p, struct ist_offload *out, unsigned n)
{
	return link_offloads(p->link, out, n);
}

const struct ist_transport frame_relay_transport = {
	.abi = IST_TRANSPORT_ABI,
	.size = sizeof(struct ist_transport),
	.name = "frame-relay",
	.caps = IST_CAP_L2TP | IST_CAP_PPP,
	.keys = fr_keys,
	.circuit_word = "dlci",
	.counters = counters,
	.open = fr_open,
	.close = fr_close,
	.send = fr_send,
	.mtu = fr_mtu,
	.addr_parse = fr_addr_parse,
	.addr_format = fr_addr_format,
	.connect = fr_connect,
	.count = fr_count,
	.disconnect = fr_disconnect,
	.status = fr_status,
	.offloads = fr_offloads,
	.check = fr_check,
	.freeze = fr_freeze,
	.thaw = fr_thaw,
};
