/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The worker's turn: descriptors, then requests of control, then timers, then one flush
 * of the frames gathered. Every part is bounded, so that none starves another; a part with more to
 * do makes the next wait return at once.  One RCU quiescent state per turn, offline while waiting.
 * Timers go by a timerfd, so that the epoll descriptor alone says when there is work: with workers
 * = 0 it is nested in control's loop and the turns are run from dp_poll().
 */
#include "gw/dp/data.h"
#include "gw/dp/gather.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define PAIR_RING    (1u << 20)
#define REORDER_BUFS 1024u
#define REORDER_SIZE 9728u /* a frame of 9180 octets (RFC 3355) fits */
#define EVENTS	     64

_Thread_local bool path_on;

static void worker_on_waker(void *arg, unsigned ready)
{
	struct worker *w = arg;

	(void)ready;
	waker_clear(w->waker);
}

static void worker_on_timer(void *arg, unsigned ready)
{
	struct worker *w = arg;
	uint64_t times;

	(void)ready;
	if (read(w->timerfd, &times, sizeof(times)) == sizeof(times))
		w->armed = DEADLINE_NEVER;
}

static bool worker_open_descriptors(struct worker *w)
{
	w->epfd = epoll_create1(EPOLL_CLOEXEC);
	w->timerfd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	return w->epfd >= 0 && w->timerfd >= 0 &&
	       worker_watch(w, w->waker->fd, IST_READ, worker_on_waker, w) &&
	       worker_watch(w, w->timerfd, IST_READ, worker_on_timer, w);
}

static bool worker_get_memory(struct worker *w)
{
	w->scratch = malloc(WORKER_SCRATCH);
	w->packets = malloc(WORKER_PACKETS);
	w->filter_frame = malloc(WORKER_FILTER_FRAME);
	w->whole = malloc(WORKER_FILTER_FRAME);
	w->report_octets = malloc(REPORT_MAX);
	w->gather = calloc(1, sizeof(*w->gather));
	w->held = calloc(REORDER_BUFS, sizeof(*w->held));
	return w->scratch && w->packets && w->filter_frame && w->whole && w->report_octets &&
	       w->gather && w->held && !pool_init(&w->reorder, REORDER_BUFS, REORDER_SIZE);
}

struct call_held *worker_take_held(struct worker *w)
{
	struct call_held *held = w->held_free;

	if (held) {
		w->held_free = held->next;
		memset(held->slot, 0, sizeof(held->slot));
		return held;
	}
	return w->held_used < REORDER_BUFS ? &w->held[w->held_used++] : NULL;
}

void worker_give_held(struct worker *w, struct call_held *held)
{
	held->next = w->held_free;
	w->held_free = held;
}

bool worker_open_rings(struct worker *w)
{
	struct ring_mem *const *mail = w->data->door->mail[w->no];
	struct ring_out *const out[MAIL_KINDS] = {
		[MAIL_CONTROL] = &w->control, [MAIL_PPP] = &w->ppp, [MAIL_SENT] = &w->sent,
		[MAIL_LOG] = &w->log,	      [MAIL_TAP] = &w->tap, [MAIL_REPORTS] = &w->mailed,
	};
	bool ok = ring_in_open(&w->cmd, mail[MAIL_CMD], door_ring_size[MAIL_CMD]);

	for (unsigned i = 0; i < MAIL_KINDS; i++)
		if (out[i])
			ok &= ring_out_open(out[i], mail[i], door_ring_size[i]);
	return ok;
}

struct worker *worker_new(struct data *data, unsigned no)
{
	struct worker *w = aligned_alloc(64, (sizeof(*w) + 63) & ~(size_t)63);

	if (!w)
		return NULL;
	memset(w, 0, sizeof(*w));
	w->data = data;
	w->no = no;
	w->epfd = w->timerfd = -1;
	w->waker = &data->door->worker[no];
	w->n = data->door->counters[no];
	w->armed = DEADLINE_NEVER;
	w->now = dp_now();
	w->report_tail = &w->report_head;
	sem_init(&w->job_done, 0, 0);
	if (!worker_open_descriptors(w) || !worker_get_memory(w) || !worker_open_rings(w)) {
		worker_free(w);
		return NULL;
	}
	waker_sleep(w->waker);
	return w;
}

int worker_link(struct worker *w, unsigned workers)
{
	for (unsigned i = 0; i < workers; i++) {
		if (i == w->no)
			continue;
		w->from[i] = aligned_alloc(64, (sizeof(struct ring) + 63) & ~(size_t)63);
		if (!w->from[i] || ring_init(w->from[i], PAIR_RING))
			return -ENOMEM;
	}
	return 0;
}

static void worker_free_watches(struct watch **list)
{
	while (*list) {
		struct watch *x = *list;

		*list = x->next;
		free(x);
	}
}

void worker_free(struct worker *w)
{
	for (unsigned i = 0; i < WORKER_MAX; i++) {
		if (w->from[i])
			ring_free(w->from[i]);
		free(w->from[i]);
	}
	report_forget(w, WORKER_PORTS); /* those of none; ports have taken theirs with them */
	pool_free(&w->reorder);
	free(w->held);
	free(w->scratch);
	free(w->packets);
	free(w->filter_frame);
	free(w->whole);
	free(w->report_octets);
	free(w->gather);
	worker_free_watches(&w->watches);
	worker_free_watches(&w->dead);
	if (w->timerfd >= 0)
		close(w->timerfd);
	if (w->epfd >= 0)
		close(w->epfd);
	sem_destroy(&w->job_done);
	free(w);
}

/* --- descriptors ------------------------------------------------------------------------------ */

static uint32_t worker_epoll_bits(unsigned what)
{
	return (what & IST_READ ? EPOLLIN : 0) | (what & IST_WRITE ? EPOLLOUT : 0);
}

struct watch *worker_watch(struct worker *w, int fd, unsigned what,
			   void (*on_fd)(void *arg, unsigned ready), void *arg)
{
	struct watch *x = calloc(1, sizeof(*x));
	struct epoll_event ev = {.events = worker_epoll_bits(what), .data.ptr = x};

	if (!x)
		return NULL;
	if (epoll_ctl(w->epfd, EPOLL_CTL_ADD, fd, &ev) < 0) {
		free(x);
		return NULL;
	}
	x->fd = fd;
	x->what = what;
	x->on_fd = on_fd;
	x->arg = arg;
	x->next = w->watches;
	w->watches = x;
	return x;
}

int worker_watch_change(struct worker *w, struct watch *x, unsigned what)
{
	unsigned now = x->later ? what & ~(unsigned)IST_READ : what;
	struct epoll_event ev = {.events = worker_epoll_bits(now), .data.ptr = x};

	x->what = what;
	return epoll_ctl(w->epfd, EPOLL_CTL_MOD, x->fd, &ev) < 0 ? -errno : 0;
}

void worker_watch_later(struct worker *w, struct watch *x)
{
	x->later = true;
	worker_watch_change(w, x, x->what);
}

void worker_watch_now(struct worker *w)
{
	for (struct watch *x = w->watches; x; x = x->next) {
		if (!x->later)
			continue;
		x->later = false;
		worker_watch_change(w, x, x->what);
	}
}

void worker_unwatch(struct worker *w, struct watch *x)
{
	struct watch **at = &w->watches;

	/* Fails when the owner has closed it already, which removes it from epoll too, unless a
	 * child process holds it as well. */
	epoll_ctl(w->epfd, EPOLL_CTL_DEL, x->fd, NULL);
	while (*at != x)
		at = &(*at)->next;
	*at = x->next;
	x->dead = true;
	x->next = w->dead;
	w->dead = x;
}

/* An error is reported as every watched event: the read or write that follows returns it. */
static unsigned worker_ready_bits(const struct watch *x, uint32_t events)
{
	if (events & (EPOLLERR | EPOLLHUP))
		return x->what;
	return (events & EPOLLIN ? IST_READ : 0) | (events & EPOLLOUT ? IST_WRITE : 0);
}

static void worker_handle_descriptors(struct worker *w, const struct epoll_event *ev, int n)
{
	for (int i = 0; i < n; i++) {
		struct watch *x = ev[i].data.ptr;

		path_set(true);
		if (!x->dead)
			x->on_fd(x->arg, worker_ready_bits(x, ev[i].events));
		path_set(false);
	}
	worker_free_watches(&w->dead);
}

/* --- timers ----------------------------------------------------------------------------------- */

static void worker_handle_timers(struct worker *w)
{
	static void (*const on_time[])(struct deadline * d, uint64_t now) = {
		[TIMER_PORT] = worker_port_timer_fire, [TIMER_GAP] = call_gap,
		[TIMER_BUNDLE] = bundle_timeout,       [TIMER_SETTLE] = image_settle_port,
		[TIMER_IMPAIR] = worker_impair_time,
	};
	struct deadline *d;

	for (unsigned i = 0; i < WORKER_BATCH && (d = deadline_pop(&w->heap, w->now)); i++) {
		path_set(d->kind == TIMER_GAP || d->kind == TIMER_BUNDLE);
		on_time[d->kind](d, w->now);
		path_set(false);
	}
}

static void worker_arm_timer(struct worker *w)
{
	uint64_t next = deadline_next(&w->heap);
	struct itimerspec at = {0};

	/* An early wake-up is harmless: a timer that was moved back is not worth a system call. */
	if (next >= w->armed)
		return;
	at.it_value.tv_sec = (time_t)(next / 1000000);
	at.it_value.tv_nsec = (long)(next % 1000000 * 1000);
	if (!next)
		at.it_value.tv_nsec = 1; /* all zero would disarm it */
	timerfd_settime(w->timerfd, TFD_TIMER_ABSTIME, &at, NULL);
	w->armed = next;
}

/* --- mailboxes -------------------------------------------------------------------------------- */

static void worker_handle_retired(struct worker *w)
{
	struct call_state *st = atomic_exchange(&w->retired, NULL);

	while (st) {
		struct call_state *next = st->next;

		call_retire(w, st);
		st = next;
	}
}

/* Control's word for why: r is a copy. */
static void worker_handle_channel(struct worker *w, const struct cmd_rec *r, size_t len)
{
	const struct cmd_cause *c = (const struct cmd_cause *)r->octets;
	struct ist_cause why = {.kind = IST_CAUSE_LOCAL};

	if (len >= sizeof(*c))
		why = (struct ist_cause){c->kind, c->cause, c->diagnostic, NULL};
	if (len > sizeof(*c) && !r->octets[len - 1])
		why.words = c->text;
	tx_flush(w); /* what was said before it is hung up */
	worker_chan_do(w, (enum cmd_kind)r->kind, r->channel, &why);
}

static void worker_handle_ip(struct worker *w, struct call *c, const uint8_t *frame, size_t len)
{
	call_ip_in(w, c, frame, len);
}

static void worker_handle_ppp(struct worker *w, struct call *c, const uint8_t *frame, size_t len)
{
	count_add(&c->st->n->control, 1);
	tx_frame(w, c, (uint16_t)(frame[0] << 8 | frame[1]), frame + 2, len - 2);
	atomic_fetch_add(&c->st->taken, 1);
}

static void worker_handle_frame(struct worker *w, const struct cmd_rec *r, size_t len)
{
	struct call *c = calltab_get(&w->data->tab, (uint16_t)(r->call >> 16), (uint16_t)r->call);
	bool was = path_set(true);

	count_add(&w->n->from_control, 1);
	if (!c || c->st->home != w)
		worker_drop(w, DP_R_NO_CALL);
	else if (len < 2)
		worker_drop(w, DP_R_BAD_PPP);
	else
		(r->kind == CMD_IP ? worker_handle_ip : worker_handle_ppp)(w, c, r->octets, len);
	path_set(was);
}

static void worker_handle_command(struct worker *w, const struct cmd_rec *r, size_t len)
{
	static void (*const handle[CMD_KINDS])(struct worker * w, const struct cmd_rec *r,
					       size_t len) = {
		[CMD_CONTROL] = tx_control,	      [CMD_PPP] = worker_handle_frame,
		[CMD_IP] = worker_handle_frame,	      [CMD_ANSWER] = worker_handle_channel,
		[CMD_REFUSE] = worker_handle_channel, [CMD_DISCONNECT] = worker_handle_channel,
	};

	if (r->kind < CMD_KINDS)
		handle[r->kind](w, r, len);
}

/* Is what control has asked before this record done? */
static bool worker_may_handle(struct worker *w, const struct cmd_rec *r)
{
	bool wait = r->after > atomic_load(&w->data->done);

	if (wait == atomic_load_explicit(&w->waits, memory_order_relaxed))
		return !wait;
	atomic_store(&w->waits, wait);
	return r->after <= atomic_load(&w->data->done);
}

/* The oldest command, or NULL; copied, so that control cannot change it any more, and so that its
 * frame stays until the flush.  *used: octets of w->packets that are taken. */
static const struct cmd_rec *worker_next_command(struct worker *w, size_t *used, size_t *len)
{
	const void *r = ring_peek(&w->cmd, len);
	uint8_t *to;

	while (r && (*len < sizeof(struct cmd_rec) || *len > WORKER_PACKETS)) {
		ring_drop(&w->cmd);
		r = ring_peek(&w->cmd, len);
	}
	if (!r)
		return NULL;
	if (*len > WORKER_PACKETS - *used)
		tx_flush(w);
	if (!w->tx.n)
		*used = 0;
	to = w->packets + *used;
	*used += (*len + 7) & ~(size_t)7;
	return memcpy(to, r, *len);
}

static void worker_handle_commands(struct worker *w, unsigned most)
{
	const struct cmd_rec *r;
	size_t used = 0, len;
	bool was;

	while (most-- && (r = worker_next_command(w, &used, &len)) && worker_may_handle(w, r)) {
		worker_handle_command(w, r, len - sizeof(*r));
		ring_drop(&w->cmd);
	}
	was = path_set(true);
	tx_flush(w);
	path_set(was);
}

/* Packets sent before the job leave before it runs: a port may be closed right after the last
 * StopCCN. Control waits for the job, so the ring does not grow meanwhile. */
static void worker_handle_job(struct worker *w)
{
	struct worker_job *j = atomic_exchange(&w->job, NULL);

	if (!j)
		return;
	worker_handle_commands(w, UINT_MAX);
	j->result = j->fn(w, j->arg);
	sem_post(&w->job_done);
}

static void worker_take_ip(struct worker *w, struct call *c, const struct pair_rec *r, uint8_t *pkt,
			   size_t len)
{
	(void)r;
	ip_path_tx(w, c, pkt, len);
}

static void worker_take_forward(struct worker *w, struct call *c, const struct pair_rec *r,
				uint8_t *pkt, size_t len)
{
	tx_forward(w, c, r->proto, pkt, len);
}

static void worker_take_from_member(struct worker *w, struct call *c, const struct pair_rec *r,
				    uint8_t *pkt, size_t len)
{
	bundle_in(w, c, r->member, r->proto, pkt, len);
}

static void worker_take_to_member(struct worker *w, struct call *c, const struct pair_rec *r,
				  uint8_t *pkt, size_t len)
{
	bundle_piece_out(w, c, r->marks, NULL, 0, pkt, len);
}

static const struct {
	void (*take)(struct worker *w, struct call *c, const struct pair_rec *r, uint8_t *pkt,
		     size_t len);
	enum dp_reason gone; /* the leg it is for */
} worker_pairs[PAIR_KINDS] = {
	[PAIR_IP] = {worker_take_ip, DP_R_NO_CALL},
	[PAIR_FORWARD] = {worker_take_forward, DP_R_NO_JOIN},
	[PAIR_FROM_MEMBER] = {worker_take_from_member, DP_R_NO_BUNDLE},
	[PAIR_TO_MEMBER] = {worker_take_to_member, DP_R_NO_BUNDLE},
};

static void worker_handle_pair(struct worker *w, struct ring_in *ring)
{
	const struct pair_rec *r;
	size_t len, used = 0;
	bool was = path_set(true);

	for (unsigned i = 0; i < WORKER_BATCH && (r = ring_peek(ring, &len)); i++) {
		struct call *c =
			calltab_get(&w->data->tab, (uint16_t)(r->call >> 16), (uint16_t)r->call);
		uint8_t *pkt = w->packets + used;

		len -= offsetof(struct pair_rec, octets);
		if (len > WORKER_PACKETS - used) {
			tx_flush(w);
			pkt = w->packets;
			used = 0;
		}
		used += (len + 63) & ~(size_t)63;
		memcpy(pkt, r->octets, len);
		if (c)
			worker_pairs[r->kind].take(w, c, r, pkt, len);
		else
			worker_drop(w, worker_pairs[r->kind].gone);
		ring_drop(ring);
	}
	tx_flush(w); /* before the packets go */
	path_set(was);
}

static void worker_handle_mail(struct worker *w)
{
	worker_handle_job(w);
	worker_handle_retired(w);
	if (atomic_exchange(&w->port_woken, false))
		worker_ports_woken(w);
	worker_handle_commands(w, WORKER_BATCH);
	for (unsigned i = 0; i < WORKER_MAX; i++)
		if (w->from[i])
			worker_handle_pair(w, &w->from[i]->in);
}

bool worker_drain_pairs(struct worker *w)
{
	bool some = false;

	for (unsigned i = 0; i < WORKER_MAX; i++) {
		while (w->from[i] && !ring_empty(&w->from[i]->in)) {
			worker_handle_pair(w, &w->from[i]->in);
			some = true;
		}
	}
	return some;
}

/* One that waits for a table message is no reason to stay awake: the message thread pokes. */
static bool worker_has_command(struct worker *w)
{
	const struct cmd_rec *r;
	size_t used = 0, len;

	if (!atomic_load(&w->waits))
		return !ring_empty(&w->cmd);
	r = worker_next_command(w, &used, &len);
	return r && worker_may_handle(w, r);
}

/* Control may have made room, and poked, before this worker went to sleep. */
static bool worker_has_room_for_reports(struct worker *w)
{
	return w->report_head && !atomic_load(&w->data->door->words->worker[w->no].reports_wait);
}

static bool worker_mail_waits(struct worker *w)
{
	if (atomic_load(&w->job) || atomic_load(&w->retired) || atomic_load(&w->port_woken) ||
	    atomic_load(&w->stop) || worker_has_command(w) || worker_has_room_for_reports(w))
		return true;
	for (unsigned i = 0; i < WORKER_MAX; i++)
		if (w->from[i] && !ring_empty(&w->from[i]->in))
			return true;
	return false;
}

/* --- the turn --------------------------------------------------------------------------------- */

void worker_finish(struct worker *w)
{
	tx_flush(w);
	tx_poke_others(w);
	worker_arm_timer(w);
	if (w->report_head)
		report_mail(w);
	if (w->told) {
		w->told = false;
		waker_poke(&w->data->door->control);
	}
}

static void worker_handle_events(struct worker *w, const struct epoll_event *ev, int n)
{
	w->now = dp_now();
	worker_handle_descriptors(w, ev, n);
	worker_handle_mail(w);
	worker_handle_timers(w);
	worker_finish(w);
}

void worker_turn(struct worker *w)
{
	struct epoll_event ev[EVENTS];
	int n = epoll_wait(w->epfd, ev, EVENTS, 0);

	rcu_online();
	waker_rise(w->waker);
	worker_handle_events(w, ev, n);
	rcu_offline();
	waker_sleep(w->waker);
	if (worker_mail_waits(w))
		waker_poke(w->waker);
}

/* Each turn begins asleep: a wait that finds something costs no more than a look, and one that
 * finds nothing saves the look. */
static void *worker_thread_main(void *arg)
{
	struct worker *w = arg;
	struct epoll_event ev[EVENTS];
	char name[16];
	int n;

	snprintf(name, sizeof(name), "worker-%u", w->no);
	prctl(PR_SET_NAME, name);
	rcu_enter();
	while (!atomic_load(&w->stop)) {
		waker_sleep(w->waker);
		n = epoll_wait(w->epfd, ev, EVENTS, worker_mail_waits(w) ? 0 : -1);
		rcu_online();
		waker_rise(w->waker);
		worker_handle_events(w, ev, n);
		rcu_offline();
	}
	rcu_leave();
	return NULL;
}

int worker_start(struct worker *w)
{
	sigset_t all, before;
	int err;

	atomic_store(&w->stop, false);
	sigfillset(&all);
	sigdelset(&all, SIGSYS); /* a forbidden system call is said before it kills */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&w->thread, NULL, worker_thread_main, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	w->threaded = !err;
	return -err;
}

void worker_stop(struct worker *w)
{
	atomic_store(&w->stop, true);
	worker_poke(w);
	if (w->threaded)
		pthread_join(w->thread, NULL);
	w->threaded = false;
	worker_handle_retired(w);
}

int worker_run(struct worker *w, int (*fn)(struct worker *w, void *arg), void *arg)
{
	struct worker_job j = {fn, arg, 0};

	if (!w->threaded) {
		rcu_online();
		w->now = dp_now();
		if (!w->data->aside)
			worker_handle_commands(w, UINT_MAX);
		j.result = fn(w, arg);
		if (!w->data->aside)
			worker_finish(w);
		rcu_offline();
		return j.result;
	}
	atomic_store(&w->job, &j);
	worker_poke(w);
	while (sem_wait(&w->job_done) < 0)
		;
	return j.result;
}

void worker_poke(struct worker *w)
{
	waker_poke(w->waker);
}

void worker_retire(struct call_state *st)
{
	struct worker *w = st->home;

	st->next = atomic_load(&w->retired);
	while (!atomic_compare_exchange_weak(&w->retired, &st->next, st))
		;
	worker_poke(w);
}

/* --- small things ----------------------------------------------------------------------------- */

uint8_t *worker_scratch(struct worker *w, size_t len)
{
	uint8_t *p = w->scratch + w->scratch_used;

	len = (len + 7) & ~(size_t)7;
	if (len > WORKER_SCRATCH - w->scratch_used)
		return NULL;
	w->scratch_used += len;
	return p;
}

bool bucket_take(uint32_t *tokens, uint64_t *refilled, uint64_t now, uint32_t rate, uint32_t burst)
{
	uint64_t full = (uint64_t)burst * 1000, gained, have;

	/* Thousandths per microsecond are rate / 1000; a gain below one thousandth is left for the
	 * next call.
	 */
	gained = now - *refilled > 3600000000u ? full : (now - *refilled) * rate / 1000;
	have = *tokens + gained;
	if (gained)
		*refilled = now;
	if (have > full)
		have = full;
	*tokens = (uint32_t)have;
	if (have < 1000)
		return false;
	*tokens -= 1000;
	return true;
}
