/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/data.h"

#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"

#define MS 1000u

static struct l2tp_data data_make(bool lns, bool send_seq, bool required, uint8_t reorder)
{
	struct l2tp_data_config cfg = {.peer_tid = 0x1122,
				       .peer_sid = 0x3344,
				       .lns = lns,
				       .send_seq = send_seq,
				       .required = required,
				       .reorder = reorder,
				       .reorder_timeout = 50 * MS};
	static struct l2tp_data_slot slots[4][L2TP_REORDER_MAX]; /* of the last few */
	static unsigned n;
	struct l2tp_data d;

	l2tp_data_init(&d, &cfg);
	d.slot = memset(slots[n++ % 4], 0, sizeof(slots[0]));
	return d;
}

static unsigned slot;
static enum l2tp_reason why;

static enum l2tp_data_verdict data_rx(struct l2tp_data *d, uint16_t ns, uint64_t now)
{
	struct l2tp_hdr h = {.flags = L2TP_HDR_S | 2, .ns = ns, .nr = 0xdead};

	return l2tp_data_rx(d, &h, now, &slot, &why);
}

static enum l2tp_data_verdict rx_plain(struct l2tp_data *d, uint64_t now)
{
	struct l2tp_hdr h = {.flags = 2};

	return l2tp_data_rx(d, &h, now, &slot, &why);
}

static bool sends_seq(struct l2tp_data *d, uint16_t *ns)
{
	uint8_t buf[L2TP_HDR_DATA_MAX];
	struct l2tp_hdr h;

	l2tp_hdr_decode(&h, buf, l2tp_data_header(d, buf, 0));
	*ns = h.ns;
	return h.flags & L2TP_HDR_S;
}

/* --- sending ---------------------------------------------------------------------------------- */

static void header_octets(void)
{
	static const uint8_t plain[] = {0x00, 0x02, 0x11, 0x22, 0x33, 0x44};
	static const uint8_t full[] = {0x48, 0x02, 0x00, 0x10, 0x11, 0x22,
				       0x33, 0x44, 0x00, 0x00, 0x00, 0x00};
	uint8_t buf[L2TP_HDR_DATA_MAX];
	struct l2tp_data d = data_make(true, false, false, 0);

	ASSERT_OCTETS(buf, l2tp_data_header(&d, buf, 4), plain, sizeof(plain));
	d = data_make(true, true, false, 0);
	d.cfg.send_length = true;
	ASSERT_OCTETS(buf, l2tp_data_header(&d, buf, 4), full, sizeof(full));
	l2tp_data_header(&d, buf, 4);
	CU_ASSERT_EQUAL(buf[9], 1);  /* Ns counts */
	CU_ASSERT_EQUAL(buf[11], 0); /* Nr is reserved */
}

static void header_too_long_uses_no_number(void)
{
	uint8_t buf[L2TP_HDR_DATA_MAX];
	struct l2tp_data d = data_make(true, true, false, 0);
	uint16_t ns;

	d.cfg.send_length = true;
	CU_ASSERT_EQUAL(l2tp_data_header(&d, buf, 65535 - 11), 0);
	CU_ASSERT_EQUAL(l2tp_data_header(&d, buf, 65535 - 12), 12);
	CU_ASSERT_TRUE(sends_seq(&d, &ns));
	CU_ASSERT_EQUAL(ns, 1);
}

static void ns_wraps(void)
{
	struct l2tp_data d = data_make(true, true, false, 0);
	uint16_t ns;

	for (uint32_t i = 0; i <= 65536; i++) {
		sends_seq(&d, &ns);
		if (ns != (uint16_t)i)
			CU_FAIL_FATAL("Ns skipped");
	}
}

/* RFC 2661 5.4: "if the LAC receives a data message without sequence numbers present, it MUST stop
 * sending sequence numbers"; with them, "it MUST begin". */
static void rfc2661_5_4_lac_follows(void)
{
	struct l2tp_data d = data_make(false, true, false, 4);
	uint16_t ns;

	CU_ASSERT_FALSE(sends_seq(&d, &ns)); /* the LNS decides, not we */
	CU_ASSERT_EQUAL(data_rx(&d, 0, 0), L2TP_DATA_DELIVER);
	CU_ASSERT_TRUE(sends_seq(&d, &ns));
	CU_ASSERT_EQUAL(ns, 0);
	CU_ASSERT_TRUE(sends_seq(&d, &ns));
	CU_ASSERT_EQUAL(rx_plain(&d, 0), L2TP_DATA_DELIVER);
	CU_ASSERT_FALSE(sends_seq(&d, &ns));
	CU_ASSERT_EQUAL(data_rx(&d, 1, 0), L2TP_DATA_DELIVER);
	CU_ASSERT_TRUE(sends_seq(&d, &ns));
	CU_ASSERT_EQUAL(ns, 2); /* "picks up where it left off before" */
	l2tp_data_set_seq(&d, false);
	CU_ASSERT_TRUE(sends_seq(&d, &ns));
}

static void rfc2661_5_4_lns_controls(void)
{
	struct l2tp_data d = data_make(true, false, false, 4);
	uint16_t ns;

	CU_ASSERT_EQUAL(data_rx(&d, 0, 0), L2TP_DATA_DELIVER);
	CU_ASSERT_FALSE(sends_seq(&d, &ns)); /* the LNS follows nobody */
	l2tp_data_set_seq(&d, true);
	CU_ASSERT_TRUE(sends_seq(&d, &ns));
	CU_ASSERT_EQUAL(rx_plain(&d, 0), L2TP_DATA_DELIVER);
	CU_ASSERT_TRUE(sends_seq(&d, &ns));
	l2tp_data_set_seq(&d, false);
	CU_ASSERT_FALSE(sends_seq(&d, &ns));
	l2tp_data_set_seq(&d, true);
	CU_ASSERT_TRUE(sends_seq(&d, &ns));
	CU_ASSERT_EQUAL(ns, 2);
}

/* "If this AVP is present during session setup, sequence numbers MUST be present at all times." */
static void rfc2661_5_4_sequencing_required(void)
{
	for (int lns = 0; lns < 2; lns++) {
		struct l2tp_data d = data_make(lns, false, true, 4);
		uint16_t ns;

		CU_ASSERT_TRUE(sends_seq(&d, &ns));
		CU_ASSERT_EQUAL(rx_plain(&d, 0), L2TP_DATA_DROP);
		CU_ASSERT_EQUAL(why, L2TP_R_DATA_NO_SEQ);
		CU_ASSERT_EQUAL(d.no_seq, 1);
		CU_ASSERT_TRUE(sends_seq(&d, &ns));
		l2tp_data_set_seq(&d, false);
		CU_ASSERT_TRUE(sends_seq(&d, &ns));
	}
}

/* It leaves what the LNS has said as it is: by its configuration, or by the data that came. */
static void required_is_on_top(void)
{
	for (int lns = 0; lns < 2; lns++)
		for (int on = 0; on < 2; on++) {
			struct l2tp_data d = data_make(lns, on, false, 4);
			uint16_t ns;

			CU_ASSERT_EQUAL(data_rx(&d, 0, 0), L2TP_DATA_DELIVER);
			if (!on)
				CU_ASSERT_EQUAL(rx_plain(&d, 0), L2TP_DATA_DELIVER);
			CU_ASSERT_EQUAL(sends_seq(&d, &ns), on);
			d.cfg.required = true;
			CU_ASSERT_TRUE(sends_seq(&d, &ns));
			CU_ASSERT_EQUAL(rx_plain(&d, 0), L2TP_DATA_DROP);
			d.cfg.required = false;
			CU_ASSERT_EQUAL(sends_seq(&d, &ns), on);
		}
}

/* --- receiving -------------------------------------------------------------------------------- */

/* Nr is ignored. */
static void rfc2661_3_1_nr_is_ignored(void)
{
	for (uint32_t nr = 0; nr < 65536; nr += 257) {
		struct l2tp_data d = data_make(true, true, false, 4);
		struct l2tp_hdr h = {.flags = L2TP_HDR_S | 2, .ns = 0, .nr = (uint16_t)nr};

		CU_ASSERT_EQUAL(l2tp_data_rx(&d, &h, 0, &slot, &why), L2TP_DATA_DELIVER);
		CU_ASSERT_EQUAL(d.nr, 1);
		CU_ASSERT_EQUAL(d.ns, 0);
	}
}

static void without_a_queue_gaps_pass(void)
{
	struct l2tp_data d = data_make(true, true, false, 0);

	CU_ASSERT_EQUAL(data_rx(&d, 0, 0), L2TP_DATA_DELIVER);
	CU_ASSERT_EQUAL(data_rx(&d, 3, 0), L2TP_DATA_DELIVER);
	CU_ASSERT_EQUAL(d.lost, 2);
	CU_ASSERT_EQUAL(data_rx(&d, 2, 0), L2TP_DATA_DROP);
	CU_ASSERT_EQUAL(why, L2TP_R_DATA_SEQ_OLD);
	CU_ASSERT_EQUAL(data_rx(&d, 3, 0), L2TP_DATA_DROP);
	CU_ASSERT_EQUAL(d.late, 2);
	CU_ASSERT_EQUAL(d.gap_deadline, DEADLINE_NEVER);
}

static void gap_fills(void)
{
	struct l2tp_data d = data_make(true, true, false, 4);

	CU_ASSERT_EQUAL(data_rx(&d, 0, 0), L2TP_DATA_DELIVER);
	CU_ASSERT_EQUAL(data_rx(&d, 2, 10), L2TP_DATA_HOLD);
	CU_ASSERT_EQUAL(slot, 2);
	CU_ASSERT_EQUAL(d.gap_deadline, 10 + 50 * MS);
	CU_ASSERT_EQUAL(l2tp_data_ready(&d, 20), -1);
	CU_ASSERT_EQUAL(data_rx(&d, 3, 20), L2TP_DATA_HOLD);
	CU_ASSERT_EQUAL(data_rx(&d, 3, 20), L2TP_DATA_DROP); /* twice */
	CU_ASSERT_EQUAL(data_rx(&d, 1, 30), L2TP_DATA_DELIVER);
	CU_ASSERT_EQUAL(l2tp_data_ready(&d, 30), 2);
	CU_ASSERT_EQUAL(l2tp_data_ready(&d, 30), 3);
	CU_ASSERT_EQUAL(l2tp_data_ready(&d, 30), -1);
	CU_ASSERT_EQUAL(d.gap_deadline, DEADLINE_NEVER);
	CU_ASSERT_EQUAL(d.lost, 0);
	CU_ASSERT_EQUAL(d.reordered, 2);
}

static void gap_times_out(void)
{
	struct l2tp_data d = data_make(true, true, false, 8);

	CU_ASSERT_EQUAL(data_rx(&d, 2, 0), L2TP_DATA_HOLD);
	CU_ASSERT_EQUAL(data_rx(&d, 5, 20 * MS), L2TP_DATA_HOLD);
	CU_ASSERT_EQUAL(l2tp_data_ready(&d, 50 * MS - 1), -1);
	CU_ASSERT_EQUAL(l2tp_data_ready(&d, 50 * MS), 2);
	CU_ASSERT_EQUAL(d.lost, 2);
	CU_ASSERT_EQUAL(l2tp_data_ready(&d, 50 * MS), -1);
	CU_ASSERT_EQUAL(d.gap_deadline,
			70 * MS); /* the second waits no longer than the first did */
	CU_ASSERT_EQUAL(l2tp_data_ready(&d, 70 * MS), 5);
	CU_ASSERT_EQUAL(d.lost, 4);
	CU_ASSERT_EQUAL(data_rx(&d, 4, 70 * MS), L2TP_DATA_DROP);
}

/* Slots are asked for when a frame is out of turn, and no sooner. */
static void slots_are_lent(void)
{
	struct l2tp_data d = data_make(true, true, false, 4);
	struct l2tp_data_slot *slots = d.slot;
	const struct l2tp_hdr in_turn = {.flags = L2TP_HDR_S | 2},
			      ahead = {.flags = L2TP_HDR_S | 2, .ns = 3}, plain = {.flags = 2};

	CU_ASSERT_FALSE(l2tp_data_wants_slots(&d, &ahead)); /* it has some */
	d.slot = NULL;
	CU_ASSERT_FALSE(l2tp_data_wants_slots(&d, &in_turn));
	CU_ASSERT_FALSE(l2tp_data_wants_slots(&d, &plain));
	CU_ASSERT_TRUE(l2tp_data_wants_slots(&d, &ahead));
	CU_ASSERT_EQUAL(data_rx(&d, 3, 0), L2TP_DATA_DELIVER); /* there were none */
	CU_ASSERT_EQUAL(d.lost, 3);
	CU_ASSERT_EQUAL(d.gap_deadline, DEADLINE_NEVER);
	CU_ASSERT_EQUAL(l2tp_data_ready(&d, 0), -1);
	CU_ASSERT_EQUAL(data_rx(&d, 1, 0), L2TP_DATA_DROP);
	d.slot = slots;
	CU_ASSERT_EQUAL(data_rx(&d, 5, 0), L2TP_DATA_HOLD);
	CU_ASSERT_EQUAL(data_rx(&d, 4, 0), L2TP_DATA_DELIVER);
	CU_ASSERT_EQUAL(l2tp_data_ready(&d, 0), 5);
	d.cfg.reorder = 0;
	d.slot = NULL;
	CU_ASSERT_FALSE(l2tp_data_wants_slots(&d, &ahead));
}

static void too_far_ahead_drains_first(void)
{
	struct l2tp_data d = data_make(true, true, false, 4);

	CU_ASSERT_EQUAL(data_rx(&d, 0, 0), L2TP_DATA_DELIVER);
	CU_ASSERT_EQUAL(data_rx(&d, 2, 0), L2TP_DATA_HOLD);
	CU_ASSERT_EQUAL(data_rx(&d, 4, 0), L2TP_DATA_HOLD);
	CU_ASSERT_EQUAL(data_rx(&d, 6, 0), L2TP_DATA_DRAIN); /* 1 is given up to make room */
	CU_ASSERT_EQUAL(l2tp_data_ready(&d, 0), 2);
	CU_ASSERT_EQUAL(l2tp_data_ready(&d, 0), -1);
	CU_ASSERT_EQUAL(data_rx(&d, 6, 0), L2TP_DATA_HOLD);
	CU_ASSERT_EQUAL(d.lost, 1);
	CU_ASSERT_EQUAL(data_rx(&d, 3, 0), L2TP_DATA_DELIVER);
	CU_ASSERT_EQUAL(l2tp_data_ready(&d, 0), 4);
	CU_ASSERT_EQUAL(l2tp_data_ready(&d, 0), -1);
}

static void long_loss_is_delivered_at_once(void)
{
	struct l2tp_data d = data_make(true, true, false, 4);

	CU_ASSERT_EQUAL(data_rx(&d, 0, 0), L2TP_DATA_DELIVER);
	CU_ASSERT_EQUAL(data_rx(&d, 20000, 0), L2TP_DATA_DELIVER);
	CU_ASSERT_EQUAL(d.lost, 19999);
	CU_ASSERT_EQUAL(data_rx(&d, 20001, 0), L2TP_DATA_DELIVER);
}

static void first_number_may_be_any(void)
{
	struct l2tp_data d = data_make(true, true, false, 4);

	CU_ASSERT_EQUAL(data_rx(&d, 40000, 0), L2TP_DATA_DELIVER);
	CU_ASSERT_EQUAL(d.lost, 0);
	CU_ASSERT_EQUAL(d.nr, 40001);
	d = data_make(true, true, false, 4);
	CU_ASSERT_EQUAL(data_rx(&d, 1, 0), L2TP_DATA_HOLD); /* 0 may have been overtaken */
	CU_ASSERT_EQUAL(data_rx(&d, 0, 0), L2TP_DATA_DELIVER);
}

/* The peer restarts its numbering at 0: a few frames are lost, then all arrive. */
static void restart_of_numbers_is_followed(void)
{
	struct l2tp_data d = data_make(true, true, false, 4);
	unsigned delivered = 0;

	data_rx(&d, 9000, 0);
	CU_ASSERT_EQUAL(data_rx(&d, 9003, 0), L2TP_DATA_HOLD);
	for (uint16_t ns = 0; ns < 20; ns++) {
		enum l2tp_data_verdict v = data_rx(&d, ns, 1);

		if (v == L2TP_DATA_DRAIN) {
			while (l2tp_data_ready(&d, 1) >= 0)
				;
			v = data_rx(&d, ns, 1);
		}
		delivered += v == L2TP_DATA_DELIVER;
	}
	CU_ASSERT_EQUAL(delivered, 17);
	CU_ASSERT_EQUAL(d.resyncs, 1);
	CU_ASSERT_EQUAL(d.held, 0);
	CU_ASSERT_EQUAL(d.late, 3);
}

/* A state that is lost goes on with its numbers: the one expected is delivered, the ones before are
 * late, the ones missed are lost. */
static void numbers_go_on(void)
{
	const struct l2tp_data_numbers n = {
		.ns = 65535, .nr = 3, .sending_seq = true, .seen_seq = true};
	uint16_t ns;

	for (unsigned lns = 0; lns < 2; lns++) {
		struct l2tp_data d = data_make(lns, true, false, 0);

		l2tp_data_go_on(&d, &n);
		CU_ASSERT(sends_seq(&d, &ns) && ns == 65535);
		CU_ASSERT(sends_seq(&d, &ns) && ns == 0);
		CU_ASSERT_EQUAL(data_rx(&d, 2, 0), L2TP_DATA_DROP);
		CU_ASSERT_EQUAL(data_rx(&d, 3, 0), L2TP_DATA_DELIVER);
		CU_ASSERT_EQUAL(data_rx(&d, 40, 0), L2TP_DATA_DELIVER);
		CU_ASSERT(d.late == 1 && d.lost == 36);
	}
}

/* RFC 2661 5.4: the LNS may have been told meanwhile to send no more numbers. */
static void the_lns_sends_what_it_is_told(void)
{
	const struct l2tp_data_numbers n = {.ns = 9, .sending_seq = true};
	struct l2tp_data lns = data_make(true, false, false, 0);
	struct l2tp_data lac = data_make(false, false, false, 0);
	uint16_t ns;

	l2tp_data_go_on(&lns, &n);
	CU_ASSERT_FALSE(sends_seq(&lns, &ns));
	l2tp_data_go_on(&lac, &n);
	CU_ASSERT(sends_seq(&lac, &ns) && ns == 9);
}

/* Old frames without consecutive numbers do not restart the numbering, nor do consecutive ones that
 * are near. */
static void stray_old_frames_are_not_followed(void)
{
	struct l2tp_data d = data_make(true, true, false, 4);

	data_rx(&d, 9000, 0);
	for (uint16_t ns = 0; ns < 100; ns += 2)
		CU_ASSERT_EQUAL(data_rx(&d, ns, 0), L2TP_DATA_DROP);
	for (uint16_t ns = 8000; ns < 8100; ns++)
		CU_ASSERT_EQUAL(data_rx(&d, ns, 0), L2TP_DATA_DROP);
	CU_ASSERT_EQUAL(data_rx(&d, 9001, 0), L2TP_DATA_DELIVER);
	CU_ASSERT_EQUAL(d.resyncs, 0);
}

/* The queue takes what is `reorder` numbers ahead and no more, and never more than it has places.
 */
static void queue_ends_where_it_should(void)
{
	static const struct {
		uint8_t reorder;
		uint16_t held, passed;
	} t[] = {{1, 2, 3}, {4, 5, 6}, {31, 32, 33}, {32, 33, 34}, {33, 33, 34}, {255, 33, 34}};

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct l2tp_data d = data_make(true, true, false, t[i].reorder);

		CU_ASSERT_EQUAL(data_rx(&d, 0, 0), L2TP_DATA_DELIVER);
		CU_ASSERT_EQUAL(data_rx(&d, t[i].passed, 0), L2TP_DATA_DELIVER);
		CU_ASSERT_EQUAL(d.lost, t[i].passed - 1u);
		d = data_make(true, true, false, t[i].reorder);
		CU_ASSERT_EQUAL(data_rx(&d, 0, 0), L2TP_DATA_DELIVER);
		CU_ASSERT_EQUAL(data_rx(&d, t[i].held, 0), L2TP_DATA_HOLD);
		CU_ASSERT_EQUAL(d.lost, 0);
	}
}

/* The first number is a loss as far as the queue could mend it, and else where the count begins. */
static void first_number_within_reach(void)
{
	struct l2tp_data d = data_make(true, true, false, 32);

	CU_ASSERT_EQUAL(data_rx(&d, 32, 0), L2TP_DATA_HOLD);
	CU_ASSERT_EQUAL(data_rx(&d, 40, 0), L2TP_DATA_DRAIN); /* only the first one is believed */
	d = data_make(true, true, false, 32);
	CU_ASSERT_EQUAL(data_rx(&d, 33, 0), L2TP_DATA_DELIVER);
	CU_ASSERT_EQUAL(d.lost, 0);
	CU_ASSERT_EQUAL(d.nr, 34);
}

/* Four in a row, more than 1024 behind, restart the numbering. */
static void restart_needs_four_far_behind(void)
{
	struct l2tp_data d = data_make(true, true, false, 0);

	data_rx(&d, 5000, 0);
	for (uint16_t ns = 3974; ns <= 3977; ns++) /* the last is 1024 behind */
		CU_ASSERT_EQUAL(data_rx(&d, ns, 0), L2TP_DATA_DROP);
	CU_ASSERT_EQUAL(d.nr, 5001);
	CU_ASSERT_EQUAL(data_rx(&d, 5001, 0), L2TP_DATA_DELIVER);
	for (uint16_t ns = 3974; ns <= 3976; ns++)
		CU_ASSERT_EQUAL(data_rx(&d, ns, 0), L2TP_DATA_DROP);
	CU_ASSERT_EQUAL(data_rx(&d, 5002, 0), L2TP_DATA_DELIVER); /* ends the run */
	for (uint16_t ns = 3973; ns <= 3975; ns++)
		CU_ASSERT_EQUAL(data_rx(&d, ns, 0), L2TP_DATA_DROP);
	CU_ASSERT_EQUAL(data_rx(&d, 3970, 0), L2TP_DATA_DROP); /* not in a row */
	for (uint16_t ns = 3971; ns <= 3972; ns++)
		CU_ASSERT_EQUAL(data_rx(&d, ns, 0), L2TP_DATA_DROP);
	CU_ASSERT_EQUAL(d.resyncs, 0);
	CU_ASSERT_EQUAL(data_rx(&d, 3973, 0), L2TP_DATA_DELIVER);
	CU_ASSERT_EQUAL(d.resyncs, 1);
	CU_ASSERT_EQUAL(d.nr, 3974);
	CU_ASSERT_EQUAL(d.lost, 0);
}

/* --- property: in order, at most once, and the counters add up -------------------------------- */

struct flight {
	uint64_t at;
	uint32_t n; /* the frame's full number */
};

static int by_arrival(const void *a, const void *b)
{
	const struct flight *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at ? 1 : x->n < y->n ? -1 : x->n > y->n;
}

struct receiver {
	struct l2tp_data d;
	uint32_t held[L2TP_REORDER_MAX];
	uint32_t start; /* full number the count began at: 0, or the first one to arrive */
	uint32_t next;	/* full number after the last delivered */
	uint64_t delivered;
	unsigned disorder; /* deliveries out of order or twice */
};

static void data_give(struct receiver *r, uint32_t n)
{
	r->disorder += n < r->next;
	r->next = n + 1;
	r->delivered++;
}

static void data_drain(struct receiver *r, uint64_t now)
{
	for (int i; (i = l2tp_data_ready(&r->d, now)) >= 0;)
		data_give(r, r->held[i]);
}

static void data_arrive(struct receiver *r, const struct flight *f)
{
	enum l2tp_data_verdict v;

	if (!r->d.seen_seq && f->n > L2TP_REORDER_MAX)
		r->start = f->n;
	while (r->d.gap_deadline <= f->at)
		data_drain(r, r->d.gap_deadline);
	while ((v = data_rx(&r->d, (uint16_t)f->n, f->at)) == L2TP_DATA_DRAIN)
		data_drain(r, f->at);
	if (v == L2TP_DATA_HOLD)
		r->held[slot] = f->n;
	if (v != L2TP_DATA_DELIVER)
		return;
	data_give(r, f->n);
	data_drain(r, f->at);
}

/* frames frames, one each 100 us, some lost, doubled or late by up to spread us. */
static size_t data_fly(struct flight *f, uint32_t frames, unsigned loss, uint64_t spread,
		       uint64_t *seed)
{
	size_t n = 0;

	for (uint32_t i = 0; i < frames; i++) {
		if (test_rand(seed) % 100 < loss)
			continue;
		f[n++] = (struct flight){i * 100u + test_rand(seed) % (spread + 1), i};
		if (test_rand(seed) % 50 == 0)
			f[n++] = (struct flight){i * 100u + test_rand(seed) % (spread + 1), i};
	}
	qsort(f, n, sizeof(*f), by_arrival);
	return n;
}

static void in_order_at_most_once(void)
{
	enum { FRAMES = 70000 };
	static const uint64_t spread[] = {0, 150, 1000, 5000, 90000};
	static const uint8_t reorder[] = {0, 1, 7, 32};
	uint64_t seed = test_seed();
	struct flight *f = malloc(2 * FRAMES * sizeof(*f));

	for (unsigned loss = 0; loss <= 40; loss += 20)
		for (size_t s = 0; s < sizeof(spread) / sizeof(spread[0]); s++)
			for (size_t q = 0; q < sizeof(reorder); q++) {
				struct receiver r = {.d = data_make(true, true, false, reorder[q])};
				size_t n = data_fly(f, FRAMES, loss, spread[s], &seed);

				for (size_t i = 0; i < n; i++)
					data_arrive(&r, &f[i]);
				while (r.d.held)
					data_drain(&r, r.d.gap_deadline);
				CU_ASSERT_EQUAL(r.disorder, 0);
				CU_ASSERT_EQUAL(r.d.resyncs, 0);
				CU_ASSERT_EQUAL(r.delivered + r.d.late, n);
				CU_ASSERT_EQUAL(r.delivered + r.d.lost, r.next - r.start);
				CU_ASSERT_EQUAL((uint16_t)r.next, r.d.nr);
				if (!loss && !spread[s])
					CU_ASSERT_EQUAL(r.delivered, FRAMES);
			}
	free(f);
}

/* A frame that arrives within the window and the time is not lost. */
static void queue_mends_all_reordering_in_its_reach(void)
{
	enum { FRAMES = 20000 };
	uint64_t seed = test_seed();
	struct flight *f = malloc(2 * FRAMES * sizeof(*f));
	struct receiver r = {.d = data_make(true, true, false, 32)};
	size_t n = data_fly(f, FRAMES, 0, 3000, &seed); /* at most 30 numbers apart */

	for (size_t i = 0; i < n; i++)
		data_arrive(&r, &f[i]);
	while (r.d.held)
		data_drain(&r, r.d.gap_deadline);
	CU_ASSERT_EQUAL(r.delivered, FRAMES);
	CU_ASSERT_EQUAL(r.d.lost, 0);
	free(f);
}

/* For any sequence of numbers, DRAIN ends, slots are not shared and no frame waits too long. */
static void random_numbers(void)
{
	uint64_t seed = test_seed(), now = 0;
	struct l2tp_data d = data_make(true, true, false, 32);
	bool full[L2TP_REORDER_MAX] = {false};

	for (unsigned i = 0; i < 200000; i++) {
		uint16_t ns = (uint16_t)(test_rand(&seed) % 4 ? d.nr + test_rand(&seed) % 70 - 20
							      : test_rand(&seed));
		enum l2tp_data_verdict v;
		unsigned rounds = 0;
		int s;

		now += test_rand(&seed) % 2000;
		while ((v = data_rx(&d, ns, now)) == L2TP_DATA_DRAIN) {
			CU_ASSERT_TRUE_FATAL(++rounds <= L2TP_REORDER_MAX);
			while ((s = l2tp_data_ready(&d, now)) >= 0)
				full[s] = false;
		}
		if (v == L2TP_DATA_HOLD) {
			CU_ASSERT_FALSE(full[slot]);
			full[slot] = true;
		}
		while ((s = l2tp_data_ready(&d, now)) >= 0)
			full[s] = false;
		CU_ASSERT_TRUE(d.held ? d.gap_deadline > now && d.gap_deadline <= now + 50 * MS
				      : d.gap_deadline == DEADLINE_NEVER);
	}
}

static const struct test_case cases[] = {
	{"header_octets", header_octets},
	{"header_too_long_uses_no_number", header_too_long_uses_no_number},
	{"ns_wraps", ns_wraps},
	{"rfc2661_5_4_lac_follows", rfc2661_5_4_lac_follows},
	{"rfc2661_5_4_lns_controls", rfc2661_5_4_lns_controls},
	{"rfc2661_5_4_sequencing_required", rfc2661_5_4_sequencing_required},
	{"required_is_on_top", required_is_on_top},
	{"rfc2661_3_1_nr_is_ignored", rfc2661_3_1_nr_is_ignored},
	{"without_a_queue_gaps_pass", without_a_queue_gaps_pass},
	{"gap_fills", gap_fills},
	{"gap_times_out", gap_times_out},
	{"slots_are_lent", slots_are_lent},
	{"too_far_ahead_drains_first", too_far_ahead_drains_first},
	{"long_loss_is_delivered_at_once", long_loss_is_delivered_at_once},
	{"first_number_may_be_any", first_number_may_be_any},
	{"restart_of_numbers_is_followed", restart_of_numbers_is_followed},
	{"numbers_go_on", numbers_go_on},
	{"the_lns_sends_what_it_is_told", the_lns_sends_what_it_is_told},
	{"stray_old_frames_are_not_followed", stray_old_frames_are_not_followed},
	{"in_order_at_most_once", in_order_at_most_once},
	{"queue_mends_all_reordering_in_its_reach", queue_mends_all_reordering_in_its_reach},
	{"random_numbers", random_numbers},
	{"queue_ends_where_it_should", queue_ends_where_it_should},
	{"first_number_within_reach", first_number_within_reach},
	{"restart_needs_four_far_behind", restart_needs_four_far_behind},
	{NULL, NULL},
};
const struct test_suite suite_data = {"data", cases};
