/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A port on which nothing else happens: what the host asks must set the port's timer by itself,
 * since no frame and no other deadline runs it.  Pseudo-header, so that no LAPB timer helps.
 */
#include "tests/transports/x25/x25_pair.h"

#define L2TP IST_PAYLOAD_L2TP

static const char *const one[] = {"lci-two-way=1-1", "inactivity=0", NULL};

/* The timers of the restart have run out too. */
static void quiet(struct typed *t, const char *const *config)
{
	typed_open(t, config);
	fake_run(&t->h, fake_now + 1000 * S);
}

/* T21 after connect. */
static void a_call_without_answer(void)
{
	struct typed t;
	ist_channel c;

	quiet(&t, one);
	CU_ASSERT_EQUAL(fake_connect(&t.h, "5555", L2TP, &c), 0);
	fake_run(&t.h, fake_now + 200 * S - 1);
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_DOWN), 0);
	t.pkts = 0;
	fake_run(&t.h, fake_now + 1);
	CU_ASSERT_EQUAL(fake_channel(&t.h, FAKE_DOWN), c);
	TYPED_SENT(&t, "1001130031");
	typed_close(&t);
}

/* The call is up; everything it sent is forgotten. */
static ist_channel up(struct typed *t, const char *const *config)
{
	ist_channel c;

	quiet(t, config);
	CU_ASSERT_EQUAL(fake_connect(&t->h, "5555", L2TP, &c), 0);
	typed_rx(t, "10010f");
	CU_ASSERT_EQUAL(fake_channel(&t->h, FAKE_UP), c);
	t->pkts = 0;
	return c;
}

/* T25 after send. */
static void data_without_acknowledgement(void)
{
	struct typed t;
	ist_channel c = up(&t, one);

	CU_ASSERT_EQUAL(fake_send(&t.h, c, "a", 1), 1);
	TYPED_SENT(&t, "100100 61");
	fake_run(&t.h, fake_now + 200 * S - 1001);
	CU_ASSERT_EQUAL(t.pkts, 0);
	fake_run(&t.h, fake_now + 1);
	TYPED_SENT(&t, "10011b0030");
	typed_close(&t);
}

/* T23 after disconnect. */
static void a_clear_without_confirmation(void)
{
	struct typed t;
	ist_channel c = up(&t, one);

	fake_disconnect(&t.h, c);
	TYPED_SENT(&t, "1001130000");
	fake_run(&t.h, fake_now + 180 * S - 1001);
	CU_ASSERT_EQUAL(t.pkts, 0);
	fake_run(&t.h, fake_now + 1);
	TYPED_SENT(&t, "1001130032");
	typed_close(&t);
}

/* The report after answer, T23 after refuse. */
static void an_offer_is_answered_or_refused(void)
{
	for (unsigned refused = 0; refused < 2; refused++) {
		struct typed t;
		ist_channel c;

		quiet(&t, one);
		typed_rx(&t, "10010b 00 00 cf");
		c = fake_channel(&t.h, FAKE_OFFER);
		CU_ASSERT_EQUAL(refused ? fake_refuse(&t.h, c) : fake_answer(&t.h, c), 0);
		fake_run(&t.h, fake_now);
		CU_ASSERT_EQUAL(fake_channel(&t.h, FAKE_UP), refused ? 0 : c);
		t.pkts = 0;
		fake_run(&t.h, fake_now + 180 * S);
		CU_ASSERT_EQUAL(t.pkts, refused);
		typed_close(&t);
	}
}

/* The inactivity timer after the call is up, and again after an SDU. */
static void silence(void)
{
	struct typed t;
	ist_channel c = up(&t, (const char *const[]){"lci-two-way=1-1", "inactivity=60s", NULL});

	fake_run(&t.h, fake_now + 59 * S);
	typed_rx(&t, "100100 61");
	fake_run(&t.h, fake_now + 60 * S - 1001);
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_DOWN), 0);
	fake_run(&t.h, fake_now + 1);
	CU_ASSERT_EQUAL(fake_channel(&t.h, FAKE_DOWN), c);
	typed_close(&t);
}

/* --- the port's own counters ------------------------------------------------------------------ */

static void frames_and_octets(void)
{
	struct typed t;
	ist_channel c;

	typed_open(&t, one);
	typed_rx(&t, "10010b 00 00 cf");
	c = fake_channel(&t.h, FAKE_OFFER);
	CU_ASSERT_EQUAL(fake_answer(&t.h, c), 0);
	fake_run(&t.h, fake_now);
	CU_ASSERT_EQUAL(fake_count(&t.h, "rx-frames") + fake_count(&t.h, "rx-octets"), 0);
	CU_ASSERT_EQUAL(fake_count(&t.h, "tx-frames") + fake_count(&t.h, "tx-octets"), 0);
	typed_rx(&t, "100100 616263");
	typed_rx(&t, "100102 61");
	CU_ASSERT_EQUAL(fake_count(&t.h, "rx-frames"), 2);
	CU_ASSERT_EQUAL(fake_count(&t.h, "rx-octets"), 4);
	CU_ASSERT_EQUAL(fake_send(&t.h, c, "abcde", 5), 1);
	CU_ASSERT_EQUAL(fake_count(&t.h, "tx-frames"), 1);
	CU_ASSERT_EQUAL(fake_count(&t.h, "tx-octets"), 5);
	CU_ASSERT_EQUAL(fake_count(&t.h, "rx-early"), 0);
	typed_close(&t);
}

/* A permanent circuit of the packet layer that the configuration does not have. */
static void data_on_a_circuit_of_nobody(void)
{
	struct typed t;

	typed_open(&t, (const char *const[]){"@3 l2tp", NULL}); /* 1 and 2 are nobody's */
	CU_ASSERT_EQUAL(fake_count(&t.h, "rx-early"), 0);
	typed_rx(&t, "100200 61");
	CU_ASSERT_EQUAL(fake_count(&t.h, "rx-early"), 1);
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_FRAME), 0);
	typed_close(&t);
}

static const struct test_case cases[] = {
	{"a_call_without_answer", a_call_without_answer},
	{"data_without_acknowledgement", data_without_acknowledgement},
	{"a_clear_without_confirmation", a_clear_without_confirmation},
	{"an_offer_is_answered_or_refused", an_offer_is_answered_or_refused},
	{"silence", silence},
	{"frames_and_octets", frames_and_octets},
	{"data_on_a_circuit_of_nobody", data_on_a_circuit_of_nobody},
	{NULL, NULL},
};
const struct test_suite suite_x25_alone = {"x25_alone", cases};
