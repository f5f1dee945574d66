/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/history.h"
#include "gw/legs/legs.h"
#include "gw/outgoing.h"
#include "tests/gw/bench.h"

#include <string.h>

static struct history *h;

static unsigned history_count(uint64_t source)
{
	const struct history_entry *e = NULL;
	unsigned n = 0;

	while ((e = history_next(h, e)))
		n += !source || e->source == source;
	return n;
}

static void newest_first(void)
{
	const struct history_entry *e;

	h = history_new();
	CU_ASSERT_PTR_NULL(history_next(h, NULL));
	history_add(h, 1, 10, "call 1/1", "wan", "ann", "busy");
	history_add(h, 2, 20, "call 2/2", NULL, NULL, NULL);
	e = history_next(h, NULL);
	CU_ASSERT_STRING_EQUAL(e->what, "call 2/2");
	CU_ASSERT_STRING_EQUAL(e->from, "");
	CU_ASSERT_STRING_EQUAL(e->user, "");
	CU_ASSERT_STRING_EQUAL(e->why, "");
	e = history_next(h, e);
	CU_ASSERT_EQUAL(e->when, 10);
	CU_ASSERT_STRING_EQUAL(e->what, "call 1/1");
	CU_ASSERT_STRING_EQUAL(e->from, "wan");
	CU_ASSERT_STRING_EQUAL(e->user, "ann");
	CU_ASSERT_STRING_EQUAL(e->why, "busy");
	CU_ASSERT_PTR_NULL(history_next(h, e));
	history_free(h);
}

/* An attacker's failures push out its own. */
static void one_source_has_its_share(void)
{
	const struct history_entry *e = NULL, *last = NULL;

	h = history_new();
	history_add(h, 7, 1, "genuine", NULL, NULL, NULL);
	for (unsigned i = 1; i <= HISTORY_PER_SOURCE; i++)
		history_add(h, 9, i, "attack", NULL, NULL, NULL);
	CU_ASSERT_EQUAL(history_count(9), 32);
	history_add(h, 9, 1000, "attack", NULL, NULL, NULL);
	CU_ASSERT_EQUAL(history_count(9), 32);
	CU_ASSERT_EQUAL(history_count(7), 1);
	while ((e = history_next(h, e)))
		if (e->source == 9)
			last = e;
	CU_ASSERT_EQUAL(last->when, 2);
	history_free(h);
}

static void the_oldest_gives_way(void)
{
	const struct history_entry *e = NULL, *last = NULL;

	h = history_new();
	for (unsigned i = 1; i <= 256; i++)
		history_add(h, i, i, "x", NULL, NULL, NULL);
	CU_ASSERT_EQUAL(history_count(0), 256);
	CU_ASSERT_EQUAL(history_count(1), 1);
	history_add(h, 257, 257, "x", NULL, NULL, NULL);
	CU_ASSERT_EQUAL(history_count(0), 256);
	CU_ASSERT_EQUAL(history_count(1), 0);
	while ((e = history_next(h, e)))
		last = e;
	CU_ASSERT_EQUAL(last->when, 2);
	history_free(h);
}

static void long_words_are_cut(void)
{
	char words[400];

	memset(words, 'w', sizeof(words));
	words[sizeof(words) - 1] = '\0';
	h = history_new();
	history_add(h, 1, 1, words, words, words, words);
	CU_ASSERT_EQUAL(strlen(history_next(h, NULL)->what), 95);
	CU_ASSERT_EQUAL(strlen(history_next(h, NULL)->from), 95);
	CU_ASSERT_EQUAL(strlen(history_next(h, NULL)->user), 63);
	CU_ASSERT_EQUAL(strlen(history_next(h, NULL)->why), 191);
	history_free(h);
}

#define CONF                                                           \
	"host-name = gw\n"                                             \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                      \
	"peer lac { hostname = \"lac*\"  service = s }\n"              \
	"peer none { hostname = nobody }\n"                            \
	"pool s { ranges = { \"10.64.0.0/24\" } }\n"                   \
	"service s { local = 10.64.0.1  pool = s  auth = { chap } }\n" \
	"user ann { secret = \"a password\" }\n"

/* Which ends of a call are failures: the cause, the far end's Result Code, what stands there. */
static void ends_of_a_call_that_was_up(void)
{
	static const struct {
		enum leg_cause cause;
		uint16_t cdn;
		const char *why; /* NULL = no failure */
	} rows[] = {
		{LEG_BY_OPERATOR, 0, NULL},
		{LEG_BY_SHUTDOWN, 0, NULL},
		{LEG_BY_PEER, 0, NULL},
		{LEG_BY_LIMIT, 0, NULL},
		{LEG_BY_LOSS, 0, "lost: it"},
		{LEG_BY_TIMEOUT, 0, "timeout: it"},
		{LEG_BY_AUTH, 0, "authentication: it"},
		{LEG_BY_MISMATCH, 0, "mismatch: it"},
		{LEG_BY_RESOURCES, 0, "resources: it"},
		{LEG_BY_LOSS, L2TP_CDN_BUSY, "lost: it (result 8: busy)"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct leg_end end = leg_end(rows[i].cause, "it");
		const struct history_entry *e;

		end.has_cdn = rows[i].cdn > 0;
		end.cdn_result = rows[i].cdn;
		bench_start(CONF);
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		CU_ASSERT_TRUE_FATAL(bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->ip4);
		join_cut(bench_join(), &end, clock_us);
		bench_pass(0);
		e = history_next(bench.gw->history, NULL);
		CU_ASSERT_EQUAL(!!e, !!rows[i].why);
		if (e && rows[i].why) {
			CU_ASSERT_STRING_EQUAL(e->why, rows[i].why);
			CU_ASSERT_STRING_EQUAL(e->user, "ann");
			CU_ASSERT_PTR_NULL(history_next(bench.gw->history, e));
		}
		bench_stop();
	}
}

static void a_call_that_nobody_takes(void)
{
	const struct history_entry *e;

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("nobody"));
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	e = history_next(bench.gw->history, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(strncmp(e->what, "call ", 5), 0);
	CU_ASSERT_STRING_EQUAL(e->why, "the peer has no service and no route");
	CU_ASSERT_NOT_EQUAL(e->source, HISTORY_STRANGERS);
	bench_stop();
}

/* --- what has no join -------------------------------------------------------------------------- */

/* The newest failure; none is a failure of the test. */
static const struct history_entry *history_is(const char *what, const char *from, const char *why)
{
	const struct history_entry *e = history_next(bench.gw->history, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_STRING_EQUAL(e->what, what);
	CU_ASSERT_STRING_EQUAL(e->from, from);
	CU_ASSERT_STRING_EQUAL(e->why, why);
	return e;
}

static void a_client_that_cannot_dial(void)
{
	bench_start(
		"udp a { listen = \"192.0.2.1:1701\" }\n"
		"peer lns { port = a  dial = \"192.0.2.9:1701\" }\n"
		"client home { peer = lns  user = ann  secret = \"a password\"  redial = 1s }\n");
	CU_ASSERT_PTR_NULL(history_next(bench.gw->history, NULL));
	fake.connect_refuses = true;
	bench_pass(0);
	history_is("client home", "192.0.2.9:1701", "resources: Network is down");
	for (unsigned i = 0; i < 3000; i++) /* at most 16 s apart */
		bench_pass(16 * SEC);
	h = bench.gw->history;
	CU_ASSERT_EQUAL(history_count(0), HISTORY_PER_SOURCE);
	bench_stop();
}

static void an_outgoing_call_that_is_not_placed(void)
{
	bench_start("udp a { listen = \"192.0.2.1:1701\" }\n"
		    "peer lac { port = a  dial = \"192.0.2.9:1701\" }\n"
		    "pool s { ranges = { \"10.64.0.0/24\" } }\n"
		    "service s { local = 10.64.0.1  pool = s  auth = { chap } }\n"
		    "outgoing site { peer = lac  service = s  called = 4711 }\n");
	fake.connect_refuses = true;
	CU_ASSERT_PTR_NOT_NULL(outgoing_call_now(bench.gw, "site", clock_us));
	history_is("outgoing site", "192.0.2.9:1701", "resources: Network is down");
	bench_stop();
}

/* Of a call that the far end refuses the Result Code stands there in words, once. */
static void an_outgoing_call_that_is_refused(void)
{
	const struct history_entry *e;

	bench_start("udp a { listen = \"192.0.2.1:1701\" }\n"
		    "peer lac { port = a  dial = \"192.0.2.9:1701\" }\n"
		    "pool s { ranges = { \"10.64.0.0/24\" } }\n"
		    "service s { local = 10.64.0.1  pool = s  auth = { chap } }\n"
		    "outgoing site { peer = lac  service = s  called = 4711 }\n");
	bench.policy.bearer_caps = 3;
	bench.no_answer = true;
	CU_ASSERT_PTR_NULL(outgoing_call_now(bench.gw, "site", clock_us));
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	bench_hangup(&bench.call[0], L2TP_CDN_BUSY, "");
	e = history_next(bench.gw->history, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_STRING_EQUAL(e->why, "peer: busy (result 8: busy)");
	CU_ASSERT_PTR_NULL(history_next(bench.gw->history, e));
	bench_stop();
}

static const struct test_case cases[] = {
	{"newest_first", newest_first},
	{"one_source_has_its_share", one_source_has_its_share},
	{"the_oldest_gives_way", the_oldest_gives_way},
	{"long_words_are_cut", long_words_are_cut},
	{"ends_of_a_call_that_was_up", ends_of_a_call_that_was_up},
	{"a_call_that_nobody_takes", a_call_that_nobody_takes},
	{"a_client_that_cannot_dial", a_client_that_cannot_dial},
	{"an_outgoing_call_that_is_not_placed", an_outgoing_call_that_is_not_placed},
	{"an_outgoing_call_that_is_refused", an_outgoing_call_that_is_refused},
	{NULL, NULL},
};
const struct test_suite suite_history = {"history", cases};
