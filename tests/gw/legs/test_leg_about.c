/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom a line of the log is about, as its leg knows: entry and user may be those of the other leg.
 */
#include "gw/about.h"
#include "gw/trace.h"
#include "tests/gw/legs/far_leg.h"

#include <string.h>

#define LEG_ABOUT_CONF                                                 \
	"host-name = gw\nlogin-delay = 0\n"                            \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                      \
	"peer lac { service = s }\n"                                   \
	"pool s { ranges = { \"10.64.0.0/24\" } }\n"                   \
	"service s { local = 10.64.0.1  pool = s  auth = { chap } }\n" \
	"user ann { secret = a }\n"

static const struct cfg_lcp leg_about_pap = {
	.proxy = 1, .auth = {PPP_AUTH_PAP}, .n_auth = 1, .mru = 1500};

static void leg_about_known(void *ctx, const char *user, uint64_t now)
{
	(void)ctx;
	(void)user;
	(void)now;
}

static const struct leg_proxy_owner leg_about_owner = {.known = leg_about_known};

/* A line has a number, and neither a tunnel nor a call; its user is known by our PPP behind it. */
static void a_line_and_its_user(void)
{
	struct leg *ours;
	struct join *j;

	bench_start("host-name = gw\n");
	ours = leg_proxy_new(bench.gw, &leg_about_pap, &leg_about_owner, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(ours);
	/* without a join it knows of nothing */
	CU_ASSERT_EQUAL(about_leg(ours).line, 0);
	CU_ASSERT_PTR_NULL(about_leg(ours).user);
	j = far_leg_join(ours);
	join_start(j, clock_us);
	for (unsigned i = 0; i < 2; i++) {
		struct log_about a = about_leg(j->leg[i]);

		CU_ASSERT(a.line == FAR_LEG_NUMBER && !a.tunnel && !a.call && !a.peer);
		CU_ASSERT_PTR_NULL(a.user);
		CU_ASSERT_STRING_EQUAL(a.circuit, "");
	}
	far_leg_hears_request("c021 01 01 *");
	far_leg_asks("c021 01 01 0004", "c021 02 01 0004");
	far_leg_acks();
	far_leg_says("c023 01 09 000b 03 616e6e 02 7878"); /* RFC 1334 2.2.1 */
	for (unsigned i = 0; i < 2; i++) {
		struct log_about a = about_leg(j->leg[i]);

		CU_ASSERT_PTR_NOT_NULL_FATAL(a.user);
		CU_ASSERT_STRING_EQUAL(a.user, "ann");
		CU_ASSERT_EQUAL(a.line, FAR_LEG_NUMBER);
	}
	bench_stop();
}

/* A call has the ids of both, and the peer of its tunnel; of a tunnel that is gone nobody knows the
 * peer. */
static void a_call_and_its_peer(void)
{
	struct leg_entry e;
	struct log_about a;

	bench_start(LEG_ABOUT_CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL_FATAL(fake.calls, 1);
	e = *bench_join()->leg[0]->ops->entry(bench_join()->leg[0]);
	a = about_entry(&e);
	CU_ASSERT(a.tunnel == fake.call[0].tid && a.call == fake.call[0].sid && !a.line);
	CU_ASSERT_STRING_EQUAL(a.port, "a");
	CU_ASSERT_STRING_EQUAL(a.peer, "lac");
	CU_ASSERT_STRING_EQUAL(a.circuit, leg_entry_circuit(&e));
	CU_ASSERT_PTR_NULL(a.user);
	e.c.tid ^= 1;
	a = about_entry(&e);
	CU_ASSERT(a.tunnel == e.c.tid && a.call == e.c.sid);
	CU_ASSERT_PTR_NULL(a.peer);
	/* a bundle is neither a call nor a line */
	e.c.tid = 0;
	CU_ASSERT_EQUAL(about_entry(&e).line, e.c.sid);
	e.c.bundle.mrru = 1500;
	a = about_entry(&e);
	CU_ASSERT(!a.tunnel && !a.call && !a.line);
	bench_stop();
}

/* --- whose frames data copies ----------------------------------------------------------------- */

static bool leg_about_takes(struct trace_to *to)
{
	(void)to;
	return false;
}

static struct trace_to leg_about_to = {.takes = leg_about_takes};

/* Both legs are, or neither; an entry is told once. */
static void leg_about_watched(bool want)
{
	struct join *j = bench_join();

	CU_ASSERT_PTR_NOT_NULL_FATAL(j);
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(leg_is_watched(j->leg[i]), want);
		if (j->leg[i]->ops->entry)
			CU_ASSERT_EQUAL(j->leg[i]->ops->entry(j->leg[i])->c.watched, want);
	}
	for (unsigned i = 0; i < fake.calls; i++)
		CU_ASSERT_EQUAL(fake.call[i].watched, want);
}

static void leg_about_watch(enum trace_kind kind, const char *who, bool want)
{
	CU_ASSERT_PTR_NULL_FATAL(trace_begin(bench.gw, &leg_about_to, kind, who));
	leg_about_watched(want);
	CU_ASSERT_TRUE(trace_end(bench.gw, &leg_about_to, kind, who));
	leg_about_watched(false);
}

static void what_is_watched_is_copied(void)
{
	unsigned set;

	bench_start(LEG_ABOUT_CONF "peer other { hostname = other }\nuser bob { secret = b }\n");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL_FATAL(fake.calls, 1);
	leg_about_watched(false);
	leg_about_watch(TRACE_USER, "ann", true);
	leg_about_watch(TRACE_USER, "bob", false);
	leg_about_watch(TRACE_PEER, "lac", true);
	leg_about_watch(TRACE_PEER, "other", false);
	leg_about_watch(TRACE_PORT, "a", true);
	/* what is as it was is not told again */
	set = fake_said("set");
	join_watch(bench_join());
	CU_ASSERT_EQUAL(fake_said("set"), set);
	bench_stop();
}

/* One leg is of a peer that is watched: what goes through is copied at both. */
static void a_switch_is_watched_at_both_ends(void)
{
	bench_start("host-name = gw\n"
		    "udp a { listen = \"192.0.2.1:1701\" }\n"
		    "peer lac { port = a  dial = \"192.0.2.8:1701\"  hostname = lac }\n"
		    "peer one { port = a  dial = \"192.0.2.9:1701\"  hostname = x }\n"
		    "peer two { hostname = two }\n"
		    "route sw { from-peer = lac  to = one }\n");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL_FATAL(fake.calls, 2);
	leg_about_watch(TRACE_PEER, "lac", true);
	leg_about_watch(TRACE_PEER, "one", true);
	leg_about_watch(TRACE_PEER, "two", false);
	bench_stop();
}

/* A call that comes while its peer is watched. */
static void a_new_call_is_watched(void)
{
	bench_start(LEG_ABOUT_CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_PTR_NULL_FATAL(trace_begin(bench.gw, &leg_about_to, TRACE_USER, "ann"));
	bench_call("ann", "a", PPP_AUTH_CHAP_MD5);
	leg_about_watched(true);
	trace_end_all(bench.gw, NULL);
	leg_about_watched(false);
	bench_stop();
}

static const struct test_case cases[] = {
	{"a_line_and_its_user", a_line_and_its_user},
	{"a_call_and_its_peer", a_call_and_its_peer},
	{"what_is_watched_is_copied", what_is_watched_is_copied},
	{"a_switch_is_watched_at_both_ends", a_switch_is_watched_at_both_ends},
	{"a_new_call_is_watched", a_new_call_is_watched},
	{NULL, NULL},
};
const struct test_suite suite_leg_about = {"leg_about", cases};
