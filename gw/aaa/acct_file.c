/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "gw/aaa/acct_file.h"

#include <errno.h>
#include <nettle/md5.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAGIC	 UINT64_C(0x4953544d41434354) /* "ISTMACCT" */
#define CHECK	 4u
#define CHECK_AT 24u
#define PIECES	 64u
#define COPY	 (1u << 16)

/* --- the head ---------------------------------------------------------------------------------- */

struct acct_file_head {
	uint64_t generation, last;
};

static void acct_file_check(const uint8_t *head, uint8_t out[CHECK])
{
	struct md5_ctx md5;

	md5_init(&md5);
	md5_update(&md5, CHECK_AT, head);
	md5_digest(&md5, CHECK, out);
}

static int acct_file_write_head(int fd, uint64_t generation, uint64_t last)
{
	uint8_t head[ACCT_FILE_HEAD] = {0};
	struct wr w = wr_init(head, sizeof(head));

	wr_u64(&w, MAGIC);
	wr_u64(&w, generation);
	wr_u64(&w, last);
	acct_file_check(head, head + CHECK_AT);
	if (pwrite(fd, head, sizeof(head), 0) != (ssize_t)sizeof(head))
		return errno ? -errno : -EIO;
	return 0;
}

/* False: the file has none. */
static bool acct_file_read_head(int fd, struct acct_file_head *out)
{
	uint8_t head[ACCT_FILE_HEAD], check[CHECK];
	struct rd r = rd_init(head, sizeof(head));

	if (pread(fd, head, sizeof(head), 0) != (ssize_t)sizeof(head) || rd_u64(&r) != MAGIC)
		return false;
	out->generation = rd_u64(&r);
	out->last = rd_u64(&r);
	acct_file_check(head, check);
	return !memcmp(check, head + CHECK_AT, CHECK);
}

/* --- reading ----------------------------------------------------------------------------------- */

static uint64_t acct_file_size(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END);

	return end < 0 ? 0 : (uint64_t)end;
}

/* The file with the highest generation; with no head at all, the one that has records. */
static void acct_file_choose(struct acct_file *f)
{
	struct acct_file_head head;
	bool found = false;

	f->now = acct_file_size(f->fd[0]) <= ACCT_FILE_HEAD &&
		 acct_file_size(f->fd[1]) > ACCT_FILE_HEAD;
	for (unsigned i = 0; i < ACCT_FILES; i++) {
		if (!acct_file_read_head(f->fd[i], &head) ||
		    (found && head.generation <= f->generation))
			continue;
		found = true;
		f->now = i;
		f->generation = head.generation;
		f->last = head.last;
	}
}

/* False without memory. */
static bool acct_file_found(struct acct_file *f, struct acct_queue *q, const struct acct_record *r,
			    size_t size, uint64_t offset)
{
	if (r->serial > f->last)
		f->last = r->serial;
	return r->state == ACCT_STATE_OVER || acct_queue_add(q, r, size, NULL, offset);
}

/* What comes behind the last record is overwritten. */
static int acct_file_scan(struct acct_file *f, struct acct_queue *q)
{
	uint64_t at = ACCT_FILE_HEAD, end = at, size = acct_file_size(f->fd[f->now]);
	uint8_t buf[2 * ACCT_RECORD_MAX];

	while (at < size) {
		ssize_t n = pread(f->fd[f->now], buf, sizeof(buf), (off_t)at);
		struct acct_record r;
		size_t len;

		if (n <= 0)
			return n < 0 ? -errno : 0;
		len = acct_record_read(&r, buf, (size_t)n);
		if (len && !acct_file_found(f, q, &r, len, at))
			return -ENOMEM;
		if (!len) {
			len = acct_record_seek(buf, (size_t)n, 1);
			f->skipped += len;
			at += len;
			continue;
		}
		at += len;
		end = at;
	}
	f->size = end;
	return 0;
}

int acct_file_open(struct acct_file *f, const int fd[ACCT_FILES], struct acct_queue *q)
{
	int rc;

	*f = (struct acct_file){.fd = {fd[0], fd[1]}, .size = ACCT_FILE_HEAD};
	acct_file_choose(f);
	rc = acct_file_scan(f, q);
	if (!rc && ftruncate(f->fd[f->now], (off_t)f->size) < 0)
		rc = -errno;
	if (!rc && ftruncate(f->fd[!f->now], 0) < 0)
		rc = -errno;
	if (!rc)
		rc = acct_file_write_head(f->fd[f->now], ++f->generation, f->last);
	q->fresh = q->end;
	if (rc)
		acct_file_close(f);
	return rc;
}

void acct_file_close(struct acct_file *f)
{
	for (unsigned i = 0; i < ACCT_FILES; i++) {
		if (f->fd[i] >= 0)
			close(f->fd[i]);
		f->fd[i] = -1;
	}
}

bool acct_file_read(const struct acct_file *f, const struct acct_item *it, uint8_t *buf,
		    struct acct_record *out)
{
	ssize_t n = pread(f->fd[f->now], buf, it->size, (off_t)it->offset);

	return n == it->size && acct_record_read(out, buf, (size_t)n) == it->size &&
	       out->serial == it->serial;
}

/* --- writing ----------------------------------------------------------------------------------- */

/* Those that may be written with one call. */
static unsigned acct_file_gather(struct acct_queue *q, struct iovec iov[PIECES], size_t *octets)
{
	unsigned n = 0;

	*octets = 0;
	for (uint64_t i = q->fresh; i < q->end && n < PIECES; i++) {
		struct acct_item *it = acct_queue_at(q, i);

		if (!it->octets)
			continue;
		iov[n++] = (struct iovec){it->octets, it->size};
		*octets += it->size;
	}
	return n;
}

static void acct_file_written(struct acct_file *f, struct acct_queue *q, unsigned n)
{
	while (n) {
		struct acct_item *it = acct_queue_at(q, q->fresh++);

		if (!it->octets)
			continue;
		it->offset = f->size;
		f->size += it->size;
		if (it->serial > f->last)
			f->last = it->serial;
		free(it->octets);
		it->octets = NULL;
		n--;
	}
}

int acct_file_append(struct acct_file *f, struct acct_queue *q)
{
	struct iovec iov[PIECES];
	size_t octets;
	unsigned n = acct_file_gather(q, iov, &octets);
	ssize_t done;

	if (!n) {
		q->fresh = q->end;
		return 0;
	}
	done = pwritev(f->fd[f->now], iov, (int)n, (off_t)f->size);
	if (done < 0)
		return -errno;
	if ((size_t)done != octets) /* written over by the next try */
		return -ENOSPC;
	acct_file_written(f, q, n);
	return (int)n;
}

void acct_file_over(struct acct_file *f, const struct acct_item *it)
{
	static const uint8_t over = ACCT_STATE_OVER;
	ssize_t ignored;

	if (it->offset == ACCT_NO_FILE)
		return;
	ignored = pwrite(f->fd[f->now], &over, 1, (off_t)(it->offset + ACCT_STATE_AT));
	(void)ignored; /* then the record is sent again after a restart */
}

/* --- smaller ----------------------------------------------------------------------------------- */

struct acct_file_copy {
	int from, to;
	uint64_t at;
	size_t used;
	uint8_t buf[COPY];
};

static bool acct_file_copy_flush(struct acct_file_copy *c)
{
	bool ok = pwrite(c->to, c->buf, c->used, (off_t)c->at) == (ssize_t)c->used;

	c->at += c->used;
	c->used = 0;
	return ok;
}

static bool acct_file_copy_one(struct acct_file_copy *c, const struct acct_item *it)
{
	ssize_t n;

	if (c->used + it->size > sizeof(c->buf) && !acct_file_copy_flush(c))
		return false;
	n = pread(c->from, c->buf + c->used, it->size, (off_t)it->offset);
	c->used += it->size;
	return n == it->size;
}

static bool acct_file_in_file(const struct acct_item *it)
{
	return it->state != ACCT_OVER && it->offset != ACCT_NO_FILE;
}

static int acct_file_copy_all(struct acct_file *f, const struct acct_queue *q)
{
	struct acct_file_copy *c = calloc(1, sizeof(*c));
	bool ok = c;

	if (!c)
		return -ENOMEM;
	c->from = f->fd[f->now];
	c->to = f->fd[!f->now];
	c->at = ACCT_FILE_HEAD;
	errno = 0;
	for (uint64_t i = q->first; ok && i < q->end; i++) {
		const struct acct_item *it = acct_queue_at(q, i);

		ok = !acct_file_in_file(it) || acct_file_copy_one(c, it);
	}
	ok = ok && acct_file_copy_flush(c) &&
	     acct_file_write_head(c->to, f->generation + 1, f->last) == 0;
	free(c);
	return ok ? 0 : errno ? -errno : -EIO;
}

static void acct_file_turn(struct acct_file *f, struct acct_queue *q)
{
	f->now = !f->now;
	f->generation++;
	f->size = ACCT_FILE_HEAD;
	for (uint64_t i = q->first; i < q->end; i++) {
		struct acct_item *it = acct_queue_at(q, i);

		if (!acct_file_in_file(it))
			continue;
		it->offset = f->size;
		f->size += it->size;
	}
}

int acct_file_tidy(struct acct_file *f, struct acct_queue *q)
{
	int rc;

	if (!q->waiting && f->size >= ACCT_FILE_EMPTY) {
		rc = acct_file_write_head(f->fd[f->now], f->generation, f->last);
		if (!rc && ftruncate(f->fd[f->now], ACCT_FILE_HEAD) < 0)
			rc = -errno;
		f->size = rc ? f->size : ACCT_FILE_HEAD;
		return rc;
	}
	if (f->size < ACCT_FILE_LEAST || f->size < 2 * q->octets)
		return 0;
	rc = ftruncate(f->fd[!f->now], 0) < 0 ? -errno : acct_file_copy_all(f, q);
	if (rc)
		return rc;
	acct_file_turn(f, q);
	/* Its head has a lower number: it does not count in any case. */
	(void)!ftruncate(f->fd[!f->now], 0);
	return 0;
}
