/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The queue is a ring indexed by Ns, so that an acknowledgement, a report that a packet has left
 * and a retransmission each find their message at once.  The window test is (nxt - una) < min(cwnd,
 * peer's window); there is one timer, for the oldest message: when it expires, appendix A's
 * congestion window goes back to one message and grows again.
 */
#include "core/reliable.h"

#include "core/bytes.h"

#include <stdlib.h>

#define NEVER  UINT64_MAX
#define AT_TID 4u /* in a control header */
#define AT_NS  8u
#define AT_NR  10u

static struct rel_msg **reliable_slot(const struct reliable *r, uint16_t ns)
{
	return &r->ring[ns & (r->room - 1)];
}

static uint64_t reliable_interval(const struct rel_config *cfg, uint8_t tries)
{
	uint64_t i = cfg->interval;

	while (tries-- && i < cfg->interval_max)
		i *= 2;
	return i < cfg->interval_max ? i : cfg->interval_max;
}

static struct rel_config reliable_sane(const struct rel_config *cfg)
{
	struct rel_config c = *cfg;

	if (!c.interval)
		c.interval = 1;
	if (c.interval_max < REL_MIN_INTERVAL_CAP)
		c.interval_max = REL_MIN_INTERVAL_CAP;
	if (c.interval_max < c.interval)
		c.interval_max = c.interval;
	if (!c.window)
		c.window = 1;
	return c;
}

uint64_t rel_cycle(const struct rel_config *cfg)
{
	struct rel_config c = reliable_sane(cfg);
	uint64_t sum = 0;

	for (unsigned i = 0; i <= c.retries; i++)
		sum += reliable_interval(&c, (uint8_t)i);
	return sum;
}

void rel_init(struct reliable *r, const struct rel_config *cfg)
{
	memset(r, 0, sizeof(*r));
	r->cfg = reliable_sane(cfg);
	r->due = NEVER;
	r->cwnd = 1;
	r->held_cap = REL_QUEUE_OCTETS;
	rel_peer_window(r, REL_DEFAULT_WINDOW);
}

void rel_free(struct reliable *r)
{
	while (r->una != r->end)
		free(*reliable_slot(r, r->una++));
	free(r->ring);
	for (unsigned i = 0; r->early && i < REL_HOLD_MAX; i++)
		free(r->early[i]);
	free(r->early);
	memset(r, 0, sizeof(*r));
	r->due = NEVER;
}

void rel_peer_window(struct reliable *r, uint16_t window)
{
	r->peer_window = window ? window : 1;
	r->ssthresh = r->peer_window;
	if (r->cwnd > r->peer_window)
		r->cwnd = r->peer_window;
}

/* --- sending ---------------------------------------------------------------------------------- */

/* A message's place is its Ns modulo the room: of twice the room, its old place or the one as far
 * into the new half. */
static bool reliable_grow(struct reliable *r)
{
	uint32_t room = r->room ? r->room * 2 : 4;
	struct rel_msg **ring = realloc(r->ring, room * sizeof(struct rel_msg *));

	if (!ring)
		return false;
	memcpy(ring + r->room, ring, r->room * sizeof(struct rel_msg *));
	r->ring = ring;
	r->room = room;
	return true;
}

bool rel_full(const struct reliable *r, size_t len, size_t limit)
{
	uint16_t used = (uint16_t)(r->end - r->una);

	return r->octets + len > limit || used >= REL_QUEUE_MESSAGES || len > UINT16_MAX;
}

bool rel_queue(struct reliable *r, const uint8_t *pkt, size_t len, uint8_t type, size_t limit)
{
	uint16_t used = (uint16_t)(r->end - r->una);
	struct rel_msg *m;

	if (rel_full(r, len, limit))
		return false;
	if (used >= r->room && !reliable_grow(r))
		return false;
	m = malloc(sizeof(*m) + len);
	if (!m)
		return false;
	*m = (struct rel_msg){.len = (uint16_t)len, .type = type};
	memcpy(m->pkt, pkt, len);
	*reliable_slot(r, r->end++) = m;
	r->octets += len;
	return true;
}

void rel_drop_unsent(struct reliable *r)
{
	while (r->end != r->top) {
		struct rel_msg *m = *reliable_slot(r, --r->end);

		r->octets -= m->len;
		free(m);
	}
}

static uint16_t reliable_window(const struct reliable *r)
{
	return r->cwnd < r->peer_window ? r->cwnd : r->peer_window;
}

struct rel_msg *rel_next(struct reliable *r)
{
	while (!r->paused && r->nxt != r->end && rel_in_flight(r) < reliable_window(r)) {
		struct rel_msg *m = *reliable_slot(r, r->nxt);

		if (!m->waiting) {
			wr_put16(m->pkt + AT_NS, r->nxt);
			wr_put16(m->pkt + AT_NR, r->nr);
			return m;
		}
		if (r->nxt++ == r->una)
			r->due = m->handed + rel_cycle(&r->cfg);
	}
	return NULL;
}

/* The timer of the oldest message, given when and how it was handed over. */
static void reliable_arm(struct reliable *r, uint64_t now)
{
	const struct rel_msg *m;

	if (r->nxt == r->una || r->paused) {
		r->due = NEVER;
		return;
	}
	m = *reliable_slot(r, r->una);
	r->due = m->waiting ? m->handed + rel_cycle(&r->cfg)
			    : now + reliable_interval(&r->cfg, r->tries);
}

uint16_t rel_copy(const struct reliable *r)
{
	return r->copies == UINT16_MAX ? 1 : (uint16_t)(r->copies + 1);
}

void rel_retarget(struct reliable *r, uint16_t tid)
{
	for (uint16_t ns = r->top; ns != r->end; ns++)
		wr_put16((*reliable_slot(r, ns))->pkt + AT_TID, tid);
}

void rel_repeat(struct reliable *r)
{
	r->nxt = r->una;
	r->ack_due = false;
}

void rel_handed(struct reliable *r, struct rel_msg *m, bool waiting, uint64_t now)
{
	if (m->sent)
		r->retransmits++;
	m->sent = true;
	m->waiting = waiting;
	m->handed = now;
	if (waiting)
		m->copy = r->copies = rel_copy(r);
	if (r->nxt == r->top)
		r->top++;
	r->nxt++;
	if ((uint16_t)(r->nxt - r->una) == 1)
		reliable_arm(r, now);
	r->ack_due = false;
}

bool rel_owes_zlb(const struct reliable *r, uint64_t now)
{
	if (!r->ack_due || r->paused)
		return false;
	return !r->zlb_waiting || now - r->zlb_handed >= r->cfg.interval_max;
}

/* A peer may drop a ZLB that is ahead of what it has had. */
uint16_t rel_zlb_ns(const struct reliable *r)
{
	return r->resync ? r->nxt : r->top;
}

void rel_zlb_handed(struct reliable *r, bool waiting, uint64_t now)
{
	r->zlb_waiting = waiting;
	r->zlb_handed = now;
	r->ack_due = false;
}

void rel_left(struct reliable *r, uint16_t ns, uint16_t copy, uint64_t now)
{
	struct rel_msg *m;

	if (!copy) {
		r->zlb_waiting = false;
		return;
	}
	if ((uint16_t)(ns - r->una) >= (uint16_t)(r->top - r->una))
		return;
	m = *reliable_slot(r, ns);
	if (!m->waiting || m->copy != copy)
		return;
	m->waiting = false;
	if (ns == r->una)
		reliable_arm(r, now);
}

bool rel_idle(const struct reliable *r)
{
	return r->una == r->end;
}

uint16_t rel_in_flight(const struct reliable *r)
{
	return (uint16_t)(r->nxt - r->una);
}

/* Appendix A: congestion.  Half the window becomes the threshold and sending starts again with one.
 */
static void reliable_go_back(struct reliable *r)
{
	(*reliable_slot(r, r->una))->waiting = false;
	r->ssthresh = r->cwnd / 2;
	r->cwnd = 1;
	r->acks = 0;
	r->nxt = r->una;
	r->due = NEVER;
}

enum rel_expiry rel_expire(struct reliable *r, uint64_t now)
{
	if (now < r->due)
		return REL_NOT_YET;
	if (r->tries >= r->cfg.retries) {
		r->due = NEVER;
		return REL_GAVE_UP;
	}
	r->tries++;
	reliable_go_back(r);
	return REL_RETRY;
}

void rel_pause(struct reliable *r)
{
	r->paused = true;
	r->due = NEVER;
}

void rel_resume(struct reliable *r)
{
	/* The channel came up for the first time: the packets waiting for that are being sent. */
	if (!r->paused && r->una != r->nxt && (*reliable_slot(r, r->una))->waiting)
		return;
	r->paused = false;
	r->tries = 0;
	r->zlb_waiting = false;
	for (uint16_t ns = r->una; ns != r->top; ns++)
		(*reliable_slot(r, ns))->waiting = false;
	if (r->una != r->nxt)
		reliable_go_back(r);
}

/* --- going on after a restart ----------------------------------------------------------------- */

uint16_t rel_reach(const struct reliable *r)
{
	uint16_t sent = (uint16_t)(r->top - r->una), queued = (uint16_t)(r->end - r->una);
	uint16_t reach = queued < reliable_window(r) ? queued : reliable_window(r);

	return (uint16_t)(r->una + (reach > sent ? reach : sent));
}

bool rel_resync(struct reliable *r, uint16_t una, uint16_t reach, uint16_t nr,
		const uint8_t *filler, size_t len, uint8_t type)
{
	uint16_t n = (uint16_t)(reach - una);

	r->una = r->nxt = r->top = r->end = una;
	r->nr = nr;
	do
		if (!rel_queue(r, filler, len, type, REL_QUEUE_HARD))
			return false;
	while ((uint16_t)(r->end - una) < n);
	r->top = reach;
	r->sure = r->end;
	r->resync = true;
	return true;
}

/* --- receiving -------------------------------------------------------------------------------- */

/* An acknowledgement of something new: grow as appendix A says, never beyond the peer's window,
 * which may be 65535. */
static void reliable_grow_cwnd(struct reliable *r)
{
	if (r->cwnd >= r->peer_window)
		return;
	if (r->cwnd < r->ssthresh) {
		r->cwnd++;
	} else if (++r->acks >= r->cwnd) {
		r->acks = 0;
		r->cwnd++;
	}
}

static void reliable_acknowledged(struct reliable *r, uint16_t nr, uint64_t now)
{
	while (r->una != nr) {
		struct rel_msg **s = reliable_slot(r, r->una);

		if (r->nxt == r->una)
			r->nxt++;
		r->una++;
		r->octets -= (*s)->len;
		free(*s);
		*s = NULL;
	}
	r->tries = 0;
	r->resync = r->resync && (uint16_t)(r->sure - r->una) - 1u < 0x7fffu;
	reliable_grow_cwnd(r);
	reliable_arm(r, now);
}

enum rel_verdict rel_rx(struct reliable *r, uint16_t ns, uint16_t nr, bool zlb, uint64_t now,
			bool *progress)
{
	uint16_t acked = (uint16_t)(nr - r->una), ahead = (uint16_t)(ns - r->nr);

	*progress = false;
	if (acked <= (uint16_t)(r->top - r->una)) {
		*progress = acked != 0;
		if (acked)
			reliable_acknowledged(r, nr, now);
	} else if (acked < 0x8000) {
		return REL_BAD_NR;
	}
	if (zlb)
		return REL_ZLB;
	if (ahead >= r->cfg.window && ahead < 0x8000)
		return REL_BEYOND;
	r->ack_due = true;
	if (ahead >= 0x8000)
		return REL_DUPLICATE;
	if (ahead)
		return REL_EARLY;
	r->nr++;
	return REL_DELIVER;
}

bool rel_hold(struct reliable *r, uint16_t ns, const uint8_t *pkt, size_t len)
{
	struct rel_early **s;

	if (len > UINT16_MAX || (uint16_t)(ns - r->nr) >= REL_HOLD_MAX ||
	    r->held_octets + len > r->held_cap)
		return false;
	if (!r->early)
		r->early = calloc(REL_HOLD_MAX, sizeof(struct rel_early *));
	if (!r->early)
		return false;
	s = &r->early[ns % REL_HOLD_MAX];
	if (*s)
		return false;
	*s = malloc(sizeof(**s) + len);
	if (!*s)
		return false;
	(*s)->len = (uint16_t)len;
	memcpy((*s)->pkt, pkt, len);
	r->held++;
	r->held_octets += len;
	return true;
}

struct rel_early *rel_take(struct reliable *r)
{
	struct rel_early **s, *e;

	if (!r->held)
		return NULL;
	s = &r->early[r->nr % REL_HOLD_MAX];
	e = *s;
	if (!e)
		return NULL;
	*s = NULL;
	r->held--;
	r->held_octets -= e->len;
	r->nr++;
	return e;
}
