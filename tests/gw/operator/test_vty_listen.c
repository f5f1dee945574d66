/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VTY on a Unix socket of its own, served by the test's turns of the select loop. */
#include "gw/operator/vty_listen.h"

#include "gw/operator/operator.h"
#include "gw/reserve.h"
#include "tests/gw/bench.h"
#include "tests/gw/calls.h"
#include "tests/gw/operator/at_socket.h"
#include "tests/heap.h"
#include <osmocom/core/select.h>
#include <errno.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void the_socket_is_for_owner_and_group(void)
{
	struct stat st;

	at_socket_begin();
	CU_ASSERT_EQUAL_FATAL(stat(at_socket_path, &st), 0);
	CU_ASSERT_TRUE(S_ISSOCK(st.st_mode));
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0660);
	at_socket_end();
}

static void commands_are_answered_and_exit_loses_nothing(void)
{
	int fd;

	at_socket_begin();
	fd = at_socket_connect();
	at_socket_turns(2);
	at_socket_ask(fd, "show summary\n");
	CU_ASSERT_TRUE(at_socket_read(fd) > 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(at_socket_said, "host name    gw\r\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(at_socket_said,
				      "\r\na            3 of 100 sessions, the most from one "
				      "source 2 of 8\r\na            5 of 7 calls\r\n"));
	CU_ASSERT_EQUAL(vty_listen_connections(), 1);
	at_socket_ask(fd, "show ports\nexit\n");
	CU_ASSERT_EQUAL(at_socket_read(fd), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(at_socket_said, "Port  Transport"));
	CU_ASSERT_EQUAL(vty_listen_connections(), 0);
	close(fd);
	at_socket_end();
}

/* Read all that it has to say: how many octets. */
static size_t listen_drain(int fd)
{
	size_t n = 0;
	unsigned quiet = 0;

	while (quiet < 10) {
		ssize_t got = read(fd, at_socket_said, sizeof(at_socket_said));

		n += got > 0 ? (size_t)got : 0;
		quiet = got > 0 ? 0 : quiet + 1;
		at_socket_turns(1);
	}
	return n;
}

/* A reload or an upgrade may replace the process in the turn that follows. */
static void an_answer_goes_before_the_process_does(void)
{
	char said[4096] = "";
	int fd;

	at_socket_begin();
	fd = at_socket_connect();
	at_socket_turns(2);
	listen_drain(fd);
	CU_ASSERT_EQUAL(write(fd, "show summary\n", 13), 13);
	at_socket_turns(1);
	CU_ASSERT_EQUAL(recv(fd, said, sizeof(said) - 1, MSG_DONTWAIT), -1);
	vty_flush_all();
	CU_ASSERT_TRUE(recv(fd, said, sizeof(said) - 1, MSG_DONTWAIT) > 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "host name    gw\r\n"));
	close(fd);
	at_socket_turns(2);
	at_socket_end();
}

static void a_second_gateway_does_not_take_the_socket(void)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd;

	at_socket_begin();
	CU_ASSERT_EQUAL(vty_start(bench.gw, bench_talloc()), -1);
	vty_stop();
	/* what a process that was killed leaves behind is replaced */
	strcpy(sun.sun_path, at_socket_path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	CU_ASSERT_EQUAL(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	close(fd);
	CU_ASSERT_EQUAL(vty_start(bench.gw, bench_talloc()), 0);
	at_socket_end();
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

	at_socket_begin();
	fd = at_socket_connect();
	at_socket_turns(2);
	at_socket_ask(fd, "GE");
	at_socket_ask(fd, "T / HTTP/1.1\r\n\r\nshow summary\n");
	CU_ASSERT_EQUAL(at_socket_read(fd), -1);
	CU_ASSERT_PTR_NULL(strstr(at_socket_said, "host name"));
	CU_ASSERT_EQUAL(bench_logged("main error: vty: an HTTP request: connection closed"), 1);
	close(fd);
	at_socket_end();
}

static void an_http_request_ends_the_connection(void)
{
	int fd;

	at_socket_begin();
	fd = at_socket_connect();
	at_socket_turns(2);
	at_socket_ask(fd, "POST / HTTP/1.1\r\nHost: x\r\n\r\nshow summary\n");
	CU_ASSERT_EQUAL(at_socket_read(fd), -1);
	CU_ASSERT_PTR_NULL(strstr(at_socket_said, "host name"));
	CU_ASSERT_EQUAL(vty_listen_connections(), 0);
	CU_ASSERT_EQUAL(bench_logged("main error: vty: an HTTP request: connection closed"), 1);
	close(fd);
	at_socket_end();
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

	at_socket_begin();
	reserve_limits(&n);
	CU_ASSERT_EQUAL(n.kept, RESERVE_MAX);
	fd = at_socket_connect();
	getrlimit(RLIMIT_NOFILE, &old);
	none = (struct rlimit){.rlim_cur = (rlim_t)listen_next_fd(), .rlim_max = old.rlim_max};
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &none), 0);
	at_socket_turns(3);
	CU_ASSERT_FALSE(vty_listen_looks_away());
	at_socket_ask(fd, "show summary\n");
	at_socket_read(fd);
	CU_ASSERT_PTR_NOT_NULL(strstr(at_socket_said, "host name    gw\r\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(at_socket_said, " of 64 connections\r\n"));
	setrlimit(RLIMIT_NOFILE, &old);
	reserve_limits(&n);
	CU_ASSERT_EQUAL(n.kept, RESERVE_MAX - 1);
	bench_pass(SEC);
	reserve_limits(&n);
	CU_ASSERT_EQUAL(n.kept, RESERVE_MAX);
	close(fd);
	at_socket_turns(2);
	at_socket_end();
}

/* A at_socket_path without a at_socket_folder is of the at_socket_folder that we are in. */
static void a_socket_where_we_are(void)
{
	char *was = getcwd(NULL, 0);

	strcpy(at_socket_folder, "/tmp/isthmus-test-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(at_socket_folder));
	CU_ASSERT_EQUAL_FATAL(chdir(at_socket_folder), 0);
	bench_start("host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"
		    "vty { socket = vty }\n");
	CU_ASSERT_EQUAL(vty_start(bench.gw, bench_talloc()), 0);
	CU_ASSERT_EQUAL(access("vty", F_OK), 0);
	vty_stop();
	bench_stop();
	CU_ASSERT_EQUAL(access("vty", F_OK), -1);
	CU_ASSERT_EQUAL(chdir(was), 0);
	free(was);
	CU_ASSERT_EQUAL(rmdir(at_socket_folder), 0);
}

static void listen_group(const char *group, int expected)
{
	char conf[300];

	strcpy(at_socket_folder, "/tmp/isthmus-test-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(at_socket_folder));
	snprintf(at_socket_path, sizeof(at_socket_path), "%s/vty", at_socket_folder);
	snprintf(conf, sizeof(conf),
		 "host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"
		 "vty { socket = \"%s\"  group = \"%s\" }\n",
		 at_socket_path, group);
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
	CU_ASSERT_EQUAL(stat(at_socket_path, &st), 0);
	CU_ASSERT_EQUAL(st.st_gid, geteuid() ? getegid() : 1);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0660);
	vty_stop();
	bench_stop();
	rmdir(at_socket_folder);
	listen_group("no-such-group", -1);
	CU_ASSERT_EQUAL(bench_logged("main error: vty: there is no group no-such-group"), 1);
	CU_ASSERT_EQUAL(access(at_socket_path, F_OK), -1);
	bench_stop();
	CU_ASSERT_EQUAL(rmdir(at_socket_folder), 0);
}

static void without_descriptors_it_looks_away_and_back(void)
{
	struct rlimit old, few;
	int fd;

	at_socket_begin();
	reserve_stop();
	fd = at_socket_connect();
	getrlimit(RLIMIT_NOFILE, &old);
	few = (struct rlimit){.rlim_cur = (rlim_t)listen_next_fd(), .rlim_max = old.rlim_max};
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &few), 0);
	CU_ASSERT_FALSE(vty_listen_looks_away());
	at_socket_turns(3);
	CU_ASSERT_TRUE(vty_listen_looks_away());
	CU_ASSERT_EQUAL(vty_listen_connections(), 0);
	bench_pass(SEC - 1);
	CU_ASSERT_TRUE(vty_listen_looks_away());
	bench_pass(2); /* still none: away again */
	CU_ASSERT_FALSE(vty_listen_looks_away());
	at_socket_turns(1);
	CU_ASSERT_TRUE(vty_listen_looks_away());
	setrlimit(RLIMIT_NOFILE, &old);
	bench_pass(2 * SEC);
	at_socket_turns(2);
	CU_ASSERT_FALSE(vty_listen_looks_away());
	CU_ASSERT_EQUAL(vty_listen_connections(), 1);
	at_socket_ask(fd, "show summary\n");
	at_socket_read(fd);
	CU_ASSERT_PTR_NOT_NULL(strstr(at_socket_said, "host name    gw\r\n"));
	close(fd);
	at_socket_turns(2);
	CU_ASSERT_EQUAL(vty_listen_connections(), 0);
	at_socket_end();
}

static void connections_are_bounded(void)
{
	int fd[VTY_CONNECTIONS_MAX + 1];

	at_socket_begin();
	at_socket_connect_all(fd, VTY_CONNECTIONS_MAX + 1);
	CU_ASSERT_EQUAL(vty_listen_connections(), VTY_CONNECTIONS_MAX);
	CU_ASSERT_EQUAL(at_socket_read(fd[VTY_CONNECTIONS_MAX]), -1);
	CU_ASSERT_TRUE(at_socket_read(fd[0]) > 0);
	CU_ASSERT_EQUAL(bench_logged("main error: vty: 64 connections are open: another one is "
				     "refused"),
			1);
	at_socket_close_all(fd, VTY_CONNECTIONS_MAX + 1);
	at_socket_turns(VTY_CONNECTIONS_MAX);
	CU_ASSERT_EQUAL(vty_listen_connections(), 0);
	at_socket_end();
}

/* Ask until no more is taken, and read nothing: how many octets have gone. */
static size_t listen_ask_in_vain(int fd, size_t most)
{
	static const char list[] = "list\nlist\nlist\nlist\nlist\nlist\nlist\nlist\n";
	size_t n = 0;
	unsigned stuck = 0;

	while (n < most && stuck < 10) {
		ssize_t sent = write(fd, list, sizeof(list) - 1);

		n += sent > 0 ? (size_t)sent : 0;
		stuck = sent > 0 ? 0 : stuck + 1;
		at_socket_turns(1);
	}
	return n;
}

/* What waits for a far end that does not read is the answer to what was read in one turn; commands
 * after that wait in the socket, and none is lost. */
static void a_reader_that_does_not_read(void)
{
	size_t one, asked;
	int fd;

	at_socket_begin();
	fd = at_socket_connect();
	at_socket_turns(2);
	listen_drain(fd);
	at_socket_ask(fd, "list\n");
	one = listen_drain(fd);
	asked = listen_ask_in_vain(fd, 2u << 20);
	CU_ASSERT_TRUE(asked < 1u << 20);
	CU_ASSERT_EQUAL(listen_drain(fd), asked / strlen("list\n") * one);
	at_socket_ask(fd, "show summary\nexit\n");
	CU_ASSERT_EQUAL(at_socket_read(fd), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(at_socket_said, "host name    gw\r\n"));
	CU_ASSERT_EQUAL(vty_listen_connections(), 0);
	close(fd);
	at_socket_end();
}

/* While a part of the last answers still waits, what is sent of them makes room for no command. */
static void a_reader_that_reads_slowly(void)
{
	int fd, accepted, small = 4096, waits;

	at_socket_begin();
	fd = at_socket_connect();
	accepted = listen_next_fd();
	at_socket_turns(2);
	CU_ASSERT_EQUAL_FATAL(setsockopt(accepted, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)),
			      0);
	listen_drain(fd);
	for (unsigned i = 0; i < 40; i++)
		CU_ASSERT_EQUAL(write(fd, "list\n", 5), 5);
	at_socket_turns(4);
	CU_ASSERT_EQUAL(write(fd, "list\n", 5), 5);
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_TRUE(at_socket_read(fd) > 0);
		at_socket_turns(1); /* which sends */
		CU_ASSERT_EQUAL(ioctl(accepted, FIONREAD, &waits), 0);
		CU_ASSERT_EQUAL(waits, 5);
	}
	listen_drain(fd);
	CU_ASSERT_EQUAL(ioctl(accepted, FIONREAD, &waits), 0);
	CU_ASSERT_EQUAL(waits, 0);
	close(fd);
	at_socket_turns(2);
	at_socket_end();
}

/* accel-ppp kept any number of octets of a command (CVE-2022-0982). */
static void a_command_without_end(void)
{
	char piece[500];
	unsigned n = 0;
	int fd;

	memset(piece, 'x', sizeof(piece) - 1);
	piece[sizeof(piece) - 1] = '\0';
	at_socket_begin();
	fd = at_socket_connect();
	at_socket_turns(2);
	while (n < 100 && vty_listen_connections()) {
		at_socket_ask(fd, piece);
		at_socket_read(fd);
		n++;
	}
	CU_ASSERT_TRUE(n > 8192 / sizeof(piece) && n < 20);
	CU_ASSERT_EQUAL(vty_listen_connections(), 0);
	close(fd);
	at_socket_end();
}

/* It goes away while output waits for it. */
static void a_reader_that_goes_away(void)
{
	void (*old)(int) = signal(SIGPIPE, SIG_IGN); /* as in the program */
	int fd;

	at_socket_begin();
	fd = at_socket_connect();
	at_socket_turns(2);
	listen_ask_in_vain(fd, 2u << 20);
	CU_ASSERT_EQUAL(vty_listen_connections(), 1);
	close(fd);
	at_socket_turns(2);
	CU_ASSERT_EQUAL(vty_listen_connections(), 0);
	at_socket_end();
	signal(SIGPIPE, old);
}

/* A connection for which there is no memory, or no room in the select loop, is closed; the next one
 * is fine.  An error of one connection does not make the listener look away. */
static void connections_that_fail(void)
{
	static const struct {
		const char *call;
		int err;
	} rows[] = {{"_talloc_zero", ENOMEM},
		    {"osmo_fd_register", EBADF},
		    {"vty_create", ENOMEM},
		    {"accept4", ECONNABORTED}};

	at_socket_begin();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int free_fd = listen_next_fd(), fd = at_socket_connect();
		bool taken = i == 3; /* it is still there, and accepted in the next turn */

		calls_refuse(rows[i].call, rows[i].err);
		at_socket_turns(2);
		CU_ASSERT_TRUE(calls_refused());
		CU_ASSERT_FALSE(vty_listen_looks_away());
		CU_ASSERT_EQUAL(vty_listen_connections(), taken);
		CU_ASSERT_EQUAL(at_socket_read(fd) < 0, !taken);
		close(fd);
		at_socket_turns(2);
		CU_ASSERT_EQUAL(vty_listen_connections(), 0);
		CU_ASSERT_EQUAL(listen_next_fd(), free_fd);
	}
	at_socket_end();
}

/* These are of the whole system: the listener looks away for a second, and says so. */
static void errors_of_the_system(void)
{
	static const int errors[] = {EMFILE, ENFILE, ENOBUFS, ENOMEM};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		char line[100];
		int fd;

		at_socket_begin();
		reserve_stop();
		fd = at_socket_connect();
		calls_refuse("accept4", errors[i]);
		at_socket_turns(2);
		CU_ASSERT_TRUE(vty_listen_looks_away());
		CU_ASSERT_EQUAL(vty_listen_connections(), 0);
		snprintf(line, sizeof(line), "main error: vty: cannot accept a connection: %s",
			 strerror(errors[i]));
		CU_ASSERT_EQUAL(bench_logged(line), 1);
		bench_pass(SEC);
		at_socket_turns(2);
		CU_ASSERT_FALSE(vty_listen_looks_away());
		CU_ASSERT_EQUAL(vty_listen_connections(), 1);
		close(fd);
		at_socket_turns(2);
		at_socket_end();
	}
}

/* What does not open leaves nothing open, and says why. */
static void listeners_that_fail(void)
{
	static const struct {
		const char *call;
		int err;
		unsigned logged;
	} rows[] = {{"listen", EOPNOTSUPP, 1}, {"osmo_fd_register", EBADF, 0}};
	char line[200];

	at_socket_begin();
	vty_stop();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int free_fd = listen_next_fd();

		calls_refuse(rows[i].call, rows[i].err);
		CU_ASSERT_EQUAL(vty_start(bench.gw, bench_talloc()), -1);
		CU_ASSERT_TRUE(calls_refused());
		CU_ASSERT_EQUAL(listen_next_fd(), free_fd);
		CU_ASSERT_EQUAL(access(at_socket_path, F_OK), -1);
		snprintf(line, sizeof(line), "main error: vty: cannot listen on %s: %s",
			 at_socket_path, strerror(rows[i].err));
		CU_ASSERT_EQUAL(bench_logged(line), rows[i].logged);
	}
	CU_ASSERT_EQUAL(vty_start(bench.gw, bench_talloc()), 0);
	snprintf(line, sizeof(line), "main notice: VTY on %s", at_socket_path);
	CU_ASSERT_EQUAL(bench_logged(line), 2);
	at_socket_end();
}

static void no_descriptor_for_a_listener(void)
{
	struct rlimit old, few;

	at_socket_begin();
	vty_stop();
	getrlimit(RLIMIT_NOFILE, &old);
	few = (struct rlimit){.rlim_cur = (rlim_t)listen_next_fd(), .rlim_max = old.rlim_max};
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &few), 0);
	CU_ASSERT_EQUAL(vty_start(bench.gw, bench_talloc()), -1);
	setrlimit(RLIMIT_NOFILE, &old);
	CU_ASSERT_EQUAL(bench_logged("main error: vty: cannot listen on *: Too many open files"),
			1);
	CU_ASSERT_EQUAL(vty_start(bench.gw, bench_talloc()), 0);
	at_socket_end();
}

/* Of the operator's memory each turn without any takes a piece; when none is left connections are
 * closed, and the pieces are there again as soon as there is memory. */
static void without_memory_there_is_some_for_a_while(void)
{
	for (unsigned round = 0; round < 2; round++) {
		unsigned held, turns;
		int fd, late;

		if (!round)
			at_socket_begin();
		fd = at_socket_connect();
		at_socket_turns(2);
		at_socket_read(fd);
		held = heap_blocks();
		heap_refuse_many(0, HEAP_FOR_EVER);
		for (turns = 0; at_socket_read(fd) >= 0 && turns < 40; turns++) {
			CU_ASSERT_EQUAL(write(fd, "\n", 1), 1);
			at_socket_turns(1);
		}
		CU_ASSERT_EQUAL(heap_blocks(), held - 16);
		CU_ASSERT_EQUAL(turns, 17);
		CU_ASSERT_EQUAL(vty_listen_connections(), 0);
		late = at_socket_connect();
		at_socket_turns(2);
		CU_ASSERT_EQUAL(at_socket_read(late), -1);
		heap_refuse_many(0, 0);
		close(fd);
		close(late);
		fd = at_socket_connect(); /* which fills up again */
		at_socket_turns(2);
		CU_ASSERT_TRUE(at_socket_read(fd) > 0);
		CU_ASSERT_EQUAL(heap_blocks(), held);
		close(fd);
		at_socket_turns(2);
	}
	at_socket_end();
}

/* Without a standard input its number is a listener's, and a connection's. */
static void descriptor_zero(void)
{
	int kept = dup(STDIN_FILENO), fd;
	struct reserve_limits n;

	at_socket_begin();
	vty_stop();
	close(STDIN_FILENO);
	CU_ASSERT_EQUAL(vty_start(bench.gw, bench_talloc()), 0);
	CU_ASSERT_NOT_EQUAL(fcntl(STDIN_FILENO, F_GETFD), -1);
	vty_stop();
	CU_ASSERT_EQUAL(fcntl(STDIN_FILENO, F_GETFD), -1);
	dup2(kept, STDIN_FILENO);
	CU_ASSERT_EQUAL(vty_start(bench.gw, bench_talloc()), 0);
	fd = at_socket_connect();
	close(STDIN_FILENO);
	errno = EMFILE; /* of an older call */
	at_socket_turns(1);
	CU_ASSERT_EQUAL(vty_listen_connections(), 1);
	reserve_limits(&n);
	CU_ASSERT_EQUAL(n.kept, RESERVE_MAX);
	close(fd);
	at_socket_turns(2);
	CU_ASSERT_EQUAL(vty_listen_connections(), 0);
	dup2(kept, STDIN_FILENO);
	close(kept);
	at_socket_end();
}

/* The at_socket_folder of the socket is made for all to enter; the mask of other files stays as it
 * was. */
static void the_folder_of_the_socket(void)
{
	mode_t old = umask(0);
	struct stat st;
	char room[80];

	at_socket_begin();
	snprintf(room, sizeof(room), "%s", at_socket_path);
	*strrchr(room, '/') = '\0';
	CU_ASSERT_EQUAL_FATAL(stat(room, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 07777, 0755);
	CU_ASSERT_EQUAL_FATAL(stat(at_socket_path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0660);
	CU_ASSERT_EQUAL(umask(old), 0);
	at_socket_end();
}

/* A loopback address of this process. */
static const char *listen_address(void)
{
	static char text[16];
	unsigned pid = (unsigned)getpid();

	snprintf(text, sizeof(text), "127.%u.%u.%u", 64 + pid / 65536 % 64, pid / 256 % 256,
		 pid % 256);
	return text;
}

static int listen_tcp(bool connects)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_port = htons(4246)};
	int fd = socket(AF_INET, SOCK_STREAM | (connects ? SOCK_NONBLOCK : 0), 0), one = 1;

	inet_pton(AF_INET, listen_address(), &sin.sin_addr);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (connects)
		connect(fd, (struct sockaddr *)&sin, sizeof(sin));
	else
		CU_ASSERT_FATAL(!bind(fd, (struct sockaddr *)&sin, sizeof(sin)) && !listen(fd, 1));
	return fd;
}

/* Beside the Unix socket; when its address is taken neither is open. */
static void a_listener_of_tcp(void)
{
	char conf[300], line[120];
	int fd, free_fd;

	strcpy(at_socket_folder, "/tmp/isthmus-test-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(at_socket_folder));
	snprintf(at_socket_path, sizeof(at_socket_path), "%s/room/vty", at_socket_folder);
	snprintf(conf, sizeof(conf),
		 "host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"
		 "vty { socket = \"%s\"  listen = \"%s:4246\" }\n",
		 at_socket_path, listen_address());
	bench_start(conf);
	fd = listen_tcp(false);
	free_fd = listen_next_fd();
	CU_ASSERT_EQUAL(vty_start(bench.gw, bench_talloc()), -1);
	CU_ASSERT_EQUAL(listen_next_fd(), free_fd);
	CU_ASSERT_EQUAL(access(at_socket_path, F_OK), -1);
	snprintf(line, sizeof(line), "main error: vty: cannot listen on %s port 4246: *",
		 listen_address());
	CU_ASSERT_EQUAL(bench_logged(line), 1);
	close(fd);
	CU_ASSERT_EQUAL(vty_start(bench.gw, bench_talloc()), 0);
	snprintf(line, sizeof(line), "main notice: VTY on %s port 4246", listen_address());
	CU_ASSERT_EQUAL(bench_logged(line), 1);
	fd = listen_tcp(true);
	at_socket_turns(3);
	CU_ASSERT_EQUAL(vty_listen_connections(), 1);
	at_socket_ask(fd, "show summary\n");
	at_socket_read(fd);
	CU_ASSERT_PTR_NOT_NULL(strstr(at_socket_said, "host name    gw\r\n"));
	CU_ASSERT_EQUAL(access(at_socket_path, F_OK), 0);
	calls_refuse("accept4", ENOMEM); /* of the second listener: it looks away as well */
	close(listen_tcp(true));
	at_socket_turns(2);
	CU_ASSERT_TRUE(vty_listen_looks_away());
	vty_stop(); /* which closes the connection */
	CU_ASSERT_EQUAL(at_socket_read(fd), -1);
	close(fd);
	CU_ASSERT_EQUAL(listen_next_fd(), free_fd - 1);
	CU_ASSERT_EQUAL(vty_start(bench.gw, bench_talloc()), 0);
	at_socket_end();
}

static const struct test_case cases[] = {
	{"an_answer_goes_before_the_process_does", an_answer_goes_before_the_process_does},
	{"a_socket_where_we_are", a_socket_where_we_are},
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
	{"a_reader_that_does_not_read", a_reader_that_does_not_read},
	{"a_reader_that_reads_slowly", a_reader_that_reads_slowly},
	{"a_command_without_end", a_command_without_end},
	{"a_reader_that_goes_away", a_reader_that_goes_away},
	{"connections_that_fail", connections_that_fail},
	{"errors_of_the_system", errors_of_the_system},
	{"listeners_that_fail", listeners_that_fail},
	{"no_descriptor_for_a_listener", no_descriptor_for_a_listener},
	{"without_memory_there_is_some_for_a_while", without_memory_there_is_some_for_a_while},
	{"descriptor_zero", descriptor_zero},
	{"the_folder_of_the_socket", the_folder_of_the_socket},
	{"a_listener_of_tcp", a_listener_of_tcp},
	{NULL, NULL},
};
const struct test_suite suite_vty_listen = {"vty_listen", cases};
