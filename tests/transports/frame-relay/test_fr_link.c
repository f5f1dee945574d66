/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a port does when its link changes, and what a capture sees of the LMI. */
#include "transports/frame-relay/frame_relay.h"

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

static const struct test_case cases[] = {
	{"a_capture_has_the_lmi", a_capture_has_the_lmi},
	{"the_device_gets_another_mtu", the_device_gets_another_mtu},
	{NULL, NULL},
};
const struct test_suite suite_fr_link = {"fr_link", cases};
