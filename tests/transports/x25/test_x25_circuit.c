/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Circuits: calls between two ports, and calls against a far end typed packet by packet. */
#include "tests/transports/x25/x25_pair.h"

#include <errno.h>
#include <stdlib.h>

#define L2TP IST_PAYLOAD_L2TP
#define PPP  IST_PAYLOAD_PPP

static const char *const framings[] = {"pseudo-header", "lapb"};

/* --- two ports -------------------------------------------------------------------------------- */

static void check_offer(struct pair *p, ist_channel *out)
{
	struct fake_event *e = fake_take(&p->dce, FAKE_OFFER);

	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	*out = e->channel;
	CU_ASSERT_EQUAL(e->attrs.payload, L2TP);
	CU_ASSERT_EQUAL(e->attrs.permanent, 0);
	CU_ASSERT_STRING_EQUAL(e->attrs.called, "3111");
	CU_ASSERT_STRING_EQUAL(e->attrs.calling, "3110");
	CU_ASSERT_STRING_EQUAL(fake_addr(&p->dce, &e->attrs.peer), "3110");
	CU_ASSERT_STRING_EQUAL(fake_addr(&p->dce, &e->attrs.local), "3111");
	CU_ASSERT_PTR_NULL(e->attrs.user_data); /* nothing but the protocol identifier */
	CU_ASSERT_EQUAL(e->attrs.user_data_len, 0);
	fake_free(e);
}

static void a_call_from_dialling_to_clearing(void)
{
	for (size_t i = 0; i < 2; i++) {
		struct fake_event *e;
		ist_channel a, b;
		struct pair p;

		pair_open(&p, framings[i], NULL, NULL);
		CU_ASSERT_EQUAL(fake_connect(&p.dte, "3111", L2TP, &a), 0);
		CU_ASSERT_EQUAL(fake_pending(&p.dte, FAKE_UP), 0);
		pair_run(&p);
		CU_ASSERT_EQUAL(fake_pending(&p.dte, FAKE_UP), 0); /* not before the answer */
		check_offer(&p, &b);
		CU_ASSERT_EQUAL(fake_answer(&p.dce, b), 0);
		pair_run(&p);
		CU_ASSERT_EQUAL(fake_channel(&p.dte, FAKE_UP), a);
		CU_ASSERT_EQUAL(fake_channel(&p.dce, FAKE_UP), b);
		CU_ASSERT_EQUAL(fake_send(&p.dte, a, "there", 5), 1);
		CU_ASSERT_EQUAL(fake_send(&p.dce, b, "back", 4), 1);
		pair_run(&p);
		CU_ASSERT_TRUE(pair_got(&p.dce, b, "there", 5));
		CU_ASSERT_TRUE(pair_got(&p.dte, a, "back", 4));
		fake_disconnect(&p.dte, a);
		pair_run(&p);
		CU_ASSERT_EQUAL(fake_pending(&p.dte, FAKE_DOWN), 0); /* it knows */
		e = fake_take(&p.dce, FAKE_DOWN);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_EQUAL(e->channel, b);
		CU_ASSERT_TRUE(e->forever);
		CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_CLEARED);
		CU_ASSERT_EQUAL(e->cause.cause, 0);
		fake_free(e);
		CU_ASSERT_EQUAL(fake_send(&p.dte, a, "x", 1), -ESTALE);
		CU_ASSERT_EQUAL(fake_send(&p.dce, b, "x", 1), -ESTALE);
		pair_close(&p);
	}
}

/* A host may answer, send and disconnect from inside reports. */
static void answer_from_inside(struct fake_host *h, const struct fake_event *e)
{
	if (e->kind == FAKE_OFFER)
		CU_ASSERT_EQUAL(h->tr->answer(h->port, e->channel), 0);
	if (e->kind == FAKE_UP)
		CU_ASSERT_EQUAL(fake_send(h, e->channel, "hello", 5), 1);
	if (e->kind == FAKE_FRAME)
		fake_disconnect(h, e->channel);
}

static void calls_from_inside_reports(void)
{
	ist_channel a;
	struct pair p;

	pair_open(&p, "lapb", NULL, NULL);
	p.dce.on_event = answer_from_inside;
	CU_ASSERT_EQUAL(fake_connect(&p.dte, "3111", L2TP, &a), 0);
	pair_run(&p);
	CU_ASSERT_TRUE(pair_got(&p.dte, a, "hello", 5));
	CU_ASSERT_EQUAL(fake_send(&p.dte, a, "bye", 3), 1);
	pair_run(&p);
	CU_ASSERT_EQUAL(fake_channel(&p.dte, FAKE_DOWN), a);
	pair_close(&p);
}

static void send_every_size(struct pair *p, ist_channel a, ist_channel b, uint32_t mtu)
{
	uint8_t data[1700];
	uint64_t seed = test_seed();

	for (uint32_t len = 1; len <= mtu; len++) {
		struct ist_frame f = {.channel = len & 1 ? a : b, .payload = data};
		struct fake_host *from = len & 1 ? &p->dte : &p->dce;
		struct fake_host *to = len & 1 ? &p->dce : &p->dte;

		for (uint32_t i = 0; i < len; i++)
			data[i] = (uint8_t)test_rand(&seed);
		f.head_len = len % (IST_HEAD_MAX + 1);
		f.head = f.head_len ? data : NULL;
		f.payload += f.head_len;
		f.len = len - f.head_len;
		CU_ASSERT_EQUAL_FATAL(fake_send_frames(from, &f, 1), 1);
		fake_run(&p->dte, fake_now);
		CU_ASSERT_TRUE_FATAL(pair_got(to, len & 1 ? b : a, data, len));
	}
}

static void every_size_in_every_way(void)
{
	static const char *const modulo_128[] = {"modulo=128", "lapb-modulo=128", "window-want=20",
						 "lapb-window=30", NULL};
	static const char *const small[] = {"negotiate=no", NULL}; /* 128 octets, window 2 */
	static const char *const multiplexed[] = {"encapsulation=multiplexed", NULL};
	static const struct {
		const char *const *keys;
		uint8_t payload;
		uint32_t mtu;
	} rows[] = {{NULL, L2TP, 1620},
		    {modulo_128, L2TP, 1620},
		    {small, L2TP, 1620},
		    {multiplexed, L2TP, 1614},
		    {NULL, PPP, 1620}};

	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(*rows); i++) {
		uint8_t too_long[1621] = {0};
		struct fake_event *e;
		ist_channel a, b;
		struct pair p;

		pair_open(&p, framings[i & 1], rows[i / 2].keys, rows[i / 2].keys);
		CU_ASSERT_TRUE_FATAL(pair_call(&p, "3111", rows[i / 2].payload, &a, &b));
		CU_ASSERT_EQUAL(x25_transport.mtu(p.dte.port, a), rows[i / 2].mtu);
		CU_ASSERT_EQUAL(x25_transport.mtu(p.dce.port, b), rows[i / 2].mtu);
		send_every_size(&p, a, b, rows[i / 2].mtu);
		CU_ASSERT_EQUAL(fake_send(&p.dte, a, too_long, rows[i / 2].mtu + 1), 1);
		CU_ASSERT_EQUAL(fake_count(&p.dte, "tx-too-long"), 1);
		pair_run(&p);
		e = fake_take(&p.dce, FAKE_FRAME);
		CU_ASSERT_PTR_NULL(e);
		CU_ASSERT_EQUAL(fake_count(&p.dte, "x25-resets-tx") +
					fake_count(&p.dce, "x25-resets-tx"),
				0);
		pair_close(&p);
	}
}

static void a_refused_call_and_the_hold_down(void)
{
	static const char *const keys[] = {"hold-down=20s", NULL};
	struct fake_event *e;
	ist_channel a, b, c;
	struct pair p;

	pair_open(&p, "lapb", keys, NULL);
	CU_ASSERT_EQUAL(fake_connect(&p.dte, "3111", L2TP, &a), 0);
	pair_run(&p);
	b = fake_channel(&p.dce, FAKE_OFFER);
	CU_ASSERT_EQUAL(fake_refuse(&p.dce, b), 0);
	CU_ASSERT_EQUAL(fake_answer(&p.dce, b), -ESTALE);
	pair_run(&p);
	e = fake_take(&p.dte, FAKE_DOWN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->channel, a);
	CU_ASSERT_TRUE(e->forever);
	CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_REFUSED);
	fake_free(e);
	CU_ASSERT_EQUAL(fake_pending(&p.dce, FAKE_DOWN), 0);
	CU_ASSERT_EQUAL(fake_count(&p.dce, "refused-host"), 1);
	CU_ASSERT_EQUAL(fake_connect(&p.dte, "3111", L2TP, &c), -EHOSTDOWN);
	CU_ASSERT_EQUAL(fake_connect(&p.dte, "3112", L2TP, &c), 0); /* another address */
	fake_run(&p.dte, fake_now + 19 * S);
	CU_ASSERT_EQUAL(fake_connect(&p.dte, "3111", L2TP, &c), -EHOSTDOWN);
	CU_ASSERT_EQUAL(fake_count(&p.dte, "held-down"), 2);
	fake_run(&p.dte, fake_now + 1 * S);
	CU_ASSERT_EQUAL(fake_connect(&p.dte, "3111", L2TP, &c), 0);
	CU_ASSERT_NOT_EQUAL(c, a); /* the slot is used again, the handle is not */
	pair_close(&p);
}

/* Before the call is up `send` takes nothing; `writable` follows when it is. */
static void frames_wait_for_the_answer(void)
{
	ist_channel a, b;
	struct pair p;

	pair_open(&p, "lapb", NULL, NULL);
	CU_ASSERT_EQUAL(fake_connect(&p.dte, "3111", L2TP, &a), 0);
	CU_ASSERT_EQUAL(fake_send(&p.dte, a, "SCCRQ", 5), 0);
	pair_run(&p);
	CU_ASSERT_EQUAL(fake_send(&p.dte, a, "SCCRQ", 5), 0);
	b = fake_channel(&p.dce, FAKE_OFFER);
	CU_ASSERT_EQUAL(fake_pending(&p.dte, FAKE_WRITABLE), 0);
	CU_ASSERT_EQUAL(fake_answer(&p.dce, b), 0);
	pair_run(&p);
	CU_ASSERT_EQUAL(fake_pending(&p.dte, FAKE_WRITABLE), 1);
	CU_ASSERT_EQUAL(fake_send(&p.dte, a, "SCCRQ", 5), 1);
	pair_run(&p);
	CU_ASSERT_TRUE(pair_got(&p.dce, b, "SCCRQ", 5));
	pair_close(&p);
}

static void x25_circuit_permanent_circuits(void)
{
	static const char *const keys[] = {"@1 l2tp", "@3 ppp", "@7 l2tp",
					   "encapsulation=multiplexed", NULL};

	for (size_t i = 0; i < 2; i++) {
		struct fake_event *e;
		ist_channel a, b;
		struct pair p;

		pair_open(&p, framings[i], keys, keys);
		CU_ASSERT_EQUAL(fake_pending(&p.dte, FAKE_UP), 3);
		CU_ASSERT_EQUAL(fake_pending(&p.dce, FAKE_UP), 3);
		e = fake_take(&p.dte, FAKE_UP);
		CU_ASSERT_EQUAL(e->attrs.permanent, 1);
		CU_ASSERT_STRING_EQUAL(fake_addr(&p.dte, &e->attrs.peer), "1");
		fake_free(e);
		CU_ASSERT_EQUAL(fake_connect(&p.dte, "7", L2TP, &a), 0);
		CU_ASSERT_EQUAL(fake_connect(&p.dte, "3", L2TP, &b), -EPROTONOSUPPORT);
		CU_ASSERT_EQUAL(fake_connect(&p.dce, "7", L2TP, &b), 0);
		CU_ASSERT_EQUAL(x25_transport.mtu(p.dte.port, a), 1614);
		fake_disconnect(&p.dte, a); /* it is permanent */
		CU_ASSERT_EQUAL(fake_send(&p.dte, a, "x", 1), 1);
		pair_run(&p);
		CU_ASSERT_TRUE(pair_got(&p.dce, b, "x", 1));
		fake_forget(&p.dte);
		fake_close(&p.dce);
		fake_run(&p.dte, fake_now + 2 * S);
		CU_ASSERT_EQUAL(fake_pending(&p.dte, FAKE_DOWN), 3);
		e = fake_take(&p.dte, FAKE_DOWN);
		CU_ASSERT_FALSE(e->forever);
		CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_LINK);
		fake_free(e);
		CU_ASSERT_EQUAL(fake_send(&p.dte, a, "x", 1), 1);
		CU_ASSERT_EQUAL(fake_count(&p.dte, "tx-down"), 1);
		fake_close(&p.dte);
	}
}

static void the_line_goes_and_comes(void)
{
	for (size_t i = 0; i < 2; i++) {
		const char *again[] = {"link=loop:x25", "role=dce", NULL, NULL};
		char framing[40];
		struct fake_event *e;
		ist_channel a, b, c;
		struct pair p;

		pair_open(&p, framings[i], NULL, NULL);
		CU_ASSERT_TRUE(pair_call(&p, "3111", L2TP, &a, &b));
		CU_ASSERT_EQUAL(fake_connect(&p.dte, "3112", L2TP, &c), 0);
		fake_close(&p.dce);
		fake_run(&p.dte, fake_now + 2 * S);
		CU_ASSERT_EQUAL(fake_pending(&p.dte, FAKE_DOWN), 2);
		e = fake_take(&p.dte, FAKE_DOWN);
		CU_ASSERT_TRUE(e->forever);
		fake_free(e);
		CU_ASSERT_EQUAL(fake_connect(&p.dte, "3113", L2TP, &c), -ENETDOWN);
		snprintf(framing, sizeof(framing), "framing=%s", framings[i]);
		again[2] = framing;
		fake_open(&p.dce, &x25_transport, again);
		fake_join(&p.dte, &p.dce);
		fake_run(&p.dte, fake_now + 60 * S);
		fake_forget(&p.dte);
		CU_ASSERT_TRUE(pair_call(&p, "3113", L2TP, &a, &b));
		pair_close(&p);
	}
}

static void silence_clears_when_asked_for(void)
{
	static const char *const keys[] = {"inactivity=90s", "hold-down=3600s", NULL};
	struct fake_event *e;
	ist_channel a, b;
	struct pair p;

	pair_open(&p, "lapb", keys, NULL);
	CU_ASSERT_TRUE(pair_call(&p, "3111", L2TP, &a, &b));
	for (int i = 0; i < 5; i++) {
		fake_run(&p.dte, fake_now + 80 * S);
		CU_ASSERT_EQUAL(fake_send(i & 1 ? &p.dte : &p.dce, i & 1 ? a : b, "x", 1), 1);
	}
	pair_run(&p);
	CU_ASSERT_EQUAL(fake_pending(&p.dte, FAKE_DOWN), 0);
	fake_run(&p.dte, fake_now + 91 * S);
	e = fake_take(&p.dte, FAKE_DOWN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_TRUE(e->forever);
	CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_LOCAL);
	fake_free(e);
	CU_ASSERT_EQUAL(fake_channel(&p.dce, FAKE_DOWN), b);
	CU_ASSERT_EQUAL(fake_count(&p.dte, "inactive"), 1);
	CU_ASSERT_TRUE(pair_call(&p, "3111", L2TP, &a, &b)); /* nothing had failed */
	pair_close(&p);
}

/* RFC 1356 3.9: some minutes unless configured; "never" only when asked for. */
static void silence_without_configuration(void)
{
	struct pair p;
	ist_channel a, b;

	pair_open(&p, "lapb", NULL, (const char *const[]){"inactivity=0", NULL});
	CU_ASSERT_TRUE(pair_call(&p, "3111", L2TP, &a, &b));
	fake_run(&p.dte, fake_now + 299 * S);
	CU_ASSERT_EQUAL(fake_pending(&p.dte, FAKE_DOWN), 0);
	CU_ASSERT_EQUAL(fake_count(&p.dte, "inactive"), 0);
	fake_run(&p.dte, fake_now + 1 * S);
	CU_ASSERT_EQUAL(fake_channel(&p.dte, FAKE_DOWN), a);
	CU_ASSERT_EQUAL(fake_count(&p.dte, "inactive"), 1);
	CU_ASSERT_EQUAL(fake_count(&p.dce, "inactive"), 0);
	pair_close(&p);
	pair_open(&p, "lapb", (const char *const[]){"inactivity=0", NULL},
		  (const char *const[]){"inactivity=0", NULL});
	CU_ASSERT_TRUE(pair_call(&p, "3111", L2TP, &a, &b));
	fake_run(&p.dte, fake_now + 7 * 86400 * S);
	CU_ASSERT_EQUAL(fake_pending(&p.dte, FAKE_DOWN), 0);
	pair_close(&p);
}

/* Two calls that cross are two circuits, and both stay. */
static void both_call_at_once(void)
{
	ist_channel a, b, c, d;
	struct pair p;

	pair_open(&p, "lapb", NULL, NULL);
	CU_ASSERT_EQUAL(fake_connect(&p.dte, "3111", L2TP, &a), 0);
	CU_ASSERT_EQUAL(fake_connect(&p.dce, "3110", L2TP, &b), 0);
	pair_run(&p);
	c = fake_channel(&p.dce, FAKE_OFFER);
	d = fake_channel(&p.dte, FAKE_OFFER);
	CU_ASSERT_EQUAL(fake_answer(&p.dce, c), 0);
	CU_ASSERT_EQUAL(fake_answer(&p.dte, d), 0);
	pair_run(&p);
	CU_ASSERT_EQUAL(fake_pending(&p.dte, FAKE_UP), 2);
	CU_ASSERT_EQUAL(fake_pending(&p.dce, FAKE_UP), 2);
	CU_ASSERT_EQUAL(fake_send(&p.dte, a, "a", 1) + fake_send(&p.dte, d, "d", 1), 2);
	pair_run(&p);
	CU_ASSERT_TRUE(pair_got(&p.dce, c, "a", 1));
	CU_ASSERT_TRUE(pair_got(&p.dce, b, "d", 1));
	pair_close(&p);
}

/* --- against packets typed by hand ------------------------------------------------------------ */

/* Vectors of a Linux kernel as the far end: call with packet size and window, SNAP of L2TP. */
static void octets_of_a_call(void)
{
	static const char *const keys[] = {"lci-two-way=1-1", "packet-size-want=256", NULL};
	struct typed t;
	ist_channel c;

	typed_open(&t, keys);
	CU_ASSERT_EQUAL(fake_connect(&t.h, "5555", L2TP, &c), 0);
	TYPED_SENT(&t, "10010b 44 5555 3110 06 420808 430707 80 00005e0007");
	typed_rx(&t, "10010f");
	CU_ASSERT_EQUAL(fake_channel(&t.h, FAKE_UP), c);
	CU_ASSERT_EQUAL(fake_send(&t.h, c, "\xc8\x02", 2), 1);
	TYPED_SENT(&t, "100100 c802");
	typed_rx(&t, "1001130583");
	TYPED_SENT(&t, "100117");
	CU_ASSERT_EQUAL(fake_channel(&t.h, FAKE_DOWN), c);
	typed_close(&t);
}

static void octets_of_the_other_two_kinds(void)
{
	static const char *const keys[] = {"lci-two-way=1-1", "negotiate=no",
					   "encapsulation=multiplexed", NULL};
	struct typed t;
	ist_channel c;

	typed_open(&t, keys);
	CU_ASSERT_EQUAL(fake_connect(&t.h, "5555", L2TP, &c), 0);
	TYPED_SENT(&t, "10010b 44 5555 3110 00 00");
	typed_rx(&t, "10010f");
	CU_ASSERT_EQUAL(fake_send(&t.h, c, "\xc8\x02", 2), 1);
	TYPED_SENT(&t, "100100 80 00005e 0007 c802");
	typed_rx(&t, "100120 80 00005e 0007 c802");
	TYPED_SENT(&t, "100121");
	CU_ASSERT_TRUE(pair_got(&t.h, c, "\xc8\x02", 2));
	typed_rx(&t, "100122 cc 4500");		  /* IP */
	typed_rx(&t, "100124 80 000000 0800 45"); /* IP in SNAP */
	typed_rx(&t, "100126 80 0000");
	CU_ASSERT_EQUAL(fake_count(&t.h, "rx-other"), 3);
	typed_rx(&t, "100128 80 00005e 0007");
	CU_ASSERT_EQUAL(fake_count(&t.h, "rx-empty"), 1);
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_FRAME), 0);
	fake_disconnect(&t.h, c);
	t.pkts = 0;
	typed_rx(&t, "100117");
	t.pkts = 0;
	CU_ASSERT_EQUAL(fake_connect(&t.h, "5555", PPP, &c), 0);
	TYPED_SENT(&t, "10010b 44 5555 3110 00 cf");
	typed_close(&t);
}

static void who_is_let_in(void)
{
	static const char *const none[] = {"lci-two-way=1-9", NULL};
	static const char *const pays[] = {"accept-reverse-charging=yes", NULL};
	static const struct {
		const char *call;
		uint8_t payload; /* 0: refused */
		const char *clear;
		bool paying;
	} rows[] = {
		{"10010b 44 3110 5555 00 80 00005e0007", L2TP, NULL, false},
		{"10010b 44 3110 5555 00 80 00005e0007 ff", L2TP, NULL, false},
		{"10010b 44 3110 5555 00 00", L2TP, NULL, false},
		{"10010b 44 3110 5555 00 cf", PPP, NULL, false},
		{"10010b 44 3110 5555 00 cf 112233", PPP, NULL, false},
		{"10010b 44 3110 5555 00", 0, "10011300f9", false},	     /* 249 */
		{"10010b 44 3110 5555 00 cc", 0, "10011300f9", false},	     /* IP */
		{"10010b 44 3110 5555 00 01000000", 0, "10011300f9", false}, /* a PAD */
		{"10010b 44 3110 5555 00 80 00005e0008", 0, "10011300f9", false},
		{"10010b 44 3110 5555 00 80 00005e00", 0, "10011300f9", false},
		{"10010b 44 3110 5555 02 0101 cf", 0, "1001130000", false}, /* we would pay */
		{"10010b 44 3110 5555 02 0101 cf", PPP, NULL, true},
		{"10010b 44 3110 5555 02 0180 cf", 0, "10011300a4", false}, /* fast select */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fake_event *e;
		struct typed t;

		typed_open(&t, rows[i].paying ? pays : none);
		typed_rx(&t, rows[i].call);
		e = fake_take(&t.h, FAKE_OFFER);
		CU_ASSERT_EQUAL(!e, !rows[i].payload);
		if (e)
			CU_ASSERT_EQUAL(e->attrs.payload, rows[i].payload);
		fake_free(e);
		if (rows[i].clear)
			TYPED_SENT(&t, rows[i].clear);
		else
			typed_nothing(&t); /* nothing before the host answers */
		typed_close(&t);
	}
}

static ist_channel x25_circuit_let_in(struct typed *t, const char *call)
{
	ist_channel c;

	typed_rx(t, call);
	c = fake_channel(&t->h, FAKE_OFFER);
	CU_ASSERT_EQUAL(fake_answer(&t->h, c), 0);
	fake_run(&t->h, fake_now + 1000);
	CU_ASSERT_EQUAL(fake_channel(&t->h, FAKE_UP), c);
	t->pkts = 0;
	return c;
}

#define CALL_1 "10010b 44 3110 5555 06 420404 430202 80 00005e0007" /* 16 octets, window 2 */
#define CALL_2 "10020b 44 3110 5556 06 420404 430202 80 00005e0007"

static void a_reset_is_not_down(void)
{
	struct typed t;
	ist_channel c;

	typed_open(&t, NULL);
	c = x25_circuit_let_in(&t, CALL_1);
	typed_rx(&t, "100110 6161");  /* M: more was to come */
	typed_rx(&t, "10011b 07 00"); /* it is lost */
	TYPED_SENT(&t, "100121", "10011f");
	typed_rx(&t, "100100 6262");
	CU_ASSERT_TRUE(pair_got(&t.h, c, "bb", 2));
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_DOWN), 0);
	CU_ASSERT_EQUAL(fake_count(&t.h, "x25-sdu-lost"), 1);
	typed_close(&t);
}

static void a_restart_clears_all(void)
{
	struct fake_event *e;
	struct typed t;
	ist_channel c;

	typed_open(&t, NULL);
	x25_circuit_let_in(&t, CALL_1);
	x25_circuit_let_in(&t, CALL_2);
	typed_rx(&t, "10030b 00 00 cf"); /* offered, not answered */
	CU_ASSERT_EQUAL(fake_connect(&t.h, "7", L2TP, &c), 0);
	fake_run(&t.h, fake_now + 1000);
	t.pkts = 0;
	typed_rx(&t, "1000fb 03 00");
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_DOWN), 4);
	while ((e = fake_take(&t.h, FAKE_DOWN))) {
		CU_ASSERT_TRUE(e->forever);
		fake_free(e);
	}
	TYPED_SENT(&t, "1000ff");
	typed_close(&t);
}

/* Circuit 1 gets no RR and `send` takes nothing; circuit 2 goes on. */
static void a_shut_window_pushes_back(void)
{
	uint8_t data[48];
	ist_channel one, two;
	struct typed t;

	memset(data, 'a', sizeof(data));
	typed_open(&t, NULL);
	one = x25_circuit_let_in(&t, CALL_1);
	two = x25_circuit_let_in(&t, CALL_2);
	CU_ASSERT_EQUAL(fake_send(&t.h, one, data, sizeof(data)), 1); /* three packets, two go */
	CU_ASSERT_EQUAL(fake_send(&t.h, one, data, sizeof(data)), 0);
	CU_ASSERT_EQUAL(fake_send(&t.h, two, "x", 1), 1);
	CU_ASSERT_EQUAL(fake_send(&t.h, two, "y", 1), 1);
	TYPED_SENT(&t, "100110 61616161616161616161616161616161",
		   "100112 61616161616161616161616161616161", "100200 78", "100202 79");
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_WRITABLE), 0);
	typed_rx(&t, "100121"); /* one acknowledged: the third goes */
	TYPED_SENT(&t, "100104 61616161616161616161616161616161");
	CU_ASSERT_EQUAL(fake_channel(&t.h, FAKE_WRITABLE), one);
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_WRITABLE), 0);
	CU_ASSERT_EQUAL(fake_send(&t.h, one, "z", 1), 1);
	typed_nothing(&t); /* in the circuit, window shut */
	typed_rx(&t, "100161");
	TYPED_SENT(&t, "100106 7a");
	typed_close(&t);
}

/* X.29 messages 2, 4 and 6: read, set, set and read parameters. */
static void a_pad_is_cleared_and_logged(void)
{
	static const struct {
		const char *data;
		bool pad;
	} rows[] = {{"900100 02", true},
		    {"900100 04 0100", true},
		    {"900100 06", true},
		    {"900100 01", false},
		    {"900100 00", false}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fake_event *e;
		struct typed t;
		ist_channel c;

		typed_open(&t, (const char *const[]){"lci-two-way=1-1", NULL});
		CU_ASSERT_EQUAL(fake_connect(&t.h, "5555", L2TP, &c), 0);
		typed_rx(&t, "10010f");
		t.pkts = 0;
		typed_rx(&t, rows[i].data);
		CU_ASSERT_EQUAL(fake_count(&t.h, "rx-qualified"), 1);
		CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_FRAME), 0);
		e = fake_take(&t.h, FAKE_DOWN);
		CU_ASSERT_EQUAL(e != NULL, rows[i].pad);
		CU_ASSERT_EQUAL(t.h.warnings, rows[i].pad);
		fake_free(e);
		if (rows[i].pad) {
			TYPED_SENT(&t, "1001130000");
			CU_ASSERT_STRING_EQUAL(t.h.last_log,
					       "call to 5555 cleared: the far end is a PAD; check "
					       "the X.121 address");
			CU_ASSERT_EQUAL(fake_connect(&t.h, "5555", L2TP, &c), -EHOSTDOWN);
		}
		typed_close(&t);
	}
}

static void causes_reach_the_host(void)
{
	struct fake_event *e;
	struct typed t;
	ist_channel c;

	typed_open(&t,
		   (const char *const[]){"lci-two-way=1-1", "call-timer=50s", "hold-down=0", NULL});
	CU_ASSERT_EQUAL(fake_connect(&t.h, "5555", L2TP, &c), 0);
	typed_rx(&t, "100113 01 2a"); /* number busy */
	e = fake_take(&t.h, FAKE_DOWN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_REFUSED);
	CU_ASSERT_EQUAL(e->cause.cause, 1);
	CU_ASSERT_EQUAL(e->cause.diagnostic, 0x2a);
	CU_ASSERT_STRING_EQUAL(e->cause.words, "number busy");
	CU_ASSERT_PTR_EQUAL(strstr(t.h.last_log, "call to 5555 cleared: number busy, "),
			    t.h.last_log);
	fake_free(e);
	CU_ASSERT_EQUAL(fake_connect(&t.h, "5555", L2TP, &c), 0);
	fake_run(&t.h, fake_now + 51 * S);
	e = fake_take(&t.h, FAKE_DOWN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_TIMEOUT);
	fake_free(e);
	typed_close(&t);
}

/* The calling address "1" is not our permanent circuit 1. */
static void nobody_passes_for_a_permanent_circuit(void)
{
	struct fake_event *e;
	struct typed t;

	typed_open(&t, (const char *const[]){"@1 l2tp", NULL});
	typed_rx(&t, "10020b 14 31101 0 00 cf");
	e = fake_take(&t.h, FAKE_OFFER);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_STRING_EQUAL(fake_addr(&t.h, &e->attrs.peer), "unknown");
	fake_free(e);
	typed_close(&t);
}

/* RFC 1356 3.11: 128 addresses that failed are remembered; the next takes the place of the one that
 * may be called again first. */
static void the_oldest_hold_down_gives_way(void)
{
	static const char *const keys[] = {"hold-down=3600s", "lci-two-way=1-1", NULL};
	struct typed t;
	ist_channel c;
	char to[16];

	typed_open(&t, keys);
	for (unsigned i = 0; i < 129; i++) {
		snprintf(to, sizeof(to), "7%03u", i);
		CU_ASSERT_EQUAL(fake_connect(&t.h, to, L2TP, &c), 0);
		typed_rx(&t, "100113 09 00"); /* out of order */
		CU_ASSERT_EQUAL(fake_channel(&t.h, FAKE_DOWN), c);
		t.pkts = 0;
		fake_run(&t.h, fake_now + S);
	}
	CU_ASSERT_EQUAL(fake_connect(&t.h, "7001", L2TP, &c), -EHOSTDOWN);
	CU_ASSERT_EQUAL(fake_connect(&t.h, "7128", L2TP, &c), -EHOSTDOWN);
	CU_ASSERT_EQUAL(fake_connect(&t.h, "7000", L2TP, &c), 0);
	typed_close(&t);
}

static void an_offer_that_is_cleared_while_we_think(void)
{
	struct typed t;
	ist_channel c;

	typed_open(&t, NULL);
	typed_rx(&t, CALL_1);
	c = fake_channel(&t.h, FAKE_OFFER);
	typed_rx(&t, "1001130000");
	TYPED_SENT(&t, "100117");
	CU_ASSERT_STRING_EQUAL(t.h.last_log, "call from 5555 cleared: DTE originated, no "
					     "additional information");
	CU_ASSERT_EQUAL(fake_channel(&t.h, FAKE_DOWN), c);
	CU_ASSERT_EQUAL(fake_answer(&t.h, c), -ESTALE);
	CU_ASSERT_EQUAL(fake_refuse(&t.h, c), -ESTALE);
	fake_disconnect(&t.h, c);
	typed_nothing(&t);
	typed_close(&t);
}

/* A Clear request of the DTE has cause 0 (X.25 5.2.4); the diagnostic is the host's when it gives
 * one. */
static void diagnostics_of_the_host(void)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_LOCAL, .diagnostic = 0x7a};
	static const struct {
		const struct ist_cause *why;
		const char *clear;
	} rows[] = {{&why, "100113 00 7a"}, {NULL, "100113 00 00"}};

	for (size_t i = 0; i < 4; i++) {
		const bool refused = i / 2;
		struct typed t;
		ist_channel c;

		typed_open(&t, NULL);
		typed_rx(&t, CALL_1);
		c = fake_channel(&t.h, FAKE_OFFER);
		t.h.in_call++;
		if (refused)
			x25_transport.refuse(t.h.port, c, rows[i % 2].why);
		else
			x25_transport.disconnect(t.h.port, c, rows[i % 2].why);
		t.h.in_call--;
		TYPED_SENT(&t, rows[i % 2].clear);
		CU_ASSERT_EQUAL(fake_count(&t.h, "refused-host"), refused);
		typed_close(&t);
	}
}

static void another_encapsulation_for_one_address(void)
{
	struct typed t;
	ist_channel c;

	typed_open(&t, (const char *const[]){"lci-two-way=1-2", "negotiate=no", "@5555 l2tp",
					     "kind=svc", "encapsulation=multiplexed", NULL});
	CU_ASSERT_EQUAL(fake_connect(&t.h, "5555", L2TP, &c), 0);
	CU_ASSERT_EQUAL(fake_connect(&t.h, "5556", L2TP, &c), 0);
	TYPED_SENT(&t, "10020b 44 5555 3110 00 00", "10010b 44 5556 3110 00 80 00005e0007");
	CU_ASSERT_EQUAL(fake_connect(&t.h, "5557", L2TP, &c), -ENOBUFS); /* no channel left */
	typed_close(&t);
}

static void closing_says_goodbye(void)
{
	struct typed t;

	typed_open(&t, NULL);
	x25_circuit_let_in(&t, CALL_1);
	fake_close(&t.h);
	fake_run(&t.far, fake_now + 1000);
	CU_ASSERT_EQUAL_FATAL(t.pkts, 2);
	ASSERT_OCTETS(t.pkt[0], t.len[0], "\x10\x00\xfb\x00\x00", 5);
	CU_ASSERT_EQUAL(t.kind[1], 2);
	link_close(t.link);
	fake_leave(&t.far);
}

static const struct test_case cases[] = {
	{"a_call_from_dialling_to_clearing", a_call_from_dialling_to_clearing},
	{"calls_from_inside_reports", calls_from_inside_reports},
	{"rfc1356_3_6_every_size_in_every_way", every_size_in_every_way},
	{"rfc1356_3_11_a_refused_call_and_the_hold_down", a_refused_call_and_the_hold_down},
	{"frames_wait_for_the_answer", frames_wait_for_the_answer},
	{"permanent_circuits", x25_circuit_permanent_circuits},
	{"the_line_goes_and_comes", the_line_goes_and_comes},
	{"rfc1356_3_9_silence_clears_when_asked_for", silence_clears_when_asked_for},
	{"rfc1356_3_9_silence_without_configuration", silence_without_configuration},
	{"rfc1356_3_7_both_call_at_once", both_call_at_once},
	{"octets_of_a_call", octets_of_a_call},
	{"octets_of_the_other_two_kinds", octets_of_the_other_two_kinds},
	{"rfc1356_3_2_who_is_let_in", who_is_let_in},
	{"a_reset_is_not_down", a_reset_is_not_down},
	{"a_restart_clears_all", a_restart_clears_all},
	{"a_shut_window_pushes_back", a_shut_window_pushes_back},
	{"rfc1356_4_3_a_pad_is_cleared_and_logged", a_pad_is_cleared_and_logged},
	{"causes_reach_the_host", causes_reach_the_host},
	{"nobody_passes_for_a_permanent_circuit", nobody_passes_for_a_permanent_circuit},
	{"an_offer_that_is_cleared_while_we_think", an_offer_that_is_cleared_while_we_think},
	{"diagnostics_of_the_host", diagnostics_of_the_host},
	{"the_oldest_hold_down_gives_way", the_oldest_hold_down_gives_way},
	{"another_encapsulation_for_one_address", another_encapsulation_for_one_address},
	{"closing_says_goodbye", closing_says_goodbye},
	{NULL, NULL},
};
const struct test_suite suite_x25_circuit = {"x25_circuit", cases};
