/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows in memory that grows while it is written, and is sealed then: its reader need not fear that
 * what it has checked changes, or that the memory shrinks.
 */
#define _GNU_SOURCE /* memfd_create, seals, mremap */
#include "gw/dp/image.h"

#include "gw/dp/door_fields.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define IMAGE_SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)
#define IMAGE_FIRST (1u << 20) /* octets of memory to begin with */
#define IMAGE_PLAIN 16384u     /* octets of a row without those of OCTETS */
#define ROW_HEAD    6u

/* --- fields ------------------------------------------------------------------------------------- */

typedef struct image_row row;
#define BLOB(m, most) OCTETS(row, m.p, m.len, most)
#define MESSAGE(m)    BLOB(m, DOOR_MSG_MAX)
#define NAME_MAX_LEN  15u

static const struct door_field head_fields[] = {
	ANY(row, head.version), ANY(row, head.messages), RANGE(row, head.workers, 1, DOOR_WORKERS),
	ANY(row, head.attach),	ANY(row, head.last_tun), FLAG(row, head.lines),
};
static const struct door_field port_fields[] = {
	ANY(row, port.claimed),
	MESSAGE(port.settings),
};
static const struct door_field filter_fields[] = {
	FLAG(row, filter.registered),
	MESSAGE(filter.msg),
};
static const struct door_field tun_fields[] = {
	RANGE(row, tun.no, 1, UINT32_MAX),
	RANGE(row, tun.home, 0, DOOR_WORKERS - 1),
	TEXT(row, tun.name, 1, NAME_MAX_LEN),
	TEXT(row, tun.asked, 1, NAME_MAX_LEN),
	FLAG(row, tun.opened),
	FLAG(row, tun.claims),
	FLAG(row, tun.gone),
	ANY(row, tun.fd),
	ANY(row, tun.offload),
};
static const struct door_field route_fields[] = {
	ANY(row, route.no),
	RANGE(row, route.table, 0, 3),
	RANGE(row, route.bits, 1, PREFIXTAB_BITS),
	ANY(row, route.top),
	RANGE(row, route.key, 1, UINT32_MAX),
};
static const struct door_field call_fields[] = {
	ANY(row, call.claimed),
	RANGE(row, call.owns, 0, DATA_OWNS_ALL),
	ARRAY(row, call.filter),
	MESSAGE(call.msg),
};
static const struct door_field frozen_fields[] = {
	RANGE(row, frozen.port, 0, DOOR_PORTS - 1),
	FLAG(row, frozen.frozen),
	BLOB(frozen.octets, FROZEN_MOST),
	ANY(row, frozen.fd),
	ANY(row, frozen.fds),
	FLAG(row, frozen.tap_on),
	FLAG(row, frozen.failed),
	ANY(row, frozen.err),
	TEXT(row, frozen.words, 0, REPORT_TEXT - 1),
};
static const struct door_field chan_fields[] = {
	CHANNEL(row, chan.channel),   RANGE(row, chan.payload, IST_PAYLOAD_L2TP, IST_PAYLOAD_PPP),
	FLAG(row, chan.permanent),    FLAG(row, chan.told),
	ADDR(row, chan.peer),	      ANY(row, chan.claimed),
	ANY(row, chan.refilled),      ANY(row, chan.tokens),
	BLOB(chan.story, REPORT_MAX),
};
static const struct door_field queued_fields[] = {
	CHANNEL(row, queued.channel),
	FLAG(row, queued.control),
	FLAG(row, queued.want_sent),
	ANY(row, queued.flags),
	ANY(row, queued.cookie),
	ANY(row, queued.after),
	BLOB(queued.octets, WORKER_PACKETS),
};
static const struct door_field state_fields[] = {
	ANY(row, state.tid),
	RANGE(row, state.sid, 1, UINT16_MAX),
	FLAG(row, state.lns),
	FLAG(row, state.send_seq),
	RANGE(row, state.reorder, 0, L2TP_REORDER_MAX),
	ANY(row, state.reorder_timeout),
	ANY(row, state.ns),
	ANY(row, state.nr),
	FLAG(row, state.sending_seq),
	FLAG(row, state.seen_seq),
	ANY(row, state.far_next),
	ANY(row, state.far_run),
	ANY(row, state.lost),
	ANY(row, state.late),
	ANY(row, state.reordered),
	ANY(row, state.no_seq),
	ANY(row, state.resyncs),
	ANY(row, state.punted),
	ANY(row, state.taken),
	ANY(row, state.early),
	FLAG(row, state.is_early),
	FLAG(row, state.lcp),
	FLAG(row, state.told_unsequenced),
	FLAG(row, state.plain),
};
static const struct door_field bundle_fields[] = {
	ANY(row, bundle.tid),	 RANGE(row, bundle.sid, 1, UINT16_MAX),
	ARRAY(row, bundle.key),	 ARRAY(row, bundle.last),
	ANY(row, bundle.next),	 ANY(row, bundle.heard),
	ANY(row, bundle.tx_seq), ANY(row, bundle.lost),
	ANY(row, bundle.late),	 ANY(row, bundle.broken),
};
static const struct door_field report_fields[] = {
	RANGE(row, report.worker, 0, DOOR_WORKERS - 1),
	FLAG(row, report.birth),
	BLOB(report.msg, REPORT_MAX),
};

static const struct door_field impair_fields[] = {RANGE(row, impair.port, 0, DOOR_PORTS - 1),
						  DOOR_IMPAIR_ROW(row, impair.row)};

static const struct image_shape {
	const struct door_field *field;
	unsigned fields;
	bool known;
} image_shapes[IMAGE_KINDS] = {
#define ROW(fields)                            \
	{                                      \
		fields, COUNT_OF(fields), true \
	}
	[IMAGE_HEAD] = ROW(head_fields),     [IMAGE_PORT] = ROW(port_fields),
	[IMAGE_FILTER] = ROW(filter_fields), [IMAGE_TUN] = ROW(tun_fields),
	[IMAGE_ROUTE] = ROW(route_fields),   [IMAGE_CALL] = ROW(call_fields),
	[IMAGE_FROZEN] = ROW(frozen_fields), [IMAGE_CHAN] = ROW(chan_fields),
	[IMAGE_QUEUED] = ROW(queued_fields), [IMAGE_STATE] = ROW(state_fields),
	[IMAGE_BUNDLE] = ROW(bundle_fields), [IMAGE_REPORT] = ROW(report_fields),
	[IMAGE_END] = {NULL, 0, true},	     [IMAGE_IMPAIR] = ROW(impair_fields),
};

/* --- writing ------------------------------------------------------------------------------------ */

bool image_new(struct image *im)
{
	*im = (struct image){.fd = memfd_create("isthmus-image", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
	if (im->fd < 0 || ftruncate(im->fd, IMAGE_FIRST) < 0) {
		image_free(im);
		return false;
	}
	im->mem = mmap(NULL, IMAGE_FIRST, PROT_READ | PROT_WRITE, MAP_SHARED, im->fd, 0);
	if (im->mem == MAP_FAILED) {
		im->mem = NULL;
		image_free(im);
		return false;
	}
	im->room = IMAGE_FIRST;
	return true;
}

static bool image_has_room(struct image *im, size_t need)
{
	size_t room = im->room;
	void *mem;

	while (room - im->len < need)
		room *= 2;
	if (room == im->room)
		return true;
	if (room > IMAGE_MOST || ftruncate(im->fd, (off_t)room) < 0)
		return false;
	mem = mremap(im->mem, im->room, room, MREMAP_MAYMOVE);
	if (mem == MAP_FAILED)
		return false;
	im->mem = mem;
	im->room = room;
	return true;
}

static size_t image_row_most(const struct image_row *from, const struct image_shape *s)
{
	size_t most = IMAGE_PLAIN;
	uint32_t len;

	for (unsigned i = 0; i < s->fields; i++) {
		if (s->field[i].type != DOOR_OCTETS)
			continue;
		memcpy(&len, (const uint8_t *)from + s->field[i].count_at, sizeof(len));
		most += len;
	}
	return most;
}

void image_put(struct image *im, const struct image_row *from)
{
	const struct image_shape *s = &image_shapes[from->kind];
	struct wr w;

	if (im->bad || !image_has_room(im, image_row_most(from, s))) {
		im->bad = true;
		return;
	}
	w = wr_init(im->mem + im->len, im->room - im->len);
	wr_u16(&w, from->kind);
	wr_u32(&w, 0);
	door_put(&w, from, s->field, s->fields);
	if (w.bad) {
		im->bad = true;
		return;
	}
	wr_put32(w.buf + 2, (uint32_t)(w.len - ROW_HEAD));
	im->len += w.len;
}

static bool image_map(struct image *im)
{
	void *mem = mmap(NULL, im->room, PROT_READ, MAP_SHARED | MAP_POPULATE, im->fd, 0);

	if (mem == MAP_FAILED)
		return false;
	im->mem = mem;
	image_again(im);
	return true;
}

/* The kernel seals no memory that can still be written to by this map. */
bool image_seal(struct image *im)
{
	image_put(im, &(struct image_row){.kind = IMAGE_END});
	if (im->bad)
		return false;
	munmap(im->mem, im->room);
	im->mem = NULL;
	im->room = im->len;
	return ftruncate(im->fd, (off_t)im->len) == 0 &&
	       fcntl(im->fd, F_ADD_SEALS, IMAGE_SEALS) == 0 && image_map(im);
}

/* --- reading ------------------------------------------------------------------------------------ */

bool image_open(struct image *im, int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat st;

	*im = (struct image){.fd = fd};
	if (seals >= 0 && (seals & IMAGE_SEALS) == IMAGE_SEALS && !fstat(fd, &st) &&
	    st.st_size > 0 && st.st_size <= (off_t)IMAGE_MOST) {
		im->len = im->room = (size_t)st.st_size;
		if (image_map(im))
			return true;
	}
	image_free(im);
	return false;
}

void image_read(struct image *im, const void *octets, size_t len)
{
	*im = (struct image){.fd = -1, .len = len, .r = rd_init(octets, len)};
}

bool image_next(struct image *im, struct image_row *to)
{
	struct door_in in = {0};
	const struct image_shape *s;
	uint32_t len;

	memset(to, 0, sizeof(*to));
	to->kind = rd_u16(&im->r);
	len = rd_u32(&im->r);
	in.r = rd_sub(&im->r, len);
	s = to->kind < IMAGE_KINDS ? &image_shapes[to->kind] : &image_shapes[0];
	door_get(&in, to, s->field, s->fields);
	im->bad |= im->r.bad || in.r.bad || !s->known;
	return !im->bad && to->kind != IMAGE_END;
}

void image_again(struct image *im)
{
	im->r = rd_init(im->mem, im->len);
}

void image_free(struct image *im)
{
	if (im->mem)
		munmap(im->mem, im->room);
	if (im->fd >= 0)
		close(im->fd);
	*im = (struct image){.fd = -1};
}

/* --- descriptors -------------------------------------------------------------------------------- */

int image_fds_add(struct image_fds *f, int fd)
{
	if (f->n == f->room) {
		unsigned room = f->room ? 2 * f->room : 16;
		int *more = realloc(f->fd, room * sizeof(*more));

		if (!more)
			return -1;
		f->fd = more;
		f->room = room;
	}
	f->fd[f->n] = fd;
	return (int)f->n++;
}
