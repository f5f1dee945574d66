/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EAP between a client and a RADIUS server, with us in the middle (RFC 3579). */
#include "tests/gw/fake_radius.h"
#include "tests/gw/frames.h"
#include "tests/heap.h"

#include <stdio.h>
#include <string.h>

#define CONF                                                                              \
	"host-name = gw\nlogin-delay = 0\n"                                               \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                         \
	"peer lac { service = s }\n"                                                      \
	"radius r { server \"192.0.2.9\" { secret = \"0123456789abcdef\" } }\n"           \
	"pool p { ranges = { \"10.64.0.0/29\" } }\n"                                      \
	"service s { local = 10.64.0.1  pool = p  mtu = 1400  radius = r  auth = eap }\n" \
	"user ann { secret = \"of ann\" }\n"

/* State "abc", and a Request of two parts: MD5-Challenge with Identifier 0x47 */
#define CHALLENGE "1805616263 4f08 01470016 0410 4f12 00112233445566778899aabbccddeeff"

static const struct dp_call *eap_begin(const char *attrs)
{
	const struct dp_call *at;

	fake_radius_accept(attrs);
	fake_radius.code = RADIUS_ACCESS_CHALLENGE;
	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	frames_record();
	at = frames_lcp("", 0);
	CU_ASSERT(frames_next("c227 01 01 0005 01"));
	frames_give(at->tid, at->sid, "c227 02 01 0008 01 616e6e");
	return at;
}

static void eap_end(void)
{
	bench_stop();
	fake_radius = (struct fake_radius){0};
}

/* 2.1, 2.2: User-Name is the identity; State and the Response go back. */
static void rfc3579_2_passes_through(void)
{
	const struct dp_call *at = eap_begin(CHALLENGE);

	CU_ASSERT_EQUAL(fake_radius.asked, 1);
	CU_ASSERT_TRUE(fake_radius_asked("0105616e6e"));
	CU_ASSERT_TRUE(fake_radius_asked("4f0a 0201000801616e6e"));
	CU_ASSERT_TRUE(fake_radius_asked("0c0600000578"));
	CU_ASSERT_FALSE(fake_radius_asked("1805616263"));
	CU_ASSERT(frames_next("c227 01 47 0016 04 10 00112233445566778899aabbccddeeff"));
	fake_radius.code = RADIUS_ACCESS_ACCEPT;
	fake_radius.attrs = "4f06 03470004 1b0600000e10";
	frames_give(at->tid, at->sid, "c227 02 47 0016 04 10 ffeeddccbbaa99887766554433221100");
	CU_ASSERT_EQUAL(fake_radius.asked, 2);
	CU_ASSERT_TRUE(fake_radius_asked("0105616e6e"));
	CU_ASSERT_TRUE(fake_radius_asked("1805616263"));
	CU_ASSERT_TRUE(fake_radius_asked("4f18 02470016 0410 ffeeddccbbaa99887766554433221100"));
	CU_ASSERT(frames_next("c227 03 47 0004"));
	CU_ASSERT(frames_next("8021 01 *"));
	CU_ASSERT_EQUAL(leg_server_limits(bench_join()->leg[1])->session, 3600 * SEC);
	eap_end();
}

static void rfc3579_2_refused(void)
{
	const struct dp_call *at = eap_begin(CHALLENGE);

	CU_ASSERT(frames_next("c227 01 47 *"));
	fake_radius.code = RADIUS_ACCESS_REJECT;
	fake_radius.attrs = "4f06 04470004";
	frames_give(at->tid, at->sid, "c227 02 47 0006 03 1a");
	CU_ASSERT(frames_next("c227 04 47 0004"));
	CU_ASSERT(frames_next("c021 05 *"));
	eap_end();
}

/* A long Response takes several attributes, one behind the other (3.1). */
static void a_response_is_split(void)
{
	char frame[2 * 400] = "c227 02 47 0104 0d", want[2 * 400];
	const struct dp_call *at = eap_begin(CHALLENGE);

	CU_ASSERT(frames_next("c227 01 47 *"));
	for (unsigned i = 5; i < 260; i++)
		snprintf(frame + strlen(frame), 3, "%02x", i & 255);
	frames_give(at->tid, at->sid, frame);
	CU_ASSERT_EQUAL(fake_radius.asked, 2);
	/* 253 octets behind the protocol, of which five are "02 47 0104 0d" */
	snprintf(want, sizeof(want), "4fff %.*s 4f09 fdfeff00010203", 13 + 2 * 248, frame + 5);
	CU_ASSERT_TRUE(fake_radius_asked(want));
	eap_end();
}

/* Not to be understood: a challenge without State, without EAP, or with what is no Request. */
static void challenges_that_are_none(void)
{
	static const char *const rows[] = {"4f18 01470016 0410 00112233445566778899aabbccddeeff",
					   "1805616263", "1805616263 4f08 02470006 031a"};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		eap_begin(rows[i]);
		CU_ASSERT(frames_next("c227 04 01 0004"));
		CU_ASSERT(frames_next("c021 05 *"));
		eap_end();
	}
}

/* A client that begins anew is none of the conversation before. */
static void a_new_beginning_has_no_state(void)
{
	const struct dp_call *at = eap_begin(CHALLENGE);
	char hex[512];

	CU_ASSERT(frames_next("c227 01 47 *"));
	frames_give(at->tid, at->sid, "c021 01 02 000a 0506a1a1a1a1");
	frames_asked(hex);
	frames_give(at->tid, at->sid, hex);
	CU_ASSERT(frames_next("c021 02 02 *"));
	CU_ASSERT(frames_next("c227 01 48 0005 01"));
	frames_give(at->tid, at->sid, "c227 02 48 0008 01 616e6e");
	CU_ASSERT_EQUAL(fake_radius.asked, 2);
	CU_ASSERT_FALSE(fake_radius_asked("1805616263"));
	eap_end();
}

static const struct test_case cases[] = {
	{"rfc3579_2_passes_through", rfc3579_2_passes_through},
	{"rfc3579_2_refused", rfc3579_2_refused},
	{"a_response_is_split", a_response_is_split},
	{"challenges_that_are_none", challenges_that_are_none},
	{"a_new_beginning_has_no_state", a_new_beginning_has_no_state},
	{NULL, NULL},
};
const struct test_suite suite_leg_eap = {"leg_eap", cases};
