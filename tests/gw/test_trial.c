/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an operator tries: a HELLO, an Access-Request, and how many are remembered. */
#include "gw/trial.h"

#include "tests/gw/bench.h"
#include "tests/gw/fake_radius.h"

#include <stdio.h>
#include <string.h>

#define TRIAL_CONF                                                     \
	"host-name = gw\n"                                             \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                      \
	"peer lac { port = a  service = s  hostname = lac }\n"         \
	"pool p { ranges = { \"10.64.0.0/24\" } }\n"                   \
	"service s { local = 10.64.0.1  pool = p  auth = { chap } }\n" \
	"user ann { secret = \"a\" }\n"                                \
	"radius r { server \"192.0.2.9\" { secret = \"of the server\" } }\n"

static const char *trial_words;

/* The last one, as a line. */
static char trial_seen[300];
static unsigned trial_rows;

static void trial_note(void *ctx, const struct trial_view *v)
{
	(void)ctx;
	trial_rows++;
	snprintf(trial_seen, sizeof(trial_seen), "%u %s %s %s %llu %s", v->number,
		 trial_kind_names[v->kind], v->of, trial_state_names[v->state],
		 (unsigned long long)v->took, v->words);
}

static const char *trial_last(void)
{
	trial_rows = 0;
	*trial_seen = '\0';
	trials_each(bench.gw, trial_note, NULL);
	return trial_seen;
}

static unsigned trial_tunnel(void)
{
	struct l2tp_tunnel_info i;
	struct l2tp_tunnel *t = l2tp_tunnel_next(bench.gw->engine, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	l2tp_tunnel_info(t, &i);
	return i.local_id;
}

static void a_tunnel_answers(void)
{
	char want[100];
	unsigned tid;

	bench_start(TRIAL_CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	tid = trial_tunnel();
	CU_ASSERT_STRING_EQUAL(trial_last(), "");
	CU_ASSERT_EQUAL(trial_ping(bench.gw, tid, &trial_words), 1);
	snprintf(want, sizeof(want), "1 ping-tunnel tunnel %u going-on 0 ", tid);
	CU_ASSERT_STRING_EQUAL(trial_last(), want);
	CU_ASSERT_EQUAL(trial_ping(bench.gw, tid, &trial_words), 0);
	CU_ASSERT_STRING_EQUAL(trial_words, "one is under way there");
	bench_pass(SEC);
	CU_ASSERT_PTR_NOT_NULL(strstr(trial_last(), " done "));
	CU_ASSERT_PTR_NOT_NULL(strstr(trial_last(), " acknowledged"));
	CU_ASSERT_EQUAL(trial_ping(bench.gw, tid ^ 1, &trial_words), 0);
	CU_ASSERT_STRING_EQUAL(trial_words, "there is no such tunnel");
	bench_stop();
}

/* How long, and of which tunnel: as the engine says. */
static void a_tunnel_that_is_slow_or_ends(void)
{
	unsigned tid;

	bench_start(TRIAL_CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	tid = trial_tunnel();
	CU_ASSERT_EQUAL(trial_ping(bench.gw, tid, &trial_words), 1);
	trial_pinged(bench.gw, tid ^ 1, clock_us + 5);
	CU_ASSERT_PTR_NOT_NULL(strstr(trial_last(), " going-on 0 "));
	trial_pinged(bench.gw, tid, clock_us + 12345);
	CU_ASSERT_PTR_NOT_NULL(strstr(trial_last(), " done 12345 acknowledged"));
	trial_tunnel_down(bench.gw, tid, "of no interest", clock_us);
	CU_ASSERT_PTR_NOT_NULL(strstr(trial_last(), " done 12345 acknowledged"));
	CU_ASSERT_EQUAL(trial_ping(bench.gw, tid, &trial_words), 2);
	trial_tunnel_down(bench.gw, tid, "shutting down", clock_us + 7);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(trial_last(), " failed 7 the tunnel has ended: shutting down"));
	bench_stop();
}

static void servers_are_asked(void)
{
	bench_start(TRIAL_CONF);
	fake_radius_accept("");
	CU_ASSERT_EQUAL(trial_radius(bench.gw, NULL, "ann", "of ann", &trial_words), 1);
	CU_ASSERT_STRING_EQUAL(trial_last(), "1 test-radius ann by r going-on 0 ");
	bench_pass(0);
	CU_ASSERT_PTR_NOT_NULL(strstr(trial_last(), " done "));
	CU_ASSERT_PTR_NOT_NULL(strstr(trial_last(), " Access-Accept of 192.0.2.9"));
	CU_ASSERT_PTR_NULL(strstr(trial_last(), "of ann"));
	CU_ASSERT_EQUAL(trial_radius(bench.gw, "r", "ann", "of ann", &trial_words), 2);
	CU_ASSERT_EQUAL(trial_radius(bench.gw, "q", "ann", "of ann", &trial_words), 0);
	CU_ASSERT_STRING_EQUAL(trial_words, "there is no such section");
	bench_pass(0);
	CU_ASSERT_EQUAL(bench_logged("*of ann*"), 0);
	fake_radius.on = false;
	bench_stop();
}

static void which_section(void)
{
	bench_start(TRIAL_CONF "radius q { server \"192.0.2.8\" { secret = \"s\" } }\n");
	CU_ASSERT_EQUAL(trial_radius(bench.gw, NULL, "ann", "x", &trial_words), 0);
	CU_ASSERT_STRING_EQUAL(trial_words, "there are several sections: name one");
	bench_stop();
	bench_start("host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n");
	CU_ASSERT_EQUAL(trial_radius(bench.gw, NULL, "ann", "x", &trial_words), 0);
	CU_ASSERT_STRING_EQUAL(trial_words, "there is no section");
	bench_stop();
}

/* What goes on keeps its place, and is given up with the gateway. */
static void the_last_few_are_there(void)
{
	bench_start(TRIAL_CONF);
	fake_radius_accept("");
	fake_radius.silent = true;
	CU_ASSERT_EQUAL(trial_radius(bench.gw, NULL, "first", "x", &trial_words), 1);
	fake_radius.silent = false;
	for (unsigned i = 0; i < TRIALS_MAX + 3; i++) {
		CU_ASSERT_EQUAL(trial_radius(bench.gw, NULL, "ann", "x", &trial_words), 2 + i);
		bench_pass(0);
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(trial_last(), "20 test-radius ann by r done"));
	CU_ASSERT_EQUAL(trial_rows, TRIALS_MAX);
	fake_radius.silent = true;
	for (unsigned i = 1; i < TRIALS_MAX; i++)
		CU_ASSERT_NOT_EQUAL(trial_radius(bench.gw, NULL, "ann", "x", &trial_words), 0);
	CU_ASSERT_EQUAL(trial_radius(bench.gw, NULL, "ann", "x", &trial_words), 0);
	CU_ASSERT_STRING_EQUAL(trial_words, "as many are under way as there may be");
	bench_stop();
	fake_radius.on = false;
}

static const struct test_case cases[] = {
	{"a_tunnel_answers", a_tunnel_answers},
	{"a_tunnel_that_is_slow_or_ends", a_tunnel_that_is_slow_or_ends},
	{"servers_are_asked", servers_are_asked},
	{"which_section", which_section},
	{"the_last_few_are_there", the_last_few_are_there},
	{NULL, NULL},
};
const struct test_suite suite_trial = {"trial", cases};
