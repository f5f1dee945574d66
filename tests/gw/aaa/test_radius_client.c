/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The servers of a section as sockets: which one is reached where, who is heard, what is told. */
#include "gw/aaa/radius_client.h"
#include "gw/event.h"

#include "gw/log_brake.h"
#include "tests/gw/bench.h"
#include "tests/gw/radius_far.h"
#include "tests/heap.h"

#include <arpa/inet.h>
#include <osmocom/core/select.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECRET	"0123456789abcdef"
#define TIMEOUT (SEC + SEC / 10) /* with what is added at random */
#define SERVER(name)                                                                 \
	{                                                                            \
		.text = name, .address = "127.0.0.1", .secret = SECRET, .weight = 1, \
		.timeout = SEC, .fail_time = 10 * SEC, .retries = 1, .max_fail = 1,  \
		.requests = 256                                                      \
	}

/* A client of two servers, which are sockets of the test's: of each one for access and one for
 * accounting. */
static struct {
	struct cfg_radius_server server[2];
	struct cfg_radius cfg;
	int access[2], accounting[2];
	struct loop *loop;
	struct radius_client *c;
	unsigned done, unanswered, alive;
	uint8_t code; /* of the last answer */
	unsigned by;  /* whose it was */
} at;

static void client_set_up(unsigned servers)
{
	static const struct cfg_radius_server proto[2] = {SERVER("one"), SERVER("two")};

	memset(&at, 0, sizeof(at));
	memcpy(at.server, proto, sizeof(proto));
	for (unsigned i = 0; i < 2; i++) {
		at.access[i] = radius_far_open(&at.server[i].port);
		at.accounting[i] = radius_far_open(&at.server[i].acct_port);
	}
	at.cfg = (struct cfg_radius){
		.name = "isp", .nas_identifier = "gate", .server = at.server, .servers = servers};
	at.loop = loop_new(clock_now);
	CU_ASSERT_PTR_NOT_NULL_FATAL(at.loop);
	bench_log_forget();
}

static void client_is_alive(void *ctx)
{
	CU_ASSERT_PTR_EQUAL(ctx, &at);
	at.alive++;
}

static void radius_client_begin(enum radius_use use)
{
	at.c = radius_client_new(at.loop, &at.cfg, use);
	CU_ASSERT_PTR_NOT_NULL_FATAL(at.c);
	radius_client_on_alive(at.c, client_is_alive, &at);
}

static void client_tear_down(void)
{
	radius_client_free(at.c);
	loop_free(at.loop);
	log_brakes_reset();
	for (unsigned i = 0; i < 2; i++) {
		close(at.access[i]);
		close(at.accounting[i]);
	}
}

static void client_done(void *ctx, const struct radius_answer *a, uint64_t now)
{
	(void)ctx;
	(void)now;
	at.done += a != NULL;
	at.unanswered += !a;
	at.code = a ? a->packet.code : 0;
	at.by = a ? a->server : 99;
}

static struct radius_request *client_ask(enum radius_code code)
{
	const struct radius_question q = {
		.code = code, .attrs = (const uint8_t *)"\x01\x03u", .len = 3};

	return radius_client_ask(at.c, &q, client_done, NULL, clock_us);
}

/* What waits at the sockets of the client. */
static void client_serve(void)
{
	osmo_select_main(1);
	clock_until(at.loop, clock_us);
}

static unsigned waits(int fd, struct radius_far_got *got)
{
	unsigned n = 0;

	while (radius_far_take(fd, got))
		n++;
	return n;
}

/* A client of one server, which has got a question. */
static void client_asked(struct radius_far_got *got)
{
	client_set_up(1);
	radius_client_begin(RADIUS_FOR_ACCESS);
	CU_ASSERT_PTR_NOT_NULL(client_ask(RADIUS_ACCESS_REQUEST));
	CU_ASSERT_EQUAL(waits(at.access[0], got), 1);
}

/* Its answer comes, and counts. */
static void client_answered(const struct radius_far_got *got, enum radius_code code)
{
	radius_far_answer(at.access[0], got, code, "", SECRET);
	client_serve();
	CU_ASSERT_EQUAL(at.done, 1);
	CU_ASSERT_EQUAL(at.code, code);
}

static void a_question_and_its_answer(void)
{
	static struct radius_far_got got;

	client_set_up(1);
	radius_client_begin(RADIUS_FOR_ACCESS);
	CU_ASSERT_PTR_EQUAL(radius_client_cfg(at.c), &at.cfg);
	CU_ASSERT_PTR_EQUAL(radius_client_server(at.c, 0), &at.server[0]);
	CU_ASSERT_PTR_NULL(radius_client_server(at.c, 1));
	CU_ASSERT_PTR_NOT_NULL(client_ask(RADIUS_ACCESS_REQUEST));
	CU_ASSERT_EQUAL(waits(at.accounting[0], &got), 0);
	CU_ASSERT_EQUAL(waits(at.access[0], &got), 1);
	CU_ASSERT_EQUAL(got.packet.code, RADIUS_ACCESS_REQUEST);
	client_answered(&got, RADIUS_ACCESS_ACCEPT);
	CU_ASSERT_EQUAL(loop_deadline(at.loop), DEADLINE_NEVER);
	client_tear_down();
}

/* RFC 2866: records have a port of their own; a server without one gets none. */
static void records_go_to_those_who_take_them(void)
{
	static struct radius_far_got got;

	client_set_up(2);
	at.server[0].acct_port = 0;
	radius_client_begin(RADIUS_FOR_ACCOUNTING);
	CU_ASSERT_PTR_EQUAL(radius_client_server(at.c, 0), &at.server[1]);
	CU_ASSERT_PTR_NULL(radius_client_server(at.c, 1));
	CU_ASSERT_PTR_NOT_NULL(client_ask(RADIUS_ACCOUNTING_REQUEST));
	CU_ASSERT_EQUAL(waits(at.access[1], &got), 0);
	CU_ASSERT_EQUAL(waits(at.accounting[1], &got), 1);
	radius_far_answer(at.accounting[1], &got, RADIUS_ACCOUNTING_RESPONSE, "", SECRET);
	client_serve();
	CU_ASSERT_EQUAL(at.done, 1);
	client_tear_down();
}

/* The same octets from another port are nobody's. */
static void only_the_server_is_heard(void)
{
	static struct radius_far_got got;
	struct radius_view v;

	client_asked(&got);
	radius_far_answer(at.accounting[0], &got, RADIUS_ACCESS_ACCEPT, "", SECRET);
	client_serve();
	CU_ASSERT_EQUAL(at.done, 0);
	radius_client_view(at.c, 0, &v);
	CU_ASSERT(v.alive && v.waiting == 1 && v.n.asked == 1);
	for (unsigned i = 0; i < RADIUS_DROPS; i++)
		CU_ASSERT_EQUAL(v.n.drop[i], 0);
	client_answered(&got, RADIUS_ACCESS_ACCEPT);
	client_tear_down();
}

/* Why a packet is dropped is told in words, and the request goes on waiting. */
static void what_is_dropped_is_told(void)
{
	static struct radius_far_got got;
	static const struct {
		enum radius_code code;
		const char *secret, *line;
	} rows[] = {
		{RADIUS_ACCESS_ACCEPT, "another",
		 "aaa notice: radius isp: a packet of server one is dropped: the secret is another "
		 "one there"},
		{RADIUS_ACCOUNTING_RESPONSE, SECRET,
		 "aaa notice: radius isp: a packet of server one is dropped: it is no answer to "
		 "the "
		 "request"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		client_asked(&got);
		radius_far_answer(at.access[0], &got, rows[i].code, "", rows[i].secret);
		client_serve();
		CU_ASSERT_EQUAL(bench_logged(rows[i].line), 1);
		CU_ASSERT_EQUAL(at.done, 0);
		client_answered(&got, RADIUS_ACCESS_REJECT);
		client_tear_down();
	}
}

static char client_event[80];

static void client_on_event(const struct gw_event *e)
{
	snprintf(client_event, sizeof(client_event), "%s %s: %s", event_names[e->kind].name,
		 e->about->radius, e->cause);
}

/* Silence: sent again, then the next server; who was dead is told to answer again. */
static void a_server_that_is_dead_for_a_while(void)
{
	static struct radius_far_got got;
	struct radius_view v;

	event_to = client_on_event;
	client_set_up(2);
	at.server[1].backup = true;
	radius_client_begin(RADIUS_FOR_ACCESS);
	client_ask(RADIUS_ACCESS_REQUEST);
	CU_ASSERT_EQUAL(waits(at.access[0], &got), 1);
	clock_until(at.loop, clock_us + TIMEOUT);
	CU_ASSERT_EQUAL(waits(at.access[0], &got), 1); /* the retry */
	CU_ASSERT_EQUAL(waits(at.access[1], &got), 0);
	clock_until(at.loop, clock_us + TIMEOUT);
	CU_ASSERT_EQUAL(waits(at.access[0], &got), 0);
	CU_ASSERT_EQUAL(waits(at.access[1], &got), 1);
	CU_ASSERT_EQUAL(bench_logged("aaa notice: radius isp: server one does not answer"), 1);
	CU_ASSERT_STRING_EQUAL(client_event, "radius-dead isp: server one");
	radius_client_view(at.c, 0, &v);
	CU_ASSERT_FALSE(v.alive);
	radius_far_answer(at.access[1], &got, RADIUS_ACCESS_ACCEPT, "", SECRET);
	client_serve();
	CU_ASSERT(at.done == 1 && at.by == 1);
	CU_ASSERT_EQUAL(at.alive, 0);
	clock_until(at.loop, clock_us + 10 * SEC);
	client_ask(RADIUS_ACCESS_REQUEST);
	CU_ASSERT_EQUAL(waits(at.access[0], &got), 1);
	radius_far_answer(at.access[0], &got, RADIUS_ACCESS_ACCEPT, "", SECRET);
	client_serve();
	CU_ASSERT(at.done == 2 && at.by == 0 && at.alive == 1);
	CU_ASSERT_STRING_EQUAL(client_event, "radius-alive isp: server one");
	event_to = NULL;
	CU_ASSERT_EQUAL(bench_logged("aaa notice: radius isp: server one answers again"), 1);
	client_tear_down();
}

static void an_accounting_server_that_is_dead(void)
{
	client_set_up(1);
	radius_client_begin(RADIUS_FOR_ACCOUNTING);
	client_ask(RADIUS_ACCOUNTING_REQUEST);
	clock_until(at.loop, clock_us + 2 * TIMEOUT);
	CU_ASSERT_EQUAL(at.unanswered, 1);
	CU_ASSERT_EQUAL(
		bench_logged("aaa notice: radius isp: accounting server one does not answer"), 1);
	client_tear_down();
}

/* RFC 5997: who knows Status-Server is asked by it, from a socket of its own, as configured. */
static void status_server_where_it_is_known(void)
{
	for (unsigned known = 0; known < 2; known++) {
		static struct radius_far_got got;
		struct sockaddr_in from;

		client_set_up(1);
		at.server[0].status_server = known;
		radius_client_begin(RADIUS_FOR_ACCESS);
		client_ask(RADIUS_ACCESS_REQUEST);
		CU_ASSERT_EQUAL(waits(at.access[0], &got), 1);
		from = got.from;
		clock_until(at.loop, clock_us + TIMEOUT);
		CU_ASSERT_EQUAL(waits(at.access[0], &got), 1);
		clock_until(at.loop, clock_us + TIMEOUT);
		CU_ASSERT_EQUAL(at.unanswered, 1);
		CU_ASSERT_EQUAL(waits(at.access[0], &got), known);
		if (known) {
			CU_ASSERT_EQUAL(got.packet.code, RADIUS_STATUS_SERVER);
			CU_ASSERT_NOT_EQUAL(got.from.sin_port, from.sin_port);
			radius_far_answer(at.access[0], &got, RADIUS_ACCESS_ACCEPT, "", SECRET);
			client_serve();
			CU_ASSERT_EQUAL(at.alive, 1);
		}
		client_tear_down();
	}
}

/* Nobody has that port: the kernel says so at the socket, which is heard on all the same. */
static void a_port_that_is_closed_for_a_while(void)
{
	static struct radius_far_got got;
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	client_set_up(1);
	radius_client_begin(RADIUS_FOR_ACCESS);
	a.sin_port = htons(at.server[0].port);
	close(at.access[0]);
	client_ask(RADIUS_ACCESS_REQUEST);
	at.access[0] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_FATAL(!bind(at.access[0], (struct sockaddr *)&a, sizeof(a)));
	/* the refusal is still to be read; the retry's send() reports it in its stead, or recv() */
	clock_until(at.loop, clock_us + TIMEOUT);
	if (!waits(at.access[0], &got)) {
		client_serve();
		client_ask(RADIUS_ACCESS_REQUEST);
		CU_ASSERT_EQUAL(waits(at.access[0], &got), 1);
	}
	client_answered(&got, RADIUS_ACCESS_ACCEPT);
	client_tear_down();
}

/* A turn takes so many of a server at the most; the rest is there in the next one. */
static void a_flood_does_not_hold_up_the_turn(void)
{
	static struct radius_far_got got;
	struct radius_view v;

	client_asked(&got);
	for (unsigned i = 0; i < 80; i++)
		radius_far_answer(at.access[0], &got, RADIUS_ACCESS_ACCEPT, "", "another");
	client_serve();
	radius_client_view(at.c, 0, &v);
	CU_ASSERT_EQUAL(v.n.drop[RADIUS_D_FORGED], 64);
	client_serve();
	radius_client_view(at.c, 0, &v);
	CU_ASSERT_EQUAL(v.n.drop[RADIUS_D_FORGED], 80);
	client_tear_down();
}

/* One that is taken back is not asked again, and nobody is told. */
static void radius_client_takes_back(void)
{
	static struct radius_far_got got;

	client_set_up(1);
	radius_client_begin(RADIUS_FOR_ACCESS);
	radius_client_cancel(at.c, client_ask(RADIUS_ACCESS_REQUEST));
	CU_ASSERT_EQUAL(waits(at.access[0], &got), 1);
	CU_ASSERT_EQUAL(loop_deadline(at.loop), DEADLINE_NEVER);
	clock_until(at.loop, clock_us + 60 * SEC);
	CU_ASSERT_EQUAL(waits(at.access[0], &got), 0);
	CU_ASSERT_EQUAL(at.done + at.unanswered, 0);
	client_tear_down();
}

static void radius_client_without_memory(void)
{
	unsigned skip = 0;

	client_set_up(1);
	for (;; skip++) {
		heap_refuse(skip);
		at.c = radius_client_new(at.loop, &at.cfg, RADIUS_FOR_ACCESS);
		if (!heap_refused())
			break;
		CU_ASSERT_PTR_NULL(at.c);
	}
	CU_ASSERT_PTR_NOT_NULL(at.c);
	CU_ASSERT(skip >= 2);
	client_tear_down();
	radius_client_free(NULL);
}

static const struct test_case cases[] = {
	{"a_question_and_its_answer", a_question_and_its_answer},
	{"rfc2866_records_go_to_those_who_take_them", records_go_to_those_who_take_them},
	{"only_the_server_is_heard", only_the_server_is_heard},
	{"what_is_dropped_is_told", what_is_dropped_is_told},
	{"a_server_that_is_dead_for_a_while", a_server_that_is_dead_for_a_while},
	{"an_accounting_server_that_is_dead", an_accounting_server_that_is_dead},
	{"rfc5997_status_server_where_it_is_known", status_server_where_it_is_known},
	{"a_port_that_is_closed_for_a_while", a_port_that_is_closed_for_a_while},
	{"a_flood_does_not_hold_up_the_turn", a_flood_does_not_hold_up_the_turn},
	{"radius_client_takes_back", radius_client_takes_back},
	{"radius_client_without_memory", radius_client_without_memory},
	{NULL, NULL},
};
const struct test_suite suite_radius_client = {"radius_client", cases};
