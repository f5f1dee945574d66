/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that come to a VTY without being asked for. */
#include "gw/operator/debug.h"

#include "gw/log.h"
#include "gw/operator/debug_rate.h"
#include "gw/trace.h"
#include "tests/gw/bench.h"
#include "tests/gw/operator/at_socket.h"
#include "tests/heap.h"
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int debug_connect(const char *commands)
{
	int fd = at_socket_connect();

	at_socket_turns(2);
	at_socket_ask(fd, "enable\n");
	at_socket_ask(fd, commands);
	at_socket_read(fd);
	return fd;
}

/* What a connection has been told, whole. */
static const char *debug_told(int fd)
{
	at_socket_turns(4);
	at_socket_read(fd);
	return at_socket_said;
}

static void debug_hang_up(int fd)
{
	close(fd);
	at_socket_turns(4);
}

static void debug_say(const char *user, const char *words)
{
	const struct log_line l = {
		.category = "aaa", .level = "info", .words = words, .about = {.user = user}};

	trace_log(&l);
}

/* To those who have asked, as long as they are there. */
static void it_ends_with_its_terminal(void)
{
	int ann, both;

	at_socket_begin();
	ann = debug_connect("debug user ann\n");
	CU_ASSERT_PTR_NULL(strstr(at_socket_said, "%"));
	both = debug_connect("debug user bob\ndebug user ann\n");
	at_socket_ask(both, "show debugging\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(debug_told(both), "user ann, on another terminal\r\n"
							"user bob, on this terminal\r\n"
							"user ann, on this terminal\r\n"));
	debug_say("ann", "one");
	debug_say("bob", "two");
	debug_say("eve", "three");
	CU_ASSERT_PTR_NOT_NULL(strstr(debug_told(ann), "(ann) - aaa info: one\r\n"));
	CU_ASSERT_PTR_NULL(strstr(at_socket_said, "two"));
	CU_ASSERT_PTR_NOT_NULL(strstr(debug_told(both), "(ann) - aaa info: one\r\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(at_socket_said, "(bob) - aaa info: two\r\n"));
	CU_ASSERT_PTR_NULL(strstr(at_socket_said, "three"));
	at_socket_ask(both, "no debug user ann\nno debug user eve\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(debug_told(both), "% user eve: not watched here\r\n"));
	CU_ASSERT_EQUAL(trace_watches, 2);
	debug_hang_up(both);
	CU_ASSERT_EQUAL(trace_watches, 1);
	at_socket_ask(ann, "undebug all\n");
	CU_ASSERT_EQUAL(trace_watches, 0);
	at_socket_ask(ann, "debug peer nobody\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(debug_told(ann), "% peer nobody: no such peer\r\n"));
	debug_hang_up(ann);
	at_socket_end();
}

/* A line of the log goes to those who want all of it, at the level that is set. */
static void lines_of_the_log(void)
{
	int fd;

	at_socket_begin();
	gw_log_set("all", "notice");
	log_out_set(LOG_FORM_PLAIN, "/nowhere/that/is/a/journal");
	fd = debug_connect("terminal log\n");
	GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE, "here too\n");
	GW_LOG(LOG_NOBODY, MAIN, LOGL_INFO, "not asked for\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(debug_told(fd), "\r\nmain notice: here too\r\n"));
	CU_ASSERT_PTR_NULL(strstr(at_socket_said, "not asked for"));
	at_socket_ask(fd, "terminal no log\n");
	at_socket_read(fd);
	GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE, "here too\n");
	CU_ASSERT_STRING_EQUAL(debug_told(fd), "");
	log_out_set(LOG_FORM_PLAIN, NULL);
	gw_log_set("all", "fatal");
	debug_hang_up(fd);
	at_socket_end();
}

/* More than anybody reads is left out, and that is said, also when nothing follows. */
static void what_is_too_much(void)
{
	char want[80];
	int fd;

	at_socket_begin();
	fd = debug_connect("debug user ann\n");
	for (unsigned i = 0; i < DEBUG_RATE + 7; i++)
		debug_say("ann", "again");
	debug_told(fd);
	CU_ASSERT_PTR_NULL(strstr(at_socket_said, "left out"));
	bench_pass(1000000);
	snprintf(want, sizeof(want), "%% 7 messages are left out: more than %u in a second\r\n",
		 DEBUG_RATE);
	for (unsigned i = 0; i < 8 && !strstr(debug_told(fd), want); i++)
		;
	CU_ASSERT_PTR_NOT_NULL(strstr(at_socket_said, want));
	debug_say("ann", "later");
	CU_ASSERT_PTR_NOT_NULL(strstr(debug_told(fd), "later\r\n"));
	debug_hang_up(fd);
	at_socket_end();
}

/* It costs its queue and no more, others go on, and the number that is missing is said. */
static void a_reader_that_does_not_read(void)
{
	static char words[1000];
	static char all[1 << 20];
	unsigned said = 0, got = 0, lost = 0, n = 0;
	size_t len = 0;
	int slow, fd;

	memset(words, 'x', sizeof(words) - 1);
	at_socket_begin();
	slow = debug_connect("debug user ann\n");
	fd = debug_connect("debug user bob\n");
	for (unsigned second = 0; second < 10; second++) {
		for (unsigned i = 0; i < DEBUG_RATE; i++, said++)
			debug_say("ann", words);
		bench_pass(1000000);
		at_socket_turns(40);
	}
	debug_say("bob", "not in the way");
	CU_ASSERT_PTR_NOT_NULL(strstr(debug_told(fd), "not in the way"));
	for (unsigned i = 0; i < 400 && len < sizeof(all) - sizeof(at_socket_said); i++) {
		if (i == 300)
			debug_say("ann", "at last");
		debug_told(slow);
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s", at_socket_said);
	}
	for (const char *at = all; (at = strstr(at, "(ann)")); at++)
		got++;
	for (const char *at = all; (at = strstr(at, "% ")); at++)
		lost += sscanf(at, "%% %u lines are lost", &n) == 1 ? n : 0;
	CU_ASSERT(lost > 100);
	CU_ASSERT_EQUAL(got + lost, said + 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(all, "at last\r\n"));
	debug_hang_up(slow);
	debug_hang_up(fd);
	at_socket_end();
}

static const struct test_case cases[] = {
	{"it_ends_with_its_terminal", it_ends_with_its_terminal},
	{"lines_of_the_log", lines_of_the_log},
	{"what_is_too_much", what_is_too_much},
	{"a_reader_that_does_not_read", a_reader_that_does_not_read},
	{NULL, NULL},
};
const struct test_suite suite_debug = {"debug", cases};
