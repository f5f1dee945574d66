/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A control message of L2TP (RFC 2661 sections 3.1, 4.1 and 6), as core/ decodes it. */
#include "core/data.h"
#include "gw/words/words.h"

/* What a peer does that no RFC allows is seen all the same. */
#define ALL_QUIRKS ((1u << L2TP_QUIRKS) - 1)

static void l2tp_attribute(struct words *w, const struct l2tp_avp *a)
{
	char text[300];

	if (a->row && l2tp_avp_format(a, text, sizeof(text)) >= 0) {
		words_add(w, "%s", text);
	} else {
		words_add(w, "vendor %u attribute %u: ", a->vendor, a->type);
		words_hex(w, a->val, a->len);
	}
	if (a->hidden)
		words_add(w, " (hidden)");
}

static void l2tp_attributes(struct words *w, const struct l2tp_msg *m)
{
	const char *between = ": ";

	for (unsigned i = 0; i < m->n; i++) {
		if (l2tp_avp_is(&m->avp[i], L2TP_IETF, L2TP_AVP_MESSAGE_TYPE))
			continue;
		words_add(w, "%s", between);
		l2tp_attribute(w, &m->avp[i]);
		between = ", ";
	}
}

void words_l2tp(struct words *w, const uint8_t *pkt, size_t len, const struct l2tp_secret *secret,
		struct l2tp_msg *m)
{
	struct l2tp_fault fault = {0};
	struct l2tp_hdr h;
	char name[24];

	m->type = m->n = 0;
	if (l2tp_hdr_decode(&h, pkt, len) != L2TP_HDR_IS_CONTROL) {
		words_add(w, "%zu octets that are no control message", len);
		return;
	}
	if (!h.len) {
		words_add(w, "ZLB Ns %u Nr %u", h.ns, h.nr);
		return;
	}
	if (l2tp_msg_decode(m, &fault, h.payload, h.len, secret, ALL_QUIRKS) == L2TP_MSG_CLOSE)
		words_add(w, "(%s) ", l2tp_reasons[fault.reason].words);
	words_add(w, "%s Ns %u Nr %u", l2tp_msg_name(m->type, name, sizeof(name)), h.ns, h.nr);
	l2tp_attributes(w, m);
}
