/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our PPP on a line, for whoever will have it: the test is the line, its client and the owner. */
#include "tests/gw/legs/far_leg.h"
#include "tests/heap.h"

#include <stdio.h>
#include <string.h>

static struct {
	struct leg *leg;
	struct join *join;
	unsigned known, frames;
	char user[64];
	uint8_t frame[64];
	size_t frame_len;
} at;

/* --- the owner --------------------------------------------------------------------------------- */

static void proxy_on_known(void *ctx, const char *user, uint64_t now)
{
	CU_ASSERT(ctx == &at && now == clock_us);
	at.known++;
	snprintf(at.user, sizeof(at.user), "%s", user);
}

static void proxy_on_frame(void *ctx, const uint8_t *frame, size_t len, uint64_t now)
{
	CU_ASSERT(ctx == &at && now == clock_us && len <= sizeof(at.frame));
	at.frames++;
	memcpy(at.frame, frame, len);
	at.frame_len = len;
}

static const struct leg_proxy_owner proxy_owner = {proxy_on_known, proxy_on_frame};

static void proxy_make(const struct cfg_lcp *cfg)
{
	bench_start("host-name = gw\n");
	memset(&at, 0, sizeof(at));
	at.leg = leg_proxy_new(bench.gw, cfg, &proxy_owner, &at);
	CU_ASSERT_PTR_NOT_NULL_FATAL(at.leg);
	at.join = far_leg_join(at.leg);
}

static void proxy_start_of(const struct cfg_lcp *cfg, const char *request)
{
	proxy_make(cfg);
	join_start(at.join, clock_us);
	far_leg_hears_request(request);
}

static const struct cfg_lcp chap = {
	.proxy = 1, .auth = {PPP_AUTH_CHAP_MD5}, .n_auth = 1, .mru = 1400};
/* RFC 1661 6.1, 6.2 and 6.4; RFC 1994 3 */
#define CHAP_REQUEST "c021 01 01 0013 0104 0578 0305 c22305 0506 ????????"
#define RESPONSE     "10 000102030405060708090a0b0c0d0e0f 616e6e40"

static void proxy_open(void)
{
	proxy_start_of(&chap, CHAP_REQUEST);
	far_leg_asks("c021 01 01 0004", "c021 02 01 0004");
	CU_ASSERT_EQUAL(at.known, 0);
	far_leg_acks();
	CU_ASSERT_TRUE(frames_next("c223 01 01 0017 10 *"));
}

/* --- tests ------------------------------------------------------------------------------------- */

static void the_client_names_itself(void)
{
	struct ppp_proxy p;

	proxy_start_of(&chap, CHAP_REQUEST);
	CU_ASSERT_FALSE(leg_proxy_state(at.leg, &p)); /* LCP is not open */
	far_leg_asks("c021 01 01 0004", "c021 02 01 0004");
	CU_ASSERT_FALSE(leg_proxy_state(at.leg, &p));
	far_leg_acks();
	/* RFC 1994 4.1: our name is behind the value */
	CU_ASSERT_TRUE(frames_next("c223 01 01 0017 10 "
				   "???????????????????????????????? 6777"));
	CU_ASSERT_TRUE(leg_proxy_state(at.leg, &p));
	CU_ASSERT_EQUAL(at.known, 0);
	far_leg_says("c223 02 01 0019 " RESPONSE);
	CU_ASSERT_EQUAL(at.known, 1);
	CU_ASSERT_STRING_EQUAL(at.user, "ann@");
	CU_ASSERT_TRUE(frames_none()); /* the answer waits for the LNS */
	CU_ASSERT_TRUE_FATAL(leg_proxy_state(at.leg, &p));
	CU_ASSERT_PTR_NOT_NULL_FATAL(p.claim);
	CU_ASSERT_STRING_EQUAL(p.claim->name, "ann@");
	CU_ASSERT_EQUAL(at.leg->state, LEG_STARTING);
	bench_stop();
}

/* Once more, if LCP begins anew. */
static void proxy_client_starts_again(void)
{
	proxy_open();
	far_leg_says("c223 02 01 0019 " RESPONSE);
	CU_ASSERT_EQUAL(at.known, 1);
	far_leg_says("c021 01 02 0004");
	far_leg_hears_request("c021 01 02 0013 *");
	CU_ASSERT_TRUE(frames_next("c021 02 02 0004"));
	far_leg_acks();
	CU_ASSERT_TRUE(frames_next("c223 01 02 *"));
	far_leg_says("c223 02 02 0018 10 000102030405060708090a0b0c0d0e0f 626f62");
	CU_ASSERT_EQUAL(at.known, 2);
	CU_ASSERT_STRING_EQUAL(at.user, "bob");
	bench_stop();
}

static const struct cfg_lcp nothing = {.proxy = 1, .mru = 1500};

/* It has nothing to prove: what is of a network is the LNS's, LCP and authentication are ours. */
static void what_is_for_the_lns(void)
{
	static const struct {
		const char *hex;
		bool for_lns;
	} rows[] = {
		{"8021 01 01 0004", true},	 {"8057 01 01 0004", true},
		{"80fd 01 01 0004", true},	 {"c021 09 07 0008 00000000", false},
		{"c023 01 01 0006 0000", false}, {"c223 02 09 0004", false},
		{"c227 02 01 0005 01", true},
	};

	proxy_start_of(&nothing, "c021 01 01 *");
	far_leg_says("8021 01 01 0004");
	CU_ASSERT_EQUAL(at.frames, 0); /* nobody is known yet */
	far_leg_asks("c021 01 01 0004", "c021 02 01 0004");
	far_leg_acks();
	CU_ASSERT_EQUAL(at.known, 1);
	CU_ASSERT_STRING_EQUAL(at.user, "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t want[64];
		size_t n = test_hex(want, sizeof(want), rows[i].hex);

		at.frames = 0;
		far_leg_says(rows[i].hex);
		CU_ASSERT_EQUAL(at.frames, rows[i].for_lns);
		if (at.frames)
			ASSERT_OCTETS(at.frame, at.frame_len, want, n);
	}
	CU_ASSERT_TRUE(frames_next("c021 0a 07 0008 ????????")); /* RFC 1661 5.8 */
	CU_ASSERT_TRUE(frames_none());
	bench_pass(60 * SEC); /* no NCP of ours begins, so none is missed */
	CU_ASSERT_EQUAL(far_leg_gone, 0);
	bench_stop();
}

#define NO "6e6f" /* "no" */

/* RFC 1994 4.2: Failure, with the Response's identifier and a message; RFC 1661 5.5. */
static void nobody_takes_the_client(void)
{
	struct leg_end why = leg_end(LEG_BY_RESOURCES, "all are busy");

	proxy_open();
	far_leg_says("c223 02 01 0019 " RESPONSE);
	leg_proxy_refuse(at.leg, &why, "no", clock_us);
	CU_ASSERT_TRUE(frames_next("c223 04 01 0006 " NO));
	CU_ASSERT_TRUE(frames_next("c021 05 02 0006 " NO));
	CU_ASSERT_EQUAL(bench_logged("call notice: *line 1000*: refused: user ann@: all are busy"),
			1);
	leg_proxy_refuse(at.leg, &why, "no", clock_us); /* it has heard */
	CU_ASSERT_TRUE(frames_none());
	CU_ASSERT_EQUAL(bench_logged("call notice: *refused: *"), 1);
	CU_ASSERT_EQUAL(far_leg_gone, 0);
	far_leg_says("c021 06 02 0004");
	CU_ASSERT_EQUAL_FATAL(far_leg_gone, 1);
	CU_ASSERT_EQUAL(far_leg_why.cause, LEG_BY_RESOURCES);
	CU_ASSERT_STRING_EQUAL(far_leg_why.words, "all are busy");
	bench_stop();
}

/* It had nothing to prove: there is no Failure to send, and LCP ends with the message. */
static void nobody_takes_one_without_a_proof(void)
{
	struct leg_end why = leg_end(LEG_BY_RESOURCES, "all are busy");

	proxy_start_of(&nothing, "c021 01 01 *");
	far_leg_asks("c021 01 01 0004", "c021 02 01 0004");
	far_leg_acks();
	CU_ASSERT_EQUAL(at.known, 1);
	leg_proxy_refuse(at.leg, &why, "no", clock_us);
	CU_ASSERT_TRUE(frames_next("c021 05 02 0006 " NO));
	bench_stop();
}

/* RFC 1334 2: the methods of the circuit are asked for, in its order. */
static void the_methods_of_the_circuit(void)
{
	static const struct cfg_lcp pap = {
		.proxy = 1, .auth = {PPP_AUTH_PAP, PPP_AUTH_CHAP_MD5}, .n_auth = 2, .mru = 1500};

	proxy_start_of(&pap, "c021 01 01 000e 0304 c023 0506 ????????");
	far_leg_asks("c021 01 01 0004", "c021 02 01 0004");
	far_leg_says("c021 03 01 0009 0305 c22305"); /* Nak: rather CHAP */
	CU_ASSERT_TRUE(frames_next("c021 01 02 000f 0305 c22305 0506 ????????"));
	bench_stop();
}

/* One that says nothing more goes in a while, all the same: RFC 1661 4.6. */
static void a_refused_client_that_is_silent(void)
{
	struct leg_end why = leg_end(LEG_BY_AUTH, "no such user");

	proxy_open();
	far_leg_says("c223 02 01 0019 " RESPONSE);
	leg_proxy_refuse(at.leg, &why, "no", clock_us);
	bench_pass(10 * SEC);
	CU_ASSERT_EQUAL_FATAL(far_leg_gone, 1);
	CU_ASSERT_EQUAL(far_leg_why.cause, LEG_BY_AUTH);
	bench_stop();
}

/* A call has the line: not a word. */
static void it_ends_in_silence(void)
{
	struct leg_end why = leg_end(LEG_BY_OPERATOR, "a call has the line");

	proxy_open();
	far_leg_says("c223 02 01 0019 " RESPONSE);
	join_cut(at.join, &why, clock_us);
	CU_ASSERT_TRUE(frames_none());
	CU_ASSERT_EQUAL(far_leg_gone, 1);
	bench_stop();
}

/* One that is about to end is refused no more, and has no state to tell. */
static void a_leg_that_ends(void)
{
	struct leg_end why = leg_end(LEG_BY_RESOURCES, "all are busy");
	struct ppp_proxy p;

	proxy_open();
	far_leg_says("c223 02 01 0019 " RESPONSE);
	join_end(at.join, &why, clock_us);
	CU_ASSERT_EQUAL(at.leg->state, LEG_STOPPING);
	CU_ASSERT_FALSE(leg_proxy_state(at.leg, &p));
	leg_proxy_refuse(at.leg, &why, "no", clock_us);
	CU_ASSERT_EQUAL(bench_logged("call notice: *refused: *"), 0);
	bench_stop();
}

static void without_memory_for_a_proxy(void)
{
	bench_start("host-name = gw\n");
	heap_refuse(0);
	CU_ASSERT_PTR_NULL(leg_proxy_new(bench.gw, &chap, &proxy_owner, &at));
	CU_ASSERT_TRUE(heap_refused());
	bench_stop();
	proxy_make(&chap);
	far_leg_starts_without_memory(at.join);
	bench_stop();
}

static const struct test_case cases[] = {
	{"the_client_names_itself", the_client_names_itself},
	{"proxy_client_starts_again", proxy_client_starts_again},
	{"what_is_for_the_lns", what_is_for_the_lns},
	{"nobody_takes_the_client", nobody_takes_the_client},
	{"nobody_takes_one_without_a_proof", nobody_takes_one_without_a_proof},
	{"the_methods_of_the_circuit", the_methods_of_the_circuit},
	{"a_refused_client_that_is_silent", a_refused_client_that_is_silent},
	{"it_ends_in_silence", it_ends_in_silence},
	{"a_leg_that_ends", a_leg_that_ends},
	{"without_memory_for_a_proxy", without_memory_for_a_proxy},
	{NULL, NULL},
};
const struct test_suite suite_leg_proxy = {"leg_proxy", cases};
