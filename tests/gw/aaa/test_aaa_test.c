/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An operator's Access-Request: what is in it (RFC 2865 5, 4.1), and the words of its answer. */
#include "gw/aaa/aaa.h"
#include "tests/gw/bench.h"
#include "tests/gw/fake_radius.h"

#include <string.h>

#define AAA_TEST_CONF                             \
	"host-name = gw\n"                        \
	"udp a { listen = \"192.0.2.1:1701\" }\n" \
	"radius r { server \"192.0.2.9\" { secret = \"s\" } nas-identifier = gate }\n"

static char aaa_test_said[AAA_TEST_WORDS];
static int aaa_test_good; /* -1 = nothing was answered yet */
static const char *aaa_test_why;

static void aaa_test_done(void *ctx, bool good, const char *words, uint64_t now)
{
	CU_ASSERT_PTR_EQUAL(ctx, &aaa_test_good);
	CU_ASSERT_EQUAL(now, clock_us);
	aaa_test_good = good;
	strcpy(aaa_test_said, words);
}

static struct aaa_test *aaa_test_of(const char *user, const char *password)
{
	aaa_test_good = -1;
	return aaa_test(bench.gw->aaa, &bench.gw->cfg->radius[0], user, password, aaa_test_done,
			&aaa_test_good, &aaa_test_why, clock_us);
}

static void each_answer_has_words(void)
{
	static const struct {
		uint8_t code;
		const char *attrs, *words;
	} rows[] = {
		{RADIUS_ACCESS_ACCEPT, "", "Access-Accept of 192.0.2.9"},
		/* Class, then Reply-Message "hi" */
		{RADIUS_ACCESS_ACCEPT, "190378 12046869", "Access-Accept of 192.0.2.9: hi"},
		{RADIUS_ACCESS_REJECT, "12046e6f", "Access-Reject of 192.0.2.9: no"},
		/* it steers no terminal */
		{RADIUS_ACCESS_REJECT, "12041b5b", "Access-Reject of 192.0.2.9: \\x1b["},
		{RADIUS_ACCESS_CHALLENGE, "180378", "Access-Challenge of 192.0.2.9"},
	};

	bench_start(AAA_TEST_CONF);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fake_radius_accept(rows[i].attrs);
		fake_radius.code = rows[i].code;
		CU_ASSERT_PTR_NOT_NULL(aaa_test_of("ann", "of ann"));
		CU_ASSERT_EQUAL(aaa_test_good, -1);
		bench_pass(0);
		CU_ASSERT_EQUAL(aaa_test_good, rows[i].code == RADIUS_ACCESS_ACCEPT);
		CU_ASSERT_STRING_EQUAL(aaa_test_said, rows[i].words);
	}
	fake_radius.unanswered = true;
	CU_ASSERT_PTR_NOT_NULL(aaa_test_of("ann", "of ann"));
	bench_pass(0);
	CU_ASSERT_EQUAL(aaa_test_good, 0);
	CU_ASSERT_STRING_EQUAL(aaa_test_said, "no server has answered");
	fake_radius.on = false;
	bench_stop();
}

/* A user who wants PPP by a tunnel; no log-in is counted. */
static void what_is_asked(void)
{
	struct aaa_counters n;

	bench_start(AAA_TEST_CONF);
	fake_radius_accept("");
	CU_ASSERT_PTR_NOT_NULL(aaa_test_of("ann", "of ann"));
	CU_ASSERT_TRUE(fake_radius_asked("0105616e6e"));   /* User-Name */
	CU_ASSERT_TRUE(fake_radius_asked("200667617465")); /* NAS-Identifier */
	CU_ASSERT_TRUE(fake_radius_asked("3d0600000005")); /* NAS-Port-Type Virtual */
	CU_ASSERT_TRUE(fake_radius_asked("060600000002")); /* Service-Type Framed */
	CU_ASSERT_TRUE(fake_radius_asked("070600000001")); /* Framed-Protocol PPP */
	ASSERT_OCTETS(fake_radius.password, fake_radius.password_len, "of ann", 6);
	bench_pass(0);
	aaa_count(bench.gw->aaa, &n);
	CU_ASSERT_EQUAL(n.asked + n.accepted + n.refused, 0);
	fake_radius.on = false;
	bench_stop();
}

static void what_cannot_be_asked(void)
{
	static char longest[PPP_NAME_MAX + 2];
	struct aaa_test *t;

	bench_start(AAA_TEST_CONF);
	fake_radius_accept("");
	fake_radius.silent = true;
	memset(longest, 'x', sizeof(longest) - 1);
	CU_ASSERT_PTR_NULL(aaa_test_of(longest, "x"));
	CU_ASSERT_STRING_EQUAL(aaa_test_why, "the name or the password is too long");
	CU_ASSERT_PTR_NULL(aaa_test_of("ann", longest));
	CU_ASSERT_PTR_NULL(aaa_test_of("", "x"));
	t = aaa_test_of("ann", "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	aaa_test_cancel(t);
	bench_pass(60 * SEC);
	CU_ASSERT_EQUAL(aaa_test_good, -1);
	fake_radius.on = false;
	bench_stop();
}

static const struct test_case cases[] = {
	{"each_answer_has_words", each_answer_has_words},
	{"what_is_asked", what_is_asked},
	{"what_cannot_be_asked", what_cannot_be_asked},
	{NULL, NULL},
};
const struct test_suite suite_aaa_test = {"aaa_test", cases};
