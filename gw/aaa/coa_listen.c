/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* struct in6_pktinfo */
#include "gw/aaa/coa_listen.h"

#include "core/htab.h"
#include "gw/log.h"
#include "gw/text.h"
#include "gw/trace.h"
#include "gw/random.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <osmocom/core/linuxlist.h>
#include <osmocom/core/select.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DATAGRAMS_A_TURN 64u
#define AGAIN_LEAST	 1000000u /* us */
#define AGAIN_MOST	 60000000u

static const uint8_t mapped4[12] = {[10] = 0xff, 0xff};

struct coa_socket {
	struct osmo_fd ofd;
	struct coa_listen *listen;
	const struct cfg_address *at;
	struct loop_timer again;
	uint64_t wait; /* us, before it is tried the next time */
	bool open, told;
};

/* Where a datagram came from, and to. */
struct coa_path {
	struct sockaddr_storage from;
	socklen_t from_len;
	uint8_t to[16];	 /* IPv4 as ::ffff:a.b.c.d */
	uint32_t device; /* of a link-local address */
};

struct coa_out {
	struct llist_head entry;
	struct coa_socket *by;
	struct coa_path path;
	size_t len;
	uint8_t octets[];
};

struct coa_listen_client {
	const struct cfg_radius *radius;
	const struct cfg_coa_client *cfg;
};

struct coa_listen {
	struct loop *loop;
	const struct coa_listen_ops *ops;
	void *ctx;
	struct coa_server *server;
	struct coa_listen_client *client;
	unsigned clients;
	struct coa_socket *socket;
	unsigned sockets;
	struct llist_head out;	     /* answers of this turn */
	const struct coa_path *path; /* of the datagram that is looked at */
	unsigned about;		     /* log-ins that its request is about */
};

/* --- for this gateway? ------------------------------------------------------------------------- */

static void coa_listen_address(uint8_t out[16], const struct cfg_prefix *p)
{
	memcpy(out, p->addr, 16);
	if (!p->v6)
		memcpy(out, mapped4, sizeof(mapped4));
}

static bool coa_listen_is_ours(const struct coa_listen *c, const struct cfg_radius *r,
			       const uint8_t addr[16])
{
	uint8_t named[16];

	if (!memcmp(addr, c->path->to, 16))
		return true;
	for (unsigned i = 0; i < r->nas_addresses; i++) {
		coa_listen_address(named, &r->nas_address[i].at);
		if (!memcmp(addr, named, 16))
			return true;
	}
	return false;
}

/* All that names the gateway must be ours (RFC 5176 section 3). */
static bool coa_listen_is_for_us(const struct coa_listen *c, const struct cfg_radius *r,
				 const struct radius_coa *w)
{
	uint8_t v4[16];

	memcpy(v4, mapped4, sizeof(mapped4));
	wr_put32(v4 + 12, w->nas4);
	if (w->has & COA_NAS_ADDRESS4 && !coa_listen_is_ours(c, r, v4))
		return false;
	if (w->has & COA_NAS_ADDRESS6 && !coa_listen_is_ours(c, r, w->nas6))
		return false;
	return !(w->has & COA_NAS_IDENTIFIER) ||
	       (w->nas_identifier.left == strlen(r->nas_identifier) &&
		!memcmp(w->nas_identifier.p, r->nas_identifier, w->nas_identifier.left));
}

/* --- the server -------------------------------------------------------------------------------- */

static enum radius_refusal coa_listen_on_change(void *ctx, unsigned client,
						const struct radius_coa *what, uint64_t now)
{
	struct coa_listen *c = ctx;
	const struct coa_listen_client *who = &c->client[client];

	if (!coa_listen_is_for_us(c, who->radius, what))
		return RADIUS_R_NAS_MISMATCH;
	return c->ops->change(c->ctx, who->radius, who->cfg->text, what, &c->about, now);
}

/* ": unsupported attribute Service-Type", ": 2 log-ins" */
static void coa_listen_words(char *buf, size_t cap, const struct coa_listen *c,
			     const struct radius_coa *what, enum radius_refusal r)
{
	if (r == RADIUS_DONE)
		snprintf(buf, cap, "%u log-in%s", c->about, c->about == 1 ? "" : "s");
	else
		snprintf(buf, cap, "refused: %s%s%s", radius_refusals[r].words,
			 what->wrong < RADIUS_NAMES ? ": " : "",
			 what->wrong < RADIUS_NAMES ? radius_attrs[what->wrong].words : "");
}

static void coa_listen_on_answered(void *ctx, unsigned client, const struct radius_coa *what,
				   enum radius_refusal r, uint64_t now)
{
	const struct coa_listen *c = ctx;
	const struct coa_listen_client *who = &c->client[client];
	char words[160], user[GW_TEXT_MAX] = "";

	if (what->user.left)
		gw_printable(user, sizeof(user), what->user.p, what->user.left);
	coa_listen_words(words, sizeof(words), c, what, r);
	gw_log_session(LOG_ABOUT(.user = user, .radius = who->radius->name), GW_LOG_AAA,
		       LOGL_NOTICE, (uint64_t)(uintptr_t)who->cfg, now, "radius %s: %s of %s: %s",
		       who->radius->name, what->disconnect ? "Disconnect-Request" : "CoA-Request",
		       who->cfg->text, words);
}

static const char *coa_listen_host(char buf[INET6_ADDRSTRLEN], const struct coa_source *from)
{
	bool v4 = !memcmp(from->address, mapped4, sizeof(mapped4));

	*buf = '\0';
	inet_ntop(v4 ? AF_INET : AF_INET6, from->address + (v4 ? 12 : 0), buf, INET6_ADDRSTRLEN);
	return buf;
}

static void coa_listen_on_dropped(void *ctx, unsigned client, const struct coa_source *from,
				  enum coa_drop why, uint64_t now)
{
	static const char *const words[COA_DROP_COUNT] = {
#define X(sym, key, text) text,
		COA_DROPS(X)
#undef X
	};
	char host[INET6_ADDRSTRLEN];

	(void)ctx;
	(void)client;
	gw_log_stranger(LOG_NOBODY, GW_LOG_AAA, LOGL_NOTICE, htab_octets(from->address, 16), now,
			"a request of %s for a change is dropped: %s", coa_listen_host(host, from),
			words[why]);
}

static void coa_listen_on_keep(void *ctx, uint64_t key, const uint8_t rec[COA_RECORD])
{
	const struct coa_listen *c = ctx;

	c->ops->keep(c->ctx, key, rec);
}

static void coa_listen_on_drop(void *ctx, uint64_t key)
{
	const struct coa_listen *c = ctx;

	c->ops->drop(c->ctx, key);
}

static const struct coa_ops coa_listen_server_ops = {coa_listen_on_change, coa_listen_on_answered,
						     coa_listen_on_dropped, coa_listen_on_keep,
						     coa_listen_on_drop};

/* Without clients nobody can ask again. */
void coa_listen_recall(struct coa_listen *c, uint64_t key, const uint8_t *rec, size_t len)
{
	if (c->server)
		coa_server_recall(c->server, key, rec, len, loop_now(c->loop));
	else
		c->ops->drop(c->ctx, key);
}

void coa_listen_recalled(struct coa_listen *c)
{
	if (c->server)
		coa_server_recalled(c->server);
}

/* --- receiving --------------------------------------------------------------------------------- */

static void coa_path_to(struct coa_path *p, struct msghdr *m, const struct cfg_address *at)
{
	coa_listen_address(p->to, &at->at);
	for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
		if (h->cmsg_level == IPPROTO_IP && h->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo i;

			memcpy(&i, CMSG_DATA(h), sizeof(i));
			memcpy(p->to, mapped4, sizeof(mapped4));
			memcpy(p->to + 12, &i.ipi_spec_dst, 4);
		}
		if (h->cmsg_level == IPPROTO_IPV6 && h->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo i;

			memcpy(&i, CMSG_DATA(h), sizeof(i));
			memcpy(p->to, &i.ipi6_addr, 16);
			p->device = IN6_IS_ADDR_LINKLOCAL(&i.ipi6_addr) ? i.ipi6_ifindex : 0;
		}
	}
}

static struct coa_source coa_path_source(const struct coa_path *p)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&p->from;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&p->from;
	struct coa_source s = {.port = 0};

	if (p->from.ss_family == AF_INET) {
		memcpy(s.address, mapped4, sizeof(mapped4));
		memcpy(s.address + 12, &v4->sin_addr, 4);
		s.port = ntohs(v4->sin_port);
	} else {
		memcpy(s.address, &v6->sin6_addr, 16);
		s.port = ntohs(v6->sin6_port);
	}
	return s;
}

/* Without memory it is lost, and the client asks again. */
static void coa_listen_keep_answer(struct coa_socket *s, const struct coa_path *path,
				   const uint8_t *octets, size_t len)
{
	struct coa_out *o = malloc(sizeof(*o) + len);

	if (!o)
		return;
	o->by = s;
	o->path = *path;
	o->len = len;
	memcpy(o->octets, octets, len);
	llist_add_tail(&o->entry, &s->listen->out);
}

/* False: there are no more. */
static bool coa_socket_one(struct coa_socket *s)
{
	struct coa_listen *c = s->listen;
	uint8_t octets[RADIUS_MAX], answer[RADIUS_MAX];
	union {
		struct cmsghdr align;
		char octets[128];
	} control;
	struct coa_path path = {.device = 0};
	struct iovec iov = {octets, sizeof(octets)};
	struct msghdr m = {.msg_name = &path.from,
			   .msg_namelen = sizeof(path.from),
			   .msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = &control,
			   .msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(s->ofd.fd, &m, 0);
	char host[INET6_ADDRSTRLEN] = "";
	struct coa_source from;
	size_t len;

	if (n < 0)
		return false;
	path.from_len = m.msg_namelen;
	coa_path_to(&path, &m, s->at);
	from = coa_path_source(&path);
	c->path = &path;
	if (trace_on())
		trace_radius(s, coa_listen_host(host, &from), false, octets, (size_t)n);
	len = coa_server_rx(c->server, &from, octets, (size_t)n, loop_now(c->loop), c->ops->wall(),
			    answer);
	c->path = NULL;
	if (len && trace_on())
		trace_radius(s, host, true, answer, len);
	if (len)
		coa_listen_keep_answer(s, &path, answer, len);
	return true;
}

static int coa_socket_readable(struct osmo_fd *ofd, unsigned what)
{
	(void)what;
	for (unsigned i = 0; i < DATAGRAMS_A_TURN && coa_socket_one(ofd->data); i++)
		;
	return 0;
}

/* --- answering --------------------------------------------------------------------------------- */

static void coa_out_from(struct msghdr *m, struct cmsghdr *h, const struct coa_path *p)
{
	m->msg_control = h;
	if (p->from.ss_family == AF_INET) {
		struct in_pktinfo i = {.ipi_ifindex = 0};

		memcpy(&i.ipi_spec_dst, p->to + 12, 4);
		h->cmsg_level = IPPROTO_IP;
		h->cmsg_type = IP_PKTINFO;
		h->cmsg_len = CMSG_LEN(sizeof(i));
		m->msg_controllen = CMSG_SPACE(sizeof(i));
		memcpy(CMSG_DATA(h), &i, sizeof(i));
	} else {
		struct in6_pktinfo i = {.ipi6_ifindex = p->device};

		memcpy(&i.ipi6_addr, p->to, 16);
		h->cmsg_level = IPPROTO_IPV6;
		h->cmsg_type = IPV6_PKTINFO;
		h->cmsg_len = CMSG_LEN(sizeof(i));
		m->msg_controllen = CMSG_SPACE(sizeof(i));
		memcpy(CMSG_DATA(h), &i, sizeof(i));
	}
}

static void coa_out_send(struct coa_out *o)
{
	union {
		struct cmsghdr align;
		char octets[128];
	} control;
	struct iovec iov = {o->octets, o->len};
	struct msghdr m = {.msg_name = &o->path.from,
			   .msg_namelen = o->path.from_len,
			   .msg_iov = &iov,
			   .msg_iovlen = 1};
	ssize_t ignored;

	memset(&control, 0, sizeof(control));
	coa_out_from(&m, &control.align, &o->path);
	ignored = sendmsg(o->by->ofd.fd, &m, 0);
	(void)ignored;
}

static void coa_listen_drop_answer(struct coa_out *o)
{
	llist_del(&o->entry);
	free(o);
}

void coa_listen_turn_end(struct coa_listen *c)
{
	struct coa_out *o, *next;

	llist_for_each_entry_safe(o, next, &c->out, entry)
	{
		coa_out_send(o);
		coa_listen_drop_answer(o);
	}
}

/* --- sockets ----------------------------------------------------------------------------------- */

static void coa_socket_try(void *ctx, uint64_t now)
{
	struct coa_socket *s = ctx;
	struct coa_listen *c = s->listen;
	int fd = c->ops->open(c->ctx, s->at);

	if (fd >= 0) {
		osmo_fd_setup(&s->ofd, fd, OSMO_FD_READ, coa_socket_readable, s, 0);
		s->open = osmo_fd_register(&s->ofd) == 0;
		if (!s->open)
			close(fd);
	}
	if (s->open) {
		GW_LOG(LOG_NOBODY, AAA, LOGL_NOTICE, "changes of log-ins are taken on %s\n",
		       s->at->text);
		return;
	}
	if (!s->told)
		GW_LOG(LOG_NOBODY, AAA, LOGL_ERROR, "coa-listen %s: %s; it is tried again\n",
		       s->at->text, fd < 0 ? strerror(-fd) : "no memory");
	s->told = true;
	loop_set(c->loop, &s->again, loop_back_off(&s->wait, AGAIN_MOST, now));
}

static bool coa_listen_has(const struct coa_listen *c, const struct cfg_address *at)
{
	for (unsigned i = 0; i < c->sockets; i++) {
		const struct cfg_address *is = c->socket[i].at;

		if (is->port == at->port && cfg_same_prefix(&is->at, &at->at))
			return true;
	}
	return false;
}

static void coa_listen_open(struct coa_listen *c, const struct cfg_radius *radius, unsigned n,
			    uint64_t now)
{
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < radius[i].coa_listens; k++) {
			struct coa_socket *s = &c->socket[c->sockets];

			if (coa_listen_has(c, &radius[i].coa_listen[k]))
				continue;
			*s = (struct coa_socket){
				.listen = c, .at = &radius[i].coa_listen[k], .wait = AGAIN_LEAST};
			loop_timer_init(&s->again, coa_socket_try, s);
			c->sockets++;
			coa_socket_try(s, now);
		}
}

/* --- all --------------------------------------------------------------------------------------- */

static bool coa_listen_know(struct coa_listen *c, const struct cfg_radius *radius, unsigned n)
{
	struct coa_client *known = calloc(c->clients ? c->clients : 1, sizeof(*known));
	unsigned at = 0;
	uint64_t secret;

	for (unsigned i = 0; known && i < n; i++)
		for (unsigned k = 0; k < radius[i].coa_clients; k++, at++) {
			const struct cfg_coa_client *cfg = &radius[i].coa_client[k];

			c->client[at] = (struct coa_listen_client){&radius[i], cfg};
			known[at] = (struct coa_client){.secret = cfg->secret,
							.need_proof = cfg->message_authenticator,
							.need_stamp = cfg->event_timestamp,
							.rate = cfg->requests};
			coa_listen_address(known[at].address, &cfg->address);
		}
	gw_random(&secret, sizeof(secret));
	if (known)
		c->server = coa_server_new(known, at, secret, &coa_listen_server_ops, c);
	free(known);
	return c->server;
}

struct coa_listen *coa_listen_new(struct loop *loop, const struct cfg_radius *radius, unsigned n,
				  const struct coa_listen_ops *ops, void *ctx)
{
	struct coa_listen *c = calloc(1, sizeof(*c));
	unsigned sockets = 0;

	if (!c)
		return NULL;
	c->loop = loop;
	c->ops = ops;
	c->ctx = ctx;
	INIT_LLIST_HEAD(&c->out);
	for (unsigned i = 0; i < n; i++) {
		c->clients += radius[i].coa_clients;
		sockets += radius[i].coa_listens;
	}
	if (!c->clients)
		return c;
	c->client = calloc(c->clients, sizeof(c->client[0]));
	c->socket = calloc(sockets ? sockets : 1, sizeof(c->socket[0]));
	if (!c->client || !c->socket || !coa_listen_know(c, radius, n)) {
		coa_listen_free(c);
		return NULL;
	}
	coa_listen_open(c, radius, n, loop_now(loop));
	return c;
}

void coa_listen_free(struct coa_listen *c)
{
	struct coa_out *o, *next;

	if (!c)
		return;
	for (unsigned i = 0; i < c->sockets; i++) {
		struct coa_socket *s = &c->socket[i];

		loop_cancel(c->loop, &s->again);
		if (!s->open)
			continue;
		osmo_fd_unregister(&s->ofd);
		close(s->ofd.fd);
	}
	llist_for_each_entry_safe(o, next, &c->out, entry) coa_listen_drop_answer(o);
	coa_server_free(c->server);
	free(c->client);
	free(c->socket);
	free(c);
}

bool coa_listen_view(const struct coa_listen *c, unsigned i, struct coa_view *out)
{
	if (!c->server || i > c->clients)
		return false;
	*out = (struct coa_view){.client = "others"};
	if (i < c->clients) {
		out->radius = c->client[i].radius;
		out->client = c->client[i].cfg->text;
	}
	out->n = coa_server_count(c->server, i < c->clients ? i : COA_NOBODY);
	return true;
}
