/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A UDP port: a socket on the listen address, beside it one for L2TP control (udp_urgent.c) and,
 * with `dial-port = ephemeral`, one on a port the kernel chose, used for what we dial.  Datagrams
 * are read and written in batches; each one read is told apart by the channel table (udp_table.c)
 * and handed on without copying.
 *
 * On a wildcard address the kernel says with each datagram which of our addresses it came to
 * (IP_PKTINFO), and is told with each one sent; a dialled channel has its address chosen once, by
 * asking the routing table, since the answer will come to it.
 */
#define _GNU_SOURCE
#include "transports/udp/udp.h"

#include "transports/udp/ip_head.h"
#include "transports/kit/linktype.h"
#include "transports/kit/settings.h"
#include "transports/kit/offloads.h"
#include "transports/kit/opening.h"
#include "transports/kit/sock_buffer.h"
#include "transports/udp/udp_cmsg.h"
#include "transports/udp/udp_int.h"
#include "transports/udp/udp_peer.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define REFUSED_EVERY 10000000u /* us */
#define UDP_OPENINGS  3u	/* of a port, at most */

static const struct ist_counter counters[] = {
#define X(sym, name, words) {name, words},
	UDP_COUNTERS(X)
#undef X
		{NULL, NULL},
};

static const struct ist_key keys[] = {
	{"listen", IST_KEY_TEXT, IST_KEY_PORT, 0, 0, NULL, "0.0.0.0:1701",
	 "address and port to listen on: \"192.0.2.1:1701\", \"[2001:db8::1]:1701\""},
	{"dial-port", IST_KEY_WORD, IST_KEY_PORT, 0, 0, "listen ephemeral", "listen",
	 "source port of what we dial: the listen port, or one the system chooses"},
	/* Without a default: the ports of a release before it are handed over without it. */
	{"ipsec", IST_KEY_WORD, IST_KEY_PORT, 0, 0, "off prefer require", NULL,
	 "security associations tell peers apart (RFC 3193): no, where there are any, or always, "
	 "and what comes without is dropped; \"off\" unless given"},
	{"accelerate", IST_KEY_WORD, IST_KEY_PORT, 0, 0, "off xdp", NULL,
	 "let a program in the drivers of network devices carry what needs no thought: xdp; "
	 "\"off\" "
	 "unless given"},
	{"core", IST_KEY_LIST, IST_KEY_PORT, 0, 0, NULL, NULL,
	 "with `accelerate`, network devices by which clients' packets come and leave, and L2TP "
	 "too "
	 "unless `listen` is an address of its device"},
	{"offload", IST_KEY_WORD, IST_KEY_PORT, 0, 0, "auto receive send off", NULL,
	 "datagrams of a peer that pass the kernel together (UDP_GRO, UDP_SEGMENT): where it does "
	 "that, when receiving (not with `ipsec`), when sending, never; \"auto\" unless given"},
	{"max-channels", IST_KEY_NUMBER, IST_KEY_PORT, 4, HANDLE_SLOTS, NULL, "65536",
	 "most peers at a time; strangers may have half"},
	{"rcvbuf", IST_KEY_NUMBER, IST_KEY_PORT, 4096, 1 << 30, NULL, "67108864",
	 "octets of the socket's receive buffer, which keeps what comes while nobody reads; "
	 "control messages have a quarter as much of their own"},
	{"sndbuf", IST_KEY_NUMBER, IST_KEY_PORT, 4096, 1 << 30, NULL, NULL,
	 "octets of the socket's send buffer"},
	{.name = NULL},
};

static bool udp_addr_udp4(const struct ist_addr *a, uint8_t ip[4], uint16_t *port)
{
	struct udp_ep e;

	if (!udp_ep_from_addr(&e, a) || e.family != 4 || udp_ep_wildcard(&e))
		return false;
	memcpy(ip, e.ip, 4);
	*port = e.port;
	return true;
}

/* --- reports ---------------------------------------------------------------------------------- */

static void udp_local_of(const struct ist_port *p, const struct udp_slot *s, struct ist_addr *out)
{
	struct udp_ep local = s->key.local;

	local.port = p->sock[s->key.sock].bound.port;
	udp_ep_to_addr(&local, out);
}

static bool udp_chan_local(const struct ist_port *p, ist_channel c, struct ist_addr *out)
{
	const struct udp_slot *s = udp_table_get(&p->table, c);

	if (s)
		udp_local_of(p, s, out);
	return s;
}

void udp_report_up(struct ist_port *p, struct udp_slot *s)
{
	struct ist_attrs a = {.size = sizeof(a), .payload = IST_PAYLOAD_L2TP};

	udp_local_of(p, s, &a.local);
	udp_peer_to_addr(&s->key.peer, s->key.mark, &a.peer);
	s->reported = true;
	p->host->up(p->ctx, s->id, &a);
}

void udp_announce(struct ist_port *p)
{
	p->announce = false;
	p->host->timer(p->ctx, &p->timer, UINT64_MAX, NULL, NULL);
	for (uint32_t i = 0; i < p->table.slots.fresh; i++)
		if (p->table.slot[i].id && p->table.slot[i].reported)
			udp_report_up(p, &p->table.slot[i]);
}

static void udp_on_time(void *port, uint64_t now)
{
	(void)now;
	udp_announce(port);
}

void udp_announce_later(struct ist_port *p)
{
	p->announce = true;
	p->host->timer(p->ctx, &p->timer, p->host->now(p->ctx), udp_on_time, p);
}

void udp_tap(const struct ist_port *p, bool outbound, const struct udp_key *key, uint8_t tos,
	     struct ip_piece head, struct ip_piece payload)
{
	uint8_t front[IP_HEAD_MAX + IST_HEAD_MAX];
	struct udp_ep local = key->local;
	size_t n;

	local.port = p->sock[key->sock].bound.port;
	if (outbound)
		n = ip_udp_head(front, &local, &key->peer, tos, head, payload);
	else
		n = ip_udp_head(front, &key->peer, &local, tos, head, payload);
	if (!n || head.len > IST_HEAD_MAX)
		return;
	if (head.len)
		memcpy(front + n, head.p, head.len);
	p->host->tap(p->ctx, outbound, LINKTYPE_RAW, front, (uint32_t)(n + head.len), payload.p,
		     (uint32_t)payload.len);
}

/* --- channels --------------------------------------------------------------------------------- */

static uint32_t udp_mtu(const struct ist_port *p, ist_channel c)
{
	(void)c;
	return p->sock[0].bound.family == 4 ? 65535 - 20 - 8 : 65535 - 8;
}

/* The address the kernel would send from. */
static int udp_source_for(const struct udp_socket *s, const struct udp_ep *to, struct udp_ep *out)
{
	struct sockaddr_storage ss;
	socklen_t len = udp_ep_to_sock(to, &ss);
	int fd, r = 0;

	if (!s->wildcard) {
		*out = s->bound;
		out->port = 0;
		return 0;
	}
	fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&ss, len) < 0) {
		r = -errno;
	} else {
		len = sizeof(ss);
		if (getsockname(fd, (struct sockaddr *)&ss, &len) < 0 ||
		    !udp_ep_from_sock(out, &ss))
			r = -EADDRNOTAVAIL;
		out->port = 0;
		if (!IN6_IS_ADDR_LINKLOCAL((const struct in6_addr *)out->ip))
			out->scope = 0;
	}
	close(fd);
	return r;
}

static int udp_connect(struct ist_port *p, const struct ist_addr *to, uint8_t payload,
		       const struct ist_attrs *a, ist_channel *out)
{
	const struct udp_socket *s = &p->sock[p->socks - 1];
	struct udp_key key = {.sock = s->index};
	struct udp_slot *slot;
	int r;

	(void)a;
	if (payload != IST_PAYLOAD_L2TP)
		return -EPROTONOSUPPORT;
	if (!udp_peer_from_addr(&key.peer, &key.mark, to) || !key.peer.port)
		return -EINVAL;
	if (key.mark && !p->ipsec)
		return -EOPNOTSUPP;
	if (key.peer.family != s->bound.family)
		return -EAFNOSUPPORT;
	r = udp_source_for(s, &key.peer, &key.local);
	if (r < 0)
		return r;
	slot = udp_table_find(&p->table, &key);
	if (slot)
		udp_table_hold(&p->table, slot);
	else
		slot = udp_table_add(&p->table, &key, true);
	if (!slot)
		return -ENOBUFS;
	*out = slot->id;
	return 0;
}

static int udp_answer(struct ist_port *p, ist_channel c)
{
	struct udp_slot *slot = udp_table_get(&p->table, c);

	if (!slot)
		return -ESTALE;
	udp_table_hold(&p->table, slot);
	return 0;
}

static void udp_disconnect(struct ist_port *p, ist_channel c, const struct ist_cause *why)
{
	struct udp_slot *slot = udp_table_get(&p->table, c);

	(void)why;
	if (slot)
		udp_table_remove(&p->table, slot);
}

static int udp_refuse(struct ist_port *p, ist_channel c, const struct ist_cause *why)
{
	udp_disconnect(p, c, why);
	return 0;
}

/* --- opening ---------------------------------------------------------------------------------- */

static const uint32_t udp_ipsec_flags[] = {
	[UDP_IPSEC_OFF] = 0,
	[UDP_IPSEC_PREFER] = IST_OPEN_MARK,
	[UDP_IPSEC_REQUIRE] = IST_OPEN_MARK | IST_OPEN_ESP,
};

static enum udp_ipsec udp_ipsec_of(const struct settings *set)
{
	if (settings_is(set, "ipsec", "require"))
		return UDP_IPSEC_REQUIRE;
	return settings_is(set, "ipsec", "prefer") ? UDP_IPSEC_PREFER : UDP_IPSEC_OFF;
}

static unsigned udp_offload_of(const struct settings *set)
{
	if (settings_is(set, "offload", "off"))
		return 0;
	if (settings_is(set, "offload", "receive"))
		return UDP_OFFLOAD_RECEIVE;
	if (settings_is(set, "offload", "send"))
		return UDP_OFFLOAD_SEND;
	return UDP_OFFLOAD_RECEIVE | UDP_OFFLOAD_SEND;
}

/* The sockets that these settings ask for, in their order. */
static unsigned udp_openings(const struct udp_ep *at, const struct settings *set,
			     struct ist_open *out, unsigned room)
{
	struct ist_open w = opening_at(IST_OPEN_UDP, at), urgent;
	unsigned n = 0;

	w.receive = (uint32_t)settings_number(set, "rcvbuf");
	w.send = (uint32_t)settings_number(set, "sndbuf");
	w.flags = udp_ep_wildcard(at) ? IST_OPEN_DESTINATION : 0;
	w.flags |= udp_ipsec_flags[udp_ipsec_of(set)];
	opening_list(&w, out, room, &n);
	if (udp_urgent_opening(&w, &urgent))
		opening_list(&urgent, out, room, &n);
	w.port = 0; /* to dial from */
	if (settings_is(set, "dial-port", "ephemeral"))
		opening_list(&w, out, room, &n);
	return n;
}

static int udp_socket_open(struct ist_port *p, const struct udp_ep *at, const struct ist_open *what)
{
	struct udp_socket *s = &p->sock[p->socks];
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	*s = (struct udp_socket){.port = p, .index = p->socks, .at = *at, .bound = *at};
	s->wildcard = udp_ep_wildcard(at);
	s->fd = opening_ask(p->host, p->ctx, what);
	if (s->fd < 0)
		return s->fd;
	p->socks++;
	if (getsockname(s->fd, (struct sockaddr *)&ss, &len) < 0 ||
	    !udp_ep_from_sock(&s->bound, &ss))
		return -errno;
	udp_rx_begin(s);
	udp_tx_begin(s);
	return udp_socket_watch(s, true);
}

/* Dropped by the kernel, in this process. */
static uint32_t udp_lost(const struct ist_port *p)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < p->socks; i++)
		n += sock_rx_lost(p->sock[i].fd) - p->sock[i].lost;
	if (p->urgent.fd >= 0)
		n += sock_rx_lost(p->urgent.fd) - p->urgent.lost;
	return n;
}

/* The kernel drops in silence.  At most a line every REFUSED_EVERY. */
static void udp_on_refused_time(void *port, uint64_t now)
{
	struct ist_port *p = port;
	uint32_t lost = udp_lost(p);

	if (lost != p->refused)
		p->host->log(p->ctx, 5,
			     "%u datagrams came without IPsec, which is required, and were dropped",
			     lost - p->refused);
	p->refused = lost;
	p->host->timer(p->ctx, &p->refused_timer, now + REFUSED_EVERY, udp_on_refused_time, p);
}

static void udp_close(struct ist_port *p)
{
	udp_urgent_close(p);
	for (unsigned i = 0; i < p->socks; i++) {
		udp_socket_watch(&p->sock[i], false);
		close(p->sock[i].fd);
	}
	if (p->timer)
		p->host->timer(p->ctx, &p->timer, UINT64_MAX, udp_on_time, p);
	if (p->refused_timer)
		p->host->timer(p->ctx, &p->refused_timer, UINT64_MAX, NULL, NULL);
	udp_table_free(&p->table);
	free(p->rx);
	free(p);
}

static int udp_read(struct udp_ep *at, const struct ist_port_config *cfg, char *err, size_t err_len)
{
	const struct settings set = {keys, cfg->setting, cfg->settings};
	const char *listen = settings_text(&set, "listen");

	if (cfg->circuits)
		return settings_error(err, err_len, EINVAL, "a udp port has no circuit sections");
	if (!udp_ep_parse(at, listen, UDP_PORT_L2TP))
		return settings_error(err, err_len, EINVAL,
				      "listen: \"%s\" is not ADDRESS or ADDRESS:PORT", listen);
	return 0;
}

static int udp_check(const struct ist_port_config *cfg, struct ist_open *opens, unsigned n,
		     char *err, size_t err_len)
{
	const struct settings set = {keys, cfg->setting, cfg->settings};
	struct udp_ep at;
	int r = udp_read(&at, cfg, err, err_len);

	return r < 0 ? r : (int)udp_openings(&at, &set, opens, n);
}

/* Linux before 5.17 asks more for marks than the process is left with, and so does one that was
 * started before any port had them. */
static int udp_check_marks(const struct ist_port *p, char *err, size_t err_len)
{
	int r = p->ipsec ? udp_cmsg_may_mark(p->sock[0].fd) : 0;

	return r < 0 ? settings_error(err, err_len, -r,
				      "ipsec: this process may not set marks: %s (it takes "
				      "Linux 5.17, and a start or an upgrade of the gateway)",
				      strerror(-r))
		     : 0;
}

/* How many of these are channels' own. */
static unsigned udp_sockets_of(const struct ist_open *w, unsigned n)
{
	unsigned all = 0;

	for (unsigned i = 0; i < n; i++)
		all += !(w[i].flags & IST_OPEN_SHARE);
	return all;
}

static int udp_open_sockets(struct ist_port *p, const struct udp_ep *at, const struct settings *set,
			    struct handover *from, char *err, size_t err_len)
{
	struct ist_open w[UDP_OPENINGS];
	unsigned n = udp_openings(at, set, w, UDP_OPENINGS);

	if (from && udp_thaw_sockets(p, at, udp_sockets_of(w, n), from))
		return 0;
	for (unsigned i = 0; i < n; i++) {
		int r = 0;

		if (w[i].flags & IST_OPEN_SHARE)
			udp_urgent_open(p, &w[i]);
		else
			r = udp_socket_open(p, at, &w[i]);
		if (r < 0 && i)
			return settings_error(err, err_len, -r, "socket to dial from: %s",
					      strerror(-r));
		if (r < 0)
			return settings_error(err, err_len, -r, "listen %s: %s",
					      settings_text(set, "listen"), strerror(-r));
	}
	return udp_check_marks(p, err, err_len);
}

int udp_open_from(struct ist_port **out, const struct ist_host *host, void *ctx,
		  const struct ist_port_config *cfg, struct handover *from, char *err,
		  size_t err_len)
{
	const struct settings set = {keys, cfg->setting, cfg->settings};
	uint8_t secret[128];
	struct ist_port *p;
	struct udp_ep at;
	int r = settings_host_ok(host, err, err_len);

	if (!r)
		r = udp_read(&at, cfg, err, err_len);
	if (r < 0)
		return r;
	p = calloc(1, sizeof(*p));
	if (!p)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	p->host = host;
	p->ctx = ctx;
	p->urgent.fd = -1;
	p->ipsec = udp_ipsec_of(&set);
	p->offload = udp_offload_of(&set);
	p->rcvbuf = (uint32_t)settings_number(&set, "rcvbuf");
	p->sndbuf = (uint32_t)settings_number(&set, "sndbuf");
	p->rx = udp_rx_new();
	if (getrandom(secret, sizeof(secret), 0) != (ssize_t)sizeof(secret))
		r = settings_error(err, err_len, EIO, "no random octets from the system");
	else if (!p->rx ||
		 udp_table_init(&p->table, (uint32_t)settings_number(&set, "max-channels"), secret))
		r = settings_error(err, err_len, ENOMEM, "out of memory");
	else
		r = udp_open_sockets(p, &at, &set, from, err, err_len);
	if (r < 0) {
		udp_close(p);
		return r;
	}
	if (p->ipsec == UDP_IPSEC_REQUIRE)
		udp_on_refused_time(p, host->now(ctx));
	*out = p;
	return 0;
}

static int udp_open(struct ist_port **out, const struct ist_host *host, void *ctx,
		    const struct ist_port_config *cfg, char *err, size_t err_len)
{
	return udp_open_from(out, host, ctx, cfg, NULL, err, err_len);
}

/* --- the rest --------------------------------------------------------------------------------- */

static int udp_addr_parse(struct ist_addr *out, const char *text)
{
	return udp_peer_parse(out, text) ? 0 : -EINVAL;
}

static int udp_addr_format(const struct ist_addr *a, char *buf, size_t len)
{
	return udp_peer_format(a, buf, len);
}

static bool udp_addr_match(const struct ist_addr *a, const char *pattern)
{
	struct udp_ep e;
	uint32_t mark;

	return udp_peer_from_addr(&e, &mark, a) && udp_ep_match(&e, pattern);
}

/* The kernel has one number for both reasons. */
static void udp_count(const struct ist_port *p, uint64_t *out, unsigned n)
{
	const unsigned lost = p->ipsec == UDP_IPSEC_REQUIRE ? C_RX_CLEAR : C_RX_LOST;

	handover_count(out, n, p->count, p->before, C_COUNT);
	if (n > lost)
		out[lost] += udp_lost(p);
}

static int udp_status(const struct ist_port *p, char *buf, size_t len)
{
	char at[80];

	udp_ep_format(&p->sock[0].bound, at, sizeof(at));
	return snprintf(buf, len, "listening on %s, channels: %u held, %u strangers", at,
			p->table.held, p->table.strangers);
}

/* A stranger's channel gives way to the next one, so they cannot keep others out. */
static unsigned udp_fill(const struct ist_port *p, struct ist_fill *out, unsigned n)
{
	if (n)
		*out = (struct ist_fill){"channels", p->table.held + p->table.strangers,
					 p->table.max, 0, 0};
	return 1;
}

/* A second socket, to dial from, is as the first. */
static unsigned udp_offloads(const struct ist_port *p, struct ist_offload *out, unsigned n)
{
	const struct udp_socket *s = &p->sock[0];
	struct offloads l = {out, n, 0};

	offloads_asked(&l, "datagrams received together (UDP_GRO)",
		       p->offload & UDP_OFFLOAD_RECEIVE && !p->ipsec, s->gro_err,
		       p->ipsec ? "not with ipsec" : "offload = auto", "Linux 5.0 has it");
	offloads_asked(&l, "datagrams sent together (UDP_SEGMENT)", p->offload & UDP_OFFLOAD_SEND,
		       s->cut_err, "offload = auto", "Linux 4.18 has it");
	offloads_buffer(&l, s->fd, SO_RCVBUF, p->rcvbuf);
	offloads_buffer(&l, s->fd, SO_SNDBUF, p->sndbuf);
	return l.n;
}

const struct ist_transport udp_transport = {
	.abi = IST_TRANSPORT_ABI,
	.size = sizeof(struct ist_transport),
	.name = "udp",
	.caps = IST_CAP_L2TP | IST_CAP_UNKNOWN,
	.keys = keys,
	.counters = counters,
	.open = udp_open,
	.close = udp_close,
	.send = udp_send,
	.mtu = udp_mtu,
	.addr_parse = udp_addr_parse,
	.addr_format = udp_addr_format,
	.connect = udp_connect,
	.count = udp_count,
	.disconnect = udp_disconnect,
	.answer = udp_answer,
	.refuse = udp_refuse,
	.status = udp_status,
	.fill = udp_fill,
	.addr_match = udp_addr_match,
	.check = udp_check,
	.freeze = udp_freeze,
	.thaw = udp_thaw,
	.offloads = udp_offloads,
	.addr_udp4 = udp_addr_udp4,
	.chan_local = udp_chan_local,
};
