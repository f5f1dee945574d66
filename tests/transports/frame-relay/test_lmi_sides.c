/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both roles on one link: who gets which message, and that up means up in both directions. */
#include "tests/harness.h"
#include "tests/transports/host.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/frame-relay/lmi_sides.h"

#include <string.h>

#define S   UINT64_C(1000000)
#define MAX 8

static const struct lmi_conf defaults = {
	.kind = LMI_ANNEX_A, .n391 = 6, .n392 = 3, .n393 = 4, .t391 = 10 * S, .t392 = 15 * S};
static const uint32_t dlcis[] = {100, 200};

/* One end and what it has sent that was not handed over yet. */
struct end {
	struct lmi_sides l;
	struct {
		uint8_t pdu[64];
		size_t len;
	} out[MAX];
	unsigned outs;
	bool up, pvc[1024];
	bool mute[256]; /* message types that get lost */
};

static void lmi_sides_on_tx(void *ctx, const uint8_t *pdu, size_t len)
{
	struct end *e = ctx;

	CU_ASSERT_FATAL(e->outs < MAX && len <= sizeof(e->out[0].pdu));
	memcpy(e->out[e->outs].pdu, pdu, len);
	e->out[e->outs++].len = len;
}

static void lmi_sides_on_link(void *ctx, bool up)
{
	struct end *e = ctx;

	CU_ASSERT_NOT_EQUAL(e->up, up);
	e->up = up;
}

static void lmi_sides_on_pvc(void *ctx, uint32_t dlci, bool up)
{
	struct end *e = ctx;

	CU_ASSERT_NOT_EQUAL(e->pvc[dlci], up);
	CU_ASSERT_TRUE(!up || e->up);
	e->pvc[dlci] = up;
}

static const struct lmi_ops ops = {lmi_sides_on_tx, lmi_sides_on_link, lmi_sides_on_pvc};

static void lmi_sides_begin(struct end *e, const struct lmi_conf *c, bool nni, unsigned pvcs)
{
	memset(e, 0, sizeof(*e));
	CU_ASSERT_EQUAL_FATAL(lmi_sides_init(&e->l, c, nni, &ops, e, dlcis, pvcs), 0);
	lmi_sides_start(&e->l, 0);
}

static void lmi_sides_hear(struct end *e, const char *hex, uint64_t now)
{
	uint8_t in[64];

	lmi_sides_rx(&e->l, in, test_hex(in, sizeof(in), hex), now);
}

/* It has sent exactly that. */
static void lmi_sides_said(struct end *e, const char *hex)
{
	uint8_t want[64];
	size_t len = test_hex(want, sizeof(want), hex);

	CU_ASSERT_EQUAL_FATAL(e->outs, 1);
	ASSERT_OCTETS(e->out[0].pdu, e->out[0].len, want, len);
	e->outs = 0;
}

static void lmi_sides_hand_over(struct end *from, struct end *to, uint64_t now)
{
	unsigned n = from->outs;
	struct end copy = *from;

	from->outs = 0;
	for (unsigned i = 0; i < n; i++)
		if (!from->mute[copy.out[i].pdu[3]])
			lmi_sides_rx(&to->l, copy.out[i].pdu, copy.out[i].len, now);
}

static void lmi_sides_run(struct end *a, struct end *b, uint64_t until)
{
	for (;;) {
		uint64_t now = lmi_sides_deadline(&a->l);

		if (lmi_sides_deadline(&b->l) < now)
			now = lmi_sides_deadline(&b->l);
		if (now > until)
			return;
		lmi_sides_expire(&a->l, now);
		lmi_sides_expire(&b->l, now);
		while (a->outs || b->outs) {
			lmi_sides_hand_over(a, b, now);
			lmi_sides_hand_over(b, a, now);
		}
	}
}

static void lmi_sides_finish(struct end *e)
{
	lmi_sides_stop(&e->l);
	CU_ASSERT_FALSE(e->up || e->pvc[100] || e->pvc[200] || lmi_sides_up(&e->l));
	CU_ASSERT_EQUAL(lmi_sides_deadline(&e->l), UINT64_MAX);
	lmi_sides_free(&e->l);
}

static uint64_t lmi_sides_counted(const struct end *e, enum lmi_counter c)
{
	uint64_t all[LMI_COUNTER_COUNT];

	lmi_sides_count(&e->l, all);
	return all[c];
}

/* The sequence numbers of the two directions have nothing to do with each other. */
static void conversation(void)
{
	struct end e;

	lmi_sides_begin(&e, &defaults, true, 1);
	lmi_sides_expire(&e.l, 0);
	lmi_sides_said(&e, "03 08 00 75 51 01 00 53 02 01 00");
	lmi_sides_hear(&e, "03 08 00 75 51 01 00 53 02 2a 00",
		       1 * S); /* its poll before its answer */
	lmi_sides_said(&e, "03 08 00 7d 51 01 00 53 02 01 2a 57 03 06 a0 88");
	lmi_sides_hear(&e, "03 08 00 7d 51 01 00 53 02 07 01 57 03 06 a0 82", 1 * S);
	CU_ASSERT_EQUAL(e.outs, 0);
	CU_ASSERT_EQUAL(lmi_sides_deadline(&e.l), 10 * S);
	lmi_sides_expire(&e.l, 10 * S);
	lmi_sides_said(&e, "03 08 00 75 51 01 00 53 02 02 07");
	lmi_sides_hear(&e, "03 08 00 75 51 01 01 53 02 2b 01", 11 * S);
	lmi_sides_said(&e, "03 08 00 7d 51 01 00 53 02 02 2b 57 03 06 a0 82");
	CU_ASSERT_EQUAL(lmi_sides_counted(&e, LMI_ENQUIRY_TX), 2);
	CU_ASSERT_EQUAL(lmi_sides_counted(&e, LMI_ENQUIRY_RX), 2);
	CU_ASSERT_EQUAL(lmi_sides_counted(&e, LMI_STATUS_TX), 2);
	CU_ASSERT_EQUAL(lmi_sides_counted(&e, LMI_STATUS_RX), 1);
	CU_ASSERT_EQUAL(lmi_sides_counted(&e, LMI_BAD_SEQ) + lmi_sides_counted(&e, LMI_UNEXPECTED),
			0);
	lmi_sides_hear(&e, "03 08 00", 12 * S);
	lmi_sides_hear(&e, "", 12 * S);
	CU_ASSERT_EQUAL(lmi_sides_counted(&e, LMI_MALFORMED), 2);
	lmi_sides_finish(&e);
}

static void lmi_sides_together(void)
{
	for (enum lmi_kind k = LMI_ANNEX_A; k <= LMI_ANNEX_D; k++) {
		struct lmi_conf c = defaults;
		struct end a, b;

		c.kind = k;
		lmi_sides_begin(&a, &c, true, 2);
		lmi_sides_begin(&b, &c, true, 1);
		CU_ASSERT_STRING_EQUAL(lmi_sides_role(&a.l), "nni");
		CU_ASSERT_STRING_EQUAL(lmi_sides_name(&a.l), lmi_variants[k].name);
		CU_ASSERT_TRUE(lmi_sides_on_dlci(&a.l, 0) && !lmi_sides_on_dlci(&a.l, 1023));
		CU_ASSERT_EQUAL(lmi_sides_tx_dlci(&a.l), 0);
		lmi_sides_run(&a, &b, 60 * S);
		CU_ASSERT_TRUE(a.up && b.up && lmi_sides_up(&a.l) && lmi_sides_up(&b.l));
		CU_ASSERT_TRUE(a.pvc[100] && b.pvc[100]);
		CU_ASSERT_FALSE(a.pvc[200]); /* the other does not have it */
		lmi_sides_run(&a, &b, 5000 * S);
		CU_ASSERT_EQUAL(
			lmi_sides_counted(&a, LMI_TIMEOUT) + lmi_sides_counted(&a, LMI_BAD_SEQ), 0);
		CU_ASSERT_EQUAL(
			lmi_sides_counted(&b, LMI_TIMEOUT) + lmi_sides_counted(&b, LMI_BAD_SEQ), 0);
		CU_ASSERT_TRUE(a.up && b.up);
		lmi_sides_finish(&a);
		lmi_sides_finish(&b);
	}
}

/* One direction alone is not up, whichever it is; what is lost takes both down and brings both
 * back. */
static void one_direction(void)
{
	static const uint8_t lost[] = {LMI_STATUS, LMI_STATUS_ENQUIRY};

	for (unsigned i = 0; i < 2; i++) {
		struct end a, b;

		lmi_sides_begin(&a, &defaults, true, 1);
		lmi_sides_begin(&b, &defaults, true, 1);
		a.mute[lost[i]] = true;
		lmi_sides_run(&a, &b, 200 * S);
		CU_ASSERT_FALSE(a.up || b.up || a.pvc[100] || b.pvc[100]);
		a.mute[lost[i]] = false;
		lmi_sides_run(&a, &b, 300 * S);
		CU_ASSERT_TRUE(a.up && b.up && a.pvc[100] && b.pvc[100]);
		a.mute[lost[i]] = true;
		lmi_sides_run(&a, &b, 400 * S);
		CU_ASSERT_FALSE(a.up || b.up || a.pvc[100] || b.pvc[100]);
		CU_ASSERT_FALSE(lmi_sides_up(&a.l) || lmi_sides_up(&b.l));
		a.mute[lost[i]] = false;
		lmi_sides_run(&a, &b, 500 * S);
		CU_ASSERT_TRUE(a.up && b.up && a.pvc[100] && b.pvc[100]);
		lmi_sides_finish(&a);
		lmi_sides_finish(&b);
	}
}

/* An NNI that talks to a user or a network sees one direction only. */
static void not_an_nni(void)
{
	for (enum lmi_role role = LMI_USER; role <= LMI_NETWORK; role++) {
		struct lmi_conf c = defaults;
		struct end a, b;

		c.role = role;
		lmi_sides_begin(&a, &defaults, true, 1);
		lmi_sides_begin(&b, &c, false, 1);
		lmi_sides_run(&a, &b, 200 * S);
		CU_ASSERT_FALSE(a.up || a.pvc[100]);
		CU_ASSERT_TRUE(b.up && b.pvc[100]);
		CU_ASSERT_EQUAL(lmi_sides_counted(&b, LMI_UNEXPECTED) > 0,
				role == LMI_USER); /* is asked */
		lmi_sides_finish(&a);
		lmi_sides_finish(&b);
	}
}

static void one_side(void)
{
	for (enum lmi_kind k = LMI_ANNEX_A; k < LMI_KINDS; k++) {
		struct lmi_conf c = defaults;
		struct end u, n;

		c.kind = k;
		lmi_sides_begin(&u, &c, false, 2);
		c.role = LMI_NETWORK;
		lmi_sides_begin(&n, &c, false, 2);
		CU_ASSERT_STRING_EQUAL(lmi_sides_role(&u.l), "user");
		CU_ASSERT_STRING_EQUAL(lmi_sides_role(&n.l), "network");
		CU_ASSERT_EQUAL(lmi_sides_tx_dlci(&u.l), k == LMI_CISCO ? 1023 : 0);
		lmi_sides_run(&u, &n, 60 * S);
		CU_ASSERT_TRUE(u.up && n.up && u.pvc[100] && u.pvc[200] && n.pvc[100] &&
			       n.pvc[200]);
		CU_ASSERT_EQUAL(lmi_sides_counted(&u, LMI_ENQUIRY_TX),
				lmi_sides_counted(&n, LMI_ENQUIRY_RX));
		lmi_sides_finish(&u);
		lmi_sides_finish(&n);
	}
}

static void checked(void)
{
	struct lmi_conf c = defaults;

	CU_ASSERT_PTR_NULL(lmi_sides_check(&c, true));
	c.kind = LMI_ANNEX_D;
	CU_ASSERT_PTR_NULL(lmi_sides_check(&c, true));
	c.kind = LMI_CISCO;
	CU_ASSERT_PTR_NOT_NULL(lmi_sides_check(&c, true));
	CU_ASSERT_PTR_NULL(lmi_sides_check(&c, false));
	c = defaults;
	c.automatic = true;
	CU_ASSERT_PTR_NOT_NULL(lmi_sides_check(&c, true));
	CU_ASSERT_PTR_NULL(lmi_sides_check(&c, false));
	c.n391 = 0;
	CU_ASSERT_PTR_NOT_NULL(lmi_sides_check(&c, false));
}

/* The port: both ends are both sides; and one that is not does not do. */
static void port(void)
{
	static const char *const nni[] = {"link=loop:fr", "lmi=annex-d", "role=nni", "@100 l2tp",
					  NULL};
	static const char *const user[] = {"link=loop:fr", "lmi=annex-d", "@100 l2tp", NULL};
	struct fake_host a, b;
	struct fake_event *e;
	ist_channel c = 0;

	fake_open(&a, &frame_relay_transport, nni);
	fake_open(&b, &frame_relay_transport, nni);
	fake_join(&a, &b);
	fake_run(&a, fake_now + 60 * S);
	CU_ASSERT_STRING_EQUAL(fake_status(&a), "link up, LMI annex-d nni up, 1 of 1 DLCIs up");
	CU_ASSERT_STRING_EQUAL(fake_status(&b), "link up, LMI annex-d nni up, 1 of 1 DLCIs up");
	CU_ASSERT_EQUAL(fake_connect(&a, "100", IST_PAYLOAD_L2TP, &c), 0);
	CU_ASSERT_EQUAL(fake_send(&a, c, "over", 4), 1);
	fake_run(&a, fake_now);
	e = fake_take(&b, FAKE_FRAME);
	CU_ASSERT_TRUE(e && e->len == 4 && !memcmp(e->data, "over", 4));
	fake_free(e);
	CU_ASSERT_TRUE(fake_count(&a, "lmi-enquiry-tx") > 3);
	CU_ASSERT_TRUE(fake_count(&a, "lmi-enquiry-rx") > 3);
	fake_close(&b);
	fake_open(&b, &frame_relay_transport, user);
	fake_join(&a, &b);
	fake_run(&a, fake_now + 60 * S);
	CU_ASSERT_STRING_EQUAL(fake_status(&a), "link up, LMI annex-d nni down, 0 of 1 DLCIs up");
	fake_close(&a);
	fake_close(&b);
}

/* --- one side, started anew: it knows nothing of before --------------------------------------- */

static void user_started_anew(void)
{
	struct lmi_conf c = defaults;
	struct end e;

	c.role = LMI_USER;
	lmi_sides_begin(&e, &c, false, 1);
	for (uint64_t t = 0; t <= 100 * S; t += 100 * S) {
		CU_ASSERT_EQUAL(lmi_sides_deadline(&e.l), t);
		lmi_sides_hear(&e, "03 08 00 7d 51 01 00 53 02 01 00", t); /* not asked for */
		lmi_sides_expire(&e.l, t);
		lmi_sides_said(&e, "03 08 00 75 51 01 00 53 02 01 00");
		lmi_sides_hear(&e, "03 08 00 7d 51 01 00 53 02 01 01 57 03 06 a0 82", t);
		lmi_sides_expire(&e.l, t + 10 * S);
		lmi_sides_said(&e, "03 08 00 75 51 01 00 53 02 02 01");
		lmi_sides_hear(&e, "03 08 00 7d 51 01 00 53 02 02 02 57 03 06 a0 82", t + 10 * S);
		CU_ASSERT_FALSE(e.up); /* N392 is 3 */
		lmi_sides_expire(&e.l, t + 20 * S);
		lmi_sides_said(&e, "03 08 00 75 51 01 00 53 02 03 02");
		if (t)
			break;
		lmi_sides_stop(&e.l);
		CU_ASSERT_EQUAL(lmi_sides_deadline(&e.l), UINT64_MAX);
		lmi_sides_start(&e.l, 100 * S);
	}
	CU_ASSERT_EQUAL(lmi_sides_counted(&e, LMI_TIMEOUT), 0);
	CU_ASSERT_EQUAL(lmi_sides_counted(&e, LMI_UNEXPECTED), 2);
	lmi_sides_hear(&e, "03 08 00 7d 51 01 00 53 02 03 03 57 03 06 a0 82", 121 * S);
	CU_ASSERT_TRUE(e.up && e.pvc[100]);
	/* A PVC in a status of link integrity only says nothing. */
	lmi_sides_expire(&e.l, 130 * S);
	lmi_sides_hear(&e, "03 08 00 7d 51 01 01 53 02 04 04 57 03 06 a0 80", 131 * S);
	CU_ASSERT_TRUE(e.up && e.pvc[100]);
	lmi_sides_finish(&e);
}

/* Its PVCs are new again, and are told unasked to a user that took only what it asked for. */
static void network_started_anew(void)
{
	struct lmi_conf c = defaults;
	struct end e;

	c.role = LMI_NETWORK;
	lmi_sides_begin(&e, &c, false, 1);
	lmi_sides_hear(&e, "03 08 00 75 51 01 01 53 02 01 00", 0);
	lmi_sides_said(&e, "03 08 00 7d 51 01 00 53 02 01 01 57 03 06 a0 88");
	lmi_sides_hear(&e, "03 08 00 75 51 01 01 53 02 02 00", 0); /* dropped it */
	lmi_sides_said(&e, "03 08 00 7d 51 01 01 53 02 02 02");
	lmi_sides_hear(&e, "03 08 00 75 51 01 00 53 02 03 02", 0);
	lmi_sides_said(&e, "03 08 00 7d 51 01 00 53 02 03 03 57 03 06 a0 88");
	lmi_sides_hear(&e, "03 08 00 75 51 01 01 53 02 04 03", 0);
	lmi_sides_said(&e, "03 08 00 7d 51 01 01 53 02 04 04");
	lmi_sides_hear(&e, "03 08 00 75 51 01 00 53 02 05 04", 0);
	lmi_sides_said(&e, "03 08 00 7d 51 01 00 53 02 05 05 57 03 06 a0 82");
	lmi_sides_stop(&e.l);
	lmi_sides_start(&e.l, 100 * S);
	CU_ASSERT_EQUAL(lmi_sides_deadline(&e.l), 115 * S);
	e.outs = 0;
	lmi_sides_hear(&e, "03 08 00 75 51 01 01 53 02 06 00", 100 * S);
	lmi_sides_said(&e, "03 08 00 7d 51 01 00 53 02 01 06 57 03 06 a0 88");
	lmi_sides_finish(&e);
}

/* What cannot be read is an error event of the network too. */
static void malformed_for_the_network(void)
{
	struct lmi_conf c = defaults;
	struct end e;

	c.role = LMI_NETWORK;
	lmi_sides_begin(&e, &c, false, 1);
	lmi_sides_hear(&e, "03 08 00 75 51 01 00 53 02 01 00", 0);
	lmi_sides_hear(&e, "03 08 00 75 51 01 00 53 02 02 01", 0);
	lmi_sides_hear(&e, "03 08 00 75 51 01 00 53 02 03 02", 0);
	CU_ASSERT_TRUE(e.up);
	for (unsigned i = 1; i <= 3; i++) {
		CU_ASSERT_TRUE(e.up);
		lmi_sides_hear(&e, "03 08 00 75 51", 0);
		CU_ASSERT_EQUAL(lmi_sides_counted(&e, LMI_MALFORMED), i);
	}
	CU_ASSERT_FALSE(e.up);
	CU_ASSERT_EQUAL(lmi_sides_counted(&e, LMI_LINK_DOWN), 1);
	lmi_sides_finish(&e);
}

static const struct test_case cases[] = {
	{"nni_conversation", conversation},
	{"nni_comes_up_together", lmi_sides_together},
	{"nni_needs_both_directions", one_direction},
	{"nni_against_a_uni", not_an_nni},
	{"uni_goes_straight_through", one_side},
	{"what_can_be_an_nni", checked},
	{"nni_port", port},
	{"user_started_anew", user_started_anew},
	{"network_started_anew", network_started_anew},
	{"malformed_for_the_network", malformed_for_the_network},
	{NULL, NULL},
};
const struct test_suite suite_lmi_sides = {"lmi_sides", cases};
