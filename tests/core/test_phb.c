/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Per-hop behaviors as RFC 3140 codes, and that of a control connection (RFC 3308 section 3). */
#include "core/phb.h"
#include "tests/core/rig.h"

#include <string.h>

static struct rig r;
static struct l2tp_msg m;

/* RFC 3140 2: the codepoint left justified; bit 14 names a set, bit 15 a code of IANA's.  EF is 46,
 * 101110 (RFC 3246); AF11 is 10, 001010 (RFC 2597). */
static void rfc3140_2_codes(void)
{
	CU_ASSERT_EQUAL(phb_code(46), 0xb800);
	CU_ASSERT_EQUAL(phb_code(10), 0x2800);
	CU_ASSERT_EQUAL(phb_codepoint(0xb800), 46);
	CU_ASSERT_EQUAL(phb_codepoint(0x2802), 10);
	CU_ASSERT_EQUAL(phb_codepoint(0), 0);
	CU_ASSERT_EQUAL(phb_codepoint(0x1231), PHB_UNKNOWN);
	CU_ASSERT_EQUAL(phb_codepoint(0x1233), PHB_UNKNOWN);
	CU_ASSERT_EQUAL(phb_codepoint(0xb804), PHB_UNKNOWN);
}

/* The code in a packet; -1 = none. */
static int32_t phb_in(const struct rig_packet *p)
{
	uint16_t code;

	rig_decode(p, &m, &r.a.policy.secret);
	return l2tp_msg_u16(&m, L2TP_IETF, 47, &code) ? code : -1;
}

/* The tunnel is up, as it was agreed. */
static void phb_agreed(struct l2tp_tunnel *t, uint8_t dscp)
{
	struct l2tp_tunnel_info i;

	l2tp_tunnel_info(t, &i);
	CU_ASSERT_EQUAL(i.state, L2TP_T_ESTABLISHED);
	CU_ASSERT_EQUAL(i.dscp, dscp);
}

/* ours, theirs: control_dscp of the initiator and of the terminator, and what they come to. */
static const struct {
	uint8_t ours, theirs;
	int32_t asked, answered;
	uint8_t our_mark, their_mark;
} pairs[] = {
	{0, 0, -1, -1, 0, 0},
	{0, 46, -1, -1, 0, 46},		  /* not asked: not answered, marked all the same */
	{46, 0, 0xb800, -1, 46, 0},	  /* "incapable of supporting CCDS" */
	{46, 46, 0xb800, 0xb800, 46, 46}, /* "it signals the acceptance" */
	{46, 10, 0xb800, 0x2800, 10, 10}, /* "a counter-offer" */
	{46, L2TP_DSCP_PEER, 0xb800, 0xb800, 46, 46},
	{L2TP_DSCP_PEER, L2TP_DSCP_PEER, -1, -1, 0, 0},
	{L2TP_DSCP_PEER, 46, -1, -1, 0, 46},
};

static void rfc3308_3_what_is_agreed(void)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct l2tp_tunnel *t, *u;

		rig_pair(&r);
		r.a.policy.control_dscp = pairs[i].ours;
		r.b.policy.control_dscp = pairs[i].theirs;
		t = rig_tunnel(&r, &u);
		CU_ASSERT_EQUAL(phb_in(rig_last(&r.a, L2TP_SCCRQ)), pairs[i].asked);
		CU_ASSERT_EQUAL(phb_in(rig_last(&r.b, L2TP_SCCRP)), pairs[i].answered);
		phb_agreed(t, pairs[i].our_mark);
		phb_agreed(u, pairs[i].their_mark);
		CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_SCCCN)->dscp, pairs[i].our_mark);
		CU_ASSERT_EQUAL(rig_last(&r.b, L2TP_SCCRP)->dscp, pairs[i].their_mark);
		CU_ASSERT_EQUAL(rig_last(&r.b, 0)->dscp, pairs[i].their_mark); /* ZLB */
		rig_free(&r);
	}
}

/* "for all packets within the tunnel's control connection" */
static void rfc3308_3_all_packets(void)
{
	rig_pair(&r);
	r.a.policy.control_dscp = 46;
	r.b.policy.control_dscp = L2TP_DSCP_PEER;
	rig_tunnel(&r, NULL);
	r.b.drop = true;
	rig_pass(&r, 100 * SEC); /* HELLO, and repeats of it */
	CU_ASSERT_TRUE(rig_count_sent(&r.a, L2TP_HELLO) > 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	for (unsigned i = 0; i < r.a.pkts; i++)
		CU_ASSERT_EQUAL(r.a.pkt[i].dscp, 46);
	for (unsigned i = 0; i < r.b.pkts; i++)
		CU_ASSERT_EQUAL(r.b.pkt[i].dscp, 46);
	rig_free(&r);
}

/* "This AVP MAY be hidden", "is optional (M-bit not set)", "MUST be 8 octets". */
static void rfc3308_3_1_the_attribute(void)
{
	rig_pair(&r);
	r.a.policy.control_dscp = r.b.policy.control_dscp = 46;
	r.a.policy.hide = r.b.policy.hide = true;
	r.a.policy.quirks = r.b.policy.quirks = 0; /* hide in SCCRQ and SCCRP too */
	rig_tunnel(&r, NULL);
	CU_ASSERT_EQUAL(phb_in(rig_last(&r.a, L2TP_SCCRQ)), 0xb800);
	CU_ASSERT_TRUE(l2tp_msg_find(&m, L2TP_IETF, 47)->hidden);
	CU_ASSERT_EQUAL(phb_in(rig_last(&r.b, L2TP_SCCRP)), 0xb800);
	CU_ASSERT_TRUE(l2tp_msg_find(&m, L2TP_IETF, 47)->hidden);
	CU_ASSERT_FALSE(l2tp_msg_find(&m, L2TP_IETF, 47)->mandatory);
	rig_free(&r);
}

static void phb_sccrp(uint16_t code)
{
	struct rig_peer p;

	rig_single(&r);
	r.a.policy.control_dscp = 46;
	rig_peer(&p, &r, 700);
	rig_open(&r.a);
	rig_decode(rig_last(&r.a, L2TP_SCCRQ), &m, NULL);
	CU_ASSERT_TRUE(l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p.peer_tid));
	rig_sccrp(&p);
	l2tp_build_u16(&p.b, L2TP_IETF, 47, code);
	rig_send(&p);
}

/* Result Code 8 when the answer cannot be used; "the default behavior" can. */
static void rfc3308_3_an_answer_we_cannot_use(void)
{
	phb_sccrp(0x1231);
	CU_ASSERT_EQUAL_FATAL(rig_count_sent(&r.a, L2TP_STOPCCN), 1);
	rig_decode(rig_last(&r.a, L2TP_STOPCCN), &m, NULL);
	CU_ASSERT_EQUAL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_RESULT_CODE)->val[1], 8);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 0);
	rig_free(&r);
	phb_sccrp(0);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 1);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_SCCCN)->dscp, 0);
	rig_free(&r);
}

/* A code of IANA's that we have no codepoint for: ours is the counter-offer, and with `peer` there
 * is none. */
static void phb_sccrq(uint8_t ours, uint16_t code, int32_t answer, uint8_t dscp)
{
	struct rig_peer p;

	rig_single(&r);
	r.a.policy.control_dscp = ours;
	rig_peer(&p, &r, 700);
	rig_start_any(&p, L2TP_SCCRQ, 0, 700);
	l2tp_build_u16(&p.b, L2TP_IETF, 47, code);
	rig_send(&p);
	CU_ASSERT_EQUAL_FATAL(rig_count_sent(&r.a, L2TP_SCCRP), 1);
	CU_ASSERT_EQUAL(phb_in(rig_last(&r.a, L2TP_SCCRP)), answer);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_SCCRP)->dscp, dscp);
	rig_free(&r);
}

static void rfc3308_3_a_request_we_cannot_meet(void)
{
	phb_sccrq(46, 0x1231, 0xb800, 46);
	phb_sccrq(L2TP_DSCP_PEER, 0x1231, -1, 0);
	phb_sccrq(L2TP_DSCP_PEER, 0x2802, 0x2800, 10); /* a set: its smallest codepoint */
	phb_sccrq(L2TP_DSCP_PEER, 0, 0, 0);
	phb_sccrq(0, 0xb800, -1, 0);
}

static const struct test_case cases[] = {
	{"rfc3140_2_codes", rfc3140_2_codes},
	{"rfc3308_3_what_is_agreed", rfc3308_3_what_is_agreed},
	{"rfc3308_3_all_packets", rfc3308_3_all_packets},
	{"rfc3308_3_1_the_attribute", rfc3308_3_1_the_attribute},
	{"rfc3308_3_an_answer_we_cannot_use", rfc3308_3_an_answer_we_cannot_use},
	{"rfc3308_3_a_request_we_cannot_meet", rfc3308_3_a_request_we_cannot_meet},
	{NULL, NULL},
};
const struct test_suite suite_phb = {"phb", cases};
