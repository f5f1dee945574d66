/* SPDX-License-Identifier: GPL-2.0-or-later */
/* X.25 ports that go to another process. */
#include "tests/harness.h"
#include "tests/transports/frozen.h"
#include "tests/transports/raw.h"
#include "transports/x25/x25_transport.h"

#define MS 1000u
#define S  1000000u

static const char *const dte[] = {"link=loop:x25f", "address=3110", "framing=lapb", "inactivity=2m",
				  "lapb-t1=1s",	    "@1 l2tp",	    "@2 ppp",	    NULL};
static const char *const dce[] = {"link=loop:x25f", "address=3111", "framing=lapb",
				  "role=dce",	    "lapb-t1=1s",   "inactivity=3m",
				  "@1 l2tp",	    "@2 ppp",	    NULL};
static const char *const far_dce[] = {"link=loop:x25f",
				      "address=3111",
				      "framing=lapb",
				      "role=dce",
				      "lapb-t1=1s",
				      "inactivity=3m",
				      "impair-delay=20ms",
				      "impair-loss=2",
				      "@1 l2tp",
				      "@2 ppp",
				      NULL};
static const char *const far_dte[] = {
	"link=loop:x25f",    "address=3110",  "framing=lapb", "inactivity=2m", "lapb-t1=1s",
	"impair-delay=20ms", "impair-loss=2", "@1 l2tp",      "@2 ppp",	       NULL};

/* Steps of many lengths: within the flight of a frame, and over T1, T21 and inactivity. */
static void over_lapb(void)
{
	struct frozen_run r = {&x25_transport, {dte, far_dce}, 600,
			       30 * MS,	       1500,	       {"3111", "3110"}};
	uint64_t seed = test_seed();

	CU_ASSERT(frozen_same(&r, seed));
	r.pause = 5 * S;
	CU_ASSERT(frozen_same(&r, seed + 1));
	r.config[0] = dce;
	r.config[1] = far_dte;
	r.to[0] = "3110";
	r.to[1] = "3111";
	CU_ASSERT(frozen_same(&r, seed + 2));
	r.pause = 30 * MS;
	CU_ASSERT(frozen_same(&r, seed + 3));
}

static void modulo_128(void)
{
	static const char *const a[] = {"link=loop:x25f", "address=3110",    "framing=lapb",
					"modulo=128",	  "lapb-modulo=128", "lapb-window=20",
					"window-want=40", "@1 l2tp",	     NULL};
	static const char *const b[] = {"link=loop:x25f", "address=3111",      "framing=lapb",
					"modulo=128",	  "lapb-modulo=128",   "lapb-window=20",
					"window-want=40", "impair-delay=50ms", "impair-loss=1",
					"role=dce",	  "@1 l2tp",	       NULL};
	struct frozen_run r = {&x25_transport, {a, b}, 600, 30 * MS, 1500, {"3111", "3110"}};

	CU_ASSERT(frozen_same(&r, test_seed()));
}

static void behind_the_pseudo_header(void)
{
	static const char *const a[] = {"link=loop:x25f", "address=3110", "@1 l2tp", NULL};
	static const char *const b[] = {"link=loop:x25f",    "address=3111", "role=dce",
					"impair-delay=20ms", "@1 l2tp",	     NULL};
	struct frozen_run r = {&x25_transport, {a, b}, 400, 100 * MS, 1500, {"3111", "3110"}};

	CU_ASSERT(frozen_same(&r, test_seed()));
}

static void open_x25_pair(struct fake_host h[2], const char *const *a, const char *const *b)
{
	fake_open(&h[0], &x25_transport, a);
	fake_open(&h[1], &x25_transport, b);
	fake_join(&h[0], &h[1]);
	fake_run(&h[0], fake_now + 10 * S);
}

static void one_call(struct fake_host h[2], ist_channel c[2])
{
	fake_forget(&h[0]);
	fake_forget(&h[1]);
	CU_ASSERT_EQUAL(fake_connect(&h[0], "3111", IST_PAYLOAD_L2TP, &c[0]), 0);
	fake_run(&h[0], fake_now + 100 * MS);
	c[1] = fake_channel(&h[1], FAKE_OFFER);
	CU_ASSERT_EQUAL(fake_answer(&h[1], c[1]), 0);
	fake_run(&h[0], fake_now + 100 * MS);
	CU_ASSERT_EQUAL(fake_channel(&h[0], FAKE_UP), c[0]);
	CU_ASSERT_EQUAL(fake_channel(&h[1], FAKE_UP), c[1]);
}

/* A call that has ended is not there any more in the next process, nor is its handle given again.
 */
static void handles_stay(void)
{
	struct fake_host h[2];
	ist_channel c[2], d[2];

	open_x25_pair(h, dte, dce);
	one_call(h, c);
	fake_disconnect(&h[0], c[0]);
	fake_run(&h[0], fake_now + 100 * MS);
	fake_hand_over(&h[0], dte);
	fake_run(&h[0], fake_now);
	CU_ASSERT(fake_send(&h[0], c[0], "x", 1) < 0);
	one_call(h, d);
	CU_ASSERT_NOT_EQUAL(c[0], d[0]);
	CU_ASSERT_EQUAL(fake_send(&h[0], d[0], "x", 1), 1);
	fake_run(&h[0], fake_now + 100 * MS);
	CU_ASSERT_EQUAL(fake_channel(&h[1], FAKE_FRAME), d[1]);
	fake_close(&h[0]);
	fake_close(&h[1]);
}

/* A frame that was refused while the call was not up: `writable` comes when it is. */
static void a_frame_refused_before_the_call_is_up(void)
{
	struct fake_host h[2];
	ist_channel c;

	open_x25_pair(h, dte, dce);
	fake_forget(&h[0]);
	CU_ASSERT_EQUAL(fake_connect(&h[0], "3111", IST_PAYLOAD_L2TP, &c), 0);
	CU_ASSERT_EQUAL(fake_send(&h[0], c, "x", 1), 0);
	fake_hand_over(&h[0], dte);
	fake_run(&h[0], fake_now + 100 * MS);
	CU_ASSERT_EQUAL(fake_answer(&h[1], fake_channel(&h[1], FAKE_OFFER)), 0);
	fake_run(&h[0], fake_now + 100 * MS);
	CU_ASSERT_EQUAL(fake_channel(&h[0], FAKE_WRITABLE), c);
	fake_close(&h[0]);
	fake_close(&h[1]);
}

/* The far end says nothing: it is asked again when it was due. */
static void asking_goes_on(void)
{
	static const char *const far[] = {"link=loop:x25f", NULL};
	static const char *const here[] = {"link=loop:x25f", NULL};
	struct fake_host h[2];

	fake_open(&h[1], &raw_transport, far);
	fake_open(&h[0], &x25_transport, here);
	fake_join(&h[0], &h[1]);
	fake_run(&h[0], fake_now + 4 * S);
	fake_forget(&h[1]);
	fake_hand_over(&h[0], here);
	fake_run(&h[0], fake_now + 3 * S);
	CU_ASSERT_EQUAL(fake_pending(&h[1], FAKE_FRAME), 1);
	fake_close(&h[0]);
	fake_close(&h[1]);
}

/* A permanent circuit that is configured no more ends without a word; a layer that is set up in
 * another way begins anew, and the far end hears a restart. */
static void other_settings_of_x25(void)
{
	static const char *const renamed[] = {"link=loop:x25f",
					      "address=3110",
					      "framing=lapb",
					      "inactivity=2m",
					      "lapb-t1=1s",
					      "@2 ppp",
					      NULL};
	static const char *const wider[] = {
		"link=loop:x25f", "address=3110", "framing=lapb", "mtu=1700",
		"lapb-t1=1s",	  "@1 l2tp",	  "@2 ppp",	  NULL};
	struct fake_frozen f;
	struct fake_host h[2];
	ist_channel c[2];
	char err[200] = "";

	open_x25_pair(h, dte, dce);
	one_call(h, c);
	fake_freeze(&h[0], &f);
	CU_ASSERT_EQUAL(fake_thaw(&h[0], &f, renamed, err, sizeof(err)), 0);
	fake_frozen_free(&f);
	fake_run(&h[0], fake_now + 100 * MS);
	CU_ASSERT_EQUAL(fake_pending(&h[0], FAKE_UP), 2); /* PVC 2 and the call */
	CU_ASSERT_EQUAL(fake_pending(&h[1], FAKE_DOWN), 0);
	fake_freeze(&h[0], &f);
	fake_forget(&h[0]);
	CU_ASSERT_EQUAL(fake_thaw(&h[0], &f, wider, err, sizeof(err)), 0);
	fake_frozen_free(&f);
	fake_run(&h[0], fake_now + 30 * S);
	CU_ASSERT_EQUAL(fake_pending(&h[0], FAKE_UP), 2); /* both PVCs */
	CU_ASSERT(fake_pending(&h[1], FAKE_DOWN) > 0);
	fake_close(&h[0]);
	fake_close(&h[1]);
}

static void hostile_octets_of_x25(void)
{
	struct fake_host h[2];
	static uint8_t sdu[1500];
	ist_channel c[2];

	open_x25_pair(h, dte, dce);
	one_call(h, c);
	CU_ASSERT_EQUAL(fake_send(&h[0], c[0], sdu, sizeof(sdu)), 1);
	frozen_hostile(&h[0], dte, test_seed());
	fake_close(&h[1]);
}

static const struct test_case cases[] = {
	{"over_lapb", over_lapb},
	{"modulo_128", modulo_128},
	{"behind_the_pseudo_header", behind_the_pseudo_header},
	{"handles_stay", handles_stay},
	{"a_frame_refused_before_the_call_is_up", a_frame_refused_before_the_call_is_up},
	{"asking_goes_on", asking_goes_on},
	{"other_settings_of_x25", other_settings_of_x25},
	{"hostile_octets_of_x25", hostile_octets_of_x25},
	{NULL, NULL},
};
const struct test_suite suite_x25_freeze = {"x25_freeze", cases};
