/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A message is: control 03, protocol discriminator, call reference 00, message type, in Annex D a
 * locking shift to codeset 5, then elements (identifier, length, contents).  Elements we do not
 * know are skipped; identifiers with the top bit set have no length (Q.931 4.5.1).
 */
#include "transports/lmi_msg.h"

const struct lmi_variant lmi_variants[LMI_KINDS] = {
	[LMI_ANNEX_A] = {"annex-a", 0, 0x08, 0, 0x51, 0x53, 0x57, 3, false, true},
	[LMI_ANNEX_D] = {"annex-d", 0, 0x08, 0x95, 0x01, 0x03, 0x07, 3, false, true},
	[LMI_CISCO] = {"cisco", 1023, 0x09, 0, 0x01, 0x03, 0x07, 6, true, false},
};

#define UI	    0x03u
#define SINGLE	    0x80u /* of an element identifier: one octet, no length */
#define EXT	    0x80u /* of a contents octet: the last of its group */
#define STATUS_BITS (LMI_PVC_A | LMI_PVC_D | LMI_PVC_N)

static bool get_pvc(struct lmi_msg *m, const struct lmi_variant *v, struct rd *e)
{
	const uint8_t *p = rd_take(e, v->pvc_octets);
	struct lmi_msg_pvc *pvc;

	if (!p || m->pvcs == LMI_MSG_PVCS)
		return false;
	pvc = &m->pvc[m->pvcs++];
	pvc->bits = p[2] & STATUS_BITS;
	if (v->flat_dlci) {
		pvc->dlci = (uint16_t)(p[0] << 8 | p[1]);
		return true;
	}
	if (p[0] & EXT || !(p[1] & EXT) || !(p[2] & EXT))
		return false;
	pvc->dlci = (uint16_t)((p[0] & 0x3f) << 4 | (p[1] >> 3 & 0x0f));
	return true;
}

static bool get_element(struct lmi_msg *m, const struct lmi_variant *v, uint8_t id, struct rd *e,
			bool *has_report)
{
	if (id == v->report) {
		m->report = rd_u8(e);
		*has_report = true;
	} else if (id == v->keepalive) {
		m->send = rd_u8(e);
		m->recv = rd_u8(e);
		m->has_keepalive = true;
	} else if (id == v->pvc) {
		return get_pvc(m, v, e);
	}
	return !e->bad;
}

/* The asynchronous report has no keepalive and one PVC; the others must have the keepalive. */
static bool sound(const struct lmi_msg *m, const struct lmi_variant *v)
{
	if (m->type == LMI_STATUS && m->report == LMI_ASYNC)
		return v->async && m->pvcs == 1;
	if (m->report != LMI_FULL && m->report != LMI_INTEGRITY)
		return false;
	return m->has_keepalive && (m->type == LMI_STATUS || !m->pvcs);
}

bool lmi_msg_get(struct lmi_msg *m, enum lmi_kind kind, const uint8_t *pdu, size_t len)
{
	const struct lmi_variant *v = &lmi_variants[kind];
	struct rd r = rd_init(pdu, len);
	bool has_report = false;

	m->has_keepalive = false;
	m->pvcs = m->send = m->recv = m->report = 0;
	if (rd_u8(&r) != UI || rd_u8(&r) != v->pd || rd_u8(&r) != 0)
		return false;
	m->type = rd_u8(&r);
	if (m->type != LMI_STATUS && m->type != LMI_STATUS_ENQUIRY)
		return false;
	if (v->shift && rd_u8(&r) != v->shift)
		return false;
	while (r.left) {
		uint8_t id = rd_u8(&r);
		struct rd e;

		if (id & SINGLE)
			continue;
		e = rd_sub(&r, rd_u8(&r));
		if (!get_element(m, v, id, &e, &has_report))
			return false;
	}
	return !r.bad && has_report && sound(m, v);
}

static void put_pvc(struct wr *w, const struct lmi_variant *v, const struct lmi_msg_pvc *pvc)
{
	wr_u8(w, v->pvc);
	wr_u8(w, v->pvc_octets);
	if (v->flat_dlci) {
		wr_u16(w, pvc->dlci);
		wr_u8(w, pvc->bits);
		wr_u8(w, 0);
		wr_u16(w, 0);
		return;
	}
	wr_u8(w, pvc->dlci >> 4 & 0x3f);
	wr_u8(w, (uint8_t)(EXT | (pvc->dlci & 0x0f) << 3));
	wr_u8(w, EXT | pvc->bits);
}

void lmi_msg_put(struct wr *w, enum lmi_kind kind, const struct lmi_msg *m)
{
	const struct lmi_variant *v = &lmi_variants[kind];

	wr_u8(w, UI);
	wr_u8(w, v->pd);
	wr_u8(w, 0);
	wr_u8(w, m->type);
	if (v->shift)
		wr_u8(w, v->shift);
	wr_u8(w, v->report);
	wr_u8(w, 1);
	wr_u8(w, m->report);
	if (m->has_keepalive) {
		wr_u8(w, v->keepalive);
		wr_u8(w, 2);
		wr_u8(w, m->send);
		wr_u8(w, m->recv);
	}
	for (unsigned i = 0; i < m->pvcs; i++)
		put_pvc(w, v, &m->pvc[i]);
}

size_t lmi_msg_octets(enum lmi_kind kind, unsigned n)
{
	const struct lmi_variant *v = &lmi_variants[kind];

	return 4 + (v->shift != 0) + 3 + 4 + (size_t)n * (2u + v->pvc_octets);
}
