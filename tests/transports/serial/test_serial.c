/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host calls: octets that leave, sizes, flow control, and two ports joined. */
#include "transports/serial/serial.h"

#include "tests/harness.h"
#include "tests/transports/serial/serial_end.h"
#include "transports/serial/hdlc.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static ist_channel serial_up(struct serial_end *e, const char *const *config)
{
	serial_end_open(e, config);
	return fake_channel(&e->h, FAKE_UP);
}

#define ASSERT_WIRE(e, hex)                                                   \
	do {                                                                  \
		uint8_t want_[128], got_[128];                                \
		size_t n_ = test_hex(want_, sizeof(want_), hex);              \
                                                                              \
		ASSERT_OCTETS(got_, serial_end_read(e, got_, n_), want_, n_); \
	} while (0)

/* FF 03 is added; every control octet is escaped unless the map says otherwise, and in LCP's
 * packets also then (RFC 1662 7). */
static void rfc1662_frames_out(void)
{
	static const char *const maps[][2] = {{NULL}, {"accm=0", NULL}, {"accm=00000400", NULL}};
	static const struct {
		const char *frame, *wire[3];
	} rows[] = {
		{"c02101010004",
		 {"7e ff7d23 c021 7d217d217d207d24 d1b5 7e",
		  "7e ff7d23 c021 7d217d217d207d24 d1b5 7e",
		  "7e ff7d23 c021 7d217d217d207d24 d1b5 7e"}},
		{"8021010a0004",
		 {"7e ff7d23 8021 7d217d2a7d207d24 a69e 7e", "7e ff03 8021 010a0004 a69e 7e",
		  "7e ff03 8021 017d2a0004 a69e 7e"}},
		/* the FCS is escaped like the rest */
		{"0021450a",
		 {"7e ff7d23 7d2021457d2a 7d2ad9 7e", "7e ff03 0021450a 0ad9 7e",
		  "7e ff03 0021457d2a 7d2ad9 7e"}},
		/* Code-Rejects and later are sent by an open link */
		{"c02108010004",
		 {"7e ff7d23 c021 7d287d217d207d24 b24c 7e", "7e ff03 c021 08010004 b24c 7e",
		  "7e ff03 c021 08010004 b24c 7e"}},
		{"00217e7d",
		 {"7e ff7d23 7d20217d5e7d5d 388c 7e", "7e ff03 00217d5e7d5d 388c 7e",
		  "7e ff03 00217d5e7d5d 388c 7e"}},
	};

	for (size_t m = 0; m < 3; m++) {
		struct serial_end e;
		ist_channel c = serial_up(&e, maps[m]);

		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			uint8_t frame[64];
			size_t n = test_hex(frame, sizeof(frame), rows[i].frame);

			CU_ASSERT_EQUAL(fake_send(&e.h, c, frame, n), 1);
			ASSERT_WIRE(&e, rows[i].wire[m]);
		}
		serial_end_close(&e);
	}
}

static void serial_head_first(void)
{
	static const uint8_t head[] = {0x00, 0x21}, payload[] = {0x7e, 0x7d};
	const struct ist_frame f = {
		.channel = 0x10001, .head = head, .payload = payload, .head_len = 2, .len = 2};
	struct serial_end e;

	CU_ASSERT_EQUAL(serial_up(&e, NULL), f.channel);
	CU_ASSERT_EQUAL(fake_send_frames(&e.h, &f, 1), 1);
	ASSERT_WIRE(&e, "7e ff7d23 7d20217d5e7d5d 388c 7e");
	serial_end_close(&e);
}

static void serial_wrong_frames(void)
{
	const struct ist_addr other = {.len = 4, .data = "lime"};
	uint8_t long_one[1503] = {0};
	ist_channel found;
	struct serial_end e;
	ist_channel c = serial_up(&e, NULL);

	CU_ASSERT_EQUAL(e.h.tr->mtu(e.h.port, c), 1502);
	CU_ASSERT_EQUAL(e.h.tr->mtu(e.h.port, c + 1), 0);
	CU_ASSERT_EQUAL(fake_send(&e.h, c, long_one, 1503), 1);
	CU_ASSERT_EQUAL(fake_send(&e.h, c, long_one, 1502), 1);
	CU_ASSERT_EQUAL(fake_send(&e.h, c + 1, long_one, 10), -ESTALE);
	CU_ASSERT_STRING_EQUAL(fake_counted(&e.h), "tx-frames=1 tx-octets=1502 tx-stale=1 "
						   "tx-too-long=1 line-up=1");
	CU_ASSERT_EQUAL(fake_connect(&e.h, "line", IST_PAYLOAD_PPP, &found), 0);
	CU_ASSERT_EQUAL(found, c);
	CU_ASSERT_EQUAL(fake_connect(&e.h, "line", IST_PAYLOAD_L2TP, &found), -EPROTONOSUPPORT);
	CU_ASSERT_EQUAL(e.h.tr->connect(e.h.port, &other, IST_PAYLOAD_PPP, NULL, &found), -ENOENT);
	fake_disconnect(&e.h, c);
	CU_ASSERT_EQUAL(fake_send(&e.h, c, long_one, 10), 1);
	CU_ASSERT_EQUAL(fake_count(&e.h, "tx-frames"), 2);
	serial_end_close(&e);
}

static void serial_addresses(void)
{
	struct ist_addr a;

	CU_ASSERT_EQUAL(serial_transport.addr_parse(&a, "line"), 0);
	CU_ASSERT_EQUAL(serial_transport.addr_parse(&a, ""), -EINVAL);
	CU_ASSERT_EQUAL(serial_transport.addr_parse(&a, "lines"), -EINVAL);
	CU_ASSERT_EQUAL(serial_transport.addr_parse(&a, "*"), -EINVAL);
	CU_ASSERT_EQUAL(serial_transport.addr_parse(&a, "5551212;H"), -EINVAL);
	CU_ASSERT_EQUAL(serial_transport.addr_parse(&a, "+495551212"), 0);
	CU_ASSERT_EQUAL(a.len, 10);
}

/* --- flow ------------------------------------------------------------------------------------- */

/* Sends frames with a number each, from n on, until one is not taken; returns its number. */
static unsigned serial_fill(struct fake_host *h, ist_channel c, unsigned n)
{
	uint8_t frame[1000] = {0x00, 0x21};

	memset(frame + 2, 'f', sizeof(frame) - 2);
	do {
		frame[2] = (uint8_t)(n >> 8 | 0x40);
		frame[3] = (uint8_t)n;
	} while (fake_send(h, c, frame, sizeof(frame)) == 1 && ++n < 10000);
	return n;
}

/* Decodes what the port has sent and still sends, until n frames are there in order. */
static bool serial_drain(struct serial_end *e, unsigned n)
{
	uint8_t frame[2048], in[4096];
	struct hdlc_decoder d;
	unsigned seen = 0;

	hdlc_decoder_init(&d, frame, sizeof(frame), 0, HDLC_FCS_16);
	while (seen < n) {
		struct pollfd p = {.fd = e->master, .events = POLLIN};
		ssize_t all = poll(&p, 1, 5000) > 0 ? read(e->master, in, sizeof(in)) : 0;

		if (all <= 0)
			return false;
		for (size_t at = 0, len; at < (size_t)all;) {
			at += hdlc_decode(&d, in + at, (size_t)all - at, &len);
			if (len && (len != 1002 || frame[5] != (uint8_t)seen))
				return false;
			seen += len > 0;
		}
		fake_run(&e->h, fake_now);
	}
	return d.bad_fcs + d.too_short + d.too_long + d.aborted == 0;
}

static void serial_full_tty(void)
{
	struct serial_end e;
	ist_channel c = serial_up(&e, NULL);
	unsigned n = serial_fill(&e.h, c, 0);

	CU_ASSERT_TRUE_FATAL(n > 0 && n < 10000);
	fake_run(&e.h, fake_now);
	CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_WRITABLE), 0);
	CU_ASSERT_EQUAL(fake_send(&e.h, c, "\xc0\x21", 2), 0);
	CU_ASSERT_TRUE(serial_drain(&e, n));
	CU_ASSERT_TRUE(fake_wait(&e.h, FAKE_WRITABLE, 1));
	CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_WRITABLE), 1);
	CU_ASSERT_EQUAL(fake_channel(&e.h, FAKE_WRITABLE), c);
	CU_ASSERT_EQUAL(fake_send(&e.h, c, "\xc0\x21", 2), 1);
	serial_end_close(&e);
}

/* Frames that are added while others are on their way stay behind them. */
static unsigned filled;

static void serial_fill_more(struct fake_host *h, const struct fake_event *e)
{
	if (e->kind == FAKE_WRITABLE && filled < 300)
		filled = serial_fill(h, e->channel, filled);
}

static void serial_keeps_order(void)
{
	struct serial_end e;
	ist_channel c = serial_up(&e, NULL);

	e.h.on_event = serial_fill_more;
	filled = serial_fill(&e.h, c, 0);
	CU_ASSERT_TRUE(serial_drain(&e, 300));
	CU_ASSERT_TRUE(filled >= 300 && filled < 10000);
	serial_end_close(&e);
}

/* Few octets wait inside when the line is slow: at 9600 bit/s, a frame and what began before. */
static void serial_queue_is_short(void)
{
	static const char *const slow[] = {"speed=9600", NULL};
	unsigned lost[2];

	for (int i = 0; i < 2; i++) {
		struct serial_end e;
		ist_channel c = serial_up(&e, i ? slow : NULL);

		serial_fill(&e.h, c, 0);
		serial_end_unplug(&e);
		CU_ASSERT_TRUE(fake_wait(&e.h, FAKE_DOWN, 1));
		lost[i] = (unsigned)fake_count(&e.h, "tx-lost");
		CU_ASSERT_EQUAL(fake_pending(&e.h, FAKE_WRITABLE), 0);
		serial_end_close(&e);
	}
	/* 8192 octets of frames of 1010 or so; a tenth of a second */
	CU_ASSERT_TRUE(lost[0] >= 8 && lost[0] <= 10);
	CU_ASSERT_TRUE(lost[1] >= 1 && lost[1] <= 2);
}

/* --- two ports -------------------------------------------------------------------------------- */

/* Carries octets between the two until b has n frames. */
static bool serial_relay(struct serial_end *a, struct serial_end *b, unsigned n)
{
	while (fake_pending(&b->h, FAKE_FRAME) < n) {
		struct pollfd p[2] = {{.fd = a->master, .events = POLLIN},
				      {.fd = b->master, .events = POLLIN}};
		uint8_t octets[2048];

		fake_run(&a->h, fake_now);
		if (poll(p, 2, 0) > 0 && p[0].revents) {
			ssize_t got = read(a->master, octets, sizeof(octets));

			if (got <= 0)
				return false;
			serial_end_write(b, octets, (size_t)got);
		}
		if (!p[0].revents && !fake_wait(&b->h, FAKE_FRAME, 1))
			return false;
	}
	return true;
}

static void serial_every_size(void)
{
	uint64_t seed = test_seed();
	struct serial_end a, b;
	ist_channel c = serial_up(&a, NULL);
	uint8_t frame[1502];

	serial_up(&b, NULL);
	fake_join(&a.h, &b.h);
	for (size_t n = 1; n <= sizeof(frame); n += n < 40 || n > 1490 ? 1 : 29) {
		struct fake_event *f;

		for (size_t i = 0; i < n; i++)
			frame[i] = (uint8_t)test_rand(&seed);
		if (frame[0] == 0xff)
			frame[0] = 0; /* is no protocol */
		CU_ASSERT_EQUAL(fake_send(&a.h, c, frame, n), 1);
		CU_ASSERT_TRUE_FATAL(serial_relay(&a, &b, 1));
		f = fake_take(&b.h, FAKE_FRAME);
		ASSERT_OCTETS(f->data, f->len, frame, n);
		fake_free(f);
	}
	serial_end_close(&a);
	serial_end_close(&b);
}

/* --- captures --------------------------------------------------------------------------------- */

static unsigned taps;

static void serial_on_tap(void *arg, bool outbound, uint16_t link_type, const uint8_t *frame,
			  size_t len)
{
	static const uint8_t want[] = {0xff, 0x03, 0xc0, 0x21, 0x01, 0x01, 0x00, 0x04};

	(void)arg;
	CU_ASSERT_EQUAL(link_type, 9); /* LINKTYPE_PPP: FF 03 may stand in front */
	CU_ASSERT_EQUAL(outbound, !taps);
	ASSERT_OCTETS(frame, len, want, sizeof(want));
	taps++;
}

static void serial_tapped(void)
{
	struct serial_end e;
	ist_channel c = serial_up(&e, NULL);

	taps = 0;
	e.h.tap_on = true;
	e.h.on_tap = serial_on_tap;
	fake_send(&e.h, c, "\xc0\x21\x01\x01\x00\x04", 6);
	serial_end_hex(&e, "7e ff 03 c0 21 01 01 00 04 d1 b5 7e");
	fake_free(serial_end_take(&e, FAKE_FRAME));
	CU_ASSERT_EQUAL(taps, 2);
	serial_end_close(&e);
}

static const struct test_case cases[] = {
	{"rfc1662_frames_out", rfc1662_frames_out},
	{"head_first", serial_head_first},
	{"wrong_frames", serial_wrong_frames},
	{"addresses", serial_addresses},
	{"full_tty", serial_full_tty},
	{"keeps_order", serial_keeps_order},
	{"queue_is_short", serial_queue_is_short},
	{"every_size", serial_every_size},
	{"tapped", serial_tapped},
	{NULL, NULL},
};
const struct test_suite suite_serial = {"serial", cases};
