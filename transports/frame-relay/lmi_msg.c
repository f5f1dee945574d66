/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A message is: control 03, protocol discriminator, call reference 00, message type, in Annex D a
 * locking shift to codeset 5, then elements (identifier, length, contents).  Elements we do not
 * know are skipped; identifiers with the top bit set have no length (Q.931 4.5.1).
 *
 * The PVC status element of Annex A and D has the DLCI in as many octets as the link's addresses
 * have, the top bit set in the last of them, then one octet of status:
 *
 *   2   0 0 dddddd | 1 dddd 000                                 10 bits
 *   3   0 0 dddddd | 0 dddd 000 | 1 dddddd 0                    16
 *   4   0 0 dddddd | 0 dddd 000 | 0 ddddddd | 1 dddddd 0        23
 *
 * Two octets have been seen on the wire; the longer forms are Q.933 figure A.3 as decoders of
 * others read it, who agree on three octets and on the length of four (tshark 4.0 makes another
 * DLCI of these). The consortium's has 16 plain bits whatever the address, so it cannot name PVCs
 * of 23.  Its UPDATE STATUS is taken with or without the other elements and sent with the PVC's
 * alone; no peer that has it was there to ask.
 */
#include "transports/frame-relay/lmi_msg.h"

const struct lmi_variant lmi_variants[LMI_KINDS] = {
	[LMI_ANNEX_A] = {"annex-a", 0, 0x08, 0, 0x51, 0x53, 0x57, false, false},
	[LMI_ANNEX_D] = {"annex-d", 0, 0x08, 0x95, 0x01, 0x03, 0x07, false, false},
	[LMI_CISCO] = {"cisco", 1023, 0x09, 0, 0x01, 0x03, 0x07, true, true},
};

/* The DLCI in a PVC status element: where the bits of an octet stand in the one and in the other.
 */
static const struct {
	uint8_t shift, low, mask;
} dlci_octets[Q922_FORMATS][Q922_MAX_OCTETS] = {
	[Q922_2_OCTETS] = {{4, 0, 0x3f}, {0, 3, 0x0f}},
	[Q922_3_OCTETS] = {{10, 0, 0x3f}, {6, 3, 0x0f}, {0, 1, 0x3f}},
	[Q922_4_OCTETS] = {{17, 0, 0x3f}, {13, 3, 0x0f}, {6, 0, 0x7f}, {0, 1, 0x3f}},
};

#define UI	    0x03u
#define SINGLE	    0x80u /* of an element identifier: one octet, no length */
#define EXT	    0x80u /* of a contents octet: the last of its group */
#define STATUS_BITS (LMI_PVC_A | LMI_PVC_D | LMI_PVC_N)
#define FLAT_OCTETS 6u
#define FLAT_MAX    0xffffu

static unsigned lmi_msg_pvc_octets(const struct lmi_variant *v, enum q922_format f)
{
	return v->flat_dlci ? FLAT_OCTETS : q922_octets(f) + 1;
}

bool lmi_msg_fits(enum lmi_kind kind, enum q922_format f)
{
	return !lmi_variants[kind].flat_dlci || q922_max_dlci(f) <= FLAT_MAX;
}

static bool lmi_msg_get_dlci(uint32_t *dlci, enum q922_format f, const uint8_t *p)
{
	unsigned octets = q922_octets(f);

	*dlci = 0;
	for (unsigned i = 0; i < octets; i++) {
		if ((p[i] & EXT) != (i + 1 == octets ? EXT : 0))
			return false;
		*dlci |= (uint32_t)(p[i] >> dlci_octets[f][i].low & dlci_octets[f][i].mask)
			 << dlci_octets[f][i].shift;
	}
	return true;
}

static bool lmi_msg_get_pvc(struct lmi_msg *m, const struct lmi_variant *v, enum q922_format f,
			    struct rd *e)
{
	unsigned octets = lmi_msg_pvc_octets(v, f);
	const uint8_t *p = rd_take(e, octets);
	struct lmi_msg_pvc *pvc;

	if (!p || m->pvcs == LMI_MSG_PVCS)
		return false;
	pvc = &m->pvc[m->pvcs++];
	if (v->flat_dlci) {
		pvc->dlci = (uint32_t)(p[0] << 8 | p[1]);
		pvc->bits = p[2] & STATUS_BITS;
		return true;
	}
	pvc->bits = p[octets - 1] & STATUS_BITS;
	return p[octets - 1] & EXT && lmi_msg_get_dlci(&pvc->dlci, f, p);
}

static bool lmi_msg_get_element(struct lmi_msg *m, const struct lmi_variant *v, enum q922_format f,
				uint8_t id, struct rd *e, bool *has_report)
{
	if (id == v->report) {
		m->report = rd_u8(e);
		*has_report = true;
	} else if (id == v->keepalive) {
		m->send = rd_u8(e);
		m->recv = rd_u8(e);
		m->has_keepalive = true;
	} else if (id == v->pvc) {
		return lmi_msg_get_pvc(m, v, f, e);
	}
	return !e->bad;
}

/* The asynchronous report has no keepalive and one PVC; the others must have the keepalive. */
static bool lmi_msg_sound(const struct lmi_msg *m, const struct lmi_variant *v)
{
	if (m->type == LMI_STATUS && m->report == LMI_ASYNC)
		return !v->update && m->pvcs == 1;
	if (m->report != LMI_FULL && m->report != LMI_INTEGRITY)
		return false;
	return m->has_keepalive && (m->type == LMI_STATUS || !m->pvcs);
}

static bool lmi_msg_is_type(const struct lmi_variant *v, uint8_t type)
{
	return type == LMI_STATUS || type == LMI_STATUS_ENQUIRY ||
	       (type == LMI_UPDATE && v->update);
}

bool lmi_msg_get(struct lmi_msg *m, enum lmi_kind kind, enum q922_format f, const uint8_t *pdu,
		 size_t len)
{
	const struct lmi_variant *v = &lmi_variants[kind];
	struct rd r = rd_init(pdu, len);
	bool has_report = false;

	m->has_keepalive = false;
	m->pvcs = m->send = m->recv = m->report = 0;
	if (rd_u8(&r) != UI || rd_u8(&r) != v->pd || rd_u8(&r) != 0)
		return false;
	m->type = rd_u8(&r);
	if (!lmi_msg_is_type(v, m->type))
		return false;
	if (v->shift && rd_u8(&r) != v->shift)
		return false;
	while (r.left) {
		uint8_t id = rd_u8(&r);
		struct rd e;

		if (id & SINGLE)
			continue;
		e = rd_sub(&r, rd_u8(&r));
		if (!lmi_msg_get_element(m, v, f, id, &e, &has_report))
			return false;
	}
	if (m->type == LMI_UPDATE) {
		m->report = LMI_ASYNC;
		return !r.bad && m->pvcs;
	}
	return !r.bad && has_report && lmi_msg_sound(m, v);
}

static void lmi_msg_put_pvc(struct wr *w, const struct lmi_variant *v, enum q922_format f,
			    const struct lmi_msg_pvc *pvc)
{
	unsigned octets = q922_octets(f);

	wr_u8(w, v->pvc);
	wr_u8(w, (uint8_t)lmi_msg_pvc_octets(v, f));
	if (v->flat_dlci) {
		wr_u16(w, (uint16_t)pvc->dlci);
		wr_u8(w, pvc->bits);
		wr_u8(w, 0);
		wr_u16(w, 0);
		return;
	}
	for (unsigned i = 0; i < octets; i++)
		wr_u8(w, (uint8_t)((pvc->dlci >> dlci_octets[f][i].shift & dlci_octets[f][i].mask)
					   << dlci_octets[f][i].low |
				   (i + 1 == octets ? EXT : 0)));
	wr_u8(w, EXT | pvc->bits);
}

void lmi_msg_put(struct wr *w, enum lmi_kind kind, enum q922_format f, const struct lmi_msg *m)
{
	const struct lmi_variant *v = &lmi_variants[kind];

	wr_u8(w, UI);
	wr_u8(w, v->pd);
	wr_u8(w, 0);
	wr_u8(w, m->type);
	if (v->shift)
		wr_u8(w, v->shift);
	if (m->type != LMI_UPDATE) {
		wr_u8(w, v->report);
		wr_u8(w, 1);
		wr_u8(w, m->report);
	}
	if (m->has_keepalive) {
		wr_u8(w, v->keepalive);
		wr_u8(w, 2);
		wr_u8(w, m->send);
		wr_u8(w, m->recv);
	}
	for (unsigned i = 0; i < m->pvcs; i++)
		lmi_msg_put_pvc(w, v, f, &m->pvc[i]);
}

size_t lmi_msg_octets(enum lmi_kind kind, enum q922_format f, unsigned n)
{
	const struct lmi_variant *v = &lmi_variants[kind];

	return 4 + (v->shift != 0) + 3 + 4 + (size_t)n * (2u + lmi_msg_pvc_octets(v, f));
}
