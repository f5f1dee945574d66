/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registration with liburcu counted per thread, so that two data planes in one thread (tests, and
 * workers = 0 beside the control thread) do not register twice, which liburcu forbids.
 */
#include "gw/dp/rcu.h"

#ifdef RCU_TSAN
char rcu_grace_period, rcu_deferred;
#endif

static __thread unsigned entered;

void rcu_enter(void)
{
	if (entered++)
		return;
	urcu_qsbr_register_thread();
	urcu_qsbr_thread_offline();
}

void rcu_leave(void)
{
	if (--entered)
		return;
	urcu_qsbr_unregister_thread();
}

void rcu_defer(struct rcu_head *head, void (*fn)(struct rcu_head *head))
{
	rcu_online();
	urcu_qsbr_call_rcu(head, fn);
	rcu_offline();
}

void rcu_drain(void)
{
	urcu_qsbr_barrier();
	rcu_drained();
}
