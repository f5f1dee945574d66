/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second socket of the listen address, for L2TP control messages.  When more data comes than is
 * read the kernel drops what finds the socket full, whatever it is; these have a buffer of their
 * own, and lie in no queue behind data.
 *
 * Both are of one group (SO_REUSEPORT), in which a program chooses (udp_steer.h).  The first one is
 * bound before it may share, so that an address which somebody else has is refused as ever.
 */
#include "transports/udp/udp.h"

#include "transports/kit/opening.h"
#include "transports/kit/sock_buffer.h"
#include "transports/udp/udp_int.h"
#include "transports/udp/udp_steer.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define URGENT_PART 4u /* of the listen socket's buffer: the messages are few */

bool udp_urgent_opening(const struct ist_open *listen, struct ist_open *out)
{
	*out = *listen;
	out->flags |= IST_OPEN_SHARE;
	out->receive /= URGENT_PART;
	return listen->port; /* of one that the kernel chooses the number is not known before */
}

/* on = false: all goes to the listen socket, for a process that may not know of a second one. */
static int udp_urgent_steer(int fd, bool on)
{
	struct sock_filter code[UDP_STEER_CODE] = {BPF_STMT(BPF_RET | BPF_K, 0)};
	const struct sock_fprog program = {
		(unsigned short)(on ? udp_steer_code(code, 1) : 1),
		code,
	};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof(program)) < 0
		       ? -errno
		       : 0;
}

/* fd is the port's from here on. */
static int udp_urgent_begin(struct ist_port *p, int fd)
{
	struct udp_socket *s = &p->urgent;
	int r;

	*s = p->sock[0];
	s->fd = fd;
	s->watched = false;
	s->lost = 0;
	udp_rx_begin(s);
	r = udp_socket_watch(s, true);
	if (!r)
		r = udp_urgent_steer(fd, true);
	if (r < 0)
		udp_urgent_close(p);
	return r;
}

void udp_urgent_open(struct ist_port *p, const struct ist_open *what)
{
	int on = 1, r = 0, fd = -1;

	if (setsockopt(p->sock[0].fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) < 0)
		r = -errno;
	if (!r)
		r = fd = opening_ask(p->host, p->ctx, what);
	if (fd >= 0)
		r = udp_urgent_begin(p, fd);
	if (r < 0)
		p->host->log(p->ctx, 5,
			     "control messages have no socket of their own: %s; under overload "
			     "they may be lost",
			     strerror(-r));
}

void udp_urgent_close(struct ist_port *p)
{
	if (p->urgent.fd < 0)
		return;
	udp_socket_watch(&p->urgent, false);
	close(p->urgent.fd);
	p->urgent.fd = -1;
}

/* --- to and from another process --------------------------------------------------------------- */

/* It must be bound as the listen socket is. */
static bool udp_urgent_is(const struct ist_port *p, int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss), type_len = sizeof(int);
	struct udp_ep bound;
	int type = 0;

	return !getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len) && type == SOCK_DGRAM &&
	       !getsockname(fd, (struct sockaddr *)&ss, &len) && udp_ep_from_sock(&bound, &ss) &&
	       !memcmp(&bound, &p->sock[0].bound, sizeof(bound));
}

/* One that the other process has written as -1 is not there; one that cannot be is closed. */
void udp_urgent_hand(struct ist_port *p, struct handover *h)
{
	int fd = handover_fd(h, p->urgent.fd);

	if (!h->thawing || fd < 0)
		return;
	if (!udp_urgent_is(p, fd))
		close(fd);
	else if (!udp_urgent_begin(p, fd))
		p->urgent.lost = sock_rx_lost(fd);
}

void udp_urgent_quiet(struct ist_port *p)
{
	if (p->urgent.fd < 0)
		return;
	udp_socket_watch(&p->urgent, false);
	udp_rx_end(&p->urgent);
	udp_urgent_steer(p->urgent.fd, false);
}
