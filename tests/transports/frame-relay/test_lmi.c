/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The LMI machine: conversations octet by octet, each role alone, both against each other, and the
 * error windows against a model that only counts. */
#include "tests/harness.h"
#include "transports/frame-relay/lmi.h"

#include <stdlib.h>
#include <string.h>

#define S UINT64_C(1000000)

static const struct lmi_conf defaults = {
	.kind = LMI_ANNEX_A, .n391 = 6, .n392 = 3, .n393 = 4, .t391 = 10 * S, .t392 = 15 * S};

/* One side, what it sent last, and how its link and PVCs stand. */
struct side {
	struct lmi l;
	uint8_t sent[600];
	size_t sent_len;
	unsigned sends;
	bool up, pvc[1024];
	struct side *other; /* NULL: nobody hears */
	bool cut;
	uint64_t now;
};

static void lmi_on_tx(void *ctx, const uint8_t *pdu, size_t len)
{
	struct side *s = ctx;

	CU_ASSERT_FATAL(len <= sizeof(s->sent));
	memcpy(s->sent, pdu, len);
	s->sent_len = len;
	s->sends++;
}

static void lmi_on_link(void *ctx, bool up)
{
	struct side *s = ctx;

	CU_ASSERT_NOT_EQUAL(s->up, up);
	s->up = up;
}

static void lmi_on_pvc(void *ctx, uint32_t dlci, bool up)
{
	struct side *s = ctx;

	CU_ASSERT_NOT_EQUAL(s->pvc[dlci], up);
	CU_ASSERT_TRUE(!up || s->l.up);
	s->pvc[dlci] = up;
}

static const struct lmi_ops ops = {lmi_on_tx, lmi_on_link, lmi_on_pvc};
static const uint32_t dlcis[] = {100, 200, 991};

static void lmi_begin(struct side *s, const struct lmi_conf *c, enum lmi_role role, unsigned pvcs)
{
	struct lmi_conf conf = *c;

	conf.role = role;
	memset(s, 0, sizeof(*s));
	CU_ASSERT_EQUAL(lmi_init(&s->l, &conf, &ops, s, dlcis, pvcs), 0);
	lmi_start(&s->l, 0);
}

static void lmi_hear(struct side *s, const char *hex)
{
	uint8_t in[64];

	lmi_rx(&s->l, in, test_hex(in, sizeof(in), hex), s->now);
}

/* Run to the deadline. */
static void lmi_tick(struct side *s)
{
	s->now = lmi_deadline(&s->l);
	lmi_expire(&s->l, s->now);
}

static void lmi_said(const struct side *s, const char *hex)
{
	uint8_t want[64];

	ASSERT_OCTETS(s->sent, s->sent_len, want, test_hex(want, sizeof(want), hex));
}

static uint64_t lmi_counted(const struct side *s, enum lmi_counter c)
{
	return s->l.count[c];
}

/* --- conversations ---------------------------------------------------------------------------- */

static void user_trace(void)
{
	struct side u;

	lmi_begin(&u, &defaults, LMI_USER, 1);
	CU_ASSERT_EQUAL(lmi_deadline(&u.l), 0);
	lmi_tick(&u);
	lmi_said(&u, "03 08 00 75 51 01 00 53 02 01 00");
	CU_ASSERT_EQUAL(lmi_deadline(&u.l), 10 * S);
	lmi_hear(&u, "03 08 00 7d 51 01 00 53 02 01 01 57 03 06 a0 88"); /* new, not active */
	lmi_tick(&u);
	lmi_said(&u, "03 08 00 75 51 01 00 53 02 02 01");
	lmi_hear(&u, "03 08 00 7d 51 01 00 53 02 02 02 57 03 06 a0 82");
	CU_ASSERT_FALSE(u.up);
	lmi_tick(&u);
	lmi_said(&u, "03 08 00 75 51 01 00 53 02 03 02");
	CU_ASSERT_EQUAL(u.now, 20 * S);
	lmi_hear(&u, "03 08 00 7d 51 01 00 53 02 03 03 57 03 06 a0 82");
	CU_ASSERT_TRUE(u.up); /* the third good event */
	CU_ASSERT_TRUE(u.pvc[100]);
	lmi_tick(&u);
	lmi_said(&u, "03 08 00 75 51 01 01 53 02 04 03"); /* integrity only from here */
	lmi_hear(&u, "03 08 00 7d 51 01 01 53 02 04 04");
	CU_ASSERT_TRUE(u.pvc[100]);
	lmi_stop(&u.l);
	CU_ASSERT_FALSE(u.up || u.pvc[100]);
	CU_ASSERT_EQUAL(lmi_deadline(&u.l), UINT64_MAX);
	lmi_free(&u.l);
}

static void network_trace(void)
{
	struct side n;

	lmi_begin(&n, &defaults, LMI_NETWORK, 1);
	CU_ASSERT_EQUAL(lmi_deadline(&n.l), 15 * S);
	lmi_hear(&n, "03 08 00 75 51 01 00 53 02 01 00");
	lmi_said(&n, "03 08 00 7d 51 01 00 53 02 01 01 57 03 06 a0 88");
	n.now = 10 * S;
	lmi_hear(&n,
		 "03 08 00 75 51 01 01 53 02 02 01"); /* confirms: active, and in full unasked */
	lmi_said(&n, "03 08 00 7d 51 01 00 53 02 02 02 57 03 06 a0 82");
	CU_ASSERT_FALSE(n.up);
	CU_ASSERT_EQUAL(lmi_deadline(&n.l), 25 * S);
	n.now = 20 * S;
	lmi_hear(&n, "03 08 00 75 51 01 01 53 02 03 02");
	lmi_said(&n, "03 08 00 7d 51 01 01 53 02 03 03");
	CU_ASSERT_TRUE(n.up && n.pvc[100]);
	lmi_hear(&n, "03 08 00 75 51 01 00 53 02 04 03");
	lmi_said(&n, "03 08 00 7d 51 01 00 53 02 04 04 57 03 06 a0 82");
	lmi_free(&n.l);
}

static void annex_d_and_cisco(void)
{
	struct lmi_conf c = defaults;
	struct side u, n;

	c.kind = LMI_ANNEX_D;
	lmi_begin(&u, &c, LMI_USER, 1);
	lmi_begin(&n, &c, LMI_NETWORK, 1);
	lmi_tick(&u);
	lmi_said(&u, "03 08 00 75 95 01 01 00 03 02 01 00");
	lmi_rx(&n.l, u.sent, u.sent_len, 0);
	lmi_said(&n, "03 08 00 7d 95 01 01 00 03 02 01 01 07 03 06 a0 88");
	lmi_free(&u.l);
	lmi_free(&n.l);
	c.kind = LMI_CISCO;
	lmi_begin(&u, &c, LMI_USER, 1);
	lmi_begin(&n, &c, LMI_NETWORK, 1);
	lmi_tick(&u);
	lmi_said(&u, "03 09 00 75 01 01 00 03 02 01 00");
	lmi_rx(&n.l, u.sent, u.sent_len, 0);
	lmi_said(&n, "03 09 00 7d 01 01 00 03 02 01 01 07 06 00 64 08 00 00 00");
	lmi_free(&u.l);
	lmi_free(&n.l);
}

/* --- the user alone --------------------------------------------------------------------------- */

/* One poll, answered rightly: full (with the hex of its PVCs) or not. */
static void poll_ok(struct side *u, enum lmi_report report, const char *pvcs)
{
	uint8_t out[64];
	struct lmi_msg m = {.type = LMI_STATUS, .report = (uint8_t)report, .has_keepalive = true};
	struct wr w = wr_init(out, sizeof(out));

	lmi_tick(u);
	m.send = u->l.recv_seq == 255 ? 1 : u->l.recv_seq + 1;
	m.recv = u->l.send_seq;
	lmi_msg_put(&w, LMI_ANNEX_A, Q922_2_OCTETS, &m);
	w.len += test_hex(out + w.len, sizeof(out) - w.len, pvcs);
	lmi_rx(&u->l, out, w.len, u->now);
}

static void bring_up(struct side *u)
{
	for (int i = 0; i < 3; i++)
		poll_ok(u, LMI_FULL, "57 03 06 a0 82 57 03 0c c0 82 57 03 3d f8 80");
	CU_ASSERT_TRUE_FATAL(u->up);
	CU_ASSERT_TRUE(u->pvc[100] && u->pvc[200] && !u->pvc[991]);
}

static void pvc_life(void)
{
	struct side u;

	lmi_begin(&u, &defaults, LMI_USER, 3);
	bring_up(&u);
	poll_ok(&u, LMI_FULL, "57 03 06 a0 80 57 03 0c c0 82 57 03 3d f8 8a");
	CU_ASSERT_TRUE(!u.pvc[100] && u.pvc[200] && u.pvc[991]); /* inactive; new and active */
	poll_ok(&u, LMI_FULL, "57 03 06 a0 82 57 03 3d f8 84");
	CU_ASSERT_TRUE(u.pvc[100] && !u.pvc[200] && !u.pvc[991]); /* missing; deleted */
	lmi_hear(&u, "03 08 00 7d 51 01 02 57 03 0c c0 82");
	CU_ASSERT_TRUE(u.pvc[100] && u.pvc[200]); /* one alone, at any time */
	lmi_hear(&u, "03 08 00 7d 51 01 02 57 03 06 a0 84");
	CU_ASSERT_TRUE(!u.pvc[100] && u.pvc[200]);
	CU_ASSERT_EQUAL(lmi_counted(&u, LMI_ASYNC_RX), 2);
	poll_ok(&u, LMI_INTEGRITY, "");
	CU_ASSERT_TRUE(!u.pvc[100] && u.pvc[200]);	     /* says nothing about PVCs */
	lmi_hear(&u, "03 08 00 7d 51 01 02 57 03 07 a0 82"); /* DLCI 116 */
	CU_ASSERT_EQUAL(lmi_counted(&u, LMI_PVC_UNKNOWN), 1);
	lmi_free(&u.l);
}

static void n391(void)
{
	for (unsigned every = 1; every <= 255; every += every < 8 ? 1 : 31) {
		struct lmi_conf c = defaults;
		struct side u;

		c.n391 = every;
		lmi_begin(&u, &c, LMI_USER, 3);
		bring_up(&u);
		for (unsigned i = 1; i <= 2 * every; i++) {
			poll_ok(&u, i % every ? LMI_INTEGRITY : LMI_FULL, "");
			if (u.sent[6] != (i % every ? 1 : 0))
				CU_FAIL("full status asked for at the wrong poll");
		}
		lmi_free(&u.l);
	}
}

static void asked_in_vain(void)
{
	struct side u;

	lmi_begin(&u, &defaults, LMI_USER, 3);
	bring_up(&u);
	for (int i = 0; i < 5; i++)
		poll_ok(&u, LMI_INTEGRITY, "");
	poll_ok(&u, LMI_INTEGRITY, ""); /* a full one was asked for */
	CU_ASSERT_EQUAL(u.sent[6], LMI_FULL);
	poll_ok(&u, LMI_FULL, "");
	CU_ASSERT_EQUAL(u.sent[6], LMI_FULL); /* asked again */
	poll_ok(&u, LMI_INTEGRITY, "");
	CU_ASSERT_EQUAL(u.sent[6], LMI_INTEGRITY);
	lmi_free(&u.l);
}

static void lmi_silence(void)
{
	struct side u;

	lmi_begin(&u, &defaults, LMI_USER, 3);
	bring_up(&u);
	for (int i = 0; i < 3; i++) {
		CU_ASSERT_TRUE(u.up);
		lmi_tick(&u);
	}
	CU_ASSERT_TRUE(u.up); /* two polls unanswered, the third just sent */
	lmi_tick(&u);
	CU_ASSERT_FALSE(u.up || u.pvc[100] || u.pvc[200]);
	CU_ASSERT_EQUAL(lmi_counted(&u, LMI_TIMEOUT), 3);
	CU_ASSERT_EQUAL(lmi_counted(&u, LMI_LINK_DOWN), 1);
	CU_ASSERT_EQUAL(u.sent[6], LMI_FULL);
	bring_up(&u);
	lmi_free(&u.l);
}

static void wrong_answers(void)
{
	struct side u;
	unsigned polls;

	lmi_begin(&u, &defaults, LMI_USER, 3);
	lmi_hear(&u, "03 08 00 7d 51 01 00 53 02 01 00"); /* before any poll */
	CU_ASSERT_EQUAL(lmi_counted(&u, LMI_UNEXPECTED), 1);
	bring_up(&u);
	lmi_tick(&u);
	lmi_hear(&u, "03 08 00 7d 51 01 01 53 02 09 63"); /* wrong number */
	lmi_hear(&u, "03 08 00 7d 51 01 01 53 02 09 63"); /* an interval is one event */
	CU_ASSERT_EQUAL(lmi_counted(&u, LMI_BAD_SEQ), 2);
	CU_ASSERT_EQUAL(u.l.window, 1);
	CU_ASSERT_NOT_EQUAL(u.l.recv_seq, 9);
	lmi_hear(&u, "03 08 00 7d 51 01 01 53 02 04 04"); /* then the right one */
	CU_ASSERT_EQUAL(u.l.window, 1);
	CU_ASSERT_EQUAL(u.l.recv_seq, 4);
	lmi_hear(&u, "03 08 00 7d 51 01 01 53 02 04 04"); /* and again */
	CU_ASSERT_EQUAL(lmi_counted(&u, LMI_UNEXPECTED), 2);
	polls = u.sends;
	lmi_hear(&u, "03 08 00 75 51 01 01 53 02 04 04"); /* an ENQUIRY is for the network */
	CU_ASSERT_EQUAL(lmi_counted(&u, LMI_UNEXPECTED), 3);
	CU_ASSERT_EQUAL(u.sends, polls);
	lmi_tick(&u);
	CU_ASSERT_EQUAL(u.l.window, 1); /* the expiry did not count again */
	lmi_hear(&u, "03 08 00 7d 51");
	CU_ASSERT_EQUAL(lmi_counted(&u, LMI_MALFORMED), 1);
	CU_ASSERT_EQUAL(u.l.window, 3);
	lmi_free(&u.l);
}

static void sequence_wraps(void)
{
	struct side u;
	uint8_t last = 0;

	lmi_begin(&u, &defaults, LMI_USER, 3);
	for (int i = 0; i < 600; i++) {
		poll_ok(&u, LMI_FULL, "");
		CU_ASSERT_EQUAL(u.sent[9], last == 255 ? 1 : last + 1);
		CU_ASSERT_EQUAL(u.sent[10], i ? (i - 1) % 255 + 1 : 0);
		last = u.sent[9];
	}
	CU_ASSERT_TRUE(u.up);
	CU_ASSERT_EQUAL(lmi_counted(&u, LMI_BAD_SEQ), 0);
	lmi_free(&u.l);
}

/* --- windows ---------------------------------------------------------------------------------- */

/* What N392 and N393 mean, in so many words. */
struct model {
	bool up;
	unsigned good, n;
	bool error[16];
};

static void model_event(struct model *m, const struct lmi_conf *c, bool error)
{
	unsigned errors = 0;

	if (!m->up) {
		m->good = error ? 0 : m->good + 1;
		if (m->good == c->n392)
			*m = (struct model){.up = true};
		return;
	}
	memmove(m->error + 1, m->error, sizeof(m->error) - 1);
	m->error[0] = error;
	for (unsigned i = 0; i < c->n393; i++)
		errors += m->error[i];
	if (errors == c->n392)
		*m = (struct model){.up = false};
}

static void sweep(enum lmi_role role, unsigned n392, unsigned n393, unsigned pattern)
{
	struct lmi_conf c = defaults;
	struct model m = {0};
	struct side s;
	bool agree = true;

	c.n392 = n392;
	c.n393 = n393;
	lmi_begin(&s, &c, role, 0);
	for (unsigned i = 0; i < n392 + 14; i++) {
		bool error = i >= n392 && pattern >> (i - n392) & 1;

		if (role == LMI_USER && error) {
			lmi_tick(&s);
			lmi_hear(&s, "03 08 00 7d 51");
		} else if (role == LMI_USER) {
			poll_ok(&s, LMI_FULL, "");
		} else if (error) {
			lmi_tick(&s);
		} else {
			uint8_t pdu[] = {3, 8, 0, 0x75, 0x51, 1, 1, 0x53, 2, 1, s.l.send_seq};

			lmi_rx(&s.l, pdu, sizeof(pdu), s.now);
		}
		model_event(&m, &c, error);
		agree = agree && s.up == m.up;
	}
	if (!agree)
		CU_FAIL("window");
	lmi_free(&s.l);
}

static void windows(void)
{
	for (unsigned n393 = 1; n393 <= 10; n393++)
		for (unsigned n392 = 1; n392 <= n393; n392++)
			for (unsigned pattern = 0; pattern<1 << 14; pattern += n393> 6 ? 7 : 1) {
				sweep(LMI_USER, n392, n393, pattern);
				if (pattern % 3 == 0)
					sweep(LMI_NETWORK, n392, n393, pattern);
			}
}

static void lmi_numbers(void)
{
	static const struct {
		unsigned n391, n392, n393;
		bool ok;
	} rows[] = {{6, 3, 4, true},	{1, 1, 1, true},  {255, 10, 10, true}, {0, 3, 4, false},
		    {256, 3, 4, false}, {6, 0, 4, false}, {6, 5, 4, false},    {6, 3, 11, false}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct lmi_conf c = defaults;

		c.n391 = rows[i].n391;
		c.n392 = rows[i].n392;
		c.n393 = rows[i].n393;
		CU_ASSERT_EQUAL(!lmi_conf_check(&c), rows[i].ok);
		c.t392 = 0;
		CU_ASSERT_PTR_NOT_NULL(lmi_conf_check(&c));
	}
}

/* --- the network alone ------------------------------------------------------------------------ */

static void network_errors(void)
{
	struct side n;
	unsigned sends;

	lmi_begin(&n, &defaults, LMI_NETWORK, 1);
	lmi_hear(&n, "03 08 00 75 51 01 00 53 02 05 63"); /* a user that knew our former self */
	CU_ASSERT_EQUAL(lmi_counted(&n, LMI_BAD_SEQ), 1);
	lmi_said(&n,
		 "03 08 00 7d 51 01 00 53 02 01 05 57 03 06 a0 88"); /* is answered all the same */
	for (uint8_t i = 1; i <= 3; i++) {
		uint8_t pdu[] = {3, 8, 0, 0x75, 0x51, 1, 1, 0x53, 2, 5 + i, i};

		lmi_rx(&n.l, pdu, sizeof(pdu), 0);
	}
	CU_ASSERT_TRUE(n.up);
	sends = n.sends;
	lmi_hear(&n, "03 08 00 7d 51 01 01 53 02 04 04"); /* a STATUS is for the user */
	CU_ASSERT_EQUAL(lmi_counted(&n, LMI_UNEXPECTED), 1);
	CU_ASSERT_EQUAL(n.sends, sends);
	for (int i = 0; i < 3; i++)
		lmi_tick(&n);
	CU_ASSERT_FALSE(n.up || n.pvc[100]);
	CU_ASSERT_EQUAL(n.now, 45 * S);
	CU_ASSERT_EQUAL(lmi_counted(&n, LMI_TIMEOUT), 3);
	lmi_free(&n.l);
}

/* A full status that got lost is sent again; a PVC stays new until one arrived. */
static void lost_status(void)
{
	struct side n;

	lmi_begin(&n, &defaults, LMI_NETWORK, 1);
	lmi_hear(&n, "03 08 00 75 51 01 00 53 02 01 00");
	lmi_said(&n, "03 08 00 7d 51 01 00 53 02 01 01 57 03 06 a0 88");
	lmi_hear(&n, "03 08 00 75 51 01 01 53 02 02 00"); /* did not see it */
	lmi_said(&n, "03 08 00 7d 51 01 00 53 02 02 02 57 03 06 a0 88");
	lmi_hear(&n, "03 08 00 75 51 01 01 53 02 03 02");
	lmi_said(&n, "03 08 00 7d 51 01 00 53 02 03 03 57 03 06 a0 82");
	lmi_free(&n.l);
}

/* libosmogb drops a full status it did not ask for; one number is lost on finding out, no more. */
static void user_of_the_asking_kind(void)
{
	struct side n;

	lmi_begin(&n, &defaults, LMI_NETWORK, 1);
	lmi_hear(&n, "03 08 00 75 51 01 01 53 02 01 00");
	lmi_said(&n, "03 08 00 7d 51 01 00 53 02 01 01 57 03 06 a0 88");
	lmi_hear(&n, "03 08 00 75 51 01 01 53 02 02 00"); /* dropped it */
	lmi_said(&n, "03 08 00 7d 51 01 01 53 02 02 02");
	lmi_hear(&n, "03 08 00 75 51 01 01 53 02 03 02");
	lmi_said(&n, "03 08 00 7d 51 01 01 53 02 03 03");
	lmi_hear(&n, "03 08 00 75 51 01 00 53 02 04 03");
	lmi_said(&n, "03 08 00 7d 51 01 00 53 02 04 04 57 03 06 a0 88");
	lmi_hear(&n, "03 08 00 75 51 01 01 53 02 05 04"); /* confirmed, but wait to be asked */
	lmi_said(&n, "03 08 00 7d 51 01 01 53 02 05 05");
	lmi_hear(&n, "03 08 00 75 51 01 00 53 02 06 05");
	lmi_said(&n, "03 08 00 7d 51 01 00 53 02 06 06 57 03 06 a0 82");
	CU_ASSERT_TRUE(n.up && n.pvc[100]);
	CU_ASSERT_EQUAL(lmi_counted(&n, LMI_BAD_SEQ), 1);
	lmi_free(&n.l);
}

static void set_pvc(void)
{
	struct side n;

	lmi_begin(&n, &defaults, LMI_NETWORK, 2);
	for (uint8_t i = 0; i < 4; i++) {
		uint8_t pdu[] = {3, 8, 0, 0x75, 0x51, 1, 1, 0x53, 2, i + 1, i};

		lmi_rx(&n.l, pdu, sizeof(pdu), 0);
	}
	CU_ASSERT_TRUE(n.pvc[100] && n.pvc[200]);
	lmi_set_pvc(&n.l, 100, LMI_PVC_INACTIVE);
	lmi_said(&n, "03 08 00 7d 51 01 02 57 03 06 a0 80"); /* at once */
	CU_ASSERT_FALSE(n.pvc[100]);
	lmi_hear(&n, "03 08 00 75 51 01 01 53 02 05 04");
	lmi_said(&n, "03 08 00 7d 51 01 00 53 02 05 05 57 03 06 a0 80 57 03 0c c0 82");
	lmi_set_pvc(&n.l, 100, LMI_PVC_ABSENT);
	lmi_said(&n, "03 08 00 7d 51 01 02 57 03 06 a0 84");
	CU_ASSERT_EQUAL(lmi_counted(&n, LMI_ASYNC_TX), 2);
	lmi_hear(&n, "03 08 00 75 51 01 01 53 02 06 05");
	lmi_said(&n, "03 08 00 7d 51 01 00 53 02 06 06 57 03 0c c0 82");
	lmi_set_pvc(&n.l, 100, LMI_PVC_ACTIVE); /* back again: new */
	CU_ASSERT_FALSE(n.pvc[100]);
	lmi_hear(&n, "03 08 00 75 51 01 01 53 02 07 06");
	lmi_said(&n, "03 08 00 7d 51 01 00 53 02 07 07 57 03 06 a0 88 57 03 0c c0 82");
	lmi_set_pvc(&n.l, 100, LMI_PVC_INACTIVE); /* changed before the user knew: still new */
	lmi_set_pvc(&n.l, 100, LMI_PVC_ACTIVE);
	lmi_hear(&n, "03 08 00 75 51 01 01 53 02 08 07");
	lmi_said(&n, "03 08 00 7d 51 01 00 53 02 08 08 57 03 06 a0 88 57 03 0c c0 82");
	lmi_hear(&n, "03 08 00 75 51 01 01 53 02 09 08");
	lmi_said(&n, "03 08 00 7d 51 01 00 53 02 09 09 57 03 06 a0 82 57 03 0c c0 82");
	CU_ASSERT_TRUE(n.pvc[100]);
	lmi_set_pvc(&n.l, 555, LMI_PVC_ACTIVE);		   /* not there */
	CU_ASSERT_EQUAL(lmi_counted(&n, LMI_ASYNC_TX), 2); /* nothing of what was new */
	lmi_free(&n.l);
}

static void cisco_update(void)
{
	struct lmi_conf c = defaults;
	struct side n;

	c.kind = LMI_CISCO;
	lmi_begin(&n, &c, LMI_NETWORK, 1);
	for (uint8_t i = 0; i < 4; i++) {
		uint8_t pdu[] = {3, 9, 0, 0x75, 1, 1, 1, 3, 2, i + 1, i};

		lmi_rx(&n.l, pdu, sizeof(pdu), 0);
	}
	CU_ASSERT_TRUE_FATAL(n.up && n.pvc[100]);
	lmi_set_pvc(&n.l, 100, LMI_PVC_INACTIVE);
	lmi_said(&n, "03 09 00 7b 07 06 00 64 00 00 00 00");
	lmi_set_pvc(&n.l, 100, LMI_PVC_ACTIVE);
	lmi_said(&n, "03 09 00 7b 07 06 00 64 02 00 00 00");
	CU_ASSERT_TRUE(n.pvc[100]);
	lmi_free(&n.l);
}

static void cisco_update_heard(void)
{
	struct lmi_conf c = defaults;
	struct side u;

	c.kind = LMI_CISCO;
	lmi_begin(&u, &c, LMI_USER, 2);
	for (uint8_t i = 1; i < 4; i++) {
		uint8_t pdu[] = {3, 9, 0, 0x7d, 1, 1, 0, 3, 2, i, i, 7, 6, 0, 100, 2, 0, 0, 0};

		lmi_tick(&u);
		lmi_rx(&u.l, pdu, sizeof(pdu), u.now);
	}
	CU_ASSERT_TRUE_FATAL(u.up && u.pvc[100]);
	lmi_hear(&u, "03 09 00 7b 07 06 00 64 00 00 00 00"); /* inactive */
	CU_ASSERT_FALSE(u.pvc[100]);
	lmi_hear(&u, "03 09 00 7b 07 06 00 64 02 00 00 00 07 06 00 c8 02 00 00 00");
	CU_ASSERT_TRUE(u.pvc[100] && u.pvc[200]);
	lmi_hear(&u, "03 09 00 7b 07 06 00 64 04 00 00 00"); /* deleted */
	CU_ASSERT_TRUE(!u.pvc[100] && u.pvc[200] && u.up);
	CU_ASSERT_EQUAL(lmi_counted(&u, LMI_ASYNC_RX), 3);
	CU_ASSERT_EQUAL(lmi_counted(&u, LMI_UNEXPECTED) + lmi_counted(&u, LMI_MALFORMED), 0);
	lmi_free(&u.l);
}

/* While the link is down there is nobody to tell. */
static void nothing_to_tell(void)
{
	struct side n;

	lmi_begin(&n, &defaults, LMI_NETWORK, 1);
	lmi_set_pvc(&n.l, 100, LMI_PVC_INACTIVE);
	CU_ASSERT_EQUAL(n.sends, 0);
	lmi_free(&n.l);
}

/* --- both ------------------------------------------------------------------------------------- */

/* What the one sent goes to the other, until `until`. */
static void lmi_exchange(struct side *u, struct side *n, uint64_t until)
{
	for (;;) {
		struct side *s = lmi_deadline(&u->l) <= lmi_deadline(&n->l) ? u : n;
		struct side *o = s == u ? n : u;
		unsigned mine = s->sends, theirs = o->sends;

		if (lmi_deadline(&s->l) > until)
			return;
		s->now = o->now = lmi_deadline(&s->l);
		lmi_expire(&s->l, s->now);
		if (s->sends == mine || s->cut)
			continue;
		lmi_rx(&o->l, s->sent, s->sent_len, s->now);
		if (o->sends != theirs && !o->cut)
			lmi_rx(&s->l, o->sent, o->sent_len, s->now);
	}
}

static void lmi_together(void)
{
	for (enum lmi_kind k = LMI_ANNEX_A; k < LMI_KINDS; k++) {
		struct lmi_conf c = defaults;
		struct side u, n;

		c.kind = k;
		lmi_begin(&u, &c, LMI_USER, 3);
		lmi_begin(&n, &c, LMI_NETWORK, 3);
		lmi_exchange(&u, &n, 20 * S);
		CU_ASSERT_TRUE(u.up && n.up);
		lmi_exchange(&u, &n, 40 * S);
		CU_ASSERT_TRUE(u.pvc[100] && u.pvc[200] && u.pvc[991]);
		CU_ASSERT_TRUE(n.pvc[100] && n.pvc[200] && n.pvc[991]);
		lmi_exchange(&u, &n, 5000 * S); /* past the wrap of the numbers */
		CU_ASSERT_EQUAL(lmi_counted(&u, LMI_ENQUIRY_TX), 501);
		CU_ASSERT_EQUAL(lmi_counted(&n, LMI_STATUS_TX), 501);
		CU_ASSERT_EQUAL(lmi_counted(&u, LMI_TIMEOUT) + lmi_counted(&u, LMI_BAD_SEQ), 0);
		CU_ASSERT_EQUAL(lmi_counted(&n, LMI_TIMEOUT) + lmi_counted(&n, LMI_BAD_SEQ), 0);
		lmi_set_pvc(&n.l, 200, LMI_PVC_ABSENT);
		lmi_exchange(&u, &n, 5010 * S);
		CU_ASSERT_TRUE(u.pvc[100] && !u.pvc[200] && u.pvc[991]);
		lmi_free(&u.l);
		lmi_free(&n.l);
	}
}

static void cable_cut(void)
{
	struct side u, n;

	lmi_begin(&u, &defaults, LMI_USER, 1);
	lmi_begin(&n, &defaults, LMI_NETWORK, 1);
	lmi_exchange(&u, &n, 100 * S);
	u.cut = n.cut = true;
	lmi_exchange(&u, &n, 200 * S);
	CU_ASSERT_FALSE(u.up || n.up || u.pvc[100] || n.pvc[100]);
	u.cut = n.cut = false;
	lmi_exchange(&u, &n, 260 * S);
	CU_ASSERT_TRUE(u.up && n.up && u.pvc[100] && n.pvc[100]);
	n.cut = true; /* one way only: the network hears, and sees that it is not heard */
	lmi_exchange(&u, &n, 360 * S);
	CU_ASSERT_FALSE(u.up || n.up);
	n.cut = false;
	lmi_exchange(&u, &n, 420 * S);
	CU_ASSERT_TRUE(u.up && n.up && u.pvc[100]);
	lmi_free(&u.l);
	lmi_free(&n.l);
}

/* Messages one side sends at a time while it searches, handed over one by one. */
static struct side *hearer;

static void tx_through(void *ctx, const uint8_t *pdu, size_t len)
{
	lmi_on_tx(ctx, pdu, len);
	if (hearer && hearer != ctx) {
		struct side *from = hearer;

		hearer = ctx; /* the answer comes back here */
		lmi_rx(&from->l, pdu, len, from->now);
		hearer = from;
	}
}

static const struct lmi_ops through = {tx_through, lmi_on_link, lmi_on_pvc};

static void find_each_other(bool auto_user, bool auto_network, enum lmi_kind kind,
			    enum lmi_kind want)
{
	struct lmi_conf c = defaults;
	struct side u, n;

	c.kind = kind;
	lmi_begin(&u, &c, LMI_USER, 2);
	lmi_begin(&n, &c, LMI_NETWORK, 2);
	u.l.conf.automatic = auto_user;
	n.l.conf.automatic = auto_network;
	u.l.ops = n.l.ops = &through;
	lmi_start(&u.l, 0);
	lmi_start(&n.l, 0);
	CU_ASSERT_STRING_EQUAL(lmi_name(&u.l), auto_user ? "auto" : lmi_variants[kind].name);
	for (int i = 0; i < 6; i++) {
		hearer = &n;
		lmi_tick(&u);
		n.now = u.now;
	}
	hearer = NULL;
	CU_ASSERT_TRUE(u.up && n.up && u.pvc[100] && n.pvc[200]);
	CU_ASSERT_STRING_EQUAL(lmi_name(&u.l), lmi_variants[want].name);
	CU_ASSERT_STRING_EQUAL(lmi_name(&n.l), lmi_variants[want].name);
	CU_ASSERT_TRUE(lmi_on_dlci(&u.l, lmi_variants[want].dlci));
	CU_ASSERT_EQUAL(lmi_on_dlci(&u.l, 1023), want == LMI_CISCO);
	for (int i = 0; i < 4; i++) /* silence: searching again */
		lmi_tick(&u);
	CU_ASSERT_EQUAL(u.up, false);
	CU_ASSERT_STRING_EQUAL(lmi_name(&u.l), auto_user ? "auto" : lmi_variants[kind].name);
	CU_ASSERT_EQUAL(lmi_on_dlci(&u.l, 0) && lmi_on_dlci(&u.l, 1023), auto_user);
	lmi_free(&u.l);
	lmi_free(&n.l);
}

static void lmi_automatic(void)
{
	for (enum lmi_kind k = LMI_ANNEX_A; k < LMI_KINDS; k++) {
		find_each_other(true, false, k, k);
		find_each_other(false, true, k, k);
	}
	find_each_other(true, true, LMI_ANNEX_A, LMI_ANNEX_A); /* the first one asked in */
}

static void automatic_octets(void)
{
	struct lmi_conf c = defaults;
	struct side u;

	c.automatic = true;
	lmi_begin(&u, &c, LMI_USER, 1);
	lmi_tick(&u);
	CU_ASSERT_EQUAL(u.sends, 3);
	lmi_said(&u, "03 09 00 75 01 01 00 03 02 01 00");    /* the last of the three */
	lmi_hear(&u, "03 08 00 7d 95 01 01 00 03 02 01 09"); /* a STATUS, but not to our number */
	CU_ASSERT_STRING_EQUAL(lmi_name(&u.l), "auto");
	lmi_hear(&u, "03 08 00 7d 95 01 01 00 03 02 01 01");
	CU_ASSERT_STRING_EQUAL(lmi_name(&u.l), "annex-d");
	lmi_tick(&u);
	CU_ASSERT_EQUAL(u.sends, 4);
	lmi_said(&u, "03 08 00 75 95 01 01 00 03 02 02 01");
	lmi_free(&u.l);
}

/* Carrier lost and back: everything starts over. */
static void restart(void)
{
	struct side u, n;

	lmi_begin(&u, &defaults, LMI_USER, 1);
	lmi_begin(&n, &defaults, LMI_NETWORK, 1);
	lmi_exchange(&u, &n, 100 * S);
	lmi_stop(&n.l);
	lmi_rx(&n.l, u.sent, u.sent_len, 0); /* deaf */
	CU_ASSERT_FALSE(n.up || n.pvc[100]);
	lmi_start(&n.l, 100 * S);
	lmi_exchange(&u, &n, 160 * S);
	CU_ASSERT_TRUE(n.up && n.pvc[100] && u.up);
	CU_ASSERT_TRUE(lmi_counted(&n, LMI_BAD_SEQ) == 1);
	lmi_free(&u.l);
	lmi_free(&n.l);
}

static void lmi_hostile(void)
{
	struct side u, n;
	uint64_t seed = test_seed();

	lmi_begin(&u, &defaults, LMI_USER, 3);
	lmi_begin(&n, &defaults, LMI_NETWORK, 3);
	for (int i = 0; i < 20000; i++) {
		struct side *s = i % 2 ? &u : &n;
		uint8_t in[48] = {3, 8, 0, i % 3 ? 0x7d : 0x75, 0x51, 1, 0, 0x53, 2, 1, 1, 0x57, 3};
		size_t len = test_rand(&seed) % sizeof(in);

		for (size_t k = 0; k < 3; k++)
			in[test_rand(&seed) % sizeof(in)] = (uint8_t)test_rand(&seed);
		lmi_rx(&s->l, in, len, s->now);
		if (i % 10 == 0)
			lmi_tick(s);
	}
	CU_ASSERT_TRUE(lmi_counted(&u, LMI_MALFORMED) > 1000);
	lmi_free(&u.l);
	lmi_free(&n.l);
}

static const struct test_case cases[] = {
	{"q933_a_user_conversation", user_trace},
	{"q933_a_network_conversation", network_trace},
	{"annex_d_and_cisco_conversations", annex_d_and_cisco},
	{"pvc_new_active_deleted", pvc_life},
	{"n391_full_status_polls", n391},
	{"full_status_asked_for_again", asked_in_vain},
	{"t391_silence_takes_it_down", lmi_silence},
	{"wrong_answers_count_once", wrong_answers},
	{"sequence_numbers_skip_0", sequence_wraps},
	{"n392_n393_every_window", windows},
	{"numbers_are_checked", lmi_numbers},
	{"network_errors_and_t392", network_errors},
	{"lost_full_status_is_sent_again", lost_status},
	{"user_that_takes_only_what_it_asked", user_of_the_asking_kind},
	{"network_tells_of_changes", set_pvc},
	{"cisco_update_status", cisco_update},
	{"cisco_update_status_heard", cisco_update_heard},
	{"nothing_to_tell_while_down", nothing_to_tell},
	{"both_roles_all_variants", lmi_together},
	{"automatic_finds_every_kind", lmi_automatic},
	{"automatic_asks_in_all_kinds", automatic_octets},
	{"cable_cut_and_mended", cable_cut},
	{"network_restarts", restart},
	{"hostile_octets", lmi_hostile},
	{NULL, NULL},
};
const struct test_suite suite_lmi = {"lmi", cases};
