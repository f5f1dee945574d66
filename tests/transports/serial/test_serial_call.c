/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers that the chat script of a serial line calls: each call is a channel of its own. */
#include "tests/harness.h"
#include "tests/transports/serial/serial_end.h"
#include "transports/serial/serial.h"

#include <errno.h>
#include <string.h>

#define SECOND UINT64_C(1000000)

static const char *const calling[] = {"chat=ABORT BUSY",
				      "chat=ABORT 'NO CARRIER'",
				      "chat=ABORT 'NO DIALTONE'",
				      "chat='' ATDT\\T",
				      "chat=CONNECT",
				      NULL};

static ist_channel serial_call_calls(struct serial_end *e, const char *number)
{
	ist_channel c = 0;

	CU_ASSERT_EQUAL_FATAL(fake_connect(&e->h, number, IST_PAYLOAD_PPP, &c), 0);
	fake_run(&e->h, fake_now);
	return c;
}

static void serial_call_ended(struct serial_end *e, ist_channel c, enum ist_cause_kind kind)
{
	struct fake_event *down = serial_end_take(e, FAKE_DOWN);

	CU_ASSERT_PTR_NOT_NULL_FATAL(down);
	CU_ASSERT_EQUAL(down->channel, c);
	CU_ASSERT_EQUAL(down->cause.kind, kind);
	CU_ASSERT_PTR_NOT_NULL(down->cause.words);
	CU_ASSERT_TRUE(down->forever);
	fake_free(down);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&e->h), "waits for a number to call"));
}

static void serial_call_calls_a_number(void)
{
	ist_channel first, second, other;
	struct fake_event *up;
	struct serial_end e;

	serial_end_open(&e, calling);
	fake_run(&e.h, fake_now + 100 * SECOND);
	CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_UP), 0); /* nothing happens unasked */
	CU_ASSERT_EQUAL(fake_connect(&e.h, "line", IST_PAYLOAD_PPP, &other), -EDESTADDRREQ);
	first = serial_call_calls(&e, "5551212");
	CU_ASSERT_TRUE(serial_end_hears(&e, "ATDT5551212\r"));
	CU_ASSERT_EQUAL(fake_connect(&e.h, "5551213", IST_PAYLOAD_PPP, &other), -EBUSY);
	serial_end_says(&e, "\r\nCONNECT");
	up = serial_end_take(&e, FAKE_UP);
	CU_ASSERT_PTR_NOT_NULL_FATAL(up);
	CU_ASSERT_EQUAL(up->channel, first);
	CU_ASSERT_EQUAL(up->attrs.permanent, 0);
	CU_ASSERT_STRING_EQUAL(fake_addr(&e.h, &up->attrs.peer), "5551212");
	fake_free(up);
	CU_ASSERT_EQUAL(fake_connect(&e.h, "5551213", IST_PAYLOAD_PPP, &other), -EBUSY);
	/* hung up by us: no report, and the next call waits for DTR to have fallen */
	fake_disconnect(&e.h, first);
	CU_ASSERT_EQUAL(fake_send(&e.h, first, "\0!", 2), -ESTALE);
	fake_run(&e.h, fake_now + SECOND);
	CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_DOWN), 0);
	CU_ASSERT_EQUAL(fake_count(&e.h, "hung-up"), 1);
	second = serial_call_calls(&e, "*1#");
	CU_ASSERT_NOT_EQUAL(first, second);
	fake_run(&e.h, fake_now + SECOND);
	CU_ASSERT_TRUE(serial_end_hears(&e, "ATDT*1#\r"));
	serial_end_says(&e, "\r\nCONNECT");
	CU_ASSERT_TRUE(fake_wait(&e.h, FAKE_UP, 1));
	serial_end_unplug(&e);
	serial_call_ended(&e, second, IST_CAUSE_LINK);
	serial_end_close(&e);
}

/* What the modem says, as what the host tells of it. */
static void serial_call_why_no_call(void)
{
	static const struct {
		const char *says;
		enum ist_cause_kind kind;
	} rows[] = {{"BUSY", IST_CAUSE_REFUSED},
		    {"NO CARRIER", IST_CAUSE_INACTIVE},
		    {"NO DIALTONE", IST_CAUSE_LINK},
		    {NULL, IST_CAUSE_TIMEOUT}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct serial_end e;
		ist_channel c;

		serial_end_open(&e, calling);
		c = serial_call_calls(&e, "1");
		CU_ASSERT_TRUE(serial_end_hears(&e, "ATDT1\r"));
		if (rows[i].says)
			serial_end_says(&e, rows[i].says);
		else
			fake_run(&e.h, fake_now + 45 * SECOND);
		serial_call_ended(&e, c, rows[i].kind);
		fake_run(&e.h, fake_now + 100 * SECOND);
		CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_UP), 0); /* not again unasked */
		serial_end_close(&e);
	}
}

static void serial_call_call_without_device(void)
{
	struct serial_end e;

	serial_end_open(&e, calling);
	serial_end_unplug(&e);
	serial_call_ended(&e, serial_call_calls(&e, "1"), IST_CAUSE_LINK);
	CU_ASSERT_EQUAL(fake_count(&e.h, "open-failed"), 1);
	serial_end_close(&e);
}

/* Given up while the modem dials, and before the device is open. */
static void serial_call_call_given_up(void)
{
	struct serial_end e;
	ist_channel c;

	serial_end_open(&e, calling);
	c = serial_call_calls(&e, "1");
	CU_ASSERT_TRUE(serial_end_hears(&e, "ATDT1\r"));
	fake_disconnect(&e.h, c);
	fake_run(&e.h, fake_now);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&e.h), "waits for a number"));
	c = serial_call_calls(&e, "2");
	fake_disconnect(&e.h, c);
	fake_run(&e.h, fake_now + 100 * SECOND);
	CU_ASSERT_EQUAL(fake_count(&e.h, "open-failed") + fake_count(&e.h, "hung-up"), 0);
	c = serial_call_calls(&e, "3");
	CU_ASSERT_TRUE(serial_end_hears(&e, "ATDT3\r"));
	CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_DOWN), 0);
	serial_end_close(&e);
}

/* A script that calls a fixed number, or none, is for no other. */
static void serial_call_calls_no_number(void)
{
	static const char *const other[] = {"chat=OK ATDT1", NULL};
	const struct ist_addr wrong = {.len = 6, .data = "1\rATH0"};
	struct serial_end e;
	ist_channel c;

	serial_end_open(&e, other);
	CU_ASSERT_EQUAL(fake_connect(&e.h, "5551212", IST_PAYLOAD_PPP, &c), -EOPNOTSUPP);
	CU_ASSERT_EQUAL(fake_connect(&e.h, "line", IST_PAYLOAD_PPP, &c),
			0); /* it is there always */
	serial_end_close(&e);
	serial_end_open(&e, calling);
	CU_ASSERT_EQUAL(e.h.tr->connect(e.h.port, &wrong, IST_PAYLOAD_PPP, NULL, &c), -ENOENT);
	CU_ASSERT_EQUAL(fake_connect(&e.h, "1", IST_PAYLOAD_L2TP, &c), -EPROTONOSUPPORT);
	serial_end_close(&e);
}

static const struct test_case cases[] = {
	{"calls_a_number", serial_call_calls_a_number},
	{"why_no_call", serial_call_why_no_call},
	{"call_without_device", serial_call_call_without_device},
	{"call_given_up", serial_call_call_given_up},
	{"calls_no_number", serial_call_calls_no_number},
	{NULL, NULL},
};
const struct test_suite suite_serial_call = {"serial_call", cases};
