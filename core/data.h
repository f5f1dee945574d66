/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Data messages, RFC 2661 sections 3.1, 5.3 and 5.4: per-call header template, sequence numbers and
 * the reorder queue, as pure functions of one leg's state.  No allocation, no engine pointer, safe
 * to run on a data worker.
 *
 * Sequencing: the LNS decides.  The LAC sends Ns when the last data message it got had S set, or
 * when Sequencing Required was in the ICCN/OCCN; the LNS may switch it off and on during the call.
 */
#ifndef CORE_DATA_H
#define CORE_DATA_H

#include "core/deadline.h"
#include "core/hdr.h"
#include "core/reason.h"

#define L2TP_REORDER_MAX 32u /* slots; a power of two */

struct l2tp_data_config {
	uint16_t peer_tid, peer_sid;
	bool lns;	  /* we are the LNS of this call */
	bool send_seq;	  /* LNS: sequence what we send (and so ask the LAC to) */
	bool required;	  /* Sequencing Required: unsequenced data is dropped, S never off */
	bool send_length; /* set L in what we send */
	uint8_t reorder;  /* slots used, 0 = drop late, deliver gaps at once; <= MAX */
	uint64_t reorder_timeout; /* how long later frames wait for a gap to fill, us */
};

/* One held frame.  The caller keeps its octets under the slot number, 0..MAX-1. */
struct l2tp_data_slot {
	uint16_t ns;
	bool used;
	uint64_t since; /* when it arrived, us */
};

struct l2tp_data {
	struct l2tp_data_config cfg;
	uint16_t ns, nr;       /* next to send; next expected */
	bool sending_seq;      /* LNS: as it was told; LAC: as the last data message was */
	bool seen_seq;	       /* a sequenced frame has arrived: nr is meaningful */
	uint64_t gap_deadline; /* when the gap at nr is given up; DEADLINE_NEVER = no gap */
	/* L2TP_REORDER_MAX of them, the caller's: few calls hold frames at a time.  NULL = none,
	 * and nothing is held. */
	struct l2tp_data_slot *slot;
	uint8_t held;
	uint16_t far_next; /* next number of a run of frames far behind nr */
	uint8_t far_run;   /* frames in that run */
	/* Counters.  lost: numbers given up; late: frames whose number had passed, duplicates among
	 * them; reordered: frames that had to be held; no_seq: dropped because they had none;
	 * resyncs: times nr was set to a restarted numbering.  Between resyncs every
	 * sequenced frame is delivered, held or late, and every number below nr was delivered or
	 * lost. */
	uint64_t lost, late, reordered, no_seq, resyncs;
};

void l2tp_data_init(struct l2tp_data *d, const struct l2tp_data_config *cfg);
/* The numbers of a state, for one that is to go on where it was. */
struct l2tp_data_numbers {
	uint16_t ns, nr;
	bool sending_seq, seen_seq;
};
/* After l2tp_data_init(): as if it had sent and received up to there.  What the LNS sends is as its
 * configuration says. */
void l2tp_data_go_on(struct l2tp_data *d, const struct l2tp_data_numbers *n);
/* Does what is sent now have numbers?  Sequencing Required is on top of what the LNS says, so that
 * nothing of it stays when the configuration no longer has it. */
static inline bool l2tp_data_sends_seq(const struct l2tp_data *d)
{
	return d->sending_seq || d->cfg.required;
}

/* LNS: switch sequencing of what we send during the call. */
void l2tp_data_set_seq(struct l2tp_data *d, bool on);

/* Write the header for a payload of len octets; at most L2TP_HDR_DATA_MAX octets.  Returns how
 * many, or 0 when Length is wanted and cannot hold it (no number is used up). */
size_t l2tp_data_header(struct l2tp_data *d, uint8_t out[L2TP_HDR_DATA_MAX], size_t len);

enum l2tp_data_verdict {
	L2TP_DATA_DELIVER, /* hand the payload on now; then drain l2tp_data_ready() */
	L2TP_DATA_HOLD,	   /* keep a copy under *slot */
	L2TP_DATA_DROP,	   /* *why says the counter */
	L2TP_DATA_DRAIN,   /* too far ahead of the frames held: hand on all that
			      l2tp_data_ready() gives, then call l2tp_data_rx() with this
			      frame again, until it is not DRAIN */
};
/* May this message have to wait for others?  Then d->slot is NULL, and is to be set to slots that
 * are zeroed before l2tp_data_rx(); without any the gap before it is given up at once.  Whenever
 * nothing is held they can be taken away again. */
static inline bool l2tp_data_wants_slots(const struct l2tp_data *d, const struct l2tp_hdr *h)
{
	return h->flags & L2TP_HDR_S && h->ns != d->nr && !d->slot && d->cfg.reorder;
}
/* Decide about a received data message whose header is h. */
enum l2tp_data_verdict l2tp_data_rx(struct l2tp_data *d, const struct l2tp_hdr *h, uint64_t now,
				    unsigned *slot, enum l2tp_reason *why);
/* After a DELIVER or DRAIN or when gap_deadline has passed, until it says -1: the slot to hand on
 * next.  The slot is free again once the next call to this or l2tp_data_rx() is made. */
int l2tp_data_ready(struct l2tp_data *d, uint64_t now);

#endif
