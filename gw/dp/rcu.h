/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one door to liburcu (qsbr): who reads, what is published, when memory may go.
 *
 * A worker is online while it handles a batch and offline while it waits, so it never holds up a
 * grace period.  The control thread is registered too, because call_rcu() demands it, and goes
 * online only around that call.  A published pointer is a C11 atomic (release store, acquire load):
 * the same instructions as rcu_assign_pointer() and rcu_dereference() on every machine we have, and
 * ThreadSanitizer understands them.  It cannot see into liburcu, so the two ends of a grace period
 * are shown to it by hand.
 */
#ifndef GW_DP_RCU_H
#define GW_DP_RCU_H

#include "core/container.h"

#include <urcu-qsbr.h>

#if defined(__SANITIZE_THREAD__)
#define RCU_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define RCU_TSAN 1
#endif
#endif

#ifdef RCU_TSAN
void __tsan_acquire(void *addr);
void __tsan_release(void *addr);
/* Stand for "a reader is done" and "all deferred is done" in TSan's eyes. */
extern char rcu_grace_period, rcu_deferred;
#define rcu_reader_done()   __tsan_release(&rcu_grace_period)
#define rcu_grace_over()    __tsan_acquire(&rcu_grace_period)
#define rcu_deferred_done() __tsan_release(&rcu_deferred)
#define rcu_drained()	    __tsan_acquire(&rcu_deferred)
#else
#define rcu_reader_done()   ((void)0)
#define rcu_grace_over()    ((void)0)
#define rcu_deferred_done() ((void)0)
#define rcu_drained()	    ((void)0)
#endif

/* Register this thread; pairs may nest on one thread. */
void rcu_enter(void);
void rcu_leave(void);

static inline void rcu_offline(void)
{
	rcu_reader_done();
	urcu_qsbr_thread_offline();
}

static inline void rcu_online(void)
{
	urcu_qsbr_thread_online();
}

/* Call fn, on a thread of liburcu's, once no reader can hold the structure around head.  fn starts
 * with rcu_grace_over() and ends with rcu_deferred_done().  From a thread inside rcu_enter() that
 * is offline. */
void rcu_defer(struct rcu_head *head, void (*fn)(struct rcu_head *head));
/* Wait until everything deferred has been called; for the end of the program only. */
void rcu_drain(void);

#endif
