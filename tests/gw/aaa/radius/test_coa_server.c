/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may ask for changes, how often, and what a request must prove. */
#include "gw/aaa/radius/coa_server.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <stdlib.h>

#define SEC  UINT64_C(1000000)
#define WALL UINT64_C(1704067200)

static const struct coa_client clients[] = {
	{.address = {[10] = 0xff, 0xff, 192, 0, 2, 1},
	 .secret = "first",
	 .need_proof = true,
	 .need_stamp = true,
	 .rate = 50},
	{.address = {0x20, 1, 0xd, 0xb8, [15] = 1}, .secret = "second", .rate = 10},
};
static const struct coa_source strict = {.address = {[10] = 0xff, 0xff, 192, 0, 2, 1},
					 .port = 4000},
			       loose = {.address = {0x20, 1, 0xd, 0xb8, [15] = 1}, .port = 4000};

static struct coa_server *server;
static uint8_t request[RADIUS_MAX], answer[RADIUS_MAX], first[RADIUS_MAX];
static size_t request_len;
static unsigned done, told, dropped;
static enum coa_drop dropped_why;
static uint32_t dropped_client;
static enum radius_refusal refuse;
static uint64_t now;

static enum radius_refusal server_on_change(void *ctx, unsigned client,
					    const struct radius_coa *what, uint64_t at)
{
	(void)ctx;
	CU_ASSERT_TRUE(client < 11 && what->has & COA_USER && at == now);
	done++;
	return refuse;
}

static void server_on_answered(void *ctx, unsigned client, const struct radius_coa *what,
			       enum radius_refusal r, uint64_t at)
{
	(void)ctx;
	(void)client;
	(void)what;
	(void)at;
	told += r == refuse;
}

static void server_on_dropped(void *ctx, unsigned client, const struct coa_source *from,
			      enum coa_drop why, uint64_t at)
{
	(void)ctx;
	(void)from;
	(void)at;
	dropped++;
	dropped_why = why;
	dropped_client = client;
}

/* What the owner keeps. */
enum { KEPT = 70000 };
static struct {
	bool there;
	uint8_t rec[COA_RECORD];
} kept[KEPT];
static unsigned keeps;

static void server_on_keep(void *ctx, uint64_t key, const uint8_t rec[COA_RECORD])
{
	(void)ctx;
	CU_ASSERT_TRUE_FATAL(key < KEPT && !kept[key].there);
	kept[key].there = true;
	memcpy(kept[key].rec, rec, COA_RECORD);
	keeps++;
}

static void server_on_drop(void *ctx, uint64_t key)
{
	(void)ctx;
	keeps -= key < KEPT && kept[key].there;
	if (key < KEPT)
		kept[key].there = false;
}

static const struct coa_ops ops = {server_on_change, server_on_answered, server_on_dropped,
				   server_on_keep, server_on_drop};

static void server_begin(void)
{
	memset(kept, 0, sizeof(kept));
	keeps = 0;
	done = told = dropped = 0;
	refuse = RADIUS_DONE;
	now = 10 * SEC;
	server = coa_server_new(clients, 2, 7, &ops, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(server);
}

/* Received is what has become of all. */
static void server_end(void)
{
	for (unsigned i = 0; i < 3; i++) {
		const struct coa_counters *n = coa_server_count(server, i < 2 ? i : COA_NOBODY);
		uint64_t all = n->disconnects + n->changes + n->repeated;

		for (unsigned k = 0; k < RADIUS_REFUSALS; k++)
			all += n->refused[k];
		for (unsigned k = 0; k < COA_DROP_COUNT; k++)
			all += n->drop[k];
		CU_ASSERT_EQUAL(n->received, all);
	}
	CU_ASSERT_PTR_NULL(coa_server_count(server, 2));
	coa_server_free(server);
}

enum { WITH_PROOF = 1, WITH_STAMP = 2 };

/* A Disconnect-Request for ann. */
static void ask(uint8_t id, unsigned with, uint64_t stamp, const char *secret)
{
	struct radius_writer b;

	radius_begin(&b, request, sizeof(request), RADIUS_DISCONNECT_REQUEST, id, NULL);
	if (!(with & WITH_PROOF)) {
		b.w.len = RADIUS_HEAD;
		b.proof = 0;
	}
	radius_put_text(&b, RADIUS_USER_NAME, "ann");
	if (with & WITH_STAMP)
		radius_put_u32(&b, RADIUS_EVENT_TIMESTAMP, (uint32_t)stamp);
	request_len = radius_end(&b, secret, strlen(secret));
}

static size_t send_from(const struct coa_source *from)
{
	return coa_server_rx(server, from, request, request_len, now, WALL, answer);
}

static void answered(const struct coa_source *from, enum radius_code code)
{
	CU_ASSERT_TRUE(send_from(from) >= RADIUS_HEAD);
	CU_ASSERT_EQUAL(answer[0], code);
	CU_ASSERT_EQUAL(answer[1], request[1]);
}

static void not_answered(const struct coa_source *from, enum coa_drop why)
{
	unsigned before = dropped;

	CU_ASSERT_EQUAL(send_from(from), 0);
	CU_ASSERT_EQUAL(dropped, before + 1);
	CU_ASSERT_EQUAL(dropped_why, why);
}

static void what_a_request_must_prove(void)
{
	struct coa_source other = strict;

	server_begin();
	ask(1, WITH_PROOF | WITH_STAMP, WALL, "first");
	answered(&strict, RADIUS_DISCONNECT_ACK);
	other.address[15] = 2;
	not_answered(&other, COA_D_UNKNOWN);
	CU_ASSERT_EQUAL(dropped_client, COA_NOBODY);
	ask(2, WITH_PROOF | WITH_STAMP, WALL, "second");
	not_answered(&strict, COA_D_FORGED);
	CU_ASSERT_EQUAL(dropped_client, 0);
	ask(2, WITH_STAMP, WALL, "first");
	not_answered(&strict, COA_D_UNPROVED);
	ask(2, WITH_PROOF, WALL, "first");
	not_answered(&strict, COA_D_UNDATED);
	ask(2, WITH_PROOF | WITH_STAMP, WALL, "first");
	request[0] = RADIUS_ACCOUNTING_REQUEST;
	not_answered(&strict, COA_D_CODE);
	request[3] = 19;
	not_answered(&strict, COA_D_MALFORMED);
	CU_ASSERT_EQUAL(done, 1);
	/* whose client may leave them out */
	ask(3, 0, 0, "second");
	answered(&loose, RADIUS_DISCONNECT_ACK);
	CU_ASSERT_EQUAL(done, 2);
	CU_ASSERT_EQUAL(coa_server_count(server, 0)->disconnects, 1);
	CU_ASSERT_EQUAL(coa_server_count(server, 1)->disconnects, 1);
	server_end();
}

/* One that is there must be of now, also where it may be left out (RFC 5176 6.3). */
static void a_stamp_is_of_now(void)
{
	server_begin();
	ask(1, WITH_PROOF | WITH_STAMP, WALL - 300, "first");
	answered(&strict, RADIUS_DISCONNECT_ACK);
	ask(2, WITH_PROOF | WITH_STAMP, WALL - 301, "first");
	not_answered(&strict, COA_D_STALE);
	ask(3, WITH_PROOF | WITH_STAMP, WALL + 300, "first");
	answered(&strict, RADIUS_DISCONNECT_ACK);
	ask(4, WITH_PROOF | WITH_STAMP, WALL + 301, "first");
	not_answered(&strict, COA_D_STALE);
	ask(5, WITH_STAMP, WALL - 301, "second");
	not_answered(&loose, COA_D_STALE);
	server_end();
}

/* The octets of that answer, which `first` has; what comes next is done. */
static size_t first_is_refused(void)
{
	size_t len;

	refuse = RADIUS_R_NOT_FOUND;
	ask(1, WITH_PROOF | WITH_STAMP, WALL, "first");
	len = send_from(&strict);
	memcpy(first, answer, sizeof(first));
	refuse = RADIUS_DONE;
	return len;
}

static void the_same_again_gets_the_same_answer(void)
{
	struct coa_source other = strict;
	size_t len;

	server_begin();
	len = first_is_refused();
	now += 599 * SEC;
	CU_ASSERT_EQUAL(send_from(&strict), len);
	ASSERT_OCTETS(answer, len, first, len);
	CU_ASSERT_EQUAL(done, 1);
	CU_ASSERT_EQUAL(told, 1);
	CU_ASSERT_EQUAL(coa_server_count(server, 0)->repeated, 1);
	/* another port, another authenticator, and the same when nobody knows of it any more */
	other.port++;
	answered(&other, RADIUS_DISCONNECT_ACK);
	CU_ASSERT_EQUAL(done, 2);
	ask(1, WITH_PROOF | WITH_STAMP, WALL - 1, "first");
	answered(&strict, RADIUS_DISCONNECT_ACK);
	CU_ASSERT_EQUAL(done, 3);
	ask(1, WITH_PROOF | WITH_STAMP, WALL, "first");
	answered(&strict, RADIUS_DISCONNECT_NAK);
	CU_ASSERT_EQUAL(done, 3);
	now += 1 * SEC;
	answered(&strict, RADIUS_DISCONNECT_ACK);
	CU_ASSERT_EQUAL(done, 4);
	server_end();
}

static unsigned served_at_once(const struct coa_source *from, const char *secret, uint64_t stamp)
{
	unsigned n = 0;

	for (unsigned i = 0; i < 300; i++) {
		ask((uint8_t)i, WITH_PROOF | WITH_STAMP, stamp - i / 256, secret);
		n += send_from(from) != 0;
	}
	return n;
}

static void so_many_in_a_second(void)
{
	server_begin();
	CU_ASSERT_EQUAL(served_at_once(&strict, "first", WALL), 50);
	CU_ASSERT_EQUAL(dropped_why, COA_D_LIMIT);
	CU_ASSERT_EQUAL(served_at_once(&loose, "second", WALL), 10);
	now += SEC / 2;
	CU_ASSERT_EQUAL(served_at_once(&strict, "first", WALL - 10), 25);
	now += 2 * SEC; /* no more than a second's worth */
	CU_ASSERT_EQUAL(served_at_once(&strict, "first", WALL - 20), 50);
	server_end();
}

/* Nor do forged ones use up what is allowed. */
static void forged_ones_count_for_no_limit(void)
{
	server_begin();
	CU_ASSERT_EQUAL(served_at_once(&strict, "guess", WALL), 0);
	CU_ASSERT_EQUAL(served_at_once(&strict, "first", WALL), 50);
	server_end();
}

/* All that is remembered fits: a hundred a second, for as long as stamps are believed. */
static void all_that_is_answered_is_remembered(void)
{
	struct coa_source from = loose;
	struct coa_client many[11];
	unsigned served = 0;

	memset(kept, 0, sizeof(kept));
	keeps = 0;
	refuse = RADIUS_DONE;
	now = 10 * SEC;
	for (unsigned i = 0; i < 11; i++) {
		many[i] = clients[1];
		many[i].address[15] = (uint8_t)i;
	}
	server = coa_server_new(many, 11, 7, &ops, NULL);
	for (unsigned second = 0; second < 700; second++, now += SEC)
		for (unsigned i = 0; i < 110; i++) {
			from.address[15] = (uint8_t)(i % 11);
			from.port = (uint16_t)second;
			ask((uint8_t)i, 0, 0, "second");
			served += send_from(&from) != 0;
			CU_ASSERT_EQUAL(keeps, served < COA_KEPT ? served : COA_KEPT);
		}
	CU_ASSERT_EQUAL(served, 70000);
	from.address[15] = 0;
	from.port = 101;
	ask(0, 0, 0, "second");
	CU_ASSERT_TRUE(send_from(&from) != 0);
	CU_ASSERT_EQUAL(coa_server_count(server, 0)->repeated, 1);
	/* and of that the newest are kept */
	CU_ASSERT_EQUAL(keeps, COA_KEPT);
	for (unsigned i = 0; i < KEPT; i++)
		CU_ASSERT_EQUAL(kept[i].there, i >= 70000 - COA_KEPT);
	coa_server_free(server);
}

/* Another process, with all that is kept, the newest first. */
static void server_lives_again(void)
{
	coa_server_free(server);
	server = coa_server_new(clients, 2, 8, &ops, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(server);
	for (unsigned i = KEPT; i--;)
		if (kept[i].there)
			coa_server_recall(server, i, kept[i].rec, COA_RECORD, now);
	coa_server_recalled(server);
}

/* RFC 5176 2.3: a repeated request is answered again, and not carried out; whoever answers. */
static void answers_outlive_the_process(void)
{
	size_t len;

	server_begin();
	len = first_is_refused();
	now += 100 * SEC;
	ask(2, WITH_PROOF | WITH_STAMP, WALL, "first");
	answered(&strict, RADIUS_DISCONNECT_ACK);
	CU_ASSERT_EQUAL(done, 2);
	for (unsigned life = 0; life < 2; life++) {
		now += 249 * SEC;
		server_lives_again();
		ask(1, WITH_PROOF | WITH_STAMP, WALL, "first");
		CU_ASSERT_EQUAL(send_from(&strict), len);
		ASSERT_OCTETS(answer, len, first, len);
		CU_ASSERT_EQUAL(done, 2);
		CU_ASSERT_EQUAL(keeps, 2);
	}
	now += 2 * SEC; /* 600 after the first */
	answered(&strict, RADIUS_DISCONNECT_ACK);
	CU_ASSERT_EQUAL(done, 3);
	CU_ASSERT_EQUAL(keeps, 2);
	ask(2, WITH_PROOF | WITH_STAMP, WALL, "first");
	answered(&strict, RADIUS_DISCONNECT_ACK);
	CU_ASSERT_EQUAL(done, 3);
	server_end();
}

/* Records that no process has written, or that are over, are none. */
static void what_is_kept_is_read_as_hostile(void)
{
	uint8_t good[COA_RECORD], rec[COA_RECORD];
	struct wr when = wr_init(rec, sizeof(rec));

	server_begin();
	now += 1000 * SEC;
	ask(1, WITH_PROOF | WITH_STAMP, WALL, "first");
	answered(&strict, RADIUS_DISCONNECT_ACK);
	memcpy(good, kept[0].rec, sizeof(good));
	for (unsigned row = 0; row < COA_RECORD + 4; row++) {
		memcpy(rec, good, sizeof(rec));
		when.len = 0;
		if (row == COA_RECORD)
			rec[27] = RADIUS_REFUSALS;
		else if (row == COA_RECORD + 1)
			wr_u64(&when, now + 1);
		else if (row == COA_RECORD + 2)
			wr_u64(&when, now - 600 * SEC);
		coa_server_free(server);
		server = coa_server_new(clients, 2, 8, &ops, NULL);
		memset(kept, 0, sizeof(kept));
		kept[5].there = true;
		keeps = 1;
		coa_server_recall(server, 5, rec, row < COA_RECORD ? row : COA_RECORD, now);
		coa_server_recalled(server);
		CU_ASSERT_EQUAL(kept[5].there, row == COA_RECORD + 3);
		done = 0;
		answered(&strict, RADIUS_DISCONNECT_ACK);
		CU_ASSERT_EQUAL(done, row != COA_RECORD + 3);
		CU_ASSERT_EQUAL(keeps, 1);
	}
	server_end();
}

static void server_without_memory(void)
{
	for (unsigned i = 0; i < 3; i++) {
		heap_refuse(i);
		CU_ASSERT_PTR_NULL(coa_server_new(clients, 2, 7, &ops, NULL));
		CU_ASSERT_TRUE(heap_refused());
	}
}

static const struct test_case cases[] = {
	{"what_a_request_must_prove", what_a_request_must_prove},
	{"a_stamp_is_of_now", a_stamp_is_of_now},
	{"the_same_again_gets_the_same_answer", the_same_again_gets_the_same_answer},
	{"so_many_in_a_second", so_many_in_a_second},
	{"forged_ones_count_for_no_limit", forged_ones_count_for_no_limit},
	{"all_that_is_answered_is_remembered", all_that_is_answered_is_remembered},
	{"answers_outlive_the_process", answers_outlive_the_process},
	{"what_is_kept_is_read_as_hostile", what_is_kept_is_read_as_hostile},
	{"server_without_memory", server_without_memory},
	{NULL, NULL},
};
const struct test_suite suite_coa_server = {"coa_server", cases};
