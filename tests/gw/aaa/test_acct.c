/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accounting with a server that is a socket of the test's, a spool in memory and a clock that the
 * test moves.  What the owner keeps is there twice: as it is now, and as it was when it was last
 * valid, which is what the next life has after a kill.
 */
#define _GNU_SOURCE
#include "gw/aaa/aaa.h"
#include "gw/aaa/acct_file.h"
#include "tests/gw/bench.h"
#include "tests/gw/radius_far.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <osmocom/core/select.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECRET "0123456789abcdef"
#define HEARD  4096u
#define KEPT   512u
#define WALL   UINT64_C(1700000000)

struct acct_kept_one {
	enum acct_kept kind;
	uint64_t key;
	size_t len; /* 0 = there is none */
	uint8_t rec[ACCT_KEPT_MAX];
};

static struct {
	struct loop *loop;
	struct acct *acct;
	struct cfg_radius_server server;
	struct cfg_radius radius;
	int socket, disk[ACCT_FILES];
	bool answers, no_disk;
	struct acct_kept_one kept[KEPT], valid[KEPT];
	struct acct_now now; /* of every log-in */
} at;

/* --- the server -------------------------------------------------------------------------------- */

struct acct_heard {
	uint8_t id, auth[RADIUS_AUTH];
	struct radius_far_record r;
};
static struct acct_heard heard[HEARD];
static unsigned heards, statuses;

/* All packets that have come; how many. */
static unsigned acct_hear(void)
{
	static struct radius_far_got got;
	unsigned before = heards;

	while (radius_far_take(at.socket, &got)) {
		struct acct_heard *h = &heard[heards];

		CU_ASSERT_TRUE_FATAL(heards < HEARD - 1);
		if (got.packet.code == RADIUS_STATUS_SERVER) {
			statuses++;
			if (at.answers)
				radius_far_answer(at.socket, &got, RADIUS_ACCOUNTING_RESPONSE, "",
						  SECRET);
			continue;
		}
		CU_ASSERT_EQUAL(got.packet.code, RADIUS_ACCOUNTING_REQUEST);
		CU_ASSERT_NOT_EQUAL(radius_prove_request(&got.packet, SECRET, strlen(SECRET)),
				    RADIUS_FORGED);
		h->id = got.packet.id;
		memcpy(h->auth, got.octets + 4, RADIUS_AUTH);
		radius_far_read(&h->r, &got.packet);
		heards++;
		if (at.answers)
			radius_far_answer(at.socket, &got, RADIUS_ACCOUNTING_RESPONSE, "", SECRET);
	}
	return heards - before;
}

/* --- the owner --------------------------------------------------------------------------------- */

static uint64_t acct_wall(void)
{
	return WALL + clock_us / SEC;
}

static int acct_open_file(void *ctx, const char *path, unsigned which)
{
	(void)ctx;
	CU_ASSERT_STRING_EQUAL(path, "/spool/isp");
	return at.no_disk ? -ENOENT : dup(at.disk[which]);
}

static struct acct_kept_one *acct_find_kept(enum acct_kept kind, uint64_t key)
{
	struct acct_kept_one *empty = NULL;

	for (unsigned i = 0; i < KEPT; i++) {
		if (at.kept[i].len && at.kept[i].kind == kind && at.kept[i].key == key)
			return &at.kept[i];
		empty = at.kept[i].len ? empty : &at.kept[i];
	}
	CU_ASSERT_PTR_NOT_NULL_FATAL(empty);
	*empty = (struct acct_kept_one){.kind = kind, .key = key};
	return empty;
}

static void acct_on_keep(void *ctx, enum acct_kept kind, uint64_t key, const uint8_t *rec,
			 size_t len)
{
	struct acct_kept_one *k = acct_find_kept(kind, key);

	(void)ctx;
	CU_ASSERT_TRUE_FATAL(len && len <= sizeof(k->rec));
	k->len = len;
	memcpy(k->rec, rec, len);
}

static void acct_on_drop(void *ctx, enum acct_kept kind, uint64_t key)
{
	(void)ctx;
	acct_find_kept(kind, key)->len = 0;
}

static const struct acct_ops acct_test_ops = {acct_wall, acct_open_file, acct_on_keep,
					      acct_on_drop};

static unsigned acct_keeps(enum acct_kept kind)
{
	unsigned n = 0;

	for (unsigned i = 0; i < KEPT; i++)
		n += at.kept[i].len && at.kept[i].kind == kind;
	return n;
}

static void acct_on_ask(void *ctx, uint64_t tag, struct acct_now *out)
{
	(void)ctx;
	(void)tag;
	*out = at.now;
}

static void acct_life(void)
{
	at.acct = acct_new(at.loop, &at.radius, 1, &acct_test_ops, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(at.acct);
	for (unsigned n = 0; n < ACCT_KEPTS * KEPT; n++) {
		const struct acct_kept_one *k = &at.kept[n % KEPT];

		if (k->len && k->kind == (enum acct_kept)(n / KEPT))
			acct_recall(at.acct, k->kind, k->key, k->rec, k->len, clock_us);
	}
	acct_begin(at.acct);
}

static void acct_publish(void)
{
	memcpy(at.valid, at.kept, sizeof(at.kept));
}

/* A whole turn; the server's answers are taken in the next one. */
static void acct_turn(void)
{
	for (unsigned i = 0; i < 3; i++) {
		acct_publish();
		acct_turn_end(at.acct, clock_us);
		acct_hear();
		osmo_select_main(1);
	}
}

/* The process is killed: what was not valid is gone. */
static void acct_kill(void)
{
	acct_stop(at.acct);
	acct_free(at.acct);
	memcpy(at.kept, at.valid, sizeof(at.kept));
}

static void acct_pass_by(uint64_t step, uint64_t seconds)
{
	for (uint64_t end = clock_us + seconds * SEC; clock_us < end;) {
		clock_until(at.loop, clock_us + step * SEC);
		acct_turn();
	}
}

static void acct_pass(uint64_t seconds)
{
	acct_pass_by(1, seconds);
}

static void acct_set_up(bool spool)
{
	uint16_t port;

	memset(&at, 0, sizeof(at));
	heards = statuses = 0;
	clock_us = 5 * SEC;
	at.socket = radius_far_open(&port);
	for (unsigned i = 0; i < ACCT_FILES; i++)
		at.disk[i] = memfd_create("spool", MFD_CLOEXEC);
	at.server = (struct cfg_radius_server){.text = "127.0.0.1",
					       .address = "127.0.0.1",
					       .port = 1,
					       .acct_port = port,
					       .secret = SECRET,
					       .weight = 1,
					       .timeout = SEC,
					       .fail_time = 2 * SEC,
					       .retries = 1,
					       .max_fail = 2,
					       .requests = 256};
	at.radius = (struct cfg_radius){.name = "isp",
					.nas_identifier = "gate",
					.server = &at.server,
					.servers = 1,
					.accounting = true,
					.spool = spool ? "/spool" : NULL,
					.spool_limit = 1 << 20};
	at.answers = true;
	at.loop = loop_new(clock_now);
	acct_life();
}

static void acct_tear_down(void)
{
	acct_stop(at.acct);
	acct_free(at.acct);
	loop_free(at.loop);
	close(at.socket);
	close(at.disk[0]);
	close(at.disk[1]);
}

static struct acct_session *acct_log_in(void)
{
	static const struct acct_said ann = {.remote = true,
					     .user_len = 3,
					     .user = "ann",
					     .classes_len = 5,
					     .classes = {1, 'a', 2, 'b', 'c'}};

	return acct_session_new(at.acct, &at.radius, &ann, acct_on_ask, NULL);
}

static void acct_log_out(struct acct_session *s, enum radius_acct_cause cause)
{
	acct_session_stop(s, cause, clock_us);
	acct_session_free(s);
}

static struct acct_view acct_seen(void)
{
	struct acct_view v;

	CU_ASSERT_TRUE_FATAL(acct_view(at.acct, 0, &v));
	CU_ASSERT_EQUAL(v.made + v.found, v.acknowledged + v.given_up + v.unreadable + v.waiting);
	return v;
}

/* --- one log-in -------------------------------------------------------------------------------- */

/* RFC 2866 section 5; counters begin with the log-in, not with the call. */
static void a_log_in_is_told_from_start_to_stop(void)
{
	struct acct_session *s;
	char id[RADIUS_ACCT_ID];

	acct_set_up(false);
	at.radius.interim = 60 * SEC;
	at.now.counts = (struct radius_acct_counts){.in_octets = 500, .out_octets = 700};
	s = acct_log_in();
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	acct_turn();
	CU_ASSERT_EQUAL(heards, 0);
	acct_session_start(s, clock_us);
	CU_ASSERT_EQUAL(acct_hear(), 0); /* not before it is valid */
	acct_turn();
	CU_ASSERT_EQUAL_FATAL(heards, 1);
	radius_acct_id(id, acct_session_id(s));
	CU_ASSERT_STRING_EQUAL(heard[0].r.session, id);
	CU_ASSERT_EQUAL(heard[0].r.status, 1);
	CU_ASSERT_EQUAL(heard[0].r.when, WALL + 5);
	CU_ASSERT_EQUAL(heard[0].r.delay, 0);
	CU_ASSERT_EQUAL(heard[0].r.classes, 2);
	at.now.counts.in_octets = 1500;
	at.now.counts.out_octets = UINT64_C(0x100000700);
	acct_pass(59);
	CU_ASSERT_EQUAL(heards, 1);
	acct_pass(5);
	CU_ASSERT_EQUAL_FATAL(heards, 2);
	CU_ASSERT_EQUAL(heard[1].r.status, 3);
	CU_ASSERT_EQUAL(heard[1].r.in, 1000);
	CU_ASSERT_TRUE(heard[1].r.seconds >= 60 && heard[1].r.seconds <= 63);
	acct_pass(30);
	acct_log_out(s, RADIUS_CAUSE_LOST_CARRIER);
	acct_turn();
	CU_ASSERT_EQUAL_FATAL(heards, 3);
	CU_ASSERT_EQUAL(heard[2].r.status, 2);
	CU_ASSERT_STRING_EQUAL(heard[2].r.session, id);
	CU_ASSERT_EQUAL(heard[2].r.cause, 2);
	CU_ASSERT_EQUAL(heard[2].r.seconds, 94);
	CU_ASSERT_EQUAL(heard[2].r.out, 0x700 - 700);
	CU_ASSERT_EQUAL(acct_seen().acknowledged, 3);
	CU_ASSERT_EQUAL(acct_keeps(ACCT_KEPT_SESSION), 0);
	CU_ASSERT_EQUAL(acct_keeps(ACCT_KEPT_RECORD), 0);
	acct_tear_down();
}

/* The data plane begins again from nothing. */
static void counters_never_go_back(void)
{
	static const uint64_t raw[] = {100, 400, 50, 0, 70, 10};
	static const uint64_t want[] = {0, 300, 350, 350, 370, 380};
	struct acct_session *s;

	acct_set_up(false);
	at.radius.interim = 60 * SEC;
	at.now.counts.in_octets = raw[0];
	s = acct_log_in();
	acct_session_start(s, clock_us);
	acct_turn();
	for (unsigned i = 1; i < 6; i++) {
		at.now.counts.in_octets = raw[i];
		acct_pass(60 + (i == 1 ? 3 : 0));
		CU_ASSERT_EQUAL_FATAL(heards, i + 1);
		CU_ASSERT_EQUAL(heard[i].r.in, want[i]);
	}
	acct_session_free(s);
	acct_tear_down();
}

static void what_becomes_known_is_told_at_once(void)
{
	struct acct_session *s;

	acct_set_up(false);
	s = acct_log_in();
	acct_session_changed(s, clock_us);
	acct_session_start(s, clock_us);
	acct_session_changed(s, clock_us);
	acct_turn();
	CU_ASSERT_EQUAL(heards, 1);
	at.now.facts.address4 = 0x0a000001;
	acct_session_changed(s, clock_us);
	acct_turn();
	CU_ASSERT_EQUAL_FATAL(heards, 2);
	CU_ASSERT_EQUAL(heard[1].r.status, 3);
	acct_session_changed(s, clock_us);
	acct_turn();
	CU_ASSERT_EQUAL(heards, 2);
	acct_kill(); /* and the next life knows it too */
	acct_life();
	acct_resumed(at.acct, clock_us);
	acct_turn();
	CU_ASSERT_EQUAL_FATAL(heards, 3);
	CU_ASSERT_EQUAL(heard[2].r.status, 2);
	CU_ASSERT_EQUAL(heard[2].r.address4, 0x0a000001);
	acct_tear_down();
}

/* RFC 2869 5.16: a server's interval counts, and never less than a minute. */
static void the_servers_interval_counts(void)
{
	struct acct_said said = {.interim = 7};
	struct acct_session *s;

	acct_set_up(false);
	at.radius.interim = 600 * SEC;
	s = acct_session_new(at.acct, &at.radius, &said, acct_on_ask, NULL);
	acct_session_start(s, clock_us);
	acct_pass(59);
	CU_ASSERT_EQUAL(heards, 1);
	acct_pass(4);
	CU_ASSERT_EQUAL(heards, 2);
	acct_session_free(s);
	at.radius.accounting = false;
	acct_tear_down();
}

/* --- servers ----------------------------------------------------------------------------------- */

/* RFC 2866 5.2 and RFC 5080 2.2.1: a repeat has the same octets, a later try another delay and the
 * same time of the event. */
static void without_an_answer_it_is_sent_again(void)
{
	struct acct_session *s;

	acct_set_up(false);
	at.answers = false;
	s = acct_log_in();
	acct_session_start(s, clock_us);
	acct_turn();
	CU_ASSERT_EQUAL_FATAL(heards, 1);
	acct_pass(2);
	CU_ASSERT_EQUAL_FATAL(heards, 2);
	ASSERT_OCTETS(heard[1].auth, RADIUS_AUTH, heard[0].auth, RADIUS_AUTH);
	CU_ASSERT_EQUAL(heard[1].id, heard[0].id);
	acct_pass(10);
	CU_ASSERT_TRUE_FATAL(heards >= 3);
	CU_ASSERT_TRUE(heard[2].r.delay >= 2);
	CU_ASSERT_EQUAL(heard[2].r.when, heard[0].r.when);
	CU_ASSERT_EQUAL(acct_seen().waiting, 1);
	at.answers = true;
	acct_pass(60);
	CU_ASSERT_EQUAL(acct_seen().acknowledged, 1);
	CU_ASSERT_EQUAL(acct_seen().waiting, 0);
	acct_session_free(s);
	acct_tear_down();
}

static void while_no_server_answers_one_at_a_time_is_tried(void)
{
	struct acct_session *s[40];
	unsigned before;

	acct_set_up(true);
	at.answers = false;
	for (unsigned i = 0; i < 40; i++) {
		s[i] = acct_log_in();
		acct_session_start(s[i], clock_us);
	}
	acct_turn();
	CU_ASSERT_EQUAL(heards, 40);
	acct_pass(20);
	before = heards;
	acct_pass(60);
	CU_ASSERT_TRUE(heards > before && heards < before + 20);
	CU_ASSERT_FALSE(acct_is_busy(at.acct));
	at.answers = true;
	acct_pass(60);
	CU_ASSERT_EQUAL(acct_seen().acknowledged, 40);
	for (unsigned i = 0; i < 40; i++)
		acct_session_free(s[i]);
	acct_tear_down();
}

/* RFC 5997 4.3: a dead server hears of nothing but Status-Server, and of all when it answers. */
static void one_that_answers_status_hears_at_once(void)
{
	struct aaa_server_view v;
	struct acct_session *s;
	unsigned before;

	acct_set_up(false);
	acct_tear_down();
	at.server.status_server = true;
	at.socket = radius_far_open(&at.server.acct_port);
	at.loop = loop_new(clock_now);
	acct_life();
	at.answers = false;
	s = acct_log_in();
	acct_session_start(s, clock_us);
	acct_pass(15);
	CU_ASSERT_TRUE_FATAL(acct_server(at.acct, 0, &v) && !v.alive);
	before = heards;
	acct_pass(60); /* the time between two tries is 30 s then */
	CU_ASSERT_EQUAL(heards, before);
	CU_ASSERT_TRUE(statuses > 20);
	at.answers = true;
	acct_pass(3);
	CU_ASSERT_EQUAL(heards, before + 1);
	CU_ASSERT_EQUAL(acct_seen().waiting, 0);
	CU_ASSERT_TRUE(acct_server(at.acct, 0, &v) && v.alive);
	CU_ASSERT_EQUAL(v.probes, statuses);
	CU_ASSERT_EQUAL(v.probes_answered, 1);
	acct_session_free(s);
	acct_tear_down();
}

static void too_many_are_given_up(void)
{
	struct acct_session *s;
	struct acct_view v;

	acct_set_up(true);
	at.radius.spool_limit = 65536;
	at.radius.interim = 60 * SEC;
	at.answers = false;
	s = acct_log_in();
	acct_session_start(s, clock_us);
	acct_pass_by(60, 16 * 3600);
	acct_session_stop(s, RADIUS_CAUSE_USER_REQUEST, clock_us);
	acct_turn();
	v = acct_seen();
	CU_ASSERT_TRUE(v.made >= 16 * 60 && v.made <= 2 + 16 * 60);
	CU_ASSERT_TRUE(v.given_up > 100 && v.octets <= 65536 && v.octets > 65000);
	heards = 0;
	at.answers = true;
	acct_pass(600);
	CU_ASSERT_EQUAL_FATAL(acct_seen().waiting, 0);
	CU_ASSERT_EQUAL(heard[heards - 1].r.status, 2);
	/* Its Start is the oldest of all, and is there. */
	CU_ASSERT_EQUAL(heard[0].r.status, 1);
	acct_session_free(s);
	acct_tear_down();
}

/* --- lives ------------------------------------------------------------------------------------- */

/* Each way to be killed: before what is new is valid, before it is written, written, sent. */
static void acct_killed(unsigned how)
{
	if (how > 0)
		acct_publish();
	if (how > 1)
		acct_turn_end(at.acct, clock_us);
	if (how > 2)
		acct_publish();
	acct_kill();
}

static void acct_lives(bool spool, unsigned how)
{
	struct acct_session *s;
	uint64_t id;

	acct_set_up(spool);
	at.radius.interim = 600 * SEC;
	at.answers = false; /* of those that are sent before the kill */
	s = acct_log_in();
	id = acct_session_id(s);
	acct_session_start(s, clock_us);
	acct_killed(how);
	while (acct_hear())
		continue;
	heards = 0;
	at.answers = true;
	acct_life();
	s = acct_session_claim(at.acct, id, acct_on_ask, NULL);
	CU_ASSERT_EQUAL_FATAL(!s, how == 0);
	acct_resumed(at.acct, clock_us);
	acct_turn();
	CU_ASSERT_EQUAL_FATAL(heards, how > 0);
	if (s) {
		CU_ASSERT_EQUAL(acct_session_id(s), id);
		CU_ASSERT_EQUAL(heard[0].r.status, 1);
		clock_us += 7 * SEC;
		at.now.counts.in_octets = 9;
		acct_log_out(s, RADIUS_CAUSE_USER_REQUEST);
		at.answers = false;
		acct_killed(how);
		while (acct_hear())
			continue;
		heards = 0;
		at.answers = true;
		acct_life();
		acct_resumed(at.acct, clock_us);
		acct_turn();
		CU_ASSERT_EQUAL_FATAL(heards, 1);
		CU_ASSERT_EQUAL(heard[0].r.status, 2);
		CU_ASSERT_EQUAL(heard[0].r.seconds, 7);
		CU_ASSERT_EQUAL(heard[0].r.in, 9);
		CU_ASSERT_EQUAL(heard[0].r.classes, 2);
	}
	CU_ASSERT_EQUAL(acct_keeps(ACCT_KEPT_SESSION), 0);
	CU_ASSERT_EQUAL(acct_keeps(ACCT_KEPT_RECORD), 0);
	CU_ASSERT_EQUAL(acct_seen().waiting, 0);
	acct_tear_down();
}

static void each_record_outlives_the_process(void)
{
	for (unsigned how = 0; how < 4; how++) {
		acct_lives(true, how);
		acct_lives(false, how);
	}
}

static void a_log_in_that_nobody_goes_on_with_has_ended(void)
{
	struct acct_session *s;

	acct_set_up(true);
	s = acct_log_in();
	acct_log_in(); /* one that has not begun is not told */
	acct_session_start(s, clock_us);
	acct_turn();
	acct_kill();
	clock_us += 9 * SEC;
	acct_life();
	acct_resumed(at.acct, clock_us);
	acct_turn();
	CU_ASSERT_EQUAL_FATAL(heards, 2);
	CU_ASSERT_EQUAL(heard[1].r.status, 2);
	CU_ASSERT_EQUAL(heard[1].r.seconds, 9);
	CU_ASSERT_EQUAL(heard[1].r.cause, RADIUS_CAUSE_NAS_ERROR);
	CU_ASSERT_STRING_EQUAL(heard[1].r.session, heard[0].r.session);
	CU_ASSERT_EQUAL(acct_keeps(ACCT_KEPT_SESSION), 0);
	acct_tear_down();
}

/* RFC 2866 5.1: On when the gateway starts from nothing, Off when it ends; not when its process
 * has died. */
static void the_gateway_starts_and_ends(void)
{
	struct acct_session *s;

	acct_set_up(true);
	acct_kill();
	memset(at.kept, 0, sizeof(at.kept));
	at.radius.accounting_on = true;
	acct_life();
	acct_turn();
	CU_ASSERT_EQUAL_FATAL(heards, 1);
	CU_ASSERT_EQUAL(heard[0].r.status, 7);
	acct_kill();
	acct_life();
	acct_turn();
	CU_ASSERT_EQUAL(heards, 1);
	s = acct_log_in();
	acct_session_start(s, clock_us);
	acct_turn();
	acct_end(at.acct, clock_us);
	CU_ASSERT_TRUE(acct_is_busy(at.acct));
	acct_turn();
	CU_ASSERT_FALSE(acct_is_busy(at.acct));
	CU_ASSERT_EQUAL_FATAL(heards, 4);
	CU_ASSERT_EQUAL(heard[2].r.status, 2);
	CU_ASSERT_EQUAL(heard[2].r.cause, RADIUS_CAUSE_ADMIN_REBOOT);
	CU_ASSERT_EQUAL(heard[3].r.status, 8);
	acct_session_stop(s, RADIUS_CAUSE_USER_REQUEST, clock_us);
	acct_turn();
	CU_ASSERT_EQUAL(heards, 4);
	acct_session_free(s);
	acct_tear_down();
}

/* Also when the clock has been set back, or lives are shorter than a second. */
static void no_number_is_given_twice(void)
{
	uint64_t last = 0, id;

	acct_set_up(true);
	for (unsigned life = 0; life < 50; life++) {
		for (unsigned i = 0; i < 3; i++) {
			struct acct_session *s = acct_log_in();

			id = acct_session_id(s);
			CU_ASSERT_TRUE(id >> 32 > last >> 32 || i);
			acct_session_start(s, clock_us);
			acct_log_out(s, RADIUS_CAUSE_USER_REQUEST);
			last = id;
		}
		acct_turn();
		acct_kill();
		if (life % 2) /* the store is gone, the spool is there */
			memset(at.kept, 0, sizeof(at.kept));
		acct_life();
	}
	acct_tear_down();
}

static void without_a_disk_records_wait_in_memory(void)
{
	struct acct_session *s;

	acct_set_up(false);
	acct_kill();
	at.radius.spool = "/spool";
	at.no_disk = true;
	acct_life();
	CU_ASSERT_TRUE(acct_seen().spool_fails);
	at.answers = false;
	s = acct_log_in();
	acct_session_start(s, clock_us);
	acct_log_out(s, RADIUS_CAUSE_USER_REQUEST);
	acct_turn();
	CU_ASSERT_EQUAL(acct_keeps(ACCT_KEPT_RECORD), 2);
	acct_kill();
	at.answers = true;
	acct_life();
	acct_turn();
	CU_ASSERT_EQUAL(acct_seen().found, 2);
	CU_ASSERT_EQUAL(acct_seen().acknowledged, 2);
	acct_tear_down();
}

/* Log-ins come and go, the server comes and goes, and the process is killed at random places.  Each
 * log-in that was valid is told of with one Start and one Stop; what is told twice has the same
 * time. */
static void acct_random_kill(uint64_t *rnd, struct acct_session *s[8], uint64_t id[8])
{
	acct_killed((unsigned)(test_rand(rnd) % 4));
	acct_life();
	for (unsigned i = 0; i < 8; i++)
		s[i] = id[i] ? acct_session_claim(at.acct, id[i], acct_on_ask, NULL) : NULL;
	acct_resumed(at.acct, clock_us);
}

static void acct_random_step(uint64_t *rnd, struct acct_session *s[8], uint64_t id[8])
{
	unsigned i = (unsigned)(test_rand(rnd) % 8);

	if (!s[i]) {
		s[i] = acct_log_in();
		id[i] = acct_session_id(s[i]);
		acct_session_start(s[i], clock_us);
	} else {
		acct_log_out(s[i], RADIUS_CAUSE_USER_REQUEST);
		s[i] = NULL;
	}
	if (test_rand(rnd) % 5 == 0)
		at.answers = !at.answers;
	if (test_rand(rnd) % 3 == 0)
		acct_random_kill(rnd, s, id);
	else if (test_rand(rnd) % 2)
		acct_pass(test_rand(rnd) % 4);
}

static unsigned acct_heard_of(const char *session, uint32_t status)
{
	unsigned n = 0, first = HEARD;

	for (unsigned i = 0; i < heards; i++) {
		if (strcmp(heard[i].r.session, session) != 0 || heard[i].r.status != status)
			continue;
		first = n++ ? first : i;
		CU_ASSERT_EQUAL(heard[i].r.when, heard[first].r.when);
		CU_ASSERT_EQUAL(heard[i].r.seconds, heard[first].r.seconds);
	}
	return n;
}

static void nothing_is_lost_in_a_random_run(void)
{
	uint64_t rnd = test_seed(), id[8] = {0};
	struct acct_session *s[8] = {0};
	unsigned sessions = 0;

	acct_set_up(true);
	at.radius.spool_limit = 1 << 24;
	for (unsigned step = 0; step < 400 && heards < HEARD - 600; step++)
		acct_random_step(&rnd, s, id);
	at.answers = true;
	acct_turn();
	for (unsigned i = 0; i < 8; i++)
		if (s[i])
			acct_log_out(s[i], RADIUS_CAUSE_USER_REQUEST);
	acct_pass(120);
	CU_ASSERT_EQUAL(acct_seen().waiting, 0);
	CU_ASSERT_EQUAL(acct_seen().given_up, 0);
	for (unsigned i = 0; i < heards; i++) {
		if (acct_heard_of(heard[i].r.session, 1) == 0 ||
		    acct_heard_of(heard[i].r.session, 2) == 0)
			CU_FAIL("a Start or a Stop is missing");
		sessions++;
	}
	CU_ASSERT_TRUE(sessions > 40);
	acct_tear_down();
}

static const struct test_case cases[] = {
	{"a_log_in_is_told_from_start_to_stop", a_log_in_is_told_from_start_to_stop},
	{"counters_never_go_back", counters_never_go_back},
	{"what_becomes_known_is_told_at_once", what_becomes_known_is_told_at_once},
	{"the_servers_interval_counts", the_servers_interval_counts},
	{"without_an_answer_it_is_sent_again", without_an_answer_it_is_sent_again},
	{"while_no_server_answers_one_at_a_time_is_tried",
	 while_no_server_answers_one_at_a_time_is_tried},
	{"one_that_answers_status_hears_at_once", one_that_answers_status_hears_at_once},
	{"too_many_are_given_up", too_many_are_given_up},
	{"each_record_outlives_the_process", each_record_outlives_the_process},
	{"a_log_in_that_nobody_goes_on_with_has_ended",
	 a_log_in_that_nobody_goes_on_with_has_ended},
	{"the_gateway_starts_and_ends", the_gateway_starts_and_ends},
	{"no_number_is_given_twice", no_number_is_given_twice},
	{"without_a_disk_records_wait_in_memory", without_a_disk_records_wait_in_memory},
	{"nothing_is_lost_in_a_random_run", nothing_is_lost_in_a_random_run},
	{NULL, NULL},
};
const struct test_suite suite_acct = {"acct", cases};
