/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * L2TP in X.25 as a capture of ours has it: packets, or LAPB frames, behind tags.  A message is put
 * together from the packets of one circuit and direction up to the one without M.  The
 * encapsulation is not kept in mind, because the capture may have begun after the call: what is
 * L2TP, with or without the SNAP header in front, is known by its version, which no PPP protocol
 * has in that place.
 */
#include "gw/replay/replay.h"
#include "transports/kit/linktype.h"
#include "transports/x25/x25_encap.h"
#include "transports/x25/x25_pkt.h"

#include <stdlib.h>

#define FLOWS	     128u /* circuits, each with two directions; of more the first gives way */
#define NO_NUMBER    0xffu
#define L2TP_VERSION 2u

struct x25_flow {
	uint16_t lci;
	bool from_dte, lost; /* lost: what there is of the message is too long */
	size_t len;
	uint8_t octets[L2TP_MSG_MAX];
};

struct replay_x25 {
	struct x25_flow flow[FLOWS];
	unsigned flows, next;
	uint8_t number[2]; /* of the last LAPB frame from DCE and DTE */
	uint8_t whole[L2TP_MSG_MAX];
};

struct replay_x25 *replay_x25_new(void)
{
	struct replay_x25 *x = calloc(1, sizeof(*x));

	if (x)
		x->number[0] = x->number[1] = NO_NUMBER;
	return x;
}

static struct x25_flow *x25_flow_of(struct replay_x25 *x, uint16_t lci, bool from_dte)
{
	struct x25_flow *f;

	for (unsigned i = 0; i < x->flows; i++)
		if (x->flow[i].lci == lci && x->flow[i].from_dte == from_dte)
			return &x->flow[i];
	f = &x->flow[x->next];
	x->next = (x->next + 1) % FLOWS;
	x->flows += x->flows < FLOWS;
	f->lci = lci;
	f->from_dte = from_dte;
	f->lost = false;
	f->len = 0;
	return f;
}

/* The packet in a LAPB frame with 8 numbers; one that is sent again has the number of the last. */
static bool x25_from_lapb(struct replay_x25 *x, struct rd *r, bool from_dte)
{
	uint8_t control, number;

	rd_skip(r, 1);
	control = rd_u8(r);
	number = control >> 1 & 7;
	if (r->bad || control & 1 || number == x->number[from_dte])
		return false;
	x->number[from_dte] = number;
	return true;
}

/* What has come of messages on this circuit will not be gone on with. */
static void x25_forget(struct replay_x25 *x, uint16_t lci)
{
	for (unsigned i = 0; i < x->flows; i++)
		if (x->flow[i].lci == lci) {
			x->flow[i].len = 0;
			x->flow[i].lost = false;
		}
}

/* Is it the whole of a message now? */
static bool x25_append(struct x25_flow *f, const struct x25_pkt *p)
{
	f->lost |= p->len > sizeof(f->octets) - f->len;
	if (!f->lost && p->len) {
		memcpy(f->octets + f->len, p->data, p->len);
		f->len += p->len;
	}
	return !p->m;
}

static bool x25_l2tp(struct replay_x25 *x, struct x25_flow *f, struct replay_msg *m)
{
	struct rd r = rd_init(x->whole, f->len);
	bool lost = f->lost;

	memcpy(x->whole, f->octets, f->len);
	f->len = 0;
	f->lost = false;
	if (r.left && r.p[0] == 0x80)
		x25_encap_remove(X25_ENCAP_MULTIPLEXED, &r);
	if (lost || r.left < 2 || (r.p[1] & 0x0f) != L2TP_VERSION)
		return false;
	m->from.kind = m->to.kind = REPLAY_X25;
	m->from.at = m->to.at = f->lci;
	m->from.system[0] = f->from_dte ? REPLAY_SIDE_A : REPLAY_SIDE_B;
	m->to.system[0] = f->from_dte ? REPLAY_SIDE_B : REPLAY_SIDE_A;
	m->pkt = r.p;
	m->len = r.left;
	return true;
}

bool replay_x25_frame(struct replay_x25 *x, struct replay_msg *m, const uint8_t *frame, size_t len)
{
	struct rd tags = rd_init(frame, len), r = tags;
	bool from_dte = linktype_tags_from_dte(tags), lapb = linktype_tags_decode(&r, "lapb");
	struct x25_flow *f;
	struct x25_pkt p;

	if (!lapb) {
		r = tags;
		if (!linktype_tags_decode(&r, "x.25"))
			return false;
	} else if (!x25_from_lapb(x, &r, from_dte)) {
		return false;
	}
	if (!r.left || x25_decode(&p, r.p, r.left, (r.p[0] & 0x30) == 0x20) || p.q)
		return false;
	f = x25_flow_of(x, p.lci, from_dte);
	if (p.type == X25_DATA)
		return x25_append(f, &p) && x25_l2tp(x, f, m);
	if (1u << p.type & (1u << X25_CALL | 1u << X25_CLEAR | 1u << X25_RESET))
		x25_forget(x, p.lci);
	return false;
}
