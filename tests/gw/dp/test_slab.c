/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/dp/slab.h"
#include "tests/harness.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#define PIECE	 100u /* two lines */
#define PER_PAGE (SLAB_PAGE / (2 * SLAB_LINE) - 1)
#define PIECES	 (3 * PER_PAGE)

static void *pieces[PIECES];

static uintptr_t page(const void *piece)
{
	return (uintptr_t)piece / SLAB_PAGE;
}

/* Each is filled with its number. */
static void take_all(struct slab *s)
{
	static const uint8_t zeros[PIECE];

	for (unsigned i = 0; i < PIECES; i++) {
		pieces[i] = slab_take(s);
		CU_ASSERT_FATAL(pieces[i] != NULL);
		CU_ASSERT(!memcmp(pieces[i], zeros, PIECE));
		memset(pieces[i], (int)(i % 255 + 1), PIECE);
	}
}

static void check_all(void)
{
	for (unsigned i = 0; i < PIECES; i++)
		for (unsigned k = 0; k < PIECE; k++)
			CU_ASSERT_FATAL(((uint8_t *)pieces[i])[k] == i % 255 + 1);
}

static void *give_all(void *ctx)
{
	(void)ctx;
	for (unsigned i = 0; i < PIECES; i++)
		slab_give(pieces[i]);
	return NULL;
}

static void pieces_are_lines_of_their_own(void)
{
	struct slab s;

	slab_init(&s, PIECE);
	take_all(&s);
	check_all();
	for (unsigned i = 0; i < PIECES; i++) {
		CU_ASSERT((uintptr_t)pieces[i] % SLAB_LINE == 0);
		CU_ASSERT(page(pieces[i]) == page(pieces[i - i % PER_PAGE]));
	}
	give_all(NULL);
	slab_free(&s);
}

static void given_back_is_taken_again(void)
{
	struct slab s;

	slab_init(&s, PIECE);
	take_all(&s);
	slab_give(NULL);
	for (unsigned i = 0; i < PIECES; i += 2)
		slab_give(pieces[i]);
	for (unsigned i = 0; i < PIECES; i += 2) {
		void *again = slab_take(&s);
		unsigned was = 0;

		while (was < PIECES && pieces[was] != again)
			was += 2;
		CU_ASSERT_FATAL(was < PIECES);
		memset(again, (int)(was % 255 + 1), PIECE);
	}
	check_all();
	give_all(NULL);
	slab_free(&s);
}

/* Of pages that nobody uses one stays. */
static void empty_pages_go(void)
{
	struct slab s;

	slab_init(&s, PIECE);
	take_all(&s);
	give_all(NULL);
	slab_tidy(&s);
	for (unsigned i = 0; i < PER_PAGE; i++) {
		pieces[i] = slab_take(&s);
		CU_ASSERT(page(pieces[i]) == page(pieces[0]));
	}
	CU_ASSERT(!s.room); /* no other page is there */
	for (unsigned i = 0; i < PER_PAGE; i++)
		slab_give(pieces[i]);
	slab_free(&s);
}

/* While one thread gives another takes: what comes back is nobody's. */
static void another_thread_gives(void)
{
	void *mine[PER_PAGE];
	pthread_t thread;
	struct slab s;

	slab_init(&s, PIECE);
	take_all(&s);
	CU_ASSERT_FATAL(!pthread_create(&thread, NULL, give_all, NULL));
	for (unsigned i = 0; i < PER_PAGE; i++) {
		mine[i] = slab_take(&s);
		CU_ASSERT_FATAL(mine[i] != NULL);
		memset(mine[i], 0xaa, PIECE);
	}
	pthread_join(thread, NULL);
	slab_tidy(&s);
	for (unsigned i = 0; i < PER_PAGE; i++) {
		CU_ASSERT(((uint8_t *)mine[i])[PIECE - 1] == 0xaa);
		slab_give(mine[i]);
	}
	slab_free(&s);
}

static const struct test_case cases[] = {
	{"pieces_are_lines_of_their_own", pieces_are_lines_of_their_own},
	{"given_back_is_taken_again", given_back_is_taken_again},
	{"empty_pages_go", empty_pages_go},
	{"another_thread_gives", another_thread_gives},
	{NULL, NULL},
};
const struct test_suite suite_slab = {"slab", cases};
