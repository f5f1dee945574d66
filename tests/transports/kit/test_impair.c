/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rates come out near what was asked, decisions repeat with the seed, and nothing is on by default.
 */
#include "tests/harness.h"
#include "transports/kit/impair.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct ist_key keys[] = {IMPAIR_KEYS, {NULL, 0, 0, 0, 0, NULL, NULL, NULL}};

static int test_impair_init(struct impair *im, const struct ist_setting *set, unsigned n, char *err)
{
	const struct settings s = {keys, set, n};

	return impair_init(im, &s, err, err ? 100 : 0);
}

static void off(void)
{
	struct impair im;
	uint64_t due[2];

	CU_ASSERT_EQUAL(test_impair_init(&im, NULL, 0, NULL), 0);
	CU_ASSERT_FALSE(impair_on(&im));
	for (int i = 0; i < 1000; i++)
		CU_ASSERT_TRUE(impair_plan(&im, 77, due) == 1 && due[0] == 77);
}

static void each_switches_on(void)
{
	static const struct ist_setting rows[] = {{"impair-loss", "1"},
						  {"impair-duplicate", "1"},
						  {"impair-reorder", "1"},
						  {"impair-delay", "1"},
						  {"impair-jitter", "1"}};

	for (unsigned i = 0; i < 5; i++) {
		struct impair im;

		CU_ASSERT_EQUAL(test_impair_init(&im, &rows[i], 1, NULL), 0);
		CU_ASSERT_TRUE(impair_on(&im));
	}
}

/* n of 100000 at 10 %: five standard deviations are 474. */
static bool tenth(uint64_t n)
{
	return n > 10000 - 474 && n < 10000 + 474;
}

static void rates(void)
{
	const struct ist_setting set[] = {{"impair-loss", "10"},     {"impair-duplicate", "10%"},
					  {"impair-reorder", "10"},  {"impair-delay", "5000"},
					  {"impair-jitter", "1000"}, {"impair-seed", "4242"}};
	uint64_t due[2], copies = 0, n[4];
	struct impair im;

	CU_ASSERT_EQUAL(test_impair_init(&im, set, 6, NULL), 0);
	for (int i = 0; i < 100000; i++) {
		unsigned c = impair_plan(&im, 1000, due);

		copies += c;
		for (unsigned k = 0; k < c; k++)
			if (due[k] < 6000 || (due[k] > 7000 && (k || due[k] != due[0])))
				CU_FAIL("outside delay and jitter");
		if (c && due[0] > 7000 && due[0] < 6000 + im.reorder_by)
			CU_FAIL("held back by too little");
	}
	impair_count(&im, n);
	CU_ASSERT_TRUE(tenth(n[0]));
	/* of those not lost */
	CU_ASSERT_TRUE(n[1] > 8500 && n[1] < 9500);
	CU_ASSERT_TRUE(n[2] > 8500 && n[2] < 9500);
	CU_ASSERT_EQUAL(n[3], 100000 - n[0]);
	CU_ASSERT_EQUAL(copies, 100000 - n[0] + n[1]);
}

static void extremes(void)
{
	const struct ist_setting all[] = {{"impair-loss", "100"}},
				 twice[] = {{"impair-duplicate", "100"}};
	struct impair im;
	uint64_t due[2];

	test_impair_init(&im, all, 1, NULL);
	for (int i = 0; i < 1000; i++)
		CU_ASSERT_EQUAL(impair_plan(&im, 0, due), 0);
	test_impair_init(&im, twice, 1, NULL);
	for (int i = 0; i < 1000; i++)
		CU_ASSERT_EQUAL(impair_plan(&im, 0, due), 2);
}

static void repeats(void)
{
	const struct ist_setting set[] = {{"impair-loss", "50"}, {"impair-seed", "7"}};
	const struct ist_setting other[] = {{"impair-loss", "50"}, {"impair-seed", "8"}};
	struct impair a, b, c;
	uint64_t due[2];
	unsigned differ = 0;

	test_impair_init(&a, set, 2, NULL);
	test_impair_init(&b, set, 2, NULL);
	test_impair_init(&c, other, 2, NULL);
	for (int i = 0; i < 1000; i++) {
		unsigned n = impair_plan(&a, 0, due);

		CU_ASSERT_EQUAL(n, impair_plan(&b, 0, due));
		differ += n != impair_plan(&c, 0, due);
	}
	CU_ASSERT_TRUE(differ > 300);
}

static void impair_refused(void)
{
	const struct ist_setting set[] = {{"impair-reorder", "much"}};
	struct impair im;
	char err[100];

	CU_ASSERT_EQUAL(test_impair_init(&im, set, 1, err), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err, "impair-reorder: \"much\" is no percentage");
}

static const struct test_case cases[] = {
	{"off_by_default", off},
	{"each_key_switches_it_on", each_switches_on},
	{"rates_and_times", rates},
	{"all_or_nothing", extremes},
	{"same_seed_same_run", repeats},
	{"bad_percentage", impair_refused},
	{NULL, NULL},
};
const struct test_suite suite_impair = {"impair", cases};
