/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VTY on a Unix socket of its own, served by the test's turns of the select loop. */
#include "gw/operator/vty_listen.h"

#include "gw/operator/operator.h"
#include "gw/reserve.h"
#include "tests/gw/bench.h"
#include <osmocom/core/select.h>
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char folder[32], path[80], said[16384];

static void listen_begin(void)
{
	char conf[200];

	strcpy(folder, "/tmp/isthmus-test-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/room/vty", folder);
	snprintf(conf, sizeof(conf),
		 "host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\nvty { socket = \"%s\" }\n",
		 path);
	bench_start(conf);
	CU_ASSERT_EQUAL_FATAL(vty_start(bench.gw, bench_talloc()), 0);
}

static void listen_end(void)
{
	vty_stop();
	CU_ASSERT_EQUAL(access(path, F_OK), -1);
	bench_stop();
	*strrchr(path, '/') = '\0';
	rmdir(path);
	CU_ASSERT_EQUAL(rmdir(folder), 0);
}

static void listen_turns(unsigned n)
{
	while (n--)
		osmo_select_main(1);
}

static int listen_connect(void)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(sun.sun_path, path);
	CU_ASSERT_EQUAL(connect(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	return fd;
}

/* Everything said so far; -1 = closed. */
static int listen_read(int fd)
{
	size_t n = 0;
	ssize_t got;

	while ((got = read(fd, said + n, sizeof(said) - 1 - n)) > 0)
		n += (size_t)got;
	said[n] = '\0';
	return got == 0 || errno == ECONNRESET ? -1 : (int)n;
}

static void listen_ask(int fd, const char *text)
{
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	listen_turns(4);
}

static void the_socket_is_for_owner_and_group(void)
{
	struct stat st;

	listen_begin();
	CU_ASSERT_EQUAL_FATAL(stat(path, &st), 0);
	CU_ASSERT_TRUE(S_ISSOCK(st.st_mode));
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0660);
	listen_end();
}

static void commands_are_answered_and_exit_loses_nothing(void)
{
	int fd;

	listen_begin();
	fd = listen_connect();
	listen_turns(2);
	listen_ask(fd, "show summary\n");
	CU_ASSERT_TRUE(listen_read(fd) > 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "host name    gw\r\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "\r\na            3 of 100 sessions, the most from one "
					    "source 2 of 8\r\na            5 of 7 calls\r\n"));
	CU_ASSERT_EQUAL(vty_listen_connections(), 1);
	listen_ask(fd, "show ports\nexit\n");
	CU_ASSERT_EQUAL(listen_read(fd), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "Port  Transport"));
	CU_ASSERT_EQUAL(vty_listen_connections(), 0);
	close(fd);
	listen_end();
}

static void a_second_gateway_does_not_take_the_socket(void)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd;

	listen_begin();
	CU_ASSERT_EQUAL(vty_start(bench.gw, bench_talloc()), -1);
	vty_stop();
	/* what a process that was killed leaves behind is replaced */
	strcpy(sun.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	CU_ASSERT_EQUAL(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	close(fd);
	CU_ASSERT_EQUAL(vty_start(bench.gw, bench_talloc()), 0);
	listen_end();
}

static void http_is_known_by_its_first_word(void)
{
	static const struct {
		const char *text;
		bool http;
	} rows[] = {
		{"GET / HTTP/1.1\r\n", true},
		{"POST /x HTTP/1.0", true},
		{"OPTIONS *", true},
		{"show calls\nPUT / ", true},
		{"x\r\nHost: y", true},
		{"GE", false},
		{"GET", false},
		{"get the list\n", false},
		{"show GET x\n", false},
		{"GE\nT / ", false},
		{"", false},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].text);

		/* in two pieces, cut anywhere */
		for (size_t cut = 0; cut <= len; cut++) {
			struct vty_http h = {0};
			bool http = vty_http_seen(&h, rows[i].text, cut);

			http = vty_http_seen(&h, rows[i].text + cut, len - cut) || http;
			CU_ASSERT_EQUAL(http, rows[i].http);
		}
	}
}

static void a_request_in_pieces_ends_the_connection(void)
{
	int fd;

	listen_begin();
	fd = listen_connect();
	listen_turns(2);
	listen_ask(fd, "GE");
	listen_ask(fd, "T / HTTP/1.1\r\n\r\nshow summary\n");
	CU_ASSERT_EQUAL(listen_read(fd), -1);
	CU_ASSERT_PTR_NULL(strstr(said, "host name"));
	close(fd);
	listen_end();
}

static void an_http_request_ends_the_connection(void)
{
	int fd;

	listen_begin();
	fd = listen_connect();
	listen_turns(2);
	listen_ask(fd, "POST / HTTP/1.1\r\nHost: x\r\n\r\nshow summary\n");
	CU_ASSERT_EQUAL(listen_read(fd), -1);
	CU_ASSERT_PTR_NULL(strstr(said, "host name"));
	CU_ASSERT_EQUAL(vty_listen_connections(), 0);
	close(fd);
	listen_end();
}

/* The lowest descriptor that is free. */
static int listen_next_fd(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

static void the_reserve_lets_the_operator_in(void)
{
	struct rlimit old, none;
	struct reserve_limits n;
	int fd;

	listen_begin();
	reserve_limits(&n);
	CU_ASSERT_EQUAL(n.kept, RESERVE_MAX);
	fd = listen_connect();
	getrlimit(RLIMIT_NOFILE, &old);
	none = (struct rlimit){.rlim_cur = (rlim_t)listen_next_fd(), .rlim_max = old.rlim_max};
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &none), 0);
	listen_turns(3);
	CU_ASSERT_FALSE(vty_listen_looks_away());
	listen_ask(fd, "show summary\n");
	listen_read(fd);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "host name    gw\r\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, " of 64 connections\r\n"));
	setrlimit(RLIMIT_NOFILE, &old);
	reserve_limits(&n);
	CU_ASSERT_EQUAL(n.kept, RESERVE_MAX - 1);
	bench_pass(SEC);
	reserve_limits(&n);
	CU_ASSERT_EQUAL(n.kept, RESERVE_MAX);
	close(fd);
	listen_turns(2);
	listen_end();
}

static void listen_group(const char *group, int expected)
{
	char conf[300];

	strcpy(folder, "/tmp/isthmus-test-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/vty", folder);
	snprintf(conf, sizeof(conf),
		 "host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"
		 "vty { socket = \"%s\"  group = \"%s\" }\n",
		 path, group);
	bench_start(conf);
	CU_ASSERT_EQUAL(vty_start(bench.gw, bench_talloc()), expected);
}

/* A group that is not the first of this process, where it may give files to one. */
static void the_group_of_the_socket(void)
{
	struct group *g = getgrgid(geteuid() ? getegid() : 1);
	struct stat st = {0};

	CU_ASSERT_PTR_NOT_NULL_FATAL(g);
	listen_group(g->gr_name, 0);
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_gid, geteuid() ? getegid() : 1);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0660);
	vty_stop();
	bench_stop();
	rmdir(folder);
	listen_group("no-such-group", -1);
	CU_ASSERT_EQUAL(access(path, F_OK), -1);
	bench_stop();
	CU_ASSERT_EQUAL(rmdir(folder), 0);
}

static void without_descriptors_it_looks_away_and_back(void)
{
	struct rlimit old, few;
	int fd;

	listen_begin();
	reserve_stop();
	fd = listen_connect();
	getrlimit(RLIMIT_NOFILE, &old);
	few = (struct rlimit){.rlim_cur = (rlim_t)listen_next_fd(), .rlim_max = old.rlim_max};
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &few), 0);
	CU_ASSERT_FALSE(vty_listen_looks_away());
	listen_turns(3);
	CU_ASSERT_TRUE(vty_listen_looks_away());
	CU_ASSERT_EQUAL(vty_listen_connections(), 0);
	bench_pass(SEC - 1);
	CU_ASSERT_TRUE(vty_listen_looks_away());
	bench_pass(2); /* still none: away again */
	CU_ASSERT_FALSE(vty_listen_looks_away());
	listen_turns(1);
	CU_ASSERT_TRUE(vty_listen_looks_away());
	setrlimit(RLIMIT_NOFILE, &old);
	bench_pass(2 * SEC);
	listen_turns(2);
	CU_ASSERT_FALSE(vty_listen_looks_away());
	CU_ASSERT_EQUAL(vty_listen_connections(), 1);
	listen_ask(fd, "show summary\n");
	listen_read(fd);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "host name    gw\r\n"));
	close(fd);
	listen_turns(2);
	CU_ASSERT_EQUAL(vty_listen_connections(), 0);
	listen_end();
}

static void connections_are_bounded(void)
{
	int fd[VTY_CONNECTIONS_MAX + 1];
	unsigned i;

	listen_begin();
	for (i = 0; i <= VTY_CONNECTIONS_MAX; i++) {
		fd[i] = listen_connect();
		listen_turns(2);
	}
	CU_ASSERT_EQUAL(vty_listen_connections(), VTY_CONNECTIONS_MAX);
	CU_ASSERT_EQUAL(listen_read(fd[VTY_CONNECTIONS_MAX]), -1);
	CU_ASSERT_TRUE(listen_read(fd[0]) > 0);
	for (i = 0; i <= VTY_CONNECTIONS_MAX; i++)
		close(fd[i]);
	listen_turns(VTY_CONNECTIONS_MAX);
	CU_ASSERT_EQUAL(vty_listen_connections(), 0);
	listen_end();
}

static const struct test_case cases[] = {
	{"the_socket_is_for_owner_and_group", the_socket_is_for_owner_and_group},
	{"commands_are_answered_and_exit_loses_nothing",
	 commands_are_answered_and_exit_loses_nothing},
	{"a_second_gateway_does_not_take_the_socket", a_second_gateway_does_not_take_the_socket},
	{"http_is_known_by_its_first_word", http_is_known_by_its_first_word},
	{"a_request_in_pieces_ends_the_connection", a_request_in_pieces_ends_the_connection},
	{"the_reserve_lets_the_operator_in", the_reserve_lets_the_operator_in},
	{"the_group_of_the_socket", the_group_of_the_socket},
	{"an_http_request_ends_the_connection", an_http_request_ends_the_connection},
	{"without_descriptors_it_looks_away_and_back", without_descriptors_it_looks_away_and_back},
	{"connections_are_bounded", connections_are_bounded},
	{NULL, NULL},
};
const struct test_suite suite_vty_listen = {"vty_listen", cases};
