/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes of messages about calls and answers to faulty ones: RFC 2661 4.1, 4.4.3, 4.4.4,
 * 6, 7.1. */
#define _GNU_SOURCE
#include "tests/core/rig.h"

#include <string.h>

static struct rig r;
static struct rig_peer p;
static struct l2tp_msg m;

static uint32_t sent_u32(const struct rig_end *end, uint16_t type, uint16_t avp)
{
	uint32_t v = 0;

	rig_decode(rig_last(end, type), &m, &end->policy.secret);
	CU_ASSERT_TRUE(l2tp_msg_u32(&m, L2TP_IETF, avp, &v));
	return v;
}

static struct l2tp_result cdn_result(void)
{
	struct l2tp_result res = {0};

	rig_decode(rig_last(&r.a, L2TP_CDN), &m, &r.a.policy.secret);
	CU_ASSERT_TRUE(l2tp_msg_result(&m, &res));
	return res;
}

/* 6.6 to 6.11: every attribute that MUST be present is, without any from the owner. */
static void rfc_minimum_is_filled_in(void)
{
	struct l2tp_tunnel *t;

	rig_pair(&r);
	r.a.connect = r.b.answer = r.b.connect = true;
	t = rig_tunnel(&r, NULL);
	l2tp_call_place(l2tp_call_new(t, NULL, NULL), L2TP_INCOMING, NULL, 0, r.now);
	l2tp_call_place(l2tp_call_new(t, NULL, NULL), L2TP_OUTGOING, NULL, 0, r.now);
	rig_run(&r);
	/* rig_decode() refuses a message without a required attribute */
	rig_decode(rig_last(&r.a, L2TP_ICRQ), &m, NULL);
	rig_decode(rig_last(&r.b, L2TP_ICRP), &m, NULL);
	rig_decode(rig_last(&r.a, L2TP_ICCN), &m, NULL);
	rig_decode(rig_last(&r.a, L2TP_OCRQ), &m, NULL);
	rig_decode(rig_last(&r.b, L2TP_OCRP), &m, NULL);
	rig_decode(rig_last(&r.b, L2TP_OCCN), &m, NULL);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_UP), 2);
	rig_free(&r);
}

static void serial_numbers_increase(void)
{
	struct l2tp_tunnel *t;
	uint32_t before = 0;

	rig_single(&r);
	t = rig_peer_up(&p, &r);
	for (int i = 0; i < 5; i++) {
		uint32_t now;

		l2tp_call_place(l2tp_call_new(t, NULL, NULL), L2TP_INCOMING, NULL, 0, r.now);
		rig_zlb(&p);
		now = sent_u32(&r.a, L2TP_ICRQ, L2TP_AVP_CALL_SERIAL_NUMBER);
		if (i)
			CU_ASSERT_EQUAL(now, before + 1);
		before = now;
	}
	rig_free(&r);
}

static void the_owners_attributes(void)
{
	static const uint8_t serial[] = {0, 0, 1, 0}, speed[] = {0, 1, 0, 0}, sync[] = {0, 0, 0, 2};
	const struct l2tp_avp request[] = {
		{.type = L2TP_AVP_CALLED_NUMBER, .val = (const uint8_t *)"555", .len = 3},
		{.type = L2TP_AVP_CALL_SERIAL_NUMBER, .val = serial, .len = 4},
		{.type = L2TP_AVP_ASSIGNED_SESSION_ID, .val = serial, .len = 2}, /* ours to say */
		{.type = L2TP_AVP_PROXY_AUTHEN_NAME, .val = serial, .len = 4}, /* not in an ICRQ */
		{.vendor = 9, .type = 1, .val = (const uint8_t *)"x", .len = 1},
	};
	const struct l2tp_avp connect[] = {
		{.type = L2TP_AVP_TX_CONNECT_SPEED, .val = speed, .len = 4},
		{.type = L2TP_AVP_FRAMING_TYPE, .val = sync, .len = 4},
		{.type = L2TP_AVP_SEQUENCING_REQUIRED},
		{.type = L2TP_AVP_RX_CONNECT_SPEED, .val = speed, .len = 4},
	};
	struct l2tp_call_info i;
	struct l2tp_call *c;

	rig_pair(&r);
	r.b.answer = true;
	r.a.policy.suppress[0] = (struct l2tp_avp_key){L2TP_IETF, L2TP_AVP_RX_CONNECT_SPEED};
	r.a.policy.suppressed = 1;
	c = l2tp_call_new(rig_tunnel(&r, NULL), NULL, NULL);
	l2tp_call_place(c, L2TP_INCOMING, request, 5, r.now);
	rig_run(&r);
	CU_ASSERT_EQUAL(sent_u32(&r.a, L2TP_ICRQ, L2TP_AVP_CALL_SERIAL_NUMBER), 0x100);
	CU_ASSERT_PTR_NULL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_PROXY_AUTHEN_NAME));
	CU_ASSERT_EQUAL(m.avp[m.n - 1].vendor, 9);
	l2tp_call_connected(c, connect, 4, r.now);
	rig_run(&r);
	CU_ASSERT_EQUAL(sent_u32(&r.a, L2TP_ICCN, L2TP_AVP_TX_CONNECT_SPEED), 0x10000);
	CU_ASSERT_EQUAL(sent_u32(&r.a, L2TP_ICCN, L2TP_AVP_FRAMING_TYPE), 2);
	CU_ASSERT_PTR_NULL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_RX_CONNECT_SPEED));
	l2tp_call_info(c, &i);
	CU_ASSERT_TRUE(i.sequencing_required);
	l2tp_call_info(rig_event(&r.b, L2TP_EV_CALL_UP)->call, &i);
	CU_ASSERT_TRUE(i.sequencing_required);
	CU_ASSERT_EQUAL(i.serial, 0x100);
	rig_free(&r);
}

/* 4.3: every attribute that may be hidden is, and the peer deciphers it. */
static void hidden_from_end_to_end(void)
{
	const struct l2tp_avp name = {.type = L2TP_AVP_CALLING_NUMBER,
				      .val = (const uint8_t *)"+49 30 1234567890 123",
				      .len = 21};
	const struct l2tp_avp *a;
	struct l2tp_call *c;

	rig_pair(&r);
	r.a.policy.hide = r.b.policy.hide = true;
	r.a.connect = r.b.answer = true;
	c = l2tp_call_new(rig_tunnel(&r, NULL), NULL, NULL);
	l2tp_call_place(c, L2TP_INCOMING, &name, 1, r.now);
	rig_run(&r);
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_CALL_UP), 1);
	CU_ASSERT_PTR_NULL(memmem(rig_last(&r.a, L2TP_ICRQ)->octets, rig_last(&r.a, L2TP_ICRQ)->len,
				  "1234567890", 10));
	rig_decode(rig_last(&r.a, L2TP_ICRQ), &m, &r.b.policy.secret);
	a = l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_CALLING_NUMBER);
	CU_ASSERT_TRUE(a->hidden);
	ASSERT_OCTETS(a->val, a->len, name.val, name.len);
	l2tp_call_hangup(c, NULL, NULL, 0, r.now);
	rig_run(&r);
	CU_ASSERT_EQUAL(rig_event(&r.b, L2TP_EV_CALL_DOWN)->by, L2TP_BY_PEER);
	rig_free(&r);
}

/* 4.3: an attribute that came hidden from another tunnel is sent hidden, with a new Random Vector
 * each time. */
static void relayed_hidden_attribute(const struct l2tp_avp *hidden)
{
	uint8_t vector[2][16] = {{0}};
	struct l2tp_tunnel *t;

	rig_pair(&r); /* a secret, but hide = no */
	t = rig_tunnel(&r, NULL);
	for (unsigned i = 0; i < 2; i++) {
		const struct l2tp_avp *a;

		l2tp_call_place(l2tp_call_new(t, NULL, NULL), L2TP_INCOMING, hidden, 1, r.now);
		rig_run(&r);
		rig_decode(rig_last(&r.a, L2TP_ICRQ), &m, &r.b.policy.secret);
		a = l2tp_msg_find(&m, hidden->vendor, hidden->type);
		CU_ASSERT_TRUE_FATAL(a && a->hidden);
		ASSERT_OCTETS(a->val, a->len, "x", 1);
		a = l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_CALL_SERIAL_NUMBER);
		CU_ASSERT_TRUE(a && !a->hidden);
		a = l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_RANDOM_VECTOR);
		CU_ASSERT_FATAL(a && a->len == 16);
		memcpy(vector[i], a->val, 16);
	}
	CU_ASSERT_NOT_EQUAL(memcmp(vector[0], vector[1], 16), 0);
	rig_free(&r);
}

static void relayed_hidden_attributes(void)
{
	const struct l2tp_avp unknown = {
		.vendor = 9, .type = 5, .hidden = true, .val = (const uint8_t *)"x", .len = 1};
	const struct l2tp_avp known = {.type = L2TP_AVP_CALLING_NUMBER,
				       .mandatory = true,
				       .hidden = true,
				       .val = (const uint8_t *)"x",
				       .len = 1};

	relayed_hidden_attribute(&unknown);
	relayed_hidden_attribute(&known);
}

/* --- capabilities ----------------------------------------------------------------------------- */

static void ocrq(uint32_t bearer, uint32_t framing)
{
	rig_start(&p, L2TP_OCRQ, 0);
	l2tp_build_u16(&p.b, L2TP_IETF, L2TP_AVP_ASSIGNED_SESSION_ID, 77);
	l2tp_build_u32(&p.b, L2TP_IETF, L2TP_AVP_CALL_SERIAL_NUMBER, 1);
	l2tp_build_u32(&p.b, L2TP_IETF, L2TP_AVP_MINIMUM_BPS, 1);
	l2tp_build_u32(&p.b, L2TP_IETF, L2TP_AVP_MAXIMUM_BPS, 1);
	l2tp_build_u32(&p.b, L2TP_IETF, L2TP_AVP_BEARER_TYPE, bearer);
	l2tp_build_u32(&p.b, L2TP_IETF, L2TP_AVP_FRAMING_TYPE, framing);
	l2tp_build_avp(&p.b, L2TP_IETF, L2TP_AVP_CALLED_NUMBER, "1", 1);
	rig_send(&p);
}

/* 4.4.3: "Attempts to do so will result in the call being rejected." */
static void types_not_advertised_are_rejected(void)
{
	static const struct {
		uint32_t caps, bearer, framing;
		bool ok;
	} t[] = {{1, 1, 1, true},
		 {1, 2, 1, false},
		 {1, 1, 2, false},
		 {0, 0, 1, false},
		 {3, 2, 1, true}};

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		rig_single(&r);
		r.a.policy.bearer_caps = t[i].caps;
		r.a.policy.framing_caps = 1;
		rig_peer_up(&p, &r);
		ocrq(t[i].bearer, t[i].framing);
		CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_OFFERED), t[i].ok);
		if (!t[i].ok) {
			CU_ASSERT_EQUAL(cdn_result().result, L2TP_CDN_NO_FACILITIES_PERM);
			CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_CDN)->h.sid, 77);
		}
		rig_free(&r);
	}
}

static void iccn_with_framing_not_advertised(void)
{
	struct l2tp_call_info i;

	rig_single(&r);
	r.a.policy.framing_caps = 1;
	r.a.answer = true;
	rig_peer_up(&p, &r);
	rig_any(&p, L2TP_ICRQ, 0, 77);
	l2tp_call_info(rig_event(&r.a, L2TP_EV_CALL_OFFERED)->call, &i);
	rig_start(&p, L2TP_ICCN, i.local_id);
	l2tp_build_u32(&p.b, L2TP_IETF, L2TP_AVP_TX_CONNECT_SPEED, 64000);
	l2tp_build_u32(&p.b, L2TP_IETF, L2TP_AVP_FRAMING_TYPE, 2);
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_UP), 0);
	CU_ASSERT_EQUAL(cdn_result().result, L2TP_CDN_NO_FACILITIES_PERM);
	rig_free(&r);
}

/* 6.9: "An LNS MUST have received a Bearer Capabilities AVP ... in order to request an outgoing
 * call"; 4.4.3: no call asks for a type that was not advertised. */
static void we_ask_only_for_what_was_advertised(void)
{
	static const uint8_t analog[] = {0, 0, 0, 2}, sync[] = {0, 0, 0, 2};
	const struct l2tp_avp bearer = {.type = L2TP_AVP_BEARER_TYPE, .val = analog, .len = 4};
	const struct l2tp_avp framing = {.type = L2TP_AVP_FRAMING_TYPE, .val = sync, .len = 4};
	static const struct {
		uint32_t bearer, framing;
		bool ask_analog, ask_sync, ok;
	} t[] = {{0, 3, false, false, false},
		 {1, 3, true, false, false},
		 {1, 1, false, true, false},
		 {1, 1, false, false, true},
		 {2, 1, true, false, true}};

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct l2tp_call *c;

		rig_pair(&r);
		r.b.policy.bearer_caps = t[i].bearer;
		r.b.policy.framing_caps = t[i].framing;
		c = l2tp_call_new(rig_tunnel(&r, NULL), NULL, NULL);
		l2tp_call_place(c, L2TP_OUTGOING, t[i].ask_sync ? &framing : &bearer,
				t[i].ask_sync || t[i].ask_analog, r.now);
		rig_run(&r);
		CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_OCRQ), t[i].ok);
		CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_DOWN), !t[i].ok);
		rig_free(&r);
	}
}

/* Default Framing Type: one that the peer supports, synchronous if it supports both. */
static void framing_is_what_the_peer_can_do(void)
{
	for (uint32_t caps = 1; caps <= 3; caps++) {
		rig_pair(&r);
		r.b.policy.framing_caps = caps;
		r.a.connect = r.b.answer = true;
		l2tp_call_place(l2tp_call_new(rig_tunnel(&r, NULL), NULL, NULL), L2TP_INCOMING,
				NULL, 0, r.now);
		rig_run(&r);
		CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_CALL_UP), 1);
		CU_ASSERT_EQUAL(sent_u32(&r.a, L2TP_ICCN, L2TP_AVP_FRAMING_TYPE),
				caps & 1 ? 1u : 2u);
		rig_free(&r);
	}
}

static bool sent_text_is(const struct rig_end *end, uint16_t type, uint16_t avp, const char *text)
{
	const struct l2tp_avp *a;

	rig_decode(rig_last(end, type), &m, &end->policy.secret);
	a = l2tp_msg_find(&m, L2TP_IETF, avp);
	return a && a->len == strlen(text) && !memcmp(a->val, text, a->len);
}

/* 4.4.4: an OCRQ may ask for either, so all is asked for that the peer has; also when it was placed
 * before the peer had said anything, and what the owner gives is kept until then. */
static void ocrq_asks_for_what_the_lac_has(void)
{
	for (uint32_t caps = 1; caps <= 3; caps++)
		for (int early = 0; early < 2; early++) {
			static uint8_t number[] = {'4', '2'};
			struct l2tp_avp called = {
				.type = L2TP_AVP_CALLED_NUMBER, .val = number, .len = 2};
			struct l2tp_tunnel *t;

			rig_pair(&r);
			r.b.policy.framing_caps = r.b.policy.bearer_caps = caps;
			t = early ? rig_open(&r.a) : rig_tunnel(&r, NULL);
			number[0] = '4';
			l2tp_call_place(l2tp_call_new(t, NULL, NULL), L2TP_OUTGOING, &called, 1,
					r.now);
			number[0] = 'x';
			rig_run(&r);
			CU_ASSERT_EQUAL_FATAL(rig_count_sent(&r.a, L2TP_OCRQ), 1);
			CU_ASSERT_EQUAL(sent_u32(&r.a, L2TP_OCRQ, L2TP_AVP_FRAMING_TYPE), caps);
			CU_ASSERT_EQUAL(sent_u32(&r.a, L2TP_OCRQ, L2TP_AVP_BEARER_TYPE), caps);
			CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_CALL_OFFERED), 1);
			CU_ASSERT_TRUE(sent_text_is(&r.a, L2TP_OCRQ, L2TP_AVP_CALLED_NUMBER, "42"));
			rig_free(&r);
		}
}

/* --- faulty messages -------------------------------------------------------------------------- */

/* 4.1: an unknown M=1 attribute in a message about a call ends the call, not the tunnel. */
static void unknown_mandatory_ends_the_call_only(void)
{
	const struct l2tp_avp unknown = {.vendor = 9, .type = 999, .mandatory = true};
	struct l2tp_call_info i;

	rig_single(&r);
	r.a.answer = true;
	rig_peer_up(&p, &r);
	rig_any(&p, L2TP_ICRQ, 0, 76);
	rig_any(&p, L2TP_ICRQ, 0, 77);
	l2tp_call_info(rig_event(&r.a, L2TP_EV_CALL_OFFERED)->call, &i);
	rig_start(&p, L2TP_ICCN, i.local_id);
	l2tp_build_u32(&p.b, L2TP_IETF, L2TP_AVP_TX_CONNECT_SPEED, 64000);
	l2tp_build_u32(&p.b, L2TP_IETF, L2TP_AVP_FRAMING_TYPE, 1);
	l2tp_build_raw(&p.b, &unknown);
	rig_send(&p);
	CU_ASSERT_EQUAL(cdn_result().result, L2TP_CDN_GENERAL_ERROR);
	CU_ASSERT_EQUAL(cdn_result().error, L2TP_ERR_UNKNOWN_MANDATORY);
	CU_ASSERT_PTR_NOT_NULL(strstr(cdn_result().text, "999")); /* names the AVP */
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_CDN)->h.sid, 77);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_DOWN), 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), 0);
	rig_free(&r);
}

/* 4.1, message by message, on a tunnel with one offered call: the call or tunnel that the message
 * is about ends.  An ICRQ or OCRQ with a new id is about a call that does not exist yet.
 */
static void rfc2661_4_1_unknown_mandatory_in_every_message(void)
{
	const struct l2tp_avp unknown = {.vendor = 9, .type = 999, .mandatory = true};

	for (uint16_t type = L2TP_SCCRQ; type < L2TP_MSG_TYPES; type++) {
		const struct l2tp_msg_row *row = &l2tp_msg_table[type];
		bool asks = type == L2TP_ICRQ || type == L2TP_OCRQ;
		struct l2tp_call_info i;

		if (!row->name)
			continue;
		rig_single(&r);
		rig_peer_up(&p, &r);
		rig_any(&p, L2TP_ICRQ, 0, 77);
		l2tp_call_info(rig_event(&r.a, L2TP_EV_CALL_OFFERED)->call, &i);
		rig_start_any(&p, type, row->about_call && !asks ? i.local_id : 0, asks ? 78 : 77);
		l2tp_build_raw(&p.b, &unknown);
		rig_send(&p);
		CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN),
				!row->about_call && type != L2TP_STOPCCN);
		CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), type == L2TP_STOPCCN);
		CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_CDN),
				row->about_call && type != L2TP_CDN);
		CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_DOWN), !asks);
		if (row->about_call && type != L2TP_CDN) {
			CU_ASSERT_EQUAL(cdn_result().error, L2TP_ERR_UNKNOWN_MANDATORY);
			CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_CDN)->h.sid, asks ? 78 : 77);
		}
		rig_free(&r);
	}
}

/* The same in an ICRQ: the call does not exist yet, and the CDN goes to the id the ICRQ assigned.
 */
static void faulty_icrq_is_refused(void)
{
	const struct l2tp_avp unknown = {.vendor = 9, .type = 999, .mandatory = true};

	rig_single(&r);
	rig_peer_up(&p, &r);
	rig_start(&p, L2TP_ICRQ, 0);
	l2tp_build_raw(&p.b, &unknown);
	l2tp_build_u16(&p.b, L2TP_IETF, L2TP_AVP_ASSIGNED_SESSION_ID, 77);
	l2tp_build_u32(&p.b, L2TP_IETF, L2TP_AVP_CALL_SERIAL_NUMBER, 1);
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_OFFERED), 0);
	CU_ASSERT_EQUAL(cdn_result().error, L2TP_ERR_UNKNOWN_MANDATORY);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_CDN)->h.sid, 77);
	rig_free(&r);
}

/* A malformed CDN still ends its call and is not answered. */
static void faulty_cdn_ends_the_call(void)
{
	struct l2tp_call_info i;

	rig_single(&r);
	rig_peer_up(&p, &r);
	rig_any(&p, L2TP_ICRQ, 0, 77);
	l2tp_call_info(rig_event(&r.a, L2TP_EV_CALL_OFFERED)->call, &i);
	rig_start(&p, L2TP_CDN, i.local_id);
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_CALL_DOWN)->by, L2TP_BY_PEER);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_CDN), 0);
	rig_free(&r);
}

/* 4.4.4: a CDN sent before the peer knew our id: Session ID 0 and its own Assigned Session ID. */
static void cdn_without_our_id(void)
{
	rig_single(&r);
	rig_peer_up(&p, &r);
	rig_any(&p, L2TP_ICRQ, 0, 77);
	rig_any(&p, L2TP_CDN, 0, 78);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_DOWN), 0);
	rig_any(&p, L2TP_CDN, 0, 77);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_CALL_DOWN)->by, L2TP_BY_PEER);
	rig_free(&r);
}

/* And ours: "the same Assigned Session ID AVP first sent to the receiving peer is used". */
static void our_cdn_before_we_know_theirs(void)
{
	struct l2tp_call_info i;
	struct l2tp_call *c;
	uint16_t v = 0;

	rig_single(&r);
	c = l2tp_call_new(rig_peer_up(&p, &r), NULL, NULL);
	l2tp_call_info(c, &i);
	l2tp_call_place(c, L2TP_INCOMING, NULL, 0, r.now);
	rig_zlb(&p);
	l2tp_call_hangup(c, NULL, NULL, 0, r.now);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_CDN)->h.sid, 0);
	rig_decode(rig_last(&r.a, L2TP_CDN), &m, NULL);
	CU_ASSERT_TRUE(l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_SESSION_ID, &v) &&
		       v == i.local_id);
	rig_free(&r);
}

/* Two calls of one peer may not have the same id. */
static void assigned_session_id_in_use(void)
{
	struct l2tp_tunnel *t;
	struct l2tp_call_info i;
	struct l2tp_call *c;
	uint16_t v;

	rig_single(&r);
	t = rig_peer_up(&p, &r);
	rig_any(&p, L2TP_ICRQ, 0, 77);
	c = l2tp_call_new(t, NULL, NULL);
	l2tp_call_place(c, L2TP_INCOMING, NULL, 0, r.now);
	l2tp_call_info(c, &i);
	rig_any(&p, L2TP_ICRP, i.local_id, 77);
	CU_ASSERT_EQUAL(cdn_result().error, L2TP_ERR_BAD_SESSION_ID);
	CU_ASSERT_PTR_EQUAL(rig_event(&r.a, L2TP_EV_CALL_DOWN)->call, c);
	/* 77 is the other call's id: a CDN with it in the header would end that call */
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_CDN)->h.sid, 0);
	CU_ASSERT_TRUE(l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_SESSION_ID, &v) &&
		       v == i.local_id);
	rig_free(&r);
}

/* The same when the ICRP has another fault as well. */
static void faulty_icrp_with_an_id_in_use(void)
{
	const struct l2tp_avp unknown = {.vendor = 9, .type = 999, .mandatory = true};
	struct l2tp_tunnel *t;
	struct l2tp_call_info i;
	struct l2tp_call *c;

	rig_single(&r);
	t = rig_peer_up(&p, &r);
	rig_any(&p, L2TP_ICRQ, 0, 77);
	c = l2tp_call_new(t, NULL, NULL);
	l2tp_call_place(c, L2TP_INCOMING, NULL, 0, r.now);
	l2tp_call_info(c, &i);
	rig_start(&p, L2TP_ICRP, i.local_id);
	l2tp_build_u16(&p.b, L2TP_IETF, L2TP_AVP_ASSIGNED_SESSION_ID, 77);
	l2tp_build_raw(&p.b, &unknown);
	rig_send(&p);
	CU_ASSERT_EQUAL(cdn_result().error, L2TP_ERR_UNKNOWN_MANDATORY);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_CDN)->h.sid, 0);
	rig_free(&r);
}

static void attributes_that_do_not_fit(void)
{
	static uint8_t big[1000];
	struct l2tp_avp many[20];
	struct l2tp_call *c;

	for (unsigned i = 0; i < 20; i++)
		many[i] = (struct l2tp_avp){
			.vendor = 9, .type = (uint16_t)i, .val = big, .len = 1000};
	rig_single(&r);
	c = l2tp_call_new(rig_peer_up(&p, &r), NULL, NULL);
	l2tp_call_place(c, L2TP_INCOMING, many, 20, r.now);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_DOWN), 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICRQ), 0);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 0);
	rig_any(&p, L2TP_OCRQ, 0, 77); /* nor in an OCCN: the call ends, not the tunnel */
	c = rig_event(&r.a, L2TP_EV_CALL_OFFERED)->call;
	l2tp_call_answer(c, NULL, 0, r.now);
	l2tp_call_connected(c, many, 20, r.now);
	rig_zlb(&p);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_CDN)->h.sid, 77);
	rig_any(&p, L2TP_ICRQ, 0, 78); /* an ICRP becomes a CDN */
	l2tp_call_answer(rig_event(&r.a, L2TP_EV_CALL_OFFERED)->call, many, 20, r.now);
	rig_zlb(&p);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICRP), 0);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_CDN)->h.sid, 78);
	rig_any(&p, L2TP_ICRQ, 0, 79); /* a CDN goes without them */
	l2tp_call_hangup(rig_event(&r.a, L2TP_EV_CALL_OFFERED)->call, NULL, many, 20, r.now);
	rig_zlb(&p);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_CDN)->h.sid, 79);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 0);
	rig_free(&r);
}

/* 4.4.5: Name with types 1, 2, 3 and 5; Challenge with 2 and 5; ID with 2, 3 and 5; Response with
 * 1, 2, 3 and 5.  An incomplete proxy authentication is not sent at all. */
static void rfc2661_4_4_5_proxy_authentication_is_whole(void)
{
	static const struct {
		uint8_t type;
		bool name, challenge, id, response;
	} needs[] = {{1, true, false, false, true},
		     {2, true, true, true, true},
		     {3, true, false, true, true},
		     {4, false, false, false, false},
		     {5, true, true, true, true}};
	static const uint8_t octets[16] = {0, 7};

	for (unsigned i = 0; i < 5; i++)
		for (unsigned have = 0; have < 16; have++) {
			const uint8_t type[] = {0, needs[i].type};
			struct l2tp_avp a[5] = {
				{.type = L2TP_AVP_PROXY_AUTHEN_TYPE, .val = type, .len = 2}};
			unsigned n = 1, want = needs[i].name | needs[i].challenge << 1 |
					       needs[i].id << 2 | needs[i].response << 3;
			struct l2tp_call *c;
			bool sent;

			for (uint16_t k = 0; k < 4; k++)
				if (have & 1u << k)
					a[n++] = (struct l2tp_avp){
						.type = L2TP_AVP_PROXY_AUTHEN_NAME + k,
						.val = octets,
						.len = 2};
			rig_pair(&r);
			r.b.answer = true;
			c = l2tp_call_new(rig_tunnel(&r, NULL), NULL, NULL);
			l2tp_call_place(c, L2TP_INCOMING, NULL, 0, r.now);
			rig_run(&r);
			l2tp_call_connected(c, a, n, r.now);
			rig_decode(rig_last(&r.a, L2TP_ICCN), &m, NULL);
			sent = l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_PROXY_AUTHEN_TYPE);
			CU_ASSERT_EQUAL(sent, (have & want) == want);
			CU_ASSERT_EQUAL(m.n, 3 + (sent ? n : 0));
			rig_free(&r);
		}
}

/* ... nor without its Type: "MUST be present if proxy authentication is to be utilized". */
static void proxy_authentication_without_type(void)
{
	const struct l2tp_avp a = {
		.type = L2TP_AVP_PROXY_AUTHEN_NAME, .val = (const uint8_t *)"u", .len = 1};
	struct l2tp_call *c;

	rig_pair(&r);
	r.b.answer = true;
	c = l2tp_call_new(rig_tunnel(&r, NULL), NULL, NULL);
	l2tp_call_place(c, L2TP_INCOMING, NULL, 0, r.now);
	rig_run(&r);
	l2tp_call_connected(c, &a, 1, r.now);
	rig_decode(rig_last(&r.a, L2TP_ICCN), &m, NULL);
	CU_ASSERT_EQUAL(m.n, 3);
	rig_free(&r);
}

/* A malformed reply: the CDN goes to the id it assigned. */
static void faulty_icrp_ends_the_call(void)
{
	const struct l2tp_avp unknown = {.vendor = 9, .type = 999, .mandatory = true};
	struct l2tp_call_info i;
	struct l2tp_call *c;

	rig_single(&r);
	c = l2tp_call_new(rig_peer_up(&p, &r), NULL, NULL);
	l2tp_call_place(c, L2TP_INCOMING, NULL, 0, r.now);
	l2tp_call_info(c, &i);
	rig_start(&p, L2TP_ICRP, i.local_id);
	l2tp_build_u16(&p.b, L2TP_IETF, L2TP_AVP_ASSIGNED_SESSION_ID, 77);
	l2tp_build_raw(&p.b, &unknown);
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_CDN)->h.sid, 77);
	CU_ASSERT_EQUAL(cdn_result().error, L2TP_ERR_UNKNOWN_MANDATORY);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_CALL_DOWN)->by, L2TP_BY_US);
	rig_start(&p, L2TP_ICCN, 4242); /* and one for no call at all is only counted */
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_NO_CALL), 1);
	rig_free(&r);
}

static void iccn_we_may_not_send(void)
{
	static const uint8_t sync[] = {0, 0, 0, 2};
	const struct l2tp_avp framing = {.type = L2TP_AVP_FRAMING_TYPE, .val = sync, .len = 4};
	struct l2tp_call *c;

	rig_pair(&r);
	r.b.policy.framing_caps = 1;
	r.b.answer = true;
	c = l2tp_call_new(rig_tunnel(&r, NULL), NULL, NULL);
	l2tp_call_place(c, L2TP_INCOMING, NULL, 0, r.now);
	rig_run(&r);
	l2tp_call_connected(c, &framing, 1, r.now);
	rig_run(&r);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICCN), 0);
	CU_ASSERT_EQUAL(cdn_result().result, L2TP_CDN_NO_FACILITIES_PERM);
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_CALL_DOWN), 1);
	rig_free(&r);
}

/* `suppress` names one vendor: neither the IETF attribute of the same type nor that of another
 * vendor is left out. */
static void call_msg_vendor_attributes_are_suppressed(void)
{
	static const uint8_t speed[4] = {0, 1, 0, 0};
	const struct l2tp_avp connect[] = {
		{.vendor = 9, .type = L2TP_AVP_TX_CONNECT_SPEED, .val = speed, .len = 4},
		{.vendor = 10, .type = L2TP_AVP_TX_CONNECT_SPEED, .val = speed, .len = 4},
		{.vendor = 9, .type = L2TP_AVP_RESULT_CODE, .val = speed, .len = 4},
	};
	struct l2tp_call *c;

	rig_pair(&r);
	r.b.answer = true;
	r.a.policy.suppress[0] = (struct l2tp_avp_key){9, L2TP_AVP_TX_CONNECT_SPEED};
	r.a.policy.suppressed = 1;
	c = l2tp_call_new(rig_tunnel(&r, NULL), NULL, NULL);
	l2tp_call_place(c, L2TP_INCOMING, NULL, 0, r.now);
	l2tp_call_connected(c, connect, 3, r.now);
	rig_run(&r);
	CU_ASSERT_EQUAL(sent_u32(&r.a, L2TP_ICCN, L2TP_AVP_TX_CONNECT_SPEED), 0);
	CU_ASSERT_PTR_NULL(l2tp_msg_find(&m, 9, L2TP_AVP_TX_CONNECT_SPEED));
	CU_ASSERT_PTR_NOT_NULL(l2tp_msg_find(&m, 10, L2TP_AVP_TX_CONNECT_SPEED));
	CU_ASSERT_PTR_NOT_NULL(l2tp_msg_find(&m, 9, L2TP_AVP_RESULT_CODE));
	rig_free(&r);
}

static const struct test_case cases[] = {
	{"rfc_minimum_is_filled_in", rfc_minimum_is_filled_in},
	{"serial_numbers_increase", serial_numbers_increase},
	{"the_owners_attributes", the_owners_attributes},
	{"hidden_from_end_to_end", hidden_from_end_to_end},
	{"relayed_hidden_attributes", relayed_hidden_attributes},
	{"types_not_advertised_are_rejected", types_not_advertised_are_rejected},
	{"iccn_with_framing_not_advertised", iccn_with_framing_not_advertised},
	{"we_ask_only_for_what_was_advertised", we_ask_only_for_what_was_advertised},
	{"framing_is_what_the_peer_can_do", framing_is_what_the_peer_can_do},
	{"ocrq_asks_for_what_the_lac_has", ocrq_asks_for_what_the_lac_has},
	{"unknown_mandatory_ends_the_call_only", unknown_mandatory_ends_the_call_only},
	{"rfc2661_4_1_unknown_mandatory_in_every_message",
	 rfc2661_4_1_unknown_mandatory_in_every_message},
	{"faulty_icrq_is_refused", faulty_icrq_is_refused},
	{"faulty_cdn_ends_the_call", faulty_cdn_ends_the_call},
	{"cdn_without_our_id", cdn_without_our_id},
	{"our_cdn_before_we_know_theirs", our_cdn_before_we_know_theirs},
	{"assigned_session_id_in_use", assigned_session_id_in_use},
	{"faulty_icrp_with_an_id_in_use", faulty_icrp_with_an_id_in_use},
	{"attributes_that_do_not_fit", attributes_that_do_not_fit},
	{"rfc2661_4_4_5_proxy_authentication_is_whole",
	 rfc2661_4_4_5_proxy_authentication_is_whole},
	{"proxy_authentication_without_type", proxy_authentication_without_type},
	{"faulty_icrp_ends_the_call", faulty_icrp_ends_the_call},
	{"iccn_we_may_not_send", iccn_we_may_not_send},
	{"vendor_attributes_are_suppressed", call_msg_vendor_attributes_are_suppressed},
	{NULL, NULL},
};
const struct test_suite suite_call_msg = {"call_msg", cases};
