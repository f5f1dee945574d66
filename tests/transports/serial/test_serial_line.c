/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line's life on a pty: octets in become frames or counters; hung up, gone, back again; carrier
 * by modem lines; a modem that is talked to first. */
#include "tests/harness.h"
#include "tests/transports/kernel.h"
#include "tests/transports/serial/serial_end.h"
#include "transports/serial/hdlc.h"
#include "transports/serial/serial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define SECOND	 UINT64_C(1000000)
#define ALL_ACCM 0xffffffffu

/* Takes the next frame and compares it. */
#define ASSERT_FRAME(e, hex)                                            \
	do {                                                            \
		struct fake_event *f_ = serial_end_take(e, FAKE_FRAME); \
		uint8_t want_[64];                                      \
		size_t n_ = test_hex(want_, sizeof(want_), hex);        \
                                                                        \
		CU_ASSERT_PTR_NOT_NULL_FATAL(f_);                       \
		ASSERT_OCTETS(f_->data, f_->len, want_, n_);            \
		fake_free(f_);                                          \
	} while (0)

static void serial_line_comes_up(void)
{
	static const char *const config[] = {"speed=115200", "@line ppp", NULL};
	struct serial_end e;
	struct fake_event *up;

	serial_end_open(&e, config);
	up = fake_take(&e.h, FAKE_UP);
	CU_ASSERT_PTR_NOT_NULL_FATAL(up);
	CU_ASSERT_EQUAL(up->attrs.payload, IST_PAYLOAD_PPP);
	CU_ASSERT_EQUAL(up->attrs.permanent, 1);
	CU_ASSERT_EQUAL(up->attrs.tx_bps, 115200);
	CU_ASSERT_EQUAL(up->attrs.rx_bps, 115200);
	CU_ASSERT_TRUE(up->attrs.async);
	CU_ASSERT_STRING_EQUAL(fake_addr(&e.h, &up->attrs.local), "line");
	CU_ASSERT_STRING_EQUAL(fake_addr(&e.h, &up->attrs.peer), "line");
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&e.h), "/tty up, 115200 bit/s"));
	CU_ASSERT_EQUAL(e.h.last_level, 5);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.h.last_log, "/tty: line up"));
	CU_ASSERT_PTR_NULL(strstr(fake_status(&e.h), "carrier")); /* a pty knows none */
	fake_free(up);
	serial_end_close(&e);
}

/* RFC 1662: the frame of appendix C's FCS with and without escapes, and without FF 03 (3.2).  The
 * FCS of each row is from the algorithm in C.2. */
static void rfc1662_frames_in(void)
{
	static const struct {
		const char *wire, *frame;
	} rows[] = {
		{"7e ff 7d23 c0 21 7d21 7d21 7d20 7d24 d1 b5 7e", "c02101010004"},
		{"7e ff 03 c0 21 01 01 00 04 d1 b5 7e", "c02101010004"},
		{"7e c0 21 01 01 00 04 6a 9b 7e", "c02101010004"}, /* no FF 03 */
		{"7e 21 45 00 00 fd 50 7e", "21450000"},	   /* nor a whole protocol */
		{"7e 7e 7e ff 03 00 21 7d5e 7d5d 38 8c 7e", "00217e7d"},
	};
	struct serial_end e;

	serial_end_open(&e, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		serial_end_hex(&e, rows[i].wire);
		ASSERT_FRAME(&e, rows[i].frame);
	}
	CU_ASSERT_STRING_EQUAL(fake_counted(&e.h), "rx-frames=5 rx-octets=26 line-up=1");
	serial_end_close(&e);
}

/* Each loss has its counter; the frame behind it is not lost. */
static void rfc1662_4_3_frames_lost(void)
{
	static const struct {
		const char *wire, *counter;
	} rows[] = {
		{"7e ff 03 c0 21 01 01 00 04 d1 b4 7e", "rx-fcs"},
		{"7e ff 03 c0 7e", "rx-short"},
		{"7e ff 03 1c c2 7e", "rx-short"}, /* nothing behind FF 03 */
		{"7e ff 03 c0 21 01 01 00 04 d1 b5 7d 7e", "rx-aborted"},
		{"7e ff 13 c0 21 01 01 00 04 18 00 7e", "rx-address"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct serial_end e;

		serial_end_open(&e, NULL);
		serial_end_hex(&e, rows[i].wire);
		serial_end_hex(&e, "7e ff 03 c0 21 01 01 00 04 d1 b5 7e");
		ASSERT_FRAME(&e, "c02101010004");
		CU_ASSERT_EQUAL(fake_count(&e.h, rows[i].counter), 1);
		CU_ASSERT_EQUAL(fake_count(&e.h, "rx-frames"), 1);
		serial_end_close(&e);
	}
}

static void serial_line_too_long(void)
{
	static const char *const larger[] = {"max-payload=1501", NULL};
	uint8_t frame[2 + 2 + 1501] = {0xff, 0x03, 0x00, 0x21}, wire[HDLC_ROOM(sizeof(frame))];
	struct fake_event *f;
	struct serial_end e;

	memset(frame + 4, 'x', 1501);
	serial_end_open(&e, NULL);
	serial_end_write(&e, wire,
			 hdlc_encode(wire, sizeof(wire), frame, sizeof(frame), 0, HDLC_FCS_16));
	serial_end_write(&e, wire,
			 hdlc_encode(wire, sizeof(wire), frame, sizeof(frame) - 1, 0, HDLC_FCS_16));
	f = serial_end_take(&e, FAKE_FRAME);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(f->len, 1502);
	fake_free(f);
	CU_ASSERT_EQUAL(fake_count(&e.h, "rx-long"), 1);
	serial_end_close(&e);
	serial_end_open(&e, larger);
	serial_end_write(&e, wire,
			 hdlc_encode(wire, sizeof(wire), frame, sizeof(frame), 0, HDLC_FCS_16));
	f = serial_end_take(&e, FAKE_FRAME);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(f->len, 1503);
	fake_free(f);
	serial_end_close(&e);
}

/* More than a batch in one write, and a frame in pieces: all arrive, in order. */
static void serial_line_batches(void)
{
	uint8_t wire[4096];
	size_t n = 0, half;
	struct serial_end e;

	for (uint8_t i = 0; i < 40; i++) {
		const uint8_t frame[] = {0xff, 0x03, 0x00, 0x21, i, i};

		n += hdlc_encode(wire + n, sizeof(wire) - n, frame, sizeof(frame), ALL_ACCM,
				 HDLC_FCS_16);
	}
	half = n / 2 + 5;
	serial_end_open(&e, NULL);
	serial_end_write(&e, wire, half);
	CU_ASSERT_TRUE(fake_wait(&e.h, FAKE_FRAME, 18));
	serial_end_write(&e, wire + half, n - half);
	for (uint8_t i = 0; i < 40; i++) {
		struct fake_event *f = serial_end_take(&e, FAKE_FRAME);
		const uint8_t want[] = {0x00, 0x21, i, i};

		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		ASSERT_OCTETS(f->data, f->len, want, sizeof(want));
		fake_free(f);
	}
	serial_end_close(&e);
}

/* A modem inserts XON and XOFF: with the map they are dropped, without it they break the FCS. */
static void serial_line_accm_in(void)
{
	static const char *const config[] = {"accm-in=000a0000", NULL};
	struct serial_end e;

	serial_end_open(&e, config);
	serial_end_hex(&e, "7e ff 03 11 c0 21 01 13 01 00 04 d1 b5 7e");
	ASSERT_FRAME(&e, "c02101010004");
	serial_end_close(&e);
	serial_end_open(&e, NULL);
	serial_end_hex(&e, "7e ff 03 11 c0 21 01 13 01 00 04 d1 b5 7e");
	serial_end_hex(&e, "7e ff 03 c0 21 01 01 00 04 d1 b5 7e");
	ASSERT_FRAME(&e, "c02101010004");
	CU_ASSERT_EQUAL(fake_count(&e.h, "rx-fcs"), 1);
	serial_end_close(&e);
}

/* RFC 1662 7.1: what PPP has agreed on, and what the line itself needs, until it goes down. */
static void serial_line_agreed_accm(void)
{
	static const char *const all[] = {NULL}, *const own[] = {"accm=00000400", NULL},
				 *const soft[] = {"flow=xon-xoff", NULL};
	static const struct {
		const char *const *config;
		uint32_t send;
		const char *wire;
	} rows[] = {
		{all, 0, "7e ff03 8021 010a0004 a69e 7e"},
		{all, 0x00000400, "7e ff03 8021 017d2a0004 a69e 7e"},
		{own, 0, "7e ff03 8021 017d2a0004 a69e 7e"},
		{own, 0x00000002, "7e ff03 8021 7d217d2a0004 a69e 7e"},
		{soft, 0, "7e ff03 8021 010a0004 a69e 7e"},
	};
	uint8_t frame[6], got[64], want[64];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = test_hex(want, sizeof(want), rows[i].wire);
		struct serial_end e;
		ist_channel c;

		serial_end_open(&e, rows[i].config);
		c = fake_channel(&e.h, FAKE_UP);
		test_hex(frame, sizeof(frame), "8021010a0004");
		e.h.tr->set_accm(e.h.port, c + 1, 0xffffffff, 0); /* not this one */
		e.h.tr->set_accm(e.h.port, c, rows[i].send, 0);
		CU_ASSERT_EQUAL(fake_send(&e.h, c, frame, sizeof(frame)), 1);
		ASSERT_OCTETS(got, serial_end_read(&e, got, n), want, n);
		serial_end_close(&e);
	}
}

static void serial_line_agreed_accm_in(void)
{
	struct serial_end e;

	serial_end_open(&e, NULL);
	e.h.tr->set_accm(e.h.port, fake_channel(&e.h, FAKE_UP), 0, 0x000a0000);
	serial_end_hex(&e, "7e ff 03 11 c0 21 01 13 01 00 04 d1 b5 7e");
	ASSERT_FRAME(&e, "c02101010004");
	serial_end_close(&e);
}

/* RFC 2661 4.4.6: CRC and framing errors (here: a frame given up), since the line is up. */
static void serial_line_errors(void)
{
	uint32_t errors[IST_ERRORS];
	struct serial_end e;
	ist_channel c;

	serial_end_open(&e, NULL);
	c = fake_channel(&e.h, FAKE_UP);
	CU_ASSERT_TRUE(e.h.tr->errors(e.h.port, c, errors));
	for (unsigned i = 0; i < IST_ERRORS; i++)
		CU_ASSERT_EQUAL(errors[i], 0);
	serial_end_hex(&e, "7e ff 03 c0 21 01 01 00 04 d1 b6 7e");
	serial_end_hex(&e, "7e ff 03 c0 21 01 01 00 04 d1 b6 7e ff 03 c0 21 01 7d 7e");
	serial_end_hex(&e, "7e ff 03 c0 21 01 01 00 04 d1 b5 7e");
	ASSERT_FRAME(&e, "c02101010004");
	CU_ASSERT_TRUE(e.h.tr->errors(e.h.port, c, errors));
	CU_ASSERT_TRUE(errors[0] == 2 && errors[1] == 1 && errors[2] == 0 && errors[5] == 0);
	CU_ASSERT_FALSE(e.h.tr->errors(e.h.port, c + 1, errors));
	serial_end_unplug(&e);
	fake_free(serial_end_take(&e, FAKE_DOWN));
	CU_ASSERT_FALSE(e.h.tr->errors(e.h.port, c, errors));
	serial_end_plug(&e);
	fake_run(&e.h, fake_now + 4000000);
	fake_free(serial_end_take(&e, FAKE_UP));
	CU_ASSERT_TRUE(e.h.tr->errors(e.h.port, c, errors));
	CU_ASSERT_TRUE(errors[0] == 0 && errors[1] == 0);
	serial_end_close(&e);
}

/* RFC 2661 4.4.6: what the hardware has counted since the line is up, each in its place. */
static void serial_line_hardware_errors(void)
{
	static const struct serial_icounter_struct before = {
		.frame = 100, .overrun = 200, .buf_overrun = 300};
	static const struct serial_icounter_struct now = {
		.frame = 103, .overrun = 205, .buf_overrun = 307};
	uint32_t errors[IST_ERRORS + 1];
	struct serial_end e;

	errors[IST_ERRORS] = 0x5a5a5a5a;
	serial_end_counts = &before;
	serial_end_open(&e, NULL);
	serial_end_counts = &now;
	CU_ASSERT_TRUE(e.h.tr->errors(e.h.port, fake_channel(&e.h, FAKE_UP), errors));
	serial_end_counts = NULL;
	/* CRC, framing, hardware overruns, buffer overruns, time-outs, alignment */
	CU_ASSERT_TRUE(errors[0] == 0 && errors[1] == 3 && errors[2] == 5 && errors[3] == 7);
	CU_ASSERT_TRUE(errors[4] == 0 && errors[5] == 0);
	CU_ASSERT_EQUAL(errors[IST_ERRORS], 0x5a5a5a5a);
	serial_end_close(&e);
}

/* What a read, a write and a look at the modem lines may fail with. */
static void serial_line_failures(void)
{
	static const struct {
		const char *call;
		unsigned long number;
		int err;
		const char *down; /* NULL = it stays up */
	} rows[] = {
		{"read", 0, EAGAIN, NULL},
		{"read", 0, EINTR, NULL},
		{"read", 0, EIO, "hung up"},
		{"read", 0, ENXIO, "the device is gone"},
		{"write", 0, EAGAIN, NULL},
		{"write", 0, EINTR, NULL},
		{"write", 0, EIO, "hung up"},
		{"write", 0, ENXIO, "the device is gone"},
		{"ioctl", TIOCMGET, EIO, "the device is gone"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake_event *down;
		uint8_t got[20];
		struct serial_end e;
		ist_channel c;

		serial_end_lines = TIOCM_CD;
		serial_end_open(&e, NULL);
		c = fake_channel(&e.h, FAKE_UP);
		kernel_fail(rows[i].call, rows[i].number, 0, rows[i].err);
		if (rows[i].call[0] == 'r')
			e.h.watch[0].on_fd(e.h.watch[0].arg, IST_READ);
		else if (rows[i].call[0] == 'w')
			CU_ASSERT_EQUAL(fake_send(&e.h, c, "\x80\x21\xaa\xaa", 4), 1);
		fake_run(&e.h, fake_now + (rows[i].number ? SECOND / 5 : 0));
		CU_ASSERT_TRUE(kernel_failed());
		down = fake_take(&e.h, FAKE_DOWN);
		CU_ASSERT_EQUAL(down != NULL, rows[i].down != NULL);
		if (down && rows[i].down)
			CU_ASSERT_STRING_EQUAL(down->cause.words, rows[i].down);
		CU_ASSERT_EQUAL(e.h.warnings, rows[i].down != NULL);
		fake_free(down);
		if (!rows[i].down && rows[i].call[0] == 'w')
			CU_ASSERT_EQUAL(serial_end_read(&e, got, 11), 11);
		serial_end_close(&e);
	}
	serial_end_lines = -1;
}

/* Hung up is down; the device is looked for after 1, 2, 4 ... s; it comes back. */
static void serial_line_hung_up(void)
{
	struct fake_event *down;
	struct serial_end e;
	uint64_t since;

	serial_end_open(&e, NULL);
	fake_forget(&e.h);
	serial_end_hex(&e, "7e ff 03 c0 21 01 7e"); /* counted before and after */
	while (!fake_count(&e.h, "rx-fcs"))
		fake_run(&e.h, fake_now);
	serial_end_unplug(&e);
	down = serial_end_take(&e, FAKE_DOWN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(down);
	CU_ASSERT_EQUAL(down->cause.kind, IST_CAUSE_LINK);
	CU_ASSERT_STRING_EQUAL(down->cause.words, "hung up");
	CU_ASSERT_FALSE(down->forever);
	CU_ASSERT_EQUAL(fake_send(&e.h, down->channel, "x", 1), 1);
	since = fake_now;
	fake_run(&e.h, since + SECOND - 1);
	CU_ASSERT_EQUAL(fake_count(&e.h, "open-failed"), 0);
	fake_run(&e.h, since + 7 * SECOND); /* at 1, 3 and 7 */
	CU_ASSERT_EQUAL(fake_count(&e.h, "open-failed"), 3);
	CU_ASSERT_EQUAL(e.h.warnings, 2); /* of one error once */
	CU_ASSERT_EQUAL(e.h.last_level, 7);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.h.last_log, "/tty: No such file or directory"));
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&e.h), "closed: No such file"));
	serial_end_plug(&e);
	fake_run(&e.h, since + 15 * SECOND);
	CU_ASSERT_EQUAL(fake_channel(&e.h, FAKE_UP), down->channel);
	CU_ASSERT_STRING_EQUAL(fake_counted(&e.h), "rx-fcs=1 tx-down=1 line-up=2 carrier-lost=1 "
						   "open-failed=3");
	serial_end_hex(&e, "7e ff 03 c0 21 01 01 00 04 d1 b5 7e");
	ASSERT_FRAME(&e, "c02101010004");
	/* it was up, so the pause is the first again */
	serial_end_unplug(&e);
	fake_free(down);
	down = serial_end_take(&e, FAKE_DOWN);
	CU_ASSERT_PTR_NOT_NULL(down);
	fake_free(down);
	serial_end_plug(&e);
	fake_run(&e.h, fake_now + SECOND);
	CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_UP), 1);
	serial_end_close(&e);
}

static void serial_line_never_waits_more_than_a_minute(void)
{
	static const char *const config[] = {"device=/nonexistent/tty", NULL};
	uint64_t before;
	struct fake_host h;

	fake_open(&h, &serial_transport, config);
	fake_run(&h, fake_now + 600 * SECOND);
	before = fake_count(&h, "open-failed");
	fake_run(&h, fake_now + 600 * SECOND);
	CU_ASSERT_EQUAL(fake_count(&h, "open-failed"), before + 10);
	fake_close(&h);
}

static void serial_line_carrier(void)
{
	struct fake_event *down;
	struct serial_end e;

	serial_end_lines = TIOCM_CTS;
	serial_end_open(&e, NULL);
	fake_run(&e.h, fake_now + 3600 * SECOND); /* without a script it waits for ever */
	CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_UP), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&e.h), "waits for carrier"));
	serial_end_lines = TIOCM_CTS | TIOCM_CD;
	fake_run(&e.h, fake_now + SECOND);
	CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_UP), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&e.h), "up, carrier"));
	fake_run(&e.h, fake_now + 100 * SECOND);
	CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_DOWN), 0);
	serial_end_lines = TIOCM_CTS;
	fake_run(&e.h, fake_now + SECOND / 2);
	down = fake_take(&e.h, FAKE_DOWN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(down);
	CU_ASSERT_STRING_EQUAL(down->cause.words, "carrier lost");
	CU_ASSERT_EQUAL(fake_count(&e.h, "carrier-lost"), 1);
	fake_free(down);
	serial_end_lines = TIOCM_CD;
	fake_run(&e.h, fake_now + 2 * SECOND);
	CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_UP), 2);
	serial_end_close(&e);
	serial_end_lines = -1;
}

static void serial_line_carrier_ignored(void)
{
	static const char *const config[] = {"carrier=ignore", NULL};
	struct serial_end e;

	serial_end_lines = 0;
	serial_end_open(&e, config);
	fake_run(&e.h, fake_now + 10 * SECOND);
	CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_UP), 1);
	CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_DOWN), 0);
	serial_end_close(&e);
	serial_end_lines = -1;
}

/* --- with a modem ----------------------------------------------------------------------------- */

static const char *const dialling[] = {"chat=ABORT BUSY", "chat='' ATZ", "chat=OK ATDT5551212",
				       "chat=CONNECT", NULL};

static void serial_line_dials(void)
{
	struct serial_end e;

	serial_end_open(&e, dialling);
	CU_ASSERT_TRUE(serial_end_hears(&e, "ATZ\r"));
	CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_UP), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&e.h), "chat script, step 2 of 3"));
	serial_end_says(&e, "\r\nOK\r\n");
	/* The port has to hear it before it answers. */
	while (!strstr(fake_status(&e.h), "step 3 of 3"))
		fake_run(&e.h, fake_now);
	CU_ASSERT_TRUE(serial_end_hears(&e, "ATDT5551212\r"));
	/* the first frame comes in the same breath */
	serial_end_hex(&e, "0d0a 434f4e4e454354 0d0a 7e ff 03 c0 21 01 01 00 04 d1 b5 7e");
	ASSERT_FRAME(&e, "c02101010004");
	CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_UP), 1);
	/* and nothing else: the next one follows it */
	serial_end_hex(&e, "ff 03 c0 21 01 01 00 04 d1 b5 7e");
	ASSERT_FRAME(&e, "c02101010004");
	CU_ASSERT_STRING_EQUAL(fake_counted(&e.h), "rx-frames=2 rx-octets=12 line-up=1");
	serial_end_close(&e);
}

/* Frames may come before carrier does: they stay in the kernel until then. */
static void serial_line_early_frame(void)
{
	struct serial_end e;

	serial_end_lines = 0;
	serial_end_open(&e, dialling);
	CU_ASSERT_TRUE(serial_end_hears(&e, "ATZ\r"));
	serial_end_says(&e, "OK");
	while (!strstr(fake_status(&e.h), "step 3 of 3"))
		fake_run(&e.h, fake_now);
	CU_ASSERT_TRUE(serial_end_hears(&e, "ATDT5551212\r"));
	serial_end_says(&e, "CONNECT");
	while (!strstr(fake_status(&e.h), "waits for carrier"))
		fake_run(&e.h, fake_now);
	serial_end_hex(&e, "7e ff 03 c0 21 01 01 00 04 d1 b5 7e");
	fake_run(&e.h, fake_now + SECOND);
	CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_FRAME), 0);
	serial_end_lines = TIOCM_CD;
	fake_run(&e.h, fake_now + SECOND);
	ASSERT_FRAME(&e, "c02101010004");
	serial_end_close(&e);
	serial_end_lines = -1;
}

/* All that a script can send at once goes out, also where little else waits in the port. */
static void serial_line_says_much(void)
{
	static char entry[sizeof("chat='' ") + 63];
	const char *config[13] = {"speed=300", "max-payload=128"};
	uint8_t got[10 * 64];
	struct serial_end e;

	snprintf(entry, sizeof(entry), "chat='' %063d", 7);
	for (int i = 2; i < 12; i++)
		config[i] = entry;
	serial_end_open(&e, config);
	CU_ASSERT_EQUAL(serial_end_read(&e, got, sizeof(got)), sizeof(got));
	for (int i = 0; i < 10; i++)
		CU_ASSERT_TRUE(got[i * 64 + 62] == '7' && got[i * 64 + 63] == '\r');
	serial_end_close(&e);
}

static void serial_line_busy(void)
{
	struct serial_end e;

	serial_end_open(&e, dialling);
	CU_ASSERT_TRUE(serial_end_hears(&e, "ATZ\r"));
	serial_end_says(&e, "\r\nBUSY\r\n");
	while (!fake_count(&e.h, "chat-aborted"))
		fake_run(&e.h, fake_now);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.h.last_log, "met an ABORT text"));
	CU_ASSERT_EQUAL(e.h.last_level, 5);		   /* it was not up */
	CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_DOWN), 0); /* it was not up */
	fake_run(&e.h, fake_now + SECOND);
	CU_ASSERT_TRUE(serial_end_hears(&e, "ATZ\r")); /* again */
	serial_end_close(&e);
}

static void serial_line_no_answer(void)
{
	struct serial_end e;

	serial_end_open(&e, dialling);
	fake_run(&e.h, fake_now + 45 * SECOND - 1);
	CU_ASSERT_EQUAL(fake_count(&e.h, "chat-timeout"), 0);
	fake_run(&e.h, fake_now + 1);
	CU_ASSERT_EQUAL(fake_count(&e.h, "chat-timeout"), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.h.last_log, ": the chat script waited too long"));
	serial_end_close(&e);
}

static void serial_line_no_carrier(void)
{
	static const char *const config[] = {"chat='' ATA", NULL};
	struct serial_end e;

	serial_end_lines = 0;
	serial_end_open(&e, config);
	fake_run(&e.h, fake_now + 10 * SECOND - 1);
	CU_ASSERT_EQUAL(fake_count(&e.h, "chat-no-carrier"), 0);
	fake_run(&e.h, fake_now + 1);
	CU_ASSERT_EQUAL(fake_count(&e.h, "chat-no-carrier"), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.h.last_log, ": no carrier after the chat script"));
	CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_UP), 0);
	serial_end_close(&e);
	serial_end_lines = -1;
}

/* --- hanging up ------------------------------------------------------------------------------- */

/* `disconnect` closes the device, so that DTR falls, and the line begins anew; the cause is ours.
 */
static void serial_line_hangs_up(struct serial_end *e)
{
	ist_channel c = fake_channel(&e->h, FAKE_UP);
	struct fake_event *down;

	fake_disconnect(&e->h, c + 1);
	fake_run(&e->h, fake_now);
	CU_ASSERT_EQUAL(fake_pending(&e->h, FAKE_DOWN), 0);
	fake_disconnect(&e->h, c);
	fake_disconnect(&e->h, c); /* once is enough */
	CU_ASSERT_EQUAL(fake_send(&e->h, c, "x", 1), 1);
	fake_run(&e->h, fake_now + SECOND / 10);
	down = fake_take(&e->h, FAKE_DOWN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(down);
	CU_ASSERT_EQUAL(down->cause.kind, IST_CAUSE_LOCAL);
	CU_ASSERT_STRING_EQUAL(down->cause.words, "we have hung up");
	CU_ASSERT_FALSE(down->forever);
	fake_free(down);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&e->h), "closed"));
	CU_ASSERT_EQUAL(e->h.last_level, 5); /* it was asked for */
	CU_ASSERT_EQUAL(fake_count(&e->h, "hung-up"), 1);
	CU_ASSERT_EQUAL(fake_count(&e->h, "carrier-lost"), 0);
	CU_ASSERT_EQUAL(fake_count(&e->h, "tx-down"), 1);
	fake_disconnect(&e->h, c);
	fake_run(&e->h, fake_now + SECOND);
	CU_ASSERT_EQUAL(fake_count(&e->h, "hung-up"), 1);
}

static void serial_line_hangs_up_a_modem_line(void)
{
	struct serial_end e;

	serial_end_lines = TIOCM_CD;
	serial_end_open(&e, NULL);
	serial_line_hangs_up(&e);
	CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_UP), 1); /* it waits for the next */
	serial_end_close(&e);
	serial_end_lines = -1;
}

static void serial_line_hangs_up_what_it_dialled(void)
{
	static const char *const config[] = {"chat='' ATA", NULL};
	struct serial_end e;

	serial_end_open(&e, config);
	CU_ASSERT_TRUE(serial_end_hears(&e, "ATA\r"));
	serial_line_hangs_up(&e);
	CU_ASSERT_TRUE(serial_end_hears(&e, "ATA\r")); /* it waits for the next */
	serial_end_close(&e);
}

/* A cable without modem lines, or with lines that mean nothing, has nothing to hang up. */
static void serial_line_nothing_to_hang_up(void)
{
	static const char *const ignored[] = {"carrier=ignore", NULL};

	for (int i = 0; i < 2; i++) {
		struct serial_end e;

		serial_end_lines = i ? TIOCM_CD : -1;
		serial_end_open(&e, i ? ignored : NULL);
		fake_disconnect(&e.h, fake_channel(&e.h, FAKE_UP));
		fake_run(&e.h, fake_now + SECOND);
		CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_DOWN), 0);
		CU_ASSERT_EQUAL(fake_count(&e.h, "hung-up"), 0);
		serial_end_close(&e);
	}
	serial_end_lines = -1;
}

/* Octets that have not left are waited for, a second at most; a line that is cut meanwhile is not.
 */
static void serial_line_hangs_up_behind_its_last_octet(void)
{
	for (int cut = 0; cut < 2; cut++) {
		uint8_t frame[1000] = {0x00, 0x21};
		ist_channel c;
		struct serial_end e;

		serial_end_lines = TIOCM_CD;
		serial_end_open(&e, NULL);
		c = fake_channel(&e.h, FAKE_UP);
		while (fake_send(&e.h, c, frame, sizeof(frame)) == 1)
			;
		fake_disconnect(&e.h, c);
		fake_run(&e.h, fake_now + SECOND - 1);
		CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_DOWN), 0);
		if (cut) {
			serial_end_unplug(&e);
			CU_ASSERT_TRUE(fake_wait(&e.h, FAKE_DOWN, 1));
		} else {
			fake_run(&e.h, fake_now + SECOND / 10);
			CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_DOWN), 1);
		}
		serial_end_close(&e);
	}
	serial_end_lines = -1;
}

static const struct test_case cases[] = {
	{"comes_up", serial_line_comes_up},
	{"rfc1662_frames_in", rfc1662_frames_in},
	{"rfc1662_4_3_frames_lost", rfc1662_4_3_frames_lost},
	{"too_long", serial_line_too_long},
	{"batches", serial_line_batches},
	{"accm_in", serial_line_accm_in},
	{"agreed_accm", serial_line_agreed_accm},
	{"agreed_accm_in", serial_line_agreed_accm_in},
	{"errors", serial_line_errors},
	{"hardware_errors", serial_line_hardware_errors},
	{"failures", serial_line_failures},
	{"hung_up", serial_line_hung_up},
	{"never_waits_more_than_a_minute", serial_line_never_waits_more_than_a_minute},
	{"carrier", serial_line_carrier},
	{"carrier_ignored", serial_line_carrier_ignored},
	{"dials", serial_line_dials},
	{"early_frame", serial_line_early_frame},
	{"says_much", serial_line_says_much},
	{"busy", serial_line_busy},
	{"no_answer", serial_line_no_answer},
	{"no_carrier", serial_line_no_carrier},
	{"hangs_up_a_modem_line", serial_line_hangs_up_a_modem_line},
	{"hangs_up_what_it_dialled", serial_line_hangs_up_what_it_dialled},
	{"nothing_to_hang_up", serial_line_nothing_to_hang_up},
	{"hangs_up_behind_its_last_octet", serial_line_hangs_up_behind_its_last_octet},
	{NULL, NULL},
};
const struct test_suite suite_serial_line = {"serial_line", cases};
