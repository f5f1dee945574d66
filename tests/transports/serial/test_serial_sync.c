/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Synchronous lines: what stands between two flags as frames of a loop link, whose far end is
 * octets typed by hand. */
#include "transports/serial/serial.h"

#include "tests/harness.h"
#include "tests/netns.h"
#include "tests/transports/host.h"
#include "tests/transports/link/wire.h"
#include "tests/transports/raw.h"

#include <errno.h>
#include <string.h>

struct sync_line {
	struct fake_host h, far;
	ist_channel c;
};

static void serial_sync_plug(struct sync_line *s)
{
	fake_open(&s->far, &raw_transport, (const char *const[]){"link=loop:sync", NULL});
	fake_join(&s->h, &s->far);
	fake_run(&s->h, fake_now);
}

static void serial_sync_open(struct sync_line *s, const char *const *config)
{
	const char *all[8] = {"link=loop:sync"};

	for (unsigned i = 0; config && config[i]; i++)
		all[i + 1] = config[i];
	fake_open(&s->h, &serial_transport, all);
	serial_sync_plug(s);
	s->c = fake_channel(&s->h, FAKE_UP);
	CU_ASSERT_EQUAL(s->c, 0x10001);
}

static void serial_sync_close(struct sync_line *s)
{
	fake_close(&s->h);
	fake_close(&s->far);
}

/* Takes the next frame of that side and compares it; "" = there is none. */
#define ASSERT_NEXT(host, hex)                                       \
	do {                                                         \
		struct fake_event *f_ = fake_take(host, FAKE_FRAME); \
		uint8_t want_[64];                                   \
		size_t n_ = test_hex(want_, sizeof(want_), hex);     \
                                                                     \
		CU_ASSERT_EQUAL(!f_, !n_);                           \
		if (f_)                                              \
			ASSERT_OCTETS(f_->data, f_->len, want_, n_); \
		fake_free(f_);                                       \
	} while (0)

static void serial_sync_far_sends(struct sync_line *s, const char *hex)
{
	uint8_t octets[64];
	size_t n = test_hex(octets, sizeof(octets), hex);

	fake_send(&s->far, 1, octets, n);
	fake_run(&s->h, fake_now);
}

static const char *const no_fcs[] = {NULL}, *const fcs16[] = {"fcs=16", NULL},
			 *const fcs32[] = {"fcs=32", NULL};

/* The FCS of ff03c02101010004 is that of test_hdlc.c.  Nothing is escaped on these lines. */
static void rfc1662_5_frames_out(void)
{
	static const struct {
		const char *const *config;
		const char *frame, *wire;
	} rows[] = {
		{no_fcs, "c02101010004", "ff03 c02101010004"},
		{fcs16, "c02101010004", "ff03 c02101010004 d1b5"},
		{fcs32, "c02101010004", "ff03 c02101010004 5912db21"},
		{fcs16, "00217e7d", "ff03 00217e7d 388c"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t frame[64];
		size_t n = test_hex(frame, sizeof(frame), rows[i].frame);
		const struct ist_frame split = {.channel = 0x10001,
						.head = frame,
						.head_len = 2,
						.payload = frame + 2,
						.len = (uint32_t)n - 2};
		struct sync_line s;

		serial_sync_open(&s, rows[i].config);
		CU_ASSERT_EQUAL(fake_send(&s.h, s.c, frame, n), 1);
		CU_ASSERT_EQUAL(fake_send_frames(&s.h, &split, 1), 1);
		fake_run(&s.h, fake_now);
		ASSERT_NEXT(&s.far, rows[i].wire);
		ASSERT_NEXT(&s.far, rows[i].wire);
		CU_ASSERT_EQUAL(fake_count(&s.h, "tx-octets"), 2 * n);
		serial_sync_close(&s);
	}
}

static void rfc1662_5_frames_in(void)
{
	static const struct {
		const char *const *config;
		const char *wire, *frame, *counted;
	} rows[] = {
		{no_fcs, "ff03 c02101010004", "c02101010004", "rx-frames=1 rx-octets=6"},
		{no_fcs, "c02101010004", "c02101010004", "rx-frames=1 rx-octets=6"}, /* 3.2 */
		{no_fcs, "2145", "2145", "rx-frames=1 rx-octets=2"},
		{no_fcs, "ff", "", "rx-short=1"},
		{no_fcs, "ff03", "", "rx-short=1"},
		{no_fcs, "ff13 c02101010004", "", "rx-address=1"},
		{fcs16, "ff03 c02101010004 d1b5", "c02101010004", "rx-frames=1 rx-octets=6"},
		{fcs16, "ff03 c02101010004 d1b4", "", "rx-fcs=1"},
		{fcs16, "ff03 c02101010004 5912db21", "", "rx-fcs=1"},
		{fcs16, "ff03 c0", "", "rx-short=1"},
		{fcs32, "ff03 c02101010004 5912db21", "c02101010004", "rx-frames=1 rx-octets=6"},
		{fcs32, "ff03 c02101010004 d1b5", "", "rx-fcs=1"},
		{fcs32, "ff03 c0 21 01", "", "rx-short=1"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sync_line s;

		serial_sync_open(&s, rows[i].config);
		serial_sync_far_sends(&s, rows[i].wire);
		ASSERT_NEXT(&s.h, rows[i].frame);
		if (strncmp(fake_counted(&s.h), rows[i].counted, strlen(rows[i].counted)))
			CU_FAIL(rows[i].wire);
		CU_ASSERT_EQUAL(fake_count(&s.h, "link-rx"), 1);
		serial_sync_close(&s);
	}
}

/* More than a batch at once, of which one is damaged and one too long: the others arrive in order.
 */
static void serial_sync_batches(void)
{
	static uint8_t long_one[1503];
	struct sync_line a, b;
	struct ist_frame f[40];
	uint8_t octets[40][3];

	fake_open(&a.h, &serial_transport, (const char *const[]){"link=loop:s", "fcs=32", NULL});
	fake_open(&b.h, &serial_transport, (const char *const[]){"link=loop:s", "fcs=32", NULL});
	fake_join(&a.h, &b.h);
	fake_run(&a.h, fake_now);
	a.c = fake_channel(&a.h, FAKE_UP);
	for (uint8_t i = 0; i < 40; i++) {
		memcpy(octets[i], (uint8_t[]){0x00, 0x21, i}, 3);
		f[i] = (struct ist_frame){.channel = a.c, .payload = octets[i], .len = 3};
	}
	f[20].payload = long_one;
	f[20].len = sizeof(long_one);
	CU_ASSERT_EQUAL(fake_send_frames(&a.h, f, 40), 40);
	fake_run(&a.h, fake_now);
	for (uint8_t i = 0; i < 40; i++) {
		struct fake_event *e = i == 20 ? NULL : fake_take(&b.h, FAKE_FRAME);

		if (e)
			ASSERT_OCTETS(e->data, e->len, octets[i], 3);
		CU_ASSERT_EQUAL(!e, i == 20);
		fake_free(e);
	}
	CU_ASSERT_EQUAL(fake_count(&a.h, "tx-too-long"), 1);
	CU_ASSERT_EQUAL(a.h.tr->mtu(a.h.port, a.c), 1502);
	fake_close(&a.h);
	fake_close(&b.h);
}

static void serial_sync_goes_down_with_its_link(void)
{
	struct fake_event *down;
	struct sync_line s;

	serial_sync_open(&s, (const char *const[]){"speed=2048000", "fcs=32", NULL});
	CU_ASSERT_STRING_EQUAL(fake_status(&s.h), "loop:sync up, FCS-32, 2048000 bit/s");
	fake_close(&s.far);
	fake_run(&s.h, fake_now + 1000000);
	down = fake_take(&s.h, FAKE_DOWN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(down);
	CU_ASSERT_EQUAL(down->cause.kind, IST_CAUSE_LINK);
	CU_ASSERT_STRING_EQUAL(down->cause.words, "link down");
	CU_ASSERT_FALSE(down->forever);
	CU_ASSERT_EQUAL(s.h.warnings, 1);
	CU_ASSERT_STRING_EQUAL(s.h.last_log, "loop:sync: link down: Connection reset by peer");
	fake_free(down);
	CU_ASSERT_STRING_EQUAL(fake_status(&s.h), "loop:sync down, FCS-32, 2048000 bit/s");
	CU_ASSERT_EQUAL(fake_send(&s.h, s.c, "\xc0\x21", 2), 1);
	CU_ASSERT_EQUAL(fake_count(&s.h, "tx-down"), 1);
	CU_ASSERT_EQUAL(fake_count(&s.h, "carrier-lost"), 1);
	serial_sync_plug(&s);
	fake_run(&s.h, fake_now + 2000000);
	CU_ASSERT_EQUAL(fake_channel(&s.h, FAKE_UP), s.c);
	CU_ASSERT_EQUAL(fake_send(&s.h, s.c + 1, "\xc0\x21", 2), -ESTALE);
	fake_disconnect(&s.h, s.c); /* there is no modem */
	fake_run(&s.h, fake_now + 1000000);
	CU_ASSERT_EQUAL(fake_pending(&s.h, FAKE_DOWN), 0);
	serial_sync_close(&s);
}

static void serial_sync_tells_its_speed(void)
{
	struct fake_event *up;
	struct fake_host a, b;

	fake_open(&a, &serial_transport,
		  (const char *const[]){"link=loop:s", "speed=64000", "@line ppp", NULL});
	fake_open(&b, &serial_transport, (const char *const[]){"link=loop:s", NULL});
	fake_join(&a, &b);
	fake_run(&a, fake_now);
	up = fake_take(&a, FAKE_UP);
	CU_ASSERT_PTR_NOT_NULL_FATAL(up);
	CU_ASSERT_EQUAL(up->attrs.tx_bps, 64000); /* which no tty has */
	CU_ASSERT_EQUAL(up->attrs.rx_bps, 64000);
	CU_ASSERT_FALSE(up->attrs.async);
	CU_ASSERT_EQUAL(up->attrs.permanent, 1);
	CU_ASSERT_EQUAL(up->attrs.payload, IST_PAYLOAD_PPP);
	fake_free(up);
	fake_close(&a);
	fake_close(&b);
}

/* Down, another MTU or none, and up again. */
static void serial_sync_with_mtu(struct fake_host *h, unsigned device, unsigned reports,
				 uint32_t mtu)
{
	wire_set_up("s0", false);
	fake_run(h, fake_now + 1000000);
	if (device)
		wire_set_mtu("s0", device);
	wire_set_up("s0", true);
	fake_run(h, fake_now + 1000000);
	CU_ASSERT_EQUAL(fake_pending(h, FAKE_MTU), reports);
	CU_ASSERT_EQUAL(fake_channel(h, FAKE_MTU), reports ? 0x10001 : 0);
	CU_ASSERT_EQUAL(h->tr->mtu(h->port, 0x10001), mtu);
}

/* A TAP carries two octets less than its MTU, for the length; FF 03 and an FCS of ours are taken
 * off that.  Never more than max-payload and its protocol. */
static void serial_sync_mtu(void)
{
	struct fake_host h;

	if (!netns_enter("serial_sync_mtu"))
		return;
	for (unsigned fcs = 0; fcs <= 32; fcs += 16) {
		unsigned own = 2 + 2 + fcs / 8;
		const char *const key = fcs == 32 ? "fcs=32" : fcs ? "fcs=16" : "fcs=none";

		fake_open(&h, &serial_transport, (const char *const[]){"link=tap:s0", key, NULL});
		fake_run(&h, fake_now);
		CU_ASSERT_EQUAL(fake_channel(&h, FAKE_UP), 0x10001);
		CU_ASSERT_EQUAL(h.tr->mtu(h.port, 0x10001), 1502);
		serial_sync_with_mtu(&h, 576, 1, 576 - own);
		serial_sync_with_mtu(&h, 0, 0, 576 - own);
		serial_sync_with_mtu(&h, 1502 + own - 1, 1, 1501);
		serial_sync_with_mtu(&h, 1502 + own, 1, 1502);
		serial_sync_with_mtu(&h, 1502 + own + 1, 0, 1502);
		fake_close(&h);
	}
	netns_leave();
}

static unsigned taps;

/* Without the FCS, as LINKTYPE_PPP has it. */
static void serial_sync_on_tap(void *arg, bool outbound, uint16_t link_type, const uint8_t *frame,
			       size_t len)
{
	static const uint8_t want[] = {0xff, 0x03, 0xc0, 0x21, 0x01, 0x01, 0x00, 0x04};

	(void)arg;
	CU_ASSERT_EQUAL(link_type, 9);
	CU_ASSERT_EQUAL(outbound, !taps);
	ASSERT_OCTETS(frame, len, want, sizeof(want));
	taps++;
}

static void serial_sync_tapped(void)
{
	struct sync_line s;

	taps = 0;
	serial_sync_open(&s, fcs32);
	s.h.tap_on = true;
	s.h.on_tap = serial_sync_on_tap;
	fake_send(&s.h, s.c, "\xc0\x21\x01\x01\x00\x04", 6);
	fake_run(&s.h, fake_now);
	serial_sync_far_sends(&s, "ff03 c02101010004 5912db21");
	CU_ASSERT_EQUAL(taps, 2);
	serial_sync_close(&s);
}

static const struct test_case cases[] = {
	{"rfc1662_5_frames_out", rfc1662_5_frames_out},
	{"rfc1662_5_frames_in", rfc1662_5_frames_in},
	{"batches", serial_sync_batches},
	{"goes_down_with_its_link", serial_sync_goes_down_with_its_link},
	{"mtu", serial_sync_mtu},
	{"tells_its_speed", serial_sync_tells_its_speed},
	{"tapped", serial_sync_tapped},
	{NULL, NULL},
};
const struct test_suite suite_serial_sync = {"serial_sync", cases};
