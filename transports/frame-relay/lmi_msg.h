/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LMI messages, octets to struct and back.  The variants are rows: a fourth would be one more.
 */
#ifndef TRANSPORTS_FRAME_RELAY_LMI_MSG_H
#define TRANSPORTS_FRAME_RELAY_LMI_MSG_H

#include "transports/frame-relay/q922.h"

enum lmi_kind { LMI_ANNEX_A, LMI_ANNEX_D, LMI_CISCO, LMI_KINDS };

struct lmi_variant {
	const char *name;
	uint16_t dlci;			/* where it is spoken */
	uint8_t pd;			/* protocol discriminator */
	uint8_t shift;			/* locking shift behind the message type, or 0 */
	uint8_t report, keepalive, pvc; /* element identifiers */
	bool flat_dlci; /* the DLCI is 16 plain bits, with 24 of bandwidth at the end */
	bool update;	/* asynchronous status is a message type of its own, not a report type */
};
extern const struct lmi_variant lmi_variants[LMI_KINDS];

enum lmi_type { LMI_STATUS_ENQUIRY = 0x75, LMI_UPDATE = 0x7b, LMI_STATUS = 0x7d };
enum lmi_report { LMI_FULL = 0, LMI_INTEGRITY = 1, LMI_ASYNC = 2 };
enum lmi_pvc_bit { LMI_PVC_A = 0x02, LMI_PVC_D = 0x04, LMI_PVC_N = 0x08 };

#define LMI_MSG_PVCS 1024u

struct lmi_msg {
	uint8_t type, report; /* LMI_UPDATE: report is LMI_ASYNC */
	bool has_keepalive;
	uint8_t send, recv;
	unsigned pvcs;
	struct lmi_msg_pvc {
		uint32_t dlci;
		uint8_t bits;
	} pvc[LMI_MSG_PVCS];
};

/* Can a PVC of this address format be named in it? */
bool lmi_msg_fits(enum lmi_kind kind, enum q922_format f);
/* f: of the link's addresses, which the DLCIs in a message go by; lmi_msg_fits() for all three.
 * False when malformed: not one octet of it is to be believed then. */
bool lmi_msg_get(struct lmi_msg *m, enum lmi_kind kind, enum q922_format f, const uint8_t *pdu,
		 size_t len);
void lmi_msg_put(struct wr *w, enum lmi_kind kind, enum q922_format f, const struct lmi_msg *m);
/* Octets of a full STATUS with n PVCs. */
size_t lmi_msg_octets(enum lmi_kind kind, enum q922_format f, unsigned n);

#endif
