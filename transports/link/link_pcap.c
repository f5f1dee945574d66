/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `pcap:IN`, `pcap:>OUT`, `pcap:IN>OUT`: the frames of a capture file are what the link receives,
 * at the pace they were recorded or as fast as they are taken, and what is sent is recorded in
 * another.  The link type of both is the transport's; a file of another one is refused, and where
 * frames have tags in front, those of another dissector are dropped.  The link is up while the
 * files are open, also when all of IN has come.
 *
 * Either may be a named pipe, with another program at the other end: a capture being made, one
 * being watched, or another link.  Then there are no times to keep, frames are handed on when they
 * come; and the link is up when a stream has begun (its file header has come) and ours has
 * a reader. A stream that ends takes the link down, and both pipes are opened anew, since the next
 * program at the other end needs a header.  A regular file beside it is left as it is.
 */
#define _GNU_SOURCE
#include "transports/link/link_kind.h"

#include "transports/kit/linktype.h"
#include "transports/link/pcap_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define BATCH 32u
#define ROOM  (2u * PCAP_SNAP_MAX)
#define EVER  UINT64_MAX

#define PIPE_ROOM (1 << 20) /* octets; as much as anybody may ask for */

/* A stream may be over, or be none; the latter is not looked at again at once. */
enum pipe_state { PIPE_OPEN, PIPE_OVER, PIPE_NONSENSE, PIPE_CLOSED };

struct pcap_link {
	struct link *link;
	char *from, *to; /* NULL = none */
	bool fast;	 /* not at the recorded pace */
	int in, out;	 /* -1 = closed */
	bool running, all_read;
	struct pcap_file file;
	uint8_t *room; /* octets of the file from `at` to `end` */
	size_t at, end;
	uint64_t skew; /* clock minus the time of a record */
	bool skewed;
	uint32_t timer;
	off_t written;
	bool in_pipe, out_pipe;
	enum pipe_state pipes;
	bool begun;	/* its header has come */
	bool out_stale; /* who reads has not had our header */
	bool told;	/* that what comes is not a capture */
	uint8_t rest[PCAP_RECORD_HEAD + LINKTYPE_TAGS_MAX +
		     LINK_FRAME_MAX]; /* of a record that did not fit, from rest_at */
	size_t rest_at, rest_len;
};

static const struct link_conf *link_pcap_conf(const struct pcap_link *u)
{
	return link_conf_of(u->link);
}

/* --- replay ----------------------------------------------------------------------------------- */

static bool link_pcap_watch_in(struct pcap_link *u, unsigned what);

static void link_pcap_pipes_end(struct pcap_link *u, enum pipe_state how)
{
	u->pipes = how;
	if (u->in_pipe)
		link_pcap_watch_in(u, 0);
	link_recheck(u->link);
}

/* n octets of the file as they stand, or NULL when it has no more, or a pipe not yet. */
static const uint8_t *link_pcap_ahead(struct pcap_link *u, size_t n)
{
	while (u->end - u->at < n && !u->all_read) {
		ssize_t got;

		if (u->at + n > ROOM) {
			memmove(u->room, u->room + u->at, u->end - u->at);
			u->end -= u->at;
			u->at = 0;
		}
		got = read(u->in, u->room + u->end, ROOM - u->end);
		if (got > 0)
			u->end += (size_t)got;
		else if (!got || (errno != EINTR && errno != EAGAIN))
			u->all_read = true;
		else if (errno == EAGAIN)
			break;
	}
	return u->end - u->at < n ? NULL : u->room + u->at;
}

static void link_pcap_end_of_file(struct pcap_link *u, bool nonsense)
{
	if (u->at < u->end) /* cut off, or lengths that are none */
		link_counted(u->link, LINK_RX_BAD);
	u->at = u->end;
	u->all_read = true;
	if (u->in_pipe)
		link_pcap_pipes_end(u, nonsense ? PIPE_NONSENSE : PIPE_OVER);
	else
		link_pcap_conf(u)->host->log(link_pcap_conf(u)->host_ctx, 5,
					     "link %s: all of it was replayed", u->from);
}

/* The header of a file, and that its frames are of our kind.  False, with words, when not. */
static bool link_pcap_file_head(struct pcap_link *u, const uint8_t *head)
{
	const char *words = NULL;
	char type[60];

	if (!head || !pcap_file_decode(&u->file, head)) {
		words = "not a capture file of the classic format";
	} else if (u->file.link_type != link_pcap_conf(u)->linktype) {
		snprintf(type, sizeof(type), "its link type is %u, not %u", u->file.link_type,
			 link_pcap_conf(u)->linktype);
		words = type;
	}
	if (words && !u->told)
		link_pcap_conf(u)->host->log(link_pcap_conf(u)->host_ctx, 3, "link %s: %s", u->from,
					     words);
	u->told = u->in_pipe && words;
	u->at += words ? 0 : PCAP_FILE_HEAD;
	return !words;
}

/* Where a record should be is the header of a stream: who wrote has gone and another has come, all
 * between two looks.  The times of records are never that far off. */
static bool link_pcap_is_file_head(const struct pcap_link *u, const uint8_t *head)
{
	uint8_t padded[PCAP_FILE_HEAD] = {0};
	struct pcap_file f;

	memcpy(padded, head, PCAP_RECORD_HEAD);
	return u->in_pipe && pcap_file_decode(&f, padded);
}

/* The new one reads us from here on, and needs a header too. */
static bool link_pcap_begin_again(struct pcap_link *u)
{
	const uint8_t *head = link_pcap_ahead(u, PCAP_FILE_HEAD);

	if (!head)
		return true;
	u->out_stale = u->out_pipe;
	link_recheck(u->link);
	return link_pcap_file_head(u, head);
}

/* The next record, its frame whole in memory; false at the end, or when a pipe has no more yet. */
static bool link_pcap_peek(struct pcap_link *u, struct pcap_record *r)
{
	const uint8_t *head = link_pcap_ahead(u, PCAP_RECORD_HEAD);
	bool sane = !head || !link_pcap_is_file_head(u, head) || link_pcap_begin_again(u);

	head = link_pcap_ahead(u, PCAP_RECORD_HEAD); /* may be another one now */
	if (head && sane && !link_pcap_is_file_head(u, head))
		sane = pcap_record_decode(&u->file, r, head);
	if (!sane || !head || link_pcap_is_file_head(u, head) ||
	    !link_pcap_ahead(u, PCAP_RECORD_HEAD + r->len)) {
		if (!sane || u->all_read)
			link_pcap_end_of_file(u, !sane);
		return false;
	}
	if (!u->skewed)
		u->skew = link_pcap_conf(u)->host->now(link_pcap_conf(u)->host_ctx) - r->us;
	u->skewed = true;
	return true;
}

/* The frame of a record when it may be handed on; others are counted. */
static bool link_pcap_sound(struct pcap_link *u, const struct pcap_record *r, struct link_frame *f)
{
	struct rd in = rd_init(u->room + u->at + PCAP_RECORD_HEAD, r->len);
	bool whole = r->len == r->wire_len;

	if (whole && link_pcap_conf(u)->dissector)
		whole = linktype_tags_decode(&in, link_pcap_conf(u)->dissector);
	if (!whole)
		link_counted(u->link, LINK_RX_BAD);
	else if (in.left > LINK_FRAME_MAX)
		link_counted(u->link, LINK_RX_TOO_LONG);
	*f = (struct link_frame){NULL, in.p, 0, (uint32_t)in.left};
	return whole && in.left <= LINK_FRAME_MAX;
}

/* Hands on the frames whose time has come, at most a batch; says when to come again. */
static uint64_t link_pcap_replay(struct pcap_link *u, uint64_t now)
{
	struct link_frame frames[BATCH];
	struct pcap_record r;
	unsigned n = 0, seen = 0;
	uint64_t next = now;

	if (u->at == u->end)
		u->at = u->end = 0;
	/* What is in `frames` stays where it is: it is handed on before `ahead` has to make room.
	 */
	while (seen++ < BATCH && (!n || u->at + PCAP_RECORD_HEAD + PCAP_SNAP_MAX <= ROOM)) {
		if (!link_pcap_peek(u, &r))
			next = EVER;
		else if (!u->fast && !u->in_pipe && r.us + u->skew > now)
			next = r.us + u->skew;
		if (next != now)
			break;
		n += link_pcap_sound(u, &r, &frames[n]);
		u->at += PCAP_RECORD_HEAD + r.len;
	}
	if (n)
		link_received(u->link, frames, n);
	return next;
}

static void link_pcap_on_time(void *arg, uint64_t now)
{
	struct pcap_link *u = arg;
	uint64_t next = u->running && u->pipes == PIPE_OPEN ? link_pcap_replay(u, now) : EVER;

	link_pcap_conf(u)->host->timer(link_pcap_conf(u)->host_ctx, &u->timer, next,
				       link_pcap_on_time, u);
}

/* --- recording -------------------------------------------------------------------------------- */

static uint64_t link_pcap_wall_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

static void link_pcap_on_room(void *arg, unsigned ready);

static bool link_pcap_watch_out(struct pcap_link *u, unsigned what)
{
	return !link_pcap_conf(u)->host->watch(link_pcap_conf(u)->host_ctx, u->out, what,
					       link_pcap_on_room, u);
}

/* A pipe took the beginning of a record: the rest goes when there is room. */
static bool link_pcap_keep_rest(struct pcap_link *u, const struct iovec *iov, int n, size_t gone)
{
	u->rest_at = u->rest_len = 0;
	for (int i = 0; i < n; i++) {
		size_t skip = gone < iov[i].iov_len ? gone : iov[i].iov_len;

		gone -= skip;
		if (skip == iov[i].iov_len)
			continue; /* an empty piece may have no octets to point to */
		memcpy(u->rest + u->rest_len, (const uint8_t *)iov[i].iov_base + skip,
		       iov[i].iov_len - skip);
		u->rest_len += iov[i].iov_len - skip;
	}
	return link_pcap_watch_out(u, IST_WRITE);
}

static void link_pcap_on_room(void *arg, unsigned ready)
{
	struct pcap_link *u = arg;
	ssize_t n = write(u->out, u->rest + u->rest_at, u->rest_len);

	(void)ready;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	u->rest_at += n > 0 ? (size_t)n : 0;
	u->rest_len -= n > 0 ? (size_t)n : u->rest_len;
	if (n < 0)
		link_pcap_pipes_end(u, PIPE_OVER);
	if (!u->rest_len)
		link_pcap_watch_out(u, 0);
}

static enum link_counter link_pcap_write_pipe(struct pcap_link *u, struct iovec *iov, int count,
					      size_t len)
{
	ssize_t n = -1;

	errno = EAGAIN;
	if (!u->rest_len)
		n = writev(u->out, iov, count);
	if (n == (ssize_t)len || (n >= 0 && link_pcap_keep_rest(u, iov, count, (size_t)n)))
		return LINK_TX;
	if (n < 0 && errno == EAGAIN)
		return LINK_TX_FULL;
	link_pcap_pipes_end(u, PIPE_OVER);
	return LINK_TX_ERROR;
}

/* Whole or not at all, so that the file stays one. */
static enum link_counter link_pcap_write_whole(struct pcap_link *u, struct iovec *iov, int n)
{
	size_t len = 0;

	for (int i = 0; i < n; i++)
		len += iov[i].iov_len;
	if (u->out_pipe)
		return link_pcap_write_pipe(u, iov, n, len);
	if (pwritev(u->out, iov, n, u->written) == (ssize_t)len) {
		u->written += (off_t)len;
		return LINK_TX;
	}
	if (ftruncate(u->out, u->written))
		link_pcap_conf(u)->host->log(link_pcap_conf(u)->host_ctx, 4,
					     "link %s: a record is cut off", u->to);
	return LINK_TX_ERROR;
}

static void link_pcap_record(struct pcap_link *u, const struct link_frame *f)
{
	uint8_t head[PCAP_RECORD_HEAD], tags[LINKTYPE_TAGS_MAX];
	const char *dissector = link_pcap_conf(u)->dissector;
	size_t tags_len =
		dissector ? linktype_tags_encode(tags, dissector, !link_pcap_conf(u)->dce, 0) : 0;
	uint32_t head_len = f->head ? f->head_len : 0;
	uint32_t len = (uint32_t)tags_len + head_len + f->len;
	const struct pcap_record r = {link_pcap_wall_clock(), len, len};
	struct iovec iov[] = {
		{head, sizeof(head)},
		{tags, tags_len},
		{(void *)(uintptr_t)f->head, head_len},
		{(void *)(uintptr_t)f->payload, f->len},
	};

	pcap_record_encode(head, &r);
	link_counted(u->link, link_pcap_write_whole(u, iov, 4));
}

static void link_pcap_send_frames(void *impl, const struct link_frame *f, unsigned n)
{
	struct pcap_link *u = impl;

	for (unsigned i = 0; i < n && u->running; i++) {
		if (u->out >= 0)
			link_pcap_record(u, &f[i]);
		else
			link_counted(u->link, LINK_TX); /* into the void: that is where it goes */
	}
}

/* --- files ------------------------------------------------------------------------------------ */

static void link_pcap_on_stream(void *arg, unsigned ready);

static bool link_pcap_watch_in(struct pcap_link *u, unsigned what)
{
	return !link_pcap_conf(u)->host->watch(link_pcap_conf(u)->host_ctx, u->in, what,
					       link_pcap_on_stream, u);
}

static int link_pcap_open_in(struct pcap_link *u)
{
	const struct ist_open w = opening_named(IST_OPEN_READ, u->from);
	int fd = link_ask_open(u->link, &w);
	struct stat st;

	if (fd < 0)
		return fd;
	u->in = fd;
	if (fstat(u->in, &st) || !(S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode))) {
		link_pcap_conf(u)->host->log(link_pcap_conf(u)->host_ctx, 3,
					     "link %s: neither a file nor a pipe", u->from);
		return -EINVAL;
	}
	u->in_pipe = S_ISFIFO(st.st_mode);
	if (u->in_pipe)
		return link_pcap_watch_in(u, IST_READ) ? 0 : -ENOMEM;
	u->begun = link_pcap_file_head(u, link_pcap_ahead(u, PCAP_FILE_HEAD));
	return u->begun ? 0 : -EINVAL;
}

/* -ENXIO: the pipe has no reader. */
static int link_pcap_open_out(struct pcap_link *u)
{
	const struct ist_open w = opening_named(IST_OPEN_WRITE, u->to);
	uint8_t head[PCAP_FILE_HEAD];
	struct iovec iov = {head, sizeof(head)};
	int fd = link_ask_open(u->link, &w);

	if (fd < 0)
		return fd;
	u->out = fd;
	if (u->out_pipe)
		(void)fcntl(u->out, F_SETPIPE_SZ, PIPE_ROOM);
	u->written = 0;
	u->rest_len = 0;
	pcap_file_encode(head, link_pcap_conf(u)->linktype);
	return link_pcap_write_whole(u, &iov, 1) == LINK_TX ? 0 : -EIO;
}

static void link_pcap_close_in(struct pcap_link *u)
{
	if (u->in < 0)
		return;
	if (u->in_pipe)
		link_pcap_watch_in(u, 0);
	close(u->in);
	u->in = -1;
	u->all_read = u->skewed = u->begun = false;
	u->at = u->end = 0;
}

static void link_pcap_close_out(struct pcap_link *u)
{
	if (u->out < 0)
		return;
	if (u->rest_len)
		link_pcap_watch_out(u, 0);
	u->rest_len = 0;
	close(u->out);
	u->out = -1;
}

static void link_pcap_stop(void *impl)
{
	struct pcap_link *u = impl;

	if (u->timer)
		link_pcap_conf(u)->host->timer(link_pcap_conf(u)->host_ctx, &u->timer, EVER,
					       link_pcap_on_time, u);
	link_pcap_close_in(u);
	link_pcap_close_out(u);
	u->running = u->told = false;
	u->pipes = PIPE_OPEN;
}

static unsigned link_pcap_opens(const void *impl, struct ist_open *out, unsigned n)
{
	const struct pcap_link *u = impl;
	unsigned there = 0;
	struct ist_open w;

	if (u->from) {
		w = opening_named(IST_OPEN_READ, u->from);
		opening_list(&w, out, n, &there);
	}
	if (u->to) {
		w = opening_named(IST_OPEN_WRITE, u->to);
		opening_list(&w, out, n, &there);
	}
	return there;
}

static int link_pcap_start(void *impl)
{
	struct pcap_link *u = impl;
	struct stat st;
	int r = u->from ? link_pcap_open_in(u) : 0;

	u->out_pipe = u->to && !stat(u->to, &st) && S_ISFIFO(st.st_mode);
	if (!r && u->to && !u->out_pipe)
		r = link_pcap_open_out(u);
	if (r)
		link_pcap_stop(u);
	return r;
}

/* --- pipes ------------------------------------------------------------------------------------ */

/* Until the carrier is reported nothing behind the header is read, so that nothing comes early. */
static void link_pcap_on_stream(void *arg, unsigned ready)
{
	struct pcap_link *u = arg;
	uint64_t now = link_pcap_conf(u)->host->now(link_pcap_conf(u)->host_ctx);

	(void)ready;
	if (u->begun) {
		link_pcap_on_time(u, now);
		return;
	}
	if (!link_pcap_ahead(u, PCAP_FILE_HEAD) && !u->all_read)
		return;
	u->begun = link_pcap_file_head(u, u->all_read ? NULL : u->room + u->at);
	if (!u->begun)
		link_counted(u->link, LINK_RX_BAD);
	link_pcap_pipes_end(u, u->begun ? PIPE_OPEN : PIPE_NONSENSE);
}

static void link_pcap_reopen_pipes(struct pcap_link *u)
{
	bool wait = u->pipes == PIPE_NONSENSE;

	if (u->in_pipe)
		link_pcap_close_in(u);
	if (u->out_pipe)
		link_pcap_close_out(u);
	u->pipes = wait ? PIPE_CLOSED : PIPE_OPEN;
	if (!wait && u->in_pipe && link_pcap_open_in(u))
		u->pipes = PIPE_CLOSED; /* once more, in a second */
}

static bool link_pcap_nobody_reads(const struct pcap_link *u)
{
	struct pollfd p = {.fd = u->out};

	return u->out_stale || (poll(&p, 1, 0) == 1 && p.revents & POLLERR);
}

/* Are both ends there? */
static bool link_pcap_pipes_ready(struct pcap_link *u)
{
	if (u->pipes == PIPE_OPEN && u->out_pipe && u->out >= 0 && link_pcap_nobody_reads(u))
		link_pcap_close_out(u);
	u->out_stale = false;
	if (u->pipes != PIPE_OPEN) {
		link_pcap_reopen_pipes(u);
		return false;
	}
	if (u->out_pipe && u->out < 0 && link_pcap_open_out(u))
		link_pcap_close_out(u);
	return (!u->from || u->begun) && (!u->to || u->out >= 0);
}

/* The first time it is asked, a link of files comes up: what is replayed begins then. */
static int link_pcap_check(void *impl)
{
	struct pcap_link *u = impl;
	bool ready = link_pcap_pipes_ready(u);

	if (ready && !u->running && u->from) {
		if (u->in_pipe)
			link_pcap_watch_in(u, IST_READ);
		link_pcap_conf(u)->host->timer(
			link_pcap_conf(u)->host_ctx, &u->timer,
			link_pcap_conf(u)->host->now(link_pcap_conf(u)->host_ctx),
			link_pcap_on_time, u);
	}
	u->running = ready;
	return ready;
}

/* --- to and from another process --------------------------------------------------------------- */

/* The octets of it that are read, and not taken yet. */
static void link_pcap_hand_in(struct pcap_link *u, struct handover *h)
{
	uint32_t left = handover_word(h, (uint32_t)(u->end - u->at), ROOM);

	handover_octets(h, u->room + (h->thawing ? 0 : u->at), left);
	if (h->thawing) {
		u->at = 0;
		u->end = left;
	}
	u->file.swapped = handover_flag(h, u->file.swapped);
	u->file.nanoseconds = handover_flag(h, u->file.nanoseconds);
	u->file.link_type = handover_word(h, u->file.link_type, UINT32_MAX);
	u->all_read = handover_flag(h, u->all_read);
	u->begun = handover_flag(h, u->begun);
	u->skewed = handover_flag(h, u->skewed);
	u->skew = handover_number(h, u->skew);
}

/* Of a record that did not fit, the octets that are still to be written. */
static void link_pcap_hand_out(struct pcap_link *u, struct handover *h)
{
	uint32_t left = handover_word(h, (uint32_t)u->rest_len, sizeof(u->rest));

	handover_octets(h, u->rest + (h->thawing ? 0 : u->rest_at), left);
	if (h->thawing) {
		u->rest_at = 0;
		u->rest_len = left;
	}
	u->written = (off_t)handover_number(h, (uint64_t)u->written);
	u->out_stale = handover_flag(h, u->out_stale);
}

/* -EBADF: neither a file nor a pipe. */
static int link_pcap_thaw_kind(int fd, bool *pipe, off_t *at)
{
	struct stat st;

	if (fd < 0)
		return 0;
	if (fstat(fd, &st) || !(S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode)))
		return -EBADF;
	*pipe = S_ISFIFO(st.st_mode);
	if (!*pipe && *at > st.st_size)
		*at = st.st_size;
	return *at < 0 ? -EBADF : 0;
}

/* Of a stream that has begun nothing is read before the link is up. */
static int link_pcap_thaw(struct pcap_link *u)
{
	const struct link_conf *c = link_pcap_conf(u);
	off_t none = 0;
	int r = link_pcap_thaw_kind(u->in, &u->in_pipe, &none);

	if (!r)
		r = link_pcap_thaw_kind(u->out, &u->out_pipe, &u->written);
	if (r || (u->in >= 0) > (u->from != NULL) || (u->out >= 0) > (u->to != NULL))
		return -EBADF;
	if ((u->in < 0 && u->from && u->pipes == PIPE_OPEN) ||
	    (u->out < 0 && u->to && !u->out_pipe))
		return -EBADF; /* they must be open */
	if (u->in_pipe && u->pipes == PIPE_OPEN && (!u->begun || u->running) &&
	    !link_pcap_watch_in(u, IST_READ))
		return -ENOMEM;
	if (u->out >= 0 && u->rest_len && !link_pcap_watch_out(u, IST_WRITE))
		return -ENOMEM;
	if (u->running && u->in >= 0)
		return c->host->timer(c->host_ctx, &u->timer, c->host->now(c->host_ctx),
				      link_pcap_on_time, u);
	return 0;
}

/* The place in a file goes along with its descriptor. */
static int link_pcap_hand(void *impl, struct handover *h)
{
	struct pcap_link *u = impl;
	int r;

	u->in = handover_fd(h, u->in);
	u->out = handover_fd(h, u->out);
	u->running = handover_flag(h, u->running);
	u->pipes = (enum pipe_state)handover_word(h, u->pipes, PIPE_CLOSED);
	u->told = handover_flag(h, u->told);
	u->in_pipe = handover_flag(h, u->in_pipe);
	u->out_pipe = handover_flag(h, u->out_pipe);
	link_pcap_hand_in(u, h);
	link_pcap_hand_out(u, h);
	if (!h->thawing)
		return 0;
	r = h->bad ? -EINVAL : link_pcap_thaw(u);
	if (r)
		link_pcap_stop(u);
	return r;
}

static void link_pcap_quiet(void *impl)
{
	struct pcap_link *u = impl;

	if (u->timer)
		link_pcap_conf(u)->host->timer(link_pcap_conf(u)->host_ctx, &u->timer, EVER,
					       link_pcap_on_time, u);
	if (u->in >= 0)
		link_pcap_watch_in(u, 0);
	if (u->out >= 0)
		link_pcap_watch_out(u, 0);
}

/* --- the kind ---------------------------------------------------------------------------------- */

static void link_pcap_free_link(void *impl)
{
	struct pcap_link *u = impl;

	free(u->from);
	free(u->to);
	free(u->room);
	free(u);
}

static void *link_pcap_parse(struct link *l, const char *rest, char *err, size_t err_len)
{
	const char *arrow = strchr(rest, '>');
	size_t from = arrow ? (size_t)(arrow - rest) : strlen(rest);
	struct pcap_link *u = calloc(1, sizeof(*u));
	bool ok = u != NULL;

	if (ok) {
		*u = (struct pcap_link){.link = l, .in = -1, .out = -1};
		u->fast = settings_is(&link_conf_of(l)->settings, "replay", "full-speed");
		u->room = malloc(ROOM);
		u->from = from ? strndup(rest, from) : NULL;
		u->to = arrow && arrow[1] ? strdup(arrow + 1) : NULL;
		ok = u->room && (u->from || u->to) && !(arrow && arrow[1] && !u->to) &&
		     !(u->from && u->to && !strcmp(u->from, u->to));
	}
	if (ok)
		return u;
	if (u)
		link_pcap_free_link(u);
	settings_error(err, err_len, EINVAL, "link: \"pcap:%s\" is not %s", rest, link_pcap.form);
	return NULL;
}

static uint32_t link_pcap_mtu(const void *impl)
{
	(void)impl;
	return LINK_FRAME_MAX;
}

const struct link_kind link_pcap = {
	.scheme = "pcap:",
	.form = "pcap:REPLAYED>RECORDED",
	.parse = link_pcap_parse,
	.free = link_pcap_free_link,
	.start = link_pcap_start,
	.stop = link_pcap_stop,
	.check = link_pcap_check,
	.send = link_pcap_send_frames,
	.mtu = link_pcap_mtu,
	.opens = link_pcap_opens,
	.hand = link_pcap_hand,
	.quiet = link_pcap_quiet,
};
