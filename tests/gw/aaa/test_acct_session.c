/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Log-ins and what else has records: from the start to the stop. */
#include "tests/gw/aaa/acct_rig.h"
#include "tests/heap.h"

#include <string.h>

/* --- records ----------------------------------------------------------------------------------- */

/* Acct-Status-Type: RFC 2866 5.1; of a tunnel 9, 10, 11 and of a link 12, 13, 14: RFC 2867 3. */
static void each_kind_has_its_status(void)
{
	static const uint8_t want[ACCT_OFS][4] = {{1, 3, 2, 0}, {9, 3, 10, 11}, {12, 3, 13, 14}};

	acct_rig_up();
	for (unsigned of = 0; of < ACCT_OFS; of++) {
		struct acct_session *s =
			of ? acct_rig_tagged((enum acct_of)of, of) : acct_rig_log_in(&acct_rig_ann);

		acct_rig.n = 0;
		acct_session_start(s, clock_us);
		acct_rig.now.facts.address4++;
		acct_session_changed(s, clock_us);
		acct_session_stop(s, RADIUS_CAUSE_LOST_CARRIER, clock_us);
		CU_ASSERT_EQUAL_FATAL(acct_rig.n, 3);
		for (unsigned i = 0; i < 3; i++) {
			CU_ASSERT_EQUAL(acct_rig.made[i].number[RADIUS_ACCT_STATUS_TYPE],
					want[of][i]);
			CU_ASSERT_EQUAL(acct_rig.made[i].id, acct_session_id(s));
			/* RFC 2866 5.3 to 5.9: a Start has no counts; 5.10: only a Stop has a cause
			 */
			CU_ASSERT_EQUAL(acct_rig.made[i].has[RADIUS_ACCT_INPUT_OCTETS], i > 0);
			CU_ASSERT_EQUAL(acct_rig.made[i].has[RADIUS_ACCT_TERMINATE_CAUSE], i == 2);
		}
		CU_ASSERT_EQUAL(acct_rig_says(RADIUS_ACCT_TERMINATE_CAUSE), 2);
		if (of) {
			acct_session_reject(s, RADIUS_CAUSE_NAS_ERROR, clock_us);
			CU_ASSERT_EQUAL(acct_rig_says(RADIUS_ACCT_STATUS_TYPE), want[of][3]);
			CU_ASSERT_EQUAL(acct_rig_says(RADIUS_ACCT_TERMINATE_CAUSE), 9);
			CU_ASSERT_FALSE(acct_rig_last()->has[RADIUS_ACCT_INPUT_OCTETS]);
		}
		CU_ASSERT_PTR_EQUAL(acct_session_tagged(acct_rig.acct, of), of ? s : NULL);
		acct_session_free(s);
		CU_ASSERT_PTR_NULL(acct_session_tagged(acct_rig.acct, of));
	}
	acct_rig_down();
}

static void counts_are(uint64_t in, uint64_t out, uint64_t in_packets, uint64_t out_packets,
		       uint64_t lost)
{
	const struct acct_made *m = acct_rig_last();

	CU_ASSERT_EQUAL(m->number[RADIUS_ACCT_INPUT_OCTETS] | m->number[RADIUS_ACCT_INPUT_GIGAWORDS]
								      << 32,
			in);
	CU_ASSERT_EQUAL(m->number[RADIUS_ACCT_OUTPUT_OCTETS] |
				m->number[RADIUS_ACCT_OUTPUT_GIGAWORDS] << 32,
			out);
	CU_ASSERT_EQUAL(m->number[RADIUS_ACCT_INPUT_PACKETS], in_packets);
	CU_ASSERT_EQUAL(m->number[RADIUS_ACCT_OUTPUT_PACKETS], out_packets);
	CU_ASSERT_EQUAL(m->number[RADIUS_ACCT_TUNNEL_PACKETS_LOST], lost);
}

/* Each of the five counts from the start on. */
static void counts_begin_with_the_start(void)
{
	struct acct_session *s;

	acct_rig_up();
	s = acct_rig_tagged(ACCT_OF_TUNNEL, 5);
	acct_rig_count(10);
	acct_session_start(s, clock_us);
	acct_rig_count(25);
	acct_session_stop(s, RADIUS_CAUSE_USER_REQUEST, clock_us + 70 * SEC);
	counts_are(15, UINT64_C(15) << 32, 30, 45, 60);
	CU_ASSERT_EQUAL(acct_rig_says(RADIUS_ACCT_SESSION_TIME), 70);
	/* it may start again, and has nothing of before */
	acct_session_start(s, clock_us);
	acct_rig_count(26);
	acct_session_stop(s, RADIUS_CAUSE_USER_REQUEST, clock_us - SEC);
	counts_are(1, UINT64_C(1) << 32, 2, 3, 4);
	CU_ASSERT_EQUAL(acct_rig_says(RADIUS_ACCT_SESSION_TIME), 0);
	acct_session_free(s);
	acct_rig_down();
}

/* The data plane has begun anew: nothing at all is no count, and less is counted on. */
static void counts_go_on_when_data_begins_anew(void)
{
	static const struct {
		uint64_t raw, want;
	} rows[] = {{10, 10}, {0, 10}, {4, 14}, {4, 14}, {5, 15}, {0, 15}, {5, 15}, {1, 16}};
	struct acct_session *s;

	acct_rig_up();
	s = acct_rig_tagged(ACCT_OF_LINK, 5);
	acct_session_start(s, clock_us);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		acct_rig_count(rows[i].raw);
		acct_session_read_now(s);
	}
	acct_rig_count(0);
	acct_rig.now.counts.lost = 3; /* one that is not 0 is enough */
	acct_session_stop(s, RADIUS_CAUSE_USER_REQUEST, clock_us);
	counts_are(16, UINT64_C(16) << 32, 32, 48, 64 + 3);
	acct_session_free(s);
	acct_rig_down();
}

static void a_part_counts_for_the_whole(void)
{
	struct acct_session *whole, *part;

	acct_rig_up();
	whole = acct_rig_tagged(ACCT_OF_TUNNEL, 5);
	part = acct_rig_tagged(ACCT_OF_LINK, 6);
	acct_rig_count(0);
	acct_session_start(part, clock_us);
	acct_rig_count(7);
	acct_session_read_now(part);
	acct_session_add(whole, part); /* it has not started: nothing */
	acct_rig_count(0);
	acct_session_start(whole, clock_us);
	acct_session_add(whole, part);
	acct_session_add(whole, part);
	acct_session_add(whole, NULL);
	acct_session_add(NULL, part);
	acct_rig_kill(false); /* it is kept */
	acct_session_claim_tag(acct_rig.acct, 5, acct_rig_ask, NULL);
	whole = acct_session_tagged(acct_rig.acct, 5);
	acct_session_stop(whole, RADIUS_CAUSE_USER_REQUEST, clock_us);
	counts_are(14, UINT64_C(14) << 32, 28, 42, 56);
	acct_rig_down();
}

/* RFC 2867 3.3, 3.6: what has come up is not rejected.  What was learned before counts. */
static void a_reject_says_what_was_known(void)
{
	struct acct_session *s;

	acct_rig_up();
	s = acct_rig_tagged(ACCT_OF_TUNNEL, 5);
	acct_rig.now.facts.address4 = 0x0a000001;
	acct_session_reject(s, RADIUS_CAUSE_NAS_ERROR, clock_us);
	CU_ASSERT_EQUAL_FATAL(acct_rig.n, 1); /* nothing was: what is now */
	CU_ASSERT_EQUAL(acct_rig_says(RADIUS_FRAMED_IP_ADDRESS), 0x0a000001);
	acct_rig.now.facts.address4 = 0x0a000002;
	acct_session_learn(s);
	acct_rig.now.facts.address4 = 0x0a000003;
	acct_session_reject(s, RADIUS_CAUSE_NAS_ERROR, clock_us);
	CU_ASSERT_EQUAL(acct_rig_says(RADIUS_FRAMED_IP_ADDRESS), 0x0a000002);
	acct_session_start(s, clock_us);
	CU_ASSERT_EQUAL(acct_rig.n, 3);
	acct_session_reject(s, RADIUS_CAUSE_NAS_ERROR, clock_us);
	CU_ASSERT_EQUAL(acct_rig.n, 3);
	acct_rig_down();
}

/* RFC 2866 5.6: RADIUS 1, Local 2; a tunnel has no such thing.  Whom a log-in is of the server has
 * said, a tunnel's name comes from who knows it. */
static void who_it_is(void)
{
	struct acct_said bob = {.user_len = 3, .user = "bob"};
	struct acct_session *s;

	acct_rig_up();
	acct_rig.now.facts.user = (const uint8_t *)"someone";
	acct_rig.now.facts.user_len = 7;
	acct_rig.now.facts.classes = (const uint8_t *)"\1x";
	acct_rig.now.facts.classes_len = 2;
	s = acct_rig_log_in(&acct_rig_ann);
	acct_session_start(s, clock_us);
	ASSERT_OCTETS(acct_rig_last()->user, acct_rig_last()->user_len, "ann", 3);
	ASSERT_OCTETS(acct_rig_last()->classes, acct_rig_last()->classes_len, "\1a\2bc", 5);
	CU_ASSERT_EQUAL(acct_rig_says(RADIUS_ACCT_AUTHENTIC), 1);
	CU_ASSERT_TRUE(acct_rig_last()->has[RADIUS_NAS_IDENTIFIER]);
	s = acct_rig_log_in(&bob);
	acct_session_start(s, clock_us);
	ASSERT_OCTETS(acct_rig_last()->user, acct_rig_last()->user_len, "bob", 3);
	CU_ASSERT_EQUAL(acct_rig_last()->classes_len, 0);
	CU_ASSERT_EQUAL(acct_rig_says(RADIUS_ACCT_AUTHENTIC), 2);
	s = acct_rig_tagged(ACCT_OF_LINK, 9);
	acct_session_start(s, clock_us);
	ASSERT_OCTETS(acct_rig_last()->user, acct_rig_last()->user_len, "someone", 7);
	ASSERT_OCTETS(acct_rig_last()->classes, acct_rig_last()->classes_len, "\1x", 2);
	CU_ASSERT_FALSE(acct_rig_last()->has[RADIUS_ACCT_AUTHENTIC]);
	acct_rig.now = (struct acct_now){0};
	acct_session_changed(s, clock_us);
	ASSERT_OCTETS(acct_rig_last()->user, acct_rig_last()->user_len, "lac", 3);
	acct_rig_down();
}

/* RFC 2865 5.1: User-Name has 253 octets at the most. */
static void a_long_name_is_cut(void)
{
	static uint8_t name[300];
	struct acct_session *s;

	acct_rig_up();
	memset(name, 'x', sizeof(name));
	s = acct_session_new_of(acct_rig.acct, &acct_rig.radius, ACCT_OF_TUNNEL, 1,
				rd_init(name, 254), acct_rig_ask, NULL);
	CU_ASSERT_EQUAL(acct_session_user(s).left, 253);
	acct_rig.now.facts.user = name;
	acct_rig.now.facts.user_len = sizeof(name);
	acct_session_start(s, clock_us);
	CU_ASSERT_EQUAL_FATAL(acct_rig.n, 1);
	CU_ASSERT_EQUAL(acct_rig_last()->user_len, 253);
	s = acct_session_new_of(acct_rig.acct, &acct_rig.radius, ACCT_OF_TUNNEL, 2,
				rd_init(NULL, 0), acct_rig_ask, NULL);
	CU_ASSERT_EQUAL(acct_session_user(s).left, 0);
	acct_rig_down();
}

/* A record follows only what has changed, and the owner keeps that too. */
static void a_change_is_told_once(void)
{
	struct acct_session *s;

	acct_rig_up();
	s = acct_rig_log_in(&acct_rig_ann);
	acct_session_learn(s);
	acct_session_changed(s, clock_us);
	CU_ASSERT_EQUAL(acct_rig.n, 0);
	acct_session_start(s, clock_us);
	acct_session_start(s, clock_us);
	CU_ASSERT(acct_rig.n == 1 && acct_rig_started() == 1);
	acct_rig.now.facts.address4 = 0x0a000001;
	acct_session_learn(s); /* in later records */
	acct_session_changed(s, clock_us);
	CU_ASSERT_EQUAL(acct_rig.n, 1);
	acct_rig_kill(false); /* and in those of another life */
	s = acct_session_claim(acct_rig.acct, acct_rig.kept[0].id, NULL, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	acct_rig.n = 0;
	acct_session_stop(s, RADIUS_CAUSE_USER_REQUEST, clock_us);
	acct_session_stop(s, RADIUS_CAUSE_USER_REQUEST, clock_us);
	CU_ASSERT(acct_rig.n == 1 && acct_rig_started() == 0);
	CU_ASSERT_EQUAL(acct_rig_says(RADIUS_FRAMED_IP_ADDRESS), 0x0a000001);
	acct_rig_down();
}

/* Its owner has moved: who is asked. */
static void another_owner_is_asked(void)
{
	struct acct_session *s;

	acct_rig_up();
	s = acct_rig_tagged(ACCT_OF_TUNNEL, 77);
	acct_session_read_now(s);
	CU_ASSERT(acct_rig.asked == 1 && acct_rig.asked_of == &acct_rig.server &&
		  acct_rig.asked_tag == 77);
	acct_session_move(s, &acct_rig.loop);
	acct_session_read_now(s);
	CU_ASSERT(acct_rig.asked == 2 && acct_rig.asked_of == &acct_rig.loop);
	acct_rig_down();
}

/* --- classes ----------------------------------------------------------------------------------- */

static void other_classes(void)
{
	struct acct_session *s;

	acct_rig_up();
	s = acct_rig_log_in(&acct_rig_ann);
	acct_session_set_classes(s, (const uint8_t *)"\1y", 2); /* there is no room */
	ASSERT_OCTETS(acct_session_classes(s).p, acct_session_classes(s).left, "\1a\2bc", 5);
	CU_ASSERT_TRUE(acct_session_reserve(s, 2));
	ASSERT_OCTETS(acct_session_classes(s).p, acct_session_classes(s).left, "\1a\2bc", 5);
	acct_session_set_classes(s, (const uint8_t *)"\2yz", 3); /* more than that */
	CU_ASSERT_EQUAL(acct_session_classes(s).left, 5);
	acct_session_set_classes(s, (const uint8_t *)"\1y", 2);
	ASSERT_OCTETS(acct_session_classes(s).p, acct_session_classes(s).left, "\1y", 2);
	CU_ASSERT_TRUE(acct_session_reserve(s, 2) && acct_session_reserve(s, 1));
	CU_ASSERT_TRUE(acct_session_reserve(s, 4)); /* those that count stay */
	ASSERT_OCTETS(acct_session_classes(s).p, acct_session_classes(s).left, "\1y", 2);
	acct_session_start(s, clock_us);
	ASSERT_OCTETS(acct_rig_last()->classes, acct_rig_last()->classes_len, "\1y", 2);
	acct_session_set_classes(s, (const uint8_t *)"\3abc", 4);
	CU_ASSERT_EQUAL(acct_rig.n, 1); /* the records that follow */
	ASSERT_OCTETS(acct_session_user(s).p, acct_session_user(s).left, "ann", 3);
	acct_rig_kill(false);
	s = acct_session_claim(acct_rig.acct, acct_rig.kept[0].id, NULL, NULL);
	ASSERT_OCTETS(acct_session_classes(s).p, acct_session_classes(s).left, "\3abc", 4);
	acct_session_stop(s, RADIUS_CAUSE_USER_REQUEST, clock_us);
	ASSERT_OCTETS(acct_rig_last()->classes, acct_rig_last()->classes_len, "\3abc", 4);
	acct_rig_down();
}

static void without_memory_for_classes(void)
{
	struct acct_session *s;

	acct_rig_up();
	s = acct_rig_log_in(&acct_rig_ann);
	heap_refuse(0);
	CU_ASSERT_FALSE(acct_session_reserve(s, 10));
	CU_ASSERT_TRUE(heap_refused());
	acct_session_set_classes(s, (const uint8_t *)"\1y", 2);
	CU_ASSERT_EQUAL(acct_session_classes(s).left, 5);
	acct_rig_down();
}

/* --- now and then ------------------------------------------------------------------------------ */

static unsigned session_made_until(uint64_t seconds)
{
	clock_until(acct_rig.loop, 1000 * SEC + seconds * SEC);
	return acct_rig.n;
}

/* RFC 2869 5.16: at least a minute.  Late by a twentieth of it at the most. */
static void the_time_between_records(void)
{
	static const struct {
		uint32_t said;
		uint64_t cfg, want;
	} rows[] = {{1, 0, 60},	   {59, 0, 60},	  {60, 600, 60},
		    {61, 600, 61}, {0, 100, 100}, {UINT32_MAX, 0, 365 * 24 * 3600}};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct acct_said said = {.interim = rows[i].said};
		const uint64_t late = (rows[i].want + 19) / 20; /* of whole seconds */
		struct acct_session *s;

		acct_rig_up();
		acct_rig.radius.interim = rows[i].cfg * SEC;
		s = acct_rig_log_in(&said);
		acct_session_start(s, clock_us);
		CU_ASSERT_EQUAL(session_made_until(rows[i].want - 1), 1);
		CU_ASSERT_EQUAL(session_made_until(rows[i].want + late), 2);
		CU_ASSERT_EQUAL(session_made_until(2 * rows[i].want - 1), 2);
		CU_ASSERT_EQUAL(session_made_until(2 * rows[i].want + late), 3);
		CU_ASSERT_EQUAL(acct_rig_says(RADIUS_ACCT_STATUS_TYPE), 3);
		acct_session_stop(s, RADIUS_CAUSE_USER_REQUEST, clock_us);
		CU_ASSERT_EQUAL(session_made_until(5 * rows[i].want), 4);
		acct_rig_down();
	}
}

static void no_time_between_records(void)
{
	struct acct_session *s;

	acct_rig_up();
	s = acct_rig_log_in(&acct_rig_ann);
	acct_session_start(s, clock_us);
	CU_ASSERT_EQUAL(loop_deadline(acct_rig.loop), DEADLINE_NEVER);
	acct_session_free(s);
	acct_rig_down();
}

/* Counted from the beginning, for one that has begun; another begins with it. */
static void another_time_between_records(void)
{
	struct acct_session *s;

	acct_rig_up();
	s = acct_rig_log_in(&acct_rig_ann);
	acct_session_set_interim(s, 100, clock_us);
	CU_ASSERT_EQUAL(loop_deadline(acct_rig.loop), DEADLINE_NEVER);
	acct_session_start(s, clock_us);
	CU_ASSERT_EQUAL(session_made_until(99), 1);
	acct_session_set_interim(s, 1000, clock_us);
	CU_ASSERT_EQUAL(session_made_until(999), 1);
	CU_ASSERT_EQUAL(session_made_until(1050), 2);
	acct_session_set_interim(s, 5, clock_us); /* the next whole minute is at 1080 s */
	CU_ASSERT_EQUAL(session_made_until(1079), 2);
	CU_ASSERT_EQUAL(session_made_until(1083), 3);
	acct_rig_kill(false); /* the rhythm goes on */
	CU_ASSERT_EQUAL(session_made_until(1139), 3);
	CU_ASSERT_EQUAL(session_made_until(1143), 4);
	acct_rig_down();
}

/* --- the rest ---------------------------------------------------------------------------------- */

static void whose_it_is(void)
{
	static const struct acct_said others[] = {{.user_len = 3, .user = "bob"},
						  {.user_len = 2, .user = "an"},
						  {.user_len = 4, .user = "anna"}};
	struct acct_session *s;

	acct_rig_up();
	s = acct_rig_log_in(&acct_rig_ann);
	CU_ASSERT_TRUE(acct_session_is_of(s, &acct_rig_ann));
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_FALSE(acct_session_is_of(s, &others[i]));
	CU_ASSERT_FALSE(acct_session_is_of(NULL, &acct_rig_ann));
	ASSERT_OCTETS(acct_session_user(s).p, acct_session_user(s).left, "ann", 3);
	acct_rig_down();
}

/* A section without accounting, and NULL. */
static void a_section_without_accounting(void)
{
	const struct cfg_radius other = {.name = "other"};

	acct_rig_up();
	CU_ASSERT_PTR_NULL(
		acct_session_new(acct_rig.acct, &other, &acct_rig_ann, acct_rig_ask, NULL));
	CU_ASSERT_PTR_NULL(
		acct_session_new(acct_rig.acct, NULL, &acct_rig_ann, acct_rig_ask, NULL));
	CU_ASSERT_PTR_NULL(acct_session_new_of(acct_rig.acct, NULL, ACCT_OF_LINK, 1,
					       rd_init("x", 1), acct_rig_ask, NULL));
	acct_session_start(NULL, clock_us);
	acct_session_stop(NULL, RADIUS_CAUSE_NAS_ERROR, clock_us);
	acct_session_reject(NULL, RADIUS_CAUSE_NAS_ERROR, clock_us);
	acct_session_changed(NULL, clock_us);
	acct_session_learn(NULL);
	acct_session_read_now(NULL);
	acct_session_move(NULL, NULL);
	acct_session_set_interim(NULL, 60, clock_us);
	acct_session_set_classes(NULL, NULL, 0);
	acct_session_free(NULL);
	CU_ASSERT_TRUE(acct_session_reserve(NULL, 1));
	CU_ASSERT_EQUAL(acct_session_id(NULL), 0);
	CU_ASSERT(!acct_session_user(NULL).left && !acct_session_classes(NULL).left);
	CU_ASSERT_EQUAL(acct_rig.n + acct_rig.drops, 0);
	acct_rig_down();
}

/* It is said, and what has no record costs nobody his call. */
static void without_memory_for_a_log_in(void)
{
	bench_log_forget();
	acct_rig_up();
	heap_refuse(0);
	CU_ASSERT_PTR_NULL(acct_session_new(acct_rig.acct, &acct_rig.radius, &acct_rig_ann,
					    acct_rig_ask, NULL));
	CU_ASSERT_TRUE(heap_refused());
	heap_refuse(0);
	CU_ASSERT_PTR_NULL(acct_session_new_of(acct_rig.acct, &acct_rig.radius, ACCT_OF_LINK, 1,
					       rd_init("x", 1), acct_rig_ask, NULL));
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_PTR_NULL(acct_session_tagged(acct_rig.acct, 1));
	acct_rig_down();
}

/* What was known stays. */
static void without_memory_for_facts(void)
{
	struct acct_session *s;

	acct_rig_up();
	s = acct_rig_log_in(&acct_rig_ann);
	acct_rig.now.facts.address4 = 0x0a000001;
	acct_session_start(s, clock_us);
	acct_rig.now.facts.address4 = 0x0a000002;
	heap_refuse(0);
	acct_session_changed(s, clock_us);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(acct_rig.n, 1);
	acct_session_changed(s, clock_us);
	CU_ASSERT_EQUAL(acct_rig.n, 2);
	CU_ASSERT_EQUAL(acct_rig_says(RADIUS_FRAMED_IP_ADDRESS), 0x0a000002);
	acct_rig_down();
}

static const struct test_case cases[] = {
	{"each_kind_has_its_status", each_kind_has_its_status},
	{"counts_begin_with_the_start", counts_begin_with_the_start},
	{"counts_go_on_when_data_begins_anew", counts_go_on_when_data_begins_anew},
	{"a_part_counts_for_the_whole", a_part_counts_for_the_whole},
	{"a_reject_says_what_was_known", a_reject_says_what_was_known},
	{"who_it_is", who_it_is},
	{"a_long_name_is_cut", a_long_name_is_cut},
	{"a_change_is_told_once", a_change_is_told_once},
	{"another_owner_is_asked", another_owner_is_asked},
	{"other_classes", other_classes},
	{"without_memory_for_classes", without_memory_for_classes},
	{"the_time_between_records", the_time_between_records},
	{"no_time_between_records", no_time_between_records},
	{"another_time_between_records", another_time_between_records},
	{"whose_it_is", whose_it_is},
	{"a_section_without_accounting", a_section_without_accounting},
	{"without_memory_for_a_log_in", without_memory_for_a_log_in},
	{"without_memory_for_facts", without_memory_for_facts},
	{NULL, NULL},
};
const struct test_suite suite_acct_session = {"acct_session", cases};
