/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Data messages, RFC 2661 sections 3.1, 5.3 and 5.4: per-call header template, sequence numbers and
 * the reorder queue, as pure functions of one leg's state.  No allocation, no engine pointer, safe to
 * run on a data worker.
 *
 * Sequencing: the LNS decides.  The LAC sends Ns when the last data message it got had S set, or when
 * Sequencing Required was in the ICCN/OCCN; the LNS may switch it off and on during the call.
 */
#ifndef CORE_DATA_H
#define CORE_DATA_H

#include "core/hdr.h"
#include "core/reason.h"

#define L2TP_REORDER_MAX 32u /* slots; a power of two */

struct l2tp_data_config {
	uint16_t peer_tid, peer_sid;
	bool lns;		  /* we are the LNS of this call */
	bool send_seq;		  /* LNS: sequence what we send (and so ask the LAC to) */
	bool required;		  /* Sequencing Required: unsequenced data is dropped, S never off */
	bool send_length;	  /* set L in what we send */
	uint8_t reorder;	  /* slots used, 0 = drop late, deliver gaps at once; <= MAX */
	uint64_t reorder_timeout; /* us a gap may hold up later frames */
};

/* One held frame: the caller keeps the octets and names them by a slot number 0..MAX-1. */
struct l2tp_data_slot {
	uint16_t ns;
	bool used;
};

struct l2tp_data {
	struct l2tp_data_config cfg;
	uint16_t ns, nr; /* next to send; next expected */
	bool sending_seq;
	bool seen_seq;	 /* a sequenced frame has arrived: nr is meaningful */
	uint64_t gap_deadline; /* when the gap at nr is given up; DEADLINE_NEVER = no gap */
	struct l2tp_data_slot slot[L2TP_REORDER_MAX];
	uint8_t held;
	uint64_t lost, late, reordered, no_seq; /* counters */
};

void l2tp_data_init(struct l2tp_data *d, const struct l2tp_data_config *cfg);
/* LNS: switch sequencing of what we send during the call. */
void l2tp_data_set_seq(struct l2tp_data *d, bool on);

/* Write the header for a payload of len octets; at most L2TP_HDR_DATA_MAX octets.  Returns them. */
size_t l2tp_data_header(struct l2tp_data *d, uint8_t out[L2TP_HDR_DATA_MAX], size_t len);

enum l2tp_data_verdict {
	L2TP_DATA_DELIVER, /* hand the payload on now; then drain l2tp_data_ready() */
	L2TP_DATA_HOLD,	   /* keep a copy under *slot */
	L2TP_DATA_DROP,	   /* *why says the counter */
};
/* Decide about a received data message whose header is h. */
enum l2tp_data_verdict l2tp_data_rx(struct l2tp_data *d, const struct l2tp_hdr *h, uint64_t now,
				    unsigned *slot, enum l2tp_reason *why);
/* After a DELIVER or when gap_deadline has passed: the slot to hand on next, or -1. */
int l2tp_data_ready(struct l2tp_data *d, uint64_t now);

#endif
