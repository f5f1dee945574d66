/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A data worker: one thread (or none: then the control thread runs it), one epoll set, one heap of
 * timers, the ports and TUN devices that live on it, and the mailboxes to and from control.
 * Everything here but worker_new/free/run and worker_poke belongs to the worker's thread.
 */
#ifndef GW_DP_WORKER_H
#define GW_DP_WORKER_H

#include "core/deadline.h"
#include "gw/dp/calltab.h"
#include "gw/dp/door.h"
#include "gw/dp/dp.h"
#include "gw/dp/path.h"
#include "gw/dp/pool.h"
#include "gw/dp/ring.h"
#include "ppp/frame.h"

#include <pthread.h>
#include <semaphore.h>

#define WORKER_MAX	    DOOR_WORKERS
#define WORKER_PORTS	    256u
#define WORKER_BATCH	    64u		 /* records or frames handled before looking elsewhere */
#define WORKER_SCRATCH	    (256u << 10) /* octets of frames we build ourselves, per batch */
#define WORKER_PACKETS	    (512u << 10)
#define WORKER_FILTER_FRAME (PPP_HEAD_MAX + 65535u)

struct data;
struct gather;
struct worker_port;
struct report;
struct worker;

/* --- descriptors and timers ------------------------------------------------------------------- */

struct watch {
	int fd;
	unsigned what;				  /* enum ist_watch */
	bool dead;				  /* freed at the end of the batch */
	bool later;				  /* not to be read yet */
	void (*on_fd)(void *arg, unsigned ready); /* enum ist_watch */
	void *arg;
	struct watch *next;
};

enum timer_kind { TIMER_PORT, TIMER_GAP, TIMER_BUNDLE, TIMER_SETTLE, TIMER_IMPAIR };

#define BUNDLE_HEAD_MAX (MP_HEAD_MAX + 2u) /* and the protocol field of the packet */

/* --- frames going out: gathered during a batch, sent by channel ------------------------------- */

#define TX_MAX	64u
#define TX_HEAD (L2TP_HDR_DATA_MAX + PPP_HEAD_MAX + BUNDLE_HEAD_MAX)

struct tx_batch {
	unsigned n;
	l2tp_channel channel[TX_MAX];
	struct ist_frame f[TX_MAX];
	struct tx_told {
		uint64_t cookie;
		bool want_sent; /* control waits for it */
	} told[TX_MAX];
	uint8_t head[TX_MAX][TX_HEAD];
};

/* --- the worker ------------------------------------------------------------------------------- */

struct worker_job {
	int (*fn)(struct worker *w, void *arg);
	void *arg;
	int result;
};

struct worker {
	struct data *data;
	unsigned no;
	bool threaded; /* thread runs */
	pthread_t thread;
	int epfd, timerfd;
	uint64_t armed; /* what timerfd is set to */
	uint64_t now;	/* of this batch, us */
	atomic_bool stop;
	struct waker *waker; /* the door's */
	struct watch *watches, *dead;
	struct deadline_heap heap;

	/* from control, and from the message thread */
	struct ring_in cmd;
	_Atomic(struct worker_job *) job;
	sem_t job_done;
	_Atomic(struct call_state *) retired; /* from liburcu's thread */
	atomic_bool port_woken;		      /* from threads of transports */
	/* packets the TUN of another worker has read for a call of ours: [their number] */
	struct ring *from[WORKER_MAX];
	/* to control */
	struct ring_out control, ppp, sent, log, tap, mailed;
	bool told; /* this batch has put a record there */
	struct report *report_head, **report_tail;
	uint64_t attach; /* of the control that reports are for */ /* those that the ring had no
								      room for yet */
	uint8_t *report_octets;					   /* one while it is encoded */
	/* The oldest command waits for a table message before it. */
	atomic_bool waits;

	struct worker_port *port[WORKER_PORTS]; /* NULL = not on this worker */
	struct pool reorder;
	struct call_held *held, *held_free; /* as many as the pool has buffers; given back */
	unsigned held_used;		    /* of them, ever */
	struct tx_batch tx;
	struct gather *gather; /* packets on their way to TUN devices */
	uint8_t *scratch;
	size_t scratch_used;
	uint8_t *packets; /* of one batch from a TUN or another worker, WORKER_PACKETS octets */
	uint8_t *filter_frame; /* a PPP frame that a filter looks at, WORKER_FILTER_FRAME octets */
	uint8_t *whole;	       /* a frame put together of fragments, likewise */
	bool crowded;	       /* what comes is from a port that is */
	uint32_t passed;       /* workers whose pair ring got something in this batch */
	uint32_t icmp_tokens;
	uint64_t icmp_refilled;
	uint32_t copy_tokens; /* of call_copy() */
	uint64_t copy_refilled;

	struct worker_counters *n; /* in the door */
};

/* NULL without memory, descriptors or threads. */
struct worker *worker_new(struct data *data, unsigned no);
/* A ring from every other worker; after all have been made and before any starts. */
int worker_link(struct worker *w, unsigned workers);
/* Give it a thread, which takes no signals; 0 or -errno. */
int worker_start(struct worker *w);
/* Ends the thread, if there is one; ports are closed.  Then free. */
void worker_stop(struct worker *w);
void worker_free(struct worker *w);

/* No thread runs: what other workers have passed to it is handled; true = there was something. */
bool worker_drain_pairs(struct worker *w);
/* The end of a batch: frames leave, others are woken, the timer is set. */
void worker_finish(struct worker *w);
/* Take up its rings where the door says that they were left. */
bool worker_open_rings(struct worker *w);

/* One turn without waiting; with workers = 0 dp_poll() runs it. */
void worker_turn(struct worker *w);

/* Message thread: run fn on the worker and wait for its result. */
int worker_run(struct worker *w, int (*fn)(struct worker *w, void *arg), void *arg);
/* Any thread. */
void worker_poke(struct worker *w);
/* liburcu's thread: no reader can hold st any more. */
void worker_retire(struct call_state *st);

/* Slots for frames of a call that wait, zeroed; NULL = none are left. */
struct call_held *worker_take_held(struct worker *w);
void worker_give_held(struct worker *w, struct call_held *held);

static inline void worker_drop(struct worker *w, enum dp_reason why)
{
	count_add(&w->n->reason[why], 1);
}

/* what: enum ist_watch bits; a watch with nothing to watch is to be removed.  NULL without memory
 * or when epoll refuses the descriptor. */
struct watch *worker_watch(struct worker *w, int fd, unsigned what,
			   void (*on_fd)(void *arg, unsigned ready), void *arg);
int worker_watch_change(struct worker *w, struct watch *x, unsigned what);
void worker_unwatch(struct worker *w, struct watch *x);
/* It is not read before worker_watch_now(). */
void worker_watch_later(struct worker *w, struct watch *x);
void worker_watch_now(struct worker *w);

static inline void worker_timer(struct worker *w, struct deadline *d, enum timer_kind kind,
				uint64_t at)
{
	d->kind = (uint8_t)kind;
	deadline_set(&w->heap, d, at);
}

/* Memory for a frame of our own, valid until the batch is flushed; NULL when there is no more
 * (flush and ask again). */
uint8_t *worker_scratch(struct worker *w, size_t len);

/* A token bucket in thousandths: `rate` a second, at most `burst`.  True = one taken. */
bool bucket_take(uint32_t *tokens, uint64_t *refilled, uint64_t now, uint32_t rate, uint32_t burst);

#endif
