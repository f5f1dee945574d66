/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ppp/mp.h"
#include "tests/harness.h"

#include <stdlib.h>
#include <string.h>

#define SEC UINT64_C(1000000)

static struct mp_rx rx;
static struct mp_tx tx;
static uint64_t now;

/* --- heads (RFC 1990 section 3, figures 2 and 3) ------------------------------------------------ */

static void heads_are_those_of_figures_2_and_3(void)
{
	static const struct {
		bool short_seq;
		struct mp_head h;
		uint8_t octets[4];
		size_t len;
	} rows[] = {
		{false, {0, true, true}, {0xc0, 0, 0, 0}, 4},
		{false, {1, true, false}, {0x80, 0, 0, 1}, 4},
		{false, {0x010203, false, true}, {0x40, 1, 2, 3}, 4},
		{false, {0xffffff, false, false}, {0, 0xff, 0xff, 0xff}, 4},
		{true, {0, true, true}, {0xc0, 0}, 2},
		{true, {0x123, true, false}, {0x81, 0x23}, 2},
		{true, {0xfff, false, true}, {0x4f, 0xff}, 2},
		{true, {0xabc, false, false}, {0x0a, 0xbc}, 2},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rd r = rd_init(rows[i].octets, rows[i].len);
		uint8_t out[MP_HEAD_MAX];
		struct mp_head h;

		CU_ASSERT_EQUAL(mp_head_put(out, rows[i].short_seq, &rows[i].h), rows[i].len);
		CU_ASSERT_EQUAL(memcmp(out, rows[i].octets, rows[i].len), 0);
		CU_ASSERT_TRUE(mp_head_get(&r, rows[i].short_seq, &h));
		CU_ASSERT_EQUAL(h.seq, rows[i].h.seq);
		CU_ASSERT_EQUAL(h.begin, rows[i].h.begin);
		CU_ASSERT_EQUAL(h.end, rows[i].h.end);
		CU_ASSERT_EQUAL(r.left, 0);
	}
}

static void short_heads_and_reserved_bits_are_refused(void)
{
	static const struct {
		bool short_seq;
		uint8_t octets[4];
		size_t len;
	} rows[] = {
		{false, {0xc0, 0, 0, 0}, 3}, {true, {0xc0, 0}, 1},     {false, {0}, 0},
		{false, {0xe0, 0, 0, 0}, 4}, {false, {0xc1, 0, 0}, 4}, {true, {0xe0, 0}, 2},
		{true, {0xd0, 0}, 2},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rd r = rd_init(rows[i].octets, rows[i].len);
		struct mp_head h;

		CU_ASSERT_FALSE(mp_head_get(&r, rows[i].short_seq, &h));
	}
}

/* --- receiving ---------------------------------------------------------------------------------- */

static void rx_begin(bool short_seq, unsigned links)
{
	now = 5 * SEC;
	mp_rx_init(&rx, short_seq, 1500);
	for (unsigned i = 0; i < links; i++)
		mp_rx_join(&rx, i);
}

/* "B", "E", "BE" or "": a fragment of 100 octets. */
static enum mp_verdict rx_put(unsigned link, uint32_t seq, const char *bits)
{
	struct mp_head h = {seq, strchr(bits, 'B'), strchr(bits, 'E')};
	unsigned slot = MP_HELD;
	enum mp_verdict v = mp_rx_put(&rx, link, &h, 100, &slot);

	CU_ASSERT_EQUAL(slot, v == MP_HOLD ? seq % MP_HELD : MP_HELD);
	return v;
}

static void rx_packet(uint32_t first, unsigned n)
{
	struct mp_run run;

	CU_ASSERT_TRUE_FATAL(mp_rx_next(&rx, now, &run));
	CU_ASSERT_TRUE(run.packet);
	CU_ASSERT_EQUAL(run.first, first % MP_HELD);
	CU_ASSERT_EQUAL(run.n, n);
}

static void rx_broken(uint32_t first, unsigned n)
{
	struct mp_run run;

	CU_ASSERT_TRUE_FATAL(mp_rx_next(&rx, now, &run));
	CU_ASSERT_FALSE(run.packet);
	CU_ASSERT_EQUAL(run.first, first % MP_HELD);
	CU_ASSERT_EQUAL(run.n, n);
}

static void rx_nothing(void)
{
	struct mp_run run;

	CU_ASSERT_FALSE(mp_rx_next(&rx, now, &run));
}

static void rx_counts(uint64_t lost, uint64_t late, uint64_t broken)
{
	CU_ASSERT_EQUAL(rx.lost, lost);
	CU_ASSERT_EQUAL(rx.late, late);
	CU_ASSERT_EQUAL(rx.broken, broken);
}

static void packets_in_order_are_not_kept(void)
{
	rx_begin(false, 2);
	for (uint32_t i = 0; i < 1000; i++)
		CU_ASSERT_EQUAL(rx_put(i % 2, i, "BE"), MP_WHOLE);
	rx_nothing();
	CU_ASSERT_EQUAL(mp_rx_deadline(&rx), UINT64_MAX);
	rx_counts(0, 0, 0);
}

static void fragments_of_two_links_make_a_packet(void)
{
	rx_begin(false, 2);
	CU_ASSERT_EQUAL(rx_put(1, 1, ""), MP_HOLD);
	rx_nothing();
	CU_ASSERT_EQUAL(rx_put(0, 0, "B"), MP_HOLD);
	rx_nothing();
	CU_ASSERT_EQUAL(rx_put(1, 3, "BE"), MP_HOLD); /* not before the first one */
	rx_nothing();
	CU_ASSERT_EQUAL(rx_put(0, 2, "E"), MP_HOLD);
	rx_packet(0, 3);
	rx_packet(3, 1);
	rx_nothing();
	CU_ASSERT_EQUAL(rx_put(0, 4, "BE"), MP_WHOLE);
	rx_counts(0, 0, 0);
}

/* Section 4.1: M has advanced past 1 when both links have delivered a later one. */
static void a_fragment_is_lost_when_each_link_has_a_later_one(void)
{
	rx_begin(false, 2);
	CU_ASSERT_EQUAL(rx_put(0, 0, "B"), MP_HOLD);
	CU_ASSERT_EQUAL(rx_put(0, 2, "E"), MP_HOLD);
	CU_ASSERT_EQUAL(rx_put(0, 3, "BE"), MP_HOLD);
	rx_nothing(); /* the other link may have it */
	CU_ASSERT_EQUAL(rx_put(1, 4, "BE"), MP_HOLD);
	rx_broken(0, 1);
	rx_broken(2, 1);
	rx_packet(3, 1);
	rx_packet(4, 1);
	rx_nothing();
	rx_counts(1, 0, 2);
	CU_ASSERT_EQUAL(rx_put(1, 1, ""), MP_DROP);
	rx_counts(1, 1, 2);
}

/* Fragment 0 goes by a link that the far end has already and we have not: M says nothing. */
static void a_link_that_comes_is_waited_for(void)
{
	rx_begin(false, 1);
	mp_rx_expect(&rx, true);
	CU_ASSERT_EQUAL(rx_put(0, 1, "BE"), MP_HOLD);
	rx_nothing();
	CU_ASSERT_EQUAL(mp_rx_deadline(&rx), now + MP_PATIENCE);
	mp_rx_join(&rx, 1);
	mp_rx_expect(&rx, false);
	rx_nothing(); /* it has not been heard */
	CU_ASSERT_EQUAL(rx_put(1, 0, "BE"), MP_WHOLE);
	rx_packet(1, 1);
	rx_nothing();
	rx_counts(0, 0, 0);
}

/* It does not come: what is missing is given up in its time, and at once when none is expected. */
static void a_link_that_does_not_come_stalls_nothing(void)
{
	rx_begin(false, 1);
	mp_rx_expect(&rx, true);
	CU_ASSERT_EQUAL(rx_put(0, 1, "BE"), MP_HOLD);
	rx_nothing();
	now += MP_PATIENCE - 1;
	rx_nothing();
	now++;
	rx_packet(1, 1);
	rx_counts(1, 0, 0);
	CU_ASSERT_EQUAL(rx_put(0, 3, "BE"), MP_HOLD);
	rx_nothing();
	mp_rx_expect(&rx, false);
	rx_packet(3, 1);
	rx_counts(2, 0, 0);
}

/* "If a fragment bears a (B)eginning bit, the previously numbered fragment bore an (E)nding bit."
 */
static void a_beginning_ends_what_was_before_it(void)
{
	rx_begin(false, 2);
	CU_ASSERT_EQUAL(rx_put(0, 0, "B"), MP_HOLD);
	CU_ASSERT_EQUAL(rx_put(0, 1, ""), MP_HOLD);
	CU_ASSERT_EQUAL(rx_put(1, 2, "BE"), MP_HOLD);
	rx_broken(0, 2);
	rx_packet(2, 1);
	CU_ASSERT_EQUAL(rx_put(1, 3, ""), MP_HOLD); /* nor can it begin in the middle */
	rx_broken(3, 1);
	rx_counts(0, 0, 3);
}

static void a_link_that_leaves_is_not_waited_for(void)
{
	rx_begin(false, 2);
	CU_ASSERT_EQUAL(rx_put(0, 1, "BE"), MP_HOLD);
	rx_nothing();
	mp_rx_leave(&rx, 1);
	rx_packet(1, 1);
	rx_counts(1, 0, 0);
	mp_rx_join(&rx, 1); /* and when it comes back it has to be heard first */
	CU_ASSERT_EQUAL(rx_put(0, 3, "BE"), MP_HOLD);
	rx_nothing();
	CU_ASSERT_EQUAL(rx_put(1, 4, "BE"), MP_HOLD);
	rx_packet(3, 1);
	rx_packet(4, 1);
}

static void nothing_is_waited_for_longer_than_patience(void)
{
	rx_begin(false, 2);
	CU_ASSERT_EQUAL(rx_put(0, 1, "BE"), MP_HOLD);
	CU_ASSERT_EQUAL(rx_put(0, 2, "B"), MP_HOLD);
	CU_ASSERT_EQUAL(rx_put(0, 4, "BE"), MP_HOLD);
	rx_nothing();
	CU_ASSERT_EQUAL(mp_rx_deadline(&rx), 6 * SEC);
	now = 6 * SEC - 1;
	rx_nothing();
	CU_ASSERT_EQUAL(mp_rx_deadline(&rx), 6 * SEC);
	now = 6 * SEC;
	rx_packet(1, 1);
	rx_broken(2, 1);
	rx_packet(4, 1);
	rx_nothing();
	CU_ASSERT_EQUAL(mp_rx_deadline(&rx), UINT64_MAX);
	rx_counts(2, 0, 1);
}

static void a_packet_without_an_end_leaves_when_the_window_is_full(void)
{
	rx_begin(false, 1);
	CU_ASSERT_EQUAL(rx_put(0, 0, "B"), MP_HOLD);
	for (uint32_t i = 1; i < MP_HELD; i++)
		CU_ASSERT_EQUAL(rx_put(0, i, ""), MP_HOLD);
	rx_broken(0, MP_HELD);
	rx_nothing();
	CU_ASSERT_EQUAL(rx.held, 0);
	rx_counts(0, 0, MP_HELD);
}

static void what_does_not_fit_moves_the_window(void)
{
	rx_begin(false, 2);
	CU_ASSERT_EQUAL(rx_put(0, 1, "B"), MP_HOLD);
	CU_ASSERT_EQUAL(rx_put(0, MP_HELD - 1, "BE"), MP_HOLD);
	rx_nothing();
	CU_ASSERT_EQUAL(rx_put(0, MP_HELD, "BE"), MP_DRAIN); /* 0 is given up, and no more */
	rx_nothing();
	CU_ASSERT_EQUAL(rx_put(0, MP_HELD, "BE"), MP_HOLD);
	rx_counts(1, 0, 0);
	CU_ASSERT_EQUAL(rx_put(0, MP_HELD + 1, "BE"), MP_DRAIN);
	rx_broken(1, 1);
	rx_nothing();
	rx_counts(1, 0, 1);
	/* far ahead: all that waits leaves first */
	CU_ASSERT_EQUAL(rx_put(0, 1000000, "BE"), MP_DRAIN);
	rx_packet(MP_HELD - 1, 1);
	rx_packet(MP_HELD, 1);
	rx_nothing();
	CU_ASSERT_EQUAL(rx_put(0, 1000000, "BE"), MP_HOLD);
	CU_ASSERT_EQUAL(rx.next, 1000000 - (MP_HELD - 1));
}

/* 12 bits: 4,095 is followed by 0; a number up to half the space behind has been. */
static void numbers_go_round(void)
{
	rx_begin(true, 2);
	for (uint32_t i = 0; i < 3 * 4096 + 10; i++)
		CU_ASSERT_EQUAL(rx_put(0, i & 0xfff, "BE"), MP_WHOLE);
	CU_ASSERT_EQUAL(rx_put(1, 9, "BE"), MP_DROP);
	CU_ASSERT_EQUAL(rx_put(1, (10 + 2049) & 0xfff, "BE"), MP_DROP);
	CU_ASSERT_EQUAL(rx_put(0, 11, "BE"), MP_HOLD);
	rx_nothing(); /* the link that has been idle has not passed it */
	CU_ASSERT_EQUAL(rx_put(1, 10, "BE"), MP_WHOLE);
	rx_packet(11, 1);
	rx_counts(0, 2, 0);
}

static void an_idle_link_does_not_look_ahead(void)
{
	rx_begin(true, 2);
	CU_ASSERT_EQUAL(rx_put(1, 0, "BE"), MP_WHOLE);
	for (uint32_t i = 1; i < 4000; i++)
		CU_ASSERT_EQUAL(rx_put(0, i, "BE"), MP_WHOLE);
	CU_ASSERT_EQUAL(rx_put(0, 4001, "BE"), MP_HOLD);
	rx_nothing();
	CU_ASSERT_EQUAL(rx_put(1, 4000, "BE"), MP_WHOLE);
	rx_packet(4001, 1);
	rx_counts(0, 0, 0);
}

/* A frame of a link that has left was on its way between workers. */
static void only_links_of_the_bundle_are_waited_for(void)
{
	rx_begin(false, 1);
	CU_ASSERT_EQUAL(rx_put(3, 0, "BE"), MP_WHOLE);
	CU_ASSERT_EQUAL(rx_put(0, 2, "BE"), MP_HOLD);
	rx_packet(2, 1);
	rx_counts(1, 0, 0);
}

static void an_idle_link_does_not_look_ahead_after_a_jump(void)
{
	rx_begin(true, 2);
	CU_ASSERT_EQUAL(rx_put(1, 0, "BE"), MP_WHOLE);
	for (uint32_t i = 1; i <= 1000; i++)
		CU_ASSERT_EQUAL(rx_put(0, i, "BE"), MP_WHOLE);
	CU_ASSERT_EQUAL(rx_put(0, 3001, "BE"), MP_HOLD);
	rx_nothing(); /* the other link may have those between */
	CU_ASSERT_EQUAL(rx_put(1, 2900, "BE"), MP_HOLD);
	rx_packet(2900, 1);
	rx_nothing();
	rx_counts(2900 - 1001, 0, 0);
}

/* One number that is far off, or a peer that begins anew, must not make the bundle deaf for half
 * of the sequence space. */
static void a_peer_that_goes_back_is_heard_again(void)
{
	for (unsigned links = 1; links <= 2; links++) {
		rx_begin(false, links);
		for (uint32_t i = 0; i < 10; i++)
			CU_ASSERT_EQUAL(rx_put(0, i, "BE"), MP_WHOLE);
		CU_ASSERT_EQUAL(rx_put(0, 5000000, "BE"), MP_HOLD);
		if (links == 1)
			rx_packet(5000000, 1);
		for (uint32_t i = 10; i < 10 + MP_STRAYS - 1; i++) {
			CU_ASSERT_EQUAL(rx_put(0, i, "BE"), MP_DROP);
			CU_ASSERT_EQUAL(rx_put(0, i, "BE"), MP_DROP); /* twice is no proof */
		}
		CU_ASSERT_EQUAL(rx_put(0, 17, "BE"), MP_DRAIN);
		if (links == 2) { /* what waits leaves first */
			rx_packet(5000000, 1);
			rx_nothing();
			CU_ASSERT_EQUAL(rx_put(0, 17, "BE"), MP_DRAIN);
		}
		rx_nothing();
		CU_ASSERT_EQUAL(rx_put(0, 17, "BE"), MP_WHOLE);
		CU_ASSERT_EQUAL(rx_put(links - 1, 18, "BE"), MP_WHOLE);
		rx_counts(5000000 - 10, 2 * (MP_STRAYS - 1), 0);
	}
}

/* Those that are late on a slow link are not in a row while others come. */
static void late_numbers_between_others_are_dropped(void)
{
	rx_begin(false, 2);
	CU_ASSERT_EQUAL(rx_put(0, 1000, "BE"), MP_HOLD);
	now += MP_PATIENCE;
	rx_nothing();
	now += MP_PATIENCE;
	rx_packet(1000, 1);
	for (uint32_t i = 0; i < 4 * MP_STRAYS; i++) {
		CU_ASSERT_EQUAL(rx_put(1, i, "BE"), MP_DROP);
		CU_ASSERT_EQUAL(rx_put(0, 1001 + i, "BE"), MP_WHOLE);
	}
	/* nor do numbers far apart make a row */
	for (uint32_t i = 0; i < 4 * MP_STRAYS; i++)
		CU_ASSERT_EQUAL(rx_put(1, 100 + i % 2 * 500, "BE"), MP_DROP);
	rx_counts(1000, 8 * MP_STRAYS, 0);
}

/* A frame of 1,500 octets takes 1.25 s at 9,600 bit/s. */
static void patience_is_the_owners(void)
{
	rx_begin(false, 2);
	rx.patience = 3 * SEC;
	CU_ASSERT_EQUAL(rx_put(0, 1, "BE"), MP_HOLD);
	rx_nothing();
	CU_ASSERT_EQUAL(mp_rx_deadline(&rx), 8 * SEC);
	now = 8 * SEC - 1;
	rx_nothing();
	now = 8 * SEC;
	rx_packet(1, 1);
}

static void rx_long(uint32_t seq, const char *bits, size_t len, enum mp_verdict want)
{
	struct mp_head h = {seq, strchr(bits, 'B'), strchr(bits, 'E')};
	unsigned slot;

	CU_ASSERT_EQUAL(mp_rx_put(&rx, 0, &h, len, &slot), want);
}

/* MRRU counts the information field; the protocol field is two octets more. */
static void a_packet_longer_than_mrru_is_dropped(void)
{
	rx_begin(false, 1);
	rx_long(0, "BE", 1502, MP_WHOLE);
	rx_long(1, "BE", 1503, MP_HOLD);
	rx_broken(1, 1);
	rx_long(2, "B", 1000, MP_HOLD);
	rx_long(3, "E", 502, MP_HOLD);
	rx_packet(2, 2);
	rx_long(4, "B", 1000, MP_HOLD);
	rx_long(5, "E", 503, MP_HOLD);
	rx_broken(4, 2);
	rx_nothing();
	rx_counts(0, 0, 3);
}

/* Section 4.1: "a null fragment": it only moves M. */
static void null_fragments_are_not_packets(void)
{
	rx_begin(false, 2);
	CU_ASSERT_EQUAL(rx_put(0, 0, "B"), MP_HOLD);
	rx_long(2, "BE", 0, MP_HOLD);
	rx_nothing();
	CU_ASSERT_EQUAL(rx_put(1, 3, "BE"), MP_HOLD);
	rx_broken(0, 1);
	rx_broken(2, 1);
	rx_packet(3, 1);
	rx_counts(1, 0, 1);
}

static void a_fragment_comes_once(void)
{
	rx_begin(false, 2);
	CU_ASSERT_EQUAL(rx_put(0, 1, "E"), MP_HOLD);
	CU_ASSERT_EQUAL(rx_put(1, 1, "E"), MP_DROP);
	CU_ASSERT_EQUAL(rx_put(0, 0, "B"), MP_HOLD);
	rx_packet(0, 2);
	CU_ASSERT_EQUAL(rx_put(0, 0, "B"), MP_DROP);
	rx_counts(0, 2, 0);
}

static void without_memory_it_is_lost(void)
{
	rx_begin(false, 1);
	CU_ASSERT_EQUAL(rx_put(0, 0, "B"), MP_HOLD);
	mp_rx_forget(&rx, 0);
	CU_ASSERT_EQUAL(rx_put(0, 1, "E"), MP_HOLD);
	rx_broken(1, 1);
	rx_nothing();
	CU_ASSERT_EQUAL(rx.held, 0);
	rx_counts(1, 0, 1);
}

/* --- sending ------------------------------------------------------------------------------------ */

static struct mp_piece piece[MP_PIECES];

static void tx_begin(bool short_seq, unsigned links, uint16_t room)
{
	now = 5 * SEC;
	mp_tx_init(&tx, short_seq);
	for (unsigned i = 0; i < links; i++)
		tx.link[i] = (struct mp_tx_link){.there = true, .room = room};
}

/* Section 4.1: the first fragment of a bundle is number 0; each packet takes a number. */
static void packets_rotate_over_the_links(void)
{
	tx_begin(false, 3, 1500);
	for (uint32_t i = 0; i < 9; i++) {
		CU_ASSERT_EQUAL(mp_tx_cut(&tx, 500, now, piece), 1);
		CU_ASSERT_EQUAL(piece[0].link, i % 3);
		CU_ASSERT_EQUAL(piece[0].at, 0);
		CU_ASSERT_EQUAL(piece[0].len, 500);
		CU_ASSERT_EQUAL(piece[0].head.seq, i);
		CU_ASSERT_TRUE(piece[0].head.begin && piece[0].head.end);
		now += SEC; /* also when all are idle */
	}
}

static void numbers_end_with_the_space(void)
{
	tx_begin(true, 1, 1500);
	tx.seq = 0xfff;
	mp_tx_cut(&tx, 500, now, piece);
	CU_ASSERT_EQUAL(piece[0].head.seq, 0xfff);
	mp_tx_cut(&tx, 500, now, piece);
	CU_ASSERT_EQUAL(piece[0].head.seq, 0);
	tx_begin(false, 1, 1500);
	tx.seq = 0xffffff;
	mp_tx_cut(&tx, 500, now, piece);
	mp_tx_cut(&tx, 500, now, piece);
	CU_ASSERT_EQUAL(piece[0].head.seq, 0);
}

/* 128 and 64 kbit/s: two packets of three by the first. */
static void links_carry_what_they_can(void)
{
	unsigned n[2] = {0, 0};

	tx_begin(false, 2, 1500);
	tx.link[0].kbps = 128;
	tx.link[1].kbps = 64;
	for (unsigned i = 0; i < 300; i++) {
		mp_tx_cut(&tx, 1000, now, piece);
		n[piece[0].link]++;
	}
	CU_ASSERT_EQUAL(n[0], 200);
	CU_ASSERT_EQUAL(n[1], 100);
	CU_ASSERT_EQUAL(tx.link[1].until, (now + 100 * (1004 * 8 * 1000 / 64)) * 1000);
}

/* More is offered than two links carry; then there is a third. */
static void a_new_link_takes_its_share_and_no_more(void)
{
	unsigned n[3] = {0, 0, 0};

	tx_begin(false, 3, 1500);
	tx.link[2].there = false;
	for (unsigned i = 0; i < 10000; i++)
		mp_tx_cut(&tx, 1000, now, piece);
	tx.link[2].there = true;
	for (unsigned i = 0; i < 300; i++) {
		mp_tx_cut(&tx, 1000, now, piece);
		n[piece[0].link]++;
	}
	CU_ASSERT_EQUAL(n[0], 100);
	CU_ASSERT_EQUAL(n[1], 100);
	CU_ASSERT_EQUAL(n[2], 100);
}

static void a_packet_is_cut_when_no_link_has_room(void)
{
	tx_begin(false, 2, 400);
	CU_ASSERT_EQUAL(mp_tx_cut(&tx, 400, now, piece), 1);
	CU_ASSERT_EQUAL(mp_tx_cut(&tx, 1000, now, piece), 3);
	for (unsigned i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(piece[i].at, 400 * i);
		CU_ASSERT_EQUAL(piece[i].len, i < 2 ? 400 : 200);
		CU_ASSERT_EQUAL(piece[i].head.seq, 1 + i);
		CU_ASSERT_EQUAL(piece[i].head.begin, i == 0);
		CU_ASSERT_EQUAL(piece[i].head.end, i == 2);
	}
	CU_ASSERT_NOT_EQUAL(piece[0].link, piece[1].link);
	tx.link[1].room = 1000; /* there it need not be cut */
	CU_ASSERT_EQUAL(mp_tx_cut(&tx, 1000, now, piece), 1);
	CU_ASSERT_EQUAL(piece[0].link, 1);
}

static void what_cannot_be_sent_takes_no_number(void)
{
	tx_begin(false, 0, 0);
	CU_ASSERT_EQUAL(mp_tx_cut(&tx, 100, now, piece), 0);
	tx_begin(false, 2, 10);
	CU_ASSERT_EQUAL(mp_tx_cut(&tx, 10 * MP_PIECES, now, piece), MP_PIECES);
	CU_ASSERT_EQUAL(mp_tx_cut(&tx, 10 * MP_PIECES + 1, now, piece), 0);
	CU_ASSERT_EQUAL(tx.seq, MP_PIECES);
	tx.link[0].room = tx.link[1].room = 0;
	CU_ASSERT_EQUAL(mp_tx_cut(&tx, 1, now, piece), 0);
}

/* --- both --------------------------------------------------------------------------------------- */

enum { PACKETS = 20000, QUEUE = 400 };
struct flying {
	struct mp_head h;
	size_t len;
	uint32_t packet;
};
static struct {
	struct flying q[MP_LINKS][QUEUE];
	unsigned n[MP_LINKS];
	struct flying held[MP_HELD];
	bool whole[PACKETS]; /* no fragment of it was lost on the way */
	uint32_t delivered, last;
	uint64_t dropped, vanished;
} sim;

static void sim_deliver(uint32_t packet)
{
	CU_ASSERT_TRUE(sim.whole[packet]);
	CU_ASSERT_TRUE(!sim.delivered || packet > sim.last);
	sim.last = packet;
	sim.delivered++;
}

static void sim_drain(void)
{
	struct mp_run run;

	while (mp_rx_next(&rx, now, &run)) {
		sim.dropped += run.packet ? 0 : run.n;
		if (!run.packet)
			continue;
		for (unsigned i = 0; i < run.n; i++)
			CU_ASSERT_EQUAL(sim.held[(run.first + i) % MP_HELD].packet,
					sim.held[run.first].packet);
		sim_deliver(sim.held[run.first].packet);
	}
}

static void sim_arrive(unsigned link)
{
	struct flying f = sim.q[link][0];
	enum mp_verdict v;
	unsigned slot;

	memmove(sim.q[link], sim.q[link] + 1, --sim.n[link] * sizeof(f));
	while ((v = mp_rx_put(&rx, link, &f.h, f.len, &slot)) == MP_DRAIN)
		sim_drain();
	if (v == MP_WHOLE)
		sim_deliver(f.packet);
	if (v == MP_HOLD)
		sim.held[slot] = f;
	sim_drain();
}

static void sim_send(uint32_t packet, unsigned loss)
{
	unsigned n = mp_tx_cut(&tx, 1 + (size_t)(rand() % 1500), now, piece);

	sim.whole[packet] = true;
	for (unsigned i = 0; i < n; i++) {
		unsigned link = piece[i].link;

		CU_ASSERT_TRUE_FATAL(sim.n[link] < QUEUE);
		if (packet + 50 < PACKETS && (unsigned)rand() % 1000 < loss) {
			sim.whole[packet] = false;
			sim.vanished++;
			continue;
		}
		sim.q[link][sim.n[link]++] = (struct flying){piece[i].head, piece[i].len, packet};
	}
}

/* Links of different delay.  A packet whose fragments have all come in time is delivered, in order;
 * each fragment is delivered or counted. */
static void sim_run(bool short_seq, unsigned links, unsigned loss)
{
	uint32_t whole = 0;

	memset(&sim, 0, sizeof(sim));
	rx_begin(short_seq, links);
	tx_begin(short_seq, links, 500);
	for (uint32_t i = 0; i < PACKETS; i++) {
		sim_send(i, loss);
		for (unsigned k = 0; k < links; k++) /* each link drains in bursts of its own */
			for (int n = rand() % 6; n && sim.n[k]; n--)
				sim_arrive(k);
		now += 1000;
	}
	for (unsigned k = 0; k < links; k++)
		while (sim.n[k])
			sim_arrive(k);
	now += 2 * MP_PATIENCE;
	sim_drain();
	for (uint32_t i = 0; i < PACKETS; i++)
		whole += sim.whole[i];
	CU_ASSERT_EQUAL(rx.held, 0);
	CU_ASSERT_EQUAL(rx.broken, sim.dropped);
	CU_ASSERT_EQUAL(sim.delivered, whole);
	CU_ASSERT_EQUAL(rx.late, 0);
	CU_ASSERT_EQUAL(rx.lost, sim.vanished);
	CU_ASSERT_EQUAL(sim.vanished > 0, loss > 0);
}

static void packets_are_whole_and_in_order(void)
{
	srand((unsigned)test_seed());
	for (unsigned links = 1; links <= 4; links++) {
		sim_run(false, links, 0);
		sim_run(true, links, 0);
		sim_run(false, links, 20);
		sim_run(true, links, 20);
	}
}

static const struct test_case cases[] = {
	{"heads_are_those_of_figures_2_and_3", heads_are_those_of_figures_2_and_3},
	{"short_heads_and_reserved_bits_are_refused", short_heads_and_reserved_bits_are_refused},
	{"packets_in_order_are_not_kept", packets_in_order_are_not_kept},
	{"fragments_of_two_links_make_a_packet", fragments_of_two_links_make_a_packet},
	{"a_fragment_is_lost_when_each_link_has_a_later_one",
	 a_fragment_is_lost_when_each_link_has_a_later_one},
	{"a_beginning_ends_what_was_before_it", a_beginning_ends_what_was_before_it},
	{"a_link_that_comes_is_waited_for", a_link_that_comes_is_waited_for},
	{"a_link_that_does_not_come_stalls_nothing", a_link_that_does_not_come_stalls_nothing},
	{"a_link_that_leaves_is_not_waited_for", a_link_that_leaves_is_not_waited_for},
	{"nothing_is_waited_for_longer_than_patience", nothing_is_waited_for_longer_than_patience},
	{"a_packet_without_an_end_leaves_when_the_window_is_full",
	 a_packet_without_an_end_leaves_when_the_window_is_full},
	{"what_does_not_fit_moves_the_window", what_does_not_fit_moves_the_window},
	{"numbers_go_round", numbers_go_round},
	{"an_idle_link_does_not_look_ahead", an_idle_link_does_not_look_ahead},
	{"only_links_of_the_bundle_are_waited_for", only_links_of_the_bundle_are_waited_for},
	{"an_idle_link_does_not_look_ahead_after_a_jump",
	 an_idle_link_does_not_look_ahead_after_a_jump},
	{"a_peer_that_goes_back_is_heard_again", a_peer_that_goes_back_is_heard_again},
	{"late_numbers_between_others_are_dropped", late_numbers_between_others_are_dropped},
	{"patience_is_the_owners", patience_is_the_owners},
	{"a_packet_longer_than_mrru_is_dropped", a_packet_longer_than_mrru_is_dropped},
	{"null_fragments_are_not_packets", null_fragments_are_not_packets},
	{"a_fragment_comes_once", a_fragment_comes_once},
	{"without_memory_it_is_lost", without_memory_it_is_lost},
	{"packets_rotate_over_the_links", packets_rotate_over_the_links},
	{"numbers_end_with_the_space", numbers_end_with_the_space},
	{"links_carry_what_they_can", links_carry_what_they_can},
	{"a_new_link_takes_its_share_and_no_more", a_new_link_takes_its_share_and_no_more},
	{"a_packet_is_cut_when_no_link_has_room", a_packet_is_cut_when_no_link_has_room},
	{"what_cannot_be_sent_takes_no_number", what_cannot_be_sent_takes_no_number},
	{"packets_are_whole_and_in_order", packets_are_whole_and_in_order},
	{NULL, NULL},
};
const struct test_suite suite_mp = {"mp", cases};
