/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A data plane with a port that the test plays by hand, in each form (fake.h). */
#include "gw/dp/data.h"
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"
#include "transports/builtin.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct fake_line *new_line(struct rig *r, const uint8_t *p, size_t len)
{
	struct fake_line *l = &r->line[r->n_line++];

	if (r->n_line == FAKE_LINES || len > FAKE_FRAME)
		abort();
	l->len = len;
	if (len)
		memcpy(l->octets, p, len);
	return l;
}

#define LINE(r, p, len, ...) \
	snprintf(new_line(r, p, len)->text, sizeof((r)->line[0].text), __VA_ARGS__)

/* When it was, on the clock of dp_now(). */
static void fake_told_at(const struct rig *r, uint64_t now)
{
	CU_ASSERT(now >= r->begin && now <= dp_now());
}

static unsigned short_channel(l2tp_channel c)
{
	return (unsigned)c;
}

static void on_control(void *ctx, l2tp_channel c, const uint8_t *p, size_t len, uint64_t now)
{
	fake_told_at(ctx, now);
	LINE((struct rig *)ctx, p, len, "control %u", short_channel(c));
}

static void on_ppp(void *ctx, uint16_t tid, uint16_t sid, const uint8_t *p, size_t len,
		   uint64_t now)
{
	fake_told_at(ctx, now);
	LINE((struct rig *)ctx, p, len, "ppp %u/%u", tid, sid);
}

static void on_unsequenced(void *ctx, uint16_t tid, uint16_t sid, uint64_t now)
{
	fake_told_at(ctx, now);
	LINE((struct rig *)ctx, NULL, 0, "unsequenced %u/%u", tid, sid);
}

static void fake_on_line(void *ctx, l2tp_channel c, const uint8_t *p, size_t len, uint64_t now)
{
	fake_told_at(ctx, now);
	LINE((struct rig *)ctx, p, len, "line %u", short_channel(c));
}

static void fake_on_offer(void *ctx, l2tp_channel c, const struct ist_attrs *a, uint64_t now)
{
	fake_told_at(ctx, now);
	LINE((struct rig *)ctx, a->user_data, a->user_data_len, "offer %u %s", short_channel(c),
	     a->called);
}

static void fake_on_up(void *ctx, l2tp_channel c, const struct ist_attrs *a, uint64_t now)
{
	fake_told_at(ctx, now);
	LINE((struct rig *)ctx, a->access_line, a->access_line_len, "up %u %s %s/%s",
	     short_channel(c), a->calling ? a->calling : "-", a->called, a->sub_address);
}

static void fake_on_down(void *ctx, l2tp_channel c, const struct ist_cause *why, bool forever,
			 uint64_t now)
{
	fake_told_at(ctx, now);
	LINE((struct rig *)ctx, NULL, 0, "down %u %s%s", short_channel(c), why->words,
	     forever ? " forever" : "");
}

static void on_mtu(void *ctx, l2tp_channel c, uint32_t mtu, uint64_t now)
{
	fake_told_at(ctx, now);
	LINE((struct rig *)ctx, NULL, 0, "mtu %u %u", short_channel(c), mtu);
}

static void on_failed(void *ctx, unsigned port, int err, const char *words, uint64_t now)
{
	fake_told_at(ctx, now);
	LINE((struct rig *)ctx, NULL, 0, "failed %u %d %s", port, err, words);
}

static void on_sent(void *ctx, uint64_t cookie, uint64_t now)
{
	fake_told_at(ctx, now);
	LINE((struct rig *)ctx, NULL, 0, "sent %" PRIu64, cookie);
}

static void on_log(void *ctx, unsigned port, int level, const char *text)
{
	LINE((struct rig *)ctx, NULL, 0, "log %u %d %s", port, level, text);
}

static void fake_on_tap(void *ctx, unsigned port, bool outbound, uint16_t link_type,
			const uint8_t *p, size_t len, uint64_t when)
{
	fake_told_at(ctx, when);
	LINE((struct rig *)ctx, p, len, "tap %u %d %u", port, outbound, link_type);
}

static void fake_on_copy(void *ctx, uint16_t tid, uint16_t sid, bool outbound, const uint8_t *p,
			 size_t len)
{
	LINE((struct rig *)ctx, p, len, "copy %u/%u %d", tid, sid, outbound);
}

static void fake_on_absent(void *ctx, const uint8_t *p, size_t len, uint64_t now)
{
	fake_told_at(ctx, now);
	LINE((struct rig *)ctx, p, len, "absent");
}

const struct dp_ops rig_ops = {
	.copy = fake_on_copy,
	.control = on_control,
	.ppp = on_ppp,
	.unsequenced = on_unsequenced,
	.line = fake_on_line,
	.absent = fake_on_absent,
	.offer = fake_on_offer,
	.up = fake_on_up,
	.down = fake_on_down,
	.mtu = on_mtu,
	.port_failed = on_failed,
	.sent = on_sent,
	.log = on_log,
	.tap = fake_on_tap,
};

int rig_open(struct rig *r, const struct ist_transport *t, struct fake *f, char *err, size_t len)
{
	const struct ist_port_config cfg = {.size = sizeof(cfg), .name = "p"};

	fake_next(f);
	f->dp = r->dp;
	return dp_port_open(r->dp, t, &cfg, err, len);
}

const struct rig_form rig_forms[] = {
	{"one process without threads", 0, false},
	{"one process with a worker", 1, false},
	{"one process with two workers", 2, false},
	{"two workers behind a door", 2, true},
	{NULL, 0, false},
};

static bool rig_know(struct data *data, const struct ist_transport *const *t)
{
	while (*t && data_know(data, *t))
		t++;
	return !*t;
}

/* Nothing of data is in control's hands but duplicates of the door's descriptors. */
static void rig_begin_apart(struct rig *r, unsigned workers, const struct dp_ops *ops)
{
	static const struct ist_transport *const known[] = {&fake_flow,	  &fake_udp,  &fake_old,
							    &fake_frozen, &fake_bare, NULL};
	int fd[DOOR_FDS];
	unsigned n;

	r->door = door_new(workers);
	r->data = r->door ? data_new(r->door, true) : NULL;
	if (!r->data || !rig_know(r->data, known) || !rig_know(r->data, ist_builtin_transports) ||
	    !data_start_thread(r->data))
		abort();
	n = door_fds(r->door, fd);
	for (unsigned i = 0; i < n; i++)
		fd[i] = fcntl(fd[i], F_DUPFD_CLOEXEC, 0);
	r->dp = dp_attach(fd, n, -1, ops, r);
}

static void rig_begin(struct rig *r, unsigned workers, bool apart, const struct ist_transport *t,
		      const struct dp_ops *ops)
{
	char err[64];
	int port;

	memset(r, 0, sizeof(*r));
	r->failures = CU_get_number_of_failures();
	r->begin = dp_now();
	r->line = calloc(FAKE_LINES, sizeof(r->line[0]));
	r->fake = fake_new();
	if (apart)
		rig_begin_apart(r, workers, ops);
	else
		r->dp = dp_new(workers, ops, r);
	if (!r->line || !r->dp)
		abort();
	port = rig_open(r, t, r->fake, err, sizeof(err));
	if (port < 0)
		abort();
	r->port = (unsigned)port;
}

void rig_up(struct rig *r, unsigned workers, const struct ist_transport *t)
{
	rig_up_with(r, workers, t, &rig_ops);
}

void rig_up_with(struct rig *r, unsigned workers, const struct ist_transport *t,
		 const struct dp_ops *ops)
{
	rig_begin(r, workers, false, t, ops);
}

void rig_up_form(struct rig *r, const struct rig_form *form, const struct ist_transport *t,
		 const struct dp_ops *ops)
{
	rig_begin(r, form->workers, form->apart, t, ops);
	r->form = form;
}

/* --- what went in has come out ----------------------------------------------------------------- */

static bool rig_is_even(struct rig *r, void *arg)
{
	struct dp_counters *n = arg;

	dp_count(r->dp, n);
	return n->rx_frames + n->tun_rx + n->from_control + n->made ==
	       n->tx_frames + n->tun_tx + n->punted + n->joined + n->dropped;
}

static void rig_adds_up(struct rig *r)
{
	struct dp_counters n;

	if (rig_wait(r, rig_is_even, &n))
		return;
	CU_FAIL("what went in has not come out");
	printf("\n      in: %" PRIu64 " frames, %" PRIu64 " packets, %" PRIu64
	       " of control, %" PRIu64 " made; out: %" PRIu64 ", %" PRIu64 ", %" PRIu64 ", %" PRIu64
	       " joined, %" PRIu64 " dropped\n",
	       n.rx_frames, n.tun_rx, n.from_control, n.made, n.tx_frames, n.tun_tx, n.punted,
	       n.joined, n.dropped);
}

void rig_down(struct rig *r)
{
	if (!r->holds)
		rig_adds_up(r);
	dp_free(r->dp);
	if (r->data) {
		data_free(r->data);
		door_free(r->door);
	}
	if (r->form && CU_get_number_of_failures() > r->failures)
		printf("\n      in the form: %s", r->form->name);
	fake_free(r->fake);
	free(r->line);
}

void rig_each_of(void (*fn)(struct rig *r), const struct ist_transport *t)
{
	for (const struct rig_form *f = rig_forms; f->name; f++) {
		struct rig r;

		rig_up_form(&r, f, t, &rig_ops);
		fn(&r);
		rig_down(&r);
	}
}

void rig_each(void (*fn)(struct rig *r))
{
	rig_each_of(fn, &fake_flow);
}

bool rig_wait(struct rig *r, bool (*done)(struct rig *r, void *arg), void *arg)
{
	uint64_t end = dp_now() + 10000000, n;
	struct pollfd fd[2] = {{.fd = dp_fd(r->dp), .events = POLLIN},
			       {.fd = r->fake->fd, .events = POLLIN}};

	while (!done(r, arg)) {
		if (dp_now() > end)
			return false;
		poll(fd, 2, 10); /* a worker's counter wakes nobody */
		if (read(r->fake->fd, &n, sizeof(n)) < 0 && errno != EAGAIN)
			abort();
		dp_poll(r->dp);
	}
	return true;
}

static bool lines_there(struct rig *r, void *arg)
{
	return r->n_line >= *(unsigned *)arg;
}

bool rig_wait_lines(struct rig *r, unsigned n)
{
	return rig_wait(r, lines_there, &n);
}

static bool frames_there(struct rig *r, void *arg)
{
	return fake_sent_count(r->fake) >= *(unsigned *)arg;
}

bool rig_wait_sent(struct rig *r, unsigned n)
{
	return rig_wait(r, frames_there, &n);
}

uint64_t rig_reason(struct rig *r, enum dp_reason why)
{
	struct dp_counters n;

	dp_count(r->dp, &n);
	return n.reason[why];
}

struct reason_wanted {
	enum dp_reason why;
	uint64_t n;
};

static bool reason_there(struct rig *r, void *arg)
{
	const struct reason_wanted *q = arg;

	return rig_reason(r, q->why) >= q->n;
}

bool rig_wait_reason(struct rig *r, enum dp_reason why, uint64_t n)
{
	struct reason_wanted q = {why, n};

	return rig_wait(r, reason_there, &q);
}

static bool all_said(struct rig *r, void *arg)
{
	unsigned n;

	(void)arg;
	pthread_mutex_lock(&r->fake->lock);
	n = r->fake->n_todo;
	pthread_mutex_unlock(&r->fake->lock);
	return !n;
}

void rig_finish(struct rig *r)
{
	char buf[32];

	do
		dp_port_status(r->dp, r->port, buf, sizeof(buf));
	while (!all_said(r, NULL));
	dp_port_status(r->dp, r->port, buf, sizeof(buf));
}

void rig_settle(struct rig *r)
{
	char buf[32];

	if (!rig_wait(r, all_said, NULL))
		abort();
	/* A job runs after the batch in which all was said; what that batch told is in the
	 * mailboxes. */
	dp_port_status(r->dp, r->port, buf, sizeof(buf));
	dp_poll(r->dp);
}
