/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h" /* first: struct ucred */

#include "gw/operator/ctl_listen.h"

#include "core/container.h"
#include "gw/operator/ctl_debug.h"
#include "gw/operator/ctl_event.h"
#include "gw/operator/listener.h"
#include "gw/operator/operator.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct ctl_client {
	struct llist_head entry;
	struct osmo_fd fd;
	struct ctl_session session;
	struct ctl_debug debug;
	struct loop_timer patience;
	uid_t uid;
	uint64_t lost; /* events and lines of debug since the last one that it got */
	char in[CTL_LINE_MAX];
	size_t n;  /* octets in it */
	bool ends; /* it is cut when it has taken what waits */
	struct ctl_text out;
};

static LLIST_HEAD(clients);
static uint64_t counts[CTL_N_COUNT];
static struct listener listener;
static int opened = -1; /* before there is a gateway to serve */
static char opened_path[LISTENER_PATH];
static gid_t admin_group = (gid_t)-1, read_group = (gid_t)-1;

const struct counter_name ctl_counter_names[CTL_N_COUNT] = {
#define X(sym, key, words) {key, words},
	CTL_COUNTERS(X)
#undef X
};

uint64_t ctl_count(enum ctl_counter c)
{
	return counts[c];
}

unsigned ctl_clients(void)
{
	return llist_count(&clients);
}

/* --- whom a connection is from -------------------------------------------------------------------- */

static bool peer_is_in(const struct ctl_peer *p, gid_t group)
{
	if (group == (gid_t)-1)
		return false;
	for (unsigned i = 0; i < p->groups; i++)
		if (p->group[i] == group)
			return true;
	return p->gid == group;
}

enum ctl_right ctl_right_of(const struct ctl_peer *p, uid_t ours, gid_t admin, gid_t read)
{
	if (p->uid == 0 || p->uid == ours || peer_is_in(p, admin))
		return CTL_MAY_ALL;
	return peer_is_in(p, read) ? CTL_MAY_SHOW : CTL_MAY_NOTHING;
}

/* Of one with more groups than there is room for only the first one counts. */
static bool peer_of(int fd, struct ctl_peer *p)
{
	struct ucred c;
	socklen_t len = sizeof(c), groups = sizeof(p->group);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &c, &len) < 0)
		return false;
	*p = (struct ctl_peer){.uid = c.uid, .gid = c.gid};
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, p->group, &groups) == 0)
		p->groups = (unsigned)(groups / sizeof(p->group[0]));
	return true;
}

static bool peer_has_room(const struct ctl_peer *p, enum ctl_right right)
{
	unsigned all = 0, readers = 0, same = 0;
	const struct ctl_client *c;

	llist_for_each_entry(c, &clients, entry)
	{
		all++;
		readers += c->session.right == CTL_MAY_SHOW;
		same += c->uid == p->uid;
	}
	return all < CTL_CLIENTS_MAX && (p->uid == 0 || same < CTL_PER_UID_MAX) &&
	       (right == CTL_MAY_ALL || readers < CTL_READERS_MAX);
}

/* --- one client ----------------------------------------------------------------------------------- */

/* A line for which there is no room is lost, and counted. */
static void client_tell(struct ctl_client *c, const struct ctl_text *line)
{
	if (ctl_event_add(&c->out, &c->lost, line))
		osmo_fd_write_enable(&c->fd);
	else
		counts[CTL_N_LOST]++;
}

static void client_on_debug(struct ctl_debug *d, const struct ctl_text *line)
{
	client_tell(container_of(d, struct ctl_client, debug), line);
}

static void client_on_event(const struct gw_event *e)
{
	struct ctl_text line = {0};
	struct ctl_client *c;

	ctl_event_line(&line, e, loop_wall());
	llist_for_each_entry(c, &clients, entry)
	{
		if (c->session.events & 1u << e->kind)
			client_tell(c, &line);
	}
	ctl_text_free(&line);
}

/* Events are made only while somebody gets them. */
static void clients_watch(void)
{
	const struct ctl_client *c;
	uint32_t kinds = 0;

	llist_for_each_entry(c, &clients, entry) kinds |= c->session.events;
	event_to = kinds ? client_on_event : NULL;
}

static void client_end(struct ctl_client *c)
{
	loop_cancel(c->session.gw->loop, &c->patience);
	ctl_debug_end(&c->debug);
	osmo_fd_unregister(&c->fd);
	close(c->fd.fd);
	llist_del(&c->entry);
	ctl_text_free(&c->out);
	free(c);
	clients_watch();
}

static void client_cut(struct ctl_client *c, enum ctl_counter why)
{
	counts[why]++;
	gw_log_peer(LOG_NOBODY, GW_LOG_MAIN, LOGL_NOTICE, c->uid, loop_now(c->session.gw->loop),
		    "control socket: client of uid %u is cut: %s", (unsigned)c->uid,
		    ctl_counter_names[why].words);
	client_end(c);
}

static void client_out_of_patience(void *ctx, uint64_t now)
{
	(void)now;
	client_cut(ctx, CTL_N_SLOW);
}

/* False: it has gone. */
static bool client_send(struct ctl_client *c)
{
	size_t left = ctl_text_left(&c->out);
	ssize_t n =
		left ? send(c->fd.fd, c->out.at + c->out.from, left, MSG_NOSIGNAL | MSG_DONTWAIT)
		     : 0;

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		client_end(c);
		return false;
	}
	if (n > 0)
		ctl_text_sent(&c->out, (size_t)n);
	return true;
}

/* A line that is whole: its octets without the end, and from where the next one begins; false =
 * there is none. */
static bool client_line(const struct ctl_client *c, size_t *len, size_t *next)
{
	const char *end = memchr(c->in, '\n', c->n);

	if (!end)
		return false;
	*next = (size_t)(end - c->in) + 1;
	*len = *next - 1;
	return true;
}

/* What the command brings about may be events for this very client: they stand before its answer.
 */
static void client_command(struct ctl_client *c, size_t len)
{
	struct ctl_text answer = {0};

	counts[CTL_N_REQUESTS]++;
	ctl_command(&c->session, c->in, len, &answer);
	if (!ctl_text_left(&c->out)) {
		ctl_text_free(&c->out);
		c->out = answer;
	} else {
		c->out.failed |= answer.failed;
		ctl_text_add(&c->out, answer.at, answer.len);
		ctl_text_free(&answer);
	}
	clients_watch();
}

static void client_answer(struct ctl_client *c)
{
	size_t len, next;

	while (!ctl_text_left(&c->out) && client_line(c, &len, &next)) {
		if (len)
			client_command(c, len);
		memmove(c->in, c->in + next, c->n - next);
		c->n -= next;
		explicit_bzero(c->in + c->n, next); /* it may have held a password */
	}
}

/* One that gets events or lines of debug may be slow: it loses some, and what waits for it is
 * bounded. */
static void client_wait(struct ctl_client *c)
{
	struct loop *loop = c->session.gw->loop;

	if (!c->session.events && !ctl_debug_is_on(&c->debug))
		loop_set(loop, &c->patience, loop_now(loop) + CTL_PATIENCE);
}

/* After one of its lines, or when it has taken something: more of its lines as long as it takes the
 * answers, then what to wait for. */
static void client_go_on(struct ctl_client *c)
{
	size_t len, next;

	do {
		client_answer(c);
		if (c->out.failed) {
			client_cut(c, CTL_N_MEMORY);
			return;
		}
		if (!client_send(c))
			return;
	} while (!ctl_text_left(&c->out) && client_line(c, &len, &next));
	if (ctl_text_left(&c->out)) {
		client_wait(c);
		osmo_fd_read_disable(&c->fd);
		osmo_fd_write_enable(&c->fd);
	} else if (c->ends) {
		client_end(c);
	} else {
		loop_cancel(c->session.gw->loop, &c->patience);
		osmo_fd_write_disable(&c->fd);
		osmo_fd_read_enable(&c->fd);
	}
}

static void client_refuse_long(struct ctl_client *c)
{
	counts[CTL_N_TOO_LONG]++;
	ctl_answer(&c->out, CTL_REFUSED, "a request has 8191 octets at the most");
	c->ends = true;
	c->n = 0;
}

static int client_ready(struct osmo_fd *ofd, unsigned what)
{
	struct ctl_client *c = ofd->data;
	ssize_t n;

	if (what & OSMO_FD_READ) {
		n = recv(ofd->fd, c->in + c->n, sizeof(c->in) - c->n, MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
			client_end(c);
			return 0;
		}
		c->n += n > 0 ? (size_t)n : 0;
		if (c->n == sizeof(c->in) && !memchr(c->in, '\n', c->n))
			client_refuse_long(c);
	}
	client_go_on(c);
	return 0;
}

static void client_begin(struct gw *gw, int fd, const struct ctl_peer *p, enum ctl_right right)
{
	struct ctl_client *c = calloc(1, sizeof(*c));

	if (!c) {
		close(fd);
		return;
	}
	c->session = (struct ctl_session){.gw = gw, .right = right, .debug = &c->debug};
	c->uid = p->uid;
	loop_timer_init(&c->patience, client_out_of_patience, c);
	osmo_fd_setup(&c->fd, fd, OSMO_FD_READ, client_ready, c, 0);
	if (osmo_fd_register(&c->fd) < 0) {
		close(fd);
		free(c);
		return;
	}
	ctl_debug_init(&c->debug, gw, client_on_debug);
	llist_add_tail(&c->entry, &clients);
	counts[CTL_N_CONNECTED]++;
}

/* It is told why, as far as that goes at once. */
static void client_refuse(struct gw *gw, int fd, const struct ctl_peer *p, enum ctl_counter why)
{
	struct ctl_text out = {0};

	counts[why]++;
	ctl_answer(&out, CTL_NOT_ALLOWED, ctl_counter_names[why].words);
	if (!out.failed)
		(void)!send(fd, out.at, out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	ctl_text_free(&out);
	close(fd);
	gw_log_peer(LOG_NOBODY, GW_LOG_MAIN, LOGL_NOTICE, p->uid, loop_now(gw->loop),
		    "control socket: uid %u: %s", (unsigned)p->uid, ctl_counter_names[why].words);
}

static void client_take(struct listener *l, int fd)
{
	enum ctl_right right;
	struct ctl_peer p;

	if (!peer_of(fd, &p)) {
		close(fd);
		return;
	}
	right = ctl_right_of(&p, geteuid(), admin_group, read_group);
	if (right == CTL_MAY_NOTHING)
		client_refuse(l->gw, fd, &p, CTL_N_STRANGER);
	else if (!peer_has_room(&p, right))
		client_refuse(l->gw, fd, &p, CTL_N_CROWD);
	else
		client_begin(l->gw, fd, &p, right);
}

/* --- start and stop ------------------------------------------------------------------------------- */

/* (gid_t)-1 without a name. */
static bool group_of(const char *name, gid_t *gid)
{
	const struct group *g = name ? getgrnam(name) : NULL;

	*gid = g ? g->gr_gid : (gid_t)-1;
	if (name && !g)
		GW_LOG(LOG_NOBODY, MAIN, LOGL_ERROR, "control: there is no group %s\n", name);
	return !name || g;
}

int ctl_open(const struct cfg_model *m)
{
	/* Whoever may connect is let in by his credentials only. */
	const mode_t mode = m->control_group || m->control_read_group ? 0666 : 0600;

	if (!group_of(m->control_group, &admin_group) ||
	    !group_of(m->control_read_group, &read_group))
		return -1;
	opened = listener_open("control", m->control_socket, NULL, mode);
	if (opened < 0) {
		GW_LOG(LOG_NOBODY, MAIN, LOGL_ERROR, "control: cannot listen on %s: %s\n",
		       m->control_socket, strerror(-opened));
		opened = -1;
		return -1;
	}
	snprintf(opened_path, sizeof(opened_path), "%s", m->control_socket);
	return 0;
}

int ctl_start(struct gw *gw)
{
	int fd;

	if (opened < 0 && ctl_open(gw->cfg) < 0)
		return -1;
	listener = (struct listener){.gw = gw, .name = "control", .take = client_take};
	fd = opened;
	opened = -1;
	if (listener_start(&listener, fd) < 0) {
		listener.gw = NULL;
		return -1;
	}
	GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE, "control socket %s\n", opened_path);
	return 0;
}

void ctl_stop(void)
{
	struct ctl_client *c, *next;

	llist_for_each_entry_safe(c, next, &clients, entry) client_end(c);
	if (listener.gw)
		listener_stop(&listener);
	listener.gw = NULL;
	if (opened >= 0)
		close(opened);
	opened = -1;
	if (*opened_path)
		unlink(opened_path);
	*opened_path = '\0';
	memset(counts, 0, sizeof(counts));
}

void ctl_flush_all(void)
{
	struct ctl_client *c, *next;

	llist_for_each_entry_safe(c, next, &clients, entry) client_send(c);
}
