/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Log-ins in another life, and what is kept of them, which may be anything. */
#include "tests/gw/aaa/acct_rig.h"
#include "tests/heap.h"

#include <string.h>

#define DAY (24 * 3600 * SEC)

/* --- lives ------------------------------------------------------------------------------------- */

/* RFC 2866 5.10: NAS Error 9; 6 when the operator wants a next life.  Links end before tunnels, and
 * those before log-ins. */
static void what_nobody_goes_on_with_ends(void)
{
	static const uint8_t stops[] = {13, 10, 2};

	for (unsigned left = 0; left < 2; left++) {
		struct acct_session *s;
		uint64_t id;

		acct_rig_up();
		acct_rig_count(2);
		s = acct_rig_log_in(&acct_rig_ann);
		id = acct_session_id(s);
		acct_session_start(s, clock_us);
		acct_session_start(acct_rig_tagged(ACCT_OF_TUNNEL, 5), clock_us);
		acct_session_start(acct_rig_tagged(ACCT_OF_LINK, 6), clock_us);
		acct_session_start(acct_rig_tagged(ACCT_OF_LINK, 7), clock_us);
		acct_rig_kill(left);
		CU_ASSERT_PTR_NULL(acct_session_claim(acct_rig.acct, id + 1, NULL, NULL));
		acct_session_claim_tag(acct_rig.acct, 7, acct_rig_ask, NULL);
		acct_session_claim_tag(acct_rig.acct, 8, acct_rig_ask, NULL);
		acct_rig.n = acct_rig.drops = 0;
		acct_rig_count(9);
		acct_resumed(acct_rig.acct, clock_us + SEC);
		CU_ASSERT_EQUAL_FATAL(acct_rig.n, 3);
		for (unsigned i = 0; i < 3; i++) {
			CU_ASSERT_EQUAL(acct_rig.made[i].number[RADIUS_ACCT_STATUS_TYPE], stops[i]);
			CU_ASSERT_EQUAL(acct_rig.made[i].number[RADIUS_ACCT_TERMINATE_CAUSE],
					left ? 6 : 9);
			/* nobody can be asked */
			CU_ASSERT_EQUAL(acct_rig.made[i].number[RADIUS_ACCT_INPUT_OCTETS], 0);
		}
		CU_ASSERT_PTR_NULL(acct_session_tagged(acct_rig.acct, 5));
		CU_ASSERT_PTR_NULL(acct_session_tagged(acct_rig.acct, 6));
		CU_ASSERT_PTR_NOT_NULL(acct_session_tagged(acct_rig.acct, 7));
		acct_resumed(acct_rig.acct, clock_us + SEC);
		CU_ASSERT_EQUAL(acct_rig.n, 3);
		acct_rig_down();
	}
}

/* What has begun in this life is of somebody, whoever comes for what is of the one before. */
static void what_is_new_goes_on(void)
{
	acct_rig_up();
	acct_session_start(acct_rig_log_in(&acct_rig_ann), clock_us);
	acct_session_start(acct_rig_tagged(ACCT_OF_TUNNEL, 5), clock_us);
	acct_session_start(acct_rig_tagged(ACCT_OF_LINK, 6), clock_us);
	acct_rig.n = 0;
	acct_resumed(acct_rig.acct, clock_us);
	CU_ASSERT(acct_rig.n == 0 && acct_rig_started() == 3);
	CU_ASSERT_PTR_NOT_NULL(acct_session_tagged(acct_rig.acct, 5));
	CU_ASSERT_PTR_NOT_NULL(acct_session_tagged(acct_rig.acct, 6));
	acct_rig_down();
}

/* By its id, once; what has a tag is found by that only. */
static void a_log_in_is_claimed(void)
{
	struct acct_session *s, *t;
	uint64_t id, tunnel;

	acct_rig_up();
	s = acct_rig_log_in(&acct_rig_ann);
	id = acct_session_id(s);
	t = acct_rig_tagged(ACCT_OF_TUNNEL, id); /* it is in the same place */
	tunnel = acct_session_id(t);
	CU_ASSERT_NOT_EQUAL(tunnel, id);
	acct_session_start(t, clock_us);
	acct_rig_kill(false);
	CU_ASSERT_PTR_NULL(acct_session_claim(acct_rig.acct, tunnel, NULL, NULL));
	s = acct_session_claim(acct_rig.acct, id, acct_rig_ask, &acct_rig.loop);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL(acct_session_id(s), id);
	CU_ASSERT_TRUE(acct_session_is_of(s, &acct_rig_ann));
	CU_ASSERT_PTR_NULL(acct_session_claim(acct_rig.acct, id, NULL, NULL));
	CU_ASSERT_EQUAL(acct_session_id(acct_session_tagged(acct_rig.acct, id)), tunnel);
	acct_session_start(s, clock_us); /* it had not */
	CU_ASSERT_EQUAL(acct_rig.asked_of, &acct_rig.loop);
	CU_ASSERT_EQUAL(acct_rig_says(RADIUS_ACCT_AUTHENTIC), 1);
	acct_rig_down();
}

/* All that counts is read before the next life goes on, of those that have begun. */
static void what_is_left_to_the_next_life(void)
{
	struct acct_session *s;
	uint64_t id;

	acct_rig_up();
	acct_rig_log_in(&acct_rig_ann);
	s = acct_rig_log_in(&acct_rig_ann);
	id = acct_session_id(s);
	acct_session_start(s, clock_us);
	acct_rig_count(11);
	acct_rig.asked = 0;
	acct_leave(acct_rig.acct);
	CU_ASSERT_EQUAL(acct_rig.asked, 1);
	acct_rig_kill(true);
	clock_us += 5 * SEC;
	acct_session_stop(acct_session_claim(acct_rig.acct, id, NULL, NULL),
			  RADIUS_CAUSE_USER_REQUEST, clock_us);
	CU_ASSERT_EQUAL(acct_rig_says(RADIUS_ACCT_INPUT_OCTETS), 11);
	CU_ASSERT_EQUAL(acct_rig_says(RADIUS_ACCT_SESSION_TIME), 5);
	acct_rig_down();
}

/* RFC 2866 5.10: Admin Reboot 7. */
static void the_end_of_the_gateway(void)
{
	acct_rig_up();
	acct_rig_log_in(&acct_rig_ann);
	acct_session_start(acct_rig_log_in(&acct_rig_ann), clock_us);
	acct_session_start(acct_rig_tagged(ACCT_OF_TUNNEL, 5), clock_us);
	acct_rig.n = 0;
	acct_end(acct_rig.acct, clock_us);
	CU_ASSERT_EQUAL_FATAL(acct_rig.n, 2);
	CU_ASSERT_EQUAL(acct_rig_says(RADIUS_ACCT_TERMINATE_CAUSE), 7);
	acct_rig_down();
}

/* Without memory for it, or for what it is known to be, it is dropped. */
static void without_memory_for_a_life_before(void)
{
	acct_rig_up();
	acct_session_start(acct_rig_log_in(&acct_rig_ann), clock_us);
	for (unsigned skip = 0; skip < 2; skip++) {
		acct_rig.drops = 0;
		heap_refuse(skip);
		acct_recall(acct_rig.acct, ACCT_KEPT_SESSION, 9, acct_rig.kept[0].octets,
			    acct_rig.kept[0].len, clock_us);
		CU_ASSERT_TRUE(heap_refused());
		CU_ASSERT(acct_rig.drops == 1 && acct_rig_started() == 1);
		CU_ASSERT_PTR_NULL(acct_session_claim(acct_rig.acct, 9, NULL, NULL));
	}
	acct_rig_down();
}

/* --- what is kept may be anything -------------------------------------------------------------- */

/* One kept log-in as it is written, with facts; its octets from `user` on. */
static void session_recall_one(const uint8_t *octets, size_t len)
{
	static uint8_t copy[ACCT_KEPT_MAX];

	memcpy(copy, octets, len);
	acct_rig.n = acct_rig.drops = 0;
	memset(acct_rig.kept, 0, sizeof(acct_rig.kept));
	acct_stop(acct_rig.acct);
	acct_free(acct_rig.acct);
	acct_rig_life(false);
	acct_recall(acct_rig.acct, ACCT_KEPT_SESSION, 9, copy, len, clock_us);
}

enum {
	KEPT_SINCE = 4 + 2, /* behind "isp" and its length, started, remote */
	KEPT_INTERIM = KEPT_SINCE + 8,
	KEPT_CLASSES = KEPT_INTERIM + 8 + 5 * 16 + 1,
	KEPT_TAG = 1 + 8 /* from the end */
};

static size_t session_kept_one(uint8_t octets[ACCT_KEPT_MAX], enum acct_of of)
{
	acct_rig_up();
	acct_rig.now.facts.address4 = 0x0a000001;
	acct_session_start(of ? acct_rig_tagged(of, 0x55) : acct_rig_log_in(&acct_rig_ann),
			   clock_us);
	memcpy(octets, acct_rig.kept[0].octets, acct_rig.kept[0].len);
	return acct_rig.kept[0].len;
}

/* A record of an older release has no tag; one that is cut is no record. */
static void a_record_that_is_cut(void)
{
	static uint8_t octets[ACCT_KEPT_MAX];
	size_t len = session_kept_one(octets, ACCT_OF_LOG_IN);

	for (size_t n = 4; n <= len; n++) {
		session_recall_one(octets, n);
		CU_ASSERT_EQUAL(acct_rig.drops, n < len - KEPT_TAG);
		CU_ASSERT_EQUAL(acct_rig_started(), n >= len - KEPT_TAG);
		acct_resumed(acct_rig.acct, clock_us);
		CU_ASSERT_EQUAL(acct_rig.n, n >= len - KEPT_TAG);
		if (acct_rig.n)
			CU_ASSERT_EQUAL(acct_rig_says(RADIUS_FRAMED_IP_ADDRESS), 0x0a000001);
	}
	acct_rig_down();
}

/* A kind that is not known, a tunnel without a tag and a log-in with one are log-ins. */
static void a_tag_that_cannot_be(void)
{
	static const struct {
		uint8_t of, tag;
		bool tagged;
	} rows[] = {{0, 0, false}, {0, 9, false}, {1, 0, false},  {1, 9, true},
		    {2, 9, true},  {3, 9, false}, {255, 9, false}};
	static uint8_t octets[ACCT_KEPT_MAX];
	size_t len = session_kept_one(octets, ACCT_OF_TUNNEL);

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		octets[len - KEPT_TAG] = rows[i].of;
		octets[len - 1] = rows[i].tag;
		session_recall_one(octets, len);
		CU_ASSERT_EQUAL(acct_rig.drops, 0);
		CU_ASSERT_EQUAL(!acct_session_tagged(acct_rig.acct, 9), !rows[i].tagged);
		CU_ASSERT_EQUAL(!acct_session_claim(acct_rig.acct, 9, NULL, NULL), rows[i].tagged);
		acct_rig_down();
		acct_rig_up();
	}
	acct_rig_down();
}

static void session_patched(uint8_t *octets, size_t len, size_t where, uint64_t value)
{
	uint8_t before[8];

	memcpy(before, octets + where, 8);
	wr_put32(octets + where, (uint32_t)(value >> 32));
	wr_put32(octets + where + 4, (uint32_t)value);
	session_recall_one(octets, len);
	memcpy(octets + where, before, 8);
}

/* The time between records is none, or a minute to a year; a log-in has begun by now. */
static void times_that_cannot_be(void)
{
	static const struct {
		uint64_t interim;
		bool ok;
	} rows[] = {{0, true},	       {60 * SEC, true},       {60 * SEC - 1, false}, {1, false},
		    {365 * DAY, true}, {365 * DAY + 1, false}, {UINT64_MAX, false}};
	static uint8_t octets[ACCT_KEPT_MAX];
	size_t len = session_kept_one(octets, ACCT_OF_LOG_IN);

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		session_patched(octets, len, KEPT_INTERIM, rows[i].interim);
		CU_ASSERT_EQUAL(acct_rig.drops, !rows[i].ok);
		CU_ASSERT_EQUAL(acct_rig_started(), rows[i].ok);
	}
	session_patched(octets, len, KEPT_SINCE, UINT64_MAX);
	acct_resumed(acct_rig.acct, clock_us + 3 * SEC);
	CU_ASSERT_EQUAL(acct_rig_says(RADIUS_ACCT_SESSION_TIME), 3);
	acct_rig_down();
}

/* Class attributes have a limit; more are none of ours. */
static void classes_that_cannot_be(void)
{
	static uint8_t octets[ACCT_KEPT_MAX], more[ACCT_KEPT_MAX];
	size_t len = session_kept_one(octets, ACCT_OF_LOG_IN);
	const size_t behind = KEPT_CLASSES + 2 + 3 + 5;

	for (unsigned n = ACCT_CLASSES; n <= ACCT_CLASSES + 1; n++) {
		memset(more, 0, sizeof(more));
		memcpy(more, octets, KEPT_CLASSES);
		wr_put16(more + KEPT_CLASSES, (uint16_t)n);
		memcpy(more + KEPT_CLASSES + 2 + 3 + n, octets + behind, len - behind);
		session_recall_one(more, len - 5 + n);
		CU_ASSERT_EQUAL(acct_rig.drops, n > ACCT_CLASSES);
	}
	acct_rig_down();
}

/* Whatever is read can be gone on with, or is nothing. */
static void a_hostile_record(void)
{
	static uint8_t octets[ACCT_KEPT_MAX];
	size_t len = session_kept_one(octets, ACCT_OF_LINK);
	uint64_t rnd = test_seed();

	acct_rig.hostile = true;
	for (unsigned i = 0; i < 500; i++) {
		uint8_t *o = &octets[4 + test_rand(&rnd) % (len - 4)], was = *o;

		*o = (uint8_t)test_rand(&rnd);
		session_recall_one(octets, len);
		CU_ASSERT_TRUE(acct_rig.drops <= 1);
		*o = was;
		acct_resumed(acct_rig.acct, clock_us);
		CU_ASSERT_TRUE(acct_rig.drops >= 1 && acct_rig.n <= 1);
		CU_ASSERT_EQUAL(acct_rig_started(), 0);
	}
	acct_rig_down();
}

static const struct test_case cases[] = {
	{"what_nobody_goes_on_with_ends", what_nobody_goes_on_with_ends},
	{"what_is_new_goes_on", what_is_new_goes_on},
	{"a_log_in_is_claimed", a_log_in_is_claimed},
	{"what_is_left_to_the_next_life", what_is_left_to_the_next_life},
	{"the_end_of_the_gateway", the_end_of_the_gateway},
	{"without_memory_for_a_life_before", without_memory_for_a_life_before},
	{"a_record_that_is_cut", a_record_that_is_cut},
	{"a_tag_that_cannot_be", a_tag_that_cannot_be},
	{"times_that_cannot_be", times_that_cannot_be},
	{"classes_that_cannot_be", classes_that_cannot_be},
	{"a_hostile_record", a_hostile_record},
	{NULL, NULL},
};
const struct test_suite suite_acct_lives = {"acct_lives", cases};
