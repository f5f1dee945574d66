/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/harness.h"

#include "tests/heap.h"
#include "tests/srcdir.h"

#include <CUnit/Basic.h>
#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* clang says by a feature what gcc says by a macro. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TEST_SANITIZED 1
#elif defined(__has_feature)
#define TEST_SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define TEST_SANITIZED 0
#endif
const bool test_sanitized = TEST_SANITIZED;

static unsigned skipped;

/* --- a test leaves nothing behind ------------------------------------------------------------- */

#define HARNESS_SUITES 320u

static struct {
	const struct test_suite *suite;
	const struct test_form *form;
	char name[64];
} listed[HARNESS_SUITES];
static unsigned suites_listed, suite_no;
static const struct test_case *running; /* NULL = none has run */
static unsigned blocks, descriptors, failures, left_behind;
static double began;

static unsigned harness_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

static double harness_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* CUnit runs the cases of a suite in their order, and tells no names to functions like these. */
static void harness_next(void)
{
	const char *name = CU_get_current_suite()->pName;

	if (running && !strcmp(listed[suite_no].name, name)) {
		running++;
		return;
	}
	while (strcmp(listed[suite_no].name, name))
		suite_no++;
	running = listed[suite_no].suite->cases;
}

static void harness_before(void)
{
	harness_next();
	blocks = heap_blocks();
	descriptors = harness_descriptors();
	failures = CU_get_number_of_tests_failed();
	began = harness_seconds();
	if (listed[suite_no].form->begin)
		listed[suite_no].form->begin();
}

static void harness_after(void)
{
	unsigned b = heap_blocks(), d = harness_descriptors();

	heap_refused();
	if (harness_seconds() - began > 1)
		printf("\n      %s took %.1f s", running->name, harness_seconds() - began);
	if (b > blocks || d > descriptors) {
		printf("\nLEFT BEHIND by %s: %d blocks, %d descriptors\n", running->name,
		       (int)(b - blocks), (int)(d - descriptors));
		/* One that has failed counts already. */
		left_behind += failures == CU_get_number_of_tests_failed();
	}
	/* Who only asks whether anything fails (tests/mutate) need not wait for the rest. */
	if (getenv("IST_TEST_FIRST") && (left_behind || CU_get_number_of_failures()))
		exit(1);
}

/* --- suites ----------------------------------------------------------------------------------- */

static bool harness_wanted(const char *name, int argc, char **argv)
{
	if (argc < 2)
		return true;
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return false;
}

static void add_suite(const struct test_suite *s, const struct test_form *form)
{
	unsigned no = suites_listed++;
	CU_pSuite cu;

	if (no == HARNESS_SUITES)
		abort();
	listed[no].suite = s;
	listed[no].form = form;
	snprintf(listed[no].name, sizeof(listed[no].name), "%s%s%s", s->name,
		 *form->name ? ", " : "", form->name);
	cu = CU_add_suite_with_setup_and_teardown(listed[no].name, NULL, NULL, harness_before,
						  harness_after);
	if (!cu)
		abort();
	for (const struct test_case *c = s->cases; c->name; c++)
		if (!CU_add_test(cu, c->name, c->run))
			abort();
}

int test_main(int argc, char **argv, const struct test_suite *const *suites)
{
	const struct test_form forms[] = {{"", suites, NULL}, {NULL, NULL, NULL}};

	return test_main_forms(argc, argv, forms);
}

int test_main_forms(int argc, char **argv, const struct test_form *forms)
{
	const char *base = strrchr(argv[0], '/');
	unsigned passed, failed;

	base = base ? base + 1 : argv[0];
	if (CU_initialize_registry() != CUE_SUCCESS)
		return 2;
	for (; forms->name; forms++)
		for (const struct test_suite *const *s = forms->suites; *s; s++)
			if (harness_wanted((*s)->name, argc, argv))
				add_suite(*s, forms);
	CU_basic_set_mode(CU_BRM_NORMAL);
	CU_basic_run_tests();
	failed = CU_get_number_of_tests_failed() + left_behind;
	passed = CU_get_number_of_tests_run() - failed - skipped;
	CU_cleanup_registry();
	printf("%s: %u passed, %u failed, %u skipped\n", base, passed, failed, skipped);
	return failed || !(passed + skipped);
}

void test_skip(const char *test, const char *why)
{
	printf("\nSKIP %s: %s\n", test, why);
	skipped++;
}

static int nibble(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t test_hex(uint8_t *out, size_t cap, const char *hex)
{
	size_t n = 0;
	int high = -1;

	for (; *hex; hex++) {
		if (isspace((unsigned char)*hex))
			continue;
		int v = nibble(*hex);

		if (v < 0 || (high >= 0 && n == cap)) {
			fprintf(stderr, "test_hex: bad or too long: %s\n", hex);
			abort();
		}
		if (high < 0) {
			high = v;
		} else {
			out[n++] = (uint8_t)(high << 4 | v);
			high = -1;
		}
	}
	return n;
}

static void dump(const char *what, const uint8_t *p, size_t len)
{
	printf("\n      %s (%zu):", what, len);
	for (size_t i = 0; i < len; i++)
		printf(" %02x", p[i]);
}

void test_same_octets(const void *got, size_t got_len, const void *want, size_t want_len,
		      const char *file, unsigned line)
{
	bool same = got_len == want_len && (!got_len || !memcmp(got, want, got_len));

	CU_assertImplementation(same, line, "octets differ", file, "", CU_FALSE);
	if (!same) {
		dump("got ", got, got_len);
		dump("want", want, want_len);
		printf("\n");
	}
}

uint64_t test_seed(void)
{
	const char *s = getenv("IST_TEST_SEED");
	struct timespec ts;
	uint64_t seed;

	if (s) {
		seed = strtoull(s, NULL, 0);
	} else {
		clock_gettime(CLOCK_REALTIME, &ts);
		seed = (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
	}
	printf(" IST_TEST_SEED=%" PRIu64 " ", seed);
	return seed;
}

uint64_t test_rand(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

char *test_read_file(const char *relative, size_t *len)
{
	char path[4096];
	FILE *f;
	char *buf;
	long size;

	snprintf(path, sizeof(path), "%s/%s", test_srcdir(), relative);
	f = fopen(path, "rb");
	if (!f || fseek(f, 0, SEEK_END) || (size = ftell(f)) < 0) {
		perror(path);
		abort();
	}
	rewind(f);
	buf = malloc((size_t)size + 1);
	if (!buf || fread(buf, 1, (size_t)size, f) != (size_t)size)
		abort();
	fclose(f);
	buf[size] = '\0';
	if (len)
		*len = (size_t)size;
	return buf;
}
