/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/harness.h"
#include "transports/kit/handover.h"
#include "transports/kit/slots.h"

static void slots_are_bounded(void)
{
	struct slots s;

	CU_ASSERT_EQUAL(slots_init(&s, 1, 4), 0);
	for (uint32_t i = 1; i < 4; i++)
		CU_ASSERT_EQUAL(slots_take(&s), i);
	CU_ASSERT_EQUAL(s.taken, 3);
	CU_ASSERT_EQUAL(slots_take(&s), SLOT_NONE);
	CU_ASSERT_EQUAL(s.taken, 3);
	slots_free(&s);
	slots_free(&s);
}

static void slots_go_round(void)
{
	static const uint32_t want[] = {2, 0, 1, 3};
	struct slots s;

	slots_init(&s, 0, 4);
	for (uint32_t i = 0; i < 3; i++)
		slots_take(&s);
	slots_give_back(&s, 2);
	slots_give_back(&s, 0);
	slots_give_back(&s, 1);
	CU_ASSERT_EQUAL(slots_take(&s), 3); /* never taken: before all that were */
	slots_give_back(&s, 3);
	for (unsigned i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(slots_take(&s), want[i]);
	CU_ASSERT_EQUAL(slots_take(&s), SLOT_NONE);
	slots_free(&s);
}

static void slots_stale(void)
{
	struct slots s;
	ist_channel first, second;
	uint32_t i;

	slots_init(&s, 0, 1);
	CU_ASSERT_EQUAL(slots_find(&s, 0), SLOT_NONE);
	CU_ASSERT_EQUAL(slots_find(&s, handle_make(0, 1)), SLOT_NONE);
	i = slots_take(&s);
	first = slots_handle(&s, i);
	CU_ASSERT_EQUAL(first, 0x00010000);
	CU_ASSERT_EQUAL(slots_find(&s, first), 0);
	CU_ASSERT_EQUAL(slots_find(&s, handle_make(1, 1)), SLOT_NONE);
	slots_give_back(&s, i);
	CU_ASSERT_EQUAL(slots_find(&s, first), SLOT_NONE);
	second = slots_handle(&s, slots_take(&s));
	CU_ASSERT_EQUAL(second, 0x00020000);
	CU_ASSERT_EQUAL(slots_find(&s, first), SLOT_NONE);
	CU_ASSERT_EQUAL(slots_find(&s, second), 0);
	slots_free(&s);
}

/* 65,535 lives later the generation starts anew, and is never 0. */
static void slots_generations(void)
{
	struct slots s;

	slots_init(&s, 0, 1);
	for (unsigned n = 1; n <= 65536; n++) {
		uint32_t i = slots_take(&s);

		CU_ASSERT_EQUAL_FATAL(handle_generation(slots_handle(&s, i)), n == 65536 ? 1 : n);
		slots_give_back(&s, i);
	}
	CU_ASSERT_EQUAL(s.taken, 0);
	slots_free(&s);
}

static struct slots slots_thawed(struct ist_frozen *f, bool *bad)
{
	struct handover h;
	struct slots s;

	slots_init(&s, 1, 6);
	handover_thaw(&h, f, 0);
	slots_hand(&s, &h);
	*bad = h.bad;
	return s;
}

/* In another process: the same are taken, and the next ones in the same order. */
static void slots_go_along(void)
{
	static const uint32_t want[] = {5, 4, 1, 3};
	uint8_t octets[100];
	struct ist_frozen f = {.octets = octets, .room = sizeof(octets)};
	struct handover h;
	struct slots s, t;
	bool bad;

	slots_init(&s, 1, 6);
	for (uint32_t i = 1; i < 5; i++)
		slots_take(&s);
	slots_give_back(&s, 4);
	slots_give_back(&s, 1);
	slots_give_back(&s, 3);
	handover_freeze(&h, &f, 0);
	slots_hand(&s, &h);
	CU_ASSERT_EQUAL(handover_frozen(&h), 0);
	t = slots_thawed(&f, &bad);
	CU_ASSERT_FALSE(bad);
	CU_ASSERT_EQUAL(t.taken, 1);
	CU_ASSERT_EQUAL(slots_find(&t, slots_handle(&s, 2)), 2);
	for (unsigned i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(slots_take(&t), want[i]);
		CU_ASSERT_EQUAL(slots_take(&s), want[i]);
		CU_ASSERT_EQUAL(slots_handle(&t, want[i]), slots_handle(&s, want[i]));
	}
	CU_ASSERT_EQUAL(slots_take(&t), SLOT_NONE);
	slots_free(&t);
	octets[f.len - 1] = 4; /* one is free twice */
	t = slots_thawed(&f, &bad);
	CU_ASSERT(bad);
	slots_free(&t);
	octets[f.len - 1] = 2; /* one that is taken is free */
	t = slots_thawed(&f, &bad);
	CU_ASSERT(bad);
	slots_free(&t);
	octets[f.len - 1] = 5; /* one that was never taken is free */
	t = slots_thawed(&f, &bad);
	CU_ASSERT(bad);
	slots_free(&t);
	slots_free(&s);
}

static const struct test_case cases[] = {
	{"bounded", slots_are_bounded}, {"oldest_first", slots_go_round},
	{"stale_handles", slots_stale}, {"generations", slots_generations},
	{"go_along", slots_go_along},	{NULL, NULL},
};
const struct test_suite suite_slots = {"slots", cases};
