/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/aaa/aaa.h"
#include "tests/gw/clock.h"
#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

static const struct cfg_service gold = {.name = "gold"}, lead = {.name = "lead"};
static const struct cfg_user users[] = {
	{.name = "zoe", .secret = "z-secret"},
	{.name = "alice", .secret = "wonderland", .address4 = 0x0a400007},
	{.name = "bob", .secret = "any", .service = NULL},
	{.name = "bob", .secret = "gold-only", .service = &gold},
	{.name = "carol", .secret = "c", .service = &lead},
	{.name = "ali", .secret = "prefix"},
};

static struct loop *loop;
static struct aaa *aaa;
static unsigned answers;
static struct aaa_answer last;

static void aaa_answered(void *ctx, const struct aaa_answer *a, uint64_t now)
{
	(void)ctx;
	(void)now;
	answers++;
	last = *a;
}

static void aaa_set_up(void)
{
	clock_us = 5;
	loop = loop_new(clock_now);
	aaa = aaa_new(loop, users, sizeof(users) / sizeof(users[0]));
	answers = 0;
	memset(&last, 0, sizeof(last));
}

static void aaa_tear_down(void)
{
	aaa_free(aaa);
	loop_free(loop);
}

static struct ppp_auth_claim pap(const char *name, size_t len, const char *password)
{
	struct ppp_auth_claim c = {.method = PPP_AUTH_PAP, .name_len = (uint16_t)len};

	memcpy(c.name, name, len);
	c.response_len = (uint8_t)strlen(password);
	memcpy(c.response, password, c.response_len);
	return c;
}

static bool test_aaa_ask(const char *name, size_t len, const char *password,
			 const struct cfg_service *s)
{
	struct ppp_auth_claim c = pap(name, len, password);
	struct aaa_question q = {.claim = &c, .service = s};
	unsigned before = answers;

	CU_ASSERT_PTR_NOT_NULL(aaa_ask(aaa, &q, aaa_answered, NULL, clock_us));
	CU_ASSERT_EQUAL(answers, before); /* never from inside the question */
	clock_until(loop, clock_us);
	CU_ASSERT_EQUAL(answers, before + 1);
	return last.ok;
}

static bool login(const char *name, const char *password, const struct cfg_service *s)
{
	return test_aaa_ask(name, strlen(name), password, s);
}

static void right_and_wrong_passwords(void)
{
	aaa_set_up();
	CU_ASSERT_TRUE(login("alice", "wonderland", &gold));
	CU_ASSERT_EQUAL(last.address4, 0x0a400007);
	CU_ASSERT_TRUE(login("zoe", "z-secret", &gold));
	CU_ASSERT_EQUAL(last.address4, 0);
	CU_ASSERT_FALSE(login("alice", "wonderlan", &gold));
	CU_ASSERT_EQUAL(last.address4, 0);
	CU_ASSERT_FALSE(login("alice", "", &gold));
	CU_ASSERT_FALSE(login("ali", "wonderland", &gold));
	CU_ASSERT_TRUE(login("ali", "prefix", &gold));
	aaa_tear_down();
}

static void nobody_is_told_whether_the_name_exists(void)
{
	const char *wrong;

	aaa_set_up();
	CU_ASSERT_FALSE(login("alice", "x", &gold));
	wrong = last.message;
	CU_ASSERT_FALSE(login("mallory", "x", &gold));
	CU_ASSERT_STRING_EQUAL(last.message, wrong);
	CU_ASSERT_FALSE(login("mallory", "no user has this secret", &gold));
	CU_ASSERT_FALSE(login("", "", &gold));
	aaa_tear_down();
}

static void names_are_octets(void)
{
	aaa_set_up();
	CU_ASSERT_FALSE(test_aaa_ask("alice\0", 6, "wonderland", &gold));
	CU_ASSERT_FALSE(test_aaa_ask("alic", 4, "wonderland", &gold));
	CU_ASSERT_FALSE(test_aaa_ask("\xff\xfe", 2, "x", &gold));
	aaa_tear_down();
}

static void a_service_has_its_own_users(void)
{
	aaa_set_up();
	CU_ASSERT_TRUE(login("bob", "gold-only", &gold));
	CU_ASSERT_FALSE(login("bob", "any", &gold));
	CU_ASSERT_TRUE(login("bob", "any", &lead));
	CU_ASSERT_FALSE(login("carol", "c", &gold));
	CU_ASSERT_TRUE(login("carol", "c", &lead));
	aaa_tear_down();
}

static void cancelled_is_never_answered(void)
{
	struct ppp_auth_claim c = pap("alice", 5, "wonderland");
	struct aaa_question q = {.claim = &c, .service = &gold};

	aaa_set_up();
	aaa_cancel(aaa_ask(aaa, &q, aaa_answered, NULL, clock_us));
	aaa_cancel(NULL);
	clock_until(loop, clock_us + 1000000);
	CU_ASSERT_EQUAL(answers, 0);
	aaa_tear_down();
}

static void counts(void)
{
	struct aaa_counters n;

	aaa_set_up();
	login("alice", "wonderland", &gold);
	login("alice", "x", &gold);
	login("nobody", "x", &gold);
	aaa_count(aaa, &n);
	CU_ASSERT_EQUAL(n.asked, 3);
	CU_ASSERT_EQUAL(n.accepted, 1);
	CU_ASSERT_EQUAL(n.refused, 2);
	aaa_tear_down();
}

/* Every name of a long list is found, whatever its place in it. */
static void a_long_list(void)
{
	static struct cfg_user many[501];
	static char name[501][16];
	unsigned i;

	for (i = 0; i < 501; i++) {
		snprintf(name[i], sizeof(name[i]), "u%u", i * 7919u % 501u);
		many[i] = (struct cfg_user){.name = name[i], .secret = name[i]};
	}
	aaa_set_up();
	aaa_free(aaa);
	aaa = aaa_new(loop, many, 501);
	for (i = 0; i < 501; i++)
		CU_ASSERT_TRUE(login(name[i], name[i], &gold));
	aaa_tear_down();
}

static const struct test_case cases[] = {
	{"right_and_wrong_passwords", right_and_wrong_passwords},
	{"nobody_is_told_whether_the_name_exists", nobody_is_told_whether_the_name_exists},
	{"names_are_octets", names_are_octets},
	{"a_service_has_its_own_users", a_service_has_its_own_users},
	{"cancelled_is_never_answered", cancelled_is_never_answered},
	{"counts", counts},
	{"a_long_list", a_long_list},
	{NULL, NULL},
};
const struct test_suite suite_aaa = {"aaa", cases};
