/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fragmentation header: B, E, C, four bits of the number, 0 (end to end; 1 would be the
 * interface kind), then eight bits of the number.  There is no timer: a fragment that does not
 * follow the last one ends what was gathered, and a first one always begins anew.
 */
#include "transports/frame-relay/frf12.h"

#define UI	  0x03u
#define NLPID	  0xb1u
#define BEGIN	  0x80u
#define END	  0x40u
#define CONTROL	  0x20u
#define INTERFACE 0x01u
#define SEQ_MASK  0x0fffu

static enum frf12_result frf12_append(struct frf12 *f, const struct rd *r)
{
	if (r->left > f->cap - f->len) {
		f->open = false;
		return FRF12_TOO_LONG;
	}
	if (r->left)
		memcpy(f->buf + f->len, r->p, r->left);
	f->len += (uint32_t)r->left;
	return FRF12_MORE;
}

enum frf12_result frf12_take(struct frf12 *f, uint32_t marks, struct rd *r)
{
	uint8_t flags = rd_u8(r);
	uint16_t seq = (uint16_t)((flags & 0x1e) << 7 | rd_u8(r));
	bool follows = f->open && seq == f->next;
	enum frf12_result result;

	if (r->bad || flags & (CONTROL | INTERFACE) || !r->left)
		return FRF12_MALFORMED;
	f->next = (seq + 1) & SEQ_MASK;
	if (flags & BEGIN) {
		f->len = 0;
		f->marks = 0;
		f->open = true;
	} else if (!follows) {
		f->open = false;
		return FRF12_MISSING;
	}
	f->marks |= marks;
	result = frf12_append(f, r);
	if (result != FRF12_MORE || !(flags & END))
		return result;
	f->open = false;
	return FRF12_WHOLE;
}

void frf12_put(struct wr *w, uint16_t *seq, bool first, bool last)
{
	wr_u8(w, UI);
	wr_u8(w, NLPID);
	wr_u8(w, (uint8_t)((first ? BEGIN : 0) | (last ? END : 0) | (*seq >> 7 & 0x1e)));
	wr_u8(w, (uint8_t)*seq);
	*seq = (*seq + 1) & SEQ_MASK;
}
