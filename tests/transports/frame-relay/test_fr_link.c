/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a port does when its link changes, and what a capture sees of the LMI. */
#include "transports/frame-relay/frame_relay.h"
#include "transports/frame-relay/fr_int.h"

#include "tests/harness.h"
#include "tests/netns.h"
#include "tests/transports/host.h"
#include "tests/transports/link/wire.h"

#include <string.h>

#define S UINT64_C(1000000)

static uint8_t last_tap[2][200];
static unsigned taps;

static void fr_link_on_tap(void *arg, bool outbound, uint16_t link_type, const uint8_t *frame,
			   size_t len)
{
	(void)arg;
	CU_ASSERT_EQUAL(link_type, 107); /* LINKTYPE_FRELAY */
	CU_ASSERT_FATAL(len <= sizeof(last_tap[0]));
	memcpy(last_tap[outbound], frame, len);
	taps++;
}

/* LMI is seen too, both ways: Q.933 annex A, DLCI 0, STATUS ENQUIRY of the user (0x75). */
static void a_capture_has_the_lmi(void)
{
	static const char *const user[] = {"link=loop:frt", "@100 l2tp", NULL};
	static const char *const network[] = {"link=loop:frt", "role=network", "@100 l2tp", NULL};
	struct fake_host u, n;

	fake_open(&u, &frame_relay_transport, user);
	fake_open(&n, &frame_relay_transport, network);
	fake_join(&u, &n);
	u.tap_on = true;
	u.on_tap = fr_link_on_tap;
	taps = 0;
	fake_run(&u, fake_now + 25 * S);
	CU_ASSERT(taps >= 2);
	ASSERT_OCTETS(last_tap[1], 6, "\x00\x01\x03\x08\x00\x75", 6);
	ASSERT_OCTETS(last_tap[0], 6, "\x00\x01\x03\x08\x00\x7d", 6);
	fake_close(&u);
	fake_close(&n);
}

/* RFC 3070 4.3 wants 1526 octets for L2TP; a device that has fewer now is told to the log and, as
 * each change, to whoever holds the channels. */
static void the_device_gets_another_mtu(void)
{
	struct fake_host a;

	if (!netns_enter("the_device_gets_another_mtu"))
		return;
	fake_open(&a, &frame_relay_transport,
		  (const char *const[]){"link=tap:f0", "lmi=none", "@100 l2tp ppp", "@200 ppp",
					NULL});
	fake_run(&a, fake_now + S);
	CU_ASSERT_EQUAL(fake_pending(&a, FAKE_UP), 3);
	a.warnings = 0;
	for (unsigned i = 0; i < 2; i++) {
		wire_set_up("f0", false);
		fake_run(&a, fake_now + S);
		wire_set_mtu("f0", 1000);
		wire_set_up("f0", true);
		fake_run(&a, fake_now + S);
		CU_ASSERT_EQUAL(fake_pending(&a, FAKE_MTU), 3);
		CU_ASSERT_EQUAL(a.warnings, 2 * (i + 1)); /* down, and too short */
	}
	fake_close(&a);
	fake_open(&a, &frame_relay_transport,
		  (const char *const[]){"link=tap:f0", "lmi=none", "@200 ppp", NULL});
	fake_run(&a, fake_now + S);
	wire_set_up("f0", false);
	fake_run(&a, fake_now + S);
	wire_set_mtu("f0", 1000);
	wire_set_up("f0", true);
	fake_run(&a, fake_now + S);
	CU_ASSERT_EQUAL(a.warnings, 1); /* PPP may be short */
	CU_ASSERT_EQUAL(fake_pending(&a, FAKE_MTU), 1);
	fake_close(&a);
	netns_leave();
}

/* A link may bring more frames at once than the port gathers for the host: all come, in order. */
static void more_frames_than_a_batch(void)
{
	static const unsigned counts[] = {1, 31, 32, 33, 64, 65};
	static const char *const cfg[] = {"link=loop:frb", "lmi=none", "@100 ppp", NULL};
	static uint8_t octets[65][7];
	struct link_frame f[65];
	struct fake_host a, b;

	fake_open(&a, &frame_relay_transport, cfg);
	fake_open(&b, &frame_relay_transport, cfg);
	fake_join(&a, &b);
	fake_run(&a, fake_now + 2 * S);
	for (unsigned i = 0; i < 65; i++) {
		memcpy(octets[i], "\x18\x41\x03\xcf\xc0\x21", 6);
		octets[i][6] = (uint8_t)i;
		f[i] = (struct link_frame){.payload = octets[i], .len = 7};
	}
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		fake_forget(&a);
		fr_link_user.frames(a.port, f, counts[i]);
		CU_ASSERT_EQUAL(fake_pending(&a, FAKE_FRAME), counts[i]);
		for (unsigned k = 0; k < counts[i]; k++) {
			struct fake_event *e = fake_take(&a, FAKE_FRAME);

			CU_ASSERT_PTR_NOT_NULL_FATAL(e);
			ASSERT_OCTETS(e->data, e->len, octets[k] + 4, 3);
			fake_free(e);
		}
	}
	CU_ASSERT_EQUAL(fake_send_frames(&a, NULL, 0), 0);
	fake_close(&a);
	fake_close(&b);
}

static const struct test_case cases[] = {
	{"more_frames_than_a_batch", more_frames_than_a_batch},
	{"a_capture_has_the_lmi", a_capture_has_the_lmi},
	{"the_device_gets_another_mtu", the_device_gets_another_mtu},
	{NULL, NULL},
};
const struct test_suite suite_fr_link = {"fr_link", cases};
