/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A udp port on its way to another process: its sockets, with the datagrams that wait in them, and
 * all channels.  A port that listens elsewhere now, dials in another way, or has
 * another `ipsec`, begins anew.
 */
#include "transports/udp/udp.h"

#include "transports/kit/sock_buffer.h"
#include "transports/udp/udp_int.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define UDP_PART	 8u
#define UDP_TABLE_PART	 13u
#define UDP_PART_VERSION 1u
#define UDP_MARKS	 2u /* version of the table's part: with the marks of its channels */
#define UDP_SOCKETS_MOST 2u

/* --- sockets ----------------------------------------------------------------------------------- */

static void udp_freeze_at(struct udp_ep *at, struct handover *h)
{
	at->family = (uint8_t)handover_word(h, at->family, 6);
	at->port = (uint16_t)handover_word(h, at->port, UINT16_MAX);
	at->scope = handover_word(h, at->scope, UINT32_MAX);
	handover_octets(h, at->ip, sizeof(at->ip));
}

/* The kernel says what it is bound to. */
static bool udp_thaw_bound(struct udp_socket *s)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss), type_len = sizeof(int);
	int type = 0;

	if (getsockopt(s->fd, SOL_SOCKET, SO_TYPE, &type, &type_len) || type != SOCK_DGRAM ||
	    getsockname(s->fd, (struct sockaddr *)&ss, &len) || !udp_ep_from_sock(&s->bound, &ss))
		return false;
	return s->bound.family == s->at.family && !memcmp(s->bound.ip, s->at.ip, sizeof(s->at.ip));
}

/* fd is the port's from here on. */
static bool udp_thaw_socket(struct ist_port *p, const struct udp_ep *at, int fd)
{
	struct udp_socket *s = &p->sock[p->socks];

	*s = (struct udp_socket){.port = p, .fd = fd, .index = p->socks, .at = *at, .bound = *at};
	s->wildcard = udp_ep_wildcard(at);
	p->socks++;
	udp_rx_begin(s);
	udp_tx_begin(s);
	if (!udp_thaw_bound(s) || udp_socket_watch(s, true) < 0)
		return false;
	s->lost = sock_rx_lost(fd);
	return true;
}

static bool udp_thaw_all_sockets(struct ist_port *p, const struct udp_ep *at, unsigned n,
				 struct handover *h)
{
	for (unsigned i = 0; i < n; i++) {
		int fd = handover_fd(h, -1);

		if (fd < 0 || !udp_thaw_socket(p, at, fd))
			return false;
	}
	return true;
}

static void udp_thaw_forget(struct ist_port *p)
{
	while (p->socks) {
		struct udp_socket *s = &p->sock[--p->socks];

		udp_socket_watch(s, false);
		close(s->fd);
	}
}

/* A port of a release without it, and its sockets, have none. */
static bool udp_thaw_ipsec(const struct ist_port *p, struct handover *h)
{
	return (h->r.left ? handover_word(h, 0, UDP_IPSEC_REQUIRE) : 0) == p->ipsec;
}

bool udp_thaw_sockets(struct ist_port *p, const struct udp_ep *at, unsigned n, struct handover *h)
{
	struct handover_part part;
	struct udp_ep was = {0};
	bool taken;

	if (!handover_open(h, &part, UDP_PART, UDP_PART_VERSION))
		return false;
	udp_freeze_at(&was, h);
	taken = handover_word(h, 0, UDP_SOCKETS_MOST) == n && !memcmp(&was, at, sizeof(was)) &&
		udp_thaw_all_sockets(p, at, n, h) && udp_thaw_ipsec(p, h);
	if (taken && h->r.left)
		udp_urgent_hand(p, h);
	if (!taken)
		udp_thaw_forget(p);
	handover_close(h, &part);
	p->announce = taken;
	return taken;
}

/* --- the port ---------------------------------------------------------------------------------- */

static void udp_freeze_port(struct ist_port *p, struct handover *h)
{
	struct handover_part part;

	handover_open(h, &part, UDP_PART, UDP_PART_VERSION);
	udp_freeze_at(&p->sock[0].at, h);
	handover_word(h, p->socks, UDP_SOCKETS_MOST);
	for (unsigned i = 0; i < p->socks; i++)
		handover_fd(h, p->sock[i].fd);
	if (p->ipsec || p->urgent.fd >= 0)
		handover_word(h, p->ipsec, UDP_IPSEC_REQUIRE);
	if (p->urgent.fd >= 0)
		udp_urgent_hand(p, h);
	handover_close(h, &part);
	handover_open(h, &part, UDP_TABLE_PART, p->ipsec ? UDP_MARKS : UDP_PART_VERSION);
	udp_table_hand(&p->table, p->sock[0].at.family, p->socks, p->ipsec, h);
	handover_close(h, &part);
}

static void udp_freeze_quiet(struct ist_port *p)
{
	for (unsigned i = 0; i < p->socks; i++) {
		udp_socket_watch(&p->sock[i], false);
		udp_rx_end(&p->sock[i]);
	}
	udp_urgent_quiet(p);
	if (p->timer)
		p->host->timer(p->ctx, &p->timer, UINT64_MAX, NULL, NULL);
	if (p->refused_timer)
		p->host->timer(p->ctx, &p->refused_timer, UINT64_MAX, NULL, NULL);
}

/* Channels of sockets that did not come along are gone. */
static int udp_thaw_port(struct ist_port *p, struct handover *h)
{
	struct handover_part part;

	if (!p->announce)
		return 0;
	p->announce = false;
	if (!handover_open(h, &part, UDP_TABLE_PART, p->ipsec ? UDP_MARKS : UDP_PART_VERSION))
		return 0;
	udp_table_hand(&p->table, p->sock[0].at.family, p->socks, p->ipsec, h);
	handover_close(h, &part);
	if (!h->bad)
		udp_announce_later(p);
	return 0;
}

static uint64_t *udp_freeze_before(struct ist_port *p)
{
	return p->before;
}

static const struct handover_medium udp_medium = {
	&udp_transport,	  udp_open_from, udp_freeze_port,
	udp_freeze_quiet, udp_thaw_port, udp_freeze_before,
};

int udp_freeze(struct ist_port *p, struct ist_frozen *f)
{
	return handover_freeze_port(&udp_medium, p, p->host->now(p->ctx), f);
}

int udp_thaw(struct ist_port **out, const struct ist_host *host, void *ctx,
	     const struct ist_port_config *cfg, struct ist_frozen *f, char *err, size_t err_len)
{
	return handover_thaw_port(&udp_medium, out, host, ctx, cfg, f, err, err_len);
}
