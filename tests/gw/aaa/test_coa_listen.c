/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests for changes by real sockets on the loopback device: whom they must name, and from where
 * they are answered. */
#include "gw/aaa/coa_listen.h"
#include "gw/bound.h"
#include "gw/dynauth.h"
#include "tests/gw/bench.h"
#include "tests/heap.h"
#include "tests/netns.h"
#include "transports/kit/opening.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <osmocom/core/select.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECRET "0123456789abcdef"
#define WALL   UINT64_C(1704067200)

static const struct cfg_address listens[] = {
	{.text = "0.0.0.0", .at = {.bits = 32}, .port = 3799},
	{.text = "::", .at = {.v6 = true, .bits = 128}, .port = 3799},
};
static const struct cfg_address nas[] = {
	{.text = "192.0.2.7", .at = {.addr = {[12] = 192, 0, 2, 7}}}};
static const struct cfg_coa_client clients[] = {
	{.text = "127.0.0.1",
	 .address = {.addr = {[12] = 127, 0, 0, 1}},
	 .secret = SECRET,
	 .message_authenticator = true,
	 .event_timestamp = true,
	 .requests = 50},
	{.text = "::1",
	 .address = {.v6 = true, .addr = {[15] = 1}},
	 .secret = SECRET,
	 .requests = 50},
};
static const struct cfg_radius radius[] = {
	{.name = "r",
	 .nas_identifier = "gate",
	 .coa_listen = listens,
	 .coa_listens = 2,
	 .nas_address = nas,
	 .nas_addresses = 1,
	 .coa_client = clients,
	 .coa_clients = 1},
	{.name = "s",
	 .nas_identifier = "gate",
	 .coa_listen = listens,
	 .coa_listens = 2,
	 .coa_client = clients + 1,
	 .coa_clients = 1},
};

static struct loop *loop;
static struct coa_listen *listen_on;
static uint16_t ports[2];
static unsigned opened, changed;
static int open_error;
static enum radius_refusal refuse;

/* Any port, since another test may have that one. */
static int listen_on_open(void *ctx, const struct cfg_address *at)
{
	struct cfg_address any = *at;
	struct sockaddr_in6 is;
	socklen_t len = sizeof(is);
	struct ist_open w;
	int fd;

	(void)ctx;
	opened++;
	if (open_error)
		return open_error;
	any.port = 0;
	w = bound_datagrams(&any);
	fd = opening_here(&w);
	CU_ASSERT_FATAL(fd >= 0 && !getsockname(fd, (struct sockaddr *)&is, &len));
	ports[at->at.v6] = ntohs(is.sin6_port);
	return fd;
}

static uint64_t listen_on_wall(void)
{
	return WALL;
}

static enum radius_refusal listen_on_change(void *ctx, const struct cfg_radius *of,
					    const char *client, const struct radius_coa *what,
					    unsigned *n, uint64_t now)
{
	(void)ctx;
	CU_ASSERT_TRUE(what->has & COA_USER && now == clock_us);
	CU_ASSERT_STRING_EQUAL(client, of == radius ? "127.0.0.1" : "::1");
	changed++;
	*n = 2;
	return refuse;
}

static uint64_t kept_key;
static uint8_t kept[COA_RECORD];
static unsigned keeps, drops;

static void listen_on_keep(void *ctx, uint64_t key, const uint8_t rec[COA_RECORD])
{
	(void)ctx;
	keeps++;
	kept_key = key;
	memcpy(kept, rec, sizeof(kept));
}

static void listen_on_drop(void *ctx, uint64_t key)
{
	(void)ctx;
	drops++;
	kept_key = key;
}

static const struct coa_listen_ops ops = {listen_on_open, listen_on_wall, listen_on_change,
					  listen_on_keep, listen_on_drop};

static void listen_begin(void)
{

	opened = changed = keeps = drops = 0;
	open_error = 0;
	refuse = RADIUS_DONE;
	clock_us = 10 * SEC;
	bench_log_forget();
	loop = loop_new(clock_now);
	CU_ASSERT_PTR_NOT_NULL_FATAL(loop);
	listen_on = coa_listen_new(loop, radius, 2, &ops, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(listen_on);
}

static void listen_end(void)
{
	coa_listen_free(listen_on);
	loop_free(loop);
	log_brakes_reset();
}

/* --- a client ---------------------------------------------------------------------------------- */

static uint8_t octets[RADIUS_MAX];
static struct sockaddr_storage answered_by;
static uint8_t next_id;
static uint8_t client_host = 1; /* 127.0.0.x, of IPv4 */
static uint16_t client_port;	/* 0 = any */
static uint16_t asked_from;	/* the port of the last request */

static struct sockaddr_storage client_to(const char *host, socklen_t *len)
{
	struct sockaddr_storage to = {0};
	struct sockaddr_in *v4 = (struct sockaddr_in *)&to;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&to;

	if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
		to.ss_family = AF_INET;
		v4->sin_port = htons(ports[0]);
		*len = sizeof(*v4);
	} else {
		CU_ASSERT_FATAL(inet_pton(AF_INET6, host, &v6->sin6_addr) == 1);
		to.ss_family = AF_INET6;
		v6->sin6_port = htons(ports[1]);
		*len = sizeof(*v6);
	}
	return to;
}

/* A Disconnect-Request for ann with these attributes besides, to that address of ours; the
 * Error-Cause of its answer, 0 = it is done, -1 = there is none. */
static int client_asks(const char *host, const char *more)
{
	socklen_t to_len = 0, by_len = sizeof(answered_by);
	struct sockaddr_storage to = client_to(host, &to_len);
	struct sockaddr_in from = {.sin_family = AF_INET,
				   .sin_port = htons(client_port),
				   .sin_addr = {htonl(0x7f000000 | client_host)}};
	const struct sockaddr_in6 from6 = {.sin6_family = AF_INET6,
					   .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	socklen_t from_len = sizeof(from);
	int fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0), cause = 0;
	struct radius_writer b;
	struct radius_packet p;
	struct radius_walk at;
	struct radius_value v;
	ssize_t n;

	radius_begin(&b, octets, sizeof(octets), RADIUS_DISCONNECT_REQUEST, next_id++, NULL);
	radius_put_text(&b, RADIUS_USER_NAME, "ann");
	radius_put_u32(&b, RADIUS_EVENT_TIMESTAMP, WALL);
	b.w.len += test_hex(octets + b.w.len, 400, more);
	CU_ASSERT_FATAL(fd >= 0);
	if (to.ss_family == AF_INET) {
		CU_ASSERT_FATAL(!bind(fd, (struct sockaddr *)&from, sizeof(from)) &&
				!getsockname(fd, (struct sockaddr *)&from, &from_len));
	} else {
		CU_ASSERT_FATAL(!bind(fd, (const struct sockaddr *)&from6, sizeof(from6)));
	}
	asked_from = ntohs(from.sin_port);
	n = (ssize_t)radius_end(&b, SECRET, 16);
	CU_ASSERT_EQUAL_FATAL(sendto(fd, octets, (size_t)n, 0, (struct sockaddr *)&to, to_len), n);
	osmo_select_main(1);
	/* nothing leaves before all of the turn is valid */
	CU_ASSERT_EQUAL(recv(fd, octets, sizeof(octets), MSG_DONTWAIT), -1);
	coa_listen_turn_end(listen_on);
	n = recvfrom(fd, octets, sizeof(octets), MSG_DONTWAIT, (struct sockaddr *)&answered_by,
		     &by_len);
	close(fd);
	if (n < 0)
		return -1;
	CU_ASSERT_TRUE_FATAL(radius_open(&p, octets, (size_t)n));
	for (at = radius_walk(&p); radius_next(&at, &v);)
		if (v.name == RADIUS_ERROR_CAUSE)
			cause = (int)v.number;
	return cause;
}

static void by_address4(const char *host)
{
	char text[INET_ADDRSTRLEN];

	CU_ASSERT_EQUAL_FATAL(answered_by.ss_family, AF_INET);
	inet_ntop(AF_INET, &((struct sockaddr_in *)&answered_by)->sin_addr, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, host);
}

static void it_is_answered_from_where_it_came_to(void)
{
	listen_begin();
	CU_ASSERT_EQUAL(client_asks("127.0.0.1", ""), 0);
	by_address4("127.0.0.1");
	CU_ASSERT_EQUAL(client_asks("127.0.0.9", ""), 0);
	by_address4("127.0.0.9");
	CU_ASSERT_EQUAL(client_asks("::1", ""), 0);
	CU_ASSERT_EQUAL(answered_by.ss_family, AF_INET6);
	CU_ASSERT_EQUAL(changed, 3);
	refuse = RADIUS_R_NOT_FOUND;
	CU_ASSERT_EQUAL(client_asks("127.0.0.1", ""), 503);
	CU_ASSERT_EQUAL(bench_logged("aaa notice: radius r: Disconnect-Request of 127.0.0.1: "
				     "2 log-ins"),
			2);
	CU_ASSERT_EQUAL(bench_logged("aaa notice: radius r: Disconnect-Request of 127.0.0.1: "
				     "refused: session context not found"),
			1);
	listen_end();
}

/* It would leave from ::1, which is nearest to the client. */
static void of_several_ipv6_addresses_too(void)
{
	static const uint8_t other[16] = {0x20, 1, 0xd, 0xb8, [15] = 1};

	if (!netns_enter("coa_listen of_several_ipv6_addresses_too"))
		return;
	netns_loopback6(other);
	listen_begin();
	CU_ASSERT_EQUAL(client_asks("2001:db8::1", ""), 0);
	CU_ASSERT_EQUAL_FATAL(answered_by.ss_family, AF_INET6);
	ASSERT_OCTETS(((struct sockaddr_in6 *)&answered_by)->sin6_addr.s6_addr, 16, other, 16);
	listen_end();
	netns_leave();
}

/* RFC 5176 section 3: all that is named must be ours. */
static void a_request_is_for_us(void)
{
	listen_begin();
	CU_ASSERT_EQUAL(client_asks("127.0.0.1", "04067f000001"), 0);
	CU_ASSERT_EQUAL(client_asks("127.0.0.1", "0406c0000207"), 0);
	CU_ASSERT_EQUAL(client_asks("127.0.0.1", "0406c0000208"), 403);
	CU_ASSERT_EQUAL(client_asks("127.0.0.1", "200667617465"), 0);
	CU_ASSERT_EQUAL(client_asks("127.0.0.1", "2005676174"), 403);
	CU_ASSERT_EQUAL(client_asks("127.0.0.1", "20066761746504067f000002"), 403);
	CU_ASSERT_EQUAL(client_asks("::1", "5f1200000000000000000000000000000001"), 0);
	CU_ASSERT_EQUAL(client_asks("::1", "5f1200000000000000000000000000000002"), 403);
	CU_ASSERT_EQUAL(changed, 4);
	listen_end();
}

static void what_is_wrong_is_named(void)
{
	listen_begin();
	CU_ASSERT_EQUAL(client_asks("127.0.0.1", "1b0600000001"), 401);
	CU_ASSERT_EQUAL(bench_logged("aaa notice: radius r: Disconnect-Request of 127.0.0.1: "
				     "refused: unsupported attribute: Session-Timeout"),
			1);
	listen_end();
}

static void each_row_is_shown(void)
{
	struct coa_view v;

	listen_begin();
	client_asks("127.0.0.1", "");
	client_host = 5;
	CU_ASSERT_EQUAL(client_asks("127.0.0.1", ""), -1);
	client_host = 1;
	CU_ASSERT_TRUE_FATAL(coa_listen_view(listen_on, 0, &v));
	CU_ASSERT_STRING_EQUAL(v.client, "127.0.0.1");
	CU_ASSERT_PTR_EQUAL(v.radius, radius);
	CU_ASSERT_EQUAL(v.n->disconnects, 1);
	CU_ASSERT_TRUE_FATAL(coa_listen_view(listen_on, 2, &v));
	CU_ASSERT_PTR_NULL(v.radius);
	CU_ASSERT_EQUAL(v.n->drop[COA_D_UNKNOWN], 1);
	CU_ASSERT_EQUAL(bench_logged("aaa notice: a request of 127.0.0.5 for a change is dropped: "
				     "from an address that is no coa-client"),
			1);
	CU_ASSERT_FALSE(coa_listen_view(listen_on, 3, &v));
	listen_end();
}

/* The next process answers as this one did. */
static void an_answer_outlives_its_process(void)
{
	static uint8_t record[COA_RECORD];

	listen_begin();
	refuse = RADIUS_R_NOT_FOUND;
	CU_ASSERT_EQUAL(client_asks("127.0.0.1", ""), 503);
	client_port = asked_from;
	CU_ASSERT_TRUE_FATAL(keeps == 1);
	memcpy(record, kept, sizeof(record));
	listen_end();
	listen_begin();
	coa_listen_recall(listen_on, kept_key, record, sizeof(record));
	coa_listen_recalled(listen_on);
	next_id--;
	CU_ASSERT_EQUAL(client_asks("127.0.0.1", ""), 503);
	CU_ASSERT_EQUAL(changed, 0);
	client_port = 0;
	CU_ASSERT_EQUAL(client_asks("127.0.0.1", ""), 0);
	CU_ASSERT_EQUAL(changed, 1);
	clock_us += 600 * SEC;
	CU_ASSERT_EQUAL(client_asks("127.0.0.1", ""), 0);
	CU_ASSERT_EQUAL(drops, 2);
	listen_end();
}

static void answers_are_kept_where_there_are_clients(void)
{
	static const struct cfg_radius none = {.name = "n"};
	struct cfg_model m = {.radius = &none, .radiuses = 1};

	CU_ASSERT_EQUAL(dynauth_kept(&m), 0);
	m.radius = radius;
	CU_ASSERT_EQUAL(dynauth_kept(&m), COA_KEPT);
}

/* Sections share sockets; one that cannot be opened is tried again, and said once. */
static void a_socket_is_tried_again(void)
{
	listen_begin();
	CU_ASSERT_EQUAL(opened, 2);
	listen_end();
	open_error = -EADDRNOTAVAIL;
	loop = loop_new(clock_now);
	listen_on = coa_listen_new(loop, radius, 2, &ops, NULL);
	CU_ASSERT_EQUAL(opened, 4);
	clock_until(loop, 14 * SEC); /* after 1 and 2 seconds more */
	CU_ASSERT_EQUAL(opened, 8);
	CU_ASSERT_EQUAL(bench_logged("aaa error: coa-listen 0.0.0.0: *; it is tried again"), 1);
	open_error = 0;
	clock_until(loop, 18 * SEC);
	CU_ASSERT_EQUAL(opened, 10);
	CU_ASSERT_EQUAL(client_asks("127.0.0.1", ""), 0);
	listen_end();
}

static void without_clients_or_memory(void)
{
	const struct cfg_radius none = {.name = "n"};
	struct coa_view v;

	loop = loop_new(clock_now);
	listen_on = coa_listen_new(loop, &none, 1, &ops, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(listen_on);
	CU_ASSERT_FALSE(coa_listen_view(listen_on, 0, &v));
	coa_listen_turn_end(listen_on);
	drops = 0;
	coa_listen_recall(listen_on, 7, kept, sizeof(kept));
	coa_listen_recalled(listen_on);
	CU_ASSERT_TRUE(drops == 1 && kept_key == 7);
	coa_listen_free(listen_on);
	for (unsigned i = 0; i < 7; i++) {
		heap_refuse(i);
		CU_ASSERT_PTR_NULL(coa_listen_new(loop, radius, 2, &ops, NULL));
		CU_ASSERT_TRUE(heap_refused());
	}
	loop_free(loop);
}

static const struct test_case cases[] = {
	{"it_is_answered_from_where_it_came_to", it_is_answered_from_where_it_came_to},
	{"of_several_ipv6_addresses_too", of_several_ipv6_addresses_too},
	{"a_request_is_for_us", a_request_is_for_us},
	{"what_is_wrong_is_named", what_is_wrong_is_named},
	{"each_row_is_shown", each_row_is_shown},
	{"an_answer_outlives_its_process", an_answer_outlives_its_process},
	{"answers_are_kept_where_there_are_clients", answers_are_kept_where_there_are_clients},
	{"a_socket_is_tried_again", a_socket_is_tried_again},
	{"without_clients_or_memory", without_clients_or_memory},
	{NULL, NULL},
};
const struct test_suite suite_coa_listen = {"coa_listen", cases};
