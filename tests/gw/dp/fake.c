/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/dp/fake.h"
#include "gw/dp/path.h"

#include "tests/harness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

static struct fake *next_fake;

static void ring_bell(struct fake *f)
{
	uint64_t one = 1;

	if (write(f->fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
		abort();
}

struct fake *fake_new(void)
{
	struct fake *f = calloc(1, sizeof(*f));

	if (!f)
		abort();
	pthread_mutex_init(&f->lock, NULL);
	f->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	f->room = -1;
	return f;
}

void fake_free(struct fake *f)
{
	close(f->fd);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

void fake_next(struct fake *f)
{
	next_fake = f;
}

/* --- the transport ---------------------------------------------------------------------------- */

static int test_fake_open(struct ist_port **out, const struct ist_host *host, void *host_ctx,
			  const struct ist_port_config *cfg, char *err, size_t err_len)
{
	struct fake *f = next_fake;

	(void)cfg;
	if (f->refuse_open) {
		snprintf(err, err_len, "will not");
		return -EACCES;
	}
	if (f->in_the_way) {
		f->in_the_way--;
		snprintf(err, err_len, "in use");
		return -EADDRINUSE;
	}
	f->host = host;
	f->host_ctx = host_ctx;
	f->open = true;
	f->n_known = 0;
	f->thawed = false;
	*out = (struct ist_port *)f;
	return 0;
}

static void test_fake_close(struct ist_port *p)
{
	struct fake *f = (struct fake *)p;

	pthread_mutex_lock(&f->lock);
	if (f->freezes > f->silent_closes) {
		f->silent_closes++;
		pthread_mutex_unlock(&f->lock);
		return;
	}
	f->closes++;
	f->open = false;
	f->n_todo = 0;
	pthread_mutex_unlock(&f->lock);
	if (f->on_close)
		f->on_close(f);
}

static void fake_keep(struct fake *f, const struct ist_frame *in)
{
	struct fake_frame *k = &f->sent[f->n_sent];

	if (f->n_sent == FAKE_SENT || in->head_len + in->len > FAKE_FRAME)
		abort();
	k->c = in->channel;
	k->flags = in->flags;
	k->len = in->head_len + in->len;
	if (in->head_len)
		memcpy(k->octets, in->head, in->head_len);
	memcpy(k->octets + in->head_len, in->payload, in->len);
	f->n_sent++;
}

static int test_fake_send(struct ist_port *p, const struct ist_frame *in, unsigned n)
{
	struct fake *f = (struct fake *)p;
	bool was = path_set(false); /* what is ours, is not the worker's */
	unsigned i;
	int rc;

	pthread_mutex_lock(&f->lock);
	f->send_calls++;
	f->on_path = was;
	for (i = 0; i < n && f->room && !f->send_error; i++) {
		if (in[i].channel != in[0].channel)
			abort();
		fake_keep(f, &in[i]);
		if (f->room > 0)
			f->room--;
	}
	rc = f->send_error ? f->send_error : (int)i;
	pthread_mutex_unlock(&f->lock);
	ring_bell(f);
	path_set(was);
	if (f->bites)
		f->bite = malloc(1);
	free(f->bite);
	f->bite = NULL;
	return rc;
}

/* What it says is in the test's memory: its octets, and the descriptor that goes with them, are
 * only to come along. */
static int test_fake_freeze(struct ist_port *p, struct ist_frozen *z)
{
	struct fake *f = (struct fake *)p;
	size_t len = f->frozen_len ? f->frozen_len : 4;

	if (f->refuse_freeze)
		return -EOPNOTSUPP;
	if (z->room < len || !z->fd_room)
		return -ENOSPC;
	memset(z->octets, 'z', len);
	z->len = len;
	z->fd[0] = f->fd;
	z->fds = 1;
	pthread_mutex_lock(&f->lock);
	f->freezes++;
	pthread_mutex_unlock(&f->lock);
	return 0;
}

static int test_fake_thaw(struct ist_port **out, const struct ist_host *host, void *host_ctx,
			  const struct ist_port_config *cfg, struct ist_frozen *z, char *err,
			  size_t err_len)
{
	struct fake *f = next_fake;

	(void)cfg;
	if (f->refuse_thaw || z->fds != 1 || fcntl(z->fd[0], F_GETFD) < 0 ||
	    z->len != (f->frozen_len ? f->frozen_len : 4) || z->octets[z->len - 1] != 'z') {
		snprintf(err, err_len, "not mine");
		return -EINVAL;
	}
	close(z->fd[0]);
	z->fd[0] = -1;
	pthread_mutex_lock(&f->lock);
	f->host = host;
	f->host_ctx = host_ctx;
	f->thaws++;
	f->thawed = true;
	pthread_mutex_unlock(&f->lock);
	host->wake(host_ctx);
	*out = (struct ist_port *)f;
	return 0;
}

static uint32_t fake_mtu(const struct ist_port *p, ist_channel c)
{
	return ((const struct fake *)p)->mtu ? ((const struct fake *)p)->mtu : 1000 + c;
}

static int test_fake_connect(struct ist_port *p, const struct ist_addr *to, uint8_t payload,
			     const struct ist_attrs *a, ist_channel *out)
{
	(void)p;
	(void)payload;
	(void)a;
	if (!to->len)
		return -EADDRNOTAVAIL;
	*out = to->data[0];
	return 0;
}

static int test_fake_resume(struct ist_port *p, const uint8_t *ticket, size_t len, ist_channel *out)
{
	(void)p;
	*out = ticket[2];
	return len == 3 ? 0 : -EINVAL;
}

static void test_fake_count(const struct ist_port *p, uint64_t *out, unsigned n)
{
	(void)p;
	for (unsigned i = 0; i < n; i++)
		out[i] = 10 + i;
}

static void fake_know(struct fake *f, enum fake_what what, ist_channel c);

static void fake_asked(struct ist_port *p, ist_channel c, const struct ist_cause *why)
{
	struct fake *f = (struct fake *)p;

	f->asked = c;
	if (why)
		fake_know(f, FAKE_DOWN_FOREVER, c);
	if (why)
		f->why = why->kind;
}

static void test_fake_disconnect(struct ist_port *p, ist_channel c, const struct ist_cause *why)
{
	((struct fake *)p)->disconnects++;
	fake_asked(p, c, why);
}

static int test_fake_answer(struct ist_port *p, ist_channel c)
{
	((struct fake *)p)->answers++;
	fake_asked(p, c, NULL);
	return c == 7 ? 0 : -ENOENT;
}

static int test_fake_refuse(struct ist_port *p, ist_channel c, const struct ist_cause *why)
{
	((struct fake *)p)->refusals++;
	fake_asked(p, c, why);
	return c == 7 ? 0 : -ENOENT;
}

static int test_fake_status(const struct ist_port *p, char *buf, size_t len)
{
	(void)p;
	return snprintf(buf, len, "played by hand");
}

static unsigned test_fake_fill(const struct ist_port *p, struct ist_fill *out, unsigned n)
{
	(void)p;
	CU_ASSERT_EQUAL(n, 2);
	out[0] = (struct ist_fill){"sessions", 3, 100, 2, 8};
	return 1;
}

static unsigned test_fake_offloads(const struct ist_port *p, struct ist_offload *out, unsigned n)
{
	static const struct ist_offload rows[] = {
		{"magic", IST_OFFLOAD_ACTIVE, 0, 0, 0, NULL},
		{"more magic", IST_OFFLOAD_REFUSED, EPERM, UINT64_MAX, 7, "a wand"},
	};

	(void)p;
	for (unsigned i = 0; i < n && i < 2; i++)
		out[i] = rows[i];
	return 2;
}

static struct ist_attrs fake_attrs_of(ist_channel c)
{
	static const uint8_t user_data[3] = {1, 2, 3}, access_line[4] = {1, 2, 5, 6};
	struct ist_attrs a = {
		.size = sizeof(a),
		.payload = c & 0x100 ? IST_PAYLOAD_PPP : IST_PAYLOAD_L2TP,
		.peer = {.len = 1, .data = {(uint8_t)c}},
		.called = "31101234",
		.user_data = user_data,
		.user_data_len = sizeof(user_data),
		.tx_bps = 9600,
		.rx_bps = 64000,
		.number = 77,
		.access_line = access_line,
		.access_line_len = sizeof(access_line),
		.sub_address = "77",
		.ticket = user_data,
		.ticket_len = sizeof(user_data),
	};

	return a;
}

static void fake_on_time(void *arg, uint64_t now)
{
	struct fake *f = arg;
	struct ist_attrs a = fake_attrs_of(f->timer_channel);

	(void)now;
	f->host->up(f->host_ctx, f->timer_channel, &a);
}

/* What is up or offered, as fake_frozen is to report it again. */
static void fake_know(struct fake *f, enum fake_what what, ist_channel c)
{
	unsigned i = 0;

	while (i < f->n_known && f->known[i].c != c)
		i++;
	if (what == FAKE_DOWN || what == FAKE_DOWN_FOREVER) {
		if (i < f->n_known)
			f->known[i] = f->known[--f->n_known];
	} else if (what == FAKE_UP || what == FAKE_OFFER) {
		if (i == FAKE_KNOWN)
			return; /* a test with so many hands nothing over */
		f->n_known += i == f->n_known;
		f->known[i].c = c;
		f->known[i].what = what;
	}
}

static void fake_report_again(struct fake *f)
{
	for (unsigned i = 0; i < f->n_known && !f->forgets; i++) {
		struct ist_attrs a = fake_attrs_of(f->known[i].c);

		if (f->no_peer)
			a.peer.len = 0;
		(f->known[i].what == FAKE_UP ? f->host->up : f->host->offer)(f->host_ctx,
									     f->known[i].c, &a);
	}
}

static void do_one(struct fake *f, unsigned i)
{
	const struct ist_cause why = {.kind = IST_CAUSE_INACTIVE, .words = "inactive"};
	ist_channel c = f->todo[i].c;
	struct ist_attrs a = fake_attrs_of(c);
	struct ist_frame in = {.channel = c,
			       .payload = f->todo[i].octets,
			       .len = (uint32_t)f->todo[i].len,
			       .segment = f->todo[i].segment,
			       .flags = f->marks};

	if (f->no_peer)
		a.peer.len = 0;
	if (f->attrs_size)
		a.size = f->attrs_size;
	fake_know(f, f->todo[i].what, c);
	a.ticket_len = f->long_ticket ? IST_TICKET_MAX + 1 : a.ticket_len;
	switch (f->todo[i].what) {
	case FAKE_FRAME_IN:
		f->host->frames(f->host_ctx, &in, 1);
		break;
	case FAKE_UP:
		f->host->up(f->host_ctx, c, &a);
		break;
	case FAKE_OFFER:
		f->host->offer(f->host_ctx, c, &a);
		break;
	case FAKE_DOWN:
	case FAKE_DOWN_FOREVER:
		f->host->down(f->host_ctx, c, &why, f->todo[i].what == FAKE_DOWN_FOREVER);
		break;
	case FAKE_WRITABLE:
		pthread_mutex_lock(&f->lock);
		f->room = (int)f->todo[i].len;
		pthread_mutex_unlock(&f->lock);
		f->host->writable(f->host_ctx, c);
		break;
	case FAKE_FAILED:
		f->host->failed(f->host_ctx, -EIO, "broken");
		break;
	case FAKE_LOG:
		f->host->log(f->host_ctx, 5, "channel %u", c);
		break;
	case FAKE_TAP:
		f->host->tap(f->host_ctx, true, 107, "ab", 2, "cd", 2);
		break;
	case FAKE_MTU:
		f->mtu = (uint32_t)f->todo[i].len;
		f->host->mtu_changed(f->host_ctx, c);
		break;
	case FAKE_CROWDED:
		f->host->crowded(f->host_ctx, f->todo[i].len);
		break;
	case FAKE_TIMER:
		f->timer_channel = c;
		if (f->host->timer(f->host_ctx, &f->timer, 0, fake_on_time, f))
			abort();
		break;
	}
}

static void fake_on_wake(struct ist_port *p)
{
	struct fake *f = (struct fake *)p;
	bool again;
	unsigned n;

	pthread_mutex_lock(&f->lock);
	f->wakes++;
	prctl(PR_GET_NAME, f->thread);
	n = f->n_todo;
	again = f->thawed;
	f->thawed = false;
	pthread_mutex_unlock(&f->lock);
	if (again)
		fake_report_again(f);
	for (unsigned i = 0; i < n; i++)
		do_one(f, i);
	pthread_mutex_lock(&f->lock);
	if (n > f->n_todo) /* it plays two ports, and the other one was closed meanwhile */
		n = f->n_todo;
	memmove(&f->todo[0], &f->todo[n], (f->n_todo - n) * sizeof(f->todo[0]));
	f->n_todo -= n;
	pthread_mutex_unlock(&f->lock);
	ring_bell(f);
}

static void fake_set_accm(struct ist_port *p, ist_channel c, uint32_t send, uint32_t receive)
{
	struct fake *f = (struct fake *)p;

	if (c != 7)
		return;
	f->accm[0] = send;
	f->accm[1] = receive;
}

static bool fake_errors(const struct ist_port *p, ist_channel c, uint32_t out[IST_ERRORS])
{
	(void)p;
	for (uint32_t i = 0; i < IST_ERRORS; i++)
		out[i] = i + 1;
	return c == 7;
}

#define FAKE(n, c, freeze_fn, thaw_fn)                                                           \
	{                                                                                        \
		.abi = IST_TRANSPORT_ABI, .size = sizeof(struct ist_transport), .name = n,       \
		.caps = c, .open = test_fake_open, .close = test_fake_close,                     \
		.send = test_fake_send, .mtu = fake_mtu, .connect = test_fake_connect,           \
		.count = test_fake_count, .disconnect = test_fake_disconnect,                    \
		.answer = test_fake_answer, .refuse = test_fake_refuse, .on_wake = fake_on_wake, \
		.status = test_fake_status, .fill = test_fake_fill, .set_accm = fake_set_accm,   \
		.errors = fake_errors, .freeze = freeze_fn, .thaw = thaw_fn,                     \
		.resume = test_fake_resume, .offloads = test_fake_offloads,                      \
	}
#define FAKE_OLD(n, c)                                                                             \
	{                                                                                          \
		.abi = IST_TRANSPORT_ABI, .size = offsetof(struct ist_transport, fill), .name = n, \
		.caps = c, .open = test_fake_open, .close = test_fake_close,                       \
		.send = test_fake_send, .mtu = fake_mtu, .connect = test_fake_connect,             \
		.fill = test_fake_fill,                                                            \
	}

const struct ist_transport fake_bare = {
	.abi = IST_TRANSPORT_ABI,
	.size = sizeof(struct ist_transport),
	.name = "fake-bare",
	.caps = IST_CAP_L2TP | IST_CAP_PPP | IST_CAP_FLOW | IST_CAP_SWITCHED,
	.open = test_fake_open,
	.close = test_fake_close,
	.send = test_fake_send,
};
const struct ist_transport fake_old = FAKE_OLD("fake-old", IST_CAP_L2TP | IST_CAP_UNKNOWN);
const struct ist_transport fake_udp = FAKE("fake-udp", IST_CAP_L2TP | IST_CAP_UNKNOWN, NULL, NULL);
const struct ist_transport fake_flow =
	FAKE("fake-flow", IST_CAP_L2TP | IST_CAP_PPP | IST_CAP_FLOW | IST_CAP_SWITCHED, NULL, NULL);
const struct ist_transport fake_frozen =
	FAKE("fake-frozen", IST_CAP_L2TP | IST_CAP_PPP | IST_CAP_FLOW | IST_CAP_SWITCHED,
	     test_fake_freeze, test_fake_thaw);

static void test_fake_say(struct fake *f, enum fake_what what, ist_channel c, const uint8_t *p,
			  size_t len, uint32_t segment)
{
	unsigned i;

	if (f->dp) /* else no control is there */
		dp_flush(f->dp);
	pthread_mutex_lock(&f->lock);
	i = f->n_todo++;
	if (i == FAKE_TODO || len > FAKE_FRAME)
		abort();
	f->todo[i].what = what;
	f->todo[i].c = c;
	f->todo[i].len = len;
	f->todo[i].segment = segment;
	if (p)
		memcpy(f->todo[i].octets, p, len);
	pthread_mutex_unlock(&f->lock);
	f->host->wake(f->host_ctx);
}

void fake_say(struct fake *f, enum fake_what what, ist_channel c)
{
	test_fake_say(f, what, c, NULL, 0, 0);
}

void fake_say_mtu(struct fake *f, ist_channel c, unsigned mtu)
{
	test_fake_say(f, FAKE_MTU, c, NULL, mtu, 0);
}

void fake_say_crowded(struct fake *f, bool on)
{
	test_fake_say(f, FAKE_CROWDED, 0, NULL, on, 0);
}

void fake_say_room(struct fake *f, ist_channel c, unsigned room)
{
	test_fake_say(f, FAKE_WRITABLE, c, NULL, room, 0);
}

void fake_octets(struct fake *f, ist_channel c, const uint8_t *p, size_t len, uint32_t segment)
{
	test_fake_say(f, FAKE_FRAME_IN, c, p, len, segment);
}

void fake_hex(struct fake *f, ist_channel c, const char *hex)
{
	uint8_t buf[FAKE_FRAME];

	test_fake_say(f, FAKE_FRAME_IN, c, buf, test_hex(buf, sizeof(buf), hex), 0);
}

unsigned fake_sent_count(struct fake *f)
{
	unsigned n;

	pthread_mutex_lock(&f->lock);
	n = f->n_sent;
	pthread_mutex_unlock(&f->lock);
	return n;
}
