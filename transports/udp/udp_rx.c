/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Datagrams coming in.  The kernel gathers datagrams of one sender and one length into a buffer
 * (UDP_GRO, Linux 5.0), the last of which may be shorter; such a buffer is one look-up and one
 * frame with segments.  How many buffers are read at a time depends on how many datagrams the last
 * ones held, so that a turn stays short.
 */
#define _GNU_SOURCE
#include "transports/udp/udp_cmsg.h"
#include "transports/udp/udp_int.h"

#include <errno.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#define ROUNDS	    4u	 /* batches read before other ports get their turn */
#define TURN	    512u /* datagrams after which they do, too */
#define BATCH_MANY  256u /* datagrams: fewer buffers next time */
#define BATCH_LEAST 4u

/* What is read at a time. */
struct udp_rx {
	struct mmsghdr m[UDP_BUFFERS];
	struct iovec iov[UDP_BUFFERS];
	struct sockaddr_storage from[UDP_BUFFERS];
	union udp_cmsg control[UDP_BUFFERS];
	uint8_t octets[UDP_BUFFERS * UDP_STRIDE];
};

/* Which of our addresses the datagram came to; false = the kernel did not say. */
static bool udp_rx_local_of(const struct udp_socket *s, struct msghdr *m, struct udp_ep *out)
{
	if (!s->wildcard) {
		*out = s->bound;
		out->port = 0;
		return true;
	}
	return udp_cmsg_local(m, out);
}

static struct udp_slot *udp_rx_stranger(struct ist_port *p, const struct udp_key *key)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_LOCAL, .words = "channel recycled"};
	struct udp_slot *s = udp_table_victim(&p->table);

	if (s) {
		ist_channel c = s->id;

		udp_table_remove(&p->table, s);
		p->count[C_RECYCLED]++;
		p->host->down(p->ctx, c, &why, true);
	}
	s = udp_table_add(&p->table, key, false);
	if (!s) {
		p->count[C_RX_NO_ROOM]++;
		return NULL;
	}
	p->count[C_STRANGERS]++;
	udp_report_up(p, s);
	/* The host may have given the channel up inside the report. */
	return s->state == UDP_SLOT_FREE ? NULL : s;
}

/* Octets of each datagram in the buffer; len of one alone. */
static uint32_t udp_rx_segment(const struct udp_socket *s, struct msghdr *m, uint32_t len)
{
	uint32_t size = s->gro ? udp_cmsg_segment(m) : 0;

	return size && size < len ? size : len;
}

static void udp_rx_tap(struct ist_port *p, const struct udp_key *key, const struct ist_frame *f,
		       uint32_t one)
{
	for (uint32_t at = 0; at < f->len; at += one)
		udp_tap(p, false, key, 0, (struct ip_piece){NULL, 0},
			(struct ip_piece){f->payload + at, f->len - at < one ? f->len - at : one});
}

/* Fills f; the number of datagrams, 0 = dropped. */
static uint32_t udp_rx_take(struct udp_socket *s, struct mmsghdr *m, struct ist_frame *f)
{
	struct ist_port *p = s->port;
	struct udp_key key = {.sock = s->index};
	struct udp_slot *slot;
	uint32_t one, n;

	if (m->msg_hdr.msg_flags & (MSG_TRUNC | MSG_CTRUNC) || !m->msg_len) {
		p->count[m->msg_len ? C_RX_TRUNCATED : C_RX_EMPTY]++;
		return 0;
	}
	one = udp_rx_segment(s, &m->msg_hdr, m->msg_len);
	n = (m->msg_len + one - 1) / one;
	if (!udp_ep_from_sock(&key.peer, m->msg_hdr.msg_name) || !key.peer.port ||
	    !udp_rx_local_of(s, &m->msg_hdr, &key.local)) {
		p->count[C_RX_SOURCE] += n;
		return 0;
	}
	if (p->ipsec)
		key.mark = udp_cmsg_mark(&m->msg_hdr);
	slot = udp_table_find(&p->table, &key);
	if (slot)
		udp_table_touch(&p->table, slot);
	else
		slot = udp_rx_stranger(p, &key);
	if (!slot)
		return 0;
	p->count[C_RX] += n;
	p->count[C_RX_OCTETS] += m->msg_len;
	if (n > 1)
		p->count[C_RX_JOINED] += n;
	*f = (struct ist_frame){
		.channel = slot->id,
		.payload = m->msg_hdr.msg_iov->iov_base,
		.len = m->msg_len,
		.segment = n > 1 ? one : 0,
	};
	if (*p->host->tap_on)
		udp_rx_tap(p, &key, f, one);
	return n;
}

/* Buffers to be read next time, after `got` of `asked` held so many datagrams. */
static unsigned udp_rx_next(unsigned asked, uint32_t datagrams)
{
	if (datagrams > BATCH_MANY)
		return asked / 2 > BATCH_LEAST ? asked / 2 : BATCH_LEAST;
	if (datagrams < BATCH_MANY / 2 && asked < UDP_BUFFERS)
		return asked * 2 < UDP_BUFFERS ? asked * 2 : UDP_BUFFERS;
	return asked;
}

/* Message i has room for a datagram and all that the kernel says with it. */
static void udp_rx_renew(struct udp_rx *r, unsigned i)
{
	r->m[i].msg_hdr.msg_namelen = sizeof(r->from[i]);
	r->m[i].msg_hdr.msg_controllen = sizeof(r->control[i]);
}

struct udp_rx *udp_rx_new(void)
{
	struct udp_rx *r = calloc(1, sizeof(*r));

	for (unsigned i = 0; r && i < UDP_BUFFERS; i++) {
		r->iov[i] = (struct iovec){r->octets + (size_t)i * UDP_STRIDE, UDP_DATAGRAM_MAX};
		r->m[i].msg_hdr = (struct msghdr){.msg_name = &r->from[i],
						  .msg_iov = &r->iov[i],
						  .msg_iovlen = 1,
						  .msg_control = &r->control[i]};
		udp_rx_renew(r, i);
	}
	return r;
}

/* *datagrams grows by those received; false = there were fewer buffers than asked for. */
static bool udp_rx_batch(struct udp_socket *s, uint32_t *datagrams)
{
	struct ist_port *p = s->port;
	struct udp_rx *r = p->rx;
	struct ist_frame frames[UDP_BUFFERS];
	const unsigned ask = s->batch;
	uint32_t all = 0, one;
	unsigned kept = 0;
	int n = recvmmsg(s->fd, r->m, ask, MSG_DONTWAIT, NULL);

	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			p->count[C_RX_ERROR]++;
		return false;
	}
	for (int i = 0; i < n; i++) {
		one = udp_rx_take(s, &r->m[i], &frames[kept]);
		kept += one > 0;
		all += one;
		udp_rx_renew(r, (unsigned)i);
	}
	if (kept)
		p->host->frames(p->ctx, frames, kept);
	s->batch = udp_rx_next(ask, all);
	*datagrams += all;
	return (unsigned)n == ask;
}

static void udp_rx_on_readable(void *arg, unsigned ready)
{
	struct udp_socket *s = arg;
	uint32_t datagrams = 0;

	(void)ready;
	if (s->port->announce)
		udp_announce(s->port);
	for (unsigned i = 0; i < ROUNDS && datagrams < TURN; i++)
		if (!udp_rx_batch(s, &datagrams))
			return;
}

/* With marks each datagram has its own: what the kernel joins has that of the first, and two peers
 * behind one NAT may differ in nothing else. */
void udp_rx_begin(struct udp_socket *s)
{
	int on = s->port->offload & UDP_OFFLOAD_RECEIVE && !s->port->ipsec ? 1 : 0;

	s->batch = UDP_BUFFERS;
	s->gro_err = setsockopt(s->fd, IPPROTO_UDP, UDP_GRO, &on, sizeof(on)) < 0 ? errno : 0;
	s->gro = !s->gro_err && on;
}

void udp_rx_end(const struct udp_socket *s)
{
	int off = 0;

	if (s->gro)
		setsockopt(s->fd, IPPROTO_UDP, UDP_GRO, &off, sizeof(off));
}

int udp_socket_watch(struct udp_socket *s, bool on)
{
	const struct ist_port *p = s->port;
	int r = 0;

	if (s->watched != on)
		r = p->host->watch(p->ctx, s->fd, on ? IST_READ : 0, udp_rx_on_readable, s);
	s->watched = on && r >= 0;
	return r;
}
