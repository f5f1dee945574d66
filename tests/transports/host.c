/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The simulated host.  Reports are copied into a list; the clock is one for all hosts of a test and
 * jumps from timer to timer.  Descriptors (loopback sockets, socket pairs) are looked at without
 * waiting between any two timers, so a run is the same each time; only fake_wait waits, and it
 * wakes as soon as there is something.
 */
#include "tests/transports/host.h"

#include "transports/kit/opening.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

uint64_t fake_now = 1000000;
unsigned fake_watches_left;

static void die(const char *words)
{
	fprintf(stderr, "fake host: %s\n", words);
	abort();
}

/* --- what the host gives ---------------------------------------------------------------------- */

uint64_t *fake_random;

static int test_host_h_watch(void *host, int fd, unsigned what,
			     void (*on_fd)(void *arg, unsigned ready), void *arg)
{
	struct fake_host *h = host;
	struct fake_watch *room = NULL;

	if (what & ~(unsigned)(IST_READ | IST_WRITE))
		die("watch for neither reading nor writing");
	if (what && fake_watches_left && !--fake_watches_left)
		return -ENOMEM;

	for (size_t i = 0; i < 16; i++) {
		struct fake_watch *w = &h->watch[i];

		if (w->on_fd && w->fd == fd) {
			room = w;
			break;
		}
		if (!w->on_fd && !room)
			room = w;
	}
	if (!room)
		die("too many descriptors watched");
	*room = (struct fake_watch){fd, what, what ? on_fd : NULL, arg};
	return 0;
}

static int test_host_h_timer(void *host, uint32_t *id, uint64_t at,
			     void (*on_time)(void *arg, uint64_t now), void *arg)
{
	struct fake_host *h = host;

	if (at == UINT64_MAX) {
		if (*id)
			h->timer[*id - 1].used = false;
		*id = 0;
		return 0;
	}
	if (*id && !h->timer[*id - 1].used)
		die("timer moved that is not there");
	for (uint32_t i = 0; !*id && i < 32; i++)
		if (!h->timer[i].used)
			*id = i + 1;
	if (!*id)
		die("too many timers");
	h->timer[*id - 1] = (struct fake_timer){at, on_time, arg, true};
	return 0;
}

static uint64_t test_host_h_now(void *host)
{
	(void)host;
	return fake_now;
}

static void test_host_h_log(void *host, int level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void test_host_h_log(void *host, int level, const char *fmt, ...)
{
	struct fake_host *h = host;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(h->last_log, sizeof(h->last_log), fmt, ap);
	va_end(ap);
	h->last_level = level;
	h->errors += level <= 3;
	h->warnings += level == 4;
}

static void test_host_h_tap(void *host, bool outbound, uint16_t link_type, const void *head,
			    uint32_t head_len, const void *payload, uint32_t len)
{
	struct fake_host *h = host;
	uint8_t *frame = malloc((size_t)head_len + len + 1);

	if (!frame)
		die("out of memory");
	if (head_len)
		memcpy(frame, head, head_len);
	if (len)
		memcpy(frame + head_len, payload, len);
	if (h->on_tap)
		h->on_tap(h->tap_arg, outbound, link_type, frame, (size_t)head_len + len);
	free(frame);
}

/* Only what `check` has named is opened. */
static int test_host_h_open(void *host, const struct ist_open *what)
{
	struct fake_host *h = host;

	for (unsigned i = 0; i < h->opens; i++)
		if (!memcmp(&h->open[i], what, sizeof(*what)))
			return opening_here(what);
	die("asked to open what check has not named");
	return -EPERM;
}

static void test_host_h_wake(void *host)
{
	((struct fake_host *)host)->woken = true;
}

/* --- reports ---------------------------------------------------------------------------------- */

static struct fake_event *host_record(struct fake_host *h, enum fake_kind kind, ist_channel c,
				      const void *data, uint32_t len)
{
	struct fake_event *e = calloc(1, sizeof(*e) + len + 1);

	if (h->in_call)
		die("report from inside a call");
	if (!e)
		die("out of memory");
	e->at = fake_now;
	e->kind = (uint8_t)kind;
	e->channel = c;
	e->len = len;
	if (len)
		memcpy(e->data, data, len);
	*h->last = e;
	h->last = &e->next;
	return e;
}

static void host_done(struct fake_host *h, const struct fake_event *e)
{
	if (h->on_event)
		h->on_event(h, e);
}

static void test_host_h_frames(void *host, const struct ist_frame *f, unsigned n)
{
	for (uint32_t at = 0, len; n; at = at + len < f->len ? at + len : (f++, n--, 0)) {
		len = f->segment && f->segment < f->len - at ? f->segment : f->len - at;
		struct fake_event *e =
			host_record(host, FAKE_FRAME, f->channel, f->payload + at, len);

		e->flags = f->flags;
		host_done(host, e);
	}
}

static uint32_t host_sum(uint32_t sum, const void *octets, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum = sum * 31 + ((const uint8_t *)octets)[i];
	return sum * 31 + (uint32_t)len;
}

static uint32_t host_sum_text(uint32_t sum, const char *text)
{
	return text ? host_sum(sum, text, strlen(text)) : sum * 31;
}

static void host_attrs(struct fake_event *e, const struct ist_attrs *a)
{
	const uint64_t numbers[] = {a->payload, a->permanent, a->tx_bps,
				    a->rx_bps,	a->number,    a->async};
	uint32_t sum = host_sum(0, numbers, sizeof(numbers));

	sum = host_sum(sum, a->local.data, a->local.len);
	sum = host_sum(sum, a->peer.data, a->peer.len);
	sum = host_sum_text(sum, a->called);
	sum = host_sum_text(sum, a->calling);
	sum = host_sum_text(sum, a->sub_address);
	sum = host_sum(sum, a->user_data, a->user_data ? a->user_data_len : 0);
	sum = host_sum(sum, a->access_line, a->access_line ? a->access_line_len : 0);
	sum = host_sum(sum, a->ticket, a->ticket_len);
	e->attrs = *a;
	e->attrs_sum = sum;
}

static void test_host_h_offer(void *host, ist_channel c, const struct ist_attrs *a)
{
	struct fake_event *e = host_record(host, FAKE_OFFER, c, NULL, 0);

	host_attrs(e, a);
	host_done(host, e);
}

static void test_host_h_up(void *host, ist_channel c, const struct ist_attrs *a)
{
	struct fake_event *e = host_record(host, FAKE_UP, c, NULL, 0);

	host_attrs(e, a);
	host_done(host, e);
}

static void test_host_h_down(void *host, ist_channel c, const struct ist_cause *why, bool forever)
{
	struct fake_event *e = host_record(host, FAKE_DOWN, c, NULL, 0);

	e->cause = *why;
	e->forever = forever;
	host_done(host, e);
}

static void h_mtu(void *host, ist_channel c)
{
	host_done(host, host_record(host, FAKE_MTU, c, NULL, 0));
}

static void test_host_h_writable(void *host, ist_channel c)
{
	host_done(host, host_record(host, FAKE_WRITABLE, c, NULL, 0));
}

static void test_host_h_failed(void *host, int err, const char *words)
{
	(void)err;
	host_done(host, host_record(host, FAKE_FAILED, 0, words, (uint32_t)strlen(words)));
}

void fake_free(struct fake_event *e)
{
	free(e);
}

struct fake_event *fake_take(struct fake_host *h, enum fake_kind kind)
{
	for (struct fake_event **p = &h->first; *p; p = &(*p)->next) {
		struct fake_event *e = *p;

		if (e->kind != kind)
			continue;
		*p = e->next;
		if (h->last == &e->next)
			h->last = p;
		return e;
	}
	return NULL;
}

unsigned fake_pending(const struct fake_host *h, enum fake_kind kind)
{
	unsigned n = 0;

	for (const struct fake_event *e = h->first; e; e = e->next)
		n += e->kind == kind;
	return n;
}

void fake_forget(struct fake_host *h)
{
	while (h->first) {
		struct fake_event *e = h->first;

		h->first = e->next;
		free(e);
	}
	h->last = &h->first;
}

ist_channel fake_channel(struct fake_host *h, enum fake_kind kind)
{
	struct fake_event *e = fake_take(h, kind);
	ist_channel c = e ? e->channel : 0;

	free(e);
	return c;
}

/* --- opening ---------------------------------------------------------------------------------- */

#define MAX_SETTINGS 4096 /* and circuits */
#define MAX_CIRCUITS 1024

struct parsed {
	char text[MAX_SETTINGS][160];
	struct ist_setting setting[MAX_SETTINGS];
	struct ist_circuit_config circuit[MAX_CIRCUITS];
	struct ist_port_config cfg;
};

static void begin_circuit(struct parsed *c, const struct ist_transport *tr, char *text,
			  const struct ist_setting *at)
{
	struct ist_circuit_config *cc = &c->circuit[c->cfg.circuits];
	char *space = strchr(text, ' ');

	if (!space || c->cfg.circuits++ == MAX_CIRCUITS)
		die("bad circuit in a test");
	memset(cc, 0, sizeof(*cc));
	*space = '\0';
	if (tr->addr_parse(&cc->addr, text + 1))
		die("bad circuit address in a test");
	cc->payloads = (strstr(space + 1, "l2tp") ? 1u << IST_PAYLOAD_L2TP : 0) |
		       (strstr(space + 1, "ppp") ? 1u << IST_PAYLOAD_PPP : 0);
	cc->setting = at;
}

static void host_parse(struct parsed *c, const struct ist_transport *tr, const char *const *config)
{
	struct ist_circuit_config *cc = NULL;
	unsigned n = 0;

	c->cfg = (struct ist_port_config){sizeof(c->cfg), "test0", c->setting, 0, c->circuit, 0};
	for (unsigned i = 0; config && config[i]; i++) {
		char *eq;

		if (i == MAX_SETTINGS)
			die("too many settings in a test");
		snprintf(c->text[i], sizeof(c->text[i]), "%s", config[i]);
		if (config[i][0] == '@') {
			begin_circuit(c, tr, c->text[i], &c->setting[n]);
			cc = &c->circuit[c->cfg.circuits - 1];
			continue;
		}
		eq = strchr(c->text[i], '=');
		if (!eq)
			die("setting without = in a test");
		*eq = '\0';
		c->setting[n++] = (struct ist_setting){c->text[i], eq + 1};
		if (cc)
			cc->settings++;
		else
			c->cfg.settings++;
	}
}

void fake_init(struct fake_host *h)
{
	memset(h, 0, sizeof(*h));
	h->last = &h->first;
	h->peers = h;
	h->host = (struct ist_host){
		.abi = IST_TRANSPORT_ABI,
		.size = sizeof(h->host),
		.watch = test_host_h_watch,
		.timer = test_host_h_timer,
		.now = test_host_h_now,
		.log = test_host_h_log,
		.tap = test_host_h_tap,
		.tap_on = &h->tap_on,
		.wake = test_host_h_wake,
		.frames = test_host_h_frames,
		.offer = test_host_h_offer,
		.up = test_host_h_up,
		.down = test_host_h_down,
		.mtu_changed = h_mtu,
		.writable = test_host_h_writable,
		.failed = test_host_h_failed,
	};
}

static void die_of(const char *words, const char *more)
{
	fprintf(stderr, "%s: ", more);
	die(words);
}

static int host_open(struct fake_host *h, const struct ist_transport *tr,
		     const struct ist_port_config *cfg, char *err, size_t err_len)
{
	int r;

	h->tr = tr;
	h->in_call++;
	r = tr->open(&h->port, &h->host, h, cfg, err, err_len);
	h->in_call--;
	return r;
}

int fake_try_unchecked(struct fake_host *h, const struct ist_transport *tr,
		       const char *const *config, char *err, size_t err_len)
{
	static struct parsed c;

	fake_init(h);
	host_parse(&c, tr, config);
	return host_open(h, tr, &c.cfg, err, err_len);
}

int fake_check(const struct ist_transport *tr, const char *const *config, char *err, size_t err_len)
{
	static struct parsed c;

	host_parse(&c, tr, config);
	return tr->check(&c.cfg, NULL, 0, err, err_len);
}

int fake_try(struct fake_host *h, const struct ist_transport *tr, const char *const *config,
	     char *err, size_t err_len)
{
	static struct parsed c;
	char wrong[200] = "";
	int r, checked;

	fake_init(h);
	host_parse(&c, tr, config);
	if (!tr->check)
		return host_open(h, tr, &c.cfg, err, err_len);
	checked = tr->check(&c.cfg, h->open, FAKE_OPENS, wrong, sizeof(wrong));
	h->opens = checked > 0 ? (unsigned)checked : 0;
	h->host.open = test_host_h_open;
	r = host_open(h, tr, &c.cfg, err, err_len);
	if (checked < 0 && (checked != r || strcmp(err, wrong)))
		die_of("check refused what open did not", wrong);
	if (checked >= 0 && r == -EINVAL)
		die_of("check let pass what open refused", err);
	return r;
}

void fake_open(struct fake_host *h, const struct ist_transport *tr, const char *const *config)
{
	char err[200] = "";

	if (fake_try(h, tr, config, err, sizeof(err)))
		die(err);
}

static void host_no_callbacks(const struct fake_host *h)
{
	for (size_t i = 0; i < 16; i++)
		if (h->watch[i].on_fd)
			die("descriptor still watched after close");
	for (size_t i = 0; i < 32; i++)
		if (h->timer[i].used)
			die("timer still set after close");
}

static void host_close_port(struct fake_host *h)
{
	h->in_call++;
	h->tr->close(h->port);
	h->in_call--;
	h->port = NULL;
	host_no_callbacks(h);
}

void fake_close(struct fake_host *h)
{
	host_close_port(h);
	fake_forget(h);
	fake_leave(h);
}

/* --- to another process ------------------------------------------------------------------------- */

/* Room that grows until it is enough: a port that has not enough stays as it is. */
static void host_freeze(struct fake_host *h, struct fake_frozen *out)
{
	size_t room = 1;
	int r;

	memset(out, 0, sizeof(*out));
	out->f = (struct ist_frozen){.size = sizeof(out->f), .fd = out->fd, .fd_room = 64};
	do {
		free(out->f.octets);
		out->f.room = room *= 2;
		out->f.octets = malloc(room);
		if (!out->f.octets)
			die("out of memory");
		h->in_call++;
		r = h->tr->freeze(h->port, &out->f);
		h->in_call--;
	} while (r == -ENOSPC && room < 1u << 26);
	if (r)
		die("not frozen");
	out->f.octets = realloc(out->f.octets, out->f.len);
}

void fake_freeze(struct fake_host *h, struct fake_frozen *out)
{
	host_freeze(h, out);
	host_no_callbacks(h);
	for (unsigned i = 0; i < out->f.fds; i++)
		out->fd[i] = dup(out->fd[i]);
	host_close_port(h);
}

int fake_thaw(struct fake_host *h, struct fake_frozen *from, const char *const *config, char *err,
	      size_t err_len)
{
	static struct parsed c;
	int r;

	host_parse(&c, h->tr, config);
	r = h->tr->check ? h->tr->check(&c.cfg, h->open, FAKE_OPENS, NULL, 0) : 0;
	h->opens = r > 0 ? (unsigned)r : 0;
	h->in_call++;
	r = h->tr->thaw(&h->port, &h->host, h, &c.cfg, &from->f, err, err_len);
	h->in_call--;
	return r;
}

void fake_frozen_free(struct fake_frozen *f)
{
	for (unsigned i = 0; i < f->f.fds; i++)
		if (f->fd[i] >= 0)
			close(f->fd[i]);
	free(f->f.octets);
}

int fake_resume(struct fake_host *h, const void *ticket, size_t len, ist_channel *out)
{
	int r;

	h->in_call++;
	r = h->tr->resume(h->port, ticket, len, out);
	h->in_call--;
	return r;
}

void fake_hand_over(struct fake_host *h, const char *const *config)
{
	struct fake_frozen f;
	char err[200] = "";

	fake_freeze(h, &f);
	if (fake_thaw(h, &f, config, err, sizeof(err)))
		die(err);
	fake_frozen_free(&f);
}

void fake_leave(struct fake_host *h)
{
	struct fake_host *p = h;

	while (p->peers != h)
		p = p->peers;
	p->peers = h->peers;
	h->peers = h;
}

void fake_join(struct fake_host *a, struct fake_host *b)
{
	struct fake_host *t = a->peers;

	a->peers = b->peers;
	b->peers = t;
}

/* --- running ---------------------------------------------------------------------------------- */

/* Serve what is ready now; ms: how long to wait for the first.  False when nothing was. */
static bool poll_once(struct fake_host *h, int ms)
{
	struct pollfd fds[16];
	unsigned n = 0, at[16];

	for (unsigned i = 0; i < 16; i++) {
		const struct fake_watch *w = &h->watch[i];

		if (!w->on_fd)
			continue;
		fds[n].fd = w->fd;
		fds[n].events = (short)((w->what & IST_READ ? POLLIN : 0) |
					(w->what & IST_WRITE ? POLLOUT : 0));
		fds[n].revents = 0;
		at[n++] = i;
	}
	if (poll(fds, n, ms) <= 0)
		return false;
	for (unsigned i = 0; i < n; i++) {
		const struct fake_watch *w = &h->watch[at[i]];

		if (fds[i].revents && w->on_fd && w->fd == fds[i].fd)
			w->on_fd(w->arg, (fds[i].revents & POLLOUT ? IST_WRITE : 0) |
						 (fds[i].revents & ~POLLOUT ? IST_READ : 0));
	}
	return true;
}

static bool host_serve(struct fake_host *h)
{
	bool any = poll_once(h, 0);

	if (h->woken) {
		h->woken = false;
		any = true;
		h->tr->on_wake(h->port);
	}
	return any;
}

static struct fake_timer *host_earliest(struct fake_host *h, struct fake_host **owner)
{
	struct fake_timer *best = NULL;
	struct fake_host *p = h;

	do {
		for (size_t i = 0; i < 32; i++)
			if (p->timer[i].used && (!best || p->timer[i].at < best->at)) {
				best = &p->timer[i];
				*owner = p;
			}
		p = p->peers;
	} while (p != h);
	return best;
}

static void host_settle(struct fake_host *h)
{
	bool any;
	unsigned rounds = 0;

	do {
		struct fake_host *p = h;

		any = false;
		do {
			any |= host_serve(p);
			p = p->peers;
		} while (p != h);
		if (rounds++ > 1000000)
			die("never quiet");
	} while (any);
}

void fake_run(struct fake_host *h, uint64_t until)
{
	struct fake_host *owner;

	for (;;) {
		struct fake_timer *t, now;

		host_settle(h);
		t = host_earliest(h, &owner);
		if (!t || t->at > until)
			break;
		if (t->at > fake_now)
			fake_now = t->at;
		now = *t;
		/* One-shot, but its id stays good for moving: as the contract has it. */
		t->at = UINT64_MAX - 1;
		now.on_time(now.arg, fake_now);
	}
	if (until > fake_now)
		fake_now = until;
}

bool fake_wait(struct fake_host *h, enum fake_kind kind, unsigned n)
{
	for (int tries = 0; fake_pending(h, kind) < n; tries++)
		if (tries == 50000 || (!host_serve(h) && !poll_once(h, 5000)))
			return false;
	return true;
}

/* --- calls ------------------------------------------------------------------------------------ */

int fake_send_frames(struct fake_host *h, const struct ist_frame *f, unsigned n)
{
	int r;

	h->in_call++;
	r = h->tr->send(h->port, f, n);
	h->in_call--;
	return r;
}

int fake_send(struct fake_host *h, ist_channel c, const void *payload, size_t len)
{
	struct ist_frame f = {.channel = c, .payload = payload, .len = (uint32_t)len};

	return fake_send_frames(h, &f, 1);
}

int fake_connect(struct fake_host *h, const char *to, uint8_t payload, ist_channel *out)
{
	struct ist_addr a;
	int r;

	if (h->tr->addr_parse(&a, to))
		die("bad address in a test");
	h->in_call++;
	r = h->tr->connect(h->port, &a, payload, NULL, out);
	h->in_call--;
	return r;
}

int fake_answer(struct fake_host *h, ist_channel c)
{
	int r;

	h->in_call++;
	r = h->tr->answer(h->port, c);
	h->in_call--;
	return r;
}

void fake_disconnect(struct fake_host *h, ist_channel c)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_LOCAL};

	h->in_call++;
	h->tr->disconnect(h->port, c, &why);
	h->in_call--;
}

int fake_refuse(struct fake_host *h, ist_channel c)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_REFUSED};
	int r;

	h->in_call++;
	r = h->tr->refuse(h->port, c, &why);
	h->in_call--;
	return r;
}

uint64_t fake_count(struct fake_host *h, const char *counter)
{
	uint64_t v[128];
	unsigned n = 0;

	while (h->tr->counters[n].name)
		n++;
	h->tr->count(h->port, v, n);
	for (unsigned i = 0; i < n; i++)
		if (!strcmp(h->tr->counters[i].name, counter))
			return v[i];
	die("no such counter");
	return 0;
}

const char *fake_counted(struct fake_host *h)
{
	static char text[1000];
	uint64_t v[128];
	unsigned n = 0;
	size_t at = 0;

	while (h->tr->counters[n].name)
		n++;
	h->tr->count(h->port, v, n);
	text[0] = '\0';
	for (unsigned i = 0; i < n && at < sizeof(text); i++)
		if (v[i])
			at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s=%llu",
					       at ? " " : "", h->tr->counters[i].name,
					       (unsigned long long)v[i]);
	return text;
}

const char *fake_addr(const struct fake_host *h, const struct ist_addr *a)
{
	static char text[128];

	if (h->tr->addr_format(a, text, sizeof(text)) < 0)
		return "(bad address)";
	return text;
}

const char *fake_status(struct fake_host *h)
{
	static char text[256];

	h->tr->status(h->port, text, sizeof(text));
	return text;
}

const char *fake_fill(struct fake_host *h)
{
	static char text[128];
	struct ist_fill f = {0};

	if (!h->tr->fill || h->tr->fill(h->port, NULL, 0) != h->tr->fill(h->port, &f, 1))
		return "wrong";
	if (!f.words)
		return "none";
	snprintf(text, sizeof(text), "%s %u/%u %u/%u", f.words, f.taken, f.most, f.worst,
		 f.each_most);
	return text;
}
