/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

static bool dp_report_line_is(const struct rig *r, unsigned i, const char *want)
{
	if (i < r->n_line && !strcmp(r->line[i].text, want))
		return true;
	printf("\n      line %u: got \"%s\", want \"%s\"\n", i,
	       i < r->n_line ? r->line[i].text : "(none)", want);
	return false;
}

static void do_in_order(struct rig *r)
{
	char failed[64];

	fake_say(r->fake, FAKE_OFFER, 7);
	fake_say(r->fake, FAKE_UP, 7);
	fake_say(r->fake, FAKE_DOWN, 7);
	fake_say(r->fake, FAKE_UP, 7);
	fake_say(r->fake, FAKE_FAILED, 0);
	fake_say(r->fake, FAKE_FAILED, 0); /* told once */
	CU_ASSERT_FATAL(rig_wait_lines(r, 5));
	fake_say(r->fake, FAKE_DOWN_FOREVER, 7);
	rig_settle(r);
	CU_ASSERT(rig_wait_lines(r, 6));
	CU_ASSERT(dp_report_line_is(r, 0, "offer 7 31101234"));
	ASSERT_OCTETS(r->line[0].octets, r->line[0].len, "\1\2\3", 3);
	CU_ASSERT(dp_report_line_is(r, 1, "up 7 - 31101234/77"));
	ASSERT_OCTETS(r->line[1].octets, r->line[1].len, "\1\2\5\6", 4);
	CU_ASSERT(dp_report_line_is(r, 2, "down 7 inactive"));
	CU_ASSERT(dp_report_line_is(r, 3, "up 7 - 31101234/77"));
	snprintf(failed, sizeof(failed), "failed %u -5 broken", r->port);
	CU_ASSERT(dp_report_line_is(r, 4, failed));
	CU_ASSERT(dp_report_line_is(r, 5, "down 7 inactive forever"));
}

static void told_in_order(void)
{
	rig_each(do_in_order);
}

/* RFC 2661 6.13 and 6.14: what the control side asks about a line. */
static void do_ask_a_line(struct rig *r)
{
	uint32_t errors[IST_ERRORS];

	CU_ASSERT_TRUE(dp_line_accm(r->dp, rig_channel(r, 7), 0xa0000, 0xffffffff));
	CU_ASSERT(r->fake->accm[0] == 0xa0000 && r->fake->accm[1] == 0xffffffff);
	CU_ASSERT_TRUE(dp_line_errors(r->dp, rig_channel(r, 7), errors));
	for (uint32_t i = 0; i < IST_ERRORS; i++)
		CU_ASSERT_EQUAL(errors[i], i + 1);
	CU_ASSERT_FALSE(dp_line_errors(r->dp, rig_channel(r, 8), errors));
	CU_ASSERT_FALSE(dp_line_errors(r->dp, (l2tp_channel)100 << 32 | 7, errors));
	CU_ASSERT_FALSE(dp_line_accm(r->dp, (l2tp_channel)100 << 32 | 7, 0, 0));
}

static void a_line_is_asked(void)
{
	rig_each(do_ask_a_line);
}

static void do_up_before_frames(struct rig *r)
{
	/* Far more reports than a poll delivers frames, then a frame of the last channel. */
	for (unsigned i = 1; i <= 200; i++)
		fake_say(r->fake, FAKE_UP, i);
	fake_hex(r->fake, 200, "c802000c000000000000000000000000");
	CU_ASSERT(rig_wait_lines(r, 201));
	CU_ASSERT(dp_report_line_is(r, 199, "up 200 - 31101234/77"));
	CU_ASSERT(dp_report_line_is(r, 200, "control 200"));
}

static void up_comes_before_the_frames(void)
{
	rig_each(do_up_before_frames);
}

/* A stranger that was never heard of is not told of at all; so strangers cannot fill memory. */
static void do_annulled(struct rig *r)
{
	/* In one batch, so that nothing is read in between. */
	fake_say(r->fake, FAKE_UP, 1);
	fake_say(r->fake, FAKE_UP, 2);
	fake_say(r->fake, FAKE_DOWN, 2);
	fake_say(r->fake, FAKE_UP, 2);
	fake_say(r->fake, FAKE_UP, 3);
	fake_say(r->fake, FAKE_DOWN_FOREVER, 2);
	fake_say(r->fake, FAKE_UP, 4);
	CU_ASSERT(rig_wait_lines(r, 3));
	rig_settle(r);
	CU_ASSERT(r->n_line == 3);
	CU_ASSERT(dp_report_line_is(r, 0, "up 1 - 31101234/77"));
	CU_ASSERT(dp_report_line_is(r, 1, "up 3 - 31101234/77"));
	CU_ASSERT(dp_report_line_is(r, 2, "up 4 - 31101234/77"));
}

static void never_heard_of_is_annulled(void)
{
	struct rig r;

	rig_up(&r, 0, &fake_flow);
	do_annulled(&r);
	rig_down(&r);
}

/* Disconnected here while its `up` is still unread: the report is not delivered. */
static void dp_report_do_given_up(struct rig *r)
{
	const struct ist_cause why = {.kind = IST_CAUSE_LOCAL};

	fake_say(r->fake, FAKE_UP, 5);
	fake_say(r->fake, FAKE_UP, 6);
	rig_finish(r);
	dp_disconnect(r->dp, rig_channel(r, 5), &why);
	CU_ASSERT(rig_wait_lines(r, 1) && dp_report_line_is(r, 0, "up 6 - 31101234/77"));
	rig_settle(r);
	CU_ASSERT(r->n_line == 1);
}

static void given_up_is_not_told(void)
{
	struct rig r;

	rig_up(&r, 1, &fake_flow);
	dp_report_do_given_up(&r);
	rig_down(&r);
}

static void do_heard_is_told(struct rig *r)
{
	fake_say(r->fake, FAKE_UP, 2);
	CU_ASSERT(rig_wait_lines(r, 1));
	fake_say(r->fake, FAKE_DOWN, 2);
	fake_say(r->fake, FAKE_DOWN_FOREVER, 2);
	CU_ASSERT(rig_wait_lines(r, 3));
	CU_ASSERT(dp_report_line_is(r, 1, "down 2 inactive"));
	CU_ASSERT(dp_report_line_is(r, 2, "down 2 inactive forever"));
	fake_say(r->fake, FAKE_UP, 2);	 /* the handle is used again */
	fake_say(r->fake, FAKE_DOWN, 9); /* never seen: told all the same */
	CU_ASSERT(rig_wait_lines(r, 5));
	CU_ASSERT(dp_report_line_is(r, 3, "up 2 - 31101234/77"));
	CU_ASSERT(dp_report_line_is(r, 4, "down 9 inactive"));
}

static void heard_of_is_told_to_the_end(void)
{
	rig_each(do_heard_is_told);
}

static void do_timer(struct rig *r)
{
	fake_say(r->fake, FAKE_TIMER, 5);
	CU_ASSERT(rig_wait_lines(r, 1) && dp_report_line_is(r, 0, "up 5 - 31101234/77"));
	fake_say(r->fake, FAKE_TIMER, 6); /* the same timer again */
	CU_ASSERT(rig_wait_lines(r, 2) && dp_report_line_is(r, 1, "up 6 - 31101234/77"));
}

static void timers_fire(void)
{
	rig_each(do_timer);
}

/* 300 reports between two polls: none lost. */
static void dp_report_do_many(struct rig *r)
{
	char want[32];

	for (unsigned i = 1; i <= 300; i++)
		fake_say(r->fake, FAKE_UP, i);
	CU_ASSERT_FATAL(rig_wait_lines(r, 300));
	for (unsigned i = 0; i < 300; i++) {
		snprintf(want, sizeof(want), "up %u - 31101234/77", i + 1);
		CU_ASSERT_FATAL(dp_report_line_is(r, i, want));
	}
}

static void none_is_lost(void)
{
	rig_each(dp_report_do_many);
}

/* What a transport of an older ABI does not know of is not read. */
static void do_older_attributes(struct rig *r)
{
	static const struct {
		uint32_t size;
		const char *line;
	} rows[] = {
		{0, "01020506"},
		{offsetof(struct ist_attrs, access_line), ""},
		{offsetof(struct ist_attrs, access_line_len), ""},
		{offsetof(struct ist_attrs, access_line_len) + sizeof(uint32_t), "01020506"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t want[4];
		size_t len = test_hex(want, sizeof(want), rows[i].line);

		r->fake->attrs_size = rows[i].size;
		fake_say(r->fake, FAKE_UP, 7 + i);
		CU_ASSERT_FATAL(rig_wait_lines(r, i + 1));
		ASSERT_OCTETS(r->line[i].octets, r->line[i].len, want, len);
	}
}

static void attributes_of_an_older_transport(void)
{
	rig_each(do_older_attributes);
}

static const struct test_case cases[] = {
	{"told_in_order", told_in_order},
	{"a_line_is_asked", a_line_is_asked},
	{"up_comes_before_the_frames", up_comes_before_the_frames},
	{"never_heard_of_is_annulled", never_heard_of_is_annulled},
	{"given_up_is_not_told", given_up_is_not_told},
	{"heard_of_is_told_to_the_end", heard_of_is_told_to_the_end},
	{"timers_fire", timers_fire},
	{"none_is_lost", none_is_lost},
	{"attributes_of_an_older_transport", attributes_of_an_older_transport},
	{NULL, NULL},
};
const struct test_suite suite_dp_report = {"dp_report", cases};
