/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Servers that the test plays, on a simulated clock. */
#include "gw/aaa/radius/radius_pool.h"
#include "core/deadline.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <stdio.h>

#define MS  UINT64_C(1000)
#define SEC UINT64_C(1000000)

enum { SENT_MAX = 4096 };

static struct {
	unsigned server, port;
	size_t len;
	uint64_t at;
	uint8_t octets[128];
} sent[SENT_MAX];
static uint64_t took;
static unsigned n_took;
static unsigned n_sent, n_done, n_none, n_changed, n_dropped;
static uint8_t code_done;
static unsigned server_done;
static bool alive;
static uint64_t now, done_at;
static uint8_t next_random;
static struct radius_pool *pool;
static void (*on_done)(void);
static const char *random_is; /* every authenticator, in hex; NULL = they count up */

static void pool_on_send(void *ctx, unsigned server, unsigned port, const uint8_t *octets,
			 size_t len)
{
	(void)ctx;
	CU_ASSERT_FATAL(n_sent < SENT_MAX && len <= sizeof(sent[0].octets));
	sent[n_sent].server = server;
	sent[n_sent].port = port;
	sent[n_sent].len = len;
	sent[n_sent].at = now;
	memcpy(sent[n_sent++].octets, octets, len);
}

static void pool_on_random(void *ctx, void *buf, size_t len)
{
	(void)ctx;
	memset(buf, 0, len);
	if (len == RADIUS_AUTH && random_is)
		test_hex(buf, len, random_is);
	else if (len == RADIUS_AUTH)
		*(uint8_t *)buf = ++next_random;
}

static void pool_on_changed(void *ctx, unsigned server, bool is_alive, uint64_t at)
{
	(void)ctx;
	(void)server;
	CU_ASSERT_EQUAL(at, now);
	alive = is_alive;
	n_changed++;
}

static void pool_on_dropped(void *ctx, unsigned server, enum radius_drop why, uint64_t at)
{
	(void)ctx;
	(void)server;
	CU_ASSERT_EQUAL(at, now);
	CU_ASSERT_TRUE(why < RADIUS_DROPS);
	n_dropped++;
}

static void pool_on_took(void *ctx, unsigned server, uint64_t round_trip)
{
	(void)ctx;
	(void)server;
	took = round_trip;
	n_took++;
}

static const struct radius_ops ops = {pool_on_send, pool_on_random, pool_on_changed,
				      pool_on_dropped, pool_on_took};

static void pool_on_done(void *ctx, const struct radius_answer *a, uint64_t at)
{
	CU_ASSERT_PTR_EQUAL(ctx, &pool);
	CU_ASSERT_EQUAL(at, now);
	n_done++;
	done_at = now;
	n_none += !a;
	code_done = a ? a->packet.code : 0;
	server_done = a ? a->server : RADIUS_SERVERS;
	if (on_done)
		on_done();
}

static const struct radius_server usual = {.secret = "xyzzy5461",
					   .weight = 1,
					   .timeout = SEC,
					   .fail_time = 60 * SEC,
					   .retries = 2,
					   .max_fail = 2,
					   .requests = 256};

static void pool_start(const struct radius_server *s, unsigned n)
{
	now = 1000 * SEC;
	n_sent = n_done = n_none = n_changed = n_dropped = n_took = 0;
	alive = true;
	on_done = NULL;
	pool = radius_pool_new(s, n, &ops, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(pool);
}

static void pool_end(void)
{
	radius_pool_free(pool);
}

static const uint8_t nemo[] = {1, 6, 'n', 'e', 'm', 'o'};

static struct radius_request *pool_ask_code(enum radius_code code)
{
	struct radius_question q = {.code = code, .attrs = nemo, .len = sizeof(nemo)};

	return radius_ask(pool, &q, pool_on_done, &pool, now);
}

static struct radius_request *pool_ask(void)
{
	return pool_ask_code(RADIUS_ACCESS_REQUEST);
}

static void pool_until(uint64_t at)
{
	while (radius_deadline(pool) <= at) {
		if (radius_deadline(pool) > now)
			now = radius_deadline(pool);
		radius_expire(pool, now);
	}
	now = at;
}

/* The answer of a server to what was sent as number i. */
static void pool_answer_with(unsigned i, enum radius_code code, const char *secret)
{
	uint8_t buf[64];
	struct radius_writer b;

	radius_begin(&b, buf, sizeof(buf), code, sent[i].octets[1], sent[i].octets + 4);
	radius_rx(pool, sent[i].server, sent[i].port, buf, radius_end(&b, secret, strlen(secret)),
		  now);
}

static void pool_answer(unsigned i, enum radius_code code)
{
	pool_answer_with(i, code, usual.secret);
}

static struct radius_view pool_view(unsigned server)
{
	struct radius_view v;

	radius_view(pool, server, &v);
	return v;
}

/* RFC 2865 5.24: State is that server's; nobody else is asked when it is silent. */
static void a_conversation_stays_at_its_server(void)
{
	struct radius_server three[3] = {usual, usual, usual};
	struct radius_question q = {
		.code = RADIUS_ACCESS_REQUEST, .attrs = nemo, .len = sizeof(nemo), .only = 2};

	pool_start(three, 3);
	for (unsigned i = 0; i < 6; i++) {
		CU_ASSERT_PTR_NOT_NULL(radius_ask(pool, &q, pool_on_done, &pool, now));
		CU_ASSERT_EQUAL(sent[i].server, 1);
		pool_answer(i, RADIUS_ACCESS_ACCEPT);
	}
	CU_ASSERT_PTR_NOT_NULL(radius_ask(pool, &q, pool_on_done, &pool, now));
	pool_until(now + 10 * SEC);
	CU_ASSERT_EQUAL(n_none, 1);
	for (unsigned i = 0; i < n_sent; i++)
		CU_ASSERT_EQUAL(sent[i].server, 1);
	pool_end();
}

/* --- one server -------------------------------------------------------------------------------- */

static void an_answer_ends_the_request(void)
{
	pool_start(&usual, 1);
	CU_ASSERT_PTR_NOT_NULL(pool_ask());
	CU_ASSERT_EQUAL(n_sent, 1);
	CU_ASSERT_EQUAL(sent[0].octets[0], RADIUS_ACCESS_REQUEST);
	/* Message-Authenticator first, the attributes behind it */
	CU_ASSERT_EQUAL(sent[0].octets[20], 80);
	ASSERT_OCTETS(sent[0].octets + 38, sent[0].len - 38, nemo, sizeof(nemo));
	CU_ASSERT_EQUAL(n_done, 0);
	now += 5 * MS;
	pool_answer(0, RADIUS_ACCESS_ACCEPT);
	CU_ASSERT_EQUAL(n_done, 1);
	CU_ASSERT_EQUAL(code_done, RADIUS_ACCESS_ACCEPT);
	CU_ASSERT_EQUAL(pool_view(0).round_trip, 5 * MS);
	CU_ASSERT_EQUAL(n_took, 1);
	CU_ASSERT_EQUAL(took, 5 * MS);
	CU_ASSERT_EQUAL(pool_view(0).waiting, 0);
	CU_ASSERT_EQUAL(radius_deadline(pool), DEADLINE_NEVER);
	pool_answer(0, RADIUS_ACCESS_ACCEPT);
	CU_ASSERT_EQUAL(pool_view(0).n.drop[RADIUS_D_UNKNOWN], 1);
	CU_ASSERT_EQUAL(n_done, 1);
	pool_end();
}

static void every_code_of_access_is_an_answer(void)
{
	static const struct {
		uint8_t request, code;
		bool ok;
	} rows[] = {
		{RADIUS_ACCESS_REQUEST, RADIUS_ACCESS_REJECT, true},
		{RADIUS_ACCESS_REQUEST, RADIUS_ACCESS_CHALLENGE, true},
		{RADIUS_ACCESS_REQUEST, RADIUS_ACCOUNTING_RESPONSE, false},
		{RADIUS_ACCESS_REQUEST, RADIUS_COA_ACK, false},
		{RADIUS_ACCOUNTING_REQUEST, RADIUS_ACCOUNTING_RESPONSE, true},
		{RADIUS_ACCOUNTING_REQUEST, RADIUS_ACCESS_ACCEPT, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		pool_start(&usual, 1);
		pool_ask_code(rows[i].request);
		pool_answer(0, rows[i].code);
		CU_ASSERT_EQUAL(n_done, rows[i].ok);
		CU_ASSERT_EQUAL(pool_view(0).n.drop[RADIUS_D_CODE], !rows[i].ok);
		pool_end();
	}
}

static void what_is_not_proved_is_dropped(void)
{
	/* an answer with the right authenticator alone, made by Python's hashlib */
	static const char bare[] = "0200001a 064abc349f54319eb71dd887d3c1bbfa 060600000001";
	uint8_t octets[64];
	size_t len = test_hex(octets, sizeof(octets), bare);

	pool_start(&usual, 1);
	next_random = 0;
	pool_ask();
	pool_answer_with(0, RADIUS_ACCESS_ACCEPT, "xyzzy5462");
	CU_ASSERT_EQUAL(pool_view(0).n.drop[RADIUS_D_FORGED], 1);
	radius_rx(pool, 0, 0, octets, len, now);
	CU_ASSERT_EQUAL(pool_view(0).n.drop[RADIUS_D_UNPROVED], 1);
	radius_rx(pool, 0, 0, octets, len - 1, now);
	CU_ASSERT_EQUAL(pool_view(0).n.drop[RADIUS_D_MALFORMED], 1);
	radius_rx(pool, 0, 1, octets, len, now);
	CU_ASSERT_EQUAL(pool_view(0).n.drop[RADIUS_D_UNKNOWN], 1);
	CU_ASSERT_EQUAL(n_dropped, 4);
	CU_ASSERT_EQUAL(n_done, 0);
	pool_answer(0, RADIUS_ACCESS_ACCEPT);
	CU_ASSERT_EQUAL(n_done, 1);
	pool_end();
}

static void a_request_is_sent_again_as_it_was(void)
{
	pool_start(&usual, 1);
	pool_ask();
	pool_until(now + 10 * SEC);
	CU_ASSERT_EQUAL(n_sent, 3);
	for (unsigned i = 1; i < 3; i++) {
		ASSERT_OCTETS(sent[i].octets, sent[i].len, sent[0].octets, sent[0].len);
		CU_ASSERT_EQUAL(sent[i].at, sent[0].at + i * SEC);
	}
	CU_ASSERT_EQUAL(n_none, 1);
	CU_ASSERT_EQUAL(done_at, sent[0].at + 3 * SEC);
	CU_ASSERT_EQUAL(pool_view(0).n.resent, 2);
	CU_ASSERT_EQUAL(pool_view(0).n.timeouts, 1);
	CU_ASSERT_EQUAL(pool_view(0).round_trip, 0);
	pool_end();
}

static void a_cancelled_request_is_gone(void)
{
	struct radius_request *r;

	pool_start(&usual, 1);
	radius_cancel(NULL);
	r = pool_ask();
	radius_cancel(r);
	pool_answer(0, RADIUS_ACCESS_ACCEPT);
	CU_ASSERT_EQUAL(n_done, 0);
	CU_ASSERT_EQUAL(pool_view(0).n.drop[RADIUS_D_UNKNOWN], 1);
	pool_ask();
	pool_end(); /* and one that waits goes with its pool */
}

/* --- dead and alive ---------------------------------------------------------------------------- */

static void a_dead_server_is_tried_after_its_time(void)
{
	uint64_t dead_at;

	pool_start(&usual, 1);
	pool_ask();
	pool_until(now + 3 * SEC);
	CU_ASSERT_EQUAL(n_changed, 0);
	pool_ask();
	pool_until(now + 3 * SEC);
	CU_ASSERT_EQUAL(n_changed, 1);
	CU_ASSERT_FALSE(pool_view(0).alive);
	dead_at = now;
	n_sent = 0;
	pool_ask(); /* nobody is asked, and the answer is none, later */
	CU_ASSERT_EQUAL(n_none, 2);
	pool_until(now);
	CU_ASSERT_EQUAL(n_none, 3);
	CU_ASSERT_EQUAL(n_sent, 0);
	pool_until(dead_at + 60 * SEC - 1);
	pool_ask();
	CU_ASSERT_EQUAL(n_sent, 0);
	pool_until(dead_at + 60 * SEC);
	pool_ask();
	CU_ASSERT_EQUAL(n_sent, 1);
	pool_ask(); /* one tries it, not all */
	CU_ASSERT_EQUAL(n_sent, 1);
	pool_answer(0, RADIUS_ACCESS_REJECT);
	CU_ASSERT_EQUAL(n_changed, 2);
	CU_ASSERT_TRUE(alive);
	pool_ask();
	CU_ASSERT_EQUAL(n_sent, 2);
	pool_end();
}

static void an_answer_between_starts_the_count_again(void)
{
	pool_start(&usual, 1);
	for (unsigned i = 0; i < 3; i++) {
		pool_ask();
		pool_until(now + 3 * SEC);
		pool_ask();
		pool_answer(n_sent - 1, RADIUS_ACCESS_REJECT);
	}
	CU_ASSERT_EQUAL(n_changed, 0);
	pool_end();
}

/* --- Status-Server ----------------------------------------------------------------------------- */

/* One that is dead after the first request without an answer, which was sent once. */
static struct radius_server pool_probed(const char *status_as)
{
	struct radius_server s = usual;

	s.status_as = status_as;
	s.retries = 0;
	s.max_fail = 1;
	return s;
}

static void pool_kill(void)
{
	pool_ask();
	pool_until(now + SEC);
	CU_ASSERT_FALSE_FATAL(alive);
}

/* RFC 5997 4.1 to 4.3: while it is dead it gets no request, and each Status-Server is a new one. */
static void rfc5997_a_dead_server_is_asked_for_its_status(void)
{
	static const uint64_t after[] = {1, 2, 4, 8, 16, 32, 60, 60};
	static const uint8_t gate[] = {32, 6, 'g', 'a', 't', 'e'};
	struct radius_server s = pool_probed("gate");

	pool_start(&s, 1);
	pool_kill();
	CU_ASSERT_EQUAL_FATAL(n_sent, 2);
	for (unsigned i = 0; i < 8; i++) {
		pool_ask();
		pool_until(now + after[i] * SEC - 1);
		CU_ASSERT_EQUAL(n_none, 2 + i);
		CU_ASSERT_EQUAL(n_sent, 2 + i);
		pool_until(now + 1);
		CU_ASSERT_EQUAL_FATAL(n_sent, 3 + i);
	}
	for (unsigned i = 1; i < n_sent; i++) {
		CU_ASSERT_EQUAL(sent[i].port, RADIUS_PORT_ASK);
		CU_ASSERT_EQUAL(sent[i].octets[0], RADIUS_STATUS_SERVER);
		CU_ASSERT_EQUAL(sent[i].octets[20], 80);
		ASSERT_OCTETS(sent[i].octets + 38, sent[i].len - 38, gate, sizeof(gate));
		CU_ASSERT_NOT_EQUAL(sent[i].octets[1], sent[i - 1].octets[1]);
		CU_ASSERT_NOT_EQUAL(sent[i].octets[4], sent[i - 1].octets[4]);
	}
	CU_ASSERT_FALSE(pool_view(0).alive);
	pool_answer(n_sent - 1, RADIUS_ACCESS_ACCEPT);
	CU_ASSERT_TRUE(alive && pool_view(0).alive);
	CU_ASSERT_EQUAL(n_changed, 2);
	CU_ASSERT_EQUAL(radius_deadline(pool), DEADLINE_NEVER);
	n_sent = 0;
	pool_ask();
	CU_ASSERT_EQUAL_FATAL(n_sent, 1);
	CU_ASSERT_EQUAL(sent[0].octets[0], RADIUS_ACCESS_REQUEST);
	/* RFC 5997 4.6.2: they count as nothing else */
	CU_ASSERT_EQUAL(pool_view(0).n.asked, 2);
	CU_ASSERT_EQUAL(pool_view(0).n.answered, 0);
	CU_ASSERT_EQUAL(pool_view(0).n.timeouts, 1);
	CU_ASSERT_EQUAL(pool_view(0).n.probes, 9);
	CU_ASSERT_EQUAL(pool_view(0).n.probes_answered, 1);
	pool_end();
}

/* The packets of section 6, and their answers; the octets of 6.2 begin with 02 there, but its words
 * say 5, and so does the digest. */
static void rfc5997_6_examples(void)
{
	static const struct {
		unsigned id;
		const char *authenticator, *request, *answer;
	} rows[] = {
		{218, "8a54f4686fb394c52866e302185d0623",
		 "0cda0026 8a54f4686fb394c52866e302185d0623 5012 5a665e2e1e8411f3e243822097c84fa3",
		 "02da0014 ef0d552a4bf2d693ec2b6fe8b5411d66"},
		{179, "925f6b66dd5fed571fcb1db7ad388260",
		 "0cb30026 925f6b66dd5fed571fcb1db7ad388260 5012 e8d6eabda910875cd91fdade26367858",
		 "05b30014 0f6f92145f107e2f504e860a4860669c"},
		/* whose request has a NAS-IP-Address, as ours has not */
		{71, "bf58de56ae408ad3b70c8513f9b03fbe", "",
		 "02470034 46f43e62fd0354424cbbebfd6d214e06 1220 "
		 "524144495553205365727665722075702032"
		 "20646179732c2031383a3430"},
	};
	uint8_t want[64], answer[64];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct radius_server s = pool_probed("");
		size_t len = test_hex(want, sizeof(want), rows[i].request);

		s.fail_time = SEC;
		random_is = rows[i].authenticator;
		pool_start(&s, 1);
		pool_kill();
		pool_until(now + (rows[i].id - 1) * SEC);
		if (len)
			ASSERT_OCTETS(sent[n_sent - 1].octets, sent[n_sent - 1].len, want, len);
		len = test_hex(answer, sizeof(answer), rows[i].answer);
		radius_rx(pool, 0, RADIUS_PORT_ASK, answer, len, now);
		CU_ASSERT_TRUE(alive);
		CU_ASSERT_EQUAL(n_dropped, 0);
		pool_end();
	}
	random_is = NULL;
}

/* 4.1: an Access-Accept or an Accounting-Response that the secret proves; to the last one. */
static void rfc5997_4_1_what_answers_status(void)
{
	static const struct {
		enum radius_code code;
		bool ok;
	} rows[] = {{RADIUS_ACCESS_ACCEPT, true},
		    {RADIUS_ACCOUNTING_RESPONSE, true},
		    {RADIUS_ACCESS_REJECT, false},
		    {RADIUS_ACCESS_CHALLENGE, false},
		    {RADIUS_DISCONNECT_ACK, false}};
	struct radius_server s = pool_probed("gate");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		pool_start(&s, 1);
		pool_kill();
		pool_answer(1, rows[i].code);
		CU_ASSERT_EQUAL(alive, rows[i].ok);
		CU_ASSERT_EQUAL(pool_view(0).n.drop[RADIUS_D_CODE], !rows[i].ok);
		pool_end();
	}
	pool_start(&s, 1);
	pool_kill();
	pool_answer_with(1, RADIUS_ACCESS_ACCEPT, "another");
	CU_ASSERT_EQUAL(pool_view(0).n.drop[RADIUS_D_FORGED], 1);
	pool_until(now + SEC);
	pool_answer(1, RADIUS_ACCESS_ACCEPT);
	CU_ASSERT_EQUAL(pool_view(0).n.drop[RADIUS_D_UNKNOWN], 1);
	CU_ASSERT_FALSE(alive);
	pool_answer(2, RADIUS_ACCESS_ACCEPT);
	CU_ASSERT_TRUE(alive);
	pool_answer(2, RADIUS_ACCESS_ACCEPT); /* once */
	CU_ASSERT_EQUAL(pool_view(0).n.drop[RADIUS_D_UNKNOWN], 2);
	CU_ASSERT_EQUAL(pool_view(0).n.probes_answered, 1);
	pool_end();
}

/* The answer to a request says it too; that to the Status-Server is then no stranger. */
static void any_answer_says_that_it_is_there(void)
{
	struct radius_server s = pool_probed("gate");

	s.retries = 1;
	pool_start(&s, 1);
	pool_ask();
	pool_until(now + SEC + SEC / 2);
	pool_ask();
	pool_until(now + SEC / 2);
	CU_ASSERT_FALSE_FATAL(alive);
	pool_answer(2, RADIUS_ACCESS_REJECT);
	CU_ASSERT_TRUE(alive);
	CU_ASSERT_EQUAL(radius_deadline(pool), DEADLINE_NEVER);
	CU_ASSERT_EQUAL(sent[3].octets[0], RADIUS_STATUS_SERVER);
	pool_answer(3, RADIUS_ACCESS_ACCEPT);
	CU_ASSERT_EQUAL(n_dropped, 0);
	CU_ASSERT_EQUAL(n_changed, 2);
	pool_end();
}

/* Nor is a request sent again that was there before it died. */
static void no_request_goes_to_one_that_is_dead(void)
{
	struct radius_server s = pool_probed("gate");
	unsigned requests = 0;
	uint64_t began;

	s.retries = 2;
	pool_start(&s, 1);
	began = now;
	pool_ask();
	pool_until(began + SEC + SEC / 2);
	pool_ask();
	pool_until(began + 10 * SEC);
	for (unsigned i = 0; i < n_sent; i++)
		requests += sent[i].octets[0] == RADIUS_ACCESS_REQUEST;
	CU_ASSERT_EQUAL(requests, 3 + 2);
	CU_ASSERT_EQUAL(n_none, 2);
	CU_ASSERT_EQUAL(done_at, began + 3 * SEC + SEC / 2);
	pool_end();
}

static void what_waits_goes_to_one_that_is_back(void)
{
	struct radius_server s[2] = {pool_probed("gate"), usual};

	s[1].requests = 1;
	pool_start(s, 2);
	pool_ask();
	CU_ASSERT_EQUAL_FATAL(sent[0].server, 0);
	pool_until(now + SEC);
	CU_ASSERT_EQUAL_FATAL(n_sent, 3); /* Status-Server, and the request to the other */
	pool_ask();
	CU_ASSERT_EQUAL(n_sent, 3);
	pool_answer(sent[1].port == RADIUS_PORT_ASK ? 1 : 2, RADIUS_ACCESS_ACCEPT);
	CU_ASSERT_EQUAL_FATAL(n_sent, 4);
	CU_ASSERT_EQUAL(sent[3].server, 0);
	CU_ASSERT_EQUAL(sent[3].octets[0], RADIUS_ACCESS_REQUEST);
	pool_end();
}

/* --- several ----------------------------------------------------------------------------------- */

static void weights_share_requests(void)
{
	struct radius_server s[3] = {usual, usual, usual};
	unsigned n[3] = {0};

	s[0].weight = 3;
	s[2].backup = true;
	pool_start(s, 3);
	for (unsigned i = 0; i < 40; i++) {
		pool_ask();
		n[sent[i].server]++;
		CU_ASSERT_FALSE(i && sent[i].server && sent[i - 1].server); /* mixed */
	}
	CU_ASSERT_EQUAL(n[0], 30);
	CU_ASSERT_EQUAL(n[1], 10);
	CU_ASSERT_EQUAL(n[2], 0);
	pool_end();
}

static void the_next_server_is_asked_and_the_backup_last(void)
{
	static const unsigned order[] = {1, 2, 0};
	struct radius_server s[3] = {usual, usual, usual};

	s[0].backup = true;
	pool_start(s, 3);
	pool_ask();
	pool_until(now + 10 * SEC);
	CU_ASSERT_EQUAL_FATAL(n_sent, 9);
	for (unsigned i = 0; i < 9; i++)
		CU_ASSERT_EQUAL(sent[i].server, order[i / 3]);
	CU_ASSERT_EQUAL(n_none, 1);
	CU_ASSERT_EQUAL(done_at, sent[0].at + 9 * SEC);
	pool_end();
}

static void a_backup_serves_when_the_others_do_not(void)
{
	struct radius_server s[2] = {usual, usual};

	s[0].backup = true;
	s[0].requests = s[1].requests = 1;
	pool_start(s, 2);
	pool_ask();
	pool_ask(); /* full is not dead */
	CU_ASSERT_EQUAL(n_sent, 1);
	CU_ASSERT_EQUAL(sent[0].server, 1);
	pool_until(now + 3 * SEC);
	CU_ASSERT_EQUAL(sent[n_sent - 2].server + sent[n_sent - 1].server, 1);
	CU_ASSERT_EQUAL(n_done, 0);
	pool_end();
}

/* --- many -------------------------------------------------------------------------------------- */

static void those_over_the_limit_wait_in_order(void)
{
	struct radius_server s = usual;
	struct radius_request *third;

	s.requests = 2;
	pool_start(&s, 1);
	pool_ask();
	pool_ask();
	third = pool_ask();
	pool_ask();
	pool_ask();
	CU_ASSERT_EQUAL(n_sent, 2);
	CU_ASSERT_EQUAL(pool_view(0).waiting, 2);
	radius_cancel(third);
	pool_answer(1, RADIUS_ACCESS_ACCEPT);
	CU_ASSERT_EQUAL(n_sent, 3);
	CU_ASSERT_EQUAL(sent[2].octets[1], 1); /* the identifier that became free */
	pool_answer(0, RADIUS_ACCESS_ACCEPT);
	pool_answer(2, RADIUS_ACCESS_ACCEPT);
	pool_answer(3, RADIUS_ACCESS_ACCEPT);
	CU_ASSERT_EQUAL(n_done, 4);
	pool_ask();
	CU_ASSERT_EQUAL(n_sent, 5);
	pool_end();
}

static void the_queue_ends_when_servers_are_dead(void)
{
	struct radius_server s = usual;

	s.requests = 1;
	s.max_fail = 1;
	pool_start(&s, 1);
	for (unsigned i = 0; i < 5; i++)
		pool_ask();
	pool_until(now + 3 * SEC);
	CU_ASSERT_EQUAL(n_none, 5);
	CU_ASSERT_EQUAL(n_sent, 3);
	pool_end();
}

static void more_than_256_take_more_ports(void)
{
	struct radius_server s = usual;

	s.requests = 600;
	pool_start(&s, 1);
	for (unsigned i = 0; i < 601; i++)
		pool_ask();
	CU_ASSERT_EQUAL(n_sent, 600);
	for (unsigned i = 0; i < 600; i++) {
		CU_ASSERT_EQUAL(sent[i].port, i / 256);
		CU_ASSERT_EQUAL(sent[i].octets[1], i % 256);
	}
	pool_answer(599, RADIUS_ACCESS_ACCEPT);
	CU_ASSERT_EQUAL(n_sent, 601);
	CU_ASSERT_EQUAL(sent[600].port, 2);
	pool_end();
}

static void pool_ask_once_more(void)
{
	on_done = NULL;
	pool_ask();
}

static void who_is_told_may_ask(void)
{
	struct radius_server s = usual;

	s.requests = 1;
	pool_start(&s, 1);
	on_done = pool_ask_once_more;
	pool_ask();
	pool_answer(0, RADIUS_ACCESS_CHALLENGE);
	CU_ASSERT_EQUAL(n_sent, 2);
	pool_answer(1, RADIUS_ACCESS_ACCEPT);
	CU_ASSERT_EQUAL(n_done, 2);
	pool_end();
}

static void each_server_has_its_own_secret(void)
{
	struct radius_server s[2] = {usual, usual};
	uint8_t want[16];
	struct radius_question q = {.code = RADIUS_ACCESS_REQUEST,
				    .attrs = nemo,
				    .len = sizeof(nemo),
				    .password = (const uint8_t *)"arctangent",
				    .password_len = 10};

	/* MD5("another" and the authenticator 02 00...) over the password, by Python's hashlib */
	test_hex(want, sizeof(want), "a2a233cd6232ef6b13b45f3534c8c29b");
	s[1].secret = "another";
	pool_start(s, 2);
	next_random = 0;
	radius_ask(pool, &q, pool_on_done, &pool, now);
	pool_until(now + 3 * SEC);
	CU_ASSERT_EQUAL(sent[3].server, 1);
	CU_ASSERT_EQUAL(sent[3].octets[4], 2);
	ASSERT_OCTETS(sent[3].octets + 46, 16, want, 16);
	pool_answer_with(3, RADIUS_ACCESS_ACCEPT, "another");
	CU_ASSERT_EQUAL(server_done, 1);
	pool_end();
}

static void a_pool_of_servers_needs_memory(void)
{
	struct radius_server s[2] = {usual, usual};

	for (unsigned skip = 0; skip < 5; skip++) {
		heap_refuse(skip);
		CU_ASSERT_PTR_NULL(radius_pool_new(s, 2, &ops, NULL));
		CU_ASSERT_TRUE(heap_refused());
	}
	pool_start(s, 2);
	heap_refuse(0);
	CU_ASSERT_PTR_NULL(pool_ask());
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(n_sent, 0);
	pool_end();
}

static const struct test_case cases[] = {
	{"a_conversation_stays_at_its_server", a_conversation_stays_at_its_server},
	{"an_answer_ends_the_request", an_answer_ends_the_request},
	{"every_code_of_access_is_an_answer", every_code_of_access_is_an_answer},
	{"what_is_not_proved_is_dropped", what_is_not_proved_is_dropped},
	{"a_request_is_sent_again_as_it_was", a_request_is_sent_again_as_it_was},
	{"a_cancelled_request_is_gone", a_cancelled_request_is_gone},
	{"a_dead_server_is_tried_after_its_time", a_dead_server_is_tried_after_its_time},
	{"an_answer_between_starts_the_count_again", an_answer_between_starts_the_count_again},
	{"rfc5997_a_dead_server_is_asked_for_its_status",
	 rfc5997_a_dead_server_is_asked_for_its_status},
	{"rfc5997_6_examples", rfc5997_6_examples},
	{"rfc5997_4_1_what_answers_status", rfc5997_4_1_what_answers_status},
	{"any_answer_says_that_it_is_there", any_answer_says_that_it_is_there},
	{"no_request_goes_to_one_that_is_dead", no_request_goes_to_one_that_is_dead},
	{"what_waits_goes_to_one_that_is_back", what_waits_goes_to_one_that_is_back},
	{"weights_share_requests", weights_share_requests},
	{"the_next_server_is_asked_and_the_backup_last",
	 the_next_server_is_asked_and_the_backup_last},
	{"a_backup_serves_when_the_others_do_not", a_backup_serves_when_the_others_do_not},
	{"those_over_the_limit_wait_in_order", those_over_the_limit_wait_in_order},
	{"the_queue_ends_when_servers_are_dead", the_queue_ends_when_servers_are_dead},
	{"more_than_256_take_more_ports", more_than_256_take_more_ports},
	{"who_is_told_may_ask", who_is_told_may_ask},
	{"each_server_has_its_own_secret", each_server_has_its_own_secret},
	{"a_pool_of_servers_needs_memory", a_pool_of_servers_needs_memory},
	{NULL, NULL},
};
const struct test_suite suite_radius_pool = {"radius_pool", cases};
