/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The unit runner: every test file is one suite, a const table of named functions; each folder has
 * a main.c that lists its suites.  `./unit-core NAME...` runs the suites so named, none = all. Ends
 * with "unit-core: N passed, N failed, N skipped"; a test counts as one, whatever it asserts.  A
 * test that leaves memory or a descriptor behind counts as failed, and as "LEFT BEHIND".
 */
#ifndef TESTS_HARNESS_H
#define TESTS_HARNESS_H

#include <CUnit/CUnit.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test_case {
	const char *name; /* what it shows, e.g. "rfc2661_4_3_hidden_two_blocks"; NULL ends */
	void (*run)(void);
};
struct test_suite {
	const char *name; /* the source file it mirrors, e.g. "hide" */
	const struct test_case *cases;
};

/* suites ends with NULL.  Returns the exit status. */
int test_main(int argc, char **argv, const struct test_suite *const *suites);

/* One of the forms in which what is tested can run: these suites once in it. */
struct test_form {
	const char *name; /* behind the suite's, "" = the first form; NULL ends */
	const struct test_suite *const *suites;
	void (*begin)(void); /* before each test; NULL = nothing */
};
int test_main_forms(int argc, char **argv, const struct test_form *forms);

/* This program looks for mistakes of memory, or of threads, as it runs. */
extern const bool test_sanitized;

/* This machine cannot run the test that calls this: say why, and return from it. */
void test_skip(const char *test, const char *why);

/* Octets from hex text ("c8 02 00 0c", blanks ignored); returns how many; aborts on bad hex. */
size_t test_hex(uint8_t *out, size_t cap, const char *hex);
/* CUnit assertion that prints both sides in hex when they differ. */
void test_same_octets(const void *got, size_t got_len, const void *want, size_t want_len,
		      const char *file, unsigned line);
#define ASSERT_OCTETS(got, got_len, want, want_len) \
	test_same_octets(got, got_len, want, want_len, __FILE__, __LINE__)

/* A seeded generator for every random test.  The seed is IST_TEST_SEED or taken from the clock, and
 * printed with the suite. */
uint64_t test_seed(void);
uint64_t test_rand(uint64_t *state); /* splitmix64 */

/* A file below test_srcdir(), the top of the source tree; whole, NUL ended; aborts when missing. */
char *test_read_file(const char *relative, size_t *len);

#endif
