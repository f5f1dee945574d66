/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local management interface of Frame Relay: is the link alive, and which PVCs are.  The user
 * polls with STATUS ENQUIRY, the network answers with STATUS; both count good and bad events.
 *
 * Q.933 Annex A, T1.617 Annex D and the consortium's ("Cisco") LMI differ in code points and in the
 * shape of the PVC status element only: they are rows of one table (lmi_msg.c), and this machine is
 * the same for all.  It does no I/O: octets, `now` and PVCs in; octets, link and PVC changes out by
 * callback, and a deadline.  PDUs are what follows the Q.922 address.
 */
#ifndef TRANSPORTS_FRAME_RELAY_LMI_H
#define TRANSPORTS_FRAME_RELAY_LMI_H

#include "transports/frame-relay/lmi_msg.h"

enum lmi_role { LMI_USER, LMI_NETWORK };

struct handover;

struct lmi_conf {
	enum lmi_kind kind;
	bool automatic; /* find out which kind the other side speaks */
	enum lmi_role role;
	unsigned n391;		  /* user: every n391th poll asks for the full status */
	unsigned n392;		  /* errors that take the link down, good events that bring it up */
	unsigned n393;		  /* events looked back over, at most 10 */
	uint64_t t391;		  /* user: us between polls */
	uint64_t t392;		  /* network: us to wait for a poll */
	enum q922_format address; /* of the link, as in the PVC status elements */
};

/* Not from inside one another: callbacks may call nothing of lmi. */
struct lmi_ops {
	void (*tx)(void *ctx, const uint8_t *pdu, size_t len);
	void (*link)(void *ctx, bool up);
	void (*pvc)(void *ctx, uint32_t dlci, bool up);
};

#define LMI_COUNTERS(X)                                                                            \
	X(LMI_ENQUIRY_TX, "lmi-enquiry-tx", "STATUS ENQUIRY sent")                                 \
	X(LMI_ENQUIRY_RX, "lmi-enquiry-rx", "STATUS ENQUIRY received")                             \
	X(LMI_STATUS_TX, "lmi-status-tx", "STATUS sent")                                           \
	X(LMI_STATUS_RX, "lmi-status-rx", "STATUS received")                                       \
	X(LMI_FULL_TX, "lmi-full-tx", "full STATUS sent")                                          \
	X(LMI_FULL_RX, "lmi-full-rx", "full STATUS received")                                      \
	X(LMI_ASYNC_TX, "lmi-async-tx", "changes of a PVC told unasked")                           \
	X(LMI_ASYNC_RX, "lmi-async-rx", "changes of a PVC heard unasked")                          \
	X(LMI_TIMEOUT, "lmi-timeout", "T391 or T392 ran out unanswered")                           \
	X(LMI_BAD_SEQ, "lmi-bad-sequence", "wrong receive sequence number")                        \
	X(LMI_MALFORMED, "lmi-malformed", "malformed LMI messages")                                \
	X(LMI_UNEXPECTED, "lmi-unexpected", "LMI messages nobody asked for, or of the other role") \
	X(LMI_PVC_UNKNOWN, "lmi-pvc-unknown", "status of PVCs that are not configured")            \
	X(LMI_LINK_DOWN, "lmi-link-down", "times the LMI took the link down")

enum lmi_counter {
#define X(sym, name, words) sym,
	LMI_COUNTERS(X)
#undef X
		LMI_COUNTER_COUNT
};

enum lmi_pvc_state { LMI_PVC_ABSENT, LMI_PVC_INACTIVE, LMI_PVC_ACTIVE };

struct lmi_pvc {
	uint32_t dlci;
	uint8_t state;	/* as announced: by us as network, to us as user */
	bool fresh;	/* network: the user does not know it yet (the N bit) */
	bool announced; /* network: was in the full STATUS that is not yet confirmed */
	bool up;	/* as reported */
};

struct lmi {
	struct lmi_conf conf;
	const struct lmi_ops *ops;
	void *ctx;
	struct lmi_pvc *pvc; /* ascending DLCI */
	unsigned pvcs;
	uint64_t deadline;
	bool running, up;
	bool searching; /* conf.kind is not known yet */
	uint8_t send_seq, recv_seq;
	uint16_t window;  /* the last n393 events, 1 = error */
	unsigned good;	  /* in a row, while down */
	uint8_t poll;	  /* user: enum in lmi.c, how this interval is doing */
	uint8_t asked;	  /* user: report type asked for */
	unsigned polls;	  /* user: since the last full one asked for */
	bool changed;	  /* network: the user should get a full STATUS */
	bool unconfirmed; /* network: a full STATUS is on its way */
	bool unasked;	  /* network: the last STATUS was full, the user had not asked for that */
	bool only_asked;  /* network: the user ignores reports it did not ask for */
	uint64_t count[LMI_COUNTER_COUNT];
};

/* NULL when the numbers fit together, else the mistake in words. */
const char *lmi_conf_check(const struct lmi_conf *c);
/* dlci: ascending; they begin active (network) or absent (user).  0 or -ENOMEM. */
int lmi_init(struct lmi *l, const struct lmi_conf *c, const struct lmi_ops *ops, void *ctx,
	     const uint32_t *dlci, unsigned n);
void lmi_free(struct lmi *l);
/* The link under it has come up; gone down. */
void lmi_start(struct lmi *l, uint64_t now);
void lmi_stop(struct lmi *l);
void lmi_rx(struct lmi *l, const uint8_t *pdu, size_t len, uint64_t now);
void lmi_expire(struct lmi *l, uint64_t now);
/* UINT64_MAX = nothing to wait for. */
uint64_t lmi_deadline(const struct lmi *l);
/* Is what comes on this DLCI for lmi_rx? */
bool lmi_on_dlci(const struct lmi *l, uint32_t dlci);
/* The kind spoken, "auto" while that is not known. */
const char *lmi_name(const struct lmi *l);
/* As reported last; false for a DLCI that is not there. */
bool lmi_pvc_up(const struct lmi *l, uint32_t dlci);
/* As announced last; true for a DLCI that is not configured. */
bool lmi_pvc_absent(const struct lmi *l, uint32_t dlci);
/* Network: what the user is to be told; one it knows of at once, by an asynchronous message, and
 * again in the next full status.  ABSENT to something makes it new, which needs the full status. */
void lmi_set_pvc(struct lmi *l, uint32_t dlci, enum lmi_pvc_state state);
/* The state of a machine that runs, to or from another process.  False: this one is configured as
 * another kind or side, and is as after lmi_init.  PVCs that only one of the two has are left. */
bool lmi_hand(struct lmi *l, struct handover *h);

#endif
