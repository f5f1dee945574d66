/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control side: making and ending the data plane, delivering what the workers have sent, and
 * sending.
 *
 * dp_poll() works through a bounded part of every mailbox and leaves its descriptor readable when
 * more is left.  The reports of a worker come first, and only frames that were there when the
 * reports were looked at follow, so no frame is delivered before the report that its channel is up.
 * Control packets and PPP frames alternate.
 */
#include "gw/dp/data.h"
#include "gw/dp/dp_int.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define POLL_FRAMES 64u
#define SECOND	    1000000u
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

unsigned dp_count_workers(unsigned asked)
{
	unsigned n = asked == UINT_MAX ? dp_choose_workers() : asked ? asked : 1;

	return n > DP_WORKERS ? DP_WORKERS : n;
}

/* One descriptor for the mailboxes and for another: without threads that of the worker itself, with
 * another process the one that says that it has gone; -1 = none. */
static int dp_open_fd(const struct dp *dp, int other)
{
	struct epoll_event ev = {.events = EPOLLIN};
	int fd;

	if (other < 0)
		return dp->door->control.fd;
	fd = epoll_create1(EPOLL_CLOEXEC);
	if (fd >= 0 && (epoll_ctl(fd, EPOLL_CTL_ADD, dp->door->control.fd, &ev) < 0 ||
			epoll_ctl(fd, EPOLL_CTL_ADD, other, &ev) < 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool dp_open_mail(struct dp *dp, unsigned worker)
{
	struct ring_mem *const *mail = dp->door->mail[worker];
	struct dp_mail *m = &dp->mail[worker];
	struct ring_in *const in[MAIL_KINDS] = {
		[MAIL_CONTROL] = &m->control, [MAIL_PPP] = &m->ppp, [MAIL_SENT] = &m->sent,
		[MAIL_LOG] = &m->log,	      [MAIL_TAP] = &m->tap, [MAIL_REPORTS] = &m->reports,
	};
	bool ok = ring_out_open(&m->cmd, mail[MAIL_CMD], door_ring_size[MAIL_CMD]);

	for (unsigned i = 0; i < MAIL_KINDS; i++)
		if (in[i])
			ok &= ring_in_open(in[i], mail[i], door_ring_size[i]);
	return ok;
}

static bool dp_open_rings(struct dp *dp)
{
	bool ok = ring_out_open(&dp->table, dp->door->table_ring, DOOR_TABLE_SIZE) &&
		  ring_in_open(&dp->answers, dp->door->answer_ring, DOOR_ANSWER_SIZE);

	for (unsigned i = 0; i < dp->n; i++)
		ok &= dp_open_mail(dp, i);
	return ok;
}

static bool dp_get_memory(struct dp *dp)
{
	dp->msg = malloc(DOOR_MSG_MAX);
	dp->frame = malloc(DP_FRAME);
	dp->room = malloc(door_msg_room(REPORT_MAX));
	dp->reply = malloc(DP_ANSWER);
	dp->reply_room = malloc(door_msg_room(DP_ANSWER));
	return dp->msg && dp->frame && dp->room && dp->reply && dp->reply_room;
}

static struct dp *dp_alloc(const struct dp_ops *ops, void *ctx)
{
	struct dp *dp = calloc(1, sizeof(*dp));

	if (!dp)
		return NULL;
	dp->ops = *ops;
	dp->ctx = ctx;
	dp->fd = dp->gone_fd = -1;
	dp->fresh_slot = 1;
	dp->spare_tail = &dp->spare;
	map_init(&dp->chans, false);
	map_init(&dp->entries, false);
	map_init(&dp->tun_numbers, false);
	map_init(&dp->left.slots, false);
	dp->left.tail = &dp->left.reports;
	return dp;
}

static bool dp_begin(struct dp *dp, int other)
{
	dp->n = dp->door->workers;
	if (!dp_get_memory(dp) || !dp_open_rings(dp))
		return false;
	dp->fd = dp_open_fd(dp, other);
	if (dp->fd < 0 || !dp_left_find(dp))
		return false;
	waker_sleep(&dp->door->control);
	dp_fast_begin(dp);
	return true;
}

static bool dp_start(struct dp *dp)
{
	dp->data = data_new(dp->door, dp->threaded);
	return dp->data && (!dp->threaded || data_start_thread(dp->data)) &&
	       dp_begin(dp, dp->threaded ? -1 : dp->data->worker[0]->epfd);
}

struct dp *dp_new(unsigned workers, const struct dp_ops *ops, void *ctx)
{
	struct dp *dp = dp_alloc(ops, ctx);

	if (!dp)
		return NULL;
	dp->threaded = workers;
	dp->door = door_new(dp_count_workers(workers));
	if (!dp->door || !dp_start(dp)) {
		dp_free(dp);
		return NULL;
	}
	return dp;
}

struct dp *dp_attach(const int *fd, unsigned n, int gone, const struct dp_ops *ops, void *ctx)
{
	struct dp *dp = dp_alloc(ops, ctx);

	for (unsigned i = 0; !dp && i < n; i++)
		close(fd[i]);
	if (!dp)
		return NULL;
	dp->threaded = true;
	dp->gone_fd = gone;
	dp->door = door_open(fd, n);
	if (!dp->door || !dp_begin(dp, gone)) {
		dp_free(dp);
		return NULL;
	}
	return dp;
}

void dp_free(struct dp *dp)
{
	if (dp->data)
		data_free(dp->data);
	dp_fast_end(dp);
	dp_left_free(dp);
	dp_chans_free(dp);
	dp_entries_free(dp);
	dp_tuns_free(dp);
	dp_filters_free(dp);
	if (dp->fd >= 0 && dp->fd != dp->door->control.fd)
		close(dp->fd);
	free(dp->msg);
	free(dp->frame);
	free(dp->room);
	free(dp->reply);
	free(dp->reply_room);
	door_free(dp->door);
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

/* --- what data writes ------------------------------------------------------------------------- */

void dp_lose(struct dp *dp, const char *why)
{
	if (!dp->gone)
		dp->why_gone = why;
	dp->gone = true;
}

bool dp_take(struct dp *dp, struct ring_in *ring, uint8_t *buf, size_t cap, size_t *len)
{
	const void *r = ring_peek(ring, len);

	if (ring->broken || (r && *len > cap)) {
		dp_lose(dp, "a mailbox is broken");
		return false;
	}
	if (!r)
		return false;
	memcpy(buf, r, *len);
	ring_drop(ring);
	return true;
}

uint64_t dp_when(const struct dp *dp, uint64_t when)
{
	return when > dp->now + SECOND || when + 60u * SECOND < dp->now ? dp->now : when;
}

/* --- delivering ------------------------------------------------------------------------------- */

bool dp_port_is_open(const struct dp *dp, l2tp_channel c)
{
	unsigned no = dp_channel_port(c);

	return no < DP_PORTS && dp->port[no].open;
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
	const struct dp_entry *e;

	dp->ops.ppp(dp->ctx, tid, sid, r->octets, len, r->when);
	e = dp_entry_find(dp, tid, sid);
	if (e)
		atomic_fetch_add(&dp_entry_slot(dp, e)->returned, 1);
}

static void dp_deliver_ppp(struct dp *dp, const struct frame_rec *r, size_t len)
{
	if (r->unsequenced)
		dp_tell_unsequenced(dp, r);
	else if (r->call)
		dp_deliver_punted(dp, r, len);
	else if (!r->channel && dp->ops.absent)
		dp->ops.absent(dp->ctx, r->octets, len, r->when);
	else if (dp->ops.line && dp_port_is_open(dp, r->channel))
		dp->ops.line(dp->ctx, r->channel, r->octets, len, r->when);
	else
		dp->reason[DP_R_PORT_CLOSED]++;
}

/* One record that was there at the mark; false when there is none. */
static bool dp_one_frame(struct dp *dp, struct ring_in *ring, uint64_t mark,
			 void (*deliver)(struct dp *dp, const struct frame_rec *r, size_t len))
{
	struct frame_rec *r = (struct frame_rec *)dp->frame;
	size_t len;

	if (!ring_before(ring, mark) || !dp_take(dp, ring, dp->frame, DP_FRAME, &len))
		return false;
	if (len < sizeof(*r)) {
		dp_lose(dp, "a frame without a head");
		return false;
	}
	r->when = dp_when(dp, r->when);
	deliver(dp, r, len - sizeof(*r));
	return true;
}

static void dp_deliver_sent(struct dp *dp, unsigned worker, uint64_t mark)
{
	struct ring_in *ring = &dp->mail[worker].sent;
	uint64_t cookie;
	size_t len;

	for (unsigned i = 0; i < POLL_FRAMES && ring_before(ring, mark) &&
			     dp_take(dp, ring, dp->frame, DP_FRAME, &len);
	     i++) {
		if (len != sizeof(cookie) || !dp->waiting[worker]) {
			dp_lose(dp, "a packet left that was not sent");
			return;
		}
		memcpy(&cookie, dp->frame, sizeof(cookie));
		dp->waiting[worker]--;
		if (dp->ops.sent)
			dp->ops.sent(dp->ctx, cookie, dp_now());
	}
}

static void dp_deliver_log(struct dp *dp, const struct log_rec *l, size_t len)
{
	if (len <= sizeof(*l) || dp->frame[len - 1] || l->port >= DP_PORTS)
		dp_lose(dp, "a log line without an end");
	else if (dp->ops.log)
		dp->ops.log(dp->ctx, l->port, l->level, l->text);
}

static void dp_deliver_copy(struct dp *dp, const struct tap_rec *t, size_t len)
{
	if (dp->ops.copy)
		dp->ops.copy(dp->ctx, (uint16_t)(t->call >> 16), (uint16_t)t->call, t->outbound,
			     t->octets, len);
}

static void dp_deliver_tap(struct dp *dp, const struct tap_rec *t, size_t len)
{
	if (len < sizeof(*t) || t->port >= DP_PORTS)
		dp_lose(dp, "a capture of no port");
	else if (t->call)
		dp_deliver_copy(dp, t, len - sizeof(*t));
	else if (dp->ops.tap)
		dp->ops.tap(dp->ctx, t->port, t->outbound, t->link_type, t->octets,
			    len - sizeof(*t), dp_when(dp, t->when));
}

static void dp_deliver_rest(struct dp *dp, unsigned worker)
{
	struct dp_mail *m = &dp->mail[worker];
	size_t len;

	for (unsigned i = 0; i < POLL_FRAMES && dp_take(dp, &m->log, dp->frame, DP_FRAME, &len);
	     i++)
		dp_deliver_log(dp, (const struct log_rec *)dp->frame, len);
	for (unsigned i = 0; i < POLL_FRAMES && dp_take(dp, &m->tap, dp->frame, DP_FRAME, &len);
	     i++)
		dp_deliver_tap(dp, (const struct tap_rec *)dp->frame, len);
}

static bool dp_mail_left(struct dp_mail *m)
{
	return !ring_empty(&m->reports) || !ring_empty(&m->control) || !ring_empty(&m->ppp) ||
	       !ring_empty(&m->sent) || !ring_empty(&m->log) || !ring_empty(&m->tap);
}

static void dp_deliver(struct dp *dp, unsigned worker)
{
	struct dp_mail *m = &dp->mail[worker];
	uint64_t control = ring_mark(&m->control), ppp = ring_mark(&m->ppp);
	uint64_t sent = ring_mark(&m->sent);
	bool more = true;

	dp_report_deliver(dp, worker);
	dp_deliver_sent(dp, worker, sent);
	for (unsigned i = 0; more && i < POLL_FRAMES; i++) {
		more = dp_one_frame(dp, &m->control, control, dp_deliver_control);
		more |= dp_one_frame(dp, &m->ppp, ppp, dp_deliver_ppp);
	}
	dp_deliver_rest(dp, worker);
}

/* What data says while it lives is delivered, then that it has gone. */
static void dp_look_for_data(struct dp *dp)
{
	struct pollfd fd = {.fd = dp->gone_fd, .events = POLLIN};
	const char *why;

	if (dp->gone_fd >= 0 && poll(&fd, 1, 0) > 0)
		dp_lose(dp, "the data process has gone");
	why = dp->why_gone;
	dp->why_gone = NULL;
	if (why && dp->ops.gone)
		dp->ops.gone(dp->ctx, why, dp->now);
}

void dp_poll(struct dp *dp)
{
	bool left = false;

	waker_rise(&dp->door->control);
	waker_clear(&dp->door->control);
	dp->now = dp_now();
	dp->polling = true;
	if (!dp->threaded)
		worker_turn(dp->data->worker[0]);
	dp_take_answers(dp);
	dp_left_deliver(dp);
	for (unsigned i = 0; i < dp->n; i++)
		dp_deliver(dp, i);
	dp_look_for_data(dp);
	dp->polling = false;
	if (!dp->ops.leaving)
		dp_push(dp);
	waker_sleep(&dp->door->control);
	for (unsigned i = 0; i < dp->n; i++)
		left |= dp_mail_left(&dp->mail[i]);
	if (left)
		waker_poke(&dp->door->control);
}

/* Reasons that are of no frame which is counted elsewhere: it was no data before it was dropped, or
 * a copy, or it is counted by another one too. */
static const bool dp_no_frame[DP_R_COUNT] = {
	[DP_R_BAD_HDR] = true,	    [DP_R_NOT_L2TP] = true,    [DP_R_CONTROL_RING] = true,
	[DP_R_COMMAND_RING] = true, [DP_R_LOG_RING] = true,    [DP_R_TAP_RING] = true,
	[DP_R_COPY_LIMIT] = true,   [DP_R_ICMP_LIMIT] = true,  [DP_R_TUN_READ] = true,
	[DP_R_NOT_SET] = true,	    [DP_R_PORT_CLOSED] = true, [DP_R_DIED_CONTROL] = true,
	[DP_R_DIED_FRAME] = true,   [DP_R_IMPAIR_IN] = true,   [DP_R_IMPAIR_IN_FULL] = true,
};

static uint64_t dp_count_dropped(const struct worker_counters *n)
{
	uint64_t dropped = 0;

	for (unsigned k = 0; k < DP_R_COUNT; k++)
		dropped += dp_no_frame[k] ? 0 : count_get(&n->reason[k]);
	return dropped - count_get(&n->control_lost);
}

void dp_count(struct dp *dp, struct dp_counters *out)
{
	memset(out, 0, sizeof(*out));
	for (unsigned k = 0; k < DP_R_COUNT; k++)
		out->reason[k] = dp->reason[k];
	for (unsigned i = 0; i < dp->n; i++) {
		const struct worker_counters *n = dp->door->counters[i];

		for (unsigned k = 0; k < DP_R_COUNT; k++)
			out->reason[k] += count_get(&n->reason[k]);
		out->rx_frames += count_get(&n->rx_frames);
		out->tx_frames += count_get(&n->tx_frames);
		out->rx_control += count_get(&n->rx_control);
		out->tx_control += count_get(&n->tx_control);
		out->tun_rx += count_get(&n->tun_rx);
		out->tun_tx += count_get(&n->tun_tx);
		out->tun_cut += count_get(&n->tun_cut);
		out->tun_joined += count_get(&n->tun_joined);
		out->fragmented += count_get(&n->fragmented);
		out->echoes += count_get(&n->echoes);
		out->rx_congested += count_get(&n->rx_congested);
		out->rx_discard += count_get(&n->rx_discard);
		out->deaths += count_get(&n->deaths);
		out->from_control += count_get(&n->from_control);
		out->punted += count_get(&n->punted);
		out->made += count_get(&n->made);
		out->joined += count_get(&n->joined);
		out->dropped += dp_count_dropped(n);
	}
}

/* --- sending ---------------------------------------------------------------------------------- */

bool dp_command(struct dp *dp, unsigned worker, const struct cmd_rec *head, const uint8_t *octets,
		size_t len)
{
	struct ring_out *cmd = &dp->mail[worker].cmd;
	struct cmd_rec *r = ring_reserve(cmd, sizeof(*r) + len);

	if (!r)
		return false;
	*r = *head;
	r->after = dp->posted;
	memcpy(r->octets, octets, len);
	ring_put(cmd);
	dp->workers_due |= 1u << worker;
	dp_gather(dp, cmd);
	return true;
}

static bool dp_post_command(struct dp *dp, unsigned worker, const struct cmd_rec *head,
			    const uint8_t *octets, size_t len)
{
	if (dp_command(dp, worker, head, octets, len))
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
	head.want_sent = (p->t->caps & IST_CAP_FLOW) != 0;
	if (head.want_sent && dp->waiting[p->home] >= WAITING_MAX) {
		dp->reason[DP_R_COMMAND_RING]++;
		return L2TP_TX_FAILED;
	}
	if (!dp_post_command(dp, p->home, &head, pkt, len))
		return L2TP_TX_FAILED;
	dp->waiting[p->home] += head.want_sent;
	return head.want_sent ? L2TP_TX_WAITING : L2TP_TX_TAKEN;
}

static bool dp_call_command(struct dp *dp, enum cmd_kind kind, uint16_t tid, uint16_t sid,
			    const uint8_t *frame, size_t len)
{
	struct cmd_rec head = {.kind = kind, .call = call_key(tid, sid)};
	const struct dp_entry *e = dp_entry_find(dp, tid, sid);

	if (!e || len < 2) {
		dp->reason[e ? DP_R_BAD_PPP : DP_R_NO_CALL]++;
		return false;
	}
	if (!dp_post_command(dp, e->home, &head, frame, len))
		return false;
	if (kind == CMD_PPP)
		atomic_fetch_add(&dp_entry_slot(dp, e)->posted, 1);
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
