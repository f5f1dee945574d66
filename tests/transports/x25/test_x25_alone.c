/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A port on which nothing else happens: what the host asks must set the port's timer by itself,
 * since no frame and no other deadline runs it.  Pseudo-header, so that no LAPB timer helps.
 */
#include "tests/heap.h"
#include "tests/transports/x25/x25_pair.h"

#include <errno.h>

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

/* --- what is undone before it was reported ----------------------------------------------------- */

/* Frames that the link brings at once, NULL ended. */
static void at_once(struct typed *t, const char *const *hex)
{
	for (; *hex; hex++) {
		uint8_t buf[64];
		const struct link_frame f = {NULL, buf, 0,
					     (uint32_t)test_hex(buf, sizeof(buf), *hex)};

		link_send(t->link, &f, 1);
	}
	fake_run(&t->h, fake_now);
}

/* The caller clears before the host has heard of the call. */
static void a_call_that_was_never_offered(void)
{
	static const char *const frames[] = {"00 10010b 00 00 cf", "00 1001130000", NULL};
	struct typed t;

	typed_open(&t, one);
	at_once(&t, frames);
	TYPED_SENT(&t, "100117");
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_OFFER) + fake_pending(&t.h, FAKE_DOWN), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&t.h), ", 0 circuits"));
	at_once(&t, (const char *const[]){"00 10010b 00 00 cf", NULL});
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_OFFER), 1);
	typed_close(&t);
}

static void a_permanent_circuit_that_was_never_away(void)
{
	static const char *const frames[] = {"02", "01", "00 1000ff", NULL};
	struct typed t;

	typed_open(&t, (const char *const[]){"@1 l2tp", NULL});
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_UP), 1);
	fake_forget(&t.h);
	at_once(&t, frames);
	TYPED_SENT(&t, "1000fb0000");
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_UP) + fake_pending(&t.h, FAKE_DOWN), 0);
	at_once(&t, (const char *const[]){"02", NULL});
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_DOWN), 1);
	at_once(&t, (const char *const[]){"01", "00 1000ff", "02", NULL});
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_UP), 0);
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_DOWN), 1);
	at_once(&t, (const char *const[]){"01", "00 1000ff", NULL});
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_UP), 1);
	typed_close(&t);
}

/* --- what cannot be done ------------------------------------------------------------------------ */

static void nobody_and_nothing(void)
{
	const struct ist_addr nobody = {0};
	struct typed t;
	ist_channel c;

	typed_open(&t, one);
	CU_ASSERT_EQUAL(x25_transport.connect(t.h.port, &nobody, L2TP, NULL, &c), -EINVAL);
	CU_ASSERT_EQUAL(fake_send_frames(&t.h, NULL, 0), 0);
	typed_nothing(&t);
	typed_close(&t);
}

static void a_call_of_ours_without_memory(void)
{
	struct typed t;
	ist_channel c;

	typed_open(&t, one);
	for (unsigned n = 0; n < 2; n++) { /* the circuit, the channel */
		heap_refuse(n);
		CU_ASSERT_EQUAL(fake_connect(&t.h, "5555", L2TP, &c), -ENOBUFS);
		CU_ASSERT_TRUE(heap_refused());
		typed_nothing(&t);
		CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&t.h), ", 0 circuits"));
	}
	CU_ASSERT_EQUAL(fake_connect(&t.h, "5555", L2TP, &c), 0);
	typed_close(&t);
}

static void a_call_to_us_without_memory(void)
{
	struct typed t;

	typed_open(&t, one);
	CU_ASSERT_EQUAL(fake_count(&t.h, "refused-room"), 0);
	heap_refuse(1); /* behind the packet layer's own */
	typed_rx(&t, "10010b 00 00 cf");
	CU_ASSERT_TRUE(heap_refused());
	TYPED_SENT(&t, "1001130000");
	CU_ASSERT_EQUAL(fake_count(&t.h, "refused-room"), 1);
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_OFFER), 0);
	typed_close(&t);
}

static const struct test_case cases[] = {
	{"a_call_that_was_never_offered", a_call_that_was_never_offered},
	{"a_permanent_circuit_that_was_never_away", a_permanent_circuit_that_was_never_away},
	{"nobody_and_nothing", nobody_and_nothing},
	{"a_call_of_ours_without_memory", a_call_of_ours_without_memory},
	{"a_call_to_us_without_memory", a_call_to_us_without_memory},
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
