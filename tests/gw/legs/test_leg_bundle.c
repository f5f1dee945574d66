/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Multilink bundles of calls (RFC 1990): who joins which, what goes by them, and how they end. */
#include "gw/aaa/aaa.h"
#include "gw/bind.h"
#include "gw/legs/leg_entry.h"
#include "tests/gw/frames.h"
#include "tests/gw/heard.h"
#include "tests/gw/operator/says.h"
#include "tests/heap.h"

#include <stdio.h>
#include <string.h>

#define CONF(auth) CONF_OF(auth, "")
#define CONF_OF(auth, keys)                                                                    \
	"host-name = gw\n"                                                                     \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                              \
	"peer lac { service = s }\n"                                                           \
	"pool s { ranges = { \"10.64.0.0/29\" } }\n"                                           \
	"service s { local = 10.64.0.1  pool = s  mtu = 1400  multilink = yes  auth = { " auth \
	" }  ppp-filter-in = \"greater 1\" " keys " }\n"                                       \
	"user ann { secret = \"a\" }\nuser bob { secret = \"b\"  address = 10.64.0.5 }\n"

#define ENDPOINT "1304 01 aa" /* class 1, address aa */
#define PAP_ANN	 "c023 01 01 000a 03616e6e 0161"
#define PAP_BOB	 "c023 01 01 000a 03626f62 0162"

static const struct dp_call *at; /* of the call that was placed last */

static void bundle_lcp(const char *options, unsigned len)
{
	at = frames_lcp(options, len);
}

static void bundle_bench(const char *conf)
{
	bench_start_kept(conf);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	frames_record();
}

static const struct dp_call *bundle_entry_of(uint16_t number)
{
	return fake_entry(0, number);
}

/* How many bundles there are. */
static unsigned bundles(void)
{
	struct leg_bundle_view b;
	struct join *j;
	unsigned n = 0;

	llist_for_each_entry(j, &bench.gw->joins->head, entry) n += leg_bundle_view(j->leg[0], &b);
	return n;
}

static struct dp_call bundle_ann(void)
{
	bundle_lcp("1104 05dc " ENDPOINT, 8);
	frames_give(at->tid, at->sid, PAP_ANN);
	CU_ASSERT(frames_next("c023 02 01 *"));
	return *fake_entry(at->tid, at->sid);
}

/* The first link of ann's, with its network protocols open. */
static struct dp_call bundle_opened(void)
{
	struct dp_call first = bundle_ann();

	CU_ASSERT_EQUAL(first.mode, DP_MEMBER);
	CU_ASSERT(frames_next("8021 01 01 000a 03060a400001"));
	CU_ASSERT(frames_none());
	frames_give(0, first.to_sid, "8021 02 01 000a 03060a400001");
	frames_give(0, first.to_sid, "8021 01 01 000a 03060a400002");
	CU_ASSERT(frames_next("8021 02 01 000a 03060a400002"));
	return first;
}

static struct dp_call bundle_first(void)
{
	bundle_bench(CONF("pap"));
	return bundle_opened();
}

/* 5.1.1: MRRU in each negotiation; 5.1.3: our name, class 1. */
static void what_is_asked_for(void)
{
	bundle_bench(CONF("pap"));
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT(
		frames_next("c021 01 01 001b 0104 0578 0304c023 0506???????? 110405dc 1305016777"));
	bench_stop();
}

static void the_first_link_makes_a_bundle(void)
{
	struct dp_call first = bundle_first();
	const struct dp_call *b = bundle_entry_of(first.to_sid);

	CU_ASSERT_PTR_NOT_NULL_FATAL(b);
	CU_ASSERT_EQUAL(first.to_tid, 0);
	CU_ASSERT_EQUAL(first.filter[DP_FILTER_PPP_IN], 0);
	CU_ASSERT_NOT_EQUAL(b->filter[DP_FILTER_PPP_IN], 0); /* it sees packets, not fragments */
	CU_ASSERT_EQUAL(b->bundle.mrru, 1500);
	CU_ASSERT_FALSE(b->bundle.rx_short || b->bundle.tx_short);
	CU_ASSERT_EQUAL(b->bundle.link[0].tid, first.tid);
	CU_ASSERT_EQUAL(b->bundle.link[0].sid, first.sid);
	CU_ASSERT_EQUAL(b->bundle.link[1].sid, 0);
	CU_ASSERT_EQUAL(b->mode, DP_TERMINAL);
	CU_ASSERT_TRUE(b->ip4);
	CU_ASSERT_EQUAL(b->peer4, 0x0a400002);
	CU_ASSERT_EQUAL(b->mtu, 1400);
	CU_ASSERT_EQUAL(bench_logged("aaa notice: call */*: ann is link 1 of bundle * from a *"),
			1);
	CU_ASSERT_EQUAL(bench_logged("aaa notice: bundle *: ann let in, 10.64.0.2"), 1);
	bench_stop();
}

static void the_second_link_joins_it(void)
{
	struct dp_call first = bundle_first(), second;
	const struct dp_call *b;

	second = bundle_ann();
	b = bundle_entry_of(first.to_sid);
	CU_ASSERT(frames_none()); /* nothing is negotiated again */
	CU_ASSERT_EQUAL(second.mode, DP_MEMBER);
	CU_ASSERT_EQUAL(second.to_sid, first.to_sid);
	CU_ASSERT_EQUAL(bundles(), 1);
	CU_ASSERT_EQUAL(b->bundle.link[1].tid, second.tid);
	CU_ASSERT_EQUAL(b->bundle.link[1].sid, second.sid);
	CU_ASSERT_EQUAL(bench_logged("aaa notice: call */*: ann is link 2 of bundle * from a *"),
			1);
	CU_ASSERT_EQUAL(bench_logged("aaa notice: * let in*"), 1);
	CU_ASSERT_EQUAL(bench.gw->service[0].clients, 1);
	/* a link has its LCP still */
	frames_give(second.tid, second.sid, "c021 09 07 0008 a0a0a0a0");
	CU_ASSERT(frames_next("c021 0a 07 0008 ????????"));
	bench_stop();
}

/* What a server is told of is who has come, not by how many links. */
static void accounting_knows_one_log_in(void)
{
	struct dp_call first;

	heard_begin(CONF_OF("pap",
			    "radius = r") "radius r { accounting = yes accounting-on = no server "
					  "\"192.0.2.9\" { secret = \"0123456789abcdef\" } }\n",
		    "");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	frames_record();
	first = bundle_opened();
	bundle_ann();
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(heards == 1 && heard_is(0, RADIUS_ACCT_START));
	ASSERT_HEARD(0, USER_NAME, "616e6e");
	ASSERT_HEARD(0, FRAMED_IP_ADDRESS, "0a400002");
	bench_kill(NULL);
	bench_pass(SEC);
	CU_ASSERT_EQUAL(heards, 1);
	CU_ASSERT_PTR_NOT_NULL(bundle_entry_of(first.to_sid));
	bench_hangup(&bench.call[0], L2TP_CDN_LOST_CARRIER, "");
	bench_pass(SEC);
	CU_ASSERT_EQUAL(heards, 1);
	bench_hangup(&bench.call[1], L2TP_CDN_LOST_CARRIER, "");
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(heards == 2 && heard_is(1, RADIUS_ACCT_STOP));
	CU_ASSERT_STRING_EQUAL(heard_text(1, RADIUS_ACCT_SESSION_ID),
			       heard_text(0, RADIUS_ACCT_SESSION_ID));
	heard_end();
}

/* A request of RADIUS is about the bundle, and not about its links. */
static void a_request_ends_all_its_links(void)
{
	struct dp_call first = bundle_first(), second = bundle_ann();
	struct radius_coa what = {.has = COA_USER, .user = rd_init("ann", 3)};
	unsigned n = 0;

	what.has |= COA_SESSION;
	what.session = 3600;
	CU_ASSERT_EQUAL(leg_coa(bench.gw, NULL, "me", &what, &n, clock_us), RADIUS_DONE);
	CU_ASSERT_EQUAL(n, 1);
	bench_kill(NULL);
	what = (struct radius_coa){.disconnect = true, .has = COA_ADDRESS4, .address4 = 0x0a400002};
	CU_ASSERT_EQUAL(leg_coa(bench.gw, NULL, "me", &what, &n, clock_us), RADIUS_DONE);
	CU_ASSERT_EQUAL(n, 1);
	bench_pass(10 * SEC);
	CU_ASSERT_EQUAL(bundles(), 0);
	CU_ASSERT_PTR_NULL(fake_entry(first.tid, first.sid));
	CU_ASSERT_PTR_NULL(fake_entry(second.tid, second.sid));
	CU_ASSERT_EQUAL(bench.call[0].result.result, L2TP_CDN_ADMINISTRATIVE);
	CU_ASSERT_STRING_EQUAL(bench.call[1].result.text, "disconnected by me");
	CU_ASSERT_EQUAL(bench_logged("aaa notice: bundle *: ann out*: disconnected by me"), 1);
	bench_stop();
}

static struct bundle_ack {
	void (*next)(uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len);
	uint16_t number;
	unsigned acks, waited; /* for a link that comes, when the Ack left */
} bundle_ack;

static void bundle_on_frame(uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len)
{
	if (frame[0] == 0xc0 && frame[1] == 0x23 && frame[2] == 2) {
		bundle_ack.acks++;
		bundle_ack.waited += bundle_entry_of(bundle_ack.number)->bundle.more;
	}
	bundle_ack.next(tid, sid, frame, len);
}

/* The client sends by a link as soon as it has the Ack; the bundle waits for that from before on,
 * and no longer when the link has joined, or cannot.  Who has not authenticated makes nothing wait.
 */
static void a_link_is_waited_for_from_its_ack_on(void)
{
	static const struct {
		const char *options, *claim;
		unsigned len, acks, waited;
	} rows[] = {
		{"1104 05dc " ENDPOINT, PAP_ANN, 8, 1, 1},
		{"1104 0600 " ENDPOINT, PAP_ANN, 8, 1, 1},
		{"1104 05dc " ENDPOINT, PAP_BOB, 8, 1, 0},
		{"1104 05dc 1304 01 ab", PAP_ANN, 8, 1, 0},
		{ENDPOINT, PAP_ANN, 4, 1, 0},
		{"1104 05dc " ENDPOINT, "c023 01 01 000a 03616e6e 017a", 8, 0, 0},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dp_call first = bundle_first();

		bundle_lcp(rows[i].options, rows[i].len);
		CU_ASSERT_FALSE(bundle_entry_of(first.to_sid)->bundle.more);
		bundle_ack = (struct bundle_ack){.next = fake.frame, .number = first.to_sid};
		fake.frame = bundle_on_frame;
		frames_give(at->tid, at->sid, rows[i].claim);
		CU_ASSERT_EQUAL(bundle_ack.acks, rows[i].acks);
		CU_ASSERT_EQUAL(bundle_ack.waited, rows[i].waited);
		CU_ASSERT_FALSE(bundle_entry_of(first.to_sid)->bundle.more);
		bench_stop();
	}
}

/* What a link delivers to a bundle that does not know it is dropped. */
static void a_bundle_is_told_of_a_link_first(void)
{
	bundle_first();
	CU_ASSERT_EQUAL(fake_said("set member"), 1);
	CU_ASSERT_EQUAL(fake.strangers, 0);
	bundle_ann();
	CU_ASSERT_EQUAL(fake_said("set member"), 2);
	CU_ASSERT_EQUAL(fake.strangers, 0);
	bench_stop();
}

/* What the data plane had punted before it knew is given back to it. */
static void early_frames_of_the_bundle_are_given_back(void)
{
	struct dp_call first = bundle_first();
	unsigned before = fake_said("ip ");

	frames_give(first.tid, first.sid, "003d c0000000 8021 0101 0004");
	frames_give(first.tid, first.sid, "8021 0101 0004");
	CU_ASSERT_EQUAL(fake_said("ip "), before + 2);
	CU_ASSERT(frames_none());
	bench_stop();
}

/* --- the four cases of 5.1.3 ------------------------------------------------------------------- */

static void a_user_and_an_endpoint_make_the_bundle(void)
{
	bundle_first();
	bundle_lcp("1104 05dc " ENDPOINT, 8); /* (4): another user */
	frames_give(at->tid, at->sid, PAP_BOB);
	CU_ASSERT(frames_next("c023 02 01 *"));
	CU_ASSERT(frames_next("8021 01 01 *"));
	CU_ASSERT_EQUAL(bundles(), 2);
	bundle_lcp("1104 05dc 1304 01 ab", 8); /* another endpoint */
	frames_give(at->tid, at->sid, PAP_ANN);
	CU_ASSERT(frames_next("c023 02 01 *"));
	CU_ASSERT(frames_next("8021 01 01 *"));
	CU_ASSERT_EQUAL(bundles(), 3);
	bundle_lcp("1104 05dc", 4); /* (3): none is not any */
	frames_give(at->tid, at->sid, PAP_ANN);
	CU_ASSERT(frames_next("c023 02 01 *"));
	CU_ASSERT(frames_next("8021 01 01 *"));
	CU_ASSERT_EQUAL(bundles(), 4);
	bundle_lcp("1104 05dc", 4);
	frames_give(at->tid, at->sid, PAP_ANN);
	CU_ASSERT(frames_next("c023 02 01 *"));
	CU_ASSERT(frames_none());
	CU_ASSERT_EQUAL(bundles(), 4);
	bench_stop();
}

/* Class 0 is as if the option had not been there; two users without endpoint are two all the same.
 */
static void a_null_endpoint_is_none(void)
{
	bundle_bench(CONF("pap"));
	bundle_lcp("1104 05dc 1303 00", 7);
	frames_give(at->tid, at->sid, PAP_ANN);
	CU_ASSERT(frames_next("c023 02 01 *"));
	CU_ASSERT(frames_next("8021 01 01 *"));
	bundle_lcp("1104 05dc", 4);
	frames_give(at->tid, at->sid, PAP_ANN);
	CU_ASSERT(frames_next("c023 02 01 *"));
	CU_ASSERT(frames_none());
	CU_ASSERT_EQUAL(bundles(), 1);
	bundle_lcp("1104 05dc", 4);
	frames_give(at->tid, at->sid, PAP_BOB);
	CU_ASSERT(frames_next("c023 02 01 *"));
	CU_ASSERT(frames_next("8021 01 01 *"));
	CU_ASSERT_EQUAL(bundles(), 2);
	bench_stop();
}

/* 5.1.2: "MUST be explicitly included in every LCP configure request". */
static void short_numbers_are_asked_for_on_each_link(void)
{
	bundle_bench("host-name = gw\n"
		     "udp a { listen = \"192.0.2.1:1701\" }\n"
		     "peer lac { service = s }\n"
		     "pool s { ranges = { \"10.64.0.0/29\" } }\n"
		     "service s { local = 10.64.0.1  pool = s  mtu = 1400  multilink = short  "
		     "auth = { none } }\n");
	for (unsigned i = 0; i < 2; i++) {
		bench_call(NULL, NULL, PPP_AUTH_NONE);
		at = &fake.call[fake.calls - 1];
		CU_ASSERT(frames_next(
			"c021 01 01 0019 0104 0578 0506???????? 110405dc 1202 1305016777"));
	}
	bench_stop();
}

static void without_authentication_the_endpoint_decides(void)
{
	bundle_bench(CONF("none"));
	bundle_lcp("1104 05dc " ENDPOINT, 8); /* (2) */
	CU_ASSERT(frames_next("8021 01 01 *"));
	bundle_lcp("1104 05dc " ENDPOINT, 8);
	CU_ASSERT(frames_none());
	CU_ASSERT_EQUAL(bundles(), 1);
	bundle_lcp("1104 05dc", 4); /* (1) */
	CU_ASSERT(frames_next("8021 01 01 *"));
	bundle_lcp("1104 05dc", 4);
	CU_ASSERT(frames_none());
	CU_ASSERT_EQUAL(bundles(), 2);
	bench_stop();
}

static void a_client_without_multilink_is_alone(void)
{
	bundle_bench(CONF("none"));
	bundle_lcp(ENDPOINT, 4); /* an endpoint alone asks for nothing */
	CU_ASSERT(frames_next("8021 01 01 *"));
	CU_ASSERT_EQUAL(bundles(), 0);
	CU_ASSERT_NOT_EQUAL(fake_entry(at->tid, at->sid)->mode, DP_MEMBER);
	bench_stop();
}

static void each_link_agrees_on_what_the_first_did(void)
{
	static const struct {
		const char *options;
		unsigned len;
		const char *words;
	} rows[] = {
		{"1104 0600 " ENDPOINT, 8, "another MRRU than its bundle has"},
		{"1104 05dc 1202 " ENDPOINT, 10,
		 "sequence numbers of another length than its bundle has"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char pattern[160];

		bundle_first();
		bundle_lcp(rows[i].options, rows[i].len);
		frames_give(at->tid, at->sid, PAP_ANN);
		CU_ASSERT(frames_next("c023 02 01 *"));
		CU_ASSERT(frames_next("c021 05 *")); /* and is ended in good order */
		snprintf(pattern, sizeof(pattern), "aaa notice: *: refused*: user ann: %s",
			 rows[i].words);
		CU_ASSERT_EQUAL(bench_logged(pattern), 1);
		frames_give(at->tid, at->sid, "c021 06 02 0004");
		CU_ASSERT_EQUAL(bundles(), 1);
		bench_stop();
	}
}

static void a_bundle_has_eight_links_at_most(void)
{
	bundle_first();
	for (unsigned i = 1; i < MP_LINKS; i++)
		bundle_ann();
	CU_ASSERT_EQUAL(bench_logged("aaa notice: *: ann is link 8 of bundle * from a *"), 1);
	bundle_ann();
	CU_ASSERT(frames_next("c021 05 *"));
	CU_ASSERT_EQUAL(
		bench_logged(
			"aaa notice: *: refused*: user ann: its bundle has as many links as there "
			"may be"),
		1);
	bench_stop();
}

/* --- what there is no room for ----------------------------------------------------------------- */

/* 6e6f...: "no room for the bundle".  All that was made for it is given back. */
static void bundle_refused(unsigned set)
{
	struct leg_bundle_view b;

	bundle_bench(CONF("pap"));
	bundle_lcp("1104 05dc " ENDPOINT, 8);
	fake.set_refused = set;
	frames_give(at->tid, at->sid, PAP_ANN);
	CU_ASSERT_EQUAL(fake.set_refused, 0);
	CU_ASSERT(frames_next("c023 02 01 *"));
	CU_ASSERT(frames_next("c021 05 ?? 001a 6e6f20726f6f6d 20666f7220746865 2062756e646c65"));
	CU_ASSERT(frames_none());
	CU_ASSERT_EQUAL(bench_logged("call error: bundle *: no entry in the data plane: Cannot "
				     "allocate memory"),
			1);
	CU_ASSERT_EQUAL(bench_logged("aaa notice: *: ann is link *"), 0);
	CU_ASSERT_EQUAL(bench_logged("aaa notice: *: refused*: user ann: no room for the bundle"),
			1);
	CU_ASSERT_FALSE(leg_bundle_view(bench_join()->leg[0], &b));
	frames_give(at->tid, at->sid, "c021 06 02 0004");
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_STRING_EQUAL(bench.call[0].result.text, "no room for the bundle");
	bundle_ann(); /* the next one is a first link again */
	CU_ASSERT(frames_next("8021 01 01 *"));
	bench_stop();
}

/* Once with its link in it, the filters of which are told first, and once when it begins. */
static void a_bundle_without_an_entry_closes_its_link(void)
{
	bundle_refused(2);
	bundle_refused(4);
}

/* Each allocation after those of the authentication is refused once: there is a bundle with the
 * link in it, or the link is closed. */
static void a_first_link_without_memory(void)
{
	unsigned without = 0;

	for (unsigned skip = 4, more = true; more; skip++) {
		unsigned closed;

		bundle_bench(CONF("pap"));
		bundle_lcp("1104 05dc " ENDPOINT, 8);
		heap_refuse(skip);
		frames_give(at->tid, at->sid, PAP_ANN);
		more = heap_refused();
		closed = bench_logged("aaa notice: call *: refused*: user ann: no memory for a "
				      "bundle") +
			 bench_logged("aaa notice: call *: refused*: user ann: no room for the "
				      "bundle");
		without += closed;
		CU_ASSERT_EQUAL(bundles(), !closed);
		CU_ASSERT_EQUAL(bench_logged("aaa notice: call *: ann is link 1 of *"), !closed);
		CU_ASSERT_EQUAL(bench.gw->service[0].clients, 1);
		CU_ASSERT(frames_next("c023 02 01 *"));
		CU_ASSERT(frames_next(closed ? "c021 05 *" : "8021 01 01 *"));
		CU_ASSERT(frames_none());
		bench_stop();
	}
	/* it, two of its number, its leg of PPP and the name there, the join, its PPP, what it
	 * wants */
	CU_ASSERT_EQUAL(without, 8);
}

/* --- ends ---------------------------------------------------------------------------------------- */

static void a_bundle_goes_with_its_last_link(void)
{
	struct dp_call first = bundle_first(), second = bundle_ann();
	uint16_t number = first.to_sid;

	bench_hangup(&bench.call[0], L2TP_CDN_LOST_CARRIER, NULL);
	bench_pass(0);
	CU_ASSERT_EQUAL(bundles(), 1);
	CU_ASSERT_EQUAL(bundle_entry_of(number)->bundle.link[0].sid, 0);
	CU_ASSERT_EQUAL(bundle_entry_of(number)->bundle.link[1].sid, second.sid);
	/* the place is taken by the next one */
	first = bundle_ann();
	CU_ASSERT_EQUAL(bundle_entry_of(number)->bundle.link[0].sid, first.sid);
	bench_hangup(&bench.call[1], L2TP_CDN_LOST_CARRIER, NULL);
	bench_hangup(&bench.call[2], L2TP_CDN_LOST_CARRIER, NULL);
	bench_pass(0);
	CU_ASSERT_EQUAL(bundles(), 0);
	CU_ASSERT_PTR_NULL(bundle_entry_of(number));
	CU_ASSERT_EQUAL(bench_logged("aaa notice: bundle *: ann out, 10.64.0.2, after *"), 1);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(bench.gw->service[0].clients, 0);
	first = bundle_ann(); /* the address is free again */
	CU_ASSERT(frames_next("8021 01 01 *"));
	CU_ASSERT_NOT_EQUAL(first.to_sid, 0);
	bench_stop();
}

static void links_go_with_a_bundle_that_ends(void)
{
	struct leg_end why = leg_end(LEG_BY_OPERATOR, "cleared by operator");
	struct dp_call first = bundle_first(), second = bundle_ann();
	struct leg_bundle_view b;
	struct join *j;

	llist_for_each_entry(j, &bench.gw->joins->head, entry)
	{
		if (leg_bundle_view(j->leg[0], &b))
			break;
	}
	CU_ASSERT_EQUAL(b.links, 2);
	CU_ASSERT_EQUAL(b.number, first.to_sid);
	join_end(j, &why, clock_us);
	CU_ASSERT_PTR_NULL(
		bundle_entry_of(first.to_sid)); /* at once: nothing may join it any more */
	bench_pass(0);
	CU_ASSERT_EQUAL(bundles(), 0);
	CU_ASSERT(frames_next("c021 05 ?? 0017 636c65617265642062 79206f70657261746f72"));
	CU_ASSERT(frames_next("c021 05 *"));
	frames_give(first.tid, first.sid, "c021 06 02 0004");
	frames_give(second.tid, second.sid, "c021 06 02 0004");
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_STRING_EQUAL(bench.call[0].result.text, "cleared by operator");
	bench_stop();
}

/* The link is none while it negotiates anew: whoever does so has not authenticated. */
static void a_link_that_begins_anew_leaves(void)
{
	struct dp_call first = bundle_first(), second = bundle_ann();
	char hex[512];

	frames_give(second.tid, second.sid, "c021 01 02 0012 0506b0b0b0b0 110405dc " ENDPOINT);
	CU_ASSERT_EQUAL(bundle_entry_of(first.to_sid)->bundle.link[1].sid, 0);
	CU_ASSERT_NOT_EQUAL(fake_entry(second.tid, second.sid)->mode, DP_MEMBER);
	CU_ASSERT_EQUAL(bench.gw->service[0].clients, 2);
	frames_asked(hex);
	CU_ASSERT(frames_next("c021 02 02 *"));
	frames_give(second.tid, second.sid, hex);
	CU_ASSERT_EQUAL(bundle_entry_of(first.to_sid)->bundle.link[1].sid, 0);
	CU_ASSERT_NOT_EQUAL(fake_entry(second.tid, second.sid)->mode, DP_MEMBER);
	frames_give(second.tid, second.sid, PAP_ANN);
	CU_ASSERT_EQUAL(fake_entry(second.tid, second.sid)->mode, DP_MEMBER);
	CU_ASSERT_EQUAL(bundle_entry_of(first.to_sid)->bundle.link[1].sid, second.sid);
	CU_ASSERT_EQUAL(bench.gw->service[0].clients, 1);
	bench_stop();
}

/* Section 7: "Receipt of an LCP Terminate-Request on one link does not conclude the procedure on
 * the remaining links"; nothing is sent by that one any more. */
static void a_link_that_is_terminated_leaves_at_once(void)
{
	static const uint8_t terminate[] = {0xc0, 0x21, 5, 3, 0, 4};
	struct dp_call first = bundle_first(), second = bundle_ann();
	uint16_t number = first.to_sid;

	frames_give(first.tid, first.sid, "c021 05 02 0004");
	CU_ASSERT_EQUAL(bundle_entry_of(number)->bundle.link[0].sid, 0);
	CU_ASSERT_EQUAL(bundle_entry_of(number)->bundle.link[1].sid, second.sid);
	CU_ASSERT_NOT_EQUAL(fake_entry(first.tid, first.sid)->mode, DP_MEMBER);
	CU_ASSERT(frames_next("c021 06 02 0004"));
	CU_ASSERT(frames_none());
	/* the address stays, with our PPP of the bundle */
	CU_ASSERT_EQUAL(bundle_entry_of(number)->peer4, 0x0a400002);
	bench_hangup(&bench.call[0], L2TP_CDN_LOST_CARRIER, NULL);
	bench_pass(0);
	CU_ASSERT_EQUAL(bundle_entry_of(number)->peer4, 0x0a400002);
	CU_ASSERT_TRUE(bundle_entry_of(number)->ip4);
	CU_ASSERT_EQUAL(bench_logged("aaa notice: bundle *: ann out*"), 0);
	bind_dp_ops.ppp(bench.gw, second.tid, second.sid, terminate, sizeof(terminate), clock_us);
	CU_ASSERT_PTR_NULL(bundle_entry_of(number)); /* at once */
	bench_pass(0);
	CU_ASSERT_EQUAL(bundles(), 0);
	CU_ASSERT_EQUAL(
		bench_logged(
			"aaa notice: bundle *: ann out, 10.64.0.2, after *: closed by the peer*"),
		1);
	bench_stop();
}

/* RFC 2661 4.4.4: the line at the LAC's, 65,536 bit/s to the client, and maybe other from it. */
static void links_have_the_speed_of_their_line(void)
{
	static const uint8_t slow[4] = {0, 0, 0x25, 0x80}; /* 9,600 bit/s */
	const struct l2tp_avp rx = {.type = L2TP_AVP_RX_CONNECT_SPEED, .val = slow, .len = 4};
	struct dp_call first = bundle_first();
	const struct dp_call *b = bundle_entry_of(first.to_sid);

	fake.speed.tx_bps = 10000000; /* of the tunnel */
	CU_ASSERT_EQUAL(b->bundle.link[0].kbps, 65);
	/* two fragments behind each other */
	CU_ASSERT_EQUAL(b->bundle.patience, 1000000 + 2 * 1516 * 8 * UINT64_C(1000000) / 65536);
	bench.iccn_avp = &rx;
	bench.iccn_avps = 1;
	bundle_ann();
	b = bundle_entry_of(first.to_sid);
	CU_ASSERT_EQUAL(b->bundle.link[1].kbps, 65);
	CU_ASSERT_EQUAL(b->bundle.patience, 1000000 + 2 * 1516 * 8 * UINT64_C(1000000) / 9600);
	bench_hangup(&bench.call[1], L2TP_CDN_LOST_CARRIER, NULL);
	bench_pass(0);
	b = bundle_entry_of(first.to_sid);
	CU_ASSERT_EQUAL(b->bundle.patience, 1000000 + 2 * 1516 * 8 * UINT64_C(1000000) / 65536);
	bench_stop();
}

/* Packets are filtered once, whichever link they come by. */
static void filters_of_circuits_are_those_of_the_bundle(void)
{
	static const struct gw_filters ip = {.no = {[DP_FILTER_PPP_IN] = 1},
					     .text = {[DP_FILTER_PPP_IN] = "ip"}};
	static const struct gw_filters same = {.no = {[DP_FILTER_PPP_IN] = 1},
					       .text = {[DP_FILTER_PPP_IN] = "ip"}};
	struct leg *l;
	const struct dp_call *b;

	bundle_bench(CONF("pap"));
	for (unsigned i = 0; i < 3; i++) {
		bundle_lcp("1104 05dc " ENDPOINT, 8);
		l = llist_entry(bench.gw->joins->head.prev, struct join, entry)->leg[0];
		CU_ASSERT_TRUE(leg_take_filters(l, LEG_FILTERS_CIRCUIT,
						i == 2 ? NULL
						: i    ? &same
						       : &ip));
		frames_give(at->tid, at->sid, PAP_ANN);
		CU_ASSERT(frames_next("c023 02 01 *"));
		if (!i)
			CU_ASSERT(frames_next("8021 01 *"));
	}
	CU_ASSERT(frames_next("c021 05 *"));
	CU_ASSERT_EQUAL(bench_logged("aaa notice: *: refused*: user ann: its circuit has other "
				     "filters than its bundle"),
			1);
	b = fake_entry(0, fake.call[0].to_sid);
	CU_ASSERT_EQUAL(b->filter[DP_FILTER_PPP_IN], 1);
	CU_ASSERT_EQUAL(b->bundle.link[1].sid, fake.call[2].sid);
	CU_ASSERT_EQUAL(b->bundle.link[2].sid, 0);
	bench_stop();
}

/* What an operator sets for one of its calls is the bundle's too. */
static void a_filter_of_a_call_is_that_of_its_bundle(void)
{
	struct dp_call first;
	char command[80];
	uint32_t of_service;

	vty_begin(CONF("pap"));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	frames_record();
	first = bundle_ann();
	of_service = bundle_entry_of(first.to_sid)->filter[DP_FILTER_PPP_IN];
	snprintf(command, sizeof(command), "call %u %u ppp-filter in ip", first.tid, first.sid);
	CU_ASSERT_TRUE(vty_equals(command, ""));
	CU_ASSERT_NOT_EQUAL(bundle_entry_of(first.to_sid)->filter[DP_FILTER_PPP_IN], of_service);
	CU_ASSERT_EQUAL(fake_entry(first.tid, first.sid)->filter[DP_FILTER_PPP_IN], 0);
	snprintf(command, sizeof(command), "no call %u %u ppp-filter in", first.tid, first.sid);
	CU_ASSERT_TRUE(vty_equals(command, ""));
	CU_ASSERT_EQUAL(bundle_entry_of(first.to_sid)->filter[DP_FILTER_PPP_IN], of_service);
	vty_end();
}

static void show_bundles_tells_of_them(void)
{
	struct dp_call first, second;
	char want[400];

	vty_begin(CONF("pap"));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	frames_record();
	first = bundle_ann();
	CU_ASSERT(frames_next("8021 01 *"));
	frames_give(0, first.to_sid, "8021 02 01 000a 03060a400001");
	frames_give(0, first.to_sid, "8021 01 01 000a 03060a400002");
	CU_ASSERT(frames_next("8021 02 *"));
	bench_pass(3 * SEC);
	second = bundle_ann();
	fake.stats = (struct dp_call_stats){
		.rx_frames = 11, .tx_frames = 12, .seq_lost = 13, .seq_late = 14, .drops = 15};
	snprintf(want, sizeof(want),
		 "Bundle State User IPv4 Age In Out Lost Late Dropped Links By\n"
		 "%u up ann 10.64.0.2 3s 11 12 13 14 15 2 call %u/%u, call %u/%u\n",
		 first.to_sid, first.tid, first.sid, second.tid, second.sid);
	CU_ASSERT_TRUE(vty_rows("show bundles", want));
	snprintf(want, sizeof(want), "*  bundle  %u\n*", first.to_sid);
	CU_ASSERT_TRUE(vty_matches("show calls detail", want));
	vty_end();
}

static void the_gateway_ends_with_bundles(void)
{
	bundle_first();
	bundle_ann();
	bench_stop();
}

/* --- in another life --------------------------------------------------------------------------- */

static void a_bundle_goes_on(void)
{
	struct dp_call first = bundle_first(), was[3];
	struct dp_call second = bundle_ann();
	const struct dp_call *b;

	CU_ASSERT_EQUAL_FATAL(fake.calls, 3);
	memcpy(was, fake.call, sizeof(was));
	bench_pass(0);
	bench_kill(NULL);
	CU_ASSERT_EQUAL(fake.calls, 3);
	CU_ASSERT_EQUAL(bundles(), 1);
	CU_ASSERT_EQUAL(bench.gw->service[0].clients, 1);
	for (unsigned i = 0; i < 3; i++) {
		const struct dp_call *is = fake_entry(was[i].tid, was[i].sid);

		CU_ASSERT(is && fake_same_entry(is, &was[i]));
	}
	/* the links have their LCP, and leave as ever; the address is given once */
	frames_give(second.tid, second.sid, "c021 09 07 0008 a0a0a0a0");
	CU_ASSERT(frames_next("c021 0a 07 0008 ????????"));
	bench_hangup(&bench.call[0], L2TP_CDN_ADMINISTRATIVE, "one");
	b = bundle_entry_of(first.to_sid);
	CU_ASSERT(b && b->bundle.link[0].sid == 0 && b->bundle.link[1].sid == second.sid);
	bench_kill(NULL);
	b = bundle_entry_of(first.to_sid);
	CU_ASSERT(b && b->ip4 && b->bundle.link[0].sid == 0 && b->bundle.link[1].sid == second.sid);
	bench_hangup(&bench.call[1], L2TP_CDN_ADMINISTRATIVE, "two");
	bench_pass(0);
	CU_ASSERT_EQUAL(fake.calls, 0);
	CU_ASSERT_EQUAL(bundles(), 0);
	bench_stop();
}

/* Its record is lost: a link alone has no network protocols. */
static void links_end_whose_bundle_does_not_go_on(void)
{
	struct dp_call first = bundle_first();

	bundle_ann();
	bench_pass(0);
	for (uint8_t kind = 1; kind < 8; kind++)
		store_del(bench.store, kind, first.to_sid);
	store_publish(bench.store);
	bench_kill(NULL);
	bench_pass(0);
	CU_ASSERT_EQUAL(fake.calls, 0);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(bench.gw->service[0].clients, 0);
	CU_ASSERT_TRUE(!bench.call[0].up && !bench.call[1].up && bench.tunnel_up);
	bench_stop();
}

static const struct test_case cases[] = {
	{"what_is_asked_for", what_is_asked_for},
	{"the_first_link_makes_a_bundle", the_first_link_makes_a_bundle},
	{"the_second_link_joins_it", the_second_link_joins_it},
	{"accounting_knows_one_log_in", accounting_knows_one_log_in},
	{"a_request_ends_all_its_links", a_request_ends_all_its_links},
	{"a_link_is_waited_for_from_its_ack_on", a_link_is_waited_for_from_its_ack_on},
	{"a_bundle_is_told_of_a_link_first", a_bundle_is_told_of_a_link_first},
	{"early_frames_of_the_bundle_are_given_back", early_frames_of_the_bundle_are_given_back},
	{"a_user_and_an_endpoint_make_the_bundle", a_user_and_an_endpoint_make_the_bundle},
	{"a_null_endpoint_is_none", a_null_endpoint_is_none},
	{"short_numbers_are_asked_for_on_each_link", short_numbers_are_asked_for_on_each_link},
	{"without_authentication_the_endpoint_decides",
	 without_authentication_the_endpoint_decides},
	{"a_client_without_multilink_is_alone", a_client_without_multilink_is_alone},
	{"each_link_agrees_on_what_the_first_did", each_link_agrees_on_what_the_first_did},
	{"a_bundle_has_eight_links_at_most", a_bundle_has_eight_links_at_most},
	{"a_bundle_without_an_entry_closes_its_link", a_bundle_without_an_entry_closes_its_link},
	{"a_first_link_without_memory", a_first_link_without_memory},
	{"a_bundle_goes_with_its_last_link", a_bundle_goes_with_its_last_link},
	{"links_go_with_a_bundle_that_ends", links_go_with_a_bundle_that_ends},
	{"a_link_that_begins_anew_leaves", a_link_that_begins_anew_leaves},
	{"a_link_that_is_terminated_leaves_at_once", a_link_that_is_terminated_leaves_at_once},
	{"links_have_the_speed_of_their_line", links_have_the_speed_of_their_line},
	{"filters_of_circuits_are_those_of_the_bundle",
	 filters_of_circuits_are_those_of_the_bundle},
	{"a_filter_of_a_call_is_that_of_its_bundle", a_filter_of_a_call_is_that_of_its_bundle},
	{"show_bundles_tells_of_them", show_bundles_tells_of_them},
	{"a_bundle_goes_on", a_bundle_goes_on},
	{"links_end_whose_bundle_does_not_go_on", links_end_whose_bundle_does_not_go_on},
	{"the_gateway_ends_with_bundles", the_gateway_ends_with_bundles},
	{NULL, NULL},
};
const struct test_suite suite_leg_bundle = {"leg_bundle", cases};
