/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "tests/cfg/media.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int diff_file(const char *text)
{
	int fd = memfd_create("text", MFD_CLOEXEC);

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	return fd;
}

static char *diff_of(const char *before, const char *after)
{
	int b = diff_file(before), a = diff_file(after);
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	cfg_print_changes(f, b, a, "x.conf", media);
	fclose(f);
	close(b);
	close(a);
	return out;
}

static void diff_is(const char *before, const char *after, const char *want)
{
	char *out = diff_of(before, after);

	CU_ASSERT_STRING_EQUAL(out, want);
	if (strcmp(out, want) != 0)
		printf("\n      %s\n", out);
	free(out);
}

static void the_same_is_no_change(void)
{
	diff_is("", "", "");
	diff_is("host-name = x # a comment\nuser a { secret = \"1\" }",
		"\n\nuser a {\n secret = '1' }\nhost-name = \"x\"", "");
	/* sections have no order */
	diff_is("user a { } user b { } pool p { ranges = 10.0.0.0/8 }",
		"pool p { ranges = { 10.0.0.0/8 } } user b { } user a { }", "");
}

static void sections_come_and_go(void)
{
	diff_is("user a { } user c { }", "user b { } user c { }",
		"change\tuser\ta\tremoved\tnew-calls\t-\n"
		"change\tuser\tb\tadded\tlive\t-\n");
	/* the kind counts too */
	diff_is("peer a { }", "service a { }",
		"change\tpeer\ta\tremoved\tends\t-\n"
		"change\tservice\ta\tadded\tlive\t-\n");
	diff_is("line l { }", "", "change\tline\tl\tremoved\tends\t-\n");
	diff_is("client c { } outgoing o { } pool p { } radius r { } route s { } vty { }", "",
		"change\tclient\tc\tremoved\tends\t-\n"
		"change\toutgoing\to\tremoved\tends\t-\n"
		"change\tpool\tp\tremoved\tnew-calls\t-\n"
		"change\tradius\tr\tremoved\tlive\t-\n"
		"change\troute\ts\tremoved\tlive\t-\n"
		"change\tvty\t-\tremoved\tlive\t-\n");
}

/* Values are secrets, perhaps. */
static void keys_are_named_and_values_are_not(void)
{
	diff_is("user a { secret = one }", "user a { secret = two }",
		"change\tuser\ta\tchanged\tnew-calls\tsecret\n");
	/* a peer that was authenticated by another secret is not any more */
	diff_is("peer a { secret = one }", "peer a { secret = two }",
		"change\tpeer\ta\tchanged\tends\tsecret\n");
	diff_is("peer a { hello = 9s }", "peer a { hello = 8s }",
		"change\tpeer\ta\tchanged\tlive\thello\n");
	diff_is("peer a { window = 9 }", "peer a { window = 8 }",
		"change\tpeer\ta\tchanged\tnew-calls\twindow\n");
	diff_is("max-calls = 1 workers = 1", "max-calls = 2",
		"change\ttop\t-\tchanged\trestart\tmax-calls, workers\n");
	diff_is("max-calls = 1", "max-calls = 2", "change\ttop\t-\tchanged\tlive\tmax-calls\n");
	diff_is("pool p { ranges = { 10.0.0.0/8 } }",
		"pool p { ranges = { 10.0.0.0/8, 11.0.0.0/8 } }",
		"change\tpool\tp\tchanged\tnew-calls\tranges\n");
	diff_is("log { all = debug }", "log { all = info }",
		"change\tlog\t-\tchanged\tlive\tall\n");
}

static void a_port_is_opened_again_for_what_its_transport_is_told(void)
{
	diff_is("line l { t391 = 10s }", "line l { }",
		"change\tline\tl\tchanged\treopens-port\tt391\n");
	diff_is("line l { dlci 1 { } }", "line l { dlci 1 { } dlci 2 { } }",
		"change\tline\tl\tchanged\treopens-port\tdlci 2\n");
	diff_is("line l { dlci 1 { carries = l2tp } }", "line l { dlci 1 { carries = ppp } }",
		"change\tline\tl\tchanged\treopens-port\tdlci 1 carries\n");
	diff_is("line l { dlci 1 { cir = 1 } }", "line l { dlci 1 { cir = 2 } }",
		"change\tline\tl\tchanged\treopens-port\tdlci 1 cir\n");
	/* the gateway's own */
	diff_is("line l { dlci 1 { service = a } }", "line l { dlci 1 { service = b } }",
		"change\tline\tl\tchanged\tnew-calls\tdlci 1 service\n");
}

static void the_order_of_routes_counts(void)
{
	diff_is("route a { } route b { }", "route b { } route a { }",
		"change\troute\t*\tchanged\tlive\torder\n");
	diff_is("route a { } user u { } route b { }", "user u { } route a { } route b { }", "");
}

static void names_cannot_move_the_cursor(void)
{
	diff_is("", "user \"a\tb\x7f\" { }", "change\tuser\ta?b?\tadded\tlive\t-\n");
}

/* As many names as there is room for. */
static void many_keys(void)
{
	char text[4096] = "line l { ", *out;
	size_t n = strlen(text);

	for (int i = 1; i < 100; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "dlci %d { } ", i);
	snprintf(text + n, sizeof(text) - n, "}");
	out = diff_of("line l { }", text);
	CU_ASSERT_TRUE(strlen(out) > 200 && strlen(out) < 300);
	CU_ASSERT_EQUAL(out[strlen(out) - 1], '\n');
	free(out);
}

/* They are sorted, since there may be 60,000. */
static void many_users(void)
{
	char *text = NULL, *out;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	for (unsigned i = 0; i < 3000; i++)
		fprintf(f, "user u%u { }\n", i);
	fclose(f);
	out = diff_of(text, text);
	CU_ASSERT_STRING_EQUAL(out, "");
	free(out);
	out = diff_of(text, "user u7 { }");
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "change\tuser\tu2999\tremoved"));
	CU_ASSERT_PTR_NULL(strstr(out, "\tu7\t"));
	free(out);
	free(text);
}

/* Whoever calls has checked both; a text with mistakes is no crash. */
static void what_is_no_configuration(void)
{
	char *out = diff_of("} { = ;", "user a { secret = ");

	free(out);
	out = NULL;
	FILE *f = open_memstream(&out, &(size_t){0});

	cfg_print_changes(f, -1, -1, "x.conf", media);
	fclose(f);
	CU_ASSERT_STRING_EQUAL(out, "");
	free(out);
}

static const struct test_case cases[] = {
	{"the_same_is_no_change", the_same_is_no_change},
	{"sections_come_and_go", sections_come_and_go},
	{"keys_are_named_and_values_are_not", keys_are_named_and_values_are_not},
	{"a_port_is_opened_again_for_what_its_transport_is_told",
	 a_port_is_opened_again_for_what_its_transport_is_told},
	{"the_order_of_routes_counts", the_order_of_routes_counts},
	{"names_cannot_move_the_cursor", names_cannot_move_the_cursor},
	{"many_keys", many_keys},
	{"many_users", many_users},
	{"what_is_no_configuration", what_is_no_configuration},
	{NULL, NULL},
};
extern const struct test_suite suite_diff;
const struct test_suite suite_diff = {"diff", cases};
