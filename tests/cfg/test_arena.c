/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfg/arena.h"
#include "tests/cfg/media.h"
#include "tests/heap.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void pieces_are_zeroed_aligned_and_apart(void)
{
	struct arena *a = arena_new();
	unsigned char *one = arena_get(a, 24), *two = arena_get(a, 1);

	for (unsigned i = 0; i < 24; i++)
		CU_ASSERT_EQUAL(one[i], 0);
	CU_ASSERT_EQUAL((uintptr_t)one % _Alignof(max_align_t), 0);
	CU_ASSERT_EQUAL((uintptr_t)two % _Alignof(max_align_t), 0);
	memset(one, 0xff, 24);
	CU_ASSERT_EQUAL(*two, 0);
	CU_ASSERT_PTR_NOT_NULL(arena_get(a, 0));
	arena_free(a);
	arena_free(NULL);
}

static void texts_are_copied(void)
{
	struct arena *a = arena_new();
	char from[] = "lac-east";
	char *copy = arena_text(a, from, 3);

	from[0] = 'X';
	ASSERT_TEXT(copy, "lac");
	ASSERT_TEXT(arena_text(a, from, 0), "");
	ASSERT_TEXT(arena_printf(a, "%s:%u", "t", 7u), "t:7");
	arena_free(a);
}

static void a_buffer_grows_over_many_pieces(void)
{
	struct arena *a = arena_new();
	struct arena_buf b = {.a = a};
	unsigned moves = 0;

	for (unsigned i = 0; i < 1000; i++) {
		const char *before = b.p;

		arena_add_text(&b, "abc");
		moves += b.p != before;
	}
	CU_ASSERT(moves < 12); /* twice the room each time */
	CU_ASSERT_EQUAL(b.len, 3000);
	CU_ASSERT_EQUAL(strlen(b.p), 3000);
	ASSERT_TEXT(b.p + 2991, "abcabcabc");
	arena_add(&b, "xyz", 1);
	ASSERT_TEXT(b.p + 2997, "abcx");
	arena_free(a);
}

/* Into an empty buffer, and behind few octets, and at the edge of the room there is. */
static void a_long_text_into_a_buffer(void)
{
	struct arena *a = arena_new();
	char want[1024];

	for (unsigned before = 0; before < 3; before++)
		for (unsigned len = 0; len < 400; len++) {
			struct arena_buf b = {.a = a};

			snprintf(want, sizeof(want), "%.*s%0*u", (int)before, "abc", (int)len + 1,
				 7);
			arena_add(&b, want, before);
			arena_add_text(&b, want + before);
			ASSERT_TEXT(b.p, want);
			CU_ASSERT_EQUAL(b.len, before + len + 1);
			CU_ASSERT_TRUE(b.cap > b.len);
		}
	arena_free(a);
}

/* The linker's --wrap: the program would end here. */
static jmp_buf arena_end;
static bool arena_ends;

_Noreturn void __real_abort(void);
_Noreturn void __wrap_abort(void);
_Noreturn void __wrap_abort(void)
{
	if (arena_ends)
		longjmp(arena_end, 1);
	__real_abort();
}

static void arena_take(struct arena **a)
{
	*a = arena_new();
	arena_get(*a, 1);
	CU_FAIL("there was memory");
}

/* There is nothing to go back to while a configuration is read: say why, and end. */
static void no_memory_is_said(unsigned request)
{
	static struct arena *a; /* not in a register, for longjmp() */
	char said[128] = "";
	int ends[2], before = dup(2);

	if (pipe(ends) || before < 0 || dup2(ends[1], 2) < 0)
		abort();
	a = NULL;
	heap_refuse(request);
	arena_ends = true;
	if (!setjmp(arena_end))
		arena_take(&a);
	arena_ends = false;
	dup2(before, 2);
	close(before);
	close(ends[1]);
	CU_ASSERT(read(ends[0], said, sizeof(said) - 1) > 0);
	close(ends[0]);
	ASSERT_TEXT(said, "isthmus: out of memory while reading the configuration\n");
	CU_ASSERT_EQUAL(a != NULL, request == 1);
	arena_free(a);
}

static void no_memory_ends_the_program(void)
{
	no_memory_is_said(0);
	no_memory_is_said(1);
}

static const struct test_case cases[] = {
	{"pieces_are_zeroed_aligned_and_apart", pieces_are_zeroed_aligned_and_apart},
	{"texts_are_copied", texts_are_copied},
	{"a_buffer_grows_over_many_pieces", a_buffer_grows_over_many_pieces},
	{"a_long_text_into_a_buffer", a_long_text_into_a_buffer},
	{"no_memory_ends_the_program", no_memory_ends_the_program},
	{NULL, NULL},
};
const struct test_suite suite_arena = {"arena", cases};
