/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop transport: pairing, channels by address and payload, bad lines, windows, and threads. */
#include "tests/harness.h"
#include "tests/transports/frozen.h"
#include "tests/transports/keys.h"
#include "tests/transports/host.h"
#include "transports/loop.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

static const char *const plain[] = {"pair=p", "@1 l2tp ppp", "@2 ppp", NULL};

static void loop_open_pair(struct fake_host *a, struct fake_host *b, const char *const *cfg)
{
	fake_open(a, &loop_transport, cfg);
	fake_open(b, &loop_transport, cfg);
	fake_join(a, b);
	fake_run(a, fake_now);
}

static void loop_close_pair(struct fake_host *a, struct fake_host *b)
{
	fake_close(a);
	fake_close(b);
}

static void up_and_down(void)
{
	struct fake_host a, b;
	struct fake_event *e;

	fake_open(&a, &loop_transport, plain);
	fake_run(&a, fake_now);
	CU_ASSERT_PTR_NULL(a.first);
	CU_ASSERT_STRING_EQUAL(fake_status(&a), "pair p alone, 3 channels");
	fake_open(&b, &loop_transport, plain);
	fake_join(&a, &b);
	fake_run(&a, fake_now);
	CU_ASSERT_EQUAL(fake_pending(&a, FAKE_UP), 3);
	CU_ASSERT_EQUAL(fake_pending(&b, FAKE_UP), 3);
	e = fake_take(&a, FAKE_UP);
	CU_ASSERT_EQUAL(e->attrs.payload, IST_PAYLOAD_L2TP);
	CU_ASSERT_EQUAL(e->attrs.permanent, 1);
	CU_ASSERT_STRING_EQUAL(fake_addr(&a, &e->attrs.peer), "1");
	fake_free(e);
	fake_close(&b);
	fake_run(&a, fake_now);
	CU_ASSERT_EQUAL(fake_pending(&a, FAKE_DOWN), 3);
	e = fake_take(&a, FAKE_DOWN);
	CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_LINK);
	CU_ASSERT_FALSE(e->forever);
	fake_free(e);
	CU_ASSERT_EQUAL(fake_send(&a, e ? 0x10000 : 0, "x", 1), 1);
	CU_ASSERT_EQUAL(fake_count(&a, "tx-down"), 1);
	fake_open(&b, &loop_transport, plain);
	fake_join(&a, &b);
	fake_run(&a, fake_now);
	CU_ASSERT_EQUAL(fake_pending(&b, FAKE_UP), 3);
	loop_close_pair(&a, &b);
}

static void loop_channels(void)
{
	static const char *const other[] = {"pair=p", "@2 ppp", "@1 l2tp", "@3 ppp", NULL};
	struct fake_host a, b;
	struct fake_event *e;
	ist_channel a1, b1;

	fake_open(&a, &loop_transport, plain);
	fake_open(&b, &loop_transport, other);
	fake_join(&a, &b);
	fake_run(&a, fake_now);
	CU_ASSERT_EQUAL(fake_pending(&a, FAKE_UP), 2); /* 1 l2tp, 2 ppp */
	CU_ASSERT_EQUAL(fake_pending(&b, FAKE_UP), 2);
	CU_ASSERT_EQUAL(fake_connect(&a, "1", IST_PAYLOAD_L2TP, &a1), 0);
	CU_ASSERT_EQUAL(fake_connect(&b, "1", IST_PAYLOAD_L2TP, &b1), 0);
	CU_ASSERT_EQUAL(fake_connect(&b, "1", IST_PAYLOAD_PPP, &b1), -ENOENT);
	CU_ASSERT_EQUAL(fake_connect(&b, "9", IST_PAYLOAD_PPP, &b1), -ENOENT);
	CU_ASSERT_EQUAL(fake_send(&a, a1, "one", 3), 1);
	fake_run(&a, fake_now);
	e = fake_take(&b, FAKE_FRAME);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->channel, b1);
	ASSERT_OCTETS(e->data, e->len, "one", 3);
	fake_free(e);
	CU_ASSERT_EQUAL(fake_send(&a, 0, "x", 1), -ESTALE);
	CU_ASSERT_EQUAL(fake_send(&a, 0x1ffff, "x", 1), -ESTALE);
	fake_disconnect(&a, a1);
	CU_ASSERT_EQUAL(fake_send(&a, a1, "still there", 11), 1);
	loop_close_pair(&a, &b);
}

static void loop_sizes(void)
{
	static const char *const cfg[] = {"pair=p", "mtu=3000", "@1 ppp", NULL};
	static uint8_t data[3001];
	struct fake_host a, b;
	ist_channel c;

	loop_open_pair(&a, &b, cfg);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	CU_ASSERT_EQUAL(fake_connect(&a, "1", IST_PAYLOAD_PPP, &c), 0);
	for (uint32_t len = 0; len <= 3000; len++) {
		uint32_t head = len < 60 ? len : 60;
		struct ist_frame f = {c, 0, data, data + head, head, len - head, 0};
		struct fake_event *e;

		CU_ASSERT_EQUAL(fake_send_frames(&a, &f, 1), 1);
		fake_run(&a, fake_now);
		e = fake_take(&b, FAKE_FRAME);
		if (!e || e->len != len || memcmp(e->data, data, len))
			CU_FAIL("changed on its way");
		fake_free(e);
	}
	CU_ASSERT_EQUAL(fake_send(&a, c, data, 3001), 1);
	CU_ASSERT_EQUAL(fake_count(&a, "tx-too-long"), 1);
	CU_ASSERT_EQUAL(fake_count(&b, "rx-frames"), 3001);
	loop_close_pair(&a, &b);
}

static void bad_line(void)
{
	static const char *const cfg[] = {"pair=p",
					  "impair-loss=20",
					  "impair-duplicate=10",
					  "impair-reorder=10",
					  "impair-delay=20000",
					  "@1 l2tp",
					  NULL};
	struct fake_host a, b;
	uint64_t lost, twice, start;
	unsigned early = 0, behind = 0;
	uint32_t last = 0;
	ist_channel c;

	loop_open_pair(&a, &b, cfg);
	CU_ASSERT_EQUAL(fake_connect(&a, "1", IST_PAYLOAD_L2TP, &c), 0);
	start = fake_now;
	for (uint32_t i = 1; i <= 1000; i++) {
		fake_send(&a, c, &i, sizeof(i));
		fake_run(&a, fake_now + 1000);
	}
	fake_run(&a, fake_now + 1000000);
	lost = fake_count(&a, "impair-lost");
	twice = fake_count(&a, "impair-duplicated");
	CU_ASSERT_TRUE(lost > 140 && lost < 260);
	CU_ASSERT_TRUE(twice > 30 && twice < 150);
	CU_ASSERT_EQUAL(fake_pending(&b, FAKE_FRAME), 1000 - lost + twice);
	for (struct fake_event *e; (e = fake_take(&b, FAKE_FRAME)); fake_free(e)) {
		uint32_t i;

		memcpy(&i, e->data, sizeof(i));
		early += e->at < start + (i - 1) * 1000 + 20000;
		behind += i < last;
		last = i;
	}
	CU_ASSERT_EQUAL(early, 0);
	CU_ASSERT_TRUE(behind > 20);
	loop_close_pair(&a, &b);
}

static void queue_full(void)
{
	static const char *const cfg[] = {"pair=p", "queue=10", "impair-delay=1000", "@1 l2tp",
					  NULL};
	struct fake_host a, b;
	ist_channel c;

	loop_open_pair(&a, &b, cfg);
	fake_connect(&a, "1", IST_PAYLOAD_L2TP, &c);
	for (int i = 0; i < 15; i++)
		CU_ASSERT_EQUAL(fake_send(&a, c, "x", 1), 1);
	fake_run(&a, fake_now + 1000);
	CU_ASSERT_EQUAL(fake_pending(&b, FAKE_FRAME), 10);
	CU_ASSERT_EQUAL(fake_count(&a, "tx-full"), 5);
	loop_close_pair(&a, &b);
}

static void window(void)
{
	static const char *const cfg[] = {"pair=p",  "window=4", "impair-delay=1000",
					  "@1 l2tp", "@2 l2tp",	 NULL};
	struct ist_frame f[6];
	struct fake_host a, b;
	ist_channel c, d;

	loop_open_pair(&a, &b, cfg);
	fake_connect(&a, "1", IST_PAYLOAD_L2TP, &c);
	fake_connect(&a, "2", IST_PAYLOAD_L2TP, &d);
	for (int i = 0; i < 6; i++)
		f[i] = (struct ist_frame){.channel = c, .payload = (const uint8_t *)"x", .len = 1};
	CU_ASSERT_EQUAL(fake_send_frames(&a, f, 6), 4);
	CU_ASSERT_EQUAL(fake_send_frames(&a, f, 2), 0);
	CU_ASSERT_EQUAL(fake_send(&a, d, "x", 1), 1); /* one stuck channel does not hold another */
	CU_ASSERT_EQUAL(fake_pending(&a, FAKE_WRITABLE), 0);
	fake_run(&a, fake_now + 1000);
	CU_ASSERT_EQUAL(fake_pending(&a, FAKE_WRITABLE), 1);
	CU_ASSERT_EQUAL(fake_channel(&a, FAKE_WRITABLE), c);
	CU_ASSERT_EQUAL(fake_pending(&b, FAKE_FRAME), 5);
	CU_ASSERT_EQUAL(fake_send_frames(&a, f, 2), 2);
	fake_close(&b); /* busy */
	fake_run(&a, fake_now + 1000);
	fake_close(&a);
}

static void third(void)
{
	struct fake_host a, b, c;

	loop_open_pair(&a, &b, plain);
	fake_open(&c, &loop_transport, plain);
	fake_join(&a, &c);
	fake_run(&a, fake_now);
	CU_ASSERT_EQUAL(fake_pending(&c, FAKE_UP), 0);
	fake_close(&a);
	fake_run(&b, fake_now);
	CU_ASSERT_EQUAL(fake_pending(&b, FAKE_DOWN), 3);
	loop_close_pair(&b, &c);
}

static void loop_bad_settings(void)
{
	static const char *const no_pair[] = {"@1 ppp", NULL};
	static const char *const rate[] = {"pair=p", "impair-loss=200", NULL};
	struct fake_host h;
	struct ist_addr a;
	char err[100], long_text[80];

	CU_ASSERT_EQUAL(fake_try(&h, &loop_transport, no_pair, err, sizeof(err)), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "needs a pair"));
	CU_ASSERT_EQUAL(fake_try(&h, &loop_transport, rate, err, sizeof(err)), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err, "impair-loss: \"200\" is no percentage");
	memset(long_text, 'x', 79);
	long_text[79] = '\0';
	CU_ASSERT_EQUAL(loop_transport.addr_parse(&a, long_text), -EINVAL);
	CU_ASSERT_EQUAL(loop_transport.addr_parse(&a, ""), -EINVAL);
}

/* The other end on a thread of its own: sends, and looks for what comes, until it has all. */
#define THREAD_FRAMES 2000u

static void *other_thread(void *arg)
{
	struct fake_host *b = arg;
	ist_channel c = 0x10000;

	for (unsigned i = 0; i < THREAD_FRAMES || fake_pending(b, FAKE_FRAME) < THREAD_FRAMES;
	     i++) {
		const struct ist_frame f = {
			.channel = c, .payload = (const uint8_t *)&i, .len = sizeof(i)};

		if (i < THREAD_FRAMES)
			b->tr->send(b->port, &f, 1);
		b->tr->on_wake(b->port);
	}
	return NULL;
}

static void threads(void)
{
	static const char *const cfg[] = {"pair=p", "@1 l2tp", NULL};
	struct fake_host a, b;
	pthread_t t;

	fake_open(&a, &loop_transport, cfg);
	fake_open(&b, &loop_transport, cfg);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&t, NULL, other_thread, &b), 0);
	for (unsigned i = 0; i < THREAD_FRAMES || fake_pending(&a, FAKE_FRAME) < THREAD_FRAMES;
	     i++) {
		if (i < THREAD_FRAMES)
			fake_send(&a, 0x10000, &i, sizeof(i));
		a.tr->on_wake(a.port);
	}
	CU_ASSERT_EQUAL(pthread_join(t, NULL), 0);
	CU_ASSERT_EQUAL(fake_pending(&b, FAKE_FRAME), THREAD_FRAMES);
	loop_close_pair(&a, &b);
}

static unsigned seen[2];

static void loop_on_tap(void *arg, bool outbound, uint16_t link_type, const uint8_t *frame,
			size_t len)
{
	CU_ASSERT_EQUAL(link_type, *(const uint16_t *)arg);
	ASSERT_OCTETS(frame, len, "hello", 5);
	seen[outbound]++;
}

/* As PPP (9), and what is no medium of any capture as the first of the users' own (147). */
static void loop_taps(void)
{
	uint16_t types[] = {147, 9};

	for (unsigned i = 0; i < 2; i++) {
		struct ist_frame f = {.head = (const uint8_t *)"he",
				      .payload = (const uint8_t *)"llo"};
		struct fake_host a, b;

		loop_open_pair(&a, &b,
			       (const char *const[]){"pair=p", i ? "@1 ppp" : "@1 l2tp", NULL});
		a.on_tap = b.on_tap = loop_on_tap;
		a.tap_arg = b.tap_arg = &types[i];
		a.tap_on = b.tap_on = true;
		f.channel = fake_channel(&a, FAKE_UP);
		f.head_len = 2;
		f.len = 3;
		seen[0] = seen[1] = 0;
		CU_ASSERT_EQUAL(fake_send_frames(&a, &f, 1), 1);
		fake_run(&a, fake_now);
		CU_ASSERT_EQUAL(seen[0], 1);
		CU_ASSERT_EQUAL(seen[1], 1);
		loop_close_pair(&a, &b);
	}
}

static void nothing_to_send(void)
{
	struct fake_host a, b;

	loop_open_pair(&a, &b, (const char *const[]){"pair=p", "@1 l2tp", NULL});
	CU_ASSERT_EQUAL(fake_send_frames(&a, NULL, 0), 0);
	CU_ASSERT_STRING_EQUAL(fake_counted(&a), "");
	loop_close_pair(&a, &b);
}

static void rows_of_the_key_table(void)
{
	static const struct key_row rows[] = {
		{"pair", "required port text"},
		{"mtu", "port number 1-65535 =2000"},
		{"queue", "port number 1-1000000 =4096"},
		{"window", "port number 0-65535 =0"},
		{"impair-loss", "port text =0"},
		{"impair-seed", "port number 0-9223372036854775807 =1"},
		{"link", "none"},
	};

	keys_are(&loop_transport, rows, sizeof(rows) / sizeof(*rows));
}

/* --- to another process ------------------------------------------------------------------------ */

static void loop_moves(void)
{
	static const char *const here[] = {
		"pair=moving", "impair-delay=50ms", "impair-loss=5", "@a l2tp ppp", "@b ppp", NULL};
	static const char *const there[] = {"pair=moving", "impair-jitter=80ms", "@a l2tp ppp",
					    "@b ppp", NULL};
	struct frozen_run r = {.tr = &loop_transport,
			       .config = {here, there},
			       .steps = 500,
			       .pause = 60000,
			       .frame_most = 2100};

	CU_ASSERT(frozen_same(&r, test_seed()));
}

/* A window that is shut opens for the process that is there then. */
static void loop_moves_with_its_window(void)
{
	static const char *const config[] = {"pair=moving", "window=2", "impair-delay=1s",
					     "@a l2tp", NULL};
	struct fake_host h[2];
	ist_channel c;

	fake_open(&h[0], &loop_transport, config);
	fake_open(&h[1], &loop_transport, config);
	fake_join(&h[0], &h[1]);
	fake_run(&h[0], fake_now);
	c = fake_channel(&h[0], FAKE_UP);
	for (unsigned i = 0; i < 2; i++)
		CU_ASSERT_EQUAL(fake_send(&h[0], c, "x", 1), 1);
	CU_ASSERT_EQUAL(fake_send(&h[0], c, "x", 1), 0);
	for (unsigned i = 0; i < 2; i++)
		fake_hand_over(&h[i], config);
	CU_ASSERT_EQUAL(fake_send(&h[0], c, "x", 1), 0);
	fake_run(&h[0], fake_now + 1000000);
	CU_ASSERT_EQUAL(fake_pending(&h[1], FAKE_FRAME), 2);
	CU_ASSERT_EQUAL(fake_channel(&h[0], FAKE_WRITABLE), c);
	CU_ASSERT_EQUAL(fake_pending(&h[0], FAKE_DOWN) + fake_pending(&h[1], FAKE_DOWN), 0);
	fake_close(&h[0]);
	fake_close(&h[1]);
}

static void hostile_octets_of_loop(void)
{
	static const char *const config[] = {"pair=moving", "impair-delay=1s", "@a l2tp ppp", NULL};
	struct fake_host h[2];

	for (unsigned i = 0; i < 2; i++)
		fake_open(&h[i], &loop_transport, config);
	fake_join(&h[0], &h[1]);
	fake_run(&h[0], fake_now);
	for (unsigned i = 0; i < 5; i++)
		fake_send(&h[1], fake_channel(&h[1], FAKE_UP), "abc", 3);
	frozen_hostile(&h[0], config, test_seed());
	fake_close(&h[1]);
}

static const struct test_case cases[] = {
	{"rows_of_the_key_table", rows_of_the_key_table},
	{"taps", loop_taps},
	{"nothing_to_send", nothing_to_send},
	{"up_when_both_are_there_down_when_not", up_and_down},
	{"channels_by_address_and_payload", loop_channels},
	{"sizes_0_to_mtu_and_one_over", loop_sizes},
	{"loss_duplication_reorder_delay", bad_line},
	{"queue_is_bounded", queue_full},
	{"window_pushes_back_and_opens", window},
	{"a_third_port_stays_alone", third},
	{"bad_settings_have_words", loop_bad_settings},
	{"two_threads", threads},
	{"moves", loop_moves},
	{"moves_with_its_window", loop_moves_with_its_window},
	{"hostile_octets_of_loop", hostile_octets_of_loop},
	{NULL, NULL},
};
const struct test_suite suite_loop = {"loop", cases};
