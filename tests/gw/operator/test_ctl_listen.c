/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control socket on a path of its own, served by the test's turns of the select loop. */
#include "gw/operator/ctl_listen.h"

#include "gw/event.h"
#include "gw/operator/operator.h"
#include "gw/trace.h"
#include "tests/gw/bench.h"
#include "tests/gw/operator/at_socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char listen_folder[32];
static uint64_t listen_before[CTL_N_COUNT];

static void listen_begin_with(const char *keys)
{
	char conf[300];

	strcpy(listen_folder, "/tmp/isthmus-test-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(listen_folder));
	snprintf(at_socket_path, sizeof(at_socket_path), "%s/ctl", listen_folder);
	snprintf(conf, sizeof(conf),
		 "host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"
		 "control { socket = \"%s\"  %s }\n",
		 at_socket_path, keys);
	bench_start(conf);
	CU_ASSERT_EQUAL_FATAL(ctl_start(bench.gw), 0);
	for (unsigned i = 0; i < CTL_N_COUNT; i++)
		listen_before[i] = ctl_count(i);
}

static void listen_begin(void)
{
	listen_begin_with("");
}

static void listen_end(void)
{
	ctl_stop();
	CU_ASSERT_EQUAL(access(at_socket_path, F_OK), -1);
	bench_stop();
	CU_ASSERT_EQUAL(rmdir(listen_folder), 0);
}

static uint64_t listen_counted(enum ctl_counter c)
{
	return ctl_count(c) - listen_before[c];
}

#define NONE   "{\"command\":\"clear-tunnel\",\"arguments\":{\"tunnel-id\":7}}"
#define ANSWER "{\"result\":3,\"text\":\"there is none\"}\n"

static void requests_are_answered_in_order(void)
{
	int fd;

	listen_begin();
	fd = at_socket_connect();
	at_socket_turns(2);
	CU_ASSERT_EQUAL(ctl_clients(), 1);
	at_socket_ask(fd, "\n" NONE "\n{\"command\":");
	CU_ASSERT_TRUE(at_socket_read(fd) > 0);
	CU_ASSERT_STRING_EQUAL(at_socket_said, ANSWER);
	at_socket_ask(fd, "\"x\"}\n" NONE "\n");
	CU_ASSERT_TRUE(at_socket_read(fd) > 0);
	CU_ASSERT_STRING_EQUAL(
		at_socket_said,
		"{\"result\":2,\"text\":\"no such command; list-commands has them\"}\n" ANSWER);
	CU_ASSERT_EQUAL(listen_counted(CTL_N_REQUESTS), 3);
	/* one that says no more gets its answer still */
	at_socket_ask(fd, NONE "\n");
	shutdown(fd, SHUT_WR);
	at_socket_turns(4);
	CU_ASSERT_EQUAL(at_socket_read(fd), -1);
	CU_ASSERT_STRING_EQUAL(at_socket_said, ANSWER);
	CU_ASSERT_EQUAL(ctl_clients(), 0);
	close(fd);
	listen_end();
}

static void a_request_without_end_is_cut(void)
{
	static char line[CTL_LINE_MAX + 1];
	int fd;

	listen_begin();
	memset(line, ' ', CTL_LINE_MAX);
	memcpy(line + CTL_LINE_MAX - strlen(NONE "\n"), NONE "\n", strlen(NONE "\n"));
	fd = at_socket_connect();
	at_socket_ask(fd, line);
	at_socket_turns(4);
	CU_ASSERT_TRUE(at_socket_read(fd) > 0);
	CU_ASSERT_STRING_EQUAL(at_socket_said, ANSWER); /* the longest one */
	line[CTL_LINE_MAX - 1] = ' ';
	at_socket_ask(fd, line);
	at_socket_turns(4);
	CU_ASSERT_EQUAL(at_socket_read(fd), -1);
	CU_ASSERT_STRING_EQUAL(
		at_socket_said,
		"{\"result\":1,\"text\":\"a request has 8191 octets at the most\"}\n");
	CU_ASSERT_EQUAL(listen_counted(CTL_N_TOO_LONG), 1);
	CU_ASSERT_EQUAL(ctl_clients(), 0);
	close(fd);
	listen_end();
}

#define LIST "{\"command\":\"list-commands\"}\n"

/* As many requests as fit at once.  Octets that the gateway has read. */
static void listen_stuff(int fd)
{
	while (send(fd, LIST, strlen(LIST), MSG_DONTWAIT) == (ssize_t)strlen(LIST))
		at_socket_turns(2);
}

static void one_that_reads_nothing_is_cut(void)
{
	int fd, other;

	listen_begin();
	fd = at_socket_connect();
	other = at_socket_connect();
	listen_stuff(fd);
	/* its answers wait, and only some of its requests were read */
	CU_ASSERT_TRUE(listen_counted(CTL_N_REQUESTS) > 1);
	CU_ASSERT_EQUAL(send(fd, LIST, 1, MSG_DONTWAIT), -1);
	CU_ASSERT_EQUAL(errno, EAGAIN);
	at_socket_ask(other, NONE "\n");
	CU_ASSERT_TRUE(at_socket_read(other) > 0);
	CU_ASSERT_STRING_EQUAL(at_socket_said, ANSWER);
	bench_pass(CTL_PATIENCE - 1);
	CU_ASSERT_EQUAL(ctl_clients(), 2);
	bench_pass(1);
	CU_ASSERT_EQUAL(ctl_clients(), 1);
	CU_ASSERT_EQUAL(listen_counted(CTL_N_SLOW), 1);
	/* one that is only silent may be so for ever */
	bench_pass(10 * CTL_PATIENCE);
	CU_ASSERT_EQUAL(ctl_clients(), 1);
	close(fd);
	close(other);
	listen_end();
}

/* Everything is answered to one who reads late. */
static void one_that_reads_late_loses_nothing(void)
{
	unsigned lines = 0;
	uint64_t asked;
	int fd, idle;

	listen_begin();
	fd = at_socket_connect();
	listen_stuff(fd);
	shutdown(fd, SHUT_WR);
	for (idle = 0; idle < 20; idle++) {
		ssize_t n = read(fd, at_socket_said, sizeof(at_socket_said));

		for (ssize_t i = 0; i < n; i++)
			lines += at_socket_said[i] == '\n';
		idle = n > 0 ? 0 : idle;
		at_socket_turns(1);
	}
	asked = listen_counted(CTL_N_REQUESTS);
	CU_ASSERT_TRUE(asked > 3);
	CU_ASSERT_EQUAL(lines, asked);
	CU_ASSERT_EQUAL(ctl_clients(), 0);
	close(fd);
	listen_end();
}

#define SUBSCRIBE "{\"command\":\"subscribe\",\"arguments\":{\"event\":\"port\"}}\n"

#define WATCH_ANN "{\"command\":\"debug\",\"arguments\":{\"kind\":\"user\",\"who\":\"ann\"}}\n"

static void listen_subscribe(int fd)
{
	at_socket_ask(fd, SUBSCRIBE);
	CU_ASSERT_TRUE(at_socket_read(fd) > 0);
	CU_ASSERT_STRING_EQUAL(at_socket_said, "{\"result\":0,\"text\":\"2 kinds of events\"}\n");
}

static void events_for_who_asked(void)
{
	int fd, other;

	listen_begin();
	fd = at_socket_connect();
	other = at_socket_connect();
	at_socket_turns(2);
	CU_ASSERT_PTR_NULL(event_to);
	listen_subscribe(fd);
	CU_ASSERT_PTR_NOT_NULL_FATAL(event_to);
	EVENT(PORT_DOWN, LOG_ABOUT(.port = "a"), "it burns");
	EVENT(TUNNEL_UP, LOG_ABOUT(.tunnel = 7), NULL);
	at_socket_turns(2);
	CU_ASSERT_EQUAL(at_socket_read(other), 0);
	CU_ASSERT_TRUE(at_socket_read(fd) > 0);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(at_socket_said, "{\"event\":\"port-down\",\"unix-seconds\":"));
	CU_ASSERT_PTR_NOT_NULL(strstr(at_socket_said, ",\"port\":\"a\",\"cause\":\"it burns\"}\n"));
	CU_ASSERT_PTR_NULL(strstr(at_socket_said, "tunnel"));
	at_socket_ask(fd, NONE "\n"); /* answers go on */
	CU_ASSERT_TRUE(at_socket_read(fd) > 0);
	CU_ASSERT_STRING_EQUAL(at_socket_said, ANSWER);
	close(fd);
	at_socket_turns(4);
	CU_ASSERT_PTR_NULL(event_to);
	close(other);
	listen_end();
}

/* The gateway goes on, what waits is bounded, and the gap is told. */
static void a_slow_reader_loses_events(void)
{
	uint64_t lost;
	char gap[64];
	bool told = false;
	int fd;

	listen_begin();
	fd = at_socket_connect();
	listen_subscribe(fd);
	for (unsigned i = 0; i < 20000; i++) {
		EVENT(PORT_UP, LOG_ABOUT(.port = "a"), NULL);
		if (i % 100 == 0)
			at_socket_turns(1);
	}
	lost = listen_counted(CTL_N_LOST);
	CU_ASSERT_TRUE(lost > 1000 && lost < 20000);
	bench_pass(2 * CTL_PATIENCE);
	CU_ASSERT_EQUAL(ctl_clients(), 1);
	snprintf(gap, sizeof(gap), "{\"event\":\"lost\",\"count\":%llu}\n",
		 (unsigned long long)lost);
	for (unsigned i = 0; i < 100 && !told; i++) {
		at_socket_read(fd);
		at_socket_turns(1);
		if (i > 50)
			EVENT(PORT_DOWN, LOG_ABOUT(.port = "a"), NULL);
		told = strstr(at_socket_said, gap);
	}
	CU_ASSERT_TRUE(told);
	close(fd);
	listen_end();
}

/* Whatever waits for it. */
static void who_gets_events_may_be_slow(void)
{
	int fd;

	listen_begin();
	fd = at_socket_connect();
	listen_subscribe(fd);
	listen_stuff(fd);
	bench_pass(2 * CTL_PATIENCE);
	CU_ASSERT_EQUAL(ctl_clients(), 1);
	close(fd);
	listen_end();
}

static void listen_say(const char *words)
{
	const struct log_line l = {
		.category = "aaa", .level = "info", .words = words, .about = {.user = "ann"}};

	if (trace_on())
		trace_log(&l);
}

/* For who asked, as long as it is there; it may be slow, as one that gets events may be. */
static void debug_for_who_asked(void)
{
	int fd, other;

	listen_begin();
	fd = at_socket_connect();
	other = at_socket_connect();
	at_socket_ask(fd, WATCH_ANN);
	CU_ASSERT_TRUE(at_socket_read(fd) > 0);
	CU_ASSERT_STRING_EQUAL(at_socket_said, "{\"result\":0,\"text\":\"done\"}\n");
	listen_say("one");
	at_socket_turns(2);
	CU_ASSERT_EQUAL(at_socket_read(other), 0);
	CU_ASSERT_TRUE(at_socket_read(fd) > 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(at_socket_said, "{\"event\":\"debug\",\"unix-seconds\":"));
	CU_ASSERT_PTR_NOT_NULL(strstr(at_socket_said, "aaa info: one\"}\n"));
	listen_stuff(fd);
	bench_pass(2 * CTL_PATIENCE);
	CU_ASSERT_EQUAL(ctl_clients(), 2);
	close(fd);
	at_socket_turns(4);
	CU_ASSERT_EQUAL(trace_watches, 0);
	listen_say("to nobody");
	close(other);
	listen_end();
}

static void rights_by_credentials(void)
{
	static const struct {
		struct ctl_peer peer;
		enum ctl_right right;
	} rows[] = {
		{{.uid = 0, .gid = 9}, CTL_MAY_ALL},
		{{.uid = 77, .gid = 9}, CTL_MAY_ALL},
		{{.uid = 5, .gid = 100}, CTL_MAY_ALL},
		{{.uid = 5, .gid = 9, .groups = 2, .group = {1, 100}}, CTL_MAY_ALL},
		{{.uid = 5, .gid = 200}, CTL_MAY_SHOW},
		{{.uid = 5, .gid = 9, .groups = 1, .group = {200}}, CTL_MAY_SHOW},
		{{.uid = 5, .gid = 9, .groups = 1, .group = {201, 200}}, CTL_MAY_NOTHING},
		{{.uid = 5, .gid = 9}, CTL_MAY_NOTHING},
		{{.uid = 5, .gid = 0}, CTL_MAY_NOTHING},
	};
	const struct ctl_peer none = {.uid = 5, .gid = (gid_t)-1};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_EQUAL(ctl_right_of(&rows[i].peer, 77, 100, 200), rows[i].right);
	CU_ASSERT_EQUAL(ctl_right_of(&none, 77, (gid_t)-1, (gid_t)-1), CTL_MAY_NOTHING);
}

static void listen_has_mode(const char *keys, unsigned mode)
{
	struct stat st;

	listen_begin_with(keys);
	CU_ASSERT_EQUAL_FATAL(stat(at_socket_path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, mode);
	listen_end();
}

static void others_may_connect_only_for_a_group(void)
{
	listen_has_mode("", 0600);
	listen_has_mode("group = root", 0666);
	listen_has_mode("read-group = root", 0666);
}

static void a_group_that_is_not_there(void)
{
	listen_begin();
	ctl_stop();
	((struct cfg_model *)bench.gw->cfg)->control_read_group = "no-such-group-1";
	CU_ASSERT_EQUAL(ctl_start(bench.gw), -1);
	((struct cfg_model *)bench.gw->cfg)->control_read_group = NULL;
	CU_ASSERT_EQUAL(ctl_start(bench.gw), 0);
	listen_end();
}

static void clients_are_bounded(void)
{
	int fd[CTL_CLIENTS_MAX + 1];

	listen_begin();
	at_socket_connect_all(fd, CTL_CLIENTS_MAX + 1);
	/* root may have all of them; an ordinary user of the service would have fewer */
	CU_ASSERT_EQUAL(ctl_clients(), geteuid() ? CTL_PER_UID_MAX : CTL_CLIENTS_MAX);
	CU_ASSERT_EQUAL(at_socket_read(fd[CTL_CLIENTS_MAX]), -1);
	CU_ASSERT_STRING_EQUAL(at_socket_said, "{\"result\":4,\"text\":\"clients refused: so many "
					       "are connected already\"}\n");
	CU_ASSERT_TRUE(listen_counted(CTL_N_CROWD) > 0);
	at_socket_close_all(fd, CTL_CLIENTS_MAX + 1);
	CU_ASSERT_EQUAL(ctl_clients(), 0);
	listen_end();
}

/* Root plays one, who is in the admin group. */
static void clients_of_a_user_are_bounded(void)
{
	int fd[CTL_PER_UID_MAX + 1], more;

	if (geteuid() != 0)
		return; /* as in clients_are_bounded */
	listen_begin_with("group = root");
	CU_ASSERT_EQUAL_FATAL(chmod(listen_folder, 0711), 0);
	CU_ASSERT_EQUAL_FATAL(seteuid(65533), 0);
	at_socket_connect_all(fd, CTL_PER_UID_MAX + 1);
	CU_ASSERT_EQUAL_FATAL(seteuid(0), 0);
	CU_ASSERT_EQUAL(ctl_clients(), CTL_PER_UID_MAX);
	CU_ASSERT_EQUAL(listen_counted(CTL_N_CROWD), 1);
	more = at_socket_connect();
	at_socket_turns(2);
	CU_ASSERT_EQUAL(ctl_clients(), CTL_PER_UID_MAX + 1);
	close(more);
	at_socket_close_all(fd, CTL_PER_UID_MAX + 1);
	listen_end();
}

/* The next life listens at the same path; what was answered has gone out before. */
static void an_answer_goes_before_the_process_does(void)
{
	int fd;

	listen_begin();
	fd = at_socket_connect();
	at_socket_turns(2);
	at_socket_ask(fd, NONE "\n");
	ctl_flush_all();
	ctl_stop();
	CU_ASSERT_EQUAL(at_socket_read(fd), -1);
	CU_ASSERT_STRING_EQUAL(at_socket_said, ANSWER);
	close(fd);
	CU_ASSERT_EQUAL(ctl_start(bench.gw), 0);
	fd = at_socket_connect();
	at_socket_ask(fd, NONE "\n");
	CU_ASSERT_TRUE(at_socket_read(fd) > 0);
	close(fd);
	listen_end();
}

static void it_is_opened_beforehand(void)
{
	int fd;

	listen_begin();
	ctl_stop();
	CU_ASSERT_EQUAL(ctl_open(bench.gw->cfg), 0);
	ctl_stop();
	CU_ASSERT_EQUAL(access(at_socket_path, F_OK), -1);
	CU_ASSERT_EQUAL(ctl_open(bench.gw->cfg), 0);
	CU_ASSERT_EQUAL(ctl_start(bench.gw), 0);
	fd = at_socket_connect();
	at_socket_turns(2);
	CU_ASSERT_EQUAL(ctl_clients(), 1);
	/* another gateway does not take it over */
	CU_ASSERT_EQUAL(ctl_open(bench.gw->cfg), -1);
	close(fd);
	listen_end();
}

static const struct test_case cases[] = {
	{"requests_are_answered_in_order", requests_are_answered_in_order},
	{"a_request_without_end_is_cut", a_request_without_end_is_cut},
	{"one_that_reads_nothing_is_cut", one_that_reads_nothing_is_cut},
	{"one_that_reads_late_loses_nothing", one_that_reads_late_loses_nothing},
	{"events_for_who_asked", events_for_who_asked},
	{"a_slow_reader_loses_events", a_slow_reader_loses_events},
	{"who_gets_events_may_be_slow", who_gets_events_may_be_slow},
	{"debug_for_who_asked", debug_for_who_asked},
	{"rights_by_credentials", rights_by_credentials},
	{"others_may_connect_only_for_a_group", others_may_connect_only_for_a_group},
	{"a_group_that_is_not_there", a_group_that_is_not_there},
	{"clients_are_bounded", clients_are_bounded},
	{"clients_of_a_user_are_bounded", clients_of_a_user_are_bounded},
	{"an_answer_goes_before_the_process_does", an_answer_goes_before_the_process_does},
	{"it_is_opened_beforehand", it_is_opened_beforehand},
	{NULL, NULL},
};
const struct test_suite suite_ctl_listen = {"ctl_listen", cases};
