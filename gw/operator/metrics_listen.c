/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/metrics_listen.h"

#include "gw/bound.h"
#include "gw/operator/listener.h"
#include "gw/operator/metrics.h"
#include "gw/operator/operator.h"
#include "gw/operator/page.h"
#include "transports/transport.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define AGAIN_LEAST 1000000u /* us */
#define AGAIN_MOST  60000000u

/* A connection; MHD closes its descriptor. */
struct metrics_client {
	int fd; /* -1 = free */
	struct loop_timer patience;
};

static void metrics_make(struct gw *gw, uint16_t arg, struct ctl_text *out)
{
	(void)arg;
	metrics_text(gw, out);
}

/* What is served, and the last answer while it is fresh. */
static struct metrics_page {
	const char *url, *type;
	void (*make)(struct gw *gw, uint16_t arg, struct ctl_text *out);
	bool of_page;	 /* of the web page: only with `page`, and only to who means us */
	bool html;	 /* read as a document by a browser */
	const char *arg; /* a number that the request names; NULL = none */
	struct MHD_Response *answer; /* NULL = none */
	uint16_t is_of;		     /* arg of that */
	uint64_t until;
} metrics_pages[] = {
	{"/metrics", "text/plain; version=0.0.4; charset=utf-8", metrics_make, .arg = NULL},
	{"/", "text/html; charset=utf-8", page_html, .of_page = true, .html = true},
	{"/state.json", "application/json", page_state, .of_page = true},
	{"/calls.json", "application/json", page_calls, .of_page = true, .arg = "tunnel"},
};
#define METRICS_PAGES (sizeof(metrics_pages) / sizeof(metrics_pages[0]))

static struct {
	struct gw *gw; /* NULL = nothing is served */
	struct MHD_Daemon *mhd;
	struct osmo_fd epoll;
	struct loop_timer timeout; /* MHD wants to run then */
	struct listener listener;
	struct loop_timer again;
	uint64_t wait;	  /* us, before the address is tried the next time */
	bool told, local; /* local: only this host gets here */
	struct metrics_client client[METRICS_CLIENTS_MAX];
	uint64_t count[METRICS_N_COUNT];
} metrics;

uint64_t metrics_count(enum metrics_counter c)
{
	return metrics.count[c];
}

unsigned metrics_clients(void)
{
	unsigned n = 0;

	for (unsigned i = 0; metrics.gw && i < METRICS_CLIENTS_MAX; i++)
		n += metrics.client[i].fd >= 0;
	return n;
}

/* --- answers --------------------------------------------------------------------------------------- */

static enum MHD_Result metrics_say(struct MHD_Connection *c, unsigned status, const char *words,
				   enum metrics_counter why)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(
		strlen(words), (void *)(uintptr_t)words, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result rc;

	metrics.count[why]++;
	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain; charset=utf-8");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	rc = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return rc;
}

static void metrics_page_forget(struct metrics_page *p)
{
	if (p->answer)
		MHD_destroy_response(p->answer);
	p->answer = NULL;
}

static void metrics_page_headers(const struct metrics_page *p)
{
	static const char *const headers[][2] = {
		{MHD_HTTP_HEADER_CACHE_CONTROL, "no-store"},
		{"X-Content-Type-Options", "nosniff"},
		{"Referrer-Policy", "no-referrer"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
	};
	char policy[PAGE_POLICY];

	if (p->html)
		MHD_add_response_header(p->answer, "Content-Security-Policy", page_policy(policy));
	MHD_add_response_header(p->answer, MHD_HTTP_HEADER_CONTENT_TYPE, p->type);
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		MHD_add_response_header(p->answer, headers[i][0], headers[i][1]);
}

/* One answer for all who ask within METRICS_FRESH, which those who read slowly keep.  NULL = no
 * memory, or what was asked for is not the same and has to wait. */
static struct MHD_Response *metrics_page_answer(struct metrics_page *p, uint16_t arg)
{
	uint64_t now = loop_now(metrics.gw->loop);
	struct ctl_text text = {0};

	if (p->answer && now < p->until)
		return p->is_of == arg ? p->answer : NULL;
	metrics_page_forget(p);
	p->make(metrics.gw, arg, &text);
	if (!text.failed)
		p->answer =
			MHD_create_response_from_buffer_with_free_callback(text.len, text.at, free);
	if (!p->answer) {
		ctl_text_free(&text);
		return NULL;
	}
	metrics_page_headers(p);
	p->until = now + METRICS_FRESH;
	p->is_of = arg;
	metrics.count[METRICS_N_MADE]++;
	return p->answer;
}

static const char *metrics_header(struct MHD_Connection *c, const char *name)
{
	return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

/* A browser that another site has led here by a name of its own (DNS rebinding) says that name. */
static bool metrics_means_us(struct MHD_Connection *c)
{
	static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
	const char *host = metrics_header(c, MHD_HTTP_HEADER_HOST);

	for (size_t i = 0; host && i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]);

		if (!strncasecmp(host, names[i], n) && (!host[n] || host[n] == ':'))
			return true;
	}
	return host && !metrics.local;
}

/* A number that the request names; 0 without one. */
static uint16_t metrics_arg(struct MHD_Connection *c, const struct metrics_page *p)
{
	const char *text =
		p->arg ? MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, p->arg) : NULL;
	unsigned long n = text ? strtoul(text, NULL, 10) : 0;

	return n <= UINT16_MAX ? (uint16_t)n : 0;
}

static enum MHD_Result metrics_serve_page(struct MHD_Connection *c, struct metrics_page *p)
{
	struct MHD_Response *answer;

	if (p->of_page && !metrics_means_us(c))
		return metrics_say(c, MHD_HTTP_MISDIRECTED_REQUEST, "this is another host\n",
				   METRICS_N_HOST);
	answer = metrics_page_answer(p, metrics_arg(c, p));
	if (!answer)
		return metrics_say(c, MHD_HTTP_SERVICE_UNAVAILABLE, "not now\n", METRICS_N_NOT_NOW);
	metrics.count[METRICS_N_REQUESTS]++;
	return MHD_queue_response(c, MHD_HTTP_OK, answer);
}

static enum MHD_Result metrics_on_request(void *ctx, struct MHD_Connection *c, const char *url,
					  const char *method, const char *version,
					  const char *upload, size_t *upload_len, void **own)
{
	(void)ctx;
	(void)version;
	(void)upload;
	(void)upload_len;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return metrics_say(c, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD\n",
				   METRICS_N_METHOD);
	/* It is asked a second time when all of the request has come; an answer before that ends
	 * the connection. */
	if (!*own) {
		*own = &metrics;
		return MHD_YES;
	}
	for (size_t i = 0; i < METRICS_PAGES; i++) {
		struct metrics_page *p = &metrics_pages[i];

		if (!strcmp(url, p->url) && (!p->of_page || metrics.gw->cfg->metrics_page))
			return metrics_serve_page(c, p);
	}
	return metrics_say(c, MHD_HTTP_NOT_FOUND, "there is /metrics\n", METRICS_N_NOT_FOUND);
}

/* --- turns ----------------------------------------------------------------------------------------- */

static void metrics_run(void)
{
	struct loop *loop = metrics.gw->loop;
	MHD_UNSIGNED_LONG_LONG ms;

	MHD_run(metrics.mhd);
	if (MHD_get_timeout(metrics.mhd, &ms) == MHD_YES)
		loop_set(loop, &metrics.timeout, loop_now(loop) + ms * 1000);
	else
		loop_cancel(loop, &metrics.timeout);
}

static int metrics_on_ready(struct osmo_fd *ofd, unsigned what)
{
	(void)ofd;
	(void)what;
	metrics_run();
	return 0;
}

static void metrics_on_timeout(void *ctx, uint64_t now)
{
	(void)ctx;
	(void)now;
	metrics_run();
}

/* --- clients --------------------------------------------------------------------------------------- */

/* MHD finds it at its end, and closes it. */
static void metrics_cut(const struct metrics_client *c, enum metrics_counter why)
{
	metrics.count[why]++;
	shutdown(c->fd, SHUT_RDWR);
}

static void metrics_out_of_patience(void *ctx, uint64_t now)
{
	(void)now;
	metrics_cut(ctx, METRICS_N_SLOW);
	metrics_run();
}

static void metrics_be_patient(struct metrics_client *c)
{
	struct loop *loop = metrics.gw->loop;

	loop_set(loop, &c->patience, loop_now(loop) + METRICS_PATIENCE);
}

static int metrics_fd_of(struct MHD_Connection *c)
{
	return MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

static struct metrics_client *metrics_client_of(int fd)
{
	for (unsigned i = 0; i < METRICS_CLIENTS_MAX; i++)
		if (metrics.client[i].fd == fd)
			return &metrics.client[i];
	return NULL;
}

static void metrics_on_connection(void *ctx, struct MHD_Connection *c, void **socket_ctx,
				  enum MHD_ConnectionNotificationCode what)
{
	struct metrics_client *of =
		metrics_client_of(what == MHD_CONNECTION_NOTIFY_STARTED ? -1 : metrics_fd_of(c));

	(void)ctx;
	(void)socket_ctx;
	if (!of)
		return;
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		of->fd = metrics_fd_of(c);
		metrics_be_patient(of);
		return;
	}
	of->fd = -1;
	loop_cancel(metrics.gw->loop, &of->patience);
}

static void metrics_on_completed(void *ctx, struct MHD_Connection *c, void **own,
				 enum MHD_RequestTerminationCode how)
{
	struct metrics_client *of = metrics_client_of(metrics_fd_of(c));

	(void)ctx;
	(void)own;
	if (of && how == MHD_REQUEST_TERMINATED_COMPLETED_OK)
		metrics_be_patient(of);
}

/* The one that has waited longest. */
static struct metrics_client *metrics_oldest(void)
{
	struct metrics_client *oldest = &metrics.client[0];

	for (unsigned i = 1; i < METRICS_CLIENTS_MAX; i++)
		if (metrics.client[i].patience.d.when < oldest->patience.d.when)
			oldest = &metrics.client[i];
	return oldest;
}

static bool metrics_make_room(void)
{
	if (metrics_client_of(-1))
		return true;
	metrics_cut(metrics_oldest(), METRICS_N_GAVE_WAY);
	metrics_run();
	return metrics_client_of(-1);
}

static void metrics_take(struct listener *l, int fd)
{
	struct sockaddr_storage from = {0};
	socklen_t len = sizeof(from);

	(void)l;
	if (getpeername(fd, (struct sockaddr *)&from, &len) < 0) {
		close(fd);
		return;
	}
	if (!metrics_make_room()) {
		metrics.count[METRICS_N_CROWD]++;
		close(fd);
		return;
	}
	if (MHD_add_connection(metrics.mhd, fd, (struct sockaddr *)&from, len) == MHD_YES)
		metrics.count[METRICS_N_CONNECTED]++;
	metrics_run();
}

/* --- start and stop -------------------------------------------------------------------------------- */

static bool metrics_daemon(void)
{
	const union MHD_DaemonInfo *i;

	metrics.mhd = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL,
				       metrics_on_request, NULL, MHD_OPTION_CONNECTION_LIMIT,
				       METRICS_CLIENTS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
				       (size_t)METRICS_CONNECTION, MHD_OPTION_NOTIFY_CONNECTION,
				       metrics_on_connection, NULL, MHD_OPTION_NOTIFY_COMPLETED,
				       metrics_on_completed, NULL,
				       MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
	if (!metrics.mhd)
		return false;
	i = MHD_get_daemon_info(metrics.mhd, MHD_DAEMON_INFO_EPOLL_FD);
	osmo_fd_setup(&metrics.epoll, i->epoll_fd, OSMO_FD_READ, metrics_on_ready, NULL, 0);
	if (osmo_fd_register(&metrics.epoll) == 0)
		return true;
	MHD_stop_daemon(metrics.mhd);
	metrics.mhd = NULL;
	return false;
}

static void metrics_leave(void)
{
	if (!metrics.mhd)
		return;
	osmo_fd_unregister(&metrics.epoll);
	MHD_stop_daemon(metrics.mhd);
	metrics.mhd = NULL;
}

static bool metrics_serve(int fd)
{
	metrics.listener =
		(struct listener){.gw = metrics.gw, .name = "metrics", .take = metrics_take};
	if (metrics_daemon()) {
		if (listener_start(&metrics.listener, fd) == 0)
			return true;
		metrics_leave();
	} else {
		close(fd);
	}
	metrics.listener.gw = NULL;
	return false;
}

static void metrics_try(void *ctx, uint64_t now)
{
	struct gw *gw = ctx;
	const struct cfg_address *at = gw->cfg->metrics_listen;
	const struct ist_open w = bound_listener(at, METRICS_BACKLOG);
	int fd = bound_open(&w);

	if (fd >= 0 && metrics_serve(fd)) {
		GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE, "metrics are served on %s\n", at->text);
		return;
	}
	if (!metrics.told)
		GW_LOG(LOG_NOBODY, MAIN, LOGL_ERROR,
		       "metrics: cannot listen on %s: %s; it is tried again\n", at->text,
		       fd < 0 ? strerror(-fd) : "no memory");
	metrics.told = true;
	loop_set(gw->loop, &metrics.again, loop_back_off(&metrics.wait, AGAIN_MOST, now));
}

static bool metrics_is_local(const struct cfg_address *at)
{
	static const uint8_t one6[16] = {[15] = 1};

	return at->at.v6 ? !memcmp(at->at.addr, one6, 16) : at->at.addr[12] == 127;
}

void metrics_start(struct gw *gw)
{
	memset(&metrics, 0, sizeof(metrics));
	if (!gw->cfg->metrics_listen)
		return;
	metrics.gw = gw;
	metrics.wait = AGAIN_LEAST;
	metrics.local = metrics_is_local(gw->cfg->metrics_listen);
	for (unsigned i = 0; i < METRICS_CLIENTS_MAX; i++) {
		metrics.client[i].fd = -1;
		loop_timer_init(&metrics.client[i].patience, metrics_out_of_patience,
				&metrics.client[i]);
	}
	loop_timer_init(&metrics.timeout, metrics_on_timeout, NULL);
	loop_timer_init(&metrics.again, metrics_try, gw);
	metrics_try(gw, loop_now(gw->loop));
}

void metrics_stop(void)
{
	if (!metrics.gw)
		return;
	loop_cancel(metrics.gw->loop, &metrics.again);
	loop_cancel(metrics.gw->loop, &metrics.timeout);
	if (metrics.listener.gw)
		listener_stop(&metrics.listener);
	metrics_leave();
	for (size_t i = 0; i < METRICS_PAGES; i++)
		metrics_page_forget(&metrics_pages[i]);
	memset(&metrics, 0, sizeof(metrics));
}
