/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Permanent circuits over XOT, RFC 1613 6.5: who sets up, what is answered, when it is tried again.
 */
#include "tests/transports/x25/xot_far.h"

#include <sys/socket.h>
#include <unistd.h>

/* --- two ports -------------------------------------------------------------------------------- */

static void x25_xot_permanent_circuits(void)
{
	static const char *const dialler[] = {"@1 l2tp", "xot-interface=TEST0", "xot-lci=9", NULL};
	static const char *const listener[] = {"packet-size=256", "@9 l2tp", "xot-lci=1", NULL};
	struct fake_event *e;
	struct pair p;
	ist_channel a, b;

	xot_open_two(&p, dialler, listener);
	UNTIL(&p.dte, fake_pending(&p.dte, FAKE_UP) && fake_pending(&p.dce, FAKE_UP));
	a = fake_channel(&p.dte, FAKE_UP);
	b = fake_channel(&p.dce, FAKE_UP);
	CU_ASSERT_EQUAL(fake_send(&p.dte, a, "there", 5), 1);
	CU_ASSERT_EQUAL(fake_send(&p.dce, b, "back", 4), 1);
	UNTIL(&p.dte, fake_pending(&p.dte, FAKE_FRAME) && fake_pending(&p.dce, FAKE_FRAME));
	CU_ASSERT_TRUE(pair_got(&p.dce, b, "there", 5));
	CU_ASSERT_TRUE(pair_got(&p.dte, a, "back", 4));
	fake_close(&p.dce);
	UNTIL(&p.dte, fake_pending(&p.dte, FAKE_DOWN));
	e = fake_take(&p.dte, FAKE_DOWN);
	CU_ASSERT_FALSE(e->forever);
	CU_ASSERT_EQUAL(e->channel, a);
	fake_free(e);
	CU_ASSERT_EQUAL(fake_send(&p.dte, a, "x", 1), 1);
	CU_ASSERT_EQUAL(fake_count(&p.dte, "tx-down"), 1);
	fake_close(&p.dte);
}

static void a_permanent_circuit_that_is_not_there(void)
{
	static const char *const dialler[] = {"xot-retry=5m", "@1 l2tp", "xot-lci=2", NULL};
	static const char *const listener[] = {"@1 l2tp", NULL};
	struct pair p;

	xot_open_two(&p, dialler, listener);
	UNTIL(&p.dte, fake_count(&p.dte, "xot-pvc") == 1);
	CU_ASSERT_EQUAL(fake_count(&p.dce, "xot-pvc"), 1);
	CU_ASSERT_EQUAL(p.dte.warnings, 1);
	CU_ASSERT_STRING_EQUAL(p.dte.last_log, "PVC 1: set-up failed: no such destination PVC");
	fake_run(&p.dte, fake_now + 299 * S);
	CU_ASSERT_EQUAL(fake_count(&p.dte, "xot-out"), 1);
	fake_run(&p.dte, fake_now + 2 * S);
	UNTIL(&p.dte, fake_count(&p.dte, "xot-pvc") == 2);
	pair_close(&p);
}

/* --- octets typed by hand --------------------------------------------------------------------- */

static void set_up_of_a_permanent_circuit_in_octets(void)
{
	static const char *const keys[] = {"@5 l2tp", NULL};
	static const struct {
		const char *setup, *answer; /* NULL: closed */
	} rows[] = {
		/* initiator "s" channel 5, responder "test0" channel 5; windows 2, sizes 128 */
		{"1005f5 81 00 01 0005 05 0005 02020707 73 7465737430",
		 "1005f5 81 00 01 0005 05 0005 02020707 73 7465737430"},
		/* asymmetric: what goes in there comes out here */
		{"1005f5 81 00 01 0005 05 0005 03020807 73 5445535430",
		 "1005f5 81 00 01 0005 05 0005 02030708 73 5445535430"},
		{"1005f5 81 00 01 0005 03 0005 02020707 73 782531",
		 "1005f5 81 13 01 0005 03 0005 02020707 73 782531"}, /* no such interface */
		{"1005f5 81 00 01 0006 05 0006 02020707 73 7465737430",
		 "1005f5 81 16 01 0006 05 0006 02020707 73 7465737430"}, /* no such PVC */
		{"1005f5 81 00 01 0007 05 0005 02020707 73 7465737430",
		 "1005f5 81 17 01 0007 05 0005 02020707 73 7465737430"}, /* configured otherwise */
		{"1005f5 81 00 01 0005 05 0005 08020707 73 7465737430",
		 "1005f5 81 19 01 0005 05 0005 02080707 73 7465737430"}, /* a window of 8 */
		/* a status, which only an answer has; also beside a window of 8 */
		{"1005f5 81 13 01 0005 05 0005 02020707 73 7465737430", NULL},
		{"1005f5 81 13 01 0005 05 0005 08020707 73 7465737430",
		 "1005f5 81 19 01 0005 05 0005 02080707 73 7465737430"},
		{"1005f5 80 00 01 0005 05 0005 02020707 73 7465737430", NULL},
		{"1005f5 81 00 ff 0005 05 0005 02020707 73 7465737430", NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct far f;

		far_open(&f, keys);
		f.fd = far_connect(&f);
		far_put(f.fd, rows[i].setup);
		if (rows[i].answer)
			far_expect(&f, rows[i].answer);
		if (i < 2) {
			far_expect(&f, "10011b 00 00"); /* both reset */
			CU_ASSERT_EQUAL(fake_pending(&f.h, FAKE_UP), 0);
			far_put(f.fd, "10051f");
			UNTIL(&f.h, fake_pending(&f.h, FAKE_UP));
		} else {
			UNTIL(&f.h, far_closed(&f));
			CU_ASSERT_EQUAL(fake_count(&f.h, "xot-pvc"), 1);
		}
		far_close(&f);
	}
}

/* While one connection has it, another that asks for it is told "configuration mismatch". */
static void one_connection_for_each_circuit(void)
{
	static const char *const keys[] = {"@5 l2tp", NULL};
	static const char setup[] = "1005f5 81 00 01 0005 05 0005 02020707 73 7465737430";
	struct far f;
	int first;

	far_open(&f, keys);
	first = f.fd = far_connect(&f);
	far_put(f.fd, setup);
	far_expect(&f, setup);
	f.fd = far_connect(&f);
	far_put(f.fd, setup);
	far_expect(&f, "1005f5 81 17 01 0005 05 0005 02020707 73 7465737430");
	UNTIL(&f.h, far_closed(&f));
	close(first);
	far_close(&f);
}

#define SETUP "1005f5 81 00 01 0005 05 0005 02020707 73 7465737430"

/* The far end sets up permanent circuit 5 on a new connection. */
static void far_sets_up(struct far *f)
{
	f->fd = far_connect(f);
	far_put(f->fd, SETUP);
	far_expect(f, SETUP);
	far_expect(f, "10011b 00 00");
	far_put(f->fd, "10011f");
	UNTIL(&f->h, fake_pending(&f->h, FAKE_UP));
	fake_forget(&f->h);
}

/* The responder waits for the initiator, however long, and takes the circuit up again. */
static void the_responder_waits_to_be_asked_again(void)
{
	static const char *const keys[] = {"xot-retry=1s", "@5 l2tp", NULL};
	struct far f;

	far_open(&f, keys);
	for (unsigned i = 0; i < 2; i++) {
		far_sets_up(&f);
		close(f.fd);
		f.fd = -1;
		UNTIL(&f.h, fake_pending(&f.h, FAKE_DOWN));
		fake_forget(&f.h);
		fake_run(&f.h, fake_now + 3600 * S);
	}
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-in"), 2);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-out") + fake_count(&f.h, "xot-failed"), 0);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-pvc"), 0);
	far_close(&f);
}

/* The far end was not there when we dialled, and then asks itself: the retry is off. */
static void a_circuit_that_is_up_is_not_dialled(void)
{
	static const char *const keys[] = {"xot-retry=5s", "@5 l2tp", NULL};
	char spec[80];
	struct far f;

	f.port = xot_free_port();
	snprintf(spec, sizeof(spec), "link=xot:127.0.0.1:%d>127.0.0.1:%d", f.port, xot_free_port());
	xot_open_port(&f.h, spec, keys);
	UNTIL(&f.h, fake_count(&f.h, "xot-failed") == 1);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-out"), 1);
	far_sets_up(&f);
	fake_run(&f.h, fake_now + 60 * S);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-out"), 1);
	CU_ASSERT_EQUAL(fake_pending(&f.h, FAKE_DOWN), 0);
	far_close(&f);
}

static void our_set_up_in_octets(void)
{
	static const char *const keys[] = {"packet-size=256",	    "window=3",	  "@1 l2tp",
					   "xot-interface=Serial1", "xot-lci=18", NULL};
	struct far f;

	far_dialled(&f, keys, NULL);
	far_expect(&f, "1001f5 81 00 05 0001 07 0012 03030808 7465737430 53657269616c31");
	far_put(f.fd, "1012f5 81 00 05 0001 07 0012 03030808 7465737430 53657269616c31");
	far_expect(&f, "10011b 00 00");
	CU_ASSERT_EQUAL(fake_pending(&f.h, FAKE_UP), 0);
	far_put(f.fd, "10121b 00 00"); /* its own: that is one reset */
	UNTIL(&f.h, fake_pending(&f.h, FAKE_UP));
	far_put(f.fd, "10010b 00 00 cf"); /* there are no calls on it */
	far_expect(&f, "10011b 00 23");
	far_close(&f);
}

/* Names are compared without case, channels as configured at both ends. */
static void which_circuit_is_meant(void)
{
	static const char *const keys[] = {"@5 l2tp", "xot-interface=Serial1", "xot-lci=9", NULL};
	static const struct {
		const char *setup, *answer;
	} rows[] = {
		/* initiator Serial1 channel 9, responder test0 channel 5 */
		{"1005f5 81 00 07 0009 05 0005 02020707 53657269616c31 7465737430",
		 "1005f5 81 00 07 0009 05 0005 02020707 53657269616c31 7465737430"},
		{"1005f5 81 00 07 0009 05 0005 02020707 534552494131 31 5445535430",
		 "1005f5 81 17 07 0009 05 0005 02020707 534552494131 31 5445535430"},
		{"1005f5 81 00 07 0009 05 0005 02020707 53455249414c31 7465737430",
		 "1005f5 81 00 07 0009 05 0005 02020707 53455249414c31 7465737430"},
		/* no responder named: it is this one */
		{"1005f5 81 00 07 0009 00 0005 02020707 53657269616c31",
		 "1005f5 81 00 07 0009 00 0005 02020707 53657269616c31"},
		{"1005f5 81 00 07 0005 05 0005 02020707 53657269616c31 7465737430",
		 "1005f5 81 17 07 0005 05 0005 02020707 53657269616c31 7465737430"},
		{"1009f5 81 00 07 0009 05 0009 02020707 53657269616c31 7465737430",
		 "1009f5 81 16 07 0009 05 0009 02020707 53657269616c31 7465737430"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct far f;

		far_open(&f, keys);
		f.fd = far_connect(&f);
		far_put(f.fd, rows[i].setup);
		far_expect(&f, rows[i].answer);
		if (!memcmp(rows[i].answer, rows[i].setup, 12))
			far_expect(&f, "10011b 00 00");
		else
			UNTIL(&f.h, far_closed(&f));
		far_close(&f);
	}
}

/* On a circuit that is up there is no set-up, whatever it says. */
static void no_set_up_while_it_is_up(void)
{
	static const char *const keys[] = {"@5 l2tp", NULL};
	struct far f;

	far_open(&f, keys);
	far_sets_up(&f);
	far_put(f.fd, SETUP);
	UNTIL(&f.h, fake_count(&f.h, "xot-ignored") == 1);
	far_put(f.fd, "1005f5 80");
	UNTIL(&f.h, fake_count(&f.h, "xot-ignored") == 2);
	CU_ASSERT_EQUAL(fake_pending(&f.h, FAKE_DOWN), 0);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-pvc"), 0);
	far_close(&f);
}

/* Who dials is the initiator; when both could, the DTE is. */
static void who_sets_up(void)
{
	static const struct {
		const char *role;
		bool listens, initiates;
	} rows[] = {
		{"role=dte", false, true},
		{"role=dce", false, true},
		{"role=dte", true, true},
		{"role=dce", true, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *const keys[] = {rows[i].role, "@5 l2tp", NULL};
		int there = xot_free_port();
		struct fake_host h;
		char spec[80];

		if (rows[i].listens)
			snprintf(spec, sizeof(spec), "link=xot:127.0.0.1:%d>127.0.0.1:%d",
				 xot_free_port(), there);
		else
			snprintf(spec, sizeof(spec), "link=xot:127.0.0.1:%d", there);
		xot_open_port(&h, spec, keys);
		fake_run(&h, fake_now);
		CU_ASSERT_EQUAL(fake_count(&h, "xot-out"), rows[i].initiates);
		fake_run(&h, fake_now + 3600 * S);
		CU_ASSERT_EQUAL(fake_count(&h, "xot-out") > 0, rows[i].initiates);
		fake_close(&h);
	}
}

/* Each pause is over to the microsecond. */
static void pvc_tries_again_after(struct fake_host *h, unsigned attempt, uint64_t pause)
{
	UNTIL(h, fake_count(h, "xot-failed") == attempt);
	fake_run(h, fake_now + pause - 1);
	CU_ASSERT_EQUAL(fake_count(h, "xot-out"), attempt);
	fake_run(h, fake_now + 1);
	CU_ASSERT_EQUAL(fake_count(h, "xot-out"), attempt + 1);
}

/* Nobody is there: a few seconds at first, then ever later up to xot-retry. */
static void ever_later(void)
{
	static const struct {
		const char *retry;
		uint64_t pause[6]; /* s */
	} rows[] = {
		{"xot-retry=60s", {5, 10, 20, 40, 60, 60}},
		{"xot-retry=10s", {5, 10, 10, 10, 10, 10}},
		{"xot-retry=2s", {2, 2, 2, 2, 2, 2}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *const keys[] = {rows[i].retry, "@5 l2tp", NULL};
		struct fake_host h;
		char spec[60];

		snprintf(spec, sizeof(spec), "link=xot:127.0.0.1:%d", xot_free_port());
		xot_open_port(&h, spec, keys);
		for (unsigned n = 0; n < 6; n++)
			pvc_tries_again_after(&h, n + 1, rows[i].pause[n] * S);
		fake_close(&h);
	}
}

/* The far end of one that we have set up. */
static void far_answers(struct far *f, const char *answer)
{
	far_expect(f, "1005f5 81 00 05 0005 00 0005 02020707 7465737430");
	far_put(f->fd, answer);
}

/* Refused by a status it is tried again after xot-retry, and not before. */
static void refused_by_a_status(void)
{
	static const char *const keys[] = {"xot-retry=60s", "@5 l2tp", NULL};
	static const struct {
		const char *answer, *words;
	} rows[] = {
		{"1005f5 81 14 05 0005 00 0005 02020707 7465737430",
		 "PVC 5: set-up failed: destination interface is not up"},
		{"1005f5 81 18 05 0005 00 0005 02020707 7465737430",
		 "PVC 5: set-up failed: mismatched flow control values"},
		/* a window of 8 with modulo 8 */
		{"1005f5 81 00 05 0005 00 0005 08020707 7465737430",
		 "PVC 5: set-up failed: can't support flow control values"},
		{"1005f5 80", "PVC 5: set-up failed: PVC setup protocol error"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct far f;

		far_dialled(&f, keys, NULL);
		far_answers(&f, rows[i].answer);
		UNTIL(&f.h, fake_count(&f.h, "xot-pvc") == 1);
		CU_ASSERT_STRING_EQUAL(f.h.last_log, rows[i].words);
		UNTIL(&f.h, far_closed(&f));
		fake_run(&f.h, fake_now + 60 * S - 1);
		CU_ASSERT_EQUAL(fake_count(&f.h, "xot-out"), 1);
		fake_run(&f.h, fake_now + 1);
		CU_ASSERT_EQUAL(fake_count(&f.h, "xot-out"), 2);
		far_close(&f);
	}
}

/* One that was up and is lost is asked for again at once, as it were: the pauses begin anew. */
static void lost_after_it_was_up(void)
{
	static const char *const keys[] = {"xot-retry=60s", "@5 l2tp", NULL};
	struct far f;

	far_dialled(&f, keys, NULL);
	far_answers(&f, "1005f5 81 00 05 0005 00 0005 02020707 7465737430");
	far_expect(&f, "10011b 00 00");
	far_put(f.fd, "10051f");
	UNTIL(&f.h, fake_pending(&f.h, FAKE_UP));
	fake_run(&f.h, fake_now + 3600 * S); /* nothing waits for an answer any more */
	CU_ASSERT_EQUAL(fake_pending(&f.h, FAKE_DOWN), 0);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-out"), 1);
	close(f.fd);
	f.fd = -1;
	UNTIL(&f.h, fake_pending(&f.h, FAKE_DOWN));
	xot_far_lost(&f, "closed by the far end");
	fake_run(&f.h, fake_now + 5 * S - 1);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-out"), 1);
	fake_run(&f.h, fake_now + 1);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-out"), 2);
	far_close(&f);
}

static const struct test_case cases[] = {
	{"rfc1613_6_5_permanent_circuits", x25_xot_permanent_circuits},
	{"a_permanent_circuit_that_is_not_there", a_permanent_circuit_that_is_not_there},
	{"rfc1613_6_5_set_up_in_octets", set_up_of_a_permanent_circuit_in_octets},
	{"rfc1613_6_5_the_responder_waits_to_be_asked_again",
	 the_responder_waits_to_be_asked_again},
	{"rfc1613_6_5_a_circuit_that_is_up_is_not_dialled", a_circuit_that_is_up_is_not_dialled},
	{"rfc1613_6_5_one_connection_for_each_circuit", one_connection_for_each_circuit},
	{"rfc1613_6_5_our_set_up_in_octets", our_set_up_in_octets},
	{"which_circuit_is_meant", which_circuit_is_meant},
	{"no_set_up_while_it_is_up", no_set_up_while_it_is_up},
	{"who_sets_up", who_sets_up},
	{"ever_later", ever_later},
	{"refused_by_a_status", refused_by_a_status},
	{"lost_after_it_was_up", lost_after_it_was_up},
	{NULL, NULL},
};
const struct test_suite suite_x25_xot_pvc = {"x25_xot_pvc", cases};
