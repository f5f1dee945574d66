/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Datagrams going out.  A run of frames of one length and codepoint to one peer, the last of which
 * may be shorter, is one message that the kernel cuts (UDP_SEGMENT, Linux 4.18); runs and single
 * frames leave by as few system calls as they fit in.
 *
 * The kernel cuts no datagram that is longer than the path's MTU, and none where the checksum is
 * not the device's (IPsec).  Such a run is sent one by one, as a run of that length to that peer is
 * from then on.
 *
 * Short frames of a run are copied together: the kernel takes longer over two pieces of memory for
 * each than we over the copy.
 */
#define _GNU_SOURCE
#include "transports/udp/udp_cmsg.h"
#include "transports/udp/udp_int.h"

#include <errno.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define RUN_FRAMES 64u	  /* the kernel cuts a message into no more */
#define RUN_OCTETS 65000u /* and a message is a datagram of IP before it does */
#define SHORT	   256u	  /* octets of a frame that is copied */

/* What udp_tx_batch() builds, for at most UDP_BATCH frames. */
struct udp_tx {
	struct ist_port *p;
	struct udp_slot *slot;
	int fd;
	struct msghdr base;
	const struct ist_frame *f[UDP_BATCH]; /* the first of each message */
	unsigned frames[UDP_BATCH];	      /* in it */
	struct iovec iov[UDP_BATCH][2];	      /* by frame */
	struct iovec whole[UDP_BATCH];	      /* by message: the frames of a run in one piece */
	struct mmsghdr m[UDP_BATCH];
	union udp_cmsg control[UDP_BATCH];
	unsigned n; /* messages */
	uint8_t copy[UDP_BATCH * SHORT];
};

/* RFC 2474 section 3: the codepoint is the upper six bits of the octet. */
static uint8_t udp_tx_tos(const struct ist_frame *f)
{
	return (uint8_t)(IST_FRAME_DSCP_OF(f->flags) << 2);
}

static uint32_t udp_tx_len(const struct ist_frame *f)
{
	return (f->head ? f->head_len : 0) + f->len;
}

static enum counter udp_tx_counter(int err)
{
	static const struct {
		int err;
		enum counter c;
	} rows[] = {
		{EAGAIN, C_TX_FULL},
		{ENOBUFS, C_TX_FULL},
		{EMSGSIZE, C_TX_TOO_LONG},
		{ENETUNREACH, C_TX_UNREACHABLE},
		{EHOSTUNREACH, C_TX_UNREACHABLE},
		{ECONNREFUSED, C_TX_UNREACHABLE},
		{ENETDOWN, C_TX_UNREACHABLE},
		{EADDRNOTAVAIL, C_TX_UNREACHABLE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].err == err)
			return rows[i].c;
	return C_TX_ERROR;
}

/* --- runs ------------------------------------------------------------------------------------- */

unsigned udp_tx_run(const struct ist_frame *f, unsigned n, uint32_t none_from)
{
	const uint32_t size = udp_tx_len(f);
	uint32_t octets = size, len;
	unsigned i = 1;

	if (!size || (none_from && size >= none_from))
		return 1;
	for (; i < n && i < RUN_FRAMES; i++) {
		len = udp_tx_len(&f[i]);
		if (!len || len > size || octets + len > RUN_OCTETS ||
		    udp_tx_tos(&f[i]) != udp_tx_tos(f))
			break;
		octets += len;
		if (len < size)
			return i + 1;
	}
	return i;
}

/* n frames of at most SHORT octets, the first of which is number `at` of the batch. */
static struct iovec udp_tx_copied(struct udp_tx *t, const struct ist_frame *f, unsigned n,
				  unsigned at)
{
	uint8_t *to = t->copy + (size_t)at * SHORT, *begin = to;

	for (unsigned i = 0; i < n; i++) {
		if (f[i].head)
			memcpy(to, f[i].head, f[i].head_len);
		to += f[i].head ? f[i].head_len : 0;
		memcpy(to, f[i].payload, f[i].len);
		to += f[i].len;
	}
	return (struct iovec){begin, (size_t)(to - begin)};
}

static void udp_tx_add(struct udp_tx *t, const struct ist_frame *f, unsigned n, unsigned at)
{
	struct msghdr *m = &t->m[t->n].msg_hdr;
	uint8_t tos = udp_tx_tos(f);

	*m = t->base;
	m->msg_iov = t->iov[at];
	m->msg_iovlen = 2 * n;
	if (n > 1 && udp_tx_len(f) <= SHORT) {
		t->whole[t->n] = udp_tx_copied(t, f, n, at);
		m->msg_iov = &t->whole[t->n];
		m->msg_iovlen = 1;
	}
	if (tos || n > 1)
		udp_cmsg_copy(m, &t->control[t->n], &t->base);
	if (tos)
		udp_cmsg_put_tos(m, &t->control[t->n], t->slot->key.peer.family, tos);
	if (n > 1)
		udp_cmsg_put_segment(m, &t->control[t->n], (uint16_t)udp_tx_len(f));
	t->f[t->n] = f;
	t->frames[t->n] = n;
	t->n++;
}

static void udp_tx_sent(struct udp_tx *t, unsigned i, uint32_t octets)
{
	t->p->count[C_TX] += t->frames[i];
	t->p->count[C_TX_OCTETS] += octets;
	if (t->frames[i] > 1)
		t->p->count[C_TX_JOINED] += t->frames[i];
}

/* Runs that the kernel does not cut, or not of this length; other errors are those of a frame. */
static bool udp_tx_cannot_cut(struct udp_tx *t, unsigned i, int err)
{
	if (t->frames[i] < 2 ||
	    (err != EINVAL && err != EMSGSIZE && err != EIO && err != EOPNOTSUPP))
		return false;
	t->slot->single_from = err == EINVAL || err == EMSGSIZE ? (uint16_t)udp_tx_len(t->f[i]) : 1;
	return true;
}

/* sendmmsg stops at the first message it cannot send: count it and go on with the next.  Up to
 * which message they are done: a run that the kernel does not cut, and what is behind it, are not.
 */
static unsigned udp_tx_send(struct udp_tx *t)
{
	unsigned i = 0;

	while (i < t->n) {
		int sent = sendmmsg(t->fd, t->m + i, t->n - i, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0) {
			if (udp_tx_cannot_cut(t, i, errno))
				return i;
			t->p->count[udp_tx_counter(errno)] += t->frames[i++];
			continue;
		}
		for (int k = 0; k < sent; k++, i++)
			udp_tx_sent(t, i, t->m[i].msg_len);
	}
	return i;
}

/* Nothing is cut yet: each message says its own size. */
void udp_tx_begin(struct udp_socket *s)
{
	int none = 0;

	s->cut_err =
		setsockopt(s->fd, IPPROTO_UDP, UDP_SEGMENT, &none, sizeof(none)) < 0 ? errno : 0;
}

/* --- batches ---------------------------------------------------------------------------------- */

static void udp_tx_tap(const struct udp_tx *t, const struct ist_frame *f, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		udp_tap(t->p, true, &t->slot->key, udp_tx_tos(&f[i]),
			(struct ip_piece){f[i].head, f[i].head ? f[i].head_len : 0},
			(struct ip_piece){f[i].payload, f[i].len});
}

/* Messages of the frames from number `at` on are sent; which number is next. */
static unsigned udp_tx_from(struct udp_tx *t, const struct ist_frame *f, unsigned n, unsigned at)
{
	const bool cut = t->p->offload & UDP_OFFLOAD_SEND && !t->p->sock[t->slot->key.sock].cut_err;
	unsigned run, done;

	t->n = 0;
	for (unsigned i = at; i < n; i += run) {
		run = cut ? udp_tx_run(f + i, n - i, t->slot->single_from) : 1;
		udp_tx_add(t, f + i, run, i);
	}
	done = udp_tx_send(t);
	return done < t->n ? (unsigned)(t->f[done] - f) : n;
}

/* At most UDP_BATCH frames.  After a run that the kernel does not cut there are shorter ones. */
static void udp_tx_batch(struct udp_tx *t, const struct ist_frame *f, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		t->iov[i][0] =
			(struct iovec){(void *)(uintptr_t)f[i].head, f[i].head ? f[i].head_len : 0};
		t->iov[i][1] = (struct iovec){(void *)(uintptr_t)f[i].payload, f[i].len};
	}
	if (*t->p->host->tap_on)
		udp_tx_tap(t, f, n);
	for (unsigned at = 0; at < n;)
		at = udp_tx_from(t, f, n, at);
}

/* Control does not wait for room among data. */
static int udp_tx_fd(const struct ist_port *p, const struct udp_socket *s,
		     const struct ist_frame *f)
{
	return f->flags & IST_FRAME_CONTROL && !s->index && p->urgent.fd >= 0 ? p->urgent.fd
									      : s->fd;
}

/* How many frames from f on leave by one socket, as one batch. */
static unsigned udp_tx_alike(const struct ist_frame *f, unsigned n)
{
	unsigned i = 1;

	while (i < n && i < UDP_BATCH && !((f[i].flags ^ f->flags) & IST_FRAME_CONTROL))
		i++;
	return i;
}

int udp_send(struct ist_port *p, const struct ist_frame *f, unsigned n)
{
	struct sockaddr_storage to;
	union udp_cmsg control;
	struct udp_tx t;
	const struct udp_socket *s;

	if (!n)
		return 0;
	t.slot = udp_table_get(&p->table, f->channel);
	if (!t.slot) {
		p->count[C_TX_STALE] += n;
		return -ESTALE;
	}
	udp_table_touch(&p->table, t.slot);
	s = &p->sock[t.slot->key.sock];
	t.p = p;
	t.base = (struct msghdr){.msg_name = &to};
	t.base.msg_namelen = udp_ep_to_sock(&t.slot->key.peer, &to);
	if (s->wildcard)
		udp_cmsg_put_source(&t.base, &control, &t.slot->key.local);
	if (t.slot->key.mark)
		udp_cmsg_put_mark(&t.base, &control, t.slot->key.mark);
	for (unsigned i = 0, k; i < n; i += k) {
		k = udp_tx_alike(f + i, n - i);
		t.fd = udp_tx_fd(p, s, f + i);
		udp_tx_batch(&t, f + i, k);
	}
	return (int)n;
}
