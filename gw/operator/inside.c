/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/inside.h"

#include "core/data.h"
#include "transports/atm/atm_encap.h"
#include "transports/frame-relay/fr_encap.h"
#include "transports/frame-relay/q922.h"
#include "transports/kit/linktype.h"
#include "transports/x25/x25_encap.h"
#include "transports/x25/x25_pkt.h"

#include <string.h>

#define L2TP_VERSION 2u
#define PIECE_MARKS  2u /* octets, of FRF.12 */

static bool inside_pdu(struct inside *in, enum inside_what what, struct rd r)
{
	in->what = what;
	in->p = in->pdu = r.p;
	in->len = in->have = r.left;
	in->whole = true;
	return !r.bad && r.left;
}

static void inside_circuit(struct inside *in, uint32_t number)
{
	in->on_circuit = true;
	in->number = number;
}

/* --- a row for each link type --------------------------------------------------------------------- */

struct inside_look {
	struct inside *in;
	struct inside_flows *flows;
	const struct inside_frame *f;
	struct rd r;
};

static bool inside_raw(const struct inside_look *l)
{
	struct replay_msg m = {.us = 0};

	if (!replay_udp(&m, l->r.p, l->r.left))
		return false;
	l->in->far = l->f->outbound ? m.to : m.from;
	return inside_pdu(l->in, INSIDE_L2TP, rd_init(m.pkt, m.len));
}

/* A piece of FRF.12, which may begin or end in the middle of a secret, and with others around it:
 * pieces are not put together here.  Behind the NLPID are marks and number. */
static bool inside_piece(struct inside *in, struct rd r)
{
	rd_skip(&r, PIECE_MARKS);
	in->lost = true;
	return inside_pdu(in, INSIDE_NOTHING, r);
}

/* How long the address is, its own bits say. */
static bool inside_frelay(const struct inside_look *l)
{
	for (enum q922_format f = Q922_2_OCTETS; f < Q922_FORMATS; f++) {
		struct rd r = l->r;
		struct q922_addr a;
		enum fr_kind kind;
		uint8_t nlpid;

		if (q922_get(&r, f, &a) != Q922_OK)
			continue;
		inside_circuit(l->in, a.dlci);
		kind = fr_encap_get(&r, &nlpid);
		if (kind == FR_FRAGMENT)
			return inside_piece(l->in, r);
		if (kind != FR_L2TP && kind != FR_PPP)
			return false;
		return inside_pdu(l->in, kind == FR_PPP ? INSIDE_PPP : INSIDE_L2TP, r);
	}
	return false;
}

static bool inside_sunatm(const struct inside_look *l)
{
	struct rd r = l->r;
	enum atm_kind kind;
	uint8_t vpi;

	rd_skip(&r, 1);
	vpi = rd_u8(&r);
	inside_circuit(l->in, (uint32_t)vpi << 16 | rd_u16(&r));
	kind = atm_encap_get(&r, ATM_LLC, IST_PAYLOAD_L2TP);
	if (kind != ATM_L2TP && kind != ATM_PPP)
		return false;
	return inside_pdu(l->in, kind == ATM_PPP ? INSIDE_PPP : INSIDE_L2TP, r);
}

/* PPPoE (RFC 2516): version and type, code, session, length. */
static bool inside_ethernet(const struct inside_look *l)
{
	struct rd r = l->r;
	uint16_t type, len;
	uint8_t code;

	rd_skip(&r, 12);
	type = rd_u16(&r);
	while (type == 0x8100 || type == 0x88a8) {
		rd_skip(&r, 2);
		type = rd_u16(&r);
	}
	if (r.bad || (type != 0x8863 && type != 0x8864))
		return false;
	rd_skip(&r, 1);
	code = rd_u8(&r);
	inside_circuit(l->in, rd_u16(&r));
	len = rd_u16(&r);
	return type == 0x8864 && !code &&
	       inside_pdu(l->in, INSIDE_PPP, len < r.left ? rd_sub(&r, len) : r);
}

static bool inside_alone(const struct inside_look *l)
{
	return inside_pdu(l->in, l->f->link_type == LINKTYPE_PPP ? INSIDE_PPP : INSIDE_L2TP, l->r);
}

/* --- X.25 ------------------------------------------------------------------------------------------ */

/* What has come of its PDU; the octets stay until the next packet. */
static void inside_flow_drop(struct inside_flow *f)
{
	if (f->begun)
		f->begun->of = NULL;
	f->begun = NULL;
}

/* On a connection of XOT any number stands for its circuit (RFC 1613). */
static uint16_t inside_flow_lci(const struct inside_look *l, uint16_t lci)
{
	return l->in->line ? 0 : lci;
}

static bool inside_flow_is_of_line(const struct inside_flow *f, const struct inside_look *l)
{
	return f->used && f->port == l->f->port && f->line == l->in->line;
}

/* One that was not seen before may be in the middle of a PDU. */
static struct inside_flow *inside_flow_of(const struct inside_look *l, uint16_t lci, bool outbound)
{
	struct inside_flows *all = l->flows;
	struct inside_flow *f;

	lci = inside_flow_lci(l, lci);
	for (unsigned i = 0; i < INSIDE_FLOWS; i++) {
		f = &all->flow[i];
		if (inside_flow_is_of_line(f, l) && f->lci == lci && f->outbound == outbound)
			return f;
	}
	f = &all->flow[all->next];
	all->next = (all->next + 1) % INSIDE_FLOWS;
	inside_flow_drop(f);
	*f = (struct inside_flow){.port = l->f->port,
				  .line = l->in->line,
				  .lci = lci,
				  .outbound = outbound,
				  .used = true,
				  .lost = true};
	return f;
}

/* Room for a PDU of which more is to come. */
static void inside_flow_begin(struct inside_flows *all, struct inside_flow *f)
{
	struct inside_begun *b = &all->begun[all->next_begun];

	for (unsigned i = 0; i < INSIDE_BEGUN && b->of; i++)
		b = &all->begun[i];
	if (b->of) {
		b = &all->begun[all->next_begun];
		b->of->lost = true;
		inside_flow_drop(b->of);
	}
	all->next_begun = (unsigned)(b - all->begun + 1) % INSIDE_BEGUN;
	b->of = f;
	b->len = 0;
	f->begun = b;
}

/* One that is not the next is sent again, or one before it was not tapped: until a PDU begins for
 * certain nothing is known.  The PDU so far, of which nothing is copied when it is whole. */
static struct rd inside_x25_append(struct inside_flows *all, struct inside_flow *f,
				   const struct x25_pkt *p)
{
	f->lost |= p->ps != f->next;
	f->next = (uint8_t)((p->ps + 1) & (p->extended ? 127 : 7));
	if (!f->lost && !f->begun && !p->m)
		return rd_init(p->data, p->len);
	if (!f->lost && !f->begun)
		inside_flow_begin(all, f);
	f->lost |= f->begun && p->len > sizeof(f->begun->octets) - f->begun->len;
	if (f->lost) {
		inside_flow_drop(f);
		return rd_init(NULL, 0);
	}
	if (p->len)
		memcpy(f->begun->octets + f->begun->len, p->data, p->len);
	f->begun->len += p->len;
	return rd_init(f->begun->octets, f->begun->len);
}

/* With or without the SNAP header in front L2TP is known by its version, which no PPP protocol has
 * in that place. */
static void inside_x25_what(struct inside *in, struct rd r)
{
	if (r.left && r.p[0] == 0x80)
		x25_encap_remove(X25_ENCAP_MULTIPLEXED, &r);
	in->pdu = r.p;
	in->have = r.left;
	in->what = r.left > 1 && (r.p[1] & 0x0f) == L2TP_VERSION ? INSIDE_L2TP : INSIDE_PPP;
}

static bool inside_x25_data(const struct inside_look *l, const struct x25_pkt *p)
{
	struct inside_flow *f = inside_flow_of(l, p->lci, l->f->outbound);
	struct rd pdu = inside_x25_append(l->flows, f, p);
	struct inside *in = l->in;

	in->flow = f;
	in->p = p->data;
	in->len = p->len;
	in->whole = !p->m;
	in->lost = f->lost;
	if (!f->lost)
		inside_x25_what(in, pdu);
	/* in->pdu stays good until the next packet */
	if (!p->m) {
		inside_flow_drop(f);
		f->lost = false;
	}
	return p->len;
}

/* In both directions the next packet begins a PDU, with number 0. */
static void inside_x25_anew(const struct inside_look *l, uint16_t lci)
{
	for (unsigned outbound = 0; outbound < 2; outbound++) {
		struct inside_flow *f = inside_flow_of(l, lci, outbound);

		inside_flow_drop(f);
		f->lost = false;
		f->next = 0;
	}
}

static void inside_flow_end(struct inside_flow *f)
{
	inside_flow_drop(f);
	f->used = false;
}

static void inside_x25_forget(const struct inside_look *l, uint16_t lci)
{
	lci = inside_flow_lci(l, lci);
	for (unsigned i = 0; i < INSIDE_FLOWS; i++)
		if (inside_flow_is_of_line(&l->flows->flow[i], l) && l->flows->flow[i].lci == lci)
			inside_flow_end(&l->flows->flow[i]);
}

static void inside_x25_forget_line(const struct inside_look *l, uint16_t lci)
{
	(void)lci;
	for (unsigned i = 0; i < INSIDE_FLOWS; i++)
		if (inside_flow_is_of_line(&l->flows->flow[i], l))
			inside_flow_end(&l->flows->flow[i]);
}

static const struct {
	void (*heard)(const struct inside_look *l, uint16_t lci);
	bool begins;
} inside_x25_types[X25_TYPES] = {
	[X25_CALL] = {inside_x25_anew, true},
	[X25_RESET_CONF] = {inside_x25_anew, false},
	[X25_RESET] = {inside_x25_forget, false},
	[X25_CLEAR] = {inside_x25_forget, false},
	[X25_CLEAR_CONF] = {inside_x25_forget, true},
	[X25_RESTART] = {inside_x25_forget_line, true},
	[X25_RESTART_CONF] = {inside_x25_forget_line, true},
};

static bool inside_x25_packet(const struct inside_look *l, struct rd r)
{
	struct x25_pkt p;

	if (r.bad || !r.left)
		return false;
	if (x25_decode(&p, r.p, r.left, (r.p[0] & 0x30) == 0x20)) {
		if (l->in->line) /* it may be a PVC-setup, which begins one */
			inside_x25_forget_line(l, 0);
		return false;
	}
	inside_circuit(l->in, p.lci);
	l->in->on_x25 = true;
	if (p.type == X25_DATA)
		return !p.q && inside_x25_data(l, &p);
	l->in->begins = inside_x25_types[p.type].begins;
	if (inside_x25_types[p.type].heard)
		inside_x25_types[p.type].heard(l, p.lci);
	return false;
}

static bool inside_upper(const struct inside_look *l)
{
	struct rd r = l->r;

	if (linktype_tags_decode(&r, "l2tpraw"))
		return inside_pdu(l->in, INSIDE_L2TP, r);
	r = l->r;
	l->in->line = linktype_tags_connection(r);
	if (linktype_tags_decode(&r, "x.25"))
		return inside_x25_packet(l, r);
	r = l->r;
	if (!linktype_tags_decode(&r, "lapb"))
		return false;
	rd_skip(&r, 1);
	if (rd_u8(&r) & 1)
		return false;
	rd_skip(&r, l->f->lapb_128);
	return inside_x25_packet(l, r);
}

static const struct {
	uint16_t link_type;
	bool (*find)(const struct inside_look *l);
} inside_rows[] = {
	{LINKTYPE_ETHERNET, inside_ethernet}, {LINKTYPE_PPP, inside_alone},
	{LINKTYPE_RAW, inside_raw},	      {LINKTYPE_FRELAY, inside_frelay},
	{LINKTYPE_SUNATM, inside_sunatm},     {LINKTYPE_USER0, inside_alone},
	{LINKTYPE_UPPER_PDU, inside_upper},
};

bool inside_find(struct inside *in, struct inside_flows *flows, const struct inside_frame *f)
{
	const struct inside_look l = {in, flows, f, rd_init(f->octets, f->len)};

	*in = (struct inside){.what = INSIDE_NOTHING};
	for (size_t i = 0; i < sizeof(inside_rows) / sizeof(inside_rows[0]); i++)
		if (inside_rows[i].link_type == f->link_type) {
			bool found = inside_rows[i].find(&l);

			if (!found)
				in->what = INSIDE_NOTHING;
			return found;
		}
	return false;
}

/* --- headers of L2TP, of which the end may be missing ---------------------------------------------- */

#define HEAD_CONTROL  0x8000u
#define HEAD_LENGTH   0x4000u
#define HEAD_SEQUENCE 0x0800u
#define HEAD_OFFSET   0x0200u

bool inside_ids(const struct inside *in, uint16_t *tid, uint16_t *sid)
{
	struct rd r = rd_init(in->pdu, in->have);
	uint16_t flags;

	if (in->lost || in->what != INSIDE_L2TP)
		return false;
	flags = rd_u16(&r);
	rd_skip(&r, flags & HEAD_LENGTH ? 2 : 0);
	*tid = rd_u16(&r);
	*sid = rd_u16(&r);
	return !r.bad && (flags & 0x0f) == L2TP_VERSION;
}

/* The rest behind the header; false = it is not such a message. */
static bool inside_l2tp(const struct inside *in, bool control, struct rd *rest)
{
	struct rd r = rd_init(in->pdu, in->have);
	uint16_t flags = rd_u16(&r);

	if (r.bad || (bool)(flags & HEAD_CONTROL) != control)
		return false;
	rd_skip(&r, (flags & HEAD_LENGTH ? 2 : 0) + 4 + (flags & HEAD_SEQUENCE ? 4 : 0));
	if (flags & HEAD_OFFSET)
		rd_skip(&r, rd_u16(&r));
	*rest = r;
	return !r.bad && r.left;
}

bool inside_ppp(const struct inside *in, struct rd *frame)
{
	if (in->lost || in->what == INSIDE_NOTHING)
		return false;
	if (in->what == INSIDE_L2TP)
		return inside_l2tp(in, false, frame);
	*frame = rd_init(in->pdu, in->have);
	return frame->left;
}

bool inside_control(const struct inside *in, struct rd *avps)
{
	return !in->lost && in->what == INSIDE_L2TP && inside_l2tp(in, true, avps);
}
