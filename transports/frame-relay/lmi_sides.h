/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The LMI of one link: the user's side or the network's (UNI), or both at once (NNI, the
 * bidirectional procedures of Q.933 Annex A and T1.617 Annex D): there each end polls and each end
 * answers, and the link and a PVC are up when they are in both directions.
 */
#ifndef TRANSPORTS_FRAME_RELAY_LMI_SIDES_H
#define TRANSPORTS_FRAME_RELAY_LMI_SIDES_H

#include "transports/frame-relay/lmi.h"

struct lmi_sides;

struct lmi_side {
	struct lmi lmi;
	struct lmi_sides *of;
};

struct lmi_sides {
	struct lmi_side side[2]; /* NNI: the user's, the network's */
	unsigned n;
	const struct lmi_ops *ops;
	void *ctx;
};

/* NULL when conf is possible, else the mistake in words; nni: conf->role has no meaning. */
const char *lmi_sides_check(const struct lmi_conf *c, bool nni);
/* As lmi_init; nothing to free after an error. */
int lmi_sides_init(struct lmi_sides *s, const struct lmi_conf *c, bool nni,
		   const struct lmi_ops *ops, void *ctx, const uint32_t *dlci, unsigned n);
/* Of one never initialised, all zero, too. */
void lmi_sides_free(struct lmi_sides *s);
void lmi_sides_start(struct lmi_sides *s, uint64_t now);
void lmi_sides_stop(struct lmi_sides *s);
void lmi_sides_rx(struct lmi_sides *s, const uint8_t *pdu, size_t len, uint64_t now);
void lmi_sides_expire(struct lmi_sides *s, uint64_t now);
uint64_t lmi_sides_deadline(const struct lmi_sides *s);
bool lmi_sides_up(const struct lmi_sides *s);
bool lmi_sides_on_dlci(const struct lmi_sides *s, uint32_t dlci);
/* Where what `tx` gets goes. */
uint32_t lmi_sides_tx_dlci(const struct lmi_sides *s);
/* "user", "network", "nni" */
const char *lmi_sides_role(const struct lmi_sides *s);
/* The kind spoken, "auto" while that is not known. */
const char *lmi_sides_name(const struct lmi_sides *s);
/* A PVC as reported last. */
bool lmi_sides_pvc_up(const struct lmi_sides *s, uint32_t dlci);
/* The far end has said in a full STATUS, while the LMI is up, which PVCs there are, and this is
 * none of them. */
bool lmi_sides_absent(const struct lmi_sides *s, uint32_t dlci);
/* As lmi_hand, for both sides. */
bool lmi_sides_hand(struct lmi_sides *s, struct handover *h);
void lmi_sides_count(const struct lmi_sides *s, uint64_t out[LMI_COUNTER_COUNT]);

#endif
