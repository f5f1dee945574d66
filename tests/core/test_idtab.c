/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/idtab.h"
#include "tests/harness.h"

static const uint8_t key[16] = {1, 2, 3};

static void every_id_finds_what_it_stands_for(void)
{
	static char what[65535];
	static uint16_t id[65535];
	struct idtab t;

	idtab_init(&t, key, 65535);
	CU_ASSERT_PTR_NULL(idtab_get(&t, 0));
	CU_ASSERT_PTR_NULL(idtab_get(&t, 1));
	for (unsigned i = 0; i < 65535; i++) {
		id[i] = idtab_take(&t, &what[i], 0);
		CU_ASSERT_NOT_EQUAL_FATAL(id[i], 0);
	}
	CU_ASSERT_EQUAL(idtab_take(&t, what, 0), 0); /* all in use */
	CU_ASSERT_EQUAL(idtab_spare(&t), 0);
	CU_ASSERT_EQUAL(t.live, 65535);
	for (unsigned i = 0; i < 65535; i++)
		CU_ASSERT_PTR_EQUAL_FATAL(idtab_get(&t, id[i]), &what[i]);
	for (unsigned i = 0; i < 65535; i++) {
		idtab_give(&t, id[i], 0);
		CU_ASSERT_PTR_NULL_FATAL(idtab_get(&t, id[i]));
	}
	CU_ASSERT_EQUAL(t.live, 0);
	idtab_free(&t);
}

static void memory_starts_small(void)
{
	struct idtab t;
	int x;

	idtab_init(&t, key, 65535);
	CU_ASSERT_EQUAL(t.pages, 0);
	for (unsigned i = 0; i < IDTAB_PAGE; i++)
		idtab_take(&t, &x, 0);
	CU_ASSERT_EQUAL(t.pages, 1);
	idtab_take(&t, &x, 0);
	CU_ASSERT_EQUAL(t.pages, 2);
	idtab_free(&t);
}

static void spare_id_stands_for_nothing(void)
{
	struct idtab t;
	uint16_t id, spare;
	int x;

	idtab_init(&t, key, 100);
	id = idtab_take(&t, &x, 0);
	spare = idtab_spare(&t);
	CU_ASSERT_NOT_EQUAL(spare, 0);
	CU_ASSERT_NOT_EQUAL(spare, id);
	CU_ASSERT_PTR_NULL(idtab_get(&t, spare));
	idtab_free(&t);
}

/* An id is not reused before its time, unless there is no other; then the one that has rested
 * longest. */
static void ids_rest_before_they_come_back(void)
{
	struct idtab t;
	uint16_t id[4], again;
	int x;

	idtab_init(&t, key, 4);
	for (int i = 0; i < 4; i++)
		id[i] = idtab_take(&t, &x, 0);
	CU_ASSERT_EQUAL(idtab_take(&t, &x, 0), 0);
	for (int i = 0; i < 3; i++)
		idtab_give(&t, id[i], 31000000);
	CU_ASSERT_EQUAL(idtab_spare(&t), id[0]); /* for a message that needs one once */
	CU_ASSERT_PTR_NULL(idtab_get(&t, id[0]));
	CU_ASSERT_EQUAL(idtab_take(&t, &x, 5000000), id[0]);
	CU_ASSERT_EQUAL(idtab_take(&t, &x, 5000000), id[1]);
	again = idtab_take(&t, &x, 40000000);
	CU_ASSERT_EQUAL(again, id[2]);
	CU_ASSERT_EQUAL(t.live, 4);
	idtab_free(&t);

	idtab_init(&t, key, 1000);
	id[0] = idtab_take(&t, &x, 0);
	idtab_give(&t, id[0], 31000000);
	for (int i = 0; i < 900; i++) {
		again = idtab_take(&t, &x, 30000000);
		CU_ASSERT_NOT_EQUAL_FATAL(again, id[0]);
		idtab_give(&t, again, 61000000);
	}
	idtab_free(&t);
}

/* Every id that is given back rests, those too for which there has to be more room. */
static void every_id_rests(void)
{
	struct idtab t;
	uint16_t id[40];
	int object;

	idtab_init(&t, key, 65535);
	for (unsigned i = 0; i < 40; i++)
		id[i] = idtab_take(&t, &object, 0);
	for (unsigned i = 0; i < 40; i++) {
		idtab_give(&t, id[i], 31000000);
		CU_ASSERT_EQUAL(t.resting, i + 1);
		CU_ASSERT_EQUAL(t.live, 39 - i);
		CU_ASSERT_EQUAL(t.ids.count, 0);
		CU_ASSERT_PTR_NULL(idtab_get(&t, id[i]));
	}
	idtab_take(&t, &object, 30999999);
	CU_ASSERT_EQUAL(t.resting, 40);
	idtab_take(&t, &object, 31000000);
	CU_ASSERT_EQUAL(t.resting, 0);
	idtab_free(&t);
}

/* Another table with the same key and as many ids given takes those that are in use; the others
 * rest and come back later, oldest slot first. */
static void ids_of_a_life_before(void)
{
	struct idtab t, u;
	uint16_t id[6];
	int x, y;

	idtab_init(&t, key, 6);
	for (unsigned i = 0; i < 6; i++)
		id[i] = idtab_take(&t, &x, 0);
	idtab_init(&u, key, 6);
	CU_ASSERT_FALSE(idtab_take_id(&u, id[2], &y)); /* not given as yet */
	u.ids.fresh = 5;
	CU_ASSERT_FALSE(idtab_take_id(&u, 0, &y));
	CU_ASSERT_FALSE(idtab_take_id(&u, id[5], &y));
	CU_ASSERT_TRUE(idtab_take_id(&u, id[4], &x));
	CU_ASSERT_TRUE(idtab_take_id(&u, id[2], &y));
	CU_ASSERT_FALSE(idtab_take_id(&u, id[2], &y));
	CU_ASSERT_PTR_EQUAL(idtab_get(&u, id[2]), &y);
	CU_ASSERT_EQUAL(u.live, 2);
	idtab_rest_others(&u, 31000000);
	CU_ASSERT_EQUAL(u.resting, 3);
	CU_ASSERT_EQUAL(idtab_take(&u, &x, 5000000), id[5]); /* never given before */
	CU_ASSERT_EQUAL(idtab_take(&u, &x, 31000000), id[0]);
	CU_ASSERT_EQUAL(u.resting, 0);
	CU_ASSERT_EQUAL(idtab_take(&u, &x, 31000000), id[1]);
	CU_ASSERT_EQUAL(idtab_take(&u, &x, 31000000), id[3]);
	CU_ASSERT_EQUAL(idtab_take(&u, &x, 31000000), 0);
	idtab_free(&t);
	idtab_free(&u);
}

static const struct test_case cases[] = {
	{"ids_of_a_life_before", ids_of_a_life_before},
	{"every_id_finds_what_it_stands_for", every_id_finds_what_it_stands_for},
	{"memory_starts_small", memory_starts_small},
	{"ids_rest_before_they_come_back", ids_rest_before_they_come_back},
	{"spare_id_stands_for_nothing", spare_id_stands_for_nothing},
	{"every_id_rests", every_id_rests},
	{NULL, NULL},
};
const struct test_suite suite_idtab = {"idtab", cases};
