/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The message decoder with hiding.  The first octet of the input: bits 0-6 are the leniencies
 * allowed, bit 7 says that the peer knows our secret; the rest is the body.  With bit 7 the value
 * of each attribute that has H set is taken for the plain subformat, length and all, and hidden
 * here, so that what comes out of the deciphering is as much the fuzzer's choice as everything
 * else.
 *
 * Every attribute that comes out must lie inside the body or the message, and a message that was
 * found good must be found good, with the same attributes, after we have built it ourselves.
 */
#include "core/hdr.h"
#include "core/msg.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct l2tp_secret secret = {.len = 10, .octets = "testsecret"};

static void fuzz_avp_check(bool ok)
{
	if (!ok)
		abort();
}

static void hide_value(uint8_t *val, size_t len, uint16_t type, const struct rd *rv)
{
	uint8_t hidden[L2TP_AVP_VALUE_MAX];
	struct wr w = wr_init(hidden, sizeof(hidden));

	if (len < 2)
		return;
	l2tp_hide(&w, type, &secret, rv->p, rv->left, val + 2, len - 2, NULL, 0);
	/* the length it was hidden with, out; the one in the input, in */
	hidden[0] ^= (uint8_t)((len - 2) >> 8) ^ val[0];
	hidden[1] ^= (uint8_t)(len - 2) ^ val[1];
	memcpy(val, hidden, len);
}

static void hide_all(uint8_t *body, size_t len)
{
	struct rd in = rd_init(body, len), rv = rd_init(body, 0);

	while (in.left) {
		uint16_t flags = rd_u16(&in), vendor = rd_u16(&in), type = rd_u16(&in);
		size_t n = flags & L2TP_AVP_LEN;
		const uint8_t *val =
			n < L2TP_AVP_HDR_LEN ? NULL : rd_take(&in, n - L2TP_AVP_HDR_LEN);

		if (!val)
			return;
		n -= L2TP_AVP_HDR_LEN;
		if (flags & L2TP_AVP_H)
			hide_value(body + (val - body), n, type, &rv);
		else if (!vendor && type == L2TP_AVP_RANDOM_VECTOR)
			rv = rd_init(val, n);
	}
}

static void inside(const struct l2tp_msg *m, const uint8_t *body, size_t len)
{
	char text[64];

	fuzz_avp_check(m->n <= L2TP_MSG_AVPS);
	for (unsigned i = 0; i < m->n; i++) {
		const struct l2tp_avp *a = &m->avp[i];
		const uint8_t *base = a->hidden ? m->plain : body;
		size_t room = a->hidden ? sizeof(m->plain) : len;

		fuzz_avp_check(a->val >= base && a->val + a->len <= base + room);
		fuzz_avp_check(!a->row || l2tp_avp_length_ok(a->row, a->len));
		fuzz_avp_check(l2tp_avp_format(a, text, sizeof(text)) > 0);
	}
}

static void same_attribute(const struct l2tp_avp *a, const struct l2tp_avp *b)
{
	fuzz_avp_check(a->vendor == b->vendor && a->type == b->type &&
		       a->mandatory == b->mandatory);
	fuzz_avp_check(a->len == b->len && !memcmp(a->val, b->val, a->len));
}

/* Built in the clear, since an attribute near the longest has no room for hiding. */
static void fuzz_avp_same_again(const struct l2tp_msg *m, uint32_t quirks)
{
	static const uint8_t rv[16];
	static struct l2tp_msg back;
	static uint8_t buf[L2TP_MSG_MAX];
	struct l2tp_build b;
	struct l2tp_fault fault;
	struct l2tp_hdr h;
	size_t len;

	l2tp_build_start(&b, buf, sizeof(buf), m->type, 1, 2, NULL, false, rv);
	for (unsigned i = 1; i < m->n; i++)
		l2tp_build_raw(&b, &m->avp[i]);
	len = l2tp_build_end(&b);
	if (!len) /* the header made it too long */
		return;
	fuzz_avp_check(l2tp_hdr_decode(&h, buf, len) == L2TP_HDR_IS_CONTROL);
	fuzz_avp_check(l2tp_msg_decode(&back, &fault, h.payload, h.len, NULL, quirks) ==
		       L2TP_MSG_OK);
	fuzz_avp_check(back.n == m->n);
	for (unsigned i = 1; i < m->n; i++)
		same_attribute(&m->avp[i], &back.avp[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct l2tp_msg m;
	struct l2tp_fault fault;
	struct l2tp_result result;
	enum l2tp_verdict v;
	uint8_t how, *body;
	size_t len, host;

	if (!size)
		return 0;
	how = data[0];
	len = size - 1;
	body = malloc(len ? len : 1);
	fuzz_avp_check(body);
	memcpy(body, data + 1, len);
	if (how & 0x80)
		hide_all(body, len);
	l2tp_msg_peek(body, len, L2TP_IETF, L2TP_AVP_HOST_NAME, &host);
	v = l2tp_msg_decode(&m, &fault, body, len, &secret, how & 0x7f);
	inside(&m, body, len);
	l2tp_msg_result(&m, &result);
	fuzz_avp_check((v == L2TP_MSG_OK) == (fault.reason == L2TP_R_NONE));
	if (v == L2TP_MSG_OK)
		fuzz_avp_same_again(&m, how & 0x7f);
	free(body);
	return 0;
}
