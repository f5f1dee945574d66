/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The data channel of one call.  All arithmetic on sequence numbers is modulo 2^16: the distance of
 * a frame from `nr`, the number expected next, taken as a signed 16-bit value, says whether it is
 * that number, ahead of it or behind it.
 *
 * A frame up to `reorder` numbers ahead is held until the gap fills or the reorder time is over;
 * for one further ahead the oldest gap is given up at once.  A frame behind is late and dropped;
 * frames are never delivered out of order.  Several frames in a row with consecutive numbers, all
 * further behind than a network delays frames, mean that the peer has restarted its numbering or
 * that a wrong number made us jump ahead: then `nr` is set to theirs.
 */
#include "core/data.h"

#define FAR_BEHIND 1024 /* numbers */
#define FAR_RUN	   4u	/* frames in a row until nr follows */

void l2tp_data_init(struct l2tp_data *d, const struct l2tp_data_config *cfg)
{
	memset(d, 0, sizeof(*d));
	d->cfg = *cfg;
	if (d->cfg.reorder > L2TP_REORDER_MAX)
		d->cfg.reorder = L2TP_REORDER_MAX;
	d->sending_seq = cfg->lns && cfg->send_seq;
	d->gap_deadline = DEADLINE_NEVER;
}

void l2tp_data_go_on(struct l2tp_data *d, const struct l2tp_data_numbers *n)
{
	d->ns = n->ns;
	d->nr = n->nr;
	d->seen_seq = n->seen_seq;
	if (!d->cfg.lns)
		d->sending_seq = n->sending_seq;
}

void l2tp_data_set_seq(struct l2tp_data *d, bool on)
{
	if (d->cfg.lns)
		d->sending_seq = on;
}

size_t l2tp_data_header(struct l2tp_data *d, uint8_t out[L2TP_HDR_DATA_MAX], size_t len)
{
	struct wr w = wr_init(out, L2TP_HDR_DATA_MAX);
	uint16_t flags = 0;

	if (d->cfg.send_length)
		flags |= L2TP_HDR_L;
	if (l2tp_data_sends_seq(d))
		flags |= L2TP_HDR_S;
	/* Nr is reserved in data messages, and reserved fields are sent as 0. */
	l2tp_hdr_data(&w, flags, d->cfg.peer_tid, d->cfg.peer_sid, d->ns, 0, len);
	if (w.bad)
		return 0;
	if (l2tp_data_sends_seq(d))
		d->ns++;
	return w.len;
}

/* --- receiving -------------------------------------------------------------------------------- */

static struct l2tp_data_slot *data_slot_of(struct l2tp_data *d, uint16_t ns)
{
	return &d->slot[ns % L2TP_REORDER_MAX];
}

static bool data_is_held(struct l2tp_data *d, uint16_t ns)
{
	const struct l2tp_data_slot *s = data_slot_of(d, ns);

	return s->used && s->ns == ns;
}

/* The first held number at or after nr; at least one frame is held. */
static uint16_t data_first_held(struct l2tp_data *d)
{
	uint16_t ns = d->nr;

	while (!data_is_held(d, ns))
		ns++;
	return ns;
}

/* No held frame waits longer than the timeout, whatever else arrives. */
static void data_set_gap_deadline(struct l2tp_data *d, uint64_t now)
{
	uint64_t since = UINT64_MAX;

	d->gap_deadline = DEADLINE_NEVER;
	if (!d->held)
		return;
	if (data_is_held(d, d->nr)) {
		d->gap_deadline = now;
		return;
	}
	for (unsigned i = 0; i < L2TP_REORDER_MAX; i++)
		if (d->slot[i].used && d->slot[i].since < since)
			since = d->slot[i].since;
	d->gap_deadline = since + d->cfg.reorder_timeout;
}

static enum l2tp_data_verdict data_deliver(struct l2tp_data *d, uint16_t ns, uint64_t now)
{
	d->nr = ns + 1u;
	d->far_run = 0;
	data_set_gap_deadline(d, now);
	return L2TP_DATA_DELIVER;
}

static enum l2tp_data_verdict data_late(struct l2tp_data *d, enum l2tp_reason *why)
{
	d->late++;
	*why = L2TP_R_DATA_SEQ_OLD;
	return L2TP_DATA_DROP;
}

static enum l2tp_data_verdict data_hold(struct l2tp_data *d, uint16_t ns, uint64_t now,
					unsigned *slot, enum l2tp_reason *why)
{
	struct l2tp_data_slot *s = data_slot_of(d, ns);

	if (s->used)
		return data_late(d, why);
	s->used = true;
	s->ns = ns;
	s->since = now;
	d->held++;
	d->reordered++;
	data_set_gap_deadline(d, now);
	*slot = ns % L2TP_REORDER_MAX;
	return L2TP_DATA_HOLD;
}

static enum l2tp_data_verdict data_ahead(struct l2tp_data *d, uint16_t ns, uint64_t now,
					 unsigned *slot, enum l2tp_reason *why)
{
	uint16_t distance = ns - d->nr;

	if (d->slot && distance <= d->cfg.reorder)
		return data_hold(d, ns, now, slot, why);
	if (d->held) {
		d->gap_deadline = now;
		return L2TP_DATA_DRAIN;
	}
	d->lost += distance;
	return data_deliver(d, ns, now);
}

/* Drop it, unless it completes the run that shows a restarted numbering. */
static enum l2tp_data_verdict data_behind(struct l2tp_data *d, uint16_t ns, uint64_t now,
					  enum l2tp_reason *why)
{
	if ((uint16_t)(d->nr - ns) <= FAR_BEHIND)
		return data_late(d, why);
	d->far_run = d->far_run && ns == d->far_next ? d->far_run + 1 : 1;
	d->far_next = ns + 1u;
	if (d->far_run < FAR_RUN)
		return data_late(d, why);
	if (d->held) {
		d->far_run--; /* the caller brings this frame again after draining */
		d->far_next = ns;
		d->gap_deadline = now;
		return L2TP_DATA_DRAIN;
	}
	d->resyncs++;
	return data_deliver(d, ns, now);
}

/* Ns begins at zero, but a peer that also counts frames sent without Ns may begin anywhere.  A
 * first number too far from zero to be explained by loss is taken as the beginning. */
static void data_first_number(struct l2tp_data *d, uint16_t ns)
{
	if (!d->seen_seq && ns > L2TP_REORDER_MAX)
		d->nr = ns;
	d->seen_seq = true;
}

static enum l2tp_data_verdict data_sequenced(struct l2tp_data *d, uint16_t ns, uint64_t now,
					     unsigned *slot, enum l2tp_reason *why)
{
	int16_t distance;

	data_first_number(d, ns);
	distance = (int16_t)(ns - d->nr);
	if (!distance)
		return data_deliver(d, ns, now);
	return distance > 0 ? data_ahead(d, ns, now, slot, why) : data_behind(d, ns, now, why);
}

enum l2tp_data_verdict l2tp_data_rx(struct l2tp_data *d, const struct l2tp_hdr *h, uint64_t now,
				    unsigned *slot, enum l2tp_reason *why)
{
	bool seq = h->flags & L2TP_HDR_S;

	if (!seq && d->cfg.required) {
		d->no_seq++;
		*why = L2TP_R_DATA_NO_SEQ;
		return L2TP_DATA_DROP;
	}
	if (!d->cfg.lns)
		d->sending_seq = seq; /* RFC 2661 5.4: the LAC follows */
	return seq ? data_sequenced(d, h->ns, now, slot, why) : L2TP_DATA_DELIVER;
}

int l2tp_data_ready(struct l2tp_data *d, uint64_t now)
{
	uint16_t ns;

	if (!d->held || (!data_is_held(d, d->nr) && now < d->gap_deadline))
		return -1;
	ns = data_first_held(d);
	d->lost += (uint16_t)(ns - d->nr);
	data_slot_of(d, ns)->used = false;
	d->held--;
	d->nr = ns + 1u;
	data_set_gap_deadline(d, now);
	return ns % L2TP_REORDER_MAX;
}
