/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls of this host's kernel: packet layer, LAPB and devices are the kernel's, each call is a
 * socket of the family AF_X25 (x25_kernel.h).  Descriptors and the port's timer drive it.
 *
 *   x25-socket:     calls to `address`, or to any address when there is none
 *   x25-socket:*    calls to any address, also when `address` is configured
 *
 * Three sockets listen, one for each first octet of the call user data that we serve; calls of
 * other protocols are left to other programs.  The state of a call's socket is turned into the
 * reports that x25.c would make, so that x25_circuit.c does not see the difference.  A call is
 * offered to the host before it is accepted.
 *
 * The kernel may take only part of an SDU.  The rest is kept here until the kernel takes it; the
 * circuit is not writable until then.  Calls to us get `packet-size` and `window`, not the sizes we
 * want: for a caller that negotiates nothing the kernel would use ours without telling it.
 */
#include "transports/x25/x25_socket.h"

#include "transports/kit/access.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SECOND 1000000u
#define ROUNDS 32u
#define SWEEP  (10 * SECOND) /* between looks for interrupts, which poll does not report */

const struct x25_kernel *x25_socket_kernel = &x25_af_x25;

static struct x25_socket_call *x25_socket_of_line(struct x25_line *l)
{
	return IST_CONTAINER_OF(l, struct x25_socket_call, line);
}

static struct ist_port *x25_socket_port(const struct x25_socket_call *k)
{
	return k->line.port;
}

static void x25_socket_on_fd(void *arg, unsigned ready);

void x25_socket_end(struct x25_socket_call *k, uint8_t cause, uint8_t diag)
{
	struct ist_port *p = x25_socket_port(k);

	if (cause || diag) {
		k->cause = cause;
		k->diag = diag;
	}
	if (k->dying)
		return;
	k->dying = true;
	k->next_dying = p->sockets->dying;
	p->sockets->dying = k;
	x25_port_wake_at(p, x25_now(p));
}

void x25_socket_watch(struct x25_socket_call *k)
{
	struct ist_port *p = x25_socket_port(k);
	bool out = !k->up ? k->line.circuit[1] && k->line.circuit[1]->ours : k->owed || k->rest_len;

	if (out == k->watching_out)
		return;
	k->watching_out = out;
	p->host->watch(p->ctx, k->fd, IST_READ | (out ? IST_WRITE : 0), x25_socket_on_fd, k);
}

/* --- struct x25_layer -------------------------------------------------- */

static void x25_socket_report(struct x25_socket_call *k, struct x25_report r)
{
	r.lci = 1;
	x25_line_report(&k->line, &r);
}

static bool x25_socket_answer(struct x25_line *l, uint16_t lci, uint64_t now)
{
	struct x25_socket_call *k = x25_socket_of_line(l);

	(void)lci;
	(void)now;
	if (k->dying || x25_socket_kernel->accept(k->fd) < 0)
		return false;
	k->up = true;
	x25_socket_report(k, (struct x25_report){.kind = X25_CONNECTED});
	return true;
}

static void x25_socket_clear(struct x25_line *l, uint16_t lci, uint8_t cause, uint8_t diag,
			     uint64_t now)
{
	(void)lci;
	(void)now;
	l->x.count[X25_C_CLEARS_TX]++;
	x25_socket_end(x25_socket_of_line(l), cause, diag);
}

/* Keep the octets of an SDU that the kernel did not take; taken may end in either piece. */
static void x25_socket_keep(struct x25_socket_call *k, const uint8_t *head, size_t head_len,
			    const uint8_t *data, size_t len, size_t taken)
{
	size_t from_head = taken < head_len ? taken : head_len, from_data = taken - from_head;

	if (head_len > from_head)
		memcpy(k->rest, head + from_head, head_len - from_head);
	if (len > from_data)
		memcpy(k->rest + head_len - from_head, data + from_data, len - from_data);
	k->rest_at = 0;
	k->rest_len = head_len + len - taken;
}

static bool x25_socket_send_sdu(struct x25_line *l, uint16_t lci, const void *head, size_t head_len,
				const void *data, size_t len, uint64_t now)
{
	struct x25_socket_call *k = x25_socket_of_line(l);
	ssize_t n;

	(void)lci;
	(void)now;
	n = k->rest_len || k->dying ? -EAGAIN
				    : x25_socket_kernel->send(k->fd, head, head_len, data, len);
	if (n == -EAGAIN)
		k->owed = true;
	else if (n < 0)
		l->x.count[X25_C_SDU_LOST]++; /* the call has ended, poll is about to report it */
	else
		x25_socket_keep(k, head, head_len, data, len, (size_t)n);
	x25_socket_watch(k);
	return n != -EAGAIN;
}

static void x25_socket_over(struct x25_line *l)
{
	x25_socket_end(x25_socket_of_line(l), 0, 0);
}

static const struct x25_layer layer = {x25_socket_answer, x25_socket_clear, x25_socket_send_sdu};
static const struct x25_line_ops line_ops = {.over = x25_socket_over, .layer = &layer};

/* --- state of a call ------------------------------------------------------------------- */

static void x25_socket_lost(struct x25_socket_call *k, int err, uint8_t cause, uint8_t diag)
{
	static const struct ist_cause line_down = {.kind = IST_CAUSE_LINK, .words = "line down"};
	struct x25_circuit *c = k->line.circuit[1];

	if (err == -ENETUNREACH && c) {
		x25_circuit_lost(x25_socket_port(k), c, &line_down);
	} else {
		k->line.x.count[X25_C_CLEARS_RX]++;
		x25_socket_report(k, (struct x25_report){.kind = X25_CLEARED,
							 .cause = cause,
							 .diag = err == -ETIMEDOUT
									 ? X25_DIAG_TIMER_CALL
									 : diag});
	}
	x25_socket_end(k, 0, 0);
}

/* False: the call has ended. */
static bool x25_socket_check_state(struct x25_socket_call *k)
{
	uint8_t cause = 0, diag = 0;
	int r = x25_socket_kernel->state(k->fd, &cause, &diag);
	struct x25_pkt p = {.type = X25_CALL_ACCEPTED};
	struct x25_kernel_call agreed;

	if (r < 0)
		x25_socket_lost(k, r, cause, diag);
	if (r <= 0 || k->up || !k->line.circuit[1] || !k->line.circuit[1]->ours)
		return r >= 0;
	k->up = true;
	if (!x25_socket_kernel->facilities(k->fd, &agreed) && agreed.throughput) {
		p.fac.given = X25_FAC_THROUGHPUT;
		p.fac.throughput_called = agreed.throughput >> 4;
		p.fac.throughput_calling = agreed.throughput & 0x0f;
	}
	x25_socket_report(k, (struct x25_report){.kind = X25_CONNECTED, .pkt = &p});
	return true;
}

/* False: nothing more to read now, or the call has ended. */
static bool x25_socket_read_one(struct x25_socket_call *k)
{
	struct x25_sockets *s = x25_socket_port(k)->sockets;
	bool cut = false;
	ssize_t n = x25_socket_kernel->receive(k->fd, s->buffer, x25_socket_port(k)->conf.mtu + 1,
					       &cut);

	if (n == -EAGAIN)
		return false;
	if (n <= 0) {
		if (x25_socket_check_state(k))
			x25_socket_lost(k, -ECONNRESET, 0, 0);
		return false;
	}
	if (cut)
		k->line.x.count[X25_C_SDU_LONG]++;
	else
		x25_socket_report(k, (struct x25_report){.kind = s->buffer[0] ? X25_SDU_Q : X25_SDU,
							 .data = s->buffer + 1,
							 .len = (size_t)n - 1});
	return !k->dying;
}

static void x25_socket_write_more(struct x25_socket_call *k)
{
	while (k->rest_len) {
		ssize_t n =
			x25_socket_kernel->send(k->fd, k->rest + k->rest_at, k->rest_len, NULL, 0);

		if (n < 0)
			return; /* full again, or the call has ended */
		k->rest_at += (size_t)n;
		k->rest_len -= (size_t)n;
	}
	if (!k->owed)
		return;
	k->owed = false;
	x25_socket_report(k, (struct x25_report){.kind = X25_WRITABLE});
}

static void x25_socket_on_fd(void *arg, unsigned ready)
{
	struct x25_socket_call *k = arg;
	struct ist_port *p = x25_socket_port(k);

	x25_enter(p);
	if (!k->dying && (k->up || x25_socket_check_state(k)) && k->up) {
		k->line.x.count[X25_C_INTERRUPTS] += x25_socket_kernel->interrupts(k->fd);
		for (unsigned i = 0; i < ROUNDS && ready & IST_READ && x25_socket_read_one(k); i++)
			;
		if (ready & IST_WRITE && !k->dying)
			x25_socket_write_more(k);
	}
	if (!k->dying)
		x25_socket_watch(k);
	x25_leave(p);
}

/* --- begin and end of calls -------------------------------------------------------------- */

struct x25_socket_call *x25_socket_add(struct ist_port *p, int fd)
{
	struct x25_sockets *s = p->sockets;
	struct x25_socket_call *k = calloc(1, sizeof(*k) + p->conf.mtu);

	if (!k)
		return NULL;
	k->fd = fd;
	if (x25_line_init_other(&k->line, p, &line_ops) ||
	    p->host->watch(p->ctx, fd, IST_READ, x25_socket_on_fd, k) < 0) {
		x25_line_free(&k->line);
		free(k);
		return NULL;
	}
	k->next = s->first;
	if (s->first)
		s->first->prev = k;
	s->first = k;
	s->calls++;
	x25_port_wake_at(p, s->sweep_at);
	return k;
}

/* One that another process also has goes on there. */
static void x25_socket_close_fd(const struct ist_port *p, int fd, uint8_t cause, uint8_t diag)
{
	if (p->frozen)
		close(fd);
	else
		x25_socket_kernel->clear(fd, cause, diag);
}

static void x25_socket_destroy(struct x25_socket_call *k)
{
	struct ist_port *p = x25_socket_port(k);
	struct x25_sockets *s = p->sockets;

	p->host->watch(p->ctx, k->fd, 0, x25_socket_on_fd, k);
	x25_socket_close_fd(p, k->fd, k->cause, k->diag);
	*(k->prev ? &k->prev->next : &s->first) = k->next;
	if (k->next)
		k->next->prev = k->prev;
	s->calls--;
	x25_line_free(&k->line);
	free(k);
}

static void x25_socket_offer(struct x25_socket_call *k, const struct x25_kernel_call *in)
{
	struct x25_pkt p = {.type = X25_CALL, .lci = 1, .data = in->data, .len = in->len};

	memcpy(p.called, in->called, sizeof(p.called));
	memcpy(p.calling, in->calling, sizeof(p.calling));
	p.fac.given =
		(in->reverse ? X25_FAC_REVERSE : 0) | (in->throughput ? X25_FAC_THROUGHPUT : 0);
	p.fac.throughput_called = in->throughput >> 4;
	p.fac.throughput_calling = in->throughput & 0x0f;
	k->line.x.count[X25_C_CALLS_IN]++;
	if (in->fast)
		x25_socket_clear(&k->line, 1, 0, 0, 0); /* RFC 1356 3.13 */
	else
		x25_socket_report(k, (struct x25_report){.kind = X25_INCOMING, .pkt = &p});
}

static void x25_socket_on_listen(void *arg, unsigned ready);

static void x25_socket_listening(struct ist_port *p, bool on)
{
	struct x25_sockets *s = p->sockets;

	s->accepting = on;
	for (unsigned i = 0; i < X25_LISTENERS; i++)
		p->host->watch(p->ctx, s->listener[i].fd, on ? IST_READ : 0, x25_socket_on_listen,
			       &s->listener[i]);
}

/* Without descriptors the sockets would be readable for ever: look away for a second. */
static void x25_socket_pause_listening(struct ist_port *p)
{
	struct x25_sockets *s = p->sockets;

	p->count[X25_P_NO_DESCRIPTORS]++;
	if (!s->starved)
		p->host->log(p->ctx, 4, "no file descriptor left: calls wait");
	s->starved = true;
	x25_socket_listening(p, false);
	s->accept_at = x25_now(p) + SECOND;
	x25_port_wake_at(p, s->accept_at);
}

/* One call each time: with none waiting accept() blocks for SO_RCVTIMEO. */
static void x25_socket_accept_one(struct ist_port *p, int listener)
{
	struct x25_sockets *s = p->sockets;
	struct x25_kernel_call in;
	int fd = x25_socket_kernel->next_call(listener, &in);
	struct x25_socket_call *k;

	if (fd < 0 && access_starved(-fd))
		x25_socket_pause_listening(p);
	if (fd < 0)
		return;
	s->starved = false;
	k = s->calls < p->conf.socket_calls ? x25_socket_add(p, fd) : NULL;
	if (k) {
		x25_socket_offer(k, &in);
		return;
	}
	p->count[X25_P_REFUSED_ROOM]++;
	x25_socket_kernel->clear(fd, 0, 0);
}

static void x25_socket_on_listen(void *arg, unsigned ready)
{
	const struct x25_listener *l = arg;

	(void)ready;
	x25_enter(l->port);
	x25_socket_accept_one(l->port, l->fd);
	x25_leave(l->port);
}

/* --- struct x25_below ---------------------------------------------------- */

static void x25_socket_facilities(const struct ist_port *p, struct x25_kernel_call *c, bool want)
{
	const struct x25_config *x = &p->conf.x;

	*c = (struct x25_kernel_call){.size_in = want ? x->size_want : x->size,
				      .window_in = want ? x->window_want : x->window,
				      .throughput = (uint8_t)(x->throughput << 4 | x->throughput),
				      .reverse = x->ask.given & X25_FAC_REVERSE};
	c->size_out = c->size_in;
	c->window_out = c->window_in;
}

void x25_socket_listening_for(const struct ist_port *p, struct x25_kernel_call *c)
{
	x25_socket_facilities(p, c, false);
	c->throughput = 0; /* accept the caller's */
	c->reverse = false;
	c->len = 1;
	memcpy(c->called, p->sockets->listens_on, sizeof(c->called));
}

static int x25_socket_listen_all(struct ist_port *p)
{
	static const uint8_t first[X25_LISTENERS] = {0x80, 0x00,
						     0xcf}; /* as x25_encap.h has them */
	struct x25_kernel_call c;

	if (p->from && x25_socket_thaw_listeners(p, p->from))
		return 0;
	x25_socket_listening_for(p, &c);
	for (unsigned i = 0; i < X25_LISTENERS; i++) {
		c.data[0] = first[i];
		p->sockets->listener[i].fd = x25_socket_kernel->listen(&c);
		if (p->sockets->listener[i].fd < 0)
			return p->sockets->listener[i].fd;
	}
	return 0;
}

/* The first setting that the kernel does not support, in words; NULL = none. */
static const char *x25_socket_unsupported(const struct x25_conf *c)
{
	if (c->pvc_max)
		return "link: the kernel's x25-socket has no permanent circuits";
	if (c->x.ask.given & X25_FAC_CUG)
		return "closed-user-group: the kernel puts none into calls";
	if (c->x.ask.given & X25_FAC_NUI)
		return "network-user-id: the kernel puts none into calls";
	return NULL;
}

static int x25_socket_check(const struct x25_conf *c, const struct settings *set,
			    struct ist_open *opens, unsigned n, char *err, size_t err_len)
{
	const char *spec = settings_text(set, "link"), *to = strchr(spec, ':') + 1;
	const char *words = x25_socket_unsupported(c);

	(void)opens; /* anybody may */
	(void)n;
	if (*to && strcmp(to, "*"))
		return settings_error(err, err_len, EINVAL,
				      "link: \"%s\" is not x25-socket: nor x25-socket:*", spec);
	return words ? settings_error(err, err_len, EINVAL, "%s", words) : 0;
}

static int x25_socket_open(struct ist_port *p, const struct settings *set, char *err,
			   size_t err_len)
{
	const char *spec = settings_text(set, "link");
	struct x25_sockets *s;
	int r = x25_socket_check(&p->conf, set, NULL, 0, err, err_len);

	if (r < 0)
		return r;
	s = calloc(1, sizeof(*s));
	if (!s)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	p->sockets = s;
	for (unsigned i = 0; i < X25_LISTENERS; i++)
		s->listener[i] = (struct x25_listener){p, -1};
	s->accept_at = X25_NO_TIME;
	s->sweep_at = x25_now(p) + SWEEP;
	s->buffer = malloc(p->conf.mtu + 1);
	if (!s->buffer)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	if (!spec[strlen("x25-socket:")])
		memcpy(s->listens_on, p->conf.address, sizeof(s->listens_on));
	r = x25_socket_listen_all(p);
	if (r < 0)
		return settings_error(err, err_len, -r, "link %s: %s%s", spec, strerror(-r),
				      r == -EAFNOSUPPORT
					      ? ": the kernel has no AF_X25 (module x25), or "
						"this network namespace is not its first"
					      : "");
	x25_socket_listening(p, true);
	return 0;
}

static void socket_close(struct ist_port *p)
{
	struct x25_sockets *s = p->sockets;

	if (!s)
		return;
	while (s->first)
		x25_socket_destroy(s->first);
	if (s->accepting)
		x25_socket_listening(p, false);
	for (unsigned i = 0; i < X25_LISTENERS; i++)
		if (s->listener[i].fd >= 0)
			x25_socket_close_fd(p, s->listener[i].fd, 0, 0);
	free(s->buffer);
	free(s);
	p->sockets = NULL;
}

static int socket_call(struct ist_port *p, struct x25_circuit *c, uint64_t now)
{
	struct x25_kernel_call out;
	struct x25_socket_call *k;
	int fd;

	if (*c->sub)
		return -EAFNOSUPPORT; /* the kernel puts none into calls */
	(void)now;
	if (p->sockets->calls >= p->conf.socket_calls)
		return -ENOBUFS;
	x25_socket_facilities(p, &out, p->conf.x.flow_facilities);
	memcpy(out.called, c->called, sizeof(out.called));
	memcpy(out.calling, c->calling, sizeof(out.calling));
	memcpy(out.data, c->call_data, c->call_data_len);
	out.len = c->call_data_len;
	fd = x25_socket_kernel->call(&out);
	if (fd < 0)
		return fd;
	k = x25_socket_add(p, fd);
	if (!k) {
		x25_socket_kernel->clear(fd, 0, 0);
		return -ENOBUFS;
	}
	k->line.x.count[X25_C_CALLS_OUT]++;
	x25_circuit_attach(c, &k->line, 1);
	x25_socket_watch(k);
	return 0;
}

static void socket_flush(struct ist_port *p, uint64_t now)
{
	(void)p;
	(void)now;
}

void x25_socket_reap(struct ist_port *p)
{
	while (p->sockets->dying) {
		struct x25_socket_call *k = p->sockets->dying;

		p->sockets->dying = k->next_dying;
		x25_socket_destroy(k);
	}
}

static void socket_expire(struct ist_port *p, uint64_t now)
{
	struct x25_sockets *s = p->sockets;

	if (now >= s->accept_at) {
		s->accept_at = X25_NO_TIME;
		x25_socket_listening(p, true);
	}
	x25_port_wake_at(p, s->accept_at);
	if (now >= s->sweep_at) {
		s->sweep_at = now + SWEEP;
		for (struct x25_socket_call *k = s->first; k; k = k->next)
			k->line.x.count[X25_C_INTERRUPTS] += x25_socket_kernel->interrupts(k->fd);
	}
	if (s->first)
		x25_port_wake_at(p, s->sweep_at);
}

static void socket_count(const struct ist_port *p, uint64_t *out)
{
	for (const struct x25_socket_call *k = p->sockets->first; k; k = k->next)
		for (unsigned i = 0; i < X25_C_COUNT; i++)
			out[i] += k->line.x.count[i];
}

static int socket_status(const struct ist_port *p, char *buf, size_t len)
{
	return snprintf(buf, len, "the kernel's X.25, %u sockets, %u circuits", p->sockets->calls,
			p->slots.taken);
}

static unsigned socket_fill(const struct ist_port *p, struct ist_fill *out, unsigned n)
{
	if (n)
		*out = (struct ist_fill){"calls", p->sockets->calls, p->conf.socket_calls, 0, 0};
	return 1;
}

static void socket_quiet(struct ist_port *p)
{
	for (struct x25_socket_call *k = p->sockets->first; k; k = k->next)
		p->host->watch(p->ctx, k->fd, 0, x25_socket_on_fd, k);
	if (p->sockets->accepting)
		x25_socket_listening(p, false);
}

const struct x25_below x25_on_sockets = {
	.hand = x25_socket_hand,
	.hand_link = x25_socket_hand_link,
	.quiet = socket_quiet,
	.check = x25_socket_check,
	.open = x25_socket_open,
	.close = socket_close,
	.call = socket_call,
	.flush = socket_flush,
	.reap = x25_socket_reap,
	.expire = socket_expire,
	.count = socket_count,
	.status = socket_status,
	.fill = socket_fill,
};
