/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Serial ports that go to another process, with the open tty or the link. */
#include "tests/harness.h"
#include "tests/transports/frozen.h"
#include "tests/transports/serial/serial_end.h"
#include "transports/serial/hdlc.h"
#include "transports/serial/serial.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000)

struct moving {
	struct serial_end e;
	char device[64];
	const char *config[16];
	uint64_t rng;
};

static void moving_open(struct moving *m, const char *const *config)
{
	memset(m, 0, sizeof(*m));
	m->rng = test_seed();
	serial_end_open(&m->e, config);
	snprintf(m->device, sizeof(m->device), "device=%s", m->e.path);
	m->config[0] = m->device;
	for (unsigned i = 0; config && config[i]; i++)
		m->config[i + 1] = config[i];
}

static void move(struct moving *m)
{
	fake_hand_over(&m->e.h, m->config);
}

static void move_perhaps(struct moving *m)
{
	if (test_rand(&m->rng) % 3 == 0)
		move(m);
}

/* The port is served until the test's side has heard the text. */
static bool moving_hears(struct moving *m, const char *text)
{
	struct pollfd p = {.fd = m->e.master, .events = POLLIN};

	for (unsigned i = 0; i < 5000 && poll(&p, 1, 1) < 1; i++)
		fake_run(&m->e.h, fake_now);
	return serial_end_hears(&m->e, text);
}

/* --- frames ------------------------------------------------------------------------------------ */

/* Of a protocol that is no control protocol, so that the map agreed on counts. */
static size_t moving_frame(struct moving *m, uint8_t *out, size_t most)
{
	size_t len = 4 + test_rand(&m->rng) % (most - 4);

	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)test_rand(&m->rng);
	out[0] = 0x00;
	out[1] = 0x21;
	return len;
}

/* In pieces; one in eight is damaged.  Returns whether it arrives. */
static bool frame_in(struct moving *m, const uint8_t *frame, size_t len)
{
	uint8_t wire[2000];
	size_t n = hdlc_encode(wire, sizeof(wire), frame, len, 0xffffffff, HDLC_FCS_16);
	bool damaged = test_rand(&m->rng) % 8 == 0;

	if (damaged)
		wire[3] ^= 0x40;
	for (size_t at = 0; at < n;) {
		size_t some = 1 + test_rand(&m->rng) % 200;

		some = some > n - at ? n - at : some;
		serial_end_write(&m->e, wire + at, some);
		at += some;
		move_perhaps(m);
		if (test_rand(&m->rng) % 2)
			fake_run(&m->e.h, fake_now);
	}
	return !damaged;
}

static void frames_that_come(void)
{
	static struct moving m;
	uint8_t frame[400];
	uint32_t errors[IST_ERRORS];
	unsigned lost = 0;
	ist_channel c;

	moving_open(&m, NULL);
	c = fake_channel(&m.e.h, FAKE_UP);
	for (unsigned i = 0; i < 300; i++) {
		size_t len = moving_frame(&m, frame, sizeof(frame));
		struct fake_event *e;

		if (!frame_in(&m, frame, len)) {
			lost++;
			continue;
		}
		e = serial_end_take(&m.e, FAKE_FRAME);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_EQUAL(e->channel, c);
		ASSERT_OCTETS(e->data, e->len, frame, len);
		fake_free(e);
	}
	CU_ASSERT(lost > 0);
	fake_run(&m.e.h, fake_now);
	CU_ASSERT_EQUAL(fake_count(&m.e.h, "rx-frames"), 300 - lost);
	CU_ASSERT(fake_count(&m.e.h, "rx-fcs") + 1 >= lost); /* the last one may still wait */
	CU_ASSERT(m.e.h.tr->errors(m.e.h.port, c, errors));
	CU_ASSERT_EQUAL(errors[0], fake_count(&m.e.h, "rx-fcs"));
	CU_ASSERT_EQUAL(fake_count(&m.e.h, "line-up"), 1);
	CU_ASSERT_EQUAL(fake_pending(&m.e.h, FAKE_DOWN), 0);
	serial_end_close(&m.e);
}

struct far {
	struct hdlc_decoder d;
	uint8_t buf[2000];
	unsigned frames;
	uint32_t sum;
};

static uint32_t far_sum(uint32_t sum, const uint8_t *p, size_t len)
{
	while (len--)
		sum = sum * 31 + *p++;
	return sum * 31;
}

static void far_reads(struct moving *m, struct far *f)
{
	struct pollfd p = {.fd = m->e.master, .events = POLLIN};
	uint8_t octets[1000];
	ssize_t n = poll(&p, 1, 1) > 0 ? read(m->e.master, octets, sizeof(octets)) : 0;

	for (ssize_t at = 0; at < n;) {
		size_t len;

		at += (ssize_t)hdlc_decode(&f->d, octets + at, (size_t)(n - at), &len);
		if (!len)
			continue;
		f->frames++;
		f->sum = far_sum(f->sum, f->buf + 2, len - 2);
	}
}

/* More than the tty and the port hold; `writable` comes from the process that is there then. */
static void frames_that_are_sent(void)
{
	static struct moving m;
	static struct far f;
	uint8_t frame[400];
	unsigned sent = 0, full = 0;
	uint32_t sum = 0;
	ist_channel c;

	memset(&f, 0, sizeof(f));
	moving_open(&m, NULL);
	hdlc_decoder_init(&f.d, f.buf, sizeof(f.buf), 0, HDLC_FCS_16);
	c = fake_channel(&m.e.h, FAKE_UP);
	while (sent < 400) {
		size_t len = moving_frame(&m, frame, sizeof(frame));
		int r = fake_send(&m.e.h, c, frame, len);

		CU_ASSERT_FATAL(r == 0 || r == 1);
		if (r) {
			sum = far_sum(sum, frame, len);
			sent++;
		}
		move_perhaps(&m);
		full += !r;
		for (unsigned i = 0; !r && i < 5000 && !fake_pending(&m.e.h, FAKE_WRITABLE); i++) {
			far_reads(&m, &f);
			move_perhaps(&m);
			fake_run(&m.e.h, fake_now);
		}
		if (!r)
			CU_ASSERT_EQUAL_FATAL(fake_channel(&m.e.h, FAKE_WRITABLE), c);
	}
	CU_ASSERT(full > 0);
	for (unsigned i = 0; i < 5000 && f.frames < sent; i++) {
		far_reads(&m, &f);
		move_perhaps(&m);
		fake_run(&m.e.h, fake_now);
	}
	CU_ASSERT_EQUAL(f.frames, sent);
	CU_ASSERT_EQUAL(f.sum, sum);
	CU_ASSERT_EQUAL(f.d.bad_fcs + f.d.aborted + f.d.too_short, 0);
	serial_end_close(&m.e);
}

/* What PPP has agreed on holds on, both ways, and so do errors counted since the line is up. */
static void what_was_agreed(void)
{
	static const char *const config[] = {"accm=00000000", NULL};
	static const uint8_t frame[] = {0x00, 0x21, 0x11, 0x12, 0x13};
	static const uint8_t escaped[] = {0x7e, 0xff, 0x03, 0x00, 0x21,
					  0x7d, 0x31, 0x12, 0x7d, 0x33};
	uint8_t got[sizeof(escaped)], wire[60];
	static struct moving m;
	struct fake_event *e;
	ist_channel c;
	size_t n;

	moving_open(&m, config);
	c = fake_channel(&m.e.h, FAKE_UP);
	m.e.h.tr->set_accm(m.e.h.port, c, 1u << 0x11 | 1u << 0x13, 1u << 0x14);
	move(&m);
	CU_ASSERT_EQUAL(fake_send(&m.e.h, c, frame, sizeof(frame)), 1);
	ASSERT_OCTETS(got, serial_end_read(&m.e, got, sizeof(got)), escaped, sizeof(escaped));
	n = hdlc_encode(wire, sizeof(wire), frame, sizeof(frame), 0xffffffff, HDLC_FCS_16);
	serial_end_write(&m.e, wire, 4);
	serial_end_hex(&m.e, "14"); /* the line has put it in: it is no part of a frame */
	fake_run(&m.e.h, fake_now);
	move(&m);
	serial_end_hex(&m.e, "14");
	serial_end_write(&m.e, wire + 4, n - 4);
	e = serial_end_take(&m.e, FAKE_FRAME);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	ASSERT_OCTETS(e->data, e->len, frame, sizeof(frame));
	fake_free(e);
	serial_end_close(&m.e);
}

/* --- modems ------------------------------------------------------------------------------------ */

static const char *const calling[] = {"chat=TIMEOUT 20",     "chat=ABORT BUSY",	 "chat='' ATDT\\T",
				      "chat=CONNECT ppp\\c", "chat=welcome yes", NULL};

/* In the middle of each text, and of the time that is left for it. */
static void a_chat(void)
{
	static struct moving m;
	ist_channel c = 0;

	moving_open(&m, calling);
	move(&m);
	CU_ASSERT_EQUAL_FATAL(fake_connect(&m.e.h, "5551212", IST_PAYLOAD_PPP, &c), 0);
	move(&m);
	fake_run(&m.e.h, fake_now);
	move(&m);
	CU_ASSERT_TRUE(moving_hears(&m, "ATDT5551212\r"));
	for (const char *p = "\r\nCONNECT"; *p; p++) {
		char one[2] = {*p, 0};

		serial_end_says(&m.e, one);
		for (unsigned i = 0; i < 3; i++) {
			fake_run(&m.e.h, fake_now);
			usleep(1000);
		}
		move(&m);
	}
	CU_ASSERT_TRUE(moving_hears(&m, "ppp"));
	move(&m);
	serial_end_says(&m.e, "wel");
	fake_run(&m.e.h, fake_now + 10 * SECOND);
	move(&m);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&m.e.h), "calls 5551212 chat script, step 3"));
	serial_end_says(&m.e, "come");
	CU_ASSERT_TRUE(moving_hears(&m, "yes\r"));
	CU_ASSERT_TRUE(fake_wait(&m.e.h, FAKE_UP, 1));
	CU_ASSERT_EQUAL(fake_channel(&m.e.h, FAKE_UP), c);
	move(&m);
	fake_run(&m.e.h, fake_now);
	CU_ASSERT_EQUAL(fake_channel(&m.e.h, FAKE_UP), c);
	fake_disconnect(&m.e.h, c);
	move(&m);
	fake_run(&m.e.h, fake_now + SECOND);
	CU_ASSERT_EQUAL(fake_pending(&m.e.h, FAKE_UP), 0);
	CU_ASSERT_EQUAL(fake_count(&m.e.h, "hung-up"), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&m.e.h), "waits for a number"));
	CU_ASSERT_EQUAL(fake_connect(&m.e.h, "5551213", IST_PAYLOAD_PPP, &c), 0);
	CU_ASSERT_EQUAL(c >> 16, 2); /* handles are not given again */
	serial_end_close(&m.e);
}

/* 20 seconds in all, whoever counts them. */
static void a_chat_that_waits(void)
{
	static struct moving m;
	ist_channel c = 0;

	moving_open(&m, calling);
	CU_ASSERT_EQUAL_FATAL(fake_connect(&m.e.h, "5551212", IST_PAYLOAD_PPP, &c), 0);
	fake_run(&m.e.h, fake_now);
	for (unsigned i = 0; i < 19; i++) {
		fake_run(&m.e.h, fake_now + SECOND);
		move(&m);
	}
	CU_ASSERT_EQUAL(fake_pending(&m.e.h, FAKE_DOWN), 0);
	fake_run(&m.e.h, fake_now + SECOND);
	CU_ASSERT_EQUAL(fake_channel(&m.e.h, FAKE_DOWN), c);
	CU_ASSERT_EQUAL(fake_count(&m.e.h, "chat-timeout"), 1);
	serial_end_close(&m.e);
}

/* Before it comes, while it is there, and after it has gone. */
static void carrier(void)
{
	static struct moving m;
	ist_channel c;

	serial_end_lines = TIOCM_CTS;
	moving_open(&m, NULL);
	move(&m);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&m.e.h), "waits for carrier"));
	serial_end_lines = TIOCM_CTS | TIOCM_CD;
	fake_run(&m.e.h, fake_now + SECOND);
	c = fake_channel(&m.e.h, FAKE_UP);
	CU_ASSERT_FATAL(c != 0);
	move(&m);
	fake_run(&m.e.h, fake_now + SECOND);
	CU_ASSERT_EQUAL(fake_channel(&m.e.h, FAKE_UP), c);
	CU_ASSERT_EQUAL(fake_count(&m.e.h, "line-up"), 1);
	serial_end_lines = TIOCM_CTS;
	move(&m);
	fake_run(&m.e.h, fake_now + SECOND / 2);
	CU_ASSERT_EQUAL(fake_channel(&m.e.h, FAKE_DOWN), c);
	move(&m);
	fake_run(&m.e.h, fake_now + 2 * SECOND);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&m.e.h), "waits for carrier"));
	serial_end_lines = -1;
	serial_end_close(&m.e);
}

/* What was sent before leaves before the modem hangs up, more than the tty holds; the tty is left
 * as it is by the process that goes. */
static void the_last_octets(void)
{
	static struct moving m;
	static struct far f;
	struct termios before, after;
	uint8_t frame[400];
	unsigned sent = 0;
	ist_channel c;
	int ours_alone = 0;

	serial_end_lines = TIOCM_CD;
	memset(&f, 0, sizeof(f));
	moving_open(&m, NULL);
	hdlc_decoder_init(&f.d, f.buf, sizeof(f.buf), 0, HDLC_FCS_16);
	tcgetattr(m.e.slave, &before);
	c = fake_channel(&m.e.h, FAKE_UP);
	while (fake_send(&m.e.h, c, frame, moving_frame(&m, frame, sizeof(frame))) == 1)
		sent++;
	move(&m);
	tcgetattr(m.e.slave, &after);
	CU_ASSERT_EQUAL(after.c_cflag, before.c_cflag);
	CU_ASSERT_EQUAL(after.c_iflag, before.c_iflag);
	CU_ASSERT_EQUAL(ioctl(m.e.slave, TIOCGEXCL, &ours_alone), 0);
	CU_ASSERT_EQUAL(ours_alone, 1);
	fake_run(&m.e.h, fake_now);
	fake_disconnect(&m.e.h, c);
	for (unsigned i = 0; i < 5000 && !fake_pending(&m.e.h, FAKE_DOWN); i++) {
		move(&m);
		far_reads(&m, &f);
		fake_run(&m.e.h, fake_now + 1);
	}
	/* A pty forgets what its other side has not read when it is closed. */
	CU_ASSERT(f.frames > 0 && f.frames <= sent);
	CU_ASSERT_EQUAL(fake_count(&m.e.h, "tx-lost"), 0);
	CU_ASSERT_EQUAL(fake_channel(&m.e.h, FAKE_DOWN), c);
	CU_ASSERT_EQUAL(fake_count(&m.e.h, "hung-up"), 1);
	CU_ASSERT_EQUAL(fake_count(&m.e.h, "carrier-lost"), 0);
	serial_end_lines = -1;
	serial_end_close(&m.e);
}

/* --- other settings, synchronous lines ---------------------------------------------------------- */

static void serial_other_settings(void)
{
	static struct moving m;
	struct fake_frozen f;
	char err[200] = "";

	moving_open(&m, NULL);
	fake_forget(&m.e.h);
	fake_freeze(&m.e.h, &f);
	CU_ASSERT_EQUAL(fake_thaw(&m.e.h, &f, (const char *const[]){"device=/dev/null/none", NULL},
				  err, sizeof(err)),
			0);
	fake_frozen_free(&f);
	fake_run(&m.e.h, fake_now);
	CU_ASSERT_EQUAL(fake_pending(&m.e.h, FAKE_UP), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&m.e.h), "closed: Not a directory"));
	serial_end_close(&m.e);
}

/* A descriptor that is no tty, or none: the device is opened anew. */
static void another_descriptor(void)
{
	for (unsigned i = 0; i < 2; i++) {
		static struct moving m;
		struct fake_frozen f;
		char err[200] = "";

		moving_open(&m, NULL);
		fake_forget(&m.e.h);
		fake_freeze(&m.e.h, &f);
		close(f.fd[0]);
		f.fd[0] = i ? open("/dev/null", O_RDWR) : -1;
		CU_ASSERT_EQUAL(fake_thaw(&m.e.h, &f, m.config, err, sizeof(err)), 0);
		fake_frozen_free(&f);
		fake_run(&m.e.h, fake_now);
		CU_ASSERT_EQUAL(fake_pending(&m.e.h, FAKE_UP), 1);
		CU_ASSERT_EQUAL(fake_count(&m.e.h, "line-up"), 2);
		serial_end_close(&m.e);
	}
}

static void synchronous_lines(void)
{
	static const char *const here[] = {"link=loop:sf", "fcs=16", "speed=64000", NULL};
	static const char *const there[] = {"link=loop:sf", "fcs=16", "impair-loss=5", NULL};
	struct frozen_run r = {.tr = &serial_transport,
			       .config = {here, there},
			       .steps = 500,
			       .pause = SECOND,
			       .frame_most = 1600};

	CU_ASSERT(frozen_same(&r, test_seed()));
}

static void hostile_octets_of_serial(void)
{
	static const char *const here[] = {"link=loop:sf", NULL};
	static struct moving m;
	struct fake_host h[2];
	ist_channel c;

	moving_open(&m, calling);
	CU_ASSERT_EQUAL_FATAL(fake_connect(&m.e.h, "5551212", IST_PAYLOAD_PPP, &c), 0);
	fake_run(&m.e.h, fake_now);
	frozen_hostile(&m.e.h, m.config, test_seed());
	serial_end_unplug(&m.e);
	rmdir(m.e.dir);
	fake_open(&h[0], &serial_transport, here);
	fake_open(&h[1], &serial_transport, here);
	fake_join(&h[0], &h[1]);
	fake_run(&h[0], fake_now + SECOND);
	frozen_hostile(&h[0], here, test_seed());
	fake_close(&h[1]);
}

static const struct test_case cases[] = {
	{"frames_that_come", frames_that_come},
	{"frames_that_are_sent", frames_that_are_sent},
	{"what_was_agreed", what_was_agreed},
	{"a_chat", a_chat},
	{"a_chat_that_waits", a_chat_that_waits},
	{"carrier", carrier},
	{"the_last_octets", the_last_octets},
	{"serial_other_settings", serial_other_settings},
	{"another_descriptor", another_descriptor},
	{"synchronous_lines", synchronous_lines},
	{"hostile_octets_of_serial", hostile_octets_of_serial},
	{NULL, NULL},
};
const struct test_suite suite_serial_freeze = {"serial_freeze", cases};
