/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a client of the control socket is told of whom it watches. */
#include "gw/operator/ctl_debug.h"

#include "tests/gw/bench.h"

#include <stdlib.h>
#include <string.h>

static struct ctl_debug watcher, other;
static char told[4096];

static void watched_tell(struct ctl_debug *d, const struct ctl_text *line)
{
	CU_ASSERT_FALSE(line->failed);
	if (d == &watcher)
		strncat(told, line->at, line->len);
}

static void watched_begin(void)
{
	bench_start("host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n");
	*told = '\0';
	ctl_debug_init(&watcher, bench.gw, watched_tell);
	ctl_debug_init(&other, bench.gw, watched_tell);
}

static void watched_end(void)
{
	ctl_debug_end(&watcher);
	ctl_debug_end(&other);
	CU_ASSERT_EQUAL(trace_watches, 0);
	bench_stop();
}

static void watched_say(const char *user, const char *words)
{
	const struct log_line l = {
		.category = "aaa", .level = "info", .words = words, .about = {.user = user}};

	if (trace_on())
		trace_log(&l);
}

/* The line says when, by the system's clock. */
static void watched_says(const char *text)
{
	json_t *o = json_loads(told, JSON_DISABLE_EOF_CHECK, NULL);

	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(o, "event")), "debug");
	CU_ASSERT_TRUE(json_integer_value(json_object_get(o, "unix-seconds")) > 1700000000);
	CU_ASSERT_PTR_NOT_NULL(strstr(json_string_value(json_object_get(o, "text")), text));
	CU_ASSERT_EQUAL(json_object_size(o), 3);
	json_decref(o);
	CU_ASSERT_PTR_EQUAL(strchr(told, '\n'), told + strlen(told) - 1);
	*told = '\0';
}

static void lines_of_who_is_watched(void)
{
	watched_begin();
	CU_ASSERT_FALSE(ctl_debug_is_on(&watcher));
	CU_ASSERT_PTR_NULL(ctl_debug_watch(&watcher, "user", "ann"));
	CU_ASSERT_PTR_NULL(ctl_debug_watch(&other, "user", "bob"));
	CU_ASSERT_TRUE(ctl_debug_is_on(&watcher));
	watched_say("ann", "one \"and\" two");
	watched_says("(ann) - aaa info: one \"and\" two");
	watched_say("bob", "three");
	CU_ASSERT_STRING_EQUAL(told, "");
	CU_ASSERT_PTR_NULL(ctl_debug_unwatch(&watcher, "user", "ann"));
	CU_ASSERT_FALSE(ctl_debug_is_on(&watcher));
	CU_ASSERT_TRUE(ctl_debug_is_on(&other));
	watched_say("ann", "four");
	CU_ASSERT_STRING_EQUAL(told, "");
	watched_end();
}

static void what_cannot_be_watched(void)
{
	watched_begin();
	CU_ASSERT_STRING_EQUAL(ctl_debug_watch(&watcher, "circuit", "ann"),
			       "kind is user, peer, tunnel or port");
	CU_ASSERT_STRING_EQUAL(ctl_debug_watch(&watcher, "port", "b"), "no such port");
	CU_ASSERT_PTR_NOT_NULL(ctl_debug_watch(&watcher, "tunnel", "none"));
	CU_ASSERT_STRING_EQUAL(ctl_debug_unwatch(&watcher, "circuit", "ann"),
			       "kind is user, peer, tunnel or port");
	CU_ASSERT_STRING_EQUAL(ctl_debug_unwatch(&watcher, "user", "ann"), "not watched here");
	CU_ASSERT_FALSE(ctl_debug_is_on(&watcher));
	watched_end();
}

static void more_than_the_rate_is_left_out(void)
{
	watched_begin();
	CU_ASSERT_PTR_NULL(ctl_debug_watch(&watcher, "user", "ann"));
	for (unsigned i = 0; i < DEBUG_RATE + 7; i++) {
		*told = '\0';
		watched_say("ann", "again");
	}
	CU_ASSERT_STRING_EQUAL(told, "");
	bench_pass(1000000);
	CU_ASSERT_STRING_EQUAL(told, "{\"event\":\"debug-left-out\",\"count\":7}\n");
	watched_end();
}

static const struct test_case cases[] = {
	{"lines_of_who_is_watched", lines_of_who_is_watched},
	{"what_cannot_be_watched", what_cannot_be_watched},
	{"more_than_the_rate_is_left_out", more_than_the_rate_is_left_out},
	{0},
};
const struct test_suite suite_ctl_debug = {"ctl_debug", cases};
