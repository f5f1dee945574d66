/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `pcap:IN`, `pcap:>OUT`, `pcap:IN>OUT`: the frames of a capture file are what the link receives,
 * at the pace they were recorded or as fast as they are taken, and what is sent is recorded in
 * another.  The link type of both is the transport's; a file of another one is refused, and where
 * frames have tags in front, those of another dissector are dropped.  The link is up while the files
 * are open, also when all of IN has come.
 */
#include "transports/link_kind.h"

#include "transports/pcap_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define BATCH 32u
#define ROOM  (2u * PCAP_SNAP_MAX)
#define EVER  UINT64_MAX

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
};

static const struct link_conf *conf(const struct pcap_link *u)
{
	return link_conf_of(u->link);
}

/* --- replay
 * --------------------------------------------------------------------------------------- */

/* n octets of the file as they stand, or NULL when it has no more. */
static const uint8_t *ahead(struct pcap_link *u, size_t n)
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
		else if (!got || errno != EINTR)
			u->all_read = true;
	}
	return u->end - u->at < n ? NULL : u->room + u->at;
}

static void end_of_file(struct pcap_link *u)
{
	if (u->at < u->end) /* cut off, or lengths that are none */
		link_counted(u->link, LINK_RX_BAD);
	u->at = u->end;
	u->all_read = true;
	conf(u)->host->log(conf(u)->host_ctx, 5, "link %s: all of it was replayed", u->from);
}

/* The next record, its frame whole in memory; false at the end of the file. */
static bool peek(struct pcap_link *u, struct pcap_record *r)
{
	const uint8_t *head = ahead(u, PCAP_RECORD_HEAD);

	if (!head || !pcap_record_decode(&u->file, r, head) ||
	    !ahead(u, PCAP_RECORD_HEAD + r->len)) {
		end_of_file(u);
		return false;
	}
	if (!u->skewed)
		u->skew = conf(u)->host->now(conf(u)->host_ctx) - r->us;
	u->skewed = true;
	return true;
}

/* The frame of a record when it may be handed on; others are counted. */
static bool sound(struct pcap_link *u, const struct pcap_record *r, struct link_frame *f)
{
	struct rd in = rd_init(u->room + u->at + PCAP_RECORD_HEAD, r->len);
	bool whole = r->len == r->wire_len;

	if (whole && conf(u)->dissector)
		whole = pcap_tags_decode(&in, conf(u)->dissector);
	if (!whole)
		link_counted(u->link, LINK_RX_BAD);
	else if (in.left > LINK_FRAME_MAX)
		link_counted(u->link, LINK_RX_TOO_LONG);
	*f = (struct link_frame){NULL, in.p, 0, (uint32_t)in.left};
	return whole && in.left <= LINK_FRAME_MAX;
}

/* Hands on the frames whose time has come, at most a batch; says when to come again. */
static uint64_t replay(struct pcap_link *u, uint64_t now)
{
	struct link_frame frames[BATCH];
	struct pcap_record r;
	unsigned n = 0, seen = 0;
	uint64_t next = now;

	/* What is in `frames` stays where it is: it is handed on before `ahead` has to make room.
	 */
	while (seen++ < BATCH && (!n || u->at + PCAP_RECORD_HEAD + PCAP_SNAP_MAX <= ROOM)) {
		if (!peek(u, &r))
			next = EVER;
		else if (!u->fast && r.us + u->skew > now)
			next = r.us + u->skew;
		if (next != now)
			break;
		n += sound(u, &r, &frames[n]);
		u->at += PCAP_RECORD_HEAD + r.len;
	}
	if (n)
		link_received(u->link, frames, n);
	return next;
}

static void on_time(void *arg, uint64_t now)
{
	struct pcap_link *u = arg;
	uint64_t next = replay(u, now);

	conf(u)->host->timer(conf(u)->host_ctx, &u->timer, next, on_time, u);
}

/* --- recording
 * ------------------------------------------------------------------------------------ */

static uint64_t wall_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

/* Whole or not at all, so that the file stays one. */
static bool write_whole(struct pcap_link *u, struct iovec *iov, int n)
{
	size_t len = 0;

	for (int i = 0; i < n; i++)
		len += iov[i].iov_len;
	if (pwritev(u->out, iov, n, u->written) == (ssize_t)len) {
		u->written += (off_t)len;
		return true;
	}
	return ftruncate(u->out, u->written) && false;
}

static void record(struct pcap_link *u, const struct link_frame *f)
{
	uint8_t head[PCAP_RECORD_HEAD], tags[PCAP_TAGS_MAX];
	const char *dissector = conf(u)->dissector;
	size_t tags_len = dissector ? pcap_tags_encode(tags, dissector, !conf(u)->dce) : 0;
	uint32_t head_len = f->head ? f->head_len : 0;
	uint32_t len = (uint32_t)tags_len + head_len + f->len;
	const struct pcap_record r = {wall_clock(), len, len};
	struct iovec iov[] = {
		{head, sizeof(head)},
		{tags, tags_len},
		{(void *)(uintptr_t)f->head, head_len},
		{(void *)(uintptr_t)f->payload, f->len},
	};

	pcap_record_encode(head, &r);
	link_counted(u->link, write_whole(u, iov, 4) ? LINK_TX : LINK_TX_ERROR);
}

static void send_frames(void *impl, const struct link_frame *f, unsigned n)
{
	struct pcap_link *u = impl;

	for (unsigned i = 0; i < n && u->running; i++) {
		if (u->out >= 0)
			record(u, &f[i]);
		else
			link_counted(u->link, LINK_TX); /* into the void: that is where it goes */
	}
}

/* --- files
 * ---------------------------------------------------------------------------------------- */

static int wrong(struct pcap_link *u, const char *words)
{
	conf(u)->host->log(conf(u)->host_ctx, 3, "link %s: %s", u->from, words);
	return -EINVAL;
}

static int open_in(struct pcap_link *u)
{
	const uint8_t *head;
	struct stat st;

	u->in = open(u->from, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (u->in < 0)
		return -errno;
	if (fstat(u->in, &st) || !S_ISREG(st.st_mode))
		return wrong(u, "not a regular file");
	head = ahead(u, PCAP_FILE_HEAD);
	if (!head || !pcap_file_decode(&u->file, head))
		return wrong(u, "not a capture file of the classic format");
	if (u->file.link_type != conf(u)->dlt) {
		conf(u)->host->log(conf(u)->host_ctx, 3, "link %s: its link type is %u, not %u",
				   u->from, u->file.link_type, conf(u)->dlt);
		return -EINVAL;
	}
	u->at += PCAP_FILE_HEAD;
	return 0;
}

static int open_out(struct pcap_link *u)
{
	uint8_t head[PCAP_FILE_HEAD];
	struct iovec iov = {head, sizeof(head)};

	u->out = open(u->to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (u->out < 0)
		return -errno;
	u->written = 0;
	pcap_file_encode(head, conf(u)->dlt);
	return write_whole(u, &iov, 1) ? 0 : -EIO;
}

static void stop(void *impl)
{
	struct pcap_link *u = impl;

	if (u->timer)
		conf(u)->host->timer(conf(u)->host_ctx, &u->timer, EVER, on_time, u);
	if (u->in >= 0)
		close(u->in);
	if (u->out >= 0)
		close(u->out);
	u->in = u->out = -1;
	u->running = u->all_read = u->skewed = false;
	u->at = u->end = 0;
}

static int start(void *impl)
{
	struct pcap_link *u = impl;
	int r = u->from ? open_in(u) : 0;

	if (!r && u->to)
		r = open_out(u);
	if (r)
		stop(u);
	return r;
}

/* The first time it is asked, the link comes up: what is replayed begins then. */
static int check(void *impl)
{
	struct pcap_link *u = impl;

	if (!u->running && u->from)
		conf(u)->host->timer(conf(u)->host_ctx, &u->timer,
				     conf(u)->host->now(conf(u)->host_ctx), on_time, u);
	u->running = true;
	return 1;
}

static void free_link(void *impl)
{
	struct pcap_link *u = impl;

	free(u->from);
	free(u->to);
	free(u->room);
	free(u);
}

static void *parse(struct link *l, const char *rest, char *err, size_t err_len)
{
	const char *arrow = strchr(rest, '>');
	size_t from = arrow ? (size_t)(arrow - rest) : strlen(rest);
	struct pcap_link *u = calloc(1, sizeof(*u));
	bool ok = u && link_conf_of(l)->dlt;

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
		free_link(u);
	if (link_conf_of(l)->dlt)
		settings_error(err, err_len, EINVAL, "link: \"pcap:%s\" is not %s", rest,
			       link_pcap.form);
	else
		settings_error(err, err_len, EINVAL, "link: no %s with this transport",
			       link_pcap.form);
	return NULL;
}

static uint32_t mtu(const void *impl)
{
	(void)impl;
	return LINK_FRAME_MAX;
}

const struct link_kind link_pcap = {
	.scheme = "pcap:",
	.form = "pcap:REPLAYED>RECORDED",
	.parse = parse,
	.free = free_link,
	.start = start,
	.stop = stop,
	.check = check,
	.send = send_frames,
	.mtu = mtu,
};
