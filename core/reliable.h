/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reliable delivery of control messages, RFC 2661 section 5.8 and appendix A: Ns and Nr, the
 * sliding window, acknowledgement, retransmission with exponential back-off, slow start and
 * congestion avoidance.  A function of its state and of `now`; it sends nothing itself: the owner
 * asks for the next packet and reports what became of it.
 *
 * Sending goes back to the oldest unacknowledged message when its time is up, and then forward
 * again as the congestion window allows; an acknowledgement may cover later messages that the peer
 * had kept.
 *
 * A packet the transport has queued but not sent is "waiting": the retransmission time starts when
 * it leaves, and it is not handed over a second time.  A copy that has not left after a full
 * retransmission cycle is taken as lost.
 */
#ifndef CORE_RELIABLE_H
#define CORE_RELIABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REL_QUEUE_OCTETS     65536u   /* while it holds more, no request of ours is added */
#define REL_QUEUE_HARD	     2097152u /* what all messages may fill; beyond is fatal */
#define REL_QUEUE_MESSAGES   0x7000u  /* how many they may be: Ns must stay comparable */
#define REL_HOLD_MAX	     64u      /* messages held out of order */
#define REL_DEFAULT_WINDOW   4u	      /* RFC 2661 4.4.3: no Receive Window Size AVP */
#define REL_MIN_INTERVAL_CAP 8000000u /* RFC 2661 5.8: a cap on the interval is at least 8 s */

struct rel_config {
	uint64_t interval;     /* before the first retransmission, us, >= 1 */
	uint64_t interval_max; /* raised to 8 s when lower */
	uint8_t retries;       /* retransmissions before giving up */
	uint16_t window;       /* what we offer */
};

/* One message in the queue: a whole control packet whose Ns and Nr are written as it is sent. */
struct rel_msg {
	uint64_t handed; /* when it last went to the transport */
	uint16_t len;
	uint16_t copy; /* number of the copy that is waiting */
	uint8_t type;
	bool sent;    /* went out at least once */
	bool waiting; /* the transport has it queued */
	uint8_t pkt[];
};

struct rel_early {
	uint16_t len;
	uint8_t pkt[];
};

struct reliable {
	struct rel_config cfg;
	/* sending: una <= nxt <= top <= end, modulo 65536 */
	uint16_t una; /* oldest not acknowledged */
	uint16_t nxt; /* next to hand over */
	uint16_t top; /* one past the highest ever handed over */
	uint16_t end; /* one past the last queued */
	uint16_t peer_window, cwnd, ssthresh;
	uint16_t acks; /* since cwnd last grew, in congestion avoidance */
	uint16_t copies;
	uint8_t tries; /* retransmissions without progress */
	bool paused;
	bool resync;	       /* what was sent before a restart is not all acknowledged: */
	uint16_t sure;	       /* from here on it is */
	uint32_t room;	       /* slots in ring, a power of two */
	struct rel_msg **ring; /* slot = Ns mod room */
	size_t octets;
	uint64_t due; /* UINT64_MAX = nothing outstanding */
	uint64_t retransmits;
	/* receiving */
	uint16_t nr; /* next expected */
	bool ack_due;
	bool zlb_waiting;
	uint64_t zlb_handed;
	struct rel_early **early; /* slot = Ns mod REL_HOLD_MAX; NULL until needed */
	uint16_t held;
	size_t held_octets, held_cap;
};

void rel_init(struct reliable *r, const struct rel_config *cfg);
void rel_free(struct reliable *r);
/* The sum of all intervals until giving up: RFC 2661's full retransmission cycle, 31 s by default.
 */
uint64_t rel_cycle(const struct rel_config *cfg);

/* --- sending ---------------------------------------------------------------------------------- */

void rel_peer_window(struct reliable *r, uint16_t window);
/* Would len more octets be more than the queue may hold? */
bool rel_full(const struct reliable *r, size_t len, size_t limit);
/* Copy a whole control packet into the queue.  False: rel_full(), or no memory. */
bool rel_queue(struct reliable *r, const uint8_t *pkt, size_t len, uint8_t type, size_t limit);
/* Forget what was queued but never sent. */
void rel_drop_unsent(struct reliable *r);
/* The next packet to hand over now, Ns and Nr written; NULL = none.  rel_handed() must follow. */
struct rel_msg *rel_next(struct reliable *r);
/* The number the copy handed over next will have if it waits; never 0. */
uint16_t rel_copy(const struct reliable *r);
void rel_handed(struct reliable *r, struct rel_msg *m, bool waiting, uint64_t now);
/* Send again what was sent and not acknowledged, without counting a try: the peer has shown that it
 * lacks it. */
void rel_repeat(struct reliable *r);
/* Write this Tunnel ID into the messages never sent: they were queued before the id was known. */
void rel_retarget(struct reliable *r, uint16_t tid);
/* Is an acknowledgement owed that no message carried?  Then send a ZLB with Ns = rel_zlb_ns() and
 * Nr = r->nr, and call rel_zlb_handed(). */
bool rel_owes_zlb(const struct reliable *r, uint64_t now);
uint16_t rel_zlb_ns(const struct reliable *r);
void rel_zlb_handed(struct reliable *r, bool waiting, uint64_t now);
/* A waiting packet has left: copy as in m->copy, or 0 for the ZLB. */
void rel_left(struct reliable *r, uint16_t ns, uint16_t copy, uint64_t now);
/* All that was queued is acknowledged. */
bool rel_idle(const struct reliable *r);
/* Has the peer acknowledged the message of ours with this Ns? */
static inline bool rel_is_acked(const struct reliable *r, uint16_t ns)
{
	return (uint16_t)(r->una - ns - 1u) < 0x8000;
}
uint16_t rel_in_flight(const struct reliable *r);

enum rel_expiry { REL_NOT_YET, REL_RETRY, REL_GAVE_UP };
/* Has r->due come?  RETRY: rel_next() has the oldest message again. */
enum rel_expiry rel_expire(struct reliable *r, uint64_t now);
/* The channel is down: no sending, no timer.  And up again: from the oldest on, counting anew. */
void rel_pause(struct reliable *r);
void rel_resume(struct reliable *r);

/* --- going on after a restart ----------------------------------------------------------------- */

/* One past the highest Ns that may be sent before the next acknowledgement. */
uint16_t rel_reach(const struct reliable *r);
/* Go on from una, reach and Nr of the life before.  Copies of `filler`, a HELLO, take the place of
 * the messages from una to reach, or follow when there are none: the peer acknowledges each, seen
 * before or not, and its Nr tells which it had.  False: no memory. */
bool rel_resync(struct reliable *r, uint16_t una, uint16_t reach, uint16_t nr,
		const uint8_t *filler, size_t len, uint8_t type);

/* --- receiving -------------------------------------------------------------------------------- */

enum rel_verdict {
	REL_ZLB,       /* acknowledgement only */
	REL_DELIVER,   /* in order: hand it up, then ask rel_take() */
	REL_DUPLICATE, /* seen before: it will be acknowledged again */
	REL_EARLY,     /* inside the window: rel_hold() may keep it */
	REL_BEYOND,    /* outside the window */
	REL_BAD_NR,    /* acknowledges what was never sent: discard */
};
/* One packet's numbers.  *progress: its Nr acknowledged something new. */
enum rel_verdict rel_rx(struct reliable *r, uint16_t ns, uint16_t nr, bool zlb, uint64_t now,
			bool *progress);
/* Keep an early packet; false = no room or kept already. */
bool rel_hold(struct reliable *r, uint16_t ns, const uint8_t *pkt, size_t len);
/* The held packet whose turn it is now, or NULL; the caller frees it. */
struct rel_early *rel_take(struct reliable *r);

#endif
