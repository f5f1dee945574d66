/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/container.h"
#include "tests/harness.h"

struct node {
	int key;
};
struct owner {
	struct node first;
	char name[5];
	struct node second;
};

static void container_is_found_from_any_member(void)
{
	struct owner o[2];

	CU_ASSERT_PTR_EQUAL(IST_CONTAINER_OF(&o[0].first, struct owner, first), &o[0]);
	CU_ASSERT_PTR_EQUAL(IST_CONTAINER_OF(&o[0].second, struct owner, second), &o[0]);
	CU_ASSERT_PTR_EQUAL(IST_CONTAINER_OF(&o[1].second, struct owner, second), &o[1]);
	CU_ASSERT_PTR_EQUAL(IST_CONTAINER_OF(o[1].name, struct owner, name[0]), &o[1]);
}

static void container_pointer_is_evaluated_once(void)
{
	struct owner o[2];
	struct node *n = &o[0].second;

	CU_ASSERT_PTR_EQUAL(IST_CONTAINER_OF(n++, struct owner, second), &o[0]);
	CU_ASSERT_PTR_EQUAL(n, &o[0].second + 1);
}

static const struct test_case cases[] = {
	{"is_found_from_any_member", container_is_found_from_any_member},
	{"pointer_is_evaluated_once", container_pointer_is_evaluated_once},
	{NULL, NULL},
};
const struct test_suite suite_container = {"container", cases};
