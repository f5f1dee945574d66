/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The watching host.  Each function the transport may call checks that it is called at a time and
 * on a thread where it may be; what is wrong is kept as words, the first fault only, and the case
 * that was running fails.  Nothing is ever waited for longer than the caller says.
 */
#define _GNU_SOURCE
#include "tests/conformance/host.h"

#include "core/bytes.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define UPPER_PDU 252 /* LINKTYPE_WIRESHARK_UPPER_PDU */

struct check_watch {
	int fd; /* -1 = free */
	unsigned what;
	void (*on_fd)(void *arg, unsigned ready);
	void *arg;
};
struct check_timer {
	bool used;
	uint64_t at; /* UINT64_MAX = has fired */
	void (*on_time)(void *arg, uint64_t now);
	void *arg;
};

uint64_t check_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

void check_fault(struct check_host *h, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (h->fault[0])
		return;
	n = snprintf(h->fault, sizeof(h->fault), "side %s: ", h->side);
	va_start(ap, fmt);
	vsnprintf(h->fault + n, sizeof(h->fault) - (size_t)n, fmt, ap);
	va_end(ap);
}

static void *host_grow(void *p, size_t size)
{
	p = realloc(p, size);
	if (!p)
		abort();
	return p;
}

/* Every call of the host but wake belongs to the port's thread. */
static bool own_thread(struct check_host *h, const char *call)
{
	if (pthread_equal(pthread_self(), h->thread))
		return true;
	check_fault(h, "`%s` is called from another thread", call);
	return false;
}

static void may_report(struct check_host *h, const char *report)
{
	own_thread(h, report);
	if (h->in_call)
		check_fault(h, "`%s` is reported from inside a call of the host", report);
	if (!h->port)
		check_fault(h, "`%s` is reported by a port that is closed", report);
}

/* --- channels --------------------------------------------------------------------------------- */

static struct check_chan **host_slot(struct check_host *h, ist_channel c)
{
	unsigned i = c * 2654435761u;

	while (h->chan[i & (h->room - 1)] && h->chan[i & (h->room - 1)]->id != c)
		i++;
	return &h->chan[i & (h->room - 1)];
}

struct check_chan *check_chan(struct check_host *h, ist_channel c)
{
	return h->room ? *host_slot(h, c) : NULL;
}

static void rehash(struct check_host *h)
{
	struct check_chan **old = h->chan;
	unsigned room = h->room;

	h->room = room ? 2 * room : 64;
	h->chan = calloc(h->room, sizeof(struct check_chan *));
	if (!h->chan)
		abort();
	for (unsigned i = 0; i < room; i++)
		if (old[i])
			*host_slot(h, old[i]->id) = old[i];
	free(old);
}

struct check_chan *check_chan_make(struct check_host *h, ist_channel c)
{
	struct check_chan **at;

	if (2 * h->chans >= h->room)
		rehash(h);
	at = host_slot(h, c);
	if (!*at) {
		*at = calloc(1, sizeof(**at));
		if (!*at)
			abort();
		(*at)->id = c;
		h->chans++;
	}
	return *at;
}

static void forget_channels(struct check_host *h)
{
	for (unsigned i = 0; i < h->room; i++)
		free(h->chan[i]);
	free(h->chan);
	h->chan = NULL;
	h->room = h->chans = 0;
}

/* --- what the host gives ---------------------------------------------------------------------- */

static int host_h_watch(void *host, int fd, unsigned what, void (*on_fd)(void *arg, unsigned ready),
			void *arg)
{
	struct check_host *h = host;
	struct check_watch *w = NULL;

	own_thread(h, "watch");
	for (unsigned i = 0; i < h->watches && !w; i++)
		if (h->watch[i].fd == fd)
			w = &h->watch[i];
	if (!what) {
		if (w)
			w->fd = -1;
		return w ? 0 : -ENOENT;
	}
	if (fd < 0 || !on_fd || what & ~(IST_READ | IST_WRITE)) {
		check_fault(h, "watch of descriptor %d for %#x", fd, what);
		return -EINVAL;
	}
	for (unsigned i = 0; i < h->watches && !w; i++)
		if (h->watch[i].fd < 0)
			w = &h->watch[i];
	if (!w) {
		h->watch = host_grow(h->watch, (h->watches + 1) * sizeof(*w));
		w = &h->watch[h->watches++];
	}
	*w = (struct check_watch){fd, what, on_fd, arg};
	return 0;
}

static int host_h_timer(void *host, uint32_t *id, uint64_t at,
			void (*on_time)(void *arg, uint64_t now), void *arg)
{
	struct check_host *h = host;

	own_thread(h, "timer");
	if (*id > h->timers || (*id && !h->timer[*id - 1].used)) {
		check_fault(h, "timer %u is moved, which is not there", *id);
		return -ENOENT;
	}
	if (at == UINT64_MAX) {
		if (*id)
			h->timer[*id - 1].used = false;
		*id = 0;
		return 0;
	}
	for (uint32_t i = 0; !*id && i < h->timers; i++)
		if (!h->timer[i].used)
			*id = i + 1;
	if (!*id) {
		h->timer = host_grow(h->timer, (h->timers + 1) * sizeof(*h->timer));
		*id = ++h->timers;
	}
	h->timer[*id - 1] = (struct check_timer){true, at, on_time, arg};
	return 0;
}

static uint64_t host_h_now(void *host)
{
	const struct check_host *h = host;

	return h->stopped ? h->stopped : check_now();
}

static void host_h_log(void *host, int level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void host_h_log(void *host, int level, const char *fmt, ...)
{
	struct check_host *h = host;
	va_list ap;

	if (!own_thread(h, "log") || level > 4)
		return;
	va_start(ap, fmt);
	vsnprintf(h->words, sizeof(h->words), fmt, ap);
	va_end(ap);
}

static void host_h_tap(void *host, bool outbound, uint16_t link_type, const void *head,
		       uint32_t head_len, const void *payload, uint32_t len)
{
	struct check_host *h = host;
	uint8_t *frame;

	own_thread(h, "tap");
	if (!link_type || (head_len && !head) || (len && !payload))
		check_fault(h, "tap of link type %u, %u and %u octets", link_type, head_len, len);
	if (!outbound || !h->on_tap)
		return;
	if (link_type == UPPER_PDU) /* the head is the capture's, never on the wire */
		head_len = 0;
	frame = host_grow(NULL, (size_t)head_len + len + 1);
	if (head_len)
		memcpy(frame, head, head_len);
	if (len)
		memcpy(frame + head_len, payload, len);
	h->on_tap(h, frame, (size_t)head_len + len);
	free(frame);
}

static void host_h_wake(void *host)
{
	struct check_host *h = host;
	uint64_t one = 1;

	atomic_store(&h->woken, true);
	if (write(h->wake_fd, &one, sizeof(one)) < 0)
		abort();
}

/* --- reports ---------------------------------------------------------------------------------- */

static void host_one_frame(struct check_host *h, const struct ist_frame *f)
{
	struct check_chan *c = check_chan(h, f->channel);

	if (!c || !f->channel)
		check_fault(h, "a frame on channel %#x, which was never up", f->channel);
	else if (c->state == CHAN_DEAD)
		check_fault(h, "a frame on channel %#x, which went down forever", f->channel);
	else if (f->head || f->head_len)
		check_fault(h, "a received frame has a head");
	else if (f->len && !f->payload)
		check_fault(h, "a frame of %u octets that are nowhere", f->len);
	else if (h->on_frame)
		h->on_frame(h, f);
}

static void host_h_frames(void *host, const struct ist_frame *f, unsigned n)
{
	struct check_host *h = host;

	may_report(h, "frames");
	for (; n && h->port; n--, f++) {
		struct rd r = rd_init(f->payload, f->len);
		struct ist_frame one = *f;

		do {
			one.segment = 0;
			one.len = (uint32_t)r.left;
			if (f->segment && f->segment < one.len)
				one.len = f->segment;
			one.payload = rd_take(&r, one.len);
			host_one_frame(h, &one);
		} while (r.left && h->port);
	}
}

static void addr_survives(struct check_host *h, const struct ist_addr *a)
{
	struct ist_addr again;
	char text[300];
	int n;

	if (!a->len)
		return;
	n = h->t->addr_format(a, text, sizeof(text));
	if (n <= 0 || n >= (int)sizeof(text))
		check_fault(h, "an address that cannot be written");
	else if (h->t->addr_parse(&again, text) || memcmp(&again, a, sizeof(again)))
		check_fault(h, "address \"%s\" is another one when it is read back", text);
}

static void attrs_fit(struct check_host *h, ist_channel c, const struct ist_attrs *a)
{
	if (!c)
		check_fault(h, "channel 0 is reported");
	if (a->payload != IST_PAYLOAD_L2TP && a->payload != IST_PAYLOAD_PPP)
		check_fault(h, "channel %#x comes with payload kind %u", c, a->payload);
	addr_survives(h, &a->local);
	addr_survives(h, &a->peer);
	if (IST_HAS(a, ticket_len) && a->ticket &&
	    (!a->ticket_len || a->ticket_len > IST_TICKET_MAX))
		check_fault(h, "channel %#x has a ticket of %u octets", c, a->ticket_len);
}

static void keep_ticket(struct check_chan *ch, const struct ist_attrs *a)
{
	bool has = IST_HAS(a, ticket_len) && a->ticket && a->ticket_len <= sizeof(ch->ticket);

	ch->ticket_len = has ? a->ticket_len : 0;
	if (has)
		memcpy(ch->ticket, a->ticket, a->ticket_len);
}

static void host_h_offer(void *host, ist_channel c, const struct ist_attrs *a)
{
	struct check_host *h = host;
	struct check_chan *ch = check_chan_make(h, c);

	may_report(h, "offer");
	attrs_fit(h, c, a);
	if (ch->state != CHAN_NEW)
		check_fault(h, "channel %#x is offered again", c);
	if (h->on_offer)
		h->on_offer(h, c, a);
}

static void host_h_up(void *host, ist_channel c, const struct ist_attrs *a)
{
	struct check_host *h = host;
	struct check_chan *ch = check_chan_make(h, c);

	may_report(h, "up");
	attrs_fit(h, c, a);
	if (ch->state == CHAN_UP && !ch->handed)
		check_fault(h, "channel %#x is up twice", c);
	ch->handed = false;
	if (ch->state == CHAN_DEAD)
		check_fault(h, "channel %#x is up after it went down forever", c);
	ch->state = CHAN_UP;
	ch->permanent = a->permanent;
	keep_ticket(ch, a);
	if (h->on_up)
		h->on_up(h, ch, a);
}

static void host_h_down(void *host, ist_channel c, const struct ist_cause *why, bool forever)
{
	struct check_host *h = host;
	struct check_chan *ch = check_chan(h, c);

	may_report(h, "down");
	if (!why || why->kind > IST_CAUSE_REFUSED)
		check_fault(h, "channel %#x goes down without a proper cause", c);
	if (!ch || ch->state == CHAN_DEAD) {
		check_fault(h, "channel %#x goes down, which is not there", c);
		return;
	}
	ch->state = forever ? CHAN_DEAD : CHAN_DOWN;
	ch->writable = true; /* whoever waits need not any more */
	if (h->on_down)
		h->on_down(h, ch);
}

static void h_mtu_changed(void *host, ist_channel c)
{
	may_report(host, "mtu_changed");
	if (!check_chan(host, c))
		check_fault(host, "the MTU of channel %#x changes, which is not there", c);
}

static void host_h_writable(void *host, ist_channel c)
{
	struct check_host *h = host;
	struct check_chan *ch = check_chan(h, c);

	may_report(h, "writable");
	if (!ch || ch->state == CHAN_DEAD)
		check_fault(h, "channel %#x is writable, which is not there", c);
	else
		ch->writable = true;
}

static void host_h_failed(void *host, int err, const char *words)
{
	struct check_host *h = host;

	may_report(h, "failed");
	h->failed = true;
	check_fault(h, "the port failed: %s", words ? words : strerror(abs(err)));
}

/* --- the calls -------------------------------------------------------------------------------- */

void check_init(struct check_host *h, const char *side, const struct ist_transport *t)
{
	*h = (struct check_host){.t = t, .side = side, .thread = pthread_self()};
	h->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	h->host = (struct ist_host){
		.abi = IST_TRANSPORT_ABI,
		.size = sizeof(h->host),
		.watch = host_h_watch,
		.timer = host_h_timer,
		.now = host_h_now,
		.log = host_h_log,
		.tap = host_h_tap,
		.tap_on = &h->tap_on,
		.wake = host_h_wake,
		.frames = host_h_frames,
		.offer = host_h_offer,
		.up = host_h_up,
		.down = host_h_down,
		.mtu_changed = h_mtu_changed,
		.writable = host_h_writable,
		.failed = host_h_failed,
	};
}

void check_fini(struct check_host *h)
{
	forget_channels(h);
	free(h->watch);
	free(h->timer);
	close(h->wake_fd);
}

static void nothing_left(struct check_host *h, const char *after)
{
	for (unsigned i = 0; i < h->watches; i++)
		if (h->watch[i].fd >= 0)
			check_fault(h, "descriptor %d is still watched after %s", h->watch[i].fd,
				    after);
	for (unsigned i = 0; i < h->timers; i++)
		if (h->timer[i].used)
			check_fault(h, "a timer is still set after %s", after);
	h->watches = h->timers = 0;
}

int check_open(struct check_host *h, const struct ist_port_config *cfg, char *err, size_t err_len)
{
	int r;

	err[0] = '\0';
	forget_channels(h);
	h->failed = false;
	if (IST_HAS(h->t, check) && h->t->check) {
		r = h->t->check(cfg, NULL, 0, err, err_len);
		if (r < 0)
			return r;
	}
	h->in_call = true;
	r = h->t->open(&h->port, &h->host, h, cfg, err, err_len);
	h->in_call = false;
	if (r) {
		h->port = NULL;
		nothing_left(h, "an open that failed");
		if (!err[0])
			snprintf(err, err_len, "%s, without a word", strerror(abs(r)));
	}
	return r;
}

void check_close(struct check_host *h)
{
	if (!h->port)
		return;
	h->in_call = true;
	h->t->close(h->port);
	h->in_call = false;
	h->port = NULL;
	nothing_left(h, "close");
}

/* --- to another process ------------------------------------------------------------------------ */

#define FROZEN_FDS  256u
#define FROZEN_MOST (64u << 20)

static int host_freeze_port(struct check_host *h, struct ist_frozen *f)
{
	int r;

	for (f->room = 64; f->room <= FROZEN_MOST; f->room *= 4) {
		free(f->octets);
		f->octets = malloc(f->room);
		if (!f->octets)
			return -ENOMEM;
		h->in_call = true;
		r = h->t->freeze(h->port, f);
		h->in_call = false;
		if (r != -ENOSPC)
			return r;
	}
	return -ENOSPC;
}

static int host_thaw_port(struct check_host *h, const struct ist_port_config *cfg,
			  struct ist_frozen *f, char *err, size_t err_len)
{
	int r;

	for (unsigned i = 0; i < f->fds; i++)
		f->fd[i] = dup(f->fd[i]);
	for (unsigned i = 0; i < h->room; i++)
		if (h->chan[i])
			h->chan[i]->handed = h->chan[i]->state == CHAN_UP;
	check_close(h);
	h->in_call = true;
	r = h->t->thaw(&h->port, &h->host, h, cfg, f, err, err_len);
	h->in_call = false;
	if (r)
		h->port = NULL;
	if (r && !err[0])
		check_fault(h, "thaw fails without a word");
	for (unsigned i = 0; i < f->fds; i++)
		if (f->fd[i] >= 0)
			close(f->fd[i]);
	return r;
}

int check_hand_over(struct check_host *h, const struct ist_port_config *cfg, char *err,
		    size_t err_len)
{
	int fds[FROZEN_FDS];
	struct ist_frozen f = {.size = sizeof(f), .fd = fds, .fd_room = FROZEN_FDS};
	int r;

	err[0] = '\0';
	if (!IST_HAS(h->t, thaw) || !h->t->freeze || !h->t->thaw)
		return -EOPNOTSUPP;
	r = host_freeze_port(h, &f);
	if (!r)
		r = host_thaw_port(h, cfg, &f, err, err_len);
	free(f.octets);
	return r;
}

/* A port that was frozen is closed without a word, as a process is that is killed. */
int check_kill(struct check_host *h)
{
	int fds[FROZEN_FDS];
	struct ist_frozen f = {.size = sizeof(f), .fd = fds, .fd_room = FROZEN_FDS};
	int r = -EOPNOTSUPP;

	if (IST_HAS(h->t, thaw) && h->t->freeze)
		r = host_freeze_port(h, &f);
	if (!r)
		check_close(h);
	free(f.octets);
	return r;
}

int check_resume(struct check_host *h, const uint8_t *ticket, size_t len, ist_channel *c)
{
	int r;

	h->in_call = true;
	r = h->t->resume(h->port, ticket, len, c);
	h->in_call = false;
	if (r > 0)
		check_fault(h, "resume gives %d", r);
	if (!r)
		check_chan_make(h, *c);
	return r;
}

void check_all_again(struct check_host *h)
{
	for (unsigned i = 0; i < h->room; i++)
		if (h->chan[i] && h->chan[i]->handed && h->chan[i]->state == CHAN_UP)
			check_fault(h, "channel %#x is not reported again", h->chan[i]->id);
}

int check_send(struct check_host *h, const struct ist_frame *f, unsigned n)
{
	bool was = h->in_call;
	int r;

	h->in_call = true;
	r = h->t->send(h->port, f, n);
	h->in_call = was;
	if (r > (int)n)
		check_fault(h, "send took %d of %u frames", r, n);
	if (r >= 0 && r < (int)n && !(h->t->caps & IST_CAP_FLOW))
		check_fault(h, "send took %d of %u frames, without IST_CAP_FLOW", r, n);
	return r;
}

int check_connect(struct check_host *h, const struct ist_addr *to, uint8_t payload, ist_channel *c)
{
	struct ist_attrs a = {.size = sizeof(a), .payload = payload, .peer = *to};
	int r;

	*c = 0;
	h->in_call = true;
	r = h->t->connect(h->port, to, payload, &a, c);
	h->in_call = false;
	if (!r && !*c)
		check_fault(h, "connect gave channel 0");
	if (!r)
		check_chan_make(h, *c);
	return r;
}

int check_answer(struct check_host *h, ist_channel c, bool yes)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_REFUSED};
	bool was = h->in_call;
	int r;

	h->in_call = true;
	r = yes ? h->t->answer(h->port, c) : h->t->refuse(h->port, c, &why);
	h->in_call = was;
	return r;
}

void check_disconnect(struct check_host *h, ist_channel c)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_LOCAL};
	bool was = h->in_call;

	h->in_call = true;
	h->t->disconnect(h->port, c, &why);
	h->in_call = was;
}

void check_stop_clock(struct check_host *h, bool stop)
{
	h->stopped = stop ? check_now() : 0;
}

uint32_t check_mtu(struct check_host *h, ist_channel c)
{
	return h->t->mtu(h->port, c);
}

unsigned check_count(struct check_host *h, uint64_t now[CHECK_COUNTERS])
{
	unsigned n = 0;

	while (n < CHECK_COUNTERS && h->t->counters[n].name)
		n++;
	h->t->count(h->port, now, n);
	return n;
}

/* --- the loop --------------------------------------------------------------------------------- */

static uint64_t host_next_timer(struct check_host *const *h, unsigned n, uint64_t until)
{
	for (unsigned k = 0; k < n; k++)
		for (unsigned i = 0; i < h[k]->timers; i++)
			if (h[k]->timer[i].used && h[k]->timer[i].at < until)
				until = h[k]->timer[i].at;
	return until;
}

static bool host_fire(struct check_host *h, uint64_t now)
{
	bool any = false;

	for (unsigned i = 0; i < h->timers; i++) {
		struct check_timer t = h->timer[i];

		if (!t.used || t.at > now)
			continue;
		h->timer[i].at = UINT64_MAX;
		t.on_time(t.arg, now);
		any = true;
	}
	return any;
}

/* Descriptors that are ready are looked up again: a report may have stopped a watch. */
static void ready_fd(struct check_host *h, const struct pollfd *p)
{
	for (unsigned i = 0; i < h->watches; i++) {
		struct check_watch w = h->watch[i];
		unsigned ready = (p->revents & POLLOUT ? IST_WRITE : 0) |
				 (p->revents & ~POLLOUT ? IST_READ : 0);

		if (w.fd == p->fd && ready) {
			w.on_fd(w.arg, ready);
			return;
		}
	}
}

static void woken(struct check_host *h)
{
	uint64_t n;

	if (!atomic_exchange(&h->woken, false))
		return;
	if (read(h->wake_fd, &n, sizeof(n)) < 0 && errno != EAGAIN)
		abort();
	if (h->port && h->t->on_wake)
		h->t->on_wake(h->port);
}

bool check_serve(struct check_host *const *h, unsigned n, uint64_t until)
{
	uint64_t now = check_now(), wake = host_next_timer(h, n, until);
	struct timespec wait = {0};
	struct pollfd *p;
	unsigned fds = 0, k, i, at = 0, ends[2];
	bool any;

	for (k = 0; k < n; k++)
		fds += h[k]->watches + 1;
	p = host_grow(NULL, fds * sizeof(*p));
	for (k = 0; k < n; k++) {
		p[at++] = (struct pollfd){.fd = h[k]->wake_fd, .events = POLLIN};
		for (i = 0; i < h[k]->watches; i++)
			p[at++] = (struct pollfd){
				.fd = h[k]->watch[i].fd,
				.events = (short)((h[k]->watch[i].what & IST_READ ? POLLIN : 0) |
						  (h[k]->watch[i].what & IST_WRITE ? POLLOUT : 0))};
		ends[k] = at;
	}
	if (wake > now)
		wait = (struct timespec){(time_t)((wake - now) / 1000000),
					 (long)((wake - now) % 1000000 * 1000)};
	any = ppoll(p, at, &wait, NULL) > 0;
	for (k = 0, at = 0; k < n; k++)
		for (woken(h[k]), at++; at < ends[k]; at++)
			if (any && p[at].revents)
				ready_fd(h[k], &p[at]);
	for (k = 0; k < n; k++)
		any |= host_fire(h[k], check_now());
	free(p);
	return any;
}
