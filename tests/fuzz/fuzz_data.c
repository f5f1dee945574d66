/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sequencing and reorder of one call's data, against a model that conserves: every frame that came
 * is delivered, dropped with a reason or held; what leaves a slot is what was put there; every
 * number below nr was delivered or lost; nothing is held for ever.
 *
 * Input: one octet of flags, reorder, timeout in ms; then frames of four octets: flags and time
 * since the last one (ms), Ns high, Ns low, how many in a row.
 */
#include "core/data.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(x)                  \
	do {                     \
		if (!(x))        \
			abort(); \
	} while (0)

struct model {
	struct l2tp_data d;
	uint64_t now;
	uint64_t came, unsequenced, delivered; /* delivered: with a number */
	uint16_t base;			       /* nr when counting began, */
	uint64_t passed, lost;		       /* and what was delivered and lost since */
	struct l2tp_data_slot slot[L2TP_REORDER_MAX];
	bool no_slots; /* there are none to be had */
	bool used[L2TP_REORDER_MAX];
	uint16_t ns[L2TP_REORDER_MAX];
};

static void fuzz_data_check(const struct model *m)
{
	const struct l2tp_data *d = &m->d;
	unsigned held = 0;

	for (unsigned i = 0; i < L2TP_REORDER_MAX; i++) {
		held += m->used[i];
		MUST(m->used[i] == (d->slot && d->slot[i].used));
		MUST(!m->used[i] || m->ns[i] == d->slot[i].ns);
	}
	MUST(d->held == held && held <= d->cfg.reorder);
	MUST(m->came == m->unsequenced + m->delivered + d->late + d->no_seq + held);
	MUST((uint16_t)(d->nr - m->base) == (uint16_t)(m->passed + d->lost - m->lost));
	MUST((d->gap_deadline == DEADLINE_NEVER) == !held);
	MUST(!held || d->gap_deadline <= m->now + d->cfg.reorder_timeout);
}

static void fuzz_data_passed(struct model *m, uint16_t ns)
{
	MUST(m->d.nr == (uint16_t)(ns + 1));
	m->delivered++;
	m->passed++;
}

static void fuzz_data_drain(struct model *m)
{
	int slot;

	while ((slot = l2tp_data_ready(&m->d, m->now)) >= 0) {
		MUST(slot < (int)L2TP_REORDER_MAX && m->used[slot]);
		m->used[slot] = false;
		fuzz_data_passed(m, m->ns[slot]);
	}
	MUST(!m->d.held || m->d.gap_deadline > m->now);
}

static void fuzz_data_hold(struct model *m, uint16_t ns, unsigned slot)
{
	MUST(slot < L2TP_REORDER_MAX && !m->used[slot]);
	m->used[slot] = true;
	m->ns[slot] = ns;
}

/* Counting begins anew at ns. */
static void fuzz_data_begin(struct model *m, uint16_t ns)
{
	m->base = ns;
	m->passed = 0;
	m->lost = m->d.lost;
}

static enum l2tp_data_verdict fuzz_data_decide(struct model *m, const struct l2tp_hdr *h)
{
	uint64_t resyncs = m->d.resyncs, late = m->d.late, no_seq = m->d.no_seq;
	bool seq = h->flags & L2TP_HDR_S, first = seq && !m->d.seen_seq;
	enum l2tp_reason why = L2TP_R_NONE;
	unsigned slot = L2TP_REORDER_MAX;
	enum l2tp_data_verdict v;

	if (first)
		fuzz_data_begin(m, h->ns > L2TP_REORDER_MAX ? h->ns : 0);
	if (l2tp_data_wants_slots(&m->d, h) && !m->no_slots)
		m->d.slot = memset(m->slot, 0, sizeof(m->slot));
	v = l2tp_data_rx(&m->d, h, m->now, &slot, &why);
	MUST(v != L2TP_DATA_HOLD || m->d.slot);
	if (m->d.resyncs != resyncs)
		fuzz_data_begin(m, h->ns);
	if (v == L2TP_DATA_DELIVER && seq)
		fuzz_data_passed(m, h->ns);
	else if (v == L2TP_DATA_DELIVER)
		m->unsequenced++;
	else if (v == L2TP_DATA_HOLD)
		fuzz_data_hold(m, h->ns, slot);
	MUST((v == L2TP_DATA_DROP) == (m->d.late + m->d.no_seq == late + no_seq + 1));
	MUST(v != L2TP_DATA_DROP || why == (seq ? L2TP_R_DATA_SEQ_OLD : L2TP_R_DATA_NO_SEQ));
	return v;
}

static void fuzz_data_frame(struct model *m, const struct l2tp_hdr *h)
{
	enum l2tp_data_verdict v = fuzz_data_decide(m, h);

	while (v == L2TP_DATA_DRAIN) {
		unsigned held = m->d.held;

		fuzz_data_drain(m);
		MUST(m->d.held < held);
		v = fuzz_data_decide(m, h);
	}
	m->came++;
	if (v == L2TP_DATA_DELIVER)
		fuzz_data_drain(m);
	if (!m->d.held)
		m->d.slot = NULL;
	fuzz_data_check(m);
}

/* A header of ours is as long as it says, and the number goes up only when one was sent. */
static void fuzz_data_send(struct model *m, size_t len)
{
	uint8_t out[L2TP_HDR_DATA_MAX];
	uint16_t ns = m->d.ns;
	size_t n = l2tp_data_header(&m->d, out, len);

	MUST(n <= sizeof(out) && (n || m->d.cfg.send_length));
	MUST(m->d.ns == (uint16_t)(ns + (n && l2tp_data_sends_seq(&m->d))));
}

static void fuzz_data_step(struct model *m, struct rd *r)
{
	uint8_t how = rd_u8(r);
	struct l2tp_hdr h = {.flags = how & 0x80 ? 0 : L2TP_HDR_S, .ns = rd_u16(r)};
	unsigned run = 1 + (rd_u8(r) & 0x0f);

	m->now += (uint64_t)(how & 0x3f) * 1000;
	if (m->now >= m->d.gap_deadline)
		fuzz_data_drain(m);
	fuzz_data_check(m);
	if (how & 0x40) {
		l2tp_data_set_seq(&m->d, run & 1);
		fuzz_data_send(m, h.ns * 2u);
		return;
	}
	for (; run; run--, h.ns++)
		fuzz_data_frame(m, &h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_init(data, size);
	uint8_t flags = rd_u8(&r);
	struct l2tp_data_config cfg = {.lns = flags & 1,
				       .send_seq = flags & 2,
				       .required = flags & 4,
				       .send_length = flags & 8,
				       .reorder = rd_u8(&r)};
	static struct model m;

	m = (struct model){.now = 1000, .no_slots = flags & 16};
	cfg.reorder_timeout = rd_u8(&r) * 1000u;
	l2tp_data_init(&m.d, &cfg);
	while (r.left >= 4)
		fuzz_data_step(&m, &r);
	m.now += cfg.reorder_timeout;
	fuzz_data_drain(&m);
	MUST(!m.d.held);
	fuzz_data_check(&m);
	return 0;
}
