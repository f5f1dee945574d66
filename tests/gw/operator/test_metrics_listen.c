/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP on a port of the loopback device, served by the test's turns of the select loop. */
#include "gw/operator/metrics_listen.h"

#include "config.h"

#include "gw/operator/operator.h"
#include "tests/gw/bench.h"
#include "tests/gw/operator/at_socket.h"
#include "tests/netns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT	9101
#define HEAD	"Host: 127.0.0.1\r\n\r\n"
#define GET(at) "GET " at " HTTP/1.1\r\n" HEAD

static bool listen_may_begin(const char *test)
{
	if (!METRICS)
		test_skip(test, "built without metrics");
	if (!METRICS || !netns_enter(test))
		return false;
	netns_loopback(16384);
	return true;
}

static bool listen_begin(const char *test)
{
	if (!listen_may_begin(test))
		return false;
	bench_start("host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"
		    "metrics { listen = 9101 }\n");
	metrics_start(bench.gw);
	return true;
}

static void listen_end(void)
{
	metrics_stop();
	bench_stop();
	netns_leave();
}

static int http_connect(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	at_socket_turns(4);
	return fd;
}

/* With what is due at once. */
static void http_turns(unsigned n)
{
	while (n--) {
		at_socket_turns(1);
		bench_pass(0);
	}
}

/* To at_socket_said: what has been answered so far; -1 = cut. */
static int http_read(int fd)
{
	size_t n = 0;
	ssize_t got;

	http_turns(8);
	while ((got = recv(fd, at_socket_said + n, sizeof(at_socket_said) - 1 - n, MSG_DONTWAIT)) >
	       0) {
		n += (size_t)got;
		if (n == sizeof(at_socket_said) - 1)
			n = 4096; /* the beginning is enough */
		http_turns(2);
	}
	at_socket_said[n] = '\0';
	return got == 0 || errno == ECONNRESET ? -1 : (int)n;
}

static void http_say(int fd, const char *text)
{
	CU_ASSERT_EQUAL(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

static bool http_answered(unsigned status)
{
	char begin[32];

	snprintf(begin, sizeof(begin), "HTTP/1.1 %u ", status);
	if (!strncmp(at_socket_said, begin, strlen(begin)))
		return true;
	printf("not %sbut %s\n", begin, at_socket_said);
	return false;
}

static void what_is_asked_is_answered(void)
{
	static const struct {
		const char *request;
		unsigned status;
		const char *has;
		enum metrics_counter counts;
	} rows[] = {
		{GET("/metrics"), 200, "Content-Type: text/plain; version=0.0.4",
		 METRICS_N_REQUESTS},
		{GET("/metrics?x=y"), 200, "# HELP isthmus_build_info", METRICS_N_REQUESTS},
		{"HEAD /metrics HTTP/1.1\r\n" HEAD, 200, "Content-Length: ", METRICS_N_REQUESTS},
		{GET("/"), 200, "Content-Security-Policy: default-src 'none'", METRICS_N_REQUESTS},
		{GET("/state.json"), 200, "Content-Type: application/json", METRICS_N_REQUESTS},
		{GET("/calls.json?tunnel=7"), 200, "{\"rows\":[],", METRICS_N_REQUESTS},
		{GET("/calls.json?tunnel=7"), 200, "", METRICS_N_REQUESTS},
		/* others have been answered just now */
		{GET("/calls.json?tunnel=8"), 503, "not now", METRICS_N_NOT_NOW},
		/* a name that leads here without being ours */
		{"GET / HTTP/1.1\r\nHost: evil.example:9101\r\n\r\n", 421, "", METRICS_N_HOST},
		{"GET /state.json HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n", 421, "",
		 METRICS_N_HOST},
		{"GET /state.json HTTP/1.1\r\nHost: LocalHost:9101\r\n\r\n", 200, "",
		 METRICS_N_REQUESTS},
		{"GET /metrics HTTP/1.1\r\nHost: gw.example:9101\r\n\r\n", 200, "",
		 METRICS_N_REQUESTS},
		{GET("/metric"), 404, "", METRICS_N_NOT_FOUND},
		{GET("/../metrics"), 404, "", METRICS_N_NOT_FOUND},
		{"POST /metrics HTTP/1.1\r\nContent-Length: 3\r\n" HEAD "abc", 405,
		 "Allow: GET, HEAD", METRICS_N_METHOD},
		{"PUT /metrics HTTP/1.1\r\nContent-Length: 99999999\r\n" HEAD, 405, "",
		 METRICS_N_METHOD},
		{"DELETE /metrics HTTP/1.1\r\n" HEAD, 405, "", METRICS_N_METHOD},
	};

	if (!listen_begin("metrics_listen what_is_asked_is_answered"))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t before = metrics_count(rows[i].counts);
		int fd = http_connect();

		http_say(fd, rows[i].request);
		http_read(fd);
		CU_ASSERT_TRUE(http_answered(rows[i].status));
		CU_ASSERT_PTR_NOT_NULL(strstr(at_socket_said, rows[i].has));
		CU_ASSERT_EQUAL(metrics_count(rows[i].counts), before + 1);
		close(fd);
	}
	at_socket_turns(8);
	CU_ASSERT_EQUAL(metrics_clients(), 0);
	listen_end();
}

/* One that is longer than there is room for is refused, whatever it is. */
static void requests_have_a_length(void)
{
	static char url[2 * METRICS_CONNECTION];
	int fd;

	if (!listen_begin("metrics_listen requests_have_a_length"))
		return;
	memset(url, 'x', sizeof(url) - 1);
	memcpy(url, "GET /", 5);
	fd = http_connect();
	http_say(fd, url);
	http_read(fd);
	CU_ASSERT_TRUE(http_answered(414));
	CU_ASSERT_EQUAL(http_read(fd), -1);
	close(fd);
	memcpy(url, "GET / HTTP/1.1\r\nX: ", 19);
	fd = http_connect();
	http_say(fd, url);
	http_read(fd);
	CU_ASSERT_TRUE(http_answered(431));
	close(fd);
	listen_end();
}

/* One answer is for all who ask within a second. */
static void an_answer_is_made_once_a_second(void)
{
	int fd;

	if (!listen_begin("metrics_listen an_answer_is_made_once_a_second"))
		return;
	fd = http_connect();
	for (unsigned i = 0; i < 4; i++) {
		http_say(fd, GET("/metrics"));
		CU_ASSERT(http_read(fd) > 0);
		CU_ASSERT_TRUE(http_answered(200));
	}
	CU_ASSERT_EQUAL(metrics_count(METRICS_N_REQUESTS), 4);
	CU_ASSERT_EQUAL(metrics_count(METRICS_N_MADE), 1);
	CU_ASSERT_EQUAL(metrics_count(METRICS_N_CONNECTED), 1);
	bench_pass(METRICS_FRESH);
	http_say(fd, GET("/metrics"));
	http_read(fd);
	CU_ASSERT_EQUAL(metrics_count(METRICS_N_MADE), 2);
	close(fd);
	listen_end();
}

/* When there are so many, the one that has waited longest gives way. */
static void a_crowd_gives_way(void)
{
	int fd[METRICS_CLIENTS_MAX + 1];

	if (!listen_begin("metrics_listen a_crowd_gives_way"))
		return;
	for (unsigned i = 0; i < METRICS_CLIENTS_MAX; i++) {
		fd[i] = http_connect();
		bench_pass(1000);
	}
	CU_ASSERT_EQUAL(metrics_clients(), METRICS_CLIENTS_MAX);
	http_say(fd[0], GET("/metrics")); /* has waited longest, and is answered now */
	CU_ASSERT(http_read(fd[0]) > 0);
	fd[METRICS_CLIENTS_MAX] = http_connect();
	http_say(fd[METRICS_CLIENTS_MAX], GET("/metrics"));
	CU_ASSERT(http_read(fd[METRICS_CLIENTS_MAX]) > 0);
	CU_ASSERT_TRUE(http_answered(200));
	CU_ASSERT_EQUAL(metrics_clients(), METRICS_CLIENTS_MAX);
	CU_ASSERT_EQUAL(metrics_count(METRICS_N_GAVE_WAY), 1);
	CU_ASSERT_EQUAL(metrics_count(METRICS_N_CROWD), 0);
	CU_ASSERT_EQUAL(http_read(fd[1]), -1);
	CU_ASSERT_EQUAL(http_read(fd[0]), 0);
	for (unsigned i = 0; i <= METRICS_CLIENTS_MAX; i++)
		close(fd[i]);
	at_socket_turns(8);
	CU_ASSERT_EQUAL(metrics_clients(), 0);
	listen_end();
}

/* One who asks octet by octet, and one who does not read. */
static void patience_has_an_end(void)
{
	int slow, deaf, buffer = 1;

	if (!listen_begin("metrics_listen patience_has_an_end"))
		return;
	slow = http_connect();
	deaf = http_connect();
	setsockopt(deaf, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	for (unsigned i = 0; i < 64; i++)
		http_say(deaf, GET("/metrics"));
	for (unsigned i = 0; i < 29; i++) {
		http_say(slow, "G");
		at_socket_turns(4);
		bench_pass(SEC);
	}
	CU_ASSERT_EQUAL(metrics_clients(), 2);
	bench_pass(2 * SEC);
	at_socket_turns(8);
	CU_ASSERT_EQUAL(metrics_clients(), 0);
	CU_ASSERT_EQUAL(metrics_count(METRICS_N_SLOW), 2);
	CU_ASSERT_EQUAL(http_read(slow), -1);
	close(slow);
	close(deaf);
	listen_end();
}

/* Its port is taken: it is said once, and tried again. */
static void an_address_comes_later(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	int other, fd;

	if (!listen_may_begin("metrics_listen an_address_comes_later"))
		return;
	other = socket(AF_INET, SOCK_STREAM, 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CU_ASSERT_EQUAL_FATAL(bind(other, (struct sockaddr *)&at, sizeof(at)), 0);
	CU_ASSERT_EQUAL_FATAL(listen(other, 1), 0);
	bench_start("host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"
		    "metrics { listen = 9101 }\n");
	metrics_start(bench.gw);
	bench_pass(SEC);
	bench_pass(2 * SEC);
	CU_ASSERT_EQUAL(bench_logged("main error: metrics: cannot listen on 9101: Address already "
				     "in use; it is tried again"),
			1);
	close(other);
	bench_pass(4 * SEC);
	CU_ASSERT_EQUAL(bench_logged("main notice: metrics are served on 9101"), 1);
	fd = http_connect();
	http_say(fd, GET("/metrics"));
	CU_ASSERT(http_read(fd) > 0);
	close(fd);
	listen_end();
}

static void without_the_page(void)
{
	static const char *const requests[] = {GET("/"), GET("/state.json"), GET("/calls.json")};

	if (!listen_may_begin("metrics_listen without_the_page"))
		return;
	bench_start("host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"
		    "metrics { listen = 9101  page = no }\n");
	metrics_start(bench.gw);
	for (unsigned i = 0; i < 3; i++) {
		int fd = http_connect();

		http_say(fd, requests[i]);
		http_read(fd);
		CU_ASSERT_TRUE(http_answered(404));
		close(fd);
	}
	listen_end();
}

static void nobody_has_asked_for_it(void)
{
	bench_start("host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n");
	metrics_start(bench.gw);
	CU_ASSERT_EQUAL(metrics_clients(), 0);
	metrics_stop();
	bench_stop();
}

static const struct test_case cases[] = {
	{"what_is_asked_is_answered", what_is_asked_is_answered},
	{"requests_have_a_length", requests_have_a_length},
	{"an_answer_is_made_once_a_second", an_answer_is_made_once_a_second},
	{"a_crowd_gives_way", a_crowd_gives_way},
	{"patience_has_an_end", patience_has_an_end},
	{"an_address_comes_later", an_address_comes_later},
	{"without_the_page", without_the_page},
	{"nobody_has_asked_for_it", nobody_has_asked_for_it},
	{NULL, NULL},
};
const struct test_suite suite_metrics_listen = {"metrics_listen", cases};
