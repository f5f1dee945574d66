/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control thread's side: making and ending the workers, delivering what they have sent,
 * sending, and publishing calls.
 *
 * dp_poll() works through a bounded part of every mailbox and leaves its descriptor readable when
 * more is left.  The reports of a worker come first, and only frames that were there when the
 * reports were counted follow, so no frame is delivered before the report that its channel is up.
 * Control packets and PPP frames alternate.
 */
#include "gw/dp/dp_int.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define POLL_FRAMES 64u
#define WAITING_MAX 2048u /* fewer than the `sent` ring holds */

const struct dp_reason_row dp_reasons[DP_R_COUNT] = {
#define X(sym, key, words) [DP_R_##sym] = {key, words},
	DP_REASONS(X)
#undef X
};

uint64_t dp_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

/* --- life ------------------------------------------------------------------------------------- */

static unsigned dp_choose_workers(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return cores <= 2 ? 1 : cores > 5 ? 4 : (unsigned)cores - 1;
}

/* One descriptor for both the mailboxes and, without threads, the worker itself. */
static int dp_open_fd(struct dp *dp)
{
	struct epoll_event ev = {.events = EPOLLIN};
	int fd;

	if (waker_init(&dp->waker) < 0)
		return -1;
	if (dp->threaded)
		return dp->waker.fd;
	fd = epoll_create1(EPOLL_CLOEXEC);
	if (fd >= 0 && (epoll_ctl(fd, EPOLL_CTL_ADD, dp->waker.fd, &ev) < 0 ||
			epoll_ctl(fd, EPOLL_CTL_ADD, dp->worker[0]->epfd, &ev) < 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool dp_start(struct dp *dp)
{
	for (unsigned i = 0; i < dp->n; i++) {
		dp->worker[i] = worker_new(dp, i);
		if (!dp->worker[i] || worker_link(dp->worker[i], dp->n))
			return false;
	}
	dp->fd = dp_open_fd(dp);
	if (dp->fd < 0)
		return false;
	for (unsigned i = 0; dp->threaded && i < dp->n; i++)
		if (worker_start(dp->worker[i]))
			return false;
	waker_sleep(&dp->waker);
	return true;
}

struct dp *dp_new(unsigned workers, const struct dp_ops *ops, void *ctx)
{
	struct dp *dp = aligned_alloc(64, (sizeof(*dp) + 63) & ~(size_t)63);

	if (!dp)
		return NULL;
	memset(dp, 0, sizeof(*dp));
	dp->ops = *ops;
	dp->ctx = ctx;
	dp->threaded = workers;
	dp->n = workers == UINT_MAX ? dp_choose_workers() : workers ? workers : 1;
	if (dp->n > WORKER_MAX)
		dp->n = WORKER_MAX;
	dp->fd = dp->waker.fd = -1;
	map_init(&dp->chans, false);
	map_init(&dp->lines, true);
	map_init(&dp->filters, false);
	map_init(&dp->tun_numbers, false);
	rcu_enter();
	if (calltab_init(&dp->tab) < 0 || !dp_start(dp)) {
		dp_free(dp);
		return NULL;
	}
	return dp;
}

static void dp_del_call(void *ctx, struct call *c)
{
	dp_call_del(ctx, c->c.tid, c->c.sid);
}

void dp_free(struct dp *dp)
{
	for (unsigned i = 0; i < WORKER_PORTS; i++)
		if (dp->port[i].home)
			dp_port_close(dp, i);
	if (dp->tab.tunnel)
		calltab_each(&dp->tab, dp_del_call, dp);
	while (dp->tuns)
		dp_tun_close(dp, dp->tuns->no);
	dp_filters_free(dp);
	rcu_drain();
	/* Workers poke each other: none is freed while another runs. */
	for (unsigned i = 0; i < dp->n; i++)
		if (dp->worker[i])
			worker_stop(dp->worker[i]);
	for (unsigned i = 0; i < dp->n; i++)
		if (dp->worker[i])
			worker_free(dp->worker[i]);
	calltab_free(&dp->tab);
	map_free(&dp->chans);
	map_free(&dp->lines);
	map_free(&dp->filters);
	map_free(&dp->tun_numbers);
	if (dp->fd >= 0 && dp->fd != dp->waker.fd)
		close(dp->fd);
	waker_free(&dp->waker);
	rcu_leave();
	free(dp);
}

int dp_fd(const struct dp *dp)
{
	return dp->fd;
}

unsigned dp_workers(const struct dp *dp)
{
	return dp->threaded ? dp->n : 0;
}

/* --- delivering ------------------------------------------------------------------------------- */

static bool dp_port_is_open(const struct dp *dp, l2tp_channel c)
{
	unsigned no = dp_channel_port(c);

	return no < WORKER_PORTS && dp->port[no].home;
}

static void dp_deliver_control(struct dp *dp, const struct frame_rec *r, size_t len)
{
	if (dp_port_is_open(dp, r->channel))
		dp->ops.control(dp->ctx, r->channel, r->octets, len, r->when);
	else
		dp->reason[DP_R_PORT_CLOSED]++;
}

static void dp_tell_unsequenced(struct dp *dp, const struct frame_rec *r)
{
	if (dp->ops.unsequenced)
		dp->ops.unsequenced(dp->ctx, (uint16_t)(r->call >> 16), (uint16_t)r->call, r->when);
}

/* What is to be sent for it has been posted when its worker hears that it has returned. */
static void dp_deliver_punted(struct dp *dp, const struct frame_rec *r, size_t len)
{
	uint16_t tid = (uint16_t)(r->call >> 16), sid = (uint16_t)r->call;
	struct call *c;

	dp->ops.ppp(dp->ctx, tid, sid, r->octets, len, r->when);
	c = calltab_get(&dp->tab, tid, sid);
	if (c)
		atomic_fetch_add(&c->st->returned, 1);
}

static void dp_deliver_ppp(struct dp *dp, const struct frame_rec *r, size_t len)
{
	if (r->unsequenced)
		dp_tell_unsequenced(dp, r);
	else if (r->call)
		dp_deliver_punted(dp, r, len);
	else if (!r->channel && dp->ops.absent)
		dp->ops.absent(dp->ctx, r->octets, len, r->when);
	else if (dp_port_is_open(dp, r->channel))
		dp->ops.line(dp->ctx, r->channel, r->octets, len, r->when);
	else
		dp->reason[DP_R_PORT_CLOSED]++;
}

/* One record that was there at the mark; false when there is none. */
static bool dp_one_frame(struct dp *dp, struct ring *ring, uint64_t mark,
			 void (*deliver)(struct dp *dp, const struct frame_rec *r, size_t len))
{
	const struct frame_rec *r;
	size_t len;

	r = ring_before(ring, mark) ? ring_peek(ring, &len) : NULL;
	if (!r)
		return false;
	deliver(dp, r, len - sizeof(*r));
	ring_drop(ring);
	return true;
}

static void dp_deliver_reports(struct dp *dp, struct worker *w)
{
	struct report *r;

	for (unsigned n = report_count(w); n && (r = report_take(w)); n--) {
		report_deliver(dp, r);
		free(r);
	}
}

static void dp_deliver_sent(struct dp *dp, struct worker *w)
{
	const uint64_t *cookie;
	uint64_t c;
	size_t len;

	for (unsigned i = 0; i < POLL_FRAMES && (cookie = ring_peek(&w->sent, &len)); i++) {
		c = *cookie;
		ring_drop(&w->sent);
		dp->waiting[w->no]--;
		if (dp->ops.sent)
			dp->ops.sent(dp->ctx, c, dp_now());
	}
}

static void dp_deliver_log(struct dp *dp, struct worker *w)
{
	const struct log_rec *l;
	const struct tap_rec *t;
	size_t len;

	for (unsigned i = 0; i < POLL_FRAMES && (l = ring_peek(&w->log, &len)); i++) {
		if (dp->ops.log)
			dp->ops.log(dp->ctx, l->port, l->level, l->text);
		ring_drop(&w->log);
	}
	for (unsigned i = 0; i < POLL_FRAMES && (t = ring_peek(&w->tap, &len)); i++) {
		if (dp->ops.tap)
			dp->ops.tap(dp->ctx, t->port, t->outbound, t->link_type, t->octets,
				    len - sizeof(*t), t->when);
		ring_drop(&w->tap);
	}
}

static bool dp_mail_left(struct worker *w)
{
	return report_count(w) || !ring_empty(&w->control) || !ring_empty(&w->ppp) ||
	       !ring_empty(&w->sent) || !ring_empty(&w->log) || !ring_empty(&w->tap);
}

static void dp_deliver(struct dp *dp, struct worker *w)
{
	uint64_t control = ring_mark(&w->control), ppp = ring_mark(&w->ppp);
	bool more = true;

	dp_deliver_reports(dp, w);
	dp_deliver_sent(dp, w);
	for (unsigned i = 0; more && i < POLL_FRAMES; i++) {
		more = dp_one_frame(dp, &w->control, control, dp_deliver_control);
		more |= dp_one_frame(dp, &w->ppp, ppp, dp_deliver_ppp);
	}
	dp_deliver_log(dp, w);
}

void dp_poll(struct dp *dp)
{
	bool left = false;

	waker_rise(&dp->waker);
	waker_clear(&dp->waker);
	if (!dp->threaded)
		worker_turn(dp->worker[0]);
	for (unsigned i = 0; i < dp->n; i++)
		dp_deliver(dp, dp->worker[i]);
	waker_sleep(&dp->waker);
	for (unsigned i = 0; i < dp->n; i++)
		left |= dp_mail_left(dp->worker[i]);
	if (left)
		waker_poke(&dp->waker);
}

void dp_count(struct dp *dp, struct dp_counters *out)
{
	memset(out, 0, sizeof(*out));
	for (unsigned k = 0; k < DP_R_COUNT; k++)
		out->reason[k] = dp->reason[k];
	for (unsigned i = 0; i < dp->n; i++) {
		const struct worker *w = dp->worker[i];

		for (unsigned k = 0; k < DP_R_COUNT; k++)
			out->reason[k] += count_get(&w->reason[k]);
		out->rx_frames += count_get(&w->rx_frames);
		out->tx_frames += count_get(&w->tx_frames);
		out->rx_control += count_get(&w->rx_control);
		out->tx_control += count_get(&w->tx_control);
		out->tun_rx += count_get(&w->tun_rx);
		out->tun_tx += count_get(&w->tun_tx);
		out->fragmented += count_get(&w->fragmented);
		out->echoes += count_get(&w->echoes);
		out->rx_congested += count_get(&w->rx_congested);
		out->rx_discard += count_get(&w->rx_discard);
	}
}

/* --- sending ---------------------------------------------------------------------------------- */

bool dp_command(struct worker *w, const struct cmd_rec *head, const uint8_t *octets, size_t len)
{
	struct cmd_rec *r = ring_reserve(&w->cmd, sizeof(*r) + len);

	if (!r)
		return false;
	*r = *head;
	memcpy(r->octets, octets, len);
	ring_commit(&w->cmd);
	worker_poke(w);
	return true;
}

static bool dp_post_command(struct dp *dp, struct worker *w, const struct cmd_rec *head,
			    const uint8_t *octets, size_t len)
{
	if (dp_command(w, head, octets, len))
		return true;
	dp->reason[DP_R_COMMAND_RING]++;
	return false;
}

enum l2tp_tx dp_send(struct dp *dp, l2tp_channel to, const uint8_t *pkt, size_t len,
		     uint64_t cookie, uint8_t dscp)
{
	struct cmd_rec head = {.kind = CMD_CONTROL, .channel = to, .cookie = cookie, .dscp = dscp};
	const struct dp_port *p;

	if (!dp_port_is_open(dp, to)) {
		dp->reason[DP_R_PORT_CLOSED]++;
		return L2TP_TX_FAILED;
	}
	p = &dp->port[dp_channel_port(to)];
	head.want_sent = p->t->caps & IST_CAP_FLOW;
	if (head.want_sent && dp->waiting[p->home->no] >= WAITING_MAX) {
		dp->reason[DP_R_COMMAND_RING]++;
		return L2TP_TX_FAILED;
	}
	if (!dp_post_command(dp, p->home, &head, pkt, len))
		return L2TP_TX_FAILED;
	dp->waiting[p->home->no] += head.want_sent;
	return head.want_sent ? L2TP_TX_WAITING : L2TP_TX_TAKEN;
}

static bool dp_call_command(struct dp *dp, enum cmd_kind kind, uint16_t tid, uint16_t sid,
			    const uint8_t *frame, size_t len)
{
	struct cmd_rec head = {.kind = kind, .call = call_key(tid, sid)};
	struct call *c = calltab_get(&dp->tab, tid, sid);

	if (!c || len < 2) {
		dp->reason[c ? DP_R_BAD_PPP : DP_R_NO_CALL]++;
		return false;
	}
	if (!dp_post_command(dp, c->st->home, &head, frame, len))
		return false;
	if (kind == CMD_PPP)
		atomic_fetch_add(&c->st->posted, 1);
	return true;
}

bool dp_ppp_send(struct dp *dp, uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len)
{
	return dp_call_command(dp, CMD_PPP, tid, sid, frame, len);
}

bool dp_ip_rx(struct dp *dp, uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len)
{
	return dp_call_command(dp, CMD_IP, tid, sid, frame, len);
}

/* --- calls ------------------------------------------------------------------------------------ */

static void dp_free_call(struct rcu_head *head)
{
	rcu_grace_over();
	free(IST_CONTAINER_OF(head, struct call, rcu));
	rcu_deferred_done();
}

static void dp_free_state(struct rcu_head *head)
{
	rcu_grace_over();
	worker_retire(IST_CONTAINER_OF(head, struct call_state, rcu));
	rcu_deferred_done();
}

static struct call_state *dp_new_state(const struct dp_call *c, struct worker *home)
{
	struct call_state *st = calloc(1, sizeof(*st));

	if (!st)
		return NULL;
	st->tid = c->tid;
	st->sid = c->sid;
	st->home = home;
	l2tp_data_init(&st->data, &c->data);
	if (!c->bundle.mrru)
		return st;
	st->bundle = bundle_new(&c->bundle);
	if (st->bundle)
		return st;
	free(st);
	return NULL;
}

/* --- addresses of calls: what the TUN looks up ------------------------------------------------ */

static uint32_t dp_key_of(const struct call *c)
{
	return call_key(c->c.tid, c->c.sid);
}

static bool dp_names_addresses(const struct call *c)
{
	return c && c->tun && c->c.mode == DP_TERMINAL;
}

/* Each address is taken away only while it is still this call's. */
static void dp_remove_addresses(const struct call *c)
{
	struct dp_tun *t = c->tun;
	uint32_t key = dp_key_of(c), mine = key;

	if (!dp_names_addresses(c))
		return;
	atomic_compare_exchange_strong(&t->client, &mine, 0);
	if (addrtab_get4(&t->addr, c->c.peer4) == key)
		addrtab_set4(&t->addr, c->c.peer4, 0);
	if (map_get(&t->addr.prefix6, addr6_prefix(c->c.peer6)) == key)
		map_set(&t->addr.prefix6, addr6_prefix(c->c.peer6), 0);
	if (map_get(&t->addr.link_local, c->c.peer_iid) == key)
		map_set(&t->addr.link_local, c->c.peer_iid, 0);
}

/* A client chooses its interface identifier itself. The first client with an identifier keeps it,
 * or a second one could receive its packets. */
static bool dp_add_link_local(struct dp_tun *t, uint64_t iid, uint32_t key)
{
	return map_get(&t->addr.link_local, iid) || map_set(&t->addr.link_local, iid, key);
}

static bool dp_add_addresses(const struct call *c)
{
	struct dp_tun *t = c->tun;
	uint32_t key = dp_key_of(c);

	if (!dp_names_addresses(c))
		return true;
	if (c->c.client) {
		atomic_store_explicit(&t->client, key, memory_order_relaxed);
		return true;
	}
	return (!c->c.ip4 || !c->c.peer4 || addrtab_set4(&t->addr, c->c.peer4, key)) &&
	       (!c->c.ip6 || !c->c.has_peer6 ||
		map_set(&t->addr.prefix6, addr6_prefix(c->c.peer6), key)) &&
	       (!c->c.ip6 || !c->c.peer_iid || dp_add_link_local(t, c->c.peer_iid, key));
}

/* Frames of a line are found by its channel; of two lines on one channel the later has it. */
static bool dp_add_line(struct dp *dp, const struct call *c)
{
	return !call_is_line(c) || map_set(&dp->lines, c->c.channel, (uintptr_t)c);
}

static void dp_remove_line(struct dp *dp, const struct call *c)
{
	if (call_is_line(c) && map_get(&dp->lines, c->c.channel) == (uintptr_t)c)
		map_set(&dp->lines, c->c.channel, 0);
}

/* The entry before goes, and its state with it unless the new entry has it. */
static void dp_put_away(struct dp *dp, struct call *old, const struct call *fresh)
{
	struct dp_tun *t = old->tun;

	if (t) {
		t->calls--;
		dp_tun_release(dp, t);
	}
	call_give_filters(old);
	if (!fresh || fresh->st != old->st)
		rcu_defer(&old->st->rcu, dp_free_state);
	rcu_defer(&old->rcu, dp_free_call);
}

/* c was not published. */
static void dp_unmake_call(struct call *c, const struct call *old)
{
	call_give_filters(c);
	if (c->st && (!old || c->st != old->st)) {
		free(c->st->bundle);
		free(c->st);
	}
	free(c);
}

/* A bundle stays where it is, whichever of its links come and go.  NULL = the channel is gone. */
static struct worker *dp_home_of(const struct dp *dp, const struct dp_call *c)
{
	if (c->bundle.mrru)
		return dp->worker[c->sid % dp->n];
	return dp_port_is_open(dp, c->channel) ? dp->port[dp_channel_port(c->channel)].home : NULL;
}

int dp_call_set(struct dp *dp, const struct dp_call *want)
{
	struct call *old = calltab_get(&dp->tab, want->tid, want->sid), *c;
	struct worker *home;
	int rc = 0;

	if (!want->sid)
		return -EINVAL;
	home = dp_home_of(dp, want);
	if (!home)
		return -ENOENT;
	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->c = *want;
	c->version = ++dp->version;
	c->tun = dp_tun_get(dp, want->tun);
	if ((want->tun && !c->tun) || !call_take_filters(dp, c)) {
		free(c);
		return -EINVAL;
	}
	c->st = old && old->st->home == home ? old->st : dp_new_state(want, home);
	if (!c->st || !calltab_set(&dp->tab, want->tid, want->sid, c)) {
		dp_unmake_call(c, old);
		return -ENOMEM;
	}
	if (c->tun)
		c->tun->calls++;
	if (old) {
		dp_remove_addresses(old);
		if (old->c.channel != c->c.channel)
			dp_remove_line(dp, old);
	}
	if (!dp_add_addresses(c) || !dp_add_line(dp, c))
		rc = -ENOMEM;
	if (old)
		dp_put_away(dp, old, c);
	return rc;
}

void dp_call_del(struct dp *dp, uint16_t tid, uint16_t sid)
{
	struct call *c = calltab_get(&dp->tab, tid, sid);

	if (!c)
		return;
	calltab_set(&dp->tab, tid, sid, NULL);
	dp_remove_line(dp, c);
	dp_remove_addresses(c);
	dp_put_away(dp, c, NULL);
}

bool dp_call_stats(struct dp *dp, uint16_t tid, uint16_t sid, struct dp_call_stats *out)
{
	const struct call *c = calltab_get(&dp->tab, tid, sid);
	const struct call_counters *n = c ? &c->st->n : NULL;

	if (!c)
		return false;
	*out = (struct dp_call_stats){
		.rx_frames = count_get(&n->rx_frames),
		.rx_octets = count_get(&n->rx_octets),
		.tx_frames = count_get(&n->tx_frames),
		.tx_octets = count_get(&n->tx_octets),
		.drops = count_get(&n->drops),
		.last_rx = count_get(&n->last_rx),
		.control = count_get(&n->control),
		.filtered_in = count_get(&n->filtered_in),
		.filtered_out = count_get(&n->filtered_out),
		.seq_lost = count_get(&n->seq_lost),
		.seq_late = count_get(&n->seq_late),
		.seq_reordered = count_get(&n->seq_reordered),
		.sending_seq = count_get(&n->sending_seq),
	};
	return true;
}

uint64_t dp_tunnel_heard(const struct dp *dp, uint16_t tid)
{
	return atomic_load_explicit(&dp->tab.tunnel[tid].heard, memory_order_relaxed);
}
