/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LMI messages, octets to struct and back.  The variants are rows: a fourth would be one more.
 */
#ifndef TRANSPORTS_LMI_MSG_H
#define TRANSPORTS_LMI_MSG_H

#include "core/bytes.h"

enum lmi_kind { LMI_ANNEX_A, LMI_ANNEX_D, LMI_CISCO, LMI_KINDS };

struct lmi_variant {
	const char *name;
	uint16_t dlci;			/* where it is spoken */
	uint8_t pd;			/* protocol discriminator */
	uint8_t shift;			/* locking shift behind the message type, or 0 */
	uint8_t report, keepalive, pvc; /* element identifiers */
	uint8_t pvc_octets;
	bool flat_dlci; /* the DLCI is 16 plain bits, with 24 of bandwidth at the end */
	bool async;	/* has the single PVC asynchronous report */
};
extern const struct lmi_variant lmi_variants[LMI_KINDS];

enum lmi_type { LMI_STATUS_ENQUIRY = 0x75, LMI_STATUS = 0x7d };
enum lmi_report { LMI_FULL = 0, LMI_INTEGRITY = 1, LMI_ASYNC = 2 };
enum lmi_pvc_bit { LMI_PVC_A = 0x02, LMI_PVC_D = 0x04, LMI_PVC_N = 0x08 };

#define LMI_MSG_PVCS 1024u

struct lmi_msg {
	uint8_t type, report;
	bool has_keepalive;
	uint8_t send, recv;
	unsigned pvcs;
	struct lmi_msg_pvc {
		uint16_t dlci;
		uint8_t bits;
	} pvc[LMI_MSG_PVCS];
};

/* False when malformed: not one octet of it is to be believed then. */
bool lmi_msg_get(struct lmi_msg *m, enum lmi_kind kind, const uint8_t *pdu, size_t len);
void lmi_msg_put(struct wr *w, enum lmi_kind kind, const struct lmi_msg *m);
/* Octets of a full STATUS with n PVCs. */
size_t lmi_msg_octets(enum lmi_kind kind, unsigned n);

#endif
