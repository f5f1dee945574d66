/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `udp:LOCAL>REMOTE`: one frame per datagram, nothing else in it, as emulated routers do it ("NIO
 * UDP").  The socket is connected, so only the remote end is heard.  There is no carrier to see:
 * the link is up when the socket is; a refusal from the far host says nothing about tomorrow.
 */
#include "transports/link/link_kind.h"

#include "transports/kit/sock_buffer.h"
#include "transports/kit/udp_addr.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECEIVE_BUFFER (1 << 20) /* octets */

struct udp_link {
	struct link_socket socket;
	struct udp_ep local, remote;
	uint32_t lost; /* of this socket, and counted */
};

static bool link_udp_parse_ends(struct udp_link *u, const char *rest)
{
	const char *arrow = strchr(rest, '>');
	char local[80];

	if (!arrow || (size_t)(arrow - rest) >= sizeof(local))
		return false;
	memcpy(local, rest, (size_t)(arrow - rest));
	local[arrow - rest] = '\0';
	return udp_ep_parse(&u->local, local, 0) && udp_ep_parse(&u->remote, arrow + 1, 0) &&
	       u->local.family == u->remote.family && u->local.port && u->remote.port;
}

static void *link_udp_parse(struct link *l, const char *rest, char *err, size_t err_len)
{
	struct udp_link *u = calloc(1, sizeof(*u));

	if (u && link_udp_parse_ends(u, rest)) {
		u->socket.link = l;
		return u;
	}
	free(u);
	settings_error(err, err_len, EINVAL, "link: \"udp:%s\" is not %s", rest, link_udp.form);
	return NULL;
}

static struct ist_open link_udp_opening(const struct udp_link *u)
{
	struct ist_open w = opening_at(IST_OPEN_UDP, &u->local);

	/* a burst of fragments or cells, one a datagram, is many small ones; root may have more */
	w.receive = RECEIVE_BUFFER;
	return w;
}

static unsigned link_udp_opens(const void *impl, struct ist_open *out, unsigned n)
{
	const struct ist_open w = link_udp_opening(impl);

	return opening_only(&w, out, n);
}

static int link_udp_start(void *impl)
{
	struct udp_link *u = impl;
	const struct ist_open w = link_udp_opening(u);
	struct sockaddr_storage remote;
	socklen_t len = udp_ep_to_sock(&u->remote, &remote);
	int fd = link_ask_open(u->socket.link, &w);

	if (fd < 0)
		return fd;
	if (connect(fd, (struct sockaddr *)&remote, len) < 0) {
		int err = errno;

		close(fd);
		return -err;
	}
	return link_socket_open(&u->socket, fd);
}

static void link_udp_count_lost(struct udp_link *u)
{
	uint32_t all = sock_rx_lost(u->socket.fd);

	link_counted_many(u->socket.link, LINK_RX_LOST, all - u->lost);
	u->lost = all;
}

static void link_udp_stop(void *impl)
{
	struct udp_link *u = impl;

	link_udp_count_lost(u);
	link_socket_close(&u->socket);
	u->lost = 0;
}

static int link_udp_check(void *impl)
{
	struct udp_link *u = impl;

	link_udp_count_lost(u);
	return 1;
}

/* The count of what the socket has lost begins with this process: it is not counted twice. */
static int link_udp_hand(void *impl, struct handover *h)
{
	struct udp_link *u = impl;
	int r = link_socket_hand(&u->socket, h, SOCK_DGRAM);

	if (!r && h->thawing)
		u->lost = sock_rx_lost(u->socket.fd);
	return r;
}

static void link_udp_quiet(void *impl)
{
	link_socket_unwatch(&((struct udp_link *)impl)->socket);
}

static void link_udp_send_frames(void *impl, const struct link_frame *f, unsigned n)
{
	link_socket_send(&((struct udp_link *)impl)->socket, f, n);
}

static uint32_t link_udp_mtu(const void *impl)
{
	(void)impl;
	return LINK_FRAME_MAX;
}

const struct link_kind link_udp = {
	.scheme = "udp:",
	.form = "udp:ADDRESS:PORT>ADDRESS:PORT",
	.parse = link_udp_parse,
	.free = free,
	.start = link_udp_start,
	.stop = link_udp_stop,
	.check = link_udp_check,
	.send = link_udp_send_frames,
	.mtu = link_udp_mtu,
	.hand = link_udp_hand,
	.quiet = link_udp_quiet,
	.opens = link_udp_opens,
};
