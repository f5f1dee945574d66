/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A peer whose address is not proved draws at most three times the octets it sent, repeats counted;
 * a genuine one gets in all the same. */
#include "tests/core/rig.h"

#include <string.h>

static struct rig r;
static struct l2tp_msg m;

/* --- what one SCCRQ draws --------------------------------------------------------------------- */

static void stranger_plain(struct rig_peer *p)
{
	rig_sccrq(p);
}

/* The shortest SCCRQ the RFC allows. */
static void stranger_shortest(struct rig_peer *p)
{
	rig_start(p, L2TP_SCCRQ, 0);
	l2tp_build_u16(&p->b, L2TP_IETF, L2TP_AVP_PROTOCOL_VERSION, 0x0100);
	l2tp_build_avp(&p->b, L2TP_IETF, L2TP_AVP_HOST_NAME, "p", 1);
	l2tp_build_u32(&p->b, L2TP_IETF, L2TP_AVP_FRAMING_CAPS, 3);
	l2tp_build_u16(&p->b, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, p->tid);
}

static void stranger_long(struct rig_peer *p)
{
	static const char name[255] = "n";

	rig_sccrq(p);
	l2tp_build_avp(&p->b, L2TP_IETF, L2TP_AVP_VENDOR_NAME, name, sizeof(name));
}

static void stranger_challenging(struct rig_peer *p)
{
	rig_sccrq(p);
	l2tp_build_avp(&p->b, L2TP_IETF, L2TP_AVP_CHALLENGE, "0123456789abcdef", 16);
}

static void stranger_type_only(struct rig_peer *p)
{
	rig_start(p, L2TP_SCCRQ, 0);
}

static void stranger_version(struct rig_peer *p)
{
	rig_start(p, L2TP_SCCRQ, 0);
	l2tp_build_u16(&p->b, L2TP_IETF, L2TP_AVP_PROTOCOL_VERSION, 0x0200);
	l2tp_build_u16(&p->b, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, p->tid);
}

static void stranger_unknown_mandatory(struct rig_peer *p)
{
	static const struct l2tp_avp a = {.vendor = 9, .type = 99, .mandatory = true};

	rig_sccrq(p);
	l2tp_build_raw(&p->b, &a);
}

static void stranger_sccrp(struct rig_peer *p)
{
	rig_start(p, L2TP_SCCRP, 0);
	l2tp_build_u16(&p->b, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, p->tid);
}

static void stranger_names(struct l2tp_policy *p)
{
	memset(p->host_name, 'h', sizeof(p->host_name) - 1);
	memset(p->vendor_name, 'v', sizeof(p->vendor_name) - 1);
}

enum { LONG_NAMES = 1, NO_PEER = 2, NO_SECRET = 4, CHALLENGE = 8, FULL = 16, STOPPING = 32 };

static const struct {
	void (*build)(struct rig_peer *p);
	unsigned as;	/* how the engine stands */
	unsigned least; /* packets drawn by the first SCCRQ alone, and within 200 s */
} drawn[] = {
	{stranger_plain, 0, 1},
	{stranger_plain, CHALLENGE, 1},
	{stranger_plain, LONG_NAMES, 0},
	{stranger_shortest, 0, 1},
	{stranger_shortest, LONG_NAMES | CHALLENGE, 0},
	{stranger_long, LONG_NAMES | CHALLENGE, 1},
	{stranger_challenging, 0, 1},
	{stranger_challenging, CHALLENGE | LONG_NAMES, 0},
	{stranger_challenging, NO_SECRET, 1},
	{stranger_type_only, 0, 1},
	{stranger_type_only, NO_PEER, 1},
	{stranger_version, 0, 1},
	{stranger_unknown_mandatory, 0, 1},
	{stranger_plain, NO_PEER, 1},
	{stranger_shortest, NO_PEER, 1},
	{stranger_shortest, FULL, 1},
	{stranger_plain, STOPPING, 1},
	{stranger_sccrp, 0, 1},
};

static void stranger_stand(unsigned as)
{
	static const struct l2tp_limits full = {.max_tunnels = 1};

	rig_limited(&r, as & FULL ? &full : NULL);
	if (as & LONG_NAMES)
		stranger_names(&r.a.policy);
	if (as & NO_SECRET)
		r.a.policy.secret.len = 0;
	if (as & FULL)
		rig_open(&r.a);
	if (as & STOPPING)
		l2tp_engine_stop(r.a.e, NULL, 0);
	r.a.policy.challenge = as & CHALLENGE;
	r.a.no_peer = as & NO_PEER;
}

static size_t stranger_drawn(unsigned from, l2tp_channel on)
{
	size_t sum = 0;

	for (unsigned i = from; i < r.a.pkts; i++)
		sum += r.a.pkt[i].to == on ? r.a.pkt[i].len : 0;
	return sum;
}

static void stranger_draws_little(void)
{
	for (unsigned i = 0; i < sizeof(drawn) / sizeof(drawn[0]); i++)
		for (unsigned repeats = 1; repeats <= 7; repeats += 3) {
			struct rig_peer p;
			size_t in = 0;

			stranger_stand(drawn[i].as);
			rig_peer(&p, &r, 99);
			p.on = 8;
			for (unsigned n = 0; n < repeats; n++) {
				drawn[i].build(&p);
				in += l2tp_build_end(&p.b);
				rig_send_ns(&p, 0);
				CU_ASSERT_TRUE(stranger_drawn(0, 8) <= 3 * in);
			}
			rig_pass(&r, 200 * SEC);
			CU_ASSERT_TRUE(stranger_drawn(0, 8) <= 3 * in);
			CU_ASSERT_TRUE((stranger_drawn(0, 8) > 0) >= drawn[i].least);
			CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 0);
			rig_free(&r);
		}
}

/* SCCRP of the plain case, octet by octet: 12 + 8 + 8 + 17 + 10 + 8 + 10 + 8 = 81, the SCCRQ is 74.
 * 3 x 74 = 222 allow two of them. */
static void stranger_gets_few_repeats(void)
{
	struct rig_peer p;

	rig_single(&r);
	rig_peer(&p, &r, 99);
	rig_sccrq(&p);
	CU_ASSERT_EQUAL(l2tp_build_end(&p.b), 74);
	rig_send_ns(&p, 0);
	rig_pass(&r, 200 * SEC);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_SCCRP)->len, 81);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRP), 2);
	CU_ASSERT_EQUAL(r.a.pkts, 2);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_WITHHELD), 4);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_RETRANSMITS), 1);
	rig_free(&r);
}

/* --- the genuine one gets in ------------------------------------------------------------------ */

/* The answer is 5 times as long as the question: it waits for the second SCCRQ. */
static void stranger_earns_a_long_answer(void)
{
	rig_pair(&r);
	stranger_names(&r.b.policy);
	rig_open(&r.a);
	rig_pass(&r, 999999);
	CU_ASSERT_EQUAL(rig_count_sent(&r.b, L2TP_SCCRP), 0);
	CU_ASSERT_EQUAL(r.b.pkts, 0);
	rig_pass(&r, 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRQ), 2);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_TUNNEL_UP), 1);
	rig_free(&r);
}

/* All that the responder sends is lost for a while: the SCCRQs bring the SCCRP again. */
static void stranger_on_a_lossy_line(void)
{
	for (unsigned lost = 1; lost <= 15; lost += 2) {
		rig_pair(&r);
		r.b.drop = true;
		rig_open(&r.a);
		rig_pass(&r, lost * SEC);
		CU_ASSERT_TRUE(r.b.pkts > 0);
		r.b.drop = false;
		rig_pass(&r, 16 * SEC);
		CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 1);
		CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_TUNNEL_UP), 1);
		rig_free(&r);
	}
}

/* A ZLB that acknowledges our SCCRP carries our Tunnel ID: the address is proved, and repeats
 * follow the policy. */
static void stranger_is_proved_by_our_id(void)
{
	struct rig_peer p;

	rig_single(&r);
	rig_peer(&p, &r, 99);
	rig_sccrq(&p);
	rig_send(&p);
	rig_decode(rig_last(&r.a, L2TP_SCCRP), &m, NULL);
	l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p.peer_tid);
	rig_zlb(&p);
	rig_pass(&r, 200 * SEC); /* set-up takes too long: StopCCN */
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), 6);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_WITHHELD), 0);
	rig_free(&r);
}

/* Nr 1 in a repeated SCCRQ, whose header has no Tunnel ID, proves nothing. */
static void stranger_is_not_proved_without_our_id(void)
{
	struct rig_peer p;

	rig_single(&r);
	rig_peer(&p, &r, 99);
	rig_sccrq(&p);
	rig_send_ns(&p, 0);
	p.nr = 1;
	rig_send_ns(&p, 0);
	rig_pass(&r, 200 * SEC);
	CU_ASSERT_TRUE(stranger_drawn(0, 7) <= 3 * 2 * 74);
	rig_free(&r);
}

/* Before it is established, 8192 octets are held out of order at most. */
static void stranger_is_held_little(void)
{
	static const uint8_t big[1000];
	static const struct l2tp_avp a = {.vendor = 9, .type = 99, .val = big, .len = 1000};
	struct rig_peer p;

	rig_single(&r);
	rig_peer(&p, &r, 99);
	rig_sccrq(&p);
	rig_send(&p);
	rig_decode(rig_last(&r.a, L2TP_SCCRP), &m, NULL);
	l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p.peer_tid);
	for (uint16_t ns = 2; ns < 6; ns++) { /* 4026 octets each */
		rig_start(&p, L2TP_HELLO, 0);
		for (unsigned i = 0; i < 4; i++)
			l2tp_build_raw(&p.b, &a);
		rig_send_ns(&p, ns);
	}
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_OUT_OF_ORDER), 4);
	rig_start(&p, L2TP_SCCCN, 0);
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_last(&r.a, 0)->h.nr, 4); /* two of them */
	rig_free(&r);
}

static const struct test_case cases[] = {
	{"stranger_draws_little", stranger_draws_little},
	{"stranger_gets_few_repeats", stranger_gets_few_repeats},
	{"stranger_earns_a_long_answer", stranger_earns_a_long_answer},
	{"stranger_on_a_lossy_line", stranger_on_a_lossy_line},
	{"stranger_is_proved_by_our_id", stranger_is_proved_by_our_id},
	{"stranger_is_not_proved_without_our_id", stranger_is_not_proved_without_our_id},
	{"stranger_is_held_little", stranger_is_held_little},
	{NULL, NULL},
};
extern const struct test_suite suite_stranger;
const struct test_suite suite_stranger = {"stranger", cases};
