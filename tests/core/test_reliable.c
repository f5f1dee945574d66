/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reliable delivery against the text of RFC 2661 section 5.8, appendix A and appendix B: every
 * number is from the RFC.
 */
#include "core/bytes.h"
#include "core/reliable.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <stdlib.h>
#include <string.h>

#define S 1000000u

static const struct rel_config deflt = {
	.interval = S, .interval_max = 8 * S, .retries = 5, .window = 4};

static void reliable_queue(struct reliable *r, unsigned n)
{
	uint8_t pkt[20] = {0xc8, 0x02};

	while (n--)
		CU_ASSERT_TRUE_FATAL(rel_queue(r, pkt, sizeof(pkt), 6, REL_QUEUE_OCTETS));
}

static uint16_t ns_of(const struct rel_msg *m)
{
	return (uint16_t)(m->pkt[8] << 8 | m->pkt[9]);
}

static uint16_t nr_of(const struct rel_msg *m)
{
	return (uint16_t)(m->pkt[10] << 8 | m->pkt[11]);
}

/* Send all that the window allows; returns how many, and the first and last Ns. */
static unsigned pump(struct reliable *r, uint64_t now, uint16_t *first, uint16_t *last)
{
	struct rel_msg *m;
	unsigned n = 0;

	while ((m = rel_next(r))) {
		if (!n++ && first)
			*first = ns_of(m);
		if (last)
			*last = ns_of(m);
		rel_handed(r, m, false, now);
	}
	return n;
}

static enum rel_verdict ack(struct reliable *r, uint16_t nr, uint64_t now)
{
	bool progress;

	return rel_rx(r, 0, nr, true, now, &progress);
}

static enum rel_verdict reliable_rx(struct reliable *r, uint16_t ns)
{
	bool progress;

	return rel_rx(r, ns, r->una, false, 0, &progress);
}

/* "if the first retransmission occurred after 1 second, the next ... 2 seconds ... then 4 seconds";
 * a cap of 8 s, 5 retransmissions, and a full cycle of 31 seconds (5.7). */
static void backoff_and_give_up(void)
{
	static const uint64_t at[] = {1, 3, 7, 15, 23};
	struct reliable r;
	uint16_t ns;

	rel_init(&r, &deflt);
	reliable_queue(&r, 1);
	CU_ASSERT_EQUAL(pump(&r, 0, &ns, NULL), 1);
	for (unsigned i = 0; i < 5; i++) {
		CU_ASSERT_EQUAL(r.due, at[i] * S);
		CU_ASSERT_EQUAL(rel_expire(&r, at[i] * S - 1), REL_NOT_YET);
		CU_ASSERT_EQUAL(rel_expire(&r, at[i] * S), REL_RETRY);
		CU_ASSERT_EQUAL(pump(&r, at[i] * S, &ns, NULL), 1);
		CU_ASSERT_EQUAL(ns, 0); /* "contains the same Ns value" */
	}
	CU_ASSERT_EQUAL(r.due, 31 * S);
	CU_ASSERT_EQUAL(rel_expire(&r, 31 * S), REL_GAVE_UP);
	CU_ASSERT_EQUAL(r.retransmits, 5);
	CU_ASSERT_EQUAL(rel_cycle(&deflt), 31 * S);
	rel_free(&r);
}

/* An acknowledgement is a response: the next message starts at one second again. */
static void backoff_starts_anew_after_progress(void)
{
	struct reliable r;

	rel_init(&r, &deflt);
	reliable_queue(&r, 2);
	pump(&r, 0, NULL, NULL);
	CU_ASSERT_EQUAL(rel_expire(&r, S), REL_RETRY);
	pump(&r, S, NULL, NULL);
	CU_ASSERT_EQUAL(rel_expire(&r, 3 * S), REL_RETRY);
	pump(&r, 3 * S, NULL, NULL);
	ack(&r, 1, 4 * S);
	pump(&r, 4 * S, NULL, NULL);
	CU_ASSERT_EQUAL(r.due, 5 * S);
	rel_free(&r);
}

static void cap_is_never_under_8_seconds(void)
{
	struct rel_config c = deflt;

	c.interval_max = S;
	CU_ASSERT_EQUAL(rel_cycle(&c), 31 * S);
	c.interval = 20 * S; /* a first interval over the cap is not shortened */
	c.retries = 1;
	CU_ASSERT_EQUAL(rel_cycle(&c), 40 * S);
}

static void retransmission_updates_nr(void)
{
	struct reliable r;
	struct rel_msg *m;

	rel_init(&r, &deflt);
	reliable_queue(&r, 1);
	m = rel_next(&r);
	CU_ASSERT_EQUAL(nr_of(m), 0);
	rel_handed(&r, m, false, 0);
	CU_ASSERT_EQUAL(reliable_rx(&r, 0), REL_DELIVER);
	CU_ASSERT_EQUAL(rel_expire(&r, S), REL_RETRY);
	m = rel_next(&r);
	CU_ASSERT_EQUAL(ns_of(m), 0);
	CU_ASSERT_EQUAL(nr_of(m), 1);
	rel_free(&r);
}

/* Appendix A, by its own words. */
static void slow_start_then_avoidance(void)
{
	struct reliable r;
	uint16_t acked = 0, last = 0;

	rel_init(&r, &deflt);
	rel_peer_window(&r, 8);
	reliable_queue(&r, 200);
	CU_ASSERT_EQUAL(pump(&r, 0, NULL, &last), 1); /* "transmits one packet and waits" */
	CU_ASSERT_EQUAL(ack(&r, ++acked, 0), REL_ZLB);
	CU_ASSERT_EQUAL(r.cwnd, 2); /* "incremented from one to two" */
	CU_ASSERT_EQUAL(pump(&r, 0, NULL, &last), 2);
	ack(&r, ++acked, 0);
	ack(&r, ++acked, 0);
	CU_ASSERT_EQUAL(r.cwnd, 4); /* "doubling CWND with each round trip" */
	CU_ASSERT_EQUAL(pump(&r, 0, NULL, &last), 4);
	while (r.cwnd < 8)
		ack(&r, ++acked, 0);
	pump(&r, 0, NULL, &last);
	CU_ASSERT_EQUAL((uint16_t)(last + 1 - acked), 8);
	for (int i = 0; i < 50; i++) { /* "never allowed to exceed the advertised window" */
		ack(&r, ++acked, 0);
		pump(&r, 0, NULL, &last);
		CU_ASSERT_EQUAL(r.cwnd, 8);
		CU_ASSERT_EQUAL(rel_in_flight(&r), 8);
	}
	/* congestion: "one half of the CWND is saved in SSTHRESH, and CWND is set to one" */
	CU_ASSERT_EQUAL(rel_expire(&r, S), REL_RETRY);
	CU_ASSERT_EQUAL(r.ssthresh, 4);
	CU_ASSERT_EQUAL(r.cwnd, 1);
	CU_ASSERT_EQUAL(pump(&r, S, NULL, &last), 1);
	CU_ASSERT_EQUAL(last, acked);
	for (unsigned want = 2; want <= 4; want++) {
		ack(&r, ++acked, S);
		CU_ASSERT_EQUAL(r.cwnd, want);
		pump(&r, S, NULL, &last);
	}
	for (unsigned i = 1; i <= 4; i++) { /* "increased by one packet after CWND new ACKs" */
		ack(&r, ++acked, S);
		pump(&r, S, NULL, &last);
		CU_ASSERT_EQUAL(r.cwnd, i < 4 ? 4u : 5u);
	}
	rel_free(&r);
}

/* Months of HELLOs to a peer that offers the largest window: cwnd reaches 65535 and stays there. */
static void the_largest_window_is_not_overrun(void)
{
	struct reliable r;
	unsigned sent = 0;

	rel_init(&r, &deflt);
	rel_peer_window(&r, 65535);
	for (unsigned i = 0; i < 140000; i++) {
		reliable_queue(&r, 1);
		sent += pump(&r, 0, NULL, NULL);
		ack(&r, (uint16_t)(i + 1), 0);
	}
	CU_ASSERT_EQUAL(sent, 140000);
	CU_ASSERT_EQUAL(r.cwnd, 65535);
	rel_free(&r);
}

static void window_default_and_one(void)
{
	struct reliable r;

	rel_init(&r, &deflt); /* no Receive Window Size AVP: 4 */
	reliable_queue(&r, 20);
	for (uint16_t a = 1; a <= 6; a++) {
		pump(&r, 0, NULL, NULL);
		ack(&r, a, 0);
	}
	pump(&r, 0, NULL, NULL);
	CU_ASSERT_EQUAL(rel_in_flight(&r), 4);
	rel_free(&r);

	rel_init(&r, &deflt);
	rel_peer_window(&r, 1);
	reliable_queue(&r, 5);
	for (uint16_t a = 1; a <= 5; a++) {
		CU_ASSERT_EQUAL(pump(&r, 0, NULL, NULL), 1);
		ack(&r, a, 0);
	}
	CU_ASSERT_TRUE(rel_idle(&r));
	CU_ASSERT_EQUAL(r.due, UINT64_MAX);
	rel_free(&r);
}

/* After going back, an acknowledgement may cover messages the peer had kept. */
static void ack_jumps_over_kept_messages(void)
{
	struct reliable r;
	uint16_t first, last;

	rel_init(&r, &deflt);
	reliable_queue(&r, 6);
	for (uint16_t a = 1; a <= 2; a++) {
		pump(&r, 0, NULL, NULL);
		ack(&r, a, 0);
	}
	CU_ASSERT_EQUAL(pump(&r, 0, NULL, &last), 2);
	CU_ASSERT_EQUAL(last, 4);
	CU_ASSERT_EQUAL(rel_expire(&r, S), REL_RETRY);
	CU_ASSERT_EQUAL(pump(&r, S, &first, NULL), 1);
	CU_ASSERT_EQUAL(first, 2);
	CU_ASSERT_EQUAL(ack(&r, 5, S), REL_ZLB); /* 2, 3 and 4 at once */
	CU_ASSERT_EQUAL(pump(&r, S, &first, NULL), 1);
	CU_ASSERT_EQUAL(first, 5);
	CU_ASSERT_EQUAL(ack(&r, 6, S), REL_ZLB);
	CU_ASSERT_TRUE(rel_idle(&r));
	rel_free(&r);
}

/* 5.8's example: after 15, 0 through 15 and 32784 through 65535 are duplicates. */
static void duplicate_range_is_the_rfcs_example(void)
{
	struct reliable r;
	struct rel_config c = deflt;

	c.window = 40000;
	rel_init(&r, &c);
	for (uint16_t ns = 0; ns <= 15; ns++)
		CU_ASSERT_EQUAL(reliable_rx(&r, ns), REL_DELIVER);
	for (uint32_t ns = 0; ns < 65536; ns++) {
		enum rel_verdict want = ns <= 15 || ns >= 32784 ? REL_DUPLICATE
					: ns == 16		? REL_DELIVER
								: REL_EARLY;
		struct reliable copy = r;

		CU_ASSERT_EQUAL_FATAL(reliable_rx(&copy, (uint16_t)ns), want);
	}
	rel_free(&r);
}

static void numbers_wrap_at_65536(void)
{
	struct reliable r;

	rel_init(&r, &deflt);
	for (uint32_t i = 0; i < 70000; i++) {
		struct rel_msg *m;

		reliable_queue(&r, 1);
		m = rel_next(&r);
		CU_ASSERT_EQUAL_FATAL(ns_of(m), (uint16_t)i);
		rel_handed(&r, m, false, 0);
		CU_ASSERT_EQUAL_FATAL(reliable_rx(&r, (uint16_t)i), REL_DELIVER);
		CU_ASSERT_EQUAL_FATAL(ack(&r, (uint16_t)(i + 1), 0), REL_ZLB);
	}
	CU_ASSERT_TRUE(rel_idle(&r));
	rel_free(&r);
}

/* "receipt of duplicate messages MUST be acknowledged"; a ZLB is never acknowledged and does not
 * move Nr. */
static void what_is_acknowledged(void)
{
	struct reliable r;

	rel_init(&r, &deflt);
	CU_ASSERT_FALSE(rel_owes_zlb(&r, 0));
	CU_ASSERT_EQUAL(reliable_rx(&r, 0), REL_DELIVER);
	CU_ASSERT_TRUE(rel_owes_zlb(&r, 0));
	rel_zlb_handed(&r, false, 0);
	CU_ASSERT_FALSE(rel_owes_zlb(&r, 0));
	CU_ASSERT_EQUAL(reliable_rx(&r, 0), REL_DUPLICATE);
	CU_ASSERT_TRUE(rel_owes_zlb(&r, 0));
	reliable_queue(&r, 1); /* a message on its way carries it */
	pump(&r, 0, NULL, NULL);
	CU_ASSERT_FALSE(rel_owes_zlb(&r, 0));
	CU_ASSERT_EQUAL(ack(&r, 1, 0), REL_ZLB);
	CU_ASSERT_FALSE(rel_owes_zlb(&r, 0));
	CU_ASSERT_EQUAL(r.nr, 1);
	rel_free(&r);
}

static void early_messages_are_held_in_order(void)
{
	struct reliable r;
	uint8_t pkt[16];
	struct rel_early *e;

	rel_init(&r, &deflt);
	for (uint16_t ns = 3; ns >= 1; ns--) {
		memset(pkt, ns, sizeof(pkt));
		CU_ASSERT_EQUAL(reliable_rx(&r, ns), REL_EARLY);
		CU_ASSERT_TRUE(rel_hold(&r, ns, pkt, sizeof(pkt)));
		CU_ASSERT_FALSE(rel_hold(&r, ns, pkt, sizeof(pkt))); /* once */
		CU_ASSERT_PTR_NULL(rel_take(&r));
	}
	CU_ASSERT_EQUAL(reliable_rx(&r, 4), REL_BEYOND); /* the window is 4: 0 to 3 */
	CU_ASSERT_EQUAL(reliable_rx(&r, 0), REL_DELIVER);
	for (unsigned ns = 1; ns <= 3; ns++) {
		e = rel_take(&r);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_EQUAL(e->len, sizeof(pkt));
		CU_ASSERT_EQUAL(e->pkt[0], ns);
		free(e);
	}
	CU_ASSERT_PTR_NULL(rel_take(&r));
	CU_ASSERT_EQUAL(r.nr, 4);
	CU_ASSERT_EQUAL(r.held_octets, 0);
	rel_free(&r);
}

static void held_octets_are_bounded(void)
{
	struct reliable r;
	struct rel_config c = deflt;
	static uint8_t pkt[4096];
	unsigned kept = 0;

	c.window = 1000;
	rel_init(&r, &c);
	for (uint16_t ns = 1; ns < 1000; ns++)
		kept += rel_hold(&r, ns, pkt, sizeof(pkt));
	CU_ASSERT_EQUAL(kept, REL_QUEUE_OCTETS / sizeof(pkt));
	rel_free(&r);
}

/* What is held out of order is kept once, and only what there is memory for. */
static void holding_can_fail(void)
{
	static const uint8_t pkt[20] = {0xc8, 0x02};
	struct rel_early *e;
	struct reliable r;

	rel_init(&r, &deflt);
	for (unsigned n = 0; n < 2; n++) {
		heap_refuse(n);
		CU_ASSERT_FALSE(rel_hold(&r, 1, pkt, sizeof(pkt)));
		CU_ASSERT_TRUE(heap_refused());
	}
	CU_ASSERT_EQUAL(r.held, 0);
	CU_ASSERT_TRUE(rel_hold(&r, 1, pkt, sizeof(pkt)));
	CU_ASSERT_FALSE(rel_hold(&r, 1, pkt, sizeof(pkt)));
	CU_ASSERT_EQUAL(r.held, 1);
	CU_ASSERT_EQUAL(r.held_octets, sizeof(pkt));
	CU_ASSERT_TRUE(rel_hold(&r, REL_HOLD_MAX - 1, pkt, sizeof(pkt)));
	CU_ASSERT_FALSE(rel_hold(&r, REL_HOLD_MAX, pkt, sizeof(pkt)));
	CU_ASSERT_PTR_NULL(rel_take(&r));
	r.nr = 1;
	CU_ASSERT_PTR_NOT_NULL_FATAL(e = rel_take(&r));
	CU_ASSERT_EQUAL(e->len, sizeof(pkt));
	CU_ASSERT_EQUAL(r.nr, 2);
	free(e);
	rel_free(&r);
}

/* Values that make no sense are mended: a cap of 8 s (5.8), no interval and no window of nothing.
 */
static void odd_configurations_are_mended(void)
{
	static const struct rel_config nothing = {.retries = 2};
	static const struct rel_config slow = {
		.interval = 20 * S, .interval_max = 10 * S, .retries = 1, .window = 1};
	struct reliable r;

	rel_init(&r, &nothing);
	CU_ASSERT_EQUAL(r.cfg.interval, 1);
	CU_ASSERT_EQUAL(r.cfg.interval_max, 8 * S);
	CU_ASSERT_EQUAL(r.cfg.window, 1);
	CU_ASSERT_EQUAL(rel_cycle(&nothing), 1 + 2 + 4);
	rel_init(&r, &slow);
	CU_ASSERT_EQUAL(r.cfg.interval_max, 20 * S);
	CU_ASSERT_EQUAL(rel_cycle(&slow), 40 * S);
	rel_peer_window(&r, 0);
	CU_ASSERT_EQUAL(r.peer_window, 1);
}

static void queue_is_bounded(void)
{
	struct reliable r;
	static uint8_t pkt[1024];
	unsigned n = 0;

	rel_init(&r, &deflt);
	while (rel_queue(&r, pkt, sizeof(pkt), 6, REL_QUEUE_OCTETS))
		n++;
	CU_ASSERT_EQUAL(n, REL_QUEUE_OCTETS / sizeof(pkt));
	CU_ASSERT_TRUE(rel_queue(&r, pkt, sizeof(pkt), 6, REL_QUEUE_HARD));
	CU_ASSERT_EQUAL(pump(&r, 0, NULL, NULL), 1);
	rel_drop_unsent(&r);
	CU_ASSERT_EQUAL(r.octets, sizeof(pkt));
	reliable_queue(&r, 1); /* takes the Ns of the first one dropped */
	ack(&r, 1, 0);
	CU_ASSERT_EQUAL(ns_of(rel_next(&r)), 1);
	rel_free(&r);
}

static void nr_never_sent_is_refused(void)
{
	struct reliable r;
	bool progress;

	rel_init(&r, &deflt);
	reliable_queue(&r, 2);
	pump(&r, 0, NULL, NULL);
	CU_ASSERT_EQUAL(ack(&r, 2, 0), REL_BAD_NR); /* queued but not sent */
	CU_ASSERT_EQUAL(rel_rx(&r, 0, 9, false, 0, &progress), REL_BAD_NR);
	CU_ASSERT_EQUAL(r.nr, 0);
	CU_ASSERT_EQUAL(ack(&r, 0xffff, 0), REL_ZLB); /* old: late, no error, no progress */
	CU_ASSERT_EQUAL(rel_rx(&r, 0, 1, false, 0, &progress), REL_DELIVER);
	CU_ASSERT_TRUE(progress);
	rel_free(&r);
}

/* A flow-controlled channel: the timer starts when the packet leaves, and one copy waits at most.
 */
static void waiting_packets(void)
{
	struct reliable r;
	struct rel_msg *m;
	uint16_t copy;

	rel_init(&r, &deflt);
	reliable_queue(&r, 1);
	m = rel_next(&r);
	rel_handed(&r, m, true, 0);
	copy = m->copy;
	CU_ASSERT_NOT_EQUAL(copy, 0);
	CU_ASSERT_EQUAL(rel_expire(&r, 30 * S), REL_NOT_YET);
	CU_ASSERT_PTR_NULL(rel_next(&r));
	rel_left(&r, 0, (uint16_t)(copy + 1), 20 * S); /* another copy: not ours */
	CU_ASSERT_TRUE(m->waiting);
	rel_left(&r, 0, copy, 20 * S);
	CU_ASSERT_EQUAL(r.due, 21 * S);
	CU_ASSERT_EQUAL(rel_expire(&r, 21 * S), REL_RETRY);
	m = rel_next(&r);
	rel_handed(&r, m, true, 21 * S);
	CU_ASSERT_EQUAL(rel_expire(&r, 52 * S - 1), REL_NOT_YET);
	CU_ASSERT_EQUAL(rel_expire(&r, 52 * S), REL_RETRY); /* never left: lost in the queue */
	CU_ASSERT_EQUAL(ack(&r, 1, 53 * S), REL_ZLB);
	rel_left(&r, 0, 2, 53 * S); /* leaves after all: harmless */
	CU_ASSERT_EQUAL(r.due, UINT64_MAX);
	rel_free(&r);
}

static void going_back_skips_what_still_waits(void)
{
	struct reliable r;
	struct rel_msg *m;
	uint16_t copy;

	rel_init(&r, &deflt);
	reliable_queue(&r, 3);
	pump(&r, 0, NULL, NULL);
	ack(&r, 1, 0);
	m = rel_next(&r);
	rel_handed(&r, m, false, 0);
	m = rel_next(&r);
	CU_ASSERT_EQUAL(ns_of(m), 2);
	rel_handed(&r, m, true, 0);
	copy = m->copy;
	CU_ASSERT_EQUAL(rel_expire(&r, S), REL_RETRY);
	m = rel_next(&r);
	CU_ASSERT_EQUAL(ns_of(m), 1);
	rel_handed(&r, m, false, S);
	ack(&r, 2, S);
	CU_ASSERT_PTR_NULL(rel_next(&r)); /* 2 is still in the transport's queue */
	CU_ASSERT_EQUAL(r.due, 31 * S);
	rel_left(&r, 2, copy, 2 * S);
	rel_free(&r);
}

static void waiting_zlb_is_not_doubled(void)
{
	struct reliable r;

	rel_init(&r, &deflt);
	reliable_rx(&r, 0);
	rel_zlb_handed(&r, true, 0);
	reliable_rx(&r, 1);
	CU_ASSERT_FALSE(rel_owes_zlb(&r, S));
	rel_left(&r, 0, 0, S);
	CU_ASSERT_TRUE(rel_owes_zlb(&r, S));
	rel_zlb_handed(&r, true, S);
	reliable_rx(&r, 2);
	CU_ASSERT_TRUE(rel_owes_zlb(&r, 9 * S)); /* acknowledgements are never withheld for good */
	rel_free(&r);
}

static void pause_and_resume(void)
{
	struct reliable r;
	uint16_t ns;

	rel_init(&r, &deflt);
	reliable_queue(&r, 2);
	pump(&r, 0, NULL, NULL);
	rel_expire(&r, S);
	pump(&r, S, NULL, NULL);
	rel_pause(&r);
	CU_ASSERT_EQUAL(rel_expire(&r, 1000 * S), REL_NOT_YET);
	CU_ASSERT_PTR_NULL(rel_next(&r));
	reliable_rx(&r, 0);
	CU_ASSERT_FALSE(rel_owes_zlb(&r, 1000 * S));
	rel_resume(&r);
	CU_ASSERT_EQUAL(pump(&r, 1000 * S, &ns, NULL), 1);
	CU_ASSERT_EQUAL(ns, 0);
	CU_ASSERT_EQUAL(r.due, 1001 * S); /* back-off starts anew */
	rel_free(&r);
}

/* The channel is a call being placed: when it comes up, the packets waiting for it are not sent
 * again. */
static void resume_leaves_what_waits(void)
{
	struct reliable r;
	struct rel_msg *m;

	rel_init(&r, &deflt);
	reliable_queue(&r, 1);
	m = rel_next(&r);
	rel_handed(&r, m, true, 0);
	rel_resume(&r);
	CU_ASSERT_PTR_NULL(rel_next(&r));
	rel_left(&r, 0, m->copy, 5 * S);
	CU_ASSERT_EQUAL(r.due, 6 * S);
	CU_ASSERT_EQUAL(r.retransmits, 0);
	rel_free(&r);
}

/* How far a flush may get: no further than the window, and never back behind what was sent. */
static void reach_of_the_next_flush(void)
{
	struct reliable r;

	rel_init(&r, &deflt);
	rel_peer_window(&r, 8);
	CU_ASSERT_EQUAL(rel_reach(&r), 0);
	reliable_queue(&r, 6);
	CU_ASSERT_EQUAL(rel_reach(&r), 1);
	CU_ASSERT_EQUAL(pump(&r, 0, NULL, NULL), 1);
	CU_ASSERT_EQUAL(rel_reach(&r), r.top);
	ack(&r, 1, 0);
	CU_ASSERT_EQUAL(rel_reach(&r), 3);
	pump(&r, 0, NULL, NULL);
	CU_ASSERT_EQUAL(r.top, 3);
	CU_ASSERT_EQUAL(rel_expire(&r, S), REL_RETRY); /* the window is one again */
	CU_ASSERT_EQUAL(rel_reach(&r), 3);
	ack(&r, 3, S);
	CU_ASSERT_EQUAL(rel_reach(&r), 5);
	rel_free(&r);
}

/* After a restart: one message at a time takes the place of what was sent, and new ones follow with
 * numbers of their own. */
static void resync_with_what_was_sent(void)
{
	static const uint8_t hello[20] = {0xc8, 0x02};
	struct reliable r;
	uint16_t first, last;

	rel_init(&r, &deflt);
	rel_peer_window(&r, 8);
	CU_ASSERT_TRUE(rel_resync(&r, 0xfffe, 1, 7, hello, sizeof(hello), 6));
	CU_ASSERT_EQUAL(rel_reach(&r), 1);
	reliable_queue(&r, 1);
	CU_ASSERT_EQUAL(rel_zlb_ns(&r), 0xfffe);
	CU_ASSERT_EQUAL(pump(&r, 0, &first, &last), 1);
	CU_ASSERT_EQUAL(first, 0xfffe);
	CU_ASSERT_EQUAL(rel_zlb_ns(&r), 0xffff);
	CU_ASSERT_EQUAL(ack(&r, 2, 0), REL_BAD_NR);
	CU_ASSERT_EQUAL(ack(&r, 0, 0), REL_ZLB); /* it had two of the three */
	CU_ASSERT_EQUAL(pump(&r, 0, &first, &last), 2);
	CU_ASSERT_EQUAL(first, 0);
	CU_ASSERT_EQUAL(last, 1);
	ack(&r, 1, 0);
	CU_ASSERT_FALSE(r.resync);
	CU_ASSERT_EQUAL(rel_zlb_ns(&r), 2);
	ack(&r, 2, 0);
	CU_ASSERT_TRUE(rel_idle(&r));
	CU_ASSERT_EQUAL(r.octets, 0);
	rel_free(&r);
}

static void resync_with_nothing_on_its_way(void)
{
	static const uint8_t hello[20] = {0xc8, 0x02};
	struct reliable r;
	uint16_t first;

	rel_init(&r, &deflt);
	CU_ASSERT_TRUE(rel_resync(&r, 5, 5, 7, hello, sizeof(hello), 6));
	CU_ASSERT_EQUAL(r.top, 5);
	CU_ASSERT_EQUAL(pump(&r, 0, &first, NULL), 1);
	CU_ASSERT_EQUAL(first, 5);
	ack(&r, 6, 0);
	CU_ASSERT_TRUE(rel_idle(&r) && !r.resync);
	rel_free(&r);
	rel_init(&r, &deflt);
	heap_refuse(1);
	CU_ASSERT_FALSE(rel_resync(&r, 5, 5, 7, hello, sizeof(hello), 6));
	CU_ASSERT_TRUE(heap_refused());
	rel_free(&r);
}

static const struct test_case cases[] = {
	{"reach_of_the_next_flush", reach_of_the_next_flush},
	{"resync_with_what_was_sent", resync_with_what_was_sent},
	{"resync_with_nothing_on_its_way", resync_with_nothing_on_its_way},
	{"backoff_and_give_up", backoff_and_give_up},
	{"backoff_starts_anew_after_progress", backoff_starts_anew_after_progress},
	{"cap_is_never_under_8_seconds", cap_is_never_under_8_seconds},
	{"retransmission_updates_nr", retransmission_updates_nr},
	{"slow_start_then_avoidance", slow_start_then_avoidance},
	{"the_largest_window_is_not_overrun", the_largest_window_is_not_overrun},
	{"window_default_and_one", window_default_and_one},
	{"ack_jumps_over_kept_messages", ack_jumps_over_kept_messages},
	{"duplicate_range_is_the_rfcs_example", duplicate_range_is_the_rfcs_example},
	{"numbers_wrap_at_65536", numbers_wrap_at_65536},
	{"what_is_acknowledged", what_is_acknowledged},
	{"early_messages_are_held_in_order", early_messages_are_held_in_order},
	{"held_octets_are_bounded", held_octets_are_bounded},
	{"queue_is_bounded", queue_is_bounded},
	{"nr_never_sent_is_refused", nr_never_sent_is_refused},
	{"waiting_packets", waiting_packets},
	{"going_back_skips_what_still_waits", going_back_skips_what_still_waits},
	{"waiting_zlb_is_not_doubled", waiting_zlb_is_not_doubled},
	{"pause_and_resume", pause_and_resume},
	{"resume_leaves_what_waits", resume_leaves_what_waits},
	{"holding_can_fail", holding_can_fail},
	{"odd_configurations_are_mended", odd_configurations_are_mended},
	{NULL, NULL},
};
const struct test_suite suite_reliable = {"reliable", cases};
