/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/memory.h"
#include "tests/gw/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEC 1000000ull

static void only_after_many_have_gone_and_seldom(void)
{
	struct memory m = {0};

	CU_ASSERT_FALSE(memory_check(&m, 0, 999, 1 * SEC));
	CU_ASSERT_FALSE(memory_check(&m, 1001, 1000, 2 * SEC));
	CU_ASSERT_FALSE(memory_check(&m, 5001, 5000, 3 * SEC));
	CU_ASSERT_TRUE(memory_check(&m, 5000, 5000, 3 * SEC));
	CU_ASSERT_FALSE(memory_check(&m, 0, 10000, 13 * SEC - 1));
	CU_ASSERT_TRUE(memory_check(&m, 0, 10000, 13 * SEC));
	CU_ASSERT_FALSE(memory_check(&m, 0, 10000, 23 * SEC - 1));
	CU_ASSERT_TRUE(memory_check(&m, 0, 10000, 23 * SEC)); /* what was freed late */
	CU_ASSERT_FALSE(memory_check(&m, 0, 10999, 99 * SEC));
	CU_ASSERT_TRUE(memory_check(&m, 0, 11000, 99 * SEC)); /* came and went unseen */
}

static size_t memory_resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long size = 0, pages = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(fscanf(f, "%lu %lu", &size, &pages), 2);
	fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* 40 MB in pieces of 1,000 octets, of which one in a hundred stays. */
static void what_calls_had_goes_back_to_the_system(void)
{
	enum { PIECES = 40000 };
	void **piece = calloc(PIECES, sizeof(*piece));
	struct memory m = {0};
	size_t full;

	if (test_sanitized) {
		free(piece);
		test_skip("memory.what_calls_had_goes_back_to_the_system",
			  "AddressSanitizer's allocator keeps what is freed");
		return;
	}
	CU_ASSERT_PTR_NOT_NULL_FATAL(piece);
	for (unsigned i = 0; i < PIECES; i++)
		piece[i] = malloc(1000);
	memory_check(&m, PIECES, 0, 1 * SEC);
	for (unsigned i = 0; i < PIECES; i++)
		if (i % 100)
			free(piece[i]);
	full = memory_resident();
	CU_ASSERT_TRUE(memory_check(&m, 0, PIECES, 2 * SEC));
	CU_ASSERT_TRUE(memory_resident() + 30 * 1024 * 1024 < full);
	for (unsigned i = 0; i < PIECES; i += 100)
		free(piece[i]);
	free(piece);
}

/* --- what a configuration needs --------------------------------------------------------------- */

#define PORT "host-name = gw\nworkers = 2\nudp a { listen = \"192.0.2.1:1701\" }\n"
#define MB   (UINT64_C(1) << 20)

static struct memory_need memory_need_of(const char *text)
{
	struct memory_need n;

	bench_start(text);
	n = memory_need(bench.gw->cfg);
	bench_stop();
	return n;
}

static void each_limit_counts(void)
{
	struct memory_need n = memory_need_of(PORT "half-open = 100\n"), m;

	CU_ASSERT_TRUE(!n.calls && !n.tunnels && n.half_open == 100 && n.workers == 2);
	m = memory_need_of(PORT "half-open = 1100\n");
	CU_ASSERT_EQUAL(m.octets - n.octets, 1000 * 2560);
	m = memory_need_of(PORT "half-open = 100\nx25 x { link = \"loop:x\"  address = 1 }\n");
	CU_ASSERT_EQUAL(m.octets - n.octets, 4095 * 10240);
	m = memory_need_of(PORT "half-open = 100\nx25 x { link = \"xot:192.0.2.9\"  address = 1  "
				"xot-connections = 30000 }\n");
	CU_ASSERT_EQUAL(m.octets - n.octets, 30000 * 10240);
	m = memory_need_of(PORT "half-open = 100\npppoe x { link = \"loop:x\" }\n");
	CU_ASSERT_EQUAL(m.octets - n.octets, 16000 * 10240);
	m = memory_need_of(PORT "half-open = 100\npeer p { port = a  secret = \"something long\" "
				" max-tunnels = 3  max-peer-calls = 500 }\n");
	CU_ASSERT_TRUE(m.tunnels == 3 && m.calls == 500);
	CU_ASSERT_EQUAL(m.octets - n.octets, 3 * (4096 + 65536) + 500 * 6144);
	/* the limits in all, and a peer without limits */
	m = memory_need_of(PORT "half-open = 100\nmax-tunnels = 2\nmax-calls = 30\n"
				"peer p { port = a  secret = \"something long\"  max-tunnels = 0  "
				"max-peer-calls = 0 }\n");
	CU_ASSERT_TRUE(m.tunnels == 2 && m.calls == 30);
	CU_ASSERT_EQUAL(m.octets - n.octets, 2 * (4096 + 65536) + 30 * 6144);
	n = m;
	m = memory_need_of(PORT "half-open = 100\nmax-tunnels = 2\nmax-calls = 30\n"
				"peer p { port = a  secret = \"something long\"  max-tunnels = 0  "
				"max-peer-calls = 0 }\n"
				"radius r { accounting = yes  spool = \"/nowhere\"  spool-limit = "
				"1000000  server \"127.0.0.1\" { secret = 0123456789abcdef  "
				"acct-port = 1 } }\n"
				"radius s { server \"127.0.0.1\" { secret = 0123456789abcdef } }\n"
				"radius t { accounting = yes  server \"127.0.0.1\" { secret = "
				"0123456789abcdef  acct-port = 1 } }\n");
	CU_ASSERT_EQUAL(m.octets - n.octets, 30 * 1024 + 500000 + 3 * (4 << 20));
}

/* However many routes ask: LNS_MOST is of all. */
static void lnss_that_radius_names_count(void)
{
	static const char peers[] =
		PORT "frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp } }\n"
		     "radius s { server \"127.0.0.1\" { secret = 0123456789abcdef } }\n"
		     "peer one { port = a  dial = \"192.0.2.9:1701\" }\npeer any { port = a }\n"
		     "route plain { from = f  to = one }\n";
	struct memory_need n = memory_need_of(peers), m;
	char text[1000];

	snprintf(text, sizeof(text),
		 "%sroute asks { radius = s  ask = called  template = any }\n"
		 "route too { radius = s  ask = calling  template = any }\n",
		 peers);
	m = memory_need_of(text);
	CU_ASSERT_EQUAL(m.octets - n.octets, 1024 * 4096);
}

static void it_is_said_in_words(void)
{
	struct memory_need n = {
		.calls = 65535, .tunnels = 7, .half_open = 4096, .workers = 3, .octets = 391 * MB};
	char text[MEMORY_TEXT_MAX];

	CU_ASSERT_STRING_EQUAL(
		memory_need_text(text, sizeof(text), &n),
		"may need 391 MB of memory: 65535 calls of 6 kB, 7 tunnels of 4 kB with 64 kB of "
		"messages, 4096 half-open ones of 3 kB, 0 circuits of 10 kB, 3 workers of 24 MB "
		"and "
		"48 MB");
	n = (struct memory_need){UINT32_MAX, UINT16_MAX, UINT16_MAX, UINT32_MAX,
				 16,	     UINT64_MAX, UINT64_MAX, UINT64_MAX};
	CU_ASSERT_TRUE(strlen(memory_need_text(text, sizeof(text), &n)) < sizeof(text) - 1);
}

/* --- what is allowed -------------------------------------------------------------------------- */

static void groups_above_count_too(void)
{
	char root[] = "/tmp/memory.XXXXXX", a[64], b[64], proc[64], remove[100];

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(root));
	snprintf(a, sizeof(a), "%s/a", root);
	snprintf(b, sizeof(b), "%s/a/b", root);
	snprintf(proc, sizeof(proc), "%s/proc", root);
	mkdir(a, 0700);
	mkdir(b, 0700);
	CU_ASSERT_EQUAL(memory_group_limit(proc, root), UINT64_MAX);
	bench_file(root, "proc", "4:memory:/a\n0::/a/b\n");
	CU_ASSERT_EQUAL(memory_group_limit(proc, root), UINT64_MAX);
	bench_file(b, "memory.max", "max\n");
	CU_ASSERT_EQUAL(memory_group_limit(proc, root), UINT64_MAX);
	bench_file(a, "memory.max", "3000000\n");
	CU_ASSERT_EQUAL(memory_group_limit(proc, root), 3000000);
	bench_file(b, "memory.max", "2000000\n");
	CU_ASSERT_EQUAL(memory_group_limit(proc, root), 2000000);
	bench_file(root, "proc", "0::/\n");
	CU_ASSERT_EQUAL(memory_group_limit(proc, root), UINT64_MAX);
	snprintf(remove, sizeof(remove), "rm -r %s", root);
	CU_ASSERT_EQUAL(system(remove), 0);
}

static char memory_said[1000];

static void memory_report(void *ctx, const char *text)
{
	(void)ctx;
	snprintf(memory_said, sizeof(memory_said), "%s", text);
}

static void too_little_is_a_warning(void)
{
	const struct cfg_model *m;
	struct rlimit old, low;

	if (test_sanitized) {
		test_skip("memory.too_little_is_a_warning",
			  "AddressSanitizer's own memory is beyond any limit");
		return;
	}
	getrlimit(RLIMIT_DATA, &old);
	low = (struct rlimit){.rlim_cur = 256 * MB, .rlim_max = old.rlim_max};
	bench_start(PORT "peer p { port = a  secret = \"something long\" }\n");
	memory_said[0] = '\0';
	CU_ASSERT_EQUAL(gw_check(bench.gw->cfg, memory_report, NULL), 0);
	CU_ASSERT_PTR_NULL(strstr(memory_said, "memory"));
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_DATA, &low), 0);
	CU_ASSERT_EQUAL(memory_allowed(), 256 * MB);
	CU_ASSERT_EQUAL(gw_check(bench.gw->cfg, memory_report, NULL), 0);
	CU_ASSERT_EQUAL(bench_logged("main error: *"), 0);
	m = bench.gw->cfg;
	gw_free(bench.gw);
	bench.gw = bench_gw_new(m);
	CU_ASSERT_EQUAL(bench_logged("main error: the configuration may need * 65535 calls of 6 "
				     "kB, *; 256 MB are allowed"),
			1);
	setrlimit(RLIMIT_DATA, &old);
	bench_stop();
	CU_ASSERT_PTR_NOT_NULL(strstr(memory_said, "warning: it may need "));
	CU_ASSERT_PTR_NOT_NULL(strstr(memory_said, "65535 calls of 6 kB, 1024 tunnels"));
	CU_ASSERT_PTR_NOT_NULL(strstr(memory_said, "; 256 MB are allowed"));
}

static const struct test_case cases[] = {
	{"each_limit_counts", each_limit_counts},
	{"lnss_that_radius_names_count", lnss_that_radius_names_count},
	{"it_is_said_in_words", it_is_said_in_words},
	{"groups_above_count_too", groups_above_count_too},
	{"too_little_is_a_warning", too_little_is_a_warning},
	{"only_after_many_have_gone_and_seldom", only_after_many_have_gone_and_seldom},
	{"what_calls_had_goes_back_to_the_system", what_calls_had_goes_back_to_the_system},
	{NULL, NULL},
};
const struct test_suite suite_memory = {"memory", cases};
