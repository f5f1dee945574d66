/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unixd: L2TP or PPP over Unix datagrams, between gateways of one machine (an LNS in a container
 * and the LAC in front of it, say), where the rights of a socket file say who may dial.
 *
 * A port is one bound socket, a circuit the path of somebody else's.  A datagram is a frame; an
 * empty one is a hello, sent twice a second to find out who is there: a path nobody listens on
 * refuses it. A socket's queue is short, so a full peer is common: send() takes less, and
 * `writable` follows.
 */
#include <isthmus/transport.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MTU_MAX 65000
#define RETRY	1000u	/* us until a full peer is asked again */
#define PROBE	500000u /* us between two hellos */

enum counter { RX, TX, RX_UNKNOWN, RX_TOO_LONG, TX_STALE, TX_TOO_LONG, TX_ERROR, COUNTERS };
static const struct ist_counter counters[] = {
	[RX] = {"rx-frames", "frames received"},
	[TX] = {"tx-frames", "frames sent"},
	[RX_UNKNOWN] = {"rx-unknown", "datagrams of somebody who is not configured"},
	[RX_TOO_LONG] = {"rx-too-long", "datagrams longer than the MTU"},
	[TX_STALE] = {"tx-stale", "frames for a channel that is not there"},
	[TX_TOO_LONG] = {"tx-too-long", "frames dropped, longer than the MTU"},
	[TX_ERROR] = {"tx-error", "frames dropped, most often since nobody listens there"},
	[COUNTERS] = {NULL, NULL},
};

static const struct ist_key keys[] = {
	{"path", IST_KEY_TEXT, IST_KEY_REQUIRED | IST_KEY_PORT, 0, 0, NULL, NULL,
	 "where our socket is: /run/isthmus/lns, or @name for one without a file"},
	{"mtu", IST_KEY_NUMBER, IST_KEY_PORT, 64, MTU_MAX, NULL, "9000", "longest frame"},
	{NULL, 0, 0, 0, 0, NULL, NULL, NULL},
};

struct circuit {
	struct ist_addr addr;
	uint8_t payload;
	bool up, blocked; /* as the host knows it; send() took less than asked */
};

struct ist_port {
	const struct ist_host *host;
	void *ctx;
	int fd;
	bool bound;
	uint32_t mtu, probe_timer, retry_timer;
	uint64_t count[COUNTERS];
	struct ist_addr local;
	struct circuit *circuit; /* channel n is circuit n - 1, from open to close */
	unsigned circuits;
	uint8_t buffer[MTU_MAX];
};

static struct circuit *unixd_circuit_of(const struct ist_port *p, ist_channel c)
{
	return c && c <= p->circuits ? &p->circuit[c - 1] : NULL;
}

/* A path, or @ and a name. */
static int unixd_addr_parse(struct ist_addr *out, const char *text)
{
	size_t len = strlen(text);

	if (len < 2 || len >= sizeof(out->data) || (*text != '/' && *text != '@'))
		return -EINVAL;
	*out = (struct ist_addr){.len = (uint16_t)len};
	memcpy(out->data, text, len);
	return 0;
}

static int unixd_addr_format(const struct ist_addr *a, char *buf, size_t len)
{
	return snprintf(buf, len, "%.*s", (int)a->len, (const char *)a->data);
}

static socklen_t to_sun(const struct ist_addr *a, struct sockaddr_un *sun)
{
	*sun = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(sun->sun_path, a->data, a->len);
	if (a->data[0] == '@')
		sun->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + a->len + (a->data[0] == '/'));
}

static ist_channel from_sun(const struct ist_port *p, const struct sockaddr_un *from, socklen_t len)
{
	struct sockaddr_un sun;

	for (unsigned i = 0; i < p->circuits; i++)
		if (to_sun(&p->circuit[i].addr, &sun) == len && !memcmp(&sun, from, len))
			return i + 1;
	return 0;
}

/* 0, or -errno.  head and payload stay where they are. */
static int unixd_emit(struct ist_port *p, const struct circuit *c, const struct ist_frame *f)
{
	struct iovec iov[] = {{(void *)(uintptr_t)f->head, f->head ? f->head_len : 0},
			      {(void *)(uintptr_t)f->payload, f->len}};
	struct sockaddr_un sun;
	struct msghdr m = {&sun, to_sun(&c->addr, &sun), iov, 2, NULL, 0, 0};

	if (iov[0].iov_len + iov[1].iov_len > p->mtu)
		return -EMSGSIZE;
	return sendmsg(p->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static void on_retry(void *arg, uint64_t now)
{
	struct ist_port *p = arg;

	(void)now;
	for (unsigned i = 0; i < p->circuits; i++)
		if (p->circuit[i].blocked) {
			p->circuit[i].blocked =
				false; /* before the report: the host may send in it */
			p->host->writable(p->ctx, i + 1);
		}
}

static int unixd_send(struct ist_port *p, const struct ist_frame *f, unsigned n)
{
	struct circuit *c = n ? unixd_circuit_of(p, f->channel) : NULL;

	if (n && !c) {
		p->count[TX_STALE] += n;
		return -ESTALE;
	}
	for (unsigned i = 0; i < n; i++) {
		int r = unixd_emit(p, c, &f[i]);

		if (r == -EAGAIN || r == -ENOBUFS) {
			c->blocked = true;
			p->host->timer(p->ctx, &p->retry_timer, p->host->now(p->ctx) + RETRY,
				       on_retry, p);
			return (int)i;
		}
		p->count[!r ? TX : r == -EMSGSIZE ? TX_TOO_LONG : TX_ERROR]++;
	}
	return (int)n;
}

static void unixd_set_up(struct ist_port *p, ist_channel ch, bool up)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_LINK,
					     .words = "nobody listens there"};
	struct circuit *c = unixd_circuit_of(p, ch);
	struct ist_attrs a = {.size = sizeof(a),
			      .payload = c->payload,
			      .permanent = 1,
			      .local = p->local,
			      .peer = c->addr};

	if (c->up == up)
		return;
	c->up = up;
	if (up)
		p->host->up(p->ctx, ch, &a);
	else
		p->host->down(p->ctx, ch, &why, false);
}

/* A peer whose queue is full is there. */
static void on_probe(void *arg, uint64_t now)
{
	struct ist_port *p = arg;

	p->host->timer(p->ctx, &p->probe_timer, now + PROBE, on_probe, p);
	for (unsigned i = 0; i < p->circuits; i++) {
		int r = unixd_emit(p, &p->circuit[i], &(struct ist_frame){0});

		unixd_set_up(p, i + 1, !r || r == -EAGAIN);
	}
}

static void unixd_on_readable(void *arg, unsigned ready)
{
	struct ist_port *p = arg;

	(void)ready;
	for (unsigned i = 0; i < 64; i++) {
		struct sockaddr_un from;
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(p->fd, p->buffer, sizeof(p->buffer), MSG_DONTWAIT | MSG_TRUNC,
				     (struct sockaddr *)&from, &len);
		struct ist_frame f = {.payload = p->buffer, .len = (uint32_t)n};

		if (n < 0)
			return;
		f.channel = from_sun(p, &from, len);
		p->count[!f.channel ? RX_UNKNOWN : n > p->mtu ? RX_TOO_LONG : RX] += n > 0;
		if (f.channel)
			unixd_set_up(p, f.channel, true);
		if (f.channel && n > 0 && n <= p->mtu)
			p->host->frames(p->ctx, &f, 1);
	}
}

static int bind_at(int fd, const struct ist_addr *at)
{
	struct sockaddr_un sun;
	socklen_t len = to_sun(at, &sun);

	/* A file is left behind by whoever was killed: then nobody listens, and it may go. */
	if (connect(fd, (struct sockaddr *)&sun, len) && errno == ECONNREFUSED)
		unlink(sun.sun_path);
	return bind(fd, (struct sockaddr *)&sun, len) ? -errno : 0;
}

static void unixd_close(struct ist_port *p)
{
	p->host->timer(p->ctx, &p->probe_timer, UINT64_MAX, on_probe, p);
	p->host->timer(p->ctx, &p->retry_timer, UINT64_MAX, on_retry, p);
	p->host->watch(p->ctx, p->fd, 0, NULL, NULL);
	close(p->fd);
	if (p->bound && p->local.data[0] == '/')
		unlink((const char *)p->local.data);
	free(p->circuit);
	free(p);
}

/* The host has checked the values against `keys` and filled in the defaults. */
static int unixd_configure(struct ist_port *p, const struct ist_port_config *cfg)
{
	int r = -EINVAL;

	for (unsigned i = 0; i < cfg->settings; i++)
		if (!strcmp(cfg->setting[i].key, "path"))
			r = unixd_addr_parse(&p->local, cfg->setting[i].value);
		else if (!strcmp(cfg->setting[i].key, "mtu"))
			p->mtu = (uint32_t)strtoul(cfg->setting[i].value, NULL, 10);
	p->circuit = calloc(cfg->circuits + 1, sizeof(*p->circuit));
	for (unsigned i = 0; p->circuit && i < cfg->circuits; i++)
		p->circuit[p->circuits++] = (struct circuit){
			.addr = cfg->circuit[i].addr,
			.payload = cfg->circuit[i].payloads & 1u << IST_PAYLOAD_PPP ? 2 : 1};
	return p->circuit ? r : -ENOMEM;
}

static int unixd_open(struct ist_port **out, const struct ist_host *host, void *ctx,
		      const struct ist_port_config *cfg, char *err, size_t err_len)
{
	struct ist_port *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return -ENOMEM;
	p->host = host;
	p->ctx = ctx;
	p->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	r = p->fd < 0 ? -errno : unixd_configure(p, cfg);
	r = r ? r : bind_at(p->fd, &p->local);
	p->bound = !r;
	r = r ? r : host->watch(ctx, p->fd, IST_READ, unixd_on_readable, p);
	r = r ? r : host->timer(ctx, &p->probe_timer, host->now(ctx), on_probe, p);
	*out = p;
	if (!r)
		return 0;
	snprintf(err, err_len, "path \"%s\": %s", (const char *)p->local.data, strerror(-r));
	unixd_close(p);
	return r;
}

static uint32_t unixd_mtu(const struct ist_port *p, ist_channel c)
{
	return unixd_circuit_of(p, c) ? p->mtu : 0;
}

static int unixd_connect(struct ist_port *p, const struct ist_addr *to, uint8_t payload,
			 const struct ist_attrs *a, ist_channel *out)
{
	(void)a;
	for (*out = p->circuits; *out; --*out)
		if (!memcmp(&unixd_circuit_of(p, *out)->addr, to, sizeof(*to)) &&
		    unixd_circuit_of(p, *out)->payload == payload)
			return 0;
	return -ENOENT;
}

static void unixd_disconnect(struct ist_port *p, ist_channel c, const struct ist_cause *why)
{
	(void)p, (void)c, (void)why; /* circuits are permanent */
}

static void unixd_count(const struct ist_port *p, uint64_t *out, unsigned n)
{
	memcpy(out, p->count, (n < COUNTERS ? n : COUNTERS) * sizeof(*out));
}

__attribute__((visibility("default"))) extern const struct ist_transport ist_transport_v1;
const struct ist_transport ist_transport_v1 = {
	.abi = IST_TRANSPORT_ABI,
	.size = sizeof(struct ist_transport),
	.name = "unixd",
	.caps = IST_CAP_L2TP | IST_CAP_PPP | IST_CAP_FLOW,
	.keys = keys,
	.counters = counters,
	.open = unixd_open,
	.close = unixd_close,
	.send = unixd_send,
	.mtu = unixd_mtu,
	.addr_parse = unixd_addr_parse,
	.addr_format = unixd_addr_format,
	.connect = unixd_connect,
	.disconnect = unixd_disconnect,
	.count = unixd_count,
};
