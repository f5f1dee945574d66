/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/ctl_text.h"

#include "tests/harness.h"
#include "tests/heap.h"

#include <string.h>

static void it_grows_and_is_sent_off(void)
{
	struct ctl_text t = {0};

	for (unsigned i = 0; i < 5000; i++)
		ctl_text_words(&t, "0123456789");
	CU_ASSERT_FALSE(t.failed);
	CU_ASSERT_EQUAL(ctl_text_left(&t), 50000);
	ctl_text_sent(&t, 7);
	CU_ASSERT_EQUAL(ctl_text_left(&t), 49993);
	CU_ASSERT_EQUAL(memcmp(t.at + t.from, "7890", 4), 0);
	ctl_text_sent(&t, 49993);
	CU_ASSERT_EQUAL(ctl_text_left(&t), 0);
	CU_ASSERT_PTR_NULL(t.at); /* so much memory is not kept */
	ctl_text_words(&t, "x");
	CU_ASSERT_EQUAL(ctl_text_left(&t), 1);
	ctl_text_free(&t);
}

/* More comes all the time, and is read as slowly. */
static void it_stays_as_small_as_what_waits(void)
{
	struct ctl_text t = {0};
	unsigned next = 0;

	for (unsigned i = 0; i < 100000; i++) {
		char c = (char)('a' + i % 26);

		ctl_text_add(&t, &c, 1);
		if (i < 1000)
			continue;
		CU_ASSERT_EQUAL_FATAL(t.at[t.from], (char)('a' + next++ % 26));
		ctl_text_sent(&t, 1);
	}
	CU_ASSERT_EQUAL(ctl_text_left(&t), 1000);
	CU_ASSERT_TRUE(t.cap <= 4096);
	ctl_text_free(&t);
}

static void without_memory_it_has_failed(void)
{
	struct ctl_text t = {0};

	ctl_text_words(&t, "abc");
	heap_refuse(0);
	for (unsigned i = 0; i < 2000; i++)
		ctl_text_words(&t, "x");
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_TRUE(t.failed);
	ctl_text_cut(&t, 3);
	CU_ASSERT_FALSE(t.failed);
	CU_ASSERT_EQUAL(ctl_text_left(&t), 3);
	ctl_text_json(&t, NULL);
	CU_ASSERT_TRUE(t.failed);
	ctl_text_free(&t);
}

static void values_are_ascii_on_one_line(void)
{
	struct ctl_text t = {0};

	ctl_text_json(&t, json_pack("{sssi}", "a", "\n\xc3\xa4\"", "b", 7));
	ctl_text_words(&t, " ");
	ctl_text_json(&t, ctl_string("\xff|"));
	ctl_text_add(&t, "", 1);
	CU_ASSERT_STRING_EQUAL(t.at, "{\"a\":\"\\n\\u00E4\\\"\",\"b\":7} \"\\\\xff|\"");
	ctl_text_free(&t);
}

static const struct test_case cases[] = {
	{"it_grows_and_is_sent_off", it_grows_and_is_sent_off},
	{"it_stays_as_small_as_what_waits", it_stays_as_small_as_what_waits},
	{"without_memory_it_has_failed", without_memory_it_has_failed},
	{"values_are_ascii_on_one_line", values_are_ascii_on_one_line},
	{NULL, NULL},
};
const struct test_suite suite_ctl_text = {"ctl_text", cases};
