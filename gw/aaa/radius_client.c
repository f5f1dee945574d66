/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/aaa/radius_client.h"

#include "gw/event.h"
#include "gw/histogram.h"
#include "gw/log.h"
#include "gw/random.h"
#include "gw/trace.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <osmocom/core/select.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define DATAGRAMS_A_TURN 64u
#define SOCKETS		 (RADIUS_PORT_ASK + 1) /* to a server */

_Static_assert(CFG_RADIUS_SERVERS <= RADIUS_SERVERS, "the pool has room for every server");

struct radius_socket {
	struct osmo_fd ofd;
	struct radius_client *client;
	uint8_t server, port;
	bool open;
};

struct radius_client {
	struct loop *loop;
	const struct cfg_radius *cfg;
	enum radius_use use;
	const struct cfg_radius_server *server[CFG_RADIUS_SERVERS];
	unsigned servers;
	struct radius_pool *pool;
	struct loop_timer timer;
	struct radius_socket socket[CFG_RADIUS_SERVERS][SOCKETS];
	void (*alive)(void *ctx); /* NULL = nobody is told */
	void *alive_ctx;
};

static void radius_client_arm(struct radius_client *c)
{
	loop_set(c->loop, &c->timer, radius_deadline(c->pool));
}

/* --- sockets ----------------------------------------------------------------------------------- */

static int radius_socket_readable(struct osmo_fd *ofd, unsigned what)
{
	struct radius_socket *s = ofd->data;
	struct radius_client *c = s->client;
	uint8_t buf[RADIUS_MAX];

	(void)what;
	for (unsigned i = 0; i < DATAGRAMS_A_TURN; i++) {
		ssize_t n = recv(ofd->fd, buf, sizeof(buf), 0);

		if (n < 0 && errno == ECONNREFUSED) /* of an earlier one; more may wait */
			continue;
		if (n < 0)
			break;
		if (trace_on())
			trace_radius(s, c->server[s->server]->text, false, buf, (size_t)n);
		radius_rx(c->pool, s->server, s->port, buf, (size_t)n, loop_now(c->loop));
	}
	radius_client_arm(c);
	return 0;
}

static socklen_t radius_socket_address(const struct cfg_radius_server *s, enum radius_use use,
				       struct sockaddr_storage *out)
{
	uint16_t port = use == RADIUS_FOR_ACCOUNTING ? s->acct_port : s->port;
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

	*out = (struct sockaddr_storage){0};
	if (inet_pton(AF_INET, s->address, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		return sizeof(*v4);
	}
	inet_pton(AF_INET6, s->address, &v6->sin6_addr);
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	return sizeof(*v6);
}

static bool radius_socket_open(struct radius_socket *s)
{
	struct sockaddr_storage to;
	const struct radius_client *c = s->client;
	socklen_t len = radius_socket_address(c->server[s->server], c->use, &to);
	int fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return false;
	osmo_fd_setup(&s->ofd, fd, OSMO_FD_READ, radius_socket_readable, s, 0);
	if (connect(fd, (struct sockaddr *)&to, len) < 0 || osmo_fd_register(&s->ofd) < 0) {
		close(fd);
		return false;
	}
	s->open = true;
	return true;
}

static void radius_client_on_send(void *ctx, unsigned server, unsigned port, const uint8_t *octets,
				  size_t len)
{
	struct radius_client *c = ctx;
	struct radius_socket *s = &c->socket[server][port];
	ssize_t ignored;

	if (!s->open && !radius_socket_open(s))
		return;
	if (trace_on())
		trace_radius(s, c->server[server]->text, true, octets, len);
	ignored = send(s->ofd.fd, octets, len, 0);
	(void)ignored;
}

/* --- pool -------------------------------------------------------------------------------------- */

static void radius_client_on_random(void *ctx, void *buf, size_t len)
{
	(void)ctx;
	gw_random(buf, len);
}

static const char *const radius_client_words[] = {
	[RADIUS_FOR_ACCESS] = "server",
	[RADIUS_FOR_ACCOUNTING] = "accounting server",
};

static void radius_client_on_changed(void *ctx, unsigned server, bool alive, uint64_t now)
{
	const struct radius_client *c = ctx;
	char cause[96];

	(void)now;
	snprintf(cause, sizeof(cause), "%s %s", radius_client_words[c->use],
		 c->server[server]->text);
	if (alive && c->alive)
		c->alive(c->alive_ctx);
	if (alive)
		EVENT(RADIUS_ALIVE, LOG_ABOUT(.radius = c->cfg->name), cause);
	else
		EVENT(RADIUS_DEAD, LOG_ABOUT(.radius = c->cfg->name), cause);
	GW_LOG(LOG_ABOUT(.radius = c->cfg->name), AAA, LOGL_NOTICE, "radius %s: %s %s\n",
	       c->cfg->name, cause, alive ? "answers again" : "does not answer");
}

static void radius_client_on_dropped(void *ctx, unsigned server, enum radius_drop why, uint64_t now)
{
	static const char *const words[RADIUS_DROPS] = {
		[RADIUS_D_MALFORMED] = "it is malformed",
		[RADIUS_D_UNKNOWN] = "no request waits for it",
		[RADIUS_D_CODE] = "it is no answer to the request",
		[RADIUS_D_FORGED] = "the secret is another one there",
		[RADIUS_D_UNPROVED] = "it has no Message-Authenticator",
	};
	const struct radius_client *c = ctx;

	gw_log_peer(LOG_ABOUT(.radius = c->cfg->name), GW_LOG_AAA, LOGL_NOTICE,
		    (uint64_t)(uintptr_t)c->server[server], now,
		    "radius %s: a packet of %s %s is dropped: %s", c->cfg->name,
		    radius_client_words[c->use], c->server[server]->text, words[why]);
}

static void radius_client_on_took(void *ctx, unsigned server, uint64_t round_trip)
{
	(void)ctx;
	(void)server;
	histogram_add(HISTOGRAM_RADIUS, round_trip);
}

static const struct radius_ops radius_client_ops = {
	radius_client_on_send, radius_client_on_random, radius_client_on_changed,
	radius_client_on_dropped, radius_client_on_took};

static void radius_client_on_time(void *ctx, uint64_t now)
{
	struct radius_client *c = ctx;

	radius_expire(c->pool, now);
	radius_client_arm(c);
}

static struct radius_pool *radius_client_pool(struct radius_client *c)
{
	struct radius_server s[CFG_RADIUS_SERVERS];

	for (unsigned i = 0; i < c->servers; i++) {
		const struct cfg_radius_server *from = c->server[i];

		s[i] = (struct radius_server){
			.secret = from->secret,
			.weight = from->weight,
			.backup = from->backup,
			.status_as = from->status_server ? c->cfg->nas_identifier : NULL,
			.timeout = from->timeout,
			.fail_time = from->fail_time,
			.retries = from->retries,
			.max_fail = from->max_fail,
			.requests = from->requests};
	}
	return radius_pool_new(s, c->servers, &radius_client_ops, c);
}

static void radius_client_choose(struct radius_client *c)
{
	for (unsigned i = 0; i < c->cfg->servers; i++)
		if (c->use == RADIUS_FOR_ACCESS || c->cfg->server[i].acct_port)
			c->server[c->servers++] = &c->cfg->server[i];
}

struct radius_client *radius_client_new(struct loop *loop, const struct cfg_radius *cfg,
					enum radius_use use)
{
	struct radius_client *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->loop = loop;
	c->cfg = cfg;
	c->use = use;
	radius_client_choose(c);
	c->pool = radius_client_pool(c);
	if (!c->pool) {
		free(c);
		return NULL;
	}
	loop_timer_init(&c->timer, radius_client_on_time, c);
	for (unsigned i = 0; i < CFG_RADIUS_SERVERS; i++)
		for (unsigned k = 0; k < SOCKETS; k++)
			c->socket[i][k] = (struct radius_socket){
				.client = c, .server = (uint8_t)i, .port = (uint8_t)k};
	return c;
}

void radius_client_free(struct radius_client *c)
{
	if (!c)
		return;
	loop_cancel(c->loop, &c->timer);
	for (unsigned i = 0; i < CFG_RADIUS_SERVERS * SOCKETS; i++) {
		struct radius_socket *s = &c->socket[i / SOCKETS][i % SOCKETS];

		if (!s->open)
			continue;
		osmo_fd_unregister(&s->ofd);
		close(s->ofd.fd);
	}
	radius_pool_free(c->pool);
	free(c);
}

void radius_client_on_alive(struct radius_client *c, void (*alive)(void *ctx), void *ctx)
{
	c->alive = alive;
	c->alive_ctx = ctx;
}

const struct cfg_radius *radius_client_cfg(const struct radius_client *c)
{
	return c->cfg;
}

const struct cfg_radius_server *radius_client_server(const struct radius_client *c, unsigned i)
{
	return i < c->servers ? c->server[i] : NULL;
}

struct radius_request *radius_client_ask(struct radius_client *c, const struct radius_question *q,
					 radius_done done, void *ctx, uint64_t now)
{
	struct radius_request *r = radius_ask(c->pool, q, done, ctx, now);

	radius_client_arm(c);
	return r;
}

void radius_client_cancel(struct radius_client *c, struct radius_request *r)
{
	radius_cancel(r);
	radius_client_arm(c);
}

void radius_client_view(const struct radius_client *c, unsigned server, struct radius_view *out)
{
	radius_view(c->pool, server, out);
}
