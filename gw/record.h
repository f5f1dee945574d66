/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fields of the records that a later process goes on from (gw/resume.h): texts, channels.  Records
 * are read as hostile; the reader fails on what cannot have been written.
 */
#ifndef GW_RECORD_H
#define GW_RECORD_H

#include "core/bytes.h"
#include "gw/dp/dp.h"
#include "transports/transport.h"

struct gw;

#define RECORD_TEXT_MAX 255u

/* NULL is written as "". */
static inline void record_text(struct wr *w, const char *text)
{
	size_t n = text ? strlen(text) : 0;

	if (n > RECORD_TEXT_MAX)
		w->bad = true;
	wr_u8(w, (uint8_t)n);
	wr_bytes(w, text, n);
}

/* NUL ended; fails on a text that out has no room for, and on control characters. */
static inline void record_read_text(struct rd *r, char *out, size_t cap)
{
	uint8_t n = rd_u8(r);
	const uint8_t *p = rd_take(r, n);

	out[0] = '\0';
	if (!p || n >= cap) {
		rd_fail(r);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		if (p[i] < 0x20 || p[i] == 0x7f)
			rd_fail(r);
	if (r->bad)
		return;
	memcpy(out, p, n);
	out[n] = '\0';
}

/* A record without its zeros, of which it has many: there is one for each call.  Octets written to
 * out; 0: it would not be shorter than len, and stays as it is. */
size_t record_fold(uint8_t *out, const uint8_t *rec, size_t len);
/* The record that may have been folded: rec itself, or in room, of `most` octets.  .p NULL: it is
 * malformed. */
struct rd record_unfold(const uint8_t *rec, size_t len, uint8_t *room, size_t most);

/* A channel by its port's name and its far end's address, and as the data plane counts it.  False:
 * the port or the address is not known. */
bool record_channel(struct wr *w, struct gw *gw, l2tp_channel c);
/* The channel that it is now; 0 = it is gone, or cannot be had without a call.  ticket: what the
 * record has of dp_channel_ticket(), octets or none.  *waits: it is that
 * of a permanent circuit, and will be reported as up. */
l2tp_channel record_read_channel(struct rd *r, struct gw *gw, uint8_t payload,
				 const struct rd *ticket, bool *waits);

#endif
