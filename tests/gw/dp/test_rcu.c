/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is deferred waits for the readers there are, and for no others. */
#include "gw/dp/rcu.h"
#include "tests/harness.h"

#include <pthread.h>
#include <semaphore.h>

static struct {
	struct rcu_head rcu;
	unsigned called;
	sem_t reads, may_end;
} rcu_at;

static void rcu_test_called(struct rcu_head *head)
{
	rcu_grace_over();
	rcu_at.called += head == &rcu_at.rcu; /* CUnit is for one thread */
	rcu_deferred_done();
}

static void rcu_test_begin(void)
{
	rcu_at.called = 0;
	sem_init(&rcu_at.reads, 0, 0);
	sem_init(&rcu_at.may_end, 0, 0);
}

static void rcu_test_end(void)
{
	sem_destroy(&rcu_at.reads);
	sem_destroy(&rcu_at.may_end);
}

static void *rcu_test_reader(void *arg)
{
	(void)arg;
	rcu_enter();
	rcu_online();
	sem_post(&rcu_at.reads);
	sem_wait(&rcu_at.may_end);
	rcu_offline();
	rcu_leave();
	return NULL;
}

static void a_reader_is_waited_for(void)
{
	pthread_t t;

	rcu_test_begin();
	rcu_enter();
	CU_ASSERT_FATAL(!pthread_create(&t, NULL, rcu_test_reader, NULL));
	sem_wait(&rcu_at.reads);
	rcu_defer(&rcu_at.rcu, rcu_test_called);
	CU_ASSERT_EQUAL(rcu_at.called, 0); /* however long this takes */
	sem_post(&rcu_at.may_end);
	rcu_drain();
	CU_ASSERT_EQUAL(rcu_at.called, 1);
	pthread_join(t, NULL);
	rcu_leave();
	rcu_test_end();
}

/* Registered once, however often it has entered, until it has left as often: one that is offline
 * holds up nobody. */
static void *rcu_test_nested(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < 3; i++) {
		rcu_enter();
		CU_ASSERT_FALSE(urcu_qsbr_read_ongoing());
	}
	for (unsigned i = 0; i < 2; i++) {
		rcu_leave();
		rcu_online();
		CU_ASSERT_TRUE(urcu_qsbr_read_ongoing());
		rcu_offline();
		rcu_defer(&rcu_at.rcu, rcu_test_called);
		CU_ASSERT_FALSE(urcu_qsbr_read_ongoing());
		rcu_drain();
		CU_ASSERT_EQUAL(rcu_at.called, i + 1);
	}
	rcu_leave();
	return NULL;
}

static void pairs_may_nest(void)
{
	pthread_t t;

	rcu_test_begin();
	CU_ASSERT_FATAL(!pthread_create(&t, NULL, rcu_test_nested, NULL));
	pthread_join(t, NULL);
	CU_ASSERT_EQUAL(rcu_at.called, 2);
	rcu_test_end();
}

static const struct test_case cases[] = {
	{"a_reader_is_waited_for", a_reader_is_waited_for},
	{"pairs_may_nest", pairs_may_nest},
	{NULL, NULL},
};
const struct test_suite suite_rcu = {"rcu", cases};
