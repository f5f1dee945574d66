/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h" /* first: GNU extensions */

#include "gw/store/store_image.h"
#include "tests/gw/store/model.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static struct store *store_opened(int fd)
{
	const char *why = "";
	struct store *s = store_open(fd, model_boot, &why);

	if (!s)
		printf("  not opened: %s\n", why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	return s;
}

/* As the next life finds it. */
static bool store_test_left(const struct store *s, const struct model_state *m)
{
	struct store *next = store_opened(fcntl(store_fd(s), F_DUPFD_CLOEXEC, 0));
	bool same = model_same(next, m);
	struct store_counters n;

	store_count(next, &n);
	CU_ASSERT_EQUAL(n.broken, 0);
	store_free(next);
	return same;
}

static void store_changes_count_once_published(void)
{
	struct store *s = store_new(4, model_boot);
	struct model_state none = {0}, m = {0};
	uint64_t seed = 1;

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	for (unsigned i = 0; i < 3; i++)
		model_change(s, &m, &seed);
	CU_ASSERT_TRUE(model_same(s, &m));
	CU_ASSERT_TRUE(store_test_left(s, &none));
	store_free(s);
}

/* Each life changes something, publishes some of it, and is gone; sizes are so small that room runs
 * out often. */
static void store_random_lives_match_a_table(void)
{
	enum { LIVES = 1500, STEPS = 9 };
	struct store *s = store_new(MODEL_ROOM, model_boot);
	struct model_state now = {0}, published = {0};
	uint64_t seed = test_seed();
	unsigned refused = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	for (unsigned life = 0; life < LIVES; life++) {
		int fd = fcntl(store_fd(s), F_DUPFD_CLOEXEC, 0);

		store_free(s);
		s = store_opened(fd);
		now = published;
		for (unsigned i = 0; i < STEPS; i++) {
			refused += !model_change(s, &now, &seed);
			if (test_rand(&seed) % 3)
				continue;
			store_publish(s);
			published = now;
		}
		CU_ASSERT_TRUE_FATAL(model_same(s, &now));
	}
	CU_ASSERT(refused > 0);
	store_free(s);
}

static void store_room_comes_back(void)
{
	uint8_t rec[STORE_RECORD_MAX + 1] = {0};
	struct store *s = store_new(9, model_boot); /* 81 blocks, one record needs 68 */
	struct store_counters n;

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_FALSE(store_put(s, 1, 1, rec, sizeof(rec)));
	CU_ASSERT_FALSE(store_put(s, 0, 1, rec, 1));
	for (unsigned round = 0; round < 100; round++) {
		CU_ASSERT_TRUE_FATAL(store_put(s, 1, round, rec, STORE_RECORD_MAX));
		store_publish(s);
		store_del(s, 1, round);
		store_publish(s);
	}
	for (unsigned i = 0; i < 9; i++)
		CU_ASSERT_TRUE(store_put(s, 2, i, rec, 40));
	CU_ASSERT_FALSE(store_put(s, 2, 9, rec, 1));
	store_count(s, &n);
	CU_ASSERT_EQUAL(n.records, 9);
	CU_ASSERT_EQUAL(n.room, 9);
	CU_ASSERT_EQUAL(n.blocks, 0);
	CU_ASSERT_EQUAL(n.refused, 3);
	CU_ASSERT_EQUAL(n.published, 200);
	store_del(s, 0, 0);
	store_del(s, 2, 99);
	store_free(s);
}

/* The last record of each key stays when a change of it has no room. */
static void store_refused_change_leaves_the_record(void)
{
	static const uint8_t rec[STORE_RECORD_MAX] = {0};
	struct store *s = store_new(10, model_boot);
	struct model_state m = {.version[0][3] = 2};
	uint8_t two[64];

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL_FATAL(model_len(2), 40);
	for (size_t i = 0; i < 40; i++)
		two[i] = (uint8_t)(2 * 31 + i * 7 + 1);
	CU_ASSERT_TRUE(store_put(s, 1, 3, two, 40));
	CU_ASSERT_TRUE(store_put(s, 3, 1, rec, sizeof(rec)));
	CU_ASSERT_FALSE(store_put(s, 1, 3, rec, 2000));
	store_publish(s);
	CU_ASSERT_TRUE(model_same(s, &m));
	CU_ASSERT_TRUE(store_test_left(s, &m));
	store_free(s);
}

struct store_test_lines {
	struct store *s;
	unsigned seen;
};

static void store_test_deletes(void *ctx, uint64_t key, const uint8_t *rec, size_t len)
{
	struct store_test_lines *l = ctx;

	(void)rec;
	(void)len;
	l->seen++;
	store_del(l->s, 1, key);
}

static void store_test_sets(void *ctx, uint64_t key, const uint8_t *rec, size_t len)
{
	struct store_test_lines *l = ctx;

	(void)rec;
	l->seen += 1u << 4 * key;
	for (uint64_t k = 0; k < 8; k++)
		store_put(l->s, 1, k, "abcd", len);
}

/* Each is read once, wherever it is put meanwhile. */
static void store_record_may_be_set_while_read(void)
{
	struct store_test_lines l = {store_new(8, model_boot), 0};

	for (unsigned i = 0; i < 8; i++)
		store_put(l.s, 1, i, "abc", 3);
	store_publish(l.s);
	for (unsigned i = 0; i < 4; i++)
		store_put(l.s, 1, i, "abc", 3);
	store_publish(l.s); /* there are free slots before and behind */
	store_each(l.s, 1, store_test_sets, &l);
	CU_ASSERT_EQUAL(l.seen, 0x11111111);
	store_free(l.s);
}

/* All records may be deleted, and as many others set, in one turn. */
static void store_all_may_change_at_once(void)
{
	struct store *s = store_new(5, model_boot);
	struct store_counters n;
	uint8_t rec[STORE_RECORD_MAX];

	for (unsigned round = 0; round < 20; round++) {
		for (unsigned i = 0; i < 5; i++)
			store_del(s, 1, 5 * (round - 1) + i);
		for (unsigned again = 0; again < 3; again++)
			for (unsigned i = 0; i < 5; i++) {
				store_del(s, 1, 5 * round + i);
				CU_ASSERT_TRUE_FATAL(store_put(s, 1, 5 * round + i, "ab", again));
			}
		store_publish(s);
		for (unsigned i = 0; i < 5; i++)
			CU_ASSERT_EQUAL(store_get(s, 1, 5 * round + i, rec), 2);
	}
	store_count(s, &n);
	CU_ASSERT_EQUAL(n.records, 5);
	CU_ASSERT_EQUAL(n.refused, 0);
	store_free(s);
}

static void store_record_may_be_deleted_while_read(void)
{
	struct store_test_lines l = {store_new(8, model_boot), 0};
	struct store_counters n;

	for (unsigned i = 0; i < 8; i++)
		store_put(l.s, 1, i, "abc", 3);
	store_each(l.s, 1, store_test_deletes, &l);
	store_count(l.s, &n);
	CU_ASSERT_EQUAL(l.seen, 8);
	CU_ASSERT_EQUAL(n.records, 0);
	store_free(l.s);
}

/* There are as many buckets as records: each is found while they come, and after some have gone. */
static void store_finds_each_of_many(void)
{
	enum { MANY = 3000 };
	struct store *s = store_new(MANY, model_boot);
	uint8_t rec[STORE_RECORD_MAX], kind = 1;
	unsigned wrong = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	for (uint32_t i = 0; i < MANY; i++, kind = (uint8_t)(i % 5 + 1)) {
		wrong += !store_put(s, kind, i / 5, &i, sizeof(i));
		if (i % 7 == 0)
			store_del(s, kind, i / 5);
	}
	store_publish(s);
	for (uint32_t i = 0; i < MANY; i++) {
		int n = store_get(s, (uint8_t)(i % 5 + 1), i / 5, rec);

		wrong += i % 7 ? n != sizeof(i) || memcmp(rec, &i, sizeof(i)) != 0 : n != -1;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	store_free(s);
}

static void store_without_memory(void)
{
	struct store *s;

	for (unsigned skip = 0;; skip++) {
		heap_refuse(skip);
		s = store_new(4, model_boot);
		if (!heap_refused())
			break;
		CU_ASSERT_PTR_NULL(s);
	}
	CU_ASSERT_PTR_NOT_NULL(s);
	for (unsigned skip = 0;; skip++) {
		struct store *next;
		const char *why = NULL;

		heap_refuse(skip);
		next = store_open(fcntl(store_fd(s), F_DUPFD_CLOEXEC, 0), model_boot, &why);
		if (!heap_refused()) {
			store_free(next);
			break;
		}
		CU_ASSERT_PTR_NULL(next);
		CU_ASSERT_STRING_EQUAL(why, "out of memory");
	}
	store_free(s);
}

/* --- a kill at any instruction ---------------------------------------------------------------- */

#define KILL_TXNS 20u

static unsigned store_test_changes(uint64_t *seed)
{
	return 1 + (unsigned)(test_rand(seed) % 4);
}

/* What each publication must have: the same changes, made here. */
static void store_test_plan(struct model_state plan[KILL_TXNS + 1], uint64_t seed)
{
	struct store *s = store_new(MODEL_ROOM, model_boot);
	struct model_state m = {0};

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	for (unsigned txn = 1; txn <= KILL_TXNS; txn++) {
		for (unsigned n = store_test_changes(&seed); n; n--)
			model_change(s, &m, &seed);
		store_publish(s);
		plan[txn] = m;
	}
	store_free(s);
}

/* In a child that is traced: the changes of the plan. */
static void store_test_victim(struct store *s, uint64_t seed)
{
	struct model_state m = {0};

	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		_exit(2);
	raise(SIGSTOP);
	for (unsigned txn = 1; txn <= KILL_TXNS; txn++) {
		for (unsigned n = store_test_changes(&seed); n; n--)
			model_change(s, &m, &seed);
		store_publish(s);
	}
	_exit(0);
}

struct store_test_watch {
	const struct model_state *plan;
	size_t size;
	const uint8_t *live; /* the victim's memory */
	uint8_t *last;	     /* it as it was last looked at */
	uint64_t txn;
	unsigned looked, wrong;
};

/* Were it killed now, the next life would find the last publication whole, or the one that has just
 * been made. */
static void store_test_look(struct store_test_watch *w)
{
	struct store_counters n;
	const char *why;
	struct store *s;

	if (memcmp(w->last, w->live, w->size) == 0)
		return;
	memcpy(w->last, w->live, w->size);
	s = store_open(model_memory(w->last, w->size), model_boot, &why);
	w->looked++;
	if (!s) {
		w->wrong++;
		return;
	}
	store_count(s, &n);
	w->wrong += n.broken || (n.published != w->txn && n.published != w->txn + 1) ||
		    n.published > KILL_TXNS || !model_same(s, &w->plan[n.published]);
	w->txn = n.published;
	store_free(s);
}

/* Step by step, as far as the machine can.  False: it cannot. */
static bool store_test_watch(struct store_test_watch *w, pid_t victim)
{
	int status;

	while (waitpid(victim, &status, 0) == victim && WIFSTOPPED(status)) {
		store_test_look(w);
		if (ptrace(PTRACE_SINGLESTEP, victim, NULL, NULL) != 0) {
			kill(victim, SIGKILL);
			waitpid(victim, &status, 0);
			return false;
		}
	}
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void store_killed_at_any_instruction(void)
{
	static struct model_state plan[KILL_TXNS + 1];
	struct store *s = store_new(MODEL_ROOM, model_boot);
	uint64_t seed = test_seed();
	struct store_test_watch w = {.plan = plan,
				     .size = store_image_size(&store_shape,
							      STORE_SLOTS * MODEL_ROOM,
							      STORE_BLOCKS * MODEL_ROOM)};
	bool watched;
	pid_t victim;

	if (test_sanitized) {
		test_skip("killed_at_any_instruction",
			  "a sanitizer's own instructions are stepped too");
		store_free(s);
		return;
	}
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	store_test_plan(plan, seed);
	w.live = mmap(NULL, w.size, PROT_READ, MAP_SHARED, store_fd(s), 0);
	w.last = malloc(w.size);
	CU_ASSERT_FATAL(w.live != MAP_FAILED && w.last);
	memset(w.last, 0xff, w.size);
	victim = fork();
	if (victim == 0)
		store_test_victim(s, seed);
	watched = store_test_watch(&w, victim);
	if (!watched)
		test_skip("killed_at_any_instruction", "no single steps here");
	CU_ASSERT_EQUAL(w.wrong, 0);
	CU_ASSERT(!watched || (w.txn == KILL_TXNS && w.looked > 4 * KILL_TXNS));
	munmap((void *)(uintptr_t)w.live, w.size);
	free(w.last);
	store_free(s);
}

static const struct test_case cases[] = {
	{"changes_count_once_published", store_changes_count_once_published},
	{"random_lives_match_a_table", store_random_lives_match_a_table},
	{"room_comes_back", store_room_comes_back},
	{"refused_change_leaves_the_record", store_refused_change_leaves_the_record},
	{"record_may_be_set_while_read", store_record_may_be_set_while_read},
	{"all_may_change_at_once", store_all_may_change_at_once},
	{"record_may_be_deleted_while_read", store_record_may_be_deleted_while_read},
	{"finds_each_of_many", store_finds_each_of_many},
	{"without_memory", store_without_memory},
	{"killed_at_any_instruction", store_killed_at_any_instruction},
	{NULL, NULL},
};
const struct test_suite suite_store = {"store", cases};
