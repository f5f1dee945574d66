/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/capture_out.h"

#include "gw/keeper/opener.h"
#include "gw/port.h"
#include "gw/reserve.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config.h"

/* What one call writes: a frame with its texts, and when it is the first of its file or interface
 * the blocks in front of it. */
static uint8_t block[PCAPNG_SNAP + 4 * PCAPNG_BLOCK_MAX + 4096];

/* Keeper makes it, since the folder need not be ours.  A descriptor for which there is no room is
 * lost on its way. */
static int capture_ask(struct keeper_link *keeper, const char *name, bool trial)
{
	int rc = opener_ask_capture(keeper, name, trial);

	errno = rc == -EBADMSG ? EMFILE : rc < 0 ? -rc : 0;
	return rc < 0 ? -1 : rc;
}

/* Nothing that is there is written over or followed. */
static int capture_create(const struct capture_out *o, const char *name)
{
	int fd;

	if (o->keeper)
		return capture_ask(o->keeper, name, false);
	do
		fd = openat(o->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	while (fd < 0 && errno == EMFILE && reserve_give_up());
	return fd;
}

/* Files of a ring have their number behind the name. */
static void capture_file_name(const struct capture_out *o, unsigned n, char *buf, size_t len)
{
	if (o->ring)
		snprintf(buf, len, "%s.%u", o->name, n + 1);
	else
		snprintf(buf, len, "%s", o->name);
}

/* A file is made with its first frame; here is seen that it can be. */
static bool capture_may_create_one(const struct capture_out *o, unsigned n)
{
	char name[CAPTURE_FILE_NAME + 16];
	int fd;

	capture_file_name(o, n, name, sizeof(name));
	if (o->keeper)
		return capture_ask(o->keeper, name, true) == 0;
	fd = capture_create(o, name);
	if (fd < 0)
		return false;
	close(fd);
	return !unlinkat(o->folder, name, 0);
}

/* All of a ring: with a file of another one in its way it would stop there. */
static bool capture_may_create(const struct capture_out *o)
{
	for (unsigned n = 0; n < (o->ring ? o->ring : 1); n++)
		if (!capture_may_create_one(o, n))
			return false;
	return true;
}

const char *capture_out_begin(struct gw *gw, struct capture_out *o, const char *name)
{
	const char *folder = gw->cfg->vty_captures;

	o->folder = -1;
	o->keeper = gw->keeper;
	snprintf(o->name, sizeof(o->name), "%s", name);
	if (!folder)
		return "no folder is configured: vty { captures = FOLDER }";
	if (o->keeper)
		return capture_may_create(o) ? NULL : strerror(errno);
	do
		o->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (o->folder < 0 && errno == EMFILE && reserve_give_up());
	return o->folder < 0 || !capture_may_create(o) ? strerror(errno) : NULL;
}

/* --- the blocks of a file -------------------------------------------------------------------------- */

static void capture_put_interface(struct wr *w, const struct capture_out *o,
				  const struct capture_interface *i)
{
	const struct cfg_port *p = i->port->cfg;
	char words[400];

	snprintf(words, sizeof(words), "%s port %s, %s", p->transport->name, p->config.name, o->of);
	pcapng_interface(w, &(struct pcapng_interface){.link_type = i->link_type,
						       .name = p->config.name,
						       .description = words});
}

/* Its number; one more than there are when it has no block yet, or no place. */
static unsigned capture_interface_of(const struct capture_out *o, const struct capture_frame *f)
{
	unsigned i = 0;

	while (i < o->interfaces &&
	       (o->interface[i].port != f->port || o->interface[i].link_type != f->link_type))
		i++;
	return i;
}

/* All of it, or errno with what was there before. */
static bool capture_write(const struct capture_out *o, const struct wr *w, uint64_t good)
{
	int fd = o->fd[o->at], error;
	ssize_t n = write(fd, w->buf, w->len);

	if (n == (ssize_t)w->len)
		return true;
	/* the next try says why there was room for a part only */
	if (n >= 0)
		n = write(fd, w->buf + n, w->len - (size_t)n);
	error = n < 0 ? errno : ENOSPC;
	if (ftruncate(fd, (off_t)good) == 0)
		lseek(fd, (off_t)good, SEEK_SET);
	errno = error;
	return false;
}

/* The last blocks of a file are left out where there is no room for them. */
static void capture_close_section(struct capture_out *o, uint64_t us, uint64_t missed)
{
	struct wr w = wr_init(block, sizeof(block));

	for (unsigned i = 0; i < o->interfaces; i++) {
		const bool last = i + 1 == o->interfaces;

		/* which port those were of that were lost nobody knows */
		pcapng_statistics(&w,
				  &(struct pcapng_statistics){
					  .interface = i,
					  .begin = o->begin,
					  .end = us,
					  .received = o->interface[i].frames,
					  .dropped = last ? missed - o->missed : 0,
					  .comment = last && missed > o->missed && i
							     ? "dropped: of all interfaces together"
							     : NULL});
	}
	if (w.len && !w.bad && capture_write(o, &w, o->good))
		o->good += w.len;
	o->interfaces = 0;
}

static bool capture_is_full(const struct capture_out *o)
{
	return o->ring && o->at < o->files && o->good >= o->size;
}

bool capture_out_begins(const struct capture_out *o)
{
	return !o->interfaces || capture_is_full(o);
}

/* Another file from here on, if this one has its size: a new one, or the oldest.  Where that cannot
 * be emptied this one has another section. */
static void capture_turn(struct capture_out *o, const struct capture_frame *f)
{
	unsigned next = o->ring ? (o->at + 1) % o->ring : 0;

	if (!capture_is_full(o))
		return;
	capture_close_section(o, f->us, f->missed);
	if (next < o->files && (ftruncate(o->fd[next], 0) || lseek(o->fd[next], 0, SEEK_SET)))
		return;
	o->at = next;
	o->good = 0;
}

static bool capture_have_file(struct capture_out *o)
{
	char name[CAPTURE_FILE_NAME + 16];
	int fd;

	if (o->at < o->files)
		return true;
	capture_file_name(o, o->files, name, sizeof(name));
	fd = capture_create(o, name);
	if (fd < 0)
		return false;
	o->fd[o->files++] = fd;
	return true;
}

static bool capture_put(struct capture_out *o, const struct capture_frame *f, struct wr *w,
			unsigned interface)
{
	uint8_t *copy;

	if (!o->interfaces)
		pcapng_section(w, PACKAGE_NAME " " PACKAGE_VERSION, o->of);
	if (interface == o->interfaces)
		capture_put_interface(w, o, &o->interface[interface]);
	copy = pcapng_frame(w, &(struct pcapng_frame){.interface = interface,
						      .us = f->us,
						      .outbound = f->outbound,
						      .octets = f->octets,
						      .len = f->len,
						      .comment = f->comment});
	if (copy && f->mask)
		f->mask(f->ctx, copy);
	return copy;
}

bool capture_out_frame(struct capture_out *o, const struct capture_frame *f)
{
	struct wr w = wr_init(block, sizeof(block));
	unsigned i;

	capture_turn(o, f);
	i = capture_interface_of(o, f);
	if (i == CAPTURE_INTERFACES) {
		errno = ENOBUFS;
		return false;
	}
	if (!capture_have_file(o))
		return false;
	if (i == o->interfaces)
		o->interface[i] = (struct capture_interface){f->port, f->link_type, 0};
	if (!o->interfaces) {
		o->begin = f->us;
		o->missed = f->missed;
	}
	if (!capture_put(o, f, &w, i) || !capture_write(o, &w, o->good)) {
		errno = w.bad ? EMSGSIZE : errno;
		return false;
	}
	o->good += w.len;
	o->interfaces += i == o->interfaces;
	o->interface[i].frames++;
	return true;
}

void capture_out_end(struct capture_out *o, uint64_t us, uint64_t missed)
{
	if (o->files)
		capture_close_section(o, us, missed);
	for (unsigned i = 0; i < o->files; i++)
		close(o->fd[i]);
	if (o->folder >= 0)
		close(o->folder);
}
