/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What data and control may take at most. */
#include "gw/limits.h"
#include "gw/memory.h"
#include "gw/reserve.h"
#include "tests/gw/bench.h"

#include <inttypes.h>
#include <stdio.h>

#define GB (UINT64_C(1) << 30)

static struct limits limits_when(const char *text)
{
	struct limits l;

	bench_start(text);
	l = limits_of(bench.gw->cfg);
	/* many times what is needed in earnest: address space is not memory */
	CU_ASSERT_TRUE(l.memory >= 8 * memory_need(bench.gw->cfg).octets);
	CU_ASSERT_TRUE(l.files >= 4 * reserve_need(bench.gw->cfg));
	bench_stop();
	return l;
}

static void limits_by_configuration(void)
{
	static const char some[] = "udp a { listen = \"192.0.2.1:1701\" }";
	static const char many[] =
		"udp a { listen = \"192.0.2.1:1701\" }"
		"peer p { port = a  secret = s  max-peer-calls = 60000  max-tunnels = 1000 }"
		"x25 x { link = \"xot:192.0.2.2\"  address = 1  accept \"*\" { } }";
	const struct limits few = limits_when(some), more = limits_when(many);

	CU_ASSERT_EQUAL(few.seccomp, CFG_SECCOMP_KILL);
	CU_ASSERT_FALSE(few.plugins);
	CU_ASSERT_TRUE(few.memory > 4 * GB && few.memory < 8 * GB);
	CU_ASSERT_TRUE(few.files > 4096 && few.files < 8192);
	CU_ASSERT_TRUE(more.memory > few.memory + 8 * 60000 * UINT64_C(6144));
	CU_ASSERT_TRUE(more.files > few.files);
}

static void limits_by_seccomp(void)
{
	CU_ASSERT_EQUAL(limits_when("seccomp = kill").seccomp, CFG_SECCOMP_KILL);
	CU_ASSERT_EQUAL(limits_when("seccomp = log").seccomp, CFG_SECCOMP_LOG);
	CU_ASSERT_EQUAL(limits_when("seccomp = no").seccomp, CFG_SECCOMP_NO);
}

static void limits_marks_of_ipsec(void)
{
	CU_ASSERT_FALSE(limits_when("udp a { listen = \"192.0.2.1:1701\" }").marks);
	CU_ASSERT_TRUE(limits_when("udp a { listen = \"192.0.2.1:1701\" }"
				   "udp b { listen = \"192.0.2.2:1701\"  ipsec = prefer }")
			       .marks);
}

static void limits_as_text(void)
{
	static const struct {
		const char *text;
		bool ok;
	} rows[] = {
		{"1,4294967296,4096", true},
		{"0,0,0", true},
		{"2,18446744073709551615,1", true},
		{"3,1,1", false}, /* there is no such word */
		{"1,2", false},
		{"1,2,3,4", false},
		{"1,2,3 ", false},
		{"1,2,3,marks", true},
		{"1,2,3,marks,", false},
		{"", false},
		{NULL, false},
	};
	char text[LIMITS_TEXT_MAX];
	struct limits l;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_EQUAL(limits_parse(rows[i].text, &l), rows[i].ok);
	CU_ASSERT_TRUE_FATAL(limits_parse(rows[0].text, &l));
	CU_ASSERT_TRUE(l.seccomp == CFG_SECCOMP_LOG && l.memory == 4 * GB && l.files == 4096);
	CU_ASSERT_FALSE(l.plugins);
	CU_ASSERT_STRING_EQUAL(limits_text(text, &l), rows[0].text);
	CU_ASSERT_FALSE(l.marks);
	l = (struct limits){.seccomp = 2, .memory = UINT64_MAX, .files = UINT64_MAX, .marks = true};
	CU_ASSERT_STRING_EQUAL(limits_text(text, &l),
			       "2,18446744073709551615,18446744073709551615,marks");
	CU_ASSERT_TRUE(limits_parse(text, &l) && l.marks && l.files == UINT64_MAX);
}

static const struct test_case cases[] = {
	{"by_configuration", limits_by_configuration},
	{"by_seccomp", limits_by_seccomp},
	{"marks_of_ipsec", limits_marks_of_ipsec},
	{"as_text", limits_as_text},
	{NULL, NULL},
};
const struct test_suite suite_limits = {"limits", cases};
