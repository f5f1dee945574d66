/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What leaves a Frame Relay port, in octets: address, encapsulation, order, and what does not go.
 */
#include "tests/harness.h"
#include "tests/transports/host.h"
#include "tests/transports/recorder.h"
#include "transports/frame-relay/frame_relay.h"

#include <errno.h>
#include <string.h>

/* A port whose frames are tapped, and another at the other end of its link. */
struct fr_tx_rig {
	struct fake_host h, far;
	struct recorder sent;
	ist_channel l2tp, ppp;
};

static void fr_tx_tapped(void *arg, bool outbound, uint16_t link_type, const uint8_t *frame,
			 size_t len)
{
	struct fr_tx_rig *g = arg;

	(void)link_type;
	if (outbound)
		recorder_add(&g->sent, frame, len);
}

static void fr_tx_open(struct fr_tx_rig *g)
{
	static const char *const keys[] = {"link=loop:fr-tx", "lmi=none", "@100 l2tp ppp", NULL};

	memset(g, 0, sizeof(*g));
	fake_open(&g->h, &frame_relay_transport, keys);
	fake_open(&g->far, &frame_relay_transport, keys);
	fake_join(&g->h, &g->far);
	fake_run(&g->h, fake_now);
	CU_ASSERT_EQUAL(fake_connect(&g->h, "100", IST_PAYLOAD_L2TP, &g->l2tp), 0);
	CU_ASSERT_EQUAL(fake_connect(&g->h, "100", IST_PAYLOAD_PPP, &g->ppp), 0);
	g->h.tap_on = true;
	g->h.on_tap = fr_tx_tapped;
	g->h.tap_arg = g;
}

static void fr_tx_close(struct fr_tx_rig *g)
{
	fake_close(&g->h);
	fake_close(&g->far);
}

/* RFC 3070 section 2 (SNAP 00-00-5E and 00-07 behind a pad), RFC 1973 (NLPID CF); Q.922: DLCI 100
 * is 18 41, and DE its bit 2. */
static void address_and_encapsulation(void)
{
	static const struct {
		bool ppp;
		uint32_t flags;
		const char *hex;
	} rows[] = {
		{false, 0, "1841 03 00 80 00005e 0007 c802 7061"},
		{false, IST_FRAME_DISCARD, "1843 03 00 80 00005e 0007 c802 7061"},
		{true, 0, "1841 03 cf c802 7061"},
		{true, IST_FRAME_DISCARD, "1843 03 cf c802 7061"},
	};
	static struct fr_tx_rig g;

	fr_tx_open(&g);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct ist_frame f = {.channel = rows[i].ppp ? g.ppp : g.l2tp,
					    .flags = rows[i].flags,
					    .head = (const uint8_t *)"\xc8\x02",
					    .head_len = 2,
					    .payload = (const uint8_t *)"pa",
					    .len = 2};

		CU_ASSERT_EQUAL(fake_send_frames(&g.h, &f, 1), 1);
		recorder_expect(&g.sent, rows[i].hex);
	}
	CU_ASSERT_EQUAL(g.sent.outs, 0);
	fr_tx_close(&g);
}

/* More than are built at a time, one too long among them: the others go, in their order. */
static void many_at_once(void)
{
	static uint8_t octets[9000];
	static struct ist_frame f[60];
	static struct fr_tx_rig g;

	fr_tx_open(&g);
	for (unsigned i = 0; i < 60; i++) {
		octets[i] = (uint8_t)i;
		f[i] = (struct ist_frame){.channel = g.ppp, .payload = octets + i, .len = 1};
	}
	f[3].len = f[40].len = 8000;
	CU_ASSERT_EQUAL(fake_send_frames(&g.h, f, 60), 60);
	CU_ASSERT_EQUAL(g.sent.outs, 58);
	for (unsigned i = 0; i < 60; i++) {
		const uint8_t want[] = {0x18, 0x41, 0x03, 0xcf, (uint8_t)i};

		if (i == 3 || i == 40)
			continue;
		ASSERT_OCTETS(g.sent.out[i - (i > 3) - (i > 40)], 5, want, 5);
		CU_ASSERT_EQUAL(g.sent.out_len[i - (i > 3) - (i > 40)], 5);
	}
	CU_ASSERT_EQUAL(fake_count(&g.h, "tx-too-long"), 2);
	CU_ASSERT_EQUAL(fake_count(&g.h, "tx-frames"), 58);
	CU_ASSERT_EQUAL(fake_count(&g.h, "tx-octets"), 58);
	fr_tx_close(&g);
}

/* What has no place is not sent, and counted. */
static void no_channel(void)
{
	static struct fr_tx_rig g;

	fr_tx_open(&g);
	CU_ASSERT_EQUAL(fake_send_frames(&g.h, NULL, 0), 0);
	CU_ASSERT_EQUAL(fake_send(&g.h, 0x77777, "x", 1), -ESTALE);
	CU_ASSERT_EQUAL(fake_count(&g.h, "tx-stale"), 1);
	CU_ASSERT_EQUAL(g.sent.outs, 0);
	fr_tx_close(&g);
}

static const struct test_case cases[] = {
	{"rfc3070_2_address_and_encapsulation", address_and_encapsulation},
	{"many_at_once", many_at_once},
	{"no_channel", no_channel},
	{NULL, NULL},
};
const struct test_suite suite_fr_tx = {"fr_tx", cases};
