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
		id[i] = idtab_take(&t, &what[i]);
		CU_ASSERT_NOT_EQUAL_FATAL(id[i], 0);
	}
	CU_ASSERT_EQUAL(idtab_take(&t, what), 0); /* all in use */
	CU_ASSERT_EQUAL(idtab_spare(&t), 0);
	CU_ASSERT_EQUAL(t.live, 65535);
	for (unsigned i = 0; i < 65535; i++)
		CU_ASSERT_PTR_EQUAL_FATAL(idtab_get(&t, id[i]), &what[i]);
	for (unsigned i = 0; i < 65535; i++) {
		idtab_give(&t, id[i]);
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
		idtab_take(&t, &x);
	CU_ASSERT_EQUAL(t.pages, 1);
	idtab_take(&t, &x);
	CU_ASSERT_EQUAL(t.pages, 2);
	idtab_free(&t);
}

static void spare_id_stands_for_nothing(void)
{
	struct idtab t;
	uint16_t id, spare;
	int x;

	idtab_init(&t, key, 100);
	id = idtab_take(&t, &x);
	spare = idtab_spare(&t);
	CU_ASSERT_NOT_EQUAL(spare, 0);
	CU_ASSERT_NOT_EQUAL(spare, id);
	CU_ASSERT_PTR_NULL(idtab_get(&t, spare));
	idtab_free(&t);
}

static const struct test_case cases[] = {
	{"every_id_finds_what_it_stands_for", every_id_finds_what_it_stands_for},
	{"memory_starts_small", memory_starts_small},
	{"spare_id_stands_for_nothing", spare_id_stands_for_nothing},
	{NULL, NULL},
};
const struct test_suite suite_idtab = {"idtab", cases};
