/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libosmocore's own VTY server takes TCP only, blocks on a reader that does not read, and spins
 * when there are no descriptors.  Its vty_event() serves any connection that is a talloc'd struct
 * telnet_connection in a list, and frees it: that part is used.
 */
#include "config.h" /* first: accept4 */

#include "gw/operator/vty_listen.h"

#include "gw/operator/debug.h"
#include "gw/operator/listener.h"

#include <errno.h>
#include <osmocom/core/signal.h>
#include <osmocom/core/socket.h>
#include <osmocom/core/talloc.h>
#include <osmocom/vty/buffer.h>
#include <osmocom/vty/telnet_interface.h>
#include <osmocom/vty/vty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PEEK 512u /* octets that vty_read() takes at a time */
#define LINE 8192 /* octets of a command; the library keeps any number */

static struct listener listeners[2];
static unsigned n_listeners;
/* Opened before there is a gateway to serve. */
static struct vty_opened {
	int fd;
	char where[LISTENER_PATH];
} opened[sizeof(listeners) / sizeof(listeners[0])];
static unsigned n_opened;
static LLIST_HEAD(connections);
static void *memory;
static char socket_path[LISTENER_PATH];

/* The library frees it by its first member. */
struct vty_connection {
	struct telnet_connection t;
	struct vty_http http;
};

/* --- memory ----------------------------------------------------------------------------------- */

/* The library does not look whether it got the memory it asked for: it is called only while there
 * is more than a turn of it takes, if need be a piece of this. */
#define VTY_MEMORY 32768u
static void *spare[16];
static unsigned spares;

static bool vty_can_allocate(size_t n)
{
	void *volatile p = malloc(n); /* a compiler may leave out what is freed unused */
	bool can = p;

	free(p);
	return can;
}

bool vty_memory_left(void)
{
	return vty_can_allocate(VTY_MEMORY / 2);
}

static bool vty_memory_begin(void)
{
	if (vty_can_allocate(VTY_MEMORY))
		return true;
	if (!spares)
		return false;
	free(spare[--spares]);
	return true;
}

static void vty_memory_end(void)
{
	while (spares < sizeof(spare) / sizeof(spare[0]) && (spare[spares] = malloc(VTY_MEMORY)))
		spares++;
}

/* --- one connection --------------------------------------------------------------------------- */

bool vty_http_seen(struct vty_http *h, const char *octets, size_t len)
{
	static const char *const begins[] = {"GET ",	 "POST ",    "PUT ",   "HEAD ",	 "DELETE ",
					     "OPTIONS ", "CONNECT ", "PATCH ", "TRACE ", "Host: "};

	for (; len--; octets++) {
		if (*octets == '\n')
			h->n = 0;
		else if (h->n < sizeof(h->line))
			h->line[h->n++] = *octets;
		for (unsigned i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
			if (h->n == strlen(begins[i]) && !memcmp(h->line, begins[i], h->n))
				return true;
	}
	return false;
}

/* A web page can make a browser send a request with commands in its body to any TCP port; the
 * request line comes first, so nothing of it is ever executed. */
static bool vty_is_http(struct vty_connection *c)
{
	char octets[PEEK];
	ssize_t n = recv(c->t.fd.fd, octets, sizeof(octets), MSG_PEEK | MSG_DONTWAIT);

	return n > 0 && vty_http_seen(&c->http, octets, (size_t)n);
}

static void vty_connection_flush(struct telnet_connection *c)
{
	buffer_status_t left = buffer_flush_all(c->vty->obuf, c->fd.fd);

	if (left == BUFFER_ERROR) {
		vty_close(c->vty);
	} else if (left == BUFFER_EMPTY && !debug_more(c->vty)) {
		osmo_fd_write_disable(&c->fd);
		osmo_fd_read_enable(&c->fd);
	}
}

static void vty_connection_turn(struct osmo_fd *ofd, unsigned what)
{
	struct telnet_connection *c = ofd->data;
	const struct gw *gw = c->priv;

	if (what & OSMO_FD_READ) {
		debug_interrupted(c->vty);
		if (vty_is_http(ofd->data)) {
			gw_log_peer(LOG_NOBODY, GW_LOG_MAIN, LOGL_ERROR, 0, loop_now(gw->loop),
				    "vty: an HTTP request: connection closed");
			vty_close(c->vty);
			return;
		}
		if (vty_read(c->vty) == -EBADF)
			return; /* it is closed */
		if (c->vty->length > LINE) {
			gw_log_peer(LOG_NOBODY, GW_LOG_MAIN, LOGL_ERROR, 0, loop_now(gw->loop),
				    "vty: a command of over %u octets: connection closed", LINE);
			vty_close(c->vty);
			return;
		}
		/* No further command before the far end has taken what the last ones said: what
		 * waits for it stays bounded. */
		osmo_fd_read_disable(ofd);
	}
	if (what & OSMO_FD_WRITE)
		vty_connection_flush(c);
}

static int vty_connection_ready(struct osmo_fd *ofd, unsigned what)
{
	struct telnet_connection *c = ofd->data;

	if (vty_memory_begin())
		vty_connection_turn(ofd, what);
	else
		vty_close(c->vty);
	vty_memory_end();
	return 0;
}

/* The library closes the descriptor before it writes what is left to write, and then once more,
 * when it may be a worker's.  Of the two it keeps, only the VTY's is left. */
static int vty_on_event(unsigned subsys, unsigned signal, void *ctx, void *data)
{
	const struct vty_signal_data *d = data;
	struct telnet_connection *c = d->vty->priv;

	(void)subsys;
	(void)ctx;
	if (signal == S_VTY_EVENT && d->event == VTY_CLOSED && c) {
		debug_closed(d->vty);
		c->fd.fd = -1;
	}
	return 0;
}

void vty_flush_all(void)
{
	struct telnet_connection *c;

	llist_for_each_entry(c, &connections, entry) buffer_flush_all(c->vty->obuf, c->fd.fd);
}

unsigned vty_listen_connections(void)
{
	return llist_count(&connections);
}

static void vty_connect(struct gw *gw, int fd)
{
	struct vty_connection *v = talloc_zero(memory, struct vty_connection);
	struct telnet_connection *c = v ? &v->t : NULL;

	if (!c) {
		close(fd);
		return;
	}
	c->priv = gw;
	osmo_fd_setup(&c->fd, fd, OSMO_FD_READ, vty_connection_ready, c, 0);
	if (osmo_fd_register(&c->fd) < 0) {
		close(fd);
		talloc_free(c);
		return;
	}
	llist_add_tail(&c->entry, &connections);
	c->vty = vty_create(fd, c);
	if (c->vty)
		return;
	osmo_fd_unregister(&c->fd); /* vty_create() has closed fd */
	llist_del(&c->entry);
	talloc_free(c);
}

/* --- listening -------------------------------------------------------------------------------- */

static void vty_take(struct listener *l, int fd)
{
	if (vty_listen_connections() >= VTY_CONNECTIONS_MAX) {
		gw_log_peer(LOG_NOBODY, GW_LOG_MAIN, LOGL_ERROR, 0, loop_now(l->gw->loop),
			    "vty: %u connections are open: another one is refused",
			    VTY_CONNECTIONS_MAX);
		close(fd);
	} else if (vty_memory_begin()) {
		vty_connect(l->gw, fd);
	} else {
		close(fd);
	}
	vty_memory_end();
}

bool vty_listen_looks_away(void)
{
	for (unsigned i = 0; i < n_listeners; i++)
		if (listener_looks_away(&listeners[i]))
			return true;
	return false;
}

static int vty_listen_on(struct gw *gw, const struct vty_opened *o)
{
	struct listener *l = &listeners[n_listeners];

	*l = (struct listener){.gw = gw, .name = "vty", .take = vty_take};
	if (listener_start(l, o->fd) < 0)
		return -1;
	n_listeners++;
	GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE, "VTY on %s\n", o->where);
	return 0;
}

/* A listening descriptor, or -errno. */
static int vty_open_socket(const char *path, const char *group)
{
	int fd = listener_open("vty", path, group, 0660);

	if (fd >= 0)
		snprintf(socket_path, sizeof(socket_path), "%s", path);
	return fd;
}

void vty_sweep(const char *path)
{
	listener_sweep(path);
}

static bool vty_opened(int fd, const char *where)
{
	if (fd < 0) {
		GW_LOG(LOG_NOBODY, MAIN, LOGL_ERROR, "vty: cannot listen on %s: %s\n", where,
		       strerror(-fd));
		return false;
	}
	opened[n_opened].fd = fd;
	snprintf(opened[n_opened++].where, sizeof(opened->where), "%s", where);
	return true;
}

static bool vty_open_tcp(const struct cfg_model *m)
{
	char where[80];

	if (!m->vty_address)
		return true;
	snprintf(where, sizeof(where), "%s port %u", m->vty_address, m->vty_port);
	return vty_opened(osmo_sock_init(AF_UNSPEC, SOCK_STREAM, IPPROTO_TCP, m->vty_address,
					 m->vty_port, OSMO_SOCK_F_BIND | OSMO_SOCK_F_NONBLOCK),
			  where);
}

int vty_open(const struct cfg_model *m)
{
	if (vty_opened(vty_open_socket(m->vty_socket, m->vty_group), m->vty_socket) &&
	    vty_open_tcp(m)) {
		vty_note(m->file, m->vty_socket);
		return 0;
	}
	vty_listen_stop();
	return -1;
}

int vty_listen_start(struct gw *gw, void *talloc)
{
	int rc = n_opened ? 0 : vty_open(gw->cfg);

	memory = talloc_named_const(talloc, 0, "vty connections");
	vty_memory_end();
	osmo_signal_register_handler(SS_L_VTY, vty_on_event, NULL);
	while (n_opened && rc == 0)
		rc = vty_listen_on(gw, &opened[--n_opened]);
	if (rc < 0)
		vty_listen_stop();
	return rc;
}

void vty_listen_stop(void)
{
	struct telnet_connection *c, *next;

	llist_for_each_entry_safe(c, next, &connections, entry) vty_close(c->vty);
	while (n_listeners)
		listener_stop(&listeners[--n_listeners]);
	while (n_opened)
		close(opened[--n_opened].fd);
	if (*socket_path)
		unlink(socket_path);
	*socket_path = '\0';
	osmo_signal_unregister_handler(SS_L_VTY, vty_on_event, NULL);
	talloc_free(memory);
	memory = NULL;
	while (spares)
		free(spare[--spares]);
}
