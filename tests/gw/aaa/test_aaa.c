/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/aaa/aaa.h"
#include "gw/log_brake.h"
#include "tests/gw/bench.h"
#include "tests/gw/radius_far.h"
#include "tests/heap.h"
#include "tests/netns.h"

#include <arpa/inet.h>
#include <osmocom/core/select.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct cfg_service gold = {.name = "gold"}, lead = {.name = "lead"};
static const struct cfg_user users[] = {
	{.name = "zoe", .secret = "z-secret", .idle = CFG_OF_SERVICE, .session = CFG_OF_SERVICE},
	{.name = "alice",
	 .secret = "wonderland",
	 .address4 = 0x0a400007,
	 .idle = 0,
	 .session = 3600 * SEC},
	{.name = "bob", .secret = "any", .service = NULL},
	{.name = "bob", .secret = "gold-only", .service = &gold},
	{.name = "carol", .secret = "c", .service = &lead},
	{.name = "ali", .secret = "prefix"},
	{.name = "dave"}, /* no secret: nobody comes in by this name */
};

static const struct cfg_login login_conf = {.delay = SEC, .failures = 4, .lock = 60 * SEC};

static struct loop *loop;
static struct aaa *aaa;
static unsigned answers;
static uint64_t answered_at, source;
static struct aaa_answer last;

static void aaa_answered(void *ctx, const struct aaa_answer *a, uint64_t now)
{
	(void)ctx;
	answered_at = now;
	answers++;
	last = *a;
}

static void aaa_set_up(void)
{
	clock_us = 5;
	loop = loop_new(clock_now);
	aaa = aaa_new(loop, users, sizeof(users) / sizeof(users[0]), &login_conf);
	answers = 0;
	source = 1;
	memset(&last, 0, sizeof(last));
}

static void aaa_tear_down(void)
{
	aaa_free(aaa);
	log_brakes_reset();
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

static void test_aaa_put(const struct ppp_auth_claim *c, const struct cfg_service *s)
{
	struct aaa_question q = {.claim = c, .service = s, .source = source};
	unsigned before = answers;

	CU_ASSERT_PTR_NOT_NULL(aaa_ask(aaa, &q, aaa_answered, NULL, clock_us));
	CU_ASSERT_EQUAL(answers, before); /* never from inside the question */
}

/* The answer, after whatever wait. */
static bool test_aaa_ask(const char *name, size_t len, const char *password,
			 const struct cfg_service *s)
{
	struct ppp_auth_claim c = pap(name, len, password);
	unsigned before = answers;

	test_aaa_put(&c, s);
	clock_until(loop, clock_us + 30 * SEC);
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
	CU_ASSERT_EQUAL(last.idle, 0);
	CU_ASSERT_EQUAL(last.session, 3600 * SEC);
	CU_ASSERT_PTR_EQUAL(last.filter, users[1].filter);
	CU_ASSERT_TRUE(login("zoe", "z-secret", &gold));
	CU_ASSERT_EQUAL(last.address4, 0);
	CU_ASSERT_EQUAL(last.idle, CFG_OF_SERVICE);
	CU_ASSERT_EQUAL(last.session, CFG_OF_SERVICE);
	CU_ASSERT_FALSE(login("alice", "wonderlan", &gold));
	CU_ASSERT_PTR_NULL(last.filter);
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

/* A user of the service comes before one of any, however the configuration orders them. */
static void the_services_own_user_comes_first(void)
{
	static const struct cfg_user any = {.name = "eve", .secret = "any"},
				     own = {.name = "eve", .secret = "own", .service = &gold};

	for (unsigned i = 0; i < 2; i++) {
		struct cfg_user two[3] = {i ? own : any, i ? any : own, {.name = "x"}};

		aaa_set_up();
		aaa_free(aaa);
		aaa = aaa_new(loop, two, 3, &login_conf);
		CU_ASSERT_TRUE(login("eve", "own", &gold));
		CU_ASSERT_FALSE(login("eve", "any", &gold));
		CU_ASSERT_TRUE(login("eve", "any", &lead));
		aaa_tear_down();
	}
}

static void without_memory_there_is_none(void)
{
	struct ppp_auth_claim c = pap("alice", 5, "wonderland");
	struct aaa_question q = {.claim = &c, .service = &gold};
	struct aaa_counters n;

	aaa_set_up();
	for (unsigned skip = 0; skip < 4; skip++) {
		heap_refuse(skip);
		CU_ASSERT_PTR_NULL(aaa_new(loop, users, 1, &login_conf));
		CU_ASSERT_TRUE(heap_refused());
	}
	aaa_free(NULL);
	heap_refuse(0);
	CU_ASSERT_PTR_NULL(aaa_ask(aaa, &q, aaa_answered, NULL, clock_us));
	CU_ASSERT_TRUE(heap_refused());
	aaa_count(aaa, &n);
	CU_ASSERT_EQUAL(n.asked, 0);
	aaa_tear_down();
}

static void cancelled_is_never_answered(void)
{
	struct ppp_auth_claim c = pap("alice", 5, "wonderland");
	struct aaa_question q = {.claim = &c, .service = &gold};

	aaa_set_up();
	aaa_cancel(aaa_ask(aaa, &q, aaa_answered, NULL, clock_us));
	aaa_cancel(NULL);
	CU_ASSERT_EQUAL(loop_deadline(loop), DEADLINE_NEVER);
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
	aaa = aaa_new(loop, many, 501, &login_conf);
	for (i = 0; i < 501; i++)
		CU_ASSERT_TRUE(login(name[i], name[i], &gold));
	aaa_tear_down();
}

static void a_user_without_a_secret_never_comes_in(void)
{
	aaa_set_up();
	CU_ASSERT_FALSE(login("dave", "", &gold));
	CU_ASSERT_FALSE(login("dave", "no user has this secret", &gold));
	CU_ASSERT_EQUAL(last.address4, 0);
	CU_ASSERT_STRING_EQUAL(last.message, "Authentication failed");
	aaa_tear_down();
}

/* RFC 2759 section 9.2 as printed there: user "User", password "clientPass". */
static const uint8_t rfc2759_challenge[16] = {0x5b, 0x5d, 0x7c, 0x7d, 0x7b, 0x3f, 0x2f, 0x3e,
					      0x3c, 0x2c, 0x60, 0x21, 0x32, 0x26, 0x26, 0x28};
static const uint8_t rfc2759_response[49] = {
	0x21, 0x40, 0x23, 0x24, 0x25, 0x5e, 0x26, 0x2a, 0x28, 0x29, 0x5f, 0x2b, 0x3a,
	0x33, 0x7c, 0x7e, 0,	0,    0,    0,	  0,	0,    0,    0,	  0x82, 0x30,
	0x9e, 0xcd, 0x8d, 0x70, 0x8b, 0x5e, 0xa0, 0x8f, 0xaa, 0x39, 0x81, 0xcd, 0x83,
	0x54, 0x42, 0x33, 0x11, 0x4a, 0x3d, 0x85, 0xd6, 0xdf, 0};
#define RFC2759_SUCCESS "S=407A5589115FD0D6209F510FE9C04566932CDA56"

static struct ppp_auth_claim mschapv2(void)
{
	struct ppp_auth_claim c = {.method = PPP_AUTH_MSCHAPV2,
				   .name_len = 4,
				   .challenge_len = 16,
				   .response_len = 49};

	memcpy(c.name, "User", 4);
	memcpy(c.challenge, rfc2759_challenge, 16);
	memcpy(c.response, rfc2759_response, 49);
	return c;
}

static void with_rfc2759_user(void)
{
	static const struct cfg_user user = {.name = "User", .secret = "clientPass"};
	static const struct cfg_login free_of_delay = {.failures = 1};

	aaa_set_up();
	aaa_free(aaa);
	aaa = aaa_new(loop, &user, 1, &free_of_delay);
}

static void mschapv2_success_is_that_of_the_rfc(void)
{
	struct ppp_auth_claim c = mschapv2();

	with_rfc2759_user();
	test_aaa_put(&c, &gold);
	clock_until(loop, clock_us);
	CU_ASSERT_TRUE(last.ok);
	CU_ASSERT_STRING_EQUAL(last.reply.success, RFC2759_SUCCESS);
	aaa_tear_down();
}

/* One bit of any octet of the NT response, of either challenge, or of the name. */
static void mschapv2_is_compared_whole(void)
{
	with_rfc2759_user();
	for (unsigned i = 0; i < 16 + 49 - 1 + 4; i++) {
		struct ppp_auth_claim c = mschapv2();

		if (i >= 16 + 16 && i < 16 + 24)
			continue; /* reserved */
		if (i < 16)
			c.challenge[i] ^= 1;
		else if (i < 16 + 48)
			c.response[i - 16] ^= 1;
		else
			c.name[i - 64] ^= 1;
		memset(&last, 0xff, sizeof(last));
		test_aaa_put(&c, &gold);
		clock_until(loop, clock_us);
		CU_ASSERT_FALSE(last.ok);
		CU_ASSERT_EQUAL(last.reply.success[0], 0);
		CU_ASSERT_EQUAL(last.address4, 0);
	}
	CU_ASSERT_EQUAL(answers, 60);
	aaa_tear_down();
}

/* A right password after a failure waits as long as a wrong one: at the edge, and one before. */
static void an_answer_comes_when_its_wait_is_over(void)
{
	struct ppp_auth_claim wrong = pap("alice", 5, "x"), right = pap("alice", 5, "wonderland");
	struct aaa_counters n;
	struct aaa_view v;

	aaa_set_up();
	test_aaa_put(&wrong, &gold);
	clock_until(loop, clock_us);
	CU_ASSERT_EQUAL(answers, 1);
	CU_ASSERT_EQUAL(answered_at, 5);
	test_aaa_put(&right, &gold);
	aaa_view(aaa, &v);
	CU_ASSERT_EQUAL(v.waiting, 1);
	clock_until(loop, 5 + SEC - 1);
	CU_ASSERT_EQUAL(answers, 1);
	clock_until(loop, 5 + SEC);
	CU_ASSERT_EQUAL(answers, 2);
	CU_ASSERT_TRUE(last.ok);
	aaa_count(aaa, &n);
	CU_ASSERT_EQUAL(n.delayed, 1);
	aaa_view(aaa, &v);
	CU_ASSERT_EQUAL(v.waiting, 0);
	CU_ASSERT_EQUAL(v.limit.proved, 1);
	/* The success has cleared it. */
	test_aaa_put(&wrong, &gold);
	clock_until(loop, clock_us);
	CU_ASSERT_EQUAL(answers, 3);
	aaa_tear_down();
}

static void one_who_waits_does_not_hold_up_others(void)
{
	struct ppp_auth_claim a = pap("alice", 5, "x"), z = pap("zoe", 3, "z-secret");

	aaa_set_up();
	test_aaa_put(&a, &gold);
	test_aaa_put(&a, &gold);
	clock_until(loop, clock_us);
	CU_ASSERT_EQUAL(answers, 1);
	test_aaa_put(&z, &gold);
	clock_until(loop, clock_us);
	CU_ASSERT_EQUAL(answers, 2);
	CU_ASSERT_TRUE(last.ok);
	clock_until(loop, clock_us + SEC);
	CU_ASSERT_EQUAL(answers, 3);
	CU_ASSERT_FALSE(last.ok);
	aaa_tear_down();
}

#define LOCKED "aaa notice: user alice from * locked for 1m00s: too many failed log-ins"

/* 500 guesses at a time, the last of them right: four are judged. */
static void guesses_at_a_time_lock(void)
{
	struct ppp_auth_claim wrong = pap("alice", 5, "x"), right = pap("alice", 5, "wonderland");
	struct aaa_counters n;
	struct aaa_view v;
	unsigned i;

	bench_log_forget(); /* there is room for so many lines */
	aaa_set_up();
	for (i = 0; i < 499; i++)
		test_aaa_put(&wrong, &gold);
	test_aaa_put(&right, &gold);
	aaa_view(aaa, &v);
	CU_ASSERT_EQUAL(v.waiting, 500);
	CU_ASSERT_EQUAL(v.limit.locked, 1);
	clock_until(loop, clock_us + 8 * SEC);
	CU_ASSERT_EQUAL(answers, 500);
	CU_ASSERT_FALSE(last.ok);
	CU_ASSERT_STRING_EQUAL(last.message, "Authentication failed");
	aaa_count(aaa, &n);
	CU_ASSERT_EQUAL(n.asked, 500);
	CU_ASSERT_EQUAL(n.refused, 500);
	CU_ASSERT_EQUAL(n.locks, 1);
	CU_ASSERT_EQUAL(bench_logged(LOCKED), 1);
	CU_ASSERT_EQUAL(n.refused_locked, 496);
	CU_ASSERT_EQUAL(n.delayed, 499);
	CU_ASSERT_EQUAL(n.accepted, 0);
	/* On another source the user is let in meanwhile. */
	source = 2;
	CU_ASSERT_TRUE(login("alice", "wonderland", &gold));
	/* And here when the lock is over. */
	source = 1;
	clock_until(loop, 5 + 60 * SEC - 1);
	CU_ASSERT_FALSE(login("alice", "wonderland", &gold));
	clock_until(loop, 5 + 60 * SEC);
	CU_ASSERT_TRUE(login("alice", "wonderland", &gold));
	aaa_tear_down();
}

/* Hung up before the answer: the failure counts all the same. */
static void a_guesser_who_hangs_up_early_saves_nothing(void)
{
	struct ppp_auth_claim wrong = pap("alice", 5, "x");
	struct aaa_question q = {.claim = &wrong, .service = &gold, .source = 1};
	struct aaa_view v;
	unsigned i;

	aaa_set_up();
	for (i = 0; i < 4; i++)
		aaa_cancel(aaa_ask(aaa, &q, aaa_answered, NULL, clock_us));
	aaa_view(aaa, &v);
	CU_ASSERT_EQUAL(v.waiting, 0);
	CU_ASSERT_EQUAL(v.limit.locked, 1);
	CU_ASSERT_FALSE(login("alice", "wonderland", &gold));
	aaa_tear_down();
}

/* Words and times of six wrong log-ins in a row. */
static void test_aaa_six_refusals(const char *name, uint64_t at[6], const char *words[6])
{
	unsigned i;

	aaa_set_up();
	for (i = 0; i < 6; i++) {
		uint64_t asked = clock_us;

		CU_ASSERT_FALSE(login(name, "x", &gold));
		at[i] = answered_at - asked;
		words[i] = last.message;
	}
	aaa_tear_down();
}

static void an_unknown_name_waits_and_locks_like_a_known_one(void)
{
	/* 30 s after each other: the fourth locks for 60 s, so the sixth waits for the name alone.
	 */
	static const uint64_t want[6] = {0, SEC, 2 * SEC, 4 * SEC, 8 * SEC, SEC};
	static const char *const names[] = {"alice", "mallory", "dave", "carol"};
	uint64_t at[6];
	const char *words[6];
	unsigned i, k;

	for (k = 0; k < 4; k++) {
		test_aaa_six_refusals(names[k], at, words);
		for (i = 0; i < 6; i++) {
			CU_ASSERT_EQUAL(at[i], want[i]);
			CU_ASSERT_STRING_EQUAL(words[i], "Authentication failed");
		}
	}
}

/* --- with a RADIUS server ---------------------------------------------------------------------- */

#define SERVER_SECRET "0123456789abcdef"

static struct cfg_radius_server server = {.text = "s",
					  .address = "127.0.0.1",
					  .secret = SERVER_SECRET,
					  .weight = 1,
					  .timeout = SEC,
					  .fail_time = SEC,
					  .max_fail = 100,
					  .requests = 256};
static const struct cfg_radius isp = {
	.name = "isp", .nas_identifier = "gate", .server = &server, .servers = 1};

static void when_no_server_answers(void)
{
	static const struct {
		enum cfg_local_users local;
		bool ok;
	} rows[] = {{CFG_LOCAL_FALLBACK, true}, {CFG_LOCAL_LAST, true}, {CFG_LOCAL_NEVER, false}};

	for (unsigned i = 0; i < 3; i++) {
		struct cfg_service s = {.name = "s", .radius = &isp, .local_users = rows[i].local};
		int fd = radius_far_open(&server.port);
		struct aaa_counters n;

		aaa_set_up();
		CU_ASSERT_TRUE_FATAL(aaa_use_radius(aaa, &isp, 1));
		CU_ASSERT_EQUAL(login("alice", "wonderland", &s), rows[i].ok);
		CU_ASSERT_EQUAL(last.unanswered, !rows[i].ok);
		CU_ASSERT_FALSE(login("alice", "x", &s));
		CU_ASSERT_STRING_EQUAL(last.message, "Authentication failed");
		aaa_count(aaa, &n);
		CU_ASSERT_EQUAL(n.unanswered, 2);
		CU_ASSERT_EQUAL(n.accepted, rows[i].ok);
		CU_ASSERT_EQUAL(n.refused, 2 - rows[i].ok);
		aaa_tear_down();
		close(fd);
	}
}

/* What is dropped is counted by whether its proof was wrong. */
static void answers_that_are_dropped(void)
{
	static const struct cfg_service s = {
		.name = "s", .radius = &isp, .local_users = CFG_LOCAL_NEVER};
	static struct radius_far_got got;
	struct ppp_auth_claim c = pap("eve", 3, "x");
	int fd = radius_far_open(&server.port);
	struct aaa_server_view v;

	aaa_set_up();
	CU_ASSERT_TRUE_FATAL(aaa_use_radius(aaa, &isp, 1));
	test_aaa_put(&c, &s);
	CU_ASSERT_TRUE_FATAL(radius_far_take(fd, &got));
	radius_far_answer(fd, &got, RADIUS_ACCESS_ACCEPT, "", "another");
	radius_far_answer(fd, &got, RADIUS_ACCOUNTING_RESPONSE, "", SERVER_SECRET);
	osmo_select_main(1);
	CU_ASSERT_TRUE_FATAL(aaa_server(aaa, 0, &v));
	CU_ASSERT_TRUE(v.unproved == 1 && v.dropped == 1 && v.answered == 0);
	radius_far_answer(fd, &got, RADIUS_ACCESS_ACCEPT, "", SERVER_SECRET);
	osmo_select_main(1);
	clock_until(loop, clock_us + 1);
	CU_ASSERT_TRUE(answers == 1 && last.ok);
	aaa_tear_down();
	close(fd);
}

static void a_server_with_an_ipv6_address(void)
{
	static const struct cfg_service s = {
		.name = "s", .radius = &isp, .local_users = CFG_LOCAL_NEVER};
	static const struct sockaddr_in6 at = {.sin6_family = AF_INET6,
					       .sin6_port = 0x1407, /* 1812 or 5127 */
					       .sin6_addr = {{{0x20, 1, 0xd, 0xb8, [15] = 1}}}};
	struct ppp_auth_claim c = pap("eve", 3, "x");
	uint8_t octets[RADIUS_MAX];
	int fd;

	if (!netns_enter("aaa a_server_with_an_ipv6_address"))
		return;
	netns_loopback6(at.sin6_addr.s6_addr);
	fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_FATAL(fd >= 0 && !bind(fd, (const struct sockaddr *)&at, sizeof(at)));
	server.address = "2001:db8::1";
	server.port = ntohs(at.sin6_port);
	aaa_set_up();
	CU_ASSERT_TRUE_FATAL(aaa_use_radius(aaa, &isp, 1));
	test_aaa_put(&c, &s);
	CU_ASSERT_TRUE(recv(fd, octets, sizeof(octets), MSG_DONTWAIT) > (ssize_t)RADIUS_HEAD);
	CU_ASSERT_EQUAL(octets[0], RADIUS_ACCESS_REQUEST);
	clock_until(loop, clock_us + 30 * SEC);
	CU_ASSERT_TRUE(answers == 1 && last.unanswered);
	aaa_tear_down();
	server.address = "127.0.0.1";
	close(fd);
	netns_leave();
}

static const struct test_case cases[] = {
	{"right_and_wrong_passwords", right_and_wrong_passwords},
	{"nobody_is_told_whether_the_name_exists", nobody_is_told_whether_the_name_exists},
	{"names_are_octets", names_are_octets},
	{"a_service_has_its_own_users", a_service_has_its_own_users},
	{"the_services_own_user_comes_first", the_services_own_user_comes_first},
	{"without_memory_there_is_none", without_memory_there_is_none},
	{"cancelled_is_never_answered", cancelled_is_never_answered},
	{"counts", counts},
	{"a_long_list", a_long_list},
	{"a_user_without_a_secret_never_comes_in", a_user_without_a_secret_never_comes_in},
	{"mschapv2_success_is_that_of_the_rfc", mschapv2_success_is_that_of_the_rfc},
	{"mschapv2_is_compared_whole", mschapv2_is_compared_whole},
	{"an_answer_comes_when_its_wait_is_over", an_answer_comes_when_its_wait_is_over},
	{"one_who_waits_does_not_hold_up_others", one_who_waits_does_not_hold_up_others},
	{"guesses_at_a_time_lock", guesses_at_a_time_lock},
	{"a_guesser_who_hangs_up_early_saves_nothing", a_guesser_who_hangs_up_early_saves_nothing},
	{"an_unknown_name_waits_and_locks_like_a_known_one",
	 an_unknown_name_waits_and_locks_like_a_known_one},
	{"when_no_server_answers", when_no_server_answers},
	{"answers_that_are_dropped", answers_that_are_dropped},
	{"a_server_with_an_ipv6_address", a_server_with_an_ipv6_address},
	{NULL, NULL},
};
const struct test_suite suite_aaa = {"aaa", cases};
