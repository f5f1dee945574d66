/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 2661 7.1: a malformed attribute that is not mandatory is ignored, and "it is recommended that
 * the message be ... logged".  The owner hears of it once for each peer section. */
#include "tests/core/rig.h"

#include <stdlib.h>

static struct rig r;

/* Vendor Name with a reserved bit set: 0 < M < 1. */
static void malformed_hello(struct rig_peer *p)
{
	rig_start(p, L2TP_HELLO, 0);
	l2tp_build_avp(&p->b, L2TP_IETF, L2TP_AVP_VENDOR_NAME, "x", 1);
	p->buf[L2TP_HDR_CONTROL_LEN + 8] |= 0x04;
	rig_send(p);
}

static void malformed_is_told_once(void)
{
	struct rig_peer p, q;

	rig_single(&r);
	rig_peer_up(&p, &r);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_MALFORMED), 0);
	malformed_hello(&p);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_MALFORMED), 1);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_MALFORMED)->why, L2TP_R_AVP_RESERVED);
	malformed_hello(&p);
	rig_peer_answers(&q, &r); /* another tunnel of the same section */
	malformed_hello(&q);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_MALFORMED), 1);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_AVP_RESERVED), 3);
	rig_free(&r);
}

/* In an SCCRQ, whose address may be forged, it is told when the tunnel is established. */
static void malformed_in_sccrq(void)
{
	struct l2tp_msg *m = malloc(sizeof(*m));
	struct rig_peer p;

	rig_single(&r);
	rig_peer(&p, &r, 99);
	rig_sccrq(&p);
	l2tp_build_avp(&p.b, L2TP_IETF, L2TP_AVP_VENDOR_NAME, "x", 1);
	p.buf[l2tp_build_end(&p.b) - 7] |= 0x04;
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_AVP_RESERVED), 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_MALFORMED), 0);
	rig_decode(rig_last(&r.a, L2TP_SCCRP), m, NULL);
	l2tp_msg_u16(m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p.peer_tid);
	rig_start(&p, L2TP_SCCCN, 0);
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_MALFORMED), 1);
	free(m);
	rig_free(&r);
}

/* Unknown optional attributes are no fault. */
static void malformed_is_not_unknown(void)
{
	static const struct l2tp_avp a = {.vendor = 9, .type = 99};
	struct rig_peer p;

	rig_single(&r);
	rig_peer_up(&p, &r);
	rig_start(&p, L2TP_HELLO, 0);
	l2tp_build_raw(&p.b, &a);
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_AVP_UNKNOWN), 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_MALFORMED), 0);
	rig_free(&r);
}

static const struct test_case cases[] = {
	{"malformed_is_told_once", malformed_is_told_once},
	{"malformed_in_sccrq", malformed_in_sccrq},
	{"malformed_is_not_unknown", malformed_is_not_unknown},
	{NULL, NULL},
};
extern const struct test_suite suite_malformed;
const struct test_suite suite_malformed = {"malformed", cases};
