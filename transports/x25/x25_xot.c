/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * X.25 over TCP (RFC 1613): each circuit has a TCP connection and a packet layer (x25.c) of its
 * own, without restarts, and always LCN 1, since the number has no meaning on XOT.  Descriptors and
 * the port's timer drive it; xot.c cuts the stream into packets; x25_xot_pvc.c sets up permanent
 * circuits.
 *
 *   xot:REMOTE            calls go to REMOTE
 *   xot-listen:LOCAL      calls come to LOCAL
 *   xot:LOCAL>REMOTE      both
 *
 * Output: packets are collected in a buffer and written when the port leaves, in one write.  When
 * TCP takes no more, data packets stay in their circuit (x25_block).
 *
 * Limits: connections are limited in all and per source address.  A connection is closed when no
 * call comes on it, when the rest of a packet does not come, when the far end does not read, and
 * after a call when our Clear has been confirmed or the time for that is over.
 */
#define _GNU_SOURCE
#include "transports/x25/x25_xot.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECOND	    1000000u
#define SILENT_MOST (30 * SECOND)
#define HALF_MOST   (30 * SECOND) /* from the first octet of a packet to its last */
#define CLEAR_MOST  (5 * SECOND)  /* for the Clear Confirmation */
#define OUT_FULL    16384u	  /* octets queued for TCP at which data packets stop */
#define OUT_LOW	    4096u	  /* and at which they start again; at XOT_OUT_MOST it is closed */
#define READ_SIZE   16384u
#define ROUNDS	    8u
#define TYPE_REJ    0x09u

static struct xot_conn *xot_conn_of_line(struct x25_line *l)
{
	return IST_CONTAINER_OF(l, struct xot_conn, line);
}

static struct ist_port *xot_conn_port(const struct xot_conn *k)
{
	return k->line.port;
}

void xot_touch(struct xot_conn *k)
{
	struct xot *x = xot_conn_port(k)->xot;

	if (k->touched)
		return;
	k->touched = true;
	k->next_touched = x->touched;
	x->touched = k;
}

/* --- sending ---------------------------------------------------------------------------------- */

static bool xot_conn_reserve(struct xot_conn *k, size_t n)
{
	size_t want = k->out_len + n;
	uint8_t *grown;

	if (k->out_at > OUT_FULL) {
		memmove(k->out, k->out + k->out_at, k->out_len - k->out_at);
		k->out_len -= k->out_at;
		k->out_at = 0;
		want = k->out_len + n;
	}
	if (want <= k->out_room)
		return true;
	if (want > XOT_OUT_MOST)
		return false;
	grown = realloc(k->out, 2 * want);
	if (!grown)
		return false;
	k->out = grown;
	k->out_room = 2 * want;
	return true;
}

void xot_conn_send(struct xot_conn *k, const uint8_t *pkt, size_t len)
{
	xot_touch(k);
	if (k->dying)
		return;
	if (!xot_conn_reserve(k, XOT_HDR_LEN + len)) {
		xot_conn_port(k)->count[X25_P_XOT_SLOW]++;
		xot_conn_lost(k, "the far end does not read");
		return;
	}
	xot_header(k->out + k->out_len, len);
	memcpy(k->out + k->out_len + XOT_HDR_LEN, pkt, len);
	k->out_len += XOT_HDR_LEN + len;
}

static void xot_conn_tx(struct x25_line *l, const uint8_t *pkt, size_t len)
{
	struct xot_conn *k = xot_conn_of_line(l);

	x25_tap(l, true, "x.25", pkt, len);
	xot_conn_send(k, pkt, len);
	if (k->out_len - k->out_at >= OUT_FULL)
		x25_block(&l->x);
}

static void xot_conn_on_fd(void *arg, unsigned ready);

static void xot_conn_watch(struct xot_conn *k)
{
	struct ist_port *p = xot_conn_port(k);
	bool out = k->phase == XOT_CONNECTING || k->out_at < k->out_len;

	if (out == k->watching_out)
		return;
	k->watching_out = out;
	p->host->watch(p->ctx, k->fd, IST_READ | (out ? IST_WRITE : 0), xot_conn_on_fd, k);
}

/* False: TCP takes no more, or the connection is lost. */
static bool xot_conn_write_out(struct xot_conn *k)
{
	while (k->out_at < k->out_len) {
		ssize_t n = send(k->fd, k->out + k->out_at, k->out_len - k->out_at,
				 MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno != EAGAIN)
			xot_conn_lost(k, strerror(errno));
		if (n < 0)
			return false;
		k->out_at += (size_t)n;
	}
	k->out_at = k->out_len = 0;
	return true;
}

/* A far end that does not confirm our Clear keeps its connection for seconds, not for all of T23.
 */
static void xot_conn_await_confirmation(struct xot_conn *k, uint64_t now)
{
	if (k->clearing || k->pvc || x25_state(&k->line.x, 1) != X25_P_WE_CLEAR)
		return;
	k->clearing = true;
	k->give_up = now + CLEAR_MOST;
	x25_port_wake_at(xot_conn_port(k), k->give_up);
}

static void xot_conn_flush_one(struct xot_conn *k, uint64_t now)
{
	struct ist_port *p = xot_conn_port(k);
	bool all;

	if (k->dying || k->phase == XOT_CONNECTING)
		return;
	x25_settle(&k->line.x);
	do {
		all = xot_conn_write_out(k);
		if (k->dying)
			return;
		if (k->phase == XOT_OPEN && k->line.x.blocked && k->out_len - k->out_at <= OUT_LOW)
			x25_unblock(&k->line.x, now);
	} while (all && k->out_len && !k->dying);
	xot_conn_watch(k);
	if (k->phase != XOT_OPEN)
		return;
	xot_conn_await_confirmation(k, now);
	x25_port_wake_at(p, x25_deadline(&k->line.x));
}

/* --- the packet layer ------------------------------------------------------------------------- */

static void xot_conn_call_over(struct x25_line *l)
{
	xot_conn_of_line(l)->over = true;
	xot_conn_of_line(l)->circuit = NULL;
	xot_touch(xot_conn_of_line(l));
}

static const struct x25_line_ops line_ops = {.tx = xot_conn_tx, .over = xot_conn_call_over};

bool xot_conn_make_layer(struct xot_conn *k, bool extended, bool pvc)
{
	struct ist_port *p = xot_conn_port(k);
	struct x25_config c = p->conf.x;

	c.dce = c.restarts = false;
	c.extended = extended;
	c.pvc = pvc;
	c.lci_low = c.lci_high = pvc ? 2 : 1;
	c.two_way_low = c.two_way_high = 0;
	c.flow_facilities = true; /* RFC 1613 6.1: a Call has packet and window size */
	if (!extended && c.window_want > 7)
		c.window_want = 7;
	if (!extended && c.window > 7)
		c.window = 7;
	if (x25_line_init(&k->line, p, &c, &line_ops))
		return false;
	k->phase = XOT_OPEN;
	return true;
}

bool xot_conn_start_layer(struct xot_conn *k, bool extended, bool pvc)
{
	if (!xot_conn_make_layer(k, extended, pvc))
		return false;
	x25_up(&k->line.x, x25_now(xot_conn_port(k)));
	return true;
}

/* RFC 1613 6.4: packets of an interface, and REJ, are ignored. */
static bool xot_conn_interface_packet(const uint8_t *pkt, bool extended)
{
	static const uint8_t types[] = {0xfb, 0xff, 0xf1, 0xf3, 0xf7};

	for (size_t i = 0; i < sizeof(types); i++)
		if (pkt[2] == types[i])
			return true;
	return (extended ? pkt[2] : pkt[2] & 0x1f) == TYPE_REJ;
}

static void xot_conn_packet(struct xot_conn *k, const uint8_t *pkt, size_t len)
{
	struct ist_port *p = xot_conn_port(k);
	bool extended = (pkt[0] & 0x30) == 0x20;
	uint8_t buf[XOT_PACKET_MAX];

	x25_tap(&k->line, false, "x.25", pkt, len);
	if (xot_is_pvc_setup(pkt, len)) {
		xot_pvc_rx(k, pkt, len);
		return;
	}
	if (k->phase == XOT_PVC_SETUP || (k->over && k->phase != XOT_OPEN) ||
	    xot_conn_interface_packet(pkt, extended)) {
		p->count[X25_P_XOT_IGNORED]++;
		return;
	}
	if (k->phase == XOT_SILENT && !xot_conn_start_layer(k, extended, false)) {
		xot_conn_lost(k, "no memory");
		return;
	}
	/* Any LCN is accepted; the packet layer's is 1. */
	memcpy(buf, pkt, len);
	buf[0] &= 0xf0;
	buf[1] = 1;
	x25_rx(&k->line.x, buf, len, x25_now(p));
	if (!k->called && x25_state(&k->line.x, 1) != X25_P1_READY) {
		k->called = true;
		k->give_up = X25_NO_TIME;
	}
}

/* Part of a packet is there.  A sender that writes header and packet apart holds the second write
 * back until the first is acknowledged (Nagle), so that a delayed acknowledgement would cost 40 ms
 * a packet.  The time limit runs from the first octet: a sender of one octet now and then does not
 * move it. */
static void xot_conn_half_packet(struct xot_conn *k, bool begun_now)
{
	struct ist_port *p = xot_conn_port(k);
	int on = 1;

	setsockopt(k->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
	if (!begun_now && k->half_at != X25_NO_TIME)
		return;
	k->half_at = x25_now(p) + HALF_MOST;
	x25_port_wake_at(p, k->half_at);
}

static void xot_conn_stream(struct xot_conn *k, const uint8_t *data, size_t len)
{
	const uint8_t *pkt;
	bool complete = false;
	size_t pkt_len;
	int r = 1;

	while (r > 0 && !k->dying) {
		r = xot_next_packet(&k->in, &data, &len, &pkt, &pkt_len);
		if (r > 0) {
			complete = true;
			xot_conn_packet(k, pkt, pkt_len);
		}
	}
	if (!k->dying && k->in.len)
		xot_conn_half_packet(k, complete);
	else
		k->half_at = X25_NO_TIME;
	if (r < 0) {
		xot_conn_port(k)->count[X25_P_XOT_HEADER]++;
		xot_conn_lost(k, "XOT header wrong");
	}
}

/* --- connections ------------------------------------------------------------------------------ */

void xot_conn_lost(struct xot_conn *k, const char *words)
{
	const struct ist_cause why = {.kind = IST_CAUSE_LINK, .words = words};
	struct ist_port *p = xot_conn_port(k);
	struct x25_circuit *c = k->circuit;

	xot_touch(k);
	k->dying = true;
	if (k->pvc) {
		xot_pvc_lost(k, words);
		return;
	}
	if (!c && k->phase == XOT_OPEN)
		c = k->line.circuit[1];
	k->circuit = NULL;
	if (c)
		x25_circuit_lost(p, c, &why);
}

static uint32_t xot_next_number(struct xot *x)
{
	if (!++x->numbers)
		x->numbers = 1;
	return x->numbers;
}

struct xot_conn *xot_conn_add(struct ist_port *p, int fd, enum xot_phase phase)
{
	struct xot_conn *k = calloc(1, sizeof(*k));
	struct xot *x = p->xot;
	int on = 1;

	if (!k)
		return NULL;
	k->line.port = p;
	k->line.connection = xot_next_number(x);
	k->line.ops = &line_ops;
	k->fd = fd;
	k->phase = phase;
	k->watching_out = phase == XOT_CONNECTING;
	k->give_up = x25_now(p) + SILENT_MOST;
	k->half_at = X25_NO_TIME;
	xot_in_init(&k->in);
	if (p->host->watch(p->ctx, fd, IST_READ | (k->watching_out ? IST_WRITE : 0), xot_conn_on_fd,
			   k) < 0) {
		free(k);
		return NULL;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	k->next = x->first;
	if (x->first)
		x->first->prev = k;
	x->first = k;
	x->conns++;
	x25_port_wake_at(p, k->give_up);
	return k;
}

static void xot_conn_destroy(struct xot_conn *k)
{
	struct ist_port *p = xot_conn_port(k);

	p->host->watch(p->ctx, k->fd, 0, xot_conn_on_fd, k);
	close(k->fd);
	*(k->prev ? &k->prev->next : &p->xot->first) = k->next;
	if (k->next)
		k->next->prev = k->prev;
	p->xot->conns--;
	if (k->phase == XOT_OPEN)
		x25_line_free(&k->line);
	free(k->out);
	free(k);
}

static bool xot_conn_done(const struct xot_conn *k)
{
	if (k->dying)
		return true;
	if (k->pvc || k->out_at < k->out_len)
		return false;
	if (k->phase != XOT_OPEN)
		return k->over;
	return k->called && x25_state(&k->line.x, 1) == X25_P1_READY;
}

struct xot_conn *xot_dial(struct ist_port *p, int *err)
{
	struct sockaddr_storage to;
	socklen_t len = udp_ep_to_sock(&p->xot->remote, &to);
	struct xot_conn *k;
	int fd;

	*err = -ENOBUFS;
	if (p->xot->conns >= p->conf.xot_connections)
		return NULL;
	fd = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || (connect(fd, (struct sockaddr *)&to, len) < 0 && errno != EINPROGRESS)) {
		*err = -errno;
		p->count[X25_P_XOT_FAILED]++;
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	k = xot_conn_add(p, fd, XOT_CONNECTING);
	if (!k)
		close(fd);
	else
		p->count[X25_P_XOT_OUT]++;
	return k;
}

static void xot_conn_connected(struct xot_conn *k)
{
	struct ist_port *p = xot_conn_port(k);
	socklen_t len = sizeof(int);
	int err = 0;

	getsockopt(k->fd, SOL_SOCKET, SO_ERROR, &err, &len);
	if (err) {
		p->count[X25_P_XOT_FAILED]++;
		xot_conn_lost(k, strerror(err));
		return;
	}
	xot_touch(k);
	k->phase = XOT_SILENT;
	if (k->pvc) {
		xot_pvc_ask(k);
		return;
	}
	if (!xot_conn_start_layer(k, p->conf.x.extended, false) ||
	    !x25_circuit_place(k->circuit, &k->line, x25_now(p)))
		xot_conn_lost(k, "no memory");
	k->circuit = NULL;
	k->called = true;
	k->give_up = X25_NO_TIME;
}

/* False: nothing more to read now, or the connection is lost. */
static bool xot_conn_read_some(struct xot_conn *k)
{
	uint8_t buf[READ_SIZE];
	ssize_t n = recv(k->fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (n > 0) {
		xot_conn_stream(k, buf, (size_t)n);
		return (size_t)n == sizeof(buf);
	}
	if (!n)
		xot_conn_lost(k, "closed by the far end");
	else if (errno != EAGAIN && errno != EINTR)
		xot_conn_lost(k, strerror(errno));
	return false;
}

static void xot_conn_on_fd(void *arg, unsigned ready)
{
	struct xot_conn *k = arg;
	struct ist_port *p = xot_conn_port(k);

	x25_enter(p);
	xot_touch(k);
	if (k->phase == XOT_CONNECTING && !k->over) /* over: the host has disconnected already */
		xot_conn_connected(k);
	for (unsigned i = 0; i < ROUNDS && ready & IST_READ && !k->dying && xot_conn_read_some(k);
	     i++)
		;
	x25_leave(p);
}

/* --- the listening socket ------------------------------------------------------------------ */

static bool xot_listen_allows(const struct xot *x, const struct sockaddr_storage *ss)
{
	struct udp_ep ep;

	return !x->from.n || (udp_ep_from_sock(&ep, ss) && access_allows(&x->from, &ep));
}

/* The list is walked, there is no hash table of sources: 1,024 connections, the default limit, take
 * 5 us, 35 when they are not in the cache; an accept takes 4. */
static bool xot_listen_source_full(const struct ist_port *p, const struct udp_ep *from)
{
	uint32_t n = 0;

	if (p->xot->conns < p->conf.xot_per_source)
		return false;
	for (const struct xot_conn *k = p->xot->first; k; k = k->next)
		n += udp_ep_same_source(&k->from, from);
	return n >= p->conf.xot_per_source;
}

/* NULL: the connection is refused, and counted by reason. */
static struct xot_conn *xot_listen_admit(struct ist_port *p, int fd,
					 const struct sockaddr_storage *from)
{
	struct xot *x = p->xot;
	enum x25_port_counter refused = X25_P_COUNT;
	struct udp_ep ep;
	struct xot_conn *k = NULL;

	if (!xot_listen_allows(x, from) || !udp_ep_from_sock(&ep, from))
		refused = X25_P_XOT_STRANGER;
	else if (x->conns >= p->conf.xot_connections)
		refused = X25_P_XOT_FULL;
	else if (xot_listen_source_full(p, &ep))
		refused = X25_P_XOT_SOURCE;
	else if (!(k = xot_conn_add(p, fd, XOT_SILENT)))
		refused = X25_P_XOT_FULL;
	if (k)
		k->from = ep;
	p->count[k ? X25_P_XOT_IN : refused]++;
	return k;
}

static void xot_listen_ready(void *arg, unsigned ready);

/* Without descriptors the socket would be readable for ever: look away for a second. */
static void xot_listen_pause(struct ist_port *p)
{
	struct xot *x = p->xot;

	p->count[X25_P_NO_DESCRIPTORS]++;
	if (!x->starved)
		p->host->log(p->ctx, 4, "no file descriptor left: TCP connections wait");
	x->starved = true;
	p->host->watch(p->ctx, x->fd, 0, xot_listen_ready, p);
	x->accepting = false;
	x->accept_at = x25_now(p) + SECOND;
	x25_port_wake_at(p, x->accept_at);
}

static void xot_listen_ready(void *arg, unsigned ready)
{
	struct ist_port *p = arg;
	struct xot *x = p->xot;

	(void)ready;
	x25_enter(p);
	for (unsigned i = 0; i < XOT_BACKLOG; i++) {
		struct sockaddr_storage from;
		socklen_t len = sizeof(from);
		int fd = accept4(x->fd, (struct sockaddr *)&from, &len,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0 && access_starved(errno))
			xot_listen_pause(p);
		if (fd < 0)
			break;
		x->starved = false;
		if (!xot_listen_admit(p, fd, &from))
			close(fd);
	}
	x25_leave(p);
}

static int xot_listen_start(struct ist_port *p)
{
	struct xot *x = p->xot;
	const struct ist_open w = xot_opening(x);
	int r;

	if (x->fd < 0)
		x->fd = opening_ask(p->host, p->ctx, &w);
	if (x->fd < 0)
		return x->fd;
	r = p->host->watch(p->ctx, x->fd, IST_READ, xot_listen_ready, p);
	x->accepting = r >= 0;
	return r < 0 ? r : 0;
}

/* --- struct x25_below ---------------------------------------------------- */

static int xot_open(struct ist_port *p, const struct settings *set, char *err, size_t err_len)
{
	struct xot *x = calloc(1, sizeof(*x));
	int r;

	if (!x)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	p->xot = x;
	x->port = p;
	x->fd = -1;
	x->numbers = (uint32_t)(x25_now(p) / 1000); /* others than in the process before */
	x->accept_at = X25_NO_TIME;
	r = xot_read(x, set, err, err_len);
	if (!r && p->from)
		x->fd = xot_thaw_listener(p, p->from);
	if (!r && x->listens && (r = xot_listen_start(p)))
		return settings_error(err, err_len, -r, "link %s: %s", settings_text(set, "link"),
				      strerror(-r));
	if (!r && xot_pvcs_open(p))
		r = settings_error(err, err_len, ENOMEM, "out of memory");
	return r;
}

static void xot_close(struct ist_port *p)
{
	struct xot *x = p->xot;

	if (!x)
		return;
	while (x->first) {
		struct xot_conn *k = x->first;

		if (k->phase == XOT_OPEN && !k->pvc && !p->frozen)
			x25_clear(&k->line.x, 1, 0, 0, x25_now(p));
		if (k->phase != XOT_CONNECTING && !k->dying && !p->frozen)
			xot_conn_write_out(k);
		xot_conn_destroy(k);
	}
	if (x->accepting)
		p->host->watch(p->ctx, x->fd, 0, xot_listen_ready, p);
	if (x->fd >= 0)
		close(x->fd);
	xot_pvcs_close(p);
	access_free(&x->from);
	free(x);
	p->xot = NULL;
}

static int xot_call(struct ist_port *p, struct x25_circuit *c, uint64_t now)
{
	struct xot_conn *k;
	int err;

	(void)now;
	if (!p->xot->dials)
		return -EADDRNOTAVAIL;
	k = xot_dial(p, &err);
	if (!k)
		return err;
	k->circuit = c;
	x25_circuit_attach(c, &k->line, 0);
	return 0;
}

static void xot_flush(struct ist_port *p, uint64_t now)
{
	for (struct xot_conn *k = p->xot->touched; k; k = k->next_touched)
		xot_conn_flush_one(k, now);
}

static void xot_reap(struct ist_port *p)
{
	struct xot_conn *k, *next;

	/* The list is taken off first: freeing a connection may touch others. */
	for (k = p->xot->touched, p->xot->touched = NULL; k; k = next) {
		next = k->next_touched;
		k->touched = false;
		if (xot_conn_done(k))
			xot_conn_destroy(k);
	}
}

static void xot_conn_expire_one(struct xot_conn *k, uint64_t now)
{
	struct ist_port *p = xot_conn_port(k);

	if (now >= k->give_up) {
		p->count[k->clearing ? X25_P_XOT_UNCONFIRMED : X25_P_XOT_SILENT]++;
		xot_conn_lost(k, k->phase == XOT_CONNECTING ? "no connection in time"
							    : "no answer in time");
		return;
	}
	if (now >= k->half_at) {
		p->count[X25_P_XOT_HALF]++;
		xot_conn_lost(k, "the rest of a packet did not come");
		return;
	}
	if (k->phase == XOT_OPEN && now >= x25_deadline(&k->line.x)) {
		x25_expire(&k->line.x, now);
		xot_touch(k);
	}
	x25_port_wake_at(p, k->give_up);
	x25_port_wake_at(p, k->half_at);
	if (k->phase == XOT_OPEN)
		x25_port_wake_at(p, x25_deadline(&k->line.x));
}

static void xot_expire(struct ist_port *p, uint64_t now)
{
	struct xot *x = p->xot;

	for (struct xot_conn *k = x->first; k; k = k->next)
		xot_conn_expire_one(k, now);
	if (now >= x->accept_at) {
		x->accept_at = X25_NO_TIME;
		x->accepting = p->host->watch(p->ctx, x->fd, IST_READ, xot_listen_ready, p) >= 0;
	}
	x25_port_wake_at(p, x->accept_at);
	xot_pvcs_expire(p, now);
}

static void xot_count(const struct ist_port *p, uint64_t *out)
{
	for (const struct xot_conn *k = p->xot->first; k; k = k->next)
		for (unsigned i = 0; i < X25_C_COUNT && k->phase == XOT_OPEN; i++)
			out[i] += k->line.x.count[i];
}

static int xot_status(const struct ist_port *p, char *buf, size_t len)
{
	const struct xot *x = p->xot;
	char local[64] = "", remote[64] = "";

	if (x->listens)
		udp_ep_format(&x->local, local, sizeof(local));
	if (x->dials)
		udp_ep_format(&x->remote, remote, sizeof(remote));
	return snprintf(buf, len, "XOT%s%s%s%s, %u connections, %u circuits",
			x->listens ? " on " : "", local, x->dials ? " to " : "", remote, x->conns,
			p->slots.taken);
}

static int x25_xot_order(const void *a, const void *b)
{
	return udp_ep_source_order(a, b);
}

/* The most connections that came from one source; 0 also without memory to sort them. */
static uint32_t x25_xot_worst(const struct xot *x)
{
	struct udp_ep *from = calloc((size_t)x->conns + 1, sizeof(*from));
	uint32_t n = 0, same = 0, worst = 0;

	for (const struct xot_conn *k = x->first; k && from; k = k->next)
		if (k->from.family)
			from[n++] = k->from;
	if (n)
		qsort(from, n, sizeof(*from), x25_xot_order);
	for (uint32_t i = 0; i < n; i++) {
		same = i && !udp_ep_source_order(&from[i - 1], &from[i]) ? same + 1 : 1;
		worst = same > worst ? same : worst;
	}
	free(from);
	return worst;
}

static unsigned x25_xot_fill(const struct ist_port *p, struct ist_fill *out, unsigned n)
{
	if (n)
		*out = (struct ist_fill){"connections", p->xot->conns, p->conf.xot_connections,
					 x25_xot_worst(p->xot), p->conf.xot_per_source};
	return 1;
}

static void xot_quiet(struct ist_port *p)
{
	for (struct xot_conn *k = p->xot->first; k; k = k->next)
		p->host->watch(p->ctx, k->fd, 0, xot_conn_on_fd, k);
	if (p->xot->accepting)
		p->host->watch(p->ctx, p->xot->fd, 0, xot_listen_ready, p);
	p->xot->accepting = false;
}

const struct x25_below x25_on_xot = {
	.hand = xot_hand,
	.hand_link = xot_hand_link,
	.quiet = xot_quiet,
	.check = xot_check,
	.open = xot_open,
	.close = xot_close,
	.call = xot_call,
	.flush = xot_flush,
	.reap = xot_reap,
	.expire = xot_expire,
	.count = xot_count,
	.status = xot_status,
	.fill = x25_xot_fill,
};
