/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reassembly of a multilink bundle against a model that conserves: every fragment that came is
 * delivered once, in order, or counted as late or broken; a packet is fragments in a row from a
 * beginning to an end; nothing is held longer than its patience; what is sent is all of the packet.
 *
 * Input: one octet: short sequence numbers, links.  Then steps of four octets: link and what to do,
 * time since the last one (ms), and the head of a fragment (two octets), or a length to send.
 */
#include "ppp/mp.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(x)                  \
	do {                     \
		if (!(x))        \
			abort(); \
	} while (0)

struct model {
	struct mp_rx rx;
	struct mp_tx tx;
	bool short_seq;
	uint64_t now;
	uint64_t came, delivered, nulls;
	bool used[MP_HELD];
	struct mp_head head[MP_HELD];
	size_t len[MP_HELD];
};

static void fuzz_mp_check(const struct model *m)
{
	unsigned held = 0;

	for (unsigned i = 0; i < MP_HELD; i++) {
		held += m->used[i];
		MUST(m->used[i] == m->rx.slot[i].used);
	}
	MUST(m->rx.held == held);
	MUST(m->came == m->delivered + m->nulls + m->rx.late + m->rx.broken + held);
	MUST(!m->rx.waiting || m->rx.since <= m->now);
}

static void fuzz_mp_run(struct model *m, const struct mp_run *run)
{
	size_t len = 0;

	for (unsigned i = 0; i < run->n; i++) {
		unsigned slot = (run->first + i) % MP_HELD;

		MUST(m->used[slot]);
		m->used[slot] = false;
		len += m->len[slot];
		if (!run->packet)
			continue;
		MUST(m->head[slot].begin == (i == 0) && m->head[slot].end == (i + 1 == run->n));
		MUST(m->head[slot].seq == ((m->head[run->first].seq + i) & m->rx.mask));
	}
	MUST(!run->packet || (len && len <= m->rx.mrru));
	m->delivered += run->packet ? run->n : 0;
	m->nulls += !run->packet && !m->len[run->first] ? run->n : 0;
}

static void fuzz_mp_drain(struct model *m)
{
	struct mp_run run;

	while (mp_rx_next(&m->rx, m->now, &run)) {
		MUST(run.n && run.n <= MP_HELD);
		fuzz_mp_run(m, &run);
	}
	MUST(m->rx.waiting == !!m->rx.held);
	MUST(!m->rx.held || mp_rx_deadline(&m->rx) > m->now);
	fuzz_mp_check(m);
}

static void fuzz_mp_put(struct model *m, unsigned link, const struct mp_head *h, size_t len)
{
	unsigned slot = MP_HELD, rounds = 0;
	enum mp_verdict v;

	while ((v = mp_rx_put(&m->rx, link, h, len, &slot)) == MP_DRAIN) {
		MUST(rounds++ < MP_HELD);
		fuzz_mp_drain(m);
	}
	m->came++;
	m->delivered += v == MP_WHOLE;
	if (v != MP_HOLD)
		return;
	MUST(slot < MP_HELD && !m->used[slot]);
	m->used[slot] = true;
	m->head[slot] = *h;
	m->len[slot] = len;
}

static void fuzz_mp_send(struct model *m, size_t len)
{
	struct mp_piece piece[MP_PIECES];
	uint32_t seq = m->tx.seq;
	unsigned n = mp_tx_cut(&m->tx, len, m->now, piece);
	size_t at = 0;

	for (unsigned i = 0; i < n; i++) {
		MUST(piece[i].link < MP_LINKS && m->tx.link[piece[i].link].there);
		MUST(piece[i].at == at && piece[i].len <= m->tx.link[piece[i].link].room);
		MUST(piece[i].head.begin == (i == 0) && piece[i].head.end == (i + 1 == n));
		MUST(piece[i].head.seq == ((seq + i) & m->tx.mask));
		at += piece[i].len;
	}
	MUST(!n || at == len);
	MUST(m->tx.seq == ((seq + n) & m->tx.mask));
}

static void fuzz_mp_link(struct model *m, unsigned link, uint16_t v)
{
	if (v & 1)
		mp_rx_join(&m->rx, link);
	else
		mp_rx_leave(&m->rx, link);
	m->tx.link[link] = (struct mp_tx_link){.there = v & 1, .room = v >> 4, .kbps = v & 0xe};
}

/* Half of the heads are near what is next, since few would be. */
static void fuzz_mp_fragment(struct model *m, unsigned link, uint16_t v, bool near)
{
	uint8_t octets[MP_HEAD_MAX] = {(uint8_t)(v >> 8), (uint8_t)v, (uint8_t)v, (uint8_t)v};
	struct rd r = rd_init(octets, m->short_seq ? 2 : 4);
	struct mp_head h;

	if (!mp_head_get(&r, m->short_seq, &h))
		return;
	if (near)
		h.seq = (m->rx.next + h.seq % 160 - 16) & m->rx.mask;
	fuzz_mp_put(m, link, &h, h.seq * 37u % 700);
}

static void fuzz_mp_step(struct model *m, struct rd *r)
{
	uint8_t how = rd_u8(r), ms = rd_u8(r);
	uint16_t v = rd_u16(r);
	unsigned link = how & (MP_LINKS - 1);

	m->now += ms * 1000u;
	if (m->now >= mp_rx_deadline(&m->rx))
		fuzz_mp_drain(m);
	if (how & 0x80)
		fuzz_mp_fragment(m, link, v, how & 0x40);
	else if (how & 0x40)
		fuzz_mp_send(m, v);
	else
		fuzz_mp_link(m, link, v);
	if (!(how & 0x20))
		fuzz_mp_drain(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_init(data, size);
	uint8_t flags = rd_u8(&r);
	static struct model m;

	memset(&m, 0, sizeof(m));
	m.now = 1000;
	m.short_seq = flags & 1;
	mp_rx_init(&m.rx, m.short_seq, 1500);
	mp_tx_init(&m.tx, m.short_seq);
	for (unsigned i = 0; i < (flags >> 4); i++)
		mp_rx_join(&m.rx, i % MP_LINKS);
	while (r.left >= 4)
		fuzz_mp_step(&m, &r);
	m.now += MP_PATIENCE;
	fuzz_mp_drain(&m);
	m.now += MP_PATIENCE;
	fuzz_mp_drain(&m);
	MUST(!m.rx.held);
	return 0;
}
