/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `atmtcp:ADDRESS:PORT` and `atmtcp-listen:ADDRESS:PORT`: AAL5 SDUs as records on a TCP connection,
 * made or awaited.  A frame is VPI, VCI, two octets each, and the SDU; a record has its length
 * between them, so received ones are put together in place.  Words about circuits are counted and
 * logged and change nothing here, and we send none: circuits are permanent, the far end waits for
 * no answer.
 *
 * The carrier is the connection.  It is read only from when that was reported, so that nothing of
 * it is dropped for having come early.
 *
 * A listener has one connection at a time, from an address of `atmtcp-from`.  A second one from the
 * same address takes its place: the far end began anew, and the old connection is not known to be
 * dead.  One from another address takes its place too when no whole record came for `atmtcp-idle`,
 * so that a stranger who connects and says nothing does not keep the true far end out; else it is
 * closed.  While there is no descriptor for a caller, the listener is not watched until the next
 * check of the link, a second later at most.
 */
#define _GNU_SOURCE
#include "transports/link/link_kind.h"

#include "transports/link/atmtcp.h"
#include "transports/kit/access.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATCH	 32u
#define ROUNDS	 4u
#define CIRCUIT	 4u /* VPI and VCI in front of a frame */
#define IN_ROOM	 (2u * ATMTCP_RECORD_MAX)
#define OUT_ROOM (4u * ATMTCP_RECORD_MAX)
#define SILENT	 60000 /* ms until a far end that acknowledges nothing is gone */

enum state { CLOSED, CONNECTING, CONNECTED, CARRYING };

struct atmtcp_link {
	struct link *link;
	struct udp_ep at, from;
	struct access allowed; /* atmtcp-from */
	uint64_t idle;	       /* atmtcp-idle, us; 0 = never */
	uint64_t heard;	       /* when the last whole record came, or the connection itself */
	int listener, fd;      /* -1 = none */
	enum state state;
	int lost;      /* errno it ended with */
	bool replaced; /* the CONNECTED socket took the place of one that was up */
	bool waits;    /* for room to send */
	bool starved;  /* the listener is not watched: no descriptors */
	bool told;     /* and the log said so */
	uint8_t *in, *out;
	size_t in_len, out_at, out_len;
};

static const struct link_conf *link_atmtcp_conf(const struct atmtcp_link *u)
{
	return link_conf_of(u->link);
}

static uint64_t link_atmtcp_now(const struct atmtcp_link *u)
{
	return link_atmtcp_conf(u)->host->now(link_atmtcp_conf(u)->host_ctx);
}

static void link_atmtcp_on_ready(void *arg, unsigned ready);

static int link_atmtcp_watch(struct atmtcp_link *u, unsigned what)
{
	return link_atmtcp_conf(u)->host->watch(link_atmtcp_conf(u)->host_ctx, u->fd, what,
						link_atmtcp_on_ready, u);
}

static void link_atmtcp_drop(struct atmtcp_link *u)
{
	if (u->fd < 0)
		return;
	link_atmtcp_watch(u, 0);
	close(u->fd);
	u->fd = -1;
	u->state = CLOSED;
	if (u->in_len)
		link_counted(u->link, LINK_RX_BAD); /* cut off inside a record */
	u->in_len = u->out_at = u->out_len = 0;
	u->waits = false;
}

static void link_atmtcp_lose(struct atmtcp_link *u, int err)
{
	link_atmtcp_drop(u);
	u->lost = err;
	link_recheck(u->link);
}

/* --- receiving -------------------------------------------------------------------------------- */

static void link_atmtcp_control(struct atmtcp_link *u, const struct atmtcp_record *rec)
{
	char words[128];

	atmtcp_words(words, sizeof(words), rec);
	link_counted(u->link, LINK_CONTROL);
	link_atmtcp_conf(u)->host->log(link_atmtcp_conf(u)->host_ctx, 7, "atmtcp: far end: %s",
				       words);
}

/* The record as a frame: the circuit moves up to the SDU, over the length. */
static struct link_frame link_atmtcp_framed(struct atmtcp_link *u, const struct atmtcp_record *rec)
{
	uint8_t *data = u->in + (rec->data - u->in) - CIRCUIT;

	memmove(data, data - CIRCUIT, CIRCUIT);
	return (struct link_frame){NULL, data, 0, rec->len + CIRCUIT};
}

/* All whole records; false when the stream is broken. */
static bool link_atmtcp_records(struct atmtcp_link *u)
{
	struct rd r = rd_init(u->in, u->in_len);
	struct link_frame frames[BATCH];
	struct atmtcp_record rec;
	enum atmtcp_kind kind;
	unsigned n = 0;

	while ((kind = atmtcp_next(&r, &rec)) == ATMTCP_SDU || kind == ATMTCP_CONTROL) {
		if (kind == ATMTCP_CONTROL)
			link_atmtcp_control(u, &rec);
		else
			frames[n++] = link_atmtcp_framed(u, &rec);
		if (n == BATCH) {
			link_received(u->link, frames, n);
			n = 0;
		}
	}
	if (n)
		link_received(u->link, frames, n);
	if (r.left < u->in_len)
		u->heard = link_atmtcp_now(u);
	memmove(u->in, r.p, r.left);
	u->in_len = r.left;
	return kind == ATMTCP_MORE;
}

static void link_atmtcp_receive(struct atmtcp_link *u)
{
	for (unsigned i = 0; i < ROUNDS && u->state == CARRYING; i++) {
		ssize_t n = recv(u->fd, u->in + u->in_len, IN_ROOM - u->in_len, 0);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			link_atmtcp_lose(u, n ? errno : ECONNRESET);
			return;
		}
		u->in_len += (size_t)n;
		if (!link_atmtcp_records(u))
			link_atmtcp_lose(u, EPROTO);
	}
}

/* --- sending ---------------------------------------------------------------------------------- */

static void link_atmtcp_flush(struct atmtcp_link *u)
{
	ssize_t n = 1;

	while (u->out_len && n > 0) {
		n = send(u->fd, u->out + u->out_at, u->out_len, MSG_NOSIGNAL);
		if (n > 0) {
			u->out_at += (size_t)n;
			u->out_len -= (size_t)n;
		}
	}
	if (!u->out_len)
		u->out_at = 0;
	if (u->waits == (u->out_len > 0))
		return; /* an error is found out by reading */
	u->waits = !u->waits;
	link_atmtcp_watch(u, IST_READ | (u->waits ? IST_WRITE : 0));
}

static void link_atmtcp_append(struct atmtcp_link *u, const void *data, size_t len)
{
	memcpy(u->out + u->out_at + u->out_len, data, len);
	u->out_len += len;
}

static void link_atmtcp_put(struct atmtcp_link *u, const struct link_frame *f)
{
	uint32_t head = f->head ? f->head_len : 0, from_head = head < CIRCUIT ? head : CIRCUIT;
	uint32_t from_payload = CIRCUIT - from_head;
	uint8_t hdr[ATMTCP_HDR_LEN];

	if (head + f->len < CIRCUIT) {
		link_counted(u->link, LINK_TX_ERROR);
		return;
	}
	if (u->out_len + ATMTCP_HDR_LEN + head + f->len > OUT_ROOM) {
		link_counted(u->link, LINK_TX_FULL);
		return;
	}
	if (u->out_at + u->out_len + ATMTCP_HDR_LEN + head + f->len > OUT_ROOM) {
		memmove(u->out, u->out + u->out_at, u->out_len);
		u->out_at = 0;
	}
	if (from_head)
		memcpy(hdr, f->head, from_head);
	memcpy(hdr + from_head, f->payload, from_payload);
	wr_put32(hdr + CIRCUIT, head + f->len - CIRCUIT);
	link_atmtcp_append(u, hdr, sizeof(hdr));
	if (head > from_head)
		link_atmtcp_append(u, f->head + from_head, head - from_head);
	link_atmtcp_append(u, f->payload + from_payload, f->len - from_payload);
	link_counted(u->link, LINK_TX);
}

static void link_atmtcp_send_frames(void *impl, const struct link_frame *f, unsigned n)
{
	struct atmtcp_link *u = impl;

	if (u->state != CARRYING)
		return;
	for (unsigned i = 0; i < n; i++)
		link_atmtcp_put(u, &f[i]);
	link_atmtcp_flush(u);
}

/* --- the connection --------------------------------------------------------------------------- */

static void link_atmtcp_connected(struct atmtcp_link *u)
{
	int err = 0;
	socklen_t len = sizeof(err);

	getsockopt(u->fd, SOL_SOCKET, SO_ERROR, &err, &len);
	if (err) {
		link_atmtcp_lose(u, err);
		return;
	}
	link_atmtcp_watch(u, 0);
	u->state = CONNECTED;
	link_recheck(u->link);
}

static void link_atmtcp_on_ready(void *arg, unsigned ready)
{
	struct atmtcp_link *u = arg;

	if (u->state == CONNECTING) {
		link_atmtcp_connected(u);
		return;
	}
	if (ready & IST_READ)
		link_atmtcp_receive(u);
	if (ready & IST_WRITE && u->state == CARRYING)
		link_atmtcp_flush(u);
}

static void link_atmtcp_set_options(int fd)
{
	static const struct {
		int level, name, value;
	} rows[] = {
		{IPPROTO_TCP, TCP_NODELAY, 1},		 {SOL_SOCKET, SO_KEEPALIVE, 1},
		{IPPROTO_TCP, TCP_KEEPIDLE, 20},	 {IPPROTO_TCP, TCP_KEEPINTVL, 10},
		{IPPROTO_TCP, TCP_USER_TIMEOUT, SILENT},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		setsockopt(fd, rows[i].level, rows[i].name, &rows[i].value, sizeof(int));
}

static int link_atmtcp_dial(struct atmtcp_link *u)
{
	struct sockaddr_storage to;
	socklen_t len = udp_ep_to_sock(&u->at, &to);
	int r;

	u->fd = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (u->fd < 0)
		return -errno;
	link_atmtcp_set_options(u->fd);
	r = connect(u->fd, (struct sockaddr *)&to, len) < 0 && errno != EINPROGRESS ? -errno : 0;
	if (!r)
		r = link_atmtcp_watch(u, IST_WRITE);
	u->state = CONNECTING;
	if (r < 0) {
		close(u->fd);
		u->fd = -1;
		u->state = CLOSED;
	}
	return r;
}

/* May a caller from this address take the place of the connection there is? */
static bool link_atmtcp_gives_way(const struct atmtcp_link *u, const struct udp_ep *from)
{
	if (u->fd < 0 || !memcmp(from->ip, u->from.ip, sizeof(from->ip)))
		return true;
	return u->idle && link_atmtcp_now(u) >= u->heard + u->idle;
}

static void link_atmtcp_welcome(struct atmtcp_link *u, int fd, const struct sockaddr_storage *ss)
{
	struct udp_ep from;

	if (!udp_ep_from_sock(&from, ss) || !access_allows(&u->allowed, &from)) {
		link_counted(u->link, LINK_STRANGER);
		close(fd);
		return;
	}
	if (!link_atmtcp_gives_way(u, &from)) {
		link_counted(u->link, LINK_REFUSED);
		close(fd);
		return;
	}
	u->replaced |= u->state == CARRYING;
	link_atmtcp_drop(u);
	link_atmtcp_set_options(fd);
	u->from = from;
	u->heard = link_atmtcp_now(u);
	u->fd = fd;
	u->state = CONNECTED;
	link_recheck(u->link);
}

static void link_atmtcp_on_caller(void *arg, unsigned ready);

static int link_atmtcp_watch_callers(struct atmtcp_link *u, bool watch)
{
	return link_atmtcp_conf(u)->host->watch(link_atmtcp_conf(u)->host_ctx, u->listener,
						watch ? IST_READ : 0, link_atmtcp_on_caller, u);
}

static void link_atmtcp_starve(struct atmtcp_link *u)
{
	link_counted(u->link, LINK_STARVED);
	if (!u->told)
		link_atmtcp_conf(u)->host->log(link_atmtcp_conf(u)->host_ctx, 4,
					       "no file descriptor left: connections wait");
	u->starved = u->told = true;
	link_atmtcp_watch_callers(u, false);
}

static void link_atmtcp_on_caller(void *arg, unsigned ready)
{
	struct atmtcp_link *u = arg;

	(void)ready;
	for (unsigned i = 0; i < BATCH; i++) {
		struct sockaddr_storage ss;
		socklen_t len = sizeof(ss);
		int fd = accept4(u->listener, (struct sockaddr *)&ss, &len,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0) {
			if (access_starved(errno))
				link_atmtcp_starve(u);
			return;
		}
		u->told = false;
		link_atmtcp_welcome(u, fd, &ss);
	}
}

static struct ist_open link_atmtcp_opening(const struct atmtcp_link *u)
{
	struct ist_open w = opening_at(IST_OPEN_LISTEN, &u->at);

	w.backlog = 4;
	return w;
}

static unsigned link_atmtcp_opens(const void *impl, struct ist_open *out, unsigned n)
{
	const struct ist_open w = link_atmtcp_opening(impl);

	return opening_only(&w, out, n);
}

static int link_atmtcp_await(struct atmtcp_link *u)
{
	const struct ist_open w = link_atmtcp_opening(u);
	int fd = link_ask_open(u->link, &w), r;

	if (fd < 0)
		return fd;
	u->listener = fd;
	r = link_atmtcp_watch_callers(u, true);
	u->starved = false;
	if (r < 0) {
		close(u->listener);
		u->listener = -1;
	}
	return r;
}

/* --- the kind --------------------------------------------------------------------------------- */

static int link_atmtcp_start_dialling(void *impl)
{
	struct atmtcp_link *u = impl;

	u->lost = 0;
	return link_atmtcp_dial(u);
}

static int link_atmtcp_start_listening(void *impl)
{
	return link_atmtcp_await(impl);
}

static void link_atmtcp_stop(void *impl)
{
	struct atmtcp_link *u = impl;

	link_atmtcp_drop(u);
	if (u->listener < 0)
		return;
	if (!u->starved)
		link_atmtcp_watch_callers(u, false);
	close(u->listener);
	u->listener = -1;
}

static int link_atmtcp_check(void *impl)
{
	struct atmtcp_link *u = impl;
	int r;

	if (u->starved && link_atmtcp_watch_callers(u, true) == 0)
		u->starved = false;
	if (u->replaced) { /* report one `down`: the new far end knows nothing of the old */
		u->replaced = false;
		link_recheck(u->link);
		return 0;
	}
	if (u->listener < 0 && u->lost)
		return -u->lost;
	if (u->state == CONNECTED) {
		r = link_atmtcp_watch(u, IST_READ);
		if (r < 0)
			return r;
		u->state = CARRYING;
	}
	return u->state == CARRYING;
}

/* --- to and from another process ----------------------------------------------------------------- */

static void link_atmtcp_hand_octets(struct atmtcp_link *u, struct handover *h)
{
	u->in_len = handover_word(h, (uint32_t)u->in_len, IN_ROOM);
	handover_octets(h, u->in, u->in_len);
	u->out_len = handover_word(h, (uint32_t)u->out_len, OUT_ROOM);
	if (h->thawing)
		u->out_at = 0;
	handover_octets(h, u->out + u->out_at, u->out_len);
}

static void link_atmtcp_hand_state(struct atmtcp_link *u, struct handover *h)
{
	u->state = (enum state)handover_word(h, u->state, CARRYING);
	u->from.family = (uint8_t)handover_word(h, u->from.family, UINT8_MAX);
	u->from.port = (uint16_t)handover_word(h, u->from.port, UINT16_MAX);
	u->from.scope = handover_word(h, u->from.scope, UINT32_MAX);
	handover_octets(h, u->from.ip, sizeof(u->from.ip));
	u->heard = handover_time(h, u->heard, 0);
	u->lost = (int)handover_word(h, (uint32_t)u->lost, INT16_MAX);
	u->replaced = handover_flag(h, u->replaced);
	link_atmtcp_hand_octets(u, h);
}

static int link_atmtcp_watch_all(struct atmtcp_link *u)
{
	static const unsigned what[] = {
		[CONNECTING] = IST_WRITE, [CONNECTED] = 0, [CARRYING] = IST_READ};
	int r = u->listener >= 0 ? link_atmtcp_watch_callers(u, true) : 0;

	u->waits = u->state == CARRYING && u->out_len;
	if (!r && u->fd >= 0 && u->state != CONNECTED)
		r = link_atmtcp_watch(u, what[u->state] | (u->waits ? IST_WRITE : 0));
	return r;
}

static void link_atmtcp_quiet(void *impl)
{
	struct atmtcp_link *u = impl;

	if (u->fd >= 0)
		link_atmtcp_watch(u, 0);
	if (u->listener >= 0 && !u->starved)
		link_atmtcp_watch_callers(u, false);
}

static int link_atmtcp_forget(struct atmtcp_link *u, int r)
{
	if (u->fd >= 0)
		close(u->fd);
	if (u->listener >= 0)
		close(u->listener);
	u->fd = u->listener = -1;
	u->state = CLOSED;
	u->in_len = u->out_len = 0;
	u->lost = 0;
	u->waits = u->replaced = false;
	return r;
}

/* A listener goes along also without a connection: another one could not have its port yet.  A
 * client without one dials anew. */
static int link_atmtcp_hand(void *impl, struct handover *h)
{
	struct atmtcp_link *u = impl;
	int r;

	u->listener = handover_fd(h, u->listener);
	u->fd = handover_fd(h, u->fd);
	link_atmtcp_hand_state(u, h);
	if (!h->thawing)
		return 0;
	if (h->bad || (u->fd >= 0) != (u->state != CLOSED) || (u->fd < 0 && u->listener < 0) ||
	    (u->listener >= 0) != link_accepts(u->link))
		return link_atmtcp_forget(u, -ENOTCONN);
	r = link_atmtcp_watch_all(u);
	if (r >= 0)
		return 0;
	link_atmtcp_quiet(u);
	return link_atmtcp_forget(u, r);
}

static void link_atmtcp_free_link(void *impl)
{
	struct atmtcp_link *u = impl;

	access_free(&u->allowed);
	free(u->in);
	free(u->out);
	free(u);
}

static bool link_atmtcp_parse_at(struct atmtcp_link *u, const char *rest)
{
	return udp_ep_parse(&u->at, rest, 0) && u->at.port;
}

static void *link_atmtcp_parse(struct link *l, const char *rest, const struct link_kind *kind,
			       char *err, size_t err_len)
{
	struct atmtcp_link *u;

	if (!link_conf_of(l)->sdus) {
		settings_error(err, err_len, EINVAL,
			       "link: %s carries AAL5 SDUs, it needs atm with framing = sdus",
			       kind->form);
		return NULL;
	}
	u = calloc(1, sizeof(*u));
	if (u) {
		*u = (struct atmtcp_link){.link = l, .listener = -1, .fd = -1};
		u->in = malloc(IN_ROOM);
		u->out = malloc(OUT_ROOM);
	}
	if (u &&
	    access_read(&u->allowed, &link_conf_of(l)->settings, "atmtcp-from", err, err_len)) {
		link_atmtcp_free_link(u);
		return NULL;
	}
	if (u && u->in && u->out && link_atmtcp_parse_at(u, rest)) {
		u->idle = settings_time(&link_conf_of(l)->settings, "atmtcp-idle");
		return u;
	}
	if (u)
		link_atmtcp_free_link(u);
	settings_error(err, err_len, EINVAL, "link: \"%s%s\" is not %s", kind->scheme, rest,
		       kind->form);
	return NULL;
}

static void *link_atmtcp_parse_client(struct link *l, const char *rest, char *err, size_t err_len)
{
	return link_atmtcp_parse(l, rest, &link_atmtcp, err, err_len);
}

static void *link_atmtcp_parse_server(struct link *l, const char *rest, char *err, size_t err_len)
{
	return link_atmtcp_parse(l, rest, &link_atmtcp_listen, err, err_len);
}

static uint32_t link_atmtcp_mtu(const void *impl)
{
	(void)impl;
	return CIRCUIT + ATMTCP_SDU_MAX;
}

const struct link_kind link_atmtcp = {
	.scheme = "atmtcp:",
	.form = "atmtcp:ADDRESS:PORT",
	.parse = link_atmtcp_parse_client,
	.free = link_atmtcp_free_link,
	.start = link_atmtcp_start_dialling,
	.stop = link_atmtcp_stop,
	.check = link_atmtcp_check,
	.send = link_atmtcp_send_frames,
	.mtu = link_atmtcp_mtu,
	.hand = link_atmtcp_hand,
	.quiet = link_atmtcp_quiet,
};

const struct link_kind link_atmtcp_listen = {
	.scheme = "atmtcp-listen:",
	.form = "atmtcp-listen:ADDRESS:PORT",
	.parse = link_atmtcp_parse_server,
	.free = link_atmtcp_free_link,
	.start = link_atmtcp_start_listening,
	.stop = link_atmtcp_stop,
	.check = link_atmtcp_check,
	.send = link_atmtcp_send_frames,
	.mtu = link_atmtcp_mtu,
	.opens = link_atmtcp_opens,
	.hand = link_atmtcp_hand,
	.quiet = link_atmtcp_quiet,
	.accepts = true,
};
