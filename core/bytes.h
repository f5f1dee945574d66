/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bounded reader and writer over octets in network order.
 *
 * Every length that comes from a peer is checked here and nowhere else.  Both sides carry a sticky
 * error: after the first access past the end every read gives zero, every write is ignored, and
 * `bad` stays set, so that a decoder checks once, at its end.  Header-only, no dependency,
 * installed beside transport.h, valid C11 and C++.
 *
 * A reader never owns its octets; a pointer it hands out lives as long as the buffer under it.
 */
#ifndef IST_BYTES_H
#define IST_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct rd {
	const uint8_t *p; /* next octet */
	size_t left;	  /* octets from p to the end */
	bool bad;	  /* something was asked for that was not there */
};

static inline struct rd rd_init(const void *p, size_t len)
{
	struct rd r;

	r.p = (const uint8_t *)p;
	r.left = len;
	r.bad = false;
	return r;
}

static inline void rd_fail(struct rd *r)
{
	r->bad = true;
	r->left = 0;
}

/* The next n octets, or NULL (and the error set) when fewer are left.  n = 0 gives a valid pointer
 * unless the reader has failed. */
static inline const uint8_t *rd_take(struct rd *r, size_t n)
{
	const uint8_t *p = r->p;

	if (r->bad || n > r->left) {
		rd_fail(r);
		return NULL;
	}
	if (n) {
		r->p += n;
		r->left -= n;
	}
	return p;
}

static inline void rd_skip(struct rd *r, size_t n)
{
	(void)rd_take(r, n);
}

/* A reader over the next n octets alone; failed when they are not there. */
static inline struct rd rd_sub(struct rd *r, size_t n)
{
	const uint8_t *p = rd_take(r, n);
	struct rd s = rd_init(p, p ? n : 0);

	s.bad = r->bad;
	return s;
}

static inline uint8_t rd_u8(struct rd *r)
{
	const uint8_t *p = rd_take(r, 1);

	return p ? p[0] : 0;
}

static inline uint16_t rd_u16(struct rd *r)
{
	const uint8_t *p = rd_take(r, 2);

	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static inline uint32_t rd_u32(struct rd *r)
{
	const uint8_t *p = rd_take(r, 4);

	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

static inline uint64_t rd_u64(struct rd *r)
{
	uint64_t hi = rd_u32(r);

	return hi << 32 | rd_u32(r);
}

struct wr {
	uint8_t *buf;
	size_t len; /* octets written */
	size_t cap; /* octets there is room for */
	bool bad;   /* something did not fit */
};

static inline struct wr wr_init(void *buf, size_t cap)
{
	struct wr w;

	w.buf = (uint8_t *)buf;
	w.len = 0;
	w.cap = cap;
	w.bad = false;
	return w;
}

/* Room for n octets, to be filled by the caller; NULL (and the error set) when there is none. */
static inline uint8_t *wr_room(struct wr *w, size_t n)
{
	uint8_t *p;

	if (w->bad || n > w->cap - w->len) {
		w->bad = true;
		return NULL;
	}
	p = w->buf + w->len;
	w->len += n;
	return p;
}

static inline void wr_bytes(struct wr *w, const void *src, size_t n)
{
	uint8_t *p = wr_room(w, n);

	if (p && n)
		memcpy(p, src, n);
}

static inline void wr_u8(struct wr *w, uint8_t v)
{
	wr_bytes(w, &v, 1);
}

static inline void wr_put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void wr_put32(uint8_t *p, uint32_t v)
{
	wr_put16(p, (uint16_t)(v >> 16));
	wr_put16(p + 2, (uint16_t)v);
}

static inline void wr_u16(struct wr *w, uint16_t v)
{
	uint8_t *p = wr_room(w, 2);

	if (p)
		wr_put16(p, v);
}

static inline void wr_u32(struct wr *w, uint32_t v)
{
	uint8_t *p = wr_room(w, 4);

	if (p)
		wr_put32(p, v);
}

static inline void wr_u64(struct wr *w, uint64_t v)
{
	wr_u32(w, (uint32_t)(v >> 32));
	wr_u32(w, (uint32_t)v);
}

/* Write a 16-bit value over octets already written, e.g. a length known only now. */
static inline void wr_patch16(struct wr *w, size_t at, uint16_t v)
{
	if (w->bad)
		return;
	if (w->len < 2 || at > w->len - 2) {
		w->bad = true;
		return;
	}
	wr_put16(w->buf + at, v);
}

#endif
