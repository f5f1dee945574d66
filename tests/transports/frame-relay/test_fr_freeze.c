/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frame Relay ports that go to another process. */
#include "tests/harness.h"
#include "tests/transports/frozen.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/frame-relay/lmi.h"
#include "transports/kit/handover.h"

#include <string.h>

#define S 1000000u

static const char *const user[] = {"link=loop:frz", "lmi=annex-d", "fragment=400", "t391=5s",
				   "@100 l2tp ppp", "@101 ppp",	   "@102 l2tp",	   NULL};
static const char *const network[] = {
	"link=loop:frz",    "lmi=annex-d",   "role=network", "fragment=400", "impair-loss=3",
	"impair-delay=2ms", "@100 l2tp ppp", "@101 ppp",     "@103 l2tp",    NULL};
static const char *const far_user[] = {
	"link=loop:frz", "lmi=annex-d",	  "fragment=400", "impair-loss=3", "impair-delay=2ms",
	"t391=5s",	 "@100 l2tp ppp", "@101 ppp",	  "@102 l2tp",	   NULL};
static const char *const our_network[] = {
	"link=loop:frz", "lmi=annex-d", "role=network", "fragment=400",
	"@100 l2tp ppp", "@101 ppp",	"@103 l2tp",	NULL};
static const char *const plain[] = {"link=loop:frz", "lmi=none", "@100 l2tp ppp", NULL};

static void both_sides_of_the_lmi(void)
{
	struct frozen_run r = {
		&frame_relay_transport, {user, network}, 400, 3 * S, 1400, {NULL, NULL}};
	uint64_t seed = test_seed();

	CU_ASSERT(frozen_same(&r, seed));
	r.config[0] = our_network;
	r.config[1] = far_user;
	CU_ASSERT(frozen_same(&r, seed));
}

static void without_lmi(void)
{
	static const char *const lossy[] = {"link=loop:frz", "lmi=none", "impair-loss=5",
					    "@100 l2tp ppp", NULL};
	struct frozen_run r = {
		&frame_relay_transport, {plain, lossy}, 200, 3 * S, 1400, {NULL, NULL}};

	CU_ASSERT(frozen_same(&r, test_seed()));
}

/* What an impaired line holds back goes along, and it goes on with the same random numbers. */
static void on_a_bad_line(void)
{
	static const char *const bad[] = {
		"link=loop:frz",    "lmi=none",		 "impair-loss=5", "impair-delay=2s",
		"impair-jitter=1s", "impair-reorder=10", "@100 l2tp ppp", NULL};
	struct frozen_run r = {&frame_relay_transport, {bad, plain}, 200, 1 * S, 300, {NULL, NULL}};

	CU_ASSERT(frozen_same(&r, test_seed()));
}

static void nni_and_automatic(void)
{
	static const char *const nni[] = {"link=loop:frz", "lmi=annex-a", "role=nni",
					  "@100 l2tp ppp", NULL};
	static const char *const automatic[] = {"link=loop:frz", "lmi=auto", "@100 l2tp ppp", NULL};
	static const char *const cisco[] = {"link=loop:frz", "lmi=cisco", "role=network",
					    "@100 l2tp ppp", NULL};
	struct frozen_run r = {&frame_relay_transport, {nni, nni}, 100, 5 * S, 1400, {NULL, NULL}};
	uint64_t seed = test_seed();

	CU_ASSERT(frozen_same(&r, seed));
	r.config[0] = automatic;
	r.config[1] = cisco;
	CU_ASSERT(frozen_same(&r, seed));
}

static void open_pair(struct fake_host h[2], const char *const *a, const char *const *b)
{
	fake_open(&h[0], &frame_relay_transport, a);
	fake_open(&h[1], &frame_relay_transport, b);
	fake_join(&h[0], &h[1]);
	fake_run(&h[0], fake_now + 60 * S);
}

/* Handed over between the fragments of a frame, which come one by one and not always in order. */
static void between_fragments(void)
{
	static const char *const here[] = {"link=loop:frz", "lmi=none", "fragment=128",
					   "@100 l2tp ppp", NULL};
	static const char *const far[] = {"link=loop:frz",
					  "lmi=none",
					  "fragment=128",
					  "impair-delay=1ms",
					  "impair-jitter=500",
					  "@100 l2tp ppp",
					  NULL};
	struct frozen_run r = {&frame_relay_transport, {here, far}, 1000, 700, 1400, {NULL, NULL}};

	CU_ASSERT(frozen_same(&r, test_seed()));
}

/* Channels keep their handles, and are reported before anything else is. */
static void channels_are_reported_first(void)
{
	struct fake_host h[2];
	ist_channel was[3];

	open_pair(h, user, our_network);
	for (unsigned i = 0; i < 3; i++)
		was[i] = fake_channel(&h[0], FAKE_UP);
	CU_ASSERT(was[0] && was[1] && was[2]);
	fake_forget(&h[0]);
	CU_ASSERT_EQUAL(fake_send(&h[1], was[0], "\1", 1), 1);
	fake_hand_over(&h[0], user);
	CU_ASSERT_EQUAL(fake_pending(&h[0], FAKE_UP), 0);
	fake_run(&h[0], fake_now);
	CU_ASSERT_EQUAL(h[0].first->kind, FAKE_UP);
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(fake_channel(&h[0], FAKE_UP), was[i]);
	CU_ASSERT_EQUAL(fake_pending(&h[0], FAKE_UP), 0);
	CU_ASSERT_EQUAL(fake_channel(&h[0], FAKE_FRAME), was[0]);
	fake_close(&h[0]);
	fake_close(&h[1]);
}

/* Other settings: what they do not allow begins anew, and nothing is up before it is. */
static void other_settings(void)
{
	static const char *const annex_a[] = {"link=loop:frz", "lmi=annex-a", "@100 l2tp ppp",
					      NULL};
	static const char *const fewer[] = {"link=loop:frz", "lmi=annex-d", "t391=5s", "@101 ppp",
					    NULL};
	struct fake_frozen f;
	struct fake_host h[2];
	char err[200] = "";

	open_pair(h, user, our_network);
	fake_forget(&h[0]);
	fake_freeze(&h[0], &f);
	CU_ASSERT_EQUAL(fake_thaw(&h[0], &f, annex_a, err, sizeof(err)), 0);
	fake_frozen_free(&f);
	fake_run(&h[0], fake_now + 60 * S);
	CU_ASSERT_EQUAL(fake_pending(&h[0], FAKE_UP), 0); /* the far end speaks annex-d */
	fake_close(&h[0]);
	fake_close(&h[1]);

	open_pair(h, user, our_network);
	fake_forget(&h[0]);
	fake_freeze(&h[0], &f);
	CU_ASSERT_EQUAL(fake_thaw(&h[0], &f, fewer, err, sizeof(err)), 0);
	fake_frozen_free(&f);
	fake_run(&h[0], fake_now + 60 * S);
	CU_ASSERT_EQUAL(fake_pending(&h[0], FAKE_UP), 1);
	CU_ASSERT_EQUAL(fake_pending(&h[0], FAKE_DOWN), 0);
	fake_close(&h[0]);
	fake_close(&h[1]);
}

/* --- the fields of an LMI ---------------------------------------------------------------------- */

/* Every field has a value of its own; those that make no difference to a port for a while too. */
static void lmi_fill(struct lmi *l, unsigned n)
{
	l->running = l->up = true;
	l->deadline = 2000 + n;
	l->send_seq = (uint8_t)(11 + n);
	l->recv_seq = (uint8_t)(22 + n);
	l->window = (uint16_t)(5 ^ n);
	l->good = 33 + n;
	l->poll = (uint8_t)(1 - n);
	l->asked = (uint8_t)(44 + n);
	l->polls = 55 + n;
	l->changed = l->unasked = n;
	l->unconfirmed = l->only_asked = !n;
	l->pvc[0].state = (uint8_t)(LMI_PVC_INACTIVE + n);
	l->pvc[0].fresh = l->pvc[0].up = n;
	l->pvc[0].announced = !n;
}

static void lmi_fields_are(const struct lmi *l, const struct lmi *want)
{
	CU_ASSERT(l->running);
	CU_ASSERT_EQUAL(l->up, want->up);
	CU_ASSERT_EQUAL(l->deadline, want->deadline);
	CU_ASSERT_EQUAL(l->send_seq, want->send_seq);
	CU_ASSERT_EQUAL(l->recv_seq, want->recv_seq);
	CU_ASSERT_EQUAL(l->window, want->window);
	CU_ASSERT_EQUAL(l->good, want->good);
	CU_ASSERT_EQUAL(l->poll, want->poll);
	CU_ASSERT_EQUAL(l->asked, want->asked);
	CU_ASSERT_EQUAL(l->polls, want->polls);
	CU_ASSERT_EQUAL(l->changed, want->changed);
	CU_ASSERT_EQUAL(l->unasked, want->unasked);
	CU_ASSERT_EQUAL(l->unconfirmed, want->unconfirmed);
	CU_ASSERT_EQUAL(l->only_asked, want->only_asked);
	CU_ASSERT_EQUAL(l->pvc[0].state, want->pvc[0].state);
	CU_ASSERT_EQUAL(l->pvc[0].fresh, want->pvc[0].fresh);
	CU_ASSERT_EQUAL(l->pvc[0].announced, want->pvc[0].announced);
	CU_ASSERT_EQUAL(l->pvc[0].up, want->pvc[0].up);
}

static void fields_of_an_lmi(void)
{
	static const struct lmi_conf conf = {.kind = LMI_ANNEX_D,
					     .role = LMI_USER,
					     .t391 = 10 * S,
					     .t392 = 15 * S,
					     .n391 = 6,
					     .n392 = 3,
					     .n393 = 4};
	static const uint32_t dlci = 100;

	for (unsigned n = 0; n < 2; n++) {
		uint8_t octets[300];
		struct ist_frozen f = {.octets = octets, .room = sizeof(octets)};
		struct lmi here, there;
		struct handover h;

		CU_ASSERT_EQUAL_FATAL(lmi_init(&here, &conf, NULL, NULL, &dlci, 1), 0);
		CU_ASSERT_EQUAL_FATAL(lmi_init(&there, &conf, NULL, NULL, &dlci, 1), 0);
		lmi_fill(&here, n);
		handover_freeze(&h, &f, 1000);
		CU_ASSERT(lmi_hand(&here, &h));
		CU_ASSERT_EQUAL(handover_frozen(&h), 0);
		handover_thaw(&h, &f, 1000);
		CU_ASSERT(lmi_hand(&there, &h));
		CU_ASSERT_FALSE(h.bad);
		lmi_fields_are(&there, &here);
		lmi_free(&here);
		lmi_free(&there);
	}
}

static void hostile_octets(void)
{
	struct fake_host h[2];

	open_pair(h, user, our_network);
	frozen_hostile(&h[0], user, test_seed());
	fake_close(&h[1]);
}

static const struct test_case cases[] = {
	{"both_sides_of_the_lmi", both_sides_of_the_lmi},
	{"without_lmi", without_lmi},
	{"on_a_bad_line", on_a_bad_line},
	{"nni_and_automatic", nni_and_automatic},
	{"between_fragments", between_fragments},
	{"channels_are_reported_first", channels_are_reported_first},
	{"other_settings", other_settings},
	{"fields_of_an_lmi", fields_of_an_lmi},
	{"hostile_octets", hostile_octets},
	{NULL, NULL},
};
const struct test_suite suite_fr_freeze = {"fr_freeze", cases};
