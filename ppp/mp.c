/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A window of MP_HELD numbers begins at `next`.  mp_rx_next() looks at its first number: a packet
 * that is complete there is delivered, a number that can no longer come is given up, and so is a
 * fragment whose packet has lost another one.  The window moves back only when nothing comes but
 * numbers behind it.
 */
#include "ppp/mp.h"

#include <string.h>

#define MP_BEGIN 0x80u
#define MP_END	 0x40u

/* --- heads ------------------------------------------------------------------------------------ */

bool mp_head_get(struct rd *r, bool short_seq, struct mp_head *h)
{
	uint8_t first = r->left ? r->p[0] : 0;
	uint32_t v = short_seq ? rd_u16(r) : rd_u32(r);

	h->begin = first & MP_BEGIN;
	h->end = first & MP_END;
	h->seq = v & (short_seq ? MP_SEQ_SHORT : MP_SEQ_LONG);
	return !r->bad && !(first & (short_seq ? 0x30 : 0x3f));
}

size_t mp_head_put(uint8_t to[MP_HEAD_MAX], bool short_seq, const struct mp_head *h)
{
	uint8_t bits = (uint8_t)((h->begin ? MP_BEGIN : 0) | (h->end ? MP_END : 0));

	if (short_seq)
		wr_put16(to, (uint16_t)(h->seq & MP_SEQ_SHORT));
	else
		wr_put32(to, h->seq & MP_SEQ_LONG);
	to[0] |= bits;
	return short_seq ? 2 : 4;
}

/* --- receiving -------------------------------------------------------------------------------- */

/* How far b is ahead of a, below the size of the sequence space. */
static uint32_t mp_ahead(const struct mp_rx *rx, uint32_t a, uint32_t b)
{
	return (b - a) & rx->mask;
}

static bool mp_is_behind(const struct mp_rx *rx, uint32_t seq)
{
	return mp_ahead(rx, rx->next, seq) > rx->mask / 2;
}

static bool mp_has(const struct mp_rx *rx, uint32_t at)
{
	return at < MP_HELD && rx->slot[(rx->next + at) % MP_HELD].used;
}

void mp_rx_init(struct mp_rx *rx, bool short_seq, uint16_t mrru)
{
	memset(rx, 0, sizeof(*rx));
	rx->mask = short_seq ? MP_SEQ_SHORT : MP_SEQ_LONG;
	rx->mrru = mrru + 2u;
	rx->patience = MP_PATIENCE;
}

void mp_rx_join(struct mp_rx *rx, unsigned link)
{
	rx->links |= 1u << link;
	rx->heard &= ~(1u << link);
}

void mp_rx_leave(struct mp_rx *rx, unsigned link)
{
	rx->links &= ~(1u << link);
	rx->heard &= ~(1u << link);
}

void mp_rx_expect(struct mp_rx *rx, bool more)
{
	rx->more = more;
}

static uint32_t mp_less(uint32_t from, uint32_t n)
{
	return from > n ? from - n : 0;
}

/* The last number of an idle link must not look like one ahead when the others have gone halfway
 * round: at each quarter, also when the window moves by more than one. */
static void mp_keep_up(struct mp_rx *rx)
{
	for (unsigned i = 0; i < MP_LINKS; i++)
		if (mp_is_behind(rx, rx->last[i]))
			rx->last[i] = (rx->next - 1) & rx->mask;
}

/* The window moves on; what is in its first n slots is out. */
static void mp_advance(struct mp_rx *rx, uint32_t n)
{
	uint32_t quarter = (rx->mask + 1) / 4, before = rx->next / quarter;

	if (n >= quarter)
		mp_keep_up(rx);
	for (uint32_t i = 0; i < n && rx->held; i++) {
		rx->held -= mp_has(rx, i);
		if (i < MP_HELD)
			rx->slot[(rx->next + i) % MP_HELD].used = false;
	}
	rx->next = (rx->next + n) & rx->mask;
	rx->span = mp_less(rx->span, n);
	rx->given_up = mp_less(rx->given_up, n);
	rx->waiting = false;
	if (n >= quarter || rx->next / quarter != before)
		mp_keep_up(rx);
}

static void mp_heard(struct mp_rx *rx, unsigned link, uint32_t seq)
{
	uint32_t at = mp_ahead(rx, rx->next, seq);

	rx->last[link] = seq;
	rx->heard |= 1u << link & rx->links;
	rx->strays = 0;
	if (rx->span < at + 1)
		rx->span = at + 1;
}

/* Numbers behind the window that rise, and nothing else: the peer has begun anew, or it never was
 * where one stray number has moved the window to.  Half of the sequence space would have to pass
 * before it was heard again. */
static bool mp_has_gone_back(struct mp_rx *rx, uint32_t seq)
{
	uint32_t step = mp_ahead(rx, rx->stray, seq);

	if (!rx->strays || step > MP_HELD)
		rx->strays = 1;
	else if (step)
		rx->strays++;
	rx->stray = seq;
	return rx->strays >= MP_STRAYS;
}

/* A number behind the window. */
static enum mp_verdict mp_behind(struct mp_rx *rx, uint32_t seq)
{
	if (!mp_has_gone_back(rx, seq)) {
		rx->late++;
		return MP_DROP;
	}
	rx->given_up = rx->span;
	if (!rx->held) {
		rx->next = seq;
		rx->span = rx->given_up = rx->heard = 0;
	}
	return MP_DRAIN;
}

enum mp_verdict mp_rx_put(struct mp_rx *rx, unsigned link, const struct mp_head *h, size_t len,
			  unsigned *slot)
{
	uint32_t at = mp_ahead(rx, rx->next, h->seq);

	if (mp_is_behind(rx, h->seq))
		return mp_behind(rx, h->seq);
	if (mp_has(rx, at)) {
		rx->late++;
		return MP_DROP;
	}
	if (at >= MP_HELD && rx->held) {
		rx->given_up = at - (MP_HELD - 1);
		return MP_DRAIN;
	}
	if (at >= MP_HELD) {
		rx->lost += at - (MP_HELD - 1);
		mp_advance(rx, at - (MP_HELD - 1));
	}
	mp_heard(rx, link, h->seq);
	if (!at && h->begin && h->end && len && len <= rx->mrru) {
		mp_advance(rx, 1);
		return MP_WHOLE;
	}
	*slot = h->seq % MP_HELD;
	rx->slot[*slot].used = true;
	rx->slot[*slot].begin = h->begin;
	rx->slot[*slot].end = h->end;
	rx->slot[*slot].len = (uint16_t)len;
	rx->held++;
	return MP_HOLD;
}

void mp_rx_forget(struct mp_rx *rx, unsigned slot)
{
	rx->slot[slot].used = false;
	rx->held--;
}

/* Section 4.1: how many numbers from next on are not behind M, the least of the last numbers of all
 * links; 0 as long as one has not been heard, be it a link that has not joined yet. */
static uint32_t mp_passed(const struct mp_rx *rx)
{
	uint32_t least = rx->mask;

	if (rx->more || rx->heard != rx->links)
		return 0;
	for (unsigned i = 0; i < MP_LINKS; i++) {
		uint32_t n = mp_ahead(rx, rx->next, rx->last[i]) + 1;

		if (!(rx->links & 1u << i))
			continue;
		if (mp_is_behind(rx, rx->last[i]))
			return 0;
		if (n < least)
			least = n;
	}
	return rx->links ? least : 0;
}

/* Numbers from next on that are given up if they have not come. */
static uint32_t mp_gone(const struct mp_rx *rx)
{
	uint32_t passed = mp_passed(rx), n = passed > rx->given_up ? passed : rx->given_up;

	return n < rx->span ? n : rx->span;
}

/* Numbers that will not come, up to the first fragment that has. */
static void mp_skip(struct mp_rx *rx)
{
	uint32_t gone = mp_gone(rx), n = 0;

	while (n < gone && !(rx->held && mp_has(rx, n)))
		n++;
	rx->lost += n;
	if (n)
		mp_advance(rx, n);
}

/* What begins with the fragment that is next: false = it is not complete yet.  A null fragment, and
 * a packet that is too long, are taken out. */
static bool mp_run_at(const struct mp_rx *rx, struct mp_run *run)
{
	uint32_t i, len = 0, slot = rx->next % MP_HELD;

	*run = (struct mp_run){.first = slot, .n = 1};
	if (!rx->slot[slot].begin)
		return true;
	for (i = 0; mp_has(rx, i); i++) {
		slot = (rx->next + i) % MP_HELD;
		if (i && rx->slot[slot].begin)
			break;
		len += rx->slot[slot].len;
		if (rx->slot[slot].end) {
			run->n = i + 1;
			run->packet = len && len <= rx->mrru;
			return true;
		}
	}
	run->n = i;
	return mp_has(rx, i) || i == MP_HELD || rx->given_up || mp_passed(rx) > i;
}

/* False = there is nothing to wait for, or time has run out. */
static bool mp_waits(struct mp_rx *rx, uint64_t now)
{
	if (!rx->held)
		return true;
	if (!rx->waiting)
		rx->since = now;
	rx->waiting = true;
	if (now < rx->since + rx->patience)
		return true;
	rx->given_up = rx->span;
	return false;
}

bool mp_rx_next(struct mp_rx *rx, uint64_t now, struct mp_run *run)
{
	do {
		mp_skip(rx);
		if (!mp_has(rx, 0) || !mp_run_at(rx, run))
			continue;
		if (!run->packet && rx->slot[run->first].len)
			rx->broken += run->n;
		mp_advance(rx, run->n);
		return true;
	} while (!mp_waits(rx, now));
	return false;
}

uint64_t mp_rx_deadline(const struct mp_rx *rx)
{
	return rx->waiting ? rx->since + rx->patience : UINT64_MAX;
}

/* --- sending ---------------------------------------------------------------------------------- */

void mp_tx_init(struct mp_tx *tx, bool short_seq)
{
	memset(tx, 0, sizeof(*tx));
	tx->mask = short_seq ? MP_SEQ_SHORT : MP_SEQ_LONG;
}

/* The link that is free first, or has been for the longest time, so that none stays idle (section
 * 4.1); of those with room.  MP_LINKS = none. */
static unsigned mp_pick(const struct mp_tx *tx, size_t room)
{
	unsigned best = MP_LINKS;

	for (unsigned i = 0; i < MP_LINKS; i++)
		if (tx->link[i].there && tx->link[i].room >= room &&
		    (best == MP_LINKS || tx->link[i].until < tx->link[best].until))
			best = i;
	return best;
}

/* Octets at kbit/s: 8,000,000 / kbps ns each.  The clock follows the links, which may be offered
 * more than they carry: a new one has no claim to what was sent before it came. */
static void mp_load(struct mp_tx *tx, struct mp_tx_link *l, size_t len, uint64_t now)
{
	uint64_t kbps = l->kbps ? l->kbps : MP_KBPS;

	if (tx->clock < now * 1000)
		tx->clock = now * 1000;
	if (tx->clock < l->until)
		tx->clock = l->until;
	l->until = tx->clock + (len + MP_HEAD_MAX) * 8000000u / kbps;
}

static unsigned mp_cut_small(struct mp_tx *tx, size_t len, uint64_t now, struct mp_piece *out)
{
	size_t at = 0, room;
	unsigned n = 0, link;

	for (; at < len && n < MP_PIECES; n++) {
		link = mp_pick(tx, 1);
		if (link == MP_LINKS)
			return 0;
		room = tx->link[link].room < len - at ? tx->link[link].room : len - at;
		out[n] = (struct mp_piece){.link = link, .at = at, .len = room};
		mp_load(tx, &tx->link[link], room, now);
		at += room;
	}
	return at == len ? n : 0;
}

unsigned mp_tx_cut(struct mp_tx *tx, size_t len, uint64_t now, struct mp_piece out[MP_PIECES])
{
	unsigned n = 1, link = mp_pick(tx, len);

	if (link < MP_LINKS) {
		out[0] = (struct mp_piece){.link = link, .len = len};
		mp_load(tx, &tx->link[link], len, now);
	} else {
		n = mp_cut_small(tx, len, now, out);
	}
	for (unsigned i = 0; i < n; i++) {
		out[i].head = (struct mp_head){.seq = tx->seq, .begin = i == 0, .end = i + 1 == n};
		tx->seq = (tx->seq + 1) & tx->mask;
	}
	return n;
}
